/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The New capture dialog: what to run, on what, what to keep, where to; beside it what that takes,
 * before it starts. */
#include "app/window/window.h"

/**
 * fovea_new_capture_present:
 *
 * Thread: main.
 */
void fovea_new_capture_present (FoveaWindow *window);

/**
 * fovea_new_capture_present_files:
 *
 * As above, to run on files.   Thread: main.
 */
void fovea_new_capture_present_files (FoveaWindow *window);

/**
 * fovea_new_capture_present_with:
 * @paths: (array zero-terminated=1): texts, pictures, or a model's folder or file; NULL = none
 *
 * As above with those filled in.   Thread: main.
 */
void fovea_new_capture_present_with (FoveaWindow *window, const char *const *paths);
