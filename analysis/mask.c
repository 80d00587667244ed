/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Building a mask: parts are appended, and fovea_mask_finish() sorts them into buckets of queries so
 * that a row is read from the few parts that touch it. Lists are kept ascending, so that a reader
 * may stop at the first entry beyond the row. */
#include "analysis/mask.h"

#include <string.h>

#include "analysis/mask-private.h"
#include "analysis/sparse-select.h"

FoveaMask *
fovea_mask_new (gint64 n_tokens, const FoveaScoreRule *rule)
{
    g_return_val_if_fail (n_tokens > 0, NULL);
    FoveaMask *mask = g_new0 (FoveaMask, 1);
    g_atomic_ref_count_init (&mask->references);
    mask->n_tokens = n_tokens;
    mask->rule = *rule;
    if (rule->segments != NULL) {
        mask->segments = g_new (int32_t, (gsize) n_tokens);
        memcpy (mask->segments, rule->segments, (gsize) n_tokens * sizeof *mask->segments);
        mask->rule.segments = mask->segments;
    }
    mask->parts = g_array_new (FALSE, FALSE, sizeof (FoveaPart));
    mask->pool = g_array_sized_new (FALSE, FALSE, sizeof (gint64), 16);
    mask->limits = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_mask_unref);
    return mask;
}

FoveaMask *
fovea_mask_ref (FoveaMask *mask)
{
    g_atomic_ref_count_inc (&mask->references);
    return mask;
}

void
fovea_mask_unref (FoveaMask *mask)
{
    if (!g_atomic_ref_count_dec (&mask->references))
        return;
    for (guint i = 0; i < mask->parts->len; i++)
        g_clear_pointer (&g_array_index (mask->parts, FoveaPart, i).mask, fovea_mask_unref);
    g_array_unref (mask->parts);
    g_array_unref (mask->pool);
    g_ptr_array_unref (mask->limits);
    g_clear_pointer (&mask->sets, g_ptr_array_unref);
    g_free (mask->segments);
    g_free (mask->order);
    g_free (mask->bucket_first);
    g_free (mask->bucket_parts);
    g_free (mask);
}

/* Parts of no query are left out, so that every kept one lies inside the sequence. */
static void
add_part (FoveaMask *mask, FoveaPart part)
{
    g_return_if_fail (mask->bucket_first == NULL);
    part.q0 = MAX (part.q0, 0);
    part.q1 = MIN (part.q1, mask->n_tokens);
    if (part.q0 < part.q1)
        g_array_append_val (mask->parts, part);
    else
        g_clear_pointer (&part.mask, fovea_mask_unref);
}

void
fovea_mask_add_rectangle (FoveaMask *mask, gint64 q0, gint64 q1, gint64 k0, gint64 k1)
{
    add_part (mask, (FoveaPart){.kind = FOVEA_PART_RECTANGLE,
                                .q0 = q0,
                                .q1 = q1,
                                .low = MAX (k0, 0),
                                .high = MIN (k1, mask->n_tokens)});
}

void
fovea_mask_add_band (FoveaMask *mask, gint64 q0, gint64 q1, gint64 near, gint64 far)
{
    add_part (mask,
              (FoveaPart){.kind = FOVEA_PART_BAND, .q0 = q0, .q1 = q1, .low = near, .high = far});
}

/* Lists are mostly keys or distances in the order of their scores. */
static void
add_list (FoveaMask *mask, FoveaPart part, const gint64 *numbers, gsize n)
{
    part.first = mask->pool->len;
    part.n = n;
    g_array_append_vals (mask->pool, numbers, (guint) n);
    if (n > 1)
        fovea_select_sort (&g_array_index (mask->pool, gint64, part.first), n);
    add_part (mask, part);
}

void
fovea_mask_add_diagonals (FoveaMask *mask, gint64 q0, gint64 q1, const gint64 *distances, gsize n)
{
    add_list (mask, (FoveaPart){.kind = FOVEA_PART_DIAGONALS, .q0 = q0, .q1 = q1}, distances, n);
}

void
fovea_mask_add_blocks (
    FoveaMask *mask, gint64 q0, gint64 q1, gint64 width, const gint64 *blocks, gsize n)
{
    g_return_if_fail (width > 0);
    add_list (mask, (FoveaPart){.kind = FOVEA_PART_BLOCKS, .q0 = q0, .q1 = q1, .low = width},
              blocks, n);
}

void
fovea_mask_set_order (FoveaMask *mask, const gint64 *order)
{
    g_return_if_fail (mask->order == NULL);
    mask->order = g_new (gint64, (gsize) mask->n_tokens);
    memcpy (mask->order, order, (gsize) mask->n_tokens * sizeof *order);
}

void
fovea_mask_add_permuted (
    FoveaMask *mask, gint64 q0, gint64 q1, gint64 width, const gint64 *blocks, gsize n)
{
    g_return_if_fail (width > 0 && mask->order != NULL);
    add_list (mask, (FoveaPart){.kind = FOVEA_PART_PERMUTED, .q0 = q0, .q1 = q1, .low = width},
              blocks, n);
}

void
fovea_mask_add_mask (FoveaMask *mask, FoveaMask *other)
{
    g_return_if_fail (other->n_tokens == mask->n_tokens && other->bucket_first != NULL);
    add_part (
        mask,
        (FoveaPart){.kind = FOVEA_PART_MASK, .q1 = mask->n_tokens, .mask = fovea_mask_ref (other)});
}

void
fovea_mask_restrict (FoveaMask *mask, FoveaMask *other)
{
    g_return_if_fail (other->n_tokens == mask->n_tokens && other->bucket_first != NULL);
    g_ptr_array_add (mask->limits, fovea_mask_ref (other));
}

/* A part's buckets: the first, and one past the last. */
static void
get_buckets (const FoveaPart *part, gsize *first, gsize *end)
{
    *first = (gsize) (part->q0 / FOVEA_MASK_BUCKET);
    *end = (gsize) ((part->q1 - 1) / FOVEA_MASK_BUCKET) + 1;
}

void
fovea_mask_finish (FoveaMask *mask)
{
    g_return_if_fail (mask->bucket_first == NULL);
    fovea_mask_make_sets (mask);
    const FoveaPart *parts = (const FoveaPart *) (gpointer) mask->parts->data;
    gsize n = (gsize) ((mask->n_tokens + FOVEA_MASK_BUCKET - 1) / FOVEA_MASK_BUCKET);
    gsize first, end;
    mask->bucket_first = g_new0 (gsize, n + 1);
    for (guint i = 0; i < mask->parts->len; i++) {
        get_buckets (&parts[i], &first, &end);
        for (gsize b = first; b < end; b++)
            mask->bucket_first[b + 1]++;
    }
    for (gsize b = 0; b < n; b++)
        mask->bucket_first[b + 1] += mask->bucket_first[b];
    g_autofree gsize *fill = g_memdup2 (mask->bucket_first, (n + 1) * sizeof *fill);
    mask->bucket_parts = g_new (guint, mask->bucket_first[n] + 1);
    for (guint i = 0; i < mask->parts->len; i++) {
        get_buckets (&parts[i], &first, &end);
        for (gsize b = first; b < end; b++)
            mask->bucket_parts[fill[b]++] = i;
    }
}

gint64
fovea_mask_get_n_tokens (const FoveaMask *mask)
{
    return mask->n_tokens;
}

const FoveaScoreRule *
fovea_mask_get_rule (const FoveaMask *mask)
{
    return &mask->rule;
}

gsize
fovea_mask_get_bytes (const FoveaMask *mask)
{
    gsize n_buckets = (gsize) ((mask->n_tokens + FOVEA_MASK_BUCKET - 1) / FOVEA_MASK_BUCKET);
    gsize bytes = sizeof *mask + mask->parts->len * sizeof (FoveaPart) +
                  mask->pool->len * sizeof (gint64) + (n_buckets + 1) * sizeof (gsize);
    if (mask->bucket_first != NULL)
        bytes += mask->bucket_first[n_buckets] * sizeof (guint) + fovea_mask_get_set_bytes (mask);
    if (mask->order != NULL)
        bytes += (gsize) mask->n_tokens * sizeof (gint64);
    if (mask->segments != NULL)
        bytes += (gsize) mask->n_tokens * sizeof (int32_t);
    for (guint i = 0; i < mask->limits->len; i++)
        bytes += fovea_mask_get_bytes (g_ptr_array_index (mask->limits, i));
    for (guint i = 0; i < mask->parts->len; i++) {
        const FoveaMask *inner = g_array_index (mask->parts, FoveaPart, i).mask;
        bytes += inner != NULL ? fovea_mask_get_bytes (inner) : 0;
    }
    return bytes;
}
