/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Pyramids of random causal maps beside sums over their cells, at lengths about blocks; and heads
 * that come in parts, one in the middle of another, as threads may have it. */
#include <math.h>
#include <string.h>

#include "capture/point-table.h"
#include "capture/pyramid.h"
#include "tests/support.h"

enum {
    HEADS = 5,
    LONGEST = 333
};

static const gint64 lengths[] = {1, 63, 64, 65, 128, 129, 192, LONGEST};

/* One map and its block sums. */
typedef struct {
    gint64 n_tokens, n_blocks;
    float *weights;           /* (H, T, T) */
    float *mass, *largest;    /* (H, B, B) */
    float *mean[8], *most[8]; /* what was emitted, (H, B of the level, B) */
    guint n_rows[8];          /* emitted a level, of all heads */
    FoveaPyramid *pyramid;    /* for what comes in the middle of an emission */
} Maps;

static gint64
blocks_at (const Maps *maps, guint level)
{
    gint64 block = (gint64) FOVEA_BLOCK << level;
    return (maps->n_tokens + block - 1) / block;
}

static Maps *
maps_new (gint64 n_tokens)
{
    Maps *maps = g_new0 (Maps, 1);
    g_autoptr (GRand) random = g_rand_new_with_seed (41);
    gint64 B = (n_tokens + FOVEA_BLOCK - 1) / FOVEA_BLOCK;
    maps->n_tokens = n_tokens;
    maps->n_blocks = B;
    maps->weights = g_new0 (float, (gsize) (HEADS * n_tokens * n_tokens));
    maps->mass = g_new0 (float, (gsize) (HEADS * B * B));
    maps->largest = g_new0 (float, (gsize) (HEADS * B * B));
    for (gint64 row = 0; row < HEADS * n_tokens; row++)
        for (gint64 j = 0; j <= row % n_tokens; j++) {
            float w = (float) g_rand_double (random);
            gint64 i = row % n_tokens, h = row / n_tokens;
            gint64 at = (h * B + i / FOVEA_BLOCK) * B + j / FOVEA_BLOCK;
            maps->weights[row * n_tokens + j] = w;
            maps->mass[at] += w;
            maps->largest[at] = MAX (maps->largest[at], w);
        }
    for (guint level = 0; level < fovea_point_n_levels (n_tokens); level++) {
        gint64 n = blocks_at (maps, level);
        maps->mean[level] = g_new0 (float, (gsize) (HEADS * n * n));
        maps->most[level] = g_new0 (float, (gsize) (HEADS * n * n));
    }
    return maps;
}

static void
maps_free (Maps *maps)
{
    for (guint level = 0; level < G_N_ELEMENTS (maps->mean); level++) {
        g_free (maps->mean[level]);
        g_free (maps->most[level]);
    }
    g_free (maps->weights);
    g_free (maps->mass);
    g_free (maps->largest);
    g_free (maps);
}

static gboolean
keep (gpointer data, const FoveaBlockRow *row, GError **error)
{
    Maps *maps = data;
    gint64 n = blocks_at (maps, row->level);
    (void) error;
    for (gint64 h = 0; h < row->n_heads; h++) {
        gsize at = (gsize) (((row->first_head + h) * n + row->row) * n);
        memcpy (maps->mean[row->level] + at, row->mean + h * n, (gsize) n * sizeof (float));
        memcpy (maps->most[row->level] + at, row->largest + h * n, (gsize) n * sizeof (float));
        maps->n_rows[row->level]++;
    }
    return TRUE;
}

/* Mean over allowed pairs and largest weight of one block, from the cells. */
static void
sum_cells (const Maps *maps, gint64 h, gint64 block, gint64 r, gint64 b, double *mean, float *most)
{
    gint64 T = maps->n_tokens, n = 0;
    double sum = 0;
    *most = 0;
    for (gint64 i = r * block; i < MIN ((r + 1) * block, T); i++)
        for (gint64 j = b * block; j <= MIN (i, (b + 1) * block - 1); j++, n++) {
            float w = maps->weights[(h * T + i) * T + j];
            sum += w;
            *most = MAX (*most, w);
        }
    *mean = n > 0 ? sum / (double) n : 0;
}

static void
check_levels (const Maps *maps)
{
    for (guint level = 0; level < fovea_point_n_levels (maps->n_tokens); level++) {
        gint64 n = blocks_at (maps, level), block = (gint64) FOVEA_BLOCK << level;
        ck_assert_uint_eq (maps->n_rows[level], (guint) (HEADS * n));
        for (gint64 at = 0; at < HEADS * n * n; at++) {
            double mean;
            float most;
            sum_cells (maps, at / (n * n), block, at / n % n, at % n, &mean, &most);
            ck_assert_double_eq_tol (maps->mean[level][at], mean, 1e-6);
            ck_assert_float_eq (maps->most[level][at], most);
        }
    }
}

static FoveaBlockRows
rows_of (const Maps *maps, gint64 first_head, gint64 n_heads, gint64 first_row, gint64 n_rows)
{
    gint64 B = maps->n_blocks;
    return (FoveaBlockRows){.first_head = first_head,
                            .n_heads = n_heads,
                            .n_rows = n_rows,
                            .mass = maps->mass + first_row * B,
                            .largest = maps->largest + first_row * B,
                            .head_stride = B * B,
                            .row_stride = B};
}

START_TEST (every_level_is_the_mean_and_the_largest_of_its_cells)
{
    const FoveaScoreRule rule = {.causal = TRUE};
    Maps *maps = maps_new (lengths[_i]);
    g_autoptr (FoveaPyramid) pyramid = fovea_pyramid_new (&rule, HEADS, maps->n_tokens);
    for (gint64 row = 0; row < maps->n_blocks; row += 2) {
        FoveaBlockRows rows = rows_of (maps, 0, HEADS, row, MIN (2, maps->n_blocks - row));
        ck_assert (fovea_pyramid_add_rows (pyramid, &rows, keep, maps, NULL));
    }
    check_levels (maps);
    maps_free (maps);
}
END_TEST

/* Emits the first part's rows, and in the middle of each lets the second part catch up. */
static gboolean
keep_after_the_others (gpointer data, const FoveaBlockRow *row, GError **error)
{
    Maps *maps = data;
    gint64 n = blocks_at (maps, row->level);
    g_autofree float *mean = g_memdup2 (row->mean, (gsize) (row->n_heads * n) * sizeof (float));
    if (row->level == 0 && row->row % 2 == 0) {
        gint64 left = maps->n_blocks - row->row;
        FoveaBlockRows rows = rows_of (maps, 2, HEADS - 2, row->row, MIN (2, left));
        fovea_pyramid_add_rows (maps->pyramid, &rows, keep, maps, NULL);
    }
    ck_assert_mem_eq (row->mean, mean, (gsize) (row->n_heads * n) * sizeof (float));
    return keep (data, row, error);
}

START_TEST (heads_in_parts_do_not_touch_each_other)
{
    const FoveaScoreRule rule = {.causal = TRUE};
    Maps *maps = maps_new (lengths[_i]);
    g_autoptr (FoveaPyramid) pyramid = fovea_pyramid_new (&rule, HEADS, maps->n_tokens);
    maps->pyramid = pyramid;
    FoveaBlockRows rows = rows_of (maps, 0, 2, 0, maps->n_blocks);
    ck_assert (fovea_pyramid_add_rows (pyramid, &rows, keep_after_the_others, maps, NULL));
    check_levels (maps);
    maps_free (maps);
}
END_TEST

static gboolean
refuse_second_level (gpointer data, const FoveaBlockRow *row, GError **error)
{
    (void) data;
    if (row->level == 0)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY, "level %u", row->level);
    return FALSE;
}

START_TEST (failing_emission_ends_the_rows)
{
    const FoveaScoreRule rule = {.causal = TRUE};
    Maps *maps = maps_new (LONGEST);
    g_autoptr (FoveaPyramid) pyramid = fovea_pyramid_new (&rule, HEADS, maps->n_tokens);
    g_autoptr (GError) error = NULL;
    FoveaBlockRows rows = rows_of (maps, 0, HEADS, 0, maps->n_blocks);
    ck_assert (!fovea_pyramid_add_rows (pyramid, &rows, refuse_second_level, maps, &error));
    ck_assert_str_eq (error->message, "level 1");
    maps_free (maps);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("pyramid");
    TCase *tcase = tcase_create ("levels");
    tcase_add_loop_test (tcase, every_level_is_the_mean_and_the_largest_of_its_cells, 0,
                         G_N_ELEMENTS (lengths));
    tcase_add_loop_test (tcase, heads_in_parts_do_not_touch_each_other, 0, G_N_ELEMENTS (lengths));
    tcase_add_test (tcase, failing_emission_ends_the_rows);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
