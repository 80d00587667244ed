/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Arrays out and in again: round trips of a real capture, slices, and exports that are refused. */
#include <math.h>
#include <string.h>

#include "capture/architecture-json.h"
#include "capture/attention.h"
#include "capture/npz.h"
#include "tests/exchange-support.h"
#include "tests/forward-support.h"

static const char *const both[] = {"all.safetensors", "all.npz"};

START_TEST (every_point_survives_a_round_trip)
{
    g_autofree char *path = exchange_export (both[_i], "all", exchange_whole ());
    g_autoptr (FoveaTrace) imported = exchange_import (path);
    const FoveaTraceInfo *info = fovea_trace_get_info (imported);
    const FoveaTraceInfo *want = fovea_trace_get_info (exchange_trace);
    ck_assert_int_eq (info->n_tokens, T);
    ck_assert_mem_eq (info->ids, want->ids, T * sizeof *info->ids);
    ck_assert_int_eq (info->architecture->n_layers, want->architecture->n_layers);
    ck_assert_int_eq (info->architecture->n_heads, want->architecture->n_heads);
    ck_assert_int_eq (info->architecture->n_kv_heads, want->architecture->n_kv_heads);
    ck_assert_int_eq (info->architecture->head_width, want->architecture->head_width);
    ck_assert_int_eq (info->architecture->width, want->architecture->width);
    ck_assert (info->architecture->attention_scale == want->architecture->attention_scale);
    g_auto (GStrv) names = fovea_trace_list_points (exchange_trace);
    ck_assert_uint_gt (g_strv_length (names), 50);
    for (guint i = 0; names[i] != NULL; i++)
        exchange_assert_point (exchange_trace, imported, names[i], 0);
}
END_TEST

START_TEST (safetensors_keep_the_description)
{
    g_autofree char *path =
        exchange_export ("d.safetensors", "blocks.5.attn.hook_rot_*", exchange_whole ());
    g_autoptr (FoveaTrace) imported = exchange_import (path);
    const FoveaTraceInfo *info = fovea_trace_get_info (imported);
    const FoveaTraceInfo *want = fovea_trace_get_info (exchange_trace);
    ck_assert_str_eq (info->model_name, want->model_name);
    ck_assert_str_eq (info->architecture->family, want->architecture->family);
    ck_assert_int_eq (info->architecture->n_layers, want->architecture->n_layers);
    ck_assert (info->architecture->norm_eps == want->architecture->norm_eps);
    ck_assert (info->architecture->rotary_base == want->architecture->rotary_base);
    exchange_assert_point (exchange_trace, imported, "blocks.5.attn.hook_pattern",
                           exchange_map_bound (0));
}
END_TEST

START_TEST (a_map_rectangle_of_one_head_is_exact)
{
    FoveaExportOptions options = {.row0 = 60, .row1 = 68, .key0 = 3, .key1 = 50, .head = 7};
    g_autofree char *path = exchange_export ("map.npz", "blocks.5.attn.hook_pattern", options);
    g_autoptr (FoveaNpz) npz = fovea_npz_open (path, NULL);
    guint n;
    const FoveaTensor *tensors = fovea_npz_list (npz, &n);
    ck_assert_uint_eq (n, 2);
    ck_assert_str_eq (tensors[0].name, "blocks.5.attn.hook_pattern");
    ck_assert_uint_eq (tensors[0].rank, 2);
    ck_assert_int_eq (tensors[0].shape[0], 8);
    ck_assert_int_eq (tensors[0].shape[1], 47);
    float got[8 * 47], want[8 * 47];
    memcpy (got, tensors[0].data, sizeof got);
    g_autoptr (FoveaAttention) attention = fovea_attention_open (exchange_trace, 5, NULL);
    ck_assert (fovea_attention_read_pattern (attention, 7, 60, 68, 3, 50, want, NULL));
    ck_assert (support_difference (got, want, 8 * 47) <= 1e-6);
    ck_assert_str_eq (tensors[1].name, "input_ids");
    ck_assert_int_eq (tensors[1].shape[0], 8);
}
END_TEST

START_TEST (rows_and_head_of_activations_are_exact)
{
    FoveaExportOptions options = {.row0 = 5, .row1 = 9, .key1 = -1, .head = 3};
    g_autofree char *path = exchange_export ("q.npz", "blocks.2.attn.hook_rot_q", options);
    g_autoptr (FoveaNpz) npz = fovea_npz_open (path, NULL);
    guint n;
    const FoveaTensor *q = fovea_npz_list (npz, &n);
    const FoveaArchitecture *a = fovea_trace_get_info (exchange_trace)->architecture;
    gint64 H = a->n_heads, D = a->head_width, length;
    ck_assert_int_eq (q->shape[0], 4);
    ck_assert_int_eq (q->shape[1], D);
    g_autofree float *all =
        support_read_point (exchange_trace, "blocks.2.attn.hook_rot_q", &length);
    for (gint64 t = 0; t < 4; t++)
        ck_assert_mem_eq ((const float *) q->data + t * D, all + ((t + 5) * H + 3) * D,
                          (gsize) D * sizeof (float));
}
END_TEST

START_TEST (csv_and_npy_hold_one_array)
{
    FoveaExportOptions options = {.row1 = 3, .key1 = 3, .head = 0};
    g_autofree char *csv = exchange_export ("m.csv", "blocks.0.attn.hook_pattern", options);
    g_autofree char *npy = exchange_export ("m.npy", "blocks.0.attn.hook_pattern", options);
    g_autofree char *text = NULL;
    ck_assert (g_file_get_contents (csv, &text, NULL, NULL));
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
    ck_assert_uint_eq (g_strv_length (lines), 4);
    float want[9];
    g_autoptr (FoveaAttention) attention = fovea_attention_open (exchange_trace, 0, NULL);
    ck_assert (fovea_attention_read_pattern (attention, 0, 0, 3, 0, 3, want, NULL));
    for (guint row = 0; row < 3; row++) {
        g_auto (GStrv) cells = g_strsplit (lines[row], ",", -1);
        ck_assert_uint_eq (g_strv_length (cells), 3);
        for (guint key = 0; key < 3; key++)
            ck_assert (fabs (g_ascii_strtod (cells[key], NULL) - want[3 * row + key]) <= 1e-6);
    }
    g_autofree char *bytes = NULL;
    gsize length;
    ck_assert (g_file_get_contents (npy, &bytes, &length, NULL));
    ck_assert_mem_eq (bytes, "\x93NUMPY", 6);
    ck_assert_uint_eq (length, 128 + sizeof want);
    float got[9];
    memcpy (got, bytes + 128, sizeof got);
    ck_assert (support_difference (got, want, 9) <= 1e-6);
}
END_TEST

static const struct {
    const char *name, *globs;
    FoveaExportOptions options;
    FoveaError code;
    const char *part;
} bad_exports[] = {
    {"a.npz",
     "blocks.*.hook_nothing",
     {.row1 = -1, .key1 = -1, .head = -1},
     FOVEA_ERROR_NOT_FOUND,
     "no point"},
    {"a.npz", "", {.row1 = -1, .key1 = -1, .head = -1}, FOVEA_ERROR_USAGE, "empty"},
    {"a.npz",
     "blocks.0.attn.hook_z[3-",
     {.row1 = -1, .key1 = -1, .head = -1},
     FOVEA_ERROR_USAGE,
     "bracket without partner"},
    {"a.npz",
     "blocks.*.attn.hook_z[3]",
     {.row1 = -1, .key1 = -1, .head = -1},
     FOVEA_ERROR_RANGE,
     "blocks.*.attn.hook_z: choose rows, keys and head of an export by its options"},
    {"a.npz",
     "blocks.*.attn.hook_z@2:5",
     {.row1 = -1, .key1 = -1, .head = -1},
     FOVEA_ERROR_RANGE,
     "choose rows, keys and head"},
    {"a.npy",
     "blocks.*.attn.hook_lse",
     {.row1 = -1, .key1 = -1, .head = -1},
     FOVEA_ERROR_RANGE,
     "holds one"},
    {"a.npz",
     "blocks.0.attn.hook_pattern",
     {.row1 = -1, .key1 = -1, .head = 99},
     FOVEA_ERROR_RANGE,
     "head 99 is not in 0 .."},
    {"a.npz",
     "blocks.0.attn.hook_pattern",
     {.row1 = 71, .key1 = -1, .head = -1},
     FOVEA_ERROR_RANGE,
     "rows 0:71"},
    {"a.npz",
     "blocks.0.attn.hook_pattern",
     {.row1 = -1, .key0 = 9, .key1 = 9, .head = -1},
     FOVEA_ERROR_RANGE,
     "keys 9:9"},
    {"a.npz",
     "blocks.0.attn.hook_pattern",
     {.row1 = -1, .key1 = -1, .head = -1, .max_bytes = 1000},
     FOVEA_ERROR_MEMORY,
     "1000 bytes"},
    {"a.xyz",
     "blocks.0.attn.hook_pattern",
     {.row1 = -1, .key1 = -1, .head = -1},
     FOVEA_ERROR_UNSUPPORTED,
     ".safetensors"},
};

START_TEST (bad_exports_are_refused_and_leave_no_file)
{
    for (guint i = 0; i < G_N_ELEMENTS (bad_exports); i++) {
        g_autoptr (GError) error = NULL;
        g_autofree char *path = g_build_filename (exchange_folder, bad_exports[i].name, NULL);
        ck_assert (!fovea_exchange_export (exchange_trace, bad_exports[i].globs, path,
                                           &bad_exports[i].options, NULL, &error));
        exchange_assert_error (error, FOVEA_ERROR, (int) bad_exports[i].code, bad_exports[i].part);
    }
    g_autoptr (GDir) dir = g_dir_open (exchange_folder, 0, NULL);
    ck_assert_ptr_null (g_dir_read_name (dir));
}
END_TEST

START_TEST (a_cancelled_export_leaves_no_file)
{
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (GError) error = NULL;
    g_autofree char *path = g_build_filename (exchange_folder, "c.npz", NULL);
    FoveaExportOptions options = exchange_whole ();
    g_cancellable_cancel (cancellable);
    ck_assert (!fovea_exchange_export (exchange_trace, "all", path, &options, cancellable, &error));
    ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    g_autoptr (GDir) dir = g_dir_open (exchange_folder, 0, NULL);
    ck_assert_ptr_null (g_dir_read_name (dir));
}
END_TEST

START_TEST (all_ids_that_end_a_text_survive)
{
    FoveaArchitecture *a = fovea_trace_get_info (exchange_trace)->architecture;
    a->n_eos_ids = 3;
    a->eos_id = a->eos_ids[0];
    a->eos_ids[1] = 17;
    a->eos_ids[2] = 8000;
    g_autofree char *path =
        exchange_export ("eos.safetensors", "blocks.1.hook_resid_post", exchange_whole ());
    g_autoptr (FoveaTrace) imported = exchange_import (path);
    const FoveaArchitecture *got = fovea_trace_get_info (imported)->architecture;
    ck_assert_uint_eq (got->n_eos_ids, 3);
    ck_assert (fovea_architecture_ends_text (got, 17) && fovea_architecture_ends_text (got, 8000));
    ck_assert (!fovea_architecture_ends_text (got, 18));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("exchange");
    TCase *tests = tcase_create ("with a capture");
    tcase_add_checked_fixture (tests, exchange_set_up, exchange_tear_down);
    tcase_set_timeout (tests, 60);
    tcase_add_loop_test (tests, every_point_survives_a_round_trip, 0, G_N_ELEMENTS (both));
    tcase_add_test (tests, safetensors_keep_the_description);
    tcase_add_test (tests, a_map_rectangle_of_one_head_is_exact);
    tcase_add_test (tests, rows_and_head_of_activations_are_exact);
    tcase_add_test (tests, csv_and_npy_hold_one_array);
    tcase_add_test (tests, bad_exports_are_refused_and_leave_no_file);
    tcase_add_test (tests, a_cancelled_export_leaves_no_file);
    tcase_add_test (tests, all_ids_that_end_a_text_survive);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
