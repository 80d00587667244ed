/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Models in GGUF files: the same numbers at the same points as the families' own checkpoints, the
 * texts that llama.cpp and llama2.c publish, and refusals by name. */
#include <math.h>
#include <string.h>

#include "capture/gguf-model.h"
#include "capture/gguf-rope.h"
#include "kernels/weight.h"
#include "tests/forward-support.h"
#include "tests/gguf-convert.h"
#include "tests/late-device.h"

enum {
    BATCH = 2, /* sequences in a reference of a tiny model */
};

/* Families whose tiny models are rewritten here, and what transformers computes for them. */
static const char *const tiny[] = {"llama",
                                   "gpt2",
                                   "qwen2",
                                   "qwen3",
                                   "phi3",
                                   "gemma",
                                   "gemma2",
                                   "gemma3_text",
                                   "olmo2",
                                   "mixtral",
                                   "stablelm",
                                   "starcoder2",
                                   "phi",
                                   "gpt_neox",
                                   "gpt_neox_serial",
                                   "llama3_rope",
                                   "families/gpt_oss",
                                   "families/gpt_oss_mxfp4",
                                   "families/phi3_long",
                                   "families/phi3_short",
                                   "families/arcee",
                                   "families/nemotron",
                                   "families/bert",
                                   "families/granite",
                                   "families/seed_oss",
                                   "families/modernbert_bare",
                                   "families/deepseek_v2",
                                   "families/deepseek_v3"};

static void
check_point (FoveaTrace *trace, const char *point, FoveaSafetensors *file, const char *tensor)
{
    gint64 n, n_all;
    g_autofree float *mine = support_read_point (trace, point, &n);
    g_autofree float *theirs = support_tensor_f32 (file, tensor, &n_all);
    ck_assert_int_eq (n * BATCH, n_all);
    double worst = support_difference (mine, theirs, (gsize) n);
    ck_assert_msg (worst <= 1e-4, "%s differs from %s by %g", point, tensor, worst);
}

/* In the source tree, or in the reference collection. */
static char *
tiny_folder (const char *family)
{
    g_autofree char *golden = g_strdup_printf ("tests/golden/tiny/%s", family);
    g_autofree char *small = g_strdup_printf ("tests/golden/%s", family);
    g_autofree char *shared = g_strdup_printf ("models/tiny/%s", family);
    g_autofree char *folder = support_data (strchr (family, '/') != NULL ? small : golden);
    return g_file_test (folder, G_FILE_TEST_IS_DIR) ? g_steal_pointer (&folder)
                                                    : support_shared (shared);
}

START_TEST (rewritten_families_agree_with_transformers)
{
    g_autofree char *folder = tiny_folder (tiny[_i]), *temp = support_temp_dir ();
    if (folder == NULL) {
        support_remove_dir (g_steal_pointer (&temp));
        return;
    }
    g_autofree char *path = g_build_filename (temp, "tiny.gguf", NULL);
    g_autofree char *reference = g_build_filename (folder, "reference.safetensors", NULL);
    gguf_convert (folder, path);
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (reference, NULL);
    gint64 n;
    g_autofree gint32 *ids = support_tensor_ids (file, "input_ids", &n);
    n /= BATCH;
    Runner runner = runner_open (path, "cpu", n, 0);
    g_autoptr (FoveaTrace) trace = runner_capture (&runner, ids, n, "all", FOVEA_F32, FALSE, NULL);
    const FoveaArchitecture *architecture = fovea_trace_get_info (trace)->architecture;
    for (int layer = 0; layer < architecture->n_layers; layer++) {
        g_autofree char *stream = g_strdup_printf ("blocks.%d.hook_resid_pre", layer);
        g_autofree char *hidden = g_strdup_printf ("hidden.%d", layer);
        g_autofree char *pattern = g_strdup_printf ("blocks.%d.attn.hook_pattern", layer);
        g_autofree char *attention = g_strdup_printf ("attention.%d", layer);
        check_point (trace, stream, file, hidden);
        check_point (trace, pattern, file, attention);
    }
    if (architecture->norm_place == FOVEA_NORM_OF_SUM)
        check_point (trace, "blocks.1.hook_normalized_resid_post", file, "hidden.2");
    else if (architecture->no_head)
        check_point (trace, "ln_final.hook_out", file, "hidden.3");
    else
        check_point (trace, "unembed.hook_out", file, "logits");
    runner_close (&runner);
    support_remove_dir (g_steal_pointer (&temp));
}
END_TEST

/* Every point of two checkpoints on 15 tokens. */
static void
compare_points (const char *folder, const char *path)
{
    static const gint32 ids[] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9};
    Runner own = runner_open (folder, "cpu", 15, 0), other = runner_open (path, "cpu", 15, 0);
    g_autoptr (FoveaTrace) a = runner_capture (&own, ids, 15, "all", FOVEA_F32, FALSE, NULL);
    g_autoptr (FoveaTrace) b = runner_capture (&other, ids, 15, "all", FOVEA_F32, FALSE, NULL);
    GPtrArray *arrays = fovea_trace_get_arrays (a);
    ck_assert_uint_gt (arrays->len, 30);
    for (guint i = 0; i < arrays->len; i++) {
        const FoveaArray *array = g_ptr_array_index (arrays, i);
        gint64 n, m;
        g_autofree float *x = support_read_point (a, array->name, &n);
        g_autofree float *y = support_read_point (b, array->name, &m);
        ck_assert_int_eq (n, m);
        double worst = support_difference (x, y, (gsize) n);
        ck_assert_msg (worst <= 1e-5, "%s differs by %g", array->name, worst);
    }
    runner_close (&own);
    runner_close (&other);
}

/* Queries and keys too: rows of turned pairs come out in the order of the family. */
START_TEST (points_are_those_of_the_familys_own_checkpoint)
{
    g_autofree char *folder = support_data ("tests/golden/tiny/llama"), *temp = support_temp_dir ();
    g_autofree char *path = g_build_filename (temp, "tiny.gguf", NULL);
    gguf_convert (folder, path);
    compare_points (folder, path);
    support_remove_dir (g_steal_pointer (&temp));
}
END_TEST

/* Those of queries and keys stand in the order of turned pairs, as rows of their matrices do. */
START_TEST (biases_are_those_of_the_familys_own_checkpoint)
{
    g_autofree char *temp = support_temp_dir ();
    g_autofree char *path = g_build_filename (temp, "tiny.gguf", NULL);
    gguf_copy_with_biases (temp);
    gguf_convert (temp, path);
    compare_points (temp, path);
    support_remove_dir (g_steal_pointer (&temp));
}
END_TEST

/* The file knows one stretch for vectors and scores, so the folder is given the same for both. The older
 * kind of file: keys and values are one matrix, the width of heads is that of keys. */
START_TEST (deepseeks_older_files_and_their_yarn_are_those_of_its_own_checkpoint)
{
    g_autofree char *golden = support_data ("tests/golden/families/deepseek_v2_lite");
    g_autofree char *temp = support_temp_dir (), *text = NULL;
    g_autofree char *from = g_build_filename (golden, "config.json", NULL);
    g_autofree char *weights = g_build_filename (golden, "model.safetensors", NULL);
    g_autofree char *to = g_build_filename (temp, "config.json", NULL);
    g_autofree char *link = g_build_filename (temp, "model.safetensors", NULL);
    g_autofree char *path = g_build_filename (temp, "tiny.gguf", NULL);
    ck_assert (g_file_get_contents (from, &text, NULL, NULL));
    g_autoptr (GString) config = g_string_new (text);
    ck_assert_uint_eq (g_string_replace (config, "\"mscale\": 0.7", "\"mscale\": 0.9", 0), 1);
    ck_assert (g_file_set_contents (to, config->str, -1, NULL));
    g_autoptr (GFile) file = g_file_new_for_path (link);
    ck_assert (g_file_make_symbolic_link (file, weights, NULL, NULL));
    gguf_convert (temp, path);
    compare_points (temp, path);
    support_remove_dir (g_steal_pointer (&temp));
}
END_TEST

START_TEST (weights_are_read_in_the_order_of_outputs)
{
    g_autofree char *folder = support_data ("tests/golden/tiny/llama"), *temp = support_temp_dir ();
    g_autofree char *path = g_build_filename (temp, "tiny.gguf", NULL);
    gguf_convert (folder, path);
    g_autoptr (FoveaModel) own = fovea_model_open (folder, NULL);
    g_autoptr (FoveaModel) other = fovea_model_open (path, NULL);
    static const FoveaWeightRole roles[] = {FOVEA_WEIGHT_Q, FOVEA_WEIGHT_K, FOVEA_WEIGHT_V,
                                            FOVEA_WEIGHT_EMBED};
    for (guint i = 0; i < G_N_ELEMENTS (roles); i++) {
        FoveaWeight a, b;
        ck_assert (fovea_model_get_matrix (own, roles[i], 1 % (i < 3 ? 3 : 1), &a));
        ck_assert (fovea_model_get_matrix (other, roles[i], 1 % (i < 3 ? 3 : 1), &b));
        ck_assert_int_eq (b.pair_width, i < 2 ? 12 : 0);
        for (gint64 o = 0; o < a.n_out; o++) {
            float x[48], y[48];
            fovea_weight_read (&a, o, 0, 48, x);
            fovea_weight_read (&b, o, 0, 48, y);
            ck_assert_mem_eq (x, y, sizeof x);
        }
    }
    support_remove_dir (g_steal_pointer (&temp));
}
END_TEST

/* A device with its own memory is given unpacked weights in the order of outputs, which is what is predicted
 * that it takes: blocks in the file are less. */
static void
check_own_memory (const char *path)
{
    static const gint32 ids[] = {1, 3, 34, 9, 22, 4, 3, 18, 20, 7, 9, 3, 5, 3, 6, 10, 16, 4};
    enum {
        N = G_N_ELEMENTS (ids)
    };
    const LateOptions options = {.seed = 3, .n_threads = 2};
    Runner host = runner_open (path, "cpu", N, 0);
    Runner own = runner_open_on (path, late_device_new (&options), N, 0, 0);
    gint64 V = fovea_model_get_architecture (host.model)->vocabulary;
    g_autofree float *want = g_new (float, N *V), *got = g_new (float, N *V);
    fovea_trace_unref (runner_capture (&host, ids, N, NULL, FOVEA_F32, FALSE, want));
    fovea_trace_unref (runner_capture (&own, ids, N, NULL, FOVEA_F32, FALSE, got));
    double worst = support_difference (got, want, (gsize) (N * V));
    ck_assert_msg (worst <= 1e-4, "%s: %g off", path, worst);
    FoveaMemoryPlan memory;
    const FoveaSessionOptions session_options = {.max_tokens = N};
    fovea_session_predict_memory (own.model, own.device, &session_options, &memory);
    gint64 layers = fovea_model_get_architecture (own.model)->n_layers;
    guint64 ends = (guint64) (layers + 1) * FOVEA_N_WEIGHT_ROLES * 4096; /* of whole pages */
    guint64 predicted = memory.weights + memory.cache + memory.scratch;
    guint64 taken = late_device_peak (own.device);
    ck_assert_msg (taken <= predicted && predicted <= taken + ends,
                   "%s: predicted %u, taken %u, weights in the file %u", path, (guint) predicted,
                   (guint) taken, (guint) fovea_model_get_weight_bytes (own.model));
    fovea_session_free (own.session);
    fovea_model_unref (own.model);
    late_device_free (own.device);
    runner_close (&host);
}

START_TEST (weights_are_unpacked_for_a_device_with_its_own_memory)
{
    g_autofree char *folder = support_data ("tests/golden/tiny/llama"), *temp = support_temp_dir ();
    g_autofree char *path = g_build_filename (temp, "tiny.gguf", NULL);
    g_autofree char *quantised = support_shared ("models/babyllama-105/babyllama-105-Q4_0.gguf");
    gguf_convert (folder, path);
    check_own_memory (path);
    if (quantised != NULL)
        check_own_memory (quantised);
    support_remove_dir (g_steal_pointer (&temp));
}
END_TEST

/* Every form close to the checkpoint that it was made from: as near as its bits allow. */
START_TEST (quantised_logits_stay_near_the_unquantised)
{
    static const struct {
        const char *type;
        double bound;
    } forms[] = {{"Q8_0", 0.3}, {"Q5_1", 2}, {"Q4_0", 5}};
    static const gint32 ids[] = {1, 3, 34, 9, 22, 4, 3, 18, 20, 7, 9, 3, 5, 3, 6, 10, 16, 4};
    enum {
        N = G_N_ELEMENTS (ids),
        V = 105
    };
    g_autofree char *folder = support_shared ("models/babyllama-105");
    if (folder == NULL)
        return;
    float want[N * V], got[N * V];
    Runner own = runner_open (folder, "cpu", N, 0);
    fovea_trace_unref (runner_capture (&own, ids, N, NULL, FOVEA_F32, FALSE, want));
    runner_close (&own);
    double before = 0;
    for (guint i = 0; i < G_N_ELEMENTS (forms); i++) {
        g_autofree char *name = g_strdup_printf ("babyllama-105-%s.gguf", forms[i].type);
        g_autofree char *path = g_build_filename (folder, name, NULL);
        Runner runner = runner_open (path, "cpu", N, 0);
        fovea_trace_unref (runner_capture (&runner, ids, N, NULL, FOVEA_F32, FALSE, got));
        double worst = support_difference (got, want, N * V);
        ck_assert_msg (worst > before && worst <= forms[i].bound, "%s: %g off", forms[i].type,
                       worst);
        before = worst;
        runner_close (&runner);
    }
}
END_TEST

/* Gemma 3 270M in Q4_K_M, where shared/tools/fetch-real-models.sh has put it: ids of its vocabulary
 * of 262,144, and what transformers 5.24 computes from the same file, unpacked to f32. */
START_TEST (gemma_agrees_with_transformers_on_the_same_file)
{
    static const gint32 prompt[] = {2, 818, 5279, 529, 7001, 563};
    static const struct {
        gint32 id;
        float logit;
    } best[] = {
        {506, 19.0915f}, {496, 18.5476f}, {9079, 18.2686f}, {886, 18.1130f}, {3224, 17.7839f}};
    g_autofree char *path = g_build_filename (g_get_home_dir (), ".cache", "fovea-real-models",
                                              "gemma-3-270m-q4_k_m.gguf", NULL);
    if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
        support_skip ("fetch-real-models.sh has not brought Gemma");
        return;
    }
    Runner runner = runner_open (path, "cpu", 6, 0);
    FoveaTokenizer *tokenizer = fovea_model_get_tokenizer (runner.model, NULL);
    ck_assert_ptr_nonnull (tokenizer);
    g_autoptr (GArray) tokens =
        fovea_tokenizer_encode (tokenizer, "The capital of France is", -1, TRUE, NULL);
    ck_assert_uint_eq (tokens->len, 6);
    for (guint i = 0; i < 6; i++)
        ck_assert_int_eq (g_array_index (tokens, FoveaToken, i).id, prompt[i]);
    g_autofree float *logits = g_new (float, 262144);
    ck_assert (fovea_session_run (runner.session, prompt, 6, logits, NULL, NULL));
    for (guint i = 0; i < G_N_ELEMENTS (best); i++)
        ck_assert_float_eq_tol (logits[best[i].id], best[i].logit, 1e-3f);
    for (gint32 v = 0; v < 262144; v++)
        ck_assert (logits[v] <= logits[506]);
    runner_close (&runner);
}
END_TEST

/* Metadata of a Llama that could be run, with one entry more. */
static void
assert_refused (const char *architecture, const char *key, guint32 value, const char *words)
{
    GgufBuilder *builder = gguf_builder_new ();
    g_autofree char *temp = support_temp_dir ();
    g_autofree char *path = g_build_filename (temp, "x.gguf", NULL);
    g_autoptr (GError) error = NULL;
    static const char *const sizes[] = {"block_count", "context_length", "embedding_length",
                                        "feed_forward_length", "attention.head_count"};
    if (architecture != NULL)
        gguf_add_text (builder, "general.architecture", architecture);
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
        g_autofree char *full = g_strconcat ("llama.", sizes[i], NULL);
        gguf_add_u32 (builder, full, 2);
    }
    if (key != NULL)
        gguf_add_u32 (builder, key, value);
    gguf_write (builder, path);
    ck_assert_ptr_null (fovea_model_open (path, &error));
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED), "%s",
                   error->message);
    ck_assert_msg (strstr (error->message, words) != NULL, "'%s' does not say '%s'", error->message,
                   words);
    support_remove_dir (g_steal_pointer (&temp));
}

START_TEST (what_is_not_known_is_refused_by_name)
{
    assert_refused ("mamba", NULL, 0, "general.architecture \"mamba\" is not supported (known: ");
    assert_refused (NULL, NULL, 0, "general.architecture \"\"");
    assert_refused ("llama", "llama.attention.clamp_kqv", 8,
                    "\"llama.attention.clamp_kqv\" is not supported");
    assert_refused ("llama", "llama.attention.value_length", 7, "attention.value_length");
    assert_refused ("llama", "llama.expert_feed_forward_length", 8, "expert_feed_forward_length");
    assert_refused ("bert", "bert.attention.max_alibi_bias", 8, "max_alibi_bias");
    assert_refused ("modern-bert", "modern-bert.hidden_activation", 8,
                    "\"modern-bert.hidden_activation\" is no single value of its kind");
}
END_TEST

/* llama.cpp knows without a key that every fourth layer of a SmolLM3 has no positions. */
START_TEST (every_fourth_layer_of_smollm3_is_still)
{
    GgufBuilder *builder = gguf_builder_new ();
    g_autofree char *temp = support_temp_dir ();
    g_autofree char *path = g_build_filename (temp, "x.gguf", NULL);
    const gint64 shape[2] = {9, 8};
    const float values[72] = {0};
    gguf_add_text (builder, "general.architecture", "smollm3");
    gguf_add_u32 (builder, "smollm3.block_count", 9);
    gguf_add_u32 (builder, "smollm3.context_length", 4);
    gguf_add_u32 (builder, "smollm3.embedding_length", 8);
    gguf_add_u32 (builder, "smollm3.feed_forward_length", 2);
    gguf_add_u32 (builder, "smollm3.attention.head_count", 2);
    gguf_add_tensor (builder, "token_embd.weight", 0, 2, shape, values, sizeof values);
    gguf_write (builder, path);
    g_autoptr (FoveaGguf) file = fovea_gguf_open (path, NULL);
    g_autoptr (FoveaArchitecture) a = fovea_gguf_describe (file, path, NULL);
    ck_assert_ptr_nonnull (a);
    ck_assert_int_eq (a->vocabulary, 9);
    for (guint layer = 0; layer < 9; layer++)
        ck_assert_int_eq (fovea_architecture_rotary_angles (a, layer),
                          layer % 4 == 3 ? FOVEA_ANGLES_STILL : FOVEA_ANGLES_FULL);
    support_remove_dir (g_steal_pointer (&temp));
}
END_TEST

/* A stack of no elements may have any number of experts, and a name in the file the mark that stands for
 * one: neither is taken apart. */
START_TEST (stacks_that_are_none_are_not_taken_apart)
{
    static const char *const names[] = {"blk.0.ffn_up_exps.weight", "blk.0.ffn@exps.weight"};
    const gint64 shapes[2][3] = {{(gint64) 1 << 40, 2, 0}, {2, 2, 2}};
    const float values[8] = {0};
    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        GgufBuilder *builder = gguf_builder_new ();
        g_autofree char *temp = support_temp_dir ();
        g_autofree char *path = g_build_filename (temp, "x.gguf", NULL);
        g_autoptr (GError) error = NULL;
        gguf_add_text (builder, "general.architecture", "llama");
        gguf_add_u32 (builder, "llama.block_count", 1);
        gguf_add_u32 (builder, "llama.context_length", 4);
        gguf_add_u32 (builder, "llama.embedding_length", 2);
        gguf_add_u32 (builder, "llama.feed_forward_length", 2);
        gguf_add_u32 (builder, "llama.attention.head_count", 1);
        gguf_add_u32 (builder, "llama.expert_count", 2);
        gguf_add_u32 (builder, "llama.expert_used_count", 1);
        gguf_add_tensor (builder, "token_embd.weight", 0, 2, shapes[1], values, 16);
        gguf_add_tensor (builder, names[i], 0, 3, shapes[i], values, i == 0 ? 0 : sizeof values);
        gguf_write (builder, path);
        g_autoptr (FoveaModel) model = fovea_model_open (path, &error);
        ck_assert_ptr_null (model);
        ck_assert_msg (strstr (error->message, i == 0 ? "experts.@" : names[i]) != NULL, "%s",
                       error->message);
        support_remove_dir (g_steal_pointer (&temp));
    }
}
END_TEST

/* What would be another choice of experts, or other heads, under DeepSeek's name. */
START_TEST (deepseeks_unlike_its_own_are_refused_by_name)
{
    static const struct {
        guint32 turning, experts, gating;
        const char *words;
    } files[] = {{0, 4, 1, "\"rope.dimension_count\" is no part of attention.key_length"},
                 {8, 4, 1, "\"rope.dimension_count\" is no part of attention.key_length"},
                 {4, 0, 1, "\"expert_count\" of none is not supported"},
                 {4, 4, 3, "\"expert_gating_func\" is neither softmax nor sigmoid"},
                 {4, 4, 1, "\"exp_probs_b.bias\" without an expert_gating_func of sigmoids"}};
    for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
        GgufBuilder *builder = gguf_builder_new ();
        g_autofree char *temp = support_temp_dir ();
        g_autofree char *path = g_build_filename (temp, "x.gguf", NULL);
        g_autoptr (GError) error = NULL;
        const float bias[4] = {0};
        const gint64 shape[1] = {4};
        gguf_add_text (builder, "general.architecture", "deepseek2");
        gguf_add_u32 (builder, "deepseek2.block_count", 2);
        gguf_add_u32 (builder, "deepseek2.attention.key_length", 8);
        gguf_add_u32 (builder, "deepseek2.rope.dimension_count", files[i].turning);
        gguf_add_u32 (builder, "deepseek2.expert_count", files[i].experts);
        gguf_add_u32 (builder, "deepseek2.expert_gating_func", files[i].gating);
        gguf_add_tensor (builder, "blk.1.exp_probs_b.bias", 0, 1, shape, bias, sizeof bias);
        gguf_write (builder, path);
        ck_assert_ptr_null (fovea_model_open (path, &error));
        ck_assert_msg (strstr (error->message, files[i].words) != NULL, "'%s' does not say '%s'",
                       error->message, files[i].words);
        support_remove_dir (g_steal_pointer (&temp));
    }
}
END_TEST

/* The divisors of Llama 3.1 (base 500000, factor 8, context 8192, heads of 128), and ones that no
 * parameters give. */
START_TEST (scaling_of_llama_3_is_told_from_its_divisors)
{
    float divisors[64];
    FoveaLlama3Scaling scaling;
    for (int i = 0; i < 64; i++) {
        double length = 2 * G_PI * pow (500000, i / 64.0);
        double s = (8192 / length - 1) / 3;
        divisors[i] = (float) (s >= 1 ? 1 : s <= 0 ? 8 : 1 / ((1 - s) / 8 + s));
    }
    ck_assert (fovea_gguf_infer_llama3 (divisors, 64, 500000, &scaling));
    ck_assert (scaling.factor == 8 && scaling.low == 1 && scaling.high == 4);
    ck_assert_int_eq (scaling.context, 8192);
    ck_assert (!fovea_gguf_infer_llama3 (divisors, 64, 10000, &scaling));
    ck_assert (!fovea_gguf_infer_llama3 (divisors, 0, 500000, &scaling));
    divisors[40] = 3;
    ck_assert (!fovea_gguf_infer_llama3 (divisors, 64, 500000, &scaling));
    divisors[40] = NAN;
    ck_assert (!fovea_gguf_infer_llama3 (divisors, 64, 500000, &scaling));
    for (int i = 0; i < 64; i++)
        divisors[i] = 1;
    ck_assert (!fovea_gguf_infer_llama3 (divisors, 64, 500000, &scaling));
}
END_TEST

/* Files of Qwen 3's experts never say that the weights of the used ones are scaled to sum 1, but mean
 * it: the tiny model with that in its config.json is what they are. */
START_TEST (weights_of_qwen_experts_sum_to_one)
{
    g_autofree char *folder = tiny_folder ("qwen3_moe"), *temp = support_temp_dir ();
    static const char *const files[] = {"config.json", "model.safetensors"};
    static const gint32 ids[] = {3, 1, 4, 1, 5, 9, 2, 6};
    float want[8 * 211], got[8 * 211];
    for (guint i = 0; i < 2 && folder != NULL; i++) {
        g_autofree char *from = g_build_filename (folder, files[i], NULL), *data = NULL;
        g_autofree char *to = g_build_filename (temp, files[i], NULL);
        gsize length;
        ck_assert (g_file_get_contents (from, &data, &length, NULL));
        char *flag = i == 0 ? strstr (data, "\"norm_topk_prob\": false") : NULL;
        ck_assert (i == 1 || flag != NULL);
        if (flag != NULL)
            memcpy (strchr (flag, ':'), ":  true", 7);
        ck_assert (g_file_set_contents (to, data, (gssize) length, NULL));
    }
    if (folder != NULL) {
        g_autofree char *path = g_build_filename (temp, "tiny.gguf", NULL);
        gguf_convert (temp, path);
        Runner own = runner_open (temp, "cpu", 8, 0), other = runner_open (path, "cpu", 8, 0);
        fovea_trace_unref (runner_capture (&own, ids, 8, NULL, FOVEA_F32, FALSE, want));
        fovea_trace_unref (runner_capture (&other, ids, 8, NULL, FOVEA_F32, FALSE, got));
        ck_assert_double_le (support_difference (got, want, 8 * 211), 1e-5);
        runner_close (&own);
        runner_close (&other);
    }
    support_remove_dir (g_steal_pointer (&temp));
}
END_TEST

/* A tensor that the family has no place for, and one with another shape. */
START_TEST (tensors_must_fit_the_metadata)
{
    g_autofree char *folder = support_data ("tests/golden/tiny/llama"), *temp = support_temp_dir ();
    g_autofree char *path = g_build_filename (temp, "tiny.gguf", NULL);
    g_autofree char *data = NULL;
    g_autoptr (GError) error = NULL;
    gsize length;
    gguf_convert (folder, path);
    ck_assert (g_file_get_contents (path, &data, &length, NULL));
    char *at = memmem (data, length, "blk.1.attn_v", 12);
    at[11] = 'x';
    ck_assert (g_file_set_contents (path, data, (gssize) length, NULL));
    ck_assert_ptr_null (fovea_model_open (path, &error));
    ck_assert_msg (strstr (error->message, "blk.1.attn_x.weight") != NULL, "%s", error->message);
    g_clear_error (&error);
    at[11] = 'v';
    at = memmem (data, length, "llama.embedding_length", 22);
    at[26] = 36;
    ck_assert (g_file_set_contents (path, data, (gssize) length, NULL));
    ck_assert_ptr_null (fovea_model_open (path, &error));
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE) &&
                       strstr (error->message, ", 36)") != NULL,
                   "%s", error->message);
    support_remove_dir (g_steal_pointer (&temp));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("GGUF models");
    TCase *tcase = tcase_create ("models");
    tcase_set_timeout (tcase, 120);
    tcase_add_loop_test (tcase, rewritten_families_agree_with_transformers, 0, G_N_ELEMENTS (tiny));
    tcase_add_test (tcase, points_are_those_of_the_familys_own_checkpoint);
    tcase_add_test (tcase, biases_are_those_of_the_familys_own_checkpoint);
    tcase_add_test (tcase, deepseeks_older_files_and_their_yarn_are_those_of_its_own_checkpoint);
    tcase_add_test (tcase, weights_are_read_in_the_order_of_outputs);
    tcase_add_test (tcase, gemma_agrees_with_transformers_on_the_same_file);
    tcase_add_test (tcase, weights_are_unpacked_for_a_device_with_its_own_memory);
    tcase_add_test (tcase, quantised_logits_stay_near_the_unquantised);
    tcase_add_test (tcase, what_is_not_known_is_refused_by_name);
    tcase_add_test (tcase, every_fourth_layer_of_smollm3_is_still);
    tcase_add_test (tcase, stacks_that_are_none_are_not_taken_apart);
    tcase_add_test (tcase, deepseeks_unlike_its_own_are_refused_by_name);
    tcase_add_test (tcase, scaling_of_llama_3_is_told_from_its_divisors);
    tcase_add_test (tcase, weights_of_qwen_experts_sum_to_one);
    tcase_add_test (tcase, tensors_must_fit_the_metadata);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
