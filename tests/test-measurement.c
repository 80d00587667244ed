/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Scores and curves that are stopped: what is older than two seconds stays, a layer of a sequence at a time, and the
 * same measurement goes on behind it to the same numbers; no other does, and nothing stays of one that is done. */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analysis/seer-weights.h"
#include "analysis/sparse-curves-private.h"
#include "app/heads-job.h"
#include "app/heads-prediction.h"
#include "app/recall-job.h"
#include "app/recall-keep.h"
#include "app/recall-prediction.h"
#include "capture/safetensors-writer.h"
#include "storage/measurement.h"
#include "tests/job-support.h"
#include "tests/store-support.h"

enum {
    PAUSE_US = 2100000, /* more than work may wait for its commit */
    SEQUENCES = 6,
    LAYERS = 2, /* of the small model, each with 4 heads */
    CALLS = 8 * SEQUENCES,
};

static GBytes *
bytes_of (const char *text)
{
    return g_bytes_new (text, strlen (text));
}

static void
keep (FoveaMeasurement *measurement, gint64 sequence, gint64 layer, const char *text)
{
    g_autoptr (GBytes) bytes = bytes_of (text);
    fovea_measurement_keep (measurement, sequence, layer, bytes);
}

static void
assert_kept (FoveaMeasurement *measurement, gint64 sequence, gint64 layer, const char *text)
{
    g_autoptr (GBytes) found = fovea_measurement_find (measurement, sequence, layer);
    ck_assert_msg ((found != NULL) == (text != NULL), "sequence %d", (int) sequence);
    if (text == NULL)
        return;
    ck_assert_uint_eq (g_bytes_get_size (found), strlen (text));
    ck_assert_mem_eq (g_bytes_get_data (found, NULL), text, strlen (text));
}

static void
keep_late (FoveaStore *store, const char *kind, const char *options, const char *text)
{
    g_autoptr (FoveaMeasurement) measurement = fovea_measurement_new (store, kind, options);
    g_usleep (PAUSE_US);
    keep (measurement, 1, 0, text);
}

START_TEST (what_took_long_is_found_by_the_same_alone)
{
    store_make (2, 40);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    g_autoptr (FoveaStore) reader = store_open (FOVEA_STORE_READ);
    {
        g_autoptr (FoveaMeasurement) brief = fovea_measurement_new (store, "heads", "{}");
        keep (brief, 1, 0, "quick");
        fovea_measurement_complete (brief);
    }
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM measurement"), 0);
    ck_assert (!fovea_store_has_measurements (store, "heads"));
    {
        g_autoptr (FoveaMeasurement) measurement = fovea_measurement_new (store, "heads", "{}");
        keep (measurement, 1, 0, "first");
        g_usleep (PAUSE_US);
        keep (measurement, 1, 1, "second");
        keep (measurement, 2, 0, "third"); /* stopped, not killed: what waits goes with it */
        ck_assert_double_eq (store_ask ("SELECT count (*) FROM piece"), 2);
    }
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM piece"), 3);
    ck_assert (fovea_store_has_measurements (store, "heads"));
    ck_assert (!fovea_store_has_measurements (store, "recall"));
    ck_assert (!fovea_store_has_measurements (reader, "heads")); /* who reads goes on with none */
    g_autoptr (FoveaMeasurement) same = fovea_measurement_new (store, "heads", "{}");
    g_autoptr (FoveaMeasurement) other = fovea_measurement_new (store, "heads", "{\"a\":1}");
    g_autoptr (FoveaMeasurement) kind = fovea_measurement_new (store, "recall", "{}");
    g_autoptr (FoveaMeasurement) reading = fovea_measurement_new (reader, "heads", "{}");
    assert_kept (same, 1, 0, "first");
    assert_kept (same, 2, 0, "third");
    assert_kept (same, 2, 1, NULL);
    ck_assert_int_eq (fovea_measurement_count (same, 1, 0), 3);
    ck_assert_int_eq (fovea_measurement_count (same, 0, 1), 2);
    ck_assert_int_eq (fovea_measurement_count (same, 7, 0), 0);
    assert_kept (other, 1, 0, NULL);
    assert_kept (kind, 1, 0, NULL);
    assert_kept (reading, 1, 0, NULL);
    keep (reading, 1, 0, "never");
    store_run_sql ("UPDATE piece SET data = x'00' WHERE layer = 1");
    assert_kept (same, 1, 1, NULL);
    ck_assert (fovea_store_remove_sequence (store, 2, NULL));
    ck_assert_int_eq (fovea_measurement_count (same, 0, 0), 2);
}
END_TEST

START_TEST (what_is_complete_goes_with_its_result_and_few_stay_that_are_not)
{
    store_make (1, 40);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    keep_late (store, "heads", "{}", "a");
    keep_late (store, "recall", "{}", "b");
    g_autoptr (FoveaMeasurement) done = fovea_measurement_new (store, "heads", "{}");
    fovea_measurement_complete (done);
    ck_assert (fovea_store_forget_complete (store, "recall", NULL));
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM piece"), 2);
    ck_assert (fovea_store_forget_complete (store, "heads", NULL));
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM piece"), 1);
    for (int i = 0; i < 4; i++) {
        g_autofree char *options = g_strdup_printf ("{\"i\":%d}", i);
        keep_late (store, "recall", options, "c");
    }
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM measurement"), 4);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM measurement WHERE options = '{}'"), 0);
}
END_TEST

/* A progress that makes two commits and then ends the process. */
typedef struct {
    gint n_calls, at;
} Fate;

static void
meet (gpointer data, gint64 done, gint64 total)
{
    Fate *fate = data;
    gint n = g_atomic_int_add (&fate->n_calls, 1) + 1;
    if (n == 1 || n == 18)
        g_usleep (PAUSE_US);
    if (n == fate->at)
        raise (SIGKILL);
}

static const FoveaSparseMethod *methods[4];
static FoveaSeerWeights *gates; /* NULL: a method without takes their place */

static FoveaRecallRequest
make_request (void)
{
    methods[0] = fovea_sparse_method_find ("streaming", NULL);
    methods[1] = fovea_sparse_method_find ("oracle-token", NULL);
    methods[2] = fovea_sparse_method_find (gates != NULL ? "seer" : "flexprefill", NULL);
    static const FoveaSparseSetting block = {"seer", "block", 4};
    return (FoveaRecallRequest){.curves = {.methods = methods,
                                           .sweep = TRUE,
                                           .seed = 7,
                                           .gates = gates,
                                           .settings = gates != NULL ? &block : NULL,
                                           .n_settings = gates != NULL}};
}

static FoveaTable *
measure (FoveaStore *store, gboolean curves, FoveaProgress progress, gpointer data)
{
    g_autoptr (GError) error = NULL;
    gboolean interrupted = FALSE;
    FoveaRecallRequest request = make_request ();
    FoveaTable *table =
        curves ? fovea_recall_job_run (store, &request, progress, data, &interrupted, NULL, &error)
               : fovea_heads_job_run_store (store, 0, 0, progress, data, NULL, &error);
    ck_assert_msg (table != NULL && !interrupted, "%s", error != NULL ? error->message : "");
    return table;
}

static double
find_share (FoveaStore *store, gboolean curves)
{
    FoveaRecallRequest request = make_request ();
    return curves ? fovea_recall_job_find_measured (store, &request)
                  : fovea_heads_job_find_measured (store, 0, 0);
}

/* What a choice says of itself. */
static double
foretell_share (FoveaStore *store, gboolean curves, gint64 first_tokens)
{
    FoveaRecallRequest request = make_request ();
    g_autoptr (FoveaHeadsPrediction) heads = fovea_heads_prediction_new (store, 0, NULL, NULL);
    g_autoptr (FoveaRecallPrediction) recall =
        fovea_recall_prediction_new (store, &request, NULL, NULL);
    return curves ? fovea_recall_prediction_get_measured (recall, first_tokens)
                  : fovea_heads_prediction_get_measured (heads, first_tokens);
}

static void
die_in_child (gboolean curves)
{
    pid_t child = fork ();
    if (child == 0) {
        g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
        Fate fate = {0, 36};
        fovea_table_unref (measure (store, curves, meet, &fate));
        _exit (0);
    }
    int status = 0;
    ck_assert_int_gt (child, 0);
    ck_assert_int_eq (waitpid (child, &status, 0), child);
    ck_assert (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
}

/* The first call tells of what was there, not of the first head. */
typedef struct {
    gint64 first, n_calls;
} Begin;

static void
note_first (gpointer data, gint64 done, gint64 total)
{
    Begin *begin = data;
    if (begin->n_calls++ == 0)
        begin->first = done;
    ck_assert_int_le (done, total);
}

static void
assert_same (FoveaTable *table, FoveaTable *expected)
{
    g_autofree char *ours = fovea_table_print (table, FOVEA_FORMAT_TSV);
    g_autofree char *theirs = fovea_table_print (expected, FOVEA_FORMAT_TSV);
    ck_assert_str_eq (ours, theirs);
}

/* Killed, damaged, gone on with and kept: scores, then curves. */
START_TEST (a_killed_measurement_goes_on_to_the_same_numbers)
{
    gboolean curves = (gboolean) _i;
    guint n_kept = 0;
    Begin begin = {0};
    job_capture (15, SEQUENCES);
    g_autoptr (FoveaStore) reader = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTable) expected = measure (reader, curves, NULL, NULL);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM measurement"), 0);
    die_in_child (curves);
    double n = store_ask ("SELECT count (*) FROM piece");
    ck_assert_double_ge (n, 4);
    ck_assert_double_lt (n, SEQUENCES * LAYERS);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    ck_assert_double_eq_tol (find_share (store, curves), n / (SEQUENCES * LAYERS), 1e-9);
    ck_assert_double_eq (foretell_share (store, curves, 0), find_share (store, curves));
    ck_assert_double_eq (foretell_share (store, curves, 1024), 0);
    store_run_sql ("UPDATE piece SET data = zeroblob (length (data)) WHERE sequence_id = 2");
    store_run_sql ("UPDATE piece SET data = x'', checksum = 0 WHERE sequence_id = 1 AND layer = 1");
    g_autoptr (FoveaTable) table = measure (store, curves, note_first, &begin);
    assert_same (table, expected);
    ck_assert_int_gt (begin.first, 1); /* a layer's heads, at once */
    ck_assert_int_lt (begin.n_calls, CALLS);
    ck_assert_double_eq (store_ask ("SELECT complete FROM measurement"), 1);
    g_autoptr (FoveaTable) again =
        measure (store, curves, NULL, NULL); /* its result was not kept */
    assert_same (again, expected);
    if (curves)
        fovea_table_unref (fovea_recall_keep (store, again, FALSE, &n_kept, NULL));
    else
        ck_assert (fovea_heads_job_keep (store, 0, again, NULL));
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM piece"), 0);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM measurement"), 0);
    ck_assert_double_eq (find_share (store, curves), 0);
}
END_TEST

/* Of every layer: 2 key heads of 4 elements, all of whose numbers are @value. */
static FoveaSeerWeights *
write_gates (const char *name, float value)
{
    static const gint64 shape[] = {2, 12, 4};
    g_autofree char *folder = g_path_get_dirname (store_path);
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaSafetensorsWriter) writer = fovea_safetensors_writer_new (path);
    float numbers[2 * 12 * 4];
    for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
        numbers[i] = value * (float) (i % 7);
    for (int l = 0; l < LAYERS; l++) {
        g_autofree char *tensor =
            g_strdup_printf ("model.layers.%d.self_attn.attn_gate.attngate_linear_k.weight", l);
        ck_assert (
            fovea_safetensors_writer_add_tensor (writer, tensor, FOVEA_F32, 3, shape, &error));
    }
    for (int l = 0; l < LAYERS; l++)
        ck_assert (fovea_safetensors_writer_append (writer, numbers, sizeof numbers, &error));
    ck_assert (fovea_safetensors_writer_finish (writer, &error));
    return fovea_seer_weights_open (path, &error);
}

/* Whatever their file is called. */
START_TEST (trained_gates_go_on_where_the_same_were_killed)
{
    Begin begin = {0};
    job_capture (15, SEQUENCES);
    gates = write_gates ("first.safetensors", 0.25f);
    ck_assert_ptr_nonnull (gates);
    g_autoptr (FoveaStore) reader = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTable) expected = measure (reader, TRUE, NULL, NULL);
    die_in_child (TRUE);
    double n = store_ask ("SELECT count (*) FROM piece");
    ck_assert_double_ge (n, 4);
    g_clear_pointer (&gates, fovea_seer_weights_free);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    ck_assert_double_eq (find_share (store, TRUE), 0); /* it has no gates, and another method */
    gates = write_gates ("other.safetensors", 0.5f);
    ck_assert_double_eq (find_share (store, TRUE), 0);
    g_clear_pointer (&gates, fovea_seer_weights_free);
    gates = write_gates ("moved.safetensors", 0.25f);
    ck_assert_double_eq_tol (find_share (store, TRUE), n / (SEQUENCES * LAYERS), 1e-9);
    g_autoptr (FoveaTable) table = measure (store, TRUE, note_first, &begin);
    assert_same (table, expected);
    ck_assert_int_lt (begin.n_calls, CALLS);
    g_clear_pointer (&gates, fovea_seer_weights_free);
}
END_TEST

/* Of another set of methods or heads, or of fewer tokens, nothing is taken. */
START_TEST (other_curves_do_not_go_on_there)
{
    gboolean heads[4 * LAYERS] = {TRUE, TRUE, FALSE, TRUE, TRUE, TRUE, TRUE, TRUE};
    const FoveaSparseSetting setting = {"streaming", "sink", 2};
    job_capture (15, SEQUENCES);
    die_in_child (TRUE);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    for (int i = 0; i < 6; i++) {
        FoveaRecallRequest request = make_request ();
        if (i == 1)
            methods[2] = NULL;
        request.curves.heads = i == 2 ? heads : NULL;
        request.first_tokens = i == 3 ? 20 : 0;
        request.curves.histograms = i == 4;
        request.curves.settings = &setting;
        request.curves.n_settings = i == 5;
        double share = fovea_recall_job_find_measured (store, &request);
        ck_assert_msg ((share > 0) == (i == 0), "%d: %g", i, share);
    }
}
END_TEST

/* Bytes that no program has left. */
START_TEST (bytes_of_other_results_are_refused)
{
    GStringChunk *texts = g_string_chunk_new (64);
    FoveaSparseResult results[3] = {{.reason = "why"}, {.measured = TRUE}, {.reason = "why not"}};
    FoveaSparseResult read[3] = {0};
    g_autoptr (GBytes) bytes = fovea_sparse_results_pack (results, 3);
    ck_assert (fovea_sparse_results_unpack (bytes, read, 3, texts));
    ck_assert_str_eq (read[0].reason, "why");
    ck_assert_str_eq (read[2].reason, "why not");
    ck_assert (read[1].measured && read[1].reason == NULL);
    gsize n;
    const char *data = g_bytes_get_data (bytes, &n);
    g_autoptr (GBytes) cut = g_bytes_new (data, n - 1);
    g_autoptr (GBytes) shorter = g_bytes_new (data, sizeof (guint64) + sizeof results - 1);
    g_autoptr (GBytes) without =
        g_bytes_new (data, sizeof (guint64) + 3 * (sizeof (guint64) + sizeof results[0]));
    ck_assert (!fovea_sparse_results_unpack (cut, read, 3, texts));
    ck_assert (!fovea_sparse_results_unpack (shorter, read, 3, texts));
    ck_assert (!fovea_sparse_results_unpack (without, read, 3, texts));
    ck_assert_str_eq (read[0].reason, "why"); /* left alone */
    g_string_chunk_free (texts);
}
END_TEST

int
main (void)
{
    TCase *tc = tcase_create ("measurements");
    tcase_add_checked_fixture (tc, store_set_up, store_tear_down);
    tcase_set_timeout (tc, 120);
    tcase_add_test (tc, what_took_long_is_found_by_the_same_alone);
    tcase_add_test (tc, what_is_complete_goes_with_its_result_and_few_stay_that_are_not);
    tcase_add_loop_test (tc, a_killed_measurement_goes_on_to_the_same_numbers, 0, 2);
    tcase_add_test (tc, trained_gates_go_on_where_the_same_were_killed);
    tcase_add_test (tc, other_curves_do_not_go_on_there);
    tcase_add_test (tc, bytes_of_other_results_are_refused);
    Suite *suite = suite_create ("measurement");
    suite_add_tcase (suite, tc);
    return support_run (suite);
}
