/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Counts in sentences, of messages as of pages. Positions, ids and byte offsets, which are looked up or typed
 * again, stand without commas. */
#include <glib.h>

/**
 * fovea_count_text:
 *
 * A whole number with commas: "32,768".   Thread: any.   Owner: caller.
 */
char *fovea_count_text (gint64 count);
