/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rows are taken in blocks of fixed size, each with sums of its own that are joined in order, so
 * threads change nothing. Within a row every subject asks the same running sums (sparse-row.h). A
 * sink logit takes a part of the softmax that no key has: outputs are renormalised over the kept keys
 * and it. */
#include "analysis/sparse-measures.h"

#include <math.h>
#include <string.h>

#include "analysis/every-set.h"
#include "analysis/sparse-row.h"
#include "analysis/sparse-sums.h"
#include "kernels/error.h"

static const double coverage_shares[FOVEA_N_COVERAGES] = {0.5, 0.8, 0.9, 0.95, 0.99};

typedef struct {
    FoveaSparseHead *head;
    const FoveaSparseSubject *subjects;
    gsize n;
    gint64 n_blocks;
    FoveaSparseSums *sums; /* (n_blocks, n) */
    float *recalls;        /* (n, T); NaN: the query does not count */
    gint64 *coverage;      /* (n_blocks, FOVEA_N_COVERAGES) keys */
    GMutex lock;
    GError *error; /* the first */
} Job;

/* Oracles by rows that are asked together, as their sets of keys hold one another. */
typedef struct {
    gsize n;
    gsize *subjects;       /* (n) */
    gint64 *counts;        /* (n) ascending, with their subjects */
    FoveaRowShare *shares; /* (n) */
    double *outputs;       /* (n, D) or NULL */
} Oracles;

enum {
    ROWS = FOVEA_SPARSE_MOST_ROWS, /* taken together */
};

/* One of the rows at hand, and what does not depend on the subject. */
typedef struct {
    FoveaSparseRow *row;
    gint64 n_allowed;
    double *full;            /* (D) output */
    double mass, value_mass; /* of all keys */
    double squared_full;
} Whole;

/* What a worker needs for a block of rows. */
typedef struct {
    const Job *job;
    FoveaSparseRow *rows[ROWS];
    Whole wholes[ROWS];
    FoveaMaskCursor **cursors; /* (n), NULL for oracles */
    FoveaSparseTiles *tiles;   /* (n) */
    Oracles oracles;
    double *full, *kept; /* (ROWS, D) outputs */
} Worker;

/* What a subject keeps of a row. */
typedef struct {
    FoveaRowShare share;
    const double *output; /* (D) */
} Kept;

/* |full - scale * kept|^2 */
FOVEA_EVERY_SET static double
get_squared_loss (const double *restrict full, const double *restrict kept, double scale, gint64 D)
{
    enum {
        LANES = 8
    };
    double sums[LANES] = {0}, rest = 0;
    gint64 d = 0;
    for (; d + LANES <= D; d += LANES)
        for (int i = 0; i < LANES; i++) {
            double lost = full[d + i] - scale * kept[d + i];
            sums[i] += lost * lost;
        }
    for (; d < D; d++)
        rest += (full[d] - scale * kept[d]) * (full[d] - scale * kept[d]);
    for (int i = 0; i < LANES; i++)
        rest += sums[i];
    return rest;
}

/* What a query's output loses. */
static void
add_error (const FoveaSparseHead *head,
           const Whole *whole,
           const Kept *kept,
           FoveaSparseRowFigures *row)
{
    gint64 D = head->width;
    double sink = head->rule->sink_logits != NULL ? 1 - whole->mass : 0;
    double norm = kept->share.n_keys > 0 ? kept->share.mass + MAX (sink, 0) : 0;
    row->has_output = TRUE;
    row->squared_loss = get_squared_loss (whole->full, kept->output, norm > 0 ? 1 / norm : 0, D);
    row->squared_output = whole->squared_full;
    row->value_recall = whole->value_mass > 0 ? kept->share.value_mass / whole->value_mass : 0;
}

static void
add_row (const Job *job,
         const Whole *whole,
         gint64 query,
         gsize subject,
         const Kept *kept,
         FoveaSparseSums *sums)
{
    const double *heaviest = fovea_sparse_row_get_sums (whole->row);
    FoveaSparseRowFigures row = {
        .n_keys = kept->share.n_keys,
        .n_allowed = whole->n_allowed,
        .is_late = query >= job->head->n_tokens / 2,
        .recall = kept->share.mass,
        .oracle_recall = heaviest[MIN (kept->share.n_keys, whole->n_allowed)],
    };
    if (job->head->v != NULL)
        add_error (job->head, whole, kept, &row);
    job->recalls[(gint64) subject * job->head->n_tokens + query] = (float) row.recall;
    fovea_sparse_sums_add (sums, &row);
}

/* Rows from @query on, of which @most are at hand; gives how many are measured. Tiles of fewer rows are
 * marked row by row. */
static gint64
measure_mask (Worker *worker, gint64 query, gint64 most, gsize subject, FoveaSparseSums *sums)
{
    const FoveaKeyRange *ranges;
    const Job *job = worker->job;
    FoveaSparseTiles *tiles = &worker->tiles[subject];
    gint64 D = job->head->width, n_rows, r = query % ROWS;
    gboolean fine = tiles->bits != NULL && (gint64) 1 << tiles->shift < ROWS;
    FoveaRowShare shares[ROWS];
    gsize n = fovea_mask_cursor_read_rows (worker->cursors[subject], query,
                                           most == ROWS && !fine ? ROWS : 1, &n_rows, &ranges);
    double *outputs = job->head->v != NULL ? worker->kept : NULL;
    if (n_rows == ROWS)
        fovea_sparse_rows_get_shares (worker->rows, ranges, n, shares, outputs);
    else
        shares[0] = fovea_sparse_row_get_share (worker->rows[r], ranges, n, outputs);
    for (gint64 i = 0; i < n_rows; i++) {
        const Kept kept = {shares[i], outputs != NULL ? outputs + i * D : NULL};
        add_row (job, &worker->wholes[r + i], query + i, subject, &kept, sums);
    }
    fovea_sparse_tiles_add_row (tiles, query + n_rows - 1, ranges, n, sums);
    return n_rows;
}

/* Numbers of keys that the oracles keep, ascending; they hardly change their order from row to row. */
static void
count_oracles (Worker *worker, const Whole *whole)
{
    Oracles *oracles = &worker->oracles;
    for (gsize i = 0; i < oracles->n; i++) {
        gsize subject = oracles->subjects[i], at = i;
        const FoveaSparseSubject *s = &worker->job->subjects[subject];
        gint64 count =
            s->oracle->count (fovea_sparse_row_get_sums (whole->row), whole->n_allowed, s->knobs);
        for (; at > 0 && oracles->counts[at - 1] > count; at--) {
            oracles->counts[at] = oracles->counts[at - 1];
            oracles->subjects[at] = oracles->subjects[at - 1];
        }
        oracles->counts[at] = count;
        oracles->subjects[at] = subject;
    }
}

static void
measure_oracles (Worker *worker, const Whole *whole, gint64 query, FoveaSparseSums *sums)
{
    Oracles *oracles = &worker->oracles;
    count_oracles (worker, whole);
    fovea_sparse_row_get_heaviest (whole->row, oracles->counts, oracles->n, oracles->shares,
                                   oracles->outputs);
    for (gsize i = 0; i < oracles->n; i++) {
        const double *outputs = oracles->outputs;
        const Kept kept = {oracles->shares[i], outputs != NULL
                                                   ? outputs + (gint64) i * worker->job->head->width
                                                   : NULL};
        add_row (worker->job, whole, query, oracles->subjects[i], &kept,
                 &sums[oracles->subjects[i]]);
    }
}

/* Loads a row up to key @n, and asks it all that does not depend on the subject. */
static void
load_row (Worker *worker, gint64 query, const float *weights, gint64 n)
{
    const FoveaSparseHead *head = worker->job->head;
    Whole *whole = &worker->wholes[query % ROWS];
    gint64 first = fovea_score_rule_first_key (head->rule, query);
    gint64 end = fovea_score_rule_end_key (head->rule, query, head->n_tokens);
    const FoveaKeyRange all = {0, n};
    fovea_sparse_row_load_beyond (whole->row, weights, first, end, n);
    FoveaRowShare share =
        fovea_sparse_row_get_share (whole->row, &all, 1, head->v != NULL ? whole->full : NULL);
    whole->mass = share.mass;
    whole->value_mass = share.value_mass;
    whole->squared_full = 0;
    for (gint64 d = 0; head->v != NULL && d < head->width; d++)
        whole->squared_full += whole->full[d] * whole->full[d];
    whole->n_allowed = fovea_score_rule_count (head->rule, query, query + 1, 0, head->n_tokens);
}

static void
add_coverage (const Whole *whole, gint64 *coverage)
{
    const double *sums = fovea_sparse_row_get_sums (whole->row);
    for (gsize p = 0; p < FOVEA_N_COVERAGES; p++) {
        gint64 low = 0, high = whole->n_allowed;
        while (low < high) {
            gint64 middle = (low + high) / 2;
            if (sums[middle] < coverage_shares[p])
                low = middle + 1;
            else
                high = middle;
        }
        coverage[p] += low;
    }
}

/* Rows [q0,q1), at most ROWS and aligned to that; @weights: of the first, @stride apart. */
static void
measure_few_rows (
    Worker *worker, gint64 block, gint64 q0, gint64 q1, const float *weights, gint64 stride)
{
    const Job *job = worker->job;
    gint64 n = fovea_score_rule_end_key (job->head->rule, q1 - 1, job->head->n_tokens);
    FoveaSparseSums *sums = &job->sums[(gsize) block * job->n];
    for (gint64 q = q0; q < q1; q++) {
        load_row (worker, q, weights + (q - q0) * stride, n);
        add_coverage (&worker->wholes[q % ROWS], job->coverage + block * FOVEA_N_COVERAGES);
    }
    for (gsize i = 0; i < job->n; i++) {
        gint64 q =
            worker->cursors[i] != NULL ? MAX (q0, job->subjects[i].selection->first_row) : q1;
        while (q < q1)
            q += measure_mask (worker, q, q1 - q, i, &sums[i]);
    }
    for (gint64 q = q0; q < q1 && worker->oracles.n > 0; q++)
        measure_oracles (worker, &worker->wholes[q % ROWS], q, sums);
}

static gboolean
measure_rows (Worker *worker, gint64 block, GError **error)
{
    const Job *job = worker->job;
    FoveaSparseHead *head = job->head;
    gint64 T = head->n_tokens, q0 = block * FOVEA_SPARSE_ROWS, q1 = MIN (q0 + FOVEA_SPARSE_ROWS, T);
    gint64 n = head->rule->causal ? q1 : T;
    g_autofree float *tile = g_new (float, (gsize) ((q1 - q0) * n));
    if (g_cancellable_set_error_if_cancelled (head->cancellable, error) ||
        !fovea_attention_read_pattern (head->attention, head->head, q0, q1, 0, n, tile, error))
        return FALSE;
    for (gint64 q = q0; q < q1; q += ROWS)
        measure_few_rows (worker, block, q, MIN (q + ROWS, q1), tile + (q - q0) * n, n);
    return TRUE;
}

static void
init_oracles (const Job *job, Oracles *oracles)
{
    oracles->subjects = g_new (gsize, job->n + 1);
    for (gsize i = 0; i < job->n; i++)
        if (job->subjects[i].mask == NULL)
            oracles->subjects[oracles->n++] = i;
    oracles->counts = g_new (gint64, oracles->n + 1);
    oracles->shares = g_new (FoveaRowShare, oracles->n + 1);
    if (job->head->v != NULL)
        oracles->outputs = g_new (double, (oracles->n + 1) * (gsize) job->head->width);
}

static void
clear_oracles (Oracles *oracles)
{
    g_free (oracles->subjects);
    g_free (oracles->counts);
    g_free (oracles->shares);
    g_free (oracles->outputs);
}

static void
run_block (void *data, int64_t block, int index)
{
    Job *job = data;
    FoveaSparseHead *head = job->head;
    g_autoptr (GError) error = NULL;
    g_autofree double *outputs = g_new0 (double, (gsize) (2 * ROWS * head->width));
    g_autofree FoveaMaskCursor **cursors = g_new0 (FoveaMaskCursor *, job->n + 1);
    g_autofree FoveaSparseTiles *tiles = g_new0 (FoveaSparseTiles, job->n + 1);
    for (gsize i = 0; i < job->n; i++)
        if (job->subjects[i].mask != NULL)
            cursors[i] = fovea_mask_cursor_new (job->subjects[i].mask);
    Worker worker = {.job = job,
                     .cursors = cursors,
                     .tiles = tiles,
                     .full = outputs,
                     .kept = outputs + ROWS * head->width};
    for (int r = 0; r < ROWS; r++) {
        worker.rows[r] = r == 0 ? fovea_sparse_row_new (head)
                                : fovea_sparse_row_new_beside (head, worker.rows[0]);
        worker.wholes[r].row = worker.rows[r];
        worker.wholes[r].full = worker.full + r * head->width;
    }
    for (gsize i = 0; i < job->n; i++)
        fovea_sparse_tiles_init (&tiles[i], &job->subjects[i], head->n_tokens);
    init_oracles (job, &worker.oracles);
    if (!measure_rows (&worker, block, &error))
        fovea_error_keep (&job->lock, &job->error, &error);
    clear_oracles (&worker.oracles);
    for (int r = ROWS; r-- > 0;)
        fovea_sparse_row_free (worker.rows[r]);
    for (gsize i = 0; i < job->n; i++) {
        fovea_mask_cursor_free (cursors[i]);
        fovea_sparse_tiles_clear (&tiles[i]);
    }
}

static void
finish_subject (const Job *job, gsize subject, FoveaSparseMeasures *out)
{
    FoveaSparseSums sums = {0};
    for (gint64 b = 0; b < job->n_blocks; b++)
        fovea_sparse_sums_join (&sums, &job->sums[(gsize) b * job->n + subject]);
    fovea_sparse_sums_finish (&sums, job->head, &job->subjects[subject],
                              job->recalls + (gint64) subject * job->head->n_tokens, out);
}

static void
finish_coverage (const Job *job, FoveaSparseCoverage *coverage)
{
    gint64 T = job->head->n_tokens;
    double allowed = (double) fovea_score_rule_count (job->head->rule, 0, T, 0, T);
    for (gsize p = 0; p < FOVEA_N_COVERAGES; p++) {
        gint64 keys = 0;
        for (gint64 b = 0; b < job->n_blocks; b++)
            keys += job->coverage[b * FOVEA_N_COVERAGES + (gint64) p];
        coverage->shares[p] = coverage_shares[p];
        coverage->density[p] = (double) keys / allowed;
    }
}

gboolean
fovea_sparse_measure (FoveaSparseHead *head,
                      const FoveaSparseSubject *subjects,
                      gsize n,
                      FoveaThreads *threads,
                      FoveaSparseMeasures *out,
                      FoveaSparseCoverage *coverage,
                      GError **error)
{
    gint64 T = head->n_tokens, n_blocks = (T + FOVEA_SPARSE_ROWS - 1) / FOVEA_SPARSE_ROWS;
    g_autofree FoveaSparseSums *sums = g_new0 (FoveaSparseSums, (gsize) n_blocks * n + 1);
    g_autofree float *recalls = g_new (float, (gsize) T *n + 1);
    g_autofree gint64 *covered = g_new0 (gint64, (gsize) n_blocks * FOVEA_N_COVERAGES);
    Job job = {.head = head,
               .subjects = subjects,
               .n = n,
               .n_blocks = n_blocks,
               .sums = sums,
               .recalls = recalls,
               .coverage = covered};
    for (gsize i = 0; i < (gsize) T * n; i++)
        recalls[i] = NAN;
    g_mutex_init (&job.lock);
    if (threads != NULL)
        fovea_threads_loop (threads, n_blocks, run_block, &job);
    for (gint64 b = 0; threads == NULL && b < n_blocks && job.error == NULL; b++)
        run_block (&job, b, 0);
    g_mutex_clear (&job.lock);
    if (job.error != NULL) {
        g_propagate_error (error, job.error);
        return FALSE;
    }
    for (gsize i = 0; i < n; i++)
        finish_subject (&job, i, &out[i]);
    if (coverage != NULL)
        finish_coverage (&job, coverage);
    return TRUE;
}

double
fovea_sparse_measure_middle (FoveaSparseHead *head, GError **error)
{
    gint64 T = head->n_tokens, n_blocks = (T + FOVEA_SPARSE_ROWS - 1) / FOVEA_SPARSE_ROWS;
    gint64 block = n_blocks / 2, q1 = MIN ((block + 1) * FOVEA_SPARSE_ROWS, T);
    g_autofree FoveaSparseSums *sums = g_new0 (FoveaSparseSums, (gsize) n_blocks);
    g_autofree gint64 *covered = g_new0 (gint64, (gsize) n_blocks * FOVEA_N_COVERAGES);
    Job job = {.head = head, .n_blocks = n_blocks, .sums = sums, .coverage = covered};
    g_mutex_init (&job.lock);
    run_block (&job, block, 0);
    g_mutex_clear (&job.lock);
    if (job.error != NULL) {
        g_propagate_error (error, job.error);
        return 0;
    }
    return (double) (q1 - block * FOVEA_SPARSE_ROWS) * (double) (head->rule->causal ? q1 : T);
}
