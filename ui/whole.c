/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Only for cairo, which is to repeat what it has recorded: for a GPU it would have to draw pixels. */
#include "ui/whole.h"

#include "ui/texture.h"

void
fovea_whole_draw (GtkWidget *widget, GtkSnapshot *snapshot, GtkSnapshot *drawn)
{
    g_autoptr (GskRenderNode) parts = gtk_snapshot_free_to_node (drawn);
    graphene_rect_t bounds;
    if (parts == NULL)
        return;
    if (!fovea_texture_is_plain (widget)) {
        gtk_snapshot_append_node (snapshot, parts);
        return;
    }
    /* The node ends at its bounds, and half a pixel at an edge would be halved again. */
    gsk_render_node_get_bounds (parts, &bounds);
    graphene_rect_round_extents (&bounds, &bounds);
    cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);
    gsk_render_node_draw (parts, cr);
    cairo_destroy (cr);
}
