/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What takes long is not begun unasked: what it takes stands above the view that waits for it, with smaller
 * choices beside the whole. An offer is of what is open; another sequence takes it away. */
#include <glib/gi18n.h>
#include <math.h>

#include "app/capture-prediction.h"
#include "app/window/preferences.h"
#include "app/window/window-private.h"

#include "ui/head-set.h"
#include "ui/token-text.h"

/* "First 4,096 tokens, about 3 s".   Owner: caller. */
static char *
name_scores (const FoveaHeadsPrediction *p, gint64 first_tokens)
{
    g_autofree char *time =
        fovea_prediction_describe_time (fovea_heads_prediction_get_seconds (p, first_tokens));
    g_autofree char *tokens = fovea_number_text (first_tokens);
    return first_tokens > 0 ? g_strdup_printf (_ ("First %s tokens, %s"), tokens, time)
                            : g_strdup_printf (_ ("All tokens, %s"), time);
}

/* Of a table that was made of the beginnings of texts. */
static void
offer_rest (FoveaWindow *self)
{
    FoveaTable *heads = fovea_selection_get_heads (self->selection);
    const char *cut = heads != NULL ? fovea_table_get_note (heads, "first_tokens") : NULL;
    FoveaOfferBar *bar = fovea_heads_page_get_offer (self->heads);
    if (cut == NULL) {
        fovea_offer_bar_hide (bar);
        return;
    }
    g_autofree char *tokens = fovea_number_text (g_ascii_strtoll (cut, NULL, 10));
    g_autofree char *text =
        g_strdup_printf (_ ("Scores are of the first %s tokens of each longer text."), tokens);
    self->offered_scores[0] = (FoveaScoreWay){.patience = fovea_preferences_get_patience ()};
    fovea_offer_bar_show (bar, text, (const char *[]){_ ("Score all tokens…"), NULL});
}

void
fovea_window_offer_scores (FoveaWindow *self, const FoveaHeadsPrediction *p)
{
    if (p == NULL) {
        offer_rest (self);
        return;
    }
    gint64 tokens[3];
    guint n = fovea_heads_prediction_list_fitting (p, fovea_preferences_get_patience (), tokens);
    g_autoptr (GPtrArray) labels = g_ptr_array_new_with_free_func (g_free);
    g_autofree char *text = fovea_heads_prediction_describe (p);
    tokens[n] = 0;
    for (guint i = 0; i <= n; i++) {
        self->offered_scores[i] =
            (FoveaScoreWay){tokens[i], INFINITY, fovea_heads_prediction_get_time (p, tokens[i])};
        g_ptr_array_add (labels, name_scores (p, tokens[i]));
    }
    g_ptr_array_add (labels, NULL);
    fovea_offer_bar_show (fovea_heads_page_get_offer (self->heads), text,
                          (const char *const *) labels->pdata);
}

static void
scores_chosen (FoveaWindow *self, guint choice)
{
    fovea_window_score_heads_as (self, self->offered_scores[choice]);
    fovea_heads_page_focus (self->heads);
}

/* "This layer, about 90 s"; only what is less than what was asked for, which comes last. */
void
fovea_window_offer_curves (FoveaWindow *self, const FoveaRecallPrediction *p)
{
    const FoveaMeasure asked = fovea_sparse_page_get_measure (self->sparse_page);
    gint64 n_layer, n_asked = fovea_recall_prediction_get_n_heads (p, &n_layer);
    const struct {
        FoveaMeasure measure;
        gint64 n_heads;
        const char *words;
    } ways[] = {
        {FOVEA_MEASURE_HEAD, 1, _ ("This head, %s")},
        {FOVEA_MEASURE_CHOSEN,
         (gint64) fovea_head_set_get_n (fovea_selection_get_chosen (self->selection)),
         _ ("Chosen heads, %s")},
        {FOVEA_MEASURE_LAYER, n_layer, _ ("This layer, %s")},
        {FOVEA_MEASURE_MODEL, n_asked, _ ("All heads, %s")},
    };
    g_autoptr (GPtrArray) labels = g_ptr_array_new_with_free_func (g_free);
    g_autofree char *text = fovea_recall_prediction_describe (p);
    for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
        gboolean less = ways[i].n_heads > 0 && ways[i].n_heads < n_asked;
        if (!less && ways[i].measure != asked)
            continue;
        FoveaJobTime said = fovea_recall_prediction_get_time (p, ways[i].n_heads);
        g_autofree char *time = fovea_prediction_describe_time (said.seconds);
        self->offered_curves[labels->len] = (FoveaCurvesWay){ways[i].measure, INFINITY, said};
        g_ptr_array_add (labels, g_strdup_printf (ways[i].words, time));
    }
    g_ptr_array_add (labels, NULL);
    FoveaOfferBar *bar = fovea_sparse_page_get_offer (self->sparse_page);
    fovea_offer_bar_show (bar, text, (const char *const *) labels->pdata);
    fovea_sparse_page_focus_offer (self->sparse_page);
}

static void
curves_chosen (FoveaWindow *self, guint choice)
{
    fovea_sparse_page_set_measure (self->sparse_page, self->offered_curves[choice].heads);
    fovea_window_measure_as (self, self->offered_curves[choice]);
    fovea_sparse_page_focus (self->sparse_page);
}

static void
forget_curves (FoveaWindow *self)
{
    fovea_offer_bar_hide (fovea_sparse_page_get_offer (self->sparse_page));
}

void
fovea_window_connect_offers (FoveaWindow *self)
{
    g_signal_connect_object (fovea_heads_page_get_offer (self->heads), "chosen",
                             G_CALLBACK (scores_chosen), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (fovea_sparse_page_get_offer (self->sparse_page), "chosen",
                             G_CALLBACK (curves_chosen), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (self->selection, "trace-changed", G_CALLBACK (forget_curves), self,
                             G_CONNECT_SWAPPED);
}
