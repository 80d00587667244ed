#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
"""Makes tests/golden/tokenizers/scripts.json: what Hugging Face tokenizers does with texts of several
scripts (places of words, in bytes), a check value over all characters, and texts that its CTC decoder
joins. Run once, with that package; the tests read the file only.

    python3 tests/make-scripts.py tests/golden/tokenizers/scripts.json
"""
import json
import random
import sys

import tokenizers
from tokenizers import decoders
from tokenizers.pre_tokenizers import UnicodeScripts

LETTERS = ["a", "Z", "é", "α", "Ω", "ж", "א", "ب", "अ", "ก", "一", "国", "あ", "カ", "ー", "한", " ", " ", "!", "1",
           "\u0301", "\n", "。", "\u0589", "\u0953", "\U00011800", "😀", "\u0378"]
PIECES = ["h", "h", "e", "l", "l", "o", "<pad>", "<pad>", "|", "|", "'", " '", "n't", " .", "<pad>a", "é", "##b"]


def places(cut, text):
    """Words as pairs of byte offsets."""
    return [[len(text[:a].encode()), len(text[:b].encode())] for _, (a, b) in cut.pre_tokenize_str(text)]


def all_characters(cut):
    """FNV-1a over a byte a character: into how many words it falls beside its neighbour, and between a
    Latin and a Greek letter."""
    value, before = 2166136261, "a"
    for code in range(0x20, 0x110000):
        if 0xD800 <= code < 0xE000:
            continue
        c = chr(code)
        beside, between = cut.pre_tokenize_str(before + c), cut.pre_tokenize_str("a" + c + "α")
        value = ((value ^ (16 * len(beside) + len(between))) * 16777619) & 0xFFFFFFFF
        before = c
    return value


def main(path):
    random.seed(5)
    cut = UnicodeScripts()
    texts = ["".join(random.choices(LETTERS, k=random.randint(1, 14))) for _ in range(300)]
    texts += ["", " ", "  a", "どこで生れ。Yes", "Apples are りんご 林檎", "カーー", "ーa"]
    ctc = []
    for options in ({}, {"pad_token": "h", "word_delimiter_token": "l"}, {"cleanup": False}):
        decoder = decoders.CTC(**options)
        for _ in range(40):
            tokens = random.choices(PIECES, k=random.randint(0, 12))
            ctc.append({"decoder": {"type": "CTC", **options}, "tokens": tokens,
                        "text": decoder.decode(tokens)})
    golden = {"source": f"Hugging Face tokenizers {tokenizers.__version__}",
              "all": all_characters(cut), "ctc": ctc,
              "words": [{"text": text, "places": places(cut, text)} for text in texts]}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(golden, file, ensure_ascii=True, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
