/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Quest, as The Sparse Frontier compares it: each generated query looks up the pages whose keys
 * could have the largest products with it. Query heads of a group share their pages. Only rows after
 * the prompt count. Cost: 2 L d / page a query. */
#include "analysis/sparse-quest.h"

#include <math.h>
#include <string.h>

#include "analysis/every-set.h"
#include "analysis/sparse-method.h"

enum {
    BUDGET,
    PAGE,
    SHARE,
    TAIL,
};

const double *
fovea_quest_get_bounds (FoveaSparseHead *head, gint64 page)
{
    gint64 T = head->n_tokens, D = head->width, n = fovea_sparse_head_count_blocks (head, page);
    g_autofree char *key = g_strdup_printf ("quest %" G_GINT64_FORMAT, page);
    const double *found = fovea_sparse_head_find (head, key);
    if (found != NULL)
        return found;
    double *bounds = g_new (double, (gsize) (n * 2 * D));
    for (gint64 i = 0; i < n * 2 * D; i++)
        bounds[i] = i / D % 2 == 0 ? INFINITY : -INFINITY;
    for (gint64 t = 0; t < T; t++) {
        double *least = bounds + t / page * 2 * D, *largest = least + D;
        for (gint64 d = 0; d < D; d++) {
            least[d] = MIN (least[d], (double) head->k[t * D + d]);
            largest[d] = MAX (largest[d], (double) head->k[t * D + d]);
        }
    }
    return fovea_sparse_head_keep (head, key, bounds);
}

double
fovea_quest_score (const FoveaSparseHead *head, const float *query, const double *bounds)
{
    gint64 D = head->width;
    double sum = 0;
    for (gint64 d = 0; d < D; d++)
        sum += MAX ((double) query[d] * bounds[d], (double) query[d] * bounds[D + d]);
    return sum;
}

/* The same for pages 0 .. n-1 of bounds that lie by element, (D, 2, n_pages), added to @scores. Each
 * page's sum runs over the elements in their order, so it is that of fovea_quest_score() to the bit. */
FOVEA_EVERY_SET static void
score_pages_of (const float *restrict query,
                gint64 D,
                const double *restrict bounds,
                gint64 n_pages,
                gint64 n,
                double *restrict sums,
                double *restrict scores)
{
    memset (sums, 0, (gsize) n * sizeof *sums);
    for (gint64 d = 0; d < D; d++) {
        const double *least = bounds + d * 2 * n_pages, *largest = least + n_pages;
        double q = (double) query[d];
        for (gint64 p = 0; p < n; p++)
            sums[p] += MAX (q * least[p], q * largest[p]);
    }
    for (gint64 p = 0; p < n; p++)
        scores[p] += sums[p];
}

/* (n_pages, 2, D) to (D, 2, n_pages), kept with the head. */
static const double *
get_bounds_by_element (FoveaSparseHead *head, gint64 page)
{
    gint64 D = head->width, n = fovea_sparse_head_count_blocks (head, page);
    g_autofree char *key = g_strdup_printf ("quest by element %" G_GINT64_FORMAT, page);
    const double *found = fovea_sparse_head_find (head, key);
    if (found != NULL)
        return found;
    const double *bounds = fovea_quest_get_bounds (head, page);
    double *turned = g_new (double, (gsize) (n * 2 * D));
    for (gint64 p = 0; p < n; p++)
        for (gint64 i = 0; i < 2 * D; i++)
            turned[(i % D * 2 + i / D) * n + p] = bounds[p * 2 * D + i];
    return fovea_sparse_head_keep (head, key, turned);
}

/* Complete pages before the one that a query is in are scored, summed over the heads that share them;
 * @queries: (n_heads) vectors of (T, D). */
static void
add_rows (FoveaSparseHead *head,
          const double *knobs,
          float *const *queries,
          guint n_heads,
          gint64 prompt,
          FoveaSparseSelection *out)
{
    gint64 T = head->n_tokens, page = (gint64) knobs[PAGE];
    gint64 n_kept = MAX ((gint64) knobs[BUDGET] / page, 1);
    gsize most = (gsize) fovea_sparse_head_count_blocks (head, page);
    const double *bounds = get_bounds_by_element (head, page);
    g_autofree double *scores = g_new (double, most), *sums = g_new (double, most);
    g_autofree gint64 *pages = g_new (gint64, most);
    for (gint64 q = prompt; q < T; q++) {
        gint64 current = q / page;
        memset (scores, 0, most * sizeof *scores);
        for (guint h = 0; h < n_heads; h++)
            score_pages_of (queries[h] + q * head->width, head->width, bounds, (gint64) most,
                            current, sums, scores);
        gsize n = fovea_select_top (scores, (gsize) current, n_kept, pages, &out->margin);
        pages[n++] = current;
        fovea_mask_add_blocks (out->executed, q, q + 1, page, pages, n);
    }
}

static gboolean
select_pages (FoveaSparseHead *head, const double *knobs, FoveaSparseSelection *out, GError **error)
{
    gint64 T = head->n_tokens, prompt = T - MIN ((gint64) knobs[TAIL], T / 4);
    guint group = (guint) (head->n_heads / head->n_kv_heads);
    guint n_heads = knobs[SHARE] > 0 ? group : 1;
    guint first = knobs[SHARE] > 0 ? head->head / group * group : head->head;
    g_autoptr (GPtrArray) queries = g_ptr_array_new_with_free_func (g_free);
    for (guint h = 0; h < n_heads; h++) {
        float *own = fovea_sparse_head_read_other (head, first + h, FOVEA_VECTOR_QUERY, error);
        if (own == NULL)
            return FALSE;
        g_ptr_array_add (queries, own);
    }
    out->tile = 0; /* pages are gathered for one query at a time */
    out->first_row = prompt;
    out->flops = 2 * (double) n_heads * (double) (T - prompt) * (double) T / knobs[PAGE] *
                 (double) head->width;
    out->executed = fovea_mask_new (T, head->rule);
    fovea_mask_add_rectangle (out->executed, 0, prompt, 0, prompt);
    add_rows (head, knobs, (float *const *) queries->pdata, n_heads, prompt, out);
    fovea_mask_finish (out->executed);
    return TRUE;
}

const FoveaSparseMethod fovea_sparse_quest = {
    .id = "quest",
    .name = "Quest",
    .paper = "Tang et al. 2024, arXiv:2406.10774",
    .unit = "page of the cache",
    .kind = FOVEA_SPARSE_DECODE,
    .honesty = FOVEA_HONESTY_EXACT_RULE,
    .knobs = {{"budget", "tokens", "keys read by a query, beside the page it is in", 1024, 128, 1,
               1e9, TRUE},
              {"page", "tokens", "keys of a page", 16, 16, 1, 65536, TRUE},
              {"share", "", "1 = query heads of a group share pages", 1, 1, 0, 1, TRUE},
              {"tail", "tokens", "last queries, which stand for generated ones; at most T / 4", 256,
               256, 1, 1e9, TRUE}},
    .sweep = {0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, -1},
    .sweep_of = FOVEA_SWEEP_TOKENS,
    .products = TRUE,
    .select = select_pages,
};
