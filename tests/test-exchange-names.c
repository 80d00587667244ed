/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What an import makes of names, shapes and metadata of files from elsewhere: the sizes of the model that they
 * came from, each in every array that tells it, and what is said where two of them disagree. */
#include <math.h>
#include <string.h>

#include "capture/safetensors.h"
#include "capture/sink.h"
#include "tests/exchange-support.h"
#include "tests/forward-support.h"

/* Sizes that no two letters share. */
enum {
    L = 3,
    H = 6,
    G = 2,
    N = 5, /* tokens */
    D = 7,
    C = 11,
    M = 13,
    V = 17
};

#define AT(point) "blocks.0." point

static void
set_up (void)
{
    exchange_folder = support_temp_dir ();
}

/* What every file has, so that tokens, layers and heads are known; the last layer of it is the model's. */
static const ExchangeGiven anchor = {"blocks.2.attn.hook_q", 3, {N, H, D}, NULL};

static const ExchangeGiven points[] = {
    {"hook_embed", 2, {N, C}},
    {"hook_pos_embed", 2, {N, C}},
    {AT ("hook_resid_pre"), 2, {N, C}},
    {AT ("hook_attn_in"), 3, {N, H, C}},
    {AT ("hook_q_input"), 3, {N, H, C}},
    {AT ("hook_k_input"), 3, {N, G, C}},
    {AT ("hook_v_input"), 3, {N, G, C}},
    {AT ("attn.hook_q"), 3, {N, H, D}},
    {AT ("attn.hook_k"), 3, {N, G, D}},
    {AT ("attn.hook_v"), 3, {N, G, D}},
    {AT ("attn.hook_rot_q"), 3, {N, H, D}},
    {AT ("attn.hook_rot_k"), 3, {N, G, D}},
    {AT ("attn.hook_attn_scores"), 3, {H, N, N}},
    {AT ("attn.hook_pattern"), 3, {H, N, N}},
    {AT ("attn.hook_z"), 3, {N, H, D}},
    {AT ("attn.hook_result"), 3, {N, H, C}},
    {AT ("hook_attn_out"), 2, {N, C}},
    {AT ("hook_resid_mid"), 2, {N, C}},
    {AT ("hook_mlp_in"), 2, {N, C}},
    {AT ("mlp.hook_pre"), 2, {N, M}},
    {AT ("mlp.hook_post"), 2, {N, M}},
    {AT ("hook_mlp_out"), 2, {N, C}},
    {AT ("hook_resid_post"), 2, {N, C}},
    {AT ("ln1.hook_normalized"), 2, {N, C}},
    {"ln_final.hook_normalized", 2, {N, C}},
    {"unembed.hook_out", 2, {N, V}},
    {"q", 3, {N, H, D}},
    {"k", 3, {N, G, D}},
    {"v", 3, {N, G, D}},
    {"scores", 3, {H, N, N}},
    {"pattern", 3, {H, N, N}},
    {AT ("attn.q.hook_out"), 3, {N, H, D}},
};

static gboolean
has_size (const ExchangeGiven *point, gint64 size)
{
    for (guint i = 0; i < point->rank; i++)
        if (point->shape[i] == size)
            return TRUE;
    return FALSE;
}

/* Of the anchor and this point, in either order, and with the batch axis that TransformerLens keeps. */
static void
check_sizes (const ExchangeGiven *point, gboolean first, gboolean batch)
{
    ExchangeGiven given[2] = {anchor, anchor}, *other = &given[first ? 0 : 1];
    *other = *point;
    if (batch) {
        memmove (other->shape + 1, other->shape, 3 * sizeof *other->shape);
        other->shape[0] = 1;
        other->rank++;
    }
    g_autofree char *path = exchange_write ("x.safetensors", given, 2, NULL);
    g_autoptr (FoveaTrace) imported = exchange_import (path);
    const FoveaTraceInfo *info = fovea_trace_get_info (imported);
    const FoveaArchitecture *a = info->architecture;
    ck_assert_int_eq (info->n_tokens, N);
    ck_assert_int_eq (a->context, N);
    ck_assert_int_eq (a->n_layers, L);
    ck_assert_int_eq (a->n_heads, H);
    ck_assert_int_eq (a->n_kv_heads, has_size (point, G) ? G : H);
    ck_assert_int_eq (a->head_width, D);
    ck_assert_int_eq (a->width, has_size (point, C) ? C : 0);
    ck_assert_int_eq (a->mlp_width, has_size (point, M) ? M : 0);
    ck_assert_int_eq (a->vocabulary, has_size (point, V) ? V : 0);
    ck_assert_float_eq (a->attention_scale, (float) (1 / sqrt (D)));
    ck_assert_uint_eq (fovea_trace_get_arrays (imported)->len, 2);
}

START_TEST (every_point_tells_its_sizes)
{
    for (int way = 0; way < 4; way++)
        check_sizes (&points[_i], way & 1, way & 2);
}
END_TEST

/* The least that attention can be of: one token, one head, one layer. */
START_TEST (one_of_everything_is_a_model)
{
    const ExchangeGiven given = {"q", 3, {1, 1, 1}};
    g_autofree char *path = exchange_write ("x.safetensors", &given, 1, NULL);
    g_autoptr (FoveaTrace) imported = exchange_import (path);
    const FoveaArchitecture *a = fovea_trace_get_info (imported)->architecture;
    ck_assert_int_eq (fovea_trace_get_info (imported)->n_tokens, 1);
    ck_assert_int_eq (a->n_layers, 1);
    ck_assert_int_eq (a->n_heads, 1);
    ck_assert_int_eq (a->n_kv_heads, 1);
    ck_assert_int_eq (a->head_width, 1);
    ck_assert_int_eq (a->bos_id, -1);
    ck_assert_int_eq (a->eos_id, -1);
}
END_TEST

/* An array of another's own, with as many rows as there are tokens, keeps its name and its shape. */
START_TEST (arrays_of_their_own_names_come_along)
{
    float values[N * 2 * 3];
    for (guint i = 0; i < N * 2 * 3; i++)
        values[i] = (float) i / 4;
    const ExchangeGiven given[] = {anchor, {"mine.of.them", 3, {N, 2, 3}, values}};
    g_autofree char *path = exchange_write ("x.safetensors", given, 2, NULL);
    g_autoptr (FoveaTrace) imported = exchange_import (path);
    g_autoptr (FoveaArray) array = fovea_trace_describe_point (imported, "mine.of.them", NULL);
    gint64 n;
    g_autofree float *got = support_read_point (imported, "mine.of.them", &n);
    ck_assert_uint_eq (array->rank, 3);
    ck_assert_mem_eq (array->shape, given[1].shape, 3 * sizeof *array->shape);
    ck_assert_int_eq (n, N * 2 * 3);
    ck_assert_mem_eq (got, values, sizeof values);
}
END_TEST

/* Residual streams tell tokens and layers, and nothing of heads. */
START_TEST (a_file_without_heads_is_refused)
{
    g_autoptr (GError) error = NULL;
    const ExchangeGiven given = {AT ("hook_resid_pre"), 2, {N, C}};
    g_autofree char *path = exchange_write ("x.safetensors", &given, 1, NULL);
    ck_assert_ptr_null (fovea_exchange_import (path, &error));
    exchange_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                           "no array tells tokens, layers and heads");
}
END_TEST

/* Whatever axis of a point is another than in the arrays before it is named with both numbers. */
START_TEST (axes_that_disagree_are_named)
{
    if (!g_str_has_prefix (points[_i].name, "blocks.0"))
        return; /* of which a model has one */
    for (guint axis = 0; axis < points[_i].rank; axis++) {
        g_autoptr (GError) error = NULL;
        ExchangeGiven given[] = {anchor, points[_i], points[_i]};
        g_autofree char *copy = g_strdup_printf ("blocks.1%s", points[_i].name + 8);
        given[2].name = copy;
        given[2].shape[axis] += 30;
        g_autofree char *path = exchange_write ("x.safetensors", given, 3, NULL);
        g_autofree char *said =
            g_strdup_printf ("%s: axis %u is %d, expected %d as in ", copy, axis,
                             (int) given[2].shape[axis], (int) points[_i].shape[axis]);
        ck_assert_ptr_null (fovea_exchange_import (path, &error));
        exchange_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE, said);
    }
}
END_TEST

/* Which optional points there are tells how a model knows positions, and whether its MLP is gated. */
static const struct {
    const char *name;
    FoveaPositionKind position;
    gboolean gated;
} kinds[] = {
    {"blocks.0.attn.hook_rot_q", FOVEA_POSITION_ROTARY, FALSE},
    {"blocks.0.attn.hook_rot_k", FOVEA_POSITION_ROTARY, FALSE},
    {"blocks.0.attn.rotary.hook_out", FOVEA_POSITION_ROTARY, FALSE},
    {"hook_pos_embed", FOVEA_POSITION_LEARNED, FALSE},
    {"pos_embed.hook_out", FOVEA_POSITION_LEARNED, FALSE},
    {"blocks.0.mlp.hook_pre_linear", FOVEA_POSITION_NONE, TRUE},
    {"blocks.0.mlp.gate.hook_out", FOVEA_POSITION_NONE, TRUE},
    {"blocks.0.mlp.hook_pre", FOVEA_POSITION_NONE, FALSE},
};

START_TEST (optional_points_tell_the_kind)
{
    const ExchangeGiven given[] = {{kinds[_i].name, 2, {N, C}}, anchor};
    const ExchangeGiven rotary[] = {{kinds[_i].name, 3, {N, H, D}}, anchor};
    gboolean turned = kinds[_i].position == FOVEA_POSITION_ROTARY;
    g_autofree char *path = exchange_write ("x.safetensors", turned ? rotary : given, 2, NULL);
    g_autoptr (FoveaTrace) imported = exchange_import (path);
    const FoveaArchitecture *a = fovea_trace_get_info (imported)->architecture;
    ck_assert_int_eq ((int) a->position, (int) kinds[_i].position);
    ck_assert_int_eq (a->gated, kinds[_i].gated);
}
END_TEST

/* One tensor often comes under several names: it is one array, the first of them. */
START_TEST (a_point_under_two_names_is_one)
{
    float first[N * H * D], second[N * H * D];
    for (guint i = 0; i < N * H * D; i++)
        first[i] = -(second[i] = (float) i);
    const ExchangeGiven given[] = {{AT ("attn.q.hook_out"), 3, {N, H, D}, first},
                                   {AT ("attn.hook_q"), 3, {N, H, D}, second}};
    g_autofree char *path = exchange_write ("x.safetensors", given, 2, NULL);
    g_autoptr (FoveaTrace) imported = exchange_import (path);
    gint64 n;
    ck_assert_uint_eq (fovea_trace_get_arrays (imported)->len, 1);
    g_autofree float *got = support_read_point (imported, AT ("attn.hook_q"), &n);
    ck_assert_mem_eq (got, first, sizeof first);
}
END_TEST

/* A file says what it is of, or it is called by its own name. */
START_TEST (metadata_name_model_and_text)
{
    static const char *const metadata[] = {
        "model", "small",    "model_hash",  "abc",
        "title", "a letter", "token_texts", "[\"a\",\"b\",\"c\",\"d\",\"e\"]",
        NULL};
    g_autofree char *bare = exchange_write ("bare.safetensors", &anchor, 1, NULL);
    g_autofree char *named = exchange_write ("named.safetensors", &anchor, 1, metadata);
    g_autoptr (FoveaTrace) without = exchange_import (bare);
    const FoveaTraceInfo *info = fovea_trace_get_info (without);
    ck_assert_str_eq (info->model_name, "imported");
    ck_assert_str_eq (info->model_hash, "");
    ck_assert_str_eq (info->title, "bare.safetensors");
    ck_assert_ptr_null (info->token_texts);
    g_autoptr (FoveaTrace) told = exchange_import (named);
    info = fovea_trace_get_info (told);
    ck_assert_str_eq (info->model_name, "small");
    ck_assert_str_eq (info->model_hash, "abc");
    ck_assert_str_eq (info->title, "a letter");
    ck_assert_str_eq (info->token_texts[0], "a");
    ck_assert_str_eq (info->token_texts[N - 1], "e");
}
END_TEST

/* An extent is part of a description and means nothing without one. */
START_TEST (an_extent_alone_is_not_believed)
{
    static const char *const metadata[] = {
        "fovea.extent", "{\"n_tokens\":9,\"rows\":[0,9],\"keys\":[0,9],\"head\":-1}", NULL};
    g_autofree char *path = exchange_write ("x.safetensors", &anchor, 1, metadata);
    g_autoptr (FoveaTrace) imported = exchange_import (path);
    ck_assert_int_eq (fovea_trace_get_info (imported)->n_tokens, N);
    ck_assert_int_eq (fovea_trace_get_info (imported)->architecture->n_layers, L);
}
END_TEST

/* The anchor's trace, of a sequence whose tokens are @texts; NULL = unknown.   Owner: caller. */
static FoveaTrace *
new_trace (const char *const *texts, const char *title, const float *values)
{
    static const float zeros[N * H * D];
    g_autofree char *path = exchange_write ("x.safetensors", &anchor, 1, NULL);
    g_autoptr (FoveaTrace) imported = exchange_import (path);
    g_autoptr (FoveaTraceInfo) info = fovea_trace_info_copy (fovea_trace_get_info (imported));
    info->token_texts = g_strdupv ((char **) texts);
    g_free (info->title);
    info->title = g_strdup (title);
    g_free (info->model_hash);
    info->model_hash = g_strdup ("0bcb");
    g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
    ck_assert (sink->begin (sink, info, fovea_trace_get_arrays (imported), NULL));
    ck_assert (sink->write (sink, 0, 0, N, values != NULL ? values : zeros, NULL));
    FoveaTrace *trace = sink->finish (sink, NULL);
    ck_assert_ptr_nonnull (trace);
    return trace;
}

static const struct {
    gint64 row0, row1;
    const char *key, *other; /* which of them the texts are under */
} shares[] = {
    {0, -1, "token_texts", "fovea.token_texts"},
    {0, N, "token_texts", "fovea.token_texts"},
    {1, N, "fovea.token_texts", "token_texts"},
    {0, N - 1, "fovea.token_texts", "token_texts"},
};

/* Whatever is in them, each by itself and in one line; a part of a character as what stands for one. Of a file
 * that has not all rows other readers would take them for those of its ids. */
START_TEST (texts_of_tokens_go_along)
{
    static const char *const texts[] = {"\xE2", " \"the\"\\", "", "\n\t{}", "\xC3\xBC", NULL};
    static const char line[] = "[\"\xEF\xBF\xBD\",\" \\\"the\\\"\\\\\",\"\",\"\\n\\t{}\","
                               "\"\xC3\xBC\"]";
    g_autoptr (FoveaTrace) trace = new_trace (texts, "a \"letter\"", NULL);
    const FoveaExportOptions options = {shares[_i].row0, shares[_i].row1, 0, -1, -1};
    g_autofree char *path = g_build_filename (exchange_folder, "out.safetensors", NULL);
    ck_assert (fovea_exchange_export (trace, anchor.name, path, &options, NULL, NULL));
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (path, NULL);
    ck_assert_pstr_eq (fovea_safetensors_get_metadata (file, shares[_i].key), line);
    ck_assert_ptr_null (fovea_safetensors_get_metadata (file, shares[_i].other));
    ck_assert_pstr_eq (fovea_safetensors_get_metadata (file, "title"), "a \"letter\"");
    ck_assert_pstr_eq (fovea_safetensors_get_metadata (file, "model"), "imported");
    ck_assert_pstr_eq (fovea_safetensors_get_metadata (file, "model_hash"), "0bcb");
    g_autoptr (FoveaTrace) imported = exchange_import (path);
    const FoveaTraceInfo *info = fovea_trace_get_info (imported);
    ck_assert_uint_eq (g_strv_length (info->token_texts), N);
    for (guint t = 0; t < N; t++)
        ck_assert_str_eq (info->token_texts[t], t == 0 ? "\xEF\xBF\xBD" : texts[t]);
}
END_TEST

START_TEST (what_is_not_known_is_not_said)
{
    g_autoptr (FoveaTrace) trace = new_trace (NULL, NULL, NULL);
    const FoveaExportOptions options = exchange_whole ();
    g_autofree char *path = g_build_filename (exchange_folder, "out.safetensors", NULL);
    ck_assert (fovea_exchange_export (trace, anchor.name, path, &options, NULL, NULL));
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (path, NULL);
    ck_assert_ptr_null (fovea_safetensors_get_metadata (file, "title"));
    ck_assert_ptr_null (fovea_safetensors_get_metadata (file, "token_texts"));
    ck_assert_ptr_null (fovea_safetensors_get_metadata (file, "fovea.token_texts"));
    g_autoptr (FoveaTrace) imported = exchange_import (path);
    ck_assert_str_eq (fovea_trace_get_info (imported)->title, "out.safetensors");
    ck_assert_ptr_null (fovea_trace_get_info (imported)->token_texts);
}
END_TEST

/* A table for people and spreadsheets: whatever a float is has a word, and reads back as what it was. */
START_TEST (every_float_has_its_place_in_a_table)
{
    static const float first[] = {NAN, INFINITY, -INFINITY, 1.5f, -0.0f, 1e-45f, 3.4028235e38f};
    float values[N * H * D] = {0};
    memcpy (values, first, sizeof first);
    g_autoptr (FoveaTrace) trace = new_trace (NULL, NULL, values);
    const FoveaExportOptions options = {0, 1, 0, -1, 0};
    g_autofree char *path = g_build_filename (exchange_folder, "out.csv", NULL), *text = NULL;
    ck_assert (fovea_exchange_export (trace, anchor.name, path, &options, NULL, NULL));
    ck_assert (g_file_get_contents (path, &text, NULL, NULL));
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
    const char *row = lines[g_strv_length (lines) - 2];
    ck_assert_msg (strstr (row, "nan,inf,-inf,1.5,") != NULL, "%s", text);
    g_auto (GStrv) cells = g_strsplit (strstr (row, "nan"), ",", -1);
    ck_assert_uint_eq (g_strv_length (cells), D);
    for (guint i = 1; i < D; i++)
        ck_assert_float_eq ((float) g_ascii_strtod (cells[i], NULL), first[i]);
}
END_TEST

static const struct {
    const char *texts, *said;
} bad_texts[] = {
    {"[\"a\",\"b\",\"c\",\"d\"]", "token_texts is no list of 5 strings"},
    {"[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\"]", "token_texts is no list of 5 strings"},
    {"[\"a\",\"b\",\"c\",\"d\",5]", "token_texts is no list of 5 strings"},
    {"[\"a\",\"b\",\"c\",\"d\",[\"e\"]]", "token_texts is no list of 5 strings"},
    {"[\"a\",\"b\",\"c\",\"d\",{\"e\":\"e\"}]", "token_texts is no list of 5 strings"},
    {"[\"a\",\"b\",\"c\",\"d\",null]", "token_texts is no list of 5 strings"},
    {"[1,2,3,4,5]", "token_texts is no list of 5 strings"},
    {"{}", "token_texts is no list of 5 strings"},
    {"nonsense", "token_texts: byte 8: "}, /* behind it */
    {"[\"a\",/**/\"b\"]", "token_texts: byte 5: "},
};

START_TEST (texts_that_are_no_tokens_are_refused)
{
    g_autoptr (GError) error = NULL;
    const char *const metadata[] = {"token_texts", bad_texts[_i].texts, NULL};
    g_autofree char *path = exchange_write ("x.safetensors", &anchor, 1, metadata);
    ck_assert_ptr_null (fovea_exchange_import (path, &error));
    exchange_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, bad_texts[_i].said);
}
END_TEST

START_TEST (nan_is_named_wherever_it_is)
{
    static const gint64 places[] = {0, 65535, 65536, 99999};
    const ExchangeGiven shape = {"q", 3, {10, 100, 100}};
    g_autofree float *values = g_new0 (float, 100000);
    for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
        g_autoptr (GError) error = NULL;
        g_autofree char *said = g_strdup_printf ("q: NaN at element %d", (int) places[i]);
        ExchangeGiven given = shape;
        given.data = values;
        values[places[i]] = NAN;
        g_autofree char *path = exchange_write ("x.safetensors", &given, 1, NULL);
        values[places[i]] = 0;
        ck_assert_ptr_null (fovea_exchange_import (path, &error));
        exchange_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_NUMERIC, said);
    }
}
END_TEST

/* A file is read by the end of its name, and bytes in memory as the file that they would be. */
START_TEST (bytes_are_read_as_the_file_they_would_be)
{
    g_autoptr (GError) error = NULL, ending = NULL;
    g_autofree char *path = exchange_write ("x.safetensors", &anchor, 1, NULL), *text = NULL;
    gsize length;
    ck_assert (g_file_get_contents (path, &text, &length, NULL));
    g_autoptr (GBytes) bytes = g_bytes_new (text, length);
    g_autoptr (FoveaTrace) imported =
        fovea_exchange_import_bytes (bytes, "there/y.safetensors", &error);
    ck_assert_msg (imported != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_str_eq (fovea_trace_get_info (imported)->title, "y.safetensors");
    ck_assert_ptr_null (fovea_exchange_import_bytes (bytes, "y.npz", &error));
    ck_assert (error->domain == FOVEA_ERROR);
    ck_assert_ptr_null (fovea_exchange_import_bytes (bytes, "y.bin", &ending));
    exchange_assert_error (ending, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                           "y.bin: name ends in neither .safetensors nor .npz");
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("exchange, names");
    TCase *tests = tcase_create ("names");
    tcase_add_checked_fixture (tests, set_up, exchange_tear_down);
    tcase_add_loop_test (tests, every_point_tells_its_sizes, 0, G_N_ELEMENTS (points));
    tcase_add_test (tests, one_of_everything_is_a_model);
    tcase_add_test (tests, arrays_of_their_own_names_come_along);
    tcase_add_test (tests, a_file_without_heads_is_refused);
    tcase_add_loop_test (tests, axes_that_disagree_are_named, 0, G_N_ELEMENTS (points));
    tcase_add_loop_test (tests, optional_points_tell_the_kind, 0, G_N_ELEMENTS (kinds));
    tcase_add_test (tests, a_point_under_two_names_is_one);
    tcase_add_test (tests, metadata_name_model_and_text);
    tcase_add_loop_test (tests, texts_of_tokens_go_along, 0, G_N_ELEMENTS (shares));
    tcase_add_test (tests, what_is_not_known_is_not_said);
    tcase_add_test (tests, every_float_has_its_place_in_a_table);
    tcase_add_test (tests, an_extent_alone_is_not_believed);
    tcase_add_loop_test (tests, texts_that_are_no_tokens_are_refused, 0, G_N_ELEMENTS (bad_texts));
    tcase_add_test (tests, nan_is_named_wherever_it_is);
    tcase_add_test (tests, bytes_are_read_as_the_file_they_would_be);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
