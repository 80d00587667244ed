/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea selfcheck`: does this machine compute what it should? Without a model: the bundled one
 * against values that TransformerLens recorded (data/demo/selfcheck.json, sampled by
 * tests/make-selfcheck.py). With a model: against a file of values, or the plain table alone. With a
 * folder of models: a line for each. */
#include <math.h>
#include <string.h>

#include "app/command/command.h"
#include "app/command/selfcheck-run.h"
#include "capture/random.h"
#include "capture/texts.h"

/* Beside a model's weights, its reference. */
#define REFERENCE_NAME "reference.safetensors"

static const FoveaOption options[] = {
    FOVEA_ROW_VALUE ("device", 0, TEXT, "NAME", "device to check (default auto)"),
    FOVEA_ROW_INTEGER ("threads", "N", 1, 4096, "threads of a CPU (default: its cores)"),
    FOVEA_ROW_VALUE ("reference",
                     0,
                     TEXT,
                     "FILE",
                     "values of points or of transformers (default: MODEL/" REFERENCE_NAME
                     " if it is there)"),
    FOVEA_ROW_INTEGER (
        "tokens", "N", 1, 1 << 16, "random tokens where there is no reference (default 64)"),
    FOVEA_ROW_INTEGER ("seed", "N", 0, G_MAXINT64, "of those tokens (default 0)"),
    {NULL},
};

/* The device's name as it was asked for: a run opens it anew, with memory of its own. */
typedef struct {
    FoveaContext *context;
    const char *device;
    int n_threads;
} Check;

/* One sequence of random tokens, for a model that nobody has recorded. */
static GPtrArray *
make_random (Check *check, FoveaModel *model, GError **error)
{
    const FoveaArchitecture *architecture = fovea_model_get_architecture (model);
    gint64 n = fovea_arguments_integer (check->context->arguments, "tokens", 64);
    n = architecture->context > 0 ? MIN (n, architecture->context) : n;
    if (architecture->image_size > 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                     "selfcheck: %s reads pictures; give --reference with pixel_values",
                     fovea_model_get_name (model));
        return NULL;
    }
    FoveaRandom random;
    fovea_random_init (&random,
                       (guint64) fovea_arguments_integer (check->context->arguments, "seed", 0));
    g_autofree gint32 *ids = g_new (gint32, (gsize) n);
    for (gint64 i = 0; i < n; i++)
        ids[i] = (gint32) fovea_random_below (&random, (guint64) architecture->vocabulary);
    FoveaTraceInfo *info = fovea_texts_from_ids (model, "random tokens", ids, n, error);
    if (info == NULL)
        return NULL;
    GPtrArray *records =
        g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_selfcheck_record_free);
    g_ptr_array_add (records, fovea_selfcheck_record_new (info));
    return records;
}

/* The file that is named, or lies beside the weights; NULL = neither. */
static char *
find_reference (Check *check, const char *model)
{
    const char *named = fovea_arguments_text (check->context->arguments, "reference", NULL);
    if (named != NULL)
        return g_strdup (named);
    g_autofree char *beside = g_build_filename (model, REFERENCE_NAME, NULL);
    return g_file_test (beside, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer (&beside) : NULL;
}

/* What to compare @model with: recorded sequences, or random ones. */
static GPtrArray *
get_records (Check *check, const char *name, FoveaModel *model, GError **error)
{
    g_autofree char *path = find_reference (check, name);
    g_autofree char *ignored = NULL;
    if (name == NULL) {
        SelfcheckRecord *record = fovea_selfcheck_record_read (model, error);
        if (record == NULL)
            return NULL;
        GPtrArray *records =
            g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_selfcheck_record_free);
        g_ptr_array_add (records, record);
        return records;
    }
    if (path == NULL)
        return make_random (check, model, error);
    GPtrArray *records = fovea_selfcheck_reference_read (model, path, &ignored, error);
    if (records != NULL && ignored != NULL)
        fovea_command_note (check->context, "selfcheck: %s: no points, not compared: %s", path,
                            ignored);
    return records;
}

/* Results of all sequences of a model; @name NULL = the bundled one with its record. */
static GPtrArray *
check_model (Check *check, const char *name, char **family, GError **error)
{
    g_autoptr (FoveaModel) model = fovea_model_open (name != NULL ? name : "demo", error);
    g_autoptr (GPtrArray) records = model != NULL ? get_records (check, name, model, error) : NULL;
    if (records == NULL)
        return NULL;
    if (family != NULL)
        *family = g_strdup (fovea_model_get_architecture (model)->family);
    g_autoptr (GPtrArray) results =
        g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_selfcheck_result_free);
    for (guint i = 0; i < records->len; i++)
        if (!fovea_selfcheck_run (model, records->pdata[i], check->device, check->n_threads,
                                  results, check->context->cancellable, error))
            return NULL;
    return g_steal_pointer (&results);
}

/* Larger of two differences, where NaN is none. */
static void
keep_larger (double *so_far, double difference)
{
    if (!isnan (difference) && !(*so_far >= difference))
        *so_far = difference;
}

/* Measured columns: for people as "1.2e-05", since tables print three decimals. */
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

/* Columns of what was compared at all, in @used; their places begin behind @table's own. */
static void
add_checks (FoveaTable *table, GPtrArray *results, gboolean for_people, gboolean *used)
{
    static const char *const words[] = {"worst difference to the plain table",
                                        "worst difference to the record"};
    memset (used, 0, FOVEA_N_CHECKS * sizeof *used);
    for (guint i = 0; i < results->len; i++)
        for (guint c = 0; c < FOVEA_N_CHECKS; c++)
            used[c] |= !isnan (((SelfcheckResult *) results->pdata[i])->worst[c]);
    for (guint c = 0; c < FOVEA_N_CHECKS; c++)
        if (used[c])
            fovea_table_add_column (table, fovea_selfcheck_get_name ((FoveaCheck) c),
                                    for_people ? FOVEA_COLUMN_TEXT : FOVEA_COLUMN_NUMBER, "share",
                                    words[c % 2]);
    fovea_table_add_column (table, "f32_of_row",
                            for_people ? FOVEA_COLUMN_TEXT : FOVEA_COLUMN_NUMBER, "share",
                            "worst f32 difference by the root mean square of its row; judged");
    fovea_table_add_column (table, "verdict", FOVEA_COLUMN_TEXT, "", "ok or FAILED");
}

/* The differences and the verdict of one row, from column @first on. */
static void
fill_checks (FoveaTable *table,
             guint row,
             guint first,
             const SelfcheckResult *result,
             const gboolean *used,
             gboolean for_people)
{
    for (guint c = 0; c < FOVEA_N_CHECKS; c++)
        if (used[c])
            set_difference (table, row, first++, result->worst[c], for_people);
    double of_row = result->of_row[FOVEA_CHECK_RECORD_F32];
    keep_larger (&of_row, result->of_row[FOVEA_CHECK_PLAIN_F32]);
    set_difference (table, row, first++, of_row, for_people);
    fovea_table_set_text (table, row, first, fovea_selfcheck_passes (result) ? "ok" : "FAILED");
}

static FoveaTable *
start_table (const char *device)
{
    FoveaTable *table = fovea_table_new ("selfcheck");
    fovea_table_set_note (table, "device", device);
    fovea_table_set_note (table, "tolerance_f32", "1e-4");
    fovea_table_set_note (table, "tolerance_bf16", "1e-2");
    return table;
}

static FoveaTable *
make_table (GPtrArray *results, const char *device, gboolean for_people)
{
    gboolean used[FOVEA_N_CHECKS];
    FoveaTable *table = start_table (device);
    fovea_table_add_column (table, "kind", FOVEA_COLUMN_TEXT, "", "kind of point");
    fovea_table_add_column (table, "points", FOVEA_COLUMN_INTEGER, "", "points of it");
    fovea_table_add_column (table, "values", FOVEA_COLUMN_INTEGER, "", "values compared");
    add_checks (table, results, for_people, used);
    for (guint i = 0; i < results->len; i++) {
        const SelfcheckResult *result = g_ptr_array_index (results, i);
        guint row = fovea_table_add_row (table);
        fovea_table_set_text (table, row, 0, result->kind);
        fovea_table_set_integer (table, row, 1, result->n_points);
        fovea_table_set_integer (table, row, 2, result->n_values);
        fill_checks (table, row, 3, result, used, for_people);
    }
    return table;
}

/* Says that all of @results pass, or which do not; @what: "kinds of points". */
static gboolean
judge (
    FoveaContext *context, GPtrArray *results, const char *what, const char *device, GError **error)
{
    g_autoptr (GString) failed = g_string_new (NULL);
    gboolean sampled = FALSE;
    guint n = 0;
    for (guint i = 0; i < results->len; i++) {
        const SelfcheckResult *result = g_ptr_array_index (results, i);
        sampled |= result->sampled;
        if (!fovea_selfcheck_passes (result) && n++ < 3)
            g_string_append_printf (failed, " %s", result->kind);
    }
    if (n == 0) {
        fovea_command_note (context, "selfcheck: %u %s within 1e-4 (f32)%s on %s", results->len,
                            what, sampled ? " and 1e-2 (bf16)" : "", device);
        return TRUE;
    }
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NUMERIC,
                 "selfcheck: %u of %u %s are out of tolerance on %s:%s%s", n, results->len, what,
                 device, failed->str, n > 3 ? " ..." : "");
    return FALSE;
}

static gboolean
report_model (Check *check, const char *name, const char *device, GError **error)
{
    g_autoptr (GPtrArray) results = check_model (check, name, NULL, error);
    if (results == NULL)
        return FALSE;
    g_autoptr (FoveaTable) table = make_table (
        results, device, fovea_command_get_format (check->context) == FOVEA_FORMAT_TEXT);
    return fovea_command_write_table (check->context, table, error) &&
           judge (check->context, results, "kinds of points", device, error);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
    return strcmp (*(char *const *) a, *(char *const *) b);
}

/* Folders with a config.json inside @folder, by name; empty = @folder holds no models. */
static GPtrArray *
list_models (const char *folder)
{
    GPtrArray *models = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
        g_autofree char *config = g_build_filename (folder, name, "config.json", NULL);
        if (g_file_test (config, G_FILE_TEST_IS_REGULAR))
            g_ptr_array_add (models, g_strdup (name));
    }
    g_ptr_array_sort (models, compare_names);
    return models;
}

/* The worst kind of each check stands for the model. */
static SelfcheckResult *
sum_up (const char *name, GPtrArray *results)
{
    SelfcheckResult *sum = g_new0 (SelfcheckResult, 1);
    sum->kind = g_strdup (name);
    for (guint c = 0; c < FOVEA_N_CHECKS; c++)
        sum->worst[c] = NAN;
    sum->of_row[FOVEA_CHECK_PLAIN_F32] = sum->of_row[FOVEA_CHECK_RECORD_F32] = NAN;
    for (guint i = 0; i < results->len; i++) {
        const SelfcheckResult *result = g_ptr_array_index (results, i);
        sum->n_points += result->n_points;
        sum->n_values += result->n_values;
        for (guint c = 0; c < FOVEA_N_CHECKS; c++)
            keep_larger (&sum->worst[c], result->worst[c]);
        for (guint c = 0; c < G_N_ELEMENTS (sum->of_row); c++)
            keep_larger (&sum->of_row[c], result->of_row[c]);
    }
    return sum;
}

/* A line for each model of a folder. */
static gboolean
report_folder (
    Check *check, const char *folder, GPtrArray *models, const char *device, GError **error)
{
    gboolean used[FOVEA_N_CHECKS];
    gboolean for_people = fovea_command_get_format (check->context) == FOVEA_FORMAT_TEXT;
    g_autoptr (GPtrArray) sums =
        g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_selfcheck_result_free);
    g_autoptr (GPtrArray) families = g_ptr_array_new_with_free_func (g_free);
    for (guint i = 0; i < models->len; i++) {
        char *family = NULL;
        g_autofree char *path = g_build_filename (folder, models->pdata[i], NULL);
        g_autoptr (GPtrArray) results = check_model (check, path, &family, error);
        if (results == NULL) {
            g_free (family);
            g_prefix_error (error, "%s: ", path);
            return FALSE;
        }
        g_ptr_array_add (families, family);
        g_ptr_array_add (sums, sum_up (models->pdata[i], results));
    }
    g_autoptr (FoveaTable) table = start_table (device);
    fovea_table_add_column (table, "model", FOVEA_COLUMN_TEXT, "", "folder");
    fovea_table_add_column (table, "family", FOVEA_COLUMN_TEXT, "", "model_type");
    fovea_table_add_column (table, "values", FOVEA_COLUMN_INTEGER, "", "values compared");
    add_checks (table, sums, for_people, used);
    for (guint i = 0; i < sums->len; i++) {
        const SelfcheckResult *sum = sums->pdata[i];
        guint row = fovea_table_add_row (table);
        fovea_table_set_text (table, row, 0, sum->kind);
        fovea_table_set_text (table, row, 1, families->pdata[i]);
        fovea_table_set_integer (table, row, 2, sum->n_values);
        fill_checks (table, row, 3, sum, used, for_people);
    }
    return fovea_command_write_table (check->context, table, error) &&
           judge (check->context, sums, "models", device, error);
}

static gboolean
run_selfcheck (FoveaContext *context, GError **error)
{
    const FoveaArguments *arguments = context->arguments;
    const char *name = fovea_arguments_positional (arguments, 0);
    Check check = {context, fovea_arguments_text (arguments, "device", "auto"),
                   (int) fovea_arguments_integer (arguments, "threads", 0)};
    g_autoptr (FoveaDevice) device = fovea_command_open_device (context, error);
    if (device == NULL)
        return FALSE;
    if (name == NULL && fovea_arguments_has (arguments, "reference")) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "--reference needs the MODEL that it was made with");
        return FALSE;
    }
    g_autofree char *config = name != NULL ? g_build_filename (name, "config.json", NULL) : NULL;
    g_autoptr (GPtrArray) models =
        name != NULL && !g_file_test (config, G_FILE_TEST_EXISTS) ? list_models (name) : NULL;
    if (models != NULL && models->len > 0)
        return report_folder (&check, name, models, fovea_device_describe (device), error);
    return report_model (&check, name, fovea_device_describe (device), error);
}

const FoveaCommand fovea_command_selfcheck = {
    .name = "selfcheck",
    .usage = "[MODEL or FOLDER of models]",
    .summary = "Compare this machine's results with recorded ones, point by point",
    .details =
        "Without MODEL, the bundled one against values recorded with TransformerLens. Of a MODEL,\n"
        "every point on the device against the plain table, in each precision, and against a\n"
        "reference: a safetensors file with input_ids (T) or (B, T) and points under\n"
        "TransformerLens's names, or hidden.N, attention.N and logits of transformers. "
        "Differences\n"
        "in f32 are the worst of any value (a share where it is above 1), in bf16 relative root\n"
        "mean squares. f32_of_row, which is judged, takes differences by the root mean square of\n"
        "a token's values where that is above 1: a stream that holds a 60,000 rounds more than\n"
        "1e-4 off its small values on every device. Exit status 1: that is not within 1e-4, or\n"
        "of the bundled model bf16 not within 1e-2 of a point's largest value.",
    .example = "fovea selfcheck ./gemma --reference gemma-transformers.safetensors",
    .options = options,
    .most_arguments = 1,
    .prints = TRUE,
    .run = run_selfcheck,
};
