/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Counters go tile by tile; formulas are the papers'. */
#include "analysis/attention-cost.h"

#include "analysis/mask-rows.h"

void
fovea_attention_cost_choose_tile (gint64 memory, gint64 width, gint64 *height, gint64 *breadth)
{
    *breadth = (memory + 4 * width - 1) / (4 * width);
    *height = MIN (*breadth, width);
}

FoveaAttentionCost
fovea_attention_cost_count (
    FoveaMask *mask, gint64 width, gint64 height, gint64 breadth, double element_bytes)
{
    gint64 N = fovea_mask_get_n_tokens (mask), n_allowed;
    gint64 n_tiles = fovea_mask_count_tiles (mask, height, breadth, &n_allowed);
    double tiles = (double) n_tiles, d = (double) width, n = (double) N;
    double cells = (double) height * (double) breadth;
    return (FoveaAttentionCost){
        .flops = tiles * cells * (4 * d + 5), /* two products, and the softmax */
        .read_bytes = element_bytes * (n * d + tiles * (double) breadth * 2 * d),
        .write_bytes = element_bytes * n * d + 4 * n,
        .n_tiles = n_tiles,
    };
}

double
fovea_attention_cost_predict (const FoveaAttentionCost *cost,
                              double more_flops,
                              const FoveaMachine *machine)
{
    double arithmetic = (cost->flops + more_flops) / machine->flops;
    double memory = (cost->read_bytes + cost->write_bytes) / machine->bandwidth;
    return MAX (arithmetic, memory);
}

double
fovea_attention_cost_get_traffic (gint64 n_tokens, gint64 width, gint64 memory, double share)
{
    double N = (double) n_tokens, d = (double) width;
    return N * d + N * N * d * d * share / (double) memory;
}

FoveaPrefillCost
fovea_prefill_cost_count (const FoveaArchitecture *architecture, gint64 n_tokens, double density)
{
    double L = (double) n_tokens, N = (double) architecture->n_layers;
    double d = (double) architecture->width, dh = (double) architecture->head_width;
    double h = (double) architecture->n_heads, nkv = (double) architecture->n_kv_heads;
    FoveaPrefillCost cost = {
        .embedding = 2 * L * d,
        .attention = N * (2 * L * d * (2 * d + 2 * dh * nkv) + density * h * L * L * (4 * dh + 3)),
        .mlp = 2 * N * L * (double) architecture->mlp_width * (3 * d + 1),
        .logits = 2 * L * d * (double) architecture->vocabulary,
    };
    cost.total = cost.embedding + cost.attention + cost.mlp + cost.logits;
    return cost;
}

double
fovea_decode_cost_count (const FoveaArchitecture *architecture, gint64 n_tokens, double density)
{
    double L = (double) n_tokens, N = (double) architecture->n_layers;
    double d = (double) architecture->width, dh = (double) architecture->head_width;
    double weights = N * (4 * d * d + 3 * d * (double) architecture->mlp_width) +
                     d * ((double) architecture->vocabulary + 1);
    return weights + 2 * N * L * dh * (double) architecture->n_kv_heads * density;
}
