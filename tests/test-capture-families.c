/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A capture of every family of models, into a store and into memory: both have the same bits, and both the
 * size that was predicted before anything ran. */
#include <string.h>

#include "app/capture-job.h"
#include "tests/store-support.h"

enum {
    PERIOD = 3,
    LIMIT = 2
};

static const struct {
    const char *points; /* NULL = attention */
    FoveaDtype keep;
    gboolean dense;
} plans[] = {
    {NULL, FOVEA_F32, FALSE},
    {"*", FOVEA_F16, FALSE},
    {"*", FOVEA_F32, TRUE},
    {"blocks.*.hook_resid_post,blocks.0.attn.hook_pattern", FOVEA_BF16, TRUE},
};

/* Prepared on two random sequences. */
static FoveaCaptureJob *
prepare (const char *family, int plan)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *relative = g_build_filename ("tests/golden/families", family, NULL);
    FoveaCaptureRequest *request = fovea_capture_request_new ();
    request->model = support_data (relative);
    request->random_repeat = PERIOD;
    request->limit = LIMIT;
    request->seed = 11;
    request->points = g_strdup (plans[plan].points);
    request->keep = plans[plan].keep;
    request->dense = plans[plan].dense;
    request->device = g_strdup ("cpu");
    request->threads = 1;
    FoveaCaptureJob *job = fovea_capture_job_prepare (request, NULL, &error);
    ck_assert_msg (job != NULL, "%s: %s", family, error != NULL ? error->message : "");
    return job;
}

/* FoveaCaptureTraceFunc */
static gboolean
take (gpointer data, FoveaTrace *trace, GError **error)
{
    g_ptr_array_add (data, fovea_trace_ref (trace));
    return TRUE;
}

static void
assert_same (const char *family, FoveaTrace *memory, FoveaTrace *kept)
{
    GPtrArray *arrays = fovea_trace_get_arrays (memory), *others = fovea_trace_get_arrays (kept);
    ck_assert_uint_eq (arrays->len, others->len);
    for (guint i = 0; i < arrays->len; i++) {
        const FoveaArray *array = arrays->pdata[i];
        gint64 n = fovea_array_n_rows (array);
        gsize values = (gsize) (n * fovea_array_row_length (array));
        g_autofree float *a = g_new0 (float, values + 1), *b = g_new0 (float, values + 1);
        ck_assert_str_eq (array->name, ((const FoveaArray *) others->pdata[i])->name);
        ck_assert (fovea_trace_read (memory, array->name, 0, n, a, NULL));
        ck_assert (fovea_trace_read (kept, array->name, 0, n, b, NULL));
        ck_assert_msg (memcmp (a, b, values * sizeof *a) == 0, "%s: %s", family, array->name);
    }
}

static void
check_family (const char *family, int plan)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaCaptureJob) job = prepare (family, plan), other = prepare (family, plan);
    g_autoptr (GPtrArray) traces =
        g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_trace_unref);
    guint64 predicted, kept = 0;
    FoveaMemoryPlan memory;
    gint64 run;
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_CREATE);
    fovea_capture_job_predict (job, &predicted, &memory);
    ck_assert_msg (fovea_capture_job_run (job, store, FALSE, NULL, NULL, &run, NULL, &error),
                   "%s: %s", family, error != NULL ? error->message : "");
    ck_assert (fovea_capture_job_run_in_memory (other, take, traces, NULL, NULL, NULL, &error));
    g_autoptr (GPtrArray) sequences = fovea_store_list_sequences (store, run, NULL);
    ck_assert_uint_eq (sequences->len, LIMIT);
    ck_assert_uint_eq (traces->len, LIMIT);
    for (guint i = 0; i < LIMIT; i++) {
        const FoveaSequenceInfo *info = sequences->pdata[i];
        g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, info->id, &error);
        ck_assert_msg (trace != NULL, "%s: %s", family, error != NULL ? error->message : "");
        assert_same (family, traces->pdata[i], trace);
        kept += info->n_bytes;
    }
    ck_assert_msg (kept == predicted, "%s: %d bytes kept, %d predicted", family, (int) kept,
                   (int) predicted);
}

START_TEST (every_family_keeps_what_was_predicted_and_the_same_bits)
{
    support_check_families (check_family, _i);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTable) damage = fovea_store_check (store, NULL, NULL, NULL, NULL);
    ck_assert_uint_eq (fovea_table_get_n_rows (damage), 0);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("capture, families");
    TCase *tests = tcase_create ("families");
    tcase_set_timeout (tests, 120);
    tcase_add_checked_fixture (tests, store_set_up, store_tear_down);
    tcase_add_loop_test (tests, every_family_keeps_what_was_predicted_and_the_same_bits, 0,
                         G_N_ELEMENTS (plans));
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
