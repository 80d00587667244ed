/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What FoveaAttention asks of a trace, and what it says where that is not there: a layer that fits is read
 * once, whatever is missing or cannot be read is named, and nothing wrong is computed instead. */
#include <math.h>
#include <string.h>

#include "tests/trace-support.h"

enum {
    T = 40,
    H = 4,
    G = 2,
    D = 8
};

static const FoveaArchitecture architecture = {.n_layers = 1,
                                               .n_heads = H,
                                               .n_kv_heads = G,
                                               .head_width = D,
                                               .width = H * D,
                                               .attention_scale = 0.35f};

/* Queries, keys, values and log-sum-exps of a layer, behind a watched backend. */
typedef struct {
    float *q, *k, *v, *lse;
    FoveaTrace *trace;
    FoveaAttention *attention;
    TraceReads reads;
} Layer;

enum {
    QUERIES,
    KEYS,
    LSE,
    VALUES,
    N_ARRAYS
};

/* Of the arrays in their order the first @n; @unreadable as in #TraceReads; @more is added to each
 * log-sum-exp. */
static void
layer_open (Layer *layer, guint n, guint unreadable, float more)
{
    g_autoptr (FoveaTraceInfo) info = trace_info (&architecture, T);
    layer->q = trace_random_values (T * H * D, 1);
    layer->k = trace_random_values (T * G * D, 2);
    layer->v = trace_random_values (T * G * D, 3);
    layer->lse = g_new (float, T *H);
    for (guint h = 0; h < H; h++) {
        g_autofree double *scores = trace_plain_scores (info, layer->q, layer->k, h);
        g_autofree double *pattern = trace_plain_pattern (info, layer->q, layer->k, h);
        for (gint64 i = 0; i < T; i++)
            layer->lse[i * H + h] = (float) (scores[i * T] - log (pattern[i * T])) + more;
    }
    const TraceArray arrays[N_ARRAYS] = {
        [QUERIES] = {"blocks.0.attn.hook_q", 3, {T, H, D}, 1, layer->q},
        [KEYS] = {"blocks.0.attn.hook_k", 3, {T, G, D}, 1, layer->k},
        [LSE] = {"blocks.0.attn.hook_lse", 2, {T, H}, 1, layer->lse},
        [VALUES] = {"blocks.0.attn.hook_v", 3, {T, G, D}, 1, layer->v},
    };
    g_autoptr (FoveaTrace) whole = trace_of (info, arrays, n);
    layer->reads = (TraceReads){.unreadable = unreadable};
    layer->trace = trace_watched (whole, &layer->reads);
    layer->attention = trace_open_attention (layer->trace);
}

static void
layer_close (Layer *layer)
{
    fovea_attention_free (layer->attention);
    g_clear_pointer (&layer->trace, fovea_trace_unref);
    g_free (layer->q);
    g_free (layer->k);
    g_free (layer->v);
    g_free (layer->lse);
}

/* However many rectangles, diagonals and vectors are asked for: one read of queries, one of keys, and of
 * what else is kept at most one. */
START_TEST (layer_that_fits_is_read_once)
{
    Layer layer;
    float out[T * T];
    layer_open (&layer, LSE + 1, N_ARRAYS, 0);
    for (guint h = 0; h < H; h++) {
        ck_assert (fovea_attention_read_scores (layer.attention, h, 3, 9, 2, 8, out, NULL));
        ck_assert (fovea_attention_read_pattern (layer.attention, h, 0, T, 0, T, out, NULL));
        ck_assert (fovea_attention_read_offset (layer.attention, h, -1, out, NULL));
        ck_assert (
            fovea_attention_read_vectors (layer.attention, h, FOVEA_VECTOR_QUERY, 5, 7, out, NULL));
        ck_assert (
            fovea_attention_read_vectors (layer.attention, h, FOVEA_VECTOR_KEY, 5, 7, out, NULL));
    }
    ck_assert_uint_eq (layer.reads.n_reads, 3);
    ck_assert_int_eq (layer.reads.n_rows, 3 * T);
    layer_close (&layer);
}
END_TEST

/* Weights are those of the log-sum-exp that was kept, whatever made it: of one that is larger by ln 2 they
 * are half as large, in every rectangle and on every diagonal. */
START_TEST (weights_follow_the_kept_log_sum_exp)
{
    Layer layer;
    float out[T * T];
    g_autoptr (FoveaTraceInfo) info = trace_info (&architecture, T);
    layer_open (&layer, LSE + 1, N_ARRAYS, (float) _i * (float) G_LN2);
    const double share = _i > 0 ? .5 : 1;
    for (guint h = 0; h < H; h++) {
        g_autofree double *plain = trace_plain_pattern (info, layer.q, layer.k, h);
        for (gint64 q0 = 0; q0 < T; q0 += 13) {
            ck_assert (
                fovea_attention_read_pattern (layer.attention, h, q0, T, 2, T - 1, out, NULL));
            for (gint64 i = q0; i < T; i++)
                for (gint64 j = 2; j < T - 1; j++)
                    ck_assert_double_eq_tol ((double) out[(i - q0) * (T - 3) + j - 2],
                                             share * plain[i * T + j], 1e-6);
        }
        ck_assert (fovea_attention_read_offset (layer.attention, h, -3, out, NULL));
        for (gint64 i = 3; i < T; i++)
            ck_assert_double_eq_tol ((double) out[i], share * plain[i * T + i - 3], 1e-6);
    }
    layer_close (&layer);
}
END_TEST

/* Whoever opened the layer may let go of its trace, which ends with the last of the two. */
START_TEST (an_open_layer_keeps_its_trace)
{
    Layer layer;
    float kept[T * T], out[T * T];
    layer_open (&layer, LSE + 1, N_ARRAYS, 0);
    ck_assert (fovea_attention_read_pattern (layer.attention, 1, 0, T, 0, T, kept, NULL));
    FoveaAttention *other = fovea_attention_open (layer.trace, 0, NULL);
    g_clear_pointer (&layer.attention, fovea_attention_free);
    ck_assert_uint_eq (layer.reads.n_freed, 0);
    g_clear_pointer (&layer.trace, fovea_trace_unref);
    ck_assert_uint_eq (layer.reads.n_freed, 0);
    ck_assert (fovea_attention_read_pattern (other, 1, 0, T, 0, T, out, NULL));
    ck_assert_mem_eq (out, kept, sizeof out);
    fovea_attention_free (other);
    ck_assert_uint_eq (layer.reads.n_freed, 1);
    layer_close (&layer);
}
END_TEST

/* All four sizes, or any one of them. */
START_TEST (shape_is_told_in_any_part)
{
    Layer layer;
    gint64 all[4];
    layer_open (&layer, KEYS + 1, N_ARRAYS, 0);
    const gint64 sizes[4] = {T, H, G, D};
    fovea_attention_get_shape (layer.attention, &all[0], &all[1], &all[2], &all[3]);
    ck_assert_mem_eq (all, sizes, sizeof all);
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
        gint64 one = -1;
        gint64 *outs[4] = {NULL};
        outs[i] = &one;
        fovea_attention_get_shape (layer.attention, outs[0], outs[1], outs[2], outs[3]);
        ck_assert_int_eq (one, sizes[i]);
    }
    layer_close (&layer);
}
END_TEST

/* What is empty is not read at all. */
START_TEST (empty_rectangles_read_nothing)
{
    Layer layer;
    float out[1] = {7};
    layer_open (&layer, LSE + 1, N_ARRAYS, 0);
    for (gint64 at = 0; at <= T; at += T) {
        ck_assert (fovea_attention_read_scores (layer.attention, 0, at, at, 0, T, out, NULL));
        ck_assert (fovea_attention_read_scores (layer.attention, 0, 0, T, at, at, out, NULL));
        ck_assert (fovea_attention_read_pattern (layer.attention, 0, at, at, 0, T, out, NULL));
        ck_assert (fovea_attention_read_pattern (layer.attention, 0, 0, T, at, at, out, NULL));
    }
    ck_assert_float_eq (out[0], 7);
    ck_assert_uint_eq (layer.reads.n_reads, 0);
    layer_close (&layer);
}
END_TEST

/* One array cannot be read: each question that needs it says so, again and again, and none is answered
 * from less. */
static const char *const lost[] = {
    [QUERIES] = "no bytes of blocks.0.attn.hook_q",
    [KEYS] = "no bytes of blocks.0.attn.hook_k",
    [LSE] = "no bytes of blocks.0.attn.hook_lse",
    [VALUES] = "no bytes of blocks.0.attn.hook_v",
};

START_TEST (array_that_cannot_be_read_is_named)
{
    Layer layer;
    float out[T * T];
    layer_open (&layer, N_ARRAYS, (guint) _i, 0);
    for (int round = 0; round < 2; round++) {
        GError *e[6] = {NULL};
        FoveaAttention *a = layer.attention;
        gboolean ok[] = {
            fovea_attention_read_scores (a, 1, 3, 9, 2, 8, out, &e[0]),
            fovea_attention_read_pattern (a, 1, 3, 9, 2, 8, out, &e[1]),
            fovea_attention_read_offset (a, 1, -1, out, &e[2]),
            fovea_attention_read_vectors (a, 1, FOVEA_VECTOR_QUERY, 5, 7, out, &e[3]),
            fovea_attention_read_vectors (a, 1, FOVEA_VECTOR_KEY, 5, 7, out, &e[4]),
            fovea_attention_read_vectors (a, 1, FOVEA_VECTOR_VALUE, 5, 7, out, &e[5]),
        };
        for (guint i = 0; i < G_N_ELEMENTS (ok); i++) {
            gboolean needs = (i == 5) == (_i == VALUES);
            ck_assert_msg (ok[i] != needs, "question %u", i);
            if (needs)
                trace_assert_said (e[i], FOVEA_ERROR_STORE, lost[_i]);
            g_clear_error (&e[i]);
        }
    }
    layer_close (&layer);
}
END_TEST

/* Heads that share keys and values get those of their group. */
START_TEST (vectors_are_those_of_the_head)
{
    Layer layer;
    float out[T * D];
    layer_open (&layer, N_ARRAYS, N_ARRAYS, 0);
    for (guint h = 0; h < H; h++)
        for (int which = FOVEA_VECTOR_QUERY; which <= FOVEA_VECTOR_VALUE; which++) {
            const float *all[] = {layer.q, layer.k, layer.v};
            gint64 heads = which == FOVEA_VECTOR_QUERY ? H : G;
            gint64 own = which == FOVEA_VECTOR_QUERY ? h : h / (H / G);
            ck_assert (fovea_attention_read_vectors (
                layer.attention, h, (FoveaAttentionVector) which, 7, 30, out, NULL));
            for (gint64 i = 0; i < 30; i++)
                ck_assert (memcmp (out + i * D, all[which] + ((7 + i) * heads + own) * D,
                                   D * sizeof *out) == 0);
        }
    layer_close (&layer);
}
END_TEST

static const struct {
    guint head;
    FoveaAttentionVector which;
    gint64 first, n;
    const char *said;
} outside[] = {
    {H, FOVEA_VECTOR_QUERY, 0, 1, "head 4 is outside 0 to 3"},
    {H, FOVEA_VECTOR_VALUE, 0, 1, "head 4 is outside 0 to 3"},
    {0, FOVEA_VECTOR_QUERY, -1, 1, "queries -1 to 0 are outside 0 to 40"},
    {0, FOVEA_VECTOR_KEY, T, 1, "keys 40 to 41 are outside 0 to 40"},
    {0, FOVEA_VECTOR_VALUE, 3, T, "values 3 to 43 are outside 0 to 40"},
    {0, FOVEA_VECTOR_KEY, 5, -1, "keys 5 to 4 are outside 0 to 40"},
};

START_TEST (vectors_outside_are_refused)
{
    Layer layer;
    float out[D] = {7};
    g_autoptr (GError) error = NULL;
    layer_open (&layer, N_ARRAYS, N_ARRAYS, 0);
    ck_assert (!fovea_attention_read_vectors (layer.attention, outside[_i].head, outside[_i].which,
                                              outside[_i].first, outside[_i].n, out, &error));
    trace_assert_said (error, FOVEA_ERROR_RANGE, outside[_i].said);
    ck_assert_float_eq (out[0], 7);
    layer_close (&layer);
}
END_TEST

/* A diagonal that has no cell is empty, but that of no head is none. */
START_TEST (diagonals_beside_the_map_are_zero)
{
    static const gint64 offsets[] = {T, T + 5, -T, -T - 5, G_MAXINT32, -(gint64) G_MAXINT32};
    Layer layer;
    float out[T];
    layer_open (&layer, LSE + 1, N_ARRAYS, 0);
    for (guint i = 0; i < G_N_ELEMENTS (offsets); i++) {
        g_autoptr (GError) error = NULL;
        for (guint t = 0; t < T; t++)
            out[t] = 7;
        ck_assert (fovea_attention_read_offset (layer.attention, 0, offsets[i], out, NULL));
        for (guint t = 0; t < T; t++)
            ck_assert_float_eq (out[t], 0);
        ck_assert (!fovea_attention_read_offset (layer.attention, H, offsets[i], out, &error));
        trace_assert_said (error, FOVEA_ERROR_RANGE, "head 4 is outside 0 to 3");
    }
    layer_close (&layer);
}
END_TEST

/* A map alone has weights and no scores, queries, keys or values. */
START_TEST (what_a_pattern_does_not_tell_is_named)
{
    static const char *const names[] = {"queries", "keys", "values"};
    g_autoptr (FoveaTraceInfo) info = trace_info (&architecture, T);
    g_autofree float *pattern = trace_random_values (H * T * T, 4);
    const TraceArray array = {"blocks.0.attn.hook_pattern", 3, {H, T, T}, 2, pattern};
    g_autoptr (FoveaTrace) whole = trace_of (info, &array, 1);
    TraceReads reads = {.unreadable = 1}, broken = {.unreadable = 0};
    g_autoptr (FoveaTrace) trace = trace_watched (whole, &reads);
    g_autoptr (FoveaTrace) damaged = trace_watched (whole, &broken);
    g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, 0, NULL);
    g_autoptr (FoveaAttention) unreadable = fovea_attention_open (damaged, 0, NULL);
    g_autoptr (GError) scores = NULL, cropped = NULL;
    float out[T * T];
    ck_assert (!fovea_attention_read_scores (attention, 1, 0, 1, 0, 1, out, &scores));
    trace_assert_said (scores, FOVEA_ERROR_NOT_FOUND,
                       "layer 0: scores need queries and keys, and only a pattern was kept");
    for (int which = FOVEA_VECTOR_QUERY; which <= FOVEA_VECTOR_VALUE; which++) {
        g_autoptr (GError) error = NULL;
        g_autofree char *said = g_strdup_printf ("layer 0: %s were not kept", names[which]);
        ck_assert (!fovea_attention_read_vectors (attention, 1, (FoveaAttentionVector) which, 0, 1,
                                                  out, &error));
        trace_assert_said (error, FOVEA_ERROR_NOT_FOUND, said);
    }
    ck_assert_uint_eq (reads.n_reads, 0);
    /* Of a map only the rows that are asked for are read. */
    ck_assert (fovea_attention_read_pattern (attention, 2, 5, 8, 1, 4, out, NULL));
    ck_assert_int_eq (reads.n_rows, 3);
    for (gint64 i = 0; i < 3; i++)
        for (gint64 j = 0; j < 3; j++)
            ck_assert_float_eq (out[i * 3 + j], pattern[(2 * T + 5 + i) * T + 1 + j]);
    ck_assert (!fovea_attention_read_pattern (unreadable, 2, 5, 8, 1, 4, out, &cropped));
    trace_assert_said (cropped, FOVEA_ERROR_STORE, "no bytes of blocks.0.attn.hook_pattern");
}
END_TEST

START_TEST (layers_that_have_no_attention_are_refused)
{
    g_autoptr (FoveaTraceInfo) info = trace_info (&architecture, T);
    g_autofree float *values = trace_random_values (T * H * D, 5);
    const TraceArray arrays[] = {
        {"blocks.0.attn.hook_q", 3, {T, H, D}, 1, values},
        {"blocks.0.attn.hook_v", 3, {T, G, D}, 1, values},
    };
    g_autoptr (FoveaTrace) trace = trace_of (info, arrays, 2);
    g_autoptr (GError) nothing = NULL, outer = NULL;
    ck_assert_ptr_null (fovea_attention_open (trace, 0, &nothing));
    trace_assert_said (nothing, FOVEA_ERROR_NOT_FOUND,
                       "layer 0: neither queries and keys nor a pattern were kept");
    ck_assert_ptr_null (fovea_attention_open (trace, 1, &outer));
    trace_assert_said (outer, FOVEA_ERROR_RANGE, "layer 1 is outside 0 to 0");
}
END_TEST

/* 128 MiB of queries and keys are the most that is held; one value more is read row by row, with
 * the log-sum-exp that is kept beside them. */
START_TEST (layer_too_large_to_hold_is_read_by_rows)
{
    enum {
        N = 8,
        WIDE = 2097153,
    };
    const FoveaArchitecture wide = {.n_layers = 1,
                                    .n_heads = 1,
                                    .n_kv_heads = 1,
                                    .head_width = WIDE,
                                    .width = WIDE,
                                    .attention_scale = 0.25f};
    g_autoptr (FoveaTraceInfo) info = trace_info (&wide, N);
    /* Few values that are not zero, so that f32 sums of two million products stay exact enough. */
    g_autofree float *values = trace_random_values (N * 32, 1);
    g_autofree float *q = g_new0 (float, (gsize) N *WIDE);
    for (gsize i = 0; i < N * 32; i++)
        q[i / 32 * WIDE + i % 32 * (WIDE / 32)] = values[i];
    g_autofree double *plain = trace_plain_scores (info, q, q, 0);
    g_autofree double *pattern = trace_plain_pattern (info, q, q, 0);
    float lse[N], out[N * N];
    for (int i = 0; i < N; i++)
        lse[i] = (float) (plain[i * N] - log (pattern[i * N]));
    const TraceArray arrays[] = {
        {"blocks.0.attn.hook_q", 3, {N, 1, WIDE}, 1, q},
        {"blocks.0.attn.hook_k", 3, {N, 1, WIDE}, 1, q},
        {"blocks.0.attn.hook_lse", 2, {N, 1}, 1, lse},
    };
    g_autoptr (FoveaTrace) trace = trace_of (info, arrays, 3);
    g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, 0, NULL);
    ck_assert (fovea_attention_read_scores (attention, 0, 0, N, 0, N, out, NULL));
    for (int i = 0; i < N; i++)
        for (int j = 0; j <= i; j++)
            ck_assert_double_eq_tol ((double) out[i * N + j], plain[i * N + j],
                                     1e-5 * fmax (1, fabs (plain[i * N + j])));
    ck_assert (fovea_attention_read_pattern (attention, 0, 3, N, 2, 5, out, NULL));
    for (int i = 3; i < N; i++)
        for (int j = 2; j < 5; j++)
            ck_assert_double_eq_tol ((double) out[(i - 3) * 3 + j - 2], pattern[i * N + j], 1e-6);
}
END_TEST

/* What follows from a pattern with a NaN is refused by its place, in every summary. */
START_TEST (nan_in_a_dense_pattern_is_named)
{
    enum {
        N = 70
    };
    const FoveaArchitecture narrow = {
        .n_layers = 1, .n_heads = 2, .n_kv_heads = 1, .head_width = 1, .width = 1};
    g_autoptr (FoveaTraceInfo) info = trace_info (&narrow, N);
    g_autofree float *pattern = g_new0 (float, 2 * N * N);
    pattern[N * N + 66 * N + 5] = NAN;
    const TraceArray array = {"blocks.0.attn.hook_pattern", 3, {2, N, N}, 2, pattern};
    g_autoptr (FoveaTrace) trace = trace_of (info, &array, 1);
    g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, 0, NULL);
    float out[N];
    GError *errors[3] = {NULL};
    ck_assert (!fovea_attention_read_row_statistic (attention, 0, FOVEA_ROW_MAX, out, &errors[0]));
    ck_assert (!fovea_attention_read_column_mass (attention, 0, out, &errors[1]));
    ck_assert (!fovea_attention_read_level (attention, 1, 0, FOVEA_BLOCK_MEAN, 0, 1, 0, 1, out,
                                            &errors[2]));
    for (guint i = 0; i < G_N_ELEMENTS (errors); i++) {
        ck_assert (g_error_matches (errors[i], FOVEA_ERROR, FOVEA_ERROR_NUMERIC));
        ck_assert_str_eq (errors[i]->message,
                          "blocks.0.attn.hook_pattern: NaN in head 1, query 66, key 5");
        g_error_free (errors[i]);
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("attention, reads");
    TCase *tests = tcase_create ("reads");
    tcase_set_timeout (tests, 60);
    tcase_add_test (tests, layer_that_fits_is_read_once);
    tcase_add_loop_test (tests, weights_follow_the_kept_log_sum_exp, 0, 2);
    tcase_add_test (tests, an_open_layer_keeps_its_trace);
    tcase_add_test (tests, shape_is_told_in_any_part);
    tcase_add_test (tests, empty_rectangles_read_nothing);
    tcase_add_loop_test (tests, array_that_cannot_be_read_is_named, 0, N_ARRAYS);
    tcase_add_test (tests, vectors_are_those_of_the_head);
    tcase_add_loop_test (tests, vectors_outside_are_refused, 0, G_N_ELEMENTS (outside));
    tcase_add_test (tests, diagonals_beside_the_map_are_zero);
    tcase_add_test (tests, what_a_pattern_does_not_tell_is_named);
    tcase_add_test (tests, layers_that_have_no_attention_are_refused);
    tcase_add_test (tests, layer_too_large_to_hold_is_read_by_rows);
    tcase_add_test (tests, nan_in_a_dense_pattern_is_named);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
