/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The picture that an image model read with weights of its patches laid over it, and a small one for
 * every head. Click on a patch: query; Shift+click: key; on a small picture: head. */
#include "ui/palette.h"
#include "ui/picture-model.h"

/* What is laid over the picture. */
typedef enum {
    FOVEA_PICTURE_HEAD, /* weights of the selected head */
    FOVEA_PICTURE_ROLLOUT,
    FOVEA_PICTURE_PLAIN,
} FoveaPictureOverlay;

#define FOVEA_TYPE_PICTURE_VIEW (fovea_picture_view_get_type ())
G_DECLARE_FINAL_TYPE (FoveaPictureView, fovea_picture_view, FOVEA, PICTURE_VIEW, GtkWidget)

/**
 * fovea_picture_view_new:
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_picture_view_new (FoveaPictureModel *model, FoveaSelection *selection);

/**
 * fovea_picture_view_set_overlay:
 * @grid: whether lines part the patches
 *
 * Thread: main.
 */
void
fovea_picture_view_set_overlay (FoveaPictureView *self, FoveaPictureOverlay overlay, gboolean grid);

/**
 * fovea_picture_view_select_at:
 * @key: whether the patch there is the key from now on, else the query
 *
 * As a click does; beside the picture is the class token, which has no place in it.   Thread: main.
 */
void fovea_picture_view_select_at (FoveaPictureView *self, double x, double y, gboolean key);

/**
 * fovea_picture_view_locate:
 * @place: (out): of the patch, the first one for the class token
 *
 * FALSE while there is no picture.   Thread: main.
 */
gboolean fovea_picture_view_locate (FoveaPictureView *self, gint64 position, GdkRectangle *place);

/**
 * fovea_picture_texture_new:
 * @overlay: PLAIN = the picture alone, else @weights over it
 * @ramp: (out) (optional): of the colours
 *
 * Each pixel of the picture @factor times as wide, so that its edges stay sharp.
 *
 * Thread: main.   Owner: caller.
 */
GdkTexture *fovea_picture_texture_new (const FoveaPictureData *data,
                                       const float *weights,
                                       guint factor,
                                       FoveaTheme theme,
                                       FoveaRamp *ramp);

#define FOVEA_TYPE_PICTURE_HEADS (fovea_picture_heads_get_type ())
G_DECLARE_FINAL_TYPE (FoveaPictureHeads, fovea_picture_heads, FOVEA, PICTURE_HEADS, GtkWidget)

/**
 * fovea_picture_heads_new:
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_picture_heads_new (FoveaPictureModel *model, FoveaSelection *selection);

/**
 * fovea_picture_heads_select_at:
 *
 * The head whose picture is there, as a click does.   Thread: main.
 */
void fovea_picture_heads_select_at (FoveaPictureHeads *self, double x, double y);
