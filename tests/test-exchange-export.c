/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What an export takes and what it costs, on traces of given arrays: names of either kind, a limit in bytes,
 * rows in parts, the ids that go along, and files that do not appear when something goes wrong. */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "capture/exchange.h"
#include "capture/npz.h"
#include "tests/trace-support.h"

enum {
    T = 9,
    H = 4,
    G = 2,
    D = 8,
    WIDTH = H * D,
};

enum {
    QUERIES,
    KEYS,
    BEFORE,
    BEHIND,
    N_ARRAYS
};

static char *folder;
static float *values[N_ARRAYS];
static TraceReads reads;
static FoveaTrace *trace;

static const FoveaArchitecture architecture = {.n_layers = 1,
                                               .n_heads = H,
                                               .n_kv_heads = G,
                                               .head_width = D,
                                               .width = WIDTH,
                                               .attention_scale = 0.35f};

static FoveaTrace *
open_trace (const TraceArray *arrays,
            guint n,
            const FoveaArchitecture *description,
            gint64 n_tokens)
{
    g_autoptr (FoveaTraceInfo) info = trace_info (description, n_tokens);
    info->ids = g_new (gint32, n_tokens);
    for (gint64 t = 0; t < n_tokens; t++)
        info->ids[t] = (gint32) (100 + t);
    g_autoptr (FoveaTrace) whole = trace_of (info, arrays, n);
    reads = (TraceReads){.unreadable = N_ARRAYS};
    return trace_watched (whole, &reads);
}

static void
set_up (void)
{
    folder = support_temp_dir ();
    const gint64 lengths[N_ARRAYS] = {T * H * D, T * G * D, T * WIDTH, T * WIDTH};
    for (guint i = 0; i < N_ARRAYS; i++)
        values[i] = trace_random_values ((gsize) lengths[i], i);
    const TraceArray arrays[N_ARRAYS] = {
        {"blocks.0.attn.hook_q", 3, {T, H, D}, 1, values[QUERIES]},
        {"blocks.0.attn.hook_k", 3, {T, G, D}, 1, values[KEYS]},
        {"blocks.0.hook_resid_pre", 2, {T, WIDTH}, 1, values[BEFORE]},
        {"blocks.0.hook_resid_post", 2, {T, WIDTH}, 1, values[BEHIND]},
    };
    trace = open_trace (arrays, N_ARRAYS, &architecture, T);
}

static void
tear_down (void)
{
    fovea_trace_unref (trace);
    for (guint i = 0; i < N_ARRAYS; i++)
        g_free (values[i]);
    support_remove_dir (folder);
}

static const FoveaExportOptions whole = {.row1 = -1, .key1 = -1, .head = -1};

/* What came of it, or NULL with @error set and the folder as empty as it was. */
static FoveaNpz *
export_as_npz (const char *globs, const FoveaExportOptions *options, GError **error)
{
    g_autofree char *path = g_build_filename (folder, "x.npz", NULL);
    if (!fovea_exchange_export (trace, globs, path, options, NULL, error)) {
        g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
        ck_assert_ptr_null (g_dir_read_name (dir));
        return NULL;
    }
    FoveaNpz *npz = fovea_npz_open (path, error);
    ck_assert_ptr_nonnull (npz);
    return npz;
}

/* Names of the arrays of a file, in its order, without the ids that go along. */
static char *
list_names (FoveaNpz *npz)
{
    guint n;
    const FoveaTensor *tensors = fovea_npz_list (npz, &n);
    g_autoptr (GString) names = g_string_new (NULL);
    for (guint i = 0; i < n; i++)
        if (strcmp (tensors[i].name, "input_ids") != 0)
            g_string_append_printf (names, "%s%s", names->len > 0 ? " " : "", tensors[i].name);
    return g_string_free (g_steal_pointer (&names), FALSE);
}

#define Q    "blocks.0.attn.hook_q"
#define K    "blocks.0.attn.hook_k"
#define PRE  "blocks.0.hook_resid_pre"
#define POST "blocks.0.hook_resid_post"

/* Globs find the names of either generation, and a point that both find is written once. */
static const struct {
    const char *globs, *names;
} choices[] = {
    {Q, Q},
    {"blocks.?.attn.hook_[qk]", NULL},
    {"blocks.?.attn.hook_k," Q, Q " " K},
    {"blocks.*.attn.q.hook_out", Q},
    {"blocks.*.attn.?.hook_out", Q " " K},
    {"blocks.?.hook_in", PRE},
    {"*.hook_in", PRE " " POST}, /* the second as ln_final.hook_in */
    {"blocks.?.hook_out", POST},
    {"blocks.?.hook_out,blocks.?.hook_resid_post,*.hook_resid_post", POST},
    {"blocks.?.hook_resid_*", PRE " " POST},
    {"*.nothing_of_the_kind", NULL},
    {"blocks.?.hook_outer", NULL},
};

START_TEST (names_of_either_generation_choose)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaNpz) npz = export_as_npz (choices[_i].globs, &whole, &error);
    if (choices[_i].names == NULL) {
        ck_assert_ptr_null (npz);
        ck_assert (error->domain == FOVEA_ERROR);
        return;
    }
    ck_assert_msg (npz != NULL, "%s", error != NULL ? error->message : "");
    g_autofree char *names = list_names (npz);
    ck_assert_str_eq (names, choices[_i].names);
}
END_TEST

/* The limit is of bytes of values: that many are written, and one less is refused with both sizes. */
START_TEST (as_many_bytes_as_the_limit_are_exported)
{
    FoveaExportOptions options = whole;
    options.max_bytes = 2 * T * WIDTH * sizeof (float);
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaNpz) all = export_as_npz ("blocks.?.hook_resid_*", &options, &error);
    ck_assert_ptr_nonnull (all);
    g_autofree char *path = g_build_filename (folder, "x.npz", NULL);
    ck_assert_int_eq (g_remove (path), 0);
    options.max_bytes--;
    ck_assert_ptr_null (export_as_npz ("blocks.?.hook_resid_*", &options, &error));
    trace_assert_said (
        error, FOVEA_ERROR_MEMORY,
        "2 arrays of 2.2\302\240KiB together; at most 2.2\302\240KiB are exported at a time");
}
END_TEST

/* Rows that would take more than a mebibyte together are read and written in parts, none of them twice, and
 * a row that takes more alone is one. */
static const struct {
    gint64 width, at_once;
} long_rows[] = {{29127, 9}, {29128, 8}, {100000, 2}, {131072, 2}, {131073, 1}, {300000, 1}};

START_TEST (long_rows_are_written_in_parts)
{
    const gint64 width = long_rows[_i].width, at_once = long_rows[_i].at_once;
    const FoveaArchitecture wide = {
        .n_layers = 1, .n_heads = 1, .n_kv_heads = 1, .head_width = width, .width = width};
    g_autofree float *all = trace_random_values ((gsize) (T * width), 8);
    const TraceArray array = {POST, 2, {T, width}, 1, all};
    g_clear_pointer (&trace, fovea_trace_unref);
    trace = open_trace (&array, 1, &wide, T);
    g_autoptr (FoveaNpz) npz = export_as_npz (POST, &whole, NULL);
    guint n;
    const FoveaTensor *tensor = fovea_npz_list (npz, &n);
    ck_assert_uint_eq (n, 2);
    ck_assert_uint_eq (tensor->n_bytes, sizeof *all * (gsize) (T * width));
    ck_assert_mem_eq (tensor->data, all, tensor->n_bytes);
    ck_assert_int_eq (reads.n_rows, T);
    ck_assert_uint_eq (reads.n_reads, (T + at_once - 1) / at_once);
}
END_TEST

/* A choice that nothing has an axis for is no choice; one array that has it is enough. */
static const struct {
    const char *globs;
    FoveaExportOptions options;
    const char *said; /* NULL = it is exported */
} axes[] = {
    {PRE, {.row1 = -1, .key1 = -1, .head = 1}, "heads"},
    {PRE "," Q, {.row1 = -1, .key1 = -1, .head = 1}, NULL},
    {Q, {.row1 = -1, .key0 = 1, .key1 = -1, .head = -1}, "an axis of keys"},
    {Q, {.row1 = -1, .key1 = T, .head = -1}, "an axis of keys"},
    {Q ",blocks.0.attn.hook_pattern", {.row1 = -1, .key0 = 1, .key1 = -1, .head = -1}, NULL},
    {PRE, {.row1 = -1, .key0 = 1, .key1 = 2, .head = 1}, "heads"},
    {"blocks.0.attn.hook_column_mass", {.row1 = -1, .key0 = 1, .key1 = 2, .head = 0}, NULL},
};

START_TEST (choices_need_something_to_choose_from)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaNpz) npz = export_as_npz (axes[_i].globs, &axes[_i].options, &error);
    ck_assert_msg ((npz != NULL) == (axes[_i].said == NULL), "%s",
                   error != NULL ? error->message : "exported");
    if (npz != NULL)
        return;
    g_autofree char *said = g_strdup_printf (
        "none of the points has %s, so there is nothing to choose from", axes[_i].said);
    trace_assert_said (error, FOVEA_ERROR_RANGE, said);
}
END_TEST

/* Ids go along where the rows are tokens: those of the rows. A point without rows has none of them. */
static const struct {
    const char *globs;
    gint64 row0, row1, first, n; /* n 0 = no ids */
} rows[] = {
    {PRE, 0, -1, 0, T},
    {PRE, 3, -1, 3, T - 3},
    {PRE, 0, 4, 0, 4},
    {PRE, 8, T, 8, 1},
    {"blocks.0.attn.hook_column_mass", 0, T + 1, 0, 0},
    {"blocks.0.attn.hook_column_mass", 0, 0, 0, 0},
    {"blocks.0.attn.hook_column_mass", T, -1, 0, 0},
    {"blocks.0.attn.hook_column_mass", -1, -1, 0, 0},
};

START_TEST (ids_are_those_of_the_rows)
{
    const FoveaExportOptions options = {
        .row0 = rows[_i].row0, .row1 = rows[_i].row1, .key1 = -1, .head = -1};
    g_autoptr (FoveaNpz) npz = export_as_npz (rows[_i].globs, &options, NULL);
    guint n;
    const FoveaTensor *tensors = fovea_npz_list (npz, &n);
    ck_assert_uint_eq (n, rows[_i].n > 0 ? 2 : 1);
    if (n == 1)
        return;
    ck_assert_str_eq (tensors[1].name, "input_ids");
    ck_assert_int_eq (tensors[1].n_elements, rows[_i].n);
    for (gint64 t = 0; t < rows[_i].n; t++) {
        gint64 id;
        memcpy (&id, (const gint64 *) tensors[1].data + t, sizeof id);
        ck_assert_int_eq (id, 100 + rows[_i].first + t);
    }
}
END_TEST

static const char *const names[] = {"x.npz", "x.safetensors", "x.npy", "x.csv"};

/* What cannot be read, or is not wanted any more, leaves no part of a file. */
static void
assert_stopped (guint file, guint unreadable, GCancellable *cancellable, GError **error)
{
    g_autofree char *path = g_build_filename (folder, names[file], NULL);
    reads = (TraceReads){.unreadable = unreadable, .cancelled = cancellable};
    ck_assert (!fovea_exchange_export (trace, file < 2 ? "blocks.?.hook_resid_*" : POST, path,
                                       &whole, cancellable, error));
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
    ck_assert_ptr_null (g_dir_read_name (dir));
}

START_TEST (arrays_that_cannot_be_read_leave_no_file)
{
    g_autoptr (GError) error = NULL;
    assert_stopped ((guint) _i, BEHIND, NULL, &error);
    trace_assert_said (error, FOVEA_ERROR_STORE, "no bytes of " POST);
}
END_TEST

START_TEST (exports_stop_between_two_reads)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    assert_stopped ((guint) _i, N_ARRAYS, cancellable, &error);
    ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    ck_assert_uint_eq (reads.n_reads, 1);
}
END_TEST

/* Exports where no file may grow beyond @most bytes, as on a disk that is full by then; nothing is asserted
 * meanwhile, which would be written to a file. */
static gboolean
export_within (const char *globs, const char *path, gsize most, GError **error)
{
    struct rlimit before, limit;
    getrlimit (RLIMIT_FSIZE, &before);
    limit = (struct rlimit){most, before.rlim_max};
    signal (SIGXFSZ, SIG_IGN); /* the write itself fails */
    setrlimit (RLIMIT_FSIZE, &limit);
    gboolean exported = fovea_exchange_export (trace, globs, path, &whole, NULL, error);
    setrlimit (RLIMIT_FSIZE, &before);
    return exported;
}

/* Wherever there is no more room, down to the last byte, the file is named and nothing is left of it. */
START_TEST (a_full_disk_leaves_no_file)
{
    const char *globs = _i < 2 ? "blocks.?.hook_resid_*" : POST;
    g_autofree char *path = g_build_filename (folder, names[_i], NULL);
    g_autofree char *bytes = NULL;
    gsize n;
    ck_assert (fovea_exchange_export (trace, globs, path, &whole, NULL, NULL));
    ck_assert (g_file_get_contents (path, &bytes, &n, NULL));
    ck_assert_int_eq (g_unlink (path), 0);
    for (gsize k = 0; k <= 16; k++) {
        g_autoptr (GError) error = NULL;
        gsize most = k < 16 ? n * k / 16 : n - 1;
        gboolean exported = export_within (globs, path, most, &error);
        g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
        ck_assert_msg (!exported, "%s within %d of %d bytes", names[_i], (int) most, (int) n);
        ck_assert (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_FAILED));
        ck_assert_msg (strstr (error->message, path) != NULL, "%s", error->message);
        ck_assert_ptr_null (g_dir_read_name (dir));
    }
    ck_assert (export_within (globs, path, n, NULL));
}
END_TEST

START_TEST (folders_that_are_not_there_are_named)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *path = g_build_filename (folder, "nosuch", names[_i], NULL);
    ck_assert (!fovea_exchange_export (trace, POST, path, &whole, NULL, &error));
    ck_assert_msg (strstr (error->message, path) != NULL, "%s", error->message);
    ck_assert_uint_le (reads.n_reads, 1); /* safetensors make their file when there are bytes */
}
END_TEST

int
main (void)
{
    const int n_names = G_N_ELEMENTS (names);
    Suite *suite = suite_create ("exchange, export");
    TCase *tests = tcase_create ("export");
    tcase_add_checked_fixture (tests, set_up, tear_down);
    tcase_add_loop_test (tests, names_of_either_generation_choose, 0, G_N_ELEMENTS (choices));
    tcase_add_test (tests, as_many_bytes_as_the_limit_are_exported);
    tcase_add_loop_test (tests, long_rows_are_written_in_parts, 0, G_N_ELEMENTS (long_rows));
    tcase_add_loop_test (tests, choices_need_something_to_choose_from, 0, G_N_ELEMENTS (axes));
    tcase_add_loop_test (tests, ids_are_those_of_the_rows, 0, G_N_ELEMENTS (rows));
    tcase_add_loop_test (tests, arrays_that_cannot_be_read_leave_no_file, 0, n_names);
    tcase_add_loop_test (tests, exports_stop_between_two_reads, 0, 2);
    tcase_add_loop_test (tests, a_full_disk_leaves_no_file, 0, n_names);
    tcase_add_loop_test (tests, folders_that_are_not_there_are_named, 0, n_names);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
