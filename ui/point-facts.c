/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Numbers of the curve come from the table, those of the mask from its report, which follows later:
 * a row that is not known yet is left out rather than shown as zero. */
#include "ui/point-facts.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/curve-frame.h"
#include "ui/figures/text.h"
#include "ui/pair-facts.h"
#include "ui/sentences.h"
#include "ui/sparse-numbers.h"
#include "ui/token-text.h"

/* Takes the value's string, which is always made for it. */
static void
add (GListStore *facts, const char *label, char *value)
{
    g_autoptr (FoveaFact) fact = fovea_fact_new (label, value);
    g_list_store_append (facts, fact);
    g_free (value);
}

static void
add_pairs (GListStore *facts, const FoveaMaskReport *r)
{
    g_autofree char *pairs = fovea_number_text (r->n_pairs);
    g_autofree char *allowed = fovea_number_text (r->n_allowed);
    add (facts, _ ("Pairs kept"), g_strdup_printf (_ ("%s of %s"), pairs, allowed));
}

static void
add_recall (GListStore *facts, const FoveaCurvePoint *point)
{
    g_autofree char *recall = g_strdup_printf ("%.3f", point->recall);
    g_autoptr (FoveaFact) matters = fovea_fact_stress (fovea_fact_new (_ ("Mass recall"), recall));
    g_list_store_append (facts, matters);
}

/* Those of the mask on the selected head, whatever the curve is of. */
static void
add_report (GListStore *facts, const FoveaMaskReport *r)
{
    g_autofree char *query = fovea_number_text (r->least_query);
    add (facts, _ ("Recall, worst query"),
         g_strdup_printf (_ ("%.3f at %s"), r->least_recall, query));
    add (facts, _ ("Recall, 10th centile"), g_strdup_printf ("%.3f", r->low_recall));
    add (facts, _ ("Wasted work"), g_strdup_printf (_ ("%.0f %% of kept pairs"), 100 * r->wasted));
}

/* Why there are only the numbers of the curve; NULL = the mask's are there or being made. */
static char *
explain_mask (FoveaSparseModel *model, FoveaSelection *selection)
{
    g_autofree char *why = NULL;
    if (fovea_sparse_model_get_numbers (model) != NULL || !fovea_sparse_model_has_failed (model))
        return NULL;
    why = fovea_sentence_for_unread (selection, fovea_sparse_model_get_failure (model));
    return g_strdup_printf (
        _ ("Pairs, worst query, 10th centile and wasted work are of the mask. %s"), why);
}

static char *
explain_error (FoveaSparseModel *model, const FoveaCurvePoint *point)
{
    return isnan (fovea_sparse_model_get_number (model, point, "error"))
               ? g_strdup (_ ("Output error: needs hook_v, not kept in this run. New capture "
                              "keeps it by blocks.*.attn.hook_v among its more points."))
               : NULL;
}

static void
fill_point (FoveaSparseModel *model, FoveaSelection *selection, FoveaSection *section)
{
    g_autoptr (GListStore) facts = g_list_store_new (FOVEA_TYPE_FACT);
    const FoveaCurvePoint *point = fovea_sparse_model_get_point (model, NULL, NULL);
    const FoveaSparseNumbers *numbers = fovea_sparse_model_get_numbers (model);
    const FoveaTraceInfo *info = fovea_selection_get_info (selection);
    if (point == NULL || info == NULL) {
        fovea_section_set (section, _ ("THIS POINT"), facts,
                           fovea_sparse_model_get_table (model) != NULL
                               ? _ ("Select a point of a curve.")
                               : _ ("There are no curves yet."));
        return;
    }
    double error = fovea_sparse_model_get_number (model, point, "error");
    if (numbers != NULL)
        add_pairs (facts, &numbers->report);
    add (facts, _ ("Density"), g_strdup_printf ("%.1f %%", 100 * point->density));
    add_recall (facts, point);
    if (!isnan (point->low))
        add (facts, _ ("95 % of sequences"),
             g_strdup_printf ("%.3f–%.3f", point->low, point->high));
    if (numbers != NULL)
        add_report (facts, &numbers->report);
    if (!isnan (error))
        add (facts, _ ("Output error"), g_strdup_printf ("%.3f", error));
    g_autofree char *rows = fovea_number_text (numbers != NULL ? numbers->report.n_rows : 0);
    g_autofree char *no_mask = explain_mask (model, selection);
    g_autofree char *no_error = explain_error (model, point);
    g_autofree char *note =
        no_mask != NULL && no_error != NULL ? g_strconcat (no_mask, "\n", no_error, NULL)
        : no_mask != NULL                   ? g_steal_pointer (&no_mask)
        : no_error != NULL                  ? g_steal_pointer (&no_error)
        : numbers != NULL && numbers->report.n_rows < fovea_sparse_model_count_tokens (model)
            ? g_strdup_printf (_ ("Mask: sampled, %s rows."), rows)
            : NULL;
    fovea_section_set (section, _ ("THIS POINT"), facts, note);
}

/* Cheapest first would reorder rows as the goal moves; the order of the list stays. */
static void
fill_goal (FoveaSparseModel *model, FoveaTheme theme, FoveaSection *section)
{
    g_autoptr (GListStore) facts = g_list_store_new (FOVEA_TYPE_FACT);
    guint methods[FOVEA_MAX_CHOSEN], n = fovea_sparse_model_list_chosen (model, methods);
    FoveaMethodStyle styles[FOVEA_MAX_CHOSEN];
    double goal;
    g_object_get (model, "goal", &goal, NULL);
    g_autofree char *title = g_strdup_printf (_ ("DENSITY FOR RECALL %.2f"), goal);
    fovea_curve_frame_get_styles (methods, n, theme, styles);
    for (guint i = 0; i < n; i++) {
        const FoveaCurve *curve = fovea_sparse_model_get_curve (model, methods[i]);
        if (curve == NULL)
            continue;
        double density = fovea_curve_get_density (curve, goal);
        gboolean bound = density <= curve->points[0].density;
        g_autofree char *value =
            isnan (density) ? g_strdup (_ ("never"))
                            : g_strdup_printf ("%s%.0f %%", bound ? "≤ " : "", 100 * density);
        g_autoptr (FoveaFact) fact = fovea_fact_new_marked (
            styles[i].color, styles[i].mark, fovea_sparse_method_list ()[methods[i]]->name,
            isnan (density) ? 1 : density, value);
        g_list_store_append (facts, fact);
    }
    fovea_section_set (section, title, facts,
                       g_list_model_get_n_items (G_LIST_MODEL (facts)) > 0
                           ? _ ("straight between measured knob values")
                           : NULL);
}

static void
fill_missed (FoveaSparseModel *model, FoveaSelection *selection, FoveaSection *section)
{
    g_autoptr (GListStore) none = g_list_store_new (FOVEA_TYPE_FACT),
                           facts = fovea_pair_facts_new ();
    const FoveaSparseNumbers *numbers = fovea_sparse_model_get_numbers (model);
    const FoveaTraceInfo *info = fovea_selection_get_info (selection);
    if (numbers == NULL || numbers->report.n_missed == 0) {
        fovea_section_set (section, _ ("MOST MISSED"), none,
                           numbers != NULL ? _ ("Nothing.") : NULL);
        return;
    }
    for (guint i = 0; i < numbers->report.n_missed; i++) {
        const FoveaMissedPair *pair = &numbers->report.missed[i];
        /* Small is not zero. */
        g_autofree char *weight = pair->weight < 0.095 ? fovea_text_number (pair->weight, 2)
                                                       : fovea_weight_text (pair->weight, 2);
        fovea_pair_facts_add (facts, info, pair->query, pair->key, weight);
    }
    fovea_section_set (section, _ ("MOST MISSED"), facts, NULL);
}

char *
fovea_point_facts_fill (FoveaSparseModel *model,
                        FoveaSelection *selection,
                        FoveaSection *const *sections)
{
    FoveaPalette palette;
    fovea_palette_load (GTK_WIDGET (sections[0]), &palette);
    fill_point (model, selection, sections[0]);
    fill_goal (model, palette.theme, sections[1]);
    fill_missed (model, selection, sections[2]);
    guint method;
    return g_strdup (fovea_sparse_model_get_point (model, &method, NULL) != NULL
                         ? fovea_sparse_method_list ()[method]->name
                         : _ ("Sparse attention"));
}
