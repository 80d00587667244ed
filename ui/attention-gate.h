/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Before a view of attention: shows it where the open sequence has some, and otherwise what was not
 * kept and how one keeps it, in place of a failure at every tile. */
#include <gtk/gtk.h>

#include "ui/selection.h"

/**
 * fovea_attention_gate_new:
 * @view: (transfer floating): of attention
 *
 * Offers "win.new-capture".   Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_attention_gate_new (GtkWidget *view, FoveaSelection *selection);

/**
 * fovea_attention_gate_is_open:
 *
 * Whether the view is shown; TRUE for a widget that is no gate.   Thread: main.
 */
gboolean fovea_attention_gate_is_open (GtkWidget *gate);
