/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Members of small configurations, and what they describe: what the suites of families share. */
#include <string.h>

#include "capture/families.h"
#include "tests/support.h"

#define LLAMA                                                                                      \
    "\"model_type\":\"llama\",\"num_hidden_layers\":2,\"num_attention_heads\":4,"                  \
    "\"hidden_size\":32,\"intermediate_size\":64,\"vocab_size\":100"
#define FAMILY(name)                                                                               \
    "\"model_type\":\"" name "\",\"num_hidden_layers\":2,\"num_attention_heads\":4,"               \
    "\"hidden_size\":32,\"intermediate_size\":64,\"vocab_size\":100"
#define MISTRAL FAMILY ("mistral")
#define GPT_NEO                                                                                    \
    "\"model_type\":\"gpt_neo\",\"num_layers\":2,\"num_heads\":4,\"hidden_size\":32,"              \
    "\"vocab_size\":100"
#define GPT2 "\"model_type\":\"gpt2\",\"n_layer\":2,\"n_head\":4,\"n_embd\":32,\"vocab_size\":100"
#define MPT  "\"model_type\":\"mpt\",\"n_layers\":2,\"n_heads\":12,\"d_model\":24,\"vocab_size\":9"
#define T5                                                                                         \
    "\"model_type\":\"t5\",\"num_layers\":2,\"num_heads\":1,\"d_model\":32,\"d_ff\":64,"           \
    "\"vocab_size\":100,\"is_encoder_decoder\":true"
#define DEEPSEEK(name) FAMILY (name) ",\"moe_intermediate_size\":16"
#define OSS            FAMILY ("gpt_oss") ",\"num_local_experts\":3,\"num_experts_per_tok\":2"
#define LENS           "\"n_layers\":2,\"d_model\":32,\"d_head\":8,\"d_vocab\":9,\"n_ctx\":16"

/* Of these members and those of a generation_config.json, or NULL with the reason. */
static G_GNUC_UNUSED FoveaArchitecture *
describe (const char *members, const char *generation, GError **error)
{
    g_autofree char *text = g_strdup_printf ("{%s}", members);
    g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
    g_autoptr (GBytes) more =
        generation != NULL ? g_bytes_new_static (generation, strlen (generation)) : NULL;
    return fovea_family_describe (bytes, more, "config.json", error);
}

static G_GNUC_UNUSED FoveaArchitecture *
describe_good (const char *members, const char *generation)
{
    g_autoptr (GError) error = NULL;
    FoveaArchitecture *a = describe (members, generation, &error);
    ck_assert_msg (a != NULL, "%s", error != NULL ? error->message : "");
    return a;
}
