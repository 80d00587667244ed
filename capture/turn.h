/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The rotary turn of one layer's queries and keys as a thing of its own, for what looks at them
 * before it, or turns vectors of its own. */
#include "capture/attention.h"

typedef struct _FoveaTurn FoveaTurn;

typedef enum {
    FOVEA_TURN_FORWARD,   /* as the forward pass */
    FOVEA_TURN_BACK,      /* undoes it */
    FOVEA_TURN_TRANSPOSE, /* carries a gradient back through it */
} FoveaTurnWay;

/**
 * fovea_turn_new:
 *
 * Of a family without rotary positions it turns nothing. Memory 4 T R bytes.
 *
 * Thread: any.   Owner: caller frees with fovea_turn_free(); autoptr.
 */
FoveaTurn *fovea_turn_new (FoveaAttention *attention);

/**
 * fovea_turn_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @turn.
 */
void fovea_turn_free (FoveaTurn *turn);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaTurn, fovea_turn_free)

/**
 * fovea_turn_apply:
 * @position: 0 .. T-1
 * @x: (inout): (D)
 *
 * Thread: any.
 */
void fovea_turn_apply (const FoveaTurn *turn, gint64 position, FoveaTurnWay way, double *x);
