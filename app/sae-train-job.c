/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rows pass through the mixing buffer; a transcoder's are taken apart after it. */
#include "app/sae-train-job.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "analysis/sae-file.h"
#include "capture/output-file.h"

typedef struct {
    FoveaSaeSource *source;
    const FoveaSaeTrainRequest *request;
    FoveaSaeTrainOptions options;
    FoveaDevice *device;
    FoveaSaeTrainer *trainer;
    FoveaSaeBuffer *buffer;
    FoveaTable *curves;
    char *checkpoint, *curves_path;
    float *x, *target;     /* of a transcoder, else NULL */
    FoveaSaeTrainStep sum; /* of the steps since the last row of curves */
    gint64 n_summed;
} Job;

static void
clear_job (Job *job)
{
    g_clear_pointer (&job->trainer, fovea_sae_trainer_free);
    g_clear_pointer (&job->buffer, fovea_sae_buffer_free);
    g_clear_pointer (&job->device, fovea_device_free);
    g_clear_pointer (&job->curves, fovea_table_unref);
    g_free (job->checkpoint);
    g_free (job->curves_path);
    g_free (job->x);
    g_free (job->target);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, clear_job)

/* Columns of the curves, all numbers. */
static const struct {
    const char *name, *unit, *description;
} columns[] = {
    {"step", "", "steps taken"},
    {"loss", "", "mean of what is minimised since the row before"},
    {"mse", "", "mean squared error of a row"},
    {"sparsity_loss", "", "with its coefficient"},
    {"auxiliary_loss", "", "with its coefficient"},
    {"l0", "latents", "codes of a row that are not 0"},
    {"dead", "share", "latents that have not fired for the dead window"},
    {"explained_variance", "share", "1 - squared error over squares about the batch's mean"},
    {"learning_rate", "", "of the last step"},
};

static void
list_numbers (const FoveaSaeTrainStep *s, double *out)
{
    const double all[G_N_ELEMENTS (columns)] = {(double) s->step, s->loss,      s->mse,
                                                s->sparsity,      s->aux,       s->l0,
                                                s->dead,          s->explained, s->rate};
    memcpy (out, all, sizeof all);
}

static FoveaTable *
new_curves (const Job *job)
{
    FoveaTable *table = fovea_table_new ("sae_training");
    g_autofree char *options = fovea_sae_train_options_describe (&job->options);
    fovea_table_set_note (table, "options", options);
    fovea_table_set_note (table, "hook", job->request->hook);
    fovea_table_set_note (table, "model_name", fovea_sae_source_get_model_name (job->source));
    fovea_table_set_note (table, "model_hash", fovea_sae_source_get_model_hash (job->source));
    for (guint c = 0; c < G_N_ELEMENTS (columns); c++)
        fovea_table_add_column (table, columns[c].name, FOVEA_COLUMN_NUMBER, columns[c].unit,
                                columns[c].description);
    return table;
}

static void
add_row (FoveaTable *table, const double *numbers)
{
    guint row = fovea_table_add_row (table);
    for (guint c = 0; c < G_N_ELEMENTS (columns); c++)
        fovea_table_set_number (table, row, c, numbers[c]);
}

/* Rows of an interrupted run's curves up to the checkpoint's step; what cannot be read is not worth
 * failing for. */
static void
read_curves (Job *job, gint64 step)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents (job->curves_path, &text, NULL, NULL))
        return;
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        double numbers[G_N_ELEMENTS (columns)];
        guint n = 0;
        g_auto (GStrv) cells = g_strsplit (*line, "\t", -1);
        for (; cells[n] != NULL && n < G_N_ELEMENTS (columns); n++) {
            char *end;
            numbers[n] = g_ascii_strtod (cells[n], &end);
            if (end == cells[n] || *end != '\0')
                break;
        }
        if (n == G_N_ELEMENTS (columns) && numbers[0] <= (double) step)
            add_row (job->curves, numbers);
    }
}

static gboolean
write_curves (const Job *job, GError **error)
{
    g_autofree char *text = fovea_table_print (job->curves, FOVEA_FORMAT_TSV);
    return fovea_output_file_save (job->curves_path, text, strlen (text), error);
}

/* Everything that going on from here needs. */
static gboolean
keep (const Job *job, GError **error)
{
    return write_curves (job, error) &&
           fovea_sae_trainer_save (job->trainer, job->buffer, job->checkpoint, error);
}

/* Adds a step to the row at work, and finishes the row when it is due. */
static void
log_step (Job *job, const FoveaSaeTrainStep *s, FoveaSaeTrainProgress progress, gpointer data)
{
    double *sums[] = {&job->sum.loss, &job->sum.mse, &job->sum.sparsity,
                      &job->sum.aux,  &job->sum.l0,  &job->sum.explained};
    const double values[] = {s->loss, s->mse, s->sparsity, s->aux, s->l0, s->explained};
    double numbers[G_N_ELEMENTS (columns)];
    job->n_summed++;
    for (guint i = 0; i < G_N_ELEMENTS (values); i++)
        *sums[i] += values[i];
    if (s->step % job->request->log_every != 0 && s->step != job->options.steps)
        return;
    for (guint i = 0; i < G_N_ELEMENTS (values); i++)
        *sums[i] /= (double) job->n_summed;
    job->sum.step = s->step;
    job->sum.dead = s->dead;
    job->sum.rate = s->rate;
    list_numbers (&job->sum, numbers);
    add_row (job->curves, numbers);
    if (progress != NULL)
        progress (data, &job->sum);
    job->sum = (FoveaSaeTrainStep){0};
    job->n_summed = 0;
}

/* The next batch: @x and @target point into the buffer, or into the job's own room. */
static gboolean
next_batch (Job *job, const float **x, const float **target, GError **error)
{
    const FoveaSaeTrainOptions *o = &job->options;
    gint64 width = job->buffer->width;
    const float *rows =
        fovea_sae_buffer_next (job->buffer, fovea_sae_source_fill, job->source, error);
    *x = *target = rows;
    if (rows == NULL || job->x == NULL)
        return rows != NULL;
    for (gint64 t = 0; t < o->batch; t++) {
        memcpy (job->x + t * o->d_in, rows + t * width, (gsize) o->d_in * sizeof *rows);
        memcpy (job->target + t * o->d_out, rows + t * width + o->d_in,
                (gsize) o->d_out * sizeof *rows);
    }
    *x = job->x;
    *target = job->target;
    return TRUE;
}

static gboolean
run_step (Job *job, FoveaSaeTrainStep *step, GError **error)
{
    const float *x, *target;
    if (!next_batch (job, &x, &target, error))
        return FALSE;
    if (fovea_sae_trainer_get_step (job->trainer) == 0)
        fovea_sae_trainer_centre (job->trainer, target, job->options.batch);
    return fovea_sae_trainer_step (job->trainer, x, target, step, error);
}

/* The state between two steps is whole, also after a pass of the model that was cancelled, so it is
 * kept. Any other failure leaves the checkpoint before. */
static gboolean
stop (Job *job, GError **error)
{
    if (!keep (job, error))
        return FALSE;
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                 "sae train: interrupted after %" G_GINT64_FORMAT
                 " steps; %s goes on with --resume",
                 fovea_sae_trainer_get_step (job->trainer), job->checkpoint);
    return FALSE;
}

static gboolean
run_steps (Job *job,
           FoveaSaeTrainProgress progress,
           gpointer data,
           GCancellable *cancellable,
           GError **error)
{
    FoveaSaeTrainStep step;
    gint64 every = job->request->keep_every;
    while (fovea_sae_trainer_get_step (job->trainer) < job->options.steps) {
        g_autoptr (GError) failure = NULL;
        if (g_cancellable_is_cancelled (cancellable))
            return stop (job, error);
        if (!run_step (job, &step, &failure)) {
            if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
                return stop (job, error);
            g_propagate_error (error, g_steal_pointer (&failure));
            return FALSE;
        }
        log_step (job, &step, progress, data);
        if (step.step % every == 0 && step.step < job->options.steps && !keep (job, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
begin (Job *job, GError **error)
{
    const FoveaSaeTrainRequest *r = job->request;
    gint64 width;
    job->options = r->train;
    fovea_sae_source_get_widths (job->source, &job->options.d_in, &job->options.d_out);
    width = job->options.d_in + (r->target != NULL ? job->options.d_out : 0);
    job->checkpoint = g_build_filename (r->folder, "checkpoint.safetensors", NULL);
    job->curves_path = g_build_filename (r->folder, "curves.tsv", NULL);
    if (g_mkdir_with_parents (r->folder, 0777) != 0) {
        g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", r->folder,
                     g_strerror (errno));
        return FALSE;
    }
    gboolean gpu = r->device != NULL && g_str_has_prefix (r->device, "cuda");
    job->device = fovea_device_open (gpu ? r->device : "cpu", r->threads, error);
    if (job->device == NULL)
        return FALSE;
    job->trainer = fovea_sae_trainer_new (job->device, &job->options, error);
    if (job->trainer == NULL)
        return FALSE;
    job->buffer = fovea_sae_buffer_new (width, job->options.batch, job->options.seed, error);
    if (job->buffer == NULL)
        return FALSE;
    if (r->target != NULL) {
        job->x = g_new (float, job->options.batch * job->options.d_in);
        job->target = g_new (float, job->options.batch * job->options.d_out);
    }
    job->curves = new_curves (job);
    return TRUE;
}

static gboolean
resume (Job *job, GError **error)
{
    g_autofree char *rows = fovea_sae_source_describe (job->source);
    fovea_sae_trainer_set_source (job->trainer, rows);
    if (!job->request->resume)
        return TRUE;
    if (!fovea_sae_trainer_load (job->trainer, job->buffer, job->checkpoint, error))
        return FALSE;
    fovea_sae_source_skip (job->source, job->buffer->filled);
    read_curves (job, fovea_sae_trainer_get_step (job->trainer));
    return TRUE;
}

static gboolean
finish (const Job *job, GError **error)
{
    const FoveaSaeTrainRequest *r = job->request;
    g_autoptr (FoveaSae) sae = fovea_sae_trainer_make_sae (job->trainer, error);
    if (sae == NULL)
        return FALSE;
    sae->dtype = r->dtype;
    sae->hook_z = g_str_has_suffix (r->hook, "hook_z");
    fovea_sae_set_metadata (sae, "model_name", fovea_sae_source_get_model_name (job->source));
    fovea_sae_set_metadata (sae, "hook_name", r->hook);
    if (r->target != NULL)
        fovea_sae_set_metadata (sae, "hook_name_out", r->target);
    JsonObject *metadata = json_object_get_object_member (sae->config, "metadata");
    json_object_set_boolean_member (metadata, "prepend_bos", TRUE);
    json_object_set_int_member (metadata, "context_size",
                                fovea_sae_source_get_longest (job->source));
    return fovea_sae_save (sae, r->folder, error) && write_curves (job, error);
}

FoveaTable *
fovea_sae_train_job_run (FoveaSaeSource *source,
                         const FoveaSaeTrainRequest *request,
                         FoveaSaeTrainProgress progress,
                         gpointer progress_data,
                         GCancellable *cancellable,
                         GError **error)
{
    g_auto (Job) job = {.source = source, .request = request};
    if (!begin (&job, error) || !resume (&job, error) ||
        !run_steps (&job, progress, progress_data, cancellable, error) || !finish (&job, error))
        return NULL;
    g_unlink (job.checkpoint);
    return g_steal_pointer (&job.curves);
}
