#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
"""Writes tests/golden/tokenizers/chance.json: pipelines of tokenizer.json put together by chance, and what the
library that defines them (pip install tokenizers) makes of texts by chance.

    tests/make-tokenizer-chance.py [SEED [N]]

The model is that of parts.json: its suffix on the last character of each word makes every cut visible.
Left out is what the library itself does not survive, and what no tokenizer has: added tokens of blanks, and
added tokens that are normalised by a normalizer that prepends (the library decodes them with what is prepended).
"""

import json
import os
import random
import sys

import tokenizers

HERE = os.path.dirname(os.path.abspath(__file__))
PARTS = os.path.join(HERE, "golden/tokenizers/parts.json")
OUT = os.path.join(HERE, "golden/tokenizers/chance.json")
TEXTS = 3
FIRST = {"type": "Metaspace", "replacement": "_", "prepend_scheme": "first", "split": True}
# Which piece is the first: found by pipelines by chance, few of which ask.
FIXED = [
    (None, [{"type": "WhitespaceSplit"}, FIRST], [" ab b", "  b", "ab", " "]),
    ({"type": "Strip", "strip_left": True, "strip_right": True}, [FIRST], [" ab b", "ab "]),
    ({"type": "Prepend", "prepend": "_"}, [{"type": "Digits", "individual_digits": False}, FIRST],
     ["12 ab", "ab 12", " 12"]),
]
SPACES = [" ", "  ", "\t", "\n", " \n "]
PIECES = ["ab", "Ab", "ABAB", "b1", "12", "a_b", "don't", "it's", "'LL", "--", "...", "!?", "(a)", "日本",
          "é", "e\u0301", "\u0130", "\ufb01", "²", "\u00ad", "\u200b", "🙂", "\u00df", "1,2", "x²y", "<m>", "ab<m>",
          "<n>", "a<n>b", "<N>", "ना"]
PATTERNS = [r"\s+", r"[^\s\w]+", r"\d{1,3}", r"\p{L}+| ?[^\s\p{L}]+", r" ?\p{L}+|\s+(?!\S)|\s+",
            r"'s|'t|'ll| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"]
BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]


def flip(rng):
    return rng.random() < 0.5


def make_normalizer(rng):
    kind = rng.choice(["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Strip", "Replace", "Prepend",
                       "BertNormalizer"])
    one = {"type": kind}
    if kind == "Strip":
        one.update(strip_left=flip(rng), strip_right=flip(rng))
    elif kind == "Replace":
        one["pattern"] = rng.choice([{"String": " "}, {"String": "a"}, {"Regex": "[0-9]"}, {"Regex": " {2,}"}])
        one["content"] = rng.choice(["_", "", "b", "ab"])
    elif kind == "Prepend":
        one["prepend"] = rng.choice(["_", "a"])
    elif kind == "BertNormalizer":
        one.update(clean_text=flip(rng), handle_chinese_chars=flip(rng),
                   strip_accents=rng.choice([None, True, False]), lowercase=flip(rng))
    return one


def make_pretokenizer(rng):
    kind = rng.choice(["Whitespace", "WhitespaceSplit", "Metaspace", "BertPreTokenizer", "Punctuation", "Digits",
                       "Split", "CharDelimiterSplit", "UnicodeScripts"])
    one = {"type": kind}
    if kind == "Metaspace":
        one.update(replacement="_", prepend_scheme=rng.choice(["always", "never", "first"]), split=flip(rng))
    elif kind == "Punctuation":
        one["behavior"] = rng.choice(BEHAVIORS)
    elif kind == "Digits":
        one["individual_digits"] = flip(rng)
    elif kind == "Split":
        one.update(pattern={"Regex": rng.choice(PATTERNS)}, behavior=rng.choice(BEHAVIORS), invert=flip(rng))
    elif kind == "CharDelimiterSplit":
        one["delimiter"] = rng.choice([" ", "b", "_"])
    return one


def make_postprocessor(rng):
    kind = rng.choice([None, "BertProcessing", "RobertaProcessing", "TemplateProcessing"])
    a, b = ["a", 33], ["b", 35]
    if kind is None:
        return None
    if kind == "BertProcessing":
        return {"type": kind, "sep": b, "cls": a}
    if kind == "RobertaProcessing":
        return {"type": kind, "sep": b, "cls": a, "trim_offsets": flip(rng), "add_prefix_space": flip(rng)}
    special = {"id": "a", "ids": [33], "tokens": ["a"]}
    single = [{"SpecialToken": {"id": "a", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]
    if flip(rng):
        single.append(single[0])
    pair = single + [{"Sequence": {"id": "B", "type_id": 1}}]
    return {"type": kind, "single": single, "pair": pair, "special_tokens": {"a": special}}


def make_decoder(rng):
    kind = rng.choice([None, "BPEDecoder", "Metaspace", "WordPiece", "Replace", "Strip", "Fuse"])
    one = {"type": kind}
    if kind is None:
        return None
    if kind == "BPEDecoder":
        one["suffix"] = "</w>"
    elif kind == "Metaspace":
        one.update(replacement="_", prepend_scheme=rng.choice(["always", "never", "first"]), split=flip(rng))
    elif kind == "WordPiece":
        one.update(prefix="</w>", cleanup=flip(rng))
    elif kind == "Replace":
        one.update(pattern={"String": "</w>"}, content=rng.choice([" ", ""]))
    elif kind == "Strip":
        one.update(content=rng.choice(["a", " "]), start=rng.randint(0, 2), stop=rng.randint(0, 2))
    return one


def combine(rng, make, wrapper, member, most):
    n = rng.choice([0, 1, 1] + list(range(2, most + 1)))
    items = [one for one in (make(rng) for _ in range(n)) if one is not None]
    if not items:
        return None
    return items[0] if len(items) == 1 else {"type": wrapper, member: items}


def make_text(rng):
    parts = []
    for _ in range(rng.randint(1, 7)):
        parts.append(rng.choice(PIECES))
        if rng.random() < 0.7:
            parts.append(rng.choice(SPACES))
    if flip(rng):
        parts.insert(0, rng.choice(SPACES))
    return "".join(parts)


def make_pipeline(rng, parts):
    added = [dict(parts["added_tokens"][0])]
    normalizer = combine(rng, make_normalizer, "Sequence", "normalizers", 3)
    if flip(rng):
        added.append({"id": 73, "content": "<n>", "single_word": flip(rng), "lstrip": flip(rng), "rstrip": flip(rng),
                      "normalized": flip(rng) and "Prepend" not in json.dumps(normalizer), "special": flip(rng)})
    return {
        "normalizer": normalizer,
        "pre_tokenizer": combine(rng, make_pretokenizer, "Sequence", "pretokenizers", 3),
        "post_processor": make_postprocessor(rng),
        "decoder": combine(rng, make_decoder, "Sequence", "decoders", 3),
        "added_tokens": added,
    }


def fixed_pipelines(parts):
    for normalizer, pretokenizers, texts in FIXED:
        yield {"normalizer": normalizer, "pre_tokenizer": {"type": "Sequence", "pretokenizers": pretokenizers},
               "post_processor": None, "decoder": None, "added_tokens": parts["added_tokens"]}, texts


def record(pipeline, parts, texts):
    root = dict(pipeline, version="1.0", truncation=None, padding=None, model=parts["model"])
    tokenizer = tokenizers.Tokenizer.from_str(json.dumps(root))
    pipeline["cases"] = []
    for text in texts:
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        special = tokenizer.encode(text).ids
        decoded = tokenizer.decode(ids, skip_special_tokens=False)
        pipeline["cases"].append({"text": text, "ids": ids, "special": special, "decoded": decoded})


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    wanted = int(sys.argv[2]) if len(sys.argv) > 2 else 120
    with open(PARTS, encoding="utf-8") as file:
        parts = json.load(file)
    rng = random.Random(seed)
    pipelines = []
    for pipeline, texts in fixed_pipelines(parts):
        record(pipeline, parts, texts)
        pipelines.append(pipeline)
    while len(pipelines) < wanted:
        pipeline = make_pipeline(rng, parts)
        try:
            record(pipeline, parts, [make_text(rng) for _ in range(TEXTS)])
        except BaseException:  # a panic of the library is no Exception
            continue
        pipelines.append(pipeline)
    out = {"source": f"tokenizers {tokenizers.__version__}, seed {seed}", "model": parts["model"],
           "pipelines": pipelines}
    with open(OUT, "w", encoding="utf-8") as file:
        file.write("{" + ",\n".join(f"{json.dumps(k)}:" + (
            "[\n" + ",\n".join(json.dumps(p, separators=(",", ":")) for p in v) + "]" if k == "pipelines"
            else json.dumps(v, separators=(",", ":"))) for k, v in out.items()) + "}\n")


if __name__ == "__main__":
    main()
