/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* How scores follow from queries and keys in one layer: everything that turns q.k into the logits
 * of a softmax. With post-rotary queries and keys it makes any rectangle of scores or pattern
 * recomputable; a trace keeps it.
 *
 *   s(h,i,j) = cap (scale * q[i,h] . k[j,h / (H/G)] + bias (h,i,j))
 *   cap (x)  = soft_cap * tanh (x / soft_cap) if soft_cap > 0, else x
 *   bias     = alibi_slopes[h] * (j - i) + distance_bias[h][clamp (j - i, -reach, reach) + reach]
 *   allowed  = (!causal or j <= i) and (window == 0 or |i - j| < window)
 *              and (no segments or segments[i] == segments[j])
 *              and i and j lie in the box, if there is one
 *   weight   = exp (s - lse (h,i)), lse over allowed j and, if there, the sink logit of the head
 *              (whose weight goes nowhere)
 *
 * A row without an allowed key has lse -inf and weights 0, never NaN. */
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    float scale;                /* factor of q.k, 1/sqrt(D) in most families */
    bool causal;                /* keys after the query are forbidden */
    int64_t window;             /* tokens seen, the query's own included; 0 = all */
    float soft_cap;             /* 0 = none */
    const float *alibi_slopes;  /* (H), NULL = none; borrowed */
    const float *sink_logits;   /* (H), NULL = none; borrowed */
    const float *distance_bias; /* (H, 2 * reach + 1), NULL = none; borrowed */
    int64_t reach;              /* tokens; beyond it every distance has the bias of the last */
    const int32_t *segments;    /* (T), NULL = one segment; borrowed */
    /* A box of the map outside which nothing is seen, as where one text's tokens look at another's:
     * queries [query_from, query_to) and keys [key_from, key_to); an end of 0 is no limit. */
    int64_t query_from, query_to, key_from, key_to;
} FoveaScoreRule;

/**
 * fovea_score_rule_has_box:
 *
 * Thread: any.
 */
static inline bool
fovea_score_rule_has_box (const FoveaScoreRule *rule)
{
    return rule->query_from > 0 || rule->query_to > 0 || rule->key_from > 0 || rule->key_to > 0;
}

/**
 * fovea_score_rule_distance_bias:
 *
 * Bias of key @key for query @query by their distance; the rule has such biases.
 *
 * Thread: any.
 */
static inline float
fovea_score_rule_distance_bias (const FoveaScoreRule *rule,
                                int64_t head,
                                int64_t query,
                                int64_t key)
{
    int64_t reach = rule->reach, at = key - query;
    at = at < -reach ? -reach : at > reach ? reach : at;
    return rule->distance_bias[head * (2 * reach + 1) + at + reach];
}

/**
 * fovea_score_rule_first_key:
 *
 * First key that query @query may see, segments left aside and queries outside the box taken as if
 * they were in it.
 *
 * Thread: any.
 */
int64_t fovea_score_rule_first_key (const FoveaScoreRule *rule, int64_t query);

/**
 * fovea_score_rule_end_key:
 * @n_keys: T
 *
 * One past the last key that query @query may see, with the same left aside.
 *
 * Thread: any.
 */
int64_t fovea_score_rule_end_key (const FoveaScoreRule *rule, int64_t query, int64_t n_keys);

/**
 * fovea_score_rule_query_range:
 * @first: (out): first query that may see @key
 * @end: (out): one past the last, INT64_MAX if there is no limit
 *
 * The same seen from a key, segments left aside.
 *
 * Thread: any.
 */
void fovea_score_rule_query_range (const FoveaScoreRule *rule,
                                   int64_t key,
                                   int64_t *first,
                                   int64_t *end);

/**
 * fovea_score_rule_allows:
 *
 * Whether query @query may see key @key.
 *
 * Thread: any.
 */
bool fovea_score_rule_allows (const FoveaScoreRule *rule, int64_t query, int64_t key);

/**
 * fovea_score_rule_count:
 *
 * Allowed pairs in the rectangle [q0,q1) x [k0,k1): the cells that a block's mean is taken over.
 * O(q1 - q0) without segments.
 *
 * Thread: any.
 */
int64_t
fovea_score_rule_count (const FoveaScoreRule *rule, int64_t q0, int64_t q1, int64_t k0, int64_t k1);
