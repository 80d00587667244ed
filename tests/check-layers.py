#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
"""check-layers.py ROOT: the arrows between folders, the packages each folder may use, and the depth
of includes. Prints one line a violation and exits 1 if there is any."""
import os
import re
import sys

# Folder -> what it may include, and the system headers it must not. The longest prefix counts.
ARROWS = {
    'kernels': ['kernels'],
    'capture': ['kernels', 'capture'],
    'analysis': ['kernels', 'capture', 'analysis'],
    'storage': ['kernels', 'capture', 'analysis', 'storage'],
    'ui/figures': ['kernels', 'capture', 'analysis', 'ui/figures'],
    'ui': ['kernels', 'capture', 'analysis', 'ui/figures', 'ui'],
    'app': ['kernels', 'capture', 'analysis', 'storage', 'ui/figures', 'app'],
    'app/window': ['kernels', 'capture', 'analysis', 'storage', 'ui/figures', 'ui', 'app',
                   'app/window'],
}
GTK, SQL, CUDA, CAIRO = r'gtk/|gdk/|gsk/', r'sqlite3', r'cuda|cublas', r'cairo|pango'
FORBIDDEN = {
    'kernels': [GTK, SQL, CAIRO, r'json-glib|gio/'],
    'capture': [GTK, SQL, CUDA, CAIRO],
    'analysis': [GTK, SQL, CUDA, CAIRO],
    'storage': [GTK, CUDA, CAIRO],
    'ui/figures': [GTK, SQL, CUDA],
    'ui': [SQL, CUDA],
    'app': [GTK, SQL, CUDA],
    'app/window': [SQL, CUDA],
}
# Forward passes are no business of the store.
HIDDEN = {'storage': ['capture/session.h', 'capture/model.h', 'kernels/ops-', 'kernels/device']}
DEEPEST = 4  # within one folder
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def room_of(path):
    """The folder of ARROWS that holds path, or None."""
    rooms = [r for r in ARROWS if path == r or path.startswith(r + '/')]
    return max(rooms, key=len) if rooms else None


def sources(root):
    for base, dirs, names in os.walk(root):
        dirs[:] = [d for d in dirs if not d.startswith(('.', 'build'))]
        for name in names:
            if name.endswith(('.c', '.h', '.cu', '.cuh')):
                yield os.path.relpath(os.path.join(base, name), root)


def check_file(path, includes):
    room, wrong = room_of(path), []
    for kind, target in includes:
        if kind == '"' and target != 'fovea-config.h':
            there = room_of(target)
            if there is None and '/' in target:
                wrong.append(f'{path}: includes "{target}", which is in no folder of the house')
            elif there is None and not target.endswith('-resources.h'):
                wrong.append(f'{path}: includes "{target}": write project includes from the root')
            elif there is not None and there not in ARROWS[room]:
                wrong.append(f'{path}: {room} may not include {there} ("{target}")')
            wrong += [f'{path}: {room} may not know "{target}"'
                      for hidden in HIDDEN.get(room, []) if target.startswith(hidden)]
        elif kind == '<':
            wrong += [f'{path}: {room} may not use <{target}>' for pattern in FORBIDDEN[room]
                      if re.match(pattern, target) and not path.startswith('kernels/cuda')]
    return wrong


def depth(path, graph, above=()):
    """Longest chain of includes within the folder of path; a cycle is reported as endless."""
    if path in above:
        return 1000
    return max((1 + depth(t, graph, above + (path,)) for t in graph.get(path, ())), default=0)


def main(root):
    graph, wrong = {}, []
    for path in sorted(sources(root)):
        if room_of(path) is None:
            continue
        with open(os.path.join(root, path), encoding='utf-8') as file:
            includes = INCLUDE.findall(file.read())
        graph[path] = [t for kind, t in includes if kind == '"' and room_of(t) == room_of(path)]
        wrong += check_file(path, includes)
    wrong += [f'{path}: includes are {depth(path, graph)} deep, at most {DEEPEST}'
              for path in graph if depth(path, graph) > DEEPEST]
    print('\n'.join(wrong) if wrong else f'{len(graph)} files, every arrow points the right way')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
