/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Two larger trained models that others made, end to end: Gemma 3 270M as GGUF in Q4_K_M, and the
 * sentence encoder all-MiniLM-L6-v2. They are not part of any checkout: $FOVEA_REAL_MODELS, or
 * fovea-real-models in the user's cache folder, may hold them. */
#include <math.h>
#include <string.h>

#include "tests/forward-support.h"

#define GEMMA  "gemma-3-270m-q4_k_m.gguf"
#define MINILM "all-MiniLM-L6-v2"

/* NULL, after saying so, where the model is not on this machine. */
static char *
find_real (const char *name)
{
    const char *set = g_getenv ("FOVEA_REAL_MODELS");
    char *path = set != NULL
                     ? g_build_filename (set, name, NULL)
                     : g_build_filename (g_get_user_cache_dir (), "fovea-real-models", name, NULL);
    if (g_file_test (path, G_FILE_TEST_EXISTS))
        return path;
    support_skip ("no %s on this machine (set FOVEA_REAL_MODELS)", name);
    g_free (path);
    return NULL;
}

/* The ids of a text, with the model's own special tokens. */
static gint32 *
encode (const Runner *runner, const char *text, gint64 room, gint64 *n)
{
    g_autoptr (GError) error = NULL;
    FoveaTokenizer *tokenizer = fovea_model_get_tokenizer (runner->model, &error);
    ck_assert_msg (tokenizer != NULL, "%s", error != NULL ? error->message : "");
    g_autoptr (GArray) tokens = fovea_tokenizer_encode (tokenizer, text, -1, TRUE, &error);
    ck_assert_msg (tokens != NULL, "%s", error != NULL ? error->message : "");
    gint32 *ids = g_new0 (gint32, tokens->len + (gsize) room);
    for (guint i = 0; i < tokens->len; i++)
        ids[i] = g_array_index (tokens, FoveaToken, i).id;
    *n = tokens->len;
    return ids;
}

START_TEST (gemma_is_what_its_file_says)
{
    g_autofree char *path = find_real (GEMMA);
    if (path == NULL)
        return;
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaModel) model = fovea_model_open (path, &error);
    ck_assert_msg (model != NULL, "%s", error != NULL ? error->message : "");
    const FoveaArchitecture *a = fovea_model_get_architecture (model);
    ck_assert_str_eq (a->family, "gemma3_text");
    ck_assert_int_eq (a->n_layers, 18);
    ck_assert_int_eq (a->vocabulary, 262144);
    ck_assert_int_eq (a->n_parameters, 268098176);
    int n_windows = 0;
    for (guint l = 0; l < a->n_layers; l++)
        n_windows += a->windows[l] == 512;
    ck_assert_int_eq (n_windows, 15); /* every sixth layer sees everything */
}
END_TEST

/* What people know: a wrong rotary base, norm or block layout ends in nonsense here. */
START_TEST (gemma_knows_what_france_is)
{
    g_autofree char *path = find_real (GEMMA);
    if (path == NULL)
        return;
    static const struct {
        const char *prompt, *word;
    } known[] = {
        {"The capital of France is Paris. The capital of Germany is", " Berlin"},
        {"Monday, Tuesday, Wednesday,", " Thursday"},
        {"one two three four five six seven", " eight"},
    };
    enum {
        MORE = 2
    };
    Runner runner = runner_open (path, "cpu", 64, 0);
    for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
        gint64 n;
        g_autofree gint32 *ids = encode (&runner, known[i].prompt, MORE, &n);
        ck_assert_int_eq (ids[0], 2); /* <bos> */
        fovea_session_reset (runner.session);
        runner_greedy (&runner, ids, n, MORE);
        g_autofree char *text =
            fovea_tokenizer_decode (fovea_model_get_tokenizer (runner.model, NULL), ids,
                                    (gsize) (n + MORE), TRUE, NULL, NULL);
        g_autofree char *expected = g_strconcat (known[i].prompt, known[i].word, NULL);
        ck_assert_msg (g_str_has_prefix (text, expected), "%s", text);
    }
    runner_close (&runner);
}
END_TEST

/* Factored attention of grouped queries, norms of heads and two rotary bases: kept maps are
 * distributions, in layers with a window and without. */
START_TEST (gemma_maps_are_distributions)
{
    g_autofree char *path = find_real (GEMMA);
    if (path == NULL)
        return;
    Runner runner = runner_open (path, "cpu", 64, 0);
    gint64 n, n_values;
    g_autofree gint32 *ids =
        encode (&runner, "The cat sat on the mat because it was tired.", 0, &n);
    g_autoptr (FoveaTrace) trace =
        runner_capture (&runner, ids, n, "attention", FOVEA_F32, FALSE, NULL);
    static const char *const points[] = {"blocks.0.attn.hook_pattern", "blocks.5.attn.hook_pattern",
                                         "blocks.17.attn.hook_pattern"};
    for (guint p = 0; p < G_N_ELEMENTS (points); p++) {
        g_autofree float *pattern = support_read_point (trace, points[p], &n_values);
        ck_assert_int_eq (n_values, 4 * n * n);
        for (gint64 row = 0; row < 4 * n; row++) {
            double sum = 0;
            for (gint64 key = 0; key < n; key++)
                sum += (double) pattern[row * n + key];
            ck_assert_double_eq_tol (sum, 1, 1e-4);
        }
    }
    runner_close (&runner);
}
END_TEST

/* Mean of the last states over all tokens, of length 1: what the model was trained to give. */
static float *
embed_sentence (const Runner *runner, const char *text, gint64 *width)
{
    gint64 n, n_values;
    g_autofree gint32 *ids = encode (runner, text, 0, &n);
    g_autoptr (FoveaTrace) trace = runner_capture (
        runner, ids, n, "blocks.5.hook_normalized_resid_post", FOVEA_F32, FALSE, NULL);
    g_autofree float *states =
        support_read_point (trace, "blocks.5.hook_normalized_resid_post", &n_values);
    *width = n_values / n;
    float *mean = g_new0 (float, (gsize) *width);
    double squares = 0;
    for (gint64 i = 0; i < n_values; i++)
        mean[i % *width] += states[i];
    for (gint64 i = 0; i < *width; i++)
        squares += (double) mean[i] * mean[i];
    for (gint64 i = 0; i < *width; i++)
        mean[i] /= (float) sqrt (squares);
    return mean;
}

/* Cosine of two sentences. */
static double
compare_sentences (const Runner *runner, const char *a, const char *b)
{
    gint64 width;
    g_autofree float *x = embed_sentence (runner, a, &width);
    g_autofree float *y = embed_sentence (runner, b, &width);
    double cosine = 0;
    ck_assert_int_eq (width, 384);
    for (gint64 i = 0; i < width; i++)
        cosine += (double) x[i] * y[i];
    return cosine;
}

START_TEST (sentences_of_one_meaning_lie_together)
{
    g_autofree char *path = find_real (MINILM);
    if (path == NULL)
        return;
    static const char *const pairs[][2] = {
        {"A man is playing a guitar.", "A man plays the guitar."},
        {"The stock market fell sharply on Monday.", "On Monday, the stock market fell sharply."},
        {"The child eats a red apple.", "A child is eating a red apple."},
    };
    Runner runner = runner_open (path, "cpu", 64, 0);
    for (guint i = 0; i < G_N_ELEMENTS (pairs); i++) {
        double same = compare_sentences (&runner, pairs[i][0], pairs[i][1]);
        ck_assert_msg (same > 0.85, "%s ~ %s: %g", pairs[i][0], pairs[i][1], same);
        for (guint j = 0; j < i; j++) {
            double other = compare_sentences (&runner, pairs[i][0], pairs[j][1]);
            ck_assert_msg (fabs (other) < 0.2, "%s ~ %s: %g", pairs[i][0], pairs[j][1], other);
        }
    }
    runner_close (&runner);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("real models");
    TCase *tcase = tcase_create ("real models");
    tcase_set_timeout (tcase, 280);
    tcase_add_test (tcase, gemma_is_what_its_file_says);
    tcase_add_test (tcase, gemma_knows_what_france_is);
    tcase_add_test (tcase, gemma_maps_are_distributions);
    tcase_add_test (tcase, sentences_of_one_meaning_lie_together);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
