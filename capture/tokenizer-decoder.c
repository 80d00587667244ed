/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Decoders, flattened into stages over the list of token texts. A stage works on the list (joins,
 * or looks at what comes first), and those that mean something for a token by itself also have a
 * single-token form. Bytes that are no UTF-8 pass through untouched. */
#include "capture/tokenizer-decoder.h"

#include <string.h>

#include "capture/tokenizer-bytes.h"
#include "capture/tokenizer-pattern.h"

typedef struct _Stage Stage;

typedef struct {
    const char *type;
    void (*apply) (const Stage *stage, GPtrArray *tokens);
    void (*show) (const Stage *stage, GString *token); /* NULL: nothing for a token by itself */
} Kind;

struct _Stage {
    const Kind *kind;
    FoveaPattern *pattern; /* Replace */
    char *content;         /* Replace, Strip, prefix, suffix, replacement, padding */
    char *delimiter;       /* CTC: of words */
    gint64 start, stop;    /* Strip */
    gboolean cleanup;      /* WordPiece, CTC */
    gboolean drop_first;   /* Metaspace */
};

struct _FoveaDecoder {
    GPtrArray *stages;
};

static void
free_string (gpointer string)
{
    g_string_free (string, TRUE);
}

static void
stage_free (gpointer data)
{
    Stage *stage = data;
    fovea_pattern_free (stage->pattern);
    g_free (stage->content);
    g_free (stage->delimiter);
    g_free (stage);
}

static void
apply_each (const Stage *stage, GPtrArray *tokens)
{
    for (guint i = 0; i < tokens->len; i++)
        stage->kind->show (stage, g_ptr_array_index (tokens, i));
}

static GString *
join (GPtrArray *tokens, const char *between)
{
    GString *all = g_string_new (NULL);
    for (guint i = 0; i < tokens->len; i++) {
        const GString *token = g_ptr_array_index (tokens, i);
        if (i > 0)
            g_string_append (all, between);
        g_string_append_len (all, token->str, token->len);
    }
    return all;
}

static void
apply_fuse (const Stage *stage, GPtrArray *tokens)
{
    GString *all = join (tokens, "");
    g_ptr_array_set_size (tokens, 0);
    g_ptr_array_add (tokens, all);
}

static void
show_byte_level (const Stage *stage, GString *token)
{
    g_autofree char *text = g_strndup (token->str, token->len);
    gsize length = token->len;
    g_string_truncate (token, 0);
    fovea_byte_decode (text, length, token);
}

static void
apply_byte_level (const Stage *stage, GPtrArray *tokens)
{
    apply_each (stage, tokens);
    apply_fuse (stage, tokens);
}

static void
show_replace (const Stage *stage, GString *token)
{
    if (!g_utf8_validate_len (token->str, token->len, NULL))
        return;
    g_autoptr (GArray) matches = g_array_new (FALSE, FALSE, sizeof (gsize));
    if (!fovea_pattern_find (stage->pattern, token->str, token->len, matches, NULL))
        return;
    for (guint i = matches->len; i >= 2; i -= 2) {
        gsize start = g_array_index (matches, gsize, i - 2);
        g_string_erase (token, start, g_array_index (matches, gsize, i - 1) - start);
        g_string_insert (token, start, stage->content);
    }
}

static void
show_byte_fallback (const Stage *stage, GString *token)
{
    const char *t = token->str;
    if (token->len != 6 || !g_str_has_prefix (t, "<0x") || t[5] != '>' ||
        !g_ascii_isxdigit (t[3]) || !g_ascii_isxdigit (t[4]))
        return;
    int byte = g_ascii_xdigit_value (t[3]) * 16 + g_ascii_xdigit_value (t[4]);
    g_string_truncate (token, 0);
    g_string_append_c (token, (char) byte);
}

static void
apply_strip (const Stage *stage, GPtrArray *tokens)
{
    gsize n = strlen (stage->content);
    for (guint i = 0; n > 0 && i < tokens->len; i++) {
        GString *token = g_ptr_array_index (tokens, i);
        for (gint64 k = 0; k < stage->start && g_str_has_prefix (token->str, stage->content); k++)
            g_string_erase (token, 0, n);
        for (gint64 k = 0; k < stage->stop && g_str_has_suffix (token->str, stage->content); k++)
            g_string_truncate (token, token->len - n);
    }
}

static void
show_wordpiece (const Stage *stage, GString *token)
{
    if (g_str_has_prefix (token->str, stage->content))
        g_string_erase (token, 0, strlen (stage->content));
}

/* English spacing as BERT's authors tidied it; @token may begin with the space between words. */
static void
clean_up (GString *token)
{
    static const char *const rules[][2] = {
        {" .", "."},   {" ?", "?"},     {" !", "!"},     {" ,", ","},
        {" ' ", "'"},  {" n't", "n't"}, {" 'm", "'m"},   {" do not", " don't"},
        {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"},
    };
    for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
        g_string_replace (token, rules[i][0], rules[i][1], 0);
}

static void
apply_wordpiece (const Stage *stage, GPtrArray *tokens)
{
    for (guint i = 0; i < tokens->len; i++) {
        GString *token = g_ptr_array_index (tokens, i);
        if (i > 0 && g_str_has_prefix (token->str, stage->content))
            show_wordpiece (stage, token);
        else if (i > 0)
            g_string_prepend_c (token, ' ');
        if (stage->cleanup)
            clean_up (token);
    }
}

static void
show_metaspace (const Stage *stage, GString *token)
{
    g_string_replace (token, stage->content, " ", 0);
}

static void
apply_metaspace (const Stage *stage, GPtrArray *tokens)
{
    if (stage->drop_first && tokens->len > 0)
        g_string_replace (g_ptr_array_index (tokens, 0), stage->content, "", 0);
    apply_each (stage, tokens);
}

static void
show_suffix (const Stage *stage, GString *token)
{
    g_string_replace (token, stage->content, " ", 0);
}

static void
apply_suffix (const Stage *stage, GPtrArray *tokens)
{
    if (tokens->len > 0)
        g_string_replace (g_ptr_array_index (tokens, tokens->len - 1), stage->content, "", 0);
    apply_each (stage, tokens);
}

/* An empty @from is found nowhere. */
static void
replace_all (GString *token, const char *from, const char *to)
{
    if (*from != '\0')
        g_string_replace (token, from, to, 0);
}

static void
show_ctc (const Stage *stage, GString *token)
{
    replace_all (token, stage->content, "");
    if (!stage->cleanup)
        return;
    clean_up (token);
    replace_all (token, stage->delimiter, " ");
}

/* One token was said for every frame of sound: what is repeated counts once, and a letter that is
 * really double has padding between. */
static void
apply_ctc (const Stage *stage, GPtrArray *tokens)
{
    for (guint i = tokens->len; i > 1; i--)
        if (g_string_equal (g_ptr_array_index (tokens, i - 1), g_ptr_array_index (tokens, i - 2)))
            g_ptr_array_remove_index (tokens, i - 1);
    apply_each (stage, tokens);
}

static const Kind kinds[] = {
    {"ByteLevel", apply_byte_level, show_byte_level},
    {"Replace", apply_each, show_replace},
    {"ByteFallback", apply_each, show_byte_fallback},
    {"Fuse", apply_fuse, NULL},
    {"Strip", apply_strip, NULL},
    {"WordPiece", apply_wordpiece, show_wordpiece},
    {"Metaspace", apply_metaspace, show_metaspace},
    {"BPEDecoder", apply_suffix, show_suffix},
    {"CTC", apply_ctc, show_ctc},
};

/* Member and default of the text that a kind works with. */
static char *
read_content (const char *type, JsonObject *object)
{
    if (strcmp (type, "WordPiece") == 0)
        return g_strdup (fovea_tokenizer_json_string (object, "prefix", "##"));
    if (strcmp (type, "Metaspace") == 0)
        return g_strdup (fovea_tokenizer_json_string (object, "replacement", "\u2581"));
    if (strcmp (type, "BPEDecoder") == 0)
        return g_strdup (fovea_tokenizer_json_string (object, "suffix", "</w>"));
    if (strcmp (type, "CTC") == 0)
        return g_strdup (fovea_tokenizer_json_string (object, "pad_token", "<pad>"));
    return g_strdup (fovea_tokenizer_json_string (object, "content", ""));
}

static gboolean
add_kind (FoveaDecoder *decoder, const Kind *kind, JsonObject *object, GError **error)
{
    Stage *stage = g_new0 (Stage, 1);
    g_ptr_array_add (decoder->stages, stage);
    stage->kind = kind;
    stage->content = read_content (kind->type, object);
    stage->delimiter = g_strdup (fovea_tokenizer_json_string (object, "word_delimiter_token", "|"));
    stage->start = fovea_tokenizer_json_integer (object, "start", 0);
    stage->stop = fovea_tokenizer_json_integer (object, "stop", 0);
    stage->cleanup = fovea_tokenizer_json_boolean (object, "cleanup", TRUE);
    gboolean prefix = fovea_tokenizer_json_boolean (object, "add_prefix_space", TRUE);
    const char *scheme =
        fovea_tokenizer_json_string (object, "prepend_scheme", prefix ? "always" : "never");
    stage->drop_first = strcmp (scheme, "never") != 0;
    if (kind->show != show_replace)
        return TRUE;
    stage->pattern = fovea_pattern_new_from_json (object, error);
    return stage->pattern != NULL;
}

static gboolean
add_from_json (gpointer data, JsonObject *object, GError **error)
{
    const char *type = fovea_tokenizer_json_string (object, "type", "?");
    if (strcmp (type, "Sequence") == 0)
        return fovea_tokenizer_json_parts (object, "decoders", add_from_json, data, error);
    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
        if (strcmp (type, kinds[i].type) == 0)
            return add_kind (data, &kinds[i], object, error);
    return fovea_tokenizer_refuse ("decoder", type, error);
}

FoveaDecoder *
fovea_decoder_new_from_json (JsonObject *object, GError **error)
{
    g_autoptr (FoveaDecoder) decoder = g_new0 (FoveaDecoder, 1);
    decoder->stages = g_ptr_array_new_with_free_func (stage_free);
    if (object != NULL && !add_from_json (decoder, object, error))
        return NULL;
    return g_steal_pointer (&decoder);
}

void
fovea_decoder_free (FoveaDecoder *decoder)
{
    if (decoder == NULL)
        return;
    g_ptr_array_unref (decoder->stages);
    g_free (decoder);
}

GPtrArray *
fovea_decoder_new_list (void)
{
    return g_ptr_array_new_with_free_func (free_string);
}

GString *
fovea_decoder_apply (const FoveaDecoder *decoder, GPtrArray *tokens)
{
    for (guint i = 0; i < decoder->stages->len; i++) {
        const Stage *stage = g_ptr_array_index (decoder->stages, i);
        stage->kind->apply (stage, tokens);
    }
    return join (tokens, decoder->stages->len == 0 ? " " : "");
}

void
fovea_decoder_show (const FoveaDecoder *decoder, GString *token)
{
    for (guint i = 0; i < decoder->stages->len; i++) {
        const Stage *stage = g_ptr_array_index (decoder->stages, i);
        if (stage->kind->show != NULL)
            stage->kind->show (stage, token);
    }
}
