/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Choice of the inner loops for this processor. */
#include "kernels/cpu-kernels.h"

#include "kernels/error.h"

static const struct _FoveaCpuKernels generic = {.name = "generic", .title = "generic"};

const struct _FoveaCpuKernels *
fovea_cpu_kernels_choose (const char *name, GError **error)
{
    return &generic;
}
