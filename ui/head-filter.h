/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Which heads to show, as people type it:
 *   induction > 0.4 and layer < 8        scores and places compared with < <= > >= = !=
 *   role:induction sink>0.3 layer:4-5    conditions side by side must all hold
 *   not (local > 0.7 or role:none)       not, and, or, parentheses
 *   5.1                                  the beginning of a head's name, or part of its role
 * A score may be a column of the head table or a role, whose deciding score it then is. */
#include "ui/head-item.h"

typedef struct _FoveaHeadFilter FoveaHeadFilter;

/**
 * fovea_head_filter_parse:
 *
 * Never fails: what is no expression shows no head and has a problem.
 *
 * Thread: any.   Owner: caller frees with fovea_head_filter_free(); autoptr.
 */
FoveaHeadFilter *fovea_head_filter_parse (const char *text);

/**
 * fovea_head_filter_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @filter.
 */
void fovea_head_filter_free (FoveaHeadFilter *filter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaHeadFilter, fovea_head_filter_free)

/**
 * fovea_head_filter_find_problem:
 * @item: (nullable): any head, which knows what scores there are
 *
 * What is wrong, in one line: "“>” wants a number after it", "no score is called “inducton”". NULL if
 * nothing is.
 *
 * Thread: main.   Owner: caller frees with g_free().
 */
char *fovea_head_filter_find_problem (const FoveaHeadFilter *filter, FoveaHeadItem *item);

/**
 * fovea_head_filter_matches:
 *
 * A comparison with an unknown score is false, whichever way.
 *
 * Thread: main.
 */
gboolean fovea_head_filter_matches (const FoveaHeadFilter *filter, FoveaHeadItem *item);
