/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "app/data-files.h"

#include "fovea-config.h"
#include "kernels/error.h"

char *
fovea_data_find (const char *relative, GError **error)
{
    const char *places[] = {g_getenv ("FOVEA_DATA_DIR"), FOVEA_DATA_DIR, FOVEA_SOURCE_DATA_DIR};
    for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
        if (places[i] == NULL)
            continue;
        g_autofree char *path = g_build_filename (places[i], relative, NULL);
        if (g_file_test (path, G_FILE_TEST_EXISTS))
            return g_steal_pointer (&path);
    }
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                 "%s: not in $FOVEA_DATA_DIR, %s or %s; is Fovea installed?", relative,
                 FOVEA_DATA_DIR, FOVEA_SOURCE_DATA_DIR);
    return NULL;
}

char **
fovea_data_list_texts (GError **error)
{
    static const char *const names[] = {"pride_and_prejudice.txt", "moby_dick.txt",
                                        "gettysburg_address.txt"};
    g_autoptr (GStrvBuilder) paths = g_strv_builder_new ();
    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        g_autofree char *relative = g_build_filename ("texts", names[i], NULL);
        g_autofree char *path = fovea_data_find (relative, error);
        if (path == NULL)
            return NULL;
        g_strv_builder_add (paths, path);
    }
    return g_strv_builder_end (paths);
}
