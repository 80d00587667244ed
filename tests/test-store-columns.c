/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Stores with all tables of which one lacks a column, as another program's tool or a hand leaves them:
 * whoever needs the column says so with the store's name, and all others do their work. */
#include <string.h>

#include "storage/dictionary.h"
#include "storage/note.h"
#include "storage/text-window.h"
#include "tests/store-support.h"

enum {
    T = 40,
    F = 6,
};

static const FoveaDictionary dictionary = {"abcd", "mine", "blocks.1.hook_resid_pre", "topk", F};

static gboolean
write_codes (FoveaStore *store, GError **error)
{
    static gint64 positions[] = {1, 4}, offsets[] = {0, 2, 3};
    static gint32 latents[] = {0, 5, 5};
    static float values[] = {.5f, 1, 3};
    const FoveaSaeCodes rows = {2, F, offsets, latents, values, NULL, NULL};
    g_autoptr (FoveaCodeWriter) writer = fovea_code_writer_new (store, &dictionary, error);
    return writer != NULL && fovea_code_writer_add (writer, 1, positions, &rows, error) &&
           fovea_code_writer_finish (writer, NULL, error);
}

static gboolean
put_note (FoveaStore *store, GError **error)
{
    const FoveaNoteObject head = {0, 1, -1, -1};
    return fovea_store_put_note (store, 1, &head, "seen", error);
}

static gboolean
put_table (FoveaStore *store, GError **error)
{
    static const FoveaColumn columns[] = {
        {"layer", FOVEA_COLUMN_INTEGER, "", ""},
        {"head", FOVEA_COLUMN_INTEGER, "", ""},
        {"name", FOVEA_COLUMN_TEXT, "", ""},
        {"induction", FOVEA_COLUMN_NUMBER, "", ""},
    };
    g_autoptr (FoveaTable) table = fovea_table_new_with ("heads", columns, G_N_ELEMENTS (columns));
    fovea_table_add_row (table);
    fovea_table_set_note (table, "sequences", "1");
    return fovea_store_put_table (store, 1, table, error);
}

static gboolean
list_runs (FoveaStore *store, GError **error)
{
    g_autoptr (GPtrArray) runs = fovea_store_list_runs (store, error);
    return runs != NULL;
}

static gboolean
list_sequences (FoveaStore *store, GError **error)
{
    g_autoptr (GPtrArray) sequences = fovea_store_list_sequences (store, 0, error);
    return sequences != NULL;
}

static gboolean
open_trace (FoveaStore *store, GError **error)
{
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, 1, error);
    return trace != NULL;
}

static gboolean
list_notes (FoveaStore *store, GError **error)
{
    g_autoptr (GPtrArray) notes = fovea_store_list_notes (store, 1, error);
    return notes != NULL;
}

static gboolean
list_dictionaries (FoveaStore *store, GError **error)
{
    g_autoptr (GPtrArray) list = fovea_store_list_dictionaries (store, error);
    return list != NULL;
}

static gboolean
read_codes (FoveaStore *store, GError **error)
{
    g_autofree gint64 *positions = NULL;
    g_autoptr (FoveaSaeCodes) codes = fovea_store_read_codes (store, 1, 1, &positions, error);
    return codes != NULL;
}

static gboolean
read_firings (FoveaStore *store, GError **error)
{
    g_autoptr (GArray) firings = fovea_store_read_firings (store, 1, 5, error);
    return firings != NULL;
}

static gboolean
get_table (FoveaStore *store, GError **error)
{
    g_autoptr (FoveaTable) table = fovea_store_get_table (store, 1, "heads", error);
    return table != NULL;
}

static gboolean
find_table (FoveaStore *store, GError **error)
{
    g_autoptr (FoveaTable) table =
        fovea_store_find_table (store, "heads", "sequences", FOVEA_NOTE_IS, "1", NULL, NULL, error);
    return table != NULL;
}

static gboolean
read_window (FoveaStore *store, GError **error)
{
    g_autoptr (FoveaTextWindow) window = fovea_store_read_window (store, 1, 5, 2, error);
    return window != NULL;
}

static gboolean
begin_run (FoveaStore *store, GError **error)
{
    return fovea_store_begin_run (store, "text", "{}", "cpu", "f32", error) != 0;
}

static gboolean
write_sequence (FoveaStore *store, GError **error)
{
    g_autoptr (FoveaSink) sink = fovea_store_new_sink (store, 1, 7, error);
    g_autoptr (FoveaTraceInfo) info = store_info (T, "more");
    g_autoptr (GPtrArray) arrays = store_arrays (T);
    if (sink == NULL || !sink->begin (sink, info, arrays, error))
        return FALSE;
    if (!store_put_all (sink, arrays, 16, error))
        return FALSE;
    g_autoptr (FoveaTrace) trace = sink->finish (sink, error);
    return trace != NULL;
}

static gboolean
remove_sequence (FoveaStore *store, GError **error)
{
    return fovea_store_remove_sequence (store, 1, error);
}

/* In this order: those that only read, and the last takes away what the others read. */
static gboolean (*const works[]) (FoveaStore *, GError **) = {
    list_runs,    list_sequences, open_trace,     list_notes,      list_dictionaries, read_codes,
    read_firings, get_table,      find_table,     read_window,     put_note,          put_table,
    write_codes,  begin_run,      write_sequence, remove_sequence,
};

enum {
    N_READERS = 10
};

/* A column, and a work that cannot do without. */
static const struct {
    const char *table, *column;
    gboolean (*work) (FoveaStore *, GError **);
} rows[] = {
    {"run", "device", list_runs},
    {"run", "origin", begin_run},
    {"run", "finished", remove_sequence},
    {"run", "n_planned", list_runs},
    {"model", "family", list_runs},
    {"model", "description", open_trace},
    {"model", "hash", write_sequence},
    {"sequence", "title", list_sequences},
    {"sequence", "folded", open_trace},
    {"sequence", "keep", write_sequence},
    {"sequence", "n_tokens", read_window},
    {"token", "special", open_trace},
    {"token", "text", read_window},
    {"token", "id", write_sequence},
    {"array", "row_axes", open_trace},
    {"array", "dtype", write_sequence},
    {"chunk", "n_rows", open_trace},
    {"chunk", "checksum", write_sequence},
    {"last_id", "id", write_sequence},
    {"note", "changed", list_notes},
    {"note", "key", put_note},
    {"dictionary", "site", list_dictionaries},
    {"dictionary", "n_latents", read_codes},
    {"dictionary", "architecture", write_codes},
    {"dictionary", "n_codes", remove_sequence},
    {"dictionary", "options", write_codes},
    {"code_rows", "sequence_id", read_firings},
    {"code_rows", "n_rows", read_codes},
    {"code_rows", "checksum", write_codes},
    {"firing", "n_codes", read_firings},
    {"firing", "least", write_codes},
    {"firing", "data", remove_sequence},
    {"result", "notes", get_table},
    {"result", "n_rows", find_table},
    {"result", "version", put_table},
    {"result_column", "unit", get_table},
    {"result_column", "description", put_table},
    {"result_cell", "value", get_table},
    {"head_score", "unit", put_table},
};

static void
make_store (void)
{
    store_make (1, T);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    ck_assert (put_note (store, NULL) && put_table (store, NULL) && write_codes (store, NULL));
}

/* What a work says that failed: an error of the store, with its name. */
static void
assert_told (const GError *error, const char *column)
{
    ck_assert_msg (error != NULL, "%s: no error", column);
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_STORE), "%s: %s", column,
                   error->message);
    ck_assert_msg (strstr (error->message, store_path) != NULL, "%s: %s", column, error->message);
}

START_TEST (whoever_needs_a_column_says_that_it_is_not_there)
{
    make_store ();
    g_autofree char *sql = g_strdup_printf ("ALTER TABLE %s RENAME COLUMN %s TO gone",
                                            rows[_i].table, rows[_i].column);
    store_run_sql (sql);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    g_autoptr (GError) error = NULL;
    ck_assert_msg (!rows[_i].work (store, &error), "%s.%s is not needed", rows[_i].table,
                   rows[_i].column);
    assert_told (error, rows[_i].column);
    ck_assert_msg (strstr (error->message, rows[_i].column) != NULL, "%s", error->message);
    for (guint i = 0; i < G_N_ELEMENTS (works); i++) {
        g_autoptr (GError) other = NULL;
        if (!works[i](store, &other))
            assert_told (other, rows[_i].column);
        else
            ck_assert_ptr_null (other);
    }
}
END_TEST

/* The rows above say something only if all works succeed on a whole store. */
START_TEST (all_is_done_with_a_whole_store)
{
    make_store ();
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    for (guint i = 0; i < G_N_ELEMENTS (works); i++) {
        g_autoptr (GError) error = NULL;
        ck_assert_msg (works[i](store, &error), "work %u: %s", i,
                       error != NULL ? error->message : "");
    }
}
END_TEST

START_TEST (a_read_that_fails_is_told_in_sqlites_words)
{
    make_store ();
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    store_fail_at_each_step (store, works[_i]);
}
END_TEST

/* A trace that was opened before reads its chunks by columns of theirs. */
START_TEST (a_trace_tells_that_its_chunks_lack_a_column)
{
    static const char *const columns[] = {"first_row", "n_rows", "data", "array_id"};
    make_store ();
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, 1, NULL);
    const FoveaArray *array = g_ptr_array_index (fovea_trace_get_arrays (trace), 0);
    g_autofree char *sql =
        g_strdup_printf ("ALTER TABLE chunk RENAME COLUMN %s TO gone", columns[_i]);
    store_run_sql (sql);
    g_autofree float *row = g_new (float, fovea_array_row_length (array));
    g_autoptr (GError) error = NULL;
    ck_assert (!fovea_trace_read (trace, array->name, 0, 1, row, &error));
    assert_told (error, columns[_i]);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("store, columns");
    TCase *tests = tcase_create ("columns");
    tcase_set_timeout (tests, 60);
    tcase_add_checked_fixture (tests, store_set_up, store_tear_down);
    tcase_add_test (tests, all_is_done_with_a_whole_store);
    tcase_add_loop_test (tests, a_read_that_fails_is_told_in_sqlites_words, 0, N_READERS);
    tcase_add_loop_test (tests, whoever_needs_a_column_says_that_it_is_not_there, 0,
                         G_N_ELEMENTS (rows));
    tcase_add_loop_test (tests, a_trace_tells_that_its_chunks_lack_a_column, 0, 4);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
