/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The GGUF reader: what an honest file gives, and each way to lie that such readers have fallen for
 * (counts and lengths beyond the file, products that overflow, tensors that overlap or leave the
 * file, alignment 0), every one refused with its place. */
#include <string.h>

#include "capture/gguf.h"
#include "tests/gguf-support.h"
#include "tests/support.h"

static const gint64 matrix[2] = {3, 2}, block_row[2] = {2, 32};
static const float six[6] = {1, 2, 3, 4, 5, 6};

static void
add_matrix (GgufBuilder *builder, const char *name)
{
    gguf_add_tensor (builder, name, 0, 2, matrix, six, sizeof six);
}

static FoveaGguf *
open_file (GBytes *bytes, GError **error)
{
    g_autoptr (GBytes) owned = bytes;
    return fovea_gguf_open_bytes (owned, "t.gguf", error);
}

static void
assert_refused (GBytes *bytes, FoveaError code, const char *part)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaGguf) file = open_file (bytes, &error);
    ck_assert_msg (file == NULL, "accepted; expected: %s", part);
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, code), "%s", error->message);
    ck_assert_msg (strstr (error->message, part) != NULL, "'%s' does not say '%s'", error->message,
                   part);
    ck_assert_msg (g_str_has_prefix (error->message, "t.gguf: "), "%s", error->message);
}

START_TEST (entries_of_every_type_are_read)
{
    static const char *const texts[] = {"a", "", "longer"};
    static const gint16 shorts[] = {-3, 7};
    GgufBuilder *builder = gguf_builder_new ();
    gguf_add_integer (builder, "u8", FOVEA_GGUF_U8, 1, 200);
    gguf_add_integer (builder, "i8", FOVEA_GGUF_I8, 1, 200);
    gguf_add_integer (builder, "i16", FOVEA_GGUF_I16, 2, 0xfffe);
    gguf_add_u32 (builder, "u32", 4000000000u);
    gguf_add_integer (builder, "u64", FOVEA_GGUF_U64, 8, G_MAXUINT64);
    gguf_add_integer (builder, "i64", FOVEA_GGUF_I64, 8, (guint64) -5);
    gguf_add_f32 (builder, "f32", 0.5f);
    gguf_add_integer (builder, "f64", FOVEA_GGUF_F64, 8, G_GUINT64_CONSTANT (0x3ff8000000000000));
    gguf_add_integer (builder, "yes", FOVEA_GGUF_BOOL, 1, 1);
    gguf_add_text (builder, "text", "naïve");
    gguf_add_texts (builder, "texts", 3, texts);
    gguf_add_array (builder, "shorts", FOVEA_GGUF_I16, 2, 2, shorts);
    g_autoptr (FoveaGguf) file = open_file (gguf_builder_finish (builder, 3), NULL);
    ck_assert_ptr_nonnull (file);
    static const struct {
        const char *key;
        double value;
    } numbers[] = {{"u8", 200}, {"i8", -56},  {"i16", -2},  {"u32", 4e9},
                   {"i64", -5}, {"f32", 0.5}, {"f64", 1.5}, {"u64", 18446744073709551615.0}};
    double number;
    gint64 integer = 77;
    for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
        ck_assert_msg (fovea_gguf_get_number (file, numbers[i].key, &number) &&
                           number == numbers[i].value,
                       "%s", numbers[i].key);
    ck_assert (fovea_gguf_get_integer (file, "i8", &integer) && integer == -56);
    ck_assert (!fovea_gguf_get_integer (file, "u64", &integer) && integer == -56);
    ck_assert (!fovea_gguf_get_integer (file, "f32", &integer));
    ck_assert (!fovea_gguf_get_integer (file, "text", &integer));
    ck_assert (!fovea_gguf_get_number (file, "nothing", &number));
    ck_assert (fovea_gguf_get_boolean (file, "yes", FALSE));
    ck_assert (fovea_gguf_get_boolean (file, "u8", TRUE));
    ck_assert_str_eq (fovea_gguf_get_text (file, "text"), "naïve");
    ck_assert_ptr_null (fovea_gguf_get_text (file, "u8"));
    ck_assert_uint_eq (fovea_gguf_list_keys (file)->len, 12);
    ck_assert_str_eq (fovea_gguf_list_keys (file)->pdata[9], "text");
    FoveaGgufArray array;
    ck_assert (!fovea_gguf_get_array (file, "text", &array));
    ck_assert (fovea_gguf_get_array (file, "shorts", &array) && array.n == 2);
    ck_assert (fovea_gguf_array_number (&array, 0) == -3 &&
               fovea_gguf_array_number (&array, 1) == 7);
    ck_assert (fovea_gguf_get_array (file, "texts", &array) && array.n == 3);
    for (guint i = 0; i < 3; i++) {
        gsize length;
        const char *text = fovea_gguf_array_next_text (&array, &length);
        ck_assert_uint_eq (length, strlen (texts[i]));
        ck_assert_mem_eq (text, texts[i], length);
    }
}
END_TEST

/* Both versions; loop. */
START_TEST (tensors_have_their_shapes_and_places)
{
    guint8 blocks[2 * 18] = {0, 0x3c, 0x98}; /* scale 1; elements 0 and 16 are 0 and 1 */
    GgufBuilder *builder = gguf_builder_new ();
    gguf_add_u32 (builder, "general.alignment", 64);
    builder->alignment = 64;
    add_matrix (builder, "a");
    gguf_add_tensor (builder, "b", 2, 2, block_row, blocks, sizeof blocks);
    g_autoptr (FoveaGguf) file = open_file (gguf_builder_finish (builder, (guint32) _i), NULL);
    ck_assert_ptr_nonnull (file);
    guint n;
    const FoveaTensor *tensors = fovea_gguf_list (file, &n);
    ck_assert_uint_eq (n, 2);
    ck_assert_str_eq (tensors[0].name, "a");
    ck_assert (tensors[0].rank == 2 && tensors[0].shape[0] == 3 && tensors[0].shape[1] == 2);
    ck_assert (tensors[0].dtype == FOVEA_F32 && tensors[0].n_bytes == 24);
    ck_assert_mem_eq (tensors[0].data, six, sizeof six);
    ck_assert (tensors[1].dtype == FOVEA_Q4_0 && tensors[1].n_bytes == 36);
    ck_assert_uint_eq (tensors[1].offset % 64, 0);
    float values[64];
    fovea_dtype_to_f32 (tensors[1].data, tensors[1].dtype, 64, values);
    ck_assert (values[0] == 0 && values[16] == 1 && values[1] == -8);
    gsize length;
    ck_assert_ptr_eq (tensors[1].data,
                      (const guint8 *) g_bytes_get_data (*fovea_gguf_get_map (file), &length) +
                          tensors[1].offset);
}
END_TEST

START_TEST (every_truncation_is_refused)
{
    static const char *const texts[] = {"one", "two"};
    GgufBuilder *builder = gguf_builder_new ();
    gguf_add_text (builder, "k", "text");
    gguf_add_texts (builder, "l", 2, texts);
    gguf_add_array (builder, "m", FOVEA_GGUF_F32, 4, 6, six);
    add_matrix (builder, "a");
    g_autoptr (GBytes) whole = gguf_builder_finish (builder, 3);
    g_autoptr (FoveaGguf) file = fovea_gguf_open_bytes (whole, "t.gguf", NULL);
    ck_assert_ptr_nonnull (file);
    for (gsize n = 0; n < g_bytes_get_size (whole); n++) {
        /* a block of its own: a read past it is seen by sanitizers */
        g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (whole, NULL), n);
        assert_refused (g_bytes_new (copy, n), FOVEA_ERROR_FORMAT, "byte ");
    }
}
END_TEST

/* Cut anywhere within the value of its only entry, 37 bytes in. */
START_TEST (values_end_before_the_file)
{
    GgufBuilder *builder = gguf_builder_new ();
    gguf_add_u32 (builder, "k", 7);
    g_autoptr (GBytes) whole = gguf_builder_finish (builder, 3);
    for (gsize n = 37; n < 41; n++) {
        g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (whole, NULL), n);
        assert_refused (g_bytes_new (copy, n), FOVEA_ERROR_FORMAT, "the file ends inside a value");
    }
}
END_TEST

START_TEST (names_without_end_are_refused)
{
    g_autofree char *name = g_strnfill (65536, 'k');
    GgufBuilder *builder = gguf_builder_new ();
    gguf_add_u32 (builder, name, 1);
    assert_refused (gguf_builder_finish (builder, 3), FOVEA_ERROR_FORMAT,
                    "a name of 65536 bytes; at most 65535");
    builder = gguf_builder_new ();
    add_matrix (builder, name);
    assert_refused (gguf_builder_finish (builder, 3), FOVEA_ERROR_FORMAT,
                    "a name of 65536 bytes; at most 65535");
    builder = gguf_builder_new ();
    gguf_add_u32 (builder, "k\xff", 1);
    assert_refused (gguf_builder_finish (builder, 3), FOVEA_ERROR_FORMAT, "no UTF-8");
}
END_TEST

/* A file whose first entry is put by hand after key "k". */
static GBytes *
lying_entry (guint type, guint64 first, guint64 second)
{
    GgufBuilder *builder = gguf_builder_new ();
    gguf_add_integer (builder, "k", type, type == FOVEA_GGUF_ARRAY ? 4 : 8, first);
    if (type == FOVEA_GGUF_ARRAY)
        gguf_put (builder->entries, second, 8);
    gguf_put (builder->entries, 0, 40);
    return gguf_builder_finish (builder, 3);
}

/* Counts that would reserve more than there is memory. */
START_TEST (huge_counts_are_refused_before_room_is_made)
{
    static const guint64 counts[] = {G_MAXUINT64, G_GUINT64_CONSTANT (0x4000000000000000),
                                     G_GUINT64_CONSTANT (0x2000000000000001), 1 << 20, 4};
    for (guint i = 0; i < G_N_ELEMENTS (counts); i++) {
        GgufBuilder *builder = gguf_builder_new ();
        builder->n_tensors = counts[i];
        gguf_put (builder->data, 0, 32);
        assert_refused (gguf_builder_finish (builder, 3), FOVEA_ERROR_FORMAT,
                        "tensors do not fit into");
        builder = gguf_builder_new ();
        builder->n_entries = counts[i];
        gguf_put (builder->data, 0, 24);
        assert_refused (gguf_builder_finish (builder, 3), FOVEA_ERROR_FORMAT,
                        "entries do not fit into");
    }
}
END_TEST

START_TEST (lengths_of_texts_beyond_the_file_are_refused)
{
    static const guint64 lengths[] = {G_MAXUINT64, G_MAXUINT64 - 7, G_GUINT64_CONSTANT (1) << 63,
                                      1000};
    for (guint i = 0; i < G_N_ELEMENTS (lengths); i++) {
        assert_refused (lying_entry (FOVEA_GGUF_TEXT, lengths[i], 0), FOVEA_ERROR_FORMAT,
                        "\"k\": a text of ");
        GgufBuilder *builder = gguf_builder_new ();
        gguf_put (builder->tensors, lengths[i], 8);
        gguf_put (builder->tensors, 0, 24);
        builder->n_tensors = 1;
        assert_refused (gguf_builder_finish (builder, 3), FOVEA_ERROR_FORMAT, ": a text of ");
    }
}
END_TEST

START_TEST (counts_of_arrays_times_their_elements_do_not_overflow)
{
    static const guint64 counts[] = {G_MAXUINT64, G_GUINT64_CONSTANT (0x2000000000000000),
                                     G_GUINT64_CONSTANT (0x4000000000000001), 1000};
    static const guint elements[] = {FOVEA_GGUF_U8, FOVEA_GGUF_F32, FOVEA_GGUF_F64,
                                     FOVEA_GGUF_TEXT};
    for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
        for (guint j = 0; j < G_N_ELEMENTS (elements); j++)
            assert_refused (lying_entry (FOVEA_GGUF_ARRAY, elements[j], counts[i]),
                            FOVEA_ERROR_FORMAT, "\"k\": an array of ");
    assert_refused (lying_entry (FOVEA_GGUF_ARRAY, FOVEA_GGUF_ARRAY, 1), FOVEA_ERROR_FORMAT,
                    "elements of type 9");
    assert_refused (lying_entry (FOVEA_GGUF_ARRAY, 13, 1), FOVEA_ERROR_FORMAT,
                    "elements of type 13");
}
END_TEST

/* A file of one tensor that is described and, but for 64 bytes, not there. */
static GBytes *
lying_tensor (guint type, guint rank, const gint64 *shape, guint64 offset)
{
    GgufBuilder *builder = gguf_builder_new ();
    gguf_add_tensor_at (builder, "w", type, rank, shape, offset);
    gguf_put (builder->data, 0, 64);
    return gguf_builder_finish (builder, 3);
}

START_TEST (shapes_whose_product_overflows_are_refused)
{
    static const gint64 shapes[][4] = {
        {G_GINT64_CONSTANT (1) << 32, G_GINT64_CONSTANT (1) << 32, 1, 1},
        {G_MAXINT64, 2, 1, 1},
        {-1, 1, 1, 1},
        {3, G_GINT64_CONSTANT (0x5555555555555556), 1, 1},
        {1 << 16, 1 << 16, 1 << 16, 1 << 16}};
    for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
        assert_refused (lying_tensor (0, 4, shapes[i], 0), FOVEA_ERROR_FORMAT,
                        "tensor \"w\": the shape's product overflows");
    const gint64 bytes_overflow[2] = {G_MAXINT64 / 64, 32};
    assert_refused (lying_tensor (28, 2, bytes_overflow, 0), FOVEA_ERROR_FORMAT, "overflow");
    assert_refused (lying_tensor (0, 5, (const gint64[5]){1, 1, 1, 1, 1}, 0), FOVEA_ERROR_FORMAT,
                    "5 axes; at most 4");
}
END_TEST

START_TEST (tensors_that_leave_the_file_are_refused)
{
    assert_refused (lying_tensor (0, 2, (const gint64[2]){4, 5}, 0), FOVEA_ERROR_FORMAT,
                    "tensor \"w\": 80 bytes");
    assert_refused (lying_tensor (0, 2, matrix, 64), FOVEA_ERROR_FORMAT, "end behind the file");
    assert_refused (lying_tensor (0, 2, matrix, G_MAXUINT64 - 31), FOVEA_ERROR_FORMAT,
                    "lies behind the file's end");
    assert_refused (lying_tensor (0, 2, matrix, 8), FOVEA_ERROR_FORMAT,
                    "offset 8 is no multiple of the alignment, 32");
}
END_TEST

START_TEST (tensors_that_overlap_are_refused)
{
    GgufBuilder *builder = gguf_builder_new ();
    gguf_add_tensor_at (builder, "late", 0, 2, matrix, 32);
    gguf_add_tensor_at (builder, "early", 0, 2, (const gint64[2]){4, 3}, 0);
    gguf_put (builder->data, 0, 64);
    assert_refused (gguf_builder_finish (builder, 3), FOVEA_ERROR_FORMAT,
                    "\"early\" and \"late\" overlap");
    builder = gguf_builder_new ();
    gguf_add_tensor_at (builder, "a", 0, 2, matrix, 0);
    gguf_add_tensor_at (builder, "b", 0, 2, matrix, 0);
    gguf_put (builder->data, 0, 64);
    assert_refused (gguf_builder_finish (builder, 3), FOVEA_ERROR_FORMAT, "overlap");
}
END_TEST

START_TEST (alignments_that_are_no_power_of_two_are_refused)
{
    static const guint32 values[] = {0, 3, 48, G_MAXUINT32, 1u << 31};
    for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
        GgufBuilder *builder = gguf_builder_new ();
        gguf_add_u32 (builder, "general.alignment", values[i]);
        add_matrix (builder, "a");
        assert_refused (gguf_builder_finish (builder, 3), FOVEA_ERROR_FORMAT,
                        "general.alignment is ");
    }
    GgufBuilder *builder = gguf_builder_new ();
    gguf_add_text (builder, "general.alignment", "32");
    assert_refused (gguf_builder_finish (builder, 3), FOVEA_ERROR_FORMAT, "is no integer");
}
END_TEST

START_TEST (rows_that_are_no_whole_blocks_are_refused)
{
    const gint64 shape[2] = {2, 48};
    assert_refused (lying_tensor (2, 2, shape, 0), FOVEA_ERROR_FORMAT,
                    "rows of 48 elements are no whole blocks of 32 (Q4_0)");
    assert_refused (lying_tensor (12, 2, (const gint64[2]){8, 32}, 0), FOVEA_ERROR_FORMAT,
                    "blocks of 256 (Q4_K)");
}
END_TEST

START_TEST (names_that_come_twice_are_refused)
{
    GgufBuilder *builder = gguf_builder_new ();
    add_matrix (builder, "a");
    add_matrix (builder, "a");
    assert_refused (gguf_builder_finish (builder, 3), FOVEA_ERROR_FORMAT,
                    "tensor \"a\" is there twice");
    builder = gguf_builder_new ();
    gguf_add_u32 (builder, "k", 1);
    gguf_add_text (builder, "k", "x");
    assert_refused (gguf_builder_finish (builder, 3), FOVEA_ERROR_FORMAT,
                    "\"k\": the key is there twice");
    builder = gguf_builder_new ();
    gguf_add_text (builder, "\xff", "x");
    assert_refused (gguf_builder_finish (builder, 3), FOVEA_ERROR_FORMAT, "no UTF-8");
}
END_TEST

/* Numbers and bytes of 256 elements, as the Python package gguf 0.19.0 has them. */
START_TEST (types_of_blocks_have_their_numbers)
{
    static const struct {
        guint number, bytes;
        FoveaDtype dtype;
    } types[] = {{16, 66, FOVEA_IQ2_XXS},  {17, 74, FOVEA_IQ2_XS}, {18, 98, FOVEA_IQ3_XXS},
                 {19, 50, FOVEA_IQ1_S},    {21, 110, FOVEA_IQ3_S}, {22, 82, FOVEA_IQ2_S},
                 {23, 136, FOVEA_IQ4_XS},  {29, 56, FOVEA_IQ1_M},  {20, 8 * 18, FOVEA_IQ4_NL},
                 {39, 8 * 17, FOVEA_MXFP4}};
    for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
        GgufBuilder *builder = gguf_builder_new ();
        gguf_add_tensor_at (builder, "w", types[i].number, 2, (const gint64[2]){1, 256}, 0);
        for (guint byte = 0; byte < types[i].bytes; byte++)
            gguf_put (builder->data, byte, 1);
        g_autoptr (GError) error = NULL;
        g_autoptr (FoveaGguf) file = open_file (gguf_builder_finish (builder, 3), &error);
        ck_assert_msg (file != NULL, "%s", error != NULL ? error->message : "");
        guint n;
        const FoveaTensor *tensor = fovea_gguf_list (file, &n);
        ck_assert (n == 1 && tensor->dtype == types[i].dtype);
        ck_assert_uint_eq (tensor->n_bytes, types[i].bytes);
    }
}
END_TEST

START_TEST (other_versions_and_types_are_refused_by_name)
{
    assert_refused (gguf_builder_finish (gguf_builder_new (), 1), FOVEA_ERROR_UNSUPPORTED,
                    "GGUF version 1 is not supported");
    assert_refused (gguf_builder_finish (gguf_builder_new (), 4), FOVEA_ERROR_UNSUPPORTED,
                    "version 4");
    assert_refused (gguf_builder_finish (gguf_builder_new (), 0x03000000), FOVEA_ERROR_UNSUPPORTED,
                    "big-endian version 3");
    const gint64 shape[2] = {1, 256};
    assert_refused (lying_tensor (31, 2, shape, 0), FOVEA_ERROR_UNSUPPORTED,
                    "tensor \"w\": elements of type 31 (Q4_0_4_4)");
    assert_refused (lying_tensor (40, 2, shape, 0), FOVEA_ERROR_UNSUPPORTED, "type 40 (unknown)");
    assert_refused (lying_tensor (G_MAXUINT32, 2, shape, 0), FOVEA_ERROR_UNSUPPORTED, "(unknown)");
    GgufBuilder *builder = gguf_builder_new ();
    gguf_add_integer (builder, "k", 13, 8, 0);
    assert_refused (gguf_builder_finish (builder, 3), FOVEA_ERROR_FORMAT,
                    "\"k\": a value of type 13");
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("gguf");
    TCase *tcase = tcase_create ("honest");
    tcase_add_test (tcase, entries_of_every_type_are_read);
    tcase_add_loop_test (tcase, tensors_have_their_shapes_and_places, 2, 4);
    suite_add_tcase (suite, tcase);
    tcase = tcase_create ("lies");
    tcase_add_test (tcase, every_truncation_is_refused);
    tcase_add_test (tcase, values_end_before_the_file);
    tcase_add_test (tcase, names_without_end_are_refused);
    tcase_add_test (tcase, huge_counts_are_refused_before_room_is_made);
    tcase_add_test (tcase, lengths_of_texts_beyond_the_file_are_refused);
    tcase_add_test (tcase, counts_of_arrays_times_their_elements_do_not_overflow);
    tcase_add_test (tcase, shapes_whose_product_overflows_are_refused);
    tcase_add_test (tcase, tensors_that_leave_the_file_are_refused);
    tcase_add_test (tcase, tensors_that_overlap_are_refused);
    tcase_add_test (tcase, alignments_that_are_no_power_of_two_are_refused);
    tcase_add_test (tcase, rows_that_are_no_whole_blocks_are_refused);
    tcase_add_test (tcase, names_that_come_twice_are_refused);
    tcase_add_test (tcase, types_of_blocks_have_their_numbers);
    tcase_add_test (tcase, other_versions_and_types_are_refused_by_name);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
