/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "tests/job-support.h"

#include "app/capture-job.h"
#include "tests/store-support.h"

void
job_follow (gpointer data, gint64 done, gint64 total)
{
    JobFollow *follow = data;
    ck_assert_int_ge (done, follow->done);
    ck_assert_int_le (done, total);
    follow->done = done;
    follow->total = total;
    if (++follow->n_calls == follow->stop_at)
        g_cancellable_cancel (follow->cancellable);
}

void
job_capture (gint64 period, gint64 n)
{
    g_autoptr (GError) error = NULL;
    FoveaCaptureRequest *request = fovea_capture_request_new ();
    request->model = support_data (JOB_MODEL);
    request->random_repeat = period;
    request->limit = n;
    request->device = g_strdup ("cpu");
    g_autoptr (FoveaCaptureJob) job = fovea_capture_job_prepare (request, NULL, &error);
    ck_assert_msg (job != NULL, "%s", error != NULL ? error->message : "");
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_CREATE);
    ck_assert (fovea_capture_job_run (job, store, FALSE, NULL, NULL, NULL, NULL, &error));
}

double
job_number (FoveaTable *table, guint row, const char *column)
{
    int at = fovea_table_find_column (table, column);
    ck_assert_int_ge (at, 0);
    return fovea_table_get_number (table, row, (guint) at);
}
