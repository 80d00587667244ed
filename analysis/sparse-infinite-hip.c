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
#include "analysis/sparse-packed.h"

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
    MOST_KNOWN = 1 << 21, /* scores that are kept: 32 MiB */
};

/* Keys [from,to). */
typedef struct {
    gint64 from, to;
} Chunk;

/* Of one key for one block of queries. */
typedef struct {
    double mean, single; /* NAN: not asked yet */
} Scores;

/* One block of queries under way. */
typedef struct {
    const FoveaSparseHead *head;
    gint64 q0, q1;
    gint64 stride;    /* queries of a mean */
    gboolean by_mean; /* the stage at hand asks means of queries */
    float *means;     /* (queries of a block, D) */
    gint64 n_means;
    FoveaPackedVectors *packed_means, *packed_queries;
    Scores *known; /* (T) of this block of queries, or NULL */
    double flops_a_key;
    Chunk *chunks, *kept; /* room for every key */
    gsize n;
    double *scores; /* (n) */
    gint64 *order;  /* (n) */
    FoveaMargin *margin;
    double flops;
} Search;

/* Means of runs of queries, as the first stages ask them. */
static void
average_queries (Search *search)
{
    const FoveaSparseHead *head = search->head;
    gint64 D = head->width;
    search->n_means = 0;
    for (gint64 q = search->q0; q < search->q1; q += search->stride) {
        gint64 end = MIN (q + search->stride, search->q1);
        float *mean = search->means + search->n_means++ * D;
        for (gint64 d = 0; d < D; d++) {
            double sum = 0;
            for (gint64 i = q; i < end; i++)
                sum += (double) head->q[i * D + d];
            mean[d] = (float) (sum / (double) (end - q));
        }
    }
    fovea_packed_vectors_set (search->packed_means, search->means, D, search->n_means);
    fovea_packed_vectors_set (search->packed_queries, head->q + search->q0 * D, D,
                              search->q1 - search->q0);
}

/* Best product, not scaled, of the block's queries, or of their means, with one key. */
static double
make_score (const Search *search, gint64 key)
{
    const FoveaSparseHead *head = search->head;
    return fovea_packed_vectors_find_best (search->by_mean ? search->packed_means
                                                           : search->packed_queries,
                                           head->k + key * head->width);
}

/* The same, which searches for other numbers of keys may have asked for already. */
static double
score_key (Search *search, gint64 key)
{
    search->flops += search->flops_a_key;
    if (search->known == NULL)
        return make_score (search, key);
    double *known = search->by_mean ? &search->known[key].mean : &search->known[key].single;
    if (isnan (*known))
        *known = make_score (search, key);
    return *known;
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
    /* A stage leaves at least what the next ones are to keep. */
    double third = MAX (knobs[THIRD], knobs[KEYS]);
    const double n_keys[STAGES] = {MAX (knobs[SECOND], third), third, knobs[KEYS]};
    search->chunks[0] = (Chunk){from, to};
    search->n = 1;
    for (int stage = 0; stage < STAGES; stage++) {
        split (search, sizes[stage]);
        gint64 rows = search->q1 - search->q0, stride = stage + 1 < STAGES ? search->stride : 1;
        search->by_mean = stage + 1 < STAGES;
        search->flops_a_key =
            2 * (double) ((rows + stride - 1) / stride) * (double) search->head->width;
        if ((double) search->n * (double) sizes[stage] <= n_keys[stage])
            continue; /* all stay, whatever they score */
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

/* Scores of all keys by blocks of queries, which a sweep shares: what is asked for is filled in. NULL
 * where they would take too much. */
static Scores *
get_known (FoveaSparseHead *head, const double *knobs)
{
    gint64 T = head->n_tokens;
    gint64 n_rows = fovea_sparse_head_count_blocks (head, (gint64) knobs[QUERY_BLOCK]);
    g_autofree char *name =
        g_strdup_printf ("infinite-hip %g %g", knobs[QUERY_BLOCK], knobs[STRIDE]);
    Scores *known = (Scores *) fovea_sparse_head_find (head, name);
    if (known != NULL || n_rows > MOST_KNOWN / T)
        return known;
    known = g_new (Scores, (gsize) (n_rows * T));
    for (gint64 i = 0; i < n_rows * T; i++)
        known[i] = (Scores){NAN, NAN};
    fovea_sparse_head_keep (head, name, (double *) known);
    return known;
}

static gboolean
select_infinite_hip (FoveaSparseHead *head,
                     const double *knobs,
                     FoveaSparseSelection *out,
                     GError **error)
{
    gint64 T = head->n_tokens, Bq = (gint64) knobs[QUERY_BLOCK], sinks = (gint64) knobs[SINKS];
    gsize room = (gsize) T;
    g_autofree float *means = g_new (float, (gsize) (MIN (Bq, T) * head->width));
    g_autoptr (FoveaPackedVectors) packed_means = fovea_packed_vectors_new (head, MIN (Bq, T));
    g_autoptr (FoveaPackedVectors) packed_queries = fovea_packed_vectors_new (head, MIN (Bq, T));
    g_autofree Chunk *chunks = g_new (Chunk, room), *kept = g_new (Chunk, room);
    g_autofree double *scores = g_new (double, room);
    g_autofree gint64 *order = g_new (gint64, room);
    Scores *known = get_known (head, knobs);
    Search search = {.head = head,
                     .stride = (gint64) knobs[STRIDE],
                     .means = means,
                     .packed_means = packed_means,
                     .packed_queries = packed_queries,
                     .chunks = chunks,
                     .kept = kept,
                     .scores = scores,
                     .order = order,
                     .margin = &out->margin};
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
        search.known = known != NULL ? known + q0 / Bq * T : NULL;
        if (to <= from)
            continue;
        average_queries (&search);
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
    .sweep = {1 / 128., 1 / 64., 1 / 32., 1 / 16., 1 / 8., 1, -1},
    .sweep_of = FOVEA_SWEEP_TOKENS,
    .products = TRUE,
    .select = select_infinite_hip,
};
