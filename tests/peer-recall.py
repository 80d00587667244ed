#!/usr/bin/env python3
"""peer-recall.py BENCH_RECALL [--tokens 2048] [--threads 2] [--rounds 7]

Oracle recall at six budgets for 12 heads by sorting every row in PyTorch, in turns with bench-recall: TSV rows
"tokens ours_ms peer_ms sort_ms ratio", a round each, then the medians. peer_ms is all of it, from queries and keys;
sort_ms only sort, running sum and lookup of a map that is there. Needs torch; the product does not.
"""
import argparse, os, statistics, subprocess, time

parser = argparse.ArgumentParser()
parser.add_argument('bench')
parser.add_argument('--tokens', type=int, default=2048)
parser.add_argument('--threads', type=int, default=2)
parser.add_argument('--rounds', type=int, default=7)
args = parser.parse_args()
for name in ('OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE'):
    os.environ.pop(name, None)

import torch

torch.set_num_threads(args.threads)
T, H, D = args.tokens, 12, 32
q, k = (torch.rand(H, T, D) * 4 - 2 for _ in range(2))
counts = torch.tensor([max(T >> b, 1) for b in range(6, 0, -1)])
forbidden = torch.ones(T, T, dtype=torch.bool).triu(1)

def pattern(h):
    return torch.softmax((q[h] @ k[h].T / D ** 0.5).masked_fill(forbidden, float('-inf')), -1)

def recall(p):
    return p.sort(-1, descending=True).values.cumsum(-1)[:, counts - 1].mean(0)

def peer():
    whole = sort = 0.0
    with torch.inference_mode():
        for h in range(H):
            start = time.perf_counter()
            p = pattern(h)
            middle = time.perf_counter()
            recall(p)
            end = time.perf_counter()
            whole += end - start
            sort += end - middle
    return 1000 * whole, 1000 * sort

def ours():
    out = subprocess.run([args.bench, str(T), str(args.threads), '5'], capture_output=True, text=True, check=True)
    return float(out.stdout.split('\t')[3])

peer()
rows = []
for _ in range(args.rounds):
    own, (whole, sort) = ours(), peer()
    rows.append((own, whole, sort))
    print(f'{T}\t{own:.1f}\t{whole:.1f}\t{sort:.1f}\t{sort / own:.1f}', flush=True)
own, whole, sort = (statistics.median(column) for column in zip(*rows))
print(f'{T}\t{own:.1f}\t{whole:.1f}\t{sort:.1f}\t{sort / own:.1f}\tmedian')
