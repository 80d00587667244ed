/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Levels of the pyramid. Each level keeps one row of block sums until its second half has come.
 * Sums, not means, are carried upwards: a mean over allowed pairs is then always sum over count,
 * also where the causal edge or the end of the text cuts blocks. Cost a block row: O(H B) plus
 * counting allowed pairs once for all heads. */
#include "capture/pyramid.h"

#include "capture/point-table.h"

typedef struct {
    gint64 n_blocks;
    gint64 next_row;
    float *mass;    /* (H, n_blocks): the row under way */
    float *largest; /* (H, n_blocks) */
} Level;

struct _FoveaPyramid {
    const FoveaScoreRule *rule;
    gint64 n_heads, n_tokens;
    guint n_levels;
    Level *levels;
    float *mean; /* (H, B of level 0): a row on its way out */
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
    pyramid->mean = g_new0 (float, (gsize) (n_heads * pyramid->levels[0].n_blocks));
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
    g_free (pyramid->mean);
    g_free (pyramid);
}

guint64
fovea_pyramid_bytes (gint64 n_heads, gint64 n_tokens)
{
    gint64 floats = blocks_of (n_tokens, 0);
    for (guint i = 0; i < fovea_point_n_levels (n_tokens); i++)
        floats += 2 * blocks_of (n_tokens, i);
    return (guint64) (n_heads * floats) * sizeof (float);
}

/* Means of the finished row; a block without allowed pairs has mean 0. */
static void
take_means (FoveaPyramid *pyramid, guint index)
{
    const Level *level = &pyramid->levels[index];
    gint64 block = (gint64) FOVEA_BLOCK << index;
    gint64 q0 = level->next_row * block;
    gint64 q1 = MIN (q0 + block, pyramid->n_tokens);
    for (gint64 b = 0; b < level->n_blocks; b++) {
        gint64 k1 = MIN ((b + 1) * block, pyramid->n_tokens);
        gint64 n = fovea_score_rule_count (pyramid->rule, q0, q1, b * block, k1);
        for (gint64 h = 0; h < pyramid->n_heads; h++) {
            gint64 at = h * level->n_blocks + b;
            pyramid->mean[at] = n > 0 ? (float) ((double) level->mass[at] / (double) n) : 0.0f;
        }
    }
}

/* Adds the finished row of @from, pairs of columns together, to the row under way above it. */
static void
fold (const FoveaPyramid *pyramid, const Level *from, Level *to)
{
    gboolean starts = from->next_row % 2 == 0;
    for (gint64 h = 0; h < pyramid->n_heads; h++) {
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
finish_row (
    FoveaPyramid *pyramid, guint index, FoveaPyramidEmit emit, gpointer data, GError **error)
{
    Level *level = &pyramid->levels[index];
    take_means (pyramid, index);
    if (!emit (data, index, level->next_row, pyramid->mean, level->largest, error))
        return FALSE;
    gboolean completes = FALSE;
    if (index + 1 < pyramid->n_levels) {
        fold (pyramid, level, &pyramid->levels[index + 1]);
        completes = level->next_row % 2 == 1 || level->next_row + 1 == level->n_blocks;
    }
    level->next_row++;
    return !completes || finish_row (pyramid, index + 1, emit, data, error);
}

gboolean
fovea_pyramid_add_row (FoveaPyramid *pyramid,
                       const float *mass,
                       const float *largest,
                       gint64 stride,
                       FoveaPyramidEmit emit,
                       gpointer data,
                       GError **error)
{
    Level *level = &pyramid->levels[0];
    for (gint64 h = 0; h < pyramid->n_heads; h++)
        for (gint64 b = 0; b < level->n_blocks; b++) {
            level->mass[h * level->n_blocks + b] = mass[h * stride + b];
            level->largest[h * level->n_blocks + b] = largest[h * stride + b];
        }
    return finish_row (pyramid, 0, emit, data, error);
}
