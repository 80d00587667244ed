/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* From texts, JSON lines, ids and random repeats to the sequences of a run. */
#include "capture/texts.h"
#include "tests/support.h"

#include <string.h>
#include <unistd.h>

static FoveaModel *
open_demo (void)
{
    g_autofree char *path = support_data ("data/demo");
    g_autoptr (GError) error = NULL;
    FoveaModel *model = fovea_model_open (path, &error);
    ck_assert_msg (model != NULL, "%s", error != NULL ? error->message : "");
    return model;
}

/* The whole of @text as ids of the demo, no special tokens. */
static GArray *
encode (FoveaModel *model, const char *text)
{
    FoveaTokenizer *tokenizer = fovea_model_get_tokenizer (model, NULL);
    ck_assert_ptr_nonnull (tokenizer);
    return fovea_tokenizer_encode (tokenizer, text, -1, FALSE, NULL);
}

static GPtrArray *
cut (FoveaModel *model, const char *text, FoveaTextsOptions options)
{
    g_autoptr (GError) error = NULL;
    GPtrArray *all = fovea_texts_from_text (model, "essay", text, -1, &options, &error);
    ck_assert_msg (all != NULL, "%s", error != NULL ? error->message : "");
    return all;
}

static void
assert_error (GError *error, FoveaError code, const char *part)
{
    ck_assert_msg (error != NULL, "no error; expected '%s'", part);
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, code), "%s", error->message);
    ck_assert_msg (strstr (error->message, part) != NULL, "'%s' has no '%s'", error->message, part);
}

#define TEN "one two three four five six seven eight nine ten"

START_TEST (a_short_text_is_one_sequence_with_bos)
{
    g_autoptr (FoveaModel) model = open_demo ();
    g_autoptr (GPtrArray) all =
        cut (model, "Hello, world!", (FoveaTextsOptions){.add_special = TRUE});
    ck_assert_uint_eq (all->len, 1);
    const FoveaTraceInfo *info = g_ptr_array_index (all, 0);
    const gint32 want[] = {0, 40, 614, 79, 12, 1404, 1};
    ck_assert_int_eq (info->n_tokens, 7);
    ck_assert_mem_eq (info->ids, want, sizeof want);
    ck_assert_str_eq (info->title, "essay");
    ck_assert_str_eq (info->token_texts[0], "<|bos|>");
    ck_assert_str_eq (info->token_texts[5], " world");
    ck_assert (info->special[0] && !info->special[1]);
    ck_assert_int_eq (info->repeat_period, 0);
    ck_assert_int_eq (info->architecture->n_layers, fovea_model_get_architecture (model)->n_layers);
}
END_TEST

START_TEST (windows_follow_the_stride_and_carry_bos_each)
{
    g_autoptr (FoveaModel) model = open_demo ();
    g_autoptr (GArray) tokens = encode (model, TEN);
    gint64 n = tokens->len;
    g_autoptr (GPtrArray) all =
        cut (model, TEN, (FoveaTextsOptions){.max_tokens = 5, .stride = 3, .add_special = TRUE});
    ck_assert_uint_eq (all->len, (guint) ((n - 4 + 2) / 3 + 1));
    gint64 reached = 0;
    for (guint i = 0; i < all->len; i++) {
        const FoveaTraceInfo *info = g_ptr_array_index (all, i);
        ck_assert_int_eq (info->ids[0], 0);
        for (gint64 t = 1; t < info->n_tokens; t++)
            ck_assert_int_eq (info->ids[t], g_array_index (tokens, FoveaToken, 3 * i + t - 1).id);
        reached = 3 * i + info->n_tokens - 1;
        ck_assert (i + 1 == all->len || info->n_tokens == 5);
    }
    ck_assert_int_eq (reached, n);
    ck_assert_str_eq (((FoveaTraceInfo *) g_ptr_array_index (all, 1))->title, "essay, part 2");
}
END_TEST

START_TEST (without_stride_only_the_first_window_is_kept)
{
    g_autoptr (FoveaModel) model = open_demo ();
    g_autoptr (GPtrArray) all = cut (model, TEN, (FoveaTextsOptions){.max_tokens = 4});
    ck_assert_uint_eq (all->len, 1);
    ck_assert_int_eq (((FoveaTraceInfo *) g_ptr_array_index (all, 0))->n_tokens, 4);
    g_autoptr (GPtrArray) two =
        cut (model, TEN, (FoveaTextsOptions){.max_tokens = 4, .stride = 4, .limit = 2});
    ck_assert_uint_eq (two->len, 2);
}
END_TEST

/* Whatever the limit, so that the same window is called the same. */
START_TEST (a_window_of_several_says_which_it_is)
{
    static const struct {
        gint64 stride, limit;
        const char *title;
    } cases[] = {{4, 0, "essay, part 1"},
                 {4, 1, "essay, part 1"},
                 {4, 2, "essay, part 1"},
                 {0, 1, "essay"},
                 {100, 1, "essay, part 1"}};
    g_autoptr (FoveaModel) model = open_demo ();
    FoveaTextsOptions options = {
        .max_tokens = 4, .stride = cases[_i].stride, .limit = cases[_i].limit};
    g_autoptr (GPtrArray) all = cut (model, TEN, options);
    ck_assert_str_eq (((FoveaTraceInfo *) g_ptr_array_index (all, 0))->title, cases[_i].title);
}
END_TEST

START_TEST (bad_texts_are_refused)
{
    g_autoptr (FoveaModel) model = open_demo ();
    static const struct {
        const char *text;
        FoveaTextsOptions options;
        FoveaError code;
        const char *part;
    } cases[] = {
        {"", {.add_special = TRUE}, FOVEA_ERROR_RANGE, "essay: empty text"},
        {"a\xff", {0}, FOVEA_ERROR_FORMAT, "byte 1"},
        {"a",
         {.max_tokens = 4097},
         FOVEA_ERROR_RANGE,
         "windows of 4,097 tokens are longer than the context of this model, 4,096 tokens"},
        {"a",
         {.max_tokens = 1, .add_special = TRUE},
         FOVEA_ERROR_RANGE,
         "which reads up to 4,096, at least 2"},
        {"a", {.stride = -1}, FOVEA_ERROR_RANGE, "negative"},
    };
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (GError) error = NULL;
        ck_assert_ptr_null (
            fovea_texts_from_text (model, "essay", cases[i].text, -1, &cases[i].options, &error));
        assert_error (error, cases[i].code, cases[i].part);
    }
}
END_TEST

START_TEST (ids_out_of_range_name_the_position)
{
    g_autoptr (FoveaModel) model = open_demo ();
    const gint32 ids[] = {0, 8191, 8192}, negative[] = {-1};
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_texts_from_ids (model, "ids", ids, 3, &error));
    assert_error (error, FOVEA_ERROR_RANGE, "position 2: id 8192 is not in 0 .. 8191");
    g_clear_error (&error);
    ck_assert_ptr_null (fovea_texts_from_ids (model, "ids", negative, 1, &error));
    assert_error (error, FOVEA_ERROR_RANGE, "position 0: id -1");
    g_clear_error (&error);
    ck_assert_ptr_null (fovea_texts_from_ids (model, "ids", ids, 0, &error));
    assert_error (error, FOVEA_ERROR_RANGE, "0 tokens");
    g_clear_error (&error);
    const gint32 many[4097] = {0};
    ck_assert_ptr_null (fovea_texts_from_ids (model, "ids", many, G_N_ELEMENTS (many), &error));
    assert_error (error, FOVEA_ERROR_RANGE,
                  "ids: 4,097 tokens, not in 1 .. 4,096 (the context of demo)");
    g_autoptr (FoveaTraceInfo) good = fovea_texts_from_ids (model, "ids", ids, 2, NULL);
    ck_assert_int_eq (good->n_tokens, 2);
    ck_assert_int_eq (good->ids[1], 8191);
}
END_TEST

/* The small model of 64 ids beside the bundled model's tokenizer of 8,192. */
static FoveaModel *
open_mismatched (const char *folder)
{
    static const char *const files[][2] = {
        {"tests/golden/families/olmo2", "config.json"},
        {"tests/golden/families/olmo2", "model.safetensors"},
        {"data/demo", "tokenizer.json"},
    };
    for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
        g_autofree char *relative = g_build_filename (files[i][0], files[i][1], NULL);
        g_autofree char *from = support_data (relative);
        g_autofree char *to = g_build_filename (folder, files[i][1], NULL);
        ck_assert_int_eq (symlink (from, to), 0);
    }
    g_autoptr (GError) error = NULL;
    FoveaModel *model = fovea_model_open (folder, &error);
    ck_assert_msg (model != NULL, "%s", error != NULL ? error->message : "");
    return model;
}

/* A tokenizer of another model gives ids that have no embedding: which, and at which place. */
START_TEST (texts_of_a_larger_vocabulary_name_the_position)
{
    char *folder = support_temp_dir ();
    g_autoptr (FoveaModel) model = open_mismatched (folder);
    g_autofree char *said = g_strdup_printf (
        "is not in 0 .. %d", (int) fovea_model_get_architecture (model)->vocabulary - 1);
    const FoveaTextsOptions whole = {0}, windows = {.max_tokens = 4, .stride = 4};
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_texts_from_text (model, "essay", "Hello", -1, &whole, &error));
    assert_error (error, FOVEA_ERROR_RANGE, said);
    assert_error (error, FOVEA_ERROR_RANGE, "essay: position ");
    g_clear_error (&error);
    ck_assert_ptr_null (fovea_texts_from_text (model, "essay", TEN, -1, &windows, &error));
    assert_error (error, FOVEA_ERROR_RANGE, "essay, part 1: position ");
    g_clear_error (&error);
    static const char line[] = "{\"text\": \"Hello\"}\n";
    ck_assert_ptr_null (
        fovea_texts_from_jsonl (model, "a.jsonl", line, strlen (line), &whole, &error));
    assert_error (error, FOVEA_ERROR_RANGE, "a.jsonl line 1: position ");
    g_clear_error (&error);
    /* Random ids are drawn from those that both have. */
    g_autoptr (GPtrArray) random = fovea_texts_random_repeat (model, 2, 50, 1, &error);
    ck_assert_msg (random != NULL, "%s", error != NULL ? error->message : "");
    support_remove_dir (folder);
}
END_TEST

START_TEST (models_without_a_tokenizer_read_ids_alone)
{
    g_autofree char *folder = support_data ("tests/golden/families/olmo2");
    g_autoptr (FoveaModel) model = fovea_model_open (folder, NULL);
    const FoveaTextsOptions whole = {0};
    const gint32 ids[] = {1, 2, 3};
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_texts_from_text (model, "essay", "Hello", -1, &whole, &error));
    ck_assert_ptr_nonnull (error);
    ck_assert_msg (strstr (error->message, "tokenizer") != NULL, "%s", error->message);
    g_autoptr (FoveaTraceInfo) info = fovea_texts_from_ids (model, "ids", ids, 3, NULL);
    ck_assert_int_eq (info->n_tokens, 3);
    ck_assert (info->token_texts == NULL && info->special == NULL);
    g_autoptr (GPtrArray) random = fovea_texts_random_repeat (model, 3, 20, 1, NULL);
    ck_assert_uint_eq (random->len, 20);
    for (guint i = 0; i < random->len; i++) {
        const FoveaTraceInfo *one = random->pdata[i];
        ck_assert_mem_eq (one->ids + one->n_tokens - 6, one->ids + one->n_tokens - 3,
                          3 * sizeof *one->ids);
    }
}
END_TEST

START_TEST (a_model_of_one_text_takes_no_target)
{
    g_autoptr (FoveaModel) model = open_demo ();
    static const char *const targets[] = {"", "Bonjour"};
    for (guint i = 0; i < G_N_ELEMENTS (targets); i++) {
        const FoveaTextsOptions options = {.target = targets[i]};
        g_autoptr (GError) error = NULL;
        ck_assert_ptr_null (fovea_texts_from_text (model, "essay", "Hello", -1, &options, &error));
        assert_error (error, FOVEA_ERROR_UNSUPPORTED, "essay: demo reads one text, and no target");
    }
}
END_TEST

START_TEST (json_lines_give_texts_and_ids)
{
    g_autoptr (FoveaModel) model = open_demo ();
    const char *lines = "{\"text\": \"Hello\", \"title\": \"first\"}\r\n\n{\"ids\": [0, 7]}\n"
                        "{\"text\": \"Hello\"}";
    FoveaTextsOptions options = {.add_special = TRUE};
    g_autoptr (GPtrArray) all =
        fovea_texts_from_jsonl (model, "x.jsonl", lines, strlen (lines), &options, NULL);
    ck_assert_uint_eq (all->len, 3);
    const FoveaTraceInfo *first = g_ptr_array_index (all, 0), *second = g_ptr_array_index (all, 1);
    ck_assert_str_eq (first->title, "first");
    ck_assert_int_eq (first->n_tokens, 4);
    ck_assert_str_eq (second->title, "x.jsonl line 3");
    ck_assert_int_eq (second->n_tokens, 2);
    options.limit = 2;
    g_autoptr (GPtrArray) two =
        fovea_texts_from_jsonl (model, "x.jsonl", lines, strlen (lines), &options, NULL);
    ck_assert_uint_eq (two->len, 2);
}
END_TEST

/* A line may give several windows: a limit ends between any two of them, and takes the first. */
START_TEST (a_limit_takes_the_first_windows_of_lines)
{
    g_autoptr (FoveaModel) model = open_demo ();
    const char *lines =
        "{\"text\": \"" TEN "\"}\n{\"ids\": [8,9,10,11,12]}\n{\"text\": \"" TEN "\"}\n";
    FoveaTextsOptions options = {.max_tokens = 4, .stride = 3};
    g_autoptr (GPtrArray) all =
        fovea_texts_from_jsonl (model, "x", lines, strlen (lines), &options, NULL);
    const guint n = all->len, each = (n - 1) / 2; /* ids are one sequence as they are */
    ck_assert_uint_gt (each, 2);
    ck_assert_int_eq (((const FoveaTraceInfo *) all->pdata[each])->n_tokens, 5);
    for (options.limit = 1; options.limit <= n + 1; options.limit++) {
        g_autoptr (GPtrArray) some =
            fovea_texts_from_jsonl (model, "x", lines, strlen (lines), &options, NULL);
        ck_assert_uint_eq (some->len, MIN (options.limit, n));
        for (guint i = 0; i < some->len; i++) {
            const FoveaTraceInfo *a = some->pdata[i], *b = all->pdata[i];
            ck_assert_int_eq (a->n_tokens, b->n_tokens);
            ck_assert_mem_eq (a->ids, b->ids, (gsize) a->n_tokens * sizeof *a->ids);
        }
    }
}
END_TEST

/* A backslash before the letters is a backslash and letters, which are text like any other. */
START_TEST (escaped_backslashes_are_no_escape_of_nul)
{
    g_autoptr (FoveaModel) model = open_demo ();
    const char *lines = "{\"text\":\"a\\\\u0000b\"}";
    FoveaTextsOptions options = {0};
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) all =
        fovea_texts_from_jsonl (model, "x.jsonl", lines, strlen (lines), &options, &error);
    ck_assert_msg (all != NULL, "%s", error != NULL ? error->message : "");
    g_autoptr (GPtrArray) same =
        fovea_texts_from_text (model, "t", "a\\u0000b", -1, &options, NULL);
    const FoveaTraceInfo *a = g_ptr_array_index (all, 0), *b = g_ptr_array_index (same, 0);
    ck_assert_int_eq (a->n_tokens, b->n_tokens);
    ck_assert_mem_eq (a->ids, b->ids, (gsize) a->n_tokens * sizeof *a->ids);
}
END_TEST

START_TEST (bad_json_lines_name_their_line)
{
    g_autoptr (FoveaModel) model = open_demo ();
    static const struct {
        const char *lines;
        FoveaError code;
        const char *part;
    } cases[] = {
        {"{\"text\":\"a\"}\n{\"text\":", FOVEA_ERROR_FORMAT, "x.jsonl line 2"},
        {"\n\n{}", FOVEA_ERROR_FORMAT, "x.jsonl line 3: a line holds"},
        {"{\"text\":\"a\",\"ids\":[1]}", FOVEA_ERROR_FORMAT, "line 1: a line holds"},
        {"{\"text\":4}", FOVEA_ERROR_FORMAT, "line 1: a line holds"},
        {"{\"ids\":7}", FOVEA_ERROR_FORMAT, "line 1: 'ids' is no list"},
        {"{\"ids\":[1,\"a\"]}", FOVEA_ERROR_FORMAT, "line 1: element 1 of 'ids'"},
        {"{\"ids\":[9999]}", FOVEA_ERROR_RANGE, "line 1"},
        {"{\"text\":\"\"}", FOVEA_ERROR_RANGE, "x.jsonl line 1: empty"},
        {"[1]", FOVEA_ERROR_FORMAT, "line 1"},
        {"{\"text\":\"b\"}\n{\"text\":\"a\\u0000b\"}", FOVEA_ERROR_FORMAT,
         "x.jsonl line 2: byte 23: a text cannot hold"},
        {"{\"text\":\"\\\\\\u0000\"}", FOVEA_ERROR_FORMAT, "line 1: byte 11"},
        {"{\"ids\":[1.5]}", FOVEA_ERROR_FORMAT, "line 1: element 0 of 'ids'"},
        {"{\"ids\":[99999999999999999999]}", FOVEA_ERROR_FORMAT, "line 1: element 0 of 'ids'"},
        {"{\"ids\":[]}", FOVEA_ERROR_RANGE, "line 1"},
        {"{\"text\":\"a\"} x", FOVEA_ERROR_FORMAT, "line 1: byte 14"},
        {"\xef\xbb\xbf{\"text\":\"a\"}", FOVEA_ERROR_FORMAT, "line 1: byte 0"},
        {"{\"text\":\"\xff\"}", FOVEA_ERROR_FORMAT, "line 1: byte 9"},
        {" \n", FOVEA_ERROR_RANGE, "no lines"},
    };
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (GError) error = NULL;
        FoveaTextsOptions options = {0};
        ck_assert_ptr_null (fovea_texts_from_jsonl (model, "x.jsonl", cases[i].lines,
                                                    strlen (cases[i].lines), &options, &error));
        assert_error (error, cases[i].code, cases[i].part);
    }
}
END_TEST

START_TEST (random_repeats_hold_bos_and_two_equal_halves)
{
    g_autoptr (FoveaModel) model = open_demo ();
    g_autoptr (GPtrArray) all = fovea_texts_random_repeat (model, 100, 3, 7, NULL);
    g_autoptr (GPtrArray) again = fovea_texts_random_repeat (model, 100, 1, 7, NULL);
    ck_assert_uint_eq (all->len, 3);
    const FoveaTraceInfo *one = g_ptr_array_index (all, 0), *two = g_ptr_array_index (all, 1);
    const FoveaTraceInfo *same = g_ptr_array_index (again, 0);
    ck_assert_int_eq (one->n_tokens, 201);
    ck_assert_int_eq (one->repeat_period, 100);
    ck_assert_int_eq (one->ids[0], 0);
    ck_assert_mem_eq (one->ids + 1, one->ids + 101, 100 * sizeof *one->ids);
    ck_assert_mem_eq (one->ids, same->ids, 201 * sizeof *one->ids);
    ck_assert_mem_ne (one->ids, two->ids, 201 * sizeof *one->ids);
    for (guint t = 1; t < 201; t++)
        ck_assert (!one->special[t]);
    ck_assert_str_eq (two->title, "random repeat 2");
}
END_TEST

START_TEST (random_repeats_must_fit_the_context)
{
    g_autoptr (FoveaModel) model = open_demo ();
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_texts_random_repeat (model, 2048, 1, 0, &error));
    assert_error (error, FOVEA_ERROR_RANGE, "periods 1 .. 2047");
    g_clear_error (&error);
    ck_assert_ptr_null (fovea_texts_random_repeat (model, 0, 1, 0, &error));
    assert_error (error, FOVEA_ERROR_RANGE, "period 0");
    g_clear_error (&error);
    ck_assert_ptr_null (fovea_texts_random_repeat (model, 4, 0, 0, &error));
    assert_error (error, FOVEA_ERROR_RANGE, "0 sequences");
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("texts");
    TCase *texts = tcase_create ("texts");
    tcase_add_test (texts, a_short_text_is_one_sequence_with_bos);
    tcase_add_test (texts, windows_follow_the_stride_and_carry_bos_each);
    tcase_add_test (texts, without_stride_only_the_first_window_is_kept);
    tcase_add_loop_test (texts, a_window_of_several_says_which_it_is, 0, 5);
    tcase_add_test (texts, bad_texts_are_refused);
    tcase_add_test (texts, ids_out_of_range_name_the_position);
    tcase_add_test (texts, texts_of_a_larger_vocabulary_name_the_position);
    tcase_add_test (texts, models_without_a_tokenizer_read_ids_alone);
    tcase_add_test (texts, a_model_of_one_text_takes_no_target);
    tcase_add_test (texts, json_lines_give_texts_and_ids);
    tcase_add_test (texts, a_limit_takes_the_first_windows_of_lines);
    tcase_add_test (texts, escaped_backslashes_are_no_escape_of_nul);
    tcase_add_test (texts, bad_json_lines_name_their_line);
    tcase_add_test (texts, random_repeats_hold_bos_and_two_equal_halves);
    tcase_add_test (texts, random_repeats_must_fit_the_context);
    suite_add_tcase (suite, texts);
    return support_run (suite);
}
