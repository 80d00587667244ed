/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Trained gates from files with the public code's names: which map a head gets, what is refused and in
 * which words, and that the method draws what a gate with these weights foretells. */
#include <math.h>
#include <string.h>

#include "analysis/seer-gate.h"
#include "analysis/seer-weights.h"
#include "capture/safetensors-writer.h"
#include "tests/sparse-support.h"
#include "tests/support.h"

enum {
    T = 70,
    D = 8,
    H = 4,
    G = 2,
};

/* A file with one tensor, or two. */
typedef struct {
    const char *name;
    gint64 shape[3];
    const float *values;
} Map;

static char *
write_file (const char *folder, const Map *maps, guint n)
{
    g_autoptr (GError) error = NULL;
    char *path = g_build_filename (folder, "gates.safetensors", NULL);
    g_autoptr (FoveaSafetensorsWriter) writer = fovea_safetensors_writer_new (path);
    for (guint i = 0; i < n; i++)
        ck_assert (fovea_safetensors_writer_add_tensor (writer, maps[i].name, FOVEA_F32, 3,
                                                        maps[i].shape, &error));
    for (guint i = 0; i < n; i++) {
        gsize bytes = (gsize) (maps[i].shape[0] * maps[i].shape[1] * maps[i].shape[2]) * 4;
        ck_assert (fovea_safetensors_writer_append (writer, maps[i].values, bytes, &error));
    }
    ck_assert (fovea_safetensors_writer_finish (writer, &error));
    return path;
}

static SparseFixture
open_head (guint head)
{
    g_autofree float *q = trace_random_values (T * H * D, 1);
    g_autofree float *k = trace_random_values (T * G * D, 2);
    return sparse_fixture_heads (T, D, H, G, head, q, k, NULL);
}

#define NAME(x) "model.layers.0.self_attn.attn_gate." x ".weight"

static const struct {
    const char *key, *query;
    gint64 maps; /* of keys */
} files[] = {
    {NAME ("attngate_linear_k"), NULL, G},
    {NAME ("attngate_linear_k"), NAME ("attngate_linear_q"), G},
    {NAME ("mask_linear_k"), NULL, H},
    {"layers.0.self_attn.attn_gate.mask_linear_k.weight",
     "layers.0.self_attn.attn_gate.mask_linear_q.weight", G},
};

START_TEST (a_head_gets_its_own_map_with_outputs_first)
{
    g_autoptr (GError) error = NULL;
    char *folder = support_temp_dir ();
    g_autofree float *keys = trace_random_values (H * 3 * D * D, 5);
    g_autofree float *queries = trace_random_values (H * D * D, 6);
    const Map maps[] = {{files[_i].key, {files[_i].maps, 3 * D, D}, keys},
                        {files[_i].query, {H, D, D}, queries}};
    g_autofree char *path = write_file (folder, maps, files[_i].query != NULL ? 2 : 1);
    g_autoptr (FoveaSeerWeights) weights = fovea_seer_weights_open (path, &error);
    ck_assert_msg (weights != NULL, "%s", error != NULL ? error->message : "");
    for (guint h = 0; h < H; h++) {
        SparseFixture fixture = open_head (h);
        g_autofree double *k = NULL, *q = NULL;
        gint64 at = files[_i].maps == H ? h : h / (H / G);
        ck_assert (fovea_seer_weights_read (weights, fixture.head, &k, &q, &error));
        ck_assert_int_eq (q != NULL, files[_i].query != NULL);
        for (gint64 o = 0; o < D; o++) {
            for (gint64 i = 0; i < 3 * D; i++)
                ck_assert_double_eq (k[o * 3 * D + i], (double) keys[at * 3 * D * D + i * D + o]);
            for (gint64 i = 0; q != NULL && i < D; i++)
                ck_assert_double_eq (q[o * D + i], (double) queries[h * D * D + i * D + o]);
        }
        sparse_fixture_clear (&fixture);
    }
    support_remove_dir (folder);
}
END_TEST

static const struct {
    const char *name;
    gint64 shape[3];
    const char *part; /* of the message */
} mistakes[] = {
    {"model.layers.1.self_attn.attn_gate.attngate_linear_k.weight",
     {H, 24, 8},
     "no gate for layer 0"},
    {NAME ("attngate_linear_k"), {3, 24, 8}, "the first is 3, expected 3 and 4 heads"},
    {NAME ("attngate_linear_k"), {H, 16, 8}, "maps 16 to 8, only 24 to 8"},
    {NAME ("attngate_linear_k"), {H, 24, 4}, "maps 24 to 4, only 24 to 8"},
};

START_TEST (a_gate_of_another_model_is_refused_by_name)
{
    g_autoptr (GError) error = NULL;
    char *folder = support_temp_dir ();
    g_autofree float *values = g_new0 (float, H * 24 * 8);
    Map map = {mistakes[_i].name, {0}, values};
    memcpy (map.shape, mistakes[_i].shape, sizeof map.shape);
    g_autofree char *path = write_file (folder, &map, 1);
    g_autoptr (FoveaSeerWeights) weights = fovea_seer_weights_open (path, &error);
    SparseFixture fixture = open_head (0);
    double *k = NULL, *q = NULL;
    ck_assert_ptr_nonnull (weights);
    ck_assert (!fovea_seer_weights_read (weights, fixture.head, &k, &q, &error));
    ck_assert_msg (strstr (error->message, mistakes[_i].part) != NULL, "%s", error->message);
    ck_assert_msg (strstr (error->message, "gates.safetensors") != NULL, "%s", error->message);
    sparse_fixture_clear (&fixture);
    support_remove_dir (folder);
}
END_TEST

START_TEST (a_file_without_gates_and_a_pickled_one_are_refused)
{
    g_autoptr (GError) error = NULL;
    char *folder = support_temp_dir ();
    const float one = 1;
    const Map map = {"lm_head.weight", {1, 1, 1}, &one};
    g_autofree char *path = write_file (folder, &map, 1);
    ck_assert_ptr_null (fovea_seer_weights_open (path, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND));
    g_clear_error (&error);
    ck_assert_ptr_null (fovea_seer_weights_open ("attn_gate_weights.pth", &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED));
    ck_assert_ptr_nonnull (strstr (error->message, "safetensors"));
    g_clear_error (&error);
    ck_assert_ptr_null (fovea_seer_weights_open ("nowhere.safetensors", &error));
    support_remove_dir (folder);
}
END_TEST

/* Blocks of a row above a threshold of the softmax, worked out beside the method. */
static void
check_rows (const double *scores, gint64 nb, double threshold, FoveaMask *mask, gint64 block)
{
    g_autoptr (FoveaMaskCursor) cursor = fovea_mask_cursor_new (mask);
    for (gint64 I = 0; I < nb; I++) {
        const FoveaKeyRange *ranges;
        double sum = 0;
        gint64 query = MIN ((I + 1) * block, T) - 1;
        gsize n = fovea_mask_cursor_read (cursor, query, &ranges);
        for (gint64 J = 0; J <= I; J++)
            sum += exp (scores[I * nb + J]);
        for (gint64 J = 0; J <= I; J++) {
            gboolean is_kept = FALSE;
            for (gsize i = 0; i < n; i++)
                is_kept |= ranges[i].from <= J * block && J * block < ranges[i].to;
            ck_assert_int_eq (is_kept, exp (scores[I * nb + J]) / sum > threshold);
        }
    }
}

START_TEST (the_method_draws_what_the_gate_foretells)
{
    g_autoptr (GError) error = NULL;
    char *folder = support_temp_dir ();
    g_autofree float *keys = trace_random_values (G * 3 * D * D, 8);
    const Map map = {NAME ("attngate_linear_k"), {G, 3 * D, D}, keys};
    g_autofree char *path = write_file (folder, &map, 1);
    g_autoptr (FoveaSeerWeights) weights = fovea_seer_weights_open (path, &error);
    const FoveaSparseMethod *method = fovea_sparse_method_find ("seer", NULL);
    SparseFixture fixture = open_head (3);
    double knobs[FOVEA_SPARSE_MAX_KNOBS], scores[9 * 9];
    FoveaSparseSelection selection;
    sparse_set_knobs (method, T, "block=8 threshold=.15 dense=0", knobs);
    ck_assert (!fovea_sparse_method_check (method, fixture.head, knobs, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED));
    ck_assert_ptr_nonnull (strstr (error->message, "none were given"));
    g_clear_error (&error);
    fixture.head->gates = weights;
    ck_assert_msg (fovea_sparse_method_select (method, fixture.head, knobs, &selection, &error),
                   "%s", error != NULL ? error->message : "");
    g_autofree double *k = NULL, *q = NULL;
    g_autoptr (FoveaSeerGate) gate = fovea_seer_gate_new (fixture.head, 8, &error);
    ck_assert (fovea_seer_weights_read (weights, fixture.head, &k, &q, &error));
    fovea_seer_gate_set_weights (gate, k, q);
    fovea_seer_gate_score (gate, scores);
    check_rows (scores, 9, .15, selection.executed, 8);
    fovea_sparse_selection_clear (&selection);
    sparse_fixture_clear (&fixture);
    support_remove_dir (folder);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("seer weights");
    TCase *all = tcase_create ("all");
    tcase_add_loop_test (all, a_head_gets_its_own_map_with_outputs_first, 0, G_N_ELEMENTS (files));
    tcase_add_loop_test (all, a_gate_of_another_model_is_refused_by_name, 0,
                         G_N_ELEMENTS (mistakes));
    tcase_add_test (all, a_file_without_gates_and_a_pickled_one_are_refused);
    tcase_add_test (all, the_method_draws_what_the_gate_foretells);
    suite_add_tcase (suite, all);
    return support_run (suite);
}
