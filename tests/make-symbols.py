#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
"""Writes tests/golden/tokenizers/symbols.json: small SentencePiece models with symbols that a user
defined and control pieces, and the ids that sentencepiece 0.2.3 (a Python package, not part of the
product) gives for texts made of bits of them. Control pieces are no part of a text to sentencepiece:
texts that spell one are cut there, and each part is encoded as a text of its own.

make-symbols.py TEXT tests/golden/tokenizers/symbols.json [NUMBER OF TEXTS [MORE]]

With MORE: the whole of TEXT too, larger vocabularies, and the map that sentencepiece has by itself.
"""

import base64
import json
import os
import random
import re
import sys
import tempfile

import sentencepiece

RULES = ["41\t61", "E9\t65 301", "3000\t20", "9\t20", "2122\t54 4D", "200B\t"]
SYMBOLS = ["<sep>", "!!", "!", "nation", "\u00e9", "\u2581the", "\u2581\u2581", "A", "x y", "tio", "<s",
           "\u3000", "ab", "bcd", "d ", " d"]
CONTROL = ["<ctl>", "[I]"]
BITS = ["<sep>", "<sep", "sep>", "!", "!!", "!!!", "nation", "nati", "tion", "\u00e9", "e\u0301", "\u2581", "the",
        " the", "A", "a", "x y", "x", "y", "<s", ">", "\u3000", "\t", "\n", "\u2122", "\u200b", "abcd", "ab", "bcd", "d",
        "\u4e2d", "\U0001f600", "dedicated", "we", "here"] + [" "] * 9
SPECIAL = ["<ctl>", "[I]", "<s>", "</s>", "<unk>"]


def variants(more):
    for kind in ("unigram", "bpe"):
        for prefix in (True, False):
            for extra in (True, False):
                yield {"model_type": kind, "add_dummy_prefix": prefix, "remove_extra_whitespaces": extra}
    yield {"model_type": "unigram", "treat_whitespace_as_suffix": True}
    yield {"model_type": "bpe", "byte_fallback": True, "vocab_size": 360}
    yield {"model_type": "char"}
    yield {"model_type": "word"}
    for kind in ("unigram", "bpe") if more else ():
        yield {"model_type": kind, "vocab_size": 700, "normalization_rule_tsv": ""}
        yield {"model_type": kind, "vocab_size": 700, "split_by_whitespace": False}
        yield {"model_type": kind, "vocab_size": 700, "byte_fallback": True}
        yield {"model_type": kind, "treat_whitespace_as_suffix": True, "add_dummy_prefix": False}


def make_texts(n):
    rng = random.Random(11)
    texts = ["".join(rng.choice(BITS) for _ in range(rng.randint(1, 12))) for _ in range(n)]
    special = ["".join(rng.choice(BITS + SPECIAL * 3) for _ in range(rng.randint(1, 8))) for _ in range(n // 4)]
    return texts + ["", " ", "<sep>", " <sep> ", "x!!y", "!! x", "the the"] + special


def encode(model, text):
    ids = []
    for part in re.split("(%s)" % "|".join(map(re.escape, SPECIAL)), text):
        if part in SPECIAL:
            ids.append(model.piece_to_id(part))
        elif part:
            ids += model.encode(part)
    return ids


def train(options, rules, prefix):
    options = {"vocab_size": 100, "normalization_rule_tsv": rules, **options}
    sentencepiece.SentencePieceTrainer.train(
        **{"input": sys.argv[1], "model_prefix": prefix, "minloglevel": 2, "hard_vocab_limit": False,
           "num_threads": 1, "self_test_sample_size": 0, "user_defined_symbols": SYMBOLS,
           "control_symbols": CONTROL, "max_sentence_length": 1 << 20, **options})
    with open(prefix + ".model", "rb") as file:
        return file.read()


def main():
    texts = make_texts(int(sys.argv[3]) if len(sys.argv) > 3 else 60)
    if len(sys.argv) > 4:
        with open(sys.argv[1], encoding="utf-8") as file:
            texts.append(file.read())
    pipelines = []
    with tempfile.TemporaryDirectory() as folder:
        rules = os.path.join(folder, "rules.tsv")
        with open(rules, "w", encoding="ascii") as out:
            out.write("\n".join(RULES) + "\n")
        for options in variants(len(sys.argv) > 4):
            data = train(options, rules, os.path.join(folder, "model"))
            model = sentencepiece.SentencePieceProcessor(model_proto=data)
            pipelines.append({
                "name": ", ".join("%s %s" % item for item in options.items()),
                "model": base64.b64encode(data).decode(),
                "ids": [encode(model, text) for text in texts],
            })
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        json.dump({"texts": texts, "pipelines": pipelines}, out, separators=(",", ":"))
        out.write("\n")


main()
