/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Which dictionaries have codes in a store. */
#include "storage/code-rows.h"

/* A dictionary and its row. Strings are owned. */
typedef struct {
    gint64 id, n_latents, n_tokens;
    char *hash, *name, *site, *architecture;
} FoveaDictionaryInfo;

/**
 * fovea_dictionary_info_free:
 *
 * NULL is fine.   Thread: any.
 */
void fovea_dictionary_info_free (FoveaDictionaryInfo *info);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaDictionaryInfo, fovea_dictionary_info_free)

/**
 * fovea_store_list_dictionaries:
 *
 * Those whose codes are all kept, oldest first; empty for a store of before there were any. One that is
 * being written is not among them.
 *
 * Errors: FOVEA_ERROR_STORE.   Thread: the store's.
 * Owner: caller, g_ptr_array_unref(); of #FoveaDictionaryInfo.
 */
GPtrArray *fovea_store_list_dictionaries (FoveaStore *store, GError **error);
