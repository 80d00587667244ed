/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The widget is held weakly: it owns what it shows. */
#include "ui/texture-paintable.h"

#include "ui/texture.h"

struct _FoveaTexturePaintable {
    GObject parent_instance;
    GtkWidget *widget;
    GdkTexture *texture;
};

/* Without its widget nobody shows it. */
static void
snapshot (GdkPaintable *paintable, GdkSnapshot *snapshot, double width, double height)
{
    FoveaTexturePaintable *self = FOVEA_TEXTURE_PAINTABLE (paintable);
    if (self->widget != NULL)
        fovea_texture_draw (self->widget, GTK_SNAPSHOT (snapshot), self->texture,
                            &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
}

static GdkPaintableFlags
get_flags (GdkPaintable *paintable)
{
    return GDK_PAINTABLE_STATIC_SIZE | GDK_PAINTABLE_STATIC_CONTENTS;
}

static int
get_scale (FoveaTexturePaintable *self)
{
    return self->widget != NULL ? gtk_widget_get_scale_factor (self->widget) : 1;
}

static int
get_intrinsic_width (GdkPaintable *paintable)
{
    FoveaTexturePaintable *self = FOVEA_TEXTURE_PAINTABLE (paintable);
    return gdk_texture_get_width (self->texture) / get_scale (self);
}

static int
get_intrinsic_height (GdkPaintable *paintable)
{
    FoveaTexturePaintable *self = FOVEA_TEXTURE_PAINTABLE (paintable);
    return gdk_texture_get_height (self->texture) / get_scale (self);
}

static void
paintable_iface_init (GdkPaintableInterface *iface)
{
    iface->snapshot = snapshot;
    iface->get_flags = get_flags;
    iface->get_intrinsic_width = get_intrinsic_width;
    iface->get_intrinsic_height = get_intrinsic_height;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FoveaTexturePaintable,
                               fovea_texture_paintable,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GDK_TYPE_PAINTABLE, paintable_iface_init))

static void
fovea_texture_paintable_dispose (GObject *object)
{
    FoveaTexturePaintable *self = FOVEA_TEXTURE_PAINTABLE (object);
    g_clear_weak_pointer (&self->widget);
    g_clear_object (&self->texture);
    G_OBJECT_CLASS (fovea_texture_paintable_parent_class)->dispose (object);
}

static void
fovea_texture_paintable_class_init (FoveaTexturePaintableClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_texture_paintable_dispose;
}

static void
fovea_texture_paintable_init (FoveaTexturePaintable *self)
{
}

GdkPaintable *
fovea_texture_paintable_new (GtkWidget *widget, GdkTexture *texture)
{
    FoveaTexturePaintable *self = g_object_new (FOVEA_TYPE_TEXTURE_PAINTABLE, NULL);
    g_set_weak_pointer (&self->widget, widget);
    self->texture = g_object_ref (texture);
    return GDK_PAINTABLE (self);
}
