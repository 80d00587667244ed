/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Each change makes a new request and draws its figure in a thread; the last answer wins. Figures
 * are always light, whatever the theme of the window: they go on paper. */
#include "app/window/export-dialog.h"

#include "app/window/export.h"
#include "app/window/form.h"
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
    ExportDialog *self = fovea_form_answer_take (data);
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaPreview) preview = fovea_export_preview_finish (result, &error);
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
    g_autofree char *name = file_name (self);
    g_cancellable_cancel (self->cancellable);
    g_clear_object (&self->cancellable);
    self->cancellable = g_cancellable_new ();
    fovea_export_preview_async (make_request (self), self->owner->opened,
                                fovea_selection_get_heads (self->owner->selection), name,
                                self->cancellable, drawn, fovea_form_answer_new (self->dialog));
}

/* Saving is a job of the window, which outlives the dialog. */
static void
file_chosen (GtkNativeDialog *chooser, int response, ExportDialog *self)
{
    g_autofree char *path = fovea_form_take_path (chooser, response);
    if (path != NULL) {
        fovea_window_export (self->owner, make_request (self), path);
        gtk_window_destroy (GTK_WINDOW (self->dialog));
    }
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
    GtkWidget *list = fovea_form_new_list (choices, name);
    gtk_widget_set_hexpand (list, TRUE);
    fovea_form_add_row (grid, row, name, list);
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
    self->size = fovea_form_add_text (column, "quiet", 30);
    self->command = fovea_form_add_text (column, "command", 30);
    gtk_label_set_selectable (self->command, TRUE);
    gtk_widget_set_size_request (column, 250, -1);
    return column;
}

/* Beside the suggested button, which the frame brings. */
static void
build_header (ExportDialog *self)
{
    GtkWidget *copy = gtk_button_new_with_label ("Copy picture");
    GtkHeaderBar *header = GTK_HEADER_BAR (gtk_window_get_titlebar (GTK_WINDOW (self->dialog)));
    g_signal_connect_swapped (self->save, "clicked", G_CALLBACK (save_clicked), self);
    g_signal_connect_swapped (copy, "clicked", G_CALLBACK (fovea_window_copy_picture), self->owner);
    gtk_header_bar_pack_end (header, copy);
}

static void
build_dialog (ExportDialog *self)
{
    GtkWidget *columns = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
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
    const FoveaFormFrame frame = {GTK_WINDOW (window), "Export", 720, 600, "Save…", self,
                                  export_dialog_free};
    self->dialog = fovea_form_new (&frame, &self->save);
    build_dialog (self);
    changed (self);
    gtk_window_present (GTK_WINDOW (self->dialog));
}
