/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What must hold for every method on any head (methods/prefill.md 2 and each section's invariants),
 * on random heads of lengths that straddle blocks; and a made-up head with a sink, a band and
 * needles, which the methods must find. */
#include <math.h>
#include <string.h>

#include "analysis/sparse-lines.h"
#include "tests/sparse-support.h"

enum {
    D = 8,
    H = 4,
    G = 2,
};

static const gint64 lengths[] = {1, 2, 15, 33, 64, 70, 129};

/* One layer with heads of its own, some of them peaked. */
static SparseFixture
open_random (gint64 T, guint head, guint64 seed)
{
    g_autofree float *q = trace_random_values ((gsize) T * H * D, seed);
    g_autofree float *k = trace_random_values ((gsize) T * G * D, seed + 1);
    g_autofree float *v = trace_random_values ((gsize) T * G * D, seed + 2);
    for (gint64 i = 0; i < T * H * D; i++)
        q[i] *= i / D % H < 2 ? 1 : 3;
    return sparse_fixture_heads (T, D, H, G, head, q, k, v);
}

static FoveaSparseSelection
select_with (SparseFixture *fixture, const FoveaSparseMethod *method, const double *knobs)
{
    g_autoptr (GError) error = NULL;
    FoveaSparseSelection selection;
    ck_assert_msg (fovea_sparse_method_select (method, fixture->head, knobs, &selection, &error),
                   "%s", error != NULL ? error->message : "");
    return selection;
}

static FoveaSparseSelection
select_by (SparseFixture *fixture, const char *id, const char *text)
{
    const FoveaSparseMethod *method = fovea_sparse_method_find (id, NULL);
    double knobs[FOVEA_SPARSE_MAX_KNOBS];
    ck_assert_ptr_nonnull (method);
    sparse_set_knobs (method, fixture->head->n_tokens, text, knobs);
    return select_with (fixture, method, knobs);
}

static FoveaSparseMeasures
measure (SparseFixture *fixture, const FoveaSparseSelection *selection, FoveaMask *mask)
{
    g_autoptr (GError) error = NULL;
    const FoveaSparseSubject subject = {.selection = selection, .mask = mask};
    FoveaSparseMeasures m;
    ck_assert (fovea_sparse_measure (fixture->head, &subject, 1, NULL, &m, NULL, &error));
    return m;
}

/* Cells of a mask as bytes, (T, T). */
static gboolean *
list_cells (FoveaMask *mask)
{
    gint64 T = fovea_mask_get_n_tokens (mask);
    gboolean *cells = g_new0 (gboolean, (gsize) (T * T));
    g_autoptr (FoveaMaskCursor) cursor = fovea_mask_cursor_new (mask);
    for (gint64 q = 0; q < T; q++) {
        const FoveaKeyRange *ranges;
        gsize n = fovea_mask_cursor_read (cursor, q, &ranges);
        for (gsize i = 0; i < n; i++)
            for (gint64 j = ranges[i].from; j < ranges[i].to; j++)
                cells[q * T + j] = TRUE;
    }
    return cells;
}

static gboolean
lies_within (FoveaMask *inner, FoveaMask *outer)
{
    gint64 T = fovea_mask_get_n_tokens (inner);
    g_autofree gboolean *a = list_cells (inner);
    g_autofree gboolean *b = list_cells (outer);
    for (gint64 i = 0; i < T * T; i++)
        if (a[i] && !b[i])
            return FALSE;
    return TRUE;
}

/* Output of a row over the keys that @kept marks (NULL: all), renormalised; gives their mass. */
static double
get_output (const SparseFixture *fixture, const float *weights, const gboolean *kept, double *out)
{
    gint64 T = fixture->head->n_tokens;
    double mass = 0;
    memset (out, 0, D * sizeof *out);
    for (gint64 j = 0; j < T; j++) {
        if (kept != NULL && !kept[j])
            continue;
        mass += (double) weights[j];
        for (gint64 d = 0; d < D; d++)
            out[d] += (double) weights[j] * (double) fixture->head->v[j * D + d];
    }
    for (gint64 d = 0; d < D; d++)
        out[d] /= mass > 0 ? mass : 1;
    return mass;
}

static double
get_longest_value (const FoveaSparseHead *head)
{
    double longest = 0;
    for (gint64 t = 0; t < head->n_tokens; t++) {
        double square = 0;
        for (gint64 d = 0; d < D; d++)
            square += (double) head->v[t * D + d] * (double) head->v[t * D + d];
        longest = MAX (longest, sqrt (square));
    }
    return longest;
}

/* Recall and error of every row by definition, the bound that joins them, and the means of them
 * against the measures. */
static void
check_rows (SparseFixture *fixture, const FoveaSparseSelection *selection, const char *id)
{
    gint64 T = fixture->head->n_tokens;
    g_autofree gboolean *cells = list_cells (selection->executed);
    g_autofree float *weights = g_new (float, (gsize) T);
    double longest = get_longest_value (fixture->head), recall = 0;
    for (gint64 q = selection->first_row; q < T; q++) {
        double full[D], sparse[D], lost = 0;
        ck_assert (fovea_attention_read_pattern (fixture->attention, fixture->head->head, q, q + 1,
                                                 0, T, weights, NULL));
        get_output (fixture, weights, NULL, full);
        double mass = get_output (fixture, weights, cells + q * T, sparse);
        for (gint64 d = 0; d < D; d++)
            lost += (full[d] - sparse[d]) * (full[d] - sparse[d]);
        ck_assert_msg (sqrt (lost) <= 2 * (1 - mass) * longest + 1e-5, "%s, row %d", id, (int) q);
        recall += mass / (double) (T - selection->first_row);
    }
    FoveaSparseMeasures m = measure (fixture, selection, selection->executed);
    ck_assert_msg (fabs (m.recall - recall) < 2e-6, "%s: %g, not %g", id, m.recall, recall);
    ck_assert_msg (m.oracle_gap >= -1e-6, "%s: gap %g", id, m.oracle_gap);
    ck_assert_msg (m.density > 0 && m.density <= 1, "%s: density %g", id, m.density);
    /* Only a permuted segment has to be computed whole, what it may not see included. */
    ck_assert_msg (!(m.block_density > 1 + 1e-12) || strcmp (id, "pbs") == 0, "%s: tiles %g", id,
                   m.block_density);
    gint64 n_allowed, side = selection->tile;
    if (side > 0 && selection->kernel_cells == 0) { /* along the rows as by themselves */
        gint64 n = fovea_mask_count_tiles (selection->executed, side, side, &n_allowed);
        ck_assert_double_eq (m.block_density, (double) n / (double) n_allowed);
    }
    ck_assert_msg (m.least_recall <= m.low_recall && m.low_recall <= 1 + 1e-6, "%s", id);
}

/* Only direction and length may stand in the way. */
static gboolean
can_apply (SparseFixture *fixture, const FoveaSparseMethod *method, const double *knobs)
{
    g_autoptr (GError) error = NULL;
    if (fovea_sparse_method_check (method, fixture->head, knobs, &error))
        return TRUE;
    ck_assert_msg (method->ahead_only || method->gates ||
                       strstr (error->message, "the sequence has") != NULL,
                   "%s", error->message);
    return FALSE;
}

START_TEST (every_method_keeps_its_word_on_random_heads)
{
    const FoveaSparseMethod *const *methods = fovea_sparse_method_list ();
    gint64 T = lengths[_i];
    for (guint head = 0; head < H; head += 3) {
        SparseFixture fixture = open_random (T, head, 100 + (guint64) _i);
        for (gsize i = 0; methods[i] != NULL; i++) {
            double knobs[FOVEA_SPARSE_MAX_KNOBS];
            fovea_sparse_method_get_defaults (methods[i], T, knobs);
            if (!can_apply (&fixture, methods[i], knobs))
                continue;
            FoveaSparseSelection selection = select_with (&fixture, methods[i], knobs);
            ck_assert_int_le (fovea_mask_count (selection.executed), T * (T + 1) / 2);
            if (selection.selected != NULL)
                ck_assert_msg (lies_within (selection.selected, selection.executed), "%s",
                               methods[i]->id);
            check_rows (&fixture, &selection, methods[i]->id);
            fovea_sparse_selection_clear (&selection);
        }
        sparse_fixture_clear (&fixture);
    }
}
END_TEST

/* Every method, both ways: masks of a second run are the same, so nothing kept with a head depends
 * on the knobs that were tried before. */
START_TEST (masks_do_not_depend_on_what_was_tried_before)
{
    const FoveaSparseMethod *const *methods = fovea_sparse_method_list ();
    SparseFixture used = open_random (70, 1, 6);
    for (gsize i = 0; methods[i] != NULL; i++) {
        double knobs[FOVEA_SPARSE_MAX_KNOBS];
        if (methods[i]->ahead_only || methods[i]->gates)
            continue;
        fovea_sparse_method_get_defaults (methods[i], 70, knobs);
        for (gsize p = FOVEA_SPARSE_MAX_POINTS; p-- > 0;) {
            if (!fovea_sparse_method_get_point (methods[i], 70, p, &knobs[0]))
                continue;
            SparseFixture fresh = open_random (70, 1, 6);
            FoveaSparseSelection a = select_with (&used, methods[i], knobs);
            FoveaSparseSelection b = select_with (&fresh, methods[i], knobs);
            ck_assert_msg (fovea_mask_hash (a.executed) == fovea_mask_hash (b.executed), "%s at %g",
                           methods[i]->id, knobs[0]);
            fovea_sparse_selection_clear (&a);
            fovea_sparse_selection_clear (&b);
            sparse_fixture_clear (&fresh);
        }
    }
    sparse_fixture_clear (&used);
}
END_TEST

/* Every knob at both ends of its range: a mask, or one line that says why not. */
START_TEST (knobs_at_their_limits_give_a_mask_or_a_reason)
{
    const FoveaSparseMethod *const *methods = fovea_sparse_method_list ();
    SparseFixture fixture = open_random (70, 1, 6);
    for (gsize i = 0; methods[i] != NULL; i++)
        for (gsize k = 0; k < FOVEA_SPARSE_MAX_KNOBS && methods[i]->knobs[k].name != NULL; k++)
            for (int end = 0; end < 2; end++) {
                const FoveaSparseKnob *knob = &methods[i]->knobs[k];
                g_autoptr (GError) error = NULL;
                double knobs[FOVEA_SPARSE_MAX_KNOBS];
                FoveaSparseSelection selection;
                fovea_sparse_method_get_defaults (methods[i], 70, knobs);
                knobs[k] = end == 0 ? knob->low : knob->high;
                if (strcmp (knob->name, "steps") == 0)
                    knobs[k] = MIN (knobs[k], 50); /* of learning: time, not memory */
                if (!fovea_sparse_method_select (methods[i], fixture.head, knobs, &selection,
                                                 &error)) {
                    ck_assert_msg (error != NULL && strchr (error->message, '\n') == NULL, "%s",
                                   methods[i]->id);
                    continue;
                }
                FoveaSparseMeasures m = measure (&fixture, &selection, selection.executed);
                ck_assert_msg (m.density >= 0 && m.density <= 1 && m.recall <= 1 + 1e-6,
                               "%s: %s %g: density %g, recall %g", methods[i]->id, knob->name,
                               knobs[k], m.density, m.recall);
                fovea_sparse_selection_clear (&selection);
            }
    sparse_fixture_clear (&fixture);
}
END_TEST

typedef struct {
    const char *method, *sparser, *denser;
} Nesting;

static const Nesting nestings[] = {
    {"window", "window=5", "window=9"},
    {"streaming", "window=5", "window=9"},
    {"oracle-token", "k=3", "k=7"},
    {"oracle-mass", "mass=.5", "mass=.9"},
    {"oracle-block", "block=8 k=1", "block=8 k=3"},
    {"oracle-block-mass", "block=8 mass=.5", "block=8 mass=.8"},
    {"block-sparse", "block=8 k=2", "block=8 k=4"},
    {"frontier-block-sparse", "block=8 k=3", "block=8 k=5"},
    {"xattention", "block=8 share=.4", "block=8 share=.8"},
    {"anchor", "block=8 step=2 theta=7", "block=8 step=2 theta=14"},
    {"anchor", "block=8 step=2 theta=-1000", "block=8 step=2 theta=7"},
    {"seer-target", "block=8 threshold=.2", "block=8 threshold=.05"},
    {"pbs", "block=8 segment=16 share=.4", "block=8 segment=16 share=.8"},
    {"power", "block=8 window=1", "block=8 window=4"},
    {"moa-span", "block=8 beta=.2", "block=8 beta=.6"},
    {"dhsa-a", "key-block=8 query-block=8 density=.3", "key-block=8 query-block=8 density=.6"},
    {"snapkv", "capacity=22", "capacity=40"},
    {"quest", "budget=16 page=4", "budget=32 page=4"},
};

START_TEST (a_larger_budget_keeps_all_that_a_smaller_one_does)
{
    const Nesting *nesting = &nestings[_i];
    SparseFixture fixture = open_random (90, 3, 21);
    FoveaSparseSelection a = select_by (&fixture, nesting->method, nesting->sparser);
    FoveaSparseSelection b = select_by (&fixture, nesting->method, nesting->denser);
    ck_assert (lies_within (a.executed, b.executed));
    ck_assert_int_lt (fovea_mask_count (a.executed), fovea_mask_count (b.executed));
    fovea_sparse_selection_clear (&a);
    fovea_sparse_selection_clear (&b);
    sparse_fixture_clear (&fixture);
}
END_TEST

/* Diagonals that fill every tile, and columns beside them, cost no more than everything does. */
START_TEST (tiles_never_cost_more_than_all_of_them)
{
    static const char *const ids[] = {"vertical-slash", "frontier-vertical-slash"};
    for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
        for (int budget = 1; budget <= 129; budget += 8) {
            SparseFixture fixture = open_random (129, 0, 77);
            g_autofree char *text = g_strdup_printf ("budget=%d ratio=1 tile=16", budget);
            FoveaSparseSelection selection = select_by (&fixture, ids[i], text);
            FoveaSparseMeasures m = measure (&fixture, &selection, selection.executed);
            ck_assert_double_le (m.block_density, 1);
            ck_assert_double_ge (m.block_density, m.density / 2);
            fovea_sparse_selection_clear (&selection);
            sparse_fixture_clear (&fixture);
        }
}
END_TEST

START_TEST (a_window_with_sinks_has_its_closed_form)
{
    SparseFixture fixture = open_random (70, 0, 4);
    for (gint64 n = 3; n < 90; n += 17) {
        g_autofree char *text = g_strdup_printf ("window=%d sinks=3", (int) n - 3 + (n == 3));
        gint64 m = MIN (n + (n == 3), 70);
        FoveaSparseSelection selection = select_by (&fixture, "streaming", text);
        ck_assert_int_eq (fovea_mask_count (selection.executed), m * (m + 1) / 2 + (70 - m) * m);
        fovea_sparse_selection_clear (&selection);
    }
    sparse_fixture_clear (&fixture);
}
END_TEST

START_TEST (the_mass_oracle_keeps_its_share_of_every_row)
{
    SparseFixture fixture = open_random (129, 2, 8);
    for (int p = 1; p < 10; p++) {
        g_autofree char *text = g_strdup_printf ("mass=.%d", p);
        FoveaSparseSelection selection = select_by (&fixture, "oracle-mass", text);
        FoveaSparseMeasures m = measure (&fixture, &selection, selection.executed);
        ck_assert_double_ge (m.least_recall, p / 10. - 1e-6);
        fovea_sparse_selection_clear (&selection);
    }
    sparse_fixture_clear (&fixture);
}
END_TEST

START_TEST (no_choice_of_as_many_blocks_beats_the_block_oracle)
{
    for (guint head = 0; head < H; head++) {
        SparseFixture fixture = open_random (96, head, 31);
        FoveaSparseSelection best = select_by (&fixture, "oracle-block", "block=8 k=3");
        FoveaSparseSelection other = select_by (&fixture, "block-sparse", "block=8 k=3");
        FoveaSparseSelection target = select_by (&fixture, "seer-target", "block=8 top=3 dense=0");
        double bound = measure (&fixture, &best, best.executed).recall + 1e-6;
        ck_assert_double_le (measure (&fixture, &other, other.executed).recall, bound);
        ck_assert_double_le (measure (&fixture, &target, target.executed).recall, bound);
        fovea_sparse_selection_clear (&best);
        fovea_sparse_selection_clear (&other);
        fovea_sparse_selection_clear (&target);
        sparse_fixture_clear (&fixture);
    }
}
END_TEST

START_TEST (probe_lines_hold_all_the_mass_twice)
{
    g_autoptr (GError) error = NULL;
    SparseFixture fixture = open_random (100, 1, 2);
    for (gint64 n = 1; n < 130; n += 43) {
        const double *lines = fovea_sparse_head_get_lines (fixture.head, n, &error);
        double columns = 0, distances = 0;
        for (int i = 0; i < 100; i++) {
            columns += lines[i];
            distances += lines[100 + i];
        }
        ck_assert_double_eq_tol (columns, (double) MIN (n, 100), 1e-9);
        ck_assert_double_eq_tol (distances, (double) MIN (n, 100), 1e-9);
    }
    sparse_fixture_clear (&fixture);
}
END_TEST

START_TEST (all_columns_are_everything)
{
    SparseFixture fixture = open_random (100, 1, 2);
    FoveaSparseSelection selection =
        select_by (&fixture, "vertical-slash", "budget=100 ratio=0 tile=8");
    ck_assert_int_eq (fovea_mask_count (selection.selected), 5050);
    ck_assert_int_eq (fovea_mask_count (selection.executed), 5050);
    fovea_sparse_selection_clear (&selection);
    sparse_fixture_clear (&fixture);
}
END_TEST

/* With a stride of one the antidiagonal score is the softmax itself: blocks are then taken by their
 * true mass until the share is reached, the first and the own one before all others. */
START_TEST (xattention_of_stride_one_ranks_by_true_mass)
{
    g_autoptr (GError) error = NULL;
    SparseFixture fixture = open_random (80, 2, 13);
    const double *mass = fovea_sparse_head_get_block_mass (fixture.head, 8, &error);
    FoveaSparseSelection selection =
        select_by (&fixture, "xattention", "block=8 stride=1 share=.7");
    g_autofree char *drawn = sparse_block_rows (selection.executed, 8);
    g_auto (GStrv) rows = g_strsplit (drawn, " ", -1);
    for (gint64 I = 0; I < 10; I++) {
        char wanted[11] = "..........";
        double sum = mass[I * 10] + (I > 0 ? mass[I * 10 + I] : 0);
        wanted[I + 1] = '\0';
        wanted[0] = wanted[I] = '#';
        while (sum < .7 * 8) {
            gint64 best = 0;
            for (gint64 J = 1; J < I; J++)
                if (wanted[J] == '.' && (best == 0 || mass[I * 10 + J] > mass[I * 10 + best]))
                    best = J;
            if (best == 0)
                break;
            wanted[best] = '#';
            sum += mass[I * 10 + best];
        }
        ck_assert_str_eq (rows[I], wanted);
    }
    fovea_sparse_selection_clear (&selection);
    sparse_fixture_clear (&fixture);
}
END_TEST

/* Blocks that can be reached from each block in @steps, (n, n). */
static gboolean *
reach (const gboolean *blocks, gint64 n, int steps)
{
    gboolean *reached = g_memdup2 (blocks, (gsize) (n * n) * sizeof *blocks);
    for (int s = 1; s < steps; s++) {
        g_autofree gboolean *before = g_memdup2 (reached, (gsize) (n * n) * sizeof *reached);
        for (gint64 i = 0; i < n; i++)
            for (gint64 m = 0; m < n; m++)
                for (gint64 j = 0; j < n && before[i * n + m]; j++)
                    reached[i * n + j] = reached[i * n + j] || blocks[m * n + j];
    }
    return reached;
}

/* Heads that share a layer's findings get the masks that lone ones get; what one has worked out is
 * what the other finds. */
START_TEST (heads_of_a_layer_share_what_is_not_theirs_alone)
{
    g_autoptr (FoveaSparseShared) shared = fovea_sparse_shared_new ();
    SparseFixture alone = open_random (129, 1, 5), one = open_random (129, 0, 5),
                  other = open_random (129, 1, 5);
    one.head->shared = other.head->shared = shared;
    FoveaSparseSelection wanted = select_by (&alone, "dhsa", "keys=40 local=8 block=8");
    FoveaSparseSelection first = select_by (&one, "dhsa", "keys=40 local=8 block=8");
    FoveaSparseSelection found = select_by (&other, "dhsa", "keys=40 local=8 block=8");
    ck_assert_uint_eq (fovea_mask_hash (found.executed), fovea_mask_hash (wanted.executed));
    double *mine = g_new0 (double, 1), *theirs = g_new0 (double, 1);
    ck_assert_ptr_eq (fovea_sparse_head_keep_in_layer (one.head, "a", mine), mine);
    ck_assert_ptr_eq (fovea_sparse_head_keep_in_layer (other.head, "a", theirs), mine);
    ck_assert_ptr_eq (fovea_sparse_head_find_in_layer (other.head, "a"), mine);
    ck_assert_ptr_null (fovea_sparse_head_find (other.head, "a"));
    fovea_sparse_selection_clear (&wanted);
    fovea_sparse_selection_clear (&first);
    fovea_sparse_selection_clear (&found);
    sparse_fixture_clear (&alone);
    sparse_fixture_clear (&one);
    sparse_fixture_clear (&other);
}
END_TEST

START_TEST (power_reaches_every_block_in_as_many_steps_as_ones)
{
    SparseFixture fixture = open_random (64, 0, 1);
    FoveaSparseSelection selection = select_by (&fixture, "power", "block=1 window=1");
    g_autofree gboolean *cells = list_cells (selection.executed);
    for (int steps = 1; steps <= 6; steps++) {
        g_autofree gboolean *reached = reach (cells, 64, steps);
        for (gint64 i = 0; i < 64; i++)
            for (gint64 j = 0; j <= i; j++)
                if (__builtin_popcountll ((guint64) (i - j)) <= steps)
                    ck_assert_msg (reached[i * 64 + j], "%d to %d in %d", (int) i, (int) j, steps);
    }
    fovea_sparse_selection_clear (&selection);
    sparse_fixture_clear (&fixture);
}
END_TEST

START_TEST (s2_shards_of_enough_heads_cover_everything)
{
    g_autofree gboolean *covered = g_new0 (gboolean, 64 * 64);
    gint64 n = 0;
    for (guint head = 0; head < 4; head++) {
        g_autofree float *q = trace_random_values (64 * 4 * D, 1);
        SparseFixture fixture = sparse_fixture_heads (64, D, 4, 4, head, q, q, NULL);
        FoveaSparseSelection selection = select_by (&fixture, "s2", "block=8 local=2 stride=4");
        g_autofree gboolean *cells = list_cells (selection.executed);
        for (int i = 0; i < 64 * 64; i++)
            covered[i] = covered[i] || cells[i];
        fovea_sparse_selection_clear (&selection);
        sparse_fixture_clear (&fixture);
    }
    for (int i = 0; i < 64 * 64; i++)
        n += covered[i];
    ck_assert_int_eq (n, 64 * 65 / 2);
}
END_TEST

/* A head with a sink on the first key, a band around the diagonal, and two needles that the last
 * quarter of the text looks up. */
enum {
    NEEDLES_T = 256,
    FIRST_NEEDLE = 75,
    SECOND_NEEDLE = 138,
};

static SparseFixture
open_needles (void)
{
    g_autofree float *q = g_new0 (float, NEEDLES_T *D);
    g_autofree float *k = g_new0 (float, NEEDLES_T *D);
    g_autofree float *v = trace_random_values (NEEDLES_T * D, 5);
    for (int t = 0; t < NEEDLES_T; t++) {
        q[t * D] = 5;
        k[t * D] = t == 0 ? 5 : 0;
        for (int w = 0; w < 2; w++) { /* near tokens point the same way */
            double angle = t * (w == 0 ? .35 : .05);
            q[t * D + 1 + 2 * w] = k[t * D + 1 + 2 * w] = (float) (2.2 * cos (angle));
            q[t * D + 2 + 2 * w] = k[t * D + 2 + 2 * w] = (float) (2.2 * sin (angle));
        }
        q[t * D + 5] = t >= 3 * NEEDLES_T / 4 ? 8 : 0;
        k[t * D + 5] = t == FIRST_NEEDLE || t == SECOND_NEEDLE ? 7 : 0;
    }
    return sparse_fixture_new (NEEDLES_T, D, 1, 0, TRUE, q, k, v);
}

typedef struct {
    const char *method, *knobs;
} Finder;

static const Finder finders[] = {
    {"vertical-slash", "budget=12 ratio=2 probes=16 tile=8"},
    {"anchor", "block=16 step=2 theta=4"},
    {"xattention", "block=16 stride=4 share=.9"},
    {"flexprefill", "block=16 share=.9 least=64"},
    {"oracle-block", "block=16 k=4"},
};

START_TEST (methods_find_the_needles_of_a_structured_head)
{
    SparseFixture fixture = open_needles ();
    FoveaSparseSelection selection = select_by (&fixture, finders[_i].method, finders[_i].knobs);
    FoveaSparseSelection blind = select_by (&fixture, "streaming", "window=48");
    FoveaSparseMeasures m = measure (&fixture, &selection, selection.executed);
    g_autofree gboolean *cells = list_cells (selection.executed);
    for (int q = NEEDLES_T - 32; q < NEEDLES_T; q++) {
        ck_assert_msg (cells[q * NEEDLES_T + FIRST_NEEDLE], "%s, row %d", finders[_i].method, q);
        ck_assert_msg (cells[q * NEEDLES_T + SECOND_NEEDLE], "%s, row %d", finders[_i].method, q);
    }
    ck_assert_msg (m.density < .6, "%s: density %g", finders[_i].method, m.density);
    ck_assert_msg (m.recall > .9, "%s: recall %g", finders[_i].method, m.recall);
    /* Without looking they are lost. */
    ck_assert_double_lt (measure (&fixture, &blind, blind.executed).least_recall, .1);
    fovea_sparse_selection_clear (&selection);
    fovea_sparse_selection_clear (&blind);
    sparse_fixture_clear (&fixture);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("sparse properties");
    TCase *all = tcase_create ("properties");
    tcase_set_timeout (all, 60);
    tcase_add_loop_test (all, every_method_keeps_its_word_on_random_heads, 0,
                         G_N_ELEMENTS (lengths));
    tcase_add_test (all, masks_do_not_depend_on_what_was_tried_before);
    tcase_add_test (all, knobs_at_their_limits_give_a_mask_or_a_reason);
    tcase_add_loop_test (all, a_larger_budget_keeps_all_that_a_smaller_one_does, 0,
                         G_N_ELEMENTS (nestings));
    tcase_add_test (all, a_window_with_sinks_has_its_closed_form);
    tcase_add_test (all, tiles_never_cost_more_than_all_of_them);
    tcase_add_test (all, the_mass_oracle_keeps_its_share_of_every_row);
    tcase_add_test (all, no_choice_of_as_many_blocks_beats_the_block_oracle);
    tcase_add_test (all, probe_lines_hold_all_the_mass_twice);
    tcase_add_test (all, all_columns_are_everything);
    tcase_add_test (all, xattention_of_stride_one_ranks_by_true_mass);
    tcase_add_test (all, heads_of_a_layer_share_what_is_not_theirs_alone);
    tcase_add_test (all, power_reaches_every_block_in_as_many_steps_as_ones);
    tcase_add_test (all, s2_shards_of_enough_heads_cover_everything);
    tcase_add_loop_test (all, methods_find_the_needles_of_a_structured_head, 0,
                         G_N_ELEMENTS (finders));
    suite_add_tcase (suite, all);
    return support_run (suite);
}
