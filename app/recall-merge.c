/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A point is a method at a value of its knob, on an object (the model, a layer or a head), executed
 * or selected. Two notes of the table decide what may stand side by side: "sequences" must be equal,
 * and "settings" (METHOD.KNOB=VALUE, space separated) must agree for a method's old points to stay.
 * Cost: a few hash lookups a row. */
#include "app/recall-merge.h"

#include <math.h>
#include <string.h>

#include "analysis/sparse-method.h"

/* What a row is about. Numbers that a table does not have are NaN, counts 0. */
typedef struct {
    gint64 layer, head, n_heads;
    const char *method, *series;
    double value; /* of the knob; NaN for a reason why there are no numbers */
    FoveaTable *table;
    guint row;
    guint rank; /* of the method, in the order of tables and rows */
} Row;

static gint64
read_count (FoveaTable *table, guint row, const char *column)
{
    int c = fovea_table_find_kind (table, column, FOVEA_COLUMN_INTEGER);
    return c >= 0 ? fovea_table_get_integer (table, row, (guint) c) : 0;
}

/* Nothing of a table without layer, head and method can be placed. @ranks: method -> rank + 1 */
static gboolean
add_rows (GArray *rows, FoveaTable *table, GHashTable *ranks)
{
    if (fovea_table_find_kind (table, "layer", FOVEA_COLUMN_INTEGER) < 0 ||
        fovea_table_find_kind (table, "head", FOVEA_COLUMN_INTEGER) < 0 ||
        fovea_table_find_kind (table, "method", FOVEA_COLUMN_TEXT) < 0)
        return FALSE;
    for (guint i = 0; i < fovea_table_get_n_rows (table); i++) {
        Row row = {.layer = read_count (table, i, "layer"),
                   .head = read_count (table, i, "head"),
                   .n_heads = read_count (table, i, "n_heads"),
                   .method = fovea_table_read_text (table, i, "method"),
                   .series = fovea_table_read_text (table, i, "series"),
                   .value = fovea_table_read_number (table, i, "value"),
                   .table = table,
                   .row = i};
        guint rank = GPOINTER_TO_UINT (g_hash_table_lookup (ranks, row.method));
        if (rank == 0) {
            rank = g_hash_table_size (ranks) + 1;
            g_hash_table_insert (ranks, (gpointer) row.method, GUINT_TO_POINTER (rank));
        }
        row.rank = rank;
        g_array_append_val (rows, row);
    }
    return TRUE;
}

/* The model, then each layer before its heads; -1 sorts first. A curve's points rise in their knob,
 * as in a sweep; a reason comes before them. */
static int
compare_rows (gconstpointer a, gconstpointer b)
{
    const Row *p = a, *q = b;
    if (p->layer != q->layer)
        return p->layer < q->layer ? -1 : 1;
    if (p->head != q->head)
        return p->head < q->head ? -1 : 1;
    if (p->rank != q->rank)
        return p->rank < q->rank ? -1 : 1;
    int series = strcmp (p->series, q->series); /* executed, selected */
    if (series != 0 || isnan (p->value) || isnan (q->value))
        return series != 0 ? series : isnan (q->value) - isnan (p->value);
    return (p->value > q->value) - (p->value < q->value);
}

/* What of a table's note "settings" is about a method, as one text. The swept knob is left out: each
 * row says its value. */
static char *
get_settings (FoveaTable *table, const char *method)
{
    const char *note = fovea_table_get_note (table, "settings");
    const FoveaSparseMethod *known = fovea_sparse_method_find (method, NULL);
    g_auto (GStrv) words = g_strsplit (note != NULL ? note : "", " ", -1);
    g_autofree char *prefix = g_strconcat (method, ".", NULL);
    g_autofree char *swept =
        g_strconcat (prefix, known != NULL ? known->knobs[0].name : "", "=", NULL);
    GString *text = g_string_new (NULL);
    for (guint i = 0; words[i] != NULL; i++)
        if (g_str_has_prefix (words[i], prefix) && !g_str_has_prefix (words[i], swept))
            g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", words[i]);
    return g_string_free (text, FALSE);
}

static char *
spell_curve (const Row *row)
{
    return g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s %s", row->layer,
                            row->head, row->series, row->method);
}

static char *
spell_point (const Row *row)
{
    g_autofree char *curve = spell_curve (row);
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    return g_strconcat (curve, " at ", g_ascii_dtostr (number, sizeof number, row->value), NULL);
}

/* The same points, and methods whose curves are there at all, of one table; and over how many heads
 * each of its curves is a mean. */
typedef struct {
    GHashTable *points; /* of spell_point() */
    GHashTable *curves; /* spell_curve() -> n_heads */
    GHashTable *methods;
} Content;

static void
content_clear (Content *content)
{
    g_clear_pointer (&content->points, g_hash_table_unref);
    g_clear_pointer (&content->curves, g_hash_table_unref);
    g_clear_pointer (&content->methods, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Content, content_clear)

static Content
list_content (const GArray *rows)
{
    Content content = {g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
                       g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
                       g_hash_table_new (g_str_hash, g_str_equal)};
    for (guint i = 0; i < rows->len; i++) {
        const Row *row = &g_array_index (rows, Row, i);
        g_autofree char *curve = spell_curve (row);
        guint n = GPOINTER_TO_UINT (g_hash_table_lookup (content.curves, curve));
        g_hash_table_add (content.points, spell_point (row));
        g_hash_table_insert (content.curves, g_steal_pointer (&curve),
                             GUINT_TO_POINTER (MAX (n, (guint) MAX (row->n_heads, 0))));
        g_hash_table_add (content.methods, (gpointer) row->method);
    }
    return content;
}

/* How many more heads are behind a curve of @other than are behind @row; 0 if there is no such curve
 * or it is a head's. */
static gint64
count_wider (const Row *row, const Content *other)
{
    g_autofree char *curve = spell_curve (row);
    gpointer n;
    if (row->head >= 0 || !g_hash_table_lookup_extended (other->curves, curve, NULL, &n))
        return 0;
    return (gint64) GPOINTER_TO_UINT (n) - row->n_heads;
}

/* What an old row is to a new table. */
static gboolean
stays (const Row *row, FoveaTable *kept, FoveaTable *fresh, const Content *now)
{
    g_autofree char *point = spell_point (row);
    if (!g_hash_table_contains (now->methods, row->method))
        return TRUE;
    g_autofree char *before = get_settings (kept, row->method);
    g_autofree char *settings = get_settings (fresh, row->method);
    if (!g_str_equal (before, settings))
        return FALSE;
    gint64 wider = count_wider (row, now);
    return wider < 0 || (wider == 0 && !g_hash_table_contains (now->points, point));
}

/* A reason for no numbers is told only where there are none. */
static void
drop_idle_reasons (GArray *rows)
{
    g_autoptr (GHashTable) measured = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < rows->len; i++)
        if (!isnan (g_array_index (rows, Row, i).value))
            g_hash_table_add (measured, spell_curve (&g_array_index (rows, Row, i)));
    for (guint i = rows->len; i-- > 0;) {
        const Row *row = &g_array_index (rows, Row, i);
        g_autofree char *curve = spell_curve (row);
        if (isnan (row->value) && g_hash_table_contains (measured, curve))
            g_array_remove_index (rows, i);
    }
}

/* A column that one of the tables has not stays empty in its rows. */
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

static void
add_columns (FoveaTable *to, FoveaTable *from)
{
    for (guint c = 0; c < fovea_table_get_n_columns (from); c++) {
        FoveaColumnKind kind;
        const char *unit, *description;
        const char *name = fovea_table_get_column (from, c, &kind, &unit, &description);
        if (fovea_table_find_column (to, name) < 0)
            fovea_table_add_column (to, name, kind, unit, description);
    }
}

/* Settings of methods that only @kept has come along. */
static char *
join_settings (FoveaTable *kept, FoveaTable *fresh, const Content *now)
{
    const char *note = fovea_table_get_note (kept, "settings");
    GString *settings = g_string_new (fovea_table_get_note (fresh, "settings"));
    g_auto (GStrv) words = g_strsplit (note != NULL ? note : "", " ", -1);
    for (guint i = 0; words[i] != NULL; i++) {
        g_autofree char *method = g_strndup (words[i], strcspn (words[i], "."));
        if (*method != '\0' && !g_hash_table_contains (now->methods, method))
            g_string_append_printf (settings, "%s%s", settings->len > 0 ? " " : "", words[i]);
    }
    return g_string_free (settings, FALSE);
}

/* Columns of both, notes of @fresh. */
static FoveaTable *
make_like (FoveaTable *fresh, FoveaTable *kept, const Content *now)
{
    FoveaTable *table = fovea_table_new (fovea_table_get_name (fresh));
    add_columns (table, fresh);
    add_columns (table, kept);
    g_auto (GStrv) keys = fovea_table_get_note_keys (fresh);
    for (char **key = keys; *key != NULL; key++)
        fovea_table_set_note (table, *key, fovea_table_get_note (fresh, *key));
    g_autofree char *settings = join_settings (kept, fresh, now);
    if (*settings != '\0')
        fovea_table_set_note (table, "settings", settings);
    return table;
}

FoveaTable *
fovea_recall_merge (FoveaTable *kept, FoveaTable *fresh, guint *n_kept)
{
    g_autoptr (GArray) old = g_array_new (FALSE, FALSE, sizeof (Row));
    g_autoptr (GArray) new = g_array_new (FALSE, FALSE, sizeof (Row));
    g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (Row));
    g_autoptr (GHashTable) ranks = g_hash_table_new (g_str_hash, g_str_equal);
    const char *before = kept != NULL ? fovea_table_get_note (kept, "sequences") : NULL;
    *n_kept = 0;
    if (before == NULL || g_strcmp0 (before, fovea_table_get_note (fresh, "sequences")) != 0 ||
        g_strcmp0 (fovea_table_get_note (kept, "first_tokens"),
                   fovea_table_get_note (fresh, "first_tokens")) != 0 ||
        !add_rows (new, fresh, ranks) || !add_rows (old, kept, ranks))
        return fovea_table_ref (fresh);
    g_auto (Content) was = list_content (old);
    g_auto (Content) now = list_content (new);
    for (guint i = 0; i < old->len; i++) {
        const Row *row = &g_array_index (old, Row, i);
        if (stays (row, kept, fresh, &now))
            g_array_append_val (rows, *row);
    }
    *n_kept = rows->len;
    for (guint i = 0; i < new->len; i++) {
        const Row *row = &g_array_index (new, Row, i);
        g_autofree char *past = get_settings (kept, row->method);
        g_autofree char *settings = get_settings (fresh, row->method);
        if (count_wider (row, &was) <= 0 || !g_str_equal (past, settings))
            g_array_append_val (rows, *row);
    }
    drop_idle_reasons (rows);
    g_array_sort (rows, compare_rows);
    g_autoptr (FoveaTable) merged = make_like (fresh, kept, &now);
    for (guint i = 0; i < rows->len; i++)
        copy_row (merged, &g_array_index (rows, Row, i));
    return g_steal_pointer (&merged);
}

/* Points of each curve, by spell_curve(). */
static GHashTable *
count_points (const GArray *rows)
{
    GHashTable *counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < rows->len; i++) {
        char *curve = spell_curve (&g_array_index (rows, Row, i));
        guint n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, curve));
        g_hash_table_insert (counts, curve, GUINT_TO_POINTER (n + 1));
    }
    return counts;
}

/* Of more sequences a knob that follows the text has other values, so curves are compared, not points. */
static gboolean
is_replaced (const Row *row, GHashTable *points, GHashTable *whole, const Content *now)
{
    g_autofree char *curve = spell_curve (row);
    guint n = GPOINTER_TO_UINT (g_hash_table_lookup (whole, curve));
    return n > 0 && n >= GPOINTER_TO_UINT (g_hash_table_lookup (points, curve)) &&
           count_wider (row, now) >= 0;
}

FoveaTable *
fovea_recall_leave (FoveaTable *part, const char *methods, FoveaTable *whole)
{
    g_autoptr (GArray) old = g_array_new (FALSE, FALSE, sizeof (Row));
    g_autoptr (GArray) new = g_array_new (FALSE, FALSE, sizeof (Row));
    g_autoptr (GHashTable) ranks = g_hash_table_new (g_str_hash, g_str_equal);
    g_autoptr (FoveaTable) rest = fovea_table_new (fovea_table_get_name (part));
    g_auto (GStrv) words = g_strsplit (methods != NULL ? methods : "", " ", -1);
    if (!add_rows (new, whole, ranks) || !add_rows (old, part, ranks))
        return fovea_table_ref (part);
    g_auto (Content) now = list_content (new);
    g_autoptr (GHashTable) n_old = count_points (old), n_new = count_points (new);
    add_columns (rest, part);
    if (fovea_table_get_note (part, "settings") != NULL)
        fovea_table_set_note (rest, "settings", fovea_table_get_note (part, "settings"));
    for (guint i = 0; i < old->len; i++) {
        const Row *row = &g_array_index (old, Row, i);
        g_autofree char *past = get_settings (part, row->method);
        g_autofree char *settings = get_settings (whole, row->method);
        if (!g_strv_contains ((const char *const *) words, row->method) ||
            !g_str_equal (past, settings) || !is_replaced (row, n_old, n_new, &now))
            copy_row (rest, row);
    }
    return fovea_table_get_n_rows (rest) > 0 ? g_steal_pointer (&rest) : NULL;
}
