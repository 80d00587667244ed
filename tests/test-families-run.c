/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Each family from its description alone: tiny models with random weights, spelled as current
 * transformers writes them (rope_parameters, dtype, prefixes, untied heads), against what
 * transformers computes for them: whole, in chunks, through the cache, on both CPU tables. */
#include "capture/architecture-json.h"
#include "tests/forward-support.h"

#include <math.h>
#include <string.h>

enum {
    BATCH = 2, /* sequences in a reference */
    CHUNK = 7, /* no divisor of the 12 or 40 tokens of a reference */
    MORE = 7   /* tokens that come one by one */
};

/* A model with its reference. Those of tests/golden stand in every checkout
 * (make-tiny-models.py); the others are larger and belong to the shared models. */
typedef struct {
    const char *name;
    enum {
        IN_TINY,     /* tests/golden/tiny */
        IN_FAMILIES, /* tests/golden/families */
        IN_SHARED    /* models/tiny of the shared folder */
    } place;
} Family;

#define TINY(name)                                                                                 \
    {                                                                                              \
        name, IN_TINY                                                                              \
    }
#define SMALL(name)                                                                                \
    {                                                                                              \
        name, IN_FAMILIES                                                                          \
    }
#define SHARED(name)                                                                               \
    {                                                                                              \
        name, IN_SHARED                                                                            \
    }

static const Family families[] = {
    TINY ("llama"),
    TINY ("gpt2"),
    SMALL ("arcee"),
    SMALL ("bert"),
    SMALL ("bert_untied"),
    SMALL ("bloom"),
    SMALL ("codegen"),
    SMALL ("cohere"),
    SMALL ("cohere2"),
    SMALL ("cohere_qk"),
    SMALL ("deepseek_v2"),
    SMALL ("deepseek_v2_lite"),
    SMALL ("deepseek_v3"),
    SMALL ("distilbert"),
    SMALL ("dots1"),
    SMALL ("ernie4_5"),
    SMALL ("exaone4"),
    SMALL ("falcon"),
    SMALL ("falcon_alibi"),
    SMALL ("falcon_new"),
    SMALL ("falcon_shared"),
    SMALL ("gemma"),
    SMALL ("gemma2"),
    SMALL ("gemma3"),
    SMALL ("glm"),
    SMALL ("glm4"),
    SMALL ("glm4_moe"),
    SMALL ("gpt_bigcode"),
    SMALL ("gpt_neo"),
    SMALL ("gpt_neox"),
    SMALL ("gpt_oss"),
    SMALL ("gpt_oss_mxfp4"),
    SMALL ("gptj"),
    SMALL ("granite"),
    SMALL ("granitemoe"),
    SMALL ("granitemoeshared"),
    SMALL ("helium"),
    SMALL ("internlm3"),
    SMALL ("jais2"),
    SMALL ("lens_gpt2"),
    SMALL ("lens_llama"),
    SMALL ("llama3"),
    SMALL ("mingpt"),
    SMALL ("ministral"),
    SMALL ("mistral"),
    SMALL ("mixtral"),
    SMALL ("modernbert"),
    SMALL ("modernbert_bare"),
    SMALL ("modernbert_biased"),
    SMALL ("mpnet"),
    SMALL ("mpt"),
    SMALL ("mpt_odd"),
    SMALL ("nanogpt"),
    SMALL ("nemotron"),
    SMALL ("olmo"),
    SMALL ("olmo2"),
    SMALL ("olmo3"),
    SMALL ("olmo_clip"),
    SMALL ("olmoe"),
    SMALL ("olmoe_clip"),
    SMALL ("opt"),
    SMALL ("phi"),
    SMALL ("phi3"),
    SMALL ("phi3_long"),
    SMALL ("phi3_short"),
    SMALL ("phi_qk"),
    SMALL ("qwen2"),
    SMALL ("qwen2_moe"),
    SMALL ("qwen3"),
    SMALL ("qwen3_moe"),
    SMALL ("roberta"),
    SMALL ("seed_oss"),
    SMALL ("smollm3"),
    SMALL ("stablelm"),
    SMALL ("stablelm_qk"),
    SMALL ("starcoder2"),
    SMALL ("t5"),
    SMALL ("t5_gated"),
    SMALL ("vaultgemma"),
    SMALL ("xlm_roberta"),
    SHARED ("llama3_rope"),
    SHARED ("mistral_sliding"),
    SHARED ("qwen2"),
    SHARED ("qwen3"),
    SHARED ("phi3"),
    SHARED ("olmo2"),
    SHARED ("stablelm"),
    SHARED ("starcoder2"),
    SHARED ("gemma"),
    SHARED ("gemma2"),
    SHARED ("gemma3_text"),
    SHARED ("gpt_neo"),
    SHARED ("gpt_neox"),
    SHARED ("gpt_neox_serial"),
    SHARED ("opt"),
    SHARED ("bloom"),
    SHARED ("falcon_alibi_off"),
    SHARED ("phi"),
    SHARED ("bert"),
    SHARED ("roberta"),
    SHARED ("distilbert"),
    SHARED ("mixtral"),
    SHARED ("qwen3_moe"),
};

/* NULL where the shared models are absent, which support_shared() says as skipped. */
static char *
find_folder (const Family *family)
{
    static const char *const roots[] = {"tests/golden/tiny", "tests/golden/families",
                                        "models/tiny"};
    g_autofree char *relative = g_build_filename (roots[family->place], family->name, NULL);
    return family->place == IN_SHARED ? support_shared (relative) : support_data (relative);
}

/* A captured sequence beside its place in the reference. */
typedef struct {
    const FoveaArchitecture *architecture;
    FoveaTrace *trace;
    FoveaSafetensors *file;
    gint64 sequence;
} Pair;

static void
check_values (const Pair *pair, const char *what, const float *mine, gint64 n, const char *tensor)
{
    gint64 n_theirs;
    g_autofree float *theirs = support_tensor_f32 (pair->file, tensor, &n_theirs);
    ck_assert_int_eq (n * BATCH, n_theirs);
    double worst = support_difference (mine, theirs + pair->sequence * n, (gsize) n);
    ck_assert_msg (worst <= 1e-4, "%s: %s differs from %s by %g", pair->architecture->family, what,
                   tensor, worst);
}

static void
check_point (const Pair *pair, const char *point, const char *tensor)
{
    gint64 n;
    g_autofree float *mine = support_read_point (pair->trace, point, &n);
    check_values (pair, point, mine, n, tensor);
}

static void
check_layer (const Pair *pair, gint64 layer)
{
    g_autofree char *stream = g_strdup_printf ("blocks.%" G_GINT64_FORMAT ".hook_resid_pre", layer);
    g_autofree char *hidden = g_strdup_printf ("hidden.%" G_GINT64_FORMAT, layer);
    g_autofree char *pattern =
        g_strdup_printf ("blocks.%" G_GINT64_FORMAT ".attn.hook_pattern", layer);
    g_autofree char *attention = g_strdup_printf ("attention.%" G_GINT64_FORMAT, layer);
    check_point (pair, stream, hidden);
    check_point (pair, pattern, attention);
}

/* Every hidden state, map and logit of a capture. The last hidden state of transformers is that
 * behind the final norm; an encoder's is that behind its last sum. */
static void
check_trace (const Pair *pair)
{
    gint64 L = pair->architecture->n_layers;
    g_autofree char *hidden = g_strdup_printf ("hidden.%" G_GINT64_FORMAT, L);
    for (gint64 layer = 0; layer < L; layer++)
        check_layer (pair, layer);
    gboolean sums = pair->architecture->norm_place == FOVEA_NORM_OF_SUM;
    g_autofree char *last =
        g_strdup_printf ("blocks.%" G_GINT64_FORMAT ".hook_normalized_resid_post", L - 1);
    check_point (pair, sums ? last : "ln_final.hook_out", hidden);
    if (!pair->architecture->no_head)
        check_point (pair, "unembed.hook_out", "logits");
}

static FoveaSafetensors *
open_reference (const char *folder)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *path = g_build_filename (folder, "reference.safetensors", NULL);
    FoveaSafetensors *file = fovea_safetensors_open (path, &error);
    ck_assert_msg (file != NULL, "%s", error != NULL ? error->message : "");
    return file;
}

static void
check_captures (const char *folder, const char *device, gint64 chunk, const char *points)
{
    g_autoptr (FoveaSafetensors) file = open_reference (folder);
    gint64 n_all;
    g_autofree gint32 *ids = support_tensor_ids (file, "input_ids", &n_all);
    gint64 n = n_all / BATCH;
    Runner runner = runner_open (folder, device, n, chunk);
    for (gint64 sequence = 0; sequence < BATCH; sequence++) {
        g_autoptr (FoveaTrace) trace =
            runner_capture (&runner, ids + sequence * n, n, points, FOVEA_F32, FALSE, NULL);
        const Pair pair = {fovea_model_get_architecture (runner.model), trace, file, sequence};
        check_trace (&pair);
    }
    runner_close (&runner);
}

START_TEST (tiny_model_agrees_with_transformers)
{
    g_autofree char *folder = find_folder (&families[_i]);
    check_captures (folder, "cpu", 0, "all");
    check_captures (folder, "ref", 0, "all");
}
END_TEST

/* Chunks take another way through attention, cache and plan than whole sequences. */
START_TEST (tiny_model_agrees_in_chunks)
{
    g_autofree char *folder = find_folder (&families[_i]);
    check_captures (folder, "cpu", CHUNK, "all");
    check_captures (folder, "cpu", CHUNK,
                    "*hook_resid_pre,*hook_pattern,*hook_out,ln_final.hook_out,unembed.hook_in");
}
END_TEST

/* The last tokens one by one: logits of each are the reference's. An encoder reads no further. */
START_TEST (tiny_model_agrees_through_the_cache)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *folder = find_folder (&families[_i]);
    g_autoptr (FoveaSafetensors) file = open_reference (folder);
    gint64 n_all, n_logits;
    g_autofree gint32 *ids = support_tensor_ids (file, "input_ids", &n_all);
    gint64 n = n_all / BATCH, given = n - MORE;
    Runner runner = runner_open (folder, "cpu", n, 0);
    if (fovea_model_get_architecture (runner.model)->bidirectional) {
        ck_assert (fovea_session_run (runner.session, ids, given, NULL, NULL, &error));
        ck_assert (!fovea_session_run (runner.session, ids + given, 1, NULL, NULL, &error));
        ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED));
        runner_close (&runner);
        return;
    }
    g_autofree float *logits = support_tensor_f32 (file, "logits", &n_logits);
    gint64 V = n_logits / n_all;
    g_autofree float *last = g_new (float, (gsize) V);
    for (gint64 t = given; t <= n; t++) {
        const gint32 *from = t == given ? ids : ids + t - 1;
        ck_assert_msg (
            fovea_session_run (runner.session, from, t == given ? given : 1, last, NULL, &error),
            "%s", error != NULL ? error->message : "");
        double worst = support_difference (last, logits + (t - 1) * V, (gsize) V);
        ck_assert_msg (worst <= 1e-4, "%s: logits of token %d differ by %g", families[_i].name,
                       (int) t - 1, worst);
    }
    runner_close (&runner);
}
END_TEST

/* Weights of all experts add to one, and the router's scores are what they come from. */
START_TEST (expert_weights_are_the_softmax_of_the_scores)
{
    const gint32 ids[] = {5, 9, 2, 0, 7};
    g_autofree char *folder = support_shared ("models/tiny/mixtral");
    Runner runner = runner_open (folder, "cpu", 5, 0);
    g_autoptr (FoveaTrace) trace = runner_capture (&runner, ids, 5, "all", FOVEA_F32, FALSE, NULL);
    gint64 n;
    g_autofree float *scores = support_read_point (trace, "blocks.1.mlp.hook_router_scores", &n);
    g_autofree float *weights = support_read_point (trace, "blocks.1.mlp.hook_expert_weights", &n);
    ck_assert_int_eq (n, 5 * 4);
    for (int t = 0; t < 5; t++) {
        double sum = 0, total = 0;
        for (int e = 0; e < 4; e++)
            sum += exp (scores[4 * t + e]);
        for (int e = 0; e < 4; e++) {
            ck_assert_double_eq_tol (weights[4 * t + e], exp (scores[4 * t + e]) / sum, 1e-6);
            total += weights[4 * t + e];
        }
        ck_assert_double_eq_tol (total, 1, 1e-6);
    }
    runner_close (&runner);
}
END_TEST

/* Sinks are part of the rule: weights of a row and of the sink add to one, and the description that
 * goes into a store has them. */
START_TEST (sink_takes_what_the_weights_leave)
{
    const gint32 ids[] = {5, 9, 2, 0, 7};
    g_autofree char *folder = support_data ("tests/golden/families/gpt_oss");
    Runner runner = runner_open (folder, "cpu", 5, 0);
    const FoveaArchitecture *a = fovea_model_get_architecture (runner.model);
    g_autofree char *json = fovea_architecture_to_json (a);
    g_autoptr (FoveaArchitecture) read = fovea_architecture_from_json (json, "store", NULL);
    ck_assert_ptr_nonnull (read->sink_logits);
    ck_assert_mem_eq (read->sink_logits, a->sink_logits, 2 * 4 * sizeof (float));
    g_autoptr (FoveaTrace) trace = runner_capture (&runner, ids, 5, "all", FOVEA_F32, FALSE, NULL);
    gint64 n;
    g_autofree float *pattern = support_read_point (trace, "blocks.1.attn.hook_pattern", &n);
    g_autofree float *lse = support_read_point (trace, "blocks.1.attn.hook_lse", &n);
    for (int h = 0; h < 4; h++)
        for (int q = 0; q < 5; q++) {
            double sum = exp (a->sink_logits[4 + h] - lse[q * 4 + h]);
            for (int k = 0; k < 5; k++)
                sum += (double) pattern[(h * 5 + q) * 5 + k];
            ck_assert_double_eq_tol (sum, 1, 1e-5);
        }
    runner_close (&runner);
}
END_TEST

/* A copy of a shared model, or of one below the source tree, whose weights file says @to wherever it said @from, which is as long. */
static char *
rename_tensors (const char *name, const char *from, const char *to)
{
    g_autofree char *shared = g_build_filename ("models/tiny", name, NULL);
    g_autofree char *folder =
        strchr (name, '/') != NULL ? support_data (name) : support_shared (shared);
    ck_assert_ptr_nonnull (folder);
    char *copy = support_temp_dir ();
    static const char *const files[] = {"config.json", "model.safetensors"};
    for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
        g_autofree char *old = g_build_filename (folder, files[i], NULL);
        g_autofree char *new = g_build_filename (copy, files[i], NULL);
        g_autofree char *bytes = NULL;
        gsize length, n = strlen (from);
        ck_assert_uint_eq (n, strlen (to));
        ck_assert (g_file_get_contents (old, &bytes, &length, NULL));
        for (gsize at = 0; i == 1 && at + n <= length; at++)
            if (memcmp (bytes + at, from, n) == 0)
                memcpy (bytes + at, to, n);
        ck_assert (g_file_set_contents (new, bytes, (gssize) length, NULL));
    }
    return copy;
}

/* The first layer has one MLP, wider than an expert, and no router; values end where theirs do; what
 * turns of a key is the same in all heads. */
START_TEST (latent_layers_have_their_own_points)
{
    const gint32 ids[] = {5, 9, 2, 0, 7};
    g_autofree char *folder = support_data ("tests/golden/families/deepseek_v3");
    Runner runner = runner_open (folder, "cpu", 5, 0);
    g_autoptr (FoveaTrace) trace = runner_capture (&runner, ids, 5, "all", FOVEA_F32, FALSE, NULL);
    g_auto (GStrv) points = fovea_trace_list_points (trace);
    const char *const *list = (const char *const *) points;
    ck_assert (g_strv_contains (list, "blocks.0.mlp.hook_post"));
    ck_assert (!g_strv_contains (list, "blocks.0.mlp.hook_router_scores"));
    ck_assert (!g_strv_contains (list, "blocks.1.mlp.hook_post"));
    ck_assert (g_strv_contains (list, "blocks.1.mlp.hook_router_scores"));
    gint64 n;
    g_autofree float *post = support_read_point (trace, "blocks.0.mlp.hook_post", &n);
    ck_assert_int_eq (n, 5 * 24);
    g_autofree float *v = support_read_point (trace, "blocks.1.attn.hook_v", &n);
    g_autofree float *k = support_read_point (trace, "blocks.1.attn.hook_k", &n);
    ck_assert_int_eq (n, 5 * 4 * 10);
    for (int row = 0; row < 5 * 4; row++) {
        ck_assert (v[row * 10] != 0 && k[row * 10 + 9] != 0);
        for (int d = 6; d < 10; d++)
            ck_assert_float_eq (v[row * 10 + d], 0);
        ck_assert_mem_eq (k + row * 10, k + row / 4 * 40, 4 * sizeof *k);
    }
    runner_close (&runner);
}
END_TEST

START_TEST (packed_experts_without_scales_are_told)
{
    g_autoptr (GError) error = NULL;
    char *folder =
        rename_tensors ("tests/golden/families/gpt_oss_mxfp4", "0.mlp.experts.down_proj_scales",
                        "0.mlp.experts.down_proj_blocky");
    ck_assert_ptr_null (fovea_model_open (folder, &error));
    ck_assert_msg (strstr (error->message, "down_proj is (0, 32), expected (32, 32)") != NULL, "%s",
                   error->message);
    support_remove_dir (folder);
}
END_TEST

/* Sentence encoders come without unembedding; what they had of it is renamed to a pooler here. */
START_TEST (encoder_without_head_gives_states_and_no_logits)
{
    g_autoptr (GError) error = NULL;
    const gint32 ids[] = {5, 9, 2, 0, 7};
    float logits[211];
    char *folder = rename_tensors ("bert", "cls.predictions", "pooler.dense.xy");
    Runner runner = runner_open (folder, "cpu", 5, 0);
    g_autoptr (FoveaTrace) trace = runner_capture (&runner, ids, 5, "all", FOVEA_F32, FALSE, NULL);
    gint64 n;
    g_autofree float *last = support_read_point (trace, "blocks.2.hook_normalized_resid_post", &n);
    ck_assert_int_eq (n, 5 * 48);
    g_auto (GStrv) names = fovea_trace_list_points (trace);
    ck_assert (!g_strv_contains ((const char *const *) names, "unembed.hook_out"));
    fovea_session_reset (runner.session);
    ck_assert (!fovea_session_run (runner.session, ids, 5, logits, NULL, &error));
    ck_assert_msg (strstr (error->message, "has no unembedding") != NULL, "%s", error->message);
    ck_assert (fovea_session_run (runner.session, ids, 5, NULL, NULL, NULL));
    runner_close (&runner);
    support_remove_dir (folder);
}
END_TEST

/* The first layer's attention reads the embedding's norm and has none of its own. What the final norm
 * gives is the head's input, and the end where there is no head, as in sentence encoders. */
START_TEST (modern_encoder_has_its_final_norm_with_and_without_head)
{
    static const char *const names[] = {"modernbert", "modernbert_bare"};
    const gint32 ids[] = {5, 9, 2, 0, 7};
    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        g_autofree char *relative = g_build_filename ("tests/golden/families", names[i], NULL);
        g_autofree char *folder = support_data (relative);
        Runner runner = runner_open (folder, "cpu", 5, 0);
        g_autoptr (FoveaTrace) trace =
            runner_capture (&runner, ids, 5, "all", FOVEA_F32, FALSE, NULL);
        g_auto (GStrv) points = fovea_trace_list_points (trace);
        const char *const *list = (const char *const *) points;
        gint64 n, n_read;
        g_autofree float *states = support_read_point (trace, "ln_final.hook_out", &n);
        g_autofree float *read = support_read_point (trace, "unembed.hook_in", &n_read);
        ck_assert_int_eq (n, 5 * 16);
        ck_assert_int_eq (n_read, n);
        ck_assert_int_eq (memcmp (states, read, (gsize) n * sizeof *read) == 0, i == 1);
        ck_assert (!g_strv_contains (list, "blocks.0.ln1.hook_scale"));
        ck_assert (g_strv_contains (list, "blocks.1.ln1.hook_scale"));
        ck_assert_int_eq (g_strv_contains (list, "unembed.hook_out"), i == 0);
        runner_close (&runner);
    }
}
END_TEST

START_TEST (norms_may_be_called_gamma_and_beta)
{
    g_autoptr (GError) error = NULL;
    char *folder = rename_tensors ("bert", "LayerNorm.weight\":", "LayerNorm.gamma\" :");
    g_autoptr (FoveaModel) model = fovea_model_open (folder, &error);
    ck_assert_msg (model != NULL, "%s", error != NULL ? error->message : "");
    ck_assert (fovea_model_check_complete (model, &error));
    ck_assert_ptr_nonnull (fovea_model_get_vector (model, FOVEA_WEIGHT_NORM2_GAIN, 2));
    support_remove_dir (folder);
}
END_TEST

enum {
    SENTENCES = 4,
    SENTENCE_WIDTH = 384
};

/* Mean of a sentence's last states, of length 1: what sentence encoders are trained for. */
static void
embed_sentence (const Runner *runner, const char *text, float *vector)
{
    FoveaTokenizer *tokenizer = fovea_model_get_tokenizer (runner->model, NULL);
    ck_assert_ptr_nonnull (tokenizer);
    g_autoptr (GArray) tokens = fovea_tokenizer_encode (tokenizer, text, -1, TRUE, NULL);
    gint32 ids[64];
    ck_assert_uint_le (tokens->len, G_N_ELEMENTS (ids));
    for (guint t = 0; t < tokens->len; t++)
        ids[t] = g_array_index (tokens, FoveaToken, t).id;
    g_autoptr (FoveaTrace) trace = runner_capture (
        runner, ids, tokens->len, "blocks.5.hook_normalized_resid_post", FOVEA_F32, FALSE, NULL);
    gint64 n;
    g_autofree float *last = support_read_point (trace, "blocks.5.hook_normalized_resid_post", &n);
    double square = 0;
    ck_assert_int_eq (n, (gint64) tokens->len * SENTENCE_WIDTH);
    for (int c = 0; c < SENTENCE_WIDTH; c++) {
        double sum = 0;
        for (guint t = 0; t < tokens->len; t++)
            sum += last[t * SENTENCE_WIDTH + (guint) c];
        vector[c] = (float) sum;
        square += sum * sum;
    }
    for (int c = 0; c < SENTENCE_WIDTH; c++)
        vector[c] = (float) (vector[c] / sqrt (square));
}

static char *
sentence_encoder (void)
{
    return g_build_filename (g_get_home_dir (), ".cache", "fovea-real-models", "all-MiniLM-L6-v2",
                             NULL);
}

/* all-MiniLM-L6-v2, where shared/tools/fetch-real-models.sh has put it: paraphrases near 1, others
 * near 0, and each cosine that of transformers 5.24. */
START_TEST (sentence_vectors_tell_paraphrases_from_others)
{
    static const char *const sentences[SENTENCES] = {
        "A man is eating food.", "A man is eating a meal.",
        "The central bank raised interest rates.",
        "Interest rates were increased by the central bank."};
    static const double cosines[SENTENCES][SENTENCES] = {{0, 0, 0, 0},
                                                         {0.926187, 0, 0, 0},
                                                         {-0.053009, -0.035563, 0, 0},
                                                         {-0.025691, -0.016745, 0.907625, 0}};
    g_autofree char *folder = sentence_encoder ();
    Runner runner = runner_open (folder, "cpu", 64, 0);
    float vectors[SENTENCES][SENTENCE_WIDTH];
    for (int s = 0; s < SENTENCES; s++)
        embed_sentence (&runner, sentences[s], vectors[s]);
    for (int a = 0; a < SENTENCES; a++)
        for (int b = 0; b < a; b++) {
            double cosine = 0;
            for (int c = 0; c < SENTENCE_WIDTH; c++)
                cosine += vectors[a][c] * vectors[b][c];
            ck_assert_double_eq_tol (cosine, cosines[a][b], 1e-4);
        }
    runner_close (&runner);
}
END_TEST

/* A test without its model would pass for nothing: it is not run, and that is said in a line. */
static void
add_family (TCase *tests, int i)
{
    g_autofree char *folder = find_folder (&families[i]);
    if (folder == NULL)
        return;
    tcase_add_loop_test (tests, tiny_model_agrees_with_transformers, i, i + 1);
    tcase_add_loop_test (tests, tiny_model_agrees_in_chunks, i, i + 1);
    tcase_add_loop_test (tests, tiny_model_agrees_through_the_cache, i, i + 1);
}

static gboolean
has_shared (const char *relative)
{
    g_autofree char *path = support_shared (relative);
    return path != NULL;
}

static void
add_tests_of_shared_models (TCase *tests)
{
    g_autofree char *encoder = sentence_encoder ();
    if (has_shared ("models/tiny/mixtral"))
        tcase_add_test (tests, expert_weights_are_the_softmax_of_the_scores);
    if (has_shared ("models/tiny/bert")) {
        tcase_add_test (tests, encoder_without_head_gives_states_and_no_logits);
        tcase_add_test (tests, norms_may_be_called_gamma_and_beta);
    }
    if (g_file_test (encoder, G_FILE_TEST_IS_DIR))
        tcase_add_test (tests, sentence_vectors_tell_paraphrases_from_others);
    else
        support_skip ("fetch-real-models.sh has not brought MiniLM");
}

int
main (void)
{
    Suite *suite = suite_create ("families, run");
    TCase *tcase = tcase_create ("tiny models");
    for (int i = 0; i < (int) G_N_ELEMENTS (families); i++)
        add_family (tcase, i);
    add_tests_of_shared_models (tcase);
    tcase_add_test (tcase, sink_takes_what_the_weights_leave);
    tcase_add_test (tcase, latent_layers_have_their_own_points);
    tcase_add_test (tcase, modern_encoder_has_its_final_norm_with_and_without_head);
    tcase_add_test (tcase, packed_experts_without_scales_are_told);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
