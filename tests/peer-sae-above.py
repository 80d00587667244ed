#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
"""Codes by thresholds on a GPU beside torch: first checks, then times in turns.

usage: peer-sae-above.py SAE-GPU.so [--check] [--small] [--time] [--profile] [--rounds N]

SAE-GPU.so is built as tests/peer-sae-gpu.cu says. The peer is torch's product, what of it is above, and that as
compressed rows: places, values, counts. Rounds and ratios are those of peer-sae-gpu.py.
"""
import importlib
import statistics
import sys

import torch

peer = importlib.import_module("peer-sae-gpu")
F32, BF16, TF32, D, F = peer.F32, peer.BF16, peer.TF32, peer.D, peer.F


class Above:
    """Codes by levels, and poisoned results."""

    def __init__(self, lib, w, x, level, bias=None, precision=F32, room=None):
        self.lib, self.keep = lib, (w, x, bias, level)
        self.b = lib.bench_new()
        n, d = w.shape
        self.rows = rows = x.shape[0]
        self.prepared = torch.full((lib.bench_prepared_bytes(n, d),), 255, dtype=torch.uint8, device="cuda")
        lib.bench_set_weights(self.b, w.data_ptr(), None if bias is None else bias.data_ptr(), None, n, d, precision == BF16,
                              self.prepared.data_ptr())
        self.offset = torch.full((rows + 1,), -7, dtype=torch.int64, device="cuda")
        self.reserve(rows * n if room is None else room)
        peer.check_status(lib.bench_prepare(self.b), "prepare")

    def reserve(self, room):
        _, x, _, level = self.keep
        self.latent = torch.full((max(room, 1),), -7, dtype=torch.int32, device="cuda")
        self.value = torch.full((max(room, 1),), float("nan"), device="cuda")
        self.lib.bench_set_levels(self.b, level.data_ptr(), x.data_ptr(), self.rows, room, self.offset.data_ptr(),
                                  self.latent.data_ptr(), self.value.data_ptr())

    def run(self, capability=90):
        peer.check_status(self.lib.bench_above(self.b, capability), "above")


def compare(name, codes, p, level, tolerance, size=None):
    """Supports equal p > level, but for products within the tolerance of it; latents rise."""
    torch.cuda.synchronize()
    rows, n = p.shape
    offset = codes.offset
    total = int(offset[-1])
    good = bool(offset[0] == 0) and bool((offset[1:] >= offset[:-1]).all()) and total <= codes.latent.numel()
    if not good:
        print(f"FAIL {name}: offsets from {int(offset[0])} to {total}")
        return False
    row = torch.repeat_interleave(torch.arange(rows, device="cuda"), offset[1:] - offset[:-1])
    latent = codes.latent[:total].long()
    key = row * n + latent
    rising = bool((key[1:] > key[:-1]).all()) and (total == 0 or bool(((latent >= 0) & (latent < n)).all()))
    want = (p > level).flatten()
    got = torch.zeros_like(want)
    got[key] = True
    scale = 1 + p.abs() if size is None else size.expand_as(p)
    odd = want != got
    wrong = int((odd & ((p - level).abs() > tolerance * scale).flatten()).sum())
    error = float(((codes.value[:total].double() - p.flatten()[key]).abs() / scale.flatten()[key]).max()) if total else 0.0
    ok = rising and wrong == 0 and error <= tolerance
    print(f"{'ok  ' if ok else 'FAIL'} {name}: {rows} rows, {total / rows:.1f} codes a row, {wrong} wrong, {int(odd.sum())} at the level, error {error:.2e}, rising {rising:d}")
    return ok


def check(lib):
    good = True
    torch.manual_seed(9)
    for rows, d, n in ((300, 768, 24576), (1000, 100, 4096), (130, 100, 5000), (65, 66, 9000), (257, 32, 300), (1, 768, 24576), (33, 1030, 20000), (7, 8, 3), (200, 2304, 16384)):
        w, x = torch.randn(n, d, device="cuda") / d ** 0.5, torch.randn(rows, d, device="cuda")
        x[0] *= 4  # a row with many codes
        bias = 0.3 * torch.randn(n, device="cuda")
        for mean in (3.0, 1.8, 0.0, -1.0):
            level = mean + 0.4 * torch.randn(n, device="cuda")
            for b in (None, bias):
                for precision in (F32, BF16):
                    ww, xx = (w.bfloat16().float(), x.bfloat16().float()) if precision == BF16 else (w, x)
                    p = xx.double() @ ww.double().T + (0 if b is None else b.double())
                    tolerance = 4e-6 * d ** 0.5 if precision == BF16 else 1e-6 + 3e-7 * d ** 0.5
                    for capability in (90, 80):
                        codes = Above(lib, w, x, level, b, precision)
                        codes.run(capability)
                        good &= compare(f"above {mean} {rows}x{d}->{n} bias {b is not None:d} {('f32', 'bf16')[precision]} cap {capability}", codes, p, level.double(), tolerance)
    # Latents and rows of very different sizes; weights that bf16 has.
    w, x = torch.randn(9000, 96, device="cuda"), torch.randn(222, 96, device="cuda")
    w *= torch.logspace(-6, 6, 9000, device="cuda")[torch.randperm(9000, device="cuda"), None]
    x *= torch.logspace(-30, 24, 222, device="cuda")[:, None]
    size = 1e-38 + x.double().norm(dim=1, keepdim=True) * w.double().norm(dim=1)
    for mean in (0.0, 2.5):
        level = mean * size[111].float().clamp(max=1e30)
        p = x.double() @ w.double().T
        for capability in (90, 80):
            codes = Above(lib, w, x, level)
            codes.run(capability)
            good &= compare(f"sizes, levels {mean} cap {capability}", codes, p, level.double(), 1e-5, size + level.double())
    # Whole numbers: sums are exact, many equal their level, and equal is no code.
    w, x = torch.randint(-2, 3, (8192, 256), device="cuda").float(), torch.randint(-2, 3, (400, 256), device="cuda").float()
    x[3] = 0
    for mean in (100, 60, 0):
        level = (mean + torch.randint(-3, 4, (8192,), device="cuda")).float()
        p = x.double() @ w.double().T
        for precision in (F32, BF16):
            codes = Above(lib, w, x, level, None, precision)
            codes.run()
            good &= compare(f"whole numbers above {mean} {precision}, equal {int((p == level).sum())}", codes, p, level.double(), 0)
    # A row of NaN has no codes; rows that end beyond the room are counted.
    w, x = torch.randn(4096, 64, device="cuda"), torch.randn(300, 64, device="cuda")
    level = torch.full((4096,), 16.0, device="cuda")
    x[17, 3] = float("nan")
    p = torch.nan_to_num(x.double() @ w.double().T, nan=-1e9)
    whole, half = Above(lib, w, x, level), Above(lib, w, x, level, room=5000)
    whole.run(), half.run()
    good &= compare("a row of NaN", whole, p, level.double(), 1e-5)
    end = int(whole.offset[whole.offset <= 5000].max())
    same = torch.equal(whole.offset, half.offset) and torch.equal(whole.latent[:end], half.latent[:end]) and bool((half.latent[end:] == -7).all())
    whole.run()
    again = torch.equal(whole.offset, half.offset)
    print(f"{'ok  ' if same and again else 'FAIL'} room for {end} of {int(whole.offset[-1])} codes")
    return good and same and again


def time_codes(lib, rounds):
    """JumpReLU; torch's product, mask, places, values and counts of rows are what compressed rows take."""
    print("size\trows\tcodes a row\tprecision\tproduct ms\ttorch ms\tours ms\tours/product\tours/torch")
    for d, n in ((768, 24576), (2304, 16384)):
        torch.manual_seed(10)
        w = torch.randn(n, d, device="cuda") / d ** 0.5
        bias = 0.1 * torch.randn(n, device="cuda")
        for rows in (4096, 16384):
            x = torch.randn(rows, d, device="cuda")
            for mean in ((3.0, 2.65, 2.1, 1.75, 0.0) if rows == 4096 else (2.65,)):
                level = mean * (1 + 0.05 * torch.randn(n, device="cuda"))
                for name, precision in (("bf16", BF16), ("tf32", TF32), ("f32", F32)):
                    torch.backends.cuda.matmul.allow_tf32 = name == "tf32"
                    dtype = torch.bfloat16 if name == "bf16" else torch.float32
                    xs, ws, bs, ls = x.to(dtype), w.to(dtype).T.contiguous(), bias.to(dtype), level.to(dtype)
                    step = 4096
                    out = torch.empty(step, n, device="cuda", dtype=dtype)

                    def product():
                        for i in range(0, rows, step):
                            torch.mm(xs[i:i + step], ws, out=out)

                    def theirs():
                        for i in range(0, rows, step):
                            torch.addmm(bs, xs[i:i + step], ws, out=out)
                            mask = out > ls
                            at = mask.nonzero(as_tuple=True)
                            out[at], mask.sum(1).cumsum(0), at[1].int()

                    codes = Above(lib, w, x, level, bias, precision, room=1)
                    codes.run()
                    total = int(codes.offset[-1])
                    codes.reserve(total)
                    seen = peer.rounds_of({"product": product, "ours": codes.run}, rounds, 5)
                    peers = peer.rounds_of({"theirs": theirs, "ours": codes.run}, 3, 2)
                    median = {key: statistics.median(value) for key, value in seen.items()}
                    print(f"{d}->{n}\t{rows}\t{total / rows:.1f}\t{name}\t{median['product']:.3f}\t{statistics.median(peers['theirs']):.3f}\t{median['ours']:.3f}"
                          f"\t{peer.ratio(seen, 'ours', 'product'):.3f}\t{peer.ratio(peers, 'ours', 'theirs'):.3f}", flush=True)
                    del codes


def check_small(lib):
    """What compute-sanitizer has time for: few and many codes, vectors or none, a row of several windows."""
    good = True
    torch.manual_seed(11)
    for rows, d, n in ((130, 64, 5000), (70, 66, 600)):
        w, x = torch.randn(n, d, device="cuda") / d ** 0.5, torch.randn(rows, d, device="cuda")
        x[0] *= 8
        for mean in (2.5, 1.7, 0.0):
            level = torch.full((n,), mean, device="cuda")
            for precision in (F32, BF16):
                ww, xx = (w.bfloat16().float(), x.bfloat16().float()) if precision == BF16 else (w, x)
                codes = Above(lib, w, x, level, None, precision)
                codes.run()
                good &= compare(f"small {rows}x{d}->{n} above {mean} {precision}", codes, xx.double() @ ww.double().T, level.double(), 4e-5)
    return good


def show_profile(lib):
    torch.manual_seed(5)
    x, w = torch.randn(4096, D, device="cuda"), torch.randn(F, D, device="cuda") / D ** 0.5
    for mean in (2.65, 2.0):
        for precision in (BF16, F32):
            codes = Above(lib, w, x, torch.full((F,), mean, device="cuda"), None, precision, 1 << 23)
            peer.profile(codes.run)
            print(f"codes a row {int(codes.offset[-1]) / 4096:.1f}, precision {precision}")


def main():
    lib, args = peer.load(sys.argv[1]), sys.argv[2:]
    rounds = int(args[args.index("--rounds") + 1]) if "--rounds" in args else 7
    good = True
    if "--check" in args:
        good = check(lib)
        print("all checks", "ok" if good else "FAILED", flush=True)
    if "--small" in args:
        good &= check_small(lib)
        print("small checks", "ok" if good else "FAILED", flush=True)
    if "--time" in args:
        time_codes(lib, rounds)
    if "--profile" in args:
        show_profile(lib)
    sys.exit(0 if good else 1)


main()
