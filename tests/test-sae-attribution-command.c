/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea sae attribution` as its users meet it, with an autoencoder of the bundled model's z whose
 * latents are numbers of one head each, one for each sign. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/sae-file.h"
#include "tests/command-support.h"

enum {
    D = 384, /* of the demo model: 12 heads of 32, as wide as its stream */
    F = 2 * D,
    WIDTH = 32,
};

#define TEXT "'It was the best of times, it was the worst of times'"

/* x = relu (x) - relu (-x). */
static void
save_perfect (const char *name, const char *site)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *folder = g_build_filename (command_folder, name, NULL);
    g_autoptr (FoveaSae) sae = fovea_sae_new (FOVEA_SAE_STANDARD, D, D, F, NULL);
    for (gint64 c = 0; c < D; c++)
        for (gint64 side = 0; side < 2; side++)
            sae->w_enc[c * F + 2 * c + side] = sae->w_dec[(2 * c + side) * D + c] =
                side == 0 ? 1 : -1;
    sae->hook_z = strstr (site, "hook_z") != NULL;
    fovea_sae_set_metadata (sae, "hook_name", site);
    ck_assert_msg (fovea_sae_save (sae, folder, &error), "%s", error != NULL ? error->message : "");
}

/* Sum of a column over the rows, and the number in a comment line. */
static double
sum_column (const char *tsv, const char *column, guint *n_rows)
{
    g_auto (GStrv) lines = g_strsplit (tsv, "\n", -1);
    int at = -1;
    double sum = 0;
    *n_rows = 0;
    for (guint i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++) {
        g_auto (GStrv) cells = g_strsplit (lines[i], "\t", -1);
        if (lines[i][0] == '#')
            continue;
        if (at < 0) {
            for (at = 0; cells[at] != NULL && strcmp (cells[at], column) != 0; at++)
                ;
            ck_assert_ptr_nonnull (cells[at]);
            continue;
        }
        sum += g_ascii_strtod (cells[at], NULL);
        ++*n_rows;
    }
    return sum;
}

static double
read_note (const char *tsv, const char *name)
{
    g_autofree char *start = g_strdup_printf ("# %s: ", name);
    const char *at = strstr (tsv, start);
    ck_assert_msg (at != NULL, "no %s in %s", name, tsv);
    return g_ascii_strtod (at + strlen (start), NULL);
}

static CommandResult *
attribute (const char *more)
{
    g_autofree char *line = g_strdup_printf (
        "fovea sae attribution demo " TEXT " --sae z --latent 130 --format tsv %s", more);
    return command_expect (command_folder, line, 0, NULL);
}

START_TEST (sources_heads_and_cells_add_up_to_the_code)
{
    static const char *const ways[] = {"sources", "heads", "cells"};
    save_perfect ("z", "blocks.3.attn.hook_z");
    for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
        g_autofree char *more = g_strdup_printf ("--most 100000 --by %s", ways[i]);
        g_autoptr (CommandResult) r = attribute (more);
        guint n;
        double sum = sum_column (r->out, "value", &n);
        ck_assert_double_gt (read_note (r->out, "code"), 0);
        ck_assert_double_eq_tol (sum, read_note (r->out, "attributed"), 1e-4);
        ck_assert_double_eq_tol (sum + read_note (r->out, "biases"), read_note (r->out, "code"),
                                 1e-4);
        ck_assert_uint_eq (
            n, i == 1 ? 12 : (guint) (read_note (r->out, "position") + 1) * (i == 0 ? 1 : 12));
    }
}
END_TEST

START_TEST (latent_of_one_head_comes_from_that_head)
{
    save_perfect ("z", "blocks.3.attn.hook_z");
    g_autoptr (CommandResult) r = attribute ("--by heads --most 1");
    /* Dimension 65 is head 2's second. */
    ck_assert_ptr_nonnull (strstr (r->out, "\n3\t2\t-1\t\t"));
    ck_assert (g_str_has_suffix (g_strchomp (r->out), "\t1\t1"));
    g_autoptr (CommandResult) heads =
        command_expect (command_folder, "fovea sae info z --heads 12 --format tsv", 0, NULL);
    guint n;
    ck_assert_double_eq (sum_column (heads->out, "share", &n), 120);
    ck_assert_uint_eq (n, 120);
    g_autofree char *first = g_strdup_printf ("\n2\t1\t%d\t1\n", 2 * 2 * WIDTH);
    ck_assert_ptr_nonnull (strstr (heads->out, first));
}
END_TEST

/* A begin token's stream is larger than all others', and is not what a text is about. */
START_TEST (token_is_chosen_among_those_of_the_text)
{
    save_perfect ("stream", "blocks.2.hook_resid_post");
    for (int side = 0; side < 2; side++) {
        g_autofree char *line = g_strdup_printf (
            "fovea sae attribution demo " TEXT " --sae stream --latent %d --format tsv", 2 + side);
        g_autoptr (CommandResult) r = command_run_line (command_folder, line);
        const char *root = strstr (r->out, "\n0\tstream latent\t3\t");
        ck_assert_msg (root == NULL || root[strlen ("\n0\tstream latent\t3\t")] != '0', "%s",
                       r->out);
        ck_assert (root != NULL || strstr (r->err, "fires at no token") != NULL);
    }
}
END_TEST

START_TEST (paths_go_through_every_autoencoder_given)
{
    save_perfect ("z", "blocks.3.attn.hook_z");
    save_perfect ("stream", "blocks.2.hook_resid_post");
    save_perfect ("below", "blocks.1.attn.hook_z");
    g_autoptr (CommandResult) r =
        attribute ("--by paths --sae stream --sae below --most 20 --share 0.001 --depth 3");
    ck_assert_ptr_nonnull (strstr (r->out, "\n0\tattention latent\t3\t"));
    ck_assert_ptr_nonnull (strstr (r->out, "\n1\tstream latent\t3\t"));
    ck_assert_ptr_nonnull (strstr (r->out, "\n2\tMLP\t"));
    ck_assert_ptr_nonnull (strstr (r->out, "\n3\tattention latent\t1\t"));
    ck_assert_ptr_nonnull (strstr (r->out, "\n1\trest\t"));
}
END_TEST

START_TEST (dashboard_underlines_sources_where_the_store_has_attention)
{
    static const char *const points[] = {"attention,blocks.3.attn.hook_z", "blocks.3.attn.hook_z"};
    save_perfect ("z", "blocks.3.attn.hook_z");
    for (guint i = 0; i < G_N_ELEMENTS (points); i++) {
        g_autofree char *line = g_strdup_printf (
            "fovea capture demo -o %u.fovea --quiet --device cpu --points %s " TEXT
            " && for f in svg json; do fovea sae dashboard z %u.fovea --latent 130 -o %u.$f --quiet"
            " || exit 1; done; grep -c underlined %u.svg; grep -c dfaValues %u.json",
            i, points[i], i, i, i, i);
        g_autoptr (CommandResult) r = command_run_line (command_folder, line);
        g_auto (GStrv) counts = g_strsplit (r->out, "\n", -1);
        ck_assert_msg (g_strv_length (counts) >= 2, "%s", r->err);
        ck_assert_int_eq (atoi (counts[0]), i == 0);
        ck_assert_int_eq (atoi (counts[1]) > 0, i == 0);
    }
}
END_TEST

START_TEST (context_tells_the_range_of_a_latent)
{
    save_perfect ("pre", "blocks.0.hook_resid_pre");
    g_autoptr (CommandResult) r =
        command_run_line (command_folder, "for j in 130 131; do fovea sae context demo " TEXT
                                          " --sae pre --latent $j --format tsv; done");
    /* One of the two signs fires, and the embedding needs nothing before it. */
    ck_assert_ptr_nonnull (strstr (r->out, "# range: short-range"));
    ck_assert_ptr_nonnull (strstr (r->err, "does not fire at token"));
    ck_assert_ptr_nonnull (strstr (r->out, "\n8\t"));
    command_result_free (command_expect (command_folder, "fovea sae context demo a --sae pre", 2,
                                         "needs --sae FOLDER and --latent J"));
}
END_TEST

/* "one two" again and again: whatever fires there, fires where repetition says so. */
START_TEST (induction_is_scored_from_kept_codes)
{
    static const char *const lines[] = {
        "fovea capture demo 'one two one two one two one two one two' -o i.fovea --quiet"
        " --device cpu --points blocks.3.attn.hook_z",
        "fovea sae encode z i.fovea --quiet",
    };
    save_perfect ("z", "blocks.3.attn.hook_z");
    command_result_free (command_expect (command_folder, lines[0], 0, NULL));
    command_result_free (command_expect (command_folder, "fovea sae induction z i.fovea --latent 3",
                                         1, "has no codes of this autoencoder"));
    command_result_free (command_expect (command_folder, lines[1], 0, NULL));
    g_autoptr (CommandResult) r = command_run_line (
        command_folder, "for j in 2 3; do fovea sae induction z i.fovea --latent $j --next ' Two'"
                        " --quiet --format tsv; done");
    ck_assert_ptr_nonnull (strstr (r->out, "# next: two"));
    ck_assert_ptr_nonnull (strstr (r->out, "# proxy_true: 4"));
    ck_assert_ptr_nonnull (strstr (r->out, "# specificity: "));
    command_result_free (
        command_expect (command_folder, "fovea sae induction z i.fovea", 2, "needs --latent J"));
}
END_TEST

START_TEST (prefixes_have_a_column_a_length)
{
    g_autoptr (CommandResult) r = command_expect (
        command_folder,
        "fovea sae prefixes demo --sequences 1 --prefix 2 --tokens 64 --format tsv --quiet", 0,
        NULL);
    guint n;
    ck_assert_ptr_nonnull (strstr (r->out, "layer\thead\tprefix_1\tprefix_2\n"));
    ck_assert_double_gt (sum_column (r->out, "prefix_2", &n), 0);
    ck_assert_uint_eq (n, 72);
    command_result_free (command_expect (command_folder,
                                         "fovea sae prefixes demo --tokens 100000 --quiet", 1,
                                         "a text needs room for both copies"));
}
END_TEST

/* The first line of a table that begins with these words, from its first number on. */
static const char *
find_row (const char *tsv, const char *start)
{
    g_autofree char *row = g_strdup_printf ("\n%s\t", start);
    const char *at = strstr (tsv, row);
    ck_assert_msg (at != NULL, "no %s in %s", start, tsv);
    return at + strlen (row);
}

/* Shorter and longer ones, too: a longer one ended the program. */
START_TEST (another_wording_is_measured_as_a_prompt_of_its_own)
{
    static const char prompt[] = "'It was the best of times, it was the'";
    static const char *const others[] = {prompt, "'It was'",
                                         "'It was the best of times and the worst of times, and"
                                         " the season of light and of darkness, it was the'"};
    save_perfect ("stream", "blocks.2.hook_resid_post");
    for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
        const char *const asked[] = {prompt, others[i]};
        g_autofree char *rows[2] = {NULL, NULL};
        for (guint k = 0; k < 2; k++) {
            g_autofree char *line = g_strdup_printf (
                "fovea sae ablate demo %s --sae stream --answer ' best' --against ' worst'"
                " --position 1 --format tsv --quiet %s %s",
                asked[k == 0 ? 1 : 0], k == 0 ? "" : "--other", k == 0 ? "" : others[i]);
            g_autoptr (CommandResult) r = command_expect (command_folder, line, 0, NULL);
            const char *at = find_row (r->out, k == 0 ? "nothing" : "nothing, in other words");
            rows[k] = g_strndup (at, strcspn (at, "\n"));
        }
        /* latent, code and the difference, which the prompt has if it is asked itself */
        g_auto (GStrv) alone = g_strsplit (rows[0], "\t", -1);
        g_auto (GStrv) beside = g_strsplit (rows[1], "\t", -1);
        ck_assert_str_eq (alone[2], beside[2]);
        ck_assert_double_ne (g_ascii_strtod (alone[2], NULL), 0);
    }
    command_result_free (command_expect (
        command_folder,
        "fovea sae ablate demo 'It was the' --sae stream --answer ' best' --against ' worst'"
        " --position 1 --quiet --no-special --other ''",
        1, "other"));
}
END_TEST

START_TEST (attribution_says_what_is_wrong)
{
    static const struct {
        const char *options, *part;
        int status;
    } cases[] = {
        {TEXT " --sae z", "needs --sae FOLDER and --latent J", 2},
        {TEXT " --sae z --latent 1 --depth 3", "--depth goes with --by paths", 2},
        {TEXT " --sae z --sae stream --latent 1", "more than one --sae goes with --by paths", 2},
        {TEXT " --sae z --latent 768", "0 .. 767", 1},
        {TEXT " --sae z --latent 1 --position 900", "position 900 is outside", 1},
        {TEXT " --sae stream --latent 1 --by heads", "not blocks.2.hook_resid_post", 1},
        {"--sae z --latent 1", "TEXT", 2},
    };
    save_perfect ("z", "blocks.3.attn.hook_z");
    save_perfect ("stream", "blocks.2.hook_resid_post");
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *line = g_strdup_printf ("fovea sae attribution demo %s", cases[i].options);
        command_result_free (command_expect (command_folder, line, cases[i].status, cases[i].part));
    }
}
END_TEST

int
main (void)
{
    TCase *tc = tcase_create ("sae attribution");
    tcase_set_timeout (tc, 120);
    tcase_add_checked_fixture (tc, command_set_up, command_tear_down);
    tcase_add_test (tc, sources_heads_and_cells_add_up_to_the_code);
    tcase_add_test (tc, latent_of_one_head_comes_from_that_head);
    tcase_add_test (tc, token_is_chosen_among_those_of_the_text);
    tcase_add_test (tc, paths_go_through_every_autoencoder_given);
    tcase_add_test (tc, dashboard_underlines_sources_where_the_store_has_attention);
    tcase_add_test (tc, context_tells_the_range_of_a_latent);
    tcase_add_test (tc, induction_is_scored_from_kept_codes);
    tcase_add_test (tc, prefixes_have_a_column_a_length);
    tcase_add_test (tc, another_wording_is_measured_as_a_prompt_of_its_own);
    tcase_add_test (tc, attribution_says_what_is_wrong);
    Suite *suite = suite_create ("sae attribution command");
    suite_add_tcase (suite, tc);
    return support_run (suite);
}
