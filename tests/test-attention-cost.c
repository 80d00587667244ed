/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Input masks with their worked areas, the pieces of a softmax, schedules and cost models: each
 * against the numbers of methods/prefill.md 19 to 21 and against plain computation. */
#include <math.h>
#include <string.h>

#include "analysis/attention-cost.h"
#include "analysis/lean-schedule.h"
#include "analysis/mask-patterns.h"
#include "analysis/mask-rows.h"
#include "analysis/partial-softmax.h"
#include "capture/random.h"
#include "tests/support.h"

static const gint64 two_documents[] = {0, 6};
static const FoveaMaskPatternOptions worked = {two_documents, 2, 3, 2, 4};

/* Cells of 16 tokens. */
static const gint64 areas[FOVEA_N_PATTERNS] = {
    [FOVEA_PATTERN_FULL] = 256,
    [FOVEA_PATTERN_CAUSAL] = 136,
    [FOVEA_PATTERN_FULL_DOCUMENT] = 136,
    [FOVEA_PATTERN_CAUSAL_DOCUMENT] = 76,
    [FOVEA_PATTERN_SHARE_QUESTION] = 136,
    [FOVEA_PATTERN_CAUSAL_BLOCKWISE] = 136,
    [FOVEA_PATTERN_PREFIX_LM_CAUSAL] = 137,
    [FOVEA_PATTERN_PREFIX_LM_DOCUMENT] = 78,
    [FOVEA_PATTERN_SLIDING_WINDOW] = 100,
    [FOVEA_PATTERN_SLIDING_WINDOW_CAUSAL] = 58,
    [FOVEA_PATTERN_GLOBAL_SLIDING_WINDOW] = 166,
    [FOVEA_PATTERN_BLOCK_CAUSAL_DOCUMENT] = 96,
};

/* The predicate of section 19. */
static gboolean
permits (FoveaMaskPattern pattern, const FoveaMaskPatternOptions *o, gint64 q, gint64 k)
{
    gsize dq = 0, dk = 0, last = o->n_documents - 1;
    gint64 w = o->window;
    while (dq < last && o->starts[dq + 1] <= q)
        dq++;
    while (dk < last && o->starts[dk + 1] <= k)
        dk++;
    gboolean same = dq == dk, causal = q >= k;
    switch (pattern) {
    case FOVEA_PATTERN_FULL:
        return TRUE;
    case FOVEA_PATTERN_CAUSAL:
        return causal;
    case FOVEA_PATTERN_FULL_DOCUMENT:
        return same;
    case FOVEA_PATTERN_CAUSAL_DOCUMENT:
        return same && causal;
    case FOVEA_PATTERN_SHARE_QUESTION:
        return (same && causal) || (dk == 0 && dq != 0);
    case FOVEA_PATTERN_CAUSAL_BLOCKWISE:
        return (same && causal) || (dq == last && dk != last);
    case FOVEA_PATTERN_PREFIX_LM_CAUSAL:
        return causal || k < o->prefix;
    case FOVEA_PATTERN_PREFIX_LM_DOCUMENT:
        return same && (causal || k - o->starts[dk] < o->prefix);
    case FOVEA_PATTERN_SLIDING_WINDOW:
        return ABS (q - k) <= w;
    case FOVEA_PATTERN_SLIDING_WINDOW_CAUSAL:
        return causal && q - k <= w;
    case FOVEA_PATTERN_GLOBAL_SLIDING_WINDOW:
        return ABS (q - k) <= w || q < w || k < w;
    case FOVEA_PATTERN_BLOCK_CAUSAL_DOCUMENT:
        return same && k < (q / o->block + 1) * o->block;
    default:
        return FALSE;
    }
}

static void
check_pattern (FoveaMaskPattern pattern, gint64 T, const FoveaMaskPatternOptions *options)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaMask) mask = fovea_mask_pattern_build (pattern, T, options, &error);
    ck_assert_ptr_nonnull (mask);
    g_autoptr (FoveaMaskCursor) cursor = fovea_mask_cursor_new (mask);
    for (gint64 q = 0; q < T; q++) {
        const FoveaKeyRange *ranges;
        gsize n = fovea_mask_cursor_read (cursor, q, &ranges), at = 0;
        for (gint64 k = 0; k < T; k++) {
            while (at < n && ranges[at].to <= k)
                at++;
            gboolean kept = at < n && ranges[at].from <= k;
            ck_assert_msg (kept == permits (pattern, options, q, k), "%s: %d %d",
                           fovea_mask_pattern_get_name (pattern), (int) q, (int) k);
        }
    }
}

START_TEST (input_masks_have_their_cells)
{
    static const gint64 starts[] = {0, 7, 64, 65, 120};
    const FoveaMaskPatternOptions many = {starts, 5, 9, 4, 16};
    FoveaMaskPattern pattern = (FoveaMaskPattern) _i;
    g_autoptr (FoveaMask) mask = fovea_mask_pattern_build (pattern, 16, &worked, NULL);
    ck_assert_int_eq (fovea_mask_count (mask), areas[_i]);
    check_pattern (pattern, 16, &worked);
    check_pattern (pattern, 150, &many);
}
END_TEST

START_TEST (input_masks_refuse_documents_that_do_not_ascend)
{
    static const gint64 wrong[] = {0, 6, 6};
    const FoveaMaskPatternOptions options = {wrong, 3, 3, 2, 0};
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (
        fovea_mask_pattern_build (FOVEA_PATTERN_FULL_DOCUMENT, 16, &options, &error));
    ck_assert_str_eq (error->message, "full_document: a document's first token is 6");
    g_clear_error (&error);
    const FoveaMaskPatternOptions no_block = {NULL, 0, 0, 0, 0};
    ck_assert_ptr_null (
        fovea_mask_pattern_build (FOVEA_PATTERN_BLOCK_CAUSAL_DOCUMENT, 16, &no_block, &error));
    ck_assert_str_eq (error->message, "block_causal_document: block is 0");
}
END_TEST

START_TEST (a_softmax_in_two_tiles_has_the_worked_values)
{
    const double scores[] = {.5, 2, -1, 3}, values[] = {1, 2, 3, 4};
    double room[1], out[1];
    FoveaPartialSoftmax partial;
    fovea_partial_softmax_init (&partial, room, 1);
    fovea_partial_softmax_add (&partial, scores, values, 2);
    ck_assert_double_eq (partial.largest, 2);
    ck_assert_double_eq_tol (partial.sum, 1.223130, 1e-6);
    ck_assert_double_eq_tol (room[0], 2.223130, 1e-6);
    fovea_partial_softmax_add (&partial, scores + 2, values + 2, 2);
    ck_assert_double_eq (partial.largest, 3);
    ck_assert_double_eq_tol (partial.sum, 1.468280, 1e-6);
    ck_assert_double_eq_tol (room[0], 4.872791, 1e-6);
    ck_assert_double_eq_tol (fovea_partial_softmax_finish (&partial, out), 3.384092, 1e-6);
    ck_assert_double_eq_tol (out[0], 3.318707, 1e-6);
}
END_TEST

enum {
    KEYS = 200,
    WIDTH = 3,
};

static void
make_row (double *scores, double *values, guint64 seed)
{
    FoveaRandom random;
    fovea_random_init (&random, seed);
    for (int j = 0; j < KEYS; j++)
        scores[j] =
            fovea_random_uniform (&random) < .2 ? -INFINITY : 40 * fovea_random_uniform (&random);
    for (int i = 0; i < KEYS * WIDTH; i++)
        values[i] = fovea_random_uniform (&random) - .5;
}

/* Runs of a schedule's workers, merged in an order of their own. */
START_TEST (pieces_merge_to_the_whole_for_any_number_of_workers)
{
    double scores[KEYS], values[KEYS * WIDTH], whole_room[WIDTH], whole[WIDTH], merged[WIDTH];
    FoveaPartialSoftmax all, sum;
    make_row (scores, values, 5 + (guint64) _i);
    fovea_partial_softmax_init (&all, whole_room, WIDTH);
    fovea_partial_softmax_add (&all, scores, values, KEYS);
    double lse = fovea_partial_softmax_finish (&all, whole);
    for (gint64 workers = 1; workers <= KEYS; workers += 13) {
        double room[WIDTH], own_room[WIDTH];
        gint64 most = (KEYS + workers - 1) / workers;
        const FoveaLeanSchedule schedule = {
            .workers = workers, .most_tiles = most, .n_most = KEYS - (most - 1) * workers};
        fovea_partial_softmax_init (&sum, room, WIDTH);
        for (gint64 i = 0; i < workers; i++) {
            gint64 first, end, worker = (i * 7 + 3) % workers;
            FoveaPartialSoftmax own;
            worker = workers % 7 == 0 ? i : worker; /* each of them once */
            fovea_lean_schedule_get_run (&schedule, worker, &first, &end);
            fovea_partial_softmax_init (&own, own_room, WIDTH);
            for (gint64 j = first; j < end; j++)
                fovea_partial_softmax_add (&own, scores + j, values + j * WIDTH, 1);
            fovea_partial_softmax_merge (&sum, &own);
        }
        ck_assert_double_eq_tol (fovea_partial_softmax_finish (&sum, merged), lse, 1e-12);
        for (int d = 0; d < WIDTH; d++)
            ck_assert_double_eq_tol (merged[d], whole[d], 1e-12);
    }
}
END_TEST

START_TEST (a_row_without_keys_puts_out_zeros)
{
    const double scores[] = {-INFINITY, -INFINITY}, values[] = {1, 2};
    double room[1], out[1] = {7};
    FoveaPartialSoftmax partial;
    fovea_partial_softmax_init (&partial, room, 1);
    fovea_partial_softmax_add (&partial, scores, values, 2);
    ck_assert_double_eq (fovea_partial_softmax_finish (&partial, out), -INFINITY);
    ck_assert_double_eq (out[0], 0);
}
END_TEST

START_TEST (lean_schedules_are_the_worked_ones)
{
    FoveaLeanProblem problem = {1, 8, 1, 65536, 128, FALSE, 132};
    FoveaLeanSchedule s = fovea_lean_schedule_plan (&problem);
    ck_assert_int_eq (s.tiles_per_head, 512);
    ck_assert_int_eq (s.total, 4096);
    ck_assert_int_eq (s.workers, 256);
    ck_assert_int_eq (s.most_tiles, 16);
    ck_assert_int_eq (s.n_most, 256);
    ck_assert_int_eq (s.splits, 33);
    ck_assert_double_eq (s.efficiency, 1);
    problem.kv_heads = 32;
    s = fovea_lean_schedule_plan (&problem);
    ck_assert_int_eq (s.total, 16384);
    ck_assert_int_eq (s.workers, 264);
    ck_assert_int_eq (s.most_tiles, 63);
    ck_assert_int_eq (s.splits, 10);
    ck_assert_int_eq (s.n_most, 16);
}
END_TEST

START_TEST (lean_runs_cover_every_tile_once)
{
    for (gint64 heads = 1; heads < 40; heads += 3)
        for (gint64 keys = 1; keys < 40000; keys = keys * 3 + 17) {
            const FoveaLeanProblem problem = {
                2, heads, keys % 5 == 0 ? 300 : 1, keys, 64 * (1 + heads % 3), keys % 5 == 0, 132};
            FoveaLeanSchedule s = fovea_lean_schedule_plan (&problem);
            gint64 at = 0, first, end;
            for (gint64 w = 0; w < s.workers; w++) {
                fovea_lean_schedule_get_run (&s, w, &first, &end);
                ck_assert_int_eq (first, at);
                ck_assert_int_ge (end - first, s.most_tiles - 1);
                ck_assert_int_le (end - first, s.most_tiles);
                at = end;
            }
            ck_assert_int_eq (at, s.total);
            ck_assert (s.efficiency > 0 && s.efficiency <= 1);
        }
}
END_TEST

START_TEST (a_fixed_split_wastes_its_last_wave)
{
    const FoveaLeanProblem problem = {1, 8, 1, 65536, 128, FALSE, 132};
    ck_assert_double_eq (fovea_lean_schedule_get_fixed_efficiency (&problem, 16, 1), 128. / 132);
    ck_assert_double_eq (fovea_lean_schedule_get_fixed_efficiency (&problem, 17, 1), 136. / 264);
}
END_TEST

START_TEST (flash_tiles_fill_the_memory)
{
    gint64 height, breadth;
    fovea_attention_cost_choose_tile (49152, 128, &height, &breadth);
    ck_assert_int_eq (height, 96);
    ck_assert_int_eq (breadth, 96);
    fovea_attention_cost_choose_tile (51200, 64, &height, &breadth);
    ck_assert_int_eq (height, 64);
    ck_assert_int_eq (breadth, 200);
}
END_TEST

START_TEST (cost_follows_the_visited_tiles)
{
    const FoveaMachine machine = {1e12, 1e9};
    const FoveaMaskPatternOptions options = {.window = 7};
    g_autoptr (FoveaMask) dense =
        fovea_mask_pattern_build (FOVEA_PATTERN_CAUSAL, 64, &options, NULL);
    g_autoptr (FoveaMask) band =
        fovea_mask_pattern_build (FOVEA_PATTERN_SLIDING_WINDOW_CAUSAL, 64, &options, NULL);
    FoveaAttentionCost a = fovea_attention_cost_count (dense, 16, 8, 8, 2);
    FoveaAttentionCost b = fovea_attention_cost_count (band, 16, 8, 8, 2);
    ck_assert_int_eq (a.n_tiles, 36);
    ck_assert_int_eq (b.n_tiles, 15);
    ck_assert_double_eq (a.flops, 36 * 64 * (4 * 16 + 5.));
    ck_assert_double_eq (b.read_bytes, 2 * (64 * 16 + 15 * 8 * 2 * 16.));
    ck_assert_double_eq (b.write_bytes, 2 * 64 * 16 + 4 * 64.);
    ck_assert_double_eq (fovea_attention_cost_predict (&b, 0, &machine),
                         (b.read_bytes + b.write_bytes) / 1e9);
    ck_assert_double_eq (fovea_attention_cost_predict (&b, 1e9, &machine), (b.flops + 1e9) / 1e12);
    ck_assert_double_eq (fovea_attention_cost_get_traffic (1024, 64, 65536, .25),
                         1024 * 64 + 1024. * 1024 * 64 * 64 * .25 / 65536);
}
END_TEST

START_TEST (a_prefill_costs_what_the_formula_says)
{
    const FoveaArchitecture a = {.n_layers = 2,
                                 .n_heads = 4,
                                 .n_kv_heads = 2,
                                 .head_width = 8,
                                 .width = 32,
                                 .mlp_width = 100,
                                 .vocabulary = 50};
    FoveaPrefillCost c = fovea_prefill_cost_count (&a, 10, .5);
    ck_assert_double_eq (c.embedding, 640);
    ck_assert_double_eq (c.attention, 2 * (2 * 10 * 32 * (64 + 32.) + .5 * 4 * 100 * 35));
    ck_assert_double_eq (c.mlp, 2 * 2 * 10 * 100 * 97.);
    ck_assert_double_eq (c.logits, 2 * 10 * 32 * 50.);
    ck_assert_double_eq (c.total, c.embedding + c.attention + c.mlp + c.logits);
    ck_assert_double_eq (fovea_decode_cost_count (&a, 10, .5),
                         2 * (4 * 32 * 32 + 3 * 32 * 100.) + 32 * 51 + 2 * 2 * 10 * 8 * 2 * .5);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("attention cost");
    TCase *all = tcase_create ("cost");
    tcase_add_loop_test (all, input_masks_have_their_cells, 0, FOVEA_N_PATTERNS);
    tcase_add_test (all, input_masks_refuse_documents_that_do_not_ascend);
    tcase_add_test (all, a_softmax_in_two_tiles_has_the_worked_values);
    tcase_add_loop_test (all, pieces_merge_to_the_whole_for_any_number_of_workers, 0, 3);
    tcase_add_test (all, a_row_without_keys_puts_out_zeros);
    tcase_add_test (all, lean_schedules_are_the_worked_ones);
    tcase_add_test (all, lean_runs_cover_every_tile_once);
    tcase_add_test (all, a_fixed_split_wastes_its_last_wave);
    tcase_add_test (all, flash_tiles_fill_the_memory);
    tcase_add_test (all, cost_follows_the_visited_tiles);
    tcase_add_test (all, a_prefill_costs_what_the_formula_says);
    suite_add_tcase (suite, all);
    return support_run (suite);
}
