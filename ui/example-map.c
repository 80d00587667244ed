/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One tile of the whole map; the future stays paper. */
#include "ui/example-map.h"

#include <glib/gi18n.h>

#include "ui/drawn.h"
#include "ui/palette.h"
#include "ui/texture.h"

#define SIDE  96
#define LEAST 72 /* of a side, where large text leaves no room */
#define TEXT  26

struct _FoveaExampleMap {
    GtkWidget parent_instance;
    FoveaTileCache *tiles;
    char *name;
    guint layer, head;
    gint64 n_tokens;
};

G_DEFINE_FINAL_TYPE (FoveaExampleMap, fovea_example_map, GTK_TYPE_WIDGET)

static void
fovea_example_map_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
    FoveaExampleMap *self = FOVEA_EXAMPLE_MAP (widget);
    FoveaPalette palette;
    int shown = MIN (SIDE, gtk_widget_get_width (widget));
    fovea_palette_load (widget, &palette);
    fovea_label_draw (widget, snapshot, self->name, 12, FOVEA_LABEL_NORMAL, &palette.quiet, 0,
                      SIDE + TEXT / 2.0, shown < SIDE ? shown - 4 : 0);
    if (self->n_tokens == 0)
        return;
    int side = shown * gtk_widget_get_scale_factor (widget);
    FoveaTileSpec spec = {
        .layer = self->layer,
        .head = self->head,
        .scale = (double) side / (double) self->n_tokens,
        .width = (guint) side,
        .height = (guint) side,
        .floor = fovea_color_map_floor (self->n_tokens),
        .theme = palette.theme,
        .paper = TRUE,
    };
    GdkTexture *texture = fovea_tile_cache_get (self->tiles, &spec, (int) self->layer);
    if (texture != NULL)
        fovea_texture_draw (GTK_WIDGET (self), snapshot, texture,
                            &GRAPHENE_RECT_INIT (0, 0, (float) shown, (float) shown));
}

static void
fovea_example_map_measure (GtkWidget *widget,
                           GtkOrientation orientation,
                           int for_size,
                           int *minimum,
                           int *natural,
                           int *minimum_baseline,
                           int *natural_baseline)
{
    *natural = orientation == GTK_ORIENTATION_VERTICAL ? SIDE + TEXT : SIDE;
    *minimum = orientation == GTK_ORIENTATION_VERTICAL ? *natural : LEAST;
}

static void
fovea_example_map_dispose (GObject *object)
{
    FoveaExampleMap *self = FOVEA_EXAMPLE_MAP (object);
    g_clear_object (&self->tiles);
    g_clear_pointer (&self->name, g_free);
    G_OBJECT_CLASS (fovea_example_map_parent_class)->dispose (object);
}

static void
fovea_example_map_class_init (FoveaExampleMapClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_example_map_dispose;
    fovea_drawn_init_class (GTK_WIDGET_CLASS (klass), "examplemap", fovea_example_map_snapshot,
                            fovea_example_map_measure);
}

static void
fovea_example_map_init (FoveaExampleMap *self)
{
}

GtkWidget *
fovea_example_map_new (FoveaTileCache *tiles, const char *name, guint layer, guint head)
{
    FoveaExampleMap *self = g_object_new (FOVEA_TYPE_EXAMPLE_MAP, NULL);
    self->tiles = g_object_ref (tiles);
    self->name = g_strdup (name);
    self->layer = layer;
    self->head = head;
    g_autofree char *label = g_strdup_printf (_ ("Example map: %s, head %u.%u"), name, layer, head);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                    -1);
    g_signal_connect_object (tiles, "ready", G_CALLBACK (gtk_widget_queue_draw), self,
                             G_CONNECT_SWAPPED);
    return GTK_WIDGET (self);
}

void
fovea_example_map_set_tokens (FoveaExampleMap *self, gint64 n_tokens)
{
    self->n_tokens = n_tokens;
    gtk_widget_queue_draw (GTK_WIDGET (self));
}
