#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
"""Makes tests/golden/families: one model of a few kilobytes for every family, with random weights and
what Hugging Face transformers computes for it in float32 (hidden states, attention, logits of two
sequences). Run once, with torch, transformers and safetensors; the tests read the files only.

    python3 tests/make-tiny-models.py tests/golden/families [NAME...]
"""
import json
import os
import sys

import torch
import transformers
from safetensors.torch import save_file

VOCABULARY, TOKENS, LAYERS = 37, 12, 2
BASE = dict(vocab_size=VOCABULARY, hidden_size=16, num_hidden_layers=LAYERS, num_attention_heads=4,
            num_key_value_heads=2, intermediate_size=24, max_position_embeddings=32,
            bos_token_id=0, eos_token_id=0, pad_token_id=None)
GPT2 = dict(vocab_size=VOCABULARY, n_embd=16, n_layer=LAYERS, n_head=4, n_positions=32,
            bos_token_id=0, eos_token_id=0)
SLIDING = ["sliding_attention", "full_attention"]
ENCODER = {**BASE, "pad_token_id": 0}
BIG = dict(head_dim=8)

# name: (model type, class, members of its configuration)
MODELS = {
    "bert": ("bert", "MaskedLM", ENCODER),
    "bloom": ("bloom", "CausalLM", dict(vocab_size=VOCABULARY, hidden_size=24, n_layer=LAYERS,
                                        n_head=3, bos_token_id=0, eos_token_id=0)),
    "cohere": ("cohere", "CausalLM", {**BASE, "logit_scale": 0.25}),
    "distilbert": ("distilbert", "MaskedLM", dict(vocab_size=VOCABULARY, dim=16, n_layers=LAYERS,
                                                  n_heads=4, hidden_dim=24,
                                                  max_position_embeddings=32, pad_token_id=0)),
    "falcon": ("falcon", "CausalLM", dict(vocab_size=VOCABULARY, hidden_size=16, bias=True,
                                          num_hidden_layers=LAYERS, num_attention_heads=4,
                                          multi_query=False, parallel_attn=False, alibi=False,
                                          bos_token_id=0, eos_token_id=0)),
    "gemma": ("gemma", "CausalLM", {**BASE, **BIG}),
    "gemma2": ("gemma2", "CausalLM", {**BASE, **BIG, "sliding_window": 4, "layer_types": SLIDING,
                                      "query_pre_attn_scalar": 8, "final_logit_softcapping": 3.0,
                                      "attn_logit_softcapping": 2.0}),
    "gemma3": ("gemma3_text", "CausalLM", {**BASE, **BIG, "sliding_window": 4,
                                           "layer_types": SLIDING, "query_pre_attn_scalar": 8}),
    "gpt_bigcode": ("gpt_bigcode", "CausalLM", {**GPT2, "multi_query": True}),
    "gpt_neo": ("gpt_neo", "CausalLM", dict(vocab_size=VOCABULARY, hidden_size=16,
                                            num_layers=LAYERS, num_heads=4, intermediate_size=24,
                                            attention_types=[[["global", "local"], 1]],
                                            window_size=4, max_position_embeddings=32,
                                            bos_token_id=0, eos_token_id=0)),
    "gpt_neox": ("gpt_neox", "CausalLM", {**BASE, "rope_parameters": {
        "rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 0.5}}),
    "gptj": ("gptj", "CausalLM", {**GPT2, "rotary_dim": 2}),
    "granite": ("granite", "CausalLM", {**BASE, "embedding_multiplier": 1.5,
                                        "attention_multiplier": 0.4, "residual_multiplier": 0.3,
                                        "logits_scaling": 2.5}),
    "llama3": ("llama", "CausalLM", {**BASE, "attention_bias": True, "mlp_bias": True,
                                     "rope_parameters": {
        "rope_type": "llama3", "rope_theta": 100.0, "factor": 4.0, "low_freq_factor": 1.0,
        "high_freq_factor": 4.0, "original_max_position_embeddings": 16}}),
    "mistral": ("mistral", "CausalLM", {**BASE, "sliding_window": 4}),
    "mixtral": ("mixtral", "CausalLM", {**BASE, "num_local_experts": 3,
                                        "num_experts_per_tok": 2}),
    "olmo": ("olmo", "CausalLM", BASE),
    "olmo2": ("olmo2", "CausalLM", BASE),
    "olmoe": ("olmoe", "CausalLM", {**BASE, "num_experts": 3, "num_experts_per_tok": 2}),
    "opt": ("opt", "CausalLM", dict(vocab_size=VOCABULARY, hidden_size=16, ffn_dim=24,
                                    num_hidden_layers=LAYERS, num_attention_heads=4,
                                    max_position_embeddings=32, word_embed_proj_dim=16,
                                    bos_token_id=0, eos_token_id=0, pad_token_id=1)),
    "phi": ("phi", "CausalLM", BASE),
    "phi3": ("phi3", "CausalLM", BASE),
    "qwen2": ("qwen2", "CausalLM", {**BASE, "use_sliding_window": True, "sliding_window": 4,
                                    "max_window_layers": 1}),
    "qwen3": ("qwen3", "CausalLM", {**BASE, **BIG}),
    "qwen3_moe": ("qwen3_moe", "CausalLM", {**BASE, **BIG, "moe_intermediate_size": 12,
                                            "num_experts": 3, "num_experts_per_tok": 2}),
    "roberta": ("roberta", "MaskedLM", {**BASE, "pad_token_id": 1}),
    "stablelm": ("stablelm", "CausalLM", {**BASE, "use_qkv_bias": True,
                                          "use_parallel_residual": True,
                                          "rope_parameters": {
        "rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 0.5}}),
    "starcoder2": ("starcoder2", "CausalLM", {**BASE, "sliding_window": 4}),
}


def make_weights(model, seed):
    """Values that make every part count: gains round 1, biases that are not 0."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        gain = parameter.ndim == 1 and name.endswith("weight")
        parameter.data = 1 + 0.2 * noise if gain else 0.3 * noise


def run(model, ids):
    with torch.no_grad():
        out = model(ids, output_hidden_states=True, output_attentions=True)
    tensors = {"input_ids": ids.to(torch.int32), "logits": out.logits}
    tensors |= {f"hidden.{i}": h for i, h in enumerate(out.hidden_states)}
    tensors |= {f"attention.{i}": a for i, a in enumerate(out.attentions)}
    return {name: tensor.float().contiguous() if name != "input_ids" else tensor
            for name, tensor in tensors.items()}


def make(folder, name, seed):
    kind, head, members = MODELS[name]
    config = transformers.AutoConfig.for_model(kind, **members)
    auto = getattr(transformers, "AutoModelFor" + head)
    model = auto.from_config(config, attn_implementation="eager", dtype=torch.float32).eval()
    make_weights(model, seed)
    path = os.path.join(folder, name)
    model.save_pretrained(path)
    model = auto.from_pretrained(path, attn_implementation="eager", dtype=torch.float32).eval()
    generator = torch.Generator().manual_seed(1000 + seed)
    ids = torch.randint(0, VOCABULARY, (2, TOKENS), generator=generator)
    ids[1, 3] = 1  # padding to RoBERTa
    save_file(run(model, ids), os.path.join(path, "reference.safetensors"))
    if os.path.exists(os.path.join(path, "generation_config.json")):
        os.remove(os.path.join(path, "generation_config.json"))
    with open(os.path.join(path, "config.json"), encoding="utf-8") as file:
        config = json.load(file)
    for bookkeeping in ("transformers_version", "id2label", "label2id", "architectures"):
        config.pop(bookkeeping, None)
    with open(os.path.join(path, "config.json"), "w", encoding="utf-8") as file:
        json.dump(config, file, indent=1, sort_keys=True)
        file.write("\n")


def main():
    folder, wanted = sys.argv[1], sys.argv[2:] or sorted(MODELS)
    for name in wanted:
        make(folder, name, sorted(MODELS).index(name))
        print(name)


if __name__ == "__main__":
    main()
