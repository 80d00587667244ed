/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What became of the roles of heads in another model of the same shape. */
#include "analysis/table.h"

/**
 * fovea_compare_roles:
 * @a: of fovea_heads_finish(): the reference
 * @b: the same of the other model, on the same sequences
 *
 * The table "compare-roles", one row a role that a head plays in either: role; heads_a, heads_b, kept
 * (in both); score_a, score_b: mean over those heads of the score that the role is judged by;
 * largest: of |B - A| of that score; lost, gained: names of heads, with spaces between.
 *
 * Errors: FOVEA_ERROR_SHAPE if the tables are not of the same heads.
 * Thread: any.   Owner: caller, fovea_table_unref().
 */
FoveaTable *fovea_compare_roles (FoveaTable *a, FoveaTable *b, GError **error);
