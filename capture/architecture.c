/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Copies of model descriptions, and the score rule that follows from one. */
#include "capture/architecture.h"

FoveaArchitecture *
fovea_architecture_copy (const FoveaArchitecture *architecture)
{
    FoveaArchitecture *copy = g_memdup2 (architecture, sizeof *architecture);
    copy->family = g_strdup (architecture->family);
    if (architecture->windows != NULL)
        copy->windows =
            g_memdup2 (architecture->windows, (gsize) architecture->n_layers * sizeof (gint64));
    return copy;
}

void
fovea_architecture_free (FoveaArchitecture *architecture)
{
    if (architecture == NULL)
        return;
    g_free (architecture->family);
    g_free (architecture->windows);
    g_free (architecture);
}

FoveaScoreRule
fovea_architecture_get_score_rule (const FoveaArchitecture *architecture, guint layer)
{
    g_assert (layer < (guint64) architecture->n_layers);
    return (FoveaScoreRule){
        .scale = architecture->attention_scale,
        .causal = TRUE,
        .window = architecture->windows != NULL ? architecture->windows[layer] : 0,
        .soft_cap = architecture->attention_soft_cap,
    };
}

gboolean
fovea_architecture_ends_text (const FoveaArchitecture *architecture, gint32 id)
{
    for (guint i = 0; i < architecture->n_eos_ids; i++)
        if (architecture->eos_ids[i] == id)
            return TRUE;
    return FALSE;
}
