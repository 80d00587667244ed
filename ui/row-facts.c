/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "ui/row-facts.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/fact.h"
#include "ui/token-text.h"

#define SHARE 0.95

/* For weights, which are never NaN: the trace refuses them. */
static int
compare_descending (gconstpointer a, gconstpointer b)
{
    float x = *(const float *) a, y = *(const float *) b;
    return (x < y) - (x > y);
}

static gint64
count_keys (const float *weights, gint64 n)
{
    g_autofree float *sorted = g_memdup2 (weights, (gsize) n * sizeof *weights);
    double sum = 0, mass = 0;
    gint64 count = 0;
    for (gint64 k = 0; k < n; k++)
        sum += weights[k];
    qsort (sorted, (size_t) n, sizeof *sorted, compare_descending);
    while (count < n && mass < SHARE * sum)
        mass += sorted[count++];
    return count;
}

FoveaRowFacts
fovea_row_facts_measure (const float *row, gint64 query, gint64 first, gint64 end)
{
    FoveaRowFacts facts = {.n_allowed = end - first};
    for (gint64 k = first; k < end; k++) {
        float w = row[k];
        if (w > 0) {
            facts.entropy -= w * log (w);
            facts.mean_distance += w * (double) ABS (query - k);
        }
        facts.largest = MAX (facts.largest, w);
    }
    facts.first_weight = first == 0 && end > 0 ? row[0] : 0;
    facts.n_keys = count_keys (row + first, end - first);
    return facts;
}

static void
add_fact (GListStore *facts, const char *label, const char *value)
{
    g_autoptr (FoveaFact) fact = fovea_fact_new (label, value);
    g_list_store_append (facts, fact);
}

void
fovea_row_facts_fill (FoveaSection *section, const FoveaRowFacts *row)
{
    g_autoptr (GListStore) facts = g_list_store_new (FOVEA_TYPE_FACT);
    g_autofree char *largest = fovea_small_text (row->largest, 3);
    g_autofree char *first = fovea_small_text (row->first_weight, 3);
    g_autofree char *bits = fovea_weight_text (row->entropy / G_LN2, 2);
    g_autofree char *entropy = g_strdup_printf ("%s %s", bits, _ ("bits"));
    g_autofree char *count = fovea_number_text (row->n_keys);
    g_autofree char *allowed = fovea_number_text (row->n_allowed);
    g_autofree char *keys = g_strdup_printf (_ ("%s of %s"), count, allowed);
    g_autofree char *mean = fovea_weight_text (row->mean_distance, 1);
    g_autofree char *distance = g_strdup_printf ("%s %s", mean, _ ("tokens"));
    add_fact (facts, _ ("Largest weight"), largest);
    add_fact (facts, _ ("Entropy"), entropy);
    add_fact (facts, _ ("Keys for 95 %"), keys);
    add_fact (facts, _ ("Weight on token 0"), first);
    add_fact (facts, _ ("Mean distance"), distance);
    fovea_section_set (section, _ ("ROW"), facts, NULL);
}
