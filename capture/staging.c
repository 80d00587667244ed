/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Stretches are taken and given back in the same order, so two rising counts describe the ring:
 * bytes taken and bytes given back; both include what is skipped at the end of the ring, because a
 * stretch lies in one piece. Device and host part of a stretch have the same place: when it has been
 * delivered its copy is done, hence operations may write its device part again and need not be
 * ordered behind the copy. */
#include "capture/staging.h"

typedef struct {
    FoveaStaged staged;
    FoveaTicket ticket;
    gsize offset;
    guint64 end; /* count of bytes taken once it is given back */
} Stretch;

struct _FoveaStaging {
    FoveaDevice *device;
    const FoveaOps *ops;
    gsize bytes;
    char *on_device, *on_host;
    FoveaStagingDeliver deliver;
    gpointer deliver_data;

    guint64 taken;    /* the capturing thread's: bytes ever taken */
    Stretch reserved; /* the stretch that is being filled */
    gsize reserved_bytes;

    GThread *thread;
    GMutex mutex; /* guards all below */
    GCond changed;
    GQueue stretches; /* of Stretch */
    guint64 given_back;
    gboolean dropping; /* after a failure or cancel */
    gboolean device_failed;
    gboolean ends;
    GError *failure; /* of deliver */
};

/* Waits for the copy and delivers, without the mutex. FALSE: the device failed. */
static gboolean
handle (FoveaStaging *staging, const Stretch *stretch, gboolean drop, GError **failure)
{
    gboolean ok = staging->ops->wait (staging->device, stretch->ticket);
    if (ok && !drop)
        staging->deliver (staging->deliver_data, &stretch->staged,
                          staging->on_host + stretch->offset, failure);
    return ok;
}

static gpointer
run_delivery (gpointer data)
{
    FoveaStaging *staging = data;
    g_mutex_lock (&staging->mutex);
    for (;;) {
        while (g_queue_is_empty (&staging->stretches) && !staging->ends)
            g_cond_wait (&staging->changed, &staging->mutex);
        g_autofree Stretch *stretch = g_queue_pop_head (&staging->stretches);
        if (stretch == NULL)
            break;
        gboolean drop = staging->dropping;
        GError *failure = NULL;
        g_mutex_unlock (&staging->mutex);
        gboolean ok = handle (staging, stretch, drop, &failure);
        g_mutex_lock (&staging->mutex);
        staging->given_back = stretch->end;
        staging->device_failed = staging->device_failed || !ok;
        staging->dropping = staging->dropping || !ok || failure != NULL;
        if (failure != NULL)
            staging->failure = failure; /* the only one: from now on all is dropped */
        g_cond_broadcast (&staging->changed);
    }
    g_mutex_unlock (&staging->mutex);
    return NULL;
}

FoveaStaging *
fovea_staging_new (FoveaDevice *device, gsize bytes, GError **error)
{
    g_autoptr (FoveaStaging) staging = g_new0 (FoveaStaging, 1);
    staging->device = device;
    staging->ops = fovea_device_get_ops (device);
    staging->bytes =
        (bytes + FOVEA_STAGED_ALIGNMENT - 1) / FOVEA_STAGED_ALIGNMENT * FOVEA_STAGED_ALIGNMENT;
    g_mutex_init (&staging->mutex);
    g_cond_init (&staging->changed);
    g_queue_init (&staging->stretches);
    staging->on_device = staging->ops->alloc (device, staging->bytes);
    staging->on_host = staging->ops->alloc_pinned (device, staging->bytes);
    if (!fovea_device_sync (device, error))
        return NULL;
    staging->thread = g_thread_new ("delivery", run_delivery, staging);
    return g_steal_pointer (&staging);
}

void
fovea_staging_free (FoveaStaging *staging)
{
    if (staging == NULL)
        return;
    if (staging->thread != NULL) {
        fovea_staging_cancel (staging);
        g_mutex_lock (&staging->mutex);
        staging->ends = TRUE;
        g_cond_broadcast (&staging->changed);
        g_mutex_unlock (&staging->mutex);
        g_thread_join (staging->thread);
    }
    if (staging->on_device != NULL)
        staging->ops->free (staging->device, staging->on_device);
    staging->ops->free_pinned (staging->device, staging->on_host);
    g_mutex_clear (&staging->mutex);
    g_cond_clear (&staging->changed);
    g_clear_error (&staging->failure);
    g_free (staging);
}

gsize
fovea_staging_get_bytes (const FoveaStaging *staging)
{
    return staging->bytes;
}

void
fovea_staging_begin (FoveaStaging *staging, FoveaStagingDeliver deliver, gpointer data)
{
    g_mutex_lock (&staging->mutex);
    g_assert (g_queue_is_empty (&staging->stretches) && staging->given_back == staging->taken);
    staging->deliver = deliver;
    staging->deliver_data = data;
    staging->dropping = FALSE;
    g_clear_error (&staging->failure);
    g_mutex_unlock (&staging->mutex);
}

/* What stopped delivery, as an error; the device's own says which operation it was. */
static gboolean
check (FoveaStaging *staging, GError **error)
{
    g_mutex_lock (&staging->mutex);
    GError *failure = staging->failure != NULL ? g_error_copy (staging->failure) : NULL;
    gboolean device_failed = staging->device_failed;
    g_mutex_unlock (&staging->mutex);
    if (failure != NULL) {
        g_propagate_error (error, failure);
        return FALSE;
    }
    if (!device_failed)
        return TRUE;
    if (fovea_device_sync (staging->device, error))
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_DEVICE,
                     "copy_out: a copy to the host was not made");
    return FALSE;
}

/* Waits until @bytes more fit, or nothing will be delivered any more. */
static void
wait_for_room (FoveaStaging *staging, gsize bytes)
{
    g_mutex_lock (&staging->mutex);
    while (staging->taken + bytes - staging->given_back > staging->bytes)
        g_cond_wait (&staging->changed, &staging->mutex);
    g_mutex_unlock (&staging->mutex);
}

gpointer
fovea_staging_reserve (FoveaStaging *staging, gsize bytes, GError **error)
{
    gsize size =
        (bytes + FOVEA_STAGED_ALIGNMENT - 1) / FOVEA_STAGED_ALIGNMENT * FOVEA_STAGED_ALIGNMENT;
    g_return_val_if_fail (size <= (staging->bytes + FOVEA_STAGED_ALIGNMENT) / 2, NULL);
    gsize offset = (gsize) (staging->taken % staging->bytes);
    gsize skipped = offset + size > staging->bytes ? staging->bytes - offset : 0;
    wait_for_room (staging, skipped + size);
    if (!check (staging, error))
        return NULL;
    offset = skipped > 0 ? 0 : offset;
    staging->reserved = (Stretch){.offset = offset, .end = staging->taken + skipped + size};
    staging->reserved_bytes = bytes;
    return staging->on_device + offset;
}

void
fovea_staging_send (FoveaStaging *staging, const FoveaStaged *staged)
{
    Stretch *stretch = g_memdup2 (&staging->reserved, sizeof *stretch);
    stretch->staged = *staged;
    stretch->ticket =
        staging->ops->copy_out (staging->device, staging->on_host + stretch->offset,
                                staging->on_device + stretch->offset, staging->reserved_bytes);
    staging->taken = stretch->end;
    g_mutex_lock (&staging->mutex);
    g_queue_push_tail (&staging->stretches, stretch);
    g_cond_broadcast (&staging->changed);
    g_mutex_unlock (&staging->mutex);
}

gboolean
fovea_staging_flush (FoveaStaging *staging, GError **error)
{
    wait_for_room (staging, staging->bytes);
    return check (staging, error);
}

void
fovea_staging_cancel (FoveaStaging *staging)
{
    g_mutex_lock (&staging->mutex);
    staging->dropping = TRUE;
    g_mutex_unlock (&staging->mutex);
    wait_for_room (staging, staging->bytes);
}
