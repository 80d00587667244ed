#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
"""Writes tests/golden/tokenizers/charmap.json: small SentencePiece models with rules of their own for
characters, the ids that sentencepiece 0.2.3 gives for texts, and what the normalizer "Precompiled" of
tokenizers 0.23.3 makes of them with the same map (both Python packages, not part of the product).

make-charmap.py TEXT tests/golden/tokenizers/charmap.json
"""

import base64
import json
import os
import random
import sys
import tempfile

import sentencepiece
from tokenizers import normalizers

# code points in hexadecimal: what is replaced, what by
RULES = ["41\t61", "E9\t65 301", "3000\t20", "9\t20", "61 301\tE1", "2122\t54 4D", "200B\t",
         "66 66 69\tFB03", "D\t20", "31\t2581"]
MODELS = {
    "unigram": {"model_type": "unigram"},
    "bpe": {"model_type": "bpe", "byte_fallback": True, "vocab_size": 420},
    "spaces stay": {"model_type": "unigram", "add_dummy_prefix": False,
                    "remove_extra_whitespaces": False},
    "suffix": {"model_type": "bpe", "treat_whitespace_as_suffix": True},
    "characters": {"model_type": "char"},
}


def fields(message):
    """Numbers and values of a protobuf message; of four-byte fields nothing is needed."""
    at = 0

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(message):
        key = number()
        size = {0: 0, 5: 4}.get(key & 7)
        value = number() if size != 4 else b""
        if size is None:
            size, value = value, message[at : at + value]
        at += size
        yield key >> 3, value


def find(message, *path):
    for number, value in fields(message):
        if number == path[0]:
            return value if len(path) == 1 else find(value, *path[1:])
    return b""


def make_texts():
    rng = random.Random(7)
    letters = list("aAéÉ e\u0301ffi™ 12\t\n\r\u3000\u3000\u200b▁x\u0301gy") + [" "] * 6
    texts = ["".join(rng.choice(letters) for _ in range(rng.randint(1, 16))) for _ in range(50)]
    return texts + ["", " ", "   ", "▁", " ▁ a ▁ ", "\u200b", "a\u200b ", "\r\n", "Á á", "ffiffi", "a\n"]


def main():
    texts, pipelines = make_texts(), []
    with tempfile.TemporaryDirectory() as folder:
        rules, prefix = os.path.join(folder, "rules.tsv"), os.path.join(folder, "model")
        with open(rules, "w", encoding="ascii") as out:
            out.write("\n".join(RULES) + "\n")
        for name, options in MODELS.items():
            sentencepiece.SentencePieceTrainer.train(
                **{"input": sys.argv[1], "model_prefix": prefix, "vocab_size": 90, "minloglevel": 2,
                   "hard_vocab_limit": False, "normalization_rule_tsv": rules, "num_threads": 1,
                   "self_test_sample_size": 0, **options})
            with open(prefix + ".model", "rb") as file:
                model = file.read()
            ids = sentencepiece.SentencePieceProcessor(model_proto=model).encode(texts)
            pipelines.append({"name": name, "model": base64.b64encode(model).decode(), "ids": ids})
    charmap = find(model, 3, 2)
    precompiled = normalizers.Precompiled(charmap)
    golden = {
        "texts": texts,
        "pipelines": pipelines,
        "map": base64.b64encode(charmap).decode(),
        "normalized": [precompiled.normalize_str(text) for text in texts],
        "nmt": [normalizers.Nmt().normalize_str(text) for text in texts],
    }
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        json.dump(golden, out, separators=(",", ":"))
        out.write("\n")


main()
