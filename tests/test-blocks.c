/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* GGML's blocks against ggml's own floats where the reference collection is there, and against a
 * second definition that answers for one element at a time, on random bytes. */
#include <math.h>
#include <string.h>

#include "capture/gguf.h"
#include "kernels/cpu-blocks.h"
#include "kernels/cpu-kernels.h"
#include "kernels/weight.h"
#include "tests/ops-support.h"
#include "tests/support.h"

static const FoveaDtype types[] = {
    FOVEA_Q4_0, FOVEA_Q4_1, FOVEA_Q5_0, FOVEA_Q5_1, FOVEA_Q8_0, FOVEA_Q2_K, FOVEA_Q3_K, FOVEA_Q4_K,
    FOVEA_Q5_K, FOVEA_Q6_K, FOVEA_IQ4_NL, FOVEA_IQ4_XS, FOVEA_TQ1_0, FOVEA_TQ2_0, FOVEA_MXFP4,
    /* held to sums in test-grids.c */
    FOVEA_IQ1_S, FOVEA_IQ1_M, FOVEA_IQ2_XXS, FOVEA_IQ2_XS, FOVEA_IQ2_S, FOVEA_IQ3_XXS, FOVEA_IQ3_S};

static const FoveaDtype small_types[] = {FOVEA_Q4_0, FOVEA_Q4_1,   FOVEA_Q5_0, FOVEA_Q5_1,
                                         FOVEA_Q8_0, FOVEA_IQ4_NL, FOVEA_MXFP4};

enum {
    N_SPELT_OUT = 15 /* types whose every element has a formula here */
};

static float
half (const guint8 *b)
{
    guint16 bits = (guint16) (b[0] | b[1] << 8);
    float value;
    fovea_dtype_to_f32 (&bits, FOVEA_F16, 1, &value);
    return value;
}

/* Bits [from, from + n) of a little-endian string of bits. */
static int
bits (const guint8 *b, int from, int n)
{
    int value = 0;
    for (int i = 0; i < n; i++)
        value |= (b[(from + i) / 8] >> (from + i) % 8 & 1) << i;
    return value;
}

/* Nibble of element @i where the first half of a run of @run elements are the low ones. */
static int
nibble (const guint8 *b, int i, int run)
{
    int byte = i / run * (run / 2) + i % (run / 2);
    return bits (b, 8 * byte + (i % run >= run / 2 ? 4 : 0), 4);
}

/* The two bits of element @i: four elements a byte, 32 apart. */
static int
crumb (const guint8 *b, int i)
{
    return bits (b, 8 * (i / 128 * 32 + i % 32) + i / 32 % 4 * 2, 2);
}

static float
value_of_32 (FoveaDtype type, const guint8 *b, int i)
{
    static const int curve[16] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                  1,    13,   25,  38,  53,  69,  89,  113};
    switch (type) {
    case FOVEA_MXFP4: { /* +-(1 + m/2) 2^(e-1), m/2 for e = 0, times 2^(scale-127) */
        int q = nibble (b + 1, i, 32), e = q >> 1 & 3, m = q & 1;
        double size = e == 0 ? m * 0.5 : (1 + m * 0.5) * ldexp (1, e - 1);
        return (float) ((q & 8 ? -1 : 1) * ldexp (size, b[0] - 127));
    }
    case FOVEA_Q4_0:
        return (float) (nibble (b + 2, i, 32) - 8) * half (b);
    case FOVEA_Q4_1:
        return (float) nibble (b + 4, i, 32) * half (b) + half (b + 2);
    case FOVEA_Q5_0:
        return (float) (nibble (b + 6, i, 32) + 16 * bits (b + 2, i, 1) - 16) * half (b);
    case FOVEA_Q5_1:
        return (float) (nibble (b + 8, i, 32) + 16 * bits (b + 4, i, 1)) * half (b) + half (b + 2);
    case FOVEA_Q8_0:
        return (float) (gint8) b[2 + i] * half (b);
    default:
        return half (b) * (float) curve[nibble (b + 2, i, 32)];
    }
}

/* Scale (or, with @min, minimum) of part @p of a Q4_K or Q5_K block. */
static int
six_bits (const guint8 *b, int p, gboolean min)
{
    int at = p % 4 + (min ? 4 : 0);
    if (p < 4)
        return bits (b, 8 * at, 6);
    return bits (b, 8 * (8 + p % 4) + (min ? 4 : 0), 4) | bits (b, 8 * at + 6, 2) << 4;
}

static float
value_of_k (FoveaDtype type, const guint8 *b, int i)
{
    int p = i / 16, q = i / 32, l = i % 32;
    switch (type) {
    case FOVEA_Q2_K:
        return half (b + 80) * (float) bits (b + p, 0, 4) * (float) crumb (b + 16, i) -
               half (b + 82) * (float) bits (b + p, 4, 4);
    case FOVEA_Q3_K: {
        int scale = nibble (b + 96, p, 16) | bits (b + 104 + p % 4, p / 4 * 2, 2) << 4;
        int high = bits (b + l, q, 1);
        return half (b + 108) * (float) (scale - 32) * (float) (crumb (b + 32, i) + 4 * high - 4);
    }
    case FOVEA_Q4_K:
        return half (b) * (float) six_bits (b + 4, q, FALSE) * (float) nibble (b + 16, i, 64) -
               half (b + 2) * (float) six_bits (b + 4, q, TRUE);
    case FOVEA_Q5_K:
        return half (b) * (float) six_bits (b + 4, q, FALSE) *
                   (float) (nibble (b + 48, i, 64) + 16 * bits (b + 16 + l, q, 1)) -
               half (b + 2) * (float) six_bits (b + 4, q, TRUE);
    default: {
        int low = nibble (b, i, 128);
        return half (b + 208) * (float) (gint8) b[192 + p] *
               (float) ((low | crumb (b + 128, i) << 4) - 32);
    }
    }
}

/* Digit of a TQ1_0 block: byte and power of element @i. */
static int
digit (const guint8 *b, int i)
{
    int byte = i < 160 ? i % 32 : i < 240 ? 32 + (i - 160) % 16 : 48 + (i - 240) % 4;
    int power = i < 160 ? i / 32 : i < 240 ? (i - 160) / 16 : (i - 240) / 4;
    guint8 q = b[byte];
    for (int k = 0; k < power; k++)
        q = (guint8) (q * 3);
    return q * 3 / 256;
}

static float
value_of (FoveaDtype type, const guint8 *b, int i)
{
    if (fovea_dtype_block (type) == 32)
        return value_of_32 (type, b, i);
    if (type == FOVEA_TQ1_0)
        return (float) (digit (b, i) - 1) * half (b + 52);
    if (type == FOVEA_TQ2_0)
        return (float) (crumb (b, i) - 1) * half (b + 64);
    if (type != FOVEA_IQ4_XS)
        return value_of_k (type, b, i);
    int scale = bits (b + 4, i / 32 * 4, 4) | bits (b + 2, i / 32 * 2, 2) << 4;
    guint8 unit[18] = {0, 0x3c}; /* an IQ4_NL block of scale 1 */
    memcpy (unit + 2, b + 8 + i / 32 * 16, 16);
    return half (b) * (float) (scale - 32) * value_of_32 (FOVEA_IQ4_NL, unit, i % 32);
}

/* Random blocks whose f16 scales are finite: no exponent of ones. */
static guint8 *
make_blocks (FoveaDtype type, int n, guint32 seed)
{
    g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
    gsize size = fovea_dtype_size (type);
    guint8 *blocks = g_malloc ((gsize) n * size);
    for (gsize i = 0; i < (gsize) n * size; i++)
        blocks[i] = (guint8) g_rand_int_range (rand, 0, 256);
    for (int i = 0; i < n; i++)
        for (gsize at = 1; at < size; at++)
            if ((blocks[(gsize) i * size + at] & 0x7c) == 0x7c)
                blocks[(gsize) i * size + at] &= 0x8f;
    for (int i = 0; i < n && type == FOVEA_IQ1_M; i++) /* d lies in nibbles of the last 8 bytes */
        blocks[(gsize) (i + 1) * size - 1] &= 0xbf;
    return blocks;
}

/* Every instruction set of this processor. */
START_TEST (blocks_agree_with_the_value_of_each_element)
{
    enum {
        N = 37
    };
    FoveaDtype type = types[_i];
    int elements = (int) fovea_dtype_block (type);
    gsize size = fovea_dtype_size (type);
    g_autofree guint8 *blocks = make_blocks (type, N, (guint32) _i);
    g_autofree float *out = g_new (float, N *elements);
    static const char *const sets[] = {"generic", "avx2", "avx512"};
    for (guint set = 0; set < G_N_ELEMENTS (sets); set++) {
        const struct _FoveaCpuKernels *kernels = fovea_cpu_kernels_choose (sets[set], NULL);
        if (kernels == NULL)
            continue;
        memset (out, 0xff, sizeof (float) * (gsize) (N * elements));
        kernels->widen (blocks, type, N * elements, out);
        for (int i = 0; i < N * elements; i++) {
            float want = value_of (type, blocks + (gsize) (i / elements) * size, i % elements);
            ck_assert_msg (out[i] == want, "%s, %s: element %d is %.9g, expected %.9g",
                           fovea_dtype_name (type), sets[set], i, (double) out[i], (double) want);
        }
    }
}
END_TEST

START_TEST (sizes_of_blocks_add_up)
{
    for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
        gsize n = fovea_dtype_block (types[i]);
        FoveaDtype found;
        ck_assert (n == 32 || n == FOVEA_MAX_BLOCK);
        ck_assert_uint_eq (fovea_dtype_bytes (types[i], 3 * n), 3 * fovea_dtype_size (types[i]));
        ck_assert_msg (!fovea_dtype_from_name (fovea_dtype_name (types[i]), &found),
                       "%s is no type of arrays", fovea_dtype_name (types[i]));
    }
    ck_assert_uint_eq (fovea_dtype_block (FOVEA_BF16), 1);
    ck_assert_uint_eq (fovea_dtype_bytes (FOVEA_F32, 5), 20);
}
END_TEST

/* Ranges that begin and end inside blocks give the elements of the whole row. */
START_TEST (parts_of_rows_are_read_from_inside_blocks)
{
    FoveaDtype type = types[_i];
    int n = 3 * (int) fovea_dtype_block (type);
    g_autofree guint8 *blocks = make_blocks (type, 6, 99);
    g_autofree float *rows = g_new (float, 2 * n);
    fovea_dtype_to_f32 (blocks, type, (gsize) (2 * n), rows);
    const FoveaWeight weight = {.data = blocks, .dtype = type, .n_out = 2, .n_in = n, .stride = n};
    const int ranges[][2] = {{0, n}, {1, n - 2}, {n / 3 - 1, 2}, {n / 3, 7}, {n - 1, 1}};
    for (guint r = 0; r < G_N_ELEMENTS (ranges); r++) {
        float out[3 * FOVEA_MAX_BLOCK];
        fovea_weight_read (&weight, 1, ranges[r][0], ranges[r][1], out);
        ck_assert_mem_eq (out, rows + n + ranges[r][0], sizeof (float) * (gsize) ranges[r][1]);
    }
}
END_TEST

/* Outputs 0 1 2 3 4 5 of a head stand in rows 0 2 4 1 3 5. */
START_TEST (rows_of_turned_pairs_are_found)
{
    float data[12];
    for (int i = 0; i < 12; i++)
        data[i] = (float) i;
    const FoveaWeight weight = {
        .data = data, .dtype = FOVEA_F32, .n_out = 12, .n_in = 1, .stride = 1, .pair_width = 6};
    static const float want[12] = {0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11};
    for (int o = 0; o < 12; o++) {
        float value;
        fovea_weight_read (&weight, o, 0, 1, &value);
        ck_assert (value == want[o]);
    }
}
END_TEST

START_TEST (values_are_those_of_ggml_to_the_bit)
{
    g_autofree char *path = support_shared ("models/gguf/quant-vectors.gguf");
    g_autofree char *floats = support_shared ("models/gguf/quant-vectors.dequant.safetensors");
    if (path == NULL || floats == NULL)
        return;
    g_autoptr (FoveaGguf) file = fovea_gguf_open (path, NULL);
    g_autoptr (FoveaSafetensors) wanted = fovea_safetensors_open (floats, NULL);
    ck_assert (file != NULL && wanted != NULL);
    guint n;
    const FoveaTensor *tensors = fovea_gguf_list (file, &n);
    ck_assert_uint_eq (n, 17);
    for (guint i = 0; i < n; i++) {
        const FoveaTensor *want = fovea_safetensors_lookup (wanted, tensors[i].name);
        ck_assert_msg (want != NULL && want->n_elements == tensors[i].n_elements, "%s",
                       tensors[i].name);
        ck_assert (tensors[i].shape[0] == 8 && tensors[i].shape[1] == 768);
        g_autofree float *out = g_new (float, tensors[i].n_elements);
        fovea_dtype_to_f32 (tensors[i].data, tensors[i].dtype, (gsize) tensors[i].n_elements, out);
        ck_assert_msg (memcmp (out, want->data, want->n_bytes) == 0, "%s differs", tensors[i].name);
    }
}
END_TEST

static FoveaDevice *ref, *devices[OPS_MAX_DEVICES];
static int n_devices;

static void
open_all (void)
{
    n_devices = ops_open_devices (&ref, devices);
}

static void
close_all (void)
{
    ops_close_devices (ref, devices, n_devices);
}

/* A weight of @n_out rows in blocks whose values are of the order of 1. */
static FoveaWeight
make_weight (FoveaDtype type, int64_t n_out, int64_t n_in)
{
    gsize block = fovea_dtype_block (type), n = (gsize) (n_out * n_in) / block;
    gsize size = fovea_dtype_size (type);
    guint8 *blocks = make_blocks (type, (int) n, 5);
    float whole[FOVEA_MAX_BLOCK];
    for (gsize i = 0; i < n; i++) {
        /* f16 numbers end in 0x20 .. 0x23: 2^-7 to 2^-6, whatever the rest says */
        for (gsize at = 0; at < size; at++)
            if (at % 2 == 1 && (at < 4 || at + 4 > size))
                blocks[i * size + at] = 0x20 | (blocks[i * size + at] & 3);
        if (type == FOVEA_MXFP4)
            blocks[i * size] = 120 | (blocks[i * size] & 3);
        fovea_dtype_to_f32 (blocks + i * size, type, block, whole);
        for (gsize e = 0; e < block; e++)
            ck_assert (whole[e] > -1e4f && whole[e] < 1e4f);
    }
    return (FoveaWeight){
        .data = blocks, .dtype = type, .n_out = n_out, .n_in = n_in, .stride = n_in};
}

static void
check_linear (FoveaLinearArgs args)
{
    int64_t n = args.rows * args.weight.n_out;
    g_autofree float *want = g_new (float, n), *y = g_new (float, n), *again = g_new (float, n);
    args.y_stride = args.weight.n_out;
    args.y = want;
    fovea_ops_ref.linear (ref, &args);
    double largest = 0;
    for (int64_t i = 0; i < n; i++)
        largest = MAX (largest, ABS ((double) want[i]));
    for (int i = 0; i < n_devices; i++) {
        args.y = y;
        fovea_ops_cpu.linear (devices[i], &args);
        args.y = again;
        fovea_ops_cpu.linear (devices[i], &args);
        ck_assert (fovea_device_sync (devices[i], NULL));
        g_autofree char *what = g_strdup_printf (
            "%s on %s, %d rows, precision %d", fovea_dtype_name (args.weight.dtype),
            fovea_device_describe (devices[i]), (int) args.rows, args.precision);
        double worst = support_difference (y, want, (gsize) n);
        ck_assert_msg (worst <= 3e-6 * largest, "%s: %g off, largest %g", what, worst, largest);
        ck_assert_msg (memcmp (y, again, (gsize) n * sizeof *y) == 0, "%s: bits differ", what);
    }
}

/* Types x precisions; shapes straddle panels of outputs, several panels of one worker, tiles, slabs of
 * 512 rows and single rows. */
START_TEST (products_with_blocks_agree_with_the_reference)
{
    static const int64_t shapes[][3] = {{1, 256, 70},  {3, 512, 33},   {40, 768, 66},
                                        {130, 256, 7}, {18, 512, 700}, {530, 256, 90}};
    for (guint s = 0; s < G_N_ELEMENTS (shapes); s++) {
        int64_t rows = shapes[s][0], n_in = shapes[s][1], n_out = shapes[s][2];
        g_autofree float *x = g_new (float, rows *n_in), *bias = g_new (float, n_out);
        ops_fill (x, rows * n_in, 3);
        ops_fill (bias, n_out, 4);
        FoveaLinearArgs args = {.precision = (FoveaPrecision) (_i % 3),
                                .rows = rows,
                                .x = x,
                                .x_stride = n_in,
                                .weight = make_weight (types[_i / 3], n_out, n_in),
                                .bias = s % 2 == 0 ? bias : NULL};
        check_linear (args);
        g_free ((void *) args.weight.data);
    }
}
END_TEST

static void
check_few_rows (FoveaDtype type, int64_t rows, int64_t n_in, int64_t n_out, gboolean biased)
{
    const int64_t stride = n_in + 7;
    g_autofree float *x = g_new (float, rows *stride), *bias = g_new (float, n_out);
    ops_fill (x, rows * stride, 3);
    ops_fill (bias, n_out, 4);
    FoveaLinearArgs args = {.rows = rows,
                            .x = x,
                            .x_stride = stride,
                            .weight = make_weight (type, n_out, n_in),
                            .bias = biased ? bias : NULL};
    check_linear (args);
    if (rows <= 9 && n_in <= 256) { /* below f32 more rows go another way */
        args.precision = FOVEA_PRECISION_BF16;
        check_linear (args);
        args.precision = FOVEA_PRECISION_F16;
        check_linear (args);
    }
    g_free ((void *) args.weight.data);
}

/* A few rows: one, a register's worth and one more of them, what tiles take side by side, their 16 and 32
 * and one more; x of more than stays in the first-level cache, groups of outputs that are not full. */
START_TEST (products_of_a_few_rows_with_blocks_agree_with_the_reference)
{
    static const int64_t rows[] = {1, 2, 4, 5, 6, 8, 9, 16, 17, 32, 33};
    static const int64_t shapes[][2] = {{256, 131}, {2304, 37}, {8448, 3}};
    for (guint r = 0; r < G_N_ELEMENTS (rows); r++)
        for (guint s = 0; s < G_N_ELEMENTS (shapes); s++)
            check_few_rows (types[_i], rows[r], shapes[s][0], shapes[s][1], r % 2 == 0);
}
END_TEST

/* Blocks of 32 need not come in eights. */
START_TEST (rows_of_an_odd_number_of_small_blocks_agree_with_the_reference)
{
    static const int64_t rows[] = {1, 3, 5, 7, 24, 40};
    for (guint r = 0; r < G_N_ELEMENTS (rows); r++) {
        for (int64_t n_in = 32; n_in <= 608; n_in += 192) {
            g_autofree float *x = g_new (float, rows[r] * n_in);
            ops_fill (x, rows[r] * n_in, 3);
            FoveaLinearArgs args = {.rows = rows[r],
                                    .x = x,
                                    .x_stride = n_in,
                                    .weight = make_weight (small_types[_i], 35, n_in)};
            check_linear (args);
            g_free ((void *) args.weight.data);
        }
    }
}
END_TEST

/* What stands beside a row in a product changes none of its bits, as long as rows are multiplied in the
 * same way: on tiles those are up to 4 rows, 5, 6 to 8 and 9 to 32, with vectors up to 8. */
START_TEST (a_row_times_blocks_is_the_same_in_any_company)
{
    enum {
        N_IN = 512,
        N_OUT = 70,
        MOST = 32
    };
    static const int ways[][2] = {{2, 4}, {5, 5}, {6, 8}, {9, MOST}};
    FoveaWeight weight = make_weight (types[_i], N_OUT, N_IN);
    g_autofree void *blocks = (void *) weight.data;
    g_autofree float *x = g_new (float, MOST *N_IN), *all = g_new (float, MOST *N_OUT),
                     *some = g_new (float, MOST *N_OUT);
    ops_fill (x, MOST * N_IN, 3);
    for (int i = 0; i < n_devices * (int) G_N_ELEMENTS (ways); i++) {
        FoveaDevice *device = devices[i / (int) G_N_ELEMENTS (ways)];
        const char *told = fovea_device_describe (device);
        const int *way = ways[i % (int) G_N_ELEMENTS (ways)];
        gboolean tiles = strstr (told, "AMX") != NULL;
        if (strstr (told, "AVX-512") == NULL || (!tiles && way[1] > 8))
            continue; /* BLAS promises nothing */
        FoveaLinearArgs args = {.rows = way[1],
                                .x = x,
                                .x_stride = N_IN,
                                .weight = weight,
                                .y_stride = N_OUT,
                                .y = all};
        fovea_ops_cpu.linear (device, &args);
        args.y = some;
        for (args.rows = way[0]; args.rows < way[1]; args.rows++) {
            fovea_ops_cpu.linear (device, &args);
            ck_assert_msg (memcmp (some, all, (gsize) (args.rows * N_OUT) * sizeof *all) == 0,
                           "%s on %s: %d rows", fovea_dtype_name (types[_i]), told,
                           (int) args.rows);
        }
        ck_assert (fovea_device_sync (device, NULL));
    }
}
END_TEST

/* y of more than 8 MiB in whole lines is written past the caches; one more float a row forbids that. */
START_TEST (large_results_are_the_same_past_the_caches)
{
    enum {
        ROWS = 530,
        N_IN = 256,
        N_OUT = 4096
    };
    FoveaWeight weight = make_weight (_i == 0 ? FOVEA_Q8_0 : FOVEA_Q4_K, N_OUT, N_IN);
    g_autofree void *blocks = (void *) weight.data;
    g_autofree float *x = g_new (float, ROWS *N_IN);
    float *lines = g_aligned_alloc ((gsize) ROWS * N_OUT, sizeof *lines, 64);
    float *wider = g_aligned_alloc ((gsize) ROWS * (N_OUT + 1), sizeof *wider, 64);
    ops_fill (x, ROWS * N_IN, 8);
    for (int i = 0; i < n_devices; i++) {
        FoveaLinearArgs args = {.rows = ROWS, .x = x, .x_stride = N_IN, .weight = weight};
        args.y = lines;
        args.y_stride = N_OUT;
        memset (lines, 0xff, (gsize) ROWS * N_OUT * sizeof *lines);
        fovea_ops_cpu.linear (devices[i], &args);
        args.y = wider;
        args.y_stride = N_OUT + 1;
        fovea_ops_cpu.linear (devices[i], &args);
        ck_assert (fovea_device_sync (devices[i], NULL));
        for (gsize t = 0; t < ROWS; t++)
            ck_assert_msg (
                memcmp (lines + t * N_OUT, wider + t * (N_OUT + 1), N_OUT * sizeof *lines) == 0,
                "%s: row %zu", fovea_device_describe (devices[i]), t);
    }
    g_aligned_free (lines);
    g_aligned_free (wider);
}
END_TEST

/* Heads of rows that stand as turned pairs, in blocks and in single elements. */
START_TEST (products_with_turned_pairs_agree_with_the_reference)
{
    static const FoveaDtype kinds[] = {FOVEA_F32, FOVEA_BF16, FOVEA_Q8_0, FOVEA_Q6_K};
    enum {
        N_IN = 256,
        N_OUT = 96
    };
    for (int rows = 1; rows <= 41; rows += 40) {
        g_autofree float *x = g_new (float, rows *N_IN), *values = g_new (float, N_IN *N_OUT);
        ops_fill (x, rows * N_IN, 3);
        ops_fill (values, N_IN * N_OUT, 6);
        FoveaWeight weight =
            make_weight (kinds[_i] > FOVEA_N_DTYPES ? kinds[_i] : FOVEA_Q4_0, N_OUT, N_IN);
        g_autofree void *blocks = (void *) weight.data;
        g_autofree guint8 *single = g_malloc (N_IN * N_OUT * sizeof (float));
        if (kinds[_i] < FOVEA_N_DTYPES) {
            fovea_dtype_from_f32 (values, N_IN * N_OUT, kinds[_i], single);
            weight.data = single;
            weight.dtype = kinds[_i];
        }
        weight.pair_width = 32;
        FoveaLinearArgs args = {.rows = rows, .x = x, .x_stride = N_IN, .weight = weight};
        check_linear (args);
    }
}
END_TEST

START_TEST (rows_of_blocks_are_embedded)
{
    enum {
        C = 512
    };
    static const int32_t ids[] = {3, 0, 39, 3};
    FoveaWeight table = make_weight (types[_i], 40, C);
    g_autofree void *data = (void *) table.data;
    float want[4 * C], out[4 * C];
    fovea_ops_ref.embed (ref, &table, ids, 4, want);
    for (int i = 0; i < n_devices; i++) {
        fovea_ops_cpu.embed (devices[i], &table, ids, 4, out);
        ck_assert_mem_eq (out, want, sizeof want);
    }
    ck_assert_mem_eq (want, want + 3 * C, C * sizeof (float));
    ck_assert (memcmp (want, want + C, C * sizeof (float)) != 0);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("blocks");
    TCase *tcase = tcase_create ("blocks");
    tcase_add_loop_test (tcase, blocks_agree_with_the_value_of_each_element, 0, N_SPELT_OUT);
    tcase_add_test (tcase, sizes_of_blocks_add_up);
    tcase_add_loop_test (tcase, parts_of_rows_are_read_from_inside_blocks, 0, G_N_ELEMENTS (types));
    tcase_add_test (tcase, rows_of_turned_pairs_are_found);
    tcase_add_test (tcase, values_are_those_of_ggml_to_the_bit);
    suite_add_tcase (suite, tcase);
    tcase = tcase_create ("operations");
    tcase_set_timeout (tcase, 60);
    tcase_add_unchecked_fixture (tcase, open_all, close_all);
    tcase_add_loop_test (tcase, products_with_blocks_agree_with_the_reference, 0,
                         3 * G_N_ELEMENTS (types));
    tcase_add_loop_test (tcase, products_of_a_few_rows_with_blocks_agree_with_the_reference, 0,
                         G_N_ELEMENTS (types));
    tcase_add_loop_test (tcase, rows_of_an_odd_number_of_small_blocks_agree_with_the_reference, 0,
                         G_N_ELEMENTS (small_types));
    tcase_add_loop_test (tcase, a_row_times_blocks_is_the_same_in_any_company, 0, N_SPELT_OUT - 3);
    tcase_add_loop_test (tcase, large_results_are_the_same_past_the_caches, 0, 2);
    tcase_add_loop_test (tcase, products_with_turned_pairs_agree_with_the_reference, 0, 4);
    tcase_add_loop_test (tcase, rows_of_blocks_are_embedded, 0, G_N_ELEMENTS (types));
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
