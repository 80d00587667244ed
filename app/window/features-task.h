/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Dictionaries and their codes for the window, off the main loop: what a store has, one of them as a
 * source for the Features view, and encoding. */
#include "app/window/relay.h"
#include "ui/feature-source.h"

/* A dictionary that has codes (hash), or could have (folder). */
typedef struct {
    char *hash, *folder, *label;
    char *begun; /* "20 of 45 sequences" of one whose encoding was stopped; NULL */
    char *rest;  /* "12 of 20 sequences" of one whose codes the rest of them lack; NULL */
} FoveaDictionaryOffer;

typedef struct {
    FoveaFeatureSource *source; /* NULL = no codes */
    GPtrArray *offers;          /* of #FoveaDictionaryOffer, those with codes first */
    char *command;              /* that encodes the same; NULL = nothing was encoded */
} FoveaFeatures;

/* Which store, and what its sequence was captured with. */
typedef struct {
    char *path;
    gint64 run;
    char *model_name;
    char *folder;  /* of a dictionary, for encoding and where the store's own is not known; NULL */
    char *hash;    /* of the dictionary to read; NULL = the newest */
    char **models; /* captured before: where the run's own may be; NULL = none */
    char *model;   /* the run's, once it is found; NULL */
} FoveaFeaturesRequest;

/**
 * fovea_features_request_free:
 *
 * NULL is fine.   Thread: any.
 */
void fovea_features_request_free (FoveaFeaturesRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaFeaturesRequest, fovea_features_request_free)

/**
 * fovea_features_free:
 *
 * NULL is fine.   Thread: any.
 */
void fovea_features_free (FoveaFeatures *features);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaFeatures, fovea_features_free)

/**
 * fovea_features_task_open_async:
 * @request: (transfer full):
 *
 * Thread: main.
 */
void fovea_features_task_open_async (FoveaFeaturesRequest *request,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer data);

/**
 * fovea_features_task_encode_async:
 * @request: (transfer full):
 * @relay: told about progress
 *
 * Encodes every sequence of the store that has no codes of the dictionary from before, then opens as above.
 *
 * Thread: main.
 */
void fovea_features_task_encode_async (FoveaFeaturesRequest *request,
                                       FoveaRelay *relay,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer data);

/**
 * fovea_features_task_get_encoded:
 * @n_all: (out): sequences of the store
 *
 * How many sequences stay encoded of an encoding that failed or was cancelled.   Thread: main.
 */
gint64 fovea_features_task_get_encoded (GAsyncResult *result, gint64 *n_all);

/**
 * fovea_features_task_finish:
 *
 * Of both.
 *
 * Errors: those of sae-file.h, sae-job.h, code-rows.h; G_IO_ERROR_CANCELLED.
 * Thread: main.   Owner: caller.
 */
FoveaFeatures *fovea_features_task_finish (GAsyncResult *result, GError **error);
