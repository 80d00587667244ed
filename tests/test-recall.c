/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea recall` as its users meet it: the fixture of methods/prefill.md 4 imported from a file and
 * judged by the hashes of its masks, curves of the demo model, what stays in the store, and one clear
 * line for everything that cannot be done. */
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gio/gio.h>

#include "app/recall-job.h"
#include "capture/safetensors-writer.h"
#include "tests/command-support.h"
#include "tests/recall-support.h"
START_TEST (a_sweep_fills_table_summary_and_store)
{
    recall_capture_demo ();
    g_autoptr (CommandResult) table = command_expect (
        command_folder,
        "fovea recall a.fovea --methods oracle-token,streaming --sweep --layers 2-3 --quiet"
        " -o curves.tsv --format tsv && head -n 40 curves.tsv",
        0, NULL);
    g_autofree char *name = command_read_cell (table->out, 0, "name");
    g_autofree char *from = command_read_cell (table->out, 0, "recall_from");
    ck_assert_str_eq (name, "model");
    ck_assert_str_ne (from, "");
    g_autoptr (CommandResult) summary = command_expect (
        command_folder,
        "fovea recall a.fovea --methods oracle-token --summary --sweep --heads 2.1 --format tsv"
        " --quiet",
        0, NULL);
    g_autofree char *density = command_read_cell (summary->out, 0, "density_for_0.9");
    double value = g_ascii_strtod (density, NULL);
    ck_assert (value > 0 && value < 1);
    g_autofree char *path = g_build_filename (command_folder, "a.fovea", NULL);
    g_autoptr (FoveaStore) store = fovea_store_open (path, FOVEA_STORE_READ, NULL);
    g_autoptr (FoveaTable) kept = fovea_store_get_table (store, 0, "recall", NULL);
    g_autoptr (FoveaTable) kept_summary = fovea_store_get_table (store, 0, "sparsity", NULL);
    ck_assert_ptr_nonnull (kept);
    ck_assert_ptr_nonnull (kept_summary);
    /* Two methods on the model, two layers and their heads: one head measured again adds none. */
    ck_assert_int_eq (fovea_table_get_n_rows (kept_summary), 2 * (1 + 2 + 2 * 12));
}
END_TEST

/* Windows that differ between texts of two lengths have a mean, in words as the window says it; rows for
 * programs have its number. */
START_TEST (a_mean_of_windows_is_said_to_be_one)
{
    static const char recall[] = "fovea recall a.fovea --methods streaming --sweep --quiet";
    recall_capture_demo ();
    command_result_free (command_expect (
        command_folder, "fovea capture demo -o a.fovea --device cpu --quiet 'It was the age.'", 0,
        NULL));
    g_autofree char *rows = g_strconcat (recall, " --format csv", NULL);
    g_autoptr (CommandResult) text = command_expect (command_folder, recall, 0, NULL);
    g_autoptr (CommandResult) csv = command_expect (command_folder, rows, 0, NULL);
    ck_assert_msg (g_regex_match_simple ("window \\d+\\.\\d+ \\(mean\\) ", text->out, 0, 0), "%s",
                   text->out);
    ck_assert_msg (!g_regex_match_simple ("window \\d+\\.\\d+  ", text->out, 0, 0), "%s",
                   text->out);
    ck_assert_ptr_null (strstr (csv->out, "(mean)"));
}
END_TEST

START_TEST (points_measured_before_stay_in_the_store)
{
    recall_capture_demo ();
    static const char count[] = " | sed 1,/^layer/d | wc -l";
    g_autoptr (CommandResult) first = command_expect (
        command_folder,
        "fovea recall a.fovea --methods window,anchor --layers 2 --format tsv -o 1.tsv 2>&1", 0,
        NULL);
    ck_assert_ptr_null (strstr (first->out, "keeps"));
    /* Another value of the knob, and one run instead of all: the same sequences. */
    g_autoptr (CommandResult) second = command_expect (
        command_folder,
        "fovea recall a.fovea --run 1 --methods window --set window=7 --heads 2.3 --format tsv"
        " -o 2.tsv",
        0, NULL);
    ck_assert_ptr_nonnull (
        strstr (second->err, "a.fovea keeps 28 points measured before beside these (--replace"));
    g_autofree char *line = g_strconcat ("cat 2.tsv", count, NULL);
    g_autoptr (CommandResult) printed = command_expect (command_folder, line, 0, NULL);
    ck_assert_int_eq (atoi (printed->out), 3); /* the model, the layer and the head, all of one */
    g_autoptr (CommandResult) kept = command_expect (
        command_folder,
        "sqlite3 a.fovea \"SELECT count (*), count (DISTINCT value), count (DISTINCT result_id)"
        " FROM curve_point WHERE layer = 2 AND head = 3 AND method = 'window'\"",
        0, NULL);
    ck_assert_str_eq (kept->out, "2|2|1\n");
    g_autoptr (CommandResult) anew = command_expect (
        command_folder,
        "fovea recall a.fovea --methods window --heads 2.3 --replace >anew.txt && sqlite3 a.fovea"
        " 'SELECT count (*) FROM curve_point'",
        0, NULL);
    ck_assert_str_eq (anew->out, "3\n");
}
END_TEST

/* A head of 4 elements, blocks of 4 tokens: maps of zeros foretell the same of every block. */
START_TEST (published_gates_are_read_from_a_file)
{
    static const gint64 shape[] = {1, 12, 4};
    static const float zeros[48];
    g_autoptr (GError) error = NULL;
    recall_import_tiny ();
    g_autofree char *path = g_build_filename (command_folder, "gates.safetensors", NULL);
    g_autoptr (FoveaSafetensorsWriter) writer = fovea_safetensors_writer_new (path);
    ck_assert (fovea_safetensors_writer_add_tensor (
        writer, "model.layers.0.self_attn.attn_gate.attngate_linear_k.weight", FOVEA_F32, 3, shape,
        &error));
    ck_assert (fovea_safetensors_writer_append (writer, zeros, sizeof zeros, &error));
    ck_assert (fovea_safetensors_writer_finish (writer, &error));
    g_autoptr (CommandResult) result = command_expect (
        command_folder,
        "fovea recall tiny.fovea --methods seer --gates gates.safetensors --set block=4"
        " --set dense=0 --set threshold=.21 --quiet --format tsv",
        0, NULL);
    g_autofree char *density = command_read_cell (result->out, 0, "density");
    /* A share of .21 is passed by rows of at most four blocks: those of the first 16 tokens. */
    ck_assert_double_eq_tol (g_ascii_strtod (density, NULL), (16 * 17 / 2) / (32 * 33 / 2.), 1e-9);
}
END_TEST

/* The file's name says what is written; --format overrules it. */
START_TEST (a_file_of_curves_is_written_as_its_name_ends)
{
    static const struct {
        const char *options;
        gboolean is_tsv, is_json;
    } files[] = {
        {"-o c.tsv", TRUE, FALSE},
        {"-o c.json", FALSE, TRUE},
        {"-o c.json --format tsv", TRUE, FALSE},
        {"-o c.txt", FALSE, FALSE},
    };
    recall_import_tiny ();
    for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
        g_autofree char *line = g_strdup_printf (
            "fovea recall tiny.fovea --methods window --quiet %s && head -c 400 c.*"
            " && rm c.*",
            files[i].options);
        g_autoptr (CommandResult) result = command_expect (command_folder, line, 0, NULL);
        gboolean is_table = strstr (result->out, "layer\thead\tname") != NULL;
        ck_assert_msg (is_table == (i == 0 || i == 2), "%s: %s", files[i].options, result->out);
        ck_assert_msg ((result->out[0] == '{') == (i == 1), "%s", result->out);
    }
}
END_TEST

START_TEST (the_same_question_has_the_same_answer)
{
    recall_capture_demo ();
    g_autoptr (CommandResult) result = command_expect (
        command_folder,
        "for n in 1 2; do fovea recall a.fovea --sweep --layers 4 --threads $n --format tsv -o $n"
        " --quiet; done; cmp 1 2 && fovea recall a.fovea --heads 4.0 --quiet --format json"
        " --methods window",
        0, NULL);
    ck_assert_ptr_nonnull (strstr (result->out, "\"recall\""));
}
END_TEST

/* A terminal is told of progress ten times a second; gives its two ends. */
static int
open_terminal (int *program_end)
{
    int ours = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC);
    ck_assert_int_ge (ours, 0);
    ck_assert_int_eq (grantpt (ours), 0);
    ck_assert_int_eq (unlockpt (ours), 0);
    *program_end = open (ptsname (ours), O_RDWR | O_NOCTTY | O_CLOEXEC);
    ck_assert_int_ge (*program_end, 0);
    return ours;
}

/* Adds what the program says until it says @words or ends. */
static void
listen_for (int terminal, GString *said, const char *words)
{
    char part[256];
    ssize_t n;
    while (strstr (said->str, words) == NULL && (n = read (terminal, part, sizeof part)) > 0)
        g_string_append_len (said, part, n);
}

START_TEST (an_interrupt_keeps_finished_heads_beside_what_was_there)
{
    recall_capture_demo ();
    command_result_free (command_expect (
        command_folder, "fovea recall a.fovea --sequence 1 --methods window --quiet", 0, NULL));
    g_autofree char *program = command_path ();
    const char *words[] = {program,  "recall", "a.fovea",   "--sequence", "1", "--sweep",
                           "--seed", "1",      "--threads", "1",          NULL};
    g_autoptr (GSubprocessLauncher) launcher =
        g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
    int program_end, terminal = open_terminal (&program_end);
    g_subprocess_launcher_set_cwd (launcher, command_folder);
    g_subprocess_launcher_take_stderr_fd (launcher, program_end);
    g_autoptr (GSubprocess) process = g_subprocess_launcher_spawnv (launcher, words, NULL);
    ck_assert_ptr_nonnull (process);
    g_clear_object (
        &launcher); /* and its end of the terminal, which then closes with the program */
    g_autoptr (GString) said = g_string_new (NULL);
    listen_for (terminal, said, "of 72 heads");
    g_subprocess_send_signal (process, SIGINT);
    listen_for (terminal, said, "the store keeps the heads that were finished");
    ck_assert (g_subprocess_wait (process, NULL, NULL));
    close (terminal);
    ck_assert_msg (g_subprocess_get_exit_status (process) == 130, "%d: %s",
                   g_subprocess_get_exit_status (process), said->str);
    ck_assert_ptr_nonnull (strstr (said->str, "the store keeps the heads that were finished"));
    /* New methods on the first heads; the model's mean, and the last head, as they were before. */
    g_autoptr (CommandResult) kept = command_expect (
        command_folder,
        "sqlite3 a.fovea \"SELECT (SELECT count (*) > 1 FROM curve_point WHERE layer = 0 AND head "
        "= 0"
        " AND method = 'streaming'), (SELECT count (*) FROM curve_point WHERE layer = -1),"
        " (SELECT group_concat (DISTINCT method) FROM curve_point WHERE layer = 5 AND head = 11),"
        " (SELECT count (*) FROM result WHERE name = 'recall')\"",
        0, NULL);
    ck_assert_str_eq (kept->out, "1|1|window|1\n");
}
END_TEST

/* The text has 32 tokens: of 32 or more it is whole. */
START_TEST (the_first_tokens_have_curves_of_their_own)
{
    recall_import_tiny ();
    g_autoptr (CommandResult) result = command_expect (
        command_folder,
        "for n in 16 20 64; do fovea recall tiny.fovea --methods window --sweep --first $n --quiet"
        " --format tsv -o $n.tsv; done; grep -c first_tokens 16.tsv 64.tsv;"
        " sqlite3 tiny.fovea 'SELECT first_tokens, count (DISTINCT result) FROM curves GROUP BY 1';"
        " fovea figure recall tiny.fovea -o x.svg --methods window --first 16 && grep -o 'first 16 "
        "of 32' x.svg &&"
        " fovea figure --again x.svg -o y.svg && cmp x.svg y.svg &&"
        " fovea figure recall tiny.fovea -o z.svg --methods window && grep -c 'first .. of 32' "
        "z.svg;"
        " fovea figure mask tiny.fovea --methods window --head 0.0 --first 20 -o m.svg &&"
        " grep -o 'first 20 of 32' m.svg; fovea recall tiny.fovea --methods window --first 16"
        " --cost --format tsv --quiet | grep -o 'tokens: 16'",
        0, NULL);
    ck_assert_str_eq (result->out, "16.tsv:2\n64.tsv:0\n0|1\n16|1\n20|1\nfirst 16 of 32\n0\n"
                                   "first 20 of 32\ntokens: 16\n");
}
END_TEST

START_TEST (methods_are_listed_without_a_store)
{
    g_autoptr (CommandResult) result =
        command_expect (command_folder, "fovea recall --methods list --format tsv", 0, NULL);
    for (guint i = 0; fovea_sparse_method_list ()[i] != NULL; i++)
        ck_assert_msg (strstr (result->out, fovea_sparse_method_list ()[i]->id) != NULL, "%s",
                       fovea_sparse_method_list ()[i]->id);
}
END_TEST

/* What goes wrong, by which status, in which words. */
static const struct {
    const char *line;
    int status;
    const char *part;
} mistakes[] = {
    {"tiny.fovea --methods xattention --set share=2", 2,
     "--set share=2: xattention allows numbers from 0 to 1"},
    {"tiny.fovea --methods oracle-token --set k=2.5", 2, "whole numbers"},
    {"tiny.fovea --methods window --set stride=4", 2, "no chosen method has this knob"},
    {"tiny.fovea --methods window --set window", 2, "expected KNOB=VALUE"},
    {"tiny.fovea --methods window,windw", 2, "windw"},
    {"tiny.fovea --methods window,window", 2, "named twice"},
    {"tiny.fovea --methods xattention --set block=16 --set stride=3", 1, "stride"},
    {"tiny.fovea --methods xattention --set block=64 --set stride=4", 1,
     "blocks of 64 tokens, the sequence has 32"},
    {"tiny.fovea --heads 0.7", 1, "head 7 is outside 0 to 0"},
    {"tiny.fovea --layers 9", 1, "layer 9 is outside 0 to 0"},
    {"tiny.fovea --layers x", 2, "--layers has 'x'"},
    {"tiny.fovea --heads 0.", 2, "--heads has '0.'"},
    {"tiny.fovea --sequence 9", 1, "sequence 9"},
    {"tiny.fovea --sweep=1", 2, "--sweep"},
    {"tiny.fovea --end-effect demo", 1, "token ids were not kept"},
    {"tiny.fovea --end-effect demo --histogram", 2, "--histogram has no effect with --end-effect"},
    {"tiny.fovea --end-effect demo --mask-hash", 2, "--mask-hash has no effect with --end-effect"},
    {"tiny.fovea --end-effect nowhere", 1, "nowhere"},
    {"tiny.fovea --end-effect demo --device cpu", 2, "--device has no effect with --end-effect"},
    {"tiny.fovea --methods seer --gates nowhere.safetensors", 1, "nowhere.safetensors"},
    {"tiny.fovea --methods seer --gates gates.pth", 1, "pickled tensors are programs"},
    {"tiny.fovea --methods seer --set block=8", 1, "seer needs the trained gates of the model"},
    {"tiny.fovea --device banana", 1, "no device \"banana\""},
    {"tiny.fovea --methods window --device cuda:77", 1, "no CUDA device"},
    {"missing.fovea", 1, "missing.fovea"},
    {"", 2, "too few arguments"},
    {"tiny.fovea --methods list", 2, "takes no store"},
    {"tiny.fovea --end-effect demo --first 16", 2, "--first has no effect with --end-effect"},
    {"tiny.fovea --first 15", 2, "--first"},
    {"tiny.fovea --end-effect demo --replace", 2, "--replace has no effect with --end-effect"},
};

START_TEST (a_mistake_is_one_clear_line)
{
    recall_import_tiny ();
    g_autofree char *line = g_strdup_printf ("fovea recall %s --quiet", mistakes[_i].line);
    g_autoptr (CommandResult) result =
        command_expect (command_folder, line, mistakes[_i].status, mistakes[_i].part);
    ck_assert_str_eq (result->out, "");
}
END_TEST

START_TEST (a_store_without_attention_is_refused)
{
    g_autoptr (CommandResult) result =
        command_expect (command_folder,
                        "fovea capture demo -o r.fovea --points 'blocks.*.hook_resid_post'"
                        " --device cpu --quiet 'a few words' && fovea recall r.fovea --quiet",
                        1, "sequence 1");
    ck_assert_str_eq (result->out, "");
}
END_TEST

START_TEST (the_cost_of_a_model_is_counted_for_its_points)
{
    recall_capture_demo ();
    g_autoptr (CommandResult) result = command_expect (
        command_folder,
        "fovea recall a.fovea --sequence 1 --methods streaming,oracle-token --layers 0 --cost"
        " --format tsv --quiet",
        0, NULL);
    g_autofree char *method = command_read_cell (result->out, 0, "method");
    g_autofree char *share = command_read_cell (result->out, 0, "prefill_share");
    ck_assert_str_eq (method, "streaming");
    ck_assert (g_ascii_strtod (share, NULL) > 0 && g_ascii_strtod (share, NULL) <= 1);
    ck_assert_msg (strstr (result->out, "# lean_decode_step: ") != NULL, "%s", result->out);
}
END_TEST

START_TEST (a_pattern_alone_feeds_what_needs_no_products)
{
    recall_capture_demo ();
    g_autoptr (CommandResult) result = command_expect (
        command_folder,
        "fovea export a.fovea --sequence 1 --point 'blocks.0.attn.hook_pattern' -o p.npz --quiet &&"
        " fovea import p.npz -o p.fovea --quiet &&"
        " fovea recall p.fovea --methods oracle-token,vertical-slash,block-sparse --heads 0.3"
        " --format tsv --quiet",
        0, NULL);
    g_autofree char *recall = command_read_cell (result->out, 0, "recall");
    g_autofree char *error = command_read_cell (result->out, 0, "error");
    g_autofree char *note = command_read_cell (result->out, 2, "note");
    g_autofree char *none = command_read_cell (result->out, 2, "recall");
    ck_assert (g_ascii_strtod (recall, NULL) > 0.5);
    ck_assert_str_eq (error, "");
    ck_assert_str_eq (none, "");
    ck_assert_msg (strstr (note, "needs queries and keys") != NULL, "%s", note);
}
END_TEST

START_TEST (figures_are_drawn_from_what_the_store_keeps)
{
    static const char *const kinds[] = {"recall", "sparsity --goal 0.8", "budget --density 0.5",
                                        "mask --head 3.2 --methods streaming,xattention",
                                        "sinks --layer 2"};
    recall_capture_demo ();
    command_result_free (
        command_expect (command_folder,
                        "fovea recall a.fovea --methods oracle-token,streaming,xattention --sweep"
                        " --quiet -o curves",
                        0, NULL));
    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
        g_autofree char *line = g_strdup_printf (
            "fovea figure %s a.fovea -o x.svg && cp x.svg y.svg && fovea figure --again x.svg &&"
            " cmp x.svg y.svg && grep -c 'figure&quot;' x.svg",
            kinds[i]);
        g_autoptr (CommandResult) result = command_expect (command_folder, line, 0, NULL);
        ck_assert_str_ne (result->out, "");
    }
}
END_TEST

/* Figures that cannot be, by which status, in which words. */
static const struct {
    const char *line;
    int status;
    const char *part;
} no_figures[] = {
    {"recall tiny.fovea -o x.pdf", 1, "keeps no curves; run 'fovea recall tiny.fovea --sweep'"},
    {"budget tiny.fovea -o x.pdf", 1, "keeps no curves"},
    {"recall tiny.fovea -o x.pdf --first 16", 1,
     "keeps no such curves; run 'fovea recall tiny.fovea --sweep --first 16'"},
    {"map tiny.fovea -o x.pdf --first 16", 2, "--first has no effect"},
    {"recall tiny.fovea -o x.pdf --goal 0.8", 2, "--goal has no effect"},
    {"sinks tiny.fovea -o x.pdf --methods window", 2, "--methods has no effect"},
    {"map tiny.fovea -o x.pdf --density 0.2", 2, "--density has no effect"},
    {"mask tiny.fovea -o x.pdf --head 0.5", 1, "head 5"},
    {"mask tiny.fovea -o x.pdf --density 2", 2, "--density"},
};

START_TEST (a_figure_that_cannot_be_is_one_clear_line)
{
    recall_import_tiny ();
    g_autofree char *line = g_strdup_printf ("fovea figure %s", no_figures[_i].line);
    command_result_free (
        command_expect (command_folder, line, no_figures[_i].status, no_figures[_i].part));
    g_autofree char *path = g_build_filename (command_folder, "x.pdf", NULL);
    ck_assert (!g_file_test (path, G_FILE_TEST_EXISTS));
}
END_TEST

START_TEST (the_model_runs_with_a_method_in_the_place_of_attention)
{
    recall_capture_demo ();
    g_autoptr (CommandResult) whole = command_expect (
        command_folder,
        "fovea recall a.fovea --end-effect demo --methods window,streaming,sparsed"
        " --set window.window=1000 --set streaming.window=4 --set sinks=1 --format tsv --quiet",
        0, NULL);
    g_autofree char *none = command_read_cell (whole->out, 0, "divergence");
    g_autofree char *same = command_read_cell (whole->out, 0, "agreement");
    g_autofree char *some = command_read_cell (whole->out, 1, "divergence");
    g_autofree char *change = command_read_cell (whole->out, 1, "loss_change");
    g_autofree char *lost = command_read_cell (whole->out, 1, "layer_error");
    g_autofree char *unlost = command_read_cell (whole->out, 0, "layer_error");
    g_autofree char *n = command_read_cell (whole->out, 1, "n_sequences");
    g_autofree char *note = command_read_cell (whole->out, 2, "note");
    g_autofree char *empty = command_read_cell (whole->out, 2, "loss");
    ck_assert (fabs (g_ascii_strtod (none, NULL)) <= 1e-6);
    ck_assert_str_eq (same, "1");
    ck_assert (g_ascii_strtod (some, NULL) > 1e-3);
    ck_assert (g_ascii_strtod (change, NULL) != 0);
    ck_assert (g_ascii_strtod (unlost, NULL) <= 1e-5);
    ck_assert (g_ascii_strtod (lost, NULL) > .01 && g_ascii_strtod (lost, NULL) < 2);
    ck_assert_str_eq (n, "2");
    ck_assert_msg (strstr (note, "looks ahead") != NULL || strstr (note, "causal") != NULL, "%s",
                   note);
    ck_assert_str_eq (empty, "");
    g_autofree char *path = g_build_filename (command_folder, "a.fovea", NULL);
    g_autoptr (FoveaStore) store = fovea_store_open (path, FOVEA_STORE_READ, NULL);
    g_autoptr (FoveaTable) kept = fovea_store_get_table (store, 0, "end_effect", NULL);
    ck_assert_ptr_nonnull (kept);
    ck_assert_int_eq (fovea_table_get_n_rows (kept), 3);
}
END_TEST

START_TEST (fewer_sparse_heads_change_less)
{
    recall_capture_demo ();
    static const char *const heads[] = {"", "--layers 3 --heads 0"};
    double divergence[2];
    for (guint i = 0; i < 2; i++) {
        g_autofree char *line = g_strdup_printf (
            "fovea recall a.fovea --sequence 1 --end-effect demo --methods window --set window=2"
            " --format tsv --quiet %s",
            heads[i]);
        g_autoptr (CommandResult) result = command_expect (command_folder, line, 0, NULL);
        g_autofree char *cell = command_read_cell (result->out, 0, "divergence");
        divergence[i] = g_ascii_strtod (cell, NULL);
    }
    ck_assert_double_gt (divergence[1], 0);
    ck_assert_double_lt (divergence[1], divergence[0] / 2);
}
END_TEST

START_TEST (every_method_stands_in_the_readme_as_in_the_table)
{
    g_autofree char *path = support_data ("README.md");
    g_autofree char *readme = NULL;
    ck_assert (g_file_get_contents (path, &readme, NULL, NULL));
    for (guint i = 0; fovea_sparse_method_list ()[i] != NULL; i++) {
        const FoveaSparseMethod *method = fovea_sparse_method_list ()[i];
        g_autofree char *row =
            g_strdup_printf ("| `%s` | %s | %s | %s |", method->id, method->name,
                             fovea_honesty_get_name (method->honesty), method->knobs[0].name);
        ck_assert_msg (strstr (readme, row) != NULL, "README has no row '%s'", row);
    }
}
END_TEST

/* Cancels after the first head. */
static void
stop_at_once (gpointer cancellable, gint64 done, gint64 total)
{
    g_cancellable_cancel (cancellable);
}

START_TEST (an_interrupted_job_gives_what_it_finished)
{
    recall_capture_demo ();
    g_autoptr (GError) error = NULL;
    g_autofree char *path = g_build_filename (command_folder, "a.fovea", NULL);
    g_autoptr (FoveaStore) store = fovea_store_open (path, FOVEA_STORE_READ, NULL);
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    FoveaRecallRequest request = {
        .threads = 1,
        .curves = {.methods = fovea_sparse_method_list ()},
    };
    gboolean interrupted = FALSE;
    g_autoptr (FoveaTable) table = fovea_recall_job_run (store, &request, stop_at_once, cancellable,
                                                         &interrupted, cancellable, &error);
    ck_assert (interrupted);
    ck_assert_msg (table != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_ptr_nonnull (fovea_table_get_note (table, "interrupted"));
    int name = fovea_table_find_column (table, "name");
    for (guint row = 0; row < fovea_table_get_n_rows (table); row++)
        ck_assert_str_eq (fovea_table_get_text (table, row, (guint) name), "0.0");
    /* Nothing is said of a sequence that was not reached. */
    ck_assert_str_eq (fovea_table_get_note (table, "sequences"), "1");
    ck_assert_str_eq (fovea_table_get_note (table, "interrupted_of"), "1 2");
    g_autoptr (FoveaTable) none =
        fovea_recall_job_run (store, &request, NULL, NULL, &interrupted, cancellable, &error);
    ck_assert_ptr_null (none);
    ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("recall");
    TCase *tests = tcase_create ("command");
    tcase_set_timeout (tests, 120);
    tcase_add_checked_fixture (tests, command_set_up, command_tear_down);
    tcase_add_test (tests, a_sweep_fills_table_summary_and_store);
    tcase_add_test (tests, a_mean_of_windows_is_said_to_be_one);
    tcase_add_test (tests, points_measured_before_stay_in_the_store);
    tcase_add_test (tests, an_interrupt_keeps_finished_heads_beside_what_was_there);
    tcase_add_test (tests, published_gates_are_read_from_a_file);
    tcase_add_test (tests, a_file_of_curves_is_written_as_its_name_ends);
    tcase_add_test (tests, the_same_question_has_the_same_answer);
    tcase_add_test (tests, the_first_tokens_have_curves_of_their_own);
    tcase_add_test (tests, methods_are_listed_without_a_store);
    tcase_add_loop_test (tests, a_mistake_is_one_clear_line, 0, G_N_ELEMENTS (mistakes));
    tcase_add_test (tests, a_store_without_attention_is_refused);
    tcase_add_test (tests, the_cost_of_a_model_is_counted_for_its_points);
    tcase_add_test (tests, a_pattern_alone_feeds_what_needs_no_products);
    tcase_add_test (tests, figures_are_drawn_from_what_the_store_keeps);
    tcase_add_loop_test (tests, a_figure_that_cannot_be_is_one_clear_line, 0,
                         G_N_ELEMENTS (no_figures));
    tcase_add_test (tests, the_model_runs_with_a_method_in_the_place_of_attention);
    tcase_add_test (tests, fewer_sparse_heads_change_less);
    tcase_add_test (tests, every_method_stands_in_the_readme_as_in_the_table);
    tcase_add_test (tests, an_interrupted_job_gives_what_it_finished);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
