/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea sae bench` with the demo model and an autoencoder that loses nothing: what latents know is then
 * what the activations know, and without all of them nothing is left. */
#include <stdlib.h>
#include <string.h>

#include "analysis/sae-file.h"
#include "storage/store.h"
#include "tests/command-support.h"

enum {
    D = 384, /* of the demo model */
    F = 2 * D,
    TEXTS = 80
};

#define SITE "blocks.3.hook_resid_pre"

/* Folder "sae": x = relu (x) - relu (-x). */
static void
save_perfect (void)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *folder = g_build_filename (command_folder, "sae", NULL);
    g_autoptr (FoveaSae) sae = fovea_sae_new (FOVEA_SAE_STANDARD, D, D, F, &error);
    for (gint64 j = 0; j < F; j++) {
        float sign = j % 2 == 0 ? 1 : -1;
        sae->w_enc[j / 2 * F + j] = sign;
        sae->w_dec[j * D + j / 2] = sign;
    }
    fovea_sae_set_metadata (sae, "hook_name", SITE);
    ck_assert_msg (fovea_sae_save (sae, folder, &error), "%s", error != NULL ? error->message : "");
}

/* Texts about animals or wars, told of a man or a woman. */
static void
save_texts (gboolean two)
{
    static const char *const things[2][4] = {{"dog", "cat", "horse", "bird"},
                                             {"king", "army", "soldier", "castle"}};
    static const char *const people[2][2] = {{"he", "father"}, {"she", "mother"}};
    static const char *const names[2] = {"animal", "war"}, *const sexes[2] = {"m", "f"};
    g_autoptr (GString) text = g_string_new ("# label and text\n\n");
    g_autofree char *path = g_build_filename (command_folder, "texts.tsv", NULL);
    for (int i = 0; i < TEXTS; i++) {
        int a = i % 2, b = i / 2 % 2;
        g_string_append_printf (text, "%s\t", names[a]);
        if (two)
            g_string_append_printf (text, "%s\t", sexes[b]);
        g_string_append_printf (text, "The %s and the %s were seen when %s went home\n",
                                things[a][i / 4 % 4], things[a][i / 16 % 4], people[b][i / 8 % 2]);
    }
    ck_assert (g_file_set_contents (path, text->str, -1, NULL));
}

static double
read_cell (const char *tsv, const char *column, guint row)
{
    g_autofree char *cell = command_read_cell (tsv, row, column);
    return g_ascii_strtod (cell, NULL);
}

START_TEST (probing_finds_the_classes_of_labelled_texts)
{
    save_perfect ();
    save_texts (FALSE);
    g_autoptr (CommandResult) r = command_expect (
        command_folder,
        "fovea sae bench sae --measure probing --model demo --texts texts.tsv --latents 1,20"
        " --device cpu --format tsv --quiet",
        0, NULL);
    ck_assert_double_eq (read_cell (r->out, "latents", 0), 1);
    ck_assert_double_gt (read_cell (r->out, "accuracy", 1), 0.9);
    ck_assert_double_gt (read_cell (r->out, "activations", 0), 0.9);
    ck_assert_ptr_nonnull (strstr (r->out, "animal\t"));
}
END_TEST

/* Without any latent rows are all alike, so every probe is at chance. */
START_TEST (nothing_is_left_of_a_class_without_all_latents)
{
    save_perfect ();
    save_texts (FALSE);
    g_autoptr (CommandResult) r = command_expect (
        command_folder,
        "fovea sae bench sae --measure tpp --model demo --texts texts.tsv --latents 768"
        " --device cpu --format tsv --quiet",
        0, NULL);
    ck_assert_double_gt (read_cell (r->out, "intended", 0), 0.3);
}
END_TEST

START_TEST (removal_is_measured_and_kept_in_a_store)
{
    g_autofree char *path = g_build_filename (command_folder, "a.fovea", NULL);
    save_perfect ();
    save_texts (TRUE);
    command_result_free (command_expect (
        command_folder, "fovea capture demo -o a.fovea --device cpu --quiet 'A king.'", 0, NULL));
    g_autoptr (CommandResult) r = command_expect (
        command_folder,
        "fovea sae bench sae --measure scr --model demo --texts texts.tsv --latents 2,100"
        " --device cpu --format tsv --quiet --store a.fovea",
        0, NULL);
    for (guint row = 0; row < 2; row++) {
        double base = read_cell (r->out, "biased", row),
               clean = read_cell (r->out, "balanced", row);
        double ablated = read_cell (r->out, "ablated", row);
        double score = read_cell (r->out, "score", row);
        if (clean - base < 0.001)
            ck_assert_double_eq (score, 0);
        else
            ck_assert_double_eq_tol (score, (ablated - base) / (clean - base), 1e-4);
    }
    g_autoptr (FoveaStore) store = fovea_store_open (path, FOVEA_STORE_READ, NULL);
    g_autoptr (FoveaTable) table =
        fovea_store_get_table (store, 0, "sae_spurious_correlation", NULL);
    ck_assert_ptr_nonnull (table);
}
END_TEST

/* One code a number, each in its sign's latent: 384 that fire in some share of the rows. */
START_TEST (description_length_comes_from_a_store)
{
    save_perfect ();
    command_result_free (
        command_expect (command_folder,
                        "fovea capture demo -o a.fovea --device cpu --quiet --points " SITE
                        " 'It was the best of times, it was the worst of times.'",
                        0, NULL));
    g_autoptr (CommandResult) r =
        command_expect (command_folder,
                        "fovea sae bench sae --measure mdl --store a.fovea --format tsv"
                        " --tolerance 1000 --quiet",
                        0, NULL);
    double bits = read_cell (r->out, "value", 0), firing = read_cell (r->out, "value", 1);
    ck_assert_double_gt (firing, 0);
    ck_assert_double_lt (firing, F); /* at most a bit a latent */
    ck_assert_double_eq_tol (bits, firing + read_cell (r->out, "value", 2), 1e-2);
    ck_assert_double_le (read_cell (r->out, "value", 2), 2 * D + 1e-6); /* of four bins */
    ck_assert_double_eq (read_cell (r->out, "value", 3), 4);
}
END_TEST

START_TEST (absorption_runs_over_words_of_the_vocabulary)
{
    save_perfect ();
    g_autoptr (CommandResult) r = command_expect (
        command_folder,
        "fovea sae bench sae --measure absorption --model demo --words 60 --device cpu"
        " --format tsv --quiet",
        0, NULL);
    ck_assert_ptr_nonnull (strstr (r->out, "48 train, 12 test words"));
    ck_assert_ptr_nonnull (strstr (r->out, "\nmean\t"));
    ck_assert_ptr_nonnull (strstr (r->out, "\ns\t"));
}
END_TEST

START_TEST (weights_are_measured_without_model_or_store)
{
    save_perfect ();
    g_autoptr (CommandResult) r = command_expect (
        command_folder, "fovea sae bench sae --measure weights --format tsv", 0, NULL);
    ck_assert_ptr_nonnull (strstr (r->out, "\nencoder_decoder_cosine\t768\t1\t"));
    ck_assert_ptr_nonnull (strstr (r->out, "\nmost_opposite_decoder_cosine\t768\t-1\t"));
}
END_TEST

START_TEST (small_autoencoders_of_decoder_rows_are_a_row_each)
{
    save_perfect ();
    g_autoptr (CommandResult) r = command_expect (
        command_folder, "fovea sae bench sae --measure meta --latents 8,16 --format tsv", 0, NULL);
    ck_assert_ptr_nonnull (strstr (r->out, "\n8\t768\t"));
    ck_assert_ptr_nonnull (strstr (r->out, "\n16\t768\t"));
    command_result_free (command_expect (command_folder,
                                         "fovea sae bench sae --measure meta --latents 769", 1,
                                         "769 latents for 768"));
    command_result_free (command_expect (command_folder,
                                         "fovea sae bench sae --measure meta --model demo", 2,
                                         "--model has no effect"));
}
END_TEST

START_TEST (what_a_measure_lacks_or_cannot_use_is_named)
{
    static const struct {
        const char *words, *part;
        int status;
    } lines[] = {
        {"", "--measure", 2},
        {"--measure mdl", "mdl needs --store", 2},
        {"--measure probing --model demo", "probing needs --texts", 2},
        {"--measure absorption --model demo --texts a.tsv", "--texts has no effect", 2},
        {"--measure mdl --store a.fovea --words 3", "--words has no effect", 2},
        {"--measure mdl --store a.fovea --precision bf16", "--precision has no effect", 2},
        {"--measure weights --seed 3", "--seed has no effect", 2},
        {"--measure weights --tolerance 3", "--tolerance has no effect", 2},
        {"--measure meta --run 1", "--run has no effect without --store", 2},
        {"--measure probing --model demo --texts texts.tsv --device cpu --memory 1M",
         "128 tokens need ", 1},
        {"--measure probing --model demo --texts texts.tsv --device cpu --precision tf32",
         "precision tf32 is a GPU's", 1},
        {"--measure probing --model demo --texts texts.tsv --latents 769 --device cpu --quiet",
         "769 is outside 1 .. 768", 1},
        {"--measure scr --model demo --texts texts.tsv --device cpu --quiet",
         "line 3: expected two labels", 1},
        {"--measure tpp --model demo --texts none.tsv --quiet", "none.tsv", 1},
    };
    save_perfect ();
    save_texts (FALSE);
    for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
        g_autofree char *line = g_strdup_printf ("fovea sae bench sae %s", lines[i].words);
        command_result_free (command_expect (command_folder, line, lines[i].status, lines[i].part));
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("sae bench");
    TCase *tests = tcase_create ("command");
    tcase_set_timeout (tests, 120);
    tcase_add_checked_fixture (tests, command_set_up, command_tear_down);
    tcase_add_test (tests, probing_finds_the_classes_of_labelled_texts);
    tcase_add_test (tests, nothing_is_left_of_a_class_without_all_latents);
    tcase_add_test (tests, removal_is_measured_and_kept_in_a_store);
    tcase_add_test (tests, description_length_comes_from_a_store);
    tcase_add_test (tests, absorption_runs_over_words_of_the_vocabulary);
    tcase_add_test (tests, weights_are_measured_without_model_or_store);
    tcase_add_test (tests, small_autoencoders_of_decoder_rows_are_a_row_each);
    tcase_add_test (tests, what_a_measure_lacks_or_cannot_use_is_named);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
