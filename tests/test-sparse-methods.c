/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Every method against the computed masks of methods/prefill.md 4: cells, recall, least recall and
 * error to 6 decimals, and the mask bit for bit by its hash; then the same measures by each device of
 * ops-support.h. */
#include <math.h>
#include <string.h>

#include "analysis/sparse-scorer.h"
#include "tests/ops-support.h"
#include "tests/sparse-support.h"

typedef struct {
    const char *method, *knobs;
    gint64 T;
    guint head; /* of 4 */
    gboolean selected, both_ways;
    gint64 cells;
    double recall, least, error;
    guint64 hash;
} Row;

#define H(x) G_GUINT64_CONSTANT (0x##x)

static const Row rows[] = {
    {"window", "window=32", 32, 0, 0, 0, 528, 1, 1, 0, H (4bb4aa6dafc8e965)},
    {"window", "window=8", 32, 0, 0, 0, 228, .575350, .060994, .768089, H (7d1bb29048543935)},
    {"streaming", "window=6 sinks=2", 32, 0, 0, 0, 228, .571193, .059241, .742582,
     H (4ce9b541b1f664c5)},
    {"a-shape", "window=6 sinks=2", 32, 0, 0, 0, 228, .571193, .059241, .742582,
     H (4ce9b541b1f664c5)},
    {"oracle-token", "k=2", 32, 0, 0, 0, 63, .546860, .174097, .774277, H (1b8744b731383b96)},
    {"oracle-token", "k=4", 32, 0, 0, 0, 122, .734449, .291736, .365245, H (43f151224ff7b4cf)},
    {"oracle-token", "k=8", 32, 0, 0, 0, 228, .888848, .498426, .149445, H (0a1f62b0cd397821)},
    {"oracle-mass", "mass=.9", 32, 0, 0, 0, 270, .921793, .901094, .110147, H (91da8eeb7c3af0f3)},
    {"oracle-block", "block=4 k=2", 32, 0, 0, 0, 222, .651856, .187898, .588214,
     H (326b570253282bdd)},
    {"oracle-block", "block=4 k=3", 32, 0, 0, 0, 306, .788080, .297627, .346377,
     H (ae48bbb01345dc5d)},
    {"vertical-slash", "probes=4 budget=6 ratio=1 forced-columns=2 forced-distances=2 tile=4", 32,
     0, 1, 0, 235, .581032, .224806, .728829, H (5345e4b93663896e)},
    {"vertical-slash", "probes=4 budget=6 ratio=1 forced-columns=2 forced-distances=2 tile=4", 32,
     0, 0, 0, 380, .812806, .530857, .290021, H (c79671b69eece2f9)},
    {"block-sparse", "block=4 k=3", 32, 0, 0, 0, 294, .774461, .297627, .361435,
     H (461cd3cf98f3fa8d)},
    {"frontier-block-sparse", "block=4 k=4", 32, 0, 0, 0, 368, .841183, .269071, .304230,
     H (2a7ce976f634e965)},
    {"xattention", "block=4 stride=2 share=.8", 32, 0, 0, 0, 416, .889109, .336125, .196906,
     H (4a5eb856e2cae965)},
    {"xattention", "block=4 stride=4 share=.8", 32, 0, 0, 0, 400, .844762, .276511, .303251,
     H (2df1c47fbb58e965)},
    {"xattention-upstream", "block=4 stride=2 share=.8", 32, 0, 0, 0, 480, .948960, .553254,
     .204275, H (1895bc3bf292e965)},
    {"xattention-upstream", "block=4 stride=2 share=.6", 32, 0, 0, 0, 432, .906837, .553254,
     .216414, H (94c6ed02161ce965)},
    {"xattention-upstream", "block=4 stride=2 share=.6 chunk=16", 32, 0, 0, 0, 368, .831386,
     .336125, .271470, H (14472301bab4e965)},
    {"xattention", "block=4 stride=2 share=.6", 32, 0, 0, 0, 336, .774771, .336125, .307135,
     H (04824b49ebb0e965)},
    {"flexprefill", "block=4 share=.6 divergence=.05 least=4", 32, 0, 0, 0, 384, .826285, .326129,
     .303566, H (e04675624e06e965)},
    {"flexprefill", "block=4 share=.6 divergence=.1 least=4", 32, 0, 0, 0, 240, .656687, .122909,
     .669973, H (7dd388c70fa4e965)},
    {"flexprefill", "block=4 share=.9 divergence=.1 least=4", 32, 0, 0, 0, 432, .927204, .491696,
     .166811, H (dffa1778fa7ce965)},
    {"frontier-flexprefill", "probes=4 share=.5 least=4 forced-columns=2 forced-distances=2 tile=4",
     32, 0, 1, 0, 248, .597128, .235801, .715607, H (5608642048cf812b)},
    {"frontier-flexprefill", "probes=4 share=.5 least=4 forced-columns=2 forced-distances=2 tile=4",
     32, 0, 0, 0, 388, .826068, .553317, .283703, H (094e8edf2b7664b9)},
    {"anchor", "block=4 step=2 theta=1", 32, 0, 0, 0, 336, .761566, .143840, .478519,
     H (6f5ba12226b0e965)},
    {"anchor", "block=4 step=2 theta=2", 32, 0, 0, 0, 416, .900943, .636497, .218490,
     H (85f1e3f598e442f5)},
    {"seer-target", "block=4 threshold=.15", 32, 0, 0, 0, 464, .928430, .473028, .224057,
     H (7c31bd5651c0e965)},
    {"seer-target", "block=4 threshold=.2", 32, 0, 0, 0, 386, .791601, .020760, .584394,
     H (ca2cbb6c6896fe9d)},
    {"seer-target", "block=4 top=3 dense=0", 32, 0, 0, 0, 300, .781502, .297627, .360659,
     H (a633db20a264f735)},
    {"power", "block=2 window=2", 32, 0, 0, 0, 288, .655243, .083333, .632549,
     H (3c390ba07daf9d65)},
    {"s2", "block=4 local=2 stride=4", 32, 0, 0, 0, 320, .741572, .304909, .505606,
     H (2c622606f71ee965)},
    {"s2", "block=4 local=2 stride=4", 32, 1, 0, 0, 240, .592339, .217242, .719802,
     H (65f6d8d44084e965)},
    {"pbs", "block=4 segment=8 share=.6", 32, 0, 0, 0, 416, .882665, .653598, .227360,
     H (101d55239a7de965)},
    {"pbs", "block=4 segment=8 share=.9", 32, 0, 0, 0, 528, 1, 1, 0, H (4bb4aa6dafc8e965)},
    {"hip", "query-block=4 keys=4 window=8 key-block=1", 32, 0, 0, 0, 288, .745992, .239809,
     .546587, H (a6927593b793e965)},
    {"dhsa", "block=4 keys=12 local=4 global=2 instruction=0 chunk=6 span=2 apart=2", 32, 0, 0, 0,
     304, .789332, .224654, .288281, H (46db9cfa9108e965)},
    {"dhsa-a", "query-block=8 key-block=4 density=.375", 32, 0, 0, 0, 252, .632755, .203116,
     .671481, H (addb1ecb2ce4c495)},
    {"dhsa-vs", "query-block=8 key-block=4 density=.375", 32, 0, 0, 0, 438, .873097, .348301,
     .359326, H (5fed6beb4e95f4fd)},
    {"sparsed", "block=4 share=.3 new=12 scale=0", 32, 0, 0, 1, 336, .452414, .075889, 1.102861,
     H (def22a615d8e52f5)},
    {"sparsed", "block=4 share=.3 new=12 scale=1", 32, 0, 0, 1, 336, .452414, .075889, 1.102861,
     H (def22a615d8e52f5)},
    {"window", "window=30", 30, 0, 0, 0, 465, 1, 1, 0, H (98c39a82f9762d02)},
    {"block-sparse", "block=4 k=3", 30, 0, 0, 0, 276, .800978, .415291, .348913,
     H (207a365d29581bcd)},
    {"xattention", "block=4 stride=4 share=.8", 30, 0, 0, 0, 369, .875815, .336125, .216256,
     H (f406dfb8e2b38a42)},
    {"flexprefill", "block=4 share=.6 divergence=.05 least=4", 30, 0, 0, 0, 313, .806651, .282796,
     .406925, H (614b363c004589e2)},
    {"flexprefill", "block=4 share=.6 divergence=.5 least=4", 30, 0, 0, 0, 217, .669628, .131172,
     .655084, H (ea3f093fe4338f22)},
    {"pbs", "block=4 segment=8 share=.6", 30, 0, 0, 0, 377, .910802, .603338, .172845,
     H (5ac49d3da886a102)},
    {"seer-target", "block=4 threshold=.2", 30, 0, 0, 0, 323, .777707, .020760, .587379,
     H (8f8520be0f8df9ba)},
};

static void
check_near (const Row *row, const char *what, double value, double expected)
{
    ck_assert_msg (fabs (value - expected) <= 1.5e-6, "%s %s: %s is %.7f, expected %.6f",
                   row->method, row->knobs, what, value, expected);
}

/* Sums of a device are f32, and the error is a root of what is lost. */
static void
check_on_devices (const Row *row, FoveaSparseHead *head, const FoveaSparseSubject *subject)
{
    g_autoptr (GError) error = NULL;
    for (int i = 0; i < ops_n_devices; i++) {
        g_autoptr (FoveaSparseScorer) scorer = fovea_sparse_scorer_new (ops_devices[i]);
        FoveaSparseMeasures m;
        ck_assert_msg (fovea_sparse_scorer_measure (scorer, head, subject, 1, &m, &error), "%s",
                       error != NULL ? error->message : "");
        ck_assert_int_eq (m.cells, row->cells);
        ck_assert_msg (fabs (m.recall - row->recall) < 1e-5 &&
                           fabs (m.least_recall - row->least) < 1e-5 &&
                           fabs (m.error - row->error) < 1e-5 && m.oracle_gap > -1e-5,
                       "%s %s on %s: recall %.7f, least %.7f, error %.7f, gap %.7f", row->method,
                       row->knobs, fovea_device_describe (ops_devices[i]), m.recall, m.least_recall,
                       m.error, m.oracle_gap);
    }
}

START_TEST (masks_match_the_computed_table)
{
    const Row *row = &rows[_i];
    g_autoptr (GError) error = NULL;
    SparseFixture fixture = sparse_fixture_tiny (row->T, 4, row->head, !row->both_ways);
    const FoveaSparseMethod *method = fovea_sparse_method_find (row->method, &error);
    double knobs[FOVEA_SPARSE_MAX_KNOBS];
    FoveaSparseSelection selection;
    FoveaSparseMeasures m;
    ck_assert_ptr_nonnull (method);
    sparse_set_knobs (method, row->T, row->knobs, knobs);
    ck_assert_msg (fovea_sparse_method_select (method, fixture.head, knobs, &selection, &error),
                   "%s", error != NULL ? error->message : "");
    FoveaMask *mask = row->selected ? selection.selected : selection.executed;
    g_autofree char *drawn = sparse_block_rows (mask, 4);
    const FoveaSparseSubject subject = {.selection = &selection, .mask = mask};
    ck_assert (fovea_sparse_measure (fixture.head, &subject, 1, NULL, &m, NULL, &error));
    ck_assert_msg (fovea_mask_count (mask) == row->cells, "%s %s: %d cells, expected %d: %s",
                   row->method, row->knobs, (int) m.cells, (int) row->cells, drawn);
    ck_assert_msg (fovea_mask_hash (mask) == row->hash, "%s %s: hash: %s", row->method, row->knobs,
                   drawn);
    ck_assert_int_eq (m.cells, row->cells);
    check_near (row, "recall", m.recall, row->recall);
    check_near (row, "least recall", m.least_recall, row->least);
    check_near (row, "error", m.error, row->error);
    check_near (row, "density", m.density,
                (double) row->cells /
                    (double) (row->both_ways ? row->T * row->T : row->T * (row->T + 1) / 2));
    check_on_devices (row, fixture.head, &subject);
    fovea_sparse_selection_clear (&selection);
    sparse_fixture_clear (&fixture);
}
END_TEST

/* What is near is said before the list, which has all. */
START_TEST (an_unknown_method_names_the_nearest)
{
    g_autoptr (GError) near = NULL, far = NULL;
    ck_assert_ptr_null (fovea_sparse_method_find ("streming", &near));
    ck_assert_msg (strstr (near->message, "did you mean 'streaming'; there are ") != NULL, "%s",
                   near->message);
    ck_assert_ptr_null (fovea_sparse_method_find ("fnord-and-more", &far));
    ck_assert_ptr_null (strstr (far->message, "did you mean"));
    ck_assert_ptr_nonnull (strstr (far->message, "is unknown; there are oracle-token, "));
}
END_TEST

int
main (void)
{
    if (!ops_prepare ())
        return 77;
    Suite *suite = suite_create ("sparse methods");
    TCase *table = tcase_create ("table");
    tcase_add_checked_fixture (table, ops_open_all, ops_close_all);
    tcase_add_loop_test (table, masks_match_the_computed_table, 0, G_N_ELEMENTS (rows));
    tcase_add_test (table, an_unknown_method_names_the_nearest);
    suite_add_tcase (suite, table);
    return support_run (suite);
}
