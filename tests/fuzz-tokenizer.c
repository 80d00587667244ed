/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Any bytes as tokenizer.json, as llama2.c's tokenizer.bin, as SentencePiece's and tiktoken's
 * files, and as a text for tokenizers whose stages change lengths. Whatever opens must encode into
 * places inside the text and decode again. */
#include "capture/tokenizer-llama2c.h"
#include "capture/tokenizer-sentencepiece.h"
#include "capture/tokenizer-tiktoken.h"
#include "capture/tokenizer.h"
#include "tests/fuzz.h"

#include <string.h>

/* Every stage that rewrites, cuts or joins, over three small vocabularies. */
static const char *const good[] = {
    "{\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"NFC\"},{\"type\":"
    "\"Strip\"},"
    "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\" {2,}\"},\"content\":\" \"},"
    "{\"type\":\"Prepend\",\"prepend\":\"_\"}]},\"added_tokens\":[{\"id\":3,\"content\":\"ab\","
    "\"lstrip\":true,\"rstrip\":true,\"single_word\":true}],"
    "\"decoder\":{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"ByteFallback\"},{\"type\":"
    "\"Fuse\"},"
    "{\"type\":\"Strip\",\"content\":\"_\",\"start\":1,\"stop\":1}]},"
    "\"model\":{\"type\":\"BPE\",\"unk_token\":\"?\",\"fuse_unk\":true,"
    "\"vocab\":{\"?\":0,\"a\":1,\"aa\":2},\"merges\":[\"a a\"]}}",
    "{\"pre_tokenizer\":{\"type\":\"ByteLevel\"},\"decoder\":{\"type\":\"ByteLevel\"},"
    "\"model\":{\"type\":\"BPE\",\"unk_token\":\"?\",\"vocab\":{\"?\":0,\"a\":1,\"\u0120a\":2,"
    "\"\u0120\":3},"
    "\"merges\":[\"\u0120 a\"]}}",
    "{\"normalizer\":{\"type\":\"BertNormalizer\"},\"pre_tokenizer\":{\"type\":\"Sequence\","
    "\"pretokenizers\":[{\"type\":\"BertPreTokenizer\"},{\"type\":\"Digits\"},{\"type\":"
    "\"Metaspace\"}]},"
    "\"decoder\":{\"type\":\"WordPiece\"},\"model\":{\"type\":\"WordPiece\",\"unk_token\":\"?\","
    "\"vocab\":{\"?\":0,\"a\":1,\"##a\":2}}}",
};

static void
exercise (FoveaTokenizer *tokenizer, const char *text, gsize length)
{
    g_autoptr (GArray) tokens =
        fovea_tokenizer_encode (tokenizer, text, (gssize) length, TRUE, NULL);
    if (tokens == NULL)
        return;
    g_autofree gint32 *ids = g_new (gint32, tokens->len + 1);
    for (guint i = 0; i < tokens->len; i++) {
        const FoveaToken *token = &g_array_index (tokens, FoveaToken, i);
        g_assert (token->start >= 0 && token->start <= token->end);
        g_assert (token->end <= (gint64) length);
        ids[i] = token->id;
    }
    g_autofree char *back = fovea_tokenizer_decode (tokenizer, ids, tokens->len, FALSE, NULL, NULL);
    g_assert (back != NULL);
}

/* Lines behind those of the 256 bytes, which no random file would have all of. */
static void
read_ranks (const guint8 *data, gsize size)
{
    g_autoptr (GString) file = g_string_new (NULL);
    for (guint byte = 0; byte < 256; byte++) {
        const guchar one = (guchar) byte;
        g_autofree char *base64 = g_base64_encode (&one, 1);
        g_string_append_printf (file, "%s %u\n", base64, byte);
    }
    g_string_append_len (file, (const char *) data, (gssize) size);
    g_autoptr (FoveaTokenizer) ranks =
        fovea_tiktoken_new (file->str, file->len, "cl100k_base", NULL, NULL);
    if (ranks != NULL)
        exercise (ranks, "a\xc3\xa9 12\n\n b", 10);
}

void
fuzz_one (const guint8 *data, gsize size)
{
    static FoveaTokenizer *fixed[G_N_ELEMENTS (good)];
    const char *text = (const char *) data;
    for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
        if (fixed[i] == NULL)
            fixed[i] = fovea_tokenizer_new_from_json (good[i], -1, NULL, 0, NULL);
        g_assert (fixed[i] != NULL);
        exercise (fixed[i], size > 0 ? text : "", size);
    }
    g_autoptr (FoveaTokenizer) json =
        fovea_tokenizer_new_from_json (text, (gssize) size, NULL, 0, NULL);
    if (json != NULL)
        exercise (json, "ab  ab\nc\xc3\xa9 <s>aa 12", 19);
    g_autoptr (FoveaTokenizer) bin = fovea_llama2c_tokenizer_new (data, size, NULL);
    if (bin != NULL)
        exercise (bin, "a b", 3);
    g_autoptr (FoveaTokenizer) pieces = fovea_sentencepiece_new (data, size, NULL, 0, NULL);
    if (pieces != NULL)
        exercise (pieces, "a\xc3\xa9 <s>b", 8);
    read_ranks (data, size);
}
