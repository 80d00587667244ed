#!/usr/bin/env python3
"""peer-top-rows.py [TOKENS [WIDTH [ROUNDS]]]

Oracle recall of one causal head at seven budgets by sorting in PyTorch on a GPU, the map made a strip of rows at a
time: TSV "tokens sort_ms whole_ms", medians. sort_ms is sort, running sum and lookup; whole_ms has scores and
softmax, too. Also the time of exact attention of the same head by scaled_dot_product_attention in bf16. Needs torch; the
product does not.
"""
import statistics, sys, torch

T, D, rounds = (int(a) for a in (sys.argv[1:] + ['32768', '128', '5'][len(sys.argv) - 1:])[:3])
torch.manual_seed(0)
q, k, v = (torch.rand(T, D, device='cuda') * 4 - 2 for _ in range(3))
counts = torch.tensor([max(T >> b, 1) for b in range(7, 0, -1)], device='cuda')
strip = max(1, (1 << 28) // T)

def timed(run):
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    start.record()
    run()
    end.record()
    torch.cuda.synchronize()
    return start.elapsed_time(end)

def one_round():
    sort = whole = 0.0
    for a in range(0, T, strip):
        p = None
        def pattern():
            nonlocal p
            s = q[a:a + strip] @ k.T / D ** 0.5
            rows = torch.arange(a, min(a + strip, T), device='cuda')[:, None]
            p = s.masked_fill_(torch.arange(T, device='cuda')[None] > rows, float('-inf')).softmax(-1)
        made = timed(pattern)
        own = timed(lambda: p.sort(-1, descending=True).values.cumsum(-1)[:, counts - 1].mean(0))
        sort += own
        whole += own + made
    return sort, whole

def attention():
    a, b, c = (x.bfloat16()[None, None] for x in (q, k, v))
    return timed(lambda: torch.nn.functional.scaled_dot_product_attention(a, b, c, is_causal=True))

one_round(), attention()
rows = [(*one_round(), attention()) for _ in range(rounds)]
print(T, *(f'{statistics.median(c):.2f}' for c in zip(*rows)), sep='\t', flush=True)
