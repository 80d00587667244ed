/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The head table of a store's sequences, or of a model on shipped text and random repeats: what
 * `fovea heads` prints and the window shows. */
#include "analysis/heads.h"
#include "capture/model.h"
#include "capture/progress.h"
#include "storage/store.h"

/**
 * fovea_heads_job_run_store:
 * @run: a run, 0 = every sequence of the store
 * @first_tokens: score a longer text by its beginning of so many tokens; 0 = by all
 * @progress: (nullable) (scope call): counts tokens, a head of a sequence at a time
 *
 * Scores of every head over committed sequences. Does not write to @store. Where a text was cut, note
 * "first_tokens" of the table says to how many.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND without sequences; FOVEA_ERROR_UNSUPPORTED for a text to be cut whose
 * tokens look ahead, of which the beginning is no map; those of heads.h, naming the sequence;
 * G_IO_ERROR_CANCELLED.
 * Thread: the store's; blocks.   Owner: caller, fovea_table_unref().
 */
FoveaTable *fovea_heads_job_run_store (FoveaStore *store,
                                       gint64 run,
                                       gint64 first_tokens,
                                       FoveaProgress progress,
                                       gpointer progress_data,
                                       GCancellable *cancellable,
                                       GError **error);

/**
 * fovea_heads_job_find_measured:
 *
 * The share of the work that one of the same that was stopped has left in @store, opened for writing: 0 .. 1.
 *
 * Thread: the store's.
 */
double fovea_heads_job_find_measured (FoveaStore *store, gint64 run, gint64 first_tokens);

/**
 * fovea_heads_job_keep:
 * @heads: of fovea_heads_job_run_store() or fovea_heads_job_run_model()
 *
 * In the store; what waited there for this table goes.
 *
 * Errors: those of fovea_store_put_table().   Thread: the store's.
 */
gboolean fovea_heads_job_keep (FoveaStore *store, gint64 run, FoveaTable *heads, GError **error);

/**
 * fovea_heads_job_find_run:
 *
 * The run that a sequence belongs to, 0 if it is not there: window and command prefer the head
 * table of the same run.
 *
 * Thread: the store's.
 */
gint64 fovea_heads_job_find_run (FoveaStore *store, gint64 sequence);

/**
 * fovea_heads_job_get_kept:
 * @run: the run to prefer, 0 = any
 *
 * The newest head table that the store keeps about @run, else about anything, if it fits a model
 * of @architecture; NULL if there is none.
 *
 * Thread: the store's.   Owner: caller, fovea_table_unref().
 */
FoveaTable *
fovea_heads_job_get_kept (FoveaStore *store, gint64 run, const FoveaArchitecture *architecture);

/* What a model is tried on. */
typedef struct {
    const char *model; /* folder or "demo" */
    gint64 tokens;     /* window of the shipped texts; 0 = 512 or the context */
    gint64 period;     /* P of the random repeats; 0 = 100, or what the context holds */
    gint64 limit;      /* sequences of each kind; 0 = 10 */
    guint64 seed;
    const char *device; /* NULL = "auto" */
    FoveaPrecision precision;
    int threads;    /* 0 = all cores */
    guint64 memory; /* bytes, 0 = what is free */
} FoveaHeadsRequest;

/**
 * fovea_heads_job_run_model:
 * @progress: (nullable) (scope call): counts tokens
 *
 * Captures in memory, one sequence at a time, and scores every head. A model without tokenizer is
 * scored on random repeats alone.
 *
 * Errors: those of capture-job.h and heads.h.
 * Thread: any one; blocks.   Owner: caller, fovea_table_unref().
 */
FoveaTable *fovea_heads_job_run_model (const FoveaHeadsRequest *request,
                                       FoveaProgress progress,
                                       gpointer progress_data,
                                       GCancellable *cancellable,
                                       GError **error);
