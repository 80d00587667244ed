/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Where a popover of a canvas points to. */
#include <gtk/gtk.h>

/**
 * fovea_popover_place:
 * @at: in the parent's coordinates; what of it is out of sight is left out, or the edge next to it is taken
 *
 * Thread: main.
 */
void fovea_popover_place (GtkPopover *popover, const GdkRectangle *at);
