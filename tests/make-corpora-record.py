#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
"""Writes tests/golden/tokenizers/corpora.json: what Hugging Face's tokenizers makes of every text of the
shared corpora with every tokenizer of the shared models. Of each: how many ids, and CRC-32 of the ids
(int32, little-endian), of their places in the text (start and end in bytes, int32, white space at either
end left out), and of what they decode to. Run once, with tokenizers and numpy; the tests read the file.

    python3 tests/make-corpora-record.py SHARED tests/golden/tokenizers/corpora.json
"""
import json
import os
import sys
import zlib

import numpy as np
import tokenizers

FOLDERS = ["tokenizers/gpt2", "tokenizers/llama2", "tokenizers/qwen2", "tokenizers/bert-base-uncased",
           "fovea-demo", "babyllama-105", "char-gpt-shakespeare", "stories260K"]


def places(text, encoding):
    """Byte ranges of ranges of characters, without white space at their ends. A mark of a space that the
    normalizer put where there is none stands for none of the text, wherever upstream says it is."""
    offsets = [(0, 0) if token == "\u2581" and not text[start:end].isspace() else (start, end)
               for token, (start, end) in zip(encoding.tokens, encoding.offsets)]
    at = np.concatenate([[0], np.cumsum([len(c.encode()) for c in text])])
    out = []
    for start, end in offsets:
        while start < end and text[start] in " \t\n\r":
            start += 1
        while end > start and text[end - 1] in " \t\n\r":
            end -= 1
        out += [at[start], at[end]] if start < end else [0, 0]
    return np.array(out, dtype="<i4")


def record(tokenizer, text):
    encoding = tokenizer.encode(text, add_special_tokens=False)
    if tokenizer.decode(encoding.ids) != text and tokenizer.token_to_id("<unk>") is None and \
            tokenizer.get_vocab_size() < 256:
        return {"lacks": True}  # characters that upstream drops without a word
    decoded = tokenizer.decode(encoding.ids, skip_special_tokens=False)
    return {"n": len(encoding.ids), "ids": zlib.crc32(np.array(encoding.ids, dtype="<i4").tobytes()),
            "places": zlib.crc32(places(text, encoding).tobytes()),
            "decoded": zlib.crc32(decoded.encode())}


def main():
    shared, target = sys.argv[1:]
    corpora = os.path.join(shared, "corpora")
    books = sorted(name for name in os.listdir(corpora) if name.endswith(".txt"))
    out = {}
    for folder in FOLDERS:
        tokenizer = tokenizers.Tokenizer.from_file(
            os.path.join(shared, "models", folder, "tokenizer.json"))
        out[folder] = {}
        for book in books:
            with open(os.path.join(corpora, book), encoding="utf-8", newline="") as file:
                out[folder][book] = record(tokenizer, file.read())
        print(folder, flush=True)
    with open(target, "w", encoding="utf-8") as file:
        json.dump(out, file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
