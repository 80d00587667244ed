/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A team of sleeping threads behind one mutex.
 *
 * A loop is published by raising `round` under the mutex; workers take items from an atomic counter
 * until none is left, and the last one to leave wakes the caller. Invariant: `busy` counts workers
 * inside the open round; the caller closes the round and returns only when `busy` is 0, so `body`
 * and `data` never outlive their loop, and a worker that wakes too late is not waited for. Cost:
 * one wake-up (5 to 50 us) a loop; a loop of one item runs in the caller without touching the
 * mutex. */
#include "kernels/threads.h"

#include <glib.h>
#include <sched.h>

typedef struct {
    FoveaThreads *team;
    int index;
} Worker;

struct _FoveaThreads {
    int n_threads;
    GThread **handles; /* n_threads - 1; the caller of a loop is worker 0 */
    Worker *workers;
    GMutex mutex;
    GCond wake, idle;
    guint64 round;
    gboolean open; /* workers may still enter the round */
    int busy;
    gboolean quit;
    FoveaLoopBody body;
    void *data;
    int64_t n;
    int64_t next; /* atomic: first item that nobody has taken */
};

/* Cores that the scheduler lets this process use, which a container may have narrowed. */
static int
count_cores (void)
{
    cpu_set_t set;
    CPU_ZERO (&set);
    if (sched_getaffinity (0, sizeof set, &set) != 0)
        return (int) g_get_num_processors ();
    return CPU_COUNT (&set);
}

/* Relaxed order is enough: what items wrote is published by the mutex when the round closes. */
static void
take_items (FoveaThreads *team, int worker)
{
    for (;;) {
        int64_t i = __atomic_fetch_add (&team->next, 1, __ATOMIC_RELAXED);
        if (i >= team->n)
            return;
        team->body (team->data, i, worker);
    }
}

/* A worker remembers the last round that it saw, so that a signal that comes for no reason, or after
 * the round was closed, sends it back to sleep. */
static gpointer
run_worker (gpointer data)
{
    Worker *worker = data;
    FoveaThreads *team = worker->team;
    guint64 seen = 0;
    g_mutex_lock (&team->mutex);
    for (;;) {
        while (!team->quit && team->round == seen)
            g_cond_wait (&team->wake, &team->mutex);
        if (team->quit)
            break;
        seen = team->round;
        if (!team->open)
            continue;
        team->busy++;
        g_mutex_unlock (&team->mutex);
        take_items (team, worker->index);
        g_mutex_lock (&team->mutex);
        if (--team->busy == 0)
            g_cond_signal (&team->idle);
    }
    g_mutex_unlock (&team->mutex);
    return NULL;
}

FoveaThreads *
fovea_threads_new (int n_threads)
{
    FoveaThreads *team = g_new0 (FoveaThreads, 1);
    team->n_threads = n_threads > 0 ? n_threads : count_cores ();
    g_mutex_init (&team->mutex);
    g_cond_init (&team->wake);
    g_cond_init (&team->idle);
    team->handles = g_new0 (GThread *, team->n_threads);
    team->workers = g_new0 (Worker, team->n_threads);
    for (int i = 1; i < team->n_threads; i++) {
        team->workers[i] = (Worker){team, i};
        team->handles[i] = g_thread_new ("fovea-worker", run_worker, &team->workers[i]);
    }
    return team;
}

void
fovea_threads_free (FoveaThreads *threads)
{
    if (threads == NULL)
        return;
    g_mutex_lock (&threads->mutex);
    threads->quit = TRUE;
    g_cond_broadcast (&threads->wake);
    g_mutex_unlock (&threads->mutex);
    for (int i = 1; i < threads->n_threads; i++)
        g_thread_join (threads->handles[i]);
    g_mutex_clear (&threads->mutex);
    g_cond_clear (&threads->wake);
    g_cond_clear (&threads->idle);
    g_free (threads->handles);
    g_free (threads->workers);
    g_free (threads);
}

int
fovea_threads_count (const FoveaThreads *threads)
{
    return threads->n_threads;
}

/* The caller is worker 0 and takes items like the others; with nothing left it closes the round, after
 * which only those inside have to be waited for. */
void
fovea_threads_loop (FoveaThreads *threads, int64_t n, FoveaLoopBody body, void *data)
{
    if (threads->n_threads == 1 || n <= 1) {
        for (int64_t i = 0; i < n; i++)
            body (data, i, 0);
        return;
    }
    g_mutex_lock (&threads->mutex);
    threads->body = body;
    threads->data = data;
    threads->n = n;
    __atomic_store_n (&threads->next, 0, __ATOMIC_RELAXED);
    threads->open = TRUE;
    threads->round++;
    g_cond_broadcast (&threads->wake);
    g_mutex_unlock (&threads->mutex);
    take_items (threads, 0);
    g_mutex_lock (&threads->mutex);
    threads->open = FALSE;
    while (threads->busy > 0)
        g_cond_wait (&threads->idle, &threads->mutex);
    g_mutex_unlock (&threads->mutex);
}
