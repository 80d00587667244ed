/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A store whose texts take long to score, for suites that ask how long. */
#include <glib.h>

/**
 * long_store_write:
 * @path: is made
 *
 * One layer of random queries, keys and values, 4 wide, of as many sequences.
 */
void long_store_write (const char *path, gint64 n_tokens, gint64 n_heads, guint n_texts);
