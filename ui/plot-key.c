/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A few words are measured for each drawing; their layouts are cached. */
#include "ui/plot-key.h"

#include <glib/gi18n.h>

#define START       0.36 /* of the width: ranks have fallen by then */
#define WIDE        420  /* has three columns */
#define MARK        9
#define GAP         7  /* behind a word */
#define LEAST       40 /* a column */
#define LINE        16
#define CLOSE_LINE  14 /* where all are in one column */
#define CLOSE_TOP   4
#define USUAL_TOP   16
#define BOX_PADDING 4

/* Where the key is drawn. */
typedef struct {
    guint columns, rows;
    double x, top, line, widths[FOVEA_PLOT_KEY_COLUMNS];
} Place;

void
fovea_plot_key_divide (const double *needs, guint n, double room, double *widths)
{
    double pitch = room / n;
    for (guint c = 0; c < n; c++) {
        double rest = 0;
        for (guint next = c + 1; next < n; next++)
            rest += needs[next];
        widths[c] = MAX (MIN (MAX (needs[c], pitch), room - rest), LEAST);
        room -= widths[c];
    }
}

static const char *
name_role (const char *role)
{
    return *role != '\0' ? role : _ ("no role");
}

/* Of mark, word and the space behind it: the widest of some roles. */
static double
measure_column (GtkWidget *widget, GPtrArray *roles, guint first, guint rows)
{
    int widest = 0;
    for (guint i = first; i < MIN (first + rows, roles->len); i++) {
        int width = fovea_label_width (widget, 11, FOVEA_LABEL_NORMAL, name_role (roles->pdata[i]));
        widest = MAX (widest, width);
    }
    return MARK + widest + GAP;
}

static graphene_rect_t
get_box (const Place *place)
{
    double width = 0;
    for (guint c = 0; c < place->columns; c++)
        width += place->widths[c];
    return GRAPHENE_RECT_INIT ((float) place->x - 8, (float) place->top, (float) width + 8,
                               (float) (place->line * place->rows) + BOX_PADDING);
}

static gboolean
is_free (const Place *place, GArray *points)
{
    graphene_rect_t box = get_box (place);
    for (guint i = 0; i < points->len; i++) {
        const FoveaPlotPoint *point = &g_array_index (points, FoveaPlotPoint, i);
        if (graphene_rect_contains_point (
                &box, &GRAPHENE_POINT_INIT ((float) point->px, (float) point->py)))
            return FALSE;
    }
    return TRUE;
}

/* Columns side by side; FALSE if words have to be cut for them. */
static gboolean
place_columns (GtkWidget *widget, GPtrArray *roles, const graphene_rect_t *area, Place *place)
{
    double needs[FOVEA_PLOT_KEY_COLUMNS], room = area->size.width * (1 - START), sum = 0;
    guint most = area->size.width > WIDE ? FOVEA_PLOT_KEY_COLUMNS : 2;
    guint rows = (roles->len + most - 1) / most, columns = (roles->len + rows - 1) / rows;
    for (guint c = 0; c < columns; c++)
        sum += needs[c] = measure_column (widget, roles, c * rows, rows);
    *place = (Place){
        columns, rows, area->origin.x + area->size.width * START, area->origin.y + USUAL_TOP,
        LINE,    {0}};
    fovea_plot_key_divide (needs, columns, room, place->widths);
    return sum <= room;
}

/* One below the other at the right end; FALSE if they have no room there. */
static gboolean
place_below (
    GtkWidget *widget, GPtrArray *roles, const graphene_rect_t *area, GArray *points, Place *place)
{
    double needs = measure_column (widget, roles, 0, roles->len);
    *place = (Place){1,
                     roles->len,
                     area->origin.x + area->size.width - needs,
                     area->origin.y + CLOSE_TOP,
                     CLOSE_LINE,
                     {needs}};
    return needs <= area->size.width * (1 - START) && is_free (place, points);
}

static graphene_rect_t
draw (GtkWidget *widget,
      GtkSnapshot *snapshot,
      const FoveaPalette *palette,
      GPtrArray *roles,
      const Place *place)
{
    graphene_rect_t box = get_box (place);
    double x = place->x;
    /* Over no line of the grid. */
    fovea_fill_draw (snapshot, box.origin.x, box.origin.y + 1, box.size.width + 8,
                     box.size.height - 2, 0, &palette->view);
    for (guint i = 0; i < roles->len; i++) {
        const char *role = roles->pdata[i];
        guint column = i / place->rows;
        double y = place->top + (i % place->rows + 0.5) * place->line + BOX_PADDING / 2.0;
        if (i > 0 && i % place->rows == 0)
            x += place->widths[column - 1];
        fovea_mark_draw (snapshot, palette->theme, *role != '\0' ? role : NULL, x, y, 3.6);
        fovea_label_draw (widget, snapshot, name_role (role), 11, FOVEA_LABEL_NORMAL,
                          &palette->text, x + MARK, y, place->widths[column] - MARK - GAP);
    }
    graphene_rect_inset (&box, 0, BOX_PADDING);
    return box;
}

graphene_rect_t
fovea_plot_key_draw (GtkWidget *widget,
                     GtkSnapshot *snapshot,
                     const FoveaPalette *palette,
                     GArray *points,
                     const graphene_rect_t *area)
{
    g_autoptr (GPtrArray) roles = fovea_plot_points_list_roles (points);
    Place columns, below;
    if (roles->len == 0)
        return GRAPHENE_RECT_INIT (0, 0, 0, 0);
    if (!place_columns (widget, roles, area, &columns) &&
        place_below (widget, roles, area, points, &below))
        return draw (widget, snapshot, palette, roles, &below);
    return is_free (&columns, points) ? draw (widget, snapshot, palette, roles, &columns)
                                      : GRAPHENE_RECT_INIT (0, 0, 0, 0);
}
