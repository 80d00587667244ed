/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "tests/support.h"

#include <execinfo.h>
#include <gio/gio.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fovea-config.h"

static char *
source_root (void)
{
    return g_path_get_dirname (FOVEA_SOURCE_DATA_DIR);
}

static gboolean in_checks;

void
support_skip (const char *format, ...)
{
    static gboolean said;
    g_autofree char *reason = NULL;
    va_list arguments;
    va_start (arguments, format);
    reason = g_strdup_vprintf (format, arguments);
    va_end (arguments);
    const char *what = !in_checks ? "SKIPPED" : said ? "also absent" : "SKIPPED check";
    fprintf (stderr, "%s: %s\n", what, reason);
    said = in_checks;
}

char *
support_shared (const char *relative)
{
    const char *set = g_getenv ("FOVEA_SHARED");
    g_autofree char *root = source_root ();
    g_autofree char *beside = g_build_filename (root, "..", "shared", NULL);
    char *path = g_build_filename (set != NULL ? set : beside, relative, NULL);
    if (g_file_test (path, G_FILE_TEST_EXISTS))
        return path;
    support_skip ("reference collection has no %s (set FOVEA_SHARED)", relative);
    g_free (path);
    return NULL;
}

char *
support_data (const char *relative)
{
    g_autofree char *root = source_root ();
    return g_build_filename (root, relative, NULL);
}

void
support_check_families (void (*check) (const char *family, int plan), int plan)
{
    g_autofree char *path = support_data ("tests/golden/families");
    g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
    const char *family;
    guint n = 0;
    ck_assert_ptr_nonnull (dir);
    while ((family = g_dir_read_name (dir)) != NULL) {
        if (g_str_has_prefix (family, "vit")) /* which read pictures */
            continue;
        check (family, plan);
        n++;
    }
    ck_assert_uint_ge (n, 60);
}

char *
support_temp_dir (void)
{
    g_autoptr (GError) error = NULL;
    char *path = g_dir_make_tmp ("fovea-test-XXXXXX", &error);
    ck_assert_msg (path != NULL, "%s", error != NULL ? error->message : "");
    return path;
}

/* A link goes and what it leads to stays: it may lead to the source tree. */
static void
remove_tree (const char *path)
{
    gboolean link = g_file_test (path, G_FILE_TEST_IS_SYMLINK);
    g_autoptr (GDir) dir = link ? NULL : g_dir_open (path, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
        g_autofree char *child = g_build_filename (path, name, NULL);
        remove_tree (child);
    }
    remove (path);
}

void
support_remove_dir (char *path)
{
    remove_tree (path);
    g_free (path);
}

double
support_difference (const float *a, const float *b, gsize n)
{
    double worst = 0;
    for (gsize i = 0; i < n; i++) {
        if (a[i] == b[i] || (isnan (a[i]) && isnan (b[i])))
            continue;
        double difference = fabs ((double) a[i] - (double) b[i]);
        if (!(difference <= worst))
            worst = isnan (difference) ? INFINITY : difference;
    }
    return worst;
}

guint64
support_status_bytes (const char *field)
{
    g_autofree char *text = NULL;
    guint64 kib = 0;
    ck_assert (g_file_get_contents ("/proc/self/status", &text, NULL, NULL));
    const char *line = strstr (text, field);
    ck_assert_ptr_nonnull (line);
    ck_assert_int_eq (sscanf (line + strlen (field), ": %" G_GUINT64_FORMAT, &kib), 1);
    return kib * 1024;
}

enum {
    N_PLACES = 8, /* more than the assertions of most loops */
    N_FRAMES = 48
};

/* The assertion that held last, in whichever thread, and what runs the checks. */
static const char *volatile last_file = "the start";
static volatile int last_line;
static SRunner *volatile running;

/* Of a check in a process of its own Check tells where it crashed. Where all are in one (CK_FORK=no) nobody
 * would, nor of the checks that had failed before, whose leavings are what often crashes. */
static void
tell_crash (int number)
{
    void *frames[N_FRAMES];
    signal (number, SIG_DFL); /* should what follows crash, too */
    dprintf (STDERR_FILENO, "signal %d behind %s:%d\n", number, last_file, last_line);
    backtrace_symbols_fd (frames, backtrace (frames, N_FRAMES), STDERR_FILENO);
    srunner_print (running, CK_NORMAL);
    fflush (stdout);
    raise (number);
}

static void
tell_crashes (void)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP};
    if (g_strcmp0 (g_getenv ("CK_FORK"), "no") != 0)
        return;
    for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
        signal (signals[i], tell_crash);
}

void
support_mark (const char *file, int line)
{
    last_file = file;
    last_line = line;
    static __thread struct {
        const char *file;
        int line;
    } places[N_PLACES];
    static __thread guint next;
    for (guint i = 0; i < N_PLACES; i++)
        if (places[i].line == line && places[i].file == file)
            return;
    places[next].file = file;
    places[next].line = line;
    next = (next + 1) % N_PLACES;
    (_mark_point) (file, line); /* the function itself */
}

/* What a machine lacks, and is slow at, is no mistake of the program. */
static gboolean
is_of_the_machine (const GLogField *fields, gsize n)
{
    static const char bus[] = "Unable to acquire session bus";
    for (gsize i = 0; i < n; i++)
        if (g_str_equal (fields[i].key, "MESSAGE"))
            return g_str_has_prefix (fields[i].value, bus);
    return FALSE;
}

/* Whatever GTK complains of is a mistake of ours, if only a width of less than nothing. */
static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n, gpointer data)
{
    GLogWriterOutput written = g_log_writer_default (level, fields, n, data);
    if ((level & G_LOG_LEVEL_WARNING) != 0 && !is_of_the_machine (fields, n))
        abort ();
    return written;
}

int
support_read_count (const char *sentence, const char *before, const char *after)
{
    const char *at = strstr (sentence, before);
    int count = 0;
    ck_assert_msg (at != NULL, "no '%s' in: %s", before, sentence);
    at += strlen (before);
    gsize length = strspn (at, "0123456789,");
    for (gsize i = 0; i < length; i++)
        count = at[i] == ',' ? count : 10 * count + (at[i] - '0');
    ck_assert_msg (length > 0 && g_str_has_prefix (at + length, after),
                   "no '%s' behind '%s' in: %s", after, before, sentence);
    return count;
}

int
support_run (Suite *suite)
{
    g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR | G_LOG_FATAL_MASK);
    g_log_set_writer_func (write_log, NULL, NULL);
    SRunner *runner = srunner_create (suite);
    running = runner;
    tell_crashes ();
    in_checks = TRUE;
    srunner_run_all (runner, CK_ENV);
    int failed = srunner_ntests_failed (runner);
    srunner_free (runner);
    return failed == 0 ? 0 : 1;
}
