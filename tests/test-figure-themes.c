/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Every kind of figure in either theme: what is light does not occur in the dark, and only a dark
 * figure paints its page. */
#include <string.h>

#include "tests/figure-kinds.h"
#include "tests/support.h"
#include "ui/figures/mask-dots.h"

static FoveaFigure *
draw (guint kind, FoveaTheme theme)
{
    const FoveaFigureStyle style = {
        .width_mm = 183, .letters = TRUE, .caption = TRUE, .theme = theme};
    return figure_kinds_draw (kind, &style);
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
is_shared (guint32 color)
{
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
        ck_assert_msg (!g_hash_table_contains (of_light, key) || is_shared (GPOINTER_TO_UINT (key)),
                       "%s: #%06X in both", figure_kinds_get_name ((guint) _i),
                       GPOINTER_TO_UINT (key) & 0xFFFFFF);
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
    tcase_add_loop_test (kinds, only_a_dark_figure_paints_its_page, 0, FIGURE_N_KINDS);
    tcase_add_loop_test (kinds, a_dark_page_is_as_large_as_asked_and_has_a_margin, 0,
                         FIGURE_N_KINDS);
    tcase_add_test (kinds, captions_call_the_ground_by_its_colour);
    tcase_add_test (kinds, themes_have_names);
    suite_add_tcase (suite, kinds);
    return support_run (suite);
}
