/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A row a layer, a column a head, each the picture under the weights of its head. Textures are made once
 * for a position, when they are first drawn. */
#include "ui/picture-view.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/drawn.h"
#include "ui/scaled.h"
#include "ui/texture.h"

enum {
    GAP = 6,
    LEFT = 24,  /* names of the layers */
    ABOVE = 18, /* of the heads */
    LEAST = 44, /* sides of a small picture */
    USUAL = 84
};

struct _FoveaPictureHeads {
    GtkWidget parent_instance;
    FoveaPictureModel *model;
    FoveaSelection *selection;
    GPtrArray *textures; /* (L, H) of GdkTexture; empty = to be made */
    FoveaTheme theme;    /* that they are of */
};

G_DEFINE_FINAL_TYPE (FoveaPictureHeads, fovea_picture_heads, GTK_TYPE_WIDGET)

static void
get_counts (FoveaPictureHeads *self, int *n_layers, int *n_heads)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    *n_layers = info != NULL ? (int) info->architecture->n_layers : 1;
    *n_heads = info != NULL ? (int) info->architecture->n_heads : 1;
}

/* Names are as large as text is. */
static int
get_left (FoveaPictureHeads *self)
{
    return (int) ceil (LEFT * fovea_label_scale (GTK_WIDGET (self)));
}

static int
get_above (FoveaPictureHeads *self)
{
    return (int) ceil (ABOVE * fovea_label_scale (GTK_WIDGET (self)));
}

static double
get_step (FoveaPictureHeads *self)
{
    int n_layers, n_heads;
    get_counts (self, &n_layers, &n_heads);
    double room = gtk_widget_get_width (GTK_WIDGET (self)) - get_left (self);
    return CLAMP (room / n_heads, LEAST + GAP, USUAL + GAP);
}

static void
fill_textures (FoveaPictureHeads *self, const FoveaPictureData *data, FoveaTheme theme)
{
    if (self->theme != theme)
        g_ptr_array_set_size (self->textures, 0);
    self->theme = theme;
    if (self->textures->len > 0)
        return;
    guint factor = (guint) MAX (2 * USUAL / data->image->size, 1);
    for (guint layer = 0; layer < data->n_layers; layer++)
        for (guint head = 0; head < data->n_heads; head++)
            g_ptr_array_add (
                self->textures,
                fovea_picture_texture_new (data, fovea_picture_data_get_head (data, layer, head),
                                           factor, theme, NULL));
}

static void
fovea_picture_heads_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
    FoveaPictureHeads *self = FOVEA_PICTURE_HEADS (widget);
    const FoveaPictureData *data = fovea_picture_model_get_data (self->model);
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    double step = get_step (self), side = step - GAP;
    int left = get_left (self), above = get_above (self);
    FoveaPalette palette;
    fovea_palette_load (widget, &palette);
    if (data == NULL)
        return;
    fill_textures (self, data, palette.theme);
    for (guint i = 0; i < self->textures->len; i++) {
        guint layer = i / data->n_heads, head = i % data->n_heads;
        double x = left + head * step, y = above + layer * step;
        g_autofree char *name = g_strdup_printf (_ ("head %u"), head);
        if (layer == 0 && side >= USUAL / 2 * fovea_label_scale (widget))
            fovea_label_draw (widget, snapshot, name, 11, FOVEA_LABEL_CENTER, &palette.quiet,
                              x + side / 2, above / 2.0, 0);
        if (head == 0) {
            g_autofree char *row = g_strdup_printf ("L%u", layer);
            fovea_label_draw (widget, snapshot, row, 11, FOVEA_LABEL_NORMAL, &palette.quiet, 2,
                              y + side / 2, 0);
        }
        fovea_texture_draw (widget, snapshot, g_ptr_array_index (self->textures, i),
                            &GRAPHENE_RECT_INIT ((float) x, (float) y, (float) side, (float) side));
        gboolean chosen = layer == place->layer && head == place->head;
        fovea_box_draw (snapshot, x - 1, y - 1, side + 2, side + 2, 0, chosen ? 3 : 1,
                        chosen ? &palette.accent : &palette.rule);
    }
}

static void
fovea_picture_heads_measure (GtkWidget *widget,
                             GtkOrientation orientation,
                             int for_size,
                             int *minimum,
                             int *natural,
                             int *minimum_baseline,
                             int *natural_baseline)
{
    int n_layers, n_heads;
    FoveaPictureHeads *self = FOVEA_PICTURE_HEADS (widget);
    get_counts (self, &n_layers, &n_heads);
    int n = orientation == GTK_ORIENTATION_HORIZONTAL ? n_heads : n_layers;
    int before = orientation == GTK_ORIENTATION_HORIZONTAL ? get_left (self) : get_above (self);
    *minimum = before + n * (LEAST + GAP);
    *natural = before + n * (USUAL + GAP);
}

void
fovea_picture_heads_select_at (FoveaPictureHeads *self, double x, double y)
{
    int n_layers, n_heads;
    double step = get_step (self);
    get_counts (self, &n_layers, &n_heads);
    int left = get_left (self), above = get_above (self);
    int layer = (int) ((y - above) / step), head = (int) ((x - left) / step);
    if (x >= left && y >= above && layer < n_layers && head < n_heads)
        fovea_selection_select_head (self->selection, (guint) layer, (guint) head);
}

static void
pressed (GtkGestureClick *gesture, int n_press, double x, double y, FoveaPictureHeads *self)
{
    fovea_picture_heads_select_at (self, x, y);
}

static void
refresh (FoveaPictureHeads *self)
{
    const FoveaPictureData *data = fovea_picture_model_get_data (self->model);
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    g_autofree char *label = g_strdup (_ ("Heads over the picture"));
    g_ptr_array_set_size (self->textures, 0);
    if (data != NULL && info != NULL) {
        g_autofree char *from = fovea_picture_name_position (info, data->query);
        g_free (label);
        label = g_strdup_printf (_ ("What %s looks at in %u heads of each of %u layers"), from,
                                 data->n_heads, data->n_layers);
    }
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                    -1);
    gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
fovea_picture_heads_dispose (GObject *object)
{
    FoveaPictureHeads *self = FOVEA_PICTURE_HEADS (object);
    g_clear_object (&self->model);
    g_clear_object (&self->selection);
    g_clear_pointer (&self->textures, g_ptr_array_unref);
    G_OBJECT_CLASS (fovea_picture_heads_parent_class)->dispose (object);
}

static void
fovea_picture_heads_class_init (FoveaPictureHeadsClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
    G_OBJECT_CLASS (klass)->dispose = fovea_picture_heads_dispose;
    fovea_drawn_init_class (widget_class, "pictureheads", fovea_picture_heads_snapshot,
                            fovea_picture_heads_measure);
}

static void
fovea_picture_heads_init (FoveaPictureHeads *self)
{
    GtkGesture *click = gtk_gesture_click_new ();
    self->textures = g_ptr_array_new_with_free_func (g_object_unref);
    /* Until there is a picture: a screen reader walks over hidden pages, too. */
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Every head over the picture"), -1);
    g_signal_connect (click, "pressed", G_CALLBACK (pressed), self);
    gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

GtkWidget *
fovea_picture_heads_new (FoveaPictureModel *model, FoveaSelection *selection)
{
    FoveaPictureHeads *self = g_object_new (FOVEA_TYPE_PICTURE_HEADS, NULL);
    self->model = g_object_ref (model);
    self->selection = g_object_ref (selection);
    g_signal_connect_object (model, "changed", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "moved", G_CALLBACK (gtk_widget_queue_draw), self,
                             G_CONNECT_SWAPPED);
    return GTK_WIDGET (self);
}
