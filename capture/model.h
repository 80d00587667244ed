/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A checkpoint ready to run: description, weights in place (memory-mapped), tokenizer. Immutable
 * after opening. */
#include <gio/gio.h>

#include "capture/architecture.h"
#include "capture/tokenizer.h"
#include "kernels/error.h"

typedef struct _FoveaModel FoveaModel;

/* What a weight is for; per layer where the name has a layer's part. Vectors: *_GAIN, *_BIAS. */
typedef enum {
    FOVEA_WEIGHT_EMBED,    /* (V, C) */
    FOVEA_WEIGHT_POSITION, /* (context, C) */
    FOVEA_WEIGHT_NORM1_GAIN,
    FOVEA_WEIGHT_NORM1_BIAS,
    FOVEA_WEIGHT_Q, /* (H*D, C) */
    FOVEA_WEIGHT_Q_BIAS,
    FOVEA_WEIGHT_K, /* (G*D, C) */
    FOVEA_WEIGHT_K_BIAS,
    FOVEA_WEIGHT_V,
    FOVEA_WEIGHT_V_BIAS,
    FOVEA_WEIGHT_O, /* (C, H*D) */
    FOVEA_WEIGHT_O_BIAS,
    FOVEA_WEIGHT_NORM2_GAIN,
    FOVEA_WEIGHT_NORM2_BIAS,
    FOVEA_WEIGHT_MLP_GATE, /* (mlp_width, C): hook_pre of a gated block */
    FOVEA_WEIGHT_MLP_GATE_BIAS,
    FOVEA_WEIGHT_MLP_IN, /* (mlp_width, C): hook_pre, or hook_pre_linear of a gated block */
    FOVEA_WEIGHT_MLP_IN_BIAS,
    FOVEA_WEIGHT_MLP_OUT, /* (C, mlp_width) */
    FOVEA_WEIGHT_MLP_OUT_BIAS,
    FOVEA_WEIGHT_Q_NORM_GAIN, /* (D), or (H*D) over all heads or of each */
    FOVEA_WEIGHT_Q_NORM_BIAS,
    FOVEA_WEIGHT_K_NORM_GAIN,
    FOVEA_WEIGHT_K_NORM_BIAS,
    FOVEA_WEIGHT_NORM1_POST_GAIN, /* of what a branch adds, where a block normalises around it */
    FOVEA_WEIGHT_NORM2_POST_GAIN,
    FOVEA_WEIGHT_ROUTER,      /* (E, C) */
    FOVEA_WEIGHT_EXPERT_GATE, /* as the MLP's, one an expert */
    FOVEA_WEIGHT_EXPERT_IN,
    FOVEA_WEIGHT_EXPERT_OUT,
    FOVEA_WEIGHT_ROUTER_BIAS,      /* (E) */
    FOVEA_WEIGHT_EXPERT_GATE_BIAS, /* (E * mlp_width), one expert after another, as is: */
    FOVEA_WEIGHT_EXPERT_IN_BIAS,
    FOVEA_WEIGHT_EXPERT_OUT_BIAS, /* (E * C) */
    FOVEA_WEIGHT_SINKS,           /* (H): also in the description */
    FOVEA_WEIGHT_ROUTER_CHOICE,   /* (E): added to weights when experts are chosen, and not after */
    FOVEA_WEIGHT_SHARED_GATE,     /* (shared_width, C), as is: */
    FOVEA_WEIGHT_SHARED_IN,
    FOVEA_WEIGHT_SHARED_OUT,   /* (C, shared_width) */
    FOVEA_WEIGHT_SHARED_SHARE, /* (1, C): its sigmoid weighs what that MLP gives; in some families */
    FOVEA_WEIGHT_Q_LATENT,     /* (q_latent, C); Q is (H*D, q_latent) then */
    FOVEA_WEIGHT_Q_LATENT_GAIN, /* (q_latent) */
    FOVEA_WEIGHT_KV_LATENT,     /* (kv_latent, C); K and V are (H*D, kv_latent) then */
    FOVEA_WEIGHT_KV_LATENT_GAIN,
    FOVEA_WEIGHT_K_SHARED, /* (R, C): what turns of a key, the same for all heads */
    /* From here on outside layers, as embedding and position are. */
    FOVEA_WEIGHT_EMBED_NORM_GAIN,
    FOVEA_WEIGHT_EMBED_NORM_BIAS,
    FOVEA_WEIGHT_TOKEN_TYPE, /* (types, C) */
    FOVEA_WEIGHT_PATCH,      /* (C, patch width) */
    FOVEA_WEIGHT_PATCH_BIAS,
    FOVEA_WEIGHT_CLASS,    /* (C): a vector in the place of the class token */
    FOVEA_WEIGHT_DISTANCE, /* (buckets, H): also in the description, by distance */
    FOVEA_WEIGHT_TARGET_DISTANCE,
    FOVEA_WEIGHT_SOURCE_NORM_GAIN, /* of what cross attention reads */
    FOVEA_WEIGHT_SPREAD, /* (H*D, R): zeros and ones, puts what turns of a key before each head */
    FOVEA_WEIGHT_FINAL_NORM_GAIN,
    FOVEA_WEIGHT_FINAL_NORM_BIAS,
    FOVEA_WEIGHT_HEAD, /* (C, C), before the final norm of an encoder */
    FOVEA_WEIGHT_HEAD_BIAS,
    FOVEA_WEIGHT_HEAD_NORM_GAIN, /* of a head behind a final norm */
    FOVEA_WEIGHT_UNEMBED,        /* (V, C); the embedding if tied */
    FOVEA_WEIGHT_UNEMBED_BIAS,
    FOVEA_N_WEIGHT_ROLES,
} FoveaWeightRole;

/**
 * fovea_model_open:
 * @name: a Hugging Face folder, a .safetensors file beside its config.json, a .gguf, a llama2.c
 * .bin, or "demo"
 *
 * "demo" is looked for in $FOVEA_DATA_DIR, in the installed data folder, then in the source tree
 * that built the program.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND, FOVEA_ERROR_FORMAT, FOVEA_ERROR_UNSUPPORTED (names family or
 * part), FOVEA_ERROR_SHAPE
 *         ("layer 7: wk is (512, 2048), expected (1024, 2048)"). A model with weights missing
 * opens, for work on weights alone; fovea_model_check_complete() says what is missing. Thread: any.
 * Owner: caller, fovea_model_unref(); autoptr.
 */
FoveaModel *fovea_model_open (const char *name, GError **error);

/**
 * fovea_model_ref:
 *
 * Thread: any.
 */
FoveaModel *fovea_model_ref (FoveaModel *model);

/**
 * fovea_model_unref:
 *
 * Thread: any.
 */
void fovea_model_unref (FoveaModel *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaModel, fovea_model_unref)

/**
 * fovea_model_get_architecture:
 *
 * Thread: any.   Owner: the model.
 */
const FoveaArchitecture *fovea_model_get_architecture (FoveaModel *model);

/**
 * fovea_model_get_name:
 *
 * Short name for people: the folder's, or "fovea-demo".
 *
 * Thread: any.   Owner: the model.
 */
const char *fovea_model_get_name (FoveaModel *model);

/**
 * fovea_model_get_path:
 *
 * Thread: any.   Owner: the model.
 */
const char *fovea_model_get_path (FoveaModel *model);

/**
 * fovea_model_get_weight_bytes:
 *
 * Bytes of the mapped weights.
 *
 * Thread: any.
 */
guint64 fovea_model_get_weight_bytes (FoveaModel *model);

/**
 * fovea_model_begin_hash:
 *
 * Lets a thread compute what fovea_model_get_hash() will return, beside whatever comes next.
 *
 * Thread: any.
 */
void fovea_model_begin_hash (FoveaModel *model);

/**
 * fovea_model_get_hash:
 *
 * SHA-256 in lower-case hex over config.json and the weight files (about 0.6 s per GB); computed
 * once, then kept.
 *
 * Errors: G_IO_ERROR_CANCELLED; those of reading config.json.
 * Thread: any; blocks.   Owner: the model.
 */
const char *fovea_model_get_hash (FoveaModel *model, GCancellable *cancellable, GError **error);

/**
 * fovea_model_get_tokenizer:
 *
 * Opened on the first call.
 *
 * Errors: those of fovea_tokenizer_open(); a checkpoint without tokenizer can still be run with
 * ids. FOVEA_ERROR_UNSUPPORTED for a model of pictures. Thread: any.   Owner: the model.
 */
FoveaTokenizer *fovea_model_get_tokenizer (FoveaModel *model, GError **error);

/**
 * fovea_model_read_chat_template:
 *
 * For people to read, see chat-template.h; NULL without error if the model has none.
 *
 * Errors: those of fovea_chat_template_read().   Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_model_read_chat_template (FoveaModel *model, GError **error);

/**
 * fovea_model_get_matrix:
 * @layer: 0 .. L-1; ignored for roles outside layers
 * @weight: (out): the matrix in place
 *
 * FALSE if this checkpoint has no such matrix.
 *
 * Thread: any.   Owner: the model keeps the data.
 */
gboolean
fovea_model_get_matrix (FoveaModel *model, FoveaWeightRole role, guint layer, FoveaWeight *weight);

/**
 * fovea_model_get_expert:
 * @role: FOVEA_WEIGHT_EXPERT_GATE, _IN or _OUT
 * @expert: 0 .. E-1
 *
 * As fovea_model_get_matrix(), of one expert.
 *
 * Thread: any.   Owner: the model keeps the data.
 */
gboolean fovea_model_get_expert (
    FoveaModel *model, FoveaWeightRole role, guint layer, guint expert, FoveaWeight *weight);

/**
 * fovea_model_get_vector:
 *
 * A gain or bias as f32, or NULL if this checkpoint has none.
 *
 * Thread: any.   Owner: the model.
 */
const float *fovea_model_get_vector (FoveaModel *model, FoveaWeightRole role, guint layer);

/**
 * fovea_model_release_pages:
 *
 * Gives the mapped weights' pages back to the page cache; whoever reads them next takes them from
 * there again (about 10 ms a GB). Never changes a value.
 *
 * Thread: any.
 */
void fovea_model_release_pages (FoveaModel *model);

/**
 * fovea_model_check_complete:
 *
 * Whether a forward pass can run.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND naming the missing tensors.
 * Thread: any.
 */
gboolean fovea_model_check_complete (FoveaModel *model, GError **error);
