/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* "model" of tokenizer.json: from one word to ids. Each kind is a file that fills this struct. */
#include "capture/tokenizer-json.h"
#include "capture/tokenizer-symbols.h"
#include "capture/tokenizer-text.h"
#include "capture/tokenizer-vocabulary.h"
#include "capture/tokenizer.h"

typedef struct _FoveaTokenModel FoveaTokenModel;

/* Room that one call of encode reuses from word to word; the model itself stays immutable. */
typedef struct {
    GArray *symbols, *heap;
} FoveaTokenScratch;

/**
 * fovea_token_scratch_init:
 *
 * Empty room, to be given back with fovea_token_scratch_clear().
 *
 * Thread: one.
 */
void fovea_token_scratch_init (FoveaTokenScratch *scratch);

/**
 * fovea_token_scratch_clear:
 *
 * Thread: one.
 */
void fovea_token_scratch_clear (FoveaTokenScratch *scratch);

struct _FoveaTokenModel {
    /* Appends the tokens of @word, a range of @text, with their places in the original text. */
    gboolean (*encode) (const FoveaTokenModel *model,
                        const FoveaAlignedText *text,
                        FoveaSpan word,
                        FoveaTokenScratch *scratch,
                        GArray *tokens,
                        GError **error);
    void (*free) (FoveaTokenModel *model);
    const char *name; /* for people: "BPE" */
};

/**
 * fovea_bpe_new_from_json:
 * @model: "model" of type BPE
 * @vocabulary: borrowed for the model's life; holds all of model.vocab
 *
 * Byte-pair encoding, with byte fallback, fused unknowns, prefixes and suffixes.
 *
 * Errors: FOVEA_ERROR_FORMAT for a merge of unknown tokens, with its number;
 * FOVEA_ERROR_UNSUPPORTED for dropout.
 * Thread: any.   Owner: caller frees with its free.
 */
FoveaTokenModel *
fovea_bpe_new_from_json (JsonObject *model, const FoveaVocabulary *vocabulary, GError **error);

/* A merge by ids. Of two that are possible the lower rank comes first, then the one further left. */
typedef struct {
    gint32 left, right, joined;
    guint32 rank;
} FoveaBpeMerge;

typedef struct {
    gint32 unknown; /* id, or -1 */
    gboolean fuse_unknown;
    gboolean ignore_merges; /* a word that is a token is that token */
    gboolean byte_fallback;
    FoveaSymbols *symbols; /* (transfer full) (nullable): kept whole; no merge may name them */
} FoveaBpeOptions;

/**
 * fovea_bpe_new:
 * @vocabulary: borrowed for the model's life
 * @merges: of #FoveaBpeMerge, whose ids are in @vocabulary
 *
 * Byte-pair encoding from merges that are already looked up.
 *
 * Thread: any.   Owner: caller frees with its free.
 */
FoveaTokenModel *fovea_bpe_new (const FoveaVocabulary *vocabulary,
                                const FoveaBpeOptions *options,
                                const GArray *merges);

/**
 * fovea_wordpiece_new_from_json:
 *
 * As fovea_bpe_new_from_json() for BERT's greedy longest match.
 *
 * Errors: FOVEA_ERROR_FORMAT without an unknown token.
 * Thread: any.   Owner: caller frees with its free.
 */
FoveaTokenModel *fovea_wordpiece_new_from_json (JsonObject *model,
                                                const FoveaVocabulary *vocabulary,
                                                GError **error);

typedef struct {
    gint32 unknown; /* id, or -1 */
    gboolean byte_fallback;
    double worst;    /* score that an unknown character's is set below */
    gboolean single; /* sums are kept in 32 bits */
} FoveaUnigramOptions;

/**
 * fovea_unigram_new:
 * @scores: (array length=n): log probability by id; NaN = not to be used
 *
 * Unigram from pieces with scores.
 *
 * Thread: any.   Owner: caller frees with its free.
 * Source: Kudo 2018 (arXiv:1804.10959).
 */
FoveaTokenModel *fovea_unigram_new (const FoveaVocabulary *vocabulary,
                                    const double *scores,
                                    guint n,
                                    const FoveaUnigramOptions *options);

/**
 * fovea_unigram_new_from_json:
 *
 * As fovea_bpe_new_from_json() for pieces with log probabilities.
 *
 * Errors: FOVEA_ERROR_FORMAT for a piece without score and an unknown id that no piece has.
 * Thread: any.   Owner: caller frees with its free.
 */
FoveaTokenModel *
fovea_unigram_new_from_json (JsonObject *model, const FoveaVocabulary *vocabulary, GError **error);

/**
 * fovea_wordlevel_new_from_json:
 *
 * As fovea_bpe_new_from_json() for a dictionary of whole words.
 *
 * Thread: any.   Owner: caller frees with its free.
 */
FoveaTokenModel *fovea_wordlevel_new_from_json (JsonObject *model,
                                                const FoveaVocabulary *vocabulary,
                                                GError **error);

/**
 * fovea_words_model_new:
 * @vocabulary: borrowed for the model's life
 * @unknown: id, or -1
 *
 * Whole words of a text whose spaces are U+2581; unknown neighbours are one token, or bytes.
 *
 * Thread: any.   Owner: caller frees with its free.
 */
FoveaTokenModel *
fovea_words_model_new (const FoveaVocabulary *vocabulary, gint32 unknown, gboolean byte_fallback);

/**
 * fovea_token_append:
 *
 * Appends token @id that stands for bytes [start, end) of @text.
 *
 * Thread: any.
 */
void fovea_token_append (
    GArray *tokens, gint32 id, const FoveaAlignedText *text, gsize start, gsize end);

/**
 * fovea_tokenizer_new_from_parts:
 * @stages: tokenizer.json without its model
 * @config: (nullable): tokenizer_config.json
 * @vocabulary: (transfer full)
 * @model: (transfer full): made on @vocabulary
 *
 * A tokenizer whose model comes from another kind of file.
 *
 * Errors: those of fovea_tokenizer_new_from_json().
 * Thread: any.   Owner: caller.
 */
FoveaTokenizer *fovea_tokenizer_new_from_parts (JsonObject *stages,
                                                JsonObject *config,
                                                FoveaVocabulary *vocabulary,
                                                FoveaTokenModel *model,
                                                GError **error);
