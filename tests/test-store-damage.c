/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Stores whose rows contradict each other, by damage or by intent: each change to a sound store, and
 * what the call that meets it must say. Nothing may be read past what is there. */
#include <sqlite3.h>
#include <string.h>

#include <glib/gstdio.h>

#include "tests/store-support.h"

enum {
    T = 70
};

/* Fails the test unless @error is of the store and says @part. */
static void
assert_said (GError *error, const char *sql, const char *part)
{
    ck_assert_msg (error != NULL, "%s: no error, expected '%s'", sql, part);
    ck_assert_msg (error->domain == FOVEA_ERROR, "%s: '%s' is of another domain", sql,
                   error->message);
    ck_assert_msg (strstr (error->message, part) != NULL, "%s: said '%s', expected '%s'", sql,
                   error->message, part);
}

static const struct {
    const char *sql, *part;
} files[] = {
    {"DELETE FROM store", "it has no identity"},
    {"DROP TABLE result_cell", "it has 18 of 19 tables"},
    {"DROP TABLE chunk; CREATE VIEW chunk AS SELECT 1 AS id", "it has 18 of 19 tables"},
    {"DROP TABLE firing; CREATE VIEW firing AS SELECT 1 AS latent", "it has 18 of 19 tables"},
    {"DROP TABLE last_id", "it has 18 of 19 tables"},
    {"PRAGMA user_version = 0", "its version is 0"},
    {"PRAGMA user_version = -7", "its version is -7"},
    {"PRAGMA user_version = 3000", "made by a newer Fovea"},
    {"PRAGMA application_id = 17", "an SQLite file of another program"},
};

START_TEST (file_that_is_not_whole_is_refused)
{
    store_make (1, T);
    store_run_sql (files[_i].sql);
    for (FoveaStoreMode mode = FOVEA_STORE_READ; mode <= FOVEA_STORE_CREATE; mode++) {
        g_autoptr (GError) error = NULL;
        ck_assert_ptr_null (fovea_store_open (store_path, mode, &error));
        assert_said (error, files[_i].sql, files[_i].part);
    }
}
END_TEST

#define UNCHECKED        "PRAGMA ignore_check_constraints = ON; "
#define DESCRIBE(change) "UPDATE model SET description = json_" change
#define SHAPE(shape)     "UPDATE array SET shape = '" shape "' WHERE name LIKE '%hook_q'"

/* What is done, and what opening sequence 1 says. */
static const struct {
    const char *sql, *part;
} sequences[] = {
    {"UPDATE model SET description = 'nonsense'", "store is damaged: a model's description"},
    {"UPDATE model SET description = '[]'", "a model's description"},
    {"UPDATE run SET model_id = NULL", "not a JSON object"},
    {DESCRIBE ("set (description, '$.family', 3)"), "lacks family"},
    {DESCRIBE ("set (description, '$.norm', 'square')"), "lacks norm"},
    {DESCRIBE ("set (description, '$.norm', 1)"), "lacks norm"},
    {DESCRIBE ("set (description, '$.activation', json ('[]'))"), "lacks activation"},
    {DESCRIBE ("set (description, '$.n_layers', -1)"), "lacks n_layers"},
    {DESCRIBE ("set (description, '$.n_layers', 0)"), "n_layers is 0"},
    {DESCRIBE ("set (description, '$.n_layers', 2000000000)"), "n_layers is 2000000000"},
    {DESCRIBE ("set (description, '$.n_heads', 600000)"), "n_heads is 600000"},
    {DESCRIBE ("set (description, '$.n_heads', 2)"), "expected (70, 2, 5) by 1"},
    {DESCRIBE ("set (description, '$.n_kv_heads', 0)"), "n_kv_heads is 0"},
    {DESCRIBE ("set (description, '$.n_kv_heads', 2)"), "does not divide 3 heads"},
    {DESCRIBE ("set (description, '$.n_kv_heads', 4)"), "n_kv_heads is 4, expected 1 to 3"},
    {DESCRIBE ("set (description, '$.head_width', 0)"), "head_width is 0"},
    {DESCRIBE ("set (description, '$.head_width', 1)"), "expected (70, 3, 1) by 1"},
    {DESCRIBE ("set (description, '$.head_width', 4)"),
     "sequence 1: blocks.0.attn.hook_q: is (70, 3, 5) by 1 axes, expected (70, 3, 4) by 1"},
    {DESCRIBE ("set (description, '$.width', 3)"), "blocks.0.hook_resid_pre: is (70, 15)"},
    {DESCRIBE ("set (description, '$.rotary_width', 3)"), "rotary_width is 3, expected pairs"},
    {DESCRIBE ("set (description, '$.rotary_width', 6)"), "rotary_width is 6"},
    {DESCRIBE ("remove (description, '$.windows')"), "lacks windows"},
    {DESCRIBE ("set (description, '$.windows', 5)"), "lacks windows"},
    {DESCRIBE ("set (description, '$.windows', json ('[5]'))"), "lacks windows"},
    {DESCRIBE ("set (description, '$.windows', json ('[5, -1]'))"), "windows is -1"},
    {DESCRIBE ("set (description, '$.windows', json ('[5, []]'))"), "windows is -1"},
    {"UPDATE sequence SET n_tokens = 71", "sequence 1: tokens are missing"},
    {"UPDATE sequence SET n_tokens = 3000000000", "its sizes or types make no sense"},
    {"DELETE FROM token; DELETE FROM array; UPDATE sequence SET n_tokens = 0",
     "its sizes or types make no sense"},
    {UNCHECKED "UPDATE sequence SET keep = 'F99'", "its sizes or types make no sense"},
    {"DELETE FROM token WHERE position = 3", "tokens are missing"},
    {"UPDATE token SET position = 500 WHERE position = 3", "its tokens make no sense"},
    {"UPDATE token SET id = NULL WHERE position = 3", "its tokens make no sense"},
    {"UPDATE token SET text = NULL WHERE position = 0", "its tokens make no sense"},
    {"UPDATE token SET special = NULL WHERE position = 69", "its tokens make no sense"},
    {SHAPE ("[70,3]"), "blocks.0.attn.hook_q: is (70, 3) by 1 axes, expected (70, 3, 5) by 1"},
    {SHAPE ("[70,5,3]"), "is (70, 5, 3) by 1"},
    {SHAPE ("[71,3,5]"), "array 'blocks.0.attn.hook_q' makes no sense or lacks rows"},
    {SHAPE ("[70,3,5"), "makes no sense"},
    {SHAPE ("70,3,5]"), "makes no sense"},
    {SHAPE ("[70,,5]"), "makes no sense"},
    {SHAPE ("[70,3,5,]"), "makes no sense"},
    {SHAPE ("[70,3,5]x"), "makes no sense"},
    {SHAPE ("[70,-3,-5]"), "makes no sense"},
    {SHAPE ("[70,1,3,5,1]"), "makes no sense"},
    {SHAPE ("[70,3,99999999999]"), "makes no sense"},
    {SHAPE ("[]"), "makes no sense"},
    {SHAPE (""), "makes no sense"},
    {"UPDATE array SET shape = '[70,2147483647,2147483647,9]' WHERE name LIKE '%hook_q'",
     "makes no sense"},
    {"UPDATE array SET name = 'mine', shape = '[70,3,2147483647]' WHERE name LIKE '%hook_q'",
     "its arrays are larger than the file"},
    {UNCHECKED "UPDATE array SET dtype = 'F99' WHERE name LIKE '%hook_q'", "makes no sense"},
    {UNCHECKED "UPDATE array SET row_axes = 0 WHERE name LIKE '%hook_q'", "makes no sense"},
    {UNCHECKED "UPDATE array SET row_axes = 3 WHERE name LIKE '%hook_q'", "makes no sense"},
    {"UPDATE array SET row_axes = 2 WHERE name LIKE '%hook_q'", "makes no sense or lacks rows"},
    {"UPDATE array SET name = 'blocks.1.attn.hook_z' WHERE name LIKE '%hook_resid_pre'",
     "blocks.1.attn.hook_z: is (70, 15) by 1 axes, expected (70, 3, 5) by 1"},
    {"DELETE FROM chunk WHERE array_id = 1", "array 'blocks.0.attn.hook_q' makes no sense"},
    {"DELETE FROM sequence WHERE id = 1", "has no sequence 1"},
    {"UPDATE sequence SET complete = 0 WHERE id = 1", "has no sequence 1"},
};

/* Whether the check names sequence 1, with @part where it says what is wrong. */
static gboolean
check_names (FoveaStore *store, int column, const char *part)
{
    g_autoptr (FoveaTable) damage = fovea_store_check (store, NULL, NULL, NULL, NULL);
    for (guint i = 0; i < fovea_table_get_n_rows (damage); i++)
        if (fovea_table_get_integer (damage, i, 0) == 1 &&
            strstr (fovea_table_get_text (damage, i, (guint) column), part) != NULL)
            return TRUE;
    return FALSE;
}

START_TEST (sequence_that_makes_no_sense_is_refused)
{
    store_make (1, T);
    store_run_sql (sequences[_i].sql);
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, 1, &error);
    ck_assert_msg (trace == NULL, "%s: opened", sequences[_i].sql);
    assert_said (error, sequences[_i].sql, sequences[_i].part);
    gboolean gone = g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND);
    ck_assert_msg (check_names (store, 1, sequences[_i].part) == !gone, "%s", sequences[_i].sql);
}
END_TEST

/* Every member of a description is needed: one read by halves would compute other scores. */
START_TEST (description_without_any_one_member_is_refused)
{
    static const char *const members[] = {"family",       "n_layers",
                                          "n_heads",      "n_kv_heads",
                                          "head_width",   "width",
                                          "mlp_width",    "vocabulary",
                                          "context",      "norm",
                                          "norm_eps",     "norm_gain_offset",
                                          "position",     "rotary_width",
                                          "rotary_base",  "rotary_interleaved",
                                          "activation",   "gated",
                                          "tied_head",    "attention_scale",
                                          "windows",      "attention_soft_cap",
                                          "weight_dtype", "n_parameters",
                                          "bos_id",       "eos_id"};
    store_make (1, T);
    store_run_sql ("CREATE TABLE kept AS SELECT description FROM model");
    for (guint i = 0; i < G_N_ELEMENTS (members); i++) {
        g_autoptr (GError) error = NULL;
        g_autofree char *sql =
            g_strdup_printf ("UPDATE model SET description = (SELECT json_remove (description,"
                             " '$.%s') FROM kept)",
                             members[i]);
        g_autofree char *part = g_strdup_printf ("description lacks %s", members[i]);
        store_run_sql (sql);
        g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
        ck_assert_ptr_null (fovea_store_open_trace (store, 1, &error));
        assert_said (error, sql, part);
    }
    store_run_sql ("UPDATE model SET description = (SELECT description FROM kept)");
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, 1, NULL);
    store_assert_trace (trace, T);
}
END_TEST

/* Opens, for the rows agree; only reading meets the chunk. */
static const struct {
    const char *sql, *part;
} chunks[] = {
    {"UPDATE chunk SET data = zeroblob (4) WHERE array_id = 1", "row 0: chunk has a wrong size"},
    {"UPDATE chunk SET data = CAST (data || x'00' AS BLOB) WHERE array_id = 1",
     "row 0: chunk has a wrong size"},
    {"UPDATE chunk SET data = x'' WHERE array_id = 1", "row 0: chunk has a wrong size"},
    {"UPDATE chunk SET first_row = 5 WHERE array_id = 1", "row 0: chunk is missing"},
    {"UPDATE chunk SET data = zeroblob (length (data)) WHERE array_id = 1",
     "row 0: chunk has a wrong checksum"},
    {"UPDATE chunk SET checksum = checksum + 1 WHERE array_id = 1",
     "row 0: chunk has a wrong checksum"},
    {UNCHECKED "UPDATE array SET dtype = 'F64' WHERE id = 1", "row 0: chunk has a wrong size"},
    {"UPDATE array SET dtype = 'F16' WHERE id = 1", "row 0: chunk has a wrong size"},
    {UNCHECKED "UPDATE chunk SET n_rows = 140 WHERE array_id = 1;"
               "INSERT INTO chunk (array_id, first_row, n_rows, checksum, data)"
               " VALUES (1, 70, -70, 0, x'')",
     "row 0: chunk is missing"},
};

START_TEST (chunk_that_is_not_what_its_row_says_is_named)
{
    g_autofree float *out = g_new (float, T * 15);
    store_make (2, T);
    store_run_sql (chunks[_i].sql);
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, 1, &error);
    ck_assert_msg (trace != NULL, "%s", error != NULL ? error->message : "");
    ck_assert (
        !fovea_trace_read (trace, "blocks.0.attn.hook_q", 0, 1, out, NULL)); /* nor part of it */
    ck_assert (!fovea_trace_read (trace, "blocks.0.attn.hook_q", 0, T, out, &error));
    assert_said (error, chunks[_i].sql, chunks[_i].part);
    ck_assert_ptr_nonnull (strstr (error->message, "store is damaged: blocks.0.attn.hook_q"));
    g_autoptr (FoveaTrace) other = fovea_store_open_trace (store, 2, NULL);
    store_assert_trace (other, T); /* nothing else is lost */
    ck_assert_msg (check_names (store, 2, "blocks.0.attn.hook_q"), "%s", chunks[_i].sql);
}
END_TEST

START_TEST (chunk_of_another_size_fails_the_check)
{
    store_make (2, T);
    store_run_sql ("UPDATE chunk SET data = CAST (data || x'0102' AS BLOB) WHERE array_id ="
                   " (SELECT id FROM array WHERE sequence_id = 2 AND name LIKE '%argmax')");
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTable) damage = fovea_store_check (store, NULL, NULL, NULL, NULL);
    ck_assert_uint_eq (fovea_table_get_n_rows (damage), 1);
    ck_assert_int_eq (fovea_table_get_integer (damage, 0, 0), 2);
    ck_assert_str_eq (fovea_table_get_text (damage, 0, 2), "blocks.0.attn.hook_row_argmax");
}
END_TEST

/* Pages that SQLite itself finds wrong come as damage of the file, sequence 0. */
START_TEST (broken_pages_are_damage_of_the_file)
{
    char *bytes = NULL;
    gsize length;
    store_make (4, 200);
    ck_assert (g_file_get_contents (store_path, &bytes, &length, NULL));
    for (gsize i = length / 2; i < length / 2 + 65536 * 3; i++)
        bytes[i] ^= 0x5a;
    ck_assert (g_file_set_contents (store_path, bytes, (gssize) length, NULL));
    g_free (bytes);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTable) damage = fovea_store_check (store, NULL, NULL, NULL, NULL);
    ck_assert_ptr_nonnull (damage);
    ck_assert_uint_gt (fovea_table_get_n_rows (damage), 0);
}
END_TEST

/* The first page of the order that chunks are found by. */
static gint64
find_chunk_index (void)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *row = NULL;
    ck_assert_int_eq (sqlite3_open (store_path, &db), SQLITE_OK);
    ck_assert_int_eq (sqlite3_prepare_v2 (db,
                                          "SELECT rootpage FROM sqlite_schema WHERE type = 'index'"
                                          " AND tbl_name = 'chunk'",
                                          -1, &row, NULL),
                      SQLITE_OK);
    ck_assert_int_eq (sqlite3_step (row), SQLITE_ROW);
    gint64 page = sqlite3_column_int64 (row, 0);
    sqlite3_finalize (row);
    sqlite3_close (db);
    return page;
}

/* Overwrites that page. */
static void
break_page (gint64 page)
{
    guchar header[18], nothing[65536];
    FILE *file = fopen (store_path, "r+b");
    ck_assert_uint_eq (fread (header, 1, sizeof header, file), sizeof header);
    gsize size = (gsize) header[16] << 8 | (gsize) header[17] << 16; /* of a page; 1 is 65536 */
    memset (nothing, 0xff, sizeof nothing);
    ck_assert_int_eq (fseek (file, (long) ((page - 1) * (gint64) size), SEEK_SET), 0);
    ck_assert_uint_eq (fwrite (nothing, 1, size, file), size);
    ck_assert_int_eq (fclose (file), 0);
}

/* What the database says of a page has no word of what was looked for on it: of a trace that was open it is a
 * row, else the sequence. */
START_TEST (what_the_database_cannot_find_is_named)
{
    g_autofree float *out = g_new (float, T * 15);
    g_autoptr (GError) of_row = NULL, of_sequence = NULL;
    store_make (2, T);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, 1, NULL);
    ck_assert_ptr_nonnull (trace);
    break_page (find_chunk_index ());
    ck_assert (!fovea_trace_read (trace, "blocks.0.attn.hook_q", 3, 1, out, &of_row));
    ck_assert_ptr_null (fovea_store_open_trace (store, 2, &of_sequence));
    g_autofree char *said =
        g_strdup_printf ("store '%s' is damaged: database disk image is malformed", store_path);
    g_autofree char *row = g_strconcat ("blocks.0.attn.hook_q, row 3: ", said, NULL);
    g_autofree char *sequence = g_strconcat ("sequence 2: ", said, NULL);
    ck_assert_str_eq (of_row->message, row);
    ck_assert_str_eq (of_sequence->message, sequence);
}
END_TEST

typedef struct {
    guint64 done, total;
    guint n_calls;
    GCancellable *cancel_after_two;
} Progress;

static void
follow (gpointer data, guint64 done, guint64 total)
{
    Progress *progress = data;
    ck_assert_uint_ge (done, progress->done);
    ck_assert_uint_le (done, total);
    *progress = (Progress){done, total, progress->n_calls + 1, progress->cancel_after_two};
    if (progress->n_calls == 2 && progress->cancel_after_two != NULL)
        g_cancellable_cancel (progress->cancel_after_two);
}

START_TEST (check_reports_every_byte_and_can_be_stopped)
{
    store_make (3, T);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    Progress progress = {0}, stopped = {.cancel_after_two = cancellable};
    g_autoptr (FoveaTable) sound = fovea_store_check (store, follow, &progress, NULL, NULL);
    ck_assert_uint_eq (fovea_table_get_n_rows (sound), 0);
    ck_assert_uint_eq (progress.done, progress.total);
    ck_assert_uint_ge (progress.n_calls, 15);
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_store_check (store, follow, &stopped, cancellable, &error));
    ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    ck_assert_uint_eq (stopped.n_calls, 2);
}
END_TEST

static FoveaTable *
small_table (void)
{
    FoveaTable *table = fovea_table_new ("notes");
    fovea_table_add_column (table, "place", FOVEA_COLUMN_INTEGER, "", "where");
    fovea_table_add_column (table, "score", FOVEA_COLUMN_NUMBER, "nats", "how much");
    fovea_table_add_row (table);
    fovea_table_add_row (table);
    fovea_table_set_integer (table, 1, 0, 5);
    fovea_table_set_number (table, 1, 1, 0.5);
    fovea_table_set_note (table, "seed", "1");
    return table;
}

/* Results from a file of another hand: what does not fit is left out, the rest is read. */
START_TEST (results_that_do_not_fit_are_left_out)
{
    static const char *const changes[] = {
        "INSERT INTO result_cell VALUES (1, 9, 0, 7)",
        "INSERT INTO result_cell VALUES (1, 0, 9, 7)",
        UNCHECKED "INSERT INTO result_cell VALUES (1, -1, 0, 7)",
        UNCHECKED "INSERT INTO result_cell VALUES (1, 0, -1, 7)",
        "INSERT INTO result_cell VALUES (77, 0, 0, 7)",
    };
    static const char *const notes[] = {
        "UPDATE result SET notes = 'no json'",
        "UPDATE result SET notes = '[]'",
        /* A million brackets: a parser that calls itself for each would end the program. */
        "UPDATE result SET notes = replace (hex (zeroblob (1000000)), '00', '[')",
        "UPDATE result SET notes = replace (hex (zeroblob (200000)), '00', '{\"seed\":')",
    };
    store_make (1, 4);
    g_autoptr (FoveaTable) made = small_table ();
    {
        g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
        ck_assert (fovea_store_put_table (store, 1, made, NULL));
    }
    for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
        store_run_sql (changes[i]);
    store_run_sql (notes[_i]);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTable) read = fovea_store_get_table (store, 1, "notes", NULL);
    g_autofree char *a = fovea_table_print (made, FOVEA_FORMAT_CSV);
    g_autofree char *b = fovea_table_print (read, FOVEA_FORMAT_CSV);
    ck_assert_uint_eq (fovea_table_get_n_rows (read), 2);
    ck_assert_msg (g_str_has_suffix (a, b), "%s, read %s", a, b); /* all but the notes */
    ck_assert_ptr_null (fovea_table_get_note (read, "seed"));
}
END_TEST

START_TEST (store_opened_for_reading_takes_nothing)
{
    store_make (1, 4);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTable) table = small_table ();
    GError *errors[4] = {NULL};
    ck_assert_int_eq (fovea_store_begin_run (store, "text", "{}", "cpu", "f32", &errors[0]), 0);
    ck_assert (!fovea_store_finish_run (store, 1, &errors[1]));
    ck_assert_ptr_null (fovea_store_new_sink (store, 1, 0, &errors[2]));
    ck_assert (!fovea_store_put_table (store, 1, table, &errors[3]));
    for (guint i = 0; i < G_N_ELEMENTS (errors); i++) {
        assert_said (errors[i], "reading", "is open for reading only");
        g_error_free (errors[i]);
    }
}
END_TEST

START_TEST (store_that_is_not_there_is_a_file_error)
{
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_store_open (store_path, FOVEA_STORE_WRITE, &error));
    ck_assert (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT));
    ck_assert_ptr_nonnull (strstr (error->message, store_path));
    g_clear_error (&error);
    g_autofree char *nowhere = g_build_filename (store_path, "no", "a.fovea", NULL);
    ck_assert_ptr_null (fovea_store_open (nowhere, FOVEA_STORE_CREATE, &error));
    ck_assert_msg (strstr (error->message, "a.fovea") != NULL, "%s", error->message);
}
END_TEST

/* A description with every field away from its default. */
START_TEST (windows_and_enumerations_survive)
{
    g_autoptr (FoveaTraceInfo) info = store_info (5, "windows");
    FoveaArchitecture *a = info->architecture;
    const gint64 windows[] = {0, 4096};
    a->windows = g_memdup2 (windows, sizeof windows);
    a->norm = FOVEA_NORM_RMS;
    a->position = FOVEA_POSITION_ROTARY;
    a->rotary_width = 4;
    a->activation = FOVEA_ACTIVATION_SILU;
    a->weight_dtype = FOVEA_BF16;
    a->gated = a->tied_head = a->rotary_interleaved = TRUE;
    a->attention_soft_cap = 30;
    {
        g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_CREATE);
        g_autoptr (FoveaSink) sink = store_new_sink (store, store_begin_run (store), 0);
        g_autoptr (GPtrArray) arrays = store_arrays (5);
        ck_assert (sink->begin (sink, info, arrays, NULL));
        store_write_all (sink, arrays, 5);
        fovea_trace_unref (sink->finish (sink, NULL));
    }
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, 1, NULL);
    const FoveaArchitecture *b = fovea_trace_get_info (trace)->architecture;
    ck_assert_mem_eq (b->windows, windows, sizeof windows);
    ck_assert (b->norm == a->norm && b->position == a->position && b->rotary_width == 4);
    ck_assert (b->activation == a->activation && b->weight_dtype == FOVEA_BF16);
    ck_assert (b->gated && b->tied_head && b->rotary_interleaved && b->attention_soft_cap == 30);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("store-damage");
    TCase *tcase = tcase_create ("damage");
    tcase_set_timeout (tcase, 60);
    tcase_add_checked_fixture (tcase, store_set_up, store_tear_down);
    tcase_add_loop_test (tcase, file_that_is_not_whole_is_refused, 0, G_N_ELEMENTS (files));
    tcase_add_loop_test (tcase, sequence_that_makes_no_sense_is_refused, 0,
                         G_N_ELEMENTS (sequences));
    tcase_add_test (tcase, description_without_any_one_member_is_refused);
    tcase_add_loop_test (tcase, chunk_that_is_not_what_its_row_says_is_named, 0,
                         G_N_ELEMENTS (chunks));
    tcase_add_test (tcase, chunk_of_another_size_fails_the_check);
    tcase_add_test (tcase, broken_pages_are_damage_of_the_file);
    tcase_add_test (tcase, what_the_database_cannot_find_is_named);
    tcase_add_test (tcase, check_reports_every_byte_and_can_be_stopped);
    tcase_add_loop_test (tcase, results_that_do_not_fit_are_left_out, 0, 4);
    tcase_add_test (tcase, store_opened_for_reading_takes_nothing);
    tcase_add_test (tcase, store_that_is_not_there_is_a_file_error);
    tcase_add_test (tcase, windows_and_enumerations_survive);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
