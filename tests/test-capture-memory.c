/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Predicted memory is the memory used, and too little of it is refused before the start. */
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/forward-support.h"

enum {
    VOCABULARY = 8192 /* of the demo model */
};

static const struct {
    const char *points;
    gint64 n, chunk;
    gboolean dense;
    /* Anonymous bytes beside a process that has opened the device only; 0 = no bound. The weights'
     * pages are left out: how many the system maps around those that are read depends on how the
     * file came into the page cache, which makes 0.5 MB. */
    double most;
} memory_cases[] = {
    {"all", 2048, 0, FALSE, 284.6e6}, /* weights and a command are 12 MB more: 297 MB in all */
    {"all", 1024, 128, FALSE, 0},
    {"all", 1024, 16, FALSE, 0}, /* turned keys have their cache */
    {"*hook_pattern", 1024, 0, TRUE, 0},
    {"*.attn.hook_result", 256, 0, FALSE, 0},
};

/* Check forks, so the peak is this test's own. Runners of tests have malloc fill what it gives out
 * (MALLOC_PERTURB_): that would touch scratch that a pass never does, and is turned off here. */
START_TEST (predicted_memory_is_the_memory_used)
{
    mallopt (M_PERTURB, 0);
    gint64 n = memory_cases[_i].n;
    g_autoptr (GError) error = NULL;
    g_autofree gint32 *ids = support_random_ids (n, VOCABULARY, 31);
    FoveaDevice *device = fovea_device_open ("cpu", 2, &error);
    ck_assert_ptr_nonnull (device);
    guint64 before = support_status_bytes ("VmRSS"), anonymous = support_status_bytes ("RssAnon");
    FoveaModel *model = fovea_model_open ("demo", &error);
    ck_assert_ptr_nonnull (model);
    const FoveaPlanOptions plan_options = {memory_cases[_i].points, FOVEA_F32,
                                           memory_cases[_i].dense};
    g_autoptr (FoveaPlan) plan =
        fovea_plan_new (fovea_model_get_architecture (model), &plan_options, &error);
    const FoveaSessionOptions options = {
        .max_tokens = n, .chunk = memory_cases[_i].chunk, .plan = plan, .in_memory = TRUE};
    FoveaMemoryPlan memory;
    fovea_session_predict_memory (model, device, &options, &memory);
    Runner runner = {model, device, fovea_session_new (model, device, &options, &error)};
    ck_assert_ptr_nonnull (runner.session);
    g_autoptr (FoveaTrace) trace =
        runner_capture (&runner, ids, n, plan_options.points, FOVEA_F32, plan_options.dense, NULL);
    double predicted = (double) (memory.weights + memory.cache + memory.scratch + memory.kept);
    double used = (double) (support_status_bytes ("VmHWM") - before);
    ck_assert_msg (fabs (predicted - used) <= 0.1 * used,
                   "predicted %.1f MiB, used %.1f MiB (kept %.1f, scratch %.1f)",
                   predicted / (1 << 20), used / (1 << 20), (double) memory.kept / (1 << 20),
                   (double) memory.scratch / (1 << 20));
    if (memory_cases[_i].most > 0)
        ck_assert_double_le ((double) (support_status_bytes ("RssAnon") - anonymous),
                             memory_cases[_i].most);
    runner_close (&runner);
}
END_TEST

START_TEST (too_little_memory_is_refused_with_what_would_fit)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaModel) model = fovea_model_open ("demo", &error);
    g_autoptr (FoveaDevice) device = fovea_device_open ("cpu", 1, &error);
    const FoveaSessionOptions options = {.max_tokens = 4096, .memory = 8 << 20};
    ck_assert_ptr_null (fovea_session_new (model, device, &options, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY));
    ck_assert (g_str_has_prefix (error->message, "4,096 tokens need "));
    ck_assert_ptr_nonnull (strstr (error->message, "MiB are allowed"));
    ck_assert_ptr_nonnull (strstr (error->message, "tokens would fit"));
}
END_TEST

START_TEST (tokens_beyond_a_session_are_counted_with_commas)
{
    g_autoptr (GError) error = NULL, later = NULL;
    g_autoptr (FoveaModel) model = fovea_model_open ("demo", &error);
    g_autoptr (FoveaDevice) device = fovea_device_open ("cpu", 1, &error);
    const FoveaSessionOptions beyond = {.max_tokens = 5000}, options = {.max_tokens = 2000};
    g_autofree gint32 *ids = support_random_ids (2001, VOCABULARY, 31);
    ck_assert_ptr_null (fovea_session_new (model, device, &beyond, &error));
    ck_assert_str_eq (error->message,
                      "5,000 tokens are outside 1 to 4,096, the context of fovea-demo");
    g_autoptr (FoveaSession) session = fovea_session_new (model, device, &options, NULL);
    ck_assert (!fovea_session_run (session, ids, 2001, NULL, NULL, &later));
    ck_assert_str_eq (later->message, "2,001 more tokens after 0 are outside 1 to 2,000");
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("capture memory");
    TCase *limits = tcase_create ("limits");
    tcase_set_timeout (limits, 120);
    tcase_add_loop_test (limits, predicted_memory_is_the_memory_used, 0,
                         G_N_ELEMENTS (memory_cases));
    tcase_add_test (limits, tokens_beyond_a_session_are_counted_with_commas);
    tcase_add_test (limits, too_little_memory_is_refused_with_what_would_fit);
    suite_add_tcase (suite, limits);
    return support_run (suite);
}
