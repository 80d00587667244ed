/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* How a loss is made of passes over entries. An entry is a latent that a row's loss depends on: it
 * fired, or stands near its threshold. Passes over rows write the entries' own numbers; passes over
 * latents then sum them in the order of rows. Private to analysis/sae-loss*.c. */
#include "analysis/sae-loss.h"
#include "kernels/sparse-rows.h"
#include "kernels/top-codes.h"

/* Entries in the order of rows, then of latents; and the same sorted by latent, then by row. */
typedef struct {
    int64_t n, room;
    int64_t *start;     /* (rows+1) first entry of each row */
    int32_t *latent;    /* (n) */
    float *pre;         /* (n) p, or pi of a gated one */
    float *code;        /* (n) what the decoder is given */
    float *d_code;      /* (n) gradient of the loss by code */
    float *d_pre;       /* (n) and by pre */
    float *d_norm;      /* (n) by the decoder's norm */
    float *d_other;     /* (n) by the log threshold; by r_mag of a gated one */
    float *d_mag;       /* (n) by b_mag of a gated one */
    int64_t *by_latent; /* (F+1) first place of each latent in `order` */
    int32_t *order;     /* (n) entries by latent */
    int32_t *row;       /* (n) row of each of these */
} SaeEntries;

struct _FoveaSaeLoss {
    FoveaDevice *device;
    FoveaThreads *threads;
    const FoveaSparseLoops *loops;
    FoveaTopEncoder *encoder, *dead_encoder;
    int64_t rows, rows_room; /* of the batch, and that there is room for */
    int groups, groups_room; /* prefixes that decode by themselves; 1 but for matryoshka */

    /* Of the run at hand. */
    const FoveaSaeLossOptions *options;
    const FoveaSaeParameters *parameters;
    const FoveaSaeBatch *batch;
    FoveaSaeParameters *gradient; /* NULL = only the loss */

    const float *x;     /* (rows, d) what is encoded: batch->x, or `centred` */
    float *centred;     /* (rows, d) x - b_dec */
    float *norm;        /* (F) of decoder rows */
    float *threshold;   /* (F) exp of the parameter */
    float *products;    /* (rows, F) of rules that look at all of them, else NULL */
    float *decoded;     /* (rows, d_out) xh of the full width */
    float *slope;       /* (groups, rows, d_out) gradient by xh, summed over a group's widths */
    float *side;        /* (rows, d_out) slope of a second decode: of the gate, of dead latents */
    double *row_errors; /* (rows) squared error of the full width */
    double *row_losses; /* (rows) sum over widths of squared errors */
    double *row_terms;  /* (rows) sparsity */
    double *row_sides;  /* (rows) of the second decode */
    float *scratch;     /* (threads, 2, rows) */
    float *parts;       /* (SAE_PARTS, the wider of d and d_out) */
    int32_t *counting;  /* 0, 1, 2 .. as far as rows and latents go */
    float *ones;        /* as many of 1 */
    int32_t *counts;    /* (F) */
    double *d_pre_sum;  /* (F) sum over rows of d_pre */
    int32_t *top_latent, *top_count; /* of row-wise top-k */
    float *top_value;
    size_t top_room;
    int32_t *dead_list; /* (F) */
    SaeEntries entries, dead_entries;
};

enum {
    SAE_ROWS = 16,    /* rows of an item */
    SAE_LATENTS = 32, /* latents of an item */
    SAE_PARTS = 64    /* fixed parts of sums over all rows or latents */
};

/* Whether all products are looked at, not only the largest. */
static inline gboolean
sae_rule_is_dense (FoveaSaeRule rule)
{
    return rule != FOVEA_SAE_RULE_TOPK && rule != FOVEA_SAE_RULE_ABSTOPK;
}

static inline gboolean
sae_rule_has_signs (FoveaSaeRule rule)
{
    return rule == FOVEA_SAE_RULE_ABSTOPK || rule == FOVEA_SAE_RULE_BATCH_ABSTOPK;
}

static inline gboolean
sae_rule_jumps (FoveaSaeRule rule)
{
    return rule == FOVEA_SAE_RULE_JUMPRELU || rule == FOVEA_SAE_RULE_JUMPRELU_TANH;
}

/**
 * fovea_sae_entries_reserve:
 *
 * Room for @n entries, @rows rows and @latents latents.   Thread: one at a time.
 */
void fovea_sae_entries_reserve (SaeEntries *entries, int64_t n, int64_t rows, int64_t latents);

/**
 * fovea_sae_entries_sort:
 *
 * Fills by_latent, order and row.
 *
 * Thread: one at a time.   Cost: two passes over the entries, one thread.
 */
void fovea_sae_entries_sort (SaeEntries *entries, int64_t rows, int64_t latents);

/**
 * fovea_sae_entries_clear:
 *
 * Frees the arrays.   Thread: any.
 */
void fovea_sae_entries_clear (SaeEntries *entries);

/**
 * fovea_sae_entries_from_top:
 * @k: room for each row in @latent and @value
 *
 * Entries of row-wise codes.   Thread: one at a time.
 */
void fovea_sae_entries_from_top (SaeEntries *entries,
                                 int64_t rows,
                                 int64_t latents,
                                 int64_t k,
                                 const int32_t *latent,
                                 const float *value,
                                 const int32_t *count);

/**
 * fovea_sae_loss_encode:
 *
 * The entries of the batch, with pre and code.
 *
 * Errors: FOVEA_ERROR_RANGE for k.
 * Thread: one at a time.
 */
gboolean fovea_sae_loss_encode (FoveaSaeLoss *loss, GError **error);

/**
 * fovea_sae_batch_threshold:
 * @n_ties: (out): how many equal to the threshold are among the kept
 *
 * The @keep-th largest product (or magnitude), above 0; 0 if fewer are above it.
 *
 * Thread: one at a time.
 */
float fovea_sae_batch_threshold (const FoveaSaeLoss *loss, int64_t keep, int64_t *n_ties);

/**
 * fovea_sae_loss_decode:
 *
 * Reconstructions, errors and slopes of all rows.
 *
 * Thread: one at a time.
 */
void fovea_sae_loss_decode (FoveaSaeLoss *loss);

/**
 * fovea_sae_loss_rows_backward:
 *
 * Gradients of the entries by their own numbers, and the sparsity terms.
 *
 * Thread: one at a time.
 */
void fovea_sae_loss_rows_backward (FoveaSaeLoss *loss);

/**
 * fovea_sae_loss_latents_backward:
 * @slope: (groups, rows, d_out) what decoder rows are weighted with
 * @adds: to what the gradient holds, else it is overwritten
 *
 * Gradients of the latents from sorted entries.
 *
 * Thread: one at a time.
 */
void fovea_sae_loss_latents_backward (FoveaSaeLoss *loss,
                                      const SaeEntries *entries,
                                      const float *slope,
                                      gboolean adds);

/**
 * fovea_sae_loss_bias_backward:
 *
 * Gradient of b_dec: of the decode, and through what is encoded.
 *
 * Thread: one at a time.
 */
void fovea_sae_loss_bias_backward (FoveaSaeLoss *loss);

/**
 * fovea_sae_loss_add_dead:
 * @value: (out): 0 where nothing is dead, or options->aux is 0
 *
 * The auxiliary loss, with its gradient; gives its value.
 *
 * Errors: FOVEA_ERROR_MEMORY and FOVEA_ERROR_RANGE of the dead latents' encoder.
 * Thread: one at a time.
 */
gboolean fovea_sae_loss_add_dead (FoveaSaeLoss *loss, double *value, GError **error);

/**
 * fovea_sae_group_of:
 *
 * The prefix that latent @j first belongs to.   Thread: any.
 */
static inline int
fovea_sae_group_of (const FoveaSaeLossOptions *options, int64_t j)
{
    int g = 0;
    while (options->rule == FOVEA_SAE_RULE_MATRYOSHKA && g + 1 < options->n_widths &&
           j >= options->widths[g])
        g++;
    return g;
}
