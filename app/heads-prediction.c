/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Cost: some tiles a thread of the longest text and of its beginning, however many sequences there are. */
#include "app/heads-prediction.h"

#include "app/heads-job.h"

#include <glib/gi18n.h>
#include <math.h>

#include "analysis/head-measures.h"
#include "app/job-texts.h"
#include "app/kept-work.h"
#include "capture/trace-prefix.h"
#include "kernels/device.h"
#include "ui/figures/text.h"

/* Pairs of 72 heads on 4,096 tokens: about a second of two threads, not worth a word. */
#define FEW_PAIRS 6e8

/* A wide tile costs more a pair than one that the caches hold. */
#define SHORT_TOKENS 4096

/* Where nothing was kept of rows, the first look at a layer goes over all of it. */
#define FEW_TOKENS 1024

/* What a length takes, in parts that grow with it and with its square. */
typedef struct {
    double n_tokens;
    FoveaWork per_token, per_pair;
} Sample;

struct _FoveaHeadsPrediction {
    FoveaJobTexts texts;
    gint64 n_heads;
    Sample samples[2]; /* the longest, and its beginning or the same */
    double n_shares;   /* threads that have a head of a layer each, in the mean */
    FoveaJobTime pace;
    guint64 bytes;                       /* at the longest */
    double measured[FOVEA_KEPT_LENGTHS]; /* shares that those that were stopped have left */
};

void
fovea_heads_prediction_free (FoveaHeadsPrediction *p)
{
    if (p == NULL)
        return;
    fovea_job_texts_clear (&p->texts);
    g_free (p);
}

/* The longest text; NULL without texts. */
static const FoveaSequenceInfo *
list_texts (FoveaHeadsPrediction *p, GPtrArray *sequences)
{
    const FoveaSequenceInfo *longest = NULL;
    for (guint i = 0; i < sequences->len; i++) {
        const FoveaSequenceInfo *sequence = g_ptr_array_index (sequences, i);
        if (sequence->repeat_period != 0)
            continue;
        fovea_job_texts_add (&p->texts, sequence->n_tokens);
        if (longest == NULL || sequence->n_tokens > longest->n_tokens)
            longest = sequence;
    }
    return longest;
}

static FoveaWork
divide (FoveaWork work, double by)
{
    return (FoveaWork){work.alone / by, work.shared / by};
}

/* @n_tokens: of the beginning of @trace. */
static gboolean
time_beginning (FoveaTrace *trace,
                gint64 n_tokens,
                FoveaThreads *threads,
                Sample *sample,
                FoveaHeadMeasuresCost *cost,
                GCancellable *cancellable,
                GError **error)
{
    g_autoptr (FoveaTrace) part = fovea_trace_get_info (trace)->n_tokens > n_tokens
                                      ? fovea_trace_new_prefix (trace, n_tokens, error)
                                      : fovea_trace_ref (trace);
    if (part == NULL || !fovea_head_measures_time (part, threads, cost, cancellable, error))
        return FALSE;
    double n = (double) n_tokens;
    *sample = (Sample){n, divide (cost->layers, n), divide (cost->tiles, n * n)};
    return TRUE;
}

static gboolean
time_longest (FoveaHeadsPrediction *p,
              FoveaTrace *trace,
              FoveaThreads *threads,
              GCancellable *cancellable,
              GError **error)
{
    FoveaHeadMeasuresCost whole, part;
    guint64 total;
    gint64 n_long =
        fovea_trace_keeps_rows (trace) ? p->texts.longest : MIN (p->texts.longest, FEW_TOKENS);
    gint64 n_short = p->texts.ahead ? n_long : MIN (n_long, SHORT_TOKENS);
    if (!time_beginning (trace, n_long, threads, &p->samples[0], &whole, cancellable, error) ||
        !time_beginning (trace, n_short, threads, &p->samples[1], &part, cancellable, error))
        return FALSE;
    gint64 heads = fovea_trace_get_info (trace)->architecture->n_heads;
    gint64 n = fovea_threads_count (threads);
    p->n_shares = (double) heads / (double) ((heads + n - 1) / n);
    p->pace = fovea_job_time_read_pace (FOVEA_JOB_HEADS, (whole.busy + part.busy) / 2);
    p->bytes = (guint64) ((double) whole.bytes * (double) p->texts.longest / (double) n_long);
    fovea_device_memory (NULL, &p->texts.room, &total);
    return TRUE;
}

static gboolean
open_longest (FoveaHeadsPrediction *p,
              FoveaStore *store,
              const FoveaSequenceInfo *longest,
              GCancellable *cancellable,
              GError **error)
{
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, longest->id, error);
    if (trace == NULL)
        return FALSE;
    const FoveaArchitecture *a = fovea_trace_get_info (trace)->architecture;
    p->n_heads = a->n_layers * a->n_heads;
    p->texts.ahead = fovea_trace_looks_ahead (trace);
    if (fovea_job_texts_count_pairs (&p->texts) * (double) p->n_heads < FEW_PAIRS)
        return TRUE;
    FoveaThreads *threads = fovea_threads_new (0);
    gboolean done = time_longest (p, trace, threads, cancellable, error);
    fovea_threads_free (threads);
    return done;
}

FoveaHeadsPrediction *
fovea_heads_prediction_new (FoveaStore *store,
                            gint64 run,
                            GCancellable *cancellable,
                            GError **error)
{
    g_autoptr (GPtrArray) sequences = fovea_store_list_sequences (store, run, error);
    if (sequences == NULL)
        return NULL;
    g_autoptr (FoveaHeadsPrediction) p = g_new0 (FoveaHeadsPrediction, 1);
    fovea_job_texts_init (&p->texts);
    const FoveaSequenceInfo *longest = list_texts (p, sequences);
    if (longest != NULL && !open_longest (p, store, longest, cancellable, error))
        return NULL;
    for (guint i = 0; i < FOVEA_KEPT_LENGTHS; i++)
        p->measured[i] = fovea_heads_job_find_measured (store, run, fovea_kept_work_get_tokens (i));
    return g_steal_pointer (&p);
}

double
fovea_heads_prediction_get_measured (const FoveaHeadsPrediction *p, gint64 first_tokens)
{
    return p->measured[fovea_kept_work_find_tokens (first_tokens)];
}

/* Between the two samples in the logarithm of the length, beyond them as they are. */
static double
mix (const FoveaHeadsPrediction *p, double n, double of_long, double of_short)
{
    double most = p->samples[0].n_tokens, least = p->samples[1].n_tokens;
    double share = most > least ? CLAMP (log (n / least) / log (most / least), 0, 1) : 1;
    return share * of_long + (1 - share) * of_short;
}

static double
get_idle_seconds (const FoveaHeadsPrediction *p, double n)
{
    const Sample *l = &p->samples[0], *s = &p->samples[1];
    double alone = mix (p, n, l->per_token.alone, s->per_token.alone) * n +
                   mix (p, n, l->per_pair.alone, s->per_pair.alone) * n * n;
    double shared = mix (p, n, l->per_token.shared, s->per_token.shared) * n +
                    mix (p, n, l->per_pair.shared, s->per_pair.shared) * n * n;
    return p->n_shares > 0 ? alone + shared / p->n_shares : 0;
}

FoveaJobTime
fovea_heads_prediction_get_time (const FoveaHeadsPrediction *p, gint64 first_tokens)
{
    double idle = 0;
    for (guint i = 0; i < p->texts.lengths->len; i++)
        idle +=
            get_idle_seconds (p, (double) fovea_job_texts_get_length (&p->texts, i, first_tokens));
    return fovea_job_time_multiply (p->pace, idle);
}

double
fovea_heads_prediction_get_seconds (const FoveaHeadsPrediction *p, gint64 first_tokens)
{
    return fovea_heads_prediction_get_time (p, first_tokens).seconds;
}

guint64
fovea_heads_prediction_get_bytes (const FoveaHeadsPrediction *p, gint64 first_tokens)
{
    return p->texts.longest > 0
               ? (guint64) ((double) p->bytes *
                            (double) fovea_job_texts_cut (&p->texts, first_tokens) /
                            (double) p->texts.longest)
               : 0;
}

gint64
fovea_heads_prediction_get_longest (const FoveaHeadsPrediction *p, gint64 *n_heads)
{
    if (n_heads != NULL)
        *n_heads = p->n_heads;
    return p->texts.longest;
}

static FoveaJobNeed
get_need (gconstpointer p, gint64 first_tokens)
{
    return (FoveaJobNeed){fovea_heads_prediction_get_seconds (p, first_tokens),
                          fovea_heads_prediction_get_bytes (p, first_tokens)};
}

gboolean
fovea_heads_prediction_is_long (const FoveaHeadsPrediction *p, double patience)
{
    return fovea_job_texts_is_long (&p->texts, get_need, p, patience);
}

guint
fovea_heads_prediction_list_fitting (const FoveaHeadsPrediction *p,
                                     double patience,
                                     gint64 tokens[2])
{
    return fovea_job_texts_list_fitting (&p->texts, get_need, p, patience, tokens);
}

char *
fovea_heads_prediction_describe (const FoveaHeadsPrediction *p)
{
    guint64 bytes = fovea_heads_prediction_get_bytes (p, 0);
    g_autofree char *time = fovea_job_time_describe (fovea_heads_prediction_get_time (p, 0));
    g_autofree char *heads = fovea_text_count (p->n_heads);
    g_autofree char *memory = g_format_size (bytes), *room = g_format_size (p->texts.room);
    g_autofree char *tokens = fovea_text_count (fovea_job_texts_count_tokens (&p->texts));
    return bytes > p->texts.room
               ? g_strdup_printf (_ ("Scoring %s heads on %s tokens takes %s and %s of memory, of "
                                     "which %s are free."),
                                  heads, tokens, time, memory, room)
               : g_strdup_printf (_ ("Scoring %s heads on %s tokens takes %s and %s of memory."),
                                  heads, tokens, time, memory);
}
