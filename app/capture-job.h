/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* One capture from request to committed sequences, as `fovea capture` and the window both run it:
 * prepare opens the model, cuts the input into sequences and predicts bytes and memory without
 * running anything; run then captures them one by one. A job belongs to one thread at a time. */
#include "capture/session.h"
#include "capture/texts.h"
#include "storage/store.h"

/* What a user asked for. Exactly one source is set: @text, @files, @jsonl, @ids or @random_repeat.
 * Strings and arrays are owned by the struct. */
typedef struct {
    char *model; /* folder, file, or "demo" */

    char *text;   /* at hand; called by how it begins */
    char *target; /* see FoveaTextsOptions */
    char **files; /* NULL-terminated paths; "-" is standard input */
    char *jsonl;  /* path; "-" is standard input */
    gint32 *ids;  /* (n_ids) */
    gint64 n_ids;
    gint64 random_repeat; /* period P; `limit` sequences, 10 if that is 0 */

    gint64 tokens, stride, limit; /* see FoveaTextsOptions; 0 = default */
    gboolean no_special;
    gint64 generate; /* greedy tokens that continue each sequence before it is captured */
    guint64 seed;

    char *points; /* NULL = "attention" */
    char *named;  /* those of them that a prediction counts apart, NULL = none */
    FoveaDtype keep;
    gboolean dense;

    char *device; /* NULL = "auto" */
    FoveaPrecision precision;
    int threads;            /* 0 = all cores */
    guint64 memory;         /* bytes, 0 = what is free */
    gint64 shard, n_shards; /* every n_shards-th sequence from shard on; n_shards 0 = all */
} FoveaCaptureRequest;

/* What of a request an error is about. */
typedef enum {
    FOVEA_CAPTURE_CHOICE_NONE,
    FOVEA_CAPTURE_CHOICE_MODEL,
    FOVEA_CAPTURE_CHOICE_POINTS,
    FOVEA_CAPTURE_CHOICE_INPUT,  /* whichever source is set */
    FOVEA_CAPTURE_CHOICE_WINDOW, /* tokens, while the input would be fine in other windows */
    FOVEA_CAPTURE_CHOICE_DEVICE,
    FOVEA_CAPTURE_CHOICE_PRECISION,
    FOVEA_CAPTURE_CHOICE_MEMORY,
    FOVEA_CAPTURE_CHOICE_STORE, /* the path, which is no part of the request */
} FoveaCaptureChoice;

typedef struct _FoveaCaptureJob FoveaCaptureJob;

/* How far a run is. Called on the capturing thread, between layers and between sequences. */
typedef struct {
    gint64 sequence, n_sequences; /* finished ones, all */
    gint64 tokens, n_tokens;      /* finished tokens (fractions of a sequence included), all */
    gint64 kept;                  /* of them, from before this run went on */
    const char *title;            /* of the sequence under way */
} FoveaCaptureProgress;

typedef void (*FoveaCaptureProgressFunc) (gpointer data, const FoveaCaptureProgress *progress);

/* Takes the trace of each finished sequence; FALSE with @error set ends the run. */
typedef gboolean (*FoveaCaptureTraceFunc) (gpointer data, FoveaTrace *trace, GError **error);

/**
 * fovea_capture_request_new:
 *
 * All defaults: f32, attention, every sequence, seed 0.
 *
 * Thread: any.   Owner: caller frees with fovea_capture_request_free(); autoptr.
 */
FoveaCaptureRequest *fovea_capture_request_new (void);

/**
 * fovea_capture_request_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @request.
 */
void fovea_capture_request_free (FoveaCaptureRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaCaptureRequest, fovea_capture_request_free)

/**
 * fovea_capture_request_copy:
 *
 * Thread: any.   Owner: caller, fovea_capture_request_free().
 */
FoveaCaptureRequest *fovea_capture_request_copy (const FoveaCaptureRequest *request);

/**
 * fovea_capture_request_to_json:
 *
 * Every option as one JSON object, kept with the run and compared by --resume.
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_capture_request_to_json (const FoveaCaptureRequest *request);

/**
 * fovea_capture_request_from_json:
 * @json: what a run keeps of its request
 *
 * The request of whose JSON form this is, to the last byte. NULL if it cannot be had again: of a text or ids
 * only the hash is kept, a file may be gone, and another version may know options that this one does not.
 *
 * Thread: any; looks at files.   Owner: caller, fovea_capture_request_free().
 */
FoveaCaptureRequest *fovea_capture_request_from_json (const char *json);

/**
 * fovea_capture_request_to_command:
 * @store: path to write to
 *
 * The same capture as a shell command over several lines, for people to copy; options that have
 * their default are left out. A text that is too long for an argument is piped into it.
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_capture_request_to_command (const FoveaCaptureRequest *request, const char *store);

/**
 * fovea_capture_job_prepare:
 * @request: (transfer full): what to do
 * @model: (nullable): already open, else request->model is opened
 *
 * Errors: those of model, tokenizer, texts, plan and device; FOVEA_ERROR_RANGE if nothing is left
 * to capture.
 * Thread: any; blocks (reads files, tokenises).   Owner: caller frees with
 * fovea_capture_job_free(); autoptr.
 */
FoveaCaptureJob *
fovea_capture_job_prepare (FoveaCaptureRequest *request, FoveaModel *model, GError **error);

/**
 * fovea_capture_job_prepare_or_blame:
 * @wrong: (out): what the error is about; files are read once more to tell windows from input
 *
 * As fovea_capture_job_prepare(), for a form that marks what was chosen wrongly.
 */
FoveaCaptureJob *fovea_capture_job_prepare_or_blame (FoveaCaptureRequest *request,
                                                     FoveaModel *model,
                                                     FoveaCaptureChoice *wrong,
                                                     GError **error);

/**
 * fovea_capture_job_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @job.
 */
void fovea_capture_job_free (FoveaCaptureJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaCaptureJob, fovea_capture_job_free)

/**
 * fovea_capture_job_get_model:
 *
 * Thread: any.   Owner: the job.
 */
FoveaModel *fovea_capture_job_get_model (FoveaCaptureJob *job);

/**
 * fovea_capture_job_get_device:
 *
 * Thread: any.   Owner: the job.
 */
FoveaDevice *fovea_capture_job_get_device (FoveaCaptureJob *job);

/**
 * fovea_capture_job_get_request:
 *
 * Thread: any.   Owner: the job.
 */
const FoveaCaptureRequest *fovea_capture_job_get_request (FoveaCaptureJob *job);

/**
 * fovea_capture_job_get_sequences:
 *
 * What will be run, of #FoveaTraceInfo.
 *
 * Thread: any.   Owner: the job.
 */
GPtrArray *fovea_capture_job_get_sequences (FoveaCaptureJob *job);

/**
 * fovea_capture_job_get_plan:
 *
 * Thread: any.   Owner: the job.
 */
FoveaPlan *fovea_capture_job_get_plan (FoveaCaptureJob *job);

/**
 * fovea_capture_job_predict:
 * @bytes: (out): what all sequences will take in a store
 * @memory: (out): peak memory of the run
 *
 * Thread: any.
 */
void fovea_capture_job_predict (FoveaCaptureJob *job, guint64 *bytes, FoveaMemoryPlan *memory);

/**
 * fovea_capture_job_find_fitting:
 *
 * The most tokens of a sequence that the memory would hold, up to those of the longest; 0 if it
 * does not even hold one.
 *
 * Thread: any.
 */
gint64 fovea_capture_job_find_fitting (FoveaCaptureJob *job);

/**
 * fovea_capture_job_allocate:
 *
 * Takes all memory that running needs, so that a run which cannot fit is refused before a store is
 * made. Running does this itself if it was not done before.
 *
 * Errors: FOVEA_ERROR_MEMORY with needed and allowed sizes and what would fit.
 * Thread: one at a time.
 */
gboolean fovea_capture_job_allocate (FoveaCaptureJob *job, GError **error);

/**
 * fovea_capture_job_find_unfinished:
 * @n_done: (out): sequences that it need not make any more
 *
 * The run that fovea_capture_job_run() with @resume would go on with, 0 = none: an error means that, too.
 *
 * Thread: any; a small read.
 */
gint64 fovea_capture_job_find_unfinished (FoveaCaptureJob *job, FoveaStore *store, guint *n_done);

/**
 * fovea_capture_job_run:
 * @store: where sequences are committed, one by one
 * @resume: go on with the newest unfinished run of the same options, if there is one
 * @progress: (nullable) (scope call):
 * @run_id: (out) (optional): the run, also after a failure (0 if it never began)
 *
 * Errors: those of session.h and store.h; G_IO_ERROR_CANCELLED, with the sequences committed so far
 * kept.
 * Thread: one at a time; blocks.
 */
gboolean fovea_capture_job_run (FoveaCaptureJob *job,
                                FoveaStore *store,
                                gboolean resume,
                                FoveaCaptureProgressFunc progress,
                                gpointer progress_data,
                                gint64 *run_id,
                                GCancellable *cancellable,
                                GError **error);

/**
 * fovea_capture_job_run_in_memory:
 * @take: (scope call): gets each trace; it may keep a reference
 * @progress: (nullable) (scope call):
 *
 * The same without a store: `fovea heads demo`, or a first look in the window.
 *
 * Errors: as fovea_capture_job_run(), and those of @take.
 * Thread: one at a time; blocks.
 */
gboolean fovea_capture_job_run_in_memory (FoveaCaptureJob *job,
                                          FoveaCaptureTraceFunc take,
                                          gpointer take_data,
                                          FoveaCaptureProgressFunc progress,
                                          gpointer progress_data,
                                          GCancellable *cancellable,
                                          GError **error);
