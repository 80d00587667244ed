/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A search owns all it reads: points and sizes of names are taken when it starts. What comes back for
 * curves that are no longer shown is dropped by its number. The goal is a line with a name like the
 * others, so that no two names meet whatever their size. */
#include "ui/curve-names.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/background.h"
#include "ui/figures/label-place.h"

#define STEP   5  /* pixels between places that are tried for a name */
#define LETTER 12 /* pixels */
#define SMALL  11 /* of the goal's name */

/* One name, from the question to the answer. */
typedef struct {
    char *name;
    int letter;
    FoveaLabelFlags style;
    GdkRGBA color;
    guint curve; /* of the placer, G_MAXUINT = not there */
    double width, height;
    gboolean placed;
    FoveaLabelPlace place;
} Name;

typedef struct {
    FoveaLabelPlacer *placer;
    FoveaCurveFrame frame;
    guint n, number; /* number: of the search */
    Name names[FOVEA_MAX_CHOSEN + 1];
} Search;

struct _FoveaCurveNames {
    GtkWidget *widget;
    GskRenderNode *node; /* NULL = none found yet */
    GCancellable *cancellable;
    guint number; /* of the search whose answer counts */
    gboolean stale, busy;
    int width, height;
    double goal; /* NaN = none */
    FoveaTheme theme;
};

static void
search_free (gpointer data)
{
    Search *search = data;
    for (guint i = 0; i < search->n; i++)
        g_free (search->names[i].name);
    fovea_label_placer_free (search->placer);
    g_free (search);
}

FoveaCurveNames *
fovea_curve_names_new (GtkWidget *widget)
{
    FoveaCurveNames *names = g_new0 (FoveaCurveNames, 1);
    names->widget = widget;
    names->stale = TRUE;
    return names;
}

void
fovea_curve_names_free (FoveaCurveNames *names)
{
    if (names == NULL)
        return;
    g_cancellable_cancel (names->cancellable);
    g_clear_object (&names->cancellable);
    g_clear_pointer (&names->node, gsk_render_node_unref);
    g_free (names);
}

void
fovea_curve_names_forget (FoveaCurveNames *names)
{
    names->stale = TRUE;
}

gboolean
fovea_curve_names_is_busy (const FoveaCurveNames *names)
{
    return names->busy;
}

/* Beside its curve, clear of all others; a curve whose name finds no room goes without. */
static void
search_thread (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
    Search *search = data;
    for (guint i = 0; i < search->n && !g_cancellable_is_cancelled (cancellable); i++) {
        Name *name = &search->names[i];
        name->placed = name->curve != G_MAXUINT &&
                       fovea_label_placer_find (search->placer, name->curve, name->width + 4,
                                                name->height, &name->place);
    }
    g_task_return_boolean (task, TRUE);
}

static void
draw_leader (GtkSnapshot *snapshot, const FoveaCurveFrame *frame, const Name *name)
{
    cairo_t *cr = gtk_snapshot_append_cairo (
        snapshot, &GRAPHENE_RECT_INIT ((float) frame->x, (float) frame->y, (float) frame->width,
                                       (float) frame->height));
    gdk_cairo_set_source_rgba (cr, &name->color);
    cairo_set_line_width (cr, 1);
    cairo_move_to (cr, name->place.from[0], name->place.from[1]);
    cairo_line_to (cr, name->place.to[0], name->place.to[1]);
    cairo_stroke (cr);
    cairo_destroy (cr);
}

/* No line of the grid strikes a name through, which high contrast would show. */
static void
draw_grounds (GtkWidget *widget, GtkSnapshot *snapshot, const Search *search)
{
    FoveaPalette palette;
    fovea_palette_load (widget, &palette);
    for (guint i = 0; i < search->n; i++) {
        const FoveaBox *box = &search->names[i].place.box;
        if (search->names[i].placed)
            fovea_fill_draw (snapshot, box->x0, box->y0, box->x1 - box->x0, box->y1 - box->y0, 0,
                             &palette.view);
    }
}

static GskRenderNode *
draw_found (GtkWidget *widget, const Search *search)
{
    GtkSnapshot *snapshot = gtk_snapshot_new ();
    draw_grounds (widget, snapshot, search);
    for (guint i = 0; i < search->n; i++) {
        const Name *name = &search->names[i];
        const FoveaBox *box = &name->place.box;
        if (!name->placed)
            continue;
        fovea_label_draw (widget, snapshot, name->name, name->letter,
                          name->style | FOVEA_LABEL_CENTER, &name->color, (box->x0 + box->x1) / 2,
                          (box->y0 + box->y1) / 2, 0);
        if (name->place.leader)
            draw_leader (snapshot, &search->frame, name);
    }
    return gtk_snapshot_free_to_node (snapshot);
}

/* @names is gone where the search was cancelled, which is asked first. */
static void
search_done (GObject *object, GAsyncResult *result, gpointer data)
{
    FoveaCurveNames *names = data;
    const Search *search = g_task_get_task_data (G_TASK (result));
    if (!g_task_propagate_boolean (G_TASK (result), NULL) || search->number != names->number)
        return;
    names->busy = FALSE;
    g_clear_pointer (&names->node, gsk_render_node_unref);
    names->node = draw_found (names->widget, search);
    gtk_widget_queue_draw (names->widget);
}

/* @n points of its line, none where it is not there. */
static void
add_name (Search *search, GtkWidget *widget, Name name, const double *points, guint n)
{
    int width, height;
    g_autoptr (PangoLayout) layout =
        fovea_label_layout (widget, name.letter, name.style, name.name);
    pango_layout_get_pixel_size (layout, &width, &height);
    name.width = width;
    name.height = height;
    name.curve = n > 0 ? fovea_label_placer_add_curve (search->placer, points, n) : G_MAXUINT;
    search->names[search->n++] = name;
}

/* First, so that it has the first place along its line that is free. */
static void
add_goal (Search *search, GtkWidget *widget, const FoveaPalette *palette, double share, double y)
{
    const double line[] = {search->frame.x, y, search->frame.x + search->frame.width, y};
    if (isnan (y))
        return;
    add_name (search, widget,
              (Name){.name = g_strdup_printf (_ ("goal %.2f"), share),
                     .letter = SMALL,
                     .color = palette->quiet},
              line, 2);
}

static Search *
search_new (FoveaCurveNames *names,
            const FoveaPalette *palette,
            FoveaSparseModel *model,
            const FoveaCurveFrame *frame,
            double goal)
{
    guint methods[FOVEA_MAX_CHOSEN], n = fovea_sparse_model_list_chosen (model, methods);
    FoveaMethodStyle styles[FOVEA_MAX_CHOSEN];
    Search *search = g_new0 (Search, 1);
    double share;
    search->number = ++names->number;
    search->frame = *frame;
    search->placer = fovea_label_placer_new ((FoveaBox){
        frame->x + 4, frame->y + 2, frame->x + frame->width, frame->y + frame->height - 4});
    fovea_label_placer_set_step (search->placer, STEP);
    fovea_curve_frame_get_styles (methods, n, palette->theme, styles);
    g_object_get (model, "goal", &share, NULL);
    add_goal (search, names->widget, palette, share, goal);
    for (guint i = 0; i < n; i++) {
        const FoveaCurve *curve = fovea_sparse_model_get_curve (model, methods[i]);
        guint n_points = 0;
        g_autofree double *points =
            curve != NULL ? fovea_curve_frame_place (frame, model, curve, &n_points) : NULL;
        add_name (search, names->widget,
                  (Name){.name = g_strdup (fovea_sparse_method_list ()[methods[i]]->name),
                         .letter = LETTER,
                         .style = FOVEA_LABEL_BOLD,
                         .color = fovea_palette_rgba (styles[i].color)},
                  points, n_points);
    }
    return search;
}

/* A search that is no longer wanted is cancelled, and its answer dropped. */
static void
start (FoveaCurveNames *names, Search *search)
{
    g_cancellable_cancel (names->cancellable);
    g_clear_object (&names->cancellable);
    names->cancellable = g_cancellable_new ();
    g_autoptr (GTask) task = g_task_new (names->widget, names->cancellable, search_done, names);
    g_task_set_source_tag (task, start);
    g_task_set_task_data (task, search, search_free);
    fovea_background_run (task, FOVEA_BACKGROUND_LOOK, search_thread);
    names->busy = TRUE;
}

void
fovea_curve_names_draw (FoveaCurveNames *names,
                        GtkSnapshot *snapshot,
                        const FoveaPalette *palette,
                        FoveaSparseModel *model,
                        const FoveaCurveFrame *frame,
                        double goal)
{
    gboolean moved = isnan (goal) != isnan (names->goal) || fabs (goal - names->goal) >= 0.5;
    int width = gtk_widget_get_width (names->widget),
        height = gtk_widget_get_height (names->widget);
    if (names->stale || moved || names->width != width || names->height != height ||
        names->theme != palette->theme) {
        names->stale = FALSE;
        names->width = width;
        names->height = height;
        names->theme = palette->theme;
        names->goal = goal;
        start (names, search_new (names, palette, model, frame, goal));
    }
    if (names->node != NULL)
        gtk_snapshot_append_node (snapshot, names->node);
}
