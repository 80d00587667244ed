/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Greedy and random choice of the next token. Candidates are ordered by falling logit, then rising
 * id, so that equal logits never depend on the sort. NaN counts as minus infinity. Cost: O(V) when
 * greedy, O(V log V) otherwise. */
#include "capture/sampler.h"

#include <math.h>

typedef struct {
    double weight; /* first the logit, then exp ((logit - max) / temperature) */
    gint32 id;
} Candidate;

static double
logit_or_lowest (float logit)
{
    return isnan (logit) ? -INFINITY : logit;
}

static gint32
largest_logit (const float *logits, gint64 vocabulary)
{
    gint32 best = 0;
    for (gint64 i = 1; i < vocabulary; i++)
        if (logit_or_lowest (logits[i]) > logit_or_lowest (logits[best]))
            best = (gint32) i;
    return best;
}

static int
compare_candidates (const void *a, const void *b)
{
    const Candidate *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

/* Replaces logits by unnormalised probabilities and gives their sum. */
static double
exponentiate (Candidate *candidates, gint64 n, double temperature)
{
    double max = candidates[0].weight, sum = 0;
    for (gint64 i = 0; i < n; i++) {
        double below = candidates[i].weight - max;
        candidates[i].weight = candidates[i].weight == max ? 1 : exp (below / temperature);
        sum += candidates[i].weight;
    }
    return sum;
}

/* Length of the shortest prefix whose mass reaches @mass; @sum becomes the prefix's. */
static gint64
prefix_reaching (const Candidate *candidates, gint64 n, double mass, double *sum)
{
    double reached = 0;
    for (gint64 i = 0; i < n; i++) {
        reached += candidates[i].weight;
        if (reached >= mass) {
            *sum = reached;
            return i + 1;
        }
    }
    return n;
}

static gint32
draw (const Candidate *candidates, gint64 n, double sum, FoveaRandom *random)
{
    double target = fovea_random_uniform (random) * sum;
    for (gint64 i = 0; i < n; i++) {
        target -= candidates[i].weight;
        if (target < 0)
            return candidates[i].id;
    }
    /* Rounding can leave a sliver above the last weight. */
    return candidates[n - 1].id;
}

gint32
fovea_sample_token (const float *logits,
                    gint64 vocabulary,
                    const FoveaSamplerOptions *options,
                    FoveaRandom *random)
{
    g_return_val_if_fail (logits != NULL && vocabulary >= 1, 0);
    if (!(options->temperature > 0))
        return largest_logit (logits, vocabulary);

    g_autofree Candidate *candidates = g_new (Candidate, vocabulary);
    for (gint64 i = 0; i < vocabulary; i++)
        candidates[i] = (Candidate){logit_or_lowest (logits[i]), (gint32) i};
    qsort (candidates, vocabulary, sizeof *candidates, compare_candidates);

    gint64 n = vocabulary;
    if (options->top_k > 0 && options->top_k < n)
        n = options->top_k;
    double sum = exponentiate (candidates, n, options->temperature);
    if (options->top_p < 1)
        n = prefix_reaching (candidates, n, options->top_p * sum, &sum);
    return draw (candidates, n, sum, random);
}
