/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Llama 3's rope scaling as GGUF keeps it: not its parameters, but what they come to for each pair
 * (tensor rope_freqs.weight, divisors of the frequencies). */
#include <glib.h>

typedef struct {
    double factor;
    double low, high; /* low_freq_factor and high_freq_factor, 1 and 4 in every Llama 3 */
    gint64 context;   /* of training, before the stretch */
} FoveaLlama3Scaling;

/**
 * fovea_gguf_infer_llama3:
 * @divisors: (array length=n): of the frequencies, highest first
 * @base: theta
 * @scaling: (out): the parameters that give them
 *
 * FALSE unless parameters are found that give every divisor within 0.1 %.
 *
 * Thread: any.
 */
gboolean
fovea_gguf_infer_llama3 (const float *divisors, gint64 n, double base, FoveaLlama3Scaling *scaling);
