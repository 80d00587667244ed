/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Every statistic is a list of one number a latent, of which those that are not there are NaN. */
#include "analysis/saebench-weights.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/sae-similarity.h"

static const struct {
    const char *name;
    FoveaColumnKind kind;
    const char *unit, *description;
} columns[] = {
    {"name", FOVEA_COLUMN_TEXT, "", ""},
    {"latents", FOVEA_COLUMN_NUMBER, "", "that have one"},
    {"mean", FOVEA_COLUMN_NUMBER, "", ""},
    {"deviation", FOVEA_COLUMN_NUMBER, "", ""},
    {"least", FOVEA_COLUMN_NUMBER, "", ""},
    {"p5", FOVEA_COLUMN_NUMBER, "", "a twentieth lies below"},
    {"median", FOVEA_COLUMN_NUMBER, "", ""},
    {"p95", FOVEA_COLUMN_NUMBER, "", "a twentieth lies above"},
    {"largest", FOVEA_COLUMN_NUMBER, "", ""},
};

static int
compare (const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return x < y ? -1 : x > y;
}

/* Adds the row of a list, which is sorted for it. */
static void
add_list (FoveaTable *table, const char *name, double *values, gint64 n_all)
{
    gint64 n = 0;
    double mean = 0, squares = 0;
    for (gint64 i = 0; i < n_all; i++)
        if (!isnan (values[i]))
            values[n++] = values[i];
    guint row = fovea_table_add_row (table);
    fovea_table_set_text (table, row, 0, name);
    fovea_table_set_number (table, row, 1, (double) n);
    for (guint c = 2; c < G_N_ELEMENTS (columns) && n == 0; c++)
        fovea_table_set_number (table, row, c, NAN);
    if (n == 0)
        return;
    qsort (values, (size_t) n, sizeof *values, compare);
    for (gint64 i = 0; i < n; i++)
        mean += values[i] / (double) n;
    for (gint64 i = 0; i < n; i++)
        squares += (values[i] - mean) * (values[i] - mean) / (double) n;
    const double numbers[] = {mean,
                              sqrt (squares),
                              values[0],
                              values[(n - 1) / 20],
                              values[(n - 1) / 2],
                              values[(n - 1) * 19 / 20],
                              values[n - 1]};
    for (guint c = 0; c < G_N_ELEMENTS (numbers); c++)
        fovea_table_set_number (table, row, c + 2, numbers[c]);
}

static void
add_array (FoveaTable *table, const char *name, const float *from, gint64 n)
{
    g_autofree double *values = g_new (double, MAX (n, 1));
    for (gint64 j = 0; j < n && from != NULL; j++)
        values[j] = (double) from[j];
    if (from != NULL)
        add_list (table, name, values, n);
}

/* Encoder norms, and the cosines of a latent's two directions. */
static void
add_encoder (FoveaTable *table, const FoveaSae *sae, const float *decoder_norms)
{
    gint64 F = sae->d_sae;
    g_autofree double *norms = g_new0 (double, F), *cosines = g_new (double, F);
    if (sae->w_enc == NULL)
        return;
    for (gint64 i = 0; i < sae->d_in; i++)
        for (gint64 j = 0; j < F; j++)
            norms[j] += (double) sae->w_enc[i * F + j] * (double) sae->w_enc[i * F + j];
    for (gint64 j = 0; j < F; j++) {
        double dot = 0;
        norms[j] = sqrt (norms[j]);
        for (gint64 i = 0; i < sae->d_in && sae->d_in == sae->d_out; i++)
            dot += (double) sae->w_enc[i * F + j] * (double) sae->w_dec[j * sae->d_out + i];
        double length = norms[j] * (double) decoder_norms[j];
        cosines[j] = length > 0 ? dot / length : NAN;
    }
    add_list (table, "encoder_norm", norms, F);
    if (!fovea_sae_is_transcoder (sae->architecture)) /* whose two sides are of different sites */
        add_list (table, "encoder_decoder_cosine", cosines, F);
}

FoveaTable *
fovea_sae_bench_weights (const FoveaSae *sae,
                         FoveaDevice *device,
                         GCancellable *cancellable,
                         GError **error)
{
    gint64 F = sae->d_sae;
    g_autofree FoveaLatentKin *kin = fovea_sae_find_kin (sae, device, FALSE, cancellable, error);
    g_autofree float *norms = fovea_sae_decoder_norms (sae);
    g_autofree double *near = g_new (double, F), *far = g_new (double, F);
    if (kin == NULL)
        return NULL;
    for (gint64 j = 0; j < F; j++) {
        near[j] = (double) kin[j].near_cosine;
        far[j] = (double) kin[j].far_cosine;
    }
    FoveaTable *table = fovea_table_new ("sae_weights");
    for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
        fovea_table_add_column (table, columns[i].name, columns[i].kind, columns[i].unit,
                                columns[i].description);
    add_array (table, "decoder_norm", norms, F);
    add_encoder (table, sae, norms);
    add_list (table, "nearest_decoder_cosine", near, F);
    add_list (table, "most_opposite_decoder_cosine", far, F);
    add_array (table, "encoder_bias", sae->b_enc, F);
    add_array (table, "threshold", sae->threshold, F);
    return table;
}
