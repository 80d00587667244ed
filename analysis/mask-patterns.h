/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Masks that follow from how an input is put together, not from attention: packed documents,
 * prefixes, shared questions, windows. The patterns of LongCA-bench (methods/prefill.md 19), for
 * saying what is allowed at all and for costs. */
#include "analysis/mask.h"

typedef enum {
    FOVEA_PATTERN_FULL,
    FOVEA_PATTERN_CAUSAL,
    FOVEA_PATTERN_FULL_DOCUMENT,
    FOVEA_PATTERN_CAUSAL_DOCUMENT,
    FOVEA_PATTERN_SHARE_QUESTION,   /* later documents also see the first, the question */
    FOVEA_PATTERN_CAUSAL_BLOCKWISE, /* the last document also sees all others */
    FOVEA_PATTERN_PREFIX_LM_CAUSAL,
    FOVEA_PATTERN_PREFIX_LM_DOCUMENT,
    FOVEA_PATTERN_SLIDING_WINDOW,        /* |query - key| <= window: both ends count */
    FOVEA_PATTERN_SLIDING_WINDOW_CAUSAL, /* window + 1 keys */
    FOVEA_PATTERN_GLOBAL_SLIDING_WINDOW, /* and the first tokens see, and are seen by, all */
    FOVEA_PATTERN_BLOCK_CAUSAL_DOCUMENT, /* up to the end of the query's block */
    FOVEA_N_PATTERNS,
} FoveaMaskPattern;

/* What a pattern needs is read, the rest may be 0. */
typedef struct {
    const gint64 *starts;         /* (n_documents) first token of each, ascending, the first 0 */
    gsize n_documents;            /* 0 = one document */
    gint64 window, prefix, block; /* tokens */
} FoveaMaskPatternOptions;

/**
 * fovea_mask_pattern_get_name:
 *
 * "causal_document" and so on.
 *
 * Thread: any.   Owner: static.
 */
const char *fovea_mask_pattern_get_name (FoveaMaskPattern pattern);

/**
 * fovea_mask_pattern_build:
 * @n_tokens: T
 *
 * The pattern over all T x T cells, finished. Memory O(documents), or O(T) where keys end with the
 * query inside a document.
 *
 * Errors: FOVEA_ERROR_RANGE for documents that do not ascend from 0 within the text, or a missing
 * window, prefix or block.   Thread: any.   Owner: caller.
 */
FoveaMask *fovea_mask_pattern_build (FoveaMaskPattern pattern,
                                     gint64 n_tokens,
                                     const FoveaMaskPatternOptions *options,
                                     GError **error);
