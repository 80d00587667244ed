#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
"""Writes tests/golden/tokenizers/tiktoken.json: ranks trained on a text of data/texts, and the ids
that tiktoken 0.14.0 (Python, not part of the product) gives for texts under each encoding's pattern.

make-tiktoken.py TEXT tests/golden/tokenizers/tiktoken.json
"""

import base64
import collections
import json
import random
import sys

import regex
import tiktoken
from tiktoken_ext import openai_public

N_MERGES = 150
LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def published(name):
    """The pattern of an encoding without its ranks, which are not at hand."""
    load = openai_public.load_tiktoken_bpe, openai_public.data_gym_to_mergeable_bpe_ranks
    openai_public.load_tiktoken_bpe = lambda *_, **__: {}
    openai_public.data_gym_to_mergeable_bpe_ranks = lambda *_, **__: {}
    pattern = openai_public.ENCODING_CONSTRUCTORS[name]()["pat_str"]
    openai_public.load_tiktoken_bpe, openai_public.data_gym_to_mergeable_bpe_ranks = load
    return pattern


def train(text):
    ranks = {bytes([b]): b for b in range(256)}
    words = collections.Counter(regex.findall(LLAMA3, text))
    words = {tuple(bytes([b]) for b in w.encode()): n for w, n in words.items()}
    while len(ranks) < 256 + N_MERGES:
        pairs = collections.Counter()
        for word, n in words.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += n
        (a, b), _ = max(pairs.items(), key=lambda item: (item[1], item[0]))
        ranks.setdefault(a + b, len(ranks))
        words = {join(word, a, b): n for word, n in words.items()}
    return ranks


def join(word, a, b):
    out, i = [], 0
    while i < len(word):
        pair = word[i : i + 2] == (a, b)
        out.append(a + b if pair else word[i])
        i += 2 if pair else 1
    return tuple(out)


def make_texts(text):
    rng = random.Random(5)
    letters = "aB eE'sS'tT 12\n\r\t  .,/!éÉßǅʰ²٣北京👍‍́नम"
    texts = ["".join(rng.choice(letters) for _ in range(24)) for _ in range(30)]
    return texts + [text[:300], "can't CAN'T we'LL I'd", "a\n\n  b   c \r\n", "HTMLParser iPhone",
                    "12345 6,789.0", "//a/\n/b", "   ", ""]


def main():
    text = open(sys.argv[1], encoding="utf-8").read()
    ranks = train(text)
    cases = []
    for name in ["r50k_base", "cl100k_base", "o200k_base", "llama3"]:
        pattern = LLAMA3 if name == "llama3" else published(name)
        encoding = tiktoken.Encoding(name, pat_str=pattern, mergeable_ranks=ranks, special_tokens={})
        for each in make_texts(text):
            cases.append({"encoding": name, "text": each, "ids": encoding.encode_ordinary(each)})
    lines = "".join(f"{base64.b64encode(t).decode()} {r}\n" for t, r in ranks.items())
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        json.dump({"file": lines, "cases": cases}, out, ensure_ascii=False, separators=(",", ":"))
        out.write("\n")


main()
