/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Small pictures, kept to be compared with: what was drawn is shrunk and counted in few levels, so that a
 * file has some kilobytes and a letter's hinting does not matter. */
#include <glib.h>

/* Two runs are alike to the pixel; what is allowed is a letter's or a weight's rounding elsewhere. A view
 * that moves by six pixels or loses a legend is 45 levels off and more. */
#define GOLDEN_MEAN_LEVELS 1.0
#define GOLDEN_MOST_LEVELS 24

typedef struct {
    int width, height;
    guint8 *levels; /* (height, width, 3), 0 .. 255 */
} GoldenPicture;

/* How far apart two are, in levels of 255. */
typedef struct {
    double mean, most;
    int x, y; /* where they differ most, pixels of the small picture */
} GoldenDifference;

/**
 * golden_picture_new:
 * @pixels: (height, width), 0xAARRGGBB
 * @shrink: of them to one of the picture, across and down
 *
 * Their means, in steps of eight levels.   Owner: caller.
 */
GoldenPicture *golden_picture_new (const guint32 *pixels, int width, int height, int shrink);

/**
 * golden_picture_free:
 *
 * NULL is fine.
 */
void golden_picture_free (GoldenPicture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GoldenPicture, golden_picture_free)

/**
 * golden_picture_read:
 *
 * NULL = there is no such file.   Owner: caller.
 */
GoldenPicture *golden_picture_read (const char *path);

/**
 * golden_picture_write:
 *
 * A PNG.
 */
gboolean golden_picture_write (const GoldenPicture *picture, const char *path);

/**
 * golden_picture_compare:
 *
 * Pictures of other sizes are as far apart as can be.
 */
GoldenDifference golden_picture_compare (const GoldenPicture *a, const GoldenPicture *b);

/**
 * golden_picture_check:
 * @folder: below tests/golden
 * @name: of the picture, without .png
 *
 * Against the picture that is kept, or, where GOLDEN_WRITE names a folder, into it.
 */
void golden_picture_check (const GoldenPicture *picture, const char *folder, const char *name);
