/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* From pictures to the sequences of a run: what texts.h is for texts. A sequence of an image model
 * has a class token, then its patches row by row; their texts are their places, "row,column". */
#include <gio/gio.h>

#include "capture/model.h"
#include "capture/trace.h"

/**
 * fovea_pictures_read:
 * @title: what to call it
 * @bytes: a PNG or JPEG, prepared as preprocessor_config.json beside the model says; or a .npy, of
 * 8-bit values ([N,] height, width[, channels]), which are prepared likewise, or of floats ([N,]
 * channels, height, width), which are taken for prepared
 *
 * Sequences (of #FoveaTraceInfo), one a picture.
 *
 * Errors: FOVEA_ERROR_UNSUPPORTED for a model that reads no pictures, another file, a step of
 * preparation that is not known, or none described; FOVEA_ERROR_SHAPE with both sizes;
 * FOVEA_ERROR_FORMAT.
 * Thread: any; blocks.   Owner: caller.
 */
GPtrArray *
fovea_pictures_read (FoveaModel *model, const char *title, GBytes *bytes, GError **error);

/**
 * fovea_pictures_read_labels:
 *
 * What each output of the model stands for, by config.json's "id2label"; its number where there is
 * no name.
 *
 * Errors: FOVEA_ERROR_UNSUPPORTED for a model without outputs for pictures; those of reading the
 * file.
 * Thread: any; blocks.   Owner: caller, g_strfreev().
 */
char **fovea_pictures_read_labels (FoveaModel *model, GError **error);

/**
 * fovea_pictures_from_values:
 * @values: (channels, height, width), prepared
 *
 * One sequence.
 *
 * Thread: any.   Owner: caller.
 */
FoveaTraceInfo *
fovea_pictures_from_values (FoveaModel *model, const char *title, const float *values);
