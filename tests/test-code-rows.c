/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Codes in a store: the same by sequence and by latent, replaced whole, and never half written or
 * believed when they are damaged. */
#include <math.h>
#include <string.h>

#include "storage/checksum.h"
#include "tests/codes-support.h"

START_TEST (firings_of_a_latent_come_in_the_order_of_sequences)
{
    store_make (N_SEQUENCES, T);
    g_autoptr (FoveaStore) store = write_codes (TRUE);
    gint64 id, n_tokens;
    ck_assert (fovea_store_find_dictionary (store, "abcd", &id, &n_tokens, NULL));
    ck_assert_int_eq (n_tokens, 3 * N_SEQUENCES);
    g_autoptr (GArray) firings = fovea_store_read_firings (store, id, 5, NULL);
    ck_assert_uint_eq (firings->len, 2 * N_SEQUENCES);
    for (guint i = 0; i < firings->len; i++) {
        const FoveaFiring *firing = &g_array_index (firings, FoveaFiring, i);
        ck_assert_int_eq (firing->sequence, i / 2 + 1);
        ck_assert_int_eq (firing->position, i % 2 == 0 ? 1 : 5);
        ck_assert_float_eq (firing->value, i % 2 == 0 ? -1 : 3);
    }
    g_autoptr (GArray) none = fovea_store_read_firings (store, id, 3, NULL);
    ck_assert_uint_eq (none->len, 0);
}
END_TEST

/* What plain SQL lists of a latent without reading its codes. */
START_TEST (parts_say_their_extremes)
{
    static const struct {
        int latent;
        double least, most;
    } parts[] = {{0, .5, .5}, {2, 2, 2}, {5, -1, 3}};
    store_make (N_SEQUENCES, T);
    fovea_store_close (write_codes (TRUE));
    for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
        const char *const columns[] = {"least", "most", "n_codes", "part"};
        const double expected[] = {parts[i].least, parts[i].most,
                                   parts[i].latent == 5 ? 2 * N_SEQUENCES : N_SEQUENCES, 0};
        for (guint c = 0; c < G_N_ELEMENTS (columns); c++) {
            g_autofree char *sql = g_strdup_printf ("SELECT %s FROM firing WHERE latent = %d",
                                                    columns[c], parts[i].latent);
            ck_assert_double_eq (store_ask (sql), expected[c]);
        }
    }
    ck_assert_double_eq (store_ask ("SELECT n_codes FROM dictionary"), 4 * N_SEQUENCES);
    ck_assert_double_eq (store_ask ("SELECT density FROM latents WHERE latent = 5"), 2. / 3);
}
END_TEST

START_TEST (codes_of_a_sequence_come_back)
{
    store_make (N_SEQUENCES, T);
    g_autoptr (FoveaStore) store = write_codes (TRUE);
    g_autoptr (GError) error = NULL;
    g_autofree gint64 *places = NULL;
    g_autoptr (FoveaSaeCodes) codes =
        fovea_store_read_codes (store, find (store), 2, &places, &error);
    ck_assert_msg (codes != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_int_eq (codes->n_rows, 3);
    ck_assert_int_eq (codes->n_latents, F);
    ck_assert (memcmp (codes->offsets, offsets, sizeof offsets) == 0);
    ck_assert (memcmp (codes->latents, latents, sizeof latents) == 0);
    ck_assert (memcmp (codes->values, values, sizeof values) == 0);
    ck_assert (memcmp (places, positions, sizeof positions) == 0);
    ck_assert_ptr_null (fovea_store_read_codes (store, find (store), 77, &places, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND));
}
END_TEST

START_TEST (writer_that_does_not_finish_leaves_nothing_to_read)
{
    store_make (N_SEQUENCES, T);
    g_autoptr (FoveaStore) store = write_codes (FALSE);
    ck_assert_int_eq (find (store), 0);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM latents"), 0);
    fovea_code_writer_free (NULL);
    g_autoptr (FoveaStore) again = write_codes (TRUE);
    ck_assert_int_ne (find (again), 0);
}
END_TEST

START_TEST (same_dictionary_again_replaces_its_codes)
{
    store_make (N_SEQUENCES, T);
    fovea_store_close (write_codes (TRUE));
    g_autoptr (FoveaStore) store = write_codes (TRUE);
    g_autoptr (GArray) firings = fovea_store_read_firings (store, find (store), 5, NULL);
    ck_assert_uint_eq (firings->len, 2 * N_SEQUENCES);
}
END_TEST

/* Where one row is refused, by an index whose rows must be one, the codes that were there stay. */
static const char *const refused[] = {
    "dictionary ((0)) WHERE n_tokens < 2",
    "code_rows ((0)) WHERE dictionary_id > 2",
    "firing ((0)) WHERE dictionary_id > 2",
    "dictionary ((0)) WHERE id > 1 AND n_tokens > 0",
};

START_TEST (codes_that_cannot_be_written_replace_none)
{
    store_make (N_SEQUENCES, T);
    fovea_store_close (write_codes (TRUE));
    g_autofree char *sql = g_strdup_printf (
        "INSERT INTO dictionary VALUES (2, 'other', 'x', 'x', 'topk', 1, 1, 0, '', '');"
        "CREATE UNIQUE INDEX only_one ON %s",
        refused[_i]);
    store_run_sql (sql);
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    FoveaCodeWriter *writer = fovea_code_writer_new (store, &dictionary, &error);
    ck_assert_msg (writer != NULL, "%s", error != NULL ? error->message : "");
    for (gint64 s = 1; s <= N_SEQUENCES; s++)
        ck_assert (fovea_code_writer_add (writer, s, positions, &rows, &error));
    ck_assert (!fovea_code_writer_finish (writer, NULL, &error));
    fovea_code_writer_free (writer);
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_STORE));
    ck_assert_msg (strstr (error->message, "index 'only_one'") != NULL, "%s", error->message);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM dictionary WHERE id <= 2"), 2);
    ck_assert_double_eq (store_ask ("SELECT max (dictionary_id) FROM firing JOIN dictionary"
                                    " ON dictionary.id = dictionary_id WHERE hash = 'abcd'"),
                         1);
    ck_assert_int_eq (find (store), 1);
    g_autoptr (GArray) firings = fovea_store_read_firings (store, 1, 5, NULL);
    ck_assert_uint_eq (firings->len, 2 * N_SEQUENCES);
}
END_TEST

/* Nor may a sequence be given twice. */
START_TEST (codes_of_a_sequence_are_given_once)
{
    store_make (N_SEQUENCES, T);
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    g_autoptr (FoveaCodeWriter) writer = fovea_code_writer_new (store, &dictionary, &error);
    for (int i = 0; i < 2; i++)
        ck_assert (fovea_code_writer_add (writer, 1, positions, &rows, &error));
    ck_assert (!fovea_code_writer_finish (writer, NULL, &error));
    ck_assert_msg (strstr (error->message, "UNIQUE constraint failed: code_rows") != NULL, "%s",
                   error->message);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM code_rows"), 0); /* nor the first */
    ck_assert_int_eq (find (store), 0);
}
END_TEST

START_TEST (codes_of_another_width_are_refused)
{
    store_make (N_SEQUENCES, T);
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    g_autoptr (FoveaCodeWriter) writer = fovea_code_writer_new (store, &dictionary, &error);
    FoveaSaeCodes other = rows;
    other.n_latents = F + 1;
    ck_assert (!fovea_code_writer_add (writer, 1, positions, &other, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE));
}
END_TEST

/* Cancels a check at its so-many-th report; 0 = before it begins. */
typedef struct {
    GCancellable *cancellable;
    guint n_calls, at;
} Stop;

static void
on_checked (gpointer data, guint64 done, guint64 total)
{
    Stop *stop = data;
    if (++stop->n_calls == stop->at)
        g_cancellable_cancel (stop->cancellable);
}

/* Between sequences, chunks, codes of a sequence and codes of a latent: a check ends where it is told to. */
START_TEST (check_ends_wherever_it_is_stopped)
{
    store_make (N_SEQUENCES, T);
    g_autoptr (FoveaStore) store = write_codes (TRUE);
    g_autoptr (GCancellable) never = g_cancellable_new ();
    Stop whole = {never, 0, G_MAXUINT};
    g_autoptr (FoveaTable) damage = fovea_store_check (store, on_checked, &whole, never, NULL);
    ck_assert_uint_eq (fovea_table_get_n_rows (damage), 0);
    /* five arrays of a chunk each, codes of the sequences, and of latents 0, 2 and 5 */
    ck_assert_uint_eq (whole.n_calls, 5 * N_SEQUENCES + N_SEQUENCES + 3);
    for (guint at = 0; at <= whole.n_calls; at++) {
        g_autoptr (GCancellable) cancellable = g_cancellable_new ();
        g_autoptr (GError) error = NULL;
        Stop stop = {cancellable, 0, at};
        if (at == 0)
            g_cancellable_cancel (cancellable);
        ck_assert_ptr_null (fovea_store_check (store, on_checked, &stop, cancellable, &error));
        ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
        ck_assert_uint_eq (stop.n_calls, at);
    }
}
END_TEST

static const char *const damages[] = {
    "UPDATE firing SET data = zeroblob (length (data))",
    "UPDATE firing SET n_codes = 1000",
    "UPDATE code_rows SET data = zeroblob (length (data))",
    "UPDATE code_rows SET n_rows = 1000000000",
};

START_TEST (damaged_codes_are_refused)
{
    store_make (N_SEQUENCES, T);
    fovea_store_close (write_codes (TRUE));
    store_run_sql (damages[_i]);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (GError) error = NULL;
    g_autofree gint64 *places = NULL;
    if (_i < 2)
        ck_assert_ptr_null (fovea_store_read_firings (store, find (store), 5, &error));
    else
        ck_assert_ptr_null (fovea_store_read_codes (store, find (store), 1, &places, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_STORE));
    ck_assert_ptr_nonnull (strstr (error->message, "damaged"));
    ck_assert (check_names (store, _i < 2 ? 0 : 1, _i < 2 ? "latent 5" : ""));
}
END_TEST

/* Checksums are right here: whoever wrote the file meant it. */
static const struct {
    gint64 position;
    float value;
} nonsense[] = {{1, NAN}, {1, INFINITY}, {-1, 1}, {4, 1}, {G_MININT64, 1}, {G_MAXINT64, 1}};

/* A file as somebody else may write it: rows that were begun stand as finished, and one latent's firings are
 * two of which the first is at @position. */
static void
write_nonsense (gint64 position, float value)
{
    const FoveaFiring firings[] = {{1, (gint32) position, value}, {1, 5, 3}};
    g_autoptr (GString) sql = g_string_new ("UPDATE dictionary SET hash = 'abcd';"
                                            "INSERT INTO firing VALUES (1, 5, 0, 2, 0, 3, ");
    g_string_append_printf (sql, "%u, x'", fovea_checksum (firings, sizeof firings));
    for (gsize i = 0; i < sizeof firings; i++)
        g_string_append_printf (sql, "%02x", ((const guint8 *) firings)[i]);
    g_string_append (sql, "')");
    store_run_sql (sql->str);
}

START_TEST (codes_that_no_encoder_gives_are_refused)
{
    gint64 places[] = {nonsense[_i].position, 4, 5};
    float codes[] = {.5f, nonsense[_i].value, 2, 3};
    const FoveaSaeCodes hostile = {3, F, offsets, latents, codes, NULL, NULL};
    store_make (N_SEQUENCES, T);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    g_autoptr (FoveaCodeWriter) writer = fovea_code_writer_new (store, &dictionary, NULL);
    g_autoptr (GError) refused_codes = NULL, by_sequence = NULL, by_latent = NULL;
    ck_assert (fovea_code_writer_add (writer, 1, places, &hostile, NULL) &&
               !fovea_code_writer_finish (writer, NULL, &refused_codes));
    ck_assert_ptr_nonnull (strstr (refused_codes->message, "codes of sequence 1 are in disorder"));
    write_nonsense (places[0], codes[1]);
    g_autofree gint64 *read = NULL;
    ck_assert_ptr_null (fovea_store_read_codes (store, find (store), 1, &read, &by_sequence));
    ck_assert (g_error_matches (by_sequence, FOVEA_ERROR, FOVEA_ERROR_STORE));
    ck_assert_ptr_nonnull (strstr (by_sequence->message, "codes of sequence 1 are in disorder"));
    ck_assert (check_names (store, 1, ""));
    if (nonsense[_i].position != 1 && nonsense[_i].position != -1)
        return; /* cut to 32 bits or by itself it is a place like any other */
    ck_assert_ptr_null (fovea_store_read_firings (store, find (store), 5, &by_latent));
    ck_assert (g_error_matches (by_latent, FOVEA_ERROR, FOVEA_ERROR_STORE));
    ck_assert_ptr_nonnull (strstr (by_latent->message, "firings of latent 5"));
    ck_assert (check_names (store, 0, "latent 5"));
}
END_TEST

/* The blob of a sequence's codes with one number changed: offset, position or latent @at becomes @to.
 * The first row has two codes, the second none, the third two. */
static const struct {
    enum {
        OFFSET,
        POSITION,
        LATENT
    } what;
    int at;
    gint64 to;
} disorder[] = {
    {OFFSET, 0, 1}, {OFFSET, 3, 3}, {OFFSET, 3, 5},    {OFFSET, 1, 5},  {OFFSET, 1, -1},
    {OFFSET, 2, 1}, {OFFSET, 2, 5}, {POSITION, 0, -1}, {LATENT, 0, 5},  {LATENT, 0, -1},
    {LATENT, 1, 0}, {LATENT, 1, F}, {LATENT, 3, F},    {LATENT, 2, -7}, {LATENT, 3, G_MAXINT32},
};

START_TEST (codes_in_disorder_are_refused)
{
    struct {
        gint64 offsets[4], positions[3];
        gint32 latents[4];
        float values[4];
    } blob;
    memcpy (blob.offsets, offsets, sizeof offsets);
    memcpy (blob.positions, positions, sizeof positions);
    for (gint32 i = 0; i < 4; i++)
        blob.latents[i] = i + 1; /* rise over all rows: no row's order tells of another's */
    memcpy (blob.values, values, sizeof values);
    if (disorder[_i].what == OFFSET)
        blob.offsets[disorder[_i].at] = disorder[_i].to;
    else if (disorder[_i].what == POSITION)
        blob.positions[disorder[_i].at] = disorder[_i].to;
    else
        blob.latents[disorder[_i].at] = (gint32) disorder[_i].to;
    store_make (N_SEQUENCES, T);
    fovea_store_close (write_codes (TRUE));
    g_autoptr (GString) sql = g_string_new ("UPDATE code_rows SET data = x'");
    for (gsize i = 0; i < sizeof blob; i++)
        g_string_append_printf (sql, "%02x", ((const guint8 *) &blob)[i]);
    g_string_append_printf (sql, "', checksum = %u", fovea_checksum (&blob, sizeof blob));
    store_run_sql (sql->str);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (GError) error = NULL;
    g_autofree gint64 *read = NULL;
    ck_assert_ptr_null (fovea_store_read_codes (store, find (store), 1, &read, &error));
    ck_assert_msg (strstr (error->message, "are in disorder") != NULL, "%s", error->message);
}
END_TEST

/* Whoever makes room for so many would end the program. */
START_TEST (dictionaries_of_absurd_sizes_are_refused)
{
    store_make (N_SEQUENCES, T);
    fovea_store_close (write_codes (TRUE));
    store_run_sql ("UPDATE dictionary SET n_latents = 1000000000000000");
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    g_autoptr (GError) listing = NULL, reading = NULL;
    g_autofree gint64 *read = NULL;
    ck_assert_ptr_null (fovea_store_list_dictionaries (store, &listing));
    ck_assert_ptr_null (fovea_store_read_codes (store, find (store), 1, &read, &reading));
    GError *errors[] = {listing, reading};
    for (guint i = 0; i < G_N_ELEMENTS (errors); i++) {
        ck_assert (g_error_matches (errors[i], FOVEA_ERROR, FOVEA_ERROR_STORE));
        ck_assert_msg (strstr (errors[i]->message, "1000000000000000 latents") != NULL, "%s",
                       errors[i]->message);
    }
    /* What would not be read is not written. */
    FoveaDictionary wide = dictionary;
    wide.n_latents = (gint64) 1 << 40;
    g_autoptr (GError) writing = NULL;
    ck_assert_ptr_null (fovea_code_writer_new (store, &wide, &writing));
    ck_assert (g_error_matches (writing, FOVEA_ERROR, FOVEA_ERROR_RANGE));
}
END_TEST

/* The last size that is kept is written and read, and the next is neither. */
START_TEST (sizes_of_dictionaries_end_at_a_number)
{
    store_make (N_SEQUENCES, T);
    fovea_store_close (write_codes (TRUE));
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    for (gint64 more = 0; more < 2; more++) {
        g_autoptr (GError) writing = NULL, listing = NULL;
        g_autofree char *sql = g_strdup_printf (
            "UPDATE dictionary SET n_latents = %" G_GINT64_FORMAT, FOVEA_MOST_LATENTS + more);
        FoveaDictionary wide = dictionary;
        wide.n_latents = FOVEA_MOST_LATENTS + more;
        g_autoptr (FoveaCodeWriter) writer = fovea_code_writer_new (store, &wide, &writing);
        ck_assert_int_eq (writer != NULL, more == 0);
        ck_assert (more == 0 || g_error_matches (writing, FOVEA_ERROR, FOVEA_ERROR_RANGE));
        g_clear_pointer (&writer, fovea_code_writer_free);
        store_run_sql (sql);
        g_autoptr (GPtrArray) listed = fovea_store_list_dictionaries (store, &listing);
        ck_assert_int_eq (listed != NULL, more == 0);
        ck_assert (more == 0 || g_error_matches (listing, FOVEA_ERROR, FOVEA_ERROR_STORE));
    }
}
END_TEST

START_TEST (store_that_may_not_be_written_takes_no_codes)
{
    store_make (N_SEQUENCES, T);
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autofree char *said = g_strdup_printf ("store '%s' is open for reading only", store_path);
    ck_assert_ptr_null (fovea_code_writer_new (store, &dictionary, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_STORE));
    ck_assert_str_eq (error->message, said);
}
END_TEST

/* More than the page cache of a connection that writes holds, which once locked everybody out. */
START_TEST (traces_are_read_while_codes_are_written)
{
    enum {
        MANY = 60000,
        ROWS = 40
    };
    const FoveaDictionary large = {"large", "mine", "blocks.1.hook_resid_pre", "abstopk", MANY};
    g_autofree gint64 *ends = g_new (gint64, ROWS + 1);
    g_autofree gint64 *tokens = g_new (gint64, ROWS);
    g_autofree gint32 *all = g_new (gint32, ROWS * MANY);
    g_autofree float *ones = g_new (float, ROWS *MANY);
    const FoveaSaeCodes codes = {ROWS, MANY, ends, all, ones, NULL, NULL};
    for (gint64 i = 0; i < ROWS * MANY; i++) {
        all[i] = (gint32) (i % MANY);
        ones[i] = 1;
    }
    for (gint64 i = 0; i <= ROWS; i++)
        ends[i] = i * MANY;
    for (gint64 i = 0; i < ROWS; i++)
        tokens[i] = i;
    store_make (N_SEQUENCES, T);
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    g_autoptr (FoveaCodeWriter) writer = fovea_code_writer_new (store, &large, &error);
    for (gint64 s = 1; s <= N_SEQUENCES; s++) {
        g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, s, &error);
        ck_assert_msg (trace != NULL, "%s", error != NULL ? error->message : "");
        store_assert_trace (trace, T);
        ck_assert_msg (fovea_code_writer_add (writer, s, tokens, &codes, &error), "%s",
                       error != NULL ? error->message : "");
        /* A connection of its own, which has nothing cached. */
        g_autoptr (FoveaStore) other = store_open (FOVEA_STORE_READ);
        g_autoptr (FoveaTrace) again = fovea_store_open_trace (other, s, &error);
        ck_assert_msg (again != NULL, "%s", error != NULL ? error->message : "");
        store_assert_trace (again, T);
    }
    ck_assert (fovea_code_writer_finish (writer, NULL, NULL));
    gint64 id;
    ck_assert (fovea_store_find_dictionary (store, "large", &id, NULL, NULL));
    g_autoptr (GArray) firings = fovea_store_read_firings (store, id, MANY - 1, NULL);
    ck_assert_uint_eq (firings->len, ROWS * N_SEQUENCES);
}
END_TEST

/* Two batches of nearly five million codes are two parts of each latent, the second behind the first. */
START_TEST (parts_follow_each_other)
{
    enum {
        MANY = 60000,
        ROWS = 40,
        SEQUENCES = 4
    };
    const FoveaDictionary large = {"large", "mine", "blocks.1.hook_resid_pre", "abstopk", MANY};
    static const gint32 asked[] = {0, 31, MANY / 2, MANY - 1};
    g_autofree gint32 *all = g_new (gint32, ROWS * MANY);
    g_autofree float *codes = g_new (float, ROWS *MANY);
    gint64 ends[ROWS + 1], tokens[ROWS];
    for (gint64 i = 0; i < ROWS * MANY; i++) {
        all[i] = (gint32) (i % MANY);
        codes[i] = (float) (1 + i % 1000);
    }
    for (gint64 i = 0; i <= ROWS; i++)
        ends[i] = i * MANY;
    for (gint64 i = 0; i < ROWS; i++)
        tokens[i] = i;
    const FoveaSaeCodes sparse = {ROWS, MANY, ends, all, codes, NULL, NULL};
    store_make (SEQUENCES, T);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    g_autoptr (FoveaCodeWriter) writer = fovea_code_writer_new (store, &large, NULL);
    for (gint64 s = 1; s <= SEQUENCES; s++)
        ck_assert (fovea_code_writer_add (writer, s, tokens, &sparse, NULL));
    ck_assert (fovea_code_writer_finish (writer, NULL, NULL));
    ck_assert_double_eq (store_ask ("SELECT max (part) FROM firing"), 1);
    for (guint a = 0; a < G_N_ELEMENTS (asked); a++) {
        g_autoptr (GArray) firings = fovea_store_read_firings (store, 1, asked[a], NULL);
        ck_assert_uint_eq (firings->len, SEQUENCES * ROWS);
        for (guint i = 0; i < firings->len; i++) {
            const FoveaFiring *firing = &g_array_index (firings, FoveaFiring, i);
            ck_assert_int_eq (firing->sequence, i / ROWS + 1);
            ck_assert_int_eq (firing->position, i % ROWS);
            ck_assert_float_eq (firing->value, (float) (1 + asked[a] % 1000));
        }
    }
}
END_TEST

/* A latent that fires once in all is kept as any other. */
START_TEST (a_single_code_is_kept)
{
    store_make (1, T);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    g_autoptr (FoveaCodeWriter) writer = fovea_code_writer_new (store, &dictionary, NULL);
    ck_assert (fovea_code_writer_add (writer, 1, positions, &rows, NULL) &&
               fovea_code_writer_finish (writer, NULL, NULL));
    g_autoptr (GArray) firings = fovea_store_read_firings (store, find (store), 2, NULL);
    ck_assert_uint_eq (firings->len, 1);
    ck_assert_int_eq (g_array_index (firings, FoveaFiring, 0).position, 5);
    ck_assert_float_eq (g_array_index (firings, FoveaFiring, 0).value, 2);
}
END_TEST

/* A sequence of one row keeps its place, and one without any has none. */
START_TEST (codes_of_one_row_and_of_none_come_back)
{
    static gint64 nothing[] = {0};
    const FoveaSaeCodes one = {1, F, offsets, latents, values, NULL, NULL};
    const FoveaSaeCodes none = {0, F, nothing, NULL, NULL, NULL, NULL};
    static gint64 place[] = {39};
    store_make (N_SEQUENCES, T);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    g_autoptr (FoveaCodeWriter) writer = fovea_code_writer_new (store, &dictionary, NULL);
    ck_assert (fovea_code_writer_add (writer, 1, place, &one, NULL) &&
               fovea_code_writer_add (writer, 2, NULL, &none, NULL) &&
               fovea_code_writer_finish (writer, NULL, NULL));
    for (gint64 s = 1; s <= 2; s++) {
        g_autofree gint64 *places = NULL;
        g_autoptr (FoveaSaeCodes) codes =
            fovea_store_read_codes (store, find (store), s, &places, NULL);
        ck_assert_ptr_nonnull (codes);
        ck_assert_int_eq (codes->n_rows, s == 1 ? 1 : 0);
        ck_assert_int_eq (codes->offsets[codes->n_rows], s == 1 ? 2 : 0);
        ck_assert (s == 2 || places[0] == 39);
        ck_assert (s == 2 || (codes->latents[1] == 5 && codes->values[1] == -1));
    }
    ck_assert_double_eq (store_ask ("SELECT n_tokens FROM dictionary"), 1);
    ck_assert_double_eq (store_ask ("SELECT n_codes FROM dictionary"), 2);
}
END_TEST

/* A row with a single code has that code. */
START_TEST (a_row_of_one_code_comes_back)
{
    static gint64 ends[] = {0, 1};
    const FoveaSaeCodes one = {1, F, ends, latents + 1, values + 2, NULL, NULL};
    store_make (1, T);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    g_autoptr (FoveaCodeWriter) writer = fovea_code_writer_new (store, &dictionary, NULL);
    ck_assert (fovea_code_writer_add (writer, 1, positions, &one, NULL) &&
               fovea_code_writer_finish (writer, NULL, NULL));
    g_autofree gint64 *places = NULL;
    g_autoptr (FoveaSaeCodes) codes =
        fovea_store_read_codes (store, find (store), 1, &places, NULL);
    ck_assert_ptr_nonnull (codes);
    ck_assert_int_eq (codes->latents[0], 5);
    ck_assert_float_eq (codes->values[0], 2);
}
END_TEST

START_TEST (what_a_dead_writer_left_goes_with_the_next)
{
    store_make (N_SEQUENCES, T);
    fovea_store_close (write_codes (TRUE));
    /* As if it had died before its last step. */
    store_run_sql ("UPDATE dictionary SET hash = 'abcd+'");
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    g_autoptr (GPtrArray) listed = fovea_store_list_dictionaries (store, NULL);
    ck_assert_uint_eq (listed->len, 0);
    ck_assert_int_eq (find (store), 0);
    fovea_store_close (write_codes (TRUE));
    g_autoptr (GPtrArray) whole = fovea_store_list_dictionaries (store, NULL);
    ck_assert_uint_eq (whole->len, 1);
    store_run_sql ("CREATE TABLE probe (x INTEGER CHECK (x = 1));"
                   "INSERT INTO probe SELECT count (*) FROM dictionary;"
                   "INSERT INTO probe SELECT count (*) FROM firing WHERE latent = 5");
    ck_assert_int_ne (find (store), 0);
}
END_TEST

int
main (void)
{
    TCase *tc = tcase_create ("codes"), *batches = tcase_create ("batches");
    tcase_add_checked_fixture (tc, store_set_up, store_tear_down);
    tcase_add_checked_fixture (batches, store_set_up, store_tear_down);
    tcase_add_test (tc, firings_of_a_latent_come_in_the_order_of_sequences);
    tcase_add_test (tc, parts_say_their_extremes);
    tcase_add_test (tc, codes_of_a_sequence_come_back);
    tcase_add_test (tc, writer_that_does_not_finish_leaves_nothing_to_read);
    tcase_add_test (tc, same_dictionary_again_replaces_its_codes);
    tcase_add_loop_test (tc, codes_that_cannot_be_written_replace_none, 0, G_N_ELEMENTS (refused));
    tcase_add_test (tc, codes_of_a_sequence_are_given_once);
    tcase_add_test (tc, codes_of_another_width_are_refused);
    tcase_add_test (tc, check_ends_wherever_it_is_stopped);
    tcase_add_loop_test (tc, damaged_codes_are_refused, 0, G_N_ELEMENTS (damages));
    tcase_add_loop_test (tc, codes_that_no_encoder_gives_are_refused, 0, G_N_ELEMENTS (nonsense));
    tcase_add_loop_test (tc, codes_in_disorder_are_refused, 0, G_N_ELEMENTS (disorder));
    tcase_add_test (tc, dictionaries_of_absurd_sizes_are_refused);
    tcase_add_test (tc, sizes_of_dictionaries_end_at_a_number);
    tcase_add_test (tc, store_that_may_not_be_written_takes_no_codes);
    tcase_add_test (tc, a_single_code_is_kept);
    tcase_add_test (tc, codes_of_one_row_and_of_none_come_back);
    tcase_add_test (tc, a_row_of_one_code_comes_back);
    tcase_add_test (tc, what_a_dead_writer_left_goes_with_the_next);
    tcase_add_test (batches, traces_are_read_while_codes_are_written);
    tcase_add_test (batches, parts_follow_each_other);
    Suite *suite = suite_create ("code rows");
    suite_add_tcase (suite, tc);
    suite_add_tcase (suite, batches);
    return support_run (suite);
}
