/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A made-up dictionary with codes of two sequences, one of them open, behind a feature model. */
#include "ui/feature-model.h"
#include "ui/latent-model.h"

enum {
    FEATURE_TOKENS = 60,
    FEATURE_LATENTS = 300,
};

typedef struct {
    FoveaTraceSource *trace;
    FoveaLatentList *list;
    FoveaFeatureSource *source;
    FoveaSelection *selection;
    FoveaFeatureModel *model;
    char *failure;
    gint64 visited[2];
} FeatureBench;

/* Until what is shown is of @latent. */
#define RUN_UNTIL_SHOWN(bench, wanted)                                                             \
    RUN_UNTIL (fovea_feature_model_get_shown ((bench)->model) != NULL &&                           \
               fovea_feature_model_get_shown ((bench)->model)->latent == (wanted))

/**
 * feature_bench_new:
 *
 * The source is made but not yet the model's.   Owner: caller, feature_bench_free().
 */
FeatureBench *feature_bench_new (void);

/**
 * feature_bench_free:
 */
void feature_bench_free (FeatureBench *bench);

/**
 * feature_bench_get_info:
 *
 * Of the open sequence.   Owner: the bench.
 */
const FoveaTraceInfo *feature_bench_get_info (const FeatureBench *bench);

/**
 * feature_bench_code_at:
 *
 * Latent j fires on token t when t % (j % 7 + 2) is 1, minus where t is even; latents from 290 on never
 * do.
 */
float feature_bench_code_at (gint32 j, gint64 t);

/**
 * feature_bench_codes:
 * @positions: (out): tokens that the rows are; caller's, g_free()
 *
 * Codes of a sequence; both have the same.   Owner: caller.
 */
FoveaSaeCodes *feature_bench_codes (gint64 **positions);

/**
 * feature_bench_id_at:
 *
 * The latent of a row, -1 = there is none.
 */
gint32 feature_bench_id_at (FoveaLatentModel *model, guint row);
