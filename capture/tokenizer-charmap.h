/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* SentencePiece's precompiled character maps ("nmt_nfkc" and its like, or one of a user's own rules),
 * and what SentencePiece does to a text before it is cut into pieces. */
#include "capture/tokenizer-symbols.h"
#include "capture/tokenizer-text.h"
#include "kernels/error.h"

typedef struct _FoveaCharmap FoveaCharmap;

/**
 * fovea_charmap_new:
 * @bytes: (array length=length): 32 bits with the bytes of a double-array trie, the trie, then texts
 * that end in NUL; copied
 *
 * Errors: FOVEA_ERROR_FORMAT naming the byte, for a trie that does not fit and texts that are no
 * UTF-8 or do not end.
 * Thread: any.   Owner: caller; immutable, threads may share it.
 * Source: the layouts of github.com/google/sentencepiece and darts-clone.
 */
FoveaCharmap *fovea_charmap_new (const guint8 *bytes, gsize length, GError **error);

/**
 * fovea_charmap_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @map.
 */
void fovea_charmap_free (FoveaCharmap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaCharmap, fovea_charmap_free)

/**
 * fovea_charmap_find:
 * @text: (array length=length): valid UTF-8
 * @longest: of several keys that @text begins with the longest, else the shortest
 * @used: (out): bytes of the key
 *
 * What the key's characters become; NULL if @text begins with no key.
 *
 * Thread: any.   Owner: @map.
 */
const char *fovea_charmap_find (
    const FoveaCharmap *map, const char *text, gsize length, gboolean longest, gsize *used);

/* "normalizer_spec" of a SentencePiece model; its member names are the format's. */
typedef struct {
    FoveaCharmap *map; /* NULL = characters stay */
    gboolean add_dummy_prefix;
    gboolean remove_extra_whitespaces;
    gboolean escape_whitespaces;         /* a space becomes U+2581 */
    gboolean treat_whitespace_as_suffix; /* the dummy goes behind the text */
    FoveaSymbols *symbols;               /* that the map leaves alone; NULL = none */
} FoveaPieceRule;

/**
 * fovea_piece_rule_apply:
 *
 * Thread: any.   Owner: caller.
 */
FoveaAlignedText *fovea_piece_rule_apply (const FoveaPieceRule *rule, const FoveaAlignedText *text);
