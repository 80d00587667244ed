/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Masks against dense bits at sizes that straddle words and buckets: every kind of part, unions,
 * intersections, windows, segments; then counts, tiles, hash and memory. */
#include <string.h>

#include "analysis/mask-rows.h"
#include "capture/random.h"
#include "tests/support.h"

static const gint64 sizes[] = {1, 2, 31, 63, 64, 65, 127, 128, 129, 200, 300};

/* What a rule allows beside the random parts. */
typedef enum {
    RULE_CAUSAL,
    RULE_WINDOW,
    RULE_BOTH_WAYS,
    RULE_SEGMENTS,
    N_RULES,
} RuleKind;

typedef struct {
    gint64 T;
    FoveaScoreRule rule;
    gboolean *cells; /* (T, T) */
} Dense;

static Dense
dense_new (gint64 T, const FoveaScoreRule *rule)
{
    return (Dense){T, *rule, g_new0 (gboolean, (gsize) (T * T))};
}

static void
dense_set (Dense *dense, gint64 q, gint64 j)
{
    if (q >= 0 && q < dense->T && j >= 0 && j < dense->T &&
        fovea_score_rule_allows (&dense->rule, q, j))
        dense->cells[q * dense->T + j] = TRUE;
}

static void
dense_set_row (Dense *dense, gint64 q, gint64 k0, gint64 k1)
{
    for (gint64 j = MAX (k0, 0); j < MIN (k1, dense->T); j++)
        dense_set (dense, q, j);
}

static gint64
draw (FoveaRandom *random, gint64 limit)
{
    return (gint64) (fovea_random_uniform (random) * (double) limit);
}

/* The same random part in both; @order permutes blocks. */
static void
add_random_part (FoveaMask *mask, Dense *dense, FoveaRandom *random, const gint64 *order)
{
    gint64 T = dense->T, kind = draw (random, 5);
    gint64 q0 = draw (random, T + 4) - 2, q1 = q0 + draw (random, T + 2);
    gint64 a = draw (random, T + 6) - 3, b = a + draw (random, T / 3 + 2);
    gint64 width = 1 + draw (random, 9);
    gint64 list[6];
    gsize n = (gsize) draw (random, 7);
    for (gsize i = 0; i < n; i++)
        list[i] = draw (random, kind == 2 ? T : T / width + 2);
    if (kind == 0)
        fovea_mask_add_rectangle (mask, q0, q1, a, b);
    else if (kind == 1)
        fovea_mask_add_band (mask, q0, q1, a, b);
    else if (kind == 2)
        fovea_mask_add_diagonals (mask, q0, q1, list, n);
    else if (kind == 3)
        fovea_mask_add_blocks (mask, q0, q1, width, list, n);
    else
        fovea_mask_add_permuted (mask, q0, q1, width, list, n);
    for (gint64 q = q0; q < q1; q++) {
        if (kind == 0)
            dense_set_row (dense, q, a, b);
        else if (kind == 1)
            dense_set_row (dense, q, q - b + 1, q - a + 1);
        for (gsize i = 0; i < n && kind >= 2; i++)
            for (gint64 p = list[i] * width; p < list[i] * width + (kind == 2 ? 1 : width); p++)
                dense_set (dense, q,
                           kind == 2   ? q - list[i]
                           : kind == 3 ? p
                           : p < T     ? order[p]
                                       : -1);
    }
}

static FoveaScoreRule
make_rule (RuleKind kind, int32_t *segments, gint64 T)
{
    FoveaScoreRule rule = {.scale = 1, .causal = kind != RULE_BOTH_WAYS};
    for (gint64 t = 0; t < T; t++)
        segments[t] = (int32_t) (t / 17 % 3); /* segments that come back */
    if (kind == RULE_WINDOW)
        rule.window = 20;
    if (kind == RULE_SEGMENTS)
        rule.segments = segments;
    return rule;
}

static gint64 *
make_order (FoveaRandom *random, gint64 T)
{
    gint64 *order = g_new (gint64, (gsize) T);
    for (gint64 i = 0; i < T; i++) {
        gint64 at = draw (random, i + 1);
        order[i] = order[at];
        order[at] = i;
    }
    return order;
}

static void
make_pair (
    FoveaRandom *random, const FoveaScoreRule *rule, gint64 T, FoveaMask **mask, Dense *dense)
{
    g_autofree gint64 *order = make_order (random, T);
    *mask = fovea_mask_new (T, rule);
    *dense = dense_new (T, rule);
    fovea_mask_set_order (*mask, order);
    for (int i = 0; i < 12; i++)
        add_random_part (*mask, dense, random, order);
}

static void
check_row (const Dense *dense, gint64 q, const FoveaKeyRange *ranges, gsize n)
{
    gsize at = 0;
    gint64 before = -1;
    for (gsize i = 0; i < n; i++) {
        ck_assert_int_gt (ranges[i].from, before); /* disjoint and not touching */
        ck_assert_int_lt (ranges[i].from, ranges[i].to);
        before = ranges[i].to;
    }
    for (gint64 j = 0; j < dense->T; j++) {
        while (at < n && ranges[at].to <= j)
            at++;
        gboolean kept = at < n && ranges[at].from <= j;
        ck_assert_msg (kept == dense->cells[q * dense->T + j], "T %d, cell %d %d", (int) dense->T,
                       (int) q, (int) j);
    }
}

static gint64
count_dense (const Dense *dense, gint64 q0, gint64 q1, gint64 k0, gint64 k1)
{
    gint64 n = 0;
    for (gint64 q = q0; q < MIN (q1, dense->T); q++)
        for (gint64 j = k0; j < MIN (k1, dense->T); j++)
            n += dense->cells[q * dense->T + j];
    return n;
}

static guint64
hash_dense (const Dense *dense)
{
    guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);
    for (gint64 i = 0; i < dense->T * dense->T; i++)
        hash = (hash ^ (guint64) dense->cells[i]) * G_GUINT64_CONSTANT (0x100000001b3);
    return hash;
}

static void
check_tiles (FoveaMask *mask, const Dense *dense, gint64 height, gint64 width)
{
    gint64 T = dense->T, n_tiles = 0, n_possible = 0, allowed = 0;
    g_autoptr (FoveaMaskCursor) cursor = fovea_mask_cursor_new (mask);
    g_autofree gint64 *counts = g_new (gint64, (gsize) (T / width + 1));
    for (gint64 q0 = 0; q0 < T; q0 += height) {
        fovea_mask_cursor_read_tiles (cursor, q0, q0 + height, width, counts);
        for (gint64 k0 = 0; k0 < T; k0 += width) {
            gint64 n = count_dense (dense, q0, q0 + height, k0, k0 + width);
            ck_assert_int_eq (counts[k0 / width], n);
            n_tiles += n > 0;
            n_possible += fovea_score_rule_count (&dense->rule, q0, MIN (q0 + height, T), k0,
                                                  MIN (k0 + width, T)) > 0;
        }
    }
    ck_assert_int_eq (fovea_mask_count_tiles (mask, height, width, &allowed), n_tiles);
    ck_assert_int_eq (allowed, n_possible);
}

static void
check_equal (FoveaMask *mask, const Dense *dense)
{
    g_autoptr (FoveaMaskCursor) cursor = fovea_mask_cursor_new (mask);
    for (gint64 q = 0; q < dense->T; q++) {
        const FoveaKeyRange *ranges;
        gsize n = fovea_mask_cursor_read (cursor, q, &ranges);
        check_row (dense, q, ranges, n);
    }
    ck_assert_int_eq (fovea_mask_count (mask), count_dense (dense, 0, dense->T, 0, dense->T));
    ck_assert_uint_eq (fovea_mask_hash (mask), hash_dense (dense));
}

START_TEST (masks_hold_the_cells_of_their_parts)
{
    gint64 T = sizes[_i];
    int32_t segments[300];
    FoveaRandom random;
    fovea_random_init (&random, 7 + (guint64) _i);
    for (int kind = 0; kind < N_RULES; kind++) {
        FoveaScoreRule rule = make_rule (kind, segments, T);
        g_autoptr (FoveaMask) mask = NULL;
        Dense dense;
        make_pair (&random, &rule, T, &mask, &dense);
        memset (segments, 0, sizeof segments); /* the mask has its own */
        fovea_mask_finish (mask);
        make_rule (kind, segments, T);
        check_equal (mask, &dense);
        check_tiles (mask, &dense, 8, 8);
        check_tiles (mask, &dense, 7, 64);
        g_free (dense.cells);
    }
}
END_TEST

START_TEST (union_and_intersection_are_those_of_sets)
{
    gint64 T = sizes[_i];
    FoveaScoreRule rule = {.causal = true};
    FoveaRandom random;
    fovea_random_init (&random, 100 + (guint64) _i);
    g_autoptr (FoveaMask) a = NULL;
    g_autoptr (FoveaMask) b = NULL;
    Dense da, db;
    make_pair (&random, &rule, T, &a, &da);
    make_pair (&random, &rule, T, &b, &db);
    fovea_mask_finish (a);
    fovea_mask_finish (b);
    g_autoptr (FoveaMask) both = fovea_mask_new (T, &rule);
    fovea_mask_add_mask (both, a);
    fovea_mask_restrict (both, b);
    fovea_mask_finish (both);
    g_autoptr (FoveaMask) either = fovea_mask_new (T, &rule);
    fovea_mask_add_mask (either, a);
    fovea_mask_add_mask (either, b);
    fovea_mask_finish (either);
    Dense all = dense_new (T, &rule), common = dense_new (T, &rule);
    for (gint64 i = 0; i < T * T; i++) {
        all.cells[i] = da.cells[i] || db.cells[i];
        common.cells[i] = da.cells[i] && db.cells[i];
    }
    check_equal (either, &all);
    check_equal (both, &common);
    g_free (da.cells);
    g_free (db.cells);
    g_free (all.cells);
    g_free (common.cells);
}
END_TEST

/* prefill.md 4 and 5.1. */
START_TEST (sliding_windows_have_the_documented_cells_and_hashes)
{
    const FoveaScoreRule rule = {.causal = true};
    const gint64 sinks[] = {0, 1};
    g_autoptr (FoveaMask) dense = fovea_mask_new (32, &rule);
    fovea_mask_add_rectangle (dense, 0, 32, 0, 32);
    fovea_mask_finish (dense);
    ck_assert_int_eq (fovea_mask_count (dense), 528);
    ck_assert_int_eq (fovea_mask_count_allowed (dense), 528);
    ck_assert_uint_eq (fovea_mask_hash (dense), G_GUINT64_CONSTANT (0x4bb4aa6dafc8e965));
    g_autoptr (FoveaMask) window = fovea_mask_new (32, &rule);
    fovea_mask_add_band (window, 0, 32, 0, 8);
    fovea_mask_finish (window);
    ck_assert_int_eq (fovea_mask_count (window), 228);
    ck_assert_uint_eq (fovea_mask_hash (window), G_GUINT64_CONSTANT (0x7d1bb29048543935));
    g_autoptr (FoveaMask) streaming = fovea_mask_new (32, &rule);
    fovea_mask_add_band (streaming, 0, 32, 0, 6);
    fovea_mask_add_blocks (streaming, 0, 32, 1, sinks, 2);
    fovea_mask_finish (streaming);
    ck_assert_uint_eq (fovea_mask_hash (streaming), G_GUINT64_CONSTANT (0x4ce9b541b1f664c5));
}
END_TEST

/* 131,072 tokens: 2 GiB as bits. The count is prefill.md 5.1's closed form. */
START_TEST (long_masks_need_little_memory)
{
    const gint64 T = 131072, s = 4, w = 1000;
    const FoveaScoreRule rule = {.causal = true};
    const gint64 sinks[] = {0, 1, 2, 3};
    g_autoptr (FoveaMask) mask = fovea_mask_new (T, &rule);
    fovea_mask_add_band (mask, 0, T, 0, w);
    fovea_mask_add_blocks (mask, 0, T, 1, sinks, 4);
    fovea_mask_finish (mask);
    gint64 n = s + w;
    ck_assert_int_eq (fovea_mask_count (mask), n * (n + 1) / 2 + (T - n) * n);
    ck_assert_uint_lt (fovea_mask_get_bytes (mask), 64 << 10);
}
END_TEST

/* Each mask may be dropped by whoever made it, in any order. */
START_TEST (masks_keep_those_they_are_made_of)
{
    const FoveaScoreRule rule = {.causal = true};
    FoveaMask *inner = fovea_mask_new (70, &rule);
    fovea_mask_add_band (inner, 0, 70, 0, 1);
    fovea_mask_finish (inner);
    g_autoptr (FoveaMask) outer = fovea_mask_new (70, &rule);
    fovea_mask_add_mask (outer, inner);
    fovea_mask_add_rectangle (outer, 3, 3, 0, 70); /* no query: no part */
    fovea_mask_add_rectangle (outer, 80, 90, 0, 70);
    fovea_mask_unref (inner);
    fovea_mask_finish (outer);
    ck_assert_int_eq (fovea_mask_count (outer), 70);
    ck_assert_uint_gt (fovea_mask_get_bytes (outer), 0);
}
END_TEST

/* Rectangles, blocks and permuted blocks alone: their rows are gathered for many queries at once. */
START_TEST (rows_that_queries_share_are_cut_to_each_in_any_order)
{
    gint64 T = sizes[_i];
    int32_t segments[300];
    FoveaRandom random;
    fovea_random_init (&random, 70 + (guint64) _i);
    for (int kind = 0; kind < N_RULES; kind++) {
        FoveaScoreRule rule = make_rule (kind, segments, T);
        g_autofree gint64 *order = make_order (&random, T);
        g_autoptr (FoveaMask) mask = fovea_mask_new (T, &rule);
        Dense dense = dense_new (T, &rule);
        fovea_mask_set_order (mask, order);
        for (int i = 0; i < 6; i++) {
            gint64 q0 = draw (&random, T), q1 = q0 + draw (&random, T), a = draw (&random, T);
            gint64 block = draw (&random, T / 3 + 1), b = a + draw (&random, T / 4 + 1);
            fovea_mask_add_rectangle (mask, q0, q1, a, b);
            fovea_mask_add_blocks (mask, q1, q1 + 9, 3, &block, 1);
            fovea_mask_add_permuted (mask, q0, q1, 3, &block, 1);
            for (gint64 q = q0; q < q1 + 9; q++) {
                if (q < q1)
                    dense_set_row (&dense, q, a, b);
                for (gint64 p = 3 * block; p < MIN (3 * block + 3, T); p++)
                    dense_set (&dense, q, q < q1 ? order[p] : p);
            }
        }
        fovea_mask_finish (mask);
        check_equal (mask, &dense);
        check_tiles (mask, &dense, 8, 8);
        check_tiles (mask, &dense, 96, 5);
        g_autoptr (FoveaMaskCursor) cursor = fovea_mask_cursor_new (mask);
        for (gint64 i = 0; i < T; i++) {
            const FoveaKeyRange *ranges;
            gsize n = fovea_mask_cursor_read (cursor, order[i], &ranges);
            check_row (&dense, order[i], ranges, n);
        }
        g_free (dense.cells);
    }
}
END_TEST

START_TEST (long_lists_come_in_any_order_and_with_repeats)
{
    enum {
        T = 300,
        N = 120
    };
    const FoveaScoreRule rule = {.causal = true};
    for (int repeats = 0; repeats < 2; repeats++) {
        g_autoptr (FoveaMask) mask = fovea_mask_new (T, &rule);
        Dense dense = dense_new (T, &rule);
        gint64 keys[N];
        for (gint64 i = 0; i < N; i++) {
            keys[i] = (i * 77 + 5) % (repeats ? 100 : 293);
            for (gint64 q = 0; q < T; q++)
                dense_set (&dense, q, q < 150 ? keys[i] : q - keys[i]);
        }
        fovea_mask_add_blocks (mask, 0, 150, 1, keys, N);
        fovea_mask_add_diagonals (mask, 150, T, keys, N);
        fovea_mask_finish (mask);
        check_equal (mask, &dense);
        g_free (dense.cells);
    }
}
END_TEST

/* Long enough lists are kept as bits: at every shift of a row against the words, under each rule,
 * with entries that no row can hold. */
START_TEST (long_lists_are_cut_to_what_each_row_may_see)
{
    gint64 T = sizes[_i], n = 2 * T;
    for (RuleKind kind = 0; kind < N_RULES; kind++) {
        g_autofree int32_t *segments = g_new (int32_t, (gsize) T);
        const FoveaScoreRule rule = make_rule (kind, segments, T);
        g_autoptr (FoveaMask) mask = fovea_mask_new (T, &rule);
        Dense dense = dense_new (T, &rule);
        g_autofree gint64 *columns = g_new (gint64, (gsize) n);
        g_autofree gint64 *distances = g_new (gint64, (gsize) n);
        for (gint64 i = 0; i < n; i++) {
            columns[i] = i % 3 == 0 ? i * 7 % (2 * T) : i % 5;
            distances[i] = i % 2 == 0 ? i * 11 % (3 * T) - T : 3;
            for (gint64 q = 0; q < T; q++) {
                dense_set (&dense, q, columns[i]);
                dense_set (&dense, q, q - distances[i]);
            }
        }
        fovea_mask_add_blocks (mask, 0, T, 1, columns, (gsize) n);
        fovea_mask_add_diagonals (mask, 0, T, distances, (gsize) n);
        fovea_mask_finish (mask);
        check_equal (mask, &dense);
        g_free (dense.cells);
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("mask");
    TCase *cells = tcase_create ("cells");
    tcase_add_loop_test (cells, masks_hold_the_cells_of_their_parts, 0, G_N_ELEMENTS (sizes));
    tcase_add_loop_test (cells, union_and_intersection_are_those_of_sets, 0, G_N_ELEMENTS (sizes));
    tcase_add_loop_test (cells, rows_that_queries_share_are_cut_to_each_in_any_order, 0,
                         G_N_ELEMENTS (sizes));
    tcase_add_test (cells, long_lists_come_in_any_order_and_with_repeats);
    tcase_add_loop_test (cells, long_lists_are_cut_to_what_each_row_may_see, 0,
                         G_N_ELEMENTS (sizes));
    tcase_add_test (cells, sliding_windows_have_the_documented_cells_and_hashes);
    tcase_add_test (cells, long_masks_need_little_memory);
    tcase_add_test (cells, masks_keep_those_they_are_made_of);
    suite_add_tcase (suite, cells);
    return support_run (suite);
}
