/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Two notes of the table decide: "sequences" (ids, what the means are over) must be equal for rows to
 * stand side by side, and "settings" (METHOD.KNOB=VALUE, space separated) must agree for a method's
 * old curves to stay beside its new ones. */
#include "app/recall-keep.h"

#include <string.h>

#include "analysis/sparse-curves.h"
#include "app/heads-job.h"

static gboolean
note_has_word (FoveaTable *table, const char *key, const char *word)
{
    const char *note = fovea_table_get_note (table, key);
    g_auto (GStrv) words = g_strsplit (note != NULL ? note : "", " ", -1);
    return g_strv_contains ((const char *const *) words, word);
}

FoveaTable *
fovea_recall_get_kept (FoveaStore *store, gint64 run, gint64 sequence)
{
    FoveaTable *table = fovea_store_get_table (store, run, "recall", NULL);
    if (table != NULL)
        return table;
    g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, sequence);
    g_autoptr (FoveaTable) any = fovea_store_get_table (store, 0, "recall", NULL);
    return any != NULL && note_has_word (any, "sequences", id) ? g_steal_pointer (&any) : NULL;
}

FoveaTable *
fovea_recall_get_for_figure (FoveaStore *store, gint64 sequence, GError **error)
{
    FoveaTable *kept =
        fovea_recall_get_kept (store, fovea_heads_job_find_run (store, sequence), sequence);
    return kept != NULL ? kept : fovea_store_get_table (store, 0, "recall", error);
}

/* What a row is about. */
typedef struct {
    gint64 layer, head;
    const char *method;
    FoveaTable *table;
    guint row, order; /* order: in which it was found */
} Row;

/* Nothing of a table without these columns can be placed. */
static gboolean
add_rows (GArray *rows, FoveaTable *table)
{
    int layer = fovea_table_find_kind (table, "layer", FOVEA_COLUMN_INTEGER);
    int head = fovea_table_find_kind (table, "head", FOVEA_COLUMN_INTEGER);
    int method = fovea_table_find_kind (table, "method", FOVEA_COLUMN_TEXT);
    if (layer < 0 || head < 0 || method < 0)
        return FALSE;
    for (guint i = 0; i < fovea_table_get_n_rows (table); i++) {
        Row row = {fovea_table_get_integer (table, i, (guint) layer),
                   fovea_table_get_integer (table, i, (guint) head),
                   fovea_table_get_text (table, i, (guint) method),
                   table,
                   i,
                   rows->len};
        g_array_append_val (rows, row);
    }
    return TRUE;
}

/* The model, then each layer before its heads; -1 sorts first. */
static int
compare_rows (gconstpointer a, gconstpointer b)
{
    const Row *p = a, *q = b;
    if (p->layer != q->layer)
        return p->layer < q->layer ? -1 : 1;
    if (p->head != q->head)
        return p->head < q->head ? -1 : 1;
    return (p->order > q->order) - (p->order < q->order);
}

/* Words of a table's note "settings" that are about a method, as one text. */
static char *
get_settings (FoveaTable *table, const char *method)
{
    const char *note = fovea_table_get_note (table, "settings");
    g_auto (GStrv) words = g_strsplit (note != NULL ? note : "", " ", -1);
    g_autofree char *prefix = g_strconcat (method, ".", NULL);
    GString *text = g_string_new (NULL);
    for (guint i = 0; words[i] != NULL; i++)
        if (g_str_has_prefix (words[i], prefix))
            g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", words[i]);
    return g_string_free (text, FALSE);
}

/* Objects and methods measured anew, "LAYER HEAD METHOD"; and methods alone. */
static GHashTable *
list_measured (const GArray *fresh)
{
    GHashTable *measured = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < fresh->len; i++) {
        const Row *row = &g_array_index (fresh, Row, i);
        g_hash_table_add (measured, g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s",
                                                     row->layer, row->head, row->method));
        g_hash_table_add (measured, g_strdup (row->method));
    }
    return measured;
}

static gboolean
stays (const Row *row, FoveaTable *kept, FoveaTable *fresh, GHashTable *measured)
{
    g_autofree char *key = g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s",
                                            row->layer, row->head, row->method);
    if (g_hash_table_contains (measured, key))
        return FALSE;
    if (!g_hash_table_contains (measured, row->method))
        return TRUE;
    g_autofree char *before = get_settings (kept, row->method);
    g_autofree char *now = get_settings (fresh, row->method);
    return g_str_equal (before, now);
}

/* A column that the older table has not stays empty. */
static void
copy_row (FoveaTable *to, const Row *from)
{
    guint row = fovea_table_add_row (to);
    for (guint c = 0; c < fovea_table_get_n_columns (to); c++) {
        FoveaColumnKind kind;
        const char *name = fovea_table_get_column (to, c, &kind, NULL, NULL);
        int source = fovea_table_find_kind (from->table, name, kind);
        if (source < 0)
            continue;
        if (kind == FOVEA_COLUMN_TEXT)
            fovea_table_set_text (to, row, c,
                                  fovea_table_get_text (from->table, from->row, (guint) source));
        else if (kind == FOVEA_COLUMN_INTEGER)
            fovea_table_set_integer (
                to, row, c, fovea_table_get_integer (from->table, from->row, (guint) source));
        else
            fovea_table_set_number (
                to, row, c, fovea_table_get_number (from->table, from->row, (guint) source));
    }
}

/* Columns and notes of @fresh; settings of methods that only @kept has come along. */
static FoveaTable *
make_like (FoveaTable *fresh, FoveaTable *kept, GHashTable *measured)
{
    FoveaTable *table = fovea_table_new (fovea_table_get_name (fresh));
    for (guint c = 0; c < fovea_table_get_n_columns (fresh); c++) {
        FoveaColumnKind kind;
        const char *unit, *description;
        const char *name = fovea_table_get_column (fresh, c, &kind, &unit, &description);
        fovea_table_add_column (table, name, kind, unit, description);
    }
    g_auto (GStrv) keys = fovea_table_get_note_keys (fresh);
    for (char **key = keys; *key != NULL; key++)
        fovea_table_set_note (table, *key, fovea_table_get_note (fresh, *key));
    const char *now = fovea_table_get_note (fresh, "settings");
    const char *before = fovea_table_get_note (kept, "settings");
    g_autoptr (GString) settings = g_string_new (now);
    g_auto (GStrv) words = g_strsplit (before != NULL ? before : "", " ", -1);
    for (guint i = 0; words[i] != NULL; i++) {
        g_autofree char *method = g_strndup (words[i], strcspn (words[i], "."));
        if (*method != '\0' && !g_hash_table_contains (measured, method))
            g_string_append_printf (settings, "%s%s", settings->len > 0 ? " " : "", words[i]);
    }
    if (settings->len > 0)
        fovea_table_set_note (table, "settings", settings->str);
    return table;
}

FoveaTable *
fovea_recall_merge (FoveaTable *kept, FoveaTable *fresh)
{
    g_autoptr (GArray) old = g_array_new (FALSE, FALSE, sizeof (Row));
    g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (Row));
    const char *before = kept != NULL ? fovea_table_get_note (kept, "sequences") : NULL;
    if (before == NULL || g_strcmp0 (before, fovea_table_get_note (fresh, "sequences")) != 0 ||
        !add_rows (old, kept) || !add_rows (rows, fresh))
        return fovea_table_ref (fresh);
    g_autoptr (GHashTable) measured = list_measured (rows);
    for (guint i = 0; i < old->len; i++) {
        Row row = g_array_index (old, Row, i);
        if (!stays (&row, kept, fresh, measured))
            continue;
        row.order = rows->len;
        g_array_append_val (rows, row);
    }
    g_array_sort (rows, compare_rows);
    g_autoptr (FoveaTable) merged = make_like (fresh, kept, measured);
    for (guint i = 0; i < rows->len; i++)
        copy_row (merged, &g_array_index (rows, Row, i));
    return g_steal_pointer (&merged);
}

FoveaTable *
fovea_recall_keep (FoveaStore *store, gint64 run, FoveaTable *fresh, GError **error)
{
    g_autoptr (FoveaTable) kept = fovea_store_get_table (store, run, "recall", NULL);
    g_autoptr (FoveaTable) merged = fovea_recall_merge (kept, fresh);
    g_autoptr (FoveaTable) summary = fovea_sparse_curves_summarise (merged);
    if (!fovea_store_put_table (store, run, merged, error) ||
        !fovea_store_put_table (store, run, summary, error))
        return NULL;
    return g_steal_pointer (&merged);
}
