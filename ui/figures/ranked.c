/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Ranking falls from left to right, so the white space is up and right of every mark: labels stand
 * there. Heads whose labels would touch share one label, right of the last of them; so no label
 * meets a mark. */
#include "ui/figures/ranked.h"

#include <math.h>
#include <stdlib.h>

#include "ui/figures/axis.h"
#include "ui/figures/inks.h"
#include "ui/figures/marks.h"

#define RADIUS     1.9
#define EDGE       0.4
#define BAR_WIDTH  0.6
#define MAX_LABELS 6
#define NAMED_FROM 0.25 /* of the axis: lower scores stay unnamed */
#define LABEL_GAP  5.0

typedef struct {
    double value, error;
    const char *name;
    guint row;
} Head;

/* Highest first; equal scores by row. */
static int
compare (const void *a, const void *b)
{
    const Head *x = a, *y = b;
    if (x->value != y->value)
        return x->value > y->value ? -1 : 1;
    return x->row < y->row ? -1 : 1;
}

/* Heads with a value, highest first; those without (NaN) are left out. */
static GArray *
rank_heads (FoveaTable *heads, const char *column)
{
    GArray *ranked = g_array_new (FALSE, FALSE, sizeof (Head));
    g_autofree char *error_column = g_strconcat (column, "_se", NULL);
    int value = fovea_table_find_kind (heads, column, FOVEA_COLUMN_NUMBER);
    int error = fovea_table_find_kind (heads, error_column, FOVEA_COLUMN_NUMBER);
    int name = fovea_table_find_kind (heads, "name", FOVEA_COLUMN_TEXT);
    for (guint row = 0; value >= 0 && row < fovea_table_get_n_rows (heads); row++) {
        Head head = {fovea_table_get_number (heads, row, (guint) value),
                     error >= 0 ? fovea_table_get_number (heads, row, (guint) error) : NAN,
                     name >= 0 ? fovea_table_get_text (heads, row, (guint) name) : "", row};
        if (isfinite (head.value))
            g_array_append_val (ranked, head);
    }
    g_array_sort (ranked, compare);
    return ranked;
}

gboolean
fovea_ranked_has_values (FoveaTable *heads, const char *column)
{
    g_autoptr (GArray) ranked = rank_heads (heads, column);
    return ranked->len > 0;
}

typedef struct {
    const FoveaRankedPanel *panel;
    FoveaScene *scene;
    GArray *heads;
    double low, high;
    guint32 ink;
} Plot;

static double
x_of (const Plot *plot, double rank)
{
    double n = MAX (plot->heads->len, 2);
    return plot->panel->x + FOVEA_RANKED_INSET +
           (rank - 1) / (n - 1) * (plot->panel->width - 2 * FOVEA_RANKED_INSET);
}

static double
y_of (const Plot *plot, double value)
{
    const FoveaRankedPanel *p = plot->panel;
    double share = (value - plot->low) / (plot->high - plot->low);
    return p->y + p->height * (1 - CLAMP (share, 0, 1));
}

/* Zero is always on the axis: the height of a mark is then its size. Error bars upwards are whole. */
static void
set_range (Plot *plot)
{
    const Head *first = &g_array_index (plot->heads, Head, 0);
    const Head *last = &g_array_index (plot->heads, Head, plot->heads->len - 1);
    double most = first->value;
    for (guint i = 0; i < plot->heads->len; i++) {
        const Head *head = &g_array_index (plot->heads, Head, i);
        most = MAX (most, head->value + (isfinite (head->error) ? head->error : 0));
    }
    plot->high = plot->panel->top > 0 ? plot->panel->top : fovea_ticks_round_up (most);
    plot->low = last->value < 0 ? -fovea_ticks_round_up (-last->value) : 0;
    if (plot->panel->top <= 0 && first->value < 0)
        plot->high = 0;
}

static void
add_value_axis (Plot *plot)
{
    const FoveaRankedPanel *p = plot->panel;
    g_autoptr (GArray) ticks = fovea_ticks_new ();
    g_autoptr (GArray) values = fovea_ticks_steps (plot->low, plot->high, FALSE, 4);
    for (guint i = 0; i < values->len; i++) {
        double value = g_array_index (values, double, i);
        g_autofree char *label = fovea_text_number (value, 3);
        fovea_ticks_add (ticks, value, y_of (plot, value), p->numbers ? label : "", FALSE);
    }
    fovea_ticks_thin (ticks, p->text, TRUE);
    fovea_scene_add_line (plot->scene, p->x, p->y, p->x, p->y + p->height, FOVEA_AXIS_WIDTH,
                          plot->ink);
    fovea_axis_add_left (plot->scene, ticks, p->x, p->text);
}

static void
add_rank_axis (Plot *plot)
{
    const FoveaRankedPanel *p = plot->panel;
    double bottom = p->y + p->height;
    g_autoptr (GArray) ticks = fovea_ticks_new ();
    g_autoptr (GArray) ranks = fovea_ticks_steps (1, plot->heads->len, TRUE, 5);
    for (guint i = 0; i < ranks->len; i++) {
        double rank = g_array_index (ranks, double, i);
        g_autofree char *label = fovea_text_count ((gint64) rank);
        fovea_ticks_add (ticks, rank, x_of (plot, rank), label, FALSE);
    }
    fovea_ticks_thin (ticks, p->text, FALSE);
    for (guint i = 0; p->inner && i < ticks->len; i++)
        *g_array_index (ticks, FoveaTick, i).label = '\0';
    fovea_scene_add_line (plot->scene, p->x, bottom, p->x + p->width, bottom, FOVEA_AXIS_WIDTH,
                          plot->ink);
    fovea_axis_add_bottom (plot->scene, ticks, bottom, p->text, FALSE);
    FoveaTextStyle name = {p->text, FALSE, plot->ink, FOVEA_ANCHOR_MIDDLE, FALSE};
    if (!p->inner)
        fovea_scene_add_text (plot->scene, p->x + p->width / 2, bottom + 4.5 + 2.4 * p->text,
                              "rank of head", &name);
}

static void
add_marks (Plot *plot)
{
    const FoveaRankedPanel *p = plot->panel;
    /* Edges would hollow out marks that overlap. */
    double edge = x_of (plot, 2) - x_of (plot, 1) < 2 * RADIUS ? 0 : EDGE;
    /* From the last to the first, so that the leading marks lie on top. */
    for (guint i = plot->heads->len; i-- > 0;) {
        const Head *head = &g_array_index (plot->heads, Head, i);
        double x = x_of (plot, i + 1);
        double up = y_of (plot, head->value + head->error);
        double down = y_of (plot, head->value - head->error);
        if (isfinite (head->error) && down - up > 2 * RADIUS)
            fovea_scene_add_line (plot->scene, x, up, x, down, BAR_WIDTH, p->color);
        fovea_mark_add (plot->scene, p->mark, x, y_of (plot, head->value), RADIUS, p->color, edge);
    }
}

/* One past the last head whose label would touch that of @first. */
static guint
end_of_group (const Plot *plot, guint first)
{
    double y = y_of (plot, g_array_index (plot->heads, Head, first).value);
    guint end = first + 1;
    while (end < plot->heads->len &&
           y_of (plot, g_array_index (plot->heads, Head, end).value) - y < 1.05 * plot->panel->text)
        end++;
    return end;
}

/* Names of [first, end), as many as the panel's width and the budget of labels allow. */
static char *
group_label (const Plot *plot, guint first, guint end, double room, guint *budget)
{
    g_autofree char *label = NULL;
    for (guint i = first; i < end; i++) {
        const char *name = g_array_index (plot->heads, Head, i).name;
        g_autofree char *longer =
            label == NULL ? g_strdup (name) : g_strconcat (label, ", ", name, NULL);
        g_autofree char *cut = g_strconcat (longer, i + 1 < end ? ", …" : "", NULL);
        if (*budget == 0 || fovea_text_width (cut, plot->panel->text, FALSE) > room)
            return label != NULL ? g_strconcat (label, ", …", NULL) : NULL;
        (*budget)--;
        g_free (label);
        label = g_steal_pointer (&longer);
    }
    return g_steal_pointer (&label);
}

static void
add_labels (Plot *plot)
{
    const FoveaRankedPanel *p = plot->panel;
    FoveaTextStyle style = {p->text, FALSE, plot->ink, FOVEA_ANCHOR_START, FALSE};
    double least = plot->low + NAMED_FROM * (plot->high - plot->low);
    guint budget = MAX_LABELS, first = 0;
    while (budget > 0 && first < plot->heads->len) {
        const Head *head = &g_array_index (plot->heads, Head, first);
        if (head->value < least)
            return;
        guint end = end_of_group (plot, first);
        double x = x_of (plot, end) + LABEL_GAP;
        g_autofree char *label = group_label (plot, first, end, p->x + p->width - x, &budget);
        if (label != NULL)
            fovea_scene_add_text (plot->scene, x, y_of (plot, head->value) + 0.36 * p->text, label,
                                  &style);
        first = end;
    }
}

void
fovea_ranked_add (FoveaScene *scene, FoveaTable *heads, const FoveaRankedPanel *panel)
{
    g_autoptr (GArray) ranked = rank_heads (heads, panel->column);
    if (ranked->len == 0)
        return;
    Plot plot = {panel, scene, ranked, 0, 1, fovea_scene_get_inks (scene)->ink};
    set_range (&plot);
    FoveaTextStyle title = {panel->text, TRUE, panel->color, FOVEA_ANCHOR_START, FALSE};
    g_autofree char *words = fovea_text_shorten (panel->title, panel->text, TRUE, panel->width);
    fovea_scene_add_text (scene, panel->x, panel->y - 0.9 * panel->text, words, &title);
    add_value_axis (&plot);
    add_rank_axis (&plot);
    add_marks (&plot);
    add_labels (&plot);
}
