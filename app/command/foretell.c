/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Whoever has chosen a shorter way is told nothing more of it. */
#include "app/command/foretell.h"

#include "app/kept-work.h"

#include "app/capture-prediction.h"
#include "app/heads-prediction.h"
#include "app/recall-prediction.h"

gboolean
fovea_command_foretell_heads (
    FoveaContext *context, FoveaStore *store, gint64 run, FoveaJobTime *said, GError **error)
{
    gint64 tokens[2], first = fovea_arguments_integer (context->arguments, "first", 0);
    g_autoptr (FoveaHeadsPrediction) p =
        fovea_heads_prediction_new (store, run, context->cancellable, error);
    if (p == NULL)
        return FALSE;
    *said = fovea_heads_prediction_get_time (p, first);
    if (first > 0 || !fovea_heads_prediction_is_long (p, FOVEA_LONG_JOB_S))
        return TRUE;
    g_autofree char *text = fovea_heads_prediction_describe (p);
    g_autoptr (GString) choices = g_string_new (NULL);
    for (guint i = 0, n = fovea_heads_prediction_list_fitting (p, FOVEA_LONG_JOB_S, tokens); i < n;
         i++) {
        g_autofree char *time =
            fovea_prediction_describe_time (fovea_heads_prediction_get_seconds (p, tokens[i]));
        g_string_append_printf (choices, "%s--first %" G_GINT64_FORMAT " takes %s",
                                i > 0 ? ", " : " ", tokens[i], time);
    }
    fovea_command_note (context, "%s%s", text, choices->str);
    return TRUE;
}

/* "about 40 s" for some heads, or some tokens. */
static char *
describe_part (const FoveaRecallPrediction *p, gint64 n_heads, gint64 first_tokens)
{
    return fovea_prediction_describe_time (
        fovea_recall_prediction_get_time (p, n_heads, first_tokens).seconds);
}

/* What would take less: tokens unless some were chosen, heads unless some were. */
static char *
list_choices (const FoveaRecallRequest *request, const FoveaRecallPrediction *p)
{
    gint64 tokens[2], n_layer, n_heads = fovea_recall_prediction_get_n_heads (p, &n_layer);
    GString *choices = g_string_new (NULL);
    guint n = request->first_tokens == 0
                  ? fovea_recall_prediction_list_fitting (p, FOVEA_LONG_JOB_S, tokens)
                  : 0;
    for (guint i = 0; i < n; i++) {
        g_autofree char *time = describe_part (p, n_heads, tokens[i]);
        g_string_append_printf (choices, "%s--first %" G_GINT64_FORMAT " takes %s",
                                i > 0 ? ", " : " ", tokens[i], time);
    }
    if (request->choose == NULL) {
        g_autofree char *layer = describe_part (p, n_layer, 0), *head = describe_part (p, 1, 0);
        g_string_append_printf (choices, "%s--layers 0 takes %s, --heads 0.0 %s",
                                n > 0 ? ", " : " ", layer, head);
    }
    return g_string_free (choices, FALSE);
}

gboolean
fovea_command_foretell_recall (FoveaContext *context,
                               FoveaStore *store,
                               FoveaRecallRequest *request,
                               FoveaJobTime *said,
                               GError **error)
{
    g_autoptr (FoveaRecallPrediction) p =
        fovea_recall_prediction_new (store, request, context->cancellable, error);
    if (p == NULL)
        return FALSE;
    *said = fovea_recall_prediction_get_time (p, fovea_recall_prediction_get_n_heads (p, NULL), 0);
    if (!fovea_recall_prediction_is_long (p, FOVEA_LONG_JOB_S))
        return TRUE;
    g_autofree char *text = fovea_recall_prediction_describe (p);
    g_autofree char *choices = list_choices (request, p);
    fovea_command_note (context, "%s%s", text, choices);
    return TRUE;
}

void
fovea_command_note_measured (FoveaContext *context, double share)
{
    if (share > 0)
        fovea_command_note (context, "%d %% was measured before it was stopped; goes on there",
                            fovea_kept_work_percent (share));
}

void
fovea_command_set_stopped (const char *what, double share, GError **error)
{
    if (!(share > 0) || !g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    g_clear_error (error);
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                 "%s: interrupted: %d %% is measured and kept; the same command goes on there",
                 what, fovea_kept_work_percent (share));
}
