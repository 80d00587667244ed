/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Finds the command, reads its options, runs it, and turns its error into one line and an exit
 * status: 0 done, 1 failed, 2 wrong usage, 130 interrupted. Interrupts wake a thread, since
 * cancelling is not something a signal handler may do; a second one ends the program at once, which
 * a store survives. */
#include <locale.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "analysis/name-nearest.h"
#include "analysis/plain-text.h"
#include "app/command/command.h"
#include "fovea-config.h"
#include "kernels/blas.h"

enum {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_INTERRUPTED = 130
};

/* Posted by each interrupt. */
static sem_t interrupts;

/* All that a signal handler may do. Which thread it runs on is not ours to choose: the BLAS has
 * made threads before main() began, so blocking the signal here would not keep it from them. */
static void
on_interrupt (int number)
{
    sem_post (&interrupts);
}

static void
wait_for_one (void)
{
    while (sem_wait (&interrupts) != 0)
        continue;
}

/* Thread: the first signal cancels, the second ends the process. */
static gpointer
wait_for_interrupts (gpointer cancellable)
{
    wait_for_one ();
    g_cancellable_cancel (cancellable);
    wait_for_one ();
    _exit (EXIT_INTERRUPTED);
}

/* A cancellable that SIGINT and SIGTERM cancel. */
static GCancellable *
watch_interrupts (void)
{
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = SA_RESTART};
    GCancellable *cancellable = g_cancellable_new ();
    sem_init (&interrupts, 0, 0);
    g_thread_unref (g_thread_new ("interrupts", wait_for_interrupts, g_object_ref (cancellable)));
    sigaction (SIGINT, &action, NULL);
    sigaction (SIGTERM, &action, NULL);
    return cancellable;
}

/* Some releases of the BLAS compute wrong results on some processors. Its kernel is chosen when the
 * library is loaded, so the cure is to start again with one that is right; once, then give up. */
static gboolean
check_blas (char **argv, GError **error)
{
    g_autoptr (GError) failure = NULL;
    if (fovea_blas_check (&failure))
        return TRUE;
    if (g_getenv ("OPENBLAS_CORETYPE") == NULL) {
        g_setenv ("OPENBLAS_CORETYPE", "Haswell", TRUE);
        execv ("/proc/self/exe", argv);
    }
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
}

/* The command whose words @argv begins with; @n_words of them are its name. */
static const FoveaCommand *
find_command (const char *const *argv, int *n_words)
{
    for (const FoveaCommand *const *each = fovea_command_list (); *each != NULL; each++) {
        g_auto (GStrv) words = g_strsplit ((*each)->name, " ", -1);
        int i = 0;
        while (words[i] != NULL && argv[i] != NULL && g_str_equal (words[i], argv[i]))
            i++;
        if (words[i] == NULL) {
            *n_words = i;
            return *each;
        }
    }
    return NULL;
}

/* Names the command that is nearest to what was written, of a group by what follows the group's word: a file is
 * near to none. */
static void
fail_unknown_command (const char *const *argv, GError **error)
{
    g_autoptr (GPtrArray) names = g_ptr_array_new ();
    g_autofree char *group = fovea_command_print_group (argv[0]);
    g_autofree char *start = group != NULL ? g_strconcat (argv[0], " ", NULL) : g_strdup ("");
    if (group != NULL && argv[1] == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "'%s' is several commands; 'fovea help %s' lists them", argv[0], argv[0]);
        return;
    }
    for (const FoveaCommand *const *each = fovea_command_list (); *each != NULL; each++)
        if (g_str_has_prefix ((*each)->name, start))
            g_ptr_array_add (names, (gpointer) ((*each)->name + strlen (start)));
    g_ptr_array_add (names, NULL);
    const char *word = argv[group != NULL ? 1 : 0];
    const char *nearest = fovea_name_nearest (word, (const char *const *) names->pdata);
    g_autofree char *guess =
        nearest != NULL ? g_strdup_printf (", did you mean '%s%s'", start, nearest) : g_strdup ("");
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                 "unknown command '%s%s'%s; 'fovea help%s%s' lists them", start, word, guess,
                 group != NULL ? " " : "", group != NULL ? argv[0] : "");
}

static gboolean
check_arguments (const FoveaCommand *command, const FoveaArguments *arguments, GError **error)
{
    int n = command->least_arguments;
    if (n == 0 || fovea_arguments_positional (arguments, (guint) n - 1) != NULL)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "%s: too few arguments: fovea %s %s",
                 command->name, command->name, command->usage);
    return FALSE;
}

/* Every common option, so that one that does not count here is told from one that does not exist.
 */
static FoveaOption *
list_common (void)
{
    GArray *all = g_array_new (TRUE, TRUE, sizeof (FoveaOption));
    const FoveaOption *const tables[] = {fovea_options_run, fovea_options_draw,
                                         fovea_options_output};
    for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
        for (const FoveaOption *option = tables[i]; option->name != NULL; option++)
            g_array_append_val (all, *option);
    return (FoveaOption *) g_array_free (all, FALSE);
}

/* An option that a command took and never looked at is a mistake of ours, which users cannot mend:
 * the tests of the command ask for this line and fail on it. --quiet may find nothing to silence. */
static void
note_unread (const FoveaCommand *command, const FoveaArguments *arguments)
{
    fovea_arguments_has (arguments, "quiet"); /* counts as read */
    const char *name = fovea_arguments_find_unread (arguments);
    if (name != NULL)
        g_log ("fovea-options", G_LOG_LEVEL_DEBUG, "%s: --%s was not read", command->name, name);
}

/* Parses, checks, runs; every message of a command begins with its name. */
static gboolean
run_command (const FoveaCommand *command,
             const char *const *argv,
             char **whole_argv,
             GError **error)
{
    const FoveaOption *groups[] = {
        command->options,
        fovea_options_always,
        command->prints ? fovea_options_output : fovea_options_none,
        command->runs_model ? fovea_options_run : fovea_options_none,
        command->draws ? fovea_options_draw : fovea_options_none,
        NULL,
    };
    g_autofree FoveaOption *common = list_common ();
    g_autoptr (FoveaArguments) arguments =
        fovea_arguments_parse (command->name, groups, common, command->most_arguments, argv, error);
    if (arguments == NULL)
        return FALSE;
    if (fovea_arguments_has (arguments, "help")) {
        g_autofree char *page = fovea_command_print_help (command);
        return fputs (page, stdout) >= 0;
    }
    if (!check_arguments (command, arguments, error) ||
        (command->runs_model && !check_blas (whole_argv, error)))
        return FALSE;
    g_autoptr (GCancellable) cancellable = watch_interrupts ();
    FoveaContext context = {arguments, cancellable};
    if (command->run (&context, error)) {
        note_unread (command, arguments);
        return TRUE;
    }
    if (!g_str_has_prefix ((*error)->message, command->name))
        g_prefix_error (error, "%s: ", command->name);
    return FALSE;
}

/* `fovea help`, `fovea help COMMAND`, `fovea help store`, `fovea --help`. */
static gboolean
print_help (const char *const *argv, GError **error)
{
    int n_words = 0;
    if (argv[0] == NULL) {
        g_autofree char *page = fovea_command_print_overview ();
        return fputs (page, stdout) >= 0;
    }
    const FoveaCommand *command = find_command (argv, &n_words);
    g_autofree char *page = command != NULL   ? fovea_command_print_help (command)
                            : argv[1] == NULL ? fovea_command_print_group (argv[0])
                                              : NULL;
    if (page != NULL)
        return fputs (page, stdout) >= 0;
    fail_unknown_command (argv, error);
    return FALSE;
}

static gboolean
dispatch (char **whole_argv, GError **error)
{
    static const char *const window[] = {"window", NULL};
    const char *const *argv = (const char *const *) whole_argv + 1;
    int n_words = 0;
    if (argv[0] == NULL)
        argv = window;
    if (g_str_equal (argv[0], "--version"))
        return printf ("fovea %s\n", FOVEA_VERSION) > 0;
    if (g_str_equal (argv[0], "help") || g_str_equal (argv[0], "--help") ||
        g_str_equal (argv[0], "-h"))
        return print_help (argv + 1, error);
    const FoveaCommand *command = find_command (argv, &n_words);
    if (command != NULL)
        return run_command (command, argv + n_words, whole_argv, error);
    const char *const group[] = {argv[0], NULL};
    if (argv[1] != NULL && argv[2] == NULL &&
        (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h")))
        return print_help (group, error);
    fail_unknown_command (argv, error);
    return FALSE;
}

/* The exit status that an error stands for. */
static int
get_exit_status (const GError *error)
{
    if (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_USAGE))
        return EXIT_USAGE;
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return EXIT_INTERRUPTED;
    return EXIT_FAILED;
}

int
main (int argc, char **argv)
{
    g_autoptr (GError) error = NULL;
    setlocale (LC_CTYPE, "");
    g_log_writer_default_set_use_stderr (TRUE); /* standard output is for results */
    gboolean done = dispatch (argv, &error);
    if (done && fflush (stdout) == 0)
        return EXIT_DONE;
    if (error == NULL)
        g_set_error (&error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "standard output: %s",
                     "cannot write");
    g_autofree char *message = fovea_plain_text (error->message);
    fprintf (stderr, "fovea: %s\n", message);
    return get_exit_status (error);
}
