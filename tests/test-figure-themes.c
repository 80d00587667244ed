/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Every kind of figure in either theme: what is light does not occur in the dark, every word can be
 * read on what lies under it, and only a dark figure paints its page. */
#include <math.h>
#include <string.h>

#include "tests/figure-kinds.h"
#include "tests/support.h"
#include "ui/figures/curve-plot.h"
#include "ui/figures/mask-dots.h"

enum {
    ACROSS = 9, /* places of a word that are looked at */
    DOWN = 3
};

/* Contrast of the palest class is 4.51 on white, as the style guide rounds it. */
#define LEAST_CONTRAST 4.5

static FoveaFigure *
draw (guint kind, FoveaTheme theme)
{
    const FoveaFigureStyle style = {
        .width_mm = 183, .letters = TRUE, .caption = TRUE, .theme = theme};
    return figure_kinds_draw (kind, &style);
}

static double
get_linear (guint32 component)
{
    double c = component / 255.0;
    return c <= 0.04045 ? c / 12.92 : pow ((c + 0.055) / 1.055, 2.4);
}

static double
get_contrast (guint32 a, guint32 b)
{
    const guint32 colors[] = {a, b};
    double l[2];
    for (int i = 0; i < 2; i++)
        l[i] = 0.05 + 0.2126 * get_linear (colors[i] >> 16 & 255) +
               0.7152 * get_linear (colors[i] >> 8 & 255) + 0.0722 * get_linear (colors[i] & 255);
    return MAX (l[0], l[1]) / MIN (l[0], l[1]);
}

/* The photograph itself is no colour of a figure. */
static gboolean
is_photograph (guint kind, const FoveaItem *items, guint i)
{
    if (kind != FOVEA_FIGURE_PICTURE && kind != FIGURE_KIND_PATCH)
        return FALSE;
    for (guint j = 0; j < i; j++)
        if (items[j].kind == FOVEA_ITEM_IMAGE)
            return FALSE;
    return items[i].kind == FOVEA_ITEM_IMAGE;
}

/* Colours of a figure as keys. Words in black or white stand on a colour that asked for it. */
static GHashTable *
collect_colors (guint kind, FoveaFigure *figure)
{
    GHashTable *seen = g_hash_table_new (NULL, NULL);
    guint n;
    const FoveaItem *items = fovea_scene_get_items (fovea_figure_get_scene (figure), &n);
    for (guint i = 0; i < n; i++) {
        const guint32 colors[] = {items[i].fill, items[i].stroke, items[i].style.color};
        for (guint c = 0; c < G_N_ELEMENTS (colors); c++) {
            gboolean plain = (colors[c] & 0xFFFFFF) == 0 || (colors[c] & 0xFFFFFF) == 0xFFFFFF;
            if (colors[c] >> 24 != 0 && !(c == 2 && plain))
                g_hash_table_add (seen, GUINT_TO_POINTER (colors[c]));
        }
        const FoveaIndexedImage *image = is_photograph (kind, items, i) ? NULL : items[i].image;
        for (guint p = 0; image != NULL && p < image->width * image->height; p++)
            if (image->palette[image->pixels[p]] >> 24 != 0)
                g_hash_table_add (seen, GUINT_TO_POINTER (image->palette[image->pixels[p]]));
    }
    return seen;
}

/* The style guide has three colours that are the same in both, and a few browns of the two signed maps
 * meet. */
static gboolean
is_shared (guint kind, guint32 color)
{
    guint red = color >> 16 & 255, green = color >> 8 & 255, blue = color & 255;
    /* Lines of arcs are greys on the way to either ground. */
    if (kind == FOVEA_FIGURE_ARCS && red == green && green == blue && red != 0 && red != 255)
        return TRUE;
    const guint32 *signs = fovea_color_map_diverging (FOVEA_THEME_DARK);
    for (guint i = 0; i < 256; i++)
        if (signs[i] == color)
            return TRUE;
    return color == FOVEA_MASK_KEPT || color == FOVEA_MASK_MISSED || color == FOVEA_MASK_WASTED;
}

START_TEST (no_colour_of_a_light_figure_is_in_the_dark_one)
{
    g_autoptr (FoveaFigure) light = draw ((guint) _i, FOVEA_THEME_LIGHT);
    g_autoptr (FoveaFigure) dark = draw ((guint) _i, FOVEA_THEME_DARK);
    g_autoptr (GHashTable) of_light = collect_colors ((guint) _i, light);
    g_autoptr (GHashTable) of_dark = collect_colors ((guint) _i, dark);
    GHashTableIter iter;
    gpointer key;
    ck_assert_uint_ge (g_hash_table_size (of_light), 4);
    ck_assert_uint_ge (g_hash_table_size (of_dark), 4);
    g_hash_table_iter_init (&iter, of_dark);
    while (g_hash_table_iter_next (&iter, &key, NULL))
        ck_assert_msg (!g_hash_table_contains (of_light, key) ||
                           is_shared ((guint) _i, GPOINTER_TO_UINT (key)),
                       "%s: #%06X in both", figure_kinds_get_name ((guint) _i),
                       GPOINTER_TO_UINT (key) & 0xFFFFFF);
}
END_TEST

static gboolean
is_in_path (const FoveaItem *item, double x, double y)
{
    gboolean inside = FALSE;
    for (guint i = 0, j = item->n_points - 1; i < item->n_points; j = i++) {
        const double *a = item->points + 2 * i, *b = item->points + 2 * j;
        if ((a[1] > y) != (b[1] > y) && x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0])
            inside = !inside;
    }
    return inside;
}

/* What an item paints at a place, 0 = nothing; lines, of which names keep clear, do not count. */
static guint32
get_paint (const FoveaItem *item, double x, double y)
{
    double u = (x - item->x) / item->w, v = (y - item->y) / item->h;
    switch (item->kind) {
    case FOVEA_ITEM_PATH:
        return item->fill >> 24 != 0 && is_in_path (item, x, y) ? item->fill : 0;
    case FOVEA_ITEM_DISC:
        return hypot (x - item->x, y - item->y) < item->w ? item->fill : 0;
    case FOVEA_ITEM_IMAGE: {
        const FoveaIndexedImage *image = item->image;
        if (u < 0 || u >= 1 || v < 0 || v >= 1)
            return 0;
        return image->palette[image->pixels[(guint) (v * image->height) * image->width +
                                            (guint) (u * image->width)]];
    }
    default:
        return 0;
    }
}

static guint32
get_ground (const FoveaItem *items, guint i, guint32 page, double x, double y)
{
    while (i-- > 0) {
        guint32 paint = get_paint (&items[i], x, y);
        if (paint >> 24 != 0)
            return paint;
    }
    return page;
}

/* Gives how many words there are. */
static guint
assert_readable (const char *name, FoveaScene *scene, FoveaTheme theme)
{
    guint n, n_words = 0;
    guint32 page = theme == FOVEA_THEME_DARK ? 0xFF1E1E1E : 0xFFFFFFFF;
    const FoveaItem *items = fovea_scene_get_items (scene, &n);
    for (guint i = 0; i < n; i++) {
        if (items[i].kind != FOVEA_ITEM_TEXT)
            continue;
        const FoveaBox box = fovea_scene_get_box (&items[i]);
        n_words++;
        for (int place = 0; place < ACROSS * DOWN; place++) {
            double x = box.x0 + (box.x1 - box.x0) * (0.5 + place % ACROSS) / ACROSS;
            double y = box.y0 + (box.y1 - box.y0) * (0.5 + place / ACROSS) / DOWN;
            guint32 ground = get_ground (items, i, page, x, y);
            double contrast = get_contrast (items[i].style.color, ground);
            ck_assert_msg (contrast >= LEAST_CONTRAST, "%s: \"%s\" in #%06X on #%06X: %.2f", name,
                           items[i].text, items[i].style.color & 0xFFFFFF, ground & 0xFFFFFF,
                           contrast);
        }
    }
    return n_words;
}

START_TEST (every_word_can_be_read_on_what_lies_under_it)
{
    guint kind = (guint) _i / 2;
    FoveaTheme theme = (FoveaTheme) (_i % 2);
    g_autoptr (FoveaFigure) figure = draw (kind, theme);
    ck_assert_uint_ge (
        assert_readable (figure_kinds_get_name (kind), fovea_figure_get_scene (figure), theme), 4);
}
END_TEST

/* A band over the whole panel, which the curve's own name and that of a second one cannot leave. */
START_TEST (a_name_on_a_band_can_be_read)
{
    FoveaTheme theme = (FoveaTheme) (_i % 2);
    static const double density[] = {0.01, 0.1, 1},
                        shares[][3] = {{0.3, 0.6, 0.9}, {0.1, 0.2, 0.4}};
    static const double low[] = {0, 0, 0}, high[] = {1, 1, 1}, dash[] = {0};
    const FoveaPlotPanel panel = {
        .x = 20, .y = 10, .width = 200, .height = 150, .text = 7, .low = 0.01, .line_width = 1};
    g_autoptr (FoveaScene) scene = fovea_scene_new (250, fovea_inks_get (theme));
    FoveaPlotCurve curves[2];
    for (guint i = 0; i < 2; i++)
        curves[i] =
            (FoveaPlotCurve){.density = density,
                             .share = shares[i],
                             .n = 3,
                             .label = i == 0 ? "its own" : "another",
                             .style = {fovea_color_map_class (theme, ((guint) _i / 2 + 3 * i) % 8),
                                       FOVEA_MARK_DISC, dash}};
    curves[0].band_density = density;
    curves[0].band_low = low;
    curves[0].band_high = high;
    curves[0].n_band = 3;
    fovea_plot_add (scene, &panel, curves, 2);
    ck_assert_uint_eq (assert_readable ("plot", scene, theme), 2);
}
END_TEST

/* Drawn on nothing, at two pixels a point: how many pixels are left empty. */
static guint
count_empty (FoveaFigure *figure, guint32 *corner)
{
    double width, height;
    fovea_scene_get_size (fovea_figure_get_scene (figure), &width, &height);
    int w = (int) (2 * width), h = (int) (2 * height);
    cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, w, h);
    cairo_t *cr = cairo_create (surface);
    cairo_scale (cr, 2, 2);
    fovea_figure_draw (figure, cr);
    cairo_destroy (cr);
    cairo_surface_flush (surface);
    const guint8 *data = cairo_image_surface_get_data (surface);
    guint stride = (guint) cairo_image_surface_get_stride (surface), n = 0;
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++)
            n += ((const guint32 *) (data + (guint) y * stride))[x] >> 24 == 0;
    *corner = ((const guint32 *) (data + (guint) (h - 1) * stride))[w - 1];
    cairo_surface_destroy (surface);
    return n;
}

START_TEST (only_a_dark_figure_paints_its_page)
{
    guint32 corner;
    g_autoptr (FoveaFigure) light = draw ((guint) _i, FOVEA_THEME_LIGHT);
    g_autoptr (FoveaFigure) dark = draw ((guint) _i, FOVEA_THEME_DARK);
    g_autofree char *paper = fovea_scene_print_svg (fovea_figure_get_scene (light), NULL, NULL);
    g_autofree char *slide = fovea_scene_print_svg (fovea_figure_get_scene (dark), NULL, NULL);
    ck_assert_uint_gt (count_empty (light, &corner), 1000);
    ck_assert_uint_eq (count_empty (dark, &corner), 0);
    ck_assert_uint_eq (corner, 0xFF1E1E1E);
    ck_assert_ptr_null (strstr (paper, "<rect"));
    ck_assert_ptr_nonnull (strstr (slide, "<rect"));
    ck_assert_ptr_nonnull (strstr (slide, "fill=\"#1E1E1E\"/>"));
}
END_TEST

/* A page of a set size is that size, and what is on it keeps its margin. */
START_TEST (a_dark_page_is_as_large_as_asked_and_has_a_margin)
{
    double width, height;
    const FoveaFigureStyle slide = {.width_mm = 254,
                                    .height_mm = 143,
                                    .text_pt = 8,
                                    .letters = TRUE,
                                    .theme = FOVEA_THEME_DARK};
    g_autoptr (FoveaFigure) figure = figure_kinds_draw ((guint) _i, &slide);
    FoveaScene *scene = fovea_figure_get_scene (figure);
    const FoveaBox content = fovea_scene_get_content (scene);
    double margin = fovea_scene_get_inks (scene)->margin;
    fovea_figure_get_size (figure, &width, &height);
    ck_assert_double_eq_tol (width, 254, 1e-9);
    ck_assert_double_eq_tol (height, 143, 1e-9);
    ck_assert_double_gt (margin, 5);
    ck_assert_double_ge (content.x0, -1);
    ck_assert_double_le (content.x1, 254 * FOVEA_POINTS_PER_MM - 2 * margin + 1);
    ck_assert_double_le (content.y1, 143 * FOVEA_POINTS_PER_MM - 2 * margin + 1);
}
END_TEST

START_TEST (captions_call_the_ground_by_its_colour)
{
    g_autoptr (FoveaFigure) light = draw (FOVEA_FIGURE_MAP, FOVEA_THEME_LIGHT);
    g_autoptr (FoveaFigure) dark = draw (FOVEA_FIGURE_MAP, FOVEA_THEME_DARK);
    g_autoptr (FoveaFigure) heads = draw (FOVEA_FIGURE_HEADS, FOVEA_THEME_DARK);
    g_autoptr (FoveaFigure) mask = draw (FOVEA_FIGURE_MASK, FOVEA_THEME_DARK);
    ck_assert (figure_has_text (light, "White: below"));
    ck_assert (figure_has_text (dark, "Black: below"));
    ck_assert (figure_has_text (heads, "black inside a map: below"));
    ck_assert (figure_has_text (mask, "Black: neither."));
}
END_TEST

START_TEST (themes_have_names)
{
    FoveaTheme theme = FOVEA_THEME_LIGHT;
    ck_assert_str_eq (fovea_theme_get_name (FOVEA_THEME_LIGHT), "light");
    ck_assert_str_eq (fovea_theme_get_name (FOVEA_THEME_DARK), "dark");
    ck_assert (fovea_theme_from_name ("dark", &theme));
    ck_assert_int_eq (theme, FOVEA_THEME_DARK);
    ck_assert (!fovea_theme_from_name ("Light", &theme));
    ck_assert_int_eq (theme, FOVEA_THEME_DARK);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("figure-themes");
    TCase *kinds = tcase_create ("kinds");
    tcase_add_unchecked_fixture (kinds, figure_kinds_set_up, figure_kinds_tear_down);
    tcase_set_timeout (kinds, 60);
    tcase_add_loop_test (kinds, no_colour_of_a_light_figure_is_in_the_dark_one, 0, FIGURE_N_KINDS);
    tcase_add_loop_test (kinds, every_word_can_be_read_on_what_lies_under_it, 0,
                         2 * FIGURE_N_KINDS);
    tcase_add_loop_test (kinds, a_name_on_a_band_can_be_read, 0, 2 * 8);
    tcase_add_loop_test (kinds, only_a_dark_figure_paints_its_page, 0, FIGURE_N_KINDS);
    tcase_add_loop_test (kinds, a_dark_page_is_as_large_as_asked_and_has_a_margin, 0,
                         FIGURE_N_KINDS);
    tcase_add_test (kinds, captions_call_the_ground_by_its_colour);
    tcase_add_test (kinds, themes_have_names);
    suite_add_tcase (suite, kinds);
    return support_run (suite);
}
