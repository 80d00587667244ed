/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Description length over the sequences of a store: codes, inputs and targets are gathered first, since a
 * latent's range is known only after the last row. */
#include <math.h>
#include <string.h>

#include "analysis/saebench-mdl.h"
#include "app/sae-bench-job.h"

/* Rows so far. */
typedef struct {
    gint64 n, d_in, d_out;
    GArray *offsets, *latents, *values, *x, *target;
} Gathered;

static void
clear_gathered (Gathered *g)
{
    GArray **all[] = {&g->offsets, &g->latents, &g->values, &g->x, &g->target};
    for (guint i = 0; i < G_N_ELEMENTS (all); i++)
        g_clear_pointer (all[i], g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Gathered, clear_gathered)

static gboolean
gather_portion (gpointer data, const FoveaSaePortion *portion, GError **error)
{
    Gathered *g = data;
    const FoveaSaeCodes *codes = portion->codes;
    gint64 before = g_array_index (g->offsets, gint64, g->n), n = codes->offsets[codes->n_rows];
    if (codes->scale != NULL || before + n > G_MAXUINT / 8) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                     codes->scale != NULL ? "description length: the autoencoder normalises rows"
                                          : "description length: more codes than can be counted");
        return FALSE;
    }
    g_array_append_vals (g->latents, codes->latents, (guint) n);
    g_array_append_vals (g->values, codes->values, (guint) n);
    g_array_append_vals (g->x, portion->x, (guint) (portion->n * g->d_in));
    g_array_append_vals (g->target, portion->target, (guint) (portion->n * g->d_out));
    for (gint64 i = 1; i <= portion->n; i++) {
        gint64 end = before + codes->offsets[i];
        g_array_append_val (g->offsets, end);
    }
    g->n += portion->n;
    return TRUE;
}

static FoveaTable *
tabulate (const FoveaMdl *m, double tolerance)
{
    const struct {
        const char *name;
        double value;
        const char *unit, *what;
    } rows[] = {
        {"bits", m->bits, "bits", "of a row"},
        {"firing_bits", m->firing_bits, "bits", "of them: which latents fire"},
        {"value_bits", m->value_bits, "bits", "of them: what they say"},
        {"bins", m->bins, "", "of a latent's range: the fewest within the tolerance"},
        {"within", m->within, "", "1 = some number of bins was; else the most are shown"},
        {"tolerance", tolerance, "", "on the mean squared error of an element"},
        {"mse_quantised", m->error, "", "of an element"},
        {"mse", m->exact, "", "of an element, values as they are"},
        {"rows", (double) m->n_rows, "tokens", "measured"},
        {"latents", (double) m->n_latents, "latents", "that fired"},
    };
    static const FoveaColumn columns[] = {
        {"name", FOVEA_COLUMN_TEXT, "", ""},
        {"value", FOVEA_COLUMN_NUMBER, "", ""},
        {"unit", FOVEA_COLUMN_TEXT, "", ""},
        {"what", FOVEA_COLUMN_TEXT, "", ""},
    };
    FoveaTable *table =
        fovea_table_new_with ("sae_description_length", columns, G_N_ELEMENTS (columns));
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        guint row = fovea_table_add_row (table);
        fovea_table_set_text (table, row, 0, rows[i].name);
        fovea_table_set_number (table, row, 1, rows[i].value);
        fovea_table_set_text (table, row, 2, rows[i].unit);
        fovea_table_set_text (table, row, 3, rows[i].what);
    }
    return table;
}

FoveaTable *
fovea_sae_bench_describe (const FoveaSaeRequest *request,
                          double tolerance,
                          GCancellable *cancellable,
                          GError **error)
{
    const FoveaSae *sae = request->sae;
    g_auto (Gathered) g = {.d_in = sae->d_in, .d_out = sae->d_out};
    gint64 zero = 0;
    g.offsets = g_array_new (FALSE, FALSE, sizeof (gint64));
    g.latents = g_array_new (FALSE, FALSE, sizeof (gint32));
    g.values = g_array_new (FALSE, FALSE, sizeof (float));
    g.x = g_array_new (FALSE, FALSE, sizeof (float));
    g.target = g_array_new (FALSE, FALSE, sizeof (float));
    g_array_append_val (g.offsets, zero);
    if (!fovea_sae_job_visit (request, gather_portion, &g, NULL, NULL, cancellable, error))
        return NULL;
    g_autoptr (FoveaDevice) device = fovea_device_open ("cpu", request->threads, error);
    const FoveaSaeCodes codes = {.n_rows = g.n,
                                 .n_latents = sae->d_sae,
                                 .offsets = (gint64 *) (void *) g.offsets->data,
                                 .latents = (gint32 *) (void *) g.latents->data,
                                 .values = (float *) (void *) g.values->data};
    FoveaMdl mdl;
    if (device == NULL ||
        !fovea_mdl_measure (sae, device, &codes, (const float *) (void *) g.x->data,
                            (const float *) (void *) g.target->data, tolerance, &mdl, error))
        return NULL;
    return tabulate (&mdl, tolerance);
}
