/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The extent of an export as JSON. What is read is checked as far as it can be without the arrays:
 * ranges lie in the sequence, ids are ids and as many as tokens. The length itself has a limit,
 * since nothing in a file of slices backs it. */
#include "capture/exchange-extent.h"

#include <string.h>

#include "capture/json.h"

enum {
    MOST_TOKENS = 1 << 24
};

void
fovea_extent_free (FoveaExtent *extent)
{
    if (extent == NULL)
        return;
    g_free (extent->ids);
    g_free (extent);
}

gboolean
fovea_extent_has_all_rows (const FoveaExtent *extent)
{
    return extent->part.row0 == 0 && extent->part.row1 == extent->n_tokens;
}

static void
settle_range (gint64 n_tokens, gint64 *from, gint64 *to)
{
    if (*to < 0)
        *to = n_tokens;
    if (*from >= 0 && *from < *to && *to <= n_tokens)
        return;
    *from = 0;
    *to = n_tokens;
}

FoveaExtent *
fovea_extent_new (const FoveaTraceInfo *info, const FoveaExportOptions *options)
{
    FoveaExtent *extent = g_new0 (FoveaExtent, 1);
    extent->n_tokens = info->n_tokens;
    extent->part = *options;
    settle_range (info->n_tokens, &extent->part.row0, &extent->part.row1);
    settle_range (info->n_tokens, &extent->part.key0, &extent->part.key1);
    if (info->ids != NULL && !fovea_extent_has_all_rows (extent))
        extent->ids = g_memdup2 (info->ids, (gsize) info->n_tokens * sizeof *info->ids);
    return extent;
}

static void
add_range (JsonBuilder *builder, const char *name, gint64 from, gint64 to)
{
    json_builder_set_member_name (builder, name);
    json_builder_begin_array (builder);
    json_builder_add_int_value (builder, from);
    json_builder_add_int_value (builder, to);
    json_builder_end_array (builder);
}

char *
fovea_extent_print (const FoveaExtent *extent)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "n_tokens");
    json_builder_add_int_value (builder, extent->n_tokens);
    add_range (builder, "rows", extent->part.row0, extent->part.row1);
    add_range (builder, "keys", extent->part.key0, extent->part.key1);
    json_builder_set_member_name (builder, "head");
    json_builder_add_int_value (builder, extent->part.head);
    if (extent->ids != NULL) {
        json_builder_set_member_name (builder, "ids");
        json_builder_begin_array (builder);
        for (gint64 t = 0; t < extent->n_tokens; t++)
            json_builder_add_int_value (builder, extent->ids[t]);
        json_builder_end_array (builder);
    }
    json_builder_end_object (builder);
    g_autoptr (JsonNode) root = json_builder_get_root (builder);
    return json_to_string (root, FALSE);
}

static gboolean
fail (GError **error, const char *member)
{
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                 "metadata: fovea.extent: %s is missing or out of range", member);
    return FALSE;
}

static gboolean
read_integer (JsonNode *node, gint64 least, gint64 most, gint64 *value)
{
    if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
        json_node_get_value_type (node) != G_TYPE_INT64)
        return FALSE;
    *value = json_node_get_int (node);
    return *value >= least && *value <= most;
}

/* NULL if the member is no list. */
static JsonArray *
get_list (JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member (object, name);
    return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static gboolean
read_range (
    JsonObject *object, const char *name, gint64 n_tokens, gint64 *from, gint64 *to, GError **error)
{
    JsonArray *list = get_list (object, name);
    if (list == NULL || json_array_get_length (list) != 2 ||
        !read_integer (json_array_get_element (list, 0), 0, n_tokens - 1, from) ||
        !read_integer (json_array_get_element (list, 1), *from + 1, n_tokens, to))
        return fail (error, name);
    return TRUE;
}

static gboolean
read_ids (FoveaExtent *extent, JsonObject *object, GError **error)
{
    if (!json_object_has_member (object, "ids"))
        return TRUE;
    JsonArray *list = get_list (object, "ids");
    if (list == NULL || (gint64) json_array_get_length (list) != extent->n_tokens)
        return fail (error, "ids");
    extent->ids = g_new (gint32, extent->n_tokens);
    for (guint t = 0; t < json_array_get_length (list); t++) {
        gint64 id;
        if (!read_integer (json_array_get_element (list, t), 0, G_MAXINT32 - 1, &id))
            return fail (error, "ids");
        extent->ids[t] = (gint32) id;
    }
    return TRUE;
}

FoveaExtent *
fovea_extent_read (const char *text, GError **error)
{
    g_autoptr (JsonObject) object =
        fovea_json_parse_object (text, strlen (text), "metadata: fovea.extent", 0, error);
    if (object == NULL)
        return NULL;
    g_autoptr (FoveaExtent) extent = g_new0 (FoveaExtent, 1);
    FoveaExportOptions *part = &extent->part;
    JsonNode *n_tokens = json_object_get_member (object, "n_tokens");
    JsonNode *head = json_object_get_member (object, "head");
    if (!read_integer (n_tokens, 1, MOST_TOKENS, &extent->n_tokens)) {
        fail (error, "n_tokens");
        return NULL;
    }
    if (!read_integer (head, -1, G_MAXINT32, &part->head)) {
        fail (error, "head");
        return NULL;
    }
    gint64 T = extent->n_tokens;
    if (!read_range (object, "rows", T, &part->row0, &part->row1, error) ||
        !read_range (object, "keys", T, &part->key0, &part->key1, error) ||
        !read_ids (extent, object, error))
        return NULL;
    return g_steal_pointer (&extent);
}
