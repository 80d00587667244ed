#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
#
# README's pictures of the window, and its two figures, made from the program so that they stay true:
#
#   tests/make-pictures.sh BUILD
#
# Needs Xvfb, xdotool and ImageMagick. A picture is taken when four shots in a row are alike, and
# unlike the one before the key.
set -eu
build=$(cd "$1" && pwd)
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
store=$folder/moby.fovea
fovea=$build/app/command/fovea

"$fovea" capture demo -o "$store" -f "$root/data/texts/moby_dick.txt" --tokens 512 --limit 1 --quiet
"$fovea" recall "$store" --sweep --quiet \
    --methods oracle-weight,streaming,vertical-slash,xattention,flexprefill,quest >"$folder/recall.txt"

"$fovea" sae encode "$root/data/sae/abstopk" "$store" --model demo --quiet

# Waits for a still picture of the screen other than the one of sum $1; 240 shots at most.
settle() {
    last=
    still=0
    for _ in $(seq 240); do
        import -window root "$folder/shot.png"
        now=$(convert "$folder/shot.png" rgb:- | sha256sum)
        colours=$(identify -format %k "$folder/shot.png")
        [ "$now" = "$last" ] && still=$((still + 1)) || still=0
        [ "$now" != "$1" ] && [ "$still" -ge 3 ] && [ "$colours" -gt 100 ] && return 0
        last=$now
        sleep 0.5
    done
    echo "make-pictures: the window never came to rest" >&2
    return 1
}

# take NAME KEY...: the window after those keys.
take() {
    name=$1
    shift
    settle none
    for key in "$@"; do
        before=$now
        xdotool key "$key"
        settle "$before"
    done
    # Grounds keep their greys, which fewer colours alone would tint.
    convert "$folder/shot.png" +dither -colors 245 -unique-colors "$folder/most.png"
    convert "$folder/most.png" 'xc:#FFFFFF' 'xc:#FAFAFA' 'xc:#F2F2F2' 'xc:#EBEBEB' 'xc:#E3E3E3' \
        'xc:#D5D5D5' 'xc:#DCE8F8' 'xc:#EDEDED' +append "$folder/colours.png"
    convert "$folder/shot.png" -strip +dither -remap "$folder/colours.png" \
        "PNG8:$root/data/pictures/$name.png"
}

if [ "${FOVEA_PICTURES:-}" != inside ]; then
    export FOVEA_PICTURES=inside GSK_RENDERER=cairo GSETTINGS_BACKEND=memory
    export XDG_STATE_HOME="$folder" XDG_DATA_HOME="$folder"
    exec xvfb-run -a -s "-screen 0 1440x900x24" dbus-run-session -- "$0" "$build"
fi
"$build/app/window/fovea-window" --standalone "$store" >"$folder/window.log" 2>&1 &
window=$!
trap 'kill $window; rm -rf "$folder"' EXIT
take window alt+2
take window-sparsity alt+3
take window-features alt+4

# The figures: the heads as demo.sh scores them, the curves of one book.
figures=$folder/figures
mkdir "$figures"
"$fovea" capture demo -o "$figures/demo.fovea" --quiet --tokens 512 --stride 512 --limit 10 \
    -f "$root/data/texts/gettysburg_address.txt" "$root/data/texts/pride_and_prejudice.txt" \
    "$root/data/texts/moby_dick.txt"
"$fovea" capture demo -o "$figures/demo.fovea" --random-repeat 100 --limit 10 --quiet
"$fovea" heads "$figures/demo.fovea" --quiet >"$figures/heads.txt"
"$fovea" figure heads "$figures/demo.fovea" --letters --dpi 150 -o "$root/data/pictures/heads.png"
"$fovea" capture demo -o "$figures/fig.fovea" -f "$root/data/texts/moby_dick.txt" --tokens 4096 --limit 1 --quiet
"$fovea" recall "$figures/fig.fovea" --sweep --quiet \
    --methods oracle-weight,oracle-block,streaming,vertical-slash,xattention,flexprefill >"$figures/recall.txt"
"$fovea" figure recall "$figures/fig.fovea" --letters --dpi 160 -o "$root/data/pictures/recall.png"
