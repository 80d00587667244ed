/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The points of all methods are laid out once; a sequence fills one measurement for each head and
 * point. Heads of a layer are shared among the threads, or the rows of a head where heads are few.
 * Everything a head needs is made, measured and dropped before the next. */
#include "analysis/sparse-curves.h"

#include <math.h>
#include <string.h>

#include "analysis/mask-rows.h"
#include "analysis/sparse-curves-private.h"
#include "analysis/sparse-scorer.h"

struct _FoveaSparseCurves {
    const FoveaSparseCurvesOptions *options;
    GArray *points; /* of FoveaSparsePoint */
    gint64 n_layers, n_heads;
    GPtrArray *sequences;        /* of FoveaSparseResult[L * H * points] */
    GStringChunk *reasons;       /* why methods were left out, each text once */
    gint64 n_whole_layers;       /* measured in every sequence; less than L after an interrupt */
    gsize head_bytes;            /* the most that one took */
    const FoveaKeptLayers *kept; /* NULL = nothing is */
};

/* One layer under way. */
typedef struct {
    FoveaSparseCurves *curves;
    FoveaAttention *attention;
    FoveaSparseShared *shared;
    guint layer;
    FoveaThreads *row_threads; /* NULL: threads work on heads */
    FoveaSparseResult *results;
    GCancellable *cancellable;
    FoveaProgress progress;
    gpointer progress_data;
    gint64 n_done, n_wanted; /* heads of the sequence */
    GMutex lock;
    GError *error; /* the first */
} Layer;

/* Executed and selected are points of their own; an oracle by rows has only the first. */
static void
add_points (FoveaSparseCurves *curves, const FoveaSparseMethod *method)
{
    gsize n = curves->options->sweep ? FOVEA_SPARSE_MAX_POINTS : 1;
    for (int selected = 0; selected < 2; selected++)
        for (gsize i = 0; i < n; i++) {
            FoveaSparsePoint point = {method, curves->options->sweep ? (int) i : -1,
                                      (gboolean) selected,
                                      curves->points->len - (selected ? n : 0)};
            g_array_append_val (curves->points, point);
        }
}

FoveaSparseCurves *
fovea_sparse_curves_new (const FoveaSparseCurvesOptions *options)
{
    FoveaSparseCurves *curves = g_new0 (FoveaSparseCurves, 1);
    curves->options = options;
    curves->points = g_array_new (FALSE, FALSE, sizeof (FoveaSparsePoint));
    curves->sequences = g_ptr_array_new_with_free_func (g_free);
    curves->reasons = g_string_chunk_new (256);
    for (gsize i = 0; options->methods[i] != NULL; i++)
        add_points (curves, options->methods[i]);
    return curves;
}

void
fovea_sparse_curves_free (FoveaSparseCurves *curves)
{
    if (curves == NULL)
        return;
    g_array_unref (curves->points);
    g_ptr_array_unref (curves->sequences);
    g_string_chunk_free (curves->reasons);
    g_free (curves);
}

gboolean
fovea_sparse_curves_get_knobs (const FoveaSparseCurvesOptions *options,
                               const FoveaSparseMethod *method,
                               int step,
                               gint64 n_tokens,
                               double *knobs)
{
    fovea_sparse_method_get_defaults (method, n_tokens, knobs);
    for (gsize i = 0; i < options->n_settings; i++) {
        const FoveaSparseSetting *setting = &options->settings[i];
        int knob = fovea_sparse_method_find_knob (method, setting->knob);
        if (knob >= 0 && (setting->method == NULL || strcmp (setting->method, method->id) == 0))
            knobs[knob] = setting->value;
    }
    return step < 0 || fovea_sparse_method_get_point (method, n_tokens, (gsize) step, &knobs[0]);
}

/* What a head's masks are measured by: subjects, and the points that they stand for. */
typedef struct {
    FoveaSparseHead *head;
    FoveaSparseResult *results;       /* (points) */
    FoveaSparseSelection *selections; /* (points) */
    double *knobs;                    /* (points, FOVEA_SPARSE_MAX_KNOBS) */
    FoveaSparseSubject *subjects;
    gsize *places; /* point of each subject */
    gsize n;
} HeadJob;

static void
add_subject (HeadJob *job, gsize point, FoveaSparseSubject subject)
{
    job->places[job->n] = point;
    job->subjects[job->n++] = subject;
}

/* A method that cannot apply leaves its reason in place of numbers; any other failure is one. */
static gboolean
leave_out (Layer *layer, FoveaSparseResult *result, GError *failure, GError **error)
{
    if (!g_error_matches (failure, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED)) {
        g_propagate_error (error, failure);
        return FALSE;
    }
    g_mutex_lock (&layer->lock);
    result->reason = g_string_chunk_insert_const (layer->curves->reasons, failure->message);
    g_mutex_unlock (&layer->lock);
    g_error_free (failure);
    return TRUE;
}

/* The masks of an executed point; its selected twin comes from the same choice. */
static gboolean
select_point (Layer *layer, HeadJob *job, gsize p, GError **error)
{
    GArray *points = layer->curves->points;
    const FoveaSparsePoint *point = &g_array_index (points, FoveaSparsePoint, p);
    const FoveaSparseMethod *method = point->method;
    gsize twin = p + (layer->curves->options->sweep ? FOVEA_SPARSE_MAX_POINTS : 1);
    double *knobs = job->knobs + p * FOVEA_SPARSE_MAX_KNOBS;
    FoveaSparseSelection *selection = &job->selections[p];
    GError *failure = NULL;
    if (point->selected || !fovea_sparse_curves_get_knobs (layer->curves->options, method,
                                                           point->step, job->head->n_tokens, knobs))
        return TRUE;
    if (method->count != NULL && !layer->curves->options->hashes) {
        if (!fovea_sparse_method_check (method, job->head, knobs, &failure))
            return leave_out (layer, &job->results[p], failure, error);
        add_subject (job, p, (FoveaSparseSubject){.oracle = method, .knobs = knobs});
        return TRUE;
    }
    if (!fovea_sparse_method_select (method, job->head, knobs, selection, &failure))
        return leave_out (layer, &job->results[p], failure, error);
    add_subject (job, p, (FoveaSparseSubject){.selection = selection, .mask = selection->executed});
    if (selection->selected != NULL) {
        memcpy (job->knobs + twin * FOVEA_SPARSE_MAX_KNOBS, knobs,
                FOVEA_SPARSE_MAX_KNOBS * sizeof *knobs);
        add_subject (job, twin,
                     (FoveaSparseSubject){.selection = selection, .mask = selection->selected});
    }
    return TRUE;
}

static void
keep_results (Layer *layer, const HeadJob *job, const FoveaSparseMeasures *measures)
{
    for (gsize i = 0; i < job->n; i++) {
        FoveaSparseResult *result = &job->results[job->places[i]];
        const FoveaSparseSubject *subject = &job->subjects[i];
        result->measured = TRUE;
        result->value = job->knobs[job->places[i] * FOVEA_SPARSE_MAX_KNOBS];
        result->measures = measures[i];
        if (subject->selection != NULL) {
            result->margin = subject->selection->margin;
            result->flops = subject->selection->flops;
        }
        if (layer->curves->options->hashes && subject->mask != NULL)
            result->hash = fovea_mask_hash (subject->mask);
    }
}

static gboolean
measure_head (Layer *layer, HeadJob *job, GError **error)
{
    gsize n = layer->curves->points->len;
    for (gsize p = 0; p < n; p++)
        if (g_cancellable_set_error_if_cancelled (layer->cancellable, error) ||
            !select_point (layer, job, p, error))
            return FALSE;
    g_autofree FoveaSparseMeasures *measures = g_new (FoveaSparseMeasures, n + 1);
    FoveaSparseScorer *scorer = layer->curves->options->scorer;
    gboolean done = scorer != NULL
                        ? fovea_sparse_scorer_measure (scorer, job->head, job->subjects, job->n,
                                                       measures, error)
                        : fovea_sparse_measure (job->head, job->subjects, job->n,
                                                layer->row_threads, measures, NULL, error);
    if (!done)
        return FALSE;
    keep_results (layer, job, measures);
    return TRUE;
}

/* Masks that several points share are counted once for each: it is what there may be. */
static void
note_bytes (Layer *layer, const HeadJob *job, gsize n_points)
{
    gsize bytes = 3 * (gsize) (job->head->n_tokens * job->head->width) * sizeof (float);
    for (gsize p = 0; p < n_points; p++) {
        const FoveaSparseSelection *selection = &job->selections[p];
        if (selection->executed != NULL)
            bytes += fovea_mask_get_bytes (selection->executed);
        if (selection->selected != NULL && selection->selected != selection->executed)
            bytes += fovea_mask_get_bytes (selection->selected);
    }
    g_mutex_lock (&layer->lock);
    layer->curves->head_bytes = MAX (layer->curves->head_bytes, bytes);
    g_mutex_unlock (&layer->lock);
}

static gboolean
run_head (Layer *layer, guint h, GError **error)
{
    gsize n = layer->curves->points->len;
    g_autoptr (FoveaSparseHead) head =
        fovea_sparse_head_new (layer->attention, layer->layer, h, layer->cancellable, error);
    if (head == NULL)
        return FALSE;
    head->shared = layer->shared;
    head->gates = layer->curves->options->gates;
    g_autofree FoveaSparseSelection *selections = g_new0 (FoveaSparseSelection, n);
    g_autofree double *knobs = g_new0 (double, n *FOVEA_SPARSE_MAX_KNOBS);
    g_autofree FoveaSparseSubject *subjects = g_new0 (FoveaSparseSubject, n);
    g_autofree gsize *places = g_new0 (gsize, n);
    HeadJob job = {head, layer->results + h * n, selections, knobs, subjects, places, 0};
    gboolean done = measure_head (layer, &job, error);
    note_bytes (layer, &job, n);
    for (gsize p = 0; p < n; p++)
        fovea_sparse_selection_clear (&selections[p]);
    return done;
}

static gboolean
is_wanted (const FoveaSparseCurves *curves, guint layer, gint64 head)
{
    const gboolean *heads = curves->options->heads;
    return heads == NULL || heads[layer * curves->n_heads + head];
}

/* FoveaLoopBody over heads. */
static void
run_one (void *data, int64_t h, int worker)
{
    Layer *layer = data;
    g_autoptr (GError) error = NULL;
    if (!is_wanted (layer->curves, layer->layer, h) || layer->error != NULL)
        return;
    gboolean done = run_head (layer, (guint) h, &error);
    g_mutex_lock (&layer->lock);
    layer->n_done += done;
    if (done && layer->progress != NULL)
        layer->progress (layer->progress_data, layer->n_done, layer->n_wanted);
    if (!done && layer->error == NULL)
        layer->error = g_steal_pointer (&error);
    g_mutex_unlock (&layer->lock);
}

static gint64
count_wanted (const FoveaSparseCurves *curves, gint64 first_layer, gint64 end_layer)
{
    gint64 n = 0;
    for (gint64 l = first_layer; l < end_layer; l++)
        for (gint64 h = 0; h < curves->n_heads; h++)
            n += is_wanted (curves, (guint) l, h);
    return n;
}

/* One or two heads: threads share the rows of one instead, unless a device takes the rows. Half of the
 * work is choosing masks, which a head's thread does alone, so more heads are better shared whole. */
static gboolean
measure_layer (
    FoveaTrace *trace, Layer *layer, gint64 wanted, FoveaThreads *threads, GError **error)
{
    gint64 H = layer->curves->n_heads;
    g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, layer->layer, error);
    if (attention == NULL)
        return FALSE;
    g_autoptr (FoveaSparseShared) shared = fovea_sparse_shared_new ();
    layer->attention = attention;
    layer->shared = shared;
    gboolean few =
        wanted < MIN (fovea_threads_count (threads), 3) && layer->curves->options->scorer == NULL;
    layer->row_threads = few ? threads : NULL;
    if (layer->row_threads == NULL)
        fovea_threads_loop (threads, H, run_one, layer);
    for (gint64 h = 0; layer->row_threads != NULL && h < H; h++)
        run_one (layer, h, 0);
    if (layer->error == NULL)
        return TRUE;
    g_propagate_error (error, g_steal_pointer (&layer->error));
    return FALSE;
}

/* What was measured before the curves were stopped counts as done at once. */
static gboolean
run_layer (FoveaTrace *trace, Layer *layer, FoveaThreads *threads, GError **error)
{
    const FoveaKeptLayers *kept = layer->curves->kept;
    gsize n = (gsize) layer->curves->n_heads * layer->curves->points->len;
    gint64 wanted = count_wanted (layer->curves, layer->layer, layer->layer + 1);
    if (wanted == 0)
        return TRUE;
    g_autoptr (GBytes) found = kept != NULL ? kept->find (kept->data, layer->layer) : NULL;
    if (found != NULL &&
        fovea_sparse_results_unpack (found, layer->results, n, layer->curves->reasons)) {
        layer->n_done += wanted;
        if (layer->progress != NULL)
            layer->progress (layer->progress_data, layer->n_done, layer->n_wanted);
        return TRUE;
    }
    if (!measure_layer (trace, layer, wanted, threads, error))
        return FALSE;
    g_autoptr (GBytes) made = kept != NULL ? fovea_sparse_results_pack (layer->results, n) : NULL;
    if (kept != NULL)
        kept->keep (kept->data, layer->layer, made);
    return TRUE;
}

/* All traces are of one shape. */
static gboolean
check_shape (FoveaSparseCurves *curves, const FoveaTraceInfo *info, GError **error)
{
    gint64 L = info->architecture->n_layers, H = info->architecture->n_heads;
    if (curves->n_layers == 0) {
        curves->n_layers = L;
        curves->n_heads = H;
    }
    if (curves->n_layers == L && curves->n_heads == H)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                 "%s: %" G_GINT64_FORMAT " layers of %" G_GINT64_FORMAT
                 " heads, earlier sequences have %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT,
                 info->title, L, H, curves->n_layers, curves->n_heads);
    return FALSE;
}

/* In an encoder-decoder's layer many rows see nothing, of which no share can be kept. */
static gboolean
check_texts (const FoveaTraceInfo *info, GError **error)
{
    if (info->architecture->n_encoder_layers == 0)
        return TRUE;
    g_set_error (
        error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
        "%s: sparse methods are measured on models of one text, and %s reads a source and a "
        "target",
        info->title, info->model_name);
    return FALSE;
}

gboolean
fovea_sparse_curves_add (FoveaSparseCurves *curves,
                         FoveaTrace *trace,
                         FoveaThreads *threads,
                         FoveaProgress progress,
                         gpointer progress_data,
                         GCancellable *cancellable,
                         GError **error)
{
    if (!check_texts (fovea_trace_get_info (trace), error) ||
        !check_shape (curves, fovea_trace_get_info (trace), error))
        return FALSE;
    gint64 L = curves->n_layers, H = curves->n_heads, l;
    gsize n = curves->points->len;
    g_autofree FoveaSparseResult *results = g_new0 (FoveaSparseResult, (gsize) (L * H) * n);
    Layer layer = {.curves = curves,
                   .cancellable = cancellable,
                   .progress = progress,
                   .progress_data = progress_data,
                   .n_wanted = count_wanted (curves, 0, L)};
    g_mutex_init (&layer.lock);
    for (l = 0; l < L; l++) {
        layer.layer = (guint) l;
        layer.results = results + (gsize) (l * H) * n;
        if (!run_layer (trace, &layer, threads, error))
            break;
    }
    g_mutex_clear (&layer.lock);
    /* Means over sequences need whole ones; of the first alone, finished heads stand as they are. */
    if (l < L && (curves->sequences->len > 0 || layer.n_done == 0))
        return FALSE;
    g_ptr_array_add (curves->sequences, g_steal_pointer (&results));
    curves->n_whole_layers = l;
    return l == L;
}

void
fovea_sparse_curves_set_kept (FoveaSparseCurves *curves, const FoveaKeptLayers *kept)
{
    curves->kept = kept;
}

gsize
fovea_sparse_curves_result_bytes (void)
{
    return sizeof (FoveaSparseResult);
}

guint
fovea_sparse_curves_get_n_sequences (const FoveaSparseCurves *curves)
{
    return curves->sequences->len;
}

gsize
fovea_sparse_curves_get_head_bytes (const FoveaSparseCurves *curves)
{
    return curves->head_bytes;
}

FoveaTable *
fovea_sparse_curves_finish (FoveaSparseCurves *curves)
{
    const FoveaSparseCurvesData data = {
        .points = (const FoveaSparsePoint *) (gpointer) curves->points->data,
        .n_points = curves->points->len,
        .n_layers = curves->n_layers,
        .n_whole_layers = curves->n_whole_layers,
        .n_heads = curves->n_heads,
        .sequences = (const FoveaSparseResult *const *) curves->sequences->pdata,
        .n_sequences = curves->sequences->len,
        .hashes = curves->options->hashes,
        .histograms = curves->options->histograms,
        .seed = curves->options->seed,
        .first_tokens = curves->options->first_tokens,
    };
    return fovea_sparse_curves_tabulate (&data);
}
