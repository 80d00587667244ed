/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Private to capture/: the table behind point.h. A point is a kind, a layer and (pyramids) a level;
 * everything else about it follows from its row in the table and the model's description. */
#include "capture/point.h"

typedef enum {
    FOVEA_POINT_PATCHES,
    FOVEA_POINT_EMBED,
    FOVEA_POINT_POS_EMBED,
    FOVEA_POINT_TOKEN_TYPE_EMBED,
    FOVEA_POINT_EMBED_NORM_SCALE,
    FOVEA_POINT_EMBED_NORM_NORMALIZED,
    FOVEA_POINT_SOURCE_SCALE, /* behind the encoder: the source as the decoder's layers read it */
    FOVEA_POINT_SOURCE_NORMALIZED,
    FOVEA_POINT_SOURCE,
    FOVEA_POINT_RESID_PRE,
    FOVEA_POINT_ATTN_IN, /* optional, as are the next three */
    FOVEA_POINT_Q_INPUT,
    FOVEA_POINT_K_INPUT,
    FOVEA_POINT_V_INPUT,
    FOVEA_POINT_LN1_SCALE,
    FOVEA_POINT_LN1_NORMALIZED,
    FOVEA_POINT_Q,
    FOVEA_POINT_K,
    FOVEA_POINT_V,
    FOVEA_POINT_Q_NORMED,
    FOVEA_POINT_K_NORMED,
    FOVEA_POINT_ROT_Q,
    FOVEA_POINT_ROT_K,
    FOVEA_POINT_SCORES,
    FOVEA_POINT_PATTERN,
    FOVEA_POINT_LSE,
    FOVEA_POINT_ROW_ENTROPY,
    FOVEA_POINT_ROW_MAX,
    FOVEA_POINT_ROW_ARGMAX,
    FOVEA_POINT_ROW_DISTANCE,
    FOVEA_POINT_ROW_FIRST,
    FOVEA_POINT_ROW_LOCAL,
    FOVEA_POINT_COLUMN_MASS,
    FOVEA_POINT_PYRAMID_MEAN,
    FOVEA_POINT_PYRAMID_MAX,
    FOVEA_POINT_Z,
    FOVEA_POINT_RESULT, /* optional */
    FOVEA_POINT_LN1_POST_SCALE,
    FOVEA_POINT_LN1_POST_NORMALIZED,
    FOVEA_POINT_ATTN_OUT,
    FOVEA_POINT_RESID_MID,
    FOVEA_POINT_MLP_IN, /* optional */
    FOVEA_POINT_LN2_SCALE,
    FOVEA_POINT_LN2_NORMALIZED,
    FOVEA_POINT_ROUTER_SCORES,
    FOVEA_POINT_EXPERT_WEIGHTS,
    FOVEA_POINT_PRE,
    FOVEA_POINT_PRE_LINEAR,
    FOVEA_POINT_POST,
    FOVEA_POINT_LN2_POST_SCALE,
    FOVEA_POINT_LN2_POST_NORMALIZED,
    FOVEA_POINT_MLP_OUT,
    FOVEA_POINT_RESID_POST,
    FOVEA_POINT_NORMALIZED_RESID_POST,
    FOVEA_POINT_FINAL_SCALE,
    FOVEA_POINT_FINAL_NORMALIZED,
    FOVEA_POINT_FINAL_OUT, /* where a head stands between it and the unembedding */
    FOVEA_POINT_UNEMBED_IN,
    FOVEA_POINT_UNEMBED_OUT,
    FOVEA_N_POINTS,
} FoveaPointKind;

typedef struct {
    FoveaPointKind kind;
    guint layer; /* 0 for points outside layers */
    guint level; /* of pyramids, else 0 */
} FoveaPoint;

/**
 * fovea_point_parse:
 * @name: a classic name
 *
 * FALSE if the family has no such point. Pyramid levels are not checked against a length.
 *
 * Thread: any.
 */
gboolean
fovea_point_parse (const FoveaArchitecture *architecture, const char *name, FoveaPoint *point);

/**
 * fovea_point_exists:
 *
 * Whether the family has points of @kind; of those in blocks, in layer @layer.
 *
 * Thread: any.
 */
gboolean
fovea_point_exists (const FoveaArchitecture *architecture, FoveaPointKind kind, guint layer);

/**
 * fovea_point_in_block:
 *
 * Whether @kind belongs to a layer.
 *
 * Thread: any.
 */
gboolean fovea_point_in_block (FoveaPointKind kind);

/**
 * fovea_point_is_optional_kind:
 *
 * As fovea_point_is_optional().   Thread: any.
 */
gboolean fovea_point_is_optional_kind (FoveaPointKind kind);

/**
 * fovea_point_is_meant:
 * @glob: that matches a name of @kind, or "all"
 *
 * FALSE for an optional point whose last word ("hook_result") the glob does not spell out.
 *
 * Thread: any.
 */
gboolean fovea_point_is_meant (FoveaPointKind kind, const char *glob);

/**
 * fovea_point_unturned_key:
 *
 * Keys as they are before rotation: normalised ones where the family normalises them.
 *
 * Thread: any.
 */
FoveaPointKind fovea_point_unturned_key (const FoveaArchitecture *architecture);

/**
 * fovea_point_head_axis:
 *
 * Axis of query or key/value heads, or -1.
 *
 * Thread: any.
 */
int fovea_point_head_axis (FoveaPointKind kind);

/**
 * fovea_point_describe:
 *
 * Name, shape and row axes; F32 but for the row argmax.
 *
 * Thread: any.   Owner: caller.
 */
FoveaArray *
fovea_point_describe (const FoveaArchitecture *architecture, FoveaPoint point, gint64 n_tokens);

/**
 * fovea_point_name:
 *
 * Thread: any.   Owner: caller, g_free().
 */
char *fovea_point_name (FoveaPoint point);

/**
 * fovea_point_n_levels:
 *
 * Pyramid levels of @n_tokens: blocks of 64, halved until one cell.
 *
 * Thread: any.
 */
guint fovea_point_n_levels (gint64 n_tokens);

/**
 * fovea_point_list_aliases:
 *
 * Every bridge name of the family; canonical names through fovea_point_canonical_name().
 *
 * Thread: any.   Owner: caller; of char *.
 */
GPtrArray *fovea_point_list_aliases (const FoveaArchitecture *architecture);
