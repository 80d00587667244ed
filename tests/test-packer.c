/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rows into chunks: every row comes out once and in its place however the writes are cut, chunks
 * keep to their size, memory to its budget, and rows out of order are refused by number. */
#include <string.h>

#include "kernels/error.h"
#include "storage/packer.h"
#include "tests/support.h"

/* What was emitted: how often each row of each array, and how many chunks. */
typedef struct {
    GPtrArray *arrays;
    guint8 *seen[4];
    guint n_chunks;
    gsize held, most_held; /* bytes written and not yet emitted */
    gboolean fail;
} Sink;

static float
value_at (guint array, gint64 element)
{
    return (float) ((element * 13 + array * 5) % 1009);
}

static gboolean
take (gpointer data, FoveaChunk *given, GError **error)
{
    Sink *sink = data;
    g_autoptr (FoveaChunk) chunk = given;
    const FoveaArray *array = g_ptr_array_index (sink->arrays, chunk->array);
    gint64 length = fovea_array_row_length (array);
    ck_assert_int_gt (chunk->n_rows, 0);
    ck_assert_int_le (chunk->first_row + chunk->n_rows, fovea_array_n_rows (array));
    ck_assert (chunk->n_rows == 1 ||
               fovea_chunk_get_bytes (chunk, chunk->dtype) <= FOVEA_CHUNK_BYTES);
    const float *values = chunk->data;
    for (gint64 i = 0; i < chunk->n_rows; i++)
        sink->seen[chunk->array][chunk->first_row + i]++;
    gint64 first = chunk->first_row * length, wrong = -1;
    for (gint64 i = 0; i < chunk->n_rows * length; i++)
        wrong = values[i] == value_at (chunk->array, first + i) ? wrong : i;
    ck_assert_msg (wrong < 0, "array %u, element %d", chunk->array, (int) (first + wrong));
    sink->n_chunks++;
    sink->held -= fovea_chunk_get_bytes (chunk, FOVEA_F32);
    if (sink->fail)
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE, "the disk is full");
    return !sink->fail;
}

static void
sink_init (Sink *sink)
{
    *sink = (Sink){.arrays = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_array_free)};
}

static void
sink_add (Sink *sink, FoveaDtype dtype, guint row_axes, gint64 a, gint64 b, gint64 c)
{
    FoveaArray *array = g_new0 (FoveaArray, 1);
    *array = (FoveaArray){
        g_strdup_printf ("array %u", sink->arrays->len), dtype, 3, {a, b, c}, row_axes};
    sink->seen[sink->arrays->len] = g_new0 (guint8, fovea_array_n_rows (array) + 1);
    g_ptr_array_add (sink->arrays, array);
}

static void
sink_clear (Sink *sink)
{
    for (guint i = 0; i < G_N_ELEMENTS (sink->seen); i++)
        g_free (sink->seen[i]);
    g_ptr_array_unref (sink->arrays);
}

static FoveaPacker *
new_packer (Sink *sink)
{
    g_autoptr (GError) error = NULL;
    FoveaPacker *packer = fovea_packer_new (sink->arrays, take, sink, &error);
    ck_assert_msg (packer != NULL, "%s", error != NULL ? error->message : "");
    return packer;
}

static gboolean
write_rows (FoveaPacker *packer, Sink *sink, guint index, gint64 first, gint64 n, GError **error)
{
    gint64 length = fovea_array_row_length (g_ptr_array_index (sink->arrays, index));
    g_autofree float *rows = g_new (float, n *length + 1);
    for (gint64 i = 0; i < n * length; i++)
        rows[i] = value_at (index, first * length + i);
    sink->held += (gsize) (n * length) * sizeof (float);
    sink->most_held = MAX (sink->most_held, sink->held);
    return fovea_packer_write (packer, index, first, n, rows, error);
}

static void
assert_all_seen_once (const Sink *sink)
{
    for (guint i = 0; i < sink->arrays->len; i++)
        for (gint64 row = 0; row < fovea_array_n_rows (g_ptr_array_index (sink->arrays, i)); row++)
            ck_assert_msg (sink->seen[i][row] == 1, "array %u, row %d came %d times", i, (int) row,
                           sink->seen[i][row]);
}

/* Sizes of an array and the slab of rows it is written in. */
static const struct {
    guint row_axes;
    gint64 a, b, c, slab;
    guint n_chunks;
} layouts[] = {
    {1, 1, 1, 1, 1, 1},      {1, 100, 3, 5, 7, 1}, {1, 1000, 16, 64, 100, 4},
    {2, 6, 70, 70, 9, 1},    {2, 100, 1, 1, 1, 1}, {2, 3, 600, 600, 61, 6},
    {1, 2, 600, 1000, 1, 2}, {2, 40, 3, 3, 3, 1},  {2, 2, 3, 300000, 3, 6},
};

START_TEST (every_row_comes_out_once_and_in_its_place)
{
    Sink sink;
    sink_init (&sink);
    sink_add (&sink, FOVEA_F32, layouts[_i].row_axes, layouts[_i].a, layouts[_i].b, layouts[_i].c);
    g_autoptr (FoveaPacker) packer = new_packer (&sink);
    gint64 planes = layouts[_i].row_axes == 2 ? layouts[_i].a : 1;
    gint64 rows = layouts[_i].row_axes == 2 ? layouts[_i].b : layouts[_i].a;
    for (gint64 at = 0; at < rows; at += layouts[_i].slab)
        for (gint64 p = 0; p < planes; p++)
            ck_assert (write_rows (packer, &sink, 0, p * rows + at,
                                   MIN (layouts[_i].slab, rows - at), NULL));
    ck_assert (fovea_packer_finish (packer, NULL));
    assert_all_seen_once (&sink);
    ck_assert_uint_le (sink.n_chunks, layouts[_i].n_chunks + (guint) planes);
    sink_clear (&sink);
}
END_TEST

/* One after the other, as of a layer whose heads are read in turn: a hundred rows of a store would each be its
 * own read else. */
START_TEST (small_planes_that_follow_each_other_share_a_chunk)
{
    Sink sink;
    sink_init (&sink);
    sink_add (&sink, FOVEA_F32, 2, 100, 3, 5);
    g_autoptr (FoveaPacker) packer = new_packer (&sink);
    for (gint64 p = 0; p < 100; p++)
        ck_assert (write_rows (packer, &sink, 0, 3 * p, 3, NULL));
    ck_assert (fovea_packer_finish (packer, NULL));
    assert_all_seen_once (&sink);
    ck_assert_uint_eq (sink.n_chunks, 1);
    sink_clear (&sink);
}
END_TEST

/* Forty-five maps of a mebibyte grow at once, a few rows each: the fullest are emitted early. */
START_TEST (memory_keeps_to_its_budget)
{
    const gint64 planes = 45, T = 512, slab = 4;
    const gsize budget = 32 << 20;
    Sink sink;
    sink_init (&sink);
    sink_add (&sink, FOVEA_F32, 2, planes, T, T);
    g_autoptr (FoveaPacker) packer = new_packer (&sink);
    for (gint64 row = 0; row < T; row += slab)
        for (gint64 p = 0; p < planes; p++)
            ck_assert (write_rows (packer, &sink, 0, p * T + row, slab, NULL));
    ck_assert (fovea_packer_finish (packer, NULL));
    assert_all_seen_once (&sink);
    ck_assert_uint_le (sink.most_held, budget + (1 << 20));
    ck_assert_uint_gt (sink.most_held, budget / 2);
    ck_assert_uint_eq (sink.held, 0);
    sink_clear (&sink);
}
END_TEST

/* Arrays that grow side by side, all of one layout. Chunks are of a mebibyte as they are kept and wait
 * in four bytes an element; a row may be longer than that. */
static const struct {
    FoveaDtype dtype;
    guint n_arrays, row_axes;
    gint64 a, b, c;
} growing[] = {
    {FOVEA_F32, 4, 1, 3000, 16, 16},  {FOVEA_BF16, 4, 1, 3000, 16, 16},
    {FOVEA_F16, 3, 1, 3000, 16, 16},  {FOVEA_I32, 2, 1, 5000, 1, 100},
    {FOVEA_BF16, 4, 1, 100, 16, 16},  {FOVEA_F16, 2, 1, 3, 1000, 1000},
    {FOVEA_BF16, 4, 2, 12, 300, 300}, {FOVEA_F32, 1, 2, 45, 512, 512},
};

START_TEST (no_more_waits_than_was_predicted)
{
    const gint64 slab = 5;
    gint64 planes = growing[_i].row_axes == 2 ? growing[_i].a : 1;
    gint64 rows = growing[_i].row_axes == 2 ? growing[_i].b : growing[_i].a;
    Sink sink;
    sink_init (&sink);
    for (guint i = 0; i < growing[_i].n_arrays; i++)
        sink_add (&sink, growing[_i].dtype, growing[_i].row_axes, growing[_i].a, growing[_i].b,
                  growing[_i].c);
    const FoveaArray *first = g_ptr_array_index (sink.arrays, 0);
    gsize slab_bytes = (gsize) (slab * fovea_array_row_length (first)) * sizeof (float);
    guint64 predicted = fovea_packer_predict (sink.arrays);
    g_autoptr (FoveaPacker) packer = new_packer (&sink);
    for (gint64 at = 0; at < rows; at += slab)
        for (guint i = 0; i < growing[_i].n_arrays; i++)
            for (gint64 p = 0; p < planes; p++)
                ck_assert (
                    write_rows (packer, &sink, i, p * rows + at, MIN (slab, rows - at), NULL));
    ck_assert (fovea_packer_finish (packer, NULL));
    assert_all_seen_once (&sink);
    /* The slab under way counts as held in the test before the packer has taken it. */
    ck_assert_msg (sink.most_held <= predicted + slab_bytes, "%zu held, %zu predicted",
                   sink.most_held, (gsize) predicted);
    ck_assert_msg (predicted <= 2 * sink.most_held, "%zu held, %zu predicted", sink.most_held,
                   (gsize) predicted);
    sink_clear (&sink);
}
END_TEST

/* Writes after two good rows of a (10, 2, 3) array, and what is said of them. */
static const struct {
    gint64 first, n;
    const char *part;
} wrong[] = {
    {0, 1, "row 0 written out of order"}, {1, 1, "row 1 written out of order"},
    {3, 1, "row 3 written out of order"}, {9, 2, "rows 9:11 written, it has 10"},
    {10, 1, "rows 10:11 written"},        {-1, 1, "rows -1:0 written"},
    {2, -1, "rows 2:1 written"},          {2, 9, "rows 2:11 written"},
    {11, 0, "rows 11:11 written"},
};

START_TEST (rows_out_of_place_are_refused)
{
    const float rows[100] = {0};
    Sink sink;
    sink_init (&sink);
    sink_add (&sink, FOVEA_F32, 1, 10, 2, 3);
    g_autoptr (FoveaPacker) packer = new_packer (&sink);
    ck_assert (write_rows (packer, &sink, 0, 0, 2, NULL));
    g_autoptr (GError) error = NULL;
    ck_assert (!fovea_packer_write (packer, 0, wrong[_i].first, wrong[_i].n, rows, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE));
    ck_assert_msg (strstr (error->message, wrong[_i].part) != NULL, "%s", error->message);
    ck_assert (fovea_packer_write (packer, 0, 2, 0, rows, NULL)); /* nothing is always in order */
    sink_clear (&sink);
}
END_TEST

START_TEST (incomplete_array_is_named_with_its_first_missing_row)
{
    Sink sink;
    sink_init (&sink);
    sink_add (&sink, FOVEA_F32, 2, 3, 4, 5);
    g_autoptr (FoveaPacker) packer = new_packer (&sink);
    for (gint64 p = 0; p < 3; p++)
        ck_assert (write_rows (packer, &sink, 0, p * 4, p == 1 ? 2 : 4, NULL));
    g_autoptr (GError) error = NULL;
    ck_assert (!fovea_packer_finish (packer, &error));
    ck_assert_msg (strstr (error->message, "row 6 was never written") != NULL, "%s",
                   error->message);
    sink_clear (&sink);
}
END_TEST

START_TEST (array_without_elements_needs_no_rows)
{
    Sink sink;
    sink_init (&sink);
    sink_add (&sink, FOVEA_F32, 1, 0, 2, 3);
    sink_add (&sink, FOVEA_F32, 1, 5, 0, 3);
    g_autoptr (FoveaPacker) packer = new_packer (&sink);
    ck_assert (fovea_packer_finish (packer, NULL));
    ck_assert_uint_eq (sink.n_chunks, 0);
    sink_clear (&sink);
}
END_TEST

static const struct {
    FoveaDtype dtype;
    guint row_axes;
    gint64 a, b, c;
} impossible[] = {
    {FOVEA_F64, 1, 2, 2, 2},
    {FOVEA_I64, 1, 2, 2, 2},
    {FOVEA_F32, 0, 2, 2, 2},
    {FOVEA_F32, 3, 2, 2, 2},
    {FOVEA_F32, 1, -1, 2, 2},
    {FOVEA_F32, 1, 2, (gint64) 1 << 40, 2},
    {FOVEA_F32, 1, 2, 2000000000, 2000000000},
    {FOVEA_F32, 1, 1, 1000, 1000000}, /* a row of 4 GB: more than SQLite holds in a value */
};

START_TEST (array_that_no_store_holds_is_refused)
{
    g_autoptr (GPtrArray) arrays =
        g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_array_free);
    FoveaArray *array = g_new0 (FoveaArray, 1);
    *array = (FoveaArray){g_strdup ("odd"),
                          impossible[_i].dtype,
                          3,
                          {impossible[_i].a, impossible[_i].b, impossible[_i].c},
                          impossible[_i].row_axes};
    g_ptr_array_add (arrays, array);
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_packer_new (arrays, take, NULL, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE));
    ck_assert_ptr_nonnull (strstr (error->message, "array 'odd'"));
}
END_TEST

START_TEST (failure_to_emit_is_told_to_the_writer)
{
    Sink sink;
    sink_init (&sink);
    sink_add (&sink, FOVEA_F32, 1, 4, 600, 1000);
    sink.fail = TRUE;
    g_autoptr (FoveaPacker) packer = new_packer (&sink);
    g_autoptr (GError) error = NULL;
    ck_assert (!write_rows (packer, &sink, 0, 0, 4, &error));
    ck_assert_str_eq (error->message, "the disk is full");
    ck_assert_uint_eq (sink.n_chunks, 1);
    sink_clear (&sink);
}
END_TEST

START_TEST (narrow_types_are_encoded_once)
{
    for (int i = 0; i < 2; i++) {
        FoveaDtype dtype = i == 0 ? FOVEA_F16 : FOVEA_BF16;
        FoveaChunk chunk = {.n_rows = 3, .capacity = 3, .row_length = 4, .dtype = dtype};
        float *values = chunk.data = g_new (float, 12);
        float back[12];
        for (int j = 0; j < 12; j++)
            values[j] = (float) j - 6;
        ck_assert_uint_eq (fovea_chunk_get_bytes (&chunk, FOVEA_F32), 48);
        fovea_chunk_encode (&chunk);
        guint32 checksum = chunk.checksum;
        fovea_chunk_encode (&chunk);
        ck_assert_uint_eq (chunk.checksum, checksum);
        ck_assert_uint_eq (fovea_chunk_get_bytes (&chunk, dtype), 24);
        fovea_dtype_to_f32 (chunk.data, dtype, 12, back);
        for (int j = 0; j < 12; j++)
            ck_assert_float_eq (back[j], (float) j - 6);
        g_free (chunk.data);
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("packer");
    TCase *tcase = tcase_create ("chunks");
    tcase_set_timeout (tcase, 60);
    tcase_add_loop_test (tcase, every_row_comes_out_once_and_in_its_place, 0,
                         G_N_ELEMENTS (layouts));
    tcase_add_test (tcase, small_planes_that_follow_each_other_share_a_chunk);
    tcase_add_test (tcase, memory_keeps_to_its_budget);
    tcase_add_loop_test (tcase, no_more_waits_than_was_predicted, 0, G_N_ELEMENTS (growing));
    tcase_add_loop_test (tcase, rows_out_of_place_are_refused, 0, G_N_ELEMENTS (wrong));
    tcase_add_test (tcase, incomplete_array_is_named_with_its_first_missing_row);
    tcase_add_test (tcase, array_without_elements_needs_no_rows);
    tcase_add_loop_test (tcase, array_that_no_store_holds_is_refused, 0, G_N_ELEMENTS (impossible));
    tcase_add_test (tcase, failure_to_emit_is_told_to_the_writer);
    tcase_add_test (tcase, narrow_types_are_encoded_once);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
