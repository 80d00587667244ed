/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The map and the strip show the same row, hence the same keys. */
#include "ui/strong-cell.h"

#include <glib/gi18n.h>

void
fovea_strong_cell_go (GtkWidget *from,
                      FoveaSelection *selection,
                      FoveaCellModel *cells,
                      int direction)
{
    const FoveaPlace *place = fovea_selection_get_place (selection);
    const FoveaCellData *data = fovea_cell_model_get_data (cells);
    if (data == NULL || data->place.query != place->query)
        return;
    gint64 key = fovea_weights_find_strong (data->row, data->n_tokens, place->key, direction);
    if (key >= 0)
        fovea_selection_select_cell (selection, place->query, key);
    else
        gtk_widget_activate_action (from, "win.say", "s",
                                    direction > 0 ? _ ("No strong cell further right in this row")
                                                  : _ ("No strong cell further left in this row"));
}

void
fovea_strong_cell_go_down (GtkWidget *from,
                           FoveaSelection *selection,
                           FoveaCellModel *cells,
                           int direction)
{
    const FoveaPlace *place = fovea_selection_get_place (selection);
    const FoveaCellData *data = fovea_cell_model_get_data (cells);
    if (data == NULL || data->place.key != place->key)
        return;
    gint64 query =
        fovea_weights_find_strong (data->column, data->n_tokens, place->query, direction);
    if (query >= 0)
        fovea_selection_select_cell (selection, query, place->key);
    else
        gtk_widget_activate_action (from, "win.say", "s",
                                    direction > 0 ? _ ("No strong cell further down this column")
                                                  : _ ("No strong cell further up this column"));
}
