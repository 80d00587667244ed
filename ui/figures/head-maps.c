/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Workers take the next head by an atomic counter, so one slow head does not hold up the others.
 * Each writes only the slots of its heads; joining the threads publishes them. A head costs T^2 D
 * products on one core, which is why this is worth threads at all; memory is one tile a worker. */
#include "ui/figures/map-image.h"

typedef struct {
    FoveaAttention *attention;
    const FoveaMapRequest *request;
    guint n_heads;
    FoveaIndexedImage **images; /* (n_heads) */
    gint64 *blocks;             /* (n_heads) */
    GError **errors;            /* (n_heads) */
    GCancellable *cancellable;
    gint next, failed; /* atomic */
} Work;

/* After a failure no new head is begun: the figure will not be drawn anyway. */
static gpointer
read_heads (gpointer data)
{
    Work *work = data;
    for (;;) {
        guint head = (guint) g_atomic_int_add (&work->next, 1);
        if (head >= work->n_heads || g_atomic_int_get (&work->failed))
            return NULL;
        FoveaMapRequest request = *work->request;
        gint64 block_k;
        request.head = head;
        work->images[head] = fovea_map_image_new (work->attention, &request, &work->blocks[head],
                                                  &block_k, work->cancellable, &work->errors[head]);
        if (work->images[head] == NULL)
            g_atomic_int_set (&work->failed, TRUE);
    }
}

/* The caller works too, so a machine that gives no thread is only slower. */
static void
run_workers (Work *work)
{
    guint n = MIN (g_get_num_processors (), work->n_heads);
    g_autoptr (GPtrArray) threads = g_ptr_array_new ();
    for (guint i = 1; i < n; i++) {
        GThread *thread = g_thread_try_new ("head-maps", read_heads, work, NULL);
        if (thread != NULL)
            g_ptr_array_add (threads, thread);
    }
    read_heads (work);
    for (guint i = 0; i < threads->len; i++)
        g_thread_join (g_ptr_array_index (threads, i));
}

gboolean
fovea_head_maps_read (FoveaAttention *attention,
                      const FoveaMapRequest *request,
                      guint n_heads,
                      FoveaIndexedImage **images,
                      gint64 *block,
                      GCancellable *cancellable,
                      GError **error)
{
    g_return_val_if_fail (n_heads > 0, FALSE);
    g_autofree gint64 *blocks = g_new0 (gint64, n_heads);
    g_autofree GError **errors = g_new0 (GError *, n_heads);
    Work work = {attention, request, n_heads, images, blocks, errors, cancellable, 0, FALSE};
    for (guint h = 0; h < n_heads; h++)
        images[h] = NULL;
    run_workers (&work);
    *block = blocks[0];
    if (!work.failed)
        return TRUE;
    for (guint h = 0; h < n_heads; h++) {
        g_clear_pointer (&images[h], fovea_indexed_image_free);
        if (errors[h] != NULL && (error == NULL || *error == NULL))
            g_propagate_error (error, g_steal_pointer (&errors[h]));
        g_clear_error (&errors[h]);
    }
    return FALSE;
}
