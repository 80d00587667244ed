/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the inspector says in the Sparsity view: the selected point, what the goal costs by method,
 * and the pairs that the mask misses most. */
#include "ui/fact.h"
#include "ui/sparse-model.h"

/**
 * fovea_point_facts_fill:
 * @sections: (array fixed-size=3): of the inspector
 *
 * Gives the title, "StreamingLLM, window 24".   Thread: main.   Owner: caller frees with g_free().
 */
char *fovea_point_facts_fill (FoveaSparseModel *model,
                              FoveaSelection *selection,
                              FoveaSection *const *sections);
