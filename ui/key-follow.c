/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Query and key are one token then, the strongest keys of which are a key away. */
#include "ui/key-follow.h"

#include <glib/gi18n.h>

void
fovea_key_follow (GtkWidget *from, FoveaSelection *selection)
{
    const FoveaPlace *place = fovea_selection_get_place (selection);
    if (place->query == place->key)
        gtk_widget_activate_action (from, "win.say", "s", _ ("The key is the query already"));
    else
        fovea_selection_select_cell (selection, place->key, place->key);
}
