/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The Picture view as a table: what the selected position looks at, a line for each position. */
#include "ui/line-table.h"
#include "ui/picture-model.h"

/**
 * fovea_patch_table_new:
 *
 * A FoveaLineTable.   Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_patch_table_new (FoveaPictureModel *model, FoveaSelection *selection);
