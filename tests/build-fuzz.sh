#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
# Builds for libFuzzer: build-fuzz.sh OUTPUT CLANG SOURCE_ROOT BUILD_ROOT FILE...; an OUTPUT that ends in .o is
# one source compiled (and a .d beside it for ninja), any other a program.
# Meson builds with the project's compiler only, so this calls clang itself.
set -eu
output=$1 clang=$2 source=$3 build=$4
shift 4
packages="gio-unix-2.0 gmodule-no-export-2.0 json-glib-1.0 libpcre2-8 zlib openblas sqlite3 gdk-pixbuf-2.0"
# Function-type checks trip over casts of GLib.
flags="-g -O1 -std=gnu11 -D_GNU_SOURCE -DFOVEA_LIBFUZZER
    -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -fno-sanitize=function"
case $output in
*.o)
    # shellcheck disable=SC2046,SC2086 # several words
    exec "$clang" -c -MD -MF "${output%.o}.d" $flags -DG_LOG_DOMAIN='"fovea"' -I"$source" -I"$build" \
        $(pkg-config --cflags $packages) "$1" -o "$output"
    ;;
esac
mkdir -p "$output.corpus"
# shellcheck disable=SC2046,SC2086
exec "$clang" $flags -DG_LOG_DOMAIN='"fovea"' -I"$source" -I"$build" $(pkg-config --cflags $packages) "$@" \
    -o "$output" $(pkg-config --libs $packages) -lm -lpthread
