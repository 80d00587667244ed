/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "ui/figures/mask-bars.h"

#include "ui/figures/color-map.h"
#include "ui/figures/mask-dots.h"
#include "ui/figures/text.h"

#define OUTSIDE_SHARE 0.08 /* shorter segments carry no words inside */
/* In sizes of a letter: */
#define HEIGHT 1.45 /* of a bar */
#define LOW    2.05 /* from its first line to its lower edge */
#define PITCH  3.7  /* from bar to bar */
#define LINE   1.3
#define APART  1.0 /* between a name and what is at its end */

static const struct {
    const char *name, *brief, *rest;
    guint32 color;
} rows[FOVEA_MASK_N_BARS] = {{"attention mass", "mass", "missed", FOVEA_MASK_MISSED},
                             {"work done", "work", "wasted", FOVEA_MASK_WASTED}};

/* One part of a bar with its share: inside if it fits, in the colour that contrasts. */
static void
add_segment (
    const FoveaMaskBars *self, FoveaScene *scene, double x, double y, double share, guint32 color)
{
    double text = self->text, width = share * self->width, height = HEIGHT * text;
    FoveaTextStyle style = {text, TRUE, fovea_color_map_text_on (color), FOVEA_ANCHOR_MIDDLE,
                            FALSE};
    g_autofree char *label = g_strdup_printf ("%.0f %%", 100 * share);
    if (width <= 0)
        return;
    fovea_scene_add_rectangle (scene, x, y, width, height, color, 0, 0);
    if (share >= OUTSIDE_SHARE && fovea_text_width (label, text, TRUE) < width)
        fovea_scene_add_text (scene, x + width / 2, y + height / 2 + 0.36 * text, label, &style);
}

/* "missed 2.1 %" of a part that is too short for words, the number alone where there is no room for more; NULL
 * = none is. */
static char *
describe_rest (const FoveaMaskBars *self, guint row, double kept)
{
    double least = MIN (kept, 1 - kept);
    if (least >= OUTSIDE_SHARE)
        return NULL;
    g_autofree char *label =
        g_strdup_printf ("%s %.1f %%", kept < 1 - kept ? "kept" : rows[row].rest, 100 * least);
    return fovea_text_width (label, self->text, FALSE) <= self->width
               ? g_steal_pointer (&label)
               : g_strdup_printf ("%.1f %%", 100 * least);
}

static gboolean
fits (const FoveaMaskBars *self, const char *name, const char *rest)
{
    double width = fovea_text_width (name, self->text, FALSE);
    if (rest != NULL && !self->stacked)
        width += APART * self->text + fovea_text_width (rest, self->text, FALSE);
    return width <= self->width;
}

/* The same for every mask. */
static const char *
choose_name (const FoveaMaskBars *self, guint row)
{
    for (guint i = 0; i < self->n; i++) {
        g_autofree char *rest = describe_rest (self, row, self->kept[i][row]);
        if (!fits (self, rows[row].name, rest))
            return rows[row].brief;
    }
    return rows[row].name;
}

void
fovea_mask_bars_fit (FoveaMaskBars *self)
{
    self->stacked = FALSE;
    for (guint row = 0; row < FOVEA_MASK_N_BARS; row++) {
        g_autofree char *rest = g_strdup_printf ("%s 0.0 %%", rows[row].rest);
        self->stacked |= !fits (self, rows[row].brief, rest);
    }
}

/* Of what stands in lines of their own, in a bar. */
static double
get_below (const FoveaMaskBars *self)
{
    return self->stacked ? LINE * self->text : 0;
}

double
fovea_mask_bars_get_height (const FoveaMaskBars *self)
{
    return (PITCH + LOW) * self->text + FOVEA_MASK_N_BARS * get_below (self);
}

void
fovea_mask_bars_add (const FoveaMaskBars *self, FoveaScene *scene, guint i, double x, double y)
{
    FoveaTextStyle ink = {self->text, FALSE, self->inks->ink, FOVEA_ANCHOR_START, FALSE};
    FoveaTextStyle quiet = {self->text, FALSE, self->inks->quiet,
                            self->stacked ? FOVEA_ANCHOR_START : FOVEA_ANCHOR_END, FALSE};
    for (guint row = 0; row < FOVEA_MASK_N_BARS; row++) {
        double kept = self->kept[i][row], below = get_below (self),
               bar = y + below + 0.6 * self->text;
        g_autofree char *rest = describe_rest (self, row, kept);
        fovea_scene_add_text (scene, x, y, choose_name (self, row), &ink);
        add_segment (self, scene, x, bar, kept, FOVEA_MASK_KEPT);
        add_segment (self, scene, x + kept * self->width, bar, 1 - kept, rows[row].color);
        if (rest != NULL)
            fovea_scene_add_text (scene, self->stacked ? x : x + self->width, y + below, rest,
                                  &quiet);
        y += PITCH * self->text + below;
    }
}
