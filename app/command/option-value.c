/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One reader a kind of option; each gives NULL, or what was expected instead. The caller turns that
 * into one message form, so that all options complain alike. */
#include "app/command/option-value.h"

#include <math.h>
#include <string.h>

/* Why a value was refused: a static text, or NULL if it was fine. */
typedef const char *(*Reader) (FoveaOptionValue *value,
                               const FoveaOption *option,
                               const char *text);

static gboolean
has_limits (const FoveaOption *option)
{
    return option->least != option->most;
}

/* Whole decimal number over all of @text; no sign but '-', no spaces. */
static gboolean
read_whole (const char *text, gint64 *out)
{
    return g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, out, NULL);
}

static const char *
read_flag (FoveaOptionValue *value, const FoveaOption *option, const char *text)
{
    return NULL;
}

static const char *
read_text (FoveaOptionValue *value, const FoveaOption *option, const char *text)
{
    g_free (value->text);
    value->text = g_strdup (text);
    return NULL;
}

/* The list stays NULL-terminated after each value. */
static const char *
read_texts (FoveaOptionValue *value, const FoveaOption *option, const char *text)
{
    if (value->texts == NULL)
        value->texts = g_ptr_array_new_with_free_func (g_free);
    if (value->texts->len > 0) /* the end mark of the values so far */
        g_ptr_array_remove_index (value->texts, value->texts->len - 1);
    g_ptr_array_add (value->texts, g_strdup (text));
    g_ptr_array_add (value->texts, NULL);
    return NULL;
}

static const char *
read_choice (FoveaOptionValue *value, const FoveaOption *option, const char *text)
{
    g_auto (GStrv) choices = g_strsplit (option->choices, "|", -1);
    if (!g_strv_contains ((const char *const *) choices, text))
        return option->choices;
    return read_text (value, option, text);
}

static const char *
read_integer (FoveaOptionValue *value, const FoveaOption *option, const char *text)
{
    if (!read_whole (text, &value->first))
        return "a whole number";
    if (has_limits (option) &&
        !(value->first >= option->least && (double) value->first <= option->most))
        return "a whole number";
    return NULL;
}

/* Locale-free; no infinity, no NaN, nothing after the number. */
static const char *
read_number (FoveaOptionValue *value, const FoveaOption *option, const char *text)
{
    char *end;
    value->number = g_ascii_strtod (text, &end);
    if (end == text || *end != '\0' || !isfinite (value->number))
        return "a number";
    if (has_limits (option) && !(value->number >= option->least && value->number <= option->most))
        return "a number";
    return NULL;
}

/* 4G, 512M, 1.5GiB, 1000; at most 8 EiB. */
static const char *
read_size (FoveaOptionValue *value, const FoveaOption *option, const char *text)
{
    const char *expected = "a size in bytes such as 512M or 4G";
    char *end;
    double bytes = g_ascii_strtod (text, &end);
    if (end == text || !g_ascii_isdigit (text[0]))
        return expected;
    const char *units = "KMGT";
    const char *unit = *end != '\0' ? strchr (units, g_ascii_toupper (*end)) : NULL;
    if (unit != NULL) {
        bytes *= pow (1024, (double) (unit - units) + 1);
        end++;
        if (g_str_equal (end, "iB") || g_str_equal (end, "B"))
            end += strlen (end);
    }
    if (*end != '\0' || !(bytes >= 1 && bytes < 9.2e18))
        return expected;
    value->first = (gint64) bytes;
    return NULL;
}

/* One side of a range; an empty side stays open. */
static gboolean
read_side (const char *text, gint64 *out)
{
    *out = -1;
    return *text == '\0' || (read_whole (text, out) && *out >= 0);
}

/* Half open; an empty range is an error, not everything. */
static const char *
read_range (FoveaOptionValue *value, const FoveaOption *option, const char *text)
{
    const char *expected = "a half-open range A:B with A < B, A: or :B";
    g_auto (GStrv) sides = g_strsplit (text, ":", -1);
    if (g_strv_length (sides) != 2)
        return expected;
    if (!read_side (sides[0], &value->first) || !read_side (sides[1], &value->second))
        return expected;
    if (value->second >= 0 && value->second <= MAX (value->first, 0))
        return expected;
    return NULL;
}

/* Commas or spaces between ids, as other programs print them. */
static const char *
read_ids (FoveaOptionValue *value, const FoveaOption *option, const char *text)
{
    g_auto (GStrv) parts = g_strsplit_set (text, ", ", -1);
    g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint32));
    for (guint i = 0; parts[i] != NULL; i++) {
        gint64 id;
        if (*parts[i] == '\0')
            continue;
        if (!read_whole (parts[i], &id) || id < 0 || id > G_MAXINT32)
            return "ids such as 0,519,671";
        gint32 narrow = (gint32) id;
        g_array_append_val (ids, narrow);
    }
    if (ids->len == 0)
        return "ids such as 0,519,671";
    g_clear_pointer (&value->ids, g_array_unref);
    value->ids = g_steal_pointer (&ids);
    return NULL;
}

/* A head alone leaves the layer open. */
static const char *
read_head (FoveaOptionValue *value, const FoveaOption *option, const char *text)
{
    const char *expected = "a head such as 7, or layer.head such as 5.7";
    g_auto (GStrv) parts = g_strsplit (text, ".", -1);
    guint n = g_strv_length (parts);
    value->first = -1;
    if (n < 1 || n > 2 || !read_whole (parts[n - 1], &value->second) || value->second < 0)
        return expected;
    if (n == 2 && (!read_whole (parts[0], &value->first) || value->first < 0))
        return expected;
    return NULL;
}

static const char *
read_shard (FoveaOptionValue *value, const FoveaOption *option, const char *text)
{
    const char *expected = "I/N with 0 <= I < N";
    g_auto (GStrv) parts = g_strsplit (text, "/", -1);
    if (g_strv_length (parts) != 2 || !read_whole (parts[0], &value->first) ||
        !read_whole (parts[1], &value->second))
        return expected;
    return value->first >= 0 && value->first < value->second ? NULL : expected;
}

static const Reader readers[] = {
    [FOVEA_OPTION_FLAG] = read_flag,       [FOVEA_OPTION_TEXT] = read_text,
    [FOVEA_OPTION_TEXTS] = read_texts,     [FOVEA_OPTION_CHOICE] = read_choice,
    [FOVEA_OPTION_INTEGER] = read_integer, [FOVEA_OPTION_NUMBER] = read_number,
    [FOVEA_OPTION_SIZE] = read_size,       [FOVEA_OPTION_RANGE] = read_range,
    [FOVEA_OPTION_IDS] = read_ids,         [FOVEA_OPTION_HEAD] = read_head,
    [FOVEA_OPTION_SHARD] = read_shard,
};

/* " from 0 to 1", " from 1", or nothing. */
static char *
describe_limits (const FoveaOption *option)
{
    gboolean counted = option->kind == FOVEA_OPTION_INTEGER || option->kind == FOVEA_OPTION_NUMBER;
    if (!counted || !has_limits (option))
        return g_strdup ("");
    if (option->most > G_MAXINT32)
        return g_strdup_printf (" from %.10g", option->least);
    return g_strdup_printf (" from %.10g to %.10g", option->least, option->most);
}

gboolean
fovea_option_value_read (FoveaOptionValue *value,
                         const FoveaOption *option,
                         const char *text,
                         GError **error)
{
    if (value->is_set && option->kind != FOVEA_OPTION_TEXTS) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "--%s is given twice", option->name);
        return FALSE;
    }
    value->is_set = TRUE;
    const char *expected = readers[option->kind](value, option, text);
    if (expected == NULL)
        return TRUE;
    g_autofree char *limits = describe_limits (option);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "--%s is '%s', expected %s%s", option->name,
                 text, expected, limits);
    return FALSE;
}

void
fovea_option_value_clear (FoveaOptionValue *value)
{
    g_clear_pointer (&value->text, g_free);
    g_clear_pointer (&value->texts, g_ptr_array_unref);
    g_clear_pointer (&value->ids, g_array_unref);
}
