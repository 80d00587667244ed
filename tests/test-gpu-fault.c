/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A kernel's fault in mid-run: the run ends with one line, the store stays valid, the process goes on
 * with the CPU, and other processes with the GPU. A fault cannot be taken back within its process, so
 * that this program runs itself: FOVEA_TEST_PART names what a child does, FOVEA_TEST_STORE the store
 * that all of them write. The parent has the GPU open meanwhile, as a window has beside a command.
 * 77 = no GPU. */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernels/device-private.h"
#include "storage/store.h"
#include "tests/forward-support.h"
#include "tests/store-support.h"

enum {
    T = 200,
    V = 8192,
    CHILD_SECONDS = 60 /* a child that hangs ends by SIGALRM */
};

/* Calls of norm, counted from 1, that fail: in the first layer, in the third, in a later chunk. */
static const guint bad_norms[] = {1, 9, 40};

static FoveaDevice *
open_gpu (void)
{
    g_autoptr (GError) error = NULL;
    FoveaDevice *device = fovea_device_open ("cuda", 0, &error);
    ck_assert_msg (device != NULL, "%s", error != NULL ? error->message : "");
    return device;
}

/* The GPU's table, but for the norm that reads where nothing is. */
static FoveaOps faulty;
static const FoveaOps *sound;
static guint norms, bad_norm;

static void
norm_that_fails (FoveaDevice *device, const FoveaNormArgs *args)
{
    FoveaNormArgs bad = *args;
    if (++norms == bad_norm)
        bad.x = (const float *) 64;
    sound->norm (device, &bad);
}

static FoveaDevice *
open_faulty (void)
{
    FoveaDevice *device = open_gpu ();
    sound = device->ops;
    faulty = *sound;
    faulty.norm = norm_that_fails;
    norms = 0;
    bad_norm = (guint) g_ascii_strtoull (g_getenv ("FOVEA_TEST_NORM"), NULL, 10);
    device->ops = &faulty;
    return device;
}

/* A capture of everything into @sink; its failure. */
static GError *
capture (Runner *runner, FoveaSink *sink)
{
    GError *error = NULL;
    gint32 ids[T];
    for (gint64 t = 0; t < T; t++)
        ids[t] = (gint32) ((t * t * 37 + 11 * t) % V);
    const FoveaPlanOptions options = {"all", FOVEA_F32, FALSE};
    g_autoptr (FoveaTraceInfo) info = runner_info (runner, ids, T);
    g_autoptr (FoveaPlan) plan = fovea_plan_new (info->architecture, &options, &error);
    g_autoptr (FoveaTrace) trace =
        fovea_session_capture (runner->session, info, plan, sink, NULL, NULL, NULL, NULL, &error);
    ck_assert ((trace == NULL) == (error != NULL));
    return error;
}

static void
capture_soundly (const char *device, FoveaSink *sink)
{
    Runner runner = runner_open ("demo", device, T, 64);
    g_autoptr (GError) error = capture (&runner, sink);
    ck_assert_msg (error == NULL, "%s: %s", device, error != NULL ? error->message : "");
    runner_close (&runner);
}

static guint
count_sequences (FoveaStore *store, gint64 run)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) sequences = fovea_store_list_sequences (store, run, &error);
    ck_assert_msg (sequences != NULL, "%s", error != NULL ? error->message : "");
    return sequences->len;
}

/* In the same process a driver may or may not open the GPU again; a refusal tells what to do. */
static void
open_again (FoveaSink *sink)
{
    g_autoptr (GError) error = NULL;
    FoveaDevice *device = fovea_device_open ("cuda", 0, &error);
    g_printerr ("  in the same process: %s\n", device != NULL ? "opens again" : error->message);
    if (device == NULL) {
        ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_DEVICE));
        ck_assert_ptr_nonnull (strstr (error->message, "start the program again"));
        ck_assert_ptr_null (strchr (error->message, '\n'));
        g_autoptr (FoveaDevice) other = fovea_device_open ("auto", 2, NULL);
        ck_assert_ptr_nonnull (other); /* the CPU */
        return;
    }
    fovea_device_free (device);
    capture_soundly ("cuda", sink);
}

/* Child: a sound run, a broken one, and what the process can do afterwards. */
START_TEST (run_ends_with_one_line_and_the_process_goes_on)
{
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_CREATE);
    gint64 run = store_begin_run (store);
    g_autoptr (FoveaSink) sink = store_new_sink (store, run, 0);
    capture_soundly ("cuda", sink);
    Runner broken = runner_open_on ("demo", open_faulty (), T, 64, 0);
    g_autoptr (GError) error = capture (&broken, sink);
    ck_assert_ptr_nonnull (error);
    g_printerr ("  the run: %s\n", error->message);
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_DEVICE));
    ck_assert_msg (strstr (error->message, "illegal") != NULL, "%s", error->message);
    ck_assert_ptr_null (strchr (error->message, '\n'));
    runner_close (&broken);
    ck_assert_uint_eq (count_sequences (store, run), 1);
    capture_soundly ("cpu", sink);
    ck_assert_uint_eq (count_sequences (store, run), 2);
    open_again (sink);
}
END_TEST

/* Child: a later process finds GPU and store as if nothing had been. */
START_TEST (next_process_has_gpu_and_store)
{
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    gint64 run = store_begin_run (store);
    g_autoptr (FoveaSink) sink = store_new_sink (store, run, 0);
    capture_soundly ("cuda", sink);
    ck_assert_uint_eq (count_sequences (store, run), 1);
}
END_TEST

static void
run_part (const char *part, guint norm)
{
    g_autoptr (GError) error = NULL;
    int status = -1;
    g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
    g_autofree char *number = g_strdup_printf ("%u", norm);
    char *arguments[] = {self, NULL};
    g_auto (GStrv) environment = g_get_environ ();
    environment = g_environ_setenv (environment, "FOVEA_TEST_PART", part, TRUE);
    environment = g_environ_setenv (environment, "FOVEA_TEST_NORM", number, TRUE);
    environment = g_environ_setenv (environment, "FOVEA_TEST_STORE", store_path, TRUE);
    ck_assert_msg (g_spawn_sync (NULL, arguments, environment, G_SPAWN_DEFAULT, NULL, NULL, NULL,
                                 NULL, &status, &error),
                   "%s", error != NULL ? error->message : "");
    ck_assert_msg (WIFEXITED (status) && WEXITSTATUS (status) == 0, "%s, norm %u: status %d", part,
                   norm, status);
}

static FoveaDevice *open_meanwhile;

START_TEST (fault_of_a_kernel_ends_the_run_and_nothing_else)
{
    const FoveaOps *ops = fovea_device_get_ops (open_meanwhile);
    g_autoptr (GError) error = NULL;
    float there = 7, back = 0;
    void *buffer = ops->alloc (open_meanwhile, sizeof there);
    ops->write (open_meanwhile, buffer, &there, sizeof there);
    run_part ("fault", bad_norms[_i]);
    run_part ("after", 0);
    ops->read (open_meanwhile, &back, buffer, sizeof back);
    ops->free (open_meanwhile, buffer);
    ck_assert_msg (fovea_device_sync (open_meanwhile, &error), "%s",
                   error != NULL ? error->message : "");
    ck_assert_float_eq (back, there);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (GPtrArray) runs = fovea_store_list_runs (store, &error);
    ck_assert_msg (runs != NULL && runs->len == 2, "%s", error != NULL ? error->message : "");
}
END_TEST

static int
run_child (const char *part)
{
    alarm (CHILD_SECONDS);
    g_unsetenv ("FOVEA_TEST_DEVICE"); /* "cpu" means the CPU here */
    store_path = g_strdup (g_getenv ("FOVEA_TEST_STORE"));
    Suite *suite = suite_create (part);
    TCase *tests = tcase_create (part);
    if (strcmp (part, "fault") == 0)
        tcase_add_test (tests, run_ends_with_one_line_and_the_process_goes_on);
    else
        tcase_add_test (tests, next_process_has_gpu_and_store);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}

int
main (void)
{
    g_autoptr (GError) error = NULL;
    const char *part = g_getenv ("FOVEA_TEST_PART");
    g_setenv ("CK_FORK", "no", TRUE); /* CUDA does not survive a fork */
    if (part != NULL)
        return run_child (part);
    open_meanwhile = fovea_device_open ("cuda", 0, &error);
    if (open_meanwhile == NULL) {
        g_printerr ("skipped: %s\n", error->message);
        return 77;
    }
    Suite *suite = suite_create ("gpu, faults");
    TCase *tests = tcase_create ("faults");
    tcase_set_timeout (tests, 0);
    tcase_add_checked_fixture (tests, store_set_up, store_tear_down);
    tcase_add_loop_test (tests, fault_of_a_kernel_ends_the_run_and_nothing_else, 0,
                         G_N_ELEMENTS (bad_norms));
    suite_add_tcase (suite, tests);
    int status = support_run (suite);
    fovea_device_free (open_meanwhile);
    return status;
}
