/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One trace is open at a time, so memory is that of one sequence and of its measurements. */
#include "app/recall-job.h"

#include <json-glib/json-glib.h>

#include <math.h>

#include "analysis/seer-weights.h"
#include "analysis/sparse-scorer.h"
#include "app/kept-work.h"
#include "capture/trace-prefix.h"

/* One run under way. */
typedef struct {
    FoveaStore *store;
    FoveaRecallRequest *request;
    FoveaSparseCurves *curves;
    FoveaThreads *threads;
    FoveaMeasurement *measurement; /* NULL until the heads are known */
    FoveaProgress progress;
    gpointer progress_data;
    gint64 before, n_sequences;
    GCancellable *cancellable;
} Job;

/* FoveaProgress of one sequence. */
static void
on_progress (gpointer data, gint64 done, gint64 total)
{
    Job *job = data;
    if (job->progress != NULL)
        job->progress (job->progress_data, job->before * total + done, job->n_sequences * total);
}

/* Of all heads those whose attention is there: an import may be of one layer alone. NULL = of every layer, or of none,
 * which is an error later; of heads that were asked for none is left out quietly. */
static gboolean *
leave_out_silent (FoveaTrace *trace)
{
    const FoveaArchitecture *a = fovea_trace_get_info (trace)->architecture;
    g_autofree gboolean *heads = g_new (gboolean, (gsize) (a->n_layers * a->n_heads));
    gint64 n = 0;
    for (gint64 i = 0; i < a->n_layers * a->n_heads; i++) {
        heads[i] = fovea_attention_has_pattern (trace, (guint) (i / a->n_heads));
        n += heads[i];
    }
    return n > 0 && n < a->n_layers * a->n_heads ? g_steal_pointer (&heads) : NULL;
}

gboolean
fovea_recall_request_choose_heads (FoveaRecallRequest *request, FoveaTrace *trace, GError **error)
{
    const FoveaArchitecture *architecture = fovea_trace_get_info (trace)->architecture;
    if (request->curves.heads != NULL)
        return TRUE;
    if (request->choose == NULL) {
        request->curves.heads = leave_out_silent (trace);
        return TRUE;
    }
    request->curves.heads = request->choose (request->choose_data, architecture->n_layers,
                                             architecture->n_heads, error);
    return request->curves.heads != NULL;
}

static void
add_text (JsonBuilder *builder, const char *name, const char *value)
{
    json_builder_set_member_name (builder, name);
    json_builder_add_string_value (builder, value);
}

static void
add_integer (JsonBuilder *builder, const char *name, gint64 value)
{
    json_builder_set_member_name (builder, name);
    json_builder_add_int_value (builder, value);
}

/* A GPU, or NULL if the processor measures what it chose. */
static gboolean
open_device (const FoveaRecallRequest *request, FoveaDevice **device, GError **error)
{
    *device = NULL;
    if (request->device == NULL)
        return TRUE;
    *device = fovea_device_open (request->device, request->threads, error);
    if (*device == NULL)
        return FALSE;
    if (!fovea_device_has_own_memory (*device))
        g_clear_pointer (device, fovea_device_free);
    return TRUE;
}

/* All that a layer's results depend on beside the sequence; heads as those that are wanted, in their order.
 * Owner: caller. */
static char *
print_options (const FoveaRecallRequest *request, const char *device, gint64 n_heads)
{
    const FoveaSparseCurvesOptions *c = &request->curves;
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    gint64 n_wanted = 0;
    for (gint64 i = 0; c->heads != NULL && i < n_heads; i++)
        n_wanted += c->heads[i];
    g_autofree char *heads =
        c->heads != NULL && n_wanted < n_heads
            ? g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) c->heads,
                                           (gsize) n_heads * sizeof *c->heads)
            : g_strdup ("all");
    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "methods");
    json_builder_begin_array (builder);
    for (gsize i = 0; c->methods[i] != NULL; i++)
        json_builder_add_string_value (builder, c->methods[i]->id);
    json_builder_end_array (builder);
    json_builder_set_member_name (builder, "settings");
    json_builder_begin_array (builder);
    for (gsize i = 0; i < c->n_settings; i++) {
        json_builder_add_string_value (builder,
                                       c->settings[i].method != NULL ? c->settings[i].method : "");
        json_builder_add_string_value (builder, c->settings[i].knob);
        json_builder_add_double_value (builder, c->settings[i].value);
    }
    json_builder_end_array (builder);
    add_text (builder, "heads", heads);
    add_text (builder, "device", device);
    add_integer (builder, "first_tokens", request->first_tokens);
    add_integer (builder, "sweep", c->sweep);
    add_integer (builder, "hashes", c->hashes);
    add_integer (builder, "histograms", c->histograms);
    if (c->gates != NULL) {
        g_autofree char *gates = fovea_seer_weights_hash (c->gates);
        add_text (builder, "gates", gates);
    }
    add_integer (builder, "bytes", (gint64) fovea_sparse_curves_result_bytes ());
    json_builder_end_object (builder);
    g_autoptr (JsonNode) root = json_builder_get_root (builder);
    return json_to_string (root, FALSE);
}

static FoveaMeasurement *
open_measurement (FoveaStore *store,
                  const FoveaRecallRequest *request,
                  FoveaTrace *trace,
                  gboolean on_device)
{
    const FoveaArchitecture *a = fovea_trace_get_info (trace)->architecture;
    g_autofree char *options =
        print_options (request, on_device ? request->device : "cpu", a->n_layers * a->n_heads);
    return fovea_measurement_new (store, FOVEA_RECALL_MEASUREMENT, options);
}

double
fovea_recall_job_find_measured (FoveaStore *store, FoveaRecallRequest *request)
{
    if (!fovea_store_has_measurements (store, FOVEA_RECALL_MEASUREMENT))
        return 0;
    g_autoptr (GPtrArray) sequences = fovea_recall_request_list (request, store, NULL);
    const FoveaSequenceInfo *first = sequences != NULL ? sequences->pdata[0] : NULL;
    g_autoptr (FoveaTrace) trace =
        first != NULL ? fovea_store_open_trace (store, first->id, NULL) : NULL;
    if (trace == NULL || !fovea_recall_request_choose_heads (request, trace, NULL))
        return 0;
    g_autoptr (FoveaDevice) device = NULL;
    if (!open_device (request, &device, NULL))
        return 0;
    g_autoptr (FoveaMeasurement) measurement =
        open_measurement (store, request, trace, device != NULL);
    const FoveaArchitecture *a = fovea_trace_get_info (trace)->architecture;
    gint64 n_layers = 0, n = 0;
    for (gint64 l = 0; l < a->n_layers; l++) {
        gboolean wanted = request->curves.heads == NULL;
        for (gint64 h = 0; h < a->n_heads && !wanted; h++)
            wanted = request->curves.heads[l * a->n_heads + h];
        n_layers += wanted;
    }
    for (guint i = 0; measurement != NULL && i < sequences->len; i++)
        n += fovea_measurement_count (measurement, 0,
                                      ((FoveaSequenceInfo *) sequences->pdata[i])->id);
    return n_layers > 0 ? (double) n / (double) (n_layers * sequences->len) : 0;
}

static gboolean
add_sequence (Job *job, const FoveaSequenceInfo *sequence, GError **error)
{
    FoveaKeptWork work;
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (job->store, sequence->id, error);
    if (trace != NULL)
        trace = fovea_trace_take_beginning (
            g_steal_pointer (&trace), fovea_recall_request_count_tokens (job->request, sequence),
            error);
    gboolean chosen =
        trace != NULL && fovea_recall_request_choose_heads (job->request, trace, error);
    if (chosen && job->measurement == NULL)
        job->measurement =
            open_measurement (job->store, job->request, trace, job->request->curves.scorer != NULL);
    fovea_sparse_curves_set_kept (job->curves,
                                  fovea_kept_work_begin (&work, job->measurement, sequence->id));
    if (chosen && fovea_sparse_curves_add (job->curves, trace, job->threads, on_progress, job,
                                           job->cancellable, error))
        return TRUE;
    g_prefix_error (error, "sequence %" G_GINT64_FORMAT " (%s): ", sequence->id, sequence->title);
    return FALSE;
}

gint64
fovea_recall_request_count_tokens (const FoveaRecallRequest *request,
                                   const FoveaSequenceInfo *sequence)
{
    return request->first_tokens > 0 ? MIN (sequence->n_tokens, request->first_tokens)
                                     : sequence->n_tokens;
}

/* The number that curves say they are of: none where no text was longer. */
static gint64
get_cut (const FoveaRecallRequest *request, GPtrArray *sequences)
{
    for (guint i = 0; i < sequences->len; i++) {
        const FoveaSequenceInfo *sequence = g_ptr_array_index (sequences, i);
        if (fovea_recall_request_count_tokens (request, sequence) < sequence->n_tokens)
            return request->first_tokens;
    }
    return 0;
}

GPtrArray *
fovea_recall_request_list (const FoveaRecallRequest *request, FoveaStore *store, GError **error)
{
    g_autoptr (GPtrArray) sequences = fovea_store_list_sequences (store, request->run, error);
    if (sequences == NULL)
        return NULL;
    for (guint i = sequences->len; i-- > 0 && request->sequence != 0;)
        if (((FoveaSequenceInfo *) g_ptr_array_index (sequences, i))->id != request->sequence)
            g_ptr_array_remove_index (sequences, i);
    if (sequences->len > 0)
        return g_steal_pointer (&sequences);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                 "%s: run %" G_GINT64_FORMAT ", sequence %" G_GINT64_FORMAT
                 " (0 = all): nothing is there",
                 fovea_store_get_path (store), request->run, request->sequence);
    return NULL;
}

/* An error if no method could be measured anywhere. */
static gboolean
check_measured (FoveaTable *table, GError **error)
{
    int density = fovea_table_find_column (table, "density");
    int note = fovea_table_find_column (table, "note");
    guint n = fovea_table_get_n_rows (table);
    for (guint row = 0; row < n; row++)
        if (!isnan (fovea_table_get_number (table, row, (guint) density)))
            return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED, "recall: nothing to measure: %s",
                 n > 0 ? fovea_table_get_text (table, 0, (guint) note)
                       : "no head has a point of these curves");
    return FALSE;
}

/* Owner: caller. */
static char *
print_ids (GPtrArray *sequences)
{
    GString *ids = g_string_new (NULL);
    for (guint i = 0; i < sequences->len; i++)
        g_string_append_printf (ids, "%s%" G_GINT64_FORMAT, i > 0 ? " " : "",
                                ((FoveaSequenceInfo *) g_ptr_array_index (sequences, i))->id);
    return g_string_free (ids, FALSE);
}

/* What the numbers are of: which sequences, and knobs that were set by hand. */
static void
set_notes (FoveaTable *table,
           FoveaStore *store,
           const FoveaRecallRequest *request,
           GPtrArray *sequences)
{
    g_autofree char *ids = print_ids (sequences);
    g_autoptr (GString) settings = g_string_new (NULL);
    for (gsize m = 0; request->curves.methods[m] != NULL; m++)
        for (gsize i = 0; i < request->curves.n_settings; i++) {
            const FoveaSparseMethod *method = request->curves.methods[m];
            const FoveaSparseSetting *setting = &request->curves.settings[i];
            char number[G_ASCII_DTOSTR_BUF_SIZE];
            if (fovea_sparse_method_find_knob (method, setting->knob) >= 0 &&
                (setting->method == NULL || g_str_equal (setting->method, method->id)))
                g_string_append_printf (settings, "%s%s.%s=%s", settings->len > 0 ? " " : "",
                                        method->id, setting->knob,
                                        g_ascii_dtostr (number, sizeof number, setting->value));
        }
    if (request->curves.first_tokens > 0) {
        g_autofree char *first =
            g_strdup_printf ("%" G_GINT64_FORMAT, request->curves.first_tokens);
        fovea_table_set_note (table, "first_tokens", first);
    }
    fovea_table_set_note (table, "store_id", fovea_store_get_uuid (store));
    fovea_table_set_note (table, "sequences", ids);
    if (settings->len > 0)
        fovea_table_set_note (table, "settings", settings->str);
}

static FoveaTable *
run (FoveaStore *store,
     FoveaRecallRequest *request,
     FoveaProgress progress,
     gpointer progress_data,
     gboolean *interrupted,
     GCancellable *cancellable,
     GError **error)
{
    g_autoptr (GPtrArray) sequences = fovea_recall_request_list (request, store, error);
    if (sequences == NULL)
        return NULL;
    request->curves.first_tokens = get_cut (request, sequences);
    g_autoptr (FoveaSparseCurves) curves = fovea_sparse_curves_new (&request->curves);
    Job job = {.store = store,
               .request = request,
               .curves = curves,
               .threads = fovea_threads_new (request->threads),
               .progress = progress,
               .progress_data = progress_data,
               .n_sequences = sequences->len,
               .cancellable = cancellable};
    g_autoptr (GError) failure = NULL;
    for (guint i = 0; failure == NULL && i < sequences->len; i++, job.before++)
        add_sequence (&job, g_ptr_array_index (sequences, i), &failure);
    fovea_threads_free (job.threads);
    if (failure == NULL && job.measurement != NULL)
        fovea_measurement_complete (job.measurement);
    fovea_measurement_free (job.measurement);
    /* An interrupt is no failure where there is something to show for it. */
    *interrupted = g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CANCELLED) &&
                   fovea_sparse_curves_get_n_sequences (curves) > 0;
    if (failure != NULL && !*interrupted) {
        g_propagate_error (error, g_steal_pointer (&failure));
        return NULL;
    }
    g_autoptr (FoveaTable) table = fovea_sparse_curves_finish (curves);
    if (!check_measured (table, error))
        return NULL;
    g_autofree char *all = print_ids (sequences);
    /* Means are over those that were measured. */
    g_ptr_array_set_size (sequences, (gint) fovea_sparse_curves_get_n_sequences (curves));
    set_notes (table, store, request, sequences);
    if (*interrupted) {
        fovea_table_set_note (table, "interrupted", "heads that were finished by then");
        fovea_table_set_note (table, "interrupted_of", all);
    }
    return g_steal_pointer (&table);
}

FoveaTable *
fovea_recall_job_run (FoveaStore *store,
                      FoveaRecallRequest *request,
                      FoveaProgress progress,
                      gpointer progress_data,
                      gboolean *interrupted,
                      GCancellable *cancellable,
                      GError **error)
{
    g_autoptr (FoveaDevice) device = NULL;
    if (!open_device (request, &device, error))
        return NULL;
    g_autoptr (FoveaSparseScorer) scorer = device != NULL ? fovea_sparse_scorer_new (device) : NULL;
    request->curves.scorer = scorer;
    FoveaTable *table =
        run (store, request, progress, progress_data, interrupted, cancellable, error);
    request->curves.scorer = NULL;
    if (table != NULL && device != NULL)
        fovea_table_set_note (table, "device", fovea_device_describe (device));
    return table;
}
