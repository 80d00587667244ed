/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Words drawn by widgets that draw themselves. Shaping them is the dearest part of a frame, and the
 * next frame has nearly the same: layouts are kept by words and font for all widgets together. They
 * have a context of their own, since a widget's changes with its style; another resolution, other
 * hinting or another set of fonts begins anew. */
#include <math.h>
#include <string.h>

#include "ui/palette.h"
#include "ui/scaled.h"

#define MOST_KEPT 8192 /* some hundred bytes to kilobytes each; 5,120 heads have as many names */

/* Kept from the one drawn last to the one not drawn for longest, which goes when another comes:
 * freeing all of them at once took fifteen milliseconds. */
typedef struct {
    GList link; /* of the queue; its data is this */
    char *text;
    guint font; /* hash of its description */
    int size, width;
    FoveaLabelFlags flags;
    PangoLayout *layout;
    int layout_width, layout_height; /* pixels */
    GskRenderNode *drawn;            /* in @color, NULL = not yet */
    GdkRGBA color;
} Kept;

/* What all kept layouts were made for. */
static struct {
    GHashTable *kept; /* of Kept, a set */
    GQueue order;
    PangoContext *context;
    PangoFontMap *map;
    double resolution;
    gulong options;
    guint serial;
} labels;

static guint
kept_hash (gconstpointer data)
{
    const Kept *kept = data;
    return (((g_str_hash (kept->text) * 31 + kept->font) * 31 + (guint) kept->size) * 31 +
            (guint) kept->width) *
               31 +
           kept->flags;
}

static gboolean
kept_equal (gconstpointer a, gconstpointer b)
{
    const Kept *p = a, *q = b;
    return p->font == q->font && p->size == q->size && p->width == q->width &&
           p->flags == q->flags && strcmp (p->text, q->text) == 0;
}

static void
kept_free (gpointer data)
{
    Kept *kept = data;
    g_free (kept->text);
    g_object_unref (kept->layout);
    g_clear_pointer (&kept->drawn, gsk_render_node_unref);
    g_free (kept);
}

static gulong
get_options (PangoContext *context)
{
    const cairo_font_options_t *options = pango_cairo_context_get_font_options (context);
    return options != NULL ? cairo_font_options_hash (options) : 0;
}

/* All of it is the same for every widget of a screen, so this hardly ever starts anew. */
static void
renew (GtkWidget *widget, PangoContext *context)
{
    PangoFontMap *map = pango_context_get_font_map (context);
    double resolution = pango_cairo_context_get_resolution (context);
    gulong options = get_options (context);
    guint serial = pango_font_map_get_serial (map);
    if (labels.kept != NULL && labels.map == map && labels.resolution == resolution &&
        labels.options == options && labels.serial == serial)
        return;
    g_clear_pointer (&labels.kept, g_hash_table_unref);
    g_queue_init (&labels.order); /* its links went with what they are in */
    g_clear_object (&labels.context);
    labels.kept = g_hash_table_new_full (kept_hash, kept_equal, kept_free, NULL);
    labels.context = gtk_widget_create_pango_context (widget);
    labels.map = map;
    labels.resolution = resolution;
    labels.options = options;
    labels.serial = serial;
}

static PangoLayout *
new_layout (const PangoFontDescription *usual, const Kept *wanted)
{
    PangoLayout *layout = pango_layout_new (labels.context);
    g_autoptr (PangoFontDescription) font = pango_font_description_copy (usual);
    g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
    pango_font_description_set_size (font, wanted->size);
    if (wanted->flags & FOVEA_LABEL_BOLD)
        pango_font_description_set_weight (font, PANGO_WEIGHT_BOLD);
    pango_layout_set_text (layout, wanted->text, -1);
    pango_layout_set_font_description (layout, font);
    pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum"));
    pango_layout_set_attributes (layout, attributes);
    pango_layout_set_single_paragraph_mode (layout, TRUE);
    if (wanted->width > 0) {
        pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
        pango_layout_set_width (layout, wanted->width * PANGO_SCALE);
    }
    return layout;
}

static Kept *
use (Kept *kept)
{
    g_queue_unlink (&labels.order, &kept->link);
    g_queue_push_head_link (&labels.order, &kept->link);
    return kept;
}

/* Takes the layout. */
static Kept *
keep (const Kept *wanted, PangoLayout *layout)
{
    if (g_hash_table_size (labels.kept) >= MOST_KEPT)
        g_hash_table_remove (labels.kept, g_queue_pop_tail_link (&labels.order)->data);
    Kept *kept = g_memdup2 (wanted, sizeof *wanted);
    kept->link = (GList){.data = kept};
    kept->text = g_strdup (wanted->text);
    kept->layout = layout;
    pango_layout_get_pixel_size (layout, &kept->layout_width, &kept->layout_height);
    g_hash_table_add (labels.kept, kept);
    g_queue_push_head_link (&labels.order, &kept->link);
    return kept;
}

/* @width: at which it is shortened, 0 = never. Owned by the cache, which may drop it at the next call. */
static Kept *
look_up (GtkWidget *widget, double size, FoveaLabelFlags flags, const char *text, int width)
{
    /* The window's context: each widget's own would be made for it, and has the same fonts. */
    GtkRoot *root = gtk_widget_get_root (widget);
    PangoContext *context =
        gtk_widget_get_pango_context (root != NULL ? GTK_WIDGET (root) : widget);
    const PangoFontDescription *usual = pango_context_get_font_description (context);
    renew (widget, context);
    /* Points, not pixels: the font map's resolution carries the desktop's text scaling. A frame that
     * scales the whole widget has it too, and text must not grow twice. */
    size *= fovea_label_scale (widget) / fovea_text_scale (widget);
    Kept wanted = {
        .text = (char *) text,
        .font = pango_font_description_hash (usual),
        .size = (int) (size * 0.75 * PANGO_SCALE),
        .width = width,
        .flags = flags & FOVEA_LABEL_BOLD,
    };
    Kept *kept = g_hash_table_lookup (labels.kept, &wanted);
    return kept != NULL ? use (kept) : keep (&wanted, new_layout (usual, &wanted));
}

PangoLayout *
fovea_label_layout (GtkWidget *widget, double size, FoveaLabelFlags flags, const char *text)
{
    return g_object_ref (look_up (widget, size, flags, text, 0)->layout);
}

int
fovea_label_width (GtkWidget *widget, double size, FoveaLabelFlags flags, const char *text)
{
    return look_up (widget, size, flags, text, 0)->layout_width;
}

/* A grid of a thousand cells draws the same words in each frame: the node that draws them is kept with
 * their layout, and frames are compared by it. */
static GskRenderNode *
get_drawn (Kept *kept, const GdkRGBA *color)
{
    if (kept->drawn != NULL && gdk_rgba_equal (&kept->color, color))
        return kept->drawn;
    GtkSnapshot *snapshot = gtk_snapshot_new ();
    gtk_snapshot_append_layout (snapshot, kept->layout, color);
    g_clear_pointer (&kept->drawn, gsk_render_node_unref);
    kept->drawn = gtk_snapshot_free_to_node (snapshot);
    kept->color = *color;
    return kept->drawn;
}

int
fovea_label_draw (GtkWidget *widget,
                  GtkSnapshot *snapshot,
                  const char *text,
                  double size,
                  FoveaLabelFlags flags,
                  const GdkRGBA *color,
                  double x,
                  double y,
                  double max_width)
{
    Kept *kept = look_up (widget, size, flags, text, 0);
    if (max_width > 0 && kept->layout_width > max_width)
        kept = look_up (widget, size, flags, text, MAX ((int) max_width, 1));
    double left = flags & FOVEA_LABEL_RIGHT    ? x - kept->layout_width
                  : flags & FOVEA_LABEL_CENTER ? x - kept->layout_width / 2.0
                                               : x;
    double top = round (y - kept->layout_height / 2.0);
    GskRenderNode *drawn = get_drawn (kept, color);
    if (drawn == NULL) /* of no words, or of blanks */
        return kept->layout_width;
    gtk_snapshot_save (snapshot);
    gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) round (left), (float) top));
    gtk_snapshot_append_node (snapshot, drawn);
    gtk_snapshot_restore (snapshot);
    return kept->layout_width;
}
