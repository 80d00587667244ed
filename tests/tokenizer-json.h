/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Small files tokenizer.json, as text. */

/* A post-processor with a model of one token. */
#define AROUND(processor)                                                                          \
    "{\"post_processor\":" processor                                                               \
    ",\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]}}"

/* A model of one token. */
#define BPE(merges) "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[" merges "]}}"

/* Five letters and a merge, beside three added tokens. */
#define TINY(more)                                                                                 \
    "{\"added_tokens\":[{\"id\":0,\"content\":\"<s>\",\"special\":true},"                          \
    "{\"id\":6,\"content\":\"<m>\",\"special\":true,\"lstrip\":true,\"rstrip\":true},"             \
    "{\"id\":7,\"content\":\"cab\",\"special\":false,\"single_word\":true,\"normalized\":false}]," \
    "\"model\":{\"type\":\"BPE\",\"vocab\":{\"<s>\":0,\"a\":1,\"b\":2,\"c\":3,\" \":4,\"ab\":5}"   \
    ",\"merges\":[\"a b\"]" more "}}"
