/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Choice of the loops over named rows: by the processor, as a device's loops are, but without a
 * device. A set that FOVEA_CPU names wrongly is refused where a device is opened; here the best there
 * is will do. */
#include "kernels/sparse-rows.h"

#include "kernels/cpu-kernels.h"

const FoveaSparseLoops *
fovea_sparse_loops_choose (void)
{
    g_autoptr (GError) error = NULL;
    const struct _FoveaCpuKernels *kernels =
        fovea_cpu_kernels_choose (g_getenv ("FOVEA_CPU"), &error);
    if (kernels == NULL)
        kernels = fovea_cpu_kernels_choose (NULL, NULL);
    return kernels->sparse;
}
