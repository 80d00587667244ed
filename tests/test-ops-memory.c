/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Memory and failures of each device of ops-support.h: copies, what is free, and the first error. */
#include <math.h>
#include <string.h>

#include "kernels/device.h"
#include "tests/ops-carry.h"
#include "tests/ops-support.h"
#include "tests/support.h"

START_TEST (buffers_are_copied_and_zeroed)
{
    float in[3] = {1, 2, 3}, out[3] = {0};
    for (int i = 0; i < ops_n_devices; i++) {
        const FoveaOps *ops = fovea_device_get_ops (ops_devices[i]);
        float *buffer = ops->alloc (ops_devices[i], sizeof in);
        ops->write (ops_devices[i], buffer, in, sizeof in);
        in[0] = in[2] = 5; /* what was given may change at once */
        ops->zero (ops_devices[i], buffer + 1, sizeof (float));
        ops->read (ops_devices[i], out, buffer, sizeof in);
        ops->free (ops_devices[i], buffer);
        ck_assert (out[0] == 1 && out[1] == 0 && out[2] == 3);
        in[0] = 1;
        in[2] = 3;
    }
}
END_TEST

START_TEST (strided_rows_are_copied_and_nothing_between_them)
{
    const char from[] = "abc--def--ghi--";
    for (int i = 0; i < ops_n_devices; i++) {
        char to[16] = "................";
        carry_copy_rows (ops_devices[i], to, 4, from, 5, 3, 3);
        ck_assert_mem_eq (to, "abc.def.ghi.....", sizeof to);
    }
}
END_TEST

/* More copies than a device may have under way at once; the first and the last tell. */
START_TEST (copy_to_pinned_memory_is_done_after_waiting)
{
    enum {
        N = 1000
    };
    const float in[4] = {1, 2, 3, 4};
    for (int i = 0; i < ops_n_devices; i++) {
        const FoveaOps *ops = fovea_device_get_ops (ops_devices[i]);
        float *pinned = ops->alloc_pinned (ops_devices[i], N * sizeof in);
        float *buffer = ops->alloc (ops_devices[i], sizeof in);
        FoveaTicket first = 0, last = 0;
        ck_assert_ptr_nonnull (pinned);
        for (int n = 0; n < N; n++) {
            ops->write (ops_devices[i], buffer, in, sizeof in);
            last = ops->copy_out (ops_devices[i], pinned + (ptrdiff_t) n * 4, buffer, sizeof in);
            first = n == 0 ? last : first;
            ops->order (ops_devices[i], last);
            ops->zero (ops_devices[i], buffer, sizeof in);
        }
        ck_assert (ops->wait (ops_devices[i], last) && ops->wait (ops_devices[i], first));
        for (int n = 0; n < N; n++)
            ck_assert_mem_eq (pinned + (ptrdiff_t) n * 4, in, sizeof in);
        ops->free (ops_devices[i], buffer);
        fovea_device_fail (ops_devices[i], "norm", "a test");
        ck_assert (!ops->wait (ops_devices[i], last));
        ops->free_pinned (ops_devices[i], pinned);
        ops->free_pinned (ops_devices[i], NULL);
    }
}
END_TEST

START_TEST (free_memory_is_within_the_total)
{
    guint64 free_bytes = 0, total = 0, free_here = 0, total_here = 0;
    fovea_device_memory (ops_devices[0], &free_bytes, &total);
    fovea_device_memory (NULL, &free_here, &total_here);
    ck_assert_uint_gt (free_bytes, 1 << 20);
    ck_assert_uint_le (free_bytes, total);
    if (!fovea_device_has_own_memory (ops_devices[0]))
        ck_assert_uint_eq (total, total_here);
}
END_TEST

START_TEST (taken_memory_is_no_longer_free)
{
    const FoveaOps *ops = fovea_device_get_ops (ops_devices[0]);
    guint64 before, taken, total;
    size_t bytes = 256 << 20;
    if (!fovea_device_has_own_memory (ops_devices[0]))
        return; /* untouched host memory is nobody's yet */
    fovea_device_memory (ops_devices[0], &before, &total);
    void *buffer = ops->alloc (ops_devices[0], bytes);
    fovea_device_memory (ops_devices[0], &taken, &total);
    ops->free (ops_devices[0], buffer);
    ck_assert_uint_ge (before - taken, bytes);
    fovea_device_memory (ops_devices[0], &taken, &total);
    ck_assert_uint_eq (before, taken);
}
END_TEST

START_TEST (failed_device_names_the_operation_and_stops)
{
    g_autoptr (GError) error = NULL;
    float x[2] = {1, 2}, out[2] = {5, 5};
    ck_assert_ptr_null (fovea_device_get_ops (ops_devices[0])->alloc (ops_devices[0], G_MAXSIZE));
    fovea_device_fail (ops_devices[0], "norm", "later failure %d", 2);
    carry_add (ops_devices[0], x, x, 2, out);
    ck_assert_float_eq (out[0], 5);
    ck_assert (fovea_device_has_failed (ops_devices[0]));
    ck_assert (!fovea_device_sync (ops_devices[0], &error));
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY), "%s", error->message);
    ck_assert_ptr_nonnull (strstr (error->message, "alloc: no room for 18446744073709551615"));
}
END_TEST

int
main (void)
{
    if (!ops_prepare ())
        return 77;
    Suite *suite = suite_create ("ops memory");
    TCase *tests = tcase_create ("against reference");
    tcase_add_checked_fixture (tests, ops_open_all, ops_close_all);
    tcase_set_timeout (tests, 60);
    tcase_add_test (tests, buffers_are_copied_and_zeroed);
    tcase_add_test (tests, strided_rows_are_copied_and_nothing_between_them);
    tcase_add_test (tests, copy_to_pinned_memory_is_done_after_waiting);
    tcase_add_test (tests, free_memory_is_within_the_total);
    tcase_add_test (tests, taken_memory_is_no_longer_free);
    tcase_add_test (tests, failed_device_names_the_operation_and_stops);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
