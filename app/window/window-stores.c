/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Which stores are listed and which sequence of them is open: history leads back to sequences that were left,
 * files go away, and stores are closed. The selection has the trace that is shown, the window what else its
 * store has of it; both are of the same sequence whenever a signal of the selection has been handled. */
#include <glib/gi18n.h>

#include "app/window/preferences.h"
#include "app/window/window-private.h"

void
fovea_window_tell_closed (FoveaWindow *self)
{
    if (self->closed == NULL)
        return;
    if (self->closed_by_list && gtk_widget_get_mapped (GTK_WIDGET (self->sidebar)) &&
        !fovea_sidebar_focus (self->sidebar))
        gtk_widget_child_focus (GTK_WIDGET (self->sidebar), GTK_DIR_TAB_FORWARD);
    fovea_window_say (self, self->closed);
    g_clear_pointer (&self->closed, g_free);
}

gboolean
fovea_window_shows_run (FoveaWindow *self, const char *path, gint64 run)
{
    return path != NULL && self->opened != NULL && self->opened->run == run &&
           g_str_equal (self->opened->path, path);
}

/* Notes and curves as they are now, some of which may be newer than the visit before. */
static void
read_again (GObject *object, GAsyncResult *result, gpointer data)
{
    g_autoptr (FoveaWindow) self = data;
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaOpened) fresh =
        fovea_library_read_finish (FOVEA_LIBRARY (object), result, &error);
    if (g_cancellable_is_cancelled (self->cancellable) || self->opened == NULL ||
        g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (fresh == NULL) { /* what is open of a file that is gone can be looked at */
        if (!fovea_window_mark_missing (self, self->opened->path))
            fovea_window_show_open_failure (self, error->message);
        return;
    }
    if (fresh->sequence != self->opened->sequence || !g_str_equal (fresh->path, self->opened->path))
        return;
    self->opened->notes = g_steal_pointer (&fresh->notes);
    g_clear_pointer (&self->opened->curves, g_ptr_array_unref);
    self->opened->curves = g_steal_pointer (&fresh->curves);
    fovea_window_show_notes (self, self->opened->notes);
    fovea_window_show_curves (self, fovea_sparse_model_get_first_tokens (self->sparse));
    if (fovea_selection_get_heads (self->selection) == NULL && fresh->heads != NULL) {
        fovea_selection_set_heads (self->selection, fresh->heads);
        fovea_window_offer_scores (self, NULL);
    }
    fovea_window_score_heads (self);
    fovea_window_update_actions (self);
}

/* What the window knows of a sequence without asking its store. */
static FoveaOpened *
opened_from (FoveaTraceSource *source, FoveaTable *heads)
{
    FoveaOpened *opened = g_new0 (FoveaOpened, 1);
    opened->source = fovea_trace_source_ref (source);
    opened->heads = heads != NULL ? fovea_table_ref (heads) : NULL;
    opened->path = g_strdup (fovea_trace_source_get_origin (source));
    opened->run = fovea_trace_source_get_run (source);
    opened->sequence = fovea_trace_source_get_sequence (source);
    return opened;
}

/* Whatever was asked for before is not what is wanted any more. */
static void
read_rest (FoveaWindow *self)
{
    if (self->reading != NULL)
        g_cancellable_cancel (self->reading);
    g_clear_object (&self->reading);
    if (self->opened_item == NULL)
        return;
    self->reading = g_cancellable_new ();
    fovea_library_read_async (self->library, self->opened_item, self->reading, read_again,
                              g_object_ref (self));
}

/* Nothing is open any more. */
static void
leave (FoveaWindow *self)
{
    g_clear_pointer (&self->opened, fovea_opened_free);
    g_clear_object (&self->opened_item);
    g_clear_pointer (&self->features_path, g_free);
    self->features_asked++;
    fovea_feature_model_set_source (self->features, NULL);
    fovea_window_show_notes (self, NULL);
    fovea_sidebar_forget (self->sidebar);
    gtk_window_set_title (GTK_WINDOW (self), "Fovea");
}

/* History has led to another sequence; what is opened by hand is here already. The note that is being
 * written is on the one before. */
static void
trace_changed (FoveaWindow *self)
{
    FoveaTraceSource *source = fovea_selection_get_source (self->selection);
    const char *path = source != NULL ? fovea_trace_source_get_origin (source) : NULL;
    if (self->opened != NULL && self->opened->source == source)
        return;
    if (self->opened != NULL)
        fovea_note_box_commit (fovea_inspector_get_note (self->inspector));
    if (path == NULL) {
        leave (self);
        return;
    }
    g_autoptr (FoveaTreeItem) store = fovea_library_find_store (self->library, path);
    g_autoptr (FoveaTreeItem) item =
        store != NULL
            ? fovea_tree_item_find_sequence (store, fovea_trace_source_get_sequence (source))
            : NULL;
    g_clear_pointer (&self->opened, fovea_opened_free);
    self->opened = opened_from (source, fovea_selection_get_heads (self->selection));
    g_set_object (&self->opened_item, item);
    fovea_window_show_notes (self, NULL);
    fovea_window_update_features (self);
    fovea_window_tell_of (self, self->opened);
    fovea_window_keep_state (self);
    read_rest (self);
}

gboolean
fovea_window_mark_missing (FoveaWindow *self, const char *path)
{
    g_autoptr (FoveaTreeItem) store = fovea_library_find_store (self->library, path);
    gboolean missing = !g_file_test (path, G_FILE_TEST_EXISTS);
    if (store != NULL && missing)
        fovea_tree_item_set_missing (store, TRUE);
    return missing;
}

/* A job would write to what is listed no more, or read of it. */
static gboolean
is_in_use (FoveaWindow *self, const char *path)
{
    const char *written = self->writing != NULL ? fovea_writing_row_get_path (self->writing) : NULL;
    return fovea_window_is_occupied (self) &&
           (g_strcmp0 (written, path) == 0 ||
            (written == NULL && self->opened != NULL && g_str_equal (self->opened->path, path)));
}

/* Path of the first store of the list that can be looked at, NULL = none. */
static const char *
find_next (FoveaWindow *self)
{
    GListModel *stores = fovea_library_get_stores (self->library);
    for (guint i = 0; i < g_list_model_get_n_items (stores); i++) {
        g_autoptr (FoveaTreeItem) store = g_list_model_get_item (stores, i);
        g_autoptr (FoveaTreeItem) first = fovea_library_find (store, 0);
        if (first != NULL && !fovea_tree_item_get_missing (store))
            return fovea_tree_item_get_path (store); /* the list has it */
    }
    return NULL;
}

/* Another store, or where one begins. */
static void
open_next (FoveaWindow *self)
{
    const char *next = find_next (self);
    if (next != NULL) {
        fovea_window_open (self, next);
        return;
    }
    fovea_window_show_start (self);
    fovea_window_keep_state (self);
    fovea_window_tell_closed (self);
}

static void
forget (FoveaWindow *self, FoveaTreeItem *store)
{
    const char *path = fovea_tree_item_get_path (store);
    if (self->opened != NULL && g_str_equal (self->opened->path, path))
        fovea_window_keep_session (self);
    if (self->opened_item != NULL &&
        g_str_equal (fovea_tree_item_get_path (self->opened_item), path) && self->reading != NULL)
        g_cancellable_cancel (self->reading);
    fovea_store_watch_remove (self->watch, path);
    fovea_library_remove_store (self->library, store);
    fovea_selection_forget (self->selection, path);
}

void
fovea_window_close_store (FoveaWindow *self, const char *path)
{
    fovea_window_finish_opening (self);
    g_autoptr (FoveaTreeItem) store = fovea_library_find_store (self->library, path);
    GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
    if (store == NULL)
        return;
    const char *name = fovea_tree_item_get_title (store);
    if (is_in_use (self, path)) {
        g_autofree char *busy =
            g_strdup_printf (_ ("A job is at work on %s; cancel it first (Ctrl+.)."), name);
        fovea_window_show_failure (self, busy);
        return;
    }
    fovea_window_forget_open_failure (self);
    self->closed_by_list =
        focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->sidebar));
    g_free (self->closed);
    self->closed = g_strdup_printf (fovea_tree_item_get_missing (store)
                                        ? _ ("Closed %s, whose file is gone")
                                        : _ ("Closed %s; its file stays, Ctrl+O opens it again"),
                                    name);
    if (self->scoring && g_strcmp0 (self->scored_path, path) == 0)
        fovea_window_stop_unasked (self);
    forget (self, store); /* which may show another one already */
    if (self->opened != NULL)
        fovea_window_tell_closed (self);
    else
        open_next (self);
    fovea_window_keep_state (self);
    fovea_window_update_actions (self);
}

static void
store_to_close (FoveaWindow *self, const char *path)
{
    g_autofree char *kept = g_strdup (path); /* of a row that goes */
    fovea_window_close_store (self, kept);
}

static void
activate_close_store (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    store_to_close (data, FOVEA_WINDOW (data)->opened->path);
}

/* The action's state is what its menu marks. */
static void
change_order (GSimpleAction *action, GVariant *state, gpointer data)
{
    FoveaWindow *self = data;
    GSettings *settings = fovea_preferences_get ();
    FoveaSequenceOrder order = fovea_sequence_order_from_id (g_variant_get_string (state, NULL));
    const char *id = fovea_sequence_order_get_id (order);
    g_autofree char *said =
        g_strdup_printf (_ ("Sequences by: %s"), fovea_sequence_order_get_title (order));
    g_simple_action_set_state (action, g_variant_new_string (id));
    fovea_sidebar_set_order (self->sidebar, order);
    if (settings != NULL)
        g_settings_set_string (settings, FOVEA_KEY_ORDER, id);
    fovea_window_say (self, said);
}

static void
activate_sort_sequences (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    guint order = (fovea_sidebar_get_order (FOVEA_WINDOW (data)->sidebar) + 1) % FOVEA_N_ORDERS;
    const char *id = fovea_sequence_order_get_id ((FoveaSequenceOrder) order);
    g_action_group_change_action_state (G_ACTION_GROUP (data), "sequence-order",
                                        g_variant_new_string (id));
}

/* Chosen in the preferences, or in another window. */
static void
order_chosen (FoveaWindow *self)
{
    g_autoptr (GVariant) state =
        g_action_group_get_action_state (G_ACTION_GROUP (self), "sequence-order");
    g_autofree char *chosen = g_settings_get_string (fovea_preferences_get (), FOVEA_KEY_ORDER);
    if (!g_str_equal (g_variant_get_string (state, NULL), chosen))
        g_action_group_change_action_state (G_ACTION_GROUP (self), "sequence-order",
                                            g_variant_new_string (chosen));
}

/* As the last window had it. */
static void
restore_order (FoveaWindow *self)
{
    GSettings *settings = fovea_preferences_get ();
    g_autofree char *kept =
        settings != NULL ? g_settings_get_string (settings, FOVEA_KEY_ORDER) : NULL;
    FoveaSequenceOrder order = fovea_sequence_order_from_id (kept);
    GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "sequence-order");
    fovea_sidebar_set_order (self->sidebar, order);
    g_simple_action_set_state (G_SIMPLE_ACTION (action),
                               g_variant_new_string (fovea_sequence_order_get_id (order)));
    if (settings != NULL)
        g_signal_connect_object (settings, "changed::" FOVEA_KEY_ORDER, G_CALLBACK (order_chosen),
                                 self, G_CONNECT_SWAPPED);
}

void
fovea_window_connect_stores (FoveaWindow *self)
{
    static const GActionEntry entries[] = {
        {.name = "close-store", .activate = activate_close_store},
        {.name = "sort-sequences", .activate = activate_sort_sequences},
        {.name = "sequence-order",
         .parameter_type = "s",
         .state = "'captured'",
         .change_state = change_order},
    };
    g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
    restore_order (self);
    g_signal_connect_object (self->sidebar, "close-store", G_CALLBACK (store_to_close), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->selection, "trace-changed", G_CALLBACK (trace_changed), self,
                             G_CONNECT_SWAPPED);
}
