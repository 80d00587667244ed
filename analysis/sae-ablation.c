/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The row is encoded in the run that it belongs to, so a latent's code is exactly what is taken off it.
 * Only logits of the last token are asked for: a text of T tokens costs a forward pass a latent. */
#include "analysis/sae-ablation.h"

#include <math.h>
#include <string.h>

#include "analysis/sae-steer.h"
#include "kernels/error.h"

enum {
    KEEP_ALL = -2, /* no latent is taken away, */
    TAKE_ALL = -1  /* or every one */
};

typedef struct {
    FoveaSession *session; /* borrowed */
    const FoveaSae *sae;
    FoveaSaeEncoder *encoder;
    const FoveaTraceInfo *info;
    const FoveaSaeChoice *choice;
    gint32 without;       /* a latent, or one of the above */
    FoveaSaeCodes *codes; /* of the row, before anything is taken away */
} Run;

static FoveaSaeCodes *
take_away (const Run *run)
{
    FoveaSaeCodes *codes = fovea_sae_codes_clamp (run->codes, MAX (run->without, 0), 0);
    if (run->without == TAKE_ALL)
        codes->offsets[1] = 0;
    return codes;
}

/* FoveaEditHook of one row. */
static gboolean
edit (gpointer data, gint64 first, gint64 rows, gint64 width, float *values, GError **error)
{
    Run *run = data;
    gint64 at = run->choice->position - first;
    if (at < 0 || at >= rows)
        return TRUE;
    g_clear_pointer (&run->codes, fovea_sae_codes_free);
    run->codes = fovea_sae_encoder_run (run->encoder, 1, values + at * width, error);
    if (run->codes == NULL || run->without == KEEP_ALL)
        return run->codes != NULL;
    g_autoptr (FoveaSaeCodes) edited = take_away (run);
    return fovea_sae_patch (run->sae, run->codes, edited, values + at * width, values + at * width,
                            error);
}

static gboolean
check_token (const FoveaTraceInfo *info, gint32 id, GError **error)
{
    gint64 V = info->architecture->vocabulary;
    if (id >= 0 && id < V)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                 "token %d is outside 0 .. %" G_GINT64_FORMAT, id, V - 1);
    return FALSE;
}

gboolean
fovea_choice_difference (FoveaSession *session,
                         const FoveaTraceInfo *info,
                         const FoveaSaeChoice *choice,
                         double *difference,
                         GCancellable *cancellable,
                         GError **error)
{
    g_autofree float *logits = g_new (float, (gsize) info->architecture->vocabulary);
    if (!check_token (info, choice->answer, error) || !check_token (info, choice->against, error))
        return FALSE;
    fovea_session_reset (session);
    gboolean fine =
        fovea_session_run (session, info->ids, info->n_tokens, logits, cancellable, error);
    fovea_session_reset (session);
    if (fine)
        *difference = (double) logits[choice->answer] - (double) logits[choice->against];
    return fine;
}

gint64
fovea_choice_find_subject (const FoveaTraceInfo *info, gint32 against)
{
    for (gint64 t = info->n_tokens; t-- > 0;)
        if (info->ids[t] == against)
            return t;
    return -1;
}

/* The difference without a latent. */
static gboolean
measure (Run *run, gint32 without, double *difference, GCancellable *cancellable, GError **error)
{
    run->without = without;
    if (!fovea_session_set_edit_hook (run->session, fovea_sae_get_metadata (run->sae, "hook_name"),
                                      edit, run, error))
        return FALSE;
    gboolean fine = fovea_choice_difference (run->session, run->info, run->choice, difference,
                                             cancellable, error);
    fovea_session_set_edit_hook (run->session, NULL, NULL, NULL, NULL);
    return fine;
}

static gint
by_change (gconstpointer a, gconstpointer b, gpointer data)
{
    const FoveaLatentAblation *x = a, *y = b;
    double clean = *(const double *) data, dx = fabs (x->difference - clean),
           dy = fabs (y->difference - clean);
    return dx != dy ? (dx > dy ? -1 : 1) : x->latent - y->latent;
}

/* Every latent of the clean run's row. */
static gboolean
measure_latents (Run *run, FoveaSaeAblation *out, GCancellable *cancellable, GError **error)
{
    g_autoptr (FoveaSaeCodes) clean = g_steal_pointer (&run->codes);
    for (gint64 c = 0; c < clean->offsets[1]; c++) {
        FoveaLatentAblation item = {.latent = clean->latents[c], .code = clean->values[c]};
        if (!measure (run, item.latent, &item.difference, cancellable, error))
            return FALSE;
        g_array_append_val (out->latents, item);
    }
    g_array_sort_with_data (out->latents, by_change, &out->clean);
    return TRUE;
}

static gboolean
check (const FoveaSae *sae, const FoveaTraceInfo *info, gint64 position, GError **error)
{
    if (position >= 0 && position < info->n_tokens)
        return fovea_sae_steer_check (sae, info->architecture, error);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                 "position %" G_GINT64_FORMAT " is outside 0 .. %" G_GINT64_FORMAT, position,
                 info->n_tokens - 1);
    return FALSE;
}

FoveaSaeAblation *
fovea_sae_ablation_run (FoveaSession *session,
                        const FoveaSae *sae,
                        const FoveaTraceInfo *info,
                        const FoveaSaeChoice *choice,
                        GCancellable *cancellable,
                        GError **error)
{
    if (!check (sae, info, choice->position, error))
        return NULL;
    g_autoptr (FoveaDevice) device = fovea_device_open ("cpu", 0, error);
    g_autoptr (FoveaSaeEncoder) encoder =
        device != NULL ? fovea_sae_encoder_new (sae, device, error) : NULL;
    if (encoder == NULL)
        return NULL;
    g_autoptr (FoveaSaeAblation) out = g_new0 (FoveaSaeAblation, 1);
    out->latents = g_array_new (FALSE, FALSE, sizeof (FoveaLatentAblation));
    Run run = {.session = session, .sae = sae, .encoder = encoder, .info = info, .choice = choice};
    gboolean fine = measure (&run, TAKE_ALL, &out->none, cancellable, error) &&
                    measure (&run, KEEP_ALL, &out->clean, cancellable, error) &&
                    measure_latents (&run, out, cancellable, error);
    fovea_sae_codes_free (run.codes);
    return fine ? g_steal_pointer (&out) : NULL;
}

void
fovea_sae_ablation_free (FoveaSaeAblation *ablation)
{
    if (ablation == NULL)
        return;
    g_clear_pointer (&ablation->latents, g_array_unref);
    g_free (ablation);
}
