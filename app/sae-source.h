/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Rows that a sparse autoencoder is trained on: a point of a model run over texts, or of the
 * sequences of a store. Sequences come in an order of their own in every pass, and the rows given are
 * a function of the seed and of how many were given before, so a run can go on where it stopped. The
 * first position of a sequence is left out: its norm is many times that of the others. */
#include "app/capture-job.h"

typedef struct _FoveaSaeSource FoveaSaeSource;

typedef struct {
    const char *hook;   /* what is encoded: "blocks.3.hook_resid_post" */
    const char *target; /* what is decoded; NULL = the same */
    guint64 seed;       /* of the order of sequences */
} FoveaSaeSourceOptions;

/**
 * fovea_sae_source_new_from_model:
 * @request: model, files, window and device; its points are not looked at
 *
 * Errors: those of model, texts and session; FOVEA_ERROR_NOT_FOUND for a point that there is not;
 * FOVEA_ERROR_SHAPE for one that has no row a token.
 * Thread: any; blocks.   Owner: caller frees with fovea_sae_source_free(); autoptr.
 */
FoveaSaeSource *fovea_sae_source_new_from_model (const FoveaCaptureRequest *request,
                                                 const FoveaSaeSourceOptions *options,
                                                 GCancellable *cancellable,
                                                 GError **error);

/**
 * fovea_sae_source_new_from_store:
 * @store: must outlive the source
 * @run: 0 = all
 *
 * Errors: as above, naming the store.   Thread: the store's; blocks.   Owner: caller.
 */
FoveaSaeSource *fovea_sae_source_new_from_store (FoveaStore *store,
                                                 gint64 run,
                                                 const FoveaSaeSourceOptions *options,
                                                 GCancellable *cancellable,
                                                 GError **error);

/**
 * fovea_sae_source_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @source.
 */
void fovea_sae_source_free (FoveaSaeSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSaeSource, fovea_sae_source_free)

/**
 * fovea_sae_source_get_widths:
 * @d_in: (out): of the hook
 * @d_out: (out): of the target
 *
 * A row holds the hook's numbers, then the target's if there is one.
 *
 * Thread: any.
 */
void fovea_sae_source_get_widths (const FoveaSaeSource *source, gint64 *d_in, gint64 *d_out);

/**
 * fovea_sae_source_get_n_rows:
 *
 * Rows of one pass.   Thread: any.
 */
gint64 fovea_sae_source_get_n_rows (const FoveaSaeSource *source);

/**
 * fovea_sae_source_get_longest:
 *
 * Tokens of the longest sequence.   Thread: any.
 */
gint64 fovea_sae_source_get_longest (const FoveaSaeSource *source);

/**
 * fovea_sae_source_get_model_name:
 *
 * Thread: any.   Owner: the source.
 */
const char *fovea_sae_source_get_model_name (const FoveaSaeSource *source);

/**
 * fovea_sae_source_describe:
 *
 * One line that is another for other rows: points, weights and a hash of all sequences.
 *
 * Thread: any.   Owner: caller.
 */
char *fovea_sae_source_describe (const FoveaSaeSource *source);

/**
 * fovea_sae_source_get_model_hash:
 *
 * "" if it is not known.   Thread: any.   Owner: the source.
 */
const char *fovea_sae_source_get_model_hash (const FoveaSaeSource *source);

/**
 * fovea_sae_source_skip:
 * @n: rows, as if they had been given; none must have been given before
 *
 * Thread: one at a time.   Cost: nothing is run for them.
 */
void fovea_sae_source_skip (FoveaSaeSource *source, guint64 n);

/**
 * fovea_sae_source_fill:
 * @data: the source
 *
 * The next @n rows: a FoveaSaeFill.
 *
 * Errors: those of session and store, naming the sequence; FOVEA_ERROR_NUMERIC for a number that is
 * not finite, naming sequence and token.
 * Thread: one at a time; blocks.
 */
gboolean fovea_sae_source_fill (gpointer data, float *rows, gint64 n, GError **error);
