/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The form is the request: each change makes a new FoveaCaptureRequest, whose prediction is renewed
 * 150 ms after the last change, off the main loop. Capture is off until that prediction says that
 * it fits, and the line then names what does not. */
#include "app/window/new-capture.h"

#include <string.h>

#include "app/window/capture-task.h"
#include "app/window/form.h"
#include "app/window/window-private.h"
#include "ui/token-text.h"

#define DELAY_MS 150

typedef struct {
    FoveaWindow *owner;
    GtkWidget *dialog, *capture;
    GtkEditable *model, *file, *store;
    GtkTextBuffer *text;
    GtkStack *input;
    GtkSpinButton *tokens, *period, *repeats;
    GtkCheckButton *residual, *mlp, *dense;
    GtkDropDown *device, *precision, *keep;
    GtkLabel *facts, *bytes, *memory, *where, *verdict, *command;
    GCancellable *cancellable;
    guint timeout;
} NewCapture;

static const char *const precisions[] = {"f32", "bf16", NULL};
static const char *const keeps[] = {"f32", "bf16", "f16", NULL};

static void
new_capture_free (gpointer data)
{
    NewCapture *self = data;
    g_clear_handle_id (&self->timeout, g_source_remove);
    g_cancellable_cancel (self->cancellable);
    g_clear_object (&self->cancellable);
    g_free (self);
}

static gboolean
input_is (NewCapture *self, const char *name)
{
    return g_strcmp0 (gtk_stack_get_visible_child_name (self->input), name) == 0;
}

/* Attention is always kept: every view of this window follows from it. */
static char *
get_points (NewCapture *self)
{
    GString *points = g_string_new ("attention");
    if (gtk_check_button_get_active (self->residual))
        g_string_append (points, ",blocks.*.hook_resid_post");
    if (gtk_check_button_get_active (self->mlp))
        g_string_append (points, ",blocks.*.mlp.hook_post");
    if (gtk_check_button_get_active (self->dense))
        g_string_append (points, ",blocks.*.attn.hook_pattern");
    return g_string_free (points, FALSE);
}

/* Exactly one source is set, as the request demands. */
static void
fill_input (NewCapture *self, FoveaCaptureRequest *request)
{
    if (input_is (self, "text")) {
        GtkTextIter start, end;
        gtk_text_buffer_get_bounds (self->text, &start, &end);
        request->text = gtk_text_buffer_get_text (self->text, &start, &end, FALSE);
        request->title = g_strdup ("text");
    } else if (input_is (self, "file")) {
        const char *path = gtk_editable_get_text (self->file);
        gboolean lines = g_str_has_suffix (path, ".jsonl");
        if (lines)
            request->jsonl = g_strdup (path);
        else
            request->files = g_strsplit (path, "\n", -1);
    } else {
        request->random_repeat = gtk_spin_button_get_value_as_int (self->period);
        request->limit = gtk_spin_button_get_value_as_int (self->repeats);
    }
}

static FoveaCaptureRequest *
make_request (NewCapture *self)
{
    FoveaCaptureRequest *request = fovea_capture_request_new ();
    static const FoveaDtype dtypes[] = {FOVEA_F32, FOVEA_BF16, FOVEA_F16};
    request->model = g_strdup (gtk_editable_get_text (self->model));
    request->points = get_points (self);
    request->keep = dtypes[gtk_drop_down_get_selected (self->keep) % 3];
    request->dense = gtk_check_button_get_active (self->dense);
    request->device = g_strdup (gtk_drop_down_get_selected (self->device) == 0 ? "auto" : "cpu");
    request->precision = gtk_drop_down_get_selected (self->precision) == 1 ? FOVEA_PRECISION_BF16
                                                                           : FOVEA_PRECISION_F32;
    if (!input_is (self, "repeat"))
        request->tokens = gtk_spin_button_get_value_as_int (self->tokens);
    fill_input (self, request);
    return request;
}

/* The same capture as a shell command. */
static void
show_command (NewCapture *self, const FoveaCaptureRequest *request)
{
    GString *line = g_string_new ("fovea capture");
    g_autofree char *model = g_shell_quote (request->model);
    g_autofree char *store = g_shell_quote (gtk_editable_get_text (self->store));
    g_string_append_printf (line, " %s \\\n  -o %s", model, store);
    if (request->text != NULL) {
        g_autofree char *text = g_shell_quote (request->text);
        g_string_append_printf (line, " \\\n  %s", text);
    } else if (request->random_repeat > 0) {
        g_string_append_printf (
            line, " \\\n  --random-repeat %" G_GINT64_FORMAT " --limit %" G_GINT64_FORMAT,
            request->random_repeat, request->limit);
    } else {
        const char *path = gtk_editable_get_text (self->file);
        g_autofree char *quoted = g_shell_quote (path);
        g_string_append_printf (line, " \\\n  %s %s", request->jsonl != NULL ? "--jsonl" : "-f",
                                quoted);
    }
    if (request->tokens > 0)
        g_string_append_printf (line, " \\\n  --tokens %" G_GINT64_FORMAT, request->tokens);
    g_string_append_printf (line, " \\\n  --points '%s'%s", request->points,
                            request->dense ? " --dense" : "");
    g_string_append_printf (line, " \\\n  --precision %s --keep %s",
                            precisions[gtk_drop_down_get_selected (self->precision)],
                            keeps[gtk_drop_down_get_selected (self->keep)]);
    gtk_label_set_text (self->command, line->str);
    g_string_free (line, TRUE);
}

/* Word and colour say the same; the button follows. */
static void
set_verdict (NewCapture *self, gboolean fits, const char *text)
{
    gtk_label_set_text (self->verdict, text);
    gtk_widget_remove_css_class (GTK_WIDGET (self->verdict), fits ? "failure" : "good");
    gtk_widget_add_css_class (GTK_WIDGET (self->verdict), fits ? "good" : "failure");
    gtk_widget_set_sensitive (self->capture, fits);
}

/* The weights are mapped, but they count: the page cache must hold them. */
static void
show_prediction (NewCapture *self, const FoveaPrediction *p)
{
    g_autofree char *bytes = g_format_size (p->bytes);
    g_autofree char *peak =
        g_format_size (p->memory.weights + p->memory.cache + p->memory.scratch + p->memory.kept);
    g_autofree char *tokens = fovea_number_text (p->n_tokens);
    g_autofree char *where =
        g_strdup_printf ("%" G_GINT64_FORMAT " %s, %s tokens\n%s", p->n_sequences,
                         p->n_sequences == 1 ? "sequence" : "sequences", tokens, p->device);
    gtk_label_set_text (self->facts, p->model);
    gtk_label_set_text (self->bytes, bytes);
    gtk_label_set_text (self->memory, peak);
    gtk_label_set_text (self->where, where);
    gboolean named = *gtk_editable_get_text (self->store) != '\0';
    set_verdict (self, named, named ? "✓ Fits. Capture can start." : "Choose a store to write to.");
}

static void
predicted (GObject *object, GAsyncResult *result, gpointer data)
{
    NewCapture *self = fovea_form_answer_take (data);
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaPrediction) prediction = fovea_capture_task_predict_finish (result, &error);
    if (self == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (prediction != NULL)
        show_prediction (self, prediction);
    else
        set_verdict (self, FALSE, error->message);
}

static gboolean
predict (gpointer data)
{
    NewCapture *self = data;
    FoveaCaptureRequest *request = make_request (self);
    self->timeout = 0;
    g_cancellable_cancel (self->cancellable);
    g_clear_object (&self->cancellable);
    self->cancellable = g_cancellable_new ();
    show_command (self, request);
    fovea_capture_task_predict_async (request, self->cancellable, predicted,
                                      fovea_form_answer_new (self->dialog));
    return G_SOURCE_REMOVE;
}

/* Waits for a pause, since a prediction opens the model. */
static void
changed (NewCapture *self)
{
    g_clear_handle_id (&self->timeout, g_source_remove);
    self->timeout = g_timeout_add (DELAY_MS, predict, self);
}

/* The request is read before the dialog and its entries go. */
static void
capture_clicked (NewCapture *self)
{
    FoveaWindow *owner = self->owner;
    FoveaCaptureRequest *request = make_request (self);
    g_autofree char *path = g_strdup (gtk_editable_get_text (self->store));
    gtk_window_destroy (GTK_WINDOW (self->dialog));
    fovea_window_capture (owner, request, path);
}

/* Setting the entry renews the prediction by itself. */
static void
path_chosen (GtkNativeDialog *chooser, int response, GtkEditable *entry)
{
    g_autofree char *path = fovea_form_take_path (chooser, response);
    if (path != NULL)
        gtk_editable_set_text (entry, path);
}

static void
choose_path (GtkButton *button, GtkEditable *entry)
{
    GtkFileChooserAction action = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "action"));
    GtkFileChooserNative *chooser = gtk_file_chooser_native_new (
        "Choose", GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (button))), action, "Choose",
        "Cancel");
    g_signal_connect_object (chooser, "response", G_CALLBACK (path_chosen), entry, 0);
    gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static GtkWidget *
new_path (NewCapture *self, GtkEditable **entry, const char *text, const char *name, int action)
{
    GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *field = gtk_entry_new ();
    GtkWidget *button = gtk_button_new_with_label ("Choose…");
    *entry = GTK_EDITABLE (field);
    gtk_editable_set_text (*entry, text);
    gtk_widget_set_hexpand (field, TRUE);
    gtk_accessible_update_property (GTK_ACCESSIBLE (field), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                    -1);
    g_object_set_data (G_OBJECT (button), "action", GINT_TO_POINTER (action));
    g_signal_connect_object (button, "clicked", G_CALLBACK (choose_path), field, 0);
    g_signal_connect_swapped (field, "changed", G_CALLBACK (changed), self);
    gtk_box_append (GTK_BOX (row), field);
    gtk_box_append (GTK_BOX (row), button);
    return row;
}

static GtkSpinButton *
new_number (NewCapture *self, const char *name, double low, double high, double value)
{
    GtkWidget *spin = gtk_spin_button_new_with_range (low, high, 1);
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), value);
    gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    g_signal_connect_swapped (spin, "value-changed", G_CALLBACK (changed), self);
    return GTK_SPIN_BUTTON (spin);
}

static GtkDropDown *
new_list (NewCapture *self, GtkWidget *row, const char *const *choices, const char *name)
{
    GtkWidget *list = fovea_form_new_list (choices, name);
    g_signal_connect_swapped (list, "notify::selected", G_CALLBACK (changed), self);
    gtk_box_append (GTK_BOX (row), list);
    return GTK_DROP_DOWN (list);
}

static GtkCheckButton *
new_check (NewCapture *self, GtkWidget *column, const char *label)
{
    GtkWidget *check = gtk_check_button_new_with_label (label);
    g_signal_connect_swapped (check, "toggled", G_CALLBACK (changed), self);
    gtk_box_append (GTK_BOX (column), check);
    return GTK_CHECK_BUTTON (check);
}

static GtkWidget *
build_input (NewCapture *self)
{
    GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *view = gtk_text_view_new ();
    GtkWidget *scrolled = gtk_scrolled_window_new (), *switcher = gtk_stack_switcher_new ();
    GtkWidget *repeat = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
    self->input = GTK_STACK (gtk_stack_new ());
    gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (view), GTK_WRAP_WORD_CHAR);
    gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (view), FALSE);
    gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, "Text",
                                    -1);
    self->text = gtk_text_view_get_buffer (GTK_TEXT_VIEW (view));
    g_autofree char *sample = fovea_start_page_get_text (self->owner->start);
    gtk_text_buffer_set_text (self->text, sample, -1);
    g_signal_connect_swapped (self->text, "changed", G_CALLBACK (changed), self);
    gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), view);
    gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled), 90);
    gtk_widget_add_css_class (scrolled, "card");
    self->period = new_number (self, "Period, tokens", 2, 100000, 100);
    self->repeats = new_number (self, "Sequences", 1, 1000, 10);
    gtk_box_append (GTK_BOX (repeat), GTK_WIDGET (self->repeats));
    gtk_box_append (GTK_BOX (repeat), gtk_label_new ("sequences of twice"));
    gtk_box_append (GTK_BOX (repeat), GTK_WIDGET (self->period));
    gtk_box_append (GTK_BOX (repeat), gtk_label_new ("random tokens"));
    gtk_widget_set_valign (repeat, GTK_ALIGN_START);
    GtkWidget *file = new_path (self, &self->file, "", "Text file", GTK_FILE_CHOOSER_ACTION_OPEN);
    gtk_widget_set_valign (file, GTK_ALIGN_START);
    gtk_stack_add_titled (self->input, scrolled, "text", "Text");
    gtk_stack_add_titled (self->input, file, "file", "File");
    gtk_stack_add_titled (self->input, repeat, "repeat", "Repeat");
    gtk_stack_switcher_set_stack (GTK_STACK_SWITCHER (switcher), self->input);
    g_signal_connect_swapped (self->input, "notify::visible-child", G_CALLBACK (changed), self);
    gtk_box_append (GTK_BOX (column), switcher);
    gtk_box_append (GTK_BOX (column), GTK_WIDGET (self->input));
    return column;
}

static GtkWidget *
build_keep (NewCapture *self)
{
    GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
    GtkWidget *always = gtk_check_button_new_with_label ("Attention, factored: exact at any zoom");
    gtk_check_button_set_active (GTK_CHECK_BUTTON (always), TRUE);
    gtk_widget_set_sensitive (always, FALSE);
    gtk_widget_set_tooltip_text (always, "Every view of this window needs it");
    gtk_box_append (GTK_BOX (column), always);
    self->residual = new_check (self, column, "Residual stream: hook_resid_post");
    self->mlp = new_check (self, column, "MLP neurons: mlp.hook_post");
    self->dense = new_check (self, column, "Dense maps: hook_pattern, rarely needed");
    gtk_widget_add_css_class (column, "card");
    return column;
}

static GtkWidget *
build_form (NewCapture *self)
{
    GtkWidget *grid = gtk_grid_new (), *run = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
    GtkWidget *model = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
    g_autofree char *store =
        g_build_filename (g_get_user_data_dir (), "fovea", "captures.fovea", NULL);
    gtk_grid_set_row_spacing (GTK_GRID (grid), 12);
    gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
    gtk_widget_set_hexpand (grid, TRUE);
    self->facts = GTK_LABEL (gtk_label_new (""));
    gtk_label_set_xalign (self->facts, 0);
    gtk_widget_add_css_class (GTK_WIDGET (self->facts), "quiet");
    gtk_box_append (GTK_BOX (model), new_path (self, &self->model, "demo", "Model folder or demo",
                                               GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER));
    gtk_box_append (GTK_BOX (model), GTK_WIDGET (self->facts));
    self->tokens = new_number (self, "Most tokens of a sequence", 1, 1 << 20, 512);
    gtk_widget_set_halign (GTK_WIDGET (self->tokens), GTK_ALIGN_START);
    self->device = new_list (self, run, (const char *[]){"Fastest device", "CPU", NULL}, "Device");
    self->precision = new_list (self, run, precisions, "Precision");
    gtk_box_append (GTK_BOX (run), gtk_label_new ("keep"));
    self->keep = new_list (self, run, keeps, "Kept as");
    fovea_form_add_row (grid, 0, "Model", model);
    fovea_form_add_row (grid, 1, "Input", build_input (self));
    fovea_form_add_row (grid, 2, "Tokens", GTK_WIDGET (self->tokens));
    fovea_form_add_row (grid, 3, "Keep", build_keep (self));
    fovea_form_add_row (grid, 4, "Run on", run);
    fovea_form_add_row (
        grid, 5, "Store",
        new_path (self, &self->store, store, "Store to write", GTK_FILE_CHOOSER_ACTION_SAVE));
    return grid;
}

static GtkLabel *
add_quantity (GtkWidget *card, const char *name)
{
    GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *label = gtk_label_new (name);
    GtkWidget *value = gtk_label_new ("–");
    gtk_widget_set_hexpand (label, TRUE);
    gtk_label_set_xalign (GTK_LABEL (label), 0);
    gtk_widget_add_css_class (value, "name");
    gtk_box_append (GTK_BOX (row), label);
    gtk_box_append (GTK_BOX (row), value);
    gtk_box_append (GTK_BOX (card), row);
    return GTK_LABEL (value);
}

static GtkWidget *
build_prediction (NewCapture *self)
{
    GtkWidget *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);
    GtkWidget *title = gtk_label_new ("Prediction"), *same = gtk_label_new ("Same as the command");
    gtk_widget_add_css_class (card, "card");
    gtk_widget_add_css_class (title, "plottitle");
    gtk_widget_add_css_class (same, "quiet");
    gtk_label_set_xalign (GTK_LABEL (title), 0);
    gtk_label_set_xalign (GTK_LABEL (same), 0);
    gtk_widget_set_size_request (card, 260, -1);
    gtk_box_append (GTK_BOX (card), title);
    self->bytes = add_quantity (card, "Store");
    self->memory = add_quantity (card, "Memory");
    self->where = fovea_form_add_text (card, "quiet", 26);
    self->verdict = fovea_form_add_text (card, "good", 26);
    gtk_box_append (GTK_BOX (card), same);
    self->command = fovea_form_add_text (card, "command", 26);
    gtk_label_set_selectable (self->command, TRUE);
    gtk_label_set_ellipsize (self->command, PANGO_ELLIPSIZE_END);
    gtk_label_set_lines (self->command, 9);
    return card;
}

static NewCapture *
new_capture_present (FoveaWindow *window)
{
    NewCapture *self = g_new0 (NewCapture, 1);
    GtkWidget *columns = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 24);
    GtkWidget *scrolled = gtk_scrolled_window_new ();
    self->owner = window;
    self->cancellable = g_cancellable_new ();
    const FoveaFormFrame frame = {GTK_WINDOW (window), "New capture", 816, 660, "Capture", self,
                                  new_capture_free};
    self->dialog = fovea_form_new (&frame, &self->capture);
    g_signal_connect_swapped (self->capture, "clicked", G_CALLBACK (capture_clicked), self);
    gtk_widget_add_css_class (columns, "newcapture");
    gtk_box_append (GTK_BOX (columns), build_form (self));
    gtk_box_append (GTK_BOX (columns), build_prediction (self));
    gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), columns);
    gtk_window_set_child (GTK_WINDOW (self->dialog), scrolled);
    predict (self);
    gtk_window_present (GTK_WINDOW (self->dialog));
    return self;
}

void
fovea_new_capture_present (FoveaWindow *window)
{
    new_capture_present (window);
}

void
fovea_new_capture_present_with (FoveaWindow *window, const char *path)
{
    NewCapture *self = new_capture_present (window);
    if (g_file_test (path, G_FILE_TEST_IS_DIR)) {
        gtk_editable_set_text (self->model, path);
    } else {
        gtk_stack_set_visible_child_name (self->input, "file");
        gtk_editable_set_text (self->file, path);
    }
}
