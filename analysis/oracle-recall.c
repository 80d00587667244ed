/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Scores are made 64 rows at a time and never leave the cache of the thread that made them
 * (kernels/top-mass.h does the rest). Blocks of rows have sums of their own that are joined in order,
 * so threads change nothing. */
#include "analysis/oracle-recall.h"

#include <math.h>

#include "kernels/error.h"
#include "kernels/top-mass.h"

enum {
    BLOCK_ROWS = 64,
};

typedef struct {
    FoveaAttention *attention;
    guint head;
    gint64 T;
    const FoveaScoreRule *rule;
    const gint64 *counts;
    gsize n;
    FoveaTopMass top_mass;
    double *sums; /* (blocks, n) */
    float *rows;  /* (n, T) or NULL */
    GCancellable *cancellable;
    GMutex lock;
    GError *error; /* the first */
} Job;

/* All numbers of keys of one row, as many at once as the loop takes. */
static void
measure_row (const Job *job, gint64 query, FoveaTopMassArgs *args, double *sums)
{
    for (gsize first = 0; first < job->n; first += FOVEA_TOP_MOST) {
        args->counts = job->counts + first;
        args->n_counts = (int) MIN (job->n - first, FOVEA_TOP_MOST);
        job->top_mass (args);
        for (gsize c = 0; c < (gsize) args->n_counts; c++) {
            sums[first + c] += args->mass[c];
            if (job->rows != NULL)
                job->rows[(gint64) (first + c) * job->T + query] = (float) args->mass[c];
        }
    }
}

static gboolean
measure_block (const Job *job, gint64 block, GError **error)
{
    gint64 q0 = block * BLOCK_ROWS, q1 = MIN (q0 + BLOCK_ROWS, job->T);
    gint64 k0 = fovea_score_rule_first_key (job->rule, q0);
    gint64 k1 = fovea_score_rule_end_key (job->rule, q1 - 1, job->T), n = k1 - k0;
    gsize room = (gsize) n + FOVEA_TOP_PAD;
    g_autofree float *tile = g_new (float, (gsize) ((q1 - q0) * n));
    g_autofree float *scratch = g_new (float, 3 * room);
    double mass[FOVEA_TOP_MOST];
    if (g_cancellable_set_error_if_cancelled (job->cancellable, error) ||
        !fovea_attention_read_scores (job->attention, job->head, q0, q1, k0, k1, tile, error))
        return FALSE;
    for (gint64 q = q0; q < q1; q++) {
        gint64 first = fovea_score_rule_first_key (job->rule, q);
        gint64 end = fovea_score_rule_end_key (job->rule, q, job->T);
        FoveaTopMassArgs args = {
            .scores = tile + (q - q0) * n + (first - k0),
            .n = end - first,
            .sink = job->rule->sink_logits != NULL ? job->rule->sink_logits[job->head] : -INFINITY,
            .weights = scratch,
            .close = scratch + room,
            .list = scratch + 2 * room,
            .mass = mass,
        };
        measure_row (job, q, &args, job->sums + block * (gint64) job->n);
    }
    return TRUE;
}

static void
run_block (void *data, int64_t block, int worker)
{
    Job *job = data;
    g_autoptr (GError) error = NULL;
    if (!measure_block (job, block, &error))
        fovea_error_keep (&job->lock, &job->error, &error);
}

gboolean
fovea_oracle_recall_measure (FoveaAttention *attention,
                             guint head,
                             const gint64 *counts,
                             gsize n,
                             FoveaThreads *threads,
                             double *recall,
                             float *rows,
                             GCancellable *cancellable,
                             GError **error)
{
    gint64 T;
    fovea_attention_get_shape (attention, &T, NULL, NULL, NULL);
    gint64 n_blocks = (T + BLOCK_ROWS - 1) / BLOCK_ROWS;
    g_autofree double *sums = g_new0 (double, (gsize) n_blocks *n + 1);
    Job job = {.attention = attention,
               .head = head,
               .T = T,
               .rule = fovea_attention_get_rule (attention),
               .counts = counts,
               .n = n,
               .top_mass = fovea_top_mass_choose (),
               .sums = sums,
               .rows = rows,
               .cancellable = cancellable};
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
    for (gsize c = 0; c < n; c++) {
        double sum = 0;
        for (gint64 b = 0; b < n_blocks; b++)
            sum += sums[b * (gint64) n + (gint64) c];
        recall[c] = sum / (double) T;
    }
    return TRUE;
}
