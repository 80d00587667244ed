/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Long lists of columns or diagonals as bits, so that a row takes T/64 words of them instead of a step
 * for each entry. A diagonal at distance d is bit T-1-d: the row of query q is the same bits, read
 * from place T-1-q on. Only where the bits take no more memory than the list, and for lists that at
 * least a bucket of queries shares: others are read once or twice. */
#include "analysis/every-set.h"
#include "analysis/mask-private.h"

/* A word more than the bits need: a shifted read looks one word ahead. */
static gsize
count_words (const FoveaMask *mask, const FoveaPart *part)
{
    gsize bits = (gsize) mask->n_tokens * (part->kind == FOVEA_PART_DIAGONALS ? 2 : 1);
    return bits / 64 + 2;
}

static gboolean
wants_set (const FoveaMask *mask, const FoveaPart *part)
{
    gboolean listed =
        part->kind == FOVEA_PART_DIAGONALS || (part->kind == FOVEA_PART_BLOCKS && part->low == 1);
    return listed && part->q1 - part->q0 >= FOVEA_MASK_BUCKET &&
           part->n >= count_words (mask, part);
}

/* Entries that no row could hold are dropped here. */
static void
fill_set (const FoveaMask *mask, const FoveaPart *part, guint64 *set)
{
    const gint64 *list = &g_array_index (mask->pool, gint64, part->first);
    gint64 T = mask->n_tokens;
    for (gsize i = 0; i < part->n; i++) {
        if (list[i] <= -T || list[i] >= T || (part->kind == FOVEA_PART_BLOCKS && list[i] < 0))
            continue;
        gint64 bit = part->kind == FOVEA_PART_DIAGONALS ? T - 1 - list[i] : list[i];
        set[bit / 64] |= G_GUINT64_CONSTANT (1) << (bit % 64);
    }
}

void
fovea_mask_make_sets (FoveaMask *mask)
{
    mask->sets = g_ptr_array_new_with_free_func (g_free);
    for (guint i = 0; i < mask->parts->len; i++) {
        FoveaPart *part = &g_array_index (mask->parts, FoveaPart, i);
        if (!wants_set (mask, part))
            continue;
        part->set = g_new0 (guint64, count_words (mask, part));
        fill_set (mask, part, part->set);
        g_ptr_array_add (mask->sets, part->set);
    }
}

gsize
fovea_mask_get_set_bytes (const FoveaMask *mask)
{
    gsize bytes = 0;
    for (guint i = 0; i < mask->parts->len; i++) {
        const FoveaPart *part = &g_array_index (mask->parts, FoveaPart, i);
        bytes += part->set != NULL ? count_words (mask, part) * sizeof *part->set : 0;
    }
    return bytes;
}

/* A left shift in two steps: one by 64 is not defined. */
FOVEA_EVERY_SET static void
join_words (const guint64 *restrict set, int shift, gsize n, guint64 *restrict bits)
{
    for (gsize w = 0; w < n; w++)
        bits[w] |= set[w] >> shift | set[w + 1] << 1 << (63 - shift);
}

void
fovea_mask_join_set (const FoveaMask *mask,
                     const FoveaPart *part,
                     gint64 query,
                     gint64 first,
                     gint64 end,
                     guint64 *bits)
{
    if (first >= end)
        return;
    gsize w0 = (gsize) first / 64, w1 = (gsize) (end - 1) / 64;
    gint64 from = (gint64) w0 * 64;
    if (part->kind == FOVEA_PART_DIAGONALS)
        from += mask->n_tokens - 1 - query;
    /* What the ends held before, as they take bits beyond the row at first. */
    guint64 head = G_MAXUINT64 << (first % 64), tail = G_MAXUINT64 >> (63 - (end - 1) % 64);
    guint64 old_first = bits[w0], old_last = bits[w1];
    join_words (part->set + from / 64, (int) (from % 64), w1 - w0 + 1, bits + w0);
    bits[w0] = old_first | (bits[w0] & head);
    bits[w1] = old_last | (bits[w1] & tail);
}
