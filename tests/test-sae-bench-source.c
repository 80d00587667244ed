/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Where SAEBench's rows come from: labelled texts of a file and words of a vocabulary, against rows that the
 * model gives for the same tokens when it is asked for them one by one. */
#include <math.h>
#include <string.h>

#include "app/sae-bench-rows.h"
#include "capture/texts.h"
#include "tests/forward-support.h"

enum {
    D = 384, /* of the demo model */
    F = 2 * D,
};

#define SITE "blocks.1.hook_resid_pre"

static char *folder;
static FoveaSae *sae;

/* x = relu (x) - relu (-x) */
static void
set_up (void)
{
    folder = support_temp_dir ();
    sae = fovea_sae_new (FOVEA_SAE_STANDARD, D, D, F, NULL);
    for (gint64 j = 0; j < F; j++) {
        sae->w_enc[j / 2 * F + j] = j % 2 == 0 ? 1 : -1;
        sae->w_dec[j * D + j / 2] = j % 2 == 0 ? 1 : -1;
    }
    fovea_sae_set_metadata (sae, "hook_name", SITE);
}

static void
tear_down (void)
{
    fovea_sae_free (sae);
    support_remove_dir (folder);
}

static FoveaSaeBenchSource
new_source (void)
{
    static char *demo;
    g_free (demo);
    demo = support_data ("data/demo");
    return (FoveaSaeBenchSource){
        .sae = sae, .model = demo, .device = "cpu", .threads = 1, .tokens = 16, .seed = 5};
}

static char *
write_lines (const char *bytes, gssize length)
{
    char *path = g_build_filename (folder, "texts.tsv", NULL);
    ck_assert (g_file_set_contents (path, bytes, length, NULL));
    return path;
}

static FoveaSaeBenchTexts *
read_texts (const char *bytes, guint n_labels)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *path = write_lines (bytes, -1);
    const FoveaSaeBenchSource source = new_source ();
    FoveaSaeBenchTexts *texts =
        fovea_sae_bench_read_texts (&source, path, n_labels, NULL, NULL, NULL, &error);
    ck_assert_msg (texts != NULL, "%s", error != NULL ? error->message : "");
    return texts;
}

/* Rows of the site for a text's tokens, the one that begins it included.   Owner: caller. */
static float *
run_text (const char *text, gint64 *n)
{
    g_autofree char *demo = support_data ("data/demo");
    g_autoptr (GError) error = NULL;
    Runner runner = runner_open (demo, "cpu", 64, 0);
    g_autoptr (GPtrArray) infos = fovea_texts_from_text (
        runner.model, "text", text, -1, &(FoveaTextsOptions){.add_special = TRUE}, &error);
    ck_assert_msg (infos != NULL, "%s", error != NULL ? error->message : "");
    const FoveaTraceInfo *info = infos->pdata[0];
    g_autoptr (FoveaTrace) trace =
        runner_capture (&runner, info->ids, info->n_tokens, SITE, FOVEA_F32, FALSE, NULL);
    *n = info->n_tokens;
    float *rows = g_new (float, *n *D);
    ck_assert (fovea_trace_read (trace, SITE, 0, *n, rows, NULL));
    runner_close (&runner);
    return rows;
}

/* A text's row is the mean over its tokens but the special one in front, and its codes are the parts of that
 * mean by sign. */
START_TEST (texts_are_means_over_their_tokens)
{
    static const char *const words[] = {"The cat sat.", "A king and his army went to war."};
    g_autoptr (FoveaSaeBenchTexts) texts =
        read_texts ("animal\tThe cat sat.\nwar\tA king and his army went to war.\n", 1);
    ck_assert_int_eq (texts->rows->n, 2);
    ck_assert_int_eq (texts->rows->d, D);
    for (int i = 0; i < 2; i++) {
        gint64 n;
        g_autofree float *rows = run_text (words[i], &n);
        g_autofree float *codes = g_new0 (float, F);
        const FoveaSaeCodes *sparse = texts->rows->codes;
        for (gint64 c = sparse->offsets[i]; c < sparse->offsets[i + 1]; c++)
            codes[sparse->latents[c]] = sparse->values[c];
        for (gint64 c = 0; c < D; c++) {
            double mean = 0, above = 0, below = 0;
            for (gint64 t = 1; t < n; t++) {
                mean += (double) rows[t * D + c] / (double) (n - 1);
                above += fmax ((double) rows[t * D + c], 0) / (double) (n - 1);
                below += fmax (-(double) rows[t * D + c], 0) / (double) (n - 1);
            }
            ck_assert_double_eq_tol ((double) texts->rows->x[i * D + c], mean, 1e-5);
            ck_assert_double_eq_tol ((double) codes[2 * c], above, 1e-5);
            ck_assert_double_eq_tol ((double) codes[2 * c + 1], below, 1e-5);
        }
    }
}
END_TEST

/* Names of labels are numbered as they come; remarks, empty lines and ends of lines of other systems are no
 * texts. A tab behind the labels belongs to the text. */
START_TEST (labels_are_numbered_as_they_come)
{
    static const gint32 first[] = {0, 1, 0, 2}, second[] = {0, 0, 1, 0};
    g_autoptr (FoveaSaeBenchTexts) texts =
        read_texts ("# a remark\r\n\r\nb\tx\tOne dog\r\n\n  \t \na\tx\tTwo\tdogs\n#b\ty\tno\n"
                    "b\ty\tThree dogs\nc\tx\tFour dogs",
                    2);
    ck_assert_uint_eq (texts->n_labels, 2);
    ck_assert_int_eq (texts->rows->n, 4);
    ck_assert_mem_eq (texts->labels[0], first, sizeof first);
    ck_assert_mem_eq (texts->labels[1], second, sizeof second);
    ck_assert_uint_eq (texts->names[0]->len, 3);
    ck_assert_str_eq (texts->names[0]->pdata[0], "b");
    ck_assert_str_eq (texts->names[0]->pdata[2], "c");
    ck_assert_uint_eq (texts->names[1]->len, 2);
    ck_assert_str_eq (texts->names[1]->pdata[1], "y");
}
END_TEST

/* Longer than the source's tokens: as if the rest were not there. */
START_TEST (long_texts_are_cut)
{
    g_autoptr (GString) text = g_string_new ("a\t");
    for (int i = 0; i < 200; i++)
        g_string_append (text, " word");
    g_autoptr (FoveaSaeBenchTexts) cut = read_texts (text->str, 1);
    g_string_truncate (text, strlen ("a\t") + 15 * strlen (" word"));
    g_autoptr (FoveaSaeBenchTexts) whole = read_texts (text->str, 1);
    ck_assert_mem_eq (cut->rows->x, whole->rows->x, D * sizeof (float));
}
END_TEST

static const struct {
    const char *bytes;
    gssize length;
    const char *said; /* behind the file's name */
} bad[] = {
    {"", 0, " has no texts"},
    {"# nothing\n\n\r\n", -1, " has no texts"},
    {"a\tThe cat\nb", -1, ", line 2: expected a label and a text, parted by tabs"},
    {"a\tThe cat\n\nb\t\n", -1, ", line 3: expected a label and a text, parted by tabs"},
    {"a\tThe cat\nb\t\xff\n", -1, ", line 2: text: "},
    {"a\tThe cat\nb\tThe\0 dog\n", 21, " is no text: byte 15 is 0"},
};

START_TEST (texts_that_cannot_be_read_name_their_line)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *path = write_lines (bad[_i].bytes, bad[_i].length);
    g_autofree char *said = g_strconcat (path, bad[_i].said, NULL);
    const FoveaSaeBenchSource source = new_source ();
    ck_assert_ptr_null (fovea_sae_bench_read_texts (&source, path, 1, NULL, NULL, NULL, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT));
    ck_assert_msg (g_str_has_prefix (error->message, said), "%s", error->message);
}
END_TEST

/* What the source itself lacks: file, site, model, a site of the autoencoder's width. */
START_TEST (sources_that_do_not_fit_are_refused)
{
    g_autofree char *path = write_lines ("a\tThe cat\n", -1);
    g_autofree char *nowhere = g_build_filename (folder, "nosuch", NULL);
    g_autoptr (GError) file = NULL, model = NULL, site = NULL, point = NULL, width = NULL;
    FoveaSaeBenchSource source = new_source ();
    ck_assert_ptr_null (fovea_sae_bench_read_texts (&source, nowhere, 1, NULL, NULL, NULL, &file));
    ck_assert (g_error_matches (file, G_FILE_ERROR, G_FILE_ERROR_NOENT));
    source.model = nowhere;
    ck_assert_ptr_null (fovea_sae_bench_read_texts (&source, path, 1, NULL, NULL, NULL, &model));
    ck_assert_ptr_nonnull (strstr (model->message, "nosuch"));
    source = new_source ();
    fovea_sae_set_metadata (sae, "hook_name", "blocks.9.hook_resid_pre");
    ck_assert_ptr_null (fovea_sae_bench_read_texts (&source, path, 1, NULL, NULL, NULL, &point));
    ck_assert_ptr_nonnull (strstr (point->message, "blocks.9.hook_resid_pre"));
    fovea_sae_set_metadata (sae, "hook_name", "blocks.1.attn.hook_q");
    g_autoptr (FoveaSae) small = fovea_sae_new (FOVEA_SAE_STANDARD, 32, 32, 64, NULL);
    fovea_sae_set_metadata (small, "hook_name", SITE);
    source.sae = small;
    ck_assert_ptr_null (fovea_sae_bench_read_texts (&source, path, 1, NULL, NULL, NULL, &width));
    ck_assert (g_error_matches (width, FOVEA_ERROR, FOVEA_ERROR_SHAPE));
    ck_assert_msg (strstr (width->message, "wants a row of 32 a token") != NULL, "%s",
                   width->message);
    g_autoptr (FoveaSae) bare = fovea_sae_new (FOVEA_SAE_STANDARD, D, D, F, NULL);
    source.sae = bare;
    ck_assert_ptr_null (fovea_sae_bench_read_texts (&source, path, 1, NULL, NULL, NULL, &site));
    ck_assert (g_error_matches (site, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND));
    ck_assert_ptr_nonnull (strstr (site->message, "names no site"));
}
END_TEST

typedef struct {
    GCancellable *cancellable;
    gint64 n_calls, stop_at;
} Stop;

static void
on_progress (gpointer data, gint64 done, gint64 total)
{
    Stop *stop = data;
    ck_assert_int_le (done, total);
    if (++stop->n_calls == stop->stop_at)
        g_cancellable_cancel (stop->cancellable);
}

START_TEST (reading_can_be_cancelled)
{
    g_autofree char *path = write_lines ("a\tOne\na\tTwo\nb\tThree\n", -1);
    const FoveaSaeBenchSource source = new_source ();
    for (int words = 0; words < 2; words++) {
        g_autoptr (GCancellable) cancellable = g_cancellable_new ();
        g_autoptr (GError) error = NULL;
        Stop stop = {cancellable, 0, 2};
        if (words)
            ck_assert_ptr_null (fovea_sae_bench_read_words (&source, 5, 1, on_progress, &stop,
                                                            cancellable, &error));
        else
            ck_assert_ptr_null (fovea_sae_bench_read_texts (&source, path, 1, on_progress, &stop,
                                                            cancellable, &error));
        ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
        ck_assert_int_eq (stop.n_calls, 2);
    }
}
END_TEST

static FoveaSaeBenchWords *
read_words (gint64 most, guint n_examples, guint64 seed)
{
    g_autoptr (GError) error = NULL;
    FoveaSaeBenchSource source = new_source ();
    source.seed = seed;
    FoveaSaeBenchWords *words =
        fovea_sae_bench_read_words (&source, most, n_examples, NULL, NULL, NULL, &error);
    ck_assert_msg (words != NULL, "%s", error != NULL ? error->message : "");
    return words;
}

/* Whatever stands in front, the row is that of the word's last token: without examples, of a text that is
 * the word alone. */
START_TEST (words_are_rows_at_their_last_token)
{
    enum {
        N = 6
    };
    g_autoptr (FoveaSaeBenchWords) words = read_words (N, 0, 5);
    ck_assert_int_eq (words->n, N);
    ck_assert_uint_eq (words->words->len, N);
    for (guint i = 0; i < N; i++) {
        const char *word = words->words->pdata[i];
        gint64 n;
        g_autofree char *text = g_strconcat (" ", word, NULL);
        g_autofree float *rows = run_text (text, &n);
        ck_assert_double_le (support_difference (words->x + i * D, rows + (n - 1) * D, D), 1e-5);
        ck_assert_int_eq (words->letters[i], g_ascii_tolower (*word));
        ck_assert_uint_ge (strlen (word), 2);
        for (const char *at = word; *at != '\0'; at++)
            ck_assert (g_ascii_isalpha (*at));
        const FoveaSaeCodes *codes = words->codes;
        double sum = 0, plain = 0;
        for (gint64 c = codes->offsets[i]; c < codes->offsets[i + 1]; c++)
            sum += (double) codes->values[c];
        for (gint64 c = 0; c < D; c++)
            plain += fabs ((double) words->x[i * D + c]);
        ck_assert_double_eq_tol (sum, plain, 1e-4 * plain);
    }
}
END_TEST

START_TEST (the_seed_orders_words_and_chooses_examples)
{
    g_autoptr (FoveaSaeBenchWords) one = read_words (8, 2, 5), again = read_words (8, 2, 5);
    g_autoptr (FoveaSaeBenchWords) fewer = read_words (3, 2, 5), other = read_words (8, 2, 6);
    guint n_same = 0;
    for (guint i = 0; i < 8; i++) {
        ck_assert_str_eq (one->words->pdata[i], again->words->pdata[i]);
        n_same += g_str_equal (one->words->pdata[i], other->words->pdata[i]);
        for (guint j = 0; j < i; j++)
            ck_assert_str_ne (one->words->pdata[i], one->words->pdata[j]);
    }
    ck_assert_mem_eq (one->x, again->x, 8 * D * sizeof (float));
    ck_assert_uint_lt (n_same, 8);
    for (guint i = 0; i < 3; i++)
        ck_assert_str_eq (one->words->pdata[i], fewer->words->pdata[i]);
    /* Examples in front of a word are others than itself, and change its row. */
    g_autoptr (FoveaSaeBenchWords) alone = read_words (8, 0, 5);
    ck_assert_str_eq (one->words->pdata[0], alone->words->pdata[0]);
    ck_assert_double_gt (support_difference (one->x, alone->x, D), 1e-3);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("sae bench, source");
    TCase *tests = tcase_create ("source");
    tcase_set_timeout (tests, 60);
    tcase_add_checked_fixture (tests, set_up, tear_down);
    tcase_add_test (tests, texts_are_means_over_their_tokens);
    tcase_add_test (tests, labels_are_numbered_as_they_come);
    tcase_add_test (tests, long_texts_are_cut);
    tcase_add_loop_test (tests, texts_that_cannot_be_read_name_their_line, 0, G_N_ELEMENTS (bad));
    tcase_add_test (tests, sources_that_do_not_fit_are_refused);
    tcase_add_test (tests, reading_can_be_cancelled);
    tcase_add_test (tests, words_are_rows_at_their_last_token);
    tcase_add_test (tests, the_seed_orders_words_and_chooses_examples);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
