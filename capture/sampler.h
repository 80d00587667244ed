/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Choosing the next token from logits. */
#include "capture/random.h"

typedef struct {
    double temperature; /* 0 = greedy: the largest logit, lower id wins a tie */
    guint top_k;        /* 0 = all */
    double top_p; /* 1 = all: the smallest set of most likely tokens whose mass reaches top_p */
} FoveaSamplerOptions;

/**
 * fovea_sample_token:
 * @logits: (V), not changed
 * @random: not touched when greedy
 *
 * top_k first, then top_p on what is left, then one uniform draw.
 *
 * Thread: any.
 */
gint32 fovea_sample_token (const float *logits,
                           gint64 vocabulary,
                           const FoveaSamplerOptions *options,
                           FoveaRandom *random);
