/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* XAttention: blocks scored by sums along the antidiagonals of S x S tiles, and per row of blocks as
 * many as cover a share of the score (methods/prefill.md 7). The intended rule forces the first and
 * the own block; what the public code does in its first chunk keeps about one block more, and is a
 * method of its own. Cost: L^2 d / S. */
#include "analysis/sparse-xattention.h"

#include <math.h>
#include <string.h>

#include "analysis/every-set.h"
#include "analysis/sparse-method.h"

enum {
    SHARE,
    STRIDE,
    BLOCK,
    CHUNK,
};

/* Sums of products along the antidiagonal of tile (a, c); rows beyond the sequence are zero. Four
 * partial sums, added in a fixed order, let the loop run wide. */
static double
score_tile (const FoveaSparseHead *head, gint64 S, gint64 a, gint64 c)
{
    gint64 T = head->n_tokens, D = head->width;
    double sums[4] = {0};
    for (gint64 t = 0; t < S; t++) {
        gint64 i = a * S + S - 1 - t, j = c * S + t;
        if (i >= T || j >= T)
            continue;
        const float *q = head->q + i * D, *k = head->k + j * D;
        for (gint64 d = 0; d < D; d++)
            sums[d % 4] += (double) q[d] * (double) k[d];
    }
    return sums[0] + sums[1] + (sums[2] + sums[3]);
}

typedef double Four __attribute__ ((vector_size (32)));
typedef float FourFloats __attribute__ ((vector_size (16)));

enum {
    TILES = 4,
    ROWS = 2,
};

/* Four tiles that lie side by side within the sequence, of two rows of them, to the same bits: sums of one
 * tile wait for each other, those of several do not, and both rows read the same keys. D is a multiple
 * of 4. @out: rows @stride apart. */
FOVEA_EVERY_SET static void
score_tiles (
    const FoveaSparseHead *head, gint64 S, gint64 a, gint64 c, double *restrict out, gint64 stride)
{
    gint64 D = head->width;
    Four sums[ROWS][TILES] = {{{0}}};
    FourFloats query, key;
    for (gint64 t = 0; t < S; t++) {
        const float *q = head->q + (a * S + S - 1 - t) * D, *k = head->k + (c * S + t) * D;
        for (gint64 d = 0; d < D; d += 4) {
            Four queries[ROWS];
            for (int r = 0; r < ROWS; r++) {
                memcpy (&query, q + r * S * D + d, sizeof query);
                queries[r] = __builtin_convertvector(query, Four);
            }
            for (int i = 0; i < TILES; i++) {
                memcpy (&key, k + i * S * D + d, sizeof key);
                Four keys = __builtin_convertvector(key, Four);
                for (int r = 0; r < ROWS; r++)
                    sums[r][i] += queries[r] * keys;
            }
        }
    }
    for (int r = 0; r < ROWS; r++)
        for (int i = 0; i < TILES; i++)
            out[r * stride + i] = sums[r][i][0] + sums[r][i][1] + (sums[r][i][2] + sums[r][i][3]);
}

/* Tiles 0 .. a of row @a, and with it the row behind it if that is whole: gives how many rows of @out,
 * @stride apart, are filled. */
static gint64
score_tile_rows (const FoveaSparseHead *head, gint64 S, gint64 a, double *out, gint64 stride)
{
    gboolean whole = head->width % 4 == 0 && (a + ROWS) * S <= head->n_tokens;
    gint64 c = 0, n = whole ? ROWS : 1;
    for (; whole && c + TILES <= a + 1; c += TILES)
        score_tiles (head, S, a, c, out + c, stride);
    for (gint64 r = 0; r < n; r++)
        for (gint64 rest = c; rest <= a + r; rest++)
            out[r * stride + rest] = score_tile (head, S, a + r, rest);
    return n;
}

/* Scores @w of row @a as a softmax over tiles 0 .. a, added up by blocks of @per tiles. */
static void
add_tile_row (const FoveaSparseHead *head, gint64 S, gint64 a, gint64 per, double *w, double *row)
{
    double scale = (double) head->rule->scale / (double) S, largest = -INFINITY, sum = 0;
    for (gint64 c = 0; c <= a; c++) {
        w[c] *= scale;
        largest = MAX (largest, w[c]);
    }
    for (gint64 c = 0; c <= a; c++)
        sum += w[c] = exp (w[c] - largest);
    for (gint64 c = 0; c <= a; c++)
        row[c / per] += w[c] / sum;
}

static gboolean
check_sizes (gint64 S, gint64 B, GError **error)
{
    if (B % S == 0)
        return TRUE;
    g_set_error (
        error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
        "xattention: block %" G_GINT64_FORMAT " is no multiple of stride %" G_GINT64_FORMAT, B, S);
    return FALSE;
}

const double *
fovea_xattention_get_scores (FoveaSparseHead *head, gint64 stride, gint64 block, GError **error)
{
    gint64 S = stride, B = block;
    if (!check_sizes (S, B, error))
        return NULL;
    gint64 nb = fovea_sparse_head_count_blocks (head, B), per = B / S;
    gint64 n = (head->n_tokens + S - 1) / S;
    g_autofree char *key = g_strdup_printf (
        "xattention %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " of %u", S, B, head->head);
    const double *found = fovea_sparse_head_find_in_layer (head, key);
    if (found != NULL)
        return found;
    g_autofree double *scores = g_new0 (double, (gsize) (nb * nb));
    g_autofree double *w = g_new (double, (gsize) (ROWS * n));
    for (gint64 a = 0, filled; a < n; a += filled) {
        if (g_cancellable_set_error_if_cancelled (head->cancellable, error))
            return NULL;
        filled = score_tile_rows (head, S, a, w, n);
        for (gint64 r = 0; r < filled; r++)
            add_tile_row (head, S, a + r, per, w + r * n, scores + (a + r) / per * nb);
    }
    return fovea_sparse_head_keep_in_layer (head, key, g_steal_pointer (&scores));
}

/* Blocks before the own one by falling score, a row of them for each row of blocks: (nb, nb), with a
 * negative behind the last. All rules and shares walk the same ones. */
const gint64 *
fovea_xattention_get_ranks (FoveaSparseHead *head, gint64 stride, gint64 block, GError **error)
{
    gint64 nb = fovea_sparse_head_count_blocks (head, block);
    g_autofree char *key =
        g_strdup_printf ("xattention ranks %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " of %u", stride,
                         block, head->head);
    const gint64 *found = (const gint64 *) fovea_sparse_head_find_in_layer (head, key);
    const double *scores =
        found == NULL ? fovea_xattention_get_scores (head, stride, block, error) : NULL;
    if (scores == NULL)
        return found;
    gint64 *ranks = g_new (gint64, (gsize) (nb * nb));
    for (gint64 I = 0; I < nb; I++) {
        gsize n = fovea_select_rank (scores + I * nb, (gsize) I, ranks + I * nb);
        ranks[I * nb + (gint64) n] = -1;
    }
    return (const gint64 *) fovea_sparse_head_keep_in_layer (head, key, (double *) ranks);
}

/* Forced first and own block, then the best others until the share is covered. Gives how many
 * blocks are in @order. */
gsize
fovea_xattention_choose (const double *row,
                         const gint64 *ranks,
                         gint64 I,
                         double target,
                         gint64 *order,
                         FoveaMargin *margin)
{
    double mass = I == 0 ? row[0] : row[0] + row[I];
    gsize n = 0;
    for (; *ranks >= 0; ranks++)
        if (*ranks > 0)
            order[n++] = *ranks;
    gsize kept = fovea_select_cover_before (row, order, n, mass, target, margin);
    order[kept++] = 0;
    if (I > 0)
        order[kept++] = I;
    return kept;
}

/* The public code in the chunk that begins at block 0: only the own block is forced, the best other
 * is always kept, and each further one is judged by the mass without the one before it. */
static gsize
choose_upstream (const double *row,
                 const gint64 *ranks,
                 gint64 I,
                 double target,
                 gint64 *order,
                 FoveaMargin *margin)
{
    gsize n = 0;
    for (; ranks[n] >= 0; n++)
        order[n] = ranks[n];
    gsize kept = MIN (n, 1);
    if (n > 1)
        kept += fovea_select_cover_before (row, order, n - 1, row[I], target, margin);
    gboolean has_first = FALSE;
    for (gsize t = 0; t < kept; t++)
        has_first = has_first || order[t] == 0;
    if (kept < n && !has_first)
        order[kept++] = 0;
    order[kept++] = I;
    return kept;
}

/* Rows of blocks that begin before @chunk follow the public code. */
static gboolean
select_chunked (FoveaSparseHead *head,
                const double *knobs,
                gint64 chunk,
                FoveaSparseSelection *out,
                GError **error)
{
    gint64 T = head->n_tokens, S = (gint64) knobs[STRIDE], B = (gint64) knobs[BLOCK];
    gint64 nb = fovea_sparse_head_count_blocks (head, B), n = (T + S - 1) / S;
    const double *scores = fovea_xattention_get_scores (head, S, B, error);
    const gint64 *ranks = scores != NULL ? fovea_xattention_get_ranks (head, S, B, error) : NULL;
    if (ranks == NULL)
        return FALSE;
    g_autofree gint64 *order = g_new (gint64, (gsize) nb + 2);
    out->tile = B;
    out->flops = (double) T * (double) T * (double) head->width / (double) S;
    out->executed = fovea_mask_new (T, head->rule);
    for (gint64 I = 0; I < nb; I++) {
        double target = knobs[SHARE] * (double) MIN (B / S, n - I * (B / S));
        const double *row = scores + I * nb;
        const gint64 *others = ranks + I * nb;
        gsize kept = I * B < chunk
                         ? choose_upstream (row, others, I, target, order, &out->margin)
                         : fovea_xattention_choose (row, others, I, target, order, &out->margin);
        fovea_mask_add_blocks (out->executed, I * B, (I + 1) * B, B, order, kept);
    }
    fovea_mask_finish (out->executed);
    return TRUE;
}

gboolean
fovea_xattention_select (FoveaSparseHead *head,
                         double share,
                         gint64 stride,
                         gint64 block,
                         FoveaSparseSelection *out,
                         GError **error)
{
    const double knobs[FOVEA_SPARSE_MAX_KNOBS] = {share, (double) stride, (double) block};
    return select_chunked (head, knobs, 0, out, error);
}

static gboolean
select_intended (FoveaSparseHead *head,
                 const double *knobs,
                 FoveaSparseSelection *out,
                 GError **error)
{
    return select_chunked (head, knobs, 0, out, error);
}

/* The public default: the whole sequence up to 16,384 tokens, less beyond. */
static gint64
get_default_chunk (gint64 T)
{
    gint64 power = 1;
    while (power < T)
        power *= 2;
    gint64 wanted = MAX (2048, power), fits = (gint64) 128 * 1024 * 2048 / power;
    return MAX (MIN (wanted, fits), 2048);
}

static gboolean
select_upstream (FoveaSparseHead *head,
                 const double *knobs,
                 FoveaSparseSelection *out,
                 GError **error)
{
    gint64 chunk = knobs[CHUNK] > 0 ? (gint64) knobs[CHUNK] : get_default_chunk (head->n_tokens);
    return select_chunked (head, knobs, chunk, out, error);
}

/* Least score among the heaviest blocks that cover a share of the row's mass. */
static double
find_least (const double *mass, const double *scores, gint64 n, double coverage, gint64 *order)
{
    double target = 0, covered = 0, least = INFINITY;
    gsize found = fovea_select_rank (mass, (gsize) n, order);
    for (gint64 J = 0; J < n; J++)
        target += mass[J] * coverage;
    /* As the published profile counts: the crossing block is in, and none after it. */
    for (gsize i = 0; i < found; i++) {
        least = MIN (least, scores[order[i]]);
        covered += mass[order[i]];
        if (!(covered < target))
            break;
    }
    return least;
}

gboolean
fovea_xattention_find_share (FoveaSparseHead *head,
                             gint64 stride,
                             gint64 block,
                             double coverage,
                             double *share,
                             GError **error)
{
    gint64 nb = fovea_sparse_head_count_blocks (head, block);
    const double *scores = fovea_xattention_get_scores (head, stride, block, error);
    const double *mass =
        scores != NULL ? fovea_sparse_head_get_block_mass (head, block, error) : NULL;
    double needed = 0, all = 0;
    if (mass == NULL)
        return FALSE;
    g_autofree gint64 *order = g_new (gint64, (gsize) nb);
    for (gint64 I = 0; I < nb; I++) {
        const double *row = scores + I * nb;
        double least = find_least (mass + I * nb, row, I + 1, coverage, order);
        for (gint64 J = 0; J <= I; J++) {
            needed += row[J] >= least ? row[J] : 0;
            all += row[J];
        }
    }
    *share = needed / all;
    return TRUE;
}

/* The share is found from this head's own true mass, as the public profile finds it. */
static gboolean
select_profiled (FoveaSparseHead *head,
                 const double *knobs,
                 FoveaSparseSelection *out,
                 GError **error)
{
    gint64 S = (gint64) knobs[STRIDE], B = (gint64) knobs[BLOCK];
    double share;
    return fovea_xattention_find_share (head, S, B, knobs[SHARE], &share, error) &&
           fovea_xattention_select (head, share, S, B, out, error);
}

const FoveaSparseMethod fovea_sparse_xattention = {
    .id = "xattention",
    .name = "XAttention",
    .paper = "Xu et al. 2025, arXiv:2503.16428",
    .unit = "block",
    .kind = FOVEA_SPARSE_DYNAMIC,
    .honesty = FOVEA_HONESTY_EXACT_RULE,
    .knobs = {{"share", "share", "of the antidiagonal score that blocks cover", 0.9, 0.9, 0, 1,
               FALSE},
              {"stride", "tokens", "side of the tiles that are scored", 8, 4, 1, 65536, TRUE},
              {"block", "tokens", "side of a block", 128, 16, 1, 65536, TRUE}},
    .sweep = {0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, -1},
    .products = TRUE,
    .select = select_intended,
};

const FoveaSparseMethod fovea_sparse_xattention_upstream = {
    .id = "xattention-upstream",
    .name = "XAttention, public code",
    .paper = "Xu et al. 2025, arXiv:2503.16428",
    .unit = "block",
    .kind = FOVEA_SPARSE_DYNAMIC,
    .honesty = FOVEA_HONESTY_EXACT_RULE,
    .knobs = {{"share", "share", "of the antidiagonal score that blocks cover", 0.9, 0.9, 0, 1,
               FALSE},
              {"stride", "tokens", "side of the tiles that are scored", 8, 4, 1, 65536, TRUE},
              {"block", "tokens", "side of a block", 128, 16, 1, 65536, TRUE},
              {"chunk", "tokens", "first chunk of the prefill; 0 = the code's default", 0, 0, 0,
               1e9, TRUE}},
    .sweep = {0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, -1},
    .products = TRUE,
    .select = select_upstream,
};

const FoveaSparseMethod fovea_sparse_xattention_profiled = {
    .id = "xattention-profiled",
    .name = "XAttention, a threshold for each head",
    .paper = "Xu et al. 2025, arXiv:2503.16428",
    .unit = "block",
    .note = "thresholds profiled on the capture at hand",
    .kind = FOVEA_SPARSE_DYNAMIC,
    .honesty = FOVEA_HONESTY_FITTED,
    .knobs = {{"coverage", "share", "true mass of each row that the head's threshold is made for",
               0.9, 0.9, 0, 1, FALSE},
              {"stride", "tokens", "side of the tiles that are scored", 8, 4, 1, 65536, TRUE},
              {"block", "tokens", "side of a block", 128, 16, 1, 65536, TRUE}},
    .sweep = {0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, -1},
    .products = TRUE,
    .select = select_profiled,
};
