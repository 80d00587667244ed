/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A head's vectors go to the device once, with the log-sum-exp of each row and the whole output, which
 * the device works out first. Then runs of rows follow: as many as have tiles of all masks within a
 * limit of memory. Several heads may draw their tiles at the same time, but one at a time uses the
 * device. */
#include "analysis/sparse-scorer.h"

#include <math.h>

#include "analysis/mask-tiles.h"
#include "analysis/sparse-row.h"
#include "analysis/sparse-sums.h"

enum {
    MOST_WORDS = 1 << 21,   /* of bits that go to the device at once: 16 MiB */
    MOST_RESULTS = 1 << 20, /* rows times masks */
};

struct _FoveaSparseScorer {
    FoveaDevice *device;
    const FoveaOps *ops;
    GMutex lock; /* of the device */
};

/* Oracles by rows: each has a block of its own, as a row's keys are found for all of them. */
typedef struct {
    FoveaSparseHead plain; /* the head without values: rows need none here */
    FoveaSparseRow *row;
    float *weights; /* (FOVEA_BLOCK, T) */
    FoveaKeyRange *ranges;
} Oracles;

/* One head. */
typedef struct {
    FoveaSparseScorer *scorer;
    FoveaSparseHead *head;
    const FoveaSparseSubject *subjects;
    gsize n;
    float *q, *k, *v, *lse, *lengths, *full; /* on the device */
    float *value_mass;                       /* (T) of whole rows */
    double *squared_full;                    /* (T) */
    Oracles oracles;
    FoveaMaskBlock **blocks;   /* (n) NULL but for oracles */
    FoveaMaskBlock *block;     /* of the mask at hand */
    FoveaMaskCursor **cursors; /* (n) NULL for oracles */
    FoveaSparseTiles *row_tiles;
    FoveaMaskTiles *tiles;
    GArray *counts;        /* (rows of the run, n) keys, of gint32 */
    gint64 first;          /* query that the run begins with */
    float *recalls;        /* (n, T) NaN: the query does not count */
    FoveaSparseSums *sums; /* (n) */
} Job;

FoveaSparseScorer *
fovea_sparse_scorer_new (FoveaDevice *device)
{
    FoveaSparseScorer *scorer = g_new0 (FoveaSparseScorer, 1);
    scorer->device = device;
    scorer->ops = fovea_device_get_ops (device);
    g_mutex_init (&scorer->lock);
    return scorer;
}

void
fovea_sparse_scorer_free (FoveaSparseScorer *scorer)
{
    if (scorer == NULL)
        return;
    g_mutex_clear (&scorer->lock);
    g_free (scorer);
}

/* A buffer with @n floats of the host, or without any. */
static float *
send (const Job *job, const void *values, gsize n)
{
    const FoveaOps *ops = job->scorer->ops;
    FoveaDevice *device = job->scorer->device;
    float *buffer = ops->alloc (device, MAX (n, 1) * sizeof *buffer);
    if (buffer != NULL && values != NULL)
        ops->write (device, buffer, values, n * sizeof *buffer);
    return buffer;
}

static float *
fetch (const Job *job, const float *buffer, gsize n)
{
    float *values = g_new0 (float, n);
    if (!fovea_device_has_failed (job->scorer->device))
        job->scorer->ops->read (job->scorer->device, values, buffer, n * sizeof *values);
    return values;
}

static void
drop (const Job *job, float *buffer)
{
    if (buffer != NULL)
        job->scorer->ops->free (job->scorer->device, buffer);
}

/* What all calls for rows from @first on have in common. */
static FoveaMaskRowsArgs
get_args (const Job *job, gint64 first, gint64 n_queries)
{
    const FoveaSparseHead *head = job->head;
    return (FoveaMaskRowsArgs){.rule = *head->rule,
                               .head = head->head,
                               .q0 = first,
                               .n_queries = n_queries,
                               .n_keys = head->n_tokens,
                               .width = head->width,
                               .q = job->q + first * head->width,
                               .q_stride = head->width,
                               .k = job->k,
                               .k_stride = head->width,
                               .v = head->v != NULL ? job->v : NULL,
                               .v_stride = head->width,
                               .lse = job->lse + first,
                               .lengths = head->v != NULL ? job->lengths : NULL};
}

/* Lengths of all values, and the vectors themselves. */
static gboolean
send_head (Job *job, GError **error)
{
    FoveaSparseHead *head = job->head;
    gsize T = (gsize) head->n_tokens, D = (gsize) head->width;
    g_autofree float *lse = g_new (float, T);
    g_autofree float *lengths = g_new0 (float, T);
    if (!fovea_attention_read_row_statistic (head->attention, head->head, FOVEA_ROW_LSE, lse,
                                             error))
        return FALSE;
    for (gsize t = 0; head->v != NULL && t < T; t++) {
        double square = 0;
        for (gsize d = 0; d < D; d++)
            square += (double) head->v[t * D + d] * (double) head->v[t * D + d];
        lengths[t] = (float) sqrt (square);
    }
    g_mutex_lock (&job->scorer->lock);
    job->q = send (job, head->q, T * D);
    job->k = send (job, head->k, T * D);
    job->lse = send (job, lse, T);
    if (head->v != NULL) {
        job->v = send (job, head->v, T * D);
        job->lengths = send (job, lengths, T);
        job->full = send (job, NULL, T * D);
    }
    gboolean done = fovea_device_sync (job->scorer->device, error);
    g_mutex_unlock (&job->scorer->lock);
    return done;
}

/* Output and value mass of whole rows, as a mask of everything has them. */
static gboolean
measure_whole_rows (Job *job, GError **error)
{
    const FoveaSparseHead *head = job->head;
    gsize T = (gsize) head->n_tokens, D = (gsize) head->width;
    if (head->v == NULL)
        return TRUE;
    for (gint64 q = 0; q < head->n_tokens; q += FOVEA_BLOCK)
        fovea_mask_tiles_append_whole (job->tiles, q);
    FoveaMaskRowsArgs args = get_args (job, 0, head->n_tokens);
    fovea_mask_tiles_give (job->tiles, &args);
    args.n_masks = 1;
    args.z = job->full;
    g_mutex_lock (&job->scorer->lock);
    args.mass = send (job, NULL, T);
    args.value_mass = send (job, NULL, T);
    if (!fovea_device_has_failed (job->scorer->device))
        job->scorer->ops->mask_rows (job->scorer->device, &args);
    job->value_mass = fetch (job, args.value_mass, T);
    g_autofree float *full = fetch (job, job->full, T * D);
    drop (job, args.mass);
    drop (job, args.value_mass);
    gboolean done = fovea_device_sync (job->scorer->device, error);
    g_mutex_unlock (&job->scorer->lock);
    job->squared_full = g_new0 (double, T);
    for (gsize i = 0; i < T * D; i++)
        job->squared_full[i / D] += (double) full[i] * (double) full[i];
    fovea_mask_tiles_clear (job->tiles);
    return done;
}

/* Results of one run of rows, (n, rows) but for the last. */
typedef struct {
    float *mass, *value_mass, *loss;
    float *heaviest; /* (rows, n) mass of as many keys, the heaviest */
} Results;

static void
results_clear (Results *results)
{
    g_free (results->mass);
    g_free (results->value_mass);
    g_free (results->loss);
    g_free (results->heaviest);
}

/* Scores the run on the device, which this thread has for itself. */
static Results
score_run (Job *job, gint64 rows)
{
    const FoveaSparseScorer *scorer = job->scorer;
    gsize n = (gsize) rows * job->n;
    gboolean values = job->head->v != NULL;
    FoveaMaskRowsArgs args = get_args (job, job->first, rows);
    fovea_mask_tiles_give (job->tiles, &args);
    args.n_masks = (int) job->n;
    args.mass = send (job, NULL, n);
    args.value_mass = values ? send (job, NULL, n) : NULL;
    args.loss = values ? send (job, NULL, n) : NULL;
    args.full = values ? job->full + job->first * job->head->width : NULL;
    float *counts = send (job, job->counts->data, n);
    float *heaviest = send (job, NULL, n);
    const FoveaTopRowsArgs top = {.rule = args.rule,
                                  .head = args.head,
                                  .q0 = args.q0,
                                  .n_queries = rows,
                                  .n_keys = args.n_keys,
                                  .width = args.width,
                                  .q = args.q,
                                  .q_stride = args.q_stride,
                                  .k = args.k,
                                  .k_stride = args.k_stride,
                                  .row_counts = (const int32_t *) (gconstpointer) counts,
                                  .n_counts = (int) job->n,
                                  .mass = heaviest};
    if (!fovea_device_has_failed (scorer->device)) {
        scorer->ops->mask_rows (scorer->device, &args);
        scorer->ops->top_rows (scorer->device, &top);
    }
    Results results = {fetch (job, args.mass, n), values ? fetch (job, args.value_mass, n) : NULL,
                       values ? fetch (job, args.loss, n) : NULL, fetch (job, heaviest, n)};
    float *buffers[] = {args.mass, args.value_mass, args.loss, counts, heaviest};
    for (guint i = 0; i < G_N_ELEMENTS (buffers); i++)
        drop (job, buffers[i]);
    return results;
}

static void
add_results (Job *job, gint64 rows, const Results *results)
{
    FoveaSparseHead *head = job->head;
    for (gint64 i = 0; i < rows; i++) {
        gint64 query = job->first + i;
        gint64 n_allowed = fovea_score_rule_count (head->rule, query, query + 1, 0, head->n_tokens);
        for (gsize s = 0; s < job->n; s++) {
            const FoveaSparseSelection *selection = job->subjects[s].selection;
            gsize at = s * (gsize) rows + (gsize) i, across = (gsize) i * job->n + s;
            FoveaSparseRowFigures row = {.n_keys = g_array_index (job->counts, gint32, across),
                                         .n_allowed = n_allowed,
                                         .is_late = query >= head->n_tokens / 2,
                                         .recall = (double) results->mass[at],
                                         .oracle_recall = (double) results->heaviest[across],
                                         .has_output = head->v != NULL};
            if (selection != NULL && query < selection->first_row)
                continue;
            if (row.has_output) {
                double whole = (double) job->value_mass[query];
                row.value_recall = whole > 0 ? (double) results->value_mass[at] / whole : 0;
                row.squared_loss = (double) results->loss[at];
                row.squared_output = job->squared_full[query];
            }
            job->recalls[(gint64) s * head->n_tokens + query] = results->mass[at];
            fovea_sparse_sums_add (&job->sums[s], &row);
        }
    }
}

/* Ends the run before @end and begins another. */
static gboolean
finish_run (Job *job, gint64 end, GError **error)
{
    gint64 rows = end - job->first;
    g_mutex_lock (&job->scorer->lock);
    Results results = score_run (job, rows);
    gboolean done = fovea_device_sync (job->scorer->device, error);
    g_mutex_unlock (&job->scorer->lock);
    if (done)
        add_results (job, rows, &results);
    results_clear (&results);
    fovea_mask_tiles_clear (job->tiles);
    g_array_set_size (job->counts, 0);
    job->first = end;
    return done;
}

/* Keys of a row that the oracles take. */
static void
draw_oracle_row (Job *job, gint64 i, gint64 query, const float *weights, gint64 n, gint32 *counts)
{
    const FoveaSparseHead *head = job->head;
    FoveaSparseRow *row = job->oracles.row;
    gint64 first = fovea_score_rule_first_key (head->rule, query);
    gint64 n_allowed = fovea_score_rule_count (head->rule, query, query + 1, 0, head->n_tokens);
    fovea_sparse_row_load (row, weights, first, n);
    for (gsize s = 0; s < job->n; s++) {
        const FoveaSparseSubject *subject = &job->subjects[s];
        if (job->blocks[s] == NULL)
            continue;
        gint64 count =
            subject->oracle->count (fovea_sparse_row_get_sums (row), n_allowed, subject->knobs);
        gsize n_ranges = fovea_sparse_row_list_heaviest (row, count, job->oracles.ranges);
        counts[s] =
            (gint32) fovea_mask_block_add_row (job->blocks[s], i, job->oracles.ranges, n_ranges);
    }
}

/* Oracles' keys of queries [q0,q1). */
static gboolean
draw_oracles (Job *job, gint64 q0, gint64 q1, gint32 *counts, GError **error)
{
    const FoveaSparseHead *head = job->head;
    gint64 n = head->rule->causal ? q1 : head->n_tokens;
    if (job->oracles.row == NULL)
        return TRUE;
    if (!fovea_attention_read_pattern (head->attention, head->head, q0, q1, 0, n,
                                       job->oracles.weights, error))
        return FALSE;
    for (gint64 q = q0; q < q1; q++)
        draw_oracle_row (job, q - q0, q, job->oracles.weights + (q - q0) * n,
                         fovea_score_rule_end_key (head->rule, q, head->n_tokens),
                         counts + (q - q0) * (gint64) job->n);
    return TRUE;
}

static void
draw_mask (Job *job, gsize s, gint64 q0, gint64 q1, gint32 *counts)
{
    for (gint64 q = q0; q < q1; q++) {
        const FoveaKeyRange *ranges;
        gsize n = fovea_mask_cursor_read (job->cursors[s], q, &ranges);
        counts[(q - q0) * (gint64) job->n + (gint64) s] =
            (gint32) fovea_mask_block_add_row (job->block, q - q0, ranges, n);
        fovea_sparse_tiles_add_row (&job->row_tiles[s], q, ranges, n, &job->sums[s]);
    }
    fovea_mask_tiles_append (job->tiles, q0, job->block);
}

/* The lists of all subjects for one block of rows. */
static gboolean
draw_block (Job *job, gint64 q0, GError **error)
{
    gint64 q1 = MIN (q0 + FOVEA_BLOCK, job->head->n_tokens);
    guint at = job->counts->len;
    g_array_set_size (job->counts, at + (guint) (q1 - q0) * (guint) job->n);
    gint32 *counts = &g_array_index (job->counts, gint32, at);
    if (g_cancellable_set_error_if_cancelled (job->head->cancellable, error) ||
        !draw_oracles (job, q0, q1, counts, error))
        return FALSE;
    for (gsize s = 0; s < job->n; s++)
        if (job->blocks[s] != NULL)
            fovea_mask_tiles_append (job->tiles, q0, job->blocks[s]);
        else
            draw_mask (job, s, q0, q1, counts);
    return TRUE;
}

static gboolean
run (Job *job, GError **error)
{
    gint64 T = job->head->n_tokens;
    if (!send_head (job, error) || !measure_whole_rows (job, error))
        return FALSE;
    for (gint64 q = 0; q < T; q += FOVEA_BLOCK) {
        gint64 end = MIN (q + FOVEA_BLOCK, T);
        if (!draw_block (job, q, error))
            return FALSE;
        gboolean full = fovea_mask_tiles_get_n_words (job->tiles) > MOST_WORDS ||
                        job->counts->len > MOST_RESULTS || end == T;
        if (full && !finish_run (job, end, error))
            return FALSE;
    }
    return TRUE;
}

static void
init_job (Job *job)
{
    FoveaSparseHead *head = job->head;
    gsize T = (gsize) head->n_tokens;
    gboolean any_oracle = FALSE;
    job->recalls = g_new (float, T * job->n + 1);
    for (gsize i = 0; i < T * job->n; i++)
        job->recalls[i] = NAN;
    job->sums = g_new0 (FoveaSparseSums, job->n + 1);
    job->blocks = g_new0 (FoveaMaskBlock *, job->n + 1);
    job->cursors = g_new0 (FoveaMaskCursor *, job->n + 1);
    job->row_tiles = g_new0 (FoveaSparseTiles, job->n + 1);
    job->block = fovea_mask_block_new (head->n_tokens);
    job->tiles = fovea_mask_tiles_new (head->rule, head->n_tokens);
    job->counts = g_array_new (FALSE, TRUE, sizeof (gint32));
    for (gsize s = 0; s < job->n; s++) {
        fovea_sparse_tiles_init (&job->row_tiles[s], &job->subjects[s], head->n_tokens);
        if (job->subjects[s].mask != NULL)
            job->cursors[s] = fovea_mask_cursor_new (job->subjects[s].mask);
        else
            job->blocks[s] = fovea_mask_block_new (head->n_tokens);
        any_oracle = any_oracle || job->subjects[s].mask == NULL;
    }
    if (!any_oracle)
        return;
    job->oracles.plain = *head;
    job->oracles.plain.v = NULL;
    job->oracles.row = fovea_sparse_row_new (&job->oracles.plain);
    job->oracles.weights = g_new (float, FOVEA_BLOCK *T);
    job->oracles.ranges = g_new (FoveaKeyRange, T);
}

static void
clear_job (Job *job)
{
    float *buffers[] = {job->q, job->k, job->v, job->lse, job->lengths, job->full};
    g_mutex_lock (&job->scorer->lock);
    for (guint i = 0; i < G_N_ELEMENTS (buffers); i++)
        drop (job, buffers[i]);
    g_mutex_unlock (&job->scorer->lock);
    for (gsize s = 0; s < job->n; s++) {
        fovea_sparse_tiles_clear (&job->row_tiles[s]);
        fovea_mask_cursor_free (job->cursors[s]);
        fovea_mask_block_free (job->blocks[s]);
    }
    fovea_sparse_row_free (job->oracles.row);
    fovea_mask_block_free (job->block);
    fovea_mask_tiles_free (job->tiles);
    g_array_unref (job->counts);
    gpointer arrays[] = {job->oracles.weights, job->oracles.ranges, job->value_mass,
                         job->squared_full,    job->recalls,        job->sums,
                         job->blocks,          job->cursors,        job->row_tiles};
    for (guint i = 0; i < G_N_ELEMENTS (arrays); i++)
        g_free (arrays[i]);
}

gboolean
fovea_sparse_scorer_measure (FoveaSparseScorer *scorer,
                             FoveaSparseHead *head,
                             const FoveaSparseSubject *subjects,
                             gsize n,
                             FoveaSparseMeasures *out,
                             GError **error)
{
    if (head->q == NULL || n == 0)
        return fovea_sparse_measure (head, subjects, n, NULL, out, NULL, error);
    Job job = {.scorer = scorer, .head = head, .subjects = subjects, .n = n};
    init_job (&job);
    gboolean done = run (&job, error);
    for (gsize s = 0; done && s < n; s++)
        fovea_sparse_sums_finish (&job.sums[s], head, &subjects[s],
                                  job.recalls + (gint64) s * head->n_tokens, &out[s]);
    clear_job (&job);
    return done;
}
