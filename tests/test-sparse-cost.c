/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The cost table against the formulas of methods/prefill.md 2, term by term. */
#include <math.h>

#include "analysis/attention-cost.h"
#include "analysis/sparse-cost.h"
#include "tests/support.h"

enum {
    T = 4096,
};

static const FoveaArchitecture architecture = {.n_layers = 3,
                                               .n_heads = 4,
                                               .n_kv_heads = 2,
                                               .head_width = 16,
                                               .width = 64,
                                               .mlp_width = 128,
                                               .vocabulary = 100};

typedef struct {
    const char *name, *method, *series;
    double density, tiles, select_flops;
} Point;

static const Point points[] = {
    {"1.2", "streaming", "executed", .9, .9, 0}, /* a head's row says nothing of the model */
    {"model", "streaming", "executed", .25, .5, 0},
    {"model", "streaming", "selected", .2, .4, 0},
    {"model", "xattention", "executed", .25, .5, 1e6},
    {"model", "oracle-token", "executed", .125, NAN, NAN},
    {"model", "snapkv", "executed", .25, .5, 1e6},
    {"model", "window", "executed", NAN, NAN, NAN}, /* could not be measured */
};

static FoveaTable *
make_recall (void)
{
    static const char *const texts[] = {"name", "method", "series", "knob"};
    static const char *const numbers[] = {"value", "recall", "density", "block_density",
                                          "select_flops"};
    FoveaTable *table = fovea_table_new ("recall");
    for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
        fovea_table_add_column (table, texts[i], FOVEA_COLUMN_TEXT, "", "");
    for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
        fovea_table_add_column (table, numbers[i], FOVEA_COLUMN_NUMBER, "", "");
    for (guint i = 0; i < G_N_ELEMENTS (points); i++) {
        const Point *p = &points[i];
        guint row = fovea_table_add_row (table);
        const char *words[] = {p->name, p->method, p->series, "knob"};
        const double values[] = {7, .8, p->density, p->tiles, p->select_flops};
        for (guint c = 0; c < G_N_ELEMENTS (words); c++)
            fovea_table_set_text (table, row, c, words[c]);
        for (guint c = 0; c < G_N_ELEMENTS (values); c++)
            fovea_table_set_number (table, row, G_N_ELEMENTS (words) + c, values[c]);
    }
    return table;
}

/* Operations of a prefill whose attention computes @share of its tiles. */
static double
count_prefill (double share)
{
    double L = T, N = 3, d = 64, dh = 16, h = 4, g = 2;
    return 2 * L * d + N * (2 * L * d * (2 * d + 2 * dh * g) + share * h * L * L * (4 * dh + 3)) +
           2 * N * L * 128 * (3 * d + 1) + 2 * L * d * 100;
}

static void
check_row (FoveaTable *cost, guint row, double tiles, double computed, double select, double read)
{
    double weights = 3 * (4. * 64 * 64 + 3. * 64 * 128) + 64 * 101, cache = 2. * 3 * T * 16 * 2;
    ck_assert_double_eq (fovea_table_read_number (cost, row, "tiles"), tiles);
    ck_assert_double_eq (fovea_table_read_number (cost, row, "select_flops"), select);
    ck_assert_double_eq_tol (fovea_table_read_number (cost, row, "prefill_flops"),
                             count_prefill (computed) + select, 1);
    ck_assert_double_eq_tol (fovea_table_read_number (cost, row, "prefill_share"),
                             (count_prefill (computed) + select) / count_prefill (1), 1e-12);
    ck_assert_double_eq_tol (fovea_table_read_number (cost, row, "decode_share"),
                             (weights + cache * read) / (weights + cache), 1e-12);
}

START_TEST (each_kind_of_method_saves_where_it_works)
{
    g_autoptr (FoveaTable) recall = make_recall ();
    g_autoptr (FoveaTable) cost = fovea_sparse_cost_tabulate (recall, &architecture, T);
    ck_assert_uint_eq (fovea_table_get_n_rows (cost), 4);
    check_row (cost, 0, .5, .5, 0, .25);      /* static: both */
    check_row (cost, 1, .5, .5, 12e6, 1);     /* dynamic: the prefill, and 12 heads select */
    check_row (cost, 2, .125, .125, 0, .125); /* no tiles, nothing to select by */
    check_row (cost, 3, .5, 1, 12e6, .25);    /* decode: the cache alone */
    ck_assert_str_eq (fovea_table_read_text (cost, 3, "method"), "snapkv");
    ck_assert_double_eq (fovea_table_read_number (cost, 3, "value"), 7);
}
END_TEST

START_TEST (notes_tell_the_dense_cost_and_a_schedule)
{
    g_autoptr (FoveaTable) recall = make_recall ();
    g_autoptr (FoveaTable) cost = fovea_sparse_cost_tabulate (recall, &architecture, T);
    g_autofree char *dense = g_strdup_printf ("%.4g flops", count_prefill (1));
    ck_assert_str_eq (fovea_table_get_note (cost, "tokens"), "4096");
    ck_assert (g_str_has_prefix (fovea_table_get_note (cost, "dense_prefill"), dense));
    /* 4,096 keys in tiles of 256, two heads */
    ck_assert (g_str_has_prefix (fovea_table_get_note (cost, "lean_decode_step"), "32 tiles on "));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("sparse-cost");
    TCase *all = tcase_create ("all");
    tcase_add_test (all, each_kind_of_method_saves_where_it_works);
    tcase_add_test (all, notes_tell_the_dense_cost_and_a_schedule);
    suite_add_tcase (suite, all);
    return support_run (suite);
}
