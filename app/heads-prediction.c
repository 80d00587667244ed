/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Cost: some tiles a thread of the longest text and of its beginning, however many sequences there are. */
#include "app/heads-prediction.h"

#include <glib/gi18n.h>
#include <math.h>

#include "analysis/head-measures.h"
#include "capture/trace-prefix.h"
#include "kernels/device.h"
#include "ui/figures/text.h"

#define LEAST_TOKENS 1024
#define LONGER       6 /* of the patience: a minute, for who can wait that long */

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
    GArray *lengths; /* of gint64; texts */
    gint64 longest, n_heads;
    Sample samples[2]; /* the longest, and its beginning or the same */
    double n_shares;   /* threads that have a head of a layer each, in the mean */
    FoveaJobTime pace;
    guint64 bytes, room; /* at the longest */
    gboolean ahead;
};

void
fovea_heads_prediction_free (FoveaHeadsPrediction *p)
{
    if (p == NULL)
        return;
    g_array_unref (p->lengths);
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
        g_array_append_val (p->lengths, sequence->n_tokens);
        if (longest == NULL || sequence->n_tokens > longest->n_tokens)
            longest = sequence;
    }
    p->longest = longest != NULL ? longest->n_tokens : 0;
    return longest;
}

static double
count_pairs (const FoveaHeadsPrediction *p)
{
    double pairs = 0;
    for (guint i = 0; i < p->lengths->len; i++) {
        double n = (double) g_array_index (p->lengths, gint64, i);
        pairs += n * n / 2 * (double) p->n_heads;
    }
    return pairs;
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
    gint64 n_long = fovea_trace_keeps_rows (trace) ? p->longest : MIN (p->longest, FEW_TOKENS);
    gint64 n_short = p->ahead ? n_long : MIN (n_long, SHORT_TOKENS);
    if (!time_beginning (trace, n_long, threads, &p->samples[0], &whole, cancellable, error) ||
        !time_beginning (trace, n_short, threads, &p->samples[1], &part, cancellable, error))
        return FALSE;
    gint64 heads = fovea_trace_get_info (trace)->architecture->n_heads;
    gint64 n = fovea_threads_count (threads);
    p->n_shares = (double) heads / (double) ((heads + n - 1) / n);
    p->pace = fovea_job_time_read_pace (FOVEA_JOB_HEADS, (whole.busy + part.busy) / 2);
    p->bytes = (guint64) ((double) whole.bytes * (double) p->longest / (double) n_long);
    fovea_device_memory (NULL, &p->room, &total);
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
    p->ahead = fovea_trace_looks_ahead (trace);
    if (count_pairs (p) < FEW_PAIRS)
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
    p->lengths = g_array_new (FALSE, FALSE, sizeof (gint64));
    p->room = G_MAXUINT64;
    const FoveaSequenceInfo *longest = list_texts (p, sequences);
    if (longest != NULL && !open_longest (p, store, longest, cancellable, error))
        return NULL;
    return g_steal_pointer (&p);
}

static gint64
cut (gint64 n, gint64 first_tokens)
{
    return first_tokens > 0 ? MIN (n, first_tokens) : n;
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
    for (guint i = 0; i < p->lengths->len; i++)
        idle += get_idle_seconds (
            p, (double) cut (g_array_index (p->lengths, gint64, i), first_tokens));
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
    return p->longest > 0 ? (guint64) ((double) p->bytes * (double) cut (p->longest, first_tokens) /
                                       (double) p->longest)
                          : 0;
}

gint64
fovea_heads_prediction_get_longest (const FoveaHeadsPrediction *p, gint64 *n_heads)
{
    if (n_heads != NULL)
        *n_heads = p->n_heads;
    return p->longest;
}

static gboolean
fits (const FoveaHeadsPrediction *p, gint64 first_tokens, double seconds)
{
    return fovea_heads_prediction_get_seconds (p, first_tokens) <= seconds &&
           fovea_heads_prediction_get_bytes (p, first_tokens) <= p->room;
}

gboolean
fovea_heads_prediction_is_long (const FoveaHeadsPrediction *p, double patience)
{
    return !fits (p, 0, patience);
}

guint
fovea_heads_prediction_list_fitting (const FoveaHeadsPrediction *p,
                                     double patience,
                                     gint64 tokens[2])
{
    const double limits[] = {patience, LONGER * patience};
    guint n = 0;
    for (guint i = 0; i < G_N_ELEMENTS (limits) && !p->ahead; i++) {
        gint64 most = 0;
        for (gint64 t = LEAST_TOKENS; t < p->longest && fits (p, t, limits[i]); t *= 2)
            most = t;
        if (most > 0 && (n == 0 || tokens[n - 1] != most))
            tokens[n++] = most;
    }
    return n;
}

char *
fovea_heads_prediction_describe (const FoveaHeadsPrediction *p)
{
    guint64 bytes = fovea_heads_prediction_get_bytes (p, 0);
    g_autofree char *time = fovea_job_time_describe (fovea_heads_prediction_get_time (p, 0));
    g_autofree char *heads = fovea_text_count (p->n_heads);
    g_autofree char *memory = g_format_size (bytes), *room = g_format_size (p->room);
    gint64 sum = 0;
    for (guint i = 0; i < p->lengths->len; i++)
        sum += g_array_index (p->lengths, gint64, i);
    g_autofree char *tokens = fovea_text_count (sum);
    return bytes > p->room
               ? g_strdup_printf (_ ("Scoring %s heads on %s tokens takes %s and %s of memory, of "
                                     "which %s are free."),
                                  heads, tokens, time, memory, room)
               : g_strdup_printf (_ ("Scoring %s heads on %s tokens takes %s and %s of memory."),
                                  heads, tokens, time, memory);
}
