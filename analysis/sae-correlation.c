/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Codes are sparse, so a row costs its codes and not F: silence adds nothing to any sum but the
 * number of rows. */
#include "analysis/sae-correlation.h"

#include <math.h>

typedef struct {
    double sum, squares, products; /* Sy, Syy, Sxy */
    gint64 n_both;
} Sums;

struct _FoveaSaeCorrelation {
    gint32 latent;
    gint64 n_latents, n_rows;
    Sums *sums; /* (F); the latent's own has Sxx in squares and products */
};

FoveaSaeCorrelation *
fovea_sae_correlation_new (gint32 latent, gint64 n_latents)
{
    g_return_val_if_fail (latent >= 0 && latent < n_latents, NULL);
    FoveaSaeCorrelation *correlation = g_new0 (FoveaSaeCorrelation, 1);
    correlation->latent = latent;
    correlation->n_latents = n_latents;
    correlation->sums = g_new0 (Sums, (gsize) n_latents);
    return correlation;
}

void
fovea_sae_correlation_free (FoveaSaeCorrelation *correlation)
{
    if (correlation == NULL)
        return;
    g_free (correlation->sums);
    g_free (correlation);
}

void
fovea_sae_correlation_add (FoveaSaeCorrelation *correlation, const FoveaSaeCodes *codes)
{
    g_return_if_fail (codes->n_latents == correlation->n_latents);
    correlation->n_rows += codes->n_rows;
    for (gint64 i = 0; i < codes->n_rows; i++) {
        double x = (double) fovea_sae_codes_get (codes, i, correlation->latent);
        for (gint64 c = codes->offsets[i]; c < codes->offsets[i + 1]; c++) {
            Sums *sums = &correlation->sums[codes->latents[c]];
            double y = (double) codes->values[c];
            sums->sum += y;
            sums->squares += y * y;
            sums->products += x * y;
            sums->n_both += x != 0;
        }
    }
}

/* Larger magnitude first; of equal ones the lower latent. */
static int
compare (gconstpointer a, gconstpointer b)
{
    const FoveaCorrelated *x = a, *y = b;
    double p = fabs (x->pearson), q = fabs (y->pearson);
    if (p != q)
        return p > q ? -1 : 1;
    return x->latent - y->latent;
}

GArray *
fovea_sae_correlation_list (const FoveaSaeCorrelation *correlation, guint n)
{
    GArray *list = g_array_new (FALSE, FALSE, sizeof (FoveaCorrelated));
    const Sums *own = &correlation->sums[correlation->latent];
    double rows = (double) correlation->n_rows;
    double spread = rows * own->squares - own->sum * own->sum;
    for (gint64 j = 0; j < correlation->n_latents; j++) {
        const Sums *sums = &correlation->sums[j];
        double size = spread * (rows * sums->squares - sums->sum * sums->sum);
        if (j == correlation->latent || !(size > 0))
            continue;
        const FoveaCorrelated item = {
            (gint32) j, (rows * sums->products - own->sum * sums->sum) / sqrt (size),
            sums->products / sqrt (own->squares * sums->squares), sums->n_both};
        g_array_append_val (list, item);
    }
    g_array_sort (list, compare);
    if (list->len > n)
        g_array_set_size (list, n);
    return list;
}
