/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Encodings that are stopped: what was committed stays, nobody takes it for all, and the next writer of the
 * same goes on behind it to the same bytes; never behind codes of other options. */
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/codes-support.h"

enum {
    MANY = 6,
    PAUSE_US = 600000, /* more than work may wait for its commit */
};

static const FoveaDictionary mine = {"abcd",    "mine", "blocks.1.hook_resid_pre",
                                     "abstopk", F,      "{\"a\":1}"};
static const FoveaDictionary otherwise = {"abcd",    "mine", "blocks.1.hook_resid_pre",
                                          "abstopk", F,      "{\"a\":2}"};

static FoveaCodeWriter *
new_writer (FoveaStore *store, const FoveaDictionary *of)
{
    g_autoptr (GError) error = NULL;
    FoveaCodeWriter *writer = fovea_code_writer_new (store, of, &error);
    ck_assert_msg (writer != NULL, "%s", error != NULL ? error->message : "");
    return writer;
}

/* The codes of sequence @s: no two sequences have the same. */
static void
add (FoveaCodeWriter *writer, gint64 s)
{
    g_autoptr (GError) error = NULL;
    float own[G_N_ELEMENTS (values)];
    for (guint i = 0; i < G_N_ELEMENTS (own); i++)
        own[i] = values[i] * (float) s;
    const FoveaSaeCodes codes = {3, F, offsets, latents, own, NULL, NULL};
    ck_assert_msg (fovea_code_writer_add (writer, s, positions, &codes, &error), "%s",
                   error != NULL ? error->message : "");
}

/* Adds sequences up to @last that are not there, and finishes if it is the last of all. */
static void
encode (FoveaStore *store, const FoveaDictionary *of, gint64 last)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaCodeWriter) writer = new_writer (store, of);
    for (gint64 s = 1; s <= last; s++)
        if (!fovea_code_writer_has (writer, s))
            add (writer, s);
    ck_assert_msg (last < MANY || fovea_code_writer_finish (writer, NULL, &error), "%s",
                   error != NULL ? error->message : "");
}

/* Every row of every table but when things happened, a line a row.   Owner: caller. */
static char *
dump (void)
{
    static const char *const tables[] = {
        "id, hash, name, site, architecture, n_latents, n_tokens, n_codes, options FROM dictionary",
        "rowid, dictionary_id, sequence_id, n_rows, n_codes, checksum, hex (data) FROM code_rows",
        "rowid, dictionary_id, latent, part, n_codes, least, most, checksum, hex (data) FROM "
        "firing",
        "id, run_id, position, title, complete FROM sequence",
        "id, array_id, checksum FROM chunk",
    };
    GString *text = g_string_new (NULL);
    sqlite3 *db = NULL;
    ck_assert_int_eq (sqlite3_open_v2 (store_path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    for (guint i = 0; i < G_N_ELEMENTS (tables); i++) {
        g_autofree char *sql = g_strdup_printf ("SELECT %s", tables[i]);
        sqlite3_stmt *row = NULL;
        ck_assert_msg (sqlite3_prepare_v2 (db, sql, -1, &row, NULL) == SQLITE_OK, "%s",
                       sqlite3_errmsg (db));
        while (sqlite3_step (row) == SQLITE_ROW) {
            for (int c = 0; c < sqlite3_column_count (row); c++)
                g_string_append_printf (text, "%s|", (const char *) sqlite3_column_text (row, c));
            g_string_append_c (text, '\n');
        }
        sqlite3_finalize (row);
    }
    sqlite3_close (db);
    return g_string_free (text, FALSE);
}

/* The same store whose codes were made in one go. */
static char *
dump_one_go (void)
{
    g_autofree char *here = g_steal_pointer (&store_path);
    store_path = g_strconcat (here, ".whole", NULL);
    store_make (MANY, T);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    encode (store, &mine, MANY);
    char *text = dump ();
    g_free (store_path);
    store_path = g_steal_pointer (&here);
    return text;
}

/* What there is to be told of the dictionary while it is not finished. */
static void
assert_stopped (gint64 n_sequences)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (GPtrArray) whole = fovea_store_list_dictionaries (store, NULL);
    g_autoptr (GPtrArray) stopped = fovea_store_list_unfinished_dictionaries (store, NULL);
    gint64 id = 7;
    ck_assert_uint_eq (whole->len, 0);
    ck_assert_uint_eq (stopped->len, 1);
    const FoveaDictionaryInfo *info = fovea_dictionaries_find (stopped, "abcd");
    ck_assert_ptr_nonnull (info);
    ck_assert (!info->finished);
    ck_assert_int_eq (info->n_sequences, n_sequences);
    ck_assert_int_eq (info->n_all, MANY);
    ck_assert (!fovea_store_require_dictionary (store, "abcd", &id, NULL, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND));
    g_autofree char *said = g_strdup_printf ("%d of %d sequences of %s are encoded",
                                             (int) n_sequences, MANY, store_path);
    ck_assert_msg (strstr (error->message, said) != NULL, "%s", error->message);
    ck_assert_int_eq (id, 0);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM latents"), 0);
    ck_assert_double_eq (store_ask ("SELECT finished FROM encodings"), 0);
    ck_assert_double_eq (store_ask ("SELECT sequences FROM encodings"), (double) n_sequences);
    g_autoptr (FoveaTable) damage = fovea_store_check (store, NULL, NULL, NULL, NULL);
    ck_assert_uint_eq (fovea_table_get_n_rows (damage), 0);
}

START_TEST (an_encoding_that_was_stopped_anywhere_ends_as_one_that_was_not)
{
    g_autofree char *expected = dump_one_go ();
    store_make (MANY, T);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    encode (store, &mine, _i);
    assert_stopped (_i);
    {
        g_autoptr (FoveaCodeWriter) writer = new_writer (store, &mine);
        ck_assert_uint_eq (fovea_code_writer_get_n_kept (writer), _i);
        ck_assert (fovea_code_writer_has (writer, _i) && !fovea_code_writer_has (writer, _i + 1));
    }
    encode (store, &mine, MANY);
    g_autofree char *got = dump ();
    ck_assert_str_eq (got, expected);
    ck_assert_double_eq (store_ask ("SELECT finished FROM encodings"), 1);
}
END_TEST

/* Dies with four sequences committed, the last of them because half a second had passed, and one that waits. */
static void
die_in_child (void)
{
    pid_t child = fork ();
    if (child == 0) {
        g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
        FoveaCodeWriter *writer = new_writer (store, &mine);
        for (gint64 s = 1; s <= 5; s++) {
            if (s == 4)
                g_usleep (PAUSE_US);
            add (writer, s);
        }
        raise (SIGKILL);
    }
    int status = 0;
    ck_assert_int_gt (child, 0);
    ck_assert_int_eq (waitpid (child, &status, 0), child);
    ck_assert (WIFSIGNALED (status));
}

START_TEST (a_killed_encoding_keeps_what_is_older_than_half_a_second)
{
    g_autofree char *expected = dump_one_go ();
    store_make (MANY, T);
    die_in_child ();
    assert_stopped (4);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    encode (store, &mine, MANY);
    g_autofree char *got = dump ();
    ck_assert_str_eq (got, expected);
}
END_TEST

/* Codes by latent that came to no end say nothing, and go. */
START_TEST (a_writer_that_died_at_its_end_ends_as_one_that_did_not)
{
    g_autofree char *expected = dump_one_go ();
    store_make (MANY, T);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    encode (store, &mine, MANY - 1);
    store_run_sql ("INSERT INTO firing VALUES (1, 5, 0, 1, 0, 1, 0, x'00'),"
                   " (1, 3, 0, 1, 0, 1, 0, x'00'), (1, 5, 9, 1, 0, 1, 0, x'00')");
    assert_stopped (MANY - 1);
    encode (store, &mine, MANY);
    g_autofree char *got = dump ();
    ck_assert_str_eq (got, expected);
}
END_TEST

START_TEST (an_end_that_is_cancelled_loses_nothing)
{
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (GError) error = NULL;
    store_make (MANY, T);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    {
        g_autoptr (FoveaCodeWriter) writer = new_writer (store, &mine);
        for (gint64 s = 1; s <= MANY; s++)
            add (writer, s);
        g_cancellable_cancel (cancellable);
        ck_assert (!fovea_code_writer_finish (writer, cancellable, &error));
        ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    }
    assert_stopped (MANY);
}
END_TEST

START_TEST (codes_of_other_options_are_never_mixed)
{
    store_make (MANY, T);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    encode (store, &otherwise, 3);
    {
        /* Who fails before the first codes are there takes none away. */
        g_autoptr (FoveaCodeWriter) writer = new_writer (store, &mine);
        ck_assert_uint_eq (fovea_code_writer_get_n_kept (writer), 0);
        ck_assert (!fovea_code_writer_has (writer, 1));
    }
    assert_stopped (3);
    encode (store, &mine, 2);
    assert_stopped (2);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM dictionary"), 1);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM code_rows"), 2);
}
END_TEST

/* Of a store from before options were noted nobody knows what they were. */
START_TEST (codes_of_unknown_options_are_not_gone_on_with)
{
    store_make (MANY, T);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    encode (store, &dictionary, 3);
    g_autoptr (GPtrArray) stopped = fovea_store_list_unfinished_dictionaries (store, NULL);
    ck_assert_uint_eq (stopped->len, 0);
    g_autoptr (FoveaCodeWriter) writer = new_writer (store, &dictionary);
    ck_assert_uint_eq (fovea_code_writer_get_n_kept (writer), 0);
}
END_TEST

/* The codes that are read. */
static gint64
find_read (FoveaStore *store)
{
    gint64 id = 0;
    ck_assert (fovea_store_require_dictionary (store, "abcd", &id, NULL, NULL));
    return id;
}

/* A store whose sequences all have codes.   Owner: caller. */
static FoveaStore *
make_encoded (void)
{
    store_make (MANY, T);
    FoveaStore *store = store_open (FOVEA_STORE_WRITE);
    encode (store, &mine, MANY);
    return store;
}

/* What is finished is read until the new one is. */
START_TEST (codes_that_are_finished_stay_until_others_are)
{
    g_autoptr (FoveaStore) store = make_encoded ();
    gint64 id = find_read (store);
    encode (store, &mine, 2);
    ck_assert_int_eq (id, find_read (store));
    encode (store, &mine, MANY);
    ck_assert_int_ne (id, find_read (store));
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM dictionary"), 1);
}
END_TEST

/* Sequences that came after an encoding was finished are all that is encoded; its codes are read until then. */
START_TEST (an_encoding_that_the_store_has_outgrown_goes_on)
{
    g_autoptr (FoveaStore) store = make_encoded ();
    gint64 id = find_read (store);
    store_make (2, T);
    store_run_sql ("UPDATE code_rows SET data = zeroblob (length (data)) WHERE sequence_id = 3");
    {
        g_autoptr (FoveaCodeWriter) other = new_writer (store, &otherwise);
        ck_assert_uint_eq (fovea_code_writer_get_n_kept (other), 0);
    }
    FoveaCodeWriter *writer = new_writer (store, &mine);
    ck_assert_uint_eq (fovea_code_writer_get_n_kept (writer), MANY - 1);
    ck_assert (fovea_code_writer_has (writer, MANY) && !fovea_code_writer_has (writer, 3));
    add (writer, 3);
    fovea_code_writer_free (writer); /* stopped: the copy is gone on with */
    ck_assert_int_eq (id, find_read (store));
    writer = new_writer (store, &mine);
    ck_assert_uint_eq (fovea_code_writer_get_n_kept (writer), MANY);
    add (writer, MANY + 1);
    add (writer, MANY + 2);
    ck_assert (fovea_code_writer_finish (writer, NULL, NULL));
    fovea_code_writer_free (writer);
    g_autoptr (GArray) firings = fovea_store_read_firings (store, find_read (store), 5, NULL);
    ck_assert_uint_eq (firings->len, 2 * (MANY + 2));
    for (guint i = 0; i < firings->len; i++) {
        const FoveaFiring *firing = &g_array_index (firings, FoveaFiring, i);
        ck_assert_int_eq (firing->sequence, i / 2 + 1);
        ck_assert_float_eq (firing->value, (i % 2 == 0 ? -1.f : 3.f) * (float) firing->sequence);
    }
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM dictionary"), 1);
    g_autoptr (FoveaTable) damage = fovea_store_check (store, NULL, NULL, NULL, NULL);
    ck_assert_uint_eq (fovea_table_get_n_rows (damage), 0);
    /* Where nothing is missing all of it is made anew, as whoever asks for that wants. */
    g_autoptr (FoveaCodeWriter) whole = new_writer (store, &mine);
    ck_assert_uint_eq (fovea_code_writer_get_n_kept (whole), 0);
}
END_TEST

START_TEST (damaged_codes_are_made_again)
{
    g_autofree char *expected = dump_one_go ();
    store_make (MANY, T);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    encode (store, &mine, MANY - 1);
    store_run_sql ("UPDATE code_rows SET data = zeroblob (length (data)) WHERE sequence_id = 5");
    {
        g_autoptr (FoveaCodeWriter) writer = new_writer (store, &mine);
        ck_assert_uint_eq (fovea_code_writer_get_n_kept (writer), MANY - 2);
        ck_assert (!fovea_code_writer_has (writer, MANY - 1));
    }
    encode (store, &mine, MANY);
    g_autofree char *got = dump ();
    ck_assert_str_eq (got, expected);
}
END_TEST

/* A sequence that was removed meanwhile takes its codes along. */
START_TEST (codes_of_a_removed_sequence_are_not_kept)
{
    store_make (MANY, T);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    encode (store, &mine, 3);
    ck_assert (fovea_store_remove_sequence (store, 2, NULL));
    g_autoptr (FoveaCodeWriter) writer = new_writer (store, &mine);
    ck_assert_uint_eq (fovea_code_writer_get_n_kept (writer), 2);
    for (gint64 s = 4; s <= MANY; s++)
        add (writer, s);
    ck_assert (fovea_code_writer_finish (writer, NULL, NULL));
    g_autoptr (GArray) firings = fovea_store_read_firings (store, find (store), 5, NULL);
    ck_assert_uint_eq (firings->len, 2 * (MANY - 1));
}
END_TEST

/* Two captures or two encodings: the second is refused, and told why. One of each get along. */
START_TEST (a_store_has_one_writer_of_each_kind)
{
    g_autoptr (GError) codes = NULL, sequences = NULL;
    store_make (MANY, T);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    g_autoptr (FoveaStore) other = store_open (FOVEA_STORE_WRITE);
    ck_assert (!fovea_store_has_writer (store_path, FOVEA_WRITER_CODES));
    FoveaCodeWriter *writer = new_writer (store, &mine);
    add (writer, 1);
    ck_assert (fovea_store_has_writer (store_path, FOVEA_WRITER_CODES));
    ck_assert (fovea_store_has_writer (store_path, FOVEA_WRITER_CODES)); /* looking takes nothing */
    ck_assert (!fovea_store_has_writer (store_path, FOVEA_WRITER_SEQUENCES));
    ck_assert_ptr_null (fovea_code_writer_new (other, &mine, &codes));
    ck_assert (g_error_matches (codes, FOVEA_ERROR, FOVEA_ERROR_STORE));
    ck_assert_msg (strstr (codes->message, "another encoding is writing into it just now") != NULL,
                   "%s", codes->message);
    FoveaSink *sink = store_new_sink (store, 1, MANY);
    ck_assert (fovea_store_has_writer (store_path, FOVEA_WRITER_SEQUENCES));
    ck_assert_ptr_null (fovea_store_new_sink (other, 1, MANY, &sequences));
    ck_assert_msg (strstr (sequences->message, "another capture is writing into it just now") !=
                       NULL,
                   "%s", sequences->message);
    fovea_code_writer_free (writer);
    ck_assert (!fovea_store_has_writer (store_path, FOVEA_WRITER_CODES));
    ck_assert (fovea_store_has_writer (store_path, FOVEA_WRITER_SEQUENCES));
    encode (other, &mine, MANY);
    fovea_sink_free (sink);
    ck_assert (!fovea_store_has_writer (store_path, FOVEA_WRITER_SEQUENCES));
}
END_TEST

enum {
    CAPTURED = 20 /* sequences beside the encodings */
};

static gpointer
capture_beside (gpointer data)
{
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    g_autoptr (FoveaSink) sink = store_new_sink (store, 1, MANY);
    for (int i = 0; i < CAPTURED; i++)
        fovea_trace_unref (store_write_sequence (sink, T, "beside", 50));
    g_atomic_int_set ((gint *) data, TRUE);
    return NULL;
}

/* Encoded again and again while it grows: each takes over what the one before had. */
START_TEST (an_encoding_and_a_capture_get_along)
{
    gint captured = FALSE;
    guint n_encoded = 0;
    store_make (MANY, T);
    GThread *thread = g_thread_new ("capture", capture_beside, &captured);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    for (gboolean last = FALSE; !last; n_encoded++) {
        last = g_atomic_int_get (&captured);
        encode (store, &mine, MANY);
    }
    g_thread_join (thread);
    ck_assert_uint_gt (n_encoded, 2);
    for (gint64 s = 1; s <= MANY; s++) {
        g_autofree gint64 *read = NULL;
        g_autoptr (FoveaSaeCodes) codes =
            fovea_store_read_codes (store, find (store), s, &read, NULL);
        ck_assert (codes != NULL && codes->values[1] == values[1] * (float) s);
    }
    g_autoptr (GArray) firings = fovea_store_read_firings (store, find (store), 5, NULL);
    ck_assert_uint_eq (firings->len, 2 * MANY);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM sequence WHERE complete"),
                         MANY + CAPTURED);
    for (gint64 s = MANY + 1; s <= MANY + CAPTURED; s++) {
        g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, s, NULL);
        store_assert_trace (trace, T);
    }
    g_autoptr (FoveaTable) damage = fovea_store_check (store, NULL, NULL, NULL, NULL);
    ck_assert_uint_eq (fovea_table_get_n_rows (damage), 0);
}
END_TEST

/* The file of a dead writer's lock stays behind, and says nothing. */
START_TEST (a_dead_writer_writes_no_more)
{
    store_make (MANY, T);
    die_in_child ();
    g_autofree char *lock = g_strconcat (store_path, "-encoder", NULL);
    ck_assert (g_file_test (lock, G_FILE_TEST_EXISTS));
    ck_assert (!fovea_store_has_writer (store_path, FOVEA_WRITER_CODES));
}
END_TEST

START_TEST (a_run_says_how_many_sequences_it_is_to_have)
{
    store_make (2, T);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    gint64 run = store_begin_run (store);
    ck_assert (fovea_store_plan_run (store, run, 94, NULL));
    g_autoptr (GPtrArray) runs = fovea_store_list_runs (store, NULL);
    ck_assert_uint_eq (runs->len, 2);
    ck_assert_int_eq (((FoveaRunInfo *) runs->pdata[0])->n_planned, 0);
    ck_assert_int_eq (((FoveaRunInfo *) runs->pdata[1])->n_planned, 94);
    ck_assert_int_eq (((FoveaRunInfo *) runs->pdata[1])->n_sequences, 0);
    ck_assert_double_eq (store_ask ("SELECT planned FROM runs WHERE run = 2"), 94);
    g_autoptr (FoveaStore) reader = store_open (FOVEA_STORE_READ);
    ck_assert (!fovea_store_plan_run (reader, run, 95, NULL));
}
END_TEST

int
main (void)
{
    TCase *tc = tcase_create ("going on");
    tcase_add_checked_fixture (tc, store_set_up, store_tear_down);
    tcase_set_timeout (tc, 60);
    tcase_add_loop_test (tc, an_encoding_that_was_stopped_anywhere_ends_as_one_that_was_not, 1,
                         MANY);
    tcase_add_test (tc, a_killed_encoding_keeps_what_is_older_than_half_a_second);
    tcase_add_test (tc, a_writer_that_died_at_its_end_ends_as_one_that_did_not);
    tcase_add_test (tc, an_end_that_is_cancelled_loses_nothing);
    tcase_add_test (tc, codes_of_other_options_are_never_mixed);
    tcase_add_test (tc, codes_of_unknown_options_are_not_gone_on_with);
    tcase_add_test (tc, codes_that_are_finished_stay_until_others_are);
    tcase_add_test (tc, an_encoding_that_the_store_has_outgrown_goes_on);
    tcase_add_test (tc, damaged_codes_are_made_again);
    tcase_add_test (tc, codes_of_a_removed_sequence_are_not_kept);
    tcase_add_test (tc, a_store_has_one_writer_of_each_kind);
    tcase_add_test (tc, an_encoding_and_a_capture_get_along);
    tcase_add_test (tc, a_dead_writer_writes_no_more);
    tcase_add_test (tc, a_run_says_how_many_sequences_it_is_to_have);
    Suite *suite = suite_create ("codes go on");
    suite_add_tcase (suite, tc);
    return support_run (suite);
}
