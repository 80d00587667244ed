/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A sparse autoencoder over the sequences of a store: what `fovea sae eval` and its siblings do with
 * each. Rows come from the store where it keeps the site, or from the model run again. */
#include "analysis/sae-codes.h"
#include "capture/model.h"
#include "capture/progress.h"
#include "storage/store.h"

/* Whether a sequence is passed over. */
typedef gboolean (*FoveaSaeSkip) (gpointer data, gint64 sequence);

typedef struct {
    const FoveaSae *sae;
    FoveaStore *store;
    gint64 run, sequence; /* 0 = all */
    const char *model;    /* NULL = only what the store keeps */
    FoveaModel *opened;   /* that one, if it is open already; NULL */
    FoveaSaeSkip skip;    /* NULL = none is; those that are count as done from the beginning */
    gpointer skip_data;
    gboolean all_tokens; /* special tokens too */
    gboolean raw_units;  /* of a folded autoencoder's codes, in what is measured */
    const char *device;  /* that makes the codes: NULL = the CPU; "cuda" */
    int threads;         /* 0 = all cores */
} FoveaSaeRequest;

/* The rows of a sequence that count, and what became of them. */
typedef struct {
    const FoveaSequenceInfo *sequence;
    const FoveaTraceInfo *info;
    gint64 n;
    const gint64 *positions; /* (n) rising */
    const float *x;          /* (n, d) */
    const float *target;     /* (n, d_out) x itself but for transcoders */
    const FoveaSaeCodes *codes;
    const float *reconstruction; /* (n, d_out) */
} FoveaSaePortion;

typedef gboolean (*FoveaSaeVisit) (gpointer data, const FoveaSaePortion *portion, GError **error);

/**
 * fovea_sae_job_visit:
 * @progress: (nullable) (scope call): counts sequences, the first time those that are passed over
 *
 * Encodes every sequence in turn and shows it to @visit.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND without sequences or without the site, FOVEA_ERROR_SHAPE for a site
 * of another width, naming the sequence; those of @visit; G_IO_ERROR_CANCELLED.
 * Thread: the store's; blocks.
 */
gboolean fovea_sae_job_visit (const FoveaSaeRequest *request,
                              FoveaSaeVisit visit,
                              gpointer data,
                              FoveaProgress progress,
                              gpointer progress_data,
                              GCancellable *cancellable,
                              GError **error);

/**
 * fovea_sae_job_evaluate:
 * @latents: (out): the table "sae_latents"
 *
 * The table "sae_quality" (analysis/sae-metrics.h). With a model also what the reconstruction does
 * to its answers: losses, loss and KL recovered against zeros and against the mean.
 *
 * Errors: as above; those of models and of analysis/sae-effect.h.
 * Thread: the store's; blocks.   Owner: caller, fovea_table_unref() of both.
 */
FoveaTable *fovea_sae_job_evaluate (const FoveaSaeRequest *request,
                                    FoveaTable **latents,
                                    FoveaProgress progress,
                                    gpointer progress_data,
                                    GCancellable *cancellable,
                                    GError **error);
