/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The late device's own copy of the lists of tiles that `mask_rows` is given: the caller may change
 * them once the operation is enqueued. */
#include "kernels/ops.h"

/**
 * late_lists_copy:
 *
 * Owner: caller, g_free().
 */
void *late_lists_copy (const FoveaMaskRowsArgs *args);

/**
 * late_lists_use:
 *
 * Makes @args look at a copy.
 */
void late_lists_use (FoveaMaskRowsArgs *args, void *copy);
