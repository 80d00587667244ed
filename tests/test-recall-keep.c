/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Curves that are added to a store by and by: what stands, what goes, in which order. */
#include <string.h>

#include "app/recall-keep.h"
#include "tests/support.h"

typedef struct {
    gint64 layer, head;
    const char *method;
    double recall;
} Line;

/* The columns that merging looks at, and one number. */
static FoveaTable *
make_table (const Line *lines, guint n, const char *sequences, const char *settings)
{
    FoveaTable *table = fovea_table_new ("recall");
    fovea_table_add_column (table, "layer", FOVEA_COLUMN_INTEGER, "", "");
    fovea_table_add_column (table, "head", FOVEA_COLUMN_INTEGER, "", "");
    fovea_table_add_column (table, "method", FOVEA_COLUMN_TEXT, "", "");
    fovea_table_add_column (table, "recall", FOVEA_COLUMN_NUMBER, "", "");
    for (guint i = 0; i < n; i++) {
        fovea_table_add_row (table);
        fovea_table_set_integer (table, i, 0, lines[i].layer);
        fovea_table_set_integer (table, i, 1, lines[i].head);
        fovea_table_set_text (table, i, 2, lines[i].method);
        fovea_table_set_number (table, i, 3, lines[i].recall);
    }
    if (sequences != NULL)
        fovea_table_set_note (table, "sequences", sequences);
    if (settings != NULL)
        fovea_table_set_note (table, "settings", settings);
    return table;
}

/* "LAYER.HEAD method recall; ..." */
static char *
spell (FoveaTable *table)
{
    GString *text = g_string_new (NULL);
    for (guint i = 0; i < fovea_table_get_n_rows (table); i++)
        g_string_append_printf (
            text, "%s%d.%d %s %g", i > 0 ? "; " : "", (int) fovea_table_get_integer (table, i, 0),
            (int) fovea_table_get_integer (table, i, 1), fovea_table_get_text (table, i, 2),
            fovea_table_get_number (table, i, 3));
    return g_string_free (text, FALSE);
}

static const Line before[] = {{-1, -1, "window", 0.1}, {-1, -1, "anchor", 0.2},
                              {0, -1, "window", 0.3},  {0, 0, "window", 0.4},
                              {0, 0, "window", 0.5},   {1, 0, "anchor", 0.6}};
static const Line after[] = {{0, 0, "window", 0.9}, {0, 0, "s2", 0.8}};

START_TEST (what_is_measured_anew_replaces_its_twin_and_nothing_else)
{
    g_autoptr (FoveaTable) kept = make_table (before, G_N_ELEMENTS (before), "1", NULL);
    g_autoptr (FoveaTable) fresh = make_table (after, G_N_ELEMENTS (after), "1", NULL);
    g_autoptr (FoveaTable) merged = fovea_recall_merge (kept, fresh);
    g_autofree char *text = spell (merged);
    ck_assert_str_eq (text, "-1.-1 window 0.1; -1.-1 anchor 0.2; 0.-1 window 0.3; 0.0 window 0.9; "
                            "0.0 s2 0.8; 1.0 anchor 0.6");
}
END_TEST

START_TEST (curves_of_other_sequences_do_not_stand_side_by_side)
{
    static const char *const others[] = {"1 2", NULL};
    for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
        g_autoptr (FoveaTable) kept = make_table (before, G_N_ELEMENTS (before), others[i], NULL);
        g_autoptr (FoveaTable) fresh = make_table (after, G_N_ELEMENTS (after), "1", NULL);
        g_autoptr (FoveaTable) merged = fovea_recall_merge (kept, fresh);
        g_autofree char *text = spell (merged);
        ck_assert_str_eq (text, "0.0 window 0.9; 0.0 s2 0.8");
    }
    g_autoptr (FoveaTable) fresh = make_table (after, G_N_ELEMENTS (after), "1", NULL);
    g_autoptr (FoveaTable) alone = fovea_recall_merge (NULL, fresh);
    ck_assert_ptr_eq (alone, fresh);
}
END_TEST

START_TEST (curves_with_other_knobs_go_and_those_of_other_methods_stay)
{
    g_autoptr (FoveaTable) kept =
        make_table (before, G_N_ELEMENTS (before), "1", "window.sinks=2 anchor.block=16");
    g_autoptr (FoveaTable) fresh = make_table (after, G_N_ELEMENTS (after), "1", "window.sinks=8");
    g_autoptr (FoveaTable) merged = fovea_recall_merge (kept, fresh);
    g_autofree char *text = spell (merged);
    ck_assert_str_eq (text, "-1.-1 anchor 0.2; 0.0 window 0.9; 0.0 s2 0.8; 1.0 anchor 0.6");
    ck_assert_str_eq (fovea_table_get_note (merged, "settings"), "window.sinks=8 anchor.block=16");
}
END_TEST

START_TEST (a_table_of_another_shape_is_left_alone)
{
    g_autoptr (FoveaTable) kept = fovea_table_new ("recall");
    fovea_table_add_column (kept, "layer", FOVEA_COLUMN_TEXT, "", "");
    fovea_table_set_note (kept, "sequences", "1");
    g_autoptr (FoveaTable) fresh = make_table (after, G_N_ELEMENTS (after), "1", NULL);
    g_autoptr (FoveaTable) merged = fovea_recall_merge (kept, fresh);
    ck_assert_ptr_eq (merged, fresh);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("recall-keep");
    TCase *tests = tcase_create ("recall-keep");
    tcase_add_test (tests, what_is_measured_anew_replaces_its_twin_and_nothing_else);
    tcase_add_test (tests, curves_of_other_sequences_do_not_stand_side_by_side);
    tcase_add_test (tests, curves_with_other_knobs_go_and_those_of_other_methods_stay);
    tcase_add_test (tests, a_table_of_another_shape_is_left_alone);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
