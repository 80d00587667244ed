/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Any bytes as config.json, and as generation_config.json beside a good one. */
#include "capture/families.h"
#include "tests/fuzz.h"

static const char GOOD[] = "{\"model_type\":\"gpt2\",\"n_layer\":1,\"n_head\":1,\"n_embd\":2,"
                           "\"vocab_size\":3}";

static void
describe (GBytes *config, GBytes *generation)
{
    g_autoptr (FoveaArchitecture) a =
        fovea_family_describe (config, generation, "config.json", NULL);
    if (a == NULL)
        return;
    g_assert (a->n_heads % a->n_kv_heads == 0 && a->rotary_width % 2 == 0);
    g_assert (a->n_eos_ids <= FOVEA_MAX_EOS && a->attention_scale > 0);
    g_autoptr (FoveaArchitecture) copy = fovea_architecture_copy (a);
    fovea_architecture_get_score_rule (copy, (guint) copy->n_layers - 1);
}

void
fuzz_one (const guint8 *data, gsize size)
{
    g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
    g_autoptr (GBytes) good = g_bytes_new_static (GOOD, sizeof GOOD - 1);
    describe (bytes, NULL);
    describe (good, bytes);
}
