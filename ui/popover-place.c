/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What has been scrolled out of sight may lie beyond the screen, where GDK knows no monitor to put a popover on. */
#include "ui/popover-place.h"

static void
clamp_side (int *from, int *length, double first, double size)
{
    int low = (int) first, high = (int) (first + size) - 1;
    int end = CLAMP (*from + *length, low, high + 1);
    *from = CLAMP (*from, low, MAX (high, low));
    *length = MAX (end - *from, 1);
}

void
fovea_popover_place (GtkPopover *popover, const GdkRectangle *at)
{
    GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (popover));
    GdkRectangle seen = *at;
    for (GtkWidget *around = parent; around != NULL; around = gtk_widget_get_parent (around)) {
        graphene_rect_t room;
        if ((!GTK_IS_SCROLLED_WINDOW (around) && !GTK_IS_ROOT (around)) ||
            !gtk_widget_compute_bounds (around, parent, &room))
            continue;
        clamp_side (&seen.x, &seen.width, (double) room.origin.x, (double) room.size.width);
        clamp_side (&seen.y, &seen.height, (double) room.origin.y, (double) room.size.height);
    }
    gtk_popover_set_pointing_to (popover, &seen);
}
