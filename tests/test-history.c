/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What a selection remembers of stores that were closed: nothing. */
#include "tests/support.h"
#include "tests/ui-support.h"
#include "ui/selection.h"
#include "ui/trace-source.h"

static FoveaTraceSource *
new_source_from (const char *origin, gint64 n)
{
    FoveaTraceSource *source = ui_support_source (n);
    fovea_trace_source_set_origin (source, origin, 1, 1);
    return source;
}

static const FoveaPlace first = {0, 0, 5, 5}, second = {1, 1, 6, 2};

START_TEST (what_is_forgotten_is_on_no_way_back_and_not_compared)
{
    g_autoptr (FoveaSelection) selection = fovea_selection_new ();
    g_autoptr (FoveaTraceSource) a = new_source_from ("a", 20), b = new_source_from ("b", 30);
    fovea_selection_set_trace (selection, b, NULL, &first);
    fovea_selection_set_trace (selection, a, NULL, &first);
    fovea_selection_set_reference (selection);
    fovea_selection_set_trace (selection, b, NULL, &second);
    fovea_selection_set_trace (selection, a, NULL, &second);
    fovea_selection_forget (selection, "a");
    ck_assert_ptr_eq (fovea_selection_get_source (selection), b);
    ck_assert_int_eq (fovea_selection_get_place (selection)->query, second.query);
    ck_assert_ptr_null (fovea_selection_get_reference (selection));
    fovea_selection_go (selection, -1);
    ck_assert_ptr_eq (fovea_selection_get_source (selection), b);
    ck_assert_int_eq (fovea_selection_get_place (selection)->query, first.query);
    fovea_selection_go (selection, -1);
    ck_assert_ptr_eq (fovea_selection_get_source (selection), b);
}
END_TEST

/* Whoever opens a sequence again has another source of it. */
START_TEST (what_is_opened_again_is_not_compared_with_itself)
{
    g_autoptr (FoveaSelection) selection = fovea_selection_new ();
    g_autoptr (FoveaTraceSource) a = new_source_from ("a", 20), b = new_source_from ("b", 30),
                                 again = new_source_from ("a", 20);
    fovea_selection_set_trace (selection, a, NULL, &first);
    fovea_selection_set_reference (selection);
    fovea_selection_set_trace (selection, b, NULL, &first);
    ck_assert (fovea_selection_is_compared (selection));
    fovea_selection_set_trace (selection, again, NULL, &first);
    ck_assert (!fovea_selection_is_compared (selection));
    fovea_selection_set_reference (selection); /* a second time: none any more */
    ck_assert_ptr_null (fovea_selection_get_reference (selection));
    /* What is of no store is itself alone. */
    g_autoptr (FoveaTraceSource) c = ui_support_source (20), d = ui_support_source (20);
    ck_assert (!fovea_trace_source_is_same (c, d));
}
END_TEST

START_TEST (who_looked_at_it_looks_at_what_is_left_if_anything)
{
    g_autoptr (FoveaSelection) selection = fovea_selection_new ();
    g_autoptr (FoveaTraceSource) a = new_source_from ("a", 20), b = new_source_from ("b", 30);
    fovea_selection_set_trace (selection, b, NULL, &first);
    fovea_selection_set_trace (selection, a, NULL, &first);
    fovea_selection_go (selection, -1);
    fovea_selection_forget (selection, "b"); /* nothing was before it, but something lay ahead */
    ck_assert_ptr_eq (fovea_selection_get_source (selection), a);
    fovea_selection_forget (selection, "a");
    ck_assert_ptr_null (fovea_selection_get_source (selection));
    fovea_selection_forget (selection, "a");
    ck_assert_ptr_null (fovea_selection_get_source (selection));
    fovea_selection_set_trace (selection, b, NULL, &second);
    ck_assert_ptr_eq (fovea_selection_get_source (selection), b);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("history");
    TCase *tcase = tcase_create ("forget");
    tcase_add_test (tcase, what_is_forgotten_is_on_no_way_back_and_not_compared);
    tcase_add_test (tcase, who_looked_at_it_looks_at_what_is_left_if_anything);
    tcase_add_test (tcase, what_is_opened_again_is_not_compared_with_itself);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
