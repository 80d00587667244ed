#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
# Installs what is missing, builds with tests and runs every suite; the last line counts them.
# ./check.sh --werror, or FOVEA_WERROR=1: warnings are errors. FOVEA_BUILD names the build folder.
set -eu
cd "$(dirname "$0")"
. .ci/install

case "${1:-}" in
'') ;;
--werror) FOVEA_WERROR=1 ;;
*)
    echo "check.sh: unknown option $1, expected --werror" >&2
    exit 2
    ;;
esac

install_packages build show check

build=${FOVEA_BUILD:-build-check}
werror=false
[ "${FOVEA_WERROR:-0}" = 0 ] || werror=true
[ -f "$build/build.ninja" ] || meson setup "$build"
meson configure "$build" -Dwerror=$werror
ninja -C "$build"

# Windows are tested on a screen of their own unless there is one.
export GSETTINGS_BACKEND=memory GSK_RENDERER=cairo
run=
if [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    run='dbus-run-session -- xvfb-run -a -s "-screen 0 1600x1000x24"'
fi
status=0
eval "$run meson test -C \"$build\" --print-errorlogs" || status=$?
python3 .ci/summary.py "$build/meson-logs/testlog.json" || status=1
exit $status
