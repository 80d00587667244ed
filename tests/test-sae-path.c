/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A latent traced back: whatever is listed, every node's children add up to it, errors and biases
 * among them; sources agree with direct attribution; and the limits are kept. */
#include <math.h>
#include <string.h>

#include "analysis/sae-attribution.h"
#include "analysis/sae-codes.h"
#include "analysis/sae-path.h"
#include "capture/random.h"
#include "tests/forward-support.h"
#include "tests/support.h"

enum {
    D = 48, /* of the tiny models: stream, and 4 heads of 12 */
    F = 96,
    TOKENS = 24,
    TOKEN = 19,
};

#define ROOT "blocks.2.attn.hook_z"

static const char *const models[] = {"tests/golden/tiny/gpt2", "tests/golden/tiny/llama"};

typedef struct {
    Runner runner;
    FoveaTrace *trace;
    GPtrArray *saes;
} Fixture;

static void
fill (float *values, gint64 n, double size, FoveaRandom *random)
{
    for (gint64 i = 0; i < n; i++)
        values[i] = (float) (size * (2 * fovea_random_uniform (random) - 1));
}

static const FoveaSae *
add_sae (Fixture *f, const char *site, FoveaSaeArchitecture architecture, FoveaSaeNormalize how)
{
    FoveaSae *sae = fovea_sae_new (architecture, D, D, F, NULL);
    FoveaRandom random;
    fovea_random_init (&random, f->saes->len + 3);
    fill (sae->w_enc, D * F, .4, &random);
    fill (sae->w_dec, D * F, .4, &random);
    fill (sae->b_dec, D, .1, &random);
    fill (sae->b_enc, F, .1, &random);
    sae->k = 12;
    sae->normalize = how;
    sae->hook_z = strstr (site, "hook_z") != NULL;
    sae->rescale_acts_by_decoder_norm = architecture == FOVEA_SAE_TOPK;
    fovea_sae_set_metadata (sae, "hook_name", site);
    g_ptr_array_add (f->saes, sae);
    return sae;
}

static Fixture
open_fixture (const char *model)
{
    g_autofree char *folder = support_data (model);
    Fixture f = {.runner = runner_open (folder, "cpu", TOKENS, 0)};
    g_autofree gint32 *ids = support_random_ids (TOKENS, 200, 6);
    f.trace = runner_capture (&f.runner, ids, TOKENS, fovea_sae_list_path_points (), FOVEA_F32,
                              FALSE, NULL);
    f.saes = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_sae_free);
    return f;
}

static void
close_fixture (Fixture *f)
{
    fovea_trace_unref (f->trace);
    g_ptr_array_unref (f->saes);
    runner_close (&f->runner);
}

static FoveaPathNode *
trace_back (Fixture *f, gint32 latent, const FoveaPathOptions *options, GError **error)
{
    return fovea_sae_trace_back (f->runner.model, f->trace,
                                 (const FoveaSae *const *) f->saes->pdata, f->saes->len, latent,
                                 TOKEN, options, NULL, error);
}

/* A latent of the first autoencoder that fires at TOKEN. */
static gint32
find_firing (Fixture *f, const char *site, float *code)
{
    const FoveaSae *sae = g_ptr_array_index (f->saes, 0);
    g_autoptr (FoveaDevice) device = fovea_device_open ("cpu", 1, NULL);
    gint64 n;
    g_autofree float *rows = support_read_point (f->trace, site, &n);
    g_autoptr (FoveaSaeCodes) codes = fovea_sae_encode (sae, device, TOKENS, rows, NULL);
    gint64 at = codes->offsets[TOKEN];
    for (gint64 c = at; c < codes->offsets[TOKEN + 1]; c++)
        at = fabsf (codes->values[c]) > fabsf (codes->values[at]) ? c : at;
    *code = codes->values[at];
    return codes->latents[at];
}

/* Every node with children is their sum; counts the nodes of each kind. */
static void
check_sums (const FoveaPathNode *node, double root, guint *kinds)
{
    double sum = 0;
    kinds[node->kind]++;
    if (node->children == NULL)
        return;
    for (guint i = 0; i < node->children->len; i++) {
        const FoveaPathNode *child = g_ptr_array_index (node->children, i);
        ck_assert_uint_eq (child->depth, node->depth + 1);
        sum += child->value;
        check_sums (child, root, kinds);
    }
    ck_assert_msg (fabs (sum - node->value) <= 1e-5 * fmax (1, fabs (root)),
                   "depth %u, layer %u: children are %g, the node %g", node->depth, node->layer,
                   sum, node->value);
}

/* Autoencoders at every site on the way, of rules with and without signs and norms. */
START_TEST (children_add_up_with_errors_and_biases)
{
    Fixture f = open_fixture (models[_i]);
    g_autoptr (GError) error = NULL;
    const FoveaPathOptions options = {.most_children = 6, .depth = 5, .share = .02};
    guint kinds[FOVEA_N_PATHS] = {0};
    float code;
    add_sae (&f, ROOT, FOVEA_SAE_STANDARD, FOVEA_SAE_NORMALIZE_NONE);
    add_sae (&f, "blocks.1.hook_resid_post", FOVEA_SAE_ABSTOPK, FOVEA_SAE_NORMALIZE_LAYER_NORM);
    add_sae (&f, "blocks.1.attn.hook_z", FOVEA_SAE_TOPK, FOVEA_SAE_NORMALIZE_NONE);
    add_sae (&f, "blocks.1.hook_resid_pre", FOVEA_SAE_TOPK, FOVEA_SAE_NORMALIZE_CONSTANT_NORM);
    add_sae (&f, "blocks.0.attn.hook_z", FOVEA_SAE_ABSTOPK, FOVEA_SAE_NORMALIZE_NONE);
    gint32 latent = find_firing (&f, ROOT, &code);
    g_autoptr (FoveaPathNode) root = trace_back (&f, latent, &options, &error);
    ck_assert_msg (root != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_double_eq_tol (root->value, (double) code, 1e-5);
    check_sums (root, root->value, kinds);
    for (int kind = 0; kind < FOVEA_N_PATHS; kind++)
        ck_assert_msg (kinds[kind] > 0, "no node of kind %d", kind);
    ck_assert_uint_gt (kinds[FOVEA_PATH_ATTENTION_LATENT], 1);
    close_fixture (&f);
}
END_TEST

START_TEST (stream_without_autoencoder_is_taken_apart_by_components)
{
    Fixture f = open_fixture (models[_i]);
    const FoveaPathOptions all = {.most_children = 1 << 20};
    guint kinds[FOVEA_N_PATHS] = {0};
    float code;
    add_sae (&f, ROOT, FOVEA_SAE_STANDARD, FOVEA_SAE_NORMALIZE_NONE);
    gint32 latent = find_firing (&f, ROOT, &code);
    g_autoptr (FoveaPathNode) root = trace_back (&f, latent, &all, NULL);
    check_sums (root, root->value, kinds);
    /* An embedding, two attentions and two MLPs a source; nothing was left out or approximated. */
    ck_assert_uint_eq (kinds[FOVEA_PATH_EMBEDDING], TOKEN + 1);
    ck_assert_uint_eq (kinds[FOVEA_PATH_ATTENTION], 2 * (TOKEN + 1));
    ck_assert_uint_eq (kinds[FOVEA_PATH_MLP], 2 * (TOKEN + 1));
    ck_assert_uint_eq (kinds[FOVEA_PATH_ERROR] + kinds[FOVEA_PATH_REST], 0);
    for (guint i = 1; i + 1 < root->children->len; i++)
        ck_assert_double_le (
            fabs (((FoveaPathNode *) g_ptr_array_index (root->children, i))->value),
            fabs (((FoveaPathNode *) g_ptr_array_index (root->children, i - 1))->value));
    close_fixture (&f);
}
END_TEST

/* Llama has no biases, so what comes from a token is the same by both ways. */
START_TEST (sources_are_those_of_direct_attribution)
{
    Fixture f = open_fixture (models[1]);
    const FoveaPathOptions all = {.most_children = 1 << 20, .depth = 1};
    double by_source[TOKEN + 1] = {0};
    float code;
    const FoveaSae *sae = add_sae (&f, ROOT, FOVEA_SAE_STANDARD, FOVEA_SAE_NORMALIZE_NONE);
    gint32 latent = find_firing (&f, ROOT, &code);
    g_autoptr (FoveaPathNode) root = trace_back (&f, latent, &all, NULL);
    g_autoptr (FoveaDirectAttribution) direct =
        fovea_sae_attribute (sae, latent, f.trace, TOKEN, NULL);
    for (guint i = 0; i < root->children->len; i++) {
        const FoveaPathNode *child = g_ptr_array_index (root->children, i);
        if (child->kind == FOVEA_PATH_BIAS)
            ck_assert_double_eq_tol (child->value, direct->rest, 1e-6);
        else
            by_source[child->position] += child->value;
    }
    for (gint64 s = 0; s <= TOKEN; s++)
        ck_assert_double_eq_tol (by_source[s], direct->by_source[s], 1e-5);
    close_fixture (&f);
}
END_TEST

/* x = relu (x) - relu (-x): nothing is left for the error. */
START_TEST (perfect_autoencoder_leaves_no_error)
{
    Fixture f = open_fixture (models[0]);
    float code;
    double error = 1;
    add_sae (&f, ROOT, FOVEA_SAE_STANDARD, FOVEA_SAE_NORMALIZE_NONE);
    FoveaSae *perfect = (FoveaSae *) add_sae (&f, "blocks.2.hook_resid_pre", FOVEA_SAE_STANDARD,
                                              FOVEA_SAE_NORMALIZE_NONE);
    memset (perfect->w_enc, 0, D * F * sizeof (float));
    memset (perfect->w_dec, 0, D * F * sizeof (float));
    memset (perfect->b_dec, 0, D * sizeof (float));
    memset (perfect->b_enc, 0, F * sizeof (float));
    for (int c = 0; c < D; c++)
        for (int side = 0; side < 2; side++)
            perfect->w_enc[c * F + 2 * c + side] = perfect->w_dec[(2 * c + side) * D + c] =
                side == 0 ? 1 : -1;
    gint32 latent = find_firing (&f, ROOT, &code);
    g_autoptr (FoveaPathNode) root = trace_back (&f, latent, NULL, NULL);
    for (guint i = 0; i < root->children->len; i++) {
        const FoveaPathNode *child = g_ptr_array_index (root->children, i);
        if (child->kind == FOVEA_PATH_ERROR)
            error = child->value;
    }
    ck_assert_double_eq_tol (error, 0, 1e-6);
    close_fixture (&f);
}
END_TEST

static void
check_limits (const FoveaPathNode *node, const FoveaPathOptions *options, double root)
{
    if (node->children == NULL)
        return;
    ck_assert_uint_lt (node->depth, options->depth);
    ck_assert_double_ge (fabs (node->value), options->share * fabs (root));
    ck_assert (node->kind != FOVEA_PATH_MLP && node->kind != FOVEA_PATH_EMBEDDING);
    /* error, bias and rest beside */
    ck_assert_uint_le (node->children->len, options->most_children + 3);
    for (guint i = 0; i < node->children->len; i++)
        check_limits (g_ptr_array_index (node->children, i), options, root);
}

START_TEST (limits_of_the_tree_are_kept)
{
    Fixture f = open_fixture (models[1]);
    float code;
    add_sae (&f, "blocks.2.hook_resid_pre", FOVEA_SAE_ABSTOPK, FOVEA_SAE_NORMALIZE_NONE);
    add_sae (&f, "blocks.1.attn.hook_z", FOVEA_SAE_ABSTOPK, FOVEA_SAE_NORMALIZE_NONE);
    gint32 latent = find_firing (&f, "blocks.2.hook_resid_pre", &code);
    const FoveaPathOptions options = {.most_children = 3, .depth = 2, .share = .05};
    g_autoptr (FoveaPathNode) root = trace_back (&f, latent, &options, NULL);
    ck_assert_int_eq (root->kind, FOVEA_PATH_STREAM_LATENT);
    check_limits (root, &options, root->value);
    g_autoptr (FoveaTable) table = fovea_path_tabulate (root, fovea_trace_get_info (f.trace));
    ck_assert_double_eq (fovea_table_read_number (table, 0, "share"), 1);
    ck_assert_str_eq (fovea_table_read_text (table, 0, "kind"), "stream latent");
    ck_assert_double_eq (fovea_table_read_number (table, 0, "latent"), latent);
    ck_assert_uint_ge (fovea_table_get_n_rows (table), 1 + root->children->len);
    close_fixture (&f);
}
END_TEST

START_TEST (what_has_no_way_back_is_refused_by_name)
{
    Fixture f = open_fixture (models[1]);
    float code;
    add_sae (&f, ROOT, FOVEA_SAE_STANDARD, FOVEA_SAE_NORMALIZE_NONE);
    gint32 latent = find_firing (&f, ROOT, &code), silent = 0;
    while (silent < F) { /* a latent whose column is far below 0 never fires */
        g_autoptr (GError) error = NULL;
        g_autoptr (FoveaPathNode) root = trace_back (&f, silent, NULL, &error);
        if (root == NULL) {
            ck_assert_ptr_nonnull (strstr (error->message, "does not fire at token 19"));
            break;
        }
        silent++;
    }
    ck_assert_int_lt (silent, F);
    g_autoptr (GError) range = NULL, twice = NULL, site = NULL;
    ck_assert_ptr_null (trace_back (&f, F, NULL, &range));
    ck_assert (g_error_matches (range, FOVEA_ERROR, FOVEA_ERROR_RANGE));
    add_sae (&f, ROOT, FOVEA_SAE_STANDARD, FOVEA_SAE_NORMALIZE_NONE);
    ck_assert_ptr_null (trace_back (&f, latent, NULL, &twice));
    ck_assert_ptr_nonnull (strstr (twice->message, "two autoencoders of " ROOT));
    g_ptr_array_set_size (f.saes, 1);
    add_sae (&f, "blocks.1.hook_mlp_out", FOVEA_SAE_STANDARD, FOVEA_SAE_NORMALIZE_NONE);
    ck_assert_ptr_null (trace_back (&f, latent, NULL, &site));
    ck_assert (g_error_matches (site, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED));
    close_fixture (&f);
}
END_TEST

int
main (void)
{
    TCase *tc = tcase_create ("path");
    tcase_set_timeout (tc, 60);
    tcase_add_loop_test (tc, children_add_up_with_errors_and_biases, 0, G_N_ELEMENTS (models));
    tcase_add_loop_test (tc, stream_without_autoencoder_is_taken_apart_by_components, 0,
                         G_N_ELEMENTS (models));
    tcase_add_test (tc, sources_are_those_of_direct_attribution);
    tcase_add_test (tc, perfect_autoencoder_leaves_no_error);
    tcase_add_test (tc, limits_of_the_tree_are_kept);
    tcase_add_test (tc, what_has_no_way_back_is_refused_by_name);
    Suite *suite = suite_create ("sae-path");
    suite_add_tcase (suite, tc);
    return support_run (suite);
}
