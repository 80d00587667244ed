#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
"""The check of the arrows is itself checked: one right house, then one wrong stone at a time."""
import contextlib
import importlib.util
import io
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SPEC = importlib.util.spec_from_file_location('layers', os.path.join(HERE, 'check-layers.py'))
layers = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(layers)

RIGHT = {
    'kernels/a.h': '',
    'capture/b.c': '#include "kernels/a.h"\n#include <glib.h>\n',
    'ui/figures/c.c': '#include "capture/b.h"\n#include <cairo.h>\n',
    'app/command/d.c': '#include "storage/store.h"\n',
}
# What is wrong: file, its text, a part of the message that must name it.
WRONG = [
    ('kernels/x.c', '#include "capture/trace.h"\n', 'kernels may not include capture'),
    ('analysis/x.c', '#include "storage/store.h"\n', 'analysis may not include storage'),
    ('capture/x.c', '#include <sqlite3.h>\n', 'capture may not use <sqlite3.h>'),
    ('ui/x.c', '#include "storage/store.h"\n', 'ui may not include storage'),
    ('ui/figures/x.c', '#include <gtk/gtk.h>\n', 'ui/figures may not use <gtk/gtk.h>'),
    ('app/command/x.c', '#include <gtk/gtk.h>\n', 'app may not use <gtk/gtk.h>'),
    ('storage/x.c', '#include "capture/session.h"\n', 'storage may not know'),
    ('capture/x.c', '#include "trace.h"\n', 'write project includes from the root'),
    ('capture/x.c', '#include "helpers/trace.h"\n', 'in no folder of the house'),
    ('capture/x.h', '#include "capture/x.h"\n', 'deep'),
]


def check(files):
    with tempfile.TemporaryDirectory() as root, io.StringIO() as out:
        for path, text in files.items():
            os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
            with open(os.path.join(root, path), 'w', encoding='utf-8') as file:
                file.write(text)
        with contextlib.redirect_stdout(out):
            status = layers.main(root)
        return status, out.getvalue()


def main():
    failures = 0
    status, said = check(RIGHT)
    if status != 0:
        print('a right house is refused:', said)
        failures += 1
    for path, text, part in WRONG:
        status, said = check({**RIGHT, path: text})
        if status != 1 or part not in said or path not in said:
            print(f'{path} with {text!r}: status {status}, said {said!r}, expected {part!r}')
            failures += 1
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
