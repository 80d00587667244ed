/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea recall`: what sparse attention keeps and what it costs. Programs get every row; people get
 * the widest object (the model, a layer or one head) with a few columns, and the two tables are kept
 * in the store. */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "analysis/seer-weights.h"
#include "analysis/sparse-cost.h"
#include "app/command/command.h"
#include "app/command/foretell.h"
#include "app/command/head-choice.h"
#include "app/command/meter.h"
#include "app/end-effect-job.h"
#include "app/recall-keep.h"
#include "capture/count-text.h"

static const FoveaOption options[] = {
    FOVEA_ROW_VALUE (
        "methods", 0, TEXT, "LIST", "ids, 'all' (default), or 'list' to print the table"),
    FOVEA_ROW_FLAG ("sweep", "whole curves: every method over its knob (default: one point each)"),
    FOVEA_ROW_VALUE (
        "set", 0, TEXTS, "KNOB=VALUE", "a knob, of every method that has it, or METHOD.KNOB=VALUE"),
    FOVEA_ROW_VALUE ("layers", 0, TEXT, "LIST", "3, 0-5 or 0,3-5 (default: all)"),
    FOVEA_ROW_VALUE (
        "heads", 0, TEXT, "LIST", "7 or 0-5 of every layer, 5.7 of one (default: all)"),
    FOVEA_ROW_INTEGER ("run", "N", 1, G_MAXINT64, "only this run (default: every run)"),
    FOVEA_ROW_INTEGER ("sequence",
                       "N",
                       1,
                       G_MAXINT64,
                       "only this sequence, as 'store info' numbers them (default: all)"),
    FOVEA_ROW_INTEGER ("first",
                       "N",
                       16,
                       G_MAXINT64,
                       "measure longer texts on their first N tokens, beside the curves of all "
                       "(default: all)"),
    FOVEA_ROW_FLAG ("summary", "density that a recall costs, and area, instead of points"),
    FOVEA_ROW_FLAG ("cost",
                    "what the model's points would save of a prefill and of a decode step, by "
                    "counting, instead of points"),
    FOVEA_ROW_VALUE ("end-effect",
                     0,
                     TEXT,
                     "MODEL",
                     "run the model that was captured with each method instead, and compare its "
                     "answers with those of dense attention"),
    FOVEA_ROW_FLAG ("replace",
                    "forget the points that the store has of these sequences (default: they stay, "
                    "those measured anew take the place of the same)"),
    FOVEA_ROW_FLAG ("histogram", "also how many queries have a recall up to 0.05, 0.1 ... 1"),
    FOVEA_ROW_FLAG ("mask-hash", "check value of every mask (FNV-1a); slow for oracles"),
    FOVEA_ROW_VALUE (
        "gates",
        0,
        TEXT,
        "FILE",
        "trained gates of SeerAttention for the model (safetensors), which 'seer' needs"),
    FOVEA_ROW_VALUE ("device",
                     0,
                     TEXT,
                     "NAME",
                     "where masks are measured: auto, cpu, cuda or cuda:N (default auto)"),
    FOVEA_ROW_INTEGER ("threads", "N", 1, 4096, "threads (default: all cores)"),
    FOVEA_ROW_INTEGER ("seed", "N", 0, G_MAXINT64, "of the bootstrap (default 0)"),
    {NULL},
};

/* --methods as a NULL-terminated array of methods. */
static GPtrArray *
read_methods (const FoveaArguments *arguments, GError **error)
{
    const char *list = fovea_arguments_text (arguments, "methods", "all");
    g_autoptr (GPtrArray) methods = g_ptr_array_new ();
    g_auto (GStrv) words = g_strsplit (list, ",", -1);
    for (gsize i = 0; g_str_equal (list, "all") && fovea_sparse_method_list ()[i] != NULL; i++)
        g_ptr_array_add (methods, (gpointer) fovea_sparse_method_list ()[i]);
    for (char **word = words; !g_str_equal (list, "all") && *word != NULL; word++) {
        g_autoptr (GError) failure = NULL;
        const FoveaSparseMethod *method = fovea_sparse_method_find (*word, &failure);
        if (method == NULL || g_ptr_array_find (methods, method, NULL)) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "--methods: %s%s",
                         method != NULL ? *word : failure->message,
                         method != NULL ? " is named twice" : "");
            return NULL;
        }
        g_ptr_array_add (methods, (gpointer) method);
    }
    g_ptr_array_add (methods, NULL);
    return g_steal_pointer (&methods);
}

/* Refuses a value that no sequence could make right. */
static gboolean
check_value (const FoveaSparseMethod *method, int index, double value, GError **error)
{
    const FoveaSparseKnob *knob = &method->knobs[index];
    if (value >= knob->low && value <= knob->high && (!knob->whole || value == floor (value)))
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "--set %s=%g: %s allows %s from %g to %g",
                 knob->name, value, method->id, knob->whole ? "whole numbers" : "numbers",
                 knob->low, knob->high);
    return FALSE;
}

/* Some chosen method must have the knob; METHOD in @setting must be chosen. */
static gboolean
check_setting (const FoveaSparseSetting *setting, GPtrArray *methods, GError **error)
{
    gboolean any = FALSE;
    for (guint i = 0; g_ptr_array_index (methods, i) != NULL; i++) {
        const FoveaSparseMethod *method = g_ptr_array_index (methods, i);
        int knob = fovea_sparse_method_find_knob (method, setting->knob);
        if (knob < 0 || (setting->method != NULL && !g_str_equal (setting->method, method->id)))
            continue;
        if (!check_value (method, knob, setting->value, error))
            return FALSE;
        any = TRUE;
    }
    if (any)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                 "--set %s%s%s: no chosen method has this knob; --methods list shows them",
                 setting->method != NULL ? setting->method : "", setting->method != NULL ? "." : "",
                 setting->knob);
    return FALSE;
}

/* One --set; its texts go to @texts. */
static gboolean
read_setting (const char *text,
              GPtrArray *methods,
              GPtrArray *texts,
              FoveaSparseSetting *setting,
              GError **error)
{
    const char *equals = strchr (text, '=');
    char *end = NULL;
    double value = equals != NULL ? g_ascii_strtod (equals + 1, &end) : 0;
    if (equals == NULL || end == equals + 1 || *end != '\0' || !isfinite (value)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "--set is '%s', expected KNOB=VALUE or METHOD.KNOB=VALUE", text);
        return FALSE;
    }
    char *name = g_strndup (text, (gsize) (equals - text));
    char *dot = strchr (name, '.');
    g_ptr_array_add (texts, name);
    if (dot != NULL)
        *dot = '\0';
    *setting = (FoveaSparseSetting){dot != NULL ? name : NULL, dot != NULL ? dot + 1 : name, value};
    return check_setting (setting, methods, error);
}

static gboolean
read_settings (const FoveaArguments *arguments,
               GPtrArray *methods,
               GPtrArray *texts,
               GArray *settings,
               GError **error)
{
    char **all = fovea_arguments_texts (arguments, "set");
    for (guint i = 0; all != NULL && all[i] != NULL; i++) {
        FoveaSparseSetting setting;
        if (!read_setting (all[i], methods, texts, &setting, error))
            return FALSE;
        g_array_append_val (settings, setting);
    }
    return TRUE;
}

/* Columns that people see of the points. */
static const struct {
    const char *heading, *column;
} shown[] = {
    {"density", "density"},  {"tiles", "block_density"},       {"recall", "recall"},
    {"late", "late_recall"}, {"5th percentile", "low_recall"}, {"least", "least_recall"},
    {"error", "error"},      {"oracle", "oracle_recall"},
};

/* Notes are what people must not miss: methods that could not apply. */
static void
copy_notes (FoveaTable *from, FoveaTable *to)
{
    g_auto (GStrv) keys = fovea_table_get_note_keys (from);
    for (char **key = keys; *key != NULL; key++)
        fovea_table_set_note (to, *key, fovea_table_get_note (from, *key));
}

/* A point may be the mean of several heads or texts, and no mask has the mean of their windows. */
static char *
write_knob (FoveaTable *points, guint row)
{
    double value = fovea_table_read_number (points, row, "value");
    const FoveaSparseMethod *method =
        fovea_sparse_method_find (fovea_table_read_text (points, row, "method"), NULL);
    if (isnan (value))
        return g_strdup ("");
    g_autofree char *number = method != NULL
                                  ? fovea_sparse_knob_write (&method->knobs[0], value, " (mean)")
                                  : g_strdup_printf ("%.4g", value);
    return g_strdup_printf ("%s %s", fovea_table_read_text (points, row, "knob"), number);
}

static void
fill_readable_row (FoveaTable *points, guint from, FoveaTable *table)
{
    gboolean selected = g_str_equal (fovea_table_read_text (points, from, "series"), "selected");
    guint row = fovea_table_add_row (table);
    g_autofree char *name = g_strconcat (fovea_table_read_text (points, from, "method"),
                                         selected ? " (selected)" : "", NULL);
    g_autofree char *knob = write_knob (points, from);
    fovea_table_set_text (table, row, 0, name);
    fovea_table_set_text (table, row, 1, knob);
    for (guint c = 0; c < G_N_ELEMENTS (shown); c++) {
        double number = fovea_table_read_number (points, from, shown[c].column);
        g_autofree char *cell = isnan (number) ? g_strdup ("") : g_strdup_printf ("%.3f", number);
        fovea_table_set_text (table, row, c + 2, cell);
    }
    for (guint c = G_N_ELEMENTS (shown) + 2; c < fovea_table_get_n_columns (table); c++)
        fovea_table_set_text (
            table, row, c,
            fovea_table_read_text (points, from,
                                   fovea_table_get_column (table, c, NULL, NULL, NULL)));
}

/* Rows of the first object, which is the widest; or, where check values were asked for, of the first
 * head, as only heads have masks. */
static void
find_object (FoveaTable *points, guint *first, guint *end)
{
    guint n = fovea_table_get_n_rows (points);
    *first = 0;
    for (guint row = 0; row < n && fovea_table_find_column (points, "mask_hash") >= 0; row++)
        if (*fovea_table_read_text (points, row, "mask_hash") != '\0') {
            *first = row;
            break;
        }
    const char *name = n > 0 ? fovea_table_read_text (points, *first, "name") : "";
    while (*first > 0 && g_str_equal (fovea_table_read_text (points, *first - 1, "name"), name))
        (*first)--;
    for (*end = *first; *end < n; (*end)++)
        if (!g_str_equal (fovea_table_read_text (points, *end, "name"), name))
            return;
}

/* Columns of words only where there are any. */
static FoveaTable *
make_readable (FoveaTable *points)
{
    static const char *const words[] = {"histogram", "mask_hash", "note"};
    FoveaTable *table = fovea_table_new ("recall");
    guint first, end;
    find_object (points, &first, &end);
    copy_notes (points, table);
    fovea_table_set_note (table, "object", fovea_table_read_text (points, first, "name"));
    fovea_table_add_column (table, "method", FOVEA_COLUMN_TEXT, "", "");
    fovea_table_add_column (table, "knob", FOVEA_COLUMN_TEXT, "", "");
    for (guint c = 0; c < G_N_ELEMENTS (shown); c++)
        fovea_table_add_column (table, shown[c].heading, FOVEA_COLUMN_TEXT, "", shown[c].column);
    for (guint w = 0; w < G_N_ELEMENTS (words); w++)
        for (guint i = first; i < end; i++)
            if (fovea_table_find_column (points, words[w]) >= 0 &&
                *fovea_table_read_text (points, i, words[w]) != '\0') {
                fovea_table_add_column (table, words[w], FOVEA_COLUMN_TEXT, "", "");
                break;
            }
    for (guint i = first; i < end; i++)
        fill_readable_row (points, i, table);
    return table;
}

/* --cost: for the sequences at hand, which must be of one length. */
static gboolean
write_cost (FoveaContext *context,
            FoveaStore *store,
            const FoveaRecallRequest *request,
            FoveaTable *points,
            GError **error)
{
    g_autoptr (GPtrArray) sequences = fovea_recall_request_list (request, store, error);
    if (sequences == NULL)
        return FALSE;
    const FoveaSequenceInfo *first = g_ptr_array_index (sequences, 0);
    const gint64 n_tokens = fovea_recall_request_count_tokens (request, first);
    for (guint i = 1; i < sequences->len; i++) {
        const FoveaSequenceInfo *other = g_ptr_array_index (sequences, i);
        if (fovea_recall_request_count_tokens (request, other) == n_tokens)
            continue;
        g_autofree char *one = fovea_count_text (first->n_tokens);
        g_autofree char *two = fovea_count_text (other->n_tokens);
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "--cost needs sequences of one length: %" G_GINT64_FORMAT
                     " has %s tokens, %" G_GINT64_FORMAT " has %s (choose with --sequence)",
                     first->id, one, other->id, two);
        return FALSE;
    }
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, first->id, error);
    if (trace == NULL)
        return FALSE;
    g_autoptr (FoveaTable) cost =
        fovea_sparse_cost_tabulate (points, fovea_trace_get_info (trace)->architecture, n_tokens);
    return fovea_command_write_table (context, cost, error);
}

static gboolean
write_tables (FoveaContext *context, FoveaTable *points, FoveaTable *summary, GError **error)
{
    if (fovea_arguments_has (context->arguments, "summary"))
        return fovea_command_write_table (context, summary, error);
    if (fovea_command_get_format (context) != FOVEA_FORMAT_TEXT)
        return fovea_command_write_table (context, points, error);
    g_autoptr (FoveaTable) readable = make_readable (points);
    return fovea_command_write_table (context, readable, error);
}

/* The meter is made when the total is known. */
typedef struct {
    FoveaMeter *meter;
    const char *unit;
    gboolean is_quiet;
    gint64 since; /* us */
    FoveaJobTime said;
    double before; /* share that an earlier job has done */
} RecallMeter;

/* FoveaProgress that draws the meter. */
static void
on_progress (gpointer data, gint64 done, gint64 total)
{
    RecallMeter *m = data;
    if (m->meter == NULL)
        m->meter = fovea_meter_new ("recall", m->unit, total, m->is_quiet);
    fovea_meter_expect (
        m->meter, fovea_job_time_begin (m->since, (gint64) (m->before * (double) total), done),
        m->said.seconds);
    fovea_meter_update (m->meter, done, NULL);
}

/* A store that is written if it may be. */
typedef struct {
    FoveaStore *store;
    gboolean writable;
} Keeper;

static gboolean
may_keep (FoveaContext *context, const Keeper *keeper, FoveaTable *table)
{
    if (!keeper->writable)
        fovea_command_note (context, "%s may not be written: table %s is not kept there",
                            fovea_store_get_path (keeper->store), fovea_table_get_name (table));
    return keeper->writable;
}

/* Adds points to those in the store; one that may not be written is no failure. */
static gboolean
keep_points (FoveaContext *context, const Keeper *keeper, FoveaTable *points, GError **error)
{
    guint n_kept = 0;
    if (!may_keep (context, keeper, points))
        return TRUE;
    g_autoptr (FoveaTable) merged = fovea_recall_keep (
        keeper->store, points, fovea_arguments_has (context->arguments, "replace"), &n_kept, error);
    if (merged != NULL && n_kept > 0)
        fovea_command_note (context,
                            "%s keeps %u points measured before beside these (--replace starts "
                            "anew)",
                            fovea_store_get_path (keeper->store), n_kept);
    return merged != NULL;
}

static gboolean
measure_curves (FoveaContext *context,
                const Keeper *keeper,
                FoveaRecallRequest *request,
                GError **error)
{
    gboolean interrupted;
    RecallMeter m = {NULL, "heads", fovea_arguments_has (context->arguments, "quiet"), 0, {0}, 0};
    if (!fovea_command_foretell_recall (context, keeper->store, request, &m.said, error))
        return FALSE;
    m.before = fovea_recall_job_find_measured (keeper->store, request);
    fovea_command_note_measured (context, m.before);
    m.since = g_get_monotonic_time ();
    g_autoptr (FoveaTable) points = fovea_recall_job_run (
        keeper->store, request, on_progress, &m, &interrupted, context->cancellable, error);
    fovea_meter_free (m.meter);
    if (points == NULL) {
        fovea_command_set_stopped ("recall",
                                   fovea_recall_job_find_measured (keeper->store, request), error);
        return FALSE;
    }
    if (!interrupted && m.before == 0)
        fovea_job_time_learn (FOVEA_JOB_CURVES, m.said,
                              (double) (g_get_monotonic_time () - m.since) / G_USEC_PER_SEC);
    g_autoptr (FoveaTable) summary = fovea_sparse_curves_summarise (points);
    if (!keep_points (context, keeper, points, error))
        return FALSE;
    if (!interrupted && fovea_arguments_has (context->arguments, "cost"))
        return write_cost (context, keeper->store, request, points, error);
    if (!interrupted)
        return write_tables (context, points, summary, error);
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "recall: interrupted%s",
                 keeper->writable ? "; the store keeps the heads that were finished" : "");
    fovea_command_set_stopped ("recall", fovea_recall_job_find_measured (keeper->store, request),
                               error);
    return FALSE;
}

static gboolean
measure_effect (FoveaContext *context,
                const Keeper *keeper,
                FoveaRecallRequest *request,
                GError **error)
{
    RecallMeter m = {NULL,
                     "runs",
                     fovea_arguments_has (context->arguments, "quiet"),
                     g_get_monotonic_time (),
                     {0}};
    g_autoptr (FoveaTable) table = fovea_end_effect_job_run (
        keeper->store, request, fovea_arguments_text (context->arguments, "end-effect", NULL),
        on_progress, &m, context->cancellable, error);
    fovea_meter_free (m.meter);
    if (table == NULL ||
        (may_keep (context, keeper, table) &&
         !fovea_store_put_table (
             keeper->store, fovea_arguments_integer (context->arguments, "run", 0), table, error)))
        return FALSE;
    return fovea_command_write_table (context, table, error);
}

static gboolean
measure (FoveaContext *context, FoveaRecallRequest *request, GError **error)
{
    const char *path = fovea_arguments_positional (context->arguments, 0);
    const char *gates_path = fovea_arguments_text (context->arguments, "gates", NULL);
    g_autoptr (FoveaSeerWeights) gates =
        gates_path != NULL ? fovea_seer_weights_open (gates_path, error) : NULL;
    if (gates_path != NULL && gates == NULL)
        return FALSE;
    request->curves.gates = gates;
    gboolean writable = access (path, W_OK) == 0;
    g_autoptr (FoveaStore) store =
        fovea_store_open (path, writable ? FOVEA_STORE_WRITE : FOVEA_STORE_READ, error);
    if (store == NULL)
        return FALSE;
    const Keeper keeper = {store, writable};
    gboolean done = fovea_arguments_has (context->arguments, "end-effect")
                        ? measure_effect (context, &keeper, request, error)
                        : measure_curves (context, &keeper, request, error);
    g_free ((gpointer) request->curves.heads);
    return done;
}

/* Refuses options that say nothing about a run of the model. */
static gboolean
check_effects (const FoveaArguments *arguments, GError **error)
{
    static const char *const idle[] = {"summary",   "cost", "histogram", "replace",
                                       "mask-hash", "seed", "device",    "first"};
    for (guint i = 0; i < G_N_ELEMENTS (idle); i++) {
        if (!fovea_arguments_has (arguments, "end-effect") ||
            !fovea_arguments_has (arguments, idle[i]))
            continue;
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "--%s has no effect with --end-effect",
                     idle[i]);
        return FALSE;
    }
    return TRUE;
}

static gboolean
run_recall (FoveaContext *context, GError **error)
{
    const FoveaArguments *arguments = context->arguments;
    if (g_str_equal (fovea_arguments_text (arguments, "methods", ""), "list")) {
        g_autoptr (FoveaTable) table = fovea_sparse_curves_list_methods ();
        if (fovea_arguments_positional (arguments, 0) != NULL) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                         "--methods list takes no store: unexpected argument '%s'",
                         fovea_arguments_positional (arguments, 0));
            return FALSE;
        }
        return fovea_command_write_table (context, table, error);
    }
    if (fovea_arguments_positional (arguments, 0) == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "too few arguments: fovea recall STORE");
        return FALSE;
    }
    g_autoptr (GPtrArray) methods = read_methods (arguments, error);
    g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (GArray) settings = g_array_new (FALSE, FALSE, sizeof (FoveaSparseSetting));
    if (methods == NULL || !check_effects (arguments, error) ||
        !read_settings (arguments, methods, texts, settings, error))
        return FALSE;
    gboolean chosen =
        fovea_arguments_has (arguments, "layers") || fovea_arguments_has (arguments, "heads");
    FoveaRecallRequest request = {
        .run = fovea_arguments_integer (arguments, "run", 0),
        .sequence = fovea_arguments_integer (arguments, "sequence", 0),
        .first_tokens = fovea_arguments_integer (arguments, "first", 0),
        .threads = (int) fovea_arguments_integer (arguments, "threads", 0),
        .device = fovea_arguments_text (arguments, "device", "auto"),
        .curves = {.methods = (const FoveaSparseMethod *const *) methods->pdata,
                   .sweep = fovea_arguments_has (arguments, "sweep"),
                   .settings = (const FoveaSparseSetting *) (gpointer) settings->data,
                   .n_settings = settings->len,
                   .hashes = fovea_arguments_has (arguments, "mask-hash"),
                   .histograms = fovea_arguments_has (arguments, "histogram"),
                   .seed = (guint64) fovea_arguments_integer (arguments, "seed", 0)},
        .choose = chosen ? fovea_command_choose_heads : NULL,
        .choose_data = (gpointer) arguments,
    };
    return measure (context, &request, error);
}

const FoveaCommand fovea_command_recall = {
    .name = "recall",
    .usage = "STORE",
    .summary = "Measure what sparse attention would keep and lose",
    .details =
        "Density is the share of allowed cells that a method computes, recall the mass of the\n"
        "full softmax that they hold, error what the output loses. Every method is judged on\n"
        "the exact weights of the captured heads; oracles bound what any method could do.\n"
        "After Ctrl-C or a crash the same command goes on with the layers that are left.\n"
        "The tables 'recall' and 'sparsity' stay in the store, point beside point of what was\n"
        "measured on the same sequences before; 'end_effect' with --end-effect, which runs\n"
        "the model with a method in the place of attention and gives the KL of its answers, the\n"
        "change of loss, how often the likeliest token is the same, and how often repeats in the\n"
        "text are still copied.",
    .example = "fovea recall a.fovea --methods streaming,oracle-token --sweep --layers 5",
    .options = options,
    .prints = TRUE,
    .most_arguments = 1,
    .run = run_recall,
};
