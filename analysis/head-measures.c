/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Layers one after the other, so that one layer's queries and keys are held at a time; the heads of
 * a layer in parallel, each writing its own slots. Sums run in double over rows in order, so
 * results do not depend on the number of threads. */
#include "analysis/head-measures.h"

#include <math.h>

#include "analysis/detectors.h"
#include "capture/trace-prefix.h"
#include "kernels/error.h"

enum {
    LEAST_KEYS = 8,  /* normalised entropy of shorter rows is noise */
    LOCAL_FROM = 64, /* first row of the local mass */
    TILE_ROWS = 128,
    LEAST_TIMED = 3, /* times that a piece is timed, and most */
    MOST_TIMED = 50,
};

static const float SINK_WEIGHT = 0.3f;
static const double LONG_ENOUGH_S = 0.03; /* to be timed by one thread */

/* One layer under way. */
typedef struct {
    FoveaAttention *attention;
    const FoveaTraceInfo *info;
    FoveaTargets *targets; /* NULL: no detectors */
    gint64 n_heads;
    gboolean sums_rows; /* how much weight there is, since it was not kept; see measure_text() */
    double *out;        /* (H, measures) */
    GCancellable *cancellable;
    FoveaProgress progress;
    gpointer progress_data;
    GMutex lock;
    gint64 n_done, n_all; /* heads, of all layers */
    GError *error;        /* the first */
} Layer;

/* One head of it, with room for a value a row. */
typedef struct {
    const Layer *layer;
    guint head;
    gint64 T;
    gint64 first,
        end; /* rows that see keys: all but in an encoder-decoder, whose layers have a part */
    float *row_values; /* (T) */
    double *out;       /* (measures) */
} Head;

/* Mean over rows from @first on. */
static double
mean_from (const float *values, gint64 first, gint64 end)
{
    double sum = 0;
    for (gint64 t = first; t < end; t++)
        sum += values[t];
    return end > first ? sum / (double) (end - first) : NAN;
}

static gboolean
read_statistic (Head *head, FoveaRowStatistic statistic, GError **error)
{
    return fovea_attention_read_row_statistic (head->layer->attention, head->head, statistic,
                                               head->row_values, error);
}

static gint64
count_keys (const Head *head, gint64 t)
{
    return fovea_score_rule_count (fovea_attention_get_rule (head->layer->attention), t, t + 1, 0,
                                   head->T);
}

static gboolean
measure_entropy (Head *head, GError **error)
{
    if (!read_statistic (head, FOVEA_ROW_ENTROPY, error))
        return FALSE;
    double normalised = 0, effective = 0;
    gint64 n = 0;
    for (gint64 t = head->first; t < head->end; t++) {
        gint64 keys = count_keys (head, t);
        effective += exp ((double) head->row_values[t]);
        if (keys >= LEAST_KEYS) {
            normalised += head->row_values[t] / log ((double) keys);
            n++;
        }
    }
    head->out[FOVEA_MEASURE_ENTROPY] = mean_from (head->row_values, head->first, head->end);
    head->out[FOVEA_MEASURE_EFFECTIVE_TOKENS] = effective / (double) (head->end - head->first);
    head->out[FOVEA_MEASURE_ENTROPY_NORMALISED] = n > 0 ? normalised / (double) n : NAN;
    return TRUE;
}

/* Mean of |query - key| over the keys that row @t may see. */
static double
get_possible_distance (const Head *head, gint64 t)
{
    const FoveaScoreRule *rule = fovea_attention_get_rule (head->layer->attention);
    double before = (double) (t - fovea_score_rule_first_key (rule, t));
    double after = (double) (fovea_score_rule_end_key (rule, t, head->T) - 1 - t);
    return (before * (before + 1) + after * (after + 1)) / 2 / (before + after + 1);
}

static gboolean
measure_distance (Head *head, GError **error)
{
    if (!read_statistic (head, FOVEA_ROW_DISTANCE, error))
        return FALSE;
    double sum = 0, possible = 0;
    for (gint64 t = head->first + 1; t < head->end; t++) {
        sum += head->row_values[t];
        possible += get_possible_distance (head, t);
    }
    head->out[FOVEA_MEASURE_MEAN_DISTANCE] = mean_from (head->row_values, head->first, head->end);
    head->out[FOVEA_MEASURE_LONG_RANGE] = possible > 0 ? sum / possible : NAN;
    return TRUE;
}

static gboolean
measure_first (Head *head, GError **error)
{
    if (!read_statistic (head, FOVEA_ROW_FIRST, error))
        return FALSE;
    gint64 n = 0, from = head->first + 1;
    for (gint64 t = from; t < head->end; t++)
        n += head->row_values[t] > SINK_WEIGHT;
    head->out[FOVEA_MEASURE_FIRST] = mean_from (head->row_values, from, head->end);
    head->out[FOVEA_MEASURE_FIRST_SHARE] =
        head->end > from ? (double) n / (double) (head->end - from) : NAN;
    return TRUE;
}

/* Row 0 of a causal head can only look at itself and is left out. */
static gboolean
measure_positional (Head *head, GError **error)
{
    if (!read_statistic (head, FOVEA_ROW_ARGMAX, error))
        return FALSE;
    g_autofree gint64 *counts = g_new0 (gint64, 2 * head->T);
    gint64 most = 0;
    gint64 from = head->first + 1;
    for (gint64 t = from; t < head->end; t++) {
        float key = head->row_values[t]; /* from a file: anything */
        gboolean valid = key >= 0 && key < (float) head->T;
        gint64 count = valid ? ++counts[(gint64) key - t + head->T] : 0;
        most = MAX (most, count);
    }
    head->out[FOVEA_MEASURE_POSITIONAL] =
        head->end > from ? (double) most / (double) (head->end - from) : NAN;
    return TRUE;
}

static gboolean
measure_rows (Head *head, GError **error)
{
    if (!measure_entropy (head, error) || !measure_distance (head, error) ||
        !measure_first (head, error) || !measure_positional (head, error) ||
        !read_statistic (head, FOVEA_ROW_MAX, error))
        return FALSE;
    head->out[FOVEA_MEASURE_MAX_WEIGHT] = mean_from (head->row_values, head->first, head->end);
    if (!read_statistic (head, FOVEA_ROW_LOCAL, error))
        return FALSE;
    head->out[FOVEA_MEASURE_LOCAL] =
        mean_from (head->row_values, head->first + LOCAL_FROM, head->end);
    return TRUE;
}

/* Mean weight at key = query - @back over rows from @first on. */
static gboolean
measure_offset (Head *head, gint64 back, gint64 first, FoveaMeasure measure, GError **error)
{
    if (!fovea_attention_read_offset (head->layer->attention, head->head, -back, head->row_values,
                                      error))
        return FALSE;
    head->out[measure] = mean_from (head->row_values, first, head->T);
    return TRUE;
}

/* The sequence is [bos] + r + r: the diagonals of both scores begin inside the first copy, whose
 * rows cannot show them and are left out. */
static gboolean
measure_repeats (Head *head, GError **error)
{
    gint64 P = head->layer->info->repeat_period;
    return measure_offset (head, P, head->T - P, FOVEA_MEASURE_DUPLICATE, error) &&
           measure_offset (head, P - 1, head->T - P, FOVEA_MEASURE_INDUCTION, error);
}

/* Sums over the rows of a pattern. */
typedef struct {
    double on_target[FOVEA_N_DETECTORS];
    double previous, current;
    double all;      /* weight; only where it is asked for */
    double *columns; /* (T/2 + 1) columns of the first half, over the rows of the second */
} TextSums;

/* Rows from T/2 on, columns up to T/2. */
static void
add_columns (const Head *head, gint64 t, const float *row, TextSums *sums)
{
    for (gint64 s = 0; 2 * t >= head->first + head->end && s <= head->T / 2; s++)
        sums->columns[s] += row[s];
}

/* Targets come from ids, which an import may lack. */
static void
add_targets (const Head *head, gint64 t, const float *row, TextSums *sums)
{
    const FoveaTargets *targets = head->layer->targets;
    for (int detector = 0; targets != NULL && detector < FOVEA_N_DETECTORS; detector++)
        sums->on_target[detector] +=
            fovea_targets_sum_row (targets, detector, FOVEA_EXCLUDE_NOTHING, t, row, NULL);
}

static double
sum_row (const float *row, gint64 n)
{
    double sum = 0;
    for (gint64 s = 0; s < n; s++)
        sum += row[s];
    return sum;
}

static void
add_tile (const Head *head, gint64 q0, gint64 q1, const float *tile, TextSums *sums)
{
    for (gint64 t = q0; t < q1; t++) {
        const float *row = tile + (t - q0) * q1;
        sums->current += row[t];
        sums->previous += t > 0 ? row[t - 1] : 0;
        add_targets (head, t, row, sums);
        add_columns (head, t, row, sums);
        if (head->layer->sums_rows)
            sums->all += sum_row (row, t + 1);
    }
}

static void
set_sink_column (Head *head, const double *columns)
{
    gint64 n_rows = (head->end - head->first) / 2; /* as many as the shorter half has */
    gint64 best = 0;
    for (gint64 s = 1; s <= head->T / 2; s++)
        best = columns[s] > columns[best] ? s : best;
    if (n_rows == 0)
        return;
    head->out[FOVEA_MEASURE_SINK_COLUMN] = columns[best] / (double) n_rows;
    head->out[FOVEA_MEASURE_SINK_KEY] = (double) best;
}

static void
set_text_measures (Head *head, const TextSums *sums, double total)
{
    const FoveaMeasure measures[FOVEA_N_DETECTORS] = {
        FOVEA_MEASURE_PREVIOUS_MUL, FOVEA_MEASURE_DUPLICATE_MUL, FOVEA_MEASURE_INDUCTION_MUL};
    for (int detector = 0; head->layer->targets != NULL && detector < FOVEA_N_DETECTORS; detector++)
        head->out[measures[detector]] = sums->on_target[detector] / total;
    gint64 n = head->end - head->first;
    head->out[FOVEA_MEASURE_CURRENT] = sums->current / (double) n;
    if (n > 1)
        head->out[FOVEA_MEASURE_PREVIOUS] = sums->previous / (double) (n - 1);
    set_sink_column (head, sums->columns);
}

/* @tile: (TILE_ROWS, T) scratch. */
static gboolean
measure_tile (const Head *head, gint64 q0, float *tile, TextSums *sums, GError **error)
{
    gint64 q1 = MIN (q0 + TILE_ROWS, head->T);
    if (g_cancellable_set_error_if_cancelled (head->layer->cancellable, error) ||
        !fovea_attention_read_pattern (head->layer->attention, head->head, q0, q1, 0, q1, tile,
                                       error))
        return FALSE;
    add_tile (head, q0, q1, tile, sums);
    return TRUE;
}

/* Ordinary text: one sweep over the rows, in tiles. The beginning of a text keeps what rows are and not what
 * columns are, for which another sweep would be made. */
static gboolean
measure_text (Head *head, GError **error)
{
    const Layer *layer = head->layer;
    g_autofree double *columns = g_new0 (double, head->T / 2 + 1);
    TextSums sums = {.columns = columns};
    g_autofree float *tile = g_new (float, TILE_ROWS * head->T);
    for (gint64 q0 = 0; q0 < head->T; q0 += TILE_ROWS)
        if (!measure_tile (head, q0, tile, &sums, error))
            return FALSE;
    if (!layer->sums_rows &&
        !fovea_attention_read_column_mass (layer->attention, head->head, head->row_values, error))
        return FALSE;
    double total =
        layer->sums_rows ? sums.all : mean_from (head->row_values, 0, head->T) * (double) head->T;
    set_text_measures (head, &sums, total);
    return TRUE;
}

/* Repeats: diagonals alone. */
static gboolean
measure_diagonals (Head *head, GError **error)
{
    return measure_offset (head, 1, 1, FOVEA_MEASURE_PREVIOUS, error) &&
           measure_offset (head, 0, 0, FOVEA_MEASURE_CURRENT, error) &&
           measure_repeats (head, error);
}

static gboolean
measure_head (Head *head, GError **error)
{
    const Layer *layer = head->layer;
    return !g_cancellable_set_error_if_cancelled (layer->cancellable, error) &&
           measure_rows (head, error) &&
           (layer->info->repeat_period == 0 ? measure_text (head, error)
                                            : measure_diagonals (head, error));
}

static void
set_rows (Head *head)
{
    const FoveaScoreRule *rule = fovea_attention_get_rule (head->layer->attention);
    head->first = MIN (rule->query_from, head->T);
    head->end = rule->query_to > 0 ? MIN (rule->query_to, head->T) : head->T;
}

/* Where queries and keys are of two texts, a distance between their places means nothing. */
static void
forget_places (Head *head)
{
    static const FoveaMeasure placed[] = {
        FOVEA_MEASURE_MEAN_DISTANCE, FOVEA_MEASURE_LOCAL,         FOVEA_MEASURE_LONG_RANGE,
        FOVEA_MEASURE_POSITIONAL,    FOVEA_MEASURE_PREVIOUS,      FOVEA_MEASURE_CURRENT,
        FOVEA_MEASURE_PREVIOUS_MUL,  FOVEA_MEASURE_DUPLICATE_MUL, FOVEA_MEASURE_INDUCTION_MUL};
    const FoveaScoreRule *rule = fovea_attention_get_rule (head->layer->attention);
    gboolean apart = rule->key_to > 0 && rule->key_to <= rule->query_from;
    if (rule->key_from > 0) /* key 0 is of the other text */
        head->out[FOVEA_MEASURE_FIRST] = head->out[FOVEA_MEASURE_FIRST_SHARE] = NAN;
    for (guint i = 0; apart && i < G_N_ELEMENTS (placed); i++)
        head->out[placed[i]] = NAN;
}

static void
run_head (void *data, int64_t i, int worker)
{
    Layer *layer = data;
    g_autoptr (GError) error = NULL;
    g_autofree float *row_values = g_new (float, layer->info->n_tokens);
    Head head = {layer,
                 (guint) i,
                 layer->info->n_tokens,
                 0,
                 0,
                 row_values,
                 layer->out + i * FOVEA_N_MEASURES};
    for (int measure = 0; measure < FOVEA_N_MEASURES; measure++)
        head.out[measure] = NAN;
    set_rows (&head);
    if (measure_head (&head, &error))
        forget_places (&head);
    g_mutex_lock (&layer->lock);
    layer->n_done++;
    if (layer->error == NULL)
        layer->error = g_steal_pointer (&error);
    if (layer->error == NULL && layer->progress != NULL)
        layer->progress (layer->progress_data, layer->n_done, layer->n_all);
    g_mutex_unlock (&layer->lock);
}

static gboolean
keeps (FoveaTrace *trace, const char *summary)
{
    GPtrArray *arrays = fovea_trace_get_arrays (trace);
    for (guint i = 0; i < arrays->len; i++)
        if (g_str_has_suffix (((const FoveaArray *) g_ptr_array_index (arrays, i))->name, summary))
            return TRUE;
    return FALSE;
}

static gboolean
layer_begin (Layer *layer, FoveaTrace *trace, GCancellable *cancellable, GError **error)
{
    const FoveaTraceInfo *info = fovea_trace_get_info (trace);
    if (info->repeat_period < 0 || info->repeat_period > info->n_tokens / 2) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                     "%s: %" G_GINT64_FORMAT " tokens cannot repeat with period %" G_GINT64_FORMAT,
                     info->title, info->n_tokens, info->repeat_period);
        return FALSE;
    }
    *layer = (Layer){
        .info = info,
        .targets = info->repeat_period == 0 && info->ids != NULL
                       ? fovea_targets_new (info->ids, info->n_tokens)
                       : NULL,
        .n_heads = info->architecture->n_heads,
        .n_all = info->architecture->n_layers * info->architecture->n_heads,
        .sums_rows = keeps (trace, ".hook_row_entropy") && !keeps (trace, ".hook_column_mass") &&
                     !fovea_trace_looks_ahead (trace),
        .cancellable = cancellable,
    };
    g_mutex_init (&layer->lock);
    return TRUE;
}

static void
layer_end (Layer *layer)
{
    fovea_targets_free (layer->targets);
    g_mutex_clear (&layer->lock);
}

static gboolean
compute_layer (FoveaTrace *trace, guint index, FoveaThreads *threads, Layer *layer, GError **error)
{
    g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, index, error);
    if (attention == NULL)
        return FALSE;
    layer->attention = attention;
    fovea_threads_loop (threads, layer->n_heads, run_head, layer);
    if (layer->error == NULL)
        return TRUE;
    g_propagate_error (error, g_steal_pointer (&layer->error));
    return FALSE;
}

gboolean
fovea_head_measures_compute (FoveaTrace *trace,
                             FoveaThreads *threads,
                             double *out,
                             const FoveaKeptLayers *kept,
                             FoveaProgress progress,
                             gpointer progress_data,
                             GCancellable *cancellable,
                             GError **error)
{
    Layer layer;
    gboolean done = layer_begin (&layer, trace, cancellable, error);
    if (!done)
        return FALSE;
    gsize n = (gsize) layer.n_heads * FOVEA_N_MEASURES;
    layer.progress = progress;
    layer.progress_data = progress_data;
    for (gint64 l = 0; done && layer.n_done < layer.n_all; l++) {
        layer.out = out + (gsize) l * n;
        if (fovea_kept_layers_read (kept, l, layer.out, n)) {
            layer.n_done += layer.n_heads;
            if (progress != NULL)
                progress (progress_data, layer.n_done, layer.n_all);
            continue;
        }
        done = compute_layer (trace, (guint) l, threads, &layer, error);
        if (done)
            fovea_kept_layers_write (kept, l, layer.out, n);
    }
    layer_end (&layer);
    return done;
}

/* What is timed of a layer, by every thread for a head of its own. */
typedef struct {
    Layer *layer;
    gboolean tiles; /* else the statistics of rows */
} Timing;

/* Around the middle of a text tiles are as wide as the mean one, and only those behind it add to columns. */
static gboolean
time_tiles (Head *head, GError **error)
{
    gint64 middle = head->T / 2, before = MAX (middle - TILE_ROWS, 0);
    g_autofree double *columns = g_new0 (double, head->T / 2 + 1);
    g_autofree float *tile = g_new (float, TILE_ROWS * head->T);
    TextSums sums = {.columns = columns};
    return measure_tile (head, before, tile, &sums, error) &&
           measure_tile (head, middle, tile, &sums, error);
}

/* FoveaLoopBody. */
static void
time_one (void *data, int64_t i, int worker)
{
    const Timing *timing = data;
    Layer *layer = timing->layer;
    double out[FOVEA_N_MEASURES];
    g_autofree float *row_values = g_new (float, layer->info->n_tokens);
    g_autoptr (GError) error = NULL;
    Head head = {layer, (guint) (i % layer->n_heads), layer->info->n_tokens, 0, 0, row_values, out};
    set_rows (&head);
    if (!(timing->tiles ? time_tiles (&head, &error) : measure_rows (&head, &error)))
        fovea_error_keep (&layer->lock, &layer->error, &error);
}

/* Seconds of a thread for a head's rows or for a tile of it, and what all threads ran and waited; 0 after a failure. */
static double
time_heads (Layer *layer, FoveaThreads *threads, gboolean tiles, FoveaThreadsClock *all)
{
    Timing timing = {layer, tiles};
    FoveaThreadsClock before, after;
    int n = fovea_threads_count (threads);
    fovea_threads_read_clock (threads, &before);
    if (layer->error == NULL)
        fovea_threads_loop (threads, n, time_one, &timing);
    fovea_threads_read_clock (threads, &after);
    all->ran += after.ran - before.ran;
    all->waited += after.waited - before.waited;
    return (after.ran - before.ran) / n / (tiles ? 2 : 1);
}

/* What the first of them did for the others, in seconds of the thread that did it. */
static double
time_twice (
    Layer *layer, FoveaThreads *threads, gboolean tiles, FoveaThreadsClock *all, double *again)
{
    double first = time_heads (layer, threads, tiles, all), sum = 0;
    int n = 0;
    for (; n < LEAST_TIMED || (sum < LONG_ENOUGH_S && n < MOST_TIMED); n++)
        sum += time_heads (layer, threads, tiles, all);
    *again = sum / n;
    return MAX (first - *again, 0) * (tiles ? 2 : 1) * fovea_threads_count (threads);
}

/* Of @n_layers like this one. The first tile reads the layer; whoever needs what was not kept of rows goes over
 * all of the layer for it, while the others wait. */
static void
time_layer (FoveaTrace *trace,
            FoveaThreads *threads,
            Layer *layer,
            gint64 n_layers,
            FoveaThreadsClock *all,
            FoveaHeadMeasuresCost *out)
{
    const double L = (double) n_layers, H = (double) layer->n_heads;
    const gint64 T = layer->info->n_tokens;
    const double n_tiles = (double) ((T + TILE_ROWS - 1) / TILE_ROWS);
    double tile, rows;
    FoveaWork *begins = keeps (trace, ".hook_lse") ? &out->layers : &out->tiles;
    begins->alone += L * time_twice (layer, threads, TRUE, all, &tile);
    begins = keeps (trace, ".hook_row_entropy") ? &out->layers : &out->tiles;
    begins->alone += L * time_twice (layer, threads, FALSE, all, &rows);
    out->layers.shared += L * H * rows;
    out->tiles.shared += layer->info->repeat_period == 0 ? L * H * n_tiles * tile : 0;
    guint64 held, each;
    fovea_attention_count_bytes (layer->attention, TILE_ROWS, &held, &each);
    each += (guint64) T * (TILE_ROWS + 1 + 1) * sizeof (float); /* tile, values, half of columns */
    out->bytes = MAX (out->bytes,
                      held + each * (guint64) MIN (fovea_threads_count (threads), layer->n_heads));
}

/* What a layer's queries see decides what its tiles take. */
static gboolean
sees_the_same (const FoveaArchitecture *a, gint64 l, gint64 other)
{
    return fovea_architecture_get_score_rule (a, (guint) l).window ==
           fovea_architecture_get_score_rule (a, (guint) other).window;
}

/* Layers like @l that have attention; 0 if an earlier one is, or @l has none. */
static gint64
count_alike (FoveaTrace *trace, const FoveaArchitecture *a, gint64 l)
{
    gint64 n = 0;
    for (gint64 other = 0; other < a->n_layers; other++) {
        gboolean there = fovea_attention_has_pattern (trace, (guint) other);
        if (other <= l && there == (other < l) && sees_the_same (a, l, other))
            return 0;
        n += there && sees_the_same (a, l, other);
    }
    return n;
}

gboolean
fovea_head_measures_time (FoveaTrace *trace,
                          FoveaThreads *threads,
                          FoveaHeadMeasuresCost *out,
                          GCancellable *cancellable,
                          GError **error)
{
    const FoveaArchitecture *a = fovea_trace_get_info (trace)->architecture;
    FoveaThreadsClock all = {0};
    Layer layer;
    *out = (FoveaHeadMeasuresCost){0};
    if (!layer_begin (&layer, trace, cancellable, error))
        return FALSE;
    for (gint64 l = 0; l < a->n_layers && layer.error == NULL; l++) {
        gint64 n_alike = count_alike (trace, a, l);
        g_autoptr (FoveaAttention) attention =
            n_alike > 0 ? fovea_attention_open (trace, (guint) l, &layer.error) : NULL;
        layer.attention = attention;
        if (attention != NULL)
            time_layer (trace, threads, &layer, n_alike, &all, out);
    }
    layer_end (&layer);
    out->busy = all.ran > 0 ? (all.ran + all.waited) / all.ran : 1;
    if (layer.error == NULL)
        return TRUE;
    g_propagate_error (error, layer.error);
    return FALSE;
}
