/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "ui/pair-facts.h"

#include <glib/gi18n.h>

#include "ui/token-text.h"

#define N_TOP 6

GListStore *
fovea_pair_facts_new (void)
{
    GListStore *facts = g_list_store_new (FOVEA_TYPE_FACT);
    g_autoptr (FoveaFact) heading =
        fovea_fact_new_pair (NULL, _ ("query"), NULL, _ ("key"), _ ("weight"));
    g_list_store_append (facts, heading);
    return facts;
}

void
fovea_pair_facts_add (
    GListStore *facts, const FoveaTraceInfo *info, gint64 query, gint64 key, const char *weight)
{
    g_autofree char *query_text = fovea_token_text (info, query);
    g_autofree char *key_text = fovea_token_text (info, key);
    g_autofree char *query_number = fovea_number_text (query);
    g_autofree char *key_number = fovea_number_text (key);
    g_autoptr (FoveaFact) fact =
        fovea_fact_new_pair (query_number, query_text, key_number, key_text, weight);
    g_list_store_append (facts, fovea_fact_lead_to (fact, query, key));
}

void
fovea_pair_facts_fill_top (FoveaSection *section,
                           const FoveaTraceInfo *info,
                           const FoveaCellData *data,
                           gboolean keys)
{
    FoveaWeightedToken top[N_TOP];
    g_autoptr (GListStore) facts = g_list_store_new (FOVEA_TYPE_FACT);
    gint64 token = keys ? data->place.query : data->place.key;
    g_autofree char *number = fovea_number_text (token);
    g_autofree char *title =
        g_strdup_printf (keys ? _ ("TOP KEYS OF QUERY %s") : _ ("TOP QUERIES OF KEY %s"), number);
    guint n = fovea_weights_find_top (keys ? data->row : data->column, data->n_tokens, top, N_TOP);
    for (guint i = 0; i < n; i++) {
        g_autofree char *text = fovea_token_text (info, top[i].token);
        g_autofree char *position = fovea_number_text (top[i].token);
        g_autofree char *value = fovea_small_text (top[i].weight, 3);
        g_autoptr (FoveaFact) fact =
            fovea_fact_new_bar (NULL, keys ? "▼" : "▶", position, text, top[i].weight, value);
        fovea_fact_lead_to (fact, keys ? token : top[i].token, keys ? top[i].token : token);
        g_list_store_append (facts, fact);
    }
    fovea_section_set (section, title, facts, NULL);
}
