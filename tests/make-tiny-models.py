#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
"""Makes tests/golden/families: one model of a few kilobytes for every family, with random weights and
what Hugging Face transformers computes for it in float32 (hidden states, attention, logits of two
sequences). State dicts of other training code are such models, spelled and laid out as that code
does. Run once, with torch, transformers and safetensors; the tests read the files only.

    python3 tests/make-tiny-models.py tests/golden/families [NAME...]
"""
import json
import os
import sys
import tempfile

import torch
import transformers
from safetensors.torch import load_file, save_file

VOCABULARY, TOKENS, LAYERS = 37, 12, 2
TARGET = 9  # tokens that a decoder reads beside those of its encoder
BASE = dict(vocab_size=VOCABULARY, hidden_size=16, num_hidden_layers=LAYERS, num_attention_heads=4,
            num_key_value_heads=2, intermediate_size=24, max_position_embeddings=32,
            bos_token_id=0, eos_token_id=0, pad_token_id=None)
GPT2 = dict(vocab_size=VOCABULARY, n_embd=16, n_layer=LAYERS, n_head=4, n_positions=32,
            bos_token_id=0, eos_token_id=0)
SLIDING = ["sliding_attention", "full_attention"]
ENCODER = {**BASE, "pad_token_id": 0}
BIG = dict(head_dim=8)
MODERN = dict(vocab_size=VOCABULARY, hidden_size=16, num_hidden_layers=3, num_attention_heads=4,
              intermediate_size=24, max_position_embeddings=32, local_attention=6, pad_token_id=0,
              global_attn_every_n_layers=2, bos_token_id=0, eos_token_id=0, cls_token_id=0,
              sep_token_id=0)
VIT = dict(hidden_size=16, num_hidden_layers=LAYERS, num_attention_heads=2, intermediate_size=24,
           image_size=12, patch_size=4, num_channels=3, num_labels=5, layer_norm_eps=1e-5)
NEW_SEEDS = 100  # of models that came later: seeds of the others are their places in the list
LATER = {"codegen", "cohere_qk", "deepseek_v2", "deepseek_v2_lite", "deepseek_v3", "falcon_alibi",
         "falcon_new", "falcon_shared", "gpt_oss", "mpt", "mpt_odd",
         "olmo_clip", "olmoe_clip",
         "cohere2", "dots1", "ernie4_5", "exaone4", "glm", "glm4", "glm4_moe", "granitemoe",
         "granitemoeshared", "helium", "mpnet", "olmo3", "qwen2_moe", "seed_oss", "smollm3",
         "xlm_roberta",
         "arcee", "bert_untied", "internlm3", "jais2", "ministral", "nemotron", "vaultgemma",
         "phi3_long", "phi3_short", "phi_qk", "stablelm_qk", "t5", "t5_gated", "vit",
         "modernbert", "modernbert_bare", "modernbert_biased"}
FALCON = dict(vocab_size=VOCABULARY, hidden_size=16, num_hidden_layers=LAYERS, num_attention_heads=4,
              bos_token_id=0, eos_token_id=0)
OSS = {"head_dim": 8, "num_local_experts": 3, "num_experts_per_tok": 2, "sliding_window": 4,
       "rope_parameters": {"rope_type": "yarn", "rope_theta": 100.0, "factor": 2.0, "beta_fast": 4.0,
                           "beta_slow": 1.0, "truncate": False,
                           "original_max_position_embeddings": 16}}
DEEPSEEK = {**BASE, "num_key_value_heads": 4, "qk_nope_head_dim": 6, "qk_rope_head_dim": 4,
            "v_head_dim": 6, "kv_lora_rank": 8, "q_lora_rank": 12, "n_routed_experts": 6,
            "num_experts_per_tok": 2, "moe_intermediate_size": 12, "first_k_dense_replace": 1,
            "n_shared_experts": 2, "num_hidden_layers": 3, "rms_norm_eps": 1e-5}
T5 = dict(vocab_size=VOCABULARY, d_model=16, d_kv=6, d_ff=24, num_layers=LAYERS, num_decoder_layers=LAYERS,
          num_heads=4, relative_attention_num_buckets=8, relative_attention_max_distance=7,
          pad_token_id=0, eos_token_id=1, decoder_start_token_id=0)
GRANITE_MOE = {"num_local_experts": 3, "num_experts_per_tok": 2, "embedding_multiplier": 1.5,
               "attention_multiplier": 0.4, "residual_multiplier": 0.3, "logits_scaling": 2.5}
MPT = dict(vocab_size=VOCABULARY, d_model=16, n_layers=LAYERS, n_heads=4, max_seq_len=32,
           bos_token_id=0, eos_token_id=0)


def longrope(original):
    return {"max_position_embeddings": 32, "original_max_position_embeddings": original,
            "rope_parameters": {"rope_type": "longrope", "rope_theta": 10000.0,
                                "original_max_position_embeddings": original,
                                "short_factor": [1.0, 1.3], "long_factor": [1.7, 3.1]}}



# name: (model type, class, members of its configuration)
MODELS = {
    "arcee": ("arcee", "CausalLM", {**BASE, "mlp_bias": True}),
    "internlm3": ("internlm3", "CausalLM", {**BASE, "head_dim": 8, "attention_bias": True,
                                            "mlp_bias": True}),
    "jais2": ("jais2", "CausalLM", BASE),
    "ministral": ("ministral", "CausalLM", {**BASE, "sliding_window": 4, "head_dim": 8,
                                            "layer_types": SLIDING}),
    "nemotron": ("nemotron", "CausalLM", BASE),
    "vaultgemma": ("vaultgemma", "CausalLM", {**BASE, "sliding_window": 4, "head_dim": 8,
                                              "layer_types": SLIDING}),
    "bert": ("bert", "MaskedLM", ENCODER),
    "bert_untied": ("bert", "MaskedLM", {**ENCODER, "tie_word_embeddings": False}),
    "bloom": ("bloom", "CausalLM", dict(vocab_size=VOCABULARY, hidden_size=24, n_layer=LAYERS,
                                        n_head=3, bos_token_id=0, eos_token_id=0)),
    "codegen": ("codegen", "CausalLM", {**GPT2, "rotary_dim": 2}),
    "cohere": ("cohere", "CausalLM", {**BASE, "logit_scale": 0.25}),
    "cohere_qk": ("cohere", "CausalLM", {**BASE, "use_qk_norm": True}),
    "cohere2": ("cohere2", "CausalLM", {**BASE, "sliding_window": 4, "layer_types": SLIDING,
                                        "logit_scale": 0.25}),
    "deepseek_v2": ("deepseek_v2", "CausalLM", {
        **DEEPSEEK, "topk_method": "group_limited_greedy", "n_group": 3, "topk_group": 2,
        "routed_scaling_factor": 1.7}),
    "deepseek_v2_lite": ("deepseek_v2", "CausalLM", {
        **DEEPSEEK, "q_lora_rank": None, "rope_parameters": {
            "rope_type": "yarn", "rope_theta": 100.0, "factor": 2.0, "mscale": 0.7,
            "mscale_all_dim": 0.9, "beta_fast": 4.0, "original_max_position_embeddings": 16}}),
    "deepseek_v3": ("deepseek_v3", "CausalLM", {**DEEPSEEK, "n_group": 3, "topk_group": 2}),
    "distilbert": ("distilbert", "MaskedLM", dict(vocab_size=VOCABULARY, dim=16, n_layers=LAYERS,
                                                  n_heads=4, hidden_dim=24,
                                                  max_position_embeddings=32, pad_token_id=0)),
    "dots1": ("dots1", "CausalLM", {
        **BASE, **BIG, "n_routed_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 12,
        "n_shared_experts": 1, "n_group": 2, "topk_group": 1, "first_k_dense_replace": 1,
        "sliding_window": 4, "layer_types": SLIDING}),
    "ernie4_5": ("ernie4_5", "CausalLM", {**BASE, **BIG, "use_bias": True}),
    "exaone4": ("exaone4", "CausalLM", {**BASE, "sliding_window": 4, "layer_types": SLIDING}),
    "falcon": ("falcon", "CausalLM", dict(vocab_size=VOCABULARY, hidden_size=16, bias=True,
                                          num_hidden_layers=LAYERS, num_attention_heads=4,
                                          multi_query=False, parallel_attn=False, alibi=False,
                                          bos_token_id=0, eos_token_id=0)),
    "falcon_alibi": ("falcon", "CausalLM", {**FALCON, "alibi": True, "multi_query": False,
                                            "parallel_attn": False, "bias": True}),
    "falcon_new": ("falcon", "CausalLM", {**FALCON, "new_decoder_architecture": True,
                                          "num_kv_heads": 2}),
    "falcon_shared": ("falcon", "CausalLM", {**FALCON, "new_decoder_architecture": True,
                                             "num_kv_heads": 2, "num_ln_in_parallel_attn": 1}),
    "gemma": ("gemma", "CausalLM", {**BASE, **BIG}),
    "gemma2": ("gemma2", "CausalLM", {**BASE, **BIG, "sliding_window": 4, "layer_types": SLIDING,
                                      "query_pre_attn_scalar": 8, "final_logit_softcapping": 3.0,
                                      "attn_logit_softcapping": 2.0}),
    "gemma3": ("gemma3_text", "CausalLM", {**BASE, **BIG, "sliding_window": 4,
                                           "layer_types": SLIDING, "query_pre_attn_scalar": 8}),
    "glm": ("glm", "CausalLM", {**BASE, **BIG}),
    "glm4": ("glm4", "CausalLM", {**BASE, **BIG}),
    "glm4_moe": ("glm4_moe", "CausalLM", {
        **BASE, **BIG, "n_routed_experts": 6, "num_experts_per_tok": 2, "moe_intermediate_size": 12,
        "n_shared_experts": 1, "n_group": 3, "topk_group": 2, "first_k_dense_replace": 1,
        "use_qk_norm": True, "attention_bias": True, "routed_scaling_factor": 1.7}),
    "gpt_bigcode": ("gpt_bigcode", "CausalLM", {**GPT2, "multi_query": True}),
    "gpt_neo": ("gpt_neo", "CausalLM", dict(vocab_size=VOCABULARY, hidden_size=16,
                                            num_layers=LAYERS, num_heads=4, intermediate_size=24,
                                            attention_types=[[["global", "local"], 1]],
                                            window_size=4, max_position_embeddings=32,
                                            bos_token_id=0, eos_token_id=0)),
    "gpt_neox": ("gpt_neox", "CausalLM", {**BASE, "rope_parameters": {
        "rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 0.5}}),
    "gpt_oss": ("gpt_oss", "CausalLM", {**BASE, **OSS}),
    "gptj": ("gptj", "CausalLM", {**GPT2, "rotary_dim": 2}),
    "granite": ("granite", "CausalLM", {**BASE, "embedding_multiplier": 1.5,
                                        "attention_multiplier": 0.4, "residual_multiplier": 0.3,
                                        "logits_scaling": 2.5}),
    "granitemoe": ("granitemoe", "CausalLM", {**BASE, **GRANITE_MOE}),
    "granitemoeshared": ("granitemoeshared", "CausalLM", {**BASE, **GRANITE_MOE,
                                                          "shared_intermediate_size": 20}),
    "helium": ("helium", "CausalLM", {**BASE, "head_dim": 4}),
    "llama3": ("llama", "CausalLM", {**BASE, "attention_bias": True, "mlp_bias": True,
                                     "rope_parameters": {
        "rope_type": "llama3", "rope_theta": 100.0, "factor": 4.0, "low_freq_factor": 1.0,
        "high_freq_factor": 4.0, "original_max_position_embeddings": 16}}),
    "mistral": ("mistral", "CausalLM", {**BASE, "sliding_window": 4}),
    "mixtral": ("mixtral", "CausalLM", {**BASE, "num_local_experts": 3,
                                        "num_experts_per_tok": 2}),
    "modernbert": ("modernbert", "MaskedLM", MODERN),
    "modernbert_bare": ("modernbert", "", MODERN),  # a sentence encoder: no head, no prefix
    "modernbert_biased": ("modernbert", "MaskedLM", {
        **MODERN, "attention_bias": True, "mlp_bias": True, "tie_word_embeddings": False}),
    "mpnet": ("mpnet", "MaskedLM", {**ENCODER, "pad_token_id": 1}),
    "mpt": ("mpt", "CausalLM", MPT),
    "mpt_odd": ("mpt", "CausalLM", {**MPT, "d_model": 12, "n_heads": 3}),
    "olmo": ("olmo", "CausalLM", BASE),
    "olmo_clip": ("olmo", "CausalLM", {**BASE, "clip_qkv": 0.6}),
    "olmo2": ("olmo2", "CausalLM", BASE),
    "olmo3": ("olmo3", "CausalLM", {**BASE, "sliding_window": 4, "layer_types": SLIDING,
                                    "rope_parameters": {
        "full_attention": {"rope_type": "yarn", "rope_theta": 100.0, "factor": 2.0, "beta_fast": 4.0,
                           "original_max_position_embeddings": 16},
        "sliding_attention": {"rope_type": "default", "rope_theta": 100.0}}}),
    "olmoe_clip": ("olmoe", "CausalLM", {**BASE, "num_experts": 3, "num_experts_per_tok": 2,
                                         "clip_qkv": 0.6}),
    "olmoe": ("olmoe", "CausalLM", {**BASE, "num_experts": 3, "num_experts_per_tok": 2}),
    "opt": ("opt", "CausalLM", dict(vocab_size=VOCABULARY, hidden_size=16, ffn_dim=24,
                                    num_hidden_layers=LAYERS, num_attention_heads=4,
                                    max_position_embeddings=32, word_embed_proj_dim=16,
                                    bos_token_id=0, eos_token_id=0, pad_token_id=1)),
    "phi": ("phi", "CausalLM", BASE),
    "phi3": ("phi3", "CausalLM", BASE),
    "phi3_long": ("phi3", "CausalLM", {**BASE, **longrope(4)}),
    "phi3_short": ("phi3", "CausalLM", {**BASE, **longrope(16)}),
    "phi_qk": ("phi", "CausalLM", {**BASE, "qk_layernorm": True}),
    "qwen2": ("qwen2", "CausalLM", {**BASE, "use_sliding_window": True, "sliding_window": 4,
                                    "max_window_layers": 1}),
    "qwen2_moe": ("qwen2_moe", "CausalLM", {
        **BASE, "moe_intermediate_size": 12, "shared_expert_intermediate_size": 20,
        "num_experts": 3, "num_experts_per_tok": 2}),
    "qwen3": ("qwen3", "CausalLM", {**BASE, **BIG}),
    "qwen3_moe": ("qwen3_moe", "CausalLM", {**BASE, **BIG, "moe_intermediate_size": 12,
                                            "num_experts": 3, "num_experts_per_tok": 2}),
    "roberta": ("roberta", "MaskedLM", {**BASE, "pad_token_id": 1}),
    "seed_oss": ("seed_oss", "CausalLM", {**BASE, **BIG}),
    "smollm3": ("smollm3", "CausalLM", {**BASE, "no_rope_layers": [1, 0]}),
    "stablelm": ("stablelm", "CausalLM", {**BASE, "use_qkv_bias": True,
                                          "use_parallel_residual": True,
                                          "rope_parameters": {
        "rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 0.5}}),
    "stablelm_qk": ("stablelm", "CausalLM", {**BASE, "qk_layernorm": True, "rope_parameters": {
        "rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 0.5}}),
    "starcoder2": ("starcoder2", "CausalLM", {**BASE, "sliding_window": 4}),
    "t5": ("t5", "Seq2SeqLM", T5),
    "t5_gated": ("mt5", "Seq2SeqLM", {**T5, "num_heads": 3, "feed_forward_proj": "gated-gelu",
                                      "tie_word_embeddings": False}),
    "xlm_roberta": ("xlm-roberta", "MaskedLM", {**ENCODER, "pad_token_id": 1}),
    "vit": ("vit", "ImageClassification", VIT),
}


def lens_heads(matrix, heads):
    """(H*D, C) as TransformerLens's (H, C, D)."""
    return matrix.reshape(heads, -1, matrix.shape[1]).transpose(1, 2)


def lens_gpt2(model, config):
    state, C, H = model.state_dict(), config.n_embd, config.n_head
    out = {"embed.W_E": state["transformer.wte.weight"], "unembed.W_U": state["lm_head.weight"].T,
           "pos_embed.W_pos": state["transformer.wpe.weight"], "unembed.b_U": torch.zeros(VOCABULARY)}
    for part in ("w", "b"):
        long = "weight" if part == "w" else "bias"
        out[f"ln_final.{part}"] = state[f"transformer.ln_f.{long}"]
        for i in range(config.n_layer):
            for n in (1, 2):
                out[f"blocks.{i}.ln{n}.{part}"] = state[f"transformer.h.{i}.ln_{n}.{long}"]
    for i in range(config.n_layer):
        old, new = f"transformer.h.{i}.", f"blocks.{i}."
        weights = state[old + "attn.c_attn.weight"].T.split(C)
        biases = state[old + "attn.c_attn.bias"].split(C)
        for letter, weight, bias in zip("QKV", weights, biases):
            out[new + f"attn.W_{letter}"] = lens_heads(weight, H)
            out[new + f"attn.b_{letter}"] = bias.reshape(H, -1)
        out[new + "attn.W_O"] = state[old + "attn.c_proj.weight"].reshape(H, -1, C)
        out[new + "attn.b_O"] = state[old + "attn.c_proj.bias"]
        out[new + "attn.mask"] = torch.ones(32, 32).tril().bool()
        out[new + "attn.IGNORE"] = torch.tensor(-float("inf"))
        out[new + "mlp.W_in"] = state[old + "mlp.c_fc.weight"]
        out[new + "mlp.b_in"] = state[old + "mlp.c_fc.bias"]
        out[new + "mlp.W_out"] = state[old + "mlp.c_proj.weight"]
        out[new + "mlp.b_out"] = state[old + "mlp.c_proj.bias"]
    return out, dict(n_layers=config.n_layer, n_heads=H, d_model=C, d_head=C // H, d_mlp=4 * C,
                     d_vocab=VOCABULARY, n_ctx=32, act_fn="gelu_new", normalization_type="LN",
                     eps=1e-5, attn_scale=(C // H) ** 0.5, attention_dir="causal",
                     positional_embedding_type="standard", d_vocab_out=VOCABULARY)


def lens_llama(model, config):
    state, C, H = model.state_dict(), config.hidden_size, config.num_attention_heads
    G, D, M = config.num_key_value_heads, C // H, config.intermediate_size
    out = {"embed.W_E": state["model.embed_tokens.weight"], "ln_final.w": state["model.norm.weight"],
           "unembed.W_U": state["lm_head.weight"].T, "unembed.b_U": torch.zeros(VOCABULARY)}
    for i in range(config.num_hidden_layers):
        old, new = f"model.layers.{i}.", f"blocks.{i}."
        out[new + "ln1.w"] = state[old + "input_layernorm.weight"]
        out[new + "ln2.w"] = state[old + "post_attention_layernorm.weight"]
        for name, heads in (("Q", H), ("_K", G), ("_V", G)):
            key = old + f"self_attn.{name[-1].lower()}_proj.weight"
            prefix = "_" if name[0] == "_" else ""
            out[new + f"attn.{prefix}W_{name[-1]}"] = lens_heads(state[key], heads)
            out[new + f"attn.{prefix}b_{name[-1]}"] = torch.zeros(heads, D)
        out[new + "attn.W_O"] = state[old + "self_attn.o_proj.weight"].T.reshape(H, D, C)
        out[new + "attn.b_O"] = torch.zeros(C)
        for to, part in (("gate", "gate"), ("in", "up"), ("out", "down")):
            out[new + f"mlp.W_{to}"] = state[old + f"mlp.{part}_proj.weight"].T
        out[new + "mlp.b_in"], out[new + "mlp.b_out"] = torch.zeros(M), torch.zeros(C)
    return out, dict(n_layers=config.num_hidden_layers, n_heads=H, n_key_value_heads=G, d_model=C,
                     d_head=D, d_mlp=M, d_vocab=VOCABULARY, n_ctx=32, act_fn="silu", gated_mlp=True,
                     normalization_type="RMS", final_rms=True, eps=config.rms_norm_eps,
                     positional_embedding_type="rotary", rotary_dim=D, rotary_base=10000,
                     rotary_adjacent_pairs=False, attn_scale=-1.0, attn_scores_soft_cap=-1.0,
                     output_logits_soft_cap=-1.0, d_vocab_out=-1, use_attn_scale=True)


def karpathy(model, bias):
    """Linear layers stand (out, in), and masks lie beside them."""
    out = {}
    for name, tensor in model.state_dict().items():
        if not bias and name.endswith("bias"):
            continue
        conv = tensor.ndim == 2 and ".c_" in name
        out["_orig_mod." * (not bias) + name] = tensor.T if conv else tensor
    if bias:
        out |= {f"transformer.h.{i}.attn.bias": torch.ones(1, 1, 32, 32).tril()
                for i in range(LAYERS)}
    return out


def nanogpt(model, config):
    return karpathy(model, False), dict(n_layer=LAYERS, n_head=4, n_embd=16, block_size=32, bias=False,
                                        vocab_size=VOCABULARY, dropout=0.0)


def mingpt(model, config):
    return karpathy(model, True), dict(model_type="gpt2", n_layer=LAYERS, n_head=4, n_embd=16,
                                       vocab_size=VOCABULARY, block_size=32, embd_pdrop=0.1,
                                       resid_pdrop=0.1, attn_pdrop=0.1)


def lucid(model, config):
    """vit-pytorch: channels last in a patch, queries, keys and values of one matrix without biases."""
    with tempfile.TemporaryDirectory() as folder:  # names as files have them
        model.save_pretrained(folder)
        state = load_file(os.path.join(folder, "model.safetensors"))
    out, C = {}, config.hidden_size
    weight = state["vit.embeddings.patch_embeddings.projection.weight"]
    names = {"vit.embeddings.cls_token": "cls_token", "vit.layernorm.": "transformer.norm.",
             "vit.embeddings.position_embeddings": "pos_embedding", "classifier.": "mlp_head.",
             "vit.embeddings.patch_embeddings.projection.bias": "to_patch_embedding.1.bias"}
    out["to_patch_embedding.1.weight"] = weight.permute(0, 2, 3, 1).reshape(C, -1)
    parts = {"layernorm_before": "0.norm", "attention.output.dense": "0.to_out.0",
             "layernorm_after": "1.net.0", "intermediate.dense": "1.net.1", "output.dense": "1.net.4"}
    for i in range(config.num_hidden_layers):
        old = f"vit.encoder.layer.{i}."
        names |= {old + part + ".": f"transformer.layers.{i}.{new}." for part, new in parts.items()}
        out[f"transformer.layers.{i}.0.to_qkv.weight"] = torch.cat(
            [state[old + f"attention.attention.{part}.weight"] for part in ("query", "key", "value")])
    for name, tensor in state.items():
        for old, new in names.items():
            if name.startswith(old):
                out[new + name[len(old):]] = tensor
    return out, dict(image_size=12, patch_size=4, num_classes=5, dim=C, depth=LAYERS, heads=2,
                     mlp_dim=24, channels=3, dim_head=C // 2)


def oss_blocks(model, config):
    """Experts packed as MXFP4, and the model given the values that transformers unpacks of them."""
    from transformers.integrations.mxfp4 import convert_moe_packed_tensors
    generator, out = torch.Generator().manual_seed(7), {}
    for name, parameter in model.named_parameters():
        if not name.endswith(("gate_up_proj", "down_proj")):
            out[name] = parameter.data
            continue
        experts, n_in, n_out = parameter.shape
        shape = (experts, n_out, n_in // 32)
        blocks = torch.randint(0, 256, (*shape, 16), generator=generator, dtype=torch.uint8)
        scales = torch.randint(122, 126, shape, generator=generator, dtype=torch.uint8)
        parameter.data = convert_moe_packed_tensors(blocks, scales, dtype=torch.float32)
        out[name + "_blocks"], out[name + "_scales"] = blocks, scales
    told = {key: value for key, value in config.to_dict().items()
            if isinstance(value, (int, float, str, list)) or key == "rope_parameters"}
    for bookkeeping in ("architectures", "transformers_version"):
        told.pop(bookkeeping, None)
    told["quantization_config"] = {"quant_method": "mxfp4"}
    return out, told


# name: (model type, class, members of its configuration, how the other code writes it)
DICTS = {
    "lens_gpt2": ("gpt2", "CausalLM", GPT2, lens_gpt2),
    "lens_llama": ("llama", "CausalLM", BASE, lens_llama),
    "mingpt": ("gpt2", "CausalLM", {**GPT2, "tie_word_embeddings": False}, mingpt),
    "nanogpt": ("gpt2", "CausalLM", {**GPT2, "activation_function": "gelu"}, nanogpt),
    "gpt_oss_mxfp4": ("gpt_oss", "CausalLM", {**BASE, **OSS, "hidden_size": 32,
                                              "intermediate_size": 32}, oss_blocks),
    "vit_pytorch": ("vit", "ImageClassification", {**VIT, "qkv_bias": False}, lucid),
}


def make_weights(model, seed, bias=True):
    """Values that make every part count: gains round 1, biases that are not 0."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        gain = parameter.ndim == 1 and name.endswith("weight")
        parameter.data = 1 + 0.2 * noise if gain else 0.3 * noise
        if not bias and name.endswith("bias"):
            parameter.data = 0 * noise
    for name, buffer in model.named_buffers():
        if name.endswith("e_score_correction_bias"):  # so that choices are not those of the scores
            buffer.copy_(0.3 * torch.randn(buffer.shape, generator=generator))


def draw(kind, seed):
    """Two sequences of ids, or two pictures."""
    generator = torch.Generator().manual_seed(1000 + seed)
    if kind == "vit":
        return torch.randn((2, 3, 12, 12), generator=generator)
    if kind in ("t5", "mt5"):  # whose targets begin with 0, which no source has
        ids = torch.randint(1, VOCABULARY, (2, TOKENS + TARGET), generator=generator)
        ids[:, TOKENS] = 0
        return ids
    return torch.randint(0, VOCABULARY, (2, TOKENS), generator=generator)


def halve_slopes():
    """Eager Falcon adds its slopes to the mask and to the scores; every other implementation, and the
    models' own code, adds them once. Halves make it once, which run() checks against sdpa."""
    falcon = transformers.models.falcon.modeling_falcon
    whole = falcon.build_alibi_tensor
    falcon.build_alibi_tensor = lambda *args, **more: whole(*args, **more) / 2
    return whole


def placed(tensor, shape, *starts):
    """The tensor in zeros of a shape, from a place on in each of its last axes."""
    out = torch.zeros(shape)
    where = [slice(start, start + n) for start, n in zip(starts, tensor.shape[-len(starts):])]
    out[(..., *where)] = tensor
    return out


def run_two_texts(model, ids):
    """One sequence: source, then target. Layers are those of the encoder, then two a block of the
    decoder, and rows of the other text are zeros."""
    S, T = TOKENS, ids.shape[1]
    between = []
    hooks = [block.layer[1].register_forward_pre_hook(lambda module, inputs: between.append(inputs[0]))
             for block in model.decoder.block]
    with torch.no_grad():
        out = model(input_ids=ids[:, :S], decoder_input_ids=ids[:, S:], output_hidden_states=True,
                    output_attentions=True)
    for hook in hooks:
        hook.remove()
    rows, maps = (len(ids), T, model.config.d_model), (len(ids), model.config.num_heads, T, T)
    tensors = {"input_ids": ids.to(torch.int32),
               "logits": placed(out.logits, (len(ids), T, VOCABULARY), S, 0),
               "hook_source": placed(out.encoder_last_hidden_state, rows, 0, 0)}
    hidden = [placed(h, rows, 0, 0) for h in out.encoder_hidden_states[:-1]]
    attention = [placed(a, maps, 0, 0) for a in out.encoder_attentions]
    for h, mid, mine, cross in zip(out.decoder_hidden_states, between, out.decoder_attentions,
                                   out.cross_attentions):
        hidden += [placed(h, rows, S, 0), placed(mid, rows, S, 0)]
        attention += [placed(mine, maps, S, S), placed(cross, maps, S, 0)]
    hidden.append(placed(out.decoder_hidden_states[-1], rows, S, 0))
    tensors |= {f"hidden.{i}": h for i, h in enumerate(hidden)}
    tensors |= {f"attention.{i}": a for i, a in enumerate(attention)}
    return {name: tensor.contiguous() for name, tensor in tensors.items()}


def run(model, ids):
    slopes = halve_slopes() if getattr(model.config, "alibi", False) else None
    if model.config.is_encoder_decoder:
        return run_two_texts(model, ids)
    with torch.no_grad():
        out = model(ids, output_hidden_states=True, output_attentions=True)
    if slopes is not None:
        transformers.models.falcon.modeling_falcon.build_alibi_tensor = slopes
        model.config._attn_implementation = "sdpa"
        with torch.no_grad():
            assert (model(ids).logits - out.logits).abs().max() < 1e-5
    tensors = {"pixel_values": ids} if ids.is_floating_point() else {"input_ids": ids.to(torch.int32)}
    if "logits" in out:
        tensors["logits"] = out.logits
    tensors |= {f"hidden.{i}": h for i, h in enumerate(out.hidden_states)}
    tensors |= {f"attention.{i}": a for i, a in enumerate(out.attentions)}
    return {name: tensor.float().contiguous() if name != "input_ids" else tensor
            for name, tensor in tensors.items()}


def give_head(model, path):
    """A head of its own, as the first files of this kind have whatever their configuration says."""
    generator = torch.Generator().manual_seed(17)
    head = 0.3 * torch.randn(model.lm_head.weight.shape, generator=generator)
    model.lm_head.weight = torch.nn.Parameter(head)
    file = os.path.join(path, "model.safetensors")
    save_file(load_file(file) | {"lm_head.weight": head}, file, {"format": "pt"})


def make(folder, name, seed):
    kind, head, members = MODELS[name]
    config = transformers.AutoConfig.for_model(kind, **members)
    auto = getattr(transformers, "AutoModel" + ("For" + head if head else ""))
    model = auto.from_config(config, attn_implementation="eager", dtype=torch.float32).eval()
    make_weights(model, seed)
    path = os.path.join(folder, name)
    model.save_pretrained(path)
    model = auto.from_pretrained(path, attn_implementation="eager", dtype=torch.float32).eval()
    if name == "t5_gated":
        give_head(model, path)
    ids = draw(kind, seed)
    if kind != "vit":
        ids[1, 3] = 1  # padding to RoBERTa
    save_file(run(model, ids), os.path.join(path, "reference.safetensors"))
    if os.path.exists(os.path.join(path, "generation_config.json")):
        os.remove(os.path.join(path, "generation_config.json"))
    with open(os.path.join(path, "config.json"), encoding="utf-8") as file:
        config = json.load(file)
    for bookkeeping in ("transformers_version", "id2label", "label2id", "architectures"):
        if kind != "vit" or bookkeeping != "id2label":
            config.pop(bookkeeping, None)
    with open(os.path.join(path, "config.json"), "w", encoding="utf-8") as file:
        json.dump(config, file, indent=1, sort_keys=True)
        file.write("\n")


def make_dict(folder, name, seed):
    kind, head, members, write = DICTS[name]
    config = transformers.AutoConfig.for_model(kind, **members)
    auto = getattr(transformers, "AutoModelFor" + head)
    model = auto.from_config(config, attn_implementation="eager", dtype=torch.float32).eval()
    make_weights(model, seed, bias=name != "nanogpt")
    path = os.path.join(folder, name)
    os.makedirs(path, exist_ok=True)
    tensors, told = write(model, config)
    save_file({key: tensor.clone().contiguous() for key, tensor in tensors.items()},
              os.path.join(path, "model.safetensors"))
    save_file(run(model, draw(kind, seed)), os.path.join(path, "reference.safetensors"))
    with open(os.path.join(path, "config.json"), "w", encoding="utf-8") as file:
        json.dump(told, file, indent=1, sort_keys=True)
        file.write("\n")


def seed_of(name):
    first = sorted(set(MODELS) - LATER)
    return first.index(name) if name in first else NEW_SEEDS + sum(map(ord, name))


def main():
    folder, wanted = sys.argv[1], sys.argv[2:] or sorted(MODELS) + sorted(DICTS)
    for name in wanted:
        (make_dict if name in DICTS else make)(folder, name, seed_of(name))
        print(name)


if __name__ == "__main__":
    main()
