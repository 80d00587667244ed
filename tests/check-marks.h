/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Check, whose assertions each write to a file where they are, for the report of a crash. In a loop
 * over elements that takes most of a suite's time, so places that were told lately are not told
 * again: a crash is reported behind the last new place, which in a loop is its last assertion. */
#include <check.h>

/**
 * support_mark:
 *
 * What an assertion that holds calls in the place of Check's own function.
 *
 * Thread: any.
 */
void support_mark (const char *file, int line);

#define _mark_point(file, line) support_mark (file, line)
