/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The Heads view: filter, sort and badge over a grid of thumbnails; below, plots of scores; or the
 * whole head table. */
#include <gtk/gtk.h>

#include "ui/kept.h"
#include "ui/offer-bar.h"
#include "ui/selection.h"
#include "ui/tile-cache.h"

#define FOVEA_TYPE_HEADS_PAGE (fovea_heads_page_get_type ())
G_DECLARE_FINAL_TYPE (FoveaHeadsPage, fovea_heads_page, FOVEA, HEADS_PAGE, GtkBox)

/**
 * fovea_heads_page_new:
 *
 * Properties: filter (string), sort, badge, compare (uint, of FoveaHeadCompare), n-shown (uint, readable). Signal: "open-map".
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_heads_page_new (FoveaSelection *selection);

/**
 * fovea_heads_page_get_thumbnails:
 *
 * For progress and failures.   Thread: main.   Owner: the page.
 */
FoveaTileCache *fovea_heads_page_get_thumbnails (FoveaHeadsPage *self);

/**
 * fovea_heads_page_get_others:
 *
 * Of the maps of what is compared with.   Thread: main.   Owner: the page.
 */
FoveaTileCache *fovea_heads_page_get_others (FoveaHeadsPage *self);

/**
 * fovea_heads_page_get_offer:
 *
 * What scores would take, before they are begun.   Thread: main.   Owner: the page.
 */
FoveaOfferBar *fovea_heads_page_get_offer (FoveaHeadsPage *self);

/**
 * fovea_heads_page_get_color:
 *
 * Column of the head table that colours the grid, for figures of the same; NULL = maps, or a difference.
 *
 * Thread: main.
 */
const char *fovea_heads_page_get_color (FoveaHeadsPage *self);

/**
 * fovea_heads_page_focus:
 *
 * Of the grid, or what is in its place.   Thread: main.
 */
void fovea_heads_page_focus (FoveaHeadsPage *self);

/**
 * fovea_heads_page_focus_filter:
 *
 * Thread: main.
 */
void fovea_heads_page_focus_filter (FoveaHeadsPage *self);

/**
 * fovea_heads_page_try_filter:
 *
 * Filters by a condition like "role:induction" that holds for at least one head; else nothing changes
 * and FALSE is returned.   Thread: main.
 */
gboolean fovea_heads_page_try_filter (FoveaHeadsPage *self, const char *condition);

/**
 * fovea_heads_page_toggle_table:
 *
 * All scores as a table in place of grid and plots, and back.   Thread: main.
 */
void fovea_heads_page_toggle_table (FoveaHeadsPage *self);

/**
 * fovea_heads_page_keep:
 *
 * @kept gets what is chosen here.   Thread: main.
 */
void fovea_heads_page_keep (FoveaHeadsPage *self, FoveaKept *kept);
