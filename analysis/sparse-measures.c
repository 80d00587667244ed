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

/* What a worker needs for a block of rows. */
typedef struct {
    const Job *job;
    FoveaSparseRow *row;
    FoveaMaskCursor **cursors; /* (n), NULL for oracles */
    FoveaSparseTiles *tiles;   /* (n) */
    Oracles oracles;
    double *full, *kept;     /* (D) outputs */
    double mass, value_mass; /* of all keys of the row */
    double squared_full;
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
add_error (const Worker *worker, const Kept *kept, FoveaSparseRowFigures *row)
{
    gint64 D = worker->job->head->width;
    double sink = worker->job->head->rule->sink_logits != NULL ? 1 - worker->mass : 0;
    double norm = kept->share.n_keys > 0 ? kept->share.mass + MAX (sink, 0) : 0;
    row->has_output = TRUE;
    row->squared_loss = get_squared_loss (worker->full, kept->output, norm > 0 ? 1 / norm : 0, D);
    row->squared_output = worker->squared_full;
    row->value_recall = worker->value_mass > 0 ? kept->share.value_mass / worker->value_mass : 0;
}

static void
add_row (const Worker *worker,
         gint64 query,
         gint64 n_allowed,
         gsize subject,
         const Kept *kept,
         FoveaSparseSums *sums)
{
    const Job *job = worker->job;
    const double *heaviest = fovea_sparse_row_get_sums (worker->row);
    FoveaSparseRowFigures row = {
        .n_keys = kept->share.n_keys,
        .n_allowed = n_allowed,
        .is_late = query >= job->head->n_tokens / 2,
        .recall = kept->share.mass,
        .oracle_recall = heaviest[MIN (kept->share.n_keys, n_allowed)],
    };
    if (job->head->v != NULL)
        add_error (worker, kept, &row);
    job->recalls[(gint64) subject * job->head->n_tokens + query] = (float) row.recall;
    fovea_sparse_sums_add (sums, &row);
}

static void
measure_mask (Worker *worker, gint64 query, gint64 n_allowed, gsize subject, FoveaSparseSums *sums)
{
    const FoveaKeyRange *ranges;
    gsize n = fovea_mask_cursor_read (worker->cursors[subject], query, &ranges);
    double *output = worker->job->head->v != NULL ? worker->kept : NULL;
    const Kept kept = {fovea_sparse_row_get_share (worker->row, ranges, n, output), output};
    add_row (worker, query, n_allowed, subject, &kept, sums);
    fovea_sparse_tiles_add_row (&worker->tiles[subject], query, ranges, n, sums);
}

/* Numbers of keys that the oracles keep, ascending; they hardly change their order from row to row. */
static void
count_oracles (Worker *worker, gint64 n_allowed)
{
    Oracles *oracles = &worker->oracles;
    for (gsize i = 0; i < oracles->n; i++) {
        gsize subject = oracles->subjects[i], at = i;
        const FoveaSparseSubject *s = &worker->job->subjects[subject];
        gint64 count =
            s->oracle->count (fovea_sparse_row_get_sums (worker->row), n_allowed, s->knobs);
        for (; at > 0 && oracles->counts[at - 1] > count; at--) {
            oracles->counts[at] = oracles->counts[at - 1];
            oracles->subjects[at] = oracles->subjects[at - 1];
        }
        oracles->counts[at] = count;
        oracles->subjects[at] = subject;
    }
}

static void
measure_oracles (Worker *worker, gint64 query, gint64 n_allowed, FoveaSparseSums *sums)
{
    Oracles *oracles = &worker->oracles;
    count_oracles (worker, n_allowed);
    fovea_sparse_row_get_heaviest (worker->row, oracles->counts, oracles->n, oracles->shares,
                                   oracles->outputs);
    for (gsize i = 0; i < oracles->n; i++) {
        const double *outputs = oracles->outputs;
        const Kept kept = {oracles->shares[i], outputs != NULL
                                                   ? outputs + (gint64) i * worker->job->head->width
                                                   : NULL};
        add_row (worker, query, n_allowed, oracles->subjects[i], &kept,
                 &sums[oracles->subjects[i]]);
    }
}

/* Loads a row, and asks it all that does not depend on the subject. */
static gint64
load_row (Worker *worker, gint64 query, const float *weights, gint64 n)
{
    const FoveaSparseHead *head = worker->job->head;
    gint64 first = fovea_score_rule_first_key (head->rule, query);
    const FoveaKeyRange all = {0, n};
    fovea_sparse_row_load (worker->row, weights, first, n);
    FoveaRowShare whole =
        fovea_sparse_row_get_share (worker->row, &all, 1, head->v != NULL ? worker->full : NULL);
    worker->mass = whole.mass;
    worker->value_mass = whole.value_mass;
    worker->squared_full = 0;
    for (gint64 d = 0; head->v != NULL && d < head->width; d++)
        worker->squared_full += worker->full[d] * worker->full[d];
    return fovea_score_rule_count (head->rule, query, query + 1, 0, head->n_tokens);
}

static void
add_coverage (const Worker *worker, gint64 n_allowed, gint64 *coverage)
{
    const double *sums = fovea_sparse_row_get_sums (worker->row);
    for (gsize p = 0; p < FOVEA_N_COVERAGES; p++) {
        gint64 low = 0, high = n_allowed;
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
    for (gint64 q = q0; q < q1; q++) {
        gint64 end = fovea_score_rule_end_key (head->rule, q, T);
        gint64 n_allowed = load_row (worker, q, tile + (q - q0) * n, end);
        add_coverage (worker, n_allowed, job->coverage + block * FOVEA_N_COVERAGES);
        FoveaSparseSums *sums = &job->sums[(gsize) block * job->n];
        for (gsize i = 0; i < job->n; i++)
            if (worker->cursors[i] != NULL && q >= job->subjects[i].selection->first_row)
                measure_mask (worker, q, n_allowed, i, &sums[i]);
        if (worker->oracles.n > 0)
            measure_oracles (worker, q, n_allowed, sums);
    }
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
    g_autoptr (FoveaSparseRow) row = fovea_sparse_row_new (head);
    g_autofree double *outputs = g_new0 (double, (gsize) (2 * head->width));
    g_autofree FoveaMaskCursor **cursors = g_new0 (FoveaMaskCursor *, job->n + 1);
    g_autofree FoveaSparseTiles *tiles = g_new0 (FoveaSparseTiles, job->n + 1);
    for (gsize i = 0; i < job->n; i++)
        if (job->subjects[i].mask != NULL)
            cursors[i] = fovea_mask_cursor_new (job->subjects[i].mask);
    Worker worker = {.job = job,
                     .row = row,
                     .cursors = cursors,
                     .tiles = tiles,
                     .full = outputs,
                     .kept = outputs + head->width};
    for (gsize i = 0; i < job->n; i++)
        fovea_sparse_tiles_init (&tiles[i], &job->subjects[i], head->n_tokens);
    init_oracles (job, &worker.oracles);
    if (!measure_rows (&worker, block, &error)) {
        g_mutex_lock (&job->lock);
        if (job->error == NULL)
            job->error = g_steal_pointer (&error);
        g_mutex_unlock (&job->lock);
    }
    clear_oracles (&worker.oracles);
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
