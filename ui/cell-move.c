/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Keys may go below zero or beyond the row here; the selection clamps them. */
#include "ui/cell-move.h"

#define FAR 64

gboolean
fovea_cell_move (FoveaSelection *selection, const char *name)
{
    static const struct {
        const char *name;
        gint64 queries, keys;
    } moves[] = {
        {"up", -1, 0},
        {"down", 1, 0},
        {"left", 0, -1},
        {"right", 0, 1},
        {"far-up", -FAR, 0},
        {"far-down", FAR, 0},
        {"far-left", 0, -FAR},
        {"far-right", 0, FAR},
        {"first-key", 0, -G_MAXINT32},
        {"last-key", 0, G_MAXINT32},
        {"first-query", -G_MAXINT32, 0},
        {"last-query", G_MAXINT32, 0},
    };
    const FoveaPlace *place = fovea_selection_get_place (selection);
    const FoveaTraceInfo *info = fovea_selection_get_info (selection);
    gint64 last = info != NULL ? MAX (info->n_tokens - 1, 0) : 0;
    for (guint i = 0; i < G_N_ELEMENTS (moves); i++) {
        if (!g_str_equal (name, moves[i].name))
            continue;
        fovea_selection_select_cell (selection, CLAMP (place->query + moves[i].queries, 0, last),
                                     MAX (place->key + moves[i].keys, 0));
        return TRUE;
    }
    return FALSE;
}
