/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Pages, letters and options by chance: a figure is whole on its page, or refused with a reason. */
#include <math.h>

#include "analysis/mask-verdict.h"
#include "tests/figure-support.h"
#include "tests/sparse-support.h"
#include "tests/support.h"
#include "ui/figures/figure-sparse.h"

enum {
    L = 2,
    H = 6,
    T = 96,
    TRIES = 48
};

typedef enum {
    MAP,
    MAPS,
    SCORES,
    TOKENS,
    RECALL,
    SPARSITY,
    BUDGET,
    MASK,
    SINKS,
    N_KINDS
} Kind;

static const char *const names[] = {"map",    "maps of heads", "scores of heads",
                                    "tokens", "recall",        "density",
                                    "budget", "mask",          "sinks"};

static FoveaTrace *trace, *plain_trace;
static FoveaTable *recall, *heads;

static void
set_up (void)
{
    static const char *const ids[] = {"oracle-token", "streaming", "vertical-slash", NULL};
    trace = sparse_trace_new (T, L, H, L, 11);
    plain_trace = figure_trace (T);
    recall = sparse_recall_new (trace, ids);
    heads = figure_heads (L, H);
}

static void
tear_down (void)
{
    fovea_trace_unref (trace);
    fovea_trace_unref (plain_trace);
    fovea_table_unref (recall);
    fovea_table_unref (heads);
}

static gboolean
choose (GRand *rand, double share)
{
    return g_rand_double (rand) < share;
}

/* Sizes lie evenly over their logarithm: half of the pages are small. */
static FoveaFigureStyle
choose_style (GRand *rand)
{
    return (FoveaFigureStyle){
        .width_mm = choose (rand, 0.2) ? 0 : 20 * pow (10, g_rand_double (rand)),
        .height_mm = choose (rand, 0.3) ? 0 : 20 * pow (10, g_rand_double (rand)),
        .text_pt = choose (rand, 0.3) ? 0 : 3 * pow (12, g_rand_double (rand)),
        .letters = choose (rand, 0.5),
        .caption = choose (rand, 0.5),
        .theme = choose (rand, 0.3) ? FOVEA_THEME_DARK : FOVEA_THEME_LIGHT,
    };
}

static void
choose_part (GRand *rand, gint64 *from, gint64 *to)
{
    *from = choose (rand, 0.4) ? 0 : g_rand_int_range (rand, 0, T);
    *to = choose (rand, 0.4) ? -1 : g_rand_int_range (rand, (gint32) *from, T) + 1;
}

static FoveaFigure *
draw_map (GRand *rand, const FoveaFigureStyle *style, GError **error)
{
    FoveaMapOptions options = {.scale = choose (rand, 0.5) ? FOVEA_COLOR_LOG : FOVEA_COLOR_LINEAR,
                               .token_axes = choose (rand, 0.5),
                               .query = -1,
                               .key = -1};
    choose_part (rand, &options.q0, &options.q1);
    choose_part (rand, &options.k0, &options.k1);
    if (choose (rand, 0.5)) {
        options.query =
            g_rand_int_range (rand, (gint32) options.q0, options.q1 < 0 ? T : (gint32) options.q1);
        options.key =
            g_rand_int_range (rand, (gint32) options.k0, options.k1 < 0 ? T : (gint32) options.k1);
    }
    return fovea_figure_map_new (plain_trace, &options, style, error);
}

static FoveaFigure *
draw_tokens (GRand *rand, const FoveaFigureStyle *style, GError **error)
{
    float values[T];
    for (int t = 0; t < T; t++)
        values[t] = (float) g_rand_double (rand);
    FoveaTokensOptions options = {"chance", values, 0, 1, FOVEA_COLOR_LINEAR};
    return fovea_figure_tokens_new (fovea_trace_get_info (plain_trace), &options, style, error);
}

static FoveaFigure *
draw (Kind kind, GRand *rand, const FoveaFigureStyle *style, GError **error)
{
    const FoveaTraceInfo *info = fovea_trace_get_info (trace);
    const FoveaHeadsOptions score = {kind == SCORES ? "induction" : NULL};
    FoveaSparseOptions o = {.layer = -1, .head = -1};
    if (kind == MASK || choose (rand, 0.5)) {
        o.layer = g_rand_int_range (rand, 0, L);
        o.head = g_rand_int_range (rand, 0, H);
    }
    switch (kind) {
    case MAP:
        return draw_map (rand, style, error);
    case MAPS:
    case SCORES:
        return fovea_figure_heads_new (kind == MAPS ? trace : NULL, heads, &score, style, NULL,
                                       error);
    case TOKENS:
        return draw_tokens (rand, style, error);
    case RECALL:
        return fovea_figure_recall_new (info, recall, heads, &o, style, error);
    case SPARSITY:
        o.methods = "streaming";
        return fovea_figure_sparsity_new (info, recall, heads, &o, style, error);
    case BUDGET:
        return fovea_figure_budget_new (info, recall, &o, style, error);
    case MASK:
        o.methods = choose (rand, 0.5) ? "streaming" : "streaming,oracle-token";
        if (choose (rand, 0.5)) {
            o.q0 = g_rand_int_range (rand, 0, T);
            o.q1 = g_rand_int_range (rand, (int) o.q0 + 1, T + 1);
            o.k0 = g_rand_int_range (rand, 0, (int) o.q1); /* seen by the last query */
            o.k1 = g_rand_int_range (rand, (int) o.k0 + 1, T + 1);
            o.token_axes = choose (rand, 0.5);
        }
        if (o.token_axes) /* this trace has texts of tokens, and one head */
            o.layer = o.head = 0;
        return fovea_figure_mask_new (o.token_axes ? plain_trace : trace, &o, style, NULL, error);
    default:
        return fovea_figure_sinks_new (trace, &o, style, NULL, error);
    }
}

/* Every item has numbers and, of images, dots, and lies on the page but for what nobody sees. */
static void
assert_whole (Kind kind, FoveaFigure *figure, const FoveaFigureStyle *style)
{
    guint n;
    double width, height, slack = 1 + 1e-9;
    FoveaScene *scene = fovea_figure_get_scene (figure);
    const FoveaItem *items = fovea_scene_get_items (scene, &n);
    fovea_scene_get_size (scene, &width, &height);
    if (style->height_mm > 0)
        ck_assert_double_eq_tol (height, style->height_mm * FOVEA_POINTS_PER_MM, 1e-9);
    width -= 2 * fovea_scene_get_inks (scene)->margin;
    height -= 2 * fovea_scene_get_inks (scene)->margin;
    for (guint i = 0; i < n; i++) {
        const FoveaBox b = fovea_scene_get_box (&items[i]);
        gboolean inside = b.x0 <= b.x1 && b.y0 <= b.y1 && b.x0 >= -slack && b.y0 >= -slack &&
                          b.x1 <= width + slack && b.y1 <= height + slack;
        ck_assert_msg (
            inside, "%s, %g x %g mm, %g pt: item %u '%s' lies at %g,%g .. %g,%g of %g x %g pt",
            names[kind], style->width_mm, style->height_mm, style->text_pt, i,
            items[i].text != NULL ? items[i].text : "", b.x0, b.y0, b.x1, b.y1, width, height);
        if (items[i].image != NULL)
            ck_assert_uint_gt (items[i].image->width * items[i].image->height, 0);
    }
}

/* Both answers have to come, or the pages are all too large or all too small to say anything. */
START_TEST (a_figure_is_whole_on_its_page_or_refused)
{
    g_autoptr (GRand) rand = g_rand_new_with_seed (17 + (guint32) _i);
    int drawn = 0;
    for (int i = 0; i < TRIES; i++) {
        g_autoptr (GError) error = NULL;
        const FoveaFigureStyle style = choose_style (rand);
        g_autoptr (FoveaFigure) figure = draw ((Kind) _i, rand, &style, &error);
        if (figure != NULL) {
            assert_whole ((Kind) _i, figure, &style);
            drawn++;
            continue;
        }
        ck_assert_msg (error != NULL, "%s, %g x %g mm, %g pt: refused without a reason", names[_i],
                       style.width_mm, style.height_mm, style.text_pt);
        ck_assert_msg (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE), "%s",
                       error->message);
    }
    ck_assert_msg (drawn > TRIES / 8 && drawn < TRIES, "%s: %d drawn of %d", names[_i], drawn,
                   TRIES);
}
END_TEST

/* Columns of journals, letters that they print: nothing is refused there. */
START_TEST (a_page_of_use_has_room_for_every_figure)
{
    static const double widths[] = {0, 89, 120, 183}, sizes[] = {0, 7, 9};
    g_autoptr (GRand) rand = g_rand_new_with_seed (5 + (guint32) _i);
    for (guint i = 0; i < G_N_ELEMENTS (widths) * G_N_ELEMENTS (sizes); i++) {
        g_autoptr (GError) error = NULL;
        const FoveaFigureStyle style = {.width_mm = widths[i % G_N_ELEMENTS (widths)],
                                        .text_pt = sizes[i / G_N_ELEMENTS (widths)],
                                        .letters = choose (rand, 0.5),
                                        .caption = choose (rand, 0.5)};
        g_autoptr (FoveaFigure) figure = draw ((Kind) _i, rand, &style, &error);
        ck_assert_msg (figure != NULL, "%s, %g mm, %g pt: %s", names[_i], style.width_mm,
                       style.text_pt, error != NULL ? error->message : "");
        assert_whole ((Kind) _i, figure, &style);
    }
}
END_TEST

/* Of a slide's height that each kind uses at least: a grid of few heads has the width instead, a text is
 * as long as it is, and a cell of a map is a whole number of dots. */
static const double least_filled[N_KINDS] = {
    [MAP] = 0.94,   [MAPS] = 0.85,    [SCORES] = 0.6,  [TOKENS] = 0,  [RECALL] = 0.99,
    [SINKS] = 0.99, [SPARSITY] = 0.6, [BUDGET] = 0.85, [MASK] = 0.85,
};

/* A slide is read from afar: nothing is refused at letters for it, and little of it is left empty. */
START_TEST (a_slide_is_filled)
{
    static const double sizes[] = {12, 16};
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
        g_autoptr (GRand) rand = g_rand_new_with_seed (3);
        g_autoptr (GError) error = NULL;
        const FoveaFigureStyle style = {254, 143, sizes[i], TRUE, TRUE};
        g_autoptr (FoveaFigure) figure = draw ((Kind) _i, rand, &style, &error);
        ck_assert_msg (figure != NULL, "%s, %g pt: %s", names[_i], sizes[i],
                       error != NULL ? error->message : "");
        assert_whole ((Kind) _i, figure, &style);
        const FoveaBox box = fovea_scene_get_content (fovea_figure_get_scene (figure));
        double filled = box.y1 / (style.height_mm * FOVEA_POINTS_PER_MM);
        ck_assert_msg (filled >= least_filled[_i], "%s, %g pt: only %.0f %% of the height",
                       names[_i], sizes[i], 100 * filled);
    }
}
END_TEST

/* The export dialog's own height begins with what the content took, rounded. */
START_TEST (a_map_takes_a_height_near_its_own)
{
    FoveaMapOptions options = {
        .q1 = -1, .k1 = -1, .query = _i ? 40 : -1, .key = _i ? 3 : -1, .token_axes = TRUE};
    FoveaFigureStyle style = {.width_mm = 120, .caption = TRUE};
    g_autoptr (FoveaFigure) natural = fovea_figure_map_new (plain_trace, &options, &style, NULL);
    double height;
    ck_assert_ptr_nonnull (natural);
    fovea_figure_get_size (natural, NULL, &height);
    for (int off = -12; off <= 12; off++) {
        g_autoptr (GError) error = NULL;
        style.height_mm = round (height) + off;
        g_autoptr (FoveaFigure) map = fovea_figure_map_new (plain_trace, &options, &style, &error);
        ck_assert_msg (map != NULL, "%+d mm: %s", off, error != NULL ? error->message : "");
        assert_whole (MAP, map, &style);
    }
}
END_TEST

#define AXIS 4 /* dots that the axis takes of the last row, at 600 to the inch */

/* Which cells a map of @n tokens has is read from its scene; their dots, from the file. */
static void
assert_equal_cells (gint64 n, double dpi)
{
    char *folder = support_temp_dir ();
    g_autofree char *path = g_build_filename (folder, "map.png", NULL);
    g_autoptr (FoveaTrace) map = figure_trace (n);
    g_autoptr (FoveaFigure) figure = figure_map_of (map, figure_whole_map, 89);
    const FoveaItem *image = figure_find_image (figure, 0);
    ck_assert (fovea_figure_save (figure, path, dpi, NULL, NULL));
    cairo_surface_t *surface = cairo_image_surface_create_from_png (path);
    const guint8 *data = cairo_image_surface_get_data (surface);
    int stride = cairo_image_surface_get_stride (surface);
    double dots = image->w / (double) n * dpi / 72, x0 = image->x * dpi / 72;
    int side = (int) lround (dots), left = (int) lround (x0),
        top = (int) lround (image->y * dpi / 72);
    ck_assert_double_eq_tol (dots, side, 1e-6);
    ck_assert_double_eq_tol (x0, left, 1e-6);
    /* Below the outline of the triangle, which crosses the cells next to the diagonal. */
    for (int y = side * 4; y < side * (int) n - AXIS; y++) {
        const guint32 *row = (const guint32 *) (gconstpointer) (data + (top + y) * stride) + left;
        const guint32 *first =
            (const guint32 *) (gconstpointer) (data + (top + y / side * side + 2) * stride) + left;
        for (int x = side; x < (y / side - 2) * side; x++)
            ck_assert_msg (row[x] == first[x / side * side], "%g dpi, %d tokens: dot %d,%d of %d",
                           dpi, (int) n, x, y, side);
    }
    cairo_surface_destroy (surface);
    support_remove_dir (folder);
}

START_TEST (cells_of_a_png_are_alike)
{
    static const gint64 lengths[] = {23, 61, 97, 160};
    for (guint i = 0; i < G_N_ELEMENTS (lengths); i++) {
        assert_equal_cells (lengths[i], 300);
        assert_equal_cells (lengths[i], 600);
    }
}
END_TEST

/* The part's dots are those of the whole text's map at its place, and so is what is counted. */
/* Lines of a figure that are @text. */
static guint
count_lines (FoveaFigure *figure, const char *text)
{
    guint n, found = 0;
    const FoveaItem *items = fovea_scene_get_items (fovea_figure_get_scene (figure), &n);
    for (guint i = 0; i < n; i++)
        found += items[i].kind == FOVEA_ITEM_TEXT && g_str_equal (items[i].text, text);
    return found;
}

START_TEST (a_part_of_a_mask_figure_is_what_stands_there)
{
    static const struct {
        gint64 q0, q1, k0, k1;
    } parts[] = {{40, 70, 10, 30}, {20, 50, 20, 60}, {90, 91, 0, 96}, {60, 96, 3, 4}};
    gint64 q0 = parts[_i].q0, n_q = parts[_i].q1 - q0, k0 = parts[_i].k0, n_k = parts[_i].k1 - k0;
    FoveaSparseOptions options = {.methods = "streaming,oracle-token", .layer = 1, .head = 2};
    const FoveaFigureStyle style = {.caption = TRUE, .letters = TRUE};
    g_autoptr (FoveaFigure) all = fovea_figure_mask_new (trace, &options, &style, NULL, NULL);
    options.q0 = q0;
    options.q1 = parts[_i].q1;
    options.k0 = k0;
    options.k1 = parts[_i].k1;
    g_autoptr (FoveaFigure) part = fovea_figure_mask_new (trace, &options, &style, NULL, NULL);
    figure_assert_tidy (part);
    for (guint panel = 0; panel < 2; panel++) {
        const FoveaItem *map = figure_find_image (all, panel),
                        *at = figure_find_image (part, panel);
        guint kept = 0, allowed = 0;
        ck_assert_uint_eq (at->image->width, n_k);
        ck_assert_uint_eq (at->image->height, n_q);
        for (gint64 q = 0; q < n_q; q++)
            for (gint64 k = 0; k < n_k; k++) {
                guint verdict = at->image->pixels[q * n_k + k];
                ck_assert_uint_eq (verdict, map->image->pixels[(q0 + q) * T + k0 + k]);
                kept += verdict == FOVEA_VERDICT_KEPT || verdict == FOVEA_VERDICT_WASTED;
                allowed += verdict != FOVEA_VERDICT_FUTURE;
            }
        g_autofree char *percent = fovea_text_number (100. * kept / allowed, 2);
        g_autofree char *keeps = g_strdup_printf ("keeps %s %% of causal pairs", percent);
        ck_assert_msg (figure_has_text (part, keeps), "no '%s'", keeps);
    }
    ck_assert (figure_has_text (part, "shares are of this part"));
    ck_assert (figure_has_text (part, "missed"));
    ck_assert (!figure_has_text (all, "of this part"));
    ck_assert_uint_eq (count_lines (part, "key position"), 2); /* one a panel */
    ck_assert_uint_eq (count_lines (part, "query position"), 1);
    ck_assert (!figure_has_text (all, "position"));
}
END_TEST

/* Of few cells tokens stand on the axes, each once for the queries and once a panel for the keys; of
 * many positions do, and the axes say so. */
START_TEST (a_mask_figure_has_tokens_where_they_fit)
{
    const FoveaTraceInfo *info = fovea_trace_get_info (plain_trace);
    FoveaSparseOptions options = {
        .methods = "streaming", .q0 = 40, .q1 = 50, .k0 = 30, .k1 = 45, .token_axes = TRUE};
    const FoveaFigureStyle style = {.caption = TRUE};
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaFigure) few =
        fovea_figure_mask_new (plain_trace, &options, &style, NULL, &error);
    ck_assert_msg (few != NULL, "%s", error != NULL ? error->message : "");
    figure_assert_tidy (few);
    for (gint64 t = 30; t < 50; t++) {
        g_autofree char *token = fovea_text_token (info->token_texts[t], FALSE, FALSE);
        guint n = 0;
        for (gint64 i = 30; i < 50; i++) /* tokens may be alike */
            if (g_str_equal (info->token_texts[i], info->token_texts[t]))
                n += (i < 45) + (i >= 40);
        ck_assert_msg (count_lines (few, token) == n, "%u of '%s' of %d, not %u",
                       count_lines (few, token), token, (int) t, n);
    }
    ck_assert (!figure_has_text (few, "position"));
    options.q0 = 0;
    options.k0 = 5;
    options.k1 = 7;
    options.q1 = T;
    g_autoptr (FoveaFigure) many =
        fovea_figure_mask_new (plain_trace, &options, &style, NULL, NULL);
    figure_assert_tidy (many);
    ck_assert_uint_eq (count_lines (many, "query position"), 1);
    ck_assert_uint_eq (count_lines (many, "key"), 1); /* those are few */
    options.k0 = 0;
    options.k1 = options.q1 = 91; /* no token fits */
    g_autoptr (FoveaFigure) most =
        fovea_figure_mask_new (plain_trace, &options, &style, NULL, NULL);
    figure_assert_tidy (most);
    ck_assert_uint_eq (count_lines (most, "key position"), 1);
}
END_TEST

/* The last position stands at the edge. */
START_TEST (the_last_position_of_a_mask_is_whole_in_large_letters)
{
    const FoveaSparseOptions options = {
        .methods = _i == 0 ? "streaming" : "streaming,oracle-token", .q0 = 90, .q1 = 92, .k1 = 91};
    const FoveaFigureStyle style = {.width_mm = _i == 0 ? 60 : 120, .text_pt = 16};
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaFigure) strip =
        fovea_figure_mask_new (plain_trace, &options, &style, NULL, &error);
    ck_assert_msg (strip != NULL, "%s", error != NULL ? error->message : "");
    figure_assert_tidy (strip);
    ck_assert (figure_has_text (strip, "90"));
}
END_TEST

START_TEST (axes_of_a_map_say_whether_they_have_tokens)
{
    static const struct {
        gint64 q1, k1;
        const char *query, *key;
    } parts[] = {{T, T, "query position", "key position"}, {12, 12, "query", "key"}};
    for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
        FoveaMapOptions options = {
            .q1 = parts[i].q1, .k1 = parts[i].k1, .query = -1, .key = -1, .token_axes = TRUE};
        const FoveaFigureStyle style = {.width_mm = 89};
        g_autoptr (FoveaFigure) map = fovea_figure_map_new (plain_trace, &options, &style, NULL);
        ck_assert_uint_eq (count_lines (map, parts[i].query), 1);
        ck_assert_uint_eq (count_lines (map, parts[i].key), 1);
    }
}
END_TEST

/* Without a future there is no empty triangle for the words of the colours. */
START_TEST (a_mask_both_ways_has_its_words_below)
{
    g_autoptr (FoveaTrace) both = figure_trace (24);
    ((FoveaArchitecture *) fovea_trace_get_info (both)->architecture)->bidirectional = TRUE;
    FoveaSparseOptions options = {.methods = "oracle-token"};
    const FoveaFigureStyle style = {.caption = TRUE};
    g_autoptr (FoveaFigure) figure = fovea_figure_mask_new (both, &options, &style, NULL, NULL);
    static const char *const words[] = {"of all pairs", "missed", "kept", "wasted"};
    for (guint i = 0; i < G_N_ELEMENTS (words); i++)
        ck_assert_msg (figure_has_text (figure, words[i]), "no '%s'", words[i]);
    figure_assert_tidy (figure);
}
END_TEST

/* Whether a word stands on what the first map shows below its diagonal. */
static gboolean
is_on_map (FoveaFigure *figure, const char *word)
{
    guint n;
    const FoveaItem *items = fovea_scene_get_items (fovea_figure_get_scene (figure), &n);
    const FoveaBox map = fovea_scene_get_box (figure_find_image (figure, 0));
    for (guint i = 0; i < n; i++) {
        if (items[i].kind != FOVEA_ITEM_TEXT || !g_str_equal (items[i].text, word))
            continue;
        const FoveaBox box = fovea_scene_get_box (&items[i]);
        return box.y0 < map.y1 && box.x0 - map.x0 < box.y1 - map.y0;
    }
    ck_abort_msg ("no '%s'", word);
}

/* From a narrow column to a page, with letters of three sizes: a method that misses next to nothing has that in
 * words beside the name of its bar. */
START_TEST (words_of_a_mask_figure_have_room_at_every_width)
{
    static const double sizes[] = {6, 7, 9};
    FoveaSparseOptions options = {.methods = "streaming:window=90,vertical-slash,oracle-token"};
    guint n_drawn = 0, n_rests = 0;
    for (double width = 45; width <= 183; width += 6) {
        const FoveaFigureStyle style = {
            .width_mm = width, .text_pt = sizes[_i], .caption = TRUE, .letters = TRUE};
        g_autoptr (GError) error = NULL;
        g_autoptr (FoveaFigure) figure =
            fovea_figure_mask_new (trace, &options, &style, NULL, &error);
        if (figure == NULL) {
            ck_assert_msg (width < 60, "%g mm: %s", width, error->message);
            continue;
        }
        figure_assert_tidy (figure);
        ck_assert_msg (!is_on_map (figure, "wasted"), "%g mm", width);
        n_rests += figure_has_text (figure, "missed 0") || figure_has_text (figure, "missed 1");
        n_drawn++;
    }
    ck_assert_uint_ge (n_drawn, 21);
    ck_assert_uint_gt (n_rests, n_drawn / 2);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("figure sizes");
    TCase *tcase = tcase_create ("by chance");
    tcase_add_unchecked_fixture (tcase, set_up, tear_down);
    tcase_add_loop_test (tcase, a_figure_is_whole_on_its_page_or_refused, 0, N_KINDS);
    tcase_add_loop_test (tcase, a_page_of_use_has_room_for_every_figure, 0, N_KINDS);
    tcase_add_loop_test (tcase, a_slide_is_filled, 0, N_KINDS);
    tcase_add_loop_test (tcase, a_map_takes_a_height_near_its_own, 0, 2);
    tcase_add_test (tcase, cells_of_a_png_are_alike);
    tcase_add_loop_test (tcase, a_part_of_a_mask_figure_is_what_stands_there, 0, 4);
    tcase_add_test (tcase, a_mask_figure_has_tokens_where_they_fit);
    tcase_add_loop_test (tcase, the_last_position_of_a_mask_is_whole_in_large_letters, 0, 2);
    tcase_add_test (tcase, axes_of_a_map_say_whether_they_have_tokens);
    tcase_add_test (tcase, a_mask_both_ways_has_its_words_below);
    tcase_add_loop_test (tcase, words_of_a_mask_figure_have_room_at_every_width, 0, 3);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
