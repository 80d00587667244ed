/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "tests/forward-support.h"

#include "capture/pictures.h"

#include "capture/random.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "capture/sink.h"

Runner
runner_open_on (
    const char *model, FoveaDevice *device, gint64 max_tokens, gint64 chunk, guint64 memory)
{
    g_autoptr (GError) error = NULL;
    Runner runner = {.model = fovea_model_open (model, &error), .device = device};
    ck_assert_msg (runner.model != NULL, "%s", error != NULL ? error->message : "");
    gint64 context = fovea_model_get_architecture (runner.model)->context;
    const FoveaSessionOptions options = {
        .max_tokens = max_tokens > 0 ? max_tokens : context,
        .chunk = chunk,
        .memory = memory,
    };
    runner.session = fovea_session_new (runner.model, runner.device, &options, &error);
    ck_assert_msg (runner.session != NULL, "%s", error != NULL ? error->message : "");
    return runner;
}

Runner
runner_open (const char *model, const char *device, gint64 max_tokens, gint64 chunk)
{
    g_autoptr (GError) error = NULL;
    const char *instead = g_getenv ("FOVEA_TEST_DEVICE");
    gboolean replaced = instead != NULL && strcmp (device, "cpu") == 0;
    FoveaDevice *opened = fovea_device_open (replaced ? instead : device, 2, &error);
    ck_assert_msg (opened != NULL, "%s", error != NULL ? error->message : "");
    return runner_open_on (model, opened, max_tokens, chunk, 0);
}

void
runner_close (Runner *runner)
{
    fovea_session_free (runner->session);
    fovea_device_free (runner->device);
    fovea_model_unref (runner->model);
}

FoveaTraceInfo *
runner_info (const Runner *runner, const gint32 *ids, gint64 n)
{
    FoveaTraceInfo *info = g_new0 (FoveaTraceInfo, 1);
    info->architecture = fovea_architecture_copy (fovea_model_get_architecture (runner->model));
    info->model_name = g_strdup (fovea_model_get_name (runner->model));
    info->model_hash = g_strdup ("");
    info->title = g_strdup ("test");
    info->n_tokens = n;
    info->ids = g_memdup2 (ids, (gsize) n * sizeof *ids);
    return info;
}

FoveaTrace *
runner_capture (const Runner *runner,
                const gint32 *ids,
                gint64 n,
                const char *points,
                FoveaDtype keep,
                gboolean dense,
                float *logits)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaTraceInfo) info = runner_info (runner, ids, n);
    g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
    const FoveaPlanOptions options = {.points = points, .keep = keep, .dense = dense};
    g_autoptr (FoveaPlan) plan =
        points != NULL ? fovea_plan_new (info->architecture, &options, &error) : NULL;
    ck_assert_msg (points == NULL || plan != NULL, "%s", error != NULL ? error->message : "");
    FoveaTrace *trace =
        fovea_session_capture (runner->session, info, plan, sink, NULL, NULL, logits, NULL, &error);
    ck_assert_msg (trace != NULL, "%s", error != NULL ? error->message : "");
    return trace;
}

void
runner_greedy (const Runner *runner, gint32 *ids, gint64 n, gint64 n_more)
{
    g_autoptr (GError) error = NULL;
    gint64 V = fovea_model_get_architecture (runner->model)->vocabulary;
    g_autofree float *logits = g_new (float, (gsize) V);
    gint64 fed = 0;
    fovea_session_reset (runner->session);
    for (gint64 end = n; end < n + n_more; end++) {
        ck_assert_msg (
            fovea_session_run (runner->session, ids + fed, end - fed, logits, NULL, &error), "%s",
            error != NULL ? error->message : "");
        fed = end;
        ids[end] = 0;
        for (gint32 v = 1; v < V; v++)
            if (logits[v] > logits[ids[end]])
                ids[end] = v;
    }
}

float *
support_tensor_f32 (FoveaSafetensors *file, const char *name, gint64 *n)
{
    const FoveaTensor *tensor = fovea_safetensors_lookup (file, name);
    ck_assert_msg (tensor != NULL, "reference has no %s", name);
    float *values = g_new (float, (gsize) tensor->n_elements);
    fovea_dtype_to_f32 (tensor->data, tensor->dtype, (gsize) tensor->n_elements, values);
    *n = tensor->n_elements;
    return values;
}

gint32 *
support_tensor_ids (FoveaSafetensors *file, const char *name, gint64 *n)
{
    g_autofree float *values = support_tensor_f32 (file, name, n);
    gint32 *ids = g_new (gint32, (gsize) *n);
    for (gint64 i = 0; i < *n; i++)
        ids[i] = (gint32) values[i];
    return ids;
}

float *
support_read_point (FoveaTrace *trace, const char *name, gint64 *n)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaArray) array = fovea_trace_describe_point (trace, name, &error);
    ck_assert_msg (array != NULL, "%s", error != NULL ? error->message : "");
    gint64 rows = fovea_array_n_rows (array);
    *n = rows * fovea_array_row_length (array);
    float *values = g_new (float, (gsize) *n);
    ck_assert_msg (fovea_trace_read (trace, name, 0, rows, values, &error), "%s",
                   error != NULL ? error->message : "");
    return values;
}

double
support_scaled_difference (const float *a, const float *b, gsize n, gsize width)
{
    double worst = 0;
    for (gsize row = 0; row + width <= n; row += width) {
        double largest = 0;
        for (gsize i = row; i < row + width; i++)
            largest = isfinite (b[i]) ? fmax (largest, fabs ((double) b[i])) : largest;
        double difference = support_difference (a + row, b + row, width);
        worst = fmax (worst, difference / fmax (1, largest / 4));
    }
    return worst;
}

gint32 *
support_json_ids (const char *path, const char *key, gint64 *n)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonParser) parser = json_parser_new ();
    ck_assert_msg (json_parser_load_from_file (parser, path, &error), "%s",
                   error != NULL ? error->message : "");
    JsonObject *root = json_node_get_object (json_parser_get_root (parser));
    JsonArray *array = json_object_get_array_member (root, key);
    ck_assert_msg (array != NULL, "%s has no %s", path, key);
    *n = json_array_get_length (array);
    gint32 *ids = g_new (gint32, (gsize) *n);
    for (gint64 i = 0; i < *n; i++)
        ids[i] = (gint32) json_array_get_int_element (array, (guint) i);
    return ids;
}

char *
support_model_with_nan (const char *name)
{
    g_autoptr (GError) error = NULL;
    char *folder = support_temp_dir ();
    g_autofree char *config = support_data ("tests/golden/tiny/llama/config.json");
    g_autofree char *weights = support_data ("tests/golden/tiny/llama/model.safetensors");
    g_autofree char *new_config = g_build_filename (folder, "config.json", NULL);
    g_autofree char *new_weights = g_build_filename (folder, "model.safetensors", NULL);
    g_autofree char *text = NULL;
    g_autofree char *bytes = NULL;
    gsize text_length, length;
    ck_assert (g_file_get_contents (config, &text, &text_length, &error));
    ck_assert (g_file_set_contents (new_config, text, (gssize) text_length, &error));
    ck_assert (g_file_get_contents (weights, &bytes, &length, &error));
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (weights, &error);
    const FoveaTensor *tensor = fovea_safetensors_lookup (file, name);
    ck_assert_ptr_nonnull (tensor);
    memset (bytes + tensor->offset, 0xff, fovea_dtype_size (tensor->dtype));
    ck_assert (g_file_set_contents (new_weights, bytes, (gssize) length, &error));
    return folder;
}

void
support_check_nan_is_named (Runner (*open) (const char *folder), void (*close) (Runner *runner))
{
    static const struct {
        const char *tensor, *message;
    } cases[] = {
        {"model.layers.1.self_attn.o_proj.weight", "NaN in blocks.1.hook_resid_post at position 0"},
        /* The first channel of token 0's embedding, which stands at position 3. */
        {"model.embed_tokens.weight", "NaN in blocks.0.hook_resid_pre at position 3"},
    };
    const gint32 ids[] = {5, 9, 2, 0, 7};
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (GError) error = NULL;
        char *folder = support_model_with_nan (cases[i].tensor);
        Runner runner = open (folder);
        ck_assert (!fovea_session_run (runner.session, ids, 5, NULL, NULL, &error));
        ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NUMERIC));
        ck_assert_str_eq (error->message, cases[i].message);
        close (&runner);
        support_remove_dir (folder);
    }
}

/* What a capture asks of its device, once an earlier one has had all that is kept between captures. */
static FoveaDeviceCounts
count_capture (const Runner *runner, const gint32 *ids, gint64 n)
{
    FoveaDeviceCounts before = {0}, after = {0};
    for (int again = 0; again < 2; again++) {
        fovea_device_get_counts (runner->device, &before);
        g_autoptr (FoveaTrace) trace =
            runner_capture (runner, ids, n, "attention", FOVEA_BF16, FALSE, NULL);
        fovea_device_get_counts (runner->device, &after);
    }
    return (FoveaDeviceCounts){after.allocations - before.allocations, after.waits - before.waits,
                               after.uploads - before.uploads,
                               after.deliveries - before.deliveries};
}

void
support_check_layers_leave_the_host_alone (
    Runner (*open) (const char *model, gint64 n, gint64 chunk), void (*close) (Runner *runner))
{
    enum {
        N = 150,
        CHUNK = 50, /* a wait for NaN and one for the device's failures each */
        N_CHUNKS = N / CHUNK
    };
    g_autofree char *small = support_data ("tests/golden/tiny/llama");
    const char *const models[] = {small, "demo"};
    FoveaDeviceCounts counts[2];
    g_autofree gint32 *ids = support_random_ids (N, 211, 7);
    for (int i = 0; i < 2; i++) {
        Runner runner = open (models[i], N, CHUNK);
        counts[i] = count_capture (&runner, ids, N);
        fprintf (stderr, "%s: %d buffers, %d waits, %d uploads, %d deliveries\n",
                 fovea_model_get_name (runner.model), (int) counts[i].allocations,
                 (int) counts[i].waits, (int) counts[i].uploads, (int) counts[i].deliveries);
        close (&runner);
    }
    ck_assert_uint_eq (counts[0].allocations, counts[1].allocations);
    ck_assert_uint_eq (counts[0].waits, counts[1].waits);
    /* Buffers of the capture are given back at its end, and each waits once. */
    ck_assert_uint_ge (counts[1].waits, N_CHUNKS);
    ck_assert_uint_le (counts[1].waits, 3 * N_CHUNKS + 3 + counts[1].allocations);
    ck_assert_uint_ge (counts[1].deliveries, counts[0].deliveries + 3);
}

void
support_check_experts_leave_the_host_alone (
    Runner (*open) (const char *model, gint64 n, gint64 chunk), void (*close) (Runner *runner))
{
    enum {
        N = 30,
        CHUNK = 10
    };
    static const char *const models[] = {"mistral",     "mixtral", "qwen2_moe",
                                         "deepseek_v3", "gpt_oss", "granitemoeshared"};
    FoveaDeviceCounts counts[G_N_ELEMENTS (models)];
    g_autofree gint32 *ids = support_random_ids (N, 37, 7);
    for (guint i = 0; i < G_N_ELEMENTS (models); i++) {
        g_autofree char *relative = g_build_filename ("tests/golden/families", models[i], NULL);
        g_autofree char *folder = support_data (relative);
        Runner runner = open (folder, N, CHUNK);
        counts[i] = count_capture (&runner, ids, N);
        fprintf (stderr, "%s: %d buffers, %d waits, %d uploads\n", models[i],
                 (int) counts[i].allocations, (int) counts[i].waits, (int) counts[i].uploads);
        close (&runner);
        ck_assert_uint_ge (counts[i].waits, N / CHUNK);
        ck_assert_uint_eq (counts[i].waits, counts[0].waits);
        ck_assert_uint_eq (counts[i].allocations, counts[0].allocations);
    }
}

gint32 *
support_random_ids (gint64 n, gint64 vocabulary, guint64 seed)
{
    FoveaRandom random;
    gint32 *ids = g_new (gint32, (gsize) n);
    fovea_random_init (&random, seed);
    for (gint64 t = 0; t < n; t++)
        ids[t] = (gint32) fovea_random_below (&random, (guint64) vocabulary);
    return ids;
}

FoveaTrace *
runner_capture_corner (const char *points)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *folder = support_data ("tests/golden/families/vit");
    float pixels[3 * 12 * 12];
    for (int i = 0; i < 3 * 12 * 12; i++)
        pixels[i] = i % 12 >= 8 && i / 12 % 12 >= 8 ? 1 : -1;
    Runner runner = runner_open (folder, "cpu", 0, 0);
    g_autoptr (FoveaTraceInfo) info = fovea_pictures_from_values (runner.model, "corner", pixels);
    g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
    const FoveaPlanOptions options = {.points = points};
    g_autoptr (FoveaPlan) plan = fovea_plan_new (info->architecture, &options, &error);
    FoveaTrace *trace =
        fovea_session_capture (runner.session, info, plan, sink, NULL, NULL, NULL, NULL, &error);
    ck_assert_msg (trace != NULL, "%s", error != NULL ? error->message : "");
    runner_close (&runner);
    return trace;
}
