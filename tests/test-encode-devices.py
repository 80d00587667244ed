#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
"""test-encode-devices.py FOVEA DATA [DEVICE]: stops `fovea sae encode --device DEVICE` (cuda) by SIGKILL and by
SIGINT when the first sequences are committed, lets the same command go on, and compares every row of the store
with that of an encoding that was left alone. Exit status 77 where the device is absent."""
import array
import json
import os
import random
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time

D_IN = 384  # the demo's width
LATENTS, K, SEQUENCES = 16384, 32, 300  # so much to encode that a commit comes long before the end
SITE = 'blocks.3.hook_resid_post'


def write_dictionary(folder):
    """A SAELens folder of random weights: what it finds does not matter, only that it is found again."""
    os.mkdir(folder)
    numbers = random.Random(1).randbytes(D_IN * LATENTS)
    rows = array.array('f', [(b - 127.5) / 1500 for b in numbers]).tobytes()
    tensors = {'W_enc': ([D_IN, LATENTS], rows), 'W_dec': ([LATENTS, D_IN], rows),
               'b_enc': ([LATENTS], bytes(4 * LATENTS)), 'b_dec': ([D_IN], bytes(4 * D_IN))}
    header, at = {}, 0
    for name, (shape, data) in tensors.items():
        header[name] = {'dtype': 'F32', 'shape': shape, 'data_offsets': [at, at + len(data)]}
        at += len(data)
    text = json.dumps(header).encode()
    with open(os.path.join(folder, 'sae_weights.safetensors'), 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text + b''.join(data for _, data in tensors.values()))
    with open(os.path.join(folder, 'cfg.json'), 'w', encoding='utf-8') as file:
        json.dump({'architecture': 'abstopk', 'd_in': D_IN, 'd_sae': LATENTS, 'dtype': 'float32', 'k': K,
                   'apply_b_dec_to_input': True, 'normalize_activations': 'none', 'reshape_activations': 'none',
                   'metadata': {'model_name': 'fovea-demo', 'hook_name': SITE}}, file)


def ask(store, *queries):
    """Every row of the queries, as text."""
    base = sqlite3.connect(f'file:{store}?mode=ro', uri=True)
    try:
        return [repr(row) for query in queries for row in base.execute(query)]
    finally:
        base.close()


def contents(store):
    return ask(store, 'SELECT id, hash, n_tokens, n_codes, options FROM dictionary',
               'SELECT rowid, * FROM code_rows', 'SELECT rowid, * FROM firing')


def sequences(store):
    return len(ask(store, 'SELECT 1 FROM code_rows'))


def stop(command, store, how):
    """Sends the signal when the first rows are there; how many stay."""
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while process.poll() is None and sequences(store) == 0 and time.monotonic() < deadline:
        time.sleep(0.002)  # not to hold the database's lock all the time
    process.send_signal(how)
    said = process.communicate()[1]
    if process.returncode != (-how if how == signal.SIGKILL else 130):
        sys.exit(f'{how.name}: exit status {process.returncode}: {said}')
    return sequences(store)


def main(fovea, data, device='cuda'):
    with tempfile.TemporaryDirectory() as folder:
        def path(name):
            return os.path.join(folder, name)

        def encode(store):
            return [fovea, 'sae', 'encode', path('sae'), store, '--device', device, '--quiet']

        done = subprocess.run([fovea, 'capture', 'demo', '-o', path('bare.fovea'), '--points', SITE, '--tokens', '128',
                               '--stride', '128', '--limit', str(SEQUENCES), '--device', device, '--quiet',
                               '-f', os.path.join(data, 'texts', 'pride_and_prejudice.txt')],
                              capture_output=True, text=True, check=False)
        if 'no CUDA device' in done.stderr:
            print(f'SKIPPED: {done.stderr.strip()}')
            return 77
        if done.returncode == 0:
            write_dictionary(path('sae'))
            shutil.copy(path('bare.fovea'), path('whole.fovea'))
            done = subprocess.run(encode(path('whole.fovea')), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return done.stderr
        for how in (signal.SIGKILL, signal.SIGINT):
            part = path(how.name + '.fovea')
            shutil.copy(path('bare.fovea'), part)
            kept = stop(encode(part), part, how)
            subprocess.run(encode(part), check=True)
            if not 0 < kept < SEQUENCES:
                return f'{how.name}: {kept} of {SEQUENCES} sequences kept: nothing was left to go on with'
            if contents(part) != contents(path('whole.fovea')):
                return f'{how.name}: the store is another than that of an encoding left alone'
            print(f'{device}, {how.name}: {kept} of {SEQUENCES} sequences kept, the rest the same as in one go')
    return 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
