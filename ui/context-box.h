/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Tokens of a latent's contexts, where they were drawn: what the pointer and the arrow keys are on. A page has
 * them in a list, from the top and in each context from the left. */
#include <gtk/gtk.h>

#include "analysis/sae-latent.h"

/* A token of a context. Lengths in pixels at text scale 1. */
typedef struct {
    double x, y, width, height;
    const FoveaLatentExample *example;
    guint token; /* of its window */
    guint row;   /* from the top, both sides counted on */
} FoveaContextBox;

/**
 * fovea_context_box_get:
 * @boxes: (element-type FoveaContextBox): of a page
 *
 * NULL if @at is none of them.   Thread: main.   Owner: the list.
 */
const FoveaContextBox *fovea_context_box_get (GArray *boxes, guint at);

/**
 * fovea_context_box_get_position:
 *
 * Of the token in its sequence.   Thread: any.
 */
gint64 fovea_context_box_get_position (const FoveaContextBox *box);

/**
 * fovea_context_box_find:
 *
 * Which one a place is in, G_MAXUINT = none.   Thread: main.
 */
guint fovea_context_box_find (GArray *boxes, double x, double y);

/**
 * fovea_context_box_find_token:
 *
 * Which one a token of the context in @row is, G_MAXUINT = it is not drawn.   Thread: main.
 */
guint fovea_context_box_find_token (GArray *boxes, guint row, gint64 position);

/**
 * fovea_context_box_step:
 * @at: G_MAXUINT = none yet
 * @across: by words of the context
 * @down: by contexts, from one's firing token to that of the next: that is what is compared
 *
 * Which one comes next, or @at where there is none.   Thread: main.
 */
guint fovea_context_box_step (GArray *boxes, guint at, int across, int down);

/**
 * fovea_context_box_describe:
 *
 * "context 1, which fires +4.26: token 94 “sy”, code +4.26".   Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_context_box_describe (const FoveaContextBox *box);

/**
 * fovea_context_box_draw:
 *
 * A ring round it.   Thread: main.
 */
void fovea_context_box_draw (const FoveaContextBox *box,
                             GtkSnapshot *snapshot,
                             const GdkRGBA *color,
                             double width);
