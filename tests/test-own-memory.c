/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Sessions and captures on a device with its own memory (late-device.h): the bits of the CPU
 * whatever the order in which operations and copies run; memory refused before it is taken; what
 * happens when the device or the sink fails half-way. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "capture/sink.h"
#include "storage/store.h"
#include "tests/forward-support.h"
#include "tests/late-device.h"
#include "tests/store-support.h"

enum {
    T = 150, /* no multiple of blocks, tiles or chunks */
    N_SEEDS = 3,
    TIGHT = 96 << 20 /* a limit that leaves the ring a small part of what the demo keeps */
};

static Runner
late_runner (const char *model, guint32 seed, gint64 chunk, guint64 memory)
{
    const LateOptions options = {.seed = seed, .n_threads = 2};
    return runner_open_on (model, late_device_new (&options), T, chunk, memory);
}

static void
late_close (Runner *runner)
{
    fovea_session_free (runner->session);
    late_device_free (runner->device);
    fovea_model_unref (runner->model);
}

static void
compare_traces (FoveaTrace *a, FoveaTrace *b)
{
    g_auto (GStrv) names = fovea_trace_list_points (a);
    ck_assert_uint_ge (g_strv_length (names), 1);
    for (guint i = 0; names[i] != NULL; i++) {
        gint64 n, m;
        g_autofree float *x = support_read_point (a, names[i], &n);
        g_autofree float *y = support_read_point (b, names[i], &m);
        ck_assert_int_eq (n, m);
        ck_assert_msg (memcmp (x, y, (gsize) n * sizeof *x) == 0, "%s has other bits", names[i]);
    }
}

static const struct {
    const char *points;
    FoveaDtype keep;
    gboolean dense;
    gint64 chunk;
} plans[] = {
    {"all", FOVEA_F32, FALSE, T},
    {"all", FOVEA_F32, TRUE, 64},
    {"all", FOVEA_F32, TRUE, 7},
    {"all", FOVEA_BF16, TRUE, 50},
    {"all", FOVEA_F16, FALSE, 64},
    {"attention", FOVEA_F32, FALSE, 1},
    {"*hook_pattern", FOVEA_BF16, TRUE, 64},
    {"blocks.*.attn.hook_z[3,5-7]@-100:-20,blocks.*.attn.hook_z[0],blocks.1.attn.hook_z",
     FOVEA_BF16, FALSE, 64},
    {"blocks.{1,3}.hook_resid_mid@10:,blocks.2.attn.hook_q[1],unembed.hook_out@-3:", FOVEA_F32,
     FALSE, 40},
    {"*.attn.hook_result,blocks.2.hook_{q,v}_input[1-2]@-9:,blocks.0.hook_mlp_in@3:9", FOVEA_BF16,
     FALSE, 40},
    {"blocks.{0,5}.attn.hook_result,blocks.1.attn.hook_result[11]", FOVEA_F32, FALSE, T},
};

START_TEST (captures_have_the_bits_of_the_cpu_in_any_order)
{
    g_autofree gint32 *ids = support_random_ids (T, 8192, 7);
    gint64 chunk = plans[_i].chunk;
    Runner cpu = runner_open ("demo", "cpu", T, chunk);
    g_autofree float *expected = g_new (float, T * 8192);
    g_autoptr (FoveaTrace) plain =
        runner_capture (&cpu, ids, T, plans[_i].points, plans[_i].keep, plans[_i].dense, expected);
    for (guint32 seed = 0; seed < N_SEEDS; seed++) {
        Runner runner = late_runner ("demo", seed, chunk, seed > 0 ? TIGHT : 0);
        g_autofree float *logits = g_new (float, T * 8192);
        for (int again = 0; again < 2; again++) {
            g_autoptr (FoveaTrace) trace = runner_capture (&runner, ids, T, plans[_i].points,
                                                           plans[_i].keep, plans[_i].dense, logits);
            compare_traces (plain, trace);
        }
        ck_assert_mem_eq (logits, expected, T * 8192 * sizeof (float));
        late_close (&runner);
    }
    runner_close (&cpu);
}
END_TEST

/* The last few have steps that the bundled ones lack: experts and what the host must know of them,
 * scaled embeddings and capped logits, two norms of one stream, slopes. */
static const char *const families[] = {"tiny/gpt2",       "tiny/llama",        "families/mixtral",
                                       "families/gemma2", "families/gpt_neox", "families/bloom",
                                       "families/granite"};

/* Each family's small model, everything kept, and its greedy continuation through the cache. */
START_TEST (families_run_as_on_the_cpu)
{
    g_autofree char *relative = g_build_filename ("tests/golden", families[_i], NULL);
    g_autofree char *folder = support_data (relative);
    enum {
        GIVEN = 9,
        MORE = 6
    };
    Runner cpu = runner_open (folder, "cpu", GIVEN + MORE, 4);
    const LateOptions options = {.seed = 5};
    Runner runner = runner_open_on (folder, late_device_new (&options), GIVEN + MORE, 4, 0);
    gint64 V = fovea_model_get_architecture (cpu.model)->vocabulary;
    g_autofree gint32 *ids = support_random_ids (GIVEN + MORE, V, 7);
    g_autofree gint32 *again = g_memdup2 (ids, (GIVEN + MORE) * sizeof *ids);
    runner_greedy (&cpu, ids, GIVEN, MORE);
    runner_greedy (&runner, again, GIVEN, MORE);
    ck_assert_mem_eq (ids, again, (GIVEN + MORE) * sizeof *ids);
    g_autoptr (FoveaTrace) a =
        runner_capture (&cpu, ids, GIVEN + MORE, "all", FOVEA_F32, FALSE, NULL);
    g_autoptr (FoveaTrace) b =
        runner_capture (&runner, ids, GIVEN + MORE, "all", FOVEA_F32, FALSE, NULL);
    compare_traces (a, b);
    runner_close (&cpu);
    late_close (&runner);
}
END_TEST

START_TEST (losses_have_the_bits_of_the_cpu)
{
    g_autoptr (GError) error = NULL;
    g_autofree gint32 *ids = support_random_ids (T, 8192, 7);
    float expected[T - 1], got[T - 1];
    Runner cpu = runner_open ("demo", "cpu", T, 64);
    Runner runner = late_runner ("demo", 9, 64, 0);
    ck_assert (fovea_session_read_losses (cpu.session, ids, T, expected, NULL, &error));
    ck_assert (fovea_session_read_losses (runner.session, ids, T, got, NULL, &error));
    ck_assert_mem_eq (expected, got, sizeof got);
    runner_close (&cpu);
    late_close (&runner);
}
END_TEST

/* One read a chunk, for NaN; all buffers taken before the first layer. */
START_TEST (layers_neither_wait_nor_allocate)
{
    g_autofree gint32 *ids = support_random_ids (T, 8192, 7);
    guint taken[2];
    static const gint64 chunks[] = {T, 10};
    for (int i = 0; i < 2; i++) {
        Runner runner = late_runner ("demo", 2, chunks[i], 0);
        guint allocations = late_device_allocations (runner.device);
        g_autoptr (FoveaTrace) trace =
            runner_capture (&runner, ids, T, "attention", FOVEA_BF16, FALSE, NULL);
        ck_assert_uint_eq (late_device_reads (runner.device), (guint) (T / chunks[i]));
        taken[i] = late_device_allocations (runner.device) - allocations;
        late_close (&runner);
    }
    ck_assert_uint_eq (taken[0], taken[1]);
}
END_TEST

static Runner
open_late (const char *model, gint64 n, gint64 chunk)
{
    const LateOptions options = {.seed = 4, .n_threads = 2};
    return runner_open_on (model, late_device_new (&options), n, chunk, 0);
}

START_TEST (deeper_models_neither_wait_nor_allocate_more)
{
    support_check_layers_leave_the_host_alone (open_late, late_close);
}
END_TEST

START_TEST (layers_of_experts_neither_wait_nor_allocate)
{
    support_check_experts_leave_the_host_alone (open_late, late_close);
}
END_TEST

/* Where operations are done when they return nothing waits, and nothing is counted. */
START_TEST (the_cpu_counts_no_waits)
{
    g_autofree gint32 *ids = support_random_ids (T, 8192, 7);
    FoveaDeviceCounts counts = {1, 1, 1, 1};
    Runner cpu = runner_open ("demo", "cpu", T, 64);
    g_autoptr (FoveaTrace) trace =
        runner_capture (&cpu, ids, T, "attention", FOVEA_F32, FALSE, NULL);
    fovea_device_get_counts (cpu.device, &counts);
    ck_assert_uint_eq (counts.allocations + counts.waits, 0);
    ck_assert_uint_eq (counts.uploads + counts.deliveries, 0);
    runner_close (&cpu);
}
END_TEST

static Runner
open_for_nan (const char *folder)
{
    const LateOptions options = {.seed = 1};
    return runner_open_on (folder, late_device_new (&options), 5, 0, 0);
}

START_TEST (nan_is_named_as_on_the_cpu)
{
    support_check_nan_is_named (open_for_nan, late_close);
}
END_TEST

/* One capture of the demo into @sink; its failure. */
static GError *
failing_capture (Runner *runner, FoveaSink *sink, const char *points)
{
    GError *error = NULL;
    g_autofree gint32 *ids = support_random_ids (T, 8192, 7);
    const FoveaPlanOptions options = {points, FOVEA_BF16, FALSE};
    g_autoptr (FoveaTraceInfo) info = runner_info (runner, ids, T);
    g_autoptr (FoveaPlan) plan = fovea_plan_new (info->architecture, &options, &error);
    g_autoptr (FoveaTrace) trace =
        fovea_session_capture (runner->session, info, plan, sink, NULL, NULL, NULL, NULL, &error);
    ck_assert ((trace == NULL) == (error != NULL));
    return error;
}

static const guint failing_operations[] = {1, 40, 90, 133, 200, 301, 402, 550};

START_TEST (device_error_ends_the_run_and_leaves_the_store_valid)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_CREATE);
    gint64 run = store_begin_run (store);
    g_autoptr (FoveaSink) sink = store_new_sink (store, run, 0);
    LateOptions options = {.seed = 4};
    Runner whole = runner_open_on ("demo", late_device_new (&options), T, 64, TIGHT);
    guint before = late_device_count (whole.device);
    ck_assert_ptr_null (failing_capture (&whole, sink, "all"));
    ck_assert_uint_gt (late_device_count (whole.device) - before, 550);
    late_close (&whole);

    options.fail_at = before + failing_operations[_i];
    Runner runner = runner_open_on ("demo", late_device_new (&options), T, 64, TIGHT);
    error = failing_capture (&runner, sink, "all");
    ck_assert_ptr_nonnull (error);
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_DEVICE));
    ck_assert_msg (g_str_has_suffix (error->message, ": made to fail"), "%s", error->message);
    ck_assert_int_gt (strlen (error->message), strlen (": made to fail"));
    late_close (&runner);

    /* The sequence before stands; the sink serves the next one. */
    Runner next = runner_open ("demo", "cpu", T, 64);
    ck_assert_ptr_null (failing_capture (&next, sink, "attention"));
    runner_close (&next);
    g_autoptr (GError) store_error = NULL;
    g_autoptr (GPtrArray) sequences = fovea_store_list_sequences (store, run, &store_error);
    ck_assert_uint_eq (sequences->len, 2);
}
END_TEST

/* A sink whose disk is full after some writes. */
typedef struct {
    FoveaSink sink;
    FoveaSink *inner;
    gint left;
    gboolean abandoned;
} FullSink;

static gboolean
full_begin (FoveaSink *sink, const FoveaTraceInfo *info, GPtrArray *arrays, GError **error)
{
    FoveaSink *inner = ((FullSink *) sink)->inner;
    return inner->begin (inner, info, arrays, error);
}

static gboolean
full_write (
    FoveaSink *sink, guint index, gint64 first_row, gint64 n_rows, const void *data, GError **error)
{
    FullSink *self = (FullSink *) sink;
    ck_assert_int_ge (self->left, 0); /* nothing comes after the failure */
    if (self->left-- > 0)
        return self->inner->write (self->inner, index, first_row, n_rows, data, error);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE, "disk full");
    return FALSE;
}

static FoveaTrace *
full_finish (FoveaSink *sink, GError **error)
{
    FoveaSink *inner = ((FullSink *) sink)->inner;
    return inner->finish (inner, error);
}

static void
full_abandon (FoveaSink *sink)
{
    FullSink *self = (FullSink *) sink;
    self->abandoned = TRUE;
    self->inner->abandon (self->inner);
}

START_TEST (failing_sink_ends_the_run_and_the_session_goes_on)
{
    static const gint writes[] = {0, 1, 17, 500};
    g_autoptr (FoveaSink) inner = fovea_memory_sink_new ();
    Runner runner = late_runner ("demo", 6, 32, TIGHT);
    for (guint i = 0; i < G_N_ELEMENTS (writes); i++) {
        FullSink full = {{full_begin, full_write, full_finish, full_abandon}, inner, writes[i], 0};
        g_autoptr (GError) error = failing_capture (&runner, &full.sink, "all");
        ck_assert_ptr_nonnull (error);
        ck_assert_str_eq (error->message, "disk full");
        ck_assert (full.abandoned);
    }
    FullSink roomy = {{full_begin, full_write, full_finish, full_abandon}, inner, G_MAXINT, 0};
    ck_assert_ptr_null (failing_capture (&runner, &roomy.sink, "all"));
    late_close (&runner);
}
END_TEST

static void
cancel_early (gpointer data, gint64 done, gint64 total)
{
    if (done >= 2 * T)
        g_cancellable_cancel (data);
}

START_TEST (cancelled_capture_leaves_the_session_usable)
{
    g_autoptr (GError) error = NULL;
    g_autofree gint32 *ids = support_random_ids (T, 8192, 7);
    Runner cpu = runner_open ("demo", "cpu", T, T);
    Runner runner = late_runner ("demo", 8, T, TIGHT);
    const FoveaPlanOptions options = {"all", FOVEA_F32, FALSE};
    g_autoptr (FoveaTraceInfo) info = runner_info (&runner, ids, T);
    g_autoptr (FoveaPlan) plan = fovea_plan_new (info->architecture, &options, &error);
    g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    ck_assert_ptr_null (fovea_session_capture (runner.session, info, plan, sink, cancel_early,
                                               cancellable, NULL, cancellable, &error));
    ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    g_autoptr (FoveaTrace) a = runner_capture (&cpu, ids, T, "all", FOVEA_F32, FALSE, NULL);
    g_autoptr (FoveaTrace) b = runner_capture (&runner, ids, T, "all", FOVEA_F32, FALSE, NULL);
    compare_traces (a, b);
    runner_close (&cpu);
    late_close (&runner);
}
END_TEST

START_TEST (session_that_does_not_fit_is_refused_before_anything_is_taken)
{
    g_autoptr (GError) error = NULL;
    const LateOptions options = {.memory = 40 << 20};
    FoveaDevice *device = late_device_new (&options);
    g_autoptr (FoveaModel) model = fovea_model_open ("demo", &error);
    const FoveaSessionOptions session_options = {.max_tokens = 4096};
    ck_assert_ptr_null (fovea_session_new (model, device, &session_options, &error));
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY), "%s", error->message);
    ck_assert_ptr_nonnull (strstr (error->message, "4,096 tokens need"));
    ck_assert_ptr_nonnull (strstr (error->message, "40.0"));
    ck_assert_ptr_nonnull (strstr (error->message, "tokens would fit"));
    ck_assert_uint_eq (late_device_allocations (device), 0);
    late_device_free (device);
}
END_TEST

/* Whether a session of @n tokens opens; else its message, for the caller to free. */
static gboolean
fits_on (FoveaModel *model, const LateOptions *options, gint64 n, char **message)
{
    g_autoptr (GError) error = NULL;
    FoveaDevice *device = late_device_new (options);
    const FoveaSessionOptions session_options = {.max_tokens = n, .chunk = n == 4096 ? 0 : 1};
    g_autoptr (FoveaSession) session = fovea_session_new (model, device, &session_options, &error);
    gboolean fits = session != NULL;
    ck_assert (fits || g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY));
    if (message != NULL)
        *message = fits ? NULL : g_strdup (error->message);
    g_clear_pointer (&session, fovea_session_free);
    late_device_free (device);
    return fits;
}

/* With and without scratch of the operations; the number in the refusal is the largest. */
START_TEST (refusal_names_the_most_that_fits)
{
    const LateOptions options = {.memory = 48 << 20, .scratch = _i == 0 ? 0 : 8 << 20};
    g_autoptr (FoveaModel) model = fovea_model_open ("demo", NULL);
    g_autofree char *message = NULL;
    ck_assert (!fits_on (model, &options, 4096, &message));
    ck_assert (g_str_has_prefix (message, "4,096 tokens need "));
    int most = support_read_count (message, "are allowed; ", " tokens would fit");
    ck_assert_int_gt (most, _i == 0 ? 2500 : 1200);
    g_autofree char *fitting = g_strdup_printf ("; %d,%03d tokens", most / 1000, most % 1000);
    ck_assert_msg (strstr (message, fitting) != NULL, "%s", message);
    ck_assert (fits_on (model, &options, most, NULL));
    ck_assert (!fits_on (model, &options, most + 1, NULL));
}
END_TEST

START_TEST (capture_that_does_not_fit_is_refused_before_anything_is_taken)
{
    enum {
        LONG = 2048
    };
    const LateOptions options = {.memory = 80 << 20};
    Runner runner = runner_open_on ("demo", late_device_new (&options), LONG, 256, 0);
    guint allocations = late_device_allocations (runner.device);
    g_autofree gint32 *ids = support_random_ids (LONG, 8192, 7);
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaTraceInfo) info = runner_info (&runner, ids, LONG);
    /* Scores and patterns of 12 heads, 256 rows, 2,048 keys: 50 MiB beside the model's. */
    const FoveaPlanOptions dense = {"all", FOVEA_F32, TRUE}, factored = {"all", FOVEA_F32, FALSE};
    g_autoptr (FoveaPlan) plan = fovea_plan_new (info->architecture, &dense, &error);
    g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
    ck_assert_ptr_null (
        fovea_session_capture (runner.session, info, plan, sink, NULL, NULL, NULL, NULL, &error));
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY), "%s", error->message);
    ck_assert_msg (g_str_has_prefix (error->message, "the capture of 2,048 tokens needs "), "%s",
                   error->message);
    int fits = support_read_count (error->message, "are free; ", " tokens would fit");
    ck_assert_int_ge (fits, 1);
    ck_assert_int_lt (fits, LONG);
    ck_assert_uint_eq (late_device_allocations (runner.device), allocations);
    /* What it says would fit does fit, and so does less to keep. */
    g_autoptr (FoveaTrace) shorter =
        runner_capture (&runner, ids, fits, "all", FOVEA_F32, TRUE, NULL);
    g_autoptr (FoveaTraceInfo) longer = runner_info (&runner, ids, fits + 1);
    g_clear_error (&error);
    ck_assert_ptr_null (
        fovea_session_capture (runner.session, longer, plan, sink, NULL, NULL, NULL, NULL, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY));
    g_autoptr (FoveaPlan) less = fovea_plan_new (info->architecture, &factored, NULL);
    ck_assert_ptr_nonnull (less);
    late_close (&runner);
}
END_TEST

/* What was predicted for the device is what is taken of it. */
START_TEST (predicted_device_memory_is_what_is_taken)
{
    g_autoptr (GError) error = NULL;
    const LateOptions options = {.seed = 1, .scratch = _i == 0 ? 0 : 100 << 20};
    FoveaDevice *device = late_device_new (&options);
    g_autoptr (FoveaModel) model = fovea_model_open ("demo", &error);
    const FoveaPlanOptions plan_options = {"all", FOVEA_F32, FALSE};
    g_autoptr (FoveaPlan) plan =
        fovea_plan_new (fovea_model_get_architecture (model), &plan_options, &error);
    const FoveaSessionOptions session_options = {.max_tokens = 1024, .chunk = 256, .plan = plan};
    FoveaMemoryPlan memory;
    fovea_session_predict_memory (model, device, &session_options, &memory);
    g_autoptr (FoveaSession) session = fovea_session_new (model, device, &session_options, &error);
    Runner runner = {model, device, session};
    g_autofree gint32 *ids = support_random_ids (1024, 8192, 7);
    g_autoptr (FoveaTrace) trace =
        runner_capture (&runner, ids, 1024, "all", FOVEA_F32, FALSE, NULL);
    double predicted = (double) (memory.weights + memory.cache + memory.scratch);
    double used = (double) late_device_peak (device);
    ck_assert_msg (fabs (predicted - used) <= 0.05 * used, "predicted %.1f MiB, taken %.1f MiB",
                   predicted / (1 << 20), used / (1 << 20));
    ck_assert_uint_gt (memory.host, 0);
    g_clear_pointer (&session, fovea_session_free);
    late_device_free (device);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("own memory");
    TCase *bits = tcase_create ("bits");
    TCase *faults = tcase_create ("faults");
    TCase *memory = tcase_create ("memory");
    tcase_set_timeout (bits, 120);
    tcase_set_timeout (faults, 120);
    tcase_set_timeout (memory, 120);
    tcase_add_checked_fixture (faults, store_set_up, store_tear_down);
    tcase_add_loop_test (bits, captures_have_the_bits_of_the_cpu_in_any_order, 0,
                         G_N_ELEMENTS (plans));
    tcase_add_loop_test (bits, families_run_as_on_the_cpu, 0, G_N_ELEMENTS (families));
    tcase_add_test (bits, losses_have_the_bits_of_the_cpu);
    tcase_add_test (bits, layers_neither_wait_nor_allocate);
    tcase_add_test (bits, deeper_models_neither_wait_nor_allocate_more);
    tcase_add_test (bits, layers_of_experts_neither_wait_nor_allocate);
    tcase_add_test (bits, the_cpu_counts_no_waits);
    tcase_add_test (faults, nan_is_named_as_on_the_cpu);
    tcase_add_loop_test (faults, device_error_ends_the_run_and_leaves_the_store_valid, 0,
                         G_N_ELEMENTS (failing_operations));
    tcase_add_test (faults, failing_sink_ends_the_run_and_the_session_goes_on);
    tcase_add_test (faults, cancelled_capture_leaves_the_session_usable);
    tcase_add_test (memory, session_that_does_not_fit_is_refused_before_anything_is_taken);
    tcase_add_test (memory, capture_that_does_not_fit_is_refused_before_anything_is_taken);
    tcase_add_loop_test (memory, predicted_device_memory_is_what_is_taken, 0, 2);
    tcase_add_loop_test (memory, refusal_names_the_most_that_fits, 0, 2);
    suite_add_tcase (suite, bits);
    suite_add_tcase (suite, faults);
    suite_add_tcase (suite, memory);
    return support_run (suite);
}
