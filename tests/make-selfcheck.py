#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
"""make-selfcheck.py REFERENCE.safetensors OUT.json: samples values of the record that TransformerLens
made of the demo model into the small file that `fovea selfcheck` compares with. Every point gives
the same number of values, spread evenly from its first to its last element."""
import json
import struct
import sys

SAMPLES = 5


def read_tensors(path):
    """(name, flat values) of every F32 tensor, in the order of the file."""
    with open(path, 'rb') as file:
        length, = struct.unpack('<Q', file.read(8))
        header = json.loads(file.read(length))
        body = file.read()
    header.pop('__metadata__', None)
    for name, entry in sorted(header.items(), key=lambda item: item[1]['data_offsets'][0]):
        start, end = entry['data_offsets']
        if entry['dtype'] == 'F32':
            yield name, struct.unpack(f'<{(end - start) // 4}f', body[start:end])


def main(reference, out):
    with open(reference.replace('.safetensors', '.json'), encoding='utf-8') as file:
        ids = json.load(file)['input_ids']
    points = {}
    for name, values in read_tensors(reference):
        if name.startswith('composition.'):
            continue
        places = sorted({i * (len(values) - 1) // (SAMPLES - 1) for i in range(SAMPLES)})
        places = [i for i in places if abs(values[i]) != float('inf')]
        points[name] = {'index': places, 'value': [float(f'{values[i]:.9g}') for i in places]}
    record = {'source': 'TransformerLens, float32, no weight processing', 'ids': ids,
              'points': points}
    with open(out, 'w', encoding='utf-8') as file:
        json.dump(record, file, separators=(',', ':'))
        file.write('\n')
    print(len(points), 'points,', sum(len(p['value']) for p in points.values()), 'values')


if __name__ == '__main__':
    main(*sys.argv[1:3])
