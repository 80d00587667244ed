/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* config.json to description: defaults, spellings, and refusals by name. */
#include "capture/families.h"
#include "tests/support.h"

#include <math.h>
#include <string.h>

#define LLAMA                                                                                      \
    "\"model_type\":\"llama\",\"num_hidden_layers\":2,\"num_attention_heads\":4,"                  \
    "\"hidden_size\":32,\"intermediate_size\":64,\"vocab_size\":100"
#define GPT2 "\"model_type\":\"gpt2\",\"n_layer\":2,\"n_head\":4,\"n_embd\":32,\"vocab_size\":100"

static FoveaArchitecture *
describe (const char *members, const char *generation, GError **error)
{
    g_autofree char *text = g_strdup_printf ("{%s}", members);
    g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
    g_autoptr (GBytes) more =
        generation != NULL ? g_bytes_new_static (generation, strlen (generation)) : NULL;
    return fovea_family_describe (bytes, more, "config.json", error);
}

static FoveaArchitecture *
describe_good (const char *members, const char *generation)
{
    g_autoptr (GError) error = NULL;
    FoveaArchitecture *a = describe (members, generation, &error);
    ck_assert_msg (a != NULL, "%s", error != NULL ? error->message : "");
    return a;
}

START_TEST (llama_defaults_are_those_of_its_origin)
{
    g_autoptr (FoveaArchitecture) a = describe_good (LLAMA, NULL);
    ck_assert_int_eq (a->n_kv_heads, 4);
    ck_assert_int_eq (a->head_width, 8);
    ck_assert_int_eq (a->context, 2048);
    ck_assert (a->norm == FOVEA_NORM_RMS && a->norm_eps == 1e-6f);
    ck_assert (a->position == FOVEA_POSITION_ROTARY && a->rotary_base == 10000);
    ck_assert (a->rotary_width == 8 && !a->rotary_interleaved);
    ck_assert (a->activation == FOVEA_ACTIVATION_SILU && a->gated && !a->tied_head);
    ck_assert_float_eq_tol (a->attention_scale, 0.35355339f, 1e-7f);
    ck_assert_int_eq (a->bos_id, -1);
    ck_assert_int_eq (a->eos_id, -1);
}
END_TEST

START_TEST (gpt2_defaults_are_those_of_its_origin)
{
    g_autoptr (FoveaArchitecture) a = describe_good (GPT2 ",\"n_inner\":null", NULL);
    ck_assert_int_eq (a->mlp_width, 128);
    ck_assert_int_eq (a->context, 1024);
    ck_assert (a->norm == FOVEA_NORM_LAYER && a->norm_eps == 1e-5f);
    ck_assert (a->position == FOVEA_POSITION_LEARNED);
    ck_assert (a->activation == FOVEA_ACTIVATION_GELU_NEW && !a->gated && a->tied_head);
    g_autoptr (FoveaArchitecture) plain =
        describe_good (GPT2 ",\"scale_attn_weights\":false,\"activation_function\":\"gelu\"", NULL);
    ck_assert (plain->attention_scale == 1 && plain->activation == FOVEA_ACTIVATION_GELU);
}
END_TEST

START_TEST (both_spellings_of_type_and_rope_are_read)
{
    g_autoptr (FoveaArchitecture) old = describe_good (
        LLAMA ",\"torch_dtype\":\"bfloat16\",\"rope_theta\":5e5,\"rope_scaling\":null", NULL);
    g_autoptr (FoveaArchitecture) new = describe_good (
        LLAMA ",\"dtype\":\"bfloat16\",\"rope_parameters\":{\"rope_type\":\"default\","
              "\"rope_theta\":500000.0}",
        NULL);
    ck_assert (old->weight_dtype == FOVEA_BF16 && new->weight_dtype == FOVEA_BF16);
    ck_assert (old->rotary_base == 5e5 && new->rotary_base == 5e5);
}
END_TEST

START_TEST (generation_config_decides_what_ends_a_text)
{
    g_autoptr (FoveaArchitecture) one = describe_good (LLAMA ",\"eos_token_id\":2", NULL);
    ck_assert (one->n_eos_ids == 1 && one->eos_id == 2);
    g_autoptr (FoveaArchitecture) many =
        describe_good (LLAMA ",\"eos_token_id\":2", "{\"eos_token_id\":[7,9]}");
    ck_assert (many->n_eos_ids == 2 && many->eos_id == 7 && many->eos_ids[1] == 9);
    ck_assert (fovea_architecture_ends_text (many, 9) && !fovea_architecture_ends_text (many, 2));
    g_autoptr (FoveaArchitecture) silent = describe_good (LLAMA ",\"eos_token_id\":2", "{}");
    ck_assert (silent->n_eos_ids == 1 && silent->eos_id == 2);
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (describe (LLAMA, "{\"eos_token_id\":\"x\"}", &error));
    ck_assert_msg (strstr (error->message, "generation_config.json") != NULL, "%s", error->message);
}
END_TEST

START_TEST (bookkeeping_and_neutral_values_are_taken)
{
    g_autoptr (FoveaArchitecture) a =
        describe_good (LLAMA ",\"attention_bias\":false,\"mlp_bias\":false,\"sliding_window\":null,"
                             "\"partial_rotary_factor\":1.0,\"layer_types\":[\"full_attention\"],"
                             "\"use_cache\":true,\"pretraining_tp\":1,\"something_new\":[1,{}],"
                             "\"num_local_experts\":0,\"logits_scaling\":1.0",
                       NULL);
    ck_assert_ptr_nonnull (a);
}
END_TEST

static const struct {
    const char *members;
    int code;
    const char *words;
} refused[] = {
    {"\"x\":1", FOVEA_ERROR_UNSUPPORTED, "model type \"\""},
    {"\"model_type\":\"mamba\"", FOVEA_ERROR_UNSUPPORTED, "\"mamba\" is not supported"},
    {LLAMA ",\"hidden_act\":\"mish\"", FOVEA_ERROR_UNSUPPORTED, "activation \"mish\""},
    {LLAMA ",\"rope_scaling\":{\"type\":\"yarn\",\"factor\":4}", FOVEA_ERROR_UNSUPPORTED,
     "rope type \"yarn\""},
    {LLAMA ",\"rope_parameters\":{\"factor\":8,\"rope_type\":\"llama3\"}", FOVEA_ERROR_UNSUPPORTED,
     "rope type \"llama3\""},
    {LLAMA ",\"rope_parameters\":{\"sliding\":{\"rope_type\":\"default\"}}",
     FOVEA_ERROR_UNSUPPORTED, "rope_parameters.sliding"},
    {LLAMA ",\"rope_scaling\":2.0", FOVEA_ERROR_UNSUPPORTED, "rope_scaling"},
    {LLAMA ",\"partial_rotary_factor\":0.5", FOVEA_ERROR_UNSUPPORTED, "partial_rotary_factor"},
    {LLAMA ",\"attention_bias\":true", FOVEA_ERROR_UNSUPPORTED, "\"attention_bias\": true"},
    {LLAMA ",\"mlp_bias\":true", FOVEA_ERROR_UNSUPPORTED, "\"mlp_bias\": true"},
    {LLAMA ",\"sliding_window\":4096", FOVEA_ERROR_UNSUPPORTED, "\"sliding_window\": 4096"},
    {LLAMA ",\"layer_types\":[\"full_attention\",\"sliding_attention\"]", FOVEA_ERROR_UNSUPPORTED,
     "layer_types"},
    {LLAMA ",\"quantization_config\":{\"bits\":4}", FOVEA_ERROR_UNSUPPORTED, "quantization_config"},
    {LLAMA ",\"head_dim\":7", FOVEA_ERROR_UNSUPPORTED, "odd width 7"},
    {LLAMA ",\"num_key_value_heads\":3", FOVEA_ERROR_UNSUPPORTED, "3 key/value heads"},
    {LLAMA ",\"rms_norm_eps\":0", FOVEA_ERROR_FORMAT, "\"rms_norm_eps\""},
    {LLAMA ",\"rms_norm_eps\":1e999", FOVEA_ERROR_FORMAT, "\"rms_norm_eps\""},
    {LLAMA ",\"tie_word_embeddings\":\"yes\"", FOVEA_ERROR_FORMAT, "\"tie_word_embeddings\""},
    {LLAMA ",\"bos_token_id\":-3", FOVEA_ERROR_FORMAT, "\"bos_token_id\""},
    {LLAMA ",\"eos_token_id\":[1,2,3,4,5,6,7,8,9]", FOVEA_ERROR_UNSUPPORTED, "lists 9 ids"},
    {LLAMA ",\"vocab_size\":5", FOVEA_ERROR_FORMAT, "\"vocab_size\" occurs twice"},
    {GPT2 ",\"n_positions\":-1", FOVEA_ERROR_FORMAT, "\"n_positions\" is no integer in 1"},
    {GPT2 ",\"n_positions\":1.5", FOVEA_ERROR_FORMAT, "\"n_positions\""},
    {GPT2 ",\"reorder_and_upcast_attn\":true", FOVEA_ERROR_UNSUPPORTED, "reorder_and_upcast_attn"},
    {GPT2 ",\"scale_attn_by_inverse_layer_idx\":true", FOVEA_ERROR_UNSUPPORTED, "inverse_layer"},
    {GPT2 ",\"add_cross_attention\":true", FOVEA_ERROR_UNSUPPORTED, "add_cross_attention"},
    {"\"model_type\":\"gpt2\",\"n_layer\":2,\"n_head\":3,\"n_embd\":32,\"vocab_size\":9",
     FOVEA_ERROR_UNSUPPORTED, "width 32 does not divide into 3 heads"},
    {"\"model_type\":\"gpt2\",\"n_head\":3,\"n_embd\":3,\"vocab_size\":9", FOVEA_ERROR_FORMAT,
     "\"n_layer\" is missing"},
    {"\"model_type\":\"gpt2\",\"n_layer\":99999999,\"n_head\":3,\"n_embd\":3,\"vocab_size\":9",
     FOVEA_ERROR_FORMAT, "\"n_layer\" is no integer in 1 to 4096"},
};

START_TEST (what_is_not_known_is_refused_by_name)
{
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (describe (refused[_i].members, NULL, &error));
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, refused[_i].code), "%s", error->message);
    ck_assert_msg (strstr (error->message, refused[_i].words) != NULL, "%s", error->message);
    ck_assert_msg (g_str_has_prefix (error->message, "config.json: "), "%s", error->message);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("families");
    TCase *tcase = tcase_create ("description");
    tcase_add_test (tcase, llama_defaults_are_those_of_its_origin);
    tcase_add_test (tcase, gpt2_defaults_are_those_of_its_origin);
    tcase_add_test (tcase, both_spellings_of_type_and_rope_are_read);
    tcase_add_test (tcase, generation_config_decides_what_ends_a_text);
    tcase_add_test (tcase, bookkeeping_and_neutral_values_are_taken);
    tcase_add_loop_test (tcase, what_is_not_known_is_refused_by_name, 0, G_N_ELEMENTS (refused));
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
