/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The latest values stand behind a mutex; one source at a time reads them, not sooner after the last than
 * an eye could tell: each time a bar or a number is laid out and drawn anew, and what computes would
 * otherwise have that asked for thousands of times a second. */
#include "app/window/relay.h"

#include <glib/gi18n.h>

#include "app/capture-prediction.h"
#include "app/job-time.h"
#include "ui/token-text.h"

#define PAUSE_MS 80

struct _FoveaRelay {
    gatomicrefcount references;
    FoveaRelayFunc func; /* main thread only; NULL once stopped */
    gpointer data;
    GMutex mutex;
    gboolean queued;
    gint64 delivered; /* us; 0 = not yet */
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
    relay->delivered = g_get_monotonic_time ();
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
    gint64 passed = (g_get_monotonic_time () - relay->delivered) / 1000;
    guint left = relay->delivered != 0 && passed < PAUSE_MS ? (guint) (PAUSE_MS - passed) : 0;
    g_timeout_add_full (G_PRIORITY_DEFAULT_IDLE, left, deliver, fovea_relay_ref (relay),
                        (GDestroyNotify) fovea_relay_unref);
}

/* What is left of a job that nothing was said of shows once its pace does, and no time is left at the end. */
static void
post_count (FoveaRelay *relay,
            gint64 done,
            gint64 total,
            gint64 started,
            double said,
            const char *counted, /* what is done, of all */
            const char *rated)   /* and what time is left */
{
    double fraction = total > 0 ? (double) done / (double) total : 0;
    double elapsed = (double) (g_get_monotonic_time () - started) / 1e6;
    g_autofree char *some = fovea_number_text (done), *all = fovea_number_text (total);
    g_autofree char *left =
        fovea_prediction_describe_time (fovea_job_time_get_left (fraction, elapsed, said));
    fovea_relay_post (relay, fraction,
                      *left != '\0' ? g_strdup_printf (rated, some, all, left)
                                    : g_strdup_printf (counted, some, all));
}

void
fovea_relay_post_tokens (FoveaRelay *relay, gint64 done, gint64 total, gint64 started, double said)
{
    post_count (relay, done, total, started, said, _ ("%s of %s tokens"),
                _ ("%s of %s tokens · %s left"));
}

void
fovea_relay_post_heads (FoveaRelay *relay, gint64 done, gint64 total, gint64 started, double said)
{
    post_count (relay, done, total, started, said, _ ("%s of %s heads"),
                _ ("%s of %s heads · %s left"));
}

void
fovea_relay_post_sequences (
    FoveaRelay *relay, gint64 done, gint64 total, gint64 started, double said)
{
    post_count (relay, done, total, started, said, _ ("%s of %s sequences"),
                _ ("%s of %s sequences · %s left"));
}
