/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Masks measured on each device of ops-support.h against the processor's own walk over the rows: every
 * method at every point of its sweep, heads of all kinds. FOVEA_TEST_DEVICE=cuda runs it on a GPU. */
#include <math.h>
#include <string.h>

#include "analysis/mask-tiles.h"
#include "analysis/sparse-scorer.h"
#include "tests/ops-support.h"
#include "tests/sparse-support.h"

enum {
    H = 4,
    G = 2,
};

/* A layer of random heads, the later ones peaked. */
static SparseFixture
open_random (gint64 T, gint64 D, guint head, gboolean values)
{
    g_autofree float *q = trace_random_values ((gsize) (T * H * D), 7 + (guint64) T);
    g_autofree float *k = trace_random_values ((gsize) (T * G * D), 8 + (guint64) T);
    g_autofree float *v = trace_random_values ((gsize) (T * G * D), 9 + (guint64) T);
    for (gint64 i = 0; i < T * H * D; i++)
        q[i] *= i / D % H < 2 ? 1 : 3;
    return sparse_fixture_heads (T, D, H, G, head, q, k, values ? v : NULL);
}

/* Everything that can be measured of a head. */
typedef struct {
    GArray *subjects;      /* of FoveaSparseSubject */
    GPtrArray *selections; /* of FoveaSparseSelection */
    GPtrArray *knobs;
} Subjects;

static void
free_selection (gpointer data)
{
    fovea_sparse_selection_clear (data);
    g_free (data);
}

static void
add_point (Subjects *all,
           const SparseFixture *fixture,
           const FoveaSparseMethod *method,
           gsize point)
{
    gint64 T = fixture->head->n_tokens;
    double *knobs = g_new (double, FOVEA_SPARSE_MAX_KNOBS);
    FoveaSparseSelection *selection = g_new0 (FoveaSparseSelection, 1);
    FoveaSparseSubject subject = {.oracle = method, .knobs = knobs};
    fovea_sparse_method_get_defaults (method, T, knobs);
    g_ptr_array_add (all->knobs, knobs);
    g_ptr_array_add (all->selections, selection);
    if (!fovea_sparse_method_get_point (method, T, point, &knobs[0]) ||
        !fovea_sparse_method_check (method, fixture->head, knobs, NULL))
        return;
    if (method->count == NULL) {
        ck_assert (fovea_sparse_method_select (method, fixture->head, knobs, selection, NULL));
        subject = (FoveaSparseSubject){.selection = selection, .mask = selection->executed};
    }
    g_array_append_val (all->subjects, subject);
    if (selection->selected == NULL)
        return;
    subject.mask = selection->selected;
    g_array_append_val (all->subjects, subject);
}

static Subjects
list_subjects (const SparseFixture *fixture)
{
    Subjects all = {g_array_new (FALSE, FALSE, sizeof (FoveaSparseSubject)),
                    g_ptr_array_new_with_free_func (free_selection),
                    g_ptr_array_new_with_free_func (g_free)};
    const FoveaSparseMethod *const *methods = fovea_sparse_method_list ();
    for (gsize m = 0; methods[m] != NULL; m++)
        for (gsize point = 0; point < FOVEA_SPARSE_MAX_POINTS; point += 2)
            add_point (&all, fixture, methods[m], point);
    return all;
}

static void
subjects_clear (Subjects *all)
{
    g_array_unref (all->subjects);
    g_ptr_array_unref (all->selections);
    g_ptr_array_unref (all->knobs);
}

static void
check_number (const char *what, guint subject, double value, double expected, double off)
{
    ck_assert_msg ((isnan (value) && isnan (expected)) || fabs (value - expected) <= off,
                   "subject %u: %s is %.7f, not %.7f", subject, what, value, expected);
}

static void
check_measures (guint subject, const FoveaSparseMeasures *m, const FoveaSparseMeasures *expected)
{
    ck_assert_int_eq (m->cells, expected->cells);
    ck_assert_int_eq (m->allowed, expected->allowed);
    ck_assert_int_eq (m->n_queries, expected->n_queries);
    ck_assert_int_eq (m->n_empty, expected->n_empty);
    check_number ("density", subject, m->density, expected->density, 0);
    check_number ("block density", subject, m->block_density, expected->block_density, 0);
    check_number ("recall", subject, m->recall, expected->recall, 1e-5);
    check_number ("late recall", subject, m->late_recall, expected->late_recall, 1e-5);
    check_number ("least recall", subject, m->least_recall, expected->least_recall, 1e-5);
    check_number ("low recall", subject, m->low_recall, expected->low_recall, 1e-5);
    check_number ("value recall", subject, m->value_recall, expected->value_recall, 1e-5);
    check_number ("oracle", subject, m->oracle_recall, expected->oracle_recall, 1e-5);
    check_number ("error", subject, m->error, expected->error, 1e-5 * (1 + expected->error));
    check_number ("mean error", subject, m->mean_error, expected->mean_error,
                  1e-5 * (1 + expected->mean_error));
    check_number ("largest error", subject, m->largest_error, expected->largest_error,
                  1e-4 * (1 + expected->largest_error));
}

/* The head's masks on all devices. */
static void
check_head (SparseFixture *fixture)
{
    Subjects all = list_subjects (fixture);
    const FoveaSparseSubject *subjects = (const FoveaSparseSubject *) (gpointer) all.subjects->data;
    guint n = all.subjects->len;
    g_autofree FoveaSparseMeasures *expected = g_new (FoveaSparseMeasures, n);
    g_autofree FoveaSparseMeasures *measures = g_new (FoveaSparseMeasures, n);
    g_autoptr (GError) error = NULL;
    ck_assert_uint_gt (n, 10);
    ck_assert (fovea_sparse_measure (fixture->head, subjects, n, NULL, expected, NULL, &error));
    for (int i = 0; i < ops_n_devices; i++) {
        g_autoptr (FoveaSparseScorer) scorer = fovea_sparse_scorer_new (ops_devices[i]);
        ck_assert_msg (
            fovea_sparse_scorer_measure (scorer, fixture->head, subjects, n, measures, &error),
            "%s", error != NULL ? error->message : "");
        for (guint s = 0; s < n; s++)
            check_measures (s, &measures[s], &expected[s]);
    }
    subjects_clear (&all);
}

static const struct {
    gint64 T, D;
    guint head;
    gboolean values;
} heads[] = {{2, 8, 0, 1}, {33, 8, 1, 1}, {129, 16, 3, 1}, {200, 72, 2, 1}, {150, 8, 3, 0}};

START_TEST (every_method_is_measured_as_on_the_processor)
{
    SparseFixture fixture =
        open_random (heads[_i].T, heads[_i].D, heads[_i].head, heads[_i].values);
    check_head (&fixture);
    sparse_fixture_clear (&fixture);
}
END_TEST

/* Layers that look ahead, windows and segments change what a whole tile is. */
START_TEST (every_kind_of_rule_is_measured_as_on_the_processor)
{
    SparseFixture fixture = sparse_fixture_tiny (32, 4, 1, _i != 0);
    FoveaScoreRule *rule = (FoveaScoreRule *) fixture.head->rule;
    if (_i == 1)
        rule->window = 9;
    check_head (&fixture);
    sparse_fixture_clear (&fixture);
}
END_TEST

/* Two hundred tokens in three columns of tiles, drawn row by row and read back from the words. */
START_TEST (tiles_hold_the_cells_that_were_drawn)
{
    enum {
        T = 150,
    };
    const FoveaScoreRule rule = {.scale = 1, .causal = TRUE};
    g_autoptr (FoveaMaskBlock) block = fovea_mask_block_new (T);
    g_autoptr (FoveaMaskTiles) tiles = fovea_mask_tiles_new (&rule, T);
    const FoveaKeyRange some[] = {{0, 3}, {62, 66}, {70, 71}}, all[] = {{0, 128}};
    FoveaMaskRowsArgs args = {.n_queries = 64};
    ck_assert_int_eq (fovea_mask_block_add_row (block, 5, some, 3), 8);
    fovea_mask_tiles_append (tiles, 64, block);
    for (gint64 i = 0; i < 64; i++) {
        const FoveaKeyRange prefix = {0, 64 + i + 1};
        fovea_mask_block_add_row (block, i, &prefix, 1);
    }
    fovea_mask_tiles_append (tiles, 64, block);
    fovea_mask_tiles_append (tiles, 64, block); /* empty again */
    fovea_mask_block_add_row (block, 63, all, 1);
    fovea_mask_tiles_append (tiles, 64, block);
    fovea_mask_tiles_append_whole (tiles, 128);
    fovea_mask_tiles_give (tiles, &args);
    static const gint64 ends[] = {0, 2, 4, 4, 6, 9};
    ck_assert_mem_eq (args.ends, ends, sizeof ends);
    ck_assert_int_eq (args.tiles[1].column, 1);
    ck_assert_uint_eq (args.bits[args.tiles[0].bits + 5], G_GUINT64_CONSTANT (0xc000000000000007));
    ck_assert_uint_eq (args.bits[args.tiles[1].bits + 5], 0x43);
    ck_assert_uint_eq (args.bits[args.tiles[1].bits + 4], 0);
    ck_assert_int_eq (args.tiles[2].bits, -1); /* whole below the diagonal, and on it */
    ck_assert_int_eq (args.tiles[3].bits, -1);
    ck_assert_int_eq (args.tiles[4].bits, 128);
    ck_assert_uint_eq (fovea_mask_tiles_get_n_words (tiles), 4 * 64);
    ck_assert_int_eq (args.tiles[8].column, 2);
}
END_TEST

START_TEST (a_cancelled_head_says_so)
{
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    SparseFixture fixture = open_random (129, 8, 0, TRUE);
    const FoveaSparseMethod *method = fovea_sparse_method_find ("oracle-token", NULL);
    double knobs[FOVEA_SPARSE_MAX_KNOBS];
    fovea_sparse_method_get_defaults (method, 129, knobs);
    const FoveaSparseSubject subject = {.oracle = method, .knobs = knobs};
    g_autoptr (FoveaSparseScorer) scorer = fovea_sparse_scorer_new (ops_devices[0]);
    FoveaSparseMeasures m;
    g_autoptr (GError) error = NULL;
    fixture.head->cancellable = cancellable;
    g_cancellable_cancel (cancellable);
    ck_assert (!fovea_sparse_scorer_measure (scorer, fixture.head, &subject, 1, &m, &error));
    ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    fixture.head->cancellable = NULL;
    sparse_fixture_clear (&fixture);
}
END_TEST

int
main (void)
{
    if (!ops_prepare ())
        return 77;
    Suite *suite = suite_create ("sparse scorer");
    TCase *all = tcase_create ("all");
    tcase_set_timeout (all, 120);
    tcase_add_checked_fixture (all, ops_open_all, ops_close_all);
    tcase_add_loop_test (all, every_method_is_measured_as_on_the_processor, 0,
                         G_N_ELEMENTS (heads));
    tcase_add_loop_test (all, every_kind_of_rule_is_measured_as_on_the_processor, 0, 3);
    tcase_add_test (all, tiles_hold_the_cells_that_were_drawn);
    tcase_add_test (all, a_cancelled_head_says_so);
    suite_add_tcase (suite, all);
    return support_run (suite);
}
