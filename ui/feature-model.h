/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the Features view shows, once for all its parts: a dictionary, the latent that is looked at,
 * and the codes of the open sequence. Latents are read off the main loop; what arrives for one that
 * was left is dropped. */
#include "ui/feature-source.h"
#include "ui/kept.h"
#include "ui/latent-model.h"
#include "ui/selection.h"
#include "ui/token-paint.h"

#define FOVEA_TYPE_FEATURE_MODEL (fovea_feature_model_get_type ())
G_DECLARE_FINAL_TYPE (FoveaFeatureModel, fovea_feature_model, FOVEA, FEATURE_MODEL, GObject)

/* A code of a token. */
typedef struct {
    gint32 latent;
    float value;
} FoveaTokenCode;

/**
 * fovea_feature_model_new:
 *
 * Signals: "changed" (dictionary), "latent-changed" (which one, and again when it has been read),
 * "bins-changed" (which of its histogram, and again when their examples have been read), "codes-changed" (of the sequence), "hovered" (in any view), "failed" (message), "visit"
 * (int64 sequence, int64 position: an example in another sequence than the open one).
 *
 * Thread: main.   Owner: caller.
 */
FoveaFeatureModel *fovea_feature_model_new (FoveaSelection *selection);

/**
 * fovea_feature_model_set_source:
 * @source: (nullable): NULL = no dictionary has codes here
 *
 * Looks at the latent that fires most evenly on both sides, or most often.   Thread: main.
 */
void fovea_feature_model_set_source (FoveaFeatureModel *self, FoveaFeatureSource *source);

/**
 * fovea_feature_model_get_source:
 *
 * Owner: the model; NULL without one.   Thread: main.
 */
FoveaFeatureSource *fovea_feature_model_get_source (FoveaFeatureModel *self);

/**
 * fovea_feature_model_retry:
 *
 * Reads what failed, once more.   Thread: main.
 */
void fovea_feature_model_retry (FoveaFeatureModel *self);

/**
 * fovea_feature_model_set_sequence:
 * @sequence: id of the open one, -1 = none
 *
 * Thread: main.
 */
void fovea_feature_model_set_sequence (FoveaFeatureModel *self, gint64 sequence);

/**
 * fovea_feature_model_select:
 *
 * Another latent; nothing happens for one that there is not.   Thread: main.
 */
void fovea_feature_model_select (FoveaFeatureModel *self, gint32 latent);

/**
 * fovea_feature_model_set_order:
 * @order: the rows that people see, as sorted and filtered
 *
 * Thread: main.   Owner: both hold it.
 */
void fovea_feature_model_set_order (FoveaFeatureModel *self, FoveaLatentModel *order);

/**
 * fovea_feature_model_step:
 * @by: rows of the order; past its ends nothing happens
 *
 * From a latent that is filtered out to the first row; by number where there are no rows.
 *
 * Thread: main.   Cost: rows.
 */
void fovea_feature_model_step (FoveaFeatureModel *self, int by);

/**
 * fovea_feature_model_get_latent:
 *
 * -1 = none.   Thread: main.
 */
gint32 fovea_feature_model_get_latent (FoveaFeatureModel *self);

/**
 * fovea_feature_model_has_failed:
 *
 * Whether the latent could not be read.   Thread: main.
 */
gboolean fovea_feature_model_has_failed (FoveaFeatureModel *self);

/**
 * fovea_feature_model_get_shown:
 *
 * The latent itself; NULL while it is read, or where it cannot be.   Owner: the model.   Thread: main.
 */
const FoveaSaeLatent *fovea_feature_model_get_shown (FoveaFeatureModel *self);

/**
 * fovea_feature_model_choose_bins:
 * @bins: (nullable): of the latent's histogram; NULL = all codes again
 *
 * Reads examples of codes in these bins. Another latent begins with all.   Thread: main.
 */
void fovea_feature_model_choose_bins (FoveaFeatureModel *self, const FoveaCodeBins *bins);

/**
 * fovea_feature_model_get_bins:
 *
 * NULL = none are chosen.   Owner: the model.   Thread: main.
 */
const FoveaCodeBins *fovea_feature_model_get_bins (FoveaFeatureModel *self);

/**
 * fovea_feature_model_get_interval:
 *
 * Examples of the chosen bins; NULL while they are read or if none are chosen.   Owner: the model.
 * Thread: main.
 */
const FoveaLatentInterval *fovea_feature_model_get_interval (FoveaFeatureModel *self);

/**
 * fovea_feature_model_get_limit:
 *
 * Largest magnitude of the latent's codes: the end of its colours.   Thread: main.
 */
double fovea_feature_model_get_limit (FoveaFeatureModel *self);

/**
 * fovea_feature_model_list_codes:
 *
 * Codes of a token of the open sequence, largest magnitude first; empty where it has none.
 *
 * Thread: main.   Owner: caller, g_array_unref(); of #FoveaTokenCode.
 */
GArray *fovea_feature_model_list_codes (FoveaFeatureModel *self, gint64 token);

/**
 * fovea_feature_model_visit:
 *
 * Puts the selection on a token of an example, wherever its sequence is.   Thread: main.
 */
void fovea_feature_model_visit (FoveaFeatureModel *self, gint64 sequence, gint64 position);

/**
 * fovea_feature_model_hover:
 * @position: -1 = nothing is hovered
 *
 * Hovers that token of an example as a query; of another sequence than the open one it hovers nothing.
 *
 * Thread: main.
 */
void fovea_feature_model_hover (FoveaFeatureModel *self, gint64 sequence, gint64 position);

/**
 * fovea_feature_model_get_hovered:
 * @sequence: (out): the open one
 *
 * Token that is hovered as a query, in whichever view; -1 = none is.   Thread: main.
 */
gint64 fovea_feature_model_get_hovered (FoveaFeatureModel *self, gint64 *sequence);

/**
 * fovea_feature_model_get_paint:
 *
 * Codes of the latent along the open sequence, for the strip.   Owner: the model.   Thread: main.
 */
FoveaTokenPaint *fovea_feature_model_get_paint (FoveaFeatureModel *self);

/**
 * fovea_feature_model_keep:
 *
 * @kept gets which latent of which dictionary is looked at; one of a dictionary that is not there yet is when
 * it comes.   Thread: main.
 */
void fovea_feature_model_keep (FoveaFeatureModel *self, FoveaKept *kept);

/**
 * fovea_feature_model_get_wanted:
 *
 * Hash of the dictionary that was looked at the last time, until one is; NULL = any will do.   Owner: the model.
 * Thread: main.
 */
const char *fovea_feature_model_get_wanted (FoveaFeatureModel *self);
