/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The parser alone: every kind of option, every way to be wrong, each with the message it earns. */
#include <string.h>

#include "app/command/meter.h"
#include "app/command/options.h"
#include "capture/count-text.h"
#include "tests/support.h"

static const FoveaOption table[] = {
    FOVEA_ROW_VALUE ("file", 'f', TEXTS, "FILE", ""),
    FOVEA_ROW_VALUE ("output", 'o', TEXT, "FILE", ""),
    FOVEA_ROW_INTEGER ("tokens", "N", 1, 100, ""),
    FOVEA_ROW_NUMBER ("top-p", "P", 0, 1, ""),
    FOVEA_ROW_VALUE ("memory", 0, SIZE, "SIZE", ""),
    FOVEA_ROW_VALUE ("rows", 0, RANGE, "A:B", ""),
    FOVEA_ROW_VALUE ("ids", 0, IDS, "LIST", ""),
    FOVEA_ROW_VALUE ("head", 0, HEAD, "H", ""),
    FOVEA_ROW_VALUE ("shard", 0, SHARD, "I/N", ""),
    FOVEA_ROW_CHOICE ("scale", "KIND", "log|linear", ""),
    FOVEA_ROW_FLAG ("dense", ""),
    {NULL},
};
static const FoveaOption foreign[] = {FOVEA_ROW_VALUE ("device", 0, TEXT, NULL, ""), {NULL}};
static const FoveaOption *const groups[] = {table, NULL};

/* Parses a command line written with spaces. */
static FoveaArguments *
parse (const char *line, GError **error)
{
    g_auto (GStrv) argv = g_strsplit (line, " ", -1);
    if (*line == '\0')
        g_clear_pointer (&argv[0], g_free);
    return fovea_arguments_parse ("try", groups, foreign, 2, (const char *const *) argv, error);
}

static FoveaArguments *
parse_well (const char *line)
{
    g_autoptr (GError) error = NULL;
    FoveaArguments *arguments = parse (line, &error);
    ck_assert_msg (arguments != NULL, "%s: %s", line, error != NULL ? error->message : "");
    return arguments;
}

START_TEST (values_of_every_kind_are_read)
{
    g_autoptr (FoveaArguments) a =
        parse_well ("x -f a --file=b -oout --tokens 7 --top-p .5 --memory 1.5K --rows 3:9 "
                    "--ids 1,2,30 --head 5.7 --shard 1/4 --scale linear --dense y");
    ck_assert_str_eq (fovea_arguments_positional (a, 0), "x");
    ck_assert_str_eq (fovea_arguments_positional (a, 1), "y");
    ck_assert_ptr_null (fovea_arguments_positional (a, 2));
    ck_assert_str_eq (fovea_arguments_texts (a, "file")[0], "a");
    ck_assert_str_eq (fovea_arguments_texts (a, "file")[1], "b");
    ck_assert_ptr_null (fovea_arguments_texts (a, "file")[2]);
    ck_assert_str_eq (fovea_arguments_text (a, "output", NULL), "out");
    ck_assert_int_eq (fovea_arguments_integer (a, "tokens", 0), 7);
    ck_assert_double_eq (fovea_arguments_number (a, "top-p", 0), 0.5);
    ck_assert_int_eq (fovea_arguments_integer (a, "memory", 0), 1536);
    ck_assert_str_eq (fovea_arguments_text (a, "scale", NULL), "linear");
    ck_assert (fovea_arguments_has (a, "dense"));
    gint64 n, first = 0, second = 0;
    const gint32 *ids = fovea_arguments_ids (a, "ids", &n);
    ck_assert_int_eq (n, 3);
    ck_assert_int_eq (ids[2], 30);
    fovea_arguments_pair (a, "rows", &first, &second);
    ck_assert (first == 3 && second == 9);
    fovea_arguments_pair (a, "head", &first, &second);
    ck_assert (first == 5 && second == 7);
    fovea_arguments_pair (a, "shard", &first, &second);
    ck_assert (first == 1 && second == 4);
}
END_TEST

START_TEST (what_is_not_given_keeps_its_fallback)
{
    g_autoptr (FoveaArguments) a = parse_well ("");
    gint64 n, first = 11, second = 12;
    ck_assert_int_eq (fovea_arguments_integer (a, "tokens", -5), -5);
    ck_assert_ptr_null (fovea_arguments_ids (a, "ids", &n));
    ck_assert_ptr_null (fovea_arguments_texts (a, "file")[0]);
    fovea_arguments_pair (a, "rows", &first, &second);
    ck_assert (first == 11 && second == 12);
    ck_assert (!fovea_arguments_has (a, "dense"));
}
END_TEST

START_TEST (an_open_side_of_a_range_keeps_its_fallback)
{
    gint64 first = 0, second = -1;
    g_autoptr (FoveaArguments) a = parse_well ("--rows 5:");
    fovea_arguments_pair (a, "rows", &first, &second);
    ck_assert (first == 5 && second == -1);
    g_autoptr (FoveaArguments) b = parse_well ("--rows :5");
    first = 2;
    fovea_arguments_pair (b, "rows", &first, &second);
    ck_assert (first == 2 && second == 5);
}
END_TEST

START_TEST (a_head_without_layer_gives_the_head_alone)
{
    gint64 layer = -1, head = -1;
    g_autoptr (FoveaArguments) a = parse_well ("--head 7");
    fovea_arguments_pair (a, "head", &layer, &head);
    ck_assert (layer == -1 && head == 7);
}
END_TEST

START_TEST (a_dash_is_an_argument_and_two_end_the_options)
{
    g_autoptr (FoveaArguments) a = parse_well ("-f - -- --tokens");
    ck_assert_str_eq (fovea_arguments_texts (a, "file")[0], "-");
    ck_assert_str_eq (fovea_arguments_positional (a, 0), "--tokens");
}
END_TEST

/* Command lines that are refused, and a part of the reason. */
static const struct {
    const char *line, *reason;
} refused[] = {
    {"--tokns 5", "unknown option --tokns, did you mean --tokens"},
    {"--tok 5", "did you mean --tokens"},
    {"--zzzzzz", "unknown option --zzzzzz;"},
    {"-z", "unknown option -z"},
    {"--device cpu", "--device has no effect on this command"},
    {"--tokens", "--tokens needs a value N"},
    {"--tokens --dense", "--tokens needs a value N"},
    {"--output -f", "--output needs a value FILE"},
    {"--tokens 12x", "--tokens is '12x', expected a whole number from 1 to 100"},
    {"--tokens 0", "--tokens is '0', expected a whole number from 1 to 100"},
    {"--tokens 101", "--tokens is '101'"},
    {"--tokens 99999999999999999999", "--tokens is '99999999999999999999'"},
    {"--tokens 5 --tokens 6", "--tokens is given twice"},
    {"--top-p nan", "--top-p is 'nan', expected a number from 0 to 1"},
    {"--top-p 1.01", "--top-p is '1.01'"},
    {"--top-p 0,5", "--top-p is '0,5'"},
    {"--memory 4X", "--memory is '4X', expected a size"},
    {"--memory -4G", "--memory is '-4G'"},
    {"--memory 0", "--memory is '0'"},
    {"--memory 9999999T", "--memory is '9999999T'"},
    {"--rows 5", "--rows is '5', expected a half-open range"},
    {"--rows 9:3", "--rows is '9:3'"},
    {"--rows 3:3", "--rows is '3:3'"},
    {"--rows a:b", "--rows is 'a:b'"},
    {"--rows -3:", "--rows is '-3:'"},
    {"--ids 1,x", "--ids is '1,x', expected ids"},
    {"--ids -1", "--ids is '-1'"},
    {"--ids ,", "--ids is ','"},
    {"--head 5.7.9", "--head is '5.7.9', expected a head"},
    {"--head 5.", "--head is '5.'"},
    {"--shard 4/4", "--shard is '4/4', expected I/N"},
    {"--shard 1", "--shard is '1'"},
    {"--scale square", "--scale is 'square', expected log|linear"},
    {"--dense=1", "--dense takes no value"},
    {"a b c", "unexpected argument 'c'"},
};

START_TEST (what_is_wrong_is_refused_by_name)
{
    g_autoptr (GError) error = NULL;
    FoveaArguments *arguments = parse (refused[_i].line, &error);
    ck_assert_msg (arguments == NULL, "accepted: %s", refused[_i].line);
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_USAGE));
    ck_assert_msg (strstr (error->message, refused[_i].reason) != NULL, "%s: '%s' lacks '%s'",
                   refused[_i].line, error->message, refused[_i].reason);
    ck_assert (g_str_has_prefix (error->message, "try: "));
}
END_TEST

START_TEST (two_options_that_exclude_each_other_are_named)
{
    static const char *const pair[] = {"tokens", "dense", NULL};
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaArguments) both = parse_well ("--tokens 5 --dense");
    ck_assert (!fovea_arguments_exclude (both, pair, &error));
    ck_assert_str_eq (error->message, "--tokens and --dense exclude each other");
    g_autoptr (FoveaArguments) one = parse_well ("--dense");
    ck_assert (fovea_arguments_exclude (one, pair, NULL));
}
END_TEST

START_TEST (an_option_that_would_be_ignored_is_an_error)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaArguments) alone = parse_well ("--tokens 5");
    ck_assert (!fovea_arguments_need (alone, "tokens", "dense", &error));
    ck_assert_str_eq (error->message, "--tokens has no effect without --dense");
    g_autoptr (FoveaArguments) both = parse_well ("--tokens 5 --dense");
    ck_assert (fovea_arguments_need (both, "tokens", "dense", NULL));
}
END_TEST

START_TEST (progress_says_share_rate_and_time_left)
{
    g_autofree char *line = fovea_meter_format ("capture", "tokens", 1000, 4000, 2, 0);
    ck_assert_str_eq (line, "capture  25 %  1,000 of 4,000 tokens  500/s  6 s left");
    g_autofree char *start = fovea_meter_format ("capture", "tokens", 0, 4000, 0, 0);
    ck_assert_str_eq (start, "capture   0 %  0 of 4,000 tokens  0/s");
    g_autofree char *digits = fovea_count_text (-1234567);
    ck_assert_str_eq (digits, "-1,234,567");
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("options");
    TCase *values = tcase_create ("values");
    tcase_add_test (values, values_of_every_kind_are_read);
    tcase_add_test (values, what_is_not_given_keeps_its_fallback);
    tcase_add_test (values, an_open_side_of_a_range_keeps_its_fallback);
    tcase_add_test (values, a_head_without_layer_gives_the_head_alone);
    tcase_add_test (values, a_dash_is_an_argument_and_two_end_the_options);
    tcase_add_test (values, progress_says_share_rate_and_time_left);
    suite_add_tcase (suite, values);
    TCase *refusals = tcase_create ("refusals");
    tcase_add_loop_test (refusals, what_is_wrong_is_refused_by_name, 0, G_N_ELEMENTS (refused));
    tcase_add_test (refusals, two_options_that_exclude_each_other_are_named);
    tcase_add_test (refusals, an_option_that_would_be_ignored_is_an_error);
    suite_add_tcase (suite, refusals);
    return support_run (suite);
}
