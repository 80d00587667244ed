/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Whether a latent says "token B comes next, as it did before" (methods/features-and-sparsity.md 7.5):
 * the proxy is true where the current token stood before in the text with B behind it. Specificity is
 * how much of the latent's firing the proxy accounts for, sensitivity how much of the proxy the latent
 * fires on. Tokens that differ by spaces in front and by case are one. */
#include <glib.h>

typedef struct _FoveaTokenKinds FoveaTokenKinds;

enum {
    FOVEA_PROXY_INTERVALS = 10 /* of codes, from 0 to the largest */
};

typedef struct {
    gint64 n_tokens, n_proxy, n_fired, n_both;
    double specificity; /* n_both / n_fired; NaN if it never fires */
    double sensitivity; /* n_both / n_proxy; NaN if the proxy is never true */
    gint64 fired[FOVEA_PROXY_INTERVALS], both[FOVEA_PROXY_INTERVALS]; /* weak to strong */
} FoveaProxyScore;

/**
 * fovea_token_kinds_new:
 *
 * Thread: any.   Owner: caller frees with fovea_token_kinds_free(); autoptr.
 */
FoveaTokenKinds *fovea_token_kinds_new (void);

/**
 * fovea_token_kinds_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @kinds.
 */
void fovea_token_kinds_free (FoveaTokenKinds *kinds);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaTokenKinds, fovea_token_kinds_free)

/**
 * fovea_token_kinds_get:
 * @text: a token's bytes
 *
 * Its number, the same for variants of space and case; a new one for a new text.
 *
 * Thread: one at a time.
 */
gint32 fovea_token_kinds_get (FoveaTokenKinds *kinds, const char *text);

/**
 * fovea_token_kinds_name:
 *
 * The text without its spaces, in lower case.   Thread: any.   Owner: @kinds; NULL for no number.
 */
const char *fovea_token_kinds_name (const FoveaTokenKinds *kinds, gint32 kind);

/**
 * fovea_induction_proxy:
 * @kinds: (n) of the text's tokens
 * @next: B
 * @proxy: (out caller-allocates): (n)
 *
 * Thread: any.   Cost: one pass.
 */
void fovea_induction_proxy (const gint32 *kinds, gint64 n, gint32 next, gboolean *proxy);

/**
 * fovea_induction_expected:
 * @kinds: (n) of the text's tokens
 * @expected: (out caller-allocates): (n) what last followed the token before, -1 = it is new
 *
 * What an induction head would expect at each token.   Thread: any.
 */
void fovea_induction_expected (const gint32 *kinds, gint64 n, gint32 *expected);

/**
 * fovea_proxy_score_add:
 * @score: (inout): zeros at first
 * @codes: (n) of the latent; 0 = silent
 * @limit: largest magnitude over all texts
 *
 * Thread: any.
 */
void fovea_proxy_score_add (
    FoveaProxyScore *score, const float *codes, const gboolean *proxy, gint64 n, double limit);

/**
 * fovea_proxy_score_finish:
 *
 * Thread: any.
 */
void fovea_proxy_score_finish (FoveaProxyScore *score);
