/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Everything that FoveaAttention gives, against a plain double-precision pattern taken cell by cell:
 * lengths that straddle blocks, slabs and diagonal tiles, windows, soft caps and shared keys; from
 * queries and keys, and from a dense pattern. */
#include <math.h>
#include <string.h>

#include "tests/trace-support.h"

enum {
    D = 8,
    BLOCK = 64,
    LOCAL = 16,
    MAX_T = 600,
};

static const struct {
    gint64 T, H, G, window;
    float soft_cap;
} layers[] = {
    {1, 1, 1, 0, 0},    {2, 2, 1, 0, 0},     {31, 2, 2, 0, 0},    {63, 3, 1, 0, 0},
    {64, 2, 2, 5, 0},   {65, 2, 1, 0, 3},    {128, 4, 2, 1, 0},   {129, 2, 2, 70, 2},
    {200, 2, 1, 64, 0}, {MAX_T, 2, 1, 0, 0}, {513, 1, 1, 130, 0},
};

/* A layer of the table: its products, its plain patterns and a trace. */
typedef struct {
    FoveaTraceInfo *info;
    FoveaScoreRule rule;
    gint64 T, H;
    float *q, *k;
    double **a; /* (H) of (T, T) */
    FoveaTrace *trace;
    FoveaAttention *attention;
} Layer;

static FoveaTraceInfo *
layer_info (int i)
{
    gint64 window = layers[i].window;
    const FoveaArchitecture architecture = {
        .n_layers = 1,
        .n_heads = layers[i].H,
        .n_kv_heads = layers[i].G,
        .head_width = D,
        .width = D,
        .attention_scale = 0.35f,
        .attention_soft_cap = layers[i].soft_cap,
        .windows = window > 0 ? &window : NULL,
    };
    return trace_info (&architecture, layers[i].T);
}

/* @a as the only array. */
static FoveaTrace *
dense_trace (const Layer *layer)
{
    gint64 T = layer->T;
    g_autofree float *pattern = g_new (float, layer->H *T *T);
    for (gint64 h = 0; h < layer->H; h++)
        for (gint64 i = 0; i < T * T; i++)
            pattern[h * T * T + i] = (float) layer->a[h][i];
    const TraceArray array = {"blocks.0.attn.hook_pattern", 3, {layer->H, T, T}, 2, pattern};
    return trace_of (layer->info, &array, 1);
}

static void
layer_open (Layer *layer, int i, gboolean dense)
{
    layer->info = layer_info (i);
    layer->rule = fovea_architecture_get_score_rule (layer->info->architecture, 0);
    layer->T = layers[i].T;
    layer->H = layers[i].H;
    layer->q = trace_random_values ((gsize) (layer->T * layer->H * D), (guint64) i);
    layer->k = trace_random_values ((gsize) (layer->T * layers[i].G * D), (guint64) i + 99);
    layer->a = g_new (double *, layer->H);
    for (gint64 h = 0; h < layer->H; h++)
        layer->a[h] = trace_plain_pattern (layer->info, layer->q, layer->k, (guint) h);
    layer->trace =
        dense ? dense_trace (layer) : trace_of_products (layer->info, layer->q, layer->k);
    layer->attention = trace_open_attention (layer->trace);
}

static void
layer_close (Layer *layer)
{
    fovea_attention_free (layer->attention);
    fovea_trace_unref (layer->trace);
    for (gint64 h = 0; h < layer->H; h++)
        g_free (layer->a[h]);
    g_free (layer->a);
    g_free (layer->q);
    g_free (layer->k);
    fovea_trace_info_free (layer->info);
}

/* @tolerance is a share of values above 1. NaN and infinities must agree. */
#define check_value(what, h, i, j, got, want, tolerance)                                           \
    ck_assert_msg (fabs ((double) (got) - (want)) <= (tolerance) *fmax (1, fabs (want)),           \
                   "%s of head %d at %d,%d: %.9g, plain %.9g", what, (int) (h), (int) (i),         \
                   (int) (j), (double) (got), (double) (want))

/* Rectangles: the whole map, one row, one column, a cell, across the diagonal, above it. */
static void
check_rectangle (const Layer *layer, guint h, gint64 q0, gint64 q1, gint64 k0, gint64 k1)
{
    g_autoptr (GError) error = NULL;
    gint64 n = q1 - q0, m = k1 - k0;
    g_autofree float *out = g_new (float, n *m + 1);
    out[n * m] = 7; /* nothing may be written behind the rectangle */
    gboolean ok = fovea_attention_read_pattern (layer->attention, h, q0, q1, k0, k1, out, &error);
    ck_assert_msg (ok, "%s", error != NULL ? error->message : "");
    for (gint64 i = 0; i < n; i++)
        for (gint64 j = 0; j < m; j++)
            check_value ("pattern", h, q0 + i, k0 + j, out[i * m + j],
                         layer->a[h][(q0 + i) * layer->T + k0 + j], 1e-6);
    ck_assert_float_eq (out[n * m], 7);
}

START_TEST (every_rectangle_has_the_weights_of_the_plain_pattern)
{
    for (int dense = 0; dense < 2; dense++) {
        Layer layer;
        layer_open (&layer, _i, dense);
        gint64 T = layer.T, middle = T / 2;
        for (guint h = 0; h < layer.H; h++) {
            check_rectangle (&layer, h, 0, T, 0, T);
            check_rectangle (&layer, h, T - 1, T, 0, T);
            check_rectangle (&layer, h, 0, T, middle, middle + 1);
            check_rectangle (&layer, h, middle, middle + 1, middle, middle + 1);
            check_rectangle (&layer, h, middle / 2, middle + 1, middle / 3, T);
            check_rectangle (&layer, h, 0, middle, middle, T);
            check_rectangle (&layer, h, middle, middle, 0, T); /* nothing at all */
        }
        layer_close (&layer);
    }
}
END_TEST

START_TEST (scores_are_those_of_the_rule_and_minus_infinity_where_it_forbids)
{
    Layer layer;
    layer_open (&layer, _i, FALSE);
    gint64 T = layer.T;
    g_autofree float *out = g_new (float, T *T);
    for (guint h = 0; h < layer.H; h++) {
        g_autofree double *plain = trace_plain_scores (layer.info, layer.q, layer.k, h);
        ck_assert (fovea_attention_read_scores (layer.attention, h, 0, T, 0, T, out, NULL));
        for (gint64 i = 0; i < T * T; i++) {
            if (isinf (plain[i]))
                ck_assert_msg (isinf (out[i]) && out[i] < 0, "cell %d is %g", (int) i,
                               (double) out[i]);
            else
                check_value ("score", h, i / T, i % T, out[i], plain[i], 5e-6);
        }
    }
    layer_close (&layer);
}
END_TEST

START_TEST (diagonals_are_those_of_the_plain_pattern)
{
    Layer layer;
    layer_open (&layer, _i, FALSE);
    gint64 T = layer.T;
    g_autofree float *out = g_new (float, T);
    const gint64 offsets[] = {0, -1, -15, -(T - 1), -T, -2 * T, 1, T, 3 * T};
    for (guint h = 0; h < layer.H; h++)
        for (guint n = 0; n < G_N_ELEMENTS (offsets); n++) {
            memset (out, 0xff, (gsize) T * sizeof *out);
            ck_assert (fovea_attention_read_offset (layer.attention, h, offsets[n], out, NULL));
            for (gint64 i = 0; i < T; i++) {
                gint64 key = i + offsets[n];
                double want = key >= 0 && key < T ? layer.a[h][i * T + key] : 0;
                check_value ("diagonal", h, i, key, out[i], want, 1e-6);
            }
        }
    layer_close (&layer);
}
END_TEST

/* One row of the plain pattern in the words of trace.h. */
static void
summarise (const double *row, gint64 T, gint64 i, double out[FOVEA_N_ROW_STATISTICS])
{
    gint64 best = 0;
    memset (out, 0, FOVEA_N_ROW_STATISTICS * sizeof *out);
    for (gint64 j = 0; j < T; j++) {
        out[FOVEA_ROW_ENTROPY] -= row[j] > 0 ? row[j] * log (row[j]) : 0;
        out[FOVEA_ROW_DISTANCE] += row[j] * fabs ((double) (i - j));
        out[FOVEA_ROW_LOCAL] += j > i - LOCAL ? row[j] : 0;
        best = row[j] > row[best] ? j : best;
    }
    out[FOVEA_ROW_FIRST] = row[0];
    out[FOVEA_ROW_MAX] = row[best];
    out[FOVEA_ROW_ARGMAX] = (double) best;
}

static void
check_rows (const Layer *layer, guint h)
{
    static const char *const names[FOVEA_N_ROW_STATISTICS] = {
        "lse", "entropy", "max", "argmax", "distance", "first", "local"};
    g_autofree float *out = g_new (float, layer->T);
    for (int s = FOVEA_ROW_ENTROPY; s < FOVEA_N_ROW_STATISTICS; s++) {
        ck_assert (fovea_attention_read_row_statistic (layer->attention, h, s, out, NULL));
        for (gint64 i = 0; i < layer->T; i++) {
            double want[FOVEA_N_ROW_STATISTICS];
            summarise (layer->a[h] + i * layer->T, layer->T, i, want);
            check_value (names[s], h, i, s, out[i], want[s], 2e-5);
        }
    }
}

static void
check_columns (const Layer *layer, guint h)
{
    gint64 T = layer->T;
    g_autofree float *out = g_new (float, T);
    ck_assert (fovea_attention_read_column_mass (layer->attention, h, out, NULL));
    for (gint64 j = 0; j < T; j++) {
        double sum = 0;
        for (gint64 i = 0; i < T; i++)
            sum += layer->a[h][i * T + j];
        check_value ("column mass", h, 0, j, out[j], sum, 1e-5);
    }
}

START_TEST (rows_and_columns_sum_up_the_plain_pattern)
{
    for (int dense = 0; dense < 2; dense++) {
        Layer layer;
        layer_open (&layer, _i, dense);
        for (guint h = 0; h < layer.H; h++) {
            check_rows (&layer, h);
            check_columns (&layer, h);
        }
        layer_close (&layer);
    }
}
END_TEST

START_TEST (log_sum_exp_is_that_of_the_scores)
{
    Layer layer;
    layer_open (&layer, _i, FALSE);
    g_autofree float *out = g_new (float, layer.T);
    for (guint h = 0; h < layer.H; h++) {
        g_autofree double *plain = trace_plain_scores (layer.info, layer.q, layer.k, h);
        ck_assert (
            fovea_attention_read_row_statistic (layer.attention, h, FOVEA_ROW_LSE, out, NULL));
        for (gint64 i = 0; i < layer.T; i++) {
            double sum = 0;
            for (gint64 j = 0; j < layer.T; j++)
                sum += exp (plain[i * layer.T + j]);
            check_value ("lse", h, i, 0, out[i], log (sum), 5e-6);
        }
    }
    layer_close (&layer);
}
END_TEST

/* Mean over the pairs that the rule allows, and the largest weight, of one block. */
static void
plain_block (
    const Layer *layer, guint h, gint64 size, gint64 r, gint64 c, double *mean, double *largest)
{
    double sum = 0;
    gint64 pairs = 0;
    *largest = 0;
    for (gint64 i = r * size; i < MIN (layer->T, (r + 1) * size); i++)
        for (gint64 j = c * size; j < MIN (layer->T, (c + 1) * size); j++) {
            gint64 window = layer->rule.window;
            gboolean seen = j <= i && (window == 0 || i - j < window);
            sum += layer->a[h][i * layer->T + j];
            *largest = MAX (*largest, layer->a[h][i * layer->T + j]);
            pairs += seen;
        }
    *mean = pairs > 0 ? sum / (double) pairs : 0;
}

static void
check_level (const Layer *layer, guint h, guint level)
{
    gint64 size = (gint64) BLOCK << level, n = (layer->T + size - 1) / size;
    g_autofree float *means = g_new (float, n *n), *tops = g_new (float, n *n);
    ck_assert (fovea_attention_read_level (layer->attention, h, level, FOVEA_BLOCK_MEAN, 0, n, 0, n,
                                           means, NULL));
    ck_assert (fovea_attention_read_level (layer->attention, h, level, FOVEA_BLOCK_MAX, 0, n, 0, n,
                                           tops, NULL));
    for (gint64 r = 0; r < n; r++)
        for (gint64 c = 0; c < n; c++) {
            double mean, largest;
            plain_block (layer, h, size, r, c, &mean, &largest);
            check_value ("block mean", h, r, c, means[r * n + c], mean, 1e-6);
            check_value ("block max", h, r, c, tops[r * n + c], largest, 1e-6);
        }
}

START_TEST (every_pyramid_level_is_the_plain_pattern_in_blocks)
{
    for (int dense = 0; dense < 2; dense++) {
        Layer layer;
        layer_open (&layer, _i, dense);
        guint n_levels = fovea_attention_get_n_levels (layer.attention);
        ck_assert_int_ge ((gint64) BLOCK << (n_levels - 1), layer.T);
        ck_assert (n_levels == 1 || (gint64) BLOCK << (n_levels - 2) < layer.T);
        for (guint h = 0; h < layer.H; h++)
            for (guint level = 0; level < n_levels; level++)
                check_level (&layer, h, level);
        layer_close (&layer);
    }
}
END_TEST

START_TEST (part_of_a_level_is_that_part)
{
    Layer layer;
    layer_open (&layer, _i, FALSE);
    gint64 n = (layer.T + BLOCK - 1) / BLOCK;
    g_autofree float *all = g_new (float, n *n);
    ck_assert (fovea_attention_read_level (layer.attention, 0, 0, FOVEA_BLOCK_MEAN, 0, n, 0, n, all,
                                           NULL));
    for (gint64 r = 0; r < n; r++)
        for (gint64 c = 0; c < n; c++) {
            float cell = -1;
            ck_assert (fovea_attention_read_level (layer.attention, 0, 0, FOVEA_BLOCK_MEAN, r,
                                                   r + 1, c, c + 1, &cell, NULL));
            ck_assert_float_eq (cell, all[r * n + c]);
        }
    layer_close (&layer);
}
END_TEST

/* Through the trace by name: the same values, in the layout of the point. */
START_TEST (every_listed_point_reads_as_described)
{
    Layer layer;
    layer_open (&layer, _i, FALSE);
    g_auto (GStrv) names = fovea_trace_list_points (layer.trace);
    ck_assert_uint_gt (g_strv_length (names), 10);
    for (guint n = 0; names[n] != NULL; n++) {
        g_autoptr (GError) error = NULL;
        g_autoptr (FoveaArray) array = fovea_trace_describe_point (layer.trace, names[n], &error);
        ck_assert_msg (array != NULL, "%s: %s", names[n], error != NULL ? error->message : "");
        gint64 rows = fovea_array_n_rows (array), length = fovea_array_row_length (array);
        g_autofree float *all = g_new (float, rows *length), *row = g_new (float, length);
        ck_assert (fovea_trace_read (layer.trace, names[n], 0, rows, all, &error));
        for (gint64 r = 0; r < rows; r += 1 + rows / 7) {
            ck_assert (fovea_trace_read (layer.trace, names[n], r, 1, row, &error));
            /* one row alone and as part of all: the pattern within 1e-6, the others to the bit */
            ck_assert_msg (support_difference (row, all + r * length, (gsize) length) <= 1e-6,
                           "%s, row %d", names[n], (int) r);
        }
    }
    layer_close (&layer);
}
END_TEST

/* A summary read by its name is the one that FoveaAttention gives. */
START_TEST (summaries_by_name_and_by_attention_are_one)
{
    static const struct {
        const char *name;
        FoveaRowStatistic statistic;
    } points[] = {
        {"hook_lse", FOVEA_ROW_LSE},         {"hook_row_entropy", FOVEA_ROW_ENTROPY},
        {"hook_row_max", FOVEA_ROW_MAX},     {"hook_row_argmax", FOVEA_ROW_ARGMAX},
        {"hook_row_first", FOVEA_ROW_FIRST}, {"hook_row_distance", FOVEA_ROW_DISTANCE},
        {"hook_row_local", FOVEA_ROW_LOCAL},
    };
    Layer layer;
    layer_open (&layer, _i, FALSE);
    gint64 T = layer.T, H = layer.H;
    g_autofree float *rows = g_new (float, T *H), *out = g_new (float, T);
    for (guint p = 0; p < G_N_ELEMENTS (points); p++) {
        g_autofree char *name = g_strconcat ("blocks.0.attn.", points[p].name, NULL);
        ck_assert (fovea_trace_read (layer.trace, name, 0, T, rows, NULL));
        for (guint h = 0; h < H; h++) {
            ck_assert (fovea_attention_read_row_statistic (layer.attention, h, points[p].statistic,
                                                           out, NULL));
            for (gint64 t = 0; t < T; t++)
                ck_assert_msg (out[t] == rows[t * H + h], "%s, head %u, row %d", name, h, (int) t);
        }
    }
    g_autofree float *mass = g_new (float, T);
    for (guint h = 0; h < H; h++) {
        ck_assert (
            fovea_trace_read (layer.trace, "blocks.0.attn.hook_column_mass", h, 1, mass, NULL));
        ck_assert (fovea_attention_read_column_mass (layer.attention, h, out, NULL));
        ck_assert (memcmp (mass, out, (gsize) T * sizeof *out) == 0);
    }
    layer_close (&layer);
}
END_TEST

/* Kept scores are cropped where nothing is there to compute them from. */
START_TEST (kept_scores_are_given_back)
{
    Layer layer;
    layer_open (&layer, _i, FALSE);
    gint64 T = layer.T, n = layer.H * T * T;
    g_autofree float *scores = trace_random_values ((gsize) n, 5);
    g_autofree float *pattern = trace_random_values ((gsize) n, 6);
    const TraceArray arrays[] = {
        {"blocks.0.attn.hook_pattern", 3, {layer.H, T, T}, 2, pattern},
        {"blocks.0.attn.hook_attn_scores", 3, {layer.H, T, T}, 2, scores},
    };
    g_autoptr (FoveaTrace) trace = trace_of (layer.info, arrays, 2);
    g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, 0, NULL);
    gint64 q0 = T / 3, k0 = T / 2, m = T - k0;
    g_autofree float *out = g_new (float, (T - q0) * m);
    guint h = (guint) layer.H - 1;
    ck_assert (fovea_attention_read_scores (attention, h, q0, T, k0, T, out, NULL));
    for (gint64 i = q0; i < T; i++)
        for (gint64 j = k0; j < T; j++)
            ck_assert_float_eq (out[(i - q0) * m + j - k0], scores[(h * T + i) * T + j]);
    layer_close (&layer);
}
END_TEST

/* Spans and what the message must say of them. */
static const struct {
    gint64 span[4];
    const char *part;
} refused[] = {
    {{-1, 1, 0, 1}, "queries -1 to 1 are outside 0 to 31"},
    {{0, 32, 0, 1}, "queries 0 to 32"},
    {{5, 4, 0, 1}, "queries 5 to 4"},
    {{0, 1, -2, 1}, "keys -2 to 1"},
    {{0, 1, 0, G_MAXINT64}, "keys 0 to 9223372036854775807"},
    {{0, 1, 9, 8}, "keys 9 to 8"},
};

START_TEST (spans_outside_the_map_are_named)
{
    Layer layer;
    float out[4];
    layer_open (&layer, 2, FALSE);
    const gint64 *s = refused[_i].span;
    for (int scores = 0; scores < 2; scores++) {
        g_autoptr (GError) error = NULL;
        gboolean ok = scores ? fovea_attention_read_scores (layer.attention, 0, s[0], s[1], s[2],
                                                            s[3], out, &error)
                             : fovea_attention_read_pattern (layer.attention, 0, s[0], s[1], s[2],
                                                             s[3], out, &error);
        ck_assert (!ok);
        ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
        ck_assert_msg (strstr (error->message, refused[_i].part) != NULL, "%s", error->message);
    }
    layer_close (&layer);
}
END_TEST

START_TEST (heads_and_levels_that_are_not_there_are_named)
{
    Layer layer;
    float out[MAX_T];
    layer_open (&layer, 2, FALSE);
    FoveaAttention *a = layer.attention;
    GError *errors[6] = {NULL};
    ck_assert (!fovea_attention_read_pattern (a, 2, 0, 1, 0, 1, out, &errors[0]));
    ck_assert (!fovea_attention_read_scores (a, 2, 0, 1, 0, 1, out, &errors[1]));
    ck_assert (!fovea_attention_read_offset (a, 2, 0, out, &errors[2]));
    ck_assert (!fovea_attention_read_row_statistic (a, 2, FOVEA_ROW_MAX, out, &errors[3]));
    ck_assert (!fovea_attention_read_column_mass (a, 2, out, &errors[4]));
    ck_assert (!fovea_attention_read_level (a, 2, 0, FOVEA_BLOCK_MAX, 0, 1, 0, 1, out, &errors[5]));
    for (guint i = 0; i < G_N_ELEMENTS (errors); i++) {
        ck_assert (g_error_matches (errors[i], FOVEA_ERROR, FOVEA_ERROR_RANGE));
        ck_assert_msg (strstr (errors[i]->message, "head 2 is outside 0 to 1") != NULL, "%s",
                       errors[i]->message);
        g_error_free (errors[i]);
    }
    g_autoptr (GError) error = NULL;
    ck_assert (!fovea_attention_read_level (a, 0, 0, FOVEA_BLOCK_MAX, 0, 2, 0, 1, out, &error));
    ck_assert_msg (strstr (error->message, "block rows 0 to 2") != NULL, "%s", error->message);
    g_clear_error (&error);
    ck_assert (!fovea_attention_read_level (a, 0, 0, FOVEA_BLOCK_MAX, 0, 1, 1, 2, out, &error));
    ck_assert_msg (strstr (error->message, "block columns 1 to 2") != NULL, "%s", error->message);
    layer_close (&layer);
}
END_TEST

typedef struct {
    FoveaAttention *attention;
    const float *expected;
    gint64 T;
    guint wrong;
} Reader;

static gpointer
read_summaries (gpointer data)
{
    Reader *reader = data;
    g_autofree float *out = g_new (float, reader->T);
    for (int i = 0; i < 50; i++) {
        gboolean ok =
            fovea_attention_read_row_statistic (reader->attention, 1, FOVEA_ROW_ENTROPY, out, NULL);
        reader->wrong +=
            !ok || memcmp (out, reader->expected, (gsize) reader->T * sizeof *out) != 0;
    }
    return NULL;
}

/* The first to come computes; the others wait for it and see the whole. */
START_TEST (threads_share_one_summary)
{
    enum {
        N = 4
    };
    Layer first, shared;
    Reader readers[N];
    GThread *threads[N];
    layer_open (&first, 8, FALSE);
    layer_open (&shared, 8, FALSE);
    g_autofree float *expected = g_new (float, first.T);
    ck_assert (
        fovea_attention_read_row_statistic (first.attention, 1, FOVEA_ROW_ENTROPY, expected, NULL));
    for (int i = 0; i < N; i++) {
        readers[i] = (Reader){shared.attention, expected, first.T, 0};
        threads[i] = g_thread_new ("reader", read_summaries, &readers[i]);
    }
    for (int i = 0; i < N; i++) {
        g_thread_join (threads[i]);
        ck_assert_uint_eq (readers[i].wrong, 0);
    }
    layer_close (&first);
    layer_close (&shared);
}
END_TEST

int
main (void)
{
    const int n = G_N_ELEMENTS (layers);
    Suite *suite = suite_create ("attention");
    TCase *values = tcase_create ("against the plain pattern");
    tcase_set_timeout (values, 60);
    tcase_add_loop_test (values, every_rectangle_has_the_weights_of_the_plain_pattern, 0, n);
    tcase_add_loop_test (values, scores_are_those_of_the_rule_and_minus_infinity_where_it_forbids,
                         0, n);
    tcase_add_loop_test (values, diagonals_are_those_of_the_plain_pattern, 0, n);
    tcase_add_loop_test (values, rows_and_columns_sum_up_the_plain_pattern, 0, n);
    tcase_add_loop_test (values, log_sum_exp_is_that_of_the_scores, 0, n);
    tcase_add_loop_test (values, every_pyramid_level_is_the_plain_pattern_in_blocks, 0, n);
    tcase_add_loop_test (values, part_of_a_level_is_that_part, 0, n);
    tcase_add_loop_test (values, every_listed_point_reads_as_described, 0, n);
    tcase_add_loop_test (values, summaries_by_name_and_by_attention_are_one, 0, n);
    tcase_add_loop_test (values, kept_scores_are_given_back, 0, n);
    suite_add_tcase (suite, values);
    TCase *edges = tcase_create ("edges");
    tcase_add_loop_test (edges, spans_outside_the_map_are_named, 0, G_N_ELEMENTS (refused));
    tcase_add_test (edges, heads_and_levels_that_are_not_there_are_named);
    tcase_add_test (edges, threads_share_one_summary);
    suite_add_tcase (suite, edges);
    return support_run (suite);
}
