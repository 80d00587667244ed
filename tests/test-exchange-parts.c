/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Parts of points out and in again: rows, keys and a head of them lie where they lay, and extents that
 * lie are refused. */
#include "capture/safetensors-writer.h"
#include "tests/exchange-support.h"
#include "tests/forward-support.h"

/* A part of some points and the names that it has when it comes back. */
static const struct {
    const char *globs;
    FoveaExportOptions part;
    const char *names; /* separated by blanks */
} parts[] = {
    {"blocks.5.attn.hook_pattern",
     {.row0 = 60, .row1 = 68, .key0 = 3, .key1 = 50, .head = 7},
     "blocks.5.attn.hook_pattern[7]@60:68x3:50"},
    {"blocks.5.attn.hook_attn_scores",
     {.row1 = -1, .key1 = 9, .head = -1},
     "blocks.5.attn.hook_attn_scores@0:70x0:9"},
    /* Query head 7 reads from key head 2. */
    {"blocks.2.attn.hook_rot_?",
     {.row0 = 5, .row1 = 9, .key1 = -1, .head = 7},
     "blocks.2.attn.hook_rot_q[7]@5:9 blocks.2.attn.hook_rot_k[2]@5:9"},
    {"blocks.1.attn.hook_lse,blocks.1.hook_resid_post,blocks.1.attn.hook_column_mass",
     {.row1 = -1, .key0 = 60, .key1 = -1, .head = 0},
     "blocks.1.hook_resid_post blocks.1.attn.hook_lse[0] blocks.1.attn.hook_column_mass[0]@x60:70"},
    /* All but the first token, and all but the last. */
    {"blocks.3.hook_resid_post",
     {.row0 = 1, .row1 = -1, .key1 = -1, .head = -1},
     "blocks.3.hook_resid_post@1:70"},
    {"blocks.3.hook_resid_post",
     {.row1 = 69, .key1 = -1, .head = -1},
     "blocks.3.hook_resid_post@0:69"},
    {"blocks.0.attn.hook_pyramid_mean.*",
     {.row0 = 1, .row1 = 2, .key1 = -1, .head = 11},
     "blocks.0.attn.hook_pyramid_mean.0[11] blocks.0.attn.hook_pyramid_mean.1[11]"},
};

/* Whether the trace's array has the values of the tensor that @path calls by the point's name. */
static void
assert_values_of (FoveaTrace *part, const char *name, const char *path)
{
    g_autofree char *base = g_strndup (name, strcspn (name, "[@"));
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (path, NULL);
    const FoveaTensor *tensor = fovea_safetensors_lookup (file, base);
    gint64 n;
    g_autofree float *values = support_read_point (part, name, &n);
    ck_assert_msg (tensor != NULL, "%s", base);
    ck_assert_int_eq (n, tensor->n_elements);
    ck_assert_mem_eq (values, tensor->data, tensor->n_bytes);
}

START_TEST (parts_of_points_are_imported_under_the_place_that_they_had)
{
    g_autofree char *path = exchange_export ("part.safetensors", parts[_i].globs, parts[_i].part);
    g_autoptr (FoveaTrace) part = exchange_import (path);
    const FoveaTraceInfo *info = fovea_trace_get_info (part);
    ck_assert_int_eq (info->n_tokens, T);
    ck_assert_mem_eq (info->ids, fovea_trace_get_info (exchange_trace)->ids, T * sizeof *info->ids);
    g_auto (GStrv) names = g_strsplit (parts[_i].names, " ", -1);
    GPtrArray *arrays = fovea_trace_get_arrays (part);
    ck_assert_uint_eq (arrays->len, g_strv_length (names));
    for (guint i = 0; names[i] != NULL; i++)
        assert_values_of (part, names[i], path);
    /* And out and in once more: now by names that say their place. */
    FoveaTrace *original = exchange_trace;
    exchange_trace = part;
    g_autofree char *again = exchange_export ("again.safetensors", "all", exchange_whole ());
    exchange_trace = original;
    g_autoptr (FoveaTrace) third = exchange_import (again);
    for (guint i = 0; i < arrays->len; i++) {
        const FoveaArray *x = g_ptr_array_index (arrays, i);
        g_autoptr (FoveaArray) y = fovea_trace_describe_point (third, x->name, NULL);
        ck_assert_msg (y != NULL && x->row_axes == y->row_axes, "%s", x->name);
        ck_assert_mem_eq (x->shape, y->shape, x->rank * sizeof *x->shape);
        exchange_assert_point (part, third, x->name, 0);
    }
}
END_TEST

/* Rows that do not exist are no part of a point without rows: it is whole, and no token's id goes along. */
START_TEST (rows_mean_nothing_to_a_point_without_rows)
{
    static const gint64 rows[][2] = {{0, T + 1}, {9, 3}, {-4, 5}, {T, -1}};
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        const FoveaExportOptions part = {
            .row0 = rows[i][0], .row1 = rows[i][1], .key1 = -1, .head = -1};
        g_autofree char *path =
            exchange_export ("mass.safetensors", "blocks.1.attn.hook_column_mass", part);
        g_autoptr (FoveaTrace) imported = exchange_import (path);
        ck_assert_uint_eq (fovea_trace_get_arrays (imported)->len, 1);
        ck_assert_int_eq (fovea_trace_get_info (imported)->n_tokens, T);
        ck_assert_ptr_null (fovea_trace_get_info (imported)->ids);
        exchange_assert_point (exchange_trace, imported, "blocks.1.attn.hook_column_mass", 0);
    }
}
END_TEST

START_TEST (captured_slices_survive_a_round_trip)
{
    g_autofree char *demo = support_data ("data/demo");
    Runner runner = runner_open (demo, "cpu", T, 0);
    gint32 ids[T];
    for (gint32 t = 0; t < T; t++)
        ids[t] = 100 + t;
    FoveaTrace *original = exchange_trace;
    g_autoptr (FoveaTrace) slices = exchange_trace = runner_capture (
        &runner, ids, T, "blocks.2.attn.hook_z[3,5-7]@-20:,blocks.1.hook_resid_mid@0:4", FOVEA_F32,
        FALSE, NULL);
    g_autofree char *path = exchange_export ("slices.safetensors", "all", exchange_whole ());
    exchange_trace = original;
    g_autoptr (FoveaTrace) imported = exchange_import (path);
    ck_assert_uint_eq (fovea_trace_get_arrays (imported)->len, 2);
    exchange_assert_point (slices, imported, "blocks.2.attn.hook_z[3,5-7]@50:70", 0);
    exchange_assert_point (slices, imported, "blocks.1.hook_resid_mid@0:4", 0);
    ck_assert_int_eq (fovea_trace_get_info (imported)->n_tokens, T);
    ck_assert_mem_eq (fovea_trace_get_info (imported)->ids, ids, sizeof ids);
    runner_close (&runner);
}
END_TEST

/* A file of one array of this name and shape, whose metadata have this extent. */
static char *
write_part (const char *extent, const char *name, gint64 rows, gint64 width)
{
    g_autofree char *good =
        exchange_export ("good.safetensors", "blocks.1.hook_resid_post", exchange_whole ());
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (good, NULL);
    char *path = g_build_filename (exchange_folder, "extent.safetensors", NULL);
    g_autoptr (FoveaSafetensorsWriter) writer = fovea_safetensors_writer_new (path);
    const gint64 shape[] = {rows, width};
    g_autofree float *zeros = g_new0 (float, rows *width + 1);
    fovea_safetensors_writer_add_metadata (
        writer, "fovea.architecture", fovea_safetensors_get_metadata (file, "fovea.architecture"));
    fovea_safetensors_writer_add_metadata (writer, "fovea.extent", extent);
    ck_assert (fovea_safetensors_writer_add_tensor (writer, name, FOVEA_F32, 2, shape, NULL));
    ck_assert (fovea_safetensors_writer_append (writer, zeros, (gsize) (rows * width) * 4, NULL));
    ck_assert (fovea_safetensors_writer_finish (writer, NULL));
    return path;
}

static FoveaTrace *
import_with_extent (const char *extent, gint64 rows, GError **error)
{
    g_autofree char *path = write_part (extent, "blocks.1.hook_resid_post", rows, 384);
    return fovea_exchange_import (path, error);
}

#define KEYS_AND_HEAD ",\"keys\":[0,9],\"head\":-1"

START_TEST (extents_that_lie_are_refused)
{
    static const struct {
        const char *extent;
        FoveaError code;
        const char *part;
    } cases[] = {
        {"{\"n_tokens\":9,\"rows\":[2,6]" KEYS_AND_HEAD "}", FOVEA_ERROR_SHAPE,
         "blocks.1.hook_resid_post: F32 is (3, 384), expected (4, 384)"},
        {"{\"n_tokens\":0,\"rows\":[0,3]" KEYS_AND_HEAD "}", FOVEA_ERROR_FORMAT, "n_tokens"},
        {"{\"n_tokens\":99999999,\"rows\":[0,3]" KEYS_AND_HEAD "}", FOVEA_ERROR_FORMAT,
         "n_tokens is missing or out of range"},
        {"{\"n_tokens\":9.5,\"rows\":[0,3]" KEYS_AND_HEAD "}", FOVEA_ERROR_FORMAT, "n_tokens"},
        {"{\"n_tokens\":9,\"rows\":[3,3]" KEYS_AND_HEAD "}", FOVEA_ERROR_FORMAT, "rows"},
        {"{\"n_tokens\":9,\"rows\":[7,10]" KEYS_AND_HEAD "}", FOVEA_ERROR_FORMAT, "rows"},
        {"{\"n_tokens\":9,\"rows\":[-1,2]" KEYS_AND_HEAD "}", FOVEA_ERROR_FORMAT, "rows"},
        {"{\"n_tokens\":9,\"rows\":[0]" KEYS_AND_HEAD "}", FOVEA_ERROR_FORMAT, "rows"},
        {"{\"n_tokens\":9,\"rows\":[0,3],\"keys\":7,\"head\":0}", FOVEA_ERROR_FORMAT, "keys"},
        {"{\"n_tokens\":9,\"rows\":[0,3],\"keys\":[0,9]}", FOVEA_ERROR_FORMAT, "head"},
        {"{\"n_tokens\":9,\"rows\":[0,3],\"ids\":[1,2]" KEYS_AND_HEAD "}", FOVEA_ERROR_FORMAT,
         "ids"},
        {"{\"n_tokens\":3,\"rows\":[0,3],\"keys\":[0,3],\"head\":-1,\"ids\":[1,2,-5]}",
         FOVEA_ERROR_FORMAT, "ids"},
        {"[]", FOVEA_ERROR_FORMAT, "fovea.extent"},
    };
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (GError) error = NULL;
        ck_assert_ptr_null (import_with_extent (cases[i].extent, 3, &error));
        exchange_assert_error (error, FOVEA_ERROR, (int) cases[i].code, cases[i].part);
    }
    g_autoptr (FoveaTrace) good =
        import_with_extent ("{\"n_tokens\":9,\"rows\":[2,5]" KEYS_AND_HEAD "}", 3, NULL);
    ck_assert_ptr_nonnull (good);
    ck_assert_ptr_null (fovea_trace_get_info (good)->ids);
}
END_TEST

/* An array that is no part of what its name says, or has other rows than the text, is not taken; a file of
 * nothing else is refused. */
START_TEST (arrays_of_no_point_are_not_taken)
{
    static const struct {
        const char *name;
        gint64 rows, width; /* of 9 tokens */
        gboolean taken;
    } cases[] = {
        {"blocks.1.hook_resid_post@2:5", 3, 384, TRUE},
        {"blocks.1.hook_resid_post@2:5", 3, 385, FALSE},
        {"blocks.1.hook_resid_post@2:5", 0, 384, FALSE},
        {"blocks.1.hook_resid_post@0:12", 12, 384, FALSE},
        {"mine", 9, 5, TRUE},
        {"mine", 8, 5, FALSE},
        {"mine", 10, 5, FALSE},
    };
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (GError) error = NULL;
        g_autofree char *path = write_part ("{\"n_tokens\":9,\"rows\":[0,9]" KEYS_AND_HEAD "}",
                                            cases[i].name, cases[i].rows, cases[i].width);
        g_autoptr (FoveaTrace) imported = fovea_exchange_import (path, &error);
        if (cases[i].taken)
            ck_assert_ptr_nonnull (imported);
        else
            exchange_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                                   "no array is a capture point of the model");
    }
}
END_TEST

START_TEST (an_export_says_itself_how_it_looks)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *path = write_part ("{\"n_tokens\":9,\"rows\":[0,9]" KEYS_AND_HEAD "}",
                                        "blocks.1.hook_resid_post", 9, 384);
    ck_assert_ptr_null (fovea_exchange_import_both_ways (path, &error));
    exchange_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED, "says itself whether");
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("exchange, parts");
    TCase *tests = tcase_create ("with a capture");
    tcase_add_checked_fixture (tests, exchange_set_up, exchange_tear_down);
    tcase_set_timeout (tests, 60);
    tcase_add_loop_test (tests, parts_of_points_are_imported_under_the_place_that_they_had, 0,
                         G_N_ELEMENTS (parts));
    tcase_add_test (tests, rows_mean_nothing_to_a_point_without_rows);
    tcase_add_test (tests, captured_slices_survive_a_round_trip);
    tcase_add_test (tests, extents_that_lie_are_refused);
    tcase_add_test (tests, arrays_of_no_point_are_not_taken);
    tcase_add_test (tests, an_export_says_itself_how_it_looks);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
