/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rows of a sequence, its arrays and their chunks, each by itself: whatever is known of a sequence comes
 * back, whoever refuses a row is heard, and ids end before they run over. */
#include <string.h>

#include "storage/checksum.h"
#include "storage/chunk.h"
#include "storage/sequence-row.h"
#include "tests/store-support.h"

enum {
    T = 70
};

/* A sequence of the known arrays with what is said of it; NULL if the store refuses it. */
static FoveaTrace *
write_info (const FoveaTraceInfo *info, GError **error)
{
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_CREATE);
    g_autoptr (FoveaSink) sink = store_new_sink (store, store_begin_run (store), 0);
    g_autoptr (GPtrArray) arrays = store_arrays (info->n_tokens);
    if (!sink->begin (sink, info, arrays, error))
        return NULL;
    if (store_put_all (sink, arrays, 50, error))
        return sink->finish (sink, error);
    sink->abandon (sink);
    return NULL;
}

static FoveaTraceInfo *
read_info (gint64 sequence)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaDatabase) database =
        fovea_database_open (store_path, FOVEA_DATABASE_READ, &error);
    FoveaTraceInfo *info = fovea_sequence_row_read_info (database, sequence, &error);
    ck_assert_msg (info != NULL, "%s", error != NULL ? error->message : "");
    return info;
}

/* Each of ids, texts and marks may be known or not, and so may nothing at all. */
START_TEST (what_is_known_of_tokens_comes_back)
{
    g_autoptr (FoveaTraceInfo) made = store_info (T, "made"), given = store_info (T, "made");
    if ((_i & 1) == 0)
        g_clear_pointer (&given->ids, g_free);
    if ((_i & 2) == 0)
        g_clear_pointer (&given->token_texts, g_strfreev);
    if ((_i & 4) == 0)
        g_clear_pointer (&given->special, g_free);
    g_autoptr (FoveaTrace) trace = write_info (given, NULL);
    store_assert_trace (trace, T);
    g_autoptr (FoveaTraceInfo) info = read_info (1);
    ck_assert ((info->ids != NULL) == ((_i & 1) != 0));
    ck_assert ((info->token_texts != NULL) == ((_i & 2) != 0));
    ck_assert ((info->special != NULL) == ((_i & 4) != 0));
    for (gint64 t = 0; t < T; t++) {
        ck_assert (info->ids == NULL || info->ids[t] == made->ids[t]);
        ck_assert (info->token_texts == NULL ||
                   g_str_equal (info->token_texts[t], made->token_texts[t]));
        ck_assert (info->special == NULL || info->special[t] == made->special[t]);
    }
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM token"), _i == 0 ? 0 : T);
}
END_TEST

/* Texts that are whole characters stand as text, which plain SQL can search; parts of one as bytes. */
START_TEST (texts_are_text_where_they_can_be)
{
    store_make (1, T);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM token WHERE typeof (text) = 'blob'"),
                         (T + 2) / 3);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM token WHERE text = ' the'"),
                         (T + 1) / 3);
}
END_TEST

static const FoveaDtype keeps[] = {FOVEA_F32, FOVEA_F16, FOVEA_BF16};

START_TEST (what_is_said_of_a_sequence_comes_back)
{
    g_autoptr (FoveaTraceInfo) given = store_info (T, "\xC3\xA4 'quoted'; \"twice\"");
    given->keep = keeps[_i % 3];
    given->folded = _i % 2 == 0;
    given->repeat_period = _i * 10;
    g_autoptr (FoveaTrace) trace = write_info (given, NULL);
    g_autoptr (FoveaTraceInfo) info = read_info (1);
    ck_assert_str_eq (info->title, given->title);
    ck_assert_int_eq (info->n_tokens, T);
    ck_assert_int_eq (info->repeat_period, given->repeat_period);
    ck_assert_int_eq (info->keep, given->keep);
    ck_assert_int_eq (info->folded, given->folded);
    ck_assert_double_eq (store_ask ("SELECT folded FROM sequence"), given->folded ? 1 : 0);
}
END_TEST

/* What lists tell of a sequence's size is what its chunks have, in the types that are kept. */
START_TEST (bytes_of_a_sequence_are_those_of_its_chunks)
{
    static const gint64 lengths[] = {1, 64, 65, 700};
    gint64 n = lengths[_i];
    store_make (2, n);
    gint64 blocks = (n + 63) / 64;
    gint64 expected = n * 15 * 4 + 3 * n * n * 4 + n * 15 * 2 + n * 3 * 4 + 3 * blocks * blocks * 4;
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (GPtrArray) all = fovea_store_list_sequences (store, 0, NULL);
    for (guint i = 0; i < all->len; i++)
        ck_assert_uint_eq (((const FoveaSequenceInfo *) all->pdata[i])->n_bytes,
                           (guint64) expected);
    ck_assert_double_eq (store_ask ("SELECT sum (length (data)) FROM chunk"),
                         2.0 * (double) expected);
}
END_TEST

/* Ids rise to a bound, behind which no arithmetic on them runs over. */
#define LAST "9223372034707292160" /* G_MAXINT64 - G_MAXINT32 */
static const struct {
    const char *sql, *said; /* NULL = there is one left */
} ends[] = {
    {"UPDATE last_id SET id = " LAST " WHERE name = 'sequence'", "no id left for another sequence"},
    {"UPDATE last_id SET id = " LAST " WHERE name = 'array'", "no id left for another array"},
    {"UPDATE last_id SET id = 9223372036854775807", "no id left for another sequence"},
    {"UPDATE sequence SET id = " LAST, "no id left for another sequence"},
    {"UPDATE array SET id = " LAST " WHERE id = 1", "no id left for another array"},
    {"UPDATE last_id SET id = " LAST " - 1", NULL},
    {"UPDATE sequence SET id = " LAST " - 1", NULL},
    {"UPDATE last_id SET id = -" LAST, NULL},
};

START_TEST (ids_end_before_they_run_over)
{
    store_make (1, T);
    store_run_sql (ends[_i].sql);
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaTraceInfo) info = store_info (T, "next");
    g_autoptr (FoveaTrace) trace = write_info (info, &error);
    ck_assert_msg ((trace == NULL) == (ends[_i].said != NULL), "%s: %s", ends[_i].sql,
                   error != NULL ? error->message : "written");
    if (trace != NULL) {
        store_assert_trace (trace, T);
        ck_assert_double_eq (store_ask ("SELECT count (*) FROM sequence"), 2);
        return;
    }
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_STORE));
    ck_assert_msg (strstr (error->message, ends[_i].said) != NULL, "%s", error->message);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM sequence"), 1);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM token"), T);
}
END_TEST

/* Arrays of a sequence get ids that follow each other behind all that were given; the first is 1, also where
 * the highest ids are not known. */
START_TEST (ids_of_arrays_follow_each_other)
{
    fovea_store_close (store_open (FOVEA_STORE_CREATE));
    if (_i == 1)
        store_run_sql ("DELETE FROM last_id");
    store_make (2, T);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM array WHERE id = position + 1 +"
                                    " 5 * (sequence_id - 1)"),
                         10);
    ck_assert_double_eq (store_ask ("SELECT id FROM last_id WHERE name = 'array'"), 10);
    ck_assert_double_eq (store_ask ("SELECT id FROM last_id WHERE name = 'sequence'"), 2);
}
END_TEST

/* Sizes up to the largest are believed as far as anything stands behind them. */
START_TEST (sizes_at_their_ends_are_told_apart)
{
    g_autoptr (GError) tokens = NULL;
    g_autoptr (GArray) ids = NULL;
    store_make (1, 1);
    store_run_sql ("DELETE FROM token; UPDATE sequence SET n_tokens = 2147483647");
    g_autoptr (FoveaTraceInfo) largest = read_info (1);
    ck_assert_int_eq (largest->n_tokens, G_MAXINT32);
    store_run_sql ("UPDATE sequence SET n_tokens = 2147483648");
    g_autoptr (FoveaDatabase) database =
        fovea_database_open (store_path, FOVEA_DATABASE_READ, NULL);
    ck_assert_ptr_null (fovea_sequence_row_read_info (database, 1, &tokens));
    ck_assert_msg (strstr (tokens->message, "its sizes or types make no sense") != NULL, "%s",
                   tokens->message);
    /* 2^64 - 2^34 + 4 bytes, which no signed number holds; and as many rows as there are, along no axis or
     * along all three */
    static const char *const changes[] = {
        "UPDATE array SET shape = '[1,2147483647,2147483647]' WHERE id = 1",
        "PRAGMA ignore_check_constraints = ON; UPDATE array SET shape = '[1,3,5]', row_axes = 0"
        " WHERE id = 1",
        "PRAGMA ignore_check_constraints = ON; UPDATE array SET shape = '[1,1,1]', row_axes = 3"
        " WHERE id = 1",
    };
    for (guint i = 0; i < G_N_ELEMENTS (changes); i++) {
        g_autoptr (GError) bytes = NULL;
        store_run_sql (changes[i]);
        ck_assert_ptr_null (fovea_sequence_row_read_arrays (database, 1, &ids, &bytes));
        ck_assert_msg (strstr (bytes->message, "hook_q' makes no sense or lacks rows") != NULL,
                       "%s: %s", changes[i], bytes->message);
    }
}
END_TEST

/* All arrays of a sequence together are no larger than their file, whichever of them makes them so. */
START_TEST (arrays_are_no_larger_than_the_file_together)
{
    enum {
        ROWS = 64
    };
    static const struct {
        double first, last; /* shares of the file's bytes */
        gboolean fits;
    } sizes[] = {{1, 0, TRUE}, {0, 1, TRUE}, {.75, .75, FALSE}, {1, .01, FALSE}, {.01, 1, FALSE}};
    store_make (1, ROWS);
    store_run_sql ("DELETE FROM array WHERE position IN (1, 4); UPDATE array SET dtype = 'F32'");
    double bytes = store_ask ("SELECT page_count * page_size FROM pragma_page_count,"
                              " pragma_page_size");
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
        g_autoptr (GError) error = NULL;
        g_autoptr (GArray) ids = NULL;
        g_autofree char *sql =
            g_strdup_printf ("UPDATE array SET shape = '[64,0]';"
                             "UPDATE array SET shape = '[64,%d]' WHERE position = 0;"
                             "UPDATE array SET shape = '[64,%d]' WHERE position = 3",
                             (int) (sizes[i].first * bytes / (ROWS * 4)),
                             (int) (sizes[i].last * bytes / (ROWS * 4)));
        store_run_sql (sql);
        ck_assert_double_eq (store_ask ("SELECT page_count * page_size FROM pragma_page_count,"
                                        " pragma_page_size"),
                             bytes);
        g_autoptr (FoveaDatabase) database =
            fovea_database_open (store_path, FOVEA_DATABASE_READ, NULL);
        g_autoptr (GPtrArray) arrays = fovea_sequence_row_read_arrays (database, 1, &ids, &error);
        ck_assert_msg ((arrays != NULL) == sizes[i].fits, "%u: %s", i,
                       error != NULL ? error->message : "read");
        if (arrays != NULL)
            continue;
        ck_assert_str_eq (error->message,
                          "store is damaged: sequence 1: its arrays are larger than the file");
    }
}
END_TEST

/* One row is refused, by an index whose rows must be one: whoever writes hears it, and nothing of the
 * sequence is left. */
static const char *const refused[] = {
    "sequence ((0))",
    "sequence ((0)) WHERE complete",
    "token ((0)) WHERE position = 0",
    "token ((0)) WHERE position = 69",
    "array ((0)) WHERE position = 0",
    "array ((0)) WHERE position = 4",
    "chunk ((0)) WHERE array_id IN (1, 6)",
    "chunk ((0)) WHERE array_id IN (5, 10)",
    "last_id ((0)) WHERE name = 'array' OR id = 2",
    "last_id ((0)) WHERE name = 'sequence' OR id = 10",
    "run ((0)) WHERE model_id NOT NULL",
};

START_TEST (a_row_that_is_refused_is_told)
{
    store_make (1, T);
    g_autofree char *sql = g_strdup_printf ("CREATE UNIQUE INDEX only_one ON %s", refused[_i]);
    store_run_sql (sql);
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaTraceInfo) info = store_info (T, "next");
    g_autoptr (FoveaTrace) trace = write_info (info, &error);
    ck_assert_msg (trace == NULL, "%s: written", refused[_i]);
    ck_assert_ptr_nonnull (error);
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_STORE) &&
                       strstr (error->message, "index 'only_one'") != NULL &&
                       strstr (error->message, store_path) != NULL,
                   "%s: %s", refused[_i], error->message);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM sequence"), 1);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM token"), T);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM array"), 5);
    store_run_sql ("DROP INDEX only_one");
    g_autoptr (FoveaTrace) again = write_info (info, NULL);
    store_assert_trace (again, T);
}
END_TEST

/* Rows of one array by its connection: shape, and what is asked of it. */
static const struct {
    gint64 first, n;
    const char *said; /* NULL = read */
} ranges[] = {
    {0, T, NULL},
    {0, 0, NULL},
    {T, 0, NULL},
    {T - 1, 1, NULL},
    {-1, 1, "blocks.0.attn.hook_q: rows -1:0 are outside 0:70"},
    {0, -1, "rows 0:-1 are outside 0:70"},
    {0, T + 1, "rows 0:71 are outside 0:70"},
    {T, 1, "rows 70:71 are outside 0:70"},
    {T + 1, 0, "rows 71:71 are outside 0:70"},
    {1, T, "rows 1:71 are outside 0:70"},
};

START_TEST (rows_outside_of_an_array_are_refused)
{
    store_make (1, T);
    g_autoptr (GError) error = NULL;
    g_autoptr (GArray) ids = NULL;
    g_autoptr (FoveaDatabase) database =
        fovea_database_open (store_path, FOVEA_DATABASE_READ, NULL);
    g_autoptr (GPtrArray) arrays = fovea_sequence_row_read_arrays (database, 1, &ids, NULL);
    float out[(T + 1) * 15];
    for (guint i = 0; i < G_N_ELEMENTS (out); i++)
        out[i] = -1000;
    gboolean ok = fovea_chunk_read_rows (database, g_array_index (ids, gint64, 0), arrays->pdata[0],
                                         ranges[_i].first, ranges[_i].n, NULL, out, &error);
    ck_assert_msg (ok == (ranges[_i].said == NULL), "%s", error != NULL ? error->message : "read");
    guint n_written = 0;
    for (guint i = 0; i < G_N_ELEMENTS (out); i++)
        n_written += out[i] > -1000;
    ck_assert_uint_eq (n_written, ok ? (guint) ranges[_i].n * 15 : 0);
    if (ok)
        return;
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
    ck_assert_msg (strstr (error->message, ranges[_i].said) != NULL, "%s", error->message);
}
END_TEST

/* A map of 700 tokens is three planes of two chunks each: any stretch of it is put together from them. */
START_TEST (any_stretch_of_rows_is_put_together_from_chunks)
{
    enum {
        N = 700
    };
    store_make (1, N);
    ck_assert_double_eq (store_ask ("SELECT count (*) > 5 FROM chunk WHERE array_id = 2"), 1);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, 1, NULL);
    g_autofree float *all = g_new (float, 3 * N * N), *part = g_new (float, 3 * N * N);
    ck_assert (fovea_trace_read (trace, "blocks.0.attn.hook_pattern", 0, 3 * N, all, NULL));
    for (gint64 first = 0; first < 3 * N; first += 173) {
        const gint64 counts[] = {1, 2, 371, 3 * N - first};
        for (guint i = 0; i < G_N_ELEMENTS (counts); i++) {
            gint64 n = MIN (counts[i], 3 * N - first);
            ck_assert (
                fovea_trace_read (trace, "blocks.0.attn.hook_pattern", first, n, part, NULL));
            ck_assert (memcmp (part, all + first * N, (gsize) (n * N) * sizeof *part) == 0);
        }
    }
}
END_TEST

/* Rows without elements are rows all the same, and have no chunks. */
START_TEST (arrays_of_empty_rows_come_back)
{
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_CREATE);
    g_autoptr (FoveaSink) sink = store_new_sink (store, store_begin_run (store), 0);
    g_autoptr (FoveaTraceInfo) info = store_info (T, "empty");
    g_autoptr (GPtrArray) arrays = store_arrays (T);
    FoveaArray *empty = arrays->pdata[0];
    g_free (empty->name);
    empty->name = g_strdup ("mine");
    empty->shape[1] = 0;
    ck_assert (sink->begin (sink, info, arrays, NULL));
    store_write_all (sink, arrays, 50);
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaTrace) trace = sink->finish (sink, &error);
    ck_assert_msg (trace != NULL, "%s", error != NULL ? error->message : "");
    float out[1] = {7};
    ck_assert (fovea_trace_read (trace, "mine", 0, T, out, NULL));
    ck_assert (fovea_trace_read (trace, "mine", T, 0, out, NULL));
    ck_assert (!fovea_trace_read (trace, "mine", 0, T + 1, out, NULL));
    ck_assert_float_eq (out[0], 7);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM chunk WHERE array_id = 1"), 0);
    g_autoptr (FoveaTable) damage = fovea_store_check (store, NULL, NULL, NULL, NULL);
    ck_assert_uint_eq (fovea_table_get_n_rows (damage), 0);
}
END_TEST

/* Chunks of as many rows as the array has, one of which lies a row too far. */
START_TEST (a_gap_between_chunks_is_named)
{
    static const char zeros[35 * 60];
    g_autofree char *sql = g_strdup_printf (
        "UPDATE chunk SET n_rows = 35, data = zeroblob (35 * 60), checksum = %u WHERE array_id = 1;"
        "INSERT INTO chunk (array_id, first_row, n_rows, checksum, data)"
        " SELECT 1, 36, 35, checksum, data FROM chunk WHERE array_id = 1",
        fovea_checksum (zeros, sizeof zeros));
    store_make (1, T);
    store_run_sql (sql);
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, 1, &error);
    ck_assert_msg (trace != NULL, "%s", error != NULL ? error->message : "");
    float out[T * 15];
    ck_assert (fovea_trace_read (trace, "blocks.0.attn.hook_q", 0, 35, out, NULL));
    ck_assert (fovea_trace_read (trace, "blocks.0.attn.hook_q", 36, T - 36, out, NULL));
    ck_assert (!fovea_trace_read (trace, "blocks.0.attn.hook_q", 34, 3, out, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_STORE));
    ck_assert_str_eq (error->message,
                      "store is damaged: blocks.0.attn.hook_q, row 35: chunk is missing");
}
END_TEST

static gboolean once; /* one statement fails, and those after it do not */

/* Fails the statement under way, as an unreadable page does. */
static int
interrupt (void *data)
{
    gint *left = data;
    const gint before = (*left)--;
    return once ? before == 0 : before <= 0;
}

/* Reads a sequence and one of its arrays. */
static gboolean
read_all (FoveaDatabase *database, GError **error)
{
    float out[T * 15];
    g_autoptr (GArray) ids = NULL;
    g_autoptr (FoveaTraceInfo) info = fovea_sequence_row_read_info (database, 1, error);
    g_autoptr (GPtrArray) arrays =
        info != NULL ? fovea_sequence_row_read_arrays (database, 1, &ids, error) : NULL;
    if (arrays == NULL)
        return FALSE;
    ck_assert_uint_eq (arrays->len, 5); /* all of them or none */
    ck_assert_uint_eq (ids->len, 5);
    return fovea_chunk_read_rows (database, g_array_index (ids, gint64, 0), arrays->pdata[0], 0, T,
                                  NULL, out, error);
}

/* Writes a sequence with one chunk, and takes it back. */
static gboolean
write_all (FoveaDatabase *database, GError **error)
{
    gint64 ids[5];
    g_autoptr (FoveaTraceInfo) info = store_info (3, "next");
    g_autoptr (GPtrArray) arrays = store_arrays (3);
    float rows[3 * 15] = {0};
    FoveaChunk chunk = {.n_rows = 3, .row_length = 15, .data = rows, .encoded = TRUE};
    if (!fovea_database_begin (database, error))
        return FALSE;
    gint64 id = fovea_sequence_row_insert (database, 1, 2, info, arrays, ids, error);
    gboolean ok = id != 0 && fovea_chunk_insert (database, ids[0], &chunk, error) &&
                  fovea_sequence_row_complete (database, id, sizeof rows, error);
    sqlite3_progress_handler (database->handle, 0, NULL, NULL);
    fovea_database_end (database, FALSE, NULL);
    return ok;
}

static gboolean
purge (FoveaDatabase *database, GError **error)
{
    return fovea_sequence_row_purge (database, error);
}

/* Whichever instruction SQLite fails at, its words come out, and nothing is taken for damage, for gone, or
 * for done. */
START_TEST (a_statement_that_fails_is_told_in_its_own_words)
{
    static gboolean (*const works[]) (FoveaDatabase *, GError **) = {read_all, write_all, purge,
                                                                     read_all};
    gint steps = 0;
    once = _i == 3;
    store_make (2, T);
    if (works[_i] == purge)
        store_run_sql ("UPDATE sequence SET complete = 0 WHERE id = 2");
    g_autoptr (FoveaDatabase) database =
        fovea_database_open (store_path, FOVEA_DATABASE_WRITE, NULL);
    for (gboolean ok = FALSE; !ok; steps++) {
        g_autoptr (GError) error = NULL;
        gint left = steps;
        sqlite3_progress_handler (database->handle, 1, interrupt, &left);
        ok = works[_i](database, &error);
        sqlite3_progress_handler (database->handle, 0, NULL, NULL);
        if (sqlite3_get_autocommit (database->handle) == 0) /* BEGIN itself had failed, and begun */
            fovea_database_end (database, FALSE, NULL);
        ck_assert_msg (ok == (error == NULL), "after %d steps", steps);
        ck_assert_msg (ok || (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_STORE) &&
                              strstr (error->message, "interrupted") != NULL &&
                              strstr (error->message, store_path) != NULL),
                       "after %d steps: %s", steps, ok ? "" : error->message);
    }
    ck_assert_int_gt (steps, 100);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM sequence"), works[_i] == purge ? 1 : 2);
}
END_TEST

/* What a killed writer left goes with its tokens and arrays, and with nothing else. */
START_TEST (incomplete_sequences_are_purged_and_no_others)
{
    g_autoptr (GError) error = NULL;
    store_make (3, T);
    store_run_sql ("UPDATE sequence SET complete = 0 WHERE id = 2");
    g_autoptr (FoveaDatabase) reader = fovea_database_open (store_path, FOVEA_DATABASE_READ, NULL);
    ck_assert (!fovea_sequence_row_purge (reader, &error));
    ck_assert_ptr_nonnull (error);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM sequence"), 3);
    g_autoptr (FoveaDatabase) writer = fovea_database_open (store_path, FOVEA_DATABASE_WRITE, NULL);
    ck_assert (fovea_sequence_row_purge (writer, NULL));
    ck_assert_double_eq (store_ask ("SELECT sum (id) FROM sequence"), 1 + 3);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM token"), 2 * T);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM array"), 10);
    ck_assert_double_eq (store_ask ("SELECT freelist_count FROM pragma_freelist_count"), 0);
    /* Nothing to do needs no right to write. */
    ck_assert (fovea_sequence_row_purge (reader, NULL));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("store, rows");
    TCase *tests = tcase_create ("rows");
    tcase_add_checked_fixture (tests, store_set_up, store_tear_down);
    tcase_add_loop_test (tests, what_is_known_of_tokens_comes_back, 0, 8);
    tcase_add_test (tests, texts_are_text_where_they_can_be);
    tcase_add_loop_test (tests, what_is_said_of_a_sequence_comes_back, 0, 6);
    tcase_add_loop_test (tests, bytes_of_a_sequence_are_those_of_its_chunks, 0, 4);
    tcase_add_loop_test (tests, ids_end_before_they_run_over, 0, G_N_ELEMENTS (ends));
    tcase_add_loop_test (tests, ids_of_arrays_follow_each_other, 0, 2);
    tcase_add_test (tests, sizes_at_their_ends_are_told_apart);
    tcase_add_test (tests, arrays_are_no_larger_than_the_file_together);
    tcase_add_loop_test (tests, a_row_that_is_refused_is_told, 0, G_N_ELEMENTS (refused));
    tcase_add_loop_test (tests, rows_outside_of_an_array_are_refused, 0, G_N_ELEMENTS (ranges));
    tcase_add_test (tests, any_stretch_of_rows_is_put_together_from_chunks);
    tcase_add_test (tests, arrays_of_empty_rows_come_back);
    tcase_add_test (tests, a_gap_between_chunks_is_named);
    tcase_add_loop_test (tests, a_statement_that_fails_is_told_in_its_own_words, 0, 4);
    tcase_add_test (tests, incomplete_sequences_are_purged_and_no_others);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
