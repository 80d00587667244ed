/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The built program stopped in a capture or an encoding, and going on: what is committed stays, and only the same
 * texts, and codes of the same options, go on. */
#include <signal.h>
#include <string.h>

#include <gio/gio.h>

#include "app/data-files.h"
#include "storage/dictionary.h"
#include "tests/command-support.h"

/* Sequences that a store holds so far; 0 while it is not there. */
static gint64
count_sequences (void)
{
    g_autoptr (CommandResult) info =
        command_run_line (command_folder, "fovea store info a.fovea --format tsv");
    g_auto (GStrv) rows = g_strsplit (info->status == 0 ? info->out : "", "\n", -1);
    gint64 n = 0;
    for (guint i = 0; rows[i] != NULL; i++)
        n += g_ascii_isdigit (rows[i][0]);
    return n;
}

/* Runs the program and stops it by a signal once there is something. What it said.   Owner: caller. */
static char *
stop (const char *const *words, gint64 (*count) (void), int with)
{
    g_autoptr (GSubprocessLauncher) launcher =
        g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_PIPE);
    g_subprocess_launcher_set_cwd (launcher, command_folder);
    g_autoptr (GSubprocess) process = g_subprocess_launcher_spawnv (launcher, words, NULL);
    ck_assert_ptr_nonnull (process);
    gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
    while (count () == 0 && g_get_monotonic_time () < deadline)
        continue;
    g_subprocess_send_signal (process, with);
    char *err = NULL;
    g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &err, NULL);
    if (with == SIGINT) {
        ck_assert (g_subprocess_get_if_exited (process));
        ck_assert_int_eq (g_subprocess_get_exit_status (process), 130);
    } else {
        ck_assert (g_subprocess_get_if_signaled (process));
    }
    return err;
}

/* Runs a capture of more than one sequence into a.fovea until the first is there. */
static void
interrupt_capture (const char *const *words)
{
    g_autofree char *err = stop (words, count_sequences, SIGINT);
    ck_assert_msg (strstr (err, "a.fovea keeps the sequences committed so far") != NULL, "%s", err);
}

START_TEST (an_interrupt_keeps_what_is_committed_and_resume_goes_on)
{
    g_autofree char *program = command_path ();
    const char *words[] = {program,           "capture", "demo",    "-o", "a.fovea",
                           "--random-repeat", "200",     "--limit", "24", NULL};
    interrupt_capture (words);
    gint64 n = count_sequences ();
    ck_assert (n > 0 && n < 24);
    g_autoptr (CommandResult) resumed = command_expect (
        command_folder,
        "fovea store check a.fovea --quiet && "
        "fovea capture demo -o a.fovea --random-repeat 200 --limit 24 --resume --quiet",
        0, NULL);
    ck_assert_int_eq (count_sequences (), 24);
    /* The sequence that was cut off, and the last: the same bits as of a run left alone. */
    g_autofree char *line =
        g_strdup_printf ("fovea capture demo -o b.fovea --random-repeat 200 --limit 24 --quiet && "
                         "for s in %d 24; do "
                         "for f in a b; do fovea export $f.fovea --sequence $s --point 'blocks.*' "
                         "--max-bytes 2G -o $f.safetensors || exit 1; done; "
                         "cmp a.safetensors b.safetensors || exit 1; done",
                         (int) n + 1);
    g_autoptr (CommandResult) same = command_expect (command_folder, line, 0, NULL);
}
END_TEST

/* Line @changed of 16 is another text (none if it is 0), and @more follow. */
static void
write_lines (guint changed, guint more)
{
    g_autofree char *path = g_build_filename (command_folder, "t.jsonl", NULL);
    g_autoptr (GString) lines = g_string_new (NULL);
    for (guint i = 1; i <= 16 + more; i++) {
        g_string_append (lines, "{\"text\":\"");
        for (guint word = 0; word < 300; word++)
            g_string_append_printf (lines, "%s ", i == changed ? "other" : "word");
        g_string_append_printf (lines, "%u\"}\n", i);
    }
    ck_assert (g_file_set_contents (path, lines->str, (gssize) lines->len, NULL));
}

START_TEST (a_run_goes_on_only_with_the_texts_that_it_was_begun_with)
{
    g_autofree char *program = command_path ();
    const char *words[] = {program, "capture", "demo", "-o", "a.fovea", "--jsonl", "t.jsonl", NULL};
    static const char again[] = "fovea capture demo -o a.fovea --jsonl t.jsonl --quiet --resume";
    write_lines (0, 0);
    interrupt_capture (words);
    gint64 n = count_sequences ();
    ck_assert (n > 0 && n < 16);
    write_lines (1, 0);
    g_autoptr (CommandResult) other = command_expect (
        command_folder, again, 1, "was begun with another text: sequence 1 (t.jsonl line 1)");
    ck_assert_int_eq (count_sequences (), n);
    write_lines (16, 1); /* what is not made yet may be another, and more may follow */
    g_autoptr (CommandResult) longer = command_expect (command_folder, again, 0, NULL);
    ck_assert_int_eq (count_sequences (), 17);
}
END_TEST

/* Whichever was removed: its place is not filled again, and none is made twice. */
START_TEST (what_was_removed_from_a_finished_run_stays_away)
{
#define CAPTURE "fovea capture demo -o a.fovea --random-repeat 4 --limit 3 --quiet"
    for (int removed = 1; removed <= 3; removed++) {
        g_autofree char *line = g_strdup_printf (
            "rm -f a.fovea && " CAPTURE
            " && fovea store remove a.fovea --sequence %d --quiet && " CAPTURE " --resume",
            removed);
        g_autoptr (CommandResult) result = command_expect (command_folder, line, 0, NULL);
        ck_assert_int_eq (count_sequences (), 2);
    }
#undef CAPTURE
}
END_TEST

enum {
    TO_ENCODE = 60
};

/* Sequences that have codes in an encoding of a.fovea that is not finished; 0 = there is none. */
static gint64
count_encoded (void)
{
    g_autofree char *path = g_build_filename (command_folder, "a.fovea", NULL);
    g_autoptr (FoveaStore) store = fovea_store_open (path, FOVEA_STORE_READ, NULL);
    g_autoptr (GPtrArray) all =
        store != NULL ? fovea_store_list_unfinished_dictionaries (store, NULL) : NULL;
    return all != NULL && all->len > 0 ? ((FoveaDictionaryInfo *) all->pdata[0])->n_sequences : 0;
}

/* a.fovea and b.fovea, the same, and a link to the dictionary that comes with the program. */
static void
make_stores (void)
{
    g_autofree char *sae = fovea_data_find ("sae/abstopk", NULL);
    g_autofree char *line = g_strdup_printf (
        "ln -s '%s' sae && fovea capture demo -o a.fovea --random-repeat 60 --limit %d --quiet"
        " && cp a.fovea b.fovea",
        sae, TO_ENCODE);
    command_result_free (command_expect (command_folder, line, 0, NULL));
}

/* Runs an encoding, each of whose sequences is run through the model, and stops it when the first are committed.
 * What it said.   Owner: caller. */
static char *
stop_encoding (int with)
{
    g_autofree char *program = command_path ();
    const char *words[] = {program, "sae", "encode", "sae", "a.fovea", "--model", "demo", NULL};
    return stop (words, count_encoded, with);
}

static void
expect_in_info (const char *format, gint64 n)
{
    g_autoptr (CommandResult) info =
        command_expect (command_folder, "fovea store info a.fovea", 0, NULL);
    g_autofree char *said = g_strdup_printf (format, (int) n, TO_ENCODE);
    ck_assert_msg (strstr (info->out, said) != NULL, "%s", info->out);
}

static const int signals[] = {SIGINT, SIGKILL};

START_TEST (an_encoding_that_is_stopped_keeps_what_is_committed_and_goes_on)
{
    static const char same[] =
        "fovea sae encode sae b.fovea --model demo --quiet && for f in a b; do sqlite3 -quote "
        "$f.fovea 'SELECT id, hash, n_tokens, n_codes, options FROM dictionary; "
        "SELECT rowid, * FROM code_rows; SELECT rowid, * FROM firing' > $f.sql || exit 1; done; "
        "cmp a.sql b.sql && test -s a.sql";
    make_stores ();
    g_autofree char *err = stop_encoding (signals[_i]);
    gint64 n = count_encoded ();
    ck_assert_msg (n > 0 && n < TO_ENCODE, "%d", (int) n);
    g_autofree char *kept = g_strdup_printf ("%d of %d sequences", (int) n, TO_ENCODE);
    ck_assert_msg (signals[_i] == SIGKILL || strstr (err, kept) != NULL, "%s", err);
    expect_in_info ("  %d of %d sequences  (unfinished", n);
    command_result_free (
        command_expect (command_folder, "fovea sae induction sae a.fovea --latent 18", 1, kept));
    command_result_free (
        command_expect (command_folder, "fovea store check a.fovea --quiet", 0, NULL));
    g_autoptr (CommandResult) on =
        command_run_line (command_folder, "fovea sae encode sae a.fovea --model demo");
    ck_assert_int_eq (on->status, 0);
    g_autofree char *said = g_strconcat (kept, " are encoded; it goes on there", NULL);
    ck_assert_msg (strstr (on->err, said) != NULL, "%s", on->err);
    command_result_free (command_expect (command_folder, same, 0, NULL));
    expect_in_info ("  %d of %d sequences\n", TO_ENCODE);
}
END_TEST

/* While somebody captures nobody else does, nor leaves a run that he began; so with encodings. One of each go on. */
START_TEST (a_store_that_is_being_written_says_so)
{
    static const char encode[] = "fovea sae encode sae a.fovea --model demo --quiet";
    static const char *const captures[] = {
        "fovea capture demo -o a.fovea 'one two' --quiet",
        "fovea capture demo -o a.fovea --random-repeat 60 --limit 2 --resume --quiet",
    };
    const FoveaDictionary dictionary = {"abcd", "mine", "", "topk", 5, "{}"};
    make_stores ();
    g_autofree char *path = g_build_filename (command_folder, "a.fovea", NULL);
    g_autoptr (FoveaStore) store = fovea_store_open (path, FOVEA_STORE_WRITE, NULL);
    FoveaCodeWriter *writer = fovea_code_writer_new (store, &dictionary, NULL);
    ck_assert_ptr_nonnull (writer);
    command_result_free (command_expect (command_folder, encode, 1,
                                         "another encoding is writing into it just now; try again "
                                         "when it has ended"));
    command_result_free (command_expect (command_folder, captures[0], 0, NULL));
    expect_in_info ("being written just now by an encoding", 0);
    fovea_code_writer_free (writer);
    g_autoptr (FoveaSink) sink = fovea_store_new_sink (store, 1, TO_ENCODE, NULL);
    ck_assert_ptr_nonnull (sink);
    for (guint i = 0; i < G_N_ELEMENTS (captures); i++)
        command_result_free (command_expect (command_folder, captures[i], 1,
                                             "another capture is writing into it just now"));
    g_autoptr (GPtrArray) runs = fovea_store_list_runs (store, NULL);
    ck_assert_uint_eq (runs->len, 2);
    expect_in_info ("being written just now by a capture", 0);
    command_result_free (command_expect (command_folder, encode, 0, NULL));
    expect_in_info ("  %d of 61 sequences\n", TO_ENCODE + 1);
    g_clear_pointer (&sink, fovea_sink_free);
    command_result_free (command_expect (command_folder, captures[0], 0, NULL));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("command resume");
    TCase *results = tcase_create ("results");
    tcase_set_timeout (results, 120);
    tcase_add_checked_fixture (results, command_set_up, command_tear_down);
    tcase_add_test (results, an_interrupt_keeps_what_is_committed_and_resume_goes_on);
    tcase_add_test (results, a_run_goes_on_only_with_the_texts_that_it_was_begun_with);
    tcase_add_test (results, what_was_removed_from_a_finished_run_stays_away);
    tcase_add_loop_test (results, an_encoding_that_is_stopped_keeps_what_is_committed_and_goes_on,
                         0, G_N_ELEMENTS (signals));
    tcase_add_test (results, a_store_that_is_being_written_says_so);
    suite_add_tcase (suite, results);
    return support_run (suite);
}
