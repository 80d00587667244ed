/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* DHSA as its paper has it: keys of the whole layer are summed up chunk by chunk, and a block of
 * queries takes the keys of the best chunks. Chunks end where later queries change their mind about
 * what lies before and after, which is what the paper trains a predictor to foretell; the labels
 * themselves need no weights (methods/prefill.md 14.1, 14.2). All tokens of a chunk tie, so the
 * lowest keys of the last chunk fill the budget. Cost: L d + nq nc d; labels: H L w d. */
#include <math.h>
#include <string.h>

#include "analysis/sparse-dhsa.h"
#include "analysis/sparse-method.h"

enum {
    KEYS,
    BLOCK,
    LOCAL,
    GLOBAL,
    INSTRUCTION,
    CHUNK,
    SPAN,
    APART,
};

/* Attention that queries at distances 0 .. 2 w - 2 pay to each key, mean over heads, is taken off
 * the mass that a key gets in all: @later (T, 2 w) is the mass on key j from queries i >= j + d. */
static gboolean
read_later_mass (const FoveaSparseHead *head, gint64 w, double *later, GError **error)
{
    gint64 T = head->n_tokens, n = 2 * w;
    g_autofree float *values = g_new (float, (gsize) T);
    for (guint h = 0; h < head->n_heads; h++) {
        if (g_cancellable_set_error_if_cancelled (head->cancellable, error) ||
            !fovea_attention_read_column_mass (head->attention, h, values, error))
            return FALSE;
        for (gint64 j = 0; j < T; j++)
            for (gint64 d = 0; d < n; d++)
                later[j * n + d] += (double) values[j] / (double) head->n_heads;
        for (gint64 d = 0; d + 1 < n; d++) {
            if (!fovea_attention_read_offset (head->attention, h, -d, values, error))
                return FALSE;
            for (gint64 q = d; q < T; q++)
                for (gint64 from = d + 1; from < n; from++)
                    later[(q - d) * n + from] -= (double) values[q] / (double) head->n_heads;
        }
    }
    return TRUE;
}

/* How differently queries from p + w on look at the w keys up to p and at the w after it. */
static double *
get_changes (const FoveaSparseHead *head, gint64 w, const double *later)
{
    gint64 T = head->n_tokens, n = 2 * w;
    double *changes = g_new0 (double, (gsize) T);
    for (gint64 p = n - 1; p < T - n; p++) {
        double past = 0, future = 0;
        for (gint64 j = p - w + 1; j <= p; j++)
            past += MAX (later[j * n + (p + w - j)], 0);
        for (gint64 j = p + 1; j <= p + w; j++)
            future += MAX (later[j * n + (p + w - j)], 0);
        changes[p] = (MAX (past, future) + 1e-6) / (MIN (past, future) + 1e-6);
    }
    return changes;
}

/* Strongest changes first, none within @apart of a stronger one. */
static gsize
accept_changes (const double *changes, gint64 T, gint64 apart, gsize most, gint64 *accepted)
{
    g_autofree gint64 *order = g_new (gint64, (gsize) T);
    gsize n_ranked = fovea_select_rank (changes, (gsize) T, order), n = 0;
    for (gsize i = 0; i < n_ranked && n < most && changes[order[i]] > FOVEA_DHSA_LEAST_CHANGE;
         i++) {
        gboolean free = TRUE;
        for (gsize t = 0; t < n && free; t++)
            free = ABS (order[i] - accepted[t]) > apart;
        if (free)
            accepted[n++] = order[i];
    }
    return n;
}

double *
fovea_dhsa_get_changes (const FoveaSparseHead *head, gint64 span, GError **error)
{
    g_autofree double *later = g_new0 (double, (gsize) (head->n_tokens * 2 * span));
    if (!read_later_mass (head, span, later, error))
        return NULL;
    return get_changes (head, span, later);
}

gint64 *
fovea_dhsa_get_boundaries (const FoveaSparseHead *head,
                           const FoveaDhsaLabels *labels,
                           gsize *n,
                           GError **error)
{
    gint64 T = head->n_tokens;
    gsize most = (gsize) (T / labels->chunk), found = 0;
    g_autofree gint64 *bounds = g_new (gint64, (gsize) T + 3);
    if (labels->span == 0) {
        for (gint64 t = labels->chunk; t < T; t += labels->chunk)
            bounds[found++] = t;
    } else {
        g_autofree double *changes = fovea_dhsa_get_changes (head, labels->span, error);
        if (changes == NULL)
            return NULL;
        found = accept_changes (changes, T, labels->apart, most, bounds);
        for (gsize i = 0; i < found; i++)
            bounds[i]++; /* the chunk begins behind the change */
    }
    bounds[found++] = 0;
    bounds[found++] = T;
    if (labels->instruction > 0)
        bounds[found++] = MAX (T - labels->instruction, 0);
    fovea_select_sort (bounds, found);
    *n = 0;
    for (gsize i = 0; i < found; i++)
        if (*n == 0 || bounds[*n - 1] != bounds[i])
            bounds[(*n)++] = bounds[i];
    return g_steal_pointer (&bounds);
}

/* Mean over the layer's heads of queries or keys, (T, D). */
static double *
read_layer_mean (const FoveaSparseHead *head, FoveaAttentionVector which, GError **error)
{
    gsize n = (gsize) (head->n_tokens * head->width);
    g_autofree double *mean = g_new0 (double, n);
    guint step = which == FOVEA_VECTOR_QUERY ? 1 : (guint) (head->n_heads / head->n_kv_heads);
    double heads = (double) (head->n_heads / step);
    for (guint h = 0; h < head->n_heads; h += step) {
        g_autofree float *own = fovea_sparse_head_read_other (head, h, which, error);
        if (own == NULL)
            return NULL;
        for (gsize i = 0; i < n; i++)
            mean[i] += (double) own[i] / heads;
    }
    return g_steal_pointer (&mean);
}

/* Sum of rows [from,to) divided by @divisor. */
static void
add_rows (const double *rows, gint64 from, gint64 to, gint64 D, double divisor, double *out)
{
    for (gint64 d = 0; d < D; d++)
        out[d] = 0;
    for (gint64 t = from; t < to; t++)
        for (gint64 d = 0; d < D; d++)
            out[d] += rows[t * D + d] / divisor;
}

/* Scores of chunks for each block of queries: (nq, chunks). */
static double *
score_chunks (
    const FoveaSparseHead *head, gint64 B, const gint64 *bounds, gint64 n_chunks, GError **error)
{
    gint64 T = head->n_tokens, D = head->width, nq = fovea_sparse_head_count_blocks (head, B);
    g_autofree double *queries = read_layer_mean (head, FOVEA_VECTOR_QUERY, error);
    g_autofree double *keys =
        queries != NULL ? read_layer_mean (head, FOVEA_VECTOR_KEY, error) : NULL;
    if (keys == NULL)
        return NULL;
    g_autofree double *chunks = g_new (double, (gsize) (n_chunks * D));
    g_autofree double *query = g_new (double, (gsize) D);
    double *scores = g_new (double, (gsize) (nq * n_chunks));
    for (gint64 c = 0; c < n_chunks; c++)
        add_rows (keys, bounds[c], bounds[c + 1], D, sqrt ((double) (bounds[c + 1] - bounds[c])),
                  chunks + c * D);
    for (gint64 I = 0; I < nq; I++) {
        gint64 end = MIN ((I + 1) * B, T);
        add_rows (queries, I * B, end, D, (double) B / sqrt ((double) (end - I * B)), query);
        fovea_sparse_head_multiply (head, query, chunks, n_chunks, scores + I * n_chunks);
    }
    return scores;
}

/* What does not depend on the budget: bounds of chunks, and scores of chunks by blocks of queries. */
typedef struct {
    gint64 n_chunks;
    gint64 *bounds;       /* (n_chunks + 1) */
    const double *scores; /* (nq, n_chunks), the head's */
} Chunks;

/* Kept for the layer: the bounds first, then the scores. */
static const double *
get_kept (FoveaSparseHead *head, const double *knobs, gsize *n_bounds, GError **error)
{
    const FoveaDhsaLabels labels = {(gint64) knobs[CHUNK], (gint64) knobs[SPAN],
                                    (gint64) knobs[APART], (gint64) knobs[INSTRUCTION]};
    gint64 B = (gint64) knobs[BLOCK], nq = fovea_sparse_head_count_blocks (head, B);
    g_autofree char *key = g_strdup_printf ("dhsa %g %g %g %g %g", knobs[BLOCK], knobs[CHUNK],
                                            knobs[SPAN], knobs[APART], knobs[INSTRUCTION]);
    const double *found = fovea_sparse_head_find_in_layer (head, key);
    if (found != NULL) {
        *n_bounds = (gsize) found[0];
        return found + 1;
    }
    g_autofree gint64 *bounds = fovea_dhsa_get_boundaries (head, &labels, n_bounds, error);
    if (bounds == NULL)
        return NULL;
    gsize n_chunks = *n_bounds - 1;
    g_autofree double *scores = score_chunks (head, B, bounds, (gint64) n_chunks, error);
    if (scores == NULL)
        return NULL;
    double *kept = g_new (double, 1 + *n_bounds + (gsize) nq * n_chunks);
    kept[0] = (double) *n_bounds;
    for (gsize i = 0; i < *n_bounds; i++)
        kept[1 + i] = (double) bounds[i];
    memcpy (kept + 1 + *n_bounds, scores, (gsize) nq * n_chunks * sizeof *scores);
    return fovea_sparse_head_keep_in_layer (head, key, kept) + 1;
}

/* Keys of one block of queries: the nearest, then those of the best chunks, the lowest first. All
 * keys of a chunk tie, so chunks are ranked and not keys. */
static gsize
choose_keys (const Chunks *chunks,
             gint64 I,
             gint64 end,
             const double *knobs,
             gint64 *keys,
             FoveaMargin *margin)
{
    const double *scores = chunks->scores + I * chunks->n_chunks;
    gint64 local = MAX (end - (gint64) knobs[LOCAL], 0), n_seen = 0;
    gint64 budget = MIN ((gint64) knobs[KEYS], end), n = 0;
    g_autofree gint64 *order = g_new (gint64, (gsize) chunks->n_chunks);
    while (n_seen < chunks->n_chunks && chunks->bounds[n_seen] < local)
        n_seen++;
    for (gint64 j = local; j < end && n < budget; j++)
        keys[n++] = j;
    gsize ranked = fovea_select_rank (scores, (gsize) n_seen, order), at = 0;
    for (; at < ranked && n < budget; at++)
        for (gint64 j = chunks->bounds[order[at]];
             j < MIN (chunks->bounds[order[at] + 1], local) && n < budget; j++)
            keys[n++] = j;
    /* Within a chunk the tie rule decides, which no rounding can change. */
    gboolean whole = at > 0 && keys[n - 1] + 1 == MIN (chunks->bounds[order[at - 1] + 1], local);
    if (whole && at < ranked)
        fovea_margin_compare (margin, scores[order[at - 1]], scores[order[at]]);
    return (gsize) n;
}

static gboolean
select_chunks (FoveaSparseHead *head,
               const double *knobs,
               FoveaSparseSelection *out,
               GError **error)
{
    gint64 T = head->n_tokens, B = (gint64) knobs[BLOCK], last = (gint64) knobs[INSTRUCTION];
    gsize n_bounds;
    const double *kept = get_kept (head, knobs, &n_bounds, error);
    if (kept == NULL)
        return FALSE;
    g_autofree gint64 *bounds = g_new (gint64, n_bounds);
    g_autofree gint64 *keys = g_new (gint64, (gsize) T);
    for (gsize i = 0; i < n_bounds; i++)
        bounds[i] = (gint64) kept[i];
    const Chunks chunks = {(gint64) n_bounds - 1, bounds, kept + n_bounds};
    out->tile = B;
    out->executed = fovea_mask_new (T, head->rule);
    out->flops =
        2 * (double) head->width *
        ((double) T + (double) fovea_sparse_head_count_blocks (head, B) * (double) chunks.n_chunks);
    for (gint64 I = 0; I * B < T; I++) {
        gsize n = choose_keys (&chunks, I, MIN ((I + 1) * B, T), knobs, keys, &out->margin);
        fovea_mask_add_blocks (out->executed, I * B, (I + 1) * B, 1, keys, n);
    }
    fovea_mask_add_rectangle (out->executed, 0, T, 0, (gint64) knobs[GLOBAL]);
    fovea_mask_add_rectangle (out->executed, T - last, T, 0, T);
    fovea_mask_finish (out->executed);
    return TRUE;
}

const FoveaSparseMethod fovea_sparse_dhsa = {
    .id = "dhsa",
    .name = "DHSA, chunks",
    .paper = "Xiong et al. 2025, arXiv:2510.24606",
    .unit = "token",
    .note = "bounds of chunks labelled from the attention itself in place of a trained predictor",
    .kind = FOVEA_SPARSE_DYNAMIC,
    .honesty = FOVEA_HONESTY_SURROGATE,
    .knobs = {{"keys", "tokens", "kept by every block of queries", 1024, 128, 1, 1e9, TRUE},
              {"block", "tokens", "queries that share keys", 64, 16, 1, 65536, TRUE},
              {"local", "tokens", "nearest keys, inside the budget", 128, 16, 0, 1e9, TRUE},
              {"global", "tokens", "first keys, beside the budget", 128, 4, 0, 1e9, TRUE},
              {"instruction", "tokens", "last queries, which stay dense", 64, 16, 0, 1e9, TRUE},
              {"chunk", "tokens", "mean length of a chunk, at least", 64, 16, 1, 65536, TRUE},
              {"span", "tokens", "keys compared on both sides; 0 = even chunks", 4, 4, 0, 4096,
               TRUE},
              {"apart", "tokens", "least distance of two boundaries", 8, 8, 0, 65536, TRUE}},
    .sweep = FOVEA_SPARSE_SHARES,
    .sweep_of = FOVEA_SWEEP_TOKENS,
    .products = TRUE,
    .select = select_chunks,
};
