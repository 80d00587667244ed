/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Plain words only: these strings are read aloud. */
#include "ui/sentences.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "analysis/heads.h"
#include "kernels/error.h"
#include "ui/token-text.h"
#include "ui/trace-source.h"

int
fovea_heads_find_row (FoveaTable *heads, guint layer, guint head)
{
    int layer_column = heads != NULL ? fovea_table_find_column (heads, "layer") : -1;
    int head_column = heads != NULL ? fovea_table_find_column (heads, "head") : -1;
    guint n = heads != NULL ? fovea_table_get_n_rows (heads) : 0;
    if (layer_column < 0 || head_column < 0 || n == 0)
        return -1;
    /* Where a table of all heads has it; only others are searched. */
    gint64 n_heads = fovea_table_get_integer (heads, n - 1, (guint) head_column) + 1;
    gint64 guess = layer * n_heads + head;
    for (guint i = 0; i <= n; i++) {
        gint64 row = i == 0 ? guess : (gint64) i - 1;
        if (row >= 0 && row < n &&
            fovea_table_get_integer (heads, (guint) row, (guint) layer_column) == layer &&
            fovea_table_get_integer (heads, (guint) row, (guint) head_column) == head)
            return (int) row;
    }
    return -1;
}

static double
get_column (FoveaTable *heads, int row, const char *name)
{
    int column = fovea_table_find_kind (heads, name, FOVEA_COLUMN_NUMBER);
    return column >= 0 ? fovea_table_get_number (heads, (guint) row, (guint) column) : NAN;
}

double
fovea_heads_get_score (FoveaTable *heads, int row, const char *score)
{
    if (heads == NULL || score == NULL || row < 0)
        return NAN;
    gboolean error = g_str_has_suffix (score, "_se");
    g_autofree char *base = error ? g_strndup (score, strlen (score) - 3) : NULL;
    const char *column = fovea_heads_get_evidence (heads, (guint) row, error ? base : score);
    if (column == NULL)
        return get_column (heads, row, score);
    g_autofree char *full = error ? g_strconcat (column, "_se", NULL) : NULL;
    return get_column (heads, row, error ? full : column);
}

gboolean
fovea_heads_has_score (FoveaTable *heads, const char *score)
{
    if (fovea_table_find_kind (heads, score, FOVEA_COLUMN_NUMBER) >= 0)
        return TRUE;
    return fovea_table_get_n_rows (heads) > 0 && fovea_heads_get_evidence (heads, 0, score) != NULL;
}

const char *
fovea_heads_get_role (FoveaTable *heads, int row)
{
    int column = heads != NULL && row >= 0 ? fovea_table_find_column (heads, "role") : -1;
    return column >= 0 ? fovea_table_get_text (heads, (guint) row, (guint) column) : "";
}

char *
fovea_sentence_for_cell (FoveaSelection *selection, const FoveaCellData *data)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (selection);
    const FoveaPlace *place = fovea_selection_get_place (selection);
    if (info == NULL)
        return g_strdup (_ ("No sequence is open."));
    g_autofree char *query = fovea_token_words (info, place->query);
    g_autofree char *key = fovea_token_words (info, place->key);
    GString *out = g_string_new (NULL);
    g_string_printf (out, _ ("Query %" PRId64 " %s, key %" PRId64 " %s, head %u.%u"), place->query,
                     query, place->key, key, place->layer, place->head);
    gboolean known =
        data != NULL && data->place.query == place->query && data->place.key == place->key;
    const char *verdict = known ? fovea_cell_data_get_verdict (data) : NULL;
    g_autofree char *weight = known ? fovea_small_text (data->row[place->key], 3) : NULL;
    if (known)
        g_string_append_printf (out, _ (": weight %s, rank %" PRId64 " of %" PRId64), weight,
                                fovea_cell_data_get_rank (data, place->key, NULL),
                                data->end_key - data->first_key);
    if (verdict != NULL && data->beyond)
        g_string_append (out, _ (", beyond the mask: not measured"));
    else if (verdict != NULL)
        g_string_append_printf (out, _ (", %s by the mask"), verdict);
    g_string_append_c (out, '.');
    return g_string_free (out, FALSE);
}

char *
fovea_sentence_for_change (const FoveaCellData *data)
{
    double change = data->row[data->place.key] - data->other;
    if (isnan (change))
        return NULL;
    g_autofree char *amount = fovea_small_text (fabs (change), 4);
    return g_strconcat (change > 0 ? "+" : change < 0 ? "\u2212" : "\u00b1", amount, NULL);
}

char *
fovea_sentence_for_pair (FoveaSelection *selection, gint64 query, gint64 key)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (selection);
    g_autofree char *from = fovea_token_quote (info, query);
    g_autofree char *to = fovea_token_quote (info, key);
    g_autofree char *row = fovea_number_text (query);
    g_autofree char *column = fovea_number_text (key);
    return g_strdup_printf ("▶ %s %s    ▼ %s %s", row, from, column, to);
}

char *
fovea_sentence_for_head (FoveaSelection *selection, guint layer, guint head)
{
    FoveaTable *heads = fovea_selection_get_heads (selection);
    int row = fovea_heads_find_row (heads, layer, head);
    const char *role = fovea_heads_get_role (heads, row);
    double value = fovea_heads_get_score (heads, row, role);
    g_autofree char *error_name = g_strconcat (role, "_se", NULL);
    double error = fovea_heads_get_score (heads, row, error_name);
    GString *out = g_string_new (NULL);
    g_string_printf (out, _ ("Head %u.%u"), layer, head);
    if (*role != '\0')
        g_string_append_printf (out, ", %s", role);
    else if (row >= 0)
        g_string_append (out, _ (", no role"));
    if (!isnan (value))
        g_string_append_printf (out, " %.3f", value);
    if (error > 0 && error < 0.0005)
        g_string_append (out, _ (" plus or minus less than 0.001"));
    else if (!isnan (error))
        g_string_append_printf (out, _ (" plus or minus %.3f"), error);
    g_string_append_c (out, '.');
    return g_string_free (out, FALSE);
}

/* How many texts or repeats a table is of; 0 = none, or nobody knows. */
static guint64
count (FoveaTable *heads, const char *note)
{
    const char *text = fovea_table_get_note (heads, note);
    return text != NULL ? g_ascii_strtoull (text, NULL, 10) : 0;
}

char *
fovea_sentence_for_roles (FoveaTable *heads, gboolean picture)
{
    guint64 repeats = count (heads, "n_repeat"), texts = count (heads, "n_text");
    gboolean samples = fovea_table_get_note (heads, "model") != NULL;
    g_autofree char *n = fovea_number_text ((gint64) (repeats > 0 ? repeats : texts));
    if (repeats > 0)
        return g_strdup_printf (
            samples ? _ ("± standard error over %s repeats; local: over sample texts")
                    : _ ("± standard error over %s repeats; local: over texts"),
            n);
    if (picture)
        return texts > 1 ? g_strdup_printf (_ ("± standard error over %s pictures"), n)
                         : g_strdup (_ ("Scores on this picture."));
    return texts > 1
               ? g_strdup_printf (
                     _ ("± standard error over %s texts. Induction and duplicate token "
                        "need random repeats."),
                     n)
               : g_strdup (
                     _ ("Scores on this text. Induction and duplicate token need random repeats."));
}

char *
fovea_sentence_for_scores (FoveaTable *heads)
{
    const char *n = fovea_table_get_note (heads, "n_repeat");
    const char *period = fovea_table_get_note (heads, "repeat_period");
    const char *seed = fovea_table_get_note (heads, "seed");
    g_autofree char *rows = fovea_number_text (fovea_table_get_n_rows (heads));
    guint64 texts = count (heads, "n_text");
    GString *out = g_string_new (NULL);
    g_string_printf (out, ngettext ("%s head", "%s heads", fovea_table_get_n_rows (heads)), rows);
    if (count (heads, "n_repeat") == 0 && texts > 1)
        g_string_append_printf (out, _ (" · scores on %u sequences of this run"), (guint) texts);
    else if (n == NULL || g_str_equal (n, "0"))
        g_string_append (out, _ (" · scores on this sequence only"));
    else
        g_string_append_printf (out, _ (" · scores from %s random repeats"), n);
    if (n != NULL && !g_str_equal (n, "0") && period != NULL)
        g_string_append_printf (out, _ (" of %s tokens"), period);
    if (n != NULL && !g_str_equal (n, "0") && seed != NULL)
        g_string_append_printf (out, _ (", seed %s"), seed);
    return g_string_free (out, FALSE);
}

char *
fovea_sentence_for_tokens (FoveaSelection *selection, FoveaTokenPaint *paint)
{
    g_autoptr (GArray) tokens = fovea_selection_list_tokens (selection);
    GString *text = g_string_new (NULL);
    for (guint i = 0; i < tokens->len; i++) {
        gint64 token = g_array_index (tokens, gint64, i);
        g_autofree char *word = fovea_token_text (fovea_selection_get_info (selection), token);
        g_autofree char *value = fovea_token_paint_describe (paint, token, 6);
        g_string_append_printf (text, "%" G_GINT64_FORMAT "\t%s\t%s\n", token, word, value);
    }
    return g_string_free (text, tokens->len == 0);
}

char *
fovea_sentence_for_missing (FoveaTraceSource *source, guint layer)
{
    g_autoptr (GError) error = NULL;
    if (fovea_trace_source_get_layer (source, layer, &error) != NULL ||
        !g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND))
        return NULL;
    return g_strdup_printf (
        _ ("Needs blocks.%u.attn.hook_q and hook_k, or hook_pattern, not kept in "
           "this run. This keeps them: %s"),
        layer, FOVEA_ATTENTION_COMMAND);
}

char *
fovea_sentence_for_missing_scores (FoveaTraceSource *source, guint layer)
{
    if (fovea_attention_has_scores (fovea_trace_source_get_trace (source), layer))
        return NULL;
    return g_strdup_printf (
        _ ("Scores of layer %u need blocks.%u.attn.hook_q and hook_k, not kept in this run; fovea "
           "capture with attention among its --points keeps them."),
        layer, layer);
}

char *
fovea_sentence_for_unread (FoveaSelection *selection, const char *message)
{
    char *missing = fovea_sentence_for_missing (fovea_selection_get_source (selection),
                                                fovea_selection_get_place (selection)->layer);
    return missing != NULL ? missing : g_strdup (message);
}
