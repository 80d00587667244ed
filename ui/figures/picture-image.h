/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The picture that an image model read, and weights of its patches laid over it: what the figure and the
 * window both show. Position 0 of a sequence is the class token; patches follow row by row. */
#include "capture/trace.h"
#include "ui/figures/ramp.h"
#include "ui/figures/scene.h"

typedef struct {
    gint64 size, patch, across; /* pixels of a side, of a patch, patches of a side */
    gint64 n_channels;
    float *pixels; /* (channels, size, size), 0 .. 1 */
} FoveaPictureImage;

/**
 * fovea_picture_image_has:
 * @info: (nullable)
 *
 * Whether the sequence is a picture.   Thread: any.
 */
gboolean fovea_picture_image_has (const FoveaTraceInfo *info);

/**
 * fovea_picture_image_new:
 *
 * Patches put together; their values, which a preparation shifted and scaled, over their range.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND if embed.hook_patches was not kept; the backend's.
 * Thread: any; blocks.   Owner: caller, fovea_picture_image_free(); autoptr.
 */
FoveaPictureImage *fovea_picture_image_new (FoveaTrace *trace, GError **error);

/**
 * fovea_picture_image_free:
 *
 * NULL is fine.   Thread: any.   Owner: takes @image.
 */
void fovea_picture_image_free (FoveaPictureImage *image);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaPictureImage, fovea_picture_image_free)

/**
 * fovea_picture_image_draw:
 *
 * The picture alone, in six values a channel.   Thread: any.   Owner: caller.
 */
FoveaIndexedImage *fovea_picture_image_draw (const FoveaPictureImage *image);

/**
 * fovea_picture_image_overlay:
 * @weights: (T), the class token's first
 *
 * 16 greys of the picture times 16 steps of weight; what is below the ramp leaves the picture as it is.
 *
 * Thread: any.   Owner: caller.
 */
FoveaIndexedImage *fovea_picture_image_overlay (const FoveaPictureImage *image,
                                                const FoveaRamp *ramp,
                                                const float *weights,
                                                FoveaTheme theme);
