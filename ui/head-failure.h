/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The failure bar of a view of one head: what it says goes with the head and the text that it is of. */
#include "ui/failure-bar.h"
#include "ui/selection.h"

/**
 * fovea_head_failure_new:
 * @selection: kept
 *
 * A failure bar that closes when another head or text is selected.   Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_head_failure_new (FoveaSelection *selection);

/**
 * fovea_head_failure_show:
 * @bar: made by fovea_head_failure_new()
 *
 * As fovea_failure_bar_show(); where the run did not keep what the head's maps need it says that and what
 * keeps it, and there is nothing to try again.   Thread: main.
 */
void fovea_head_failure_show (FoveaFailureBar *bar, const char *message);
