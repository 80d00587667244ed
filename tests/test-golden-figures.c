/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Figures against pictures of them that were looked at, in both themes. Pictures were made with Inter;
 * with another font the checks are skipped. They are made anew by tests/make-golden.sh and must be looked
 * at then. */
#include <pango/pangocairo.h>

#include "tests/figure-kinds.h"
#include "tests/golden-picture.h"
#include "tests/support.h"

#define FONT   "Inter"
#define SCALE  2 /* pixels a point */
#define SHRINK 4

static const guint kinds[] = {FIGURE_KIND_CELL,  FOVEA_FIGURE_HEADS,   FOVEA_FIGURE_RECALL,
                              FOVEA_FIGURE_MASK, FOVEA_FIGURE_PICTURE, FIGURE_KIND_LATENT,
                              FOVEA_FIGURE_ARCS, FOVEA_FIGURE_QK};

/* FALSE = skipped, loudly. */
static gboolean
has_font (void)
{
    PangoContext *context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
    g_autoptr (PangoFontDescription) wanted = pango_font_description_from_string (FONT " 7");
    PangoFont *font = pango_context_load_font (context, wanted);
    g_autoptr (PangoFontDescription) found = pango_font_describe (font);
    g_object_unref (font);
    g_object_unref (context);
    if (g_strcmp0 (pango_font_description_get_family (found), FONT) == 0)
        return TRUE;
    support_skip ("pictures are of %s, here is %s", FONT,
                  pango_font_description_get_family (found));
    return FALSE;
}

static GoldenPicture *
take (FoveaFigure *figure)
{
    double width, height;
    fovea_scene_get_size (fovea_figure_get_scene (figure), &width, &height);
    int w = (int) (SCALE * width), h = (int) (SCALE * height);
    cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, w, h);
    cairo_t *cr = cairo_create (surface);
    cairo_set_source_rgb (cr, 1, 1, 1);
    cairo_paint (cr);
    cairo_scale (cr, SCALE, SCALE);
    fovea_figure_draw (figure, cr);
    cairo_destroy (cr);
    cairo_surface_flush (surface);
    ck_assert_int_eq (cairo_image_surface_get_stride (surface), 4 * w);
    GoldenPicture *picture = golden_picture_new (
        (const guint32 *) (gconstpointer) cairo_image_surface_get_data (surface), w, h, SHRINK);
    cairo_surface_destroy (surface);
    return picture;
}

static GoldenPicture *
draw (guint kind, FoveaTheme theme, double height_mm)
{
    const FoveaFigureStyle style = {
        .height_mm = height_mm, .letters = TRUE, .caption = TRUE, .theme = theme};
    g_autoptr (FoveaFigure) figure = figure_kinds_draw (kind, &style);
    return take (figure);
}

START_TEST (figures_look_as_they_did)
{
    guint kind = kinds[_i / 2];
    FoveaTheme theme = (FoveaTheme) (_i % 2);
    if (!has_font ())
        return;
    g_autoptr (GoldenPicture) picture = draw (kind, theme, 0);
    g_autofree char *name =
        g_strdup_printf ("%s-%s", figure_kinds_get_name (kind), fovea_theme_get_name (theme));
    golden_picture_check (picture, "figures", name);
}
END_TEST

/* What the suite is there to tell: a figure in the other theme's colours. */
START_TEST (the_other_theme_is_told)
{
    g_autoptr (GoldenPicture) light = draw (FIGURE_KIND_CELL, FOVEA_THEME_LIGHT, 90);
    g_autoptr (GoldenPicture) dark = draw (FIGURE_KIND_CELL, FOVEA_THEME_DARK, 90);
    ck_assert_int_eq (light->height, dark->height);
    ck_assert_double_gt (golden_picture_compare (light, dark).most, GOLDEN_MOST_LEVELS);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("golden-figures");
    TCase *tcase = tcase_create ("figures");
    tcase_add_unchecked_fixture (tcase, figure_kinds_set_up, figure_kinds_tear_down);
    tcase_set_timeout (tcase, 60);
    tcase_add_loop_test (tcase, figures_look_as_they_did, 0, 2 * G_N_ELEMENTS (kinds));
    tcase_add_test (tcase, the_other_theme_is_told);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
