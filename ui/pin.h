/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What is hovered is held still by a key, so that the pointer is free to go elsewhere. */
#include <gtk/gtk.h>

#include "ui/selection.h"

/**
 * fovea_pin_toggle:
 * @from: where the key was pressed, for what is said of it
 *
 * Holds the hovered head or cell, or lets it go.   Thread: main.
 */
void fovea_pin_toggle (GtkWidget *from, FoveaSelection *selection);
