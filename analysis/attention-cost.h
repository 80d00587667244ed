/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What attention under a mask costs a kernel of tiles: operations and bytes counted, time predicted
 * from a machine's two roofs; and what a whole sparse prefill costs a model
 * (methods/prefill.md 2 and 20). Predictions, not measurements. */
#include "analysis/mask.h"
#include "capture/architecture.h"

typedef struct {
    double flops;       /* of the visited tiles, whole */
    double read_bytes;  /* queries once, keys and values of each visited tile */
    double write_bytes; /* outputs and their log-sum-exp */
    gint64 n_tiles;
} FoveaAttentionCost;

typedef struct {
    double flops;     /* a second */
    double bandwidth; /* bytes a second */
} FoveaMachine;

/**
 * fovea_attention_cost_choose_tile:
 * @memory: on-chip, in elements
 * @width: D
 * @height: (out): queries of a tile
 * @breadth: (out): keys of a tile
 *
 * Tile sides of FlashAttention.
 *
 * Thread: any.   Source: Dao et al. 2022 (arXiv:2205.14135), algorithm 1.
 */
void
fovea_attention_cost_choose_tile (gint64 memory, gint64 width, gint64 *height, gint64 *breadth);

/**
 * fovea_attention_cost_count:
 * @mask: finished
 * @width: D
 * @height: queries of a tile
 * @breadth: keys of a tile
 * @element_bytes: of queries, keys, values and outputs
 *
 * One head, by row blocks of queries.
 *
 * Thread: any.
 */
FoveaAttentionCost fovea_attention_cost_count (
    FoveaMask *mask, gint64 width, gint64 height, gint64 breadth, double element_bytes);

/**
 * fovea_attention_cost_predict:
 * @more_flops: beside the kernel: selecting the mask
 *
 * Seconds: the larger of arithmetic and memory time.
 *
 * Thread: any.
 */
double fovea_attention_cost_predict (const FoveaAttentionCost *cost,
                                     double more_flops,
                                     const FoveaMachine *machine);

/**
 * fovea_attention_cost_get_traffic:
 * @n_tokens: N
 * @width: d
 * @memory: M, elements
 * @share: of tiles that are not empty; 1 = dense
 *
 * Elements moved by an attention of tiles, N d + N^2 d^2 share / M, up to a constant.
 *
 * Thread: any.
 */
double
fovea_attention_cost_get_traffic (gint64 n_tokens, gint64 width, gint64 memory, double share);

/* Operations of a prefill by part. */
typedef struct {
    double embedding, attention, mlp, logits, total;
} FoveaPrefillCost;

/**
 * fovea_prefill_cost_count:
 * @density: of attention
 *
 * The cost model of The Sparse Frontier, appendix B, for a sequence of @n_tokens.
 *
 * Thread: any.
 */
FoveaPrefillCost
fovea_prefill_cost_count (const FoveaArchitecture *architecture, gint64 n_tokens, double density);

/**
 * fovea_decode_cost_count:
 *
 * Elements read to generate one token after @n_tokens: weights, and the kept part of the cache.
 *
 * Thread: any.
 */
double
fovea_decode_cost_count (const FoveaArchitecture *architecture, gint64 n_tokens, double density);
