/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Archives of arrays: packed ones as numpy writes them, records of 64 bits, and bytes that lie. */
#include "capture/array-writer.h"
#include "capture/exchange.h"
#include "capture/npz.h"
#include "tests/forward-support.h"

#include <string.h>

/* numpy.savez_compressed (q = (arange (64) / 8).reshape (4, 2, 8), k = the same) with ids 1 2 3 9. */
static FoveaTrace *
import_deflated (void)
{
    g_autofree char *path = support_data ("tests/golden/numpy/compressed.npz");
    g_autoptr (GError) error = NULL;
    FoveaTrace *trace = fovea_exchange_import (path, &error);
    ck_assert_msg (trace != NULL, "%s", error != NULL ? error->message : "");
    return trace;
}

/* Three rows of the queries as an archive of ours, which is not packed; returns its path. */
static char *
write_archive (const char *folder)
{
    const FoveaExportOptions options = {.row1 = 3, .key1 = -1, .head = -1};
    char *path = g_build_filename (folder, "z.npz", NULL);
    g_autoptr (FoveaTrace) trace = import_deflated ();
    g_autoptr (GError) error = NULL;
    ck_assert_msg (
        fovea_exchange_export (trace, "blocks.0.attn.hook_q", path, &options, NULL, &error), "%s",
        error != NULL ? error->message : "");
    return path;
}

/* Replaces bytes of an archive and opens it. */
static void
assert_npz_refused (const char *bytes, gsize length, const char *part)
{
    g_autoptr (GBytes) copy = g_bytes_new (bytes, length);
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_npz_open_bytes (copy, "x.npz", &error));
    ck_assert_msg (strstr (error->message, part) != NULL, "'%s' has no '%s'", error->message, part);
}

START_TEST (archives_that_lie_are_refused)
{
    char *folder = support_temp_dir ();
    g_autofree char *path = write_archive (folder);
    g_autofree char *bytes = NULL;
    gsize length;
    ck_assert (g_file_get_contents (path, &bytes, &length, NULL));
    assert_npz_refused (bytes, 10, "too short");
    assert_npz_refused (bytes, length - 1, "no directory at its end");
    gsize data = 30 + strlen ("blocks.0.attn.hook_q.npy");
    bytes[data + 130] ^= 1;
    assert_npz_refused (bytes, length, "checksum");
    bytes[data + 130] ^= 1;
    bytes[0] = 'X';
    assert_npz_refused (bytes, length, "no member where the directory says");
    bytes[0] = 'P';
    g_autoptr (GBytes) good = g_bytes_new (bytes, length);
    g_autoptr (FoveaNpz) npz = fovea_npz_open_bytes (good, "x.npz", NULL);
    ck_assert_ptr_nonnull (npz);
    support_remove_dir (folder);
}
END_TEST

/* One field of the only directory entry: where, how many bytes, and what it says then. */
static const struct {
    guint at, n;
    guint64 value;
    const char *part;
} lies[] = {
    {0, 4, 0, "directory entry is cut short or malformed"},
    {8, 2, 1, "encrypted member"},
    {10, 2, 9, "unknown compression"},
    {10, 2, 8, "member does not unpack to its size"},
    {16, 4, 7, "checksum of a member differs"},
    {20, 4, G_MAXINT32, "member reaches past the end of the file"},
    {24, 4, 8, "stored member with two sizes"},
    {28, 2, G_MAXUINT16, "directory entry is cut short"},
    {30, 2, G_MAXUINT16, "directory entry is cut short"},
    {42, 4, 5, "no member where the directory says"},
    {42, 4, G_MAXUINT32 - 1, "no member where the directory says"},
    {46, 1, 0xff, "member is no .npy array"},
    {46 + 20, 4, 0, "member is no .npy array"},
};

START_TEST (entries_that_lie_are_refused)
{
    char *folder = support_temp_dir ();
    g_autofree char *path = write_archive (folder);
    g_autofree char *bytes = NULL;
    gsize length;
    ck_assert (g_file_get_contents (path, &bytes, &length, NULL));
    const guint8 *end = (const guint8 *) bytes + length - 22;
    char *entry = bytes + (end[16] | (gsize) end[17] << 8);
    for (guint i = 0; i < lies[_i].n; i++)
        entry[lies[_i].at + i] = (char) (lies[_i].value >> (8 * i) & 0xFF);
    assert_npz_refused (bytes, length, lies[_i].part);
    support_remove_dir (folder);
}
END_TEST

/* A packed member may not claim more than its bytes can unpack to. */
START_TEST (a_member_that_claims_too_much_makes_no_room)
{
    char *folder = support_temp_dir ();
    g_autofree char *path = write_archive (folder);
    g_autofree char *bytes = NULL;
    gsize length;
    ck_assert (g_file_get_contents (path, &bytes, &length, NULL));
    const guint8 *end = (const guint8 *) bytes + length - 22;
    char *entry = bytes + (end[16] | (gsize) end[17] << 8);
    entry[10] = 8;
    for (guint i = 24; i < 28; i++)
        entry[i] = 0x7f;
    assert_npz_refused (bytes, length, "member claims more than can be packed");
    support_remove_dir (folder);
}
END_TEST

START_TEST (an_archive_that_is_not_there_is_named)
{
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_npz_open ("/nosuch/a.npz", &error));
    ck_assert (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT));
    ck_assert_ptr_nonnull (strstr (error->message, "/nosuch/a.npz"));
}
END_TEST

/* Little-endian bytes of a zip record. */
static void
put (GString *out, guint64 value, guint n)
{
    for (guint i = 0; i < n; i++)
        g_string_append_c (out, (char) (value >> (8 * i) & 0xFF));
}

/* The archive of @path with its sizes, place and directory in their 64-bit forms, as archives over
 * 4 GiB have them. @shift moves the directory from where the record says. */
static GString *
widen_archive (const char *path, guint64 shift)
{
    g_autofree char *bytes = NULL;
    gsize length;
    ck_assert (g_file_get_contents (path, &bytes, &length, NULL));
    const char *end = bytes + length - 22;
    guint64 start = (guint8) end[16] | (guint64) (guint8) end[17] << 8;
    GString *out = g_string_new_len (bytes, (gssize) start);
    const char *entry = bytes + start;
    guint n = (guint8) end[10];
    for (guint i = 0; i < n; i++) {
        guint name = (guint8) entry[28], extra = (guint8) entry[30];
        g_string_append_len (out, entry, 20);
        put (out, G_MAXUINT32, 4);
        put (out, G_MAXUINT32, 4);
        put (out, name, 2);
        put (out, 4 + 24, 2);
        g_string_append_len (out, entry + 32, 10);
        put (out, G_MAXUINT32, 4);
        g_string_append_len (out, entry + 46, (gssize) name);
        put (out, 1, 2);
        put (out, 24, 2);
        g_string_append_len (out, entry + 24, 4); /* unpacked, packed, place */
        put (out, 0, 4);
        g_string_append_len (out, entry + 20, 4);
        put (out, 0, 4);
        g_string_append_len (out, entry + 42, 4);
        put (out, 0, 4);
        entry += 46 + name + extra;
    }
    guint64 record = out->len;
    g_string_append (out, "PK\x06\x06");
    put (out, 44, 8);
    put (out, 45, 2);
    put (out, 45, 2);
    put (out, 0, 8);
    put (out, n, 8);
    put (out, n, 8);
    put (out, record - start, 8);
    put (out, start, 8);
    g_string_append (out, "PK\x06\x07");
    put (out, 0, 4);
    put (out, record + shift, 8);
    put (out, 1, 4);
    g_string_append (out, "PK\x05\x06");
    put (out, 0, 4);
    put (out, 0xFFFF, 2);
    put (out, 0xFFFF, 2);
    put (out, G_MAXUINT32, 4);
    put (out, G_MAXUINT32, 4);
    put (out, 0, 2);
    return out;
}

START_TEST (archives_with_64_bit_records_are_read)
{
    char *folder = support_temp_dir ();
    g_autofree char *path = write_archive (folder);
    g_autoptr (FoveaNpz) plain = fovea_npz_open (path, NULL);
    g_autoptr (GString) wide = widen_archive (path, 0);
    g_autoptr (GBytes) bytes = g_bytes_new_static (wide->str, wide->len);
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaNpz) npz = fovea_npz_open_bytes (bytes, "x.npz", &error);
    ck_assert_msg (npz != NULL, "%s", error != NULL ? error->message : "");
    guint n, m;
    const FoveaTensor *a = fovea_npz_list (plain, &n), *b = fovea_npz_list (npz, &m);
    ck_assert_uint_eq (n, m);
    for (guint i = 0; i < n; i++) {
        ck_assert_str_eq (a[i].name, b[i].name);
        ck_assert_uint_eq (a[i].n_bytes, b[i].n_bytes);
        ck_assert_mem_eq (a[i].data, b[i].data, a[i].n_bytes);
    }
    const guint64 shifts[] = {1, 1000, G_MAXUINT64 - 100, (guint64) 1 << 62};
    for (guint i = 0; i < G_N_ELEMENTS (shifts); i++) {
        g_autoptr (GString) lost = widen_archive (path, shifts[i]);
        assert_npz_refused (lost->str, lost->len, "64-bit directory is not where it says");
    }
    support_remove_dir (folder);
}
END_TEST

/* Sixteen bits count no more than 65,535 members: the 64-bit end record does. */
START_TEST (more_members_than_16_bits_count_survive)
{
    enum {
        MANY = 65600
    };
    g_autoptr (GError) error = NULL;
    char *folder = support_temp_dir ();
    g_autofree char *path = g_build_filename (folder, "many.npz", NULL);
    g_autoptr (FoveaArrayWriter) writer = fovea_npz_writer_new (path, &error);
    ck_assert_ptr_nonnull (writer);
    for (int i = 0; i < MANY; i++) {
        g_autofree char *name = g_strdup_printf ("a%d", i);
        const FoveaTensor tensor = {.name = name, .dtype = FOVEA_F32, .rank = 1, .shape = {1}};
        ck_assert (writer->add (writer, &tensor, &error));
    }
    for (int i = 0; i < MANY; i++) {
        float value = (float) i;
        ck_assert (writer->append (writer, &value, sizeof value, &error));
    }
    ck_assert_msg (writer->finish (writer, &error), "%s", error != NULL ? error->message : "");
    g_autoptr (FoveaNpz) npz = fovea_npz_open (path, &error);
    ck_assert_msg (npz != NULL, "%s", error != NULL ? error->message : "");
    guint n;
    const FoveaTensor *list = fovea_npz_list (npz, &n);
    ck_assert_uint_eq (n, MANY);
    double sum = 0;
    for (guint i = 0; i < n; i++) {
        float value;
        g_autofree char *name = NULL;
        memcpy (&value, list[i].data, sizeof value);
        name = g_strdup_printf ("a%d", (int) value);
        ck_assert_str_eq (list[i].name, name);
        sum += (double) value;
    }
    ck_assert_double_eq (sum, MANY * (MANY - 1.0) / 2);
    support_remove_dir (folder);
}
END_TEST

START_TEST (deflated_archives_of_numpy_are_read)
{
    g_autoptr (FoveaTrace) imported = import_deflated ();
    const FoveaTraceInfo *info = fovea_trace_get_info (imported);
    ck_assert_int_eq (info->n_tokens, 4);
    ck_assert_int_eq (info->architecture->n_heads, 2);
    ck_assert_int_eq (info->ids[3], 9);
    gint64 n;
    g_autofree float *q = support_read_point (imported, "blocks.0.attn.hook_q", &n);
    ck_assert_int_eq (n, 64);
    for (gint64 i = 0; i < n; i++)
        ck_assert (q[i] == (float) i / 8);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("npz");
    TCase *all = tcase_create ("all");
    tcase_add_test (all, archives_that_lie_are_refused);
    tcase_add_loop_test (all, entries_that_lie_are_refused, 0, G_N_ELEMENTS (lies));
    tcase_add_test (all, a_member_that_claims_too_much_makes_no_room);
    tcase_add_test (all, an_archive_that_is_not_there_is_named);
    tcase_add_test (all, archives_with_64_bit_records_are_read);
    tcase_add_test (all, more_members_than_16_bits_count_survive);
    tcase_add_test (all, deflated_archives_of_numpy_are_read);
    suite_add_tcase (suite, all);
    return support_run (suite);
}
