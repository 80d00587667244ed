/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The CPU BLAS: set-up and self-test. */
#include <glib.h>

/**
 * fovea_blas_check:
 *
 * Turns BLAS's own threads off (operations run it from theirs) and, once a process, compares a few
 * products with sums in double. Releases of 2022 computed wrong results on some processors; the
 * kernel is chosen when the library is loaded, so the cure is to start the process again with
 * OPENBLAS_CORETYPE=Haswell in its environment.
 *
 * Errors: FOVEA_ERROR_NUMERIC, naming the core type and the shape that failed.
 * Thread: any; under 2 ms the first time.
 */
gboolean fovea_blas_check (GError **error);
