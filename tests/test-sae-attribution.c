/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Where an attention latent comes from: the worked examples, and completeness on small models with
 * keys of their own and shared ones, for every rule whose code is linear where it is on. */
#include <math.h>
#include <string.h>

#include "analysis/sae-attribution.h"
#include "analysis/sae-codes.h"
#include "analysis/sae-reading.h"
#include "capture/random.h"
#include "tests/forward-support.h"
#include "tests/trace-support.h"

enum {
    D = 48, /* of the tiny models: 4 heads of 12 */
    F = 96,
    TOKENS = 40,
};

START_TEST (shares_of_heads_are_those_of_the_worked_example)
{
    static const float row[] = {.6f, .8f, 0, .5f};
    g_autoptr (FoveaSae) sae = fovea_sae_new (FOVEA_SAE_STANDARD, 4, 4, 3, NULL);
    g_autoptr (GError) error = NULL;
    double shares[2];
    memcpy (sae->w_dec + 4, row, sizeof row);
    sae->w_dec[8] = 2; /* latent 2: head 0 alone */
    ck_assert (fovea_sae_head_shares (sae, 2, 1, shares, NULL));
    ck_assert_double_eq_tol (shares[0], 2. / 3, 1e-7);
    ck_assert_double_eq_tol (shares[1], 1. / 3, 1e-7);
    ck_assert (fovea_sae_head_shares (sae, 2, 0, shares, NULL));
    ck_assert_double_eq (shares[0] + shares[1], 0);
    g_autoptr (GArray) first = fovea_sae_head_latents (sae, 2, 0, 2, NULL);
    ck_assert_uint_eq (first->len, 2);
    ck_assert_int_eq (g_array_index (first, FoveaHeadLatent, 0).latent, 2);
    ck_assert_double_eq (g_array_index (first, FoveaHeadLatent, 0).share, 1);
    ck_assert_int_eq (g_array_index (first, FoveaHeadLatent, 1).latent, 1);
    ck_assert (!fovea_sae_head_shares (sae, 3, 1, shares, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE));
    g_clear_error (&error);
    ck_assert_ptr_null (fovea_sae_head_latents (sae, 2, 2, 3, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
}
END_TEST

START_TEST (direct_attribution_is_that_of_the_worked_example)
{
    static const FoveaArchitecture architecture = {
        .n_layers = 1, .n_heads = 2, .n_kv_heads = 2, .head_width = 2, .width = 4};
    static const float pattern[] = {1, 0, 0, .5f, .5f, 0, .2f, .3f, .5f,
                                    1, 0, 0, .5f, .5f, 0, .7f, .1f, .2f};
    /* (T, H, D) */
    static const float v[] = {1, 0, 2, 0, 0, 1, 0, -1, 1, 1, 1, 0};
    static const float z[] = {0, 0, 0, 0, 0, 0, 0, 0, .7f, .8f, 1.6f, -.1f};
    static const float u[] = {1, -1, .5f, 2};
    static const TraceArray arrays[] = {
        {"blocks.0.attn.hook_pattern", 3, {2, 3, 3}, 2, pattern},
        {"blocks.0.attn.hook_v", 3, {3, 2, 2}, 1, v},
        {"blocks.0.attn.hook_z", 3, {3, 2, 2}, 1, z},
    };
    g_autoptr (FoveaTraceInfo) info = trace_info (&architecture, 3);
    g_autoptr (FoveaTrace) trace = trace_of (info, arrays, G_N_ELEMENTS (arrays));
    g_autoptr (FoveaSae) sae = fovea_sae_new (FOVEA_SAE_STANDARD, 4, 4, 1, NULL);
    g_autoptr (GError) error = NULL;
    memcpy (sae->w_enc, u, sizeof u);
    fovea_sae_set_metadata (sae, "hook_name", "blocks.0.attn.hook_z");
    g_autoptr (FoveaDirectAttribution) a = fovea_sae_attribute (sae, 0, trace, 2, &error);
    ck_assert_msg (a != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_double_eq_tol (a->by_head[0], -.1, 1e-6);
    ck_assert_double_eq_tol (a->by_head[1], .6, 1e-6);
    ck_assert_int_eq (a->n_sources, 3);
    ck_assert_double_eq_tol (a->by_source[0], .9, 1e-6);
    ck_assert_double_eq_tol (a->by_source[1], -.5, 1e-6);
    ck_assert_double_eq_tol (a->by_source[2], .1, 1e-6);
    ck_assert_double_eq_tol (a->total, .5, 1e-6);
    ck_assert_double_eq_tol (a->direct, .5, 1e-6);
    ck_assert_double_eq (a->rest, 0);
}
END_TEST

static const char *const models[] = {"tests/golden/tiny/gpt2", "tests/golden/tiny/llama"};

static const struct {
    FoveaSaeArchitecture architecture;
    FoveaSaeNormalize normalize;
    gboolean centred, rescaled;
} rules[] = {
    {FOVEA_SAE_STANDARD, FOVEA_SAE_NORMALIZE_NONE, TRUE, FALSE},
    {FOVEA_SAE_GATED, FOVEA_SAE_NORMALIZE_NONE, TRUE, FALSE},
    {FOVEA_SAE_JUMPRELU, FOVEA_SAE_NORMALIZE_EXPECTED_AVERAGE, FALSE, FALSE},
    {FOVEA_SAE_TOPK, FOVEA_SAE_NORMALIZE_NONE, TRUE, TRUE},
    {FOVEA_SAE_ABSTOPK, FOVEA_SAE_NORMALIZE_LAYER_NORM, TRUE, FALSE},
    {FOVEA_SAE_STANDARD, FOVEA_SAE_NORMALIZE_CONSTANT_NORM, TRUE, FALSE},
};

static void
fill (float *values, gint64 n, double size, FoveaRandom *random)
{
    for (gint64 i = 0; values != NULL && i < n; i++)
        values[i] = (float) (size * (2 * fovea_random_uniform (random) - 1));
}

static FoveaSae *
make_random (guint rule, const char *site)
{
    FoveaSae *sae = fovea_sae_new (rules[rule].architecture, D, D, F, NULL);
    FoveaRandom random;
    fovea_random_init (&random, rule + 1);
    fill (sae->w_enc, D * F, .5, &random);
    fill (sae->w_dec, D * F, .5, &random);
    fill (sae->b_dec, D, .05, &random);
    fill (sae->b_enc, F, .05, &random);
    fill (sae->b_gate, F, .05, &random);
    fill (sae->b_mag, F, .05, &random);
    fill (sae->r_mag, F, .3, &random);
    sae->k = 20;
    sae->normalize = rules[rule].normalize;
    sae->scaler = 1.7;
    sae->apply_b_dec_to_input = rules[rule].centred;
    sae->rescale_acts_by_decoder_norm = rules[rule].rescaled;
    sae->hook_z = TRUE;
    fovea_sae_set_metadata (sae, "hook_name", site);
    return sae;
}

static FoveaTrace *
capture (Runner *runner, const char *points)
{
    g_autofree gint32 *ids = support_random_ids (TOKENS, 200, 6);
    return runner_capture (runner, ids, TOKENS, points, FOVEA_F32, FALSE, NULL);
}

/* Model by rule: cells add up to the product with z, and with what else there is to the code. */
START_TEST (cells_add_up_to_the_code)
{
    guint rule = (guint) _i % G_N_ELEMENTS (rules);
    g_autofree char *folder = support_data (models[(guint) _i / G_N_ELEMENTS (rules)]);
    Runner runner = runner_open (folder, "cpu", TOKENS, 0);
    g_autoptr (FoveaTrace) trace = capture (&runner, "attention,blocks.1.attn.hook_v,"
                                                     "blocks.1.attn.hook_z");
    g_autoptr (FoveaSae) sae = make_random (rule, "blocks.1.attn.hook_z");
    g_autoptr (FoveaDevice) device = fovea_device_open ("cpu", 1, NULL);
    gint64 n, checked = 0;
    g_autofree float *z = support_read_point (trace, "blocks.1.attn.hook_z", &n);
    g_autoptr (FoveaSaeCodes) codes = fovea_sae_encode (sae, device, TOKENS, z, NULL);
    for (gint64 t = 0; t < TOKENS; t += 13)
        for (gint64 c = codes->offsets[t]; c < codes->offsets[t + 1]; c += 3, checked++) {
            g_autoptr (GError) error = NULL;
            g_autoptr (FoveaDirectAttribution) a =
                fovea_sae_attribute (sae, codes->latents[c], trace, t, &error);
            ck_assert_msg (a != NULL, "%s", error != NULL ? error->message : "");
            double heads = 0, sources = 0;
            for (gint64 h = 0; h < a->n_heads; h++)
                heads += a->by_head[h];
            for (gint64 s = 0; s < a->n_sources; s++)
                sources += a->by_source[s];
            ck_assert_int_eq (a->n_sources, t + 1);
            ck_assert_double_eq_tol (heads, a->total, 1e-9);
            ck_assert_double_eq_tol (sources, a->total, 1e-9);
            ck_assert_double_eq_tol (a->total, a->direct, 1e-5);
            ck_assert_double_eq_tol (a->total + a->rest, (double) codes->values[c], 1e-5);
        }
    ck_assert_int_gt (checked, 20);
    runner_close (&runner);
}
END_TEST

START_TEST (window_is_cut_out_of_the_sources)
{
    g_autofree char *folder = support_data (models[0]);
    Runner runner = runner_open (folder, "cpu", TOKENS, 0);
    g_autoptr (FoveaTrace) trace = capture (&runner, "attention,blocks.1.attn.hook_v");
    g_autoptr (FoveaSae) sae = make_random (0, "blocks.1.attn.hook_z");
    g_autoptr (FoveaDirectAttribution) a = fovea_sae_attribute (sae, 7, trace, 20, NULL);
    g_autofree float *window = fovea_sae_attribute_window (sae, 7, trace, 20, 18, 5, NULL);
    for (int i = 0; i < 3; i++)
        ck_assert_float_eq_tol (window[i], (float) a->by_source[18 + i], 1e-9f);
    /* Tokens behind it bring nothing. */
    ck_assert_float_eq (window[3], 0);
    ck_assert_float_eq (window[4], 0);
    ck_assert (isnan (a->direct));
    runner_close (&runner);
}
END_TEST

START_TEST (what_cannot_be_attributed_is_refused)
{
    g_autofree char *folder = support_data (models[1]);
    Runner runner = runner_open (folder, "cpu", TOKENS, 0);
    g_autoptr (FoveaTrace) trace = capture (&runner, "attention,blocks.1.attn.hook_v");
    g_autoptr (FoveaSae) stream = make_random (0, "blocks.1.hook_resid_pre");
    g_autoptr (FoveaSae) fine = make_random (0, "blocks.1.attn.hook_z");
    g_autoptr (FoveaSae) pursuit = fovea_sae_new (FOVEA_SAE_MATCHING_PURSUIT, D, D, F, NULL);
    g_autoptr (FoveaSae) narrow = fovea_sae_new (FOVEA_SAE_STANDARD, 8, 8, F, NULL);
    fovea_sae_set_metadata (pursuit, "hook_name", "blocks.1.attn.hook_z");
    fovea_sae_set_metadata (narrow, "hook_name", "blocks.1.attn.hook_z");
    const struct {
        const FoveaSae *sae;
        gint32 latent;
        gint64 position;
        int code;
    } cases[] = {
        {stream, 0, 3, FOVEA_ERROR_UNSUPPORTED}, {pursuit, 0, 3, FOVEA_ERROR_UNSUPPORTED},
        {narrow, 0, 3, FOVEA_ERROR_SHAPE},       {fine, F, 3, FOVEA_ERROR_RANGE},
        {fine, 0, TOKENS, FOVEA_ERROR_RANGE},
    };
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (GError) error = NULL;
        ck_assert_ptr_null (
            fovea_sae_attribute (cases[i].sae, cases[i].latent, trace, cases[i].position, &error));
        ck_assert_msg (g_error_matches (error, FOVEA_ERROR, cases[i].code), "%u: %s", i,
                       error != NULL ? error->message : "none");
    }
    runner_close (&runner);
}
END_TEST

START_TEST (sites_are_told_by_their_whole_name)
{
    guint layer = 0;
    ck_assert (fovea_sae_parse_site ("blocks.12.attn.hook_z", "attn.hook_z", &layer));
    ck_assert_uint_eq (layer, 12);
    ck_assert (!fovea_sae_parse_site ("blocks.12.attn.hook_zz", "attn.hook_z", &layer));
    ck_assert (!fovea_sae_parse_site ("hook_embed", "hook_embed", &layer));
    ck_assert (!fovea_sae_parse_site (NULL, "attn.hook_z", &layer));
}
END_TEST

int
main (void)
{
    TCase *tc = tcase_create ("attribution");
    tcase_set_timeout (tc, 60);
    tcase_add_test (tc, shares_of_heads_are_those_of_the_worked_example);
    tcase_add_test (tc, direct_attribution_is_that_of_the_worked_example);
    tcase_add_loop_test (tc, cells_add_up_to_the_code, 0,
                         G_N_ELEMENTS (rules) * G_N_ELEMENTS (models));
    tcase_add_test (tc, window_is_cut_out_of_the_sources);
    tcase_add_test (tc, what_cannot_be_attributed_is_refused);
    tcase_add_test (tc, sites_are_told_by_their_whole_name);
    Suite *suite = suite_create ("sae-attribution");
    suite_add_tcase (suite, tc);
    return support_run (suite);
}
