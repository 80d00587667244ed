/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The form is the request: each change makes a new FoveaCaptureRequest, whose prediction is renewed
 * 150 ms after the last change, off the main loop. Capture is off until that prediction says that
 * it fits, and the line then names what does not. */
#include "app/window/new-capture.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "app/command/option-value.h"
#include "app/window/capture-task.h"
#include "app/window/device-choice.h"
#include "app/window/input-form.h"
#include "app/window/keep-form.h"
#include "app/window/model-row.h"
#include "app/window/prediction-card.h"
#include "app/window/preferences.h"
#include "app/window/stride-form.h"
#include "app/window/window-private.h"
#include "ui/tip.h"
#include "ui/token-text.h"

#define DELAY_MS 150

typedef struct {
    FoveaWindow *owner;
    char **paths; /* to be put into the form, or NULL */
    GtkWidget *dialog, *capture;
    GtkWidget *grid; /* of the form's rows, while it is built */
    GtkEditable *model, *limit, *store;
    FoveaInputForm *input;
    FoveaStrideForm *windows;
    FoveaKeepForm *keep;
    FoveaPredictionCard *card;
    GtkDropDown *device, *precision, *dtype;
    GtkStringList *device_names; /* labels; the names of --device are in devices */
    GPtrArray *devices;          /* NULL until they are found: "auto" alone */
    GtkLabel *facts;
    GtkWidget *marked;         /* as wrong, NULL = none */
    char *described;           /* the model that the facts are of */
    gint64 context;            /* of that model */
    char *command;             /* of the form, NULL = it is not complete */
    GCancellable *cancellable; /* of the prediction under way */
    GCancellable *closed;
    guint timeout;
    gboolean judged; /* the verdict is about the form as it stands */
    gboolean asked;  /* for the capture, before it was judged */
    gboolean whole;  /* asked for with the model's context */
} NewCapture;

static const char *const precisions[] = {"f32", "bf16", "f16", "tf32", NULL};

static void changed (gpointer data);
static gboolean predict (gpointer data);
static void start (NewCapture *self);

static void
new_capture_free (gpointer data)
{
    NewCapture *self = data;
    g_clear_object (&self->grid); /* before what its widgets tell of their end */
    g_clear_handle_id (&self->timeout, g_source_remove);
    g_cancellable_cancel (self->cancellable);
    g_cancellable_cancel (self->closed);
    g_clear_object (&self->cancellable);
    g_clear_object (&self->closed);
    g_clear_pointer (&self->devices, g_ptr_array_unref);
    fovea_input_form_free (self->input);
    g_free (self->described);
    g_free (self->command);
    g_free (self->keep);
    g_free (self->windows);
    g_strfreev (self->paths);
    g_free (self);
}

/* "64 GB", "64G" or nothing, which is what is free. */
static gboolean
fill_limit (NewCapture *self, FoveaCaptureRequest *request, GError **error)
{
    static const FoveaOption option = {"limit", 0, FOVEA_OPTION_SIZE, "SIZE", "", 0, 0, NULL};
    g_autofree char *text = g_strdup (gtk_editable_get_text (self->limit));
    gsize n = strlen (g_strstrip (text));
    FoveaOptionValue value = {0};
    if (n == 0)
        return TRUE;
    if (n > 1 && g_ascii_toupper (text[n - 1]) == 'B')
        text[n - 1] = '\0';
    g_strstrip (text);
    char *gap = strchr (text, ' ');
    if (gap != NULL)
        memmove (gap, gap + 1, strlen (gap));
    if (!fovea_option_value_read (&value, &option, text, error)) {
        g_clear_error (error);
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     _ ("The limit is “%s”, expected a size like 64 GB."),
                     gtk_editable_get_text (self->limit));
        return FALSE;
    }
    request->memory = (guint64) value.first;
    return TRUE;
}

static const char *
get_device (NewCapture *self)
{
    guint chosen = gtk_drop_down_get_selected (self->device);
    if (self->devices == NULL || chosen >= self->devices->len)
        return "auto";
    return ((FoveaDeviceChoice *) g_ptr_array_index (self->devices, chosen))->name;
}

/* NULL with a sentence for the verdict if the form is not complete. */
static FoveaCaptureRequest *
make_request (NewCapture *self, FoveaCaptureChoice *wrong, GError **error)
{
    static const FoveaDtype dtypes[] = {FOVEA_F32, FOVEA_BF16, FOVEA_F16};
    static const FoveaPrecision kinds[] = {FOVEA_PRECISION_F32, FOVEA_PRECISION_BF16,
                                           FOVEA_PRECISION_F16, FOVEA_PRECISION_TF32};
    g_autoptr (FoveaCaptureRequest) request = fovea_capture_request_new ();
    request->model = g_strdup (gtk_editable_get_text (self->model));
    request->keep = dtypes[gtk_drop_down_get_selected (self->dtype) % 3];
    request->device = g_strdup (get_device (self));
    request->precision = kinds[gtk_drop_down_get_selected (self->precision) % G_N_ELEMENTS (kinds)];
    fovea_keep_form_fill (self->keep, request);
    if (fovea_input_form_has_windows (self->input)) {
        fovea_stride_form_fill (self->windows, request);
        request->tokens = self->whole ? 0 : request->tokens;
    }
    *wrong = FOVEA_CAPTURE_CHOICE_INPUT;
    if (!fovea_input_form_fill (self->input, request, error))
        return NULL;
    *wrong = FOVEA_CAPTURE_CHOICE_MEMORY;
    return fill_limit (self, request, error) ? g_steal_pointer (&request) : NULL;
}

/* Until the next verdict, so that it does not flicker while somebody types. */
static void
mark (NewCapture *self, FoveaCaptureChoice wrong)
{
    GtkWidget *const places[] = {
        [FOVEA_CAPTURE_CHOICE_MODEL] = GTK_WIDGET (self->model),
        [FOVEA_CAPTURE_CHOICE_POINTS] = fovea_keep_form_get_entry (self->keep),
        [FOVEA_CAPTURE_CHOICE_INPUT] = fovea_input_form_get_source (self->input),
        [FOVEA_CAPTURE_CHOICE_WINDOW] = fovea_stride_form_get_entry (self->windows),
        [FOVEA_CAPTURE_CHOICE_DEVICE] = GTK_WIDGET (self->device),
        [FOVEA_CAPTURE_CHOICE_PRECISION] = GTK_WIDGET (self->precision),
        [FOVEA_CAPTURE_CHOICE_MEMORY] = GTK_WIDGET (self->limit),
        [FOVEA_CAPTURE_CHOICE_STORE] = GTK_WIDGET (self->store),
    };
    fovea_form_move_mark (&self->marked, places[wrong]);
}

/* Word, colour and mark say the same; the button follows. */
static void
set_verdict (NewCapture *self, gboolean fits, const char *text, FoveaCaptureChoice wrong)
{
    mark (self, wrong);
    fovea_prediction_card_set_verdict (self->card, fits, text);
    gtk_widget_set_sensitive (self->capture, fits);
    self->judged = TRUE;
}

/* What would help, while something does not fit. */
static void
show_remedies (NewCapture *self, const FoveaPrediction *prediction)
{
    FoveaRemedy remedies[FOVEA_MAX_REMEDIES];
    FoveaRemedyForm form = {.window = 0};
    for (guint part = 0; part < FOVEA_KEEP_N; part++)
        form.kept[part] = fovea_keep_form_keeps (self->keep, (FoveaKeepPart) part);
    if (fovea_input_form_has_windows (self->input))
        form.window = fovea_stride_form_get_window (self->windows);
    guint n = prediction != NULL ? fovea_prediction_list_remedies (prediction, &form, remedies) : 0;
    fovea_prediction_card_set_remedies (self->card, remedies, n);
}

/* As if it were chosen in the form, which then asks for another prediction. */
static void
remedy_chosen (FoveaPredictionCard *card, const FoveaRemedy *remedy, NewCapture *self)
{
    FoveaRemedy chosen = *remedy;
    if (chosen.kind == FOVEA_REMEDY_TOKENS)
        fovea_stride_form_choose_window (self->windows, chosen.tokens);
    else if (chosen.kind == FOVEA_REMEDY_PART)
        fovea_keep_form_leave_out (self->keep, chosen.part);
    for (guint i = 0;
         chosen.kind == FOVEA_REMEDY_CPU && self->devices != NULL && i < self->devices->len; i++)
        if (g_str_equal (((FoveaDeviceChoice *) g_ptr_array_index (self->devices, i))->name, "cpu"))
            gtk_drop_down_set_selected (self->device, i);
}

/* A run of the same that did not end is not begun anew. */
static char *
describe_start (const FoveaPrediction *prediction)
{
    if (prediction->resumed == 0)
        return g_strdup (_ ("✓ Fits. Capture can start."));
    return g_strdup_printf (_ ("✓ Fits. Run %" PRId64 " of this store stopped after %" PRId64
                               " of %" PRId64 " sequences and goes on there."),
                            prediction->resumed, prediction->n_done, prediction->n_sequences);
}

static void
show_command (NewCapture *self, const FoveaPrediction *prediction)
{
    g_autofree char *command = g_strconcat (self->command != NULL ? self->command : "",
                                            prediction->resumed > 0 ? " \\\n  --resume" : "", NULL);
    fovea_prediction_card_set_command (self->card, command);
    gtk_button_set_label (GTK_BUTTON (self->capture),
                          prediction->resumed > 0 ? _ ("Go on") : _ ("Capture"));
}

static void
show_prediction (NewCapture *self, const FoveaPrediction *prediction)
{
    gboolean named = *gtk_editable_get_text (self->store) != '\0';
    gtk_label_set_text (self->facts, prediction->facts);
    g_free (self->described);
    self->described = g_strdup (gtk_editable_get_text (self->model));
    self->context = prediction->context;
    fovea_prediction_card_show (self->card, prediction);
    fovea_keep_form_show_sizes (self->keep, prediction);
    fovea_input_form_show_tokens (self->input, prediction);
    show_remedies (self, prediction);
    /* A book of which a page is captured looks like any other file, unless somebody says so. */
    fovea_stride_form_show_longest (
        self->windows, fovea_input_form_has_windows (self->input) ? prediction->longest : 0);
    show_command (self, prediction);
    g_autofree char *fits = describe_start (prediction);
    set_verdict (self, named && prediction->refusal == NULL,
                 prediction->refusal != NULL ? prediction->refusal
                 : named                     ? fits
                                             : _ ("Choose a store to write to."),
                 prediction->refused);
}

/* Windows that the model cannot read have one remedy, which needs no prediction: its context. */
static gboolean
show_long_window (NewCapture *self)
{
    gint64 window = fovea_stride_form_get_window (self->windows);
    const FoveaRemedy remedy = {.kind = FOVEA_REMEDY_TOKENS, .tokens = self->context};
    if (!fovea_input_form_has_windows (self->input) || self->context <= 0 ||
        window <= self->context ||
        g_strcmp0 (self->described, gtk_editable_get_text (self->model)) != 0)
        return FALSE;
    g_autofree char *asked = fovea_number_text (window);
    g_autofree char *context = fovea_number_text (self->context);
    g_autofree char *text = g_strdup_printf (
        _ ("Windows of %s tokens are longer than the context of this model, %s tokens."), asked,
        context);
    set_verdict (self, FALSE, text, FOVEA_CAPTURE_CHOICE_WINDOW);
    fovea_prediction_card_set_remedies (self->card, &remedy, 1);
    return TRUE;
}

/* What is wrong with the form, and nothing of what it said before. */
static void
show_failure (NewCapture *self, FoveaCaptureChoice wrong, const GError *error)
{
    if (g_strcmp0 (self->described, gtk_editable_get_text (self->model)) != 0)
        gtk_label_set_text (self->facts, "");
    fovea_prediction_card_clear (self->card);
    fovea_keep_form_show_sizes (self->keep, NULL);
    fovea_keep_form_show_error (self->keep, error);
    fovea_input_form_show_tokens (self->input, NULL);
    if (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE) && show_long_window (self))
        return;
    set_verdict (self, FALSE, error->message, wrong);
    show_remedies (self, NULL);
}

/* Nobody chose the window that the form begins with: a model that reads fewer tokens gets its context. */
static void
fit_window (NewCapture *self, gint64 context)
{
    gboolean asked = self->asked;
    if (fovea_input_form_has_windows (self->input) &&
        fovea_stride_form_fit (self->windows, context)) /* which asks anew */
        self->asked = asked;
}

/* Once more for the context alone, if the usual window may be what is wrong. */
static gboolean
ask_for_context (NewCapture *self, const GError *error)
{
    if (self->whole || fovea_stride_form_is_chosen (self->windows) ||
        !g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE) ||
        !fovea_input_form_has_windows (self->input))
        return FALSE;
    self->whole = TRUE;
    predict (self);
    return TRUE;
}

static void
predicted (GObject *object, GAsyncResult *result, gpointer data)
{
    NewCapture *self = fovea_form_answer_take (data);
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaPrediction) prediction = fovea_capture_task_predict_finish (result, &error);
    if (self == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (prediction == NULL) {
        if (!ask_for_context (self, error)) {
            self->whole = FALSE;
            show_failure (self, fovea_capture_task_get_wrong (result), error);
        }
        return;
    }
    self->whole = FALSE;
    show_prediction (self, prediction);
    fit_window (self, prediction->context);
    if (!self->judged)
        return;
    if (self->asked && gtk_widget_get_sensitive (self->capture))
        start (self);
}

/* An answer under way is about what the form said before. */
static gboolean
predict (gpointer data)
{
    NewCapture *self = data;
    g_autoptr (GError) error = NULL;
    const char *store = gtk_editable_get_text (self->store);
    FoveaCaptureChoice wrong;
    FoveaCaptureRequest *request = make_request (self, &wrong, &error);
    self->timeout = 0;
    g_cancellable_cancel (self->cancellable);
    g_clear_object (&self->cancellable);
    self->cancellable = g_cancellable_new ();
    if (request == NULL) {
        show_failure (self, wrong, error);
        fovea_prediction_card_set_command (self->card, "");
        return G_SOURCE_REMOVE;
    }
    g_free (self->command);
    self->command = fovea_capture_request_to_command (request, store);
    fovea_prediction_card_set_command (self->card, self->command);
    fovea_capture_task_predict_async (request, store, self->cancellable, predicted,
                                      fovea_form_answer_new (self->dialog));
    return G_SOURCE_REMOVE;
}

/* Waits for a pause, since a prediction opens the model. */
static void
changed (gpointer data)
{
    NewCapture *self = data;
    if (self->card == NULL)
        return; /* the form is being built */
    self->judged = self->asked = FALSE;
    fovea_stride_form_set_used (self->windows, fovea_input_form_has_windows (self->input));
    g_clear_handle_id (&self->timeout, g_source_remove);
    self->timeout = g_timeout_add (DELAY_MS, predict, self);
}

/* The request is read before the dialog and its entries go. */
static void
start (NewCapture *self)
{
    FoveaWindow *owner = self->owner;
    FoveaCaptureChoice wrong;
    FoveaCaptureRequest *request = make_request (self, &wrong, NULL);
    g_autofree char *path = g_strdup (gtk_editable_get_text (self->store));
    if (request == NULL)
        return;
    if (fovea_window_is_occupied (owner)) { /* what was typed is not lost; the button tries again */
        fovea_prediction_card_set_verdict (
            self->card, FALSE, _ ("A job is running: cancel it (Ctrl+.) or wait, then try again."));
        fovea_capture_request_free (request);
        self->asked = FALSE;
        return;
    }
    fovea_preferences_add_model (request->model);
    gtk_window_destroy (GTK_WINDOW (self->dialog));
    fovea_window_capture (owner, request, path);
}

/* Enter may come before the prediction of what was typed just now, and nothing begins unpredicted. A button
 * that is pressed by a key tells of it a quarter of a second later, when it may have been turned off. */
static void
capture_clicked (NewCapture *self)
{
    self->asked = !self->judged;
    if (self->judged && gtk_widget_get_sensitive (self->capture))
        start (self);
}

/* Fills the list that began with the fastest device alone. */
static void
devices_found (GObject *object, GAsyncResult *result, gpointer data)
{
    NewCapture *self = fovea_form_answer_take (data);
    GPtrArray *devices = fovea_device_choices_find_finish (result, NULL);
    if (self == NULL || devices == NULL) {
        g_clear_pointer (&devices, g_ptr_array_unref);
        return;
    }
    self->devices = devices;
    for (guint i = 1; i < devices->len; i++)
        gtk_string_list_append (self->device_names,
                                ((FoveaDeviceChoice *) g_ptr_array_index (devices, i))->label);
}

static GtkDropDown *
new_list (NewCapture *self, GtkWidget *row, const char *const *choices, const char *name)
{
    GtkWidget *list = fovea_form_new_list (choices, name);
    g_signal_connect_swapped (list, "notify::selected", G_CALLBACK (changed), self);
    gtk_box_append (GTK_BOX (row), list);
    return GTK_DROP_DOWN (list);
}

/* Anything may be typed: a folder, a file, or "demo". */
static GtkWidget *
build_model (NewCapture *self)
{
    GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
    GtkWidget *row = fovea_model_row_new (&self->model, changed, self);
    self->facts = GTK_LABEL (gtk_label_new (""));
    gtk_label_set_xalign (self->facts, 0);
    gtk_label_set_ellipsize (self->facts, PANGO_ELLIPSIZE_END);
    gtk_widget_add_css_class (GTK_WIDGET (self->facts), "quiet");
    gtk_box_append (GTK_BOX (column), row);
    gtk_box_append (GTK_BOX (column), GTK_WIDGET (self->facts));
    return column;
}

static GtkWidget *
build_device (NewCapture *self)
{
    GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
    self->device = new_list (self, row, (const char *[]){_ ("Fastest device"), NULL}, _ ("Device"));
    self->device_names = GTK_STRING_LIST (gtk_drop_down_get_model (self->device));
    gtk_widget_set_hexpand (GTK_WIDGET (self->device), TRUE);
    self->precision = new_list (self, row, precisions, _ ("Precision"));
    self->dtype = new_list (self, row,
                            (const char *[]){_ ("keep f32"), _ ("keep bf16"), _ ("keep f16"), NULL},
                            _ ("Kept as"));
    fovea_device_choices_find_async (self->closed, devices_found,
                                     fovea_form_answer_new (self->dialog));
    return row;
}

static GtkWidget *
build_limit (NewCapture *self)
{
    GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
    GtkWidget *entry = fovea_form_new_entry (_ ("Most memory"), changed, self);
    self->limit = GTK_EDITABLE (entry);
    gtk_entry_set_placeholder_text (GTK_ENTRY (entry), _ ("what is free"));
    gtk_editable_set_width_chars (self->limit, 12);
    gtk_box_append (GTK_BOX (row), entry);
    gtk_box_append (GTK_BOX (row), gtk_label_new (_ ("of memory where it runs")));
    return row;
}

static void
build_input (gpointer data)
{
    NewCapture *self = data;
    g_autofree char *sample = fovea_start_page_get_text (self->owner->start);
    self->grid = g_object_ref_sink (gtk_grid_new ());
    gtk_grid_set_row_spacing (GTK_GRID (self->grid), 12);
    gtk_grid_set_column_spacing (GTK_GRID (self->grid), 12);
    gtk_widget_set_hexpand (self->grid, TRUE);
    self->input = fovea_input_form_new (sample, changed, self);
    fovea_form_add_row (self->grid, 0, _ ("Model"), build_model (self));
    fovea_form_add_row (self->grid, 1, _ ("Input"), fovea_input_form_get_widget (self->input));
}

static void
build_choices (gpointer data)
{
    NewCapture *self = data;
    self->keep = fovea_keep_form_new (changed, self);
    self->windows = fovea_stride_form_new (changed, self);
    fovea_form_add_row (self->grid, 2, _ ("Window"), fovea_stride_form_get_widget (self->windows));
    fovea_form_add_row (self->grid, 3, _ ("Keep"), fovea_keep_form_get_widget (self->keep));
    fovea_form_add_row (self->grid, 4, _ ("Run on"), build_device (self));
}

static void
build_places (gpointer data)
{
    NewCapture *self = data;
    g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "fovea", NULL);
    g_autofree char *store = g_build_filename (folder, "captures.fovea", NULL);
    fovea_form_add_row (self->grid, 5, _ ("Limit"), build_limit (self));
    fovea_form_add_row (self->grid, 6, _ ("Store"),
                        fovea_form_new_path (&self->store, _ ("Store to write"),
                                             GTK_FILE_CHOOSER_ACTION_SAVE, changed, self));
    gtk_editable_set_text (self->store, store);
    g_mkdir_with_parents (folder, 0700);
}

/* Each to its row; a store is one to write into. */
static void
take (NewCapture *self, const char *path)
{
    if (g_str_has_suffix (path, ".fovea"))
        gtk_editable_set_text (self->store, path);
    else if (fovea_model_row_is_model (path))
        gtk_editable_set_text (self->model, path);
    else
        fovea_input_form_add_path (self->input, path);
}

static gboolean
dropped (GtkDropTarget *target, const GValue *value, double x, double y, NewCapture *self)
{
    GSList *files = gdk_file_list_get_files (g_value_get_boxed (value));
    for (GSList *at = files; at != NULL; at = at->next) {
        g_autofree char *path = g_file_get_path (at->data);
        if (path != NULL)
            take (self, path);
    }
    g_slist_free (files);
    return TRUE;
}

/* On the way down: an entry would take the address of a file as text. */
static void
add_drop_target (NewCapture *self)
{
    GtkDropTarget *drop = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
    gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (drop), GTK_PHASE_CAPTURE);
    g_signal_connect (drop, "drop", G_CALLBACK (dropped), self);
    fovea_window_mark_drops (drop, self->dialog);
    gtk_widget_add_controller (self->dialog, GTK_EVENT_CONTROLLER (drop));
}

/* A list of none is of files that are still to be added. */
static void
take_paths (NewCapture *self)
{
    if (self->paths != NULL && self->paths[0] == NULL)
        fovea_input_form_show_files (self->input);
    for (guint i = 0; self->paths != NULL && self->paths[i] != NULL; i++)
        take (self, self->paths[i]);
}

static void
build_columns (gpointer data)
{
    NewCapture *self = data;
    GtkWidget *scrolled = gtk_scrolled_window_new ();
    GtkWidget *card = fovea_prediction_card_new ();
    g_signal_connect (card, "remedy", G_CALLBACK (remedy_chosen), self);
    gtk_widget_set_valign (card, GTK_ALIGN_FILL);
    /* Sideways, too, on a screen that is narrower than large letters want. */
    gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_AUTOMATIC,
                                    GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled),
                                   fovea_form_new_columns (self->grid, card, 24));
    gtk_window_set_child (GTK_WINDOW (self->dialog), scrolled);
    g_clear_object (&self->grid);
    take_paths (self);
    add_drop_target (self);
    if (self->paths != NULL && self->paths[0] == NULL)
        fovea_input_form_focus_files (self->input);
    else
        fovea_form_focus (self->dialog, GTK_ENTRY (self->model));
    self->card = FOVEA_PREDICTION_CARD (card);
    self->timeout =
        g_idle_add_full (G_PRIORITY_DEFAULT, predict, self, NULL); /* a turn of its own */
}

void
fovea_new_capture_present_with (FoveaWindow *window, const char *const *paths)
{
    static const FoveaFormStep steps[] = {build_input, build_choices, build_places, build_columns,
                                          NULL};
    NewCapture *self = g_new0 (NewCapture, 1);
    self->owner = window;
    self->paths = g_strdupv ((char **) paths);
    self->cancellable = g_cancellable_new ();
    self->closed = g_cancellable_new ();
    const FoveaFormFrame frame = {
        GTK_WINDOW (window), _ ("New capture"), 816, 696, _ ("Capture"), self, new_capture_free};
    self->dialog = fovea_form_new (&frame, &self->capture);
    g_signal_connect_swapped (self->capture, "clicked", G_CALLBACK (capture_clicked), self);
    fovea_form_present (self->dialog, steps);
}

void
fovea_new_capture_present (FoveaWindow *window)
{
    fovea_new_capture_present_with (window, NULL);
}

void
fovea_new_capture_present_files (FoveaWindow *window)
{
    fovea_new_capture_present_with (window, (const char *const[]){NULL});
}
