/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The numbers behind one score by dimension. */
#include "ui/figures/figure.h"

/**
 * fovea_score_numbers_save:
 * @options: as of fovea_figure_qk_new()
 * @path: *.csv or *.npz
 *
 * CSV: a row for each dimension (query, key, product, rotary pair), what the score is made of above them;
 * npz: the same as arrays.
 *
 * Errors: those of score-parts.h; file errors.
 * Thread: any; blocks.
 */
gboolean fovea_score_numbers_save (FoveaTrace *trace,
                                   const FoveaMapOptions *options,
                                   const char *path,
                                   GError **error);
