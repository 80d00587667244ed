#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
"""test-heads-devices.py FOVEA [DEVICE]: captures the demo on the CPU and on DEVICE (cuda) in f32, and
compares every cell of the two tables of `fovea heads`: words are the same, numbers within 1e-4 of
1 + the value. Exit status 77 where the device is absent."""
import math
import os
import subprocess
import sys
import tempfile

ALLOWED = 1e-4


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False)


def table(fovea, device, store):
    """Rows of a device's table, the first with the names of its columns; exits without the device."""
    done = run(fovea, 'capture', 'demo', '-o', store, '--device', device, '--precision', 'f32', '--quiet',
               '--random-repeat', '75')
    if 'no CUDA device' in done.stderr:
        print(f'SKIPPED: {done.stderr.strip()}')
        sys.exit(77)
    if done.returncode == 0:
        done = run(fovea, 'heads', store, '--format', 'tsv')
    if done.returncode != 0:
        sys.exit(done.stderr)
    rows = [line.split('\t') for line in done.stdout.splitlines() if not line.startswith('#')]
    if len(rows) < 2:
        sys.exit(f'{device}: the table of heads is empty')
    return rows


def difference(mine, theirs):
    """Relative to 1 + the value; infinite where one of them is no number and they are not the same."""
    if mine == theirs:
        return 0.0
    try:
        x, y = float(mine), float(theirs)
    except ValueError:
        return math.inf
    return abs(x - y) / (1 + abs(y)) if math.isfinite(x) and math.isfinite(y) else math.inf


def main(fovea, device='cuda'):
    with tempfile.TemporaryDirectory() as folder:
        there = table(fovea, device, os.path.join(folder, 'there.fovea'))
        here = table(fovea, 'cpu', os.path.join(folder, 'here.fovea'))
    if len(there) != len(here) or there[0] != here[0]:
        return f'{len(there)} rows of {len(there[0])} columns, {len(here)} of {len(here[0])} on the CPU'
    worst, place, cells = -1.0, '', 0
    for i, (mine, theirs) in enumerate(zip(there[1:], here[1:])):
        for name, x, y in zip(here[0], mine, theirs):
            cells += 1
            if difference(x, y) > worst:
                worst, place = difference(x, y), f'{name} of row {i + 1}: {x}, {y} on the CPU'
    print(f'{cells} cells of {len(here) - 1} heads, {device} against cpu: at most {worst:.2g} ({place})')
    return None if worst <= ALLOWED else f'more than {ALLOWED}'


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
