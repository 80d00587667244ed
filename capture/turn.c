/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Pairs are turned by the table that the forward pass has. A stretched table may also lengthen
 * vectors; undoing the turn then shortens them, which its transpose does not. */
#include "capture/turn.h"

#include "capture/attention-private.h"
#include "capture/rotary-table.h"

struct _FoveaTurn {
    FoveaRotaryTable *table; /* NULL: nothing turns */
    gboolean interleaved;
};

FoveaTurn *
fovea_turn_new (FoveaAttention *attention)
{
    const FoveaArchitecture *a = attention->architecture;
    FoveaTurn *turn = g_new0 (FoveaTurn, 1);
    if (a->position != FOVEA_POSITION_ROTARY)
        return turn;
    turn->interleaved = a->rotary_interleaved;
    turn->table = fovea_rotary_table_new (a, fovea_architecture_rotary_angles (a, attention->layer),
                                          attention->n_tokens, attention->n_tokens);
    return turn;
}

void
fovea_turn_free (FoveaTurn *turn)
{
    if (turn == NULL)
        return;
    fovea_rotary_table_free (turn->table);
    g_free (turn);
}

void
fovea_turn_apply (const FoveaTurn *turn, gint64 position, FoveaTurnWay way, double *x)
{
    gint64 n = turn->table != NULL ? turn->table->n_pairs : 0;
    for (gint64 i = 0; i < n; i++) {
        double c = (double) turn->table->cos[position * n + i];
        double s = (double) turn->table->sin[position * n + i];
        double *a = turn->interleaved ? x + 2 * i : x + i;
        double *b = turn->interleaved ? a + 1 : a + n;
        double square = way == FOVEA_TURN_BACK ? c * c + s * s : 1;
        double sine = way == FOVEA_TURN_FORWARD ? s : -s, first = *a;
        *a = (first * c - *b * sine) / square;
        *b = (*b * c + first * sine) / square;
    }
}
