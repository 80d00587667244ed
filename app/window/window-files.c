/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Files as the desktop knows them: what is dropped or handed over, stores opened lately, and how the
 * window was left. */
#include <glib/gi18n.h>

#include "app/window/new-capture.h"
#include "app/window/preferences.h"
#include "app/window/recent.h"
#include "app/window/window-private.h"

#include "ui/shell.h"

#define MOST_RECENT  8
#define RECENT_PLACE 3 /* in the menu: behind what opens a store */

/* A dictionary's folder says so by the name of its settings; a model's is config.json. */
static gboolean
is_dictionary (const char *path)
{
    g_autofree char *settings = g_build_filename (path, "cfg.json", NULL);
    return g_file_test (settings, G_FILE_TEST_IS_REGULAR);
}

void
fovea_window_take (FoveaWindow *self, const char *path)
{
    if (g_str_has_suffix (path, ".fovea"))
        fovea_window_open (self, path);
    else if (self->opened != NULL && is_dictionary (path))
        fovea_window_encode (self, path);
    else
        fovea_new_capture_present_with (self, (const char *const[]){path, NULL});
}

/* Stores stand beside each other in the sidebar; what else came with the first goes into one dialog. */
static void
take_files (FoveaWindow *self, GSList *files)
{
    g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
    gboolean dialog = FALSE;
    for (GSList *at = files; at != NULL; at = at->next) {
        g_autofree char *path = g_file_get_path (at->data);
        if (path == NULL)
            continue;
        if (g_str_has_suffix (path, ".fovea") || (self->opened != NULL && is_dictionary (path))) {
            fovea_window_take (self, path);
            continue;
        }
        g_strv_builder_add (builder, path);
        dialog = TRUE;
    }
    g_auto (GStrv) paths = g_strv_builder_end (builder);
    if (dialog)
        fovea_new_capture_present_with (self, (const char *const *) paths);
}

static gboolean
files_dropped (GtkDropTarget *target, const GValue *value, double x, double y, FoveaWindow *self)
{
    GSList *files = gdk_file_list_get_files (g_value_get_boxed (value));
    take_files (self, files);
    g_slist_free (files);
    return TRUE;
}

/* Text goes where text is typed, to be run or not. */
static gboolean
text_dropped (GtkDropTarget *target, const GValue *value, double x, double y, FoveaWindow *self)
{
    fovea_start_page_set_text (self->start, g_value_get_string (value));
    gtk_stack_set_visible_child_name (self->root, "start");
    fovea_start_page_focus (self->start);
    return TRUE;
}

/* The toolkit marks the widget that answers, and a window is behind all that it holds. */
static void
drop_changed (GtkDropTarget *target, GParamSpec *pspec, GtkWidget *window)
{
    if (gtk_drop_target_get_current_drop (target) != NULL)
        gtk_widget_add_css_class (window, "dropping");
    else
        gtk_widget_remove_css_class (window, "dropping");
}

void
fovea_window_mark_drops (GtkDropTarget *target, GtkWidget *window)
{
    g_signal_connect_object (target, "notify::current-drop", G_CALLBACK (drop_changed), window, 0);
}

/* Files are also offered by their names, as text: whatever takes text under the pointer would take those,
 * hence files are asked for on the way down. Text is for whom it falls on first. */
static void
add_drop_targets (FoveaWindow *self)
{
    GtkDropTarget *files = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
    GtkDropTarget *text = gtk_drop_target_new (G_TYPE_STRING, GDK_ACTION_COPY);
    gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (files), GTK_PHASE_CAPTURE);
    fovea_window_mark_drops (files, GTK_WIDGET (self));
    fovea_window_mark_drops (text, GTK_WIDGET (self));
    g_signal_connect (files, "drop", G_CALLBACK (files_dropped), self);
    g_signal_connect (text, "drop", G_CALLBACK (text_dropped), self);
    gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (files));
    gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (text));
}

/* A row that leads to nothing is none. */
static void
list_recent (FoveaWindow *self, gboolean any)
{
    g_autoptr (GMenuModel) there = g_menu_model_get_item_link (G_MENU_MODEL (self->main_menu),
                                                               RECENT_PLACE, G_MENU_LINK_SUBMENU);
    if (any && there == NULL)
        g_menu_insert_submenu (self->main_menu, RECENT_PLACE, _ ("Recent stores"),
                               G_MENU_MODEL (self->recent));
    else if (!any && there != NULL)
        g_menu_remove (self->main_menu, RECENT_PLACE);
}

static void
fill_recent (FoveaWindow *self)
{
    g_autoptr (GPtrArray) stores = fovea_recent_list ();
    g_menu_remove_all (self->recent);
    for (guint i = 0; i < MIN (stores->len, MOST_RECENT); i++) {
        GtkRecentInfo *info = stores->pdata[i];
        g_autofree char *path = g_filename_from_uri (gtk_recent_info_get_uri (info), NULL, NULL);
        g_autofree char *name = path != NULL ? g_path_get_basename (path) : NULL;
        if (path == NULL)
            continue;
        g_autoptr (GMenuItem) item = g_menu_item_new (name, NULL);
        g_menu_item_set_action_and_target (item, "win.open-path", "s", path);
        g_menu_append_item (self->recent, item);
    }
    list_recent (self, g_menu_model_get_n_items (G_MENU_MODEL (self->recent)) > 0);
}

/* Rows are other objects after a list was read again: what counts is whose they are. */
static gboolean
find_sequence (GPtrArray *all, gint64 sequence, guint *at)
{
    for (*at = 0; *at < all->len; (*at)++)
        if (fovea_tree_item_get_id (all->pdata[*at]) == sequence)
            return TRUE;
    return FALSE;
}

/* From the one that was asked for last, which may be on its way, from another store even: who holds the key
 * down goes on. */
static void
step_sequence (FoveaWindow *self, int by)
{
    const char *path = self->opened_item != NULL ? fovea_tree_item_get_path (self->opened_item)
                                                 : self->opened->path;
    gint64 sequence = self->opened_item != NULL ? fovea_tree_item_get_id (self->opened_item)
                                                : self->opened->sequence;
    g_autoptr (FoveaTreeItem) store = fovea_library_find_store (self->library, path);
    g_autoptr (GPtrArray) all =
        store != NULL ? fovea_sequence_order_list (store, fovea_sidebar_get_order (self->sidebar))
                      : g_ptr_array_new_with_free_func (g_object_unref);
    guint at;
    if (!find_sequence (all, sequence, &at)) {
        g_autofree char *name = g_path_get_basename (path);
        g_autofree char *text = g_strdup_printf (
            _ ("What is open is no longer among the %u sequences listed of %s."), all->len, name);
        fovea_window_say (self, text);
        return;
    }
    if (by < 0 ? at == 0 : at + 1 == all->len) {
        fovea_window_say (self, by < 0 ? _ ("This is the first sequence of its store.")
                                       : _ ("This is the last sequence of its store."));
        return;
    }
    fovea_window_forget_open_failure (self);
    fovea_window_read_item (self, all->pdata[by < 0 ? at - 1 : at + 1]);
}

static void
activate_next_sequence (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    step_sequence (data, 1);
}

static void
activate_previous_sequence (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    step_sequence (data, -1);
}

gboolean
fovea_window_keep_place (FoveaWindow *self, FoveaOpened *opened)
{
    const FoveaTraceInfo *old = fovea_selection_get_info (self->selection);
    const FoveaTraceInfo *new =
        fovea_trace_get_info (fovea_trace_source_get_trace (opened->source));
    if (self->untouched || old == NULL || g_strcmp0 (old->model_hash, new->model_hash) != 0 ||
        g_strcmp0 (old->model_name, new->model_name) != 0)
        return FALSE;
    opened->place = *fovea_selection_get_place (self->selection);
    return TRUE;
}

static void
activate_open_path (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    fovea_window_open (data, g_variant_get_string (parameter, NULL));
}

void
fovea_window_connect_files (FoveaWindow *self)
{
    static const GActionEntry entries[] = {
        {.name = "open-path", .activate = activate_open_path, .parameter_type = "s"},
        {.name = "next-sequence", .activate = activate_next_sequence},
        {.name = "previous-sequence", .activate = activate_previous_sequence},
    };
    g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
    add_drop_targets (self);
    g_signal_connect_object (gtk_recent_manager_get_default (), "changed", G_CALLBACK (fill_recent),
                             self, G_CONNECT_SWAPPED);
    fill_recent (self);
}

void
fovea_window_restore_size (FoveaWindow *self)
{
    GSettings *settings = fovea_preferences_get ();
    int width, height;
    if (settings == NULL)
        return;
    g_settings_get (settings, "window-size", "(ii)", &width, &height);
    gtk_window_set_default_size (GTK_WINDOW (self), MAX (width, 960), MAX (height, 600));
    if (g_settings_get_boolean (settings, "window-maximized"))
        gtk_window_maximize (GTK_WINDOW (self));
}

void
fovea_window_restore_panels (FoveaWindow *self)
{
    GSettings *settings = fovea_preferences_get ();
    if (settings != NULL)
        g_object_set (self->shell, "show-sidebar",
                      g_settings_get_boolean (settings, "show-sidebar"), "show-inspector",
                      g_settings_get_boolean (settings, "show-inspector"), NULL);
}

/* An inspector that came for a note goes with it. */
void
fovea_window_keep_panels (FoveaWindow *self)
{
    GSettings *settings = fovea_preferences_get ();
    gboolean sidebar, inspector;
    fovea_shell_get_layout (FOVEA_SHELL (self->shell), &sidebar, &inspector);
    if (settings == NULL)
        return;
    g_settings_set_boolean (settings, "show-sidebar", sidebar);
    g_settings_set_boolean (settings, "show-inspector", inspector && !self->inspector_for_note);
}

static char **
list_paths (FoveaWindow *self)
{
    g_autoptr (GStrvBuilder) paths = g_strv_builder_new ();
    GListModel *stores = fovea_library_get_stores (self->library);
    for (guint i = 0; i < g_list_model_get_n_items (stores); i++) {
        g_autoptr (FoveaTreeItem) store = g_list_model_get_item (stores, i);
        g_strv_builder_add (paths, fovea_tree_item_get_path (store));
    }
    return g_strv_builder_end (paths);
}

/* The start page left showing means: start there again. Stores that are still being read were kept before. */
void
fovea_window_keep_state (FoveaWindow *self)
{
    GSettings *settings = fovea_preferences_get ();
    int width, height;
    gboolean work = g_strcmp0 (gtk_stack_get_visible_child_name (self->root), "work") == 0;
    if (settings == NULL)
        return;
    gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
    g_settings_set (settings, "window-size", "(ii)", width, height);
    g_settings_set_boolean (settings, "window-maximized",
                            gtk_window_is_maximized (GTK_WINDOW (self)));
    fovea_window_keep_panels (self);
    g_autofree char *path = work && self->opened != NULL
                                ? g_canonicalize_filename (self->opened->path, NULL)
                                : g_strdup ("");
    g_auto (GStrv) listed = *path != '\0' ? list_paths (self) : g_new0 (char *, 1);
    if (!g_queue_is_empty (&self->wanted))
        return;
    g_settings_set_string (settings, "last-store", path);
    g_settings_set_strv (settings, "listed-stores", (const char *const *) listed);
}
