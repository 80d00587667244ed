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
    FOVEA_POSITION_ALIBI, /* a slope a head, in the score rule */
} FoveaPositionKind;

/* Where a block normalises; f is attention or MLP. */
typedef enum {
    FOVEA_NORM_BEFORE,  /* x + f (norm (x)) */
    FOVEA_NORM_BEHIND,  /* x + norm (f (x)): OLMo 2 */
    FOVEA_NORM_AROUND,  /* x + norm_post (f (norm (x))): Gemma 2 and 3 */
    FOVEA_NORM_OF_SUM,  /* norm (x + f (x)): BERT */
    FOVEA_NORM_NOWHERE, /* x + f (x), and none before the unembedding: models of circuits */
} FoveaNormPlace;

/* Norms of queries and keys before they are turned. */
typedef enum {
    FOVEA_QK_NORM_NONE,
    FOVEA_QK_NORM_HEAD, /* over the D of each head */
    FOVEA_QK_NORM_ALL,  /* over all heads at once */
    FOVEA_QK_NORM_EACH, /* over the D of each head, with gains of its own */
} FoveaQkNorm;

/* How rotary frequencies are stretched (rotary-table.h). */
typedef enum {
    FOVEA_ROTARY_PLAIN,
    FOVEA_ROTARY_LINEAR,
    FOVEA_ROTARY_DYNAMIC, /* by the length at hand */
    FOVEA_ROTARY_YARN,
    FOVEA_ROTARY_LLAMA3,
    FOVEA_ROTARY_LONGROPE, /* by a list for short runs and one for long */
} FoveaRotaryScaling;

/* What a layer attends to. An encoder-decoder reads two texts, the source and the target, which stand
 * one behind the other in a sequence: the target begins with start_id. Its layers are those of the
 * encoder, which read the source, and then two for each block of the decoder, which read the target:
 * one that attends to the target, and one that attends to the source and has the block's MLP. */
typedef enum {
    FOVEA_STACK_ONLY, /* there is one text */
    FOVEA_STACK_ENCODER,
    FOVEA_STACK_SELF,
    FOVEA_STACK_CROSS, /* queries of the target, keys and values of the source */
} FoveaStack;

/* The angles that a layer turns by. */
typedef enum {
    FOVEA_ANGLES_FULL,
    FOVEA_ANGLES_LOCAL, /* of rotary_local_base, in layers with a window */
    FOVEA_ANGLES_STILL, /* zeros: the layer knows no positions */
    FOVEA_N_ANGLES
} FoveaRotaryAngles;

/* Members that only some families have are 0 in the others, and so in every older file. */
typedef struct {
    char *family;      /* model_type of config.json: "llama", "gpt2" */
    gint64 n_layers;   /* L; of an encoder-decoder see FoveaStack */
    gint64 n_heads;    /* H, query heads */
    gint64 n_kv_heads; /* G, divides H */
    gint64 head_width; /* D */
    gint64 width;      /* C, residual stream */
    gint64 mlp_width;  /* of one expert where there are experts */
    gint64 vocabulary; /* V */
    gint64 context;    /* longest input, tokens */

    FoveaNormKind norm;
    float norm_eps;
    float norm_gain_offset; /* see FoveaNormArgs */
    FoveaNormPlace norm_place;
    gboolean parallel;    /* x + attention (norm1 (x)) + mlp (norm2 (x)) */
    gboolean shared_norm; /* of a parallel block: norm2 is norm1 */
    gboolean embed_norm;  /* a norm between embedding and first layer */
    gboolean first_bare;  /* attention of the first layer reads the stream as it is */
    FoveaQkNorm qk_norm;

    FoveaPositionKind position;
    gint64 position_offset;   /* row of the position table that position 0 takes */
    gboolean skips_padding;   /* id position_offset - 1 takes that row and counts for nobody */
    gint64 rotary_width;      /* R <= D */
    double rotary_base;       /* theta */
    double rotary_local_base; /* of layers with a window, unscaled; 0 = as the others */
    gboolean *still;          /* (L), layers whose queries and keys do not turn; NULL = none */
    gboolean rotary_interleaved;
    FoveaRotaryScaling rotary_scaling;
    double rotary_factor;    /* of all kinds but plain */
    double rotary_low;       /* yarn: beta_slow; llama3: low_freq_factor */
    double rotary_high;      /* yarn: beta_fast; llama3: high_freq_factor */
    double rotary_amplitude; /* of cosines and sines; 0 = 1 */
    gint64 rotary_context;   /* of training, before the stretch */
    double *rotary_short;    /* (R/2) divisors of frequencies up to rotary_context; longrope */
    double *rotary_long;     /* and beyond it */
    float *alibi_slopes;     /* (H), NULL = none */
    float *distance_bias;    /* (H, 2 * reach + 1), of scores by key - query; NULL = none */
    float *target_bias;      /* the same of an encoder-decoder's FOVEA_STACK_SELF */
    gint64 distance_reach;   /* tokens */
    gint64 distance_buckets; /* of distances that share a bias, in both directions */
    float *sink_logits;      /* (L,H), of weights that go nowhere; NULL = none */
    gboolean rotary_exact;   /* ends of yarn's ramp are not rounded to pairs */

    FoveaActivation activation;
    gboolean gated;              /* mlp.hook_pre_linear exists */
    gint64 n_experts;            /* E, 0 = one MLP for all tokens */
    gint64 n_experts_used;       /* by each token */
    gboolean experts_add_to_one; /* weights of the used ones are scaled to sum 1 */
    float experts_scale;         /* factor of those weights, 0 = 1 */
    gboolean router_sigmoid; /* a weight by itself, where softmax weighs all; and groups are judged
                                    by their best two instead of their best */
    gint64 n_expert_groups;  /* as long as each other; 0 = none */
    gint64 n_expert_groups_used; /* by each token */
    gint64 shared_width;         /* of an MLP that all tokens take beside their experts, 0 = none */
    gint64 n_dense_layers;       /* first layers, which have one MLP and no experts */
    gint64 dense_width;          /* of their MLP */
    gint64 q_latent;             /* width of what queries are projected from; 0 = the stream */
    gint64 kv_latent;   /* of what keys and values are; 0 = the stream, and then what follows */
    gint64 value_width; /* of a head, the rest of its D being 0 */
    float latent_eps;   /* of their norms */
    gboolean tied_head; /* unembedding = embedding */
    gboolean head_transform;  /* dense, activation and norm before the unembedding: BERT; behind the
                                 final norm where blocks begin with one */
    gboolean no_head;         /* an encoder without unembedding */
    float embedding_scale;    /* factor of embedded tokens, 0 = 1 */
    float residual_scale;     /* factor of what a branch adds, 0 = 1 */
    float logit_scale;        /* factor of logits, 0 = 1 */
    float logit_soft_cap;     /* 0 = none */
    gint64 n_encoder_layers;  /* of an encoder-decoder; else 0, and start_id means nothing */
    gint32 start_id;          /* first of the target */
    gint64 image_size;        /* pixels of a side; 0 = reads tokens, and what follows is 0 too */
    gint64 patch_size;        /* pixels of a side of what stands for a token */
    gint64 n_channels;        /* of a pixel */
    gint64 n_token_types;     /* rows of the token type table, 0 = none; all tokens are type 0 */
    gboolean bidirectional;   /* queries see keys behind them: an encoder */
    float attention_scale;    /* factor of q.k */
    float attention_soft_cap; /* 0 = none */
    float qkv_limit;          /* queries, keys (normalised ones) and values are clipped; 0 = none */
    gint64 *windows;          /* (L), 0 = all tokens; NULL = none in any layer */

    /* Which tensors a checkpoint must have; not part of what a trace keeps. */
    gboolean qkv_bias, out_bias, mlp_bias;
    gboolean norm_gain, norm_bias; /* of families whose norms may lack them */

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
 * fovea_architecture_stack:
 *
 * Thread: any.
 */
FoveaStack fovea_architecture_stack (const FoveaArchitecture *architecture, guint layer);

/**
 * fovea_architecture_block:
 *
 * Number of the layer's block in its stack: of an encoder-decoder's decoder, two layers share one.
 *
 * Thread: any.
 */
guint fovea_architecture_block (const FoveaArchitecture *architecture, guint layer);

/**
 * fovea_architecture_count_source:
 * @ids: (array length=n) (nullable)
 *
 * Tokens of the source: those before start_id. 0 where there is no such id, or one text.
 *
 * Thread: any.
 */
gint64 fovea_architecture_count_source (const FoveaArchitecture *architecture,
                                        const gint32 *ids,
                                        gint64 n);

/**
 * fovea_architecture_get_sequence_rule:
 * @n_source: tokens of the source; 0 = unknown, or there is one text
 *
 * The rule of a layer in the map of a whole sequence, of which an encoder-decoder's layers see a part.
 *
 * Thread: any.
 */
FoveaScoreRule fovea_architecture_get_sequence_rule (const FoveaArchitecture *architecture,
                                                     guint layer,
                                                     gint64 n_source);

/**
 * fovea_architecture_rotary_angles:
 *
 * By which angles the layer turns queries and keys.
 *
 * Thread: any.
 */
FoveaRotaryAngles fovea_architecture_rotary_angles (const FoveaArchitecture *architecture,
                                                    guint layer);

/**
 * fovea_architecture_mlp_width:
 *
 * Of the layer: of one expert where it has experts, 0 where it has no MLP.
 *
 * Thread: any.
 */
gint64 fovea_architecture_mlp_width (const FoveaArchitecture *architecture, guint layer);

/**
 * fovea_architecture_has_first_norm:
 *
 * Whether attention of the layer has a norm beside it, wherever it stands.
 *
 * Thread: any.
 */
gboolean fovea_architecture_has_first_norm (const FoveaArchitecture *architecture, guint layer);

/**
 * fovea_architecture_has_experts:
 *
 * Thread: any.
 */
gboolean fovea_architecture_has_experts (const FoveaArchitecture *architecture, guint layer);

/**
 * fovea_architecture_patch_width:
 *
 * Numbers that stand for one patch of a picture: channels, then rows of pixels. 0 where tokens do.
 *
 * Thread: any.
 */
gint64 fovea_architecture_patch_width (const FoveaArchitecture *architecture);

/**
 * fovea_architecture_ends_text:
 *
 * Whether @id is one of the ids that end a text.
 *
 * Thread: any.
 */
gboolean fovea_architecture_ends_text (const FoveaArchitecture *architecture, gint32 id);

/**
 * fovea_architecture_set_alibi:
 *
 * Slopes of Press et al.: 2^(-8 h / n) for h = 1 .. n where the heads are a power of two n; else
 * those of the power below, then every other one of twice that power.
 *
 * Thread: any.   Source: Press et al. 2022 (arXiv:2108.12409), sec. 3.
 */
void fovea_architecture_set_alibi (FoveaArchitecture *architecture);

/**
 * fovea_architecture_set_distance_bias:
 * @buckets: (distance_buckets, H)
 * @target: whether they are of target_bias
 *
 * Biases by distance: near ones have buckets of their own, others share those that widen up to
 * distance_reach, half of all buckets in each direction; all of them backwards for target_bias.
 *
 * Thread: any.   Source: Raffel et al. 2020 (arXiv:1910.10683), sec. 2.1, and the code of T5.
 */
void fovea_architecture_set_distance_bias (FoveaArchitecture *architecture,
                                           const float *buckets,
                                           gboolean target);

/**
 * fovea_architecture_set_windows:
 * @window: of every layer, tokens
 *
 * Thread: any.
 */
void fovea_architecture_set_windows (FoveaArchitecture *architecture, gint64 window);

/**
 * fovea_architecture_still_full_layers:
 *
 * Layers without a window, of a model that has windows, do not turn.
 *
 * Thread: any.
 */
void fovea_architecture_still_full_layers (FoveaArchitecture *architecture);
