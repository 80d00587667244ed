/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The description of a model as JSON, by a table of its members, so that writing and reading cannot
 * differ. Enumerations go as numbers and are checked against their end. */
#include "capture/exchange-metadata.h"

#include <string.h>

#include "capture/json.h"

typedef enum {
    AS_INTEGER, /* gint64 */
    AS_ENUM,    /* int, below limit */
    AS_BOOLEAN,
    AS_FLOAT,
    AS_DOUBLE,
    AS_ID, /* gint32 */
} MemberType;

typedef struct {
    const char *name;
    MemberType type;
    gsize offset;
    gint64 least, limit; /* of integers and enumerations */
    gboolean optional;   /* written where it is not 0, and 0 where it is not written */
} Member;

#define MEMBER(name, type, least, limit)                                                           \
    {                                                                                              \
#name, type, G_STRUCT_OFFSET(FoveaArchitecture, name), least, limit                        \
    }
#define OPTIONAL(name, type, limit)                                                                \
    {                                                                                              \
#name, type, G_STRUCT_OFFSET(FoveaArchitecture, name), 0, limit, TRUE                      \
    }
#define MOST_LAYERS (1 << 16)
#define MOST        (G_GINT64_CONSTANT (1) << 40)

static const Member members[] = {
    MEMBER (n_layers, AS_INTEGER, 1, MOST_LAYERS),
    MEMBER (n_heads, AS_INTEGER, 1, MOST_LAYERS),
    MEMBER (n_kv_heads, AS_INTEGER, 1, MOST_LAYERS),
    MEMBER (head_width, AS_INTEGER, 1, MOST),
    MEMBER (width, AS_INTEGER, 0, MOST),
    MEMBER (mlp_width, AS_INTEGER, 0, MOST),
    MEMBER (vocabulary, AS_INTEGER, 0, MOST),
    MEMBER (context, AS_INTEGER, 1, MOST),
    MEMBER (norm, AS_ENUM, 0, FOVEA_NORM_RMS + 1),
    MEMBER (norm_eps, AS_FLOAT, 0, 0),
    MEMBER (norm_gain_offset, AS_FLOAT, 0, 0),
    MEMBER (position, AS_ENUM, 0, FOVEA_POSITION_ALIBI + 1),
    MEMBER (rotary_width, AS_INTEGER, 0, MOST),
    MEMBER (rotary_base, AS_DOUBLE, 0, 0),
    MEMBER (rotary_interleaved, AS_BOOLEAN, 0, 0),
    MEMBER (activation, AS_ENUM, 0, FOVEA_ACTIVATION_RELU + 1),
    MEMBER (gated, AS_BOOLEAN, 0, 0),
    MEMBER (tied_head, AS_BOOLEAN, 0, 0),
    MEMBER (attention_scale, AS_FLOAT, 0, 0),
    MEMBER (attention_soft_cap, AS_FLOAT, 0, 0),
    MEMBER (n_parameters, AS_INTEGER, 0, G_MAXINT64),
    MEMBER (bos_id, AS_ID, -1, G_MAXINT32),
    MEMBER (eos_id, AS_ID, -1, G_MAXINT32),
    OPTIONAL (norm_place, AS_ENUM, FOVEA_NORM_OF_SUM + 1),
    OPTIONAL (parallel, AS_BOOLEAN, 0),
    OPTIONAL (shared_norm, AS_BOOLEAN, 0),
    OPTIONAL (embed_norm, AS_BOOLEAN, 0),
    OPTIONAL (qk_norm, AS_ENUM, FOVEA_QK_NORM_ALL + 1),
    OPTIONAL (position_offset, AS_INTEGER, MOST),
    OPTIONAL (skips_padding, AS_BOOLEAN, 0),
    OPTIONAL (rotary_local_base, AS_DOUBLE, 0),
    OPTIONAL (rotary_scaling, AS_ENUM, FOVEA_ROTARY_LLAMA3 + 1),
    OPTIONAL (rotary_factor, AS_DOUBLE, 0),
    OPTIONAL (rotary_low, AS_DOUBLE, 0),
    OPTIONAL (rotary_high, AS_DOUBLE, 0),
    OPTIONAL (rotary_amplitude, AS_DOUBLE, 0),
    OPTIONAL (rotary_context, AS_INTEGER, MOST),
    OPTIONAL (n_experts, AS_INTEGER, MOST_LAYERS),
    OPTIONAL (n_experts_used, AS_INTEGER, MOST_LAYERS),
    OPTIONAL (experts_add_to_one, AS_BOOLEAN, 0),
    OPTIONAL (head_transform, AS_BOOLEAN, 0),
    OPTIONAL (no_head, AS_BOOLEAN, 0),
    OPTIONAL (embedding_scale, AS_FLOAT, 0),
    OPTIONAL (logit_soft_cap, AS_FLOAT, 0),
    OPTIONAL (n_token_types, AS_INTEGER, MOST),
    OPTIONAL (bidirectional, AS_BOOLEAN, 0),
};

/* Zero of every type is all bits zero. */
static gboolean
is_zero (const FoveaArchitecture *architecture, const Member *member)
{
    static const gsize sizes[] = {[AS_INTEGER] = sizeof (gint64),   [AS_ENUM] = sizeof (gint32),
                                  [AS_BOOLEAN] = sizeof (gboolean), [AS_FLOAT] = sizeof (float),
                                  [AS_DOUBLE] = sizeof (double),    [AS_ID] = sizeof (gint32)};
    static const char zeros[sizeof (gint64)];
    const void *field = G_STRUCT_MEMBER_P (architecture, member->offset);
    return memcmp (field, zeros, sizes[member->type]) == 0;
}

static void
add_member (JsonBuilder *builder, const FoveaArchitecture *architecture, const Member *member)
{
    const void *field = G_STRUCT_MEMBER_P (architecture, member->offset);
    json_builder_set_member_name (builder, member->name);
    switch (member->type) {
    case AS_INTEGER:
        json_builder_add_int_value (builder, *(const gint64 *) field);
        break;
    case AS_ENUM:
    case AS_ID:
        json_builder_add_int_value (builder, *(const gint32 *) field);
        break;
    case AS_BOOLEAN:
        json_builder_add_boolean_value (builder, *(const gboolean *) field);
        break;
    case AS_FLOAT:
        json_builder_add_double_value (builder, (double) *(const float *) field);
        break;
    case AS_DOUBLE:
        json_builder_add_double_value (builder, *(const double *) field);
        break;
    }
}

static char *
print (JsonBuilder *builder)
{
    g_autoptr (JsonNode) root = json_builder_get_root (builder);
    return json_to_string (root, FALSE);
}

static char *
print_architecture (const FoveaArchitecture *architecture)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "family");
    json_builder_add_string_value (builder, architecture->family);
    for (guint i = 0; i < G_N_ELEMENTS (members); i++)
        if (!members[i].optional || !is_zero (architecture, &members[i]))
            add_member (builder, architecture, &members[i]);
    json_builder_set_member_name (builder, "eos_ids");
    json_builder_begin_array (builder);
    for (guint i = 0; i < architecture->n_eos_ids; i++)
        json_builder_add_int_value (builder, architecture->eos_ids[i]);
    json_builder_end_array (builder);
    if (architecture->windows != NULL) {
        json_builder_set_member_name (builder, "windows");
        json_builder_begin_array (builder);
        for (gint64 l = 0; l < architecture->n_layers; l++)
            json_builder_add_int_value (builder, architecture->windows[l]);
        json_builder_end_array (builder);
    }
    if (architecture->alibi_slopes != NULL) {
        json_builder_set_member_name (builder, "alibi_slopes");
        json_builder_begin_array (builder);
        for (gint64 h = 0; h < architecture->n_heads; h++)
            json_builder_add_double_value (builder, (double) architecture->alibi_slopes[h]);
        json_builder_end_array (builder);
    }
    json_builder_end_object (builder);
    return print (builder);
}

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
    return print (builder);
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
    g_autofree char *architecture = print_architecture (info->architecture);
    writer->note (writer, "fovea.architecture", architecture);
    writer->note (writer, "fovea.extent", printed);
    if (info->token_texts == NULL)
        return;
    g_autofree char *tokens = print_texts (info);
    /* Other readers take token_texts for those of input_ids. */
    const char *key = fovea_extent_has_all_rows (extent) ? "token_texts" : "fovea.token_texts";
    writer->note (writer, key, tokens);
}

static gboolean
fail (GError **error, const char *member)
{
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "metadata: %s is missing or out of range",
                 member);
    return FALSE;
}

/* @node is a value. */
static gboolean
set_member (FoveaArchitecture *architecture, const Member *member, JsonNode *node, GError **error)
{
    void *field = G_STRUCT_MEMBER_P (architecture, member->offset);
    if (member->type == AS_FLOAT) {
        *(float *) field = (float) json_node_get_double (node);
        return TRUE;
    }
    if (member->type == AS_DOUBLE) {
        *(double *) field = json_node_get_double (node);
        return TRUE;
    }
    if (member->type == AS_BOOLEAN) {
        *(gboolean *) field = json_node_get_boolean (node);
        return TRUE;
    }
    gint64 value = json_node_get_int (node);
    if (value < member->least || value >= member->limit)
        return fail (error, member->name);
    if (member->type == AS_INTEGER)
        *(gint64 *) field = value;
    else
        *(gint32 *) field = (gint32) value;
    return TRUE;
}

static gboolean
set_windows (FoveaArchitecture *architecture, JsonObject *object, GError **error)
{
    JsonNode *node = json_object_get_member (object, "windows");
    if (node == NULL)
        return TRUE;
    JsonArray *list = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
    if (list == NULL || json_array_get_length (list) != architecture->n_layers)
        return fail (error, "windows");
    architecture->windows = g_new (gint64, architecture->n_layers);
    for (guint l = 0; l < architecture->n_layers; l++) {
        JsonNode *window = json_array_get_element (list, l);
        architecture->windows[l] = JSON_NODE_HOLDS_VALUE (window) ? json_node_get_int (window) : -1;
        if (architecture->windows[l] < 0)
            return fail (error, "windows");
    }
    return TRUE;
}

/* Files of before the list have the first alone. */
static gboolean
set_eos_ids (FoveaArchitecture *architecture, JsonObject *object, GError **error)
{
    JsonNode *node = json_object_get_member (object, "eos_ids");
    if (node == NULL) {
        architecture->n_eos_ids = architecture->eos_id >= 0 ? 1 : 0;
        architecture->eos_ids[0] = architecture->eos_id;
        return TRUE;
    }
    JsonArray *list = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
    if (list == NULL || json_array_get_length (list) > FOVEA_MAX_EOS)
        return fail (error, "eos_ids");
    architecture->n_eos_ids = json_array_get_length (list);
    for (guint i = 0; i < architecture->n_eos_ids; i++) {
        JsonNode *id = json_array_get_element (list, i);
        gint64 value = JSON_NODE_HOLDS_VALUE (id) ? json_node_get_int (id) : -1;
        if (value < 0 || value >= G_MAXINT32 || (i == 0 && value != architecture->eos_id))
            return fail (error, "eos_ids");
        architecture->eos_ids[i] = (gint32) value;
    }
    return TRUE;
}

static gboolean
set_slopes (FoveaArchitecture *architecture, JsonObject *object, GError **error)
{
    JsonNode *node = json_object_get_member (object, "alibi_slopes");
    if (node == NULL)
        return architecture->position != FOVEA_POSITION_ALIBI || fail (error, "alibi_slopes");
    JsonArray *list = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
    if (list == NULL || json_array_get_length (list) != architecture->n_heads)
        return fail (error, "alibi_slopes");
    architecture->alibi_slopes = g_new (float, (gsize) architecture->n_heads);
    for (guint h = 0; h < architecture->n_heads; h++) {
        JsonNode *slope = json_array_get_element (list, h);
        if (!JSON_NODE_HOLDS_VALUE (slope))
            return fail (error, "alibi_slopes");
        architecture->alibi_slopes[h] = (float) json_node_get_double (slope);
    }
    return TRUE;
}

static gboolean
set_members (FoveaArchitecture *architecture, JsonObject *object, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS (members); i++) {
        JsonNode *node = json_object_get_member (object, members[i].name);
        if (node == NULL && members[i].optional)
            continue;
        if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
            return fail (error, members[i].name);
        if (!set_member (architecture, &members[i], node, error))
            return FALSE;
    }
    if (!set_windows (architecture, object, error) || !set_eos_ids (architecture, object, error) ||
        !set_slopes (architecture, object, error))
        return FALSE;
    if (fovea_architecture_check (architecture, error))
        return TRUE;
    g_prefix_error (error, "metadata: ");
    return FALSE;
}

FoveaArchitecture *
fovea_exchange_read_architecture (const char *text, GError **error)
{
    g_autoptr (JsonObject) object =
        fovea_json_parse_object (text, strlen (text), "metadata: fovea.architecture", 0, error);
    if (object == NULL)
        return NULL;
    g_autoptr (FoveaArchitecture) architecture = g_new0 (FoveaArchitecture, 1);
    architecture->family =
        g_strdup (json_object_get_string_member_with_default (object, "family", ""));
    architecture->weight_dtype = FOVEA_F32;
    if (!set_members (architecture, object, error))
        return NULL;
    return g_steal_pointer (&architecture);
}

char **
fovea_exchange_read_texts (const char *text, gint64 n, GError **error)
{
    /* The strict reader wants an object. */
    g_autofree char *wrapped = g_strconcat ("{\"t\":", text, "}", NULL);
    g_autoptr (JsonObject) object =
        fovea_json_parse_object (wrapped, strlen (wrapped), "metadata: token_texts", 0, error);
    if (object == NULL)
        return NULL;
    JsonNode *node = json_object_get_member (object, "t");
    JsonArray *list = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
    g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();
    gboolean good = list != NULL && json_array_get_length (list) == n;
    for (guint i = 0; good && i < n; i++) {
        JsonNode *token = json_array_get_element (list, i);
        good = JSON_NODE_HOLDS_VALUE (token) && json_node_get_value_type (token) == G_TYPE_STRING;
        if (good)
            g_strv_builder_add (texts, json_node_get_string (token));
    }
    if (good)
        return g_strv_builder_end (texts);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                 "metadata: token_texts is no list of %" G_GINT64_FORMAT " strings", n);
    return NULL;
}
