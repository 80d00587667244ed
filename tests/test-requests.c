/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Requests as text: a figure's provenance says all that is needed to draw it again, and a capture's
 * options tell two runs apart. */
#include <string.h>
#include <unistd.h>

#include "app/capture-job.h"
#include "app/data-files.h"
#include "app/figure-data.h"
#include "app/figure-request.h"
#include "tests/support.h"

/* A request with every member off its default. */
static FoveaFigureRequest *
make_odd_request (void)
{
    FoveaFigureRequest *r = fovea_figure_request_new (FOVEA_FIGURE_TOKENS);
    r->store_name = g_strdup ("a \"quoted\" store.fovea");
    r->store_uuid = g_strdup ("1234-5678");
    r->sequence = 7;
    r->model_name = g_strdup ("größe");
    r->model_hash = g_strdup ("abcdef");
    r->map = (FoveaMapOptions){.layer = 5,
                               .head = 11,
                               .q0 = 3,
                               .q1 = 99,
                               .k0 = 1,
                               .k1 = 40,
                               .scale = FOVEA_COLOR_LINEAR,
                               .floor = 1e-5,
                               .token_axes = TRUE,
                               .query = 17,
                               .key = 4};
    g_free (r->value);
    r->value = g_strdup ("entropy");
    r->score = g_strdup ("induction");
    r->style = (FoveaFigureStyle){88.5, 60.25, 8, TRUE, FALSE};
    r->dpi = 600;
    return r;
}

START_TEST (provenance_holds_every_member)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaFigureRequest) made = make_odd_request ();
    g_autofree char *json = fovea_figure_request_to_json (made);
    g_autoptr (FoveaFigureRequest) read = fovea_figure_request_from_json (json, &error);
    ck_assert_msg (read != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_int_eq (read->kind, FOVEA_FIGURE_TOKENS);
    ck_assert_str_eq (read->store_name, made->store_name);
    ck_assert_str_eq (read->model_name, "größe");
    ck_assert_int_eq (read->sequence, 7);
    ck_assert (read->map.layer == 5 && read->map.head == 11);
    ck_assert (read->map.q0 == 3 && read->map.q1 == 99);
    ck_assert (read->map.k0 == 1 && read->map.k1 == 40);
    ck_assert (read->map.query == 17 && read->map.key == 4);
    ck_assert (read->map.scale == FOVEA_COLOR_LINEAR && read->map.token_axes);
    ck_assert_double_eq (read->map.floor, 1e-5);
    ck_assert_double_eq (read->style.width_mm, 88.5);
    ck_assert (read->style.letters && !read->style.caption);
    ck_assert_double_eq (read->dpi, 600);
    g_autofree char *again = fovea_figure_request_to_json (read);
    ck_assert_str_eq (json, again);
    ck_assert_ptr_null (strchr (json, '\n'));
}
END_TEST

START_TEST (defaults_survive_the_way_through_text)
{
    FoveaFigureKind kind = (FoveaFigureKind) _i;
    g_autoptr (FoveaFigureRequest) made = fovea_figure_request_new (kind);
    g_autofree char *json = fovea_figure_request_to_json (made);
    g_autoptr (FoveaFigureRequest) read = fovea_figure_request_from_json (json, NULL);
    ck_assert_ptr_nonnull (read);
    ck_assert (read->map.q1 == -1 && read->map.query == -1 && read->score == NULL);
    g_autofree char *again = fovea_figure_request_to_json (read);
    ck_assert_str_eq (json, again);
}
END_TEST

START_TEST (a_request_of_the_sparsity_lab_survives_and_is_a_command)
{
    g_autoptr (FoveaFigureRequest) made = fovea_figure_request_new (FOVEA_FIGURE_MASK);
    made->store_name = g_strdup ("a.fovea");
    made->sequence = 3;
    made->methods = g_strdup ("streaming,xattention");
    made->goal = 0.9;
    made->density = 0.25;
    made->object_layer = 5;
    made->object_head = 7;
    made->map.q0 = 10;
    made->map.k1 = 50;
    made->map.token_axes = TRUE;
    g_autofree char *json = fovea_figure_request_to_json (made);
    g_autoptr (FoveaFigureRequest) read = fovea_figure_request_from_json (json, NULL);
    ck_assert_ptr_nonnull (read);
    ck_assert_str_eq (read->methods, made->methods);
    ck_assert (read->goal == 0.9 && read->density == 0.25);
    ck_assert (read->object_layer == 5 && read->object_head == 7);
    g_autofree char *command = fovea_figure_request_to_command (read, NULL, "m.pdf");
    ck_assert_str_eq (command, "fovea figure mask 'a.fovea' --sequence 3 --head 5.7 --methods"
                               " streaming,xattention --rows 10: --keys 0:50 --token-axes --goal"
                               " 0.9 --density 0.25 -o 'm.pdf'");
    g_autoptr (FoveaFigureRequest) all = fovea_figure_request_new (FOVEA_FIGURE_RECALL);
    all->store_name = g_strdup ("a.fovea");
    g_autofree char *plain = fovea_figure_request_to_command (all, NULL, "r.pdf");
    ck_assert_str_eq (plain, "fovea figure recall 'a.fovea' --sequence 0 -o 'r.pdf'");
}
END_TEST

/* Of another store the name is kept, and its folder said on the command line alone. */
START_TEST (a_difference_survives_and_is_a_command)
{
    g_autoptr (FoveaFigureRequest) made = fovea_figure_request_new (FOVEA_FIGURE_MAP);
    made->store_name = g_strdup ("a.fovea");
    made->sequence = 2;
    g_autofree char *without = fovea_figure_request_to_json (made);
    ck_assert_ptr_null (strstr (without, "less")); /* other figures keep their bytes */
    made->map.scale = FOVEA_COLOR_DIFFERENCE;
    made->less = 1;
    g_autofree char *same = fovea_figure_request_to_command (made, NULL, "d.pdf");
    ck_assert_str_eq (same,
                      "fovea figure map 'a.fovea' --sequence 2 --head 0.0 --less 1 -o 'd.pdf'");
    made->less_store = g_strdup ("there/b c.fovea");
    g_autofree char *other = fovea_figure_request_to_command (made, NULL, "d.pdf");
    ck_assert_str_eq (other, "fovea figure map 'a.fovea' --sequence 2 --head 0.0 --less 1 "
                             "--less-store 'there/b c.fovea' -o 'd.pdf'");
    g_autofree char *json = fovea_figure_request_to_json (made);
    ck_assert_ptr_null (strstr (json, "there"));
    g_autoptr (FoveaFigureRequest) read = fovea_figure_request_from_json (json, NULL);
    ck_assert_ptr_nonnull (read);
    ck_assert_int_eq (read->less, 1);
    ck_assert_int_eq (read->map.scale, FOVEA_COLOR_DIFFERENCE);
    ck_assert_str_eq (read->less_store, "b c.fovea");
}
END_TEST

START_TEST (named_heads_survive_and_stand_in_place_of_an_object)
{
    g_autoptr (FoveaFigureRequest) made = fovea_figure_request_new (FOVEA_FIGURE_RECALL);
    made->store_name = g_strdup ("a.fovea");
    made->sequence = 1;
    g_autofree char *without = fovea_figure_request_to_json (made);
    ck_assert_ptr_null (strstr (without, "\"heads\":")); /* older figures keep their bytes */
    made->heads = g_strdup ("5.7,5.10");
    g_autofree char *json = fovea_figure_request_to_json (made);
    g_autoptr (FoveaFigureRequest) read = fovea_figure_request_from_json (json, NULL);
    ck_assert_ptr_nonnull (read);
    ck_assert_str_eq (read->heads, "5.7,5.10");
    g_autofree char *command = fovea_figure_request_to_command (read, NULL, "r.pdf");
    ck_assert_str_eq (command,
                      "fovea figure recall 'a.fovea' --sequence 1 --heads 5.7,5.10 -o 'r.pdf'");
}
END_TEST

START_TEST (figures_of_other_kinds_say_nothing_of_methods)
{
    g_autoptr (FoveaFigureRequest) map = fovea_figure_request_new (FOVEA_FIGURE_MAP);
    g_autofree char *json = fovea_figure_request_to_json (map);
    ck_assert_ptr_null (strstr (json, "methods"));
    g_autoptr (FoveaFigureRequest) read = fovea_figure_request_from_json (json, NULL);
    ck_assert_ptr_nonnull (read);
}
END_TEST

/* A figure may come from anywhere: json-glib's parser calls itself for each bracket. */
START_TEST (provenance_nested_beyond_measure_is_refused)
{
    g_autofree char *deep = g_strnfill (1000000, _i == 0 ? '[' : '{');
    g_autofree char *wrapped = g_strdup_printf ("{\"figure\": %s", deep);
    const char *const texts[] = {deep, wrapped};
    for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
        g_autoptr (GError) error = NULL;
        ck_assert_ptr_null (fovea_figure_request_from_json (texts[i], &error));
        ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT));
        ck_assert_msg (g_str_has_prefix (error->message, "provenance: "), "%s", error->message);
    }
}
END_TEST

START_TEST (provenance_that_is_not_ours_is_refused_by_member)
{
    static const struct {
        const char *from, *to, *part;
    } rows[] = {
        {"\"figure\":\"map\"", "\"figure\":\"pie\"", "pie"},
        {"\"figure\":\"map\"", "\"figure\":3", "figure"},
        {"\"layer\":0", "\"layer\":\"zero\"", "layer"},
        {"\"dpi\":", "\"dpx\":", "dpi"},
        {"\"value\":\"query\"", "\"value\":[]", "value"},
        {"\"value\":\"query\"", "\"value\":\"\"", "'value' is empty"},
        {"{", "[", "provenance: byte"},
    };
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaFigureRequest) made = fovea_figure_request_new (FOVEA_FIGURE_MAP);
    g_autofree char *json = fovea_figure_request_to_json (made);
    g_auto (GStrv) parts = g_strsplit (json, rows[_i].from, 2);
    ck_assert_msg (parts[1] != NULL, "%s lacks %s", json, rows[_i].from);
    g_autofree char *wrong = g_strjoinv (rows[_i].to, parts);
    ck_assert_ptr_null (fovea_figure_request_from_json (wrong, &error));
    ck_assert_msg (strstr (error->message, rows[_i].part) != NULL, "%s", error->message);
}
END_TEST

START_TEST (every_colour_scale_survives_and_has_its_option)
{
    static const char *const options[] = {NULL, "--scale linear", "--scale score"};
    g_autoptr (FoveaFigureRequest) made = fovea_figure_request_new (FOVEA_FIGURE_MAP);
    made->map.scale = (FoveaColorScale) _i;
    g_autofree char *json = fovea_figure_request_to_json (made);
    g_autoptr (FoveaFigureRequest) read = fovea_figure_request_from_json (json, NULL);
    g_autofree char *command = fovea_figure_request_to_command (made, "a.fovea", "x.pdf");
    ck_assert_int_eq (read->map.scale, _i);
    if (options[_i] != NULL)
        ck_assert_ptr_nonnull (strstr (command, options[_i]));
    else
        ck_assert_ptr_null (strstr (command, "--scale"));
}
END_TEST

/* A light figure says nothing of it: older ones keep their bytes. */
START_TEST (a_dark_theme_survives_and_has_its_option)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaFigureRequest) made = fovea_figure_request_new ((FoveaFigureKind) _i);
    g_autofree char *light = fovea_figure_request_to_json (made);
    g_autofree char *plain = fovea_figure_request_to_command (made, "a.fovea", "x.pdf");
    ck_assert_ptr_null (strstr (light, "theme"));
    ck_assert_ptr_null (strstr (plain, "theme"));
    made->style.theme = FOVEA_THEME_DARK;
    g_autofree char *json = fovea_figure_request_to_json (made);
    g_autofree char *command = fovea_figure_request_to_command (made, "a.fovea", "x.pdf");
    g_autoptr (FoveaFigureRequest) read = fovea_figure_request_from_json (json, NULL);
    ck_assert_ptr_nonnull (strstr (json, "\"theme\":\"dark\""));
    ck_assert_ptr_nonnull (strstr (command, " --theme dark "));
    ck_assert_int_eq (read->style.theme, FOVEA_THEME_DARK);
    g_auto (GStrv) parts = g_strsplit (json, "\"dark\"", 2);
    g_autofree char *wrong = g_strjoinv ("\"sepia\"", parts);
    ck_assert_ptr_null (fovea_figure_request_from_json (wrong, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED));
    ck_assert_msg (strstr (error->message, "sepia") != NULL, "%s", error->message);
}
END_TEST

START_TEST (the_numbers_of_a_figure_have_a_command_of_their_own)
{
    static const struct {
        FoveaFigureKind kind;
        FoveaColorScale scale;
        const char *path, *command;
    } rows[] = {
        {FOVEA_FIGURE_MAP, FOVEA_COLOR_LOG, "x.csv",
         "fovea export 'a b.fovea' --sequence 3 --point 'blocks.5.attn.hook_pattern' --head 7"
         " --rows 10:20 --keys 0:15 -o 'x.csv'"},
        {FOVEA_FIGURE_MAP, FOVEA_COLOR_SCORE, "x.npz",
         "fovea export 'a b.fovea' --sequence 3 --point 'blocks.5.attn.hook_attn_scores' --head 7"
         " --rows 10:20 --keys 0:15 -o 'x.npz'"},
        {FOVEA_FIGURE_TOKENS, FOVEA_COLOR_LOG, "x.csv",
         "fovea export 'a b.fovea' --sequence 3 --point 'blocks.5.attn.hook_pattern' --head 7"
         " --rows 12:13 -o 'x.csv'"},
        {FOVEA_FIGURE_HEADS, FOVEA_COLOR_LOG, "x.npz",
         "fovea export 'a b.fovea' --sequence 3 --point 'blocks.*.attn.hook_pattern' -o 'x.npz'"},
        {FOVEA_FIGURE_HEADS, FOVEA_COLOR_LOG, "x.csv", NULL},
        {FOVEA_FIGURE_RECALL, FOVEA_COLOR_LOG, "x.csv", NULL},
        {FOVEA_FIGURE_RECALL, FOVEA_COLOR_LOG, "x.npz", NULL},
    };
    g_autoptr (FoveaFigureRequest) request = fovea_figure_request_new (rows[_i].kind);
    request->sequence = 3;
    request->map = (FoveaMapOptions){.layer = 5,
                                     .head = 7,
                                     .q0 = 10,
                                     .q1 = 20,
                                     .k1 = 15,
                                     .scale = rows[_i].scale,
                                     .query = 12,
                                     .key = 4};
    g_autofree char *command = fovea_figure_data_to_command (request, "a b.fovea", rows[_i].path);
    ck_assert_pstr_eq (command, rows[_i].command);
}
END_TEST

static const struct {
    FoveaFigureKind kind;
    const char *path, *problem; /* NULL = it can be had */
} forms[] = {
    {FOVEA_FIGURE_MAP, "x.csv", NULL},           {FOVEA_FIGURE_MAP, "x.npz", NULL},
    {FOVEA_FIGURE_HEADS, "x.csv", NULL},         {FOVEA_FIGURE_RECALL, "x.csv", NULL},
    {FOVEA_FIGURE_RECALL, "x.npz", "go as CSV"}, {FOVEA_FIGURE_SPARSITY, "x.npz", "go as CSV"},
    {FOVEA_FIGURE_MASK, "x.csv", "no numbers"},  {FOVEA_FIGURE_SINKS, "x.npz", "no numbers"},
    {FOVEA_FIGURE_PICTURE, "x.npz", NULL},       {FOVEA_FIGURE_PICTURE, "x.csv", "go as npz"},
};

START_TEST (numbers_that_are_not_there_are_refused_before_anything_is_written)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaFigureRequest) request = fovea_figure_request_new (forms[_i].kind);
    gboolean possible = fovea_figure_data_check (request, forms[_i].path, &error);
    ck_assert (possible == (forms[_i].problem == NULL));
    if (possible)
        return;
    ck_assert_ptr_nonnull (strstr (error->message, forms[_i].problem));
    g_autofree char *command = fovea_figure_data_to_command (request, "a.fovea", forms[_i].path);
    ck_assert_ptr_null (command);
    ck_assert (!fovea_figure_data_save (request, NULL, NULL, forms[_i].path, NULL, NULL));
}
END_TEST

START_TEST (heads_without_scores_have_no_table_to_save)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaFigureRequest) request = fovea_figure_request_new (FOVEA_FIGURE_HEADS);
    ck_assert (!fovea_figure_data_save (request, NULL, NULL, "heads.csv", NULL, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND));
    ck_assert_ptr_nonnull (strstr (error->message, "heads.csv"));
}
END_TEST

START_TEST (a_request_is_also_a_command)
{
    g_autoptr (FoveaFigureRequest) map = fovea_figure_request_new (FOVEA_FIGURE_MAP);
    map->store_name = g_strdup ("a.fovea");
    map->sequence = 2;
    map->map.layer = 5;
    map->map.head = 7;
    map->map.q0 = 10;
    map->map.k1 = 50;
    g_autofree char *line = fovea_figure_request_to_command (map, NULL, "my map.pdf");
    ck_assert_str_eq (line, "fovea figure map 'a.fovea' --sequence 2 --head 5.7 --rows 10: "
                            "--keys 0:50 -o 'my map.pdf'");
    g_autoptr (FoveaFigureRequest) heads = fovea_figure_request_new (FOVEA_FIGURE_HEADS);
    heads->store_name = g_strdup ("a.fovea");
    heads->sequence = 1;
    heads->score = g_strdup ("induction");
    g_autofree char *other = fovea_figure_request_to_command (heads, "x/a.fovea", "h.svg");
    ck_assert_str_eq (other,
                      "fovea figure heads 'x/a.fovea' --sequence 1 --score induction -o 'h.svg'");
}
END_TEST

/* Every option that is off its default stands in the command, numbers with a point in any locale. */
START_TEST (a_command_has_every_odd_option)
{
    g_autoptr (FoveaFigureRequest) odd = make_odd_request ();
    g_autofree char *line = fovea_figure_request_to_command (odd, "s.fovea", "t.png");
    static const char *const parts[] = {
        "fovea figure tokens 's.fovea' --sequence 7 --head 5.11 --value entropy ",
        " --rows 3:99 --keys 1:40 --query 17 --key 4 --scale linear --floor 1e-05 --token-axes",
        " --width 88.5 --height 60.25 --text-size 8 --dpi 600 --no-caption --letters -o 't.png'"};
    for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
        ck_assert_msg (strstr (line, parts[i]) != NULL, "%s lacks %s", line, parts[i]);
    g_autoptr (FoveaFigureRequest) heads = fovea_figure_request_new (FOVEA_FIGURE_HEADS);
    heads->store_name = g_strdup ("it's.fovea");
    heads->style.letters = FALSE;
    g_autofree char *quoted = fovea_figure_request_to_command (heads, NULL, "h.svg");
    ck_assert_str_eq (quoted, "fovea figure heads 'it'\\''s.fovea' --sequence 0 --no-letters -o "
                              "'h.svg'");
}
END_TEST

/* Each changes one thing that a run depends on. */
static void
change_request (FoveaCaptureRequest *request, int what)
{
    switch (what) {
    case 0:
        request->seed = 1;
        break;
    case 1:
        request->precision = FOVEA_PRECISION_BF16;
        break;
    case 2:
        request->keep = FOVEA_F16;
        break;
    case 3:
        request->text = g_strdup ("other");
        break;
    case 4:
        request->tokens = 64;
        break;
    case 5:
        request->dense = TRUE;
        break;
    case 6:
        request->points = g_strdup ("all");
        break;
    case 7:
        request->n_shards = 4;
        break;
    case 8:
        request->no_special = TRUE;
        break;
    default:
        request->threads = 3;
    }
}

START_TEST (options_of_different_runs_differ)
{
    g_autoptr (FoveaCaptureRequest) plain = fovea_capture_request_new ();
    g_autoptr (FoveaCaptureRequest) same = fovea_capture_request_new ();
    g_autoptr (FoveaCaptureRequest) changed = fovea_capture_request_new ();
    change_request (changed, _i);
    g_autofree char *a = fovea_capture_request_to_json (plain);
    g_autofree char *b = fovea_capture_request_to_json (same);
    g_autofree char *c = fovea_capture_request_to_json (changed);
    ck_assert_str_eq (a, b);
    ck_assert_str_ne (a, c);
}
END_TEST

START_TEST (a_job_without_a_source_is_refused)
{
    g_autoptr (GError) error = NULL;
    FoveaCaptureRequest *request = fovea_capture_request_new ();
    request->model = g_strdup ("demo");
    ck_assert_ptr_null (fovea_capture_job_prepare (request, NULL, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_USAGE));
}
END_TEST

START_TEST (shards_part_the_sequences_between_them)
{
    guint n_all = 0;
    for (gint64 shard = 0; shard < 3; shard++) {
        g_autoptr (GError) error = NULL;
        FoveaCaptureRequest *request = fovea_capture_request_new ();
        request->model = g_strdup ("demo");
        request->random_repeat = 8;
        request->limit = 7;
        request->shard = shard;
        request->n_shards = 3;
        g_autoptr (FoveaCaptureJob) job = fovea_capture_job_prepare (request, NULL, &error);
        ck_assert_msg (job != NULL, "%s", error != NULL ? error->message : "");
        guint n = fovea_capture_job_get_sequences (job)->len;
        ck_assert_uint_eq (n, shard == 0 ? 3 : 2);
        n_all += n;
    }
    ck_assert_uint_eq (n_all, 7);
}
END_TEST

/* FoveaCaptureTraceFunc: keeps the description of the only sequence. */
static gboolean
take_info (gpointer data, FoveaTrace *trace, GError **error)
{
    FoveaTraceInfo **info = data;
    ck_assert_ptr_null (*info);
    *info = fovea_trace_info_copy (fovea_trace_get_info (trace));
    return TRUE;
}

/* What a short text becomes with up to six tokens more. */
static FoveaTraceInfo *
continue_text (const char *model)
{
    g_autoptr (GError) error = NULL;
    FoveaTraceInfo *info = NULL;
    FoveaCaptureRequest *request = fovea_capture_request_new ();
    request->model = g_strdup (model);
    request->text = g_strdup ("The time traveller");
    request->generate = 6;
    request->keep = FOVEA_BF16;
    g_autoptr (FoveaCaptureJob) job = fovea_capture_job_prepare (request, NULL, &error);
    ck_assert_msg (job != NULL, "%s", error != NULL ? error->message : "");
    ck_assert (fovea_capture_job_run_in_memory (job, take_info, &info, NULL, NULL, NULL, &error));
    ck_assert_ptr_nonnull (info);
    return info;
}

/* It stays of the same model, kept as it was asked for. */
START_TEST (a_job_continues_its_sequences_before_it_captures_them)
{
    g_autoptr (FoveaTraceInfo) info = continue_text ("demo");
    ck_assert_int_eq (info->n_tokens, 5 + 6);
    ck_assert_str_ne (info->model_hash, "");
    ck_assert_int_eq (info->keep, FOVEA_BF16);
}
END_TEST

/* The demo model, but that its third next token ends texts beside the one that does. */
START_TEST (every_id_that_ends_a_text_ends_a_continuation)
{
    static const char *const files[] = {"model.safetensors", "tokenizer.json",
                                        "tokenizer_config.json"};
    g_autoptr (FoveaTraceInfo) whole = continue_text ("demo");
    g_autofree char *folder = support_temp_dir (), *demo = fovea_data_find ("demo", NULL);
    g_autofree char *from = g_build_filename (demo, "config.json", NULL), *config = NULL;
    g_autofree char *to = g_build_filename (folder, "config.json", NULL);
    ck_assert (g_file_get_contents (from, &config, NULL, NULL));
    g_autofree char *ends = g_strdup_printf ("\"eos_token_id\": [0, %d]", whole->ids[5 + 2]);
    g_autoptr (GString) changed = g_string_new (config);
    ck_assert_uint_eq (g_string_replace (changed, "\"eos_token_id\": 0", ends, 0), 1);
    ck_assert (g_file_set_contents (to, changed->str, -1, NULL));
    for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
        g_autofree char *target = g_build_filename (demo, files[i], NULL),
                        *link = g_build_filename (folder, files[i], NULL);
        ck_assert_int_eq (symlink (target, link), 0);
    }
    g_autoptr (FoveaTraceInfo) cut = continue_text (folder);
    ck_assert_int_eq (cut->n_tokens, 5 + 2);
    ck_assert_mem_eq (cut->ids, whole->ids, 7 * sizeof *cut->ids);
    support_remove_dir (g_steal_pointer (&folder));
}
END_TEST

START_TEST (shipped_files_are_found_and_missing_ones_named)
{
    g_autoptr (GError) error = NULL;
    g_auto (GStrv) texts = fovea_data_list_texts (&error);
    ck_assert_msg (texts != NULL && texts[0] != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_ptr_null (fovea_data_find ("texts/nosuch.txt", &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND));
    ck_assert_ptr_nonnull (strstr (error->message, "texts/nosuch.txt"));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("requests");
    TCase *figures = tcase_create ("figures");
    tcase_add_test (figures, provenance_holds_every_member);
    tcase_add_test (figures, a_request_of_the_sparsity_lab_survives_and_is_a_command);
    tcase_add_test (figures, a_difference_survives_and_is_a_command);
    tcase_add_test (figures, named_heads_survive_and_stand_in_place_of_an_object);
    tcase_add_loop_test (figures, a_dark_theme_survives_and_has_its_option, 0,
                         FOVEA_N_FIGURE_KINDS);
    tcase_add_test (figures, figures_of_other_kinds_say_nothing_of_methods);
    tcase_add_loop_test (figures, defaults_survive_the_way_through_text, 0, FOVEA_N_FIGURE_KINDS);
    tcase_add_loop_test (figures, provenance_nested_beyond_measure_is_refused, 0, 2);
    tcase_add_loop_test (figures, provenance_that_is_not_ours_is_refused_by_member, 0, 7);
    tcase_add_loop_test (figures, every_colour_scale_survives_and_has_its_option, 0, 3);
    tcase_add_loop_test (figures, the_numbers_of_a_figure_have_a_command_of_their_own, 0, 7);
    tcase_add_loop_test (figures, numbers_that_are_not_there_are_refused_before_anything_is_written,
                         0, G_N_ELEMENTS (forms));
    tcase_add_test (figures, heads_without_scores_have_no_table_to_save);
    tcase_add_test (figures, a_request_is_also_a_command);
    tcase_add_test (figures, a_command_has_every_odd_option);
    suite_add_tcase (suite, figures);
    TCase *captures = tcase_create ("captures");
    tcase_add_loop_test (captures, options_of_different_runs_differ, 0, 10);
    tcase_add_test (captures, a_job_without_a_source_is_refused);
    tcase_add_test (captures, shards_part_the_sequences_between_them);
    tcase_add_test (captures, a_job_continues_its_sequences_before_it_captures_them);
    tcase_add_test (captures, every_id_that_ends_a_text_ends_a_continuation);
    tcase_add_test (captures, shipped_files_are_found_and_missing_ones_named);
    suite_add_tcase (suite, captures);
    return support_run (suite);
}
