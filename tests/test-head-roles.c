/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Roles of real heads: the bundled model on 200 random tokens repeated, against the scores on its
 * card; and a model without induction heads, in which none may be found. */
#include "analysis/detectors.h"
#include "analysis/heads.h"
#include "analysis/row-statistics.h"
#include "capture/random.h"
#include "capture/sink.h"
#include "tests/forward-support.h"

#include <math.h>
#include <string.h>

enum {
    PERIOD = 200,
    SEQUENCES = 6,
    SEED = 1,
};

static const char ATTENTION[] = "attention";

static FoveaTrace *
capture (const Runner *runner, const gint32 *ids, gint64 n, gint64 period)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaTraceInfo) info = runner_info (runner, ids, n);
    info->repeat_period = period;
    g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
    const FoveaPlanOptions options = {ATTENTION, FOVEA_F32, FALSE};
    g_autoptr (FoveaPlan) plan = fovea_plan_new (info->architecture, &options, &error);
    ck_assert_msg (plan != NULL, "%s", error != NULL ? error->message : "");
    FoveaTrace *trace =
        fovea_session_capture (runner->session, info, plan, sink, NULL, NULL, NULL, NULL, &error);
    ck_assert_msg (trace != NULL, "%s", error != NULL ? error->message : "");
    return trace;
}

static void
add (FoveaHeads *heads, FoveaTrace *trace)
{
    g_autoptr (GError) error = NULL;
    ck_assert_msg (fovea_heads_add (heads, trace, NULL, &error), "%s",
                   error != NULL ? error->message : "");
}

/* Heads of a model over SEQUENCES of [bos] + r + r; ids below @first_id are special. */
static FoveaTable *
score_repeats (const char *model, gint32 first_id)
{
    Runner runner = runner_open (model, "cpu", 2 * PERIOD + 1, 0);
    const FoveaArchitecture *a = fovea_model_get_architecture (runner.model);
    g_autoptr (FoveaHeads) heads = fovea_heads_new ();
    gint32 ids[2 * PERIOD + 1];
    for (guint i = 0; i < SEQUENCES; i++) {
        fovea_random_repeat_tokens (SEED, i, a->bos_id, first_id, (gint32) a->vocabulary, PERIOD,
                                    ids);
        g_autoptr (FoveaTrace) trace = capture (&runner, ids, 2 * PERIOD + 1, PERIOD);
        add (heads, trace);
    }
    runner_close (&runner);
    return fovea_heads_finish (heads);
}

typedef struct {
    const char *name;
    double score;
} Known;

static const Known induction[] = {{"5.0", .79}, {"5.6", .91}, {"5.7", .97},
                                  {"5.8", .91}, {"5.9", .94}, {"5.10", .96}};
static const Known previous[] = {
    {"1.10", .48}, {"2.11", .74}, {"3.11", .96}, {"4.10", 1.}, {"4.11", .81}};
static const Known sinks[] = {{"2.0", 1.}, {"2.2", .96}};

/* Heads of @role are those of @known, with their scores, and no others unless @known is not all. */
static void
check_heads (FoveaTable *table,
             const char *role,
             const char *column,
             const Known *known,
             gsize n,
             gboolean all)
{
    guint found = 0, labelled = 0;
    for (guint row = 0; row < fovea_table_get_n_rows (table); row++) {
        g_auto (GStrv) roles = g_strsplit (fovea_table_read_text (table, row, "roles"), ",", -1);
        gboolean has = g_strv_contains ((const char *const *) roles, role);
        labelled += has;
        for (gsize i = 0; i < n; i++) {
            const char *name = fovea_table_read_text (table, row, "name");
            if (!g_str_equal (known[i].name, name))
                continue;
            double score = fovea_table_read_number (table, row, column);
            ck_assert_msg (fabs (score - known[i].score) <= 0.03, "%s: %s is %.3f, known %.2f",
                           name, column, score, known[i].score);
            ck_assert_msg (has, "%s is not called %s", name, role);
            found++;
        }
    }
    ck_assert_uint_eq (found, n);
    if (all)
        ck_assert_msg (labelled == n, "%u heads are called %s", labelled, role);
}

START_TEST (heads_of_the_bundled_model_are_those_of_its_card)
{
    g_autoptr (FoveaTable) table = score_repeats ("demo", 1);
    check_heads (table, "induction", "induction", induction, G_N_ELEMENTS (induction), TRUE);
    check_heads (table, "previous token", "previous", previous, G_N_ELEMENTS (previous), TRUE);
    check_heads (table, "sink", "first", sinks, G_N_ELEMENTS (sinks), FALSE);
    for (guint row = 0; row < fovea_table_get_n_rows (table); row++) {
        double error = fovea_table_read_number (table, row, "induction_se");
        ck_assert_msg (error >= 0 && error < 0.05, "row %u: %.3f", row, error);
    }
}
END_TEST

START_TEST (model_without_induction_heads_gets_none)
{
    g_autofree char *path = support_shared ("models/stories260K");
    if (path == NULL)
        return;
    g_autoptr (FoveaTable) table = score_repeats (path, 259);
    for (guint row = 0; row < fovea_table_get_n_rows (table); row++) {
        ck_assert_ptr_null (strstr (fovea_table_read_text (table, row, "roles"), "induction"));
        ck_assert (fovea_table_read_number (table, row, "induction") < 0.1);
    }
}
END_TEST

/* The first @n tokens of the bundled prose through the bundled model. */
static FoveaTrace *
capture_prose (gint64 n)
{
    Runner runner = runner_open ("demo", "cpu", n, 0);
    g_autoptr (GError) error = NULL;
    g_autofree char *path = support_data ("data/texts/pride_and_prejudice.txt");
    g_autofree char *text = NULL;
    ck_assert (g_file_get_contents (path, &text, NULL, NULL));
    FoveaTokenizer *tokenizer = fovea_model_get_tokenizer (runner.model, &error);
    ck_assert_msg (tokenizer != NULL, "%s", error != NULL ? error->message : "");
    g_autoptr (GArray) tokens = fovea_tokenizer_encode (tokenizer, text, 4000, TRUE, &error);
    ck_assert_msg (tokens != NULL && tokens->len >= n, "%s", error != NULL ? error->message : "");
    g_autofree gint32 *ids = g_new (gint32, n);
    for (gint64 t = 0; t < n; t++)
        ids[t] = g_array_index (tokens, FoveaToken, t).id;
    FoveaTrace *trace = capture (&runner, ids, n, 0);
    runner_close (&runner);
    return trace;
}

START_TEST (scores_on_text_keep_their_bounds)
{
    g_autoptr (FoveaHeads) heads = fovea_heads_new ();
    g_autoptr (FoveaTrace) trace = capture_prose (512);
    add (heads, trace);
    g_autoptr (FoveaTable) table = fovea_heads_finish (heads);
    const char *const shares[] = {
        "entropy_normalised", "max_weight",     "first_token",    "window_16",    "positional",
        "previous_text",      "duplicate_text", "induction_text", "current_text", "sink_column"};
    for (guint row = 0; row < fovea_table_get_n_rows (table); row++) {
        for (gsize i = 0; i < G_N_ELEMENTS (shares); i++) {
            double value = fovea_table_read_number (table, row, shares[i]);
            ck_assert_msg (value >= 0 && value <= 1 + 1e-6, "row %u: %s is %g", row, shares[i],
                           value);
        }
        ck_assert (fovea_table_read_number (table, row, "effective_tokens") >=
                   exp (fovea_table_read_number (table, row, "entropy")) - 1e-6);
        ck_assert (isnan (fovea_table_read_number (table, row, "induction")));
    }
    ck_assert (fovea_table_read_number (table, 4 * 12 + 10, "previous_text") >
               0.6); /* 4.10 looks back in prose too */
}
END_TEST

static void
check_score (FoveaTable *table, guint row, const char *column, double expected)
{
    double value = fovea_table_read_number (table, row, column);
    ck_assert_msg (fabs (value - expected) <= 1e-4 * fmax (1, fabs (expected)),
                   "row %u: %s is %.6f, from the pattern %.6f", row, column, value, expected);
}

/* Column by column, where the analysis goes row by row. */
static void
check_sink_column (FoveaTable *table, guint row, const float *pattern, gint64 T)
{
    double best = -1;
    gint64 key = -1;
    for (gint64 s = 0; 2 * s <= T; s++) {
        double sum = 0;
        for (gint64 t = (T + 1) / 2; t < T; t++)
            sum += pattern[t * T + s] / (double) (T - (T + 1) / 2);
        if (sum > best) {
            best = sum;
            key = s;
        }
    }
    check_score (table, row, "sink_column", best);
    check_score (table, row, "sink_key", (double) key);
}

/* Scores of one head from its whole pattern, row by row. */
static void
check_against_pattern (FoveaTable *table, FoveaTrace *trace, guint layer, guint head)
{
    const FoveaTraceInfo *info = fovea_trace_get_info (trace);
    gint64 T = info->n_tokens;
    guint row = layer * (guint) info->architecture->n_heads + head;
    g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, layer, NULL);
    g_autofree float *pattern = g_new (float, T *T);
    ck_assert (fovea_attention_read_pattern (attention, head, 0, T, 0, T, pattern, NULL));
    double entropy = 0, effective = 0, largest = 0, distance = 0, first = 0, local = 0;
    for (gint64 t = 0; t < T; t++) {
        const float *weights = pattern + t * T;
        FoveaRowStatistics statistics = fovea_row_statistics (weights, t + 1);
        entropy += statistics.entropy / (double) T;
        effective += statistics.effective_tokens / (double) T;
        largest += statistics.max_weight / (double) T;
        distance += fovea_row_mean_distance (weights, t + 1, t) / (double) T;
        first += t >= 1 ? weights[0] / (double) (T - 1) : 0;
        local += t >= 64 ? fovea_row_window_mass (weights, t + 1, t, 16) / (double) (T - 64) : 0;
    }
    check_score (table, row, "entropy", entropy);
    check_score (table, row, "effective_tokens", effective);
    check_score (table, row, "max_weight", largest);
    check_score (table, row, "mean_distance", distance);
    check_score (table, row, "first_token", first);
    check_score (table, row, "window_16", local);
    check_sink_column (table, row, pattern, T);
    const char *const columns[] = {"previous_text", "duplicate_text", "induction_text"};
    g_autoptr (FoveaTargets) targets = fovea_targets_new (info->ids, T);
    for (int detector = 0; detector < FOVEA_N_DETECTORS; detector++) {
        FoveaDetection detection = {0};
        fovea_detection_add_rows (&detection, targets, detector, FOVEA_EXCLUDE_NOTHING, 0, T,
                                  pattern, T);
        check_score (table, row, columns[detector], fovea_detection_get_mul (&detection));
    }
}

START_TEST (scores_from_summaries_are_those_of_the_pattern)
{
    g_autoptr (FoveaHeads) heads = fovea_heads_new ();
    g_autoptr (FoveaTrace) trace = capture_prose (300);
    add (heads, trace);
    g_autoptr (FoveaTable) table = fovea_heads_finish (heads);
    check_against_pattern (table, trace, 0, 0);
    check_against_pattern (table, trace, 3, 11);
    check_against_pattern (table, trace, 5, 7);
}
END_TEST

/* What three digits do not show is no zero. */
START_TEST (an_error_is_written_as_what_it_is)
{
    static const struct {
        double value, error;
        const char *text;
    } rows[] = {{0.9601, 0.0021, "0.960 ± 0.002"},
                {0.001, 0.0003, "0.001 ± <0.001"},
                {0.001, 0.0005, "0.001 ± 0.001"},
                {1, 0, "1.000 ± 0"},
                {0.25, (double) NAN, "0.250"}};
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autofree char *text = fovea_heads_write_score (rows[i].value, rows[i].error, 3);
        ck_assert_str_eq (text, rows[i].text);
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("head roles");
    TCase *tcase = tcase_create ("real models");
    tcase_set_timeout (tcase, 60);
    tcase_add_test (tcase, heads_of_the_bundled_model_are_those_of_its_card);
    tcase_add_test (tcase, model_without_induction_heads_gets_none);
    tcase_add_test (tcase, scores_on_text_keep_their_bounds);
    tcase_add_test (tcase, scores_from_summaries_are_those_of_the_pattern);
    tcase_add_test (tcase, an_error_is_written_as_what_it_is);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
