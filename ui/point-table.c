/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rows are objects made anew when curves or methods change, and only while somebody looks: at most 80 of the large
 * plot. Of the layers there is one a head, some thousands in a large model; all points of all heads would be ten
 * times as many. They stay where another head is selected. */
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
    gint64 layer, head;      /* of layers; head -1 = the mean of all */
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
    FoveaSelection *selection; /* NULL = of the large plot */
    FoveaDataTable *table;
    GtkWidget *title;    /* of layers: which point the rows are at */
    FoveaTable *shown;   /* of layers: what the rows are of */
    guint method, index; /* the point that they are at */
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

static double
get_layer (gpointer item, gconstpointer unused)
{
    return (double) ((FoveaPointLine *) item)->layer;
}

static char *
layer_text (gpointer item, gconstpointer unused)
{
    return fovea_number_text (((FoveaPointLine *) item)->layer);
}

static double
get_head (gpointer item, gconstpointer unused)
{
    return (double) ((FoveaPointLine *) item)->head;
}

static char *
head_text (gpointer item, gconstpointer unused)
{
    gint64 head = ((FoveaPointLine *) item)->head;
    return head < 0 ? g_strdup (_ ("mean")) : fovea_number_text (head);
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

/* The row of a layer's mean is selected while layers are shown, that of a head while heads are. */
static gboolean
is_selected (gpointer item, gconstpointer table)
{
    const FoveaPointTable *self = table;
    FoveaPointLine *line = item;
    guint method, index;
    int scope;
    if (self->selection == NULL)
        return fovea_sparse_model_get_point (self->model, &method, &index) != NULL &&
               line->method == method && line->index == index;
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    g_object_get (self->model, "scope", &scope, NULL);
    return line->layer == (gint64) place->layer &&
           (scope == FOVEA_SCOPE_LAYER  ? line->head < 0
            : scope == FOVEA_SCOPE_HEAD ? line->head == (gint64) place->head
                                        : FALSE);
}

/* A point that was selected elsewhere; the rows stay. */
static void
follow (FoveaPointTable *self)
{
    fovea_data_table_select (self->table, is_selected, self);
}

static void
add_point (FoveaPointTable *self,
           GPtrArray *lines,
           gint64 layer,
           gint64 head,
           guint method,
           guint index,
           const FoveaCurve *curve)
{
    FoveaPointLine *line = g_object_new (FOVEA_TYPE_POINT_LINE, NULL);
    line->model = self->model;
    line->layer = layer;
    line->head = head;
    line->method = method;
    line->index = index;
    line->point = curve->points[index];
    g_ptr_array_add (lines, line);
}

/* Every point of every chosen method. */
static void
add_curves (FoveaPointTable *self, GPtrArray *lines)
{
    guint methods[FOVEA_MAX_CHOSEN], n = fovea_sparse_model_list_chosen (self->model, methods);
    for (guint i = 0; i < n; i++) {
        const FoveaCurve *curve = fovea_sparse_model_get_curve (self->model, methods[i]);
        for (guint p = 0; curve != NULL && p < curve->n_points; p++)
            add_point (self, lines, -1, -1, methods[i], p, curve);
    }
}

/* The mean of each layer before its heads. */
static void
add_layers (FoveaPointTable *self, GPtrArray *lines)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    gint64 n_layers = info != NULL && self->method != G_MAXUINT ? info->architecture->n_layers : 0;
    for (gint64 l = 0; l < n_layers; l++)
        for (gint64 h = -1; h < info->architecture->n_heads; h++) {
            const FoveaCurve *curve =
                fovea_sparse_model_find_curve (self->model, l, h, self->method);
            if (curve != NULL && self->index < curve->n_points)
                add_point (self, lines, l, h, self->method, self->index, curve);
        }
}

static void
show_title (FoveaPointTable *self)
{
    g_autofree char *name = fovea_sparse_model_get_name (self->model);
    g_autofree char *text =
        name != NULL ? g_strdup_printf (_ ("%s, in every layer and head"), name) : g_strdup ("");
    gtk_label_set_text (GTK_LABEL (self->title), text);
}

/* Whether other rows than those shown are asked for; they are then those that are. */
static gboolean
take_layers (FoveaPointTable *self)
{
    FoveaTable *table = fovea_sparse_model_get_table (self->model);
    guint method = G_MAXUINT, index = 0;
    fovea_sparse_model_get_point (self->model, &method, &index);
    if (table == self->shown && method == self->method && index == self->index)
        return FALSE;
    g_clear_pointer (&self->shown, fovea_table_unref);
    self->shown = table != NULL ? fovea_table_ref (table) : NULL;
    self->method = method;
    self->index = index;
    return TRUE;
}

static void
show (FoveaPointTable *self)
{
    g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_object_unref);
    if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
        return;
    if (self->selection != NULL)
        show_title (self); /* a mean's knob is another one in each head */
    if (self->selection == NULL)
        add_curves (self, lines);
    else if (take_layers (self))
        add_layers (self, lines);
    else
        return follow (self);
    fovea_data_table_set_items (self->table, lines);
    follow (self);
}

static void
line_chosen (FoveaPointTable *self, FoveaPointLine *line)
{
    if (self->selection == NULL) {
        fovea_sparse_model_select (self->model, line->method, line->index);
        return;
    }
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    gint64 head = line->head < 0 ? (gint64) place->head : line->head;
    int scope = line->head < 0 ? FOVEA_SCOPE_LAYER : FOVEA_SCOPE_HEAD;
    fovea_selection_select_head (self->selection, (guint) line->layer, (guint) head);
    g_object_set (self->model, "scope", scope, NULL);
}

/* As over its mark in the plot, or over the line of its head in that of its layer. */
static void
line_hovered (FoveaPointTable *self, FoveaPointLine *line)
{
    if (self->selection != NULL) {
        if (line != NULL && line->head >= 0)
            fovea_selection_hover_head (self->selection, (guint) line->layer, (guint) line->head);
        else
            fovea_selection_hover_nothing (self->selection);
        return;
    }
    fovea_sparse_model_hover (self->model, line != NULL ? line->method : G_MAXUINT,
                              line != NULL ? line->index : 0);
}

static void
fovea_point_table_dispose (GObject *object)
{
    g_clear_pointer (&FOVEA_POINT_TABLE (object)->shown, fovea_table_unref);
    g_clear_object (&FOVEA_POINT_TABLE (object)->selection);
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
    gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
    self->method = G_MAXUINT;
    g_signal_connect (self, "map", G_CALLBACK (show), NULL);
}

static void
build (FoveaPointTable *self)
{
    self->table = FOVEA_DATA_TABLE (
        fovea_data_table_new (self->selection != NULL ? _ ("The point in every layer and head")
                                                      : _ ("Points of the curves")));
    if (self->selection != NULL) {
        self->title = gtk_label_new ("");
        gtk_widget_add_css_class (self->title, "plottitle");
        gtk_label_set_xalign (GTK_LABEL (self->title), 0);
        gtk_label_set_ellipsize (GTK_LABEL (self->title), PANGO_ELLIPSIZE_END);
        gtk_box_append (GTK_BOX (self), self->title);
        fovea_data_table_add_column (
            self->table, _ ("layer"),
            &(FoveaDataColumn){.text = layer_text, .number = get_layer, .chars = 5});
        fovea_data_table_add_column (
            self->table, _ ("head"),
            &(FoveaDataColumn){.text = head_text, .number = get_head, .chars = 5});
    }
    if (self->selection == NULL) {
        fovea_data_table_add_column (self->table, _ ("method"),
                                     &(FoveaDataColumn){.text = method_text});
        fovea_data_table_add_column (self->table, _ ("knob"),
                                     &(FoveaDataColumn){.text = knob_text});
    }
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
}

static GtkWidget *
new_table (FoveaSparseModel *model, FoveaSelection *selection)
{
    FoveaPointTable *self = g_object_new (FOVEA_TYPE_POINT_TABLE, NULL);
    self->model = g_object_ref (model);
    self->selection = selection != NULL ? g_object_ref (selection) : NULL;
    build (self);
    g_signal_connect_object (model, "changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
    /* Of another point all rows of layers are others. */
    g_signal_connect_object (model, "point-changed",
                             selection != NULL ? G_CALLBACK (show) : G_CALLBACK (follow), self,
                             G_CONNECT_SWAPPED);
    return GTK_WIDGET (self);
}

GtkWidget *
fovea_point_table_new (FoveaSparseModel *model)
{
    return new_table (model, NULL);
}

GtkWidget *
fovea_point_table_new_of_layers (FoveaSparseModel *model, FoveaSelection *selection)
{
    return new_table (model, selection);
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
