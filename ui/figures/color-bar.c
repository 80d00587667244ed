/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The key is drawn with the palette of its ramp, so that it cannot disagree with the picture. */
#include "ui/figures/color-bar.h"

#include <math.h>

#include "ui/figures/axis.h"
#include "ui/figures/inks.h"

#define THICKNESS  6.0
#define LINE       1.286 /* baseline to baseline, in font sizes */
#define BELOW      0.78  /* top of letters to baseline */
#define DESCENT    0.22
#define WORD_GAP   6.0
#define INLINE_BAR 60.0
#define LESS       "less"

/* The ramp itself, one pixel a step: what is drawn is what palettes hold. */
static FoveaIndexedImage *
make_strip (const FoveaRamp *ramp, FoveaTheme theme)
{
    FoveaIndexedImage *strip = fovea_indexed_image_new (FOVEA_RAMP_STEPS, 1);
    for (int i = 0; i < FOVEA_RAMP_STEPS; i++)
        strip->pixels[i] = (guint8) (FOVEA_RAMP_FIRST + i);
    fovea_ramp_set_palette (ramp, theme, strip->palette);
    return strip;
}

static void
add_strip (FoveaScene *scene, const FoveaRamp *ramp, double x, double y, double bar)
{
    const FoveaInks *inks = fovea_scene_get_inks (scene);
    fovea_scene_add_image (scene, x, y, bar, THICKNESS, make_strip (ramp, inks->theme));
    fovea_scene_add_rectangle (scene, x, y, bar, THICKNESS, 0, inks->ink, FOVEA_AXIS_WIDTH);
}

static void
add_swatch (FoveaScene *scene, double x, double y)
{
    const FoveaInks *inks = fovea_scene_get_inks (scene);
    fovea_scene_add_rectangle (scene, x, y, THICKNESS, THICKNESS,
                               fovea_color_map_zero (inks->theme), inks->ink, FOVEA_AXIS_WIDTH);
}

static double
get_low (const FoveaRamp *ramp)
{
    return ramp->kind == FOVEA_RAMP_SIGNED ? -ramp->high : ramp->low;
}

/* Signed and linear ramps at 1-2-5 steps, log ramps at their ends and every decade between. */
static GArray *
get_values (const FoveaRamp *ramp)
{
    if (ramp->kind != FOVEA_RAMP_LOG)
        return fovea_ticks_steps (get_low (ramp), ramp->high, FALSE, 6);
    GArray *values = g_array_new (FALSE, FALSE, sizeof (double));
    g_array_append_val (values, ramp->low);
    for (double n = floor (log10 (ramp->low) + 1 + 1e-9); pow (10, n) < ramp->high * (1 - 1e-9);
         n++) {
        double value = pow (10, n);
        g_array_append_val (values, value);
    }
    g_array_append_val (values, ramp->high);
    return values;
}

static GArray *
make_ticks (const FoveaRamp *ramp, double x, double bar, double text)
{
    GArray *ticks = fovea_ticks_new ();
    g_autoptr (GArray) values = get_values (ramp);
    double low = get_low (ramp);
    for (guint i = 0; i < values->len; i++) {
        double value = g_array_index (values, double, i);
        double at = ramp->kind == FOVEA_RAMP_LOG ? log10 (value / low) / log10 (ramp->high / low)
                                                 : (value - low) / (ramp->high - low);
        g_autofree char *label = fovea_text_number (value, 3);
        fovea_ticks_add (ticks, value, x + at * bar, label, FALSE);
    }
    fovea_ticks_thin (ticks, text, FALSE);
    return ticks;
}

/* Left end of the bar from the left end of the whole: half a swatch label, a gap, half the first
 * tick's label. */
static double
get_indent (const FoveaRamp *ramp, double text)
{
    g_autofree char *first = fovea_text_number (get_low (ramp), 3);
    double half = fovea_text_width (first, text, FALSE) / 2;
    if (ramp->kind == FOVEA_RAMP_SIGNED)
        return half;
    double less = fovea_text_width (LESS, text, FALSE);
    return MAX (less / 2 + THICKNESS / 2 + WORD_GAP, less + WORD_GAP + half);
}

/* How far the last tick's label hangs over the bar's end. */
static double
get_overhang (const FoveaRamp *ramp, double text)
{
    g_autofree char *last = fovea_text_number (ramp->high, 3);
    return fovea_text_width (last, text, FALSE) / 2;
}

void
fovea_color_bar_get_size (
    const FoveaRamp *ramp, double bar, double text, guint n_lines, double *width, double *height)
{
    *width = get_indent (ramp, text) + bar + get_overhang (ramp, text);
    *height = n_lines * LINE * text + 2 + THICKNESS + 4.5 + (BELOW + DESCENT) * text;
}

void
fovea_color_bar_add (FoveaScene *scene,
                     const FoveaRamp *ramp,
                     double x,
                     double y,
                     double bar,
                     double text,
                     const char *title,
                     const char *detail)
{
    guint32 color = fovea_scene_get_inks (scene)->ink;
    FoveaTextStyle bold = {text, TRUE, color, FOVEA_ANCHOR_START, FALSE};
    FoveaTextStyle plain = {text, FALSE, color, FOVEA_ANCHOR_START, FALSE};
    fovea_scene_add_text (scene, x, y + BELOW * text, title, &bold);
    if (detail != NULL) {
        y += LINE * text;
        fovea_scene_add_text (scene, x, y + BELOW * text, detail, &plain);
    }
    y += LINE * text + 2;
    double left = x + get_indent (ramp, text);
    add_strip (scene, ramp, left, y, bar);
    g_autoptr (GArray) ticks = make_ticks (ramp, left, bar, text);
    fovea_axis_add_bottom (scene, ticks, y + THICKNESS, text, FALSE);
    if (ramp->kind == FOVEA_RAMP_SIGNED)
        return;
    double middle = x + fovea_text_width (LESS, text, FALSE) / 2;
    add_swatch (scene, middle - THICKNESS / 2, y);
    plain.anchor = FOVEA_ANCHOR_MIDDLE;
    fovea_scene_add_text (scene, middle, y + THICKNESS + 4.5 + BELOW * text, LESS, &plain);
}

/* Adds words that end at @right; gives where they begin. */
static double
add_words (FoveaScene *scene, const char *words, double right, double y, FoveaTextStyle style)
{
    style.anchor = FOVEA_ANCHOR_END;
    fovea_scene_add_text (scene, right, y, words, &style);
    return right - fovea_text_width (words, style.size, style.bold);
}

/* The bar between its two ends, and what is below it; gives the left end. */
static double
add_scale (FoveaScene *scene, const FoveaRamp *ramp, double right, double baseline, double text)
{
    FoveaTextStyle ink = {text, FALSE, fovea_scene_get_inks (scene)->ink, FOVEA_ANCHOR_START,
                          FALSE};
    double top = baseline - CLAMP (0.36 * text, 0, 20) - THICKNESS / 2;
    double low = get_low (ramp);
    g_autofree char *first = fovea_text_number (low, 3);
    g_autofree char *last = fovea_text_number (ramp->high, 3);
    double x = add_words (scene, last, right, baseline, ink) - 3 - INLINE_BAR;
    add_strip (scene, ramp, x, top, INLINE_BAR);
    x = add_words (scene, first, x - 3, baseline, ink) - 2 * WORD_GAP;
    if (ramp->kind != FOVEA_RAMP_SIGNED) {
        double zero = ramp->kind == FOVEA_RAMP_LOG
                          ? ramp->low
                          : ramp->low + FOVEA_RAMP_ZERO * (ramp->high - ramp->low);
        g_autofree char *number = fovea_text_number (zero, 3);
        g_autofree char *below = g_strconcat ("below ", number, NULL);
        x = add_words (scene, below, x, baseline, ink) - 3 - THICKNESS;
        add_swatch (scene, x, top);
        x -= WORD_GAP;
    }
    return x;
}

double
fovea_color_bar_add_inline (FoveaScene *scene,
                            const FoveaRamp *ramp,
                            double left,
                            double right,
                            double *baseline,
                            double text,
                            const char *title)
{
    const FoveaInks *inks = fovea_scene_get_inks (scene);
    FoveaTextStyle quiet = {text, FALSE, inks->quiet, FOVEA_ANCHOR_START, FALSE};
    g_autoptr (FoveaScene) trial = fovea_scene_new (right, inks);
    double room = add_scale (trial, ramp, right, *baseline, text) - left;
    if (fovea_text_width (title, text, FALSE) <= room)
        return add_words (scene, title, add_scale (scene, ramp, right, *baseline, text), *baseline,
                          quiet);
    g_autofree char *words = fovea_text_shorten (title, text, FALSE, right - left);
    fovea_scene_add_text (scene, left, *baseline, words, &quiet);
    *baseline += LINE * text;
    return add_scale (scene, ramp, right, *baseline, text);
}
