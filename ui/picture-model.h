/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the selected position of a picture looks at, in every head and through all layers: read off the
 * main loop whenever the selection comes to another position. */
#include "ui/figures/picture-image.h"
#include "ui/selection.h"

#define FOVEA_TYPE_PICTURE_MODEL (fovea_picture_model_get_type ())
G_DECLARE_FINAL_TYPE (FoveaPictureModel, fovea_picture_model, FOVEA, PICTURE_MODEL, GObject)

/* Of one position; weights are (T), the class token's first. */
typedef struct {
    gint64 query, n_tokens;
    guint n_layers, n_heads;
    FoveaPictureImage *image;
    float *rollout;
    float *heads; /* (L, H, T) */
} FoveaPictureData;

/**
 * fovea_picture_model_new:
 *
 * Signals: "changed", "failed" (message).   Thread: main.   Owner: caller.
 */
FoveaPictureModel *fovea_picture_model_new (FoveaSelection *selection);

/**
 * fovea_picture_model_set_active:
 *
 * Nothing is read while nobody looks.   Thread: main.
 */
void fovea_picture_model_set_active (FoveaPictureModel *self, gboolean active);

/**
 * fovea_picture_model_retry:
 *
 * Reads what could not be read.   Thread: main.
 */
void fovea_picture_model_retry (FoveaPictureModel *self);

/**
 * fovea_picture_model_get_data:
 *
 * NULL until something was read.   Thread: main.   Owner: the model, until "changed".
 */
const FoveaPictureData *fovea_picture_model_get_data (FoveaPictureModel *self);

/**
 * fovea_picture_data_get_head:
 *
 * Shape: (T).   Owner: @data.   Thread: any.
 */
const float *fovea_picture_data_get_head (const FoveaPictureData *data, guint layer, guint head);

/**
 * fovea_picture_name_position:
 *
 * "the class token" or "patch 2,5".   Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_picture_name_position (const FoveaTraceInfo *info, gint64 position);
