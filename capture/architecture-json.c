/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One table lists every field of FoveaArchitecture once and drives both directions: a field added
 * there is added here in one line. Enumerations are kept by name, so that their numbers may change.
 * A missing field is an error, unless it came later and is 0 in whatever lacks it: a description
 * read by halves would compute other scores than the model did. */
#include "capture/architecture-json.h"

#include <stddef.h>
#include <string.h>

#include "capture/json.h"

/* No loop over sizes that a file claims may overflow; each has closer bounds of its own. */
#define MOST (G_GINT64_CONSTANT (1) << 50)

typedef enum {
    FIELD_INTEGER, /* gint64 */
    FIELD_TOKEN,   /* gint32 */
    FIELD_FLOAT,
    FIELD_DOUBLE,
    FIELD_BOOLEAN,
    FIELD_NAME, /* an enum, by name */
} FieldKind;

typedef struct {
    const char *name;
    FieldKind kind;
    gsize offset;
    const char *const *names; /* of FIELD_NAME, in order of value */
    gboolean optional;        /* written where it is not 0, and 0 where it is not written */
} Field;

static const char *const norm_names[] = {"layer", "rms", NULL};
static const char *const position_names[] = {"none", "learned", "rotary", "alibi", NULL};
static const char *const activation_names[] = {"gelu",    "gelu_new", "silu", "relu",
                                               "clamped", "relu2",    NULL};
/* "" stands for the number that no type has. */
static const char *const dtype_names[] = {
    "F32",   "F16",     "BF16",   "F64",    "I64",     "I32",   "I16",   "I8",    "U8",
    "BOOL",  "",        "Q4_0",   "Q4_1",   "Q5_0",    "Q5_1",  "Q8_0",  "Q2_K",  "Q3_K",
    "Q4_K",  "Q5_K",    "Q6_K",   "IQ4_NL", "IQ4_XS",  "TQ1_0", "TQ2_0", "MXFP4", "IQ1_S",
    "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S",  "IQ3_XXS", "IQ3_S", NULL};
G_STATIC_ASSERT (G_N_ELEMENTS (dtype_names) == FOVEA_N_STORED_DTYPES + 1);
static const char *const norm_place_names[] = {"before", "behind",  "around",
                                               "of_sum", "nowhere", NULL};
static const char *const qk_norm_names[] = {"none", "head", "all", "each", NULL};
static const char *const scaling_names[] = {"plain",  "linear",   "dynamic", "yarn",
                                            "llama3", "longrope", NULL};

#define FIELD(name, kind)                                                                          \
    {                                                                                              \
#name, kind, offsetof(FoveaArchitecture, name), NULL                                       \
    }
#define NAMED_FIELD(name, list)                                                                    \
    {                                                                                              \
#name, FIELD_NAME, offsetof(FoveaArchitecture, name), list                                 \
    }

#define OPTIONAL(name, kind)                                                                       \
    {                                                                                              \
#name, kind, offsetof(FoveaArchitecture, name), NULL, TRUE                                 \
    }
#define OPTIONAL_NAME(name, list)                                                                  \
    {                                                                                              \
#name, FIELD_NAME, offsetof(FoveaArchitecture, name), list, TRUE                           \
    }

static const Field fields[] = {
    FIELD (n_layers, FIELD_INTEGER),
    FIELD (n_heads, FIELD_INTEGER),
    FIELD (n_kv_heads, FIELD_INTEGER),
    FIELD (head_width, FIELD_INTEGER),
    FIELD (width, FIELD_INTEGER),
    FIELD (mlp_width, FIELD_INTEGER),
    FIELD (vocabulary, FIELD_INTEGER),
    FIELD (context, FIELD_INTEGER),
    NAMED_FIELD (norm, norm_names),
    FIELD (norm_eps, FIELD_FLOAT),
    FIELD (norm_gain_offset, FIELD_FLOAT),
    NAMED_FIELD (position, position_names),
    FIELD (rotary_width, FIELD_INTEGER),
    FIELD (rotary_base, FIELD_DOUBLE),
    FIELD (rotary_interleaved, FIELD_BOOLEAN),
    NAMED_FIELD (activation, activation_names),
    FIELD (gated, FIELD_BOOLEAN),
    FIELD (tied_head, FIELD_BOOLEAN),
    FIELD (attention_scale, FIELD_FLOAT),
    FIELD (attention_soft_cap, FIELD_FLOAT),
    NAMED_FIELD (weight_dtype, dtype_names),
    FIELD (n_parameters, FIELD_INTEGER),
    FIELD (bos_id, FIELD_TOKEN),
    FIELD (eos_id, FIELD_TOKEN),
    OPTIONAL_NAME (norm_place, norm_place_names),
    OPTIONAL (parallel, FIELD_BOOLEAN),
    OPTIONAL (shared_norm, FIELD_BOOLEAN),
    OPTIONAL (embed_norm, FIELD_BOOLEAN),
    OPTIONAL (first_bare, FIELD_BOOLEAN),
    OPTIONAL_NAME (qk_norm, qk_norm_names),
    OPTIONAL (position_offset, FIELD_INTEGER),
    OPTIONAL (skips_padding, FIELD_BOOLEAN),
    OPTIONAL (rotary_local_base, FIELD_DOUBLE),
    OPTIONAL_NAME (rotary_scaling, scaling_names),
    OPTIONAL (rotary_factor, FIELD_DOUBLE),
    OPTIONAL (rotary_low, FIELD_DOUBLE),
    OPTIONAL (rotary_high, FIELD_DOUBLE),
    OPTIONAL (rotary_amplitude, FIELD_DOUBLE),
    OPTIONAL (rotary_context, FIELD_INTEGER),
    OPTIONAL (qkv_limit, FIELD_FLOAT),
    OPTIONAL (distance_reach, FIELD_INTEGER),
    OPTIONAL (distance_buckets, FIELD_INTEGER),
    OPTIONAL (rotary_exact, FIELD_BOOLEAN),
    OPTIONAL (n_experts, FIELD_INTEGER),
    OPTIONAL (n_experts_used, FIELD_INTEGER),
    OPTIONAL (experts_add_to_one, FIELD_BOOLEAN),
    OPTIONAL (experts_scale, FIELD_FLOAT),
    OPTIONAL (router_sigmoid, FIELD_BOOLEAN),
    OPTIONAL (n_expert_groups, FIELD_INTEGER),
    OPTIONAL (n_expert_groups_used, FIELD_INTEGER),
    OPTIONAL (shared_width, FIELD_INTEGER),
    OPTIONAL (n_dense_layers, FIELD_INTEGER),
    OPTIONAL (dense_width, FIELD_INTEGER),
    OPTIONAL (q_latent, FIELD_INTEGER),
    OPTIONAL (kv_latent, FIELD_INTEGER),
    OPTIONAL (value_width, FIELD_INTEGER),
    OPTIONAL (latent_eps, FIELD_FLOAT),
    OPTIONAL (head_transform, FIELD_BOOLEAN),
    OPTIONAL (no_head, FIELD_BOOLEAN),
    OPTIONAL (embedding_scale, FIELD_FLOAT),
    OPTIONAL (residual_scale, FIELD_FLOAT),
    OPTIONAL (logit_scale, FIELD_FLOAT),
    OPTIONAL (logit_soft_cap, FIELD_FLOAT),
    OPTIONAL (n_token_types, FIELD_INTEGER),
    OPTIONAL (n_encoder_layers, FIELD_INTEGER),
    OPTIONAL (start_id, FIELD_TOKEN),
    OPTIONAL (image_size, FIELD_INTEGER),
    OPTIONAL (patch_size, FIELD_INTEGER),
    OPTIONAL (n_channels, FIELD_INTEGER),
    OPTIONAL (bidirectional, FIELD_BOOLEAN),
};

/* Zero of every kind is all bits zero. */
static gboolean
is_zero (const Field *field, const FoveaArchitecture *architecture)
{
    static const gsize sizes[] = {
        [FIELD_INTEGER] = sizeof (gint64),   [FIELD_TOKEN] = sizeof (gint32),
        [FIELD_FLOAT] = sizeof (float),      [FIELD_DOUBLE] = sizeof (double),
        [FIELD_BOOLEAN] = sizeof (gboolean), [FIELD_NAME] = sizeof (guint)};
    static const char zeros[sizeof (gint64)];
    return memcmp ((const char *) architecture + field->offset, zeros, sizes[field->kind]) == 0;
}

static void
write_field (JsonBuilder *builder, const Field *field, const FoveaArchitecture *architecture)
{
    gconstpointer at = (const char *) architecture + field->offset;
    json_builder_set_member_name (builder, field->name);
    switch (field->kind) {
    case FIELD_INTEGER:
        json_builder_add_int_value (builder, *(const gint64 *) at);
        break;
    case FIELD_TOKEN:
        json_builder_add_int_value (builder, *(const gint32 *) at);
        break;
    case FIELD_FLOAT:
        json_builder_add_double_value (builder, (double) *(const float *) at);
        break;
    case FIELD_DOUBLE:
        json_builder_add_double_value (builder, *(const double *) at);
        break;
    case FIELD_BOOLEAN:
        json_builder_add_boolean_value (builder, *(const gboolean *) at);
        break;
    case FIELD_NAME:
        json_builder_add_string_value (builder, field->names[*(const guint *) at]);
        break;
    }
}

static void
write_floats (JsonBuilder *builder, const char *name, const float *values, gint64 n)
{
    if (values == NULL)
        return;
    json_builder_set_member_name (builder, name);
    json_builder_begin_array (builder);
    for (gint64 i = 0; i < n; i++)
        json_builder_add_double_value (builder, (double) values[i]);
    json_builder_end_array (builder);
}

static void
write_divisors (JsonBuilder *builder, const char *name, const double *divisors, gint64 n)
{
    if (divisors == NULL)
        return;
    json_builder_set_member_name (builder, name);
    json_builder_begin_array (builder);
    for (gint64 i = 0; i < n; i++)
        json_builder_add_double_value (builder, divisors[i]);
    json_builder_end_array (builder);
}

char *
fovea_architecture_to_json (const FoveaArchitecture *architecture)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "family");
    json_builder_add_string_value (builder, architecture->family);
    for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
        if (!fields[i].optional || !is_zero (&fields[i], architecture))
            write_field (builder, &fields[i], architecture);
    json_builder_set_member_name (builder, "windows");
    if (architecture->windows == NULL) {
        json_builder_add_null_value (builder);
    } else {
        json_builder_begin_array (builder);
        for (gint64 l = 0; l < architecture->n_layers; l++)
            json_builder_add_int_value (builder, architecture->windows[l]);
        json_builder_end_array (builder);
    }
    if (architecture->still != NULL) {
        json_builder_set_member_name (builder, "still");
        json_builder_begin_array (builder);
        for (gint64 l = 0; l < architecture->n_layers; l++)
            json_builder_add_boolean_value (builder, architecture->still[l]);
        json_builder_end_array (builder);
    }
    write_divisors (builder, "rotary_short", architecture->rotary_short,
                    architecture->rotary_width / 2);
    write_divisors (builder, "rotary_long", architecture->rotary_long,
                    architecture->rotary_width / 2);
    write_floats (builder, "alibi_slopes", architecture->alibi_slopes, architecture->n_heads);
    write_floats (builder, "distance_bias", architecture->distance_bias,
                  architecture->n_heads * (2 * architecture->distance_reach + 1));
    write_floats (builder, "target_bias", architecture->target_bias,
                  architecture->n_heads * (2 * architecture->distance_reach + 1));
    write_floats (builder, "sink_logits", architecture->sink_logits,
                  architecture->n_layers * architecture->n_heads);
    /* Last, where a migration of stores adds it to older descriptions. */
    json_builder_set_member_name (builder, "eos_ids");
    json_builder_begin_array (builder);
    for (guint i = 0; i < architecture->n_eos_ids; i++)
        json_builder_add_int_value (builder, architecture->eos_ids[i]);
    json_builder_end_array (builder);
    json_builder_end_object (builder);
    g_autoptr (JsonNode) root = json_builder_get_root (builder);
    return json_to_string (root, FALSE);
}

static gboolean
read_name (const Field *field, JsonNode *node, guint *value)
{
    const char *name = json_node_get_string (node);
    for (guint i = 0; name != NULL && field->names[i] != NULL; i++) {
        if (*name == '\0' || !g_str_equal (field->names[i], name))
            continue;
        *value = i;
        return TRUE;
    }
    return FALSE;
}

/* -1 = none. */
static gboolean
read_token (JsonNode *node, gint32 *id)
{
    gint64 value = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_int (node) : G_MAXINT64;
    *id = (gint32) CLAMP (value, -1, G_MAXINT32);
    return *id == value;
}

static gboolean
read_field (const Field *field, JsonNode *node, FoveaArchitecture *architecture)
{
    gpointer at = (char *) architecture + field->offset;
    if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
        return FALSE;
    switch (field->kind) {
    case FIELD_INTEGER:
        *(gint64 *) at = json_node_get_int (node);
        return *(gint64 *) at >= 0 && *(gint64 *) at <= MOST;
    case FIELD_TOKEN:
        return read_token (node, at);
    case FIELD_FLOAT:
        *(float *) at = (float) json_node_get_double (node);
        return TRUE;
    case FIELD_DOUBLE:
        *(double *) at = json_node_get_double (node);
        return TRUE;
    case FIELD_BOOLEAN:
        *(gboolean *) at = json_node_get_boolean (node);
        return TRUE;
    case FIELD_NAME:
        return read_name (field, node, at);
    }
    return FALSE;
}

/* The list has one window a layer; the count of layers is known by then. */
static gboolean
read_windows (JsonObject *object, FoveaArchitecture *architecture)
{
    JsonNode *node = json_object_get_member (object, "windows");
    if (node == NULL || JSON_NODE_HOLDS_NULL (node))
        return node != NULL;
    if (!JSON_NODE_HOLDS_ARRAY (node))
        return FALSE;
    JsonArray *list = json_node_get_array (node);
    if ((gint64) json_array_get_length (list) != architecture->n_layers)
        return FALSE;
    architecture->windows = g_new0 (gint64, json_array_get_length (list));
    for (guint l = 0; l < json_array_get_length (list); l++) {
        JsonNode *window = json_array_get_element (list, l);
        architecture->windows[l] = JSON_NODE_HOLDS_VALUE (window) ? json_node_get_int (window) : -1;
    }
    return TRUE;
}

/* Absent where all layers turn, as in all that was written before there were others. */
static gboolean
read_still (JsonObject *object, FoveaArchitecture *architecture)
{
    JsonNode *node = json_object_get_member (object, "still");
    if (node == NULL)
        return TRUE;
    JsonArray *list = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
    if (list == NULL || (gint64) json_array_get_length (list) != architecture->n_layers)
        return FALSE;
    architecture->still = g_new0 (gboolean, json_array_get_length (list));
    for (guint l = 0; l < json_array_get_length (list); l++) {
        JsonNode *still = json_array_get_element (list, l);
        architecture->still[l] = JSON_NODE_HOLDS_VALUE (still) && json_node_get_boolean (still);
    }
    return TRUE;
}

/* A list of @n numbers; FALSE if it is another, or absent where it is @needed. */
static gboolean
read_floats (JsonObject *object, const char *name, gboolean needed, gint64 n, float **values)
{
    JsonNode *node = json_object_get_member (object, name);
    if (node == NULL)
        return !needed;
    if (!JSON_NODE_HOLDS_ARRAY (node))
        return FALSE;
    JsonArray *list = json_node_get_array (node);
    if ((gint64) json_array_get_length (list) != n)
        return FALSE;
    *values = g_new0 (float, (gsize) MAX (n, 1));
    for (guint i = 0; i < n; i++) {
        JsonNode *value = json_array_get_element (list, i);
        if (!JSON_NODE_HOLDS_VALUE (value))
            return FALSE;
        (*values)[i] = (float) json_node_get_double (value);
    }
    return TRUE;
}

/* One a pair that turns; there for models that stretch by lists. */
static gboolean
read_divisors (JsonObject *object,
               const char *name,
               const FoveaArchitecture *architecture,
               double **divisors)
{
    JsonNode *node = json_object_get_member (object, name);
    if (node == NULL)
        return architecture->rotary_scaling != FOVEA_ROTARY_LONGROPE;
    if (!JSON_NODE_HOLDS_ARRAY (node))
        return FALSE;
    JsonArray *list = json_node_get_array (node);
    guint n = json_array_get_length (list);
    if ((gint64) n != architecture->rotary_width / 2)
        return FALSE;
    *divisors = g_new0 (double, MAX (n, 1));
    for (guint i = 0; i < n; i++) {
        JsonNode *divisor = json_array_get_element (list, i);
        (*divisors)[i] = JSON_NODE_HOLDS_VALUE (divisor) ? json_node_get_double (divisor) : 0;
        if (!((*divisors)[i] > 0))
            return FALSE;
    }
    return TRUE;
}

/* A store that was not written since it was older has the first alone. */
static gboolean
read_eos_ids (JsonObject *object, FoveaArchitecture *architecture)
{
    JsonNode *node = json_object_get_member (object, "eos_ids");
    if (node == NULL) {
        architecture->n_eos_ids = architecture->eos_id >= 0 ? 1 : 0;
        architecture->eos_ids[0] = architecture->eos_id;
        return TRUE;
    }
    JsonArray *list = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
    if (list == NULL || json_array_get_length (list) > FOVEA_MAX_EOS)
        return FALSE;
    architecture->n_eos_ids = json_array_get_length (list);
    for (guint i = 0; i < architecture->n_eos_ids; i++) {
        if (!read_token (json_array_get_element (list, i), &architecture->eos_ids[i]) ||
            architecture->eos_ids[i] < 0)
            return FALSE;
    }
    return architecture->n_eos_ids == 0 || architecture->eos_ids[0] == architecture->eos_id;
}

static const char *
read_object (JsonObject *object, FoveaArchitecture *architecture)
{
    JsonNode *family = json_object_get_member (object, "family");
    if (family == NULL || !JSON_NODE_HOLDS_VALUE (family) ||
        json_node_get_value_type (family) != G_TYPE_STRING)
        return "family";
    architecture->family = json_node_dup_string (family);
    for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
        JsonNode *node = json_object_get_member (object, fields[i].name);
        if (node == NULL && fields[i].optional)
            continue;
        if (!read_field (&fields[i], node, architecture))
            return fields[i].name;
    }
    if (!read_windows (object, architecture))
        return "windows";
    if (!read_still (object, architecture))
        return "still";
    gint64 H = architecture->n_heads, L = architecture->n_layers;
    if (!read_floats (object, "alibi_slopes", architecture->position == FOVEA_POSITION_ALIBI, H,
                      &architecture->alibi_slopes))
        return "alibi_slopes";
    if (H > MOST / MAX (L, 1) ||
        !read_floats (object, "sink_logits", FALSE, L * H, &architecture->sink_logits))
        return "sink_logits";
    gint64 reach = MIN (architecture->distance_reach, MOST / 4 / MAX (H, 1));
    if (!read_floats (object, "distance_bias", architecture->distance_buckets > 0,
                      H * (2 * reach + 1), &architecture->distance_bias))
        return "distance_bias";
    if (!read_floats (object, "target_bias",
                      architecture->n_encoder_layers > 0 && architecture->distance_buckets > 0,
                      H * (2 * reach + 1), &architecture->target_bias))
        return "target_bias";
    if (!read_divisors (object, "rotary_short", architecture, &architecture->rotary_short))
        return "rotary_short";
    if (!read_divisors (object, "rotary_long", architecture, &architecture->rotary_long))
        return "rotary_long";
    return read_eos_ids (object, architecture) ? NULL : "eos_ids";
}

FoveaArchitecture *
fovea_architecture_from_json (const char *json, const char *what, GError **error)
{
    g_autoptr (JsonObject) object = fovea_json_parse_object (json, strlen (json), what, 0, error);
    if (object == NULL)
        return NULL;
    g_autoptr (FoveaArchitecture) architecture = g_new0 (FoveaArchitecture, 1);
    const char *wrong = read_object (object, architecture);
    if (wrong != NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s lacks %s", what, wrong);
        return NULL;
    }
    if (fovea_architecture_check (architecture, error))
        return g_steal_pointer (&architecture);
    g_prefix_error (error, "%s: ", what);
    return NULL;
}
