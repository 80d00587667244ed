/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Inner loops of the CPU table that exist once per instruction set. The loops over rows, heads and
 * threads around them stand in ops-cpu.c, cpu-linear.c and cpu-attend.c and know no instruction
 * set.
 *
 * One set is chosen when a device is opened: the widest that the processor has, or the one that the
 * environment variable FOVEA_CPU names (generic, avx2, avx512, amx), which is how tests reach all
 * of them on one machine. */
#include <glib.h>

#include "kernels/ops.h"

struct _FoveaCpuKernels {
    const char *name;  /* as in FOVEA_CPU */
    const char *title; /* for people */
};

/**
 * fovea_cpu_kernels_choose:
 * @name: (nullable): a set's name; NULL = the widest
 *
 * Errors: FOVEA_ERROR_DEVICE if @name is unknown or this processor lacks it.
 * Thread: any.   Owner: static.
 */
const struct _FoveaCpuKernels *fovea_cpu_kernels_choose (const char *name, GError **error);
