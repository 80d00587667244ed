/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Files are read whole, up to a limit that no template comes near: they are for people to look at. */
#include "capture/chat-template.h"

#include <string.h>

#include "capture/json.h"

enum {
    MOST_BYTES = 16 << 20 /* of a file; tokenizer_config.json may list 100,000 added tokens */
};

#define CONFIG  "tokenizer_config.json"
#define ALONE   "chat_template.jinja"
#define KEY     "chat_template"
#define GGUF    "tokenizer.chat_template"
#define HEADING "{# %s #}\n%s\n"

/* Text of a file of the folder; NULL without error if it is not there. */
static char *
read_text (const char *folder, const char *name, gsize *length, GError **error)
{
    g_autofree char *path = g_build_filename (folder, name, NULL), *text = NULL;
    const char *bad;
    if (!g_file_test (path, G_FILE_TEST_EXISTS) ||
        !g_file_get_contents (path, &text, length, error))
        return NULL;
    if (*length > MOST_BYTES) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: %zu bytes are more than %d", path,
                     *length, MOST_BYTES);
        return NULL;
    }
    if (!g_utf8_validate (text, (gssize) *length, &bad)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: byte %zu: no UTF-8 text", path,
                     (gsize) (bad - text));
        return NULL;
    }
    return g_steal_pointer (&text);
}

static const char *
get_text (JsonNode *node)
{
    return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
}

/* A list of objects with "name" and "template"; FALSE if it is something else. */
static gboolean
append_named (GString *out, JsonArray *list)
{
    for (guint i = 0; i < json_array_get_length (list); i++) {
        JsonNode *node = json_array_get_element (list, i);
        if (!JSON_NODE_HOLDS_OBJECT (node))
            return FALSE;
        JsonObject *one = json_node_get_object (node);
        const char *name = get_text (json_object_get_member (one, "name"));
        const char *text = get_text (json_object_get_member (one, "template"));
        if (name == NULL || text == NULL)
            return FALSE;
        g_string_append_printf (out, HEADING, name, text);
    }
    return TRUE;
}

static char *
read_config (const char *folder, const char *text, gsize length, GError **error)
{
    g_autoptr (JsonObject) config = fovea_json_parse_object (text, length, CONFIG, 0, error);
    if (config == NULL)
        return NULL;
    JsonNode *node = json_object_get_member (config, KEY);
    g_autoptr (GString) named = g_string_new (NULL);
    if (node == NULL || JSON_NODE_HOLDS_NULL (node))
        return NULL;
    if (get_text (node) != NULL)
        return g_strdup (get_text (node));
    if (JSON_NODE_HOLDS_ARRAY (node) && append_named (named, json_node_get_array (node)))
        return named->len > 0 ? g_strdup (named->str) : NULL;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                 "%s: \"" KEY "\" of " CONFIG " is neither text nor a list of names and texts",
                 folder);
    return NULL;
}

char *
fovea_chat_template_read (const char *folder, GError **error)
{
    g_autoptr (GError) local = NULL;
    gsize length = 0;
    char *alone = read_text (folder, ALONE, &length, &local);
    g_autofree char *config = NULL;
    if (alone == NULL && local == NULL)
        config = read_text (folder, CONFIG, &length, &local);
    if (local != NULL) {
        g_propagate_error (error, g_steal_pointer (&local));
        return NULL;
    }
    return config != NULL ? read_config (folder, config, length, error) : alone;
}

char *
fovea_chat_template_read_gguf (const FoveaGguf *file)
{
    const GPtrArray *keys = fovea_gguf_list_keys (file);
    const char *one = fovea_gguf_get_text (file, GGUF);
    g_autoptr (GString) named = g_string_new (NULL);
    for (guint i = 0; i < keys->len; i++) {
        const char *key = keys->pdata[i], *text = fovea_gguf_get_text (file, key);
        if (text != NULL && g_str_has_prefix (key, GGUF "."))
            g_string_append_printf (named, HEADING, key + strlen (GGUF "."), text);
    }
    if (one != NULL && named->len > 0)
        g_string_prepend_len (named, "\n", 1);
    if (one != NULL)
        g_string_prepend (named, one);
    return named->len > 0 ? g_strdup (named->str) : NULL;
}
