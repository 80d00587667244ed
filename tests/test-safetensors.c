/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Reader and writer of safetensors: hostile headers are a table of text, data and the words that
 * the message must have; good files are compared with values that others published. */
#include "capture/safetensors-writer.h"
#include "capture/safetensors.h"
#include "tests/support.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

/* A file of @header and @n_data bytes counting up from 0. */
static GBytes *
make_file (const char *header, gsize n_data)
{
    GByteArray *file = g_byte_array_new ();
    guint64 n = GUINT64_TO_LE ((guint64) strlen (header));
    g_byte_array_append (file, (guint8 *) &n, sizeof n);
    g_byte_array_append (file, (const guint8 *) header, (guint) strlen (header));
    for (gsize i = 0; i < n_data; i++) {
        guint8 byte = (guint8) i;
        g_byte_array_append (file, &byte, 1);
    }
    return g_byte_array_free_to_bytes (file);
}

#define T(name, dtype, shape, offsets)                                                             \
    "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" offsets "}"

static const struct {
    const char *header;
    gsize n_data;
    int code;
    const char *words[3]; /* all in the message */
} hostile[] = {
    {"{" T ("a", "F32", "[2]", "[0,8]") "}",
     7,
     FOVEA_ERROR_FORMAT,
     {"\"a\"", "ends at byte 69", "end at byte 70"}},
    {"{" T ("a", "F32", "[2]", "[0,8]") "}",
     9,
     FOVEA_ERROR_FORMAT,
     {"belong to no tensor", "bytes 70 to 71"}},
    {"{" T ("a", "F32", "[3]", "[0,8]") "}", 8, FOVEA_ERROR_FORMAT, {"\"a\"", "3 elements of F32"}},
    {"{" T ("a", "U8", "[4]", "[0,4]") "," T ("b", "U8", "[4]", "[2,6]") "}",
     6,
     FOVEA_ERROR_FORMAT,
     {"\"b\"", "overlap", "byte 115"}},
    {"{" T ("a", "U8", "[4]", "[0,4]") "," T ("b", "U8", "[4]", "[0,4]") "}",
     4,
     FOVEA_ERROR_FORMAT,
     {"\"b\"", "overlap"}},
    {"{" T ("a", "U8", "[4]", "[0,4]") "," T ("b", "U8", "[1]", "[5,6]") "}",
     6,
     FOVEA_ERROR_FORMAT,
     {"\"b\"", "gap"}},
    {"{" T ("a", "U8", "[4]", "[0,4]") "," T ("a", "U8", "[4]", "[4,8]") "}",
     8,
     FOVEA_ERROR_FORMAT,
     {"\"a\"", "twice"}},
    {"{" T ("a", "U8", "[4]", "[4,0]") "}", 4, FOVEA_ERROR_FORMAT, {"\"a\"", "begin <= end"}},
    {"{" T ("a", "U8", "[4]", "[-4,0]") "}", 4, FOVEA_ERROR_FORMAT, {"\"a\"", "begin <= end"}},
    {"{" T ("a", "U8", "[4]", "[0,4,8]") "}", 4, FOVEA_ERROR_FORMAT, {"\"a\"", "begin <= end"}},
    {"{" T ("a", "U8", "[4]", "[0.0,4.0]") "}", 4, FOVEA_ERROR_FORMAT, {"\"a\"", "begin <= end"}},
    {"{" T ("a", "U8", "[-4,-1]", "[0,4]") "}", 4, FOVEA_ERROR_FORMAT, {"\"a\"", "axis 0"}},
    {"{" T ("a", "U8", "[4294967296,4294967296]", "[0,0]") "}",
     0,
     FOVEA_ERROR_FORMAT,
     {"\"a\"", "overflows at axis 1"}},
    {"{" T ("a", "F64", "[2305843009213693952]", "[0,0]") "}",
     0,
     FOVEA_ERROR_FORMAT,
     {"\"a\"", "need another number"}},
    {"{" T ("a", "U8", "[1,1,1,1,1,1,1,1,1]", "[0,1]") "}", 1, FOVEA_ERROR_FORMAT, {"9 axes"}},
    {"{" T ("a", "F8_E4M3", "[1]", "[0,1]") "}", 1, FOVEA_ERROR_UNSUPPORTED, {"\"a\"", "F8_E4M3"}},
    {"{\"a\":{\"shape\":[1],\"data_offsets\":[0,1]}}", 1, FOVEA_ERROR_FORMAT, {"\"a\"", "dtype"}},
    {"{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,1]}}",
     1,
     FOVEA_ERROR_FORMAT,
     {"\"a\"", "shape"}},
    {"{\"a\":{\"dtype\":\"U8\",\"shape\":[1]}}", 1, FOVEA_ERROR_FORMAT, {"\"a\"", "data_offsets"}},
    {"{\"a\":7}", 0, FOVEA_ERROR_FORMAT, {"\"a\"", "no object"}},
    {"{\"__metadata__\":{\"k\":1}}", 0, FOVEA_ERROR_FORMAT, {"__metadata__", "\"k\""}},
    {"{\"__metadata__\":[]}", 0, FOVEA_ERROR_FORMAT, {"__metadata__"}},
    {"[]", 0, FOVEA_ERROR_FORMAT, {"byte 8", "not a JSON object"}},
    {"{\"a\":", 0, FOVEA_ERROR_FORMAT, {"byte 13"}},
    {"{\"a\" 1}", 0, FOVEA_ERROR_FORMAT, {"byte 12", "parse"}},
    {"{/*\"*/}", 0, FOVEA_ERROR_FORMAT, {"byte 9", "does not have"}},
    {"{\"a\":\"\xff\"}", 0, FOVEA_ERROR_FORMAT, {"byte 14", "UTF-8"}},
};

START_TEST (hostile_header_is_refused_by_name_and_byte)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = make_file (hostile[_i].header, hostile[_i].n_data);
    FoveaSafetensors *file = fovea_safetensors_open_bytes (bytes, "evil.safetensors", &error);
    ck_assert_ptr_null (file);
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, hostile[_i].code), "%s", error->message);
    ck_assert_msg (g_str_has_prefix (error->message, "evil.safetensors: "), "%s", error->message);
    for (int i = 0; i < 3 && hostile[_i].words[i] != NULL; i++)
        ck_assert_msg (strstr (error->message, hostile[_i].words[i]) != NULL, "%s lacks %s",
                       error->message, hostile[_i].words[i]);
}
END_TEST

START_TEST (deep_nesting_is_refused_before_it_eats_the_stack)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GString) header = g_string_new ("{\"a\":");
    for (int i = 0; i < 200000; i++)
        g_string_append_c (header, '[');
    g_autoptr (GBytes) bytes = make_file (header->str, 0);
    ck_assert_ptr_null (fovea_safetensors_open_bytes (bytes, "deep", &error));
    ck_assert_msg (strstr (error->message, "nested") != NULL, "%s", error->message);
}
END_TEST

START_TEST (every_truncation_is_refused)
{
    g_autoptr (GBytes) whole =
        make_file ("{" T ("a", "F32", "[2]", "[0,8]") "," T ("b", "I16", "[3]", "[8,14]") "}", 14);
    gsize length;
    const guint8 *data = g_bytes_get_data (whole, &length);
    for (gsize cut = 0; cut < length; cut++) {
        g_autoptr (GError) error = NULL;
        g_autoptr (GBytes) part = g_bytes_new (data, cut);
        ck_assert_ptr_null (fovea_safetensors_open_bytes (part, "cut", &error));
        ck_assert_msg (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT), "%zu", cut);
    }
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open_bytes (whole, "whole", NULL);
    ck_assert_ptr_nonnull (file);
}
END_TEST

START_TEST (header_longer_than_the_file_is_refused)
{
    const guint64 lengths[] = {3, 100000001, G_MAXUINT64, G_MAXINT64};
    for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++) {
        g_autoptr (GError) error = NULL;
        guint8 data[10] = {[8] = '{', [9] = '}'};
        guint64 n = GUINT64_TO_LE (lengths[i]);
        memcpy (data, &n, sizeof n);
        g_autoptr (GBytes) bytes = g_bytes_new (data, sizeof data);
        ck_assert_ptr_null (fovea_safetensors_open_bytes (bytes, "long", &error));
        ck_assert_msg (strstr (error->message, "byte 0: a header of") != NULL, "%s",
                       error->message);
    }
}
END_TEST

START_TEST (scalars_and_empty_tensors_have_their_place)
{
    g_autoptr (GBytes) bytes =
        make_file ("{" T ("s", "U8", "[]", "[0,1]") "," T ("z", "F32", "[0,7]", "[1,1]") "," T (
                       "t", "BOOL", "[2]", "[1,3]") ",\"__metadata__\":{\"format\":\"pt\"}}  ",
                   3);
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open_bytes (bytes, "f", &error);
    ck_assert_msg (file != NULL, "%s", error != NULL ? error->message : "");
    const FoveaTensor *scalar = fovea_safetensors_lookup (file, "s");
    ck_assert_uint_eq (scalar->rank, 0);
    ck_assert_int_eq (scalar->n_elements, 1);
    ck_assert_int_eq (fovea_safetensors_lookup (file, "z")->n_elements, 0);
    ck_assert_int_eq (*(const guint8 *) fovea_safetensors_lookup (file, "t")->data, 1);
    ck_assert_str_eq (fovea_safetensors_get_metadata (file, "format"), "pt");
    ck_assert_ptr_null (fovea_safetensors_get_metadata (file, "none"));
    ck_assert_ptr_null (fovea_safetensors_lookup (file, "none"));
}
END_TEST

static void
write_two (const char *path, const char *first, const char *second)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaSafetensorsWriter) writer = fovea_safetensors_writer_new (path);
    const gint64 shape[2] = {2, 3};
    const float values[6] = {0, 1, -2, 3.5f, INFINITY, 1e-40f};
    const gint16 ids[2] = {-7, 8};
    fovea_safetensors_writer_add_metadata (writer, "a \"key\"", "värde\n");
    ck_assert (fovea_safetensors_writer_add_tensor (writer, first, FOVEA_F32, 2, shape, &error));
    ck_assert (fovea_safetensors_writer_add_tensor (writer, second, FOVEA_I16, 1, shape, &error));
    ck_assert (fovea_safetensors_writer_append (writer, values, 4, &error));
    ck_assert (!g_file_test (path, G_FILE_TEST_EXISTS));
    ck_assert (fovea_safetensors_writer_append (writer, values + 1, 20, &error));
    ck_assert (fovea_safetensors_writer_append (writer, ids, sizeof ids, &error));
    ck_assert (fovea_safetensors_writer_finish (writer, &error));
}

START_TEST (what_is_written_reads_back)
{
    g_autoptr (GError) error = NULL;
    char *dir = support_temp_dir ();
    g_autofree char *path = g_build_filename (dir, "x.safetensors", NULL);
    write_two (path, "blocks.0.hook_z", "ids");
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (path, &error);
    ck_assert_msg (file != NULL, "%s", error != NULL ? error->message : "");
    guint n;
    const FoveaTensor *tensors = fovea_safetensors_list (file, &n);
    ck_assert_uint_eq (n, 2);
    ck_assert_str_eq (tensors[0].name, "blocks.0.hook_z");
    ck_assert_uint_eq (tensors[0].offset % 8, 0);
    ck_assert_int_eq (tensors[0].shape[1], 3);
    const float *values = tensors[0].data;
    ck_assert (values[3] == 3.5f && values[4] == INFINITY && values[5] == 1e-40f);
    ck_assert_int_eq (((const gint16 *) tensors[1].data)[0], -7);
    ck_assert_str_eq (fovea_safetensors_get_metadata (file, "a \"key\""), "värde\n");
    support_remove_dir (dir);
}
END_TEST

static guint
count_files (const char *path)
{
    g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
    guint n = 0;
    while (g_dir_read_name (dir) != NULL)
        n++;
    return n;
}

START_TEST (unfinished_file_leaves_nothing_behind)
{
    g_autoptr (GError) short_of = NULL, beyond = NULL, again = NULL, nowhere = NULL;
    char *dir = support_temp_dir ();
    g_autofree char *path = g_build_filename (dir, "x.safetensors", NULL);
    const gint64 shape = 4;
    FoveaSafetensorsWriter *writer = fovea_safetensors_writer_new (path);
    ck_assert (fovea_safetensors_writer_add_tensor (writer, "a", FOVEA_U8, 1, &shape, NULL));
    ck_assert (!fovea_safetensors_writer_add_tensor (writer, "a", FOVEA_U8, 1, &shape, &again));
    ck_assert (g_error_matches (again, FOVEA_ERROR, FOVEA_ERROR_RANGE));
    ck_assert (fovea_safetensors_writer_append (writer, "xyz", 3, NULL));
    ck_assert (!fovea_safetensors_writer_append (writer, "xyz", 3, &beyond));
    ck_assert (g_error_matches (beyond, FOVEA_ERROR, FOVEA_ERROR_SHAPE));
    ck_assert (!fovea_safetensors_writer_finish (writer, &short_of));
    ck_assert (g_error_matches (short_of, FOVEA_ERROR, FOVEA_ERROR_SHAPE));
    fovea_safetensors_writer_free (writer);
    ck_assert_uint_eq (count_files (dir), 0);

    g_autofree char *lost = g_build_filename (dir, "none", "x.safetensors", NULL);
    g_autoptr (FoveaSafetensorsWriter) other = fovea_safetensors_writer_new (lost);
    ck_assert (!fovea_safetensors_writer_finish (other, &nowhere));
    ck_assert (g_error_matches (nowhere, G_FILE_ERROR, G_FILE_ERROR_NOENT));
    support_remove_dir (dir);
}
END_TEST

/* What no file could hold is not declared, and neither is what a header has for itself. */
START_TEST (sizes_that_no_file_holds_are_refused)
{
    static const struct {
        const char *name;
        guint rank;
        gint64 shape[2];
        const char *said;
    } rows[] = {
        {"a", 2, {G_MAXINT64, 4}, "x: the size of tensor \"a\" overflows"},
        {"a", 1, {G_MAXINT64 / 4 + 1}, "x: the size of tensor \"a\" overflows"},
        {"a", 2, {3, -1}, "x: the size of tensor \"a\" overflows"},
        {"__metadata__", 1, {1}, "x: tensor \"__metadata__\" is given twice"},
    };
    g_autoptr (FoveaSafetensorsWriter) writer = fovea_safetensors_writer_new ("x");
    const gint64 large = G_MAXINT64 / 8;
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autoptr (GError) error = NULL;
        ck_assert (!fovea_safetensors_writer_add_tensor (writer, rows[i].name, FOVEA_F32,
                                                         rows[i].rank, rows[i].shape, &error));
        ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
        ck_assert_str_eq (error->message, rows[i].said);
    }
    /* One that fits, and a second that would fit alone. */
    ck_assert (fovea_safetensors_writer_add_tensor (writer, "a", FOVEA_F32, 1, &large, NULL));
    ck_assert (fovea_safetensors_writer_add_tensor (writer, "b", FOVEA_F32, 1, &large, NULL));
    ck_assert (!fovea_safetensors_writer_add_tensor (writer, "c", FOVEA_F32, 1, &large, NULL));
}
END_TEST

static void
write_text (const char *dir, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename (dir, name, NULL);
    ck_assert (g_file_set_contents (path, text, -1, NULL));
}

/* Opens the index in @dir after giving it @map as "weight_map". */
static FoveaSafetensors *
open_index (const char *dir, const char *map, GError **error)
{
    g_autofree char *text = g_strdup_printf ("{\"metadata\":{},\"weight_map\":{%s}}", map);
    g_autofree char *path = g_build_filename (dir, "model.safetensors.index.json", NULL);
    write_text (dir, "model.safetensors.index.json", text);
    return fovea_safetensors_open (path, error);
}

START_TEST (shards_read_as_one_file)
{
    char *dir = support_temp_dir ();
    g_autofree char *one = g_build_filename (dir, "m-1.safetensors", NULL);
    g_autofree char *two = g_build_filename (dir, "m-2.safetensors", NULL);
    write_two (one, "a", "b");
    write_two (two, "c", "d");
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaSafetensors) file =
        open_index (dir, "\"c\":\"m-2.safetensors\",\"a\":\"m-1.safetensors\"", &error);
    ck_assert_msg (file != NULL, "%s", error != NULL ? error->message : "");
    guint n;
    fovea_safetensors_list (file, &n);
    ck_assert_uint_eq (n, 4);
    ck_assert_ptr_nonnull (fovea_safetensors_lookup (file, "d"));
    fovea_safetensors_get_maps (file, &n);
    ck_assert_uint_eq (n, 2);
    support_remove_dir (dir);
}
END_TEST

static const struct {
    const char *map;
    const char *words;
} bad_maps[] = {
    {"\"a\":\"../m-1.safetensors\"", "no file name beside the index"},
    {"\"a\":\"/etc/passwd\"", "no file name beside the index"},
    {"\"a\":7", "no file name beside the index"},
    {"\"e\":\"m-1.safetensors\"", "\"e\" is in no shard"},
    {"\"a\":\"m-1.safetensors\",\"c\":\"m-2.safetensors\"", "another shard has it too"},
    {"\"a\":\"m-9.safetensors\"", "m-9.safetensors"},
};

START_TEST (lying_index_is_refused)
{
    char *dir = support_temp_dir ();
    g_autofree char *one = g_build_filename (dir, "m-1.safetensors", NULL);
    g_autofree char *two = g_build_filename (dir, "m-2.safetensors", NULL);
    write_two (one, "a", "b");
    write_two (two, "c", "b");
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (open_index (dir, bad_maps[_i].map, &error));
    ck_assert_msg (strstr (error->message, bad_maps[_i].words) != NULL, "%s", error->message);
    support_remove_dir (dir);
}
END_TEST

/* What stands where an index should be, and what is said of it. */
static const struct {
    const char *text, *words;
} no_indices[] = {
    {"", "model.safetensors.index.json"},
    {"[]", "model.safetensors.index.json"},
    {"{\"weight_map\":", "model.safetensors.index.json"},
    {"{}", "no \"weight_map\""},
    {"{\"weight_map\":[\"a\"]}", "no \"weight_map\""},
    {"{\"weight_map\":null}", "no \"weight_map\""},
};

START_TEST (index_that_is_none_is_refused)
{
    char *dir = support_temp_dir ();
    g_autofree char *path = g_build_filename (dir, "model.safetensors.index.json", NULL);
    g_autoptr (GError) error = NULL, nowhere = NULL;
    ck_assert_ptr_null (fovea_safetensors_open (path, &nowhere));
    ck_assert (g_error_matches (nowhere, G_FILE_ERROR, G_FILE_ERROR_NOENT));
    write_text (dir, "model.safetensors.index.json", no_indices[_i].text);
    ck_assert_ptr_null (fovea_safetensors_open (path, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT));
    ck_assert_msg (strstr (error->message, no_indices[_i].words) != NULL, "%s", error->message);
    support_remove_dir (dir);
}
END_TEST

START_TEST (real_checkpoint_holds_the_published_values)
{
    g_autofree char *path = support_shared ("models/gpt2-small-attention/model.safetensors");
    if (path == NULL)
        return;
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (path, NULL);
    ck_assert_ptr_nonnull (file);
    const struct {
        const char *name;
        gsize n;
        float values[5];
    } known[] = {
        {"h.0.attn.c_attn.weight",
         5,
         {-0.4738484f, -0.26136586f, -0.09780374f, -0.34988934f, 0.22432406f}},
        {"wpe.weight", 4, {-0.01882072f, -0.1974186f, 0.00402672f, 0.01134686f}},
        {"h.0.ln_1.weight", 3, {0.22322033f, 0.18195866f, 0.15343246f}},
    };
    for (gsize i = 0; i < G_N_ELEMENTS (known); i++) {
        float values[5];
        const FoveaTensor *tensor = fovea_safetensors_lookup (file, known[i].name);
        fovea_dtype_to_f32 (tensor->data, tensor->dtype, known[i].n, values);
        for (gsize j = 0; j < known[i].n; j++) /* stored as f16: 11 bits */
            ck_assert_float_eq_tol (values[j], known[i].values[j],
                                    fabsf (known[i].values[j]) / 2048 + 1e-7f);
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("safetensors");
    TCase *reading = tcase_create ("reading");
    tcase_add_loop_test (reading, hostile_header_is_refused_by_name_and_byte, 0,
                         G_N_ELEMENTS (hostile));
    tcase_add_test (reading, deep_nesting_is_refused_before_it_eats_the_stack);
    tcase_add_test (reading, every_truncation_is_refused);
    tcase_add_test (reading, header_longer_than_the_file_is_refused);
    tcase_add_test (reading, scalars_and_empty_tensors_have_their_place);
    tcase_add_test (reading, real_checkpoint_holds_the_published_values);
    suite_add_tcase (suite, reading);
    TCase *writing = tcase_create ("writing");
    tcase_add_test (writing, what_is_written_reads_back);
    tcase_add_test (writing, unfinished_file_leaves_nothing_behind);
    tcase_add_test (writing, sizes_that_no_file_holds_are_refused);
    suite_add_tcase (suite, writing);
    TCase *shards = tcase_create ("shards");
    tcase_add_test (shards, shards_read_as_one_file);
    tcase_add_loop_test (shards, index_that_is_none_is_refused, 0, G_N_ELEMENTS (no_indices));
    tcase_add_loop_test (shards, lying_index_is_refused, 0, G_N_ELEMENTS (bad_maps));
    suite_add_tcase (suite, shards);
    return support_run (suite);
}
