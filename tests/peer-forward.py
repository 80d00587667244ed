#!/usr/bin/env python3
"""peer-forward.py MODEL TEXT [--tokens 512,2048,4096] [--modes f32,bf16,maps] [--rounds 3] [--threads 2]

Times a forward pass of Hugging Face transformers, the peer of bench-forward: TSV rows "mode tokens seconds peak_mib",
one a round, so that a driver can take turns between the two programs and compare medians. Modes: f32 and bf16 with fused
attention; maps = f32 with attention maps and hidden states kept. Needs torch and transformers; the product does not.
"""
import argparse, os, resource, sys, time

parser = argparse.ArgumentParser()
parser.add_argument('model')
parser.add_argument('text')
parser.add_argument('--tokens', default='512,2048,4096')
parser.add_argument('--modes', default='f32,bf16')
parser.add_argument('--rounds', type=int, default=3)
parser.add_argument('--threads', type=int, default=2)
args = parser.parse_args()
# A BLAS setting meant for older libraries would slow the peer down.
for name in ('OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE'):
    os.environ.pop(name, None)

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

torch.set_num_threads(args.threads)
tokenizer = AutoTokenizer.from_pretrained(args.model)
text = open(args.text, encoding='utf-8').read()
ids = torch.tensor([tokenizer(text, add_special_tokens=False)['input_ids']])
models = {}

def run(mode, n):
    kind = torch.bfloat16 if mode == 'bf16' else torch.float32
    attention = 'eager' if mode == 'maps' else 'sdpa'
    if (kind, attention) not in models:
        models[kind, attention] = AutoModelForCausalLM.from_pretrained(args.model, dtype=kind, attn_implementation=attention).eval()
    model, keep = models[kind, attention], mode == 'maps'
    start = time.perf_counter()
    with torch.inference_mode():
        model(ids[:, :n], use_cache=False, output_attentions=keep, output_hidden_states=keep)
    return time.perf_counter() - start

for mode in args.modes.split(','):
    for n in map(int, args.tokens.split(',')):
        run(mode, n)
        for _ in range(args.rounds):
            seconds = run(mode, n)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f'{mode}\t{n}\t{seconds:.4f}\t{peak:.0f}', flush=True)
