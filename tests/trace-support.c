/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "tests/trace-support.h"

#include <math.h>
#include <string.h>

#include "capture/random.h"
#include "capture/sink.h"

FoveaTraceInfo *
trace_info (const FoveaArchitecture *architecture, gint64 n_tokens)
{
    FoveaTraceInfo *info = g_new0 (FoveaTraceInfo, 1);
    info->architecture = fovea_architecture_copy (architecture);
    if (info->architecture->family == NULL)
        info->architecture->family = g_strdup ("import");
    info->model_name = g_strdup ("import");
    info->model_hash = g_strdup ("");
    info->title = g_strdup ("import");
    info->n_tokens = n_tokens;
    return info;
}

FoveaTrace *
trace_of (const FoveaTraceInfo *info, const TraceArray *arrays, guint n)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
    g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_array_free);
    for (guint i = 0; i < n; i++) {
        FoveaArray *array = g_new0 (FoveaArray, 1);
        array->name = g_strdup (arrays[i].name);
        array->rank = arrays[i].rank;
        array->row_axes = arrays[i].row_axes;
        memcpy (array->shape, arrays[i].shape, sizeof arrays[i].shape);
        g_ptr_array_add (list, array);
    }
    ck_assert (sink->begin (sink, info, list, &error));
    for (guint i = 0; i < n; i++)
        ck_assert (sink->write (sink, i, 0, fovea_array_n_rows (g_ptr_array_index (list, i)),
                                arrays[i].data, &error));
    FoveaTrace *trace = sink->finish (sink, &error);
    ck_assert_ptr_nonnull (trace);
    return trace;
}

FoveaTrace *
trace_of_products (const FoveaTraceInfo *info, const float *q, const float *k)
{
    const FoveaArchitecture *a = info->architecture;
    const TraceArray arrays[] = {
        {"blocks.0.attn.hook_q", 3, {info->n_tokens, a->n_heads, a->head_width}, 1, q},
        {"blocks.0.attn.hook_k", 3, {info->n_tokens, a->n_kv_heads, a->head_width}, 1, k},
    };
    return trace_of (info, arrays, G_N_ELEMENTS (arrays));
}

typedef struct {
    FoveaTrace *whole;
    TraceReads *reads;
} Watched;

static gboolean
watched_read (
    gpointer data, guint index, gint64 first_row, gint64 n_rows, float *out, GError **error)
{
    Watched *watched = data;
    const FoveaArray *array = fovea_trace_get_arrays (watched->whole)->pdata[index];
    watched->reads->n_reads++;
    g_cancellable_cancel (watched->reads->cancelled);
    watched->reads->n_rows += n_rows;
    if (index != watched->reads->unreadable)
        return fovea_trace_read (watched->whole, array->name, first_row, n_rows, out, error);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE, "no bytes of %s", array->name);
    return FALSE;
}

static void
watched_free (gpointer data)
{
    Watched *watched = data;
    watched->reads->n_freed++;
    fovea_trace_unref (watched->whole);
    g_free (watched);
}

FoveaTrace *
trace_watched (FoveaTrace *whole, TraceReads *reads)
{
    static const FoveaTraceBackend backend = {watched_read, watched_free};
    const GPtrArray *arrays = fovea_trace_get_arrays (whole);
    GPtrArray *copies = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_array_free);
    Watched *watched = g_new (Watched, 1);
    *watched = (Watched){fovea_trace_ref (whole), reads};
    for (guint i = 0; i < arrays->len; i++)
        g_ptr_array_add (copies, fovea_array_copy (arrays->pdata[i]));
    return fovea_trace_new (fovea_trace_info_copy (fovea_trace_get_info (whole)), copies, &backend,
                            watched);
}

FoveaAttention *
trace_open_attention (FoveaTrace *trace)
{
    g_autoptr (GError) error = NULL;
    FoveaAttention *attention = fovea_attention_open (trace, 0, &error);
    ck_assert_msg (attention != NULL, "%s", error != NULL ? error->message : "");
    return attention;
}

void
trace_assert_said (const GError *error, int code, const char *said)
{
    ck_assert_msg (error != NULL, "no error, expected '%s'", said);
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, code), "%s", error->message);
    ck_assert_str_eq (error->message, said);
}

float *
trace_random_values (gsize n, guint64 seed)
{
    FoveaRandom random;
    float *values = g_new (float, n);
    fovea_random_init (&random, seed);
    for (gsize i = 0; i < n; i++)
        values[i] = (float) (4 * fovea_random_uniform (&random) - 2);
    return values;
}

double *
trace_plain_scores (const FoveaTraceInfo *info, const float *q, const float *k, guint head)
{
    const FoveaArchitecture *a = info->architecture;
    FoveaScoreRule rule = fovea_architecture_get_score_rule (a, 0);
    gint64 T = info->n_tokens, H = a->n_heads, G = a->n_kv_heads, D = a->head_width;
    gint64 group = head / (H / G);
    double *scores = g_new (double, T *T);
    for (gint64 i = 0; i < T; i++)
        for (gint64 j = 0; j < T; j++) {
            double s = 0, cap = (double) rule.soft_cap;
            for (gint64 d = 0; d < D; d++)
                s += (double) q[(i * H + head) * D + d] * (double) k[(j * G + group) * D + d];
            s *= (double) rule.scale;
            s = cap > 0 ? cap * tanh (s / cap) : s;
            gboolean seen = j <= i && (rule.window == 0 || i - j < rule.window);
            scores[i * T + j] = seen ? s : -INFINITY;
        }
    return scores;
}

double *
trace_plain_pattern (const FoveaTraceInfo *info, const float *q, const float *k, guint head)
{
    gint64 T = info->n_tokens;
    double *a = trace_plain_scores (info, q, k, head);
    for (gint64 i = 0; i < T; i++) {
        double sum = 0;
        for (gint64 j = 0; j < T; j++)
            sum += a[i * T + j] = exp (a[i * T + j]);
        for (gint64 j = 0; j < T; j++)
            a[i * T + j] /= sum;
    }
    return a;
}
