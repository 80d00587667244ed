/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Captures: what is kept never changes what is computed; derived points have the forward's bits;
 * chunk sizes agree; predicted memory is the memory used; failures leave nothing. */
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capture/attention.h"
#include "capture/point.h"
#include "capture/sink.h"
#include "tests/forward-support.h"

enum {
    T = 150,          /* no multiple of blocks, tiles or chunks */
    VOCABULARY = 8192 /* of the demo model */
};

static float *
logits_of (gint64 chunk, const char *points, gboolean dense)
{
    g_autofree gint32 *ids = support_random_ids (T, VOCABULARY, 7);
    float *logits = g_new (float, T *VOCABULARY);
    Runner runner = runner_open ("demo", "cpu", T, chunk);
    g_autoptr (FoveaTrace) trace =
        runner_capture (&runner, ids, T, points, FOVEA_F32, dense, logits);
    runner_close (&runner);
    return logits;
}

static const gint64 chunk_sizes[] = {1, 7, 64, T};

static bool
on_gpu (const Runner *runner)
{
    return fovea_device_has_own_memory (runner->device);
}

/* Maps are recomputed by the host. Where the pass ran there too they agree to 1e-6; a GPU adds the
 * elements of a product in another order, which moves scores of 50 by their last bits: measured
 * 6.0e-6 on an H100. */
static double
map_tolerance (const Runner *runner)
{
    return on_gpu (runner) ? 1e-5 : 1e-6;
}

/* A derived value has the bits of the pass that the host ran. On a GPU norms and activations round
 * elsewhere: within 2e-6 of the largest value, or one step of the type that is kept. */
static void
check_derived (
    const Runner *runner, const char *name, const float *stored, const float *made, gint64 n)
{
    double largest = 1, difference = support_difference (stored, made, (gsize) n);
    for (gint64 i = 0; i < n; i++)
        largest = MAX (largest, fabs ((double) stored[i]));
    bool narrow = on_gpu (runner) && difference > 0;
    for (gint64 i = 0; narrow && i < n; i++) {
        guint32 bits;
        memcpy (&bits, &stored[i], sizeof bits);
        narrow = (bits & 0xffff) == 0;
    }
    double allowed = !on_gpu (runner) ? 0 : largest * (narrow ? 1.0 / 128 : 2e-6);
    ck_assert_msg (difference <= allowed, "%s is %g off what the forward computed, of %g", name,
                   difference, largest);
}

START_TEST (logits_keep_their_bits_whatever_is_captured)
{
    gint64 chunk = chunk_sizes[_i];
    const gsize bytes = (gsize) T * VOCABULARY * sizeof (float);
    g_autofree float *none = logits_of (chunk, NULL, FALSE);
    g_autofree float *attention = logits_of (chunk, "attention", FALSE);
    g_autofree float *all = logits_of (chunk, "all", FALSE);
    g_autofree float *dense = logits_of (chunk, "all", TRUE);
    g_autofree float *slices =
        logits_of (chunk, "blocks.*.attn.hook_z[3,5-7]@-40:,blocks.{1,3}.hook_resid_mid", FALSE);
    ck_assert_int_eq (memcmp (none, attention, bytes), 0);
    ck_assert_int_eq (memcmp (none, all, bytes), 0);
    ck_assert_int_eq (memcmp (none, dense, bytes), 0);
    ck_assert_int_eq (memcmp (none, slices, bytes), 0);
    /* Keys kept before their turn in some layers and behind it in another share the cache. */
    g_autofree float *keys =
        logits_of (chunk, "blocks.{1,4}.attn.hook_k,blocks.2.attn.hook_rot_k", FALSE);
    ck_assert_int_eq (memcmp (none, keys, bytes), 0);
}
END_TEST

START_TEST (chunk_sizes_agree)
{
    g_autofree float *whole = logits_of (T, NULL, FALSE);
    g_autofree float *parts = logits_of (chunk_sizes[_i], NULL, FALSE);
    ck_assert_double_le (support_scaled_difference (parts, whole, T * VOCABULARY, VOCABULARY),
                         2e-5);
}
END_TEST

/* All rows of every point of @a equal those of @b, bit for bit or within @bound. */
static void
compare_traces (FoveaTrace *a, FoveaTrace *b, const char *except, double bound)
{
    g_auto (GStrv) names = fovea_trace_list_points (a);
    for (guint i = 0; names[i] != NULL; i++) {
        gint64 n, m;
        g_autofree float *x = support_read_point (a, names[i], &n);
        g_autofree float *y = support_read_point (b, names[i], &m);
        ck_assert_int_eq (n, m);
        if (except != NULL && strstr (names[i], except) != NULL)
            continue;
        double difference = support_difference (x, y, (gsize) n);
        ck_assert_msg (difference <= bound, "%s differs by %g", names[i], difference);
    }
}

/* Each point captured alone is stored itself, as the forward computed it. */
START_TEST (derived_points_have_the_bits_of_the_forward)
{
    static const char *const derived[] = {
        "hook_embed",
        "blocks.*.hook_resid_pre",
        "blocks.*.hook_resid_mid",
        "blocks.*.hook_resid_post",
        "blocks.*.ln1.hook_scale",
        "blocks.*.ln2.hook_normalized",
        "blocks.*.ln1.hook_normalized,blocks.*.ln2.hook_scale",
        "ln_final.*",
        "blocks.*.mlp.hook_post",
        "blocks.*.attn.hook_rot_q",
        "blocks.*.attn.hook_rot_k",
    };
    g_autofree gint32 *ids = support_random_ids (T, VOCABULARY, 11);
    Runner runner = runner_open ("demo", "cpu", T, 64);
    g_autoptr (FoveaTrace) all = runner_capture (&runner, ids, T, "all", FOVEA_F32, FALSE, NULL);
    for (guint i = 0; i < G_N_ELEMENTS (derived); i++) {
        g_autoptr (FoveaTrace) alone =
            runner_capture (&runner, ids, T, derived[i], FOVEA_F32, FALSE, NULL);
        GPtrArray *arrays = fovea_trace_get_arrays (alone);
        ck_assert_uint_ge (arrays->len, 1);
        for (guint j = 0; j < arrays->len; j++) {
            const FoveaArray *array = g_ptr_array_index (arrays, j);
            gint64 n, m;
            g_autofree float *stored = support_read_point (alone, array->name, &n);
            g_autofree float *made = support_read_point (all, array->name, &m);
            ck_assert_int_eq (n, m);
            check_derived (&runner, array->name, stored, made, n);
        }
    }
    runner_close (&runner);
}
END_TEST

START_TEST (a_full_capture_stores_no_derived_point)
{
    g_autofree gint32 *ids = support_random_ids (T, VOCABULARY, 11);
    Runner runner = runner_open ("demo", "cpu", T, 0);
    g_autoptr (FoveaTrace) all = runner_capture (&runner, ids, T, "all", FOVEA_F32, FALSE, NULL);
    GPtrArray *arrays = fovea_trace_get_arrays (all);
    g_autoptr (GPtrArray) points =
        fovea_points_list (fovea_model_get_architecture (runner.model), T);
    g_auto (GStrv) readable = fovea_trace_list_points (all);
    /* All but what each head adds: that takes weights. */
    ck_assert_uint_eq (g_strv_length (readable), points->len - 6);
    for (guint i = 0; i < arrays->len; i++) {
        const char *name = ((FoveaArray *) g_ptr_array_index (arrays, i))->name;
        ck_assert_msg (
            strstr (name, "hook_resid_mid") == NULL && strstr (name, "hook_normalized") == NULL &&
                strstr (name, "hook_rot_") == NULL && strstr (name, "hook_pattern") == NULL &&
                strstr (name, "mlp.hook_post") == NULL,
            "%s takes space of its own", name);
    }
    runner_close (&runner);
}
END_TEST

START_TEST (dense_maps_equal_recomputed_ones)
{
    g_autofree gint32 *ids = support_random_ids (T, VOCABULARY, 13);
    Runner runner = runner_open ("demo", "cpu", T, 64);
    g_autoptr (FoveaTrace) factored =
        runner_capture (&runner, ids, T, "*hook_pattern", FOVEA_F32, FALSE, NULL);
    g_autoptr (FoveaTrace) dense =
        runner_capture (&runner, ids, T, "*hook_pattern,*hook_attn_scores", FOVEA_F32, TRUE, NULL);
    for (int layer = 0; layer < 6; layer++) {
        gint64 n, m;
        g_autofree char *pattern = g_strdup_printf ("blocks.%d.attn.hook_pattern", layer);
        g_autofree char *scores = g_strdup_printf ("blocks.%d.attn.hook_attn_scores", layer);
        g_autofree float *a = support_read_point (factored, pattern, &n);
        g_autofree float *b = support_read_point (dense, pattern, &m);
        ck_assert_int_eq (n, m);
        ck_assert_double_le (support_difference (a, b, (gsize) n), map_tolerance (&runner));
        g_autofree float *c = support_read_point (factored, scores, &n);
        g_autofree float *d = support_read_point (dense, scores, &m);
        ck_assert_double_le (support_scaled_difference (c, d, (gsize) n, T), 1e-5);
    }
    runner_close (&runner);
}
END_TEST

START_TEST (summaries_do_not_depend_on_chunks)
{
    g_autofree gint32 *ids = support_random_ids (T, VOCABULARY, 17);
    Runner whole = runner_open ("demo", "cpu", T, T);
    Runner parts = runner_open ("demo", "cpu", T, chunk_sizes[_i]);
    g_autoptr (FoveaTrace) a =
        runner_capture (&whole, ids, T, "*hook_row_*,*column*,*pyramid*", FOVEA_F32, FALSE, NULL);
    g_autoptr (FoveaTrace) b =
        runner_capture (&parts, ids, T, "*hook_row_*,*column*,*pyramid*", FOVEA_F32, FALSE, NULL);
    /* An argmax may jump between equal weights; distances and column masses reach T. */
    compare_traces (a, b, "argmax", 1e-5 * T);
    runner_close (&whole);
    runner_close (&parts);
}
END_TEST

/* Plain double loops over the pattern of one head. */
static void
check_head (FoveaTrace *trace, FoveaAttention *attention, guint head, double tolerance)
{
    static const float zero = 0;
    g_autoptr (GError) error = NULL;
    g_autofree float *pattern = g_new (float, T *T);
    float got[T], mass[T], cells[9], previous[T];
    double columns[T] = {0}, blocks[9] = {0};
    float largest[9] = {0};
    ck_assert (fovea_attention_read_pattern (attention, head, 0, T, 0, T, pattern, &error));
    ck_assert (
        fovea_attention_read_row_statistic (attention, head, FOVEA_ROW_ENTROPY, got, &error));
    ck_assert (fovea_attention_read_offset (attention, head, -1, previous, &error));
    for (int i = 0; i < T; i++) {
        double entropy = 0;
        for (int j = 0; j <= i; j++) {
            double a = (double) pattern[i * T + j];
            entropy -= a > 0 ? a * log (a) : 0;
            columns[j] += a;
            blocks[i / 64 * 3 + j / 64] += a;
            largest[i / 64 * 3 + j / 64] = fmaxf (largest[i / 64 * 3 + j / 64], (float) a);
        }
        for (int j = i + 1; j < T; j++)
            ck_assert (pattern[i * T + j] == zero);
        ck_assert_double_le (fabs (entropy - (double) got[i]), 2e-5);
        ck_assert_double_le (fabsf (previous[i] - (i > 0 ? pattern[i * T + i - 1] : 0.0f)),
                             tolerance);
    }
    ck_assert (fovea_attention_read_column_mass (attention, head, mass, &error));
    for (int j = 0; j < T; j++)
        ck_assert_double_le (fabs (columns[j] - (double) mass[j]), 1e-4);
    const FoveaScoreRule *rule = fovea_attention_get_rule (attention);
    ck_assert (fovea_attention_read_level (attention, head, 0, FOVEA_BLOCK_MEAN, 0, 3, 0, 3, cells,
                                           &error));
    for (int b = 0; b < 9; b++) {
        int q0 = b / 3 * 64, k0 = b % 3 * 64;
        gint64 n = fovea_score_rule_count (rule, q0, MIN (q0 + 64, T), k0, MIN (k0 + 64, T));
        double mean = n > 0 ? blocks[b] / (double) n : 0;
        ck_assert_double_le (fabs (mean - (double) cells[b]), tolerance);
    }
    ck_assert (fovea_attention_read_level (attention, head, 0, FOVEA_BLOCK_MAX, 0, 3, 0, 3, cells,
                                           &error));
    for (int b = 0; b < 9; b++)
        ck_assert_double_le (fabsf (cells[b] - largest[b]), tolerance);
    ck_assert_uint_eq (fovea_attention_get_n_levels (attention), 3);
    ck_assert (fovea_attention_read_level (attention, head, 2, FOVEA_BLOCK_MEAN, 0, 1, 0, 1, cells,
                                           &error));
    ck_assert_double_le (fabs ((double) T / (T * (T + 1) / 2.0) - (double) cells[0]), 1e-6);
}

START_TEST (summaries_follow_from_the_pattern)
{
    g_autofree gint32 *ids = support_random_ids (T, VOCABULARY, 19);
    Runner runner = runner_open ("demo", "cpu", T, 64);
    g_autoptr (FoveaTrace) kept =
        runner_capture (&runner, ids, T, "attention", FOVEA_F32, FALSE, NULL);
    g_autoptr (FoveaTrace) bare =
        runner_capture (&runner, ids, T, "*hook_q,*hook_k", FOVEA_F32, FALSE, NULL);
    FoveaTrace *traces[] = {kept, bare};
    for (int i = 0; i < 2; i++)
        for (guint layer = 0; layer < 6; layer += 5) {
            g_autoptr (GError) error = NULL;
            g_autoptr (FoveaAttention) attention = fovea_attention_open (traces[i], layer, &error);
            ck_assert_msg (attention != NULL, "%s", error != NULL ? error->message : "");
            check_head (traces[i], attention, 0, map_tolerance (&runner));
            check_head (traces[i], attention, 11, map_tolerance (&runner));
        }
    runner_close (&runner);
}
END_TEST

START_TEST (slices_hold_the_rows_and_heads_asked_for)
{
    g_autofree gint32 *ids = support_random_ids (T, VOCABULARY, 23);
    Runner runner = runner_open ("demo", "cpu", T, 64);
    g_autoptr (FoveaTrace) all = runner_capture (&runner, ids, T, "all", FOVEA_F32, FALSE, NULL);
    g_autoptr (FoveaTrace) part = runner_capture (
        &runner, ids, T, "blocks.2.attn.hook_z[3,5-7]@-100:-20", FOVEA_F32, FALSE, NULL);
    gint64 n, m;
    g_autofree float *z = support_read_point (all, "blocks.2.attn.hook_z", &n);
    g_autofree float *slice = support_read_point (part, "blocks.2.attn.hook_z[3,5-7]@50:130", &m);
    static const int heads[] = {3, 5, 6, 7};
    ck_assert_int_eq (m, 80 * 4 * 32);
    for (int t = 0; t < 80; t++)
        for (int h = 0; h < 4; h++)
            ck_assert_int_eq (memcmp (slice + (t * 4 + h) * 32, z + ((50 + t) * 12 + heads[h]) * 32,
                                      32 * sizeof (float)),
                              0);
    runner_close (&runner);
}
END_TEST

START_TEST (narrow_types_round_what_f32_keeps)
{
    g_autofree gint32 *ids = support_random_ids (T, VOCABULARY, 29);
    Runner runner = runner_open ("demo", "cpu", T, 64);
    g_autoptr (FoveaTrace) full = runner_capture (&runner, ids, T, "all", FOVEA_F32, FALSE, NULL);
    g_autoptr (FoveaTrace) half = runner_capture (&runner, ids, T, "all", FOVEA_BF16, FALSE, NULL);
    GPtrArray *arrays = fovea_trace_get_arrays (half);
    guint narrow = 0;
    for (guint i = 0; i < arrays->len; i++) {
        const FoveaArray *array = g_ptr_array_index (arrays, i);
        gint64 n, m;
        g_autofree float *a = support_read_point (full, array->name, &n);
        g_autofree float *b = support_read_point (half, array->name, &m);
        g_autofree guint16 *bits = g_new (guint16, (gsize) n);
        ck_assert_int_eq (n, m);
        if (array->dtype == FOVEA_BF16) {
            fovea_dtype_from_f32 (a, (gsize) n, FOVEA_BF16, bits);
            fovea_dtype_to_f32 (bits, FOVEA_BF16, (gsize) n, a);
            narrow++;
        }
        if (on_gpu (&runner))
            check_derived (&runner, array->name, b, a, n);
        else
            ck_assert_msg (support_difference (a, b, (gsize) n) == 0, "%s", array->name);
    }
    ck_assert_uint_ge (narrow, 6 * 12);
    for (int layer = 0; layer < 6; layer++) {
        gint64 n, m;
        g_autofree char *pattern = g_strdup_printf ("blocks.%d.attn.hook_pattern", layer);
        g_autofree float *a = support_read_point (full, pattern, &n);
        g_autofree float *b = support_read_point (half, pattern, &m);
        ck_assert_double_le (support_difference (a, b, (gsize) n), map_tolerance (&runner));
    }
    runner_close (&runner);
}
END_TEST

START_TEST (bf16_stays_near_f32)
{
    g_autoptr (GError) error = NULL;
    g_autofree gint32 *ids = support_random_ids (T, VOCABULARY, 7);
    g_autofree float *exact = logits_of (0, NULL, FALSE);
    g_autofree float *logits = g_new (float, T *VOCABULARY);
    Runner runner = runner_open ("demo", "cpu", T, 0);
    const FoveaSessionOptions options = {.precision = FOVEA_PRECISION_BF16, .max_tokens = T};
    fovea_session_free (runner.session);
    runner.session = fovea_session_new (runner.model, runner.device, &options, &error);
    ck_assert_ptr_nonnull (runner.session);
    g_autoptr (FoveaTrace) trace = runner_capture (&runner, ids, T, NULL, FOVEA_F32, FALSE, logits);
    double error_sum = 0, sum = 0;
    for (gsize i = 0; i < (gsize) T * VOCABULARY; i++) {
        error_sum += pow ((double) logits[i] - (double) exact[i], 2);
        sum += pow ((double) exact[i], 2);
    }
    ck_assert_double_le (sqrt (error_sum / sum), 1e-2);
    runner_close (&runner);
}
END_TEST

START_TEST (bad_ids_are_named_with_position_and_limit)
{
    g_autoptr (GError) error = NULL;
    gint32 ids[] = {1, 2, 9000};
    Runner runner = runner_open ("demo", "cpu", 8, 0);
    ck_assert (!fovea_session_run (runner.session, ids, 3, NULL, NULL, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
    ck_assert_str_eq (error->message, "id 9000 at position 2 is outside the vocabulary, 0 to 8191");
    g_clear_error (&error);
    gint32 many[9] = {0};
    ck_assert (!fovea_session_run (runner.session, many, 9, NULL, NULL, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
    runner_close (&runner);
}
END_TEST

/* A sink that offers no memory and checks the order of what it is given, then hands it on. */
typedef struct {
    FoveaSink sink;
    FoveaSink *inner;
    GPtrArray *arrays;
    GHashTable *next; /* "array first-axis index" -> rows so far in it + 1 */
} StrictSink;

static gboolean
strict_begin (FoveaSink *sink, const FoveaTraceInfo *info, GPtrArray *arrays, GError **error)
{
    StrictSink *self = (StrictSink *) sink;
    self->arrays = arrays;
    return self->inner->begin (self->inner, info, arrays, error);
}

static gboolean
strict_write (
    FoveaSink *sink, guint index, gint64 first_row, gint64 n_rows, const void *data, GError **error)
{
    StrictSink *self = (StrictSink *) sink;
    const FoveaArray *array = g_ptr_array_index (self->arrays, index);
    gint64 within = array->row_axes == 2 ? array->shape[1] : array->shape[0];
    for (gint64 row = first_row; row < first_row + n_rows; row++) {
        gpointer key = GSIZE_TO_POINTER ((gsize) index << 32 | (gsize) (row / within));
        gint64 next = (gint64) GPOINTER_TO_SIZE (g_hash_table_lookup (self->next, key));
        ck_assert_msg (row % within == next, "%s: row %d came out of order", array->name,
                       (int) row);
        g_hash_table_insert (self->next, key, GSIZE_TO_POINTER ((gsize) next + 1));
    }
    return self->inner->write (self->inner, index, first_row, n_rows, data, error);
}

static FoveaTrace *
strict_finish (FoveaSink *sink, GError **error)
{
    StrictSink *self = (StrictSink *) sink;
    GHashTableIter iter;
    gpointer key, value;
    gint64 rows = 0, expected = 0;
    g_hash_table_iter_init (&iter, self->next);
    while (g_hash_table_iter_next (&iter, &key, &value))
        rows += (gint64) GPOINTER_TO_SIZE (value);
    for (guint i = 0; i < self->arrays->len; i++)
        expected += fovea_array_n_rows (g_ptr_array_index (self->arrays, i));
    ck_assert_int_eq (rows, expected);
    return self->inner->finish (self->inner, error);
}

static const char every_point[] =
    "all,*.attn.hook_result,blocks.2.hook_k_input[1]@5:90,*.hook_mlp_in@-3:";

START_TEST (a_sink_without_memory_of_its_own_gets_every_row_once_in_order)
{
    g_autoptr (GError) error = NULL;
    g_autofree gint32 *ids = support_random_ids (T, VOCABULARY, 41);
    Runner runner = runner_open ("demo", "cpu", T, chunk_sizes[_i]);
    g_autoptr (FoveaTrace) direct =
        runner_capture (&runner, ids, T, every_point, FOVEA_F32, TRUE, NULL);
    const FoveaPlanOptions options = {every_point, FOVEA_F32, TRUE};
    g_autoptr (FoveaPlan) plan =
        fovea_plan_new (fovea_model_get_architecture (runner.model), &options, &error);
    g_autoptr (FoveaTraceInfo) info = runner_info (&runner, ids, T);
    g_autoptr (FoveaSink) inner = fovea_memory_sink_new ();
    g_autoptr (GHashTable) next = g_hash_table_new (NULL, NULL);
    StrictSink strict = {{strict_begin, strict_write, strict_finish}, inner, NULL, next};
    g_autoptr (FoveaTrace) handed = fovea_session_capture (runner.session, info, plan, &strict.sink,
                                                           NULL, NULL, NULL, NULL, &error);
    ck_assert_msg (handed != NULL, "%s", error != NULL ? error->message : "");
    compare_traces (direct, handed, NULL, 0);
    runner_close (&runner);
}
END_TEST

static const gint64 edge_lengths[] = {1, 2, 63, 64, 65, 129};

START_TEST (lengths_about_blocks_have_rows_that_add_up_to_one)
{
    gint64 n = edge_lengths[_i], n_pattern, n_mass, n_lse, n_top;
    g_autofree gint32 *ids = support_random_ids (n, VOCABULARY, 43);
    Runner runner = runner_open ("demo", "cpu", n, 32);
    g_autoptr (FoveaTrace) trace = runner_capture (&runner, ids, n, "all", FOVEA_F32, TRUE, NULL);
    g_autofree char *top = g_strdup_printf ("blocks.4.attn.hook_pyramid_mean.%u", n <= 64    ? 0u
                                                                                  : n <= 128 ? 1u
                                                                                             : 2u);
    g_autofree float *pattern =
        support_read_point (trace, "blocks.4.attn.hook_pattern", &n_pattern);
    g_autofree float *mass = support_read_point (trace, "blocks.4.attn.hook_column_mass", &n_mass);
    g_autofree float *lse = support_read_point (trace, "blocks.4.attn.hook_lse", &n_lse);
    g_autofree float *mean = support_read_point (trace, top, &n_top);
    ck_assert_int_eq (n_pattern, 12 * n * n);
    ck_assert_int_eq (n_mass, 12 * n);
    ck_assert_int_eq (n_top, 12);
    for (gint64 row = 0; row < 12 * n; row++) {
        double sum = 0;
        for (gint64 j = 0; j < n; j++)
            sum += (double) pattern[row * n + j];
        ck_assert_double_le (fabs (sum - 1), 1e-5);
        ck_assert (isfinite (lse[row]));
    }
    for (gint64 h = 0; h < 12; h++) {
        double sum = 0;
        for (gint64 j = 0; j < n; j++)
            sum += (double) mass[h * n + j];
        ck_assert_double_le (fabs (sum - (double) n), 1e-5 * (double) n);
        ck_assert_double_le (fabs ((double) mean[h] - 2.0 / (double) (n + 1)), 1e-5);
    }
    runner_close (&runner);
}
END_TEST

static Runner
open_for_nan (const char *folder)
{
    return runner_open (folder, "cpu", 5, 0);
}

START_TEST (nan_is_named_by_point_and_position)
{
    support_check_nan_is_named (open_for_nan, runner_close);
}
END_TEST

/* Cancels once the second layer is through. */
static void
cancel_early (gpointer data, gint64 done, gint64 total)
{
    ck_assert_int_le (done, total);
    if (done >= 2 * T)
        g_cancellable_cancel (data);
}

START_TEST (a_cancelled_capture_leaves_nothing_and_the_session_usable)
{
    g_autoptr (GError) error = NULL;
    g_autofree gint32 *ids = support_random_ids (T, VOCABULARY, 37);
    Runner runner = runner_open ("demo", "cpu", T, 0);
    g_autoptr (FoveaTraceInfo) info = runner_info (&runner, ids, T);
    g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    ck_assert_ptr_null (fovea_session_capture (runner.session, info, NULL, sink, cancel_early,
                                               cancellable, NULL, cancellable, &error));
    ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    g_autofree float *again = g_new (float, T *VOCABULARY);
    g_autofree float *fresh = g_new (float, T *VOCABULARY);
    g_autoptr (FoveaTrace) a = runner_capture (&runner, ids, T, NULL, FOVEA_F32, FALSE, again);
    Runner other = runner_open ("demo", "cpu", T, 0);
    g_autoptr (FoveaTrace) b = runner_capture (&other, ids, T, NULL, FOVEA_F32, FALSE, fresh);
    ck_assert_int_eq (memcmp (again, fresh, T * VOCABULARY * sizeof (float)), 0);
    runner_close (&runner);
    runner_close (&other);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("capture");
    TCase *bits = tcase_create ("bits");
    TCase *summaries = tcase_create ("summaries");
    TCase *limits = tcase_create ("limits");
    tcase_set_timeout (bits, 120);
    tcase_set_timeout (summaries, 120);
    tcase_set_timeout (limits, 120);
    tcase_add_loop_test (bits, logits_keep_their_bits_whatever_is_captured, 0, 4);
    tcase_add_loop_test (bits, chunk_sizes_agree, 0, 3);
    tcase_add_test (bits, derived_points_have_the_bits_of_the_forward);
    tcase_add_test (bits, a_full_capture_stores_no_derived_point);
    tcase_add_test (bits, dense_maps_equal_recomputed_ones);
    tcase_add_test (bits, slices_hold_the_rows_and_heads_asked_for);
    tcase_add_test (bits, narrow_types_round_what_f32_keeps);
    tcase_add_test (bits, bf16_stays_near_f32);
    tcase_add_loop_test (bits, a_sink_without_memory_of_its_own_gets_every_row_once_in_order, 0, 4);
    tcase_add_loop_test (summaries, summaries_do_not_depend_on_chunks, 0, 3);
    tcase_add_loop_test (summaries, lengths_about_blocks_have_rows_that_add_up_to_one, 0, 6);
    tcase_add_test (summaries, summaries_follow_from_the_pattern);
    tcase_add_test (limits, nan_is_named_by_point_and_position);
    tcase_add_test (limits, bad_ids_are_named_with_position_and_limit);
    tcase_add_test (limits, a_cancelled_capture_leaves_nothing_and_the_session_usable);
    suite_add_tcase (suite, bits);
    suite_add_tcase (suite, summaries);
    suite_add_tcase (suite, limits);
    return support_run (suite);
}
