/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The export dialog: a live preview at true proportions, the choices, and the command that makes
 * the same file. Preview and file come from one request. */
#include "app/window/window.h"

/**
 * fovea_export_dialog_present:
 *
 * Thread: main.
 */
void fovea_export_dialog_present (FoveaWindow *window);
