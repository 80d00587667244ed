/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A line of configuration, then any bytes as a safetensors file: tensors are laid out anew and bound
 * as the family says, whatever the two claim of each other. Each weight that is bound is read at its
 * ends. Descriptions of more than a few layers only cost time. */
#include <string.h>

#include "capture/weights.h"
#include "kernels/weight.h"
#include "tests/fuzz.h"

#include "capture/safetensors.h"

enum {
    MOST = 8 /* layers and experts */
};

static void
read_ends (const FoveaWeight *weight)
{
    float value;
    if (weight == NULL || weight->n_out < 1 || weight->n_in < 1)
        return;
    for (int end = 0; end < 4; end++)
        fovea_weight_read (weight, end & 1 ? weight->n_out - 1 : 0, end & 2 ? weight->n_in - 1 : 0,
                           1, &value);
}

static void
read_weights (const FoveaWeights *weights, const FoveaArchitecture *a)
{
    for (guint layer = 0; layer < a->n_layers; layer++)
        for (guint role = 0; role < FOVEA_N_WEIGHT_ROLES; role++) {
            read_ends (fovea_weights_get_matrix (weights, role, layer));
            for (guint e = 0; role >= FOVEA_WEIGHT_EXPERT_GATE && role <= FOVEA_WEIGHT_EXPERT_OUT &&
                              e < a->n_experts;
                 e++)
                read_ends (fovea_weights_get_expert (weights, role, layer, e));
        }
}

void
fuzz_one (const guint8 *data, gsize size)
{
    const guint8 *end = memchr (data, '\n', size);
    if (end == NULL)
        return;
    gsize length = (gsize) (end - data);
    g_autoptr (GBytes) config = g_bytes_new (data, length);
    g_autoptr (FoveaArchitecture) a = fovea_family_describe (config, NULL, "config.json", NULL);
    if (a == NULL || a->n_layers > MOST || a->n_experts > MOST)
        return;
    g_autoptr (GBytes) bytes = g_bytes_new (end + 1, size - length - 1);
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open_bytes (bytes, "fuzz", NULL);
    if (file == NULL)
        return;
    guint n;
    const FoveaTensor *tensors = fovea_safetensors_list (file, &n);
    g_autoptr (FoveaWeights) weights =
        fovea_weights_bind (fovea_family_find (a->family), a, tensors, n, "fuzz", NULL);
    if (weights != NULL)
        read_weights (weights, a);
}
