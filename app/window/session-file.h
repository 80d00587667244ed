/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Where people were in each store, kept between runs of the program in the user's state folder. A
 * file that is missing, damaged or not writable means starting afresh, never an error. */
#include <glib.h>

#include "ui/selection.h"

typedef struct {
    gint64 sequence;
    FoveaPlace place;
    char *view;           /* "heads" or "map" */
    char *reference_path; /* store of what it was compared with, NULL = nothing ... */
    gint64 reference;     /* ... and the sequence */
    GVariant *choices;    /* in the views, by name (a{sv}); NULL = of an older Fovea */
} FoveaLeft;

/**
 * fovea_left_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @left.
 */
void fovea_left_free (FoveaLeft *left);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaLeft, fovea_left_free)

/**
 * fovea_session_file_recall:
 * @path: a store
 *
 * Where it was left, NULL if it never was.   Thread: main; a small read, after what was to be kept before.   Owner: caller.
 */
FoveaLeft *fovea_session_file_recall (const char *path);

/**
 * fovea_session_file_keep:
 *
 * Written soon, by app/window/writer.h.   Thread: main.
 */
void fovea_session_file_keep (const char *path, const FoveaLeft *left);
