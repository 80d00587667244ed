/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What a device with memory of its own is asked about sparse codes: the k largest of F products of a
 * row, all that are above a level, and a whole step of training. All pointers are the device's memory. The host's counterparts
 * are kernels/top-codes.h and analysis/sae-loss.h; results follow the same rules. */
#include "kernels/sparse-rows.h"

typedef struct _FoveaCodesWeights FoveaCodesWeights;
typedef struct _FoveaCodesArgs FoveaCodesArgs;
typedef struct _FoveaAboveArgs FoveaAboveArgs;
typedef struct _FoveaSaeStepArgs FoveaSaeStepArgs;

/* What is encoded with, and room for the form in which the device reads it. */
struct _FoveaCodesWeights {
    const float *w;     /* (n_latents, n_in): a row is a latent's direction; finite */
    const float *bias;  /* (n_latents), NULL = 0 */
    const float *scale; /* (n_latents) positive: latents compete by scale * p; NULL = 1 */
    int64_t n_latents, n_in;
    bool rounded;   /* products of inputs rounded to bf16; else those of f32 */
    void *prepared; /* fovea_codes_prepared_bytes() */
    /* (n_latents) finite: what a product must be above to be a code of `codes_above`, where scale is
     * NULL; NULL for `top_codes`. */
    const float *level;
};

struct _FoveaCodesArgs {
    FoveaCodesWeights weights; /* as `top_prepare` was last given them */
    int64_t rows;
    const float *x; /* (rows, n_in), row stride x_stride */
    int64_t x_stride;
    int64_t k;
    bool by_magnitude;  /* the k largest |p|, sign kept; else the k largest p */
    bool only_positive; /* p <= 0 is no code; not by magnitude */
    int32_t *latent;    /* (rows, k) out: rising, ties to the lower latent */
    float *value;       /* (rows, k) out: p = x . w + bias */
    int32_t *count;     /* (rows) out */
};

/* How many codes a row has is not known beforehand. Rows that end beyond the room are only counted. */
struct _FoveaAboveArgs {
    FoveaCodesWeights weights; /* as `top_prepare` was last given them */
    int64_t rows;
    const float *x; /* (rows, n_in), row stride x_stride */
    int64_t x_stride;
    int64_t room;    /* codes */
    int64_t *offset; /* (rows + 1) out: where codes of rows begin, and the last end */
    int32_t *latent; /* (room) out: rising in a row */
    float *value;    /* (room) out: p = x . w + bias, p > level */
};

enum {
    FOVEA_STEP_MOST_WIDTHS = 16
};

/* How a step's codes come about, and what they add to the loss (methods/features-and-sparsity.md 3.2). */
typedef enum {
    FOVEA_STEP_ROWS,  /* the k largest of a row */
    FOVEA_STEP_BATCH, /* the `keep` largest of all rows together, above 0 */
    FOVEA_STEP_RELU,  /* all above 0; L1 weighted by decoders' norms */
    FOVEA_STEP_GATE,  /* gate and magnitude */
    FOVEA_STEP_JUMP,  /* all above their latent's threshold; how many they are */
    FOVEA_STEP_JUMP_TANH
} FoveaStepRule;

/* Arrays of one layout: parameters, their gradient, Adam's moments. */
typedef struct {
    float *w_enc;         /* (F, d) */
    float *w_dec;         /* (F, d_out) */
    float *b_enc;         /* (F); of a gated one the gate's */
    float *b_dec;         /* (d_out) */
    float *b_mag, *r_mag; /* (F) gated, else NULL */
    float *log_threshold; /* (F) of rules with thresholds, else NULL */
} FoveaSaeBlock;

/* What a step tells; read it after the step. */
typedef struct {
    double squared_error; /* sum over rows of |xh - y|^2 */
    double aux;           /* loss of dead latents, with its coefficient, and of a gate's decode */
    double sparsity;      /* what codes cost, with its coefficient */
    double smallest_kept; /* least of what a batch keeps, in what its codes compete by; 0 = none */
    double loss;          /* what is minimised */
    double norm;          /* of the whole gradient, before clipping */
    double spread;        /* sum of squares of the target about its mean */
    int64_t n_codes;      /* that are not 0 */
    int64_t n_dead;       /* after the step */
    int64_t finite;       /* 0 = the loss or its gradient is not: nothing was changed */
} FoveaSaeStepResult;

struct _FoveaSaeStepArgs {
    int64_t rows, d_in, d_out, n_latents;
    FoveaStepRule rule;
    int64_t k;    /* of ROWS */
    int64_t keep; /* of BATCH */
    int64_t widths
        [FOVEA_STEP_MOST_WIDTHS]; /* BATCH: prefixes that decode by themselves; the last is F */
    int n_widths;                 /* 0 = only the whole */
    double sparsity;              /* of a row's term in the loss */
    double bandwidth;             /* of straight-through gradients */
    double pre_act;       /* JUMP_TANH: of a dead latent's distance to its threshold, a row */
    bool rescales;        /* latents compete by p times their decoder's norm; ROWS and BATCH */
    bool by_magnitude;    /* signs are kept; ROWS and BATCH */
    bool subtracts_b_dec; /* from x before encoding */
    bool unit_norm;       /* decoder rows are held at norm 1 */
    bool rounded;         /* whole matrices are multiplied with 11 bits, as tf32; else as f32 */
    double weight;        /* of a squared error in the loss */
    double aux;           /* of the squared error of what dead latents explain; 0 = none */
    int64_t aux_k;        /* dead latents of a row, at most n_dead */
    double clip;          /* largest norm of a gradient; 0 = not clipped */
    FoveaAdamStep adam;   /* its scale is the step's own */
    FoveaSaeBlock w, gradient, mean, square;
    const float *x;      /* (rows, d_in) */
    const float *target; /* (rows, d_out) */
    int32_t *since;      /* (F) steps without firing */
    int32_t dead_window;
    int32_t *dead; /* (F) latents that have not fired for so long, rising */
    int64_t n_dead;
    void *prepared;             /* fovea_codes_prepared_bytes() */
    double *row_errors;         /* (rows) out */
    FoveaSaeStepResult *result; /* out */
};

enum {
    FOVEA_CODES_TILE = 256, /* latents are padded to whole tiles */
    FOVEA_CODES_PANEL = 64, /* and widths to whole panels */
    FOVEA_CODES_GROUP = 64  /* latents of a tile that share a limit */
};

/**
 * fovea_codes_prepared_bytes:
 *
 * Of FoveaCodesWeights.prepared: f16 weights, their unit, factor and bias of a latent, its reach and that
 * of its group, and what holds of all.
 *
 * Thread: any.
 */
static inline size_t
fovea_codes_prepared_bytes (int64_t n_latents, int64_t n_in)
{
    size_t tile = FOVEA_CODES_TILE, panel = FOVEA_CODES_PANEL;
    size_t F = ((size_t) n_latents + tile - 1) / tile * tile;
    size_t d = ((size_t) n_in + panel - 1) / panel * panel;
    return F * d * 2 + F * 8 + F * 4 + F * 4 + F / FOVEA_CODES_GROUP * 4 + 256;
}
