/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Counts of bytes and flop from arguments alone; buffers are not touched, only looked at for NULL.
 * O(rows) for attention's pairs, else O(1). */
#include "kernels/cost.h"

enum {
    F32 = sizeof (float)
};

static double
floats (int64_t n)
{
    return (double) n * F32;
}

/* Bytes of @n values of four bytes if they are wanted. */
static double
wanted (const void *output, int64_t n)
{
    return output != NULL ? floats (n) : 0;
}

FoveaCost
fovea_cost_linear (const FoveaLinearArgs *args)
{
    const FoveaWeight *w = &args->weight;
    double cells = (double) w->n_in * (double) w->n_out;
    double weight = (double) fovea_dtype_bytes (w->dtype, w->n_in) * (double) w->n_out;
    return (FoveaCost){floats (args->rows * (w->n_in + w->n_out)) + weight +
                           wanted (args->bias, w->n_out),
                       2 * (double) args->rows * cells};
}

FoveaCost
fovea_cost_experts (const FoveaExpertsArgs *args, int64_t n_met)
{
    double bytes = floats (2 * args->rows * (args->weights[0].n_in + args->n_used));
    double cells = 0;
    for (int role = 0; role < FOVEA_N_EXPERT_ROLES; role++) {
        const FoveaWeight *w = &args->weights[role * args->n_experts];
        bytes += (double) (n_met * w->n_out) * (double) fovea_dtype_bytes (w->dtype, w->n_in);
        bytes += (double) n_met * wanted (args->bias[role], w->n_out);
        cells += (double) w->n_in * (double) w->n_out;
    }
    return (FoveaCost){bytes, 2 * (double) (args->rows * args->n_used) * cells};
}

static double
row_statistics (const FoveaAttendArgs *a)
{
    const void *const outputs[] = {a->lse,           a->entropy,    a->max_weight, a->max_key,
                                   a->mean_distance, a->first_mass, a->local_mass};
    double bytes = 0;
    for (unsigned i = 0; i < sizeof outputs / sizeof *outputs; i++)
        bytes += wanted (outputs[i], a->rows * a->heads);
    return bytes;
}

/* Sums are read and written. */
static double
block_sums (const FoveaAttendArgs *a)
{
    int64_t row_blocks =
        (a->first_query + a->rows - 1) / FOVEA_BLOCK - a->first_query / FOVEA_BLOCK + 1;
    int64_t key_blocks = (a->n_keys + FOVEA_BLOCK - 1) / FOVEA_BLOCK;
    int64_t n = a->heads * row_blocks * key_blocks;
    double columns = a->column_mass != NULL ? 16.0 * (double) (a->heads * a->n_keys) : 0;
    return 2 * (wanted (a->block_mass, n) + wanted (a->block_max, n)) + columns;
}

FoveaCost
fovea_cost_attend (const FoveaAttendArgs *args)
{
    int64_t dense = args->heads * args->rows * args->n_keys;
    double pairs = (double) fovea_score_rule_count (
        &args->rule, args->first_query, args->first_query + args->rows, 0, args->n_keys);
    double bytes = floats (2 * args->rows * args->heads * args->width) +
                   floats (2 * args->n_keys * args->kv_heads * args->width) +
                   row_statistics (args) + block_sums (args) + wanted (args->scores, dense) +
                   wanted (args->pattern, dense);
    return (FoveaCost){bytes, 4 * pairs * (double) (args->heads * args->width)};
}

FoveaCost
fovea_cost_rectangle (const FoveaRectangleArgs *args)
{
    int64_t cells = args->n_queries * args->n_keys;
    return (FoveaCost){floats ((args->n_queries + args->n_keys) * args->width + cells) +
                           wanted (args->lse, args->n_queries),
                       2 * (double) cells * (double) args->width};
}

FoveaCost
fovea_cost_norm (const FoveaNormArgs *args)
{
    int64_t n = args->rows * args->width;
    return (FoveaCost){
        floats (2 * n) +
            wanted (args->gain, args->width * (args->gain_rows > 1 ? args->gain_rows : 1)) +
            wanted (args->bias, args->width) + wanted (args->scale, args->rows) +
            wanted (args->normalized, n),
        0};
}

FoveaCost
fovea_cost_rotary (const FoveaRotaryArgs *args)
{
    return (FoveaCost){
        floats (2 * args->rows * args->heads * args->width + args->rows * args->rotary_width), 0};
}

FoveaCost
fovea_cost_activate (int64_t n, bool gated)
{
    return (FoveaCost){floats (gated ? 3 * n : 2 * n), 0};
}

FoveaCost
fovea_cost_add (int64_t n)
{
    return (FoveaCost){floats (3 * n), 0};
}

FoveaCost
fovea_cost_embed (const FoveaWeight *table, int64_t n)
{
    double row = (double) fovea_dtype_bytes (table->dtype, table->n_in);
    return (FoveaCost){(double) n * (row + sizeof (int32_t)) + floats (n * table->n_in), 0};
}

FoveaCost
fovea_cost_cross_entropy (int64_t rows, int64_t V)
{
    return (FoveaCost){floats (rows * (V + 2)), 0};
}

FoveaCost
fovea_cost_convert (FoveaDtype dtype, int64_t n)
{
    return (FoveaCost){floats (n) + (double) fovea_dtype_bytes (dtype, n), 0};
}

FoveaCost
fovea_cost_find_nan (int64_t rows, int64_t width)
{
    return (FoveaCost){floats (rows * width), 0};
}
