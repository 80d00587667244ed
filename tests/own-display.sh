#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
# own-display.sh PROGRAM [ARGUMENT]...: runs a test on a screen and a session bus of its own. Keys and the
# pointer go to whatever window of a display is in front, so on a shared one such a test must run alone.
set -eu
folder=$(mktemp -d)
mkfifo "$folder/number"
# The server looks for a free number itself, so that two of these never meet.
Xvfb -displayfd 3 -screen 0 1600x1000x24 -nolisten tcp 3>"$folder/number" 2>"$folder/log" &
server=$!
trap 'kill "$server" 2>/dev/null; rm -r "$folder"' EXIT
trap 'exit 143' TERM INT # a test that is ended leaves no server behind
read -r number <"$folder/number" || {
    cat "$folder/log" >&2
    exit 1
}
unset WAYLAND_DISPLAY XAUTHORITY
status=0
DISPLAY=:$number dbus-run-session -- "$@" || status=$?
exit $status
