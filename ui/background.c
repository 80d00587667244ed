/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Niceness and processors are properties of each thread on Linux, and are inherited by those that it makes.
 * Niceness alone does not keep a thread out of the main loop's way: one that has just begun runs to the next
 * tick, whoever wakes; and one that slept is owed no more than a few milliseconds of what it left to others, so
 * that the main loop would stop in the middle of a frame for four milliseconds of whoever is nicer. It is owed
 * as much as its slice is long. The display server, which the main loop waits for, is owed nothing: only a
 * thread that offers the processor lets it in before the tick. */
#include "ui/background.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernels/threads.h"

#define SLICE_NS      (100 * 1000 * 1000) /* the longest that Linux gives */
#define RESET_ON_FORK 1                   /* what this thread makes has the usual one */

/* struct sched_attr of <linux/sched/types.h>, which newer C libraries have, too, under the same name. */
typedef struct {
    guint32 size, policy;
    guint64 flags;
    gint32 nice;
    guint32 priority;
    guint64 runtime, deadline, period;
} Attributes;

typedef struct {
    GTask *task;
    FoveaBackground kind;
    GTaskThreadFunc func;
} Work;

/* What a pool calls. */
typedef struct {
    GFunc func;
} Pooled;

static gint main_processor = -1; /* atomic: where the main thread last asked for something */

/* What was asked for and has not returned. */
static GMutex mutex;
static GCond ended;
static guint n_at_work; /* guarded by mutex */

guint
fovea_background_count (FoveaBackground kind, guint n_processors)
{
    /* A job on two processors would take twice as long. */
    static const guint enough[] = {[FOVEA_BACKGROUND_LOOK] = 2, [FOVEA_BACKGROUND_JOB] = 4};
    return n_processors >= enough[kind] ? n_processors - 1 : n_processors;
}

/* The one that the main thread was on when it asked for this: there it goes on, and there it wakes as long as
 * nobody else took it. It may go wherever there is room. */
static void
leave_one (FoveaBackground kind)
{
    cpu_set_t processors;
    if (sched_getaffinity (getpid (), sizeof processors, &processors) != 0)
        return; /* more than the set holds */
    guint n = (guint) CPU_COUNT (&processors);
    gint own = g_atomic_int_get (&main_processor);
    if (own < 0 || fovea_background_count (kind, n) == n)
        return;
    CPU_CLR (own, &processors);
    sched_setaffinity (0, sizeof processors, &processors);
}

void
fovea_background_yield (FoveaBackground kind)
{
    static const int niceness[] = {[FOVEA_BACKGROUND_LOOK] = 15, [FOVEA_BACKGROUND_JOB] = 19};
    /* Nobody may raise it again without rights; that it cannot be lowered is no failure. */
    setpriority (PRIO_PROCESS, (id_t) gettid (), niceness[kind]);
    leave_one (kind);
    fovea_threads_give_way ();
}

void
fovea_background_lead (void)
{
    Attributes own = {.size = sizeof own,
                      .policy = SCHED_OTHER,
                      .flags = RESET_ON_FORK,
                      .nice = getpriority (PRIO_PROCESS, (id_t) gettid ()),
                      .runtime = SLICE_NS};
    syscall (SYS_sched_setattr, 0, &own, 0);
}

static void
begin_work (void)
{
    g_atomic_int_set (&main_processor, sched_getcpu ());
    g_mutex_lock (&mutex);
    n_at_work++;
    g_mutex_unlock (&mutex);
}

static void
end_work (void)
{
    g_mutex_lock (&mutex);
    n_at_work--;
    g_cond_broadcast (&ended);
    g_mutex_unlock (&mutex);
}

gboolean
fovea_background_finish (double seconds)
{
    gint64 end = g_get_monotonic_time () + (gint64) (seconds * G_USEC_PER_SEC);
    /* Whoever finds the context without an owner runs what it was to bring there by itself. */
    g_main_context_acquire (NULL);
    g_mutex_lock (&mutex);
    while (n_at_work > 0 && g_cond_wait_until (&ended, &mutex, end))
        ;
    gboolean done = n_at_work == 0;
    g_mutex_unlock (&mutex);
    return done;
}

static gboolean
nothing (gpointer task)
{
    return G_SOURCE_REMOVE;
}

static gpointer
run (gpointer data)
{
    g_autofree Work *work = data;
    GTask *task = work->task;
    fovea_background_yield (work->kind);
    work->func (task, g_task_get_source_object (task), g_task_get_task_data (task),
                g_task_get_cancellable (task));
    /* The last reference to a task is one to its widget, which no other thread may dispose of. */
    g_main_context_invoke_full (g_task_get_context (task), G_PRIORITY_DEFAULT, nothing, task,
                                g_object_unref);
    end_work ();
    return NULL;
}

void
fovea_background_run (GTask *task, FoveaBackground kind, GTaskThreadFunc func)
{
    Work *work = g_new (Work, 1);
    begin_work ();
    *work = (Work){g_object_ref (task), kind, func};
    g_thread_unref (g_thread_new ("background", run, work));
}

static void
work_in_pool (gpointer data, gpointer pooled)
{
    fovea_background_yield (FOVEA_BACKGROUND_LOOK);
    ((const Pooled *) pooled)->func (data, NULL);
    end_work ();
}

GThreadPool *
fovea_background_new_pool (GFunc func, guint n_threads)
{
    Pooled *pooled = g_new (Pooled, 1);
    *pooled = (Pooled){func};
    return g_thread_pool_new (work_in_pool, pooled, (int) n_threads, TRUE, NULL);
}

void
fovea_background_push (GThreadPool *pool, gpointer data)
{
    begin_work ();
    g_thread_pool_push (pool, data, NULL);
}
