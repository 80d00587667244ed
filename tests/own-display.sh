#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
# own-display.sh [-w] PROGRAM [ARGUMENT]...: runs a test on a screen and a session bus of its own. Keys and the
# pointer go to whatever window of a display is in front, so on a shared one such a test must run alone.
# -w: with a window manager, as every desktop has one, for what times frames: where there is none, GDK asks the
# server for it in every frame, and waits until all that the frame draws is drawn.
set -eu
manager=
if [ "$1" = -w ]; then
    shift
    command -v openbox >/dev/null && manager=openbox || echo "own-display.sh: no openbox, hence no window manager" >&2
fi
folder=$(mktemp -d)
mkfifo "$folder/number"
# The server looks for a free number itself, so that two of these never meet.
Xvfb -displayfd 3 -screen 0 1600x1000x24 -nolisten tcp 3>"$folder/number" 2>"$folder/log" &
server=$!
managing=
trap 'kill $server $managing 2>/dev/null; rm -r "$folder"' EXIT
trap 'exit 143' TERM INT # a test that is ended leaves no server behind
read -r number <"$folder/number" || {
    cat "$folder/log" >&2
    exit 1
}
unset WAYLAND_DISPLAY XAUTHORITY
export DISPLAY=":$number"
if [ -n "$manager" ]; then
    mkfifo "$folder/managed"
    { openbox --startup "sh -c 'echo yes >$folder/managed'" || echo no >"$folder/managed"; } 2>"$folder/manager" &
    managing=$!
    read -r managed <"$folder/managed"
    [ "$managed" = yes ] || { cat "$folder/manager" >&2; exit 1; }
fi
status=0
dbus-run-session -- "$@" || status=$?
exit $status
