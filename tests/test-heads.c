/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Row statistics, detectors and roles against worked numbers; whole head tables against patterns
 * made by hand, where every score is known. */
#include "analysis/detectors.h"
#include "analysis/heads.h"
#include "analysis/roles.h"
#include "tests/support.h"

#include <math.h>
#include <string.h>

#define check_near(value, expected, tolerance)                                                     \
    ck_assert_msg (fabs ((value) - (expected)) <= (tolerance), "%s is %.9g, not %.9g", #value,     \
                   (double) (value), (double) (expected))

static const float worked[] = {1,    0,    0,    0, 0.6f, 0.4f, 0,    0,
                               0.1f, 0.8f, 0.1f, 0, 0.1f, 0.2f, 0.6f, 0.1f};

static FoveaDetection
detect (FoveaDetector detector, FoveaExclusion exclude)
{
    const gint32 ids[] = {5, 7, 5, 7};
    g_autoptr (FoveaTargets) targets = fovea_targets_new (ids, 4);
    FoveaDetection detection = {0};
    fovea_detection_add_rows (&detection, targets, detector, exclude, 0, 1, worked, 4);
    fovea_detection_add_rows (&detection, targets, detector, exclude, 1, 3, worked + 4, 4);
    return detection;
}

static const struct {
    FoveaDetector detector;
    gint64 n_targets;
    double mul, abs, mul_without_first;
} detections[] = {
    {FOVEA_DETECTOR_PREVIOUS, 3, 0.5, 0.25, 0.636364},
    {FOVEA_DETECTOR_DUPLICATE, 2, 0.075, -0.35, 0.090909},
    {FOVEA_DETECTOR_INDUCTION, 2, 0.35, 0.2, 0.636364},
};

START_TEST (detectors_match_the_worked_table)
{
    FoveaDetection all = detect (detections[_i].detector, FOVEA_EXCLUDE_NOTHING);
    FoveaDetection rest = detect (detections[_i].detector, FOVEA_EXCLUDE_FIRST);
    ck_assert_int_eq (all.n_targets, detections[_i].n_targets);
    check_near (fovea_detection_get_mul (&all), detections[_i].mul, 1e-6);
    check_near (fovea_detection_get_abs (&all), detections[_i].abs, 1e-9);
    check_near (fovea_detection_get_mul (&rest), detections[_i].mul_without_first, 1e-6);
}
END_TEST

START_TEST (both_exclusions_leave_the_worked_share)
{
    FoveaDetection rest =
        detect (FOVEA_DETECTOR_PREVIOUS, FOVEA_EXCLUDE_FIRST | FOVEA_EXCLUDE_CURRENT);
    check_near (fovea_detection_get_mul (&rest), 0.875, 1e-6);
}
END_TEST

START_TEST (role_needs_two_standard_errors_above_its_threshold)
{
    ck_assert (fovea_role_holds (FOVEA_ROLE_INDUCTION, 0.5, 0.049));
    ck_assert (!fovea_role_holds (FOVEA_ROLE_INDUCTION, 0.5, 0.051));
    ck_assert (!fovea_role_holds (FOVEA_ROLE_INDUCTION, 0.4, 0));
    ck_assert (!fovea_role_holds (FOVEA_ROLE_INDUCTION, 0.9, NAN));
    ck_assert (!fovea_role_holds (FOVEA_ROLE_INDUCTION, NAN, 0));
    ck_assert (!fovea_role_holds (FOVEA_ROLE_LONG_RANGE, 1.1, 0));
}
END_TEST

START_TEST (main_role_has_the_largest_margin)
{
    double scores[FOVEA_N_ROLES], errors[FOVEA_N_ROLES] = {0};
    for (int role = 0; role < FOVEA_N_ROLES; role++)
        scores[role] = NAN;
    FoveaRole main;
    g_autofree char *none = fovea_roles_choose (scores, errors, &main);
    ck_assert (main == FOVEA_N_ROLES && *none == '\0');

    scores[FOVEA_ROLE_SINK] = 1; /* a sink looks as far back as can be */
    scores[FOVEA_ROLE_LONG_RANGE] = 2;
    g_autofree char *sink = fovea_roles_choose (scores, errors, &main);
    ck_assert_str_eq (sink, "sink,long-range");
    ck_assert (main == FOVEA_ROLE_SINK);

    scores[FOVEA_ROLE_INDUCTION] = scores[FOVEA_ROLE_SINK]; /* equal: the class order decides */
    scores[FOVEA_ROLE_LONG_RANGE] = 0;
    g_autofree char *equal = fovea_roles_choose (scores, errors, &main);
    ck_assert_str_eq (equal, "induction,sink");

    errors[FOVEA_ROLE_INDUCTION] = 0.5;
    g_autofree char *unsure = fovea_roles_choose (scores, errors, &main);
    ck_assert_str_eq (unsure, "sink");

    scores[FOVEA_ROLE_SINK_COLUMN] = 1; /* the wider word beside the narrower one, then alone */
    g_autofree char *both = fovea_roles_choose (scores, errors, &main);
    ck_assert_str_eq (both, "sink,sink column");
    scores[FOVEA_ROLE_SINK] = 0.3;
    g_autofree char *column = fovea_roles_choose (scores, errors, &main);
    ck_assert_str_eq (column, "sink column");
    ck_assert (main == FOVEA_ROLE_SINK_COLUMN);
}
END_TEST

/* Planted heads: each row puts @mass on the key that its kind says, the rest evenly on all keys. */
typedef enum {
    PLANT_UNIFORM,
    PLANT_PREVIOUS,
    PLANT_CURRENT,
    PLANT_FIRST,
    PLANT_DUPLICATE,
    PLANT_INDUCTION,
    PLANT_COLUMN,
    N_PLANTS,
} Plant;

typedef struct {
    gint64 T;
    float *pattern; /* (N_PLANTS, T, T) */
} Planted;

static gboolean
read_planted (
    gpointer backend, guint index, gint64 first_row, gint64 n_rows, float *out, GError **error)
{
    Planted *planted = backend;
    memcpy (out, planted->pattern + first_row * planted->T,
            (gsize) (n_rows * planted->T) * sizeof (float));
    return TRUE;
}

static void
free_planted (gpointer backend)
{
    g_free (((Planted *) backend)->pattern);
    g_free (backend);
}

static gint64
last_place (const gint32 *ids, gint64 t)
{
    for (gint64 s = t - 1; s >= 0; s--)
        if (ids[s] == ids[t])
            return s;
    return -1;
}

enum {
    SINK_KEY = 7
};

/* -1: nowhere. */
static gint64
planted_key (Plant plant, const gint32 *ids, gint64 t)
{
    gint64 place = last_place (ids, t);
    switch (plant) {
    case PLANT_PREVIOUS:
        return t - 1;
    case PLANT_CURRENT:
        return t;
    case PLANT_FIRST:
        return 0;
    case PLANT_DUPLICATE:
        return place;
    case PLANT_INDUCTION:
        return place >= 0 ? place + 1 : -1;
    case PLANT_COLUMN:
        return t >= SINK_KEY ? SINK_KEY : -1;
    default:
        return -1;
    }
}

static FoveaTrace *
plant_trace (const gint32 *ids, gint64 T, gint64 period, float mass)
{
    FoveaTraceInfo *info = g_new0 (FoveaTraceInfo, 1);
    info->architecture = g_new0 (FoveaArchitecture, 1);
    info->architecture->family = g_strdup ("planted");
    info->architecture->n_layers = 1;
    info->architecture->n_heads = info->architecture->n_kv_heads = N_PLANTS;
    info->architecture->head_width = 1;
    info->model_name = g_strdup ("planted");
    info->model_hash = g_strdup ("");
    info->title = g_strdup ("planted");
    info->n_tokens = T;
    info->ids = g_memdup2 (ids, (gsize) T * sizeof *ids);
    info->repeat_period = period;
    Planted *planted = g_new0 (Planted, 1);
    planted->T = T;
    planted->pattern = g_new0 (float, N_PLANTS *T *T);
    for (int plant = 0; plant < N_PLANTS; plant++) {
        for (gint64 t = 0; t < T; t++) {
            float *row = planted->pattern + (plant * T + t) * T;
            gint64 key = planted_key (plant, ids, t);
            for (gint64 s = 0; s <= t; s++)
                row[s] = (key >= 0 ? 1 - mass : 1) / (float) (t + 1);
            if (key >= 0)
                row[key] += mass;
        }
    }
    FoveaArray *array = g_new0 (FoveaArray, 1);
    *array = (FoveaArray){
        .name = g_strdup ("blocks.0.attn.hook_pattern"),
        .dtype = FOVEA_F32,
        .rank = 3,
        .shape = {N_PLANTS, T, T},
        .row_axes = 2,
    };
    GPtrArray *arrays = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_array_free);
    g_ptr_array_add (arrays, array);
    const FoveaTraceBackend functions = {read_planted, free_planted};
    return fovea_trace_new (info, arrays, &functions, planted);
}

/* Adds @n sequences r + r of period @P, with masses spread round @mass by @spread. */
static void
add_repeats (FoveaHeads *heads, int n, gint64 P, float mass, float spread)
{
    g_autofree gint32 *ids = g_new (gint32, 2 * P);
    for (gint64 t = 0; t < 2 * P; t++)
        ids[t] = (gint32) (t % P);
    for (int i = 0; i < n; i++) {
        g_autoptr (GError) error = NULL;
        g_autoptr (FoveaTrace) trace =
            plant_trace (ids, 2 * P, P, mass + spread * (i % 2 ? 1.f : -1.f));
        ck_assert_msg (fovea_heads_add (heads, trace, NULL, &error), "%s",
                       error != NULL ? error->message : "");
    }
}

static double
get (FoveaTable *table, Plant plant, const char *column)
{
    int index = fovea_table_find_column (table, column);
    ck_assert_msg (index >= 0, "no column %s", column);
    return fovea_table_get_number (table, plant, (guint) index);
}

START_TEST (planted_heads_get_their_roles_and_scores)
{
    g_autoptr (FoveaHeads) heads = fovea_heads_new ();
    add_repeats (heads, 2, 100, 0.9f, 0);
    g_autoptr (FoveaTable) table = fovea_heads_finish (heads);
    const double rest = 0.1 * 0.00691; /* the evenly spread tenth */
    check_near (get (table, PLANT_INDUCTION, "induction"), 0.9 + rest, 1e-4);
    check_near (get (table, PLANT_DUPLICATE, "duplicate"), 0.9 + rest, 1e-4);
    check_near (get (table, PLANT_DUPLICATE, "induction"), rest, 1e-4);
    ck_assert (get (table, PLANT_PREVIOUS, "previous") > 0.9);
    ck_assert (get (table, PLANT_CURRENT, "current") > 0.9);
    ck_assert (get (table, PLANT_FIRST, "first") > 0.9);
    ck_assert_str_eq (fovea_table_read_text (table, PLANT_INDUCTION, "role"), "induction");
    ck_assert_str_eq (fovea_table_read_text (table, PLANT_DUPLICATE, "role"), "duplicate token");
    ck_assert_str_eq (fovea_table_read_text (table, PLANT_PREVIOUS, "role"), "previous token");
    ck_assert_str_eq (fovea_table_read_text (table, PLANT_CURRENT, "role"), "current token");
    ck_assert_str_eq (fovea_table_read_text (table, PLANT_FIRST, "role"), "sink");
    ck_assert_str_eq (fovea_table_read_text (table, PLANT_UNIFORM, "role"), "");
    ck_assert (isnan (get (table, PLANT_UNIFORM, "entropy")));
    ck_assert_str_eq (fovea_table_get_note (table, "n_repeat"), "2");
    ck_assert_str_eq (fovea_table_get_note (table, "repeat_period"), "100");
}
END_TEST

START_TEST (uniform_head_scores_the_computed_baseline)
{
    g_autoptr (FoveaHeads) heads = fovea_heads_new ();
    add_repeats (heads, 1, 100, 0.9f, 0);
    g_autoptr (FoveaTable) table = fovea_heads_finish (heads);
    check_near (get (table, PLANT_UNIFORM, "induction"), 0.0069, 5e-5);
    check_near (get (table, PLANT_UNIFORM, "duplicate"), 0.0069, 5e-5);
    ck_assert (isnan (get (table, PLANT_UNIFORM, "induction_se")));
    ck_assert_str_eq (fovea_table_read_text (table, PLANT_INDUCTION, "roles"),
                      ""); /* one sequence names none */
}
END_TEST

START_TEST (standard_errors_decide_about_labels)
{
    g_autoptr (FoveaHeads) sure = fovea_heads_new ();
    g_autoptr (FoveaHeads) unsure = fovea_heads_new ();
    add_repeats (sure, 4, 30, 0.5f, 0.05f);
    add_repeats (unsure, 4, 30, 0.5f, 0.15f);
    g_autoptr (FoveaTable) firm = fovea_heads_finish (sure);
    g_autoptr (FoveaTable) loose = fovea_heads_finish (unsure);
    /* masses m +- d, twice each: standard deviation d sqrt (4/3), error half of it, times what the
     * evenly spread part takes away (a little) */
    check_near (get (firm, PLANT_INDUCTION, "induction_se"), 0.05 * sqrt (4. / 3) / 2, 1e-3);
    check_near (get (loose, PLANT_INDUCTION, "induction_se"), 0.15 * sqrt (4. / 3) / 2, 3e-3);
    ck_assert_str_eq (fovea_table_read_text (firm, PLANT_INDUCTION, "role"), "induction");
    ck_assert_str_eq (fovea_table_read_text (loose, PLANT_INDUCTION, "role"), "");
}
END_TEST

START_TEST (text_scores_follow_from_the_planted_patterns)
{
    enum {
        T = 200
    };
    gint32 ids[T];
    for (gint64 t = 0; t < T; t++)
        ids[t] = (gint32) (t * t % 23);
    g_autoptr (FoveaHeads) heads = fovea_heads_new ();
    for (int i = 0; i < 2; i++) {
        g_autoptr (GError) error = NULL;
        g_autoptr (FoveaTrace) trace = plant_trace (ids, T, 0, 1);
        ck_assert_msg (fovea_heads_add (heads, trace, NULL, &error), "%s",
                       error != NULL ? error->message : "");
    }
    g_autoptr (FoveaTable) table = fovea_heads_finish (heads);
    check_near (get (table, PLANT_UNIFORM, "entropy_normalised"), 1, 1e-5);
    check_near (get (table, PLANT_UNIFORM, "effective_tokens"), (T + 1) / 2., 1e-3);
    check_near (get (table, PLANT_UNIFORM, "long_range"), 1, 1e-5);
    check_near (get (table, PLANT_FIRST, "long_range"), 2, 1e-5);
    check_near (get (table, PLANT_FIRST, "mean_distance"), (T - 1) / 2., 1e-3);
    check_near (get (table, PLANT_FIRST, "first_token_share"), 1, 0);
    check_near (get (table, PLANT_PREVIOUS, "window_16"), 1, 1e-6);
    check_near (get (table, PLANT_PREVIOUS, "positional"), 1, 0);
    check_near (get (table, PLANT_PREVIOUS, "previous_text"), (T - 1.) / T, 1e-6);
    check_near (get (table, PLANT_PREVIOUS, "entropy"), 0, 1e-6);
    check_near (get (table, PLANT_CURRENT, "current_text"), 1, 1e-6);
    ck_assert (isnan (get (table, PLANT_INDUCTION, "induction")));
    ck_assert_str_eq (fovea_table_read_text (table, PLANT_CURRENT, "role"), "current token");
    ck_assert_str_eq (fovea_table_read_text (table, PLANT_UNIFORM, "role"), "uniform");
    ck_assert_str_eq (fovea_table_read_text (table, PLANT_PREVIOUS, "role"), "previous token");
    ck_assert_str_eq (fovea_table_read_text (table, PLANT_PREVIOUS, "roles"),
                      "previous token,local,positional");
    ck_assert_str_eq (fovea_table_read_text (table, PLANT_FIRST, "roles"),
                      "sink,long-range,sink column");
    check_near (get (table, PLANT_FIRST, "sink_column"), 1, 1e-6);
    check_near (get (table, PLANT_FIRST, "sink_key"), 0, 0);
    check_near (get (table, PLANT_COLUMN, "sink_column"), 1, 1e-6);
    check_near (get (table, PLANT_COLUMN, "sink_key"), SINK_KEY, 0);
    ck_assert (get (table, PLANT_COLUMN, "first_token") < 0.1);
    ck_assert_str_eq (fovea_table_read_text (table, PLANT_COLUMN, "roles"),
                      "sink column,long-range");
    ck_assert (strstr (fovea_table_read_text (table, PLANT_UNIFORM, "roles"), "sink") == NULL);

    gint64 targets =
        0; /* the planted induction and duplicate heads hit one target where there is any */
    for (gint64 t = 0; t < T; t++)
        targets += last_place (ids, t) >= 0;
    check_near (get (table, PLANT_DUPLICATE, "duplicate_text"), (double) targets / T, 1e-6);
    check_near (get (table, PLANT_INDUCTION, "induction_text"), (double) targets / T, 1e-6);
    ck_assert (get (table, PLANT_INDUCTION, "duplicate_text") < 0.2);
}
END_TEST

/* Swaps in the pattern @a, (T, T), for every head. */
static FoveaTrace *
trace_pattern (const gint32 *ids, const float *a, gint64 T)
{
    g_autoptr (FoveaTrace) trace = plant_trace (ids, T, 0, 1);
    FoveaTraceInfo *info = fovea_trace_info_copy (fovea_trace_get_info (trace));
    GPtrArray *arrays = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_array_free);
    g_ptr_array_add (arrays,
                     fovea_array_copy (g_ptr_array_index (fovea_trace_get_arrays (trace), 0)));
    Planted *planted = g_new0 (Planted, 1);
    planted->T = T;
    planted->pattern = g_new (float, N_PLANTS *T *T);
    for (int head = 0; head < N_PLANTS; head++)
        memcpy (planted->pattern + head * T * T, a, (gsize) (T * T) * sizeof *a);
    const FoveaTraceBackend functions = {read_planted, free_planted};
    return fovea_trace_new (info, arrays, &functions, planted);
}

static FoveaTable *
score_pattern (const gint32 *ids, const float *a, gint64 T)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaHeads) heads = fovea_heads_new ();
    g_autoptr (FoveaTrace) trace = trace_pattern (ids, a, T);
    ck_assert_msg (fovea_heads_add (heads, trace, NULL, &error), "%s",
                   error != NULL ? error->message : "");
    return fovea_heads_finish (heads);
}

/* Rows 2 and 3 of the worked pattern, columns 0 to 2: sums .2, 1, .7. */
START_TEST (sink_column_of_the_worked_pattern_is_the_second)
{
    const gint32 ids[] = {5, 7, 5, 7};
    g_autoptr (FoveaTable) table = score_pattern (ids, worked, 4);
    check_near (get (table, 0, "sink_column"), 0.5, 1e-6);
    check_near (get (table, 0, "sink_key"), 1, 0);
}
END_TEST

/* Five tokens: rows 3 and 4 (t >= 2.5), columns 0 to 2 (s <= 2.5). Column 3 holds more, but is
 * of the second half; columns 1 and 2 are equal, and the lower one is named. */
START_TEST (sink_column_of_an_odd_length_keeps_to_the_halves)
{
    const gint32 ids[] = {1, 2, 3, 4, 5};
    const float rows[][5] = {{1}, {1}, {1}, {0, 0.2f, 0.2f, 0.6f}, {0, 0.1f, 0.1f, 0.8f}};
    float pattern[25];
    memcpy (pattern, rows, sizeof rows);
    g_autoptr (FoveaTable) table = score_pattern (ids, pattern, 5);
    check_near (get (table, 0, "sink_column"), 0.15, 1e-6);
    check_near (get (table, 0, "sink_key"), 1, 0);
}
END_TEST

START_TEST (sink_column_is_named_where_it_is_strongest)
{
    gint32 ids[40];
    const float masses[] = {0.5f, 0.9f, 0.7f};
    for (gint32 t = 0; t < 40; t++)
        ids[t] = t;
    g_autoptr (FoveaHeads) heads = fovea_heads_new ();
    for (gsize i = 0; i < G_N_ELEMENTS (masses); i++) {
        g_autoptr (GError) error = NULL;
        g_autoptr (FoveaTrace) trace = plant_trace (ids, 40, 0, masses[i]);
        FoveaTraceInfo *info = (FoveaTraceInfo *) fovea_trace_get_info (trace);
        info->token_texts = g_new0 (char *, 41);
        for (gsize t = 0; t < 40; t++)
            info->token_texts[t] = g_strdup_printf (i == 1 ? "s%" G_GSIZE_FORMAT "\xff" : "", t);
        ck_assert_msg (fovea_heads_add (heads, trace, NULL, &error), "%s",
                       error != NULL ? error->message : "");
    }
    g_autoptr (FoveaTable) table = fovea_heads_finish (heads);
    /* Half a token is shown as a table can hold it: the replacement character. */
    ck_assert_str_eq (fovea_table_read_text (table, PLANT_COLUMN, "sink_token"), "s7\xef\xbf\xbd");
    ck_assert_str_eq (fovea_table_read_text (table, PLANT_COLUMN, "role"), "sink column");
}
END_TEST

/* An import may hold patterns alone. */
START_TEST (sequences_without_ids_have_all_but_the_detectors)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaHeads) heads = fovea_heads_new ();
    gint32 ids[100] = {0};
    g_autoptr (FoveaTrace) trace = plant_trace (ids, 100, 0, 1);
    FoveaTraceInfo *info = (FoveaTraceInfo *) fovea_trace_get_info (trace);
    g_clear_pointer (&info->ids, g_free);
    ck_assert_msg (fovea_heads_add (heads, trace, NULL, &error), "%s",
                   error != NULL ? error->message : "");
    g_autoptr (FoveaTable) table = fovea_heads_finish (heads);
    const char *const detectors[] = {"previous_text", "duplicate_text", "induction_text"};
    for (gsize i = 0; i < G_N_ELEMENTS (detectors); i++)
        ck_assert (isnan (get (table, PLANT_COLUMN, detectors[i])));
    check_near (get (table, PLANT_CURRENT, "current_text"), 1, 1e-6);
    check_near (get (table, PLANT_COLUMN, "sink_column"), 1, 1e-6);
    ck_assert_str_eq (fovea_table_read_text (table, PLANT_COLUMN, "sink_token"), "");
}
END_TEST

START_TEST (sequences_of_another_model_are_refused)
{
    const gint32 ids[] = {1, 2, 1, 2};
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaHeads) heads = fovea_heads_new ();
    add_repeats (heads, 1, 4, 0.5f, 0);
    g_autoptr (FoveaTrace) trace = plant_trace (ids, 4, 0, 1);
    ((FoveaArchitecture *) fovea_trace_get_info (trace)->architecture)->n_layers = 2;
    ck_assert (!fovea_heads_add (heads, trace, NULL, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE));
}
END_TEST

START_TEST (period_longer_than_half_the_sequence_is_refused)
{
    const gint32 ids[] = {1, 2, 1, 2};
    g_autoptr (FoveaHeads) heads = fovea_heads_new ();
    const gint64 periods[] = {3, 100, G_MAXINT64, -1};
    for (gsize i = 0; i < G_N_ELEMENTS (periods); i++) {
        g_autoptr (GError) error = NULL;
        g_autoptr (FoveaTrace) trace = plant_trace (ids, 4, periods[i], 1);
        ck_assert (!fovea_heads_add (heads, trace, NULL, &error));
        ck_assert_msg (strstr (error->message, "4 tokens cannot repeat") != NULL, "%s",
                       error->message);
    }
}
END_TEST

START_TEST (shortest_sequences_give_what_they_can)
{
    const gint32 ids[] = {1};
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaHeads) heads = fovea_heads_new ();
    g_autoptr (FoveaTrace) trace = plant_trace (ids, 1, 0, 1);
    ck_assert_msg (fovea_heads_add (heads, trace, NULL, &error), "%s",
                   error != NULL ? error->message : "");
    g_autoptr (FoveaTable) table = fovea_heads_finish (heads);
    check_near (get (table, PLANT_UNIFORM, "current_text"), 1, 1e-6);
    check_near (get (table, PLANT_UNIFORM, "entropy"), 0, 1e-6);
    const char *const unknown[] = {"first_token",        "window_16",   "long_range", "positional",
                                   "entropy_normalised", "sink_column", "sink_key"};
    for (gsize i = 0; i < G_N_ELEMENTS (unknown); i++)
        ck_assert_msg (isnan (get (table, PLANT_UNIFORM, unknown[i])), "%s", unknown[i]);
}
END_TEST

/* On repeats where there are any, else on text; and every role has a column of the table. */
START_TEST (roles_name_the_column_they_are_judged_by)
{
    gint32 ids[40];
    for (gint32 t = 0; t < 40; t++)
        ids[t] = t;
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaHeads) on_text = fovea_heads_new ();
    g_autoptr (FoveaHeads) on_repeats = fovea_heads_new ();
    g_autoptr (FoveaTrace) trace = plant_trace (ids, 40, 0, 1);
    ck_assert (fovea_heads_add (on_text, trace, NULL, &error));
    add_repeats (on_repeats, 1, 20, 0.5f, 0);
    g_autoptr (FoveaTable) text = fovea_heads_finish (on_text);
    g_autoptr (FoveaTable) repeats = fovea_heads_finish (on_repeats);
    ck_assert_str_eq (fovea_heads_get_evidence (text, 1, "previous token"), "previous_text");
    ck_assert_str_eq (fovea_heads_get_evidence (repeats, 1, "previous token"), "previous");
    ck_assert_str_eq (fovea_heads_get_evidence (text, 1, "sink"), "first_token");
    ck_assert_str_eq (fovea_heads_get_evidence (repeats, 1, "sink"), "first");
    ck_assert_str_eq (fovea_heads_get_evidence (text, 1, "current token"), "current_text");
    ck_assert_str_eq (fovea_heads_get_evidence (repeats, 1, "current token"), "current");
    ck_assert_str_eq (fovea_heads_get_evidence (text, 1, "induction"), "induction");
    ck_assert_ptr_null (fovea_heads_get_evidence (text, 1, ""));
    ck_assert_ptr_null (fovea_heads_get_evidence (text, 1, "entropy"));
    for (int role = 0; role < FOVEA_N_ROLES; role++) {
        const char *column = fovea_heads_get_evidence (text, 0, fovea_role_get_name (role));
        ck_assert_int_ge (fovea_table_find_kind (text, column, FOVEA_COLUMN_NUMBER), 0);
    }
}
END_TEST

START_TEST (kept_table_must_fit_the_model)
{
    g_autoptr (FoveaHeads) heads = fovea_heads_new ();
    add_repeats (heads, 1, 4, 0.5f, 0);
    g_autoptr (FoveaTable) table = fovea_heads_finish (heads);
    ck_assert (fovea_heads_check_table (table, 1, N_PLANTS));
    ck_assert (fovea_heads_check_table (table, 2, N_PLANTS + 1));
    ck_assert (!fovea_heads_check_table (table, 1, N_PLANTS - 1));
    ck_assert (!fovea_heads_check_table (table, 0, N_PLANTS));
    for (guint row = 0; row < N_PLANTS; row++) {
        gint64 head = fovea_table_get_integer (table, row, 1);
        fovea_table_set_integer (table, row, 1, row % 2 == 0 ? -1 : N_PLANTS);
        ck_assert (!fovea_heads_check_table (table, 1, N_PLANTS));
        fovea_table_set_integer (table, row, 1, head);
    }
    ck_assert (fovea_heads_check_table (table, 1, N_PLANTS));
    /* Each of these columns is needed. */
    static const char *const names[] = {"layer", "head", "name", "role", "roles"};
    for (guint left_out = 0; left_out <= G_N_ELEMENTS (names); left_out++) {
        g_autoptr (FoveaTable) some = fovea_table_new ("heads");
        for (guint i = 0; i < G_N_ELEMENTS (names); i++)
            if (i != left_out)
                fovea_table_add_column (some, names[i],
                                        i < 2 ? FOVEA_COLUMN_INTEGER : FOVEA_COLUMN_TEXT, "", "");
        fovea_table_add_row (some);
        ck_assert_int_eq (fovea_heads_check_table (some, 1, N_PLANTS),
                          left_out == G_N_ELEMENTS (names));
    }
}
END_TEST

START_TEST (cancelled_scores_are_no_result)
{
    const gint32 ids[] = {1, 2, 1, 2};
    g_autoptr (GError) error = NULL;
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (FoveaHeads) heads = fovea_heads_new ();
    g_autoptr (FoveaTrace) trace = plant_trace (ids, 4, 0, 1);
    g_cancellable_cancel (cancellable);
    ck_assert (!fovea_heads_add (heads, trace, cancellable, &error));
    ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    g_autoptr (FoveaTable) table = fovea_heads_finish (heads);
    ck_assert_str_eq (fovea_table_get_note (table, "n_text"), "0");
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("heads");
    TCase *parts = tcase_create ("parts");
    tcase_add_loop_test (parts, detectors_match_the_worked_table, 0, G_N_ELEMENTS (detections));
    tcase_add_test (parts, both_exclusions_leave_the_worked_share);
    tcase_add_test (parts, role_needs_two_standard_errors_above_its_threshold);
    tcase_add_test (parts, main_role_has_the_largest_margin);
    suite_add_tcase (suite, parts);
    TCase *planted = tcase_create ("planted heads");
    tcase_add_test (planted, planted_heads_get_their_roles_and_scores);
    tcase_add_test (planted, uniform_head_scores_the_computed_baseline);
    tcase_add_test (planted, standard_errors_decide_about_labels);
    tcase_add_test (planted, text_scores_follow_from_the_planted_patterns);
    tcase_add_test (planted, sink_column_of_the_worked_pattern_is_the_second);
    tcase_add_test (planted, sink_column_of_an_odd_length_keeps_to_the_halves);
    tcase_add_test (planted, sink_column_is_named_where_it_is_strongest);
    tcase_add_test (planted, sequences_without_ids_have_all_but_the_detectors);
    tcase_add_test (planted, sequences_of_another_model_are_refused);
    tcase_add_test (planted, period_longer_than_half_the_sequence_is_refused);
    tcase_add_test (planted, shortest_sequences_give_what_they_can);
    tcase_add_test (planted, roles_name_the_column_they_are_judged_by);
    tcase_add_test (planted, kept_table_must_fit_the_model);
    tcase_add_test (planted, cancelled_scores_are_no_result);
    suite_add_tcase (suite, planted);
    return support_run (suite);
}
