/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Between token-strip.c, what it is, and token-strip-draw.c, how it looks. */
#include "ui/palette.h"
#include "ui/still.h"
#include "ui/strip-caption.h"
#include "ui/token-strip.h"

#define SIDE        FOVEA_STRIP_SIDE
#define CHIP_Y      24
#define CHIP_HEIGHT 24
#define CHIP_PAD    7
#define CHIP_GAP    4
#define CHOSEN_Y    50 /* bar below a chosen chip, clear of the rings */
#define OVERVIEW_Y  56
#define OVERVIEW    9
#define HEIGHT      71 /* 72 with the rule below */
#define LEAST_WIDTH 400

struct _FoveaTokenStrip {
    GtkWidget parent_instance;
    FoveaSelection *selection;
    FoveaCellModel *cells;
    FoveaTokenPaint *weights; /* the row of the cells */
    FoveaTokenPaint *paint;   /* what the shown view gives, the weights unless it gives another */
    float *widths;            /* (T) of chips, 0 = not measured yet */
    gint64 n_tokens, first;
    GdkTexture *overview;
    FoveaTheme overview_theme;
    FoveaStill still;
    gboolean dragging, reveal_due; /* the query came before the strip had a width */
    double scroll_rest;
    double pointer_x, pointer_y; /* where it was last */
    GtkWidget *menu, *position;  /* popovers: context menu, and where a position is typed */
};

/**
 * fovea_token_strip_chip_width:
 *
 * In pixels, measured once a token.   Thread: main.
 */
double fovea_token_strip_chip_width (FoveaTokenStrip *self, gint64 token);

/**
 * fovea_token_strip_draw:
 * @width: of the strip, in pixels
 *
 * Caption with its legend, the visible chips, and the overview below them.   Thread: main.
 */
void fovea_token_strip_draw (FoveaTokenStrip *self,
                             GtkSnapshot *snapshot,
                             const FoveaPalette *palette,
                             int width);

/**
 * fovea_token_strip_draw_hover:
 *
 * Over that, thinner than what is selected: query and key of the hovered cell.   Thread: main.
 */
void fovea_token_strip_draw_hover (FoveaTokenStrip *self,
                                   GtkSnapshot *snapshot,
                                   const FoveaPalette *palette,
                                   int width);
