/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One sequence in memory at a time. With a model each sequence is run once as it is, which also
 * gives the rows in f32 whatever the store keeps, and three times with the site replaced. */
#include "app/sae-job.h"

#include <string.h>

#include "analysis/sae-effect.h"
#include "analysis/sae-metrics.h"

typedef struct {
    const FoveaSaeRequest *request;
    FoveaDevice *device;
    FoveaDevice *gpu; /* that makes the codes, or NULL = the CPU */
    FoveaSaeEncoder *encoder;
    FoveaModel *model; /* NULL = none */
    FoveaSaeVisit visit;
    gpointer data;
    FoveaSaeEffectSums *sums; /* NULL = the model's answers are not asked for */
    GCancellable *cancellable;
} Job;

static void
clear_job (Job *job)
{
    g_clear_pointer (&job->encoder, fovea_sae_encoder_free);
    g_clear_pointer (&job->gpu, fovea_device_free);
    g_clear_pointer (&job->device, fovea_device_free);
    g_clear_pointer (&job->model, fovea_model_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, clear_job)

static const char *
get_input (const FoveaSae *sae)
{
    return fovea_sae_get_metadata (sae, "hook_name");
}

/* Where codes are decoded to. */
static const char *
get_output (const FoveaSae *sae)
{
    const char *out = fovea_sae_get_metadata (sae, "hook_name_out");
    return out != NULL && fovea_sae_is_transcoder (sae->architecture) ? out : get_input (sae);
}

static float *
read_site (FoveaTrace *trace, const char *site, gint64 width, GError **error)
{
    g_autoptr (FoveaArray) array = fovea_trace_describe_point (trace, site, error);
    gint64 T = fovea_trace_get_info (trace)->n_tokens;
    if (array == NULL)
        return NULL;
    if (array->row_axes != 1 || fovea_array_row_length (array) != width ||
        fovea_array_n_rows (array) != T) {
        g_autofree char *shape = fovea_array_print_shape (array);
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                     "%s is %s, but the autoencoder wants a row of %" G_GINT64_FORMAT " a token",
                     site, shape, width);
        return NULL;
    }
    g_autofree float *rows = g_new (float, (gsize) (T * width));
    return fovea_trace_read (trace, site, 0, T, rows, error) ? g_steal_pointer (&rows) : NULL;
}

/* Moves the rows of @positions to the front. */
static void
gather (float *rows, gint64 width, const gint64 *positions, gint64 n)
{
    for (gint64 i = 0; i < n; i++)
        memmove (rows + i * width, rows + positions[i] * width, (gsize) width * sizeof *rows);
}

static gint64
choose_positions (const Job *job, const FoveaTraceInfo *info, gint64 *positions)
{
    gint64 n = 0;
    for (gint64 t = 0; t < info->n_tokens; t++)
        if (job->request->all_tokens || info->special == NULL || !info->special[t])
            positions[n++] = t;
    return n;
}

/* Runs the model with the reconstruction in its place. */
static gboolean
add_effect (const Job *job, FoveaSaeEffect *effect, const FoveaSaePortion *portion, GError **error)
{
    gint64 T = portion->info->n_tokens, width = job->request->sae->d_out;
    g_autofree float *rows = g_new0 (float, (gsize) (T * width));
    g_autofree gboolean *skipped = g_new (gboolean, (gsize) T);
    for (gint64 t = 0; t < T; t++)
        skipped[t] = TRUE;
    for (gint64 i = 0; i < portion->n; i++) {
        skipped[portion->positions[i]] = FALSE;
        memcpy (rows + portion->positions[i] * width, portion->reconstruction + i * width,
                (gsize) width * sizeof *rows);
    }
    return fovea_sae_effect_measure (effect, get_output (job->request->sae), rows, skipped,
                                     job->sums, job->cancellable, error);
}

static gboolean
visit_trace (const Job *job,
             const FoveaSequenceInfo *sequence,
             FoveaTrace *trace,
             FoveaSaeEffect *effect,
             GError **error)
{
    const FoveaSae *sae = job->request->sae;
    const FoveaTraceInfo *info = fovea_trace_get_info (trace);
    g_autofree gint64 *positions = g_new (gint64, (gsize) info->n_tokens);
    gint64 n = choose_positions (job, info, positions);
    g_autofree float *x = read_site (trace, get_input (sae), sae->d_in, error);
    g_autofree float *other = NULL;
    if (x == NULL)
        return FALSE;
    gather (x, sae->d_in, positions, n);
    if (fovea_sae_is_transcoder (sae->architecture)) {
        other = read_site (trace, get_output (sae), sae->d_out, error);
        if (other == NULL)
            return FALSE;
        gather (other, sae->d_out, positions, n);
    }
    g_autoptr (FoveaSaeCodes) codes = fovea_sae_encoder_run (job->encoder, n, x, error);
    g_autofree float *out = g_new (float, (gsize) MAX (n * sae->d_out, 1));
    if (codes == NULL || !fovea_sae_reconstruct (sae, job->device, codes, x, out, error))
        return FALSE;
    const FoveaSaePortion portion = {sequence, info, n, positions, x, other != NULL ? other : x,
                                     codes,    out};
    if (effect != NULL && job->sums != NULL && !add_effect (job, effect, &portion, error))
        return FALSE;
    return job->visit (job->data, &portion, error);
}

/* The sequence must be one of the model's: numbers of another would mean nothing. */
static gboolean
check_model (const Job *job, const FoveaTraceInfo *info, GError **error)
{
    const char *hash = fovea_model_get_hash (job->model, job->cancellable, error);
    if (hash == NULL)
        return FALSE;
    if (info->ids != NULL && g_strcmp0 (info->model_hash, hash) == 0)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                 "it was not captured with %s, or its token ids were not kept",
                 fovea_model_get_name (job->model));
    return FALSE;
}

static gboolean
visit_with_model (const Job *job,
                  const FoveaSequenceInfo *sequence,
                  const FoveaTraceInfo *info,
                  GError **error)
{
    const FoveaSae *sae = job->request->sae;
    const FoveaSessionOptions options = {.precision = FOVEA_PRECISION_F32,
                                         .max_tokens = info->n_tokens};
    const char *points[] = {get_input (sae), NULL, NULL};
    if (strcmp (get_output (sae), points[0]) != 0)
        points[1] = get_output (sae);
    if (!check_model (job, info, error))
        return FALSE;
    g_autoptr (FoveaSession) session = fovea_session_new (job->model, job->device, &options, error);
    g_autoptr (FoveaSaeEffect) effect =
        session != NULL ? fovea_sae_effect_new (session, info, points, job->cancellable, error)
                        : NULL;
    return effect != NULL &&
           visit_trace (job, sequence, fovea_sae_effect_get_trace (effect), effect, error);
}

/* A site that a capture left out is no dead end. */
static void
offer_model (const Job *job, GError *error)
{
    if (job->model != NULL || !g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND))
        return;
    char *message = g_strconcat (error->message, "; --model runs the model for it", NULL);
    g_free (error->message);
    error->message = message;
}

static gboolean
visit_sequence (const Job *job, const FoveaSequenceInfo *sequence, GError **error)
{
    g_autoptr (FoveaTrace) trace =
        fovea_store_open_trace (job->request->store, sequence->id, error);
    if (trace != NULL &&
        (job->model != NULL ? visit_with_model (job, sequence, fovea_trace_get_info (trace), error)
                            : visit_trace (job, sequence, trace, NULL, error)))
        return TRUE;
    g_prefix_error (error, "sequence %" G_GINT64_FORMAT " (%s): ", sequence->id, sequence->title);
    if (error != NULL)
        offer_model (job, *error);
    return FALSE;
}

/* The sequences asked for; of #FoveaSequenceInfo. */
static GPtrArray *
list_sequences (const FoveaSaeRequest *request, GError **error)
{
    g_autoptr (GPtrArray) all = fovea_store_list_sequences (request->store, request->run, error);
    if (all == NULL)
        return NULL;
    for (guint i = all->len; i-- > 0 && request->sequence != 0;)
        if (((FoveaSequenceInfo *) g_ptr_array_index (all, i))->id != request->sequence)
            g_ptr_array_remove_index (all, i);
    if (all->len > 0)
        return g_steal_pointer (&all);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "%s has no such sequence",
                 fovea_store_get_path (request->store));
    return NULL;
}

static gboolean
open_devices (Job *job, GError **error)
{
    const FoveaSaeRequest *request = job->request;
    job->device = fovea_device_open ("cpu", request->threads, error);
    if (job->device == NULL)
        return FALSE;
    if (request->device != NULL && !g_str_equal (request->device, "cpu") &&
        (job->gpu = fovea_device_open (request->device, request->threads, error)) == NULL)
        return FALSE;
    job->encoder =
        fovea_sae_encoder_new (request->sae, job->gpu != NULL ? job->gpu : job->device, error);
    return job->encoder != NULL;
}

static gboolean
open_model (Job *job, GError **error)
{
    const FoveaSaeRequest *request = job->request;
    if (request->opened != NULL)
        job->model = fovea_model_ref (request->opened);
    else if (request->model != NULL)
        job->model = fovea_model_open (request->model, error);
    return job->model != NULL || request->model == NULL;
}

/* Takes those that are passed over from the list; gives how many. */
static guint
leave_out (const FoveaSaeRequest *request, GPtrArray *sequences)
{
    guint n = sequences->len;
    for (guint i = n; i-- > 0 && request->skip != NULL;)
        if (request->skip (request->skip_data,
                           ((FoveaSequenceInfo *) g_ptr_array_index (sequences, i))->id))
            g_ptr_array_remove_index (sequences, i);
    return n - sequences->len;
}

static gboolean
run_job (Job *job, FoveaProgress progress, gpointer progress_data, GError **error)
{
    const FoveaSaeRequest *request = job->request;
    if (get_input (request->sae) == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "the autoencoder's configuration names no site (metadata.hook_name)");
        return FALSE;
    }
    g_autoptr (GPtrArray) sequences = list_sequences (request, error);
    if (sequences == NULL || !open_devices (job, error) || !open_model (job, error))
        return FALSE;
    guint n = sequences->len, n_done = leave_out (request, sequences);
    if (progress != NULL)
        progress (progress_data, n_done, n);
    for (guint i = 0; i < sequences->len; i++) {
        if (g_cancellable_set_error_if_cancelled (job->cancellable, error) ||
            !visit_sequence (job, g_ptr_array_index (sequences, i), error))
            return FALSE;
        if (progress != NULL)
            progress (progress_data, n_done + i + 1, n);
    }
    return TRUE;
}

gboolean
fovea_sae_job_visit (const FoveaSaeRequest *request,
                     FoveaSaeVisit visit,
                     gpointer data,
                     FoveaProgress progress,
                     gpointer progress_data,
                     GCancellable *cancellable,
                     GError **error)
{
    g_auto (Job)
        job = {.request = request, .visit = visit, .data = data, .cancellable = cancellable};
    return run_job (&job, progress, progress_data, error);
}

static gboolean
add_portion (gpointer data, const FoveaSaePortion *portion, GError **error)
{
    fovea_sae_metrics_add (data, portion->codes, portion->target, portion->reconstruction);
    return TRUE;
}

static void
add_row (FoveaTable *table, const char *name, double value, const char *unit, const char *what)
{
    guint row = fovea_table_add_row (table);
    fovea_table_set_text (table, row, 0, name);
    fovea_table_set_number (table, row, 1, value);
    fovea_table_set_text (table, row, 2, unit);
    fovea_table_set_text (table, row, 3, what);
}

static void
add_answers (FoveaTable *table, const FoveaSaeEffectSums *sums)
{
    double n = (double) sums->n_next, T = (double) sums->n_positions;
    add_row (table, "ce_clean", sums->clean_loss / n, "nats", "loss of the model as it is");
    add_row (table, "ce_sae", sums->loss / n, "nats", "with the reconstruction at the site");
    add_row (table, "ce_zero", sums->zero_loss / n, "nats", "with zeros at the site");
    add_row (table, "ce_mean", sums->mean_loss / n, "nats", "with the site's mean there");
    add_row (table, "ce_recovered",
             fovea_sae_effect_recovered (sums->clean_loss / n, sums->loss / n, sums->zero_loss / n),
             "share", "of what zeros lose; 1 = nothing is lost");
    add_row (table, "ce_recovered_mean",
             fovea_sae_effect_recovered (sums->clean_loss / n, sums->loss / n, sums->mean_loss / n),
             "share", "of what the mean loses");
    add_row (table, "ce_increase", (sums->loss - sums->clean_loss) / sums->clean_loss, "share",
             "of the clean loss");
    add_row (table, "kl_sae", sums->divergence / T, "nats", "clean to reconstruction, a position");
    add_row (table, "kl_zero", sums->zero_divergence / T, "nats", "clean to zeros");
    add_row (table, "kl_mean", sums->mean_divergence / T, "nats", "clean to the mean");
    add_row (table, "kl_score",
             fovea_sae_effect_recovered (0, sums->divergence / T, sums->zero_divergence / T),
             "share", "of the divergence of zeros that is avoided");
}

FoveaTable *
fovea_sae_job_evaluate (const FoveaSaeRequest *request,
                        FoveaTable **latents,
                        FoveaProgress progress,
                        gpointer progress_data,
                        GCancellable *cancellable,
                        GError **error)
{
    g_autoptr (FoveaSaeMetrics) metrics = fovea_sae_metrics_new (request->sae);
    FoveaSaeEffectSums sums = {0};
    g_auto (Job) job = {.request = request,
                        .visit = add_portion,
                        .data = metrics,
                        .sums = request->model != NULL ? &sums : NULL,
                        .cancellable = cancellable};
    FoveaSaeQuality quality;
    if (request->raw_units)
        fovea_sae_metrics_use_raw_units (metrics);
    if (!run_job (&job, progress, progress_data, error))
        return NULL;
    fovea_sae_metrics_finish (metrics, &quality);
    FoveaTable *table = fovea_sae_quality_tabulate (&quality);
    if (request->model != NULL)
        add_answers (table, &sums);
    fovea_table_set_note (table, "site", get_output (request->sae));
    fovea_table_set_note (table, "architecture",
                          fovea_sae_architecture_name (request->sae->architecture));
    fovea_table_set_note (table, "store_id", fovea_store_get_uuid (request->store));
    fovea_table_set_note (table, "special_tokens", request->all_tokens ? "counted" : "left out");
    *latents = fovea_sae_metrics_list_latents (metrics);
    return table;
}
