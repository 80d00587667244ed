/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Tables: cells keep what they are given, and each format says it without loss. */
#include "analysis/plain-text.h"
#include "analysis/table.h"
#include "tests/support.h"

#include <json-glib/json-glib.h>
#include <locale.h>
#include <math.h>
#include <string.h>

static FoveaTable *
make_table (void)
{
    FoveaTable *table = fovea_table_new ("heads");
    fovea_table_add_column (table, "layer", FOVEA_COLUMN_INTEGER, "", "layer");
    fovea_table_add_column (table, "token", FOVEA_COLUMN_TEXT, "", "a \"token\"");
    fovea_table_add_column (table, "entropy", FOVEA_COLUMN_NUMBER, "nats", "row entropy");
    for (guint row = 0; row < 3; row++)
        ck_assert_uint_eq (fovea_table_add_row (table), row);
    fovea_table_set_integer (table, 0, 0, -12);
    fovea_table_set_text (table, 0, 1, "a,\"b\"\t\n\\");
    fovea_table_set_number (table, 0, 2, 0.1f);
    fovea_table_set_text (table, 1, 1, "é");
    fovea_table_set_number (table, 1, 2, INFINITY);
    fovea_table_set_note (table, "seed", "7");
    fovea_table_set_note (table, "model", "x\ny");
    return table;
}

START_TEST (cells_keep_what_they_are_given)
{
    g_autoptr (FoveaTable) table = make_table ();
    FoveaColumnKind kind;
    const char *unit;
    ck_assert_uint_eq (fovea_table_get_n_rows (table), 3);
    ck_assert_int_eq (fovea_table_find_column (table, "entropy"), 2);
    ck_assert_int_eq (fovea_table_find_column (table, "none"), -1);
    ck_assert_str_eq (fovea_table_get_column (table, 2, &kind, &unit, NULL), "entropy");
    ck_assert (kind == FOVEA_COLUMN_NUMBER && g_str_equal (unit, "nats"));
    ck_assert_int_eq (fovea_table_get_integer (table, 0, 0), -12);
    ck_assert (fovea_table_get_number (table, 0, 0) == -12);
    ck_assert (fovea_table_get_number (table, 0, 2) == 0.1f);
    ck_assert (isnan (fovea_table_get_number (table, 2, 2)));
    ck_assert_str_eq (fovea_table_get_text (table, 2, 1), "");
    ck_assert_ptr_null (fovea_table_get_note (table, "none"));
    g_auto (GStrv) keys = fovea_table_get_note_keys (table);
    ck_assert (g_str_equal (keys[0], "model") && g_str_equal (keys[1], "seed") && keys[2] == NULL);
}
END_TEST

START_TEST (cells_are_read_by_the_name_of_their_column)
{
    g_autoptr (FoveaTable) table = make_table ();
    ck_assert (fovea_table_read_number (table, 0, "entropy") == 0.1f);
    ck_assert (fovea_table_read_number (table, 0, "layer") == -12);
    ck_assert (isnan (fovea_table_read_number (table, 0, "none")));
    ck_assert (isnan (fovea_table_read_number (table, 0, "token")));
    ck_assert_str_eq (fovea_table_read_text (table, 0, "none"), "");
    ck_assert_str_eq (fovea_table_read_text (table, 0, "entropy"), "");
    ck_assert_str_eq (fovea_table_read_text (table, 0, "token"),
                      fovea_table_get_text (table, 0, 1));
    ck_assert_str_ne (fovea_table_read_text (table, 0, "token"), "");
}
END_TEST

START_TEST (columns_are_found_by_what_can_be_read_of_them)
{
    g_autoptr (FoveaTable) table = make_table ();
    ck_assert_int_eq (fovea_table_find_kind (table, "layer", FOVEA_COLUMN_INTEGER), 0);
    ck_assert_int_eq (fovea_table_find_kind (table, "layer", FOVEA_COLUMN_NUMBER), 0);
    ck_assert_int_eq (fovea_table_find_kind (table, "layer", FOVEA_COLUMN_TEXT), -1);
    ck_assert_int_eq (fovea_table_find_kind (table, "entropy", FOVEA_COLUMN_NUMBER), 2);
    ck_assert_int_eq (fovea_table_find_kind (table, "entropy", FOVEA_COLUMN_INTEGER), -1);
    ck_assert_int_eq (fovea_table_find_kind (table, "token", FOVEA_COLUMN_TEXT), 1);
    ck_assert_int_eq (fovea_table_find_kind (table, "token", FOVEA_COLUMN_NUMBER), -1);
    ck_assert_int_eq (fovea_table_find_kind (table, "none", FOVEA_COLUMN_TEXT), -1);
}
END_TEST

/* Control characters of every sort: a cell stays a cell, on one line. */
/* The list is copied: it may lie on a stack, and its texts may change. */
START_TEST (columns_come_in_the_order_of_their_list)
{
    char name[] = "layer";
    FoveaColumn columns[] = {
        {name, FOVEA_COLUMN_INTEGER, "", "first"},
        {"token", FOVEA_COLUMN_TEXT, "", "second"},
    };
    const FoveaColumn more[] = {{"entropy", FOVEA_COLUMN_NUMBER, "nats", "third"}};
    FoveaColumnKind kind;
    const char *unit, *description;
    g_autoptr (FoveaTable) table = fovea_table_new_with ("heads", columns, 2);
    name[0] = 'X';
    columns[1].name = "none";
    fovea_table_add_columns (table, more, 1);
    ck_assert_str_eq (fovea_table_get_name (table), "heads");
    ck_assert_uint_eq (fovea_table_get_n_columns (table), 3);
    ck_assert_uint_eq (fovea_table_get_n_rows (table), 0);
    ck_assert_str_eq (fovea_table_get_column (table, 0, &kind, NULL, &description), "layer");
    ck_assert (kind == FOVEA_COLUMN_INTEGER && g_str_equal (description, "first"));
    ck_assert_str_eq (fovea_table_get_column (table, 1, &kind, NULL, NULL), "token");
    ck_assert_int_eq (kind, FOVEA_COLUMN_TEXT);
    ck_assert_str_eq (fovea_table_get_column (table, 2, &kind, &unit, NULL), "entropy");
    ck_assert (kind == FOVEA_COLUMN_NUMBER && g_str_equal (unit, "nats"));
}
END_TEST

START_TEST (control_characters_are_escaped)
{
    g_autoptr (FoveaTable) table = fovea_table_new ("t");
    fovea_table_add_column (table, "x", FOVEA_COLUMN_TEXT, "", "x");
    fovea_table_add_row (table);
    fovea_table_set_text (table, 0, 0, "a\rb\x01\x1b\x7f\xc2\x9b\\c");
    g_autofree char *tsv = fovea_table_print (table, FOVEA_FORMAT_TSV);
    g_autofree char *json = fovea_table_print (table, FOVEA_FORMAT_JSON);
    g_autofree char *text = fovea_table_print (table, FOVEA_FORMAT_TEXT);
    g_autofree char *csv = fovea_table_print (table, FOVEA_FORMAT_CSV);
    ck_assert_str_eq (csv, "x\n\"a\rb\\x01\\x1B\\x7F\\xC2\\x9B\\c\"\n");
    ck_assert_str_eq (tsv, "x\na\\rb\\x01\\x1B\\x7F\\xC2\\x9B\\\\c\n");
    ck_assert_ptr_null (strpbrk (text, "\r\x01\x1b\x7f\x9b"));
    g_autoptr (JsonNode) root = json_from_string (json, NULL);
    ck_assert_msg (root != NULL, "%s", json);
    JsonArray *rows = json_object_get_array_member (json_node_get_object (root), "rows");
    ck_assert_str_eq (json_object_get_string_member (json_array_get_object_element (rows, 0), "x"),
                      "a\rb\x01\x1b\x7f\xc2\x9b\\c");
}
END_TEST

START_TEST (half_characters_are_spelled_in_every_form_but_json)
{
    g_autoptr (FoveaTable) table = fovea_table_new ("t");
    fovea_table_add_column (table, "x", FOVEA_COLUMN_TEXT, "", "x");
    fovea_table_add_row (table);
    fovea_table_set_text (table, 0, 0, "\xe6\x97 \xe6\x97\xa5\xff");
    g_autofree char *csv = fovea_table_print (table, FOVEA_FORMAT_CSV);
    g_autofree char *tsv = fovea_table_print (table, FOVEA_FORMAT_TSV);
    ck_assert_str_eq (csv, "x\n\\xE6\\x97 \xe6\x97\xa5\\xFF\n");
    ck_assert_str_eq (tsv, csv);
}
END_TEST

START_TEST (plain_text_is_one_line_that_steers_nothing)
{
    g_autofree char *plain = fovea_plain_text ("a\r\n\tb \x1b[31m\xc2\x85 \xc3\xa9\xe2\x80");
    ck_assert_str_eq (plain, "a   b \\x1B[31m\\xC2\\x85 \xc3\xa9\\xE2\\x80");
    g_autofree char *same = fovea_plain_text ("layers 0-5: \"wq\" \\ is (2, 3) \xe2\x87\xa5");
    ck_assert_str_eq (same, "layers 0-5: \"wq\" \\ is (2, 3) \xe2\x87\xa5");
    g_autofree char *empty = fovea_plain_text ("");
    ck_assert_str_eq (empty, "");
}
END_TEST

START_TEST (tab_separated_text_keeps_one_line_a_row)
{
    g_autoptr (FoveaTable) table = make_table ();
    g_autofree char *text = fovea_table_print (table, FOVEA_FORMAT_TSV);
    ck_assert_str_eq (text, "# model: x\\ny\n# seed: 7\n"
                            "layer\ttoken\tentropy\n"
                            "-12\ta,\"b\"\\t\\n\\\\\t0.100000001\n"
                            "0\té\tinf\n"
                            "0\t\t\n");
}
END_TEST

START_TEST (comma_separated_text_quotes)
{
    g_autoptr (FoveaTable) table = make_table ();
    g_autofree char *text = fovea_table_print (table, FOVEA_FORMAT_CSV);
    ck_assert_str_eq (text, "# model: x\\ny\n# seed: 7\n"
                            "layer,token,entropy\n"
                            "-12,\"a,\"\"b\"\"\t\n\\\",0.100000001\n"
                            "0,é,inf\n"
                            "0,,\n");
}
END_TEST

START_TEST (json_parses_back)
{
    g_autoptr (FoveaTable) table = make_table ();
    fovea_table_set_text (table, 2, 1, "\xff\x01");
    g_autofree char *text = fovea_table_print (table, FOVEA_FORMAT_JSON);
    g_autoptr (JsonNode) node = json_from_string (text, NULL);
    ck_assert_msg (node != NULL, "%s", text);
    JsonObject *root = json_node_get_object (node);
    ck_assert_str_eq (json_object_get_string_member (root, "table"), "heads");
    ck_assert_str_eq (
        json_object_get_string_member (json_object_get_object_member (root, "notes"), "model"),
        "x\ny");
    JsonArray *columns = json_object_get_array_member (root, "columns");
    ck_assert_str_eq (
        json_object_get_string_member (json_array_get_object_element (columns, 1), "description"),
        "a \"token\"");
    JsonArray *rows = json_object_get_array_member (root, "rows");
    ck_assert_uint_eq (json_array_get_length (rows), 3);
    JsonObject *first = json_array_get_object_element (rows, 0);
    ck_assert_str_eq (json_object_get_string_member (first, "token"), "a,\"b\"\t\n\\");
    ck_assert ((float) json_object_get_double_member (first, "entropy") == 0.1f);
    for (guint row = 1; row < 3; row++)
        ck_assert (
            json_object_get_null_member (json_array_get_object_element (rows, row), "entropy"));
    ck_assert_str_eq (
        json_object_get_string_member (json_array_get_object_element (rows, 2), "token"),
        "\xef\xbf\xbd\x01");
}
END_TEST

START_TEST (text_for_people_is_aligned)
{
    g_autoptr (FoveaTable) table = fovea_table_new ("t");
    fovea_table_add_column (table, "n", FOVEA_COLUMN_INTEGER, "", "");
    fovea_table_add_column (table, "role", FOVEA_COLUMN_TEXT, "", "");
    fovea_table_add_column (table, "x", FOVEA_COLUMN_NUMBER, "", "");
    fovea_table_add_row (table);
    fovea_table_add_row (table);
    fovea_table_set_integer (table, 0, 0, 100);
    fovea_table_set_text (table, 0, 1, "éé");
    fovea_table_set_number (table, 0, 2, 12.34567);
    g_autofree char *text = fovea_table_print (table, FOVEA_FORMAT_TEXT);
    ck_assert_str_eq (text, "  n  role       x\n"
                            "100  éé    12.346\n"
                            "  0             -\n");
}
END_TEST

START_TEST (numbers_ignore_the_locale)
{
    if (setlocale (LC_NUMERIC, "de_DE.UTF-8") == NULL)
        ck_assert (setlocale (LC_NUMERIC, "C") != NULL); /* checks the plain case at least */
    g_autoptr (FoveaTable) table = make_table ();
    g_autofree char *text = fovea_table_print (table, FOVEA_FORMAT_CSV);
    setlocale (LC_NUMERIC, "C");
    ck_assert_ptr_nonnull (strstr (text, ",0.100000001\n"));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("table");
    TCase *tcase = tcase_create ("table");
    tcase_add_test (tcase, cells_keep_what_they_are_given);
    tcase_add_test (tcase, cells_are_read_by_the_name_of_their_column);
    tcase_add_test (tcase, columns_are_found_by_what_can_be_read_of_them);
    tcase_add_test (tcase, columns_come_in_the_order_of_their_list);
    tcase_add_test (tcase, control_characters_are_escaped);
    tcase_add_test (tcase, half_characters_are_spelled_in_every_form_but_json);
    tcase_add_test (tcase, plain_text_is_one_line_that_steers_nothing);
    tcase_add_test (tcase, tab_separated_text_keeps_one_line_a_row);
    tcase_add_test (tcase, comma_separated_text_quotes);
    tcase_add_test (tcase, json_parses_back);
    tcase_add_test (tcase, text_for_people_is_aligned);
    tcase_add_test (tcase, numbers_ignore_the_locale);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
