/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "kernels/error.h"

GQuark
fovea_error_quark (void)
{
    return g_quark_from_static_string ("fovea-error");
}

void
fovea_error_keep (GMutex *lock, GError **first, GError **error)
{
    g_mutex_lock (lock);
    if (*first == NULL)
        *first = g_steal_pointer (error);
    g_mutex_unlock (lock);
}
