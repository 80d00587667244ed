/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Small pictures of widgets, kept to be compared with: a widget is drawn, shrunk and counted in few
 * levels, so that a file has some kilobytes and a letter's hinting does not matter. */
#include <gtk/gtk.h>

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
 * golden_picture_take:
 * @widget: mapped
 * @shrink: pixels of the widget to one of the picture, across and down
 *
 * As the window's renderer draws it, on the window's colour, its levels in steps of eight.
 *
 * Owner: caller.
 */
GoldenPicture *golden_picture_take (GtkWidget *widget, int shrink);

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
