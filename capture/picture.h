/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A picture of 8-bit channels: out of a PNG or JPEG, and scaled to the size that a model reads.
 * Both go through gdk-pixbuf, the platform's reader of pictures, with its loader chosen here. */
#include <gio/gio.h>

#include "kernels/error.h"

enum {
    FOVEA_MAX_PICTURE_SIDE = 16384,
    FOVEA_MAX_PICTURE_PIXELS = 1 << 26
};

typedef struct {
    gint64 width, height, channels; /* 1 or 3 channels */
    guint8 *values;                 /* (height, width, channels) */
} FoveaPicture;

/* How values between pixels are made; the numbers of Pillow, which preprocessor_config.json uses. */
typedef enum {
    FOVEA_RESAMPLE_BILINEAR = 2,
    FOVEA_RESAMPLE_BICUBIC = 3,
} FoveaResample;

/**
 * fovea_picture_new:
 *
 * All zero.
 *
 * Errors: FOVEA_ERROR_RANGE naming the sizes.
 * Thread: any.   Owner: caller, fovea_picture_free(); autoptr.
 */
FoveaPicture *
fovea_picture_new (gint64 width, gint64 height, gint64 channels, const char *name, GError **error);

/**
 * fovea_picture_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @picture.
 */
void fovea_picture_free (FoveaPicture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaPicture, fovea_picture_free)

/**
 * fovea_picture_decode:
 * @bytes: a PNG or JPEG
 * @name: what to call it in messages
 *
 * Three channels; transparency is dropped, as is what a JPEG says of its orientation.
 *
 * Errors: FOVEA_ERROR_UNSUPPORTED for other files; FOVEA_ERROR_FORMAT for damaged ones;
 * FOVEA_ERROR_RANGE for one of more than 2^26 pixels.
 * Thread: any.   Owner: caller.
 */
FoveaPicture *fovea_picture_decode (GBytes *bytes, const char *name, GError **error);

/**
 * fovea_picture_to_grey:
 *
 * One channel: luma of ITU-R 601.
 *
 * Thread: any.   Owner: caller.
 */
FoveaPicture *fovea_picture_to_grey (const FoveaPicture *picture);

/**
 * fovea_picture_scale:
 *
 * Each axis in turn, each value a weighted mean of those under the filter, which is as wide as a
 * pixel of the smaller picture.
 *
 * Thread: any.   Owner: caller.   Source: the rules of Pillow's Image.resize, with whose values it
 * agrees to the last bit.
 */
FoveaPicture *fovea_picture_scale (const FoveaPicture *picture,
                                   gint64 width,
                                   gint64 height,
                                   FoveaResample resample);
