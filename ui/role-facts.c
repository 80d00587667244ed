/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "ui/role-facts.h"

#include <glib/gi18n.h>
#include <math.h>

#include "analysis/heads.h"
#include "ui/figures/picture-image.h"
#include "ui/head-set.h"
#include "ui/sentences.h"

static const char *const roles[] = {"induction", "previous token", "duplicate token", "sink",
                                    "local"};

void
fovea_role_facts_fill (FoveaSection *section, const char *title, FoveaSelection *selection)
{
    g_autoptr (GListStore) facts = g_list_store_new (FOVEA_TYPE_FACT);
    FoveaTable *heads = fovea_selection_get_heads (selection);
    const FoveaPlace *place = fovea_selection_get_place (selection);
    int row = fovea_heads_find_row (heads, place->layer, place->head);
    for (guint i = 0; i < G_N_ELEMENTS (roles); i++) {
        g_autofree char *error_name = g_strconcat (roles[i], "_se", NULL);
        double value = fovea_heads_get_score (heads, row, roles[i]);
        double error = fovea_heads_get_score (heads, row, error_name);
        if (isnan (value))
            continue;
        g_autofree char *text = fovea_heads_write_score (value, error, 3);
        g_autoptr (FoveaFact) fact =
            fovea_fact_new_bar (roles[i], NULL, NULL, roles[i], value, text);
        g_list_store_append (facts, fact);
    }
    gboolean picture = fovea_picture_image_has (fovea_selection_get_info (selection));
    g_autofree char *note = heads != NULL ? fovea_sentence_for_roles (heads, picture)
                                          : g_strdup (fovea_selection_get_waiting (selection));
    fovea_section_set (section, title, facts, note);
}

void
fovea_role_facts_fill_several (FoveaSection *section,
                               const char *title,
                               FoveaSelection *selection,
                               GArray *heads)
{
    g_autoptr (GListStore) facts = g_list_store_new (FOVEA_TYPE_FACT);
    FoveaTable *table = fovea_selection_get_heads (selection);
    for (guint r = 0; r < G_N_ELEMENTS (roles); r++) {
        double sum = 0, least = INFINITY, most = -INFINITY;
        guint n = 0;
        for (guint i = 0; i < heads->len; i++) {
            FoveaHeadPlace place = g_array_index (heads, FoveaHeadPlace, i);
            int row = fovea_heads_find_row (table, place.layer, place.head);
            double value = fovea_heads_get_score (table, row, roles[r]);
            if (isnan (value))
                continue;
            sum += value;
            least = MIN (least, value);
            most = MAX (most, value);
            n++;
        }
        if (n == 0)
            continue;
        g_autofree char *text = g_strdup_printf ("%.2f (%.2f–%.2f)", sum / n, least, most);
        g_autoptr (FoveaFact) fact = fovea_fact_new_bar (roles[r], NULL, NULL, roles[r], -1, text);
        g_list_store_append (facts, fact);
    }
    fovea_section_set (section, title, facts, _ ("mean (least–largest) of these heads"));
}
