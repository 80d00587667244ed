/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The row of the selected query and the roles of its head, in the inspector of a cell, against sums
 * over the weights that were planted. Exit status 77 without a display. */
#include <gtk/gtk.h>
#include <math.h>

#include "tests/on-display.h"
#include "tests/shown-text.h"
#include "tests/ui-support.h"
#include "tests/widget-bench.h"
#include "tests/widget-tree.h"
#include "ui/fact.h"
#include "ui/inspector.h"
#include "ui/row-facts.h"

enum {
    N_TOKENS = 40
};

/* What the rows of the section say, as a screen reader is told; a section that is not in sight says nothing. */
static gboolean
section_says (GtkWidget *inspector, const char *title, const char *words)
{
    EACH_WIDGET (section, inspector) {
        if (!FOVEA_IS_SECTION (section) || !gtk_widget_get_mapped (section) ||
            g_strcmp0 (shown_text (gtk_widget_get_first_child (section)), title) != 0)
            continue;
        EACH_WIDGET (row, section) {
            if (!gtk_widget_get_mapped (row) || gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (
                                                    row)) != GTK_ACCESSIBLE_ROLE_LIST_ITEM)
                continue;
            g_autofree char *other = gtk_test_accessible_check_property (
                GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, words);
            if (other == NULL)
                return TRUE;
        }
    }
    return FALSE;
}

static GtkWidget *
show_inspector (WidgetBench *bench, FoveaInspect kind)
{
    g_autoptr (FoveaNotes) notes = fovea_notes_new ();
    g_autoptr (FoveaSparseModel) sparse = fovea_sparse_model_new (bench->selection);
    GtkWidget *inspector = fovea_inspector_new (bench->selection, bench->cells, sparse, notes);
    widget_bench_show (bench, inspector, 300, 900);
    fovea_inspector_set_kind (FOVEA_INSPECTOR (inspector), kind);
    return inspector;
}

/* Keys that hold 95 %, by taking the largest that is left over and over. */
static int
count_planted (guint layer, guint head, gint64 query)
{
    gboolean taken[N_TOKENS] = {FALSE};
    double mass = 0, sum = 0;
    int n = 0;
    for (gint64 k = 0; k <= query; k++)
        sum += ui_support_weight (layer, head, query, k);
    for (; mass < 0.95 * sum; n++) {
        gint64 best = -1;
        for (gint64 k = 0; k <= query; k++)
            if (!taken[k] && (best < 0 || ui_support_weight (layer, head, query, k) >
                                              ui_support_weight (layer, head, query, best)))
                best = k;
        taken[best] = TRUE;
        mass += ui_support_weight (layer, head, query, best);
    }
    return n;
}

static void
check_row (GtkWidget *inspector, guint layer, guint head, gint64 query)
{
    double largest = 0, distance = 0, entropy = 0;
    for (gint64 k = 0; k <= query; k++) {
        double w = ui_support_weight (layer, head, query, k);
        largest = fmax (largest, w);
        distance += w * (double) (query - k);
        entropy -= w > 0 ? w * log2 (w) : 0;
    }
    g_autofree char *most = g_strdup_printf ("Largest weight: %.3f", largest);
    g_autofree char *bits = g_strdup_printf ("Entropy: %.2f bits", entropy);
    g_autofree char *keys = g_strdup_printf ("Keys for 95 %%: %d of %d",
                                             count_planted (layer, head, query), (int) query + 1);
    g_autofree char *first =
        g_strdup_printf ("Weight on token 0: %.3f", ui_support_weight (layer, head, query, 0));
    g_autofree char *mean = g_strdup_printf ("Mean distance: %.1f tokens", distance);
    RUN_UNTIL (section_says (inspector, "ROW", most) && section_says (inspector, "ROW", mean));
    ck_assert_msg (section_says (inspector, "ROW", bits), "not %s", bits);
    ck_assert_msg (section_says (inspector, "ROW", keys), "not %s", keys);
    ck_assert_msg (section_says (inspector, "ROW", first), "not %s", first);
}

START_TEST (the_row_of_a_cell_has_its_numbers_and_follows_the_query)
{
    WidgetBench *bench = widget_bench_new (N_TOKENS);
    GtkWidget *inspector = show_inspector (bench, FOVEA_INSPECT_CELL);
    widget_bench_open (bench, 1, 0, 20, 7);
    check_row (inspector, 1, 0, 20);
    fovea_selection_select (bench->selection, &(FoveaPlace){1, 1, UI_SUPPORT_SPIKE_QUERY, 3});
    check_row (inspector, 1, 1, UI_SUPPORT_SPIKE_QUERY);
    fovea_selection_select (bench->selection, &(FoveaPlace){0, 1, 33, 3});
    check_row (inspector, 0, 1, 33);
    fovea_selection_select (bench->selection, &(FoveaPlace){0, 0, 12, 11});
    check_row (inspector, 0, 0, 12);
    widget_bench_free (bench);
}
END_TEST

START_TEST (a_cell_has_the_roles_of_its_head_as_the_head_has)
{
    static const char previous[] = "previous token: 0.900 ± 0.010", sink[] = "sink: 0.950";
    WidgetBench *bench = widget_bench_new (N_TOKENS);
    GtkWidget *inspector = show_inspector (bench, FOVEA_INSPECT_CELL);
    widget_bench_open (bench, 0, 0, 20, 7);
    RUN_UNTIL (section_says (inspector, "HEAD ROLES", previous));
    fovea_selection_select (bench->selection, &(FoveaPlace){1, 0, 20, 7});
    RUN_UNTIL (section_says (inspector, "HEAD ROLES", sink));
    ck_assert (!section_says (inspector, "HEAD ROLES", previous));
    fovea_inspector_set_kind (FOVEA_INSPECTOR (inspector), FOVEA_INSPECT_HEAD);
    RUN_UNTIL (section_says (inspector, "ROLES", sink));
    /* What is of one query is not shown of a head. */
    ck_assert (!section_says (inspector, "HEAD ROLES", sink));
    ck_assert (!section_says (inspector, "ROW", "Largest weight: 0.950"));
    widget_bench_free (bench);
}
END_TEST

START_TEST (sections_of_a_cell_stand_in_order)
{
    static const char *const titles[] = {"CELL", "TOP KEYS OF QUERY 20", "TOP QUERIES OF KEY 7",
                                         "ROW", "HEAD ROLES"};
    WidgetBench *bench = widget_bench_new (N_TOKENS);
    GtkWidget *inspector = show_inspector (bench, FOVEA_INSPECT_CELL);
    widget_bench_open (bench, 1, 0, 20, 7);
    RUN_UNTIL (section_says (inspector, "ROW", "Largest weight: 0.950"));
    guint n = 0;
    EACH_WIDGET (section, inspector)
        if (FOVEA_IS_SECTION (section) && gtk_widget_get_mapped (section)) {
            ck_assert_uint_lt (n, G_N_ELEMENTS (titles));
            ck_assert_str_eq (shown_text (gtk_widget_get_first_child (section)), titles[n++]);
        }
    ck_assert_uint_eq (n, G_N_ELEMENTS (titles));
    widget_bench_free (bench);
}
END_TEST

/* A window of keys that leaves out the first token, and a row where nothing may be seen. */
START_TEST (a_row_is_measured_within_the_keys_it_may_see)
{
    static const float row[] = {9, 0.125f, 0.5f, 0.25f, 0.125f, 9}, nothing[3];
    FoveaRowFacts facts = fovea_row_facts_measure (row, 4, 1, 5);
    ck_assert_int_eq (facts.n_allowed, 4);
    ck_assert_int_eq (facts.n_keys, 4); /* three hold 87.5 % */
    ck_assert_float_eq_tol (facts.largest, 0.5, 1e-7);
    ck_assert_float_eq_tol (facts.first_weight, 0, 1e-7);
    ck_assert_double_eq_tol (facts.entropy / G_LN2, 1.75, 1e-6);
    ck_assert_double_eq_tol (facts.mean_distance, 0.125 * 3 + 0.5 * 2 + 0.25, 1e-6);
    /* A query looks ahead, too. */
    ck_assert_double_eq_tol (fovea_row_facts_measure (row, 1, 1, 5).mean_distance,
                             0.5 + 0.25 * 2 + 0.125 * 3, 1e-6);
    facts = fovea_row_facts_measure (nothing, 2, 0, 3);
    ck_assert_int_eq (facts.n_keys, 0);
    ck_assert_double_eq_tol (facts.entropy, 0, 1e-9);
    ck_assert_int_eq (fovea_row_facts_measure (nothing, 0, 0, 0).n_keys, 0);
}
END_TEST

int
main (void)
{
    g_setenv ("GTK_A11Y", "test",
              TRUE); /* labels are kept for whoever asks, and no bus is needed */
    if (!gtk_init_check ())
        return 77;
    Suite *suite = suite_create ("row facts");
    TCase *tcase = tcase_create ("display");
    tcase_set_timeout (tcase, 60);
    tcase_add_test (tcase, the_row_of_a_cell_has_its_numbers_and_follows_the_query);
    tcase_add_test (tcase, a_cell_has_the_roles_of_its_head_as_the_head_has);
    tcase_add_test (tcase, sections_of_a_cell_stand_in_order);
    tcase_add_test (tcase, a_row_is_measured_within_the_keys_it_may_see);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
