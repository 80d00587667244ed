/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One pass of sums. Squares about a mean are taken from sums about the first row, which is near
 * enough to the mean that little cancels. Cost: a few flops a number. */
#include "analysis/sae-metrics.h"

#include <math.h>
#include <string.h>

/* A latent over all rows. */
typedef struct {
    gint64 above, below; /* rows with a code over and under 0 */
    double sum;
    float least, most; /* of its codes; 0 counts, as the rows where it is silent */
    gint64 n_texts;    /* additions in which it fired */
    gint64 last_text;  /* number of the last of them, from 1 */
} Latent;

struct _FoveaSaeMetrics {
    const FoveaSae *sae;
    float *norms;        /* (F) */
    const float *folded; /* (F) codes are told in units without these norms; NULL = as they are */
    Latent *latents;     /* (F) */
    double *origin;      /* (d_out) the first target row */
    double *target;      /* (d_out) sums of targets less the origin */
    double *error;       /* (d_out) sums of errors */
    gint64 n_rows, n_codes, n_zero_rows, n_cosines, n_texts;
    double l1, l1_weighted;
    double e2, x2, xh2, x_xh; /* squares and products over all rows */
    double about_origin;      /* sum of |x - origin|^2 */
    double nmse, cosine, l2_ratio;
};

FoveaSaeMetrics *
fovea_sae_metrics_new (const FoveaSae *sae)
{
    FoveaSaeMetrics *metrics = g_new0 (FoveaSaeMetrics, 1);
    metrics->sae = sae;
    metrics->norms = fovea_sae_decoder_norms (sae);
    metrics->latents = g_new0 (Latent, (gsize) sae->d_sae);
    metrics->origin = g_new0 (double, (gsize) sae->d_out);
    metrics->target = g_new0 (double, (gsize) sae->d_out);
    metrics->error = g_new0 (double, (gsize) sae->d_out);
    return metrics;
}

void
fovea_sae_metrics_free (FoveaSaeMetrics *metrics)
{
    if (metrics == NULL)
        return;
    g_free (metrics->norms);
    g_free (metrics->latents);
    g_free (metrics->origin);
    g_free (metrics->target);
    g_free (metrics->error);
    g_free (metrics);
}

void
fovea_sae_metrics_use_raw_units (FoveaSaeMetrics *metrics)
{
    metrics->folded = metrics->sae->folded_norm;
}

static void
add_codes (FoveaSaeMetrics *metrics, const FoveaSaeCodes *codes)
{
    /* Rescaled codes carry their norm already. */
    gboolean weighted = metrics->sae->rescale_acts_by_decoder_norm;
    for (gint64 c = 0; c < codes->offsets[codes->n_rows]; c++) {
        gint32 j = codes->latents[c];
        Latent *latent = &metrics->latents[j];
        float value = codes->values[c];
        double size = fabs ((double) value);
        /* A raw code times its raw norm is the folded code times 1: weighted before units change. */
        metrics->l1_weighted += weighted ? size : size * (double) metrics->norms[j];
        if (metrics->folded != NULL)
            value /= metrics->folded[j];
        latent->above += value > 0;
        latent->below += value < 0;
        latent->sum += (double) value;
        latent->n_texts += latent->last_text != metrics->n_texts;
        latent->last_text = metrics->n_texts;
        latent->least = MIN (latent->least, value);
        latent->most = MAX (latent->most, value);
        metrics->l1 += fabs ((double) value);
    }
    metrics->n_codes += codes->offsets[codes->n_rows];
}

static void
add_row (FoveaSaeMetrics *metrics, const float *x, const float *xh)
{
    double e2 = 0, x2 = 0, xh2 = 0, product = 0;
    for (gint64 c = 0; c < metrics->sae->d_out; c++) {
        double a = (double) x[c], b = (double) xh[c];
        if (metrics->n_rows == 0)
            metrics->origin[c] = a;
        metrics->target[c] += a - metrics->origin[c];
        metrics->about_origin += (a - metrics->origin[c]) * (a - metrics->origin[c]);
        metrics->error[c] += a - b;
        e2 += (a - b) * (a - b);
        x2 += a * a;
        xh2 += b * b;
        product += a * b;
    }
    metrics->n_rows++;
    metrics->e2 += e2;
    metrics->x2 += x2;
    metrics->xh2 += xh2;
    metrics->x_xh += product;
    if (!(x2 > 0)) {
        metrics->n_zero_rows++;
        return;
    }
    metrics->nmse += e2 / x2;
    metrics->l2_ratio += sqrt (xh2 / x2);
    if (xh2 > 0) {
        metrics->cosine += product / sqrt (x2 * xh2);
        metrics->n_cosines++;
    }
}

void
fovea_sae_metrics_add (FoveaSaeMetrics *metrics,
                       const FoveaSaeCodes *codes,
                       const float *target,
                       const float *reconstruction)
{
    gint64 width = metrics->sae->d_out;
    g_return_if_fail (codes->n_latents == metrics->sae->d_sae);
    metrics->n_texts++;
    add_codes (metrics, codes);
    for (gint64 i = 0; i < codes->n_rows; i++)
        add_row (metrics, target + i * width, reconstruction + i * width);
}

static gint64
count_fired (const Latent *latent)
{
    return latent->above + latent->below;
}

static void
finish_densities (const FoveaSaeMetrics *metrics, FoveaSaeQuality *quality)
{
    double each = 1 / (double) metrics->sae->d_sae, n = (double) metrics->n_rows;
    for (gint64 j = 0; j < metrics->sae->d_sae; j++) {
        double density = (double) count_fired (&metrics->latents[j]) / n;
        quality->dead += density == 0 ? each : 0;
        quality->below_1e6 += density < 1e-6 ? each : 0;
        quality->below_1e5 += density < 1e-5 ? each : 0;
        quality->above_01 += density > 0.1 ? each : 0;
        quality->above_001 += density > 0.01 ? each : 0;
    }
}

void
fovea_sae_metrics_finish (const FoveaSaeMetrics *metrics, FoveaSaeQuality *quality)
{
    double n = (double) metrics->n_rows, d = (double) metrics->sae->d_out;
    double full = n - (double) metrics->n_zero_rows; /* rows with a direction */
    double target2 = 0, error2 = 0;
    for (gint64 c = 0; c < metrics->sae->d_out; c++) {
        target2 += metrics->target[c] * metrics->target[c];
        error2 += metrics->error[c] * metrics->error[c];
    }
    double spread = metrics->about_origin - target2 / n;
    *quality = (FoveaSaeQuality){
        .n_rows = metrics->n_rows,
        .l0 = (double) metrics->n_codes / n,
        .l1 = metrics->l1 / n,
        .l1_weighted = metrics->l1_weighted / n,
        .mse = metrics->e2 / n,
        .mse_element = metrics->e2 / n / d,
        .fvu = metrics->e2 / spread,
        .explained = 1 - metrics->e2 / spread,
        .explained_error = 1 - (metrics->e2 - error2 / n) / spread,
        .nmse = metrics->nmse / full,
        .nmse_ratio = metrics->e2 / metrics->x2,
        .cosine = metrics->cosine / (double) metrics->n_cosines,
        .l2_ratio = metrics->l2_ratio / full,
        .bias = metrics->xh2 / metrics->x_xh,
        .n_zero_rows = metrics->n_zero_rows,
    };
    finish_densities (metrics, quality);
}

static double
get_own_cosine (const FoveaSae *sae, gint64 j)
{
    double product = 0, encoder = 0, decoder = 0;
    if (sae->w_enc == NULL || sae->d_in != sae->d_out)
        return NAN;
    for (gint64 c = 0; c < sae->d_in; c++) {
        double a = (double) sae->w_enc[c * sae->d_sae + j];
        double b = (double) sae->w_dec[j * sae->d_out + c];
        product += a * b;
        encoder += a * a;
        decoder += b * b;
    }
    return product / sqrt (encoder * decoder);
}

static const struct {
    const char *name, *unit, *description;
} latent_columns[] = {
    {"density", "share", "rows where the code is not 0"},
    {"positive", "share", "rows where it is above 0"},
    {"negative", "share", "rows where it is below 0"},
    {"two_sidedness", "", "2 min / sum of the two; 0 one-sided, 1 balanced"},
    {"mean", "", "of the code where it is not 0"},
    {"most", "", "largest code"},
    {"least", "", "most negative code"},
    {"consistency", "", "firings a text, of those where it fires"},
    {"norm", "", "of the decoder's row"},
    {"own_cosine", "", "between the encoder's column and the decoder's row"},
};

FoveaTable *
fovea_sae_metrics_list_latents (const FoveaSaeMetrics *metrics)
{
    FoveaTable *table = fovea_table_new ("sae_latents");
    double n = (double) metrics->n_rows;
    fovea_table_add_column (table, "latent", FOVEA_COLUMN_INTEGER, "", "");
    for (gsize i = 0; i < G_N_ELEMENTS (latent_columns); i++)
        fovea_table_add_column (table, latent_columns[i].name, FOVEA_COLUMN_NUMBER,
                                latent_columns[i].unit, latent_columns[i].description);
    for (gint64 j = 0; j < metrics->sae->d_sae; j++) {
        const Latent *latent = &metrics->latents[j];
        double fired = (double) count_fired (latent);
        const double values[G_N_ELEMENTS (latent_columns)] = {
            fired / n,
            (double) latent->above / n,
            (double) latent->below / n,
            2 * (double) MIN (latent->above, latent->below) / fired,
            latent->sum / fired,
            (double) latent->most,
            (double) latent->least,
            fired / (double) latent->n_texts,
            (double) metrics->norms[j],
            get_own_cosine (metrics->sae, j),
        };
        guint row = fovea_table_add_row (table);
        fovea_table_set_integer (table, row, 0, j);
        for (guint i = 0; i < G_N_ELEMENTS (values); i++)
            fovea_table_set_number (table, row, i + 1, values[i]);
    }
    return table;
}

enum {
    DENSITY_BINS = 50
};

#define LEAST_DENSITY -10.0 /* log10 of what stands for none */

FoveaTable *
fovea_sae_metrics_count_densities (FoveaTable *latents)
{
    gint64 counts[DENSITY_BINS] = {0};
    for (guint row = 0; row < fovea_table_get_n_rows (latents); row++) {
        double density = fovea_table_read_number (latents, row, "density");
        double place = log10 (density + pow (10, LEAST_DENSITY)) / -LEAST_DENSITY + 1;
        if (isfinite (place))
            counts[CLAMP ((int) (place * DENSITY_BINS), 0, DENSITY_BINS - 1)]++;
    }
    FoveaTable *table = fovea_table_new ("sae_densities");
    fovea_table_add_column (table, "from", FOVEA_COLUMN_NUMBER, "log10 share", "");
    fovea_table_add_column (table, "to", FOVEA_COLUMN_NUMBER, "log10 share", "");
    fovea_table_add_column (table, "latents", FOVEA_COLUMN_INTEGER, "", "of such a density");
    for (int i = 0; i < DENSITY_BINS; i++) {
        guint row = fovea_table_add_row (table);
        fovea_table_set_number (table, row, 0, LEAST_DENSITY * (1 - (double) i / DENSITY_BINS));
        fovea_table_set_number (table, row, 1,
                                LEAST_DENSITY * (1 - (double) (i + 1) / DENSITY_BINS));
        fovea_table_set_integer (table, row, 2, counts[i]);
    }
    return table;
}

static const struct {
    const char *name, *unit, *description;
    gsize offset;
} qualities[] = {
#define QUALITY(field, unit, description)                                                          \
    {                                                                                              \
#field, unit, description, G_STRUCT_OFFSET(FoveaSaeQuality, field)                         \
    }
    QUALITY (l0, "latents", "codes other than 0 a row"),
    QUALITY (l1, "", "sum of code magnitudes a row"),
    QUALITY (l1_weighted, "", "the same, weighted by decoder norms"),
    QUALITY (mse, "", "squared error a row, summed over its numbers"),
    QUALITY (mse_element, "", "squared error a number"),
    QUALITY (fvu, "share", "squared error over squares about the mean"),
    QUALITY (explained, "share", "explained variance, 1 - fvu"),
    QUALITY (explained_error, "share", "1 - variance of the error over variance; blind to a shift"),
    QUALITY (nmse, "share", "mean over rows of squared error over squared norm"),
    QUALITY (nmse_ratio, "share", "sum of squared errors over sum of squared norms"),
    QUALITY (cosine, "", "mean cosine of row and reconstruction"),
    QUALITY (l2_ratio, "", "mean norm of the reconstruction over the row's"),
    QUALITY (bias, "", "relative reconstruction bias; below 1 = shrinkage"),
    QUALITY (dead, "share", "latents that never fired here"),
    QUALITY (below_1e6, "share", "latents of density below 1e-6"),
    QUALITY (below_1e5, "share", "latents of density below 1e-5"),
    QUALITY (above_001, "share", "latents of density above 0.01"),
    QUALITY (above_01, "share", "latents of density above 0.1"),
#undef QUALITY
};

FoveaTable *
fovea_sae_quality_tabulate (const FoveaSaeQuality *quality)
{
    static const FoveaColumn columns[] = {
        {"name", FOVEA_COLUMN_TEXT, "", ""},
        {"value", FOVEA_COLUMN_NUMBER, "", ""},
        {"unit", FOVEA_COLUMN_TEXT, "", ""},
        {"what", FOVEA_COLUMN_TEXT, "", ""},
    };
    FoveaTable *table = fovea_table_new_with ("sae_quality", columns, G_N_ELEMENTS (columns));
    for (gsize i = 0; i < G_N_ELEMENTS (qualities); i++) {
        guint row = fovea_table_add_row (table);
        fovea_table_set_text (table, row, 0, qualities[i].name);
        fovea_table_set_number (
            table, row, 1,
            *(const double *) (gconstpointer) ((const char *) quality + qualities[i].offset));
        fovea_table_set_text (table, row, 2, qualities[i].unit);
        fovea_table_set_text (table, row, 3, qualities[i].description);
    }
    g_autofree char *rows = g_strdup_printf ("%" G_GINT64_FORMAT, quality->n_rows);
    g_autofree char *zeros = g_strdup_printf ("%" G_GINT64_FORMAT, quality->n_zero_rows);
    fovea_table_set_note (table, "n_rows", rows);
    fovea_table_set_note (table, "n_zero_rows", zeros);
    return table;
}
