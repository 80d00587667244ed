/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A whole map has T^2 cells, which no table shows; a row has T, and arrow keys of the map or
 * Previous and Next here walk through the rows. Lines are objects made anew for each row, O(T log T)
 * for their ranks, and only while somebody looks. */
#include "ui/row-table.h"

#include <glib/gi18n.h>

#include "ui/data-table.h"
#include "ui/token-text.h"

#define FOVEA_TYPE_ROW_LINE (fovea_row_line_get_type ())
G_DECLARE_FINAL_TYPE (FoveaRowLine, fovea_row_line, FOVEA, ROW_LINE, GObject)

struct _FoveaRowLine {
    GObject parent_instance;
    const FoveaTraceInfo *info; /* of the open sequence; lines go before it does */
    gint64 key, distance, rank;
    double weight, mass;
};

G_DEFINE_FINAL_TYPE (FoveaRowLine, fovea_row_line, G_TYPE_OBJECT)

static void
fovea_row_line_class_init (FoveaRowLineClass *klass)
{
}

static void
fovea_row_line_init (FoveaRowLine *self)
{
}

struct _FoveaRowTable {
    GtkBox parent_instance;
    FoveaSelection *selection;
    FoveaCellModel *cells;
    FoveaDataTable *table;
    GtkLabel *title;
    FoveaPlace shown; /* row that the lines are of; head and query count */
    gboolean filled;
};

G_DEFINE_FINAL_TYPE (FoveaRowTable, fovea_row_table, GTK_TYPE_BOX)

#define POWER_CHARS 11 /* digits as wide as "1.2 × 10⁻⁵" is */

typedef enum {
    KEY,
    WEIGHT,
    RANK,
    MASS,
    DISTANCE,
    N_NUMBERS,
} Number;

static const Number numbers[N_NUMBERS] = {KEY, WEIGHT, RANK, MASS, DISTANCE};
static const char *const titles[N_NUMBERS] = {N_ ("▼ key"), N_ ("weight"), N_ ("rank"),
                                              N_ ("mass to this rank"), N_ ("distance, tokens")};

static double
line_number (gpointer item, gconstpointer column)
{
    const FoveaRowLine *line = item;
    switch (*(const Number *) column) {
    case KEY:
        return (double) line->key;
    case WEIGHT:
        return line->weight;
    case RANK:
        return (double) line->rank;
    case MASS:
        return line->mass;
    default:
        return (double) line->distance;
    }
}

static char *
line_text (gpointer item, gconstpointer column)
{
    Number number = *(const Number *) column;
    double value = line_number (item, column);
    return number == WEIGHT || number == MASS ? fovea_share_text (value)
                                              : fovea_number_text ((gint64) value);
}

static char *
token_text (gpointer item, gconstpointer column)
{
    const FoveaRowLine *line = item;
    return fovea_token_text (line->info, line->key);
}

/* Larger weights first; equal ones by key, as ranks are counted everywhere. */
static int
compare_lines (gconstpointer a, gconstpointer b)
{
    const FoveaRowLine *p = *(FoveaRowLine *const *) a, *q = *(FoveaRowLine *const *) b;
    if (p->weight != q->weight)
        return p->weight > q->weight ? -1 : 1;
    return (p->key > q->key) - (p->key < q->key);
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
    const FoveaRowLine *p = *(FoveaRowLine *const *) a, *q = *(FoveaRowLine *const *) b;
    return (p->key > q->key) - (p->key < q->key);
}

static GPtrArray *
make_lines (const FoveaTraceInfo *info, const FoveaCellData *data)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func (g_object_unref);
    double mass = 0;
    for (gint64 k = data->first_key; k < data->end_key; k++) {
        FoveaRowLine *line = g_object_new (FOVEA_TYPE_ROW_LINE, NULL);
        line->info = info;
        line->key = k;
        line->distance = data->place.query - k;
        line->weight = data->row[k];
        g_ptr_array_add (lines, line);
    }
    g_ptr_array_sort (lines, compare_lines);
    for (guint i = 0; i < lines->len; i++) {
        FoveaRowLine *line = g_ptr_array_index (lines, i);
        line->rank = i + 1;
        line->mass = mass += line->weight;
    }
    g_ptr_array_sort (lines, compare_keys);
    return lines;
}

static gboolean
is_key (gpointer item, gconstpointer key)
{
    return ((FoveaRowLine *) item)->key == *(const gint64 *) key;
}

/* Moving along the row only moves the selected line. */
static void
show (FoveaRowTable *self)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    const FoveaCellData *data = fovea_cell_model_get_data (self->cells);
    if (info == NULL || data == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
        return;
    const FoveaPlace *place = &data->place;
    if (!self->filled || self->shown.layer != place->layer || self->shown.head != place->head ||
        self->shown.query != place->query) {
        g_autoptr (GPtrArray) lines = make_lines (info, data);
        g_autofree char *query = fovea_number_text (place->query);
        g_autofree char *token = fovea_token_quote (info, place->query);
        g_autofree char *title = g_strdup_printf (_ ("Row of ▶ %s %s, head %u.%u: %u keys"), query,
                                                  token, place->layer, place->head, lines->len);
        gtk_label_set_text (self->title, title);
        fovea_data_table_set_items (self->table, lines);
        self->shown = *place;
        self->filled = TRUE;
    }
    fovea_data_table_select (self->table, is_key, &place->key);
}

/* Lines point into the sequence that is being left. */
static void
trace_changed (FoveaRowTable *self)
{
    g_autoptr (GPtrArray) none = g_ptr_array_new ();
    fovea_data_table_set_items (self->table, none);
    self->filled = FALSE;
}

static void
line_chosen (FoveaRowTable *self, FoveaRowLine *line)
{
    fovea_selection_select_cell (self->selection, self->shown.query, line->key);
}

static void
fovea_row_table_dispose (GObject *object)
{
    FoveaRowTable *self = FOVEA_ROW_TABLE (object);
    g_clear_object (&self->selection);
    g_clear_object (&self->cells);
    G_OBJECT_CLASS (fovea_row_table_parent_class)->dispose (object);
}

static void
fovea_row_table_class_init (FoveaRowTableClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_row_table_dispose;
    gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "rowtable");
}

static void
fovea_row_table_init (FoveaRowTable *self)
{
    gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
    self->title = GTK_LABEL (gtk_label_new (""));
    gtk_widget_add_css_class (GTK_WIDGET (self->title), "plottitle");
    gtk_label_set_xalign (self->title, 0);
    gtk_label_set_ellipsize (self->title, PANGO_ELLIPSIZE_END);
    self->table = FOVEA_DATA_TABLE (fovea_data_table_new (_ ("Weights of the selected query")));
    for (guint i = 0; i < N_NUMBERS; i++) {
        fovea_data_table_add_column (
            self->table, _ (titles[i]),
            &(FoveaDataColumn){.text = line_text,
                               .number = line_number,
                               .column = &numbers[i],
                               .chars = numbers[i] == WEIGHT ? POWER_CHARS : 0});
        if (numbers[i] == KEY)
            fovea_data_table_add_column (self->table, _ ("token"),
                                         &(FoveaDataColumn){.text = token_text});
    }
    gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->title));
    gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->table));
    g_signal_connect_object (self->table, "chosen", G_CALLBACK (line_chosen), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect (self, "map", G_CALLBACK (show), NULL);
}

GtkWidget *
fovea_row_table_new (FoveaSelection *selection, FoveaCellModel *cells)
{
    FoveaRowTable *self = g_object_new (FOVEA_TYPE_ROW_TABLE, NULL);
    self->selection = g_object_ref (selection);
    self->cells = g_object_ref (cells);
    g_signal_connect_object (selection, "trace-changed", G_CALLBACK (trace_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (cells, "changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
    return GTK_WIDGET (self);
}

GListModel *
fovea_row_table_get_rows (FoveaRowTable *self)
{
    return fovea_data_table_get_rows (self->table);
}
