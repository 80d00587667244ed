/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The plan is the site alone, so what a sequence leaves in memory is one array. */
#include "app/sae-bench-runner.h"

#include "capture/sink.h"

gboolean
fovea_sae_bench_runner_open (FoveaSaeBenchRunner *r,
                             const FoveaSaeBenchSource *source,
                             gint64 longest,
                             GError **error)
{
    r->sae = source->sae;
    r->site = fovea_sae_get_metadata (source->sae, "hook_name");
    if (r->site == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "the autoencoder's configuration names no site (metadata.hook_name)");
        return FALSE;
    }
    r->model = fovea_model_open (source->model, error);
    r->device = r->model != NULL
                    ? fovea_device_open (source->device != NULL ? source->device : "auto",
                                         source->threads, error)
                    : NULL;
    r->cpu = r->device != NULL ? fovea_device_open ("cpu", source->threads, error) : NULL;
    r->encoder = r->cpu != NULL ? fovea_sae_encoder_new (source->sae, r->cpu, error) : NULL;
    if (r->encoder == NULL)
        return FALSE;
    r->longest = MIN (longest, (gint64) fovea_model_get_architecture (r->model)->context);
    const FoveaPlanOptions plan = {.points = r->site,
                                   .keep = FOVEA_F32,
                                   .attend =
                                       fovea_device_attend_dtype (r->device, source->precision)};
    r->plan = fovea_plan_new (fovea_model_get_architecture (r->model), &plan, error);
    const FoveaSessionOptions session = {.precision = source->precision,
                                         .max_tokens = r->longest,
                                         .memory = source->memory,
                                         .plan = r->plan,
                                         .in_memory = TRUE};
    r->session = r->plan != NULL ? fovea_session_new (r->model, r->device, &session, error) : NULL;
    r->sink = fovea_memory_sink_new ();
    return r->session != NULL;
}

void
fovea_sae_bench_runner_clear (FoveaSaeBenchRunner *r)
{
    g_clear_pointer (&r->session, fovea_session_free);
    g_clear_pointer (&r->sink, fovea_sink_free);
    g_clear_pointer (&r->plan, fovea_plan_free);
    g_clear_pointer (&r->encoder, fovea_sae_encoder_free);
    g_clear_pointer (&r->cpu, fovea_device_free);
    g_clear_pointer (&r->device, fovea_device_free);
    g_clear_pointer (&r->model, fovea_model_unref);
}

float *
fovea_sae_bench_runner_run (FoveaSaeBenchRunner *r,
                            const FoveaTraceInfo *info,
                            GCancellable *cancellable,
                            GError **error)
{
    gint64 T = info->n_tokens, d = r->sae->d_in;
    g_autoptr (FoveaTrace) trace = fovea_session_capture (r->session, info, r->plan, r->sink, NULL,
                                                          NULL, NULL, cancellable, error);
    g_autoptr (FoveaArray) array =
        trace != NULL ? fovea_trace_describe_point (trace, r->site, error) : NULL;
    if (array == NULL)
        return NULL;
    if (array->row_axes != 1 || fovea_array_row_length (array) != d ||
        fovea_array_n_rows (array) != T) {
        g_autofree char *shape = fovea_array_print_shape (array);
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                     "%s is %s, but the autoencoder wants a row of %" G_GINT64_FORMAT " a token",
                     r->site, shape, d);
        return NULL;
    }
    g_autofree float *rows = g_new (float, (gsize) (T * d));
    return fovea_trace_read (trace, r->site, 0, T, rows, error) ? g_steal_pointer (&rows) : NULL;
}
