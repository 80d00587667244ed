/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Trained state dicts of TransformerLens against what is known of them: an induction circuit whole
 * and destroyed, modular addition on a few Fourier frequencies. And GPT-2 small without embeddings:
 * its heads compose as published, and a pass through it is refused by what it lacks. */
#include "tests/forward-support.h"

#include <math.h>
#include <string.h>

#include "capture/random.h"
#include "kernels/weight.h"

enum {
    PERIOD = 4,
    LETTERS = 26,
    CONTEXT = 8,
    CIRCUITS = 300, /* sequences of period 4 */
    PRIME = 113,
    D = 64, /* of GPT-2 small, as is: */
    C = 768
};

static void
check_against_reference (const char *stem, gint64 T)
{
    g_autofree char *name = g_strconcat ("models/", stem, ".safetensors", NULL);
    g_autofree char *reference = g_strconcat ("models/", stem, "_reference.safetensors", NULL);
    g_autofree char *path = support_shared (name);
    g_autofree char *beside = support_shared (reference);
    if (path == NULL || beside == NULL)
        return;
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (beside, NULL);
    Runner runner = runner_open (path, "cpu", T, 0);
    gint64 n_ids, n_logits;
    g_autofree gint32 *ids = support_tensor_ids (file, "input_ids", &n_ids);
    g_autofree float *logits = support_tensor_f32 (file, "logits", &n_logits);
    gint64 V = n_logits / n_ids;
    for (gint64 at = 0; at < n_ids; at += T) {
        g_autofree float *mine = g_new (float, (gsize) (T * V));
        g_autoptr (FoveaTrace) trace =
            runner_capture (&runner, ids + at, T, "all", FOVEA_F32, FALSE, mine);
        ck_assert_double_le (support_difference (mine, logits + at * V, (gsize) (T * V)), 1e-4);
        for (guint l = 0; l < fovea_model_get_architecture (runner.model)->n_layers; l++) {
            g_autofree char *theirs = g_strdup_printf ("attn.%u", l);
            g_autofree char *point = g_strdup_printf ("blocks.%u.attn.hook_pattern", l);
            gint64 n, n_all;
            g_autofree float *all = support_tensor_f32 (file, theirs, &n_all);
            g_autofree float *pattern = support_read_point (trace, point, &n);
            ck_assert_double_le (support_difference (pattern, all + at / T * n, (gsize) n), 1e-4);
        }
    }
    runner_close (&runner);
}

START_TEST (dict_gives_logits_and_maps_of_a_double_precision_pass)
{
    check_against_reference ("induction-2l1h/trained", CONTEXT);
    check_against_reference ("induction-2l1h/destroyed_200", CONTEXT);
    check_against_reference ("modadd113/seed0", 3);
    check_against_reference ("modadd113/seed1", 3);
    check_against_reference ("modadd113/seed3", 3);
}
END_TEST

/* abcdabcd of four different letters. */
static void
draw_sequence (FoveaRandom *random, gint32 *ids)
{
    for (int t = 0; t < PERIOD; t++) {
        gboolean fresh;
        do {
            ids[t] = (gint32) fovea_random_below (random, LETTERS);
            fresh = TRUE;
            for (int s = 0; s < t; s++)
                fresh = fresh && ids[s] != ids[t];
        } while (!fresh);
        ids[t + PERIOD] = ids[t];
    }
}

typedef struct {
    double right, previous, induction;
} Circuit;

/* Of tokens behind the first period: how many are foreseen, and the weight of layer 1's head on the
 * token behind the earlier occurrence. Of all: the weight of layer 0's on the token before. */
static gboolean
measure_circuit (const char *name, Circuit *circuit)
{
    g_autofree char *path = support_shared (name);
    if (path == NULL)
        return FALSE;
    Runner runner = runner_open (path, "cpu", CONTEXT, 0);
    FoveaRandom random;
    fovea_random_init (&random, 1);
    *circuit = (Circuit){0};
    const double weight = 1.0 / (CIRCUITS * (CONTEXT - PERIOD - 1));
    for (int i = 0; i < CIRCUITS; i++) {
        gint32 ids[CONTEXT];
        float logits[CONTEXT * LETTERS];
        gint64 n;
        draw_sequence (&random, ids);
        g_autoptr (FoveaTrace) trace =
            runner_capture (&runner, ids, CONTEXT, "all", FOVEA_F32, FALSE, logits);
        g_autofree float *first = support_read_point (trace, "blocks.0.attn.hook_pattern", &n);
        g_autofree float *second = support_read_point (trace, "blocks.1.attn.hook_pattern", &n);
        for (int t = 1; t < CONTEXT; t++)
            circuit->previous += (double) first[t * CONTEXT + t - 1] / (CIRCUITS * (CONTEXT - 1));
        for (int t = PERIOD; t + 1 < CONTEXT; t++) {
            const float *row = logits + t * LETTERS;
            int best = 0;
            for (int v = 1; v < LETTERS; v++)
                best = row[v] > row[best] ? v : best;
            circuit->right += weight * (best == ids[t + 1]);
            circuit->induction += weight * (double) second[t * CONTEXT + t - PERIOD + 1];
        }
    }
    runner_close (&runner);
    return TRUE;
}

/* Bounds: published means, and what 300 sequences may be off by. */
START_TEST (induction_circuit_is_whole_and_then_destroyed)
{
    Circuit trained, destroyed;
    if (!measure_circuit ("models/induction-2l1h/trained.safetensors", &trained) ||
        !measure_circuit ("models/induction-2l1h/destroyed_200.safetensors", &destroyed))
        return;
    ck_assert_double_eq_tol (trained.right, 0.980, 0.015);
    ck_assert_double_eq_tol (trained.previous, 0.743, 0.02);
    ck_assert_double_eq_tol (trained.induction, 0.900, 0.02);
    ck_assert_double_eq_tol (destroyed.right, 0.054, 0.025);
    ck_assert_double_eq_tol (destroyed.previous, 0.747, 0.02);
    ck_assert_double_eq_tol (destroyed.induction, 0.183, 0.02);
}
END_TEST

START_TEST (pickle_of_a_state_dict_is_not_run)
{
    g_autofree char *path = support_shared ("models/induction-2l1h/trained.pth");
    g_autoptr (GError) error = NULL;
    if (path == NULL)
        return;
    ck_assert_ptr_null (fovea_model_open (path, &error));
    ck_assert_msg (strstr (error->message, "pickle") != NULL, "%s", error->message);
}
END_TEST

static const struct {
    const char *name;
    int right; /* of 12,769 */
    int frequency;
    double share; /* of the embedding's power */
} sums[] = {
    {"seed0", 12765, 15, 0.2566}, {"seed1", 12759, 1, 0.2809}, {"seed3", 12767, 36, 0.3793}};

/* Power of numbers 0 .. 112 in the embedding at frequency @f, over all channels. */
static double
fourier_power (const float *table, gint64 width, int f)
{
    double power = 0;
    for (gint64 c = 0; c < width; c++) {
        double re = 0, im = 0;
        for (int a = 0; a < PRIME; a++) {
            re += (double) table[a * width + c] * cos (2 * G_PI * f * a / PRIME);
            im += (double) table[a * width + c] * sin (2 * G_PI * f * a / PRIME);
        }
        power += re * re + im * im;
    }
    return power;
}

START_TEST (addition_is_right_where_it_was_and_lives_on_its_frequencies)
{
    g_autofree char *name = g_strdup_printf ("models/modadd113/%s.safetensors", sums[_i].name);
    g_autofree char *path = support_shared (name);
    if (path == NULL)
        return;
    Runner runner = runner_open (path, "cpu", 3, 0);
    int right = 0;
    for (gint32 a = 0; a < PRIME; a++)
        for (gint32 b = 0; b < PRIME; b++) {
            const gint32 ids[] = {a, b, PRIME};
            float logits[PRIME + 1];
            fovea_session_reset (runner.session);
            ck_assert (fovea_session_run (runner.session, ids, 3, logits, NULL, NULL));
            int best = 0;
            for (int v = 1; v <= PRIME; v++)
                best = logits[v] > logits[best] ? v : best;
            right += best == (a + b) % PRIME;
        }
    ck_assert_int_eq (right, sums[_i].right);
    FoveaWeight table;
    ck_assert (fovea_model_get_matrix (runner.model, FOVEA_WEIGHT_EMBED, 0, &table));
    double all = 0;
    for (int f = 1; f <= PRIME / 2; f++)
        all += fourier_power (table.data, table.n_in, f);
    ck_assert_double_eq_tol (fourier_power (table.data, table.n_in, sums[_i].frequency) / all,
                             sums[_i].share, 1e-4);
    runner_close (&runner);
}
END_TEST

START_TEST (gpt2_without_embeddings_is_refused_by_what_it_lacks)
{
    g_autofree char *path = support_shared ("models/gpt2-small-attention");
    g_autoptr (GError) error = NULL;
    if (path == NULL)
        return;
    g_autoptr (FoveaModel) model = fovea_model_open (path, &error);
    ck_assert_msg (model != NULL, "%s", error != NULL ? error->message : "");
    g_autoptr (FoveaDevice) device = fovea_device_open ("cpu", 1, NULL);
    const FoveaSessionOptions options = {.max_tokens = 8};
    ck_assert_ptr_null (fovea_session_new (model, device, &options, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND));
    ck_assert_msg (strstr (error->message, "25 tensors are missing") != NULL &&
                       strstr (error->message, "wte.weight, h.0.mlp.c_fc.weight") != NULL,
                   "%s", error->message);
}
END_TEST

/* Head @head of a projection as (D, C), its inputs weighted by the norm's gain and less their mean;
 * of the output matrix, which reads heads, as (D, C) with the mean over its outputs taken off. */
static float *
read_head (FoveaModel *model, FoveaWeightRole role, guint layer, guint head)
{
    FoveaWeight weight;
    gboolean out = role == FOVEA_WEIGHT_O;
    const float *gain = fovea_model_get_vector (model, FOVEA_WEIGHT_NORM1_GAIN, layer);
    float *rows = g_new (float, D *C);
    ck_assert (fovea_model_get_matrix (model, role, layer, &weight));
    for (int d = 0; d < D; d++) {
        double mean = 0;
        for (int c = 0; c < C; c++) {
            float value;
            fovea_weight_read (&weight, out ? c : (gint64) head * D + d,
                               out ? (gint64) head * D + d : c, 1, &value);
            rows[d * C + c] = out ? value : value * gain[c];
            mean += (double) rows[d * C + c] / C;
        }
        for (int c = 0; c < C; c++)
            rows[d * C + c] -= (float) mean;
    }
    return rows;
}

/* a b^T of two (D, C) matrices. */
static void
gram (const float *a, const float *b, double *out)
{
    for (int i = 0; i < D; i++)
        for (int j = 0; j < D; j++) {
            double sum = 0;
            for (int c = 0; c < C; c++)
                sum += (double) (a[i * C + c] * b[j * C + c]);
            out[i * D + j] = sum;
        }
}

/* trace (x a y a^T): the squared norm of a product of low rank, x and y the Grams of its ends. */
static double
chain (const double *x, const double *a, const double *y)
{
    double sum = 0;
    for (int i = 0; i < D; i++)
        for (int j = 0; j < D; j++) {
            double left = 0, right = 0;
            for (int k = 0; k < D; k++) {
                left += x[i * D + k] * a[k * D + j];
                right += a[i * D + k] * y[k * D + j];
            }
            sum += left * right;
        }
    return sum;
}

/* What head 4.11 writes, as the keys of another head read it: K-composition of Elhage et al. */
static double
compose_keys (FoveaModel *model, guint layer, guint head)
{
    g_autofree float *o = read_head (model, FOVEA_WEIGHT_O, 4, 11);
    g_autofree float *v = read_head (model, FOVEA_WEIGHT_V, 4, 11);
    g_autofree float *q = read_head (model, FOVEA_WEIGHT_Q, layer, head);
    g_autofree float *k = read_head (model, FOVEA_WEIGHT_K, layer, head);
    double oo[D * D], vv[D * D], qq[D * D], kk[D * D], identity[D * D] = {0}, ko[D * D];
    for (int d = 0; d < D; d++)
        identity[d * D + d] = 1;
    gram (o, o, oo);
    gram (v, v, vv);
    gram (q, q, qq);
    gram (k, k, kk);
    gram (k, o, ko);
    return sqrt (chain (qq, ko, vv) / (chain (qq, identity, kk) * chain (oo, identity, vv)));
}

START_TEST (heads_of_gpt2_compose_as_published)
{
    static const guint heads[][2] = {{6, 9}, {5, 1}, {5, 5}, {7, 10}, {9, 9}, {11, 0}};
    g_autofree char *path = support_shared ("models/gpt2-small-attention");
    if (path == NULL)
        return;
    g_autoptr (FoveaModel) model = fovea_model_open (path, NULL);
    g_autofree char *beside = g_build_filename (path, "composition_reference.safetensors", NULL);
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (beside, NULL);
    gint64 n;
    g_autofree float *all = support_tensor_f32 (file, "k_composition", &n);
    ck_assert_int_eq (n, 144 * 144);
    for (guint i = 0; i < G_N_ELEMENTS (heads); i++) {
        guint l = heads[i][0], h = heads[i][1];
        double theirs = (double) all[(4 * 12 + 11) * 144 + 12 * l + h];
        ck_assert_double_eq_tol (compose_keys (model, l, h), theirs, 1e-4);
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("state dicts");
    TCase *tcase = tcase_create ("trained");
    tcase_set_timeout (tcase, 120);
    tcase_add_test (tcase, dict_gives_logits_and_maps_of_a_double_precision_pass);
    tcase_add_test (tcase, induction_circuit_is_whole_and_then_destroyed);
    tcase_add_test (tcase, pickle_of_a_state_dict_is_not_run);
    tcase_add_loop_test (tcase, addition_is_right_where_it_was_and_lives_on_its_frequencies, 0,
                         G_N_ELEMENTS (sums));
    tcase_add_test (tcase, gpt2_without_embeddings_is_refused_by_what_it_lacks);
    tcase_add_test (tcase, heads_of_gpt2_compose_as_published);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
