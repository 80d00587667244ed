#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
#
# The pictures that test-golden and test-golden-figures compare with, made from the program; look at each of
# them afterwards:
#
#   tests/make-golden.sh BUILD
set -eu
build=$(cd "$1" && pwd)
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$root/tests/golden/window" "$root/tests/golden/figures"
GOLDEN_WRITE="$root/tests/golden/figures" "$build/tests/test-golden-figures"
for theme in light dark light-contrast; do
    FOVEA_THEME=$theme GOLDEN_WRITE="$root/tests/golden/window" GSK_RENDERER=cairo GTK_A11Y=none \
        GSETTINGS_BACKEND=memory CK_FORK=no CK_DEFAULT_TIMEOUT=240 \
        xvfb-run -a -s "-screen 0 1600x1000x24" dbus-run-session -- "$build/tests/test-golden"
done
