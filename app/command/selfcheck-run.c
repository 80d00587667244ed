/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One precision is held in memory at a time beside the plain run, with all its points. */
#include "app/command/selfcheck-run.h"

#include <math.h>
#include <string.h>

#include "capture/point.h"
#include "capture/sink.h"

/* Differences in f32 are shares of the value where that is above 1: last layers hold values near
 * 1,000, whose neighbours are 6e-5 apart. What is judged is a share of the row's root mean square where
 * that is larger yet: a token whose stream has one value of 66,000 (Gemma 3 270M) rounds all that is
 * made of it by 5e-3, on every device. Below f32 single values say little, since one rounding
 * moves what follows and may even choose another expert; there a point's difference is its root mean
 * square over that of the values. It is told, and judged only for the bundled model's samples, as a
 * share of the point's largest value. */
static const struct {
    FoveaPrecision precision;
    FoveaCheck plain, record;
    double tolerance;
    gboolean gpu;
} runs[] = {
    {FOVEA_PRECISION_F32, FOVEA_CHECK_PLAIN_F32, FOVEA_CHECK_RECORD_F32, 1e-4, FALSE},
    {FOVEA_PRECISION_BF16, FOVEA_CHECK_PLAIN_BF16, FOVEA_CHECK_RECORD_BF16, 1e-2, FALSE},
    {FOVEA_PRECISION_F16, FOVEA_CHECK_PLAIN_F16, FOVEA_CHECK_RECORD_F16, 1e-2, TRUE},
};

static const char *const names[FOVEA_N_CHECKS] = {"plain_f32",   "record_f32", "plain_bf16",
                                                  "record_bf16", "plain_f16",  "record_f16"};

void
fovea_selfcheck_result_free (SelfcheckResult *result)
{
    g_free (result->kind);
    g_free (result);
}

const char *
fovea_selfcheck_get_name (FoveaCheck check)
{
    return names[check];
}

/* A difference that was not measured is fine; one that is NaN was made infinite before, and never
 * is. */
static gboolean
is_within (const SelfcheckResult *result, FoveaCheck check)
{
    double worst = result->worst[check];
    gboolean f32 = check <= FOVEA_CHECK_RECORD_F32;
    if (isnan (worst) || !isfinite (worst))
        return isnan (worst);
    gboolean judged = f32 || (result->sampled && check % 2 == 1);
    return !judged || (f32 ? result->of_row[check] : worst) <= runs[check / 2].tolerance;
}

gboolean
fovea_selfcheck_passes (const SelfcheckResult *result)
{
    for (guint c = 0; c < FOVEA_N_CHECKS; c++)
        if (!is_within (result, (FoveaCheck) c))
            return FALSE;
    return TRUE;
}

/* "blocks.3.attn.hook_q" is of kind "blocks.*.attn.hook_q". */
static char *
get_kind (const char *name)
{
    const char *rest = g_str_has_prefix (name, "blocks.") ? strchr (name + 7, '.') : NULL;
    return rest != NULL ? g_strconcat ("blocks.*", rest, NULL) : g_strdup (name);
}

/* The result of a point's kind, made when first met. */
static SelfcheckResult *
find_result (GPtrArray *results, const char *name)
{
    g_autofree char *kind = get_kind (name);
    for (guint i = 0; i < results->len; i++) {
        SelfcheckResult *result = g_ptr_array_index (results, i);
        if (g_str_equal (result->kind, kind))
            return result;
    }
    SelfcheckResult *result = g_new0 (SelfcheckResult, 1);
    result->kind = g_steal_pointer (&kind);
    for (guint c = 0; c < FOVEA_N_CHECKS; c++)
        result->worst[c] = NAN;
    result->of_row[FOVEA_CHECK_PLAIN_F32] = result->of_row[FOVEA_CHECK_RECORD_F32] = NAN;
    g_ptr_array_add (results, result);
    return result;
}

/* Larger of two differences; a NaN among the values counts as infinite, one not compared as none. */
static double
worse (double so_far, double difference)
{
    if (isnan (difference))
        return INFINITY;
    return isnan (so_far) ? difference : MAX (so_far, difference);
}

/* The sequence through a device, everything kept in memory. */
static FoveaTrace *
capture_all (FoveaModel *model,
             const FoveaTraceInfo *sequence,
             FoveaDevice *device,
             FoveaPrecision precision,
             GCancellable *cancellable,
             GError **error)
{
    const FoveaPlanOptions plan_options = {.points = "all",
                                           .keep = FOVEA_F32,
                                           .attend = fovea_device_attend_dtype (device, precision)};
    const FoveaSessionOptions session_options = {.precision = precision,
                                                 .max_tokens = sequence->n_tokens};
    g_autoptr (FoveaPlan) plan =
        fovea_plan_new (fovea_model_get_architecture (model), &plan_options, error);
    g_autoptr (FoveaSession) session =
        plan != NULL ? fovea_session_new (model, device, &session_options, error) : NULL;
    g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
    return session != NULL ? fovea_session_capture (session, sequence, plan, sink, NULL, NULL, NULL,
                                                    cancellable, error)
                           : NULL;
}

/* All values of a point and how many a row has; NULL if the trace does not have it. */
static float *
read_point (FoveaTrace *trace, const char *name, gint64 *n, gint64 *length, GError **error)
{
    g_autoptr (FoveaArray) array = fovea_trace_describe_point (trace, name, error);
    if (array == NULL)
        return NULL;
    gint64 n_rows = fovea_array_n_rows (array);
    *length = fovea_array_row_length (array);
    *n = n_rows * *length;
    g_autofree float *values = g_new (float, *n);
    if (!fovea_trace_read (trace, name, 0, n_rows, values, error))
        return NULL;
    return g_steal_pointer (&values);
}

/* How far n values lie from what they should be: the worst of them as a share of @scale, or of itself
 * where that is larger; or all together. */
static double
measure (const float *values, const double *wanted, gint64 n, double scale, gboolean single)
{
    double worst = 0, squares = 0, all = 0;
    for (gint64 i = 0; i < n; i++) {
        double difference = (double) values[i] - wanted[i];
        if ((double) values[i] == wanted[i])
            difference = 0; /* infinities too: scores of what may not be seen */
        worst = worse (worst, fabs (difference) / MAX (scale, fabs (wanted[i])));
        squares += difference * difference;
        all += isfinite (wanted[i]) ? wanted[i] * wanted[i] : 0;
    }
    if (single)
        return worst;
    return squares == 0 ? 0 : isnan (squares) ? INFINITY : sqrt (squares / all);
}

/* The worst of n values as a share of the root mean square of its row of @length, of itself or of 1,
 * whichever is largest. */
static double
measure_rows (const float *values, const double *wanted, gint64 n, gint64 length)
{
    double worst = 0;
    for (gint64 at = 0; at < n; at += length) {
        gint64 m = MIN (length, n - at);
        double squares = 0;
        for (gint64 i = at; i < at + m; i++)
            squares += isfinite (wanted[i]) ? wanted[i] * wanted[i] : 0;
        double scale = MAX (1, sqrt (squares / (double) m));
        worst = worse (worst, measure (values + at, wanted + at, m, scale, TRUE));
    }
    return worst;
}

/* How much less the plain weights give to the heaviest keys @b of a run than to their own, @a, both
 * (T,H): two keys of one weight are heaviest both, and a rounding chooses. */
static double
measure_places (FoveaTrace *plain, const char *name, const float *a, const float *b, gint64 n)
{
    gint64 T = fovea_trace_get_info (plain)->n_tokens, H = n / MAX (T, 1), n_weights, length;
    int stem = (int) (strlen (name) - strlen ("hook_row_argmax"));
    g_autofree char *pattern = g_strdup_printf ("%.*shook_pattern", stem, name);
    g_autofree float *weights = NULL;
    double worst = 0;
    for (gint64 i = 0; i < n; i++) {
        if (a[i] == b[i])
            continue;
        if (weights == NULL)
            weights = read_point (plain, pattern, &n_weights, &length, NULL);
        if (weights == NULL || !(a[i] >= 0 && a[i] < T && b[i] >= 0 && b[i] < T))
            return INFINITY;
        const float *row = weights + (i % H * T + i / H) * T;
        worst = MAX (worst, (double) row[(gint64) a[i]] - (double) row[(gint64) b[i]]);
    }
    return worst;
}

/* What a run made of a point, @b, against the plain table's @a, both n values in rows of @length. */
static void
compare_values (FoveaTrace *plain,
                const char *name,
                const float *a,
                const float *b,
                gint64 n,
                gint64 length,
                guint run,
                SelfcheckResult *result)
{
    gboolean single = runs[run].precision == FOVEA_PRECISION_F32;
    gboolean places = g_str_has_suffix (name, "hook_row_argmax");
    if (!single && places)
        return; /* a rounding may move them anywhere */
    FoveaCheck check = runs[run].plain;
    g_autofree double *wanted = g_new (double, n);
    for (gint64 j = 0; j < n; j++)
        wanted[j] = (double) a[j];
    double worst =
        places ? measure_places (plain, name, a, b, n) : measure (b, wanted, n, 1, single);
    result->worst[check] = worse (result->worst[check], worst);
    if (single)
        result->of_row[check] =
            worse (result->of_row[check], places ? worst : measure_rows (b, wanted, n, length));
}

/* Every value of every point of a run against the plain one. */
static gboolean
compare_tables (FoveaTrace *plain, FoveaTrace *trace, guint run, GPtrArray *results, GError **error)
{
    g_auto (GStrv) points = fovea_trace_list_points (plain);
    for (guint i = 0; points[i] != NULL; i++) {
        if (fovea_point_is_optional (fovea_trace_get_info (plain)->architecture, points[i]))
            continue; /* copies of the stream */
        gint64 n, n_other, length;
        g_autofree float *a = read_point (plain, points[i], &n, &length, error);
        g_autofree float *b =
            a != NULL ? read_point (trace, points[i], &n_other, &length, error) : NULL;
        if (b == NULL)
            return FALSE;
        SelfcheckResult *result = find_result (results, points[i]);
        result->n_points += run == 0;
        result->n_values += run == 0 ? n : 0;
        if (n == n_other)
            compare_values (plain, points[i], a, b, n, length, run, result);
        else
            result->worst[runs[run].plain] = INFINITY;
    }
    return TRUE;
}

/* Recorded values of a point against those of a run. */
static gboolean
compare_point (
    const SelfcheckPoint *point, FoveaTrace *trace, guint run, GPtrArray *results, GError **error)
{
    gint64 n, length;
    g_autofree float *values = read_point (trace, point->name, &n, &length, error);
    if (values == NULL)
        return FALSE;
    if (point->places == NULL && point->n != n) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                     "selfcheck: the reference has %" G_GINT64_FORMAT
                     " values of %s, the model %" G_GINT64_FORMAT,
                     point->n, point->name, n);
        return FALSE;
    }
    SelfcheckResult *result = find_result (results, point->name);
    double *kept = &result->worst[runs[run].record], scale = 1;
    gboolean f32 = runs[run].precision == FOVEA_PRECISION_F32;
    result->sampled |= point->sampled;
    for (gint64 i = 0; !f32 && point->sampled && i < n; i++)
        scale = MAX (scale, isfinite (values[i]) ? fabs ((double) values[i]) : 0);
    g_autofree float *chosen = g_new (float, point->n);
    for (gint64 i = 0; i < point->n; i++) {
        gint64 at = point->places != NULL ? point->places[i] : i;
        chosen[i] = at >= 0 && at < n ? values[at] : NAN;
    }
    *kept = worse (*kept, measure (chosen, point->values, point->n, scale, f32 || point->sampled));
    /* Values picked from a point are no rows: each is a row of its own. */
    double *of_row = &result->of_row[FOVEA_CHECK_RECORD_F32];
    if (f32)
        *of_row = worse (*of_row, measure_rows (chosen, point->values, point->n,
                                                point->places != NULL ? 1 : length));
    return TRUE;
}

gboolean
fovea_selfcheck_run (FoveaModel *model,
                     const SelfcheckRecord *record,
                     const char *device_name,
                     int n_threads,
                     GPtrArray *results,
                     GCancellable *cancellable,
                     GError **error)
{
    g_autoptr (FoveaDevice) reference = fovea_device_open ("ref", n_threads, error);
    g_autoptr (FoveaDevice) device =
        reference != NULL ? fovea_device_open (device_name, n_threads, error) : NULL;
    g_autoptr (FoveaTrace) plain =
        device != NULL
            ? capture_all (model, record->info, reference, FOVEA_PRECISION_F32, cancellable, error)
            : NULL;
    if (plain == NULL)
        return FALSE;
    for (guint run = 0; run < G_N_ELEMENTS (runs); run++) {
        if (runs[run].gpu && fovea_device_get_ops (device)->host_memory)
            continue;
        g_autoptr (FoveaTrace) trace =
            capture_all (model, record->info, device, runs[run].precision, cancellable, error);
        if (trace == NULL || !compare_tables (plain, trace, run, results, error))
            return FALSE;
        for (guint i = 0; i < record->points->len; i++)
            if (!compare_point (record->points->pdata[i], trace, run, results, error))
                return FALSE;
    }
    return TRUE;
}
