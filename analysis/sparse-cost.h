/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What sparse attention would save of a whole prefill and of a decode step, by the cost model of
 * methods/prefill.md 2: counted operations and elements, not measured times. */
#include "analysis/table.h"
#include "capture/architecture.h"

/**
 * fovea_sparse_cost_tabulate:
 * @recall: from fovea_sparse_curves_finish()
 * @n_tokens: of the sequences that it stands for
 *
 * The table "cost", a row each point of the model in @recall: recall and density as there; tiles, what a
 * kernel computes of all tiles (the density where there is no such kernel); prefill_flops of the model
 * with such attention in every layer, selecting included; prefill_share and decode_share of what dense
 * attention would cost. A method of decoding leaves the prefill dense, a dynamic one of prefill the
 * next token's reading. Notes tell the dense cost, and how LeanAttention would share out a
 * decode step over the processors of an H100.
 *
 * Thread: any.   Owner: caller, fovea_table_unref().   Source: methods/prefill.md 2, 20, 21.
 */
FoveaTable *fovea_sparse_cost_tabulate (FoveaTable *recall,
                                        const FoveaArchitecture *architecture,
                                        gint64 n_tokens);
