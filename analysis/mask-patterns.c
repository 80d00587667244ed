/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Every pattern is a union of rectangles and bands, one or two a document. Where the public code
 * contradicts itself the choice is: prefixes hold the keys below them, and as many tokens are global
 * as the window has. */
#include "analysis/mask-patterns.h"

#include "kernels/error.h"

static const char *const names[FOVEA_N_PATTERNS] = {
    [FOVEA_PATTERN_FULL] = "full",
    [FOVEA_PATTERN_CAUSAL] = "causal",
    [FOVEA_PATTERN_FULL_DOCUMENT] = "full_document",
    [FOVEA_PATTERN_CAUSAL_DOCUMENT] = "causal_document",
    [FOVEA_PATTERN_SHARE_QUESTION] = "share_question",
    [FOVEA_PATTERN_CAUSAL_BLOCKWISE] = "causal_blockwise",
    [FOVEA_PATTERN_PREFIX_LM_CAUSAL] = "prefix_lm_causal",
    [FOVEA_PATTERN_PREFIX_LM_DOCUMENT] = "prefix_lm_document",
    [FOVEA_PATTERN_SLIDING_WINDOW] = "sliding_window",
    [FOVEA_PATTERN_SLIDING_WINDOW_CAUSAL] = "sliding_window_causal",
    [FOVEA_PATTERN_GLOBAL_SLIDING_WINDOW] = "global_sliding_window",
    [FOVEA_PATTERN_BLOCK_CAUSAL_DOCUMENT] = "block_causal_document",
};

const char *
fovea_mask_pattern_get_name (FoveaMaskPattern pattern)
{
    return names[pattern];
}

static gboolean
fail (FoveaMaskPattern pattern, const char *what, gint64 value, GError **error)
{
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE, "%s: %s is %" G_GINT64_FORMAT,
                 names[pattern], what, value);
    return FALSE;
}

static gboolean
check (FoveaMaskPattern pattern, gint64 T, const FoveaMaskPatternOptions *options, GError **error)
{
    gboolean windowed = pattern == FOVEA_PATTERN_SLIDING_WINDOW ||
                        pattern == FOVEA_PATTERN_SLIDING_WINDOW_CAUSAL ||
                        pattern == FOVEA_PATTERN_GLOBAL_SLIDING_WINDOW;
    for (gsize i = 0; i < options->n_documents; i++) {
        gint64 least = i > 0 ? options->starts[i - 1] + 1 : 0;
        gint64 most = i > 0 ? T - 1 : 0;
        if (options->starts[i] < least || options->starts[i] > most)
            return fail (pattern, "a document's first token", options->starts[i], error);
    }
    if (windowed && options->window < 0)
        return fail (pattern, "window", options->window, error);
    if (pattern == FOVEA_PATTERN_BLOCK_CAUSAL_DOCUMENT && options->block < 1)
        return fail (pattern, "block", options->block, error);
    return options->prefix >= 0 || fail (pattern, "prefix", options->prefix, error);
}

/* Keys of document [from,to) for its own queries. */
static void
add_document (FoveaMask *mask,
              FoveaMaskPattern pattern,
              gint64 from,
              gint64 to,
              const FoveaMaskPatternOptions *options)
{
    if (pattern == FOVEA_PATTERN_FULL_DOCUMENT) {
        fovea_mask_add_rectangle (mask, from, to, from, to);
        return;
    }
    if (pattern == FOVEA_PATTERN_PREFIX_LM_DOCUMENT)
        fovea_mask_add_rectangle (mask, from, to, from, MIN (from + options->prefix, to));
    if (pattern == FOVEA_PATTERN_BLOCK_CAUSAL_DOCUMENT) {
        for (gint64 q = from; q < to; q = (q / options->block + 1) * options->block) {
            gint64 end = MIN ((q / options->block + 1) * options->block, to);
            fovea_mask_add_rectangle (mask, q, end, from, end);
        }
        return;
    }
    /* Causal within the document: a band that is cut where the document begins. */
    for (gint64 q = from; q < to; q++)
        fovea_mask_add_rectangle (mask, q, q + 1, from, q + 1);
}

/* What crosses documents, or needs none. */
static void
add_shared (FoveaMask *mask,
            FoveaMaskPattern pattern,
            gint64 T,
            gint64 first_end,
            gint64 last_start,
            const FoveaMaskPatternOptions *options)
{
    gint64 w = options->window;
    if (pattern == FOVEA_PATTERN_FULL)
        fovea_mask_add_rectangle (mask, 0, T, 0, T);
    if (pattern == FOVEA_PATTERN_CAUSAL || pattern == FOVEA_PATTERN_PREFIX_LM_CAUSAL)
        fovea_mask_add_band (mask, 0, T, 0, T);
    if (pattern == FOVEA_PATTERN_PREFIX_LM_CAUSAL)
        fovea_mask_add_rectangle (mask, 0, T, 0, options->prefix);
    if (pattern == FOVEA_PATTERN_SHARE_QUESTION)
        fovea_mask_add_rectangle (mask, first_end, T, 0, first_end);
    if (pattern == FOVEA_PATTERN_CAUSAL_BLOCKWISE)
        fovea_mask_add_rectangle (mask, last_start, T, 0, last_start);
    if (pattern == FOVEA_PATTERN_SLIDING_WINDOW_CAUSAL)
        fovea_mask_add_band (mask, 0, T, 0, w + 1);
    if (pattern == FOVEA_PATTERN_SLIDING_WINDOW || pattern == FOVEA_PATTERN_GLOBAL_SLIDING_WINDOW)
        fovea_mask_add_band (mask, 0, T, -w, w + 1);
    if (pattern == FOVEA_PATTERN_GLOBAL_SLIDING_WINDOW) {
        fovea_mask_add_rectangle (mask, 0, w, 0, T);
        fovea_mask_add_rectangle (mask, 0, T, 0, w);
    }
}

static gboolean
has_documents (FoveaMaskPattern pattern)
{
    switch (pattern) {
    case FOVEA_PATTERN_FULL_DOCUMENT:
    case FOVEA_PATTERN_CAUSAL_DOCUMENT:
    case FOVEA_PATTERN_SHARE_QUESTION:
    case FOVEA_PATTERN_CAUSAL_BLOCKWISE:
    case FOVEA_PATTERN_PREFIX_LM_DOCUMENT:
    case FOVEA_PATTERN_BLOCK_CAUSAL_DOCUMENT:
        return TRUE;
    default:
        return FALSE;
    }
}

FoveaMask *
fovea_mask_pattern_build (FoveaMaskPattern pattern,
                          gint64 n_tokens,
                          const FoveaMaskPatternOptions *options,
                          GError **error)
{
    const FoveaScoreRule both_ways = {.scale = 1};
    const gint64 whole[] = {0};
    gsize n = options->n_documents;
    const gint64 *starts = n > 0 ? options->starts : whole;
    if (!check (pattern, n_tokens, options, error))
        return NULL;
    FoveaMask *mask = fovea_mask_new (n_tokens, &both_ways);
    n = MAX (n, 1);
    for (gsize i = 0; i < n && has_documents (pattern); i++)
        add_document (mask, pattern, starts[i], i + 1 < n ? starts[i + 1] : n_tokens, options);
    add_shared (mask, pattern, n_tokens, n > 1 ? starts[1] : n_tokens, starts[n - 1], options);
    fovea_mask_finish (mask);
    return mask;
}
