/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Where the Features view gets its things: a dictionary's facts and list of latents at hand, single
 * latents and the codes of a sequence on demand. Who keeps them is the maker's secret. */
#include "analysis/latent-list.h"
#include "analysis/sae-latent.h"

typedef struct _FoveaFeatureSource FoveaFeatureSource;

/* Strings are owned by whoever holds the struct. */
typedef struct {
    char *hash, *name;    /* of its folder */
    char *site;           /* "blocks.3.hook_resid_post" */
    char *architecture;   /* "abstopk" */
    double k;             /* 0 = not chosen by rank, or not known */
    gboolean has_signs;   /* codes may be negative */
    gboolean has_weights; /* its folder is at hand: effects and neighbours can be had */
    char *fold;           /* "as stored", "decoder norm folded"; NULL = not known */
    double norms[2];      /* least and largest of the decoder's rows; 0 and 0 = not known */
} FoveaDictionaryFacts;

/* All are called in threads of their own, several at once. */
typedef struct {
    FoveaSaeLatent *(*read_latent) (gpointer data,
                                    gint32 latent,
                                    GCancellable *cancellable,
                                    GError **error);
    FoveaLatentInterval *(*read_bins) (
        gpointer data, gint32 latent, const FoveaCodeBins *bins, guint n, GError **error);
    FoveaSaeCodes *(*read_codes) (gpointer data,
                                  gint64 sequence,
                                  gint64 **positions,
                                  GError **error);
    char *(*print_json) (gpointer data, FoveaSaeLatent *latent, GError **error);
    char *(*print_command) (gpointer data, gint32 latent, const char *path);
    GDestroyNotify free;
} FoveaFeatureFunctions;

/**
 * fovea_feature_source_new:
 * @facts: (transfer full): strings made with g_strdup()
 * @list: kept
 * @functions: must live as long as the process
 * @data: (transfer full): freed with functions->free
 *
 * Thread: any.   Owner: caller, fovea_feature_source_unref(); autoptr.
 */
FoveaFeatureSource *fovea_feature_source_new (FoveaDictionaryFacts *facts,
                                              FoveaLatentList *list,
                                              const FoveaFeatureFunctions *functions,
                                              gpointer data);

/**
 * fovea_feature_source_ref:
 *
 * Thread: any.
 */
FoveaFeatureSource *fovea_feature_source_ref (FoveaFeatureSource *self);

/**
 * fovea_feature_source_unref:
 *
 * Thread: any.
 */
void fovea_feature_source_unref (FoveaFeatureSource *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaFeatureSource, fovea_feature_source_unref)

/**
 * fovea_feature_source_get_facts:
 *
 * Thread: any.   Owner: the source.
 */
const FoveaDictionaryFacts *fovea_feature_source_get_facts (FoveaFeatureSource *self);

/**
 * fovea_feature_source_get_list:
 *
 * Thread: any.   Owner: the source.
 */
const FoveaLatentList *fovea_feature_source_get_list (FoveaFeatureSource *self);

/**
 * fovea_feature_source_read_latent:
 *
 * A latent with counts and contexts; with effects and neighbours if has_weights.
 *
 * Errors: the maker's.   Thread: any; blocks.   Owner: caller.
 */
FoveaSaeLatent *fovea_feature_source_read_latent (FoveaFeatureSource *self,
                                                  gint32 latent,
                                                  GCancellable *cancellable,
                                                  GError **error);

/**
 * fovea_feature_source_read_bins:
 * @n: examples at most
 *
 * Contexts of codes in some bins of the latent's histogram.
 *
 * Errors: the maker's.   Thread: any; blocks.   Owner: caller, fovea_latent_interval_free().
 */
FoveaLatentInterval *fovea_feature_source_read_bins (
    FoveaFeatureSource *self, gint32 latent, const FoveaCodeBins *bins, guint n, GError **error);

/**
 * fovea_feature_source_read_codes:
 * @positions: (out): tokens that the rows are; caller's, g_free()
 *
 * Errors: FOVEA_ERROR_NOT_FOUND for a sequence that was not encoded; the maker's.
 * Thread: any; blocks.   Owner: caller.
 */
FoveaSaeCodes *fovea_feature_source_read_codes (FoveaFeatureSource *self,
                                                gint64 sequence,
                                                gint64 **positions,
                                                GError **error);

/**
 * fovea_feature_source_print_json:
 * @latent: (inout): as it was read; gets what only this form shows
 *
 * A latent as fovea_sae_latent_print_json() writes it. Only with has_weights.
 *
 * Errors: the maker's.   Thread: any; blocks.   Owner: caller, g_free().
 */
char *
fovea_feature_source_print_json (FoveaFeatureSource *self, FoveaSaeLatent *latent, GError **error);

/**
 * fovea_feature_source_print_command:
 * @latent: that was read before
 *
 * The command that saves the same page at @path.   Thread: any.   Owner: caller, g_free().
 */
char *
fovea_feature_source_print_command (FoveaFeatureSource *self, gint32 latent, const char *path);
