/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A row is gathered as bits: parts overlap freely, a union costs nothing, and cutting to another
 * mask is an AND. The ranges are then read off the bits. Bits outside the allowed keys are never
 * set.
 *
 * Most masks are made of rectangles and blocks, which many queries in a row share but for where the
 * future begins. Their ranges are gathered once for such a span of queries and cut to each. */
#include "analysis/mask-rows.h"

#include <string.h>

#include "analysis/mask-private.h"

struct _FoveaMaskCursor {
    FoveaMask *mask;
    gsize n_words;
    guint64 *bits;         /* (n_words) the row at hand */
    FoveaKeyRange *ranges; /* (T/2 + 1) */
    /* Queries [span_first, span_end) whose parts are the same and look at keys alone. */
    gint64 span_first, span_end;
    FoveaKeyRange *span_ranges; /* (T/2 + 1) as if nothing were forbidden */
    gsize n_span_ranges;
    /* Ranges [seen_first, seen_end) are those that the last row could see; the outer two are cut to it
     * in place, and were whole_from and whole_to. */
    gsize seen_first, seen_end;
    gint64 whole_from, whole_to;
};

/* Keys that a row may hold, segments left aside. */
typedef struct {
    gint64 query, first, end;
} Row;

FoveaMaskCursor *
fovea_mask_cursor_new (FoveaMask *mask)
{
    g_return_val_if_fail (mask->bucket_first != NULL, NULL);
    FoveaMaskCursor *cursor = g_new0 (FoveaMaskCursor, 1);
    cursor->mask = fovea_mask_ref (mask);
    cursor->n_words = (gsize) (mask->n_tokens + 63) / 64;
    cursor->bits = g_new (guint64, cursor->n_words);
    cursor->ranges = g_new (FoveaKeyRange, (gsize) mask->n_tokens / 2 + 1);
    cursor->span_ranges = g_new (FoveaKeyRange, (gsize) mask->n_tokens / 2 + 1);
    return cursor;
}

void
fovea_mask_cursor_free (FoveaMaskCursor *cursor)
{
    if (cursor == NULL)
        return;
    fovea_mask_unref (cursor->mask);
    g_free (cursor->bits);
    g_free (cursor->ranges);
    g_free (cursor->span_ranges);
    g_free (cursor);
}

/* Sets the bits of keys [from,to), cut to the row. */
static void
set_range (guint64 *bits, const Row *row, gint64 from, gint64 to)
{
    from = MAX (from, row->first);
    to = MIN (to, row->end);
    if (from >= to)
        return;
    gsize first = (gsize) from / 64, last = (gsize) (to - 1) / 64;
    guint64 head = G_MAXUINT64 << (from % 64), tail = G_MAXUINT64 >> (63 - (to - 1) % 64);
    if (first == last) {
        bits[first] |= head & tail;
        return;
    }
    bits[first] |= head;
    for (gsize w = first + 1; w < last; w++)
        bits[w] = G_MAXUINT64;
    bits[last] |= tail;
}

/* Lists of thousands of single keys are common, so they do not go through ranges. */
static inline void
set_key (guint64 *bits, const Row *row, gint64 key)
{
    if (key >= row->first && key < row->end)
        bits[key / 64] |= G_GUINT64_CONSTANT (1) << (key % 64);
}

static void
set_diagonals (guint64 *bits, const Row *row, const gint64 *distances, gsize n)
{
    for (gsize i = 0; i < n; i++)
        set_key (bits, row, row->query - distances[i]);
}

static void
set_columns (guint64 *bits, const Row *row, const gint64 *keys, gsize n)
{
    for (gsize i = 0; i < n && keys[i] < row->end; i++)
        set_key (bits, row, keys[i]);
}

/* Blocks ascend: the first one beyond the row ends the walk. Comparing by division keeps a large
 * index from overflowing. */
static void
set_blocks (guint64 *bits, const Row *row, const gint64 *blocks, gsize n, gint64 width)
{
    if (width == 1) {
        set_columns (bits, row, blocks, n);
        return;
    }
    for (gsize i = 0; i < n && blocks[i] <= (row->end - 1) / width; i++)
        set_range (bits, row, blocks[i] * width, blocks[i] * width + width);
}

static void
set_permuted (guint64 *bits, const Row *row, const FoveaMask *mask, const FoveaPart *part)
{
    const gint64 *blocks = &g_array_index (mask->pool, gint64, part->first);
    for (gsize i = 0; i < part->n && blocks[i] <= (mask->n_tokens - 1) / part->low; i++) {
        gint64 end = MIN ((blocks[i] + 1) * part->low, mask->n_tokens);
        for (gint64 place = blocks[i] * part->low; place < end; place++)
            set_key (bits, row, mask->order[place]);
    }
}

static void fill_row (const FoveaMask *mask, gint64 query, guint64 *bits, gsize n_words);

/* Joins or cuts by another mask's row. */
static void
combine (const FoveaMask *other, gint64 query, guint64 *bits, gsize n_words, gboolean cut)
{
    g_autofree guint64 *row = g_new (guint64, n_words);
    fill_row (other, query, row, n_words);
    for (gsize w = 0; w < n_words; w++)
        bits[w] = cut ? bits[w] & row[w] : bits[w] | row[w];
}

static void
fill_part (
    const FoveaMask *mask, const FoveaPart *part, const Row *row, guint64 *bits, gsize n_words)
{
    const gint64 *list = &g_array_index (mask->pool, gint64, part->first);
    if (part->set != NULL) {
        fovea_mask_join_set (mask, part, row->query, row->first, row->end, bits);
        return;
    }
    switch (part->kind) {
    case FOVEA_PART_RECTANGLE:
        set_range (bits, row, part->low, part->high);
        break;
    case FOVEA_PART_BAND:
        set_range (bits, row, row->query - part->high + 1, row->query - part->low + 1);
        break;
    case FOVEA_PART_DIAGONALS:
        set_diagonals (bits, row, list, part->n);
        break;
    case FOVEA_PART_BLOCKS:
        set_blocks (bits, row, list, part->n, part->low);
        break;
    case FOVEA_PART_PERMUTED:
        set_permuted (bits, row, mask, part);
        break;
    case FOVEA_PART_MASK:
        combine (part->mask, row->query, bits, n_words, FALSE);
        break;
    }
}

/* Segments need not lie together, so their keys are looked at one by one. */
static void
cut_segments (const FoveaMask *mask, const Row *row, guint64 *bits)
{
    for (gint64 j = row->first; j < row->end; j++)
        if (mask->segments[j] != mask->segments[row->query])
            bits[j / 64] &= ~(G_GUINT64_CONSTANT (1) << (j % 64));
}

static void
fill_row (const FoveaMask *mask, gint64 query, guint64 *bits, gsize n_words)
{
    const Row row = {query, fovea_score_rule_first_key (&mask->rule, query),
                     fovea_score_rule_end_key (&mask->rule, query, mask->n_tokens)};
    gsize bucket = (gsize) (query / FOVEA_MASK_BUCKET);
    memset (bits, 0, n_words * sizeof *bits);
    for (gsize i = mask->bucket_first[bucket]; i < mask->bucket_first[bucket + 1]; i++) {
        const FoveaPart *part = &g_array_index (mask->parts, FoveaPart, mask->bucket_parts[i]);
        if (query >= part->q0 && query < part->q1)
            fill_part (mask, part, &row, bits, n_words);
    }
    if (mask->segments != NULL)
        cut_segments (mask, &row, bits);
    for (guint i = 0; i < mask->limits->len; i++)
        combine (g_ptr_array_index (mask->limits, i), query, bits, n_words, TRUE);
}

/* Ranges of the bits at hand; gives how many. A range begins or ends where a bit differs from the one
 * before it, and these places are listed one after the other, whichever they are. The row's last range
 * ends with its words: bits beyond the keys are never set, so that is where none is left. */
static gsize
list_ranges (const guint64 *bits, gsize n_words, FoveaKeyRange *ranges)
{
    gsize n = 0; /* places so far; an even one begins a range */
    guint64 last = 0;
    for (gsize w = 0; w < n_words; w++) {
        guint64 edges = bits[w] ^ (bits[w] << 1 | last);
        last = bits[w] >> 63;
        for (; edges != 0; edges &= edges - 1, n++) {
            gint64 place = (gint64) w * 64 + __builtin_ctzll (edges);
            if (n % 2 == 0)
                ranges[n / 2].from = place;
            else
                ranges[n / 2].to = place;
        }
    }
    if (n % 2 != 0)
        ranges[n++ / 2].to = (gint64) n_words * 64;
    return n / 2;
}

static gboolean
is_shared (FoveaPartKind kind)
{
    return kind == FOVEA_PART_RECTANGLE || kind == FOVEA_PART_BLOCKS || kind == FOVEA_PART_PERMUTED;
}

/* The queries around one that have the same parts, if those are of the kind to share. */
static gboolean
find_span (const FoveaMask *mask, gint64 query, gint64 *first, gint64 *end)
{
    gsize bucket = (gsize) (query / FOVEA_MASK_BUCKET);
    *first = (gint64) bucket * FOVEA_MASK_BUCKET;
    *end = MIN (*first + FOVEA_MASK_BUCKET, mask->n_tokens);
    if (mask->segments != NULL || mask->limits->len > 0)
        return FALSE;
    for (gsize i = mask->bucket_first[bucket]; i < mask->bucket_first[bucket + 1]; i++) {
        const FoveaPart *part = &g_array_index (mask->parts, FoveaPart, mask->bucket_parts[i]);
        if (part->q1 <= query)
            *first = MAX (*first, part->q1);
        else if (part->q0 > query)
            *end = MIN (*end, part->q0);
        else if (!is_shared (part->kind))
            return FALSE;
        else {
            *first = MAX (*first, part->q0);
            *end = MIN (*end, part->q1);
        }
    }
    return *end - *first > 1;
}

/* Gathers the span of a query, whose own parts are those of all of it. */
static void
fill_span (FoveaMaskCursor *cursor, gint64 query)
{
    const FoveaMask *mask = cursor->mask;
    const Row row = {query, 0, mask->n_tokens};
    gsize bucket = (gsize) (query / FOVEA_MASK_BUCKET);
    memset (cursor->bits, 0, cursor->n_words * sizeof *cursor->bits);
    for (gsize i = mask->bucket_first[bucket]; i < mask->bucket_first[bucket + 1]; i++) {
        const FoveaPart *part = &g_array_index (mask->parts, FoveaPart, mask->bucket_parts[i]);
        if (query >= part->q0 && query < part->q1)
            fill_part (mask, part, &row, cursor->bits, cursor->n_words);
    }
    cursor->n_span_ranges = list_ranges (cursor->bits, cursor->n_words, cursor->span_ranges);
    cursor->seen_first = cursor->seen_end = 0;
}

/* Undoes the last cut. */
static void
restore_span (FoveaMaskCursor *cursor)
{
    if (cursor->seen_first >= cursor->seen_end)
        return;
    cursor->span_ranges[cursor->seen_first].from = cursor->whole_from;
    cursor->span_ranges[cursor->seen_end - 1].to = cursor->whole_to;
}

/* The span's ranges cut to what any of queries [q0,q1) may see. Only the outer ones change, and next
 * to where they did for the row before, so that a row costs no copy of them all. */
static gsize
cut_span (FoveaMaskCursor *cursor, gint64 q0, gint64 q1, const FoveaKeyRange **ranges)
{
    const FoveaScoreRule *rule = &cursor->mask->rule;
    FoveaKeyRange *all = cursor->span_ranges;
    gint64 first = fovea_score_rule_first_key (rule, q0);
    gint64 end = fovea_score_rule_end_key (rule, q1 - 1, cursor->mask->n_tokens);
    restore_span (cursor);
    gsize a = cursor->seen_first, b = cursor->seen_end;
    while (b < cursor->n_span_ranges && all[b].from < end)
        b++;
    while (b > 0 && all[b - 1].from >= end)
        b--;
    while (a > 0 && all[a - 1].to > first)
        a--;
    while (a < b && all[a].to <= first)
        a++;
    cursor->seen_first = MIN (a, b);
    cursor->seen_end = b;
    *ranges = all + cursor->seen_first;
    if (a >= b)
        return 0;
    cursor->whole_from = all[a].from;
    cursor->whole_to = all[b - 1].to;
    all[a].from = MAX (all[a].from, first);
    all[b - 1].to = MIN (all[b - 1].to, end);
    return b - a;
}

/* Makes a query's span the cursor's, or gathers the query's own bits: FALSE then. */
static gboolean
enter_span (FoveaMaskCursor *cursor, gint64 query)
{
    if (query >= cursor->span_first && query < cursor->span_end)
        return TRUE;
    if (find_span (cursor->mask, query, &cursor->span_first, &cursor->span_end)) {
        fill_span (cursor, query);
        return TRUE;
    }
    cursor->span_end = cursor->span_first;
    fill_row (cursor->mask, query, cursor->bits, cursor->n_words);
    return FALSE;
}

gsize
fovea_mask_cursor_read (FoveaMaskCursor *cursor, gint64 query, const FoveaKeyRange **ranges)
{
    *ranges = cursor->ranges;
    if (enter_span (cursor, query))
        return cut_span (cursor, query, query + 1, ranges);
    return list_ranges (cursor->bits, cursor->n_words, cursor->ranges);
}

gsize
fovea_mask_cursor_read_rows (FoveaMaskCursor *cursor,
                             gint64 query,
                             gint64 most,
                             gint64 *n_rows,
                             const FoveaKeyRange **ranges)
{
    const FoveaScoreRule *rule = &cursor->mask->rule;
    *n_rows = 1;
    *ranges = cursor->ranges;
    if (!enter_span (cursor, query))
        return list_ranges (cursor->bits, cursor->n_words, cursor->ranges);
    if (query + most <= cursor->span_end && fovea_score_rule_first_key (rule, query) ==
                                                fovea_score_rule_first_key (rule, query + most - 1))
        *n_rows = most;
    return cut_span (cursor, query, query + *n_rows, ranges);
}

/* Spreads a range over the tiles that it crosses. */
static void
add_to_tiles (FoveaKeyRange range, gint64 width, gint64 *counts)
{
    while (range.from < range.to) {
        gint64 tile = range.from / width;
        gint64 end = MIN (range.to, (tile + 1) * width);
        counts[tile] += end - range.from;
        range.from = end;
    }
}

gsize
fovea_mask_cursor_read_tiles (
    FoveaMaskCursor *cursor, gint64 q0, gint64 q1, gint64 width, gint64 *counts)
{
    gsize n_tiles = (gsize) ((cursor->mask->n_tokens + width - 1) / width), n_visited = 0;
    memset (counts, 0, n_tiles * sizeof *counts);
    for (gint64 q = q0; q < MIN (q1, cursor->mask->n_tokens); q++) {
        const FoveaKeyRange *ranges;
        gsize n = fovea_mask_cursor_read (cursor, q, &ranges);
        for (gsize i = 0; i < n; i++)
            add_to_tiles (ranges[i], width, counts);
    }
    for (gsize tile = 0; tile < n_tiles; tile++)
        n_visited += counts[tile] > 0;
    return n_visited;
}

/* What all queries see counts at once; the rest, next to where the future begins or a window ends, query
 * by query. */
gint64
fovea_key_range_count (
    FoveaKeyRange range, const FoveaScoreRule *rule, gint64 n_tokens, gint64 q0, gint64 q1)
{
    gint64 count = 0;
    if (range.to <= fovea_score_rule_end_key (rule, q0, n_tokens) &&
        range.from >= fovea_score_rule_first_key (rule, q1 - 1))
        return (range.to - range.from) * (q1 - q0);
    for (gint64 q = q0; q < q1; q++) {
        gint64 from = MAX (range.from, fovea_score_rule_first_key (rule, q));
        gint64 to = MIN (range.to, fovea_score_rule_end_key (rule, q, n_tokens));
        count += MAX (to - from, 0);
    }
    return count;
}

gint64
fovea_mask_count (FoveaMask *mask)
{
    g_autoptr (FoveaMaskCursor) cursor = fovea_mask_cursor_new (mask);
    gint64 count = 0;
    for (gint64 q = 0, next; q < mask->n_tokens; q = next) {
        gboolean shared = enter_span (cursor, q);
        next = shared ? MIN (cursor->span_end, mask->n_tokens) : q + 1;
        for (gsize i = 0; shared && i < cursor->n_span_ranges; i++)
            count += fovea_key_range_count (cursor->span_ranges[i], &mask->rule, mask->n_tokens, q,
                                            next);
        for (gsize w = 0; !shared && w < cursor->n_words; w++)
            count += __builtin_popcountll (cursor->bits[w]);
    }
    return count;
}

gint64
fovea_mask_count_allowed (const FoveaMask *mask)
{
    return fovea_score_rule_count (&mask->rule, 0, mask->n_tokens, 0, mask->n_tokens);
}

/* Marks the tiles that ranges touch; gives how many are new. */
static gint64
mark_tiles (const FoveaKeyRange *ranges, gsize n, gint64 width, guint8 *visited)
{
    gint64 n_new = 0;
    for (gsize i = 0; i < n; i++)
        for (gint64 tile = ranges[i].from / width; tile <= (ranges[i].to - 1) / width; tile++) {
            n_new += !visited[tile];
            visited[tile] = TRUE;
        }
    return n_new;
}

/* Tiles of queries [q0,q1) that hold a kept cell. Queries of a span are taken at once. */
static gint64
count_visited (FoveaMaskCursor *cursor, gint64 q0, gint64 q1, gint64 width, guint8 *visited)
{
    gint64 n_visited = 0;
    for (gint64 q = q0, next; q < q1; q = next) {
        gboolean shared = enter_span (cursor, q);
        next = shared ? MIN (q1, cursor->span_end) : q + 1;
        const FoveaKeyRange *ranges = cursor->ranges;
        gsize n = shared ? cut_span (cursor, q, next, &ranges)
                         : list_ranges (cursor->bits, cursor->n_words, cursor->ranges);
        n_visited += mark_tiles (ranges, n, width, visited);
    }
    return n_visited;
}

/* Tiles of queries [q0,q1) that hold an allowed cell. */
static gint64
count_allowed_in_rows (const FoveaMask *mask, gint64 q0, gint64 q1, gint64 width)
{
    gint64 T = mask->n_tokens, n = 0;
    gint64 first = fovea_score_rule_first_key (&mask->rule, q0);
    gint64 end = fovea_score_rule_end_key (&mask->rule, q1 - 1, T);
    if (mask->segments == NULL)
        return (end - 1) / width - first / width + 1;
    for (gint64 k0 = 0; k0 < T; k0 += width)
        n += fovea_score_rule_count (&mask->rule, q0, q1, k0, MIN (k0 + width, T)) > 0;
    return n;
}

gint64
fovea_mask_count_allowed_tiles (const FoveaMask *mask, gint64 height, gint64 width)
{
    gint64 T = mask->n_tokens, n = 0;
    for (gint64 q0 = 0; q0 < T; q0 += height)
        n += count_allowed_in_rows (mask, q0, MIN (q0 + height, T), width);
    return n;
}

gint64
fovea_mask_count_tiles (FoveaMask *mask, gint64 height, gint64 width, gint64 *n_allowed)
{
    g_autoptr (FoveaMaskCursor) cursor = fovea_mask_cursor_new (mask);
    gint64 T = mask->n_tokens, n_visited = 0;
    gsize n_tiles = (gsize) ((T + width - 1) / width);
    g_autofree guint8 *visited = g_new (guint8, n_tiles);
    *n_allowed = fovea_mask_count_allowed_tiles (mask, height, width);
    for (gint64 q0 = 0; q0 < T; q0 += height) {
        gint64 q1 = MIN (q0 + height, T);
        memset (visited, 0, n_tiles);
        n_visited += count_visited (cursor, q0, q1, width, visited);
    }
    return n_visited;
}

static const guint64 FNV_PRIME = G_GUINT64_CONSTANT (0x100000001b3);

/* A zero byte only multiplies, so a run of them is a power. */
static guint64
skip_zeros (guint64 hash, gint64 n)
{
    guint64 factor = FNV_PRIME;
    for (; n > 0; n >>= 1, factor *= factor)
        hash *= n & 1 ? factor : 1;
    return hash;
}

guint64
fovea_mask_hash (FoveaMask *mask)
{
    g_autoptr (FoveaMaskCursor) cursor = fovea_mask_cursor_new (mask);
    guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);
    for (gint64 q = 0; q < mask->n_tokens; q++) {
        const FoveaKeyRange *ranges;
        gsize n = fovea_mask_cursor_read (cursor, q, &ranges);
        gint64 at = 0;
        for (gsize i = 0; i < n; at = ranges[i++].to) {
            hash = skip_zeros (hash, ranges[i].from - at);
            for (gint64 j = ranges[i].from; j < ranges[i].to; j++)
                hash = (hash ^ 1) * FNV_PRIME;
        }
        hash = skip_zeros (hash, mask->n_tokens - at);
    }
    return hash;
}
