/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* How often the threads of this program offered their processor: sched_yield() is counted on its way to the
 * kernel in every program that this is linked into. */

/**
 * yields_take:
 *
 * Since the program began or since this was last asked.
 *
 * Thread: any.
 */
int yields_take (void);
