/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The families that Fovea runs. Each is one function that fills a description from config.json and
 * one table that says which tensor holds which weight. */
#include "capture/architecture.h"
#include "capture/config.h"
#include "capture/model.h"

typedef struct _FoveaTensor FoveaTensor; /* safetensors.h */

/* How a tensor that holds several weights side by side along its output axis is cut. */
typedef enum {
    FOVEA_FUSED_NONE,
    FOVEA_FUSED_QKV,     /* H*D rows of q, then G*D of k, then G*D of v */
    FOVEA_FUSED_GROUPS,  /* for each key/value head: its H/G heads of q, its k, its v */
    FOVEA_FUSED_CODEGEN, /* in each of four parts of the heads: q, then v, then k */
    FOVEA_FUSED_GATE_UP, /* mlp_width rows of the gate, then as many beside it */
} FoveaFusion;

/* Which descriptions have a tensor. */
typedef enum {
    FOVEA_WHEN_ALWAYS,
    FOVEA_WHEN_QKV_BIAS,
    FOVEA_WHEN_OUT_BIAS,
    FOVEA_WHEN_MLP_BIAS,
    FOVEA_WHEN_QK_NORM,
    FOVEA_WHEN_FIRST_NORM,  /* attention has a norm in this layer */
    FOVEA_WHEN_SECOND_NORM, /* the MLP has a norm of its own */
    FOVEA_WHEN_NORM_GAIN,
    FOVEA_WHEN_NORM_BIAS,
    FOVEA_WHEN_NORM2_GAIN, /* and there is an MLP */
    FOVEA_WHEN_NORM2_BIAS,
    FOVEA_WHEN_MLP,
    FOVEA_WHEN_GATED,
    FOVEA_WHEN_UNGATED,
    FOVEA_WHEN_LEARNED, /* positions of a table */
    FOVEA_WHEN_TOKEN_TYPES,
    FOVEA_WHEN_HEAD,
    FOVEA_WHEN_EXPERTS, /* in this layer */
    FOVEA_WHEN_SIGMOID, /* and their weights are sigmoids */
    FOVEA_WHEN_DENSE,   /* no experts in this layer */
    FOVEA_WHEN_Q_LATENT,
    FOVEA_WHEN_ONE_TEXT,
    FOVEA_WHEN_TWO_TEXTS, /* a source and a target */
} FoveaTensorCondition;

typedef struct {
    FoveaWeightRole role;
    const char *name; /* without prefix; '#' stands for the block, '@' for the expert */
    FoveaFusion fusion;
    gboolean input_major; /* stored (in, out) */
    FoveaTensorCondition when;
    FoveaStack stack; /* whose layers have it, in an encoder-decoder; FOVEA_STACK_ONLY = all */
} FoveaTensorName;

/* Tensors as the binding reads them; @owned holds what had to be copied, @names new names. */
typedef struct {
    GArray *tensors; /* of FoveaTensor */
    GStringChunk *names;
    GPtrArray *owned;
} FoveaReshaped;

typedef struct {
    const char *model_type;
    const char *prefix; /* of most names, which some files leave out: "model." */
    void (*describe) (FoveaConfig *config, FoveaArchitecture *architecture);
    const FoveaTensorName *names; /* ends with name NULL */
    const char *const *ignored;   /* globs of tensors that carry no weights; NULL-terminated */
    const char *const *reads;     /* keys that would be refused in a family that cannot have them;
                                     NULL-terminated, or NULL */
    /* Adds @tensor to @to under axes that @names can speak of; what it does not understand goes on
     * as it is, for the check of shapes to name. NULL = all as they are. */
    void (*reshape) (const FoveaArchitecture *a, const FoveaTensor *tensor, FoveaReshaped *to);
} FoveaFamily;

/**
 * fovea_family_find:
 * @model_type: of config.json
 *
 * NULL if it is not known.
 *
 * Thread: any.   Owner: static.
 */
const FoveaFamily *fovea_family_find (const char *model_type);

/**
 * fovea_family_reads_pictures:
 * @model_type: (nullable): as a store tells it
 *
 * Thread: any.
 */
gboolean fovea_family_reads_pictures (const char *model_type);

/**
 * fovea_family_list:
 *
 * Names of all families, separated by commas, for people.
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_family_list (void);

/**
 * fovea_family_describe:
 * @text: config.json
 * @generation: (nullable): generation_config.json, whose end-of-text ids go before config.json's
 * @name: what to call config.json in messages
 *
 * The description; weight_dtype is what the file claims and n_parameters is 0 until weights are
 * bound.
 *
 * Errors: FOVEA_ERROR_FORMAT; FOVEA_ERROR_UNSUPPORTED naming family, activation, rope type or the
 * key that changes the mathematics.
 * Thread: any.   Owner: caller.
 */
FoveaArchitecture *
fovea_family_describe (GBytes *text, GBytes *generation, const char *name, GError **error);
