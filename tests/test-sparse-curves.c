/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Curves over sequences, layers and heads of random vectors: each number against its definition,
 * computed here from the rows of heads; what an interrupt leaves; summaries of curves that are
 * known. */
#include <math.h>
#include <string.h>

#include "analysis/sparse-curves.h"
#include "analysis/sparse-measures.h"
#include "tests/sparse-support.h"

enum {
    L = 2,
    H = 3,
};

/* Two layers of three heads over @T random tokens; @n_products of the layers have products. */
static FoveaTrace *
make_trace (gint64 T, guint64 seed, guint n_products)
{
    return sparse_trace_new (T, L, H, n_products, seed);
}

static const FoveaSparseMethod *chosen[4];

static FoveaSparseCurvesOptions
make_options (const char *first, const char *second, gboolean sweep)
{
    memset (chosen, 0, sizeof chosen);
    chosen[0] = fovea_sparse_method_find (first, NULL);
    chosen[1] = second != NULL ? fovea_sparse_method_find (second, NULL) : NULL;
    ck_assert_ptr_nonnull (chosen[0]);
    return (FoveaSparseCurvesOptions){.methods = chosen, .sweep = sweep};
}

/* Adds a trace with two threads; the error is the caller's. */
static gboolean
add_trace (FoveaSparseCurves *curves, FoveaTrace *trace, GError **error)
{
    FoveaThreads *threads = fovea_threads_new (2);
    gboolean done = fovea_sparse_curves_add (curves, trace, threads, NULL, NULL, NULL, error);
    fovea_threads_free (threads);
    return done;
}

static FoveaTable *
run (const FoveaSparseCurvesOptions *options, guint n_sequences, gint64 T)
{
    g_autoptr (FoveaSparseCurves) curves = fovea_sparse_curves_new (options);
    for (guint s = 0; s < n_sequences; s++) {
        g_autoptr (GError) error = NULL;
        g_autoptr (FoveaTrace) trace = make_trace (T, 100 * (s + 1), L);
        ck_assert_msg (add_trace (curves, trace, &error), "%s",
                       error != NULL ? error->message : "");
    }
    return fovea_sparse_curves_finish (curves);
}

static double
number (FoveaTable *table, guint row, const char *column)
{
    int c = fovea_table_find_kind (table, column, FOVEA_COLUMN_NUMBER);
    ck_assert_msg (c >= 0, "no column %s", column);
    return fovea_table_get_number (table, row, (guint) c);
}

static const char *
text (FoveaTable *table, guint row, const char *column)
{
    int c = fovea_table_find_kind (table, column, FOVEA_COLUMN_TEXT);
    ck_assert_msg (c >= 0, "no column %s", column);
    return fovea_table_get_text (table, row, (guint) c);
}

/* The row of an object and method at a value of the knob. */
static guint
find (FoveaTable *table, const char *name, const char *method, double value)
{
    for (guint row = 0; row < fovea_table_get_n_rows (table); row++)
        if (strcmp (text (table, row, "name"), name) == 0 &&
            strcmp (text (table, row, "method"), method) == 0 &&
            fabs (number (table, row, "value") - value) < 1e-12)
            return row;
    ck_abort_msg ("no row %s %s %g", name, method, value);
    return 0;
}

/* Recall of "streaming" on one head, from its rows one by one. */
static double
recall_by_hand (FoveaTrace *trace, guint layer, guint head, gint64 window, gint64 sinks)
{
    g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, layer, NULL);
    gint64 T = fovea_trace_get_info (trace)->n_tokens;
    g_autofree float *row = g_new (float, (gsize) T);
    double sum = 0;
    for (gint64 q = 0; q < T; q++) {
        ck_assert (fovea_attention_read_pattern (attention, head, q, q + 1, 0, T, row, NULL));
        for (gint64 j = 0; j <= q; j++)
            if (j < sinks || q - j < window)
                sum += (double) row[j];
    }
    return sum / (double) T;
}

START_TEST (means_are_over_sequences_then_heads_then_layers)
{
    FoveaSparseCurvesOptions options = make_options ("streaming", NULL, TRUE);
    g_autoptr (FoveaTable) table = run (&options, 2, 64);
    double layers = 0;
    for (guint l = 0; l < L; l++) {
        double heads = 0;
        for (guint h = 0; h < H; h++) {
            g_autofree char *name = g_strdup_printf ("%u.%u", l, h);
            double expected = 0, got = number (table, find (table, name, "streaming", 8), "recall");
            for (guint s = 0; s < 2; s++) {
                g_autoptr (FoveaTrace) trace = make_trace (64, 100 * (s + 1), L);
                expected += recall_by_hand (trace, l, h, 8, 4) / 2;
            }
            ck_assert_msg (fabs (got - expected) <= 1e-6, "%s: %g, not %g", name, got, expected);
            heads += got / H;
        }
        g_autofree char *name = g_strdup_printf ("layer %u", l);
        double got = number (table, find (table, name, "streaming", 8), "recall");
        ck_assert (fabs (got - heads) <= 1e-12);
        layers += got / L;
    }
    double model = number (table, find (table, "model", "streaming", 8), "recall");
    ck_assert (fabs (model - layers) <= 1e-12);
}
END_TEST

START_TEST (a_mean_says_over_how_many_heads_it_is)
{
    const gboolean second[L * H] = {[1] = TRUE};
    FoveaSparseCurvesOptions options = make_options ("streaming", NULL, TRUE);
    g_autoptr (FoveaTable) whole = run (&options, 2, 64);
    options.heads = second;
    g_autoptr (FoveaTable) one = run (&options, 2, 64);
    static const char *const names[] = {"model", "layer 0", "0.1"};
    static const gint64 all[] = {L * H, H, 1};
    int column = fovea_table_find_kind (whole, "n_heads", FOVEA_COLUMN_INTEGER);
    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        guint a = find (whole, names[i], "streaming", 8), b = find (one, names[i], "streaming", 8);
        ck_assert_int_eq (fovea_table_get_integer (whole, a, (guint) column), all[i]);
        ck_assert_int_eq (fovea_table_get_integer (one, b, (guint) column), 1);
    }
}
END_TEST

START_TEST (no_point_of_any_method_beats_the_heaviest_keys)
{
    FoveaSparseCurvesOptions options = make_options ("streaming", NULL, TRUE);
    options.methods = fovea_sparse_method_list ();
    g_autoptr (FoveaTable) table = run (&options, 1, 96);
    guint n = 0;
    for (guint row = 0; row < fovea_table_get_n_rows (table); row++) {
        double recall = number (table, row, "recall"), bound = number (table, row, "oracle_recall");
        if (isnan (recall))
            continue;
        ck_assert_msg (recall <= bound + 1e-6, "%s %s %g: recall %g, oracle %g",
                       text (table, row, "name"), text (table, row, "method"),
                       number (table, row, "value"), recall, bound);
        n++;
    }
    ck_assert_int_gt (n, 500);
}
END_TEST

/* Rows of a method's heads, by series; NAN where a head has none. */
static double
find_series (
    FoveaTable *table, const char *name, const char *series, double value, const char *column)
{
    for (guint row = 0; row < fovea_table_get_n_rows (table); row++)
        if (strcmp (text (table, row, "name"), name) == 0 &&
            strcmp (text (table, row, "series"), series) == 0 &&
            fabs (number (table, row, "value") - value) < 1e-12)
            return number (table, row, column);
    return NAN;
}

/* A searched pattern is of blocks on some heads, which computes what it chose: there it stands for itself,
 * or a mean over the other heads alone could lie above the oracle's over all. */
START_TEST (means_of_what_was_chosen_are_over_all_heads)
{
    FoveaSparseCurvesOptions options = make_options ("minference", NULL, TRUE);
    g_autoptr (FoveaTable) table = run (&options, 1, 400);
    gboolean any_mixed = FALSE;
    for (gsize i = 0; options.methods[0]->sweep[i] >= 0; i++)
        for (int l = 0; l < L; l++) {
            double value = options.methods[0]->sweep[i], sum = 0;
            g_autofree char *layer = g_strdup_printf ("layer %d", l);
            int n_chosen = 0;
            for (int h = 0; h < H; h++) {
                g_autofree char *name = g_strdup_printf ("%d.%d", l, h);
                double own = find_series (table, name, "selected", value, "recall");
                n_chosen += !isnan (own);
                sum += isnan (own) ? find_series (table, name, "executed", value, "recall") : own;
            }
            double mean = find_series (table, layer, "selected", value, "recall");
            any_mixed = any_mixed || (n_chosen > 0 && n_chosen < H);
            if (n_chosen == 0)
                ck_assert (isnan (mean));
            else
                ck_assert_double_eq_tol (mean, sum / H, 1e-12);
        }
    ck_assert (any_mixed);
}
END_TEST

START_TEST (heads_that_were_not_asked_for_do_not_count)
{
    gboolean heads[L * H] = {FALSE};
    heads[H + 1] = TRUE;
    FoveaSparseCurvesOptions options = make_options ("window", NULL, FALSE);
    options.heads = heads;
    g_autoptr (FoveaTable) table = run (&options, 1, 40);
    ck_assert_int_eq (fovea_table_get_n_rows (table), 3);
    ck_assert_str_eq (text (table, 0, "name"), "model");
    ck_assert_str_eq (text (table, 1, "name"), "layer 1");
    ck_assert_str_eq (text (table, 2, "name"), "1.1");
    ck_assert (number (table, 0, "recall") == number (table, 2, "recall"));
}
END_TEST

/* Counts of a row's histogram. */
static void
read_counts (FoveaTable *table, guint row, gint64 *counts)
{
    g_auto (GStrv) words = g_strsplit (text (table, row, "histogram"), " ", -1);
    ck_assert_uint_eq (g_strv_length (words), FOVEA_RECALL_BINS);
    for (int bin = 0; bin < FOVEA_RECALL_BINS; bin++)
        counts[bin] += g_ascii_strtoll (words[bin], NULL, 10);
}

START_TEST (a_histogram_has_every_query_of_every_head_and_sequence)
{
    enum {
        S = 2,
        T = 90
    };
    FoveaSparseCurvesOptions options = make_options ("window", NULL, FALSE);
    const FoveaSparseSetting narrow = {NULL, "window", 20};
    options.settings = &narrow;
    options.n_settings = 1;
    g_autoptr (FoveaTable) without = run (&options, S, T);
    ck_assert_int_lt (fovea_table_find_column (without, "histogram"), 0);
    options.histograms = TRUE;
    g_autoptr (FoveaTable) table = run (&options, S, T);
    gint64 model[FOVEA_RECALL_BINS] = {0}, heads[FOVEA_RECALL_BINS] = {0}, all = 0, first = -1;
    for (guint row = 0; row < fovea_table_get_n_rows (table); row++)
        if (strcmp (text (table, row, "name"), "model") == 0)
            read_counts (table, row, model);
        else if (strchr (text (table, row, "name"), '.') != NULL)
            read_counts (table, row, heads);
    for (int bin = 0; bin < FOVEA_RECALL_BINS; bin++) {
        ck_assert_int_eq (model[bin], heads[bin]);
        all += model[bin];
        first = first < 0 && model[bin] > 0 ? bin : first;
    }
    ck_assert_int_eq (all, L * H * S * T);
    /* The least recall is in the first bin that holds any, early queries in the last. */
    double least = number (table, find (table, "model", "window", 20), "least_recall");
    ck_assert_int_eq (first, (gint64) (least * FOVEA_RECALL_BINS));
    ck_assert_int_ge (model[FOVEA_RECALL_BINS - 1], L * H * S * 20);
}
END_TEST

START_TEST (intervals_need_two_sequences_and_hold_the_mean)
{
    FoveaSparseCurvesOptions options = make_options ("streaming", NULL, TRUE);
    g_autoptr (FoveaTable) one = run (&options, 1, 64);
    g_autoptr (FoveaTable) many = run (&options, 5, 64);
    g_autoptr (FoveaTable) again = run (&options, 5, 64);
    guint row = find (many, "1.2", "streaming", 8);
    ck_assert (isnan (number (one, find (one, "1.2", "streaming", 8), "recall_from")));
    double low = number (many, row, "recall_from"), high = number (many, row, "recall_to");
    ck_assert (low < number (many, row, "recall") && number (many, row, "recall") < high);
    ck_assert (low == number (again, row, "recall_from"));
    options.seed = 7;
    g_autoptr (FoveaTable) other = run (&options, 5, 64);
    ck_assert (low != number (other, row, "recall_from"));
}
END_TEST

START_TEST (threads_do_not_change_a_bit)
{
    FoveaSparseCurvesOptions options = make_options ("xattention", "vertical-slash", TRUE);
    g_autofree char *texts[2] = {NULL};
    for (int i = 0; i < 2; i++) {
        g_autoptr (FoveaSparseCurves) curves = fovea_sparse_curves_new (&options);
        g_autoptr (FoveaTrace) trace = make_trace (80, 5, L);
        FoveaThreads *threads = fovea_threads_new (i == 0 ? 1 : 5);
        ck_assert (fovea_sparse_curves_add (curves, trace, threads, NULL, NULL, NULL, NULL));
        fovea_threads_free (threads);
        g_autoptr (FoveaTable) table = fovea_sparse_curves_finish (curves);
        texts[i] = fovea_table_print (table, FOVEA_FORMAT_TSV);
    }
    ck_assert_str_eq (texts[0], texts[1]);
    g_free (texts[1]);
}
END_TEST

START_TEST (a_method_that_cannot_apply_gives_its_reason_and_no_number)
{
    static const FoveaSparseSetting wide = {"xattention", "block", 64};
    FoveaSparseCurvesOptions options = make_options ("xattention", "window", TRUE);
    options.settings = &wide;
    options.n_settings = 1;
    g_autoptr (FoveaTable) table = run (&options, 1, 40);
    guint n = 0;
    for (guint row = 0; row < fovea_table_get_n_rows (table); row++) {
        gboolean left_out = strcmp (text (table, row, "method"), "xattention") == 0;
        ck_assert_int_eq (left_out, isnan (number (table, row, "density")));
        ck_assert_int_eq (left_out, isnan (number (table, row, "recall")));
        ck_assert_int_eq (left_out, strstr (text (table, row, "note"),
                                            "blocks of 64 tokens, the sequence has 40") != NULL);
        n += left_out;
    }
    ck_assert_int_eq (n, 1 + L + L * H);
}
END_TEST

/* Cancels when @left more heads are done. */
typedef struct {
    GCancellable *cancellable;
    gint64 left;
} Stop;

static void
stop_after (gpointer data, gint64 done, gint64 total)
{
    Stop *stop = data;
    ck_assert_int_eq (total, L * H);
    if (--stop->left == 0)
        g_cancellable_cancel (stop->cancellable);
}

START_TEST (an_interrupt_keeps_finished_heads_of_the_first_sequence)
{
    FoveaSparseCurvesOptions options = make_options ("window", NULL, FALSE);
    g_autoptr (FoveaSparseCurves) curves = fovea_sparse_curves_new (&options);
    g_autoptr (FoveaTrace) trace = make_trace (40, 3, L);
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (GError) error = NULL;
    FoveaThreads *threads = fovea_threads_new (1);
    Stop stop = {cancellable, H + 1};
    ck_assert (
        !fovea_sparse_curves_add (curves, trace, threads, stop_after, &stop, cancellable, &error));
    ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    ck_assert_int_eq (fovea_sparse_curves_get_n_sequences (curves), 1);
    g_autoptr (FoveaTable) table = fovea_sparse_curves_finish (curves);
    static const char *const names[] = {"layer 0", "0.0", "0.1", "0.2", "1.0"};
    ck_assert_int_eq (fovea_table_get_n_rows (table), G_N_ELEMENTS (names));
    for (guint row = 0; row < G_N_ELEMENTS (names); row++)
        ck_assert_str_eq (text (table, row, "name"), names[row]);
    fovea_threads_free (threads);
}
END_TEST

START_TEST (an_interrupt_drops_a_later_sequence_whole)
{
    FoveaSparseCurvesOptions options = make_options ("window", NULL, FALSE);
    g_autoptr (FoveaTable) expected = run (&options, 1, 40);
    g_autoptr (FoveaSparseCurves) curves = fovea_sparse_curves_new (&options);
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    FoveaThreads *threads = fovea_threads_new (1);
    Stop stop = {cancellable, L * H + 2};
    for (guint s = 0; s < 2; s++) {
        g_autoptr (FoveaTrace) trace = make_trace (40, 100 * (s + 1), L);
        ck_assert_int_eq (
            fovea_sparse_curves_add (curves, trace, threads, stop_after, &stop, cancellable, NULL),
            s == 0);
    }
    fovea_threads_free (threads);
    g_autoptr (FoveaTable) table = fovea_sparse_curves_finish (curves);
    g_autofree char *a = fovea_table_print (table, FOVEA_FORMAT_TSV);
    g_autofree char *b = fovea_table_print (expected, FOVEA_FORMAT_TSV);
    ck_assert_str_eq (a, b);
}
END_TEST

START_TEST (a_layer_without_attention_is_an_error)
{
    FoveaSparseCurvesOptions options = make_options ("window", NULL, FALSE);
    g_autoptr (FoveaSparseCurves) curves = fovea_sparse_curves_new (&options);
    g_autoptr (FoveaTrace) trace = make_trace (40, 3, 1);
    g_autoptr (GError) error = NULL;
    ck_assert (!add_trace (curves, trace, &error));
    ck_assert_msg (strstr (error->message, "1") != NULL, "%s", error->message);
}
END_TEST

/* As many layers or as many heads are not enough. */
START_TEST (traces_of_another_shape_are_refused)
{
    static const guint shapes[][2] = {{L, H + 1}, {L, H - 1}, {L + 1, H}, {L - 1, H}};
    FoveaSparseCurvesOptions options = make_options ("window", NULL, FALSE);
    g_autoptr (FoveaSparseCurves) curves = fovea_sparse_curves_new (&options);
    g_autoptr (FoveaTrace) first = make_trace (40, 3, L);
    ck_assert (add_trace (curves, first, NULL));
    for (guint i = 0; i < G_N_ELEMENTS (shapes); i++) {
        const guint *shape = shapes[i];
        g_autoptr (FoveaTrace) other = sparse_trace_new (40, shape[0], shape[1], shape[0], 4);
        g_autofree char *said = g_strdup_printf (
            "%u layers of %u heads, earlier sequences have %d of %d", shape[0], shape[1], L, H);
        g_autoptr (GError) error = NULL;
        ck_assert (!add_trace (curves, other, &error));
        ck_assert_msg (strstr (error->message, said) != NULL, "%s", error->message);
    }
    ck_assert (add_trace (curves, first, NULL));
}
END_TEST

/* A table of one curve of given points. */
static FoveaTable *
make_curve (const double *densities, const double *recalls, guint n)
{
    static const char *const names[] = {"name", "method", "series"};
    FoveaTable *table = fovea_table_new ("recall");
    fovea_table_add_column (table, "layer", FOVEA_COLUMN_INTEGER, "", "");
    fovea_table_add_column (table, "head", FOVEA_COLUMN_INTEGER, "", "");
    for (guint i = 0; i < 3; i++)
        fovea_table_add_column (table, names[i], FOVEA_COLUMN_TEXT, "", "");
    fovea_table_add_column (table, "density", FOVEA_COLUMN_NUMBER, "", "");
    fovea_table_add_column (table, "recall", FOVEA_COLUMN_NUMBER, "", "");
    for (guint i = 0; i < n; i++) {
        guint row = fovea_table_add_row (table);
        for (guint c = 0; c < 3; c++)
            fovea_table_set_text (table, row, 2 + c, names[c]);
        fovea_table_set_number (table, row, 5, densities[i]);
        fovea_table_set_number (table, row, 6, recalls[i]);
    }
    return table;
}

START_TEST (a_summary_reads_densities_off_the_logarithmic_line)
{
    /* Recall 0.7 at 1/16 and 0.9 at 1/4: one factor of four in density for 0.2. */
    const double densities[] = {0.25, 0.0625}, recalls[] = {0.9, 0.7};
    g_autoptr (FoveaTable) curve = make_curve (densities, recalls, 2);
    g_autoptr (FoveaTable) table = fovea_sparse_curves_summarise (curve);
    ck_assert_int_eq (fovea_table_get_n_rows (table), 1);
    ck_assert (fabs (number (table, 0, "density_for_0.8") - 0.125) <= 1e-12);
    ck_assert (fabs (number (table, 0, "density_for_0.9") - 0.25) <= 1e-12);
    ck_assert (fabs (number (table, 0, "density_for_0.95") - 0.5) <= 1e-12);
    /* Trapezes over log density, and recall in proportion to density below the first point. */
    double area = (0.7 + 0.9) / 2 * log (4) + (0.9 + 1) / 2 * log (4) + 0.7 * (1 - 0.02 / 0.0625);
    ck_assert (fabs (number (table, 0, "area") - area / log (50)) <= 1e-12);
}
END_TEST

START_TEST (a_summary_of_a_dense_point_alone_is_the_diagonal)
{
    const double densities[] = {1}, recalls[] = {1};
    g_autoptr (FoveaTable) curve = make_curve (densities, recalls, 1);
    g_autoptr (FoveaTable) table = fovea_sparse_curves_summarise (curve);
    ck_assert (number (table, 0, "density_for_0.9") == 1);
    ck_assert (fabs (number (table, 0, "area") - 0.98 / log (50)) <= 1e-12);
}
END_TEST

START_TEST (a_summary_leaves_out_what_was_not_measured)
{
    const double densities[] = {NAN}, recalls[] = {NAN};
    g_autoptr (FoveaTable) curve = make_curve (densities, recalls, 1);
    g_autoptr (FoveaTable) table = fovea_sparse_curves_summarise (curve);
    ck_assert_int_eq (fovea_table_get_n_rows (table), 0);
}
END_TEST

START_TEST (the_list_of_methods_has_every_method_once)
{
    g_autoptr (FoveaTable) table = fovea_sparse_curves_list_methods ();
    guint n = 0;
    while (fovea_sparse_method_list ()[n] != NULL)
        n++;
    ck_assert_int_eq (fovea_table_get_n_rows (table), n);
    for (guint row = 0; row < n; row++) {
        ck_assert_str_eq (text (table, row, "id"), fovea_sparse_method_list ()[row]->id);
        for (guint other = 0; other < row; other++)
            ck_assert_str_ne (text (table, row, "id"), text (table, other, "id"));
        ck_assert_str_ne (text (table, row, "swept"), "");
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("sparse curves");
    TCase *curves = tcase_create ("curves"), *summary = tcase_create ("summary");
    tcase_add_test (curves, means_are_over_sequences_then_heads_then_layers);
    tcase_add_test (curves, a_mean_says_over_how_many_heads_it_is);
    tcase_add_test (curves, no_point_of_any_method_beats_the_heaviest_keys);
    tcase_add_test (curves, means_of_what_was_chosen_are_over_all_heads);
    tcase_add_test (curves, heads_that_were_not_asked_for_do_not_count);
    tcase_add_test (curves, a_histogram_has_every_query_of_every_head_and_sequence);
    tcase_add_test (curves, intervals_need_two_sequences_and_hold_the_mean);
    tcase_add_test (curves, threads_do_not_change_a_bit);
    tcase_add_test (curves, a_method_that_cannot_apply_gives_its_reason_and_no_number);
    tcase_add_test (curves, an_interrupt_keeps_finished_heads_of_the_first_sequence);
    tcase_add_test (curves, an_interrupt_drops_a_later_sequence_whole);
    tcase_add_test (curves, a_layer_without_attention_is_an_error);
    tcase_add_test (curves, traces_of_another_shape_are_refused);
    tcase_set_timeout (curves, 60);
    suite_add_tcase (suite, curves);
    tcase_add_test (summary, a_summary_reads_densities_off_the_logarithmic_line);
    tcase_add_test (summary, a_summary_of_a_dense_point_alone_is_the_diagonal);
    tcase_add_test (summary, a_summary_leaves_out_what_was_not_measured);
    tcase_add_test (summary, the_list_of_methods_has_every_method_once);
    suite_add_tcase (suite, summary);
    return support_run (suite);
}
