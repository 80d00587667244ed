/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Captures: what they write, the rows that come of it, and the start page's live line. Callbacks own a
 * reference to the window, and a closed window has cancelled them all. */
#include "app/window/capture-task.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "app/window/preferences.h"
#include "app/window/window-private.h"

#include "ui/token-text.h"
#include "ui/trace-source.h"

/* Callbacks own a reference, so the object is there; its widgets may not be. */
static gboolean
is_closed (FoveaWindow *self)
{
    return g_cancellable_is_cancelled (self->cancellable);
}

typedef struct {
    FoveaWindow *window;
    FoveaCaptureRequest *request; /* a copy, to go on with */
    char *path;
} Capture;

static void
capture_free (Capture *capture)
{
    fovea_capture_request_free (capture->request);
    g_free (capture->path);
    g_free (capture);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Capture, capture_free)

/* Who has nothing open looks at the first of what is being written as soon as it is there. */
static void
show_first (FoveaWindow *self, FoveaTreeItem *store)
{
    g_autoptr (FoveaTreeItem) first = fovea_library_find (store, 0);
    if (first != NULL && self->opened_item == NULL)
        fovea_window_read_item (self, first);
}

static void
set_unfinished (FoveaWindow *self, FoveaCaptureRequest *request, const char *path)
{
    g_clear_pointer (&self->unfinished, fovea_capture_request_free);
    g_free (self->unfinished_path);
    self->unfinished = request;
    self->unfinished_path = g_strdup (path);
    fovea_window_update_actions (self);
}

static gboolean
goes_on_in (FoveaWindow *self, const char *path)
{
    g_autofree char *whole = self->unfinished != NULL && self->unfinished_path != NULL
                                 ? g_canonicalize_filename (self->unfinished_path, NULL)
                                 : NULL;
    return g_strcmp0 (whole, path) == 0;
}

/* What was cancelled here stays: of a text it is known in this window only. */
void
fovea_window_find_unfinished (FoveaWindow *self, FoveaTreeItem *store)
{
    const FoveaUnfinished *found = fovea_library_get_unfinished (store);
    const char *path = fovea_tree_item_get_path (store);
    if (self->writing != NULL)
        return;
    if (found != NULL && found->written)
        fovea_window_watch_writer (self, path);
    if (found == NULL && goes_on_in (self, path))
        set_unfinished (self, NULL, NULL); /* another program has ended it */
    else if (found != NULL && found->request != NULL && self->unfinished == NULL)
        set_unfinished (self, fovea_capture_request_copy (found->request), path);
}

char *
fovea_window_describe_unfinished (FoveaWindow *self, const FoveaOpened *opened)
{
    g_autoptr (FoveaTreeItem) store = fovea_library_find_store (self->library, opened->path);
    const FoveaUnfinished *found = store != NULL ? fovea_library_get_unfinished (store) : NULL;
    if (self->writing != NULL || found == NULL || found->run != opened->run)
        return NULL;
    g_autofree char *kept = fovea_number_text (found->n_kept);
    g_autofree char *all = fovea_number_text (found->n_planned);
    g_autofree char *text =
        found->n_planned > 0
            ? g_strdup_printf (_ ("Run %" PRId64 " is not finished, %s of %s sequences are kept"),
                               found->run, kept, all)
            : g_strdup_printf (ngettext ("Run %" PRId64 " is not finished, %s sequence is kept",
                                         "Run %" PRId64 " is not finished, %s sequences are kept",
                                         (gulong) found->n_kept),
                               found->run, kept);
    return g_strconcat (text,
                        found->written ? _ ("; another program is writing into its store just now")
                        : goes_on_in (self, opened->path)
                            ? _ ("; Ctrl+G goes on there")
                            : _ ("; New capture with the same choices goes on there"),
                        NULL);
}

/* The row that was selected may be gone with the list it was in. It is of what was asked for last, which may
 * still be on its way. */
static void
store_listed (gpointer data, FoveaTreeItem *store)
{
    FoveaWindow *self = data;
    const char *path = fovea_tree_item_get_path (store);
    fovea_window_find_unfinished (self, store);
    fovea_window_say_unfinished (self, store);
    if (self->opened == NULL && self->writing != NULL)
        show_first (self, store);
    if (self->opened == NULL)
        return;
    gboolean asked = self->opened_item != NULL;
    if (!g_str_equal (asked ? fovea_tree_item_get_path (self->opened_item) : self->opened->path,
                      path))
        return;
    g_autoptr (FoveaTreeItem) item = fovea_tree_item_find_sequence (
        store, asked ? fovea_tree_item_get_id (self->opened_item) : self->opened->sequence);
    if (item == NULL)
        return;
    g_set_object (&self->opened_item, item);
    fovea_sidebar_show (self->sidebar, item);
}

static void
store_read_again (GObject *object, GAsyncResult *result, gpointer data)
{
    g_autoptr (FoveaWindow) self = data;
    g_autoptr (FoveaTreeItem) store =
        fovea_library_open_finish (FOVEA_LIBRARY (object), result, NULL);
    if (store != NULL && !is_closed (self))
        store_listed (self, store);
}

void
fovea_window_read_store_again (FoveaWindow *self, const char *path)
{
    fovea_library_open_async (self->library, path, self->cancellable, store_read_again,
                              g_object_ref (self));
}

/* A job of this window writes too, and tells of it by itself: what others wrote meanwhile is read when it
 * has ended. */
static gboolean
store_changed (gpointer data, const char *path)
{
    FoveaWindow *self = data;
    if (fovea_window_mark_missing (self, path))
        return TRUE;
    if (self->job != NULL)
        return FALSE;
    fovea_window_read_notes (self, path);
    fovea_window_read_store_again (self, path);
    return TRUE;
}

/* Whoever looks at a sequence of the run already stays there; what was committed of one that failed or
 * was cancelled is listed. */
static void
show_run (FoveaWindow *self, const char *path, gint64 run)
{
    g_autofree char *whole = g_canonicalize_filename (path, NULL);
    gboolean there = fovea_window_shows_run (self, whole, run);
    if (g_strcmp0 (self->features_path, whole) ==
        0) /* what came has no codes: the view says so when */
        g_clear_pointer (&self->features_path, g_free); /* it is looked at next */
    if (run > 0 && !there) {
        fovea_window_open_run (self, path, run);
        return;
    }
    fovea_window_read_store_again (self, path);
    if (there)
        fovea_window_score_heads (self);
}

/* A book that was cancelled or found no more room is no loss of what was done; nor is it whole. Gives
 * the run, 0 if nothing is kept. */
static gint64
tell_kept (FoveaWindow *self, GAsyncResult *result, const GError *error, Capture *capture)
{
    gint64 run;
    guint n_all, n = fovea_capture_task_get_kept (result, &n_all, &run);
    if (n == 0 || error == NULL)
        return 0;
    g_autofree char *kept = fovea_number_text (n);
    g_autofree char *all = fovea_number_text (n_all);
    g_autofree char *text =
        g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
            ? g_strdup_printf (
                  ngettext ("Cancelled; %s sequence of %s is kept, Ctrl+G goes on there",
                            "Cancelled; %s sequences of %s are kept, Ctrl+G goes on there", n),
                  kept, all)
            : g_strdup_printf (
                  ngettext ("Failed; %s sequence of %s is kept, Ctrl+G goes on there",
                            "Failed; %s sequences of %s are kept, Ctrl+G goes on there", n),
                  kept, all);
    fovea_window_forget_encoding (self); /* what was stopped last goes on */
    set_unfinished (self, g_steal_pointer (&capture->request), capture->path);
    fovea_window_say (self, text);
    return run;
}

/* The store is read again, so that the new run appears in the sidebar. */
static void
captured (GObject *object, GAsyncResult *result, gpointer data)
{
    g_autoptr (Capture) capture = data;
    g_autoptr (FoveaWindow) self = capture->window;
    g_autoptr (GError) error = NULL;
    gint64 run = fovea_capture_task_run_finish (result, &error);
    if (is_closed (self))
        return;
    g_clear_pointer (&self->writing, fovea_writing_row_end);
    fovea_window_end_job (self, error, _ ("Captured"));
    gint64 kept = tell_kept (self, result, error, capture);
    if (run == 0 && self->opened_item == NULL)
        run = kept; /* else nothing of it would be in sight */
    if (run > 0 || g_file_test (capture->path, G_FILE_TEST_EXISTS))
        show_run (self, capture->path, run);
}

void
fovea_window_capture (FoveaWindow *self, FoveaCaptureRequest *request, const char *path)
{
    if (fovea_window_is_taken (self, path) ||
        fovea_window_start_job (self, _ ("Capturing")) == NULL) {
        fovea_capture_request_free (request);
        return;
    }
    Capture *capture = g_new0 (Capture, 1);
    capture->window = g_object_ref (self);
    capture->request = fovea_capture_request_copy (request);
    capture->path = g_strdup (path);
    set_unfinished (self, NULL, NULL);
    fovea_failure_bar_close (self->failure); /* it may be of the one that is gone on with */
    self->writing = fovea_writing_row_new (self->library, path, store_listed, self);
    fovea_capture_task_run_async (request, path, self->relay,
                                  fovea_writing_row_get_relay (self->writing), self->job, captured,
                                  capture);
}

void
fovea_window_go_on (FoveaWindow *self)
{
    if (fovea_window_can_go_on_encoding (self)) {
        fovea_window_go_on_encoding (self);
        return;
    }
    g_autofree char *path = g_strdup (self->unfinished_path);
    if (self->unfinished != NULL)
        fovea_window_capture (self, fovea_capture_request_copy (self->unfinished), path);
}

/* One sequence: a text beyond the context is cut to its first window. */
static FoveaCaptureRequest *
text_request (FoveaWindow *self, const char *text)
{
    FoveaCaptureRequest *request = fovea_capture_request_new ();
    request->model = g_strdup (fovea_start_page_get_model (self->start));
    request->text = g_strdup (text);
    request->limit = 1;
    return request;
}

void
fovea_window_run_text (FoveaWindow *self, const char *text, const char *path)
{
    fovea_window_capture (self, text_request (self, text), path);
}

static void
run_clicked (FoveaWindow *self)
{
    g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "fovea", NULL);
    g_autofree char *path = g_build_filename (folder, "first-look.fovea", NULL);
    g_autofree char *text = fovea_start_page_get_text (self->start);
    if (g_mkdir_with_parents (folder, 0700) != 0)
        fovea_window_show_failure (self, _ ("No folder for the first store can be made."));
    else
        fovea_window_run_text (self, text, path);
}

/* Of a text that the model does not read to its end, both numbers: what is left out is not seen.   Owner: caller. */
static char *
describe_tokens (const FoveaPrediction *p)
{
    GHashTableIter iter;
    gpointer value;
    gint64 whole = 0;
    g_hash_table_iter_init (&iter, p->tokens_by_title);
    while (g_hash_table_iter_next (&iter, NULL, &value))
        whole += ((const FoveaTextTokens *) value)->whole;
    g_autofree char *n = fovea_number_text (p->n_tokens);
    g_autofree char *of = fovea_number_text (whole > p->n_tokens ? whole : p->context);
    return g_strdup_printf (whole > p->n_tokens
                                ? _ ("Only the first %s of %s tokens; Ctrl+N takes all")
                                : _ ("%s of %s tokens"),
                            n, of);
}

/* The live line: what is kept and how large, or why it cannot run. */
static void
predicted (GObject *object, GAsyncResult *result, gpointer data)
{
    g_autoptr (FoveaWindow) self = data;
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaPrediction) p = fovea_capture_task_predict_finish (result, &error);
    if (is_closed (self) || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (p == NULL) {
        g_autofree char *text = fovea_start_page_get_text (self->start);
        fovea_start_page_set_prediction (
            self->start, "",
            *text == '\0' ? _ ("Type or paste a text to run the model on.") : error->message,
            FALSE);
        return;
    }
    g_autofree char *tokens = describe_tokens (p);
    g_autofree char *bytes = g_format_size (p->store_bytes);
    g_autofree char *time = fovea_prediction_describe_time (p->seconds);
    g_autofree char *line =
        g_strdup_printf (_ ("Keeps every attention map, exactly, and scores every head: %s%s%s."),
                         bytes, *time != '\0' ? ", " : "", time);
    fovea_start_page_set_prediction (self->start, tokens, p->refusal != NULL ? p->refusal : line,
                                     p->refusal == NULL);
    fovea_start_page_set_model (self->start, p->model, p->device);
    fovea_status_line_set_device (self->status, p->device);
}

/* A failure is told by the live line already. */
static void
looked (GObject *object, GAsyncResult *result, gpointer data)
{
    g_autoptr (FoveaWindow) self = data;
    g_autoptr (GError) error = NULL;
    FoveaTraceSource *source = fovea_capture_task_look_finish (result, &error);
    if (source == NULL)
        return; /* the live line already says why the model cannot run */
    if (!is_closed (self))
        fovea_start_page_set_examples (self->start, source);
    fovea_trace_source_unref (source);
}

static void
text_changed (FoveaWindow *self)
{
    g_autofree char *text = fovea_start_page_get_text (self->start);
    if (self->prediction != NULL)
        g_cancellable_cancel (self->prediction);
    g_clear_object (&self->prediction);
    self->prediction = g_cancellable_new ();
    fovea_capture_task_predict_async (text_request (self, text), NULL, self->prediction, predicted,
                                      g_object_ref (self));
    /* Here rather than at the start, so that the first frame has the processor to itself. */
    if (!self->looked)
        fovea_capture_task_look_async (text, self->cancellable, looked, g_object_ref (self));
    self->looked = TRUE;
}

void
fovea_window_show_start (FoveaWindow *self)
{
    g_auto (GStrv) models = fovea_preferences_list_models ();
    fovea_start_page_set_models (self->start, (const char *const *) models);
    gtk_stack_set_visible_child_name (self->root, "start");
    fovea_start_page_focus (self->start);
}

void
fovea_window_connect_captures (FoveaWindow *self)
{
    g_auto (GStrv) models = fovea_preferences_list_models ();
    fovea_start_page_set_models (self->start, (const char *const *) models);
    self->watch = fovea_store_watch_new (store_changed, self);
    g_signal_connect_object (self->start, "run", G_CALLBACK (run_clicked), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (self->start, "text-changed", G_CALLBACK (text_changed), self,
                             G_CONNECT_SWAPPED);
}
