/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Symbols that SentencePiece's users define: texts that are kept whole wherever they stand, by its
 * normalizer and by its models. */
#include <glib.h>

typedef struct _FoveaSymbols FoveaSymbols;

/**
 * fovea_symbols_new:
 *
 * Empty; symbols are added one by one, then sealed.
 *
 * Thread: any.   Owner: caller; autoptr.
 */
FoveaSymbols *fovea_symbols_new (void);

/**
 * fovea_symbols_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @symbols.
 */
void fovea_symbols_free (FoveaSymbols *symbols);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSymbols, fovea_symbols_free)

/**
 * fovea_symbols_add:
 * @text: copied; an empty one is never found
 *
 * Thread: one.
 */
void fovea_symbols_add (FoveaSymbols *symbols, const char *text, gint32 id);

/**
 * fovea_symbols_seal:
 *
 * After the last fovea_symbols_add() and before the first fovea_symbols_find(); from then on threads
 * may share @symbols.
 *
 * Thread: one.
 */
void fovea_symbols_seal (FoveaSymbols *symbols);

/**
 * fovea_symbols_find:
 * @symbols: (nullable): NULL has none
 * @text: (array length=length)
 * @used: (out): bytes of the symbol; untouched if there is none
 *
 * Id of the longest symbol that @text begins with, or -1.
 *
 * Thread: any.
 */
gint32
fovea_symbols_find (const FoveaSymbols *symbols, const char *text, gsize length, gsize *used);
