/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Nothing is drawn otherwise before the pointer moves, hence the words. */
#include "ui/pin.h"

#include <glib/gi18n.h>

void
fovea_pin_toggle (GtkWidget *from, FoveaSelection *selection)
{
    gboolean head = fovea_selection_get_hovered_head (selection) != NULL;
    gboolean cell = fovea_selection_get_hovered_cell (selection) != NULL;
    gboolean pinned = fovea_selection_is_hover_pinned (selection);
    gtk_widget_activate_action (from, "win.say", "s",
                                pinned && head ? _ ("The hovered head follows the pointer again")
                                : pinned       ? _ ("The hovered cell follows the pointer again")
                                : head ? _ ("The hovered head stays until Space is pressed again")
                                : cell ? _ ("The hovered cell stays until Space is pressed again")
                                       : _ ("Nothing lies under the pointer to be held"));
    fovea_selection_pin_hover (selection, !pinned && (head || cell));
}
