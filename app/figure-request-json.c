/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A request as JSON and as a shell command. One table names every number of the struct, so that
 * writing and reading cannot drift apart; the order of the table is the order in the file, which
 * keeps the bytes stable. */
#include <json-glib/json-glib.h>
#include <string.h>

#include "app/figure-request.h"
#include "capture/json.h"
#include "ui/figures/inks.h"

#include "fovea-config.h"

typedef enum {
    MEMBER_INT64,
    MEMBER_UINT,
    MEMBER_INT,
    MEMBER_DOUBLE,
    MEMBER_TEXT
} MemberKind;

#define MEMBER(name, kind, field)                                                                  \
    {                                                                                              \
        name, kind, G_STRUCT_OFFSET (FoveaFigureRequest, field)                                    \
    }

typedef struct {
    const char *name;
    MemberKind kind;
    gsize offset;
} Member;

static const Member members[] = {
    MEMBER ("store", MEMBER_TEXT, store_name),
    MEMBER ("store_id", MEMBER_TEXT, store_uuid),
    MEMBER ("sequence", MEMBER_INT64, sequence),
    MEMBER ("model", MEMBER_TEXT, model_name),
    MEMBER ("model_hash", MEMBER_TEXT, model_hash),
    MEMBER ("layer", MEMBER_UINT, map.layer),
    MEMBER ("head", MEMBER_UINT, map.head),
    MEMBER ("row0", MEMBER_INT64, map.q0),
    MEMBER ("row1", MEMBER_INT64, map.q1),
    MEMBER ("key0", MEMBER_INT64, map.k0),
    MEMBER ("key1", MEMBER_INT64, map.k1),
    MEMBER ("linear", MEMBER_INT, map.scale),
    MEMBER ("floor", MEMBER_DOUBLE, map.floor),
    MEMBER ("token_axes", MEMBER_INT, map.token_axes),
    MEMBER ("query", MEMBER_INT64, map.query),
    MEMBER ("key", MEMBER_INT64, map.key),
    MEMBER ("value", MEMBER_TEXT, value),
    MEMBER ("score", MEMBER_TEXT, score),
    MEMBER ("width_mm", MEMBER_DOUBLE, style.width_mm),
    MEMBER ("height_mm", MEMBER_DOUBLE, style.height_mm),
    MEMBER ("text_pt", MEMBER_DOUBLE, style.text_pt),
    MEMBER ("letters", MEMBER_INT, style.letters),
    MEMBER ("caption", MEMBER_INT, style.caption),
    MEMBER ("dpi", MEMBER_DOUBLE, dpi),
};

/* Members that only kinds of the sparsity lab have: figures of other kinds keep their bytes. */
static const Member sparse_members[] = {
    MEMBER ("methods", MEMBER_TEXT, methods),
    MEMBER ("goal", MEMBER_DOUBLE, goal),
    MEMBER ("density", MEMBER_DOUBLE, density),
    MEMBER ("object_layer", MEMBER_INT64, object_layer),
    MEMBER ("object_head", MEMBER_INT64, object_head),
};

/* Written only where it is set: other figures keep their bytes, and older ones have no such member. */
static const char every_head[] = "every_head", some_heads[] = "heads", theme[] = "theme",
                  first_tokens[] = "first_tokens", less[] = "less", less_store[] = "less_store";

/* The value of one member, read from its place in the struct. */
static void
add_member (JsonBuilder *builder, MemberKind kind, gconstpointer field)
{
    switch (kind) {
    case MEMBER_INT64:
        json_builder_add_int_value (builder, *(const gint64 *) field);
        break;
    case MEMBER_UINT:
        json_builder_add_int_value (builder, *(const guint *) field);
        break;
    case MEMBER_INT:
        json_builder_add_int_value (builder, *(const int *) field);
        break;
    case MEMBER_DOUBLE:
        json_builder_add_double_value (builder, *(const double *) field);
        break;
    case MEMBER_TEXT:
        json_builder_add_string_value (
            builder, *(char *const *) field != NULL ? *(char *const *) field : "");
        break;
    }
}

/* Of another store its name; its folder is nobody's business. */
static void
add_less (JsonBuilder *builder, const FoveaFigureRequest *request)
{
    json_builder_set_member_name (builder, less);
    json_builder_add_int_value (builder, request->less);
    if (request->less_store == NULL)
        return;
    g_autofree char *name = g_path_get_basename (request->less_store);
    json_builder_set_member_name (builder, less_store);
    json_builder_add_string_value (builder, name);
}

char *
fovea_figure_request_to_json (const FoveaFigureRequest *request)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "fovea");
    json_builder_add_string_value (builder, FOVEA_VERSION);
    json_builder_set_member_name (builder, "figure");
    json_builder_add_string_value (builder, fovea_figure_kind_get_name (request->kind));
    for (guint i = 0; i < G_N_ELEMENTS (members); i++) {
        json_builder_set_member_name (builder, members[i].name);
        add_member (builder, members[i].kind, (const char *) request + members[i].offset);
    }
    for (guint i = 0;
         fovea_figure_kind_is_sparse (request->kind) && i < G_N_ELEMENTS (sparse_members); i++) {
        json_builder_set_member_name (builder, sparse_members[i].name);
        add_member (builder, sparse_members[i].kind,
                    (const char *) request + sparse_members[i].offset);
    }
    if (request->every_head) {
        json_builder_set_member_name (builder, every_head);
        json_builder_add_int_value (builder, 1);
    }
    if (request->heads != NULL) {
        json_builder_set_member_name (builder, some_heads);
        json_builder_add_string_value (builder, request->heads);
    }
    if (request->first_tokens > 0) {
        json_builder_set_member_name (builder, first_tokens);
        json_builder_add_int_value (builder, request->first_tokens);
    }
    if (request->map.scale == FOVEA_COLOR_DIFFERENCE)
        add_less (builder, request);
    if (request->style.theme != FOVEA_THEME_LIGHT) {
        json_builder_set_member_name (builder, theme);
        json_builder_add_string_value (builder, fovea_theme_get_name (request->style.theme));
    }
    json_builder_end_object (builder);
    g_autoptr (JsonNode) root = json_builder_get_root (builder);
    return json_to_string (root, FALSE);
}

/* A text member of @object, NULL with an error if it is missing or something else. */
static const char *
get_text (JsonObject *object, const char *name, GError **error)
{
    JsonNode *node = json_object_get_member (object, name);
    if (node != NULL && json_node_get_value_type (node) == G_TYPE_STRING)
        return json_node_get_string (node);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "provenance: '%s' is no text", name);
    return NULL;
}

/* Empty text is how NULL was written. */
static gboolean
read_text (JsonObject *object, const char *name, char **field, GError **error)
{
    const char *text = get_text (object, name, error);
    if (text == NULL)
        return FALSE;
    g_free (*field);
    *field = *text != '\0' ? g_strdup (text) : NULL;
    return TRUE;
}

/* Reads one member into its place. Booleans are 0 or 1; the colour scale, called "linear" since it
 * had two values, is 0 to 3. */
static gboolean
read_member (JsonObject *object, const char *name, MemberKind kind, gpointer field, GError **error)
{
    if (kind == MEMBER_TEXT)
        return read_text (object, name, field, error);
    JsonNode *node = json_object_get_member (object, name);
    GType type = node != NULL ? json_node_get_value_type (node) : G_TYPE_INVALID;
    if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "provenance: '%s' is no number", name);
        return FALSE;
    }
    gint64 whole = json_node_get_int (node);
    if (kind == MEMBER_DOUBLE)
        *(double *) field = json_node_get_double (node);
    else if (kind == MEMBER_INT64)
        *(gint64 *) field = whole;
    else if (kind == MEMBER_UINT)
        *(guint *) field = (guint) CLAMP (whole, 0, G_MAXINT32);
    else
        *(int *) field = (int) CLAMP (whole, 0, FOVEA_COLOR_DIFFERENCE);
    return TRUE;
}

static gboolean
read_theme (JsonObject *object, FoveaTheme *out, GError **error)
{
    const char *name = get_text (object, theme, error);
    if (name == NULL)
        return FALSE;
    if (fovea_theme_from_name (name, out))
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                 "provenance: theme '%s' is neither light nor dark", name);
    return FALSE;
}

/* What is written only where it is set. */
static gboolean
read_rare_members (JsonObject *object, FoveaFigureRequest *request, GError **error)
{
    if (json_object_has_member (object, every_head) &&
        !read_member (object, every_head, MEMBER_INT, &request->every_head, error))
        return FALSE;
    if (json_object_has_member (object, some_heads) &&
        !read_member (object, some_heads, MEMBER_TEXT, &request->heads, error))
        return FALSE;
    if (json_object_has_member (object, first_tokens) &&
        !read_member (object, first_tokens, MEMBER_INT64, &request->first_tokens, error))
        return FALSE;
    if (json_object_has_member (object, less) &&
        !read_member (object, less, MEMBER_INT64, &request->less, error))
        return FALSE;
    if (json_object_has_member (object, less_store) &&
        !read_member (object, less_store, MEMBER_TEXT, &request->less_store, error))
        return FALSE;
    return !json_object_has_member (object, theme) ||
           read_theme (object, &request->style.theme, error);
}

FoveaFigureRequest *
fovea_figure_request_from_json (const char *json, GError **error)
{
    g_autoptr (JsonObject) object =
        fovea_json_parse_object (json, strlen (json), "provenance", 0, error);
    const char *name = object != NULL ? get_text (object, "figure", error) : NULL;
    FoveaFigureKind kind;
    if (name == NULL || !fovea_figure_kind_from_name (name, &kind, error))
        return NULL;
    g_autoptr (FoveaFigureRequest) request = fovea_figure_request_new (kind);
    for (guint i = 0; i < G_N_ELEMENTS (members); i++)
        if (!read_member (object, members[i].name, members[i].kind,
                          (char *) request + members[i].offset, error))
            return NULL;
    if (request->value == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "provenance: 'value' is empty");
        return NULL;
    }
    for (guint i = 0; fovea_figure_kind_is_sparse (kind) && i < G_N_ELEMENTS (sparse_members); i++)
        if (!read_member (object, sparse_members[i].name, sparse_members[i].kind,
                          (char *) request + sparse_members[i].offset, error))
            return NULL;
    return read_rare_members (object, request, error) ? g_steal_pointer (&request) : NULL;
}

void
fovea_figure_request_append_range (GString *text, const char *name, gint64 from, gint64 to)
{
    if (from == 0 && to < 0)
        return;
    g_string_append_printf (text, " --%s %" G_GINT64_FORMAT ":", name, from);
    if (to >= 0)
        g_string_append_printf (text, "%" G_GINT64_FORMAT, to);
}

static void
append_position (GString *text, const char *name, gint64 position)
{
    if (position >= 0)
        g_string_append_printf (text, " --%s %" G_GINT64_FORMAT, name, position);
}

static void
append_number (GString *text, const char *name, double value, double usual)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    if (value != usual)
        g_string_append_printf (text, " --%s %s", name,
                                g_ascii_formatd (number, sizeof number, "%.9g", value));
}

static void
append_less (GString *text, const FoveaFigureRequest *request)
{
    g_autofree char *store =
        request->less_store != NULL ? g_shell_quote (request->less_store) : NULL;
    g_string_append_printf (text, " --less %" G_GINT64_FORMAT, request->less);
    if (store != NULL)
        g_string_append_printf (text, " --less-store %s", store);
}

/* Options of maps, token texts and pictures; a picture shows all heads. */
static void
append_map_options (GString *text, const FoveaFigureRequest *request)
{
    if (request->every_head)
        g_string_append_printf (text, " --layer %u --every-head", request->map.layer);
    else if (request->kind != FOVEA_FIGURE_PICTURE)
        g_string_append_printf (text, " --head %u.%u", request->map.layer, request->map.head);
    if (request->kind == FOVEA_FIGURE_TOKENS && g_strcmp0 (request->value, "query") != 0)
        g_string_append_printf (text, " --value %s", request->value);
    fovea_figure_request_append_range (text, "rows", request->map.q0, request->map.q1);
    fovea_figure_request_append_range (text, "keys", request->map.k0, request->map.k1);
    append_position (text, "query", request->map.query);
    append_position (text, "key", request->map.key);
    if (request->map.scale == FOVEA_COLOR_DIFFERENCE)
        append_less (text, request);
    else if (request->map.scale != FOVEA_COLOR_LOG)
        g_string_append_printf (text, " --scale %s",
                                request->map.scale == FOVEA_COLOR_LINEAR ? "linear" : "score");
    append_number (text, "floor", request->map.floor, 0);
    if (request->map.token_axes)
        g_string_append (text, " --token-axes");
}

/* Options of the sparsity lab. */
static void
append_sparse_options (GString *text, const FoveaFigureRequest *request)
{
    if (request->heads != NULL)
        g_string_append_printf (text, " --heads %s", request->heads);
    else if (request->object_head >= 0)
        g_string_append_printf (text, " --head %" G_GINT64_FORMAT ".%" G_GINT64_FORMAT,
                                request->object_layer, request->object_head);
    else if (request->object_layer >= 0)
        g_string_append_printf (text, " --layer %" G_GINT64_FORMAT, request->object_layer);
    if (request->methods != NULL)
        g_string_append_printf (text, " --methods %s", request->methods);
    fovea_figure_request_append_range (text, "rows", request->map.q0, request->map.q1);
    fovea_figure_request_append_range (text, "keys", request->map.k0, request->map.k1);
    if (request->map.token_axes)
        g_string_append (text, " --token-axes");
    append_number (text, "goal", request->goal, 0);
    append_number (text, "density", request->density, 0);
    if (request->first_tokens > 0)
        g_string_append_printf (text, " --first %" G_GINT64_FORMAT, request->first_tokens);
}

char *
fovea_figure_request_to_command (const FoveaFigureRequest *request,
                                 const char *store_path,
                                 const char *output)
{
    g_autofree char *store = g_shell_quote (store_path != NULL ? store_path : request->store_name);
    g_autofree char *file = g_shell_quote (output);
    GString *text = g_string_new (NULL);
    gboolean sparse = fovea_figure_kind_is_sparse (request->kind);
    g_string_append_printf (text, "fovea figure %s %s", fovea_figure_kind_get_name (request->kind),
                            store);
    g_string_append_printf (text, " --sequence %" G_GINT64_FORMAT, request->sequence);
    if (sparse)
        append_sparse_options (text, request);
    else if (request->kind != FOVEA_FIGURE_HEADS)
        append_map_options (text, request);
    else if (request->score != NULL)
        g_string_append_printf (text, " --score %s", request->score);
    append_number (text, "width", request->style.width_mm, 0);
    append_number (text, "height", request->style.height_mm, 0);
    append_number (text, "text-size", request->style.text_pt, 0);
    append_number (text, "dpi", request->dpi, 300);
    if (request->style.theme != FOVEA_THEME_LIGHT)
        g_string_append_printf (text, " --theme %s", fovea_theme_get_name (request->style.theme));
    if (!request->style.caption)
        g_string_append (text, " --no-caption");
    if (request->style.letters != fovea_figure_kind_has_letters (request->kind))
        g_string_append (text, request->style.letters ? " --letters" : " --no-letters");
    g_string_append_printf (text, " -o %s", file);
    return g_string_free (text, FALSE);
}
