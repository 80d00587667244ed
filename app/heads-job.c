/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One trace is open at a time, so memory is that of one sequence. */
#include "app/heads-job.h"

#include "app/capture-job.h"
#include "app/data-files.h"
#include "app/kept-work.h"
#include "analysis/head-measures.h"
#include "capture/trace-prefix.h"

#define USUAL_TOKENS 512
#define USUAL_PERIOD 100
#define USUAL_LIMIT  10

/* Of a run over a store: tokens of the sequences before, and of the one under way. */
typedef struct {
    FoveaHeads *heads;
    FoveaStore *store;
    FoveaMeasurement *measurement;
    gint64 first_tokens; /* of a text; 0 = all */
    gboolean any_cut;
    FoveaProgress progress;
    gpointer data;
    gint64 before, n_tokens, total;
} Walk;

#define KIND "heads" /* of measurement */

/* Diagonals of repeats take no time, and need both copies. */
static gint64
count_scored (gint64 first_tokens, const FoveaSequenceInfo *sequence)
{
    gboolean cut = first_tokens > 0 && sequence->repeat_period == 0;
    return cut ? MIN (sequence->n_tokens, first_tokens) : sequence->n_tokens;
}

/* What a sequence's numbers depend on; those of a program that measures something else are not these. */
static FoveaMeasurement *
open_measurement (FoveaStore *store, gint64 first_tokens)
{
    g_autofree char *options = g_strdup_printf (
        "{\"first_tokens\":%" G_GINT64_FORMAT ",\"measures\":%d}", first_tokens, FOVEA_N_MEASURES);
    return fovea_measurement_new (store, KIND, options);
}

double
fovea_heads_job_find_measured (FoveaStore *store, gint64 run, gint64 first_tokens)
{
    double done = 0, all = 0;
    g_autoptr (FoveaMeasurement) measurement = open_measurement (store, first_tokens);
    g_autoptr (GPtrArray) sequences = fovea_store_list_sequences (store, run, NULL);
    if (sequences == NULL || sequences->len == 0 ||
        fovea_measurement_count (measurement, run, 0) == 0)
        return 0;
    gint64 L = fovea_kept_work_count_layers (store, g_ptr_array_index (sequences, 0));
    for (guint i = 0; i < sequences->len; i++) {
        const FoveaSequenceInfo *sequence = g_ptr_array_index (sequences, i);
        double n = (double) count_scored (first_tokens, sequence);
        all += n;
        done += n * (double) fovea_measurement_count (measurement, 0, sequence->id) /
                (double) MAX (L, 1);
    }
    return all > 0 ? MIN (done / all, 1) : 0;
}

gboolean
fovea_heads_job_keep (FoveaStore *store, gint64 run, FoveaTable *heads, GError **error)
{
    return fovea_store_put_table (store, run, heads, error) &&
           fovea_store_forget_complete (store, KIND, error);
}

/* One stored sequence into the collection; the error names it. */
static gboolean
add_sequence (Walk *walk,
              const FoveaSequenceInfo *sequence,
              GCancellable *cancellable,
              GError **error)
{
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (walk->store, sequence->id, error);
    gint64 n = count_scored (walk->first_tokens, sequence);
    FoveaKeptWork work;
    gboolean cut = n < sequence->n_tokens;
    walk->any_cut |= cut;
    if (trace != NULL && cut)
        trace = fovea_trace_take_beginning (g_steal_pointer (&trace), n, error);
    fovea_heads_set_kept (walk->heads,
                          fovea_kept_work_begin (&work, walk->measurement, sequence->id));
    if (trace != NULL && fovea_heads_add (walk->heads, trace, cancellable, error))
        return TRUE;
    g_prefix_error (error, "sequence %" G_GINT64_FORMAT " (%s): ", sequence->id, sequence->title);
    return FALSE;
}

/* FoveaProgress of one sequence: a long one is minutes of work by itself. */
static void
head_measured (gpointer data, gint64 done, gint64 total)
{
    Walk *walk = data;
    walk->progress (walk->data, walk->before + walk->n_tokens * done / total, walk->total);
}

static gboolean
add_sequences (Walk *walk, GPtrArray *sequences, GCancellable *cancellable, GError **error)
{
    for (guint i = 0; i < sequences->len; i++)
        walk->total += count_scored (walk->first_tokens, g_ptr_array_index (sequences, i));
    if (walk->progress != NULL)
        fovea_heads_set_progress (walk->heads, head_measured, walk);
    for (guint i = 0; i < sequences->len; i++) {
        const FoveaSequenceInfo *sequence = g_ptr_array_index (sequences, i);
        walk->n_tokens = count_scored (walk->first_tokens, sequence);
        if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
            !add_sequence (walk, sequence, cancellable, error))
            return FALSE;
        walk->before += walk->n_tokens;
    }
    return TRUE;
}

FoveaTable *
fovea_heads_job_run_store (FoveaStore *store,
                           gint64 run,
                           gint64 first_tokens,
                           FoveaProgress progress,
                           gpointer progress_data,
                           GCancellable *cancellable,
                           GError **error)
{
    g_autoptr (GPtrArray) sequences = fovea_store_list_sequences (store, run, error);
    if (sequences == NULL)
        return NULL;
    if (sequences->len == 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "heads: %s: run %" G_GINT64_FORMAT " holds no sequence",
                     fovea_store_get_path (store), run);
        return NULL;
    }
    g_autoptr (FoveaHeads) heads = fovea_heads_new ();
    g_autoptr (FoveaMeasurement) measurement = open_measurement (store, first_tokens);
    Walk walk = {.heads = heads,
                 .store = store,
                 .measurement = measurement,
                 .first_tokens = first_tokens,
                 .progress = progress,
                 .data = progress_data};
    if (!add_sequences (&walk, sequences, cancellable, error))
        return NULL;
    fovea_measurement_complete (measurement);
    FoveaTable *table = fovea_heads_finish (heads);
    g_autofree char *cut = g_strdup_printf ("%" G_GINT64_FORMAT, first_tokens);
    fovea_table_set_note (table, "store_id", fovea_store_get_uuid (store));
    if (walk.any_cut)
        fovea_table_set_note (table, "first_tokens", cut);
    return table;
}

/* Sequences know their run, but only the list tells. */
gint64
fovea_heads_job_find_run (FoveaStore *store, gint64 sequence)
{
    g_autoptr (GPtrArray) all = fovea_store_list_sequences (store, 0, NULL);
    for (guint i = 0; all != NULL && i < all->len; i++) {
        const FoveaSequenceInfo *info = g_ptr_array_index (all, i);
        if (info->id == sequence)
            return info->run_id;
    }
    return 0;
}

FoveaTable *
fovea_heads_job_get_kept (FoveaStore *store, gint64 run, const FoveaArchitecture *architecture)
{
    const gint64 abouts[] = {run, 0};
    for (guint i = 0; i < G_N_ELEMENTS (abouts); i++) {
        g_autoptr (FoveaTable) table = fovea_store_get_table (store, abouts[i], "heads", NULL);
        if (table != NULL &&
            fovea_heads_check_table (table, architecture->n_layers, architecture->n_heads))
            return g_steal_pointer (&table);
    }
    return NULL;
}

/* What the callbacks of one capture need. */
typedef struct {
    FoveaHeads *heads;
    GCancellable *cancellable;
    FoveaProgress progress;
    gpointer progress_data;
    gint64 before, total; /* tokens of earlier captures, of all */
} Collector;

/* FoveaCaptureTraceFunc: scores a trace and lets it go. */
static gboolean
take_trace (gpointer data, FoveaTrace *trace, GError **error)
{
    Collector *c = data;
    return fovea_heads_add (c->heads, trace, c->cancellable, error);
}

static void
on_progress (gpointer data, const FoveaCaptureProgress *p)
{
    Collector *c = data;
    if (c->progress != NULL)
        c->progress (c->progress_data, c->before + p->tokens, c->total);
}

/* What texts and repeats have in common. */
static FoveaCaptureRequest *
make_request (const FoveaHeadsRequest *from)
{
    FoveaCaptureRequest *request = fovea_capture_request_new ();
    request->model = g_strdup (from->model);
    request->limit = from->limit > 0 ? from->limit : USUAL_LIMIT;
    request->seed = from->seed;
    request->device = g_strdup (from->device);
    request->precision = from->precision;
    request->threads = from->threads;
    request->memory = from->memory;
    return request;
}

/* A text job over the shipped texts; NULL without error if the model has no tokenizer, or one of a kind
 * that is not known. One that is damaged is an error: a table of half the sequences would not show it. */
static FoveaCaptureJob *
prepare_texts (const FoveaHeadsRequest *from, FoveaModel *model, GError **error)
{
    g_autoptr (GError) failure = NULL;
    if (fovea_model_get_tokenizer (model, &failure) == NULL) {
        if (!g_error_matches (failure, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND) &&
            !g_error_matches (failure, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED))
            g_propagate_error (error, g_steal_pointer (&failure));
        return NULL;
    }
    FoveaCaptureRequest *request = make_request (from);
    gint64 context = fovea_model_get_architecture (model)->context;
    request->tokens = from->tokens > 0 ? from->tokens : MIN (USUAL_TOKENS, context);
    request->stride = request->tokens;
    request->files = fovea_data_list_texts (error);
    if (request->files != NULL)
        return fovea_capture_job_prepare (request, model, error);
    fovea_capture_request_free (request);
    return NULL;
}

/* The standard induction test, with a period that the context can hold twice. */
static FoveaCaptureJob *
prepare_repeats (const FoveaHeadsRequest *from, FoveaModel *model, GError **error)
{
    FoveaCaptureRequest *request = make_request (from);
    gint64 context = fovea_model_get_architecture (model)->context;
    gint64 usual = MIN (USUAL_PERIOD, MAX ((context - 1) / 2, 1));
    request->random_repeat = from->period > 0 ? from->period : usual;
    return fovea_capture_job_prepare (request, model, error);
}

static gint64
count_tokens (FoveaCaptureJob *job)
{
    gint64 n = 0;
    GPtrArray *sequences = job != NULL ? fovea_capture_job_get_sequences (job) : NULL;
    for (guint i = 0; sequences != NULL && i < sequences->len; i++)
        n += ((const FoveaTraceInfo *) g_ptr_array_index (sequences, i))->n_tokens;
    return n;
}

static gboolean
run_job (FoveaCaptureJob *job, Collector *c, GError **error)
{
    if (job == NULL)
        return TRUE;
    gboolean done =
        fovea_capture_job_run_in_memory (job, take_trace, c, on_progress, c, c->cancellable, error);
    c->before += count_tokens (job);
    return done;
}

/* Where the numbers come from, for whoever meets the table alone. */
static void
note_request (FoveaTable *table, const FoveaHeadsRequest *request, FoveaModel *model)
{
    g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, request->seed);
    fovea_table_set_note (table, "model", fovea_model_get_name (model));
    fovea_table_set_note (table, "model_hash", fovea_model_get_hash (model, NULL, NULL));
    fovea_table_set_note (table, "seed", seed);
}

FoveaTable *
fovea_heads_job_run_model (const FoveaHeadsRequest *request,
                           FoveaProgress progress,
                           gpointer progress_data,
                           GCancellable *cancellable,
                           GError **error)
{
    g_autoptr (FoveaModel) model = fovea_model_open (request->model, error);
    if (model == NULL)
        return NULL;
    g_autoptr (GError) failure = NULL;
    g_autoptr (FoveaCaptureJob) texts = prepare_texts (request, model, &failure);
    g_autoptr (FoveaCaptureJob) repeats =
        failure == NULL ? prepare_repeats (request, model, &failure) : NULL;
    if (failure != NULL) {
        g_propagate_error (error, g_steal_pointer (&failure));
        return NULL;
    }
    g_autoptr (FoveaHeads) heads = fovea_heads_new ();
    Collector c = {heads,         cancellable, progress,
                   progress_data, 0,           count_tokens (texts) + count_tokens (repeats)};
    if (!run_job (texts, &c, error) || !run_job (repeats, &c, error))
        return NULL;
    FoveaTable *table = fovea_heads_finish (heads);
    note_request (table, request, model);
    return table;
}
