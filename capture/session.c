/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Sessions: weights made ready for a device, cache, scratch, and runs cut into chunks.
 * Invariant: all memory is taken in fovea_session_new() (and by the recorder before a capture
 * starts); a run allocates nothing. On the CPU weights are used where the file is mapped. */
#include <string.h>

#include "capture/count-text.h"
#include "capture/recorder.h"
#include "capture/rotary-table.h"
#include "capture/session-memory.h"
#include "capture/session-private.h"
#include "capture/weights.h"
#include "kernels/weight.h"

enum {
    UPLOAD_ELEMENTS = 1 << 20 /* unpacked at a time */
};

static void *
alloc (FoveaSession *session, gsize bytes)
{
    void *buffer = session->ops->alloc (session->device, MAX (bytes, 1));
    if (buffer != NULL)
        g_ptr_array_add (session->buffers, buffer);
    return buffer;
}

static const void *
upload (FoveaSession *session, const void *data, gsize bytes)
{
    void *buffer = alloc (session, bytes);
    if (buffer != NULL)
        session->ops->write (session->device, buffer, data, bytes);
    return buffer;
}

/* Bytes from the first to the last element of a matrix, gaps of a fused one included. */
static gsize
matrix_bytes (const FoveaWeight *weight)
{
    gint64 lines = weight->input_major ? weight->n_in : weight->n_out;
    gint64 length = weight->input_major ? weight->n_out : weight->n_in;
    return (gsize) ((lines - 1) * weight->stride + length) * fovea_dtype_size (weight->dtype);
}

/* Whether operations of the device do not take a matrix as it is stored. */
static gboolean
is_packed (const FoveaWeight *matrix)
{
    return matrix->dtype > FOVEA_N_DTYPES || matrix->pair_width > 0;
}

/* Bytes that a matrix takes of the device's memory. */
static gsize
placed_bytes (const FoveaSession *session, const FoveaWeight *matrix)
{
    FoveaDtype dtype = fovea_session_weight_dtype (matrix->dtype, session->precision);
    return is_packed (matrix) ? (gsize) (matrix->n_out * matrix->n_in) * fovea_dtype_size (dtype)
                              : matrix_bytes (matrix);
}

/* Blocks become values of the precision, turned pairs come into the order of outputs. A few rows at a
 * time. */
static void
write_unpacked (FoveaSession *session, FoveaWeight *matrix, char *buffer)
{
    FoveaDtype dtype = fovea_session_weight_dtype (matrix->dtype, session->precision);
    gsize size = fovea_dtype_size (dtype), n_in = (gsize) matrix->n_in;
    gint64 step = MAX (UPLOAD_ELEMENTS / matrix->n_in, 1);
    g_autofree float *row = g_new (float, n_in);
    g_autofree char *rows = g_malloc ((gsize) step * n_in * size);
    for (gint64 o = 0; o < matrix->n_out; o += step) {
        gint64 n = MIN (step, matrix->n_out - o);
        for (gint64 r = 0; r < n; r++) {
            fovea_weight_read (matrix, o + r, 0, matrix->n_in, row);
            fovea_dtype_from_f32 (row, n_in, dtype, rows + (gsize) r * n_in * size);
        }
        session->ops->write (session->device, buffer + (gsize) o * n_in * size, rows,
                             (gsize) n * n_in * size);
    }
    matrix->dtype = dtype;
    matrix->stride = matrix->n_in;
    matrix->pair_width = 0;
}

/* Brings a matrix to @buffer, of placed_bytes() or NULL, where it is from then on. */
static void
bring (FoveaSession *session, FoveaWeight *matrix, char *buffer)
{
    if (buffer != NULL && is_packed (matrix))
        write_unpacked (session, matrix, buffer);
    else if (buffer != NULL)
        session->ops->write (session->device, buffer, matrix->data, matrix_bytes (matrix));
    matrix->data = buffer;
}

static gsize
vector_length (const FoveaSession *session, FoveaWeightRole role)
{
    gint64 rows, columns;
    fovea_weights_shape (session->architecture, role, &rows, &columns);
    return (gsize) rows;
}

static gboolean
is_global (FoveaWeightRole role)
{
    return role == FOVEA_WEIGHT_EMBED || role == FOVEA_WEIGHT_POSITION ||
           role >= FOVEA_WEIGHT_EMBED_NORM_GAIN;
}

/* A tied head is the embedding's matrix: it stands on the device once. */
static gboolean
reuse_embedding (FoveaSession *session, FoveaWeightRole role, FoveaWeight *matrix)
{
    FoveaWeight embedding;
    if (role != FOVEA_WEIGHT_UNEMBED ||
        !fovea_model_get_matrix (session->model, FOVEA_WEIGHT_EMBED, 0, &embedding) ||
        embedding.data != matrix->data)
        return FALSE;
    *matrix = session->global.matrix[FOVEA_WEIGHT_EMBED];
    return matrix->data != NULL;
}

/* A role's matrices of all experts side by side: a GPU's memory comes in pieces of 2 MiB. */
static void
place_experts (FoveaSession *session, FoveaWeight *matrices, guint n)
{
    gsize each = 0;
    for (guint e = 0; e < n; e++)
        if (matrices[e].data != NULL)
            each = MAX (each, (placed_bytes (session, &matrices[e]) + 255) & ~(gsize) 255);
    if (session->host || each == 0)
        return;
    char *buffer = alloc (session, n * each);
    for (guint e = 0; e < n; e++)
        bring (session, &matrices[e], buffer != NULL ? buffer + e * each : NULL);
}

static void
load_experts (FoveaSession *session, FoveaSessionWeights *weights, guint layer)
{
    static const FoveaWeightRole roles[] = {FOVEA_WEIGHT_EXPERT_GATE, FOVEA_WEIGHT_EXPERT_IN,
                                            FOVEA_WEIGHT_EXPERT_OUT};
    guint E = (guint) session->architecture->n_experts;
    if (E == 0)
        return;
    weights->experts = g_new0 (FoveaWeight, 3 * (gsize) E);
    g_autofree const void **data = g_new (const void *, 3 * (gsize) E);
    for (guint i = 0; i < 3 * E; i++)
        if (!fovea_model_get_expert (session->model, roles[i / E], layer, i % E,
                                     &weights->experts[i]))
            weights->experts[i] = (FoveaWeight){0};
    for (guint role = 0; role < 3; role++)
        place_experts (session, weights->experts + role * E, E);
    for (guint i = 0; i < 3 * E; i++)
        data[i] = weights->experts[i].data;
    weights->expert_data = upload (session, data, 3 * (gsize) E * sizeof *data);
}

static void
load_weights (FoveaSession *session, FoveaSessionWeights *weights, guint layer, gboolean global)
{
    for (guint role = 0; role < FOVEA_N_WEIGHT_ROLES; role++) {
        FoveaWeight *matrix = &weights->matrix[role];
        if (is_global (role) != global)
            continue;
        if (!fovea_model_get_matrix (session->model, role, layer, matrix))
            *matrix = (FoveaWeight){0};
        weights->vector[role] = fovea_model_get_vector (session->model, role, layer);
        if (session->host)
            continue;
        if (matrix->data != NULL && !reuse_embedding (session, role, matrix))
            bring (session, matrix, alloc (session, placed_bytes (session, matrix)));
        if (weights->vector[role] != NULL)
            weights->vector[role] = upload (session, weights->vector[role],
                                            vector_length (session, role) * sizeof (float));
    }
}

/* Angles for runs of up to @length tokens; buffers are made the first time. */
static void
load_rotary (FoveaSession *session, gint64 length)
{
    const FoveaArchitecture *architecture = session->architecture;
    session->rotary_length = length;
    if (architecture->position != FOVEA_POSITION_ROTARY)
        return;
    for (FoveaRotaryAngles angles = 0; angles < FOVEA_N_ANGLES; angles++) {
        if (!fovea_session_turns_by (architecture, angles))
            continue;
        g_autoptr (FoveaRotaryTable) table =
            fovea_rotary_table_new (architecture, angles, session->max_tokens, length);
        gsize bytes = (gsize) (table->n_positions * table->n_pairs) * sizeof (float);
        if (session->cos[angles] == NULL) {
            session->cos[angles] = alloc (session, bytes);
            session->sin[angles] = alloc (session, bytes);
        }
        if (session->cos[angles] == NULL || session->sin[angles] == NULL)
            return;
        session->ops->write (session->device, session->cos[angles], table->cos, bytes);
        session->ops->write (session->device, session->sin[angles], table->sin, bytes);
    }
}

/* Dynamic scaling and longrope go by the length that a run ends at. Keys of earlier runs stay as they
 * were turned. */
static void
stretch_rotary (FoveaSession *session, gint64 end)
{
    const FoveaArchitecture *architecture = session->architecture;
    gint64 length = MAX (end, architecture->rotary_context);
    gboolean lists = architecture->rotary_scaling == FOVEA_ROTARY_LONGROPE;
    if (lists) /* there are two tables, not one a length */
        length = MIN (length, architecture->rotary_context + 1);
    if ((lists || architecture->rotary_scaling == FOVEA_ROTARY_DYNAMIC) &&
        length != session->rotary_length)
        load_rotary (session, length);
}

static void
allocate (FoveaSession *session)
{
    const FoveaArchitecture *architecture = session->architecture;
    gint64 row = architecture->n_kv_heads * architecture->head_width;
    gsize cache = (gsize) (architecture->n_layers * session->max_tokens * row) * sizeof (float);
    session->layers = g_new0 (FoveaSessionWeights, (gsize) architecture->n_layers);
    load_weights (session, &session->global, 0, TRUE);
    for (guint layer = 0; layer < (guint64) architecture->n_layers; layer++) {
        load_weights (session, &session->layers[layer], layer, FALSE);
        load_experts (session, &session->layers[layer], layer);
    }
    load_rotary (session, architecture->rotary_context);
    session->k = alloc (session, cache);
    session->v = alloc (session, cache);
    if (architecture->n_encoder_layers > 0 && session->k != NULL && session->v != NULL) {
        /* A layer of one text never writes the other's rows. Tensor cores multiply them by weights of
         * 0 where a tile has both, and what fresh memory holds may be NaN. */
        session->ops->zero (session->device, session->k, cache);
        session->ops->zero (session->device, session->v, cache);
    }
    gsize n_nan = (gsize) architecture->n_layers + 1;
    session->positions = g_new (gint32, (gsize) session->chunk);
    session->nan_rows = alloc (session, n_nan * sizeof (gint32));
    session->nan_found = g_new (gint32, n_nan);
    fovea_scratch_layout (&session->scratch, architecture, session->chunk, session->logit_rows,
                          NULL);
    char *base = alloc (session, session->scratch.bytes);
    fovea_scratch_layout (&session->scratch, architecture, session->chunk, session->logit_rows,
                          base);
    fovea_session_reserve_scratch (session);
}

static gboolean
check_options (FoveaModel *model, const FoveaSessionOptions *options, GError **error)
{
    const FoveaArchitecture *architecture = fovea_model_get_architecture (model);
    if (options->max_tokens >= 1 && options->max_tokens <= architecture->context)
        return fovea_model_check_complete (model, error);
    g_autofree char *asked = fovea_count_text (options->max_tokens);
    g_autofree char *most = fovea_count_text (architecture->context);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                 "%s tokens are outside 1 to %s, the context of %s", asked, most,
                 fovea_model_get_name (model));
    return FALSE;
}

FoveaSession *
fovea_session_new (FoveaModel *model,
                   FoveaDevice *device,
                   const FoveaSessionOptions *options,
                   GError **error)
{
    const FoveaArchitecture *architecture = fovea_model_get_architecture (model);
    gint64 chunk;
    if (!check_options (model, options, error) ||
        !fovea_device_check_precision (device, options->precision, error) ||
        !fovea_session_check_memory (model, device, options, &chunk, error))
        return NULL;
    g_autoptr (FoveaSession) session = g_new0 (FoveaSession, 1);
    session->model = fovea_model_ref (model);
    session->architecture = architecture;
    session->device = device;
    session->ops = fovea_device_get_ops (device);
    session->host = !fovea_device_has_own_memory (device);
    session->precision = options->precision;
    session->max_tokens = options->max_tokens;
    session->chunk = chunk;
    session->logit_rows = fovea_session_logit_rows (architecture, chunk, session->host);
    session->most_ring = fovea_session_most_ring (device, options);
    session->buffers = g_ptr_array_new ();
    allocate (session);
    return fovea_device_sync (device, error) ? g_steal_pointer (&session) : NULL;
}

void
fovea_session_free (FoveaSession *session)
{
    if (session == NULL)
        return;
    for (guint i = 0; i < session->buffers->len; i++)
        session->ops->free (session->device, g_ptr_array_index (session->buffers, i));
    g_ptr_array_unref (session->buffers);
    fovea_staging_free (session->ring);
    for (gint64 l = 0; session->layers != NULL && l < session->architecture->n_layers; l++)
        g_free (session->layers[l].experts);
    g_free (session->layers);
    g_free (session->positions);
    g_free (session->nan_found);
    fovea_model_unref (session->model);
    g_free (session);
}

void
fovea_session_reset (FoveaSession *session)
{
    session->n_cached = session->n_source = 0;
    fovea_session_begin_rows (session, 0);
}

static gboolean
check_length (FoveaSession *session, gint64 n, GError **error)
{
    if (n < 1 || n > session->max_tokens - session->n_cached) {
        g_autofree char *asked = fovea_count_text (n);
        g_autofree char *cached = fovea_count_text (session->n_cached);
        g_autofree char *most = fovea_count_text (session->max_tokens - session->n_cached);
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "%s more tokens after %s are outside 1 to %s", asked, cached, most);
        return FALSE;
    }
    if (session->architecture->bidirectional && session->n_cached > 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                     "%s reads its input at once: it cannot continue one",
                     fovea_model_get_name (session->model));
        return FALSE;
    }
    return TRUE;
}

static gboolean
check_ids (FoveaSession *session, const gint32 *ids, gint64 n, GError **error)
{
    gint64 V = session->architecture->vocabulary;
    if (!check_length (session, n, error))
        return FALSE;
    if (session->architecture->image_size > 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                     "%s reads pictures, not token ids", fovea_model_get_name (session->model));
        return FALSE;
    }
    for (gint64 t = 0; t < n; t++)
        if (ids[t] < 0 || ids[t] >= V) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                         "id %d at position %" G_GINT64_FORMAT
                         " is outside the vocabulary, 0 to %" G_GINT64_FORMAT,
                         ids[t], session->n_cached + t, V - 1);
            return FALSE;
        }
    return TRUE;
}

/* Rows of the next chunk of @left. A single row goes another way through attention than rectangles
 * of a trace do (kernels/cpu-attend.c), so none is left over at the end. */
static gint64
next_rows (const FoveaSession *session, gint64 left)
{
    gint64 rows = MIN (session->chunk, left);
    if (session->n_cached < session->n_source)
        return session->n_source; /* all of it, see begin_source() */
    return left - rows == 1 && rows > 2 ? rows - 1 : rows;
}

static gboolean
check_head (FoveaSession *session, const FoveaLogits *wanted, GError **error)
{
    gboolean any = wanted->last != NULL || wanted->all != NULL || wanted->losses != NULL;
    if (!any || !session->architecture->no_head)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                 "%s has no unembedding, so it gives no logits",
                 fovea_model_get_name (session->model));
    return FALSE;
}

/* Finds where the target of a new sequence begins. The source has to come whole, with it. */
static gboolean
begin_source (FoveaSession *session, const gint32 *ids, gint64 n, GError **error)
{
    const FoveaArchitecture *architecture = session->architecture;
    if (architecture->n_encoder_layers == 0 || session->n_cached > 0)
        return TRUE;
    session->n_source = fovea_architecture_count_source (architecture, ids, n);
    if (session->n_source > 0)
        return TRUE;
    g_set_error (
        error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
        "%s reads a source and then a target, which begins with id %d: none of %" G_GINT64_FORMAT
        " ids behind the first is that",
        fovea_model_get_name (session->model), architecture->start_id, n);
    return FALSE;
}

/* All chunks of a run. Wanted logits are given for the whole run and cut here. A failure forgets
 * the cache: it may hold half a chunk. */
static gboolean
run_chunks (FoveaSession *session,
            const gint32 *ids,
            gint64 n,
            FoveaRecorder *recorder,
            const FoveaLogits *wanted,
            const FoveaWatch *watch,
            GError **error)
{
    gint64 V = session->architecture->vocabulary;
    if (!check_head (session, wanted, error) || !begin_source (session, ids, n, error))
        return FALSE;
    stretch_rotary (session, session->n_cached + n);
    for (gint64 at = 0; at < n;) {
        gint64 rows = next_rows (session, n - at);
        FoveaLogits part = {
            .last = at + rows == n ? wanted->last : NULL,
            .all = wanted->all != NULL ? wanted->all + at * V : NULL,
            .targets = wanted->targets != NULL ? wanted->targets + at : NULL,
            .losses = wanted->losses != NULL ? wanted->losses + at : NULL,
            .n_targets = wanted->n_targets - at,
        };
        if (!fovea_session_forward (session, ids != NULL ? ids + at : NULL, rows, recorder, &part,
                                    watch, error)) {
            fovea_session_reset (session);
            return FALSE;
        }
        at += rows;
    }
    return TRUE;
}

gboolean
fovea_session_run (FoveaSession *session,
                   const gint32 *ids,
                   gint64 n,
                   float *logits,
                   GCancellable *cancellable,
                   GError **error)
{
    const FoveaWatch watch = {.cancellable = cancellable};
    const FoveaLogits wanted = {.last = logits};
    if (!check_ids (session, ids, n, error))
        return FALSE;
    fovea_session_begin_rows (session, n);
    return run_chunks (session, ids, n, NULL, &wanted, &watch, error);
}

gboolean
fovea_session_read_losses (FoveaSession *session,
                           const gint32 *ids,
                           gint64 n,
                           float *losses,
                           GCancellable *cancellable,
                           GError **error)
{
    const FoveaWatch watch = {.cancellable = cancellable};
    const FoveaLogits wanted = {.targets = ids + 1, .losses = losses, .n_targets = n - 1};
    fovea_session_reset (session);
    return check_ids (session, ids, n, error) &&
           run_chunks (session, ids, n, NULL, &wanted, &watch, error);
}

/* What a capture of @n tokens takes beside the session, refused if the device has not that much; a
 * ring that is long enough for it, kept for the next capture. */
static gboolean
prepare_ring (FoveaSession *session, FoveaPlan *plan, gint64 n, GError **error)
{
    FoveaRecorderMemory memory;
    if (session->host || plan == NULL)
        return TRUE;
    fovea_recorder_predict (plan, n, MIN (session->chunk, n), FALSE, session->most_ring, &memory);
    guint64 ring = session->ring != NULL ? fovea_staging_get_bytes (session->ring) : 0;
    if (ring < memory.ring)
        g_clear_pointer (&session->ring, fovea_staging_free);
    guint64 more = memory.device - (session->ring != NULL ? memory.ring : 0);
    if (!fovea_session_check_capture_memory (session->device, plan, n, session->chunk,
                                             session->most_ring, more, error))
        return FALSE;
    if (session->ring == NULL)
        session->ring = fovea_staging_new (session->device, (gsize) memory.ring, error);
    return session->ring != NULL;
}

/* What a sequence is made of is what the model reads. */
static gboolean
check_input (FoveaSession *session, const FoveaTraceInfo *info, GError **error)
{
    gboolean image = session->architecture->image_size > 0;
    if (image && info->patches != NULL && info->n_tokens == session->architecture->context)
        return check_length (session, info->n_tokens, error);
    if (!image && info->ids != NULL)
        return check_ids (session, info->ids, info->n_tokens, error);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "%s: a sequence without %s",
                 info->title, image ? "a picture of the model's size" : "ids");
    return FALSE;
}

/* For who runs with G_MESSAGES_DEBUG=fovea and looks for the reason of a slow capture. */
static void
tell_counts (FoveaSession *session, const FoveaTraceInfo *info, const FoveaDeviceCounts *before)
{
    FoveaDeviceCounts now;
    if (session->host)
        return;
    fovea_device_get_counts (session->device, &now);
    g_debug ("%s: %" G_GUINT64_FORMAT " buffers taken, %" G_GUINT64_FORMAT
             " waits for the device, %" G_GUINT64_FORMAT " uploads, %" G_GUINT64_FORMAT
             " deliveries",
             info->title, now.allocations - before->allocations, now.waits - before->waits,
             now.uploads - before->uploads, now.deliveries - before->deliveries);
}

FoveaTrace *
fovea_session_capture (FoveaSession *session,
                       const FoveaTraceInfo *info,
                       FoveaPlan *plan,
                       FoveaSink *sink,
                       FoveaProgress progress,
                       gpointer progress_data,
                       float *logits,
                       GCancellable *cancellable,
                       GError **error)
{
    gint64 n = info->n_tokens;
    const FoveaWatch watch = {cancellable, progress, progress_data,
                              n * session->architecture->n_layers};
    const FoveaLogits wanted = {.all = logits};
    FoveaDeviceCounts before;
    fovea_device_get_counts (session->device, &before);
    fovea_session_reset (session);
    if (!check_input (session, info, error) || !prepare_ring (session, plan, n, error))
        return NULL;
    g_autoptr (FoveaRecorder) recorder = fovea_recorder_new (
        plan, info, sink, session->device, session->ring, MIN (session->chunk, n), error);
    session->patches = info->patches;
    gboolean done =
        recorder != NULL && run_chunks (session, info->ids, n, recorder, &wanted, &watch, error);
    session->patches = NULL;
    if (!done)
        return NULL;
    /* Keys and values may stand in the trace instead of the cache. */
    fovea_session_reset (session);
    FoveaTrace *trace = fovea_recorder_finish (recorder, error);
    tell_counts (session, info, &before);
    return trace;
}
