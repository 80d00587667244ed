/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Storage of entries, and their order by latent: a counting sort, which keeps the order of rows. */
#include <string.h>

#include "analysis/sae-loss-private.h"

void
fovea_sae_entries_reserve (SaeEntries *e, int64_t n, int64_t rows, int64_t latents)
{
    e->start = g_renew (int64_t, e->start, rows + 1);
    e->by_latent = g_renew (int64_t, e->by_latent, latents + 1);
    e->start[0] = 0;
    if (n <= e->room)
        return;
    float **floats[] = {&e->pre,    &e->code,    &e->d_code, &e->d_pre,
                        &e->d_norm, &e->d_other, &e->d_mag};
    int32_t **integers[] = {&e->latent, &e->order, &e->row};
    e->room = n + n / 4;
    for (guint i = 0; i < G_N_ELEMENTS (floats); i++)
        *floats[i] = g_renew (float, *floats[i], e->room);
    for (guint i = 0; i < G_N_ELEMENTS (integers); i++)
        *integers[i] = g_renew (int32_t, *integers[i], e->room);
}

void
fovea_sae_entries_clear (SaeEntries *e)
{
    void *const arrays[] = {e->start,  e->latent,  e->pre,   e->code,  e->d_code,    e->d_pre,
                            e->d_norm, e->d_other, e->d_mag, e->order, e->by_latent, e->row};
    for (guint i = 0; i < G_N_ELEMENTS (arrays); i++)
        g_free (arrays[i]);
    memset (e, 0, sizeof *e);
}

void
fovea_sae_entries_sort (SaeEntries *e, int64_t rows, int64_t latents)
{
    memset (e->by_latent, 0, (size_t) (latents + 1) * sizeof *e->by_latent);
    for (int64_t i = 0; i < e->n; i++)
        e->by_latent[e->latent[i] + 1]++;
    for (int64_t j = 0; j < latents; j++)
        e->by_latent[j + 1] += e->by_latent[j];
    g_autofree int64_t *next = g_memdup2 (e->by_latent, (gsize) latents * sizeof *next);
    for (int64_t t = 0; t < rows; t++)
        for (int64_t i = e->start[t]; i < e->start[t + 1]; i++) {
            int64_t at = next[e->latent[i]]++;
            e->order[at] = (int32_t) i;
            e->row[at] = (int32_t) t;
        }
}

void
fovea_sae_entries_from_top (SaeEntries *e,
                            int64_t rows,
                            int64_t latents,
                            int64_t k,
                            const int32_t *latent,
                            const float *value,
                            const int32_t *count)
{
    fovea_sae_entries_reserve (e, rows * k, rows, latents);
    e->n = 0;
    for (int64_t t = 0; t < rows; t++) {
        memcpy (e->latent + e->n, latent + t * k, (size_t) count[t] * sizeof *latent);
        memcpy (e->pre + e->n, value + t * k, (size_t) count[t] * sizeof *value);
        memcpy (e->code + e->n, value + t * k, (size_t) count[t] * sizeof *value);
        e->n += count[t];
        e->start[t + 1] = e->n;
    }
}
