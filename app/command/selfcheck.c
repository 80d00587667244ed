/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea selfcheck`: is this machine computing what it should? The demo model runs through the
 * plain table, the fast one in f32 and the fast one in bf16; every point of the fast f32 run is
 * compared with the plain one in full, and both precisions with values that TransformerLens
 * recorded (data/demo/selfcheck.json, sampled by tests/make-selfcheck.py). One row a kind of point.
 */
#include <math.h>
#include <string.h>

#include "app/command/command.h"
#include "app/command/selfcheck-record.h"
#include "capture/point.h"
#include "capture/session.h"
#include "capture/sink.h"
#include "capture/texts.h"

/* Differences are shares of the value where that is above 1: the last layers hold values near
 * 1,000, whose neighbours in f32 are 6e-5 apart. In bf16 they are shares of the point's largest. */
#define F32_TOLERANCE  1e-4
#define BF16_TOLERANCE 1e-2

static const FoveaOption options[] = {
    FOVEA_ROW_VALUE ("device", 0, TEXT, "NAME", "device to check (default auto)"),
    FOVEA_ROW_INTEGER ("threads", "N", 1, 4096, "threads of a CPU (default: its cores)"),
    {NULL},
};

/* What one kind of point, such as blocks.*.attn.hook_q, came to. NaN = not compared. */
typedef struct {
    char *kind;
    gint64 n_points, n_values;
    double plain_f32, record_f32, record_bf16; /* worst differences */
} KindResult;

static void
kind_result_free (gpointer data)
{
    KindResult *result = data;
    g_free (result->kind);
    g_free (result);
}

/* "blocks.3.attn.hook_q" is of kind "blocks.*.attn.hook_q". */
static char *
get_kind (const char *name)
{
    const char *rest = g_str_has_prefix (name, "blocks.") ? strchr (name + 7, '.') : NULL;
    return rest != NULL ? g_strconcat ("blocks.*", rest, NULL) : g_strdup (name);
}

/* The result of a point's kind, made when first met; kinds keep the order of the forward pass.
 */
static KindResult *
find_kind (GPtrArray *results, const char *name)
{
    g_autofree char *kind = get_kind (name);
    for (guint i = 0; i < results->len; i++) {
        KindResult *result = g_ptr_array_index (results, i);
        if (g_str_equal (result->kind, kind))
            return result;
    }
    KindResult *result = g_new0 (KindResult, 1);
    result->kind = g_steal_pointer (&kind);
    result->plain_f32 = result->record_f32 = result->record_bf16 = NAN;
    g_ptr_array_add (results, result);
    return result;
}

/* Larger of two differences; a NaN among the values counts as infinite, one not compared as none.
 */
static double
worse (double so_far, double difference)
{
    if (isnan (difference))
        return INFINITY;
    return isnan (so_far) ? difference : MAX (so_far, difference);
}

/* |a - b| as a share of @scale, or of b if that is larger. */
static double
get_difference (float a, double b, double scale)
{
    return (double) a == b ? 0 : fabs ((double) a - b) / MAX (scale, fabs (b));
}

/* The whole sequence through @device, everything kept in memory. */
static FoveaTrace *
capture_all (FoveaContext *context,
             FoveaModel *model,
             const SelfcheckRecord *record,
             const char *device_name,
             FoveaPrecision precision,
             GError **error)
{
    int n_threads = (int) fovea_arguments_integer (context->arguments, "threads", 0);
    g_autoptr (FoveaDevice) device = fovea_device_open (device_name, n_threads, error);
    FoveaPlanOptions plan_options = {.points = "all", .keep = FOVEA_F32};
    if (device != NULL)
        plan_options.attend = fovea_device_attend_dtype (device, precision);
    g_autoptr (FoveaPlan) plan =
        device != NULL ? fovea_plan_new (fovea_model_get_architecture (model), &plan_options, error)
                       : NULL;
    if (plan == NULL)
        return NULL;
    g_autoptr (FoveaTraceInfo) info =
        fovea_texts_from_ids (model, "selfcheck", record->ids, record->n_ids, error);
    FoveaSessionOptions session_options = {.precision = precision, .max_tokens = record->n_ids};
    g_autoptr (FoveaSession) session =
        info != NULL ? fovea_session_new (model, device, &session_options, error) : NULL;
    g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
    return session != NULL ? fovea_session_capture (session, info, plan, sink, NULL, NULL, NULL,
                                                    context->cancellable, error)
                           : NULL;
}

/* All values of a point; NULL if the trace does not have it. */
static float *
read_point (FoveaTrace *trace, const char *name, gint64 *n, GError **error)
{
    g_autoptr (FoveaArray) array = fovea_trace_describe_point (trace, name, error);
    if (array == NULL)
        return NULL;
    gint64 n_rows = fovea_array_n_rows (array);
    *n = n_rows * fovea_array_row_length (array);
    g_autofree float *values = g_new (float, *n);
    if (!fovea_trace_read (trace, name, 0, n_rows, values, error))
        return NULL;
    return g_steal_pointer (&values);
}

/* Every value of every point of the fast run against the plain one. */
static gboolean
compare_tables (FoveaTrace *plain, FoveaTrace *fast, GPtrArray *results, GError **error)
{
    g_auto (GStrv) names = fovea_trace_list_points (plain);
    for (guint i = 0; names[i] != NULL; i++) {
        if (fovea_point_is_optional (fovea_trace_get_info (plain)->architecture, names[i]))
            continue; /* copies of the stream */
        gint64 n, n_fast;
        g_autofree float *a = read_point (plain, names[i], &n, error);
        g_autofree float *b = a != NULL ? read_point (fast, names[i], &n_fast, error) : NULL;
        if (b == NULL)
            return FALSE;
        KindResult *result = find_kind (results, names[i]);
        result->n_points++;
        result->n_values += n;
        double worst = n == n_fast ? 0 : INFINITY;
        for (gint64 j = 0; j < MIN (n, n_fast); j++)
            worst = worse (worst, get_difference (b[j], a[j], 1));
        result->plain_f32 = worse (result->plain_f32, worst);
    }
    return TRUE;
}

/* Worst difference of a point's recorded values; with @by_largest as a share of the point's largest
 * value. */
static gboolean
compare_point (const SelfcheckPoint *point,
               FoveaTrace *trace,
               gboolean by_largest,
               double *worst,
               GError **error)
{
    gint64 n;
    g_autofree float *values = read_point (trace, point->name, &n, error);
    if (values == NULL)
        return FALSE;
    double scale = 1;
    for (gint64 i = 0; by_largest && i < n; i++)
        if (isfinite (values[i]))
            scale = MAX (scale, fabs ((double) values[i]));
    for (guint i = 0; i < point->n; i++) {
        gboolean inside = point->places[i] >= 0 && point->places[i] < n;
        *worst = worse (*worst,
                        inside ? get_difference (values[point->places[i]], point->values[i], scale)
                               : INFINITY);
    }
    return TRUE;
}

/* Recorded values against both precisions. */
static gboolean
compare_record (const SelfcheckRecord *record,
                FoveaTrace *f32,
                FoveaTrace *bf16,
                GPtrArray *results,
                GError **error)
{
    for (guint i = 0; i < record->points->len; i++) {
        const SelfcheckPoint *point = g_ptr_array_index (record->points, i);
        KindResult *result = find_kind (results, point->name);
        if (!compare_point (point, f32, FALSE, &result->record_f32, error) ||
            !compare_point (point, bf16, TRUE, &result->record_bf16, error))
            return FALSE;
    }
    return TRUE;
}

/* A difference that was not measured is fine; one that is NaN was made infinite before. */
static gboolean
is_within (double difference, double tolerance)
{
    return isnan (difference) || difference <= tolerance;
}

/* Whether all that was compared is within tolerance. */
static gboolean
passes (const KindResult *result)
{
    return is_within (result->plain_f32, F32_TOLERANCE) &&
           is_within (result->record_f32, F32_TOLERANCE) &&
           is_within (result->record_bf16, BF16_TOLERANCE);
}

/* The three measured columns: for people as "1.2e-05", since tables print three decimals. */
static void
set_difference (FoveaTable *table, guint row, guint column, double value, gboolean for_people)
{
    if (!for_people) {
        fovea_table_set_number (table, row, column, value);
        return;
    }
    g_autofree char *text = isnan (value) ? g_strdup ("-") : g_strdup_printf ("%.1e", value);
    fovea_table_set_text (table, row, column, text);
}

static FoveaTable *
make_table (GPtrArray *results, const char *device, gboolean for_people)
{
    FoveaColumnKind number = for_people ? FOVEA_COLUMN_TEXT : FOVEA_COLUMN_NUMBER;
    FoveaTable *table = fovea_table_new ("selfcheck");
    fovea_table_add_column (table, "kind", FOVEA_COLUMN_TEXT, "", "kind of point");
    fovea_table_add_column (table, "points", FOVEA_COLUMN_INTEGER, "", "points of it");
    fovea_table_add_column (table, "values", FOVEA_COLUMN_INTEGER, "", "values compared");
    fovea_table_add_column (table, "plain_f32", number, "share",
                            "worst difference to the plain table");
    fovea_table_add_column (table, "record_f32", number, "share",
                            "worst difference to TransformerLens");
    fovea_table_add_column (table, "record_bf16", number, "share",
                            "the same in bf16, of the point's largest value");
    fovea_table_add_column (table, "verdict", FOVEA_COLUMN_TEXT, "", "ok or FAILED");
    fovea_table_set_note (table, "device", device);
    fovea_table_set_note (table, "tolerance_f32", "1e-4");
    fovea_table_set_note (table, "tolerance_bf16", "1e-2");
    for (guint i = 0; i < results->len; i++) {
        const KindResult *result = g_ptr_array_index (results, i);
        guint row = fovea_table_add_row (table);
        fovea_table_set_text (table, row, 0, result->kind);
        fovea_table_set_integer (table, row, 1, result->n_points);
        fovea_table_set_integer (table, row, 2, result->n_values);
        set_difference (table, row, 3, result->plain_f32, for_people);
        set_difference (table, row, 4, result->record_f32, for_people);
        set_difference (table, row, 5, result->record_bf16, for_people);
        fovea_table_set_text (table, row, 6, passes (result) ? "ok" : "FAILED");
    }
    return table;
}

/* Prints the table, then one line: fine, or which kinds are not. */
static gboolean
report (FoveaContext *context, GPtrArray *results, const char *device, GError **error)
{
    g_autoptr (FoveaTable) table =
        make_table (results, device, fovea_command_get_format (context) == FOVEA_FORMAT_TEXT);
    if (!fovea_command_write_table (context, table, error))
        return FALSE;
    g_autoptr (GString) failed = g_string_new (NULL);
    guint n = 0;
    for (guint i = 0; i < results->len; i++) {
        const KindResult *result = g_ptr_array_index (results, i);
        if (!passes (result) && n++ < 3)
            g_string_append_printf (failed, " %s", result->kind);
    }
    if (n == 0) {
        fovea_command_note (context,
                            "selfcheck: %u kinds of points within 1e-4 (f32) and 1e-2 "
                            "(bf16) on %s",
                            results->len, device);
        return TRUE;
    }
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NUMERIC,
                 "selfcheck: %u of %u kinds of points are out of tolerance on %s:%s%s", n,
                 results->len, device, failed->str, n > 3 ? " ..." : "");
    return FALSE;
}

static gboolean
run_selfcheck (FoveaContext *context, GError **error)
{
    const char *name = fovea_arguments_text (context->arguments, "device", "auto");
    g_autoptr (FoveaModel) model = fovea_model_open ("demo", error);
    g_autoptr (SelfcheckRecord) record = model != NULL ? fovea_selfcheck_record_read (error) : NULL;
    g_autoptr (FoveaDevice) device =
        record != NULL ? fovea_command_open_device (context, error) : NULL;
    if (device == NULL)
        return FALSE;
    g_autoptr (FoveaTrace) plain =
        capture_all (context, model, record, "ref", FOVEA_PRECISION_F32, error);
    g_autoptr (FoveaTrace) f32 =
        plain != NULL ? capture_all (context, model, record, name, FOVEA_PRECISION_F32, error)
                      : NULL;
    g_autoptr (FoveaTrace) bf16 =
        f32 != NULL ? capture_all (context, model, record, name, FOVEA_PRECISION_BF16, error)
                    : NULL;
    if (bf16 == NULL)
        return FALSE;
    g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func (kind_result_free);
    return compare_tables (plain, f32, results, error) &&
           compare_record (record, f32, bf16, results, error) &&
           report (context, results, fovea_device_describe (device), error);
}

const FoveaCommand fovea_command_selfcheck = {
    .name = "selfcheck",
    .usage = "",
    .summary = "Compare this machine's results with recorded ones, point by point",
    .example = "fovea selfcheck",
    .options = options,
    .prints = TRUE,
    .run = run_selfcheck,
};
