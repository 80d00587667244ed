/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea recall` on the fixture of methods/prefill.md 4, imported from a file: its masks have the published
 * hashes. */
#include <math.h>
#include <string.h>

#include "tests/command-support.h"
#include "tests/recall-support.h"

/* Rows of the table of prefill.md 4 that one of every family stands for. */
static const struct {
    const char *options, *hash, *series;
} masks[] = {
    {"--methods window --set window=8", "7d1bb29048543935", "executed"},
    {"--methods streaming --set window=6 --set sinks=2", "4ce9b541b1f664c5", "executed"},
    {"--methods oracle-token --set k=2", "1b8744b731383b96", "executed"},
    {"--methods oracle-mass --set mass=.9", "91da8eeb7c3af0f3", "executed"},
    {"--methods oracle-block --set block=4 --set k=3", "ae48bbb01345dc5d", "executed"},
    {"--methods xattention --set block=4 --set stride=2 --set share=.8", "4a5eb856e2cae965",
     "executed"},
    {"--methods flexprefill --set block=4 --set share=.6 --set divergence=.05 --set least=4",
     "e04675624e06e965", "executed"},
    {"--methods anchor --set block=4 --set step=2 --set theta=2", "85f1e3f598e442f5", "executed"},
    {"--methods vertical-slash --set probes=4 --set budget=6 --set ratio=1 --set forced-columns=2"
     " --set forced-distances=2 --set tile=4",
     "c79671b69eece2f9", "executed"},
};

START_TEST (masks_of_an_imported_file_have_the_published_hashes)
{
    recall_import_tiny ();
    g_autofree char *line = g_strdup_printf (
        "fovea recall tiny.fovea --mask-hash --format tsv --quiet %s", masks[_i].options);
    g_autoptr (CommandResult) result = command_expect (command_folder, line, 0, NULL);
    g_autofree char *hash = command_read_cell (result->out, 0, "mask_hash");
    g_autofree char *series = command_read_cell (result->out, 0, "series");
    ck_assert_str_eq (hash, masks[_i].hash);
    ck_assert_str_eq (series, masks[_i].series);
}
END_TEST

/* Diffusion models look both ways, which no array tells: the file is imported so. */
START_TEST (an_encoder_s_arrays_feed_what_looks_ahead)
{
    recall_import_tiny ();
    g_autoptr (CommandResult) result = command_expect (
        command_folder,
        "fovea import tiny.safetensors -o both.fovea --both-ways --quiet && fovea recall "
        "both.fovea "
        "--methods sparsed --set block=4 --set share=.3 --set new=12 --set scale=1 --mask-hash "
        "--format tsv --quiet",
        0, NULL);
    g_autofree char *hash = command_read_cell (result->out, 0, "mask_hash");
    ck_assert_str_eq (hash, "def22a615d8e52f5");
    g_autoptr (CommandResult) causal = command_expect (
        command_folder, "fovea recall both.fovea --methods streaming --quiet", 1, NULL);
    ck_assert_ptr_nonnull (strstr (causal->err, "this layer looks ahead"));
}
END_TEST

/* People, too, see a check value: that of the first head, as the model has no mask. */
START_TEST (a_hash_is_shown_without_another_format)
{
    recall_import_tiny ();
    g_autoptr (CommandResult) result = command_expect (
        command_folder,
        "fovea recall tiny.fovea --methods window --set window=8 --mask-hash --quiet", 0, NULL);
    ck_assert_ptr_nonnull (strstr (result->out, "7d1bb29048543935"));
    ck_assert_ptr_nonnull (strstr (result->out, "# object: 0.0"));
}
END_TEST

START_TEST (a_histogram_is_shown_when_it_is_asked_for)
{
    recall_import_tiny ();
    g_autoptr (CommandResult) result = command_expect (
        command_folder,
        "fovea recall tiny.fovea --methods window --set window=32 --histogram --quiet", 0, NULL);
    ck_assert_ptr_nonnull (strstr (result->out, " 0 0 0 32\n"));
}
END_TEST

START_TEST (what_was_selected_has_a_hash_of_its_own)
{
    recall_import_tiny ();
    g_autoptr (CommandResult) result = command_expect (
        command_folder,
        "fovea recall tiny.fovea --mask-hash --format tsv --methods vertical-slash --set probes=4"
        " --set budget=6 --set ratio=1 --set forced-columns=2 --set forced-distances=2"
        " --set tile=4 --quiet",
        0, NULL);
    g_autofree char *hash = command_read_cell (result->out, 1, "mask_hash");
    g_autofree char *recall = command_read_cell (result->out, 1, "recall");
    ck_assert_str_eq (hash, "5345e4b93663896e");
    ck_assert (fabs (g_ascii_strtod (recall, NULL) - 0.581032) <= 1.5e-6);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("recall masks");
    TCase *tests = tcase_create ("command");
    tcase_set_timeout (tests, 120);
    tcase_add_checked_fixture (tests, command_set_up, command_tear_down);
    tcase_add_loop_test (tests, masks_of_an_imported_file_have_the_published_hashes, 0,
                         G_N_ELEMENTS (masks));
    tcase_add_test (tests, an_encoder_s_arrays_feed_what_looks_ahead);
    tcase_add_test (tests, a_hash_is_shown_without_another_format);
    tcase_add_test (tests, a_histogram_is_shown_when_it_is_asked_for);
    tcase_add_test (tests, what_was_selected_has_a_hash_of_its_own);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
