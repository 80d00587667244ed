#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
"""Sparse codes and training on a GPU beside torch: first checks, then times in turns.

usage: peer-sae-gpu.py SAE-GPU.so [--check] [--encode] [--train] [--rounds N]

SAE-GPU.so is built as tests/peer-sae-gpu.cu says. Sizes are d 768, F 24576, k 32. The product alone is
torch's x @ W into a tensor that is there, in each precision; the peer of encoding adds torch's top-k. The
peer of a step is a top-k autoencoder with torch's autograd and fused Adam. Each round runs every variant
once warm and some times timed; a ratio is the median over rounds, because the card's clock follows its power. So
one variant's power sets the next one's clock there; the steady times are of variants that run for half a second each.
"""
import ctypes
import statistics
import sys
import time

import torch

D, F, K = 768, 24576, 32
F32, BF16, TF32 = 0, 1, 3
ROWS, BATCH, RELU, GATE, JUMP, JUMP_TANH = range(6)
P, I64, I32, F32T = ctypes.c_void_p, ctypes.c_int64, ctypes.c_int32, ctypes.c_float


class Adam(ctypes.Structure):
    _fields_ = [(n, F32T) for n in ("rate", "root", "eps", "beta1", "beta2", "scale")]


class Block(ctypes.Structure):
    _fields_ = [(n, P) for n in ("w_enc", "w_dec", "b_enc", "b_dec", "b_mag", "r_mag", "log_threshold")]


class Step(ctypes.Structure):
    _fields_ = ([(n, I64) for n in ("rows", "d_in", "d_out", "n_latents")]
                + [("rule", I32), ("k", I64), ("keep", I64), ("widths", I64 * 16), ("n_widths", I32)]
                + [(n, ctypes.c_double) for n in ("sparsity", "bandwidth", "pre_act")]
                + [(n, ctypes.c_bool) for n in ("rescales", "by_magnitude", "subtracts_b_dec", "unit_norm", "rounded")]
                + [("weight", ctypes.c_double), ("aux", ctypes.c_double), ("aux_k", I64), ("clip", ctypes.c_double),
                   ("adam", Adam), ("w", Block), ("gradient", Block), ("mean", Block), ("square", Block),
                   ("x", P), ("target", P), ("since", P), ("dead_window", I32), ("dead", P), ("n_dead", I64),
                   ("prepared", P), ("row_errors", P), ("result", P)])


class Result(ctypes.Structure):
    _fields_ = ([(n, ctypes.c_double) for n in ("squared_error", "aux", "sparsity", "smallest_kept", "loss", "norm", "spread")]
                + [(n, I64) for n in ("n_codes", "n_dead", "finite")])


def load(path):
    lib = ctypes.CDLL(path)
    lib.bench_new.restype = P
    lib.bench_prepared_bytes.restype = ctypes.c_size_t
    lib.bench_prepared_bytes.argtypes = [I64, I64]
    lib.bench_set_weights.argtypes = [P, P, P, P, I64, I64, I32, P]
    lib.bench_set_rows.argtypes = [P, P, I64, I64, I32, I32, P, P, P]
    lib.bench_set_levels.argtypes = [P, P, P, I64, I64, P, P, P]
    lib.bench_above.argtypes = [P, I32]
    lib.bench_step_args.argtypes, lib.bench_step_args.restype = [P], ctypes.POINTER(Step)
    lib.bench_codes.argtypes = [P, I32, P]
    for name in ("bench_prepare", "bench_step"):
        getattr(lib, name).argtypes = [P]
    lib.bench_scores.argtypes = [P, P]
    return lib


def check_status(status, what):
    if status != 0:
        raise SystemExit(f"{what}: status {status}")


class Codes:
    """Weights, rows, and poisoned results."""

    def __init__(self, lib, w, x, k, bias=None, scale=None, precision=F32, by_magnitude=False, positive=True):
        self.lib, self.keep, self.k = lib, (w, x, bias, scale), k
        self.b = lib.bench_new()
        n, d = w.shape
        self.prepared = torch.full((lib.bench_prepared_bytes(n, d),), 255, dtype=torch.uint8, device="cuda")
        rows = x.shape[0]
        self.latent = torch.full((rows, k), -7, dtype=torch.int32, device="cuda")
        self.value = torch.full((rows, k), float("nan"), device="cuda")
        self.count = torch.full((rows,), -7, dtype=torch.int32, device="cuda")
        pointer = lambda t: None if t is None else t.data_ptr()
        lib.bench_set_weights(self.b, w.data_ptr(), pointer(bias), pointer(scale), n, d, precision == BF16,
                              self.prepared.data_ptr())
        lib.bench_set_rows(self.b, x.data_ptr(), rows, k, by_magnitude, positive and not by_magnitude,
                           self.latent.data_ptr(), self.value.data_ptr(), self.count.data_ptr())
        check_status(lib.bench_prepare(self.b), "prepare")

    def run(self, capability=90):
        fused = I32()
        check_status(self.lib.bench_codes(self.b, capability, ctypes.byref(fused)), "codes")
        return bool(fused.value)

    def scores(self, count=False):
        redone = I32(-1)
        check_status(self.lib.bench_scores(self.b, ctypes.byref(redone) if count else None), "scores")
        return redone.value


def oracle(w, x, bias, scale, by_magnitude, positive):
    """p and what latents compete by, in double; NaN competes for nothing."""
    p = x.double() @ w.double().T
    p = p + bias.double() if bias is not None else p
    q = p * scale.double() if scale is not None else p
    q = q.abs() if by_magnitude else q
    q = torch.where(torch.isnan(q), -float("inf"), q)
    return p, torch.where(p > 0, q, -float("inf")) if positive and not by_magnitude else q


def compare(name, codes, p, q, exact, tolerance):
    """Supports equal those of a stable sort, but for rows whose k-th and next lie within the tolerance."""
    torch.cuda.synchronize()
    k, rows = codes.k, p.shape[0]
    order = torch.sort(q, dim=1, descending=True, stable=True)
    wrong = skipped = 0
    error = 0.0
    latent, value, count = codes.latent.cpu(), codes.value.cpu(), codes.count.cpu()
    top, best = order.indices[:, : k + 1].cpu(), order.values[:, : k + 1].cpu()
    p_host = p.cpu()
    for t in range(rows):
        want = sorted(j for j, v in zip(top[t, :k].tolist(), best[t, :k].tolist()) if v > -float("inf"))
        got = latent[t, : count[t]].tolist() if 0 <= count[t] <= k else None
        if got != want:
            near = k < q.shape[1] and abs(best[t, k - 1] - best[t, min(k, best.shape[1] - 1)]) < tolerance * (1 + abs(best[t, k - 1]))
            near = near or (len(want) < k) or (got is not None and abs(len(got) - len(want)) <= 1 and not exact)
            skipped += bool(near and not exact)
            wrong += not (near and not exact)
            if wrong == 1 and not (near and not exact):
                print("   row", t, "count", int(count[t]), "missing", sorted(set(want) - set(got or [])), "extra",
                      sorted(set(got or []) - set(want)))
            continue
        for i, j in enumerate(got):
            error = max(error, abs(float(value[t, i]) - float(p_host[t, j])) / (1 + abs(float(p_host[t, j]))))
    ok = wrong == 0 and error <= tolerance and skipped <= rows // 50 + 1
    print(f"{'ok  ' if ok else 'FAIL'} {name}: {rows} rows, {wrong} wrong, {skipped} near ties, error {error:.2e}")
    return ok


def check_small(lib):
    """What compute-sanitizer has time for."""
    good = True
    torch.manual_seed(6)
    for rows, d, n, k in ((130, 100, 5000, 32), (33, 66, 600, 5)):
        w, x = torch.randn(n, d, device="cuda"), torch.randn(rows, d, device="cuda")
        for precision in (F32, BF16):
            ww, xx = (w.bfloat16().float(), x.bfloat16().float()) if precision == BF16 else (w, x)
            codes = Codes(lib, w, x, k, None, None, precision)
            fused = codes.run()
            good &= compare(f"small {rows}x{d}->{n} fused {fused:d}", codes, *oracle(ww, xx, None, None, False, True), False, 4e-5)
    d, n = 64, 2048
    x = torch.randn(200, d, device="cuda")
    x[:, 0] += 4
    w = torch.randn(n * 2 * d + n + d, device="cuda")
    ours = Training(lib, 200, d, n, 8, w, x, dead_window=1, aux=1 / 32)
    for _ in range(2):
        good &= ours.step().finite == 1
    for rule in (BATCH, RELU, GATE, JUMP, JUMP_TANH):
        every = Training(lib, 200, d, n, 8, w, x, dead_window=1, aux=1 / 32, rule=rule, sparsity=0.1)
        for _ in range(2):
            good &= every.step().finite == 1
    return good


def check_codes(lib):
    good = True
    torch.manual_seed(1)
    shapes = [(3000, 100, 4096, 30), (300, 768, 24576, 32), (130, 100, 5000, 32), (65, 66, 9000, 7), (257, 32, 300, 5), (40, 64, 8192, 300),
              (33, 1030, 20000, 64), (1, 768, 24576, 32)]
    for rows, d, n, k in shapes:
        w, x = torch.randn(n, d, device="cuda"), torch.randn(rows, d, device="cuda")
        w *= torch.rand(n, 1, device="cuda") + 0.5
        bias, scale = torch.randn(n, device="cuda"), torch.rand(n, device="cuda") + 0.5
        for magnitude in (False, True):
            for b, s in ((None, None), (bias, scale)):
                for precision in (F32, BF16):
                    for capability in (90, 80):
                        ww, xx = (w.bfloat16().float(), x.bfloat16().float()) if precision == BF16 else (w, x)
                        codes = Codes(lib, w, x, k, b, s, precision, magnitude)
                        fused = codes.run(capability)
                        name = f"{rows}x{d}->{n} k {k} mag {magnitude:d} bias {b is not None:d} {('f32', 'bf16')[precision]} cap {capability} fused {fused:d}"
                        good &= compare(name, codes, *oracle(ww, xx, b, s, magnitude, True), False, 4e-6 * d ** 0.5)
    # Rows and latents of very different sizes.
    w, x = torch.randn(9000, 96, device="cuda"), torch.randn(200, 96, device="cuda")
    w *= torch.logspace(-6, 6, 9000, device="cuda")[torch.randperm(9000, device="cuda"), None]
    x *= torch.logspace(-18, 18, 200, device="cuda")[:, None]
    x[7, 3] = 1e30
    for precision in (F32, BF16):
        ww, xx = (w.bfloat16().float(), x.bfloat16().float()) if precision == BF16 else (w, x)
        codes = Codes(lib, w, x, 8, None, None, precision)
        fused = codes.run()
        p, q = oracle(ww, xx, None, None, False, True)
        size = xx.double().norm(dim=1, keepdim=True) * ww.double().norm(dim=1).max()
        codes.value /= size.float()
        good &= compare(f"sizes, fused {fused:d} redone {codes.scores(True)}", codes, p / size, q / size, False, 1e-5)
    # Whole numbers: sums are exact, ties are many, the lower latent wins.
    for n, k, top in ((24576, 32, 2), (8192, 20, 3)):
        w = torch.randint(-top, top + 1, (n, 768), device="cuda").float()
        x = torch.randint(-top, top + 1, (200, 768), device="cuda").float()
        x[3], x[5, 7], x[9] = 0, float("nan"), x[8]
        for magnitude in (False, True):
            for precision in (F32, BF16):
                codes = Codes(lib, w, x, k, None, None, precision, magnitude)
                fused = codes.run()
                good &= compare(f"whole numbers F {n} mag {magnitude:d} {precision} fused {fused:d} redone {codes.scores(True)}", codes, *oracle(w, x, None, None, magnitude, True), True, 0)
    w = torch.zeros(24576, 768, device="cuda")
    w[:, 0] = torch.arange(24576, device="cuda") // 5000
    x = torch.zeros(64, 768, device="cuda")
    x[:, 0] = 1
    codes = Codes(lib, w, x, K)
    codes.run()
    good &= compare(f"five thousand ties, redone {codes.scores(True)}", codes, *oracle(w, x, None, None, False, True), True, 0)
    return good


class Training:
    """Ours: parameters of one block, and a step's arguments."""

    def __init__(self, lib, rows, d, n, k, w, x, dead_window=1000, aux=0.0, clip=1.0, unit=True, magnitude=False, rule=ROWS, sparsity=0.0):
        self.lib, self.b, self.x = lib, lib.bench_new(), x
        more = {GATE: 2 * n, JUMP: n, JUMP_TANH: n}.get(rule, 0)
        self.size = n * 2 * d + n + d + more
        zeros = lambda: torch.zeros(self.size, device="cuda")
        self.w, self.g, self.m, self.v = torch.cat([w, torch.full((more,), -3.0 if rule in (JUMP, JUMP_TANH) else 0.0, device="cuda")]), zeros(), zeros(), zeros()
        self.since = torch.zeros(n, dtype=torch.int32, device="cuda")
        self.dead = torch.zeros(n, dtype=torch.int32, device="cuda")
        self.prepared = torch.zeros(lib.bench_prepared_bytes(n, d), dtype=torch.uint8, device="cuda")
        self.errors = torch.zeros(rows, dtype=torch.float64, device="cuda")
        self.result = torch.zeros(10, dtype=torch.float64, device="cuda")
        self.rows, self.d, self.n, self.k, self.t, self.aux, self.n_dead, self.rate = rows, d, n, k, 0, aux, 0, 3e-4
        a = lib.bench_step_args(self.b).contents
        a.rows, a.d_in, a.d_out, a.n_latents, a.k = rows, d, d, n, k
        a.rule, a.keep, a.sparsity, a.bandwidth = rule, int(k * rows), sparsity / rows, 0.05
        a.by_magnitude, a.subtracts_b_dec, a.unit_norm = magnitude, True, unit
        a.weight, a.clip, a.dead_window = 1 / rows, clip, dead_window
        for name, block in (("w", self.w), ("gradient", self.g), ("mean", self.m), ("square", self.v)):
            base = block.data_ptr()
            b_dec = base + 8 * n * d + 4 * n
            behind = b_dec + 4 * d
            gated, jumps = rule == GATE, rule in (JUMP, JUMP_TANH)
            setattr(a, name, Block(base, base + 4 * n * d, base + 8 * n * d, b_dec, behind if gated else None,
                                   behind + 4 * n if gated else None, behind if jumps else None))
        a.x = a.target = x.data_ptr()
        a.since, a.dead, a.prepared = self.since.data_ptr(), self.dead.data_ptr(), self.prepared.data_ptr()
        a.row_errors, a.result = self.errors.data_ptr(), self.result.data_ptr()
        self.a = a

    def step(self, read=True):
        self.t += 1
        a, most = self.a, self.d // 2
        a.n_dead, a.aux_k = self.n_dead, min(most, self.n_dead)
        a.aux = self.aux * min(self.n_dead / most, 1) / self.rows
        a.adam = Adam(self.rate / (1 - 0.9 ** self.t), (1 - 0.999 ** self.t) ** -0.5, 1e-8, 0.9, 0.999, 1)
        check_status(self.lib.bench_step(self.b), "step")
        if not read:
            return None
        result = Result.from_buffer_copy(self.result.cpu().numpy().tobytes())
        self.n_dead = result.n_dead
        return result


def torch_step(w, x, n, d, k, m, v, t, dead, aux, clip, unit, magnitude):
    """One step in double by autograd: parameters change in place; gives loss and who fired."""
    parts = [w[: n * d].view(n, d), w[n * d: 2 * n * d].view(n, d), w[2 * n * d: 2 * n * d + n], w[2 * n * d + n:]]
    w_enc, w_dec, b_enc, b_dec = leaves = [q.clone().requires_grad_() for q in parts]
    p = (x - b_dec) @ w_enc.T + b_enc
    top = torch.topk(p.abs() if magnitude else p, k, dim=1).indices
    f = torch.zeros_like(p).scatter(1, top, p.gather(1, top))
    f = f if magnitude else torch.relu(f)
    xh = f @ w_dec + b_dec
    loss = ((x - xh) ** 2).sum(1).mean()
    if dead is not None and dead.any() and aux > 0:
        ka = min(d // 2, int(dead.sum()))
        share = min(int(dead.sum()) / (d // 2), 1)
        q = torch.where(dead, p.abs() if magnitude else p, -float("inf"))
        at = torch.topk(q, ka, dim=1).indices
        fd = torch.zeros_like(p).scatter(1, at, p.gather(1, at))
        loss = loss + aux * share * ((fd @ w_dec - (x - xh).detach()) ** 2).sum(1).mean()
    loss.backward()
    g = [q.grad for q in leaves]
    if unit:
        g[1] -= (g[1] * w_dec).sum(1, keepdim=True) * w_dec.detach()
    norm = torch.sqrt(sum((q ** 2).sum() for q in g))
    scale = min(1.0, clip / float(norm)) if clip > 0 else 1.0
    flat = scale * torch.cat([q.reshape(-1) for q in g])
    with torch.no_grad():
        m.mul_(0.9).add_(0.1 * flat)
        v.mul_(0.999).add_(0.001 * flat ** 2)
        w -= 3e-4 / (1 - 0.9 ** t) * m / (torch.sqrt(v) * (1 - 0.999 ** t) ** -0.5 + 1e-8)
        if unit:
            parts[1] /= parts[1].norm(dim=1, keepdim=True)
    return float(loss), float(norm), flat / scale, (f != 0).any(0)


def check_steps(lib):
    good = True
    torch.manual_seed(2)
    for rows, d, n, k, aux, unit, magnitude in ((512, 64, 4096, 16, 1 / 32, True, False), (300, 96, 2048, 8, 0.5, True, True),
                                               (1024, 128, 8192, 32, 0, False, False), (640, 32, 64, 3, 1 / 32, True, False)):
        x = torch.randn(rows, d, device="cuda") + 0.3
        x[:, 0] += 4  # some latents fire in most rows
        w = torch.randn(n * 2 * d + n + d, device="cuda")
        dec = torch.nn.functional.normalize(w[: n * d].view(n, d), dim=1)
        w[: n * d] = w[n * d: 2 * n * d] = dec.reshape(-1)
        w[2 * n * d:] = 0
        ours = Training(lib, rows, d, n, k, w, x, dead_window=2, aux=aux, unit=unit, magnitude=magnitude)
        theirs, m, v = w.double(), torch.zeros_like(w).double(), torch.zeros_like(w).double()
        since = torch.zeros(n, device="cuda")
        xd = x.double()
        for t in range(1, 6):
            dead = since >= 2
            start = ours.w.double()
            r = ours.step()
            loss, norm, flat, fired = torch_step(start.clone(), xd, n, d, k, m.clone(), v.clone(), t, dead, aux, 1.0, unit, magnitude)
            off = float((ours.g.double() - flat).norm() / flat.norm())
            loss2, _, _, fired = torch_step(theirs, xd, n, d, k, m, v, t, dead, aux, 1.0, unit, magnitude)
            since = torch.where(fired, 0, since + 1)
            apart = float((ours.w.double() - theirs).norm() / (theirs - w.double()).norm())
            n_dead = int((since >= 2).sum())
            ok = (abs(r.loss - loss) < 1e-5 * loss and abs(r.norm - norm) < 1e-4 * norm and off < 1e-4 and r.finite == 1
                  and abs(r.n_dead - n_dead) <= 2 and apart < 0.05)
            good &= ok
            print(f"{'ok  ' if ok else 'FAIL'} step {t} {rows}x{d}->{n} k {k} aux {aux:.3f} mag {magnitude:d}: loss {r.loss:.6f} {loss:.6f} aux {r.aux:.5f} norm {r.norm:.5f} {norm:.5f} gradient off {off:.1e} w apart {apart:.1e} dead {r.n_dead} {n_dead}")
        again = Training(lib, rows, d, n, k, w, x, dead_window=2, aux=aux, unit=unit, magnitude=magnitude)
        for _ in range(5):
            again.step()
        same = torch.equal(again.w, ours.w) and torch.equal(again.v, ours.v)
        good &= same
        print("ok   same bits again" if same else "FAIL other bits again")
    return good


def check_batches(lib):
    """Codes of a batch that competes as a whole, from whole numbers: sums are exact and ties are many. A row's
    squared error tells which latents it kept."""
    good = True
    torch.manual_seed(8)
    for rows, d, n, k, magnitude, rescales in ((200, 32, 700, 5, False, False), (64, 64, 4100, 20, True, False), (50, 32, 300, 290, False, False),
                                               (300, 32, 256, 7, False, True), (1000, 16, 2048, 3, True, False)):
        w = torch.randint(-2, 3, (n * 2 * d + n + d,), device="cuda").float()
        w[2 * n * d + n:] = 0
        x = torch.randint(-2, 3, (rows, d), device="cuda").float()
        x[rows // 2:] = x[: rows - rows // 2]
        ours = Training(lib, rows, d, n, k, w, x, clip=0, unit=False, magnitude=magnitude, rule=BATCH)
        ours.a.rescales = rescales
        result = ours.step()
        enc, dec, bias = w[: n * d].view(n, d).double(), w[n * d: 2 * n * d].view(n, d).double(), w[2 * n * d: 2 * n * d + n].double()
        p = x.double() @ enc.T + bias
        q = p * dec.float().norm(dim=1).double() if rescales else p
        q = (q.abs() if magnitude else q).flatten()
        order = torch.sort(q, descending=True, stable=True)
        kept = order.indices[: k * rows][order.values[: k * rows] > 0]
        f = torch.zeros_like(q)
        f[kept] = p.flatten()[kept]
        errors = ((f.view(rows, n) @ dec - x.double()) ** 2).sum(1)
        off = float(((ours.errors - errors).abs() / (1 + errors)).max())
        smallest = float(q[kept].min())
        ok = off < (1e-6 if rescales else 1e-12) and result.n_codes == len(kept) and abs(result.smallest_kept - smallest) < 1e-5
        good &= ok
        print(f"{'ok  ' if ok else 'FAIL'} batch {rows}x{d}->{n} k {k} mag {magnitude:d} norms {rescales:d}: kept {result.n_codes} of {k * rows}, smallest "
              f"{result.smallest_kept:g} {smallest:g}, ties {int((q == smallest).sum())}, errors off {off:.1e}")
    return good


def timed(work, n):
    start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    work()
    torch.cuda.synchronize()
    start.record()
    for _ in range(n):
        work()
    end.record()
    torch.cuda.synchronize()
    return start.elapsed_time(end) / n


def rounds_of(variants, rounds, n=8):
    seen = {name: [] for name in variants}
    for _ in range(rounds):
        for name, work in variants.items():
            seen[name].append(timed(work, n))
    return seen


def steady_of(variants, turns=3, seconds=0.4):
    """Times of variants that each run until the card's clock has settled on what they draw: the first half is not
    taken. Sixteen runs at a time, so that the host never waits for room in the card's queue."""
    seen = {name: [] for name in variants}
    for _ in range(turns):
        for name, work in variants.items():
            times, end = [], time.monotonic() + seconds
            while time.monotonic() < end:
                times.append(timed(work, 16))
            seen[name].append(statistics.median(times[len(times) // 2:]))
    return seen


def ratio(seen, a, b):
    return statistics.median(x / y for x, y in zip(seen[a], seen[b]))


def time_encode(lib, rounds):
    torch.manual_seed(3)
    w = torch.randn(F, D, device="cuda") / D ** 0.5
    bias = torch.zeros(F, device="cuda")
    print("precision\trows\tproduct ms\tM/s\ttorch topk ms\tours ms\tM/s\tquick pass ms\tours/product\tsteady: product ms\tours ms\tours/product\tours/torch\tredone")
    for rows in (4096, 16384):
        x = torch.randn(rows, D, device="cuda")
        for name, precision in (("bf16", BF16), ("tf32", TF32), ("f32", F32)):
            torch.backends.cuda.matmul.allow_tf32 = name == "tf32"
            dtype = torch.bfloat16 if name == "bf16" else torch.float32
            xs, ws = x.to(dtype), w.to(dtype).T.contiguous()
            step = 4096
            out = torch.empty(step, F, device="cuda", dtype=dtype)

            def product():
                for i in range(0, rows, step):
                    torch.mm(xs[i:i + step], ws, out=out)

            def peer():
                for i in range(0, rows, step):
                    torch.topk(torch.mm(xs[i:i + step], ws, out=out), K, dim=1, sorted=False)

            codes = Codes(lib, w, x, K, bias, None, precision)
            codes.run()
            seen = rounds_of({"product": product, "ours": codes.run, "scores": codes.scores}, rounds)
            peers = rounds_of({"peer": peer, "ours": codes.run}, 2, 2)
            long = steady_of({"product": product, "ours": codes.run})
            median = {key: statistics.median(value) for key, value in seen.items()}
            settled = {key: statistics.median(value) for key, value in long.items()}
            print(f"{name}\t{rows}\t{median['product']:.3f}\t{rows / median['product'] / 1e3:.2f}\t{statistics.median(peers['peer']):.3f}"
                  f"\t{median['ours']:.3f}\t{rows / median['ours'] / 1e3:.2f}\t{median['scores']:.3f}"
                  f"\t{ratio(seen, 'ours', 'product'):.3f}\t{settled['product']:.3f}\t{settled['ours']:.3f}"
                  f"\t{ratio(long, 'ours', 'product'):.3f}\t{ratio(peers, 'ours', 'peer'):.3f}\t{codes.scores(True)}", flush=True)


class Peer(torch.nn.Module):
    def __init__(self):
        super().__init__()
        dec = torch.nn.functional.normalize(torch.randn(F, D, device="cuda"), dim=1)
        self.w_enc, self.w_dec = torch.nn.Parameter(dec.T.contiguous()), torch.nn.Parameter(dec.clone())
        self.b_enc, self.b_dec = torch.nn.Parameter(torch.zeros(F, device="cuda")), torch.nn.Parameter(torch.zeros(D, device="cuda"))
        self.adam = torch.optim.Adam(self.parameters(), lr=3e-4, fused=True)

    def step(self, x, autocast):
        with torch.autocast("cuda", dtype=torch.bfloat16, enabled=autocast):
            p = (x - self.b_dec) @ self.w_enc + self.b_enc
            top = torch.topk(p, K, dim=1, sorted=False)
            f = torch.zeros_like(p).scatter(1, top.indices, torch.relu(top.values))
            loss = ((f @ self.w_dec + self.b_dec - x).float() ** 2).sum(1).mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.parameters(), 1.0)
        self.adam.step()
        self.adam.zero_grad()
        return loss


def time_train(lib, rounds):
    torch.manual_seed(4)
    rows = 4096
    # Batches of a planted dictionary with noise, one after another.
    atoms = torch.nn.functional.normalize(torch.randn(8192, D, device="cuda"), dim=1)
    batches = []
    for _ in range(16):
        at = torch.randint(0, 8192, (rows, 24), device="cuda")
        strength = torch.rand(rows, 24, device="cuda") * 2 + 0.5
        batches.append((atoms[at] * strength[..., None]).sum(1) + 0.1 * torch.randn(rows, D, device="cuda"))
    x = batches[0]
    turn = {}

    def batch(name):
        turn[name] = turn.get(name, -1) + 1
        return batches[turn[name] % 16]

    peer = Peer()
    w = torch.cat([peer.w_enc.T.reshape(-1), peer.w_dec.reshape(-1), peer.b_enc, peer.b_dec]).detach().clone()
    ours = Training(lib, rows, D, F, K, w, x)
    half = Training(lib, rows, D, F, K, w, x, dead_window=1, aux=1 / 32)
    others = {name: Training(lib, rows, D, F, K, w, x, rule=rule, sparsity=0.01)
              for name, rule in (("batchtopk", BATCH), ("standard", RELU), ("gated", GATE), ("jumprelu", JUMP))}
    half.w[2 * F * D: 2 * F * D + F: 2] = -1000
    half.step(), half.step()
    torch.backends.cuda.matmul.allow_tf32 = True

    def run(training, name, read):
        training.a.x = training.a.target = batch(name).data_ptr()
        return training.step(read)

    seen = rounds_of({"autocast": lambda: peer.step(batch("a"), True), "tf32": lambda: peer.step(batch("b"), False),
                      "ours": lambda: run(ours, "c", False), "ours, waited for": lambda: run(ours, "c", True),
                      "ours, half dead": lambda: run(half, "d", True)}, rounds, 5)
    seen.update(rounds_of({f"ours, {name}": lambda t=t, name=name: run(t, name, True) for name, t in others.items()}, 3, 3))
    for name, t in others.items():
        r = run(t, name, True)
        print(f"{name}: steps {t.t} loss {r.loss:.5f} codes a row {r.n_codes / rows:.1f} dead {r.n_dead}")
    print("ours", [round(t, 3) for t in seen["ours"]], "half dead", [round(t, 3) for t in seen["ours, half dead"]])
    print("steps", ours.t, "loss", run(ours, "c", True).loss, "steps of the peer", turn["a"] + turn["b"] + 2, "loss", float(peer.step(batch("a"), True)))
    for name, times in seen.items():
        print(f"step, {name}\t{statistics.median(times):.3f} ms")
    print(f"ours/autocast\t{ratio(seen, 'ours', 'autocast'):.3f}\tdead of the last {half.n_dead}")


def profile(work, n=5):
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CUDA]) as p:
        for _ in range(n):
            work()
        torch.cuda.synchronize()
    for e in sorted(p.key_averages(), key=lambda e: -e.device_time_total)[:16]:
        print(f"{e.device_time_total / n:10.1f} us  {e.count // n:3d}x  {e.key[:90]}")


def main():
    lib, args = load(sys.argv[1]), sys.argv[2:]
    rounds = int(args[args.index("--rounds") + 1]) if "--rounds" in args else 7
    good = True
    if "--check" in args:
        good = check_codes(lib) & check_steps(lib) & check_batches(lib)
        print("all checks", "ok" if good else "FAILED", flush=True)
    if "--small" in args:
        good &= check_small(lib)
        print("small checks", "ok" if good else "FAILED", flush=True)
    if "--encode" in args:
        time_encode(lib, rounds)
    if "--train" in args:
        time_train(lib, rounds)
    if "--profile" in args:
        torch.manual_seed(5)
        x, w = torch.randn(4096, D, device="cuda"), torch.randn(F, D, device="cuda") / D ** 0.5
        for precision in (BF16, F32):
            codes = Codes(lib, w, x, K, None, None, precision)
            codes.run()
            profile(codes.run)
        flat = torch.cat([w.reshape(-1), torch.nn.functional.normalize(w, dim=1).reshape(-1), torch.zeros(F + D, device="cuda")])
        ours = Training(lib, 4096, D, F, K, flat, x)
        for _ in range(30):
            ours.step()
        profile(lambda: ours.step(False))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
