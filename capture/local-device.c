/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A stack of idle single-threaded devices behind a lock. It grows to the number of threads that
 * ever recompute at once and lives as long as the process. */
#include "capture/local-device.h"

static GMutex idle_lock;
static GPtrArray *idle; /* of FoveaDevice */

FoveaDevice *
fovea_local_device_take (GError **error)
{
    FoveaDevice *device = NULL;
    g_mutex_lock (&idle_lock);
    if (idle != NULL && idle->len > 0)
        device = g_ptr_array_steal_index (idle, idle->len - 1);
    g_mutex_unlock (&idle_lock);
    return device != NULL ? device : fovea_device_open ("cpu", 1, error);
}

gboolean
fovea_local_device_give (FoveaDevice *device, GError **error)
{
    if (!fovea_device_sync (device, error)) {
        fovea_device_free (device);
        return FALSE;
    }
    g_mutex_lock (&idle_lock);
    if (idle == NULL)
        idle = g_ptr_array_new ();
    g_ptr_array_add (idle, device);
    g_mutex_unlock (&idle_lock);
    return TRUE;
}
