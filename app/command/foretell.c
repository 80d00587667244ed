/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Whoever has chosen a shorter way is told nothing more of it. */
#include "app/command/foretell.h"

#include "app/capture-prediction.h"
#include "app/heads-prediction.h"
#include "app/recall-prediction.h"

gboolean
fovea_command_foretell_heads (FoveaContext *context, FoveaStore *store, gint64 run, GError **error)
{
    gint64 tokens[2];
    if (fovea_arguments_has (context->arguments, "first"))
        return TRUE;
    g_autoptr (FoveaHeadsPrediction) p =
        fovea_heads_prediction_new (store, run, context->cancellable, error);
    if (p == NULL || !fovea_heads_prediction_is_long (p, FOVEA_LONG_JOB_S))
        return p != NULL;
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

gboolean
fovea_command_foretell_recall (FoveaContext *context,
                               FoveaStore *store,
                               FoveaRecallRequest *request,
                               GError **error)
{
    FoveaRecallPrediction p;
    if (!fovea_recall_predict (store, request, &p, context->cancellable, error))
        return FALSE;
    if (!fovea_recall_prediction_is_long (&p, FOVEA_LONG_JOB_S))
        return TRUE;
    g_autofree char *text = fovea_recall_prediction_describe (&p);
    g_autofree char *layer = fovea_prediction_describe_time (p.head * (double) p.n_layer);
    g_autofree char *head = fovea_prediction_describe_time (p.head);
    if (request->choose == NULL)
        fovea_command_note (context, "%s --layers 0 takes %s, --heads 0.0 %s", text, layer, head);
    else
        fovea_command_note (context, "%s", text);
    return TRUE;
}
