/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A scan over the bytes checks brackets, strings and depth, so that only text that json-glib cannot
 * choke on reaches it. The scan also counts members: where json-glib keeps fewer, a key occurred
 * twice, and only then is the text parsed again with a watch on every member that names the key.
 * Cost: two passes more than json-glib alone, a twentieth of its time; a set of all keys for every
 * text would be two thirds of it. */
#include "capture/json.h"

#include <string.h>

/* What the scan of a text finds out. */
typedef struct {
    gssize flaw;      /* the first offset where the text breaks; -1 if none */
    const char *what; /* breaks it there */
    gsize members;    /* of all objects, every occurrence of a key counted */
} Scan;

/* Where json-glib found a syntax error; gone once parsing returns, hence kept. */
typedef struct {
    guint line, column;
} Place;

typedef struct {
    GHashTable *seen; /* "object-address key" */
    char *duplicate;  /* first key found twice */
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
    Place *place = data;
    place->line = json_parser_get_current_line (parser);
    place->column = json_parser_get_current_pos (parser);
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

/* Spaces first: an indented file consists of them. */
static gboolean
may_stand_outside_strings (char c)
{
    return c == ' ' || c == '\n' || c == ',' || g_ascii_isalnum (c) || c == '\t' || c == '\r' ||
           c == '+' || c == '-' || c == '.';
}

static void
stop (Scan *scan, gsize at, const char *what)
{
    scan->flaw = (gssize) at;
    scan->what = what;
}

/* Looks for the first bracket, string or stray character that breaks the text. */
static Scan
scan_text (const char *text, gsize length)
{
    Scan scan = {.flaw = -1};
    char open[FOVEA_JSON_MAX_DEPTH];
    gsize depth = 0, next;
    for (gsize i = 0; i < length && scan.flaw < 0; i = next) {
        char c = text[i];
        next = i + 1;
        if (c == '"') {
            next = skip_string (text, length, i);
            if (next > length)
                stop (&scan, i, "a string that does not end");
        } else if (c == '{' || c == '[') {
            if (depth == FOVEA_JSON_MAX_DEPTH)
                stop (&scan, i, "values nested too deeply");
            else
                open[depth++] = c == '{' ? '}' : ']';
        } else if (c == '}' || c == ']') {
            if (depth == 0 || open[--depth] != c)
                stop (&scan, i, "a bracket that closes nothing");
        } else if (c == ':') {
            scan.members++;
        } else if (c == '\0') {
            stop (&scan, i, "a zero byte");
        } else if (!may_stand_outside_strings (c)) {
            stop (&scan, i, "a character that JSON does not have");
        }
    }
    if (scan.flaw < 0 && depth > 0)
        stop (&scan, length, "an end before the last bracket closes");
    return scan;
}

static gsize count_members (JsonNode *node);

static gsize
count_in_object (JsonObject *object)
{
    JsonObjectIter iter;
    JsonNode *value;
    gsize n = json_object_get_size (object);
    json_object_iter_init (&iter, object);
    while (json_object_iter_next (&iter, NULL, &value))
        n += count_members (value);
    return n;
}

/* Members of all objects at and below @node; as deep as the scan let the text be. */
static gsize
count_members (JsonNode *node)
{
    gsize n = 0;
    if (JSON_NODE_HOLDS_OBJECT (node))
        return count_in_object (json_node_get_object (node));
    if (!JSON_NODE_HOLDS_ARRAY (node))
        return 0;
    JsonArray *array = json_node_get_array (node);
    for (guint i = 0; i < json_array_get_length (array); i++)
        n += count_members (json_array_get_element (array, i));
    return n;
}

/* The first key of a text that parses which occurs twice in its object; NULL if none. */
static char *
find_duplicate (const char *text, gsize length)
{
    g_autoptr (JsonParser) parser = json_parser_new ();
    g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    Watch watch = {.seen = seen};
    g_signal_connect (parser, "object-member", G_CALLBACK (note_member), &watch);
    json_parser_load_from_data (parser, text, (gssize) length, NULL);
    return watch.duplicate;
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
check_text (
    const char *text, gsize length, const char *name, gsize base, gsize *members, GError **error)
{
    const char *end = text;
    Scan scan = scan_text (text, length);
    *members = scan.members;
    if (scan.flaw >= 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: byte %" G_GSIZE_FORMAT ": %s",
                     name, base + (gsize) scan.flaw, scan.what);
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
    gsize members;
    if (length == 0) /* the map of an empty file has no address */
        text = "";
    if (!check_text (text, length, name, base, &members, error))
        return NULL;
    g_autoptr (JsonParser) parser = json_parser_new ();
    Place place = {0, 0};
    g_signal_connect (parser, "error", G_CALLBACK (note_error), &place);
    g_autoptr (GError) cause = NULL;
    gboolean parsed = json_parser_load_from_data (parser, text, (gssize) length, &cause);
    JsonNode *root = json_parser_get_root (parser);
    g_autofree char *duplicate = NULL;
    if (parsed && root != NULL && count_members (root) != members)
        duplicate = find_duplicate (text, length);
    if (!parsed)
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                     "%s: byte %" G_GSIZE_FORMAT ": JSON does not parse: %s", name,
                     base + byte_offset (text, length, place.line, place.column), cause->message);
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

const char *
fovea_json_get_text (JsonObject *object, const char *key)
{
    JsonNode *node = object != NULL ? json_object_get_member (object, key) : NULL;
    gboolean text = node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
                    json_node_get_value_type (node) == G_TYPE_STRING;
    return text ? json_node_get_string (node) : NULL;
}

JsonObject *
fovea_json_get_object (JsonObject *object, const char *key)
{
    JsonNode *node = object != NULL ? json_object_get_member (object, key) : NULL;
    return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}
