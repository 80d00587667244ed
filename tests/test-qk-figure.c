/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One score taken apart: its parts against the scores that attention gives, for every term that a family
 * may add; the figure's bars against the numbers; its words at every width of a head; and the files of
 * numbers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/figure-data.h"
#include "capture/npz.h"
#include "capture/score-parts.h"
#include "tests/figure-support.h"
#include "tests/support.h"
#include "tests/trace-support.h"
#include "ui/figures/figure-qk.h"

enum {
    T = 24,
    H = 2,
    G = 1,
    HEAD = 1,
    QUERY = 20,
    KEY = 7,
    REACH = 4,
    BARS_OF_VECTORS = 3 /* query, key, product */
};

/* What a family may have. */
typedef struct {
    const char *name;
    gint64 width, turned;
    gboolean interleaved, still, slopes, distances;
    float cap;
} Case;

static const Case cases[] = {
    {"plain", 16, 0, FALSE, FALSE, FALSE, FALSE, 0},
    {"halves", 32, 32, FALSE, FALSE, FALSE, FALSE, 0},
    {"neighbours", 16, 16, TRUE, FALSE, FALSE, FALSE, 0},
    {"a part", 80, 20, FALSE, FALSE, FALSE, FALSE, 0},
    {"still", 16, 16, FALSE, TRUE, FALSE, FALSE, 0},
    {"slopes", 64, 0, FALSE, FALSE, TRUE, FALSE, 0},
    {"distances", 64, 0, FALSE, FALSE, FALSE, TRUE, 0},
    {"cap", 256, 256, FALSE, FALSE, FALSE, FALSE, 2},
    {"everything", 128, 0, FALSE, FALSE, TRUE, TRUE, 3},
};

typedef struct {
    FoveaTraceInfo *info;
    FoveaTrace *trace;
    float *q, *k;
    gint64 n;
} Bench;

static FoveaTrace *
make_trace (const Bench *bench, gboolean rotary)
{
    const FoveaArchitecture *a = bench->info->architecture;
    const TraceArray arrays[] = {
        {rotary ? "blocks.0.attn.hook_rot_q" : "blocks.0.attn.hook_q",
         3,
         {bench->n, H, a->head_width},
         1,
         bench->q},
        {rotary ? "blocks.0.attn.hook_rot_k" : "blocks.0.attn.hook_k",
         3,
         {bench->n, G, a->head_width},
         1,
         bench->k},
    };
    return trace_of (bench->info, arrays, G_N_ELEMENTS (arrays));
}

/* @scale: of all queries */
static Bench *
bench_new (const Case *of, gint64 n, float scale)
{
    Bench *bench = g_new0 (Bench, 1);
    gboolean still[] = {TRUE};
    float slopes[] = {0.5f, 0.125f}, distances[H * (2 * REACH + 1)];
    for (int i = 0; i < H * (2 * REACH + 1); i++)
        distances[i] = 0.25f * (float) i;
    const FoveaArchitecture architecture = {
        .n_layers = 1,
        .n_heads = H,
        .n_kv_heads = G,
        .head_width = of->width,
        .width = H * of->width,
        .attention_scale = 1 / sqrtf ((float) of->width),
        .attention_soft_cap = of->cap,
        .position = of->turned > 0 ? FOVEA_POSITION_ROTARY : FOVEA_POSITION_NONE,
        .rotary_width = of->turned,
        .rotary_base = 10000,
        .rotary_interleaved = of->interleaved,
        .still = of->still ? still : NULL,
        .alibi_slopes = of->slopes ? slopes : NULL,
        .distance_bias = of->distances ? distances : NULL,
        .distance_reach = of->distances ? REACH : 0,
    };
    bench->n = n;
    bench->info = trace_info (&architecture, n);
    bench->q = trace_random_values ((gsize) (n * H * of->width), 1);
    bench->k = trace_random_values ((gsize) (n * G * of->width), 2);
    for (gint64 i = 0; i < n * H * of->width; i++)
        bench->q[i] *= scale;
    bench->trace = make_trace (bench, of->turned > 0);
    return bench;
}

static void
bench_free (Bench *bench)
{
    fovea_trace_unref (bench->trace);
    fovea_trace_info_free (bench->info);
    g_free (bench->q);
    g_free (bench->k);
    g_free (bench);
}

static FoveaScoreParts *
read_parts (Bench *bench, gint64 query, gint64 key)
{
    g_autoptr (FoveaAttention) attention = trace_open_attention (bench->trace);
    g_autoptr (GError) error = NULL;
    FoveaScoreParts *parts = fovea_score_parts_read (attention, HEAD, query, key, &error);
    ck_assert_msg (parts != NULL, "%s", error != NULL ? error->message : "");
    return parts;
}

START_TEST (parts_add_up_to_the_score)
{
    const Case *of = &cases[_i];
    Bench *bench = bench_new (of, T, 1);
    g_autoptr (FoveaAttention) attention = trace_open_attention (bench->trace);
    for (gint64 query = 0; query < T; query += 5)
        for (gint64 key = 0; key <= query; key += 3) {
            float score;
            double sum = 0;
            ck_assert (fovea_attention_read_scores (attention, HEAD, query, query + 1, key, key + 1,
                                                    &score, NULL));
            g_autoptr (FoveaScoreParts) parts = read_parts (bench, query, key);
            for (gint64 d = 0; d < of->width; d++) {
                double product = (double) bench->q[(query * H + HEAD) * of->width + d] *
                                 (double) bench->k[key * of->width + d] / sqrt ((double) of->width);
                ck_assert_double_eq_tol (parts->products[d], product, 1e-5);
                sum += product;
            }
            ck_assert_double_eq_tol (parts->sum, sum, 1e-5);
            ck_assert_double_eq_tol (parts->sum + parts->position + parts->cap, parts->score,
                                     1e-12);
            ck_assert_double_eq_tol (parts->score, score, 2e-5);
            ck_assert_int_eq (parts->has_position, of->slopes || of->distances);
            ck_assert_int_eq (parts->has_cap, of->cap > 0);
            ck_assert (of->cap == 0 || query == key || fabs (parts->cap) > 0);
        }
    bench_free (bench);
}
END_TEST

/* Every dimension that turns is in one pair, which the forward pass turns together. */
START_TEST (pairs_are_those_that_turn_together)
{
    const Case *of = &cases[_i];
    Bench *bench = bench_new (of, T, 1);
    g_autoptr (FoveaScoreParts) parts = read_parts (bench, QUERY, KEY);
    gint64 n = of->still ? 0 : of->turned / 2;
    ck_assert_int_eq (parts->n_pairs, n);
    for (gint64 pair = 0; pair < n; pair++) {
        gint64 first, second;
        fovea_score_parts_get_pair (parts, pair, &first, &second);
        ck_assert_int_eq (first, of->interleaved ? 2 * pair : pair);
        ck_assert_int_eq (second, of->interleaved ? 2 * pair + 1 : pair + n);
        ck_assert_int_eq (fovea_score_parts_find_pair (parts, first), pair);
        ck_assert_int_eq (fovea_score_parts_find_pair (parts, second), pair);
    }
    for (gint64 d = 2 * n; d < of->width; d++)
        ck_assert_int_eq (fovea_score_parts_find_pair (parts, d), -1);
    bench_free (bench);
}
END_TEST

static FoveaFigure *
draw (Bench *bench, const FoveaFigureStyle *style, gint64 query, gint64 key, GError **error)
{
    const FoveaMapOptions options = {.head = HEAD, .query = query, .key = key};
    return fovea_figure_qk_new (bench->trace, &options, style, error);
}

/* Rectangles among a figure's items, in a new array. */
static GArray *
find_bars (FoveaFigure *figure)
{
    guint n;
    const FoveaItem *items = fovea_scene_get_items (fovea_figure_get_scene (figure), &n);
    GArray *bars = g_array_new (FALSE, FALSE, sizeof (FoveaBox));
    for (guint i = 0; i < n; i++) {
        const FoveaBox box = fovea_scene_get_box (&items[i]);
        if (items[i].kind == FOVEA_ITEM_PATH && items[i].fill >> 24 != 0)
            g_array_append_val (bars, box);
    }
    return bars;
}

static double
get_height (GArray *bars, guint index)
{
    const FoveaBox *box = &g_array_index (bars, FoveaBox, index);
    return box->y1 - box->y0;
}

/* Products come first, then query, key, steps, the score and what else adds to it. */
START_TEST (bars_are_as_long_as_their_numbers)
{
    const Case *of = &cases[_i];
    Bench *bench = bench_new (of, T, 1);
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaFigure) figure = draw (bench, NULL, QUERY, KEY, &error);
    ck_assert_msg (figure != NULL, "%s", error != NULL ? error->message : "");
    g_autoptr (FoveaScoreParts) parts = read_parts (bench, QUERY, KEY);
    g_autoptr (GArray) bars = find_bars (figure);
    guint n = (guint) of->width, n_steps = n - (guint) parts->n_pairs;
    guint n_behind = 1 + (of->slopes || of->distances) + (of->cap > 0);
    ck_assert_uint_eq (bars->len, BARS_OF_VECTORS * n + n_steps + n_behind);
    const float *values[] = {parts->products, parts->query, parts->key};
    for (guint panel = 0; panel < BARS_OF_VECTORS; panel++) {
        double unit = get_height (bars, panel * n) / fabs ((double) values[panel][0]);
        for (guint d = 0; d < n; d++)
            ck_assert_double_eq_tol (get_height (bars, panel * n + d),
                                     unit * fabs ((double) values[panel][d]), 1e-6 * unit);
    }
    /* Steps begin where the one before ended, and their last end is as high as the score's bar, where
     * nothing else was added. */
    guint whole = bars->len - n_behind;
    double unit = get_height (bars, whole) / fabs (parts->score), level = 0;
    const FoveaBox *steps = &g_array_index (bars, FoveaBox, BARS_OF_VECTORS * n);
    double zero = parts->score > 0 ? g_array_index (bars, FoveaBox, whole).y1
                                   : g_array_index (bars, FoveaBox, whole).y0;
    for (guint i = 0; i < n_steps; i++) {
        gint64 first = i + parts->n_pairs, second = -1;
        if (i < parts->n_pairs)
            fovea_score_parts_get_pair (parts, i, &first, &second);
        double step = (double) parts->products[first];
        step += second >= 0 ? (double) parts->products[second] : 0;
        ck_assert_double_eq_tol (step > 0 ? steps[i].y1 : steps[i].y0, zero - unit * level, 1e-4);
        level += step;
        ck_assert_double_eq_tol (step > 0 ? steps[i].y0 : steps[i].y1, zero - unit * level, 1e-4);
    }
    ck_assert_double_eq_tol (level, parts->sum, 1e-4);
    bench_free (bench);
}
END_TEST

static const double widths[] = {70, 89, 183, 254};

START_TEST (its_words_never_touch)
{
    const Case *of = &cases[_i / 2];
    FoveaTheme theme = (FoveaTheme) (_i % 2);
    for (guint w = 0; w < G_N_ELEMENTS (widths); w++)
        for (int size = 0; size < 3; size++) {
            static const float scales[] = {1, 1e-3f, 300};
            Bench *bench = bench_new (of, T, scales[size]);
            g_autoptr (GError) error = NULL;
            const FoveaFigureStyle style = {.width_mm = widths[w],
                                            .text_pt = widths[w] > 200 ? 12 : 7,
                                            .height_mm = widths[w] > 200 ? 143 : 0,
                                            .letters = TRUE,
                                            .caption = TRUE,
                                            .theme = theme};
            g_autoptr (FoveaFigure) figure = draw (bench, &style, QUERY, KEY, &error);
            ck_assert_msg (figure != NULL, "%s", error != NULL ? error->message : "");
            figure_assert_tidy (figure);
            bench_free (bench);
        }
}
END_TEST

START_TEST (the_strongest_is_named_and_the_caption_says_what_adds_up)
{
    Bench *bench = bench_new (&cases[G_N_ELEMENTS (cases) - 1], T, 1);
    const gint64 n = 128, strong = 77;
    bench->q[(QUERY * H + HEAD) * n + strong] = 40;
    bench->k[KEY * n + strong] = -2;
    fovea_trace_unref (bench->trace);
    bench->trace = make_trace (bench, FALSE);
    const FoveaFigureStyle style = {.caption = TRUE, .width_mm = 300};
    g_autoptr (FoveaFigure) figure = draw (bench, &style, QUERY, KEY, NULL);
    ck_assert_ptr_nonnull (figure);
    ck_assert (figure_has_text (figure, "77: −7.07")); /* -80 / sqrt (128) */
    g_autoptr (FoveaScoreParts) parts = read_parts (bench, QUERY, KEY);
    g_autofree char *sum = g_strdup_printf ("sum −%.2f", -parts->sum);
    g_autofree char *caption =
        g_strdup_printf ("sum to −%.2f, position adds +%.2f, the soft cap +%.2f.", -parts->sum,
                         parts->position, parts->cap);
    g_autofree char *score = g_strdup_printf ("Head 0.1: score −%.2f nats", -parts->score);
    ck_assert (figure_has_text (figure, sum));
    ck_assert_msg (figure_has_text (figure, caption), "%s", caption);
    ck_assert (figure_has_text (figure, score));
    ck_assert (figure_has_text (figure, "position"));
    ck_assert (figure_has_text (figure, "soft cap"));
    ck_assert (figure_has_text (figure, "head 0.1, query 20"));
    bench_free (bench);
}
END_TEST

START_TEST (the_last_query_and_its_heaviest_key_are_taken_unless_told)
{
    Bench *bench = bench_new (&cases[0], T, 1);
    g_autoptr (FoveaAttention) attention = trace_open_attention (bench->trace);
    float row[T];
    gint64 query = -1, key = -1, best = 0;
    double weight;
    ck_assert (fovea_attention_read_pattern (attention, HEAD, T - 1, T, 0, T, row, NULL));
    for (gint64 k = 0; k < T; k++)
        best = row[k] > row[best] ? k : best;
    ck_assert_int_ne (best, 0);
    ck_assert (fovea_score_parts_choose_cell (attention, HEAD, &query, &key, &weight, NULL));
    ck_assert_int_eq (query, T - 1);
    ck_assert_int_eq (key, best);
    ck_assert_double_eq (weight, row[best]);
    bench_free (bench);
}
END_TEST

static const struct {
    FoveaMapOptions options;
    FoveaFigureStyle style;
    int code;
    const char *said;
} wrong[] = {
    {{.head = HEAD, .query = 3, .key = 9},
     {0},
     FOVEA_ERROR_RANGE,
     "query 3 may not see key 9 in layer 0, so there is no score"},
    {{.head = HEAD, .query = T, .key = 9}, {0}, FOVEA_ERROR_RANGE, "queries 24 to 25 are outside"},
    {{.head = HEAD, .query = 3, .key = T}, {0}, FOVEA_ERROR_RANGE, "keys 24 to 25 are outside"},
    {{.head = H, .query = 3, .key = 2}, {0}, FOVEA_ERROR_RANGE, "head 2 is outside 0 to 1"},
    {{.layer = 1, .query = 3, .key = 2}, {0}, FOVEA_ERROR_RANGE, "layer 1"},
    {{.head = HEAD, .query = 3, .key = 2}, {.height_mm = 25}, FOVEA_ERROR_RANGE, "cut off"},
    {{.head = HEAD, .query = 3, .key = 2},
     {.width_mm = 20, .text_pt = 16},
     FOVEA_ERROR_RANGE,
     "qk figure: the words on this page leave"},
};

START_TEST (what_cannot_be_drawn_is_named)
{
    Bench *bench = bench_new (&cases[0], T, 1);
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (
        fovea_figure_qk_new (bench->trace, &wrong[_i].options, &wrong[_i].style, &error));
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, wrong[_i].code), "%s", error->message);
    ck_assert_msg (strstr (error->message, wrong[_i].said) != NULL, "%s", error->message);
    bench_free (bench);
}
END_TEST

START_TEST (a_product_that_is_no_number_is_named)
{
    Bench *bench = bench_new (&cases[0], T, 1);
    g_autoptr (GError) error = NULL;
    bench->q[(QUERY * H + HEAD) * 16 + 5] = NAN;
    fovea_trace_unref (bench->trace);
    bench->trace = make_trace (bench, FALSE);
    ck_assert_ptr_null (draw (bench, NULL, QUERY, KEY, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NUMERIC));
    ck_assert_msg (strstr (error->message, "head 0.1, query 20, key 7: dimension 5 is nan") != NULL,
                   "%s", error->message);
    bench_free (bench);
}
END_TEST

START_TEST (weights_alone_have_no_products)
{
    g_autoptr (FoveaTrace) trace = figure_trace (T);
    g_autoptr (GError) error = NULL;
    const FoveaMapOptions options = {.query = QUERY, .key = KEY};
    ck_assert_ptr_null (fovea_figure_qk_new (trace, &options, NULL, &error));
    trace_assert_said (error, FOVEA_ERROR_NOT_FOUND, "layer 0: queries were not kept");
}
END_TEST

static FoveaFigureRequest *
make_request (void)
{
    FoveaFigureRequest *request = fovea_figure_request_new (FOVEA_FIGURE_QK);
    request->map.head = HEAD;
    request->map.query = QUERY;
    request->map.key = KEY;
    request->store_name = g_strdup ("a.fovea");
    return request;
}

START_TEST (the_table_holds_what_is_drawn)
{
    Bench *bench = bench_new (&cases[3], T, 1);
    g_autofree char *folder = support_temp_dir (), *text = NULL;
    g_autofree char *path = g_build_filename (folder, "qk.csv", NULL);
    g_autoptr (FoveaFigureRequest) request = make_request ();
    g_autoptr (GError) error = NULL;
    ck_assert_msg (fovea_figure_data_save (request, bench->trace, NULL, path, NULL, &error), "%s",
                   error != NULL ? error->message : "");
    ck_assert (g_file_get_contents (path, &text, NULL, NULL));
    g_autoptr (FoveaScoreParts) parts = read_parts (bench, QUERY, KEY);
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
    char **line = lines;
    gboolean scored = FALSE;
    for (; **line == '#'; line++)
        scored |= g_str_has_prefix (*line, "# score: ") &&
                  fabs (g_ascii_strtod (*line + 9, NULL) - parts->score) < 1e-6;
    ck_assert (scored);
    ck_assert_str_eq (*line++, "dimension,pair,query,key,product");
    for (gint64 d = 0; d < 80; d++, line++) {
        g_auto (GStrv) cells = g_strsplit (*line, ",", -1);
        ck_assert_uint_eq (g_strv_length (cells), 5);
        ck_assert_int_eq (atoi (cells[0]), d);
        ck_assert_int_eq (atoi (cells[1]), d < 20 ? d % 10 : -1);
        ck_assert_double_eq ((float) g_ascii_strtod (cells[2], NULL), parts->query[d]);
        ck_assert_double_eq ((float) g_ascii_strtod (cells[3], NULL), parts->key[d]);
        ck_assert_double_eq ((float) g_ascii_strtod (cells[4], NULL), parts->products[d]);
    }
    ck_assert_str_eq (*line, "");
    bench_free (bench);
}
END_TEST

static const void *
find_array (FoveaNpz *npz, const char *name, gint64 n, FoveaDtype dtype)
{
    guint n_arrays;
    const FoveaTensor *all = fovea_npz_list (npz, &n_arrays);
    for (guint i = 0; i < n_arrays; i++) {
        if (strcmp (all[i].name, name) != 0)
            continue;
        ck_assert_int_eq (all[i].n_elements, n);
        ck_assert_int_eq (all[i].dtype, dtype);
        return all[i].data;
    }
    ck_abort_msg ("no %s", name);
}

START_TEST (the_arrays_hold_what_is_drawn)
{
    Bench *bench = bench_new (&cases[8], T, 1);
    g_autofree char *folder = support_temp_dir ();
    g_autofree char *path = g_build_filename (folder, "qk.npz", NULL);
    g_autoptr (FoveaFigureRequest) request = make_request ();
    g_autoptr (GError) error = NULL;
    ck_assert_msg (fovea_figure_data_save (request, bench->trace, NULL, path, NULL, &error), "%s",
                   error != NULL ? error->message : "");
    g_autoptr (FoveaNpz) npz = fovea_npz_open (path, &error);
    ck_assert_msg (npz != NULL, "%s", error != NULL ? error->message : "");
    g_autoptr (FoveaScoreParts) parts = read_parts (bench, QUERY, KEY);
    const struct {
        const char *name;
        const float *values;
    } vectors[] = {{"query", parts->query}, {"key", parts->key}, {"product", parts->products}};
    for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
        ck_assert_mem_eq (find_array (npz, vectors[i].name, 128, FOVEA_F32), vectors[i].values,
                          128 * sizeof (float));
    const struct {
        const char *name;
        double value;
    } whole[] = {{"sum", parts->sum},
                 {"position", parts->position},
                 {"soft_cap", parts->cap},
                 {"score", parts->score},
                 {"scale", parts->scale}};
    for (guint i = 0; i < G_N_ELEMENTS (whole); i++)
        ck_assert_mem_eq (find_array (npz, whole[i].name, 1, FOVEA_F64), &whole[i].value,
                          sizeof (double));
    find_array (npz, "weight", 1, FOVEA_F64);
    find_array (npz, "pair", 128, FOVEA_I64);
    bench_free (bench);
}
END_TEST

/* What a picture is told of sizes and colours is no option of its numbers. */
START_TEST (commands_are_those_that_the_command_takes)
{
    g_autoptr (FoveaFigureRequest) request = make_request ();
    request->style.width_mm = 120;
    request->style.theme = FOVEA_THEME_DARK;
    request->style.letters = FALSE;
    g_autofree char *picture = fovea_figure_request_to_command (request, NULL, "a.pdf");
    ck_assert_str_eq (picture,
                      "fovea figure qk 'a.fovea' --sequence 0 --head 0.1 --query 20 --key 7 "
                      "--width 120 --theme dark --no-letters -o 'a.pdf'");
    g_autofree char *numbers = fovea_figure_data_to_command (request, "a.fovea", "a.npz");
    ck_assert_str_eq (numbers, "fovea figure qk 'a.fovea' --sequence 0 --head 0.1 --query 20 "
                               "--key 7 -o 'a.npz'");
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("qk figure");
    TCase *tcase = tcase_create ("qk");
    const int n = G_N_ELEMENTS (cases);
    tcase_set_timeout (tcase, 60);
    tcase_add_loop_test (tcase, parts_add_up_to_the_score, 0, n);
    tcase_add_loop_test (tcase, pairs_are_those_that_turn_together, 0, n);
    tcase_add_loop_test (tcase, bars_are_as_long_as_their_numbers, 0, n);
    tcase_add_loop_test (tcase, its_words_never_touch, 0, 2 * n);
    tcase_add_test (tcase, the_strongest_is_named_and_the_caption_says_what_adds_up);
    tcase_add_test (tcase, the_last_query_and_its_heaviest_key_are_taken_unless_told);
    tcase_add_loop_test (tcase, what_cannot_be_drawn_is_named, 0, G_N_ELEMENTS (wrong));
    tcase_add_test (tcase, a_product_that_is_no_number_is_named);
    tcase_add_test (tcase, weights_alone_have_no_products);
    tcase_add_test (tcase, the_table_holds_what_is_drawn);
    tcase_add_test (tcase, the_arrays_hold_what_is_drawn);
    tcase_add_test (tcase, commands_are_those_that_the_command_takes);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
