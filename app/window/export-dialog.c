/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Each change makes a new request and draws its figure in a thread; the last answer wins. */
#include "app/window/export-dialog.h"

#include <glib/gi18n.h>

#include "app/window/command-text.h"
#include "app/window/export-form.h"
#include "app/window/export.h"
#include "app/window/window-private.h"
#include "ui/sentences.h"
#include "ui/texture-paintable.h"
#include "ui/tip.h"

#define PREVIEW_WIDTH  330 /* pixels at least, near half of the dialog */
#define FORM_WIDTH     326 /* with what is round it */
#define HEADER_HEIGHT  104
#define BEFORE_FAILURE 0.35 /* opacity of a picture that is not of these choices */

typedef struct {
    FoveaWindow *owner;
    FoveaSelection *selection;
    GtkWidget *dialog, *save, *copy, *column;
    GtkWidget *none; /* in place of the preview, where there is none */
    GtkPicture *preview;
    FoveaExportForm *form;
    GtkLabel *size;
    FoveaCommandText *command;
    const FoveaExportContent *content; /* that the preview is of; NULL at first */
    GCancellable *cancellable;
    FoveaPreviewRoom room; /* that the preview was drawn for */
    guint resizing;        /* frames until a new size is looked at, 0 = it is not being changed */
} ExportDialog;

static void
export_dialog_free (gpointer data)
{
    ExportDialog *self = data;
    g_cancellable_cancel (self->cancellable);
    g_clear_object (&self->cancellable);
    fovea_export_form_free (self->form);
    g_signal_handlers_disconnect_by_data (self->selection, self);
    g_object_unref (self->selection);
    g_free (self);
}

static void
show_preview (ExportDialog *self, const FoveaPreview *preview)
{
    gboolean small;
    g_autofree char *text = fovea_preview_describe (preview, self->content->every_head,
                                                    fovea_export_form_is_data (self->form), &small);
    fovea_export_form_show_height (self->form, preview->height_mm);
    g_autoptr (GdkPaintable) picture =
        fovea_texture_paintable_new (GTK_WIDGET (self->preview), preview->texture);
    gtk_picture_set_paintable (self->preview, picture);
    gtk_widget_set_opacity (GTK_WIDGET (self->preview), 1);
    gtk_widget_set_visible (self->none, FALSE);
    fovea_command_text_set (self->command, preview->command != NULL ? preview->command : "");
    gtk_widget_set_visible (GTK_WIDGET (self->command), preview->command != NULL);
    gtk_label_set_text (self->size, text);
    gtk_widget_remove_css_class (GTK_WIDGET (self->size), small ? "quiet" : "failure");
    gtk_widget_add_css_class (GTK_WIDGET (self->size), small ? "failure" : "quiet");
}

static void
say_trouble (ExportDialog *self, const char *message)
{
    gtk_label_set_text (self->size, message);
    gtk_widget_remove_css_class (GTK_WIDGET (self->size), "quiet");
    gtk_widget_add_css_class (GTK_WIDGET (self->size), "failure");
}

/* In the words of the window where it knows more than the command: what is not there yet, or was not kept. */
static char *
explain (ExportDialog *self, const GError *error)
{
    FoveaSelection *selection = self->selection;
    FoveaTraceSource *source = fovea_selection_get_source (selection);
    const FoveaTraceInfo *info = fovea_selection_get_info (selection);
    FoveaFigureKind kind = self->content->kind;
    gboolean every = kind == FOVEA_FIGURE_HEADS || kind == FOVEA_FIGURE_PICTURE;
    guint selected = fovea_selection_get_place (selection)->layer;
    char *missing = NULL;
    if (source == NULL || kind == FOVEA_EXPORT_LATENT || fovea_figure_kind_needs_curves (kind) ||
        !g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND))
        return g_strdup (error->message);
    for (gint64 layer = 0; layer < info->architecture->n_layers && missing == NULL; layer++)
        if (every || layer == selected)
            missing = fovea_sentence_for_missing (source, (guint) layer);
    if (missing == NULL && kind == FOVEA_FIGURE_HEADS &&
        fovea_selection_get_heads (selection) == NULL)
        missing = g_strdup (fovea_selection_get_waiting (selection));
    return missing != NULL ? missing : g_strdup (error->message);
}

/* The last good picture of this content stays, paler; a command that would fail as well does not. */
static void
show_trouble (ExportDialog *self, const GError *error)
{
    g_autofree char *message = explain (self, error);
    say_trouble (self, message);
    gtk_widget_set_visible (self->none, gtk_picture_get_paintable (self->preview) == NULL);
    gtk_widget_set_visible (GTK_WIDGET (self->command), FALSE);
    gtk_widget_set_opacity (GTK_WIDGET (self->preview), BEFORE_FAILURE);
}

/* Before the first layout: what is left beside the form and under the header. */
static FoveaPreviewRoom
get_room (ExportDialog *self)
{
    GtkWidget *preview = GTK_WIDGET (self->preview);
    int width = gtk_widget_get_width (preview), height = gtk_widget_get_height (preview);
    int scale = gtk_widget_get_scale_factor (preview);
    if (width == 0) {
        gtk_window_get_default_size (GTK_WINDOW (self->dialog), &width, &height);
        width -= FORM_WIDTH;
        height -= HEADER_HEIGHT;
    }
    return (FoveaPreviewRoom){width * scale, height * scale};
}

static char *
file_name (ExportDialog *self)
{
    return fovea_export_name_file (fovea_export_form_get_content (self->form),
                                   fovea_selection_get_place (self->owner->selection),
                                   fovea_window_get_latent (self->owner).latent,
                                   fovea_export_form_get_format (self->form)->suffix);
}

static gboolean
has_other_room (ExportDialog *self)
{
    FoveaPreviewRoom room = get_room (self);
    return room.width != self->room.width || room.height != self->room.height;
}

static void draw_preview (ExportDialog *self);

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
    gtk_widget_set_sensitive (self->copy, preview != NULL);
    if (preview == NULL) {
        show_trouble (self, error);
        return;
    }
    show_preview (self, preview);
    if (has_other_room (self))
        draw_preview (self);
}

static void
draw_preview (ExportDialog *self)
{
    g_autofree char *name = file_name (self);
    g_cancellable_cancel (self->cancellable);
    g_clear_object (&self->cancellable);
    self->cancellable = g_cancellable_new ();
    /* Before the first picture the dialog is blank; later the last good one stays. */
    if (gtk_picture_get_paintable (self->preview) == NULL)
        gtk_label_set_text (self->size, _ ("Drawing the preview…"));
    self->room = get_room (self);
    FoveaLatentExport latent = fovea_window_get_latent (self->owner);
    fovea_export_preview_async (fovea_export_form_make_request (self->form), self->owner->opened,
                                fovea_selection_get_heads (self->owner->selection), &latent, name,
                                &self->room, self->cancellable, drawn,
                                fovea_form_answer_new (self->dialog));
}

/* A tick comes before the layout of its frame. */
static gboolean
follow_size (GtkWidget *dialog, GdkFrameClock *clock, gpointer data)
{
    ExportDialog *self = data;
    if (--self->resizing > 0)
        return G_SOURCE_CONTINUE;
    if (has_other_room (self))
        draw_preview (self);
    return G_SOURCE_REMOVE;
}

static void
size_changed (ExportDialog *self)
{
    if (self->resizing == 0)
        gtk_widget_add_tick_callback (self->dialog, follow_size, self, NULL);
    self->resizing = 3;
}

/* A picture of another content goes; that of other choices stays until the next. */
static void
changed (gpointer data)
{
    ExportDialog *self = data;
    const FoveaExportContent *content = fovea_export_form_get_content (self->form);
    if (content != self->content) {
        self->content = content;
        gtk_picture_set_paintable (self->preview, NULL);
        gtk_widget_set_visible (self->none, FALSE);
        fovea_export_label_preview (GTK_WIDGET (self->preview), content);
        gtk_widget_set_visible (GTK_WIDGET (self->command), FALSE);
    }
    draw_preview (self);
}

/* Scores that the figure waited for. */
static void
heads_changed (ExportDialog *self)
{
    if (self->content != NULL)
        draw_preview (self);
}

static void
copy_clicked (ExportDialog *self)
{
    fovea_window_copy_figure (self->owner, fovea_export_form_make_request (self->form));
}

/* Saving is a job of the window, which outlives the dialog; of two jobs the second waits for its button. */
static gboolean
must_wait (ExportDialog *self)
{
    if (fovea_window_is_occupied (self->owner))
        say_trouble (self, _ ("A job is running: cancel it (Ctrl+.) or wait, then try again."));
    return fovea_window_is_occupied (self->owner);
}

/* One may have begun while the file was chosen. */
static void
file_chosen (GtkNativeDialog *chooser, int response, ExportDialog *self)
{
    g_autofree char *path = fovea_form_take_path (chooser, response);
    if (path == NULL || must_wait (self))
        return;
    fovea_window_export (self->owner, fovea_export_form_make_request (self->form), path);
    gtk_window_destroy (GTK_WINDOW (self->dialog));
}

static void
save_clicked (ExportDialog *self)
{
    if (must_wait (self))
        return;
    GtkFileChooserNative *chooser =
        gtk_file_chooser_native_new (_ ("Save the figure"), GTK_WINDOW (self->dialog),
                                     GTK_FILE_CHOOSER_ACTION_SAVE, _ ("Save"), _ ("Cancel"));
    g_autofree char *name = file_name (self);
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
    gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
    g_signal_connect (chooser, "response", G_CALLBACK (file_chosen), self);
    gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

/* Beside the suggested button, which the frame brings. */
static void
build_header (ExportDialog *self)
{
    GtkWidget *copy = self->copy = gtk_button_new_with_label (_ ("Copy picture"));
    GtkHeaderBar *header = GTK_HEADER_BAR (gtk_window_get_titlebar (GTK_WINDOW (self->dialog)));
    g_signal_connect_swapped (self->save, "clicked", G_CALLBACK (save_clicked), self);
    fovea_tip_set (copy, _ ("As PNG and as SVG: whoever pastes takes what it can use"));
    g_signal_connect_swapped (copy, "clicked", G_CALLBACK (copy_clicked), self);
    gtk_header_bar_pack_end (header, copy);
}

static void
build_preview (gpointer data)
{
    ExportDialog *self = data;
    GtkWidget *place = gtk_overlay_new ();
    self->preview = GTK_PICTURE (gtk_picture_new ());
    self->column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
    self->none = gtk_label_new (_ ("No picture of these choices"));
    gtk_widget_add_css_class (self->none, "quiet");
    gtk_widget_set_visible (self->none, FALSE);
    gtk_overlay_set_child (GTK_OVERLAY (place), GTK_WIDGET (self->preview));
    gtk_overlay_add_overlay (GTK_OVERLAY (place), self->none);
    gtk_picture_set_can_shrink (self->preview, TRUE);
    gtk_widget_set_size_request (GTK_WIDGET (self->preview), PREVIEW_WIDTH, -1);
    gtk_widget_set_hexpand (GTK_WIDGET (self->preview), TRUE);
    gtk_widget_set_size_request (self->column, 250, -1);
    gtk_window_set_child (GTK_WINDOW (self->dialog),
                          fovea_form_new_columns (place, self->column, 18));
    build_header (self);
}

static void
build_contents (gpointer data)
{
    ExportDialog *self = data;
    self->form = fovea_export_form_new (self->owner, changed, self);
    gtk_box_append (GTK_BOX (self->column), fovea_export_form_get_widget (self->form));
}

static void
build_sizes (gpointer data)
{
    fovea_export_form_add_sizes (((ExportDialog *) data)->form);
}

static void
build_kinds (gpointer data)
{
    fovea_export_form_add_kinds (((ExportDialog *) data)->form);
}

static void
build_looks (gpointer data)
{
    ExportDialog *self = data;
    fovea_export_form_add_looks (self->form);
    gtk_widget_set_hexpand (self->column, FALSE); /* what is left goes to the picture */
    self->size = fovea_form_add_text (self->column, "quiet", 30);
    self->command = FOVEA_COMMAND_TEXT (fovea_command_text_new (30));
    gtk_widget_set_visible (GTK_WIDGET (self->command), FALSE); /* until there is one */
    gtk_box_append (GTK_BOX (self->column), GTK_WIDGET (self->command));
}

static void
begin (gpointer data)
{
    ExportDialog *self = data;
    g_signal_connect_swapped (self->dialog, "notify::default-width", G_CALLBACK (size_changed),
                              self);
    g_signal_connect_swapped (self->dialog, "notify::default-height", G_CALLBACK (size_changed),
                              self);
    fovea_export_form_begin (self->form);
}

void
fovea_export_dialog_present (FoveaWindow *window)
{
    static const FoveaFormStep steps[] = {build_preview, build_contents, build_sizes, build_kinds,
                                          build_looks,   begin,          NULL};
    ExportDialog *self = g_new0 (ExportDialog, 1);
    self->owner = window;
    self->selection = g_object_ref (window->selection);
    g_signal_connect_swapped (self->selection, "heads-changed", G_CALLBACK (heads_changed), self);
    self->cancellable = g_cancellable_new ();
    const FoveaFormFrame frame = {GTK_WINDOW (window), _ ("Export"), 720, 600, _ ("Save…"), self,
                                  export_dialog_free};
    self->dialog = fovea_form_new (&frame, &self->save);
    fovea_form_present (self->dialog, steps);
}
