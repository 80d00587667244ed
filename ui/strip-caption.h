/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The line over the chips of the token strip: what colours them, and what the colours are. */
#include <gtk/gtk.h>

#include "ui/palette.h"
#include "ui/token-paint.h"

enum {
    FOVEA_STRIP_SIDE = 12,     /* at either end of the strip */
    FOVEA_STRIP_CAPTION_Y = 12 /* middle of the line */
};

/**
 * fovea_strip_caption_fit:
 *
 * Without "Tokens, coloured by" in front where there is no room for it: what the strip is goes without saying.
 *
 * Thread: main.   Owner: of @caption.
 */
const char *fovea_strip_caption_fit (GtkWidget *widget, const char *caption, double room);

/**
 * fovea_strip_caption_draw:
 * @n_tokens: of the sequence, for where the colours begin
 * @width: of the strip
 *
 * The legend has what it needs, the caption the rest; what does not fit there either is cut.
 *
 * Thread: main.
 */
void fovea_strip_caption_draw (GtkWidget *strip,
                               GtkSnapshot *snapshot,
                               const FoveaPalette *palette,
                               FoveaTokenPaint *paint,
                               gint64 n_tokens,
                               int width);
