/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The texts that a long job is about, and of how many of their first tokens it fits into a time and into what
 * memory is free. */
#include <glib.h>

typedef struct {
    GArray *lengths; /* of gint64, tokens */
    gint64 longest;
    guint64 room;   /* bytes that are free */
    gboolean ahead; /* tokens look ahead, hence the beginning of a text is no map */
} FoveaJobTexts;

/* What a job takes. */
typedef struct {
    double seconds;
    guint64 bytes;
} FoveaJobNeed;

/* Of the first tokens of each text; 0 = of all. */
typedef FoveaJobNeed (*FoveaJobAsk) (gconstpointer job, gint64 first_tokens);

/**
 * fovea_job_texts_init:
 *
 * None, and any memory.   Thread: any.   Owner: caller, fovea_job_texts_clear().
 */
void fovea_job_texts_init (FoveaJobTexts *self);

/**
 * fovea_job_texts_clear:
 *
 * Thread: any.
 */
void fovea_job_texts_clear (FoveaJobTexts *self);

/**
 * fovea_job_texts_add:
 *
 * Thread: any.
 */
void fovea_job_texts_add (FoveaJobTexts *self, gint64 n_tokens);

/**
 * fovea_job_texts_get_length:
 * @first_tokens: 0 = all
 *
 * Of the text at @i, or of its beginning.   Units: tokens.   Thread: any.
 */
gint64 fovea_job_texts_get_length (const FoveaJobTexts *self, guint i, gint64 first_tokens);

/**
 * fovea_job_texts_cut:
 *
 * The same of the longest.   Units: tokens.   Thread: any.
 */
gint64 fovea_job_texts_cut (const FoveaJobTexts *self, gint64 first_tokens);

/**
 * fovea_job_texts_count_tokens:
 *
 * Of all texts.   Thread: any.
 */
gint64 fovea_job_texts_count_tokens (const FoveaJobTexts *self);

/**
 * fovea_job_texts_count_pairs:
 *
 * Of a query and a key, in one head of all texts.   Thread: any.
 */
double fovea_job_texts_count_pairs (const FoveaJobTexts *self);

/**
 * fovea_job_texts_is_long:
 * @patience: s
 *
 * Whether all of it takes more than @patience, or more memory than there is.   Thread: any.
 */
gboolean fovea_job_texts_is_long (const FoveaJobTexts *self,
                                  FoveaJobAsk ask,
                                  gconstpointer job,
                                  double patience);

/**
 * fovea_job_texts_list_fitting:
 * @patience: s
 * @tokens: (out caller-allocates): (2) numbers of first tokens, ascending
 *
 * Powers of two, 1,024 or more, that fit into @patience, and into six times that; none for texts
 * whose tokens look ahead.
 *
 * Thread: any.
 */
guint fovea_job_texts_list_fitting (const FoveaJobTexts *self,
                                    FoveaJobAsk ask,
                                    gconstpointer job,
                                    double patience,
                                    gint64 tokens[2]);
