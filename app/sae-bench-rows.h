/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Rows for SAEBench's measurements: a model run over labelled texts or over words, and what an
 * autoencoder makes of its site there. */
#include "analysis/saebench-absorption.h"
#include "analysis/saebench-rows.h"
#include "capture/model.h"

typedef struct {
    const FoveaSae *sae;
    const char *model;
    const char *device; /* NULL = "auto"; the autoencoder runs on the CPU */
    int threads;        /* 0 = all cores */
    FoveaPrecision precision;
    guint64 memory; /* most beside the weights; 0 = what is free */
    gint64 tokens;  /* longest text */
    guint64 seed;
} FoveaSaeBenchSource;

/* Texts with up to two labels each: names, numbered in the order of their first text. */
typedef struct {
    FoveaBenchRows *rows;
    guint n_labels;      /* of a text: 1 or 2 */
    gint32 *labels[2];   /* (n) */
    GPtrArray *names[2]; /* of char * */
} FoveaSaeBenchTexts;

typedef void (*FoveaSaeBenchProgress) (gpointer data, gint64 done, gint64 total);

/**
 * fovea_sae_bench_texts_free:
 *
 * NULL is fine.
 */
void fovea_sae_bench_texts_free (FoveaSaeBenchTexts *texts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSaeBenchTexts, fovea_sae_bench_texts_free)

/**
 * fovea_sae_bench_read_texts:
 * @path: lines of label, tab, text; or label, tab, label, tab, text
 * @n_labels: 1 or 2
 * @progress: (nullable) (scope call): counts texts
 *
 * Runs the model over every text, cut at the source's tokens; special tokens are left out.
 *
 * Errors: FOVEA_ERROR_FORMAT with the line number; those of model, session and encoding;
 * G_IO_ERROR_CANCELLED.
 * Thread: one at a time; blocks.   Owner: caller.
 */
FoveaSaeBenchTexts *fovea_sae_bench_read_texts (const FoveaSaeBenchSource *source,
                                                const char *path,
                                                guint n_labels,
                                                FoveaSaeBenchProgress progress,
                                                gpointer progress_data,
                                                GCancellable *cancellable,
                                                GError **error);

/* Words at their last token, behind spelled examples. */
typedef struct {
    gint64 n, d;
    float *x;             /* (n, d) */
    FoveaSaeCodes *codes; /* (n) */
    char *letters;        /* (n) */
    GPtrArray *words;     /* of char * */
} FoveaSaeBenchWords;

/**
 * fovea_sae_bench_words_free:
 *
 * NULL is fine.
 */
void fovea_sae_bench_words_free (FoveaSaeBenchWords *words);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSaeBenchWords, fovea_sae_bench_words_free)

/**
 * fovea_sae_bench_read_words:
 * @most: words; 0 = all
 *
 * Words are the vocabulary's tokens of a space and letters only, in an order that the seed shuffles. Each
 * stands behind @n_examples others with their first letters; the row is the one of its last token.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND for a model without tokenizer or without such tokens; as above.
 * Thread: one at a time; blocks.   Owner: caller.
 */
FoveaSaeBenchWords *fovea_sae_bench_read_words (const FoveaSaeBenchSource *source,
                                                gint64 most,
                                                guint n_examples,
                                                FoveaSaeBenchProgress progress,
                                                gpointer progress_data,
                                                GCancellable *cancellable,
                                                GError **error);
