/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea classify`: what an image model takes pictures for. The answer is the class token's row of
 * the unembedding; the other rows were never trained to be one. */
#include <math.h>

#include "app/command/command.h"
#include "capture/pictures.h"
#include "capture/session.h"
#include "capture/sink.h"

static const FoveaOption options[] = {
    FOVEA_ROW_INTEGER ("top", "N", 1, 1 << 20, "labels a picture, best first (default 1)"),
    {NULL},
};

static FoveaTable *
make_table (void)
{
    static const FoveaColumn columns[] = {
        {"picture", FOVEA_COLUMN_TEXT, "", "file, and number in it"},
        {"rank", FOVEA_COLUMN_INTEGER, "", "1 = what it is taken for"},
        {"label", FOVEA_COLUMN_TEXT, "", "of the model's configuration"},
        {"probability", FOVEA_COLUMN_NUMBER, "", "softmax of the logits"},
        {"logit", FOVEA_COLUMN_NUMBER, "", ""},
    };
    return fovea_table_new_with ("labels", columns, G_N_ELEMENTS (columns));
}

/* The best @n logits of a picture, the lower index first where they tie. */
static void
add_rows (
    FoveaTable *table, const char *title, char **labels, const float *logits, gint64 V, gint64 n)
{
    g_autofree gboolean *taken = g_new0 (gboolean, (gsize) V);
    double largest = (double) logits[0], sum = 0;
    for (gint64 v = 0; v < V; v++)
        largest = MAX (largest, (double) logits[v]);
    for (gint64 v = 0; v < V; v++)
        sum += exp ((double) logits[v] - largest);
    for (gint64 rank = 1; rank <= MIN (n, V); rank++) {
        gint64 best = -1;
        for (gint64 v = 0; v < V; v++)
            if (!taken[v] && (best < 0 || logits[v] > logits[best]))
                best = v;
        taken[best] = TRUE;
        guint row = fovea_table_add_row (table);
        fovea_table_set_text (table, row, 0, title);
        fovea_table_set_integer (table, row, 1, rank);
        fovea_table_set_text (table, row, 2, labels[best]);
        fovea_table_set_number (table, row, 3, exp ((double) logits[best] - largest) / sum);
        fovea_table_set_number (table, row, 4, (double) logits[best]);
    }
}

/* All files' pictures, in order. */
static GPtrArray *
read_pictures (FoveaModel *model, const FoveaArguments *arguments, GError **error)
{
    g_autoptr (GPtrArray) all =
        g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_trace_info_free);
    for (guint i = 1; fovea_arguments_positional (arguments, i) != NULL; i++) {
        const char *path = fovea_arguments_positional (arguments, i);
        g_autofree char *title = g_path_get_basename (path);
        gsize length;
        char *data = fovea_command_read_input (path, &length, error);
        if (data == NULL)
            return NULL;
        g_autoptr (GBytes) bytes = g_bytes_new_take (data, length);
        g_autoptr (GPtrArray) some = fovea_pictures_read (model, title, bytes, error);
        if (some == NULL)
            return NULL;
        g_ptr_array_extend_and_steal (all, g_steal_pointer (&some));
    }
    return g_steal_pointer (&all);
}

static FoveaSession *
open_session (FoveaContext *context, FoveaModel *model, FoveaDevice *device, GError **error)
{
    const FoveaArguments *arguments = context->arguments;
    const FoveaSessionOptions session_options = {
        .precision = fovea_command_get_precision (context),
        .max_tokens = fovea_model_get_architecture (model)->context,
        .memory = (guint64) fovea_arguments_integer (arguments, "memory", 0),
    };
    return fovea_session_new (model, device, &session_options, error);
}

/* Runs every picture; nothing is kept but its logits. */
static gboolean
classify (FoveaContext *context,
          FoveaModel *model,
          GPtrArray *pictures,
          FoveaTable *table,
          GError **error)
{
    const FoveaArchitecture *a = fovea_model_get_architecture (model);
    gint64 top = fovea_arguments_integer (context->arguments, "top", 1);
    g_auto (GStrv) labels = fovea_pictures_read_labels (model, error);
    g_autoptr (FoveaDevice) device = fovea_command_open_device (context, error);
    if (labels == NULL || device == NULL)
        return FALSE;
    g_autoptr (FoveaSession) session = open_session (context, model, device, error);
    g_autofree float *logits = g_new (float, (gsize) (a->context * a->vocabulary));
    for (guint i = 0; session != NULL && i < pictures->len; i++) {
        const FoveaTraceInfo *info = g_ptr_array_index (pictures, i);
        g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
        g_autoptr (FoveaTrace) trace = fovea_session_capture (session, info, NULL, sink, NULL, NULL,
                                                              logits, context->cancellable, error);
        if (trace == NULL)
            return FALSE;
        add_rows (table, info->title, labels, logits, a->vocabulary, top);
    }
    return session != NULL;
}

static gboolean
run_classify (FoveaContext *context, GError **error)
{
    g_autoptr (FoveaModel) model =
        fovea_model_open (fovea_arguments_positional (context->arguments, 0), error);
    if (model == NULL || !fovea_model_check_complete (model, error))
        return FALSE;
    g_autoptr (GPtrArray) pictures = read_pictures (model, context->arguments, error);
    g_autoptr (FoveaTable) table = make_table ();
    return pictures != NULL && classify (context, model, pictures, table, error) &&
           fovea_command_write_table (context, table, error);
}

const FoveaCommand fovea_command_classify = {
    .name = "classify",
    .usage = "MODEL PICTURE...",
    .summary = "Say what an image model takes pictures for",
    .details = "Pictures are PNG, JPEG, or arrays of them (.npy).",
    .example = "fovea classify vit-base cat.png --top 5",
    .options = options,
    .runs_model = TRUE,
    .prints = TRUE,
    .least_arguments = 2,
    .most_arguments = -1,
    .run = run_classify,
};
