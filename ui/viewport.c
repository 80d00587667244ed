/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Zoom steps: fit at any ratio, powers of two of tokens a pixel, then 1, 2, 4, 8, 15, 24, 40 pixels
 * a cell. Steps that would show less of the canvas than fit are skipped, so zooming out always ends
 * at fit. The origin is whole pixels, which keeps tiles pixel-aligned. */
#include "ui/viewport.h"

#include <math.h>

static const double near_steps[] = {1, 2, 4, 8, 15, 24, 40};

struct _FoveaViewport {
    GObject parent_instance;
    gint64 n_tokens;
    int width, height;
    double scale;
    gint64 x, y;
    gboolean fit;
};

G_DEFINE_FINAL_TYPE (FoveaViewport, fovea_viewport, G_TYPE_OBJECT)

static guint changed_signal;

static double
get_scale_to_fit (FoveaViewport *self, int width, int height)
{
    int side = MIN (width, height);
    return side > 0 && self->n_tokens > 0 ? (double) side / (double) self->n_tokens : 1;
}

static double
get_fit_scale (FoveaViewport *self)
{
    return get_scale_to_fit (self, self->width, self->height);
}

/* Pixels that the whole map takes along one axis. */
static gint64
get_extent (FoveaViewport *self)
{
    return (gint64) ceil (self->scale * (double) self->n_tokens - 1e-6);
}

/* Every change ends here, so no state can lie outside of the map. */
static void
normalize (FoveaViewport *self)
{
    if (self->fit) {
        self->scale = get_fit_scale (self);
        self->x = self->y = 0;
    } else {
        gint64 extent = get_extent (self);
        self->x = CLAMP (self->x, 0, MAX (extent - self->width, 0));
        self->y = CLAMP (self->y, 0, MAX (extent - self->height, 0));
    }
    g_signal_emit (self, changed_signal, 0);
}

/* The step next to @scale in @direction; 0 = none further. */
static double
get_next_step (double scale, int direction)
{
    const double slack = 1e-6;
    guint n = G_N_ELEMENTS (near_steps);
    if (direction > 0) {
        if (scale < 1 - slack)
            return exp2 (floor (log2 (scale) + slack) + 1);
        for (guint i = 0; i < n; i++)
            if (near_steps[i] > scale + slack)
                return near_steps[i];
        return 0;
    }
    for (guint i = n; i-- > 0;)
        if (near_steps[i] < scale - slack)
            return near_steps[i];
    return exp2 (ceil (log2 (scale) - slack) - 1);
}

/* The map point under (x, y) stays there, to the pixel. */
static void
apply_scale (FoveaViewport *self, double scale, double x, double y)
{
    double key = ((double) self->x + x) / self->scale;
    double query = ((double) self->y + y) / self->scale;
    self->fit = scale <= get_fit_scale (self) + 1e-9;
    self->scale = scale;
    self->x = (gint64) floor (key * scale - x + 0.5);
    self->y = (gint64) floor (query * scale - y + 0.5);
}

static void
fovea_viewport_class_init (FoveaViewportClass *klass)
{
    changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
fovea_viewport_init (FoveaViewport *self)
{
    self->scale = 1;
    self->fit = TRUE;
}

FoveaViewport *
fovea_viewport_new (void)
{
    return g_object_new (FOVEA_TYPE_VIEWPORT, NULL);
}

void
fovea_viewport_set_tokens (FoveaViewport *self, gint64 n_tokens)
{
    self->n_tokens = n_tokens;
    self->fit = TRUE;
    normalize (self);
}

gint64
fovea_viewport_find_step (FoveaViewport *self, double wanted)
{
    static const int factors[] = {1, 2, 5};
    gint64 step = 64;
    if (self->n_tokens >= 1024 && wanted >= 32) {
        while ((double) step < wanted)
            step *= 2;
        return step;
    }
    for (gint64 decade = 1;; decade *= 10)
        for (guint i = 0; i < G_N_ELEMENTS (factors); i++)
            if ((double) (step = decade * factors[i]) >= wanted)
                return step;
}

gint64
fovea_viewport_get_tokens (FoveaViewport *self)
{
    return self->n_tokens;
}

void
fovea_viewport_set_size (FoveaViewport *self, int width, int height)
{
    if (width == self->width && height == self->height)
        return;
    if (self->width == 0 && self->scale <= get_scale_to_fit (self, width, height) + 1e-9)
        self->fit = TRUE;
    self->width = width;
    self->height = height;
    normalize (self);
}

void
fovea_viewport_get_size (FoveaViewport *self, int *width, int *height)
{
    *width = self->width;
    *height = self->height;
}

double
fovea_viewport_get_scale (FoveaViewport *self)
{
    return self->scale;
}

void
fovea_viewport_get_origin (FoveaViewport *self, gint64 *x, gint64 *y)
{
    *x = self->x;
    *y = self->y;
}

gboolean
fovea_viewport_is_fit (FoveaViewport *self)
{
    return self->fit;
}

void
fovea_viewport_fit (FoveaViewport *self)
{
    self->fit = TRUE;
    normalize (self);
}

void
fovea_viewport_show (FoveaViewport *self, double scale, gint64 x, gint64 y)
{
    if (!(scale > 0) || scale > near_steps[G_N_ELEMENTS (near_steps) - 1])
        return;
    self->fit = self->width > 0 && scale <= get_fit_scale (self) + 1e-9;
    self->scale = scale;
    self->x = x;
    self->y = y;
    normalize (self);
}

void
fovea_viewport_zoom (FoveaViewport *self, int steps, double x, double y)
{
    double fit = get_fit_scale (self);
    for (; steps != 0; steps += steps > 0 ? -1 : 1) {
        double next = get_next_step (self->scale, steps > 0 ? 1 : -1);
        if (next == 0)
            break;
        apply_scale (self, MAX (next, MIN (fit, near_steps[G_N_ELEMENTS (near_steps) - 1])), x, y);
    }
    normalize (self);
}

void
fovea_viewport_zoom_to (FoveaViewport *self, double scale, double query, double key)
{
    double step = get_next_step (scale * (1 + 1e-5), -1);
    if (step < get_fit_scale (self)) {
        fovea_viewport_fit (self);
        return;
    }
    self->fit = FALSE;
    self->scale = step;
    self->x = (gint64) floor ((key + 0.5) * step - self->width / 2.0);
    self->y = (gint64) floor ((query + 0.5) * step - self->height / 2.0);
    normalize (self);
}

void
fovea_viewport_pan (FoveaViewport *self, double dx, double dy)
{
    if (self->fit)
        return;
    self->x += (gint64) round (dx);
    self->y += (gint64) round (dy);
    normalize (self);
}

/* Origin that shows [first, first + length) within @size, moved as little as possible. */
static gint64
reveal_axis (gint64 origin, double first, double length, int size)
{
    if (first < 0)
        return origin + (gint64) floor (first);
    if (first + length > size)
        return origin + (gint64) ceil (first + length - size);
    return origin;
}

void
fovea_viewport_reveal (FoveaViewport *self, gint64 query, gint64 key)
{
    double first, length;
    if (self->fit || self->width == 0)
        return;
    fovea_viewport_locate (self, key, FALSE, &first, &length);
    gint64 x = reveal_axis (self->x, first, length, self->width);
    fovea_viewport_locate (self, query, TRUE, &first, &length);
    gint64 y = reveal_axis (self->y, first, length, self->height);
    if (x == self->x && y == self->y)
        return;
    self->x = x;
    self->y = y;
    normalize (self);
}

gboolean
fovea_viewport_find_cell (FoveaViewport *self, double x, double y, gint64 *query, gint64 *key)
{
    if (x < 0 || y < 0 || x >= self->width || y >= self->height)
        return FALSE;
    *key = (gint64) floor (((double) self->x + floor (x)) / self->scale + 1e-9);
    *query = (gint64) floor (((double) self->y + floor (y)) / self->scale + 1e-9);
    return *key >= 0 && *query >= 0 && *key < self->n_tokens && *query < self->n_tokens;
}

/* A pixel is the token's that lies at its left edge. Where many share one, the others stand on the pixel
 * that they lie in: the next one would be of later tokens, and for the last no part of the map. */
void
fovea_viewport_locate (
    FoveaViewport *self, gint64 token, gboolean vertical, double *first, double *length)
{
    gint64 origin = vertical ? self->y : self->x;
    double from = ceil ((double) token * self->scale - 1e-6);
    double to = ceil ((double) (token + 1) * self->scale - 1e-6);
    if (from == to)
        from = floor ((double) token * self->scale);
    *first = from - (double) origin;
    *length = MAX (to - from, 1);
}

void
fovea_viewport_get_span (FoveaViewport *self, gboolean vertical, gint64 *first, gint64 *end)
{
    gint64 origin = vertical ? self->y : self->x;
    int size = vertical ? self->height : self->width;
    *first = (gint64) floor ((double) origin / self->scale + 1e-9);
    *end = (gint64) ceil ((double) (origin + size) / self->scale - 1e-9);
    *end = MIN (*end, self->n_tokens);
}

/* Part of the map: whether it is all of it, else scale and origin. */
static GVariant *
get_part (gpointer viewport)
{
    gint64 x, y;
    fovea_viewport_get_origin (viewport, &x, &y);
    return g_variant_new ("(bdxx)", fovea_viewport_is_fit (viewport),
                          fovea_viewport_get_scale (viewport), x, y);
}

static void
set_part (gpointer viewport, GVariant *part)
{
    gboolean fit;
    double scale;
    gint64 x, y;
    g_variant_get (part, "(bdxx)", &fit, &scale, &x, &y);
    if (fit)
        fovea_viewport_fit (viewport);
    else
        fovea_viewport_show (viewport, scale, x, y);
}

void
fovea_viewport_keep (FoveaViewport *self, FoveaKept *kept)
{
    fovea_kept_add_value (kept, "map-part", self, "changed", get_part, set_part);
}
