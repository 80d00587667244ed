/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Optional points against what they must equal: hook_result against z times the head's part of the
 * weight in double, its sum over heads against hook_attn_out; inputs against the stream, bit for
 * bit. In both layouts of the weight, with and without bias, whole and in chunks. */
#include <math.h>
#include <string.h>

#include "capture/exchange.h"
#include "kernels/weight.h"
#include "tests/forward-support.h"

enum {
    T = 90
};

/* Output projections of the two layouts: (C, H D) rows in Llama, (H D, C) in GPT-2. */
static const struct {
    const char *folder, *weight, *bias;
    gboolean input_major;
    gint64 chunk;
} models[] = {
    {"data/demo", "model.layers.3.self_attn.o_proj.weight", NULL, FALSE, 0},
    {"data/demo", "model.layers.3.self_attn.o_proj.weight", NULL, FALSE, 7},
    {"tests/golden/tiny/llama", "model.layers.1.self_attn.o_proj.weight", NULL, FALSE, 32},
    {"tests/golden/tiny/gpt2", "transformer.h.2.attn.c_proj.weight",
     "transformer.h.2.attn.c_proj.bias", TRUE, 0},
    {"tests/golden/tiny/gpt2", "transformer.h.2.attn.c_proj.weight",
     "transformer.h.2.attn.c_proj.bias", TRUE, 1},
};

static Runner
open_model (int i)
{
    g_autofree char *folder = support_data (models[i].folder);
    return runner_open (folder, "cpu", T, models[i].chunk);
}

static guint
get_layer (int i)
{
    const char *digits = strpbrk (models[i].weight, "0123456789");
    return (guint) g_ascii_strtoull (digits, NULL, 10);
}

static FoveaTrace *
capture (const Runner *runner, const char *points, FoveaDtype keep)
{
    gint64 V = fovea_model_get_architecture (runner->model)->vocabulary;
    g_autofree gint32 *ids = support_random_ids (T, V, 3);
    return runner_capture (runner, ids, T, points, keep, FALSE, NULL);
}

static float *
read_layer_point (FoveaTrace *trace, guint layer, const char *suffix, gint64 expected)
{
    gint64 n;
    g_autofree char *name = g_strdup_printf ("blocks.%u.%s", layer, suffix);
    float *values = support_read_point (trace, name, &n);
    ck_assert_int_eq (n, expected);
    return values;
}

static float *
read_tensor (int i, const char *name)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *relative = g_build_filename (models[i].folder, "model.safetensors", NULL);
    g_autofree char *path = support_data (relative);
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (path, &error);
    gint64 n;
    ck_assert_msg (file != NULL, "%s", error != NULL ? error->message : "");
    return support_tensor_f32 (file, name, &n);
}

/* One element: head @h's part of channel @c at one row of z. */
static double
multiply (
    int i, const FoveaArchitecture *a, const float *weight, const float *z, gint64 h, gint64 c)
{
    gint64 D = a->head_width, n_in = a->n_heads * D;
    double sum = 0;
    for (gint64 d = 0; d < D; d++) {
        gint64 in = h * D + d;
        gint64 at = models[i].input_major ? in * a->width + c : c * n_in + in;
        sum += (double) z[in] * (double) weight[at];
    }
    return sum;
}

START_TEST (hook_result_is_each_heads_product_with_its_part_of_the_weight)
{
    Runner runner = open_model (_i);
    const FoveaArchitecture *a = fovea_model_get_architecture (runner.model);
    gint64 H = a->n_heads, C = a->width, D = a->head_width;
    guint layer = get_layer (_i);
    g_autoptr (FoveaTrace) trace = capture (&runner, "*.attn.hook_z,*.attn.hook_result", FOVEA_F32);
    g_autofree float *z = read_layer_point (trace, layer, "attn.hook_z", T * H * D);
    g_autofree float *result = read_layer_point (trace, layer, "attn.hook_result", T * H * C);
    g_autofree float *weight = read_tensor (_i, models[_i].weight);
    double worst = 0;
    for (gint64 t = 0; t < T; t += 11)
        for (gint64 h = 0; h < H; h++)
            for (gint64 c = 0; c < C; c++) {
                double exact = multiply (_i, a, weight, z + t * H * D, h, c);
                worst = fmax (worst, fabs (exact - (double) result[(t * H + h) * C + c]));
            }
    ck_assert_double_le (worst, 1e-5);
    runner_close (&runner);
}
END_TEST

/* Heads of 16 columns in blocks of 32. */
static const char *const quantised[] = {"babyllama-105-Q8_0.gguf", "babyllama-105-Q4_0.gguf"};

START_TEST (hook_result_is_exact_where_heads_cut_the_blocks_of_a_quantised_weight)
{
    g_autofree char *relative = g_build_filename ("models/babyllama-105", quantised[_i], NULL);
    g_autofree char *path = support_shared (relative);
    if (path == NULL)
        return;
    Runner runner = runner_open (path, "cpu", T, 40);
    const FoveaArchitecture *a = fovea_model_get_architecture (runner.model);
    gint64 H = a->n_heads, C = a->width, D = a->head_width;
    g_autoptr (FoveaTrace) trace =
        capture (&runner, "*.attn.hook_z,*.attn.hook_result,*.hook_attn_out", FOVEA_F32);
    g_autofree float *z = read_layer_point (trace, 1, "attn.hook_z", T * H * D);
    g_autofree float *result = read_layer_point (trace, 1, "attn.hook_result", T * H * C);
    g_autofree float *out = read_layer_point (trace, 1, "hook_attn_out", T * C);
    FoveaWeight weight;
    ck_assert (fovea_model_get_matrix (runner.model, FOVEA_WEIGHT_O, 1, &weight));
    ck_assert_uint_gt (fovea_dtype_block (weight.dtype), D);
    g_autofree float *row = g_new (float, H *D);
    double worst = 0, worst_sum = 0;
    for (gint64 c = 0; c < C; c++) {
        fovea_weight_read (&weight, c, 0, H * D, row);
        for (gint64 t = 0; t < T; t++) {
            double sum = 0;
            for (gint64 h = 0; h < H; h++) {
                double exact = 0;
                for (gint64 d = h * D; d < (h + 1) * D; d++)
                    exact += (double) z[t * H * D + d] * (double) row[d];
                worst = fmax (worst, fabs (exact - (double) result[(t * H + h) * C + c]));
                sum += (double) result[(t * H + h) * C + c];
            }
            worst_sum = fmax (worst_sum, fabs (sum - (double) out[t * C + c]));
        }
    }
    ck_assert_double_le (worst, 1e-5);
    ck_assert_double_le (worst_sum, 2e-5);
    runner_close (&runner);
}
END_TEST

START_TEST (heads_results_and_the_bias_add_up_to_hook_attn_out)
{
    Runner runner = open_model (_i);
    const FoveaArchitecture *a = fovea_model_get_architecture (runner.model);
    gint64 H = a->n_heads, C = a->width;
    guint layer = get_layer (_i);
    g_autoptr (FoveaTrace) trace =
        capture (&runner, "*.attn.hook_result,*.hook_attn_out", FOVEA_F32);
    g_autofree float *result = read_layer_point (trace, layer, "attn.hook_result", T * H * C);
    g_autofree float *out = read_layer_point (trace, layer, "hook_attn_out", T * C);
    g_autofree float *bias = models[_i].bias != NULL ? read_tensor (_i, models[_i].bias) : NULL;
    double largest = 0;
    for (gint64 t = 0; t < T; t++)
        for (gint64 c = 0; c < C; c++) {
            double sum = bias != NULL ? (double) bias[c] : 0;
            for (gint64 h = 0; h < H; h++)
                sum += (double) result[(t * H + h) * C + c];
            ck_assert_double_le (fabs (sum - (double) out[t * C + c]), 2e-5);
            largest = fmax (largest, fabs (sum));
        }
    ck_assert_double_ge (largest, 1e-3); /* not all zeros on both sides */
    runner_close (&runner);
}
END_TEST

/* Whether @values are rows of the stream, each once for every head. */
static void
check_repeats (const float *values, const float *stream, gint64 heads, gint64 width)
{
    for (gint64 t = 0; t < T; t++)
        for (gint64 h = 0; h < heads; h++)
            ck_assert_mem_eq (values + (t * heads + h) * width, stream + t * width,
                              (gsize) width * sizeof (float));
}

START_TEST (inputs_are_the_stream_once_a_head)
{
    Runner runner = open_model (_i);
    const FoveaArchitecture *a = fovea_model_get_architecture (runner.model);
    gint64 H = a->n_heads, G = a->n_kv_heads, C = a->width;
    guint layer = get_layer (_i);
    g_autoptr (FoveaTrace) trace = capture (&runner, "all", FOVEA_F32);
    g_autofree float *pre = read_layer_point (trace, layer, "hook_resid_pre", T * C);
    g_autofree float *mid = read_layer_point (trace, layer, "hook_resid_mid", T * C);
    g_autofree float *attn_in = read_layer_point (trace, layer, "hook_attn_in", T * H * C);
    g_autofree float *q_input = read_layer_point (trace, layer, "hook_q_input", T * H * C);
    g_autofree float *k_input = read_layer_point (trace, layer, "hook_k_input", T * G * C);
    g_autofree float *v_input = read_layer_point (trace, layer, "hook_v_input", T * G * C);
    g_autofree float *mlp_in = read_layer_point (trace, layer, "hook_mlp_in", T * C);
    check_repeats (attn_in, pre, H, C);
    check_repeats (q_input, pre, H, C);
    check_repeats (k_input, pre, G, C);
    check_repeats (v_input, pre, G, C);
    ck_assert_mem_eq (mlp_in, mid, (gsize) (T * C) * sizeof (float));
    runner_close (&runner);
}
END_TEST

/* Slices go another way than whole points, which are kept as the stream. */
START_TEST (slices_of_inputs_hold_the_heads_and_rows_asked_for)
{
    gint64 n;
    const gint64 C = 384, from = 80, rows = 10;
    Runner runner = open_model (_i);
    g_autoptr (FoveaTrace) all = capture (&runner, "all,*.hook_result", FOVEA_F32);
    g_autoptr (FoveaTrace) part = capture (
        &runner, "blocks.2.hook_k_input[1,3]@-10:,blocks.2.attn.hook_result[0,11]@-10:", FOVEA_F32);
    g_autofree float *pre = read_layer_point (all, 2, "hook_resid_pre", T * C);
    g_autofree float *result = read_layer_point (all, 2, "attn.hook_result", T * 12 * C);
    g_autofree float *k_input = support_read_point (part, "blocks.2.hook_k_input[1,3]@80:90", &n);
    ck_assert_int_eq (n, rows * 2 * C);
    g_autofree float *heads =
        support_read_point (part, "blocks.2.attn.hook_result[0,11]@80:90", &n);
    ck_assert_int_eq (n, rows * 2 * C);
    for (gint64 t = 0; t < rows; t++)
        for (gint64 i = 0; i < 2; i++) {
            gsize bytes = (gsize) C * sizeof (float);
            const float *whole = result + ((from + t) * 12 + 11 * i) * C;
            ck_assert_mem_eq (k_input + (2 * t + i) * C, pre + (from + t) * C, bytes);
            ck_assert_mem_eq (heads + (2 * t + i) * C, whole, bytes);
        }
    runner_close (&runner);
}
END_TEST

START_TEST (a_narrow_capture_rounds_the_stream_and_repeats_it)
{
    gint64 n;
    const gint64 C = 384;
    guint16 bits[384];
    float rounded[384];
    Runner runner = open_model (0);
    g_autoptr (FoveaTrace) full = capture (&runner, "blocks.4.hook_resid_pre", FOVEA_F32);
    g_autoptr (FoveaTrace) narrow = capture (&runner, "blocks.4.hook_q_input", FOVEA_BF16);
    GPtrArray *kept = fovea_trace_get_arrays (narrow);
    ck_assert_uint_eq (kept->len, 1);
    ck_assert_int_eq (((FoveaArray *) g_ptr_array_index (kept, 0))->rank, 2);
    g_autofree float *stream = support_read_point (full, "blocks.4.hook_resid_pre", &n);
    g_autofree float *input = read_layer_point (narrow, 4, "hook_q_input", T * 12 * C);
    for (gint64 t = 0; t < T; t++) {
        fovea_dtype_from_f32 (stream + t * C, 384, FOVEA_BF16, bits);
        fovea_dtype_to_f32 (bits, FOVEA_BF16, 384, rounded);
        for (gint64 h = 0; h < 12; h++)
            ck_assert_mem_eq (input + (t * 12 + h) * C, rounded, sizeof rounded);
    }
    runner_close (&runner);
}
END_TEST

/* Blocks of every build: parallel, with norms behind, around and of sums, local, with slopes. */
static const char *const families[] = {
    "mistral_sliding", "olmo2", "gemma2", "gpt_neox",        "phi",
    "bloom",           "opt",   "qwen3",  "falcon_alibi_off"};

/* What is derived from a whole capture has the bits that the pass had at the place itself, which
 * slices are taken from. */
START_TEST (families_give_derived_inputs_the_bits_of_the_pass)
{
    g_autofree char *relative = g_build_filename ("models/tiny", families[_i], NULL);
    g_autofree char *folder = support_shared (relative);
    if (folder == NULL)
        return;
    Runner runner = runner_open (folder, "cpu", T, 32);
    const FoveaArchitecture *a = fovea_model_get_architecture (runner.model);
    gint64 C = a->width, H = a->n_heads, n;
    g_autoptr (FoveaTrace) all = capture (&runner, "all", FOVEA_F32);
    g_autoptr (FoveaTrace) part =
        capture (&runner, "*.hook_mlp_in@0:90,*.hook_v_input[0]@0:90,*.hook_result", FOVEA_F32);
    for (guint layer = 0; layer < a->n_layers; layer++) {
        g_autofree char *mlp_slice = g_strdup_printf ("blocks.%u.hook_mlp_in@0:90", layer);
        g_autofree char *v_slice = g_strdup_printf ("blocks.%u.hook_v_input[0]@0:90", layer);
        g_autofree float *mlp_in = support_read_point (part, mlp_slice, &n);
        g_autofree float *mlp_derived = read_layer_point (all, layer, "hook_mlp_in", n);
        ck_assert_mem_eq (mlp_in, mlp_derived, (gsize) (T * C) * sizeof (float));
        g_autofree float *v_input = support_read_point (part, v_slice, &n);
        g_autofree float *pre = read_layer_point (all, layer, "hook_resid_pre", n);
        ck_assert_mem_eq (v_input, pre, (gsize) (T * C) * sizeof (float));
        g_autofree float *result = read_layer_point (part, layer, "attn.hook_result", T * H * C);
        ck_assert (isfinite (result[T * H * C - 1]));
    }
    runner_close (&runner);
}
END_TEST

START_TEST (no_request_means_optional_points_that_does_not_spell_them_out)
{
    static const char *const requests[] = {"all", "*", "blocks.*", "blocks.2.hook_*,*.attn.*"};
    static const char *const optional[] = {"hook_attn_in", "_input", "hook_result", "hook_mlp_in"};
    Runner runner = open_model (0);
    for (guint r = 0; r < G_N_ELEMENTS (requests); r++) {
        g_autoptr (FoveaTrace) trace = capture (&runner, requests[r], FOVEA_BF16);
        GPtrArray *arrays = fovea_trace_get_arrays (trace);
        for (guint i = 0; i < arrays->len; i++)
            for (guint o = 0; o < G_N_ELEMENTS (optional); o++)
                ck_assert_ptr_null (
                    strstr (((FoveaArray *) g_ptr_array_index (arrays, i))->name, optional[o]));
    }
    runner_close (&runner);
}
END_TEST

/* Names in an exported file that hold @part. */
static guint
count_exported (FoveaTrace *trace, const char *folder, const char *globs, const char *part)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *path = g_build_filename (folder, "a.safetensors", NULL);
    const FoveaExportOptions options = {.row1 = -1, .key1 = -1, .head = -1};
    ck_assert_msg (fovea_exchange_export (trace, globs, path, &options, NULL, &error), "%s",
                   error != NULL ? error->message : "");
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (path, &error);
    guint n_tensors, n = 0;
    const FoveaTensor *tensors = fovea_safetensors_list (file, &n_tensors);
    for (guint i = 0; i < n_tensors; i++)
        n += strstr (tensors[i].name, part) != NULL;
    return n;
}

START_TEST (exports_hold_optional_points_that_are_kept_or_spelled_out)
{
    char *folder = support_temp_dir ();
    Runner runner = open_model (2);
    g_autoptr (FoveaTrace) trace =
        capture (&runner, "blocks.*.hook_resid_pre,blocks.1.attn.hook_result", FOVEA_F32);
    ck_assert_uint_eq (count_exported (trace, folder, "*", "hook_result"), 1);
    ck_assert_uint_eq (count_exported (trace, folder, "all", "hook_result"), 1);
    ck_assert_uint_eq (count_exported (trace, folder, "all", "hook_attn_in"), 0);
    ck_assert_uint_eq (count_exported (trace, folder, "blocks.*", "_input"), 0);
    ck_assert_uint_eq (count_exported (trace, folder, "*.hook_q_input", "hook_q_input"), 3);
    runner_close (&runner);
    support_remove_dir (folder);
}
END_TEST

START_TEST (logits_keep_their_bits_with_every_optional_point)
{
    Runner runner = open_model (_i);
    gint64 V = fovea_model_get_architecture (runner.model)->vocabulary;
    gint32 ids[T];
    for (gint32 t = 0; t < T; t++)
        ids[t] = (5 + 7 * t) % (gint32) V;
    g_autofree float *none = g_new (float, T *V);
    g_autofree float *every = g_new (float, T *V);
    g_autoptr (FoveaTrace) a = runner_capture (&runner, ids, T, NULL, FOVEA_F32, FALSE, none);
    g_autoptr (FoveaTrace) b = runner_capture (
        &runner, ids, T, "*.hook_result,*.hook_attn_in[0],*.hook_mlp_in", FOVEA_F32, FALSE, every);
    ck_assert_mem_eq (none, every, (gsize) (T * V) * sizeof (float));
    runner_close (&runner);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("optional points");
    TCase *values = tcase_create ("values"), *requests = tcase_create ("requests");
    int n = G_N_ELEMENTS (models);
    tcase_set_timeout (values, 60);
    tcase_add_loop_test (values, hook_result_is_each_heads_product_with_its_part_of_the_weight, 0,
                         n);
    tcase_add_loop_test (values,
                         hook_result_is_exact_where_heads_cut_the_blocks_of_a_quantised_weight, 0,
                         G_N_ELEMENTS (quantised));
    tcase_add_loop_test (values, heads_results_and_the_bias_add_up_to_hook_attn_out, 0, n);
    tcase_add_loop_test (values, inputs_are_the_stream_once_a_head, 0, n);
    tcase_add_loop_test (values, slices_of_inputs_hold_the_heads_and_rows_asked_for, 0, 2);
    tcase_add_test (values, a_narrow_capture_rounds_the_stream_and_repeats_it);
    tcase_add_loop_test (values, logits_keep_their_bits_with_every_optional_point, 0, n);
    tcase_add_loop_test (values, families_give_derived_inputs_the_bits_of_the_pass, 0,
                         G_N_ELEMENTS (families));
    tcase_add_test (requests, no_request_means_optional_points_that_does_not_spell_them_out);
    tcase_add_test (requests, exports_hold_optional_points_that_are_kept_or_spelled_out);
    suite_add_tcase (suite, values);
    suite_add_tcase (suite, requests);
    return support_run (suite);
}
