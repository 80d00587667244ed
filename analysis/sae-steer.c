/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The site's rows are encoded where the session lets them be edited, so a steered token's code is
 * that of the steered run: what earlier steered tokens did to it through attention counts. Only the
 * change of the one code goes back into the row, by the decoder. */
#include "analysis/sae-steer.h"

#include <math.h>
#include <string.h>

#include "analysis/log-probabilities.h"

struct _FoveaSaeSteer {
    FoveaSession *session; /* borrowed */
    const FoveaSae *sae;   /* borrowed */
    FoveaDevice *device;   /* encodes, whatever the session runs on */
    FoveaSaeEncoder *encoder;
    FoveaTraceInfo *info;
    gint32 latent;
    gboolean all_tokens;
    gboolean *only; /* (T) of the prompt, or NULL: everywhere */
    float *clean;   /* (T, V) log-probabilities */
    float *codes;   /* (T) */
};

/* What the hook does in one run. */
typedef struct {
    const FoveaSaeSteer *steer;
    FoveaSteerMode mode;
    float value;
    gint64 n_changed; /* of the prompt */
    float *codes;     /* (T) or NULL: where codes of the prompt go, before they change */
} Run;

static const char *const names[FOVEA_N_STEERS] = {"none", "clamp", "add", "scale", "least"};

int
fovea_steer_mode_from_name (const char *name)
{
    for (int mode = FOVEA_STEER_CLAMP; mode < FOVEA_N_STEERS; mode++)
        if (strcmp (name, names[mode]) == 0)
            return mode;
    return -1;
}

static float
change_code (const Run *run, float code)
{
    switch (run->mode) {
    case FOVEA_STEER_CLAMP:
        return run->value;
    case FOVEA_STEER_ADD:
        return code + run->value;
    case FOVEA_STEER_SCALE:
        return code * run->value;
    case FOVEA_STEER_LEAST:
        return run->value < 0 ? MIN (code, run->value) : MAX (code, run->value);
    default:
        return code;
    }
}

/* Begin, end and the like are left alone: autoencoders are not trained on them. What comes after
 * the prompt is text. */
static gboolean
is_steered (const FoveaSaeSteer *steer, gint64 t)
{
    const FoveaTraceInfo *info = steer->info;
    if (steer->only != NULL)
        return t < info->n_tokens && steer->only[t];
    return steer->all_tokens || t >= info->n_tokens || info->special == NULL || !info->special[t];
}

/* FoveaEditHook that changes one code of each row. */
static gboolean
edit (gpointer data, gint64 first, gint64 rows, gint64 width, float *values, GError **error)
{
    Run *run = data;
    const FoveaSaeSteer *steer = run->steer;
    g_autoptr (FoveaSaeCodes) codes = fovea_sae_encoder_run (steer->encoder, rows, values, error);
    if (codes == NULL)
        return FALSE;
    g_autofree float *changed = g_new (float, (gsize) rows);
    for (gint64 i = 0; i < rows; i++) {
        gint64 t = first + i;
        float code = fovea_sae_codes_get (codes, i, steer->latent);
        changed[i] = is_steered (steer, t) ? change_code (run, code) : code;
        run->n_changed += t < steer->info->n_tokens && changed[i] != code;
        if (run->codes != NULL && t < steer->info->n_tokens)
            run->codes[t] = code;
    }
    if (run->mode == FOVEA_STEER_NONE)
        return TRUE;
    g_autoptr (FoveaSaeCodes) edited = fovea_sae_codes_set (codes, steer->latent, changed);
    return fovea_sae_patch (steer->sae, codes, edited, values, values, error);
}

static gboolean
set_hook (const FoveaSaeSteer *steer, Run *run, GError **error)
{
    return fovea_session_set_edit_hook (
        steer->session, fovea_sae_get_metadata (steer->sae, "hook_name"), edit, run, error);
}

static void
clear_hook (const FoveaSaeSteer *steer)
{
    fovea_session_set_edit_hook (steer->session, NULL, NULL, NULL, NULL);
}

/* Log-probabilities of the prompt in a run. */
static float *
run_prompt (const FoveaSaeSteer *steer, Run *run, GCancellable *cancellable, GError **error)
{
    if (!set_hook (steer, run, error))
        return NULL;
    float *out =
        fovea_log_probabilities_run (steer->session, steer->info, NULL, NULL, cancellable, error);
    clear_hook (steer);
    return out;
}

gboolean
fovea_sae_steer_check (const FoveaSae *sae, const FoveaArchitecture *a, GError **error)
{
    const char *site = fovea_sae_get_metadata (sae, "hook_name");
    gint64 width = sae->hook_z ? a->n_heads * a->head_width : a->width;
    if (site == NULL)
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "the autoencoder's configuration names no site (metadata.hook_name)");
    else if (fovea_sae_is_transcoder (sae->architecture))
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                     "a %s cannot steer: it reads one site and writes another",
                     fovea_sae_architecture_name (sae->architecture));
    else
        return fovea_sae_check_width (sae, site, width, error);
    return FALSE;
}

FoveaSaeSteer *
fovea_sae_steer_new (FoveaSession *session,
                     const FoveaSae *sae,
                     gint32 latent,
                     const FoveaTraceInfo *info,
                     gboolean all_tokens,
                     GCancellable *cancellable,
                     GError **error)
{
    if (!fovea_sae_check_latent (sae, latent, error) ||
        !fovea_sae_steer_check (sae, info->architecture, error))
        return NULL;
    g_autoptr (FoveaSaeSteer) steer = g_new0 (FoveaSaeSteer, 1);
    steer->session = session;
    steer->sae = sae;
    steer->info = fovea_trace_info_copy (info);
    steer->latent = latent;
    steer->all_tokens = all_tokens;
    steer->codes = g_new0 (float, (gsize) info->n_tokens);
    steer->device = fovea_device_open ("cpu", 0, error);
    steer->encoder =
        steer->device != NULL ? fovea_sae_encoder_new (sae, steer->device, error) : NULL;
    if (steer->encoder == NULL)
        return NULL;
    Run run = {.steer = steer, .codes = steer->codes};
    steer->clean = run_prompt (steer, &run, cancellable, error);
    return steer->clean != NULL ? g_steal_pointer (&steer) : NULL;
}

void
fovea_sae_steer_free (FoveaSaeSteer *steer)
{
    if (steer == NULL)
        return;
    fovea_trace_info_free (steer->info);
    fovea_sae_encoder_free (steer->encoder);
    g_clear_pointer (&steer->device, fovea_device_free);
    g_free (steer->only);
    g_free (steer->clean);
    g_free (steer->codes);
    g_free (steer);
}

gboolean
fovea_sae_steer_limit (FoveaSaeSteer *steer, const gint32 *positions, gint64 n, GError **error)
{
    g_autofree gboolean *only = g_new0 (gboolean, (gsize) steer->info->n_tokens);
    for (gint64 i = 0; i < n; i++) {
        if (positions[i] < 0 || positions[i] >= steer->info->n_tokens) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                         "position %d is outside 0 .. %" G_GINT64_FORMAT, positions[i],
                         steer->info->n_tokens - 1);
            return FALSE;
        }
        only[positions[i]] = TRUE;
    }
    g_free (steer->only);
    steer->only = g_steal_pointer (&only);
    return TRUE;
}

const float *
fovea_sae_steer_get_codes (const FoveaSaeSteer *steer)
{
    return steer->codes;
}

/* Mean loss of the prompt's own tokens. */
static double
get_loss (const FoveaSaeSteer *steer, const float *run)
{
    gint64 T = steer->info->n_tokens, V = steer->info->architecture->vocabulary;
    double loss = 0;
    for (gint64 t = 0; t + 1 < T; t++)
        loss -= (double) run[t * V + steer->info->ids[t + 1]];
    return T > 1 ? loss / (double) (T - 1) : NAN;
}

static void
compare (const FoveaSaeSteer *steer, const float *run, FoveaSteerResult *result)
{
    gint64 T = steer->info->n_tokens, V = steer->info->architecture->vocabulary;
    for (gint64 t = 0; t < T; t++) {
        result->next_divergence =
            fovea_log_probabilities_diverge (steer->clean + t * V, run + t * V, (gsize) V);
        result->divergence += result->next_divergence / (double) T;
    }
    result->clean_loss = get_loss (steer, steer->clean);
    result->loss = get_loss (steer, run);
    result->next = g_memdup2 (run + (T - 1) * V, (gsize) V * sizeof *run);
}

/* Goes on from the prompt, steered, until the model ends the text. */
static gboolean
go_on (const FoveaSaeSteer *steer,
       Run *run,
       const FoveaSteerOptions *options,
       GArray *ids,
       GCancellable *cancellable,
       GError **error)
{
    const FoveaArchitecture *a = steer->info->architecture;
    g_autofree float *logits = g_new (float, (gsize) a->vocabulary);
    const gint32 *fresh = steer->info->ids;
    gint64 n_fresh = steer->info->n_tokens;
    FoveaRandom random;
    gint32 id;
    if (!set_hook (steer, run, error))
        return FALSE;
    fovea_random_init (&random, options->seed);
    fovea_session_reset (steer->session);
    gboolean fine = TRUE;
    for (gint64 i = 0; fine && i < options->n_more; i++) {
        fine = fovea_session_run (steer->session, fresh, n_fresh, logits, cancellable, error);
        if (!fine)
            break;
        id = fovea_sample_token (logits, a->vocabulary, &options->sampler, &random);
        if (fovea_architecture_ends_text (a, id))
            break;
        g_array_append_val (ids, id);
        fresh = &id;
        n_fresh = 1;
    }
    fovea_session_reset (steer->session);
    clear_hook (steer);
    return fine;
}

/* What the untouched model makes of the continuation. */
static gboolean
judge_text (const FoveaSaeSteer *steer,
            FoveaSteerResult *result,
            GCancellable *cancellable,
            GError **error)
{
    gint64 T = steer->info->n_tokens, n = T + result->ids->len;
    result->text_loss = NAN;
    if (result->ids->len == 0)
        return TRUE;
    g_autofree gint32 *all = g_new (gint32, (gsize) n);
    g_autofree float *losses = g_new (float, (gsize) n);
    memcpy (all, steer->info->ids, (gsize) T * sizeof *all);
    memcpy (all + T, result->ids->data, result->ids->len * sizeof *all);
    if (!fovea_session_read_losses (steer->session, all, n, losses, cancellable, error))
        return FALSE;
    result->text_loss = 0;
    for (gint64 t = T - 1; t + 1 < n; t++)
        result->text_loss += (double) losses[t] / result->ids->len;
    return TRUE;
}

FoveaSteerResult *
fovea_sae_steer_measure (FoveaSaeSteer *steer,
                         const FoveaSteerOptions *options,
                         GCancellable *cancellable,
                         GError **error)
{
    g_autoptr (FoveaSteerResult) result = g_new0 (FoveaSteerResult, 1);
    Run run = {.steer = steer, .mode = options->mode, .value = (float) options->value};
    g_autofree float *steered = run_prompt (steer, &run, cancellable, error);
    result->ids = g_array_new (FALSE, FALSE, sizeof (gint32));
    result->n_changed = run.n_changed;
    if (steered == NULL)
        return NULL;
    compare (steer, steered, result);
    return go_on (steer, &run, options, result->ids, cancellable, error) &&
                   judge_text (steer, result, cancellable, error)
               ? g_steal_pointer (&result)
               : NULL;
}

void
fovea_steer_result_free (FoveaSteerResult *result)
{
    if (result == NULL)
        return;
    g_free (result->next);
    g_clear_pointer (&result->ids, g_array_unref);
    g_free (result);
}
