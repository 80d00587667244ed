/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The forward pass: every family, from its description, through the operations of a device.
 * Invariants: nothing is allocated here; which points are recorded changes where values are put,
 * never how they are computed, so logits keep their bits. Each value has one home: the sink's own
 * memory where it is kept there, else scratch, where the next branch writes over it.
 * Cost: 2 flops a weight and row, and 2 H D (keys so far) x 2 a row and layer. */
#include <string.h>

#include "capture/recorder-heads.h"
#include "capture/session-private.h"

/* A chunk under way; small enough to hand down by pointer. */
typedef struct {
    FoveaSession *session;
    FoveaRecorder *recorder;
    gint64 first, rows; /* positions of the chunk */
    guint layer;
    float *resid;     /* (rows, C): the stream where it stands now */
    gboolean release; /* pages of weights make room for what is kept */
} Pass;

enum {
    /* Outputs of the unembedding at a time on the CPU: its pages are let go between them. That
     * costs one more cut of x, a thousandth of the product. A multiple of every panel's width. */
    UNEMBED_OUTPUTS = 2048,
    /* Tokens looked up between two releases: the system maps 16 pages around each row it is asked
     * for, so that a few hundred tokens bring the whole table in. */
    EMBED_ROWS = 64
};

static float *
home (const Pass *pass, FoveaPointKind kind, float *scratch)
{
    return fovea_recorder_destination (pass->recorder, kind, pass->layer, pass->first, pass->rows,
                                       scratch);
}

static gboolean
record (const Pass *pass, FoveaPointKind kind, const float *data, GError **error)
{
    return fovea_recorder_record (pass->recorder, kind, pass->layer, pass->first, pass->rows, data,
                                  error);
}

/* Outputs [from, from + n) of a linear operation; @y is where output 0 of the first row stands. */
static FoveaLinearArgs
linear_args (const Pass *pass,
             const FoveaSessionWeights *weights,
             FoveaWeightRole role,
             FoveaWeightRole bias,
             const float *x,
             gint64 from,
             gint64 n,
             float *y)
{
    const FoveaWeight *whole = &weights->matrix[role];
    gint64 skipped = whole->input_major ? from : from * whole->stride;
    FoveaLinearArgs args = {
        .precision = pass->session->precision,
        .rows = pass->rows,
        .x = x,
        .x_stride = whole->n_in,
        .weight = *whole,
        .bias = weights->vector[bias] != NULL ? weights->vector[bias] + from : NULL,
        .y = y + from,
        .y_stride = whole->n_out,
    };
    args.weight.n_out = n;
    args.weight.data =
        (const char *) whole->data + (gsize) skipped * fovea_dtype_size (whole->dtype);
    return args;
}

static void
linear (const Pass *pass,
        const FoveaSessionWeights *weights,
        FoveaWeightRole role,
        FoveaWeightRole bias,
        const float *x,
        float *y)
{
    const FoveaLinearArgs args =
        linear_args (pass, weights, role, bias, x, 0, weights->matrix[role].n_out, y);
    pass->session->ops->linear (pass->session->device, &args);
}

/* Which norm: its weights, and the points that show it. */
typedef struct {
    const FoveaSessionWeights *weights;
    FoveaWeightRole gain, bias;
    FoveaPointKind scale_point, normalized_point;
} NormSite;

/* Norm of the stream into session->scratch.normed. The scale and the normalized stream are computed
 * only where they are kept. @shadow: room for a kept value that the sink wants to be handed. */
static gboolean
norm (const Pass *pass, const NormSite *site, float *out, float *shadow, GError **error)
{
    FoveaSession *session = pass->session;
    const FoveaArchitecture *architecture = session->architecture;
    gboolean scale = fovea_recorder_wants (pass->recorder, site->scale_point, pass->layer);
    gboolean plain = fovea_recorder_wants (pass->recorder, site->normalized_point, pass->layer);
    /* Scales that the sink wants to be handed pass through q, which is free at every norm. */
    FoveaNormArgs args = {
        .kind = architecture->norm,
        .eps = architecture->norm_eps,
        .gain_offset = architecture->norm_gain_offset,
        .rows = pass->rows,
        .width = architecture->width,
        .x = pass->resid,
        .gain = site->weights->vector[site->gain],
        .bias = site->weights->vector[site->bias],
        .out = out,
        .scale = scale ? home (pass, site->scale_point, session->scratch.q) : NULL,
        .normalized = plain ? home (pass, site->normalized_point, shadow) : NULL,
    };
    session->ops->norm (session->device, &args);
    return (!scale || record (pass, site->scale_point, args.scale, error)) &&
           (!plain || record (pass, site->normalized_point, args.normalized, error));
}

static void
rotate (const Pass *pass, gint64 heads, const float *x, float *out)
{
    const FoveaArchitecture *architecture = pass->session->architecture;
    FoveaRotaryArgs args = {
        .rows = pass->rows,
        .heads = heads,
        .width = architecture->head_width,
        .rotary_width = architecture->rotary_width,
        .interleaved = architecture->rotary_interleaved,
        .first_position = pass->first,
        .cos = pass->session->cos,
        .sin = pass->session->sin,
        .x = x,
        .out = out,
    };
    pass->session->ops->rotary (pass->session->device, &args);
}

/* Whether the layer's keys are kept whole before their turn and not behind it. Then no cache of
 * turned ones is filled: all keys so far are turned anew for each chunk, with the same bits. That is
 * one rotation a key where the attention of the chunk takes as many products as it has rows. */
static gboolean
turns_again (const Pass *pass, guint layer)
{
    const FoveaSession *session = pass->session;
    if (session->architecture->position != FOVEA_POSITION_ROTARY ||
        session->chunk < FOVEA_TURN_AGAIN_ROWS)
        return FALSE;
    return fovea_recorder_history (pass->recorder, FOVEA_POINT_K, layer, NULL) != NULL &&
           fovea_recorder_history (pass->recorder, FOVEA_POINT_ROT_K, layer, NULL) == NULL;
}

/* Whose part of the key cache the layer uses: all that turn again share that of the first. */
static gint64
key_cache_layer (const Pass *pass)
{
    guint layer = 0;
    if (!turns_again (pass, pass->layer))
        return pass->layer;
    while (layer < pass->layer && !turns_again (pass, layer))
        layer++;
    return layer;
}

/* Keys or values of the layer from position @position on: in the session's cache, or where they
 * are kept whole, which is as good a cache. */
static float *
cache_row (const Pass *pass, FoveaPointKind kind, gint64 position)
{
    const FoveaSession *session = pass->session;
    const FoveaArchitecture *architecture = session->architecture;
    gint64 row = architecture->n_kv_heads * architecture->head_width;
    float *cache = kind == FOVEA_POINT_V ? session->v : session->k;
    gint64 layer = kind == FOVEA_POINT_ROT_K ? key_cache_layer (pass) : pass->layer;
    float *layer_cache = cache + layer * session->max_tokens * row;
    return fovea_recorder_history (pass->recorder, kind, pass->layer, layer_cache) + position * row;
}

static FoveaPointKind
key_kind (const FoveaSession *session)
{
    return session->architecture->position == FOVEA_POSITION_ROTARY ? FOVEA_POINT_ROT_K
                                                                    : FOVEA_POINT_K;
}

/* Rounds queries, keys or values as the device multiplies them, so that what is kept of them gives
 * the maps that the pass has. */
static void
round_for_attend (const Pass *pass, gint64 heads, float *x)
{
    const FoveaSession *session = pass->session;
    FoveaDtype dtype = fovea_device_attend_dtype (session->device, session->precision);
    if (dtype != FOVEA_F32)
        session->ops->round (session->device, x, dtype,
                             pass->rows * heads * session->architecture->head_width);
}

/* Keys as they enter the product, from those of the chunk to the cache: @k_cache is the chunk's. */
static void
rotate_keys (const Pass *pass, const float *k, float *k_cache)
{
    gint64 heads = pass->session->architecture->n_kv_heads;
    Pass all = *pass;
    if (turns_again (pass, pass->layer)) {
        all.first = 0;
        all.rows = pass->first + pass->rows;
        k = fovea_recorder_history (pass->recorder, FOVEA_POINT_K, pass->layer, NULL);
        k_cache = cache_row (pass, FOVEA_POINT_ROT_K, 0);
    }
    rotate (&all, heads, k, k_cache);
    round_for_attend (&all, heads, k_cache);
}

/* Queries, keys and values of the chunk; keys and values end up in the cache. @q: (out) as they
 * enter the product. */
static gboolean
project (const Pass *pass, const float *x, float **q, GError **error)
{
    FoveaSession *session = pass->session;
    const FoveaArchitecture *architecture = session->architecture;
    const FoveaSessionWeights *weights = &session->layers[pass->layer];
    gboolean rotary = architecture->position == FOVEA_POSITION_ROTARY;
    float *k_cache = cache_row (pass, key_kind (session), pass->first);
    float *v_cache = cache_row (pass, FOVEA_POINT_V, pass->first);

    *q = home (pass, FOVEA_POINT_Q, session->scratch.q);
    linear (pass, weights, FOVEA_WEIGHT_Q, FOVEA_WEIGHT_Q_BIAS, x, *q);
    float *k = rotary ? home (pass, FOVEA_POINT_K, k_cache) : k_cache;
    linear (pass, weights, FOVEA_WEIGHT_K, FOVEA_WEIGHT_K_BIAS, x, k);
    linear (pass, weights, FOVEA_WEIGHT_V, FOVEA_WEIGHT_V_BIAS, x, v_cache);
    round_for_attend (pass, architecture->n_kv_heads, v_cache);
    if (!rotary) {
        round_for_attend (pass, architecture->n_heads, *q);
        round_for_attend (pass, architecture->n_kv_heads, k);
    }
    if (!record (pass, FOVEA_POINT_Q, *q, error) || !record (pass, FOVEA_POINT_K, k, error) ||
        !record (pass, FOVEA_POINT_V, v_cache, error))
        return FALSE;
    if (!rotary)
        return TRUE;
    float *turned = home (pass, FOVEA_POINT_ROT_Q, session->scratch.q);
    rotate (pass, architecture->n_heads, *q, turned);
    round_for_attend (pass, architecture->n_heads, turned);
    rotate_keys (pass, k, k_cache);
    *q = turned;
    return record (pass, FOVEA_POINT_ROT_Q, turned, error) &&
           record (pass, FOVEA_POINT_ROT_K, k_cache, error);
}

static gboolean
attend (const Pass *pass, const float *q, float **z, GError **error)
{
    FoveaSession *session = pass->session;
    const FoveaArchitecture *architecture = session->architecture;
    *z = home (pass, FOVEA_POINT_Z, session->scratch.z);
    FoveaAttendArgs args = {
        .precision = session->precision,
        .rule = fovea_architecture_get_score_rule (architecture, pass->layer),
        .rows = pass->rows,
        .n_keys = pass->first + pass->rows,
        .heads = architecture->n_heads,
        .kv_heads = architecture->n_kv_heads,
        .width = architecture->head_width,
        .first_query = pass->first,
        .q = q,
        .k = cache_row (pass, key_kind (session), 0),
        .v = cache_row (pass, FOVEA_POINT_V, 0),
        .z = *z,
    };
    fovea_recorder_prepare_attend (pass->recorder, pass->layer, &args);
    session->ops->attend (session->device, &args);
    return fovea_session_call_hook (session, pass->layer, &args, error) &&
           fovea_recorder_record_attend (pass->recorder, pass->layer, &args, error) &&
           record (pass, FOVEA_POINT_Z, *z, error);
}

/* Home of the stream behind this layer: the next layer's entry is the same tensor. */
static float *
stream_home (const Pass *pass, float *scratch)
{
    float *own = home (pass, FOVEA_POINT_RESID_POST, scratch);
    gboolean last = pass->layer + 1 == (guint64) pass->session->architecture->n_layers;
    if (own != scratch || last)
        return own;
    return fovea_recorder_destination (pass->recorder, FOVEA_POINT_RESID_PRE, pass->layer + 1,
                                       pass->first, pass->rows, scratch);
}

static void
add_to_stream (Pass *pass, const float *branch, float *to)
{
    FoveaSession *session = pass->session;
    session->ops->add (session->device, pass->resid, branch,
                       pass->rows * session->architecture->width, to);
    pass->resid = to;
}

static gboolean
attention_block (Pass *pass, float *to, GError **error)
{
    FoveaSession *session = pass->session;
    const FoveaSessionWeights *weights = &session->layers[pass->layer];
    const NormSite site = {weights, FOVEA_WEIGHT_NORM1_GAIN, FOVEA_WEIGHT_NORM1_BIAS,
                           FOVEA_POINT_LN1_SCALE, FOVEA_POINT_LN1_NORMALIZED};
    float *q, *z;
    float *out = home (pass, FOVEA_POINT_ATTN_OUT, session->scratch.branch);
    if (!norm (pass, &site, session->scratch.normed, session->scratch.branch, error) ||
        !project (pass, session->scratch.normed, &q, error) || !attend (pass, q, &z, error))
        return FALSE;
    const FoveaLinearArgs product = linear_args (pass, weights, FOVEA_WEIGHT_O, FOVEA_WEIGHT_O_BIAS,
                                                 z, 0, weights->matrix[FOVEA_WEIGHT_O].n_out, out);
    if (!fovea_recorder_record_result (pass->recorder, pass->layer, pass->first, &product, error))
        return FALSE;
    session->ops->linear (session->device, &product);
    add_to_stream (pass, out, to);
    return record (pass, FOVEA_POINT_ATTN_OUT, out, error);
}

/* Activations of the chunk's MLP from its normed rows. */
static gboolean
mlp_hidden (const Pass *pass, const float *x, float **hidden, GError **error)
{
    FoveaSession *session = pass->session;
    const FoveaArchitecture *architecture = session->architecture;
    const FoveaSessionWeights *weights = &session->layers[pass->layer];
    float *pre = home (pass, FOVEA_POINT_PRE, session->scratch.pre);
    float *up = NULL;
    if (architecture->gated) {
        up = home (pass, FOVEA_POINT_PRE_LINEAR, session->scratch.up);
        linear (pass, weights, FOVEA_WEIGHT_MLP_GATE, FOVEA_WEIGHT_MLP_GATE_BIAS, x, pre);
        linear (pass, weights, FOVEA_WEIGHT_MLP_IN, FOVEA_WEIGHT_MLP_IN_BIAS, x, up);
        if (!record (pass, FOVEA_POINT_PRE_LINEAR, up, error))
            return FALSE;
    } else {
        linear (pass, weights, FOVEA_WEIGHT_MLP_IN, FOVEA_WEIGHT_MLP_IN_BIAS, x, pre);
    }
    if (!record (pass, FOVEA_POINT_PRE, pre, error))
        return FALSE;
    *hidden = home (pass, FOVEA_POINT_POST, session->scratch.pre);
    session->ops->activate (session->device, architecture->activation, pre, up,
                            pass->rows * architecture->mlp_width, *hidden);
    return record (pass, FOVEA_POINT_POST, *hidden, error);
}

static gboolean
mlp_block (Pass *pass, float *to, GError **error)
{
    FoveaSession *session = pass->session;
    const FoveaSessionWeights *weights = &session->layers[pass->layer];
    const NormSite site = {weights, FOVEA_WEIGHT_NORM2_GAIN, FOVEA_WEIGHT_NORM2_BIAS,
                           FOVEA_POINT_LN2_SCALE, FOVEA_POINT_LN2_NORMALIZED};
    float *hidden;
    float *out = home (pass, FOVEA_POINT_MLP_OUT, session->scratch.branch);
    if (!record (pass, FOVEA_POINT_RESID_MID, pass->resid, error) ||
        !record (pass, FOVEA_POINT_MLP_IN, pass->resid, error) ||
        !norm (pass, &site, session->scratch.normed, session->scratch.branch, error) ||
        !mlp_hidden (pass, session->scratch.normed, &hidden, error))
        return FALSE;
    linear (pass, weights, FOVEA_WEIGHT_MLP_OUT, FOVEA_WEIGHT_MLP_OUT_BIAS, hidden, out);
    add_to_stream (pass, out, to);
    return record (pass, FOVEA_POINT_MLP_OUT, out, error);
}

/* NaN in the stream: looked for at its entry (place 0) and behind each layer. The earliest place
 * counts: attention multiplies forbidden values by zero, which spreads a NaN to positions before
 * it. */
static gboolean
report_nan (const Pass *pass, guint place, GError **error)
{
    FoveaPoint point = {place == 0 ? FOVEA_POINT_RESID_PRE : FOVEA_POINT_RESID_POST,
                        place == 0 ? 0 : place - 1, 0};
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
check_stream (const Pass *pass, guint place, GError **error)
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
check_chunk (const Pass *pass, GError **error)
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

static gboolean
run_layer (Pass *pass, GError **error)
{
    FoveaSession *session = pass->session;
    gboolean has_mlp = session->architecture->mlp_width > 0;
    if (!record (pass, FOVEA_POINT_RESID_PRE, pass->resid, error) ||
        !fovea_recorder_record_inputs (pass->recorder, pass->layer, pass->first, pass->rows,
                                       pass->resid, error))
        return FALSE;
    /* In scratch a branch is added in place: nobody reads the stream before it any more. */
    float *after = stream_home (pass, session->scratch.resid);
    float *mid = has_mlp ? home (pass, FOVEA_POINT_RESID_MID, session->scratch.resid) : after;
    if (!attention_block (pass, mid, error) || (has_mlp && !mlp_block (pass, after, error)))
        return FALSE;
    return record (pass, FOVEA_POINT_RESID_POST, pass->resid, error) &&
           check_stream (pass, pass->layer + 1, error);
}

static void
release_weights (const Pass *pass)
{
    if (pass->release)
        fovea_model_release_pages (pass->session->model);
}

static void
look_up_tokens (const Pass *pass, const gint32 *ids, float *out)
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

/* Token embedding, and the position table where the family adds one. */
static gboolean
embed (Pass *pass, const gint32 *ids, GError **error)
{
    FoveaSession *session = pass->session;
    const FoveaSessionWeights *weights = &session->global;
    float *entry = home (pass, FOVEA_POINT_RESID_PRE, session->scratch.resid);
    gboolean learned = session->architecture->position == FOVEA_POSITION_LEARNED;
    pass->resid = home (pass, FOVEA_POINT_EMBED, entry);
    look_up_tokens (pass, ids, pass->resid);
    if (!record (pass, FOVEA_POINT_EMBED, pass->resid, error))
        return FALSE;
    if (!learned)
        return TRUE;
    float *position = home (pass, FOVEA_POINT_POS_EMBED, session->scratch.branch);
    for (gint64 t = 0; t < pass->rows; t++)
        session->positions[t] = (gint32) (pass->first + t);
    session->ops->embed (session->device, &weights->matrix[FOVEA_WEIGHT_POSITION],
                         session->positions, pass->rows, position);
    if (!record (pass, FOVEA_POINT_POS_EMBED, position, error))
        return FALSE;
    add_to_stream (pass, position, entry);
    return TRUE;
}

/* In the same parts whatever is kept, so that logits keep their bits. */
static void
multiply_unembedding (const Pass *pass, const float *x, float *logits)
{
    const FoveaSessionWeights *weights = &pass->session->global;
    gint64 V = pass->session->architecture->vocabulary;
    gint64 most = pass->session->host ? UNEMBED_OUTPUTS : V;
    for (gint64 from = 0; from < V; from += most) {
        const FoveaLinearArgs args =
            linear_args (pass, weights, FOVEA_WEIGHT_UNEMBED, FOVEA_WEIGHT_UNEMBED_BIAS, x, from,
                         MIN (most, V - from), logits);
        pass->session->ops->linear (pass->session->device, &args);
        release_weights (pass);
    }
}

/* Logits of the pass's rows, and what is wanted of them; @at: row of the chunk. */
static gboolean
unembed_rows (const Pass *pass, gint64 at, const FoveaLogits *wanted, GError **error)
{
    FoveaSession *session = pass->session;
    gint64 V = session->architecture->vocabulary;
    const NormSite site = {&session->global, FOVEA_WEIGHT_FINAL_NORM_GAIN,
                           FOVEA_WEIGHT_FINAL_NORM_BIAS, FOVEA_POINT_FINAL_SCALE,
                           FOVEA_POINT_FINAL_NORMALIZED};
    gsize row_bytes = (gsize) V * sizeof (float);
    float *direct =
        session->host && wanted->all != NULL ? wanted->all + at * V : session->scratch.logits;
    float *x = home (pass, FOVEA_POINT_UNEMBED_IN, session->scratch.normed);
    float *logits = home (pass, FOVEA_POINT_UNEMBED_OUT, direct);
    if (!norm (pass, &site, x, session->scratch.branch, error) ||
        !record (pass, FOVEA_POINT_UNEMBED_IN, x, error))
        return FALSE;
    multiply_unembedding (pass, x, logits);
    if (!record (pass, FOVEA_POINT_UNEMBED_OUT, logits, error))
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
unembed (const Pass *pass, const FoveaLogits *wanted, GError **error)
{
    gboolean every_row =
        wanted->all != NULL || wanted->losses != NULL || wants_final (pass->recorder);
    if (!every_row && wanted->last == NULL)
        return TRUE;
    gint64 C = pass->session->architecture->width;
    for (gint64 at = every_row ? 0 : pass->rows - 1; at < pass->rows;) {
        Pass slab = *pass;
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
look_up (const Pass *pass, const FoveaWatch *watch, GError **error)
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
    Pass pass = {session, recorder, session->n_cached, rows, 0, NULL, FALSE};
    pass.release =
        fovea_recorder_fills_memory (recorder, fovea_model_get_weight_bytes (session->model));
    forget_nans (session);
    if (!embed (&pass, ids, error) || !check_stream (&pass, 0, error))
        return FALSE;
    for (; pass.layer < (guint64) session->architecture->n_layers; pass.layer++) {
        if (!run_layer (&pass, error) || !look_up (&pass, watch, error))
            return FALSE;
        release_weights (&pass);
    }
    if (!unembed (&pass, logits, error) || !check_chunk (&pass, error))
        return FALSE;
    session->n_cached += rows;
    return TRUE;
}
