/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A picture for the clipboard, as PNG and as SVG: whoever pastes takes what it can use, text programs
 * the one, drawing programs the other. */
#include <gdk/gdk.h>

/* Writes the picture in the format that the end of @path names. */
typedef gboolean (*FoveaSavePicture) (gpointer data, const char *path, GError **error);

/**
 * fovea_picture_copy_new:
 * @save: called twice
 *
 * The bytes that the same picture has as a file.
 *
 * Errors: those of @save, and of a folder for passing files.
 * Thread: any; blocks.   Owner: caller.
 */
GdkContentProvider *fovea_picture_copy_new (FoveaSavePicture save, gpointer data, GError **error);
