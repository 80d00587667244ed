/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Files are read whole: the longest text that fits a context is small beside one layer's arrays. */
#include "app/capture-input.h"

#include <gio/gunixinputstream.h>
#include <string.h>
#include <unistd.h>

#include "capture/pictures.h"
#include "capture/sampler.h"

#define DEFAULT_REPEATS 10
#define LONGEST_TITLE   24 /* letters */

/* A file's content, or standard input's for "-". */
static GBytes *
read_source (const char *path, GError **error)
{
    g_autoptr (GInputStream) in = NULL;
    if (g_str_equal (path, "-")) {
        in = g_unix_input_stream_new (STDIN_FILENO, FALSE);
    } else {
        g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
        in = G_INPUT_STREAM (g_file_read (file, NULL, error));
    }
    if (in == NULL)
        return NULL;
    g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
    if (g_output_stream_splice (out, in, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, error) < 0) {
        g_prefix_error (error, "%s: ", path);
        return NULL;
    }
    return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (out));
}

static GPtrArray *
new_list (void)
{
    return g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_trace_info_free);
}

/* The request's window options as texts.h wants them. */
static FoveaTextsOptions
make_options (const FoveaCaptureRequest *request)
{
    FoveaTextsOptions options = {
        .max_tokens = request->tokens,
        .stride = request->stride,
        .limit = request->limit,
        .add_special = !request->no_special,
        .target = request->target,
    };
    return options;
}

static gboolean
reads_pictures (FoveaModel *model)
{
    return fovea_model_get_architecture (model)->image_size > 0;
}

gboolean
fovea_capture_input_is_picture (const char *path)
{
    static const char *const suffixes[] = {".png", ".jpg", ".jpeg", ".npy"};
    g_autofree char *name = g_ascii_strdown (path, -1);
    for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
        if (g_str_has_suffix (name, suffixes[i]))
            return TRUE;
    return FALSE;
}

/* Windows of a text, or the pictures in a file, as the model reads one or the other. */
static GPtrArray *
read_file (FoveaModel *model,
           const char *title,
           GBytes *bytes,
           const FoveaTextsOptions *options,
           GError **error)
{
    gsize length;
    const char *text = g_bytes_get_data (bytes, &length);
    if (!reads_pictures (model) && fovea_capture_input_is_picture (title) &&
        !g_utf8_validate_len (text != NULL ? text : "", length, NULL)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                     "%s reads texts, not pictures: %s", fovea_model_get_name (model), title);
        return NULL;
    }
    if (!reads_pictures (model))
        return fovea_texts_from_text (model, title, text != NULL ? text : "", (gssize) length,
                                      options, error);
    GPtrArray *pictures = fovea_pictures_read (model, title, bytes, error);
    if (pictures != NULL && options->limit > 0 && pictures->len > options->limit)
        g_ptr_array_set_size (pictures, (gint) options->limit);
    return pictures;
}

/* Windows of every file, in order, until the limit is reached. */
static GPtrArray *
read_files (FoveaModel *model, const FoveaCaptureRequest *request, GError **error)
{
    g_autoptr (GPtrArray) all = new_list ();
    for (char **path = request->files; *path != NULL; path++) {
        FoveaTextsOptions options = make_options (request);
        options.limit = request->limit > 0 ? request->limit - all->len : 0;
        if (request->limit > 0 && options.limit <= 0)
            break;
        g_autoptr (GBytes) bytes = read_source (*path, error);
        if (bytes == NULL)
            return NULL;
        g_autofree char *title =
            g_str_equal (*path, "-") ? g_strdup ("standard input") : g_path_get_basename (*path);
        g_autoptr (GPtrArray) some = read_file (model, title, bytes, &options, error);
        if (some == NULL)
            return NULL;
        g_ptr_array_extend_and_steal (all, g_steal_pointer (&some));
    }
    return g_steal_pointer (&all);
}

/* One sequence or more a line; titles are the lines' own, or file and line. */
static GPtrArray *
read_jsonl (FoveaModel *model, const FoveaCaptureRequest *request, GError **error)
{
    g_autoptr (GBytes) bytes = read_source (request->jsonl, error);
    if (bytes == NULL)
        return NULL;
    gsize length;
    const char *text = g_bytes_get_data (bytes, &length);
    FoveaTextsOptions options = make_options (request);
    return fovea_texts_from_jsonl (model, request->jsonl, text != NULL ? text : "", length,
                                   &options, error);
}

static GPtrArray *
read_ids (FoveaModel *model, const FoveaCaptureRequest *request, GError **error)
{
    FoveaTraceInfo *info = fovea_texts_from_ids (model, "ids", request->ids, request->n_ids, error);
    if (info == NULL)
        return NULL;
    GPtrArray *list = new_list ();
    g_ptr_array_add (list, info);
    return list;
}

/* NULL = all are pictures.   Owner: the list. */
static const char *
find_no_picture (char **files)
{
    while (*files != NULL && fovea_capture_input_is_picture (*files))
        files++;
    return *files;
}

/* A picture has one length, and nothing follows it. */
static gboolean
check_picture_request (FoveaModel *model, const FoveaCaptureRequest *request, GError **error)
{
    const char *name = fovea_model_get_name (model);
    gboolean windows =
        request->tokens > 0 || request->stride > 0 || request->no_special || request->generate > 0;
    if (request->files != NULL && !windows)
        return TRUE;
    /* First what to give: the window's form leaves the others out as soon as there are pictures alone. */
    const char *other = request->files != NULL ? find_no_picture (request->files) : NULL;
    g_autofree char *base = other != NULL ? g_path_get_basename (other) : NULL;
    if (request->files == NULL)
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "%s reads pictures: give files, PNG, JPEG or .npy", name);
    else if (other != NULL)
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "%s reads pictures: %s is none, by its name; give PNG, JPEG or .npy", name,
                     base);
    else
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "%s reads pictures: --tokens, --stride, --no-special and --generate have no "
                     "meaning",
                     name);
    return FALSE;
}

/* "Editor of a well-known…": texts of a store that were typed are told apart by how they begin.   Owner: caller. */
static char *
name_text (const char *text)
{
    g_autofree char *line =
        g_utf8_make_valid (text, (gssize) MIN (strlen (text), 4 * (LONGEST_TITLE + 1)));
    g_strstrip (g_strdelimit (line, "\n\r\t", ' '));
    if (*line == '\0')
        return g_strdup ("text");
    if (g_utf8_strlen (line, -1) <= LONGEST_TITLE)
        return g_steal_pointer (&line);
    g_autofree char *head = g_utf8_substring (line, 0, LONGEST_TITLE - 1);
    return g_strdup_printf ("%s…", g_strchomp (head));
}

GPtrArray *
fovea_capture_input_read (FoveaModel *model, const FoveaCaptureRequest *request, GError **error)
{
    int n_sources = (request->text != NULL) + (request->files != NULL) + (request->jsonl != NULL) +
                    (request->ids != NULL) + (request->random_repeat > 0);
    if (n_sources != 1) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "capture: %s: give one of TEXT, -f FILE, --jsonl FILE, --ids LIST, "
                     "--random-repeat P",
                     n_sources == 0 ? "no input" : "more than one input");
        return NULL;
    }
    if (reads_pictures (model) && !check_picture_request (model, request, error))
        return NULL;
    if (request->files != NULL)
        return read_files (model, request, error);
    if (request->jsonl != NULL)
        return read_jsonl (model, request, error);
    if (request->ids != NULL)
        return read_ids (model, request, error);
    if (request->random_repeat > 0)
        return fovea_texts_random_repeat (
            model, request->random_repeat,
            request->limit > 0 ? (guint) request->limit : DEFAULT_REPEATS, request->seed, error);
    FoveaTextsOptions options = make_options (request);
    g_autofree char *title = name_text (request->text);
    return fovea_texts_from_text (model, title, request->text, -1, &options, error);
}

FoveaTraceInfo *
fovea_capture_input_continue (FoveaModel *model,
                              FoveaSession *session,
                              const FoveaTraceInfo *info,
                              gint64 n_more,
                              GCancellable *cancellable,
                              GError **error)
{
    const FoveaArchitecture *architecture = fovea_model_get_architecture (model);
    const FoveaSamplerOptions greedy = {.top_p = 1};
    g_autofree float *logits = g_new (float, architecture->vocabulary);
    g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint32));
    g_array_append_vals (ids, info->ids, (guint) info->n_tokens);
    fovea_session_reset (session);
    gint64 done = 0;
    while ((gint64) ids->len < info->n_tokens + n_more) {
        const gint32 *fresh = &g_array_index (ids, gint32, done);
        if (!fovea_session_run (session, fresh, ids->len - done, logits, cancellable, error))
            return NULL;
        done = ids->len;
        gint32 id = fovea_sample_token (logits, architecture->vocabulary, &greedy, NULL);
        if (fovea_architecture_ends_text (architecture, id))
            break;
        g_array_append_val (ids, id);
    }
    FoveaTraceInfo *longer =
        fovea_texts_from_ids (model, info->title, (const gint32 *) ids->data, ids->len, error);
    if (longer == NULL)
        return NULL;
    g_free (longer->model_hash);
    longer->model_hash = g_strdup (info->model_hash);
    longer->keep = info->keep;
    return longer;
}
