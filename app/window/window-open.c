/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Opening a store and a sequence of it, and where it was left. A sequence that has been read is shown in turns:
 * header and sidebar, the views' data, what was chosen in them, the view in front; together they take longer than a frame, and none of
 * them is drawn before the last. Callbacks own a reference to the window, and a closed window has cancelled
 * them all. */
#include <glib/gi18n.h>

#include "app/window/preferences.h"
#include "app/window/recent.h"
#include "app/window/window-private.h"

#include "ui/ahead.h"
#include "ui/sentences.h"
#include "ui/token-text.h"
#include "ui/trace-source.h"

#define KEEP_AFTER_S 3 /* what a program that is killed forgets of where one looked */

static gboolean
is_closed (FoveaWindow *self)
{
    return g_cancellable_is_cancelled (self->cancellable);
}

void
fovea_window_keep_session (FoveaWindow *self)
{
    if (self->opened == NULL ||
        fovea_selection_get_source (self->selection) != self->opened->source)
        return;
    FoveaLeft left = {
        .sequence = self->opened->sequence,
        .place = *fovea_selection_get_place (self->selection),
        .view = (char *) gtk_stack_get_visible_child_name (self->views),
    };
    const FoveaReference *reference = fovea_selection_get_reference (self->selection);
    if (left.view == NULL)
        return;
    if (reference != NULL) {
        left.reference_path = (char *) fovea_trace_source_get_origin (reference->source);
        left.reference = fovea_trace_source_get_sequence (reference->source);
    }
    g_autoptr (GVariant) choices = left.choices = fovea_window_list_kept (self);
    fovea_session_file_keep (self->opened->path, &left);
}

static gboolean
keep_now (gpointer data)
{
    FoveaWindow *self = data;
    self->session_timeout = 0;
    fovea_window_keep_session (self);
    fovea_window_keep_state (self);
    return G_SOURCE_REMOVE;
}

/* Counted from the first move that is not kept: who never rests loses no more than the others. */
static void
keep_soon (FoveaWindow *self)
{
    if (self->session_timeout == 0 && self->opened != NULL && !is_closed (self))
        self->session_timeout = g_timeout_add_seconds (KEEP_AFTER_S, keep_now, self);
}

/* Lists have rows that can take the focus only after they have been laid out. */
static gboolean
focus_view (GtkWidget *widget, GdkFrameClock *clock, gpointer unused)
{
    FoveaWindow *self = FOVEA_WINDOW (widget);
    GtkWidget *page = gtk_stack_get_visible_child (self->views), *focus;
    if (gtk_widget_get_width (page) == 0)
        return G_SOURCE_CONTINUE;
    fovea_window_show_view (self, gtk_stack_get_visible_child_name (self->views));
    focus = gtk_window_get_focus (GTK_WINDOW (self));
    return focus != NULL && gtk_widget_is_ancestor (focus, page) ? G_SOURCE_REMOVE
                                                                 : G_SOURCE_CONTINUE;
}

void
fovea_window_tell_of (FoveaWindow *self, const FoveaOpened *opened)
{
    const FoveaTraceInfo *info =
        fovea_trace_get_info (fovea_trace_source_get_trace (opened->source));
    g_autofree char *name = g_path_get_basename (opened->path);
    g_autofree char *title = g_strdup_printf ("%s — %s", info->title, name);
    g_autofree char *tokens = fovea_number_text (info->n_tokens);
    g_autofree char *text = opened->heads != NULL
                                ? fovea_sentence_for_scores (opened->heads)
                                : g_strdup_printf (_ ("%s tokens, %s"), tokens, info->model_name);
    gtk_window_set_title (GTK_WINDOW (self), title);
    if (self->opened_item != NULL)
        fovea_sidebar_show (self->sidebar, self->opened_item);
    g_free (self->unfinished_said);
    self->unfinished_said = fovea_window_describe_unfinished (self, opened);
    fovea_window_say (self, self->unfinished_said != NULL ? self->unfinished_said : text);
}

static void
tell_of_coming (FoveaWindow *self)
{
    fovea_window_tell_of (self, self->coming);
}

/* What is kept of the old sequence is kept before the new one is the open one. Choices that are made before
 * there is something to show cost nothing, and it then comes as it was left. */
static void
prepare_views (FoveaWindow *self)
{
    fovea_window_keep_session (self);
    if (self->compared != NULL && fovea_selection_get_reference (self->selection) == NULL)
        fovea_selection_compare_with (self->selection, self->compared->source,
                                      self->compared->heads);
    g_clear_pointer (&self->compared, fovea_opened_free);
    if (self->left != NULL && self->left->choices != NULL)
        fovea_window_restore_kept (self, self->left->choices);
}

static void
show_data (FoveaWindow *self)
{
    FoveaOpened *opened = self->coming;
    fovea_note_box_commit (fovea_inspector_get_note (self->inspector)); /* on the old sequence */
    g_clear_pointer (&self->opened, fovea_opened_free);
    self->opened = g_steal_pointer (&self->coming);
    fovea_window_show_notes (self, opened->notes);
    if (self->left != NULL && self->left->sequence != opened->sequence)
        g_clear_pointer (&self->left, fovea_left_free);
    gboolean kept = self->left == NULL && fovea_window_keep_place (self, opened);
    if (self->left != NULL)
        opened->place = self->left->place;
    fovea_selection_set_trace (self->selection, opened->source, opened->heads, &opened->place);
    fovea_window_show_curves (self, fovea_sparse_model_take_wanted_tokens (self->sparse));
    fovea_window_update_features (self);
    self->untouched = self->left == NULL && !kept;
}

static void
restore_rest (FoveaWindow *self)
{
    if (self->left != NULL && self->left->choices != NULL)
        fovea_window_restore_kept_of_text (self, self->left->choices);
}

static void
show_front (FoveaWindow *self)
{
    if (self->left != NULL && self->left->view != NULL)
        fovea_window_show_view (self, self->left->view);
    g_clear_pointer (&self->left, fovea_left_free);
    gboolean start = g_strcmp0 (gtk_stack_get_visible_child_name (self->root), "work") != 0;
    if (start) /* the toolkit would put the focus of the start page into the first text that it finds */
        gtk_window_set_focus (GTK_WINDOW (self), NULL);
    gtk_stack_set_visible_child_name (self->root, "work");
    fovea_window_keep_state (self); /* a session that is ended from outside closes no window */
    if (start)
        gtk_widget_add_tick_callback (GTK_WIDGET (self), focus_view, NULL, NULL);
    fovea_window_tell_closed (self);
    fovea_window_score_heads (self);
    fovea_window_update_actions (self);
    fovea_ahead_measure (GTK_WIDGET (self));
}

static void (*const opening_steps[]) (FoveaWindow *) = {tell_of_coming, prepare_views, show_data,
                                                        restore_rest, show_front};

static gboolean
take_step (gpointer data)
{
    FoveaWindow *self = data;
    opening_steps[self->opening_step++](self);
    if (self->opening_step < G_N_ELEMENTS (opening_steps))
        return G_SOURCE_CONTINUE;
    self->opening = 0;
    return G_SOURCE_REMOVE;
}

void
fovea_window_finish_opening (FoveaWindow *self)
{
    if (self->opening == 0)
        return;
    g_clear_handle_id (&self->opening, g_source_remove);
    while (self->opening_step < G_N_ELEMENTS (opening_steps))
        opening_steps[self->opening_step++](self);
}

/* The views stay with what they show, and so does the sidebar. */
static void
reading_failed (FoveaWindow *self, const char *message)
{
    g_autoptr (FoveaTreeItem) store =
        self->opened != NULL ? fovea_library_find_store (self->library, self->opened->path) : NULL;
    g_autoptr (FoveaTreeItem) item =
        store != NULL ? fovea_tree_item_find_sequence (store, self->opened->sequence) : NULL;
    fovea_window_show_open_failure (self, message);
    if (self->opened_item != NULL)
        fovea_window_mark_missing (self, fovea_tree_item_get_path (self->opened_item));
    g_set_object (&self->opened_item, item);
    if (item != NULL)
        fovea_sidebar_show (self->sidebar, item);
}

static void
begin (FoveaWindow *self)
{
    self->opening_step = 0;
    self->opening = g_idle_add_full (G_PRIORITY_DEFAULT, take_step, self, NULL);
}

/* Of one that is not there any more nothing is said. */
static void
compared_read (GObject *object, GAsyncResult *result, gpointer data)
{
    g_autoptr (FoveaWindow) self = data;
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaOpened) compared =
        fovea_library_read_finish (FOVEA_LIBRARY (object), result, &error);
    if (is_closed (self) || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    self->compared = g_steal_pointer (&compared);
    begin (self);
}

/* What the sequence that has come was compared with is read before it is shown: its grid would be drawn twice.
 * Whoever compares already goes on with that. */
static gboolean
read_compared (FoveaWindow *self)
{
    const FoveaLeft *left = self->left;
    if (left == NULL || left->reference_path == NULL ||
        fovea_selection_get_reference (self->selection) != NULL)
        return FALSE;
    g_autoptr (FoveaTreeItem) store =
        fovea_library_find_store (self->library, left->reference_path);
    g_autoptr (FoveaTreeItem) item =
        store != NULL ? fovea_tree_item_find_sequence (store, left->reference) : NULL;
    if (item == NULL)
        return FALSE;
    fovea_library_read_async (self->library, item, self->reading, compared_read,
                              g_object_ref (self));
    return TRUE;
}

static void
sequence_read (GObject *object, GAsyncResult *result, gpointer data)
{
    g_autoptr (FoveaWindow) self = data;
    g_autoptr (GError) error = NULL;
    FoveaOpened *opened = fovea_library_read_finish (FOVEA_LIBRARY (object), result, &error);
    if (is_closed (self) || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        fovea_opened_free (opened);
        return; /* another one may have been asked for since */
    }
    if (opened == NULL) {
        reading_failed (self, error->message);
        return;
    }
    self->coming = opened;
    if (!read_compared (self))
        begin (self);
}

void
fovea_window_read_item (FoveaWindow *self, FoveaTreeItem *item)
{
    fovea_window_finish_opening (self);
    g_clear_pointer (&self->coming, fovea_opened_free); /* and waits for what it is compared with */
    g_set_object (&self->opened_item, item);
    if (self->reading != NULL)
        g_cancellable_cancel (self->reading);
    g_clear_object (&self->reading);
    self->reading = g_cancellable_new ();
    fovea_library_read_async (self->library, item, self->reading, sequence_read,
                              g_object_ref (self));
}

static void
sidebar_opened (FoveaWindow *self, FoveaTreeItem *item)
{
    fovea_window_forget_open_failure (self);
    fovea_window_read_item (self, item);
}

/* A store that was asked for. */
typedef struct {
    char *path;
    gint64 run;     /* to look at; 0 = where it was left, else the newest */
    gboolean aside; /* listed, and shown only if nothing else can be */
} Wanted;

static void
wanted_free (gpointer data)
{
    g_free (((Wanted *) data)->path);
    g_free (data);
}

/* Looks at where the store was left, else at the newest run. */
static void
show_store (FoveaWindow *self, FoveaTreeItem *item, gint64 run)
{
    g_autoptr (FoveaTreeItem) sequence = NULL;
    fovea_window_find_unfinished (self, item);
    g_clear_pointer (&self->left, fovea_left_free);
    fovea_window_keep_session (self); /* of the same store, perhaps */
    if (run == 0)
        self->left = fovea_session_file_recall (fovea_tree_item_get_path (item));
    if (self->left != NULL)
        sequence = fovea_tree_item_find_sequence (item, self->left->sequence);
    if (sequence == NULL)
        sequence = fovea_library_find (item, run);
    if (sequence != NULL)
        fovea_window_read_item (self, sequence);
    else {
        g_autofree char *text = g_strdup_printf (_ ("Store %s holds no sequence yet."),
                                                 fovea_tree_item_get_path (item));
        fovea_window_show_open_failure (self, text);
    }
}

static void
list_store (FoveaWindow *self, FoveaTreeItem *item, const Wanted *wanted)
{
    fovea_store_watch_add (self->watch, fovea_tree_item_get_path (item));
    if (!wanted->aside)
        fovea_recent_note (fovea_tree_item_get_path (item));
    if (wanted->aside && self->listed != NULL && !self->listed_aside)
        return;
    g_set_object (&self->listed, item);
    self->listed_run = wanted->run;
    self->listed_aside = wanted->aside;
}

/* Of several that cannot be read at once, all are named. */
static void
tell_unread (FoveaWindow *self, const char *message)
{
    g_autofree char *before = g_steal_pointer (&self->unread);
    self->unread = before != NULL ? g_strconcat (before, " · ", message, NULL) : g_strdup (message);
    fovea_window_show_open_failure (self, self->unread);
}

static void read_wanted (FoveaWindow *self);

/* Rows come in the order in which stores were asked for, and the last of them is shown, however long each
 * took to be read. */
static void
store_opened (GObject *object, GAsyncResult *result, gpointer data)
{
    g_autoptr (FoveaWindow) self = data;
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaTreeItem) item =
        fovea_library_open_finish (FOVEA_LIBRARY (object), result, &error);
    if (is_closed (self))
        return;
    const Wanted *wanted = g_queue_peek_head (&self->wanted);
    if (item != NULL)
        list_store (self, item, wanted);
    else
        tell_unread (self, error->message);
    wanted_free (g_queue_pop_head (&self->wanted));
    if (!g_queue_is_empty (&self->wanted)) {
        read_wanted (self);
        return;
    }
    g_clear_pointer (&self->unread, g_free);
    g_autoptr (FoveaTreeItem) listed = g_steal_pointer (&self->listed);
    if (listed != NULL)
        show_store (self, listed, self->listed_run);
}

static void
read_wanted (FoveaWindow *self)
{
    const Wanted *wanted = g_queue_peek_head (&self->wanted);
    fovea_library_open_async (self->library, wanted->path, self->cancellable, store_opened,
                              g_object_ref (self));
}

static void
want (FoveaWindow *self, const char *path, gint64 run, gboolean aside)
{
    Wanted *wanted = g_new0 (Wanted, 1);
    wanted->path = g_strdup (path);
    wanted->run = run;
    wanted->aside = aside;
    fovea_window_forget_open_failure (self);
    g_queue_push_tail (&self->wanted, wanted);
    if (g_queue_get_length (&self->wanted) == 1)
        read_wanted (self);
}

void
fovea_window_open_run (FoveaWindow *self, const char *path, gint64 run)
{
    want (self, path, run, FALSE);
}

void
fovea_window_restore (FoveaWindow *self)
{
    GSettings *settings = fovea_preferences_get ();
    g_autofree char *shown =
        settings != NULL ? g_settings_get_string (settings, "last-store") : NULL;
    g_auto (GStrv) listed =
        settings != NULL ? g_settings_get_strv (settings, "listed-stores") : NULL;
    if (shown == NULL || *shown == '\0' || !fovea_preferences_reopens ())
        return;
    for (guint i = 0; listed[i] != NULL; i++)
        want (self, listed[i], 0, !g_str_equal (listed[i], shown));
    if (!g_strv_contains ((const char *const *) listed, shown))
        want (self, shown, 0, FALSE);
}

const char *
fovea_window_get_wanted (FoveaWindow *self)
{
    const Wanted *wanted = g_queue_peek_head (&self->wanted);
    return wanted != NULL ? wanted->path : NULL;
}

void
fovea_window_forget_wanted (FoveaWindow *self)
{
    g_queue_clear_full (&self->wanted, wanted_free);
    g_clear_object (&self->listed);
    g_clear_pointer (&self->unread, g_free);
}

void
fovea_window_open (FoveaWindow *self, const char *path)
{
    fovea_window_open_run (self, path, 0);
}

void
fovea_window_connect_opening (FoveaWindow *self)
{
    g_signal_connect_object (self->sidebar, "opened", G_CALLBACK (sidebar_opened), self,
                             G_CONNECT_SWAPPED);
    const struct {
        gpointer object;
        const char *signal;
    } moves[] = {{self->selection, "moved"},
                 {self->selection, "reference-changed"},
                 {fovea_selection_get_chosen (self->selection), "changed"},
                 {self->kept, "changed"},
                 {self->kept_of_text, "changed"},
                 {self, "notify::default-width"},
                 {self, "notify::default-height"},
                 {self, "notify::maximized"}};
    for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
        g_signal_connect_object (moves[i].object, moves[i].signal, G_CALLBACK (keep_soon), self,
                                 G_CONNECT_SWAPPED);
    g_signal_connect_object (self->views, "notify::visible-child", G_CALLBACK (keep_soon), self,
                             G_CONNECT_SWAPPED);
}
