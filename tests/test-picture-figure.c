/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rollout against the plain product of matrices, and the figure of a picture: what stands where, in
 * which colours, and what is refused. */
#include "analysis/rollout.h"
#include "tests/figure-support.h"
#include "tests/forward-support.h"

#include <math.h>
#include <string.h>

#include "capture/attention.h"

enum {
    T = 10, /* class token and 3 x 3 patches of 4 pixels */
    LAYERS = 2,
    HEADS = 2
};

/* out = half of the unit matrix and half of the mean of a layer's heads, times @right. */
static void
multiply (FoveaTrace *trace, guint layer, const double *right, double *out)
{
    g_autofree char *name = g_strdup_printf ("blocks.%u.attn.hook_pattern", layer);
    gint64 n;
    g_autofree float *maps = support_read_point (trace, name, &n);
    for (int i = 0; i < T; i++)
        for (int j = 0; j < T; j++) {
            double sum = right[i * T + j] / 2;
            for (int h = 0; h < HEADS; h++)
                for (int k = 0; k < T; k++)
                    sum += (double) maps[(h * T + i) * T + k] / (2 * HEADS) * right[k * T + j];
            out[i * T + j] = sum;
        }
}

START_TEST (rollout_is_a_row_of_the_product_of_layers)
{
    g_autoptr (FoveaTrace) trace = runner_capture_corner ("attention");
    double unit[T * T] = {0}, first[T * T], both[T * T];
    for (int i = 0; i < T; i++)
        unit[i * T + i] = 1;
    multiply (trace, 0, unit, first);
    multiply (trace, 1, first, both);
    for (int query = 0; query < T; query++) {
        float row[T];
        double sum = 0;
        ck_assert (fovea_rollout_read (trace, query, row, NULL, NULL));
        for (int k = 0; k < T; k++) {
            ck_assert_double_eq_tol (row[k], both[query * T + k], 1e-6);
            sum += (double) row[k];
        }
        ck_assert_double_eq_tol (sum, 1, 1e-6);
    }
}
END_TEST

/* The maps are read 64 rows at a time: a text of more than two such blocks, from its formula. */
START_TEST (rollout_of_a_long_map_reads_all_of_its_blocks)
{
    enum {
        LONG = 150
    };
    g_autoptr (FoveaTrace) trace = figure_trace (LONG);
    double shares[LONG] = {0}, mixed[LONG];
    float row[LONG];
    shares[LONG - 1] = 1;
    for (int layer = 1; layer >= 0; layer--) {
        for (int k = 0; k < LONG; k++) {
            mixed[k] = shares[k] / 2;
            for (int q = k; q < LONG; q++)
                for (guint h = 0; h < 3; h++)
                    mixed[k] += shares[q] * (double) figure_weight (layer, h, LONG, q, k) / 6;
        }
        memcpy (shares, mixed, sizeof shares);
    }
    ck_assert (fovea_rollout_read (trace, LONG - 1, row, NULL, NULL));
    for (int k = 0; k < LONG; k++)
        ck_assert_double_eq_tol (row[k], shares[k], 1e-6);
}
END_TEST

START_TEST (rollout_refuses_and_stops)
{
    g_autoptr (FoveaTrace) trace = runner_capture_corner ("attention");
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (GError) error = NULL;
    float row[T];
    ck_assert (!fovea_rollout_read (trace, T, row, NULL, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
    g_clear_error (&error);
    g_cancellable_cancel (cancellable);
    ck_assert (!fovea_rollout_read (trace, 0, row, cancellable, &error));
    ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    g_clear_error (&error);
    g_autoptr (FoveaTrace) bare = runner_capture_corner ("blocks.*.hook_resid_pre");
    ck_assert (!fovea_rollout_read (bare, 0, row, NULL, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND));
}
END_TEST

static FoveaFigure *
draw (FoveaTrace *trace, gint64 query, FoveaColorScale scale)
{
    g_autoptr (GError) error = NULL;
    const FoveaPictureOptions options = {.query = query, .scale = scale};
    const FoveaFigureStyle style = {.caption = TRUE};
    FoveaFigure *figure = fovea_figure_picture_new (trace, &options, &style, NULL, &error);
    ck_assert_msg (figure != NULL, "%s", error != NULL ? error->message : "");
    return figure;
}

/* The pixel in the middle of a patch of an image of 12 x 12. */
static guint8
patch_pixel (const FoveaItem *item, int row, int column)
{
    ck_assert_uint_eq (item->image->width, 12);
    return item->image->pixels[(4 * row + 2) * 12 + 4 * column + 2];
}

START_TEST (panels_are_picture_rollout_and_every_head)
{
    g_autoptr (FoveaTrace) trace = runner_capture_corner ("attention");
    g_autoptr (FoveaFigure) figure = draw (trace, 0, FOVEA_COLOR_LINEAR);
    figure_assert_tidy (figure);
    /* The third is the key of the colours. */
    ck_assert_ptr_nonnull (figure_find_image (figure, 2 + LAYERS * HEADS));
    ck_assert_ptr_null (figure_find_image (figure, 3 + LAYERS * HEADS));
    ck_assert (figure_has_text (figure, "rollout") && figure_has_text (figure, "layer 1"));
    ck_assert (figure_has_text (figure, "from the class token"));
    const FoveaItem *picture = figure_find_image (figure, 0);
    ck_assert_uint_eq (picture->image->palette[patch_pixel (picture, 2, 2)], 0xFFFFFFFF);
    ck_assert_uint_eq (picture->image->palette[patch_pixel (picture, 0, 0)], 0xFF000000);
    /* Steps of weight are those of the first layer's second head; greys those of the picture. */
    float row[T];
    g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, 0, NULL);
    ck_assert (fovea_attention_read_pattern (attention, 1, 0, 1, 0, T, row, NULL));
    const FoveaItem *overlay = figure_find_image (figure, 4);
    for (int patch = 0; patch < T - 1; patch++) {
        guint8 pixel = patch_pixel (overlay, patch / 3, patch % 3);
        double step = 15 * (double) row[1 + patch];
        ck_assert_int_eq (pixel / 16, patch == 8 ? 15 : 0);
        ck_assert_double_le (fabs (pixel % 16 - step), 1.1);
    }
}
END_TEST

/* At letters for a wall, picture and rollout stand beside the heads and all is on the page. */
START_TEST (a_slide_is_filled)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaTrace) trace = runner_capture_corner ("attention");
    const FoveaPictureOptions options = {0};
    const FoveaFigureStyle style = {254, 143, 12, FALSE, TRUE};
    g_autoptr (FoveaFigure) figure =
        fovea_figure_picture_new (trace, &options, &style, NULL, &error);
    ck_assert_msg (figure != NULL, "%s", error != NULL ? error->message : "");
    figure_assert_tidy (figure);
    const FoveaItem *picture = figure_find_image (figure, 0),
                    *first = figure_find_image (figure, 3);
    ck_assert_double_gt (first->x, picture->x + picture->w);
    FoveaBox box = fovea_scene_get_content (fovea_figure_get_scene (figure));
    ck_assert_double_gt (box.y1, 0.9 * style.height_mm * 72 / 25.4);
    ck_assert_double_le (box.y1, style.height_mm * 72 / 25.4);
}
END_TEST

START_TEST (patch_that_asks_is_framed_and_named)
{
    g_autoptr (FoveaTrace) trace = runner_capture_corner ("attention");
    g_autoptr (FoveaFigure) plain = draw (trace, 0, FOVEA_COLOR_LOG);
    g_autoptr (FoveaFigure) framed = draw (trace, 6, FOVEA_COLOR_LOG);
    guint n_plain, n_framed;
    fovea_scene_get_items (fovea_figure_get_scene (plain), &n_plain);
    fovea_scene_get_items (fovea_figure_get_scene (framed), &n_framed);
    ck_assert_uint_eq (n_framed, n_plain + 2 * (2 + LAYERS * HEADS));
    ck_assert (figure_has_text (framed, "from patch 1,2"));
}
END_TEST

START_TEST (figure_refuses_texts_and_missing_patches)
{
    g_autoptr (GError) error = NULL;
    const FoveaPictureOptions options = {0}, far = {.query = T};
    g_autoptr (FoveaTrace) text = figure_trace (T);
    ck_assert_ptr_null (fovea_figure_picture_new (text, &options, NULL, NULL, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED));
    g_clear_error (&error);
    g_autoptr (FoveaTrace) bare = runner_capture_corner ("*attn.hook_q,*attn.hook_k");
    ck_assert_ptr_null (fovea_figure_picture_new (bare, &options, NULL, NULL, &error));
    ck_assert_msg (strstr (error->message, "hook_patches") != NULL, "%s", error->message);
    g_clear_error (&error);
    g_autoptr (FoveaTrace) trace = runner_capture_corner ("attention");
    ck_assert_ptr_null (fovea_figure_picture_new (trace, &far, NULL, NULL, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("figure of a picture");
    TCase *tcase = tcase_create ("picture");
    tcase_add_test (tcase, rollout_is_a_row_of_the_product_of_layers);
    tcase_add_test (tcase, rollout_of_a_long_map_reads_all_of_its_blocks);
    tcase_add_test (tcase, rollout_refuses_and_stops);
    tcase_add_test (tcase, panels_are_picture_rollout_and_every_head);
    tcase_add_test (tcase, a_slide_is_filled);
    tcase_add_test (tcase, patch_that_asks_is_framed_and_named);
    tcase_add_test (tcase, figure_refuses_texts_and_missing_patches);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
