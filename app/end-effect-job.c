/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One dense run a sequence, then one sparse run a point. Sequences differ in length, so each has a
 * session of its own; weights are mapped once. */
#include "app/end-effect-job.h"

#include <math.h>
#include <string.h>

#include "analysis/end-effect.h"

/* One method at one step of its sweep, and its sums over sequences. */
typedef struct {
    const FoveaSparseMethod *method;
    int step;
    guint n;        /* sequences measured */
    guint n_copied; /* of them, those with anything to copy */
    double value;
    FoveaEndEffectResult sum;
    char *reason; /* why it could not be applied */
} Point;

typedef struct {
    FoveaStore *store;
    FoveaRecallRequest *request;
    FoveaModel *model;
    FoveaDevice *device;
    GArray *points; /* of Point */
    FoveaProgress progress;
    gpointer progress_data;
    gint64 done, total; /* runs */
    GCancellable *cancellable;
} Job;

static void
clear_point (gpointer data)
{
    g_free (((Point *) data)->reason);
}

static void
clear_job (Job *job)
{
    g_clear_pointer (&job->points, g_array_unref);
    g_clear_pointer (&job->device, fovea_device_free);
    g_clear_pointer (&job->model, fovea_model_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, clear_job)

static GArray *
make_points (const FoveaSparseCurvesOptions *options)
{
    GArray *points = g_array_new (FALSE, TRUE, sizeof (Point));
    int n = options->sweep ? FOVEA_SPARSE_MAX_POINTS : 1;
    g_array_set_clear_func (points, clear_point);
    for (gsize m = 0; options->methods[m] != NULL; m++)
        for (int i = 0; i < n; i++) {
            Point point = {.method = options->methods[m], .step = options->sweep ? i : -1};
            g_array_append_val (points, point);
        }
    return points;
}

/* The sequence must be one of the model's: numbers of another would mean nothing. */
static gboolean
check_model (const Job *job, const FoveaTraceInfo *info, GError **error)
{
    const char *hash = fovea_model_get_hash (job->model, job->cancellable, error);
    if (hash == NULL)
        return FALSE;
    if (info->ids == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "its token ids were not kept, so no model can be run on it");
        return FALSE;
    }
    if (info->model_hash == NULL || *info->model_hash == '\0' ||
        strcmp (info->model_hash, hash) == 0)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                 "it was captured with %s (hash %.12s), and %s has hash %.12s", info->model_name,
                 info->model_hash, fovea_model_get_name (job->model), hash);
    return FALSE;
}

static void
add_result (Point *point, const FoveaEndEffectResult *r, double value)
{
    FoveaEndEffectResult *sum = &point->sum;
    sum->density += r->density;
    sum->divergence += r->divergence;
    sum->largest_divergence = MAX (sum->largest_divergence, r->largest_divergence);
    sum->dense_loss += r->dense_loss;
    sum->loss += r->loss;
    sum->loss_change += r->loss_change;
    sum->agreement += r->agreement;
    sum->layer_error += r->layer_error;
    if (r->n_copies > 0) {
        sum->dense_copy_score += r->dense_copy_score;
        sum->copy_score += r->copy_score;
        sum->copy_score_change += r->copy_score_change;
        point->n_copied++;
    }
    point->value += value;
    point->n++;
}

/* One sparse run. A method that cannot apply keeps its reason; any other failure is one. */
static gboolean
measure_point (Job *job, FoveaEndEffect *effect, Point *point, gint64 T, GError **error)
{
    double knobs[FOVEA_SPARSE_MAX_KNOBS];
    FoveaEndEffectResult result;
    g_autoptr (GError) failure = NULL;
    job->done++;
    if (point->reason != NULL || !fovea_sparse_curves_get_knobs (
                                     &job->request->curves, point->method, point->step, T, knobs))
        return TRUE;
    if (fovea_end_effect_measure (effect, point->method, knobs, job->request->curves.heads,
                                  job->cancellable, &result, &failure)) {
        add_result (point, &result, knobs[0]);
    } else if (g_error_matches (failure, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED)) {
        point->reason = g_strdup (failure->message);
    } else {
        g_propagate_error (error, g_steal_pointer (&failure));
        return FALSE;
    }
    if (job->progress != NULL)
        job->progress (job->progress_data, job->done, job->total);
    return TRUE;
}

static gboolean
measure_trace (Job *job, FoveaTrace *trace, GError **error)
{
    const FoveaTraceInfo *info = fovea_trace_get_info (trace);
    const FoveaSessionOptions options = {
        .precision = FOVEA_PRECISION_F32, .max_tokens = info->n_tokens, .chunk = info->n_tokens};
    if (!check_model (job, info, error) ||
        !fovea_recall_request_choose_heads (job->request, trace, error))
        return FALSE;
    g_autoptr (FoveaSession) session = fovea_session_new (job->model, job->device, &options, error);
    if (session == NULL)
        return FALSE;
    g_autoptr (FoveaEndEffect) effect =
        fovea_end_effect_new (session, info, job->cancellable, error);
    if (effect != NULL)
        fovea_end_effect_set_gates (effect, job->request->curves.gates);
    for (guint i = 0; effect != NULL && i < job->points->len; i++)
        if (!measure_point (job, effect, &g_array_index (job->points, Point, i), info->n_tokens,
                            error))
            return FALSE;
    return effect != NULL;
}

static gboolean
measure_sequence (Job *job, const FoveaSequenceInfo *sequence, GError **error)
{
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (job->store, sequence->id, error);
    if (trace != NULL && measure_trace (job, trace, error))
        return TRUE;
    g_prefix_error (error, "sequence %" G_GINT64_FORMAT " (%s): ", sequence->id, sequence->title);
    return FALSE;
}

static const struct {
    const char *name, *unit, *description;
    gsize offset;
    gboolean of_copies; /* a mean over the sequences that have any */
} numbers[] = {
#define NUMBER(field, unit, description)                                                           \
    {                                                                                              \
#field, unit, description, G_STRUCT_OFFSET(FoveaEndEffectResult, field), FALSE             \
    }
#define COPIES(field, description)                                                                 \
    {                                                                                              \
#field, "share", description, G_STRUCT_OFFSET(FoveaEndEffectResult, field), TRUE           \
    }
    NUMBER (density, "share", "allowed cells that are computed, of the chosen heads"),
    NUMBER (divergence, "nats", "KL of the next token's distribution, dense to sparse"),
    NUMBER (dense_loss, "nats", "mean negative log likelihood of the dense run"),
    NUMBER (loss, "nats", "the same of the sparse run"),
    NUMBER (loss_change, "nats", "sparse minus dense"),
    NUMBER (agreement, "share", "positions with the same likeliest token"),
    NUMBER (layer_error,
            "share",
            "of a layer's attention behind its output matrix that is lost, mean over layers"),
    COPIES (dense_copy_score, "of repeats in the text that the dense run continues rightly"),
    COPIES (copy_score, "the same of the sparse run"),
    COPIES (copy_score_change, "sparse minus dense"),
#undef COPIES
#undef NUMBER
};

enum {
    METHOD,
    KNOB,
    VALUE,
    FIRST_NUMBER,
    LARGEST = FIRST_NUMBER + G_N_ELEMENTS (numbers),
    N_SEQUENCES,
    NOTE,
};

static FoveaTable *
make_table (void)
{
    FoveaTable *t = fovea_table_new ("end_effect");
    fovea_table_add_column (t, "method", FOVEA_COLUMN_TEXT, "",
                            "as in fovea recall --methods list");
    fovea_table_add_column (t, "knob", FOVEA_COLUMN_TEXT, "", "what is swept");
    fovea_table_add_column (t, "value", FOVEA_COLUMN_NUMBER, "", "of the knob");
    for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
        fovea_table_add_column (t, numbers[i].name, FOVEA_COLUMN_NUMBER, numbers[i].unit,
                                numbers[i].description);
    fovea_table_add_column (t, "largest_divergence", FOVEA_COLUMN_NUMBER, "nats",
                            "of any position");
    fovea_table_add_column (t, "n_sequences", FOVEA_COLUMN_INTEGER, "", "behind the row");
    fovea_table_add_column (t, "note", FOVEA_COLUMN_TEXT, "", "why there are no numbers");
    return t;
}

static void
add_row (FoveaTable *table, const Point *point)
{
    guint row = fovea_table_add_row (table);
    fovea_table_set_text (table, row, METHOD, point->method->id);
    fovea_table_set_text (table, row, KNOB, point->method->knobs[0].name);
    fovea_table_set_integer (table, row, N_SEQUENCES, point->n);
    if (point->n == 0) {
        fovea_table_set_text (table, row, NOTE, point->reason);
        return;
    }
    fovea_table_set_number (table, row, VALUE, point->value / point->n);
    fovea_table_set_number (table, row, LARGEST, point->sum.largest_divergence);
    for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++) {
        double sum =
            *(const double *) (gconstpointer) ((const char *) &point->sum + numbers[i].offset);
        guint n = numbers[i].of_copies ? point->n_copied : point->n;
        fovea_table_set_number (table, row, FIRST_NUMBER + (guint) i, n > 0 ? sum / n : NAN);
    }
}

/* Points that were measured; of a method that never was, one row with the reason. */
static FoveaTable *
tabulate (const Job *job)
{
    FoveaTable *table = make_table ();
    const char *told = NULL; /* method whose reason stands in the table already */
    for (guint i = 0; i < job->points->len; i++) {
        const Point *point = &g_array_index (job->points, Point, i);
        gboolean failed =
            point->n == 0 && point->reason != NULL && g_strcmp0 (told, point->method->id) != 0;
        if (point->n == 0 && !failed)
            continue;
        add_row (table, point);
        if (failed)
            told = point->method->id;
    }
    fovea_table_set_note (table, "store_id", fovea_store_get_uuid (job->store));
    fovea_table_set_note (table, "model", fovea_model_get_name (job->model));
    return table;
}

FoveaTable *
fovea_end_effect_job_run (FoveaStore *store,
                          FoveaRecallRequest *request,
                          const char *model,
                          FoveaProgress progress,
                          gpointer progress_data,
                          GCancellable *cancellable,
                          GError **error)
{
    g_auto (Job) job = {.store = store,
                        .request = request,
                        .progress = progress,
                        .progress_data = progress_data,
                        .cancellable = cancellable};
    g_autoptr (GPtrArray) sequences = fovea_recall_request_list (request, store, error);
    if (sequences == NULL || (job.model = fovea_model_open (model, error)) == NULL ||
        (job.device = fovea_device_open ("cpu", request->threads, error)) == NULL)
        return NULL;
    job.points = make_points (&request->curves);
    job.total = (gint64) job.points->len * sequences->len;
    for (guint i = 0; i < sequences->len; i++)
        if (!measure_sequence (&job, g_ptr_array_index (sequences, i), error))
            return NULL;
    return tabulate (&job);
}
