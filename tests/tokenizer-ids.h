/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Ids as text, which a failing comparison shows whole. */
#include "capture/tokenizer.h"
#include "tests/support.h"

/**
 * tokenizer_spell_tokens:
 * @tokens: of FoveaToken
 *
 * "1 2 3".   Owner: caller.
 */
static inline char *
tokenizer_spell_tokens (const GArray *tokens)
{
    GString *ids = g_string_new (NULL);
    for (guint i = 0; i < tokens->len; i++)
        g_string_append_printf (ids, i > 0 ? " %d" : "%d",
                                g_array_index (tokens, FoveaToken, i).id);
    return g_string_free (ids, FALSE);
}

/**
 * tokenizer_spell:
 * @length: of @text in bytes, -1 = to its end
 * @special: with what the tokenizer puts round a text
 *
 * The text's ids; fails the test where it has none.   Owner: caller.
 */
static inline char *
tokenizer_spell (FoveaTokenizer *tokenizer, const char *text, gssize length, gboolean special)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GArray) tokens = fovea_tokenizer_encode (tokenizer, text, length, special, &error);
    ck_assert_msg (tokens != NULL, "%s", error != NULL ? error->message : "");
    return tokenizer_spell_tokens (tokens);
}
