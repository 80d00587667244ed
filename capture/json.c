/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A scan over the bytes checks brackets, strings and depth, so that only text that json-glib cannot
 * choke on reaches it; its member signal then shows keys that occur twice. Cost: one pass more than
 * json-glib alone, and a set of all keys while parsing. */
#include "capture/json.h"

#include <string.h>

typedef struct {
    GHashTable *seen;   /* "object-address key" */
    char *duplicate;    /* first key found twice */
    guint line, column; /* of a syntax error; gone once parsing returns */
} Watch;

static void
note_member (JsonParser *parser, JsonObject *object, const char *key, gpointer data)
{
    Watch *watch = data;
    char *id = g_strdup_printf ("%p %s", (void *) object, key);
    if (!g_hash_table_add (watch->seen, id) && watch->duplicate == NULL)
        watch->duplicate = g_strdup (key);
}

static void
note_error (JsonParser *parser, const GError *error, gpointer data)
{
    Watch *watch = data;
    watch->line = json_parser_get_current_line (parser);
    watch->column = json_parser_get_current_pos (parser);
}

/* Gives the offset one past the closing quote of the string at @from, or @length if it is open. */
static gsize
skip_string (const char *text, gsize length, gsize from)
{
    for (gsize i = from + 1; i < length; i++) {
        if (text[i] == '\\')
            i++;
        else if (text[i] == '"')
            return i + 1;
    }
    return length + 1;
}

/* The first offset at which brackets, strings or stray characters break the text; -1 if none. */
static gssize
find_flaw (const char *text, gsize length, const char **what)
{
    char open[FOVEA_JSON_MAX_DEPTH];
    gsize depth = 0;
    for (gsize i = 0; i < length;) {
        char c = text[i];
        if (c == '"') {
            gsize next = skip_string (text, length, i);
            if (next > length)
                return *what = "a string that does not end", (gssize) i;
            i = next;
            continue;
        }
        if (c == '{' || c == '[') {
            if (depth == FOVEA_JSON_MAX_DEPTH)
                return *what = "values nested too deeply", (gssize) i;
            open[depth++] = c == '{' ? '}' : ']';
        } else if (c == '}' || c == ']') {
            if (depth == 0 || open[--depth] != c)
                return *what = "a bracket that closes nothing", (gssize) i;
        } else if (!g_ascii_isalnum (c) && strchr (" \t\r\n:,+-.", c) == NULL) {
            return *what = "a character that JSON does not have", (gssize) i;
        } else if (c == '\0') {
            return *what = "a zero byte", (gssize) i;
        }
        i++;
    }
    if (depth > 0)
        return *what = "an end before the last bracket closes", (gssize) length;
    return -1;
}

/* json-glib tells line and column; messages want bytes. */
static gsize
byte_offset (const char *text, gsize length, guint line, guint column)
{
    const char *at = text;
    for (guint i = 1; i < line && at != NULL; i++) {
        at = memchr (at, '\n', length - (gsize) (at - text));
        at = at != NULL ? at + 1 : NULL;
    }
    gsize offset = at != NULL ? (gsize) (at - text) + column : length;
    return MIN (offset, length);
}

static gboolean
check_text (const char *text, gsize length, const char *name, gsize base, GError **error)
{
    const char *end = text;
    const char *what = NULL;
    gssize flaw = find_flaw (text, length, &what);
    if (flaw >= 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: byte %" G_GSIZE_FORMAT ": %s",
                     name, base + (gsize) flaw, what);
        return FALSE;
    }
    if (!g_utf8_validate_len (text, length, &end)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                     "%s: byte %" G_GSIZE_FORMAT ": text is not UTF-8", name,
                     base + (gsize) (end - text));
        return FALSE;
    }
    return TRUE;
}

JsonObject *
fovea_json_parse_object (
    const char *text, gsize length, const char *name, gsize base, GError **error)
{
    if (length == 0) /* the map of an empty file has no address */
        text = "";
    if (!check_text (text, length, name, base, error))
        return NULL;
    g_autoptr (JsonParser) parser = json_parser_new ();
    g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    Watch watch = {.seen = seen};
    g_signal_connect (parser, "object-member", G_CALLBACK (note_member), &watch);
    g_signal_connect (parser, "error", G_CALLBACK (note_error), &watch);
    g_autoptr (GError) cause = NULL;
    gboolean parsed = json_parser_load_from_data (parser, text, (gssize) length, &cause);
    g_autofree char *duplicate = watch.duplicate;
    JsonNode *root = json_parser_get_root (parser);
    if (!parsed)
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                     "%s: byte %" G_GSIZE_FORMAT ": JSON does not parse: %s", name,
                     base + byte_offset (text, length, watch.line, watch.column), cause->message);
    else if (duplicate != NULL)
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: the key \"%s\" occurs twice",
                     name, duplicate);
    else if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                     "%s: byte %" G_GSIZE_FORMAT ": not a JSON object", name, base);
    else
        return json_object_ref (json_node_get_object (root));
    return NULL;
}
