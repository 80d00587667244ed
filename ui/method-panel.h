/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The table of sparse methods to choose from: each with its honesty label, whether it applies here,
 * and its knobs with ranges and units. Made from fovea_sparse_method_list(). */
#include "ui/sparse-model.h"

#include <gtk/gtk.h>

#define FOVEA_TYPE_METHOD_PANEL (fovea_method_panel_get_type ())
G_DECLARE_FINAL_TYPE (FoveaMethodPanel, fovea_method_panel, FOVEA, METHOD_PANEL, GtkBox)

/**
 * fovea_method_panel_new:
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_method_panel_new (FoveaSparseModel *model);
