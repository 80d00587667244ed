/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A capture before, while and after it runs, at the layer of a job: what it is refused for, what it predicts,
 * how it is shared out and limited, how it ends early, and which run of a store it goes on with. */
#include <malloc.h>
#include <string.h>

#include "app/capture-job.h"
#include "capture/safetensors-writer.h"
#include "capture/safetensors.h"
#include "tests/store-support.h"

#define MODEL "tests/golden/families/olmo2"

enum {
    CONTEXT = 32,
    N = 3, /* sequences */
};

static const gint64 lengths[N] = {4, 9, 6};

/* Lines of ids: line i has lengths[i] + @more of them, and its first is @first where i is @changed. */
static char *
write_lines (guint n, gint64 more, guint changed, int first)
{
    g_autofree char *folder = g_path_get_dirname (store_path);
    g_autoptr (GString) text = g_string_new (NULL);
    for (guint i = 0; i < n; i++) {
        g_string_append_printf (text, "{\"title\": \"line %u\", \"ids\": [%d", i,
                                i == changed ? first : 7);
        for (gint64 t = 1; t < lengths[i % N] + more; t++)
            g_string_append_printf (text, ", %d", (int) ((5 * t + i) % 31 + 1));
        g_string_append (text, "]}\n");
    }
    char *path = g_build_filename (folder, "lines.jsonl", NULL);
    ck_assert (g_file_set_contents (path, text->str, (gssize) text->len, NULL));
    return path;
}

/* Of the lines as they are, or as write_lines() left them. */
static FoveaCaptureRequest *
new_request (void)
{
    g_autofree char *folder = g_path_get_dirname (store_path);
    FoveaCaptureRequest *request = fovea_capture_request_new ();
    request->model = support_data (MODEL);
    request->jsonl = g_build_filename (folder, "lines.jsonl", NULL);
    request->device = g_strdup ("cpu");
    request->threads = 1;
    return request;
}

static FoveaCaptureJob *
prepare (FoveaCaptureRequest *request)
{
    g_autoptr (GError) error = NULL;
    FoveaCaptureJob *job = fovea_capture_job_prepare (request, NULL, &error);
    ck_assert_msg (job != NULL, "%s", error != NULL ? error->message : "");
    return job;
}

static void
assert_refused (FoveaCaptureRequest *request, int code, const char *part)
{
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_capture_job_prepare (request, NULL, &error));
    ck_assert_msg (error != NULL, "no error, expected '%s'", part);
    ck_assert_msg (error->domain == FOVEA_ERROR && (code < 0 || error->code == code), "%s",
                   error->message);
    ck_assert_msg (strstr (error->message, part) != NULL, "'%s' has no '%s'", error->message, part);
}

static void
set_up (void)
{
    store_set_up ();
    g_free (write_lines (N, 0, N, 0));
}

static const char *
get_title (FoveaCaptureJob *job, guint i)
{
    return ((const FoveaTraceInfo *) fovea_capture_job_get_sequences (job)->pdata[i])->title;
}

/* Every sequence is in one shard, in its order; a shard of nothing says how many there are. */
START_TEST (shards_share_the_sequences)
{
    const guint n_shards = (guint) _i;
    for (guint shard = 0; shard < MAX (n_shards, 1); shard++) {
        FoveaCaptureRequest *request = new_request ();
        request->shard = shard;
        request->n_shards = n_shards;
        if (shard >= N) {
            g_autofree char *said = g_strdup_printf (
                "shard %u/%u: nothing to capture, the input has 3 sequences", shard, n_shards);
            assert_refused (request, FOVEA_ERROR_RANGE, said);
            continue;
        }
        g_autoptr (FoveaCaptureJob) job = prepare (request);
        guint n = 0;
        for (guint i = shard; i < N; i += MAX (n_shards, 1)) {
            g_autofree char *title = g_strdup_printf ("line %u", i);
            ck_assert_str_eq (get_title (job, n++), title);
        }
        ck_assert_uint_eq (fovea_capture_job_get_sequences (job)->len, n);
    }
}
END_TEST

/* What the context holds is a matter of the longest sequence, wherever it stands, with what is generated
 * behind it. */
START_TEST (the_longest_sequence_fits_the_context)
{
    const gint64 longest = lengths[MIN (_i - 1, 1)];
    for (gint64 room = 0; room < 3; room++) {
        g_autofree char *path = write_lines ((guint) _i, CONTEXT - longest - room, N, 0);
        FoveaCaptureRequest *fits = new_request (), *over = new_request ();
        fits->generate = room;
        over->generate = room + 1;
        g_autoptr (FoveaCaptureJob) job = prepare (fits);
        ck_assert_uint_eq (fovea_capture_job_get_sequences (job)->len, (guint) _i);
        assert_refused (over, FOVEA_ERROR_RANGE,
                        "sequence of 33 tokens: olmo2 holds 32; use --tokens, with --stride for "
                        "the rest");
    }
}
END_TEST

/* The model in the test's folder, without one tensor: it can be looked at, and not run. */
static char *
copy_model_without (const char *left_out)
{
    g_autofree char *model = support_data (MODEL), *text = NULL;
    char *folder = g_path_get_dirname (store_path);
    static const char *const names[] = {"config.json", "model.safetensors"};
    g_autofree char *config = g_build_filename (model, names[0], NULL);
    g_autofree char *weights = g_build_filename (model, names[1], NULL);
    g_autofree char *new_config = g_build_filename (folder, names[0], NULL);
    g_autofree char *new_weights = g_build_filename (folder, names[1], NULL);
    gsize length;
    ck_assert (g_file_get_contents (config, &text, &length, NULL));
    ck_assert (g_file_set_contents (new_config, text, (gssize) length, NULL));
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (weights, NULL);
    g_autoptr (FoveaSafetensorsWriter) writer = fovea_safetensors_writer_new (new_weights);
    guint n;
    const FoveaTensor *tensors = fovea_safetensors_list (file, &n);
    for (guint i = 0; i < n; i++)
        if (strcmp (tensors[i].name, left_out) != 0)
            ck_assert (fovea_safetensors_writer_add_tensor (writer, tensors[i].name,
                                                            tensors[i].dtype, tensors[i].rank,
                                                            tensors[i].shape, NULL));
    for (guint i = 0; i < n; i++)
        if (strcmp (tensors[i].name, left_out) != 0)
            ck_assert (fovea_safetensors_writer_append (writer, tensors[i].data, tensors[i].n_bytes,
                                                        NULL));
    ck_assert (fovea_safetensors_writer_finish (writer, NULL));
    return folder;
}

START_TEST (requests_that_cannot_be_are_refused_in_their_own_words)
{
    FoveaCaptureRequest *request = new_request ();
    request->points = g_strdup ("blocks.0.hook_nothing");
    assert_refused (request, FOVEA_ERROR_NOT_FOUND, "blocks.0.hook_nothing");
    request = new_request ();
    g_free (request->device);
    request->device = g_strdup ("tpu");
    assert_refused (request, FOVEA_ERROR_DEVICE, "\"tpu\"");
    request = new_request ();
    request->precision = FOVEA_PRECISION_TF32;
    assert_refused (request, FOVEA_ERROR_DEVICE, "precision tf32 is a GPU's");
    request = new_request ();
    g_free (request->jsonl);
    request->jsonl = NULL;
    assert_refused (request, FOVEA_ERROR_USAGE, "no input");
    request = new_request ();
    g_free (request->model);
    request->model = copy_model_without ("model.layers.1.mlp.up_proj.weight");
    assert_refused (request, FOVEA_ERROR_NOT_FOUND,
                    "1 tensors are missing, so it cannot be run: "
                    "model.layers.1.mlp.up_proj.weight");
}
END_TEST

/* What a session of so many tokens takes, with what waits to be written to a store. */
static FoveaMemoryPlan
predict_session (FoveaCaptureJob *job, gint64 n_tokens, gint64 chunk, guint64 limit)
{
    FoveaMemoryPlan memory;
    const FoveaSessionOptions options = {.max_tokens = n_tokens,
                                         .chunk = chunk,
                                         .memory = limit,
                                         .plan = fovea_capture_job_get_plan (job)};
    fovea_session_predict_memory (fovea_capture_job_get_model (job),
                                  fovea_capture_job_get_device (job), &options, &memory);
    ck_assert_uint_eq (memory.kept, 0);
    g_autoptr (GPtrArray) arrays =
        fovea_plan_list_arrays (fovea_capture_job_get_plan (job), n_tokens);
    memory.kept = fovea_store_predict_memory (arrays);
    ck_assert_uint_gt (memory.kept, 0);
    return memory;
}

/* Bytes are those of the plan, sequence by sequence; memory is the session's for the longest, with what waits
 * to be written. */
START_TEST (predictions_add_up)
{
    FoveaCaptureRequest *request = new_request ();
    request->generate = _i;
    request->points = g_strdup ("*");
    g_autoptr (FoveaCaptureJob) job = prepare (request);
    FoveaPlan *plan = fovea_capture_job_get_plan (job);
    guint64 bytes, want = 0;
    FoveaMemoryPlan memory, session = predict_session (job, lengths[1] + _i, 0, 0);
    fovea_capture_job_predict (job, &bytes, &memory);
    for (guint i = 0; i < N; i++)
        want += fovea_plan_get_bytes (plan, lengths[i] + _i);
    ck_assert_uint_eq (bytes, want);
    ck_assert_mem_eq (&memory, &session, sizeof memory);
    ck_assert_uint_eq (memory.host, 0); /* a device without memory of its own */
}
END_TEST

/* Rows at a time with which so many tokens are within the limit, tried from the most by halves; 0 = none. An
 * encoder has all rows at once. */
static gint64
find_rows (FoveaCaptureJob *job, gint64 n_tokens, guint64 limit)
{
    gboolean whole =
        fovea_model_get_architecture (fovea_capture_job_get_model (job))->bidirectional;
    for (gint64 chunk = n_tokens; chunk > 0; chunk = whole ? 0 : chunk / 2) {
        FoveaMemoryPlan memory = predict_session (job, n_tokens, chunk, limit);
        if (memory.cache + memory.scratch + memory.kept <= limit)
            return chunk;
    }
    return 0;
}

/* What is said under a limit against every length and number of rows: the most that are within it fit, and a
 * run begins if that is the longest sequence. Returns the tokens that fit. */
static gint64
check_limit (const char *model, guint64 limit)
{
    g_autoptr (GError) error = NULL;
    FoveaCaptureRequest *request = new_request ();
    g_free (request->model);
    request->model = support_data (model);
    request->memory = limit;
    g_autoptr (FoveaCaptureJob) job = prepare (request);
    gint64 want = lengths[1];
    while (want > 0 && find_rows (job, want, limit) == 0)
        want--;
    ck_assert_int_eq (fovea_capture_job_find_fitting (job), want);
    guint64 bytes;
    FoveaMemoryPlan memory;
    fovea_capture_job_predict (job, &bytes, &memory);
    gboolean fits = memory.cache + memory.scratch + memory.kept <= limit;
    ck_assert_int_eq (fits, want == lengths[1]);
    ck_assert_int_eq (fovea_capture_job_allocate (job, &error), fits);
    if (fits) {
        ck_assert_int_eq (memory.chunk, find_rows (job, want, limit));
        return want;
    }
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY));
    ck_assert_int_eq (support_read_count (error->message, "; ", " tokens would fit"), want);
    return want;
}

static const char *const limited_models[] = {MODEL, "tests/golden/families/deepseek_v3",
                                             "tests/golden/families/bert"};

/* A larger limit never holds less. */
START_TEST (what_fits_is_what_was_predicted_to)
{
    guint n_whole = 0, n_parts = 0;
    gint64 last = lengths[1];
    for (guint64 limit = 1 << 22; limit > 0; limit = limit * 31 / 32) {
        gint64 fits = check_limit (limited_models[_i], limit);
        ck_assert_int_le (fits, last);
        n_whole += fits == lengths[1];
        n_parts += fits > 0 && fits < lengths[1];
        last = fits;
    }
    ck_assert_int_eq (last, 0);
    ck_assert_uint_gt (n_whole, 0);
    ck_assert_uint_gt (n_parts, 0);
}
END_TEST

/* Under a limit that holds nothing a run ends before anything is made. */
START_TEST (what_does_not_fit_leaves_no_run)
{
    FoveaCaptureRequest *request = new_request ();
    request->memory = 1;
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaCaptureJob) job = prepare (request);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_CREATE);
    gint64 run = 7;
    ck_assert (!fovea_capture_job_run (job, store, FALSE, NULL, NULL, &run, NULL, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY));
    ck_assert_int_eq (run, 0);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM run"), 0);
}
END_TEST

/* FoveaCaptureProgressFunc that notes the most memory of this process alone. */
static void
note_memory (gpointer data, const FoveaCaptureProgress *progress)
{
    guint64 *most = data;
    *most = MAX (*most, support_status_bytes ("RssAnon"));
}

/* Of 299 tokens of the bundled model. */
static FoveaCaptureJob *
prepare_demo (guint64 limit)
{
    FoveaCaptureRequest *request = new_request ();
    g_free (request->model);
    g_clear_pointer (&request->jsonl, g_free);
    request->model = g_strdup ("demo");
    request->points = g_strdup ("all");
    request->random_repeat = 149;
    request->limit = 1;
    request->memory = limit;
    return prepare (request);
}

/* The limit is what so many rows at a time take by the prediction: they are chosen, and the run keeps to it. How
 * much it takes differs with how far behind the writer is; less than a quarter would be a measure of nothing. Runners
 * of tests have malloc fill what it gives out, which touches what a pass never does. */
START_TEST (a_run_stays_within_its_limit)
{
    const gint64 chunk = 299 >> _i;
    mallopt (M_PERTURB, 0);
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaCaptureJob) free_job = prepare_demo (0);
    FoveaMemoryPlan memory = predict_session (free_job, 299, chunk, 0);
    const guint64 limit = memory.cache + memory.scratch + memory.kept;
    for (guint64 less = 0; less < 2; less++) {
        guint64 bytes;
        g_autoptr (FoveaCaptureJob) limited_job = prepare_demo (limit - less);
        fovea_capture_job_predict (limited_job, &bytes, &memory);
        ck_assert_int_eq (memory.chunk, chunk >> less);
    }
    g_autoptr (FoveaCaptureJob) job = prepare_demo (limit);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_CREATE);
    guint64 before = support_status_bytes ("RssAnon"), most = 0;
    ck_assert (fovea_capture_job_run (job, store, FALSE, note_memory, &most, NULL, NULL, &error));
    ck_assert_uint_le (most - before, limit);
    ck_assert_uint_ge (most - before, limit / 4);
}
END_TEST

typedef struct {
    FoveaCaptureJob *job;
    guint n, last; /* traces taken; the one that is refused */
} Taken;

static gboolean
take (gpointer data, FoveaTrace *trace, GError **error)
{
    Taken *taken = data;
    const FoveaTraceInfo *info = fovea_trace_get_info (trace);
    FoveaModel *model = fovea_capture_job_get_model (taken->job);
    ck_assert_str_eq (info->title, get_title (taken->job, taken->n));
    ck_assert_str_eq (info->model_hash, fovea_model_get_hash (model, NULL, NULL));
    ck_assert_int_eq (info->keep, FOVEA_BF16);
    if (taken->n++ != taken->last)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NUMERIC, "enough of %s", info->title);
    return FALSE;
}

START_TEST (whoever_takes_the_traces_may_end_the_run)
{
    g_autoptr (GError) error = NULL;
    FoveaCaptureRequest *request = new_request ();
    request->keep = FOVEA_BF16;
    g_autoptr (FoveaCaptureJob) job = prepare (request);
    Taken taken = {.job = job, .last = (guint) _i};
    gboolean ok = fovea_capture_job_run_in_memory (job, take, &taken, NULL, NULL, NULL, &error);
    ck_assert_uint_eq (taken.n, MIN (_i + 1, N));
    ck_assert_int_eq (ok, _i == N);
    if (ok)
        return;
    g_autofree char *said = g_strdup_printf ("enough of line %d", _i);
    ck_assert_str_eq (error->message, said);
}
END_TEST

/* Cancels when sequence @at is the next. */
typedef struct {
    GCancellable *cancellable;
    gint64 at;
} Stop;

static void
on_progress (gpointer data, const FoveaCaptureProgress *progress)
{
    const Stop *stop = data;
    if (progress->sequence >= stop->at)
        g_cancellable_cancel (stop->cancellable);
}

static gboolean
go_on (FoveaCaptureRequest *request, gboolean resume, gint64 stop_at, GError **error)
{
    g_autoptr (FoveaCaptureJob) job = prepare (request);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_CREATE);
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    Stop stop = {cancellable, stop_at};
    return fovea_capture_job_run (job, store, resume, on_progress, &stop, NULL, cancellable, error);
}

static void
stop_after (FoveaCaptureRequest *request, gint64 n)
{
    g_autoptr (GError) error = NULL;
    ck_assert (!go_on (request, FALSE, n, &error));
    ck_assert_msg (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED), "%s", error->message);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM sequence WHERE complete"), (double) n);
}

START_TEST (cancelled_runs_name_the_sequence_or_never_begin)
{
    g_autoptr (GError) error = NULL, before = NULL;
    ck_assert (!go_on (new_request (), FALSE, 1, &error));
    ck_assert_msg (g_str_has_prefix (error->message, "line 1: "), "%s", error->message);
    g_autoptr (FoveaCaptureJob) job = prepare (new_request ());
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_CREATE);
    g_autoptr (GCancellable) cancelled = g_cancellable_new ();
    gint64 run = 7;
    g_cancellable_cancel (cancelled);
    /* The hash is there: nobody waits for it and sees meanwhile that it is not wanted. */
    ck_assert_ptr_nonnull (fovea_model_get_hash (fovea_capture_job_get_model (job), NULL, NULL));
    ck_assert (!fovea_capture_job_run (job, store, FALSE, NULL, NULL, &run, cancelled, &before));
    ck_assert (g_error_matches (before, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    ck_assert_int_eq (run, 0);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM run"), 1);
}
END_TEST

/* A run is of the kind of its source, and no run of one kind is gone on with as another. */
START_TEST (runs_are_of_the_kind_of_their_source)
{
    static const gint32 ids[] = {3, 4, 5};
    FoveaCaptureRequest *random = new_request (), *listed = new_request ();
    g_clear_pointer (&random->jsonl, g_free);
    random->random_repeat = 3;
    random->limit = 1;
    g_clear_pointer (&listed->jsonl, g_free);
    listed->ids = g_memdup2 (ids, sizeof ids);
    listed->n_ids = 3;
    ck_assert (go_on (new_request (), TRUE, G_MAXINT64, NULL));
    ck_assert (go_on (random, TRUE, G_MAXINT64, NULL));
    ck_assert (go_on (listed, TRUE, G_MAXINT64, NULL));
    ck_assert_double_eq (store_ask ("SELECT kind = 'text' FROM run WHERE id = 1"), 1);
    ck_assert_double_eq (store_ask ("SELECT kind = 'random-repeat' FROM run WHERE id = 2"), 1);
    ck_assert_double_eq (store_ask ("SELECT kind = 'ids' FROM run WHERE id = 3"), 1);
}
END_TEST

/* What was removed from a finished run was not wanted any more, and one that is asked for anew is another. */
START_TEST (finished_runs_stay_as_they_are)
{
    guint n_done = 9;
    ck_assert (go_on (new_request (), TRUE, G_MAXINT64, NULL));
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    g_autoptr (FoveaCaptureJob) job = prepare (new_request ());
    ck_assert_int_eq (fovea_capture_job_find_unfinished (job, store, &n_done), 0);
    ck_assert_uint_eq (n_done, 0);
    store_run_sql ("DELETE FROM sequence WHERE position > 0");
    ck_assert (go_on (new_request (), TRUE, G_MAXINT64, NULL));
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM sequence"), 1);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM run"), 1);
    ck_assert (go_on (new_request (), FALSE, G_MAXINT64, NULL));
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM sequence"), 1 + N);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM run"), 2);
}
END_TEST

/* The newest of the same options is the one. */
START_TEST (the_newest_run_is_gone_on_with)
{
    guint n_done = 9;
    stop_after (new_request (), 1);
    g_autoptr (GError) error = NULL;
    ck_assert (!go_on (new_request (), FALSE, 2, &error));
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaCaptureJob) job = prepare (new_request ());
    ck_assert_int_eq (fovea_capture_job_find_unfinished (job, store, &n_done), 2);
    ck_assert_uint_eq (n_done, 2);
    ck_assert (go_on (new_request (), TRUE, G_MAXINT64, NULL));
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM sequence WHERE run_id = 1"), 1);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM sequence WHERE run_id = 2"), N);
}
END_TEST

/* A run of two lines is begun; then the file holds others. */
static const struct {
    guint n;
    gint64 more;
    guint changed; /* line whose first token is another */
    guint named;   /* of the sequence that is told to differ; N = none, it is gone on with */
} others[] = {
    {3, 0, N, N}, {3, 0, 2, N}, {4, 0, N, N},  {2, 0, N, N}, {3, 0, 0, 0},
    {3, 0, 1, 1}, {3, 1, N, 0}, {3, -1, N, 0}, {1, 0, N, 1},
};

START_TEST (a_run_of_texts_goes_on_only_with_those_that_it_was_begun_with)
{
    g_autoptr (GError) error = NULL;
    stop_after (new_request (), 2);
    g_autofree char *path = write_lines (others[_i].n, others[_i].more, others[_i].changed, 9);
    gboolean ok = go_on (new_request (), TRUE, G_MAXINT64, &error);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM run"), 1);
    if (others[_i].named == N) {
        ck_assert_msg (ok, "%s", error != NULL ? error->message : "");
        ck_assert_double_eq (store_ask ("SELECT count (*) FROM sequence"), others[_i].n);
        return;
    }
    g_autofree char *said = g_strdup_printf (
        "run 1 of store '%s' was begun with another text: sequence %u (line %u) has other tokens "
        "now",
        store_path, others[_i].named + 1, others[_i].named);
    ck_assert (!ok && g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_STORE));
    ck_assert_str_eq (error->message, said);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM sequence"), 2);
}
END_TEST

/* What was generated behind a sequence is no part of what it was made of. */
START_TEST (generated_tokens_do_not_keep_a_run_from_going_on)
{
    enum {
        MORE = 4
    };
    FoveaCaptureRequest *begun = new_request (), *resumed = new_request ();
    begun->generate = resumed->generate = MORE;
    stop_after (begun, 2);
    ck_assert (go_on (resumed, TRUE, G_MAXINT64, NULL));
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM sequence"), N);
    for (int i = 0; i < N; i++) {
        g_autofree char *sql =
            g_strdup_printf ("SELECT n_tokens FROM sequence WHERE position = %d", i);
        ck_assert_double_gt (store_ask (sql), (double) lengths[i]);
        ck_assert_double_le (store_ask (sql), (double) (lengths[i] + MORE));
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("capture, job");
    TCase *tests = tcase_create ("job");
    tcase_add_checked_fixture (tests, set_up, store_tear_down);
    tcase_add_loop_test (tests, shards_share_the_sequences, 0, N + 3);
    tcase_add_loop_test (tests, the_longest_sequence_fits_the_context, 1, N + 1);
    tcase_add_test (tests, requests_that_cannot_be_are_refused_in_their_own_words);
    tcase_add_loop_test (tests, predictions_add_up, 0, 3);
    tcase_add_test (tests, what_does_not_fit_leaves_no_run);
    tcase_add_loop_test (tests, what_fits_is_what_was_predicted_to, 0,
                         G_N_ELEMENTS (limited_models));
    tcase_add_loop_test (tests, a_run_stays_within_its_limit, 0, 4);
    tcase_add_loop_test (tests, whoever_takes_the_traces_may_end_the_run, 0, N + 1);
    tcase_add_test (tests, cancelled_runs_name_the_sequence_or_never_begin);
    tcase_add_test (tests, runs_are_of_the_kind_of_their_source);
    tcase_add_test (tests, finished_runs_stay_as_they_are);
    tcase_add_test (tests, the_newest_run_is_gone_on_with);
    tcase_add_loop_test (tests, a_run_of_texts_goes_on_only_with_those_that_it_was_begun_with, 0,
                         G_N_ELEMENTS (others));
    tcase_add_test (tests, generated_tokens_do_not_keep_a_run_from_going_on);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
