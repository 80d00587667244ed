/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Rules by value, product by product: what a product becomes as a code, and what the loss's gradient by that code
 * means for the product and its latent (methods/features-and-sparsity.md 3.2, 3.3; the CPU's are
 * analysis/sae-loss-rows.c). */
#include "kernels/cuda/sae-codes.cuh"

/* A latent's numbers, the same for all rows. */
typedef struct {
    float bias, norm, threshold, scale, shift; /* scale and shift: of a gated one's magnitude */
    bool dead;
} Latent;

template <FoveaStepRule RULE>
static __device__ inline Latent
read_latent (const FoveaSaeStepArgs &a, const float *norm, const float *threshold, int64_t j)
{
    Latent l = {a.w.b_enc[j], norm[j], 0, 1, 0, false};
    if (RULE == FOVEA_STEP_JUMP || RULE == FOVEA_STEP_JUMP_TANH)
        l.threshold = threshold[j];
    if (RULE == FOVEA_STEP_GATE) {
        l.scale = expf (a.w.r_mag[j]);
        l.shift = a.w.b_mag[j];
    }
    l.dead = a.pre_act != 0 && a.since[j] >= a.dead_window;
    return l;
}

template <FoveaStepRule RULE>
static __device__ inline float
code_of (const Latent &l, float p)
{
    if (RULE == FOVEA_STEP_GATE)
        return p > 0 ? fmaxf ((p - l.bias) * l.scale + l.shift, 0) : 0;
    return p > l.threshold ? p : 0;
}

/* What one product gives its latent. */
typedef struct {
    float pre, norm, other, mag, term;
} Give;

static __device__ inline Give
give_gated (float a, const Latent &l, float p, float code, float d_code, float d_gate)
{
    Give g = {};
    if (!(p > 0))
        return g;
    g.term = a * p * l.norm;
    g.norm = a * p;
    g.mag = code > 0 ? d_code : 0;
    g.other = g.mag * (p - l.bias) * l.scale;
    g.pre = d_gate + a * l.norm + g.mag * l.scale;
    return g;
}

/* Straight-through: a threshold feels products within half a bandwidth. Its parameter is the logarithm. */
template <FoveaStepRule RULE>
static __device__ inline Give
give_jump (const FoveaSaeStepArgs &a, const Latent &l, float p, float code, float d_code)
{
    Give g = {};
    float off = p - l.threshold, width = (float) a.bandwidth, c = (float) a.sparsity, by = 0;
    bool near = fabsf (off) < width / 2;
    if (RULE == FOVEA_STEP_JUMP) {
        g.term = off > 0 ? c : 0;
        by -= near ? c / width : 0;
    } else {
        float v = tanhf (4 * code * l.norm), slope = 4 * c * (1 - v * v);
        g.term = c * v;
        g.norm = slope * code;
        d_code += slope * l.norm;
    }
    g.pre = off > 0 ? d_code : 0;
    if (l.dead && off < 0 && RULE == FOVEA_STEP_JUMP_TANH) {
        float pull = (float) a.pre_act;
        g.term -= pull * off * l.norm;
        g.norm -= pull * off;
        g.pre -= pull * l.norm;
        by += pull * l.norm;
    }
    by -= near ? l.threshold / width * d_code : 0;
    g.other = by * l.threshold;
    return g;
}

template <FoveaStepRule RULE>
static __device__ inline Give
give (const FoveaSaeStepArgs &a, const Latent &l, float p, float code, float d_code, float d_gate)
{
    float c = (float) a.sparsity;
    Give g = {}; /* member by member: an initialiser of fewer than all left the others undefined */
    if (RULE == FOVEA_STEP_GATE)
        return give_gated (c, l, p, code, d_code, d_gate);
    if (RULE == FOVEA_STEP_JUMP || RULE == FOVEA_STEP_JUMP_TANH)
        return give_jump<RULE> (a, l, p, code, d_code);
    g.pre = code != 0 ? d_code : 0;
    if (RULE != FOVEA_STEP_RELU || !(p > 0))
        return g;
    g.pre = d_code + c * l.norm;
    g.norm = c * code;
    g.term = c * code * l.norm;
    return g;
}
