/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Lists of numbers and spans, "3", "0-5" and "5.7"; every message names the word. */
#include "app/command/head-choice.h"

#include <string.h>

/* "3" or "0-5", whole; FALSE for anything else. */
static gboolean
parse_span (const char *text, gint64 *first, gint64 *last)
{
    char *end;
    if (!g_ascii_isdigit (*text))
        return FALSE;
    *first = *last = g_ascii_strtoll (text, &end, 10);
    if (*end == '-' && g_ascii_isdigit (end[1]))
        *last = g_ascii_strtoll (end + 1, &end, 10);
    return *end == '\0' && *last >= *first;
}

static gboolean
check_below (const char *what, gint64 last, gint64 limit, GError **error)
{
    if (last < limit)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                 "%s %" G_GINT64_FORMAT " is outside 0 to %" G_GINT64_FORMAT, what, last,
                 limit - 1);
    return FALSE;
}

/* One word of --heads: L.H, or a span of heads in every wanted layer. */
static gboolean
mark_heads (
    const char *word, const gboolean *layers, gint64 L, gint64 H, gboolean *heads, GError **error)
{
    const char *dot = strchr (word, '.');
    g_autofree char *before = dot != NULL ? g_strndup (word, (gsize) (dot - word)) : NULL;
    gint64 l0 = 0, l1 = L - 1, h0, h1;
    if ((before != NULL && !parse_span (before, &l0, &l1)) ||
        !parse_span (dot != NULL ? dot + 1 : word, &h0, &h1)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "--heads has '%s', expected a head (7), heads (0-5) or layer.head (5.7)",
                     word);
        return FALSE;
    }
    if (!check_below ("layer", l1, L, error) || !check_below ("head", h1, H, error))
        return FALSE;
    for (gint64 l = l0; l <= l1; l++)
        for (gint64 h = h0; h <= h1; h++)
            heads[l * H + h] = heads[l * H + h] || layers[l];
    return TRUE;
}

static gboolean
mark_layers (const char *list, gint64 L, gboolean *layers, GError **error)
{
    g_auto (GStrv) words = g_strsplit (list, ",", -1);
    for (char **word = words; *word != NULL; word++) {
        gint64 first, last;
        if (!parse_span (*word, &first, &last)) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                         "--layers has '%s', expected a layer (3) or layers (0-5)", *word);
            return FALSE;
        }
        if (!check_below ("layer", last, L, error))
            return FALSE;
        for (gint64 l = first; l <= last; l++)
            layers[l] = TRUE;
    }
    return TRUE;
}

gboolean *
fovea_command_choose_heads (gpointer data, gint64 L, gint64 H, GError **error)
{
    const FoveaArguments *arguments = data;
    const char *heads_text = fovea_arguments_text (arguments, "heads", NULL);
    const char *layers_text = fovea_arguments_text (arguments, "layers", NULL);
    g_autofree gboolean *layers = g_new0 (gboolean, (gsize) L);
    g_autofree gboolean *heads = g_new0 (gboolean, (gsize) (L * H));
    g_auto (GStrv) words = g_strsplit (heads_text != NULL ? heads_text : "", ",", -1);
    if (layers_text != NULL && !mark_layers (layers_text, L, layers, error))
        return NULL;
    for (gint64 l = 0; l < L; l++)
        layers[l] = layers[l] || layers_text == NULL;
    for (char **word = words; *word != NULL; word++)
        if (!mark_heads (*word, layers, L, H, heads, error))
            return NULL;
    for (gint64 i = 0; heads_text == NULL && i < L * H; i++)
        heads[i] = layers[i / H];
    for (gint64 i = 0; i < L * H; i++)
        if (heads[i])
            return g_steal_pointer (&heads);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                 "--layers and --heads have no head in common");
    return NULL;
}
