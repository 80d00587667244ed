/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "app/window/writer.h"

typedef struct {
    void (*write) (gpointer data);
    gpointer data;
} Work;

static GThreadPool *pool; /* of Work; NULL while nothing was written since the last flush */

static void
write_one (gpointer data, gpointer unused)
{
    g_autofree Work *work = data;
    work->write (work->data);
}

void
fovea_writer_push (void (*write) (gpointer data), gpointer data)
{
    Work *work = g_new (Work, 1);
    *work = (Work){write, data};
    if (pool == NULL)
        pool = g_thread_pool_new (write_one, NULL, 1, FALSE, NULL);
    g_thread_pool_push (pool, work, NULL);
}

void
fovea_writer_flush (void)
{
    if (pool != NULL)
        g_thread_pool_free (pool, FALSE, TRUE);
    pool = NULL;
}
