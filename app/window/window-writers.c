/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Other programs that write into a store of this window: nothing is begun beside them, and what is said of their
 * run is said anew while it grows and when they have ended. One that is killed changes no file, hence it is
 * looked after. */
#include <glib/gi18n.h>
#include <string.h>

#include "app/window/window-private.h"

#define LOOK_S 2

/* Owner: caller. */
static char *
describe_writer (const char *path)
{
    g_autofree char *name = g_path_get_basename (path);
    return g_strdup_printf (
        _ ("Another program is writing into %s just now. Try again when it has ended."), name);
}

/* Two system calls; the list is read in a thread, as if the file had changed. */
static gboolean
look_after (gpointer data)
{
    FoveaWindow *self = data;
    if (fovea_store_has_writer (self->written_path, FOVEA_WRITER_SEQUENCES))
        return G_SOURCE_CONTINUE;
    self->written_timeout = 0;
    g_autofree char *path = g_steal_pointer (&self->written_path);
    g_autofree char *text = describe_writer (path);
    if (g_strcmp0 (fovea_window_get_failure (self), text) == 0)
        fovea_failure_bar_close (self->failure);
    fovea_window_read_store_again (self, path);
    return G_SOURCE_REMOVE;
}

void
fovea_window_forget_writer (FoveaWindow *self)
{
    g_clear_handle_id (&self->written_timeout, g_source_remove);
    g_clear_pointer (&self->written_path, g_free);
}

void
fovea_window_watch_writer (FoveaWindow *self, const char *path)
{
    fovea_window_forget_writer (self);
    self->written_path = g_strdup (path);
    self->written_timeout = g_timeout_add_seconds (LOOK_S, look_after, self);
}

gboolean
fovea_window_is_taken (FoveaWindow *self, const char *path)
{
    if (fovea_window_is_occupied (self) || !fovea_store_has_writer (path, FOVEA_WRITER_SEQUENCES))
        return FALSE;
    g_autofree char *whole = g_canonicalize_filename (path, NULL);
    g_autofree char *text = describe_writer (whole);
    g_autoptr (FoveaTreeItem) listed = fovea_library_find_store (self->library, whole);
    if (listed != NULL)
        fovea_window_watch_writer (self, whole);
    fovea_window_show_failure (self, text);
    return TRUE;
}

/* The status line is about something else by now, or what it says is still so. */
static gboolean
is_said (FoveaWindow *self, const char *text)
{
    return self->unfinished_said == NULL || self->said == NULL ||
           !g_str_has_prefix (self->said, self->unfinished_said) ||
           g_strcmp0 (self->unfinished_said, text) == 0;
}

void
fovea_window_say_unfinished (FoveaWindow *self, FoveaTreeItem *store)
{
    if (self->opened == NULL || !g_str_equal (self->opened->path, fovea_tree_item_get_path (store)))
        return;
    g_autofree char *text = fovea_window_describe_unfinished (self, self->opened);
    if (is_said (self, text))
        return;
    const char *rest = self->said + strlen (self->unfinished_said); /* of the heads */
    g_autofree char *all =
        text != NULL ? g_strconcat (text, rest, NULL)
                     : g_strdup (g_str_has_prefix (rest, " · ") ? rest + strlen (" · ") : rest);
    g_free (self->unfinished_said);
    self->unfinished_said = g_steal_pointer (&text);
    fovea_window_say (self, *all != '\0' ? all : NULL);
}
