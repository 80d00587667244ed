/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Attention of each device of ops-support.h against the reference table: masks, head layouts, shapes
 * that straddle tiles, precisions, and everything that capture asks for. */
#include <math.h>
#include <string.h>

#include "kernels/device.h"
#include "tests/ops-carry.h"
#include "tests/ops-support.h"
#include "tests/support.h"

static FoveaDevice *ref, *devices[OPS_MAX_DEVICES];
static int n_devices;

static void
open_all (void)
{
    n_devices = ops_open_devices (&ref, devices);
}

static void
close_all (void)
{
    ops_close_devices (ref, devices, n_devices);
}

enum {
    MAX_HEADS = 6,
    MAX_KEYS = 1000,
    N_STATISTICS = 6,
    REACH = 11 /* tokens; distances beyond it share a bias */
};

typedef struct {
    int64_t rows, first_query, heads, kv_heads, width;
} Shape;

static const Shape shapes[] = {
    {1, 0, 1, 1, 32},
    {1, 129, 6, 2, 32},
    {31, 0, 4, 4, 8},
    {32, 33, 2, 1, 33},
    {33, 95, 3, 1, 64},
    {127, 0, 6, 2, 32},
    {128, 64, 2, 2, 80},
    {129, 0, 1, 1, 96},
    {65, 63, 4, 2, 128},
    {200, 800, 2, 1, 16},
    {7, 57, 2, 1, 5},
    {34, 70, 2, 1, 256},
    {5, 123, 4, 1, 64},
    {193, 0, 2, 1, 64},
    /* Several tiles of rows and keys of every kernel, wholly before and behind the diagonal. */
    {300, 84, 2, 1, 64},
    {420, 100, 1, 1, 128},
    {530, 0, 2, 2, 32},
};

static const float slopes[MAX_HEADS] = {0.5f, 0.25f, 0.125f, 0.0625f, 0.03f, 0.01f};
static const float sinks[MAX_HEADS] = {0.5f, -3.0f, 6.0f, 0.0f, 1.0f, 2.0f};
static int32_t segments[MAX_KEYS + 1];
static float biases[MAX_HEADS * (2 * REACH + 1)];

enum {
    CAUSAL,
    BIDIRECTIONAL,
    WINDOW,
    TWO_SIDED_WINDOW,
    SOFT_CAP,
    ALIBI,
    SINK,
    SEGMENTS,
    DISTANCE,
    BOX,
    EVERYTHING,
    N_RULES
};

static FoveaScoreRule
make_rule (int kind, int64_t width)
{
    bool all = kind == EVERYTHING;
    for (int i = 0; i <= MAX_KEYS; i++)
        segments[i] = i / 37;
    for (int i = 0; i < MAX_HEADS * (2 * REACH + 1); i++)
        biases[i] = (float) (i * 37 % 23 - 11) / 6;
    FoveaScoreRule rule = {.scale = 1 / sqrtf ((float) width)};
    rule.causal = kind != BIDIRECTIONAL && kind != TWO_SIDED_WINDOW && kind != DISTANCE;
    rule.distance_bias = kind == DISTANCE || all ? biases : NULL;
    rule.reach = REACH;
    rule.window = kind == WINDOW || kind == TWO_SIDED_WINDOW || all ? 20 : 0;
    rule.soft_cap = kind == SOFT_CAP || all ? 5 : 0;
    rule.alibi_slopes = kind == ALIBI || all ? slopes : NULL;
    rule.sink_logits = kind == SINK || all ? sinks : NULL;
    rule.segments = kind == SEGMENTS || all ? segments : NULL;
    if (kind == BOX) {
        rule.query_from = 3;
        rule.key_from = 2;
        rule.key_to = 70;
    }
    return rule;
}

/* All that one call gives, in one allocation. */
typedef struct {
    float *z, *statistics[N_STATISTICS], *block_mass, *block_max, *scores, *pattern;
    int32_t *max_key;
    double *column_mass;
    int64_t n_z, n_rows, n_columns, n_blocks, n_dense;
} Outputs;

/* Zeroed sums; NaN where every element must be written. */
static void
poison (float *x, int64_t n)
{
    memset (x, 0xff, (size_t) n * sizeof *x);
}

static Outputs
new_outputs (const FoveaAttendArgs *a)
{
    Outputs o = {0};
    int64_t row_blocks = (a->first_query + a->rows - 1) / 64 - a->first_query / 64 + 1;
    o.n_z = a->rows * a->heads * a->width;
    o.n_rows = a->rows * a->heads;
    o.n_columns = a->heads * (a->n_keys + 2);
    o.n_blocks = a->heads * row_blocks * (a->n_keys / 64 + 2);
    o.n_dense = a->heads * a->rows * a->n_keys;
    o.z = g_new (float, o.n_z);
    poison (o.z, o.n_z);
    for (int i = 0; i < N_STATISTICS; i++) {
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

static void
free_outputs (Outputs *o)
{
    g_free (o->z);
    for (int i = 0; i < N_STATISTICS; i++)
        g_free (o->statistics[i]);
    g_free (o->max_key);
    g_free (o->column_mass);
    g_free (o->block_mass);
    g_free (o->block_max);
    g_free (o->scores);
    g_free (o->pattern);
}

static void
attach (FoveaAttendArgs *a, const Outputs *o)
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

/* Largest errors allowed, relative to 1 + the value. */
typedef struct {
    double z_nmse, z, statistics[N_STATISTICS], column, block_mass, block_max, scores, pattern;
} Bounds;

static const Bounds f32_bounds = {
    1e-11, 8e-6, {2e-6, 5e-6, 5e-6, 2e-5, 5e-6, 5e-6}, 1e-5, 1e-5, 5e-6, 1e-5, 5e-6};

/* Weights and values rounded to 8 bits where they are summed; scores and statistics in f32. */
static const Bounds reduced_bounds = {
    3e-5, 1e-2, {3e-5, 2e-5, 2e-5, 1e-4, 2e-5, 2e-5}, 1e-4, 1e-4, 2e-5, 1e-5, 2e-5};

/* The largest weights may tie within rounding: then either key is right. */
static void
compare_max_keys (const char *what,
                  const FoveaAttendArgs *a,
                  const Outputs *got,
                  const Outputs *want)
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
compare_columns (const char *what, const Outputs *got, const Outputs *want, double allowed)
{
    for (int64_t i = 0; i < got->n_columns; i++)
        ck_assert_msg (fabs (got->column_mass[i] - want->column_mass[i]) <=
                           allowed * (1 + fabs (want->column_mass[i])),
                       "%s: column mass %ld: %.9g against %.9g", what, (long) i,
                       got->column_mass[i], want->column_mass[i]);
}

/* All but the dense rows. */
static void
compare_summaries (const char *what,
                   const FoveaAttendArgs *a,
                   const Outputs *got,
                   const Outputs *want,
                   const Bounds *allowed)
{
    static const char *const names[N_STATISTICS] = {"lse",           "entropy",    "max weight",
                                                    "mean distance", "first mass", "local mass"};
    g_autofree char *z = g_strdup_printf ("%s, z", what);
    ops_compare (z, got->z, want->z, got->n_z, allowed->z_nmse, allowed->z);
    for (int i = 0; i < N_STATISTICS; i++) {
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

static void
compare_dense (const char *what, const Outputs *got, const Outputs *want, const Bounds *allowed)
{
    g_autofree char *scores = g_strdup_printf ("%s, scores", what);
    g_autofree char *pattern = g_strdup_printf ("%s, pattern", what);
    ops_compare (scores, got->scores, want->scores, got->n_dense, 1e-11, allowed->scores);
    ops_compare (pattern, got->pattern, want->pattern, got->n_dense, 1e-9, allowed->pattern);
}

/* Which optional outputs a repeat asks for. */
enum {
    ALL,
    NO_DENSE,
    SOME, /* one of things that kernels like to give together */
    NOTHING,
    N_WISHES
};

static void
wish (FoveaAttendArgs *a, int wishes)
{
    FoveaAttendArgs all = *a;
    if (wishes == ALL)
        return;
    a->scores = a->pattern = NULL;
    if (wishes == NO_DENSE)
        return;
    a->lse = a->entropy = a->max_weight = a->mean_distance = a->first_mass = a->local_mass = NULL;
    a->max_key = NULL;
    a->column_mass = NULL;
    a->block_mass = a->block_max = NULL;
    if (wishes == NOTHING)
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

/* A repeat must give the same bits, whatever else is asked for. */
static void
check_bits (const char *what, FoveaDevice *device, FoveaAttendArgs args, const Outputs *first)
{
    for (int wishes = 0; wishes < N_WISHES; wishes++) {
        g_autofree char *title = g_strdup_printf ("%s, wishes %d", what, wishes);
        Outputs o = new_outputs (&args);
        attach (&args, &o);
        wish (&args, wishes);
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
        free_outputs (&o);
    }
}

/* Rectangles of one head against its dense rows: the same bits where both run on the same
 * registers, else rounding of scores as large as 100. */
static void
check_rectangle (const char *what, FoveaDevice *device, const FoveaAttendArgs *a, const Outputs *o)
{
    int64_t head = a->heads - 1, group = a->kv_heads - 1, row = a->rows / 3, key = a->n_keys / 4;
    int64_t n_queries = a->rows - row, n_keys = a->n_keys - key;
    g_autofree float *out = g_new (float, n_queries *n_keys), *lse = g_new (float, n_queries);
    for (int64_t i = 0; i < n_queries; i++)
        lse[i] = o->statistics[0][(row + i) * a->heads + head];
    FoveaRectangleArgs r = {.rule = a->rule,
                            .head = head,
                            .q0 = a->first_query + row,
                            .n_queries = n_queries,
                            .k0 = key,
                            .n_keys = n_keys,
                            .width = a->width,
                            .q = a->q + (row * a->heads + head) * a->width,
                            .q_stride = a->heads * a->width,
                            .k = a->k + (key * a->kv_heads + group) * a->width,
                            .k_stride = a->kv_heads * a->width,
                            .out = out};
    for (int with_lse = 0; with_lse < 2; with_lse++) {
        const float *dense =
            (with_lse ? o->pattern : o->scores) + (head * a->rows + row) * a->n_keys;
        r.lse = with_lse ? lse : NULL;
        carry_rectangle (device, &r);
        for (int64_t i = 0; i < n_queries; i++)
            ops_compare (what, out + i * n_keys, dense + i * a->n_keys + key, n_keys, 1e-9,
                         a->rows < 32 ? 3e-6
                         : with_lse   ? 1e-6
                                      : 0);
    }
}

/* Inputs of one shape and rule. */
typedef struct {
    FoveaAttendArgs args;
    float *q, *k, *v;
} Inputs;

static Inputs
new_inputs (const Shape *s, int kind)
{
    Inputs in = {.args = {.rule = make_rule (kind, s->width),
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

static void
free_inputs (Inputs *in)
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

/* As they enter the attention of a device. */
static void
round_inputs (Inputs *in, FoveaDtype dtype)
{
    const FoveaAttendArgs *a = &in->args;
    round_to (in->q, a->rows * a->heads * a->width, dtype);
    round_to (in->k, a->n_keys * a->kv_heads * a->width, dtype);
    round_to (in->v, a->n_keys * a->kv_heads * a->width, dtype);
}

static char *
name_case (int kind, int shape, FoveaDevice *device)
{
    return g_strdup_printf ("attend, rule %d, shape %d, %s", kind, shape,
                            fovea_device_describe (device));
}

START_TEST (attention_agrees_with_reference)
{
    int shape = _i % (int) G_N_ELEMENTS (shapes), kind = _i / (int) G_N_ELEMENTS (shapes);
    Inputs in = new_inputs (&shapes[shape], kind);
    Outputs want = new_outputs (&in.args);
    attach (&in.args, &want);
    fovea_ops_ref.attend (ref, &in.args);
    for (int i = 0; i < n_devices; i++) {
        g_autofree char *what = name_case (kind, shape, devices[i]);
        Outputs got = new_outputs (&in.args);
        attach (&in.args, &got);
        carry_attend (devices[i], &in.args);
        ck_assert (fovea_device_sync (devices[i], NULL));
        compare_summaries (what, &in.args, &got, &want, &f32_bounds);
        compare_dense (what, &got, &want, &f32_bounds);
        check_bits (what, devices[i], in.args, &got);
        check_rectangle (what, devices[i], &in.args, &got);
        free_outputs (&got);
    }
    free_outputs (&want);
    free_inputs (&in);
}
END_TEST

/* Inputs as one type rounds them, and what the reference makes of them. */
typedef struct {
    FoveaDtype dtype;
    Inputs in;
    Outputs want;
} Rounded;

static Rounded
new_rounded (const Shape *shape, int kind, FoveaDtype dtype)
{
    Rounded r = {dtype, new_inputs (shape, kind), {0}};
    round_inputs (&r.in, dtype);
    r.want = new_outputs (&r.in.args);
    attach (&r.in.args, &r.want);
    fovea_ops_ref.attend (ref, &r.in.args);
    return r;
}

static void
free_rounded (Rounded *r)
{
    free_outputs (&r->want);
    free_inputs (&r->in);
}

static void
check_reduced (const char *what, FoveaDevice *device, const Rounded *r, FoveaPrecision precision)
{
    FoveaAttendArgs args = r->in.args;
    Outputs got = new_outputs (&args);
    args.precision = precision;
    attach (&args, &got);
    wish (&args, NO_DENSE);
    carry_attend (device, &args);
    ck_assert (fovea_device_sync (device, NULL));
    compare_summaries (what, &args, &got, &r->want, &reduced_bounds);
    check_bits (what, device, args, &got);
    attach (&args, &got);
    carry_attend (device, &args);
    compare_dense (what, &got, &r->want, &reduced_bounds);
    free_outputs (&got);
}

/* Given inputs as a device rounds them, bf16 and f16 are near the reference too, and capture changes
 * nothing there either. Neighbours that round alike share what the reference says. */
START_TEST (reduced_attention_agrees_with_reference)
{
    int n_shapes = (int) G_N_ELEMENTS (shapes), shape = _i % n_shapes,
        kind = _i / n_shapes % N_RULES;
    FoveaPrecision precision =
        _i / n_shapes / N_RULES == 0 ? FOVEA_PRECISION_BF16 : FOVEA_PRECISION_F16;
    Rounded rounded =
        new_rounded (&shapes[shape], kind, fovea_device_attend_dtype (devices[0], precision));
    for (int i = 0; i < n_devices; i++) {
        g_autofree char *plain = name_case (kind, shape, devices[i]);
        g_autofree char *what = g_strdup_printf ("%s, precision %d", plain, (int) precision);
        FoveaDtype dtype = fovea_device_attend_dtype (devices[i], precision);
        if (dtype != rounded.dtype) {
            free_rounded (&rounded);
            rounded = new_rounded (&shapes[shape], kind, dtype);
        }
        check_reduced (what, devices[i], &rounded, precision);
    }
    free_rounded (&rounded);
}
END_TEST

/* Reduced precision rounds weights and values, by at most 2^-8 each; given inputs as the device rounds
 * them, scores are those of f32, and so is the pattern but for the order of its sums. (Inputs that the
 * device would have rounded, of scores up to 12, move the values by 1.8e-4 of their square.) */
START_TEST (bf16_changes_only_the_sum_of_values)
{
    enum {
        T = 200,
        D = 48
    };
    const Shape shape = {T, 0, 1, 1, D};
    for (int i = 0; i < n_devices; i++) {
        Inputs in = new_inputs (&shape, CAUSAL);
        FoveaAttendArgs args = in.args;
        FoveaDtype dtype = fovea_device_attend_dtype (devices[i], FOVEA_PRECISION_BF16);
        round_inputs (&in, dtype);
        Outputs f32 = new_outputs (&args), bf16 = new_outputs (&args);
        args.precision = FOVEA_PRECISION_F32;
        attach (&args, &f32);
        carry_attend (devices[i], &args);
        args.precision = FOVEA_PRECISION_BF16;
        attach (&args, &bf16);
        carry_attend (devices[i], &args);
        ops_compare ("bf16 z", bf16.z, f32.z, f32.n_z, 3e-5, 1e-2);
        ck_assert (memcmp (bf16.scores, f32.scores, (size_t) f32.n_dense * 4) == 0);
        ops_compare ("bf16 pattern", bf16.pattern, f32.pattern, f32.n_dense, 1e-9,
                     dtype == FOVEA_F32 ? 0 : 5e-6);
        free_outputs (&f32);
        free_outputs (&bf16);
        free_inputs (&in);
    }
}
END_TEST

/* How scores go over the keys of a long row: up to 20, where their own rounding hardly shows. */
static const struct {
    const char *title;
    float slope, jump; /* of a score from key to key, and at every so many keys */
    int every;
} walks[] = {
    {"rising", 0.03125f, 0, 1},
    {"falling", -0.03125f, 0, 1},
    {"rising in leaps", 0, 9, 250},
    {"falling in leaps", 0, -9, 250},
    {"a saw that rises", -0.045f, 3.5f, 50},
    {"a saw that falls", 0.045f, -3.5f, 50},
    {"level", 0, 0, 1},
};

/* Kernels of one pass keep a row's sums relative to some earlier score: whatever way the scores take,
 * sums and statistics are those of the reference. */
START_TEST (sums_follow_scores_wherever_they_go)
{
    const Shape shape = {70, 530, 2, 1, 32};
    FoveaPrecision precision = (FoveaPrecision) (_i % 3);
    for (int i = 0; i < n_devices; i++) {
        g_autofree char *what = g_strdup_printf ("%s, precision %d, %s", walks[_i / 3].title,
                                                 precision, fovea_device_describe (devices[i]));
        Inputs in = new_inputs (&shape, CAUSAL);
        in.args.rule.scale = 1;
        for (int64_t j = 0; j < in.args.n_keys * shape.width; j++) {
            int64_t key = j / shape.width;
            in.k[j] = j % shape.width > 0
                          ? in.k[j] / 64
                          : walks[_i / 3].slope * (float) key +
                                walks[_i / 3].jump * (float) (key / walks[_i / 3].every);
        }
        for (int64_t j = 0; j < shape.rows * shape.heads * shape.width; j += shape.width)
            in.q[j] = 1;
        round_inputs (&in, fovea_device_attend_dtype (devices[i], precision));
        Outputs want = new_outputs (&in.args), got = new_outputs (&in.args);
        attach (&in.args, &want);
        fovea_ops_ref.attend (ref, &in.args);
        in.args.precision = precision;
        attach (&in.args, &got);
        carry_attend (devices[i], &in.args);
        ck_assert (fovea_device_sync (devices[i], NULL));
        compare_summaries (what, &in.args, &got, &want,
                           precision == FOVEA_PRECISION_F32 ? &f32_bounds : &reduced_bounds);
        free_outputs (&got);
        free_outputs (&want);
        free_inputs (&in);
    }
}
END_TEST

/* The last rows of caches that a GPU cuts into slices of several tiles, or of one wide tile that is full or
 * not; at a window's end most keys are seen by none of them. */
static const struct {
    Shape shape;
    int64_t window;
    bool sink;
} caches[] = {{{1, 39999, 2, 1, 8}, 0, false},    {{1, 9000, 16, 8, 20}, 0, true},
              {{4, 20011, 6, 2, 16}, 0, false},   {{3, 30000, 2, 1, 33}, 700, true},
              {{2, 6000, 64, 4, 4}, 100, false},  {{4, 2999, 5, 1, 128}, 0, false},
              {{1, 4095, 32, 8, 64}, 0, false},   {{3, 3890, 8, 8, 64}, 0, true},
              {{1, 4095, 20, 10, 80}, 900, false}};

START_TEST (rows_behind_a_long_cache_agree_with_reference)
{
    int at = _i / 2;
    Inputs in = new_inputs (&caches[at].shape, CAUSAL);
    static float sinks_of_all[64];
    for (int h = 0; h < 64; h++)
        sinks_of_all[h] = (float) (h % 5) - 1;
    in.args.rule.window = caches[at].window;
    in.args.rule.sink_logits = caches[at].sink ? sinks_of_all : NULL;
    in.args.precision = _i % 2 == 0 ? FOVEA_PRECISION_F32 : FOVEA_PRECISION_BF16;
    for (int i = 0; i < n_devices; i++) {
        g_autofree char *what = name_case (CAUSAL, at, devices[i]);
        round_inputs (&in, fovea_device_attend_dtype (devices[i], in.args.precision));
        Outputs want = new_outputs (&in.args), got = new_outputs (&in.args);
        attach (&in.args, &want);
        fovea_ops_ref.attend (ref, &in.args);
        attach (&in.args, &got);
        carry_attend (devices[i], &in.args);
        compare_summaries (what, &in.args, &got, &want,
                           _i % 2 == 0 ? &f32_bounds : &reduced_bounds);
        compare_dense (what, &got, &want, _i % 2 == 0 ? &f32_bounds : &reduced_bounds);
        check_bits (what, devices[i], in.args, &got);
        free_outputs (&got);
        free_outputs (&want);
    }
    free_inputs (&in);
}
END_TEST

/* Scores ln 4, ln 2, 0, 0 give the weights .5, .25, .125, .125 of the worked example. */
START_TEST (row_statistics_match_worked_example)
{
    float q = 1, v[4] = {1, 2, 4, 8}, z;
    float k[4] = {logf (4), logf (2), 0, 0};
    float lse, entropy, max_weight, distance, first, local;
    int32_t max_key;
    FoveaAttendArgs args = {.rule = {.scale = 1, .causal = true},
                            .rows = 1,
                            .n_keys = 4,
                            .heads = 1,
                            .kv_heads = 1,
                            .width = 1,
                            .first_query = 3,
                            .q = &q,
                            .k = k,
                            .v = v,
                            .z = &z,
                            .lse = &lse,
                            .entropy = &entropy,
                            .max_weight = &max_weight,
                            .max_key = &max_key,
                            .mean_distance = &distance,
                            .first_mass = &first,
                            .local_mass = &local};
    for (int i = -1; i < n_devices; i++) {
        FoveaDevice *device = i < 0 ? ref : devices[i];
        carry_attend (device, &args);
        ck_assert_float_eq_tol (lse, logf (8), 1e-6f);
        ck_assert_float_eq_tol (entropy, 1.213008f, 1e-6f);
        ck_assert_float_eq_tol (max_weight, 0.5f, 1e-6f);
        ck_assert_int_eq (max_key, 0);
        ck_assert_float_eq_tol (distance, 2.125f, 1e-6f);
        ck_assert_float_eq_tol (first, 0.5f, 1e-6f);
        ck_assert_float_eq_tol (local, 1, 1e-6f);
        ck_assert_float_eq_tol (z, 0.5f + 0.5f + 0.5f + 1, 1e-6f);
    }
}
END_TEST

START_TEST (lower_key_wins_a_tie)
{
    float q[2] = {1, 1}, k[3] = {0, 2, 2}, v[3] = {1, 1, 1}, z[2];
    int32_t max_key[2];
    FoveaAttendArgs args = {.rule = {.scale = 1, .causal = true},
                            .rows = 2,
                            .n_keys = 3,
                            .heads = 1,
                            .kv_heads = 1,
                            .width = 1,
                            .first_query = 1,
                            .q = q,
                            .k = k,
                            .v = v,
                            .z = z,
                            .max_key = max_key};
    for (int i = -1; i < n_devices; i++) {
        FoveaDevice *device = i < 0 ? ref : devices[i];
        carry_attend (device, &args);
        ck_assert_int_eq (max_key[0], 1);
        ck_assert_int_eq (max_key[1], 1);
    }
}
END_TEST

/* Keys that repeat score alike to the last bit, in lanes, tiles and blocks of rows far from each other. */
START_TEST (lowest_of_equal_keys_wins_however_far_apart)
{
    enum {
        T = 400,
        PERIOD = 7,
        HEADS = 2
    };
    static const int64_t widths[] = {32, 64, 128};
    const Shape shape = {T, 0, HEADS, 1, widths[_i % 3]};
    Inputs in = new_inputs (&shape, CAUSAL);
    g_autofree float *z = g_new (float, T *HEADS *shape.width);
    g_autofree int32_t *max_key = g_new (int32_t, T * HEADS);
    for (int64_t t = PERIOD; t < T; t++)
        memcpy (in.k + t * shape.width, in.k + t % PERIOD * shape.width,
                (size_t) shape.width * sizeof (float));
    in.args.precision = (FoveaPrecision) (_i / 3);
    in.args.z = z;
    in.args.max_key = max_key;
    for (int i = -1; i < n_devices; i++) {
        carry_attend (i < 0 ? ref : devices[i], &in.args);
        for (int t = 0; t < T; t++)
            for (int h = 0; h < HEADS; h++)
                ck_assert_msg (max_key[t * HEADS + h] >= 0 &&
                                   max_key[t * HEADS + h] < MIN (PERIOD, t + 1),
                               "row %d, head %d: key %d", t, h, max_key[t * HEADS + h]);
    }
    free_inputs (&in);
}
END_TEST

/* A window of 3 keeps queries from position 9 on from all of four keys, be they one or many. */
START_TEST (softmax_of_masked_row_is_zero)
{
    const Shape shape = {70, 0, 1, 1, 32};
    Inputs in = new_inputs (&shape, CAUSAL);
    FoveaAttendArgs args = in.args;
    args.rows = _i == 0 ? 1 : 70;
    args.rule.window = 3;
    args.n_keys = 4;
    args.first_query = 9;
    for (int i = -1; i < n_devices; i++) {
        FoveaDevice *device = i < 0 ? ref : devices[i];
        Outputs o = new_outputs (&args);
        attach (&args, &o);
        carry_attend (device, &args);
        for (int64_t t = 0; t < args.rows; t++)
            ck_assert (o.statistics[0][t] == -INFINITY && o.statistics[1][t] == 0 &&
                       o.statistics[2][t] == 0 && o.max_key[t] == -1);
        for (int64_t j = 0; j < o.n_z; j++)
            ck_assert_float_eq (o.z[j], 0);
        for (int64_t j = 0; j < o.n_dense; j++)
            ck_assert (o.pattern[j] == 0 && o.scores[j] == -INFINITY);
        for (int64_t j = 0; j < o.n_columns; j++)
            ck_assert_double_eq (o.column_mass[j], 0);
        free_outputs (&o);
    }
    free_inputs (&in);
}
END_TEST

/* Mode: precision, and a width that fast kernels serve or not. */
START_TEST (nan_in_a_query_stays_in_its_row)
{
    enum {
        T = 70,
        BAD = 66
    };
    int64_t width = _i % 2 == 0 ? 1 : 32;
    const Shape shape = {T, 0, 1, 1, width};
    Inputs in = new_inputs (&shape, CAUSAL);
    g_autofree float *z = g_new (float, T *width);
    in.args.precision = (FoveaPrecision) (_i / 2);
    in.args.z = z;
    for (int64_t j = 0; j < T * width; j++)
        in.v[j] = 1;
    in.q[BAD * width] = NAN;
    for (int i = 0; i < n_devices; i++) {
        carry_attend (devices[i], &in.args);
        for (int64_t j = 0; j < T * width; j++)
            ck_assert_msg (j / width == BAD ? isnan (z[j]) : fabsf (z[j] - 1) < 1e-2f,
                           "z[%ld] = %g", (long) j, (double) z[j]);
    }
    free_inputs (&in);
}
END_TEST

/* One case a rule, so that CK_RUN_CASE chooses one: sanitizers are slow. */
static TCase *
new_rule_case (int kind)
{
    static const char *const names[N_RULES] = {
        "causal",   "bidirectional", "window", "two-sided-window", "soft-cap", "alibi", "sink",
        "segments", "distance",      "box",    "everything"};
    int n = (int) G_N_ELEMENTS (shapes), f16 = N_RULES * n;
    TCase *tests = tcase_create (names[kind]);
    tcase_add_checked_fixture (tests, open_all, close_all);
    tcase_set_timeout (tests, 60);
    tcase_add_loop_test (tests, attention_agrees_with_reference, kind * n, (kind + 1) * n);
    tcase_add_loop_test (tests, reduced_attention_agrees_with_reference, kind * n, (kind + 1) * n);
    tcase_add_loop_test (tests, reduced_attention_agrees_with_reference, f16 + kind * n,
                         f16 + (kind + 1) * n);
    return tests;
}

int
main (void)
{
    if (!ops_prepare ())
        return 77;
    Suite *suite = suite_create ("attend");
    TCase *tests = tcase_create ("against reference"), *cache = tcase_create ("cache");
    tcase_add_checked_fixture (tests, open_all, close_all);
    tcase_add_checked_fixture (cache, open_all, close_all);
    tcase_set_timeout (tests, 60);
    tcase_set_timeout (cache, 120); /* beneath a race detector */
    for (int kind = 0; kind < N_RULES; kind++)
        suite_add_tcase (suite, new_rule_case (kind));
    tcase_add_test (tests, bf16_changes_only_the_sum_of_values);
    tcase_add_loop_test (tests, sums_follow_scores_wherever_they_go, 0, 3 * G_N_ELEMENTS (walks));
    tcase_add_loop_test (cache, rows_behind_a_long_cache_agree_with_reference, 0,
                         2 * G_N_ELEMENTS (caches));
    tcase_add_test (tests, row_statistics_match_worked_example);
    tcase_add_test (tests, lower_key_wins_a_tie);
    tcase_add_loop_test (tests, lowest_of_equal_keys_wins_however_far_apart, 0, 9);
    tcase_add_loop_test (tests, softmax_of_masked_row_is_zero, 0, 2);
    tcase_add_loop_test (tests, nan_in_a_query_stays_in_its_row, 0, 6);
    suite_add_tcase (suite, tests);
    suite_add_tcase (suite, cache);
    return support_run (suite);
}
