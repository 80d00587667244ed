/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Headers of numpy files: what is written is read, what lies is refused with its byte. Files that
 * appear complete or not at all. */
#include "capture/npy.h"
#include "capture/output-file.h"
#include "tests/support.h"

#include <glib/gstdio.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
    FoveaDtype dtype;
    guint rank;
    gint64 shape[3];
} layouts[] = {
    {FOVEA_F32, 0, {0}},       {FOVEA_F16, 1, {5}},        {FOVEA_F64, 2, {3, 4}},
    {FOVEA_I64, 3, {1, 2, 3}}, {FOVEA_I32, 2, {0, 7}},     {FOVEA_I16, 1, {100000}},
    {FOVEA_U8, 2, {2, 2}},     {FOVEA_BOOL, 3, {2, 1, 9}}, {FOVEA_I8, 1, {1}},
};

START_TEST (a_written_header_is_read_back)
{
    g_autoptr (GString) file =
        fovea_npy_write_header (layouts[_i].dtype, layouts[_i].rank, layouts[_i].shape);
    ck_assert_uint_eq (file->len % 64, 0);
    gsize header = file->len, n = fovea_dtype_size (layouts[_i].dtype);
    for (guint i = 0; i < layouts[_i].rank; i++)
        n *= (gsize) layouts[_i].shape[i];
    g_string_set_size (file, header + n);
    FoveaTensor tensor;
    g_autoptr (GError) error = NULL;
    ck_assert_msg (fovea_npy_read ((const guint8 *) file->str, file->len, "a", 0, &tensor, &error),
                   "%s", error != NULL ? error->message : "");
    ck_assert_int_eq ((int) tensor.dtype, (int) layouts[_i].dtype);
    ck_assert_uint_eq (tensor.rank, layouts[_i].rank);
    for (guint i = 0; i < tensor.rank; i++)
        ck_assert_int_eq (tensor.shape[i], layouts[_i].shape[i]);
    ck_assert_uint_eq (tensor.n_bytes, n);
    ck_assert_ptr_eq (tensor.data, file->str + header);
}
END_TEST

/* Header of version @major around @dictionary, then @data bytes of zeros. */
static GString *
make_file (char major, const char *dictionary, gsize data)
{
    GString *file = g_string_new ("\x93NUMPY");
    gsize n = strlen (dictionary);
    const char version[] = {major, 0, (char) (n & 0xFF), (char) (n >> 8), 0, 0};
    g_string_append_len (file, version, major == 1 ? 4 : 6);
    g_string_append (file, dictionary);
    for (gsize i = 0; i < data; i++)
        g_string_append_c (file, '\0');
    return file;
}

static const struct {
    const char *dictionary;
    gsize data;
    FoveaError code;
    const char *part;
} lies[] = {
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 7, FOVEA_ERROR_FORMAT,
     "a: byte 167: shape and number of bytes differ"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 0, FOVEA_ERROR_FORMAT,
     "differ"},
    {"{'descr': '<f4', 'fortran_order': True, 'shape': (2, 1), }", 8, FOVEA_ERROR_UNSUPPORTED,
     "Fortran order"},
    {"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", 8, FOVEA_ERROR_UNSUPPORTED,
     "'|O'"},
    {"{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", 4, FOVEA_ERROR_UNSUPPORTED,
     "'>f4'"},
    {"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", 4, FOVEA_ERROR_FORMAT,
     "malformed"},
    {"{'descr': '<f4', 'shape': (1,), }", 4, FOVEA_ERROR_FORMAT, "malformed"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", 4, FOVEA_ERROR_FORMAT,
     "malformed"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (1", 4, FOVEA_ERROR_FORMAT, "malformed"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1), }", 4,
     FOVEA_ERROR_FORMAT, "malformed"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }", 0,
     FOVEA_ERROR_FORMAT, "differ"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", 0,
     FOVEA_ERROR_FORMAT, "malformed"},
};

START_TEST (headers_that_lie_are_refused)
{
    g_autoptr (GString) file = make_file (1, lies[_i].dictionary, lies[_i].data);
    FoveaTensor tensor;
    g_autoptr (GError) error = NULL;
    ck_assert (!fovea_npy_read ((const guint8 *) file->str, file->len, "a", 100, &tensor, &error));
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, (int) lies[_i].code), "%s", error->message);
    ck_assert_msg (strstr (error->message, lies[_i].part) != NULL, "%s", error->message);
}
END_TEST

START_TEST (newer_versions_and_fortran_vectors_are_read)
{
    g_autoptr (GString) file =
        make_file (3, "{'shape': (2,), 'fortran_order': True, 'descr': '<f4'}", 8);
    FoveaTensor tensor;
    ck_assert (fovea_npy_read ((const guint8 *) file->str, file->len, "a", 0, &tensor, NULL));
    ck_assert_int_eq (tensor.n_elements, 2);
    file->str[6] = 4;
    ck_assert (!fovea_npy_read ((const guint8 *) file->str, file->len, "a", 0, &tensor, NULL));
    for (gsize cut = 0; cut < file->len; cut++)
        ck_assert (!fovea_npy_read ((const guint8 *) file->str, cut, "a", 0, &tensor, NULL));
}
END_TEST

START_TEST (an_output_file_appears_only_when_finished)
{
    char *folder = support_temp_dir ();
    g_autofree char *path = g_build_filename (folder, "x", NULL);
    FoveaOutputFile *dropped = fovea_output_file_new (path, NULL);
    ck_assert (fovea_output_file_write (dropped, "abc", 3, NULL));
    ck_assert (!g_file_test (path, G_FILE_TEST_EXISTS));
    fovea_output_file_free (dropped);
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
    ck_assert_ptr_null (g_dir_read_name (dir));
    g_autoptr (FoveaOutputFile) file = fovea_output_file_new (path, NULL);
    ck_assert (fovea_output_file_write (file, "abcdef", 6, NULL));
    ck_assert (fovea_output_file_patch (file, 1, "XY", 2, NULL));
    ck_assert (fovea_output_file_write (file, "g", 1, NULL));
    ck_assert_uint_eq (fovea_output_file_get_offset (file), 7);
    ck_assert (fovea_output_file_finish (file, NULL));
    g_autofree char *text = NULL;
    ck_assert (g_file_get_contents (path, &text, NULL, NULL));
    ck_assert_str_eq (text, "aXYdefg");
    g_autofree char *nowhere = g_build_filename (folder, "no", "x", NULL);
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_output_file_new (nowhere, &error));
    ck_assert (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT));
    support_remove_dir (folder);
}
END_TEST

/* A pipe stays a pipe: whoever reads it gets the bytes. */
START_TEST (what_is_no_file_is_written_to_and_not_replaced)
{
    char *folder = support_temp_dir (), read_back[8] = {0};
    g_autofree char *path = g_build_filename (folder, "pipe", NULL);
    g_autoptr (GError) error = NULL;
    struct stat status;
    ck_assert_int_eq (mkfifo (path, 0600), 0);
    int reader = open (path, O_RDONLY | O_NONBLOCK);
    ck_assert_int_ge (reader, 0);
    ck_assert_msg (fovea_output_file_save (path, "abc", 3, &error), "%s",
                   error != NULL ? error->message : "");
    ck_assert_int_eq (read (reader, read_back, sizeof read_back), 3);
    ck_assert_str_eq (read_back, "abc");
    ck_assert_int_eq (stat (path, &status), 0);
    ck_assert (S_ISFIFO (status.st_mode));
    /* /dev/full is a device of which nothing is kept. */
    ck_assert (!fovea_output_file_save ("/dev/full", "abc", 3, &error));
    ck_assert_msg (strstr (error->message, "/dev/full: No space left") != NULL, "%s",
                   error->message);
    ck_assert_int_eq (stat ("/dev/full", &status), 0);
    ck_assert (S_ISCHR (status.st_mode));
    close (reader);
    support_remove_dir (folder);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("npy");
    TCase *npy = tcase_create ("npy");
    tcase_add_loop_test (npy, a_written_header_is_read_back, 0, G_N_ELEMENTS (layouts));
    tcase_add_loop_test (npy, headers_that_lie_are_refused, 0, G_N_ELEMENTS (lies));
    tcase_add_test (npy, newer_versions_and_fortran_vectors_are_read);
    tcase_add_test (npy, an_output_file_appears_only_when_finished);
    tcase_add_test (npy, what_is_no_file_is_written_to_and_not_replaced);
    suite_add_tcase (suite, npy);
    return support_run (suite);
}
