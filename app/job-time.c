/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A key file, a group for each kind of job: ratios of what was taken to what was said without any factor,
 * and when that was. Of two programs that write at a time the last one's file stays, whole. */
#include "app/job-time.h"

#include <glib/gi18n.h>
#include <math.h>

#include "app/capture-prediction.h"

#define REVISION   "1" /* of how jobs are foretold; what was learned of another way does not count */
#define REMEMBERED 9
#define OLDEST_S   (90.0 * 24 * 3600)
#define MOST       4.0 /* a factor, either way */
#define LEAST_S    1.0
#define NOTICED    1.5 /* how much longer is worth a word */
#define TRUSTED    0.2 /* share from which the job's own pace counts alone */
#define ANY_PACE   0.02

G_LOCK_DEFINE_STATIC (file);

static char *
get_path (void)
{
    return g_build_filename (g_get_user_cache_dir (), "fovea", "job-times-" REVISION ".ini", NULL);
}

static GKeyFile *
load (void)
{
    GKeyFile *keys = g_key_file_new ();
    g_autofree char *path = get_path ();
    g_key_file_load_from_file (keys, path, G_KEY_FILE_NONE, NULL);
    return keys;
}

typedef struct {
    double ratio, when; /* when: s since 1970 */
} Lesson;

/* The last ones that are young enough and make sense; anything else in the file is not there. */
static GArray *
list_lessons (GKeyFile *keys, const char *job)
{
    gsize n_ratios = 0, n_times = 0;
    double now = (double) g_get_real_time () / G_USEC_PER_SEC;
    g_autofree double *ratios = g_key_file_get_double_list (keys, job, "ratios", &n_ratios, NULL);
    g_autofree double *times = g_key_file_get_double_list (keys, job, "times", &n_times, NULL);
    GArray *lessons = g_array_new (FALSE, FALSE, sizeof (Lesson));
    gsize n = n_ratios == n_times ? n_ratios : 0;
    for (gsize i = n > REMEMBERED ? n - REMEMBERED : 0; i < n; i++) {
        Lesson lesson = {ratios[i], times[i]};
        if (lesson.ratio > 0 && isfinite (lesson.ratio) && fabs (now - lesson.when) < OLDEST_S)
            g_array_append_val (lessons, lesson);
    }
    return lessons;
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
    double p = *(const double *) a, q = *(const double *) b;
    return (p > q) - (p < q);
}

/* The middle one in logarithms, with the prediction itself as one of them: one odd job changes little. */
static double
get_factor (const GArray *lessons)
{
    double logs[REMEMBERED + 1] = {0};
    guint n = lessons->len + 1;
    for (guint i = 0; i < lessons->len; i++)
        logs[i] = CLAMP (log (g_array_index (lessons, Lesson, i).ratio), -log (MOST), log (MOST));
    qsort (logs, n, sizeof *logs, compare_numbers);
    return exp ((logs[(n - 1) / 2] + logs[n / 2]) / 2);
}

FoveaJobTime
fovea_job_time_read_pace (const char *job, double busy)
{
    G_LOCK (file);
    g_autoptr (GKeyFile) keys = load ();
    G_UNLOCK (file);
    g_autoptr (GArray) lessons = list_lessons (keys, job);
    double factor = get_factor (lessons);
    return (FoveaJobTime){factor * MAX (busy, 1), factor, factor};
}

FoveaJobTime
fovea_job_time_multiply (FoveaJobTime pace, double worked_out)
{
    return (FoveaJobTime){pace.seconds * worked_out, pace.idle * worked_out, pace.factor};
}

char *
fovea_job_time_describe (FoveaJobTime time)
{
    g_autofree char *now = fovea_prediction_describe_time (time.seconds);
    g_autofree char *idle = fovea_prediction_describe_time (time.idle);
    return time.seconds > NOTICED * time.idle && *idle != '\0'
               ? g_strdup_printf (_ ("%s, or %s once no other program runs,"), now, idle)
               : g_steal_pointer (&now);
}

/* What the prediction should have been multiplied with, 1 if what else ran may explain it. */
static double
get_ratio (FoveaJobTime said, double taken)
{
    double idle = said.factor * taken / said.idle, now = said.factor * taken / said.seconds;
    return idle < 1 ? idle : now > 1 ? now : 1;
}

void
fovea_job_time_learn (const char *job, FoveaJobTime said, double taken)
{
    if (!(said.idle > 0 && said.seconds >= LEAST_S && taken >= LEAST_S))
        return;
    g_autofree char *path = get_path ();
    g_autofree char *folder = g_path_get_dirname (path);
    Lesson lesson = {get_ratio (said, taken), (double) g_get_real_time () / G_USEC_PER_SEC};
    G_LOCK (file);
    g_autoptr (GKeyFile) keys = load ();
    g_autoptr (GArray) lessons = list_lessons (keys, job);
    g_array_append_val (lessons, lesson);
    if (lessons->len > REMEMBERED)
        g_array_remove_index (lessons, 0);
    double ratios[REMEMBERED], times[REMEMBERED];
    for (guint i = 0; i < lessons->len; i++) {
        ratios[i] = g_array_index (lessons, Lesson, i).ratio;
        times[i] = g_array_index (lessons, Lesson, i).when;
    }
    g_key_file_set_double_list (keys, job, "ratios", ratios, lessons->len);
    g_key_file_set_double_list (keys, job, "times", times, lessons->len);
    if (g_mkdir_with_parents (folder, 0700) == 0)
        g_key_file_save_to_file (keys, path, NULL);
    G_UNLOCK (file);
}

double
fovea_job_time_get_left (double share, double elapsed, double said)
{
    double own = share > 0 ? elapsed / share : 0;
    double weight = said > 0 ? MIN (share / TRUSTED, 1) : 1;
    if (!(said > 0) && share <= ANY_PACE)
        return NAN;
    return (weight * own + (1 - weight) * said) * (1 - share);
}

gint64
fovea_job_time_begin (gint64 started, gint64 first, gint64 done)
{
    gint64 now = g_get_monotonic_time ();
    if (first <= 0)
        return started;
    if (done <= first)
        return now;
    return now - (gint64) ((double) (now - started) * (double) done / (double) (done - first));
}
