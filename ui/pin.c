/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Nothing is drawn otherwise before the pointer moves, hence the words. */
#include "ui/pin.h"

#include <glib/gi18n.h>

void
fovea_pin_toggle (GtkWidget *from, FoveaSelection *selection)
{
    gboolean hovered = fovea_selection_get_hovered_cell (selection) != NULL;
    gboolean pinned = fovea_selection_is_hover_pinned (selection);
    gtk_widget_activate_action (from, "win.say", "s",
                                pinned ? _ ("The hovered cell follows the pointer again")
                                : hovered
                                    ? _ ("The hovered cell stays until Space is pressed again")
                                    : _ ("No cell lies under the pointer to be held"));
    fovea_selection_pin_hover (selection, !pinned && hovered);
}
