/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Figures are light unless a dark one is chosen, whatever the theme of the window: most go on paper. */
#include "app/window/export-form.h"

#include <glib/gi18n.h>
#include <math.h>

#include "app/window/preferences.h"
#include "app/window/window-private.h"
#include "ui/arc-model.h"
#include "ui/choice.h"
#include "ui/figures/picture-image.h"
#include "ui/sentences.h"

struct _FoveaExportForm {
    FoveaWindow *owner;
    FoveaFormChanged changed;
    gpointer data; /* of changed */
    GtkWidget *grid;
    int n_rows;
    GtkDropDown *content, *width, *height, *format, *text, *theme;
    GtkDropDown *scale; /* the view's at first, hence not remembered; of a kind without, off */
    GtkSpinButton *own_width, *own_height;
    GtkCheckButton *letters, *caption;
    GArray *offered;  /* of guint: the rows of contents that the list has */
    GArray *formats;  /* of guint: those of formats, by the content */
    gboolean filling; /* it is being set, which is no choice of the user */
};

/* The row after these is the user's own; a slide also brings its height. */
static const double widths[] = {89, 183, 254};
#define OWN_WIDTH    G_N_ELEMENTS (widths)
#define SLIDE        2
#define SLIDE_HEIGHT 143
#define SLIDE_TEXT   2 /* row of the sizes */
static const double text_sizes[] = {7, 8, 12, 16};
static const char *const text_names[] = {"7 pt", "8 pt", "12 pt", "16 pt", NULL};

static guint
get_format (FoveaExportForm *self)
{
    guint row = gtk_drop_down_get_selected (self->format);
    return g_array_index (self->formats, guint, MIN (row, self->formats->len - 1));
}

const FoveaExportFormat *
fovea_export_form_get_format (FoveaExportForm *self)
{
    return &fovea_export_formats[get_format (self)];
}

gboolean
fovea_export_form_is_data (FoveaExportForm *self)
{
    return get_format (self) >= FOVEA_EXPORT_CSV;
}

const FoveaExportContent *
fovea_export_form_get_content (FoveaExportForm *self)
{
    guint row = gtk_drop_down_get_selected (self->content);
    return &fovea_export_contents[g_array_index (self->offered, guint,
                                                 MIN (row, self->offered->len - 1))];
}

/* Borrows the format's id. */
static FoveaExportChoices
read_choices (FoveaExportForm *self)
{
    guint width = gtk_drop_down_get_selected (self->width);
    gboolean own_height = gtk_drop_down_get_selected (self->height) == 1;
    return (FoveaExportChoices){
        .width_mm = width < OWN_WIDTH ? widths[width] : gtk_spin_button_get_value (self->own_width),
        .height_mm = own_height ? gtk_spin_button_get_value (self->own_height) : 0,
        .text_pt = text_sizes[gtk_drop_down_get_selected (self->text)],
        .format = (char *) fovea_export_form_get_format (self)->id,
        .letters = gtk_check_button_get_active (self->letters),
        .caption = gtk_check_button_get_active (self->caption),
        .theme = (FoveaTheme) gtk_drop_down_get_selected (self->theme),
    };
}

FoveaFigureRequest *
fovea_export_form_make_request (FoveaExportForm *self)
{
    const FoveaExportContent *content = fovea_export_form_get_content (self);
    FoveaFigureRequest *request = fovea_window_request_figure (self->owner, content->kind);
    request->every_head = content->every_head;
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
    request->dpi = fovea_export_form_get_format (self)->dpi;
    return request;
}

/* What this sequence has: curves where some were measured, the picture where it is one, lines where it is
 * short, products where queries and keys were kept. */
static gboolean
is_offered (FoveaExportForm *self, guint content)
{
    FoveaFigureKind kind = fovea_export_contents[content].kind;
    if (kind == FOVEA_FIGURE_PICTURE)
        return fovea_picture_image_has (fovea_selection_get_info (self->owner->selection));
    if (kind == FOVEA_EXPORT_LATENT)
        return fovea_window_get_latent (self->owner).source != NULL;
    if (kind == FOVEA_FIGURE_ARCS)
        return fovea_arc_model_can_show (self->owner->selection);
    if (kind == FOVEA_FIGURE_QK)
        return fovea_window_has_products (self->owner);
    return !fovea_figure_kind_is_sparse (kind) ||
           fovea_sparse_model_get_table (self->owner->sparse) != NULL;
}

/* An own size has its number and unit; where it would not count the list takes their room. */
static void
show_own (GtkSpinButton *own, gboolean counts)
{
    gtk_widget_set_visible (GTK_WIDGET (own), counts);
    gtk_widget_set_visible (gtk_widget_get_next_sibling (GTK_WIDGET (own)), counts);
}

/* Numbers have no width and no letters, but may be scores; a latent's page is laid out in one way. */
static void
follow_choices (FoveaExportForm *self)
{
    GtkWidget *const of_pictures[] = {GTK_WIDGET (self->width), GTK_WIDGET (self->own_width),
                                      GTK_WIDGET (self->theme)};
    GtkWidget *const of_layouts[] = {GTK_WIDGET (self->height), GTK_WIDGET (self->own_height),
                                     GTK_WIDGET (self->text), GTK_WIDGET (self->letters),
                                     GTK_WIDGET (self->caption)};
    const FoveaExportContent *content = fovea_export_form_get_content (self);
    gboolean data = fovea_export_form_is_data (self);
    gboolean latent = content->kind == FOVEA_EXPORT_LATENT;
    for (guint i = 0; i < G_N_ELEMENTS (of_pictures); i++)
        gtk_widget_set_sensitive (of_pictures[i], !data);
    for (guint i = 0; i < G_N_ELEMENTS (of_layouts); i++)
        gtk_widget_set_sensitive (of_layouts[i], !data && !latent);
    gtk_widget_set_sensitive (GTK_WIDGET (self->format), !content->every_head);
    gtk_widget_set_sensitive (GTK_WIDGET (self->scale),
                              content->kind == FOVEA_FIGURE_MAP ||
                                  (!data && fovea_export_count_scales (content->kind) > 0));
    show_own (self->own_width, gtk_drop_down_get_selected (self->width) == OWN_WIDTH);
    show_own (self->own_height, gtk_drop_down_get_selected (self->height) == 1);
}

/* Of the layer that the map is of; other kinds have no scores to choose. */
static void
refuse_scores (FoveaExportForm *self, FoveaFigureKind kind)
{
    FoveaSelection *selection = self->owner->selection;
    FoveaTraceSource *source = fovea_selection_get_source (selection);
    g_autofree char *why = kind == FOVEA_FIGURE_MAP && source != NULL
                               ? fovea_sentence_for_missing_scores (
                                     source, fovea_selection_get_place (selection)->layer)
                               : NULL;
    fovea_choice_refuse (self->scale, FOVEA_COLOR_SCORE, why);
}

static void
show_scales (FoveaExportForm *self)
{
    const char *names[] = {_ ("log"), _ ("linear"), _ ("score"), _ ("difference"), NULL};
    FoveaFigureKind kind = fovea_export_form_get_content (self)->kind;
    FoveaFigureRequest *request = fovea_window_request_figure (self->owner, kind);
    guint n = fovea_export_count_scales (kind) + (request->less >= 0);
    g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);
    for (guint i = 0; i < n; i++)
        gtk_string_list_append (list, names[i]);
    if (n == 0)
        gtk_string_list_append (list, "–");
    gtk_drop_down_set_model (self->scale, G_LIST_MODEL (list));
    gtk_drop_down_set_selected (self->scale, request->map.scale < n ? request->map.scale : 0);
    refuse_scores (self, kind);
    fovea_figure_request_free (request);
}

static void
show_formats (FoveaExportForm *self)
{
    const FoveaLatentExport latent = fovea_window_get_latent (self->owner);
    const FoveaFigureKind kind = fovea_export_form_get_content (self)->kind;
    g_autoptr (GtkStringList) list = fovea_export_list_formats (kind, &latent, self->formats);
    gtk_drop_down_set_model (self->format, G_LIST_MODEL (list));
}

static void
show_choices (FoveaExportForm *self, const FoveaExportChoices *choices)
{
    guint width = 0, format = 0, chosen = FOVEA_EXPORT_PDF;
    while (width < OWN_WIDTH && widths[width] != choices->width_mm)
        width++;
    for (guint i = 0; i < FOVEA_EXPORT_N_FORMATS; i++)
        if (g_str_equal (fovea_export_formats[i].id, choices->format))
            chosen = i;
    if (fovea_export_form_get_content (self)->every_head)
        chosen = FOVEA_EXPORT_PDF;
    for (guint i = 0; i < self->formats->len; i++)
        if (g_array_index (self->formats, guint, i) == chosen)
            format = i;
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
}

void
fovea_export_form_show_height (FoveaExportForm *self, double height_mm)
{
    if (gtk_drop_down_get_selected (self->height) != 0)
        return;
    self->filling = TRUE;
    gtk_spin_button_set_value (self->own_height, round (height_mm));
    self->filling = FALSE;
}

/* Remembered at each change: closing the dialog without saving is no reason to forget. */
static void
chosen (gpointer data)
{
    FoveaExportForm *self = data;
    if (self->filling)
        return;
    const FoveaExportContent *content = fovea_export_form_get_content (self);
    FoveaExportChoices choices = read_choices (self);
    g_autoptr (FoveaExportChoices) kept = fovea_export_choices_load (content->kind);
    follow_choices (self);
    /* Pages are PDF whatever the user likes for one picture. */
    if (content->every_head)
        choices.format = kept->format;
    fovea_export_choices_keep (content->kind, &choices);
    self->changed (self->data);
}

/* Each kind comes with the choices that it had last. */
static void
content_chosen (FoveaExportForm *self)
{
    g_autoptr (FoveaExportChoices) choices =
        fovea_export_choices_load (fovea_export_form_get_content (self)->kind);
    self->filling = TRUE;
    show_formats (self);
    show_scales (self);
    show_choices (self, choices);
    self->filling = FALSE;
    follow_choices (self);
    self->changed (self->data);
}

/* A slide has one shape; any other width takes the height that its content wants. */
static void
width_chosen (FoveaExportForm *self)
{
    guint width = gtk_drop_down_get_selected (self->width);
    if (self->filling)
        return;
    self->filling = TRUE;
    gboolean wall = text_sizes[gtk_drop_down_get_selected (self->text)] >= text_sizes[SLIDE_TEXT];
    if (width == SLIDE)
        gtk_spin_button_set_value (self->own_height, SLIDE_HEIGHT);
    /* Text of paper is not read from a wall, nor that of a wall here. */
    if (wall != (width == SLIDE))
        gtk_drop_down_set_selected (self->text, width == SLIDE ? SLIDE_TEXT : 0);
    gtk_drop_down_set_selected (self->height, width == SLIDE ? 1 : 0);
    if (width < OWN_WIDTH)
        gtk_spin_button_set_value (self->own_width, widths[width]);
    self->filling = FALSE;
    chosen (self);
}

static GtkDropDown *
add_list (FoveaExportForm *self, const char *name, const char *const *choices)
{
    GtkWidget *list = fovea_form_new_list (choices, name);
    gtk_widget_set_hexpand (list, TRUE);
    fovea_form_add_row (self->grid, self->n_rows++, name, list);
    return GTK_DROP_DOWN (list);
}

/* A list with an entry in millimetres beside it, whose Enter is for the number: it does not save yet. */
static GtkDropDown *
add_size (FoveaExportForm *self,
          const char *name,
          const char *const *choices,
          const char *own_name,
          GtkSpinButton **own)
{
    GtkWidget *list = fovea_form_new_list (choices, name);
    GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
    *own = fovea_form_new_number (own_name, 20, 2000, 89, chosen, self);
    gtk_text_set_activates_default (GTK_TEXT (gtk_editable_get_delegate (GTK_EDITABLE (*own))),
                                    FALSE);
    gtk_editable_set_width_chars (GTK_EDITABLE (*own), 4);
    gtk_widget_set_hexpand (list, TRUE);
    gtk_box_append (GTK_BOX (line), list);
    gtk_box_append (GTK_BOX (line), GTK_WIDGET (*own));
    gtk_box_append (GTK_BOX (line), gtk_label_new (_ ("mm")));
    fovea_form_add_row (self->grid, self->n_rows++, name, line);
    return GTK_DROP_DOWN (list);
}

static GtkCheckButton *
add_check (FoveaExportForm *self, const char *name)
{
    GtkWidget *check = gtk_check_button_new_with_label (name);
    g_signal_connect_swapped (check, "toggled", G_CALLBACK (chosen), self);
    gtk_grid_attach (GTK_GRID (self->grid), check, 1, self->n_rows++, 1, 1);
    return GTK_CHECK_BUTTON (check);
}

FoveaExportForm *
fovea_export_form_new (FoveaWindow *owner, FoveaFormChanged changed, gpointer data)
{
    FoveaExportForm *self = g_new0 (FoveaExportForm, 1);
    const char *names[FOVEA_EXPORT_N_CONTENTS + 1] = {NULL};
    self->owner = owner;
    self->changed = changed;
    self->data = data;
    self->filling = TRUE;
    self->offered = g_array_new (FALSE, FALSE, sizeof (guint));
    self->formats = g_array_new (FALSE, FALSE, sizeof (guint));
    self->grid = gtk_grid_new ();
    gtk_grid_set_row_spacing (GTK_GRID (self->grid), 9);
    gtk_grid_set_column_spacing (GTK_GRID (self->grid), 12);
    for (guint i = 0; i < FOVEA_EXPORT_N_CONTENTS; i++) {
        if (!is_offered (self, i))
            continue;
        names[self->offered->len] = _ (fovea_export_contents[i].name);
        g_array_append_val (self->offered, i);
    }
    self->content = add_list (self, _ ("Content"), names);
    return self;
}

void
fovea_export_form_free (FoveaExportForm *self)
{
    if (self == NULL)
        return;
    g_array_unref (self->offered);
    g_array_unref (self->formats);
    g_free (self);
}

GtkWidget *
fovea_export_form_get_widget (FoveaExportForm *self)
{
    return self->grid;
}

void
fovea_export_form_add_sizes (FoveaExportForm *self)
{
    self->width = add_size (self, _ ("Width"),
                            (const char *[]){_ ("89 mm, one column"), _ ("183 mm, two columns"),
                                             _ ("254 mm, slide"), _ ("own"), NULL},
                            _ ("Width in millimetres"), &self->own_width);
    self->height = add_size (self, _ ("Height"), (const char *[]){_ ("automatic"), _ ("own"), NULL},
                             _ ("Height in millimetres"), &self->own_height);
}

void
fovea_export_form_add_kinds (FoveaExportForm *self)
{
    self->format = add_list (self, _ ("Format"), (const char *[]){NULL});
    self->text = add_list (self, _ ("Text"), text_names);
}

void
fovea_export_form_add_looks (FoveaExportForm *self)
{
    self->scale = add_list (self, _ ("Colours"), (const char *[]){"–", NULL});
    self->theme = add_list (self, _ ("Theme"), (const char *[]){_ ("light"), _ ("dark"), NULL});
    self->letters = add_check (self, _ ("Panel letters"));
    self->caption = add_check (self, _ ("Caption line"));
}

/* The row of the first content of the view's kind; the first if that one is not offered. */
static guint
find_shown (FoveaExportForm *self)
{
    g_autoptr (FoveaFigureRequest) request = fovea_window_request_view (self->owner);
    for (guint i = 0; i < self->offered->len; i++)
        if (fovea_export_contents[g_array_index (self->offered, guint, i)].kind == request->kind)
            return i;
    return 0;
}

/* The lists are connected last, so that setting their first choice tells nobody. */
void
fovea_export_form_begin (FoveaExportForm *self)
{
    GtkDropDown *lists[] = {self->height, self->format, self->text, self->scale, self->theme};
    gtk_drop_down_set_selected (self->content, find_shown (self));
    g_signal_connect_swapped (self->content, "notify::selected", G_CALLBACK (content_chosen), self);
    g_signal_connect_swapped (self->width, "notify::selected", G_CALLBACK (width_chosen), self);
    for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
        g_signal_connect_swapped (lists[i], "notify::selected", G_CALLBACK (chosen), self);
    content_chosen (self);
}
