#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
"""test-readme.py README.md FOVEA SOURCE_ROOT: runs the commands that the README shows, one after the
other in an empty folder, and fails at the first that does not work."""
import os
import re
import subprocess
import sys
import tempfile


def commands(readme):
    """Lines of code blocks that begin with fovea, without their comments."""
    with open(readme, encoding='utf-8') as file:
        blocks = re.findall(r'^```\n(.*?)^```', file.read(), re.M | re.S)
    for line in '\n'.join(blocks).split('\n'):
        if line.startswith('fovea ') and not line.startswith('fovea window'):
            yield line.split('  #')[0].strip()


def main(readme, fovea, root):
    n = 0
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(os.path.join(root, 'data'), os.path.join(folder, 'data'))
        os.symlink(os.path.abspath(fovea), os.path.join(folder, 'fovea'))
        environment = {**os.environ, 'PATH': folder + ':' + os.environ['PATH']}
        # What another program would have saved.
        golden = os.path.join(root, 'tests/golden/families/gemma')
        made = {'fovea import cache.safetensors':
                "fovea export a.fovea --point 'blocks.*.attn.hook_rot_*' -o cache.safetensors",
                'fovea selfcheck ./gemma':
                f'cp -r "{golden}" gemma && mv gemma/reference.safetensors saved.safetensors'}
        for line in commands(readme):
            before = [c for start, c in made.items() if line.startswith(start)]
            for command in before + [line]:
                done = subprocess.run(command, shell=True, cwd=folder, env=environment,
                                      capture_output=True, text=True, check=False)
                if done.returncode != 0:
                    print(f'{command}: exit status {done.returncode}\n{done.stderr}')
                    return 1
            n += 1
    print(f'{n} commands of the README work')
    return 0 if n >= 10 else 1


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
