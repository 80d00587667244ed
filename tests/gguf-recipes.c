/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "tests/gguf-recipes.h"

#include "tests/support.h"

static const GgufWords llama_words[] = {
    {"model.layers.", "blk."},
    {"model.embed_tokens.", "token_embd."},
    {"model.norm.", "output_norm."},
    {"lm_head.", "output."},
    {"self_attn.o_proj", "attn_output"},
    {"self_attn.q_proj", "attn_q"},
    {"self_attn.k_proj", "attn_k"},
    {"self_attn.v_proj", "attn_v"},
    {"self_attn.q_norm", "attn_q_norm"},
    {"self_attn.k_norm", "attn_k_norm"},
    {"self_attn.qkv_proj", "attn_qkv"},
    {"mlp.c_fc", "ffn_up"},
    {"mlp.c_proj", "ffn_down"},
    {"mlp.experts.0.gate_proj", "ffn_gate_exps"},
    {"mlp.experts.0.up_proj", "ffn_up_exps"},
    {"mlp.experts.0.down_proj", "ffn_down_exps"},
    {"self_attn.q_a_proj", "attn_q_a"},
    {"self_attn.q_a_layernorm", "attn_q_a_norm"},
    {"self_attn.q_b_proj", "attn_q_b"},
    {"self_attn.kv_a_proj_with_mqa", "attn_kv_a_mqa"},
    {"self_attn.kv_a_layernorm", "attn_kv_a_norm"},
    {"self_attn.kv_b_proj", "attn_kv_b"},
    {"mlp.shared_experts.gate_proj", "ffn_gate_shexp"},
    {"mlp.shared_experts.up_proj", "ffn_up_shexp"},
    {"mlp.shared_experts.down_proj", "ffn_down_shexp"},
    {"mlp.gate.e_score_correction_bias", "exp_probs_b.bias"},
    {"mlp.gate.", "ffn_gate_inp."},
    {"block_sparse_moe.gate.", "ffn_gate_inp."},
    {"block_sparse_moe.experts.0.w1", "ffn_gate_exps"},
    {"block_sparse_moe.experts.0.w2", "ffn_down_exps"},
    {"block_sparse_moe.experts.0.w3", "ffn_up_exps"},
    {"mlp.gate_up_proj", "ffn_up"},
    {"mlp.gate_proj", "ffn_gate"},
    {"mlp.up_proj", "ffn_up"},
    {"mlp.down_proj", "ffn_down"},
    {"self_attn.sinks", "attn_sinks.weight"},
    {"mlp.router.", "ffn_gate_inp."},
    {"input_layernorm", "attn_norm"},
    {"pre_feedforward_layernorm", "ffn_norm"},
    {"post_feedforward_layernorm", "post_ffw_norm"},
    {NULL},
};

static const GgufWords gpt2_words[] = {
    {"transformer.h.", "blk."},
    {"transformer.wte", "token_embd"},
    {"transformer.wpe", "position_embd"},
    {"transformer.ln_f", "output_norm"},
    {"lm_head", "output"},
    {"ln_1", "attn_norm"},
    {"ln_2", "ffn_norm"},
    {"attn.c_attn", "attn_qkv"},
    {"attn.c_proj", "attn_output"},
    {"mlp.c_fc", "ffn_up"},
    {"mlp.c_proj", "ffn_down"},
    {NULL},
};

static const GgufWords neox_words[] = {
    {"gpt_neox.layers.", "blk."},
    {"gpt_neox.embed_in", "token_embd"},
    {"gpt_neox.final_layer_norm", "output_norm"},
    {"embed_out", "output"},
    {"input_layernorm", "attn_norm"},
    {"attention.query_key_value", "attn_qkv"},
    {"attention.dense", "attn_output"},
    {"mlp.dense_h_to_4h", "ffn_up"},
    {"mlp.dense_4h_to_h", "ffn_down"},
    {NULL},
};

static const GgufWords phi_words[] = {
    {"model.layers.", "blk."},
    {"model.embed_tokens.", "token_embd."},
    {"model.final_layernorm", "output_norm"},
    {"lm_head.", "output."},
    {"self_attn.dense", "attn_output"},
    {"self_attn.q_proj", "attn_q"},
    {"self_attn.k_proj", "attn_k"},
    {"self_attn.v_proj", "attn_v"},
    {"mlp.fc1", "ffn_up"},
    {"mlp.fc2", "ffn_down"},
    {"input_layernorm", "attn_norm"},
    {NULL},
};

static const GgufWords bert_words[] = {
    {"bert.", ""},
    {"embeddings.word_embeddings", "token_embd"},
    {"embeddings.position_embeddings", "position_embd"},
    {"embeddings.token_type_embeddings", "token_types"},
    {"embeddings.LayerNorm", "token_embd_norm"},
    {"encoder.layer.", "blk."},
    {"attention.self.query", "attn_q"},
    {"attention.self.key", "attn_k"},
    {"attention.self.value", "attn_v"},
    {"attention.output.dense", "attn_output"},
    {"attention.output.LayerNorm", "attn_output_norm"},
    {"intermediate.dense", "ffn_up"},
    {"output.dense", "ffn_down"},
    {"output.LayerNorm", "layer_output_norm"},
    {NULL},
};

/* Of a checkpoint without prefix. */
static const GgufWords modern_words[] = {
    {"layers.", "blk."},
    {"embeddings.tok_embeddings", "token_embd"},
    {"embeddings.norm", "token_embd_norm"},
    {"final_norm", "output_norm"},
    {"attn.Wqkv", "attn_qkv"},
    {"attn.Wo", "attn_output"},
    {"mlp_norm", "ffn_norm"},
    {"mlp.Wi", "ffn_up"},
    {"mlp.Wo", "ffn_down"},
    {NULL},
};

static const GgufRecipe recipes[] = {
    {"llama", "llama", llama_words, TRUE, FALSE, FALSE, FALSE},
    {"granite", "granite", llama_words, TRUE, FALSE, FALSE, FALSE},
    {"gpt2", "gpt2", gpt2_words, FALSE, FALSE, FALSE, TRUE},
    {"qwen2", "qwen2", llama_words, FALSE, FALSE, FALSE, FALSE},
    {"qwen3", "qwen3", llama_words, FALSE, FALSE, FALSE, FALSE},
    {"phi3", "phi3", llama_words, FALSE, FALSE, FALSE, FALSE},
    {"gemma", "gemma", llama_words, FALSE, FALSE, TRUE, FALSE},
    {"gemma2", "gemma2", llama_words, FALSE, TRUE, TRUE, FALSE},
    {"gemma3_text", "gemma3", llama_words, FALSE, TRUE, TRUE, FALSE},
    {"olmo2", "olmo2", llama_words, FALSE, TRUE, FALSE, FALSE},
    {"gpt_oss", "gpt-oss", llama_words, FALSE, TRUE, FALSE, FALSE},
    {"mixtral", "llama", llama_words, TRUE, FALSE, FALSE, FALSE},
    {"qwen3_moe", "qwen3moe", llama_words, FALSE, FALSE, FALSE, FALSE},
    {"stablelm", "stablelm", llama_words, FALSE, FALSE, FALSE, FALSE},
    {"starcoder2", "starcoder2", llama_words, FALSE, FALSE, FALSE, FALSE},
    {"phi", "phi2", phi_words, FALSE, FALSE, FALSE, FALSE},
    {"gpt_neox", "gptneox", neox_words, FALSE, FALSE, FALSE, FALSE},
    {"seed_oss", "seed_oss", llama_words, FALSE, TRUE, FALSE, FALSE},
    {"arcee", "arcee", llama_words, TRUE, FALSE, FALSE, FALSE},
    {"nemotron", "nemotron", llama_words, FALSE, FALSE, TRUE, FALSE},
    {"bert", "bert", bert_words, FALSE, FALSE, FALSE, FALSE},
    {"modernbert", "modern-bert", modern_words, FALSE, FALSE, FALSE, FALSE},
    {"deepseek_v2", "deepseek2", llama_words, FALSE, FALSE, FALSE, FALSE, 1},
    {"deepseek_v3", "deepseek2", llama_words, FALSE, FALSE, FALSE, FALSE, 2},
};

const GgufRecipe *
gguf_recipe_find (const char *model_type)
{
    for (gsize i = 0; i < G_N_ELEMENTS (recipes); i++)
        if (g_str_equal (recipes[i].model_type, model_type))
            return &recipes[i];
    ck_abort_msg ("no recipe for %s", model_type);
    return NULL;
}
