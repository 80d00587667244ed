/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Normalizers, flattened into a list of stages. A stage reads one text and makes the next; the
 * table at the end maps the names of tokenizer.json to stages. Each is linear in the text. */
#include "capture/tokenizer-normalizer.h"

#include <string.h>

#include "capture/tokenizer-bytes.h"
#include "capture/tokenizer-charmap.h"
#include "capture/tokenizer-pattern.h"
#include "capture/tokenizer-unicode.h"

typedef struct _Stage Stage;
typedef FoveaAlignedText *(*StageApply) (const Stage *stage,
                                         const FoveaAlignedText *text,
                                         GError **error);

struct _Stage {
    StageApply apply;
    FoveaPattern *pattern; /* Replace, Precompiled */
    FoveaPieceRule pieces; /* SentencePiece; Precompiled has its map alone */
    char *content;         /* Replace, Prepend */
    gboolean left, right;  /* Strip */
    gboolean clean, chinese;
    GNormalizeMode mode;
};

struct _FoveaNormalizer {
    GPtrArray *stages;
};

static void
stage_free (gpointer data)
{
    Stage *stage = data;
    fovea_pattern_free (stage->pattern);
    fovea_charmap_free (stage->pieces.map);
    fovea_symbols_free (stage->pieces.symbols);
    g_free (stage->content);
    g_free (stage);
}

static FoveaAlignedText *
apply_prepend (const Stage *stage, const FoveaAlignedText *text, GError **error)
{
    FoveaAlignedText *out = fovea_aligned_text_new (text->bytes->len + strlen (stage->content));
    if (text->bytes->len > 0)
        fovea_aligned_text_replace (out, text, 0, 0, stage->content, strlen (stage->content));
    fovea_aligned_text_copy (out, text, 0, text->bytes->len);
    return out;
}

static FoveaAlignedText *
apply_replace (const Stage *stage, const FoveaAlignedText *text, GError **error)
{
    g_autoptr (GArray) matches = g_array_new (FALSE, FALSE, sizeof (gsize));
    if (!fovea_pattern_find (stage->pattern, text->bytes->str, text->bytes->len, matches, error))
        return NULL;
    FoveaAlignedText *out = fovea_aligned_text_new (text->bytes->len);
    gsize done = 0, n = strlen (stage->content);
    for (guint i = 0; i + 1 < matches->len; i += 2) {
        gsize start = g_array_index (matches, gsize, i),
              end = g_array_index (matches, gsize, i + 1);
        fovea_aligned_text_copy (out, text, done, start);
        fovea_aligned_text_replace (out, text, start, end, stage->content, n);
        done = end;
    }
    fovea_aligned_text_copy (out, text, done, text->bytes->len);
    return out;
}

static FoveaAlignedText *
apply_strip (const Stage *stage, const FoveaAlignedText *text, GError **error)
{
    const char *bytes = text->bytes->str;
    gsize start = 0, end = text->bytes->len;
    while (stage->left && start < end && fovea_unicode_is_space (g_utf8_get_char (bytes + start)))
        start = g_utf8_next_char (bytes + start) - bytes;
    while (stage->right && start < end) {
        const char *last = g_utf8_prev_char (bytes + end);
        if (!fovea_unicode_is_space (g_utf8_get_char (last)))
            break;
        end = last - bytes;
    }
    FoveaAlignedText *out = fovea_aligned_text_new (end - start);
    fovea_aligned_text_copy (out, text, start, end);
    return out;
}

static FoveaAlignedText *
apply_form (const Stage *stage, const FoveaAlignedText *text, GError **error)
{
    return fovea_unicode_normalize (text, stage->mode);
}

static FoveaAlignedText *
apply_lowercase (const Stage *stage, const FoveaAlignedText *text, GError **error)
{
    const char *bytes = text->bytes->str;
    FoveaAlignedText *out = fovea_aligned_text_new (text->bytes->len);
    for (gsize i = 0, next; i < text->bytes->len; i = next) {
        gunichar c = g_utf8_get_char (bytes + i);
        next = g_utf8_next_char (bytes + i) - bytes;
        char low[8];
        int n = g_unichar_to_utf8 (fovea_unicode_lower (c), low);
        /* The one character whose lower case is two: dotted capital I. */
        if (c == 0x130)
            n = (int) g_strlcpy (low, "i\xcc\x87", sizeof low);
        fovea_aligned_text_replace (out, text, i, next, low, n);
    }
    return out;
}

/* Each byte as its character of GPT-2's alphabet. */
static FoveaAlignedText *
apply_byte_level (const Stage *stage, const FoveaAlignedText *text, GError **error)
{
    FoveaAlignedText *out = fovea_aligned_text_new (2 * text->bytes->len);
    for (gsize i = 0; i < text->bytes->len; i++)
        fovea_byte_append (out, text, i);
    return out;
}

static FoveaAlignedText *
drop_marks (const FoveaAlignedText *text, gboolean only_non_spacing)
{
    const char *bytes = text->bytes->str;
    FoveaAlignedText *out = fovea_aligned_text_new (text->bytes->len);
    for (gsize i = 0, next; i < text->bytes->len; i = next) {
        GUnicodeType type = g_unichar_type (g_utf8_get_char (bytes + i));
        next = g_utf8_next_char (bytes + i) - bytes;
        gboolean other = type == G_UNICODE_SPACING_MARK || type == G_UNICODE_ENCLOSING_MARK;
        if (type != G_UNICODE_NON_SPACING_MARK && (only_non_spacing || !other))
            fovea_aligned_text_copy (out, text, i, next);
    }
    return out;
}

static FoveaAlignedText *
apply_strip_accents (const Stage *stage, const FoveaAlignedText *text, GError **error)
{
    return drop_marks (text, FALSE);
}

/* BERT's accents: decompose first, then drop non-spacing marks only. */
static FoveaAlignedText *
apply_bert_accents (const Stage *stage, const FoveaAlignedText *text, GError **error)
{
    g_autoptr (FoveaAlignedText) apart = fovea_unicode_normalize (text, G_NORMALIZE_NFD);
    return drop_marks (apart, TRUE);
}

/* Format characters that upstream's tables, of Unicode 8, do not know. */
static gboolean
is_later_format (gunichar c)
{
    return c == 0x890 || c == 0x891 || c == 0x8E2 || c == 0x110CD || (c >= 0x13430 && c <= 0x1343F);
}

/* A code that no character has is none. */
static gboolean
is_control (gunichar c)
{
    GUnicodeType type = g_unichar_type (c);
    return type == G_UNICODE_CONTROL || (type == G_UNICODE_FORMAT && !is_later_format (c)) ||
           type == G_UNICODE_PRIVATE_USE || type == G_UNICODE_SURROGATE;
}

/* BERT's cleaning: no control characters, every space an ASCII one, ideographs apart. */
static FoveaAlignedText *
apply_bert_clean (const Stage *stage, const FoveaAlignedText *text, GError **error)
{
    const char *bytes = text->bytes->str;
    FoveaAlignedText *out = fovea_aligned_text_new (text->bytes->len);
    for (gsize i = 0, next; i < text->bytes->len; i = next) {
        gunichar c = g_utf8_get_char (bytes + i);
        next = g_utf8_next_char (bytes + i) - bytes;
        gboolean kept = c == '\t' || c == '\n' || c == '\r';
        if (stage->clean && !kept && (c == 0xFFFD || is_control (c)))
            continue;
        if (stage->clean && fovea_unicode_is_space (c))
            fovea_aligned_text_replace (out, text, i, next, " ", 1);
        else if (stage->chinese && fovea_unicode_is_chinese (c)) {
            fovea_aligned_text_replace (out, text, i, i, " ", 1);
            fovea_aligned_text_copy (out, text, i, next);
            fovea_aligned_text_replace (out, text, next, next, " ", 1);
        } else
            fovea_aligned_text_copy (out, text, i, next);
    }
    return out;
}

static FoveaAlignedText *
apply_pieces (const Stage *stage, const FoveaAlignedText *text, GError **error)
{
    return fovea_piece_rule_apply (&stage->pieces, text);
}

/* Bytes [start, end) as the map has them, or as they are; whether it has them. */
static gboolean
append_mapped (
    const Stage *stage, const FoveaAlignedText *text, gsize start, gsize end, FoveaAlignedText *out)
{
    gsize used;
    const char *to =
        fovea_charmap_find (stage->pieces.map, text->bytes->str + start, end - start, FALSE, &used);
    if (to != NULL)
        fovea_aligned_text_replace (out, text, start, end, to, strlen (to));
    return to != NULL;
}

/* The library's own way with such a map, not SentencePiece's: what a person sees as a character is
 * looked up as a whole if it is short, and a key that it only begins with counts; else each of its
 * characters is. */
static FoveaAlignedText *
apply_precompiled (const Stage *stage, const FoveaAlignedText *text, GError **error)
{
    enum {
        LONGEST = 5 /* bytes */
    };
    const char *bytes = text->bytes->str;
    g_autoptr (GArray) seen = g_array_new (FALSE, FALSE, sizeof (gsize));
    if (!fovea_pattern_find (stage->pattern, bytes, text->bytes->len, seen, error))
        return NULL;
    FoveaAlignedText *out = fovea_aligned_text_new (text->bytes->len);
    for (guint i = 0; i + 1 < seen->len; i += 2) {
        gsize start = g_array_index (seen, gsize, i), end = g_array_index (seen, gsize, i + 1);
        if (end - start <= LONGEST && append_mapped (stage, text, start, end, out))
            continue;
        for (gsize at = start, next; at < end; at = next) {
            next = MIN (at + (gsize) g_utf8_skip[(guchar) bytes[at]], end);
            if (!append_mapped (stage, text, at, next, out))
                fovea_aligned_text_copy (out, text, at, next);
        }
    }
    return out;
}

/* What "nmt" does: control characters go, other separators become a space. */
static FoveaAlignedText *
apply_nmt (const Stage *stage, const FoveaAlignedText *text, GError **error)
{
    static const gunichar spaces[] = {0x9,    0xa,    0xc,    0xd,    0x1680, 0x2028,
                                      0x2029, 0x2581, 0xfeff, 0xfffd, 0};
    const char *bytes = text->bytes->str;
    FoveaAlignedText *out = fovea_aligned_text_new (text->bytes->len);
    for (gsize i = 0, next; i < text->bytes->len; i = next) {
        gunichar c = g_utf8_get_char (bytes + i);
        gboolean space = c >= 0x200b && c <= 0x200f;
        next = g_utf8_next_char (bytes + i) - bytes;
        for (guint k = 0; spaces[k] != 0; k++)
            space = space || c == spaces[k];
        if (space)
            fovea_aligned_text_replace (out, text, i, next, " ", 1);
        else if (!(c >= 1 && c < 0x20) && c != 0x7f && c != 0x8f && c != 0x9f)
            fovea_aligned_text_copy (out, text, i, next);
    }
    return out;
}

static Stage *
add_stage (FoveaNormalizer *normalizer, StageApply apply)
{
    Stage *stage = g_new0 (Stage, 1);
    stage->apply = apply;
    g_ptr_array_add (normalizer->stages, stage);
    return stage;
}

static void
add_bert (FoveaNormalizer *normalizer, JsonObject *object)
{
    gboolean lowercase = fovea_tokenizer_json_boolean (object, "lowercase", TRUE);
    Stage *clean = add_stage (normalizer, apply_bert_clean);
    clean->clean = fovea_tokenizer_json_boolean (object, "clean_text", TRUE);
    clean->chinese = fovea_tokenizer_json_boolean (object, "handle_chinese_chars", TRUE);
    if (fovea_tokenizer_json_boolean (object, "strip_accents", lowercase))
        add_stage (normalizer, apply_bert_accents);
    if (lowercase)
        add_stage (normalizer, apply_lowercase);
}

static const struct {
    const char *type;
    StageApply apply;
    GNormalizeMode mode;
} kinds[] = {
    {"Prepend", apply_prepend},
    {"Replace", apply_replace},
    {"Strip", apply_strip},
    {"Lowercase", apply_lowercase},
    {"StripAccents", apply_strip_accents},
    {"Nmt", apply_nmt},
    {"ByteLevel", apply_byte_level},
    {"NFC", apply_form, G_NORMALIZE_NFC},
    {"NFD", apply_form, G_NORMALIZE_NFD},
    {"NFKC", apply_form, G_NORMALIZE_NFKC},
    {"NFKD", apply_form, G_NORMALIZE_NFKD},
};

static gboolean
add_kind (FoveaNormalizer *normalizer, const char *type, JsonObject *object, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
        if (strcmp (type, kinds[i].type) != 0)
            continue;
        Stage *stage = add_stage (normalizer, kinds[i].apply);
        stage->mode = kinds[i].mode;
        const char *member = stage->apply == apply_prepend ? "prepend" : "content";
        stage->content = g_strdup (fovea_tokenizer_json_string (object, member, ""));
        stage->left = fovea_tokenizer_json_boolean (object, "strip_left", TRUE);
        stage->right = fovea_tokenizer_json_boolean (object, "strip_right", TRUE);
        if (stage->apply != apply_replace)
            return TRUE;
        stage->pattern = fovea_pattern_new_from_json (object, error);
        return stage->pattern != NULL;
    }
    return fovea_tokenizer_refuse ("normalizer", type, error);
}

/* The map in base64; none or an empty one is none. */
static gboolean
read_map (JsonObject *object, FoveaCharmap **map, GError **error)
{
    const char *text = fovea_tokenizer_json_string (object, "precompiled_charsmap", "");
    gsize n = 0;
    if (*text == '\0')
        return TRUE;
    g_autofree guint8 *bytes = g_base64_decode (text, &n);
    *map = fovea_charmap_new (bytes, n, error);
    return *map != NULL;
}

static gboolean
add_precompiled (FoveaNormalizer *normalizer, JsonObject *object, GError **error)
{
    g_autoptr (FoveaCharmap) map = NULL;
    if (!read_map (object, &map, error))
        return FALSE;
    if (map == NULL)
        return TRUE;
    Stage *stage = add_stage (normalizer, apply_precompiled);
    stage->pieces.map = g_steal_pointer (&map);
    stage->pattern = fovea_pattern_new_regex ("\\X", error);
    return stage->pattern != NULL;
}

/* A list of texts; none is none. */
static gboolean
read_symbols (JsonObject *object, FoveaSymbols **symbols, GError **error)
{
    g_autoptr (GError) local = NULL;
    JsonArray *list = fovea_tokenizer_json_array (object, "user_defined_symbols", &local);
    if (local != NULL) {
        g_propagate_error (error, g_steal_pointer (&local));
        return FALSE;
    }
    if (list == NULL)
        return TRUE;
    *symbols = fovea_symbols_new ();
    for (guint i = 0; i < json_array_get_length (list); i++) {
        JsonNode *node = json_array_get_element (list, i);
        if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                         "tokenizer.json: element %u of 'user_defined_symbols' is no text", i);
            return FALSE;
        }
        fovea_symbols_add (*symbols, json_node_get_string (node), (gint32) i);
    }
    fovea_symbols_seal (*symbols);
    return TRUE;
}

static gboolean
add_pieces (FoveaNormalizer *normalizer, JsonObject *object, GError **error)
{
    Stage *stage = add_stage (normalizer, apply_pieces);
    FoveaPieceRule *rule = &stage->pieces;
    rule->add_dummy_prefix = fovea_tokenizer_json_boolean (object, "add_dummy_prefix", TRUE);
    rule->remove_extra_whitespaces =
        fovea_tokenizer_json_boolean (object, "remove_extra_whitespaces", TRUE);
    rule->escape_whitespaces = fovea_tokenizer_json_boolean (object, "escape_whitespaces", TRUE);
    rule->treat_whitespace_as_suffix =
        fovea_tokenizer_json_boolean (object, "treat_whitespace_as_suffix", FALSE);
    return read_map (object, &rule->map, error) && read_symbols (object, &rule->symbols, error);
}

static gboolean
add_from_json (gpointer data, JsonObject *object, GError **error)
{
    FoveaNormalizer *normalizer = data;
    const char *type = fovea_tokenizer_json_string (object, "type", "?");
    if (strcmp (type, "Sequence") == 0)
        return fovea_tokenizer_json_parts (object, "normalizers", add_from_json, data, error);
    if (strcmp (type, "Precompiled") == 0)
        return add_precompiled (normalizer, object, error);
    if (strcmp (type, "SentencePiece") == 0)
        return add_pieces (normalizer, object, error);
    if (strcmp (type, "BertNormalizer") != 0)
        return add_kind (normalizer, type, object, error);
    add_bert (normalizer, object);
    return TRUE;
}

FoveaNormalizer *
fovea_normalizer_new_from_json (JsonObject *object, GError **error)
{
    g_autoptr (FoveaNormalizer) normalizer = g_new0 (FoveaNormalizer, 1);
    normalizer->stages = g_ptr_array_new_with_free_func (stage_free);
    if (object != NULL && !add_from_json (normalizer, object, error))
        return NULL;
    return g_steal_pointer (&normalizer);
}

void
fovea_normalizer_free (FoveaNormalizer *normalizer)
{
    if (normalizer == NULL)
        return;
    g_ptr_array_unref (normalizer->stages);
    g_free (normalizer);
}

FoveaAlignedText *
fovea_normalizer_apply (const FoveaNormalizer *normalizer, FoveaAlignedText *text, GError **error)
{
    for (guint i = 0; text != NULL && i < normalizer->stages->len; i++) {
        const Stage *stage = g_ptr_array_index (normalizer->stages, i);
        FoveaAlignedText *next = stage->apply (stage, text, error);
        fovea_aligned_text_free (text);
        text = next;
    }
    return text;
}
