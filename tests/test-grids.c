/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* GGML's types of one to three bits against what the Python package gguf unpacks: 512 blocks of each
 * type, whose bytes tests/make-grids.py makes as this file does, and the SHA-256 of their floats. */
#include <string.h>

#include "kernels/block-grids.h"
#include "kernels/cpu-kernels.h"
#include "tests/support.h"

enum {
    N_BLOCKS = 512
};

static const struct {
    FoveaDtype dtype;
    int high; /* byte with the sign and the exponent of d */
    const char *sum;
} types[] = {
    {FOVEA_IQ2_XXS, 1, "0669e3a89b5730f85860aa19de56d0c7ce9621caf5063b9680fb4c5b84de83ca"},
    {FOVEA_IQ2_XS, 1, "3a8aff304fd5a16d43b592ba5fa468e958535c9942ce8c6c0f9b30e7bba05c7d"},
    {FOVEA_IQ2_S, 1, "b2f534b066631c02dd43668ceb9b1766896e36a621fb453e2e1c8bcf25f876a8"},
    {FOVEA_IQ3_XXS, 1, "9f20d89a1e1abaa7cc6a6051d2f334b327c748f19957145c161772d5923cc86d"},
    {FOVEA_IQ3_S, 1, "9d467ee7d5ccba861e2352c5093694213e8d1a3d3831528cb1771596fbb2ce57"},
    {FOVEA_IQ1_S, 1, "fe96464990d0a8f19e09ef6d5b59e326c3a0487c2ce1cd7910e2afd718db7d0c"},
    {FOVEA_IQ1_M, 55, "0998a371a1ac1113c68507f637a2b94bd9f0b38a191b3c5cb6255d0cdf251a62"},
};

/* Bytes of a linear congruential sequence; d stays finite without bit 14. */
static guint8 *
make_blocks (gsize size, int high)
{
    guint8 *blocks = g_malloc (N_BLOCKS * size);
    guint32 state = 1;
    for (gsize i = 0; i < N_BLOCKS * size; i++) {
        state = state * 1664525u + 1013904223u;
        blocks[i] = (guint8) (state >> 24);
    }
    for (gsize b = 0; b < N_BLOCKS; b++)
        blocks[b * size + (gsize) high] &= 0xbf;
    return blocks;
}

/* In every instruction set of this processor. */
START_TEST (grid_types_unpack_as_the_package_gguf_does)
{
    static const char *const sets[] = {"generic", "avx2", "avx512"};
    FoveaDtype dtype = types[_i].dtype;
    g_autofree guint8 *blocks = make_blocks (fovea_dtype_size (dtype), types[_i].high);
    gsize n = N_BLOCKS * FOVEA_MAX_BLOCK;
    g_autofree float *out = g_new (float, n);
    for (guint set = 0; set < G_N_ELEMENTS (sets); set++) {
        const struct _FoveaCpuKernels *kernels = fovea_cpu_kernels_choose (sets[set], NULL);
        if (kernels == NULL)
            continue;
        memset (out, 0xff, n * sizeof *out);
        kernels->widen (blocks, dtype, (int64_t) n, out);
        g_autofree char *sum =
            g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guint8 *) out, n * sizeof *out);
        ck_assert_msg (strcmp (sum, types[_i].sum) == 0, "%s, %s: %s", fovea_dtype_name (dtype),
                       sets[set], sum);
    }
}
END_TEST

/* What a table that was cut short or mistyped would hardly be. */
static void
check_grid (const guint16 *grid, int n, int elements, int bits, unsigned n_values)
{
    g_autofree gboolean *seen = g_new0 (gboolean, G_MAXUINT16 + 1);
    for (int i = 0; i < n; i++) {
        unsigned largest = 0;
        for (int e = 0; e < elements; e++)
            largest = MAX (largest, (unsigned) grid[i] >> e * bits & ((1u << bits) - 1));
        ck_assert_msg (largest < n_values, "point %d has the code %u", i, largest);
        ck_assert_uint_eq ((guint32) grid[i] >> elements * bits, 0);
        ck_assert_msg (!seen[grid[i]], "point %d was there before", i);
        seen[grid[i]] = TRUE;
    }
}

START_TEST (points_of_a_grid_differ_and_have_valid_codes)
{
    check_grid (fovea_grid_iq2_xxs, G_N_ELEMENTS (fovea_grid_iq2_xxs), 8, 2, 3);
    check_grid (fovea_grid_iq2_xs, G_N_ELEMENTS (fovea_grid_iq2_xs), 8, 2, 3);
    check_grid (fovea_grid_iq2_s, G_N_ELEMENTS (fovea_grid_iq2_s), 8, 2, 3);
    check_grid (fovea_grid_iq1_s, G_N_ELEMENTS (fovea_grid_iq1_s), 8, 2, 3);
    check_grid (fovea_grid_iq3_xxs, G_N_ELEMENTS (fovea_grid_iq3_xxs), 4, 3, 8);
    check_grid (fovea_grid_iq3_s, G_N_ELEMENTS (fovea_grid_iq3_s), 4, 3, 8);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("grids");
    TCase *tcase = tcase_create ("grids");
    tcase_add_loop_test (tcase, grid_types_unpack_as_the_package_gguf_does, 0,
                         G_N_ELEMENTS (types));
    tcase_add_test (tcase, points_of_a_grid_differ_and_have_valid_codes);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
