/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "tests/sparse-support.h"

#include <math.h>
#include <string.h>

#include "analysis/sparse-curves.h"

enum {
    TINY_T = 32,
    TINY_D = 4,
    RANDOM_D = 8,
};

void
sparse_tiny_values (float *out)
{
    guint32 x = 1;
    for (int i = 0; i < 3 * TINY_T * TINY_D; i++) {
        x = (guint32) ((G_GUINT64_CONSTANT (1103515245) * x + 12345) % (1u << 31));
        out[i] = (float) ((int) ((x >> 16) % 17) - 8) / 4;
    }
}

/* The same vectors for every head: (T, H, D). */
static float *
spread (const float *values, gint64 T, gint64 D, guint n_heads)
{
    float *out = g_new (float, (gsize) (T * D * n_heads));
    for (gint64 t = 0; t < T; t++)
        for (guint h = 0; h < n_heads; h++)
            memcpy (out + (t * n_heads + h) * D, values + t * D, (gsize) D * sizeof *out);
    return out;
}

/* What both kinds of fixture have in common. */
static SparseFixture
open_head (gint64 T,
           gint64 D,
           guint n_heads,
           guint n_kv_heads,
           guint head,
           gboolean causal,
           const float *const *sources)
{
    static const char *const names[] = {"blocks.0.attn.hook_q", "blocks.0.attn.hook_k",
                                        "blocks.0.attn.hook_v"};
    const FoveaArchitecture architecture = {
        .n_layers = 1,
        .n_heads = n_heads,
        .n_kv_heads = n_kv_heads,
        .head_width = D,
        .width = D * n_heads,
        .attention_scale = 1 / sqrtf ((float) D),
    };
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaTraceInfo) info = trace_info (&architecture, T);
    TraceArray arrays[3];
    guint n = sources[2] != NULL ? 3 : 2;
    for (guint i = 0; i < n; i++)
        arrays[i] = (TraceArray){names[i], 3, {T, i == 0 ? n_heads : n_kv_heads, D}, 1, sources[i]};
    SparseFixture fixture = {.trace = trace_of (info, arrays, n)};
    fixture.attention = fovea_attention_open (fixture.trace, 0, &error);
    ck_assert_ptr_nonnull (fixture.attention);
    /* No family that can be captured looks ahead yet, so the rule is turned by hand. */
    ((FoveaScoreRule *) fovea_attention_get_rule (fixture.attention))->causal = causal;
    fixture.head = fovea_sparse_head_new (fixture.attention, 0, head, NULL, &error);
    ck_assert_msg (fixture.head != NULL, "%s", error != NULL ? error->message : "");
    return fixture;
}

SparseFixture
sparse_fixture_new (gint64 T,
                    gint64 D,
                    guint n_heads,
                    guint head,
                    gboolean causal,
                    const float *q,
                    const float *k,
                    const float *v)
{
    g_autofree float *all_q = spread (q, T, D, n_heads);
    g_autofree float *all_k = spread (k, T, D, n_heads);
    g_autofree float *all_v = v != NULL ? spread (v, T, D, n_heads) : NULL;
    const float *const sources[] = {all_q, all_k, all_v};
    return open_head (T, D, n_heads, n_heads, head, causal, sources);
}

SparseFixture
sparse_fixture_heads (gint64 T,
                      gint64 D,
                      guint n_heads,
                      guint n_kv_heads,
                      guint head,
                      const float *q,
                      const float *k,
                      const float *v)
{
    const float *const sources[] = {q, k, v};
    return open_head (T, D, n_heads, n_kv_heads, head, TRUE, sources);
}

SparseFixture
sparse_fixture_tiny (gint64 T, guint n_heads, guint head, gboolean causal)
{
    float values[3 * TINY_T * TINY_D];
    sparse_tiny_values (values);
    return sparse_fixture_new (T, TINY_D, n_heads, head, causal, values, values + TINY_T * TINY_D,
                               values + 2 * TINY_T * TINY_D);
}

void
sparse_fixture_clear (SparseFixture *fixture)
{
    fovea_sparse_head_free (fixture->head);
    fovea_attention_free (fixture->attention);
    fovea_trace_unref (fixture->trace);
}

FoveaTrace *
sparse_trace_new (gint64 T, guint n_layers, guint n_heads, guint n_products, guint64 seed)
{
    static const char *const names[] = {"q", "k", "v"};
    const FoveaArchitecture architecture = {
        .n_layers = n_layers,
        .n_heads = n_heads,
        .n_kv_heads = n_heads,
        .head_width = RANDOM_D,
        .width = n_heads * RANDOM_D,
        .attention_scale = 1 / sqrtf (RANDOM_D),
    };
    g_autoptr (FoveaTraceInfo) info = trace_info (&architecture, T);
    g_autoptr (GPtrArray) held = g_ptr_array_new_with_free_func (g_free);
    g_autofree TraceArray *arrays = g_new (TraceArray, 3 * n_products + 1);
    for (guint i = 0; i < 3 * n_products; i++) {
        char *name = g_strdup_printf ("blocks.%u.attn.hook_%s", i / 3, names[i % 3]);
        float *values = trace_random_values ((gsize) (T * n_heads * RANDOM_D), seed + i);
        g_ptr_array_add (held, name);
        g_ptr_array_add (held, values);
        arrays[i] = (TraceArray){name, 3, {T, n_heads, RANDOM_D}, 1, values};
    }
    return trace_of (info, arrays, 3 * n_products);
}

FoveaTable *
sparse_recall_new (FoveaTrace *trace, const char *const *ids)
{
    g_autoptr (GPtrArray) methods = g_ptr_array_new ();
    for (guint i = 0; ids[i] != NULL; i++)
        g_ptr_array_add (methods, (gpointer) fovea_sparse_method_find (ids[i], NULL));
    g_ptr_array_add (methods, NULL);
    const FoveaSparseCurvesOptions options = {
        .methods = (const FoveaSparseMethod *const *) methods->pdata, .sweep = TRUE};
    g_autoptr (FoveaSparseCurves) curves = fovea_sparse_curves_new (&options);
    FoveaThreads *threads = fovea_threads_new (1);
    ck_assert (fovea_sparse_curves_add (curves, trace, threads, NULL, NULL, NULL, NULL));
    fovea_threads_free (threads);
    return fovea_sparse_curves_finish (curves);
}

void
sparse_set_knobs (const FoveaSparseMethod *method, gint64 T, const char *text, double *knobs)
{
    g_auto (GStrv) words = g_strsplit (text, " ", -1);
    fovea_sparse_method_get_defaults (method, T, knobs);
    for (char **word = words; *word != NULL && **word != '\0'; word++) {
        g_auto (GStrv) sides = g_strsplit (*word, "=", 2);
        int knob = fovea_sparse_method_find_knob (method, sides[0]);
        ck_assert_msg (knob >= 0, "%s has no knob %s", method->id, sides[0]);
        knobs[knob] = g_ascii_strtod (sides[1], NULL);
    }
}

char *
sparse_block_rows (FoveaMask *mask, gint64 block)
{
    g_autoptr (FoveaMaskCursor) cursor = fovea_mask_cursor_new (mask);
    gint64 T = fovea_mask_get_n_tokens (mask), nb = (T + block - 1) / block;
    g_autofree gint64 *counts = g_new (gint64, (gsize) nb);
    GString *text = g_string_new (NULL);
    for (gint64 I = 0; I < nb; I++) {
        gint64 end = fovea_mask_get_rule (mask)->causal ? I + 1 : nb;
        fovea_mask_cursor_read_tiles (cursor, I * block, (I + 1) * block, block, counts);
        if (I > 0)
            g_string_append_c (text, ' ');
        for (gint64 J = 0; J < end; J++)
            g_string_append_c (text, counts[J] > 0 ? '#' : '.');
    }
    return g_string_free (text, FALSE);
}
