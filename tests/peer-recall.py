#!/usr/bin/env python3
"""peer-recall.py BENCH_RECALL [--tokens 2048] [--threads 2] [--rounds 7]

Oracle recall at six budgets for 12 heads by sorting every row in PyTorch, in turns with bench-recall: TSV rows
"tokens ours_ms peer_ms sort_ms ratio ours_user_ms peer_user_ms", a round each, then the medians. peer_ms is all of it,
from queries and keys; sort_ms only sort, running sum and lookup of a map that is there, ratio is sort_ms to ours. User
times are the processor's, of all of it. Needs torch; the product does not.
"""
import argparse, os, resource, statistics, subprocess, time

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

def user():
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime

def peer():
    whole = sort = 0.0
    before = user()
    with torch.inference_mode():
        for h in range(H):
            start = time.perf_counter()
            p = pattern(h)
            middle = time.perf_counter()
            recall(p)
            end = time.perf_counter()
            whole += end - start
            sort += end - middle
    return 1000 * whole, 1000 * sort, 1000 * (user() - before)

def ours():
    out = subprocess.run([args.bench, str(T), str(args.threads), '5'], capture_output=True, text=True, check=True)
    columns = out.stdout.split('\t')
    return float(columns[3]), float(columns[6])

peer()
rows = []
for _ in range(args.rounds):
    (own, own_user), (whole, sort, whole_user) = ours(), peer()
    rows.append((own, whole, sort, sort / own, own_user, whole_user))
    print(T, *(f'{x:.1f}' for x in rows[-1]), sep='\t', flush=True)
print(T, *(f'{statistics.median(column):.1f}' for column in zip(*rows)), 'median', sep='\t')
