/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rows are objects made anew when curves or methods change, at most 80, and only while somebody
 * looks. */
#include "ui/point-table.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/data-table.h"
#include "ui/token-text.h"

#define FOVEA_TYPE_POINT_LINE (fovea_point_line_get_type ())
G_DECLARE_FINAL_TYPE (FoveaPointLine, fovea_point_line, FOVEA, POINT_LINE, GObject)

struct _FoveaPointLine {
    GObject parent_instance;
    FoveaSparseModel *model; /* outlives its lines */
    guint method, index;
    FoveaCurvePoint point;
};

G_DEFINE_FINAL_TYPE (FoveaPointLine, fovea_point_line, G_TYPE_OBJECT)

static void
fovea_point_line_class_init (FoveaPointLineClass *klass)
{
}

static void
fovea_point_line_init (FoveaPointLine *self)
{
}

#define VALUE_CHARS 10 /* as "3.0 × 10⁻⁵" */

struct _FoveaPointTable {
    GtkBox parent_instance;
    FoveaSparseModel *model;
    FoveaDataTable *table;
};

G_DEFINE_FINAL_TYPE (FoveaPointTable, fovea_point_table, GTK_TYPE_BOX)

/* Headings, and the columns of the table "recall" that they show. */
static const struct {
    const char *title, *column;
} numbers[] = {
    {N_ ("value"), N_ ("value")},     {N_ ("density"), N_ ("density")},
    {N_ ("tiles"), "block_density"},  {N_ ("recall"), N_ ("recall")},
    {N_ ("from"), "recall_from"},     {N_ ("to"), "recall_to"},
    {N_ ("late"), "late_recall"},     {N_ ("5th percentile"), "low_recall"},
    {N_ ("least"), "least_recall"},   {N_ ("output error"), "error"},
    {N_ ("oracle"), "oracle_recall"},
};

static double
line_number (gpointer item, gconstpointer column)
{
    FoveaPointLine *line = item;
    return fovea_sparse_model_get_number (line->model, &line->point, column);
}

static char *
line_text (gpointer item, gconstpointer column)
{
    double value = line_number (item, column);
    if (!g_str_equal (column, N_ ("value")) || isnan (value))
        return fovea_weight_text (value, 3);
    guint method = ((FoveaPointLine *) item)->method;
    return value > 0 && value < 1e-3
               ? fovea_round_text (value)
               : fovea_sparse_knob_write (&fovea_sparse_method_list ()[method]->knobs[0], value,
                                          NULL);
}

static char *
method_text (gpointer item, gconstpointer unused)
{
    return g_strdup (fovea_sparse_method_list ()[((FoveaPointLine *) item)->method]->name);
}

static char *
knob_text (gpointer item, gconstpointer unused)
{
    return g_strdup (fovea_sparse_method_list ()[((FoveaPointLine *) item)->method]->knobs[0].name);
}

static gboolean
is_selected (gpointer item, gconstpointer model)
{
    guint method, index;
    FoveaPointLine *line = item;
    return fovea_sparse_model_get_point ((FoveaSparseModel *) model, &method, &index) != NULL &&
           line->method == method && line->index == index;
}

/* A point that was selected elsewhere; the rows stay. */
static void
follow (FoveaPointTable *self)
{
    fovea_data_table_select (self->table, is_selected, self->model);
}

static void
show (FoveaPointTable *self)
{
    guint methods[FOVEA_MAX_CHOSEN], n = fovea_sparse_model_list_chosen (self->model, methods);
    g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_object_unref);
    if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
        return;
    for (guint i = 0; i < n; i++) {
        const FoveaCurve *curve = fovea_sparse_model_get_curve (self->model, methods[i]);
        for (guint p = 0; curve != NULL && p < curve->n_points; p++) {
            FoveaPointLine *line = g_object_new (FOVEA_TYPE_POINT_LINE, NULL);
            line->model = self->model;
            line->method = methods[i];
            line->index = p;
            line->point = curve->points[p];
            g_ptr_array_add (lines, line);
        }
    }
    fovea_data_table_set_items (self->table, lines);
    follow (self);
}

static void
line_chosen (FoveaPointTable *self, FoveaPointLine *line)
{
    fovea_sparse_model_select (self->model, line->method, line->index);
}

/* As over its mark in the plot. */
static void
line_hovered (FoveaPointTable *self, FoveaPointLine *line)
{
    fovea_sparse_model_hover (self->model, line != NULL ? line->method : G_MAXUINT,
                              line != NULL ? line->index : 0);
}

static void
fovea_point_table_dispose (GObject *object)
{
    g_clear_object (&FOVEA_POINT_TABLE (object)->model);
    G_OBJECT_CLASS (fovea_point_table_parent_class)->dispose (object);
}

static void
fovea_point_table_class_init (FoveaPointTableClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_point_table_dispose;
}

static void
fovea_point_table_init (FoveaPointTable *self)
{
    self->table = FOVEA_DATA_TABLE (fovea_data_table_new (_ ("Points of the curves")));
    fovea_data_table_add_column (self->table, _ ("method"),
                                 &(FoveaDataColumn){.text = method_text});
    fovea_data_table_add_column (self->table, _ ("knob"), &(FoveaDataColumn){.text = knob_text});
    for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
        fovea_data_table_add_column (self->table, _ (numbers[i].title),
                                     &(FoveaDataColumn){.text = line_text,
                                                        .number = line_number,
                                                        .chars = i == 0 ? VALUE_CHARS : 0,
                                                        .column = numbers[i].column});
    gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->table));
    g_signal_connect_object (self->table, "chosen", G_CALLBACK (line_chosen), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->table, "hovered", G_CALLBACK (line_hovered), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect (self, "map", G_CALLBACK (show), NULL);
}

GtkWidget *
fovea_point_table_new (FoveaSparseModel *model)
{
    FoveaPointTable *self = g_object_new (FOVEA_TYPE_POINT_TABLE, NULL);
    self->model = g_object_ref (model);
    g_signal_connect_object (model, "changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (model, "point-changed", G_CALLBACK (follow), self, G_CONNECT_SWAPPED);
    return GTK_WIDGET (self);
}

GListModel *
fovea_point_table_get_rows (FoveaPointTable *self)
{
    return fovea_data_table_get_rows (self->table);
}

gboolean
fovea_point_table_focus (FoveaPointTable *self)
{
    return fovea_data_table_focus (self->table);
}
