/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The menu of the window. */
#include "app/window/window.h"

/**
 * fovea_window_build_menu:
 *
 * The button of the main menu.   Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_window_build_menu (FoveaWindow *self);
