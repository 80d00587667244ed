/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One sequence's rows are at hand at a time. */
#include "app/sae-source.h"

#include <math.h>
#include <string.h>

#include "app/capture-input.h"
#include "capture/random.h"
#include "capture/sink.h"

enum {
    ORDER_TASK = 7 /* of the random streams that order sequences */
};

struct _FoveaSaeSource {
    char *hook, *target; /* target NULL = none */
    guint64 seed;
    gint64 d_in, d_target; /* d_target 0 = none */
    char *model_name, *model_hash;
    GCancellable *cancellable;

    /* Of a model. */
    FoveaModel *model;
    FoveaDevice *device;
    FoveaSession *session;
    FoveaPlan *plan;
    FoveaSink *sink;
    GPtrArray *infos; /* of FoveaTraceInfo */

    /* Of a store. */
    FoveaStore *store;
    GPtrArray *sequences; /* of FoveaSequenceInfo */

    guint n;        /* sequences */
    gint64 *n_rows; /* (n) rows that each gives */
    gint64 total, longest;
    guint64 pass;
    guint *order; /* (n) of this pass */
    guint at;     /* place in the order */
    gint64 row;   /* next row of that sequence */

    float *rows; /* of the sequence at hand, hook and target side by side */
    guint held;  /* which it is; n = none */
};

void
fovea_sae_source_free (FoveaSaeSource *s)
{
    if (s == NULL)
        return;
    g_clear_pointer (&s->session, fovea_session_free);
    g_clear_pointer (&s->sink, fovea_sink_free);
    g_clear_pointer (&s->plan, fovea_plan_free);
    g_clear_pointer (&s->device, fovea_device_free);
    g_clear_pointer (&s->model, fovea_model_unref);
    g_clear_pointer (&s->infos, g_ptr_array_unref);
    g_clear_pointer (&s->sequences, g_ptr_array_unref);
    g_clear_object (&s->cancellable);
    g_free (s->hook);
    g_free (s->target);
    g_free (s->model_name);
    g_free (s->model_hash);
    g_free (s->n_rows);
    g_free (s->order);
    g_free (s->rows);
    g_free (s);
}

static FoveaSaeSource *
new_source (const FoveaSaeSourceOptions *options, GCancellable *cancellable)
{
    FoveaSaeSource *s = g_new0 (FoveaSaeSource, 1);
    s->hook = g_strdup (options->hook);
    s->target = g_strdup (options->target);
    s->seed = options->seed;
    s->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
    return s;
}

/* The order of a pass: a shuffle of its own stream. */
static void
order_pass (FoveaSaeSource *s)
{
    FoveaRandom random;
    fovea_random_init_stream (&random, s->seed, ORDER_TASK, s->pass);
    for (guint i = 0; i < s->n; i++)
        s->order[i] = i;
    for (guint i = s->n - 1; i >= 1; i--) {
        guint j = (guint) fovea_random_below (&random, (guint64) i + 1), kept = s->order[i];
        s->order[i] = s->order[j];
        s->order[j] = kept;
    }
}

/* Once sequences and their lengths are known. */
static gboolean
begin (FoveaSaeSource *s, GError **error)
{
    s->held = s->n;
    for (guint i = 0; i < s->n; i++) {
        s->total += s->n_rows[i];
        s->longest = MAX (s->longest, s->n_rows[i] + 1);
    }
    if (s->total == 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "training: no sequence has more than one token");
        return FALSE;
    }
    s->order = g_new (guint, s->n);
    order_pass (s);
    return TRUE;
}

/* Width of a point that has one row a token. */
static gint64
find_width (FoveaTrace *trace, const char *name, GError **error)
{
    g_autoptr (FoveaArray) array = fovea_trace_describe_point (trace, name, error);
    if (array == NULL)
        return 0;
    if (array->row_axes == 1 && array->shape[0] == fovea_trace_get_info (trace)->n_tokens)
        return fovea_array_row_length (array);
    g_autofree char *shape = fovea_array_print_shape (array);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                 "training: %s is %s: it has no row for each token", name, shape);
    return 0;
}

static gboolean
measure (FoveaSaeSource *s, FoveaTrace *trace, GError **error)
{
    const FoveaTraceInfo *info = fovea_trace_get_info (trace);
    s->d_in = find_width (trace, s->hook, error);
    s->d_target = s->d_in > 0 && s->target != NULL ? find_width (trace, s->target, error) : 0;
    s->model_name = g_strdup (info->model_name);
    s->model_hash = g_strdup (info->model_hash != NULL ? info->model_hash : "");
    return s->d_in > 0 && (s->target == NULL || s->d_target > 0);
}

/* The sequence @i as a trace: opened, or run. */
static FoveaTrace *
open_sequence (FoveaSaeSource *s, guint i, GError **error)
{
    if (s->store != NULL) {
        const FoveaSequenceInfo *sequence = g_ptr_array_index (s->sequences, i);
        return fovea_store_open_trace (s->store, sequence->id, error);
    }
    return fovea_session_capture (s->session, g_ptr_array_index (s->infos, i), s->plan, s->sink,
                                  NULL, NULL, NULL, s->cancellable, error);
}

static const char *
get_title (const FoveaSaeSource *s, guint i)
{
    if (s->store != NULL)
        return ((const FoveaSequenceInfo *) g_ptr_array_index (s->sequences, i))->title;
    return ((const FoveaTraceInfo *) g_ptr_array_index (s->infos, i))->title;
}

static gboolean
check_finite (const FoveaSaeSource *s, guint i, GError **error)
{
    gint64 width = s->d_in + s->d_target, n = s->n_rows[i] * width;
    for (gint64 at = 0; at < n; at++)
        if (!isfinite (s->rows[at])) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NUMERIC,
                         "training: %s is not finite at token %" G_GINT64_FORMAT " of %s", s->hook,
                         at / width + 1, get_title (s, i));
            return FALSE;
        }
    return TRUE;
}

/* Rows of one point into columns [@column, @column + @width) of the rows at hand. */
static gboolean
read_point (FoveaSaeSource *s,
            FoveaTrace *trace,
            const char *name,
            gint64 column,
            gint64 width,
            gint64 n,
            GError **error)
{
    gint64 stride = s->d_in + s->d_target;
    if (stride == width)
        return fovea_trace_read (trace, name, 1, n, s->rows, error);
    g_autofree float *block = g_new (float, n *width);
    if (!fovea_trace_read (trace, name, 1, n, block, error))
        return FALSE;
    for (gint64 t = 0; t < n; t++)
        memcpy (s->rows + t * stride + column, block + t * width, (gsize) width * sizeof *s->rows);
    return TRUE;
}

/* Takes the rows of sequence @i in hand. */
static gboolean
hold (FoveaSaeSource *s, guint i, GError **error)
{
    gint64 n = s->n_rows[i];
    s->held = s->n;
    if (g_cancellable_set_error_if_cancelled (s->cancellable, error))
        return FALSE;
    g_autoptr (FoveaTrace) trace = open_sequence (s, i, error);
    s->rows = g_renew (float, s->rows, n *(s->d_in + s->d_target));
    if (trace == NULL || !read_point (s, trace, s->hook, 0, s->d_in, n, error) ||
        (s->target != NULL && !read_point (s, trace, s->target, s->d_in, s->d_target, n, error)) ||
        !check_finite (s, i, error)) {
        g_prefix_error (error, "%s: ", get_title (s, i));
        return FALSE;
    }
    s->held = i;
    return TRUE;
}

/* The next sequence of this pass, or the first of the next. */
static void
advance (FoveaSaeSource *s)
{
    s->row = 0;
    if (++s->at < s->n)
        return;
    s->at = 0;
    s->pass++;
    order_pass (s);
}

gboolean
fovea_sae_source_fill (gpointer data, float *rows, gint64 n, GError **error)
{
    FoveaSaeSource *s = data;
    gint64 width = s->d_in + s->d_target;
    while (n > 0) {
        guint i = s->order[s->at];
        gint64 some = MIN (n, s->n_rows[i] - s->row);
        if (some > 0 && s->held != i && !hold (s, i, error))
            return FALSE;
        memcpy (rows, s->rows + s->row * width, (gsize) (some * width) * sizeof *rows);
        rows += some * width;
        n -= some;
        s->row += some;
        if (s->row >= s->n_rows[i])
            advance (s);
    }
    return TRUE;
}

void
fovea_sae_source_skip (FoveaSaeSource *s, guint64 n)
{
    s->pass += n / (guint64) s->total;
    order_pass (s);
    for (gint64 left = (gint64) (n % (guint64) s->total); left > 0;) {
        gint64 rows = s->n_rows[s->order[s->at]];
        if (left < rows) {
            s->row = left;
            return;
        }
        left -= rows;
        advance (s);
    }
}

/* A plan of the points alone, and a first sequence to learn their widths from. */
static gboolean
open_session (FoveaSaeSource *s, const FoveaCaptureRequest *request, GError **error)
{
    g_autofree char *points =
        s->target != NULL ? g_strconcat (s->hook, ",", s->target, NULL) : g_strdup (s->hook);
    FoveaPlanOptions plan = {.points = points, .keep = FOVEA_F32};
    s->device = fovea_device_open (request->device != NULL ? request->device : "auto",
                                   request->threads, error);
    if (s->device == NULL)
        return FALSE;
    plan.attend = fovea_device_attend_dtype (s->device, request->precision);
    s->plan = fovea_plan_new (fovea_model_get_architecture (s->model), &plan, error);
    if (s->plan == NULL)
        return FALSE;
    const FoveaSessionOptions session = {.precision = request->precision,
                                         .max_tokens = s->longest,
                                         .memory = request->memory,
                                         .plan = s->plan,
                                         .in_memory = TRUE};
    s->session = fovea_session_new (s->model, s->device, &session, error);
    s->sink = fovea_memory_sink_new ();
    return s->session != NULL;
}

FoveaSaeSource *
fovea_sae_source_new_from_model (const FoveaCaptureRequest *request,
                                 const FoveaSaeSourceOptions *options,
                                 GCancellable *cancellable,
                                 GError **error)
{
    g_autoptr (FoveaSaeSource) s = new_source (options, cancellable);
    s->model = fovea_model_open (request->model, error);
    if (s->model == NULL)
        return NULL;
    s->infos = fovea_capture_input_read (s->model, request, error);
    if (s->infos == NULL)
        return NULL;
    const char *hash = fovea_model_get_hash (s->model, cancellable, error);
    if (hash == NULL)
        return NULL;
    s->n = s->infos->len;
    s->n_rows = g_new (gint64, s->n + 1);
    for (guint i = 0; i < s->n; i++)
        s->n_rows[i] = ((const FoveaTraceInfo *) g_ptr_array_index (s->infos, i))->n_tokens - 1;
    if (!begin (s, error) || !open_session (s, request, error))
        return NULL;
    g_autoptr (FoveaTrace) trace = open_sequence (s, s->order[0], error);
    if (trace == NULL || !measure (s, trace, error))
        return NULL;
    g_free (s->model_hash);
    s->model_hash = g_strdup (hash);
    return g_steal_pointer (&s);
}

FoveaSaeSource *
fovea_sae_source_new_from_store (FoveaStore *store,
                                 gint64 run,
                                 const FoveaSaeSourceOptions *options,
                                 GCancellable *cancellable,
                                 GError **error)
{
    g_autoptr (FoveaSaeSource) s = new_source (options, cancellable);
    s->store = store;
    s->sequences = fovea_store_list_sequences (store, run, error);
    if (s->sequences == NULL)
        return NULL;
    s->n = s->sequences->len;
    s->n_rows = g_new (gint64, s->n + 1);
    for (guint i = 0; i < s->n; i++)
        s->n_rows[i] = ((FoveaSequenceInfo *) g_ptr_array_index (s->sequences, i))->n_tokens - 1;
    if (!begin (s, error)) {
        g_prefix_error (error, "%s: ", fovea_store_get_path (store));
        return NULL;
    }
    g_autoptr (FoveaTrace) trace = open_sequence (s, s->order[0], error);
    if (trace == NULL || !measure (s, trace, error)) {
        g_prefix_error (error, "%s: ", fovea_store_get_path (store));
        return NULL;
    }
    return g_steal_pointer (&s);
}

void
fovea_sae_source_get_widths (const FoveaSaeSource *s, gint64 *d_in, gint64 *d_out)
{
    *d_in = s->d_in;
    *d_out = s->target != NULL ? s->d_target : s->d_in;
}

gint64
fovea_sae_source_get_n_rows (const FoveaSaeSource *s)
{
    return s->total;
}

gint64
fovea_sae_source_get_longest (const FoveaSaeSource *s)
{
    return s->longest;
}

const char *
fovea_sae_source_get_model_name (const FoveaSaeSource *s)
{
    return s->model_name;
}

const char *
fovea_sae_source_get_model_hash (const FoveaSaeSource *s)
{
    return s->model_hash;
}

static void
hash_number (GChecksum *checksum, gint64 number)
{
    g_checksum_update (checksum, (const guchar *) &number, sizeof number);
}

char *
fovea_sae_source_describe (const FoveaSaeSource *s)
{
    g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
    for (guint i = 0; i < s->n; i++) {
        hash_number (checksum, s->n_rows[i]);
        if (s->infos != NULL) {
            const FoveaTraceInfo *info = g_ptr_array_index (s->infos, i);
            for (gint64 t = 0; info->ids != NULL && t < info->n_tokens; t++)
                hash_number (checksum, info->ids[t]);
        } else {
            const FoveaSequenceInfo *info = g_ptr_array_index (s->sequences, i);
            hash_number (checksum, info->id);
            g_checksum_update (checksum, (const guchar *) info->title,
                               (gssize) strlen (info->title) + 1);
        }
    }
    return g_strdup_printf ("%s to %s of model %s, sequences %s in order %" G_GUINT64_FORMAT,
                            s->hook, s->target != NULL ? s->target : s->hook, s->model_hash,
                            g_checksum_get_string (checksum), s->seed);
}
