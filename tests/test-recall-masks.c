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

/* The command on the imported fixture, whatever else is in the folder.   Owner: caller. */
static CommandResult *
recall_tiny (const char *options)
{
    g_autofree char *line = g_strdup_printf ("fovea recall tiny.fovea --quiet %s", options);
    recall_import_tiny ();
    return command_expect (command_folder, line, 0, NULL);
}

/* Of a row of such a table. */
static void
assert_cell (const CommandResult *result, guint row, const char *column, const char *want)
{
    g_autofree char *cell = command_read_cell (result->out, row, column);
    ck_assert_str_eq (cell, want);
}

START_TEST (masks_of_an_imported_file_have_the_published_hashes)
{
    g_autofree char *options = g_strconcat ("--mask-hash --format tsv ", masks[_i].options, NULL);
    g_autoptr (CommandResult) result = recall_tiny (options);
    assert_cell (result, 0, "mask_hash", masks[_i].hash);
    assert_cell (result, 0, "series", masks[_i].series);
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
    assert_cell (result, 0, "mask_hash", "def22a615d8e52f5");
    g_autoptr (CommandResult) causal = command_expect (
        command_folder, "fovea recall both.fovea --methods streaming --quiet", 1, NULL);
    ck_assert_ptr_nonnull (strstr (causal->err, "this layer looks ahead"));
}
END_TEST

/* People, too, see a check value: that of the first head, as the model has no mask. */
START_TEST (a_hash_is_shown_without_another_format)
{
    g_autoptr (CommandResult) result = recall_tiny ("--methods window --set window=8 --mask-hash");
    ck_assert_ptr_nonnull (strstr (result->out, "7d1bb29048543935"));
    ck_assert_ptr_nonnull (strstr (result->out, "# object: 0.0"));
}
END_TEST

START_TEST (a_histogram_is_shown_when_it_is_asked_for)
{
    g_autoptr (CommandResult) result = recall_tiny ("--methods window --set window=32 --histogram");
    ck_assert_ptr_nonnull (strstr (result->out, " 0 0 0 32\n"));
}
END_TEST

START_TEST (what_was_selected_has_a_hash_of_its_own)
{
    g_autoptr (CommandResult) result =
        recall_tiny ("--mask-hash --format tsv --methods vertical-slash --set probes=4"
                     " --set budget=6 --set ratio=1 --set forced-columns=2 --set forced-distances=2"
                     " --set tile=4");
    g_autofree char *recall = command_read_cell (result->out, 1, "recall");
    assert_cell (result, 1, "mask_hash", "5345e4b93663896e");
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
