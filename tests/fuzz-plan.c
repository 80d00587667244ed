/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Any text as the list of points that a capture keeps. What is accepted names arrays that lie within
 * the sequence and whose sizes add up. */
#include "capture/plan.h"
#include "tests/fuzz.h"

#define MAX_TEXT 200 /* braces multiply: longer lists take long without telling more */

static const FoveaArchitecture architecture = {
    .family = "llama",
    .n_layers = 6,
    .n_heads = 4,
    .n_kv_heads = 2,
    .head_width = 8,
    .width = 32,
    .mlp_width = 64,
    .vocabulary = 100,
    .context = 512,
    .norm = FOVEA_NORM_RMS,
    .position = FOVEA_POSITION_ROTARY,
    .rotary_width = 8,
    .gated = TRUE,
};

static void
check_arrays (FoveaPlan *plan, gint64 n_tokens)
{
    g_autoptr (GPtrArray) arrays = fovea_plan_list_arrays (plan, n_tokens);
    guint64 bytes = 0;
    for (guint i = 0; i < arrays->len; i++) {
        const FoveaArray *array = g_ptr_array_index (arrays, i);
        g_assert (fovea_array_n_rows (array) >= 0 && fovea_array_row_length (array) >= 0);
        bytes += fovea_array_bytes (array);
    }
    g_assert (bytes == fovea_plan_get_bytes (plan, n_tokens));
}

void
fuzz_one (const guint8 *data, gsize size)
{
    g_autofree char *points = g_strndup ((const char *) data, MIN (size, MAX_TEXT));
    for (int dense = 0; dense < 2; dense++) {
        const FoveaPlanOptions options = {points, dense ? FOVEA_BF16 : FOVEA_F32, dense};
        g_autoptr (FoveaPlan) plan = fovea_plan_new (&architecture, &options, NULL);
        if (plan == NULL)
            continue;
        check_arrays (plan, 1);
        check_arrays (plan, 130);
    }
}
