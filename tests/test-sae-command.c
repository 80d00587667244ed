/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea sae` and its words as their users meet them, with an autoencoder that is perfect
 * by construction: two latents a dimension, one for each sign. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/sae-file.h"
#include "app/sae-job.h"
#include "tests/command-support.h"

enum {
    D = 384, /* of the demo model */
    F = 2 * D,
};

#define SITE "blocks.3.hook_resid_pre"

/* Folder "sae": x = relu (x) - relu (-x). */
static void
save_perfect (float scale)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *folder = g_build_filename (command_folder, "sae", NULL);
    g_autoptr (FoveaSae) sae = fovea_sae_new (FOVEA_SAE_STANDARD, D, D, F, &error);
    for (gint64 c = 0; c < D; c++)
        for (gint64 side = 0; side < 2; side++) {
            gint64 j = 2 * c + side;
            sae->w_enc[c * F + j] = side == 0 ? 1 : -1;
            sae->w_dec[j * D + c] = side == 0 ? scale : -scale;
        }
    fovea_sae_set_metadata (sae, "hook_name", SITE);
    ck_assert_msg (fovea_sae_save (sae, folder, &error), "%s", error != NULL ? error->message : "");
}

static void
capture_demo (const char *points)
{
    g_autofree char *line = g_strdup_printf (
        "fovea capture demo -o a.fovea --device cpu --quiet --points %s"
        " 'It was the best of times, it was the worst of times, it was the age of wisdom.'",
        points);
    command_result_free (command_expect (command_folder, line, 0, NULL));
}

/* A number of `sae eval` by its name. */
static double
read_value (const char *tsv, const char *name)
{
    g_auto (GStrv) lines = g_strsplit (tsv, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        g_auto (GStrv) cells = g_strsplit (lines[i], "\t", -1);
        if (g_strv_length (cells) > 1 && strcmp (cells[0], name) == 0)
            return g_ascii_strtod (cells[1], NULL);
    }
    ck_abort_msg ("no %s in %s", name, tsv);
    return 0;
}

static double
read_number (const char *tsv, guint row, const char *column)
{
    g_autofree char *cell = command_read_cell (tsv, row, column);
    return cell[0] == '\0' ? (double) NAN : g_ascii_strtod (cell, NULL);
}

START_TEST (info_names_architecture_and_site)
{
    save_perfect (1);
    g_autoptr (CommandResult) r =
        command_expect (command_folder, "fovea sae info sae --format tsv", 0, NULL);
    ck_assert_ptr_nonnull (strstr (r->out, "architecture\tstandard"));
    ck_assert_ptr_nonnull (strstr (r->out, "hook_name\t" SITE));
    ck_assert_ptr_nonnull (strstr (r->out, "latents (d_sae)\t768"));
    ck_assert_ptr_nonnull (strstr (r->out, "decoder norms\t1 .. 1"));
}
END_TEST

/* Codes of half the precision stay near those of the whole; a model by itself keeps them all. */
START_TEST (features_of_two_models_are_compared)
{
    save_perfect (1);
    g_autoptr (CommandResult) same = command_expect (
        command_folder,
        "fovea compare demo demo 'The time traveller' --by feature --sae sae --format tsv --quiet",
        0, NULL);
    ck_assert_ptr_nonnull (strstr (same->out, "# hook: " SITE "\n"));
    ck_assert_ptr_nonnull (strstr (same->out, "# kept_firings: 1\n"));
    ck_assert_double_gt (read_number (same->out, 0, "tokens_a"), 0);
    ck_assert_double_eq (read_number (same->out, 0, "change"), 0);
    command_result_free (command_expect (command_folder,
                                         "fovea compare demo demo 'The time' --by feature", 2,
                                         "--by feature and --sae go together"));
    command_result_free (command_expect (command_folder,
                                         "fovea compare demo demo 'The time' --sae sae", 2,
                                         "--by feature and --sae go together"));
    command_result_free (command_expect (command_folder,
                                         "fovea compare demo demo a --by feature --sae none", 1,
                                         "none: no such folder of an autoencoder"));
    g_autofree char *empty = g_build_filename (command_folder, "empty", NULL);
    ck_assert_int_eq (g_mkdir_with_parents (empty, 0700), 0);
    command_result_free (command_expect (command_folder,
                                         "fovea compare demo demo a --by feature --sae empty", 1,
                                         "empty holds no sparse autoencoder"));
}
END_TEST

START_TEST (info_lists_kin_and_the_ends_of_axes)
{
    save_perfect (1);
    g_autoptr (CommandResult) axes =
        command_expect (command_folder, "fovea sae info sae --axes --format tsv", 0, NULL);
    g_autoptr (CommandResult) kin =
        command_expect (command_folder, "fovea sae info sae --kin --format tsv", 0, NULL);
    ck_assert_ptr_nonnull (strstr (axes->out, "\n0\t1\t-1\n2\t3\t-1\n"));
    ck_assert_ptr_nonnull (strstr (kin->out, "\n17\t1\t"));
    command_result_free (
        command_expect (command_folder, "fovea sae info sae --axes --kin", 2, "--axes"));
}
END_TEST

START_TEST (perfect_autoencoder_recovers_everything)
{
    save_perfect (1);
    capture_demo (SITE);
    g_autoptr (CommandResult) r = command_expect (
        command_folder, "fovea sae eval sae a.fovea --model demo --format tsv --quiet", 0, NULL);
    ck_assert_double_eq_tol (read_value (r->out, "explained"), 1, 1e-6);
    ck_assert_double_eq_tol (read_value (r->out, "ce_recovered"), 1, 1e-5);
    ck_assert_double_eq_tol (read_value (r->out, "kl_score"), 1, 1e-5);
    ck_assert_double_eq_tol (read_value (r->out, "bias"), 1, 1e-6);
    ck_assert_double_gt (read_value (r->out, "kl_zero"), .5);
    /* Exactly one of each pair fires. */
    ck_assert_double_eq_tol (read_value (r->out, "l0"), D, .5);
}
END_TEST

START_TEST (shrinking_autoencoder_shows_its_bias)
{
    save_perfect (.5f);
    capture_demo (SITE);
    g_autoptr (CommandResult) r =
        command_expect (command_folder, "fovea sae eval sae a.fovea --format tsv --quiet", 0, NULL);
    ck_assert_double_eq_tol (read_value (r->out, "l2_ratio"), .5, 1e-6);
    ck_assert_double_eq_tol (read_value (r->out, "bias"), .5, 1e-6);
    ck_assert_double_eq_tol (read_value (r->out, "cosine"), 1, 1e-6);
    ck_assert_double_eq_tol (read_value (r->out, "nmse"), .25, 1e-6);
    ck_assert_ptr_null (strstr (r->out, "ce_clean"));
}
END_TEST

START_TEST (a_folded_autoencoder_is_measured_in_raw_units_on_request)
{
    save_perfect (.5f);
    capture_demo (SITE);
    command_result_free (command_expect (command_folder, "fovea sae fold sae -o folded", 0, NULL));
    static const char *const lines[] = {
        "fovea sae eval sae a.fovea --format tsv --quiet",
        "fovea sae eval folded a.fovea --format tsv --quiet",
        "fovea sae eval folded a.fovea --units raw --format tsv --quiet"};
    double l1[3], weighted[3];
    for (int i = 0; i < 3; i++) {
        g_autoptr (CommandResult) r = command_expect (command_folder, lines[i], 0, NULL);
        l1[i] = read_value (r->out, "l1");
        weighted[i] = read_value (r->out, "l1_weighted");
    }
    ck_assert_double_eq_tol (l1[1], .5 * l1[0], 1e-5 * l1[0]);
    ck_assert_double_eq_tol (l1[2], l1[0], 1e-5 * l1[0]);
    ck_assert_double_eq_tol (weighted[2], weighted[0], 1e-5 * l1[0]);
}
END_TEST

START_TEST (ablation_tells_which_latents_decide)
{
    save_perfect (1);
    static const char words[] =
        "fovea sae ablate demo \"It was the best of times, it was the\" --sae "
        "sae --answer \" worst\" --against \" best\" --format tsv --quiet";
    g_autofree char *other =
        g_strconcat (words, " --other \"It is the best of times, it is the\"", NULL);
    g_autofree char *far = g_strconcat (words, " --position 99", NULL);
    static const char several[] = "fovea sae ablate demo \"It was\" --sae sae --answer \"qzx jkw\" "
                                  "--against \" of\"";
    g_autoptr (CommandResult) r = command_expect (command_folder, other, 0, NULL);
    ck_assert_ptr_nonnull (strstr (r->out, "# position: 4\n"));
    ck_assert_ptr_nonnull (strstr (r->out, "\nnothing\t"));
    ck_assert_ptr_nonnull (strstr (r->out, "\nnothing, in other words\t"));
    /* Exactly one of each pair fires. */
    guint rows = 0;
    for (const char *at = r->out; (at = strstr (at, "\nlatent\t")) != NULL; at++)
        rows++;
    ck_assert_uint_eq (rows, D);
    command_result_free (command_expect (command_folder, far, 1, "position 99 is outside"));
    command_result_free (
        command_expect (command_folder, several, 2, "tokens of this model, not one"));
    command_result_free (command_expect (
        command_folder, "fovea sae ablate demo \"It was\" --sae sae --answer \" of\"", 2,
        "--against"));
    command_result_free (command_expect (command_folder,
                                         "fovea sae ablate demo \"It was\" --sae sae --answer "
                                         "\" of\" --against \" the\"",
                                         2, "--position"));
}
END_TEST

START_TEST (tables_stay_in_the_store)
{
    save_perfect (1);
    capture_demo (SITE);
    g_autoptr (CommandResult) r = command_expect (
        command_folder, "fovea sae eval sae a.fovea --latents --format tsv --quiet", 0, NULL);
    g_autofree char *path = g_build_filename (command_folder, "a.fovea", NULL);
    g_autoptr (FoveaStore) store = fovea_store_open (path, FOVEA_STORE_READ, NULL);
    g_autoptr (FoveaTable) kept = fovea_store_get_table (store, 0, "sae_latents", NULL);
    ck_assert_ptr_nonnull (kept);
    ck_assert_uint_eq (fovea_table_get_n_rows (kept), F);
    double first = fovea_table_read_number (kept, 0, "density");
    double second = fovea_table_read_number (kept, 1, "density");
    ck_assert_double_eq_tol (first + second, 1, 1e-9);
    g_autoptr (FoveaTable) quality = fovea_store_get_table (store, 0, "sae_quality", NULL);
    ck_assert_str_eq (fovea_table_get_note (quality, "site"), SITE);
    ck_assert_ptr_nonnull (strstr (r->out, "two_sidedness"));
    g_autoptr (CommandResult) densities = command_expect (
        command_folder, "fovea sae eval sae a.fovea --densities --format tsv --quiet", 0, NULL);
    ck_assert_ptr_nonnull (strstr (densities->out, "from\tto\tlatents"));
    command_result_free (command_expect (
        command_folder, "fovea sae eval sae a.fovea --densities --latents", 2, "--densities"));
}
END_TEST

START_TEST (what_cannot_be_measured_is_one_clear_line)
{
    save_perfect (1);
    capture_demo ("blocks.0.hook_resid_pre");
    command_result_free (command_expect (command_folder, "fovea sae eval sae a.fovea --quiet", 1,
                                         "blocks.3.hook_resid_pre was not kept"));
    command_result_free (command_expect (command_folder, "fovea sae encode sae a.fovea --quiet", 1,
                                         "; --model runs the model for it"));
    command_result_free (
        command_expect (command_folder, "fovea sae info a.fovea", 1, "no sparse autoencoder"));
    command_result_free (command_expect (
        command_folder, "fovea sae eval sae a.fovea --sequence 7 --quiet", 1, "no such sequence"));
}
END_TEST

START_TEST (dashboard_is_a_figure_or_json)
{
    save_perfect (1);
    capture_demo (SITE);
    command_result_free (command_expect (
        command_folder, "fovea sae dashboard sae a.fovea --latent 17 --model demo -o l.svg --quiet",
        0, NULL));
    command_result_free (command_expect (
        command_folder, "fovea sae dashboard sae a.fovea --latent 17 -o l.json --quiet", 0, NULL));
    command_result_free (command_expect (
        command_folder,
        "fovea sae dashboard sae a.fovea --latent 17 -o d.svg --theme dark --quiet && "
        "grep -c '<rect.*#1E1E1E' d.svg && grep -c 'theme.*dark' d.svg && ! grep '<rect' l.svg",
        0, NULL));
    g_autofree char *svg = NULL, *json = NULL;
    g_autofree char *svg_path = g_build_filename (command_folder, "l.svg", NULL);
    g_autofree char *json_path = g_build_filename (command_folder, "l.json", NULL);
    ck_assert (g_file_get_contents (svg_path, &svg, NULL, NULL));
    ck_assert (g_file_get_contents (json_path, &json, NULL, NULL));
    ck_assert_ptr_nonnull (strstr (svg, "How strongly it fires"));
    ck_assert_ptr_nonnull (strstr (svg, "cosine −1.00."));
    ck_assert_ptr_nonnull (strstr (json, "\"index\" : \"17\""));
    /* Without a model nothing is known of tokens. */
    ck_assert_ptr_null (strstr (json, "tokenSets"));
    /* The other end of the axis is the latent for the other sign. */
    ck_assert_ptr_nonnull (strstr (json, "\"oppositeIndices\" : [\n    16\n  ]"));
    command_result_free (command_expect (
        command_folder, "fovea sae dashboard sae a.fovea --latent 768 -o l.svg", 1, "0 .. 767"));
    command_result_free (command_expect (command_folder, "fovea sae dashboard sae a.fovea", 2,
                                         "needs --latent J and -o FILE"));
}
END_TEST

START_TEST (kept_codes_give_the_same_dashboard)
{
    static const char line[] =
        "fovea sae dashboard sae a.fovea --latent 18 -o %s --examples 3 --quiet";
    save_perfect (1);
    capture_demo (SITE);
    g_autofree char *fresh = g_strdup_printf (line, "fresh.json");
    g_autofree char *kept = g_strdup_printf (line, "kept.json");
    command_result_free (command_expect (command_folder, fresh, 0, NULL));
    command_result_free (
        command_expect (command_folder, "fovea sae encode sae a.fovea --quiet", 0, NULL));
    command_result_free (command_expect (command_folder, kept, 0, NULL));
    g_autoptr (CommandResult) same =
        command_run_line (command_folder, "cmp fresh.json kept.json && grep -c tokens kept.json");
    ck_assert_msg (same->status == 0, "%s", same->out);
    ck_assert_int_ge (atoi (same->out), 1);
}
END_TEST

/* One of a pair fires where the other does not, so that they go against each other. */
START_TEST (correlated_latents_come_from_kept_codes)
{
    static const char line[] =
        "fovea sae dashboard sae a.fovea --latent 18 --correlated -o c.%s --quiet";
    save_perfect (1);
    capture_demo (SITE);
    g_autofree char *json = g_strdup_printf (line, "json"), *svg = g_strdup_printf (line, "svg");
    command_result_free (command_expect (command_folder, json, 1, "has no codes of this"));
    command_result_free (
        command_expect (command_folder, "fovea sae encode sae a.fovea --quiet", 0, NULL));
    command_result_free (command_expect (command_folder, svg, 2, "--correlated goes with"));
    command_result_free (command_expect (command_folder, json, 0, NULL));
    g_autoptr (CommandResult) r = command_run_line (
        command_folder, "grep -c correlated_features c.json; fovea sae dashboard sae a.fovea"
                        " --latent 18 -o d.json --quiet; grep -c correlated_features d.json");
    ck_assert_str_eq (r->out, "3\n0\n");
}
END_TEST

/* The largest code of a page. */
static double
read_largest (const char *name)
{
    g_autofree char *path = g_build_filename (command_folder, name, NULL);
    g_autofree char *json = NULL;
    ck_assert (g_file_get_contents (path, &json, NULL, NULL));
    const char *at = strstr (json, "\"maxValue\" : ");
    ck_assert_ptr_nonnull (at);
    return g_ascii_strtod (at + strlen ("\"maxValue\" : "), NULL);
}

/* Decoder rows of length 4: a folded code is four times the raw one, and the largest raw code is the
 * same from the folded folder on request. */
START_TEST (folded_codes_come_in_raw_units_on_request)
{
    static const char *const lines[] = {
        "fovea sae fold sae -o folded",
        "for j in 18 19; do"
        " fovea sae dashboard sae a.fovea --latent $j -o plain$j.json --quiet"
        " && fovea sae dashboard folded a.fovea --latent $j -o folded$j.json --quiet"
        " && fovea sae dashboard folded a.fovea --latent $j --units raw -o raw$j.json --quiet"
        " || exit 1; done"};
    save_perfect (4);
    capture_demo (SITE);
    for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
        command_result_free (command_expect (command_folder, lines[i], 0, NULL));
    double plain = read_largest ("plain18.json");
    ck_assert_double_gt (plain, 0);
    ck_assert_double_eq_tol (read_largest ("folded18.json"), 4 * plain, 1e-4 * plain);
    ck_assert_double_eq_tol (read_largest ("raw18.json"), plain, 1e-5 * plain);
    g_autoptr (CommandResult) r =
        command_expect (command_folder, "fovea sae info folded --format tsv", 0, NULL);
    ck_assert_ptr_nonnull (strstr (r->out, "decoder norm folded\tyes"));
    ck_assert_ptr_nonnull (strstr (r->out, "decoder norms\t1 .. 1"));
    command_result_free (
        command_expect (command_folder, "fovea sae fold sae", 2, "needs -o FOLDER"));
}
END_TEST

START_TEST (removed_sequence_is_in_no_dashboard)
{
    save_perfect (1);
    for (int i = 0; i < 2; i++)
        capture_demo (SITE);
    command_result_free (
        command_expect (command_folder, "fovea sae encode sae a.fovea --quiet", 0, NULL));
    command_result_free (
        command_expect (command_folder, "fovea store remove a.fovea", 2, "needs --sequence N"));
    command_result_free (command_expect (command_folder, "fovea store remove a.fovea --sequence 7",
                                         1, "no sequence 7"));
    command_result_free (
        command_expect (command_folder, "fovea store remove a.fovea --sequence 1", 0, NULL));
    g_autoptr (CommandResult) r = command_run_line (
        command_folder,
        "for j in 18 19; do fovea sae dashboard sae a.fovea --latent $j -o $j.json --quiet; done;"
        " cat 18.json 19.json | grep '\"sequence\" :' | sort | uniq");
    ck_assert_ptr_nonnull (strstr (r->out, "\"sequence\" : 2"));
    ck_assert_ptr_null (strstr (r->out, "\"sequence\" : 1"));
}
END_TEST

/* Numbers against words: a latent or a direction tells them apart; the rules are kept. */
START_TEST (probe_tells_two_kinds_of_text_apart)
{
    static const char *const lines[] = {
        "for i in 1 2 3 4 5 6; do echo \"1$i 2$i 3$i 4$i 5$i 6$i 7$i 8$i 9$i\" > n$i.txt;"
        " echo \"She said that the garden was green in the month of May $i\" > w$i.txt; done;"
        " fovea capture demo -o p.fovea --quiet --device cpu --points " SITE
        " $(for i in 1 2 3 4 5 6; do echo -f n$i.txt -f w$i.txt; done)",
        "fovea sae probe sae p.fovea --positive 'n*' --negative 'w*' --latents 2 --latent 700"
        " --format tsv --quiet",
    };
    save_perfect (1);
    command_result_free (command_expect (command_folder, lines[0], 0, NULL));
    g_autoptr (CommandResult) r = command_expect (command_folder, lines[1], 0, NULL);
    ck_assert_double_eq (read_number (r->out, 0, "auroc"), 1);
    ck_assert_double_eq (read_number (r->out, 1, "auroc"), 1);
    ck_assert_double_eq (read_number (r->out, 3, "latent"), 700);
    ck_assert_double_gt (read_number (r->out, 4, "auroc"), .9);
    ck_assert_ptr_nonnull (strstr (r->out, "# test_negative: 3"));
    command_result_free (command_expect (
        command_folder, "fovea sae probe sae p.fovea --positive 'n*' --negative '*' --quiet", 1,
        "is of both kinds"));
    command_result_free (command_expect (
        command_folder, "fovea sae probe sae p.fovea --positive 'n1*' --negative 'w*' --quiet", 1,
        "\"n1*\" names 1, \"w*\" 6"));
    command_result_free (command_expect (command_folder, "fovea sae probe sae p.fovea", 2,
                                         "needs --positive GLOB and --negative GLOB"));
    command_result_free (command_expect (
        command_folder,
        "fovea sae dashboard sae p.fovea --latent 700 --positive 'n*' --negative 'w*' -o p.svg"
        " --quiet && grep -c 'this latent, when' p.svg && grep -c 'logistic probe' p.svg",
        0, NULL));
    command_result_free (command_expect (
        command_folder, "fovea sae dashboard sae p.fovea --latent 7 --positive 'n*' -o p.svg", 2,
        "--positive GLOB and --negative GLOB go together"));
}
END_TEST

START_TEST (model_gives_rows_that_the_store_lacks)
{
    save_perfect (1);
    capture_demo ("blocks.0.hook_resid_pre");
    g_autoptr (CommandResult) r = command_expect (
        command_folder, "fovea sae eval sae a.fovea --model demo --format tsv --quiet", 0, NULL);
    ck_assert_double_eq_tol (read_value (r->out, "explained"), 1, 1e-6);
}
END_TEST

START_TEST (steering_sweeps_both_directions_beside_the_untouched_model)
{
    save_perfect (1);
    g_autoptr (CommandResult) r = command_expect (
        command_folder,
        "fovea sae steer demo 'It was the best of' --sae sae --latent 17 --value=-40,0,40"
        " --mode add --watch ' the' --max-tokens 5 --format tsv",
        0, NULL);
    ck_assert (isnan (read_number (r->out, 0, "value")));
    ck_assert_double_eq (read_number (r->out, 0, "kl"), 0);
    ck_assert_double_eq (read_number (r->out, 1, "value"), -40);
    ck_assert_double_gt (read_number (r->out, 1, "kl"), 1e-6);
    ck_assert_double_gt (read_number (r->out, 3, "kl"), 1e-6);
    /* Nothing added is nothing changed, to the last bit of the text. */
    g_autofree char *clean = command_read_cell (r->out, 0, "continuation");
    g_autofree char *same = command_read_cell (r->out, 2, "continuation");
    ck_assert_double_eq (read_number (r->out, 2, "kl"), 0);
    ck_assert_double_eq (read_number (r->out, 2, "changed"), 0);
    ck_assert_str_eq (clean, same);
    ck_assert_double_gt (read_number (r->out, 0, "watched"), 0);
    ck_assert_double_eq (read_number (r->out, 0, "watched"), read_number (r->out, 2, "watched"));
}
END_TEST

START_TEST (steered_next_tokens_come_with_their_clean_probability)
{
    save_perfect (1);
    g_autoptr (CommandResult) r = command_expect (
        command_folder,
        "fovea sae steer demo 'It was the best of' --sae sae --latent 17 --value 60 --next 2"
        " --format tsv",
        0, NULL);
    for (guint row = 0; row < 2; row++)
        ck_assert_double_eq (read_number (r->out, row, "probability"),
                             read_number (r->out, row, "clean"));
    ck_assert_double_eq (read_number (r->out, 2, "value"), 60);
    ck_assert_double_eq (read_number (r->out, 3, "rank"), 2);
    ck_assert_double_le (read_number (r->out, 1, "probability"),
                         read_number (r->out, 0, "probability"));
}
END_TEST

START_TEST (factors_are_multiples_of_the_largest_kept_code)
{
    save_perfect (1);
    capture_demo (SITE);
    static const char line[] = "fovea sae steer demo 'It was' --sae sae --latent 18 --factor 1,-.5"
                               " --store a.fovea --max-tokens 0 --format tsv";
    command_result_free (
        command_expect (command_folder, line, 1, "has no codes of this autoencoder"));
    command_result_free (
        command_expect (command_folder, "fovea sae encode sae a.fovea --quiet", 0, NULL));
    g_autoptr (CommandResult) r = command_expect (command_folder, line, 0, NULL);
    double most = read_number (r->out, 1, "value");
    ck_assert_double_gt (most, 0);
    ck_assert_double_eq_tol (read_number (r->out, 2, "value"), -most / 2, 1e-6 * most);
    ck_assert (isnan (read_number (r->out, 1, "perplexity")));
}
END_TEST

START_TEST (steering_says_what_is_wrong_with_its_options)
{
    static const struct {
        const char *options, *part;
        int status;
    } cases[] = {
        {"x --sae sae --latent 1", "needs --sae FOLDER, --latent J, and --value or --factor", 2},
        {"x --sae sae --latent 1 --value 1,b", "\"b\" is not a number", 2},
        {"x --sae sae --latent 1 --value 1 --factor 1", "--factor", 2},
        {"x --sae sae --latent 1 --factor 1", "--store", 2},
        {"x --sae sae --latent 1 --value 1 --seed 3", "--temperature", 2},
        {"x --sae sae --latent 1 --value 1 --next 3 --max-tokens 4", "--next", 2},
        {"x --sae sae --latent 1 --value 1 --watch 'two words'", "not one", 2},
        {"x --sae sae --latent 768 --value 1", "0 .. 767", 1},
        {"x --sae sae --latent 1 --value 1 --at 99", "position 99 is outside", 1},
        {"x --sae sae --latent 1 --value 1 --at 0 --all-tokens", "--at", 2},
    };
    save_perfect (1);
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *line = g_strdup_printf ("fovea sae steer demo %s", cases[i].options);
        command_result_free (command_expect (command_folder, line, cases[i].status, cases[i].part));
    }
}
END_TEST

/* Codes and training are asked for on a GPU by name; one that is not there is no reason to go on. */
START_TEST (a_gpu_that_is_not_there_is_refused)
{
    static const char *const lines[] = {
        "fovea sae encode sae a.fovea --device cuda:99 --quiet",
        "fovea sae eval sae a.fovea --device cuda:99 --quiet",
        "fovea sae train a.fovea --hook " SITE
        " -o out --device cuda:99 --steps 2 --batch 8 --quiet",
    };
    save_perfect (1);
    capture_demo (SITE);
    for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
        command_result_free (command_expect (command_folder, lines[i], 1, "CUDA"));
}
END_TEST

int
main (void)
{
    TCase *tc = tcase_create ("sae command");
    tcase_set_timeout (tc, 120);
    tcase_add_checked_fixture (tc, command_set_up, command_tear_down);
    tcase_add_test (tc, info_names_architecture_and_site);
    tcase_add_test (tc, a_gpu_that_is_not_there_is_refused);
    tcase_add_test (tc, info_lists_kin_and_the_ends_of_axes);
    tcase_add_test (tc, perfect_autoencoder_recovers_everything);
    tcase_add_test (tc, shrinking_autoencoder_shows_its_bias);
    tcase_add_test (tc, a_folded_autoencoder_is_measured_in_raw_units_on_request);
    tcase_add_test (tc, ablation_tells_which_latents_decide);
    tcase_add_test (tc, tables_stay_in_the_store);
    tcase_add_test (tc, what_cannot_be_measured_is_one_clear_line);
    tcase_add_test (tc, dashboard_is_a_figure_or_json);
    tcase_add_test (tc, kept_codes_give_the_same_dashboard);
    tcase_add_test (tc, correlated_latents_come_from_kept_codes);
    tcase_add_test (tc, folded_codes_come_in_raw_units_on_request);
    tcase_add_test (tc, removed_sequence_is_in_no_dashboard);
    tcase_add_test (tc, probe_tells_two_kinds_of_text_apart);
    tcase_add_test (tc, model_gives_rows_that_the_store_lacks);
    tcase_add_test (tc, steering_sweeps_both_directions_beside_the_untouched_model);
    tcase_add_test (tc, features_of_two_models_are_compared);
    tcase_add_test (tc, steered_next_tokens_come_with_their_clean_probability);
    tcase_add_test (tc, factors_are_multiples_of_the_largest_kept_code);
    tcase_add_test (tc, steering_says_what_is_wrong_with_its_options);
    Suite *suite = suite_create ("sae command");
    suite_add_tcase (suite, tc);
    return support_run (suite);
}
