/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The tokens of the sequence as chips on the colour that the shown view gives them, with an overview of the whole
 * sequence below. Click: query; Shift+click: key. Only visible chips exist. */
#include <gtk/gtk.h>

#include "ui/cell-model.h"
#include "ui/token-paint.h"

#define FOVEA_TYPE_TOKEN_STRIP (fovea_token_strip_get_type ())
G_DECLARE_FINAL_TYPE (FoveaTokenStrip, fovea_token_strip, FOVEA, TOKEN_STRIP, GtkWidget)

/**
 * fovea_token_strip_new:
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_token_strip_new (FoveaSelection *selection, FoveaCellModel *cells);

/**
 * fovea_token_strip_get_paint:
 *
 * What colours the tokens.   Thread: main.   Owner: the strip.
 */
FoveaTokenPaint *fovea_token_strip_get_paint (FoveaTokenStrip *self);

/**
 * fovea_token_strip_set_paint:
 * @paint: (nullable): what colours tokens; NULL = weights of the selected row
 *
 * Thread: main.
 */
void fovea_token_strip_set_paint (FoveaTokenStrip *self, FoveaTokenPaint *paint);

/**
 * fovea_token_strip_get_visible:
 * @first: (out): first token shown as a chip
 * @end: (out): one past the last
 *
 * Thread: main.
 */
void fovea_token_strip_get_visible (FoveaTokenStrip *self, gint64 *first, gint64 *end);
