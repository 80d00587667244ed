/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Metadata are text: what is no text goes as JSON. */
#include "capture/exchange-metadata.h"

#include <string.h>

#include "capture/architecture-json.h"
#include "capture/exchange-extent.h"
#include "capture/json.h"

/* Tokens that are parts of characters show the replacement character. */
static char *
print_texts (const FoveaTraceInfo *info)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    json_builder_begin_array (builder);
    for (gint64 t = 0; t < info->n_tokens; t++) {
        g_autofree char *valid = g_utf8_make_valid (info->token_texts[t], -1);
        json_builder_add_string_value (builder, valid);
    }
    json_builder_end_array (builder);
    g_autoptr (JsonNode) root = json_builder_get_root (builder);
    return json_to_string (root, FALSE);
}

void
fovea_exchange_note (const FoveaTraceInfo *info,
                     const FoveaExtent *extent,
                     FoveaArrayWriter *writer)
{
    const struct {
        const char *key, *value;
    } texts[] = {
        {"model", info->model_name}, {"model_hash", info->model_hash}, {"title", info->title}};
    for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
        if (texts[i].value != NULL)
            writer->note (writer, texts[i].key, texts[i].value);
    g_autofree char *printed = fovea_extent_print (extent);
    g_autofree char *architecture = fovea_architecture_to_json (info->architecture);
    writer->note (writer, "fovea.architecture", architecture);
    writer->note (writer, "fovea.extent", printed);
    if (info->token_texts == NULL)
        return;
    g_autofree char *tokens = print_texts (info);
    /* Other readers take token_texts for those of input_ids. */
    const char *key = fovea_extent_has_all_rows (extent) ? "token_texts" : "fovea.token_texts";
    writer->note (writer, key, tokens);
}

char **
fovea_exchange_read_texts (const char *text, gint64 n, GError **error)
{
    /* The strict reader wants an object; offsets are told of the text alone. */
    static const char before[] = "{\"t\":";
    g_autofree char *wrapped = g_strconcat (before, text, "}", NULL);
    g_autoptr (JsonObject) object = fovea_json_parse_object (
        wrapped, strlen (wrapped), "metadata: token_texts", -strlen (before), error);
    if (object == NULL)
        return NULL;
    JsonNode *node = json_object_get_member (object, "t");
    JsonArray *list = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
    g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();
    gboolean good = list != NULL && json_array_get_length (list) == n;
    for (guint i = 0; good && i < n; i++) {
        JsonNode *token = json_array_get_element (list, i);
        good = json_node_get_value_type (token) == G_TYPE_STRING;
        if (good)
            g_strv_builder_add (texts, json_node_get_string (token));
    }
    if (good)
        return g_strv_builder_end (texts);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                 "metadata: token_texts is no list of %" G_GINT64_FORMAT " strings", n);
    return NULL;
}
