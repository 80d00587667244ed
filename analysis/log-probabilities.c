/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Logits of a whole run, normalised where they stand. */
#include "analysis/log-probabilities.h"

#include <math.h>

#include "capture/sink.h"

static void
normalize_row (float *row, gsize V)
{
    double largest = -INFINITY, sum = 0;
    for (gsize i = 0; i < V; i++)
        largest = MAX (largest, (double) row[i]);
    for (gsize i = 0; i < V; i++)
        sum += exp ((double) row[i] - largest);
    for (gsize i = 0; i < V; i++)
        row[i] = (float) ((double) row[i] - largest - log (sum));
}

float *
fovea_log_probabilities_run (FoveaSession *session,
                             const FoveaTraceInfo *info,
                             FoveaPlan *plan,
                             FoveaTrace **kept,
                             GCancellable *cancellable,
                             GError **error)
{
    gsize T = (gsize) info->n_tokens, V = (gsize) info->architecture->vocabulary, bytes;
    g_autofree float *logits =
        g_size_checked_mul (&bytes, T * sizeof *logits, V) ? g_try_malloc (bytes) : NULL;
    g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
    if (logits == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY,
                     "no memory for the logits of %" G_GSIZE_FORMAT
                     " tokens over a vocabulary of %" G_GSIZE_FORMAT,
                     T, V);
        return NULL;
    }
    g_autoptr (FoveaTrace) trace =
        fovea_session_capture (session, info, plan, sink, NULL, NULL, logits, cancellable, error);
    if (trace == NULL)
        return NULL;
    for (gsize t = 0; t < T; t++)
        normalize_row (logits + t * V, V);
    if (kept != NULL)
        *kept = g_steal_pointer (&trace);
    return g_steal_pointer (&logits);
}

double
fovea_log_probabilities_diverge (const float *p, const float *q, gsize n)
{
    double divergence = 0;
    for (gsize i = 0; i < n; i++)
        divergence += exp ((double) p[i]) * ((double) p[i] - (double) q[i]);
    return divergence;
}
