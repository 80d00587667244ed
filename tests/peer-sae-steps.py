#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
"""Training steps that look at all products (standard, jumprelu, gated) on a GPU beside torch: first checks,
then times.

usage: peer-sae-steps.py SAE-GPU.so [--check] [--small] [--time] [--profile]

SAE-GPU.so is built as tests/peer-sae-gpu.cu says. Sizes are d 768, F 24576, batches of 4,096 rows. The peer is the
same loss with torch's autograd, compiled, its gradient's norm clipped, and fused Adam; in f32, tf32 and autocast to
bf16. Checks hold a step of ours against the same loss in double. Times are steady ones: each variant runs by itself
until the card's clock has settled.
"""
import importlib
import statistics
import sys

import torch

peer = importlib.import_module("peer-sae-gpu")
D, F, ROWS = peer.D, peer.F, 4096
RULES = {"standard": peer.RELU, "jumprelu": peer.JUMP, "gated": peer.GATE}
WIDTH = 0.05  # of straight-through gradients


class Jump(torch.autograd.Function):
    """p above its threshold, straight-through."""

    @staticmethod
    def forward(ctx, p, threshold):
        ctx.save_for_backward(p, threshold)
        return p * (p > threshold)

    @staticmethod
    def backward(ctx, g):
        p, threshold = ctx.saved_tensors
        near = ((p - threshold).abs() < WIDTH / 2).to(g.dtype)
        return g * (p > threshold), -(threshold / WIDTH * near * g).sum(0)


class Above(torch.autograd.Function):
    """Whether p is above its threshold, straight-through."""

    @staticmethod
    def forward(ctx, p, threshold):
        ctx.save_for_backward(p, threshold)
        return (p > threshold).to(p.dtype)

    @staticmethod
    def backward(ctx, g):
        p, threshold = ctx.saved_tensors
        near = ((p - threshold).abs() < WIDTH / 2).to(g.dtype)
        return torch.zeros_like(p), -(near / WIDTH * g).sum(0)


def loss_of(rule, w, x, sparsity):
    """A batch's loss, and its codes. @w: w_enc (F, d), w_dec, b_enc, b_dec, then b_mag and r_mag, or log_threshold."""
    w_enc, w_dec, b_enc, b_dec = w[:4]
    u = (x - b_dec) @ w_enc.T
    p = u + b_enc
    norm = w_dec.norm(dim=1)
    if rule == "standard":
        f = torch.relu(p)
        cost = (f * norm).sum(1)
    elif rule == "jumprelu":
        threshold = torch.exp(w[4]).to(p.dtype)
        f = Jump.apply(p, threshold)
        cost = Above.apply(p, threshold).sum(1)
    else:
        gate = torch.relu(p)
        f = (p > 0) * torch.relu(u * torch.exp(w[5]) + w[4])
        cost = (gate * norm).sum(1)
    loss = ((f @ w_dec + b_dec - x).float() ** 2).sum(1).mean() + sparsity * cost.float().mean()
    if rule == "gated":
        loss = loss + ((gate @ w_dec.detach() + b_dec.detach() - x).float() ** 2).sum(1).mean()
    return loss, f


def start(rule, d, n, threshold=0.05, bias=0.0):
    """Parameters of one block, in the order of peer-sae-gpu's Training."""
    dec = torch.nn.functional.normalize(torch.randn(n, d, device="cuda"), dim=1).reshape(-1)
    more = {"standard": [], "gated": [torch.zeros(2 * n, device="cuda")], "jumprelu": [torch.full((n,), threshold, device="cuda").log()]}
    return torch.cat([dec, dec, torch.full((n,), bias, device="cuda"), torch.zeros(d, device="cuda")] + more[rule])


def parts(flat, d, n):
    sizes = [n * d, n * d, n, d] + [n] * ((flat.numel() - 2 * n * d - n - d) // n)
    views = list(flat.split(sizes))
    views[0], views[1] = views[0].view(n, d), views[1].view(n, d)
    return views


class Peer:
    """torch's step. @precision: f32, tf32 or autocast."""

    def __init__(self, rule, flat, precision, sparsity, compiled=True):
        self.w = [v.clone().requires_grad_() for v in parts(flat, D, F)]
        self.adam = torch.optim.Adam(self.w, lr=3e-4, fused=True)
        self.precision, self.sparsity = precision, sparsity
        loss = lambda w, x: loss_of(rule, w, x, sparsity)[0]
        self.loss = torch.compile(loss) if compiled else loss

    def step(self, x):
        torch.backends.cuda.matmul.allow_tf32 = self.precision == "tf32"
        with torch.autocast("cuda", dtype=torch.bfloat16, enabled=self.precision == "autocast"):
            loss = self.loss(self.w, x)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.w, 1.0)
        self.adam.step()
        self.adam.zero_grad()
        return loss


def ours(lib, rule, rows, d, n, flat, x, sparsity, **more):
    base = 2 * n * d + n + d
    training = peer.Training(lib, rows, d, n, 1, flat[:base], x, rule=RULES[rule], sparsity=sparsity, **more)
    training.w[base:] = flat[base:]
    return training


def gradients(rule, flat, x, d, n, sparsity):
    """A batch's loss, codes and gradients by torch, in the precision of what it is given."""
    w = [v.clone().requires_grad_() for v in parts(flat, d, n)]
    loss, f = loss_of(rule, w, x, sparsity)
    loss.backward()
    return float(loss.detach()), int((f != 0).sum()), [v.grad for v in w]


def moved_bias(flat, x, d, n, share):
    """Parameters whose gate or threshold lies @share of its products' spread lower."""
    w = parts(flat.clone(), d, n)
    w[2] += share * ((x - w[3]) @ w[0].T).std(dim=0)
    return torch.cat([v.reshape(-1) for v in w])


def check_step(lib, rule, rows, d, n, x, flat, sparsity, unit, rounded):
    """One step against double: every array's gradient is within 3e-5 of its norm, or 2e-3 of products of 11 bits; and
    what products as wrong as that make of codes that lie at their threshold. Beside it torch's in f32, or tf32."""
    torch.backends.cuda.matmul.allow_tf32 = rounded
    mine = ours(lib, rule, rows, d, n, flat, x, sparsity, clip=0, unit=unit)
    again = ours(lib, rule, rows, d, n, flat, x, sparsity, clip=0, unit=unit)
    mine.a.rounded = again.a.rounded = rounded
    first, result = mine.w.clone(), mine.step()
    again.step()
    least = 2e-3 if rounded else 3e-5
    loss, codes, want = gradients(rule, flat.double(), x.double(), d, n, sparsity)
    _, few, low = gradients(rule, moved_bias(flat.double(), x.double(), d, n, -least), x.double(), d, n, sparsity)
    _, many, high = gradients(rule, moved_bias(flat.double(), x.double(), d, n, least), x.double(), d, n, sparsity)
    theirs = gradients(rule, flat, x, d, n, sparsity)[2]
    got = [g.double() for g in parts(mine.g, d, n)]
    if unit:
        dec = parts(flat, d, n)[1].double()
        for g in (want, low, high, theirs):
            g[1] = g[1].double() - (g[1].double() * dec).sum(1, keepdim=True) * dec
    size = [float(q.norm()) + 1e-300 for q in want]
    off = [float((g - q).norm()) / b for g, q, b in zip(got, want, size)]
    peers = [float((g.double() - q).norm()) / b for g, q, b in zip(theirs, want, size)]
    free = [float((g - q).norm()) / b for g, q, b in zip(low, high, size)]
    ok = (abs(result.loss - loss) <= least * abs(loss) and result.finite == 1 and few - 2 <= result.n_codes <= many + 2
          and all(a <= b + least for a, b in zip(off, free)) and not torch.equal(first, mine.w))
    same = torch.equal(again.w, mine.w) and torch.equal(again.g, mine.g)
    numbers = " ".join(f"{a:.1e}({b:.1e}, {c:.1e})" for a, b, c in zip(off, peers, free))
    print(f"{'ok  ' if ok and same else 'FAIL'} {rule} {rows}x{d}->{n} unit {unit:d} rounded {rounded:d}: loss off {abs(result.loss / loss - 1):.1e}, codes "
          f"{result.n_codes} {codes}, gradients off (torch, free) {numbers}{'' if same else ', other bits again'}", flush=True)
    return ok and same


def check_steps(lib, small=False):
    """Shapes that fill nothing, rows and latents of very different sizes, few codes and many."""
    good = True
    torch.manual_seed(7)
    shapes = [(200, 64, 2051), (77, 36, 130)] if small else [(512, 64, 4096), (300, 96, 2049), (77, 36, 130), (64, 44, 3), (640, 768, 24576), (1000, 1032, 8200)]
    for rows, d, n in shapes:
        for rule in RULES:
            for bias, spread in ((0.0, 0), (-2.0, 0), (-3.0, 0), (0.0, 3)):
                x = torch.randn(rows, d, device="cuda") + 0.2
                flat = start(rule, d, n, bias=bias)
                flat[2 * n * d:2 * n * d + n] += 0.1 * torch.randn(n, device="cuda")
                if spread:
                    x *= torch.logspace(-spread, spread, rows, device="cuda")[torch.randperm(rows, device="cuda"), None]
                    flat[:n * d] *= torch.logspace(-spread, spread, n, device="cuda")[torch.randperm(n, device="cuda")].repeat_interleave(d)
                    flat[n * d:2 * n * d] *= torch.logspace(-1, 1, n, device="cuda")[torch.randperm(n, device="cuda")].repeat_interleave(d)
                if rule == "gated":
                    flat[-2 * n:] = 0.3 * torch.randn(2 * n, device="cuda")
                for rounded in (False, True):
                    good &= check_step(lib, rule, rows, d, n, x, flat, 0.05, bias == 0 and not spread, rounded)
    return good


def batches(n=16):
    """Of a planted dictionary with noise."""
    atoms = torch.nn.functional.normalize(torch.randn(8192, D, device="cuda"), dim=1)
    made = []
    for _ in range(n):
        at = torch.randint(0, 8192, (ROWS, 24), device="cuda")
        strength = torch.rand(ROWS, 24, device="cuda") * 2 + 0.5
        made.append((atoms[at] * strength[..., None]).sum(1) + 0.1 * torch.randn(ROWS, D, device="cuda"))
    return made


def time_steps(lib):
    torch.manual_seed(4)
    xs = batches()
    turn = {}

    def next_of(name):
        turn[name] = turn.get(name, -1) + 1
        return xs[turn[name] % len(xs)]

    def run(training, name, read):
        training.a.x = training.a.target = next_of(name).data_ptr()
        return training.step(read)

    # Half of all latents on; and fewer of them, by a bias, where no step goes anywhere so that they stay as many.
    for rule, bias in [(r, b) for r in RULES for b in (0.0, -0.68, -0.82, -0.95)]:
        flat = start(rule, D, F, bias=bias)
        mine = ours(lib, rule, ROWS, D, F, flat, xs[0], 0.01)
        rounded = ours(lib, rule, ROWS, D, F, flat, xs[0], 0.01)
        rounded.a.rounded, mine.rate, rounded.rate = True, 1e-12, 1e-12
        variants = {"ours": lambda: run(mine, "ours", False), "ours rounded": lambda: run(rounded, "rounded", False)}
        for precision in ("f32", "tf32", "autocast") if bias == 0.0 else ("autocast",):
            torch.compiler.reset()
            one = Peer(rule, flat, precision, 0.01)
            variants[f"torch {precision}"] = lambda one=one, precision=precision: one.step(next_of(precision))
        for work in variants.values():
            work()
        first = run(mine, "ours", True).n_codes / ROWS
        seen = peer.steady_of(variants, 3, 0.3)
        last = run(mine, "ours", True).n_codes / ROWS
        times = ", ".join(f"{name} {statistics.median(t):.3f}" for name, t in seen.items())
        print(f"{rule}, codes a row {first:.0f} to {last:.0f}, ms: {times}", flush=True)
        del mine, rounded, variants, one
        torch.cuda.empty_cache()


def main():
    lib, args = peer.load(sys.argv[1]), sys.argv[2:]
    good = True
    if "--check" in args:
        good = check_steps(lib)
        print("all checks", "ok" if good else "FAILED", flush=True)
    if "--small" in args:
        good &= check_steps(lib, True)
        print("small checks", "ok" if good else "FAILED", flush=True)
    if "--time" in args:
        time_steps(lib)
    if "--profile" in args:
        torch.manual_seed(5)
        x = batches(1)[0]
        for rule, bias in (("standard", 0.0), ("standard", -0.82), ("gated", 0.0)):
            mine = ours(lib, rule, ROWS, D, F, start(rule, D, F, bias=bias), x, 0.01)
            mine.rate = 1e-12
            for _ in range(10):
                mine.step()
            print(rule, bias)
            peer.profile(lambda: mine.step(False))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
