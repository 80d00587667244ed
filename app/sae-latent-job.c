/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Firings are offered from the strongest on, so each side is full after about as many as it shows. */
#include "app/sae-latent-job.h"

#include <math.h>

#include "storage/code-rows.h"

/* Stronger first; of equal ones the earlier. Reading order is that of sequences and positions. */
static int
compare_firings (gconstpointer a, gconstpointer b)
{
    const FoveaFiring *x = *(const FoveaFiring *const *) a, *y = *(const FoveaFiring *const *) b;
    float p = fabsf (x->value), q = fabsf (y->value);
    if (p != q)
        return p > q ? -1 : 1;
    return x < y ? -1 : x > y;
}

/* Codes of one sequence of @T tokens. */
static float *
make_dense (GArray *firings, gint64 sequence, gint64 T)
{
    float *dense = g_new0 (float, (gsize) T);
    for (guint i = 0; i < firings->len; i++) {
        const FoveaFiring *firing = &g_array_index (firings, FoveaFiring, i);
        if (firing->sequence == sequence && firing->position >= 0 && firing->position < T)
            dense[firing->position] = firing->value;
    }
    return dense;
}

static gboolean
offer (FoveaStore *store,
       FoveaSaeLatent *latent,
       GArray *firings,
       const FoveaFiring *firing,
       GError **error)
{
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, firing->sequence, error);
    if (trace == NULL)
        return FALSE;
    const FoveaTraceInfo *info = fovea_trace_get_info (trace);
    g_autofree float *dense = make_dense (firings, firing->sequence, info->n_tokens);
    if (firing->position >= 0 && firing->position < info->n_tokens &&
        dense[firing->position] == firing->value)
        fovea_sae_latent_offer (latent, firing->sequence, info, dense, firing->position);
    return TRUE;
}

static gboolean
choose_examples (FoveaStore *store, FoveaSaeLatent *latent, GArray *firings, GError **error)
{
    g_autoptr (GPtrArray) order = g_ptr_array_sized_new (firings->len);
    for (guint i = 0; i < firings->len; i++)
        g_ptr_array_add (order, &g_array_index (firings, FoveaFiring, i));
    g_ptr_array_sort (order, compare_firings);
    for (guint i = 0; i < order->len; i++) {
        const FoveaFiring *firing = g_ptr_array_index (order, i);
        GPtrArray *list = firing->value > 0 ? latent->positive : latent->negative;
        if (list->len < latent->most_examples && firing->value != 0 &&
            !offer (store, latent, firings, firing, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
fovea_sae_latent_job_collect (
    FoveaStore *store, const char *hash, FoveaSaeLatent *latent, gboolean *found, GError **error)
{
    gint64 dictionary, n_tokens = 0;
    *found = FALSE;
    if (!fovea_store_find_dictionary (store, hash, &dictionary, &n_tokens, error))
        return FALSE;
    if (dictionary == 0)
        return TRUE;
    g_autoptr (GArray) firings =
        fovea_store_read_firings (store, dictionary, latent->latent, error);
    if (firings == NULL)
        return FALSE;
    *found = TRUE;
    latent->n_rows = n_tokens;
    for (guint i = 0; i < firings->len; i++)
        fovea_sae_latent_count (latent, g_array_index (firings, FoveaFiring, i).value);
    return choose_examples (store, latent, firings, error);
}
