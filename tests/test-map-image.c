/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Maps as pictures, pixel by pixel: the palette entry of the plain pattern's mean over the allowed
 * pairs of each block, whether read exactly or from the pyramid, for whole maps and rectangles that
 * the pyramid's grid does not meet. */
#include <math.h>

#include "tests/trace-support.h"
#include "ui/figures/map-image.h"

enum {
    H = 2,
    D = 4,
    LONGEST = 700
};

/* Points on paper decide how many cells share a pixel: 600 pixels an inch at the most. */
static const struct {
    gint64 T, window, q0, q1, k0, k1;
    double width, height;
    gint64 block_q, block_k; /* that must come out */
} maps[] = {
    {30, 0, 0, 30, 0, 30, 200, 200, 1, 1},  /* a pixel a cell */
    {30, 0, 7, 29, 3, 11, 200, 200, 1, 1},  /* a rectangle of it */
    {30, 4, 0, 30, 0, 30, 200, 200, 1, 1},  /* forbidden pairs below the diagonal too */
    {30, 0, 0, 10, 20, 30, 200, 200, 1, 1}, /* all in the future */
    {100, 0, 0, 100, 0, 100, 4, 4, 3, 3},   /* blocks that do not divide the length */
    {100, 0, 0, 100, 0, 100, 12, 3, 4, 1},  /* wide pixels */
    {131, 0, 1, 131, 2, 130, 5, 2, 8, 4},   /* rectangle and blocks, tiles of 128 queries */
    {LONGEST, 0, 0, LONGEST, 0, LONGEST, 1.4, 1.4, 64, 64}, /* level 0 answers for blocks of 60 */
    {LONGEST, 0, 0, LONGEST, 0, LONGEST, 1, 1, 128, 128},   /* level 1 for 84 */
    {LONGEST, 90, 0, LONGEST, 0, LONGEST, 1, 1, 128, 128},  /* with a window */
    {LONGEST, 0, 128, 640, 0, 256, 0.4, 0.8, 77, 77},       /* 154 and 39 do not agree: exact */
    {LONGEST, 0, 1, LONGEST, 0, LONGEST - 1, 1.4, 1.4, 60, 60}, /* off the grid: exact */
    {LONGEST, 0, 640, LONGEST, 0, LONGEST, 0.1, 1.5, 72, 56},   /* blocks that differ: exact */
};

typedef struct {
    FoveaTraceInfo *info;
    float *q, *k;
    double *a;
    FoveaTrace *trace;
    FoveaAttention *attention;
} Map;

/* Another @seed is another text. */
static Map
map_open_seeded (gint64 T, gint64 window, guint head, guint64 seed)
{
    const FoveaArchitecture architecture = {.n_layers = 1,
                                            .n_heads = H,
                                            .n_kv_heads = 1,
                                            .head_width = D,
                                            .width = D,
                                            .attention_scale = 0.5f,
                                            .windows = window > 0 ? &window : NULL};
    Map map = {.info = trace_info (&architecture, T)};
    map.q = trace_random_values ((gsize) (T * H * D), seed);
    map.k = trace_random_values ((gsize) (T * D), seed + 1);
    map.a = trace_plain_pattern (map.info, map.q, map.k, head);
    map.trace = trace_of_products (map.info, map.q, map.k);
    map.attention = fovea_attention_open (map.trace, 0, NULL);
    ck_assert_ptr_nonnull (map.attention);
    return map;
}

static Map
map_open (gint64 T, gint64 window, guint head)
{
    return map_open_seeded (T, window, head, 11);
}

static void
map_close (Map *map)
{
    fovea_attention_free (map->attention);
    fovea_trace_unref (map->trace);
    fovea_trace_info_free (map->info);
    g_free (map->q);
    g_free (map->k);
    g_free (map->a);
}

static FoveaMapRequest
request_of (int i, guint head)
{
    return (FoveaMapRequest){.head = head,
                             .q0 = maps[i].q0,
                             .q1 = maps[i].q1,
                             .k0 = maps[i].k0,
                             .k1 = maps[i].k1,
                             .n_tokens = maps[i].T,
                             .width = maps[i].width,
                             .height = maps[i].height,
                             .ramp = {FOVEA_RAMP_LINEAR, 0, 0.2}};
}

/* Mean over the allowed pairs of a block, NaN if there is none. */
static double
plain_mean (const Map *map, gint64 q, gint64 q_end, gint64 k, gint64 k_end)
{
    FoveaScoreRule rule = fovea_architecture_get_score_rule (map->info->architecture, 0);
    double sum = 0;
    gint64 pairs = 0;
    for (gint64 i = q; i < q_end; i++)
        for (gint64 j = k; j < k_end; j++)
            if (j <= i && (rule.window == 0 || i - j < rule.window)) {
                sum += map->a[i * map->info->n_tokens + j];
                pairs++;
            }
    return pairs > 0 ? sum / (double) pairs : NAN;
}

/* A palette entry may be the next one where the mean lies on the edge between two. */
static void
check_pixel (const FoveaMapRequest *r, guint8 got, double mean, gint64 q, gint64 k)
{
    if (isnan (mean)) {
        ck_assert_msg (got == 0, "block at %d,%d is %d, expected paper", (int) q, (int) k, got);
        return;
    }
    int low = fovea_ramp_get_index (&r->ramp, mean - 1e-6);
    int high = fovea_ramp_get_index (&r->ramp, mean + 1e-6);
    ck_assert_msg (got >= low && got <= high, "block at %d,%d is entry %d, expected %d to %d",
                   (int) q, (int) k, got, low, high);
}

START_TEST (every_pixel_is_the_mean_of_its_allowed_pairs)
{
    const guint head = 1;
    g_autoptr (GError) error = NULL;
    Map map = map_open (maps[_i].T, maps[_i].window, head);
    FoveaMapRequest r = request_of (_i, head);
    gint64 b_q, b_k;
    g_autoptr (FoveaIndexedImage) image =
        fovea_map_image_new (map.attention, &r, &b_q, &b_k, NULL, &error);
    ck_assert_msg (image != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_int_eq (image->width, (r.k1 - r.k0 + b_k - 1) / b_k);
    ck_assert_int_eq (image->height, (r.q1 - r.q0 + b_q - 1) / b_q);
    if (maps[_i].T < LONGEST || maps[_i].block_q == 64 || maps[_i].block_q == 128) {
        ck_assert_int_eq (b_q, maps[_i].block_q);
        ck_assert_int_eq (b_k, maps[_i].block_k);
    }
    for (gint64 y = 0; y < image->height; y++)
        for (gint64 x = 0; x < image->width; x++) {
            gint64 q = r.q0 + y * b_q, k = r.k0 + x * b_k;
            double mean = plain_mean (&map, q, MIN (q + b_q, r.q1), k, MIN (k + b_k, r.k1));
            check_pixel (&r, image->pixels[y * image->width + x], mean, q, k);
        }
    map_close (&map);
}
END_TEST

/* Of means, hence the mean of differences: both have the same pairs. */
START_TEST (every_pixel_of_a_difference_is_one_mean_less_the_other)
{
    const guint head = 1;
    Map map = map_open (maps[_i].T, maps[_i].window, head);
    Map other = map_open_seeded (maps[_i].T, maps[_i].window, head, 21);
    FoveaMapRequest r = request_of (_i, head);
    gint64 b_q, b_k;
    r.less = other.attention;
    r.ramp = (FoveaRamp){FOVEA_RAMP_SIGNED, 0, 0.1};
    g_autoptr (FoveaIndexedImage) image =
        fovea_map_image_new (map.attention, &r, &b_q, &b_k, NULL, NULL);
    ck_assert_ptr_nonnull (image);
    for (gint64 y = 0; y < image->height; y++)
        for (gint64 x = 0; x < image->width; x++) {
            gint64 q = r.q0 + y * b_q, k = r.k0 + x * b_k;
            gint64 q_end = MIN (q + b_q, r.q1), k_end = MIN (k + b_k, r.k1);
            double change =
                plain_mean (&map, q, q_end, k, k_end) - plain_mean (&other, q, q_end, k, k_end);
            check_pixel (&r, image->pixels[y * image->width + x], change, q, k);
        }
    map_close (&other);
    map_close (&map);
}
END_TEST

START_TEST (heads_read_together_are_those_read_alone)
{
    Map map = map_open (maps[_i].T, maps[_i].window, 0);
    FoveaMapRequest r = request_of (_i, 0);
    FoveaIndexedImage *images[H] = {NULL};
    gint64 block, b_q, b_k;
    ck_assert (fovea_head_maps_read (map.attention, &r, H, images, &block, NULL, NULL));
    for (guint h = 0; h < H; h++) {
        r.head = h;
        g_autoptr (FoveaIndexedImage) alone =
            fovea_map_image_new (map.attention, &r, &b_q, &b_k, NULL, NULL);
        ck_assert_int_eq (block, b_q);
        ck_assert_uint_eq (images[h]->width, alone->width);
        ck_assert_mem_eq (images[h]->pixels, alone->pixels, (gsize) alone->width * alone->height);
        fovea_indexed_image_free (images[h]);
    }
    map_close (&map);
}
END_TEST

/* One NaN weight: named by head, query and key. */
START_TEST (nan_is_named_and_no_picture_made)
{
    enum {
        T = 40
    };
    const FoveaArchitecture architecture = {
        .n_layers = 1, .n_heads = 1, .n_kv_heads = 1, .head_width = 1, .width = 1};
    g_autoptr (FoveaTraceInfo) info = trace_info (&architecture, T);
    g_autofree float *pattern = g_new0 (float, T *T);
    pattern[33 * T + 12] = NAN;
    const TraceArray array = {"blocks.0.attn.hook_pattern", 3, {1, T, T}, 2, pattern};
    g_autoptr (FoveaTrace) trace = trace_of (info, &array, 1);
    g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, 0, NULL);
    const FoveaMapRequest r = {0, 0, T, 0, T, T, 200, 200, {FOVEA_RAMP_LINEAR, 0, 1}};
    gint64 b_q, b_k;
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_map_image_new (attention, &r, &b_q, &b_k, NULL, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NUMERIC));
    ck_assert_msg (strstr (error->message, "head 0, query 33, key 12") != NULL, "%s",
                   error->message);
}
END_TEST

START_TEST (cancelled_map_is_no_picture)
{
    Map map = map_open (30, 0, 0);
    FoveaMapRequest r = request_of (0, 0);
    FoveaIndexedImage *images[H] = {NULL};
    gint64 block, b_q, b_k;
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_cancellable_cancel (cancellable);
    g_autoptr (GError) one = NULL;
    g_autoptr (GError) all = NULL;
    ck_assert_ptr_null (fovea_map_image_new (map.attention, &r, &b_q, &b_k, cancellable, &one));
    ck_assert (g_error_matches (one, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    ck_assert (!fovea_head_maps_read (map.attention, &r, H, images, &block, cancellable, &all));
    ck_assert (g_error_matches (all, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    for (guint h = 0; h < H; h++)
        ck_assert_ptr_null (images[h]);
    map_close (&map);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("map image");
    TCase *tcase = tcase_create ("pixels");
    tcase_set_timeout (tcase, 60);
    tcase_add_loop_test (tcase, every_pixel_is_the_mean_of_its_allowed_pairs, 0,
                         G_N_ELEMENTS (maps));
    tcase_add_loop_test (tcase, every_pixel_of_a_difference_is_one_mean_less_the_other, 0,
                         G_N_ELEMENTS (maps));
    tcase_add_loop_test (tcase, heads_read_together_are_those_read_alone, 0, G_N_ELEMENTS (maps));
    tcase_add_test (tcase, nan_is_named_and_no_picture_made);
    tcase_add_test (tcase, cancelled_map_is_no_picture);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
