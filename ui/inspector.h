/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* At the right: the selected thing in words and numbers; a cell in the Map view, a head in the Heads
 * view, a point in the Sparsity view, a token in the Features view. */
#include <gtk/gtk.h>

#include "ui/cell-model.h"
#include "ui/feature-model.h"
#include "ui/note-box.h"
#include "ui/sparse-model.h"

typedef enum {
    FOVEA_INSPECT_HEAD,
    FOVEA_INSPECT_CELL,
    FOVEA_INSPECT_POINT, /* of the curves of the Sparsity view */
    FOVEA_INSPECT_TOKEN, /* and the latents on it */
} FoveaInspect;

#define FOVEA_TYPE_INSPECTOR (fovea_inspector_get_type ())
G_DECLARE_FINAL_TYPE (FoveaInspector, fovea_inspector, FOVEA, INSPECTOR, GtkBox)

/**
 * fovea_inspector_new:
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_inspector_new (FoveaSelection *selection,
                                FoveaCellModel *cells,
                                FoveaSparseModel *sparse,
                                FoveaNotes *notes);

/**
 * fovea_inspector_set_features:
 * @features: kept
 *
 * What FOVEA_INSPECT_TOKEN is told from.   Thread: main.
 */
void fovea_inspector_set_features (FoveaInspector *self, FoveaFeatureModel *features);

/**
 * fovea_inspector_set_kind:
 *
 * Thread: main.
 */
void fovea_inspector_set_kind (FoveaInspector *self, FoveaInspect kind);

/**
 * fovea_inspector_get_note:
 *
 * Thread: main.   Owner: the inspector.
 */
FoveaNoteBox *fovea_inspector_get_note (FoveaInspector *self);

/**
 * fovea_inspector_get_title:
 *
 * "Cell 157 → 26", for tests and copying.   Thread: main.   Owner: the inspector.
 */
const char *fovea_inspector_get_title (FoveaInspector *self);
