/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The description of a transformer: all that the one forward pass needs to know beside the weights.
 * A new family is a way to fill this from config.json plus a table of tensor names (families.c),
 * never another forward pass. */
#include <glib.h>

#include "kernels/error.h"
#include "kernels/ops.h"

enum {
    FOVEA_MAX_EOS = 8
};

typedef enum {
    FOVEA_POSITION_NONE,
    FOVEA_POSITION_LEARNED, /* a table added to the embedding: hook_pos_embed */
    FOVEA_POSITION_ROTARY,
} FoveaPositionKind;

typedef struct {
    char *family;      /* model_type of config.json: "llama", "gpt2" */
    gint64 n_layers;   /* L */
    gint64 n_heads;    /* H, query heads */
    gint64 n_kv_heads; /* G, divides H */
    gint64 head_width; /* D */
    gint64 width;      /* C, residual stream */
    gint64 mlp_width;
    gint64 vocabulary; /* V */
    gint64 context;    /* longest input, tokens */

    FoveaNormKind norm;
    float norm_eps;
    float norm_gain_offset; /* see FoveaNormArgs */

    FoveaPositionKind position;
    gint64 rotary_width; /* R <= D */
    double rotary_base;  /* theta */
    gboolean rotary_interleaved;

    FoveaActivation activation;
    gboolean gated;           /* mlp.hook_pre_linear exists */
    gboolean tied_head;       /* unembedding = embedding */
    float attention_scale;    /* factor of q.k */
    float attention_soft_cap; /* 0 = none */
    gint64 *windows;          /* (L), 0 = all tokens; NULL = none in any layer */

    FoveaDtype weight_dtype; /* of most weights, as stored */
    gint64 n_parameters;
    gint32 bos_id, eos_id; /* -1 = none; eos_id is the first of eos_ids */
    gint32 eos_ids[FOVEA_MAX_EOS];
    guint n_eos_ids;
} FoveaArchitecture;

/**
 * fovea_architecture_copy:
 *
 * Thread: any.   Owner: caller frees with fovea_architecture_free(); autoptr.
 */
FoveaArchitecture *fovea_architecture_copy (const FoveaArchitecture *architecture);

/**
 * fovea_architecture_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @architecture.
 */
void fovea_architecture_free (FoveaArchitecture *architecture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaArchitecture, fovea_architecture_free)

/**
 * fovea_architecture_check:
 *
 * Whether sizes are such that buffers and loops can be made by them: for descriptions that come
 * from a file. Says nothing of whether such a model exists.
 *
 * Errors: FOVEA_ERROR_FORMAT naming the member and its value.   Thread: any.
 */
gboolean fovea_architecture_check (const FoveaArchitecture *architecture, GError **error);

/**
 * fovea_architecture_get_score_rule:
 * @layer: 0 .. L-1
 *
 * The rule of a layer; its pointers are borrowed from @architecture.
 *
 * Thread: any.
 */
FoveaScoreRule fovea_architecture_get_score_rule (const FoveaArchitecture *architecture,
                                                  guint layer);

/**
 * fovea_architecture_ends_text:
 *
 * Whether @id is one of the ids that end a text.
 *
 * Thread: any.
 */
gboolean fovea_architecture_ends_text (const FoveaArchitecture *architecture, gint32 id);
