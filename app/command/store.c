/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea store info`, `fovea store check` and `fovea store remove`. */
#include "storage/store.h"

#include "analysis/plain-text.h"
#include "app/command/command.h"
#include "app/command/meter.h"
#include "capture/count-text.h"
#include "storage/dictionary.h"

static const FoveaOption options[] = {{NULL}};

static const FoveaOption remove_options[] = {
    FOVEA_ROW_INTEGER (
        "sequence", "N", 1, G_MAXINT64, "its number, as 'store info' lists it (needed)"),
    {NULL},
};

/* One row a committed sequence, in order. */
static FoveaTable *
make_sequence_table (FoveaStore *store, GPtrArray *sequences)
{
    static const FoveaColumn columns[] = {
        {"sequence", FOVEA_COLUMN_INTEGER, "", "number of the sequence"},
        {"run", FOVEA_COLUMN_INTEGER, "", "its run"},
        {"position", FOVEA_COLUMN_INTEGER, "", "within the run"},
        {"tokens", FOVEA_COLUMN_INTEGER, "tokens", "length"},
        {"bytes", FOVEA_COLUMN_INTEGER, "bytes", "kept arrays"},
        {"title", FOVEA_COLUMN_TEXT, "", "what it is called"},
    };
    FoveaTable *table = fovea_table_new_with ("sequences", columns, G_N_ELEMENTS (columns));
    fovea_table_set_note (table, "store", fovea_store_get_path (store));
    fovea_table_set_note (table, "store_id", fovea_store_get_uuid (store));
    for (guint i = 0; i < sequences->len; i++) {
        const FoveaSequenceInfo *info = g_ptr_array_index (sequences, i);
        guint row = fovea_table_add_row (table);
        fovea_table_set_integer (table, row, 0, info->id);
        fovea_table_set_integer (table, row, 1, info->run_id);
        fovea_table_set_integer (table, row, 2, info->position);
        fovea_table_set_integer (table, row, 3, info->n_tokens);
        fovea_table_set_integer (table, row, 4, (gint64) info->n_bytes);
        fovea_table_set_text (table, row, 5, info->title);
    }
    return table;
}

/* A line for people; what a file says of itself may hold anything. */
static void G_GNUC_PRINTF (2, 3) append_line (GString *text, const char *format, ...)
{
    va_list list;
    va_start (list, format);
    g_autofree char *line = g_strdup_vprintf (format, list);
    va_end (list);
    g_autofree char *plain = fovea_plain_text (line);
    g_string_append_printf (text, "%s\n", plain);
}

static void
append_run (GString *text, const FoveaRunInfo *run)
{
    gboolean partial = !run->finished && run->n_planned > 0;
    g_autofree char *n = fovea_count_text (run->n_sequences);
    g_autofree char *planned = partial ? fovea_count_text (run->n_planned) : NULL;
    append_line (text, "run %" G_GINT64_FORMAT "  %s  %s  %s%s%s sequences%s", run->id, run->kind,
                 run->created, n, partial ? " of " : "", partial ? planned : "",
                 run->finished ? "" : "  (unfinished)");
    if (run->model_name != NULL)
        append_line (text,
                     "  model %s (%s), %" G_GINT64_FORMAT " layers x %" G_GINT64_FORMAT
                     " heads, hash %.12s",
                     run->model_name, run->family != NULL ? run->family : "?", run->n_layers,
                     run->n_heads, run->model_hash != NULL ? run->model_hash : "");
    append_line (text, "  device %s, precision %s, fovea %s", run->device, run->precision,
                 run->version);
    append_line (text, "  options %s", run->options);
}

static void
append_encoding (GString *text, const FoveaDictionaryInfo *info)
{
    g_autofree char *latents = fovea_count_text (info->n_latents);
    g_autofree char *n = fovea_count_text (info->n_sequences);
    g_autofree char *all = fovea_count_text (info->n_all);
    append_line (text, "codes of %s  %s  %s latents  %s of %s sequences%s", info->name, info->site,
                 latents, n, all,
                 info->finished ? "" : "  (unfinished: 'fovea sae encode' goes on)");
}

static void
note_encoding (FoveaTable *table, const FoveaDictionaryInfo *info)
{
    g_autofree char *key = g_strdup_printf ("codes_%" G_GINT64_FORMAT, info->id);
    g_autofree char *n = g_strconcat (key, "_sequences", NULL);
    g_autofree char *state = g_strconcat (key, "_state", NULL);
    g_autofree char *count = g_strdup_printf ("%" G_GINT64_FORMAT, info->n_sequences);
    fovea_table_set_note (table, key, info->name);
    fovea_table_set_note (table, n, count);
    fovea_table_set_note (table, state, info->finished ? "finished" : "unfinished");
}

/* Autoencoders whose codes the store has, then those of which it has some; of #FoveaDictionaryInfo. */
static GPtrArray *
list_encodings (FoveaStore *store, GError **error)
{
    g_autoptr (GPtrArray) all = fovea_store_list_dictionaries (store, error);
    GPtrArray *unfinished =
        all != NULL ? fovea_store_list_unfinished_dictionaries (store, error) : NULL;
    if (unfinished == NULL)
        return NULL;
    g_ptr_array_extend_and_steal (all, unfinished);
    return g_steal_pointer (&all);
}

/* The same in each run's notes, for programs: "run.1" = options and so on. */
static void
note_runs (FoveaTable *table, GPtrArray *runs)
{
    for (guint i = 0; i < runs->len; i++) {
        const FoveaRunInfo *run = g_ptr_array_index (runs, i);
        g_autofree char *key = g_strdup_printf ("run_%" G_GINT64_FORMAT "_options", run->id);
        g_autofree char *model = g_strdup_printf ("run_%" G_GINT64_FORMAT "_model", run->id);
        g_autofree char *state = g_strdup_printf ("run_%" G_GINT64_FORMAT "_state", run->id);
        fovea_table_set_note (table, key, run->options);
        fovea_table_set_note (table, model, run->model_name != NULL ? run->model_name : "");
        fovea_table_set_note (table, state, run->finished ? "finished" : "unfinished");
        if (run->n_planned == 0)
            continue; /* it is of an older Fovea */
        g_autofree char *planned = g_strdup_printf ("run_%" G_GINT64_FORMAT "_planned", run->id);
        g_autofree char *n = g_strdup_printf ("%" G_GINT64_FORMAT, run->n_planned);
        fovea_table_set_note (table, planned, n);
    }
}

static gboolean
run_info (FoveaContext *context, GError **error)
{
    g_autoptr (FoveaStore) store = fovea_store_open (
        fovea_arguments_positional (context->arguments, 0), FOVEA_STORE_READ, error);
    if (store == NULL)
        return FALSE;
    g_autoptr (GPtrArray) runs = fovea_store_list_runs (store, error);
    g_autoptr (GPtrArray) sequences =
        runs != NULL ? fovea_store_list_sequences (store, 0, error) : NULL;
    g_autoptr (GPtrArray) encodings = sequences != NULL ? list_encodings (store, error) : NULL;
    if (encodings == NULL)
        return FALSE;
    g_autoptr (FoveaTable) table = make_sequence_table (store, sequences);
    if (fovea_command_get_format (context) != FOVEA_FORMAT_TEXT) {
        note_runs (table, runs);
        for (guint i = 0; i < encodings->len; i++)
            note_encoding (table, g_ptr_array_index (encodings, i));
        return fovea_command_write_table (context, table, error);
    }
    g_autoptr (GString) text = g_string_new (NULL);
    append_line (text, "store %s", fovea_store_get_path (store));
    append_line (text, "  id %s", fovea_store_get_uuid (store));
    if (fovea_store_has_writer (fovea_store_get_path (store), FOVEA_WRITER_SEQUENCES))
        append_line (text, "  being written just now by a capture");
    if (fovea_store_has_writer (fovea_store_get_path (store), FOVEA_WRITER_CODES))
        append_line (text, "  being written just now by an encoding");
    g_string_append_c (text, '\n');
    for (guint i = 0; i < runs->len; i++)
        append_run (text, g_ptr_array_index (runs, i));
    for (guint i = 0; i < encodings->len; i++)
        append_encoding (text, g_ptr_array_index (encodings, i));
    g_autofree char *rows = fovea_table_print (table, FOVEA_FORMAT_TEXT);
    g_string_append_printf (text, "\n%s", rows);
    return fovea_command_write (context, text->str, (gssize) text->len, error);
}

typedef struct {
    FoveaMeter *meter;
    gboolean is_quiet;
} CheckProgress;

/* The meter is made when the total is known. */
static void
on_checked (gpointer data, guint64 done, guint64 total)
{
    CheckProgress *p = data;
    if (p->meter == NULL)
        p->meter = fovea_meter_new ("check", "bytes", (gint64) total, p->is_quiet);
    fovea_meter_update (p->meter, (gint64) done, NULL);
}

static gboolean
run_check (FoveaContext *context, GError **error)
{
    g_autoptr (FoveaStore) store = fovea_store_open (
        fovea_arguments_positional (context->arguments, 0), FOVEA_STORE_READ, error);
    if (store == NULL)
        return FALSE;
    CheckProgress p = {NULL, fovea_arguments_has (context->arguments, "quiet")};
    g_autoptr (FoveaTable) damage =
        fovea_store_check (store, on_checked, &p, context->cancellable, error);
    fovea_meter_free (p.meter);
    if (damage == NULL)
        return FALSE;
    guint n = fovea_table_get_n_rows (damage);
    if ((n > 0 || fovea_command_get_format (context) != FOVEA_FORMAT_TEXT) &&
        !fovea_command_write_table (context, damage, error))
        return FALSE;
    if (n == 0) {
        fovea_command_note (context, "%s is sound", fovea_store_get_path (store));
        return TRUE;
    }
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE, "store check: %s: %u damaged parts",
                 fovea_store_get_path (store), n);
    return FALSE;
}

static gboolean
run_remove (FoveaContext *context, GError **error)
{
    const FoveaArguments *a = context->arguments;
    if (!fovea_arguments_has (a, "sequence")) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "store remove needs --sequence N");
        return FALSE;
    }
    g_autoptr (FoveaStore) store =
        fovea_store_open (fovea_arguments_positional (a, 0), FOVEA_STORE_WRITE, error);
    return store != NULL &&
           fovea_store_remove_sequence (store, fovea_arguments_integer (a, "sequence", 0), error);
}

const FoveaCommand fovea_command_store_remove = {
    .name = "store remove",
    .usage = "STORE --sequence N",
    .summary = "Remove a sequence and all that is kept of it",
    .details =
        "Arrays, tokens, notes and codes go, and the file shrinks; tables that were measured\n"
        "with it stay as they are. Of a run that is not finished nothing is removed. Damaged "
        "codes\n"
        "keep nothing from going: they stay damaged until 'fovea sae encode' writes them anew.",
    .example = "fovea store remove a.fovea --sequence 1",
    .options = remove_options,
    .least_arguments = 1,
    .most_arguments = 1,
    .run = run_remove,
};

const FoveaCommand fovea_command_store_info = {
    .name = "store info",
    .usage = "STORE",
    .summary = "List runs, codes and sequences of a store",
    .details = "Of a run or an encoding that is not finished it says how far it is.",
    .example = "fovea store info a.fovea",
    .options = options,
    .prints = TRUE,
    .least_arguments = 1,
    .most_arguments = 1,
    .run = run_info,
};

const FoveaCommand fovea_command_store_check = {
    .name = "store check",
    .usage = "STORE",
    .summary = "Verify every checksum of a store and name what is damaged",
    .example = "fovea store check a.fovea",
    .options = options,
    .prints = TRUE,
    .least_arguments = 1,
    .most_arguments = 1,
    .run = run_check,
};
