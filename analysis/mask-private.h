/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Private to analysis/: the parts of a mask, which mask.c builds and mask-rows.c reads. */
#include "analysis/mask.h"

enum {
    FOVEA_MASK_BUCKET = 64, /* queries that share a list of parts */
};

typedef enum {
    FOVEA_PART_RECTANGLE, /* low, high: keys */
    FOVEA_PART_BAND,      /* low, high: distances */
    FOVEA_PART_DIAGONALS, /* listed distances */
    FOVEA_PART_BLOCKS,    /* listed blocks of width low */
    FOVEA_PART_PERMUTED,  /* the same by places of the order */
    FOVEA_PART_MASK,
} FoveaPartKind;

/* Queries [q0,q1) and what they see. Lists lie in the mask's pool, ascending. */
typedef struct {
    FoveaPartKind kind;
    gint64 q0, q1;
    gint64 low, high;
    gsize first, n;
    FoveaMask *mask;
    guint64 *set; /* the list as bits, or NULL; owned by the mask's sets */
} FoveaPart;

struct _FoveaMask {
    gatomicrefcount references;
    gint64 n_tokens;
    FoveaScoreRule rule;
    int32_t *segments; /* owned, or NULL */
    GArray *parts;     /* of FoveaPart */
    GArray *pool;      /* of gint64 */
    GPtrArray *limits; /* masks that all parts are cut to */
    gint64 *order;     /* (T) or NULL */
    GPtrArray *sets;   /* bits of long lists; NULL until finished */
    /* Parts that touch bucket b are bucket_parts[bucket_first[b] .. bucket_first[b+1]). */
    gsize *bucket_first;
    guint *bucket_parts;
};

/**
 * fovea_mask_make_sets:
 *
 * Long lists as bits, once, when all parts are there.
 *
 * Thread: the one that builds.
 */
void fovea_mask_make_sets (FoveaMask *mask);

/**
 * fovea_mask_get_set_bytes:
 *
 * Thread: any.
 */
gsize fovea_mask_get_set_bytes (const FoveaMask *mask);

/**
 * fovea_mask_join_set:
 * @part: one with a set
 * @bits: (inout): (ceil (T/64)) joined with the part's keys in [@first, @end)
 *
 * Thread: any.
 */
void fovea_mask_join_set (const FoveaMask *mask,
                          const FoveaPart *part,
                          gint64 query,
                          gint64 first,
                          gint64 end,
                          guint64 *bits);
