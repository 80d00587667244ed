/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The request and its JSON form. That text is the identity of a run: --resume continues a run only
 * if the text is the same to the last byte, so members come in a fixed order and all are there. */
#include <json-glib/json-glib.h>
#include <string.h>

#include "app/capture-job.h"
#include "capture/json.h"

#define MOST_ARGUMENT (128 * 1024) /* bytes with the final zero: Linux's MAX_ARG_STRLEN */

FoveaCaptureRequest *
fovea_capture_request_new (void)
{
    FoveaCaptureRequest *request = g_new0 (FoveaCaptureRequest, 1);
    request->keep = FOVEA_F32;
    request->precision = FOVEA_PRECISION_F32;
    return request;
}

void
fovea_capture_request_free (FoveaCaptureRequest *request)
{
    if (request == NULL)
        return;
    g_free (request->model);
    g_free (request->text);
    g_free (request->target);
    g_strfreev (request->files);
    g_free (request->jsonl);
    g_free (request->ids);
    g_free (request->points);
    g_free (request->named);
    g_free (request->device);
    g_free (request);
}

FoveaCaptureRequest *
fovea_capture_request_copy (const FoveaCaptureRequest *request)
{
    FoveaCaptureRequest *copy = g_memdup2 (request, sizeof *request);
    copy->model = g_strdup (request->model);
    copy->text = g_strdup (request->text);
    copy->target = g_strdup (request->target);
    copy->files = g_strdupv (request->files);
    copy->jsonl = g_strdup (request->jsonl);
    copy->ids = g_memdup2 (request->ids, (gsize) request->n_ids * sizeof *request->ids);
    copy->points = g_strdup (request->points);
    copy->named = g_strdup (request->named);
    copy->device = g_strdup (request->device);
    return copy;
}

/* NULL and empty are the same to a run. */
static void
add_text (JsonBuilder *builder, const char *name, const char *value)
{
    json_builder_set_member_name (builder, name);
    json_builder_add_string_value (builder, value != NULL ? value : "");
}

static void
add_integer (JsonBuilder *builder, const char *name, gint64 value)
{
    json_builder_set_member_name (builder, name);
    json_builder_add_int_value (builder, value);
}

/* A text or id list goes in as its hash: options should stay short, the tokens are in the store. */
static void
add_source (JsonBuilder *builder, const FoveaCaptureRequest *request)
{
    g_autofree char *files =
        request->files != NULL ? g_strjoinv (", ", request->files) : g_strdup ("");
    g_autofree char *text =
        request->text != NULL ? g_compute_checksum_for_string (G_CHECKSUM_SHA256, request->text, -1)
                              : g_strdup ("");
    g_autofree char *ids =
        request->ids != NULL
            ? g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) request->ids,
                                           (gsize) request->n_ids * sizeof (gint32))
            : g_strdup ("");
    add_text (builder, "files", files);
    add_text (builder, "jsonl", request->jsonl);
    add_text (builder, "text_sha256", text);
    add_text (builder, "ids_sha256", ids);
    if (request->target != NULL)
        add_text (builder, "target", request->target);
    add_integer (builder, "random_repeat", request->random_repeat);
}

char *
fovea_capture_request_to_json (const FoveaCaptureRequest *request)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    json_builder_begin_object (builder);
    add_text (builder, "model", request->model);
    add_source (builder, request);
    add_integer (builder, "tokens", request->tokens);
    add_integer (builder, "stride", request->stride);
    add_integer (builder, "limit", request->limit);
    add_integer (builder, "special", !request->no_special);
    add_integer (builder, "generate", request->generate);
    add_integer (builder, "seed", (gint64) request->seed);
    add_text (builder, "points", request->points != NULL ? request->points : "attention");
    add_text (builder, "keep", fovea_dtype_name (request->keep));
    add_integer (builder, "dense", request->dense);
    add_text (builder, "device", request->device != NULL ? request->device : "auto");
    add_text (builder, "precision", fovea_precision_name (request->precision));
    add_integer (builder, "threads", request->threads);
    add_integer (builder, "memory", (gint64) request->memory);
    add_integer (builder, "shard", request->shard);
    add_integer (builder, "shards", request->n_shards);
    json_builder_end_object (builder);
    g_autoptr (JsonNode) root = json_builder_get_root (builder);
    return json_to_string (root, FALSE);
}

static char *
read_text (JsonObject *object, const char *name)
{
    const char *text = fovea_json_get_text (object, name);
    return text != NULL && *text != '\0' ? g_strdup (text) : NULL;
}

/* A file may come from anywhere: a number may stand as anything. */
static gint64
read_integer (JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member (object, name);
    gboolean number = node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
                      json_node_get_value_type (node) == G_TYPE_INT64;
    return number ? json_node_get_int (node) : 0;
}

static void
read_options (FoveaCaptureRequest *request, JsonObject *object)
{
    g_autofree char *keep = read_text (object, "keep"),
                    *precision = read_text (object, "precision");
    if (keep != NULL)
        fovea_dtype_from_name (keep, &request->keep);
    if (precision != NULL)
        request->precision = fovea_precision_from_name (precision);
    request->model = read_text (object, "model");
    request->jsonl = read_text (object, "jsonl");
    request->target = read_text (object, "target");
    request->points = read_text (object, "points");
    request->device = read_text (object, "device");
    request->random_repeat = read_integer (object, "random_repeat");
    request->tokens = read_integer (object, "tokens");
    request->stride = read_integer (object, "stride");
    request->limit = read_integer (object, "limit");
    request->no_special = read_integer (object, "special") == 0;
    request->generate = read_integer (object, "generate");
    request->seed = (guint64) read_integer (object, "seed");
    request->dense = read_integer (object, "dense") != 0;
    request->threads = (int) read_integer (object, "threads");
    request->memory = (guint64) read_integer (object, "memory");
    request->shard = read_integer (object, "shard");
    request->n_shards = read_integer (object, "shards");
}

/* A name may hold what stands between names: the files tell whether these are they. */
static gboolean
read_files (FoveaCaptureRequest *request, JsonObject *object)
{
    g_autofree char *names = read_text (object, "files");
    if (names != NULL && g_file_test (names, G_FILE_TEST_EXISTS))
        request->files = g_strdupv ((char *[]){names, NULL});
    else if (names != NULL)
        request->files = g_strsplit (names, ", ", -1);
    for (char **file = request->files; file != NULL && *file != NULL; file++)
        if (!g_file_test (*file, G_FILE_TEST_EXISTS))
            return FALSE;
    return request->jsonl == NULL || g_file_test (request->jsonl, G_FILE_TEST_EXISTS);
}

FoveaCaptureRequest *
fovea_capture_request_from_json (const char *json)
{
    g_autoptr (JsonNode) root = json != NULL ? json_from_string (json, NULL) : NULL;
    if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
        return NULL;
    g_autoptr (FoveaCaptureRequest) request = fovea_capture_request_new ();
    read_options (request, json_node_get_object (root));
    if (request->model == NULL || !read_files (request, json_node_get_object (root)))
        return NULL;
    g_autofree char *again = fovea_capture_request_to_json (request);
    return g_str_equal (again, json) ? g_steal_pointer (&request) : NULL;
}

/* "\\\n  -f 'a text'": one option a line, so that a narrow column shows it whole. */
static void
append_option (GString *line, const char *option, const char *value)
{
    g_autofree char *quoted = g_shell_quote (value);
    g_string_append_printf (line, " \\\n  %s%s%s", option, *option != '\0' ? " " : "", quoted);
}

static void
append_number (GString *line, const char *option, gint64 value)
{
    if (value > 0)
        g_string_append_printf (line, " \\\n  %s %" G_GINT64_FORMAT, option, value);
}

/* Longer than a program's argument may be; a shell's own printf has no such limit. */
static gboolean
is_piped (const FoveaCaptureRequest *request)
{
    return request->text != NULL && strlen (request->text) >= MOST_ARGUMENT - 1;
}

static gboolean
looks_like_option (const FoveaCaptureRequest *request)
{
    return request->text != NULL && !is_piped (request) && *request->text == '-';
}

static void
append_source (GString *line, const FoveaCaptureRequest *request)
{
    for (char **file = request->files; file != NULL && *file != NULL; file++)
        append_option (line, "-f", *file);
    if (is_piped (request))
        append_option (line, "-f", "-");
    else if (request->text != NULL && !looks_like_option (request))
        append_option (line, "", request->text);
    if (request->target != NULL)
        append_option (line, "--target", request->target);
    if (request->jsonl != NULL)
        append_option (line, "--jsonl", request->jsonl);
    if (request->ids != NULL) {
        g_autoptr (GString) ids = g_string_new (NULL);
        for (gint64 i = 0; i < request->n_ids; i++)
            g_string_append_printf (ids, "%s%d", i > 0 ? "," : "", request->ids[i]);
        append_option (line, "--ids", ids->str);
    }
    append_number (line, "--random-repeat", request->random_repeat);
}

char *
fovea_capture_request_to_command (const FoveaCaptureRequest *request, const char *store)
{
    g_autofree char *model = g_shell_quote (request->model);
    GString *line = g_string_new (NULL);
    if (is_piped (request)) {
        g_autofree char *text = g_shell_quote (request->text);
        g_string_append_printf (line, "printf %%s %s |\n  ", text);
    }
    g_string_append_printf (line, "fovea capture %s", model);
    append_option (line, "-o", store);
    append_source (line, request);
    append_number (line, "--tokens", request->tokens);
    append_number (line, "--stride", request->stride);
    append_number (line, "--limit", request->limit);
    if (request->no_special)
        g_string_append (line, " \\\n  --no-special");
    append_number (line, "--generate", request->generate);
    append_number (line, "--seed", (gint64) request->seed);
    if (request->points != NULL && !g_str_equal (request->points, "attention"))
        append_option (line, "--points", request->points);
    g_autofree char *keep = g_ascii_strdown (fovea_dtype_name (request->keep), -1);
    if (request->keep != FOVEA_F32)
        append_option (line, "--keep", keep);
    if (request->dense)
        g_string_append (line, " \\\n  --dense");
    if (request->device != NULL && !g_str_equal (request->device, "auto"))
        append_option (line, "--device", request->device);
    if (request->precision != FOVEA_PRECISION_F32)
        append_option (line, "--precision", fovea_precision_name (request->precision));
    append_number (line, "--threads", request->threads);
    append_number (line, "--memory", (gint64) request->memory);
    if (request->n_shards > 0)
        g_string_append_printf (line, " \\\n  --shard %" G_GINT64_FORMAT "/%" G_GINT64_FORMAT,
                                request->shard, request->n_shards);
    /* What looks like an option stands behind all of them. */
    if (looks_like_option (request))
        append_option (line, "--", request->text);
    return g_string_free (line, FALSE);
}
