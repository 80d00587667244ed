/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The forward pass against what other programs computed: TransformerLens at every point,
 * transformers, PyTorch, llama2.c. Bounds are those of design.md 8. */
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "tests/forward-support.h"

/* Every tensor of @file that names a point, against the trace. Returns how many there were. */
static guint
compare_points (FoveaTrace *trace, FoveaSafetensors *file, double bound)
{
    guint n_tensors, compared = 0;
    const FoveaTensor *tensors = fovea_safetensors_list (file, &n_tensors);
    for (guint i = 0; i < n_tensors; i++) {
        const char *name = tensors[i].name;
        gint64 n, expected_n;
        if (strcmp (name, "input_ids") == 0 || g_str_has_prefix (name, "composition."))
            continue;
        g_autofree float *values = support_read_point (trace, name, &n);
        g_autofree float *expected = support_tensor_f32 (file, name, &expected_n);
        ck_assert_int_eq (n, expected_n);
        double difference = support_scaled_difference (
            values, expected, (gsize) n, (gsize) tensors[i].shape[tensors[i].rank - 1]);
        ck_assert_msg (difference <= bound, "%s differs by %g", name, difference);
        compared++;
    }
    return compared;
}

static void
check_transformerlens (const char *model, const char *reference, const char *device, guint points)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (reference, &error);
    ck_assert_msg (file != NULL, "%s", error != NULL ? error->message : "");
    gint64 n;
    g_autofree gint32 *ids = support_tensor_ids (file, "input_ids", &n);
    Runner runner = runner_open (model, device, n, 0);
    g_autoptr (FoveaTrace) factored =
        runner_capture (&runner, ids, n, "all", FOVEA_F32, FALSE, NULL);
    ck_assert_uint_eq (compare_points (factored, file, 1e-4), points);
    g_autoptr (FoveaTrace) dense = runner_capture (&runner, ids, n, "all", FOVEA_F32, TRUE, NULL);
    ck_assert_uint_eq (compare_points (dense, file, 1e-4), points);
    runner_close (&runner);
}

START_TEST (every_point_of_the_demo_agrees_with_transformerlens)
{
    g_autofree char *reference =
        support_data ("tests/golden/fovea-demo/transformerlens_reference.safetensors");
    check_transformerlens ("demo", reference, "cpu", 125);
    check_transformerlens ("demo", reference, "ref", 125);
}
END_TEST

START_TEST (every_point_of_a_gpt2_agrees_with_transformerlens)
{
    g_autofree char *model = support_shared ("models/char-gpt-shakespeare");
    g_autofree char *reference =
        support_shared ("models/char-gpt-shakespeare/transformerlens_reference.safetensors");
    if (model == NULL || reference == NULL)
        return;
    check_transformerlens (model, reference, "cpu", 74);
    check_transformerlens (model, reference, "ref", 74);
}
END_TEST

START_TEST (demo_agrees_with_transformers)
{
    g_autofree char *path = support_shared ("models/fovea-demo/reference.safetensors");
    g_autoptr (GError) error = NULL;
    if (path == NULL)
        return;
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (path, &error);
    ck_assert_msg (file != NULL, "%s", error != NULL ? error->message : "");
    gint64 n, got_n, want_n;
    g_autofree gint32 *ids = support_tensor_ids (file, "input_ids", &n);
    Runner runner = runner_open ("demo", "cpu", n, 0);
    g_autoptr (FoveaTrace) trace = runner_capture (&runner, ids, n, "all", FOVEA_F32, FALSE, NULL);
    for (int layer = 0; layer <= 6; layer++) {
        /* hidden.6 of transformers is behind the final norm. */
        g_autofree char *point = layer < 6 ? g_strdup_printf ("blocks.%d.hook_resid_pre", layer)
                                           : g_strdup ("unembed.hook_in");
        g_autofree char *tensor = g_strdup_printf ("hidden.%d", layer);
        g_autofree float *got = support_read_point (trace, point, &got_n);
        g_autofree float *want = support_tensor_f32 (file, tensor, &want_n);
        ck_assert_int_eq (got_n, want_n);
        ck_assert_double_le (support_difference (got, want, (gsize) got_n), 1e-4);
    }
    for (int layer = 0; layer < 6; layer++) {
        g_autofree char *point = g_strdup_printf ("blocks.%d.attn.hook_pattern", layer);
        g_autofree char *tensor = g_strdup_printf ("attention.%d", layer);
        g_autofree float *got = support_read_point (trace, point, &got_n);
        g_autofree float *want = support_tensor_f32 (file, tensor, &want_n);
        ck_assert_int_eq (got_n, want_n);
        ck_assert_double_le (support_difference (got, want, (gsize) got_n), 1e-4);
    }
    g_autofree float *got = support_read_point (trace, "unembed.hook_out", &got_n);
    g_autofree float *want = support_tensor_f32 (file, "logits", &want_n);
    ck_assert_int_eq (got_n, want_n);
    ck_assert_double_le (support_difference (got, want, (gsize) got_n), 1e-4);
    runner_close (&runner);
}
END_TEST

START_TEST (demo_continues_greedily_as_transformers_does)
{
    g_autofree char *path = support_data ("tests/golden/fovea-demo/reference.json");
    gint64 n;
    g_autofree gint32 *expected = support_json_ids (path, "greedy_ids", &n);
    g_autofree gint32 *ids = g_new0 (gint32, (gsize) n);
    const gint64 given = 4; /* BOS and "The time traveller" */
    memcpy (ids, expected, (gsize) given * sizeof *ids);
    Runner runner = runner_open ("demo", "cpu", n, 0);
    runner_greedy (&runner, ids, given, n - given);
    for (gint64 i = 0; i < n; i++)
        ck_assert_int_eq (ids[i], expected[i]);
    runner_close (&runner);
}
END_TEST

/* Reference folders with "logits" (n,V) and "attn.{l}" of the ids in them. */
static void
check_logits_and_maps (const char *folder, double bound)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *model = support_shared (folder);
    if (model == NULL)
        return;
    g_autofree char *path = g_build_filename (model, "reference.safetensors", NULL);
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (path, &error);
    ck_assert_msg (file != NULL, "%s", error != NULL ? error->message : "");
    gint64 n, got_n, want_n;
    g_autofree gint32 *ids = support_tensor_ids (file, "input_ids", &n);
    Runner runner = runner_open (model, "cpu", n, 0);
    g_autoptr (FoveaTrace) trace = runner_capture (&runner, ids, n, "all", FOVEA_F32, FALSE, NULL);
    g_autofree float *got = support_read_point (trace, "unembed.hook_out", &got_n);
    g_autofree float *want = support_tensor_f32 (file, "logits", &want_n);
    ck_assert_int_eq (got_n, want_n);
    ck_assert_double_le (support_difference (got, want, (gsize) got_n), bound);
    for (gint64 layer = 0; layer < fovea_model_get_architecture (runner.model)->n_layers; layer++) {
        g_autofree char *point = g_strdup_printf ("blocks.%d.attn.hook_pattern", (int) layer);
        g_autofree char *tensor = g_strdup_printf ("attn.%d", (int) layer);
        g_autofree float *pattern = support_read_point (trace, point, &got_n);
        g_autofree float *expected = support_tensor_f32 (file, tensor, &want_n);
        ck_assert_int_eq (got_n, want_n);
        ck_assert_double_le (support_difference (pattern, expected, (gsize) got_n), bound);
    }
    runner_close (&runner);
}

START_TEST (small_models_agree_with_a_double_precision_forward)
{
    check_logits_and_maps ("models/stories260K", 1e-4);
    check_logits_and_maps ("models/babyllama-105", 1e-4);
    check_logits_and_maps ("models/char-gpt-shakespeare", 1e-4);
}
END_TEST

/* Greedy ids of a reference.json after its input_ids. */
static void
check_greedy (const char *folder, const char *file)
{
    g_autofree char *model = support_shared (folder);
    if (model == NULL)
        return;
    g_autofree char *path = g_build_filename (model, "reference.json", NULL);
    g_autofree char *checkpoint = g_build_filename (model, file, NULL);
    gint64 n, n_more;
    g_autofree gint32 *given = support_json_ids (path, "input_ids", &n);
    g_autofree gint32 *expected = support_json_ids (path, "greedy_ids", &n_more);
    g_autofree gint32 *ids = g_new0 (gint32, (gsize) (n + n_more));
    memcpy (ids, given, (gsize) n * sizeof *ids);
    Runner runner = runner_open (checkpoint, "cpu", n + n_more, 0);
    runner_greedy (&runner, ids, n, n_more);
    for (gint64 i = 0; i < n_more; i++)
        ck_assert_int_eq (ids[n + i], expected[i]);
    runner_close (&runner);
}

START_TEST (small_models_continue_greedily_as_published)
{
    check_greedy ("models/babyllama-105", "");
    check_greedy ("models/stories260K", "");
    check_greedy ("models/stories260K", "stories260K.bin");
    check_greedy ("models/stories260K", "stories260K_v1.bin");
}
END_TEST

/* Greedy text of 200 tokens from a lone BOS, as llama2.c publishes it. */
static char *
story_of (const char *checkpoint, FoveaTokenizer *tokenizer)
{
    gint32 ids[201] = {1};
    gsize length;
    Runner runner = runner_open (checkpoint, "cpu", 201, 0);
    runner_greedy (&runner, ids, 1, 200);
    runner_close (&runner);
    return fovea_tokenizer_decode (tokenizer, ids, 201, TRUE, &length, NULL);
}

START_TEST (stories260k_tells_the_published_story)
{
    g_autofree char *folder = support_shared ("models/stories260K");
    g_autofree char *path = support_shared ("models/stories260K/expected_greedy_bos_200.txt");
    if (folder == NULL || path == NULL)
        return;
    static const char *const files[] = {"", "stories260K.bin", "stories260K_v1.bin"};
    g_autofree char *expected = NULL;
    ck_assert (g_file_get_contents (path, &expected, NULL, NULL));
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaTokenizer) tokenizer = fovea_tokenizer_open (folder, &error);
    ck_assert_msg (tokenizer != NULL, "%s", error != NULL ? error->message : "");
    g_strstrip (expected);
    for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
        g_autofree char *checkpoint = g_build_filename (folder, files[i], NULL);
        g_autofree char *story = story_of (checkpoint, tokenizer);
        ck_assert_ptr_nonnull (story);
        ck_assert_str_eq (g_strstrip (story), expected);
    }
}
END_TEST

/* PyTorch's name, ours, whether heads stand before positions there. */
static const struct {
    const char *pytorch, *point;
    gboolean heads_first;
} nano_points[] = {
    {"tok_emb", "hook_embed", FALSE},
    {"ln_f", "unembed.hook_in", FALSE},
    {"lm_head", "unembed.hook_out", FALSE},
    {"block2", "blocks.2.hook_resid_post", FALSE},
    {"x", "blocks.0.hook_resid_pre", FALSE},
    {"q", "blocks.0.attn.hook_q", TRUE},
    {"k", "blocks.0.attn.hook_k", TRUE},
    {"v", "blocks.0.attn.hook_v", TRUE},
    {"att", "blocks.0.attn.hook_attn_scores", FALSE},
    {"attSm", "blocks.0.attn.hook_pattern", FALSE},
    {"y", "blocks.0.attn.hook_z", FALSE},
    {"yProj", "blocks.0.hook_attn_out", FALSE},
    {"attnResid", "blocks.0.hook_resid_mid", FALSE},
    {"fc", "blocks.0.mlp.hook_pre", FALSE},
    {"gelu", "blocks.0.mlp.hook_post", FALSE},
    {"mlp", "blocks.0.hook_mlp_out", FALSE},
    {"block0", "blocks.0.hook_resid_post", FALSE},
    {"block1", "blocks.1.hook_resid_post", FALSE},
};

/* (H,T,D) to (T,H,D). */
static void
heads_behind (const float *from, gint64 H, gint64 T, gint64 D, float *to)
{
    for (gint64 h = 0; h < H; h++)
        for (gint64 t = 0; t < T; t++)
            memcpy (to + (t * H + h) * D, from + (h * T + t) * D, (gsize) D * sizeof (float));
}

START_TEST (nano_sort_agrees_with_pytorch_at_every_step)
{
    g_autofree char *model = support_shared ("models/gpt-nano-sort");
    g_autoptr (GError) error = NULL;
    if (model == NULL)
        return;
    g_autofree char *path = g_build_filename (model, "reference.safetensors", NULL);
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (path, &error);
    ck_assert_msg (file != NULL, "%s", error != NULL ? error->message : "");
    gint64 n_ids, n, want_n;
    g_autofree gint32 *ids = support_tensor_ids (file, "input_ids", &n_ids);
    const gint64 T = 11, H = 3, D = 16;
    Runner runner = runner_open (model, "cpu", T, 0);
    for (gint64 prompt = 0; prompt < n_ids / T; prompt++) {
        g_autoptr (FoveaTrace) trace =
            runner_capture (&runner, ids + prompt * T, T, "all", FOVEA_F32, FALSE, NULL);
        for (guint i = 0; i < G_N_ELEMENTS (nano_points); i++) {
            g_autofree char *name = g_strconcat ("pytorch.", nano_points[i].pytorch, NULL);
            g_autofree float *got = support_read_point (trace, nano_points[i].point, &n);
            g_autofree float *all = support_tensor_f32 (file, name, &want_n);
            g_autofree float *want = g_new (float, (gsize) n);
            ck_assert_int_eq (n * (n_ids / T), want_n);
            if (nano_points[i].heads_first)
                heads_behind (all + prompt * n, H, T, D, want);
            else
                memcpy (want, all + prompt * n, (gsize) n * sizeof (float));
            double difference = support_difference (got, want, (gsize) n);
            ck_assert_msg (difference <= 1e-5, "%s differs by %g", name, difference);
        }
    }
    runner_close (&runner);
}
END_TEST

START_TEST (nano_sort_sorts_all_inputs)
{
    g_autofree char *model = support_shared ("models/gpt-nano-sort");
    if (model == NULL)
        return;
    Runner runner = runner_open (model, "cpu", 11, 0);
    for (int input = 0; input < 729; input++) {
        gint32 ids[12];
        int counts[3] = {0}, at = 6;
        for (int i = 0, rest = input; i < 6; i++, rest /= 3) {
            ids[i] = rest % 3;
            counts[ids[i]]++;
        }
        /* The last of the six answers needs no further input: 11 ids give it. */
        runner_greedy (&runner, ids, 6, 6);
        for (gint32 symbol = 0; symbol < 3; symbol++)
            for (int i = 0; i < counts[symbol]; i++)
                ck_assert_int_eq (ids[at++], symbol);
    }
    runner_close (&runner);
}
END_TEST

START_TEST (long_prompt_has_the_reference_loss)
{
    g_autofree char *text_path = support_shared ("models/fovea-demo/validation.txt");
    g_autoptr (GError) error = NULL;
    if (text_path == NULL)
        return;
    g_autofree char *text = NULL;
    ck_assert (g_file_get_contents (text_path, &text, NULL, NULL));
    const char *from = g_utf8_offset_to_pointer (text, 20000);
    const char *to = g_utf8_offset_to_pointer (from, 40000);
    const gint64 T = 4096;
    Runner runner = runner_open ("demo", "cpu", T, 0);
    FoveaTokenizer *tokenizer = fovea_model_get_tokenizer (runner.model, &error);
    ck_assert_msg (tokenizer != NULL, "%s", error != NULL ? error->message : "");
    g_autoptr (GArray) tokens = fovea_tokenizer_encode (tokenizer, from, to - from, TRUE, &error);
    ck_assert_msg (tokens != NULL && tokens->len >= (guint) T, "too few tokens");
    g_autofree gint32 *ids = g_new (gint32, (gsize) T);
    for (gint64 t = 0; t < T; t++)
        ids[t] = g_array_index (tokens, FoveaToken, t).id;
    g_autofree float *losses = g_new (float, (gsize) T);
    ck_assert (fovea_session_read_losses (runner.session, ids, T, losses, NULL, &error));
    double sum = 0;
    for (gint64 t = 0; t < T - 1; t++)
        sum += (double) losses[t];
    ck_assert_double_le (fabs (sum / (double) (T - 1) - 3.769838809967041), 1e-4);
    runner_close (&runner);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("forward");
    TCase *references = tcase_create ("references");
    tcase_set_timeout (references, 120);
    tcase_add_test (references, every_point_of_the_demo_agrees_with_transformerlens);
    tcase_add_test (references, every_point_of_a_gpt2_agrees_with_transformerlens);
    tcase_add_test (references, demo_agrees_with_transformers);
    tcase_add_test (references, demo_continues_greedily_as_transformers_does);
    tcase_add_test (references, small_models_agree_with_a_double_precision_forward);
    tcase_add_test (references, small_models_continue_greedily_as_published);
    tcase_add_test (references, stories260k_tells_the_published_story);
    tcase_add_test (references, nano_sort_agrees_with_pytorch_at_every_step);
    tcase_add_test (references, nano_sort_sorts_all_inputs);
    tcase_add_test (references, long_prompt_has_the_reference_loss);
    suite_add_tcase (suite, references);
    return support_run (suite);
}
