/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Levels of the pyramid. Each level keeps one row of block sums until its second half has come.
 * Sums, not means, are carried upwards: a mean over allowed pairs is then always sum over count,
 * also where the causal edge or the end of the text cuts blocks. Heads share nothing that is
 * written. Cost a block row: O(H B) plus counting allowed pairs once for the heads that come
 * together. */
#include "capture/pyramid.h"

#include <string.h>

#include "capture/point-table.h"

typedef struct {
    gint64 n_blocks;
    float *mass;    /* (H, n_blocks): the row under way */
    float *largest; /* (H, n_blocks) */
} Level;

struct _FoveaPyramid {
    const FoveaScoreRule *rule;
    gint64 n_heads, n_tokens;
    guint n_levels;
    Level *levels;
    gint64 *n_rows;  /* (H): of level 0, so far */
    float *mean;     /* (H, B of level 0): a row on its way out; at the first head */
    double *allowed; /* (H, B of level 0): allowed pairs of the row's blocks; at the first head */
};

static gint64
blocks_of (gint64 n_tokens, guint level)
{
    gint64 block = (gint64) FOVEA_BLOCK << level;
    return (n_tokens + block - 1) / block;
}

FoveaPyramid *
fovea_pyramid_new (const FoveaScoreRule *rule, gint64 n_heads, gint64 n_tokens)
{
    FoveaPyramid *pyramid = g_new0 (FoveaPyramid, 1);
    pyramid->rule = rule;
    pyramid->n_heads = n_heads;
    pyramid->n_tokens = n_tokens;
    pyramid->n_levels = fovea_point_n_levels (n_tokens);
    pyramid->levels = g_new0 (Level, pyramid->n_levels);
    for (guint i = 0; i < pyramid->n_levels; i++) {
        Level *level = &pyramid->levels[i];
        level->n_blocks = blocks_of (n_tokens, i);
        level->mass = g_new0 (float, (gsize) (n_heads * level->n_blocks));
        level->largest = g_new0 (float, (gsize) (n_heads * level->n_blocks));
    }
    gsize n_cells = (gsize) (n_heads * pyramid->levels[0].n_blocks);
    pyramid->n_rows = g_new0 (gint64, (gsize) n_heads);
    pyramid->mean = g_new0 (float, n_cells);
    pyramid->allowed = g_new0 (double, n_cells);
    return pyramid;
}

void
fovea_pyramid_free (FoveaPyramid *pyramid)
{
    if (pyramid == NULL)
        return;
    for (guint i = 0; i < pyramid->n_levels; i++) {
        g_free (pyramid->levels[i].mass);
        g_free (pyramid->levels[i].largest);
    }
    g_free (pyramid->levels);
    g_free (pyramid->n_rows);
    g_free (pyramid->mean);
    g_free (pyramid->allowed);
    g_free (pyramid);
}

guint64
fovea_pyramid_bytes (gint64 n_heads, gint64 n_tokens)
{
    gint64 n_blocks = blocks_of (n_tokens, 0), floats = n_blocks;
    for (guint i = 0; i < fovea_point_n_levels (n_tokens); i++)
        floats += 2 * blocks_of (n_tokens, i);
    return (guint64) (n_heads * floats) * sizeof (float) +
           (guint64) (n_heads * n_blocks) * sizeof (double) + (guint64) n_heads * sizeof (gint64);
}

/* Heads that come together. */
typedef struct {
    gint64 first, n;
} Heads;

/* Means of the finished row; a block without allowed pairs has mean 0. Heads go outside, so that
 * the divisions run over neighbours. */
static void
take_means (FoveaPyramid *pyramid, Heads heads, guint index, gint64 row)
{
    const Level *level = &pyramid->levels[index];
    gint64 block = (gint64) FOVEA_BLOCK << index, n_blocks = level->n_blocks;
    gint64 q0 = row * block, q1 = MIN (q0 + block, pyramid->n_tokens);
    gint64 own = heads.first * pyramid->levels[0].n_blocks; /* whichever level others are at */
    double *allowed = pyramid->allowed + own;
    for (gint64 b = 0; b < n_blocks; b++) {
        gint64 k1 = MIN ((b + 1) * block, pyramid->n_tokens);
        allowed[b] = (double) fovea_score_rule_count (pyramid->rule, q0, q1, b * block, k1);
    }
    for (gint64 h = heads.first; h < heads.first + heads.n; h++) {
        const float *mass = level->mass + h * n_blocks;
        float *mean = pyramid->mean + own + (h - heads.first) * n_blocks;
        for (gint64 b = 0; b < n_blocks; b++) {
            double quotient = (double) mass[b] / allowed[b];
            mean[b] = allowed[b] > 0 ? (float) quotient : 0.0f;
        }
    }
}

/* Adds finished row @row of @from, pairs of columns together, to the row under way above it. */
static void
fold (Heads heads, const Level *from, gint64 row, Level *to)
{
    gboolean starts = row % 2 == 0;
    for (gint64 h = heads.first; h < heads.first + heads.n; h++) {
        const float *mass = from->mass + h * from->n_blocks;
        const float *largest = from->largest + h * from->n_blocks;
        float *to_mass = to->mass + h * to->n_blocks;
        float *to_largest = to->largest + h * to->n_blocks;
        for (gint64 b = 0; b < to->n_blocks; b++) {
            gboolean has_second = 2 * b + 1 < from->n_blocks;
            float sum = mass[2 * b] + (has_second ? mass[2 * b + 1] : 0.0f);
            float top = has_second ? MAX (largest[2 * b], largest[2 * b + 1]) : largest[2 * b];
            to_mass[b] = starts ? sum : to_mass[b] + sum;
            to_largest[b] = starts ? top : MAX (to_largest[b], top);
        }
    }
}

static gboolean
finish_row (FoveaPyramid *pyramid,
            Heads heads,
            gint64 row,
            FoveaPyramidEmit emit,
            gpointer data,
            GError **error)
{
    for (guint i = 0; i < pyramid->n_levels; i++, row /= 2) {
        const Level *level = &pyramid->levels[i];
        const FoveaBlockRow finished = {
            .level = i,
            .row = row,
            .first_head = heads.first,
            .n_heads = heads.n,
            .mean = pyramid->mean + heads.first * pyramid->levels[0].n_blocks,
            .largest = level->largest + heads.first * level->n_blocks,
        };
        take_means (pyramid, heads, i, row);
        if (!emit (data, &finished, error))
            return FALSE;
        if (i + 1 == pyramid->n_levels)
            break;
        fold (heads, level, row, &pyramid->levels[i + 1]);
        if (row % 2 == 0 && row + 1 < level->n_blocks)
            break;
    }
    return TRUE;
}

gboolean
fovea_pyramid_add_rows (FoveaPyramid *pyramid,
                        const FoveaBlockRows *rows,
                        FoveaPyramidEmit emit,
                        gpointer data,
                        GError **error)
{
    const Heads heads = {rows->first_head, rows->n_heads};
    Level *level = &pyramid->levels[0];
    gsize row_bytes = (gsize) level->n_blocks * sizeof (float);
    for (gint64 r = 0; r < rows->n_rows; r++) {
        for (gint64 h = heads.first; h < heads.first + heads.n; h++) {
            gint64 from = h * rows->head_stride + r * rows->row_stride;
            memcpy (level->mass + h * level->n_blocks, rows->mass + from, row_bytes);
            memcpy (level->largest + h * level->n_blocks, rows->largest + from, row_bytes);
        }
        if (!finish_row (pyramid, heads, pyramid->n_rows[heads.first]++, emit, data, error))
            return FALSE;
    }
    return TRUE;
}
