/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* How long work tells how far it is. */
#include <glib.h>

/* @done of @total steps; what a step is, and on which thread this is called, says the function that
 * takes it. Never two calls at once. */
typedef void (*FoveaProgress) (gpointer data, gint64 done, gint64 total);
