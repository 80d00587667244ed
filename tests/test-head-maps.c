/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Maps of many heads read by threads: the same pictures as one by one, failures told in order, and
 * a cancel that ends it. */
#include "tests/figure-support.h"
#include "tests/support.h"
#include "ui/figures/map-image.h"

#include <math.h>
#include <string.h>

#define N_HEADS  40
#define N_TOKENS 96

/* A pattern whose heads from @broken on hold a NaN in their second row. */
typedef struct {
    guint broken;
} Formula;

static gboolean
read_rows (
    gpointer backend, guint index, gint64 first_row, gint64 n_rows, float *out, GError **error)
{
    const Formula *formula = backend;
    for (gint64 row = first_row; row < first_row + n_rows; row++) {
        guint head = (guint) (row / N_TOKENS);
        gint64 query = row % N_TOKENS;
        for (gint64 k = 0; k < N_TOKENS; k++)
            *out++ = k > query                               ? 0
                     : head >= formula->broken && query == 1 ? NAN
                     : k == head % (query + 1)               ? 0.75f
                                                             : 0.25f / (float) MAX (query, 1);
    }
    return TRUE;
}

static FoveaTrace *
make_trace (guint broken)
{
    static const FoveaTraceBackend functions = {read_rows, g_free};
    Formula *formula = g_new (Formula, 1);
    formula->broken = broken;
    FoveaTraceInfo *info = g_new0 (FoveaTraceInfo, 1);
    info->architecture = g_new0 (FoveaArchitecture, 1);
    info->architecture->family = g_strdup ("llama");
    info->architecture->n_layers = 1;
    info->architecture->n_heads = info->architecture->n_kv_heads = N_HEADS;
    info->architecture->head_width = 4;
    info->architecture->width = 4 * N_HEADS;
    info->model_name = g_strdup ("tiny");
    info->model_hash = g_strdup ("");
    info->title = g_strdup ("formula");
    info->n_tokens = N_TOKENS;
    GPtrArray *arrays = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_array_free);
    FoveaArray *array = g_new0 (FoveaArray, 1);
    array->name = g_strdup ("blocks.0.attn.hook_pattern");
    array->dtype = FOVEA_F32;
    array->rank = 3;
    array->shape[0] = N_HEADS;
    array->shape[1] = array->shape[2] = N_TOKENS;
    array->row_axes = 2;
    g_ptr_array_add (arrays, array);
    return fovea_trace_new (info, arrays, &functions, formula);
}

/* Large enough on paper that a pixel is a cell. */
static FoveaMapRequest
make_request (void)
{
    return (FoveaMapRequest){.q1 = N_TOKENS,
                             .k1 = N_TOKENS,
                             .n_tokens = N_TOKENS,
                             .width = 72,
                             .height = 72,
                             .ramp = {FOVEA_RAMP_LOG, 1e-3, 1}};
}

static gboolean
read_all (guint broken,
          FoveaIndexedImage **images,
          gint64 *block,
          GCancellable *cancellable,
          GError **error)
{
    g_autoptr (FoveaTrace) trace = make_trace (broken);
    g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, 0, error);
    FoveaMapRequest request = make_request ();
    ck_assert_ptr_nonnull (attention);
    return fovea_head_maps_read (attention, &request, N_HEADS, images, block, cancellable, error);
}

static void
free_images (FoveaIndexedImage **images)
{
    for (guint h = 0; h < N_HEADS; h++)
        fovea_indexed_image_free (images[h]);
}

START_TEST (maps_read_at_once_equal_maps_read_one_by_one)
{
    FoveaIndexedImage *images[N_HEADS];
    g_autoptr (GError) error = NULL;
    gint64 block, block_q, block_k;
    ck_assert (read_all (N_HEADS, images, &block, NULL, &error));
    g_autoptr (FoveaTrace) trace = make_trace (N_HEADS);
    g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, 0, &error);
    for (guint h = 0; h < N_HEADS; h++) {
        FoveaMapRequest request = make_request ();
        request.head = h;
        g_autoptr (FoveaIndexedImage) one =
            fovea_map_image_new (attention, &request, &block_q, &block_k, NULL, &error);
        ck_assert_ptr_nonnull (one);
        ck_assert_int_eq (block, block_q);
        ck_assert_uint_eq (images[h]->width, one->width);
        ck_assert_mem_eq (images[h]->pixels, one->pixels, (gsize) one->width * one->height);
    }
    free_images (images);
}
END_TEST

START_TEST (maps_of_different_heads_differ)
{
    FoveaIndexedImage *images[N_HEADS];
    g_autoptr (GError) error = NULL;
    gint64 block;
    ck_assert (read_all (N_HEADS, images, &block, NULL, &error));
    for (guint h = 1; h < N_HEADS; h++)
        ck_assert_int_ne (memcmp (images[h - 1]->pixels, images[h]->pixels,
                                  (gsize) images[h]->width * images[h]->height),
                          0);
    free_images (images);
}
END_TEST

/* Repeated, since the order in which threads end is chance. */
START_TEST (of_many_broken_heads_the_lowest_is_told)
{
    FoveaIndexedImage *images[N_HEADS];
    g_autoptr (GError) error = NULL;
    gint64 block;
    ck_assert (!read_all (7, images, &block, NULL, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NUMERIC));
    ck_assert_ptr_nonnull (strstr (error->message, "head 7, query 1"));
    for (guint h = 0; h < N_HEADS; h++)
        ck_assert_ptr_null (images[h]);
}
END_TEST

START_TEST (cancelled_reading_gives_no_map_and_says_cancelled)
{
    FoveaIndexedImage *images[N_HEADS];
    g_autoptr (GError) error = NULL;
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    gint64 block;
    g_cancellable_cancel (cancellable);
    ck_assert (!read_all (N_HEADS, images, &block, cancellable, &error));
    ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    for (guint h = 0; h < N_HEADS; h++)
        ck_assert_ptr_null (images[h]);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("head-maps");
    TCase *maps = tcase_create ("maps");
    tcase_add_test (maps, maps_read_at_once_equal_maps_read_one_by_one);
    tcase_add_test (maps, maps_of_different_heads_differ);
    tcase_add_loop_test (maps, of_many_broken_heads_the_lowest_is_told, 0, 20);
    tcase_add_test (maps, cancelled_reading_gives_no_map_and_says_cancelled);
    suite_add_tcase (suite, maps);
    return support_run (suite);
}
