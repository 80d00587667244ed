/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The Picture view of an image model's sequence: the picture with an overlay, and all heads beside it;
 * in words what is chosen below. */
#include "ui/kept.h"
#include "ui/picture-view.h"

#define FOVEA_TYPE_PICTURE_PAGE (fovea_picture_page_get_type ())
G_DECLARE_FINAL_TYPE (FoveaPicturePage, fovea_picture_page, FOVEA, PICTURE_PAGE, GtkBox)

/**
 * fovea_picture_page_new:
 *
 * Reads only while it is shown.   Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_picture_page_new (FoveaSelection *selection);

/**
 * fovea_picture_page_get_overlay:
 *
 * Thread: main.
 */
FoveaPictureOverlay fovea_picture_page_get_overlay (FoveaPicturePage *self);

/**
 * fovea_picture_page_toggle_table:
 *
 * The picture as a table of its patches, or as a picture again.   Thread: main.
 */
void fovea_picture_page_toggle_table (FoveaPicturePage *self);

/**
 * fovea_picture_page_focus:
 *
 * Thread: main.
 */
void fovea_picture_page_focus (FoveaPicturePage *self);

/**
 * fovea_picture_page_keep:
 *
 * @kept gets what is chosen here.   Thread: main.
 */
void fovea_picture_page_keep (FoveaPicturePage *self, FoveaKept *kept);
