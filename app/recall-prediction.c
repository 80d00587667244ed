/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A head's time and memory are taken for a part that grows with the length and one that grows with its
 * square, told apart by two lengths, the second twice the first. Methods differ too much for anything but
 * a trial; on a text of 32,768 tokens it costs a sixty-fourth of a few heads. */
#include "app/recall-prediction.h"

#include <glib/gi18n.h>

#include "app/capture-prediction.h"
#include "capture/trace-prefix.h"
#include "ui/figures/text.h"

#define PROBE_TOKENS 4096

/* Pairs at each point of a method: 39 of ten points on 72 heads of 4,096 tokens are 47 times as many, and
 * took 41 s of two threads. */
#define FEW_PAIRS 5e9

/* What grows with the length, and with its square. */
typedef struct {
    double linear, square;
} Growth;

/* @half, @whole: at n / 2 and at n. */
static Growth
fit (double half, double whole, double n)
{
    double square = CLAMP (2 * (whole - 2 * half) / (n * n), 0, whole / (n * n));
    return (Growth){(whole - square * n * n) / n, square};
}

static double
grow (Growth growth, double n)
{
    return growth.linear * n + growth.square * n * n;
}

/* Heads that are tried: as many as there are threads, of the first layer with any. */
static gboolean *
choose_tried (const FoveaRecallRequest *request,
              const FoveaArchitecture *a,
              gint64 n_threads,
              gint64 *n_tried,
              gint64 *n_wanted)
{
    gint64 H = a->n_heads, layer = -1;
    gboolean *tried = g_new0 (gboolean, (gsize) (a->n_layers * H));
    *n_tried = *n_wanted = 0;
    for (gint64 i = 0; i < a->n_layers * H; i++) {
        if (request->curves.heads != NULL && !request->curves.heads[i])
            continue;
        layer = layer < 0 ? i / H : layer;
        tried[i] = i / H == layer && *n_tried < n_threads;
        *n_tried += tried[i];
        ++*n_wanted;
    }
    return tried;
}

/* One try at a length: seconds, and bytes of a head. */
static gboolean
try_length (FoveaTrace *trace,
            const FoveaSparseCurvesOptions *options,
            gint64 n_tokens,
            FoveaThreads *threads,
            double out[2],
            GCancellable *cancellable,
            GError **error)
{
    g_autoptr (FoveaTrace) prefix = fovea_trace_new_prefix (trace, n_tokens, error);
    g_autoptr (FoveaSparseCurves) curves = fovea_sparse_curves_new (options);
    gint64 start = g_get_monotonic_time ();
    if (prefix == NULL ||
        !fovea_sparse_curves_add (curves, prefix, threads, NULL, NULL, cancellable, error))
        return FALSE;
    out[0] = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
    out[1] = (double) fovea_sparse_curves_get_head_bytes (curves);
    return TRUE;
}

static gboolean
try_heads (FoveaTrace *trace,
           const FoveaRecallRequest *request,
           const gboolean *tried,
           FoveaThreads *threads,
           Growth growth[2],
           GCancellable *cancellable,
           GError **error)
{
    FoveaSparseCurvesOptions options = request->curves;
    gint64 n = MIN (fovea_trace_get_info (trace)->n_tokens, PROBE_TOKENS);
    double half[2], whole[2];
    options.heads = tried;
    if (!try_length (trace, &options, n / 2, threads, half, cancellable, error) ||
        !try_length (trace, &options, n, threads, whole, cancellable, error))
        return FALSE;
    for (guint i = 0; i < 2; i++)
        growth[i] = fit (half[i], whole[i], (double) n);
    return TRUE;
}

/* The layer that is held and the heads that are under way. */
static guint64
sum_bytes (FoveaTrace *trace, double head_bytes, gint64 n_together)
{
    guint64 held = 0, each = 0;
    g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, 0, NULL);
    if (attention != NULL)
        fovea_attention_count_bytes (attention, 1, &held, &each);
    return held + (each + (guint64) head_bytes) * (guint64) n_together;
}

/* A GPU's masks are measured too fast for a trial on the processor to tell of. */
static gboolean
uses_gpu (const FoveaRecallRequest *request)
{
    if (request->device == NULL)
        return FALSE;
    g_autoptr (FoveaDevice) device = fovea_device_open (request->device, request->threads, NULL);
    return device != NULL && fovea_device_has_own_memory (device);
}

/* Pairs of one head at all points of all methods. */
static double
count_pairs (const FoveaRecallRequest *request, GPtrArray *sequences)
{
    double pairs = 0, n_points = request->curves.sweep ? FOVEA_SPARSE_MAX_POINTS : 1;
    gsize n_methods = 0;
    while (request->curves.methods[n_methods] != NULL)
        n_methods++;
    for (guint i = 0; i < sequences->len; i++) {
        double n =
            (double) ((const FoveaSequenceInfo *) g_ptr_array_index (sequences, i))->n_tokens;
        pairs += n * n / 2;
    }
    return pairs * n_points * (double) n_methods;
}

static double
sum_seconds (GPtrArray *sequences, Growth growth)
{
    double seconds = 0;
    for (guint i = 0; i < sequences->len; i++)
        seconds += grow (
            growth,
            (double) ((const FoveaSequenceInfo *) g_ptr_array_index (sequences, i))->n_tokens);
    return seconds;
}

static gboolean
predict_trace (FoveaTrace *trace,
               FoveaRecallRequest *request,
               GPtrArray *sequences,
               FoveaRecallPrediction *out,
               GCancellable *cancellable,
               GError **error)
{
    const FoveaTraceInfo *info = fovea_trace_get_info (trace);
    Growth growth[2];
    gint64 n_tried;
    FoveaThreads *threads = fovea_threads_new (request->threads);
    g_autofree gboolean *tried = choose_tried (
        request, info->architecture, fovea_threads_count (threads), &n_tried, &out->n_heads);
    out->n_layer = info->architecture->n_heads;
    gboolean few = count_pairs (request, sequences) * (double) out->n_heads < FEW_PAIRS ||
                   n_tried == 0 || uses_gpu (request);
    gboolean done = few || try_heads (trace, request, tried, threads, growth, cancellable, error);
    fovea_threads_free (threads);
    if (!done || few)
        return done;
    out->head = sum_seconds (sequences, growth[0]) / (double) n_tried;
    out->bytes = sum_bytes (trace, grow (growth[1], (double) info->n_tokens), n_tried);
    return TRUE;
}

static const FoveaSequenceInfo *
find_longest (GPtrArray *sequences, gint64 *n_tokens)
{
    const FoveaSequenceInfo *longest = g_ptr_array_index (sequences, 0);
    *n_tokens = 0;
    for (guint i = 0; i < sequences->len; i++) {
        const FoveaSequenceInfo *sequence = g_ptr_array_index (sequences, i);
        longest = sequence->n_tokens > longest->n_tokens ? sequence : longest;
        *n_tokens += sequence->n_tokens;
    }
    return longest;
}

gboolean
fovea_recall_predict (FoveaStore *store,
                      FoveaRecallRequest *request,
                      FoveaRecallPrediction *out,
                      GCancellable *cancellable,
                      GError **error)
{
    guint64 total;
    *out = (FoveaRecallPrediction){0};
    fovea_device_memory (NULL, &out->room, &total);
    g_autoptr (GPtrArray) sequences = fovea_recall_request_list (request, store, error);
    if (sequences == NULL)
        return FALSE;
    const FoveaSequenceInfo *longest = find_longest (sequences, &out->n_tokens);
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, longest->id, error);
    return trace != NULL && fovea_recall_request_choose_heads (request, trace, error) &&
           predict_trace (trace, request, sequences, out, cancellable, error);
}

gboolean
fovea_recall_prediction_is_long (const FoveaRecallPrediction *p, double patience)
{
    return p->head * (double) p->n_heads > patience || p->bytes > p->room;
}

char *
fovea_recall_prediction_describe (const FoveaRecallPrediction *p)
{
    g_autofree char *time = fovea_prediction_describe_time (p->head * (double) p->n_heads);
    g_autofree char *heads = fovea_text_count (p->n_heads);
    g_autofree char *tokens = fovea_text_count (p->n_tokens);
    g_autofree char *memory = g_format_size (p->bytes), *room = g_format_size (p->room);
    return p->bytes > p->room
               ? g_strdup_printf (_ ("Curves of %s heads on %s tokens take %s and %s of memory, of "
                                     "which %s are free."),
                                  heads, tokens, time, memory, room)
               : g_strdup_printf (_ ("Curves of %s heads on %s tokens take %s and %s of memory."),
                                  heads, tokens, time, memory);
}
