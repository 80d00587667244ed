/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The files that Fovea ships: looked for in $FOVEA_DATA_DIR, in the installed data folder, then in
 * the source tree that built the program. */
#include <glib.h>

/**
 * fovea_data_find:
 * @relative: "texts/moby_dick.txt"
 *
 * Path of an existing shipped file.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND naming the file and the places.
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_data_find (const char *relative, GError **error);

/**
 * fovea_data_list_texts:
 *
 * Paths of the shipped sample texts, NULL-terminated, in a fixed order.
 *
 * Errors: as fovea_data_find().
 * Thread: any.   Owner: caller frees with g_strfreev().
 */
char **fovea_data_list_texts (GError **error);
