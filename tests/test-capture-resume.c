/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Runs that stop between two sequences, at the layer of a job: what goes on ends as what never stopped,
 * and goes on only with the input that it was begun with. */
#include <string.h>

#include "app/capture-job.h"
#include "capture/npy.h"
#include "tests/store-support.h"

enum {
    SIDE = 12, /* of tests/golden/families/vit, in pixels of three channels */
    VALUES = 3 * SIDE * SIDE,
    PICTURES = 4
};

/* Prepared pictures as a file: some value each, at one place another. */
static void
write_pictures (const char *path, guint n, guint changed, float by)
{
    const gint64 shape[] = {n, 3, SIDE, SIDE};
    g_autoptr (GString) file = fovea_npy_write_header (FOVEA_F32, G_N_ELEMENTS (shape), shape);
    for (guint i = 0; i < n * VALUES; i++) {
        float value = (float) (i * 37 % 251) / 251 - .5f;
        if (i == changed)
            value += by;
        g_string_append_len (file, (const char *) &value, sizeof value);
    }
    ck_assert (g_file_set_contents (path, file->str, (gssize) file->len, NULL));
}

static FoveaCaptureRequest *
new_request (const char *points, FoveaDtype keep)
{
    FoveaCaptureRequest *request = fovea_capture_request_new ();
    g_autofree char *folder = g_path_get_dirname (store_path);
    const char *files[] = {NULL, NULL};
    g_autofree char *pictures = g_build_filename (folder, "pictures.npy", NULL);
    files[0] = pictures;
    request->model = support_data ("tests/golden/families/vit");
    request->files = g_strdupv ((char **) files);
    request->points = g_strdup (points);
    request->keep = keep;
    request->device = g_strdup ("cpu");
    request->threads = 1;
    return request;
}

static FoveaCaptureJob *
prepare (const char *points, FoveaDtype keep)
{
    g_autoptr (GError) error = NULL;
    FoveaCaptureJob *job = fovea_capture_job_prepare (new_request (points, keep), NULL, &error);
    ck_assert_msg (job != NULL, "%s", error != NULL ? error->message : "");
    return job;
}

/* Ends a run when so many sequences are there, and keeps what it was told first and last. */
typedef struct {
    GCancellable *cancellable;
    gint64 after;
    FoveaCaptureProgress first, last; /* without titles */
    gint64 n_calls;
} Stop;

static void
on_progress (gpointer data, const FoveaCaptureProgress *progress)
{
    Stop *stop = data;
    ck_assert_ptr_nonnull (progress->title);
    ck_assert_int_ge (progress->tokens, stop->last.tokens);
    ck_assert_int_le (progress->tokens, progress->n_tokens);
    ck_assert_int_ge (progress->sequence, stop->last.sequence);
    ck_assert_int_le (progress->sequence, progress->n_sequences);
    stop->last = *progress;
    stop->last.title = NULL;
    if (stop->n_calls++ == 0)
        stop->first = stop->last;
    if (progress->sequence >= stop->after)
        g_cancellable_cancel (stop->cancellable);
}

/* Goes on in the store of the test, until @after sequences are there. */
static gboolean
go_on (const char *points, FoveaDtype keep, gint64 after, GError **error)
{
    g_autoptr (FoveaCaptureJob) job = prepare (points, keep);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_CREATE);
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    Stop stop = {.cancellable = cancellable, .after = after};
    return fovea_capture_job_run (job, store, TRUE, on_progress, &stop, NULL, cancellable, error);
}

static void
stop_after (const char *points, FoveaDtype keep, gint64 after)
{
    g_autoptr (GError) error = NULL;
    ck_assert (!go_on (points, keep, after, &error));
    ck_assert_msg (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED), "%s", error->message);
    ck_assert_int_eq ((gint64) store_ask ("SELECT count (*) FROM sequence WHERE complete"), after);
}

static char *
find_pictures (void)
{
    g_autofree char *folder = g_path_get_dirname (store_path);
    return g_build_filename (folder, "pictures.npy", NULL);
}

/* Every number that either store keeps of a sequence is in the other. */
static void
assert_same (FoveaStore *a, FoveaStore *b, gint64 sequence)
{
    g_autoptr (FoveaTrace) one = fovea_store_open_trace (a, sequence, NULL);
    g_autoptr (FoveaTrace) two = fovea_store_open_trace (b, sequence, NULL);
    ck_assert (one != NULL && two != NULL);
    ck_assert_str_eq (fovea_trace_get_info (one)->title, fovea_trace_get_info (two)->title);
    GPtrArray *arrays = fovea_trace_get_arrays (one);
    ck_assert_uint_eq (arrays->len, fovea_trace_get_arrays (two)->len);
    ck_assert_uint_gt (arrays->len, 0);
    for (guint i = 0; i < arrays->len; i++) {
        const FoveaArray *array = arrays->pdata[i];
        gint64 n = fovea_array_n_rows (array);
        gsize bytes = (gsize) (n * fovea_array_row_length (array)) * sizeof (float);
        g_autofree float *x = g_malloc0 (bytes + 1), *y = g_malloc0 (bytes + 1);
        ck_assert (fovea_trace_read (one, array->name, 0, n, x, NULL));
        ck_assert (fovea_trace_read (two, array->name, 0, n, y, NULL));
        ck_assert_msg (memcmp (x, y, bytes) == 0, "%s of sequence %d", array->name, (int) sequence);
    }
}

static const FoveaDtype keeps[] = {FOVEA_F32, FOVEA_F16, FOVEA_BF16};

START_TEST (stopped_runs_of_pictures_end_as_one_that_never_stopped)
{
    g_autofree char *pictures = find_pictures (), *whole = NULL;
    write_pictures (pictures, PICTURES, 0, 0);
    ck_assert (go_on ("*", keeps[_i], G_MAXINT64, NULL));
    g_autoptr (FoveaStore) never = store_open (FOVEA_STORE_READ);
    whole = store_path;
    store_path = g_strconcat (whole, "2", NULL);
    for (gint64 after = 1; after < PICTURES; after++)
        stop_after ("*", keeps[_i], after);
    ck_assert (go_on ("*", keeps[_i], G_MAXINT64, NULL));
    g_autoptr (FoveaStore) often = store_open (FOVEA_STORE_READ);
    for (gint64 s = 1; s <= PICTURES; s++)
        assert_same (never, often, s);
    ck_assert_int_eq ((gint64) store_ask ("SELECT count (*) FROM run"), 1);
    ck_assert_int_eq ((gint64) store_ask ("SELECT count (*) FROM sequence"), PICTURES);
}
END_TEST

/* What was there before counts as done, and the end is all of it. */
START_TEST (progress_goes_from_what_is_there_to_all)
{
    g_autofree char *pictures = find_pictures ();
    write_pictures (pictures, PICTURES, 0, 0);
    if (_i > 0)
        stop_after ("*", FOVEA_F32, _i);
    g_autoptr (FoveaCaptureJob) job = prepare ("*", FOVEA_F32);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_CREATE);
    Stop stop = {.after = G_MAXINT64};
    ck_assert (fovea_capture_job_run (job, store, TRUE, on_progress, &stop, NULL, NULL, NULL));
    const gint64 each = (gint64) store_ask ("SELECT n_tokens FROM sequence WHERE id = 1");
    ck_assert_int_eq (stop.last.n_tokens, PICTURES * each);
    ck_assert_int_eq (stop.last.tokens, PICTURES * each);
    ck_assert_int_eq (stop.last.sequence, PICTURES);
    ck_assert_int_eq (stop.last.n_sequences, PICTURES);
    ck_assert_int_eq (stop.first.sequence, _i);
    ck_assert_int_ge (stop.first.tokens, _i * each);
    ck_assert_int_lt (stop.first.tokens, (_i + 1) * each);
    ck_assert_int_gt (stop.n_calls, 2 * (PICTURES - _i)); /* between layers, too */
}
END_TEST

START_TEST (a_run_of_other_options_is_not_gone_on_with)
{
    g_autofree char *pictures = find_pictures ();
    write_pictures (pictures, PICTURES, 0, 0);
    stop_after ("*", FOVEA_F32, 1);
    ck_assert (go_on ("blocks.0.hook_resid_post", FOVEA_F32, G_MAXINT64, NULL));
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM sequence WHERE run_id = 1"), 1);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM sequence WHERE run_id = 2"), PICTURES);
    ck_assert_double_eq (store_ask ("SELECT finished IS NULL FROM run WHERE id = 1"), 1);
    ck_assert_double_eq (store_ask ("SELECT finished IS NULL FROM run WHERE id = 2"), 0);
    ck_assert (go_on ("*", FOVEA_F32, G_MAXINT64, NULL));
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM sequence WHERE run_id = 1"), PICTURES);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM run"), 2);
}
END_TEST

/* One value of one picture that is there already, by as much as its type tells apart. */
static const struct {
    FoveaDtype keep;
    guint at;
    float by;
} changes[] = {
    {FOVEA_F32, 0, 1e-6f},     {FOVEA_F32, VALUES - 1, -1e-6f}, {FOVEA_F32, 2 * VALUES - 1, 1},
    {FOVEA_F16, VALUES, .01f}, {FOVEA_BF16, 1, .01f},
};

START_TEST (a_run_of_pictures_goes_on_only_with_those_that_it_was_begun_with)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *pictures = find_pictures ();
    const FoveaDtype keep = changes[_i].keep;
    guint n_done = 9, first = changes[_i].at / VALUES + 1;
    write_pictures (pictures, PICTURES, 0, 0);
    stop_after (NULL, keep, 2);
    write_pictures (pictures, PICTURES, changes[_i].at, changes[_i].by);
    ck_assert (!go_on (NULL, keep, G_MAXINT64, &error));
    g_autofree char *said = g_strdup_printf (
        "was begun with another picture: sequence %u (pictures.npy, %u) has other pixels now",
        first, first - 1);
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_STORE));
    ck_assert_msg (strstr (error->message, said) != NULL, "%s", error->message);
    ck_assert_int_eq ((gint64) store_ask ("SELECT count (*) FROM sequence"), 2);
    ck_assert_int_eq ((gint64) store_ask ("SELECT count (*) FROM run"), 1);
    /* Nor is it told to be one that would be gone on with. */
    g_autoptr (FoveaCaptureJob) other = prepare (NULL, keep);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    ck_assert_int_eq (fovea_capture_job_find_unfinished (other, store, &n_done), 0);
    /* With what it was begun with it goes on, and so it does if what is to come is another. */
    write_pictures (pictures, PICTURES + 1, 2 * VALUES, 1);
    g_autoptr (FoveaCaptureJob) job = prepare (NULL, keep);
    ck_assert_int_eq (fovea_capture_job_find_unfinished (job, store, &n_done), 1);
    ck_assert_uint_eq (n_done, 2);
    ck_assert (go_on (NULL, keep, G_MAXINT64, NULL));
    ck_assert_int_eq ((gint64) store_ask ("SELECT count (*) FROM sequence"), PICTURES + 1);
}
END_TEST

/* As with ids that were not kept: what cannot be told apart is believed. */
START_TEST (pictures_that_were_not_kept_are_not_asked_for)
{
    g_autofree char *pictures = find_pictures ();
    write_pictures (pictures, PICTURES, 0, 0);
    stop_after ("blocks.0.hook_resid_post", FOVEA_F32, 2);
    write_pictures (pictures, PICTURES, 0, 1);
    ck_assert (go_on ("blocks.0.hook_resid_post", FOVEA_F32, G_MAXINT64, NULL));
    ck_assert_int_eq ((gint64) store_ask ("SELECT count (*) FROM sequence"), PICTURES);
}
END_TEST

/* What cannot be compared is not gone on with, and the store's own words say why. */
START_TEST (a_damaged_picture_stops_a_run_from_going_on)
{
    static const struct {
        const char *sql, *said;
    } rows[] = {
        {"DELETE FROM chunk WHERE array_id = (SELECT id FROM array WHERE sequence_id = 1 AND name ="
         " 'embed.hook_patches')",
         "sequence 1: array 'embed.hook_patches' makes no sense or lacks rows"},
        {"UPDATE chunk SET data = zeroblob (length (data) + 4) WHERE array_id = (SELECT id FROM"
         " array WHERE sequence_id = 1 AND name = 'embed.hook_patches')",
         "embed.hook_patches, row 0: chunk has a wrong size"},
        /* of another model in the same folder, whose patches have one channel */
        {"UPDATE model SET description = json_set (description, '$.n_channels', 1); UPDATE array "
         "SET"
         " shape = '[10,16]' WHERE name = 'embed.hook_patches'",
         "was begun with another picture: sequence 1 "},
    };
    g_autofree char *pictures = find_pictures ();
    g_autoptr (GError) error = NULL;
    write_pictures (pictures, PICTURES, 0, 0);
    stop_after (NULL, FOVEA_F32, 2);
    store_run_sql (rows[_i].sql);
    ck_assert (!go_on (NULL, FOVEA_F32, G_MAXINT64, &error));
    ck_assert_msg (strstr (error->message, rows[_i].said) != NULL, "%s", error->message);
    ck_assert_int_eq ((gint64) store_ask ("SELECT count (*) FROM sequence"), 2);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("capture, resumed");
    TCase *tests = tcase_create ("pictures");
    tcase_add_checked_fixture (tests, store_set_up, store_tear_down);
    tcase_add_loop_test (tests, stopped_runs_of_pictures_end_as_one_that_never_stopped, 0,
                         G_N_ELEMENTS (keeps));
    tcase_add_loop_test (tests, a_run_of_pictures_goes_on_only_with_those_that_it_was_begun_with, 0,
                         G_N_ELEMENTS (changes));
    tcase_add_loop_test (tests, progress_goes_from_what_is_there_to_all, 0, PICTURES);
    tcase_add_test (tests, a_run_of_other_options_is_not_gone_on_with);
    tcase_add_test (tests, pictures_that_were_not_kept_are_not_asked_for);
    tcase_add_loop_test (tests, a_damaged_picture_stops_a_run_from_going_on, 0, 3);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
