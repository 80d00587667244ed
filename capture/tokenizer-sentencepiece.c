/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Reading SentencePiece's model file without protobuf's library: a message is a run of fields, each
 * a key (number and wire type) and a value, and fields that are not known are stepped over. Every
 * length is compared with what is left of the message that it stands in. */
#include "capture/tokenizer-sentencepiece.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "capture/json.h"
#include "capture/tokenizer-scores.h"

typedef enum {
    WIRE_NUMBER = 0,
    WIRE_8_BYTES = 1,
    WIRE_RUN = 2,
    WIRE_4_BYTES = 5,
} WireType;

/* Types of pieces, and their number where a piece does not say. */
enum {
    PIECE_NORMAL = 1,
    PIECE_UNKNOWN = 2,
    PIECE_CONTROL = 3,
    PIECE_USER = 4,
    PIECE_UNUSED = 5,
    PIECE_BYTE = 6,
    KIND_UNIGRAM = 1,
    KIND_BPE = 2,
    KIND_WORDS = 3,
    KIND_CHARACTERS = 4,
    MAX_PIECES = 1 << 22,
};

/* A message, or what is left of it. */
typedef struct {
    const guint8 *start; /* of the file, for offsets */
    const guint8 *at, *end;
} Message;

typedef struct {
    guint number;
    WireType type;
    guint64 value;
    Message run; /* of WIRE_RUN */
} Field;

typedef struct {
    FoveaVocabulary *vocabulary;
    GArray *pieces; /* of #FoveaScoredToken */
    GByteArray *types;
    guint64 kind, byte_fallback, prefix, suffix, collapse, escape;
    Message map;   /* of characters */
    gint64 ids[3]; /* unknown, beginning, end */
} Reading;

static gboolean
fail (const Message *message, const char *what, GError **error)
{
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "tokenizer.model: byte %zu: %s",
                 (gsize) (message->at - message->start), what);
    return FALSE;
}

/* Seven bits a byte, the lowest first; the top bit says that there are more. */
static gboolean
read_number (Message *message, guint64 *value, GError **error)
{
    *value = 0;
    for (guint shift = 0; shift < 64 && message->at < message->end; shift += 7) {
        guint8 byte = *message->at++;
        *value |= (guint64) (byte & 0x7f) << shift;
        if ((byte & 0x80) == 0)
            return TRUE;
    }
    return fail (message, "a number that does not end", error);
}

static gboolean
read_bytes (Message *message, Field *field, gsize n, GError **error)
{
    if ((gsize) (message->end - message->at) < n)
        return fail (message, "the message ends inside a field", error);
    for (gsize i = 0; i < n; i++)
        field->value |= (guint64) message->at[i] << (8 * i);
    message->at += n;
    return TRUE;
}

static gboolean
read_field (Message *message, Field *field, GError **error)
{
    guint64 key;
    if (!read_number (message, &key, error))
        return FALSE;
    *field = (Field){.number = (guint) (key >> 3 & G_MAXINT32), .type = key & 7};
    switch (field->type) {
    case WIRE_NUMBER:
        return read_number (message, &field->value, error);
    case WIRE_8_BYTES:
        return read_bytes (message, field, 8, error);
    case WIRE_4_BYTES:
        return read_bytes (message, field, 4, error);
    case WIRE_RUN:
        if (!read_number (message, &field->value, error))
            return FALSE;
        if (field->value > (guint64) (message->end - message->at))
            return fail (message, "a field longer than its message", error);
        field->run = (Message){message->start, message->at, message->at + field->value};
        message->at += field->value;
        return TRUE;
    default:
        return fail (message, "a field of no known type", error);
    }
}

static gboolean
read_piece (Reading *reading, Message piece, GError **error)
{
    FoveaScoredToken token = {0};
    guint8 type = PIECE_NORMAL;
    g_autofree char *text = g_strdup ("");
    while (piece.at < piece.end) {
        Field field;
        if (!read_field (&piece, &field, error))
            return FALSE;
        gsize n = (gsize) (field.run.end - field.run.at);
        guint32 bits = (guint32) field.value;
        if (field.number == 1 && field.type == WIRE_RUN) {
            if (!g_utf8_validate_len ((const char *) field.run.at, (gssize) n, NULL))
                return fail (&field.run, "a piece that is no UTF-8 text", error);
            g_free (text);
            text = g_strndup ((const char *) field.run.at, n);
        } else if (field.number == 2 && field.type == WIRE_4_BYTES) {
            memcpy (&token.score, &bits, sizeof bits);
        } else if (field.number == 3 && field.type == WIRE_NUMBER) {
            type = (guint8) MIN (field.value, 255);
        }
    }
    if (reading->pieces->len >= MAX_PIECES)
        return fail (&piece, "too many pieces", error);
    token.joins =
        type != PIECE_UNKNOWN && type != PIECE_CONTROL && type != PIECE_USER && type != PIECE_BYTE;
    g_byte_array_append (reading->types, &type, 1);
    g_array_append_val (reading->pieces, token);
    return fovea_vocabulary_add (reading->vocabulary, text, reading->pieces->len - 1, error);
}

static gboolean
read_trainer (Reading *reading, Message message, GError **error)
{
    while (message.at < message.end) {
        Field field;
        if (!read_field (&message, &field, error))
            return FALSE;
        if (field.type != WIRE_NUMBER)
            continue;
        if (field.number == 3)
            reading->kind = field.value;
        else if (field.number == 24)
            reading->suffix = field.value;
        else if (field.number == 35)
            reading->byte_fallback = field.value;
        else if (field.number >= 40 && field.number <= 42)
            reading->ids[field.number - 40] = (gint64) field.value;
    }
    return TRUE;
}

static gboolean
read_normalizer (Reading *reading, Message message, GError **error)
{
    while (message.at < message.end) {
        Field field;
        if (!read_field (&message, &field, error))
            return FALSE;
        if (field.number == 2 && field.type == WIRE_RUN)
            reading->map = field.run;
        if (field.number == 3 && field.type == WIRE_NUMBER)
            reading->prefix = field.value;
        else if (field.number == 4 && field.type == WIRE_NUMBER)
            reading->collapse = field.value;
        else if (field.number == 5 && field.type == WIRE_NUMBER)
            reading->escape = field.value;
    }
    return TRUE;
}

/* Rules for decoded text, which no published model has. */
static gboolean
check_denormalizer (Message message, GError **error)
{
    while (message.at < message.end) {
        Field field;
        if (!read_field (&message, &field, error))
            return FALSE;
        if (field.number == 2 && field.type == WIRE_RUN && field.value > 0)
            return fovea_tokenizer_refuse ("denormalizer", "character map of SentencePiece", error);
    }
    return TRUE;
}

static gboolean
read_model (Reading *reading, Message message, GError **error)
{
    while (message.at < message.end) {
        Field field;
        if (!read_field (&message, &field, error))
            return FALSE;
        if (field.type != WIRE_RUN)
            continue;
        if ((field.number == 1 && !read_piece (reading, field.run, error)) ||
            (field.number == 2 && !read_trainer (reading, field.run, error)) ||
            (field.number == 3 && !read_normalizer (reading, field.run, error)) ||
            (field.number == 5 && !check_denormalizer (field.run, error)))
            return FALSE;
    }
    if (reading->pieces->len == 0)
        return fail (&message, "there are no pieces", error);
    if (reading->kind >= KIND_UNIGRAM && reading->kind <= KIND_CHARACTERS)
        return TRUE;
    return fovea_tokenizer_refuse ("SentencePiece model", "of unknown kind", error);
}

/* An id that a piece has, or -1. */
static gint64
known_id (const Reading *reading, int which)
{
    gint64 id = reading->ids[which];
    return id >= 0 && id < reading->pieces->len ? id : -1;
}

static const char *
text_of (const Reading *reading, guint id, gsize *length)
{
    return fovea_vocabulary_get (reading->vocabulary, (gint32) id, length);
}

/* What the normalizer leaves alone. */
static JsonArray *
list_symbols (const Reading *reading)
{
    JsonArray *list = json_array_new ();
    gsize length;
    for (guint i = 0; i < reading->types->len; i++)
        if (reading->types->data[i] == PIECE_USER)
            json_array_add_string_element (list, text_of (reading, i, &length));
    return list;
}

/* The normalizer as one stage of SentencePiece's own. */
static JsonObject *
make_normalizer (const Reading *reading)
{
    JsonObject *object = json_object_new ();
    gsize n = (gsize) (reading->map.end - reading->map.at);
    g_autofree char *map = n > 0 ? g_base64_encode (reading->map.at, n) : g_strdup ("");
    json_object_set_string_member (object, "type", "SentencePiece");
    json_object_set_string_member (object, "precompiled_charsmap", map);
    json_object_set_boolean_member (object, "add_dummy_prefix", reading->prefix != 0);
    json_object_set_boolean_member (object, "remove_extra_whitespaces", reading->collapse != 0);
    json_object_set_boolean_member (object, "escape_whitespaces", reading->escape != 0);
    json_object_set_boolean_member (object, "treat_whitespace_as_suffix", reading->suffix != 0);
    json_object_set_array_member (object, "user_defined_symbols", list_symbols (reading));
    return object;
}

/* Control pieces are no part of a text to SentencePiece. Where a text spells one it is taken for it,
 * as in all other kinds of files, and what stands on either side is a text of its own. */
static JsonObject *
make_stages (const Reading *reading)
{
    gboolean behind = reading->prefix != 0 && reading->suffix != 0;
    JsonObject *stages = fovea_scores_new_stages (reading->prefix != 0 && !behind, FALSE);
    json_object_set_object_member (stages, "normalizer", make_normalizer (reading));
    if (behind)
        json_array_add_object_element (
            json_object_get_array_member (json_object_get_object_member (stages, "decoder"),
                                          "decoders"),
            fovea_stages_parse ("{\"type\":\"Strip\",\"content\":\" \",\"start\":0,\"stop\":1}"));
    for (guint i = 0; i < reading->types->len; i++) {
        gsize length;
        guint8 type = reading->types->data[i];
        if (type == PIECE_UNKNOWN || type == PIECE_CONTROL)
            fovea_stages_add_token (stages, (gint32) i, text_of (reading, i, &length), TRUE);
    }
    fovea_stages_set_around (stages, known_id (reading, 1), -1);
    return stages;
}

/* What tokenizer_config.json leaves out, it means by the pieces' own names. */
static JsonObject *
read_config (const Reading *reading, const char *config, gsize length, GError **error)
{
    static const char *const members[] = {"bos_token", "eos_token"};
    JsonObject *object =
        fovea_json_parse_object (config, length, "tokenizer_config.json", 0, error);
    for (int i = 0; object != NULL && i < 2; i++) {
        gsize n;
        if (!json_object_has_member (object, members[i]) && known_id (reading, i + 1) >= 0)
            json_object_set_string_member (
                object, members[i],
                fovea_vocabulary_get (reading->vocabulary, (gint32) known_id (reading, i + 1), &n));
    }
    return object;
}

/* What a piece adds to a way. A user's symbol adds what no other piece does, the more the longer it
 * is (as of sentencepiece 0.2.3; older ones took the best score for each byte). */
static double
score_of (const Reading *reading, guint id)
{
    gsize length;
    switch (reading->types->data[id]) {
    case PIECE_NORMAL:
        return (double) g_array_index (reading->pieces, FoveaScoredToken, id).score;
    case PIECE_USER:
        text_of (reading, id, &length);
        return (double) (float) (0.1 * (double) (length - 1));
    default:
        return NAN;
    }
}

static FoveaTokenModel *
make_unigram (const Reading *reading)
{
    const guint n = reading->pieces->len;
    g_autofree double *scores = g_new (double, n);
    double worst = FLT_MAX; /* where it begins in SentencePiece, too */
    for (guint i = 0; i < n; i++) {
        scores[i] = score_of (reading, i);
        if (reading->types->data[i] == PIECE_NORMAL)
            worst = MIN (worst, scores[i]);
    }
    const FoveaUnigramOptions options = {
        .unknown = (gint32) known_id (reading, 0),
        .byte_fallback = reading->byte_fallback != 0,
        .worst = worst,
        .single = TRUE,
    };
    return fovea_unigram_new (reading->vocabulary, scores, n, &options);
}

static FoveaTokenModel *
make_bpe (const Reading *reading)
{
    const FoveaScoredToken *pieces = (FoveaScoredToken *) (void *) reading->pieces->data;
    const guint n = reading->pieces->len;
    FoveaSymbols *symbols = fovea_symbols_new ();
    gsize length;
    for (guint i = 0; i < n; i++)
        if (reading->types->data[i] == PIECE_USER)
            fovea_symbols_add (symbols, text_of (reading, i, &length), (gint32) i);
    fovea_symbols_seal (symbols);
    const FoveaBpeOptions options = {
        .unknown = (gint32) known_id (reading, 0),
        .fuse_unknown = TRUE,
        .byte_fallback = reading->byte_fallback != 0,
        .symbols = symbols,
    };
    g_autoptr (GArray) merges = reading->kind == KIND_BPE
                                    ? fovea_scores_list_merges (reading->vocabulary, pieces, n)
                                    : g_array_new (FALSE, FALSE, sizeof (FoveaBpeMerge));
    return fovea_bpe_new (reading->vocabulary, &options, merges);
}

static FoveaTokenModel *
make_model (const Reading *reading)
{
    if (reading->kind == KIND_UNIGRAM)
        return make_unigram (reading);
    if (reading->kind == KIND_WORDS)
        return fovea_words_model_new (reading->vocabulary, (gint32) known_id (reading, 0),
                                      reading->byte_fallback != 0);
    return make_bpe (reading);
}

static FoveaTokenizer *
make_tokenizer (Reading *reading, const char *config, gsize config_length, GError **error)
{
    g_autoptr (JsonObject) settings = NULL;
    if (config != NULL) {
        settings = read_config (reading, config, config_length, error);
        if (settings == NULL)
            return NULL;
    }
    g_autoptr (JsonObject) stages = make_stages (reading);
    FoveaTokenModel *model = make_model (reading);
    return fovea_tokenizer_new_from_parts (stages, settings, g_steal_pointer (&reading->vocabulary),
                                           model, error);
}

FoveaTokenizer *
fovea_sentencepiece_new (
    const guint8 *bytes, gsize length, const char *config, gsize config_length, GError **error)
{
    /* The format's own defaults, where a field is left out. */
    Reading reading = {
        .vocabulary = fovea_vocabulary_new (),
        .pieces = g_array_new (FALSE, FALSE, sizeof (FoveaScoredToken)),
        .types = g_byte_array_new (),
        .kind = 1,
        .prefix = 1,
        .collapse = 1,
        .escape = 1,
        .ids = {0, 1, 2},
    };
    FoveaTokenizer *tokenizer = NULL;
    if (read_model (&reading, (Message){bytes, bytes, bytes + length}, error))
        tokenizer = make_tokenizer (&reading, config, config_length, error);
    fovea_vocabulary_free (reading.vocabulary);
    g_array_unref (reading.pieces);
    g_byte_array_unref (reading.types);
    return tokenizer;
}
