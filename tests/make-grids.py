#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
"""Writes kernels/block-grids.c and prints the checks of tests/test-blocks-grids.c.

make-grids.py KERNELS/block-grids.c

The grids of GGML's IQ types are constants of the format. They come from the Python package gguf
(0.19.0), which is also what unpacks the blocks whose SHA-256 sums are printed: N_BLOCKS blocks of
each type, their bytes from the generator that the test has, too.
"""

import hashlib
import sys

import gguf
import numpy as np
from gguf import quants

N_BLOCKS = 512
# name of the table, class, bits of an element's code, value per code
GRIDS = [
    ("iq2_xxs", quants.IQ2_XXS, 2, [8, 25, 43]),
    ("iq2_xs", quants.IQ2_XS, 2, [8, 25, 43]),
    ("iq2_s", quants.IQ2_S, 2, [8, 25, 43]),
    ("iq3_xxs", quants.IQ3_XXS, 3, [4, 12, 20, 28, 36, 44, 52, 62]),
    ("iq3_s", quants.IQ3_S, 3, [1, 3, 5, 7, 9, 11, 13, 15]),
    ("iq1_s", quants.IQ1_S, 2, [-1, 0, 1]),
]
HEAD = """/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Grids of GGML's IQ types, written by tests/make-grids.py: constants of the format, published with
 * ggml (github.com/ggml-org/ggml, MIT) and taken from the Python package gguf 0.19.0. */
#include "kernels/block-grids.h"

/* clang-format off */
"""


def pack(grid, bits, values):
    """A number for each point of the grid: codes of its elements, the first in the lowest bits."""
    codes = np.vectorize({v: c for c, v in enumerate(values)}.get)(grid.astype(int))
    return (codes << (bits * np.arange(grid.shape[1]))).sum(axis=1)


def table(name, kind, bits, values):
    kind.init_grid()
    numbers = pack(np.asarray(kind.grid).reshape(kind.grid_shape), bits, values)
    rows = [", ".join(f"0x{n:04x}" for n in numbers[i : i + 11]) for i in range(0, len(numbers), 11)]
    return (
        f"\nconst uint16_t fovea_grid_{name}[{len(numbers)}] = {{\n    "
        + ",\n    ".join(rows)
        + ",\n};\n"
    )


def random_bytes(n):
    """The upper bytes of a linear congruential sequence, whose jumps are taken all at once."""
    state, out = 1, np.empty(n, np.uint8)
    for i in range(n):
        state = (state * 1664525 + 1013904223) % 2**32
        out[i] = state >> 24
    return out


def make_blocks(kind):
    """Blocks with finite scales: bit 14 of an f16 is taken away wherever it may be stored."""
    size = gguf.GGML_QUANT_SIZES[kind.qtype][1]
    blocks = random_bytes(N_BLOCKS * size).reshape(N_BLOCKS, size)
    blocks[:, size - 1 if kind is quants.IQ1_M else 1] &= 0xBF
    return blocks


def main():
    with open(sys.argv[1], "w", encoding="ascii") as out:
        out.write(HEAD + "".join(table(*grid) for grid in GRIDS))
    for kind in [grid[1] for grid in GRIDS] + [quants.IQ1_M]:
        values = np.ascontiguousarray(quants.dequantize(make_blocks(kind), kind.qtype), "<f4")
        print(kind.qtype.name, values.size, hashlib.sha256(values.tobytes()).hexdigest())


main()
