/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Summaries of a layer that a trace keeps beside its queries and keys are given back as they were kept and
 * read alone; those that it does not keep are computed, and what cannot be read is named in either case. */
#include <math.h>
#include <string.h>

#include "tests/trace-support.h"

enum {
    T = 130, /* three blocks, then two, then one */
    H = 3,
    D = 4,
    BLOCKS = 3,
    MAP = H * T * T,
    N_LEVELS = 3
};

static const FoveaArchitecture architecture = {.n_layers = 1,
                                               .n_heads = H,
                                               .n_kv_heads = 1,
                                               .head_width = D,
                                               .width = H * D,
                                               .attention_scale = 0.35f};

#define ATTN "blocks.0.attn."

/* What is kept, in the order of the trace; values are random, so that nothing computed equals them. */
enum {
    QUERIES,
    KEYS,
    STATISTICS, /* as many as there are, in the order of #FoveaRowStatistic */
    COLUMN_MASS = STATISTICS + FOVEA_N_ROW_STATISTICS,
    MEANS,
    TOPS = MEANS + N_LEVELS,
    N_ARRAYS = TOPS + N_LEVELS
};

static const TraceArray kept[N_ARRAYS] = {
    [QUERIES] = {ATTN "hook_q", 3, {T, H, D}, 1, NULL},
    [KEYS] = {ATTN "hook_k", 3, {T, 1, D}, 1, NULL},
    [STATISTICS + FOVEA_ROW_LSE] = {ATTN "hook_lse", 2, {T, H}, 1, NULL},
    [STATISTICS + FOVEA_ROW_ENTROPY] = {ATTN "hook_row_entropy", 2, {T, H}, 1, NULL},
    [STATISTICS + FOVEA_ROW_MAX] = {ATTN "hook_row_max", 2, {T, H}, 1, NULL},
    [STATISTICS + FOVEA_ROW_ARGMAX] = {ATTN "hook_row_argmax", 2, {T, H}, 1, NULL},
    [STATISTICS + FOVEA_ROW_DISTANCE] = {ATTN "hook_row_distance", 2, {T, H}, 1, NULL},
    [STATISTICS + FOVEA_ROW_FIRST] = {ATTN "hook_row_first", 2, {T, H}, 1, NULL},
    [STATISTICS + FOVEA_ROW_LOCAL] = {ATTN "hook_row_local", 2, {T, H}, 1, NULL},
    [COLUMN_MASS] = {ATTN "hook_column_mass", 2, {H, T}, 1, NULL},
    [MEANS + 0] = {ATTN "hook_pyramid_mean.0", 3, {H, 3, 3}, 2, NULL},
    [MEANS + 1] = {ATTN "hook_pyramid_mean.1", 3, {H, 2, 2}, 2, NULL},
    [MEANS + 2] = {ATTN "hook_pyramid_mean.2", 3, {H, 1, 1}, 2, NULL},
    [TOPS + 0] = {ATTN "hook_pyramid_max.0", 3, {H, 3, 3}, 2, NULL},
    [TOPS + 1] = {ATTN "hook_pyramid_max.1", 3, {H, 2, 2}, 2, NULL},
    [TOPS + 2] = {ATTN "hook_pyramid_max.2", 3, {H, 1, 1}, 2, NULL},
};

typedef struct {
    float *values[N_ARRAYS];
    TraceReads reads;
    FoveaTrace *trace;
    FoveaAttention *attention;
} Layer;

/* The first @n arrays. */
static void
layer_open (Layer *layer, guint n, guint unreadable)
{
    g_autoptr (FoveaTraceInfo) info = trace_info (&architecture, T);
    TraceArray arrays[N_ARRAYS];
    memcpy (arrays, kept, sizeof arrays);
    for (guint i = 0; i < N_ARRAYS; i++) {
        gint64 length = 1;
        for (guint axis = 0; axis < kept[i].rank; axis++)
            length *= kept[i].shape[axis];
        arrays[i].data = layer->values[i] = trace_random_values ((gsize) length, i);
    }
    g_autoptr (FoveaTrace) whole = trace_of (info, arrays, n);
    layer->reads = (TraceReads){.unreadable = unreadable};
    layer->trace = trace_watched (whole, &layer->reads);
    layer->attention = trace_open_attention (layer->trace);
}

static void
layer_close (Layer *layer)
{
    fovea_attention_free (layer->attention);
    fovea_trace_unref (layer->trace);
    for (guint i = 0; i < N_ARRAYS; i++)
        g_free (layer->values[i]);
}

/* The question that array @array answers for head @h, all of it: its values go to @out. */
static gboolean
ask (FoveaAttention *attention, guint array, guint h, float *out, GError **error)
{
    if (array < COLUMN_MASS)
        return fovea_attention_read_row_statistic (
            attention, h, (FoveaRowStatistic) (array - STATISTICS), out, error);
    if (array == COLUMN_MASS)
        return fovea_attention_read_column_mass (attention, h, out, error);
    gint64 n = kept[array].shape[1];
    guint level = (array - MEANS) % N_LEVELS;
    FoveaBlockValue value = array < TOPS ? FOVEA_BLOCK_MEAN : FOVEA_BLOCK_MAX;
    return fovea_attention_read_level (attention, h, level, value, 0, n, 0, n, out, error);
}

/* Number @i of what ask() gives, among the values of the array. */
static gint64
find_value (guint array, guint h, gint64 i)
{
    const gint64 *shape = kept[array].shape;
    if (array < COLUMN_MASS)
        return i * H + h;
    return array == COLUMN_MASS ? h * T + i : h * shape[1] * shape[2] + i;
}

static gint64
count_values (guint array)
{
    return array <= COLUMN_MASS ? T : kept[array].shape[1] * kept[array].shape[2];
}

START_TEST (what_was_kept_is_given_back_and_read_alone)
{
    guint array = (guint) _i;
    gint64 rows = array < COLUMN_MASS ? T : array == COLUMN_MASS ? 1 : kept[array].shape[1];
    Layer layer;
    float out[T];
    layer_open (&layer, N_ARRAYS, N_ARRAYS);
    for (guint h = 0; h < H; h++) {
        layer.reads.n_rows = 0;
        ck_assert (ask (layer.attention, array, h, out, NULL));
        ck_assert_int_eq (layer.reads.n_rows, rows);
        for (gint64 i = 0; i < count_values (array); i++)
            ck_assert_msg (out[i] == layer.values[array][find_value (array, h, i)],
                           "%s of head %u at %d: %g", kept[array].name, h, (int) i,
                           (double) out[i]);
    }
    layer_close (&layer);
}
END_TEST

/* No pair of rows or columns of blocks is taken for another. */
START_TEST (parts_of_kept_levels_are_those_parts)
{
    Layer layer;
    layer_open (&layer, N_ARRAYS, N_ARRAYS);
    for (gint64 r0 = 0; r0 < BLOCKS; r0++)
        for (gint64 c0 = 0; c0 < BLOCKS; c0++) {
            gint64 n = BLOCKS - r0, m = BLOCKS - c0;
            float out[BLOCKS * BLOCKS + 1];
            out[n * m] = 9; /* nothing is written behind the part */
            ck_assert (fovea_attention_read_level (layer.attention, 1, 0, FOVEA_BLOCK_MAX, r0,
                                                   BLOCKS, c0, BLOCKS, out, NULL));
            for (gint64 i = 0; i < n * m; i++)
                ck_assert_float_eq (
                    out[i], layer.values[TOPS][(BLOCKS + r0 + i / m) * BLOCKS + c0 + i % m]);
            ck_assert_float_eq (out[n * m], 9);
        }
    layer_close (&layer);
}
END_TEST

START_TEST (levels_that_are_not_there_are_named)
{
    Layer layer;
    float out[1] = {7};
    layer_open (&layer, N_ARRAYS, N_ARRAYS);
    ck_assert_uint_eq (fovea_attention_get_n_levels (layer.attention), N_LEVELS);
    for (guint level = N_LEVELS; level < N_LEVELS + 2; level++) {
        g_autoptr (GError) error = NULL;
        g_autofree char *said =
            g_strdup_printf ("levels %u to %u are outside 0 to 2", level, level);
        ck_assert (!fovea_attention_read_level (layer.attention, 0, level, FOVEA_BLOCK_MAX, 0, 1, 0,
                                                1, out, &error));
        trace_assert_said (error, FOVEA_ERROR_RANGE, said);
    }
    ck_assert_float_eq (out[0], 7);
    ck_assert_uint_eq (layer.reads.n_reads, 0);
    layer_close (&layer);
}
END_TEST

/* Asked again, it is refused again: nothing half read is kept. */
START_TEST (kept_summary_that_cannot_be_read_is_named)
{
    Layer layer;
    float out[T];
    g_autofree char *said = g_strconcat ("no bytes of ", kept[_i].name, NULL);
    layer_open (&layer, N_ARRAYS, (guint) _i);
    for (int round = 0; round < 2; round++)
        for (guint array = STATISTICS; array < N_ARRAYS; array++) {
            g_autoptr (GError) error = NULL;
            gboolean ok = ask (layer.attention, array, 2, out, &error);
            ck_assert_msg (ok == (array != (guint) _i), "%s", kept[array].name);
            if (!ok)
                trace_assert_said (error, FOVEA_ERROR_STORE, said);
        }
    layer_close (&layer);
}
END_TEST

/* Queries and keys alone: every summary needs both, and a device that was lent for one is there again: more
 * failures than a machine has devices do not use them up. */
START_TEST (products_that_cannot_be_read_leave_no_summary)
{
    enum {
        ROUNDS = 20
    };
    Layer layer, whole;
    float out[T];
    g_autofree char *said = g_strconcat ("no bytes of ", kept[_i].name, NULL);
    layer_open (&layer, KEYS + 1, (guint) _i);
    for (int round = 0; round < ROUNDS; round++)
        for (guint array = STATISTICS; array < N_ARRAYS; array++) {
            g_autoptr (GError) error = NULL;
            g_autoptr (GError) by_name = NULL;
            ck_assert_msg (!ask (layer.attention, array, 0, out, &error), "%s", kept[array].name);
            trace_assert_said (error, FOVEA_ERROR_STORE, said);
            ck_assert (!fovea_trace_read (layer.trace, kept[array].name, 0, 1, out, &by_name));
            trace_assert_said (by_name, FOVEA_ERROR_STORE, said);
        }
    layer_close (&layer);
    layer_open (&whole, KEYS + 1, N_ARRAYS);
    ck_assert (ask (whole.attention, COLUMN_MASS, 0, out, NULL));
    double sum = 0;
    for (gint64 j = 0; j < T; j++)
        sum += (double) out[j];
    ck_assert_double_eq_tol (sum, T, 1e-3); /* each query gives a weight of one */
    layer_close (&whole);
}
END_TEST

/* A trace of a random map alone, @reads as in trace_watched(). */
static FoveaTrace *
open_map (float **pattern, TraceReads *reads)
{
    g_autoptr (FoveaTraceInfo) info = trace_info (&architecture, T);
    *pattern = trace_random_values (MAP, 7);
    const TraceArray map = {ATTN "hook_pattern", 3, {H, T, T}, 2, *pattern};
    g_autoptr (FoveaTrace) whole = trace_of (info, &map, 1);
    return trace_watched (whole, reads);
}

START_TEST (a_map_alone_has_no_log_sum_exp)
{
    TraceReads reads = {.unreadable = 1};
    g_autofree float *pattern = NULL;
    g_autoptr (FoveaTrace) trace = open_map (&pattern, &reads);
    g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, 0, NULL);
    g_auto (GStrv) names = fovea_trace_list_points (trace);
    float out[T];
    ck_assert (fovea_attention_read_row_statistic (attention, 1, FOVEA_ROW_LSE, out, NULL));
    for (gint64 i = 0; i < T; i++)
        ck_assert (isnan (out[i]));
    ck_assert (!g_strv_contains ((const char *const *) names, ATTN "hook_lse"));
    ck_assert (!g_strv_contains ((const char *const *) names, ATTN "hook_attn_scores"));
    ck_assert (g_strv_contains ((const char *const *) names, ATTN "hook_row_max"));
    ck_assert (g_strv_contains ((const char *const *) names, ATTN "hook_pyramid_max.2"));
    ck_assert (!g_strv_contains ((const char *const *) names, ATTN "hook_pyramid_max.3"));
}
END_TEST

START_TEST (a_map_that_cannot_be_read_is_named)
{
    TraceReads reads = {.unreadable = 0};
    g_autofree float *pattern = NULL;
    g_autoptr (FoveaTrace) trace = open_map (&pattern, &reads);
    g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, 0, NULL);
    float out[T];
    for (guint array = STATISTICS; array < N_ARRAYS; array++) {
        g_autoptr (GError) error = NULL;
        ck_assert (!ask (attention, array, 1, out, &error));
        trace_assert_said (error, FOVEA_ERROR_STORE, "no bytes of " ATTN "hook_pattern");
    }
}
END_TEST

/* Rows of a map are counted through its heads: any run of them is that part of the whole. */
START_TEST (rows_of_a_map_go_on_with_the_next_head)
{
    static const struct {
        gint64 first, n;
    } runs[] = {{0, 1}, {T - 1, 1}, {T, 1}, {T - 2, 5}, {T - 2, T + 4}, {3, 3 * T - 3}, {2 * T, T}};
    static const char *const names[] = {ATTN "hook_pattern", ATTN "hook_attn_scores"};
    Layer layer;
    g_autofree float *all = g_new (float, MAP), *some = g_new (float, MAP);
    layer_open (&layer, KEYS + 1, N_ARRAYS);
    ck_assert (fovea_trace_read (layer.trace, names[_i], 0, H * T, all, NULL));
    for (guint h = 0; h < H; h++) {
        ck_assert ((_i == 0 ? fovea_attention_read_pattern : fovea_attention_read_scores) (
            layer.attention, h, 0, T, 0, T, some, NULL));
        ck_assert_mem_eq (some, all + h * T * T, T * T * sizeof *some);
    }
    for (guint r = 0; r < G_N_ELEMENTS (runs); r++) {
        ck_assert (fovea_trace_read (layer.trace, names[_i], runs[r].first, runs[r].n, some, NULL));
        for (gint64 i = 0; i < runs[r].n * T; i++) {
            float want = all[runs[r].first * T + i];
            ck_assert_msg (some[i] == want || fabsf (some[i] - want) <= 1e-5f,
                           "run %u, row %d: %g, %g", r, (int) (i / T), (double) some[i],
                           (double) want);
        }
    }
    layer_close (&layer);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("attention, kept");
    TCase *tests = tcase_create ("kept");
    tcase_add_loop_test (tests, what_was_kept_is_given_back_and_read_alone, STATISTICS, N_ARRAYS);
    tcase_add_test (tests, parts_of_kept_levels_are_those_parts);
    tcase_add_test (tests, levels_that_are_not_there_are_named);
    tcase_add_loop_test (tests, kept_summary_that_cannot_be_read_is_named, STATISTICS, N_ARRAYS);
    tcase_add_loop_test (tests, products_that_cannot_be_read_leave_no_summary, QUERIES, KEYS + 1);
    tcase_add_test (tests, a_map_alone_has_no_log_sum_exp);
    tcase_add_test (tests, a_map_that_cannot_be_read_is_named);
    tcase_add_loop_test (tests, rows_of_a_map_go_on_with_the_next_head, 0, 2);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
