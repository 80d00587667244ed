/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Which heads --layers and --heads name. */
#include "app/command/command.h"

/**
 * fovea_command_choose_heads:
 * @data: the #FoveaArguments
 * @L, @H: layers, and heads of each
 *
 * FoveaRecallRequest.choose: those of --heads in the layers of --layers, all where one is not given.
 *
 * Errors: FOVEA_ERROR_USAGE for a list that is none or without a head; FOVEA_ERROR_RANGE.
 * Thread: any.   Owner: caller; (L, H).
 */
gboolean *fovea_command_choose_heads (gpointer data, gint64 L, gint64 H, GError **error);
