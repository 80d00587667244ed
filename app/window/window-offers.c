/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What takes long is not begun unasked: what it takes stands above the view that waits for it, with smaller
 * choices beside the whole. An offer is of what is open; another sequence takes it away. */
#include <glib/gi18n.h>
#include <math.h>

#include "app/capture-prediction.h"
#include "app/kept-work.h"
#include "app/window/preferences.h"
#include "app/window/window-private.h"

#include "ui/head-set.h"
#include "ui/token-text.h"

/* "about 3 s", or of one that was stopped "about 1 s more, 65 % is measured".   Owner: caller. */
static char *
describe_rest (double seconds, double measured)
{
    g_autofree char *time = fovea_prediction_describe_time (seconds * (1 - measured));
    return measured > 0 ? g_strdup_printf (_ ("%s more, %d %% is measured"), time,
                                           fovea_kept_work_percent (measured))
                        : g_steal_pointer (&time);
}

/* "First 4,096 tokens, about 3 s".   Owner: caller. */
static char *
name_scores (const FoveaHeadsPrediction *p, gint64 first_tokens)
{
    g_autofree char *time = describe_rest (fovea_heads_prediction_get_seconds (p, first_tokens),
                                           fovea_heads_prediction_get_measured (p, first_tokens));
    g_autofree char *tokens = fovea_number_text (first_tokens);
    return first_tokens > 0 ? g_strdup_printf (_ ("First %s tokens, %s"), tokens, time)
                            : g_strdup_printf (_ ("All tokens, %s"), time);
}

/* What a choice may take. Who wants to be asked whatever it takes has the choices of everybody else. Units: s. */
static double
get_room (void)
{
    double patience = fovea_preferences_get_patience ();
    return patience > 0 ? patience : FOVEA_LONG_JOB_S;
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
    g_clear_pointer (&self->offered_path, g_free);
    if (p == NULL) {
        offer_rest (self);
        return;
    }
    self->offered_path = g_strdup (self->opened->path);
    self->offered_run = self->opened->run;
    gint64 tokens[3];
    guint n = fovea_heads_prediction_list_fitting (p, get_room (), tokens);
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

gboolean
fovea_window_offers_scores (FoveaWindow *self)
{
    return fovea_offer_bar_get_text (fovea_heads_page_get_offer (self->heads)) != NULL &&
           fovea_window_shows_run (self, self->offered_path, self->offered_run);
}

static void
scores_chosen (FoveaWindow *self, guint choice)
{
    fovea_window_score_heads_as (self, self->offered_scores[choice]);
    fovea_heads_page_focus (self->heads);
}

/* A choice above the curves; @words: "This layer, %s". */
static void
add_curves (FoveaWindow *self,
            const FoveaRecallPrediction *p,
            FoveaMeasure heads,
            gint64 n_heads,
            gint64 first_tokens,
            double measured,
            const char *words,
            GPtrArray *labels)
{
    FoveaJobTime said = fovea_recall_prediction_get_time (p, n_heads, first_tokens);
    g_autofree char *time = describe_rest (said.seconds, measured);
    g_autofree char *tokens = fovea_number_text (first_tokens);
    self->offered_curves[labels->len] =
        (FoveaCurvesWay){.heads = heads,
                         .first_tokens = first_tokens > 0 ? first_tokens : self->asked_tokens,
                         .patience = INFINITY,
                         .said = said};
    g_ptr_array_add (labels, first_tokens > 0
                                 ? g_strdup_printf (_ ("First %s tokens, %s"), tokens, time)
                                 : g_strdup_printf (words, time));
}

/* Fewer tokens, then "This layer, about 90 s"; only what is less than what was asked for, which comes last. */
void
fovea_window_offer_curves (FoveaWindow *self,
                           const FoveaRecallPrediction *p,
                           const FoveaCurvesWay *way)
{
    gint64 n_layer, tokens[2], n_asked = fovea_recall_prediction_get_n_heads (p, &n_layer);
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
    self->asked_tokens = way->first_tokens;
    guint n =
        way->first_tokens == 0 ? fovea_recall_prediction_list_fitting (p, get_room (), tokens) : 0;
    for (guint i = 0; i < n; i++)
        add_curves (self, p, way->heads, n_asked, tokens[i],
                    fovea_recall_prediction_get_measured (p, tokens[i]), NULL, labels);
    for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
        gboolean less = ways[i].n_heads > 0 && ways[i].n_heads < n_asked;
        if (less || ways[i].measure == way->heads)
            add_curves (self, p, ways[i].measure, ways[i].n_heads, 0,
                        ways[i].measure == way->heads ? fovea_recall_prediction_get_measured (p, 0)
                                                      : 0,
                        ways[i].words, labels);
    }
    g_ptr_array_add (labels, NULL);
    FoveaOfferBar *bar = fovea_sparse_page_get_offer (self->sparse_page);
    fovea_offer_bar_show (bar, text, (const char *const *) labels->pdata);
    fovea_sparse_page_focus_offer (self->sparse_page);
}

/* "Show first 4,096 tokens", for curves that are kept. */
static void
add_kept (FoveaWindow *self, FoveaTable *recall, GPtrArray *labels)
{
    gint64 first_tokens = fovea_curves_get_first_tokens (recall);
    g_autofree char *tokens = fovea_number_text (first_tokens);
    self->offered_curves[labels->len] =
        (FoveaCurvesWay){.first_tokens = first_tokens, .kept = TRUE};
    g_ptr_array_add (labels, first_tokens == 0
                                 ? g_strdup (_ ("Show all tokens"))
                                 : g_strdup_printf (_ ("Show first %s tokens"), tokens));
}

/* Of what the curves are, where that is not all there is. */
static void
offer_rest_of_curves (FoveaWindow *self)
{
    FoveaOfferBar *bar = fovea_sparse_page_get_offer (self->sparse_page);
    const GPtrArray *kept = self->opened != NULL ? self->opened->curves : NULL;
    gint64 first = fovea_sparse_model_get_first_tokens (self->sparse);
    g_autoptr (GPtrArray) labels = g_ptr_array_new_with_free_func (g_free);
    gboolean whole = first == 0;
    for (guint i = 0; kept != NULL && i < kept->len; i++) {
        FoveaTable *other = g_ptr_array_index (kept, i);
        whole |= fovea_curves_get_first_tokens (other) == 0;
        if (fovea_curves_get_first_tokens (other) != first &&
            labels->len + 1 < G_N_ELEMENTS (self->offered_curves))
            add_kept (self, other, labels);
    }
    if (!whole) {
        self->offered_curves[labels->len] =
            (FoveaCurvesWay){.heads = fovea_sparse_page_get_measure (self->sparse_page),
                             .patience = fovea_preferences_get_patience ()};
        g_ptr_array_add (labels, g_strdup (_ ("Measure all tokens…")));
    }
    if (labels->len == 0) {
        fovea_offer_bar_hide (bar);
        return;
    }
    g_ptr_array_add (labels, NULL);
    g_autofree char *tokens = fovea_number_text (first);
    g_autofree char *text =
        first > 0
            ? g_strdup_printf (_ ("Curves are of the first %s tokens of each longer text."), tokens)
            : g_strdup (_ ("Curves are of all tokens; there are some of the first ones, too."));
    fovea_offer_bar_show (bar, text, (const char *const *) labels->pdata);
}

void
fovea_window_show_curves (FoveaWindow *self, gint64 first_tokens)
{
    const GPtrArray *kept = self->opened != NULL ? self->opened->curves : NULL;
    FoveaTable *shown = kept != NULL && kept->len > 0 ? g_ptr_array_index (kept, 0) : NULL;
    for (guint i = 0; kept != NULL && i < kept->len; i++)
        if (fovea_curves_get_first_tokens (g_ptr_array_index (kept, i)) == first_tokens)
            shown = g_ptr_array_index (kept, i);
    fovea_sparse_model_set_table (self->sparse, shown);
    offer_rest_of_curves (self);
}

void
fovea_window_add_curves (FoveaWindow *self, FoveaTable *recall)
{
    gint64 first_tokens = fovea_curves_get_first_tokens (recall);
    GPtrArray *kept = self->opened->curves;
    if (kept == NULL)
        kept = self->opened->curves =
            g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_table_unref);
    for (guint i = kept->len; i-- > 0;)
        if (fovea_curves_get_first_tokens (g_ptr_array_index (kept, i)) == first_tokens)
            g_ptr_array_remove_index (kept, i);
    g_ptr_array_add (kept, fovea_table_ref (recall));
    fovea_window_show_curves (self, first_tokens);
}

static void
curves_chosen (FoveaWindow *self, guint choice)
{
    const FoveaCurvesWay way = self->offered_curves[choice];
    if (way.kept) {
        fovea_window_show_curves (self, way.first_tokens);
    } else {
        fovea_sparse_page_set_measure (self->sparse_page, way.heads);
        fovea_window_measure_as (self, way);
    }
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
