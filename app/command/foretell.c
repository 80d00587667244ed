/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Whoever has chosen a shorter way is told nothing more of it. */
#include "app/command/foretell.h"

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

/* "about 40 s" for some heads. */
static char *
describe_heads (const FoveaRecallPrediction *p, gint64 n_heads)
{
    return fovea_prediction_describe_time (fovea_recall_prediction_get_time (p, n_heads).seconds);
}

gboolean
fovea_command_foretell_recall (FoveaContext *context,
                               FoveaStore *store,
                               FoveaRecallRequest *request,
                               FoveaJobTime *said,
                               GError **error)
{
    gint64 n_layer;
    g_autoptr (FoveaRecallPrediction) p =
        fovea_recall_prediction_new (store, request, context->cancellable, error);
    if (p == NULL)
        return FALSE;
    *said = fovea_recall_prediction_get_time (p, fovea_recall_prediction_get_n_heads (p, &n_layer));
    if (!fovea_recall_prediction_is_long (p, FOVEA_LONG_JOB_S))
        return TRUE;
    g_autofree char *text = fovea_recall_prediction_describe (p);
    g_autofree char *layer = describe_heads (p, n_layer), *head = describe_heads (p, 1);
    if (request->choose == NULL)
        fovea_command_note (context, "%s --layers 0 takes %s, --heads 0.0 %s", text, layer, head);
    else
        fovea_command_note (context, "%s", text);
    return TRUE;
}
