/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Each change makes a new request and draws its figure in a thread; the last answer wins. Figures
 * are always light, whatever the theme of the window: they go on paper. */
#include "app/window/export-dialog.h"

#include "app/window/export.h"
#include "app/window/window-private.h"

typedef struct {
    FoveaWindow *owner;
    GtkWidget *dialog, *save;
    GtkPicture *preview;
    GtkDropDown *kind, *width, *format, *text;
    GtkCheckButton *letters, *caption;
    GtkLabel *size, *command;
    GCancellable *cancellable;
} ExportDialog;

/* A callback may come after the dialog was closed; then it finds no dialog. */
typedef struct {
    GWeakRef dialog;
} Answer;

static const struct {
    const char *name, *suffix;
    double dpi;
} formats[] = {
    {"PDF", "pdf", 300},
    {"SVG", "svg", 300},
    {"PNG, 300 dpi", "png", 300},
    {"PNG, 600 dpi", "png", 600},
    {"CSV, the numbers", "csv", 300},
    {"npz, the numbers", "npz", 300},
};

static const FoveaFigureKind kinds[] = {FOVEA_FIGURE_MAP, FOVEA_FIGURE_HEADS, FOVEA_FIGURE_TOKENS};
static const double widths[] = {89, 183, 254};
static const double text_sizes[] = {0, 8};

static void
export_dialog_free (gpointer data)
{
    ExportDialog *self = data;
    g_cancellable_cancel (self->cancellable);
    g_clear_object (&self->cancellable);
    g_free (self);
}

/* The selection may have moved meanwhile; the figure is of what is selected now. */
static FoveaFigureRequest *
make_request (ExportDialog *self)
{
    FoveaFigureKind kind = kinds[gtk_drop_down_get_selected (self->kind)];
    FoveaFigureRequest *request = fovea_window_request_figure (self->owner, kind);
    request->style.width_mm = widths[gtk_drop_down_get_selected (self->width)];
    request->style.text_pt = text_sizes[gtk_drop_down_get_selected (self->text)];
    request->style.letters = gtk_check_button_get_active (self->letters);
    request->style.caption = gtk_check_button_get_active (self->caption);
    request->dpi = formats[gtk_drop_down_get_selected (self->format)].dpi;
    return request;
}

/* Text under 6 pt is a warning, not an error: some journals allow it. */
static void
show_preview (ExportDialog *self, const FoveaPreview *preview)
{
    gboolean small = preview->smallest_text < 6;
    g_autofree char *text = g_strdup_printf (
        "%.0f × %.0f mm, smallest text %.1f pt%s", preview->width_mm, preview->height_mm,
        preview->smallest_text, small ? ": too small to print" : "");
    const char *suffix = formats[gtk_drop_down_get_selected (self->format)].suffix;
    gboolean data = g_str_equal (suffix, "csv") || g_str_equal (suffix, "npz");
    if (data) {
        g_free (text);
        text = g_strdup ("The numbers of this picture, not the picture");
        small = FALSE;
    }
    gtk_picture_set_paintable (self->preview, GDK_PAINTABLE (preview->texture));
    gtk_label_set_text (self->command, preview->command != NULL ? preview->command : "");
    gtk_widget_set_visible (GTK_WIDGET (self->command), preview->command != NULL);
    gtk_label_set_text (self->size, text);
    gtk_widget_remove_css_class (GTK_WIDGET (self->size), small ? "quiet" : "failure");
    gtk_widget_add_css_class (GTK_WIDGET (self->size), small ? "failure" : "quiet");
}

/* An answer that a later change overtook was cancelled and is dropped here. */
static void
drawn (GObject *object, GAsyncResult *result, gpointer data)
{
    Answer *answer = data;
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaPreview) preview = fovea_export_preview_finish (result, &error);
    g_autoptr (GtkWidget) dialog = g_weak_ref_get (&answer->dialog);
    ExportDialog *self = dialog != NULL ? g_object_get_data (G_OBJECT (dialog), "export") : NULL;
    g_weak_ref_clear (&answer->dialog);
    g_free (answer);
    if (self == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    gtk_widget_set_sensitive (self->save, preview != NULL);
    if (preview != NULL)
        show_preview (self, preview);
    else
        gtk_label_set_text (self->size, error->message); /* the last good picture stays */
}

/* Says what it is of, so that ten exports do not overwrite each other. */
static char *
file_name (ExportDialog *self)
{
    static const char *const names[] = {"map", "heads", "tokens"};
    const FoveaPlace *place = fovea_selection_get_place (self->owner->selection);
    guint kind = gtk_drop_down_get_selected (self->kind);
    const char *suffix = formats[gtk_drop_down_get_selected (self->format)].suffix;
    if (kinds[kind] == FOVEA_FIGURE_HEADS)
        return g_strdup_printf ("heads.%s", suffix);
    return g_strdup_printf ("%s-%u.%u.%s", names[kind], place->layer, place->head, suffix);
}

static void
changed (ExportDialog *self)
{
    Answer *answer = g_new0 (Answer, 1);
    g_autofree char *name = file_name (self);
    g_cancellable_cancel (self->cancellable);
    g_clear_object (&self->cancellable);
    self->cancellable = g_cancellable_new ();
    g_weak_ref_init (&answer->dialog, self->dialog);
    fovea_export_preview_async (make_request (self), self->owner->opened,
                                fovea_selection_get_heads (self->owner->selection), name,
                                self->cancellable, drawn, answer);
}

/* Saving is a job of the window, which outlives the dialog. */
static void
file_chosen (GtkNativeDialog *chooser, int response, ExportDialog *self)
{
    g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT
                                 ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser))
                                 : NULL;
    g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;
    if (path != NULL) {
        fovea_window_export (self->owner, make_request (self), path);
        gtk_window_destroy (GTK_WINDOW (self->dialog));
    }
    g_object_unref (chooser);
}

static void
save_clicked (ExportDialog *self)
{
    GtkFileChooserNative *chooser =
        gtk_file_chooser_native_new ("Save the figure", GTK_WINDOW (self->dialog),
                                     GTK_FILE_CHOOSER_ACTION_SAVE, "Save", "Cancel");
    g_autofree char *name = file_name (self);
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
    gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
    g_signal_connect (chooser, "response", G_CALLBACK (file_chosen), self);
    gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static GtkDropDown *
add_list (
    ExportDialog *self, GtkWidget *grid, int row, const char *name, const char *const *choices)
{
    GtkWidget *label = gtk_label_new (name), *list = gtk_drop_down_new_from_strings (choices);
    gtk_widget_add_css_class (label, "quiet");
    gtk_label_set_xalign (GTK_LABEL (label), 1);
    gtk_widget_set_hexpand (list, TRUE);
    gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    gtk_grid_attach (GTK_GRID (grid), label, 0, row, 1, 1);
    gtk_grid_attach (GTK_GRID (grid), list, 1, row, 1, 1);
    return GTK_DROP_DOWN (list);
}

static GtkCheckButton *
add_check (ExportDialog *self, GtkWidget *grid, int row, const char *name, gboolean active)
{
    GtkWidget *check = gtk_check_button_new_with_label (name);
    gtk_check_button_set_active (GTK_CHECK_BUTTON (check), active);
    g_signal_connect_swapped (check, "toggled", G_CALLBACK (changed), self);
    gtk_grid_attach (GTK_GRID (grid), check, 1, row, 1, 1);
    return GTK_CHECK_BUTTON (check);
}

static GtkLabel *
add_label (GtkWidget *column, const char *css)
{
    GtkWidget *label = gtk_label_new ("");
    gtk_widget_add_css_class (label, css);
    gtk_label_set_xalign (GTK_LABEL (label), 0);
    gtk_label_set_wrap (GTK_LABEL (label), TRUE);
    gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
    gtk_label_set_max_width_chars (GTK_LABEL (label), 30);
    gtk_label_set_selectable (GTK_LABEL (label), TRUE);
    gtk_box_append (GTK_BOX (column), label);
    return GTK_LABEL (label);
}

/* The lists are connected last, so that setting their first choice draws nothing. */
static GtkWidget *
build_choices (ExportDialog *self)
{
    GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *grid = gtk_grid_new ();
    gboolean map = g_strcmp0 (gtk_stack_get_visible_child_name (self->owner->views), "map") == 0;
    gtk_grid_set_row_spacing (GTK_GRID (grid), 9);
    gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
    self->kind = add_list (self, grid, 0, "Content",
                           (const char *[]){"This map", "All heads", "Tokens", NULL});
    self->width = add_list (
        self, grid, 1, "Width",
        (const char *[]){"89 mm, one column", "183 mm, two columns", "254 mm, slide", NULL});
    self->format =
        add_list (self, grid, 2, "Format",
                  (const char *[]){formats[0].name, formats[1].name, formats[2].name,
                                   formats[3].name, formats[4].name, formats[5].name, NULL});
    self->text = add_list (self, grid, 3, "Text", (const char *[]){"7 pt", "8 pt", NULL});
    gtk_drop_down_set_selected (self->kind, map ? 0 : 1);
    gtk_drop_down_set_selected (self->width, map ? 0 : 1);
    self->letters = add_check (self, grid, 4, "Panel letters", !map);
    self->caption = add_check (self, grid, 5, "Caption line", TRUE);
    GtkDropDown *lists[] = {self->kind, self->width, self->format, self->text};
    for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
        g_signal_connect_swapped (lists[i], "notify::selected", G_CALLBACK (changed), self);
    gtk_box_append (GTK_BOX (column), grid);
    self->size = add_label (column, "quiet");
    self->command = add_label (column, "command");
    gtk_widget_set_size_request (column, 250, -1);
    return column;
}

static void
build_header (ExportDialog *self)
{
    GtkWidget *header = gtk_header_bar_new (), *cancel = gtk_button_new_with_label ("Cancel");
    GtkWidget *copy = gtk_button_new_with_label ("Copy picture");
    gtk_header_bar_set_show_title_buttons (GTK_HEADER_BAR (header), FALSE);
    self->save = gtk_button_new_with_label ("Save…");
    gtk_widget_add_css_class (self->save, "suggested-action");
    gtk_widget_set_sensitive (self->save, FALSE);
    g_signal_connect_swapped (cancel, "clicked", G_CALLBACK (gtk_window_close), self->dialog);
    g_signal_connect_swapped (self->save, "clicked", G_CALLBACK (save_clicked), self);
    g_signal_connect_swapped (copy, "clicked", G_CALLBACK (fovea_window_copy_picture), self->owner);
    gtk_header_bar_pack_start (GTK_HEADER_BAR (header), cancel);
    gtk_header_bar_pack_end (GTK_HEADER_BAR (header), self->save);
    gtk_header_bar_pack_end (GTK_HEADER_BAR (header), copy);
    gtk_window_set_titlebar (GTK_WINDOW (self->dialog), header);
}

static void
build_dialog (ExportDialog *self)
{
    GtkWidget *columns = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
    GtkEventController *keys = gtk_shortcut_controller_new ();
    gtk_shortcut_controller_add_shortcut (
        GTK_SHORTCUT_CONTROLLER (keys),
        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                          gtk_named_action_new ("window.close")));
    gtk_widget_add_controller (self->dialog, keys);
    build_header (self);
    self->preview = GTK_PICTURE (gtk_picture_new ());
    gtk_picture_set_can_shrink (self->preview, TRUE);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->preview), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    "Preview of the figure", -1);
    gtk_widget_set_hexpand (GTK_WIDGET (self->preview), TRUE);
    gtk_widget_add_css_class (columns, "newcapture");
    gtk_box_append (GTK_BOX (columns), GTK_WIDGET (self->preview));
    gtk_box_append (GTK_BOX (columns), build_choices (self));
    gtk_window_set_child (GTK_WINDOW (self->dialog), columns);
}

void
fovea_export_dialog_present (FoveaWindow *window)
{
    ExportDialog *self = g_new0 (ExportDialog, 1);
    self->owner = window;
    self->cancellable = g_cancellable_new ();
    self->dialog = gtk_window_new ();
    g_object_set_data_full (G_OBJECT (self->dialog), "export", self, export_dialog_free);
    gtk_window_set_title (GTK_WINDOW (self->dialog), "Export");
    gtk_window_set_transient_for (GTK_WINDOW (self->dialog), GTK_WINDOW (window));
    gtk_window_set_modal (GTK_WINDOW (self->dialog), TRUE);
    gtk_window_set_destroy_with_parent (GTK_WINDOW (self->dialog), TRUE);
    gtk_window_set_default_size (GTK_WINDOW (self->dialog), 720, 600);
    gtk_widget_add_css_class (self->dialog, "fovea");
    build_dialog (self);
    changed (self);
    gtk_window_present (GTK_WINDOW (self->dialog));
}
