/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What scores and curves of long texts will take, before they begin; the beginning of a text as a trace of
 * its own, and what is scored by it. */
#include <math.h>
#include <sched.h>
#include <string.h>
#include <time.h>

#include "analysis/curve-set.h"
#include "analysis/head-measures.h"
#include "app/capture-job.h"
#include "app/heads-job.h"
#include "app/heads-prediction.h"
#include "app/recall-prediction.h"
#include "capture/trace-prefix.h"
#include "tests/job-support.h"
#include "tests/long-store.h"
#include "tests/store-support.h"
#include "tests/trace-support.h"

#define T     70
#define N     40 /* of its beginning */
#define HEADS 3
#define WIDTH 4

static FoveaTraceInfo *
new_info (gint64 n_tokens)
{
    const FoveaArchitecture a = {.n_layers = 1,
                                 .n_heads = HEADS,
                                 .n_kv_heads = HEADS,
                                 .head_width = WIDTH,
                                 .width = HEADS * WIDTH,
                                 .attention_scale = 0.5f,
                                 .context = T,
                                 .vocabulary = 7};
    FoveaTraceInfo *info = trace_info (&a, n_tokens);
    info->ids = g_new (gint32, n_tokens);
    info->token_texts = g_new0 (char *, n_tokens + 1);
    for (gint64 t = 0; t < n_tokens; t++) {
        info->ids[t] = (gint32) (t * t % 7);
        info->token_texts[t] = g_strdup_printf ("%d", info->ids[t]);
    }
    return info;
}

/* Queries and keys, and a statistic of rows, a sum of columns: what stays and what does not. */
static FoveaTrace *
new_trace (const FoveaTraceInfo *info, const float *values)
{
    const gint64 n = info->n_tokens;
    const TraceArray arrays[] = {
        {"blocks.0.attn.hook_q", 3, {n, HEADS, WIDTH}, 1, values},
        {"blocks.0.attn.hook_k", 3, {n, HEADS, WIDTH}, 1, values + T * HEADS * WIDTH},
        {"blocks.0.attn.hook_row_first", 2, {n, HEADS}, 1, values},
        {"blocks.0.attn.hook_column_mass", 2, {HEADS, n}, 1, values},
    };
    return trace_of (info, arrays, G_N_ELEMENTS (arrays));
}

static void
compute (FoveaTrace *trace, double *out)
{
    FoveaThreads *threads = fovea_threads_new (2);
    ck_assert (fovea_head_measures_compute (trace, threads, out, NULL, NULL, NULL, NULL, NULL));
    fovea_threads_free (threads);
}

/* Queries and keys of the first tokens alone are the other way to the same numbers. */
START_TEST (the_beginning_of_a_text_is_scored_as_if_it_were_all)
{
    double of_prefix[HEADS * FOVEA_N_MEASURES], of_short[HEADS * FOVEA_N_MEASURES];
    g_autofree float *values = trace_random_values (2 * T * HEADS * WIDTH, 5);
    g_autoptr (FoveaTraceInfo) info = new_info (T), less = new_info (N);
    g_autoptr (FoveaTrace) whole = trace_of_products (info, values, values + T * HEADS * WIDTH);
    g_autoptr (FoveaTrace) alone = trace_of_products (less, values, values + T * HEADS * WIDTH);
    g_autoptr (FoveaTrace) prefix = fovea_trace_new_prefix (whole, N, NULL);
    compute (prefix, of_prefix);
    compute (alone, of_short);
    ck_assert_int_eq (fovea_trace_get_info (prefix)->n_tokens, N);
    ck_assert_str_eq (fovea_trace_get_info (prefix)->token_texts[N - 1], less->token_texts[N - 1]);
    for (guint i = 0; i < G_N_ELEMENTS (of_short); i++)
        ck_assert_msg (of_prefix[i] == of_short[i] || (isnan (of_prefix[i]) && isnan (of_short[i])),
                       "measure %u: %g, not %g", i, of_prefix[i], of_short[i]);
}
END_TEST

static gboolean
keeps (FoveaTrace *trace, const char *name)
{
    GPtrArray *arrays = fovea_trace_get_arrays (trace);
    for (guint i = 0; i < arrays->len; i++)
        if (g_str_equal (((const FoveaArray *) g_ptr_array_index (arrays, i))->name, name))
            return TRUE;
    return FALSE;
}

/* Sums over queries are of all of them, statistics of rows of all keys. */
START_TEST (what_later_tokens_would_change_is_not_kept)
{
    float row[HEADS];
    g_autoptr (GError) error = NULL;
    g_autofree float *values = trace_random_values (2 * T * HEADS * WIDTH, 5);
    g_autoptr (FoveaTraceInfo) info = new_info (T);
    g_autoptr (FoveaTrace) whole = new_trace (info, values);
    g_autoptr (FoveaTrace) prefix = fovea_trace_new_prefix (whole, N, NULL);
    ck_assert (keeps (whole, "blocks.0.attn.hook_column_mass"));
    ck_assert (!keeps (prefix, "blocks.0.attn.hook_column_mass"));
    ck_assert (keeps (prefix, "blocks.0.attn.hook_row_first"));
    ck_assert (fovea_trace_read (prefix, "blocks.0.attn.hook_row_first", N - 1, 1, row, NULL));
    ck_assert_float_eq (row[0], values[(N - 1) * HEADS]);
    ck_assert (!fovea_trace_read (prefix, "blocks.0.attn.hook_row_first", N, 1, row, NULL));
    info->architecture->bidirectional = TRUE;
    g_autoptr (FoveaTrace) ahead = new_trace (info, values);
    g_autoptr (FoveaTrace) cut = fovea_trace_new_prefix (ahead, N, NULL);
    ck_assert (fovea_trace_looks_ahead (ahead) && !fovea_trace_looks_ahead (whole));
    ck_assert (!keeps (cut, "blocks.0.attn.hook_row_first"));
    ck_assert (keeps (cut, "blocks.0.attn.hook_q"));
    ck_assert_ptr_null (fovea_trace_new_prefix (whole, T + 1, &error));
    trace_assert_said (error, FOVEA_ERROR_RANGE, "import: the first 71 of 70 tokens");
}
END_TEST

/* A run of the bundled model on the first tokens of a text. */
static void
capture_text (gint64 n_tokens)
{
    g_autoptr (GError) error = NULL;
    FoveaCaptureRequest *request = fovea_capture_request_new ();
    request->model = g_strdup ("demo");
    request->files = g_new0 (char *, 2);
    request->files[0] = support_data ("data/texts/gettysburg_address.txt");
    request->tokens = n_tokens;
    request->limit = 1;
    request->device = g_strdup ("cpu");
    g_autoptr (FoveaCaptureJob) job = fovea_capture_job_prepare (request, NULL, &error);
    ck_assert_msg (job != NULL, "%s", error != NULL ? error->message : "");
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_CREATE);
    ck_assert (fovea_capture_job_run (job, store, FALSE, NULL, NULL, NULL, NULL, &error));
}

/* No token looks ahead, so that a model which reads less has the same scores; two ways to them, as what is kept
 * of the longer text says nothing of the shorter one's columns. */
START_TEST (scores_of_the_beginning_are_those_of_the_shorter_text)
{
    static const char *const columns[] = {
        "entropy",        "max_weight",     "window_16",   "previous_text", "current_text",
        "duplicate_text", "induction_text", "sink_column", "long_range",    "first_token"};
    capture_text (200);
    capture_text (120);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTable) cut = fovea_heads_job_run_store (store, 1, 120, NULL, NULL, NULL, NULL);
    g_autoptr (FoveaTable) less = fovea_heads_job_run_store (store, 2, 0, NULL, NULL, NULL, NULL);
    ck_assert_uint_eq (fovea_table_get_n_rows (cut), 72);
    for (guint row = 0; row < 72; row++)
        for (guint i = 0; i < G_N_ELEMENTS (columns); i++) {
            double ours = job_number (cut, row, columns[i]);
            double other = job_number (less, row, columns[i]);
            ck_assert_msg (fabs (ours - other) <= 1e-4 * (1 + fabs (other)),
                           "%s of row %u: %g, not %g", columns[i], row, ours, other);
        }
}
END_TEST

/* As scores: a mask that is chosen over all tokens is another than the beginning of it. */
START_TEST (curves_of_the_beginning_are_those_of_the_shorter_text)
{
    static const char *const columns[] = {"density", "recall", "late_recall", "error", "value"};
    const FoveaSparseMethod *methods[] = {fovea_sparse_method_find ("streaming", NULL),
                                          fovea_sparse_method_find ("oracle-block", NULL),
                                          fovea_sparse_method_find ("xattention", NULL), NULL};
    gboolean interrupted;
    JobFollow follow = {0};
    capture_text (200);
    capture_text (120);
    FoveaRecallRequest request = {
        .run = 1, .first_tokens = 120, .curves = {.methods = methods, .sweep = TRUE}};
    FoveaRecallRequest shorter = request;
    shorter.run = 2; /* whose text is no longer, so that these are curves of all of it */
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTable) cut =
        fovea_recall_job_run (store, &request, job_follow, &follow, &interrupted, NULL, NULL);
    g_autoptr (FoveaTable) less =
        fovea_recall_job_run (store, &shorter, NULL, NULL, &interrupted, NULL, NULL);
    guint n = fovea_table_get_n_rows (less);
    ck_assert_uint_gt (n, 72);
    ck_assert_uint_eq (fovea_table_get_n_rows (cut), n);
    ck_assert_str_eq (fovea_table_get_note (cut, "first_tokens"), "120");
    ck_assert_int_eq (fovea_curves_get_first_tokens (cut), 120);
    ck_assert_ptr_null (fovea_table_get_note (less, "first_tokens"));
    ck_assert_int_lt (fovea_table_find_column (less, "first_tokens"), 0);
    for (guint row = 0; row < n; row++) {
        ck_assert_double_eq (job_number (cut, row, "first_tokens"), 120);
        for (guint i = 0; i < G_N_ELEMENTS (columns); i++) {
            double ours = job_number (cut, row, columns[i]);
            double other = job_number (less, row, columns[i]);
            ck_assert_msg (fabs (ours - other) <= 1e-3 || (isnan (ours) && isnan (other)),
                           "%s of row %u: %g, not %g", columns[i], row, ours, other);
        }
    }
}
END_TEST

/* Of a text alone: the repeats of the same store are scored whole. */
START_TEST (a_store_is_scored_by_the_beginnings_of_its_texts)
{
    g_autoptr (GError) error = NULL;
    JobFollow follow = {0};
    job_capture (6, 2);
    long_store_write (store_path, 300, 8, 1);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTable) cut =
        fovea_heads_job_run_store (store, 2, 64, job_follow, &follow, NULL, &error);
    g_autoptr (FoveaTable) whole =
        fovea_heads_job_run_store (store, 2, 300, NULL, NULL, NULL, NULL);
    g_autoptr (FoveaTable) repeats =
        fovea_heads_job_run_store (store, 1, 5, NULL, NULL, NULL, NULL);
    ck_assert_msg (cut != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_int_eq (follow.total, 64);
    ck_assert_str_eq (fovea_table_get_note (cut, "first_tokens"), "64");
    ck_assert_ptr_null (fovea_table_get_note (whole, "first_tokens"));
    ck_assert_ptr_null (fovea_table_get_note (repeats, "first_tokens"));
    ck_assert_double_lt (job_number (cut, 0, "mean_distance"), 64);
    ck_assert_double_gt (job_number (whole, 0, "mean_distance"),
                         job_number (cut, 0, "mean_distance"));
}
END_TEST

/* Numbers of a clock: only that they are of the work's kind, and not what they are. */
START_TEST (scores_of_a_long_text_are_foretold)
{
    gint64 tokens[2], n_heads;
    long_store_write (store_path, 8192, 32, 1);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaHeadsPrediction) p = fovea_heads_prediction_new (store, 0, NULL, NULL);
    double all = fovea_heads_prediction_get_seconds (p, 0);
    double half = fovea_heads_prediction_get_seconds (p, 4096);
    ck_assert_int_eq (fovea_heads_prediction_get_longest (p, &n_heads), 8192);
    ck_assert_int_eq (n_heads, 32);
    ck_assert (all > 0.01 && all < 600); /* a billion pairs */
    ck_assert_msg (half > all / 5 && half < all * 0.3, "%g s of half, %g of all", half, all);
    ck_assert (fovea_heads_prediction_is_long (p, all / 2));
    ck_assert (!fovea_heads_prediction_is_long (p, all * 2));
    ck_assert_uint_eq (fovea_heads_prediction_list_fitting (p, half * 1.01, tokens), 1);
    ck_assert_int_eq (tokens[0], 4096); /* six times as long is all of it but the last */
    ck_assert_uint_eq (fovea_heads_prediction_list_fitting (p, 0, tokens), 0);
    /* Two tiles of 128 rows, and the layer: queries and keys of 32 heads 4 wide. */
    ck_assert_uint_ge (fovea_heads_prediction_get_bytes (p, 0), 8192u * 32 * 4 * 4 * 2);
    ck_assert_uint_lt (fovea_heads_prediction_get_bytes (p, 4096),
                       fovea_heads_prediction_get_bytes (p, 0));
    g_autofree char *text = fovea_heads_prediction_describe (p);
    ck_assert_msg (g_str_has_prefix (text, "Scoring 32 heads on 8,192 tokens takes "), "%s", text);
}
END_TEST

START_TEST (nothing_is_timed_for_short_texts)
{
    g_autoptr (GError) error = NULL;
    long_store_write (store_path, 512, 8, 1);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaHeadsPrediction) p = fovea_heads_prediction_new (store, 0, NULL, NULL);
    ck_assert_double_eq (fovea_heads_prediction_get_seconds (p, 0), 0);
    ck_assert (!fovea_heads_prediction_is_long (p, 0));
}
END_TEST

/* FoveaRecallRequest.choose: the first heads, as many as @data. */
static gboolean *
choose_first (gpointer data, gint64 L, gint64 H, GError **error)
{
    gboolean *heads = g_new0 (gboolean, (gsize) (L * H));
    for (gint64 h = 0; h < GPOINTER_TO_INT (data); h++)
        heads[h] = TRUE;
    return heads;
}

START_TEST (curves_of_a_long_text_are_foretold)
{
    const FoveaSparseMethod *methods[] = {fovea_sparse_method_find ("streaming", NULL),
                                          fovea_sparse_method_find ("oracle-block", NULL), NULL};
    FoveaRecallRequest request = {.threads = 2, .curves = {.methods = methods, .sweep = TRUE}};
    FoveaRecallRequest fewer = request;
    gint64 n_layer;
    fewer.choose = choose_first;
    fewer.choose_data = GINT_TO_POINTER (9);
    long_store_write (store_path, 8192, 32, 1);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaRecallPrediction) all =
        fovea_recall_prediction_new (store, &request, NULL, NULL);
    g_autoptr (FoveaRecallPrediction) some =
        fovea_recall_prediction_new (store, &fewer, NULL, NULL);
    g_free ((gpointer) fewer.curves.heads);
    ck_assert_int_eq (fovea_recall_prediction_get_n_heads (all, &n_layer), 32);
    ck_assert_int_eq (n_layer, 32);
    ck_assert_int_eq (fovea_recall_prediction_get_n_heads (some, NULL), 9);
    FoveaJobTime whole = fovea_recall_prediction_get_time (all, 32, 0);
    FoveaJobTime head = fovea_recall_prediction_get_time (all, 1, 0);
    ck_assert (whole.idle > 0.01 && whole.idle < 600 && whole.seconds >= whole.idle);
    /* Nothing was kept of rows: the layer is gone over once for one head as for all. */
    ck_assert (head.idle > whole.idle / 32 && head.idle < whole.idle);
    ck_assert_uint_ge (fovea_recall_prediction_get_bytes (all, 0), 2u * 3 * 8192 * 4 * 4);
    ck_assert (fovea_recall_prediction_is_long (all, whole.seconds / 2));
    ck_assert (!fovea_recall_prediction_is_long (all, whole.seconds * 2));
    /* A quarter of the pairs, and less than half of the memory. */
    FoveaJobTime half = fovea_recall_prediction_get_time (all, 32, 4096);
    ck_assert_msg (half.idle > whole.idle / 5 && half.idle < whole.idle * 0.35,
                   "%g s of half, %g of all", half.idle, whole.idle);
    ck_assert_uint_lt (fovea_recall_prediction_get_bytes (all, 4096),
                       fovea_recall_prediction_get_bytes (all, 0));
    gint64 tokens[2];
    ck_assert_uint_eq (fovea_recall_prediction_list_fitting (all, half.seconds * 1.01, tokens), 1);
    ck_assert_int_eq (tokens[0], 4096); /* six times as long is all of it but the last */
    ck_assert_uint_eq (fovea_recall_prediction_list_fitting (all, 0, tokens), 0);
    g_autofree char *text = fovea_recall_prediction_describe (some);
    ck_assert_msg (g_str_has_prefix (text, "Curves of 9 heads on 8,192 tokens take "), "%s", text);
}
END_TEST

/* Whoever else runs, until told. */
static gpointer
run_beside (gpointer stop)
{
    for (volatile guint64 i = 0; !g_atomic_int_get ((gint *) stop); i++)
        ;
    return NULL;
}

/* The least of some, since caches are shared with whoever runs beside. */
static FoveaRecallPrediction *
predict_least (FoveaStore *store, FoveaRecallRequest *request, gint64 n_heads)
{
    FoveaRecallPrediction *least = NULL;
    for (int i = 0; i < 2; i++) {
        FoveaRecallPrediction *p = fovea_recall_prediction_new (store, request, NULL, NULL);
        ck_assert_ptr_nonnull (p);
        if (least != NULL && fovea_recall_prediction_get_time (least, n_heads, 0).idle <
                                 fovea_recall_prediction_get_time (p, n_heads, 0).idle) {
            fovea_recall_prediction_free (p);
            continue;
        }
        fovea_recall_prediction_free (least);
        least = p;
    }
    return least;
}

/* What else runs makes a job longer than it is, and is told apart from it. */
START_TEST (other_programs_are_told_apart_from_the_work)
{
    enum {
        BESIDE = 8,
        MANY = 256
    };
    const FoveaSparseMethod *methods[] = {fovea_sparse_method_find ("streaming", NULL), NULL};
    FoveaRecallRequest request = {.threads = 2, .curves = {.methods = methods, .sweep = TRUE}};
    GThread *others[BESIDE];
    cpu_set_t few, all;
    gint stop = FALSE;
    long_store_write (store_path, 2048, MANY, 1);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaRecallPrediction) alone = predict_least (store, &request, MANY);
    ck_assert_int_eq (sched_getaffinity (0, sizeof all, &all), 0);
    CPU_ZERO (&few); /* all on one processor, however many there are */
    for (int i = 0; CPU_COUNT (&few) == 0; i++)
        if (CPU_ISSET (i, &all))
            CPU_SET (i, &few);
    ck_assert_int_eq (sched_setaffinity (0, sizeof few, &few), 0);
    for (int i = 0; i < BESIDE; i++)
        others[i] = g_thread_new ("beside", run_beside, &stop);
    g_autoptr (FoveaRecallPrediction) beside = predict_least (store, &request, MANY);
    g_atomic_int_set (&stop, TRUE);
    for (int i = 0; i < BESIDE; i++)
        g_thread_join (others[i]);
    sched_setaffinity (0, sizeof all, &all);
    FoveaJobTime quiet = fovea_recall_prediction_get_time (alone, MANY, 0);
    FoveaJobTime busy = fovea_recall_prediction_get_time (beside, MANY, 0);
    ck_assert_msg (busy.seconds > 3 * busy.idle, "%g s, idle %g s", busy.seconds, busy.idle);
    ck_assert_msg (busy.idle < 5 * quiet.idle && busy.idle > quiet.idle / 5, "%g s, not %g s",
                   busy.idle, quiet.idle);
    g_autofree char *text = fovea_recall_prediction_describe (beside);
    ck_assert_msg (strstr (text, " once no other program runs, and ") != NULL, "%s", text);
}
END_TEST

/* Going over the layer once is no part of each head, of which few are tried; nor is a plan for all of them. */
START_TEST (what_was_foretold_is_what_is_run)
{
    static const char *const ids[][5] = {{"streaming", "window", "oracle-token", "oracle-mass"},
                                         {"xattention-planned", "streaming", "oracle-token"}};
    const FoveaSparseMethod *methods[5] = {NULL};
    FoveaRecallRequest request = {.threads = 2, .curves = {.methods = methods, .sweep = TRUE}};
    gint64 n_heads = _i == 0 ? 64 : 96;
    gboolean interrupted;
    for (int m = 0; ids[_i][m] != NULL; m++)
        methods[m] = fovea_sparse_method_find (ids[_i][m], NULL);
    long_store_write (store_path, 2048, n_heads, 1);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaRecallPrediction) p = fovea_recall_prediction_new (store, &request, NULL, NULL);
    double said = fovea_recall_prediction_get_time (p, n_heads, 0).idle, start = (double) clock ();
    g_autoptr (FoveaTable) table =
        fovea_recall_job_run (store, &request, NULL, NULL, &interrupted, NULL, NULL);
    double ran = ((double) clock () - start) / CLOCKS_PER_SEC / 2;
    ck_assert_ptr_nonnull (table);
    /* Of a plan two tries of a few heads leave little for each: the difference of large numbers. */
    ck_assert_msg (fabs (log2 (ran / said)) < (_i == 0 ? 1 : 2), "said %g s, each thread ran %g s",
                   said, ran);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("long jobs");
    TCase *traces = tcase_create ("traces"), *stores = tcase_create ("stores");
    tcase_add_test (traces, the_beginning_of_a_text_is_scored_as_if_it_were_all);
    tcase_add_test (traces, what_later_tokens_would_change_is_not_kept);
    tcase_add_checked_fixture (stores, store_set_up, store_tear_down);
    tcase_add_test (stores, scores_of_the_beginning_are_those_of_the_shorter_text);
    tcase_add_test (stores, curves_of_the_beginning_are_those_of_the_shorter_text);
    tcase_add_test (stores, a_store_is_scored_by_the_beginnings_of_its_texts);
    tcase_add_test (stores, scores_of_a_long_text_are_foretold);
    tcase_add_test (stores, nothing_is_timed_for_short_texts);
    tcase_add_test (stores, curves_of_a_long_text_are_foretold);
    tcase_add_test (stores, other_programs_are_told_apart_from_the_work);
    tcase_add_loop_test (stores, what_was_foretold_is_what_is_run, 0, 2);
    suite_add_tcase (suite, traces);
    suite_add_tcase (suite, stores);
    g_setenv ("XDG_CACHE_HOME", "/nowhere",
              TRUE); /* what earlier jobs of whoever runs this taught */
    return support_run (suite);
}
