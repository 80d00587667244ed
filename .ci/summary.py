#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
"""summary.py TESTLOG.json: one closing line for a whole test run. A Check suite counts each of its
checks, any other test counts once; what failed is named with the messages of its checks, or with the last
lines that it printed. A line that begins with SKIPPED counts as skipped, and is taken off
the passed ones where a check says it of itself ("SKIPPED check"), which Check counts as passed."""
import json
import re
import sys

FAILED = re.compile(r'^\S+:\d+:[FE]:.*', re.M)
CHECKS = re.compile(r'Checks: (\d+), Failures: (\d+), Errors: (\d+)')


def tell(test, text):
    print(f"{test['result']}: {test['name']}")
    lines = FAILED.findall(text) or text.strip().splitlines()[-5:]
    for line in lines[:5]:
        print(f'    {line[:300]}')


def main(path):
    passed = failed = skipped = 0
    with open(path, encoding='utf-8') as file:
        for line in file:
            test = json.loads(line)
            text = test.get('stdout', '') + test.get('stderr', '')
            counts = [tuple(map(int, c)) for c in CHECKS.findall(text)]
            good = test['result'] in ('OK', 'EXPECTEDFAIL')
            wrong = sum(f + e for _, f, e in counts)
            if test['result'] == 'SKIP':
                skipped += 1
                continue
            skipped += len(re.findall(r'^SKIPPED', text, re.M))
            passed -= len(re.findall(r'^SKIPPED check', text, re.M))
            if counts:
                passed += sum(c - f - e for c, f, e in counts)
                failed += wrong if good or wrong else 1
            else:
                passed += good
                failed += not good
            if not good:
                tell(test, text)
    print(f'{passed} passed, {failed} failed, {skipped} skipped')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
