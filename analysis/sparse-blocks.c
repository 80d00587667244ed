/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Weights of a head added up by blocks, and the largest of each. Kept with the layer, since rules that
 * plan one ask for every head's. Cost: the weights, which are made once for two sizes of blocks. */
#include <string.h>

#include "analysis/every-set.h"
#include "analysis/sparse-head.h"

enum {
    TILE_CELLS = 1 << 20, /* 4 MiB of weights at a time */
    USUAL_BLOCK = 64,     /* methods' sizes of blocks, and that for short sequences */
    SMALL_BLOCK = 16,
};

/* Sums and largest weights of blocks, both from one sweep. The rows of a row of blocks are first laid
 * over each other, which is what takes the time and runs as wide as the processor can. */
typedef struct {
    gint64 block, n_blocks;
    double *mass, *largest; /* (nb, nb) */
    double *sums;           /* (T) of the row of blocks under way, by key */
    float *tops;            /* (T) */
    gint64 seen;            /* keys that it has reached */
} Blocks;

FOVEA_EVERY_SET static void
lay_row (const float *restrict weights, gint64 n, double *restrict sums, float *restrict tops)
{
    for (gint64 j = 0; j < n; j++) {
        sums[j] += (double) weights[j];
        tops[j] = MAX (tops[j], weights[j]);
    }
}

/* Takes a row of blocks that is complete; @I: which. */
static void
take_row_of_blocks (Blocks *blocks, gint64 I)
{
    gsize at = (gsize) (I * blocks->n_blocks);
    for (gint64 j0 = 0; j0 < blocks->seen; j0 += blocks->block, at++)
        for (gint64 j = j0; j < MIN (j0 + blocks->block, blocks->seen); j++) {
            blocks->mass[at] += blocks->sums[j];
            blocks->largest[at] = MAX (blocks->largest[at], (double) blocks->tops[j]);
        }
    memset (blocks->sums, 0, (gsize) blocks->seen * sizeof *blocks->sums);
    memset (blocks->tops, 0, (gsize) blocks->seen * sizeof *blocks->tops);
    blocks->seen = 0;
}

static void
add_row (Blocks *blocks, gint64 query, gint64 n_queries, const float *weights, gint64 n)
{
    lay_row (weights, n, blocks->sums, blocks->tops);
    blocks->seen = MAX (blocks->seen, n);
    if ((query + 1) % blocks->block == 0 || query + 1 == n_queries)
        take_row_of_blocks (blocks, query / blocks->block);
}

/* Blocks that are whole numbers of finer ones. */
static void
join_finer (const Blocks *fine, Blocks *blocks)
{
    gint64 ratio = blocks->block / fine->block;
    for (gint64 I = 0; I < fine->n_blocks; I++)
        for (gint64 J = 0; J < fine->n_blocks; J++) {
            gsize from = (gsize) (I * fine->n_blocks + J);
            gsize to = (gsize) (I / ratio * blocks->n_blocks + J / ratio);
            blocks->mass[to] += fine->mass[from];
            blocks->largest[to] = MAX (blocks->largest[to], fine->largest[from]);
        }
}

/* One sweep fills blocks of two sizes: nearly all methods ask for one of two, and making the weights
 * is what costs. */
static gboolean
sweep (FoveaSparseHead *head, Blocks *fine, Blocks *coarse, GError **error)
{
    gint64 T = head->n_tokens, rows = CLAMP (TILE_CELLS / T, 1, 256);
    gboolean joined = coarse->block % fine->block == 0;
    g_autofree float *tile = g_new (float, (gsize) (rows * T));
    for (gint64 q0 = 0; q0 < T; q0 += rows) {
        gint64 q1 = MIN (q0 + rows, T), k1 = head->rule->causal ? q1 : T;
        if (g_cancellable_set_error_if_cancelled (head->cancellable, error) ||
            !fovea_attention_read_pattern (head->attention, head->head, q0, q1, 0, k1, tile, error))
            return FALSE;
        for (gint64 q = q0; q < q1; q++) {
            const float *weights = tile + (q - q0) * k1;
            gint64 n = fovea_score_rule_end_key (head->rule, q, k1);
            add_row (fine, q, T, weights, n);
            if (!joined)
                add_row (coarse, q, T, weights, n);
        }
    }
    if (joined)
        join_finer (fine, coarse);
    return TRUE;
}

static void
init_blocks (const FoveaSparseHead *head, gint64 block, Blocks *blocks)
{
    gsize T = (gsize) head->n_tokens, nb = (gsize) fovea_sparse_head_count_blocks (head, block);
    *blocks = (Blocks){.block = block,
                       .n_blocks = (gint64) nb,
                       .mass = g_new0 (double, nb *nb),
                       .largest = g_new0 (double, nb *nb),
                       .sums = g_new0 (double, T),
                       .tops = g_new0 (float, T)};
}

static void
clear_blocks (Blocks *blocks)
{
    g_free (blocks->mass);
    g_free (blocks->largest);
    g_free (blocks->sums);
    g_free (blocks->tops);
}

/* Rules that plan a whole layer ask for every head's, so they are the layer's to keep. */
static char *
name_blocks (const FoveaSparseHead *head, const char *what, gint64 block)
{
    return g_strdup_printf ("%s %" G_GINT64_FORMAT " of %u", what, block, head->head);
}

/* What is kept already may be in use: it stays. */
static void
keep_if_new (FoveaSparseHead *head, const char *key, double *values)
{
    if (fovea_sparse_head_find_in_layer (head, key) == NULL)
        fovea_sparse_head_keep_in_layer (head, key, values);
    else
        g_free (values);
}

static void
keep_blocks (FoveaSparseHead *head, Blocks *blocks)
{
    g_autofree char *mass = name_blocks (head, "mass", blocks->block);
    g_autofree char *largest = name_blocks (head, "largest", blocks->block);
    keep_if_new (head, mass, g_steal_pointer (&blocks->mass));
    keep_if_new (head, largest, g_steal_pointer (&blocks->largest));
}

static const double *
get_blocks (FoveaSparseHead *head, const char *what, gint64 block, GError **error)
{
    g_autofree char *key = name_blocks (head, what, block);
    const double *found = fovea_sparse_head_find_in_layer (head, key);
    if (found != NULL)
        return found;
    Blocks fine, coarse;
    gint64 other = block == USUAL_BLOCK ? SMALL_BLOCK : USUAL_BLOCK;
    init_blocks (head, MIN (block, other), &fine);
    init_blocks (head, MAX (block, other), &coarse);
    gboolean done = sweep (head, &fine, &coarse, error);
    if (done) {
        keep_blocks (head, &fine);
        keep_blocks (head, &coarse);
    }
    clear_blocks (&fine);
    clear_blocks (&coarse);
    if (!done)
        return NULL;
    return fovea_sparse_head_find_in_layer (head, key);
}

const double *
fovea_sparse_head_get_block_mass (FoveaSparseHead *head, gint64 block, GError **error)
{
    return get_blocks (head, "mass", block, error);
}

const double *
fovea_sparse_head_get_block_max (FoveaSparseHead *head, gint64 block, GError **error)
{
    return get_blocks (head, "largest", block, error);
}
