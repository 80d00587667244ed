/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The latest values stand behind a mutex; one idle source at a time reads them. */
#include "app/window/relay.h"

struct _FoveaRelay {
    gatomicrefcount references;
    FoveaRelayFunc func; /* main thread only; NULL once stopped */
    gpointer data;
    GMutex mutex;
    gboolean queued;
    double fraction;
    char *text;
};

FoveaRelay *
fovea_relay_new (FoveaRelayFunc func, gpointer data)
{
    FoveaRelay *relay = g_new0 (FoveaRelay, 1);
    g_atomic_ref_count_init (&relay->references);
    g_mutex_init (&relay->mutex);
    relay->func = func;
    relay->data = data;
    return relay;
}

FoveaRelay *
fovea_relay_ref (FoveaRelay *relay)
{
    g_atomic_ref_count_inc (&relay->references);
    return relay;
}

void
fovea_relay_unref (FoveaRelay *relay)
{
    if (!g_atomic_ref_count_dec (&relay->references))
        return;
    g_mutex_clear (&relay->mutex);
    g_free (relay->text);
    g_free (relay);
}

void
fovea_relay_stop (FoveaRelay *relay)
{
    relay->func = NULL;
}

static gboolean
deliver (gpointer data)
{
    FoveaRelay *relay = data;
    g_mutex_lock (&relay->mutex);
    double fraction = relay->fraction;
    g_autofree char *text = g_steal_pointer (&relay->text);
    relay->queued = FALSE;
    g_mutex_unlock (&relay->mutex);
    if (relay->func != NULL)
        relay->func (relay->data, fraction, text);
    return G_SOURCE_REMOVE;
}

void
fovea_relay_post (FoveaRelay *relay, double fraction, char *text)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&relay->mutex);
    relay->fraction = fraction;
    g_free (relay->text);
    relay->text = text;
    if (relay->queued)
        return;
    relay->queued = TRUE;
    g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, deliver, fovea_relay_ref (relay),
                     (GDestroyNotify) fovea_relay_unref);
}
