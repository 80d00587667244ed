/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A step for each rotary pair, the fastest first, then for each dimension that does not turn; without
 * rotary positions for each dimension. The order of dimensions means nothing there, but that of pairs
 * does: it says at which distances a score changes. Behind the steps stands what else makes the score,
 * named under the axis. */
#include "ui/figures/figure-qk-private.h"

#include <math.h>

#include "ui/figures/axis.h"

#define SLOT_GAP 5.0  /* between names under the axis, points */
#define SLOT_BAR 10.0 /* points */
#define ZONE_GAP 4.0  /* between what turns and what does not */

enum {
    MOST_SLOTS = 3
};

/* What comes behind the steps. */
typedef struct {
    const char *name;
    char *value;
    double from, to, width;
    gboolean whole; /* from zero: the score itself */
} Slot;

typedef struct {
    Slot slots[MOST_SLOTS];
    guint n_slots;
    double slots_width;
    gint64 n_pairs, n_single; /* steps */
    double unit, gap;         /* width of a step; between both kinds */
} Steps;

static void
clear_steps (Steps *steps)
{
    for (guint i = 0; i < steps->n_slots; i++)
        g_free (steps->slots[i].value);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Steps, clear_steps)

static void
add_slot (const FoveaQkLayout *layout,
          Steps *steps,
          const char *name,
          double from,
          double to,
          gboolean whole)
{
    Slot *slot = &steps->slots[steps->n_slots++];
    double text = layout->measures.text;
    *slot = (Slot){name, fovea_qk_spell (layout, to - from), from, to, 0, whole};
    slot->width = SLOT_GAP + MAX (fovea_text_width (name, text, whole),
                                  fovea_text_width (slot->value, text, whole));
    steps->slots_width += slot->width;
}

static Steps
make_steps (const FoveaQkLayout *layout)
{
    const FoveaScoreParts *parts = layout->parts;
    Steps steps = {.n_pairs = parts->n_pairs, .n_single = parts->width - 2 * parts->n_pairs};
    g_autofree char *last = fovea_text_count (parts->width - 1);
    /* Half of the last number hangs over the last step. */
    steps.slots_width = fovea_text_width (last, layout->measures.text, FALSE) / 2;
    if (parts->has_position)
        add_slot (layout, &steps, "position", parts->sum, parts->sum + parts->position, FALSE);
    if (parts->has_cap)
        add_slot (layout, &steps, "soft cap", parts->score - parts->cap, parts->score, FALSE);
    add_slot (layout, &steps, "score", 0, parts->score, TRUE);
    steps.gap = steps.n_pairs > 0 && steps.n_single > 0 ? ZONE_GAP : 0;
    steps.unit = (layout->sum.width - steps.slots_width - steps.gap) /
                 (double) (steps.n_pairs + steps.n_single);
    return steps;
}

static double
get_step (const FoveaScoreParts *parts, gint64 step)
{
    gint64 first, second;
    if (step >= parts->n_pairs)
        return (double) parts->products[step + parts->n_pairs];
    fovea_score_parts_get_pair (parts, step, &first, &second);
    return (double) parts->products[first] + (double) parts->products[second];
}

void
fovea_qk_sum_measure (FoveaQkLayout *layout)
{
    const FoveaScoreParts *parts = layout->parts;
    double least = 0, most = 0, level = 0;
    for (gint64 i = 0; i < parts->width - parts->n_pairs; i++) {
        level += get_step (parts, i);
        least = MIN (least, level);
        most = MAX (most, level);
    }
    const double more[] = {parts->sum + parts->position, parts->score};
    for (guint i = 0; i < G_N_ELEMENTS (more); i++) {
        least = MIN (least, more[i]);
        most = MAX (most, more[i]);
    }
    fovea_qk_panel_set_range (&layout->sum, least, most, 5);
}

double
fovea_qk_sum_get_room (const FoveaQkLayout *layout)
{
    g_auto (Steps) steps = make_steps (layout);
    return layout->sum.width - steps.slots_width - steps.gap;
}

/* Left end of a step's place. */
static double
x_of (const FoveaQkLayout *layout, const Steps *steps, gint64 step)
{
    return layout->sum.x + (double) step * steps->unit + (step >= steps->n_pairs ? steps->gap : 0);
}

/* @n numbers from @first on, at the steps from @step on. */
static void
add_ticks (const FoveaQkLayout *layout,
           const Steps *steps,
           GArray *ticks,
           gint64 step,
           gint64 first,
           gint64 n)
{
    g_autoptr (GArray) values =
        fovea_ticks_steps ((double) first, (double) (first + n - 1), TRUE, 7);
    for (guint i = 0; i < values->len && n > 0; i++) {
        double value = g_array_index (values, double, i);
        g_autofree char *label = fovea_text_count ((gint64) value);
        double x = x_of (layout, steps, step + (gint64) value - first) + steps->unit / 2;
        fovea_ticks_add (ticks, value, x, label, FALSE);
    }
}

static void
add_step_axis (FoveaQkLayout *layout, const Steps *steps)
{
    const FoveaQkPanel *p = &layout->sum;
    double text = layout->measures.text, bottom = p->y + p->height;
    double room = p->width - steps->slots_width;
    const char *what = steps->n_pairs == 0    ? "dimension"
                       : steps->n_single == 0 ? "rotary pair, the fastest first"
                                              : "rotary pair, the fastest first; then dimension";
    g_autofree char *name = fovea_text_shorten (what, text, FALSE, room);
    FoveaTextStyle style = {text, FALSE, layout->measures.inks->ink, FOVEA_ANCHOR_MIDDLE, FALSE};
    g_autoptr (GArray) ticks = fovea_ticks_new ();
    double end = x_of (layout, steps, steps->n_pairs) - steps->gap / 2;
    if (steps->gap > 0)
        fovea_scene_add_line (layout->scene, end, p->y, end, bottom, FOVEA_AXIS_WIDTH,
                              layout->measures.inks->faint);
    add_ticks (layout, steps, ticks, 0, 0, steps->n_pairs);
    add_ticks (layout, steps, ticks, steps->n_pairs, 2 * steps->n_pairs, steps->n_single);
    fovea_ticks_thin (ticks, text, FALSE);
    fovea_scene_add_line (layout->scene, p->x, bottom, p->x + room, bottom, FOVEA_AXIS_WIDTH,
                          layout->measures.inks->ink);
    fovea_axis_add_bottom (layout->scene, ticks, bottom, text, FALSE);
    fovea_scene_add_text (layout->scene, p->x + room / 2, bottom + 4.5 + 2.2 * text, name, &style);
}

/* Each from the level that was reached; the score from zero, in grey: it is no part. */
static void
add_slots (FoveaQkLayout *layout, const Steps *steps)
{
    const FoveaQkPanel *p = &layout->sum;
    const FoveaInks *inks = layout->measures.inks;
    double text = layout->measures.text, bottom = p->y + p->height;
    double x = p->x + p->width;
    FoveaTextStyle style = {text, FALSE, inks->ink, FOVEA_ANCHOR_MIDDLE, FALSE};
    for (guint i = steps->n_slots; i-- > 0;) {
        const Slot *slot = &steps->slots[i];
        x -= slot->width;
        double middle = x + (slot->width + SLOT_GAP) / 2, left = middle - SLOT_BAR / 2;
        double a = fovea_qk_panel_get_y (p, slot->from), b = fovea_qk_panel_get_y (p, slot->to);
        style.bold = slot->whole;
        if (slot->whole)
            fovea_scene_add_rectangle (layout->scene, left, MIN (a, b), SLOT_BAR, fabs (a - b),
                                       inks->quiet, 0, 0);
        else
            fovea_qk_add_bar (layout, p, left, SLOT_BAR, slot->from, slot->to);
        fovea_scene_add_text (layout->scene, middle, bottom + 4.5 + 0.8 * text, slot->name, &style);
        fovea_scene_add_text (layout->scene, middle, bottom + 4.5 + 2.2 * text, slot->value,
                              &style);
    }
}

double
fovea_qk_sum_add (FoveaQkLayout *layout)
{
    const FoveaScoreParts *parts = layout->parts;
    const FoveaQkPanel *p = &layout->sum;
    g_auto (Steps) steps = make_steps (layout);
    double level = 0;
    fovea_qk_add_frame (layout, p, "running sum, nats", NULL);
    for (gint64 i = 0; i < steps.n_pairs + steps.n_single; i++) {
        double next = level + get_step (parts, i);
        fovea_qk_add_bar (layout, p, x_of (layout, &steps, i), steps.unit, level, next);
        level = next;
    }
    add_step_axis (layout, &steps);
    add_slots (layout, &steps);
    return p->y + p->height + 4.5 + 2.2 * layout->measures.text;
}
