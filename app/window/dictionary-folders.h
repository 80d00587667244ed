/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Where the folders of dictionaries are whose codes a store keeps: the store has only their hash. */
#include <glib.h>

/**
 * fovea_dictionary_folders_keep:
 * @hash: of the dictionary
 *
 * Notes it for the next time; a folder that cannot be noted is no failure.   Thread: any.
 */
void fovea_dictionary_folders_keep (const char *hash, const char *folder);

/**
 * fovea_dictionary_folders_find:
 *
 * The folder noted last, NULL if there is none or it is gone.   Thread: any.   Owner: caller,
 * g_free().
 */
char *fovea_dictionary_folders_find (const char *hash);

/**
 * fovea_dictionary_folders_list_bundled:
 *
 * Folders of the dictionaries that come with the program, for its own model.
 *
 * Thread: any.   Owner: caller, g_strfreev().
 */
char **fovea_dictionary_folders_list_bundled (void);
