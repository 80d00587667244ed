/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Which keys a query may see. Every kernel and every analysis asks here, so that a mask exists in
 * one place only. */
#include "kernels/score-rule.h"

#include <stddef.h>

static int64_t
clamp (int64_t x, int64_t low, int64_t high)
{
    return x < low ? low : x > high ? high : x;
}

int64_t
fovea_score_rule_first_key (const FoveaScoreRule *rule, int64_t query)
{
    int64_t first = rule->window == 0 || query < rule->window ? 0 : query - rule->window + 1;
    return first > rule->key_from ? first : rule->key_from;
}

/* A causal mask ends a row before the far end of any window. */
int64_t
fovea_score_rule_end_key (const FoveaScoreRule *rule, int64_t query, int64_t n_keys)
{
    int64_t end = n_keys;
    if (rule->causal && query + 1 < end)
        end = query + 1;
    else if (rule->window > 0 && query + rule->window < end)
        end = query + rule->window;
    if (rule->key_to > 0 && rule->key_to < end)
        end = rule->key_to;
    /* Whoever walks from the first key to here must find none, not a negative number of them. */
    return end < rule->key_from && rule->key_from <= n_keys ? rule->key_from : end;
}

/* The rule read by columns: a causal key is seen from its own position on. */
void
fovea_score_rule_query_range (const FoveaScoreRule *rule, int64_t key, int64_t *first, int64_t *end)
{
    *first = rule->window > 0 && key >= rule->window ? key - rule->window + 1 : 0;
    if (rule->causal)
        *first = key;
    *end = rule->window > 0 ? key + rule->window : INT64_MAX;
    if (*first < rule->query_from)
        *first = rule->query_from;
    if (rule->query_to > 0 && rule->query_to < *end)
        *end = rule->query_to;
    if (key < rule->key_from || (rule->key_to > 0 && key >= rule->key_to))
        *first = *end = 0;
}

static bool
is_between (int64_t at, int64_t from, int64_t to)
{
    return at >= from && (to == 0 || at < to);
}

static bool
queries_lie_in_box (const FoveaScoreRule *rule, int64_t q0, int64_t q1)
{
    return is_between (q0, rule->query_from, rule->query_to) &&
           is_between (q1 - 1, rule->query_from, rule->query_to);
}

static bool
keys_lie_in_box (const FoveaScoreRule *rule, int64_t k0, int64_t k1)
{
    return is_between (k0, rule->key_from, rule->key_to) &&
           is_between (k1 - 1, rule->key_from, rule->key_to);
}

bool
fovea_score_rule_allows (const FoveaScoreRule *rule, int64_t query, int64_t key)
{
    int64_t distance = query > key ? query - key : key - query;
    return (!rule->causal || key <= query) && (rule->window == 0 || distance < rule->window) &&
           (rule->segments == NULL || rule->segments[query] == rule->segments[key]) &&
           queries_lie_in_box (rule, query, query + 1) && keys_lie_in_box (rule, key, key + 1);
}

/* Segments need a look at each key of the row's range; without them its length is the answer. */
static int64_t
count_in_row (const FoveaScoreRule *rule, int64_t query, int64_t k0, int64_t k1)
{
    int64_t first = clamp (fovea_score_rule_first_key (rule, query), k0, k1);
    int64_t end = clamp (fovea_score_rule_end_key (rule, query, k1), k0, k1);
    if (first >= end || !queries_lie_in_box (rule, query, query + 1))
        return 0;
    if (rule->segments == NULL)
        return end - first;
    int64_t n = 0;
    for (int64_t key = first; key < end; key++)
        n += rule->segments[query] == rule->segments[key];
    return n;
}

/* Whether every query of the rectangle sees every key. */
static bool
allows_all (const FoveaScoreRule *rule, int64_t q0, int64_t q1, int64_t k0, int64_t k1)
{
    int64_t before = q1 - 1 - k0, after = k1 - 1 - q0; /* longest distances either way */
    int64_t longest = before > after ? before : after;
    return rule->segments == NULL && (!rule->causal || k1 - 1 <= q0) &&
           (rule->window == 0 || longest < rule->window) && queries_lie_in_box (rule, q0, q1) &&
           keys_lie_in_box (rule, k0, k1);
}

int64_t
fovea_score_rule_count (const FoveaScoreRule *rule, int64_t q0, int64_t q1, int64_t k0, int64_t k1)
{
    int64_t n = 0;
    /* Nearly all blocks of a map are seen whole or not at all; only the edges are counted by rows. */
    if (rule->causal && k0 >= q1)
        return 0;
    if (allows_all (rule, q0, q1, k0, k1))
        return q1 > q0 && k1 > k0 ? (q1 - q0) * (k1 - k0) : 0;
    for (int64_t query = q0; query < q1; query++)
        n += count_in_row (rule, query, k0, k1);
    return n;
}
