/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Carries host arrays to a device's memory and back. Behind each buffer lie bytes of a pattern that
 * an operation must leave alone. */
#include "tests/ops-carry.h"

#include <string.h>

#include "tests/check-marks.h"

enum {
    GUARD = 512, /* bytes behind every buffer */
    PATTERN = 0x5a
};

typedef struct {
    const char *host;
    char *buffer;
    size_t bytes;
    bool written;
} Range;

typedef struct {
    FoveaDevice *device;
    const FoveaOps *ops;
    GArray *ranges; /* NULL = buffers are host memory */
} Carrier;

static Carrier
set_out (FoveaDevice *device)
{
    bool own = fovea_device_has_own_memory (device);
    return (Carrier){device, fovea_device_get_ops (device),
                     own ? g_array_new (FALSE, FALSE, sizeof (Range)) : NULL};
}

/* The buffer of a range that holds [host, host+bytes); NULL if there is none yet. */
static char *
find (const Carrier *c, const char *host, size_t bytes, bool written)
{
    for (guint i = 0; i < c->ranges->len; i++) {
        Range *range = &g_array_index (c->ranges, Range, i);
        if (host < range->host || host >= range->host + range->bytes)
            continue;
        ck_assert (host + bytes <= range->host + range->bytes);
        range->written |= written;
        return range->buffer + (host - range->host);
    }
    return NULL;
}

static void *
carry (Carrier *c, const void *host, size_t bytes, bool written)
{
    if (c->ranges == NULL || host == NULL)
        return (void *) host;
    char *buffer = find (c, host, bytes, written), guard[GUARD];
    if (buffer != NULL)
        return buffer;
    const Range range = {host, c->ops->alloc (c->device, bytes + GUARD), bytes, written};
    memset (guard, PATTERN, GUARD);
    c->ops->write (c->device, range.buffer, host, bytes);
    c->ops->write (c->device, range.buffer + bytes, guard, GUARD);
    g_array_append_val (c->ranges, range);
    return range.buffer;
}

#define IN(c, array, n)  ((array) = carry (c, array, (size_t) (n) * sizeof *(array), false))
#define OUT(c, array, n) ((array) = carry (c, array, (size_t) (n) * sizeof *(array), true))

static void
bring_back (Carrier *c, const Range *range)
{
    g_autofree char *copy = g_malloc (range->bytes + GUARD);
    char guard[GUARD];
    memset (guard, PATTERN, GUARD);
    c->ops->read (c->device, copy, range->buffer, range->bytes + GUARD);
    c->ops->free (c->device, range->buffer);
    if (fovea_device_has_failed (c->device))
        return;
    ck_assert_msg (memcmp (copy + range->bytes, guard, GUARD) == 0,
                   "wrote behind a buffer of %zu bytes", range->bytes);
    if (range->written)
        memcpy ((char *) range->host, copy, range->bytes);
    else
        ck_assert_msg (memcmp (copy, range->host, range->bytes) == 0,
                       "wrote into an input of %zu bytes", range->bytes);
}

/* Waits for the operation; its failure stays with the device, for the test to ask. */
static void
come_home (Carrier *c)
{
    fovea_device_sync (c->device, NULL);
    if (c->ranges == NULL)
        return;
    for (guint i = 0; i < c->ranges->len; i++)
        bring_back (c, &g_array_index (c->ranges, Range, i));
    g_array_unref (c->ranges);
}

/* Elements from the first to the last of @lines runs of @length. */
static int64_t
span (int64_t lines, int64_t stride, int64_t length)
{
    return lines > 0 ? (lines - 1) * stride + length : 0;
}

static size_t
weight_bytes (const FoveaWeight *weight)
{
    int64_t n = weight->input_major ? span (weight->n_in, weight->stride, weight->n_out)
                                    : span (weight->n_out, weight->stride, weight->n_in);
    return (size_t) n * fovea_dtype_size (weight->dtype);
}

static void
carry_weight (Carrier *c, FoveaWeight *weight)
{
    weight->data = carry (c, weight->data, weight_bytes (weight), false);
}

void
carry_norm (FoveaDevice *device, const FoveaNormArgs *args)
{
    Carrier c = set_out (device);
    FoveaNormArgs a = *args;
    IN (&c, a.x, a.rows * a.width);
    IN (&c, a.gain, a.width * MAX (a.gain_rows, 1));
    IN (&c, a.bias, a.width);
    OUT (&c, a.out, a.rows * a.width);
    OUT (&c, a.scale, a.rows);
    OUT (&c, a.normalized, a.rows * a.width);
    c.ops->norm (device, &a);
    come_home (&c);
}

void
carry_linear (FoveaDevice *device, const FoveaLinearArgs *args)
{
    Carrier c = set_out (device);
    FoveaLinearArgs a = *args;
    IN (&c, a.x, span (a.rows, a.x_stride, a.weight.n_in));
    carry_weight (&c, &a.weight);
    IN (&c, a.bias, a.weight.n_out);
    OUT (&c, a.y, span (a.rows, a.y_stride, a.weight.n_out));
    c.ops->linear (device, &a);
    come_home (&c);
}

void
carry_rotary (FoveaDevice *device, const FoveaRotaryArgs *args)
{
    Carrier c = set_out (device);
    FoveaRotaryArgs a = *args;
    int64_t turns = (a.first_position + a.rows) * (a.rotary_width / 2);
    IN (&c, a.cos, turns);
    IN (&c, a.sin, turns);
    IN (&c, a.x, a.rows * a.heads * a.width);
    OUT (&c, a.out, a.rows * a.heads * a.width);
    c.ops->rotary (device, &a);
    come_home (&c);
}

void
carry_activate (FoveaDevice *device,
                FoveaActivation kind,
                const float *x,
                const float *up,
                int64_t n,
                float *out)
{
    Carrier c = set_out (device);
    IN (&c, x, n);
    IN (&c, up, n);
    OUT (&c, out, n);
    c.ops->activate (device, kind, x, up, n, out);
    come_home (&c);
}

void
carry_add (FoveaDevice *device, const float *a, const float *b, int64_t n, float *out)
{
    Carrier c = set_out (device);
    IN (&c, a, n);
    IN (&c, b, n);
    OUT (&c, out, n);
    c.ops->add (device, a, b, n, out);
    come_home (&c);
}

/* scale, clip and soft_cap: elements by one number. */
typedef void ByNumber (FoveaDevice *device, const float *x, float number, int64_t n, float *out);

static void
carry_by_number (
    FoveaDevice *device, ByNumber *operation, const float *x, float number, int64_t n, float *out)
{
    Carrier c = set_out (device);
    IN (&c, x, n);
    OUT (&c, out, n);
    operation (device, x, number, n, out);
    come_home (&c);
}

void
carry_scale (FoveaDevice *device, const float *x, float factor, int64_t n, float *out)
{
    carry_by_number (device, fovea_device_get_ops (device)->scale, x, factor, n, out);
}

void
carry_clip (FoveaDevice *device, const float *x, float limit, int64_t n, float *out)
{
    carry_by_number (device, fovea_device_get_ops (device)->clip, x, limit, n, out);
}

void
carry_soft_cap (FoveaDevice *device, const float *x, float cap, int64_t n, float *out)
{
    carry_by_number (device, fovea_device_get_ops (device)->soft_cap, x, cap, n, out);
}

void
carry_add_gated (FoveaDevice *device,
                 const float *x,
                 const float *gates,
                 int64_t rows,
                 int64_t width,
                 float *out)
{
    Carrier c = set_out (device);
    IN (&c, x, rows * width);
    IN (&c, gates, rows);
    OUT (&c, out, rows * width);
    c.ops->add_gated (device, x, gates, rows, width, out);
    come_home (&c);
}

void
carry_route (FoveaDevice *device, const FoveaRouteArgs *args)
{
    Carrier c = set_out (device);
    FoveaRouteArgs a = *args;
    IN (&c, a.scores, a.rows * a.n_experts);
    IN (&c, a.added, a.n_experts);
    OUT (&c, a.weights, a.rows * a.n_experts);
    OUT (&c, a.chosen, a.rows * a.n_used);
    OUT (&c, a.shares, a.rows * a.n_used);
    c.ops->route (device, &a);
    come_home (&c);
}

void
carry_experts (FoveaDevice *device, const FoveaExpertsArgs *args)
{
    Carrier c = set_out (device);
    FoveaExpertsArgs a = *args;
    int64_t n = FOVEA_N_EXPERT_ROLES * a.n_experts, choices = a.rows * a.n_used;
    int64_t C = a.weights[0].n_in, M = a.weights[0].n_out;
    g_autofree FoveaWeight *weights = g_memdup2 (a.weights, (size_t) n * sizeof *weights);
    g_autofree const void **data = g_new (const void *, n);
    for (int role = 0; role < FOVEA_N_EXPERT_ROLES; role++) {
        /* Matrices of a role travel in one buffer, if they rise. */
        const FoveaWeight *first = &weights[role * a.n_experts];
        const FoveaWeight *last = first + a.n_experts - 1;
        size_t apart = (size_t) ((const char *) last->data - (const char *) first->data);
        if (last->data > first->data)
            carry (&c, first->data, apart + weight_bytes (last), false);
    }
    for (int64_t i = 0; i < n; i++) {
        carry_weight (&c, &weights[i]);
        data[i] = weights[i].data;
    }
    a.weights = weights;
    a.data = data;
    IN (&c, a.data, n);
    for (int role = 0; role < FOVEA_N_EXPERT_ROLES; role++)
        IN (&c, a.bias[role], a.n_experts * (role == FOVEA_EXPERT_OUT ? C : M));
    IN (&c, a.x, a.rows * C);
    IN (&c, a.chosen, choices);
    IN (&c, a.shares, choices);
    OUT (&c, a.gathered, a.rows * C);
    OUT (&c, a.pre, a.rows * M);
    OUT (&c, a.up, a.rows * M);
    OUT (&c, a.out, a.rows * C);
    c.ops->experts (device, &a);
    come_home (&c);
}

void
carry_embed (
    FoveaDevice *device, const FoveaWeight *table, const int32_t *ids, int64_t n, float *out)
{
    Carrier c = set_out (device);
    FoveaWeight t = *table;
    carry_weight (&c, &t);
    OUT (&c, out, n * t.n_in);
    c.ops->embed (device, &t, ids, n, out);
    come_home (&c);
}

/* Everything that one row of one head has a value of. */
static void
carry_statistics (Carrier *c, FoveaAttendArgs *a)
{
    float **rows[] = {&a->lse,           &a->entropy,    &a->max_weight,
                      &a->mean_distance, &a->first_mass, &a->local_mass};
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
        OUT (c, *rows[i], a->rows * a->heads);
    OUT (c, a->max_key, a->rows * a->heads);
}

void
carry_attend (FoveaDevice *device, const FoveaAttendArgs *args)
{
    Carrier c = set_out (device);
    FoveaAttendArgs a = *args;
    int64_t row_blocks =
        (a.first_query + a.rows - 1) / FOVEA_BLOCK - a.first_query / FOVEA_BLOCK + 1;
    int64_t key_blocks = (a.n_keys + FOVEA_BLOCK - 1) / FOVEA_BLOCK;
    IN (&c, a.q, a.rows * a.heads * a.width);
    IN (&c, a.k, a.n_keys * a.kv_heads * a.width);
    IN (&c, a.v, a.n_keys * a.kv_heads * a.width);
    OUT (&c, a.z, a.rows * a.heads * a.width);
    carry_statistics (&c, &a);
    OUT (&c, a.column_mass, span (a.heads, a.column_stride, a.n_keys));
    OUT (&c, a.block_mass, span (a.heads * row_blocks, a.block_stride, key_blocks));
    OUT (&c, a.block_max, span (a.heads * row_blocks, a.block_stride, key_blocks));
    OUT (&c, a.scores, a.heads * a.rows * a.n_keys);
    OUT (&c, a.pattern, a.heads * a.rows * a.n_keys);
    c.ops->attend (device, &a);
    come_home (&c);
}

void
carry_rectangle (FoveaDevice *device, const FoveaRectangleArgs *args)
{
    Carrier c = set_out (device);
    FoveaRectangleArgs a = *args;
    IN (&c, a.q, span (a.n_queries, a.q_stride, a.width));
    IN (&c, a.k, span (a.n_keys, a.k_stride, a.width));
    IN (&c, a.lse, a.n_queries);
    OUT (&c, a.out, a.n_queries * a.n_keys);
    c.ops->rectangle (device, &a);
    come_home (&c);
}

void
carry_top_rows (FoveaDevice *device, const FoveaTopRowsArgs *args)
{
    Carrier c = set_out (device);
    FoveaTopRowsArgs a = *args;
    IN (&c, a.q, span (a.n_queries, a.q_stride, a.width));
    IN (&c, a.k, span (a.n_keys, a.k_stride, a.width));
    IN (&c, a.row_counts, a.n_queries * a.n_counts);
    OUT (&c, a.mass, a.n_queries * a.n_counts);
    c.ops->top_rows (device, &a);
    come_home (&c);
}

void
carry_mask_rows (FoveaDevice *device, const FoveaMaskRowsArgs *args)
{
    Carrier c = set_out (device);
    FoveaMaskRowsArgs a = *args;
    int64_t n = a.n_masks * a.n_queries;
    IN (&c, a.q, span (a.n_queries, a.q_stride, a.width));
    IN (&c, a.k, span (a.n_keys, a.k_stride, a.width));
    IN (&c, a.v, span (a.n_keys, a.v_stride, a.width));
    IN (&c, a.lse, a.n_queries);
    IN (&c, a.lengths, a.n_keys);
    IN (&c, a.full, a.n_queries * a.width);
    OUT (&c, a.mass, n);
    OUT (&c, a.value_mass, n);
    OUT (&c, a.z, n * a.width);
    OUT (&c, a.loss, n);
    c.ops->mask_rows (device, &a);
    come_home (&c);
}

void
carry_cross_entropy (FoveaDevice *device,
                     const float *logits,
                     const int32_t *targets,
                     int64_t rows,
                     int64_t V,
                     float *nll)
{
    Carrier c = set_out (device);
    IN (&c, logits, rows * V);
    OUT (&c, nll, rows);
    c.ops->cross_entropy (device, logits, targets, rows, V, nll);
    come_home (&c);
}

void
carry_convert (FoveaDevice *device, const float *from, FoveaDtype dtype, int64_t n, void *to)
{
    Carrier c = set_out (device);
    IN (&c, from, n);
    to = carry (&c, to, (size_t) n * fovea_dtype_size (dtype), true);
    c.ops->convert (device, from, dtype, n, to);
    come_home (&c);
}

void
carry_round (FoveaDevice *device, float *x, FoveaDtype dtype, int64_t n)
{
    Carrier c = set_out (device);
    OUT (&c, x, n);
    c.ops->round (device, x, dtype, n);
    come_home (&c);
}

void
carry_find_nan (FoveaDevice *device, const float *x, int64_t rows, int64_t width, int32_t *first)
{
    Carrier c = set_out (device);
    IN (&c, x, rows * width);
    OUT (&c, first, 1);
    c.ops->find_nan (device, x, rows, width, first);
    come_home (&c);
}

void
carry_copy_rows (FoveaDevice *device,
                 void *to,
                 size_t to_stride,
                 const void *from,
                 size_t from_stride,
                 size_t n_rows,
                 size_t bytes)
{
    Carrier c = set_out (device);
    from = carry (&c, from, (n_rows - 1) * from_stride + bytes, false);
    to = carry (&c, to, (n_rows - 1) * to_stride + bytes, true);
    c.ops->copy_rows (device, to, to_stride, from, from_stride, n_rows, bytes);
    come_home (&c);
}
