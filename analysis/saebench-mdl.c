/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Values move to the middle of their bin; a latent whose range is one value keeps it in every
 * quantisation. */
#include "analysis/saebench-mdl.h"

#include <math.h>
#include <string.h>

static const int bin_counts[] = {4, 6, 8, 12, 16, 32};

/* What the codes are like before they are quantised. */
typedef struct {
    const FoveaSae *sae;
    FoveaDevice *device;
    const FoveaSaeCodes *codes;
    const float *x, *target;
    float *least, *most; /* (F) of values that are not 0 */
    gint64 *fired;       /* (F) */
} Measure;

/* -p log2 p */
static double
surprise (double p)
{
    return p > 0 ? -p * log2 (p) : 0;
}

double
fovea_mdl_bits (double firing, const gint64 *counts, int n_bins, double *value_bits)
{
    double total = 0, entropy = 0;
    for (int b = 0; b < n_bins; b++)
        total += (double) counts[b];
    for (int b = 0; b < n_bins && total > 0; b++)
        entropy += surprise ((double) counts[b] / total);
    if (value_bits != NULL)
        *value_bits = firing * entropy;
    return surprise (firing) + surprise (1 - firing) + firing * entropy;
}

static void
find_ranges (Measure *m)
{
    const FoveaSaeCodes *codes = m->codes;
    for (gint64 j = 0; j < codes->n_latents; j++) {
        m->least[j] = INFINITY;
        m->most[j] = -INFINITY;
    }
    for (gint64 i = 0; i < codes->offsets[codes->n_rows]; i++) {
        gint32 j = codes->latents[i];
        if (codes->values[i] == 0)
            continue;
        m->least[j] = MIN (m->least[j], codes->values[i]);
        m->most[j] = MAX (m->most[j], codes->values[i]);
        m->fired[j]++;
    }
}

static int
find_bin (const Measure *m, gint32 j, float value, int n_bins)
{
    double width = (double) m->most[j] - (double) m->least[j];
    int bin = width > 0 ? (int) (((double) value - (double) m->least[j]) / width * n_bins) : 0;
    return MIN (bin, n_bins - 1);
}

/* Mean squared error of an element. */
static gboolean
measure_error (const Measure *m, const FoveaSaeCodes *codes, double *out, GError **error)
{
    gint64 n = codes->n_rows * m->sae->d_out;
    g_autofree float *decoded = g_new (float, MAX (n, 1));
    if (!fovea_sae_reconstruct (m->sae, m->device, codes, m->x, decoded, error))
        return FALSE;
    *out = 0;
    for (gint64 i = 0; i < n; i++) {
        double off = (double) decoded[i] - (double) m->target[i];
        *out += off * off / (double) n;
    }
    return TRUE;
}

/* The codes with values in the middles of their bins; shares all else. */
static float *
quantise (const Measure *m, int n_bins)
{
    const FoveaSaeCodes *codes = m->codes;
    gint64 n = codes->offsets[codes->n_rows];
    float *values = g_new (float, MAX (n, 1));
    for (gint64 i = 0; i < n; i++) {
        gint32 j = codes->latents[i];
        double width = ((double) m->most[j] - (double) m->least[j]) / n_bins;
        values[i] = codes->values[i];
        if (codes->values[i] != 0 && width > 0)
            values[i] = (float) ((double) m->least[j] +
                                 width * (find_bin (m, j, codes->values[i], n_bins) + 0.5));
    }
    return values;
}

static void
count_bits (const Measure *m, FoveaMdl *mdl)
{
    const FoveaSaeCodes *codes = m->codes;
    gint64 F = codes->n_latents, n = codes->offsets[codes->n_rows];
    g_autofree gint64 *bins = g_new0 (gint64, F * mdl->bins);
    for (gint64 i = 0; i < n; i++)
        if (codes->values[i] != 0)
            bins[codes->latents[i] * mdl->bins +
                 find_bin (m, codes->latents[i], codes->values[i], mdl->bins)]++;
    for (gint64 j = 0; j < F; j++) {
        double value_bits, firing = (double) m->fired[j] / (double) codes->n_rows;
        mdl->bits += fovea_mdl_bits (firing, bins + j * mdl->bins, mdl->bins, &value_bits);
        mdl->value_bits += value_bits;
        mdl->n_latents += m->fired[j] > 0;
    }
    mdl->firing_bits = mdl->bits - mdl->value_bits;
}

/* The fewest bins whose error is within the tolerance. */
static gboolean
choose_bins (const Measure *m, double tolerance, FoveaMdl *mdl, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS (bin_counts) && !mdl->within; i++) {
        g_autofree float *values = quantise (m, bin_counts[i]);
        FoveaSaeCodes quantised = *m->codes;
        quantised.values = values;
        if (!measure_error (m, &quantised, &mdl->error, error))
            return FALSE;
        mdl->bins = bin_counts[i];
        mdl->within = fabs (mdl->error - mdl->exact) <= tolerance;
    }
    return TRUE;
}

gboolean
fovea_mdl_measure (const FoveaSae *sae,
                   FoveaDevice *device,
                   const FoveaSaeCodes *codes,
                   const float *x,
                   const float *target,
                   double tolerance,
                   FoveaMdl *mdl,
                   GError **error)
{
    gsize F = (gsize) codes->n_latents;
    g_autofree float *least = g_new (float, F), *most = g_new (float, F);
    g_autofree gint64 *fired = g_new0 (gint64, F);
    Measure m = {sae, device, codes, x, target, least, most, fired};
    *mdl = (FoveaMdl){.n_rows = codes->n_rows};
    if (codes->n_rows == 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "description length: there are no rows");
        return FALSE;
    }
    find_ranges (&m);
    if (!measure_error (&m, codes, &mdl->exact, error) || !choose_bins (&m, tolerance, mdl, error))
        return FALSE;
    count_bits (&m, mdl);
    return TRUE;
}
