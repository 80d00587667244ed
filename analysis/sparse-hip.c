/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* HiP: for each block of queries a search that halves spans of keys and keeps the better halves,
 * judging a half by its first key block only, until the spans are single key blocks; the nearest
 * keys are always kept (methods/prefill.md 13.1, key groups of 1). What a span hides behind a poor
 * first block is lost. A left half begins where its span did, so
 * each round asks for the right halves only. Cost: L n log2 (N/n) d / 4. */
#include <math.h>

#include "analysis/sparse-method.h"
#include "analysis/sparse-packed.h"

enum {
    KEYS,
    QUERY_BLOCK,
    KEY_BLOCK,
    WINDOW,

    MOST_KNOWN = 1 << 22, /* scores that are kept: 32 MiB */
};

/* Key blocks [start, start + size). */
typedef struct {
    gint64 start, size;
    double score; /* of the first key block; NAN: not asked yet */
} Span;

/* One row of query blocks under way. */
typedef struct {
    const FoveaSparseHead *head;
    gint64 q0, q1;               /* its queries */
    gint64 n_keys;               /* that the search may choose from */
    gint64 key_block;            /* tokens */
    gint64 n;                    /* spans that stay */
    Span *spans;                 /* (2n) */
    double *scores;              /* (2n) */
    gint64 *order;               /* (2n) */
    FoveaPackedVectors *queries; /* that judge */
    double *known; /* (key blocks) scores of this row of blocks, NAN = not yet; or NULL */
    FoveaMargin *margin;
} Search;

/* Every second query judges. A block of queries with but one is judged by that. */
static void
choose_queries (const Search *search)
{
    gint64 D = search->head->width, first = MIN (search->q0 + 1, search->q1 - 1);
    fovea_packed_vectors_set (search->queries, search->head->q + first * D, 2 * D,
                              (search->q1 - first + 1) / 2);
}

/* Best product, not scaled, of a query that judges with one key block. */
static double
score_block (const Search *search, gint64 block)
{
    const FoveaSparseHead *head = search->head;
    gint64 j0 = block * search->key_block, j1 = MIN (j0 + search->key_block, search->n_keys);
    double best = -INFINITY;
    for (gint64 j = j0; j < j1; j++) {
        double own = fovea_packed_vectors_find_best (search->queries, head->k + j * head->width);
        best = MAX (best, own);
    }
    return best;
}

/* The same, which searches for other numbers of keys may have asked for already. */
static double
get_score (const Search *search, gint64 block)
{
    if (search->known == NULL)
        return score_block (search, block);
    if (isnan (search->known[block]))
        search->known[block] = score_block (search, block);
    return search->known[block];
}

/* A half of @whole. Where it begins as the whole does its score is known from the round before. */
static Span
make_half (const Search *search, const Span *whole, gint64 start, gint64 size)
{
    Span half = {start, size, NAN};
    if (size == 0)
        half.score = -32000;
    else if (start == whole->start && whole->size > 0 && !isnan (whole->score))
        half.score = whole->score;
    else
        half.score = get_score (search, start);
    return half;
}

/* Halves every span, and keeps the better half of the halves. */
static void
halve (Search *search)
{
    gint64 n = search->n;
    g_autofree Span *halves = g_new (Span, (gsize) (2 * n));
    for (gint64 a = 0; a < n; a++) {
        const Span *span = &search->spans[a];
        gint64 middle = span->start + span->size / 2;
        halves[2 * a] = make_half (search, span, span->start, middle - span->start);
        halves[2 * a + 1] = make_half (search, span, middle, span->start + span->size - middle);
    }
    for (gint64 a = 0; a < 2 * n; a++)
        search->scores[a] = halves[a].score;
    gsize kept =
        fovea_select_top (search->scores, (gsize) (2 * n), n, search->order, search->margin);
    for (gsize a = 0; a < kept; a++)
        search->spans[a] = halves[search->order[a]];
    search->n = (gint64) kept;
}

/* Starts of the spans that are left: key blocks. */
static void
run (Search *search, gint64 *blocks)
{
    gint64 n = search->n, n_blocks = (search->n_keys + search->key_block - 1) / search->key_block;
    double length = (double) n_blocks / (double) n;
    for (gint64 a = 0; a < n; a++) {
        gint64 start = (gint64) floor (length * (double) a);
        gint64 end = a + 1 == n ? n_blocks : (gint64) floor (length * (double) (a + 1));
        search->spans[a] = (Span){start, end - start, NAN};
    }
    for (; length > 1; length /= 2)
        halve (search);
    for (gint64 a = 0; a < search->n; a++)
        blocks[a] = search->spans[a].start;
}

/* Scores of key blocks by blocks of queries, which a sweep over the number of keys shares: what is
 * asked for is filled in. NULL where they would take too much. */
static double *
get_known (FoveaSparseHead *head, const double *knobs)
{
    gint64 n_rows = fovea_sparse_head_count_blocks (head, (gint64) knobs[QUERY_BLOCK]);
    gint64 n_blocks = fovea_sparse_head_count_blocks (head, (gint64) knobs[KEY_BLOCK]);
    g_autofree char *name =
        g_strdup_printf ("hip %g %g %g", knobs[QUERY_BLOCK], knobs[KEY_BLOCK], knobs[WINDOW]);
    double *known = (double *) fovea_sparse_head_find (head, name);
    if (known != NULL || n_rows > MOST_KNOWN / n_blocks)
        return known;
    known = g_new (double, (gsize) (n_rows * n_blocks));
    for (gint64 i = 0; i < n_rows * n_blocks; i++)
        known[i] = NAN;
    fovea_sparse_head_keep (head, name, known);
    return known;
}

static gboolean
select_hip (FoveaSparseHead *head, const double *knobs, FoveaSparseSelection *out, GError **error)
{
    gint64 T = head->n_tokens, Bq = (gint64) knobs[QUERY_BLOCK], Bk = (gint64) knobs[KEY_BLOCK];
    gint64 keys = (gint64) knobs[KEYS], n = (keys + Bk - 1) / Bk;
    gsize most = (gsize) MIN (n, T);
    g_autofree Span *spans = g_new (Span, 2 * most);
    g_autofree double *scores = g_new (double, 2 * most);
    g_autofree gint64 *order = g_new (gint64, 2 * most);
    g_autofree gint64 *blocks = g_new (gint64, most);
    g_autoptr (FoveaPackedVectors) queries = fovea_packed_vectors_new (head, MIN (Bq, T));
    gint64 n_blocks = fovea_sparse_head_count_blocks (head, Bk);
    double *known = get_known (head, knobs);
    out->tile = Bq;
    out->executed = fovea_mask_new (T, head->rule);
    for (gint64 q0 = 0; q0 < T; q0 += Bq) {
        gint64 end = q0 + Bq, n_keys = CLAMP (end - (gint64) knobs[WINDOW], 0, T);
        fovea_mask_add_rectangle (out->executed, q0, end, n_keys, end);
        if (n_keys <= keys) {
            fovea_mask_add_rectangle (out->executed, q0, end, 0, n_keys);
            continue;
        }
        if (g_cancellable_set_error_if_cancelled (head->cancellable, error))
            return FALSE;
        Search search = {.head = head,
                         .q0 = q0,
                         .q1 = MIN (end, T),
                         .n_keys = n_keys,
                         .key_block = Bk,
                         .n = n,
                         .spans = spans,
                         .scores = scores,
                         .order = order,
                         .queries = queries,
                         .known = known != NULL ? known + q0 / Bq * n_blocks : NULL,
                         .margin = &out->margin};
        choose_queries (&search);
        run (&search, blocks);
        fovea_mask_add_blocks (out->executed, q0, end, Bk, blocks, (gsize) search.n);
        out->flops += 2 * (double) (Bq / 2 + 1) * (double) (n * Bk) * (double) head->width *
                      ceil (log2 ((double) n_keys / (double) keys));
    }
    fovea_mask_finish (out->executed);
    return TRUE;
}

const FoveaSparseMethod fovea_sparse_hip = {
    .id = "hip",
    .name = "HiP",
    .paper = "Lee et al. 2024, arXiv:2406.09827",
    .unit = "key block",
    .kind = FOVEA_SPARSE_DYNAMIC,
    .honesty = FOVEA_HONESTY_EXACT_RULE,
    .knobs = {{"keys", "tokens", "keys that the search finds", 512, 64, 1, 1e9, TRUE},
              {"query-block", "tokens", "queries that share them", 32, 8, 1, 65536, TRUE},
              {"key-block", "tokens", "keys that are found together", 1, 1, 1, 65536, TRUE},
              {"window", "tokens", "nearest keys, always kept", 128, 16, 1, 1e9, TRUE}},
    .sweep = FOVEA_SPARSE_SHARES,
    .sweep_of = FOVEA_SWEEP_TOKENS,
    .products = TRUE,
    .select = select_hip,
};
