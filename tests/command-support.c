/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "tests/command-support.h"

#include <gio/gio.h>
#include <string.h>

#include "fovea-config.h"

char *command_folder;

void
command_set_up (void)
{
    command_folder = support_temp_dir ();
}

void
command_tear_down (void)
{
    support_remove_dir (command_folder);
}

char *
command_path (void)
{
    return g_build_filename (FOVEA_BUILD_DIR, "app", "command", "fovea", NULL);
}

/* An empty pipe gives NULL data. */
static char *
copy_text (GBytes *bytes)
{
    gsize n = g_bytes_get_size (bytes);
    return n > 0 ? g_strndup (g_bytes_get_data (bytes, NULL), n) : g_strdup ("");
}

CommandResult *
command_run (const char *folder, const char *input, const char *const *words)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GSubprocessLauncher) launcher =
        g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                   G_SUBPROCESS_FLAGS_STDERR_PIPE);
    g_subprocess_launcher_set_cwd (launcher, folder);
    g_subprocess_launcher_setenv (launcher, "G_MESSAGES_DEBUG", "fovea-options", TRUE);
    g_autoptr (GSubprocess) process = g_subprocess_launcher_spawnv (launcher, words, &error);
    ck_assert_msg (process != NULL, "%s", error != NULL ? error->message : "");
    g_autoptr (GBytes) in = g_bytes_new (input, input != NULL ? strlen (input) : 0);
    g_autoptr (GBytes) out = NULL;
    g_autoptr (GBytes) err = NULL;
    gboolean done = g_subprocess_communicate (process, in, NULL, &out, &err, &error);
    ck_assert_msg (done, "%s", error != NULL ? error->message : "");
    CommandResult *result = g_new0 (CommandResult, 1);
    result->status = g_subprocess_get_if_exited (process)
                         ? g_subprocess_get_exit_status (process)
                         : 128 + g_subprocess_get_term_sig (process);
    result->out_length = g_bytes_get_size (out);
    result->out = copy_text (out);
    result->err = copy_text (err);
    ck_assert_msg (strstr (result->err, "was not read") == NULL, "%s", result->err);
    return result;
}

CommandResult *
command_run_line (const char *folder, const char *line)
{
    g_autofree char *program = command_path ();
    g_autofree char *script =
        g_strdup_printf ("program='%s'; fovea() { \"$program\" \"$@\"; }; %s", program, line);
    const char *words[] = {"sh", "-c", script, NULL};
    return command_run (folder, NULL, words);
}

void
command_result_free (CommandResult *result)
{
    g_free (result->out);
    g_free (result->err);
    g_free (result);
}

/* Exactly one line of the form "fovea: what". */
static gboolean
is_one_message (const char *text)
{
    const char *end = strchr (text, '\n');
    return g_str_has_prefix (text, "fovea: ") && end != NULL && end[1] == '\0';
}

CommandResult *
command_expect (const char *folder, const char *line, int status, const char *part)
{
    CommandResult *result = command_run_line (folder, line);
    ck_assert_msg (result->status == status, "%s: status %d, expected %d; said '%s'", line,
                   result->status, status, result->err);
    if (part == NULL)
        return result;
    ck_assert_msg (strstr (result->err, part) != NULL, "%s: said '%s', expected '%s'", line,
                   result->err, part);
    ck_assert_msg (is_one_message (result->err), "%s: '%s' is not one line", line, result->err);
    return result;
}

char *
command_read_cell (const char *tsv, guint row, const char *column)
{
    g_auto (GStrv) lines = g_strsplit (tsv, "\n", -1);
    guint head = 0;
    while (lines[head] != NULL && (lines[head][0] == '#' || lines[head][0] == '\0'))
        head++;
    ck_assert_msg (g_strv_length (lines) > head + 1 + row, "no row %u in %s", row, tsv);
    g_auto (GStrv) names = g_strsplit (lines[head], "\t", -1);
    g_auto (GStrv) cells = g_strsplit (lines[head + 1 + row], "\t", -1);
    for (guint i = 0; names[i] != NULL && cells[i] != NULL; i++)
        if (strcmp (names[i], column) == 0)
            return g_strdup (cells[i]);
    ck_abort_msg ("no %s in %s", column, tsv);
    return NULL;
}
