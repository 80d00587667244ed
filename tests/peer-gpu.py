#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
"""The peer of bench-capture: Hugging Face transformers on a GPU, in bf16, with its fastest attention (sdpa).

usage: peer-gpu.py make FOLDER      writes a model of Llama-1B's shape with random weights
       peer-gpu.py time FOLDER [--tokens 8192] [--rounds 5] [--modes plain,decode]

Prints TSV rows "mode tokens seconds", one a round. Needs torch and transformers; the product does not.
"""
import argparse
import time

import torch
from transformers import AutoModelForCausalLM, LlamaConfig

DECODE_TOKENS = 32

parser = argparse.ArgumentParser()
parser.add_argument("action", choices=["make", "time"])
parser.add_argument("folder")
parser.add_argument("--tokens", type=int, default=8192)
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--modes", default="plain,decode")
args = parser.parse_args()


def make():
    config = LlamaConfig(hidden_size=2048, intermediate_size=8192, num_hidden_layers=16, num_attention_heads=32,
                         num_key_value_heads=8, head_dim=64, vocab_size=128256, max_position_embeddings=131072,
                         rope_parameters={"rope_type": "default", "rope_theta": 500000.0}, tie_word_embeddings=True,
                         rms_norm_eps=1e-5)
    torch.manual_seed(1)
    model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    model.save_pretrained(args.folder)


def seconds(model, ids, mode):
    cache = None
    if mode == "decode":
        cache = model(ids[:, :-DECODE_TOKENS], use_cache=True, logits_to_keep=1).past_key_values
    torch.cuda.synchronize()
    start = time.perf_counter()
    if mode == "decode":
        for t in range(ids.shape[1] - DECODE_TOKENS, ids.shape[1]):
            cache = model(ids[:, t:t + 1], past_key_values=cache, use_cache=True, logits_to_keep=1).past_key_values
            torch.cuda.synchronize()
    else:
        model(ids, use_cache=False, logits_to_keep=1)
    torch.cuda.synchronize()
    return (time.perf_counter() - start) / (DECODE_TOKENS if mode == "decode" else 1)


@torch.inference_mode()
def measure():
    model = AutoModelForCausalLM.from_pretrained(args.folder, dtype=torch.bfloat16, attn_implementation="sdpa").cuda().eval()
    ids = torch.randint(0, 128256, (1, args.tokens), device="cuda", generator=torch.Generator("cuda").manual_seed(1))
    for mode in args.modes.split(","):
        for attempt in range(args.rounds + 1):
            s = seconds(model, ids, mode)
            if attempt > 0:
                print(f"{mode}\t{args.tokens}\t{s:.6f}", flush=True)


make() if args.action == "make" else measure()
