/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Which kinds of tokens a latent pushes (methods/features-and-sparsity.md 8.2): the vocabulary is
 * walked from the token that is pushed most to the one that is pushed least, and a running sum rises at
 * members of a set and falls at others. Its largest distance from 0 says how far the set stands
 * together at one end. */
#include <glib.h>

typedef enum {
    FOVEA_TOKENS_SPACED,      /* begin with a space */
    FOVEA_TOKENS_CAPITAL,     /* begin with a capital, a space in front left out */
    FOVEA_TOKENS_DIGITS,      /* digits alone */
    FOVEA_TOKENS_PUNCTUATION, /* punctuation and symbols alone */
    FOVEA_N_TOKEN_SETS
} FoveaTokenSet;

typedef struct {
    gint64 n;     /* members */
    double score; /* 0 .. 1; NaN if none or all are members */
    gboolean top; /* the sum leans to the end that is pushed up; else to the other */
} FoveaTokenEnrichment;

/**
 * fovea_token_set_name:
 *
 * "starts with a space".   Thread: any.   Owner: static.
 */
const char *fovea_token_set_name (FoveaTokenSet set);

/**
 * fovea_token_set_contains:
 * @text: bytes of a token, perhaps not UTF-8
 *
 * Thread: any.
 */
gboolean fovea_token_set_contains (FoveaTokenSet set, const char *text);

/**
 * fovea_token_set_enrich:
 * @order: (n) members of the vocabulary, the one pushed most first
 * @members: (n) by number: 1 = in the set
 * @n: of the vocabulary
 *
 * Thread: any.   Source: the running sum of gene set enrichment.
 */
FoveaTokenEnrichment fovea_token_set_enrich (const gint64 *order, const guint8 *members, gint64 n);
