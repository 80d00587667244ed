/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Cutting text where its writing changes, as the tokenizers library does. */
#include <glib.h>

/**
 * fovea_scripts_find:
 * @bytes: (array length=n): UTF-8
 * @starts: (element-type gsize): where a word begins is added to it
 *
 * A word begins at the first character of a script other than the one before it. Characters of no
 * script, among them the space, go with what stands before them; where nothing does they are of no
 * word. Kana count as Han.
 *
 * Thread: any.
 */
void fovea_scripts_find (const char *bytes, gsize n, GArray *starts);
