/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Encoder-decoders: a source and a target in one sequence, names of their points, what is void of a
 * layer, and greedy targets. That states, maps and logits are those of transformers is checked by
 * test-families-run beside all other families. */
#include "capture/attention.h"
#include "capture/point.h"
#include "capture/texts.h"
#include "tests/forward-support.h"

#include <math.h>
#include <string.h>

enum {
    SOURCE = 5,
    TOKENS = 9,
    HEADS = 4
};

static const gint32 sequence[TOKENS] = {5, 9, 2, 7, 1, 0, 17, 20, 28};

static Runner
open_t5 (const char *name)
{
    g_autofree char *relative = g_build_filename ("tests/golden/families", name, NULL);
    g_autofree char *folder = support_data (relative);
    return runner_open (folder, "cpu", 32, 0);
}

/* Target tokens that transformers 5.24 chooses by the largest logit. */
static const struct {
    const char *model;
    gint32 source[8];
    gint64 n_source;
    gint32 target[8];
} greedy[] = {
    {"t5", {5, 9, 2, 7, 1}, 5, {17, 20, 28, 28, 28, 28, 28, 28}},
    {"t5", {3, 3, 30, 12, 8, 8, 21, 1}, 8, {28, 28, 28, 28, 28, 28, 28, 28}},
    {"t5_gated", {5, 9, 2, 7, 1}, 5, {11, 11, 10, 22, 21, 21, 21, 21}},
};

START_TEST (greedy_target_is_that_of_transformers)
{
    Runner runner = open_t5 (greedy[_i].model);
    gint64 n = greedy[_i].n_source;
    gint32 ids[8 + 1 + 8];
    memcpy (ids, greedy[_i].source, sizeof greedy[_i].source);
    ids[n] = 0;
    runner_greedy (&runner, ids, n + 1, 8);
    for (int t = 0; t < 8; t++)
        ck_assert_int_eq (ids[n + 1 + t], greedy[_i].target[t]);
    runner_close (&runner);
}
END_TEST

static const struct {
    const char *theirs, *mine; /* NULL = no such point */
} names[] = {
    {"encoder.1.attn.hook_q", "blocks.1.attn.hook_q"},
    {"encoder.0.hook_resid_post", "blocks.0.hook_resid_post"},
    {"decoder.0.attn.hook_pattern", "blocks.2.attn.hook_pattern"},
    {"decoder.0.cross_attn.hook_pattern", "blocks.3.attn.hook_pattern"},
    {"decoder.1.cross_attn.hook_pyramid_max.0", "blocks.5.attn.hook_pyramid_max.0"},
    {"decoder.1.ln1.hook_scale", "blocks.4.ln1.hook_scale"},
    {"decoder.1.ln2.hook_scale", "blocks.5.ln1.hook_scale"},
    {"decoder.1.ln3.hook_normalized", "blocks.5.ln2.hook_normalized"},
    {"decoder.0.hook_resid_pre", "blocks.2.hook_resid_pre"},
    {"decoder.0.hook_resid_mid", "blocks.2.hook_resid_post"},
    {"decoder.0.hook_resid_mid_cross", "blocks.3.hook_resid_mid"},
    {"decoder.0.hook_resid_post", "blocks.3.hook_resid_post"},
    {"decoder.1.hook_attn_out", "blocks.4.hook_attn_out"},
    {"decoder.1.hook_cross_attn_out", "blocks.5.hook_attn_out"},
    {"decoder.1.mlp.hook_post", "blocks.5.mlp.hook_post"},
    {"decoder_final_ln.hook_scale", "ln_final.hook_scale"},
    {"decoder.2.hook_resid_pre", NULL},
    {"encoder.2.hook_resid_pre", NULL},
    {"decoder.0.mlp.hook_nothing", NULL},
    {"decoder.x.hook_resid_pre", NULL},
};

START_TEST (points_have_the_names_of_transformer_lens)
{
    Runner runner = open_t5 ("t5");
    const FoveaArchitecture *a = fovea_model_get_architecture (runner.model);
    g_autofree char *mine = fovea_point_canonical_name (a, names[_i].theirs);
    ck_assert_str_eq (mine, names[_i].mine != NULL ? names[_i].mine : names[_i].theirs);
    g_autofree char *theirs =
        names[_i].mine != NULL ? fovea_point_text_alias (a, names[_i].mine) : NULL;
    ck_assert_pstr_eq (theirs, names[_i].mine != NULL ? names[_i].theirs : NULL);
    runner_close (&runner);
}
END_TEST

/* A glob of their names finds what it says, and a model of one text has none of them. */
START_TEST (globs_find_cross_attention)
{
    Runner runner = open_t5 ("t5");
    g_autoptr (FoveaTrace) trace = runner_capture (
        &runner, sequence, TOKENS, "decoder.*.cross_attn.hook_q,decoder.0.attn.hook_z", FOVEA_F32,
        FALSE, NULL);
    GPtrArray *kept = fovea_trace_get_arrays (trace);
    ck_assert_uint_eq (kept->len, 3);
    ck_assert_str_eq (((FoveaArray *) kept->pdata[0])->name, "blocks.2.attn.hook_z");
    ck_assert_str_eq (((FoveaArray *) kept->pdata[2])->name, "blocks.5.attn.hook_q");
    runner_close (&runner);
    g_autofree char *folder = support_data ("tests/golden/families/gemma");
    Runner gemma = runner_open (folder, "cpu", 32, 0);
    const FoveaArchitecture *a = fovea_model_get_architecture (gemma.model);
    ck_assert_ptr_null (fovea_point_text_alias (a, "blocks.0.attn.hook_q"));
    runner_close (&gemma);
}
END_TEST

static gboolean
sees (guint layer, gint64 row)
{
    return layer < 2 ? row < SOURCE : row >= SOURCE;
}

/* Rows that a layer does not compute are zeros, and no key is theirs; the others' weights add to one. */
START_TEST (rows_of_the_other_text_are_void)
{
    Runner runner = open_t5 ("t5");
    g_autoptr (FoveaTrace) trace =
        runner_capture (&runner, sequence, TOKENS, "all", FOVEA_F32, _i == 1, NULL);
    for (guint layer = 0; layer < 6; layer++) {
        gint64 n;
        static const char *const points[] = {"hook_resid_pre", "attn.hook_lse",
                                             "attn.hook_row_argmax", "attn.hook_pattern",
                                             "attn.hook_attn_scores"};
        g_autofree float *values[G_N_ELEMENTS (points)] = {NULL};
        for (guint p = 0; p < G_N_ELEMENTS (points); p++) {
            g_autofree char *name = g_strdup_printf ("blocks.%u.%s", layer, points[p]);
            values[p] = support_read_point (trace, name, &n);
        }
        for (gint64 t = 0; t < TOKENS; t++) {
            double length = 0, mass = 0;
            for (int c = 0; c < 16; c++)
                length += fabs ((double) values[0][t * 16 + c]);
            for (int k = 0; k < TOKENS; k++) {
                gboolean key = layer < 2 || layer % 2 == 1 ? k < SOURCE : k >= SOURCE && k <= t;
                gboolean finite = isfinite (values[4][t * TOKENS + k]);
                ck_assert (finite == (sees (layer, t) && key));
                mass += (double) values[3][t * TOKENS + k];
            }
            ck_assert ((length > 0) == sees (layer, t));
            ck_assert ((isinf (values[1][t * HEADS]) != 0) == !sees (layer, t));
            ck_assert ((values[2][t * HEADS] == -1) == !sees (layer, t));
            ck_assert_double_eq_tol (mass, sees (layer, t) ? 1 : 0, 1e-5);
        }
        for (guint p = 0; p < G_N_ELEMENTS (points); p++)
            g_clear_pointer (&values[p], g_free);
    }
    runner_close (&runner);
}
END_TEST

/* Keys of a layer that attends to the source are the source's, and so is what it reads. */
START_TEST (cross_attention_reads_the_source)
{
    gint64 n;
    Runner runner = open_t5 ("t5_gated");
    g_autoptr (FoveaTrace) trace =
        runner_capture (&runner, sequence, TOKENS, "all", FOVEA_F32, FALSE, NULL);
    g_autofree float *k = support_read_point (trace, "decoder.0.cross_attn.hook_k", &n);
    g_autofree float *q = support_read_point (trace, "decoder.0.cross_attn.hook_q", &n);
    g_autofree float *source = support_read_point (trace, "hook_source", &n);
    ck_assert_int_eq (n, TOKENS * 16);
    for (gint64 t = 0; t < TOKENS; t++) {
        ck_assert ((k[t * 18] != 0) == (t < SOURCE));
        ck_assert ((q[t * 18] != 0) == (t >= SOURCE));
        ck_assert ((source[t * 16] != 0) == (t < SOURCE));
    }
    runner_close (&runner);
}
END_TEST

/* The map that is recomputed from kept queries and keys is the one that was kept whole, to 1e-6 where
 * the pass ran on the host too; a GPU adds the elements of a product in another order (1.13e-6 measured
 * on an H100). A mean of the pyramid counts the cells that may be seen. */
START_TEST (factored_maps_of_two_texts_are_the_dense_ones)
{
    gint64 n;
    Runner runner = open_t5 ("t5");
    double allowed = fovea_device_has_own_memory (runner.device) ? 1e-5 : 1e-6;
    g_autoptr (FoveaTrace) factored =
        runner_capture (&runner, sequence, TOKENS, "all", FOVEA_F32, FALSE, NULL);
    g_autoptr (FoveaTrace) dense =
        runner_capture (&runner, sequence, TOKENS, "*hook_pattern", FOVEA_F32, TRUE, NULL);
    for (guint layer = 0; layer < 6; layer++) {
        g_autofree char *name = g_strdup_printf ("blocks.%u.attn.hook_pattern", layer);
        g_autofree char *mean = g_strdup_printf ("blocks.%u.attn.hook_pyramid_mean.0", layer);
        g_autofree float *a = support_read_point (factored, name, &n);
        g_autofree float *b = support_read_point (dense, name, &n);
        ck_assert_double_le (support_difference (a, b, (gsize) n), allowed);
        g_autofree float *means = support_read_point (factored, mean, &n);
        const FoveaScoreRule rule =
            fovea_trace_info_get_rule (fovea_trace_get_info (factored), layer);
        double cells = (double) fovea_score_rule_count (&rule, 0, TOKENS, 0, TOKENS);
        double rows = layer < 2 ? SOURCE : TOKENS - SOURCE;
        for (int h = 0; h < HEADS; h++)
            ck_assert_double_eq_tol (means[h], rows / cells, 1e-6);
    }
    runner_close (&runner);
}
END_TEST

/* Logits do not depend on what is kept, nor on how the target comes. */
START_TEST (target_goes_on_through_the_cache)
{
    float whole[TOKENS * 37], part[37];
    Runner runner = open_t5 ("t5");
    g_autoptr (FoveaTrace) trace =
        runner_capture (&runner, sequence, TOKENS, NULL, FOVEA_F32, FALSE, whole);
    fovea_session_reset (runner.session);
    ck_assert (fovea_session_run (runner.session, sequence, SOURCE + 1, part, NULL, NULL));
    for (gint64 t = SOURCE + 1; t < TOKENS; t++) {
        ck_assert_double_le (support_difference (part, whole + (t - 1) * 37, 37), 2e-5);
        ck_assert (fovea_session_run (runner.session, sequence + t, 1, part, NULL, NULL));
    }
    ck_assert_double_le (support_difference (part, whole + (TOKENS - 1) * 37, 37), 2e-5);
    runner_close (&runner);
}
END_TEST

START_TEST (ids_without_a_target_begin_one)
{
    g_autoptr (GError) error = NULL;
    Runner runner = open_t5 ("t5");
    g_autoptr (FoveaTraceInfo) info =
        fovea_texts_from_ids (runner.model, "ids", sequence, SOURCE, &error);
    ck_assert_msg (info != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_int_eq (info->n_tokens, SOURCE + 1);
    ck_assert_int_eq (info->ids[SOURCE], 0);
    ck_assert_int_eq (fovea_trace_info_count_source (info), SOURCE);
    g_autoptr (FoveaTraceInfo) both =
        fovea_texts_from_ids (runner.model, "ids", sequence, TOKENS, NULL);
    ck_assert_int_eq (both->n_tokens, TOKENS);
    float logits[37];
    ck_assert (!fovea_session_run (runner.session, sequence, SOURCE, logits, NULL, &error));
    ck_assert_msg (strstr (error->message, "begins with id 0") != NULL, "%s", error->message);
    runner_close (&runner);
}
END_TEST

/* A copy of the model with words for some of its ids. */
static char *
copy_with_words (void)
{
    static const char *const files[] = {"config.json", "model.safetensors"};
    static const char words[] =
        "{\"model\":{\"type\":\"WordLevel\",\"unk_token\":\"<unk>\",\"vocab\":{\"<pad>\":0,"
        "\"</s>\":1,\"<unk>\":2,\"one\":3,\"two\":4,\"eins\":5,\"zwei\":6}},"
        "\"pre_tokenizer\":{\"type\":\"Whitespace\"},\"added_tokens\":["
        "{\"id\":0,\"content\":\"<pad>\",\"special\":true},"
        "{\"id\":1,\"content\":\"</s>\",\"special\":true}],"
        "\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":["
        "{\"Sequence\":{\"id\":\"A\",\"type_id\":0}},"
        "{\"SpecialToken\":{\"id\":\"</s>\",\"type_id\":0}}],\"pair\":[],\"special_tokens\":{"
        "\"</s>\":{\"id\":\"</s>\",\"ids\":[1],\"tokens\":[\"</s>\"]}}}}";
    char *folder = support_temp_dir ();
    for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
        g_autofree char *relative = g_build_filename ("tests/golden/families/t5", files[i], NULL);
        g_autofree char *from = support_data (relative);
        g_autofree char *to = g_build_filename (folder, files[i], NULL);
        g_autofree char *bytes = NULL;
        gsize length;
        ck_assert (g_file_get_contents (from, &bytes, &length, NULL));
        ck_assert (g_file_set_contents (to, bytes, (gssize) length, NULL));
    }
    g_autofree char *tokenizer = g_build_filename (folder, "tokenizer.json", NULL);
    ck_assert (g_file_set_contents (tokenizer, words, -1, NULL));
    return folder;
}

static void
check_sequence (const FoveaTraceInfo *info, const gint32 *ids, gint64 n, gint64 n_source)
{
    ck_assert_int_eq (info->n_tokens, n);
    ck_assert_mem_eq (info->ids, ids, (gsize) n * sizeof *ids);
    ck_assert_int_eq (fovea_trace_info_count_source (info), n_source);
}

/* Source, its end, the target's beginning, the target; also one target for every window of a source. */
START_TEST (text_and_target_become_one_sequence)
{
    static const char lines[] = "{\"text\":\"one\",\"target\":\"eins\"}\n{\"text\":\"two one\"}\n";
    g_autoptr (GError) error = NULL;
    char *folder = copy_with_words ();
    g_autoptr (FoveaModel) model = fovea_model_open (folder, &error);
    ck_assert_msg (model != NULL, "%s", error != NULL ? error->message : "");
    FoveaTextsOptions options = {.add_special = TRUE, .target = "eins zwei"};
    g_autoptr (GPtrArray) one =
        fovea_texts_from_text (model, "text", "one two", -1, &options, &error);
    ck_assert_msg (one != NULL, "%s", error != NULL ? error->message : "");
    check_sequence (one->pdata[0], (const gint32[]){3, 4, 1, 0, 5, 6}, 6, 3);
    options =
        (FoveaTextsOptions){.add_special = TRUE, .target = "eins", .max_tokens = 4, .stride = 1};
    g_autoptr (GPtrArray) windows =
        fovea_texts_from_text (model, "text", "one two", -1, &options, NULL);
    ck_assert_uint_eq (windows->len, 2);
    check_sequence (windows->pdata[1], (const gint32[]){4, 1, 0, 5}, 4, 2);
    options = (FoveaTextsOptions){.add_special = TRUE};
    g_autoptr (GPtrArray) both =
        fovea_texts_from_jsonl (model, "lines", lines, strlen (lines), &options, NULL);
    check_sequence (both->pdata[0], (const gint32[]){3, 1, 0, 5}, 4, 2);
    check_sequence (both->pdata[1], (const gint32[]){4, 3, 1, 0}, 4, 3);
    support_remove_dir (folder);
}
END_TEST

START_TEST (target_of_a_model_of_one_text_is_refused)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaModel) model = fovea_model_open ("demo", &error);
    ck_assert_msg (model != NULL, "%s", error != NULL ? error->message : "");
    const FoveaTextsOptions options = {.target = "eins"};
    ck_assert_ptr_null (fovea_texts_from_text (model, "text", "one", -1, &options, &error));
    ck_assert_msg (strstr (error->message, "reads one text") != NULL, "%s", error->message);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("two texts");
    TCase *tcase = tcase_create ("encoder-decoders");
    tcase_add_loop_test (tcase, greedy_target_is_that_of_transformers, 0, G_N_ELEMENTS (greedy));
    tcase_add_loop_test (tcase, points_have_the_names_of_transformer_lens, 0, G_N_ELEMENTS (names));
    tcase_add_test (tcase, globs_find_cross_attention);
    tcase_add_loop_test (tcase, rows_of_the_other_text_are_void, 0, 2);
    tcase_add_test (tcase, cross_attention_reads_the_source);
    tcase_add_test (tcase, factored_maps_of_two_texts_are_the_dense_ones);
    tcase_add_test (tcase, target_goes_on_through_the_cache);
    tcase_add_test (tcase, ids_without_a_target_begin_one);
    tcase_add_test (tcase, text_and_target_become_one_sequence);
    tcase_add_test (tcase, target_of_a_model_of_one_text_is_refused);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
