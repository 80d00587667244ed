/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Typed access to what capture/json.h parsed. An optional member of the wrong type counts as absent
 * where a scalar is wanted, as upstream's defaults do; objects and lists are strict. */
#include "capture/tokenizer-json.h"

/* The member's node, or NULL if it is absent or null. */
static JsonNode *
get_present (JsonObject *object, const char *member)
{
    JsonNode *node = json_object_get_member (object, member);
    return node == NULL || JSON_NODE_HOLDS_NULL (node) ? NULL : node;
}

JsonObject *
fovea_tokenizer_json_object (JsonObject *object, const char *member, GError **error)
{
    JsonNode *node = get_present (object, member);
    if (node == NULL)
        return NULL;
    if (JSON_NODE_HOLDS_OBJECT (node))
        return json_node_get_object (node);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "tokenizer.json: '%s' is no object",
                 member);
    return NULL;
}

JsonArray *
fovea_tokenizer_json_array (JsonObject *object, const char *member, GError **error)
{
    JsonNode *node = get_present (object, member);
    if (node == NULL)
        return NULL;
    if (JSON_NODE_HOLDS_ARRAY (node))
        return json_node_get_array (node);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "tokenizer.json: '%s' is no list", member);
    return NULL;
}

const char *
fovea_tokenizer_json_string (JsonObject *object, const char *member, const char *fallback)
{
    JsonNode *node = get_present (object, member);
    if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
        json_node_get_value_type (node) != G_TYPE_STRING)
        return fallback;
    return json_node_get_string (node);
}

gboolean
fovea_tokenizer_json_boolean (JsonObject *object, const char *member, gboolean fallback)
{
    JsonNode *node = get_present (object, member);
    if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
        json_node_get_value_type (node) != G_TYPE_BOOLEAN)
        return fallback;
    return json_node_get_boolean (node);
}

gint64
fovea_tokenizer_json_integer (JsonObject *object, const char *member, gint64 fallback)
{
    JsonNode *node = get_present (object, member);
    if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
        json_node_get_value_type (node) != G_TYPE_INT64)
        return fallback;
    return json_node_get_int (node);
}

gboolean
fovea_tokenizer_json_parts (JsonObject *object,
                            const char *member,
                            FoveaPartCallback callback,
                            gpointer data,
                            GError **error)
{
    JsonNode *node = get_present (object, member);
    if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "tokenizer.json: '%s' is no list",
                     member);
        return FALSE;
    }
    JsonArray *parts = json_node_get_array (node);
    for (guint i = 0; i < json_array_get_length (parts); i++) {
        JsonNode *part = json_array_get_element (parts, i);
        if (!JSON_NODE_HOLDS_OBJECT (part)) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                         "tokenizer.json: element %u of '%s' is no object", i, member);
            return FALSE;
        }
        if (!callback (data, json_node_get_object (part), error))
            return FALSE;
    }
    return TRUE;
}

gboolean
fovea_tokenizer_refuse (const char *part, const char *type, GError **error)
{
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                 "tokenizer part '%s' (%s) is not supported", type, part);
    return FALSE;
}
