/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea selfcheck` with a model, a reference and a folder of models, from outside. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "tests/command-support.h"
#include "tests/support.h"

static char *
families (const char *name)
{
    g_autofree char *path = g_build_filename ("tests/golden/families", name, NULL);
    return support_data (path);
}

/* The rest of the table's line that begins with @name, NULL = none. */
static const char *
find_line (const CommandResult *result, const char *name)
{
    g_autofree char *start = g_strdup_printf ("\n%s\t", name);
    const char *at = strstr (result->out, start);
    return at != NULL ? at + strlen (start) : NULL;
}

START_TEST (a_model_with_its_reference_passes_point_by_point)
{
    static const char *const models[] = {"gemma2", "bert", "vit", "t5"};
    g_autofree char *model = families (models[_i]);
    g_autofree char *line =
        g_strdup_printf ("fovea selfcheck '%s' --device cpu --threads 1 --format tsv", model);
    g_autoptr (CommandResult) result = command_run_line (command_folder, line);
    ck_assert_msg (result->status == 0, "%s", result->err);
    ck_assert_ptr_nonnull (strstr (result->out, "record_f32"));
    ck_assert_ptr_null (strstr (result->out, "FAILED"));
    ck_assert_ptr_null (strstr (result->err, "not compared"));
    /* Hidden states, maps and logits were compared with the file, not only with the plain table. */
    const char *pattern = find_line (result, "blocks.*.attn.hook_pattern");
    ck_assert_ptr_nonnull (pattern);
    g_auto (GStrv) cells = g_strsplit (pattern, "\t", 6);
    ck_assert_msg (*cells[3] != '\0', "%s", pattern);
    ck_assert_double_le (g_ascii_strtod (cells[3], NULL), 1e-4);
}
END_TEST

START_TEST (a_folder_of_models_gives_a_line_each)
{
    g_autofree char *folder = support_data ("tests/golden/families");
    g_autofree char *line =
        g_strdup_printf ("fovea selfcheck '%s' --device cpu --format tsv --quiet", folder);
    g_autoptr (CommandResult) result = command_run_line (command_folder, line);
    ck_assert_msg (result->status == 0, "%s", result->err);
    guint n = 0;
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
    for (const char *name; (name = g_dir_read_name (dir)) != NULL;) {
        g_autofree char *config = g_build_filename (folder, name, "config.json", NULL);
        if (!g_file_test (config, G_FILE_TEST_EXISTS))
            continue;
        n++;
        ck_assert_msg (find_line (result, name) != NULL, "no line of %s", name);
    }
    ck_assert_uint_gt (n, 30);
    ck_assert_ptr_null (strstr (result->out, "FAILED"));
}
END_TEST

/* A model with its reference in a folder of its own, which a test may spoil. */
static char *
copy_model (const char *name)
{
    g_autofree char *from = families (name);
    g_autofree char *line = g_strdup_printf ("cp -r '%s' m && chmod -R u+w m", from);
    g_autoptr (CommandResult) result = command_run_line (command_folder, line);
    ck_assert_int_eq (result->status, 0);
    return g_build_filename (command_folder, "m", NULL);
}

/* Where the header of a safetensors file's @bytes puts a tensor's values. */
static guint8 *
find_tensor (char *bytes, const char *tensor)
{
    guint64 header = 0;
    memcpy (&header, bytes, 8);
    g_autofree char *json = g_strndup (bytes + 8, header);
    g_autofree char *key = g_strdup_printf ("\"%s\"", tensor);
    const char *at = strstr (json, key);
    ck_assert_ptr_nonnull (at);
    at = strstr (at, "\"data_offsets\":[");
    ck_assert_ptr_nonnull (at);
    guint64 from = g_ascii_strtoull (at + strlen ("\"data_offsets\":["), NULL, 10);
    return (guint8 *) bytes + 8 + header + from;
}

/* Overwrites the first value of a tensor. */
static void
spoil (const char *folder, const char *tensor)
{
    g_autofree char *path = g_build_filename (folder, "reference.safetensors", NULL);
    g_autofree char *bytes = NULL;
    gsize length;
    ck_assert (g_file_get_contents (path, &bytes, &length, NULL));
    const float wrong = 77;
    memcpy (find_tensor (bytes, tensor), &wrong, sizeof wrong);
    ck_assert (g_file_set_contents (path, bytes, (gssize) length, NULL));
}

/* Doubles n values of bf16, @times times: a step of the exponent each. */
static void
double_bf16 (const char *path, const char *tensor, gsize n, guint times)
{
    g_autofree char *bytes = NULL;
    gsize length;
    ck_assert (g_file_get_contents (path, &bytes, &length, NULL));
    guint8 *at = find_tensor (bytes, tensor);
    for (gsize i = 0; i < n; i++) {
        guint16 value;
        memcpy (&value, at + 2 * i, sizeof value);
        value = (value & 0x7fff) != 0 ? (guint16) (value + (times << 7)) : value;
        memcpy (at + 2 * i, &value, sizeof value);
    }
    ck_assert (g_file_set_contents (path, bytes, (gssize) length, NULL));
}

START_TEST (a_value_that_differs_fails_its_point_and_the_command)
{
    g_autofree char *folder = copy_model ("llama3");
    spoil (folder, "hidden.1");
    g_autoptr (CommandResult) result =
        command_run_line (command_folder, "fovea selfcheck m --device cpu --format tsv");
    ck_assert_int_eq (result->status, 1);
    ck_assert_msg (strstr (result->err, "blocks.*.hook_resid_pre") != NULL, "%s", result->err);
    ck_assert_msg (strstr (result->err, "1 of ") != NULL, "%s", result->err);
    ck_assert (g_str_has_suffix (g_strchomp (result->out), "ok"));
    ck_assert_ptr_nonnull (strstr (find_line (result, "blocks.*.hook_resid_pre"), "FAILED"));
}
END_TEST

/* The column @name of a kind's line. */
static double
get_number (const CommandResult *result, const char *kind, const char *name)
{
    const char *header = strstr (result->out, "\nkind\t"), *line = find_line (result, kind);
    ck_assert (header != NULL && line != NULL);
    g_auto (GStrv) rows = g_strsplit (header + strlen ("\nkind\t"), "\n", 2);
    g_auto (GStrv) names = g_strsplit (rows[0], "\t", 0), values = g_strsplit (line, "\t", 0);
    for (guint i = 0; names[i] != NULL; i++)
        if (g_str_equal (names[i], name))
            return g_ascii_strtod (values[i], NULL);
    ck_abort_msg ("no column %s", name);
    return NAN;
}

/* An MLP whose outputs are millions rounds those that come out near 0 by far more than 1e-4, on any
 * device; of the size of their token's values that is nothing. Both are told. */
START_TEST (rounding_is_judged_by_the_size_of_a_row)
{
    g_autofree char *demo = support_data ("data/demo");
    g_autofree char *line = g_strdup_printf ("cp -r '%s' m && chmod -R u+w m", demo);
    g_autoptr (CommandResult) copied = command_run_line (command_folder, line);
    g_autofree char *weights = g_build_filename (command_folder, "m", "model.safetensors", NULL);
    double_bf16 (weights, "model.layers.0.mlp.down_proj.weight", 384 * 1024, 23);
    g_autoptr (CommandResult) result = command_run_line (
        command_folder, "fovea selfcheck m --device cpu --tokens 32 --format tsv");
    double alone = get_number (result, "blocks.*.hook_mlp_out", "plain_f32");
    double of_row = get_number (result, "blocks.*.hook_mlp_out", "f32_of_row");
    ck_assert_msg (alone > 1e-4 && of_row < 1e-5, "%g alone, %g of the row", alone, of_row);
    ck_assert_msg (result->status == 0, "%s", result->err);
}
END_TEST

START_TEST (without_a_reference_the_plain_table_is_one)
{
    g_autofree char *folder = copy_model ("llama3");
    g_autofree char *reference = g_build_filename (folder, "reference.safetensors", NULL);
    ck_assert_int_eq (g_unlink (reference), 0);
    g_autoptr (CommandResult) first = command_run_line (
        command_folder, "fovea selfcheck m --device cpu --tokens 20 --seed 3 --format tsv");
    ck_assert_msg (first->status == 0, "%s", first->err);
    ck_assert_ptr_null (strstr (first->out, "record_f32"));
    ck_assert_ptr_nonnull (strstr (first->out, "plain_bf16"));
    g_autoptr (CommandResult) again = command_run_line (
        command_folder, "fovea selfcheck m --device cpu --tokens 20 --seed 3 --format tsv");
    ck_assert_str_eq (first->out, again->out);
}
END_TEST

/* What is wrong with a reference, and what must be said. */
static const struct {
    const char *line, *part;
    int status;
} mistakes[] = {
    {"fovea selfcheck --reference x.safetensors", "--reference needs the MODEL", 2},
    {"fovea selfcheck m --reference nosuch.safetensors", "nosuch.safetensors", 1},
    {"fovea selfcheck m --reference m/model.safetensors", "nothing says what to run", 1},
    {"fovea selfcheck m --reference v/reference.safetensors", "pictures of 3 x ", 1},
    {"fovea selfcheck nosuch", "no such model", 1},
};

START_TEST (a_reference_that_does_not_fit_is_named)
{
    g_autofree char *folder = copy_model ("llama3");
    g_autofree char *vit = families ("vit");
    g_autofree char *copy = g_strdup_printf ("cp -r '%s' v", vit);
    g_autoptr (CommandResult) copied = command_run_line (command_folder, copy);
    g_autoptr (CommandResult) result = command_run_line (command_folder, mistakes[_i].line);
    ck_assert_msg (result->status == mistakes[_i].status, "%d: %s", result->status, result->err);
    ck_assert_msg (strstr (result->err, mistakes[_i].part) != NULL, "%s", result->err);
    ck_assert_str_eq (result->out, "");
}
END_TEST

static Suite *
make_suite (void)
{
    Suite *suite = suite_create ("selfcheck");
    TCase *tcase = tcase_create ("models");
    tcase_set_timeout (tcase, 120);
    tcase_add_checked_fixture (tcase, command_set_up, command_tear_down);
    tcase_add_loop_test (tcase, a_model_with_its_reference_passes_point_by_point, 0, 4);
    tcase_add_test (tcase, a_folder_of_models_gives_a_line_each);
    tcase_add_test (tcase, a_value_that_differs_fails_its_point_and_the_command);
    tcase_add_test (tcase, rounding_is_judged_by_the_size_of_a_row);
    tcase_add_test (tcase, without_a_reference_the_plain_table_is_one);
    tcase_add_loop_test (tcase, a_reference_that_does_not_fit_is_named, 0, G_N_ELEMENTS (mistakes));
    suite_add_tcase (suite, tcase);
    return suite;
}

int
main (void)
{
    return support_run (make_suite ());
}
