/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rows are taken in blocks of fixed size, each with sums of its own that are joined in order, so
 * threads change nothing. Within a row every subject asks the same running sums (sparse-row.h). A
 * sink logit takes a part of the softmax that no key has: outputs are renormalised over the kept keys
 * and it. */
#include "analysis/sparse-measures.h"

#include <math.h>
#include <string.h>

#include "analysis/sparse-row.h"

enum {
    BLOCK_ROWS = 64,
};

static const double coverage_shares[FOVEA_N_COVERAGES] = {0.5, 0.8, 0.9, 0.95, 0.99};

/* Sums of one subject over a block of rows. */
typedef struct {
    gint64 cells, allowed, n_queries, n_late, n_empty;
    double recall, late_recall, value_recall, oracle_recall;
    double squared_error, squared_output, error, largest_error;
    gint64 n_outputs;
} Sums;

typedef struct {
    FoveaSparseHead *head;
    const FoveaSparseSubject *subjects;
    gsize n;
    gint64 n_blocks;
    Sums *sums;       /* (n_blocks, n) */
    float *recalls;   /* (n, T); NaN: the query does not count */
    gint64 *coverage; /* (n_blocks, FOVEA_N_COVERAGES) keys */
    GMutex lock;
    GError *error; /* the first */
} Job;

/* What a worker needs for a block of rows. */
typedef struct {
    const Job *job;
    FoveaSparseRow *row;
    FoveaMaskCursor **cursors; /* (n), NULL for oracles */
    FoveaKeyRange *ranges;     /* (T) of an oracle's row */
    double *full, *kept;       /* (D) outputs */
    double mass, value_mass;   /* of all keys of the row */
    double squared_full;
} Worker;

/* What a query's output loses. */
static void
add_error (Worker *worker, const FoveaKeyRange *ranges, gsize n, double recall, Sums *sums)
{
    gint64 D = worker->job->head->width;
    double sink = worker->job->head->rule->sink_logits != NULL ? 1 - worker->mass : 0;
    double norm = n > 0 ? recall + MAX (sink, 0) : 0, squared = 0;
    fovea_sparse_row_get_output (worker->row, ranges, n, worker->kept);
    for (gint64 d = 0; d < D; d++) {
        double lost = worker->full[d] - (norm > 0 ? worker->kept[d] / norm : 0);
        squared += lost * lost;
    }
    sums->squared_error += squared;
    sums->squared_output += worker->squared_full;
    if (worker->squared_full > 0) {
        double relative = sqrt (squared / worker->squared_full);
        sums->error += relative;
        sums->largest_error = MAX (sums->largest_error, relative);
        sums->n_outputs++;
    }
    sums->value_recall +=
        worker->value_mass > 0
            ? fovea_sparse_row_get_value_mass (worker->row, ranges, n) / worker->value_mass
            : 0;
}

static void
measure_row (Worker *worker, gint64 query, gint64 n_allowed, gsize subject, Sums *sums)
{
    const Job *job = worker->job;
    const FoveaSparseSubject *s = &job->subjects[subject];
    const double *sorted = fovea_sparse_row_get_sums (worker->row);
    const FoveaKeyRange *ranges = worker->ranges;
    gint64 cells = 0;
    gsize n;
    if (s->mask != NULL)
        n = fovea_mask_cursor_read (worker->cursors[subject], query, &ranges);
    else
        n = fovea_sparse_row_list_heaviest (
            worker->row, s->oracle->count (sorted, n_allowed, s->knobs), worker->ranges);
    for (gsize i = 0; i < n; i++)
        cells += ranges[i].to - ranges[i].from;
    double recall = fovea_sparse_row_get_mass (worker->row, ranges, n);
    job->recalls[(gint64) subject * job->head->n_tokens + query] = (float) recall;
    sums->cells += cells;
    sums->allowed += n_allowed;
    sums->n_queries++;
    sums->n_empty += cells == 0;
    sums->recall += recall;
    sums->oracle_recall += sorted[MIN (cells, n_allowed)];
    if (query >= job->head->n_tokens / 2) {
        sums->late_recall += recall;
        sums->n_late++;
    }
    if (job->head->v != NULL)
        add_error (worker, ranges, n, recall, sums);
}

/* Loads a row, and asks it all that does not depend on the subject. */
static gint64
load_row (Worker *worker, gint64 query, const float *weights, gint64 n)
{
    const FoveaSparseHead *head = worker->job->head;
    gint64 first = fovea_score_rule_first_key (head->rule, query);
    const FoveaKeyRange all = {0, n};
    fovea_sparse_row_load (worker->row, weights, first, n);
    worker->mass = fovea_sparse_row_get_mass (worker->row, &all, 1);
    if (head->v != NULL) {
        worker->squared_full = 0;
        worker->value_mass = fovea_sparse_row_get_value_mass (worker->row, &all, 1);
        fovea_sparse_row_get_output (worker->row, &all, 1, worker->full);
        for (gint64 d = 0; d < head->width; d++)
            worker->squared_full += worker->full[d] * worker->full[d];
    }
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
    gint64 T = head->n_tokens, q0 = block * BLOCK_ROWS, q1 = MIN (q0 + BLOCK_ROWS, T);
    gint64 n = head->rule->causal ? q1 : T;
    g_autofree float *tile = g_new (float, (gsize) ((q1 - q0) * n));
    if (g_cancellable_set_error_if_cancelled (head->cancellable, error) ||
        !fovea_attention_read_pattern (head->attention, head->head, q0, q1, 0, n, tile, error))
        return FALSE;
    for (gint64 q = q0; q < q1; q++) {
        gint64 end = fovea_score_rule_end_key (head->rule, q, T);
        gint64 n_allowed = load_row (worker, q, tile + (q - q0) * n, end);
        add_coverage (worker, n_allowed, job->coverage + block * FOVEA_N_COVERAGES);
        for (gsize i = 0; i < job->n; i++) {
            const FoveaSparseSelection *selection = job->subjects[i].selection;
            if (selection == NULL || q >= selection->first_row)
                measure_row (worker, q, n_allowed, i, &job->sums[(gsize) block * job->n + i]);
        }
    }
    return TRUE;
}

static void
run_block (void *data, int64_t block, int index)
{
    Job *job = data;
    FoveaSparseHead *head = job->head;
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaSparseRow) row = fovea_sparse_row_new (head);
    g_autofree FoveaKeyRange *ranges = g_new (FoveaKeyRange, (gsize) head->n_tokens);
    g_autofree double *outputs = g_new0 (double, (gsize) (2 * head->width));
    g_autofree FoveaMaskCursor **cursors = g_new0 (FoveaMaskCursor *, job->n + 1);
    for (gsize i = 0; i < job->n; i++)
        if (job->subjects[i].mask != NULL)
            cursors[i] = fovea_mask_cursor_new (job->subjects[i].mask);
    Worker worker = {.job = job,
                     .row = row,
                     .cursors = cursors,
                     .ranges = ranges,
                     .full = outputs,
                     .kept = outputs + head->width};
    if (!measure_rows (&worker, block, &error)) {
        g_mutex_lock (&job->lock);
        if (job->error == NULL)
            job->error = g_steal_pointer (&error);
        g_mutex_unlock (&job->lock);
    }
    for (gsize i = 0; i < job->n; i++)
        fovea_mask_cursor_free (cursors[i]);
}

static Sums
join_sums (const Job *job, gsize subject)
{
    Sums all = {0};
    for (gint64 b = 0; b < job->n_blocks; b++) {
        const Sums *s = &job->sums[(gsize) b * job->n + subject];
        all.cells += s->cells;
        all.allowed += s->allowed;
        all.n_queries += s->n_queries;
        all.n_late += s->n_late;
        all.n_empty += s->n_empty;
        all.n_outputs += s->n_outputs;
        all.recall += s->recall;
        all.late_recall += s->late_recall;
        all.value_recall += s->value_recall;
        all.oracle_recall += s->oracle_recall;
        all.squared_error += s->squared_error;
        all.squared_output += s->squared_output;
        all.error += s->error;
        all.largest_error = MAX (all.largest_error, s->largest_error);
    }
    return all;
}

static int
compare_floats (gconstpointer a, gconstpointer b)
{
    float x = *(const float *) a, y = *(const float *) b;
    return x < y ? -1 : x > y;
}

/* Minimum, percentile and histogram, which need every query's recall. */
static void
set_spread (const Job *job, gsize subject, FoveaSparseMeasures *out)
{
    float *recalls = job->recalls + (gint64) subject * job->head->n_tokens;
    gint64 n = 0;
    for (gint64 q = 0; q < job->head->n_tokens; q++) {
        if (isnan (recalls[q]))
            continue;
        int bin = (int) (recalls[q] * FOVEA_RECALL_BINS);
        out->histogram[CLAMP (bin, 0, FOVEA_RECALL_BINS - 1)]++;
        recalls[n++] = recalls[q];
    }
    qsort (recalls, (gsize) n, sizeof *recalls, compare_floats);
    out->least_recall = n > 0 ? (double) recalls[0] : NAN;
    out->low_recall = n > 0 ? (double) recalls[(n - 1) / 20] : NAN;
}

/* Tiles that a kernel visits, over those it could. */
static double
get_block_density (const FoveaSparseHead *head, const FoveaSparseSubject *subject)
{
    if (subject->mask == NULL || subject->selection->tile == 0)
        return NAN; /* single keys: no kernel of tiles */
    gint64 B = subject->selection->tile, n_allowed;
    gint64 n_visited = fovea_mask_count_tiles (subject->mask, B, B, &n_allowed);
    gboolean executed = subject->mask == subject->selection->executed;
    double cells = (double) n_allowed * (double) B * (double) B;
    if (executed && subject->selection->kernel_cells > 0)
        return subject->selection->kernel_cells / cells;
    return (double) n_visited / (double) n_allowed;
}

static void
finish_subject (const Job *job, gsize subject, FoveaSparseMeasures *out)
{
    Sums sums = join_sums (job, subject);
    double n = (double) sums.n_queries;
    gboolean values = job->head->v != NULL;
    memset (out, 0, sizeof *out);
    out->cells = sums.cells;
    out->allowed = sums.allowed;
    out->n_queries = sums.n_queries;
    out->n_empty = sums.n_empty;
    out->density = (double) sums.cells / (double) sums.allowed;
    out->sparsity = 1 - out->density;
    out->block_density = get_block_density (job->head, &job->subjects[subject]);
    out->recall = sums.recall / n;
    out->late_recall = sums.late_recall / (double) sums.n_late;
    out->oracle_recall = sums.oracle_recall / n;
    out->oracle_gap = out->oracle_recall - out->recall;
    out->value_recall = values ? sums.value_recall / n : NAN;
    out->error =
        values && sums.squared_output > 0 ? sqrt (sums.squared_error / sums.squared_output) : NAN;
    out->mean_error = sums.n_outputs > 0 ? sums.error / (double) sums.n_outputs : NAN;
    out->largest_error = sums.n_outputs > 0 ? sums.largest_error : NAN;
    set_spread (job, subject, out);
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
    gint64 T = head->n_tokens, n_blocks = (T + BLOCK_ROWS - 1) / BLOCK_ROWS;
    g_autofree Sums *sums = g_new0 (Sums, (gsize) n_blocks * n + 1);
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
