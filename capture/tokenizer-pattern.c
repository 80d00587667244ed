/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Patterns run in PCRE2 with Unicode properties; plain strings are quoted into one too. Compiled
 * once with the just-in-time compiler where the machine has one: about 40 MB/s for GPT-2's pattern.
 * The subject is known to be UTF-8, so that check is left out. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "capture/tokenizer-pattern.h"

#include <pcre2.h>

struct _FoveaPattern {
    pcre2_code *code;
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC (pcre2_match_data, pcre2_match_data_free)

static FoveaPattern *
compile (const char *text, guint32 flags, GError **error)
{
    int code;
    PCRE2_SIZE place;
    pcre2_code *compiled = pcre2_compile ((PCRE2_SPTR) text, PCRE2_ZERO_TERMINATED,
                                          PCRE2_UTF | flags, &code, &place, NULL);
    if (compiled == NULL) {
        PCRE2_UCHAR message[128];
        pcre2_get_error_message (code, message, sizeof message);
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                     "tokenizer.json: pattern '%.80s': character %zu: %s", text, (gsize) place,
                     (const char *) message);
        return NULL;
    }
    /* Without it patterns run in the interpreter, slower but the same. */
    pcre2_jit_compile (compiled, PCRE2_JIT_COMPLETE);
    FoveaPattern *pattern = g_new (FoveaPattern, 1);
    pattern->code = compiled;
    return pattern;
}

/* Superscript digits and fractions of Latin-1. */
#define LATIN_NUMBERS "\\x{b2}\\x{b3}\\x{b9}\\x{bc}-\\x{be}"

/* Classes as upstream's engine has them: PCRE2's \s adds U+180E, which Unicode took out in 6.3, and
 * its \w takes every number, no mark and no symbol that is a letter. */
static const struct {
    char letter;
    const char *members;
    const char *outside; /* of brackets too, where upstream's engine has another table */
} classes[] = {
    {'s',
     "\\t-\\r \\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}"
     "\\x{3000}",
     ""},
    {'w', FOVEA_PATTERN_ALPHABETIC "\\p{Nd}\\p{M}\\p{Pc}", LATIN_NUMBERS},
};

/* Spells out one escape; FALSE leaves it to PCRE2. */
static gboolean
spell_class (GString *out, char letter, gboolean in_class)
{
    for (guint i = 0; i < G_N_ELEMENTS (classes); i++) {
        if (letter == classes[i].letter && in_class)
            g_string_append (out, classes[i].members);
        else if (letter == classes[i].letter)
            g_string_append_printf (out, "[%s%s]", classes[i].members, classes[i].outside);
        else if (letter == g_ascii_toupper (classes[i].letter) && !in_class)
            g_string_append_printf (out, "[^%s%s]", classes[i].members, classes[i].outside);
        else
            continue;
        return TRUE;
    }
    return FALSE;
}

/* The same expression with those classes spelt out. */
static char *
spell_classes (const char *regex)
{
    g_autoptr (GString) out = g_string_new (NULL);
    gboolean in_class = FALSE;
    for (const char *p = regex; *p != '\0'; p++) {
        if (*p == '\\' && p[1] != '\0') {
            p++;
            if (!spell_class (out, *p, in_class))
                g_string_append_printf (out, "\\%c", *p);
            continue;
        }
        if (*p == '[')
            in_class = TRUE;
        else if (*p == ']')
            in_class = FALSE;
        g_string_append_c (out, *p);
    }
    return g_string_free (g_steal_pointer (&out), FALSE);
}

FoveaPattern *
fovea_pattern_new_regex (const char *regex, GError **error)
{
    g_autofree char *spelt = spell_classes (regex);
    return compile (spelt, PCRE2_UCP, error);
}

FoveaPattern *
fovea_pattern_new_from_json (JsonObject *object, GError **error)
{
    g_autoptr (GError) local = NULL;
    JsonObject *pattern = fovea_tokenizer_json_object (object, "pattern", &local);
    const char *string = NULL, *regex = NULL;
    if (pattern != NULL) {
        string = fovea_tokenizer_json_string (pattern, "String", NULL);
        regex = fovea_tokenizer_json_string (pattern, "Regex", NULL);
    }
    if (regex != NULL)
        return fovea_pattern_new_regex (regex, error);
    if (string != NULL && *string != '\0')
        return compile (string, PCRE2_LITERAL, error);
    g_set_error_literal (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                         "tokenizer.json: 'pattern' holds neither 'String' nor 'Regex'");
    return NULL;
}

void
fovea_pattern_free (FoveaPattern *pattern)
{
    if (pattern == NULL)
        return;
    pcre2_code_free (pattern->code);
    g_free (pattern);
}

gboolean
fovea_pattern_find (
    const FoveaPattern *pattern, const char *text, gsize length, GArray *matches, GError **error)
{
    g_autoptr (pcre2_match_data) data = pcre2_match_data_create (1, NULL);
    gsize from = 0;
    while (from <= length) {
        int rc = pcre2_match (pattern->code, (PCRE2_SPTR) text, length, from, PCRE2_NO_UTF_CHECK,
                              data, NULL);
        if (rc == PCRE2_ERROR_NOMATCH)
            break;
        if (rc < 0) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                         "byte %zu: a pattern of the tokenizer needs too many steps", from);
            return FALSE;
        }
        const PCRE2_SIZE *range = pcre2_get_ovector_pointer (data);
        gsize match[2] = {range[0], range[1]};
        /* \K can report a start behind the end. */
        match[0] = MIN (match[0], match[1]);
        g_array_append_vals (matches, match, 2);
        from = match[1];
        if (match[0] == match[1])
            from += from < length ? g_utf8_skip[(guchar) text[from]] : 1;
    }
    return TRUE;
}
