/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What only a GPU can show: memory as it was predicted, nothing taken between layers, TF32
 * (test-gpu-fault.c: a kernel's fault in mid-run). One process, since CUDA does not survive a fork. 77 = no GPU. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "capture/session-rows.h"
#include "capture/sink.h"
#include "tests/forward-support.h"

enum {
    T = 200,
    V = 8192,
    MIB = 1 << 20
};

static gint32 *
new_ids (gint64 n)
{
    gint32 *ids = g_new (gint32, (gsize) n);
    for (gint64 t = 0; t < n; t++)
        ids[t] = (gint32) ((t * t * 37 + 11 * t) % V);
    return ids;
}

static FoveaDevice *
open_gpu (void)
{
    g_autoptr (GError) error = NULL;
    FoveaDevice *device = fovea_device_open ("cuda", 0, &error);
    ck_assert_msg (device != NULL, "%s", error != NULL ? error->message : "");
    return device;
}

static Runner
open_runner (gint64 n, gint64 chunk)
{
    return runner_open_on ("demo", open_gpu (), n, chunk, 0);
}

static guint64
free_bytes (FoveaDevice *device)
{
    guint64 now, total;
    fovea_device_memory (device, &now, &total);
    return now;
}

static const struct {
    gint64 n, chunk;
    FoveaPrecision precision;
    gboolean dense;
} loads[] = {
    {4096, 4096, FOVEA_PRECISION_F32, FALSE},  {4096, 4096, FOVEA_PRECISION_BF16, FALSE},
    {4096, 512, FOVEA_PRECISION_BF16, FALSE},  {2048, 300, FOVEA_PRECISION_BF16, TRUE},
    {4096, 1024, FOVEA_PRECISION_TF32, FALSE},
};

/* Not more than predicted, but for what the driver rounds up; and little less. */
START_TEST (predicted_memory_is_what_is_taken)
{
    g_autoptr (GError) error = NULL;
    FoveaDevice *device = open_gpu ();
    g_autoptr (FoveaModel) model = fovea_model_open ("demo", &error);
    gint64 n = loads[_i].n;
    const FoveaPlanOptions plan_options = {
        "all", FOVEA_F32, loads[_i].dense,
        .attend = fovea_device_attend_dtype (device, loads[_i].precision)};
    g_autoptr (FoveaPlan) plan =
        fovea_plan_new (fovea_model_get_architecture (model), &plan_options, &error);
    const FoveaSessionOptions options = {
        .precision = loads[_i].precision, .max_tokens = n, .chunk = loads[_i].chunk, .plan = plan};
    FoveaMemoryPlan memory;
    fovea_session_predict_memory (model, device, &options, &memory);
    guint64 before = free_bytes (device);
    g_autoptr (FoveaSession) session = fovea_session_new (model, device, &options, &error);
    ck_assert_msg (session != NULL, "%s", error != NULL ? error->message : "");
    guint64 opened = free_bytes (device);
    Runner runner = {model, device, session};
    g_autofree gint32 *ids = new_ids (n);
    g_autoptr (FoveaTrace) trace =
        runner_capture (&runner, ids, n, "all", FOVEA_F32, loads[_i].dense, NULL);
    double predicted = (double) (memory.weights + memory.cache + memory.scratch) / MIB;
    double session_part = (double) (before - opened) / MIB;
    fprintf (stderr, "load %d: predicted %.1f MiB, session took %.1f, afterwards %.1f\n", _i,
             predicted, session_part, (double) (before - free_bytes (device)) / MIB);
    ck_assert_double_le (session_part, predicted + 64);
    ck_assert_uint_gt (memory.host, 0);
    g_clear_pointer (&session, fovea_session_free);
    fovea_device_free (device);
}
END_TEST

/* The second run of a kind finds all its kernels loaded: then a run takes nothing at all. */
START_TEST (layers_take_no_memory)
{
    g_autoptr (GError) error = NULL;
    Runner runner = open_runner (T, 64);
    g_autofree gint32 *ids = new_ids (T);
    float logits[2][V];
    ck_assert (fovea_session_watch_rows (runner.session, 1, &error));
    for (int i = 0; i < 2; i++) {
        guint64 before = free_bytes (runner.device);
        fovea_session_reset (runner.session);
        ck_assert (fovea_session_run (runner.session, ids, T - 1, NULL, NULL, &error));
        ck_assert (fovea_session_run (runner.session, ids + T - 1, 1, logits[i], NULL, &error));
        g_autoptr (FoveaRowStatistics) rows = fovea_session_read_rows (runner.session, &error);
        ck_assert_ptr_nonnull (rows);
        if (i == 1)
            ck_assert_uint_eq (before, free_bytes (runner.device));
    }
    ck_assert_mem_eq (logits[0], logits[1], sizeof logits[0]);
    runner_close (&runner);
}
END_TEST

static Runner
open_gpu_runner (const char *model, gint64 n, gint64 chunk)
{
    return runner_open_on (model, open_gpu (), n, chunk, 0);
}

START_TEST (deeper_models_neither_wait_nor_allocate_more)
{
    support_check_layers_leave_the_host_alone (open_gpu_runner, runner_close);
}
END_TEST

START_TEST (layers_of_experts_neither_wait_nor_allocate)
{
    support_check_experts_leave_the_host_alone (open_gpu_runner, runner_close);
}
END_TEST

/* All but a quarter of a gibibyte is taken by something else. */
START_TEST (session_that_does_not_fit_names_the_most_that_does)
{
    g_autoptr (GError) error = NULL;
    FoveaDevice *device = open_gpu ();
    const FoveaOps *ops = fovea_device_get_ops (device);
    g_autoptr (FoveaModel) model = fovea_model_open ("demo", &error);
    void *rest = ops->alloc (device, free_bytes (device) - 110 * (guint64) MIB);
    FoveaSessionOptions options = {.max_tokens = 4096, .chunk = 4096};
    ck_assert (rest != NULL);
    ck_assert_ptr_null (fovea_session_new (model, device, &options, &error));
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY), "%s", error->message);
    fprintf (stderr, "%s\n", error->message);
    ck_assert_int_gt (support_read_count (error->message, "are allowed; ", " tokens would fit"), 0);
    g_clear_error (&error);
    ck_assert (!fovea_device_has_failed (device));
    ops->free (device, rest);
    options.chunk = 0;
    g_autoptr (FoveaSession) session = fovea_session_new (model, device, &options, &error);
    ck_assert_msg (session != NULL, "%s", error != NULL ? error->message : "");
    g_clear_pointer (&session, fovea_session_free);
    fovea_device_free (device);
}
END_TEST

static void
read_losses (FoveaPrecision precision, const gint32 *ids, float *losses)
{
    g_autoptr (GError) error = NULL;
    FoveaDevice *device = open_gpu ();
    g_autoptr (FoveaModel) model = fovea_model_open ("demo", &error);
    const FoveaSessionOptions options = {.precision = precision, .max_tokens = T};
    g_autoptr (FoveaSession) session = fovea_session_new (model, device, &options, &error);
    ck_assert_msg (session != NULL, "%s", error != NULL ? error->message : "");
    ck_assert (fovea_session_read_losses (session, ids, T, losses, NULL, &error));
    g_clear_pointer (&session, fovea_session_free);
    fovea_device_free (device);
}

/* Products with 10 bits behind the point: near f32, nearer than bf16, and not f32. */
START_TEST (tf32_lies_between_f32_and_bf16)
{
    g_autofree gint32 *ids = new_ids (T);
    float f32[T - 1], tf32[T - 1], bf16[T - 1];
    double error[2] = {0};
    read_losses (FOVEA_PRECISION_F32, ids, f32);
    read_losses (FOVEA_PRECISION_TF32, ids, tf32);
    read_losses (FOVEA_PRECISION_BF16, ids, bf16);
    for (int t = 0; t < T - 1; t++) {
        error[0] = MAX (error[0], fabs ((double) tf32[t] - f32[t]));
        error[1] = MAX (error[1], fabs ((double) bf16[t] - f32[t]));
    }
    fprintf (stderr, "losses: tf32 within %.2g of f32, bf16 within %.2g\n", error[0], error[1]);
    ck_assert (memcmp (f32, tf32, sizeof f32) != 0);
    ck_assert_double_lt (error[0], 0.05);
    ck_assert_double_lt (error[0], error[1]);
}
END_TEST

/* A model for each kernel that reduced attention has: plain causal maps, and those of a window with a
 * soft-cap, of slopes and of a window alone. */
static const char *const narrow_models[] = {"demo", "tests/golden/families/gemma2",
                                            "tests/golden/families/bloom",
                                            "tests/golden/families/mistral"};
static const FoveaPrecision narrow_precisions[] = {FOVEA_PRECISION_BF16, FOVEA_PRECISION_F16};

static FoveaTrace *
capture_maps (const Runner *runner, FoveaPrecision precision, gboolean dense)
{
    enum {
        N = 30
    };
    g_autoptr (GError) error = NULL;
    g_autofree gint32 *ids = support_random_ids (N, 37, 3);
    g_autoptr (FoveaTraceInfo) info = runner_info (runner, ids, N);
    g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
    const FoveaPlanOptions options = {"*hook_pattern", FOVEA_F32, dense,
                                      .attend =
                                          fovea_device_attend_dtype (runner->device, precision)};
    g_autoptr (FoveaPlan) plan = fovea_plan_new (info->architecture, &options, &error);
    FoveaTrace *trace =
        fovea_session_capture (runner->session, info, plan, sink, NULL, NULL, NULL, NULL, &error);
    ck_assert_msg (trace != NULL, "%s", error != NULL ? error->message : "");
    return trace;
}

/* What is kept of queries and keys has the type that the kernel multiplied: recomputed by the host it
 * gives the maps that the GPU had. */
START_TEST (maps_in_reduced_precision_follow_from_what_is_kept)
{
    g_autoptr (GError) error = NULL;
    const char *name = narrow_models[_i / 2];
    const FoveaSessionOptions options = {.precision = narrow_precisions[_i % 2], .max_tokens = 30};
    g_autofree char *folder = _i / 2 == 0 ? g_strdup (name) : support_data (name);
    Runner runner = {.model = fovea_model_open (folder, &error), .device = open_gpu ()};
    runner.session = fovea_session_new (runner.model, runner.device, &options, &error);
    ck_assert_msg (runner.session != NULL, "%s", error != NULL ? error->message : "");
    g_autoptr (FoveaTrace) kept = capture_maps (&runner, options.precision, FALSE);
    g_autoptr (FoveaTrace) dense = capture_maps (&runner, options.precision, TRUE);
    for (gint64 l = 0; l < fovea_model_get_architecture (runner.model)->n_layers; l++) {
        gint64 n, m;
        g_autofree char *point = g_strdup_printf ("blocks.%d.attn.hook_pattern", (int) l);
        g_autofree float *a = support_read_point (kept, point, &n);
        g_autofree float *b = support_read_point (dense, point, &m);
        ck_assert_int_eq (n, m);
        double worst = support_difference (a, b, (gsize) n);
        ck_assert_msg (worst <= 1e-5, "%s of %s in %s: %g", point, name,
                       fovea_precision_name (options.precision), worst);
    }
    runner_close (&runner);
}
END_TEST

/* Fresh memory on the card holds what was there before: here NaN. */
static void
spoil_memory (FoveaDevice *device)
{
    enum {
        BUFFERS = 48,
        BYTES = 1 << 18
    };
    const FoveaOps *ops = fovea_device_get_ops (device);
    g_autofree char *nan = g_malloc (BYTES);
    void *buffers[BUFFERS];
    memset (nan, 0xff, BYTES);
    for (int i = 0; i < BUFFERS; i++) {
        buffers[i] = ops->alloc (device, BYTES);
        ops->write (device, buffers[i], nan, BYTES);
    }
    ops->sync (device);
    for (int i = 0; i < BUFFERS; i++)
        ops->free (device, buffers[i]);
}

/* A decoder's layers never write keys and values of the source, which tiles hold beside those of the
 * target. A NaN that gets through ends the run. */
START_TEST (rows_of_the_other_text_do_not_matter)
{
    static const gint32 ids[] = {5, 9, 2, 7, 1, 0, 17, 20, 28};
    static const FoveaPrecision precisions[] = {FOVEA_PRECISION_F32, FOVEA_PRECISION_BF16,
                                                FOVEA_PRECISION_F16};
    g_autoptr (GError) error = NULL;
    g_autofree char *folder = support_data ("tests/golden/families/t5_gated");
    const FoveaSessionOptions options = {.precision = precisions[_i], .max_tokens = 32};
    Runner runner = {.model = fovea_model_open (folder, &error), .device = open_gpu ()};
    spoil_memory (runner.device);
    runner.session = fovea_session_new (runner.model, runner.device, &options, &error);
    ck_assert_msg (runner.session != NULL, "%s", error != NULL ? error->message : "");
    g_autoptr (FoveaTrace) trace = runner_capture (&runner, ids, G_N_ELEMENTS (ids),
                                                   "*hook_resid_post", FOVEA_F32, FALSE, NULL);
    runner_close (&runner);
}
END_TEST

int
main (void)
{
    g_autoptr (GError) error = NULL;
    FoveaDevice *device = fovea_device_open ("cuda", 0, &error);
    if (device == NULL) {
        g_printerr ("skipped: %s\n", error->message);
        return 77;
    }
    fovea_device_free (device);
    g_setenv ("CK_FORK", "no", TRUE);
    Suite *suite = suite_create ("gpu");
    TCase *tests = tcase_create ("gpu");
    tcase_add_loop_test (tests, predicted_memory_is_what_is_taken, 0, G_N_ELEMENTS (loads));
    tcase_add_test (tests, layers_take_no_memory);
    tcase_add_test (tests, deeper_models_neither_wait_nor_allocate_more);
    tcase_add_test (tests, layers_of_experts_neither_wait_nor_allocate);
    tcase_add_test (tests, session_that_does_not_fit_names_the_most_that_does);
    tcase_add_test (tests, tf32_lies_between_f32_and_bf16);
    tcase_add_loop_test (tests, rows_of_the_other_text_do_not_matter, 0, 3);
    tcase_add_loop_test (tests, maps_in_reduced_precision_follow_from_what_is_kept, 0,
                         2 * G_N_ELEMENTS (narrow_models));
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
