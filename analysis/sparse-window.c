/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Masks from positions alone, by tokens: sliding window, StreamingLLM, MInference's A-shape and
 * tri-shape (methods/prefill.md 5.1, 6.1). A window of w keys holds the query's own. They cost
 * nothing to select. */
#include "analysis/sparse-method.h"

enum {
    WINDOW, /* first knob of each */
    SINKS,
    LAST,
};

/* Keys [0,@sinks) and the last @window of every row; the last @dense rows see all. */
static gboolean
select_bands (
    FoveaSparseHead *head, gint64 window, gint64 sinks, gint64 dense, FoveaSparseSelection *out)
{
    gint64 T = head->n_tokens;
    out->executed = fovea_mask_new (T, head->rule);
    fovea_mask_add_band (out->executed, 0, T, 0, window);
    fovea_mask_add_rectangle (out->executed, 0, T, 0, sinks);
    fovea_mask_add_rectangle (out->executed, T - dense, T, 0, T);
    fovea_mask_finish (out->executed);
    return TRUE;
}

static gboolean
select_window (FoveaSparseHead *head,
               const double *knobs,
               FoveaSparseSelection *out,
               GError **error)
{
    return select_bands (head, (gint64) knobs[WINDOW], 0, 0, out);
}

static gboolean
select_sinks (FoveaSparseHead *head, const double *knobs, FoveaSparseSelection *out, GError **error)
{
    return select_bands (head, (gint64) knobs[WINDOW], (gint64) knobs[SINKS], 0, out);
}

static gboolean
select_tri (FoveaSparseHead *head, const double *knobs, FoveaSparseSelection *out, GError **error)
{
    return select_bands (head, (gint64) knobs[WINDOW], (gint64) knobs[SINKS], (gint64) knobs[LAST],
                         out);
}

const FoveaSparseMethod fovea_sparse_window = {
    .id = "window",
    .name = "Sliding window",
    .paper = "",
    .unit = "band",
    .kind = FOVEA_SPARSE_STATIC,
    .honesty = FOVEA_HONESTY_EXACT_RULE,
    .knobs = {{"window", "tokens", "keys, the query's own included", 4096, 512, 1, 1e9, TRUE}},
    .sweep = FOVEA_SPARSE_SHARES,
    .sweep_of = FOVEA_SWEEP_TOKENS,
    .select = select_window,
};

const FoveaSparseMethod fovea_sparse_streaming = {
    .id = "streaming",
    .name = "StreamingLLM",
    .paper = "Xiao et al. 2023, arXiv:2309.17453",
    .unit = "band + columns",
    .kind = FOVEA_SPARSE_STATIC,
    .honesty = FOVEA_HONESTY_EXACT_RULE,
    .knobs = {{"window", "tokens", "recent keys", 2000, 512, 1, 1e9, TRUE},
              {"sinks", "tokens", "first keys, always kept", 4, 4, 0, 1e9, TRUE}},
    .sweep = FOVEA_SPARSE_SHARES,
    .sweep_of = FOVEA_SWEEP_TOKENS,
    .select = select_sinks,
};

const FoveaSparseMethod fovea_sparse_a_shape = {
    .id = "a-shape",
    .name = "MInference A-shape",
    .paper = "Jiang et al. 2024, arXiv:2407.02490",
    .unit = "band + columns",
    .kind = FOVEA_SPARSE_STATIC,
    .honesty = FOVEA_HONESTY_EXACT_RULE,
    .knobs = {{"window", "tokens", "local keys", 3968, 512, 1, 1e9, TRUE},
              {"sinks", "tokens", "initial keys", 128, 16, 0, 1e9, TRUE}},
    .sweep = FOVEA_SPARSE_SHARES,
    .sweep_of = FOVEA_SWEEP_TOKENS,
    .select = select_sinks,
};

const FoveaSparseMethod fovea_sparse_tri_shape = {
    .id = "tri-shape",
    .name = "MInference tri-shape",
    .paper = "Jiang et al. 2024, arXiv:2407.02490",
    .unit = "band + columns",
    .kind = FOVEA_SPARSE_STATIC,
    .honesty = FOVEA_HONESTY_EXACT_RULE,
    .knobs = {{"window", "tokens", "local keys", 3968, 512, 1, 1e9, TRUE},
              {"sinks", "tokens", "initial keys", 128, 16, 0, 1e9, TRUE},
              {"last", "tokens", "last queries, which see everything", 100, 16, 0, 1e9, TRUE}},
    .sweep = FOVEA_SPARSE_SHARES,
    .sweep_of = FOVEA_SWEEP_TOKENS,
    .select = select_tri,
};
