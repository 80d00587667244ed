/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "kernels/error.h"

GQuark
fovea_error_quark (void)
{
    return g_quark_from_static_string ("fovea-error");
}
