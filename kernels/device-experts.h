/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What a device is asked about an MLP of experts: which experts a row goes to, and what they add. The
 * host never learns who chose whom, so that no layer waits for it. T rows, E experts of which a row
 * takes K, C the stream's width, M a hidden one. */
#include "kernels/ops.h"

/* Shares of a row come from the softmax or the sigmoids of its scores. The K experts of the largest
 * weights are taken, or of the largest sums with @added; the lower index wins a tie, and NaN counts
 * as the largest, so that it is met and not left out. */
struct _FoveaRouteArgs {
    int64_t rows, n_experts, n_used;
    bool sigmoid;    /* weights of an expert by itself; else of a softmax */
    bool add_to_one; /* shares are divided by their sum */
    int64_t n_groups,
        n_groups_used;   /* only experts of the best groups of neighbours; 0 = no groups */
    float scale;         /* of the shares */
    const float *scores; /* (T,E) */
    const float *added;  /* (E) for the choice alone, NULL = 0 */
    float *weights;      /* (T,E) or NULL; may be @scores */
    int32_t *chosen;     /* (T,K), from the best on */
    float *shares;       /* (T,K) */
};

enum {
    FOVEA_EXPERT_GATE,
    FOVEA_EXPERT_IN,
    FOVEA_EXPERT_OUT,
    FOVEA_N_EXPERT_ROLES
};

/* out = sum over the row's experts, in their order, of share * OUT (act (GATE x) * IN x). */
struct _FoveaExpertsArgs {
    FoveaPrecision precision;
    FoveaActivation activation;
    int64_t rows, n_experts, n_used;
    /* (3,E) in host memory; experts of a role differ only in where their elements lie. */
    const FoveaWeight *weights;
    /* (3,E) in the device's memory: the same addresses. Host tables do not look at it. */
    const void *const *data;
    const float *bias[FOVEA_N_EXPERT_ROLES]; /* (E, n_out) each, NULL = 0 */
    const float *x;                          /* (T,C) */
    const int32_t *chosen;                   /* (T,K), each of a row once */
    const float *shares;                     /* (T,K) */
    float *gathered, *pre, *up;              /* (T,C), (T,M), (T,M): room that may be used */
    float *out;                              /* (T,C), none of the others */
};

/**
 * fovea_host_route:
 *
 * `route` of tables whose buffers are host memory. Exponentials and sums are double.
 *
 * Source: groups, added values and the sigmoid: DeepSeek-AI 2024 (arXiv:2412.19437), sec. 2.1.2.
 * Thread: any.
 */
void fovea_host_route (FoveaDevice *device, const FoveaRouteArgs *args);

/**
 * fovea_host_experts:
 *
 * `experts` of the same tables: one expert after the other over the rows that chose it, by the
 * products of the device's table.
 *
 * Thread: the one that uses the device.
 */
void fovea_host_experts (FoveaDevice *device, const FoveaExpertsArgs *args);

/**
 * fovea_host_add_gated:
 *
 * `add_gated` of the same tables.
 *
 * Thread: the one that uses the device.
 */
void fovea_host_add_gated (FoveaDevice *device,
                           const float *x,
                           const float *gates,
                           int64_t rows,
                           int64_t width,
                           float *out);
