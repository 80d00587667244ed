/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Bytes and flop of operations against counts made by hand. */

#include "kernels/cost.h"
#include "tests/support.h"

static void
check (FoveaCost cost, double bytes, double flops)
{
    ck_assert_double_eq (cost.bytes, bytes);
    ck_assert_double_eq (cost.flops, flops);
}

/* 3 rows, 5 inputs, 7 outputs: 15 + 21 floats, 35 weights of two bytes. */
START_TEST (product_counts_weights_in_their_own_type)
{
    float some = 0;
    FoveaLinearArgs args = {.rows = 3, .weight = {&some, FOVEA_BF16, 7, 5, 5}};
    check (fovea_cost_linear (&args), 4 * (15 + 21) + 2 * 35, 2 * 3 * 5 * 7);
    args.bias = &some;
    args.weight.dtype = FOVEA_F32;
    check (fovea_cost_linear (&args), 4 * (15 + 21 + 35 + 7), 2 * 3 * 5 * 7);
}
END_TEST

/* Causal, 4 queries over 4 keys: 1 + 2 + 3 + 4 pairs. 2 heads over 1, D = 8. */
/* Two of four experts are met: 3 matrices of 6 x 8 in bf16 each, and the ins' biases. */
START_TEST (experts_count_those_that_are_met)
{
    FoveaWeight weights[12];
    const float biases[4 * 8] = {0};
    for (int i = 0; i < 12; i++)
        weights[i] = (FoveaWeight){
            .dtype = FOVEA_BF16, .n_out = i < 8 ? 8 : 6, .n_in = i < 8 ? 6 : 8, .stride = 8};
    const FoveaExpertsArgs args = {.rows = 5,
                                   .n_experts = 4,
                                   .n_used = 2,
                                   .weights = weights,
                                   .bias = {[FOVEA_EXPERT_IN] = biases}};
    check (fovea_cost_experts (&args, 2), 2 * (3 * 48 * 2 + 8 * 4) + 5 * 4 * (6 + 6 + 2 + 2),
           5 * 2 * 2 * 3 * 48);
}
END_TEST

START_TEST (attention_counts_allowed_pairs)
{
    FoveaAttendArgs args = {.rule = {.scale = 1, .causal = true},
                            .rows = 4,
                            .n_keys = 4,
                            .heads = 2,
                            .kv_heads = 1,
                            .width = 8};
    double bytes = 4 * (2 * 4 * 2 * 8 + 2 * 4 * 8);
    check (fovea_cost_attend (&args), bytes, 4 * 10 * 2 * 8);
    args.rule.window = 2; /* 1 + 2 + 2 + 2 */
    check (fovea_cost_attend (&args), bytes, 4 * 7 * 2 * 8);
    args.rule = (FoveaScoreRule){.scale = 1};
    check (fovea_cost_attend (&args), bytes, 4 * 16 * 2 * 8);
}
END_TEST

/* 70 rows from position 60 over 130 keys: row blocks 0, 1 and 2, three key blocks. */
START_TEST (attention_counts_what_is_asked_for)
{
    float some[1];
    int32_t key[1];
    double sum[1];
    FoveaAttendArgs args = {.rule = {.scale = 1, .causal = true},
                            .rows = 70,
                            .n_keys = 130,
                            .first_query = 60,
                            .heads = 2,
                            .kv_heads = 2,
                            .width = 4};
    FoveaCost plain = fovea_cost_attend (&args);
    args.lse = args.entropy = args.max_weight = some;
    args.mean_distance = args.first_mass = args.local_mass = some;
    args.max_key = key;
    FoveaCost rows = fovea_cost_attend (&args);
    check (rows, plain.bytes + 7 * 4 * 70 * 2, plain.flops);
    args.block_mass = args.block_max = some;
    FoveaCost blocks = fovea_cost_attend (&args);
    check (blocks, rows.bytes + 2 * 2 * 4 * (2 * 3 * 3), plain.flops);
    args.column_mass = sum;
    FoveaCost columns = fovea_cost_attend (&args);
    check (columns, blocks.bytes + 2 * 8 * 2 * 130, plain.flops);
    args.scores = args.pattern = some;
    check (fovea_cost_attend (&args), columns.bytes + 2 * 4 * 2 * 70 * 130, plain.flops);
}
END_TEST

START_TEST (rectangle_counts_its_cells)
{
    float some = 0;
    FoveaRectangleArgs args = {.n_queries = 3, .n_keys = 5, .width = 8};
    check (fovea_cost_rectangle (&args), 4 * (3 * 8 + 5 * 8 + 15), 2 * 15 * 8);
    args.lse = &some;
    check (fovea_cost_rectangle (&args), 4 * (3 * 8 + 5 * 8 + 15 + 3), 2 * 15 * 8);
}
END_TEST

START_TEST (operations_on_rows_count_bytes_alone)
{
    float some = 0;
    FoveaNormArgs norm = {.rows = 3, .width = 10, .gain = &some};
    check (fovea_cost_norm (&norm), 4 * (30 + 30 + 10), 0);
    norm.bias = norm.scale = norm.normalized = &some;
    check (fovea_cost_norm (&norm), 4 * (30 + 30 + 10 + 10 + 3 + 30), 0);
    FoveaRotaryArgs rotary = {.rows = 3, .heads = 2, .width = 8, .rotary_width = 4};
    check (fovea_cost_rotary (&rotary), 4 * (2 * 48 + 2 * 3 * 2), 0);
    check (fovea_cost_activate (10, false), 80, 0);
    check (fovea_cost_activate (10, true), 120, 0);
    check (fovea_cost_add (10), 120, 0);
    FoveaWeight table = {&some, FOVEA_F16, 100, 6, 6};
    check (fovea_cost_embed (&table, 5), 5 * (2 * 6 + 4 + 4 * 6), 0);
    check (fovea_cost_cross_entropy (3, 50), 4 * 3 * 52, 0);
    check (fovea_cost_convert (FOVEA_BF16, 10), 60, 0);
    check (fovea_cost_find_nan (3, 5), 60, 0);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("cost");
    TCase *tests = tcase_create ("counts");
    tcase_add_test (tests, product_counts_weights_in_their_own_type);
    tcase_add_test (tests, experts_count_those_that_are_met);
    tcase_add_test (tests, attention_counts_allowed_pairs);
    tcase_add_test (tests, attention_counts_what_is_asked_for);
    tcase_add_test (tests, rectangle_counts_its_cells);
    tcase_add_test (tests, operations_on_rows_count_bytes_alone);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
