/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "tests/long-store.h"

#include "storage/store.h"
#include "tests/support.h"
#include "tests/trace-support.h"

#define WIDTH 4

static FoveaArray *
new_array (const char *name, gint64 T, gint64 heads)
{
    FoveaArray array = {(char *) name, FOVEA_F32, 3, {T, heads, WIDTH}, 1};
    return fovea_array_copy (&array);
}

static void
write_text (FoveaStore *store, gint64 run, guint text, const FoveaTraceInfo *info, gint64 n_heads)
{
    static const char *const names[] = {"blocks.0.attn.hook_q", "blocks.0.attn.hook_k",
                                        "blocks.0.attn.hook_v"};
    g_autoptr (FoveaSink) sink = fovea_store_new_sink (store, run, text, NULL);
    g_autoptr (GPtrArray) arrays =
        g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_array_free);
    for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        g_ptr_array_add (arrays, new_array (names[i], info->n_tokens, n_heads));
    ck_assert (sink->begin (sink, info, arrays, NULL));
    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        g_autofree float *values =
            trace_random_values ((gsize) (info->n_tokens * n_heads * WIDTH), i);
        ck_assert (sink->write (sink, i, 0, info->n_tokens, values, NULL));
    }
    g_autoptr (FoveaTrace) kept = sink->finish (sink, NULL);
    ck_assert_ptr_nonnull (kept);
}

void
long_store_write (const char *path, gint64 n_tokens, gint64 n_heads, guint n_texts)
{
    const FoveaArchitecture a = {.n_layers = 1,
                                 .n_heads = n_heads,
                                 .n_kv_heads = n_heads,
                                 .head_width = WIDTH,
                                 .width = WIDTH * n_heads,
                                 .attention_scale = 0.5f,
                                 .context = n_tokens,
                                 .vocabulary = 100};
    g_autoptr (FoveaTraceInfo) info = trace_info (&a, n_tokens);
    g_autoptr (FoveaStore) store = fovea_store_open (path, FOVEA_STORE_CREATE, NULL);
    ck_assert_ptr_nonnull (store);
    gint64 run = fovea_store_begin_run (store, "import", "{}", "", "f32", NULL);
    for (guint i = 0; i < n_texts; i++)
        write_text (store, run, i, info, n_heads);
    ck_assert (fovea_store_finish_run (store, run, NULL));
}
