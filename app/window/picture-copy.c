/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Pictures are saved by the end of a file's name, hence the way over files in a folder of our own,
 * which are gone when this returns. */
#include "app/window/picture-copy.h"

#include <glib/gstdio.h>

static GBytes *
save_bytes (FoveaSavePicture save, gpointer data, const char *name, GError **error)
{
    g_autofree char *folder = g_dir_make_tmp ("fovea-copy-XXXXXX", error);
    if (folder == NULL)
        return NULL;
    g_autofree char *path = g_build_filename (folder, name, NULL);
    char *contents = NULL;
    gsize length = 0;
    if (save (data, path, error))
        g_file_get_contents (path, &contents, &length, error);
    g_unlink (path);
    g_rmdir (folder);
    return contents != NULL ? g_bytes_new_take (contents, length) : NULL;
}

GdkContentProvider *
fovea_picture_copy_new (FoveaSavePicture save, gpointer data, GError **error)
{
    g_autoptr (GBytes) png = save_bytes (save, data, "figure.png", error);
    g_autoptr (GBytes) svg = png != NULL ? save_bytes (save, data, "figure.svg", error) : NULL;
    if (svg == NULL)
        return NULL;
    GdkContentProvider *both[] = {gdk_content_provider_new_for_bytes ("image/png", png),
                                  gdk_content_provider_new_for_bytes ("image/svg+xml", svg)};
    return gdk_content_provider_new_union (both, G_N_ELEMENTS (both));
}
