/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "ui/plot-points.h"

#include <math.h>

#include "ui/figures/color-map.h"

/* Largest first; equal ones keep the order of layer and head. */
static int
compare_points (gconstpointer a, gconstpointer b)
{
    const FoveaPlotPoint *p = a, *q = b;
    return (p->y < q->y) - (p->y > q->y);
}

/* Heads without the score are left out rather than drawn at zero. */
GArray *
fovea_plot_points_collect (GListModel *items,
                           FoveaPlotKind kind,
                           const char *of_x,
                           const char *of_y,
                           FoveaPlotAxis *across,
                           FoveaPlotAxis *up)
{
    GArray *points = g_array_new (FALSE, TRUE, sizeof (FoveaPlotPoint));
    double x0 = INFINITY, x1 = -INFINITY, y0 = 0, y1 = -INFINITY;
    g_autofree char *error = g_strconcat (of_x, "_se", NULL);
    guint n = g_list_model_get_n_items (items);
    for (guint i = 0; i < n; i++) {
        g_autoptr (FoveaHeadItem) item = g_list_model_get_item (items, i);
        FoveaPlotPoint point = {.item = item, .error = NAN};
        point.y = fovea_head_item_get_score (item, kind == FOVEA_PLOT_RANKED ? of_x : of_y);
        point.x = kind == FOVEA_PLOT_RANKED ? 0 : fovea_head_item_get_score (item, of_x);
        if (kind == FOVEA_PLOT_RANKED)
            point.error = fovea_head_item_get_score (item, error);
        if (!isfinite (point.x) || !isfinite (point.y))
            continue;
        g_array_append_val (points, point);
    }
    if (kind == FOVEA_PLOT_RANKED)
        g_array_sort (points, compare_points);
    for (guint i = 0; i < points->len; i++) {
        FoveaPlotPoint *point = &g_array_index (points, FoveaPlotPoint, i);
        if (kind == FOVEA_PLOT_RANKED)
            point->x = i + 1;
        x0 = MIN (x0, point->x);
        x1 = MAX (x1, point->x);
        y1 = MAX (y1, point->y + (isfinite (point->error) ? point->error : 0));
    }
    *across = fovea_plot_axis_make (x0, x1);
    if (kind == FOVEA_PLOT_RANKED)
        *across = (FoveaPlotAxis){1, MAX (points->len, 2), MAX (points->len, 2) - 1};
    *up = fovea_plot_axis_make (y0, MAX (y1, 1e-3));
    return points;
}

/* Roles that occur, in the order of the classes; "" (no role) last. */
GPtrArray *
fovea_plot_points_list_roles (GArray *points)
{
    static const char *const order[] = {"previous token",  "induction", "local",
                                        "duplicate token", "sink",      "retrieval",
                                        "streaming",       ""};
    GPtrArray *roles = g_ptr_array_new ();
    for (guint r = 0; r < G_N_ELEMENTS (order); r++) {
        for (guint i = 0; i < points->len; i++) {
            const FoveaPlotPoint *point = &g_array_index (points, FoveaPlotPoint, i);
            FoveaMark mark;
            const char *role = fovea_head_item_get_role (point->item);
            fovea_color_map_role (FOVEA_THEME_LIGHT, role, &mark);
            /* Roles without a mark of their own share the ring. */
            if (g_str_equal (mark == FOVEA_MARK_RING ? "" : role, order[r])) {
                g_ptr_array_add (roles, (gpointer) order[r]);
                break;
            }
        }
    }
    return roles;
}
