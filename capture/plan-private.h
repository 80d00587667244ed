/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Private to capture/: what a plan holds, for the recorder that fills its arrays, and the reader
 * of its request language. */
#include "capture/plan.h"
#include "capture/point-table.h"

/* One glob of a request, taken apart. */
typedef struct {
    char *glob;       /* names, without braces and slices */
    char *heads_text; /* "0-3,7", or NULL = all heads */
    gboolean sliced;  /* positions are limited */
    gint64 from, to;  /* negative counts from the end */
    gboolean open;    /* to the end */
} FoveaPlanGlob;

typedef struct {
    FoveaPoint point;
    char *heads_text;
    GArray *heads; /* of gint64, NULL = all */
    gboolean sliced, open;
    gint64 from, to;
} FoveaPlanItem;

struct _FoveaPlan {
    FoveaArchitecture *architecture;
    FoveaDtype keep, attend;
    GPtrArray *items; /* of FoveaPlanItem, in forward order */
};

/**
 * fovea_plan_parse_globs:
 *
 * The comma-separated request, braces expanded.
 *
 * Errors: FOVEA_ERROR_USAGE for a bracket without its end; FOVEA_ERROR_RANGE for slices.
 * Thread: any.
 * Owner: caller; of #FoveaPlanGlob.
 */
GPtrArray *fovea_plan_parse_globs (const char *request, GError **error);

/**
 * fovea_plan_parse_set:
 * @limit: members are 0 .. limit-1
 *
 * "0,3-5" as a sorted list without repeats.
 *
 * Errors: FOVEA_ERROR_RANGE.
 * Thread: any.
 * Owner: caller; of gint64.
 */
GArray *fovea_plan_parse_set (const char *text, const char *what, gint64 limit, GError **error);

/**
 * fovea_plan_resolve:
 * @arrays: (out): of #FoveaArray
 *
 * The items that a sequence of @n_tokens leaves, side by side with their arrays.
 * Thread: any.
 * Owner: caller; of #FoveaPlanItem, which stay the plan's.
 */
GPtrArray *fovea_plan_resolve (FoveaPlan *plan, gint64 n_tokens, GPtrArray **arrays);

/**
 * fovea_plan_item_span:
 *
 * Positions [first, end) of a sequence of @n_tokens that the item keeps.
 *
 * Thread: any.
 */
void fovea_plan_item_span (const FoveaPlanItem *item, gint64 n_tokens, gint64 *first, gint64 *end);
