/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Lines are objects of their own, since what the model read goes when it reads the next: T of them, only
 * while somebody looks. */
#include "ui/patch-table.h"

#include <glib/gi18n.h>

#include "ui/data-table.h"
#include "ui/token-text.h"

#define FOVEA_TYPE_PATCH_LINE (fovea_patch_line_get_type ())
G_DECLARE_FINAL_TYPE (FoveaPatchLine, fovea_patch_line, FOVEA, PATCH_LINE, GObject)

struct _FoveaPatchLine {
    GObject parent_instance;
    char *name;
    gint64 key;
    double weight, rollout;
};

G_DEFINE_FINAL_TYPE (FoveaPatchLine, fovea_patch_line, G_TYPE_OBJECT)

static void
fovea_patch_line_finalize (GObject *object)
{
    g_free (FOVEA_PATCH_LINE (object)->name);
    G_OBJECT_CLASS (fovea_patch_line_parent_class)->finalize (object);
}

static void
fovea_patch_line_class_init (FoveaPatchLineClass *klass)
{
    G_OBJECT_CLASS (klass)->finalize = fovea_patch_line_finalize;
}

static void
fovea_patch_line_init (FoveaPatchLine *self)
{
}

struct _FoveaPatchTable {
    GtkBox parent_instance;
    FoveaPictureModel *model;
    FoveaSelection *selection;
    FoveaDataTable *table;
    GtkLabel *title;
    FoveaPlace shown; /* that the lines are of; head and query count */
    gboolean filled;
};

G_DEFINE_FINAL_TYPE (FoveaPatchTable, fovea_patch_table, GTK_TYPE_BOX)

typedef enum {
    WEIGHT,
    ROLLOUT,
    N_WEIGHTS,
} Weight;

static const Weight weights[N_WEIGHTS] = {WEIGHT, ROLLOUT};
static const char *const titles[N_WEIGHTS] = {N_ ("weight"), N_ ("rollout")};

static char *
name_text (gpointer item, gconstpointer unused)
{
    return g_strdup (((FoveaPatchLine *) item)->name);
}

static double
get_key (gpointer item, gconstpointer unused)
{
    return (double) ((FoveaPatchLine *) item)->key;
}

static double
get_weight (gpointer item, gconstpointer column)
{
    const FoveaPatchLine *line = item;
    return *(const Weight *) column == WEIGHT ? line->weight : line->rollout;
}

static char *
weight_text (gpointer item, gconstpointer column)
{
    return fovea_share_text (get_weight (item, column));
}

static GPtrArray *
make_lines (const FoveaTraceInfo *info, const FoveaPictureData *data, const FoveaPlace *place)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func (g_object_unref);
    const float *row = fovea_picture_data_get_head (data, place->layer, place->head);
    for (gint64 k = 0; k < data->n_tokens; k++) {
        FoveaPatchLine *line = g_object_new (FOVEA_TYPE_PATCH_LINE, NULL);
        line->name = fovea_picture_name_position (info, k);
        line->key = k;
        line->weight = (double) row[k];
        line->rollout = (double) data->rollout[k];
        g_ptr_array_add (lines, line);
    }
    return lines;
}

static gboolean
is_key (gpointer item, gconstpointer key)
{
    return ((FoveaPatchLine *) item)->key == *(const gint64 *) key;
}

static void
fill (FoveaPatchTable *self, const FoveaPictureData *data, const FoveaPlace *place)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    g_autoptr (GPtrArray) lines = make_lines (info, data, place);
    g_autofree char *from = fovea_picture_name_position (info, data->query);
    g_autofree char *title = g_strdup_printf (_ ("What %s looks at, head %u.%u: %u positions"),
                                              from, place->layer, place->head, lines->len);
    gtk_label_set_text (self->title, title);
    fovea_data_table_set_items (self->table, lines);
    self->shown = *place;
    self->shown.query = data->query;
    self->filled = TRUE;
}

/* Moving the key only moves the selected line. */
static void
show (FoveaPatchTable *self)
{
    const FoveaPictureData *data = fovea_picture_model_get_data (self->model);
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    if (data == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)) ||
        place->layer >= data->n_layers || place->head >= data->n_heads)
        return;
    if (!self->filled || self->shown.layer != place->layer || self->shown.head != place->head ||
        self->shown.query != data->query)
        fill (self, data, place);
    fovea_data_table_select (self->table, is_key, &place->key);
}

/* Of another picture, or of none yet. */
static void
read_anew (FoveaPatchTable *self)
{
    self->filled = FALSE;
    if (fovea_picture_model_get_data (self->model) == NULL) {
        g_autoptr (GPtrArray) none = g_ptr_array_new ();
        fovea_data_table_set_items (self->table, none);
        gtk_label_set_text (self->title, "");
    }
    show (self);
}

static void
line_chosen (FoveaPatchTable *self, FoveaPatchLine *line)
{
    fovea_selection_select_cell (self->selection,
                                 fovea_selection_get_place (self->selection)->query, line->key);
}

static void
fovea_patch_table_dispose (GObject *object)
{
    FoveaPatchTable *self = FOVEA_PATCH_TABLE (object);
    g_clear_object (&self->model);
    g_clear_object (&self->selection);
    G_OBJECT_CLASS (fovea_patch_table_parent_class)->dispose (object);
}

static void
fovea_patch_table_class_init (FoveaPatchTableClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_patch_table_dispose;
    gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "rowtable");
}

static void
fovea_patch_table_init (FoveaPatchTable *self)
{
    gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
    self->title = GTK_LABEL (gtk_label_new (""));
    gtk_widget_add_css_class (GTK_WIDGET (self->title), "plottitle");
    gtk_label_set_xalign (self->title, 0);
    gtk_label_set_ellipsize (self->title, PANGO_ELLIPSIZE_END);
    self->table = FOVEA_DATA_TABLE (fovea_data_table_new (_ ("Weights of the selected position")));
    fovea_data_table_add_column (
        self->table, _ ("▼ key"),
        &(FoveaDataColumn){.text = name_text, .number = get_key, .chars = 16});
    for (guint i = 0; i < N_WEIGHTS; i++)
        fovea_data_table_add_column (
            self->table, _ (titles[i]),
            &(FoveaDataColumn){
                .text = weight_text, .number = get_weight, .column = &weights[i], .chars = 11});
    gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->title));
    gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->table));
    g_signal_connect_object (self->table, "chosen", G_CALLBACK (line_chosen), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect (self, "map", G_CALLBACK (show), NULL);
}

GtkWidget *
fovea_patch_table_new (FoveaPictureModel *model, FoveaSelection *selection)
{
    FoveaPatchTable *self = g_object_new (FOVEA_TYPE_PATCH_TABLE, NULL);
    self->model = g_object_ref (model);
    self->selection = g_object_ref (selection);
    g_signal_connect_object (model, "changed", G_CALLBACK (read_anew), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "moved", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
    return GTK_WIDGET (self);
}

GListModel *
fovea_patch_table_get_rows (FoveaPatchTable *self)
{
    return fovea_data_table_get_rows (self->table);
}

gboolean
fovea_patch_table_focus (FoveaPatchTable *self)
{
    return fovea_data_table_focus (self->table);
}
