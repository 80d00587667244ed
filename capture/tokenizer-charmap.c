/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Character maps. The trie is an array of 32-bit units: a unit's label is the byte that leads to it,
 * its offset tells where its children are, at (own place ^ offset) ^ byte; a child at byte 0 holds
 * the value, where the replacement begins among the texts. A file may lie in every unit, so each
 * place is compared with the array's length; texts are checked once, and a replacement or a key that
 * would cut a character counts as none. Cost: a few ns a byte of a key. */
#include "capture/tokenizer-charmap.h"

#include <string.h>

#define SPACE_MARK "\u2581"

struct _FoveaCharmap {
    guint32 *units;
    gsize n_units;
    char *texts; /* the last byte is NUL */
    gsize n_texts;
};

static gboolean
fail (gsize byte, const char *what, GError **error)
{
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "character map: byte %zu: %s", byte, what);
    return FALSE;
}

static guint32
number_at (const guint8 *bytes)
{
    return bytes[0] | (guint32) bytes[1] << 8 | (guint32) bytes[2] << 16 | (guint32) bytes[3] << 24;
}

static gboolean
check_texts (const char *texts, gsize n, gsize at, GError **error)
{
    if (n == 0 || texts[n - 1] != '\0')
        return fail (at + n, "the last replacement does not end", error);
    for (const char *text = texts; text < texts + n; text += strlen (text) + 1)
        if (!g_utf8_validate (text, -1, NULL))
            return fail (at + (gsize) (text - texts), "a replacement that is no UTF-8 text", error);
    return TRUE;
}

FoveaCharmap *
fovea_charmap_new (const guint8 *bytes, gsize length, GError **error)
{
    gsize n = length >= 4 ? number_at (bytes) : 0;
    if (n == 0 || n % 4 != 0 || n > length - 4) {
        fail (0, "a trie of no such size", error);
        return NULL;
    }
    const gsize at = 4 + n;
    if (!check_texts ((const char *) bytes + at, length - at, at, error))
        return NULL;
    FoveaCharmap *map = g_new (FoveaCharmap, 1);
    map->n_units = n / 4;
    map->units = g_new (guint32, map->n_units);
    for (gsize i = 0; i < map->n_units; i++)
        map->units[i] = number_at (bytes + 4 + 4 * i);
    map->n_texts = length - at;
    map->texts = g_memdup2 (bytes + at, map->n_texts);
    return map;
}

void
fovea_charmap_free (FoveaCharmap *map)
{
    if (map == NULL)
        return;
    g_free (map->units);
    g_free (map->texts);
    g_free (map);
}

/* Where a unit's children are, counted from its own place: 21 bits, or in steps of 256. */
static gsize
offset_of (guint32 unit)
{
    return (gsize) (unit >> 10) << ((unit & 1u << 9) >> 6);
}

/* The byte that leads to a unit; a value's has bit 31 besides, so no byte is equal to it. */
static guint32
label_of (guint32 unit)
{
    return unit & (1u << 31 | 0xff);
}

static gboolean
continues_character (char byte)
{
    return ((guchar) byte & 0xc0) == 0x80;
}

/* The replacement that the value below @place names, or NULL. */
static const char *
text_below (const FoveaCharmap *map, gsize place)
{
    if (place >= map->n_units)
        return NULL;
    gsize value = map->units[place] & 0x7fffffff;
    if (value >= map->n_texts || continues_character (map->texts[value]))
        return NULL;
    return map->texts + value;
}

const char *
fovea_charmap_find (
    const FoveaCharmap *map, const char *text, gsize length, gboolean longest, gsize *used)
{
    const char *found = NULL;
    gsize place = offset_of (map->units[0]);
    for (gsize i = 0; i < length; i++) {
        place ^= (guchar) text[i];
        if (place >= map->n_units || label_of (map->units[place]) != (guchar) text[i])
            break;
        const guint32 unit = map->units[place];
        place ^= offset_of (unit);
        gboolean whole = i + 1 == length || !continues_character (text[i + 1]);
        const char *to = (unit >> 8 & 1) != 0 && whole ? text_below (map, place) : NULL;
        if (to == NULL)
            continue;
        found = to;
        *used = i + 1;
        if (!longest)
            break;
    }
    return found;
}

/* The next characters that are rewritten together, and what they become. */
typedef struct {
    const char *to;
    gsize n, used;
    gboolean same; /* they stay as they are */
} Chunk;

static Chunk
next_chunk (const FoveaPieceRule *rule, const FoveaAlignedText *text, gsize at)
{
    const char *bytes = text->bytes->str + at;
    gsize used = 0, left = text->bytes->len - at;
    if (fovea_symbols_find (rule->symbols, bytes, left, &used) >= 0)
        return (Chunk){bytes, used, used, TRUE};
    const char *to =
        rule->map != NULL ? fovea_charmap_find (rule->map, bytes, left, TRUE, &used) : NULL;
    if (to != NULL)
        return (Chunk){to, strlen (to), used, FALSE};
    used = MIN ((gsize) g_utf8_skip[(guchar) *bytes], left);
    return (Chunk){bytes, used, used, TRUE};
}

static gboolean
is_space (const Chunk *chunk)
{
    return chunk->n == 1 && *chunk->to == ' ';
}

typedef struct {
    const FoveaPieceRule *rule;
    const FoveaAlignedText *text;
    FoveaAlignedText *out;
    gboolean after_space;
} Rewriting;

static void
append_space (Rewriting *rewriting, gsize start, gsize end)
{
    const char *space = rewriting->rule->escape_whitespaces ? SPACE_MARK : " ";
    fovea_aligned_text_replace (rewriting->out, rewriting->text, start, end, space, strlen (space));
}

/* The space that was written last stands for those behind it, too. */
static void
widen_last_space (Rewriting *rewriting, gsize at, gsize end)
{
    const gsize n = rewriting->rule->escape_whitespaces ? strlen (SPACE_MARK) : 1;
    GArray *spans = rewriting->out->spans;
    for (guint i = spans->len - (guint) MIN (n, spans->len); i < spans->len; i++)
        g_array_index (spans, FoveaSpan, i).end =
            fovea_aligned_text_span (rewriting->text, at, end).end;
}

/* Spaces behind a space go where extra ones do. */
static void
append_chunk (Rewriting *rewriting, Chunk chunk, gsize at)
{
    while (rewriting->after_space && chunk.n > 0 && *chunk.to == ' ') {
        chunk.to++;
        if (--chunk.n == 0 || chunk.same)
            widen_last_space (rewriting, at, at + chunk.used - chunk.n);
    }
    if (chunk.n > 0)
        rewriting->after_space =
            chunk.to[chunk.n - 1] == ' ' && rewriting->rule->remove_extra_whitespaces;
    const gsize end = at + chunk.used, left = end - chunk.n; /* of what stays, from there on */
    if (chunk.same && memchr (chunk.to, ' ', chunk.n) == NULL) {
        fovea_aligned_text_copy (rewriting->out, rewriting->text, left, end);
        return;
    }
    for (gsize i = 0; i < chunk.n; i++) {
        gsize from = chunk.same ? left + i : at, to = chunk.same ? left + i + 1 : end;
        if (chunk.to[i] == ' ')
            append_space (rewriting, from, to);
        else
            fovea_aligned_text_replace (rewriting->out, rewriting->text, from, to, chunk.to + i, 1);
    }
}

/* Also marks that stood in the text, for they are the same then. */
static void
drop_last_spaces (const FoveaPieceRule *rule, FoveaAlignedText *out)
{
    const char *space = rule->escape_whitespaces ? SPACE_MARK : " ";
    const gsize n = strlen (space);
    gsize left = out->bytes->len;
    while (left >= n && memcmp (out->bytes->str + left - n, space, n) == 0)
        left -= n;
    g_string_truncate (out->bytes, left);
    g_array_set_size (out->spans, (guint) left);
}

FoveaAlignedText *
fovea_piece_rule_apply (const FoveaPieceRule *rule, const FoveaAlignedText *text)
{
    const gsize n = text->bytes->len;
    Rewriting rewriting = {rule, text, fovea_aligned_text_new (n + n / 4),
                           rule->remove_extra_whitespaces};
    gsize at = 0;
    while (rule->remove_extra_whitespaces && at < n) {
        Chunk chunk = next_chunk (rule, text, at);
        if (!is_space (&chunk))
            break;
        at += chunk.used;
    }
    if (at == n)
        return rewriting.out;
    if (rule->add_dummy_prefix && !rule->treat_whitespace_as_suffix)
        append_space (&rewriting, at, at);
    while (at < n) {
        Chunk chunk = next_chunk (rule, text, at);
        append_chunk (&rewriting, chunk, at);
        at += chunk.used;
    }
    if (rule->remove_extra_whitespaces)
        drop_last_spaces (rule, rewriting.out);
    if (rule->add_dummy_prefix && rule->treat_whitespace_as_suffix)
        append_space (&rewriting, n, n);
    return rewriting.out;
}
