/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Codes of both models on the same tokens, merged token by token: lists of latents rise, so one pass
 * meets each pair. Sums are in double.
 * Memory: the rows of both, and a few numbers a latent of the dictionary. */
#include "analysis/compare-latents.h"

#include <math.h>

#include "analysis/compare.h"
#include "analysis/sae-codes.h"

enum {
    LATENT,
    TOKENS_A,
    TOKENS_B,
    BOTH,
    CODE_A,
    CODE_B,
    CHANGE,
    ERROR
};

/* Over the tokens where the latent fires in either. */
typedef struct {
    gint64 n_a, n_b, n_both;
    double sum_a, sum_b, own, square; /* of a, b, a^2, (b - a)^2 */
} Latent;

/* Rows of the tokens that are text, one behind the other. */
static float *
read_rows (const FoveaSae *sae, FoveaTrace *trace, const char *site, gint64 *n, GError **error)
{
    const FoveaTraceInfo *info = fovea_trace_get_info (trace);
    g_autoptr (FoveaArray) array = fovea_trace_describe_point (trace, site, error);
    if (array == NULL || !fovea_sae_check_width (sae, site, fovea_array_row_length (array), error))
        return NULL;
    g_autofree float *rows = g_new (float, (gsize) (info->n_tokens * sae->d_in) + 1);
    *n = 0;
    for (gint64 t = 0; t < info->n_tokens; t++) {
        if (info->special != NULL && info->special[t])
            continue;
        if (!fovea_trace_read (trace, site, t, 1, rows + *n * sae->d_in, error))
            return NULL;
        ++*n;
    }
    return g_steal_pointer (&rows);
}

/* Rows are let go before the other model's are read. */
static FoveaSaeCodes *
encode (
    const FoveaSae *sae, FoveaDevice *device, FoveaTrace *trace, const char *site, GError **error)
{
    gint64 n;
    g_autofree float *rows = read_rows (sae, trace, site, &n, error);
    return rows != NULL ? fovea_sae_encode (sae, device, n, rows, error) : NULL;
}

/* A code of 0 is no firing. Signs are part of a code: one that turns changes by the sum of both. */
static void
add_pair (Latent *latent, double a, double b)
{
    latent->n_a += a != 0;
    latent->n_b += b != 0;
    latent->n_both += a != 0 && b != 0;
    latent->sum_a += a;
    latent->sum_b += b;
    latent->own += a * a;
    latent->square += (b - a) * (b - a);
}

/* Codes of one token in both, in the order of latents. */
static void
add_row (const FoveaSaeCodes *a, const FoveaSaeCodes *b, gint64 row, Latent *latents)
{
    gint64 i = a->offsets[row], j = b->offsets[row];
    const gint64 end_a = a->offsets[row + 1], end_b = b->offsets[row + 1];
    while (i < end_a || j < end_b) {
        gint32 next_a = i < end_a ? a->latents[i] : G_MAXINT32;
        gint32 next_b = j < end_b ? b->latents[j] : G_MAXINT32;
        gint32 next = MIN (next_a, next_b);
        double x = next_a == next ? (double) a->values[i++] : 0;
        double y = next_b == next ? (double) b->values[j++] : 0;
        add_pair (&latents[next], x, y);
    }
}

/* Ties go to the lower latent, so that the same input gives the same order. */
static int
compare_changes (gconstpointer left, gconstpointer right, gpointer data)
{
    const Latent *latents = data;
    gint32 i = *(const gint32 *) left, j = *(const gint32 *) right;
    if (latents[i].square != latents[j].square)
        return latents[i].square > latents[j].square ? -1 : 1;
    return i < j ? -1 : i > j;
}

/* No change is 0, of a silent latent too; a change from nothing is infinite. */
static double
relative_error (const Latent *latent)
{
    return latent->square == 0 ? 0 : sqrt (latent->square / latent->own);
}

/* Means are over the tokens of either model, as many for both, so that what lies between them is the mean
 * change. */
static void
write_latent (FoveaTable *table, gint32 i, const Latent *latent)
{
    guint row = fovea_table_add_row (table);
    double n = (double) (latent->n_a + latent->n_b - latent->n_both);
    fovea_table_set_integer (table, row, LATENT, i);
    fovea_table_set_integer (table, row, TOKENS_A, latent->n_a);
    fovea_table_set_integer (table, row, TOKENS_B, latent->n_b);
    fovea_table_set_integer (table, row, BOTH, latent->n_both);
    fovea_table_set_number (table, row, CODE_A, latent->sum_a / n);
    fovea_table_set_number (table, row, CODE_B, latent->sum_b / n);
    fovea_table_set_number (table, row, CHANGE, sqrt (latent->square));
    fovea_table_set_number (table, row, ERROR, relative_error (latent));
}

static FoveaTable *
new_table (void)
{
    static const FoveaColumn columns[] = {
        [LATENT] = {"latent", FOVEA_COLUMN_INTEGER, "", "of the autoencoder"},
        [TOKENS_A] = {"tokens_a", FOVEA_COLUMN_INTEGER, "", "where it fires in A"},
        [TOKENS_B] = {"tokens_b", FOVEA_COLUMN_INTEGER, "", "where it fires in B"},
        [BOTH] = {"both", FOVEA_COLUMN_INTEGER, "", "where it fires in both"},
        [CODE_A] = {"code_a", FOVEA_COLUMN_NUMBER, "",
                    "its code in A, mean over the tokens of either"},
        [CODE_B] = {"code_b", FOVEA_COLUMN_NUMBER, "", "the same in B"},
        [CHANGE] = {"change", FOVEA_COLUMN_NUMBER, "", "root of the sum of (B - A)^2 over tokens"},
        [ERROR] = {"error", FOVEA_COLUMN_NUMBER, "share", "root mean square of B - A, of A's own"},
    };
    return fovea_table_new_with ("compare-features", columns, G_N_ELEMENTS (columns));
}

static void
set_number_note (FoveaTable *table, const char *key, double value)
{
    g_autofree char *text = g_strdup_printf ("%.6g", value);
    fovea_table_set_note (table, key, text);
}

/* Latents that fire nowhere have no row: of a large dictionary those are nearly all. */
static FoveaTable *
tabulate (const Latent *latents, gint64 n_latents)
{
    FoveaTable *table = new_table ();
    Latent all = {0};
    g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (gint32));
    for (gint32 i = 0; i < n_latents; i++) {
        if (latents[i].n_a + latents[i].n_b == 0)
            continue;
        g_array_append_val (order, i);
        all.n_a += latents[i].n_a;
        all.n_both += latents[i].n_both;
        all.own += latents[i].own;
        all.square += latents[i].square;
    }
    g_array_sort_with_data (order, compare_changes, (gpointer) latents);
    for (guint k = 0; k < order->len; k++) {
        gint32 i = g_array_index (order, gint32, k);
        write_latent (table, i, &latents[i]);
    }
    set_number_note (table, "kept_firings",
                     all.n_a > 0 ? (double) all.n_both / (double) all.n_a : 1);
    set_number_note (table, "error", relative_error (&all));
    return table;
}

FoveaTable *
fovea_compare_latents (
    const FoveaSae *sae, FoveaDevice *device, FoveaTrace *a, FoveaTrace *b, GError **error)
{
    const char *site = fovea_sae_get_metadata (sae, "hook_name");
    if (!fovea_compare_check (a, b, error))
        return NULL;
    if (site == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "the autoencoder does not say which point it reads");
        return NULL;
    }
    g_autoptr (FoveaSaeCodes) x = encode (sae, device, a, site, error);
    g_autoptr (FoveaSaeCodes) y = x != NULL ? encode (sae, device, b, site, error) : NULL;
    if (y == NULL)
        return NULL;
    g_autofree Latent *latents = g_new0 (Latent, (gsize) sae->d_sae);
    for (gint64 row = 0; row < x->n_rows; row++)
        add_row (x, y, row, latents);
    FoveaTable *table = tabulate (latents, sae->d_sae);
    fovea_table_set_note (table, "hook", site);
    set_number_note (table, "tokens", (double) x->n_rows);
    return table;
}
