/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rows at the site are overwritten while the model runs. What comes before the site does not depend
 * on it, so the reconstruction of the clean run's rows is what the replaced run would have made. */
#include "analysis/sae-effect.h"

#include <math.h>
#include <string.h>

#include "analysis/log-probabilities.h"

struct _FoveaSaeEffect {
    FoveaSession *session; /* borrowed */
    FoveaTraceInfo *info;
    FoveaTrace *trace; /* of the clean run */
    float *clean;      /* (T, V) log-probabilities */
};

/* What stands at the site in one run. */
typedef struct {
    const float *rows;       /* (T, width), or one row for all if @stride is 0 */
    gint64 stride;           /* elements from row to row */
    const gboolean *skipped; /* (T) or NULL */
} Replacement;

FoveaSaeEffect *
fovea_sae_effect_new (FoveaSession *session,
                      const FoveaTraceInfo *info,
                      const char *const *points,
                      GCancellable *cancellable,
                      GError **error)
{
    g_autoptr (FoveaSaeEffect) effect = g_new0 (FoveaSaeEffect, 1);
    g_autofree char *globs = g_strjoinv (",", (char **) points);
    const FoveaPlanOptions options = {.points = globs, .keep = FOVEA_F32};
    g_autoptr (FoveaPlan) plan = fovea_plan_new (info->architecture, &options, error);
    if (plan == NULL)
        return NULL;
    effect->session = session;
    effect->info = fovea_trace_info_copy (info);
    effect->clean = fovea_log_probabilities_run (session, effect->info, plan, &effect->trace,
                                                 cancellable, error);
    return effect->clean != NULL ? g_steal_pointer (&effect) : NULL;
}

void
fovea_sae_effect_free (FoveaSaeEffect *effect)
{
    if (effect == NULL)
        return;
    fovea_trace_info_free (effect->info);
    g_clear_pointer (&effect->trace, fovea_trace_unref);
    g_free (effect->clean);
    g_free (effect);
}

FoveaTrace *
fovea_sae_effect_get_trace (FoveaSaeEffect *effect)
{
    return effect->trace;
}

/* FoveaEditHook that puts the replacement there. */
static gboolean
replace (gpointer data, gint64 first, gint64 rows, gint64 width, float *values, GError **error)
{
    const Replacement *replacement = data;
    for (gint64 i = 0; i < rows; i++)
        if (replacement->skipped == NULL || !replacement->skipped[first + i])
            memcpy (values + i * width, replacement->rows + (first + i) * replacement->stride,
                    (gsize) width * sizeof *values);
    return TRUE;
}

static double
sum_losses (const FoveaSaeEffect *effect, const float *run)
{
    gsize V = (gsize) effect->info->architecture->vocabulary;
    double loss = 0;
    for (gint64 t = 0; t + 1 < effect->info->n_tokens; t++)
        loss -= (double) run[(gsize) t * V + (gsize) effect->info->ids[t + 1]];
    return loss;
}

static gboolean
run_replaced (FoveaSaeEffect *effect,
              const char *site,
              const Replacement *replacement,
              double *loss,
              double *divergence,
              GCancellable *cancellable,
              GError **error)
{
    gsize V = (gsize) effect->info->architecture->vocabulary;
    if (!fovea_session_set_edit_hook (effect->session, site, replace, (gpointer) replacement,
                                      error))
        return FALSE;
    g_autofree float *run =
        fovea_log_probabilities_run (effect->session, effect->info, NULL, NULL, cancellable, error);
    fovea_session_set_edit_hook (effect->session, site, NULL, NULL, NULL);
    if (run == NULL)
        return FALSE;
    *loss += sum_losses (effect, run);
    for (gsize t = 0; t < (gsize) effect->info->n_tokens; t++)
        *divergence += fovea_log_probabilities_diverge (effect->clean + t * V, run + t * V, V);
    return TRUE;
}

/* Mean of the site's rows that are replaced. */
static float *
get_mean (
    FoveaSaeEffect *effect, const char *site, const gboolean *skipped, gint64 width, GError **error)
{
    gint64 T = effect->info->n_tokens, n = 0;
    g_autofree float *rows = g_new (float, (gsize) (T * width));
    g_autofree double *sum = g_new0 (double, (gsize) width);
    if (!fovea_trace_read (effect->trace, site, 0, T, rows, error))
        return NULL;
    for (gint64 t = 0; t < T; t++) {
        if (skipped != NULL && skipped[t])
            continue;
        n++;
        for (gint64 c = 0; c < width; c++)
            sum[c] += (double) rows[t * width + c];
    }
    for (gint64 c = 0; c < width; c++)
        rows[c] = (float) (sum[c] / (double) MAX (n, 1));
    return g_steal_pointer (&rows);
}

gboolean
fovea_sae_effect_measure (FoveaSaeEffect *effect,
                          const char *site,
                          const float *reconstruction,
                          const gboolean *skipped,
                          FoveaSaeEffectSums *sums,
                          GCancellable *cancellable,
                          GError **error)
{
    g_autoptr (FoveaArray) array = fovea_trace_describe_point (effect->trace, site, error);
    if (array == NULL)
        return FALSE;
    gint64 width = fovea_array_row_length (array);
    g_autofree float *mean = get_mean (effect, site, skipped, width, error);
    g_autofree float *zeros = g_new0 (float, (gsize) width);
    const Replacement sae = {reconstruction, width, skipped};
    const Replacement zero = {zeros, 0, skipped}, average = {mean, 0, skipped};
    FoveaSaeEffectSums own = *sums;
    if (mean == NULL ||
        !run_replaced (effect, site, &sae, &own.loss, &own.divergence, cancellable, error) ||
        !run_replaced (effect, site, &zero, &own.zero_loss, &own.zero_divergence, cancellable,
                       error) ||
        !run_replaced (effect, site, &average, &own.mean_loss, &own.mean_divergence, cancellable,
                       error))
        return FALSE;
    own.clean_loss += sum_losses (effect, effect->clean);
    own.n_positions += effect->info->n_tokens;
    own.n_next += effect->info->n_tokens - 1;
    *sums = own;
    return TRUE;
}

double
fovea_sae_effect_recovered (double clean, double replaced, double ablated)
{
    return fabs (ablated - clean) < 1e-6 ? NAN : (ablated - replaced) / (ablated - clean);
}
