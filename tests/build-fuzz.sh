#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
# Builds one libFuzzer program: build-fuzz.sh OUTPUT CLANG SOURCE_ROOT BUILD_ROOT FILE...
# Meson builds with the project's compiler only, so this calls clang itself.
set -eu
output=$1 clang=$2 source=$3 build=$4
shift 4
packages="gio-unix-2.0 gmodule-no-export-2.0 json-glib-1.0 libpcre2-8 zlib openblas sqlite3 gdk-pixbuf-2.0"
mkdir -p "$output.corpus"
# Function-type checks trip over casts of GLib.
exec "$clang" -g -O1 -std=gnu11 -D_GNU_SOURCE -DFOVEA_LIBFUZZER -DG_LOG_DOMAIN='"fovea"' \
    -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -fno-sanitize=function \
    -I"$source" -I"$build" $(pkg-config --cflags $packages) "$@" -o "$output" \
    $(pkg-config --libs $packages) -lm -lpthread
