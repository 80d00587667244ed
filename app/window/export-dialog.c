/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Each change makes a new request and draws its figure in a thread; the last answer wins. Figures are
 * light unless a dark one is chosen, whatever the theme of the window: most go on paper. */
#include "app/window/export-dialog.h"

#include <glib/gi18n.h>
#include <math.h>

#include "app/window/export-contents.h"
#include "app/window/export.h"
#include "app/window/form.h"
#include "app/window/preferences.h"
#include "app/window/window-private.h"
#include "ui/arc-view.h"
#include "ui/figures/picture-image.h"
#include "ui/texture-paintable.h"
#include "ui/tip.h"
#include "ui/typed-number.h"

typedef struct {
    FoveaWindow *owner;
    GtkWidget *dialog, *save;
    GtkPicture *preview;
    GtkDropDown *kind, *width, *height, *format, *text;
    GtkDropDown *theme;
    GtkDropDown *scale; /* the view's at first, hence not remembered; of a kind without, off */
    GtkSpinButton *own_width, *own_height;
    GtkCheckButton *letters, *caption;
    GtkLabel *size, *command;
    GCancellable *cancellable;
    GtkWidget *copy;
    GArray *offered;       /* of guint: the rows of contents that the list has */
    GArray *formats;       /* of guint: those of formats, by the content */
    FoveaPreviewRoom room; /* that the preview was drawn for */
    guint resizing;        /* frames until a new size is looked at, 0 = it is not being changed */
    gboolean filling;      /* the form is being set, which is no choice of the user */
} ExportDialog;

/* The row after these is the user's own; a slide also brings its height. */
static const double widths[] = {89, 183, 254};
#define PREVIEW_WIDTH  330 /* pixels at least, near half of the dialog */
#define FORM_WIDTH     326 /* with what is round it */
#define HEADER_HEIGHT  104
#define BEFORE_FAILURE 0.35 /* opacity of a picture that is not of these choices */
#define OWN_WIDTH      G_N_ELEMENTS (widths)
#define SLIDE          2
#define SLIDE_HEIGHT   143
#define SLIDE_TEXT     2 /* row of the sizes */
static const double text_sizes[] = {7, 8, 12, 16};
static const char *const text_names[] = {"7 pt", "8 pt", "12 pt", "16 pt", NULL};

static void
export_dialog_free (gpointer data)
{
    ExportDialog *self = data;
    g_cancellable_cancel (self->cancellable);
    g_clear_object (&self->cancellable);
    g_array_unref (self->offered);
    g_array_unref (self->formats);
    g_free (self);
}

static guint
get_format (ExportDialog *self)
{
    guint row = gtk_drop_down_get_selected (self->format);
    return g_array_index (self->formats, guint, MIN (row, self->formats->len - 1));
}

/* Borrows the format's id. */
static FoveaExportChoices
read_choices (ExportDialog *self)
{
    guint width = gtk_drop_down_get_selected (self->width);
    gboolean own_height = gtk_drop_down_get_selected (self->height) == 1;
    return (FoveaExportChoices){
        .width_mm = width < OWN_WIDTH ? widths[width] : gtk_spin_button_get_value (self->own_width),
        .height_mm = own_height ? gtk_spin_button_get_value (self->own_height) : 0,
        .text_pt = text_sizes[gtk_drop_down_get_selected (self->text)],
        .format = (char *) fovea_export_formats[get_format (self)].id,
        .letters = gtk_check_button_get_active (self->letters),
        .caption = gtk_check_button_get_active (self->caption),
        .theme = (FoveaTheme) gtk_drop_down_get_selected (self->theme),
    };
}

static guint
get_content (ExportDialog *self)
{
    guint row = gtk_drop_down_get_selected (self->kind);
    return g_array_index (self->offered, guint, MIN (row, self->offered->len - 1));
}

/* What this sequence has: curves where some were measured, the picture where it is one, lines where it is
 * short, products where queries and keys were kept. */
static gboolean
is_offered (ExportDialog *self, guint content)
{
    FoveaFigureKind kind = fovea_export_contents[content].kind;
    if (kind == FOVEA_FIGURE_PICTURE)
        return fovea_picture_image_has (fovea_selection_get_info (self->owner->selection));
    if (kind == FOVEA_EXPORT_LATENT)
        return fovea_window_get_latent (self->owner).source != NULL;
    if (kind == FOVEA_FIGURE_ARCS)
        return fovea_arc_view_can_show (self->owner->selection);
    if (kind == FOVEA_FIGURE_QK)
        return fovea_window_has_products (self->owner);
    return !fovea_figure_kind_is_sparse (kind) ||
           fovea_sparse_model_get_table (self->owner->sparse) != NULL;
}

/* The first if that one is not offered. */
static guint
find_content (ExportDialog *self, guint content)
{
    for (guint i = 0; i < self->offered->len; i++)
        if (g_array_index (self->offered, guint, i) == content)
            return i;
    return 0;
}

/* An own size has its number and unit; where it would not count the list takes their room. */
static void
show_own (GtkSpinButton *own, gboolean counts)
{
    gtk_widget_set_visible (GTK_WIDGET (own), counts);
    gtk_widget_set_visible (gtk_widget_get_next_sibling (GTK_WIDGET (own)), counts);
}

static gboolean
is_data (ExportDialog *self)
{
    return get_format (self) >= FOVEA_EXPORT_CSV;
}

/* Numbers have no width and no letters; a latent's page is laid out in one way. */
static void
follow_choices (ExportDialog *self)
{
    GtkWidget *const of_pictures[] = {GTK_WIDGET (self->width), GTK_WIDGET (self->own_width),
                                      GTK_WIDGET (self->theme)};
    GtkWidget *const of_layouts[] = {GTK_WIDGET (self->height), GTK_WIDGET (self->own_height),
                                     GTK_WIDGET (self->text), GTK_WIDGET (self->letters),
                                     GTK_WIDGET (self->caption)};
    gboolean latent = fovea_export_contents[get_content (self)].kind == FOVEA_EXPORT_LATENT;
    for (guint i = 0; i < G_N_ELEMENTS (of_pictures); i++)
        gtk_widget_set_sensitive (of_pictures[i], !is_data (self));
    for (guint i = 0; i < G_N_ELEMENTS (of_layouts); i++)
        gtk_widget_set_sensitive (of_layouts[i], !is_data (self) && !latent);
    gtk_widget_set_sensitive (GTK_WIDGET (self->format),
                              !fovea_export_contents[get_content (self)].every_head);
    gtk_widget_set_sensitive (
        GTK_WIDGET (self->scale),
        !is_data (self) &&
            fovea_export_count_scales (fovea_export_contents[get_content (self)].kind) > 0);
    show_own (self->own_width, gtk_drop_down_get_selected (self->width) == OWN_WIDTH);
    show_own (self->own_height, gtk_drop_down_get_selected (self->height) == 1);
}

static void
show_scales (ExportDialog *self)
{
    const char *names[] = {_ ("log"), _ ("linear"), _ ("score"), NULL};
    FoveaFigureKind kind = fovea_export_contents[get_content (self)].kind;
    guint n = fovea_export_count_scales (kind);
    FoveaFigureRequest *request = fovea_window_request_figure (self->owner, kind);
    g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);
    for (guint i = 0; i < n; i++)
        gtk_string_list_append (list, names[i]);
    if (n == 0)
        gtk_string_list_append (list, "–");
    self->filling = TRUE;
    gtk_drop_down_set_model (self->scale, G_LIST_MODEL (list));
    gtk_drop_down_set_selected (self->scale, request->map.scale < n ? request->map.scale : 0);
    self->filling = FALSE;
    fovea_figure_request_free (request);
}

static void
show_formats (ExportDialog *self)
{
    const FoveaLatentExport latent = fovea_window_get_latent (self->owner);
    const FoveaFigureKind kind = fovea_export_contents[get_content (self)].kind;
    g_autoptr (GtkStringList) list = fovea_export_list_formats (kind, &latent, self->formats);
    self->filling = TRUE;
    gtk_drop_down_set_model (self->format, G_LIST_MODEL (list));
    self->filling = FALSE;
}

static void
show_choices (ExportDialog *self, const FoveaExportChoices *choices)
{
    guint width = 0, format = 0, chosen = FOVEA_EXPORT_PDF;
    while (width < OWN_WIDTH && widths[width] != choices->width_mm)
        width++;
    for (guint i = 0; i < FOVEA_EXPORT_N_FORMATS; i++)
        if (g_str_equal (fovea_export_formats[i].id, choices->format))
            chosen = i;
    if (fovea_export_contents[get_content (self)].every_head)
        chosen = FOVEA_EXPORT_PDF;
    for (guint i = 0; i < self->formats->len; i++)
        if (g_array_index (self->formats, guint, i) == chosen)
            format = i;
    self->filling = TRUE;
    gtk_drop_down_set_selected (self->width, width);
    gtk_spin_button_set_value (self->own_width, choices->width_mm);
    gtk_drop_down_set_selected (self->height, choices->height_mm > 0 ? 1 : 0);
    if (choices->height_mm > 0)
        gtk_spin_button_set_value (self->own_height, choices->height_mm);
    for (guint i = 0; i < G_N_ELEMENTS (text_sizes); i++)
        if (i == 0 || choices->text_pt == text_sizes[i])
            gtk_drop_down_set_selected (self->text, i);
    gtk_drop_down_set_selected (self->format, format);
    gtk_check_button_set_active (self->letters, choices->letters);
    gtk_check_button_set_active (self->caption, choices->caption);
    gtk_drop_down_set_selected (self->theme, choices->theme);
    self->filling = FALSE;
    follow_choices (self);
}

/* The selection may have moved meanwhile; the figure is of what is selected now. */
static FoveaFigureRequest *
make_request (ExportDialog *self)
{
    guint content = get_content (self);
    FoveaFigureRequest *request =
        fovea_window_request_figure (self->owner, fovea_export_contents[content].kind);
    request->every_head = fovea_export_contents[content].every_head;
    if (fovea_export_count_scales (request->kind) > 0)
        request->map.scale = (FoveaColorScale) gtk_drop_down_get_selected (self->scale);
    FoveaExportChoices choices = read_choices (self);
    request->style.width_mm = choices.width_mm;
    request->style.height_mm = choices.height_mm;
    /* 0 is 7 points, and leaves the option out of the command. */
    request->style.text_pt = choices.text_pt == text_sizes[0] ? 0 : choices.text_pt;
    request->style.letters = choices.letters;
    request->style.caption = choices.caption;
    request->style.theme = choices.theme;
    request->dpi = fovea_export_formats[get_format (self)].dpi;
    return request;
}

static void
show_preview (ExportDialog *self, const FoveaPreview *preview)
{
    gboolean small;
    g_autofree char *text = fovea_export_describe (
        preview, fovea_export_contents[get_content (self)].every_head, is_data (self), &small);
    /* An own height begins with what the content took. */
    if (gtk_drop_down_get_selected (self->height) == 0) {
        self->filling = TRUE;
        gtk_spin_button_set_value (self->own_height, round (preview->height_mm));
        self->filling = FALSE;
    }
    g_autoptr (GdkPaintable) picture =
        fovea_texture_paintable_new (GTK_WIDGET (self->preview), preview->texture);
    gtk_picture_set_paintable (self->preview, picture);
    gtk_widget_set_opacity (GTK_WIDGET (self->preview), 1);
    gtk_label_set_text (self->command, preview->command != NULL ? preview->command : "");
    gtk_widget_set_visible (GTK_WIDGET (self->command), preview->command != NULL);
    gtk_label_set_text (self->size, text);
    gtk_widget_remove_css_class (GTK_WIDGET (self->size), small ? "quiet" : "failure");
    gtk_widget_add_css_class (GTK_WIDGET (self->size), small ? "failure" : "quiet");
}

/* The last good picture of this content stays, paler; a command that would fail as well does not. */
static void
show_trouble (ExportDialog *self, const char *message)
{
    gtk_label_set_text (self->size, message);
    gtk_widget_remove_css_class (GTK_WIDGET (self->size), "quiet");
    gtk_widget_add_css_class (GTK_WIDGET (self->size), "failure");
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
    return fovea_export_name_file (&fovea_export_contents[get_content (self)],
                                   fovea_selection_get_place (self->owner->selection),
                                   fovea_window_get_latent (self->owner).latent,
                                   fovea_export_formats[get_format (self)].suffix);
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
        show_trouble (self, error->message);
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
    fovea_export_preview_async (make_request (self), self->owner->opened,
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

/* Remembered at each change: closing the dialog without saving is no reason to forget. */
static void
changed (ExportDialog *self)
{
    FoveaExportChoices choices = read_choices (self);
    if (self->filling)
        return;
    follow_choices (self);
    const FoveaFigureKind kind = fovea_export_contents[get_content (self)].kind;
    g_autoptr (FoveaExportChoices) kept = fovea_export_choices_load (kind);
    /* Pages are PDF whatever the user likes for one picture. */
    if (fovea_export_contents[get_content (self)].every_head)
        choices.format = kept->format;
    fovea_export_choices_keep (kind, &choices);
    draw_preview (self);
}

/* Each kind comes with the choices that it had last. */
static void
kind_changed (ExportDialog *self)
{
    g_autoptr (FoveaExportChoices) choices =
        fovea_export_choices_load (fovea_export_contents[get_content (self)].kind);
    show_formats (self);
    show_scales (self);
    show_choices (self, choices);
    gtk_picture_set_paintable (self->preview, NULL); /* it is of another content */
    fovea_export_label_preview (GTK_WIDGET (self->preview),
                                &fovea_export_contents[get_content (self)]);
    gtk_widget_set_visible (GTK_WIDGET (self->command), FALSE);
    draw_preview (self);
}

/* A slide has one shape; any other width takes the height that its content wants. */
static void
width_changed (ExportDialog *self)
{
    guint width = gtk_drop_down_get_selected (self->width);
    if (self->filling)
        return;
    self->filling = TRUE;
    gboolean wall = text_sizes[gtk_drop_down_get_selected (self->text)] >= text_sizes[SLIDE_TEXT];
    if (width == SLIDE)
        gtk_spin_button_set_value (self->own_height, SLIDE_HEIGHT);
    if (wall !=
        (width == SLIDE)) /* text of paper is not read from a wall, nor that of a wall here */
        gtk_drop_down_set_selected (self->text, width == SLIDE ? SLIDE_TEXT : 0);
    gtk_drop_down_set_selected (self->height, width == SLIDE ? 1 : 0);
    if (width < OWN_WIDTH)
        gtk_spin_button_set_value (self->own_width, widths[width]);
    self->filling = FALSE;
    changed (self);
}

static void
copy_clicked (ExportDialog *self)
{
    fovea_window_copy_figure (self->owner, make_request (self));
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
        gtk_file_chooser_native_new (_ ("Save the figure"), GTK_WINDOW (self->dialog),
                                     GTK_FILE_CHOOSER_ACTION_SAVE, _ ("Save"), _ ("Cancel"));
    g_autofree char *name = file_name (self);
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
    gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
    g_signal_connect (chooser, "response", G_CALLBACK (file_chosen), self);
    gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

/* A list of choices with, where a name is given, an entry in millimetres beside it. */
static GtkDropDown *
add_list (ExportDialog *self,
          GtkWidget *grid,
          int row,
          const char *name,
          const char *const *choices,
          const char *own_name,
          GtkSpinButton **own)
{
    GtkWidget *list = fovea_form_new_list (choices, name);
    GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
    gtk_widget_set_hexpand (list, TRUE);
    gtk_box_append (GTK_BOX (line), list);
    if (own != NULL) {
        GtkWidget *spin = gtk_spin_button_new_with_range (20, 2000, 1);
        *own = GTK_SPIN_BUTTON (spin);
        gtk_spin_button_set_value (*own, 89);
        gtk_editable_set_width_chars (GTK_EDITABLE (spin), 4);
        gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                        own_name, -1);
        g_signal_connect_swapped (spin, "value-changed", G_CALLBACK (changed), self);
        fovea_typed_number_bind (*own);
        gtk_box_append (GTK_BOX (line), spin);
        gtk_box_append (GTK_BOX (line), gtk_label_new (_ ("mm")));
    }
    fovea_form_add_row (grid, row, name, line);
    return GTK_DROP_DOWN (list);
}

static GtkCheckButton *
add_check (ExportDialog *self, GtkWidget *grid, int row, const char *name)
{
    GtkWidget *check = gtk_check_button_new_with_label (name);
    g_signal_connect_swapped (check, "toggled", G_CALLBACK (changed), self);
    gtk_grid_attach (GTK_GRID (grid), check, 1, row, 1, 1);
    return GTK_CHECK_BUTTON (check);
}

static void
build_lists (ExportDialog *self, GtkWidget *grid)
{
    const char *content_names[FOVEA_EXPORT_N_CONTENTS + 1] = {NULL};
    for (guint i = 0; i < FOVEA_EXPORT_N_CONTENTS; i++) {
        if (!is_offered (self, i))
            continue;
        content_names[self->offered->len] = _ (fovea_export_contents[i].name);
        g_array_append_val (self->offered, i);
    }
    self->kind = add_list (self, grid, 0, _ ("Content"), content_names, NULL, NULL);
    self->width = add_list (self, grid, 1, _ ("Width"),
                            (const char *[]){_ ("89 mm, one column"), _ ("183 mm, two columns"),
                                             _ ("254 mm, slide"), _ ("own"), NULL},
                            _ ("Width in millimetres"), &self->own_width);
    self->height =
        add_list (self, grid, 2, _ ("Height"), (const char *[]){_ ("automatic"), _ ("own"), NULL},
                  _ ("Height in millimetres"), &self->own_height);
    self->format = add_list (self, grid, 3, _ ("Format"), (const char *[]){NULL}, NULL, NULL);
    self->text = add_list (self, grid, 4, _ ("Text"), text_names, NULL, NULL);
    self->scale = add_list (self, grid, 5, _ ("Colours"), (const char *[]){"–", NULL}, NULL, NULL);
    self->theme = add_list (self, grid, 6, _ ("Theme"),
                            (const char *[]){_ ("light"), _ ("dark"), NULL}, NULL, NULL);
    self->letters = add_check (self, grid, 7, _ ("Panel letters"));
    self->caption = add_check (self, grid, 8, _ ("Caption line"));
}

/* The first of the view's kind. */
static guint
get_shown_content (FoveaWindow *owner)
{
    g_autoptr (FoveaFigureRequest) request = fovea_window_request_view (owner);
    guint content = 0;
    while (fovea_export_contents[content].kind != request->kind)
        content++;
    return content;
}

/* The lists are connected last, so that setting their first choice draws nothing. */
static GtkWidget *
build_choices (ExportDialog *self)
{
    GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *grid = gtk_grid_new ();
    gtk_grid_set_row_spacing (GTK_GRID (grid), 9);
    gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
    self->filling = TRUE;
    build_lists (self, grid);
    gtk_drop_down_set_selected (self->kind, find_content (self, get_shown_content (self->owner)));
    g_signal_connect_swapped (self->kind, "notify::selected", G_CALLBACK (kind_changed), self);
    g_signal_connect_swapped (self->width, "notify::selected", G_CALLBACK (width_changed), self);
    GtkDropDown *lists[] = {self->height, self->format, self->text, self->scale, self->theme};
    for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
        g_signal_connect_swapped (lists[i], "notify::selected", G_CALLBACK (changed), self);
    gtk_box_append (GTK_BOX (column), grid);
    self->size = fovea_form_add_text (column, "quiet", 30);
    self->command = fovea_form_add_text (column, "command", 30);
    gtk_label_set_selectable (self->command, TRUE);
    gtk_widget_set_visible (GTK_WIDGET (self->command), FALSE);
    gtk_widget_set_size_request (column, 250, -1);
    gtk_widget_set_hexpand (column, FALSE); /* what is left goes to the picture */
    return column;
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
build_dialog (gpointer data)
{
    ExportDialog *self = data;
    build_header (self);
    self->preview = GTK_PICTURE (gtk_picture_new ());
    gtk_picture_set_can_shrink (self->preview, TRUE);
    gtk_widget_set_size_request (GTK_WIDGET (self->preview), PREVIEW_WIDTH, -1);
    gtk_widget_set_hexpand (GTK_WIDGET (self->preview), TRUE);
    gtk_window_set_child (
        GTK_WINDOW (self->dialog),
        fovea_form_new_columns (GTK_WIDGET (self->preview), build_choices (self), 18));
    g_signal_connect_swapped (self->dialog, "notify::default-width", G_CALLBACK (size_changed),
                              self);
    g_signal_connect_swapped (self->dialog, "notify::default-height", G_CALLBACK (size_changed),
                              self);
    kind_changed (self);
}

void
fovea_export_dialog_present (FoveaWindow *window)
{
    static const FoveaFormStep steps[] = {build_dialog, NULL};
    ExportDialog *self = g_new0 (ExportDialog, 1);
    self->owner = window;
    self->cancellable = g_cancellable_new ();
    self->offered = g_array_new (FALSE, FALSE, sizeof (guint));
    self->formats = g_array_new (FALSE, FALSE, sizeof (guint));
    const FoveaFormFrame frame = {GTK_WINDOW (window), _ ("Export"), 720, 600, _ ("Save…"), self,
                                  export_dialog_free};
    self->dialog = fovea_form_new (&frame, &self->save);
    fovea_form_present (self->dialog, steps);
}
