/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Notes in a store: one a thing, kept, replaced, removed, refused, and gone with their sequence. */
#include <string.h>

#include "storage/note.h"
#include "tests/store-support.h"

#define T 20

static const FoveaNoteObject objects[] = {
    {-1, -1, -1, -1}, /* the sequence */
    {1, 2, -1, -1},   /* a head */
    {1, 2, 17, 4},    /* a cell */
    {1, 2, 17, 5},    {0, 0, 0, 0},
};

static void
put (FoveaStore *store, gint64 sequence, const FoveaNoteObject *object, const char *text)
{
    g_autoptr (GError) error = NULL;
    ck_assert_msg (fovea_store_put_note (store, sequence, object, text, &error), "%s",
                   error != NULL ? error->message : "");
}

static GPtrArray *
list (FoveaStore *store, gint64 sequence)
{
    g_autoptr (GError) error = NULL;
    GPtrArray *notes = fovea_store_list_notes (store, sequence, &error);
    ck_assert_msg (notes != NULL, "%s", error != NULL ? error->message : "");
    return notes;
}

/* The text about a thing, NULL = none. The list owns it. */
static const char *
find (GPtrArray *notes, const FoveaNoteObject *object)
{
    for (guint i = 0; i < notes->len; i++) {
        const FoveaNote *note = g_ptr_array_index (notes, i);
        if (memcmp (&note->object, object, sizeof *object) == 0)
            return note->text;
    }
    return NULL;
}

START_TEST (every_thing_has_its_own_note_after_reopening)
{
    store_make (2, T);
    {
        g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
        for (guint i = 0; i < G_N_ELEMENTS (objects); i++) {
            g_autofree char *text = g_strdup_printf ("über %u\n“two lines”", i);
            put (store, 1, &objects[i], text);
        }
        put (store, 2, &objects[1], "the other sequence");
    }
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (GPtrArray) first = list (store, 1), second = list (store, 2);
    ck_assert_uint_eq (first->len, G_N_ELEMENTS (objects));
    for (guint i = 0; i < G_N_ELEMENTS (objects); i++) {
        g_autofree char *text = g_strdup_printf ("über %u\n“two lines”", i);
        ck_assert_str_eq (find (first, &objects[i]), text);
    }
    ck_assert_uint_eq (second->len, 1);
    ck_assert_str_eq (find (second, &objects[1]), "the other sequence");
    const FoveaNote *note = g_ptr_array_index (second, 0);
    ck_assert_uint_eq (strlen (note->changed), strlen ("2026-01-01T00:00:00Z"));
}
END_TEST

START_TEST (a_note_is_replaced_and_an_empty_one_removes_it)
{
    store_make (1, T);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    put (store, 1, &objects[2], "first");
    put (store, 1, &objects[2], "second");
    g_autoptr (GPtrArray) one = list (store, 1);
    ck_assert_uint_eq (one->len, 1);
    ck_assert_str_eq (find (one, &objects[2]), "second");
    put (store, 1, &objects[2], "");
    put (store, 1, &objects[3], ""); /* of nothing: no error */
    g_autoptr (GPtrArray) none = list (store, 1);
    ck_assert_uint_eq (none->len, 0);
}
END_TEST

START_TEST (a_note_that_cannot_be_kept_says_why)
{
    static const struct {
        FoveaStoreMode mode;
        gint64 sequence;
        const char *text, *part;
    } rows[] = {
        {FOVEA_STORE_READ, 1, "x", "read"},
        {FOVEA_STORE_WRITE, 99, "x", "no sequence 99"},
        {FOVEA_STORE_WRITE, 1, "\xE2\x28", "UTF-8"},
    };
    g_autoptr (GError) error = NULL;
    store_make (1, T);
    g_autoptr (FoveaStore) store = store_open (rows[_i].mode);
    ck_assert (
        !fovea_store_put_note (store, rows[_i].sequence, &objects[1], rows[_i].text, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_STORE));
    ck_assert_msg (strstr (error->message, rows[_i].part) != NULL, "%s", error->message);
    g_autoptr (GPtrArray) notes = list (store, 1);
    ck_assert_uint_eq (notes->len, 0);
}
END_TEST

START_TEST (notes_go_with_their_sequence)
{
    store_make (2, T);
    {
        g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
        put (store, 1, &objects[1], "x");
        put (store, 2, &objects[1], "y");
    }
    store_run_sql ("PRAGMA foreign_keys = ON; DELETE FROM sequence WHERE id = 1");
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (GPtrArray) first = list (store, 1), second = list (store, 2);
    ck_assert_uint_eq (first->len, 0);
    ck_assert_uint_eq (second->len, 1);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("notes");
    TCase *tcase = tcase_create ("notes");
    tcase_add_checked_fixture (tcase, store_set_up, store_tear_down);
    tcase_add_test (tcase, every_thing_has_its_own_note_after_reopening);
    tcase_add_test (tcase, a_note_is_replaced_and_an_empty_one_removes_it);
    tcase_add_loop_test (tcase, a_note_that_cannot_be_kept_says_why, 0, 3);
    tcase_add_test (tcase, notes_go_with_their_sequence);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
