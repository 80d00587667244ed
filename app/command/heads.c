/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea heads`: every score and role of every head. Programs get the whole table in the order of
 * layers; people get the scores that roles hang on, heads with a role first, strongest on top. */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "app/command/command.h"
#include "app/command/foretell.h"
#include "app/command/meter.h"
#include "app/heads-job.h"
#include "ui/figures/color-map.h"

static const FoveaOption options[] = {
    FOVEA_ROW_INTEGER (
        "run", "N", 1, G_MAXINT64, "of a store: this run alone (default: every sequence)"),
    FOVEA_ROW_INTEGER ("first",
                       "N",
                       2,
                       G_MAXINT64,
                       "of a store: score longer texts by their first N tokens (default: by all)"),
    FOVEA_ROW_INTEGER (
        "random-repeat", "P", 2, 1 << 24, "of a model: period of the random repeats (default 100)"),
    FOVEA_ROW_INTEGER ("limit", "M", 1, 1 << 20, "of a model: sequences of each kind (default 10)"),
    FOVEA_ROW_INTEGER (
        "tokens", "N", 2, 1 << 24, "of a model: length of the text windows (default 512)"),
    {NULL},
};

/* Shapes of ui.md's classes as characters, in the order of FoveaMark. */
static const char *const marks[] = {"●", "▲", "▬", "◆", "■", "✚", "▼", "○"};

/* How strongly a head plays its main role; below every score if it has none. */
static double
get_role_score (FoveaTable *heads, guint row)
{
    const char *column =
        fovea_heads_get_evidence (heads, row, fovea_table_read_text (heads, row, "role"));
    return column != NULL ? fovea_table_read_number (heads, row, column) : -1;
}

/* Order of classes: that of the marks; roles without a class of their own, then none, come last. */
static int
get_role_class (FoveaTable *heads, guint row)
{
    const char *role = fovea_table_read_text (heads, row, "role");
    FoveaMark mark = FOVEA_MARK_RING;
    fovea_color_map_role (FOVEA_THEME_LIGHT, role, &mark);
    return *role == '\0' ? G_MAXINT : (int) mark;
}

/* Class, then strength within it, then layer and head. */
static int
compare_rows (gconstpointer a, gconstpointer b, gpointer heads)
{
    guint i = *(const guint *) a, j = *(const guint *) b;
    int class_i = get_role_class (heads, i), class_j = get_role_class (heads, j);
    if (class_i != class_j)
        return class_i < class_j ? -1 : 1;
    double score_i = get_role_score (heads, i), score_j = get_role_score (heads, j);
    if (score_i != score_j)
        return score_i > score_j ? -1 : 1;
    return i < j ? -1 : i > j;
}

/* Columns that people see: heading, source column, and the one to use without random repeats. */
static const struct {
    const char *heading, *column, *text_column, *unit;
} shown[] = {
    {"induction", "induction", "induction_text", "share"},
    {"previous", "previous", "previous_text", "share"},
    {"duplicate", "duplicate", "duplicate_text", "share"},
    {"first", "first", "first_token", "share"},
    {"window 16", "window_16", "window_16", "share"},
    {"relative entropy", "entropy_normalised", "entropy_normalised", "of uniform"},
    {"mean distance", "mean_distance", "mean_distance", "tokens"},
};

/* "0.960 ± 0.002"; without error if there is one sequence, "" if there is no value. */
static char *
format_score (FoveaTable *heads, guint row, const char *column)
{
    g_autofree char *error_column = g_strconcat (column, "_se", NULL);
    double value = fovea_table_read_number (heads, row, column);
    double deviation = fovea_table_read_number (heads, row, error_column);
    int digits = value >= 100 ? 1 : value >= 10 ? 2 : 3;
    return isnan (value) ? g_strdup ("") : fovea_heads_write_score (value, deviation, digits);
}

/* What means and errors are over. */
static void
note_sequences (FoveaTable *readable, FoveaTable *heads)
{
    const char *n_text = fovea_table_get_note (heads, "n_text");
    const char *n_repeat = fovea_table_get_note (heads, "n_repeat");
    const char *period = fovea_table_get_note (heads, "repeat_period");
    const char *first = fovea_table_get_note (heads, "first_tokens");
    gboolean has_repeats = g_strcmp0 (n_repeat, "0") != 0;
    g_autofree char *repeats =
        has_repeats ? g_strdup_printf ("%s of random tokens repeated (period %s)", n_repeat, period)
                    : g_strdup ("no random repeats, so scores are those on text");
    g_autofree char *note =
        g_strdup_printf ("%s of text, %s; means, ± standard error over sequences",
                         n_text != NULL ? n_text : "0", repeats);
    fovea_table_set_note (readable, "sequences", note);
    if (first != NULL)
        fovea_table_set_note (readable, "first_tokens", first);
}

/* The table for people: sorted, with marks, value and error in one cell. */
static FoveaTable *
make_readable (FoveaTable *heads)
{
    guint n = fovea_table_get_n_rows (heads);
    g_autofree guint *order = g_new (guint, n + 1);
    for (guint i = 0; i < n; i++)
        order[i] = i;
    g_qsort_with_data (order, (int) n, sizeof *order, compare_rows, heads);
    FoveaTable *table = fovea_table_new ("heads");
    gboolean has_repeats = g_strcmp0 (fovea_table_get_note (heads, "n_repeat"), "0") != 0;
    note_sequences (table, heads);
    fovea_table_add_column (table, "head", FOVEA_COLUMN_TEXT, "", "layer.head");
    fovea_table_add_column (table, "role", FOVEA_COLUMN_TEXT, "", "main role");
    for (guint c = 0; c < G_N_ELEMENTS (shown); c++)
        fovea_table_add_column (table, shown[c].heading, FOVEA_COLUMN_TEXT, shown[c].unit,
                                shown[c].column);
    for (guint i = 0; i < n; i++) {
        const char *role = fovea_table_read_text (heads, order[i], "role");
        FoveaMark mark = FOVEA_MARK_RING;
        fovea_color_map_role (FOVEA_THEME_LIGHT, role, &mark);
        g_autofree char *label =
            *role != '\0' ? g_strdup_printf ("%s %s", marks[mark], role) : g_strdup ("");
        guint row = fovea_table_add_row (table);
        fovea_table_set_text (table, row, 0, fovea_table_read_text (heads, order[i], "name"));
        fovea_table_set_text (table, row, 1, label);
        for (guint c = 0; c < G_N_ELEMENTS (shown); c++) {
            const char *column = has_repeats ? shown[c].column : shown[c].text_column;
            g_autofree char *cell = format_score (heads, order[i], column);
            fovea_table_set_text (table, row, c + 2, cell);
        }
    }
    return table;
}

static gboolean
write_heads (FoveaContext *context, FoveaTable *heads, GError **error)
{
    if (fovea_command_get_format (context) != FOVEA_FORMAT_TEXT)
        return fovea_command_write_table (context, heads, error);
    g_autoptr (FoveaTable) readable = make_readable (heads);
    return fovea_command_write_table (context, readable, error);
}

/* A store by its first bytes, or by its suffix if it is not there. */
static gboolean
is_store (const char *path)
{
    static const char magic[16] = "SQLite format 3";
    char head[sizeof magic] = {0};
    g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
    g_autoptr (GFileInputStream) in = g_file_read (file, NULL, NULL);
    gsize n = 0;
    if (in != NULL)
        g_input_stream_read_all (G_INPUT_STREAM (in), head, sizeof head, &n, NULL, NULL);
    return g_str_has_suffix (path, ".fovea") ||
           (n == sizeof magic && memcmp (head, magic, sizeof magic) == 0);
}

/* The meter is made when the total is known. */
typedef struct {
    FoveaMeter *meter;
    const char *unit;
    gboolean is_quiet;
    gint64 since; /* us */
    FoveaJobTime said;
    double before; /* share that an earlier job has done */
} HeadsMeter;

/* FoveaProgress that draws the meter. */
static void
on_progress (gpointer data, gint64 done, gint64 total)
{
    HeadsMeter *m = data;
    if (m->meter == NULL)
        m->meter = fovea_meter_new ("heads", m->unit, total, m->is_quiet);
    fovea_meter_expect (
        m->meter, fovea_job_time_begin (m->since, (gint64) (m->before * (double) total), done),
        m->said.seconds);
    fovea_meter_update (m->meter, done, NULL);
}

/* An error if any of @names was given, since it would do nothing. */
static gboolean
refuse (const FoveaArguments *arguments, const char *const *names, const char *what, GError **error)
{
    for (; *names != NULL; names++) {
        if (!fovea_arguments_has (arguments, *names))
            continue;
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "--%s has no effect on a %s", *names,
                     what);
        return FALSE;
    }
    return TRUE;
}

/* Scores what a store holds, and keeps the table there. */
static FoveaTable *
score_store (FoveaContext *context, const char *path, GError **error)
{
    static const char *const idle[] = {"random-repeat", "limit",  "tokens", "device", "precision",
                                       "threads",       "memory", "seed",   NULL};
    if (!refuse (context->arguments, idle, "store", error))
        return NULL;
    gboolean writable = access (path, W_OK) == 0;
    g_autoptr (FoveaStore) store =
        fovea_store_open (path, writable ? FOVEA_STORE_WRITE : FOVEA_STORE_READ, error);
    if (store == NULL)
        return NULL;
    gint64 run = fovea_arguments_integer (context->arguments, "run", 0);
    gint64 first = fovea_arguments_integer (context->arguments, "first", 0);
    HeadsMeter m = {NULL, "tokens", fovea_arguments_has (context->arguments, "quiet"), 0, {0}, 0};
    if (!fovea_command_foretell_heads (context, store, run, &m.said, error))
        return NULL;
    m.before = fovea_heads_job_find_measured (store, run, first);
    fovea_command_note_measured (context, m.before);
    m.since = g_get_monotonic_time ();
    g_autoptr (FoveaTable) heads =
        fovea_heads_job_run_store (store, run, first, on_progress, &m, context->cancellable, error);
    fovea_meter_free (m.meter);
    if (heads == NULL) {
        fovea_command_set_stopped ("heads", fovea_heads_job_find_measured (store, run, first),
                                   error);
        return NULL;
    }
    if (m.before == 0)
        fovea_job_time_learn (FOVEA_JOB_HEADS, m.said,
                              (double) (g_get_monotonic_time () - m.since) / G_USEC_PER_SEC);
    if (writable && !fovea_heads_job_keep (store, run, heads, error))
        return NULL;
    if (!writable)
        fovea_command_note (context, "%s may not be written: the table is not kept there", path);
    return g_steal_pointer (&heads);
}

/* Scores a model on shipped text and random repeats. */
static FoveaTable *
score_model (FoveaContext *context, const char *name, GError **error)
{
    static const char *const idle[] = {"run", "first", NULL};
    const FoveaArguments *arguments = context->arguments;
    if (!refuse (arguments, idle, "model", error))
        return NULL;
    FoveaHeadsRequest request = {
        .model = name,
        .tokens = fovea_arguments_integer (arguments, "tokens", 0),
        .period = fovea_arguments_integer (arguments, "random-repeat", 0),
        .limit = fovea_arguments_integer (arguments, "limit", 0),
        .seed = (guint64) fovea_arguments_integer (arguments, "seed", 0),
        .device = fovea_arguments_text (arguments, "device", NULL),
        .precision = fovea_command_get_precision (context),
        .threads = (int) fovea_arguments_integer (arguments, "threads", 0),
        .memory = (guint64) fovea_arguments_integer (arguments, "memory", 0),
    };
    HeadsMeter m = {
        NULL, "tokens", fovea_arguments_has (arguments, "quiet"), g_get_monotonic_time (), {0}, 0};
    FoveaTable *heads =
        fovea_heads_job_run_model (&request, on_progress, &m, context->cancellable, error);
    fovea_meter_free (m.meter);
    return heads;
}

static gboolean
run_heads (FoveaContext *context, GError **error)
{
    const char *object = fovea_arguments_positional (context->arguments, 0);
    g_autoptr (FoveaTable) heads = is_store (object) ? score_store (context, object, error)
                                                     : score_model (context, object, error);
    return heads != NULL && write_heads (context, heads, error);
}

const FoveaCommand fovea_command_heads = {
    .name = "heads",
    .usage = "STORE or MODEL",
    .summary = "Score every attention head and name its role",
    .details =
        "A store is scored on what it holds, and keeps the table; where that takes long, time\n"
        "and memory are said before it begins, and after Ctrl-C or a crash the same command\n"
        "goes on with what is left. A model is run on shipped text and on random tokens repeated\n"
        "once; nothing is kept. Scores are means over sequences, ± their standard error; a role\n"
        "is named if its score passes the threshold by two standard errors.",
    .example = "fovea heads demo",
    .options = options,
    .runs_model = TRUE,
    .draws = TRUE,
    .prints = TRUE,
    .least_arguments = 1,
    .most_arguments = 1,
    .run = run_heads,
};
