/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* From strong cell to strong cell of the selected row, by key, in whatever shows it. */
#include <gtk/gtk.h>

#include "ui/cell-model.h"

/**
 * fovea_strong_cell_go:
 * @from: where the key was pressed, for what is said where there is none further on
 * @direction: +1 to the right, -1 to the left
 *
 * Nothing happens while the row is being read: a guess would jump.   Thread: main.
 */
void fovea_strong_cell_go (GtkWidget *from,
                           FoveaSelection *selection,
                           FoveaCellModel *cells,
                           int direction);

/**
 * fovea_strong_cell_go_down:
 * @direction: +1 downwards, -1 upwards
 *
 * As fovea_strong_cell_go(), in the column of the selected key.   Thread: main.
 */
void fovea_strong_cell_go_down (GtkWidget *from,
                                FoveaSelection *selection,
                                FoveaCellModel *cells,
                                int direction);
