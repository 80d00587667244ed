/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* config.json to description: defaults and spellings. */
#include "capture/architecture-json.h"
#include "capture/families.h"
#include "tests/family-support.h"

#include <math.h>

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

/* Differences from Llama that a wrong default would hide: shapes do not show them. */
START_TEST (defaults_of_a_family_are_those_of_its_origin)
{
    g_autoptr (FoveaArchitecture) mistral = describe_good (MISTRAL, NULL);
    ck_assert (mistral->windows[0] == 4096 && mistral->windows[1] == 4096);
    g_autoptr (FoveaArchitecture) open = describe_good (MISTRAL ",\"sliding_window\":null", NULL);
    ck_assert_ptr_null (open->windows);
    g_autoptr (FoveaArchitecture) qwen = describe_good (
        FAMILY (
            "qwen2") ",\"sliding_window\":64,\"use_sliding_window\":true,\"max_window_layers\":1",
        NULL);
    ck_assert (qwen->qkv_bias && !qwen->out_bias);
    ck_assert (qwen->windows[0] == 0 && qwen->windows[1] == 64);
    g_autoptr (FoveaArchitecture) neox = describe_good (FAMILY ("gpt_neox"), NULL);
    ck_assert (neox->rotary_width == 2 && neox->parallel && !neox->shared_norm && neox->qkv_bias);
    g_autoptr (FoveaArchitecture) phi = describe_good (FAMILY ("phi"), NULL);
    ck_assert (phi->rotary_width == 4 && phi->parallel && phi->shared_norm);
    g_autoptr (FoveaArchitecture) falcon = describe_good (FAMILY ("falcon"), NULL);
    ck_assert (falcon->n_kv_heads == 1 && falcon->mlp_width == 128 && falcon->shared_norm);
    g_autoptr (FoveaArchitecture) neo =
        describe_good (GPT_NEO ",\"attention_types\":[[[\"global\",\"local\"],1]]", NULL);
    ck_assert (neo->windows[0] == 0 && neo->windows[1] == 256 && neo->attention_scale == 1);
}
END_TEST

START_TEST (granite_and_cohere_scale)
{
    g_autoptr (FoveaArchitecture) granite = describe_good (
        FAMILY ("granite") ",\"embedding_multiplier\":12,\"residual_multiplier\":0.22,"
                           "\"attention_multiplier\":0.5,\"logits_scaling\":8",
        NULL);
    ck_assert (granite->embedding_scale == 12 && granite->residual_scale == 0.22f);
    ck_assert (granite->attention_scale == 0.5f && granite->logit_scale == 0.125f);
    g_autoptr (FoveaArchitecture) cohere = describe_good (FAMILY ("cohere"), NULL);
    ck_assert (cohere->logit_scale == 0.0625f && cohere->rotary_interleaved && cohere->tied_head);
    ck_assert (cohere->parallel && cohere->shared_norm && cohere->norm == FOVEA_NORM_LAYER);
}
END_TEST

START_TEST (gemma_scales_and_caps)
{
    g_autoptr (FoveaArchitecture) one = describe_good (FAMILY ("gemma") ",\"head_dim\":16", NULL);
    ck_assert (one->norm_gain_offset == 1 && one->tied_head && one->attention_scale == 0.25f);
    ck_assert_float_eq_tol (one->embedding_scale, 5.656854f, 1e-6f);
    g_autoptr (FoveaArchitecture) old =
        describe_good (FAMILY ("gemma") ",\"head_dim\":16,\"hidden_act\":\"gelu\"", NULL);
    ck_assert_int_eq (old->activation, FOVEA_ACTIVATION_GELU_NEW);
    g_autoptr (FoveaArchitecture) two = describe_good (FAMILY ("gemma2"), NULL);
    ck_assert (two->attention_soft_cap == 50 && two->logit_soft_cap == 30);
    ck_assert (two->windows[0] == 4096 && two->windows[1] == 0);
    ck_assert_float_eq (two->attention_scale, 0.0625f);
    g_autoptr (FoveaArchitecture) bare = describe_good (
        FAMILY ("gemma2") ",\"attn_logit_softcapping\":null,\"final_logit_softcapping\":null",
        NULL);
    ck_assert (bare->attention_soft_cap == 0 && bare->logit_soft_cap == 0);
    g_autoptr (FoveaArchitecture) three =
        describe_good (FAMILY ("gemma3_text") ",\"sliding_window_pattern\":2,\"sliding_window\":8,"
                                              "\"rope_theta\":1e6,\"rope_local_base_freq\":5000,"
                                              "\"rope_scaling\":{\"rope_type\":\"linear\","
                                              "\"factor\":8}",
                       NULL);
    ck_assert (three->rotary_base == 1e6 && three->rotary_local_base == 5000);
    ck_assert_int_eq (fovea_architecture_rotary_angles (three, 0), FOVEA_ANGLES_LOCAL);
    ck_assert_int_eq (fovea_architecture_rotary_angles (three, 1), FOVEA_ANGLES_FULL);
    ck_assert (three->rotary_scaling == FOVEA_ROTARY_LINEAR && three->rotary_factor == 8);
}
END_TEST

/* Layers before the first of experts, as the configuration counts them: none, some, or more than there are; left
 * out, they are those of the published model. */
START_TEST (dense_layers_come_before_those_of_experts)
{
    static const struct {
        const char *members;
        gint64 n;
    } rows[] = {{"", 2},
                {",\"first_k_dense_replace\":0", 0},
                {",\"first_k_dense_replace\":1", 1},
                {",\"first_k_dense_replace\":2", 2},
                {",\"first_k_dense_replace\":9", 2}};
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autofree char *members = g_strconcat (DEEPSEEK ("deepseek_v3"), rows[i].members, NULL);
        g_autoptr (FoveaArchitecture) a = describe_good (members, NULL);
        ck_assert_int_eq (a->n_dense_layers, rows[i].n);
        for (guint layer = 0; layer < 2; layer++)
            ck_assert_int_eq (fovea_architecture_has_experts (a, layer), layer >= rows[i].n);
    }
}
END_TEST

#define KARPATHY "\"n_layer\":2,\"n_head\":4,\"n_embd\":32,\"block_size\":16,\"vocab_size\":100"

START_TEST (state_dicts_are_told_by_their_keys)
{
    g_autoptr (FoveaArchitecture) lens = describe_good (LENS ",\"act_fn\":\"relu\"", NULL);
    ck_assert_str_eq (lens->family, "transformer_lens");
    ck_assert (lens->n_heads == 4 && lens->mlp_width == 128 && lens->norm_gain && lens->norm_bias);
    ck_assert (lens->norm_place == FOVEA_NORM_BEFORE && lens->norm == FOVEA_NORM_LAYER);
    g_autoptr (FoveaArchitecture) bare = describe_good (
        LENS ",\"attn_only\":true,\"normalization_type\":null,\"attn_scale\":4.0", NULL);
    ck_assert (bare->mlp_width == 0 && bare->norm_place == FOVEA_NORM_NOWHERE);
    ck_assert_float_eq (bare->attention_scale, 0.25f);
    g_autoptr (FoveaArchitecture) local = describe_good (
        LENS ",\"act_fn\":\"relu\",\"use_local_attn\":true,\"window_size\":6,"
             "\"attn_types\":[\"global\",\"local\"],\"normalization_type\":\"RMSPre\"",
        NULL);
    ck_assert (local->windows[0] == 0 && local->windows[1] == 6);
    ck_assert (local->norm == FOVEA_NORM_RMS && !local->norm_gain && !local->norm_bias);
    g_autoptr (FoveaArchitecture) nano = describe_good (KARPATHY ",\"bias\":false", NULL);
    ck_assert_str_eq (nano->family, "nanogpt");
    ck_assert (nano->tied_head && !nano->norm_bias && nano->activation == FOVEA_ACTIVATION_GELU);
    g_autoptr (FoveaArchitecture) mini =
        describe_good (KARPATHY ",\"model_type\":\"gpt-nano\",\"resid_pdrop\":0.1", NULL);
    ck_assert_str_eq (mini->family, "mingpt");
    ck_assert (!mini->tied_head && mini->activation == FOVEA_ACTIVATION_GELU_NEW);
}
END_TEST

/* Where tokens stand, in the words of TransformerLens and with what it means by leaving them out. */
START_TEST (state_dicts_say_where_tokens_stand)
{
    g_autoptr (FoveaArchitecture) learned = describe_good (LENS ",\"act_fn\":\"relu\"", NULL);
    ck_assert (learned->position == FOVEA_POSITION_LEARNED && learned->alibi_slopes == NULL);
    g_autoptr (FoveaArchitecture) none =
        describe_good (LENS ",\"act_fn\":\"relu\",\"positional_embedding_type\":\"none\"", NULL);
    ck_assert (none->position == FOVEA_POSITION_NONE);
    g_autoptr (FoveaArchitecture) alibi =
        describe_good (LENS ",\"act_fn\":\"relu\",\"positional_embedding_type\":\"alibi\"", NULL);
    ck_assert (alibi->position == FOVEA_POSITION_ALIBI);
    for (guint h = 0; h < 4; h++) /* a quarter of the one before, from a quarter on */
        ck_assert_float_eq (alibi->alibi_slopes[h], ldexpf (1, -2 * (int) (h + 1)));
#define ROTARY LENS ",\"act_fn\":\"relu\",\"positional_embedding_type\":\"rotary\""
    g_autoptr (FoveaArchitecture) plain = describe_good (ROTARY, NULL);
    ck_assert (plain->position == FOVEA_POSITION_ROTARY && plain->rotary_base == 10000);
    ck_assert (plain->rotary_width == 8 && !plain->rotary_interleaved);
    ck_assert (plain->rotary_scaling != FOVEA_ROTARY_LLAMA3);
    g_autoptr (FoveaArchitecture) parts = describe_good (
        ROTARY ",\"rotary_dim\":4,\"rotary_adjacent_pairs\":true,\"rotary_base\":500000,"
               "\"use_NTK_by_parts_rope\":true",
        NULL);
    ck_assert (parts->rotary_width == 4 && parts->rotary_interleaved);
    ck_assert (parts->rotary_base == 500000 && parts->rotary_scaling == FOVEA_ROTARY_LLAMA3);
    ck_assert (parts->rotary_factor == 8 && parts->rotary_context == 8192);
    ck_assert (parts->rotary_low == 1 && parts->rotary_high == 4);
    g_autoptr (FoveaArchitecture) own = describe_good (
        ROTARY ",\"use_NTK_by_parts_rope\":true,\"NTK_by_parts_factor\":32,"
               "\"NTK_by_parts_low_freq_factor\":2,\"NTK_by_parts_high_freq_factor\":6,"
               "\"NTK_original_ctx_len\":4096",
        NULL);
    ck_assert (own->rotary_factor == 32 && own->rotary_context == 4096);
    ck_assert (own->rotary_low == 2 && own->rotary_high == 6);
}
END_TEST

/* Buckets of T5's 32: 16 in each direction, 8 of them of one distance, then wider ones up to 128. */
START_TEST (distances_share_the_buckets_of_t5)
{
    static const struct {
        int distance, bucket;
    } known[] = {{0, 0},    {-1, 1},   {-7, 7},    {-8, 8}, {-11, 8}, {-12, 9}, {-16, 10},
                 {-64, 14}, {-91, 15}, {-128, 15}, {1, 17}, {7, 23},  {8, 24},  {128, 31}};
    g_autoptr (FoveaArchitecture) a = describe_good (T5, NULL);
    float buckets[32];
    ck_assert (a->distance_buckets == 32 && a->distance_reach == 128 && !a->no_head);
    ck_assert (a->attention_scale == 1 && a->head_width == 64 && !a->gated);
    for (int b = 0; b < 32; b++)
        buckets[b] = (float) b;
    fovea_architecture_set_distance_bias (a, buckets, FALSE);
    for (guint i = 0; i < G_N_ELEMENTS (known); i++)
        ck_assert_float_eq (a->distance_bias[known[i].distance + 128], (float) known[i].bucket);
    g_autoptr (FoveaArchitecture) copy = fovea_architecture_copy (a);
    ck_assert_mem_eq (copy->distance_bias, a->distance_bias, 257 * sizeof (float));
    /* A target's keys have all buckets: 16 of one distance. */
    fovea_architecture_set_distance_bias (a, buckets, TRUE);
    ck_assert_float_eq (a->target_bias[128 - 15], 15);
    ck_assert_float_eq (a->target_bias[128 - 16], 16);
    ck_assert_float_eq (a->target_bias[0], 31);
    ck_assert_float_eq (a->target_bias[128 + 9], 0);
    g_autoptr (FoveaArchitecture) gated =
        describe_good (T5 ",\"feed_forward_proj\":\"gated-gelu\",\"d_kv\":8", NULL);
    ck_assert (gated->gated && gated->activation == FOVEA_ACTIVATION_GELU_NEW);
    ck_assert_int_eq (gated->head_width, 8);
}
END_TEST

/* Layers 0 and 1 of the encoder; 2 and 4 to the target, 3 and 5 to the source. */
START_TEST (encoder_decoder_has_two_layers_a_block)
{
    static const FoveaStack stacks[] = {FOVEA_STACK_ENCODER, FOVEA_STACK_ENCODER,
                                        FOVEA_STACK_SELF,    FOVEA_STACK_CROSS,
                                        FOVEA_STACK_SELF,    FOVEA_STACK_CROSS};
    static const guint blocks[] = {0, 1, 0, 0, 1, 1};
    const gint32 ids[] = {4, 7, 1, 3, 9};
    g_autoptr (FoveaArchitecture) a = describe_good (T5 ",\"decoder_start_token_id\":3", NULL);
    float buckets[32] = {0};
    fovea_architecture_set_distance_bias (a, buckets, FALSE);
    fovea_architecture_set_distance_bias (a, buckets, TRUE);
    g_autofree char *json = fovea_architecture_to_json (a);
    g_autoptr (FoveaArchitecture) kept = fovea_architecture_from_json (json, "store", NULL);
    ck_assert_int_eq (kept->n_layers, 6);
    ck_assert_int_eq (fovea_architecture_count_source (kept, ids, 5), 3);
    ck_assert_int_eq (fovea_architecture_count_source (kept, ids, 3), 0);
    for (guint layer = 0; layer < 6; layer++) {
        FoveaScoreRule rule = fovea_architecture_get_sequence_rule (kept, layer, 3);
        ck_assert_int_eq (fovea_architecture_stack (kept, layer), stacks[layer]);
        ck_assert_uint_eq (fovea_architecture_block (kept, layer), blocks[layer]);
        ck_assert_int_eq (fovea_architecture_mlp_width (kept, layer),
                          stacks[layer] == FOVEA_STACK_SELF ? 0 : 64);
        ck_assert (rule.causal == (stacks[layer] == FOVEA_STACK_SELF));
        ck_assert ((rule.distance_bias == NULL) == (stacks[layer] == FOVEA_STACK_CROSS));
        ck_assert_int_eq (fovea_score_rule_count (&rule, 0, 5, 0, 5), layer < 2        ? 9
                                                                      : layer % 2 == 0 ? 3
                                                                                       : 6);
    }
    g_autoptr (FoveaArchitecture) alone = describe_good (
        "\"model_type\":\"t5\",\"num_layers\":2,\"num_heads\":1,\"d_model\":32,\"d_ff\":64,"
        "\"vocab_size\":100,\"is_encoder_decoder\":false",
        NULL);
    ck_assert (alone->n_layers == 2 && alone->bidirectional && alone->no_head);
    ck_assert_int_eq (fovea_architecture_stack (alone, 1), FOVEA_STACK_ONLY);
}
END_TEST

/* What the first files scale logits by, and say in two ways; mT5 never does. */
START_TEST (logits_of_t5_are_scaled_where_its_head_is_tied)
{
    static const struct {
        const char *members;
        float scale;
    } cases[] = {{T5, 0.17677669f},
                 {T5 ",\"tie_word_embeddings\":false", 0},
                 {T5 ",\"scale_decoder_outputs\":false", 0},
                 {T5 ",\"tie_word_embeddings\":true,\"scale_decoder_outputs\":true", 0.17677669f}};
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (FoveaArchitecture) a = describe_good (cases[i].members, NULL);
        ck_assert_float_eq_tol (a->logit_scale, cases[i].scale, 1e-7f);
        ck_assert (a->tied_head);
    }
}
END_TEST

START_TEST (deepseek_has_latents_groups_and_dense_layers)
{
    g_autoptr (FoveaArchitecture) three =
        describe_good (DEEPSEEK ("deepseek_v3") ",\"first_k_dense_replace\":1", NULL);
    ck_assert (three->head_width == 192 && three->rotary_width == 64 && three->value_width == 128);
    ck_assert (three->q_latent == 1536 && three->kv_latent == 512 && three->rotary_interleaved);
    ck_assert (three->n_experts == 256 && three->n_experts_used == 8 && three->router_sigmoid);
    ck_assert (three->n_expert_groups == 8 && three->n_expert_groups_used == 4);
    ck_assert (three->experts_add_to_one && three->experts_scale == 2.5f);
    ck_assert (!fovea_architecture_has_experts (three, 0) &&
               fovea_architecture_has_experts (three, 1));
    ck_assert_int_eq (fovea_architecture_mlp_width (three, 0), 64);
    ck_assert_int_eq (fovea_architecture_mlp_width (three, 1), 16);
    g_autoptr (FoveaArchitecture) lite =
        describe_good (DEEPSEEK ("deepseek_v2") ",\"q_lora_rank\":null,\"n_shared_experts\":2,"
                                                "\"rope_scaling\":{\"type\":\"yarn\",\"factor\":40,"
                                                "\"mscale\":0.707,\"mscale_all_dim\":0.707}",
                       NULL);
    ck_assert (lite->q_latent == 0 && lite->shared_width == 32 && lite->n_dense_layers == 0);
    ck_assert (lite->n_expert_groups == 0 && !lite->router_sigmoid && lite->rotary_amplitude == 1);
    double longer = 0.1 * 0.707 * log (40) + 1;
    ck_assert_double_eq_tol (lite->attention_scale, longer * longer / sqrt (192), 1e-6);
}
END_TEST

START_TEST (gpt_oss_alternates_and_keeps_its_ramp)
{
    g_autoptr (FoveaArchitecture) a = describe_good (
        OSS ",\"rope_scaling\":{\"rope_type\":\"yarn\",\"factor\":32,\"truncate\":false,"
            "\"original_max_position_embeddings\":4096},"
            "\"quantization_config\":{\"quant_method\":\"mxfp4\"}",
        NULL);
    ck_assert (a->windows[0] == 128 && a->windows[1] == 0 && a->rotary_exact);
    ck_assert (a->activation == FOVEA_ACTIVATION_CLAMPED && a->gated && a->experts_add_to_one);
    ck_assert (a->qkv_bias && a->out_bias && a->n_experts == 3 && a->sink_logits == NULL);
}
END_TEST

START_TEST (slopes_of_mpt_and_falcon_are_their_own)
{
    g_autoptr (FoveaArchitecture) mpt = describe_good (MPT, NULL);
    ck_assert_float_eq_tol (mpt->alibi_slopes[0], 0.5f, 1e-7f); /* the second of sixteen */
    ck_assert_float_eq_tol (mpt->alibi_slopes[7], 1.0f / 256, 1e-9f);
    ck_assert_float_eq_tol (mpt->alibi_slopes[8], 0.70710678f, 1e-7f);
    g_autoptr (FoveaArchitecture) steep =
        describe_good (MPT ",\"attn_config\":{\"alibi_bias_max\":16,\"softmax_scale\":0.5}", NULL);
    ck_assert (steep->alibi_slopes[0] == 0.25f && steep->attention_scale == 0.5f);
    g_autoptr (FoveaArchitecture) falcon =
        describe_good (FAMILY ("falcon") ",\"alibi\":true,\"multi_query\":false", NULL);
    ck_assert (falcon->position == FOVEA_POSITION_ALIBI && falcon->n_kv_heads == 4);
    ck_assert_float_eq (falcon->alibi_slopes[0], 0.25f * falcon->attention_scale);
    g_autoptr (FoveaArchitecture) groups = describe_good (
        FAMILY ("falcon") ",\"new_decoder_architecture\":true,\"num_kv_heads\":2", NULL);
    ck_assert (groups->n_kv_heads == 2 && groups->parallel && !groups->shared_norm);
}
END_TEST

START_TEST (norms_of_each_head_are_told_from_shared_ones)
{
    static const struct {
        const char *members;
        FoveaQkNorm kind;
    } cases[] = {{FAMILY ("stablelm") ",\"qk_layernorm\":true", FOVEA_QK_NORM_EACH},
                 {FAMILY ("cohere") ",\"use_qk_norm\":true", FOVEA_QK_NORM_EACH},
                 {FAMILY ("phi") ",\"qk_layernorm\":true", FOVEA_QK_NORM_HEAD},
                 {FAMILY ("phi"), FOVEA_QK_NORM_NONE}};
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (FoveaArchitecture) a = describe_good (cases[i].members, NULL);
        ck_assert_int_eq (a->qk_norm, cases[i].kind);
    }
}
END_TEST

/* Of layers 0 and 1: "f" turns, "l" turns by angles of its own, "s" is still; and its window. */
static const struct {
    const char *members, *angles;
    gint64 windows[2];
} mixed[] = {
    {FAMILY ("smollm3") ",\"no_rope_layers\":[0,1]", "sf", {0, 0}},
    {FAMILY ("smollm3") ",\"no_rope_layer_interval\":2", "fs", {0, 0}},
    {FAMILY ("smollm3"), "ff", {0, 0}}, /* the fourth would be the first */
    {FAMILY ("cohere2") ",\"sliding_window_pattern\":2", "fs", {4096, 0}},
    {FAMILY ("cohere2") ",\"sliding_window\":8,\"layer_types\":[\"full_attention\","
                        "\"sliding_attention\"]",
     "sf",
     {0, 8}},
    {FAMILY ("exaone4") ",\"sliding_window_pattern\":\"LG\",\"sliding_window\":4", "fs", {4, 0}},
    {FAMILY ("exaone4") ",\"sliding_window\":null,\"sliding_window_pattern\":null", "ff", {0, 0}},
    {FAMILY ("olmo3"), "ff", {4096, 4096}},
    {FAMILY ("qwen3") ",\"use_sliding_window\":true,\"max_window_layers\":1", "ff", {0, 4096}},
    {FAMILY ("qwen3_moe") ",\"use_sliding_window\":true,\"sliding_window\":4", "ff", {4, 4}},
    {FAMILY ("qwen3_moe") ",\"sliding_window\":4", "ff", {0, 0}},
    {FAMILY ("modernbert"), "fl", {0, 65}},
    {FAMILY ("modernbert") ",\"local_attention\":9,"
                           "\"layer_types\":[\"sliding_attention\",\"full_attention\"]",
     "lf",
     {5, 0}},
    {FAMILY ("modernbert") ",\"global_attn_every_n_layers\":1", "ff", {0, 0}},
    {FAMILY ("olmo3") ",\"layer_types\":[\"full_attention\",\"sliding_attention\"],"
                      "\"rope_scaling\":{\"rope_type\":\"linear\",\"factor\":8}",
     "fl",
     {0, 4096}},
};

START_TEST (layers_may_look_and_turn_differently)
{
    static const char letters[] = "fls";
    g_autoptr (FoveaArchitecture) a = describe_good (mixed[_i].members, NULL);
    g_autofree char *json = fovea_architecture_to_json (a);
    g_autoptr (FoveaArchitecture) kept = fovea_architecture_from_json (json, "store", NULL);
    g_autoptr (FoveaArchitecture) copy = fovea_architecture_copy (kept);
    for (guint layer = 0; layer < 2; layer++) {
        ck_assert_int_eq (letters[fovea_architecture_rotary_angles (a, layer)],
                          mixed[_i].angles[layer]);
        ck_assert_int_eq (letters[fovea_architecture_rotary_angles (copy, layer)],
                          mixed[_i].angles[layer]);
        ck_assert_int_eq (fovea_architecture_get_score_rule (a, layer).window,
                          mixed[_i].windows[layer]);
    }
}
END_TEST

/* The first files have two members for the bases, newer ones an object a kind of layer. */
START_TEST (modern_bert_has_two_bases_in_either_spelling)
{
    static const char *const spellings[] = {
        ",\"global_rope_theta\":80000.0,\"local_rope_theta\":500.0",
        ",\"rope_parameters\":{\"full_attention\":{\"rope_type\":\"default\",\"rope_theta\":80000."
        "0},"
        "\"sliding_attention\":{\"rope_type\":\"default\",\"rope_theta\":500.0}}"};
    g_autoptr (FoveaArchitecture) usual = describe_good (FAMILY ("modernbert"), NULL);
    ck_assert_double_eq (usual->rotary_base, 160000);
    ck_assert_double_eq (usual->rotary_local_base, 10000);
    ck_assert (usual->bidirectional && usual->embed_norm && usual->gated && usual->tied_head);
    ck_assert (!fovea_architecture_has_first_norm (usual, 0));
    ck_assert (fovea_architecture_has_first_norm (usual, 1));
    for (guint i = 0; i < G_N_ELEMENTS (spellings); i++) {
        g_autofree char *members = g_strconcat (FAMILY ("modernbert"), spellings[i], NULL);
        g_autoptr (FoveaArchitecture) a = describe_good (members, NULL);
        g_autofree char *json = fovea_architecture_to_json (a);
        g_autoptr (FoveaArchitecture) kept = fovea_architecture_from_json (json, "store", NULL);
        ck_assert_double_eq (kept->rotary_base, 80000);
        ck_assert_double_eq (kept->rotary_local_base, 500);
        ck_assert (!fovea_architecture_has_first_norm (kept, 0));
    }
}
END_TEST

START_TEST (experts_beside_a_shared_one_are_described)
{
    g_autoptr (FoveaArchitecture) qwen = describe_good (FAMILY ("qwen2_moe"), NULL);
    ck_assert (qwen->n_experts == 60 && qwen->n_experts_used == 4 && qwen->shared_width == 5632);
    ck_assert (qwen->mlp_width == 1408 && qwen->qkv_bias && !qwen->experts_add_to_one);
    g_autoptr (FoveaArchitecture) granite = describe_good (FAMILY ("granitemoeshared"), NULL);
    ck_assert (granite->n_experts == 8 && granite->shared_width == 1024);
    ck_assert (granite->experts_add_to_one && granite->attention_scale == 1);
    g_autoptr (FoveaArchitecture) glm = describe_good (
        FAMILY ("glm4_moe") ",\"moe_intermediate_size\":16,\"first_k_dense_replace\":1", NULL);
    ck_assert (glm->n_experts == 128 && glm->n_experts_used == 8 && glm->shared_width == 16);
    ck_assert (glm->router_sigmoid && glm->n_dense_layers == 1 && glm->dense_width == 64);
    ck_assert (glm->rotary_width == 4 && !glm->rotary_interleaved && glm->experts_scale == 1);
}
END_TEST

START_TEST (kin_of_llama_turn_pairs_of_neighbours)
{
    static const char *const members[] = {FAMILY ("helium"), FAMILY ("ernie4_5"),
                                          FAMILY ("cohere2"), FAMILY ("glm"), FAMILY ("glm4")};
    for (guint i = 0; i < G_N_ELEMENTS (members); i++) {
        g_autoptr (FoveaArchitecture) a = describe_good (members[i], NULL);
        ck_assert (a->rotary_interleaved);
    }
    g_autoptr (FoveaArchitecture) glm = describe_good (FAMILY ("glm4"), NULL);
    ck_assert (glm->head_width == 128 && glm->rotary_width == 64 && glm->qkv_bias);
    ck_assert (glm->norm_place == FOVEA_NORM_AROUND && !glm->out_bias);
    g_autoptr (FoveaArchitecture) seed = describe_good (FAMILY ("seed_oss"), NULL);
    ck_assert (!seed->rotary_interleaved && seed->qkv_bias && !seed->out_bias);
    g_autoptr (FoveaArchitecture) mpnet = describe_good (FAMILY ("mpnet"), NULL);
    ck_assert (mpnet->distance_buckets == 32 && mpnet->n_token_types == 0);
    ck_assert (mpnet->context == 2046 && mpnet->position_offset == 2);
    g_autoptr (FoveaArchitecture) padded =
        describe_good (FAMILY ("mpnet") ",\"pad_token_id\":0", NULL);
    ck_assert_int_eq (padded->position_offset, 2); /* its code looks at no file */
}
END_TEST

START_TEST (slopes_halve_by_eighths_of_the_heads)
{
    g_autoptr (FoveaArchitecture) a = g_new0 (FoveaArchitecture, 1);
    a->n_heads = 12; /* eight by their own rule, then every other one of sixteen */
    fovea_architecture_set_alibi (a);
    ck_assert_float_eq (a->alibi_slopes[0], 0.5f);
    ck_assert_float_eq (a->alibi_slopes[7], 1.0f / 256);
    ck_assert_float_eq_tol (a->alibi_slopes[8], 0.70710678f, 1e-7f);
    ck_assert_float_eq_tol (a->alibi_slopes[11], 0.08838835f, 1e-8f);
    g_autoptr (FoveaArchitecture) copy = fovea_architecture_copy (a);
    ck_assert_mem_eq (copy->alibi_slopes, a->alibi_slopes, 12 * sizeof (float));
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
    tcase_add_test (tcase, defaults_of_a_family_are_those_of_its_origin);
    tcase_add_test (tcase, granite_and_cohere_scale);
    tcase_add_test (tcase, gemma_scales_and_caps);
    tcase_add_test (tcase, dense_layers_come_before_those_of_experts);
    tcase_add_test (tcase, state_dicts_are_told_by_their_keys);
    tcase_add_test (tcase, state_dicts_say_where_tokens_stand);
    tcase_add_test (tcase, distances_share_the_buckets_of_t5);
    tcase_add_test (tcase, encoder_decoder_has_two_layers_a_block);
    tcase_add_test (tcase, logits_of_t5_are_scaled_where_its_head_is_tied);
    tcase_add_test (tcase, deepseek_has_latents_groups_and_dense_layers);
    tcase_add_test (tcase, gpt_oss_alternates_and_keeps_its_ramp);
    tcase_add_test (tcase, slopes_of_mpt_and_falcon_are_their_own);
    tcase_add_test (tcase, norms_of_each_head_are_told_from_shared_ones);
    tcase_add_loop_test (tcase, layers_may_look_and_turn_differently, 0, G_N_ELEMENTS (mixed));
    tcase_add_test (tcase, modern_bert_has_two_bases_in_either_spelling);
    tcase_add_test (tcase, experts_beside_a_shared_one_are_described);
    tcase_add_test (tcase, kin_of_llama_turn_pairs_of_neighbours);
    tcase_add_test (tcase, slopes_halve_by_eighths_of_the_heads);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
