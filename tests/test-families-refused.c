/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Configurations that are refused: what a family does not know, by its name. */
#include "tests/family-support.h"

typedef struct {
    const char *members, *words;
} Refused;

static const Refused unsupported[] = {
    {"\"x\":1", "model type \"\""},
    {LENS ",\"positional_embedding_type\":\"shortformer\"", "shortformer"},
    {LENS ",\"act_fn\":\"solu_ln\"", "activation \"solu_ln\""},
    {LENS ",\"normalization_type\":\"BN\"", "\"BN\""},
    {LENS ",\"post_embedding_ln\":true", "post_embedding_ln"},
    {LENS ",\"n_key_value_heads\":3", "3 key/value heads"},
    {LENS ",\"d_vocab_out\":5", "\"d_vocab_out\": 5"},
    {LENS ",\"attention_dir\":\"sideways\"", "sideways"},
    {LENS ",\"positional_embedding_type\":\"rotary\",\"rotary_dim\":3", "\"rotary_dim\" 3 is odd"},
    {LENS ",\"final_rms\":true", "\"final_rms\" behind layer norms"},
    {LENS ",\"parallel_attn_mlp\":true,\"normalization_type\":null",
     "parallel blocks without norms"},
    {LENS ",\"use_local_attn\":true,\"window_size\":6", "\"attn_types\" is no list of 2 layers"},
    {LENS ",\"use_local_attn\":true,\"window_size\":6,\"attn_types\":[\"local\"]",
     "\"attn_types\" is no list of 2 layers"},
    {LENS ",\"use_local_attn\":true,\"window_size\":6,\"attn_types\":[\"local\",\"near\"]",
     "attention type \"near\""},
    {LENS ",\"use_local_attn\":true,\"window_size\":6,\"attn_types\":[\"local\",[]]",
     "attention type \"\""},
    {"\"model_type\":\"mamba\"", "\"mamba\" is not supported"},
    {LLAMA ",\"hidden_act\":\"mish\"", "activation \"mish\""},
    {LLAMA ",\"rope_scaling\":{\"type\":\"spiral\",\"factor\":4}", "rope type \"spiral\""},
    {LLAMA ",\"rope_scaling\":{\"type\":\"su\",\"short_factor\":[1,1,1],\"long_factor\":[1,1,1,1]},"
           "\"original_max_position_embeddings\":64",
     "\"short_factor\" is no list of 4 numbers above 0"},
    {LLAMA
     ",\"rope_scaling\":{\"type\":\"su\",\"short_factor\":[1,1,1,1],\"long_factor\":[1,1,0,1]},"
     "\"original_max_position_embeddings\":64",
     "\"long_factor\" is no list"},
    {LLAMA ",\"rope_scaling\":{\"type\":\"linear\",\"factor\":2,\"short_factor\":[1,1,1,1]}",
     "rope_scaling.short_factor"},
    {LLAMA ",\"rope_scaling\":{\"type\":\"yarn\"}", "rope type \"yarn\" without factor"},
    {LLAMA ",\"rope_scaling\":{\"type\":\"linear\",\"factor\":2,\"beta_fast\":9}",
     "\"rope_scaling.beta_fast\" is not supported with rope type \"linear\""},
    {LLAMA ",\"rope_scaling\":{\"type\":\"linear\",\"factor\":2,\"truncate\":false}",
     "rope_scaling.truncate"},
    {LLAMA ",\"rope_scaling\":{\"type\":\"linear\",\"factor\":-2}", "rope_scaling.factor"},
    {LLAMA ",\"rope_parameters\":{\"factor\":8}",
     "\"rope_parameters.factor\" is not supported with rope type \"default\""},
    {LLAMA ",\"rope_parameters\":{\"factor\":8,\"rope_type\":\"llama3\"}",
     "low_freq_factor < high_freq_factor"},
    {LLAMA ",\"rope_parameters\":{\"sliding\":{\"rope_type\":\"default\"}}",
     "rope_parameters.sliding"},
    {LLAMA ",\"rope_scaling\":2.0", "rope_scaling"},
    {LLAMA ",\"partial_rotary_factor\":0.5", "partial_rotary_factor"},
    {MISTRAL ",\"attention_bias\":true", "\"attention_bias\": true"},
    {MISTRAL ",\"mlp_bias\":true", "\"mlp_bias\": true"},
    {FAMILY (
         "qwen3") ",\"use_sliding_window\":true,\"layer_types\":[\"full_attention\",\"chunked\"]",
     "layer type \"chunked\" of layer 1"},
    {FAMILY ("gemma2") ",\"layer_types\":[\"full_attention\"]", "no list of 2 layers"},
    {FAMILY ("smollm3") ",\"no_rope_layers\":[1]", "\"no_rope_layers\" is no list of 2 layers"},
    {FAMILY ("qwen2_moe") ",\"decoder_sparse_step\":2", "layers without experts"},
    {FAMILY ("qwen2_moe") ",\"use_sliding_window\":true", "use_sliding_window"},
    {FAMILY ("mpnet") ",\"relative_attention_num_buckets\":16", "16 buckets"},
    {FAMILY ("gemma3_text") ",\"use_bidirectional_attention\":true",
     "\"use_bidirectional_attention\": true"},
    {FAMILY ("arcee") ",\"hidden_act\":\"xielu\"",
     "activation \"xielu\" is not supported (known: "},
    {FAMILY ("gpt_neox") ",\"rotary_pct\":0.05", "turn 0.05 of heads"},
    {FAMILY ("falcon") ",\"new_decoder_architecture\":true,\"parallel_attn\":false",
     "without \"parallel_attn\""},
    {FAMILY ("falcon") ",\"new_decoder_architecture\":true,\"num_kv_heads\":3",
     "3 key/value heads"},
    {MPT ",\"attn_config\":{\"alibi\":false}", "\"attn_config.alibi\": false"},
    {MPT ",\"attn_config\":{\"qk_ln\":true}", "\"attn_config.qk_ln\": true"},
    {MPT ",\"attn_config\":[]", "\"attn_config\" that is no object"},
    {OSS ",\"quantization_config\":{\"quant_method\":\"gptq\"}",
     "\"quantization_config.quant_method\": \"gptq\""},
    {DEEPSEEK ("deepseek_v2") ",\"norm_topk_prob\":true", "norm_topk_prob"},
    {DEEPSEEK ("deepseek_v2") ",\"topk_method\":\"noaux_tc\"", "\"topk_method\": \"noaux_tc\""},
    {DEEPSEEK ("deepseek_v3") ",\"scoring_func\":\"softmax\"", "scoring_func"},
    {DEEPSEEK ("deepseek_v3") ",\"n_group\":7", "into 7 groups"},
    {DEEPSEEK ("deepseek_v3") ",\"n_group\":64,\"topk_group\":1", "8 experts of 1 groups of 4"},
    {DEEPSEEK ("deepseek_v3") ",\"v_head_dim\":256", "values of width 256 beside keys of 192"},
    {DEEPSEEK ("deepseek_v3") ",\"moe_layer_freq\":2", "moe_layer_freq"},
    {T5 ",\"feed_forward_proj\":\"gated-mish\"", "mish"},
    {T5 ",\"relative_attention_max_distance\":8", "32 buckets for distances up to 8"},
    {OSS ",\"swiglu_limit\":5", "swiglu_limit"},
    {FAMILY ("gpt_oss") ",\"num_local_experts\":3,\"num_experts_per_tok\":9",
     "9 experts for each token of 3"},
    {MPT ",\"no_bias\":false", "\"no_bias\": false"},
    {"\"model_type\":\"codegen\",\"n_layer\":2,\"n_head\":6,\"n_embd\":48,\"vocab_size\":9,"
     "\"rotary_dim\":4",
     "6 heads do not divide into four parts"},
    {FAMILY ("opt") ",\"ffn_dim\":64,\"word_embed_proj_dim\":16", "\"word_embed_proj_dim\" 16"},
    {FAMILY ("opt") ",\"ffn_dim\":64,\"do_layer_norm_before\":false", "norms behind the blocks"},
    {GPT_NEO ",\"attention_types\":[[[\"global\"],1]]", "describes 1 layers of 2"},
    {LLAMA ",\"clip_qkv\":8.0", "clip_qkv"},
    {"\"model_type\":\"gptj\",\"n_layer\":2,\"n_head\":4,\"n_embd\":32,\"vocab_size\":9",
     "\"rotary_dim\" 64 of heads of width 8"},
    {FAMILY ("mixtral") ",\"num_local_experts\":4,\"num_experts_per_tok\":5",
     "5 experts for each token of 4"},
    {FAMILY ("qwen3_moe") ",\"decoder_sparse_step\":2", "layers without experts"},
    {FAMILY ("qwen3_moe") ",\"mlp_only_layers\":[0]", "layers without experts"},
    {FAMILY ("bert") ",\"position_embedding_type\":\"relative_key\"",
     "position embedding type \"relative_key\""},
    {FAMILY ("bert") ",\"is_decoder\":true", "is_decoder"},
    {FAMILY ("modernbert") ",\"norm_bias\":true", "\"norm_bias\": true is not supported"},
    {FAMILY ("modernbert") ",\"is_decoder\":true", "\"is_decoder\": true is not supported"},
    {FAMILY ("modernbert") ",\"decoder_bias\":false", "\"decoder_bias\": false is not supported"},
    {FAMILY ("modernbert") ",\"classifier_activation\":\"relu\"", "a head with another activation"},
    {FAMILY ("roberta") ",\"max_position_embeddings\":2", "2 positions that begin at 2 leave none"},
    {GPT_NEO ",\"attention_types\":[[[\"sparse\"],2]]", "attention type \"sparse\""},
    {LLAMA ",\"sliding_window\":4096", "\"sliding_window\": 4096"},
    {LLAMA ",\"layer_types\":[\"full_attention\",\"sliding_attention\"]", "layer_types"},
    {LLAMA ",\"quantization_config\":{\"bits\":4}", "quantization_config"},
    {LLAMA ",\"head_dim\":7", "odd width 7"},
    {LLAMA ",\"num_key_value_heads\":3", "3 key/value heads"},
    {LLAMA ",\"eos_token_id\":[1,2,3,4,5,6,7,8,9]", "lists 9 ids"},
    {GPT2 ",\"reorder_and_upcast_attn\":true", "reorder_and_upcast_attn"},
    {GPT2 ",\"scale_attn_by_inverse_layer_idx\":true", "inverse_layer"},
    {GPT2 ",\"add_cross_attention\":true", "add_cross_attention"},
    {"\"model_type\":\"gpt2\",\"n_layer\":2,\"n_head\":3,\"n_embd\":32,\"vocab_size\":9",
     "width 32 does not divide into 3 heads"},
};

static const Refused malformed[] = {
    {LLAMA ",\"rope_scaling\":{\"type\":\"longrope\",\"factor\":4}",
     "\"original_max_position_embeddings\" is missing"},
    {LENS ",\"use_local_attn\":true,\"attn_types\":[\"local\",\"local\"]",
     "\"window_size\" is missing"},
    {LLAMA ",\"rms_norm_eps\":0", "\"rms_norm_eps\""},
    {LLAMA ",\"rms_norm_eps\":1e999", "\"rms_norm_eps\""},
    {LLAMA ",\"tie_word_embeddings\":\"yes\"", "\"tie_word_embeddings\""},
    {LLAMA ",\"bos_token_id\":-3", "\"bos_token_id\""},
    {LLAMA ",\"vocab_size\":5", "\"vocab_size\" occurs twice"},
    {GPT2 ",\"n_positions\":-1", "\"n_positions\" is no integer in 1"},
    {GPT2 ",\"n_positions\":1.5", "\"n_positions\""},
    {"\"model_type\":\"gpt2\",\"n_head\":3,\"n_embd\":3,\"vocab_size\":9",
     "\"n_layer\" is missing"},
    {"\"model_type\":\"gpt2\",\"n_layer\":99999999,\"n_head\":3,\"n_embd\":3,\"vocab_size\":9",
     "\"n_layer\" is no integer in 1 to 4096"},
};

static const char *const unknown[] = {
    "llama4_text", "deberta-v2", "albert", "gemma3n_text",     "bart", "mamba", "falcon_h1",
    "lfm2",        "apertus",    "phimoe", "hunyuan_v1_dense",
};

static void
assert_refused (const char *members, int code, const char *words)
{
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (describe (members, NULL, &error));
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, code), "%s", error->message);
    ck_assert_msg (strstr (error->message, words) != NULL, "%s", error->message);
    ck_assert_msg (g_str_has_prefix (error->message, "config.json: "), "%s", error->message);
}

START_TEST (what_is_not_known_is_refused_by_name)
{
    assert_refused (unsupported[_i].members, FOVEA_ERROR_UNSUPPORTED, unsupported[_i].words);
}
END_TEST

START_TEST (what_is_no_configuration_is_refused_by_name)
{
    assert_refused (malformed[_i].members, FOVEA_ERROR_FORMAT, malformed[_i].words);
}
END_TEST

START_TEST (families_that_are_not_known_are_refused_by_name)
{
    g_autofree char *members = g_strdup_printf (FAMILY ("%s"), unknown[_i]);
    g_autofree char *words = g_strdup_printf ("\"%s\" is not supported", unknown[_i]);
    assert_refused (members, FOVEA_ERROR_UNSUPPORTED, words);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("families, refused");
    TCase *tests = tcase_create ("description");
    tcase_add_loop_test (tests, what_is_not_known_is_refused_by_name, 0,
                         G_N_ELEMENTS (unsupported));
    tcase_add_loop_test (tests, what_is_no_configuration_is_refused_by_name, 0,
                         G_N_ELEMENTS (malformed));
    tcase_add_loop_test (tests, families_that_are_not_known_are_refused_by_name, 0,
                         G_N_ELEMENTS (unknown));
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
