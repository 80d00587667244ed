/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* How the metadata of a GGUF file stretch rotary positions: as llama.cpp reads them, or refused by name. */
#include "capture/gguf-model.h"
#include "tests/gguf-convert.h"
#include "tests/gguf-support.h"
#include "tests/support.h"

/* Metadata of a Llama that could be run. */
static GgufBuilder *
start (void)
{
    static const char *const sizes[] = {"llama.block_count", "llama.context_length",
                                        "llama.embedding_length", "llama.feed_forward_length",
                                        "llama.attention.head_count"};
    const gint64 shape[2] = {9, 8};
    const float values[72] = {0};
    GgufBuilder *builder = gguf_builder_new ();
    gguf_add_text (builder, "general.architecture", "llama");
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
        gguf_add_u32 (builder, sizes[i], i == 4 ? 2 : 8);
    gguf_add_tensor (builder, "token_embd.weight", 0, 2, shape, values, sizeof values);
    return builder;
}

static FoveaArchitecture *
finish (GgufBuilder *builder, GError **error)
{
    g_autofree char *temp = support_temp_dir ();
    g_autofree char *path = g_build_filename (temp, "x.gguf", NULL);
    gguf_write (builder, path);
    g_autoptr (FoveaGguf) file = fovea_gguf_open (path, error);
    FoveaArchitecture *a = file != NULL ? fovea_gguf_describe (file, path, error) : NULL;
    support_remove_dir (g_steal_pointer (&temp));
    return a;
}

#define SCALING "llama.rope.scaling."

/* llama.cpp takes a factor without a type for linear (llama_model_base::load_hparams). */
static const struct {
    const char *type, *key;
    float value;
    FoveaRotaryScaling scaling;
    double factor;
} stretches[] = {
    {NULL, NULL, 0, FOVEA_ROTARY_PLAIN, 0},
    {NULL, SCALING "factor", 4, FOVEA_ROTARY_LINEAR, 4},
    {NULL, SCALING "factor", 0, FOVEA_ROTARY_PLAIN, 0},
    {NULL, SCALING "original_context_length", 4, FOVEA_ROTARY_PLAIN, 0},
    {"none", SCALING "factor", 4, FOVEA_ROTARY_PLAIN, 0},
    {"linear", SCALING "factor", 4, FOVEA_ROTARY_LINEAR, 4},
    {"yarn", SCALING "factor", 4, FOVEA_ROTARY_YARN, 4},
};

START_TEST (positions_are_stretched_as_llama_cpp_does)
{
    g_autoptr (GError) error = NULL;
    GgufBuilder *builder = start ();
    if (stretches[_i].type != NULL)
        gguf_add_text (builder, SCALING "type", stretches[_i].type);
    if (stretches[_i].key != NULL)
        gguf_add_f32 (builder, stretches[_i].key, stretches[_i].value);
    g_autoptr (FoveaArchitecture) a = finish (builder, &error);
    ck_assert_msg (a != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_int_eq (a->rotary_scaling, stretches[_i].scaling);
    if (stretches[_i].factor > 0)
        ck_assert_double_eq (a->rotary_factor, stretches[_i].factor);
}
END_TEST

/* Another key would be another formula. */
static const struct {
    const char *type, *key, *part;
} unknown[] = {
    {"yarn", "truncate", "\"" SCALING "truncate\" is not supported"},
    {"yarn", "yarn_log_multiplier", "\"" SCALING "yarn_log_multiplier\" is not supported"},
    {"linear", "yarn_log_multiplier", "\"" SCALING "yarn_log_multiplier\" is not supported"},
    {NULL, "yarn_ext_factor", "\"" SCALING "yarn_ext_factor\" is not supported"},
    {"ntk", "attn_factor", "rope type \"ntk\" is not supported"},
};

START_TEST (unknown_stretches_are_refused_by_name)
{
    g_autoptr (GError) error = NULL;
    GgufBuilder *builder = start ();
    g_autofree char *key = g_strconcat (SCALING, unknown[_i].key, NULL);
    gguf_add_f32 (builder, SCALING "factor", 4);
    if (unknown[_i].type != NULL)
        gguf_add_text (builder, SCALING "type", unknown[_i].type);
    gguf_add_f32 (builder, key, 0.5f);
    ck_assert_ptr_null (finish (builder, &error));
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED) &&
                       strstr (error->message, unknown[_i].part) != NULL,
                   "'%s' does not say '%s'", error->message, unknown[_i].part);
}
END_TEST

/* Of long contexts' two lists one is missing, or a list is of halves. */
START_TEST (divisors_that_are_no_list_of_f32_are_refused)
{
    const guint8 bytes[16] = {0};
    const gint64 shape[1] = {4};
    for (guint i = 0; i < 3; i++) {
        g_autoptr (GError) error = NULL;
        GgufBuilder *builder = start ();
        gguf_add_tensor (builder, "rope_factors_long.weight", i == 1 ? 1 : 0, 1, shape, bytes,
                         i == 1 ? 8 : 16);
        if (i > 0)
            gguf_add_tensor (builder, "rope_factors_short.weight", i == 2 ? 1 : 0, 1, shape, bytes,
                             i == 2 ? 8 : 16);
        ck_assert_ptr_null (finish (builder, &error));
        const char *part = i == 1 ? "\"rope_factors_long.weight\" is no list of f32"
                                  : "\"rope_factors_short.weight\" is no list of f32";
        ck_assert_msg (strstr (error->message, part) != NULL, "%u: %s", i, error->message);
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("scaling in GGUF");
    TCase *tcase = tcase_create ("scaling");
    tcase_add_loop_test (tcase, positions_are_stretched_as_llama_cpp_does, 0,
                         G_N_ELEMENTS (stretches));
    tcase_add_loop_test (tcase, unknown_stretches_are_refused_by_name, 0, G_N_ELEMENTS (unknown));
    tcase_add_test (tcase, divisors_that_are_no_list_of_f32_are_refused);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
