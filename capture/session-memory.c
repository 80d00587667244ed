/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* How much memory a session takes: the same layout that cuts the scratch buffer measures it.
 * Pages count when they are touched. Where a kept point is computed right into the sink's memory,
 * its scratch stays untouched and is not predicted. */
#include "capture/count-text.h"
#include "capture/recorder.h"
#include "capture/session-memory.h"
#include "capture/session-private.h"

enum {
    ALIGNMENT = 64,
    PAGE = 4096,
    LOGIT_BYTES = 16 << 20,      /* logits held at once, at most, if a slab of 16 rows allows */
    OWN_LOGIT_BYTES = 256 << 20, /* the same on a device with its own memory */
    MIN_LOGIT_ROWS = 16,
    DEFAULT_CHUNK = 512,
    OWN_CHUNK = 8192, /* rows that fill a device with its own memory */
    RING_SHARE = 8,   /* of the memory that is free, this part for the ring of captures */
    MOST_RING = 1 << 30,
};

static float *
cut (char *base, gsize *at, gint64 n_floats)
{
    gsize start = *at;
    *at += ((gsize) n_floats * sizeof (float) + ALIGNMENT - 1) & ~(gsize) (ALIGNMENT - 1);
    return base != NULL ? (float *) (void *) (base + start) : NULL;
}

/* Whether a norm reads or writes where others would have its shadow. */
static gboolean
needs_extra (const FoveaArchitecture *architecture)
{
    return architecture->norm_place != FOVEA_NORM_BEFORE || architecture->head_transform ||
           (architecture->parallel && !architecture->shared_norm);
}

static gint64
widest_mlp (const FoveaArchitecture *architecture)
{
    return MAX (architecture->mlp_width,
                MAX (architecture->dense_width, architecture->shared_width));
}

void
fovea_scratch_layout (FoveaScratch *scratch,
                      const FoveaArchitecture *architecture,
                      gint64 chunk,
                      gint64 logit_rows,
                      char *base)
{
    gint64 C = architecture->width;
    gint64 M = widest_mlp (architecture);
    gint64 latent = MAX (architecture->q_latent, architecture->kv_latent);
    gint64 heads = architecture->n_heads * architecture->head_width;
    gsize at = 0;
    scratch->resid = cut (base, &at, chunk * C);
    scratch->normed = cut (base, &at, chunk * C);
    gsize branches = at;
    scratch->q = cut (base, &at, chunk * heads);
    scratch->z = cut (base, &at, chunk * heads);
    gsize attention_end = at;
    at = branches;
    scratch->pre = cut (base, &at, chunk * M);
    scratch->up = architecture->gated ? cut (base, &at, chunk * M) : NULL;
    at = MAX (at, attention_end);
    scratch->branch = cut (base, &at, chunk * C);
    scratch->extra = needs_extra (architecture) ? cut (base, &at, chunk * C) : NULL;
    gboolean experts = architecture->n_experts > 0;
    scratch->router = experts ? cut (base, &at, chunk * architecture->n_experts) : NULL;
    scratch->gathered = experts ? cut (base, &at, chunk * C) : NULL;
    gint64 choices = chunk * architecture->n_experts_used;
    scratch->chosen = experts ? (gint32 *) (void *) cut (base, &at, choices) : NULL;
    scratch->shares = experts ? cut (base, &at, choices) : NULL;
    scratch->patches = architecture->image_size > 0
                           ? cut (base, &at, chunk * fovea_architecture_patch_width (architecture))
                           : NULL;
    scratch->latent = latent > 0 ? cut (base, &at, chunk * latent) : NULL;
    scratch->shared = latent > 0 ? cut (base, &at, chunk * architecture->rotary_width) : NULL;
    scratch->logits = cut (base, &at, logit_rows * architecture->vocabulary);
    scratch->losses = cut (base, &at, logit_rows);
    scratch->bytes = at;
}

gint64
fovea_session_logit_rows (const FoveaArchitecture *architecture, gint64 chunk, gboolean host)
{
    gint64 rows = (host ? LOGIT_BYTES : OWN_LOGIT_BYTES) /
                  (architecture->vocabulary * (gint64) sizeof (float));
    return MIN (chunk, MAX (rows, MIN_LOGIT_ROWS));
}

gboolean
fovea_session_turns_by (const FoveaArchitecture *architecture, FoveaRotaryAngles angles)
{
    if (architecture->position != FOVEA_POSITION_ROTARY)
        return FALSE;
    for (guint layer = 0; layer < architecture->n_layers; layer++)
        if (fovea_architecture_rotary_angles (architecture, layer) == angles)
            return TRUE;
    return FALSE;
}

guint64
fovea_session_cache_bytes (const FoveaArchitecture *architecture, gint64 n_tokens)
{
    gint64 row = architecture->n_kv_heads * architecture->head_width;
    gint64 rotary = 0;
    for (FoveaRotaryAngles angles = 0; angles < FOVEA_N_ANGLES; angles++)
        if (fovea_session_turns_by (architecture, angles))
            rotary += n_tokens * architecture->rotary_width;
    return (guint64) (2 * architecture->n_layers * n_tokens * row + rotary) * sizeof (float);
}

FoveaDtype
fovea_session_weight_dtype (FoveaDtype stored, FoveaPrecision precision)
{
    static const FoveaDtype unpacked[FOVEA_N_PRECISIONS] = {FOVEA_F32, FOVEA_BF16, FOVEA_F16,
                                                            FOVEA_F32};
    return stored > FOVEA_N_DTYPES ? unpacked[precision] : stored;
}

/* What operations are told of a session's sizes. */
static FoveaScratchShape
scratch_shape (const FoveaArchitecture *architecture,
               FoveaDevice *device,
               FoveaPrecision precision,
               gint64 n_tokens,
               gint64 chunk,
               gboolean capture)
{
    gint64 heads = architecture->n_heads * architecture->head_width;
    FoveaDtype stored = architecture->weight_dtype;
    gboolean own = fovea_device_has_own_memory (device);
    return (FoveaScratchShape){
        .rows = chunk,
        .n_keys = n_tokens,
        .heads = architecture->n_heads,
        .kv_heads = architecture->n_kv_heads,
        .width = architecture->head_width,
        .n_in = MAX (architecture->width, MAX (heads, widest_mlp (architecture))),
        .n_experts = architecture->n_experts,
        .n_used = architecture->n_experts_used,
        .expert_in = architecture->width,
        .expert_out = architecture->mlp_width,
        .weight = own ? fovea_session_weight_dtype (stored, precision) : stored,
        .precision = precision,
        .capture = capture,
    };
}

/* What operations keep for themselves on the device. */
static guint64
device_bytes (const FoveaArchitecture *architecture,
              FoveaDevice *device,
              FoveaPrecision precision,
              gint64 n_tokens,
              gint64 chunk,
              gboolean capture)
{
    const FoveaScratchShape shape =
        scratch_shape (architecture, device, precision, n_tokens, chunk, capture);
    return fovea_device_predict_scratch (device, &shape);
}

void
fovea_session_reserve_scratch (FoveaSession *session)
{
    const FoveaScratchShape shape =
        scratch_shape (session->architecture, session->device, session->precision,
                       session->max_tokens, session->chunk, TRUE);
    if (session->ops->reserve != NULL)
        session->ops->reserve (session->device, &shape);
}

guint64
fovea_session_allowed_memory (FoveaDevice *device, const FoveaSessionOptions *options)
{
    guint64 free_bytes = 0, total_bytes = 0;
    fovea_device_memory (device, &free_bytes, &total_bytes);
    return options->memory != 0 ? options->memory : free_bytes;
}

/* Asked for once, so that everything said of one session is said of the same machine. */
typedef struct {
    guint64 allowed; /* the limit, or what the device has free */
    guint64 host;    /* what the host has free */
} Room;

static Room
find_room (FoveaDevice *device, const FoveaSessionOptions *options)
{
    Room room = {.allowed = fovea_session_allowed_memory (device, options)};
    guint64 total;
    fovea_device_memory (NULL, &room.host, &total);
    return room;
}

static guint64
most_ring (const Room *room)
{
    return MIN (MIN (room->allowed, room->host) / RING_SHARE, MOST_RING);
}

guint64
fovea_session_most_ring (FoveaDevice *device, const FoveaSessionOptions *options)
{
    const Room room = find_room (device, options);
    return most_ring (&room);
}

/* Says how much a capture needs on the device, how much is free there, and what would fit. */
gboolean
fovea_session_check_capture_memory (FoveaDevice *device,
                                    FoveaPlan *plan,
                                    gint64 n_tokens,
                                    gint64 chunk,
                                    guint64 most_ring,
                                    guint64 needed,
                                    GError **error)
{
    guint64 free_bytes, total_bytes;
    fovea_device_memory (device, &free_bytes, &total_bytes);
    if (needed <= free_bytes)
        return TRUE;
    gint64 fits = 0, over = n_tokens; /* the most that fits, between them */
    while (over - fits > 1) {
        gint64 middle = fits + (over - fits) / 2;
        FoveaRecorderMemory memory;
        fovea_recorder_predict (plan, middle, MIN (chunk, middle), FALSE, most_ring, &memory);
        if (memory.device <= free_bytes)
            fits = middle;
        else
            over = middle;
    }
    g_autofree char *need_text = g_format_size_full (needed, G_FORMAT_SIZE_IEC_UNITS);
    g_autofree char *free_text = g_format_size_full (free_bytes, G_FORMAT_SIZE_IEC_UNITS);
    g_autofree char *asked = fovea_count_text (n_tokens), *fitting = fovea_count_text (fits);
    g_set_error (
        error, FOVEA_ERROR, FOVEA_ERROR_MEMORY,
        "the capture of %s tokens needs %s of the device's memory beside the model, %s are "
        "free; %s tokens would fit",
        asked, need_text, free_text, fitting);
    return FALSE;
}

/* Whether every layer's @kind is computed right into the sink's memory. */
static gboolean
all_direct (const FoveaArchitecture *architecture, GPtrArray *arrays, FoveaPointKind kind)
{
    gint64 n = 0;
    for (guint i = 0; i < arrays->len; i++) {
        const FoveaArray *array = g_ptr_array_index (arrays, i);
        FoveaPoint point;
        n += fovea_point_parse (architecture, array->name, &point) && point.kind == kind &&
             array->dtype == FOVEA_F32;
    }
    return n == (fovea_point_in_block (kind) ? architecture->n_layers : 1);
}

/* Bytes of cache that stay untouched because keys or values are kept whole. */
static guint64
untouched_cache (const FoveaArchitecture *architecture,
                 FoveaPlan *plan,
                 gint64 n_tokens,
                 gint64 chunk)
{
    g_autoptr (GPtrArray) arrays = fovea_plan_list_arrays (plan, n_tokens);
    gboolean rotary = architecture->position == FOVEA_POSITION_ROTARY;
    gint64 row = architecture->n_kv_heads * architecture->head_width;
    gint64 layers = architecture->n_layers;
    gint64 n = all_direct (architecture, arrays, FOVEA_POINT_V) ? layers : 0;
    if (all_direct (architecture, arrays, rotary ? FOVEA_POINT_ROT_K : FOVEA_POINT_K))
        n += layers;
    else if (rotary && chunk >= FOVEA_TURN_AGAIN_ROWS &&
             all_direct (architecture, arrays, fovea_point_unturned_key (architecture)))
        n += layers - 1; /* one layer's worth of turned keys */
    return (guint64) (n * n_tokens * row) * sizeof (float);
}

/* Whether a capture computes logits at all: only for points behind the last layer. */
static gboolean
needs_logits (const FoveaArchitecture *architecture, GPtrArray *arrays)
{
    for (guint i = 0; i < arrays->len; i++) {
        const FoveaArray *array = g_ptr_array_index (arrays, i);
        FoveaPoint point;
        if (fovea_point_parse (architecture, array->name, &point) &&
            point.kind >= FOVEA_POINT_FINAL_SCALE)
            return TRUE;
    }
    return FALSE;
}

/* Floats a row that the two branches share, less those whose values are computed elsewhere. */
static gint64
branch_floats (const FoveaArchitecture *architecture, gboolean z_elsewhere, gboolean up_elsewhere)
{
    gint64 heads = architecture->n_heads * architecture->head_width;
    gint64 M = widest_mlp (architecture);
    gint64 up = architecture->gated && !up_elsewhere ? M : 0;
    /* Latent attention has another use for what z leaves. */
    gboolean no_z = z_elsewhere && architecture->kv_latent == 0;
    return MAX (heads + (no_z ? 0 : heads), M + up);
}

/* Bytes of scratch that stay untouched. */
static guint64
untouched (const FoveaArchitecture *architecture,
           FoveaPlan *plan,
           gint64 n_tokens,
           gint64 chunk,
           gint64 logit_rows)
{
    g_autoptr (GPtrArray) arrays = fovea_plan_list_arrays (plan, n_tokens);
    gint64 logits = logit_rows * architecture->vocabulary;
    gboolean unused = !needs_logits (architecture, arrays) ||
                      all_direct (architecture, arrays, FOVEA_POINT_UNEMBED_OUT);
    guint64 floats = unused ? (guint64) logits : 0;
    gint64 touched = branch_floats (architecture, all_direct (architecture, arrays, FOVEA_POINT_Z),
                                    all_direct (architecture, arrays, FOVEA_POINT_PRE_LINEAR));
    floats += (guint64) (chunk * (branch_floats (architecture, FALSE, FALSE) - touched));
    if (all_direct (architecture, arrays, FOVEA_POINT_ATTN_OUT) &&
        all_direct (architecture, arrays, FOVEA_POINT_MLP_OUT))
        floats += (guint64) (chunk * architecture->width);
    return floats * sizeof (float);
}

/* Weights in memory at once: all, or a layer's where a capture makes room for itself. On a device
 * with its own memory they are unpacked, in buffers of whole pages: matrices and vectors of a layer,
 * and the rest. */
static guint64
resident_weights (FoveaModel *model,
                  FoveaDevice *device,
                  const FoveaSessionOptions *options,
                  gint64 n_tokens)
{
    const FoveaArchitecture *architecture = fovea_model_get_architecture (model);
    guint64 all = fovea_model_get_weight_bytes (model);
    if (fovea_device_has_own_memory (device)) {
        FoveaDtype dtype =
            fovea_session_weight_dtype (architecture->weight_dtype, options->precision);
        guint64 n_buffers = (guint64) (architecture->n_layers + 1) * FOVEA_N_WEIGHT_ROLES;
        return (guint64) architecture->n_parameters * fovea_dtype_size (dtype) + n_buffers * PAGE;
    }
    if (options->plan == NULL || !options->in_memory ||
        fovea_plan_get_bytes (options->plan, n_tokens) / FOVEA_KEPT_TO_WEIGHTS < all)
        return all;
    return all / (guint64) MAX (architecture->n_layers, 1);
}

/* What a capture holds of what it keeps. */
static guint64
kept_bytes (const FoveaSessionOptions *options, gint64 n_tokens)
{
    if (options->plan == NULL)
        return 0;
    if (options->in_memory)
        return fovea_plan_get_bytes (options->plan, n_tokens);
    g_autoptr (GPtrArray) arrays = fovea_plan_list_arrays (options->plan, n_tokens);
    return options->waiting != NULL ? options->waiting (arrays) : 0;
}

static void
predict (FoveaModel *model,
         FoveaDevice *device,
         const FoveaSessionOptions *options,
         gint64 n_tokens,
         gint64 chunk,
         const Room *room,
         FoveaMemoryPlan *memory)
{
    const FoveaArchitecture *architecture = fovea_model_get_architecture (model);
    FoveaPlan *plan = options->plan;
    gboolean host = !fovea_device_has_own_memory (device);
    gint64 logit_rows = fovea_session_logit_rows (architecture, chunk, host);
    guint64 kept = kept_bytes (options, n_tokens);
    FoveaScratch scratch;
    fovea_scratch_layout (&scratch, architecture, chunk, logit_rows, NULL);
    FoveaRecorderMemory recorder;
    fovea_recorder_predict (plan, n_tokens, chunk, host, most_ring (room), &recorder);
    *memory = (FoveaMemoryPlan){
        .weights = resident_weights (model, device, options, n_tokens),
        .cache = fovea_session_cache_bytes (architecture, n_tokens),
        .scratch =
            scratch.bytes + (host ? recorder.host : recorder.device) +
            device_bytes (architecture, device, options->precision, n_tokens, chunk, plan != NULL),
        .host = host ? 0 : recorder.host + kept,
        .kept = host ? kept : 0,
        .chunk = chunk,
    };
    if (plan == NULL || !options->in_memory || !host)
        return;
    memory->scratch -= untouched (architecture, plan, n_tokens, chunk, logit_rows);
    memory->cache -= untouched_cache (architecture, plan, n_tokens, chunk);
}

/* What has to be within the limit. Mapped weights are beside it, those on a device's own memory in
 * it. */
static guint64
limited_bytes (FoveaDevice *device, const FoveaMemoryPlan *memory)
{
    guint64 weights = fovea_device_has_own_memory (device) ? memory->weights : 0;
    return weights + memory->cache + memory->scratch + memory->kept;
}

/* Predicts for the most rows at a time with which @n_tokens fit; FALSE = not even one row at a time
 * does, which is then predicted. */
static gboolean
find_chunk (FoveaModel *model,
            FoveaDevice *device,
            const FoveaSessionOptions *options,
            gint64 n_tokens,
            const Room *room,
            FoveaMemoryPlan *memory)
{
    const FoveaArchitecture *architecture = fovea_model_get_architecture (model);
    /* Queries of an encoder need all keys at once. */
    gboolean whole = architecture->bidirectional || architecture->n_encoder_layers > 0;
    gint64 most = fovea_device_has_own_memory (device) ? OWN_CHUNK : DEFAULT_CHUNK;
    gint64 chunk = MIN (options->chunk > 0 ? options->chunk : most, n_tokens);
    for (chunk = whole ? n_tokens : chunk;; chunk /= 2) {
        predict (model, device, options, n_tokens, chunk, room, memory);
        if (limited_bytes (device, memory) <= room->allowed && memory->host <= room->host)
            return TRUE;
        if (whole || options->chunk > 0 || chunk == 1)
            return FALSE;
    }
}

void
fovea_session_predict_memory (FoveaModel *model,
                              FoveaDevice *device,
                              const FoveaSessionOptions *options,
                              FoveaMemoryPlan *memory)
{
    const Room room = find_room (device, options);
    find_chunk (model, device, options, MAX (options->max_tokens, 1), &room, memory);
}

static gint64
find_fitting (FoveaModel *model,
              FoveaDevice *device,
              const FoveaSessionOptions *options,
              const Room *room)
{
    FoveaMemoryPlan memory;
    gint64 fits = 0, over = options->max_tokens + 1; /* the most that fits, between them */
    for (gint64 n = options->max_tokens; over - fits > 1; n = fits + (over - fits) / 2)
        if (find_chunk (model, device, options, n, room, &memory))
            fits = n;
        else
            over = n;
    return fits;
}

gint64
fovea_session_find_fitting (FoveaModel *model,
                            FoveaDevice *device,
                            const FoveaSessionOptions *options)
{
    const Room room = find_room (device, options);
    return find_fitting (model, device, options, &room);
}

gboolean
fovea_session_check_memory (FoveaModel *model,
                            FoveaDevice *device,
                            const FoveaSessionOptions *options,
                            gint64 *chunk,
                            GError **error)
{
    const Room room = find_room (device, options);
    FoveaMemoryPlan memory;
    gboolean fits = find_chunk (model, device, options, options->max_tokens, &room, &memory);
    *chunk = memory.chunk;
    if (fits)
        return TRUE;
    gboolean host = limited_bytes (device, &memory) <= room.allowed;
    guint64 need = host ? memory.host : limited_bytes (device, &memory);
    g_autofree char *need_text = g_format_size_full (need, G_FORMAT_SIZE_IEC_UNITS);
    g_autofree char *allowed_text =
        g_format_size_full (host ? room.host : room.allowed, G_FORMAT_SIZE_IEC_UNITS);
    g_autofree char *asked = fovea_count_text (options->max_tokens);
    g_autofree char *fitting = fovea_count_text (find_fitting (model, device, options, &room));
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY,
                 "%s tokens need %s of %s, %s are %s; %s tokens would fit", asked, need_text,
                 host ? "the host's memory" : "memory", allowed_text, host ? "free" : "allowed",
                 fitting);
    return FALSE;
}
