/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A line of the table for each that is drawn, the heaviest first; both read one model, which reads while one of
 * them is in sight. */
#include "ui/arc-area.h"

#include <glib/gi18n.h>

#include "ui/arc-view.h"
#include "ui/line-table.h"
#include "ui/scaled.h"
#include "ui/token-text.h"

struct _FoveaArcArea {
    GtkBox parent_instance;
    FoveaArcModel *model;
    GtkWidget *picture, *table;
};

G_DEFINE_FINAL_TYPE (FoveaArcArea, fovea_arc_area, GTK_TYPE_BOX)

static guint failed_signal;

static const FoveaLineColumn columns[] = {
    {.title = N_ ("▶ query"), .form = FOVEA_LINE_QUERIES},
    {.title = N_ ("token"), .form = FOVEA_LINE_QUERY_WORDS, .words = fovea_token_text, .chars = 16},
    {.title = N_ ("▼ key"), .form = FOVEA_LINE_KEYS},
    {.title = N_ ("token"), .form = FOVEA_LINE_WORDS, .words = fovea_token_text, .chars = 16},
    {N_ ("weight"), FOVEA_LINE_SHARES, FOVEA_LINE_WEIGHT},
};

/* One that is being read has none yet. */
static gboolean
find_row (gpointer model, const FoveaPlace *selected, FoveaPlace *row)
{
    *row = *selected;
    return fovea_arc_model_get_weights (model) != NULL;
}

/* Heaviest first; of equal ones the earlier. */
static int
compare_lines (gconstpointer a, gconstpointer b)
{
    const FoveaLine *p = *(FoveaLine *const *) a, *q = *(FoveaLine *const *) b;
    double x = p->numbers[FOVEA_LINE_WEIGHT], y = q->numbers[FOVEA_LINE_WEIGHT];
    if (x != y)
        return x > y ? -1 : 1;
    return p->query != q->query ? (p->query > q->query) - (p->query < q->query)
                                : (p->key > q->key) - (p->key < q->key);
}

static GPtrArray *
make_lines (gpointer model, const FoveaTraceInfo *info, const FoveaPlace *row)
{
    gint64 n = fovea_arc_model_count_tokens (model);
    const float *weights = fovea_arc_model_get_weights (model);
    GPtrArray *lines = g_ptr_array_new_with_free_func (g_object_unref);
    for (gint64 i = 0; i < n * n; i++) {
        if (weights[i] < FOVEA_ARCS_LEAST)
            continue;
        FoveaLine *line = fovea_line_new (info, i / n, i % n);
        line->numbers[FOVEA_LINE_WEIGHT] = (double) weights[i];
        g_ptr_array_add (lines, line);
    }
    g_ptr_array_sort (lines, compare_lines);
    return lines;
}

static char *
describe (gpointer model, const FoveaTraceInfo *info, const FoveaPlace *row, guint n)
{
    g_autofree char *all = fovea_number_text (n);
    return g_strdup_printf (
        ngettext ("Head %u.%u: %s weight from %.2f on", "Head %u.%u: %s weights from %.2f on", n),
        row->layer, row->head, all, (double) FOVEA_ARCS_LEAST);
}

static const FoveaLineKind kind = {.label = N_ ("Lines from queries to keys"),
                                   .columns = columns,
                                   .n_columns = G_N_ELEMENTS (columns),
                                   .of_head = TRUE,
                                   .find_row = find_row,
                                   .make_lines = make_lines,
                                   .describe = describe};

static void
use (FoveaArcModel *model)
{
    fovea_arc_model_use (model, TRUE);
}

static void
let_go (FoveaArcModel *model)
{
    fovea_arc_model_use (model, FALSE);
}

static void
tell_failure (FoveaArcArea *self, const char *message)
{
    g_signal_emit (self, failed_signal, 0, message);
}

static void
fovea_arc_area_dispose (GObject *object)
{
    g_clear_object (&FOVEA_ARC_AREA (object)->model);
    G_OBJECT_CLASS (fovea_arc_area_parent_class)->dispose (object);
}

static void
fovea_arc_area_class_init (FoveaArcAreaClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_arc_area_dispose;
    failed_signal = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
fovea_arc_area_init (FoveaArcArea *self)
{
    self->picture = gtk_scrolled_window_new ();
    gtk_widget_set_hexpand (self->picture, TRUE);
    gtk_widget_set_vexpand (self->picture, TRUE);
    gtk_box_append (GTK_BOX (self), self->picture);
}

GtkWidget *
fovea_arc_area_new (FoveaSelection *selection, FoveaCellModel *cells)
{
    FoveaArcArea *self = g_object_new (FOVEA_TYPE_ARC_AREA, NULL);
    self->model = fovea_arc_model_new (selection);
    gtk_scrolled_window_set_child (
        GTK_SCROLLED_WINDOW (self->picture),
        fovea_scaled_new (fovea_arc_view_new (selection, self->model, cells)));
    /* All of it, when the keys come back: it scrolls to the query by itself. */
    gtk_viewport_set_scroll_to_focus (
        GTK_VIEWPORT (gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (self->picture))), FALSE);
    self->table = fovea_line_table_new (&kind, self->model, selection);
    g_signal_connect_object (self->table, "map", G_CALLBACK (use), self->model, G_CONNECT_SWAPPED);
    g_signal_connect_object (self->table, "unmap", G_CALLBACK (let_go), self->model,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->model, "failed", G_CALLBACK (tell_failure), self,
                             G_CONNECT_SWAPPED);
    gtk_widget_set_visible (self->table, FALSE);
    gtk_box_append (GTK_BOX (self), self->table);
    return GTK_WIDGET (self);
}

void
fovea_arc_area_show_table (FoveaArcArea *self, gboolean table)
{
    gtk_widget_set_visible (self->picture, !table);
    gtk_widget_set_visible (self->table, table);
}

/* Asked as a whole, GTK would look for what comes after the one that had it and is gone. */
void
fovea_arc_area_focus (FoveaArcArea *self)
{
    gboolean table = gtk_widget_get_visible (self->table);
    gtk_widget_child_focus (table ? self->table : self->picture, GTK_DIR_TAB_FORWARD);
}

void
fovea_arc_area_retry (FoveaArcArea *self)
{
    fovea_arc_model_retry (self->model);
}
