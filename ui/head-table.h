/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The head table as it is: every score a sortable column. */
#include <gtk/gtk.h>

#include "ui/selection.h"

/**
 * fovea_head_table_new:
 *
 * Follows the selection's head table; selecting a row selects the head.
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_head_table_new (FoveaSelection *selection);
