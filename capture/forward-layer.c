/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One layer of the forward pass, of any family: attention, then or beside it the MLP, and the norms
 * where the family has them.
 * Invariants: those of forward.c. Values of one branch do not live while the other runs.
 * Cost: 2 flops a weight and row, and 2 H D (keys so far) x 2 a row. */
#include "capture/forward-private.h"
#include "capture/recorder-heads.h"
#include "capture/recorder.h"
#include "capture/session-private.h"

static FoveaNormSite
norm_site (const FoveaPass *pass, int branch, gboolean post)
{
    const FoveaSessionWeights *weights = &pass->session->layers[pass->layer];
    const FoveaNormSite sites[2][2] = {
        {{weights, FOVEA_WEIGHT_NORM1_GAIN, FOVEA_WEIGHT_NORM1_BIAS, FOVEA_POINT_LN1_SCALE,
          FOVEA_POINT_LN1_NORMALIZED},
         {weights, FOVEA_WEIGHT_NORM1_POST_GAIN, FOVEA_N_WEIGHT_ROLES, FOVEA_POINT_LN1_POST_SCALE,
          FOVEA_POINT_LN1_POST_NORMALIZED}},
        {{weights, FOVEA_WEIGHT_NORM2_GAIN, FOVEA_WEIGHT_NORM2_BIAS, FOVEA_POINT_LN2_SCALE,
          FOVEA_POINT_LN2_NORMALIZED},
         {weights, FOVEA_WEIGHT_NORM2_POST_GAIN, FOVEA_N_WEIGHT_ROLES, FOVEA_POINT_LN2_POST_SCALE,
          FOVEA_POINT_LN2_POST_NORMALIZED}}};
    return sites[branch][post];
}

/* Whether the layer attends to the source. */
static gboolean
crosses (const FoveaPass *pass)
{
    return fovea_architecture_stack (pass->session->architecture, pass->layer) == FOVEA_STACK_CROSS;
}

static void
rotate (const FoveaPass *pass, gint64 heads, const float *x, float *out)
{
    const FoveaArchitecture *architecture = pass->session->architecture;
    FoveaRotaryAngles angles = fovea_architecture_rotary_angles (architecture, pass->layer);
    FoveaRotaryArgs args = {
        .rows = pass->rows,
        .heads = heads,
        .width = architecture->head_width,
        .rotary_width = architecture->rotary_width,
        .interleaved = architecture->rotary_interleaved,
        .first_position = pass->first,
        .cos = pass->session->cos[angles],
        .sin = pass->session->sin[angles],
        .x = x,
        .out = out,
    };
    pass->session->ops->rotary (pass->session->device, &args);
}

/* Whether the layer's keys are kept whole before their turn and not behind it. Then no cache of
 * turned ones is filled: all keys so far are turned anew for each chunk, with the same bits. That is
 * one rotation a key where the attention of the chunk takes as many products as it has rows. */
static gboolean
turns_again (const FoveaPass *pass, guint layer)
{
    const FoveaSession *session = pass->session;
    if (session->architecture->position != FOVEA_POSITION_ROTARY ||
        session->chunk < FOVEA_TURN_AGAIN_ROWS)
        return FALSE;
    FoveaPointKind unturned = fovea_point_unturned_key (session->architecture);
    return fovea_recorder_history (pass->recorder, unturned, layer, NULL) != NULL &&
           fovea_recorder_history (pass->recorder, FOVEA_POINT_ROT_K, layer, NULL) == NULL;
}

/* Whose part of the key cache the layer uses: all that turn again share that of the first. */
static gint64
key_cache_layer (const FoveaPass *pass)
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
cache_row (const FoveaPass *pass, FoveaPointKind kind, gint64 position)
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
round_for_attend (const FoveaPass *pass, gint64 heads, float *x)
{
    const FoveaSession *session = pass->session;
    FoveaDtype dtype = fovea_device_attend_dtype (session->device, session->precision);
    if (dtype != FOVEA_F32)
        session->ops->round (session->device, x, dtype,
                             pass->rows * heads * session->architecture->head_width);
}

/* Keys as they enter the product, from those of the chunk to the cache: @k_cache is the chunk's. */
static void
rotate_keys (const FoveaPass *pass, const float *k, float *k_cache)
{
    gint64 heads = pass->session->architecture->n_kv_heads;
    FoveaPointKind unturned = fovea_point_unturned_key (pass->session->architecture);
    FoveaPass all = *pass;
    if (turns_again (pass, pass->layer)) {
        all.first = 0;
        all.rows = pass->first + pass->rows;
        k = fovea_recorder_history (pass->recorder, unturned, pass->layer, NULL);
        k_cache = cache_row (pass, FOVEA_POINT_ROT_K, 0);
    }
    rotate (&all, heads, k, k_cache);
    round_for_attend (&all, heads, k_cache);
}

/* Clips queries, keys or values of a family that does so, where they stand. */
static void
clip (const FoveaPass *pass, gint64 heads, float *x)
{
    const FoveaSession *session = pass->session;
    float limit = session->architecture->qkv_limit;
    if (limit > 0)
        session->ops->clip (session->device, x, limit,
                            pass->rows * heads * session->architecture->head_width, x);
}

/* Queries or keys of a family that normalises them, before they are turned. @at: where they stand,
 * and where they go unless they are kept. */
static gboolean
norm_heads (
    const FoveaPass *pass, FoveaPointKind kind, gint64 heads, float **at, float *to, GError **error)
{
    FoveaSession *session = pass->session;
    const FoveaArchitecture *architecture = session->architecture;
    gboolean queries = kind == FOVEA_POINT_Q_NORMED;
    const FoveaSessionWeights *weights = &session->layers[pass->layer];
    gboolean each = architecture->qk_norm != FOVEA_QK_NORM_ALL;
    if (architecture->qk_norm == FOVEA_QK_NORM_NONE)
        return TRUE;
    FoveaNormArgs args = {
        .kind = architecture->norm,
        .eps = architecture->norm_eps,
        .gain_offset = architecture->norm_gain_offset,
        .rows = each ? pass->rows * heads : pass->rows,
        .width = each ? architecture->head_width : heads * architecture->head_width,
        .x = *at,
        .gain = weights->vector[queries ? FOVEA_WEIGHT_Q_NORM_GAIN : FOVEA_WEIGHT_K_NORM_GAIN],
        .gain_rows = architecture->qk_norm == FOVEA_QK_NORM_EACH ? heads : 1,
        .bias = weights->vector[queries ? FOVEA_WEIGHT_Q_NORM_BIAS : FOVEA_WEIGHT_K_NORM_BIAS],
        .out = fovea_forward_home (pass, kind, to),
    };
    session->ops->norm (session->device, &args);
    clip (pass, heads, args.out);
    *at = args.out;
    return fovea_forward_record (pass, kind, args.out, error);
}

/* Queries and keys as they enter the product, from @q and @k. */
static gboolean
turn (const FoveaPass *pass, float **q, float *k, float *k_cache, GError **error)
{
    FoveaSession *session = pass->session;
    const FoveaArchitecture *architecture = session->architecture;
    float *turned = fovea_forward_home (pass, FOVEA_POINT_ROT_Q, session->scratch.q);
    if (!norm_heads (pass, FOVEA_POINT_Q_NORMED, architecture->n_heads, q, session->scratch.q,
                     error) ||
        !norm_heads (pass, FOVEA_POINT_K_NORMED, architecture->n_kv_heads, &k, k_cache, error))
        return FALSE;
    rotate (pass, architecture->n_heads, *q, turned);
    round_for_attend (pass, architecture->n_heads, turned);
    rotate_keys (pass, k, k_cache);
    *q = turned;
    return fovea_forward_record (pass, FOVEA_POINT_ROT_Q, turned, error) &&
           fovea_forward_record (pass, FOVEA_POINT_ROT_K, k_cache, error);
}

/* What a product of small rank leaves of the rows, normalised. */
static float *
make_latent (const FoveaPass *pass, const float *x, FoveaWeightRole role, FoveaWeightRole gain)
{
    FoveaSession *session = pass->session;
    const FoveaSessionWeights *weights = &session->layers[pass->layer];
    float *latent = session->scratch.latent;
    const FoveaNormArgs args = {
        .kind = session->architecture->norm,
        .eps = session->architecture->latent_eps,
        .rows = pass->rows,
        .width = weights->matrix[role].n_out,
        .x = latent,
        .gain = weights->vector[gain],
        .out = latent,
    };
    fovea_forward_linear (pass, weights, role, FOVEA_N_WEIGHT_ROLES, x, latent);
    session->ops->norm (session->device, &args);
    return latent;
}

/* Queries, keys and values of latent attention, each head's as if it were projected by itself. What
 * turns of a key stands first and is shared: spreading it over the heads is a product with zeros and
 * ones, and the rest of the keys has zeros there, so both are exact. */
static void
project_latents (const FoveaPass *pass, const float *x, float *q, float *k, float *v)
{
    FoveaSession *session = pass->session;
    const FoveaSessionWeights *weights = &session->layers[pass->layer];
    const FoveaWeightRole none = FOVEA_N_WEIGHT_ROLES;
    const float *from = x;
    if (session->architecture->q_latent > 0)
        from = make_latent (pass, x, FOVEA_WEIGHT_Q_LATENT, FOVEA_WEIGHT_Q_LATENT_GAIN);
    fovea_forward_linear (pass, weights, FOVEA_WEIGHT_Q, none, from, q);
    from = make_latent (pass, x, FOVEA_WEIGHT_KV_LATENT, FOVEA_WEIGHT_KV_LATENT_GAIN);
    fovea_forward_linear (pass, weights, FOVEA_WEIGHT_K, none, from, k);
    fovea_forward_linear (pass, weights, FOVEA_WEIGHT_V, none, from, v);
    fovea_forward_linear (pass, weights, FOVEA_WEIGHT_K_SHARED, none, x, session->scratch.shared);
    fovea_forward_linear (pass, &session->global, FOVEA_WEIGHT_SPREAD, none,
                          session->scratch.shared, session->scratch.z);
    session->ops->add (session->device, k, session->scratch.z,
                       pass->rows * weights->matrix[FOVEA_WEIGHT_K].n_out, k);
}

gboolean
fovea_forward_source (const FoveaPass *pass, const float *states, GError **error)
{
    FoveaSession *session = pass->session;
    const FoveaSessionWeights *weights = &session->layers[pass->layer];
    gint64 heads = session->architecture->n_kv_heads;
    float *k = cache_row (pass, FOVEA_POINT_K, pass->first);
    float *v = cache_row (pass, FOVEA_POINT_V, pass->first);
    fovea_forward_linear (pass, weights, FOVEA_WEIGHT_K, FOVEA_WEIGHT_K_BIAS, states, k);
    fovea_forward_linear (pass, weights, FOVEA_WEIGHT_V, FOVEA_WEIGHT_V_BIAS, states, v);
    round_for_attend (pass, heads, k);
    round_for_attend (pass, heads, v);
    return fovea_forward_record (pass, FOVEA_POINT_K, k, error) &&
           fovea_forward_record (pass, FOVEA_POINT_V, v, error);
}

/* Queries alone, of a layer whose keys and values were made of the source. */
static gboolean
project_queries (const FoveaPass *pass, const float *x, float **q, GError **error)
{
    *q = fovea_forward_home (pass, FOVEA_POINT_Q, pass->session->scratch.q);
    fovea_forward_linear (pass, &pass->session->layers[pass->layer], FOVEA_WEIGHT_Q,
                          FOVEA_WEIGHT_Q_BIAS, x, *q);
    round_for_attend (pass, pass->session->architecture->n_heads, *q);
    return fovea_forward_record (pass, FOVEA_POINT_Q, *q, error);
}

/* Queries, keys and values of the chunk; keys and values end up in the cache. @q: (out) as they
 * enter the product. */
static gboolean
project (const FoveaPass *pass, const float *x, float **q, GError **error)
{
    FoveaSession *session = pass->session;
    const FoveaArchitecture *architecture = session->architecture;
    const FoveaSessionWeights *weights = &session->layers[pass->layer];
    gboolean rotary = architecture->position == FOVEA_POSITION_ROTARY;
    float *k_cache = cache_row (pass, key_kind (session), pass->first);
    float *v_cache = cache_row (pass, FOVEA_POINT_V, pass->first);

    *q = fovea_forward_home (pass, FOVEA_POINT_Q, session->scratch.q);
    float *k = rotary ? fovea_forward_home (pass, FOVEA_POINT_K, k_cache) : k_cache;
    if (architecture->kv_latent > 0) {
        project_latents (pass, x, *q, k, v_cache);
    } else {
        fovea_forward_linear (pass, weights, FOVEA_WEIGHT_Q, FOVEA_WEIGHT_Q_BIAS, x, *q);
        fovea_forward_linear (pass, weights, FOVEA_WEIGHT_K, FOVEA_WEIGHT_K_BIAS, x, k);
        fovea_forward_linear (pass, weights, FOVEA_WEIGHT_V, FOVEA_WEIGHT_V_BIAS, x, v_cache);
    }
    if (architecture->qk_norm == FOVEA_QK_NORM_NONE) {
        clip (pass, architecture->n_heads, *q);
        clip (pass, architecture->n_kv_heads, k);
    }
    clip (pass, architecture->n_kv_heads, v_cache);
    round_for_attend (pass, architecture->n_kv_heads, v_cache);
    if (!rotary) {
        round_for_attend (pass, architecture->n_heads, *q);
        round_for_attend (pass, architecture->n_kv_heads, k);
    }
    if (!fovea_forward_record (pass, FOVEA_POINT_Q, *q, error) ||
        !fovea_forward_record (pass, FOVEA_POINT_K, k, error) ||
        !fovea_forward_record (pass, FOVEA_POINT_V, v_cache, error))
        return FALSE;
    return !rotary || turn (pass, q, k, k_cache, error);
}

static gboolean
attend (const FoveaPass *pass, const float *q, float **z, GError **error)
{
    FoveaSession *session = pass->session;
    const FoveaArchitecture *architecture = session->architecture;
    *z = fovea_forward_home (pass, FOVEA_POINT_Z, session->scratch.z);
    FoveaAttendArgs args = {
        .precision = session->precision,
        .rule = fovea_architecture_get_sequence_rule (architecture, pass->layer, session->n_source),
        .rows = pass->rows,
        .n_keys = crosses (pass) ? session->n_source : pass->first + pass->rows,
        .heads = architecture->n_heads,
        .kv_heads = architecture->n_kv_heads,
        .width = architecture->head_width,
        .first_query = pass->first,
        .q = q,
        .k = cache_row (pass, key_kind (session), 0),
        .v = cache_row (pass, FOVEA_POINT_V, 0),
        .z = *z,
    };
    fovea_session_watch_attend (session, pass->layer, &args);
    fovea_recorder_prepare_attend (pass->recorder, pass->layer, &args);
    session->ops->attend (session->device, &args);
    return fovea_session_call_hook (session, pass->layer, &args, error) &&
           fovea_forward_edit (pass, FOVEA_POINT_Z, args.heads * args.width, *z, error) &&
           fovea_recorder_record_attend (pass->recorder, pass->layer, &args, error) &&
           fovea_forward_record (pass, FOVEA_POINT_Z, *z, error);
}

/* Home of the stream behind this layer: the next layer's entry is the same tensor. */
static float *
stream_home (const FoveaPass *pass, float *scratch)
{
    const FoveaArchitecture *architecture = pass->session->architecture;
    FoveaPointKind kind = architecture->norm_place == FOVEA_NORM_OF_SUM
                              ? FOVEA_POINT_NORMALIZED_RESID_POST
                              : FOVEA_POINT_RESID_POST;
    float *own = fovea_forward_home (pass, kind, scratch);
    gboolean last = pass->layer + 1 == (guint64) architecture->n_layers ||
                    pass->layer + 1 == (guint64) architecture->n_encoder_layers;
    if (own != scratch || last)
        return own;
    return fovea_recorder_destination (pass->recorder, FOVEA_POINT_RESID_PRE, pass->layer + 1,
                                       pass->first, pass->rows, scratch);
}

/* What a branch (0 attention, 1 MLP) reads of @stream. */
static gboolean
enter_branch (
    const FoveaPass *pass, int branch, const float *stream, const float **x, GError **error)
{
    FoveaSession *session = pass->session;
    const FoveaArchitecture *architecture = session->architecture;
    *x = stream;
    if (branch == 1 && !fovea_forward_record (pass, FOVEA_POINT_MLP_IN, stream, error))
        return FALSE;
    if (architecture->norm_place != FOVEA_NORM_BEFORE &&
        architecture->norm_place != FOVEA_NORM_AROUND)
        return TRUE;
    if (branch == 0 && !fovea_architecture_has_first_norm (architecture, pass->layer))
        return TRUE;
    float *normed = session->scratch.normed;
    *x = normed;
    if (branch == 1 && architecture->shared_norm)
        return TRUE; /* attention's is still there */
    if (branch == 1 && architecture->parallel)
        *x = normed = session->scratch.extra;
    const FoveaNormSite site = norm_site (pass, branch, FALSE);
    return fovea_forward_norm (pass, &site, stream, normed, error);
}

/* What a branch computed becomes part of the stream. @raw: its last product; @kind: the point that
 * shows what is added; @to: where the stream goes on. */
static gboolean
leave_branch (
    FoveaPass *pass, int branch, float *raw, FoveaPointKind kind, float *to, GError **error)
{
    FoveaSession *session = pass->session;
    FoveaNormPlace place = session->architecture->norm_place;
    const FoveaNormSite site = norm_site (pass, branch, place == FOVEA_NORM_AROUND);
    float *added = raw;
    if (place == FOVEA_NORM_BEHIND || place == FOVEA_NORM_AROUND) {
        float *normed = fovea_forward_home (pass, kind, session->scratch.branch);
        if (!fovea_forward_norm (pass, &site, raw, normed, error))
            return FALSE;
        added = normed;
    }
    if (session->architecture->residual_scale != 0)
        session->ops->scale (session->device, added, session->architecture->residual_scale,
                             pass->rows * session->architecture->width, added);
    if (!fovea_forward_edit (pass, kind, session->architecture->width, added, error))
        return FALSE;
    fovea_forward_add (pass, added, to);
    return fovea_forward_record (pass, kind, added, error);
}

/* Where the last product of a branch goes: where the point is kept that shows it, or scratch where
 * a norm comes first. */
static float *
branch_home (const FoveaPass *pass, FoveaPointKind kind)
{
    FoveaSession *session = pass->session;
    FoveaNormPlace place = session->architecture->norm_place;
    gboolean norm_follows = place == FOVEA_NORM_BEHIND || place == FOVEA_NORM_AROUND;
    return norm_follows ? session->scratch.normed
                        : fovea_forward_home (pass, kind, session->scratch.branch);
}

static gboolean
attention_block (FoveaPass *pass, float *to, GError **error)
{
    FoveaSession *session = pass->session;
    const FoveaSessionWeights *weights = &session->layers[pass->layer];
    const float *x;
    float *q, *z;
    if (!enter_branch (pass, 0, pass->resid, &x, error) ||
        !(crosses (pass) ? project_queries : project) (pass, x, &q, error) ||
        !attend (pass, q, &z, error))
        return FALSE;
    float *out = branch_home (pass, FOVEA_POINT_ATTN_OUT);
    const FoveaLinearArgs product =
        fovea_forward_linear_args (pass, weights, FOVEA_WEIGHT_O, FOVEA_WEIGHT_O_BIAS, z, 0,
                                   weights->matrix[FOVEA_WEIGHT_O].n_out, out);
    if (!fovea_recorder_record_result (pass->recorder, pass->layer, pass->first, &product, error))
        return FALSE;
    session->ops->linear (session->device, &product);
    return leave_branch (pass, 0, out, FOVEA_POINT_ATTN_OUT, to, error);
}

/* Activations of the chunk's MLP from its normed rows. */
static gboolean
mlp_hidden (const FoveaPass *pass, const float *x, float **hidden, GError **error)
{
    FoveaSession *session = pass->session;
    const FoveaArchitecture *architecture = session->architecture;
    const FoveaSessionWeights *weights = &session->layers[pass->layer];
    float *pre = fovea_forward_home (pass, FOVEA_POINT_PRE, session->scratch.pre);
    float *up = NULL;
    if (architecture->gated) {
        up = fovea_forward_home (pass, FOVEA_POINT_PRE_LINEAR, session->scratch.up);
        fovea_forward_linear (pass, weights, FOVEA_WEIGHT_MLP_GATE, FOVEA_WEIGHT_MLP_GATE_BIAS, x,
                              pre);
        fovea_forward_linear (pass, weights, FOVEA_WEIGHT_MLP_IN, FOVEA_WEIGHT_MLP_IN_BIAS, x, up);
        if (!fovea_forward_record (pass, FOVEA_POINT_PRE_LINEAR, up, error))
            return FALSE;
    } else {
        fovea_forward_linear (pass, weights, FOVEA_WEIGHT_MLP_IN, FOVEA_WEIGHT_MLP_IN_BIAS, x, pre);
    }
    if (!fovea_forward_record (pass, FOVEA_POINT_PRE, pre, error))
        return FALSE;
    *hidden = fovea_forward_home (pass, FOVEA_POINT_POST, session->scratch.pre);
    session->ops->activate (session->device, architecture->activation, pre, up,
                            pass->rows * weights->matrix[FOVEA_WEIGHT_MLP_IN].n_out, *hidden);
    return fovea_forward_record (pass, FOVEA_POINT_POST, *hidden, error);
}

/* @x: what the MLP reads. */
static gboolean
mlp_block (FoveaPass *pass, const float *x, float *to, GError **error)
{
    FoveaSession *session = pass->session;
    const FoveaSessionWeights *weights = &session->layers[pass->layer];
    float *hidden;
    float *out = branch_home (pass, FOVEA_POINT_MLP_OUT);
    if (fovea_architecture_has_experts (session->architecture, pass->layer)) {
        if (!fovea_forward_experts (pass, x, out, error))
            return FALSE;
        return leave_branch (pass, 1, out, FOVEA_POINT_MLP_OUT, to, error);
    }
    if (!mlp_hidden (pass, x, &hidden, error))
        return FALSE;
    fovea_forward_linear (pass, weights, FOVEA_WEIGHT_MLP_OUT, FOVEA_WEIGHT_MLP_OUT_BIAS, hidden,
                          out);
    return leave_branch (pass, 1, out, FOVEA_POINT_MLP_OUT, to, error);
}

/* The stream behind a sum, normalised where the family does so: what the next branch reads. */
static gboolean
settle_sum (FoveaPass *pass, int branch, float *to, GError **error)
{
    if (pass->session->architecture->norm_place != FOVEA_NORM_OF_SUM)
        return TRUE;
    const FoveaNormSite site = norm_site (pass, branch, FALSE);
    if (!fovea_forward_norm (pass, &site, pass->resid, to, error))
        return FALSE;
    pass->resid = to;
    return TRUE;
}

/* The stream at one of its points, edited first. */
static gboolean
record_stream (const FoveaPass *pass, FoveaPointKind kind, GError **error)
{
    gint64 width = pass->session->architecture->width;
    return fovea_forward_edit (pass, kind, width, pass->resid, error) &&
           fovea_forward_record (pass, kind, pass->resid, error);
}

gboolean
fovea_forward_layer (FoveaPass *pass, GError **error)
{
    FoveaSession *session = pass->session;
    const FoveaArchitecture *architecture = session->architecture;
    gboolean has_mlp = fovea_architecture_mlp_width (architecture, pass->layer) > 0;
    gboolean sums = architecture->norm_place == FOVEA_NORM_OF_SUM;
    const float *x = NULL;
    if (!record_stream (pass, FOVEA_POINT_RESID_PRE, error) ||
        !fovea_recorder_record_inputs (pass->recorder, pass->layer, pass->first, pass->rows,
                                       pass->resid, error))
        return FALSE;
    /* In scratch a branch is added in place: nobody reads the stream before it any more. */
    float *after = stream_home (pass, session->scratch.resid);
    float *sum =
        sums ? fovea_forward_home (pass, FOVEA_POINT_RESID_POST, session->scratch.resid) : after;
    float *mid =
        has_mlp ? fovea_forward_home (pass, FOVEA_POINT_RESID_MID, session->scratch.resid) : sum;
    /* The MLP of a parallel block reads the stream before attention changes it. */
    gboolean ahead = has_mlp && architecture->parallel;
    if ((ahead && !enter_branch (pass, 1, pass->resid, &x, error)) ||
        !attention_block (pass, mid, error))
        return FALSE;
    if (has_mlp && (!record_stream (pass, FOVEA_POINT_RESID_MID, error) ||
                    !settle_sum (pass, 0, session->scratch.normed, error) ||
                    (!ahead && !enter_branch (pass, 1, pass->resid, &x, error)) ||
                    !mlp_block (pass, x, sum, error)))
        return FALSE;
    return record_stream (pass, FOVEA_POINT_RESID_POST, error) &&
           settle_sum (pass, 1, after, error) &&
           fovea_forward_record (pass, FOVEA_POINT_NORMALIZED_RESID_POST, pass->resid, error);
}
