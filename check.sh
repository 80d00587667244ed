#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
# Installs what is missing, builds with tests and runs every suite; the last line counts them.
# ./check.sh --werror, or FOVEA_WERROR=1: warnings are errors. FOVEA_BUILD names the build folder.
# ./check.sh --sanitize: the suites that need no display, under the address, leak and
# undefined-behaviour sanitizers, in a build folder of their own.
set -eu
cd "$(dirname "$0")"
. .ci/install

build=${FOVEA_BUILD:-build-check}
# What a debugger would want takes two fifths of the compiler's time.
setup='-Ddebug=false'
# Links 180 programs in a third of the time of the usual linker.
! command -v ld.gold >/dev/null || setup="$setup -Dc_link_args=-fuse-ld=gold"
# What no GPU here can run is compiled for its errors.
[ -e /dev/nvidiactl ] || setup="$setup -Dgpu_optimization=1"
select=
case "${1:-}" in
'') ;;
--werror) FOVEA_WERROR=1 ;;
--sanitize)
    build=${FOVEA_BUILD:-build-sanitize}
    setup='-Db_sanitize=address,undefined -Db_lundef=false -Doptimization=1 -Dui=disabled
        -Dcuda=disabled -Dfuzz=disabled'
    select='--suite cpu --timeout-multiplier 4'
    export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
    export LSAN_OPTIONS="suppressions=$PWD/tests/leaks.supp:print_suppressions=0"
    ;;
*)
    echo "check.sh: unknown option $1, expected --werror or --sanitize" >&2
    exit 2
    ;;
esac

install_packages build show check

werror=false
[ "${FOVEA_WERROR:-0}" = 0 ] || werror=true
# shellcheck disable=SC2086 # several words
[ -f "$build/build.ninja" ] || meson setup "$build" $setup
meson configure "$build" -Dwerror=$werror
ninja -C "$build"

# Windows are tested on a screen of their own unless there is one.
export GSETTINGS_BACKEND=memory GSK_RENDERER=cairo
run=
if [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    run='dbus-run-session -- xvfb-run -a -s "-screen 0 1600x1000x24"'
fi
status=0
# Many suites wait for frames or for a disk, so there are some more than there are processors.
jobs=$(($(getconf _NPROCESSORS_ONLN) + 3))
eval "$run meson test -C \"$build\" --num-processes $jobs --print-errorlogs $select" || status=$?
python3 .ci/summary.py "$build/meson-logs/testlog.json" || status=1
exit $status
