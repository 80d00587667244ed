#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
# From nothing to the head table of a real model: installs what is missing, builds, runs the bundled
# model on the bundled texts and on random repeats, draws three figures (the map is of an induction
# head on a random repeat), and opens the window.
set -eu
cd "$(dirname "$0")"
. .ci/install

install_packages build show

[ -f build-demo/build.ninja ] ||
    meson setup build-demo --buildtype release -Dtests=false
ninja -C build-demo

fovea=build-demo/app/command/fovea
out=demo-output
store=$out/demo.fovea
mkdir -p "$out"
rm -f "$store" "$store-journal"

"$fovea" capture demo -o "$store" -f data/texts/gettysburg_address.txt \
    data/texts/pride_and_prejudice.txt data/texts/moby_dick.txt \
    --tokens 512 --stride 512 --limit 10
"$fovea" capture demo -o "$store" --random-repeat 100 --limit 10
"$fovea" heads "$store"
for suffix in pdf png; do
    "$fovea" figure heads "$store" -o "$out/heads.$suffix"
    "$fovea" figure map "$store" --run 2 --head 5.7 -o "$out/map.$suffix"
    "$fovea" figure tokens "$store" --head 5.7 -o "$out/tokens.$suffix"
done

echo
echo "Store:   $PWD/$store"
echo "Figures: $PWD/$out/heads.pdf, map.pdf, tokens.pdf (and .png)"
echo "Command: $PWD/$fovea help"

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && [ -x build-demo/app/window/fovea-window ]; then
    exec "$fovea" window "$store"
fi
echo "Window:  needs a display; there, run $fovea window $store"
