/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* InfiniteHiP (HiP 1.2): first and nearest keys are always kept; the others are pruned in three
 * stages by ever finer chunks, each judged by the best key that a binary descent into it meets
 * (methods/prefill.md 13.2). In the descent two keys stand for the halves of what is left, and the
 * right half is taken unless the left one's stands higher. Where the source leaves open how strided
 * queries are averaged, each run of them is one mean query. That the public code leaves some layers
 * dense is for --layers to say. Cost: L/Bq (candidates / chunk) log2 (chunk) d products a stage. */
#include <math.h>

#include "analysis/sparse-method.h"

enum {
    KEYS,
    SECOND,
    THIRD,
    CHUNK,
    QUERY_BLOCK,
    STRIDE,
    SINKS,
    WINDOW,

    STAGES = 3,
};

/* Keys [from,to). */
typedef struct {
    gint64 from, to;
} Chunk;

/* One block of queries under way. */
typedef struct {
    const FoveaSparseHead *head;
    gint64 q0, q1;
    double *queries; /* (n_queries, D) means */
    gint64 n_queries;
    Chunk *chunks, *kept; /* room for every key */
    gsize n;
    double *scores; /* (n) */
    gint64 *order;  /* (n) */
    FoveaMargin *margin;
    double flops;
} Search;

/* Means of runs of @stride queries. */
static void
average_queries (Search *search, gint64 stride)
{
    const FoveaSparseHead *head = search->head;
    gint64 D = head->width;
    search->n_queries = 0;
    for (gint64 q = search->q0; q < search->q1; q += stride) {
        gint64 end = MIN (q + stride, search->q1);
        double *mean = search->queries + search->n_queries++ * D;
        for (gint64 d = 0; d < D; d++) {
            mean[d] = 0;
            for (gint64 i = q; i < end; i++)
                mean[d] += (double) head->q[i * D + d] / (double) (end - q);
        }
    }
}

/* Best product, not scaled, of any query with one key. */
static double
score_key (Search *search, gint64 key)
{
    gint64 D = search->head->width;
    const float *k = search->head->k + key * D;
    double best = -INFINITY;
    for (gint64 i = 0; i < search->n_queries; i++) {
        double sum = 0;
        for (gint64 d = 0; d < D; d++)
            sum += search->queries[i * D + d] * (double) k[d];
        best = MAX (best, sum);
    }
    search->flops += 2 * (double) (search->n_queries * D);
    return best;
}

/* The best key that the descent meets; of a single key its own. */
static double
score_chunk (Search *search, const Chunk *chunk)
{
    gint64 from = chunk->from, to = chunk->to;
    double best = to - from > 1 ? -INFINITY : score_key (search, from);
    while (to - from > 1) {
        gint64 middle = (from + to) / 2;
        double left = score_key (search, (from + middle) / 2);
        double right = score_key (search, (middle + to) / 2);
        best = MAX (best, MAX (left, right));
        if (left > right)
            to = middle;
        else
            from = middle;
    }
    return best;
}

/* Keeps the best chunks, as many as have @n_keys keys when whole, in the order of their keys. */
static void
keep_best (Search *search, gint64 chunk, double n_keys)
{
    gsize n = fovea_select_top (search->scores, search->n, (gint64) ceil (n_keys / (double) chunk),
                                search->order, search->margin);
    g_autofree gboolean *is_kept = g_new0 (gboolean, search->n + 1);
    gsize at = 0;
    for (gsize i = 0; i < n; i++)
        is_kept[search->order[i]] = TRUE;
    for (gsize i = 0; i < search->n; i++)
        if (is_kept[i])
            search->chunks[at++] = search->chunks[i];
    search->n = at;
}

/* Cuts what is left into finer chunks. */
static void
split (Search *search, gint64 chunk)
{
    gsize n = 0;
    for (gsize i = 0; i < search->n; i++)
        for (gint64 from = search->chunks[i].from; from < search->chunks[i].to; from += chunk)
            search->kept[n++] = (Chunk){from, MIN (from + chunk, search->chunks[i].to)};
    Chunk *swap = search->chunks;
    search->chunks = search->kept;
    search->kept = swap;
    search->n = n;
}

/* Prunes keys [from,to) to those that are kept. */
static void
run (Search *search, const double *knobs, gint64 from, gint64 to)
{
    const gint64 sizes[STAGES] = {(gint64) knobs[CHUNK], MAX ((gint64) knobs[CHUNK] / 8, 1),
                                  MAX ((gint64) knobs[CHUNK] / 32, 1)};
    const gint64 strides[STAGES] = {(gint64) knobs[STRIDE], (gint64) knobs[STRIDE], 1};
    /* A stage leaves at least what the next ones are to keep. */
    double third = MAX (knobs[THIRD], knobs[KEYS]);
    const double n_keys[STAGES] = {MAX (knobs[SECOND], third), third, knobs[KEYS]};
    search->chunks[0] = (Chunk){from, to};
    search->n = 1;
    for (int stage = 0; stage < STAGES; stage++) {
        split (search, sizes[stage]);
        average_queries (search, strides[stage]);
        for (gsize i = 0; i < search->n; i++)
            search->scores[i] = score_chunk (search, &search->chunks[i]);
        keep_best (search, sizes[stage], n_keys[stage]);
    }
}

/* Adds what was kept, chunks that touch as one. */
static void
draw (const Search *search, FoveaMask *mask)
{
    for (gsize i = 0, end; i < search->n; i = end) {
        for (end = i + 1; end < search->n; end++)
            if (search->chunks[end].from != search->chunks[end - 1].to)
                break;
        fovea_mask_add_rectangle (mask, search->q0, search->q1, search->chunks[i].from,
                                  search->chunks[end - 1].to);
    }
}

static gboolean
select_infinite_hip (FoveaSparseHead *head,
                     const double *knobs,
                     FoveaSparseSelection *out,
                     GError **error)
{
    gint64 T = head->n_tokens, Bq = (gint64) knobs[QUERY_BLOCK], sinks = (gint64) knobs[SINKS];
    gsize room = (gsize) T;
    g_autofree double *queries = g_new (double, (gsize) (MIN (Bq, T) * head->width));
    g_autofree Chunk *chunks = g_new (Chunk, room), *kept = g_new (Chunk, room);
    g_autofree double *scores = g_new (double, room);
    g_autofree gint64 *order = g_new (gint64, room);
    Search search = {head, 0, 0, queries, 0, chunks, kept, 0, scores, order, &out->margin, 0};
    out->tile = Bq;
    out->executed = fovea_mask_new (T, head->rule);
    fovea_mask_add_rectangle (out->executed, 0, T, 0, sinks);
    for (gint64 q0 = 0; q0 < T; q0 += Bq) {
        gint64 end = MIN (q0 + Bq, T), from = MIN (sinks, T);
        gint64 to = MAX (end - (gint64) knobs[WINDOW], from);
        fovea_mask_add_rectangle (out->executed, q0, end, to, end);
        if (g_cancellable_set_error_if_cancelled (head->cancellable, error))
            return FALSE;
        search.q0 = q0;
        search.q1 = end;
        if (to <= from)
            continue;
        run (&search, knobs, from, to);
        draw (&search, out->executed);
    }
    out->flops = search.flops;
    fovea_mask_finish (out->executed);
    return TRUE;
}

const FoveaSparseMethod fovea_sparse_infinite_hip = {
    .id = "infinite-hip",
    .name = "InfiniteHiP (HiP 1.2)",
    .paper = "Lee et al. 2025, arXiv:2502.08910",
    .unit = "chunk of keys",
    .kind = FOVEA_SPARSE_DYNAMIC,
    .honesty = FOVEA_HONESTY_EXACT_RULE,
    .knobs = {{"keys", "tokens", "kept by the last stage", 2048, 128, 1, 1e9, TRUE},
              {"second", "tokens", "that the second stage looks at", 32768, 1024, 1, 1e9, TRUE},
              {"third", "tokens", "that the third stage looks at", 8192, 512, 1, 1e9, TRUE},
              {"chunk", "tokens", "of the first stage; an eighth and a 32nd of it in the others",
               256, 32, 1, 65536, TRUE},
              {"query-block", "tokens", "queries that share their keys", 64, 16, 1, 65536, TRUE},
              {"stride", "tokens", "queries that are one in the first two stages", 4, 4, 1, 65536,
               TRUE},
              {"sinks", "tokens", "first keys, always kept", 256, 16, 0, 1e9, TRUE},
              {"window", "tokens", "nearest keys, always kept", 1024, 64, 1, 1e9, TRUE}},
    .sweep = FOVEA_SPARSE_SHARES,
    .sweep_of = FOVEA_SWEEP_TOKENS,
    .products = TRUE,
    .select = select_infinite_hip,
};
