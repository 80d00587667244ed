/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A table as text in four formats. For programs: 9 significant digits, which bring a float32 back
 * exactly; escapes so that any text stays in its cell. For people: three decimals, aligned. */
#include <math.h>
#include <string.h>

#include "analysis/plain-text.h"
#include "analysis/table.h"

enum {
    NUMBER_SIZE = 64
};

static void
append_number (GString *out, const char *format, double value)
{
    char text[NUMBER_SIZE];
    g_string_append (out, g_ascii_formatd (text, sizeof text, format, value));
}

static void
append_json_text (GString *out, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid (text, -1);
    g_string_append_c (out, '"');
    for (const char *at = valid; *at != '\0'; at++) {
        guchar c = (guchar) *at;
        if (c == '"' || c == '\\')
            g_string_append_printf (out, "\\%c", c);
        else if (c == '\n')
            g_string_append (out, "\\n");
        else if (c < 0x20)
            g_string_append_printf (out, "\\u%04x", c);
        else
            g_string_append_c (out, (char) c);
    }
    g_string_append_c (out, '"');
}

/* Tab-separated text has no quoting; what would break a line or cell is written as in C, and so are
 * bytes that are no UTF-8 (a token may hold half a character) and every other control character (a
 * token or title from a file must not steer the terminal that it is shown on). */
static void
append_tsv_text (GString *out, const char *text)
{
    static const char *const marks = "\t\n\r\\", *const letters = "tnr\\";
    while (*text != '\0') {
        const char *mark = strchr (marks, *text);
        if (mark == NULL) {
            text += fovea_plain_text_append_character (out, text);
            continue;
        }
        g_string_append_printf (out, "\\%c", letters[mark - marks]);
        text++;
    }
}

/* As RFC 4180 quotes, which may hold breaks of lines; other control characters are spelled here, too. */
static void
append_csv_text (GString *out, const char *text)
{
    gboolean quoted = strpbrk (text, ",\"\r\n") != NULL;
    if (quoted)
        g_string_append_c (out, '"');
    while (*text != '\0') {
        if (strchr ("\"\n\r\t", *text) == NULL) {
            text += fovea_plain_text_append_character (out, text);
            continue;
        }
        g_string_append_c (out, *text);
        if (*text++ == '"')
            g_string_append_c (out, '"');
    }
    if (quoted)
        g_string_append_c (out, '"');
}

static void
append_text (GString *out, FoveaTableFormat format, const char *text)
{
    if (format == FOVEA_FORMAT_JSON)
        append_json_text (out, text);
    else if (format == FOVEA_FORMAT_CSV)
        append_csv_text (out, text);
    else
        append_tsv_text (out, text);
}

static void
append_cell (GString *out, FoveaTable *table, FoveaTableFormat format, guint row, guint column)
{
    FoveaColumnKind kind;
    fovea_table_get_column (table, column, &kind, NULL, NULL);
    if (kind == FOVEA_COLUMN_TEXT) {
        append_text (out, format, fovea_table_get_text (table, row, column));
        return;
    }
    if (kind == FOVEA_COLUMN_INTEGER) {
        g_string_append_printf (out, "%" G_GINT64_FORMAT,
                                fovea_table_get_integer (table, row, column));
        return;
    }
    double value = fovea_table_get_number (table, row, column);
    if (format == FOVEA_FORMAT_TEXT && isnan (value))
        g_string_append_c (out, '-');
    else if (format == FOVEA_FORMAT_TEXT)
        append_number (out, "%.3f", value);
    else if (format == FOVEA_FORMAT_JSON && !isfinite (value))
        g_string_append (out, "null");
    else if (!isnan (value))
        append_number (out, "%.9g", value);
}

static void
append_comments (GString *out, FoveaTable *table)
{
    g_auto (GStrv) keys = fovea_table_get_note_keys (table);
    for (char **key = keys; *key != NULL; key++) {
        g_string_append_printf (out, "# %s: ", *key);
        append_tsv_text (out, fovea_table_get_note (table, *key));
        g_string_append_c (out, '\n');
    }
}

static void
print_separated (GString *out, FoveaTable *table, FoveaTableFormat format)
{
    const char separator = format == FOVEA_FORMAT_CSV ? ',' : '\t';
    guint n = fovea_table_get_n_columns (table);
    append_comments (out, table);
    for (guint column = 0; column < n; column++) {
        append_text (out, format, fovea_table_get_column (table, column, NULL, NULL, NULL));
        g_string_append_c (out, column + 1 < n ? separator : '\n');
    }
    for (guint row = 0; row < fovea_table_get_n_rows (table); row++) {
        for (guint column = 0; column < n; column++) {
            append_cell (out, table, format, row, column);
            g_string_append_c (out, column + 1 < n ? separator : '\n');
        }
    }
}

static void
append_member (GString *out, const char *key, const char *value)
{
    append_json_text (out, key);
    g_string_append (out, ": ");
    append_json_text (out, value);
}

static void
append_json_columns (GString *out, FoveaTable *table)
{
    static const char *const kinds[] = {"integer", "number", "text"};
    for (guint i = 0; i < fovea_table_get_n_columns (table); i++) {
        FoveaColumnKind kind;
        const char *unit, *description;
        const char *name = fovea_table_get_column (table, i, &kind, &unit, &description);
        g_string_append (out, i > 0 ? ",\n    {" : "\n    {");
        append_member (out, "name", name);
        g_string_append (out, ", ");
        append_member (out, "kind", kinds[kind]);
        g_string_append (out, ", ");
        append_member (out, "unit", unit);
        g_string_append (out, ", ");
        append_member (out, "description", description);
        g_string_append_c (out, '}');
    }
}

static void
append_json_rows (GString *out, FoveaTable *table)
{
    for (guint row = 0; row < fovea_table_get_n_rows (table); row++) {
        g_string_append (out, row > 0 ? ",\n    {" : "\n    {");
        for (guint i = 0; i < fovea_table_get_n_columns (table); i++) {
            if (i > 0)
                g_string_append (out, ", ");
            append_json_text (out, fovea_table_get_column (table, i, NULL, NULL, NULL));
            g_string_append (out, ": ");
            append_cell (out, table, FOVEA_FORMAT_JSON, row, i);
        }
        g_string_append_c (out, '}');
    }
}

static void
print_json (GString *out, FoveaTable *table)
{
    g_auto (GStrv) keys = fovea_table_get_note_keys (table);
    g_string_append (out, "{\n  ");
    append_member (out, "table", fovea_table_get_name (table));
    g_string_append (out, ",\n  \"notes\": {");
    for (guint i = 0; keys[i] != NULL; i++) {
        g_string_append (out, i > 0 ? ",\n    " : "\n    ");
        append_member (out, keys[i], fovea_table_get_note (table, keys[i]));
    }
    g_string_append (out, "},\n  \"columns\": [");
    append_json_columns (out, table);
    g_string_append (out, "],\n  \"rows\": [");
    append_json_rows (out, table);
    g_string_append (out, "]\n}\n");
}

/* Characters as a terminal shows them; bytes that are no UTF-8 count one each. */
static guint
count_characters (const char *text)
{
    return g_utf8_validate (text, -1, NULL) ? (guint) g_utf8_strlen (text, -1)
                                            : (guint) strlen (text);
}

static void
append_padded (GString *out, const char *text, guint width, gboolean right, gboolean last)
{
    guint n = count_characters (text);
    guint padding = width > n ? width - n : 0;
    if (right)
        g_string_append_printf (out, "%*s", (int) padding, "");
    g_string_append (out, text);
    if (!right && !last)
        g_string_append_printf (out, "%*s", (int) padding, "");
    g_string_append (out, last ? "\n" : "  ");
}

/* All cells of a column as text; the heading comes first. */
static GPtrArray *
format_column (FoveaTable *table, guint column, guint *width)
{
    GPtrArray *cells = g_ptr_array_new_with_free_func (g_free);
    g_ptr_array_add (cells, g_strdup (fovea_table_get_column (table, column, NULL, NULL, NULL)));
    for (guint row = 0; row < fovea_table_get_n_rows (table); row++) {
        GString *text = g_string_new (NULL);
        append_cell (text, table, FOVEA_FORMAT_TEXT, row, column);
        g_ptr_array_add (cells, g_string_free (text, FALSE));
    }
    *width = 0;
    for (guint i = 0; i < cells->len; i++)
        *width = MAX (*width, count_characters (cells->pdata[i]));
    return cells;
}

static void
print_aligned (GString *out, FoveaTable *table)
{
    guint n = fovea_table_get_n_columns (table);
    g_autofree guint *widths = g_new0 (guint, n + 1);
    g_autoptr (GPtrArray) columns =
        g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
    for (guint i = 0; i < n; i++)
        g_ptr_array_add (columns, format_column (table, i, &widths[i]));
    append_comments (out, table);
    for (guint line = 0; line <= fovea_table_get_n_rows (table); line++) {
        for (guint i = 0; i < n; i++) {
            FoveaColumnKind kind;
            fovea_table_get_column (table, i, &kind, NULL, NULL);
            GPtrArray *cells = columns->pdata[i];
            append_padded (out, cells->pdata[line], widths[i], kind != FOVEA_COLUMN_TEXT,
                           i + 1 == n);
        }
    }
}

char *
fovea_table_print (FoveaTable *table, FoveaTableFormat format)
{
    GString *out = g_string_new (NULL);
    if (format == FOVEA_FORMAT_JSON)
        print_json (out, table);
    else if (format == FOVEA_FORMAT_TEXT)
        print_aligned (out, table);
    else
        print_separated (out, table, format);
    return g_string_free (out, FALSE);
}
