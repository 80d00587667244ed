/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Cairo keeps what a font's letters look like for as long as the font map keeps the font. */
#include "ui/warm.h"

#include "ui/palette.h"

#define FRAMES 3  /* of the window, which are drawn before */
#define ASKED  12 /* labels at a time, some 100 us each */

/* What is left to do while its window is in sight. */
typedef struct {
    GtkWidget *widget;
    guint style;
    GPtrArray
        *labels; /* of the window, whose style sheet has sizes of its own; NULL = not yet listed */
    GPtrArray *images;
    GHashTable *fonts; /* hashes of those that are set */
} Warming;

/* Sizes of what draws its own words. */
static const struct {
    double size;
    FoveaLabelFlags flags;
} styles[] = {
    {11, FOVEA_LABEL_NORMAL},   {12, FOVEA_LABEL_NORMAL}, {12.5, FOVEA_LABEL_NORMAL},
    {12.5, FOVEA_LABEL_BOLD},   {11, FOVEA_LABEL_BOLD},   {12, FOVEA_LABEL_BOLD},
    {10, FOVEA_LABEL_NORMAL},   {13, FOVEA_LABEL_NORMAL}, {13, FOVEA_LABEL_BOLD},
    {11.5, FOVEA_LABEL_NORMAL}, {11.5, FOVEA_LABEL_BOLD}, {14, FOVEA_LABEL_BOLD},
};

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                              "0123456789.,:;!?'\"()[]{}<>=+-*/%&#@_|~$"
                              "\u2212\u00d7\u00b7\u2026\u2192\u2190\u2264\u2265\u2013\u201c\u201d"
                              "\u25b6\u25bc\u25b2\u25cf\u25c6\u21b5\u2423";

static void
set_letters (PangoLayout *layout)
{
    int width, height;
    pango_layout_get_pixel_size (layout, &width, &height);
    cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
    cairo_t *cr = cairo_create (surface);
    pango_cairo_show_layout (cr, layout);
    cairo_destroy (cr);
    cairo_surface_destroy (surface);
}

static void
list_widgets (Warming *self, GtkWidget *widget)
{
    if (GTK_IS_LABEL (widget))
        g_ptr_array_add (self->labels, g_object_ref (widget));
    if (GTK_IS_IMAGE (widget) && gtk_image_get_icon_name (GTK_IMAGE (widget)) != NULL)
        g_ptr_array_add (self->images, g_object_ref (widget));
    for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
         child = gtk_widget_get_next_sibling (child))
        list_widgets (self, child);
}

/* An icon is read from its file when it is first drawn. The toolkit keeps those that it found last. */
static gboolean
read_next_icon (Warming *self)
{
    if (self->images->len == 0)
        return FALSE;
    g_autoptr (GtkWidget) image =
        g_ptr_array_steal_index_fast (self->images, self->images->len - 1);
    g_autoptr (GIcon) icon = g_themed_icon_new (gtk_image_get_icon_name (GTK_IMAGE (image)));
    g_autoptr (GtkIconPaintable) paintable = gtk_icon_theme_lookup_by_gicon (
        gtk_icon_theme_get_for_display (gtk_widget_get_display (image)), icon,
        MAX (gtk_image_get_pixel_size (GTK_IMAGE (image)), 16), gtk_widget_get_scale_factor (image),
        gtk_widget_get_direction (image), 0);
    GtkSnapshot *snapshot = gtk_snapshot_new ();
    gdk_paintable_snapshot (GDK_PAINTABLE (paintable), snapshot, 16, 16);
    g_object_unref (snapshot);
    return self->images->len > 0;
}

/* Whether there is another font to set. Most labels share theirs, but each has to be asked. */
static gboolean
set_next_font (Warming *self)
{
    if (self->labels == NULL) {
        self->labels = g_ptr_array_new_with_free_func (g_object_unref);
        list_widgets (self, GTK_WIDGET (gtk_widget_get_root (self->widget)));
        return TRUE;
    }
    for (guint i = 0; i < ASKED && self->labels->len > 0; i++) {
        g_autoptr (GtkWidget) label =
            g_ptr_array_steal_index_fast (self->labels, self->labels->len - 1);
        PangoContext *context = gtk_widget_get_pango_context (label);
        guint hash = pango_font_description_hash (pango_context_get_font_description (context));
        if (!g_hash_table_add (self->fonts, GUINT_TO_POINTER (hash)))
            continue;
        g_autoptr (PangoLayout) layout = pango_layout_new (context);
        pango_layout_set_text (layout, letters, -1);
        set_letters (layout);
        return TRUE;
    }
    return self->labels->len > 0 || read_next_icon (self);
}

static gboolean
set_next (gpointer data)
{
    Warming *self = data;
    if (!gtk_widget_get_mapped (self->widget))
        return G_SOURCE_REMOVE; /* closed */
    if (self->style == G_N_ELEMENTS (styles))
        return set_next_font (self);
    g_autoptr (PangoLayout) layout = fovea_label_layout (self->widget, styles[self->style].size,
                                                         styles[self->style].flags, letters);
    set_letters (layout);
    self->style++;
    return G_SOURCE_CONTINUE;
}

static void
warming_free (gpointer data)
{
    Warming *self = data;
    g_object_unref (self->widget);
    g_clear_pointer (&self->labels, g_ptr_array_unref);
    g_ptr_array_unref (self->images);
    g_hash_table_unref (self->fonts);
    g_free (self);
}

static gboolean
wait_on (GtkWidget *widget, GdkFrameClock *clock, gpointer frames)
{
    if ((*(guint *) frames)++ < FRAMES)
        return G_SOURCE_CONTINUE;
    Warming *self = g_new0 (Warming, 1);
    self->widget = g_object_ref (widget);
    self->fonts = g_hash_table_new (NULL, NULL);
    self->images = g_ptr_array_new_with_free_func (g_object_unref);
    g_idle_add_full (G_PRIORITY_LOW, set_next, self, warming_free);
    return G_SOURCE_REMOVE;
}

void
fovea_warm_fonts (GtkWidget *widget)
{
    static gboolean done;
    if (!done)
        gtk_widget_add_tick_callback (widget, wait_on, g_new0 (guint, 1), g_free);
    done = TRUE;
}
