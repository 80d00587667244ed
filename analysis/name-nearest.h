/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What was meant by a name that does not exist: of options, commands, values, methods. */
#include <glib.h>

/**
 * fovea_name_nearest:
 * @names: (array zero-terminated=1):
 *
 * The name that is fewest edits away from @word, NULL if none is near.   Owner: @names.
 *
 * Thread: any.
 */
const char *fovea_name_nearest (const char *word, const char *const *names);
