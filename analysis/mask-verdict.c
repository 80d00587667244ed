/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rows are read a few at a time; what matters in a row is found once and held against every mask.
 * A block's verdicts are counted over its rows and make one dot. */
#include "analysis/mask-verdict.h"

#include <math.h>
#include <string.h>

#include "analysis/mask-rows.h"
#include "analysis/pattern-rows.h"
#include "analysis/sparse-row.h"

typedef struct {
    FoveaSparseHead *head;
    FoveaMaskCursor **cursors; /* (n) */
    guint n;
    double share;
    FoveaVerdictPart part;
    gint64 block, lines, columns; /* tokens of a block, blocks of the part */
    FoveaKeyRange *cut;           /* (T/2 + 1) ranges of a row that lie in the part */
    FoveaSparseRow *row;
    FoveaKeyRange *heaviest; /* (T) */
    guint8 *matters;         /* (T) of the row at hand */
    guint8 *verdicts;        /* (T) */
    guint32 *counts;         /* (n, columns, FOVEA_N_VERDICTS) of the blocks at hand */
    double *mass;            /* (n) kept */
    double total;
    FoveaVerdictSummary *summaries;
    guint8 *cells;
} Job;

static gint64
count_mattering (const Job *job, gint64 n)
{
    const double *sums = fovea_sparse_row_get_sums (job->row);
    double target = job->share * sums[n];
    gint64 count = 0;
    while (count < n && sums[count] < target)
        count++;
    return count;
}

/* Marks the keys of a query that matter. */
static void
mark_mattering (Job *job, gint64 query, const float *weights, gint64 end)
{
    gint64 first = fovea_score_rule_first_key (job->head->rule, query);
    fovea_sparse_row_load (job->row, weights, first, end);
    memset (job->matters, 0, (gsize) job->head->n_tokens);
    gsize n = fovea_sparse_row_list_heaviest (job->row, count_mattering (job, end - first),
                                              job->heaviest);
    for (gsize i = 0; i < n; i++)
        memset (job->matters + job->heaviest[i].from, 1,
                (gsize) (job->heaviest[i].to - job->heaviest[i].from));
    FoveaKeyRange seen = {MAX (first, job->part.k0), MIN (end, job->part.k1)};
    if (seen.from == first && seen.to == end)
        job->total += fovea_sparse_row_get_sums (job->row)[end - first];
    else if (seen.from < seen.to)
        job->total += fovea_sparse_row_get_mass (job->row, &seen, 1);
}

/* What of a row's ranges lies in the part; gives how many there are. */
static gsize
cut_ranges (Job *job, const FoveaKeyRange *ranges, gsize n)
{
    gsize left = 0;
    for (gsize i = 0; i < n; i++) {
        FoveaKeyRange range = {MAX (ranges[i].from, job->part.k0),
                               MIN (ranges[i].to, job->part.k1)};
        if (range.from < range.to)
            job->cut[left++] = range;
    }
    return left;
}

/* Verdicts of a query's cells on one mask, added to the blocks that they fall into. */
static void
judge_row (Job *job, guint mask, gint64 query)
{
    gint64 from = job->part.k0, to = job->part.k1;
    const FoveaKeyRange *whole, *ranges = job->cut;
    gsize n = fovea_mask_cursor_read (job->cursors[mask], query, &whole);
    n = cut_ranges (job, whole, n);
    for (gint64 j = from; j < to; j++)
        job->verdicts[j] = !fovea_score_rule_allows (job->head->rule, query, j)
                               ? FOVEA_VERDICT_FUTURE
                           : job->matters[j] ? FOVEA_VERDICT_MISSED
                                             : FOVEA_VERDICT_NONE;
    for (gsize i = 0; i < n; i++)
        for (gint64 j = ranges[i].from; j < ranges[i].to; j++)
            job->verdicts[j] = job->matters[j] ? FOVEA_VERDICT_KEPT : FOVEA_VERDICT_WASTED;
    job->mass[mask] += fovea_sparse_row_get_mass (job->row, ranges, n);
    guint32 *counts = job->counts + (gsize) mask * (gsize) job->columns * FOVEA_N_VERDICTS;
    for (gint64 j = from; j < to; j++) {
        counts[(j - from) / job->block * FOVEA_N_VERDICTS + job->verdicts[j]]++;
        job->summaries[mask].counts[job->verdicts[j]]++;
    }
}

guint8
fovea_verdict_get_dot (const guint32 *counts)
{
    guint32 kept = counts[FOVEA_VERDICT_KEPT], missed = counts[FOVEA_VERDICT_MISSED];
    guint32 wasted = counts[FOVEA_VERDICT_WASTED], none = counts[FOVEA_VERDICT_NONE];
    guint over = kept >= missed ? FOVEA_VERDICT_KEPT : FOVEA_VERDICT_MISSED;
    guint ground = wasted >= none ? FOVEA_VERDICT_WASTED : FOVEA_VERDICT_NONE;
    double matter = (double) kept + missed, rest = (double) wasted + none;
    if (rest <= 0)
        return matter > 0 ? (guint8) over : FOVEA_VERDICT_FUTURE;
    if (matter <= 0)
        return (guint8) ground;
    guint step = (guint) MAX (1, lrint (FOVEA_DOT_STEPS * cbrt (matter / (matter + rest))));
    if (step >= FOVEA_DOT_STEPS)
        return (guint8) over;
    guint pair = 2 * (ground == FOVEA_VERDICT_WASTED) + (over == FOVEA_VERDICT_MISSED);
    return (guint8) (FOVEA_N_VERDICTS + pair * (FOVEA_DOT_STEPS - 1) + step - 1);
}

guint
fovea_verdict_split_dot (guint8 dot, FoveaVerdict *ground, FoveaVerdict *over)
{
    guint behind = dot - FOVEA_N_VERDICTS, pair = behind / (FOVEA_DOT_STEPS - 1);
    *ground = pair / 2 ? FOVEA_VERDICT_WASTED : FOVEA_VERDICT_NONE;
    *over = pair % 2 ? FOVEA_VERDICT_MISSED : FOVEA_VERDICT_KEPT;
    return behind % (FOVEA_DOT_STEPS - 1) + 1;
}

/* One line of blocks into @cells of every mask. */
static void
finish_line (Job *job, gint64 line)
{
    gsize side = (gsize) job->columns, lines = (gsize) job->lines;
    for (guint m = 0; m < job->n; m++)
        for (gsize column = 0; column < side; column++)
            job->cells[((gsize) m * lines + (gsize) line) * side + column] = fovea_verdict_get_dot (
                job->counts + ((gsize) m * side + column) * FOVEA_N_VERDICTS);
    memset (job->counts, 0, (gsize) job->n * side * FOVEA_N_VERDICTS * sizeof *job->counts);
}

static gboolean
judge_line (Job *job, gint64 line, FoveaPatternRows *rows, GError **error)
{
    FoveaSparseHead *head = job->head;
    gint64 T = head->n_tokens, q0 = job->part.q0 + line * job->block;
    gint64 q1 = MIN (q0 + job->block, job->part.q1);
    for (gint64 q = q0; q < q1; q++) {
        const float *weights = g_cancellable_set_error_if_cancelled (head->cancellable, error)
                                   ? NULL
                                   : fovea_pattern_rows_get (rows, q, error);
        if (weights == NULL)
            return FALSE;
        mark_mattering (job, q, weights, fovea_score_rule_end_key (head->rule, q, T));
        for (guint m = 0; m < job->n; m++)
            judge_row (job, m, q);
    }
    finish_line (job, line);
    return TRUE;
}

static void
finish_summary (const Job *job, guint mask)
{
    FoveaVerdictSummary *s = &job->summaries[mask];
    double kept = (double) s->counts[FOVEA_VERDICT_KEPT];
    double wasted = (double) s->counts[FOVEA_VERDICT_WASTED];
    double allowed = kept + wasted + (double) s->counts[FOVEA_VERDICT_MISSED] +
                     (double) s->counts[FOVEA_VERDICT_NONE];
    s->kept_mass = job->total > 0 ? job->mass[mask] / job->total : 0;
    s->wasted = kept + wasted > 0 ? wasted / (kept + wasted) : 0;
    s->density = (kept + wasted) / allowed;
}

static gboolean
check_ranges (double share, gint64 block, GError **error)
{
    if (share > 0 && share <= 1 && block >= 1)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                 "mask: share of mass %g, block of %" G_GINT64_FORMAT
                 ": allowed are above 0 to 1, and 1 or more",
                 share, block);
    return FALSE;
}

gboolean
fovea_verdict_part_check (const FoveaVerdictPart *part, const FoveaSparseHead *head, GError **error)
{
    gint64 T = head->n_tokens;
    gboolean inside = part->q0 >= 0 && part->q0 < part->q1 && part->q1 <= T && part->k0 >= 0 &&
                      part->k0 < part->k1 && part->k1 <= T;
    if (inside && fovea_score_rule_count (head->rule, part->q0, part->q1, part->k0, part->k1) > 0)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                 inside ? "mask: no query of %" G_GINT64_FORMAT ":%" G_GINT64_FORMAT
                          " may see a key of %" G_GINT64_FORMAT ":%" G_GINT64_FORMAT
                          " (the text is 0:%" G_GINT64_FORMAT ")"
                        : "mask: queries %" G_GINT64_FORMAT ":%" G_GINT64_FORMAT
                          " and keys %" G_GINT64_FORMAT ":%" G_GINT64_FORMAT
                          " are not a part of 0:%" G_GINT64_FORMAT,
                 part->q0, part->q1, part->k0, part->k1, T);
    return FALSE;
}

gboolean
fovea_mask_verdict_read (FoveaSparseHead *head,
                         FoveaMask *const *masks,
                         guint n,
                         const FoveaVerdictPart *part,
                         double share,
                         gint64 block,
                         guint8 *cells,
                         FoveaVerdictSummary *summaries,
                         GError **error)
{
    gint64 T = head->n_tokens;
    const FoveaVerdictPart all = {0, T, 0, T}, *of = part != NULL ? part : &all;
    if (!check_ranges (share, block, error) || !fovea_verdict_part_check (of, head, error))
        return FALSE;
    gint64 lines = (of->q1 - of->q0 + block - 1) / block;
    gint64 columns = (of->k1 - of->k0 + block - 1) / block;
    /* Outputs are not asked for: without values a row costs less. */
    FoveaSparseHead bare = *head;
    bare.v = NULL;
    g_autoptr (FoveaSparseRow) row = fovea_sparse_row_new (&bare);
    g_autofree FoveaMaskCursor **cursors = g_new (FoveaMaskCursor *, n + 1);
    g_autofree FoveaKeyRange *heaviest = g_new (FoveaKeyRange, (gsize) T);
    g_autofree FoveaKeyRange *cut = g_new (FoveaKeyRange, (gsize) T / 2 + 1);
    g_autofree guint8 *bytes = g_new (guint8, 2 * (gsize) T);
    g_autofree guint32 *counts =
        g_new0 (guint32, (gsize) n * (gsize) columns * FOVEA_N_VERDICTS + 1);
    g_autofree double *mass = g_new0 (double, n + 1);
    g_autoptr (FoveaPatternRows) rows = fovea_pattern_rows_new (head->attention, head->head, T);
    Job job = {.head = head,
               .cursors = cursors,
               .n = n,
               .share = share,
               .part = *of,
               .block = block,
               .lines = lines,
               .columns = columns,
               .cut = cut,
               .row = row,
               .heaviest = heaviest,
               .matters = bytes,
               .verdicts = bytes + T,
               .counts = counts,
               .mass = mass,
               .summaries = summaries,
               .cells = cells};
    memset (summaries, 0, n * sizeof *summaries);
    for (guint m = 0; m < n; m++)
        cursors[m] = fovea_mask_cursor_new (masks[m]);
    gboolean done = TRUE;
    for (gint64 line = 0; done && line < lines; line++)
        done = judge_line (&job, line, rows, error);
    for (guint m = 0; m < n; m++) {
        fovea_mask_cursor_free (cursors[m]);
        finish_summary (&job, m);
    }
    return done;
}
