/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Which dictionaries have codes in a store. */
#include "storage/code-rows.h"

/* A dictionary and its row. Strings are owned. */
typedef struct {
    gint64 id, n_latents, n_tokens;
    gint64 n_sequences, n_all; /* that have codes, and that the store has */
    gboolean finished; /* FALSE: n_tokens is not known yet, and its codes are not for reading */
    char *hash, *name, *site, *architecture;
    char *options; /* that it was encoded with; "" = a program that did not note them */
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
 * Those whose encoding is finished, oldest first; empty for a store of before there were any.
 *
 * Errors: FOVEA_ERROR_STORE.   Thread: the store's.
 * Owner: caller, g_ptr_array_unref(); of #FoveaDictionaryInfo.
 */
GPtrArray *fovea_store_list_dictionaries (FoveaStore *store, GError **error);

/**
 * fovea_store_list_unfinished_dictionaries:
 *
 * Those whose encoding is under way or was stopped, and goes on where it was.
 *
 * Errors: FOVEA_ERROR_STORE.   Thread: the store's.
 * Owner: caller, g_ptr_array_unref(); of #FoveaDictionaryInfo.
 */
GPtrArray *fovea_store_list_unfinished_dictionaries (FoveaStore *store, GError **error);

/**
 * fovea_dictionaries_find:
 * @dictionaries: of #FoveaDictionaryInfo
 * @hash: (nullable):
 *
 * NULL if it is not among them.   Thread: any.   Owner: @dictionaries.
 */
const FoveaDictionaryInfo *fovea_dictionaries_find (GPtrArray *dictionaries, const char *hash);

/**
 * fovea_store_require_dictionary:
 * @id: (out):
 * @n_tokens: (out) (optional): rows that were encoded
 *
 * As fovea_store_find_dictionary(), for whoever cannot do without.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND, which says how many sequences are encoded if some are;
 * FOVEA_ERROR_STORE.
 * Thread: the store's.
 */
gboolean fovea_store_require_dictionary (
    FoveaStore *store, const char *hash, gint64 *id, gint64 *n_tokens, GError **error);

/**
 * fovea_store_list_encoded:
 *
 * Sequences that have codes of a dictionary, in the order that they are encoded in.
 *
 * Errors: FOVEA_ERROR_STORE.   Thread: the store's.   Owner: caller, g_array_unref(); of gint64.
 */
GArray *fovea_store_list_encoded (FoveaStore *store, gint64 dictionary, GError **error);
