/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Hostile and unlucky input, row by row of the design's table, as a user meets it: each is answered
 * by exit status 1 (2 if the command line itself is wrong), one line that names object and numbers,
 * no crash, no partial result. */
#include <string.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "tests/command-support.h"

static void
write_file (const char *name, const char *bytes, gsize length)
{
    g_autofree char *path = g_build_filename (command_folder, name, NULL);
    g_autofree char *parent = g_path_get_dirname (path);
    g_mkdir_with_parents (parent, 0700);
    ck_assert (g_file_set_contents (path, bytes, (gssize) length, NULL));
}

/* Copies a file of the demo model to bad/, with @from replaced by @to. */
static void
copy_demo_file (const char *name, const char *from, const char *to)
{
    g_autofree char *relative = g_build_filename ("data", "demo", name, NULL);
    g_autofree char *source = support_data (relative);
    g_autofree char *target = g_build_filename ("bad", name, NULL);
    g_autofree char *text = NULL;
    gsize length;
    ck_assert (g_file_get_contents (source, &text, &length, NULL));
    if (from == NULL) {
        write_file (target, text, length);
        return;
    }
    ck_assert_msg (strstr (text, from) != NULL, "%s has no %s", name, from);
    g_auto (GStrv) parts = g_strsplit (text, from, 2);
    g_autofree char *changed = g_strjoinv (to, parts);
    write_file (target, changed, strlen (changed));
}

/* A command_folder bad/ that is the demo model but for one file's one change. */
static void
copy_demo (const char *changed, const char *from, const char *to)
{
    static const char *const names[] = {"config.json", "tokenizer.json", "tokenizer_config.json",
                                        "model.safetensors"};
    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        gboolean here = g_strcmp0 (names[i], changed) == 0;
        copy_demo_file (names[i], here ? from : NULL, to);
    }
}

/* bad/model.safetensors becomes a header of @json and @n_body zero bytes. */
static void
write_checkpoint (const char *json, gsize n_body)
{
    copy_demo (NULL, NULL, NULL);
    guint64 length = GUINT64_TO_LE (strlen (json));
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    g_byte_array_append (bytes, (const guint8 *) &length, sizeof length);
    g_byte_array_append (bytes, (const guint8 *) json, (guint) strlen (json));
    g_byte_array_set_size (bytes, bytes->len + (guint) n_body);
    write_file ("bad/model.safetensors", (const char *) bytes->data, bytes->len);
}

/* Checkpoints that lie: header, bytes after it, what the message must contain. */
static const struct {
    const char *json;
    gsize n_body;
    const char *part;
} checkpoints[] = {
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}", 8, "model.safetensors"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[9],\"data_offsets\":[0,36]}}", 8, "a"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4, "a"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
     "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[2,6]}}",
     6, "b"},
    {"{\"a\":{\"dtype\":\"F99\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "F99"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,4]}}", 4,
     "a"},
};

START_TEST (a_lying_checkpoint_is_refused)
{
    write_checkpoint (checkpoints[_i].json, checkpoints[_i].n_body);
    g_autoptr (CommandResult) result =
        command_expect (command_folder, "fovea model bad", 1, checkpoints[_i].part);
}
END_TEST

START_TEST (a_truncated_checkpoint_is_refused)
{
    copy_demo (NULL, NULL, NULL);
    g_autoptr (CommandResult) cut = command_expect (
        command_folder, "truncate -s 1000000 bad/model.safetensors; fovea model bad", 1,
        "model.safetensors");
    g_autoptr (CommandResult) shorter =
        command_expect (command_folder, "truncate -s 5 bad/model.safetensors; fovea model bad", 1,
                        "model.safetensors");
    g_autoptr (CommandResult) empty =
        command_expect (command_folder, "truncate -s 0 bad/model.safetensors; fovea model bad", 1,
                        "model.safetensors");
}
END_TEST

START_TEST (a_pickle_is_refused_by_name_and_not_read)
{
    write_file ("bad/pytorch_model.bin", "\x80\x02}q\x00.", 6);
    copy_demo_file ("config.json", NULL, NULL);
    g_autoptr (CommandResult) inside =
        command_expect (command_folder, "fovea model bad", 1, "pickle");
    write_file ("x.pt", "\x80\x02}q\x00.", 6);
    g_autoptr (CommandResult) alone =
        command_expect (command_folder, "fovea model x.pt", 1, "pickle");
}
END_TEST

/* One change in one file of the demo model, and what the message must contain. */
static const struct {
    const char *file, *from, *to, *command, *part;
} changes[] = {
    {"config.json", "\"llama\"", "\"mystery\"", "fovea model bad", "mystery"},
    {"config.json", "\"llama\"", "\"\\u001b[31mred\"", "fovea model bad", "\\x1B[31mred"},
    {"config.json", "\"silu\"", "\"swoosh\"", "fovea model bad", "swoosh"},
    {"config.json", "{", "{\"rope_scaling\":{\"rope_type\":\"spiral\"},", "fovea model bad",
     "spiral"},
    {"config.json", "{", "{,", "fovea model bad", "config.json"},
    {"config.json", "\"num_hidden_layers\": 6", "\"num_hidden_layers\": 7", "fovea generate bad a",
     "6"},
    {"config.json", "\"num_attention_heads\": 12", "\"num_attention_heads\": 24", "fovea model bad",
     "expected"},
    {"tokenizer.json", "\"BPE\"", "\"Guesswork\"", "fovea tokenize bad a", "Guesswork"},
    {"tokenizer.json", "{", "{,", "fovea tokenize bad a", "tokenizer.json"},
};

START_TEST (what_fovea_does_not_know_is_refused_by_name)
{
    copy_demo (changes[_i].file, changes[_i].from, changes[_i].to);
    g_autoptr (CommandResult) result =
        command_expect (command_folder, changes[_i].command, 1, changes[_i].part);
    ck_assert_str_eq (result->out, "");
}
END_TEST

/* Texts, ids, lengths, memory, devices: a line and what it must be told. */
static const struct {
    const char *line, *part;
} runs[] = {
    {"fovea model nosuch", "nosuch"},
    {"mkdir empty; fovea model empty", "empty"},
    {"fovea tokenize demo -f nosuch.txt", "nosuch.txt"},
    {"printf 'ab\\377cd' > x.txt; fovea tokenize demo -f x.txt", "byte 2"},
    {"printf 'ab\\377cd' > x.txt; fovea capture demo -o a.fovea -f x.txt", "byte 2"},
    {"fovea capture demo -o a.fovea ''", "empty"},
    {": > x.txt; fovea capture demo -o a.fovea -f x.txt", "empty"},
    {"fovea capture demo -o a.fovea --ids 1,8192", "8192"},
    {"fovea generate demo --ids 1,9000", "9000"},
    {"fovea capture demo -o a.fovea --random-repeat 3000", "2047"},
    {"fovea capture demo -o a.fovea text --tokens 5000", "4,096"},
    {"fovea generate demo text --max-tokens 9000", "4,096"},
    {"printf '{\"text\":\"a\"}\\n{\"txt\":3}\\n' > x.jsonl; "
     "fovea capture demo -o a.fovea --jsonl x.jsonl",
     "line 2"},
    {"fovea capture demo -o a.fovea --random-repeat 100 --memory 100K", "memory"},
    {"fovea generate demo text --memory 100K", "memory"},
    /* The model would have room; with what is kept of it there is none. */
    {"fovea capture demo -o a.fovea --random-repeat 149 --limit 1 --points all --memory 40M",
     "299 tokens need"},
    {"fovea compare demo demo --ids $(seq -s, 1 300) --memory 30M", "300 tokens need"},
    {"fovea heads demo --tokens 1024 --limit 1 --memory 18M", "1,024 tokens need"},
    {"fovea generate demo text --heads no/such/h.tsv", "h.tsv"},
    {"fovea capture demo -o a.fovea text --points blocks.0.attn.hook_zz", "hook_z"},
    {"fovea capture demo -o a.fovea text --points 'blocks.9.attn.hook_z'", "blocks.9"},
    {"fovea generate demo text --device cuda:77", "CUDA"},
    {"fovea capture demo -o a.fovea a --precision tf32 --device cpu", "tf32 is a GPU's"},
    {"fovea generate demo a --precision tf32 --device cpu", "tf32 is a GPU's"},
    {"fovea model demo --precision tf32 --device cpu", "tf32 is a GPU's"},
    {"fovea generate demo text --device abacus", "abacus"},
    {"fovea capture demo -o a.fovea text --shard 3/4", "nothing to capture"},
    {"printf 'PK\\003\\004junk' > x.npz; fovea import x.npz -o a.fovea", "x.npz"},
    {"printf junk > x.safetensors; fovea import x.safetensors -o a.fovea", "x.safetensors"},
    {"fovea import nosuch.npz -o a.fovea", "nosuch.npz"},
};

START_TEST (a_run_that_cannot_be_is_refused_before_it_starts)
{
    g_autoptr (CommandResult) result =
        command_expect (command_folder, runs[_i].line, 1, runs[_i].part);
    g_autofree char *store = g_build_filename (command_folder, "a.fovea", NULL);
    ck_assert_str_eq (result->out, "");
    ck_assert_msg (!g_file_test (store, G_FILE_TEST_EXISTS), "%s left a store behind",
                   runs[_i].line);
}
END_TEST

/* What is done to a sound store a.fovea of two sequences, and what reading it must say. */
static const struct {
    const char *line, *part;
} stores[] = {
    {"fovea store info nosuch.fovea", "nosuch.fovea"},
    {"printf 'no store at all, just a text' > x.fovea; fovea store info x.fovea", "x.fovea"},
    {": > x.fovea; fovea store info x.fovea", "x.fovea"},
    {"fovea store info .", "it is a folder"},
    {"sqlite3 x.fovea 'create table t(x)'; fovea store info x.fovea", "x.fovea"},
    {"sqlite3 a.fovea 'pragma user_version=9999'; fovea store info a.fovea", "newer"},
    {"sqlite3 a.fovea \"update model set description = json_set (description, '$.n_kv_heads', 0)\";"
     " fovea figure map a.fovea -o x.pdf",
     "n_kv_heads is 0"},
    {"sqlite3 a.fovea \"update model set description = json_set (description, '$.n_heads', 8)\";"
     " fovea heads a.fovea",
     "expected (11, 8, 32)"},
    {"head -c 70000 a.fovea > x.fovea; fovea store info x.fovea && fovea store check x.fovea",
     "x.fovea"},
    {"fovea figure map a.fovea --sequence 99 -o x.pdf", "sequence 99"},
    {"fovea figure map a.fovea --run 7 -o x.pdf", "run 7"},
    {"fovea figure map a.fovea --head 9.0 -o x.pdf", "9"},
    {"fovea figure map a.fovea --head 0.12 -o x.pdf", "12"},
    {"fovea figure map a.fovea --rows 0:500 -o x.pdf", "500"},
    {"fovea figure tokens a.fovea --query 500 -o x.pdf", "500"},
    {"fovea figure heads a.fovea --score nosuch -o x.pdf", "nosuch"},
    {"printf junk > x.pdf; fovea figure --again x.pdf", "x.pdf"},
    {"fovea export a.fovea --point blocks.0.hook_nosuch -o x.npy", "hook_nosuch"},
    {"fovea export a.fovea --point hook_embed -o x.npy", "hook_embed"},
    {"fovea export a.fovea --point blocks.0.attn.hook_pattern -o x.npy --max-bytes 10", "10"},
    {"fovea export a.fovea --point blocks.0.attn.hook_pattern -o x.npy --head 12", "12"},
    {"fovea export a.fovea --point blocks.0.attn.hook_pattern -o x.npy --rows 0:500", "500"},
    {"fovea export a.fovea --point blocks.0.attn.hook_pattern -o x.xyz", "x.xyz"},
};

START_TEST (a_store_that_cannot_be_read_says_why)
{
    g_autoptr (CommandResult) made = command_expect (
        command_folder, "fovea capture demo -o a.fovea --random-repeat 5 --limit 2 --quiet", 0,
        NULL);
    g_autoptr (CommandResult) result =
        command_expect (command_folder, stores[_i].line, 1, stores[_i].part);
    g_autofree char *picture = g_build_filename (command_folder, "x.npy", NULL);
    ck_assert (!g_file_test (picture, G_FILE_TEST_EXISTS));
}
END_TEST

START_TEST (a_damaged_sequence_is_named_and_the_others_stay)
{
    g_autoptr (CommandResult) made = command_expect (
        command_folder, "fovea capture demo -o a.fovea --random-repeat 200 --limit 3 --quiet", 0,
        NULL);
    /* One flipped run of bytes in the last quarter, where chunks of the last sequence lie. */
    g_autoptr (CommandResult) hit = command_run_line (
        command_folder, "size=$(stat -c %s a.fovea); printf 'damage-damage-damage' | "
                        "dd of=a.fovea bs=1 seek=$((size * 7 / 8)) conv=notrunc 2>/dev/null; "
                        "fovea store check a.fovea --quiet --format tsv");
    ck_assert_msg (hit->status == 1, "status %d: %s", hit->status, hit->err);
    ck_assert_msg (strstr (hit->err, "damaged") != NULL, "%s", hit->err);
    g_autoptr (CommandResult) first =
        command_expect (command_folder, "fovea figure map a.fovea --sequence 1 -o x.pdf", 0, NULL);
}
END_TEST

START_TEST (a_full_disk_keeps_what_is_committed)
{
    g_autoptr (CommandResult) made = command_expect (
        command_folder, "fovea capture demo -o a.fovea --random-repeat 50 --limit 2 --quiet", 0,
        NULL);
    /* A limit on file size is the disk that is full: 4 MiB above what is there. */
    g_autoptr (CommandResult) full = command_expect (
        command_folder,
        "size=$(stat -c %s a.fovea); ulimit -f $(((size + 4194304) / 512)); trap '' XFSZ; "
        "fovea capture demo -o a.fovea --random-repeat 400 --limit 20 --quiet",
        1, "a.fovea");
    g_autoptr (CommandResult) sound =
        command_expect (command_folder, "fovea store check a.fovea --quiet", 0, NULL);
    g_autoptr (CommandResult) drawn =
        command_expect (command_folder, "fovea figure map a.fovea --sequence 1 -o x.pdf", 0, NULL);
}
END_TEST

/* The file that a store begins as goes, and is not what the message is about. */
START_TEST (a_store_that_cannot_be_made_is_named_as_it_was_asked_for)
{
    g_autoptr (CommandResult) full = command_expect (
        command_folder,
        "ulimit -f 16; trap '' XFSZ; fovea capture demo -o new.fovea --random-repeat 5 --quiet", 1,
        "cannot create a store: store '");
    ck_assert_msg (strstr (full->err, "/new.fovea'") != NULL, "%s", full->err);
    g_autoptr (CommandResult) left = command_expect (command_folder, "ls new.fovea*", 2, NULL);
    ck_assert_str_eq (left->out, "");
}
END_TEST

START_TEST (a_locked_store_is_one_line)
{
    g_autoptr (CommandResult) made =
        command_expect (command_folder, "fovea capture demo -o a.fovea 'to be' --quiet", 0, NULL);
    /* The lock is held by sqlite3 until its input closes, which the last command waits for. */
    g_autoptr (CommandResult) locked = command_expect (
        command_folder,
        "mkfifo in out; sqlite3 a.fovea < in > out 2>&1 & exec 3> in 4< out; "
        "printf 'begin exclusive;\\nselect 1;\\n' >&3; read line <&4; "
        "fovea capture demo -o a.fovea 'or not' --quiet; status=$?; exec 3>&-; exit $status",
        1, "a.fovea");
}
END_TEST

START_TEST (a_read_only_store_can_be_read)
{
    g_autoptr (CommandResult) made = command_expect (
        command_folder, "fovea capture demo -o a.fovea 'to be or not' --quiet && chmod a-w a.fovea",
        0, NULL);
    g_autoptr (CommandResult) drawn =
        command_expect (command_folder, "fovea figure map a.fovea --head 5.7 -o x.svg", 0, NULL);
    g_autoptr (CommandResult) info =
        command_expect (command_folder, "fovea store info a.fovea", 0, NULL);
    ck_assert_ptr_nonnull (strstr (info->out, "fovea-demo"));
}
END_TEST

/* The shipped record of selfcheck, damaged, and what must be said. */
static const struct {
    const char *json, *part;
} records[] = {
    {"{", "selfcheck.json"},
    {"[]", "not a JSON object"},
    {"", "not a JSON object"},
    {"{}", "no 'ids' or no 'points'"},
    {"{\"ids\":[0],\"points\":3}", "no 'ids' or no 'points'"},
    {"{\"ids\":7,\"points\":{}}", "no 'ids' or no 'points'"},
    {"{\"ids\":[0],\"points\":{\"hook_embed\":{}}}", "point 'hook_embed' is malformed"},
    {"{\"ids\":[0],\"points\":{\"hook_embed\":5}}", "point 'hook_embed' is malformed"},
    {"{\"ids\":[0],\"points\":{\"x\":{\"index\":[1],\"value\":[]}}}", "point 'x' is malformed"},
};

START_TEST (a_damaged_record_of_selfcheck_is_named)
{
    write_file ("d/demo/selfcheck.json", records[_i].json, strlen (records[_i].json));
    g_autoptr (CommandResult) result = command_expect (
        command_folder, "FOVEA_DATA_DIR=$PWD/d fovea selfcheck --quiet", 1, records[_i].part);
    ck_assert_str_eq (result->out, "");
}
END_TEST

/* A machine that computes something else than the record says. */
START_TEST (selfcheck_names_the_points_that_differ)
{
    g_autofree char *data = support_data ("data");
    g_autofree char *line = g_strdup_printf (
        "cp -r '%s' d && chmod -R u+w d && sed -i 's/\"value\": "
        "*\\[[-0-9.e]*/\"value\":[1234.5/' "
        "d/demo/selfcheck.json && FOVEA_DATA_DIR=$PWD/d fovea selfcheck --device cpu --quiet",
        data);
    g_autoptr (CommandResult) result = command_run_line (command_folder, line);
    ck_assert_msg (result->status == 1, "status %d: %s", result->status, result->err);
    ck_assert_msg (strstr (result->err, "1 of 35 kinds") != NULL, "%s", result->err);
    ck_assert_ptr_nonnull (strstr (result->out, "blocks.*.attn.hook_attn_scores"));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("bad-input");
    TCase *models = tcase_create ("models");
    tcase_set_timeout (models, 60);
    tcase_add_checked_fixture (models, command_set_up, command_tear_down);
    tcase_add_loop_test (models, a_lying_checkpoint_is_refused, 0, G_N_ELEMENTS (checkpoints));
    tcase_add_test (models, a_truncated_checkpoint_is_refused);
    tcase_add_test (models, a_pickle_is_refused_by_name_and_not_read);
    tcase_add_loop_test (models, what_fovea_does_not_know_is_refused_by_name, 0,
                         G_N_ELEMENTS (changes));
    tcase_add_loop_test (models, a_run_that_cannot_be_is_refused_before_it_starts, 0,
                         G_N_ELEMENTS (runs));
    tcase_add_loop_test (models, a_damaged_record_of_selfcheck_is_named, 0, G_N_ELEMENTS (records));
    tcase_add_test (models, selfcheck_names_the_points_that_differ);
    suite_add_tcase (suite, models);
    TCase *kept = tcase_create ("stores");
    tcase_set_timeout (kept, 120);
    tcase_add_checked_fixture (kept, command_set_up, command_tear_down);
    tcase_add_loop_test (kept, a_store_that_cannot_be_read_says_why, 0, G_N_ELEMENTS (stores));
    tcase_add_test (kept, a_damaged_sequence_is_named_and_the_others_stay);
    tcase_add_test (kept, a_full_disk_keeps_what_is_committed);
    tcase_add_test (kept, a_store_that_cannot_be_made_is_named_as_it_was_asked_for);
    tcase_add_test (kept, a_locked_store_is_one_line);
    tcase_add_test (kept, a_read_only_store_can_be_read);
    suite_add_tcase (suite, kept);
    return support_run (suite);
}
