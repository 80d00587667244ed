/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Offline search of a head's pattern. Density rises with the scale, in steps of whole lines and
 * blocks, so narrowing an interval of scales finds the nearest that there is. Cost: about eight
 * selections a pattern, and the rows that are looked at. */
#include "analysis/sparse-search.h"

#include <math.h>
#include <string.h>

#include "analysis/mask-rows.h"
#include "kernels/error.h"

enum {
    MOST_TRIALS = 24,
    MOST_BYTES = 1 << 30, /* of rows that are looked at */
    PUBLISHED_TOKENS = 131072,
};

/* A density matches within this part of it. */
#define SLACK 0.02

/* The paper's space: first the swept knob's budget, then what goes with it. */
typedef struct {
    const char *name, *method;
    double first, second; /* A-shape: local, initial; lines: columns, diagonals; blocks: blocks */
} Pattern;

static const Pattern patterns[FOVEA_N_SEARCH_PATTERNS] = {
    {"a-shape 1024:4096", "a-shape", 4096, 1024},
    {"vertical-slash 30:2048", "vertical-slash", 30, 2048},
    {"vertical-slash 100:1800", "vertical-slash", 100, 1800},
    {"vertical-slash 500:1500", "vertical-slash", 500, 1500},
    {"vertical-slash 3000:200", "vertical-slash", 3000, 200},
    {"block-sparse 100", "block-sparse", 100, 0},
};

static const FoveaSparseMethod *
find_method (const Pattern *pattern)
{
    return fovea_sparse_method_find (pattern->method, NULL);
}

/* Knobs of a pattern at @scale times its published budget. */
static void
set_knobs (const Pattern *pattern, gint64 T, double scale, double *knobs)
{
    const FoveaSparseMethod *method = find_method (pattern);
    fovea_sparse_method_get_defaults (method, T, knobs);
    int sinks = fovea_sparse_method_find_knob (method, "sinks");
    int ratio = fovea_sparse_method_find_knob (method, "ratio");
    knobs[0] = CLAMP (round (pattern->first * scale), 1, (double) T);
    if (sinks >= 0)
        knobs[sinks] = CLAMP (round (pattern->second * scale), 0, (double) T);
    if (ratio >= 0)
        knobs[ratio] = round (pattern->second * scale) / knobs[0];
}

/* Kept with the head: searches for other densities begin with the same scales. */
static gboolean
get_density (FoveaSparseHead *head,
             const FoveaSparseMethod *method,
             const double *knobs,
             double *density,
             GError **error)
{
    g_autoptr (GString) name = g_string_new ("density");
    gint64 cells, T = head->n_tokens;
    g_string_append_printf (name, " %s", method->id);
    for (gsize i = 0; i < FOVEA_SPARSE_MAX_KNOBS; i++)
        g_string_append_printf (name, " %.17g", knobs[i]);
    const double *found = fovea_sparse_head_find (head, name->str);
    if (found != NULL) {
        *density = *found;
        return TRUE;
    }
    if (!fovea_sparse_method_count_cells (method, head, knobs, &cells, error))
        return FALSE;
    *density = (double) cells / (double) fovea_score_rule_count (head->rule, 0, T, 0, T);
    fovea_sparse_head_keep (head, name->str, g_memdup2 (density, sizeof *density));
    return TRUE;
}

static gboolean
is_affordable (double density, double wanted)
{
    return density <= (1 + SLACK) * wanted;
}

/* The densest that costs no more than is wanted; before any such is found, the sparsest. */
static gboolean
is_nearer (double density, double before, double wanted)
{
    if (is_affordable (density, wanted))
        return !is_affordable (before, wanted) || density > before;
    return density < before;
}

/* One end of the interval of scales: what it gave. */
typedef struct {
    double scale; /* logarithm */
    double density;
    double knobs[FOVEA_SPARSE_MAX_KNOBS];
} End;

/* Where to look next: density grows like a power of the scale; ends that were not tried yet, or a
 * guess too near to one, give way to the middle. */
static double
guess_scale (const End *low, const End *high, double wanted)
{
    double part = .5;
    if (low->density > 0 && isfinite (high->density) && high->density > low->density)
        part = log (wanted / low->density) / log (high->density / low->density);
    return low->scale + CLAMP (part, .1, .9) * (high->scale - low->scale);
}

/* Scales a pattern to the wanted density, or to what its steps allow below it. */
static gboolean
fit (FoveaSparseHead *head,
     const Pattern *pattern,
     double wanted,
     FoveaSearchCandidate *candidate,
     GError **error)
{
    gint64 T = head->n_tokens;
    double start = (double) T / PUBLISHED_TOKENS;
    End low = {.scale = log (start / 1024)}, high = {.scale = log (start * 4096)}, own;
    high.density = INFINITY;
    candidate->pattern = pattern->name;
    candidate->method = find_method (pattern);
    candidate->density = INFINITY;
    for (int i = 0; i < MOST_TRIALS && !candidate->matched; i++) {
        own.scale = guess_scale (&low, &high, wanted);
        set_knobs (pattern, T, exp (own.scale), own.knobs);
        if (memcmp (own.knobs, low.knobs, sizeof own.knobs) == 0 ||
            memcmp (own.knobs, high.knobs, sizeof own.knobs) == 0)
            break; /* no step of the budget lies between */
        if (!get_density (head, candidate->method, own.knobs, &own.density, error))
            return FALSE;
        if (is_nearer (own.density, candidate->density, wanted)) {
            memcpy (candidate->knobs, own.knobs, sizeof own.knobs);
            candidate->density = own.density;
            candidate->matched = fabs (own.density - wanted) <= SLACK * wanted;
        }
        *(own.density < wanted ? &low : &high) = own;
    }
    return TRUE;
}

/* Sums of one candidate over rows. */
typedef struct {
    double recall, squared_error, squared_output;
} Sums;

/* Output over ranges of one row. */
static void
sum_outputs (const FoveaSparseHead *head,
             const double *weights,
             const FoveaKeyRange *ranges,
             gsize n,
             double *out)
{
    gint64 D = head->width;
    memset (out, 0, (gsize) D * sizeof *out);
    for (gsize i = 0; i < n; i++)
        for (gint64 j = ranges[i].from; j < ranges[i].to; j++)
            for (gint64 d = 0; d < D; d++)
                out[d] += weights[j] * (double) head->v[j * D + d];
}

static void
add_error (const FoveaSparseHead *head,
           const double *weights,
           const FoveaKeyRange *ranges,
           gsize n,
           double mass,
           double *room,
           Sums *sums)
{
    gint64 D = head->width;
    double *full = room, *kept = room + D;
    const FoveaKeyRange all = {0, head->n_tokens};
    sum_outputs (head, weights, &all, 1, full);
    sum_outputs (head, weights, ranges, n, kept);
    for (gint64 d = 0; d < D; d++) {
        double lost = full[d] - (mass > 0 ? kept[d] / mass : 0);
        sums->squared_error += lost * lost;
        sums->squared_output += full[d] * full[d];
    }
}

/* Doubles of a row that is looked at: its weights, and their running sums from 0 on. */
static gint64
get_row_length (gint64 T)
{
    return 2 * T + 1;
}

static gboolean
read_row (FoveaSparseHead *head, gint64 query, float *row, double *out, GError **error)
{
    gint64 T = head->n_tokens;
    double *sums = out + T;
    if (!fovea_attention_read_pattern (head->attention, head->head, query, query + 1, 0, T, row,
                                       error))
        return FALSE;
    sums[0] = 0;
    for (gint64 j = 0; j < T; j++) {
        out[j] = (double) row[j];
        sums[j + 1] = sums[j] + out[j];
    }
    return TRUE;
}

/* Rows that are looked at, the last query first; few enough are kept for the other patterns and
 * densities. */
static const double *
get_rows (FoveaSparseHead *head, gint64 step, gint64 n_rows, GError **error)
{
    gint64 T = head->n_tokens, length = get_row_length (T);
    g_autofree char *key = g_strdup_printf ("search rows %" G_GINT64_FORMAT, step);
    const double *found = fovea_sparse_head_find (head, key);
    if (found != NULL)
        return found;
    if ((guint64) n_rows > MOST_BYTES / sizeof (double) / (guint64) length) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY,
                     "layer %u head %u: %" G_GINT64_FORMAT " rows of %" G_GINT64_FORMAT
                     " weights are over 1 GiB: look at fewer",
                     head->layer, head->head, n_rows, T);
        return NULL;
    }
    g_autofree float *row = g_new (float, (gsize) T);
    g_autofree double *rows = g_new (double, (gsize) (n_rows * length));
    for (gint64 i = 0; i < n_rows; i++)
        if (!read_row (head, T - 1 - i * step, row, rows + i * length, error))
            return NULL;
    return fovea_sparse_head_keep (head, key, g_steal_pointer (&rows));
}

/* One candidate on the rows; the output only if it is what counts. */
static void
add_rows (const FoveaSparseHead *head,
          FoveaMaskCursor *cursor,
          const double *rows,
          gint64 step,
          gboolean outputs,
          Sums *sums)
{
    gint64 T = head->n_tokens, length = get_row_length (T);
    g_autofree double *room = g_new (double, (gsize) (2 * head->width));
    for (gint64 q = T - 1; q >= 0; q -= step, rows += length) {
        const double *before = rows + T;
        const FoveaKeyRange *ranges;
        double mass = 0;
        gsize n = fovea_mask_cursor_read (cursor, q, &ranges);
        for (gsize i = 0; i < n; i++)
            mass += before[ranges[i].to] - before[ranges[i].from];
        sums->recall += mass;
        if (outputs)
            add_error (head, rows, ranges, n, mass, room, sums);
    }
}

/* Looks at rows of one candidate. */
static gboolean
judge (FoveaSparseHead *head,
       const FoveaSearchOptions *options,
       gint64 step,
       FoveaSearchCandidate *candidate,
       GError **error)
{
    gint64 n_rows = (head->n_tokens + step - 1) / step;
    FoveaSparseSelection selection;
    Sums sums = {0};
    const double *rows = get_rows (head, step, n_rows, error);
    if (rows == NULL ||
        !fovea_sparse_method_select (candidate->method, head, candidate->knobs, &selection, error))
        return FALSE;
    g_autoptr (FoveaMaskCursor) cursor = fovea_mask_cursor_new (selection.executed);
    fovea_sparse_selection_clear (&selection);
    add_rows (head, cursor, rows, step, options->metric == FOVEA_SEARCH_ERROR, &sums);
    candidate->recall = sums.recall / (double) n_rows;
    candidate->error =
        sums.squared_output > 0 ? sqrt (sums.squared_error / sums.squared_output) : NAN;
    return TRUE;
}

/* A pattern that cannot apply to the head, such as blocks to a text that is shorter than one, stays
 * in the table and never wins. */
static gboolean
fit_and_judge (FoveaSparseHead *head,
               const Pattern *pattern,
               const FoveaSearchOptions *options,
               gint64 step,
               FoveaSearchCandidate *candidate,
               GError **error)
{
    g_autoptr (GError) failure = NULL;
    candidate->recall = candidate->error = NAN;
    if (fit (head, pattern, options->density, candidate, &failure))
        return judge (head, options, step, candidate, error);
    candidate->density = INFINITY;
    if (g_error_matches (failure, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED))
        return TRUE;
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
}

static gboolean
is_better (const FoveaSearchCandidate *a,
           const FoveaSearchCandidate *b,
           const FoveaSearchOptions *options)
{
    gboolean affordable = is_affordable (a->density, options->density);
    if (affordable != is_affordable (b->density, options->density))
        return affordable;
    if (!affordable)
        return a->density < b->density;
    return options->metric == FOVEA_SEARCH_RECALL ? a->recall > b->recall : a->error < b->error;
}

gboolean
fovea_sparse_search (FoveaSparseHead *head,
                     const FoveaSearchOptions *options,
                     FoveaSearchCandidate *candidates,
                     guint *best,
                     GError **error)
{
    gint64 step = options->n_rows > 0 ? MAX (head->n_tokens / options->n_rows, 1) : 1;
    if (options->metric == FOVEA_SEARCH_ERROR && head->v == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                     "layer %u head %u: the output error needs values, which were not kept",
                     head->layer, head->head);
        return FALSE;
    }
    memset (candidates, 0, FOVEA_N_SEARCH_PATTERNS * sizeof *candidates);
    *best = 0;
    for (guint i = 0; i < FOVEA_N_SEARCH_PATTERNS; i++) {
        if (!fit_and_judge (head, &patterns[i], options, step, &candidates[i], error))
            return FALSE;
        if (is_better (&candidates[i], &candidates[*best], options))
            *best = i;
    }
    return TRUE;
}

enum {
    DENSITY,
    METRIC,
    ROWS,
};

/* The winner's mask. */
static gboolean
select_best (FoveaSparseHead *head, const double *knobs, FoveaSparseSelection *out, GError **error)
{
    const FoveaSearchOptions options = {
        knobs[DENSITY], knobs[METRIC] > 0 ? FOVEA_SEARCH_ERROR : FOVEA_SEARCH_RECALL,
        (gint64) knobs[ROWS]};
    FoveaSearchCandidate candidates[FOVEA_N_SEARCH_PATTERNS];
    guint best;
    if (!fovea_sparse_search (head, &options, candidates, &best, error))
        return FALSE;
    return fovea_sparse_method_select (candidates[best].method, head, candidates[best].knobs, out,
                                       error);
}

const FoveaSparseMethod fovea_sparse_minference = {
    .id = "minference",
    .name = "MInference, pattern searched per head",
    .paper = "Jiang et al. 2024, arXiv:2407.02490",
    .unit = "the pattern's",
    .note = "pattern searched on the capture at hand",
    .kind = FOVEA_SPARSE_DYNAMIC,
    .honesty = FOVEA_HONESTY_FITTED,
    .knobs = {{"density", "share", "that every pattern is scaled to", 0.1, 0.2, 1e-4, 1, FALSE},
              {"metric", "", "patterns are judged by: 0 = recall, 1 = output error", 0, 0, 0, 1,
               TRUE},
              {"rows", "tokens", "queries that are looked at; 0 = all", 64, 64, 0, 1e9, TRUE}},
    .sweep = {0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, -1},
    .products = TRUE,
    .select = select_best,
};
