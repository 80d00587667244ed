/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Points of recall curves as rows of a store: every number in its column, what is missing as NULL,
 * replaced with their table, and there for a store that an older version began. */
#include <math.h>

#include "storage/database.h"
#include "storage/schema.h"
#include "tests/store-support.h"

/* A table of two points, one of them without numbers. */
static FoveaTable *
make_table (const char *name)
{
    static const char *const texts[] = {"method", "series", "knob"};
    static const char *const numbers[] = {"value", "density", "recall", "error"};
    FoveaTable *table = fovea_table_new (name);
    fovea_table_add_column (table, "layer", FOVEA_COLUMN_INTEGER, "", "");
    fovea_table_add_column (table, "head", FOVEA_COLUMN_INTEGER, "", "");
    for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
        fovea_table_add_column (table, texts[i], FOVEA_COLUMN_TEXT, "", "");
    for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
        fovea_table_add_column (table, numbers[i], FOVEA_COLUMN_NUMBER, "", "");
    fovea_table_add_column (table, "n_sequences", FOVEA_COLUMN_INTEGER, "", "");
    for (guint row = 0; row < 2; row++) {
        fovea_table_add_row (table);
        fovea_table_set_integer (table, row, 0, row == 0 ? 3 : -1);
        fovea_table_set_integer (table, row, 1, row == 0 ? 5 : -1);
        fovea_table_set_text (table, row, 2, "window");
        fovea_table_set_text (table, row, 3, "executed");
        fovea_table_set_text (table, row, 4, "window");
        for (guint i = 0; i < G_N_ELEMENTS (numbers) && row == 0; i++)
            fovea_table_set_number (table, row, 5 + i, 0.125 * (i + 1));
        fovea_table_set_integer (table, row, 9, row == 0 ? 4 : 0);
    }
    return table;
}

static void
put (const char *name)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    g_autoptr (FoveaTable) table = make_table (name);
    ck_assert_msg (fovea_store_put_table (store, 0, table, &error), "%s",
                   error != NULL ? error->message : "");
}

START_TEST (a_table_of_curves_becomes_rows)
{
    store_make (1, 8);
    put ("recall");
    ck_assert (store_ask ("SELECT count (*) FROM curve_point") == 2);
    ck_assert (store_ask ("SELECT value FROM curves WHERE object = '3.5'") == 0.125);
    ck_assert (store_ask ("SELECT density FROM curve_point WHERE layer = 3 AND head = 5") == 0.25);
    ck_assert (store_ask ("SELECT recall FROM curves WHERE method = 'window' AND object = '3.5'") ==
               0.375);
    ck_assert (store_ask ("SELECT error FROM curve_point WHERE line = 0") == 0.5);
    ck_assert (store_ask ("SELECT n_sequences FROM curve_point WHERE line = 0") == 4);
}
END_TEST

START_TEST (points_of_the_beginnings_of_texts_say_so)
{
    store_make (1, 8);
    put ("recall");
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    g_autoptr (FoveaTable) table = make_table ("recall");
    g_autoptr (FoveaTable) cut = fovea_table_new ("recall");
    for (guint c = 0; c < fovea_table_get_n_columns (table); c++) {
        FoveaColumnKind kind;
        const char *unit, *description;
        const char *name = fovea_table_get_column (table, c, &kind, &unit, &description);
        fovea_table_add_column (cut, name, kind, unit, description);
    }
    fovea_table_add_column (cut, "first_tokens", FOVEA_COLUMN_INTEGER, "tokens", "");
    fovea_table_add_row (cut);
    fovea_table_set_integer (cut, 0, 10, 4096);
    fovea_table_set_text (cut, 0, 2, "window");
    fovea_table_set_text (cut, 0, 3, "executed");
    fovea_table_set_text (cut, 0, 4, "window");
    ck_assert (fovea_store_put_table (store, 1, cut, NULL));
    ck_assert (store_ask ("SELECT count (*) FROM curves WHERE first_tokens = 0") == 2);
    ck_assert (store_ask ("SELECT first_tokens FROM curves WHERE run = 1") == 4096);
}
END_TEST

/* The points that it has are of all tokens, as they were. */
START_TEST (a_store_of_version_seven_learns_of_beginnings)
{
    {
        g_autoptr (FoveaDatabase) old =
            fovea_database_open (store_path, FOVEA_DATABASE_CREATE, NULL);
        ck_assert (fovea_schema_migrate (old, 7, NULL));
        ck_assert (fovea_database_exec (
            old,
            "INSERT INTO store VALUES (1, 'old one', '2026-01-01T00:00:00Z', '0');"
            "INSERT INTO result VALUES (1, NULL, 'recall', '{}', 1, '0', '2026-01-01T00:00:00Z');"
            "INSERT INTO curve_point (result_id, line, layer, head, method, series, knob, recall,"
            " n_sequences) VALUES (1, 0, 3, 5, 'window', 'executed', 'window', 0.75, 1)",
            NULL));
    }
    {
        g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    }
    ck_assert (store_ask ("PRAGMA user_version") == fovea_schema_latest ());
    ck_assert (store_ask ("SELECT recall FROM curves WHERE object = '3.5'") == 0.75);
    ck_assert (store_ask ("SELECT first_tokens FROM curves WHERE object = '3.5'") == 0);
}
END_TEST

START_TEST (numbers_that_are_missing_are_null)
{
    store_make (1, 8);
    put ("recall");
    ck_assert (isnan (store_ask ("SELECT density FROM curves WHERE object = 'model'")));
    ck_assert (isnan (store_ask ("SELECT recall_from FROM curve_point WHERE line = 0")));
    ck_assert (isnan (store_ask ("SELECT oracle_recall FROM curve_point WHERE line = 0")));
}
END_TEST

START_TEST (a_new_table_replaces_the_rows_of_the_old_one)
{
    store_make (1, 8);
    put ("recall");
    put ("recall");
    ck_assert (store_ask ("SELECT count (*) FROM curve_point") == 2);
    store_run_sql ("PRAGMA foreign_keys = ON; DELETE FROM result");
    ck_assert (store_ask ("SELECT count (*) FROM curve_point") == 0);
}
END_TEST

START_TEST (tables_of_other_names_have_no_points)
{
    store_make (1, 8);
    put ("sparsity");
    ck_assert (store_ask ("SELECT count (*) FROM result") == 1);
    ck_assert (store_ask ("SELECT count (*) FROM curve_point") == 0);
}
END_TEST

START_TEST (a_table_without_an_object_is_kept_without_points)
{
    store_make (1, 8);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    g_autoptr (FoveaTable) table = fovea_table_new ("recall");
    fovea_table_add_column (table, "layer", FOVEA_COLUMN_TEXT, "", "");
    fovea_table_add_row (table);
    ck_assert (fovea_store_put_table (store, 0, table, NULL));
    ck_assert (store_ask ("SELECT count (*) FROM curve_point") == 0);
}
END_TEST

START_TEST (a_store_of_version_three_gets_the_rows)
{
    {
        g_autoptr (FoveaDatabase) old =
            fovea_database_open (store_path, FOVEA_DATABASE_CREATE, NULL);
        ck_assert (fovea_schema_migrate (old, 3, NULL));
        ck_assert (fovea_database_exec (
            old, "INSERT INTO store VALUES (1, 'old one', '2026-01-01T00:00:00Z', '0')", NULL));
    }
    put ("recall");
    ck_assert (store_ask ("PRAGMA user_version") >= 4);
    ck_assert (store_ask ("SELECT count (*) FROM curves") == 2);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("curve rows");
    TCase *tests = tcase_create ("rows");
    tcase_add_checked_fixture (tests, store_set_up, store_tear_down);
    tcase_add_test (tests, a_table_of_curves_becomes_rows);
    tcase_add_test (tests, points_of_the_beginnings_of_texts_say_so);
    tcase_add_test (tests, a_store_of_version_seven_learns_of_beginnings);
    tcase_add_test (tests, numbers_that_are_missing_are_null);
    tcase_add_test (tests, a_new_table_replaces_the_rows_of_the_old_one);
    tcase_add_test (tests, tables_of_other_names_have_no_points);
    tcase_add_test (tests, a_table_without_an_object_is_kept_without_points);
    tcase_add_test (tests, a_store_of_version_three_gets_the_rows);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
