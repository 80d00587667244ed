/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Cosines and sines of rotary positions: one definition for the forward pass and for what is
 * recomputed from a trace, so that both turn queries and keys to the same bits. */
#include "capture/architecture.h"

typedef struct {
    gint64 n_positions;
    gint64 n_pairs; /* R/2 */
    float *cos;     /* (n_positions, R/2) */
    float *sin;     /* (n_positions, R/2) */
} FoveaRotaryTable;

/**
 * fovea_rotary_table_new:
 * @angles: of which layers; those of a base of their own are never stretched
 * @length: tokens of the run, for dynamic scaling
 *
 * Angles position * base^(-2i/R), in double, rounded once; frequencies and base stretched as the
 * description says.
 *
 * Thread: any.   Owner: caller frees with fovea_rotary_table_free(); autoptr.
 * Source: Su et al. 2021 (arXiv:2104.09864), sec. 3.4.2; of the stretches Peng et al. 2023
 *         (arXiv:2309.00071), sec. 3; llama3: Hugging Face transformers.
 */
FoveaRotaryTable *fovea_rotary_table_new (const FoveaArchitecture *architecture,
                                          FoveaRotaryAngles angles,
                                          gint64 n_positions,
                                          gint64 length);

/**
 * fovea_rotary_table_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @table.
 */
void fovea_rotary_table_free (FoveaRotaryTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaRotaryTable, fovea_rotary_table_free)
