/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The late device's operations that compute: arguments are copied with their pointers translated, and what
 * a caller may change after the call, lists in host memory, is copied too. Nothing is done here. */
#include "tests/late-lists.h"
#include "tests/late-run.h"

#define REAL(pointer) ((pointer) = late_real (device, pointer))

static void
late_convert (FoveaDevice *device, const float *from, FoveaDtype dtype, int64_t n, void *to)
{
    const LateItem item = {.kind = LATE_CONVERT,
                           .from = late_real (device, from),
                           .dtype = dtype,
                           .n = n,
                           .to = late_real (device, to)};
    late_enqueue (device, &item);
}

static void
late_find_nan (FoveaDevice *device, const float *x, int64_t rows, int64_t width, int32_t *first)
{
    const LateItem item = {.kind = LATE_FIND_NAN,
                           .from = late_real (device, x),
                           .n = rows,
                           .width = width,
                           .to = late_real (device, first)};
    late_enqueue (device, &item);
}

static void
late_embed (
    FoveaDevice *device, const FoveaWeight *table, const int32_t *ids, int64_t n, float *out)
{
    LateItem item = {.kind = LATE_EMBED,
                     .table = *table,
                     .owned = g_memdup2 (ids, (size_t) n * sizeof *ids),
                     .n = n,
                     .to = late_real (device, out)};
    REAL (item.table.data);
    late_enqueue (device, &item);
}

static void
late_add (FoveaDevice *device, const float *a, const float *b, int64_t n, float *out)
{
    const LateItem item = {.kind = LATE_ADD,
                           .from = late_real (device, a),
                           .from2 = late_real (device, b),
                           .n = n,
                           .to = late_real (device, out)};
    late_enqueue (device, &item);
}

static void
late_by_factor (
    FoveaDevice *device, LateKind kind, const float *x, float factor, int64_t n, float *out)
{
    const LateItem item = {.kind = kind,
                           .from = late_real (device, x),
                           .factor = factor,
                           .n = n,
                           .to = late_real (device, out)};
    late_enqueue (device, &item);
}

static void
late_scale (FoveaDevice *device, const float *x, float factor, int64_t n, float *out)
{
    late_by_factor (device, LATE_SCALE, x, factor, n, out);
}

static void
late_soft_cap (FoveaDevice *device, const float *x, float cap, int64_t n, float *out)
{
    late_by_factor (device, LATE_SOFT_CAP, x, cap, n, out);
}

static void
late_clip (FoveaDevice *device, const float *x, float limit, int64_t n, float *out)
{
    late_by_factor (device, LATE_CLIP, x, limit, n, out);
}

static void
late_add_gated (FoveaDevice *device,
                const float *x,
                const float *gates,
                int64_t rows,
                int64_t width,
                float *out)
{
    const LateItem item = {.kind = LATE_ADD_GATED,
                           .from = late_real (device, x),
                           .from2 = late_real (device, gates),
                           .n = rows,
                           .width = width,
                           .to = late_real (device, out)};
    late_enqueue (device, &item);
}

static void
late_route (FoveaDevice *device, const FoveaRouteArgs *args)
{
    LateItem item = {.kind = LATE_ROUTE, .route = *args};
    REAL (item.route.scores);
    REAL (item.route.added);
    REAL (item.route.weights);
    REAL (item.route.chosen);
    REAL (item.route.shares);
    late_enqueue (device, &item);
}

/* The list of weights is the host's, what it points to is not; the device's own list must be there. */
static void
late_experts (FoveaDevice *device, const FoveaExpertsArgs *args)
{
    size_t n = (size_t) (FOVEA_N_EXPERT_ROLES * args->n_experts);
    FoveaWeight *weights = g_memdup2 (args->weights, n * sizeof *weights);
    LateItem item = {.kind = LATE_EXPERTS, .experts = *args, .owned = weights};
    FoveaExpertsArgs *a = &item.experts;
    for (size_t i = 0; i < n; i++)
        REAL (weights[i].data);
    void **pointers[] = {(void **) &a->data,    (void **) &a->bias[0],  (void **) &a->bias[1],
                         (void **) &a->bias[2], (void **) &a->x,        (void **) &a->chosen,
                         (void **) &a->shares,  (void **) &a->gathered, (void **) &a->pre,
                         (void **) &a->up,      (void **) &a->out};
    g_assert (args->data != NULL);
    for (guint i = 0; i < G_N_ELEMENTS (pointers); i++)
        REAL (*pointers[i]);
    late_enqueue (device, &item);
}

static void
late_norm (FoveaDevice *device, const FoveaNormArgs *args)
{
    LateItem item = {.kind = LATE_NORM, .norm = *args};
    REAL (item.norm.x);
    REAL (item.norm.gain);
    REAL (item.norm.bias);
    REAL (item.norm.out);
    REAL (item.norm.scale);
    REAL (item.norm.normalized);
    late_enqueue (device, &item);
}

static void
late_linear (FoveaDevice *device, const FoveaLinearArgs *args)
{
    LateItem item = {.kind = LATE_LINEAR, .linear = *args};
    REAL (item.linear.x);
    REAL (item.linear.weight.data);
    REAL (item.linear.bias);
    REAL (item.linear.y);
    late_enqueue (device, &item);
}

static void
late_rotary (FoveaDevice *device, const FoveaRotaryArgs *args)
{
    LateItem item = {.kind = LATE_ROTARY, .rotary = *args};
    REAL (item.rotary.cos);
    REAL (item.rotary.sin);
    REAL (item.rotary.x);
    REAL (item.rotary.out);
    late_enqueue (device, &item);
}

static void
late_activate (FoveaDevice *device,
               FoveaActivation kind,
               const float *x,
               const float *up,
               int64_t n,
               float *out)
{
    const LateItem item = {.kind = LATE_ACTIVATE,
                           .activation = kind,
                           .from = late_real (device, x),
                           .from2 = late_real (device, up),
                           .n = n,
                           .to = late_real (device, out)};
    late_enqueue (device, &item);
}

static void
late_attend (FoveaDevice *device, const FoveaAttendArgs *args)
{
    LateItem item = {.kind = LATE_ATTEND, .attend = *args};
    FoveaAttendArgs *a = &item.attend;
    void **pointers[] = {
        (void **) &a->q,          (void **) &a->k,          (void **) &a->v,
        (void **) &a->z,          (void **) &a->lse,        (void **) &a->entropy,
        (void **) &a->max_weight, (void **) &a->max_key,    (void **) &a->mean_distance,
        (void **) &a->first_mass, (void **) &a->local_mass, (void **) &a->column_mass,
        (void **) &a->block_mass, (void **) &a->block_max,  (void **) &a->scores,
        (void **) &a->pattern};
    for (guint i = 0; i < G_N_ELEMENTS (pointers); i++)
        REAL (*pointers[i]);
    late_enqueue (device, &item);
}

static void
late_rectangle (FoveaDevice *device, const FoveaRectangleArgs *args)
{
    LateItem item = {.kind = LATE_RECTANGLE, .rectangle = *args};
    REAL (item.rectangle.q);
    REAL (item.rectangle.k);
    REAL (item.rectangle.lse);
    REAL (item.rectangle.out);
    late_enqueue (device, &item);
}

static void
late_top_rows (FoveaDevice *device, const FoveaTopRowsArgs *args)
{
    LateItem item = {
        .kind = LATE_TOP_ROWS,
        .top_rows = *args,
        .owned = args->counts == NULL
                     ? NULL
                     : g_memdup2 (args->counts, (size_t) args->n_counts * sizeof *args->counts)};
    REAL (item.top_rows.q);
    REAL (item.top_rows.k);
    REAL (item.top_rows.row_counts);
    REAL (item.top_rows.mass);
    late_enqueue (device, &item);
}

static void
late_mask_rows (FoveaDevice *device, const FoveaMaskRowsArgs *args)
{
    LateItem item = {.kind = LATE_MASK_ROWS, .mask_rows = *args, .owned = late_lists_copy (args)};
    FoveaMaskRowsArgs *a = &item.mask_rows;
    void **pointers[] = {(void **) &a->q,    (void **) &a->k,          (void **) &a->v,
                         (void **) &a->lse,  (void **) &a->lengths,    (void **) &a->full,
                         (void **) &a->mass, (void **) &a->value_mass, (void **) &a->z,
                         (void **) &a->loss};
    for (guint i = 0; i < G_N_ELEMENTS (pointers); i++)
        REAL (*pointers[i]);
    late_enqueue (device, &item);
}

static void
late_cross_entropy (FoveaDevice *device,
                    const float *logits,
                    const int32_t *targets,
                    int64_t rows,
                    int64_t V,
                    float *nll)
{
    const LateItem item = {.kind = LATE_CROSS_ENTROPY,
                           .from = late_real (device, logits),
                           .owned = g_memdup2 (targets, (size_t) rows * sizeof *targets),
                           .n = rows,
                           .width = V,
                           .to = late_real (device, nll)};
    late_enqueue (device, &item);
}

/* Weights are read as they are: there is nothing to prepare. */
static void
late_top_prepare (FoveaDevice *device, const FoveaCodesWeights *weights)
{
    g_assert (late_real (device, weights->w) != NULL);
    g_assert (late_real (device, weights->prepared) != NULL);
}

static void
late_codes_above (FoveaDevice *device, const FoveaAboveArgs *args)
{
    LateItem item = {.kind = LATE_CODES_ABOVE, .above = *args};
    FoveaAboveArgs *a = &item.above;
    void **pointers[] = {(void **) &a->weights.w,
                         (void **) &a->weights.bias,
                         (void **) &a->weights.prepared,
                         (void **) &a->weights.level,
                         (void **) &a->x,
                         (void **) &a->offset,
                         (void **) &a->latent,
                         (void **) &a->value};
    for (guint i = 0; i < G_N_ELEMENTS (pointers); i++)
        REAL (*pointers[i]);
    late_enqueue (device, &item);
}

const FoveaOps late_arithmetic = {
    .convert = late_convert,
    .find_nan = late_find_nan,
    .embed = late_embed,
    .add = late_add,
    .scale = late_scale,
    .soft_cap = late_soft_cap,
    .clip = late_clip,
    .add_gated = late_add_gated,
    .route = late_route,
    .experts = late_experts,
    .norm = late_norm,
    .linear = late_linear,
    .rotary = late_rotary,
    .activate = late_activate,
    .attend = late_attend,
    .rectangle = late_rectangle,
    .top_rows = late_top_rows,
    .mask_rows = late_mask_rows,
    .cross_entropy = late_cross_entropy,
    .top_prepare = late_top_prepare,
    .codes_above = late_codes_above,
};
