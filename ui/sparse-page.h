/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The Sparsity view: toolbar, curves beside the mask of the selected point, a small plot a layer; or
 * the points as a table; or, without curves, what would give some. */
#include "ui/offer-bar.h"
#include "ui/sparse-model.h"

#include <gtk/gtk.h>

#define FOVEA_TYPE_SPARSE_PAGE (fovea_sparse_page_get_type ())
G_DECLARE_FINAL_TYPE (FoveaSparsePage, fovea_sparse_page, FOVEA, SPARSE_PAGE, GtkBox)

/* Which heads a measurement takes. */
typedef enum {
    FOVEA_MEASURE_MODEL,
    FOVEA_MEASURE_LAYER,
    FOVEA_MEASURE_HEAD,
    FOVEA_MEASURE_CHOSEN,
} FoveaMeasure;

/**
 * fovea_sparse_page_new:
 *
 * Signals: "run" (measure the chosen methods), "open-map" (the mask on the map).
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_sparse_page_new (FoveaSparseModel *model, FoveaSelection *selection);

/**
 * fovea_sparse_page_get_measure:
 *
 * Thread: main.
 */
FoveaMeasure fovea_sparse_page_get_measure (FoveaSparsePage *self);

/**
 * fovea_sparse_page_set_measure:
 *
 * Thread: main.
 */
void fovea_sparse_page_set_measure (FoveaSparsePage *self, FoveaMeasure measure);

/**
 * fovea_sparse_page_get_offer:
 *
 * What curves would take, before they are begun.   Thread: main.   Owner: the page.
 */
FoveaOfferBar *fovea_sparse_page_get_offer (FoveaSparsePage *self);

/**
 * fovea_sparse_page_set_running:
 * @why_not: (nullable): why nothing can be measured here; NULL = it can
 *
 * Thread: main.
 */
void fovea_sparse_page_set_running (FoveaSparsePage *self, gboolean running, const char *why_not);

/**
 * fovea_sparse_page_focus:
 *
 * Of the curves, the table, the button that gives some, or while that is off the sentence that says why.
 *
 * Thread: main.
 */
void fovea_sparse_page_focus (FoveaSparsePage *self);

/**
 * fovea_sparse_page_focus_offer:
 *
 * Of the choices above the curves, for whoever waits where the curves are or will be.   Thread: main.
 */
void fovea_sparse_page_focus_offer (FoveaSparsePage *self);

/**
 * fovea_sparse_page_toggle_table:
 *
 * Thread: main.
 */
void fovea_sparse_page_toggle_table (FoveaSparsePage *self);

/**
 * fovea_sparse_page_show_failure:
 *
 * One line at the top of the view; what was shown stays.   Thread: main.
 */
void fovea_sparse_page_show_failure (FoveaSparsePage *self, const char *message);

/**
 * fovea_sparse_page_keep:
 *
 * @kept gets what is chosen here beside what the model has.   Thread: main.
 */
void fovea_sparse_page_keep (FoveaSparsePage *self, FoveaKept *kept);
