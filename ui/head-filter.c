/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A filter is a list of conditions that must all hold. Score names may be roles ("sink>0.3" reads
 * the score that decides that role) or columns of the head table. */
#include "ui/head-item.h"

#include <math.h>
#include <string.h>

typedef enum {
    MATCH_TEXT,
    MATCH_ROLE,
    MATCH_LAYER,
    MATCH_HEAD,
    MATCH_ABOVE,
    MATCH_BELOW,
} Match;

typedef struct {
    Match match;
    char *text; /* text, role, or score column */
    double low, high;
} Condition;

struct _FoveaHeadFilter {
    GPtrArray *conditions;
};

/* Of the array of conditions. */
static void
condition_free (gpointer data)
{
    Condition *condition = data;
    g_free (condition->text);
    g_free (condition);
}

/* "3" or "0-5"; anything else is an empty range. */
static void
parse_range (const char *text, Condition *condition)
{
    char *end = NULL;
    condition->low = 1;
    condition->high = 0;
    gint64 low = g_ascii_strtoll (text, &end, 10), high = low;
    if (end == text)
        return;
    if (*end == '-')
        high = g_ascii_strtoll (end + 1, &end, 10);
    if (*end != '\0')
        return;
    condition->low = (double) low;
    condition->high = (double) high;
}

/* The short words that people type; columns and one-word roles stand for themselves. */
static char *
score_column (const char *name, gsize length)
{
    g_autofree char *word = g_strndup (name, length);
    if (g_str_equal (word, "distance"))
        return g_strdup ("mean_distance");
    return g_steal_pointer (&word);
}

/* The first of < > : decides what kind of condition a word is. */
static Condition *
parse_word (const char *word)
{
    Condition *condition = g_new0 (Condition, 1);
    gsize name = strcspn (word, "<>:");
    const char *rest = word[name] != '\0' ? word + name + 1 : NULL;
    if (rest == NULL) {
        condition->match = MATCH_TEXT;
        condition->text = g_utf8_casefold (word, -1);
    } else if (word[name] != ':') {
        condition->match = word[name] == '>' ? MATCH_ABOVE : MATCH_BELOW;
        condition->text = score_column (word, name);
        condition->low = g_ascii_strtod (rest, NULL);
    } else if (g_str_has_prefix (word, "role:")) {
        condition->match = MATCH_ROLE;
        condition->text = g_utf8_casefold (rest, -1);
    } else {
        condition->match = g_str_has_prefix (word, "layer:") ? MATCH_LAYER : MATCH_HEAD;
        if (condition->match == MATCH_HEAD && !g_str_has_prefix (word, "head:"))
            rest = "";
        parse_range (rest, condition);
    }
    return condition;
}

FoveaHeadFilter *
fovea_head_filter_parse (const char *text)
{
    FoveaHeadFilter *filter = g_new0 (FoveaHeadFilter, 1);
    g_auto (GStrv) words = g_strsplit_set (text, " ,\t", -1);
    filter->conditions = g_ptr_array_new_with_free_func (condition_free);
    for (guint i = 0; words[i] != NULL; i++)
        if (*words[i] != '\0')
            g_ptr_array_add (filter->conditions, parse_word (words[i]));
    return filter;
}

void
fovea_head_filter_free (FoveaHeadFilter *filter)
{
    if (filter == NULL)
        return;
    g_ptr_array_unref (filter->conditions);
    g_free (filter);
}

/* Comparisons with an unknown score (NaN) are false both ways, so such heads stay out. */
static gboolean
holds (const Condition *condition, FoveaHeadItem *item)
{
    guint layer, head;
    g_autofree char *role = g_utf8_casefold (fovea_head_item_get_role (item), -1);
    fovea_head_item_get_place (item, &layer, &head);
    switch (condition->match) {
    case MATCH_ROLE: /* "role:none" = without one */
        return g_str_equal (condition->text, "none") ? *role == '\0'
                                                     : g_str_has_prefix (role, condition->text);
    case MATCH_LAYER:
        return layer >= condition->low && layer <= condition->high;
    case MATCH_HEAD:
        return head >= condition->low && head <= condition->high;
    case MATCH_ABOVE:
        return fovea_head_item_get_score (item, condition->text) > condition->low;
    case MATCH_BELOW:
        return fovea_head_item_get_score (item, condition->text) < condition->low;
    case MATCH_TEXT:
    default:
        return g_str_has_prefix (fovea_head_item_get_name (item), condition->text) ||
               strstr (role, condition->text) != NULL;
    }
}

gboolean
fovea_head_filter_matches (const FoveaHeadFilter *filter, FoveaHeadItem *item)
{
    for (guint i = 0; i < filter->conditions->len; i++)
        if (!holds (g_ptr_array_index (filter->conditions, i), item))
            return FALSE;
    return TRUE;
}
