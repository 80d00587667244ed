/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Weights are read in tiles of rows and never held as a map. Kept intermediates carry a name made of
 * what they depend on, so that a sweep over a knob pays for them once. */
#include "analysis/sparse-head.h"

#include <math.h>
#include <string.h>

#include "analysis/every-set.h"

enum {
    TILE_CELLS = 1 << 20, /* 4 MiB of weights at a time */
};

/* The public face, and what only this file sees. */
typedef struct {
    FoveaSparseHead face;
    float *q, *k, *v;
    GHashTable *kept; /* name -> double * */
} Head;

float *
fovea_sparse_head_read_other (const FoveaSparseHead *head,
                              guint other,
                              FoveaAttentionVector which,
                              GError **error)
{
    gsize n;
    if (!g_size_checked_mul (&n, (gsize) head->n_tokens, (gsize) head->width))
        g_error ("head of %" G_GINT64_FORMAT " tokens", head->n_tokens);
    g_autofree float *out = g_new (float, n);
    if (!fovea_attention_read_vectors (head->attention, other, which, 0, head->n_tokens, out,
                                       error))
        return NULL;
    return g_steal_pointer (&out);
}

/* NULL without error if the vectors were not kept. */
static gboolean
read_if_kept (const FoveaSparseHead *head, FoveaAttentionVector which, float **out, GError **error)
{
    g_autoptr (GError) failure = NULL;
    *out = fovea_sparse_head_read_other (head, head->head, which, &failure);
    if (*out != NULL || g_error_matches (failure, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND))
        return TRUE;
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
}

FoveaSparseHead *
fovea_sparse_head_new (
    FoveaAttention *attention, guint layer, guint head, GCancellable *cancellable, GError **error)
{
    Head *self = g_new0 (Head, 1);
    g_autoptr (FoveaSparseHead) face = &self->face;
    face->attention = attention;
    face->layer = layer;
    face->head = head;
    face->rule = fovea_attention_get_rule (attention);
    face->cancellable = cancellable;
    fovea_attention_get_shape (attention, &face->n_tokens, &face->n_heads, &face->n_kv_heads,
                               &face->width);
    self->kept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    if (!read_if_kept (face, FOVEA_VECTOR_QUERY, &self->q, error) ||
        !read_if_kept (face, FOVEA_VECTOR_KEY, &self->k, error) ||
        !read_if_kept (face, FOVEA_VECTOR_VALUE, &self->v, error))
        return NULL;
    face->q = self->q;
    face->k = self->k;
    face->v = self->v;
    return g_steal_pointer (&face);
}

void
fovea_sparse_head_free (FoveaSparseHead *head)
{
    Head *self = (Head *) head;
    if (self == NULL)
        return;
    g_free (self->q);
    g_free (self->k);
    g_free (self->v);
    g_hash_table_unref (self->kept);
    g_free (self);
}

const double *
fovea_sparse_head_find (const FoveaSparseHead *head, const char *key)
{
    return g_hash_table_lookup (((const Head *) head)->kept, key);
}

const double *
fovea_sparse_head_keep (FoveaSparseHead *head, const char *key, double *values)
{
    g_hash_table_replace (((Head *) head)->kept, g_strdup (key), values);
    return values;
}

/* Of several heads that work out the same at a time the first is kept: to wait would be no faster. */
struct _FoveaSparseShared {
    GMutex lock;
    GHashTable *kept; /* name -> double * */
};

FoveaSparseShared *
fovea_sparse_shared_new (void)
{
    FoveaSparseShared *shared = g_new0 (FoveaSparseShared, 1);
    g_mutex_init (&shared->lock);
    shared->kept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    return shared;
}

void
fovea_sparse_shared_free (FoveaSparseShared *shared)
{
    if (shared == NULL)
        return;
    g_mutex_clear (&shared->lock);
    g_hash_table_unref (shared->kept);
    g_free (shared);
}

const double *
fovea_sparse_head_find_in_layer (const FoveaSparseHead *head, const char *key)
{
    if (head->shared == NULL)
        return fovea_sparse_head_find (head, key);
    g_mutex_lock (&head->shared->lock);
    const double *found = g_hash_table_lookup (head->shared->kept, key);
    g_mutex_unlock (&head->shared->lock);
    return found;
}

const double *
fovea_sparse_head_keep_in_layer (FoveaSparseHead *head, const char *key, double *values)
{
    if (head->shared == NULL)
        return fovea_sparse_head_keep (head, key, values);
    g_mutex_lock (&head->shared->lock);
    const double *kept = g_hash_table_lookup (head->shared->kept, key);
    if (kept == NULL)
        g_hash_table_insert (head->shared->kept, g_strdup (key), values);
    else
        g_free (values);
    g_mutex_unlock (&head->shared->lock);
    return kept != NULL ? kept : values;
}

gint64
fovea_sparse_head_count_blocks (const FoveaSparseHead *head, gint64 block)
{
    return (head->n_tokens + block - 1) / block;
}

/* Softmax of one probe row in double, added to both kinds of line. */
static void
add_probe (const float *scores, gint64 query, gint64 first, gint64 end, double *vert, double *slash)
{
    double largest = -INFINITY, sum = 0;
    for (gint64 j = first; j < end; j++)
        largest = MAX (largest, (double) scores[j]);
    if (!isfinite (largest))
        return;
    for (gint64 j = first; j < end; j++)
        sum += exp ((double) scores[j] - largest);
    for (gint64 j = first; j < end; j++) {
        double weight = exp ((double) scores[j] - largest) / sum;
        vert[j] += weight;
        if (j <= query)
            slash[query - j] += weight;
    }
}

const double *
fovea_sparse_head_get_lines (FoveaSparseHead *head, gint64 n_probes, GError **error)
{
    gint64 T = head->n_tokens, n = MIN (n_probes, T), rows = CLAMP (TILE_CELLS / T, 1, n);
    g_autofree char *key = g_strdup_printf ("lines %" G_GINT64_FORMAT, n);
    const double *found = fovea_sparse_head_find (head, key);
    if (found != NULL)
        return found;
    g_autofree double *lines = g_new0 (double, (gsize) (2 * T));
    g_autofree float *tile = g_new (float, (gsize) (rows * T));
    for (gint64 q0 = T - n; q0 < T; q0 += rows) {
        gint64 q1 = MIN (q0 + rows, T);
        if (!fovea_attention_read_scores (head->attention, head->head, q0, q1, 0, T, tile, error))
            return NULL;
        for (gint64 q = q0; q < q1; q++)
            add_probe (tile + (q - q0) * T, q, fovea_score_rule_first_key (head->rule, q),
                       fovea_score_rule_end_key (head->rule, q, T), lines, lines + T);
    }
    return fovea_sparse_head_keep (head, key, g_steal_pointer (&lines));
}

double *
fovea_sparse_head_pool (const FoveaSparseHead *head,
                        const float *vectors,
                        gint64 block,
                        gboolean pad)
{
    gint64 T = head->n_tokens, D = head->width, nb = fovea_sparse_head_count_blocks (head, block);
    double *means = g_new0 (double, (gsize) (nb * D));
    for (gint64 t = 0; t < T; t++)
        for (gint64 d = 0; d < D; d++)
            means[t / block * D + d] += (double) vectors[t * D + d];
    for (gint64 b = 0; b < nb; b++) {
        gint64 n = pad ? block : MIN (block, T - b * block);
        for (gint64 d = 0; d < D; d++)
            means[b * D + d] /= (double) n;
    }
    return means;
}

/* Sums of two side by side: the compiler may not split one. Wider ones live in memory where the
 * machine that is compiled for has no registers for them. */
typedef double Two __attribute__ ((vector_size (16)));

static double
multiply (const float *q, const float *k, gint64 D)
{
    gint64 d = 0;
    Two even = {0}, odd = {0};
    double rest = 0;
    for (; d + 4 <= D; d += 4) {
        even += (Two){(double) q[d], (double) q[d + 1]} * (Two){(double) k[d], (double) k[d + 1]};
        odd += (Two){(double) q[d + 2], (double) q[d + 3]} *
               (Two){(double) k[d + 2], (double) k[d + 3]};
    }
    for (; d < D; d++)
        rest += (double) q[d] * (double) k[d];
    return (even[0] + even[1]) + (odd[0] + odd[1]) + rest;
}

double
fovea_sparse_head_product (const FoveaSparseHead *head, gint64 query, gint64 key)
{
    gint64 D = head->width;
    return multiply (head->q + query * D, head->k + key * D, D);
}

typedef double Four __attribute__ ((vector_size (32)));
typedef float FourFloats __attribute__ ((vector_size (16)));

/* Products with four vectors, so that the processor has their sums under way together. */
FOVEA_EVERY_SET static void
multiply_four (const float *one, const float *others, gint64 stride, gint64 D, double *out)
{
    Four sums[4] = {{0}};
    FourFloats own, other;
    gint64 d = 0;
    for (; d + 4 <= D; d += 4) {
        memcpy (&own, one + d, sizeof own);
        for (int j = 0; j < 4; j++) {
            memcpy (&other, others + j * stride + d, sizeof other);
            sums[j] += __builtin_convertvector(own, Four) * __builtin_convertvector(other, Four);
        }
    }
    for (int j = 0; j < 4; j++) {
        double rest = 0;
        for (gint64 e = d; e < D; e++)
            rest += (double) one[e] * (double) others[j * stride + e];
        out[j] = (sums[j][0] + sums[j][1]) + (sums[j][2] + sums[j][3]) + rest;
    }
}

void
fovea_sparse_head_get_products (const FoveaSparseHead *head,
                                const float *one,
                                const float *others,
                                gint64 stride,
                                gint64 n,
                                double *out)
{
    gint64 D = head->width, i = 0;
    for (; i + 4 <= n; i += 4)
        multiply_four (one, others + i * stride, stride, D, out + i);
    for (; i < n; i++)
        out[i] = multiply (one, others + i * stride, D);
}

void
fovea_sparse_head_multiply (
    const FoveaSparseHead *head, const double *query, const double *vectors, gint64 n, double *out)
{
    gint64 D = head->width;
    for (gint64 i = 0; i < n; i++) {
        const double *v = vectors + i * D;
        Two even = {0}, odd = {0};
        gint64 d = 0;
        double rest = 0;
        for (; d + 4 <= D; d += 4) {
            even += (Two){query[d], query[d + 1]} * (Two){v[d], v[d + 1]};
            odd += (Two){query[d + 2], query[d + 3]} * (Two){v[d + 2], v[d + 3]};
        }
        for (; d < D; d++)
            rest += query[d] * v[d];
        out[i] = (even[0] + even[1]) + (odd[0] + odd[1]) + rest;
    }
}
