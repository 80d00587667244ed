/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Arrays in, from files without or with a description: bare queries and keys, what TransformerLens
 * recorded, and files that lie. */
#include <math.h>

#include "capture/architecture-json.h"
#include "capture/attention.h"
#include "capture/safetensors-writer.h"
#include "tests/exchange-support.h"
#include "tests/forward-support.h"

START_TEST (bare_q_and_k_give_the_pattern_they_came_from)
{
    const FoveaArchitecture *a = fovea_trace_get_info (exchange_trace)->architecture;
    gint64 n;
    g_autofree float *q = support_read_point (exchange_trace, "blocks.5.attn.hook_rot_q", &n);
    g_autofree float *k = support_read_point (exchange_trace, "blocks.5.attn.hook_rot_k", &n);
    g_autofree float *v = support_read_point (exchange_trace, "blocks.5.attn.hook_v", &n);
    const ExchangeGiven given[] = {{"q", 3, {T, a->n_heads, a->head_width}, q},
                                   {"k", 3, {T, a->n_kv_heads, a->head_width}, k},
                                   {"v", 4, {1, T, a->n_kv_heads, a->head_width}, v}};
    g_autofree char *path = exchange_write ("qkv.safetensors", given, 3, NULL);
    g_autoptr (FoveaTrace) imported = exchange_import (path);
    const FoveaTraceInfo *info = fovea_trace_get_info (imported);
    ck_assert_str_eq (info->architecture->family, "imported");
    ck_assert_int_eq (info->architecture->n_layers, 1);
    ck_assert_int_eq (info->architecture->n_kv_heads, a->n_kv_heads);
    ck_assert_ptr_null (info->ids);
    gint64 m;
    g_autofree float *want = support_read_point (exchange_trace, "blocks.5.attn.hook_pattern", &n);
    g_autofree float *got = support_read_point (imported, "blocks.0.attn.hook_pattern", &m);
    ck_assert_int_eq (n, m);
    ck_assert (support_difference (got, want, (gsize) n) <= exchange_map_bound (1e-6));
}
END_TEST

/* Imported so, a query sees every key: weights of any row are the softmax over all. */
START_TEST (arrays_that_look_both_ways_are_said_to)
{
    enum {
        N = 4,
        D = 8
    };
    float q[N * D], k[N * D], ahead[N * N] = {[2] = 1, [4] = 1, [11] = 1, [12] = 1};
    for (int i = 0; i < N * D; i++) {
        q[i] = (float) ((i * 7) % 5) / 2 - 1;
        k[i] = (float) ((i * 3) % 7) / 3 - 1;
    }
    const ExchangeGiven given[] = {{"q", 3, {N, 1, D}, q}, {"k", 3, {N, 1, D}, k}};
    g_autofree char *path = exchange_write ("both.safetensors", given, 2, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaTrace) imported = fovea_exchange_import_both_ways (path, &error);
    ck_assert_ptr_nonnull (imported);
    ck_assert (fovea_trace_get_info (imported)->architecture->bidirectional);
    gint64 n;
    g_autofree float *pattern = support_read_point (imported, "blocks.0.attn.hook_pattern", &n);
    for (int i = 0; i < N; i++) {
        double weights[N], sum = 0;
        for (int j = 0; j < N; j++) {
            double product = 0;
            for (int d = 0; d < D; d++)
                product += (double) q[i * D + d] * (double) k[j * D + d];
            sum += weights[j] = exp (product / sqrt (D));
        }
        for (int j = 0; j < N; j++)
            ck_assert_double_eq_tol ((double) pattern[i * N + j], weights[j] / sum, 1e-6);
    }
    /* A pattern that looks ahead is taken as it is; refused without the word, as another test has it. */
    const ExchangeGiven map[] = {{"pattern", 3, {1, N, N}, ahead}, {"v", 3, {N, 1, D}}};
    g_autofree char *map_path = exchange_write ("ahead.safetensors", map, 2, NULL);
    g_autoptr (FoveaTrace) maps = fovea_exchange_import_both_ways (map_path, &error);
    ck_assert_ptr_nonnull (maps);
    g_autofree float *kept = support_read_point (maps, "blocks.0.attn.hook_pattern", &n);
    ck_assert_mem_eq (kept, ahead, sizeof ahead);
}
END_TEST

START_TEST (nothing_is_computed_from_an_unknown_norm)
{
    const ExchangeGiven given[] = {{"blocks.0.attn.hook_q", 4, {1, 4, 2, 8}, NULL},
                                   {"blocks.0.attn.hook_k", 4, {1, 4, 2, 8}, NULL},
                                   {"blocks.0.hook_resid_pre", 3, {1, 4, 16}, NULL},
                                   {"blocks.1.hook_in", 3, {1, 4, 16}, NULL}};
    g_autofree char *path = exchange_write ("r.safetensors", given, 4, NULL);
    g_autoptr (FoveaTrace) imported = exchange_import (path);
    ck_assert_int_eq (fovea_trace_get_info (imported)->architecture->n_layers, 2);
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (
        fovea_trace_describe_point (imported, "blocks.0.ln1.hook_normalized", &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND));
    g_autoptr (FoveaArray) copy =
        fovea_trace_describe_point (imported, "blocks.0.hook_resid_post", NULL);
    ck_assert_ptr_nonnull (copy);
}
END_TEST

START_TEST (bad_imports_name_the_array)
{
    const float nan_data[4 * 2 * 8] = {[9] = NAN};
    const float ahead[2 * 4 * 4] = {[18] = 0.5f};
    const struct {
        ExchangeGiven given[2];
        FoveaError code;
        const char *part;
    } cases[] = {
        {{{"q", 3, {4, 2, 8}}, {"k", 3, {5, 2, 8}}},
         FOVEA_ERROR_SHAPE,
         "k: axis 0 is 5, expected 4 as in q"},
        {{{"q", 3, {4, 3, 8}}, {"k", 3, {4, 2, 8}}}, FOVEA_ERROR_SHAPE, "do not divide 3"},
        {{{"q", 4, {2, 4, 2, 8}}, {"k", 3, {4, 2, 8}}}, FOVEA_ERROR_SHAPE, "a batch of 2"},
        {{{"q", 2, {4, 2}}, {"k", 3, {4, 2, 8}}}, FOVEA_ERROR_SHAPE, "q: has 2 axes"},
        {{{"q", 3, {4, 2, 8}, nan_data}, {"k", 3, {4, 2, 8}}},
         FOVEA_ERROR_NUMERIC,
         "q: NaN at element 9"},
        {{{"pattern", 3, {2, 4, 4}, ahead}, {"v", 3, {4, 2, 8}}},
         FOVEA_ERROR_UNSUPPORTED,
         "pattern: head 1 looks ahead, from token 0 to 2"},
        {{{"input_ids", 1, {3}}, {"q", 3, {4, 2, 8}}},
         FOVEA_ERROR_SHAPE,
         "input_ids: F32 is (3), expected I64"},
        {{{"weight", 2, {4, 2}}, {"bias", 1, {4}}}, FOVEA_ERROR_NOT_FOUND, "no array tells"},
    };
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *path = exchange_write ("bad.safetensors", cases[i].given, 2, NULL);
        g_autoptr (GError) error = NULL;
        ck_assert_ptr_null (fovea_exchange_import (path, &error));
        exchange_assert_error (error, FOVEA_ERROR, (int) cases[i].code, cases[i].part);
    }
}
END_TEST

/* A description with windows and soft cap, written and read; and members that make no sense. */
START_TEST (metadata_keeps_windows_and_refuses_nonsense)
{
    g_autofree char *path =
        exchange_export ("d.safetensors", "blocks.5.attn.hook_rot_*", exchange_whole ());
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (path, NULL);
    const char *text = fovea_safetensors_get_metadata (file, "fovea.architecture");
    ck_assert_ptr_nonnull (text);
    static const struct {
        const char *from, *to, *part; /* part NULL: accepted */
    } cases[] = {
        {"\"windows\":null", "\"windows\":[0,4096,0,4096,0,7]", NULL},
        {"\"windows\":null", "\"windows\":[0,4096]", "windows"},
        {"\"windows\":null", "\"windows\":[0,1,2,3,4,-1]", "windows"},
        {"\"windows\":null", "\"windows\":[0,1,2,3,4,[]]", "windows"},
        {"\"windows\":null", "\"windows\":9", "windows"},
        {"\"n_kv_heads\":4", "\"n_kv_heads\":5", "does not divide 12 heads"},
        {"\"n_kv_heads\":4", "\"n_kv_heads\":24", "n_kv_heads is 24"},
        {"\"n_heads\":12", "\"n_heads\":0", "n_heads"},
        {"\"rotary_width\":32", "\"rotary_width\":31", "rotary_width is 31"},
        {"\"rotary_width\":32", "\"rotary_width\":64", "rotary_width is 64"},
        {"\"norm\":\"rms\"", "\"norm\":1", "lacks norm"},
        {"\"position\":\"rotary\"", "\"position\":\"\"", "lacks position"},
        {"\"bos_id\":0", "\"bos_id\":-2", "bos_id"},
        {"\"gated\":true", "\"gated\":[]", "gated"},
    };
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_auto (GStrv) parts = g_strsplit (text, cases[i].from, 2);
        ck_assert_msg (g_strv_length (parts) == 2, "%s has no %s", text, cases[i].from);
        g_autofree char *changed = g_strjoinv (cases[i].to, parts);
        g_autoptr (GError) error = NULL;
        g_autoptr (FoveaArchitecture) a =
            fovea_architecture_from_json (changed, "description", &error);
        if (cases[i].part == NULL) {
            ck_assert_msg (a != NULL, "%s", error != NULL ? error->message : "");
            ck_assert_int_eq (a->windows[1], 4096);
            ck_assert_int_eq (a->windows[5], 7);
        } else {
            ck_assert_msg (a == NULL, "accepted: %s", cases[i].to);
            exchange_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, cases[i].part);
        }
    }
}
END_TEST

/* What the writer gives for windows is what the reader takes. */
START_TEST (a_windowed_trace_survives_a_round_trip)
{
    enum {
        N = 12
    };
    const gint64 windows[] = {5};
    const float *data = g_new0 (float, N * 2 * 4);
    const ExchangeGiven given[] = {{"q", 3, {N, 2, 4}, data}, {"k", 3, {N, 2, 4}, data}};
    g_autofree char *first = exchange_write ("w.safetensors", given, 2, NULL);
    g_autoptr (FoveaTrace) imported = exchange_import (first);
    FoveaArchitecture *a = (FoveaArchitecture *) fovea_trace_get_info (imported)->architecture;
    a->windows = g_memdup2 (windows, sizeof windows);
    a->attention_soft_cap = 12;
    g_autofree char *path = g_build_filename (exchange_folder, "w2.safetensors", NULL);
    FoveaExportOptions options = exchange_whole ();
    ck_assert (fovea_exchange_export (imported, "blocks.0.attn.hook_q,blocks.0.attn.hook_k", path,
                                      &options, NULL, NULL));
    g_autoptr (FoveaTrace) again = exchange_import (path);
    const FoveaArchitecture *b = fovea_trace_get_info (again)->architecture;
    ck_assert (b->windows != NULL && b->windows[0] == 5 && b->attention_soft_cap == 12);
    gint64 n;
    g_autofree float *pattern = support_read_point (again, "blocks.0.attn.hook_pattern", &n);
    ck_assert_double_le (fabs ((double) pattern[11 * N + 11] - 0.2), 1e-6); /* five keys each */
    ck_assert_float_eq (pattern[11 * N + 6], 0);
    g_free ((gpointer) data);
}
END_TEST

/* What TransformerLens recorded, taken in without a description. */
START_TEST (caches_of_transformerlens_are_read)
{
    g_autofree char *path =
        support_data ("tests/golden/fovea-demo/transformerlens_reference.safetensors");
    g_autoptr (FoveaTrace) imported = exchange_import (path);
    const FoveaArchitecture *a = fovea_trace_get_info (imported)->architecture;
    ck_assert_int_eq (a->n_layers, 6);
    ck_assert_int_eq (a->n_heads, 12);
    ck_assert_int_eq (a->n_kv_heads, 4);
    ck_assert_int_eq (a->head_width, 32);
    ck_assert_int_eq (a->mlp_width, 1024);
    ck_assert_int_eq (a->vocabulary, 8192);
    ck_assert_int_eq ((int) a->position, (int) FOVEA_POSITION_ROTARY);
    ck_assert (a->gated);
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (path, NULL);
    gint64 n, m;
    g_autofree float *want = support_tensor_f32 (file, "blocks.5.attn.hook_pattern", &n);
    g_autofree float *got = support_read_point (imported, "blocks.5.attn.hook_pattern", &m);
    ck_assert_int_eq (n, m);
    ck_assert (support_difference (got, want, (gsize) n) == 0);
    /* The same from queries and keys. */
    gint64 tokens = fovea_trace_get_info (imported)->n_tokens;
    g_autofree float *entropy = g_new (float, tokens);
    g_autoptr (FoveaAttention) attention = fovea_attention_open (imported, 5, NULL);
    ck_assert (fovea_attention_read_row_statistic (attention, 7, FOVEA_ROW_ENTROPY, entropy, NULL));
    for (gint64 t = 0; t < tokens; t++) {
        double sum = 0;
        for (gint64 key = 0; key <= t; key++) {
            double weight = (double) want[(7 * tokens + t) * tokens + key];
            sum -= weight > 0 ? weight * log (weight) : 0;
        }
        ck_assert (fabs (sum - (double) entropy[t]) <= 1e-5);
    }
}
END_TEST

START_TEST (descriptions_that_are_none_are_named)
{
    static const char *const texts[] = {"", "[]", "{}", "{\"family\":\"llama\"}", "nonsense"};
    for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
        g_autoptr (GError) error = NULL;
        g_autofree char *path = g_build_filename (exchange_folder, "d.safetensors", NULL);
        g_autoptr (FoveaSafetensorsWriter) writer = fovea_safetensors_writer_new (path);
        const gint64 shape[] = {4, 2, 8};
        const float zeros[64] = {0};
        fovea_safetensors_writer_add_metadata (writer, "fovea.architecture", texts[i]);
        ck_assert (fovea_safetensors_writer_add_tensor (writer, "q", FOVEA_F32, 3, shape, NULL));
        ck_assert (fovea_safetensors_writer_append (writer, zeros, sizeof zeros, NULL));
        ck_assert (fovea_safetensors_writer_finish (writer, NULL));
        ck_assert_ptr_null (fovea_exchange_import (path, &error));
        exchange_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                               "metadata: fovea.architecture");
    }
}
END_TEST

/* Ids of both widths; position 2 is this one. */
static const struct {
    FoveaDtype dtype;
    gint64 id;
    gboolean taken;
} third_ids[] = {
    {FOVEA_I64, 7, TRUE},           {FOVEA_I32, 7, TRUE},
    {FOVEA_I64, -1, FALSE},         {FOVEA_I32, -1, FALSE},
    {FOVEA_I64, G_MAXINT32, FALSE}, {FOVEA_I64, G_GINT64_CONSTANT (1) << 32, FALSE},
    {FOVEA_I64, G_MININT64, FALSE}, {FOVEA_I64, G_MAXINT32 - 1, TRUE},
};

START_TEST (ids_that_are_none_are_refused_by_position)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *path = g_build_filename (exchange_folder, "ids.safetensors", NULL);
    g_autofree char *part =
        g_strdup_printf ("input_ids: position 2: %" G_GINT64_FORMAT " is no id", third_ids[_i].id);
    g_autoptr (FoveaSafetensorsWriter) writer = fovea_safetensors_writer_new (path);
    gboolean wide = third_ids[_i].dtype == FOVEA_I64;
    const gint64 shape[] = {4, 2, 8}, ids[] = {1, 2, third_ids[_i].id, 3};
    const gint32 narrow[] = {1, 2, (gint32) third_ids[_i].id, 3};
    const float zeros[64] = {0};
    ck_assert (fovea_safetensors_writer_add_tensor (writer, "q", FOVEA_F32, 3, shape, NULL) &&
               fovea_safetensors_writer_add_tensor (writer, "k", FOVEA_F32, 3, shape, NULL) &&
               fovea_safetensors_writer_add_tensor (writer, "input_ids", third_ids[_i].dtype, 1,
                                                    shape, NULL));
    ck_assert (fovea_safetensors_writer_append (writer, zeros, sizeof zeros, NULL) &&
               fovea_safetensors_writer_append (writer, zeros, sizeof zeros, NULL) &&
               fovea_safetensors_writer_append (writer, wide ? (const void *) ids : narrow,
                                                wide ? sizeof ids : sizeof narrow, NULL));
    ck_assert (fovea_safetensors_writer_finish (writer, NULL));
    g_autoptr (FoveaTrace) imported = fovea_exchange_import (path, &error);
    if (!third_ids[_i].taken) {
        ck_assert_ptr_null (imported);
        exchange_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE, part);
        return;
    }
    const FoveaTraceInfo *info = fovea_trace_get_info (imported);
    ck_assert_int_eq (info->ids[2], third_ids[_i].id);
    ck_assert_int_eq (info->architecture->vocabulary, third_ids[_i].id + 1);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("exchange, import");
    TCase *tests = tcase_create ("with a capture");
    tcase_add_checked_fixture (tests, exchange_set_up, exchange_tear_down);
    tcase_set_timeout (tests, 60);
    tcase_add_test (tests, bare_q_and_k_give_the_pattern_they_came_from);
    tcase_add_test (tests, arrays_that_look_both_ways_are_said_to);
    tcase_add_test (tests, nothing_is_computed_from_an_unknown_norm);
    tcase_add_test (tests, bad_imports_name_the_array);
    tcase_add_test (tests, metadata_keeps_windows_and_refuses_nonsense);
    tcase_add_test (tests, a_windowed_trace_survives_a_round_trip);
    tcase_add_test (tests, caches_of_transformerlens_are_read);
    tcase_add_test (tests, descriptions_that_are_none_are_named);
    tcase_add_loop_test (tests, ids_that_are_none_are_refused_by_position, 0,
                         G_N_ELEMENTS (third_ids));
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
