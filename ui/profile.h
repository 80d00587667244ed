/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the profiles beside a map share: bars of the selected row or column along all tokens, which the pointer
 * hovers and selects. */
#include <gtk/gtk.h>

#include "ui/cell-model.h"
#include "ui/palette.h"
#include "ui/viewport.h"

#define FOVEA_PROFILE_BARS 42 /* length of the bar of a weight of 1 */

#define FOVEA_TYPE_PROFILE (fovea_profile_get_type ())
G_DECLARE_DERIVABLE_TYPE (FoveaProfile, fovea_profile, FOVEA, PROFILE, GtkWidget)

struct _FoveaProfileClass {
    GtkWidgetClass parent_class;
    gboolean column;      /* of a key over all queries, downwards; else of a query over all keys */
    double before, after; /* the bars, along the widget */
    int size;             /* natural and least, across; along it is what there is */
    /* Of @length along the widget, which is enough for some. */
    void (*draw) (FoveaProfile *self,
                  GtkSnapshot *snapshot,
                  const FoveaPalette *palette,
                  const FoveaCellData *data,
                  double length);
    /* For who does not see it.   Owner: caller. */
    char *(*describe) (const FoveaCellData *data);
};

/**
 * fovea_profile_set:
 *
 * What a new one is of; once.   Thread: main.
 */
void fovea_profile_set (FoveaProfile *self,
                        FoveaSelection *selection,
                        FoveaCellModel *cells,
                        FoveaViewport *viewport);

/**
 * fovea_profile_set_alone:
 *
 * Whether its map is out of sight, so that it need not be as long.   Thread: main.
 */
void fovea_profile_set_alone (FoveaProfile *self, gboolean alone);

/**
 * fovea_profile_set_canvas:
 * @canvas: of the same cell; not kept alive
 *
 * What the keys of a map do while the profile has them.   Thread: main.
 */
void fovea_profile_set_canvas (FoveaProfile *self, GtkWidget *canvas);

/**
 * fovea_profile_get_selection:
 *
 * Owner: the profile.   Thread: main.
 */
FoveaSelection *fovea_profile_get_selection (FoveaProfile *self);

/**
 * fovea_profile_get_viewport:
 *
 * Owner: the profile.   Thread: main.
 */
FoveaViewport *fovea_profile_get_viewport (FoveaProfile *self);

/**
 * fovea_profile_get_share:
 * @weights: (array length=n):
 *
 * How long the bar of the largest weight of [from, to) is, 0 to 1: on the map's scale, so that bar and cell
 * say the same.
 *
 * Thread: any.
 */
double fovea_profile_get_share (const float *weights, gint64 n, gint64 from, gint64 to);
