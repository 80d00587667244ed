/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Where ticks stand and which labels survive. Labels that would touch are dropped rather than
 * shrunk or turned: chosen positions first, then the ends, then the rest from the left. */
#include "ui/figures/axis.h"

#include <math.h>
#include <string.h>

#include "ui/figures/inks.h"

#define LABEL_GAP    2.0  /* between tick and label */
#define SIDE_GAP     4.0  /* least white between neighbours, side by side */
#define CENTRE       0.36 /* baseline below the middle of figures, in font sizes */
#define BELOW        0.78 /* baseline below the top of figures */
#define STACK_HEIGHT 1.15 /* of a stacked label */
#define BOLD_WIDTH   1.0

static void
clear_tick (gpointer data)
{
    g_free (((FoveaTick *) data)->label);
}

GArray *
fovea_ticks_new (void)
{
    GArray *ticks = g_array_new (FALSE, TRUE, sizeof (FoveaTick));
    g_array_set_clear_func (ticks, clear_tick);
    return ticks;
}

/* The tolerance keeps 0.1 from becoming 0.2 when its logarithm rounds down. */
double
fovea_ticks_round_up (double value)
{
    static const double steps[] = {1, 2, 5, 10};
    if (!(value > 0) || !isfinite (value))
        return 1;
    double power = pow (10, floor (log10 (value)));
    for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
        if (steps[i] * power >= value * (1 - 1e-9))
            return steps[i] * power;
    return 10 * power;
}

/* Both ends, and what multiples of the step keep half of one from them. */
static GArray *
list_steps (double low, double high, double step)
{
    GArray *values = g_array_new (FALSE, FALSE, sizeof (double));
    double slack = step * 1e-9;
    g_array_append_val (values, low);
    for (double n = ceil (low / step); n * step < high; n++) {
        double value = n * step;
        if (value - low >= step / 2 - slack && high - value >= step / 2 - slack)
            g_array_append_val (values, value);
    }
    g_array_append_val (values, high);
    return values;
}

/* Ends that are no multiples may leave room for two more than the step was chosen for. */
GArray *
fovea_ticks_steps (double low, double high, gboolean whole, guint most)
{
    if (!(high > low)) {
        GArray *one = g_array_new (FALSE, FALSE, sizeof (double));
        g_array_append_val (one, low);
        return one;
    }
    double step = fovea_ticks_round_up ((high - low) / (MAX (most, 2) - 1));
    if (whole)
        step = MAX (step, 1);
    GArray *values = list_steps (low, high, step);
    while (values->len > MAX (most, 2)) {
        g_array_unref (values);
        step = fovea_ticks_round_up (1.5 * step);
        values = list_steps (low, high, step);
    }
    return values;
}

void
fovea_ticks_add (GArray *ticks, double value, double at, const char *label, gboolean bold)
{
    FoveaTick tick = {value, at, g_strdup (label), bold};
    g_array_append_val (ticks, tick);
}

/* Whether two labels would stand closer than their room: heights if stacked, else half of both
 * widths and a gap. */
static gboolean
touches (const FoveaTick *a, const FoveaTick *b, double text, gboolean vertical)
{
    double room = STACK_HEIGHT * text;
    if (!vertical)
        room = SIDE_GAP + (fovea_text_width (a->label, text, a->bold) +
                           fovea_text_width (b->label, text, b->bold)) /
                              2;
    return fabs (a->at - b->at) < room;
}

/* 0 = chosen, 1 = an end, 2 = between. */
static guint
rank_of (GArray *ticks, guint i)
{
    if (g_array_index (ticks, FoveaTick, i).bold)
        return 0;
    return i == 0 || i == ticks->len - 1 ? 1 : 2;
}

void
fovea_ticks_thin (GArray *ticks, double text, gboolean vertical)
{
    g_autofree guint *ranks = g_new (guint, ticks->len + 1);
    g_autofree gboolean *kept = g_new0 (gboolean, ticks->len + 1);
    guint last_end = ticks->len;
    while (last_end > 0 && g_array_index (ticks, FoveaTick, last_end - 1).bold)
        last_end--;
    for (guint i = 0; i < ticks->len; i++)
        ranks[i] = i + 1 == last_end && i > 0 ? 1 : rank_of (ticks, i);
    for (guint rank = 0; rank < 3; rank++) {
        for (guint i = 0; i < ticks->len; i++) {
            if (ranks[i] != rank)
                continue;
            gboolean clear = TRUE;
            for (guint j = 0; j < ticks->len && clear; j++)
                clear = !kept[j] || !touches (&g_array_index (ticks, FoveaTick, i),
                                              &g_array_index (ticks, FoveaTick, j), text, vertical);
            kept[i] = clear;
        }
    }
    for (guint i = ticks->len; i-- > 0;)
        if (!kept[i])
            g_array_remove_index (ticks, i);
}

double
fovea_ticks_width (GArray *ticks, double text)
{
    double width = 0;
    for (guint i = 0; i < ticks->len; i++) {
        const FoveaTick *tick = &g_array_index (ticks, FoveaTick, i);
        width = MAX (width, fovea_text_width (tick->label, text, tick->bold));
    }
    return width;
}

void
fovea_axis_add_bottom (FoveaScene *scene, GArray *ticks, double y, double text, gboolean turned)
{
    guint32 ink = fovea_scene_get_inks (scene)->ink;
    for (guint i = 0; i < ticks->len; i++) {
        const FoveaTick *tick = &g_array_index (ticks, FoveaTick, i);
        FoveaTextStyle style = {text, tick->bold, ink,
                                turned ? FOVEA_ANCHOR_END : FOVEA_ANCHOR_MIDDLE, turned};
        double below = y + FOVEA_TICK_LENGTH + LABEL_GAP;
        fovea_scene_add_line (scene, tick->at, y, tick->at, y + FOVEA_TICK_LENGTH,
                              tick->bold ? BOLD_WIDTH : FOVEA_AXIS_WIDTH, ink);
        if (turned)
            fovea_scene_add_text (scene, tick->at + CENTRE * text, below, tick->label, &style);
        else
            fovea_scene_add_text (scene, tick->at, below + BELOW * text, tick->label, &style);
    }
}

void
fovea_axis_add_left (FoveaScene *scene, GArray *ticks, double x, double text)
{
    guint32 ink = fovea_scene_get_inks (scene)->ink;
    for (guint i = 0; i < ticks->len; i++) {
        const FoveaTick *tick = &g_array_index (ticks, FoveaTick, i);
        FoveaTextStyle style = {text, tick->bold, ink, FOVEA_ANCHOR_END, FALSE};
        fovea_scene_add_line (scene, x - FOVEA_TICK_LENGTH, tick->at, x, tick->at,
                              tick->bold ? BOLD_WIDTH : FOVEA_AXIS_WIDTH, ink);
        fovea_scene_add_text (scene, x - FOVEA_TICK_LENGTH - LABEL_GAP, tick->at + CENTRE * text,
                              tick->label, &style);
    }
}
