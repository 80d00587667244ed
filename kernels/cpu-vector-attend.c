/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Attention of one tile, for the instruction set FOVEA_SET.
 *
 * Does:  scores of all keys first, then, a block of 64 keys at a time while it is in the
 *        first-level cache, e = exp (s - max), its sums, and z += e v. The tile's scores
 *        (64 x T floats, 1 MiB at T = 4,096) live in the second-level cache.
 * Work:  4 T D flop a query: D/LANES vector fma a score, twice; beside them about 13 vector
 *        operations a score for the softmax, and 4 more for capture.
 * Roof:  two vector fma a cycle. The register tile is 4 keys x 4 vectors of queries: 8 loads feed
 *        16 fma, so loads need half of the time that fma need.
 * Twin:  fovea_attend_ref().   Source: the arrangement (queries in lanes) is our own. */
#include "kernels/cpu-simd.h"

#include "kernels/cpu-vector-attend.h"
#include "kernels/cpu-weigh.h"

enum {
    KEYS = 4 /* keys, or elements of values, of a register tile */
};

/* Queries go into lanes, scaled once here rather than each score later. Idle lanes are 0, so what is
 * computed in them is harmless. */
static void
fill_queries (FoveaScoreTile *t)
{
    memset (t->q_tile, 0, (size_t) (t->width * t->lanes) * sizeof *t->q_tile);
    for (int r = 0; r < t->n_queries; r++)
        for (int64_t d = 0; d < t->width; d++)
            t->q_tile[d * t->lanes + r] = t->rule->scale * t->q[r * t->q_stride + d];
}

/* Raw scores of @keys keys from @j on and @group vectors of queries; both are constants. */
INLINE void
score_part (const FoveaScoreTile *t, int64_t j, int lane, int keys, int group)
{
    const float *k = t->k + j * t->kv_stride;
    V sum[KEYS][GROUP];
    for (int a = 0; a < keys; a++)
        for (int g = 0; g < group; g++)
            sum[a][g] = v_all (0);
    for (int64_t d = 0; d < t->width; d++) {
        V q[GROUP];
        for (int g = 0; g < group; g++)
            q[g] = v_load (t->q_tile + d * t->lanes + lane + g * LANES);
        for (int a = 0; a < keys; a++) {
            V ka = v_all (k[a * t->kv_stride + d]);
            for (int g = 0; g < group; g++)
                sum[a][g] = v_fma (ka, q[g], sum[a][g]);
        }
    }
    for (int a = 0; a < keys; a++)
        for (int g = 0; g < group; g++)
            v_store (t->scores + (j + a) * t->lanes + lane + g * LANES, sum[a][g]);
}

/* Four keys at a time as long as there are four. */
INLINE void
score_lanes (const FoveaScoreTile *t, int64_t j, int64_t end, int lane, int group)
{
    for (; j + KEYS <= end; j += KEYS)
        score_part (t, j, lane, KEYS, group);
    for (; j < end; j++)
        score_part (t, j, lane, 1, group);
}

static void
score_block (const FoveaScoreTile *t, int64_t j, int64_t end)
{
    int lane = 0;
    for (; lane + GROUP * LANES <= t->lanes; lane += GROUP * LANES)
        score_lanes (t, j, end, lane, GROUP);
    for (; lane < t->lanes; lane += LANES)
        score_lanes (t, j, end, lane, 1);
}

/* 0 where the query of a lane may see @key, -inf where not; anything in idle lanes. */
static void
fill_penalties (const FoveaScoreTile *t, int64_t key, float *penalty)
{
    const int32_t *segments = t->rule->segments;
    int64_t first, end;
    fovea_score_rule_query_range (t->rule, key, &first, &end);
    int low = first <= t->q0 ? 0 : first - t->q0 < t->lanes ? (int) (first - t->q0) : t->lanes;
    int high = end <= t->q0 ? 0 : end - t->q0 < t->lanes ? (int) (end - t->q0) : t->lanes;
    for (int r = 0; r < t->lanes; r++)
        penalty[r] = r >= low && r < high ? 0.0f : -INFINITY;
    for (int r = 0; r < t->n_queries && segments != NULL; r++)
        penalty[r] = segments[t->q0 + r] == segments[key] ? penalty[r] : -INFINITY;
}

/* Biases by distance of one key for all lanes; idle ones too, whose distances are as good. */
static void
fill_distance_bias (const FoveaScoreTile *t, int64_t key, float *bias)
{
    for (int r = 0; r < t->lanes; r++)
        bias[r] = fovea_score_rule_distance_bias (t->rule, t->head, t->q0 + r, key);
}

/* Bias, cap and mask of one key's scores. */
static void
finish_key (const FoveaScoreTile *t, int64_t j, const float *penalty)
{
    const FoveaScoreRule *rule = t->rule;
    float *s = t->scores + j * t->lanes, bias[FOVEA_TILE];
    int64_t key = t->k0 + j;
    if (rule->distance_bias != NULL)
        fill_distance_bias (t, key, bias);
    for (int lane = 0; lane < t->lanes; lane += LANES) {
        V x = v_load (s + lane);
        if (rule->alibi_slopes != NULL) {
            V distance = v_all ((float) (key - t->q0 - lane)) - v_load (lane_numbers);
            x = v_fma (v_all (rule->alibi_slopes[t->head]), distance, x);
        }
        if (rule->distance_bias != NULL)
            x = x + v_load (bias + lane);
        if (rule->soft_cap > 0)
            x = v_all (rule->soft_cap) * v_tanh (x / v_all (rule->soft_cap));
        if (penalty != NULL)
            x = v_pick_le (v_all (0.0f), v_load (penalty + lane), x, v_all (-INFINITY));
        v_store (s + lane, x);
    }
}

/* Whether some query of the tile may not see some key of [first, end): most blocks lie wholly within
 * the mask, and need no look at single keys. */
static bool
block_has_mask (const FoveaScoreTile *t, int64_t first, int64_t end)
{
    const FoveaScoreRule *rule = t->rule;
    int64_t last_query = t->q0 + t->n_queries - 1;
    if (rule->segments != NULL || fovea_score_rule_has_box (rule) ||
        (rule->causal && end - 1 > t->q0))
        return true;
    return rule->window > 0 &&
           (last_query - first >= rule->window || end - 1 - t->q0 >= rule->window);
}

static void
finish_keys (const FoveaScoreTile *t, int64_t j, int64_t end)
{
    float penalty[FOVEA_TILE];
    bool mask = block_has_mask (t, t->k0 + j, t->k0 + end);
    if (!mask && t->rule->alibi_slopes == NULL && t->rule->distance_bias == NULL &&
        !(t->rule->soft_cap > 0))
        return;
    for (; j < end; j++) {
        if (mask)
            fill_penalties (t, t->k0 + j, penalty);
        finish_key (t, j, mask ? penalty : NULL);
    }
}

/* The running maximum of each query, while the block's scores are still in the first-level cache. */
static void
raise_max (const FoveaScoreTile *t, int64_t j, int64_t end)
{
    for (int lane = 0; lane < t->lanes; lane += LANES) {
        V large = v_load (t->max + lane);
        for (int64_t i = j; i < end; i++)
            large = v_max (large, v_load (t->scores + i * t->lanes + lane));
        v_store (t->max + lane, large);
    }
}

void
FOVEA_IN_SET (fovea_finish_block) (FoveaScoreTile *tile, int64_t j, int64_t end)
{
    finish_keys (tile, j, end);
    raise_max (tile, j, end);
}

/* End of the block of 64 keys (by position) that starts or goes on at @j. */
INLINE int64_t
block_end (const FoveaScoreTile *t, int64_t j)
{
    int64_t end = ((t->k0 + j) / FOVEA_BLOCK + 1) * FOVEA_BLOCK - t->k0;
    return end < t->k1 - t->k0 ? end : t->k1 - t->k0;
}

void
FOVEA_IN_SET (fovea_score_tile) (FoveaScoreTile *tile)
{
    fill_queries (tile);
    for (int r = 0; r < tile->lanes; r++)
        tile->max[r] = -INFINITY;
    for (int64_t j = 0, end; j < tile->k1 - tile->k0; j = end) {
        end = block_end (tile, j);
        score_block (tile, j, end);
        FOVEA_IN_SET (fovea_finish_block) (tile, j, end);
    }
}

/* Exponentials and sums of a block for one vector of queries; @capture is a constant, so that plain
 * attention pays nothing for what is not wanted. */
INLINE void
weigh_lanes (FoveaScoreTile *t, int64_t j, int64_t end, int lane, bool capture)
{
    WeighLane l = weigh_start (t, j, lane);
    for (int64_t i = j; i < end; i++)
        weigh_key (&l, t->scores + i * t->lanes + lane, capture);
    weigh_finish (t, &l, j, lane, capture);
}

static void
weigh_block (FoveaScoreTile *t, int64_t j, int64_t end)
{
    for (int lane = 0; lane < t->lanes; lane += LANES) {
        if (t->block_sum != NULL)
            weigh_lanes (t, j, end, lane, true);
        else
            weigh_lanes (t, j, end, lane, false);
    }
}

/* z(d..d+n) += sum over the block's keys of v(j,d) e(j). */
INLINE void
value_part (FoveaScoreTile *t, int64_t j, int64_t end, int64_t d, int n, int lane, int group)
{
    V sum[KEYS][GROUP];
    for (int a = 0; a < n; a++)
        for (int g = 0; g < group; g++)
            sum[a][g] = v_load (t->z_tile + (d + a) * t->lanes + lane + g * LANES);
    for (int64_t i = j; i < end; i++) {
        const float *v = t->v + i * t->kv_stride + d;
        const float *s = t->scores + i * t->lanes + lane;
        V e[GROUP];
        for (int g = 0; g < group; g++)
            e[g] = v_load (s + g * LANES);
        for (int a = 0; a < n; a++) {
            V va = v_all (v[a]);
            for (int g = 0; g < group; g++)
                sum[a][g] = v_fma (va, e[g], sum[a][g]);
        }
    }
    for (int a = 0; a < n; a++)
        for (int g = 0; g < group; g++)
            v_store (t->z_tile + (d + a) * t->lanes + lane + g * LANES, sum[a][g]);
}

INLINE void
value_lanes (FoveaScoreTile *t, int64_t j, int64_t end, int lane, int group)
{
    int64_t d = 0;
    for (; d + KEYS <= t->width; d += KEYS)
        value_part (t, j, end, d, KEYS, lane, group);
    for (; d < t->width; d++)
        value_part (t, j, end, d, 1, lane, group);
}

static void
value_block (FoveaScoreTile *t, int64_t j, int64_t end)
{
    int lane = 0;
    for (; lane + GROUP * LANES <= t->lanes; lane += GROUP * LANES)
        value_lanes (t, j, end, lane, GROUP);
    for (; lane < t->lanes; lane += LANES)
        value_lanes (t, j, end, lane, 1);
}

void
FOVEA_IN_SET (fovea_weigh_tile) (FoveaScoreTile *tile)
{
    memset (tile->z_tile, 0, (size_t) (tile->width * tile->lanes) * sizeof (float));
    weigh_clear (tile);
    for (int64_t j = 0, end; j < tile->k1 - tile->k0; j = end) {
        end = block_end (tile, j);
        weigh_block (tile, j, end);
        value_block (tile, j, end);
    }
}

/* Mass of each key over the tile's queries; the factor of idle lanes is 0. */
void
FOVEA_IN_SET (fovea_column_tile) (const FoveaScoreTile *tile, double *mass)
{
    for (int64_t j = 0; j < tile->k1 - tile->k0; j++) {
        V sum = v_all (0);
        for (int lane = 0; lane < tile->lanes; lane += LANES)
            sum = v_fma (v_load (tile->scores + j * tile->lanes + lane),
                         v_load (tile->inverse + lane), sum);
        mass[j] += v_sum (sum);
    }
}
