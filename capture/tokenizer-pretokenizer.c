/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Pre-tokenizers, flattened into stages of two sorts: those that cut words (by a pattern or by a
 * class of characters) and those that rewrite each word (byte alphabet, prefix space, metaspace).
 * Patterns see one word at a time, so no look-ahead reaches into the next. */
#include "capture/tokenizer-pretokenizer.h"

#include <string.h>

#include "capture/tokenizer-bytes.h"
#include "capture/tokenizer-pattern.h"
#include "capture/tokenizer-scripts.h"
#include "capture/tokenizer-unicode.h"

#define GPT2_PATTERN                                                                               \
    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"

typedef enum {
    REMOVED,
    ISOLATED,
    MERGED_WITH_PREVIOUS,
    MERGED_WITH_NEXT,
    CONTIGUOUS,
    N_BEHAVIORS
} Behavior;

static const char *const behavior_names[N_BEHAVIORS] = {"Removed", "Isolated", "MergedWithPrevious",
                                                        "MergedWithNext", "Contiguous"};

typedef struct _Stage Stage;
typedef gboolean (*StageApply) (const Stage *stage,
                                FoveaWords *words,
                                gboolean first,
                                GError **error);
typedef gboolean (*CharClass) (gunichar c);

struct _Stage {
    StageApply apply;
    FoveaPattern *pattern; /* cutting: at matches of a pattern ... */
    CharClass is_cut;      /* ... or at each character of a class */
    Behavior behavior;
    gboolean invert;
    char *replacement; /* Metaspace */
    gboolean only_first;
};

struct _FoveaPretokenizer {
    GPtrArray *stages;
    gboolean byte_level;
};

/* A part of a word, and whether it is a cut or stands between cuts. */
typedef struct {
    gsize start, end;
    gboolean is_cut;
} Part;

FoveaWords *
fovea_words_new (FoveaAlignedText *text)
{
    FoveaWords *words = g_new (FoveaWords, 1);
    words->text = text;
    words->ranges = g_array_new (FALSE, FALSE, sizeof (FoveaSpan));
    FoveaSpan all = {0, text->bytes->len};
    if (all.end > 0)
        g_array_append_val (words->ranges, all);
    return words;
}

void
fovea_words_free (FoveaWords *words)
{
    if (words == NULL)
        return;
    fovea_aligned_text_free (words->text);
    g_array_unref (words->ranges);
    g_free (words);
}

static void
stage_free (gpointer data)
{
    Stage *stage = data;
    fovea_pattern_free (stage->pattern);
    g_free (stage->replacement);
    g_free (stage);
}

static void
add_part (GArray *parts, gsize start, gsize end, gboolean is_cut)
{
    Part part = {start, end, is_cut};
    if (start < end)
        g_array_append_val (parts, part);
}

/* Appends the cuts in bytes [0, n) as pairs of start and end. */
static gboolean
find_cuts (const Stage *stage, const char *bytes, gsize n, GArray *cuts, GError **error)
{
    if (stage->pattern != NULL)
        return fovea_pattern_find (stage->pattern, bytes, n, cuts, error);
    for (gsize i = 0, next; i < n; i = next) {
        next = g_utf8_next_char (bytes + i) - bytes;
        gsize cut[2] = {i, next};
        if (stage->is_cut (g_utf8_get_char (bytes + i)))
            g_array_append_vals (cuts, cut, 2);
    }
    return TRUE;
}

/* Cuts and what stands between them, as parts of the whole text that cover the word. */
static void
list_parts (const Stage *stage, FoveaSpan word, const GArray *cuts, GArray *parts)
{
    gsize done = word.start;
    for (guint i = 0; i + 1 < cuts->len; i += 2) {
        gsize start = word.start + g_array_index (cuts, gsize, i);
        gsize end = word.start + g_array_index (cuts, gsize, i + 1);
        add_part (parts, done, start, stage->invert);
        add_part (parts, start, end, !stage->invert);
        done = end;
    }
    add_part (parts, done, word.end, stage->invert);
}

/* Whether part @i is joined to part @i - 1. Only the first cut of a run joins its neighbour. */
static gboolean
joins_previous (Behavior behavior, const GArray *parts, guint i)
{
    gboolean here = g_array_index (parts, Part, i).is_cut;
    gboolean before = g_array_index (parts, Part, i - 1).is_cut;
    switch (behavior) {
    case MERGED_WITH_PREVIOUS:
        return here && !before;
    case MERGED_WITH_NEXT:
        return before && !here;
    case CONTIGUOUS:
        return before == here;
    default:
        return FALSE;
    }
}

static void
emit_parts (Behavior behavior, const GArray *parts, GArray *ranges)
{
    for (guint i = 0; i < parts->len; i++) {
        const Part *part = &g_array_index (parts, Part, i);
        FoveaSpan range = {part->start, part->end};
        if (behavior == REMOVED && part->is_cut)
            continue;
        if (i > 0 && joins_previous (behavior, parts, i))
            g_array_index (ranges, FoveaSpan, ranges->len - 1).end = part->end;
        else
            g_array_append_val (ranges, range);
    }
}

static gboolean
apply_cut (const Stage *stage, FoveaWords *words, gboolean first, GError **error)
{
    g_autoptr (GArray) cuts = g_array_new (FALSE, FALSE, sizeof (gsize));
    g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (Part));
    g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (FoveaSpan));
    for (guint i = 0; i < words->ranges->len; i++) {
        FoveaSpan word = g_array_index (words->ranges, FoveaSpan, i);
        g_array_set_size (cuts, 0);
        g_array_set_size (parts, 0);
        if (!find_cuts (stage, words->text->bytes->str + word.start, word.end - word.start, cuts,
                        error))
            return FALSE;
        list_parts (stage, word, cuts, parts);
        emit_parts (stage->behavior, parts, ranges);
    }
    g_array_unref (words->ranges);
    words->ranges = g_steal_pointer (&ranges);
    return TRUE;
}

/* Words begin where the script changes; what stands before the first begins none. */
static gboolean
apply_scripts (const Stage *stage, FoveaWords *words, gboolean first, GError **error)
{
    g_autoptr (GArray) starts = g_array_new (FALSE, FALSE, sizeof (gsize));
    g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (FoveaSpan));
    for (guint i = 0; i < words->ranges->len; i++) {
        FoveaSpan word = g_array_index (words->ranges, FoveaSpan, i);
        g_array_set_size (starts, 0);
        fovea_scripts_find (words->text->bytes->str + word.start, word.end - word.start, starts);
        for (guint k = 0; k < starts->len; k++) {
            FoveaSpan part = {word.start + g_array_index (starts, gsize, k), word.end};
            if (k + 1 < starts->len)
                part.end = word.start + g_array_index (starts, gsize, k + 1);
            g_array_append_val (ranges, part);
        }
    }
    g_array_unref (words->ranges);
    words->ranges = g_steal_pointer (&ranges);
    return TRUE;
}

/* Rewriting: @append gives the new bytes of each word. As in the library, those are first that come from the
 * text's beginning: none behind blanks that a cut has removed, and two where a normalizer put one in
 * front. */
typedef void (*WordRewrite) (const Stage *stage,
                             const FoveaAlignedText *from,
                             FoveaSpan word,
                             gboolean first,
                             FoveaAlignedText *to);

static void
rewrite_words (const Stage *stage, FoveaWords *words, gboolean first, WordRewrite append)
{
    FoveaAlignedText *text = fovea_aligned_text_new (words->text->bytes->len);
    for (guint i = 0; i < words->ranges->len; i++) {
        FoveaSpan *word = &g_array_index (words->ranges, FoveaSpan, i);
        gsize start = text->bytes->len;
        gboolean begins =
            fovea_aligned_text_span (words->text, word->start, word->start).start == 0;
        append (stage, words->text, *word, first && begins, text);
        *word = (FoveaSpan){start, text->bytes->len};
    }
    fovea_aligned_text_free (words->text);
    words->text = text;
}

static void
append_byte_alphabet (const Stage *stage,
                      const FoveaAlignedText *from,
                      FoveaSpan word,
                      gboolean first,
                      FoveaAlignedText *to)
{
    for (gsize i = word.start; i < word.end; i++)
        fovea_byte_append (to, from, i);
}

static gboolean
apply_byte_alphabet (const Stage *stage, FoveaWords *words, gboolean first, GError **error)
{
    rewrite_words (stage, words, first, append_byte_alphabet);
    return TRUE;
}

static void
append_prefix_space (const Stage *stage,
                     const FoveaAlignedText *from,
                     FoveaSpan word,
                     gboolean first,
                     FoveaAlignedText *to)
{
    if (from->bytes->str[word.start] != ' ')
        fovea_aligned_text_replace (to, from, word.start, word.start, " ", 1);
    fovea_aligned_text_copy (to, from, word.start, word.end);
}

static gboolean
apply_prefix_space (const Stage *stage, FoveaWords *words, gboolean first, GError **error)
{
    rewrite_words (stage, words, first, append_prefix_space);
    return TRUE;
}

/* Each space becomes the replacement. */
static void
append_metaspace (const Stage *stage,
                  const FoveaAlignedText *from,
                  FoveaSpan word,
                  gboolean first,
                  FoveaAlignedText *to)
{
    gsize n = strlen (stage->replacement);
    for (gsize i = word.start; i < word.end; i++) {
        if (from->bytes->str[i] == ' ')
            fovea_aligned_text_replace (to, from, i, i + 1, stage->replacement, n);
        else
            fovea_aligned_text_copy (to, from, i, i + 1);
    }
}

static gboolean
apply_metaspace (const Stage *stage, FoveaWords *words, gboolean first, GError **error)
{
    rewrite_words (stage, words, first, append_metaspace);
    return TRUE;
}

static void
append_with_metaspace (const Stage *stage,
                       const FoveaAlignedText *from,
                       FoveaSpan word,
                       gboolean first,
                       FoveaAlignedText *to)
{
    gsize n = strlen (stage->replacement);
    gboolean has = word.end - word.start >= n &&
                   memcmp (from->bytes->str + word.start, stage->replacement, n) == 0;
    if (!has && (first || !stage->only_first))
        fovea_aligned_text_replace (to, from, word.start, word.start, stage->replacement, n);
    fovea_aligned_text_copy (to, from, word.start, word.end);
}

static gboolean
apply_metaspace_prefix (const Stage *stage, FoveaWords *words, gboolean first, GError **error)
{
    rewrite_words (stage, words, first, append_with_metaspace);
    return TRUE;
}

static Stage *
add_stage (FoveaPretokenizer *pretokenizer, StageApply apply)
{
    Stage *stage = g_new0 (Stage, 1);
    stage->apply = apply;
    g_ptr_array_add (pretokenizer->stages, stage);
    return stage;
}

static void
add_class (FoveaPretokenizer *pretokenizer, CharClass is_cut, Behavior behavior)
{
    Stage *stage = add_stage (pretokenizer, apply_cut);
    stage->is_cut = is_cut;
    stage->behavior = behavior;
}

static gboolean
add_regex (FoveaPretokenizer *pretokenizer,
           const char *regex,
           Behavior behavior,
           gboolean invert,
           GError **error)
{
    Stage *stage = add_stage (pretokenizer, apply_cut);
    stage->behavior = behavior;
    stage->invert = invert;
    stage->pattern = fovea_pattern_new_regex (regex, error);
    return stage->pattern != NULL;
}

static gboolean
parse_behavior (JsonObject *object, const char *fallback, Behavior *behavior, GError **error)
{
    const char *name = fovea_tokenizer_json_string (object, "behavior", fallback);
    for (guint i = 0; i < N_BEHAVIORS; i++)
        if (g_ascii_strcasecmp (name, behavior_names[i]) == 0) {
            *behavior = i;
            return TRUE;
        }
    return fovea_tokenizer_refuse ("split behavior", name, error);
}

static gboolean
add_split (FoveaPretokenizer *pretokenizer, JsonObject *object, GError **error)
{
    Stage *stage = add_stage (pretokenizer, apply_cut);
    stage->invert = fovea_tokenizer_json_boolean (object, "invert", FALSE);
    stage->pattern = fovea_pattern_new_from_json (object, error);
    return stage->pattern != NULL && parse_behavior (object, "", &stage->behavior, error);
}

static gboolean
add_byte_level (FoveaPretokenizer *pretokenizer, JsonObject *object, GError **error)
{
    if (fovea_tokenizer_json_boolean (object, "add_prefix_space", TRUE))
        add_stage (pretokenizer, apply_prefix_space);
    if (fovea_tokenizer_json_boolean (object, "use_regex", TRUE) &&
        !add_regex (pretokenizer, GPT2_PATTERN, ISOLATED, FALSE, error))
        return FALSE;
    add_stage (pretokenizer, apply_byte_alphabet);
    pretokenizer->byte_level = TRUE;
    return TRUE;
}

static gboolean
add_metaspace (FoveaPretokenizer *pretokenizer, JsonObject *object, GError **error)
{
    gboolean prefix = fovea_tokenizer_json_boolean (object, "add_prefix_space", TRUE);
    const char *scheme =
        fovea_tokenizer_json_string (object, "prepend_scheme", prefix ? "always" : "never");
    const char *replacement = fovea_tokenizer_json_string (object, "replacement", "\u2581");
    add_stage (pretokenizer, apply_metaspace)->replacement = g_strdup (replacement);
    if (strcmp (scheme, "never") != 0) {
        Stage *stage = add_stage (pretokenizer, apply_metaspace_prefix);
        stage->replacement = g_strdup (replacement);
        stage->only_first = strcmp (scheme, "first") == 0;
    }
    if (!fovea_tokenizer_json_boolean (object, "split", TRUE))
        return TRUE;
    g_autofree char *quoted = g_strconcat ("\\Q", replacement, "\\E", NULL);
    return add_regex (pretokenizer, quoted, MERGED_WITH_NEXT, FALSE, error);
}

static gboolean
add_bert (FoveaPretokenizer *pretokenizer, JsonObject *object, GError **error)
{
    add_class (pretokenizer, fovea_unicode_is_space, REMOVED);
    add_class (pretokenizer, fovea_unicode_is_punctuation, ISOLATED);
    return TRUE;
}

static gboolean
add_whitespace (FoveaPretokenizer *pretokenizer, JsonObject *object, GError **error)
{
    return add_regex (pretokenizer, "[" FOVEA_PATTERN_WORD "]+|[^" FOVEA_PATTERN_WORD "\\s]+",
                      REMOVED, TRUE, error);
}

/* Every character of one kind goes. */
static gboolean
add_delimiter (FoveaPretokenizer *pretokenizer, JsonObject *object, GError **error)
{
    const char *delimiter = fovea_tokenizer_json_string (object, "delimiter", "");
    if (g_utf8_strlen (delimiter, -1) != 1) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                     "tokenizer.json: 'delimiter' '%.20s' is not one character", delimiter);
        return FALSE;
    }
    g_autofree char *code = g_strdup_printf ("\\x{%x}", g_utf8_get_char (delimiter));
    return add_regex (pretokenizer, code, REMOVED, FALSE, error);
}

/* Runs of so many characters. */
static gboolean
add_fixed_length (FoveaPretokenizer *pretokenizer, JsonObject *object, GError **error)
{
    enum {
        MOST = 65535 /* repeats of a pattern */
    };
    gint64 length = json_object_get_int_member_with_default (object, "length", 5);
    if (length < 1 || length > MOST) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                     "tokenizer.json: 'length' %" G_GINT64_FORMAT " of FixedLength is not 1 to %d",
                     length, MOST);
        return FALSE;
    }
    g_autofree char *pattern = g_strdup_printf ("(?s).{1,%d}", (int) length);
    return add_regex (pretokenizer, pattern, ISOLATED, FALSE, error);
}

static gboolean
add_whitespace_split (FoveaPretokenizer *pretokenizer, JsonObject *object, GError **error)
{
    add_class (pretokenizer, fovea_unicode_is_space, REMOVED);
    return TRUE;
}

static gboolean
is_number (gunichar c)
{
    GUnicodeType type = g_unichar_type (c);
    return type == G_UNICODE_DECIMAL_NUMBER || type == G_UNICODE_LETTER_NUMBER ||
           type == G_UNICODE_OTHER_NUMBER;
}

static gboolean
add_digits (FoveaPretokenizer *pretokenizer, JsonObject *object, GError **error)
{
    gboolean each = fovea_tokenizer_json_boolean (object, "individual_digits", FALSE);
    add_class (pretokenizer, is_number, each ? ISOLATED : CONTIGUOUS);
    return TRUE;
}

static gboolean
add_punctuation (FoveaPretokenizer *pretokenizer, JsonObject *object, GError **error)
{
    Behavior behavior = ISOLATED;
    if (!parse_behavior (object, "Isolated", &behavior, error))
        return FALSE;
    add_class (pretokenizer, fovea_unicode_is_punctuation, behavior);
    return TRUE;
}

static gboolean
add_scripts (FoveaPretokenizer *pretokenizer, JsonObject *object, GError **error)
{
    add_stage (pretokenizer, apply_scripts);
    return TRUE;
}

static const struct {
    const char *type;
    gboolean (*add) (FoveaPretokenizer *pretokenizer, JsonObject *object, GError **error);
} kinds[] = {
    {"ByteLevel", add_byte_level},
    {"Split", add_split},
    {"Metaspace", add_metaspace},
    {"BertPreTokenizer", add_bert},
    {"Whitespace", add_whitespace},
    {"WhitespaceSplit", add_whitespace_split},
    {"Digits", add_digits},
    {"Punctuation", add_punctuation},
    {"CharDelimiterSplit", add_delimiter},
    {"FixedLength", add_fixed_length},
    {"UnicodeScripts", add_scripts},
};

static gboolean
add_from_json (gpointer data, JsonObject *object, GError **error)
{
    const char *type = fovea_tokenizer_json_string (object, "type", "?");
    if (strcmp (type, "Sequence") == 0)
        return fovea_tokenizer_json_parts (object, "pretokenizers", add_from_json, data, error);
    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
        if (strcmp (type, kinds[i].type) == 0)
            return kinds[i].add (data, object, error);
    return fovea_tokenizer_refuse ("pre_tokenizer", type, error);
}

FoveaPretokenizer *
fovea_pretokenizer_new_from_json (JsonObject *object, GError **error)
{
    g_autoptr (FoveaPretokenizer) pretokenizer = g_new0 (FoveaPretokenizer, 1);
    pretokenizer->stages = g_ptr_array_new_with_free_func (stage_free);
    if (object != NULL && !add_from_json (pretokenizer, object, error))
        return NULL;
    return g_steal_pointer (&pretokenizer);
}

void
fovea_pretokenizer_free (FoveaPretokenizer *pretokenizer)
{
    if (pretokenizer == NULL)
        return;
    g_ptr_array_unref (pretokenizer->stages);
    g_free (pretokenizer);
}

gboolean
fovea_pretokenizer_apply (const FoveaPretokenizer *pretokenizer,
                          FoveaWords *words,
                          gboolean first,
                          GError **error)
{
    for (guint i = 0; i < pretokenizer->stages->len; i++) {
        const Stage *stage = g_ptr_array_index (pretokenizer->stages, i);
        if (!stage->apply (stage, words, first, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
fovea_pretokenizer_is_byte_level (const FoveaPretokenizer *pretokenizer)
{
    return pretokenizer->byte_level;
}
