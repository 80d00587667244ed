/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The file is GtkRecentManager's, in the format of the Desktop Bookmark specification; the manager sees
 * that it changed and reads it again. */
#include "app/window/recent.h"

#include "app/window/writer.h"

#define MIME_TYPE "application/x-fovea"
#define PROGRAM   "Fovea"

/* Called by the writer's thread. Another program may have written since, hence read now. */
static void
write_list (gpointer data)
{
    g_autofree char *uri = data;
    g_autofree char *file = g_build_filename (g_get_user_data_dir (), "recently-used.xbel", NULL);
    g_autoptr (GError) error = NULL;
    GBookmarkFile *list = g_bookmark_file_new ();
    if (g_bookmark_file_load_from_file (list, file, &error) ||
        g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
        g_bookmark_file_set_mime_type (list, uri, MIME_TYPE);
        g_bookmark_file_add_application (list, uri, PROGRAM, "fovea-window %f");
        g_mkdir_with_parents (g_get_user_data_dir (), 0700);
        g_bookmark_file_to_file (list, file, NULL);
    }
    g_bookmark_file_free (list);
}

void
fovea_recent_note (const char *path)
{
    g_autofree char *absolute = g_canonicalize_filename (path, NULL);
    char *uri = g_filename_to_uri (absolute, NULL, NULL);
    gboolean enabled = TRUE;
    GtkSettings *settings = gtk_settings_get_default (); /* NULL without a display */
    if (settings != NULL)
        g_object_get (settings, "gtk-recent-files-enabled", &enabled, NULL);
    if (uri != NULL && enabled)
        fovea_writer_push (write_list, uri);
    else
        g_free (uri);
}

static int
compare (gconstpointer a, gconstpointer b)
{
    GtkRecentInfo *p = *(GtkRecentInfo *const *) a, *q = *(GtkRecentInfo *const *) b;
    return g_date_time_compare (gtk_recent_info_get_modified (q), gtk_recent_info_get_modified (p));
}

GPtrArray *
fovea_recent_list (void)
{
    GPtrArray *stores = g_ptr_array_new_with_free_func ((GDestroyNotify) gtk_recent_info_unref);
    g_autolist (GtkRecentInfo) items =
        gtk_recent_manager_get_items (gtk_recent_manager_get_default ());
    for (GList *at = items; at != NULL; at = at->next)
        if (g_str_equal (gtk_recent_info_get_mime_type (at->data), MIME_TYPE) &&
            gtk_recent_info_exists (at->data))
            g_ptr_array_add (stores, gtk_recent_info_ref (at->data));
    g_ptr_array_sort (stores, compare);
    return stores;
}
