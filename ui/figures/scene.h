/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A laid-out picture: a list of paths, discs, images and lines of text in points, origin at the top
 * left. Figures fill one; cairo (PDF, PNG, window) and the SVG writer draw it, so all of them show
 * the same thing; tests read it to see whether labels collide. Drawn in the order added. */
#include "ui/figures/text.h"

typedef struct _FoveaScene FoveaScene;
typedef struct _FoveaInks FoveaInks; /* inks.h */

/* One byte a pixel into 256 colours 0xAARRGGBB; alpha is 0 or 255. */
typedef struct {
    guint width, height;
    guint8 *pixels;
    guint32 palette[256];
} FoveaIndexedImage;

enum {
    FOVEA_MAX_DASH = 7,
};

typedef enum {
    FOVEA_ITEM_PATH,
    FOVEA_ITEM_DISC,
    FOVEA_ITEM_IMAGE,
    FOVEA_ITEM_TEXT,
} FoveaItemKind;

typedef struct {
    FoveaItemKind kind;
    double x, y, w, h; /* disc: centre and radius w; image: box; text: anchor */
    double *points;    /* path: (n_points, 2) */
    guint n_points;
    gboolean closed;
    gboolean bent; /* path: the second and third point of four are those of a Bézier curve */
    guint32 fill, stroke; /* alpha 0 = none */
    double line_width;
    double dash[FOVEA_MAX_DASH]; /* path: lengths drawn and left out in turn, ended by 0 */
    FoveaIndexedImage *image;
    char *text;
    FoveaTextStyle style;
} FoveaItem;

typedef struct {
    double x0, y0, x1, y1;
} FoveaBox;

/**
 * fovea_indexed_image_new:
 *
 * A picture of zeros; its palette is the caller's to fill.
 *
 * Thread: any.
 * Owner: caller, fovea_indexed_image_free(); autoptr.
 */
FoveaIndexedImage *fovea_indexed_image_new (guint width, guint height);

/**
 * fovea_indexed_image_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @image.
 */
void fovea_indexed_image_free (FoveaIndexedImage *image);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaIndexedImage, fovea_indexed_image_free)

/**
 * fovea_scene_new:
 * @width: points, without the margin of a painted page
 * @inks: (transfer none): what it is drawn in, and on what page
 *
 * Thread: one at a time until filled, then any.   Owner: caller, fovea_scene_free(); autoptr.
 */
FoveaScene *fovea_scene_new (double width, const FoveaInks *inks);

/**
 * fovea_scene_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @scene.
 */
void fovea_scene_free (FoveaScene *scene);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaScene, fovea_scene_free)

/**
 * fovea_scene_get_inks:
 *
 * Thread: any.   Owner: static.
 */
const FoveaInks *fovea_scene_get_inks (FoveaScene *scene);

/**
 * fovea_scene_set_height:
 *
 * Until set, the height, without margin, is the lowest edge of what was added.   Units: points.
 *
 * Thread: as the scene.
 */
void fovea_scene_set_height (FoveaScene *scene, double height);

/**
 * fovea_scene_get_size:
 *
 * Of the page, with its margin.
 *
 * Units: points.
 * Thread: as the scene.
 */
void fovea_scene_get_size (FoveaScene *scene, double *width, double *height);

/**
 * fovea_scene_get_content:
 *
 * The least box that holds the corner (0, 0) and all items, also where they leave the page.
 *
 * Units: points.   Thread: as the scene.
 */
FoveaBox fovea_scene_get_content (FoveaScene *scene);

/**
 * fovea_scene_get_items:
 *
 * Thread: as the scene.
 * Owner: the scene.
 */
const FoveaItem *fovea_scene_get_items (FoveaScene *scene, guint *n_items);

/**
 * fovea_scene_get_box:
 *
 * Where an item draws; of text: advance by ascent and descent of its letters.   Units: points.
 *
 * Thread: any.
 */
FoveaBox fovea_scene_get_box (const FoveaItem *item);

/**
 * fovea_scene_is_curve:
 *
 * Whether an item is an open path with corners, which are drawn round.
 *
 * Thread: any.
 */
gboolean fovea_scene_is_curve (const FoveaItem *item);

/**
 * fovea_scene_count_dashes:
 *
 * Lengths of an item's dash, 0 = drawn through.
 *
 * Thread: any.
 */
guint fovea_scene_count_dashes (const FoveaItem *item);

/**
 * fovea_scene_add_line:
 *
 * Units: points.
 * Thread: as the scene.
 */
void fovea_scene_add_line (
    FoveaScene *scene, double x0, double y0, double x1, double y1, double width, guint32 color);

/**
 * fovea_scene_add_path:
 * @points: (n, 2)
 *
 * Units: points.   Owner: the scene copies what it is given.
 * Thread: as the scene.
 */
void fovea_scene_add_path (FoveaScene *scene,
                           const double *points,
                           guint n,
                           gboolean closed,
                           guint32 fill,
                           guint32 stroke,
                           double line_width);

/**
 * fovea_scene_add_curve:
 * @points: (n, 2)
 * @dash: (nullable): lengths drawn and left out in turn, ended by 0, at most 6 of them
 *
 * An open path with round joins, so that a curve's corners do not stick out.
 *
 * Units: points.   Owner: the scene copies what it is given.
 * Thread: as the scene.
 */
void fovea_scene_add_curve (FoveaScene *scene,
                            const double *points,
                            guint n,
                            guint32 color,
                            double line_width,
                            const double *dash);

/**
 * fovea_scene_add_bend:
 * @points: (4, 2): the first and last lie on it, the others draw it to themselves
 *
 * A Bézier curve, which stays one however much it is enlarged.
 *
 * Units: points.   Owner: the scene copies what it is given.
 * Thread: as the scene.
 */
void
fovea_scene_add_bend (FoveaScene *scene, const double *points, guint32 color, double line_width);

/**
 * fovea_scene_add_rectangle:
 *
 * Units: points.   Owner: the scene copies what it is given.
 * Thread: as the scene.
 */
void fovea_scene_add_rectangle (FoveaScene *scene,
                                double x,
                                double y,
                                double w,
                                double h,
                                guint32 fill,
                                guint32 stroke,
                                double line_width);

/**
 * fovea_scene_add_chip:
 * @radius: of its corners
 *
 * A filled rectangle with round corners, a ground for a word.
 *
 * Units: points.   Owner: the scene copies what it is given.
 * Thread: as the scene.
 */
void fovea_scene_add_chip (
    FoveaScene *scene, double x, double y, double w, double h, double radius, guint32 fill);

/**
 * fovea_scene_add_disc:
 *
 * Units: points.   Owner: the scene copies what it is given.
 * Thread: as the scene.
 */
void fovea_scene_add_disc (FoveaScene *scene,
                           double x,
                           double y,
                           double radius,
                           guint32 fill,
                           guint32 stroke,
                           double line_width);

/**
 * fovea_scene_add_image:
 * @image: (transfer full): drawn without smoothing
 *
 * Units: points.   Owner: the scene takes @image.
 * Thread: as the scene.
 */
void fovea_scene_add_image (
    FoveaScene *scene, double x, double y, double w, double h, FoveaIndexedImage *image);

/**
 * fovea_scene_add_text:
 * @y: baseline
 *
 * Units: points.   Owner: the scene copies what it is given.
 * Thread: as the scene.
 */
void fovea_scene_add_text (
    FoveaScene *scene, double x, double y, const char *text, const FoveaTextStyle *style);

/**
 * fovea_scene_add_paragraph:
 * @y: first baseline
 * @width: lines break at spaces to stay within it
 *
 * Gives the last baseline.
 *
 * Units: points.   Owner: the scene copies what it is given.
 * Thread: as the scene.
 */
double fovea_scene_add_paragraph (FoveaScene *scene,
                                  double x,
                                  double y,
                                  double width,
                                  const char *text,
                                  const FoveaTextStyle *style);

/**
 * fovea_scene_set_source:
 * @color: 0xAARRGGBB, drawn opaque
 *
 * Thread: one at a time per @cr.
 */
void fovea_scene_set_source (cairo_t *cr, guint32 color);

/**
 * fovea_scene_draw:
 * @cr: in points
 *
 * Paper is not painted, a dark page is; (0, 0) of @cr is its corner, of items that within its margin.
 *
 * Thread: any, one at a time per @cr.
 */
void fovea_scene_draw (FoveaScene *scene, cairo_t *cr);

/**
 * fovea_scene_print_svg:
 * @title: (nullable): what it shows
 * @provenance: (nullable): kept in a metadata element
 *
 * The whole scene, with its page unless that is paper, as SVG; text as text elements, images as indexed PNG.
 *
 * Thread: as the scene.
 * Owner: caller.
 */
char *fovea_scene_print_svg (FoveaScene *scene, const char *title, const char *provenance);
