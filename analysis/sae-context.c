/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One short run a length. The whole text comes first: without a code there nothing is to compare. */
#include "analysis/sae-context.h"

#include <math.h>
#include <string.h>

#include "capture/plan.h"
#include "capture/sink.h"

enum {
    SHORT = 8,
    LONG = 64
};

#define ENOUGH 0.9 /* of the whole code */

/* Special tokens that begin the text. */
static gint64
count_leading (const FoveaTraceInfo *info, gint64 position)
{
    gint64 n = 0;
    while (info->special != NULL && n < position && info->special[n])
        n++;
    return n;
}

/* The leading special tokens and the @n tokens that end at @position. */
static FoveaTraceInfo *
cut_text (const FoveaTraceInfo *info, gint64 leading, gint64 position, gint64 n)
{
    FoveaTraceInfo *part = g_new0 (FoveaTraceInfo, 1);
    part->architecture = fovea_architecture_copy (info->architecture);
    part->model_name = g_strdup (info->model_name);
    part->model_hash = g_strdup ("");
    part->title = g_strdup (info->title);
    part->n_tokens = leading + n;
    part->keep = FOVEA_F32;
    part->ids = g_new (gint32, (gsize) part->n_tokens);
    memcpy (part->ids, info->ids, (gsize) leading * sizeof *part->ids);
    memcpy (part->ids + leading, info->ids + position + 1 - n, (gsize) n * sizeof *part->ids);
    return part;
}

/* The latent's code at the last token of a text. */
static gboolean
read_code (FoveaSession *session,
           const FoveaSae *sae,
           FoveaSaeEncoder *encoder,
           gint32 latent,
           const FoveaTraceInfo *info,
           float *code,
           GCancellable *cancellable,
           GError **error)
{
    const char *site = fovea_sae_get_metadata (sae, "hook_name");
    const FoveaPlanOptions kept = {.points = site, .keep = FOVEA_F32};
    g_autoptr (FoveaPlan) plan = fovea_plan_new (info->architecture, &kept, error);
    g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
    g_autoptr (FoveaTrace) trace = plan != NULL
                                       ? fovea_session_capture (session, info, plan, sink, NULL,
                                                                NULL, NULL, cancellable, error)
                                       : NULL;
    g_autoptr (FoveaArray) array =
        trace != NULL ? fovea_trace_describe_point (trace, site, error) : NULL;
    if (array == NULL || !fovea_sae_check_width (sae, site, fovea_array_row_length (array), error))
        return FALSE;
    g_autofree float *row = g_new (float, (gsize) sae->d_in);
    if (!fovea_trace_read (trace, site, info->n_tokens - 1, 1, row, error))
        return FALSE;
    g_autoptr (FoveaSaeCodes) codes = fovea_sae_encoder_run (encoder, 1, row, error);
    if (codes != NULL)
        *code = fovea_sae_codes_get (codes, 0, latent);
    return codes != NULL;
}

static gboolean
check_request (
    const FoveaSae *sae, gint32 latent, const FoveaTraceInfo *info, gint64 position, GError **error)
{
    if (fovea_sae_get_metadata (sae, "hook_name") == NULL)
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "the autoencoder's configuration names no site (metadata.hook_name)");
    else if (latent < 0 || latent >= sae->d_sae || position < 0 || position >= info->n_tokens)
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "latent %d at token %" G_GINT64_FORMAT ": there are %" G_GINT64_FORMAT
                     " latents and %" G_GINT64_FORMAT " tokens",
                     latent, position, sae->d_sae, info->n_tokens);
    else
        return TRUE;
    return FALSE;
}

GArray *
fovea_sae_context_run (FoveaSession *session,
                       const FoveaSae *sae,
                       gint32 latent,
                       const FoveaTraceInfo *info,
                       gint64 position,
                       GCancellable *cancellable,
                       GError **error)
{
    if (!check_request (sae, latent, info, position, error))
        return NULL;
    g_autoptr (GArray) steps = g_array_new (FALSE, FALSE, sizeof (FoveaContextStep));
    g_autoptr (FoveaDevice) device = fovea_device_open ("cpu", 0, error);
    g_autoptr (FoveaSaeEncoder) encoder =
        device != NULL ? fovea_sae_encoder_new (sae, device, error) : NULL;
    gint64 leading = count_leading (info, position), most = position + 1 - leading;
    float whole = 0;
    g_autoptr (FoveaTraceInfo) all = cut_text (info, leading, position, most);
    if (encoder == NULL ||
        !read_code (session, sae, encoder, latent, all, &whole, cancellable, error))
        return NULL;
    if (whole == 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "latent %d does not fire at token %" G_GINT64_FORMAT, latent, position);
        return NULL;
    }
    for (gint64 n = 1; n < most; n *= 2) {
        FoveaContextStep step = {n, 0, 0};
        g_autoptr (FoveaTraceInfo) part = cut_text (info, leading, position, n);
        if (!read_code (session, sae, encoder, latent, part, &step.code, cancellable, error))
            return NULL;
        step.share = (double) step.code / (double) whole;
        g_array_append_val (steps, step);
    }
    const FoveaContextStep last = {most, whole, 1};
    g_array_append_val (steps, last);
    return g_steal_pointer (&steps);
}

FoveaContextRange
fovea_sae_context_judge (GArray *steps)
{
    gint64 needed = 0;
    for (guint i = steps->len; i-- > 0;) {
        const FoveaContextStep *step = &g_array_index (steps, FoveaContextStep, i);
        if (!(step->share >= ENOUGH))
            break;
        needed = step->n_tokens;
    }
    return needed == 0       ? FOVEA_CONTEXT_UNDECIDED
           : needed <= SHORT ? FOVEA_CONTEXT_SHORT
           : needed >= LONG  ? FOVEA_CONTEXT_LONG
                             : FOVEA_CONTEXT_UNDECIDED;
}
