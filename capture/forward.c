/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The forward pass: every family, from its description, through the operations of a device.
 * Invariants: nothing is allocated here; which points are recorded changes where values are put,
 * never how they are computed, so logits keep their bits. Each value has one home: the sink's own
 * memory where it is kept there, else scratch, where the next branch writes over it.
 * Cost: 2 flops a weight and row, and 2 H D (keys so far) x 2 a row and layer. */
#include <string.h>

#include "capture/forward-private.h"
#include "capture/recorder.h"
#include "capture/recorder-void.h"
#include "capture/session-private.h"

enum {
    /* Outputs of the unembedding at a time on the CPU: its pages are let go between them. That
     * costs one more cut of x, a thousandth of the product. A multiple of every panel's width. */
    UNEMBED_OUTPUTS = 2048,
    /* Tokens looked up between two releases: the system maps 16 pages around each row it is asked
     * for, so that a few hundred tokens bring the whole table in. */
    EMBED_ROWS = 64
};

float *
fovea_forward_home (const FoveaPass *pass, FoveaPointKind kind, float *scratch)
{
    guint layer = fovea_point_in_block (kind) ? pass->layer : 0;
    return fovea_recorder_destination (pass->recorder, kind, layer, pass->first, pass->rows,
                                       scratch);
}

gboolean
fovea_forward_record (const FoveaPass *pass, FoveaPointKind kind, const float *data, GError **error)
{
    guint layer = fovea_point_in_block (kind) ? pass->layer : 0;
    return fovea_recorder_record (pass->recorder, kind, layer, pass->first, pass->rows, data,
                                  error);
}

FoveaLinearArgs
fovea_forward_linear_args (const FoveaPass *pass,
                           const FoveaSessionWeights *weights,
                           FoveaWeightRole role,
                           FoveaWeightRole bias,
                           const float *x,
                           gint64 from,
                           gint64 n,
                           float *y)
{
    const FoveaWeight *whole = &weights->matrix[role];
    const float *added = bias < FOVEA_N_WEIGHT_ROLES ? weights->vector[bias] : NULL;
    gint64 skipped = whole->input_major ? from : from * whole->stride;
    FoveaLinearArgs args = {
        .precision = pass->session->precision,
        .rows = pass->rows,
        .x = x,
        .x_stride = whole->n_in,
        .weight = *whole,
        .bias = added != NULL ? added + from : NULL,
        .y = y + from,
        .y_stride = whole->n_out,
    };
    args.weight.n_out = n;
    args.weight.data =
        (const char *) whole->data + fovea_dtype_bytes (whole->dtype, (gsize) skipped);
    return args;
}

void
fovea_forward_linear (const FoveaPass *pass,
                      const FoveaSessionWeights *weights,
                      FoveaWeightRole role,
                      FoveaWeightRole bias,
                      const float *x,
                      float *y)
{
    const FoveaLinearArgs args =
        fovea_forward_linear_args (pass, weights, role, bias, x, 0, weights->matrix[role].n_out, y);
    pass->session->ops->linear (pass->session->device, &args);
}

gboolean
fovea_forward_norm (
    const FoveaPass *pass, const FoveaNormSite *site, const float *x, float *out, GError **error)
{
    FoveaSession *session = pass->session;
    const FoveaArchitecture *architecture = session->architecture;
    gboolean scale = fovea_recorder_wants (pass->recorder, site->scale_point, pass->layer);
    float *shadow =
        session->scratch.extra != NULL ? session->scratch.extra : session->scratch.branch;
    gboolean plain = fovea_recorder_wants (pass->recorder, site->normalized_point, pass->layer);
    FoveaNormArgs args = {
        .kind = architecture->norm,
        .eps = architecture->norm_eps,
        .gain_offset = architecture->norm_gain_offset,
        .rows = pass->rows,
        .width = architecture->width,
        .x = x,
        .gain = site->weights->vector[site->gain],
        .bias = site->bias < FOVEA_N_WEIGHT_ROLES ? site->weights->vector[site->bias] : NULL,
        .out = out,
        .scale = scale ? fovea_forward_home (pass, site->scale_point, session->scratch.q) : NULL,
        .normalized = plain ? fovea_forward_home (pass, site->normalized_point, shadow) : NULL,
    };
    session->ops->norm (session->device, &args);
    return (!scale || fovea_forward_record (pass, site->scale_point, args.scale, error)) &&
           (!plain || fovea_forward_record (pass, site->normalized_point, args.normalized, error));
}

void
fovea_forward_add (FoveaPass *pass, const float *branch, float *to)
{
    FoveaSession *session = pass->session;
    session->ops->add (session->device, pass->resid, branch,
                       pass->rows * session->architecture->width, to);
    pass->resid = to;
}

/* Whether the rows are those of an encoder-decoder's source. */
static gboolean
reads_source (const FoveaPass *pass)
{
    return pass->first < pass->session->n_source;
}

/* The layers that rows of a text go through: [first, end). */
static guint
first_layer (const FoveaPass *pass)
{
    return reads_source (pass) ? 0 : (guint) pass->session->architecture->n_encoder_layers;
}

static guint
end_layer (const FoveaPass *pass)
{
    const FoveaArchitecture *architecture = pass->session->architecture;
    return (guint) (reads_source (pass) ? architecture->n_encoder_layers : architecture->n_layers);
}

/* NaN in the stream: looked for at its entry (place 0) and behind each layer. The earliest place
 * counts: attention multiplies forbidden values by zero, which spreads a NaN to positions before
 * it. */
static gboolean
report_nan (const FoveaPass *pass, guint place, GError **error)
{
    gboolean entry = place == first_layer (pass);
    FoveaPoint point = {entry ? FOVEA_POINT_RESID_PRE : FOVEA_POINT_RESID_POST,
                        entry ? place : place - 1, 0};
    const gint32 *found = pass->session->nan_found;
    if (found[place] == G_MAXINT32 || fovea_device_has_failed (pass->session->device))
        return TRUE;
    g_autofree char *name = fovea_point_name (point);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NUMERIC, "NaN in %s at position %" G_GINT64_FORMAT,
                 name, pass->first + found[place]);
    return FALSE;
}

/* On the CPU an answer at once; elsewhere reading it would stop the device, so it waits for the
 * chunk's end. */
static gboolean
check_stream (const FoveaPass *pass, guint place, GError **error)
{
    FoveaSession *session = pass->session;
    gint32 *first = session->nan_rows + place;
    session->ops->find_nan (session->device, pass->resid, pass->rows, session->architecture->width,
                            first);
    if (!session->host)
        return TRUE;
    session->nan_found[place] = *first;
    return report_nan (pass, place, error);
}

static gsize
n_places (const FoveaSession *session)
{
    return (gsize) session->architecture->n_layers + 1;
}

static void
forget_nans (FoveaSession *session)
{
    gsize n = n_places (session);
    for (gsize place = 0; place < n; place++)
        session->nan_found[place] = G_MAXINT32;
    session->ops->write (session->device, session->nan_rows, session->nan_found,
                         n * sizeof (gint32));
}

/* Waits for the chunk and looks at all places. */
static gboolean
check_chunk (const FoveaPass *pass, GError **error)
{
    FoveaSession *session = pass->session;
    if (session->host)
        return fovea_device_sync (session->device, error);
    session->ops->read (session->device, session->nan_found, session->nan_rows,
                        n_places (session) * sizeof (gint32));
    if (!fovea_device_sync (session->device, error))
        return FALSE;
    for (guint place = 0; place < n_places (session); place++)
        if (!report_nan (pass, place, error))
            return FALSE;
    return TRUE;
}

static void
release_weights (const FoveaPass *pass)
{
    if (pass->release)
        fovea_model_release_pages (pass->session->model);
}

static void
look_up_tokens (const FoveaPass *pass, const gint32 *ids, float *out)
{
    const FoveaSession *session = pass->session;
    const FoveaWeight *table = &session->global.matrix[FOVEA_WEIGHT_EMBED];
    gint64 most = pass->release ? EMBED_ROWS : pass->rows;
    for (gint64 at = 0; at < pass->rows; at += most) {
        session->ops->embed (session->device, table, ids + at, MIN (most, pass->rows - at),
                             out + at * session->architecture->width);
        release_weights (pass);
    }
}

/* Rows of a picture's patches, projected; the class token's place takes its vector. */
static gboolean
project_patches (const FoveaPass *pass, float *out, GError **error)
{
    FoveaSession *session = pass->session;
    const FoveaArchitecture *architecture = session->architecture;
    gint64 width = fovea_architecture_patch_width (architecture);
    gsize row = (gsize) architecture->width * sizeof (float);
    float *patches = fovea_forward_home (pass, FOVEA_POINT_PATCHES, session->scratch.patches);
    session->ops->write (session->device, patches, session->patches + pass->first * width,
                         (gsize) (pass->rows * width) * sizeof (float));
    if (!fovea_forward_record (pass, FOVEA_POINT_PATCHES, patches, error))
        return FALSE;
    fovea_forward_linear (pass, &session->global, FOVEA_WEIGHT_PATCH, FOVEA_WEIGHT_PATCH_BIAS,
                          patches, out);
    if (pass->first == 0)
        session->ops->copy_rows (session->device, out, row,
                                 session->global.vector[FOVEA_WEIGHT_CLASS], row, 1, row);
    return TRUE;
}

/* Rows of a table added to the stream: positions or token types. */
static gboolean
add_rows (FoveaPass *pass, FoveaWeightRole role, FoveaPointKind kind, float *to, GError **error)
{
    FoveaSession *session = pass->session;
    float *rows = fovea_forward_home (pass, kind, session->scratch.branch);
    session->ops->embed (session->device, &session->global.matrix[role], session->positions,
                         pass->rows, rows);
    if (!fovea_forward_record (pass, kind, rows, error))
        return FALSE;
    fovea_forward_add (pass, rows, to);
    return TRUE;
}

static void
fill_positions (const FoveaPass *pass, const gint32 *ids)
{
    FoveaSession *session = pass->session;
    const FoveaArchitecture *architecture = session->architecture;
    gint32 row = (gint32) (architecture->position_offset + pass->first);
    gint32 pad = (gint32) architecture->position_offset - 1;
    for (gint64 t = 0; t < pass->rows; t++) {
        gboolean padding = ids != NULL && architecture->skips_padding && ids[t] == pad;
        session->positions[t] = padding ? pad : row++;
    }
}

/* Tokens, and what the family adds to them or makes of them before the first layer. */
static gboolean
embed (FoveaPass *pass, const gint32 *ids, GError **error)
{
    FoveaSession *session = pass->session;
    const FoveaArchitecture *architecture = session->architecture;
    const FoveaSessionWeights *weights = &session->global;
    const FoveaNormSite site = {weights, FOVEA_WEIGHT_EMBED_NORM_GAIN, FOVEA_WEIGHT_EMBED_NORM_BIAS,
                                FOVEA_POINT_EMBED_NORM_SCALE, FOVEA_POINT_EMBED_NORM_NORMALIZED};
    float *entry = fovea_forward_home (pass, FOVEA_POINT_RESID_PRE, session->scratch.resid);
    pass->resid = fovea_forward_home (pass, FOVEA_POINT_EMBED, entry);
    if (ids != NULL)
        look_up_tokens (pass, ids, pass->resid);
    else if (!project_patches (pass, pass->resid, error))
        return FALSE;
    if (architecture->embedding_scale != 0)
        session->ops->scale (session->device, pass->resid, architecture->embedding_scale,
                             pass->rows * architecture->width, pass->resid);
    if (!fovea_forward_record (pass, FOVEA_POINT_EMBED, pass->resid, error))
        return FALSE;
    fill_positions (pass, ids);
    if (architecture->position == FOVEA_POSITION_LEARNED &&
        !add_rows (pass, FOVEA_WEIGHT_POSITION, FOVEA_POINT_POS_EMBED, entry, error))
        return FALSE;
    memset (session->positions, 0, (gsize) pass->rows * sizeof *session->positions);
    if (architecture->n_token_types > 0 &&
        !add_rows (pass, FOVEA_WEIGHT_TOKEN_TYPE, FOVEA_POINT_TOKEN_TYPE_EMBED, entry, error))
        return FALSE;
    if (!architecture->embed_norm)
        return TRUE;
    const float *x = pass->resid;
    pass->resid = entry;
    return fovea_forward_norm (pass, &site, x, entry, error);
}

/* An encoder's head but its norm: @x through a product and an activation. */
static const float *
transform_for_head (const FoveaPass *pass, const float *x)
{
    FoveaSession *session = pass->session;
    const FoveaArchitecture *architecture = session->architecture;
    float *out = session->scratch.branch;
    if (!architecture->head_transform || architecture->no_head)
        return x;
    fovea_forward_linear (pass, &session->global, FOVEA_WEIGHT_HEAD, FOVEA_WEIGHT_HEAD_BIAS, x,
                          out);
    session->ops->activate (session->device, architecture->activation, out, NULL,
                            pass->rows * architecture->width, out);
    return out;
}

/* In the same parts whatever is kept, so that logits keep their bits. */
static void
multiply_unembedding (const FoveaPass *pass, const float *x, float *logits)
{
    const FoveaSessionWeights *weights = &pass->session->global;
    gint64 V = pass->session->architecture->vocabulary;
    gint64 most = pass->session->host ? UNEMBED_OUTPUTS : V;
    for (gint64 from = 0; from < V; from += most) {
        const FoveaLinearArgs args = fovea_forward_linear_args (pass, weights, FOVEA_WEIGHT_UNEMBED,
                                                                FOVEA_WEIGHT_UNEMBED_BIAS, x, from,
                                                                MIN (most, V - from), logits);
        pass->session->ops->linear (pass->session->device, &args);
        release_weights (pass);
    }
}

/* A head that reads the final norm, and has a norm of its own at its end. */
static const float *
run_normed_head (const FoveaPass *pass, const float *x)
{
    FoveaSession *session = pass->session;
    const FoveaArchitecture *architecture = session->architecture;
    const FoveaNormArgs args = {
        .kind = architecture->norm,
        .eps = architecture->norm_eps,
        .rows = pass->rows,
        .width = architecture->width,
        .x = transform_for_head (pass, x),
        .gain = session->global.vector[FOVEA_WEIGHT_HEAD_NORM_GAIN],
        .out = fovea_forward_home (pass, FOVEA_POINT_UNEMBED_IN, session->scratch.normed),
    };
    session->ops->norm (session->device, &args);
    return args.out;
}

/* What the unembedding reads: the last stream behind the final norm, if there is one. An encoder's head
 * stands before that norm, or behind it where the blocks begin with theirs. */
static gboolean
read_stream (const FoveaPass *pass, const float **x, GError **error)
{
    FoveaSession *session = pass->session;
    const FoveaArchitecture *architecture = session->architecture;
    const FoveaNormSite site = {&session->global, FOVEA_WEIGHT_FINAL_NORM_GAIN,
                                FOVEA_WEIGHT_FINAL_NORM_BIAS, FOVEA_POINT_FINAL_SCALE,
                                FOVEA_POINT_FINAL_NORMALIZED};
    const gboolean head_last = fovea_point_exists (architecture, FOVEA_POINT_FINAL_OUT, 0);
    *x = head_last ? pass->resid : transform_for_head (pass, pass->resid);
    if (architecture->norm_place != FOVEA_NORM_NOWHERE) {
        float *normed =
            fovea_forward_home (pass, head_last ? FOVEA_POINT_FINAL_OUT : FOVEA_POINT_UNEMBED_IN,
                                session->scratch.normed);
        if (!fovea_forward_norm (pass, &site, *x, normed, error))
            return FALSE;
        *x = normed;
    }
    if (head_last) {
        if (!fovea_forward_record (pass, FOVEA_POINT_FINAL_OUT, *x, error))
            return FALSE;
        *x = run_normed_head (pass, *x);
    }
    return fovea_forward_record (pass, FOVEA_POINT_UNEMBED_IN, *x, error);
}

/* Logits of the pass's rows, and what is wanted of them; @at: row of the chunk. */
static gboolean
unembed_rows (const FoveaPass *pass, gint64 at, const FoveaLogits *wanted, GError **error)
{
    FoveaSession *session = pass->session;
    gint64 V = session->architecture->vocabulary;
    gsize row_bytes = (gsize) V * sizeof (float);
    float *direct =
        session->host && wanted->all != NULL ? wanted->all + at * V : session->scratch.logits;
    const float *x;
    float *logits = fovea_forward_home (pass, FOVEA_POINT_UNEMBED_OUT, direct);
    if (!read_stream (pass, &x, error))
        return FALSE;
    if (session->architecture->no_head)
        return TRUE;
    multiply_unembedding (pass, x, logits);
    if (session->architecture->logit_scale != 0)
        session->ops->scale (session->device, logits, session->architecture->logit_scale,
                             pass->rows * V, logits);
    if (session->architecture->logit_soft_cap > 0)
        session->ops->soft_cap (session->device, logits, session->architecture->logit_soft_cap,
                                pass->rows * V, logits);
    if (!fovea_forward_record (pass, FOVEA_POINT_UNEMBED_OUT, logits, error))
        return FALSE;
    if (wanted->all != NULL && logits != wanted->all + at * V)
        session->ops->read (session->device, wanted->all + at * V, logits,
                            (gsize) pass->rows * row_bytes);
    if (wanted->last != NULL)
        session->ops->read (session->device, wanted->last, logits + (pass->rows - 1) * V,
                            row_bytes);
    gint64 n = MIN (pass->rows, wanted->n_targets - at);
    if (wanted->losses != NULL && n > 0) {
        session->ops->cross_entropy (session->device, logits, wanted->targets + at, n, V,
                                     session->scratch.losses);
        session->ops->read (session->device, wanted->losses + at, session->scratch.losses,
                            (gsize) n * sizeof (float));
    }
    return TRUE;
}

/* The encoder's last stream as the decoder's layers read it, and the keys and values that each of
 * them makes of it, once for all of the target. */
static gboolean
leave_source (const FoveaPass *pass, GError **error)
{
    FoveaSession *session = pass->session;
    const FoveaNormSite site = {&session->global, FOVEA_WEIGHT_SOURCE_NORM_GAIN,
                                FOVEA_N_WEIGHT_ROLES, FOVEA_POINT_SOURCE_SCALE,
                                FOVEA_POINT_SOURCE_NORMALIZED};
    FoveaPass source = *pass;
    source.layer = 0;
    float *states = fovea_forward_home (&source, FOVEA_POINT_SOURCE, session->scratch.normed);
    if (!fovea_forward_norm (&source, &site, pass->resid, states, error) ||
        !fovea_forward_record (&source, FOVEA_POINT_SOURCE, states, error))
        return FALSE;
    for (source.layer = end_layer (pass); source.layer < (guint64) session->architecture->n_layers;
         source.layer++)
        if (fovea_architecture_stack (session->architecture, source.layer) == FOVEA_STACK_CROSS &&
            !fovea_forward_source (&source, states, error))
            return FALSE;
    return fovea_recorder_split (pass->recorder, error);
}

static gboolean
wants_final (FoveaRecorder *recorder)
{
    for (guint kind = FOVEA_POINT_FINAL_SCALE; kind < FOVEA_N_POINTS; kind++)
        if (fovea_recorder_wants (recorder, kind, 0))
            return TRUE;
    return FALSE;
}

/* Slabs of rows, so that scratch holds few logits; the slabs never depend on what is kept. */
static gboolean
unembed (const FoveaPass *pass, const FoveaLogits *wanted, GError **error)
{
    gboolean every_row =
        wanted->all != NULL || wanted->losses != NULL || wants_final (pass->recorder);
    if (!every_row && wanted->last == NULL)
        return TRUE;
    gint64 C = pass->session->architecture->width;
    for (gint64 at = every_row ? 0 : pass->rows - 1; at < pass->rows;) {
        FoveaPass slab = *pass;
        slab.layer = 0;
        slab.first += at;
        slab.resid += at * C;
        slab.rows = MIN (pass->session->logit_rows, pass->rows - at);
        if (!unembed_rows (&slab, at, wanted, error))
            return FALSE;
        at += slab.rows;
    }
    return TRUE;
}

static gboolean
look_up (const FoveaPass *pass, const FoveaWatch *watch, GError **error)
{
    if (watch->progress != NULL) {
        gint64 L = pass->session->architecture->n_layers;
        watch->progress (watch->data, pass->first * L + pass->rows * (pass->layer + 1),
                         watch->total);
    }
    return !g_cancellable_set_error_if_cancelled (watch->cancellable, error);
}

gboolean
fovea_session_forward (FoveaSession *session,
                       const gint32 *ids,
                       gint64 rows,
                       FoveaRecorder *recorder,
                       const FoveaLogits *logits,
                       const FoveaWatch *watch,
                       GError **error)
{
    FoveaPass pass = {session, recorder, session->n_cached, rows, 0, NULL, FALSE};
    gboolean source = reads_source (&pass);
    pass.layer = first_layer (&pass);
    pass.release =
        fovea_recorder_fills_memory (recorder, fovea_model_get_weight_bytes (session->model));
    forget_nans (session);
    if (!embed (&pass, ids, error) || !check_stream (&pass, pass.layer, error))
        return FALSE;
    for (; pass.layer < end_layer (&pass); pass.layer++) {
        if (!fovea_forward_layer (&pass, error) || !check_stream (&pass, pass.layer + 1, error) ||
            !look_up (&pass, watch, error))
            return FALSE;
        release_weights (&pass);
    }
    if (!(source ? leave_source (&pass, error) : unembed (&pass, logits, error)) ||
        !check_chunk (&pass, error))
        return FALSE;
    session->n_cached += rows;
    return TRUE;
}
