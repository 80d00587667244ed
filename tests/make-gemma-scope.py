#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
"""Makes tests/golden/sae/gemma-scope: a params.npz as Gemma Scope publishes them (keys W_enc, W_dec,
b_enc, b_dec, threshold; written by numpy) with small random numbers, and inputs, codes and
reconstructions by the published formula, in double precision:

    code = max(x W_enc + b_enc, 0) where x W_enc + b_enc > threshold;  xh = code W_dec + b_dec

Usage: make-gemma-scope.py FOLDER. The same bytes every time but for numpy's own changes."""
import json
import os
import sys

import numpy as np

D, F, N = 6, 10, 5


def main(folder):
    random = np.random.default_rng(7)
    params = {
        "W_enc": random.normal(size=(D, F)).astype(np.float32),
        "W_dec": random.normal(size=(F, D)).astype(np.float32),
        "b_enc": (0.1 * random.normal(size=F)).astype(np.float32),
        "b_dec": (0.1 * random.normal(size=D)).astype(np.float32),
        "threshold": random.uniform(0.1, 0.6, size=F).astype(np.float32),
    }
    x = random.normal(size=(N, D)).astype(np.float32)
    double = {name: value.astype(np.float64) for name, value in params.items()}
    pre = x.astype(np.float64) @ double["W_enc"] + double["b_enc"]
    codes = np.where(pre > double["threshold"], np.maximum(pre, 0), 0)
    out = codes @ double["W_dec"] + double["b_dec"]
    os.makedirs(folder, exist_ok=True)
    np.savez(os.path.join(folder, "params.npz"), **params)
    with open(os.path.join(folder, "expected.json"), "w") as file:
        expected = {"x": x, "codes": codes, "reconstructions": out}
        json.dump({k: np.asarray(v).ravel().tolist() for k, v in expected.items()}, file)
        file.write("\n")


main(sys.argv[1])
