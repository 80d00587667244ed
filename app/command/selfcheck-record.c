/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* {"ids": [...], "points": {"blocks.0...": {"index": [...], "value": [...]}}} */
#include "app/command/selfcheck-record.h"

#include "app/data-files.h"
#include "capture/json.h"
#include "capture/texts.h"

void
fovea_selfcheck_point_free (SelfcheckPoint *point)
{
    g_free (point->name);
    g_free (point->places);
    g_free (point->values);
    g_free (point);
}

void
fovea_selfcheck_record_free (SelfcheckRecord *record)
{
    if (record == NULL)
        return;
    g_clear_pointer (&record->points, g_ptr_array_unref);
    g_clear_pointer (&record->info, fovea_trace_info_free);
    g_free (record);
}

SelfcheckRecord *
fovea_selfcheck_record_new (FoveaTraceInfo *info)
{
    SelfcheckRecord *record = g_new0 (SelfcheckRecord, 1);
    record->info = info;
    record->points = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_selfcheck_point_free);
    return record;
}

/* Array member @name of @object, NULL if it is missing or holds anything but numbers. */
static JsonArray *
get_numbers (JsonObject *object, const char *name)
{
    JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;
    if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
        return NULL;
    JsonArray *array = json_node_get_array (node);
    for (guint i = 0; i < json_array_get_length (array); i++)
        if (!JSON_NODE_HOLDS_VALUE (json_array_get_element (array, i)))
            return NULL;
    return array;
}

/* NULL if index and value are not two lists of one length. */
static SelfcheckPoint *
read_point (JsonObject *points, const char *name)
{
    JsonNode *node = json_object_get_member (points, name);
    JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    JsonArray *places = get_numbers (object, "index"), *values = get_numbers (object, "value");
    if (places == NULL || values == NULL ||
        json_array_get_length (places) != json_array_get_length (values))
        return NULL;
    SelfcheckPoint *point = g_new0 (SelfcheckPoint, 1);
    point->name = g_strdup (name);
    point->sampled = TRUE;
    point->n = json_array_get_length (places);
    point->places = g_new (gint64, MAX (point->n, 1));
    point->values = g_new (double, MAX (point->n, 1));
    for (guint i = 0; i < (guint) point->n; i++) {
        point->places[i] = json_array_get_int_element (places, i);
        point->values[i] = json_array_get_double_element (values, i);
    }
    return point;
}

static FoveaTraceInfo *
read_ids (FoveaModel *model, JsonArray *array, GError **error)
{
    guint n = json_array_get_length (array);
    g_autofree gint32 *ids = g_new (gint32, MAX (n, 1));
    for (guint i = 0; i < n; i++)
        ids[i] = (gint32) json_array_get_int_element (array, i);
    return fovea_texts_from_ids (model, "selfcheck", ids, n, error);
}

static SelfcheckRecord *
read_root (FoveaModel *model, JsonObject *root, const char *path, GError **error)
{
    JsonArray *ids = get_numbers (root, "ids");
    JsonNode *node = json_object_get_member (root, "points");
    if (ids == NULL || node == NULL || !JSON_NODE_HOLDS_OBJECT (node)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: no 'ids' or no 'points'", path);
        return NULL;
    }
    FoveaTraceInfo *info = read_ids (model, ids, error);
    if (info == NULL)
        return NULL;
    g_autoptr (SelfcheckRecord) record = fovea_selfcheck_record_new (info);
    JsonObject *points = json_node_get_object (node);
    g_autoptr (GList) names = json_object_get_members (points);
    for (GList *name = names; name != NULL; name = name->next) {
        SelfcheckPoint *point = read_point (points, name->data);
        if (point == NULL) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: point '%s' is malformed",
                         path, (const char *) name->data);
            return NULL;
        }
        g_ptr_array_add (record->points, point);
    }
    return g_steal_pointer (&record);
}

SelfcheckRecord *
fovea_selfcheck_record_read (FoveaModel *model, GError **error)
{
    g_autofree char *path = fovea_data_find ("demo/selfcheck.json", error);
    if (path == NULL)
        return NULL;
    g_autofree char *text = NULL;
    gsize length;
    if (!g_file_get_contents (path, &text, &length, error))
        return NULL;
    g_autoptr (JsonObject) root = fovea_json_parse_object (text, length, path, 0, error);
    return root != NULL ? read_root (model, root, path, error) : NULL;
}
