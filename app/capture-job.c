/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Prepare does everything that can be refused before a second of computing is spent; run is a loop
 * over sequences in which only device and disk can still fail. One session serves all sequences and
 * is sized for the longest. */
#include "app/capture-job.h"

#include <string.h>

#include "app/capture-input.h"
#include "capture/count-text.h"
#include "capture/sink.h"

struct _FoveaCaptureJob {
    FoveaCaptureRequest *request;
    FoveaModel *model;
    FoveaDevice *device;
    FoveaPlan *plan;
    GPtrArray *sequences; /* of FoveaTraceInfo */
    FoveaSessionOptions session_options;
    FoveaSession *session; /* NULL until allocated */
};

/* What one run's progress callback needs. */
typedef struct {
    FoveaCaptureProgress state;
    gint64 tokens_before; /* of finished sequences */
    gint64 sequence_tokens;
    FoveaCaptureProgressFunc progress;
    gpointer progress_data;
} Progress;

void
fovea_capture_job_free (FoveaCaptureJob *job)
{
    if (job == NULL)
        return;
    g_clear_pointer (&job->session, fovea_session_free);
    g_clear_pointer (&job->sequences, g_ptr_array_unref);
    g_clear_pointer (&job->plan, fovea_plan_free);
    g_clear_pointer (&job->device, fovea_device_free);
    g_clear_pointer (&job->model, fovea_model_unref);
    fovea_capture_request_free (job->request);
    g_free (job);
}

/* Every n_shards-th sequence, from `shard` on. */
static GPtrArray *
take_shard (GPtrArray *sequences, gint64 shard, gint64 n_shards)
{
    if (n_shards <= 1)
        return g_ptr_array_ref (sequences);
    GPtrArray *mine = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_trace_info_free);
    for (guint i = 0; i < sequences->len; i++)
        if (i % n_shards == (guint64) shard)
            g_ptr_array_add (mine, fovea_trace_info_copy (g_ptr_array_index (sequences, i)));
    return mine;
}

/* Cuts the input and keeps this shard's part; an empty part is an error, since a run of nothing
 * would look like a finished one. */
static gboolean
fill_sequences (FoveaCaptureJob *job, GError **error)
{
    const FoveaCaptureRequest *request = job->request;
    g_autoptr (GPtrArray) all = fovea_capture_input_read (job->model, request, error);
    if (all == NULL)
        return FALSE;
    job->sequences = take_shard (all, request->shard, request->n_shards);
    if (job->sequences->len > 0)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                 "shard %" G_GINT64_FORMAT "/%" G_GINT64_FORMAT ": nothing to capture, the input "
                 "has %u sequences",
                 request->shard, request->n_shards, all->len);
    return FALSE;
}

/* Tokens of the longest sequence, continuation included: what the session is sized for. */
static gint64
longest_sequence (const FoveaCaptureJob *job)
{
    gint64 longest = 1;
    for (guint i = 0; i < job->sequences->len; i++) {
        const FoveaTraceInfo *info = g_ptr_array_index (job->sequences, i);
        longest = MAX (longest, info->n_tokens);
    }
    return longest + job->request->generate;
}

/* Resolves the globs now, so that a wrong name fails before a model runs. */
static gboolean
fill_plan (FoveaCaptureJob *job, FoveaDtype attend, GError **error)
{
    const FoveaCaptureRequest *request = job->request;
    FoveaPlanOptions options = {request->points, request->keep, request->dense, attend};
    g_clear_pointer (&job->plan, fovea_plan_free);
    job->plan = fovea_plan_new (fovea_model_get_architecture (job->model), &options, error);
    return job->plan != NULL;
}

/* Refuses, before a device is opened or a file made, what the context cannot hold. */
static gboolean
check_length (FoveaCaptureJob *job, GError **error)
{
    gint64 context = fovea_model_get_architecture (job->model)->context;
    gint64 longest = longest_sequence (job);
    if (longest <= context)
        return TRUE;
    g_autofree char *length = fovea_count_text (longest), *most = fovea_count_text (context);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                 "sequence of %s tokens: %s holds %s; use --tokens, with --stride for the rest",
                 length, fovea_model_get_name (job->model), most);
    return FALSE;
}

/* Opens, cuts and checks; @stage is what it was at when it failed. */
static gboolean
prepare (FoveaCaptureJob *job, FoveaCaptureChoice *stage, GError **error)
{
    FoveaCaptureRequest *request = job->request;
    *stage = FOVEA_CAPTURE_CHOICE_MODEL;
    if (job->model == NULL)
        job->model = fovea_model_open (request->model, error);
    if (job->model == NULL || !fovea_model_check_complete (job->model, error))
        return FALSE;
    *stage = FOVEA_CAPTURE_CHOICE_POINTS;
    if (!fill_plan (job, FOVEA_F32, error))
        return FALSE;
    *stage = FOVEA_CAPTURE_CHOICE_INPUT;
    if (!fill_sequences (job, error) || !check_length (job, error))
        return FALSE;
    *stage = FOVEA_CAPTURE_CHOICE_DEVICE;
    job->device = fovea_device_open (request->device != NULL ? request->device : "auto",
                                     request->threads, error);
    if (job->device == NULL)
        return FALSE;
    *stage = FOVEA_CAPTURE_CHOICE_PRECISION;
    if (!fovea_device_check_precision (job->device, request->precision, error))
        return FALSE;
    *stage = FOVEA_CAPTURE_CHOICE_POINTS;
    FoveaDtype attend = fovea_device_attend_dtype (job->device, request->precision);
    return attend == FOVEA_F32 || fill_plan (job, attend, error);
}

static FoveaCaptureJob *
prepare_new (FoveaCaptureRequest *request,
             FoveaModel *model,
             FoveaCaptureChoice *stage,
             GError **error)
{
    FoveaCaptureJob *job = g_new0 (FoveaCaptureJob, 1);
    job->request = request;
    job->model = model != NULL ? fovea_model_ref (model) : NULL;
    if (!prepare (job, stage, error))
        return job;
    *stage = FOVEA_CAPTURE_CHOICE_NONE;
    job->session_options.precision = request->precision;
    job->session_options.max_tokens = longest_sequence (job);
    job->session_options.memory = request->memory;
    job->session_options.plan = job->plan;
    job->session_options.waiting = fovea_store_predict_memory;
    return job;
}

FoveaCaptureJob *
fovea_capture_job_prepare (FoveaCaptureRequest *request, FoveaModel *model, GError **error)
{
    FoveaCaptureChoice stage;
    g_autoptr (FoveaCaptureJob) job = prepare_new (request, model, &stage, error);
    return stage == FOVEA_CAPTURE_CHOICE_NONE ? g_steal_pointer (&job) : NULL;
}

/* What can be read in windows of the whole context has only its windows wrong. Without a stride: overlapping
 * windows of that length may be more than memory holds. */
static gboolean
reads_in_whole_windows (FoveaCaptureJob *job)
{
    FoveaCaptureRequest whole = *job->request;
    whole.tokens = whole.stride = 0;
    g_autoptr (GPtrArray) sequences = fovea_capture_input_read (job->model, &whole, NULL);
    return sequences != NULL;
}

FoveaCaptureJob *
fovea_capture_job_prepare_or_blame (FoveaCaptureRequest *request,
                                    FoveaModel *model,
                                    FoveaCaptureChoice *wrong,
                                    GError **error)
{
    g_autoptr (GError) problem = NULL;
    g_autoptr (FoveaCaptureJob) job = prepare_new (request, model, wrong, &problem);
    if (*wrong == FOVEA_CAPTURE_CHOICE_NONE)
        return g_steal_pointer (&job);
    if (*wrong == FOVEA_CAPTURE_CHOICE_INPUT && request->tokens > 0 &&
        g_error_matches (problem, FOVEA_ERROR, FOVEA_ERROR_RANGE) && reads_in_whole_windows (job))
        *wrong = FOVEA_CAPTURE_CHOICE_WINDOW;
    g_propagate_error (error, g_steal_pointer (&problem));
    return NULL;
}

FoveaModel *
fovea_capture_job_get_model (FoveaCaptureJob *job)
{
    return job->model;
}

FoveaDevice *
fovea_capture_job_get_device (FoveaCaptureJob *job)
{
    return job->device;
}

const FoveaCaptureRequest *
fovea_capture_job_get_request (FoveaCaptureJob *job)
{
    return job->request;
}

GPtrArray *
fovea_capture_job_get_sequences (FoveaCaptureJob *job)
{
    return job->sequences;
}

FoveaPlan *
fovea_capture_job_get_plan (FoveaCaptureJob *job)
{
    return job->plan;
}

void
fovea_capture_job_predict (FoveaCaptureJob *job, guint64 *bytes, FoveaMemoryPlan *memory)
{
    *bytes = 0;
    for (guint i = 0; i < job->sequences->len; i++) {
        const FoveaTraceInfo *info = g_ptr_array_index (job->sequences, i);
        *bytes += fovea_plan_get_bytes (job->plan, info->n_tokens + job->request->generate);
    }
    fovea_session_predict_memory (job->model, job->device, &job->session_options, memory);
}

gint64
fovea_capture_job_find_fitting (FoveaCaptureJob *job)
{
    return fovea_session_find_fitting (job->model, job->device, &job->session_options);
}

gboolean
fovea_capture_job_allocate (FoveaCaptureJob *job, GError **error)
{
    fovea_model_begin_hash (job->model); /* beside the weights' way to the device */
    if (job->session == NULL)
        job->session = fovea_session_new (job->model, job->device, &job->session_options, error);
    return job->session != NULL;
}

/* FoveaProgress of one sequence, turned into tokens of the whole run. */
static void
on_layer_done (gpointer data, gint64 done, gint64 total)
{
    Progress *p = data;
    double share = total > 0 ? (double) done / (double) total : 0;
    p->state.tokens = p->tokens_before + (gint64) (share * (double) p->sequence_tokens);
    if (p->progress != NULL)
        p->progress (p->progress_data, &p->state);
}

/* Totals that progress is a share of. */
static void
begin_progress (Progress *p,
                FoveaCaptureJob *job,
                FoveaCaptureProgressFunc progress,
                gpointer progress_data)
{
    p->progress = progress;
    p->progress_data = progress_data;
    p->state.n_sequences = job->sequences->len;
    for (guint i = 0; i < job->sequences->len; i++) {
        const FoveaTraceInfo *info = g_ptr_array_index (job->sequences, i);
        p->state.n_tokens += info->n_tokens + job->request->generate;
    }
}

/* Continues @info greedily by request->generate tokens, or copies it. */
static FoveaTraceInfo *
continue_sequence (FoveaCaptureJob *job,
                   const FoveaTraceInfo *info,
                   GCancellable *cancellable,
                   GError **error)
{
    if (job->request->generate == 0)
        return fovea_trace_info_copy (info);
    return fovea_capture_input_continue (job->model, job->session, info, job->request->generate,
                                         cancellable, error);
}

/* Captures sequence @i into @sink and hands its trace to @take. */
static gboolean
run_sequence (FoveaCaptureJob *job,
              guint i,
              FoveaSink *sink,
              FoveaCaptureTraceFunc take,
              gpointer take_data,
              Progress *p,
              GCancellable *cancellable,
              GError **error)
{
    const FoveaTraceInfo *info = g_ptr_array_index (job->sequences, i);
    p->state.sequence = i;
    p->state.title = info->title;
    p->sequence_tokens = info->n_tokens + job->request->generate;
    g_autoptr (FoveaTraceInfo) longer = continue_sequence (job, info, cancellable, error);
    if (longer == NULL)
        return FALSE;
    g_autoptr (FoveaTrace) trace = fovea_session_capture (
        job->session, longer, job->plan, sink, on_layer_done, p, NULL, cancellable, error);
    if (trace == NULL) {
        g_prefix_error (error, "%s: ", info->title);
        return FALSE;
    }
    p->tokens_before += p->sequence_tokens;
    p->state.sequence = i + 1;
    on_layer_done (p, 0, 1);
    return take == NULL || take (take_data, trace, error);
}

/* The loop: sequences from @first on; earlier ones count as done. */
static gboolean
run_sequences (FoveaCaptureJob *job,
               guint first,
               FoveaSink *sink,
               FoveaCaptureTraceFunc take,
               gpointer take_data,
               Progress *p,
               GCancellable *cancellable,
               GError **error)
{
    if (!fovea_capture_job_allocate (job, error))
        return FALSE;
    for (guint i = 0; i < MIN (first, job->sequences->len); i++)
        p->tokens_before += ((FoveaTraceInfo *) g_ptr_array_index (job->sequences, i))->n_tokens +
                            job->request->generate;
    p->state.kept = p->tokens_before;
    for (guint i = first; i < job->sequences->len; i++)
        if (!run_sequence (job, i, sink, take, take_data, p, cancellable, error))
            return FALSE;
    return TRUE;
}

/* Each sequence carries the model's hash, so that a figure of it can name its model. A hash that is there
 * already is given to whoever asks, cancelled or not; no run is begun for who has cancelled. */
static gboolean
fill_hashes (FoveaCaptureJob *job, GCancellable *cancellable, GError **error)
{
    const char *hash = fovea_model_get_hash (job->model, cancellable, error);
    if (hash == NULL || g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
    for (guint i = 0; i < job->sequences->len; i++) {
        FoveaTraceInfo *info = g_ptr_array_index (job->sequences, i);
        g_free (info->model_hash);
        info->model_hash = g_strdup (hash);
        info->keep = job->request->keep;
    }
    return TRUE;
}

/* The kind of run, as the store keeps it. */
static const char *
name_kind (const FoveaCaptureRequest *request)
{
    if (request->random_repeat > 0)
        return "random-repeat";
    return request->ids != NULL ? "ids" : "text";
}

/* A run that is written to. */
typedef struct {
    gint64 id;
    gboolean finished;
} Target;

/* The newest run of the same kind and options, finished or not; an id of 0 if there is none. */
static gboolean
find_run (FoveaStore *store, const char *kind, const char *options, Target *found, GError **error)
{
    g_autoptr (GPtrArray) runs = fovea_store_list_runs (store, error);
    for (guint i = 0; runs != NULL && i < runs->len; i++) {
        const FoveaRunInfo *run = g_ptr_array_index (runs, i);
        if (g_strcmp0 (run->kind, kind) == 0 && g_strcmp0 (run->options, options) == 0)
            *found = (Target){run->id, run->finished}; /* the list rises */
    }
    return runs != NULL;
}

/* The run to write to: with @resume the one of the same options, else a new one. */
static gboolean
choose_run (
    FoveaCaptureJob *job, FoveaStore *store, gboolean resume, Target *target, GError **error)
{
    const char *kind = name_kind (job->request);
    g_autofree char *options = fovea_capture_request_to_json (job->request);
    if (resume && !find_run (store, kind, options, target, error))
        return FALSE;
    if (target->id == 0)
        target->id =
            fovea_store_begin_run (store, kind, options, fovea_device_describe (job->device),
                                   fovea_precision_name (job->request->precision), error);
    return target->id != 0;
}

/* Whether a sequence of the store is of this picture, whose numbers the store may have narrowed; TRUE if
 * they were not kept. */
static gboolean
is_of_picture (
    FoveaStore *store, gint64 sequence, const FoveaTraceInfo *info, gboolean *same, GError **error)
{
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, sequence, error);
    if (trace == NULL)
        return FALSE;
    g_autoptr (FoveaArray) kept = fovea_trace_describe_point (trace, "embed.hook_patches", NULL);
    if (kept == NULL)
        return TRUE;
    gsize n = (gsize) (fovea_architecture_patch_width (info->architecture) * info->n_tokens);
    if ((gsize) (fovea_array_n_rows (kept) * fovea_array_row_length (kept)) != n) {
        *same = FALSE;
        return TRUE;
    }
    g_autofree float *there = g_new (float, n),
                     *given = g_memdup2 (info->patches, n * sizeof (float));
    g_autofree void *narrow = g_malloc (n * sizeof (float));
    if (!fovea_trace_read (trace, kept->name, 0, info->n_tokens, there, error))
        return FALSE;
    if (kept->dtype != FOVEA_F32) {
        fovea_dtype_from_f32 (given, n, kept->dtype, narrow);
        fovea_dtype_to_f32 (narrow, kept->dtype, n, given);
    }
    *same = memcmp (there, given, n * sizeof (float)) == 0;
    return TRUE;
}

/* Whether a sequence of the store is the one that would be made in its place, but for what was
 * generated behind it. */
static gboolean
is_the_same (FoveaCaptureJob *job,
             FoveaStore *store,
             const FoveaSequenceInfo *done,
             gboolean *same,
             GError **error)
{
    *same = FALSE;
    if (done->position >= job->sequences->len)
        return TRUE;
    const FoveaTraceInfo *info = job->sequences->pdata[done->position];
    gint64 more = done->n_tokens - info->n_tokens;
    if (more < 0 || more > job->request->generate)
        return TRUE;
    *same = TRUE;
    if (info->patches != NULL)
        return is_of_picture (store, done->id, info, same, error);
    return info->ids == NULL ||
           fovea_store_begins_with (store, done->id, info->ids, info->n_tokens, same, error);
}

/* A file of the same name may hold another text or picture by now; half a run of each would be neither. */
static gboolean
check_inputs (FoveaCaptureJob *job, FoveaStore *store, gint64 run, GPtrArray *done, GError **error)
{
    gboolean is_picture = fovea_model_get_architecture (job->model)->image_size > 0;
    for (guint i = 0; i < done->len; i++) {
        const FoveaSequenceInfo *info = done->pdata[i];
        gboolean same = FALSE;
        if (!is_the_same (job, store, info, &same, error))
            return FALSE;
        if (!same) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE,
                         "run %" G_GINT64_FORMAT " of store '%s' was begun with another %s: "
                         "sequence %" G_GINT64_FORMAT " (%s) has other %s now",
                         run, fovea_store_get_path (store), is_picture ? "picture" : "text",
                         info->id, info->title, is_picture ? "pixels" : "tokens");
            return FALSE;
        }
    }
    return TRUE;
}

/* Of the run's sequences the first that is left to be made. What was removed from it since was not
 * wanted any more: a finished run stays as it is. */
static gboolean
find_first (
    FoveaCaptureJob *job, FoveaStore *store, const Target *target, guint *first, GError **error)
{
    g_autoptr (GPtrArray) done = fovea_store_list_sequences (store, target->id, error);
    if (done == NULL || (!target->finished && !check_inputs (job, store, target->id, done, error)))
        return FALSE;
    const FoveaSequenceInfo *last = done->len > 0 ? done->pdata[done->len - 1] : NULL;
    gint64 next = target->finished || last == NULL ? 0 : last->position + 1;
    *first = target->finished ? job->sequences->len : (guint) MIN (next, job->sequences->len);
    return TRUE;
}

gint64
fovea_capture_job_find_unfinished (FoveaCaptureJob *job, FoveaStore *store, guint *n_done)
{
    g_autofree char *options = fovea_capture_request_to_json (job->request);
    Target target = {0};
    *n_done = 0;
    if (!find_run (store, name_kind (job->request), options, &target, NULL) || target.finished ||
        target.id == 0 || !find_first (job, store, &target, n_done, NULL))
        return 0;
    return target.id;
}

gboolean
fovea_capture_job_run (FoveaCaptureJob *job,
                       FoveaStore *store,
                       gboolean resume,
                       FoveaCaptureProgressFunc progress,
                       gpointer progress_data,
                       gint64 *run_id,
                       GCancellable *cancellable,
                       GError **error)
{
    if (run_id != NULL)
        *run_id = 0;
    /* Else the model would be moved for nothing, and a run begun that stays empty. */
    if (!fovea_store_require_idle (store, FOVEA_WRITER_SEQUENCES, error) ||
        !fovea_capture_job_allocate (job, error) || !fill_hashes (job, cancellable, error))
        return FALSE;
    Target target = {0};
    guint first = 0;
    if (!choose_run (job, store, resume, &target, error))
        return FALSE;
    if (run_id != NULL)
        *run_id = target.id;
    if (!find_first (job, store, &target, &first, error) ||
        (!target.finished && !fovea_store_plan_run (store, target.id, job->sequences->len, error)))
        return FALSE;
    g_autoptr (FoveaSink) sink = fovea_store_new_sink (store, target.id, first, error);
    if (sink == NULL)
        return FALSE;
    Progress p = {0};
    begin_progress (&p, job, progress, progress_data);
    return run_sequences (job, first, sink, NULL, NULL, &p, cancellable, error) &&
           fovea_store_finish_run (store, target.id, error);
}

gboolean
fovea_capture_job_run_in_memory (FoveaCaptureJob *job,
                                 FoveaCaptureTraceFunc take,
                                 gpointer take_data,
                                 FoveaCaptureProgressFunc progress,
                                 gpointer progress_data,
                                 GCancellable *cancellable,
                                 GError **error)
{
    job->session_options.in_memory = TRUE;
    if (!fovea_capture_job_allocate (job, error) || !fill_hashes (job, cancellable, error))
        return FALSE;
    g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
    Progress p = {0};
    begin_progress (&p, job, progress, progress_data);
    return run_sequences (job, 0, sink, take, take_data, &p, cancellable, error);
}
