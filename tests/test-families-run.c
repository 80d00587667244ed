/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Each family from its description alone: tiny models with random weights, spelled as current
 * transformers writes them (rope_parameters, dtype, prefixes, untied heads), against what
 * transformers computes for them; and the families that are not known, each refused by its name. */
#include "tests/forward-support.h"

#include <string.h>

enum {
    BATCH = 2, /* sequences in a reference */
    LAYERS = 3,
};

/* A captured sequence beside its place in the reference. */
typedef struct {
    FoveaTrace *trace;
    FoveaSafetensors *file;
    gint64 sequence;
} Pair;

static void
check_point (const Pair *pair, const char *point, const char *tensor)
{
    gint64 n_mine, n_theirs;
    g_autofree float *mine = support_read_point (pair->trace, point, &n_mine);
    g_autofree float *theirs = support_tensor_f32 (pair->file, tensor, &n_theirs);
    ck_assert_int_eq (n_mine * BATCH, n_theirs);
    double worst = support_difference (mine, theirs + pair->sequence * n_mine, (gsize) n_mine);
    ck_assert_msg (worst <= 1e-4, "%s differs from %s by %g", point, tensor, worst);
}

static void
check_layer (const Pair *pair, int layer)
{
    g_autofree char *stream = g_strdup_printf ("blocks.%d.hook_resid_pre", layer);
    g_autofree char *hidden = g_strdup_printf ("hidden.%d", layer);
    g_autofree char *pattern = g_strdup_printf ("blocks.%d.attn.hook_pattern", layer);
    g_autofree char *attention = g_strdup_printf ("attention.%d", layer);
    check_point (pair, stream, hidden);
    check_point (pair, pattern, attention);
}

static void
check_family (const char *family, const char *device)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *relative = g_strdup_printf ("tests/golden/tiny/%s", family);
    g_autofree char *folder = support_data (relative);
    g_autofree char *path = g_build_filename (folder, "reference.safetensors", NULL);
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (path, &error);
    ck_assert_msg (file != NULL, "%s", error != NULL ? error->message : "");
    gint64 n_all;
    g_autofree gint32 *ids = support_tensor_ids (file, "input_ids", &n_all);
    gint64 n = n_all / BATCH;
    Runner runner = runner_open (folder, device, n, 0);
    for (gint64 sequence = 0; sequence < BATCH; sequence++) {
        g_autoptr (FoveaTrace) trace =
            runner_capture (&runner, ids + sequence * n, n, "all", FOVEA_F32, FALSE, NULL);
        const Pair pair = {trace, file, sequence};
        for (int layer = 0; layer < LAYERS; layer++)
            check_layer (&pair, layer);
        check_point (&pair, "unembed.hook_out", "logits");
    }
    runner_close (&runner);
}

START_TEST (tiny_llama_agrees_with_transformers)
{
    check_family ("llama", "cpu");
    check_family ("llama", "ref");
}
END_TEST

START_TEST (tiny_gpt2_agrees_with_transformers)
{
    check_family ("gpt2", "cpu");
    check_family ("gpt2", "ref");
}
END_TEST

static const struct {
    const char *folder, *words;
} unknown[] = {
    {"bert", "\"bert\""},       {"bloom", "\"bloom\""},
    {"gemma2", "\"gemma2\""},   {"gpt_neox", "\"gpt_neox\""},
    {"mixtral", "\"mixtral\""}, {"mistral_sliding", "\"mistral\""},
    {"qwen3", "\"qwen3\""},     {"llama3_rope", "rope type \"llama3\""},
};

START_TEST (unknown_family_is_refused_by_its_name)
{
    g_autofree char *relative = g_strdup_printf ("models/tiny/%s", unknown[_i].folder);
    g_autofree char *folder = support_shared (relative);
    if (folder == NULL)
        return;
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_model_open (folder, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED));
    ck_assert_msg (strstr (error->message, unknown[_i].words) != NULL, "%s", error->message);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("families, run");
    TCase *tcase = tcase_create ("tiny models");
    tcase_add_test (tcase, tiny_llama_agrees_with_transformers);
    tcase_add_test (tcase, tiny_gpt2_agrees_with_transformers);
    tcase_add_loop_test (tcase, unknown_family_is_refused_by_its_name, 0, G_N_ELEMENTS (unknown));
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
