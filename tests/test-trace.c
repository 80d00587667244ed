/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Traces that no forward pass made: what can be read from queries and keys, from a dense pattern,
 * from a few kept points; and what cannot, with the reason. */
#include <math.h>
#include <string.h>

#include "capture/attention.h"
#include "tests/trace-support.h"

enum {
    T = 70,
    H = 2,
    D = 4,
    C = 8,
};

/* One layer, keys shared by both heads. */
static FoveaTraceInfo *
new_info (FoveaPositionKind position)
{
    const FoveaArchitecture architecture = {
        .n_layers = 1,
        .n_heads = H,
        .n_kv_heads = 1,
        .head_width = D,
        .width = C,
        .vocabulary = 5,
        .context = T,
        .norm = FOVEA_NORM_RMS,
        .norm_eps = 1e-5f,
        .position = position,
        .rotary_width = D,
        .rotary_base = 10000,
        .attention_scale = 0.5f,
    };
    return trace_info (&architecture, T);
}

static FoveaTrace *
new_trace (FoveaPositionKind position, const TraceArray *given, guint n)
{
    g_autoptr (FoveaTraceInfo) info = new_info (position);
    return trace_of (info, given, n);
}

static FoveaTrace *
factored_trace (float **q, float **k)
{
    g_autoptr (FoveaTraceInfo) info = new_info (FOVEA_POSITION_NONE);
    *q = trace_random_values (T * H * D, 1);
    *k = trace_random_values (T * D, 2);
    return trace_of_products (info, *q, *k);
}

/* Statistics of head 1 against the plain pattern. */
static void
check_statistics (FoveaTrace *trace, const double *a)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, 0, &error);
    ck_assert_msg (attention != NULL, "%s", error != NULL ? error->message : "");
    float rectangle[6 * 9], distance[T], first[T], local[T], largest[T], argmax[T];
    ck_assert (fovea_attention_read_pattern (attention, 1, 60, 66, 55, 64, rectangle, &error));
    for (int i = 0; i < 6; i++)
        for (int j = 0; j < 9; j++)
            ck_assert_double_le (fabs ((double) rectangle[i * 9 + j] - a[(60 + i) * T + 55 + j]),
                                 1e-6);
    float *rows[] = {distance, first, local, largest, argmax};
    static const FoveaRowStatistic kinds[] = {FOVEA_ROW_DISTANCE, FOVEA_ROW_FIRST, FOVEA_ROW_LOCAL,
                                              FOVEA_ROW_MAX, FOVEA_ROW_ARGMAX};
    for (guint s = 0; s < G_N_ELEMENTS (kinds); s++)
        ck_assert (fovea_attention_read_row_statistic (attention, 1, kinds[s], rows[s], &error));
    for (int i = 0; i < T; i++) {
        double d = 0, window = 0;
        int best = 0;
        for (int j = 0; j <= i; j++) {
            d += a[i * T + j] * (i - j);
            window += i - j < 16 ? a[i * T + j] : 0;
            best = a[i * T + j] > a[i * T + best] ? j : best;
        }
        ck_assert_double_le (fabs ((double) distance[i] - d), 1e-4);
        ck_assert_double_le (fabs ((double) local[i] - window), 1e-5);
        ck_assert_double_le (fabs ((double) first[i] - a[i * T]), 1e-6);
        ck_assert_double_le (fabs ((double) largest[i] - a[i * T + best]), 1e-6);
        ck_assert_int_eq ((int) argmax[i], best);
    }
}

START_TEST (queries_and_keys_alone_give_everything_of_the_maps)
{
    g_autofree float *q = NULL;
    g_autofree float *k = NULL;
    g_autoptr (FoveaTrace) trace = factored_trace (&q, &k);
    g_autofree double *a = trace_plain_pattern (fovea_trace_get_info (trace), q, k, 1);
    g_auto (GStrv) names = fovea_trace_list_points (trace);
    check_statistics (trace, a);
    ck_assert (g_strv_contains ((const char *const *) names, "blocks.0.attn.hook_pattern"));
    ck_assert (g_strv_contains ((const char *const *) names, "blocks.0.attn.hook_pyramid_mean.1"));
    ck_assert (!g_strv_contains ((const char *const *) names, "blocks.0.hook_resid_mid"));
}
END_TEST

START_TEST (a_dense_pattern_alone_gives_the_same_statistics)
{
    g_autofree float *q = NULL;
    g_autofree float *k = NULL;
    g_autoptr (FoveaTrace) factored = factored_trace (&q, &k);
    g_autofree float *pattern = g_new (float, H *T *T);
    for (int h = 0; h < H; h++) {
        g_autofree double *a =
            trace_plain_pattern (fovea_trace_get_info (factored), q, k, (guint) h);
        for (int i = 0; i < T * T; i++)
            pattern[h * T * T + i] = (float) a[i];
    }
    const TraceArray given[] = {{"blocks.0.attn.hook_pattern", 3, {H, T, T}, 2, pattern}};
    g_autoptr (FoveaTrace) dense = new_trace (FOVEA_POSITION_NONE, given, 1);
    g_autofree double *a = trace_plain_pattern (fovea_trace_get_info (factored), q, k, 1);
    check_statistics (dense, a);
    g_autoptr (GError) error = NULL;
    float x[2 * 2], y[2 * 2];
    g_autoptr (FoveaAttention) one = fovea_attention_open (factored, 0, &error);
    g_autoptr (FoveaAttention) other = fovea_attention_open (dense, 0, &error);
    ck_assert (fovea_attention_read_level (one, 0, 0, FOVEA_BLOCK_MEAN, 0, 2, 0, 2, x, &error));
    ck_assert (fovea_attention_read_level (other, 0, 0, FOVEA_BLOCK_MEAN, 0, 2, 0, 2, y, &error));
    ck_assert_double_le (support_difference (x, y, 4), 1e-6);
    ck_assert (!fovea_attention_read_scores (other, 0, 0, 1, 0, 1, x, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND));
}
END_TEST

START_TEST (unturned_queries_of_a_rotary_model_are_turned)
{
    g_autofree float *q = trace_random_values (T * H * D, 3);
    g_autofree float *k = trace_random_values (T * D, 4);
    const TraceArray given[] = {
        {"blocks.0.attn.hook_q", 3, {T, H, D}, 1, q},
        {"blocks.0.attn.hook_k", 3, {T, 1, D}, 1, k},
    };
    g_autoptr (FoveaTrace) trace = new_trace (FOVEA_POSITION_ROTARY, given, 2);
    g_autoptr (GError) error = NULL;
    float row[H * D];
    /* One row at a time: the position must be the row's, not the read's. */
    ck_assert (fovea_trace_read (trace, "blocks.0.attn.hook_rot_q", 33, 1, row, &error));
    for (int h = 0; h < H; h++)
        for (int i = 0; i < D / 2; i++) {
            double angle = 33 * pow (10000, -2.0 * i / D);
            double x = (double) q[(33 * H + h) * D + i];
            double y = (double) q[(33 * H + h) * D + i + D / 2];
            ck_assert_double_le (
                fabs ((double) row[h * D + i] - (x * cos (angle) - y * sin (angle))), 1e-5);
            ck_assert_double_le (
                fabs ((double) row[h * D + i + D / 2] - (y * cos (angle) + x * sin (angle))), 1e-5);
        }
}
END_TEST

START_TEST (what_is_missing_is_named)
{
    g_autofree float *resid = trace_random_values (T * C, 5);
    const TraceArray given[] = {{"blocks.0.hook_resid_pre", 2, {T, C}, 1, resid}};
    g_autoptr (FoveaTrace) trace = new_trace (FOVEA_POSITION_NONE, given, 1);
    static const struct {
        const char *name, *message;
    } cases[] = {
        {"blocks.0.hook_resid_pos",
         "no point blocks.0.hook_resid_pos; nearest names: blocks.0.hook_resid_post"},
        {"blocks.0.hook_resid_post",
         "point blocks.0.hook_resid_post was not kept and does not follow from what was; it needs "
         "blocks.0.hook_resid_pre and blocks.0.hook_attn_out"},
        {"blocks.0.attn.hook_pattern", "point blocks.0.attn.hook_pattern was not kept and does not "
                                       "follow from what was; it needs "
                                       "hook_q and hook_k of the layer"},
        /* which follows from nothing */
        {"blocks.0.hook_attn_out", "point blocks.0.hook_attn_out was not kept"},
        {"blocks.0.attn.hook_q", "point blocks.0.attn.hook_q was not kept"},
    };
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (GError) error = NULL;
        ck_assert_ptr_null (fovea_trace_describe_point (trace, cases[i].name, &error));
        ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND));
        ck_assert_msg (g_str_has_prefix (error->message, cases[i].message) &&
                           (i == 0 || g_str_equal (error->message, cases[i].message)),
                       "%s", error->message);
    }
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_attention_open (trace, 0, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND));
}
END_TEST

START_TEST (reads_outside_are_refused)
{
    g_autofree float *q = NULL;
    g_autofree float *k = NULL;
    g_autoptr (FoveaTrace) trace = factored_trace (&q, &k);
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, 0, &error);
    float out[T];
    ck_assert (!fovea_trace_read (trace, "blocks.0.attn.hook_q", T - 1, 2, out, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
    g_clear_error (&error);
    ck_assert (!fovea_attention_read_pattern (attention, H, 0, 1, 0, 1, out, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
    g_clear_error (&error);
    ck_assert (!fovea_attention_read_pattern (attention, 0, 0, 1, 0, T + 1, out, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
    g_clear_error (&error);
    ck_assert (
        !fovea_attention_read_level (attention, 0, 2, FOVEA_BLOCK_MAX, 0, 1, 0, 1, out, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
    g_clear_error (&error);
    ck_assert_ptr_null (fovea_attention_open (trace, 1, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
}
END_TEST

START_TEST (derived_norms_are_exact)
{
    g_autofree float *resid = trace_random_values (T * C, 6);
    const TraceArray given[] = {{"blocks.0.hook_resid_pre", 2, {T, C}, 1, resid}};
    g_autoptr (FoveaTrace) trace = new_trace (FOVEA_POSITION_NONE, given, 1);
    g_autoptr (GError) error = NULL;
    float scale[1], row[C], embed[C];
    ck_assert (fovea_trace_read (trace, "blocks.0.ln1.hook_scale", 12, 1, scale, &error));
    ck_assert (fovea_trace_read (trace, "blocks.0.ln1.hook_normalized", 12, 1, row, &error));
    ck_assert (fovea_trace_read (trace, "embed.hook_out", 12, 1, embed, &error));
    double sum = 0;
    for (int c = 0; c < C; c++)
        sum += pow ((double) resid[12 * C + c], 2);
    ck_assert_double_le (fabs (sqrt (sum / C + 1e-5) - (double) scale[0]), 1e-6);
    for (int c = 0; c < C; c++) {
        ck_assert_double_le (
            fabs ((double) row[c] - (double) resid[12 * C + c] / (double) scale[0]), 1e-6);
        ck_assert (memcmp (&embed[c], &resid[12 * C + c], sizeof (float)) == 0);
    }
}
END_TEST

typedef struct {
    FoveaTrace *trace;
    const float *expected;
    guint wrong;
} Reader;

static gpointer
read_many_times (gpointer data)
{
    Reader *reader = data;
    g_autofree float *row = g_new (float, H *D);
    for (gint64 i = 0; i < 400; i++) {
        gint64 t = i % T;
        gboolean ok = fovea_trace_read (reader->trace, "blocks.0.attn.hook_rot_q", t, 1, row, NULL);
        reader->wrong +=
            !ok || memcmp (row, reader->expected + t * H * D, H * D * sizeof (float)) != 0;
    }
    return NULL;
}

START_TEST (many_threads_may_read)
{
    g_autofree float *q = trace_random_values (T * H * D, 7);
    const TraceArray given[] = {{"blocks.0.attn.hook_q", 3, {T, H, D}, 1, q}};
    g_autoptr (FoveaTrace) once = new_trace (FOVEA_POSITION_ROTARY, given, 1);
    g_autoptr (FoveaTrace) shared = new_trace (FOVEA_POSITION_ROTARY, given, 1);
    g_autofree float *expected = g_new (float, T *H *D);
    ck_assert (fovea_trace_read (once, "blocks.0.attn.hook_rot_q", 0, T, expected, NULL));
    Reader readers[4];
    GThread *threads[4];
    for (guint i = 0; i < 4; i++) {
        readers[i] = (Reader){shared, expected, 0};
        threads[i] = g_thread_new ("reader", read_many_times, &readers[i]);
    }
    for (guint i = 0; i < 4; i++) {
        g_thread_join (threads[i]);
        ck_assert_uint_eq (readers[i].wrong, 0);
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("trace");
    TCase *reads = tcase_create ("reads");
    tcase_add_test (reads, queries_and_keys_alone_give_everything_of_the_maps);
    tcase_add_test (reads, a_dense_pattern_alone_gives_the_same_statistics);
    tcase_add_test (reads, unturned_queries_of_a_rotary_model_are_turned);
    tcase_add_test (reads, what_is_missing_is_named);
    tcase_add_test (reads, reads_outside_are_refused);
    tcase_add_test (reads, derived_norms_are_exact);
    tcase_add_test (reads, many_threads_may_read);
    suite_add_tcase (suite, reads);
    return support_run (suite);
}
