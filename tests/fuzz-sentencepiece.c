/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Any bytes as a SentencePiece model, as the character map alone, and as the lines of a tiktoken file.
 * What opens must encode into places inside the text; a rewritten text is UTF-8 with a place for
 * every byte. */
#include "capture/tokenizer-charmap.h"
#include "capture/tokenizer-sentencepiece.h"
#include "capture/tokenizer-tiktoken.h"
#include "tests/fuzz.h"

#include <string.h>

static const char text[] = " Ab\u00e9\u00c9  ffi\u2122 \u3000\u2581x\u200b<s>\t12\n ";

static void
encode (FoveaTokenizer *tokenizer)
{
    const gsize n = strlen (text);
    g_autoptr (GArray) tokens = fovea_tokenizer_encode (tokenizer, text, (gssize) n, TRUE, NULL);
    for (guint i = 0; tokens != NULL && i < tokens->len; i++) {
        const FoveaToken *token = &g_array_index (tokens, FoveaToken, i);
        g_assert (token->start >= 0 && token->start <= token->end && token->end <= (gint64) n);
        g_assert (token->id >= 0 && (guint) token->id < fovea_tokenizer_get_size (tokenizer));
    }
}

static void
rewrite (FoveaCharmap *map, guint flags)
{
    const FoveaPieceRule rule = {map, (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0,
                                 (flags & 8) != 0};
    g_autoptr (FoveaAlignedText) from = fovea_aligned_text_new_from (text, strlen (text), 0);
    g_autoptr (FoveaAlignedText) out = fovea_piece_rule_apply (&rule, from);
    g_assert (g_utf8_validate_len (out->bytes->str, out->bytes->len, NULL));
    g_assert (out->spans->len == out->bytes->len);
}

void
fuzz_one (const guint8 *data, gsize size)
{
    g_autoptr (FoveaTokenizer) pieces = fovea_sentencepiece_new (data, size, NULL, 0, NULL);
    if (pieces != NULL)
        encode (pieces);
    g_autoptr (FoveaCharmap) map = fovea_charmap_new (data, size, NULL);
    for (guint flags = 0; map != NULL && flags < 16; flags++)
        rewrite (map, flags);
    g_autoptr (FoveaTokenizer) ranks =
        fovea_tiktoken_new ((const char *) data, size, "cl100k_base", NULL, NULL);
    if (ranks != NULL)
        encode (ranks);
}
