/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea sae train` from a model over texts: what decides about its bits, and what it keeps. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/command-support.h"

/* From a model, with prefixes and curves in a store; help says that the seed is 42 unless told. */
START_TEST (training_on_texts_depends_on_the_seed_alone)
{
    static const char *const seeds[] = {"", "--seed 42", "--seed 1"};
    g_autofree char *text = support_data ("data/texts/gettysburg_address.txt");
    g_autofree char *train = g_strdup_printf (
        "fovea sae train demo -f '%s' --hook blocks.2.hook_resid_post --d-sae 64 --k 4 --steps 6"
        " --batch 32 --tokens 32 --log-every 3 --device cpu --quiet",
        text);
    for (guint i = 0; i < G_N_ELEMENTS (seeds); i++) {
        g_autofree char *line =
            g_strdup_printf ("%s --architecture matryoshka --widths 16,32,64 --store curves.fovea"
                             " -o out%u %s",
                             train, i, seeds[i]);
        command_result_free (command_expect (command_folder, line, 0, NULL));
    }
    g_autoptr (CommandResult) same = command_run_line (
        command_folder, "cmp out0/sae_weights.safetensors out1/sae_weights.safetensors");
    g_autoptr (CommandResult) other = command_run_line (
        command_folder, "cmp -s out0/sae_weights.safetensors out2/sae_weights.safetensors");
    ck_assert_msg (same->status == 0, "%s", same->out);
    ck_assert_int_eq (other->status, 1);
    g_autoptr (CommandResult) curves = command_expect (
        command_folder, "sed -n 's/^6\t.*/last/p' out0/curves.tsv; fovea store info curves.fovea",
        0, NULL);
    ck_assert_msg (g_str_has_prefix (curves->out, "last\n"), "%s", curves->out);
    g_autofree char *flat = g_strconcat (train, " -o out3 --widths 16,32", NULL);
    command_result_free (command_expect (command_folder, flat, 2, "--widths"));
    g_autofree char *wide =
        g_strconcat (train, " -o out3 --architecture matryoshka --widths 16,65", NULL);
    command_result_free (command_expect (command_folder, wide, 1, "number of latents, 64"));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("sae train command");
    TCase *tc = tcase_create ("sae command");
    tcase_set_timeout (tc, 120);
    tcase_add_checked_fixture (tc, command_set_up, command_tear_down);
    tcase_add_test (tc, training_on_texts_depends_on_the_seed_alone);
    suite_add_tcase (suite, tc);
    return support_run (suite);
}
