/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Curves that are added to a store by and by: what stands, what goes, in which order, and where a
 * store keeps them. */
#include <math.h>
#include <string.h>

#include "app/recall-keep.h"
#include "app/recall-merge.h"
#include "tests/store-support.h"

static guint n_kept;

typedef struct {
    gint64 layer, head;
    const char *method;
    double recall;
} Line;

/* The columns that merging looks at, and one number. */
static FoveaTable *
make_table (const Line *lines, guint n, const char *sequences, const char *settings)
{
    FoveaTable *table = fovea_table_new ("recall");
    fovea_table_add_column (table, "layer", FOVEA_COLUMN_INTEGER, "", "");
    fovea_table_add_column (table, "head", FOVEA_COLUMN_INTEGER, "", "");
    fovea_table_add_column (table, "method", FOVEA_COLUMN_TEXT, "", "");
    fovea_table_add_column (table, "recall", FOVEA_COLUMN_NUMBER, "", "");
    for (guint i = 0; i < n; i++) {
        fovea_table_add_row (table);
        fovea_table_set_integer (table, i, 0, lines[i].layer);
        fovea_table_set_integer (table, i, 1, lines[i].head);
        fovea_table_set_text (table, i, 2, lines[i].method);
        fovea_table_set_number (table, i, 3, lines[i].recall);
    }
    if (sequences != NULL)
        fovea_table_set_note (table, "sequences", sequences);
    if (settings != NULL)
        fovea_table_set_note (table, "settings", settings);
    return table;
}

/* "LAYER.HEAD method recall; ..." */
static char *
spell (FoveaTable *table)
{
    GString *text = g_string_new (NULL);
    for (guint i = 0; i < fovea_table_get_n_rows (table); i++)
        g_string_append_printf (
            text, "%s%d.%d %s %g", i > 0 ? "; " : "", (int) fovea_table_get_integer (table, i, 0),
            (int) fovea_table_get_integer (table, i, 1), fovea_table_get_text (table, i, 2),
            fovea_table_get_number (table, i, 3));
    return g_string_free (text, FALSE);
}

static const Line before[] = {{-1, -1, "window", 0.1}, {-1, -1, "anchor", 0.2},
                              {0, -1, "window", 0.3},  {0, 0, "window", 0.4},
                              {0, 0, "window", 0.5},   {1, 0, "anchor", 0.6}};
static const Line after[] = {{0, 0, "window", 0.9}, {0, 0, "s2", 0.8}};

START_TEST (what_is_measured_anew_replaces_its_twin_and_nothing_else)
{
    g_autoptr (FoveaTable) kept = make_table (before, G_N_ELEMENTS (before), "1", NULL);
    g_autoptr (FoveaTable) fresh = make_table (after, G_N_ELEMENTS (after), "1", NULL);
    g_autoptr (FoveaTable) merged = fovea_recall_merge (kept, fresh, &n_kept);
    g_autofree char *text = spell (merged);
    ck_assert_str_eq (text, "-1.-1 window 0.1; -1.-1 anchor 0.2; 0.-1 window 0.3; 0.0 window 0.9; "
                            "0.0 s2 0.8; 1.0 anchor 0.6");
}
END_TEST

START_TEST (curves_of_other_sequences_do_not_stand_side_by_side)
{
    static const char *const others[] = {"1 2", NULL};
    for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
        g_autoptr (FoveaTable) kept = make_table (before, G_N_ELEMENTS (before), others[i], NULL);
        g_autoptr (FoveaTable) fresh = make_table (after, G_N_ELEMENTS (after), "1", NULL);
        g_autoptr (FoveaTable) merged = fovea_recall_merge (kept, fresh, &n_kept);
        g_autofree char *text = spell (merged);
        ck_assert_str_eq (text, "0.0 window 0.9; 0.0 s2 0.8");
    }
    g_autoptr (FoveaTable) fresh = make_table (after, G_N_ELEMENTS (after), "1", NULL);
    g_autoptr (FoveaTable) alone = fovea_recall_merge (NULL, fresh, &n_kept);
    ck_assert_ptr_eq (alone, fresh);
}
END_TEST

START_TEST (curves_with_other_knobs_go_and_those_of_other_methods_stay)
{
    g_autoptr (FoveaTable) kept =
        make_table (before, G_N_ELEMENTS (before), "1", "window.sinks=2 anchor.block=16");
    g_autoptr (FoveaTable) fresh = make_table (after, G_N_ELEMENTS (after), "1", "window.sinks=8");
    g_autoptr (FoveaTable) merged = fovea_recall_merge (kept, fresh, &n_kept);
    g_autofree char *text = spell (merged);
    ck_assert_str_eq (text, "-1.-1 anchor 0.2; 0.0 window 0.9; 0.0 s2 0.8; 1.0 anchor 0.6");
    ck_assert_str_eq (fovea_table_get_note (merged, "settings"), "window.sinks=8 anchor.block=16");
}
END_TEST

START_TEST (a_table_of_another_shape_is_left_alone)
{
    g_autoptr (FoveaTable) kept = fovea_table_new ("recall");
    fovea_table_add_column (kept, "layer", FOVEA_COLUMN_TEXT, "", "");
    fovea_table_set_note (kept, "sequences", "1");
    g_autoptr (FoveaTable) fresh = make_table (after, G_N_ELEMENTS (after), "1", NULL);
    g_autoptr (FoveaTable) merged = fovea_recall_merge (kept, fresh, &n_kept);
    ck_assert_ptr_eq (merged, fresh);
}
END_TEST

/* A point of a curve with a value of its knob and a number of heads behind it. */
typedef struct {
    gint64 layer, head, n_heads;
    const char *series;
    double value, recall;
} Point;

/* A table for points, and texts in @extra where that is not NULL. */
static FoveaTable *
begin_points (const char *settings, const char *extra)
{
    FoveaTable *table = make_table (NULL, 0, "1", settings);
    fovea_table_add_column (table, "n_heads", FOVEA_COLUMN_INTEGER, "", "");
    fovea_table_add_column (table, "series", FOVEA_COLUMN_TEXT, "", "");
    fovea_table_add_column (table, "value", FOVEA_COLUMN_NUMBER, "", "");
    if (extra != NULL)
        fovea_table_add_column (table, extra, FOVEA_COLUMN_TEXT, "", "");
    return table;
}

/* Of the method "window", whose swept knob is "window". */
static void
add_points (FoveaTable *table, const Point *points, guint n)
{
    for (guint i = 0; i < n; i++) {
        fovea_table_add_row (table);
        fovea_table_set_integer (table, i, 0, points[i].layer);
        fovea_table_set_integer (table, i, 1, points[i].head);
        fovea_table_set_text (table, i, 2, "window");
        fovea_table_set_number (table, i, 3, points[i].recall);
        fovea_table_set_integer (table, i, 4, points[i].n_heads);
        fovea_table_set_text (table, i, 5, points[i].series);
        fovea_table_set_number (table, i, 6, points[i].value);
    }
}

static FoveaTable *
make_points (const Point *points, guint n, const char *settings)
{
    FoveaTable *table = begin_points (settings, NULL);
    add_points (table, points, n);
    return table;
}

/* "LAYER.HEAD value recall; ...", an s before what was selected. */
static char *
spell_points (FoveaTable *table)
{
    GString *text = g_string_new (NULL);
    for (guint i = 0; i < fovea_table_get_n_rows (table); i++)
        g_string_append_printf (text, "%s%s%d.%d %g %g", i > 0 ? "; " : "",
                                *fovea_table_read_text (table, i, "series") == 's' ? "s" : "",
                                (int) fovea_table_get_integer (table, i, 0),
                                (int) fovea_table_get_integer (table, i, 1),
                                fovea_table_read_number (table, i, "value"),
                                fovea_table_get_number (table, i, 3));
    return g_string_free (text, FALSE);
}

/* What two tables of points come to, and how many of the first stay. */
static void
expect_merged (FoveaTable *kept, FoveaTable *fresh, guint stay, const char *expected)
{
    g_autoptr (FoveaTable) merged = fovea_recall_merge (kept, fresh, &n_kept);
    g_autofree char *text = spell_points (merged);
    ck_assert_str_eq (text, expected);
    ck_assert_uint_eq (n_kept, stay);
}

static const Point sweep[] = {
    {0, 0, 1, "executed", 4, 0.1}, {0, 0, 1, "executed", 16, 0.3}, {0, 0, 1, "selected", 4, 0.05}};

START_TEST (a_point_joins_the_curve_of_its_method)
{
    static const Point between[] = {{0, 0, 1, "executed", 8, 0.2}};
    static const Point same[] = {{0, 0, 1, "executed", 16, 0.9}};
    g_autoptr (FoveaTable) kept = make_points (sweep, G_N_ELEMENTS (sweep), NULL);
    /* The swept knob may well be a setting: rows tell its values apart. */
    g_autoptr (FoveaTable) one = make_points (between, 1, "window.window=8");
    g_autoptr (FoveaTable) other = make_points (same, 1, "window.window=16");
    expect_merged (kept, one, 3, "0.0 4 0.1; 0.0 8 0.2; 0.0 16 0.3; s0.0 4 0.05");
    expect_merged (kept, other, 2, "0.0 4 0.1; 0.0 16 0.9; s0.0 4 0.05");
}
END_TEST

START_TEST (a_mean_over_few_heads_does_not_displace_the_model)
{
    static const Point whole[] = {{-1, -1, 6, "executed", 4, 0.5},
                                  {0, -1, 3, "executed", 4, 0.6},
                                  {0, 0, 1, "executed", 4, 0.7}};
    static const Point part[] = {{-1, -1, 1, "executed", 8, 0.1},
                                 {0, -1, 1, "executed", 8, 0.1},
                                 {0, 0, 1, "executed", 8, 0.1}};
    g_autoptr (FoveaTable) many = make_points (whole, G_N_ELEMENTS (whole), NULL);
    g_autoptr (FoveaTable) few = make_points (part, G_N_ELEMENTS (part), NULL);
    expect_merged (many, few, 3, "-1.-1 4 0.5; 0.-1 4 0.6; 0.0 4 0.7; 0.0 8 0.1");
    /* The other way round, means over few make way, though their points are others. */
    expect_merged (few, many, 1, "-1.-1 4 0.5; 0.-1 4 0.6; 0.0 4 0.7; 0.0 8 0.1");
}
END_TEST

START_TEST (a_mean_over_few_heads_stands_where_the_model_has_other_knobs)
{
    static const Point whole[] = {{-1, -1, 6, "executed", 4, 0.5}};
    static const Point part[] = {{-1, -1, 1, "executed", 8, 0.1}};
    g_autoptr (FoveaTable) many = make_points (whole, 1, "window.sinks=2");
    g_autoptr (FoveaTable) few = make_points (part, 1, NULL);
    expect_merged (many, few, 0, "-1.-1 8 0.1");
}
END_TEST

START_TEST (a_reason_goes_when_there_are_numbers)
{
    static const Point reason[] = {{0, 0, 0, "executed", NAN, NAN}};
    g_autoptr (FoveaTable) none = make_points (reason, 1, NULL);
    g_autoptr (FoveaTable) some = make_points (sweep, 1, NULL);
    expect_merged (none, some, 1, "0.0 4 0.1");
    expect_merged (some, none, 1, "0.0 4 0.1");
    expect_merged (none, none, 0, "0.0 nan nan");
}
END_TEST

START_TEST (columns_that_only_the_older_table_has_are_kept)
{
    g_autoptr (FoveaTable) kept = begin_points (NULL, "mask_hash");
    g_autoptr (FoveaTable) fresh = make_points (sweep, 1, NULL);
    add_points (kept, sweep, 2);
    fovea_table_set_text (kept, 0, 7, "first");
    fovea_table_set_text (kept, 1, 7, "second");
    g_autoptr (FoveaTable) merged = fovea_recall_merge (kept, fresh, &n_kept);
    ck_assert_str_eq (fovea_table_read_text (merged, 0, "mask_hash"), "");
    ck_assert_str_eq (fovea_table_read_text (merged, 1, "mask_hash"), "second");
}
END_TEST

/* How many tables of a name a store has. */
static guint
count_tables (const char *name)
{
    g_autofree char *sql = g_strdup_printf ("SELECT count (*) FROM result WHERE name = '%s'", name);
    return (guint) store_ask (sql);
}

static FoveaTable *
keep_points (const Point *points, guint n, const char *sequences, gboolean anew)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    g_autoptr (FoveaTable) fresh = make_points (points, n, NULL);
    fovea_table_set_note (fresh, "sequences", sequences);
    FoveaTable *merged = fovea_recall_keep (store, fresh, anew, &n_kept, &error);
    ck_assert_msg (merged != NULL, "%s", error != NULL ? error->message : "");
    return merged;
}

START_TEST (a_store_has_one_table_for_each_set_of_sequences)
{
    store_make (2, 8);
    fovea_table_unref (keep_points (&sweep[0], 1, "1 2", FALSE));
    fovea_table_unref (keep_points (&sweep[1], 1, "1 2", FALSE));
    ck_assert_uint_eq (n_kept, 1);
    ck_assert_uint_eq (count_tables ("recall"), 1);
    ck_assert_uint_eq (count_tables ("sparsity"), 1);
    /* One of them alone is another question: "1 2" is no answer to it, nor displaced by it. */
    fovea_table_unref (keep_points (&sweep[2], 1, "2", FALSE));
    ck_assert_uint_eq (n_kept, 0);
    ck_assert_uint_eq (count_tables ("recall"), 2);
    g_autoptr (FoveaTable) both = keep_points (&sweep[2], 1, "1 2", FALSE);
    g_autofree char *text = spell_points (both);
    ck_assert_str_eq (text, "0.0 4 0.1; 0.0 16 0.3; s0.0 4 0.05");
    ck_assert_uint_eq (count_tables ("recall"), 2);
}
END_TEST

/* As a measurement of sequences @of that was interrupted; NULL = it was not. */
static FoveaTable *
keep_part (const Point *points, guint n, const char *sequences, const char *of)
{
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    g_autoptr (FoveaTable) fresh = make_points (points, n, NULL);
    fovea_table_set_note (fresh, "sequences", sequences);
    if (of != NULL) {
        fovea_table_set_note (fresh, "interrupted", "heads that were finished by then");
        fovea_table_set_note (fresh, "interrupted_of", of);
    }
    return fovea_recall_keep (store, fresh, FALSE, &n_kept, NULL);
}

START_TEST (the_whole_takes_the_place_of_what_was_interrupted)
{
    static const Point other[] = {{0, 0, 1, "executed", 5, 0.2},
                                  {0, 0, 1, "executed", 17, 0.4},
                                  {0, 0, 1, "selected", 5, 0.1}};
    store_make (3, 8);
    fovea_table_unref (keep_part (sweep, 3, "1", "1 2 3"));
    ck_assert_uint_eq (count_tables ("recall"), 1);
    /* Interrupted later, with other values of a knob that follows the text, and at last not. */
    fovea_table_unref (keep_part (other, 3, "1 2", "1 2 3"));
    ck_assert_uint_eq (count_tables ("recall"), 1);
    ck_assert_uint_eq (count_tables ("sparsity"), 1);
    fovea_table_unref (keep_part (sweep, 3, "1 2 3", NULL));
    ck_assert_uint_eq (count_tables ("recall"), 1);
    ck_assert_uint_eq (count_tables ("sparsity"), 1);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTable) whole = fovea_recall_get_kept (store, 1, 1, 0);
    ck_assert_str_eq (fovea_table_get_note (whole, "sequences"), "1 2 3");
    ck_assert_uint_eq (fovea_table_get_n_rows (whole), 3);
}
END_TEST

/* Of other sequences, on purpose, or before it was interrupted. */
START_TEST (only_what_was_interrupted_goes)
{
    store_make (3, 8);
    fovea_table_unref (keep_part (sweep, 1, "1 2", "1 2 3"));
    fovea_table_unref (keep_part (sweep, 1, "1 2 3 4", NULL)); /* others were meant */
    ck_assert_uint_eq (count_tables ("recall"), 2);
    fovea_table_unref (keep_part (sweep, 1, "1 2", NULL)); /* now it is wanted */
    fovea_table_unref (keep_part (sweep, 1, "1 2 3", NULL));
    ck_assert_uint_eq (count_tables ("recall"), 3);
    fovea_table_unref (keep_part (sweep, 1, "3", NULL));
    fovea_table_unref (keep_part (sweep, 1, "3", "3 1")); /* was there before */
    fovea_table_unref (keep_part (sweep, 1, "3 1", NULL));
    ck_assert_uint_eq (count_tables ("recall"), 5);
}
END_TEST

/* The whole has one of two points of a curve, and of the other curve none. */
START_TEST (curves_that_the_whole_lacks_stay_with_the_part)
{
    store_make (2, 8);
    fovea_table_unref (keep_part (sweep, 3, "1", "1 2"));
    fovea_table_unref (keep_part (&sweep[1], 1, "1 2", NULL));
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTable) rest =
        fovea_store_find_table (store, "recall", "sequences", FOVEA_NOTE_IS, "1", NULL, NULL, NULL);
    ck_assert_ptr_nonnull (rest);
    g_autofree char *text = spell_points (rest);
    ck_assert_str_eq (text, "0.0 4 0.1; 0.0 16 0.3; s0.0 4 0.05");
    ck_assert_uint_eq (count_tables ("sparsity"), 2);
}
END_TEST

/* Of sequence 1 and 2 as @first tokens of each. */
static FoveaTable *
keep_beginning (const Point *points, guint n, const char *first, gboolean anew)
{
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    g_autoptr (FoveaTable) fresh = make_points (points, n, NULL);
    fovea_table_set_note (fresh, "sequences", "1 2");
    fovea_table_set_note (fresh, "first_tokens", first);
    return fovea_recall_keep (store, fresh, anew, &n_kept, NULL);
}

static void
expect_kept (gint64 first_tokens, const char *points, const char *first)
{
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTable) found = fovea_recall_get_kept (store, 1, 2, first_tokens);
    ck_assert_ptr_nonnull (found);
    g_autofree char *text = spell_points (found);
    ck_assert_str_eq (text, points);
    ck_assert_pstr_eq (fovea_table_get_note (found, "first_tokens"), first);
}

/* The same points of all tokens, of the first 64 and of the first 32: none takes the place of another, also
 * where all are measured anew. */
START_TEST (beginnings_of_texts_have_curves_of_their_own)
{
    static const Point other[] = {{0, 0, 1, "executed", 4, 0.7}};
    store_make (2, 8);
    fovea_table_unref (keep_beginning (other, 1, "64", FALSE));
    expect_kept (0, "0.0 4 0.7", "64"); /* for want of others */
    fovea_table_unref (keep_points (&sweep[0], 1, "1 2", FALSE));
    fovea_table_unref (keep_beginning (&sweep[1], 1, "32", FALSE));
    fovea_table_unref (keep_beginning (&sweep[1], 1, "64", FALSE));
    ck_assert_uint_eq (n_kept, 1);
    ck_assert_uint_eq (count_tables ("recall"), 3);
    ck_assert_uint_eq (count_tables ("sparsity"), 3);
    expect_kept (0, "0.0 4 0.1", NULL);
    expect_kept (64, "0.0 4 0.7; 0.0 16 0.3", "64");
    expect_kept (32, "0.0 16 0.3", "32");
    fovea_table_unref (keep_points (&sweep[1], 1, "1 2", TRUE));
    fovea_table_unref (keep_beginning (other, 1, "32", TRUE));
    expect_kept (0, "0.0 16 0.3", NULL);
    expect_kept (64, "0.0 4 0.7; 0.0 16 0.3", "64");
    expect_kept (32, "0.0 4 0.7", "32");
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    ck_assert_ptr_null (fovea_recall_get_kept (store, 1, 2, 16));
    ck_assert_ptr_null (fovea_recall_get_for_figure (store, 2, 16, NULL));
    g_autoptr (FoveaTable) drawn = fovea_recall_get_for_figure (store, 2, 64, NULL);
    ck_assert_str_eq (fovea_table_get_note (drawn, "first_tokens"), "64");
}
END_TEST

START_TEST (replacing_forgets_what_was_measured)
{
    store_make (2, 8);
    fovea_table_unref (keep_points (sweep, 2, "1 2", FALSE));
    g_autoptr (FoveaTable) anew = keep_points (&sweep[2], 1, "1 2", TRUE);
    g_autofree char *text = spell_points (anew);
    ck_assert_str_eq (text, "s0.0 4 0.05");
    ck_assert_uint_eq (n_kept, 0);
    ck_assert_uint_eq (count_tables ("recall"), 1);
    ck_assert_uint_eq ((guint) store_ask ("SELECT count (*) FROM curve_point"), 0);
}
END_TEST

START_TEST (curves_are_found_by_the_sequence_that_is_looked_at)
{
    store_make (2, 8);
    fovea_table_unref (keep_points (sweep, 2, "1 2", FALSE));
    fovea_table_unref (keep_points (sweep, 1, "2", FALSE));
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTable) first = fovea_recall_get_kept (store, 1, 1, 0);
    g_autoptr (FoveaTable) second = fovea_recall_get_kept (store, 1, 2, 0);
    ck_assert_str_eq (fovea_table_get_note (first, "sequences"), "1 2");
    ck_assert_str_eq (fovea_table_get_note (second, "sequences"), "2");
    ck_assert_ptr_null (fovea_recall_get_kept (store, 1, 12, 0));
    ck_assert_uint_eq ((guint) store_ask ("SELECT count (*) FROM result WHERE run_id IS NULL"), 0);
}
END_TEST

START_TEST (a_table_of_an_older_store_is_found_by_its_run_and_replaced)
{
    store_make (2, 8);
    {
        g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
        g_autoptr (FoveaTable) old = make_points (sweep, 1, NULL);
        fovea_table_set_note (old, "sequences", NULL);
        ck_assert (fovea_store_put_table (store, 1, old, NULL));
        g_autoptr (FoveaTable) found = fovea_recall_get_kept (store, 1, 2, 0);
        ck_assert_ptr_nonnull (found);
        ck_assert_ptr_null (fovea_recall_get_kept (store, 2, 2, 0));
    }
    fovea_table_unref (keep_points (sweep, 2, "1 2", FALSE));
    ck_assert_uint_eq (n_kept, 0);
    ck_assert_uint_eq (count_tables ("recall"), 1);
}
END_TEST

START_TEST (notes_that_are_no_json_hide_a_table_and_nothing_else)
{
    store_make (2, 8);
    fovea_table_unref (keep_points (sweep, 2, "1 2", FALSE));
    fovea_table_unref (keep_points (sweep, 1, "2", FALSE));
    store_run_sql ("UPDATE result SET notes = '{' WHERE id = (SELECT max (id) FROM result"
                   " WHERE name = 'recall')");
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTable) found = fovea_recall_get_kept (store, 1, 2, 0);
    ck_assert_str_eq (fovea_table_get_note (found, "sequences"), "1 2");
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("recall-keep");
    TCase *tests = tcase_create ("merge");
    tcase_add_test (tests, what_is_measured_anew_replaces_its_twin_and_nothing_else);
    tcase_add_test (tests, curves_of_other_sequences_do_not_stand_side_by_side);
    tcase_add_test (tests, curves_with_other_knobs_go_and_those_of_other_methods_stay);
    tcase_add_test (tests, a_table_of_another_shape_is_left_alone);
    tcase_add_test (tests, a_point_joins_the_curve_of_its_method);
    tcase_add_test (tests, a_mean_over_few_heads_does_not_displace_the_model);
    tcase_add_test (tests, a_mean_over_few_heads_stands_where_the_model_has_other_knobs);
    tcase_add_test (tests, a_reason_goes_when_there_are_numbers);
    tcase_add_test (tests, columns_that_only_the_older_table_has_are_kept);
    suite_add_tcase (suite, tests);
    TCase *stores = tcase_create ("stores");
    tcase_add_checked_fixture (stores, store_set_up, store_tear_down);
    tcase_add_test (stores, a_store_has_one_table_for_each_set_of_sequences);
    tcase_add_test (stores, the_whole_takes_the_place_of_what_was_interrupted);
    tcase_add_test (stores, only_what_was_interrupted_goes);
    tcase_add_test (stores, curves_that_the_whole_lacks_stay_with_the_part);
    tcase_add_test (stores, beginnings_of_texts_have_curves_of_their_own);
    tcase_add_test (stores, replacing_forgets_what_was_measured);
    tcase_add_test (stores, curves_are_found_by_the_sequence_that_is_looked_at);
    tcase_add_test (stores, a_table_of_an_older_store_is_found_by_its_run_and_replaced);
    tcase_add_test (stores, notes_that_are_no_json_hide_a_table_and_nothing_else);
    suite_add_tcase (suite, stores);
    return support_run (suite);
}
