/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Copy and release of what is known about a sequence beside its arrays. */
#include "capture/trace.h"

#include <string.h>

void
fovea_trace_info_free (FoveaTraceInfo *info)
{
    if (info == NULL)
        return;
    fovea_architecture_free (info->architecture);
    g_free (info->model_name);
    g_free (info->model_hash);
    g_free (info->title);
    g_free (info->ids);
    g_free (info->patches);
    if (info->token_texts != NULL)
        for (gint64 t = 0; t < info->n_tokens; t++)
            g_free (info->token_texts[t]);
    g_free (info->token_texts);
    g_free (info->special);
    g_free (info);
}

FoveaTraceInfo *
fovea_trace_info_copy (const FoveaTraceInfo *info)
{
    FoveaTraceInfo *copy = g_memdup2 (info, sizeof *info);
    gsize n = (gsize) info->n_tokens;
    if (info->architecture != NULL)
        copy->architecture = fovea_architecture_copy (info->architecture);
    copy->model_name = g_strdup (info->model_name);
    copy->model_hash = g_strdup (info->model_hash);
    copy->title = g_strdup (info->title);
    copy->ids = g_memdup2 (info->ids, n * sizeof (gint32));
    if (info->patches != NULL) {
        gsize width = (gsize) fovea_architecture_patch_width (info->architecture);
        copy->patches = g_memdup2 (info->patches, n * width * sizeof (float));
    }
    copy->special = g_memdup2 (info->special, n * sizeof (gboolean));
    if (info->token_texts != NULL) {
        /* One more for a final NULL, so that g_strfreev() on it would be right too. */
        copy->token_texts = g_new0 (char *, n + 1);
        for (gsize t = 0; t < n; t++)
            copy->token_texts[t] = g_strdup (info->token_texts[t]);
    }
    return copy;
}
