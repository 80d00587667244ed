/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Where the letters end that a widget draws. */
#include <gtk/gtk.h>

/* How far to the right and down letters reach that are not turned, from the top left of the canvas. */
static inline void
shown_reach_find (GskRenderNode *node, double x, double y, graphene_point_t *reach)
{
    graphene_rect_t bounds;
    if (gsk_render_node_get_node_type (node) == GSK_CONTAINER_NODE) {
        for (guint i = 0; i < gsk_container_node_get_n_children (node); i++)
            shown_reach_find (gsk_container_node_get_child (node, i), x, y, reach);
    } else if (gsk_render_node_get_node_type (node) == GSK_TRANSFORM_NODE) {
        GskTransform *transform = gsk_transform_node_get_transform (node);
        float dx = 0, dy = 0;
        if (gsk_transform_get_category (transform) < GSK_TRANSFORM_CATEGORY_2D_TRANSLATE)
            return;
        gsk_transform_to_translate (transform, &dx, &dy);
        shown_reach_find (gsk_transform_node_get_child (node), x + dx, y + dy, reach);
    } else if (gsk_render_node_get_node_type (node) == GSK_CLIP_NODE) {
        shown_reach_find (gsk_clip_node_get_child (node), x, y, reach);
    } else if (gsk_render_node_get_node_type (node) == GSK_TEXT_NODE) {
        gsk_render_node_get_bounds (node, &bounds);
        reach->x = MAX (reach->x, (float) x + bounds.origin.x + bounds.size.width);
        reach->y = MAX (reach->y, (float) y + bounds.origin.y + bounds.size.height);
    }
}
