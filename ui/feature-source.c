/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A table of functions and what they work on, counted: a window that moves on may drop it while a
 * thread still reads. */
#include "ui/feature-source.h"

struct _FoveaFeatureSource {
    gatomicrefcount references;
    FoveaDictionaryFacts facts;
    FoveaLatentList *list;
    const FoveaFeatureFunctions *functions;
    gpointer data;
};

FoveaFeatureSource *
fovea_feature_source_new (FoveaDictionaryFacts *facts,
                          FoveaLatentList *list,
                          const FoveaFeatureFunctions *functions,
                          gpointer data)
{
    FoveaFeatureSource *self = g_new0 (FoveaFeatureSource, 1);
    g_atomic_ref_count_init (&self->references);
    self->facts = *facts;
    self->list = fovea_latent_list_ref (list);
    self->functions = functions;
    self->data = data;
    g_free (facts);
    return self;
}

FoveaFeatureSource *
fovea_feature_source_ref (FoveaFeatureSource *self)
{
    g_atomic_ref_count_inc (&self->references);
    return self;
}

void
fovea_feature_source_unref (FoveaFeatureSource *self)
{
    if (!g_atomic_ref_count_dec (&self->references))
        return;
    self->functions->free (self->data);
    fovea_latent_list_unref (self->list);
    g_free (self->facts.hash);
    g_free (self->facts.name);
    g_free (self->facts.site);
    g_free (self->facts.architecture);
    g_free (self->facts.fold);
    g_free (self);
}

const FoveaDictionaryFacts *
fovea_feature_source_get_facts (FoveaFeatureSource *self)
{
    return &self->facts;
}

const FoveaLatentList *
fovea_feature_source_get_list (FoveaFeatureSource *self)
{
    return self->list;
}

FoveaSaeLatent *
fovea_feature_source_read_latent (FoveaFeatureSource *self,
                                  gint32 latent,
                                  GCancellable *cancellable,
                                  GError **error)
{
    return self->functions->read_latent (self->data, latent, cancellable, error);
}

FoveaLatentInterval *
fovea_feature_source_read_bins (
    FoveaFeatureSource *self, gint32 latent, const FoveaCodeBins *bins, guint n, GError **error)
{
    return self->functions->read_bins (self->data, latent, bins, n, error);
}

FoveaSaeCodes *
fovea_feature_source_read_codes (FoveaFeatureSource *self,
                                 gint64 sequence,
                                 gint64 **positions,
                                 GError **error)
{
    return self->functions->read_codes (self->data, sequence, positions, error);
}

char *
fovea_feature_source_print_json (FoveaFeatureSource *self, FoveaSaeLatent *latent, GError **error)
{
    return self->functions->print_json (self->data, latent, error);
}

char *
fovea_feature_source_print_command (FoveaFeatureSource *self, gint32 latent, const char *path)
{
    return self->functions->print_command (self->data, latent, path);
}
