/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Values are copied: views drop theirs when the selection moves on, and the strip may be drawn in
 * between. */
#include "ui/token-paint.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/token-text.h"

struct _FoveaTokenPaint {
    GObject parent_instance;
    FoveaPaintKind kind;
    float *values;
    gint64 n;
    double limit;
    char *caption, *quantity;
};

G_DEFINE_FINAL_TYPE (FoveaTokenPaint, fovea_token_paint, G_TYPE_OBJECT)

static guint changed_signal;

static void
fovea_token_paint_finalize (GObject *object)
{
    FoveaTokenPaint *self = FOVEA_TOKEN_PAINT (object);
    g_free (self->values);
    g_free (self->caption);
    g_free (self->quantity);
    G_OBJECT_CLASS (fovea_token_paint_parent_class)->finalize (object);
}

static void
fovea_token_paint_class_init (FoveaTokenPaintClass *klass)
{
    G_OBJECT_CLASS (klass)->finalize = fovea_token_paint_finalize;
    changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
fovea_token_paint_init (FoveaTokenPaint *self)
{
    self->caption = g_strdup (_ ("Tokens"));
    self->quantity = g_strdup ("");
    self->limit = 1;
}

FoveaTokenPaint *
fovea_token_paint_new (FoveaPaintKind kind)
{
    FoveaTokenPaint *self = g_object_new (FOVEA_TYPE_TOKEN_PAINT, NULL);
    self->kind = kind;
    return self;
}

void
fovea_token_paint_set (FoveaTokenPaint *self,
                       const float *values,
                       gint64 n,
                       double limit,
                       const char *caption,
                       const char *quantity)
{
    g_free (self->values);
    g_free (self->caption);
    g_free (self->quantity);
    self->n = values != NULL ? n : 0;
    self->values = values != NULL ? g_memdup2 (values, (gsize) n * sizeof *values) : NULL;
    self->limit = limit;
    self->caption = g_strdup (caption);
    self->quantity = g_strdup (quantity);
    g_signal_emit (self, changed_signal, 0);
}

FoveaPaintKind
fovea_token_paint_get_kind (FoveaTokenPaint *self, double *limit)
{
    if (limit != NULL)
        *limit = self->kind == FOVEA_PAINT_SIGNED ? self->limit : 1;
    return self->kind;
}

float
fovea_token_paint_get_value (FoveaTokenPaint *self, gint64 token)
{
    return token >= 0 && token < self->n ? self->values[token] : NAN;
}

float
fovea_token_paint_get_strongest (FoveaTokenPaint *self, gint64 from, gint64 to)
{
    float strongest = NAN;
    for (gint64 t = MAX (from, 0); t < MIN (to, self->n); t++)
        if (isnan (strongest) || fabsf (self->values[t]) > fabsf (strongest))
            strongest = self->values[t];
    return strongest;
}

/* What is not known looks like zero for the moment that it takes to read, except among shares: there
 * rows that were not sampled stay unknown, and take the colour of what cannot be. */
guint32
fovea_token_paint_get_color (FoveaTokenPaint *self, FoveaTheme theme, float value, gint64 n_tokens)
{
    if (isnan (value))
        return self->kind == FOVEA_PAINT_SHARE && self->n > 0 ? fovea_color_map_future (theme)
                                                              : fovea_color_map_zero (theme);
    switch (self->kind) {
    case FOVEA_PAINT_SHARE:
        return fovea_color_map_linear (theme, (double) value);
    case FOVEA_PAINT_SIGNED:
        return value == 0 ? fovea_color_map_zero (theme)
                          : fovea_color_map_signed (theme, (double) value, self->limit);
    case FOVEA_PAINT_WEIGHT:
    default:
        return fovea_color_map_log (theme, (double) value, fovea_color_map_floor (n_tokens));
    }
}

const char *
fovea_token_paint_get_caption (FoveaTokenPaint *self)
{
    return self->caption;
}

const char *
fovea_token_paint_get_quantity (FoveaTokenPaint *self)
{
    return self->quantity;
}

char *
fovea_token_paint_describe (FoveaTokenPaint *self, gint64 token, int digits)
{
    float value = fovea_token_paint_get_value (self, token);
    if (isnan (value))
        return g_strdup (_ ("not known"));
    if (self->kind != FOVEA_PAINT_SIGNED)
        return fovea_weight_text ((double) value, digits);
    return g_strdup_printf ("%s%.*f",
                            value < 0   ? "\u2212"
                            : value > 0 ? "+"
                                        : "",
                            digits, (double) fabsf (value));
}
