/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Typed reading of config.json with a sticky first error. An absent key and null mean the same, as
 * they do in the files' origin. */
#include "capture/config.h"

#include <math.h>

#include "capture/json.h"

struct _FoveaConfig {
    JsonObject *root;
    char *name;
    GError *complaint;
};

FoveaConfig *
fovea_config_new (const char *text, gsize length, const char *name, GError **error)
{
    JsonObject *root = fovea_json_parse_object (text, length, name, 0, error);
    if (root == NULL)
        return NULL;
    FoveaConfig *config = g_new0 (FoveaConfig, 1);
    config->root = root;
    config->name = g_strdup (name);
    return config;
}

void
fovea_config_free (FoveaConfig *config)
{
    if (config == NULL)
        return;
    json_object_unref (config->root);
    g_clear_error (&config->complaint);
    g_free (config->name);
    g_free (config);
}

gboolean
fovea_config_check (FoveaConfig *config, GError **error)
{
    if (config->complaint == NULL)
        return TRUE;
    if (error != NULL)
        *error = g_error_copy (config->complaint);
    return FALSE;
}

static G_GNUC_PRINTF (3, 0) void complain (FoveaConfig *config,
                                           FoveaError code,
                                           const char *format,
                                           va_list args)
{
    if (config->complaint != NULL)
        return;
    g_autofree char *what = g_strdup_vprintf (format, args);
    g_set_error (&config->complaint, FOVEA_ERROR, code, "%s: %s", config->name, what);
}

void
fovea_config_refuse (FoveaConfig *config, const char *format, ...)
{
    va_list args;
    va_start (args, format);
    complain (config, FOVEA_ERROR_UNSUPPORTED, format, args);
    va_end (args);
}

static G_GNUC_PRINTF (2, 3) void malformed (FoveaConfig *config, const char *format, ...)
{
    va_list args;
    va_start (args, format);
    complain (config, FOVEA_ERROR_FORMAT, format, args);
    va_end (args);
}

JsonNode *
fovea_config_get_member (FoveaConfig *config, const char *key)
{
    JsonNode *node = json_object_get_member (config->root, key);
    return node != NULL && !JSON_NODE_HOLDS_NULL (node) ? node : NULL;
}

gboolean
fovea_config_is_null (FoveaConfig *config, const char *key)
{
    JsonNode *node = json_object_get_member (config->root, key);
    return node != NULL && JSON_NODE_HOLDS_NULL (node);
}

static gboolean
holds (JsonNode *node, GType type)
{
    return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

gint64
fovea_config_get_integer (FoveaConfig *config, const char *key, gint64 fallback, gint64 max)
{
    JsonNode *node = fovea_config_get_member (config, key);
    if (node == NULL && fallback != FOVEA_CONFIG_REQUIRED)
        return fallback;
    if (node == NULL) {
        malformed (config, "\"%s\" is missing", key);
        return 1;
    }
    gint64 value = holds (node, G_TYPE_INT64) ? json_node_get_int (node) : 0;
    if (value >= 1 && value <= max)
        return value;
    malformed (config, "\"%s\" is no integer in 1 to %" G_GINT64_FORMAT, key, max);
    return 1;
}

double
fovea_config_get_number (FoveaConfig *config, const char *key, double fallback)
{
    JsonNode *node = fovea_config_get_member (config, key);
    if (node == NULL)
        return fallback;
    double value = NAN;
    if (holds (node, G_TYPE_INT64) || holds (node, G_TYPE_DOUBLE))
        value = json_node_get_double (node);
    if (isfinite (value) && value > 0)
        return value;
    malformed (config, "\"%s\" is no number above 0", key);
    return fallback;
}

gboolean
fovea_config_get_boolean (FoveaConfig *config, const char *key, gboolean fallback)
{
    JsonNode *node = fovea_config_get_member (config, key);
    if (node == NULL)
        return fallback;
    if (holds (node, G_TYPE_BOOLEAN))
        return json_node_get_boolean (node);
    malformed (config, "\"%s\" is neither true nor false", key);
    return fallback;
}

const char *
fovea_config_get_text (FoveaConfig *config, const char *key, const char *fallback)
{
    JsonNode *node = fovea_config_get_member (config, key);
    if (node == NULL)
        return fallback;
    if (holds (node, G_TYPE_STRING))
        return json_node_get_string (node);
    malformed (config, "\"%s\" is no text", key);
    return fallback;
}

static gboolean
read_id (FoveaConfig *config, const char *key, JsonNode *node, gint32 *id)
{
    gint64 value = holds (node, G_TYPE_INT64) ? json_node_get_int (node) : -1;
    if (value >= 0 && value <= G_MAXINT32) {
        *id = (gint32) value;
        return TRUE;
    }
    malformed (config, "\"%s\" is no token id", key);
    return FALSE;
}

guint
fovea_config_get_ids (FoveaConfig *config, const char *key, gint32 *ids, guint max)
{
    JsonNode *node = fovea_config_get_member (config, key);
    if (node == NULL)
        return 0;
    if (!JSON_NODE_HOLDS_ARRAY (node))
        return read_id (config, key, node, &ids[0]) ? 1 : 0;
    JsonArray *list = json_node_get_array (node);
    guint n = json_array_get_length (list);
    if (n > max) {
        fovea_config_refuse (config, "\"%s\" lists %u ids; at most %u are supported", key, n, max);
        return 0;
    }
    for (guint i = 0; i < n; i++)
        if (!read_id (config, key, json_array_get_element (list, i), &ids[i]))
            return 0;
    return n;
}
