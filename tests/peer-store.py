#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
"""peer-store.py [TOKENS [ROUNDS [FOLDER]]]: what bench-store measures, done with safetensors from
Python: dense maps of 6 layers x 12 heads into one file, synced. Prints a line in bench-store's form.
Needs numpy and safetensors, which nothing else of Fovea does; run by hand."""
import os
import statistics
import sys
import tempfile
import time

import numpy
from safetensors.numpy import save_file


def main(tokens=2048, rounds=3, folder=tempfile.gettempdir()):
    tokens, rounds = int(tokens), int(rounds)
    path = os.path.join(folder, 'bench.safetensors')
    slab = (numpy.arange(tokens * tokens, dtype=numpy.float32) % 977 / 977).reshape(tokens, tokens)
    arrays = {f'blocks.{layer}.attn.hook_pattern': numpy.stack([slab] * 12) for layer in range(6)}
    seconds = []
    for _ in range(rounds):
        if os.path.exists(path):
            os.unlink(path)
        start = time.perf_counter()
        save_file(arrays, path)
        with open(path, 'rb+') as file:
            os.fsync(file.fileno())
        seconds.append(time.perf_counter() - start)
    os.unlink(path)
    size = sum(array.nbytes for array in arrays.values()) / 1e6
    median = statistics.median(seconds)
    print(f'safetensors from Python\t{size:.0f}\t{median:.3f}\t{size / median:.0f}\t')


if __name__ == '__main__':
    main(*sys.argv[1:])
