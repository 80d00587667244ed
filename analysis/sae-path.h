/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A latent traced back through the model: an attention latent to the latents of the stream at the
 * tokens that its heads look at, those to what earlier layers wrote, that to the latents of an earlier
 * attention, and so on (methods/features-and-sparsity.md 7.3). Attention weights and the scale and
 * mean of every norm are held at their values of the run, so that each step is linear and every
 * node's children add up to it. */
#include "analysis/sae.h"
#include "analysis/table.h"
#include "capture/model.h"
#include "capture/trace.h"

typedef enum {
    FOVEA_PATH_ATTENTION_LATENT,
    FOVEA_PATH_STREAM_LATENT,
    FOVEA_PATH_EMBEDDING, /* the stream as it enters the first layer */
    FOVEA_PATH_ATTENTION, /* what a layer's attention added, whole */
    FOVEA_PATH_MLP,       /* what its MLP added: never taken apart */
    FOVEA_PATH_ERROR,     /* what an autoencoder on the way does not reconstruct */
    FOVEA_PATH_BIAS,      /* biases, and what norms take off */
    FOVEA_PATH_REST,      /* what is too small to be listed, together */
    FOVEA_N_PATHS
} FoveaPathKind;

typedef struct {
    FoveaPathKind kind;
    guint depth;     /* 0 the root */
    guint layer;     /* whose attention, MLP or input stream it is */
    gint64 position; /* token; -1 = several */
    gint32 latent;   /* -1 = none */
    double value;    /* its part of the root's code, in units of that code */
    GPtrArray
        *children;     /* of FoveaPathNode, largest first, then error, bias and rest; NULL = leaf */
    double *direction; /* (C) private: of ATTENTION, what it was multiplied by; counted */
} FoveaPathNode;

typedef struct {
    guint most_children; /* of a node, error, bias and rest not counted; 0 = 8 */
    guint depth;         /* 0 = 4 */
    double share;        /* of the root below which a node is a leaf; 0 = 0.01 */
} FoveaPathOptions;

/**
 * fovea_sae_trace_back:
 * @trace: of @model, with the points of fovea_sae_list_path_points()
 * @saes: (array length=n_saes): the root's first; of a layer's attn.hook_z, hook_resid_pre or
 * hook_resid_post, at most one a site
 * @latent: of the first
 * @position: token
 *
 * The code must not be 0 there. A stream without an autoencoder is taken apart into what the embedding
 * and the layers before added to it; an attention without one is a leaf.
 *
 * Errors: FOVEA_ERROR_RANGE for latent or position, and where the latent does not fire;
 * FOVEA_ERROR_UNSUPPORTED for sites, rules and families that are not linear so (BERT's norms, latent
 * keys, clipped values, scaled branches); FOVEA_ERROR_SHAPE for widths; those of traces.
 * Thread: any; blocks.   Owner: caller frees with fovea_path_node_free(); autoptr.
 */
FoveaPathNode *fovea_sae_trace_back (FoveaModel *model,
                                     FoveaTrace *trace,
                                     const FoveaSae *const *saes,
                                     guint n_saes,
                                     gint32 latent,
                                     gint64 position,
                                     const FoveaPathOptions *options,
                                     GCancellable *cancellable,
                                     GError **error);

/**
 * fovea_path_node_free:
 *
 * With all below it. NULL is fine.
 *
 * Thread: any.   Owner: takes @node.
 */
void fovea_path_node_free (FoveaPathNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaPathNode, fovea_path_node_free)

/**
 * fovea_sae_list_path_points:
 *
 * Globs of what a trace must keep, for a plan.   Thread: any.   Owner: static.
 */
const char *fovea_sae_list_path_points (void);

/**
 * fovea_path_tabulate:
 * @info: (nullable): for the tokens' texts
 *
 * The table "sae_path", a row a node, each before its children: depth, kind, layer, position, text,
 * latent, value and share of the root.   Thread: any.   Owner: caller, fovea_table_unref().
 */
FoveaTable *fovea_path_tabulate (const FoveaPathNode *root, const FoveaTraceInfo *info);
