/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What a view gives each token of the sequence, for the strip above it to be coloured by: a number a
 * token, how its colour is found, and the words that say what it is. */
#include <glib-object.h>

#include "ui/figures/color-map.h"

#define FOVEA_TYPE_TOKEN_PAINT (fovea_token_paint_get_type ())
G_DECLARE_FINAL_TYPE (FoveaTokenPaint, fovea_token_paint, FOVEA, TOKEN_PAINT, GObject)

typedef enum {
    FOVEA_PAINT_WEIGHT, /* logarithmic, from the least weight at this length to 1 */
    FOVEA_PAINT_SHARE,  /* straight, 0 to 1 */
    FOVEA_PAINT_SIGNED, /* -limit to limit */
} FoveaPaintKind;

/**
 * fovea_token_paint_new:
 *
 * Of no tokens. Signal: "changed".   Thread: main.   Owner: caller.
 */
FoveaTokenPaint *fovea_token_paint_new (FoveaPaintKind kind);

/**
 * fovea_token_paint_set:
 * @values: (nullable): (n) copied; NaN = not known
 * @limit: of signed values; not looked at otherwise
 * @caption: of the strip, "Tokens, coloured by latent 97"
 * @quantity: beside the legend, "weight"; "" = no legend
 *
 * Thread: main.
 */
void fovea_token_paint_set (FoveaTokenPaint *self,
                            const float *values,
                            gint64 n,
                            double limit,
                            const char *caption,
                            const char *quantity);

/**
 * fovea_token_paint_get_kind:
 * @limit: (out) (optional): 1 unless values are signed
 *
 * Thread: main.
 */
FoveaPaintKind fovea_token_paint_get_kind (FoveaTokenPaint *self, double *limit);

/**
 * fovea_token_paint_get_value:
 *
 * NaN = not known.   Thread: main.
 */
float fovea_token_paint_get_value (FoveaTokenPaint *self, gint64 token);

/**
 * fovea_token_paint_get_strongest:
 *
 * Of tokens [from, to) the value furthest from 0; NaN = none is known.   Thread: main.
 */
float fovea_token_paint_get_strongest (FoveaTokenPaint *self, gint64 from, gint64 to);

/**
 * fovea_token_paint_get_color:
 * @n_tokens: of the sequence, which decides the least weight that is told apart
 *
 * Thread: main.
 */
guint32
fovea_token_paint_get_color (FoveaTokenPaint *self, FoveaTheme theme, float value, gint64 n_tokens);

/**
 * fovea_token_paint_get_caption:
 *
 * Thread: main.   Owner: the paint.
 */
const char *fovea_token_paint_get_caption (FoveaTokenPaint *self);

/**
 * fovea_token_paint_get_quantity:
 *
 * Thread: main.   Owner: the paint.
 */
const char *fovea_token_paint_get_quantity (FoveaTokenPaint *self);

/**
 * fovea_token_paint_describe:
 *
 * "0.02", "−0.31", "not known".   Thread: main.   Owner: caller, g_free().
 */
char *fovea_token_paint_describe (FoveaTokenPaint *self, gint64 token, int digits);
