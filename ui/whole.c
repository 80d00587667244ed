/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Only for cairo: a GPU draws a frame faster than the difference is found. Two clips that are not equal are
 * compared no further; around the drawing they cut nothing off. */
#include "ui/whole.h"

#include <string.h>

#include "ui/texture.h"

#define WHOLE  "fovea-whole"
#define AROUND 32.0f /* focus rings and the like, beyond a widget's edge */

typedef struct {
    GskRenderNode *parts; /* of the frame before */
    int turn;             /* another for every drawing as a whole */
} Whole;

/* Rectangles that touch become one, so that a few more than are allowed may be none too many in the end; of
 * many more, each takes longer than the one before. */
#define FULL 64

typedef struct {
    cairo_region_t *region;
    guint most;
} Changes;

static void
whole_free (gpointer data)
{
    Whole *whole = data;
    g_clear_pointer (&whole->parts, gsk_render_node_unref);
    g_free (whole);
}

static Whole *
get_whole (GtkWidget *widget)
{
    Whole *whole = g_object_get_data (G_OBJECT (widget), WHOLE);
    if (whole == NULL) {
        whole = g_new0 (Whole, 1);
        g_object_set_data_full (G_OBJECT (widget), WHOLE, whole, whole_free);
    }
    return whole;
}

static gboolean
is_full (const Changes *changes)
{
    return cairo_region_num_rectangles (changes->region) > (int) changes->most;
}

static void
add_bounds (GskRenderNode *node, int x, int y, Changes *changes)
{
    graphene_rect_t bounds;
    if (node == NULL)
        return;
    gsk_render_node_get_bounds (node, &bounds);
    graphene_rect_round_extents (&bounds, &bounds);
    cairo_region_union_rectangle (
        changes->region,
        &(cairo_rectangle_int_t){x + (int) bounds.origin.x, y + (int) bounds.origin.y,
                                 (int) bounds.size.width, (int) bounds.size.height});
}

static gboolean
is_same_text (GskRenderNode *a, GskRenderNode *b)
{
    guint n = gsk_text_node_get_num_glyphs (a);
    return n == gsk_text_node_get_num_glyphs (b) &&
           gsk_text_node_get_font (a) == gsk_text_node_get_font (b) &&
           gdk_rgba_equal (gsk_text_node_get_color (a), gsk_text_node_get_color (b)) &&
           graphene_point_equal (gsk_text_node_get_offset (a), gsk_text_node_get_offset (b)) &&
           memcmp (gsk_text_node_get_glyphs (a, NULL), gsk_text_node_get_glyphs (b, NULL),
                   n * sizeof (PangoGlyphInfo)) == 0;
}

static gboolean
is_same_border (GskRenderNode *a, GskRenderNode *b)
{
    return memcmp (gsk_border_node_get_outline (a), gsk_border_node_get_outline (b),
                   sizeof (GskRoundedRect)) == 0 &&
           memcmp (gsk_border_node_get_widths (a), gsk_border_node_get_widths (b),
                   4 * sizeof (float)) == 0 &&
           memcmp (gsk_border_node_get_colors (a), gsk_border_node_get_colors (b),
                   4 * sizeof (GdkRGBA)) == 0;
}

/* Of the kinds that most drawings are of. */
static gboolean
is_same (GskRenderNode *a, GskRenderNode *b, GskRenderNodeType type)
{
    graphene_rect_t before, now;
    gsk_render_node_get_bounds (a, &before);
    gsk_render_node_get_bounds (b, &now);
    if (!graphene_rect_equal (&before, &now))
        return FALSE;
    if (type == GSK_COLOR_NODE)
        return gdk_rgba_equal (gsk_color_node_get_color (a), gsk_color_node_get_color (b));
    if (type == GSK_TEXT_NODE)
        return is_same_text (a, b);
    return type == GSK_BORDER_NODE && is_same_border (a, b);
}

static void compare (GskRenderNode *a, GskRenderNode *b, int x, int y, Changes *changes);

static void
compare_containers (GskRenderNode *a, GskRenderNode *b, int x, int y, Changes *changes)
{
    guint before = gsk_container_node_get_n_children (a);
    guint now = gsk_container_node_get_n_children (b);
    for (guint i = 0; i < MAX (before, now) && !is_full (changes); i++)
        compare (i < before ? gsk_container_node_get_child (a, i) : NULL,
                 i < now ? gsk_container_node_get_child (b, i) : NULL, x, y, changes);
}

/* Only what is moved, to the same whole pixels. */
static gboolean
follow_transform (GskRenderNode *a, GskRenderNode *b, int *x, int *y)
{
    GskTransform *transform = gsk_transform_node_get_transform (a);
    float dx, dy;
    if (!gsk_transform_equal (transform, gsk_transform_node_get_transform (b)) ||
        gsk_transform_get_category (transform) < GSK_TRANSFORM_CATEGORY_2D_TRANSLATE)
        return FALSE;
    gsk_transform_to_translate (transform, &dx, &dy);
    *x += (int) dx;
    *y += (int) dy;
    return TRUE;
}

/* Nearly as GTK does. What a widget did not draw again is the node that it was. */
static void
compare (GskRenderNode *a, GskRenderNode *b, int x, int y, Changes *changes)
{
    GskRenderNodeType type = b != NULL ? gsk_render_node_get_node_type (b) : GSK_NOT_A_RENDER_NODE;
    if (a == b || is_full (changes))
        return;
    if (a != NULL && gsk_render_node_get_node_type (a) == type) {
        if (type == GSK_CONTAINER_NODE)
            return compare_containers (a, b, x, y, changes);
        if (type == GSK_TRANSFORM_NODE && follow_transform (a, b, &x, &y))
            return compare (gsk_transform_node_get_child (a), gsk_transform_node_get_child (b), x,
                            y, changes);
        if (type == GSK_CLIP_NODE &&
            graphene_rect_equal (gsk_clip_node_get_clip (a), gsk_clip_node_get_clip (b)))
            return compare (gsk_clip_node_get_child (a), gsk_clip_node_get_child (b), x, y,
                            changes);
        if (type == GSK_ROUNDED_CLIP_NODE &&
            memcmp (gsk_rounded_clip_node_get_clip (a), gsk_rounded_clip_node_get_clip (b),
                    sizeof (GskRoundedRect)) == 0)
            return compare (gsk_rounded_clip_node_get_child (a),
                            gsk_rounded_clip_node_get_child (b), x, y, changes);
        if (is_same (a, b, type))
            return;
    }
    add_bounds (a, x, y, changes);
    add_bounds (b, x, y, changes);
}

static gboolean
has_more_changes (GskRenderNode *a, GskRenderNode *b, guint most)
{
    Changes changes = {cairo_region_create (), most + FULL};
    compare (a, b, 0, 0, &changes);
    gboolean more = cairo_region_num_rectangles (changes.region) > (int) most;
    cairo_region_destroy (changes.region);
    return more;
}

/* By hand: a snapshot leaves out a clip that cuts nothing off. */
static void
append (const Whole *whole, GtkWidget *widget, GtkSnapshot *snapshot)
{
    graphene_rect_t clip = GRAPHENE_RECT_INIT (0, 0, (float) gtk_widget_get_width (widget),
                                               (float) gtk_widget_get_height (widget));
    float around = -AROUND - (float) whole->turn;
    graphene_rect_inset (&clip, around, around);
    g_autoptr (GskRenderNode) node = gsk_clip_node_new (whole->parts, &clip);
    gtk_snapshot_append_node (snapshot, node);
}

void
fovea_whole_draw (GtkWidget *widget, GtkSnapshot *snapshot, GtkSnapshot *drawn, guint most)
{
    GskRenderNode *parts = gtk_snapshot_free_to_node (drawn);
    Whole *whole = get_whole (widget);
    if (parts != NULL && fovea_texture_is_plain (widget) &&
        has_more_changes (whole->parts, parts, most))
        whole->turn = whole->turn % 2 + 1;
    g_clear_pointer (&whole->parts, gsk_render_node_unref);
    whole->parts = parts;
    fovea_whole_draw_again (widget, snapshot);
}

void
fovea_whole_draw_again (GtkWidget *widget, GtkSnapshot *snapshot)
{
    Whole *whole = get_whole (widget);
    if (whole->parts == NULL)
        return;
    if (fovea_texture_is_plain (widget))
        append (whole, widget, snapshot);
    else
        gtk_snapshot_append_node (snapshot, whole->parts);
}
