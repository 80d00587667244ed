#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
# bench-compare.sh BENCH PYTHON MODEL TEXT [ROUNDS]
# Times bench-forward beside Hugging Face transformers (peer-forward.py) on this machine: both take
# turns, one process a round, length and mode, so that a busy moment hits both. Prints medians and
# ratios, ours over the peer's, as TSV. PYTHON needs torch and transformers; the product does not.
set -eu
bench=$1 python=$2 model=$3 text=$4 rounds=${5:-3}
here=$(dirname "$0")
rows=$(mktemp)
trap 'rm -f "$rows"' EXIT

ours() { "$bench" --model "$model" --modes "$1" --tokens "$2" --rounds 2 2>/dev/null; }
peer() { "$python" "$here/peer-forward.py" "$model" "$text" --modes "$1" --tokens "$2" --rounds 2 2>/dev/null; }

for round in $(seq "$rounds"); do
    for n in 512 2048 4096; do
        for mode in f32 bf16 all; do
            ours "$mode" "$n" | sed 's/^/ours\t/' >> "$rows"
        done
        for mode in f32 bf16 maps; do
            # Maps of 4,096 tokens take the peer 6.5 GB and 8 s a round.
            [ "$mode" = maps ] && [ "$n" = 4096 ] && [ "$round" -gt 1 ] && continue
            peer "$mode" "$n" | sed 's/^/peer\t/' >> "$rows"
        done
    done
done

awk -F'\t' '
function median(key,   n, i, j, t, v) {
    n = split(times[key], v, " ")
    for (i = 2; i <= n; i++)
        for (j = i; j > 1 && v[j] + 0 < v[j - 1] + 0; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
    return n == 0 ? 0 : v[int((n + 1) / 2)]
}
function line(name, a, b,   x, y) {
    x = median(a); y = median(b)
    printf "%s\t%.3f\t%.3f\t%.2f\t%d\t%d\n", name, x, y, (y > 0 ? x / y : 0), peak[a], peak[b]
}
{ key = $1 " " $2 " " $3; times[key] = times[key] " " $4; if ($5 > peak[key]) peak[key] = $5 }
END {
    print "what\tours_s\tother_s\tratio\tours_mib\tother_mib"
    split("512 2048 4096", lengths, " ")
    for (i = 1; i <= 3; i++) {
        n = lengths[i]
        line("f32 / peer f32, " n, "ours f32 " n, "peer f32 " n)
        line("bf16 / peer bf16, " n, "ours bf16 " n, "peer bf16 " n)
        line("all kept / plain, " n, "ours all " n, "ours f32 " n)
        line("all kept / peer maps, " n, "ours all " n, "peer maps " n)
    }
}' "$rows"
