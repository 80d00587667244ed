/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What "Copy as table" copies where no table is shown, as CSV like one that is. Names of columns are those of the tables
 * that the command prints, whatever the language. A long text has a hundred thousand lines, which are written off the
 * main loop from numbers that were copied. */
#include "app/window/window-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui/background.h"
#include "ui/column-profile.h"
#include "ui/data-table.h"
#include "ui/token-strip.h"
#include "ui/token-text.h"
#include "ui/trace-source.h"

typedef struct {
    FoveaTable *table;            /* as it is, or NULL = of tokens */
    FoveaTraceSource *source;     /* of them */
    const char *position, *value; /* names of columns */
    float *values;                /* of tokens [first, first + n) */
    gint64 first, n;
    guint n_rows; /* once printed */
} Lines;

static void
lines_free (gpointer data)
{
    Lines *lines = data;
    g_clear_pointer (&lines->table, fovea_table_unref);
    g_clear_pointer (&lines->source, fovea_trace_source_unref);
    g_free (lines->values);
    g_free (lines);
}

static Lines *
list_table (FoveaTable *table)
{
    Lines *lines = g_new0 (Lines, 1);
    lines->table = table;
    return lines;
}

static Lines *
list_tokens (FoveaWindow *self, const char *position, const char *value, gint64 first, gint64 n)
{
    Lines *lines = g_new0 (Lines, 1);
    lines->source = fovea_trace_source_ref (fovea_selection_get_source (self->selection));
    lines->position = position;
    lines->value = value;
    lines->values = g_new (float, (gsize) n);
    lines->first = first;
    lines->n = n;
    return lines;
}

/* The row of the query that is selected, or the column of the key; NULL while they are read. */
static Lines *
list_weights (FoveaWindow *self, gboolean column)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    const FoveaCellData *cell = fovea_cell_model_get_data (self->cells);
    if (cell == NULL || cell->place.layer != place->layer || cell->place.head != place->head ||
        (column ? cell->place.key != place->key : cell->place.query != place->query))
        return NULL;
    gint64 first = column ? 0 : cell->first_key, end = column ? cell->n_tokens : cell->end_key;
    Lines *lines = list_tokens (self, column ? "query" : "key", "weight", first, end - first);
    memcpy (lines->values, (column ? cell->column : cell->row) + first,
            (gsize) lines->n * sizeof *lines->values);
    return lines;
}

/* What the strip colours tokens by: weights, or codes of a latent. */
static Lines *
list_strip (FoveaWindow *self)
{
    FoveaTokenPaint *paint = fovea_token_strip_get_paint (FOVEA_TOKEN_STRIP (self->strip));
    Lines *lines = list_tokens (self, "position", "value", 0,
                                fovea_selection_get_info (self->selection)->n_tokens);
    for (gint64 t = 0; t < lines->n; t++)
        lines->values[t] = fovea_token_paint_get_value (paint, t);
    return lines;
}

/* Points of the curves that are drawn: some dozens. */
static Lines *
list_points (FoveaWindow *self)
{
    static const char *const columns[] = {"value",       "density",   "recall",
                                          "recall_from", "recall_to", "error"};
    guint methods[FOVEA_MAX_CHOSEN], n = fovea_sparse_model_list_chosen (self->sparse, methods);
    g_autoptr (FoveaTable) table = fovea_table_new ("points");
    fovea_table_add_column (table, "method", FOVEA_COLUMN_TEXT, "", "");
    for (guint c = 0; c < G_N_ELEMENTS (columns); c++)
        fovea_table_add_column (table, columns[c], FOVEA_COLUMN_NUMBER, "", "");
    for (guint i = 0; i < n; i++) {
        const FoveaCurve *curve = fovea_sparse_model_get_curve (self->sparse, methods[i]);
        for (guint p = 0; curve != NULL && p < curve->n_points; p++) {
            guint row = fovea_table_add_row (table);
            fovea_table_set_text (table, row, 0, fovea_sparse_method_list ()[methods[i]]->id);
            for (guint c = 0; c < G_N_ELEMENTS (columns); c++)
                fovea_table_set_number (
                    table, row, 1 + c,
                    fovea_sparse_model_get_number (self->sparse, &curve->points[p], columns[c]));
        }
    }
    return fovea_table_get_n_rows (table) > 0 ? list_table (g_steal_pointer (&table)) : NULL;
}

/* NULL: there are none, @why says why. */
static Lines *
list_shown (FoveaWindow *self, const char **why)
{
    const char *view = gtk_stack_get_visible_child_name (self->views);
    GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
    if (focus == self->strip)
        return list_strip (self);
    if (g_str_equal (view, "heads")) {
        FoveaTable *heads = fovea_selection_get_heads (self->selection);
        *why = fovea_selection_get_waiting (self->selection);
        return heads != NULL ? list_table (fovea_table_ref (heads)) : NULL;
    }
    if (g_str_equal (view, "sparsity")) {
        *why = _ ("No curve is shown that could be copied as a table");
        return list_points (self);
    }
    if (g_str_equal (view, "features")) {
        *why = _ ("No latent is shown whose codes could be copied as a table");
        return fovea_feature_model_get_source (self->features) != NULL &&
                       fovea_feature_model_get_latent (self->features) >= 0
                   ? list_strip (self)
                   : NULL;
    }
    *why = _ ("The weights of this row are still being read");
    return list_weights (self, FOVEA_IS_COLUMN_PROFILE (focus));
}

static FoveaTable *
make_table (const Lines *lines)
{
    const FoveaTraceInfo *info =
        fovea_trace_get_info (fovea_trace_source_get_trace (lines->source));
    FoveaTable *table = fovea_table_new ("tokens");
    fovea_table_add_column (table, lines->position, FOVEA_COLUMN_INTEGER, "", "");
    fovea_table_add_column (table, "token", FOVEA_COLUMN_TEXT, "", "");
    fovea_table_add_column (table, lines->value, FOVEA_COLUMN_NUMBER, "", "");
    for (gint64 i = 0; i < lines->n; i++) {
        guint row = fovea_table_add_row (table);
        g_autofree char *token = fovea_token_text (info, lines->first + i);
        fovea_table_set_integer (table, row, 0, lines->first + i);
        fovea_table_set_text (table, row, 1, token);
        fovea_table_set_number (table, row, 2, (double) lines->values[i]);
    }
    return table;
}

/* Without the notes above the names, which would be rows of a spreadsheet. */
static char *
print (FoveaTable *table)
{
    g_autofree char *text = fovea_table_print (table, FOVEA_FORMAT_CSV);
    const char *start = text;
    while (*start == '#' && strchr (start, '\n') != NULL)
        start = strchr (start, '\n') + 1;
    return g_strdup (start);
}

static void
print_thread (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
    Lines *lines = data;
    if (lines->table == NULL)
        lines->table = make_table (lines);
    lines->n_rows = fovea_table_get_n_rows (lines->table);
    g_task_return_pointer (task, print (lines->table), g_free);
}

static void
printed (GObject *object, GAsyncResult *result, gpointer data)
{
    g_autoptr (FoveaWindow) self = data;
    const Lines *lines = g_task_get_task_data (G_TASK (result));
    g_autofree char *text = g_task_propagate_pointer (G_TASK (result), NULL);
    if (text == NULL) /* the window was closed */
        return;
    g_autofree char *rows = fovea_number_text (lines->n_rows);
    g_autofree char *said = g_strdup_printf (
        ngettext ("%s row copied as CSV", "%s rows copied as CSV", lines->n_rows), rows);
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
    fovea_window_say (self, said);
}

void
fovea_window_copy_table (FoveaWindow *self)
{
    const char *why = NULL;
    GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
    if (focus != NULL && (FOVEA_IS_DATA_TABLE (focus) ||
                          gtk_widget_get_ancestor (focus, FOVEA_TYPE_DATA_TABLE) != NULL)) {
        gtk_widget_activate_action (focus, "table.copy", NULL);
        return;
    }
    Lines *lines = list_shown (self, &why);
    if (lines == NULL) {
        fovea_window_say (self, why);
        return;
    }
    g_autoptr (GTask) task = g_task_new (NULL, self->cancellable, printed, g_object_ref (self));
    g_task_set_source_tag (task, fovea_window_copy_table);
    g_task_set_task_data (task, lines, lines_free);
    fovea_background_run (task, FOVEA_BACKGROUND_LOOK, print_thread);
}
