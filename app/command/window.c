/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea window`: becomes fovea-window, which is looked for beside this program, where the build
 * tree puts it, and in PATH. The command itself links no GTK. */
#include <errno.h>
#include <unistd.h>

#include "app/command/command.h"

static const FoveaOption options[] = {{NULL}};

/* Path of fovea-window, NULL if there is none. */
static char *
find_window (void)
{
    static const char *const places[] = {"fovea-window", "../window/fovea-window"};
    g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
    g_autofree char *folder = self != NULL ? g_path_get_dirname (self) : NULL;
    for (guint i = 0; folder != NULL && i < G_N_ELEMENTS (places); i++) {
        g_autofree char *path = g_build_filename (folder, places[i], NULL);
        if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
            return g_steal_pointer (&path);
    }
    return g_find_program_in_path ("fovea-window");
}

static gboolean
run_window (FoveaContext *context, GError **error)
{
    g_autofree char *path = find_window ();
    if (path == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "window: fovea-window is not installed; build with -Dui=enabled");
        return FALSE;
    }
    const char *store = fovea_arguments_positional (context->arguments, 0);
    execl (path, "fovea-window", store, NULL);
    int code = errno;
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "window: %s: %s", path,
                 g_strerror (code));
    return FALSE;
}

const FoveaCommand fovea_command_window = {
    .name = "window",
    .usage = "[STORE]",
    .summary = "Open the window (also what 'fovea' alone does)",
    .example = "fovea window a.fovea",
    .options = options,
    .most_arguments = 1,
    .run = run_window,
};
