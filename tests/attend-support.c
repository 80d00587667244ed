/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "tests/attend-support.h"

#include <check.h>
#include <math.h>
#include <string.h>

#include "tests/ops-carry.h"
#include "tests/ops-support.h"

enum {
    MAX_HEADS = 6,
    MAX_KEYS = 1000,
    REACH = 11 /* tokens; distances beyond it share a bias */
};

static const float slopes[MAX_HEADS] = {0.5f, 0.25f, 0.125f, 0.0625f, 0.03f, 0.01f};
static const float sinks[MAX_HEADS] = {0.5f, -3.0f, 6.0f, 0.0f, 1.0f, 2.0f};
static int32_t segments[MAX_KEYS + 1];
static float biases[MAX_HEADS * (2 * REACH + 1)];

static FoveaScoreRule
make_rule (int kind, int64_t width)
{
    bool all = kind == ATTEND_EVERYTHING;
    for (int i = 0; i <= MAX_KEYS; i++)
        segments[i] = i / 37;
    for (int i = 0; i < MAX_HEADS * (2 * REACH + 1); i++)
        biases[i] = (float) (i * 37 % 23 - 11) / 6;
    FoveaScoreRule rule = {.scale = 1 / sqrtf ((float) width)};
    rule.causal =
        kind != ATTEND_BIDIRECTIONAL && kind != ATTEND_TWO_SIDED_WINDOW && kind != ATTEND_DISTANCE;
    rule.distance_bias = kind == ATTEND_DISTANCE || all ? biases : NULL;
    rule.reach = REACH;
    rule.window = kind == ATTEND_WINDOW || kind == ATTEND_TWO_SIDED_WINDOW || all ? 20 : 0;
    rule.soft_cap = kind == ATTEND_SOFT_CAP || all ? 5 : 0;
    rule.alibi_slopes = kind == ATTEND_ALIBI || all ? slopes : NULL;
    rule.sink_logits = kind == ATTEND_SINK || all ? sinks : NULL;
    rule.segments = kind == ATTEND_SEGMENTS || all ? segments : NULL;
    if (kind == ATTEND_BOX) {
        rule.query_from = 3;
        rule.key_from = 2;
        rule.key_to = 70;
    }
    return rule;
}

/* Zeroed sums; NaN where every element must be written. */
static void
poison (float *x, int64_t n)
{
    memset (x, 0xff, (size_t) n * sizeof *x);
}

AttendOutputs
attend_new_outputs (const FoveaAttendArgs *a)
{
    AttendOutputs o = {0};
    int64_t row_blocks = (a->first_query + a->rows - 1) / 64 - a->first_query / 64 + 1;
    o.n_z = a->rows * a->heads * a->width;
    o.n_rows = a->rows * a->heads;
    o.n_columns = a->heads * (a->n_keys + 2);
    o.n_blocks = a->heads * row_blocks * (a->n_keys / 64 + 2);
    o.n_dense = a->heads * a->rows * a->n_keys;
    o.z = g_new (float, o.n_z);
    poison (o.z, o.n_z);
    for (int i = 0; i < ATTEND_N_STATISTICS; i++) {
        o.statistics[i] = g_new (float, o.n_rows);
        poison (o.statistics[i], o.n_rows);
    }
    o.max_key = g_new0 (int32_t, o.n_rows);
    o.column_mass = g_new0 (double, o.n_columns);
    o.block_mass = g_new0 (float, o.n_blocks);
    o.block_max = g_new0 (float, o.n_blocks);
    o.scores = g_new (float, o.n_dense);
    o.pattern = g_new (float, o.n_dense);
    poison (o.scores, o.n_dense);
    poison (o.pattern, o.n_dense);
    return o;
}

void
attend_free_outputs (AttendOutputs *o)
{
    g_free (o->z);
    for (int i = 0; i < ATTEND_N_STATISTICS; i++)
        g_free (o->statistics[i]);
    g_free (o->max_key);
    g_free (o->column_mass);
    g_free (o->block_mass);
    g_free (o->block_max);
    g_free (o->scores);
    g_free (o->pattern);
}

void
attend_attach (FoveaAttendArgs *a, const AttendOutputs *o)
{
    a->z = o->z;
    a->lse = o->statistics[0];
    a->entropy = o->statistics[1];
    a->max_weight = o->statistics[2];
    a->mean_distance = o->statistics[3];
    a->first_mass = o->statistics[4];
    a->local_mass = o->statistics[5];
    a->max_key = o->max_key;
    a->column_mass = o->column_mass;
    a->column_stride = a->n_keys + 2;
    a->block_mass = o->block_mass;
    a->block_max = o->block_max;
    a->block_stride = a->n_keys / 64 + 2;
    a->scores = o->scores;
    a->pattern = o->pattern;
}

const AttendBounds attend_f32_bounds = {
    1e-11, 8e-6, {2e-6, 5e-6, 5e-6, 2e-5, 5e-6, 5e-6}, 1e-5, 1e-5, 5e-6, 1e-5, 5e-6};

/* Weights and values rounded to 8 bits where they are summed; scores and statistics in f32. */
const AttendBounds attend_reduced_bounds = {
    3e-5, 1e-2, {3e-5, 2e-5, 2e-5, 1e-4, 2e-5, 2e-5}, 1e-4, 1e-4, 2e-5, 1e-5, 2e-5};

/* The largest weights may tie within rounding: then either key is right. */
static void
compare_max_keys (const char *what,
                  const FoveaAttendArgs *a,
                  const AttendOutputs *got,
                  const AttendOutputs *want)
{
    for (int64_t i = 0; i < got->n_rows; i++) {
        int32_t key = got->max_key[i], expected = want->max_key[i];
        int64_t row = (i % a->heads * a->rows + i / a->heads) * a->n_keys;
        bool same = key == expected ||
                    (key >= 0 && expected >= 0 &&
                     fabsf (want->pattern[row + key] - want->pattern[row + expected]) < 1e-6f);
        ck_assert_msg (same, "%s: max key %d, expected %d", what, key, expected);
    }
}

static void
compare_columns (const char *what,
                 const AttendOutputs *got,
                 const AttendOutputs *want,
                 double allowed)
{
    for (int64_t i = 0; i < got->n_columns; i++)
        ck_assert_msg (fabs (got->column_mass[i] - want->column_mass[i]) <=
                           allowed * (1 + fabs (want->column_mass[i])),
                       "%s: column mass %ld: %.9g against %.9g", what, (long) i,
                       got->column_mass[i], want->column_mass[i]);
}

void
attend_compare_summaries (const char *what,
                          const FoveaAttendArgs *a,
                          const AttendOutputs *got,
                          const AttendOutputs *want,
                          const AttendBounds *allowed)
{
    static const char *const names[ATTEND_N_STATISTICS] = {
        "lse", "entropy", "max weight", "mean distance", "first mass", "local mass"};
    g_autofree char *z = g_strdup_printf ("%s, z", what);
    ops_compare (z, got->z, want->z, got->n_z, allowed->z_nmse, allowed->z);
    for (int i = 0; i < ATTEND_N_STATISTICS; i++) {
        g_autofree char *title = g_strdup_printf ("%s, %s", what, names[i]);
        ops_compare (title, got->statistics[i], want->statistics[i], got->n_rows, 1e-9,
                     allowed->statistics[i]);
    }
    g_autofree char *mass = g_strdup_printf ("%s, block mass", what);
    g_autofree char *top = g_strdup_printf ("%s, block max", what);
    ops_compare (mass, got->block_mass, want->block_mass, got->n_blocks, 1e-9, allowed->block_mass);
    ops_compare (top, got->block_max, want->block_max, got->n_blocks, 1e-9, allowed->block_max);
    compare_columns (what, got, want, allowed->column);
    compare_max_keys (what, a, got, want);
}

void
attend_compare_dense (const char *what,
                      const AttendOutputs *got,
                      const AttendOutputs *want,
                      const AttendBounds *allowed)
{
    g_autofree char *scores = g_strdup_printf ("%s, scores", what);
    g_autofree char *pattern = g_strdup_printf ("%s, pattern", what);
    ops_compare (scores, got->scores, want->scores, got->n_dense, 1e-11, allowed->scores);
    ops_compare (pattern, got->pattern, want->pattern, got->n_dense, 1e-9, allowed->pattern);
}

void
attend_wish (FoveaAttendArgs *a, int wishes)
{
    FoveaAttendArgs all = *a;
    if (wishes == ATTEND_ALL)
        return;
    a->scores = a->pattern = NULL;
    if (wishes == ATTEND_NO_DENSE)
        return;
    a->lse = a->entropy = a->max_weight = a->mean_distance = a->first_mass = a->local_mass = NULL;
    a->max_key = NULL;
    a->column_mass = NULL;
    a->block_mass = a->block_max = NULL;
    if (wishes == ATTEND_NOTHING)
        return;
    a->entropy = all.entropy;
    a->block_max = all.block_max;
    a->column_mass = all.column_mass;
}

static void
check_same (const char *what, const char *which, const void *a, const void *b, size_t bytes)
{
    ck_assert_msg (memcmp (a, b, bytes) == 0, "%s: %s differs on repeat", what, which);
}

void
attend_check_bits (const char *what,
                   FoveaDevice *device,
                   FoveaAttendArgs args,
                   const AttendOutputs *first)
{
    for (int wishes = 0; wishes < ATTEND_N_WISHES; wishes++) {
        g_autofree char *title = g_strdup_printf ("%s, wishes %d", what, wishes);
        AttendOutputs o = attend_new_outputs (&args);
        attend_attach (&args, &o);
        attend_wish (&args, wishes);
        carry_attend (device, &args);
        check_same (title, "z", o.z, first->z, (size_t) o.n_z * sizeof *o.z);
        if (args.column_mass != NULL)
            check_same (title, "column mass", o.column_mass, first->column_mass,
                        (size_t) o.n_columns * sizeof *o.column_mass);
        if (args.block_max != NULL)
            check_same (title, "block max", o.block_max, first->block_max,
                        (size_t) o.n_blocks * sizeof *o.block_max);
        if (args.entropy != NULL)
            check_same (title, "entropy", o.statistics[1], first->statistics[1],
                        (size_t) o.n_rows * sizeof *o.z);
        attend_free_outputs (&o);
    }
}

AttendInputs
attend_new_inputs (const AttendShape *s, int kind)
{
    AttendInputs in = {.args = {.rule = make_rule (kind, s->width),
                                .rows = s->rows,
                                .n_keys = s->first_query + s->rows,
                                .heads = s->heads,
                                .kv_heads = s->kv_heads,
                                .width = s->width,
                                .first_query = s->first_query}};
    int64_t n_q = s->rows * s->heads * s->width, n_kv = in.args.n_keys * s->kv_heads * s->width;
    ops_fill (in.q = g_new (float, n_q), n_q, 1);
    ops_fill (in.k = g_new (float, n_kv), n_kv, 2);
    ops_fill (in.v = g_new (float, n_kv), n_kv, 3);
    in.args.q = in.q;
    in.args.k = in.k;
    in.args.v = in.v;
    return in;
}

void
attend_free_inputs (AttendInputs *in)
{
    g_free (in->q);
    g_free (in->k);
    g_free (in->v);
}

static void
round_to (float *x, int64_t n, FoveaDtype dtype)
{
    g_autofree char *two = g_malloc ((size_t) n * fovea_dtype_size (dtype));
    fovea_dtype_from_f32 (x, (size_t) n, dtype, two);
    fovea_dtype_to_f32 (two, dtype, (size_t) n, x);
}

void
attend_round_inputs (AttendInputs *in, FoveaDtype dtype)
{
    const FoveaAttendArgs *a = &in->args;
    round_to (in->q, a->rows * a->heads * a->width, dtype);
    round_to (in->k, a->n_keys * a->kv_heads * a->width, dtype);
    round_to (in->v, a->n_keys * a->kv_heads * a->width, dtype);
}

char *
attend_name_case (int kind, int shape, FoveaDevice *device)
{
    return g_strdup_printf ("attend, rule %d, shape %d, %s", kind, shape,
                            fovea_device_describe (device));
}
