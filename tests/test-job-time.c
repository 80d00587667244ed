/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What finished jobs teach about the next, in a cache folder of the suite's own, and what is said of the rest of
 * a job. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "app/job-time.h"
#include "tests/support.h"

static char *folder, *path;

static void
set_up (void)
{
    folder = g_dir_make_tmp ("fovea-times-XXXXXX", NULL);
    path = g_build_filename (folder, "fovea", "job-times-1.ini", NULL);
    g_setenv ("XDG_CACHE_HOME", folder, TRUE);
}

static void
tear_down (void)
{
    g_autofree char *parent = g_path_get_dirname (path);
    g_unlink (path);
    g_rmdir (parent);
    g_rmdir (folder);
    g_clear_pointer (&path, g_free);
    g_clear_pointer (&folder, g_free);
}

/* A job of @job that was said to take 10 s without any factor, on an idle machine, and took @taken. */
static void
finish (const char *job, double taken)
{
    FoveaJobTime said = fovea_job_time_multiply (fovea_job_time_read_pace (job, 1), 10);
    fovea_job_time_learn (job, said, taken);
}

static double
get_factor (const char *job)
{
    return fovea_job_time_read_pace (job, 1).factor;
}

/* The prediction counts as one job: one that took twice as long moves it by half of that, in logarithms. */
START_TEST (finished_jobs_correct_the_next)
{
    ck_assert_double_eq (get_factor (FOVEA_JOB_HEADS), 1);
    finish (FOVEA_JOB_HEADS, 20);
    ck_assert_double_eq_tol (get_factor (FOVEA_JOB_HEADS), sqrt (2), 1e-9);
    for (int i = 0; i < 4; i++)
        finish (FOVEA_JOB_HEADS, 20);
    FoveaJobTime time = fovea_job_time_multiply (fovea_job_time_read_pace (FOVEA_JOB_HEADS, 3), 10);
    ck_assert_double_eq_tol (time.idle, 20, 1e-9);
    ck_assert_double_eq_tol (time.seconds, 60, 1e-9);
    finish (FOVEA_JOB_HEADS, 600); /* one odd job */
    ck_assert_double_eq_tol (get_factor (FOVEA_JOB_HEADS), 2, 1e-9);
    ck_assert_double_eq (get_factor (FOVEA_JOB_CURVES), 1);
    for (int i = 0; i < 9; i++)
        finish (FOVEA_JOB_HEADS, 5);
    ck_assert_double_eq_tol (get_factor (FOVEA_JOB_HEADS), 0.5, 1e-9);
}
END_TEST

START_TEST (a_factor_is_bounded)
{
    for (int i = 0; i < 9; i++)
        finish (FOVEA_JOB_CURVES, 1e6);
    ck_assert_double_eq_tol (get_factor (FOVEA_JOB_CURVES), 4, 1e-9);
}
END_TEST

/* Said were 10 s on an idle machine and 40 s on this one. */
START_TEST (what_other_programs_explain_teaches_nothing)
{
    static const struct {
        double taken, factor;
    } jobs[] = {{10, 1}, {25, 1}, {40, 1}, {80, 2}, {5, 0.5}};
    FoveaJobTime said = {40, 10, 1};
    for (int i = 0; i < 9; i++)
        fovea_job_time_learn (FOVEA_JOB_CURVES, said, jobs[_i].taken);
    ck_assert_double_eq_tol (get_factor (FOVEA_JOB_CURVES), jobs[_i].factor, 1e-9);
}
END_TEST

START_TEST (what_was_short_teaches_nothing)
{
    fovea_job_time_learn (FOVEA_JOB_HEADS, (FoveaJobTime){0.5, 0.5, 1}, 5);
    fovea_job_time_learn (FOVEA_JOB_HEADS, (FoveaJobTime){5, 5, 1}, 0.5);
    fovea_job_time_learn (FOVEA_JOB_HEADS, (FoveaJobTime){0, 0, 0}, 5);
    ck_assert (!g_file_test (path, G_FILE_TEST_EXISTS));
}
END_TEST

/* A file that is no key file, or that says nothing sensible, is as good as none, and the next job mends it. */
START_TEST (a_damaged_file_is_no_matter)
{
    static const char *const files[] = {
        "",
        "\xff\x00[heads",
        "[heads]\nratios=2;2;2;\ntimes=1;\n",
        "[heads]\nratios=nan;-1;0;inf;\ntimes=9e99;nan;4e9;4e9;\n",
        "[heads]\nratios=words;\ntimes=4000000000;\n",
        "[heads]\nratios=2;2;2;\ntimes=1;2;3;\n", /* of 1970 */
    };
    g_autofree char *parent = g_path_get_dirname (path);
    g_mkdir_with_parents (parent, 0700);
    ck_assert (g_file_set_contents (path, files[_i], _i == 1 ? 8 : -1, NULL));
    ck_assert_double_eq (get_factor (FOVEA_JOB_HEADS), 1);
    finish (FOVEA_JOB_HEADS, 20);
    ck_assert_double_eq_tol (get_factor (FOVEA_JOB_HEADS), sqrt (2), 1e-9);
}
END_TEST

START_TEST (a_folder_that_cannot_be_written_is_no_matter)
{
    ck_assert (g_file_set_contents (folder, "", 0, NULL) == FALSE); /* is a folder */
    g_autofree char *parent = g_path_get_dirname (path);
    ck_assert (g_file_set_contents (parent, "", 0, NULL)); /* where the folder would be */
    finish (FOVEA_JOB_HEADS, 20);
    ck_assert_double_eq (get_factor (FOVEA_JOB_HEADS), 1);
    g_unlink (parent);
}
END_TEST

START_TEST (a_busy_machine_is_told_of)
{
    g_autofree char *idle = fovea_job_time_describe ((FoveaJobTime){44, 40, 1});
    g_autofree char *busy = fovea_job_time_describe ((FoveaJobTime){120, 40, 1});
    g_autofree char *unknown = fovea_job_time_describe ((FoveaJobTime){0, 0, 0});
    ck_assert_str_eq (idle, "about 45 s");
    ck_assert_str_eq (busy, "about 2 min, or about 40 s once no other program runs,");
    ck_assert_str_eq (unknown, "");
}
END_TEST

/* Its own pace says 1,000 s after a hundredth of it, 100 s were said. */
START_TEST (the_rest_goes_from_what_was_said_to_the_jobs_own_pace)
{
    ck_assert (isnan (fovea_job_time_get_left (0, 0, 0)));
    ck_assert (isnan (fovea_job_time_get_left (0.02, 1, 0)));
    ck_assert_double_eq_tol (fovea_job_time_get_left (0.5, 7, 0), 7, 1e-9);
    ck_assert_double_eq_tol (fovea_job_time_get_left (0, 0, 100), 100, 1e-9);
    ck_assert_double_eq_tol (fovea_job_time_get_left (0.01, 10, 100), 0.99 * 145, 1e-9);
    ck_assert_double_eq_tol (fovea_job_time_get_left (0.2, 40, 100), 160, 1e-9);
    ck_assert_double_eq_tol (fovea_job_time_get_left (1, 40, 100), 0, 1e-9);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("job times");
    TCase *tests = tcase_create ("times");
    tcase_add_checked_fixture (tests, set_up, tear_down);
    tcase_add_test (tests, finished_jobs_correct_the_next);
    tcase_add_test (tests, a_factor_is_bounded);
    tcase_add_loop_test (tests, what_other_programs_explain_teaches_nothing, 0, 5);
    tcase_add_test (tests, what_was_short_teaches_nothing);
    tcase_add_loop_test (tests, a_damaged_file_is_no_matter, 0, 6);
    tcase_add_test (tests, a_folder_that_cannot_be_written_is_no_matter);
    tcase_add_test (tests, a_busy_machine_is_told_of);
    tcase_add_test (tests, the_rest_goes_from_what_was_said_to_the_jobs_own_pace);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
