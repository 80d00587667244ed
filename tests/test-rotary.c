/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Stretched rotary positions: frequencies of the table, and whole passes of a small model whose
 * config.json asks for each stretch, against what transformers 5.24 computes for the same. */
#include "capture/architecture-json.h"
#include "capture/families.h"
#include "capture/rotary-table.h"
#include "tests/forward-support.h"

#include <math.h>
#include <string.h>

enum {
    PAIRS = 8,
    TOKENS = 40,
    LOGITS = 6
};

/* Heads of width 16; @length tokens at hand; what transformers makes of frequencies. */
static const struct {
    const char *parameters;
    gint64 context, length;
    double amplitude, frequencies[PAIRS];
} stretches[] = {
    {"\"rope_type\":\"default\",\"rope_theta\":10000.0",
     512,
     512,
     1,
     {1, 0.316227764, 0.1, 0.0316227786, 0.01, 0.00316227786, 0.001, 0.000316227786}},
    {"\"rope_type\":\"linear\",\"rope_theta\":10000.0,\"factor\":4.0",
     512,
     512,
     1,
     {0.25, 0.079056941, 0.025, 0.00790569466, 0.0025, 0.000790569466, 0.00025, 7.90569466e-05}},
    {"\"rope_type\":\"dynamic\",\"rope_theta\":10000.0,\"factor\":4.0",
     512,
     512,
     1,
     {1, 0.316227764, 0.1, 0.0316227786, 0.01, 0.00316227786, 0.001, 0.000316227786}},
    {"\"rope_type\":\"dynamic\",\"rope_theta\":10000.0,\"factor\":4.0",
     512,
     1500,
     1,
     {1, 0.232086256, 0.0538640246, 0.0125010991, 0.00290133292, 0.000673359493, 0.000156277471,
      3.6269852e-05}},
    {"\"rope_type\":\"yarn\",\"rope_theta\":10000.0,\"factor\":4.0,"
     "\"original_max_position_embeddings\":512",
     2048,
     2048,
     1.138629436111989,
     {1, 0.25693506, 0.0625, 0.0138349654, 0.0025, 0.000790569466, 0.00025, 7.90569466e-05}},
    {"\"rope_type\":\"yarn\",\"rope_theta\":1000000.0,\"factor\":40.0,\"beta_fast\":16.0,"
     "\"original_max_position_embeddings\":4096,\"beta_slow\":2.0,\"mscale\":1.0,"
     "\"mscale_all_dim\":0.8",
     163840,
     163840,
     1.0569662567531275,
     {1, 0.177827939, 0.0316227786, 0.00288199936, 2.5e-05, 4.44569832e-06, 7.90569402e-07,
      1.40585328e-07}},
    {"\"rope_type\":\"yarn\",\"rope_theta\":10000.0,\"factor\":4.0,\"attention_factor\":1.5,"
     "\"original_max_position_embeddings\":512",
     2048,
     2048,
     1.5,
     {1, 0.25693506, 0.0625, 0.0138349654, 0.0025, 0.000790569466, 0.00025, 7.90569466e-05}},
    {"\"rope_type\":\"llama3\",\"rope_theta\":500000.0,\"factor\":8.0,\"low_freq_factor\":1.0,"
     "\"high_freq_factor\":4.0,\"original_max_position_embeddings\":64",
     512,
     512,
     1,
     {1, 0.079403013, 0.00470075384, 0.000911583134, 0.000176776681, 3.42810235e-05, 6.64786967e-06,
      1.28917316e-06}},
};

START_TEST (frequencies_are_stretched_as_the_type_says)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *text = g_strdup_printf (
        "{\"model_type\":\"llama\",\"num_hidden_layers\":1,\"num_attention_heads\":4,"
        "\"hidden_size\":64,\"intermediate_size\":64,\"vocab_size\":100,"
        "\"max_position_embeddings\":%d,\"rope_parameters\":{%s}}",
        (int) stretches[_i].context, stretches[_i].parameters);
    g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
    g_autoptr (FoveaArchitecture) a = fovea_family_describe (bytes, NULL, "config.json", &error);
    ck_assert_msg (a != NULL, "%s", error != NULL ? error->message : "");
    g_autoptr (FoveaRotaryTable) table = fovea_rotary_table_new (a, 0, 2, stretches[_i].length);
    ck_assert_int_eq (table->n_pairs, PAIRS);
    for (int i = 0; i < PAIRS; i++) {
        double c = table->cos[PAIRS + i], s = table->sin[PAIRS + i];
        double expected = stretches[_i].frequencies[i];
        ck_assert_double_eq_tol (hypot (c, s), stretches[_i].amplitude, 1e-6);
        ck_assert_double_eq_tol (atan2 (s, c), expected, 2e-6 * expected);
    }
}
END_TEST

/* One list of divisors up to the length of training, another beyond it, and both live through a
 * store's text. */
START_TEST (longrope_takes_the_list_of_the_length)
{
    static const char text[] =
        "{\"model_type\":\"phi3\",\"num_hidden_layers\":1,\"num_attention_heads\":8,"
        "\"hidden_size\":32,\"intermediate_size\":64,\"vocab_size\":100,"
        "\"max_position_embeddings\":4096,\"original_max_position_embeddings\":64,"
        "\"rope_theta\":100.0,\"rope_scaling\":{\"type\":\"su\",\"short_factor\":[1,2],"
        "\"long_factor\":[4,8]}}";
    g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
    g_autoptr (FoveaArchitecture) told = fovea_family_describe (bytes, NULL, "config.json", NULL);
    ck_assert_ptr_nonnull (told);
    g_autofree char *json = fovea_architecture_to_json (told);
    g_autoptr (FoveaArchitecture) read = fovea_architecture_from_json (json, "store", NULL);
    ck_assert_ptr_nonnull (read);
    g_autoptr (FoveaArchitecture) a = fovea_architecture_copy (read);
    double amplitude = sqrt (1 + log (64) / log (64));
    for (int beyond = 0; beyond < 2; beyond++) {
        g_autoptr (FoveaRotaryTable) table = fovea_rotary_table_new (a, 0, 2, 64 + beyond);
        for (int i = 0; i < 2; i++) {
            double frequency = (i == 0 ? 1 : 0.1) / ((beyond ? 4 : 1) * (i + 1));
            ck_assert_double_eq_tol (table->cos[2 + i], amplitude * cos (frequency), 1e-6);
            ck_assert_double_eq_tol (table->sin[2 + i], amplitude * sin (frequency), 1e-6);
        }
    }
    char *lists = strstr (json, "rotary_long");
    memcpy (lists, "rotary_lung", strlen ("rotary_lung"));
    ck_assert_ptr_null (fovea_architecture_from_json (json, "store", NULL));
}
END_TEST

/* Logits of the last of 40 tokens; @words stand for the rope_parameters of the bundled model. */
static const struct {
    const char *parameters;
    int context;
    float logits[LOGITS];
} passes[] = {
    {"\"rope_type\":\"linear\",\"rope_theta\":10000.0,\"factor\":4.0",
     512,
     {0.286596f, 0.705474f, -1.038176f, -1.21315f, -1.126102f, -0.030531f}},
    {"\"rope_type\":\"dynamic\",\"rope_theta\":10000.0,\"factor\":2.0",
     20,
     {0.297365f, 0.772222f, -1.196825f, -1.30292f, -1.130456f, 0.37952f}},
    {"\"rope_type\":\"yarn\",\"rope_theta\":10000.0,\"factor\":4.0,"
     "\"original_max_position_embeddings\":16",
     512,
     {0.450181f, 0.764428f, -1.162189f, -1.330761f, -1.023387f, 0.172681f}},
    {"\"rope_type\":\"llama3\",\"rope_theta\":10000.0,\"factor\":8.0,\"low_freq_factor\":1.0,"
     "\"high_freq_factor\":4.0,\"original_max_position_embeddings\":32",
     512,
     {0.361041f, 0.805986f, -1.121199f, -1.308509f, -1.010714f, 0.065548f}},
};

/* The bundled Llama with another kind of positions. */
static char *
make_model (const char *parameters, int context)
{
    char *folder = support_temp_dir ();
    g_autofree char *source = support_data ("tests/golden/tiny/llama/model.safetensors");
    g_autofree char *weights = g_build_filename (folder, "model.safetensors", NULL);
    g_autofree char *config = g_build_filename (folder, "config.json", NULL);
    g_autofree char *bytes = NULL;
    gsize length;
    g_autofree char *text = g_strdup_printf (
        "{\"model_type\":\"llama\",\"num_hidden_layers\":3,\"num_attention_heads\":4,"
        "\"num_key_value_heads\":2,\"hidden_size\":48,\"intermediate_size\":96,"
        "\"vocab_size\":211,\"rms_norm_eps\":1e-6,\"max_position_embeddings\":%d,"
        "\"rope_parameters\":{%s}}",
        context, parameters);
    ck_assert (g_file_get_contents (source, &bytes, &length, NULL));
    ck_assert (g_file_set_contents (weights, bytes, (gssize) length, NULL));
    ck_assert (g_file_set_contents (config, text, -1, NULL));
    return folder;
}

static gint32 *
reference_ids (void)
{
    gint64 n;
    g_autoptr (GError) error = NULL;
    g_autofree char *path = support_data ("tests/golden/tiny/llama/reference.safetensors");
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (path, &error);
    ck_assert_ptr_nonnull (file);
    return support_tensor_ids (file, "input_ids", &n);
}

START_TEST (stretched_pass_agrees_with_transformers)
{
    g_autoptr (GError) error = NULL;
    char *folder = make_model (passes[_i].parameters, passes[_i].context);
    g_autofree gint32 *ids = reference_ids ();
    float logits[211];
    Runner runner = runner_open (folder, "cpu", TOKENS, 0);
    /* A short run before it leaves nothing behind. */
    ck_assert (fovea_session_run (runner.session, ids, 8, NULL, NULL, &error));
    fovea_session_reset (runner.session);
    ck_assert (fovea_session_run (runner.session, ids, TOKENS, logits, NULL, &error));
    double worst = support_difference (logits, passes[_i].logits, LOGITS);
    ck_assert_msg (worst <= 1e-4, "case %d differs by %g", _i, worst);
    runner_close (&runner);
    support_remove_dir (folder);
}
END_TEST

/* Turned queries that a trace derives are those that the pass had, length and amplitude included. */
START_TEST (derived_turn_has_the_bits_of_the_pass)
{
    char *folder = make_model (passes[_i].parameters, passes[_i].context);
    g_autofree gint32 *ids = reference_ids ();
    Runner runner = runner_open (folder, "cpu", TOKENS, 0);
    const char *const names[] = {"blocks.2.attn.hook_rot_q", "blocks.2.attn.hook_rot_k"};
    g_autoptr (FoveaTrace) kept =
        runner_capture (&runner, ids, TOKENS, "blocks.2.attn.hook_rot_q,blocks.2.attn.hook_rot_k",
                        FOVEA_F32, FALSE, NULL);
    g_autoptr (FoveaTrace) derived = runner_capture (
        &runner, ids, TOKENS, "blocks.2.attn.hook_q,blocks.2.attn.hook_k", FOVEA_F32, FALSE, NULL);
    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        gint64 n, m;
        g_autofree float *a = support_read_point (kept, names[i], &n);
        g_autofree float *b = support_read_point (derived, names[i], &m);
        ck_assert_int_eq (n, m);
        ck_assert_mem_eq (a, b, (gsize) n * sizeof *a);
    }
    runner_close (&runner);
    support_remove_dir (folder);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("rotary");
    TCase *tcase = tcase_create ("stretches");
    tcase_add_test (tcase, longrope_takes_the_list_of_the_length);
    tcase_add_loop_test (tcase, frequencies_are_stretched_as_the_type_says, 0,
                         G_N_ELEMENTS (stretches));
    tcase_add_loop_test (tcase, stretched_pass_agrees_with_transformers, 0, G_N_ELEMENTS (passes));
    tcase_add_loop_test (tcase, derived_turn_has_the_bits_of_the_pass, 0, G_N_ELEMENTS (passes));
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
