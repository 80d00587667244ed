#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
# make-pseudo.sh ROOT OUT.mo: template of the window's words, the made-up language of it, compiled.
set -eu
root=$1
out=$(realpath -m "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$root"
grep -v '^#' po/POTFILES | grep '\.c$' | xgettext --files-from=- --from-code=UTF-8 --language=C \
    --keyword=_ --keyword=N_ --output="$work/fovea.pot"
python3 tests/make-pseudo.py "$work/fovea.pot" "$work/qps.po"
msgfmt --check-format --output-file="$out" "$work/qps.po"
