/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One key file beside the session's, a key a hash: read and written whole, since it has a line for
 * each dictionary that was ever added. */
#include "app/window/dictionary-folders.h"

#include "app/data-files.h"

#define GROUP "folders"

G_LOCK_DEFINE_STATIC (file);

static char *
get_file (void)
{
    return g_build_filename (g_get_user_state_dir (), "fovea", "dictionaries.ini", NULL);
}

static GKeyFile *
load (void)
{
    GKeyFile *keys = g_key_file_new ();
    g_autofree char *path = get_file ();
    g_key_file_load_from_file (keys, path, G_KEY_FILE_NONE, NULL);
    return keys;
}

void
fovea_dictionary_folders_keep (const char *hash, const char *folder)
{
    g_autofree char *path = get_file ();
    g_autofree char *parent = g_path_get_dirname (path);
    g_autofree char *absolute = g_canonicalize_filename (folder, NULL);
    G_LOCK (file);
    g_autoptr (GKeyFile) keys = load ();
    g_key_file_set_string (keys, GROUP, hash, absolute);
    if (g_mkdir_with_parents (parent, 0700) == 0)
        g_key_file_save_to_file (keys, path, NULL);
    G_UNLOCK (file);
}

char *
fovea_dictionary_folders_find (const char *hash)
{
    G_LOCK (file);
    g_autoptr (GKeyFile) keys = load ();
    g_autofree char *folder = g_key_file_get_string (keys, GROUP, hash, NULL);
    G_UNLOCK (file);
    return folder != NULL && g_file_test (folder, G_FILE_TEST_IS_DIR) ? g_steal_pointer (&folder)
                                                                      : NULL;
}

char **
fovea_dictionary_folders_list_bundled (void)
{
    static const char *const names[] = {"sae/abstopk", "sae/topk"};
    GPtrArray *folders = g_ptr_array_new ();
    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        char *folder = fovea_data_find (names[i], NULL);
        if (folder != NULL)
            g_ptr_array_add (folders, folder);
    }
    g_ptr_array_add (folders, NULL);
    return (char **) g_ptr_array_free (folders, FALSE);
}
