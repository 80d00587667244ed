/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Budgets of The Sparse Frontier's Block-Sparse (methods/prefill.md 9.2). */
#include <glib.h>

/**
 * fovea_frontier_get_sparsity:
 * @n_blocks: nb
 * @k: blocks of a row
 *
 * Share of causal blocks that are not computed.
 *
 * Thread: any.
 */
double fovea_frontier_get_sparsity (gint64 n_blocks, gint64 k);

/**
 * fovea_frontier_choose_k:
 *
 * The k from 3 on whose sparsity is nearest to @sparsity; of two the smaller.
 *
 * Thread: any.
 */
gint64 fovea_frontier_choose_k (gint64 n_blocks, double sparsity);
