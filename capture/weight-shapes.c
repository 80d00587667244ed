/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Which weights a description has, their shapes, and where each lies in a tensor that holds several
 * of them. */
#include "capture/weight-shapes.h"

#include <string.h>

#include "capture/weights.h"

/* A shape is rows and columns; a table has those of its own roles and zeros for the others. */
typedef gint64 Shapes[FOVEA_N_WEIGHT_ROLES][2];

/* Roles of attention, and the norms of a layer. */
static void
get_attention_shape (const FoveaArchitecture *a, FoveaWeightRole role, gint64 *shape)
{
    const gboolean by_head = a->qk_norm == FOVEA_QK_NORM_HEAD;
    const gint64 q = a->n_heads * a->head_width;
    const gint64 kv = a->n_kv_heads * a->head_width;
    const gint64 q_in = a->q_latent > 0 ? a->q_latent : a->width;
    const gint64 kv_in = a->kv_latent > 0 ? a->kv_latent : a->width;
    const Shapes shapes = {
        [FOVEA_WEIGHT_NORM1_GAIN] = {a->width, 0},
        [FOVEA_WEIGHT_NORM1_BIAS] = {a->width, 0},
        [FOVEA_WEIGHT_Q] = {q, q_in},
        [FOVEA_WEIGHT_Q_BIAS] = {q, 0},
        [FOVEA_WEIGHT_K] = {kv, kv_in},
        [FOVEA_WEIGHT_K_BIAS] = {kv, 0},
        [FOVEA_WEIGHT_V] = {kv, kv_in},
        [FOVEA_WEIGHT_V_BIAS] = {kv, 0},
        [FOVEA_WEIGHT_O] = {a->width, q},
        [FOVEA_WEIGHT_O_BIAS] = {a->width, 0},
        [FOVEA_WEIGHT_NORM2_GAIN] = {a->width, 0},
        [FOVEA_WEIGHT_NORM2_BIAS] = {a->width, 0},
        [FOVEA_WEIGHT_Q_NORM_GAIN] = {by_head ? a->head_width : q, 0},
        [FOVEA_WEIGHT_Q_NORM_BIAS] = {by_head ? a->head_width : q, 0},
        [FOVEA_WEIGHT_K_NORM_GAIN] = {by_head ? a->head_width : kv, 0},
        [FOVEA_WEIGHT_K_NORM_BIAS] = {by_head ? a->head_width : kv, 0},
        [FOVEA_WEIGHT_NORM1_POST_GAIN] = {a->width, 0},
        [FOVEA_WEIGHT_NORM2_POST_GAIN] = {a->width, 0},
        [FOVEA_WEIGHT_SINKS] = {a->n_heads, 0},
        [FOVEA_WEIGHT_Q_LATENT] = {a->q_latent, a->width},
        [FOVEA_WEIGHT_Q_LATENT_GAIN] = {a->q_latent, 0},
        [FOVEA_WEIGHT_KV_LATENT] = {a->kv_latent, a->width},
        [FOVEA_WEIGHT_KV_LATENT_GAIN] = {a->kv_latent, 0},
        [FOVEA_WEIGHT_K_SHARED] = {a->rotary_width, a->width},
    };
    memcpy (shape, shapes[role], sizeof shapes[role]);
}

/* Roles of MLPs and experts. */
static void
get_mlp_shape (const FoveaArchitecture *a, FoveaWeightRole role, gint64 *shape)
{
    const gint64 mlp = a->n_dense_layers > 0 ? a->dense_width : a->mlp_width; /* of no experts */
    const Shapes shapes = {
        [FOVEA_WEIGHT_MLP_GATE] = {mlp, a->width},
        [FOVEA_WEIGHT_MLP_GATE_BIAS] = {mlp, 0},
        [FOVEA_WEIGHT_MLP_IN] = {mlp, a->width},
        [FOVEA_WEIGHT_MLP_IN_BIAS] = {mlp, 0},
        [FOVEA_WEIGHT_MLP_OUT] = {a->width, mlp},
        [FOVEA_WEIGHT_MLP_OUT_BIAS] = {a->width, 0},
        [FOVEA_WEIGHT_ROUTER] = {a->n_experts, a->width},
        [FOVEA_WEIGHT_EXPERT_GATE] = {a->mlp_width, a->width},
        [FOVEA_WEIGHT_EXPERT_IN] = {a->mlp_width, a->width},
        [FOVEA_WEIGHT_EXPERT_OUT] = {a->width, a->mlp_width},
        [FOVEA_WEIGHT_ROUTER_BIAS] = {a->n_experts, 0},
        [FOVEA_WEIGHT_EXPERT_GATE_BIAS] = {a->n_experts * a->mlp_width, 0},
        [FOVEA_WEIGHT_EXPERT_IN_BIAS] = {a->n_experts * a->mlp_width, 0},
        [FOVEA_WEIGHT_EXPERT_OUT_BIAS] = {a->n_experts * a->width, 0},
        [FOVEA_WEIGHT_ROUTER_CHOICE] = {a->n_experts, 0},
        [FOVEA_WEIGHT_SHARED_GATE] = {a->shared_width, a->width},
        [FOVEA_WEIGHT_SHARED_IN] = {a->shared_width, a->width},
        [FOVEA_WEIGHT_SHARED_OUT] = {a->width, a->shared_width},
        [FOVEA_WEIGHT_SHARED_SHARE] = {1, a->width},
    };
    memcpy (shape, shapes[role], sizeof shapes[role]);
}

/* Roles outside layers. */
static void
get_global_shape (const FoveaArchitecture *a, FoveaWeightRole role, gint64 *shape)
{
    const gint64 q = a->n_heads * a->head_width;
    const Shapes shapes = {
        [FOVEA_WEIGHT_SPREAD] = {q, a->rotary_width},
        [FOVEA_WEIGHT_DISTANCE] = {a->distance_buckets, a->n_heads},
        [FOVEA_WEIGHT_TARGET_DISTANCE] = {a->distance_buckets, a->n_heads},
        [FOVEA_WEIGHT_SOURCE_NORM_GAIN] = {a->width, 0},
        [FOVEA_WEIGHT_EMBED] = {a->vocabulary, a->width},
        [FOVEA_WEIGHT_POSITION] = {a->context + a->position_offset, a->width},
        [FOVEA_WEIGHT_EMBED_NORM_GAIN] = {a->width, 0},
        [FOVEA_WEIGHT_EMBED_NORM_BIAS] = {a->width, 0},
        [FOVEA_WEIGHT_TOKEN_TYPE] = {a->n_token_types, a->width},
        [FOVEA_WEIGHT_PATCH] = {a->width, fovea_architecture_patch_width (a)},
        [FOVEA_WEIGHT_PATCH_BIAS] = {a->width, 0},
        [FOVEA_WEIGHT_CLASS] = {a->width, 0},
        [FOVEA_WEIGHT_HEAD] = {a->width, a->width},
        [FOVEA_WEIGHT_HEAD_BIAS] = {a->width, 0},
        [FOVEA_WEIGHT_HEAD_NORM_GAIN] = {a->width, 0},
        [FOVEA_WEIGHT_FINAL_NORM_GAIN] = {a->width, 0},
        [FOVEA_WEIGHT_FINAL_NORM_BIAS] = {a->width, 0},
        [FOVEA_WEIGHT_UNEMBED] = {a->vocabulary, a->width},
        [FOVEA_WEIGHT_UNEMBED_BIAS] = {a->vocabulary, 0},
    };
    memcpy (shape, shapes[role], sizeof shapes[role]);
}

void
fovea_weights_shape (const FoveaArchitecture *a,
                     FoveaWeightRole role,
                     gint64 *rows,
                     gint64 *columns)
{
    gint64 shape[3][2];
    get_attention_shape (a, role, shape[0]);
    get_mlp_shape (a, role, shape[1]);
    get_global_shape (a, role, shape[2]);
    *rows = shape[0][0] + shape[1][0] + shape[2][0];
    *columns = shape[0][1] + shape[1][1] + shape[2][1];
}

/* Queries, keys or values of a role, as 0, 1, 2. */
static int
which_of_three (FoveaWeightRole role)
{
    return role == FOVEA_WEIGHT_Q || role == FOVEA_WEIGHT_Q_BIAS   ? 0
           : role == FOVEA_WEIGHT_K || role == FOVEA_WEIGHT_K_BIAS ? 1
                                                                   : 2;
}

FoveaWeightSlice
fovea_weights_slice (const FoveaArchitecture *a, const FoveaTensorName *entry, gint64 rows)
{
    const gint64 q = a->n_heads * a->head_width;
    const gint64 kv = a->n_kv_heads * a->head_width;
    const gint64 group = q / a->n_kv_heads + 2 * a->head_width;
    int which = which_of_three (entry->role);
    gboolean second;
    switch (entry->fusion) {
    case FOVEA_FUSED_QKV:
        return (FoveaWeightSlice){which == 0 ? 0 : q + (which - 1) * kv, rows, rows, q + 2 * kv};
    case FOVEA_FUSED_GROUPS:
        return (FoveaWeightSlice){which == 0 ? 0 : group + (which - 3) * a->head_width,
                                  rows / a->n_kv_heads, group, a->n_kv_heads * group};
    case FOVEA_FUSED_CODEGEN: /* its trainer's four devices */
        return (FoveaWeightSlice){(3 - which) % 3 * (q / 4), q / 4, 3 * (q / 4), 3 * q};
    case FOVEA_FUSED_GATE_UP:
        second = entry->role == FOVEA_WEIGHT_MLP_IN || entry->role == FOVEA_WEIGHT_MLP_IN_BIAS;
        return (FoveaWeightSlice){second ? rows : 0, rows, rows, 2 * rows};
    case FOVEA_FUSED_NONE:
    default:
        return (FoveaWeightSlice){0, rows, rows, rows};
    }
}

static gboolean
holds (const FoveaArchitecture *a, FoveaTensorCondition when, guint layer)
{
    switch (when) {
    case FOVEA_WHEN_EXPERTS:
        return fovea_architecture_has_experts (a, layer);
    case FOVEA_WHEN_SIGMOID:
        return a->router_sigmoid && fovea_architecture_has_experts (a, layer);
    case FOVEA_WHEN_DENSE:
        return !fovea_architecture_has_experts (a, layer);
    case FOVEA_WHEN_ONE_TEXT:
        return a->n_encoder_layers == 0;
    case FOVEA_WHEN_TWO_TEXTS:
        return a->n_encoder_layers > 0;
    case FOVEA_WHEN_Q_LATENT:
        return a->q_latent > 0;
    case FOVEA_WHEN_QKV_BIAS:
        return a->qkv_bias;
    case FOVEA_WHEN_OUT_BIAS:
        return a->out_bias;
    case FOVEA_WHEN_MLP_BIAS:
        return a->mlp_bias;
    case FOVEA_WHEN_QK_NORM:
        return a->qk_norm != FOVEA_QK_NORM_NONE;
    case FOVEA_WHEN_FIRST_NORM:
        return fovea_architecture_has_first_norm (a, layer);
    case FOVEA_WHEN_SECOND_NORM:
        return !a->shared_norm;
    case FOVEA_WHEN_NORM_GAIN:
        return a->norm_gain;
    case FOVEA_WHEN_NORM_BIAS:
        return a->norm_bias;
    case FOVEA_WHEN_NORM2_GAIN:
        return a->norm_gain && a->mlp_width > 0;
    case FOVEA_WHEN_NORM2_BIAS:
        return a->norm_bias && a->mlp_width > 0;
    case FOVEA_WHEN_MLP:
        return a->mlp_width > 0;
    case FOVEA_WHEN_GATED:
        return a->gated;
    case FOVEA_WHEN_UNGATED:
        return !a->gated;
    case FOVEA_WHEN_LEARNED:
        return a->position == FOVEA_POSITION_LEARNED;
    case FOVEA_WHEN_TOKEN_TYPES:
        return a->n_token_types > 0;
    case FOVEA_WHEN_HEAD:
        return !a->no_head;
    case FOVEA_WHEN_ALWAYS:
    default:
        return TRUE;
    }
}

gboolean
fovea_weights_applies (const FoveaArchitecture *a, const FoveaTensorName *entry, guint layer)
{
    FoveaStack stack = fovea_architecture_stack (a, layer);
    /* A model of one text has what an encoder has. */
    gboolean encoder = stack == FOVEA_STACK_ONLY && entry->stack == FOVEA_STACK_ENCODER;
    return (entry->stack == FOVEA_STACK_ONLY || entry->stack == stack || encoder) &&
           holds (a, entry->when, layer);
}
