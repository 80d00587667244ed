/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* From a key to what it looks at itself, as one follows attention through a text. */
#include <gtk/gtk.h>

#include "ui/selection.h"

/**
 * fovea_key_follow:
 * @from: where the key was pressed, for what is said where there is nothing to follow
 *
 * The selected key becomes the query.   Thread: main.
 */
void fovea_key_follow (GtkWidget *from, FoveaSelection *selection);
