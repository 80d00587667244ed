/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A head's time and memory are taken for a part that grows with the length and one that grows with its
 * square, told apart by two lengths, the second twice the first, in a layer of the middle; how much more or
 * less other layers take, the first and the last tell by the shorter length. Processor time is what counts:
 * a trial is too short to wait for a quiet machine. Methods differ too much for anything but a trial; on a
 * text of 32,768 tokens it costs a thirtieth of a few heads. */
#include "app/recall-prediction.h"

#include <glib/gi18n.h>
#include <math.h>

#include "analysis/sparse-measures.h"
#include "app/job-texts.h"
#include "app/kept-work.h"
#include "capture/trace-prefix.h"
#include "kernels/device.h"
#include "ui/figures/text.h"

#define PROBE_TOKENS 4096

/* Where nothing was kept of rows, the first look at a layer goes over all of it. */
#define FEW_TOKENS 1024

/* Pairs at each point of a method: 39 of ten points on 72 heads of 4,096 tokens are 47 times as many, and
 * took 41 s of two threads. */
#define FEW_PAIRS 5e9

#define TIMED_BLOCKS 2

#define MORE    4    /* times as many heads tell what they have in common */
#define NOTICED 0.15 /* less of a difference between two tries may be chance */

/* Fewer heads of a layer share their rows among the threads: of sparse-curves.c. */
#define WHOLE_HEADS 3

/* What a thread does alone of a head whose rows are shared, where no trial tells: a tenth for oracles and
 * windows, two thirds for all methods. */
#define USUAL_ALONE 0.4

/* What grows with the length, and with its square. */
typedef struct {
    double linear, square;
} Growth;

struct _FoveaRecallPrediction {
    FoveaJobTexts texts;
    gint64 n_heads, n_layer,
        n_layers; /* asked for; of one layer; layers with any that is asked for */
    gint64 n_threads;
    Growth head;  /* s of a thread */
    Growth bytes; /* of a head under way */
    double
        longer; /* s more a squared token, for the longest text; for one as long as those tried none */
    Growth load;   /* s to read a layer, while the other threads wait */
    double alone;  /* share of a head's time where threads share its rows */
    double common; /* share of the time of the heads tried together that is for their layer */
    gint64 n_tried;
    FoveaJobTime pace;
    guint64 held, each;                  /* of a layer; of a head beside @bytes */
    double measured[FOVEA_KEPT_LENGTHS]; /* shares that those that were stopped have left */
};

/* What is tried. */
typedef struct {
    FoveaTrace *trace;
    const FoveaRecallRequest *request;
    FoveaThreads *threads;
    FoveaThreadsClock all; /* of all tries */
    GCancellable *cancellable;
} Trial;

/* One try: of how many heads, s of a thread for each, share of the caller in it, and bytes of a head. */
typedef struct {
    gint64 n_heads;
    double seconds, caller, bytes;
} Try;

void
fovea_recall_prediction_free (FoveaRecallPrediction *p)
{
    if (p == NULL)
        return;
    fovea_job_texts_clear (&p->texts);
    g_free (p);
}

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

static gboolean
is_wanted (const FoveaRecallRequest *request, const FoveaArchitecture *a, gint64 layer, gint64 head)
{
    const gboolean *heads = request->curves.heads;
    return heads == NULL || heads[layer * a->n_heads + head];
}

static gint64
count_wanted (const FoveaRecallRequest *request, const FoveaArchitecture *a, gint64 layer)
{
    gint64 n = 0;
    for (gint64 h = 0; h < a->n_heads; h++)
        n += is_wanted (request, a, layer, h);
    return n;
}

/* Layers with any head that is asked for. */
static GArray *
list_layers (const FoveaRecallRequest *request, const FoveaArchitecture *a, gint64 *n_heads)
{
    GArray *layers = g_array_new (FALSE, FALSE, sizeof (gint64));
    *n_heads = 0;
    for (gint64 l = 0; l < a->n_layers; l++) {
        gint64 n = count_wanted (request, a, l);
        *n_heads += n;
        if (n > 0)
            g_array_append_val (layers, l);
    }
    return layers;
}

/* A layer's first @most that are asked for. */
static gboolean *
choose_tried (
    const Trial *trial, const FoveaArchitecture *a, gint64 layer, gint64 most, gint64 *n_tried)
{
    gboolean *tried = g_new0 (gboolean, (gsize) (a->n_layers * a->n_heads));
    *n_tried = 0;
    for (gint64 h = 0; h < a->n_heads && *n_tried < most; h++)
        if (is_wanted (trial->request, a, layer, h)) {
            tried[layer * a->n_heads + h] = TRUE;
            ++*n_tried;
        }
    return tried;
}

static FoveaThreadsClock
subtract (FoveaThreadsClock after, FoveaThreadsClock before)
{
    return (FoveaThreadsClock){after.ran - before.ran, after.caller - before.caller,
                               after.waited - before.waited};
}

/* The beginning of a layer, as its first head reads it: with the normalisers of rows. */
static gboolean
load_layer (FoveaTrace *prefix, gint64 layer, GError **error)
{
    g_autoptr (FoveaAttention) attention = fovea_attention_open (prefix, (guint) layer, error);
    float weight;
    return attention != NULL &&
           fovea_attention_read_pattern (attention, 0, 0, 1, 0, 1, &weight, error);
}

/* Seconds of a thread to read the first tokens of a layer. */
static gboolean
time_load (Trial *trial, gint64 layer, gint64 n_tokens, double *seconds, GError **error)
{
    FoveaThreadsClock before, after;
    g_autoptr (FoveaTrace) prefix = fovea_trace_new_prefix (trial->trace, n_tokens, error);
    fovea_threads_read_clock (trial->threads, &before);
    if (prefix == NULL || !load_layer (prefix, layer, error))
        return FALSE;
    fovea_threads_read_clock (trial->threads, &after);
    *seconds = after.caller - before.caller;
    return TRUE;
}

/* @out: its n_heads says how many to try at most, and then how many were. */
static gboolean
try_layer (Trial *trial, gint64 layer, gint64 n_tokens, double load, Try *out, GError **error)
{
    FoveaThreadsClock before, after;
    FoveaSparseCurvesOptions options = trial->request->curves;
    g_autofree gboolean *tried =
        choose_tried (trial, fovea_trace_get_info (trial->trace)->architecture, layer, out->n_heads,
                      &out->n_heads);
    g_autoptr (FoveaTrace) prefix = fovea_trace_new_prefix (trial->trace, n_tokens, error);
    options.heads = tried;
    g_autoptr (FoveaSparseCurves) curves = fovea_sparse_curves_new (&options);
    fovea_threads_read_clock (trial->threads, &before);
    if (prefix == NULL || !fovea_sparse_curves_add (curves, prefix, trial->threads, NULL, NULL,
                                                    trial->cancellable, error))
        return FALSE;
    fovea_threads_read_clock (trial->threads, &after);
    FoveaThreadsClock took = subtract (after, before);
    trial->all.ran += took.ran;
    trial->all.waited += took.waited;
    out->seconds = MAX (took.ran - load, 0) / (double) out->n_heads;
    out->caller = took.ran > load ? CLAMP ((took.caller - load) / (took.ran - load), 0, 1) : 1;
    out->bytes = (double) fovea_sparse_curves_get_head_bytes (curves);
    return TRUE;
}

/* Of heads whose rows are shared, the caller does what is done alone and its part of the rest. */
static double
get_alone (double caller, gint64 n_threads)
{
    return n_threads > 1
               ? CLAMP (((double) n_threads * caller - 1) / (double) (n_threads - 1), 0, 1)
               : 1;
}

/* The mean over layers by three of them, in units of the middle one. */
static gboolean
compare_layers (Trial *trial,
                const GArray *layers,
                gint64 n_tokens,
                double load,
                double middle,
                double *mean,
                GError **error)
{
    const guint ends[] = {0, layers->len - 1};
    double sum = 2 * middle;
    for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
        Try end = {.n_heads = fovea_threads_count (trial->threads), .seconds = middle};
        if (ends[i] != layers->len / 2 &&
            !try_layer (trial, g_array_index (layers, gint64, ends[i]), n_tokens, load, &end,
                        error))
            return FALSE;
        sum += end.seconds;
    }
    *mean = middle > 0 ? sum / 4 / middle : 1;
    return TRUE;
}

/* Some methods work out for a layer what all its heads need: some more heads tell that apart from what each of
 * them takes. */
static gboolean
find_common (FoveaRecallPrediction *p, Trial *trial, gint64 layer, gint64 n_tokens, GError **error)
{
    Try some = {.n_heads = p->n_threads}, more = {.n_heads = MORE * p->n_threads};
    double load = grow (p->load, (double) n_tokens);
    const FoveaArchitecture *a = fovea_trace_get_info (trial->trace)->architecture;
    p->n_tried = MIN (p->n_threads, count_wanted (trial->request, a, layer));
    if (count_wanted (trial->request, a, layer) <= MAX (p->n_threads, WHOLE_HEADS))
        return TRUE;
    if (!try_layer (trial, layer, n_tokens, load, &some, error) ||
        !try_layer (trial, layer, n_tokens, load, &more, error))
        return FALSE;
    double all = (double) more.n_heads * more.seconds, first = (double) some.n_heads * some.seconds;
    double each = (all - first) / (double) (more.n_heads - some.n_heads);
    double common = some.seconds > 0 ? 1 - each / some.seconds : 0;
    p->common = common > NOTICED ? MIN (common, 1) : 0;
    return TRUE;
}

/* Seconds of a thread for a cell of a head's map, before any mask. */
static gboolean
time_cell (Trial *trial, FoveaTrace *trace, gint64 layer, double *seconds, GError **error)
{
    FoveaThreadsClock before, after;
    g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, (guint) layer, error);
    g_autoptr (FoveaSparseHead) head =
        attention != NULL
            ? fovea_sparse_head_new (attention, (guint) layer, 0, trial->cancellable, error)
            : NULL;
    double n_cells = 0;
    /* The first reads the layer. */
    if (head == NULL || fovea_sparse_measure_middle (head, error) == 0)
        return FALSE;
    fovea_threads_read_clock (trial->threads, &before);
    for (int i = 0; i < TIMED_BLOCKS; i++) {
        double n = fovea_sparse_measure_middle (head, error);
        if (n == 0)
            return FALSE;
        n_cells += n;
    }
    fovea_threads_read_clock (trial->threads, &after);
    *seconds = (after.caller - before.caller) / n_cells;
    return TRUE;
}

/* Of a long text the rows, and the layer, may be more than caches and what is held of it: how much more each
 * cell takes than in the beginning that was tried. */
static gboolean
add_length (FoveaRecallPrediction *p, Trial *trial, gint64 layer, gint64 n_tried, GError **error)
{
    double tried, all;
    g_autoptr (FoveaTrace) prefix = fovea_trace_new_prefix (trial->trace, n_tried, error);
    if (prefix == NULL || !time_cell (trial, prefix, layer, &tried, error) ||
        !time_cell (trial, trial->trace, layer, &all, error))
        return FALSE;
    p->longer = MAX (all - tried, 0) / 2; /* half of the square is cells */
    return TRUE;
}

static gboolean
try_heads (FoveaRecallPrediction *p, Trial *trial, const GArray *layers, GError **error)
{
    const gboolean cheap =
        fovea_trace_keeps_rows (trial->trace) && !fovea_trace_looks_ahead (trial->trace);
    const gint64 n = MIN (p->texts.longest, cheap ? PROBE_TOKENS : FEW_TOKENS);
    const gint64 layer = g_array_index (layers, gint64, layers->len / 2);
    Try half = {.n_heads = p->n_threads}, whole = half;
    double half_load, load, mean;
    if (!time_load (trial, layer, n / 2, &half_load, error) || /* caches are cold */
        !time_load (trial, layer, n, &load, error) ||
        !time_load (trial, layer, n / 2, &half_load, error) ||
        !try_layer (trial, layer, n, load, &whole, error) ||
        !try_layer (trial, layer, n / 2, half_load, &half, error) ||
        !compare_layers (trial, layers, n / 2, half_load, half.seconds, &mean, error))
        return FALSE;
    p->load = fit (half_load, load, (double) n);
    if (!find_common (p, trial, layer, n < PROBE_TOKENS ? n / 2 : n / 4, error))
        return FALSE;
    if (cheap && n < p->texts.longest && !add_length (p, trial, layer, n, error))
        return FALSE;
    p->head = fit (mean * half.seconds, mean * whole.seconds, (double) n);
    p->bytes = fit (half.bytes, whole.bytes, (double) n);
    if (p->n_heads < p->n_layers * WHOLE_HEADS)
        p->alone = get_alone (whole.caller, p->n_threads);
    p->pace = fovea_job_time_read_pace (FOVEA_JOB_CURVES,
                                        (trial->all.ran + trial->all.waited) / trial->all.ran);
    return TRUE;
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
count_pairs (const FoveaRecallPrediction *p, const FoveaRecallRequest *request)
{
    double n_points = request->curves.sweep ? FOVEA_SPARSE_MAX_POINTS : 1;
    gsize n_methods = 0;
    while (request->curves.methods[n_methods] != NULL)
        n_methods++;
    return fovea_job_texts_count_pairs (&p->texts) * n_points * (double) n_methods;
}

static gboolean
predict_trace (FoveaRecallPrediction *p,
               FoveaTrace *trace,
               const FoveaRecallRequest *request,
               GCancellable *cancellable,
               GError **error)
{
    const FoveaArchitecture *a = fovea_trace_get_info (trace)->architecture;
    g_autoptr (GArray) layers = list_layers (request, a, &p->n_heads);
    p->n_layer = a->n_heads;
    p->n_layers = layers->len;
    p->texts.ahead = fovea_trace_looks_ahead (trace);
    if (count_pairs (p, request) * (double) p->n_heads < FEW_PAIRS || p->n_heads == 0 ||
        uses_gpu (request))
        return TRUE;
    Trial trial = {trace, request, fovea_threads_new (request->threads), {0}, cancellable};
    p->n_threads = fovea_threads_count (trial.threads);
    gboolean done = try_heads (p, &trial, layers, error);
    fovea_threads_free (trial.threads);
    g_autoptr (FoveaAttention) attention = done ? fovea_attention_open (trace, 0, NULL) : NULL;
    if (attention != NULL)
        fovea_attention_count_bytes (attention, 1, &p->held, &p->each);
    return done;
}

/* Lengths, and the longest text. */
static const FoveaSequenceInfo *
list_texts (FoveaRecallPrediction *p, const FoveaRecallRequest *request, GPtrArray *sequences)
{
    const FoveaSequenceInfo *longest = g_ptr_array_index (sequences, 0);
    for (guint i = 0; i < sequences->len; i++) {
        const FoveaSequenceInfo *sequence = g_ptr_array_index (sequences, i);
        fovea_job_texts_add (&p->texts, fovea_recall_request_count_tokens (request, sequence));
        longest = sequence->n_tokens > longest->n_tokens ? sequence : longest;
    }
    return longest;
}

/* Of what was asked for, and of fewer tokens of the same. */
static void
find_measured (FoveaRecallPrediction *p, FoveaStore *store, const FoveaRecallRequest *request)
{
    for (guint i = 0; i < FOVEA_KEPT_LENGTHS; i++) {
        FoveaRecallRequest fewer = *request;
        if (i > 0)
            fewer.first_tokens = fovea_kept_work_get_tokens (i);
        p->measured[i] = fovea_recall_job_find_measured (store, &fewer);
    }
}

FoveaRecallPrediction *
fovea_recall_prediction_new (FoveaStore *store,
                             FoveaRecallRequest *request,
                             GCancellable *cancellable,
                             GError **error)
{
    guint64 total;
    g_autoptr (GPtrArray) sequences = fovea_recall_request_list (request, store, error);
    if (sequences == NULL)
        return NULL;
    g_autoptr (FoveaRecallPrediction) p = g_new0 (FoveaRecallPrediction, 1);
    fovea_job_texts_init (&p->texts);
    p->n_threads = 1;
    p->alone = USUAL_ALONE;
    fovea_device_memory (NULL, &p->texts.room, &total);
    g_autoptr (FoveaTrace) trace =
        fovea_store_open_trace (store, list_texts (p, request, sequences)->id, error);
    if (trace != NULL)
        trace = fovea_trace_take_beginning (g_steal_pointer (&trace), p->texts.longest, error);
    if (trace == NULL || !fovea_recall_request_choose_heads (request, trace, error) ||
        !predict_trace (p, trace, request, cancellable, error))
        return NULL;
    find_measured (p, store, request);
    return g_steal_pointer (&p);
}

double
fovea_recall_prediction_get_measured (const FoveaRecallPrediction *p, gint64 first_tokens)
{
    return p->measured[fovea_kept_work_find_tokens (first_tokens)];
}

gint64
fovea_recall_prediction_get_n_heads (const FoveaRecallPrediction *p, gint64 *n_layer)
{
    if (n_layer != NULL)
        *n_layer = p->n_layer;
    return p->n_heads;
}

/* Heads of a layer in turns of as many as there are threads, or with their rows shared; in units of one head. */
static double
count_turns (const FoveaRecallPrediction *p, double n_heads)
{
    double threads = (double) p->n_threads;
    return n_heads < MIN (threads, WHOLE_HEADS) ? n_heads * (p->alone + (1 - p->alone) / threads)
                                                : ceil (n_heads / threads);
}

/* In the logarithm of the length, from those that were tried to the longest. */
static double
get_longer (const FoveaRecallPrediction *p, double n)
{
    double most = (double) p->texts.longest / PROBE_TOKENS;
    return most > 1 ? p->longer * CLAMP (log (n / PROBE_TOKENS) / log (most), 0, 1) : 0;
}

FoveaJobTime
fovea_recall_prediction_get_time (const FoveaRecallPrediction *p,
                                  gint64 n_heads,
                                  gint64 first_tokens)
{
    gint64 n_layers =
        n_heads == p->n_heads ? p->n_layers : (n_heads + p->n_layer - 1) / MAX (p->n_layer, 1);
    double seconds = 0;
    for (guint i = 0; i < p->texts.lengths->len && n_layers > 0; i++) {
        double n = (double) fovea_job_texts_get_length (&p->texts, i, first_tokens);
        double turns = count_turns (p, (double) n_heads / (double) n_layers);
        double head = grow (p->head, n) + get_longer (p, n) * n * n;
        double common = p->common * (double) p->n_tried / (double) p->n_threads;
        seconds +=
            (double) n_layers * (grow (p->load, n) + ((1 - p->common) * turns + common) * head);
    }
    return fovea_job_time_multiply (p->pace, seconds);
}

guint64
fovea_recall_prediction_get_bytes (const FoveaRecallPrediction *p, gint64 first_tokens)
{
    double n = (double) fovea_job_texts_cut (&p->texts, first_tokens),
           share = n / (double) p->texts.longest;
    double head = (double) p->each * share + grow (p->bytes, n);
    return p->pace.factor > 0 ? (guint64) ((double) p->held * share +
                                           head * (double) MIN (p->n_threads, p->n_heads))
                              : 0;
}

static FoveaJobNeed
get_need (gconstpointer data, gint64 first_tokens)
{
    const FoveaRecallPrediction *p = data;
    return (FoveaJobNeed){fovea_recall_prediction_get_time (p, p->n_heads, first_tokens).seconds,
                          fovea_recall_prediction_get_bytes (p, first_tokens)};
}

gboolean
fovea_recall_prediction_is_long (const FoveaRecallPrediction *p, double patience)
{
    return fovea_job_texts_is_long (&p->texts, get_need, p, patience);
}

guint
fovea_recall_prediction_list_fitting (const FoveaRecallPrediction *p,
                                      double patience,
                                      gint64 tokens[2])
{
    return fovea_job_texts_list_fitting (&p->texts, get_need, p, patience, tokens);
}

char *
fovea_recall_prediction_describe (const FoveaRecallPrediction *p)
{
    guint64 bytes = fovea_recall_prediction_get_bytes (p, 0);
    g_autofree char *time =
        fovea_job_time_describe (fovea_recall_prediction_get_time (p, p->n_heads, 0));
    g_autofree char *heads = fovea_text_count (p->n_heads);
    g_autofree char *tokens = fovea_text_count (fovea_job_texts_count_tokens (&p->texts));
    g_autofree char *memory = g_format_size (bytes), *room = g_format_size (p->texts.room);
    return bytes > p->texts.room
               ? g_strdup_printf (_ ("Curves of %s heads on %s tokens take %s and %s of memory, of "
                                     "which %s are free."),
                                  heads, tokens, time, memory, room)
               : g_strdup_printf (_ ("Curves of %s heads on %s tokens take %s and %s of memory."),
                                  heads, tokens, time, memory);
}
