/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Niceness and processors are properties of each thread on Linux, and are inherited by those that it makes.
 * Niceness alone does not keep a thread out of the main loop's way: one that has just begun runs to the next
 * tick, whoever wakes. */
#include "ui/background.h"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

typedef struct {
    GTask *task;
    FoveaBackground kind;
    GTaskThreadFunc func;
} Work;

guint
fovea_background_count (FoveaBackground kind, guint n_processors)
{
    /* A job on two processors would take twice as long. */
    static const guint enough[] = {[FOVEA_BACKGROUND_LOOK] = 2, [FOVEA_BACKGROUND_JOB] = 4};
    return n_processors >= enough[kind] ? n_processors - 1 : n_processors;
}

/* The first of those that the main thread may use: where they differ it is a fast one. The main thread goes
 * wherever there is room. */
static void
leave_one (FoveaBackground kind)
{
    cpu_set_t processors;
    if (sched_getaffinity (getpid (), sizeof processors, &processors) != 0)
        return; /* more than the set holds */
    guint n = (guint) CPU_COUNT (&processors), first = 0;
    if (fovea_background_count (kind, n) == n)
        return;
    while (!CPU_ISSET (first, &processors))
        first++;
    CPU_CLR (first, &processors);
    sched_setaffinity (0, sizeof processors, &processors);
}

void
fovea_background_yield (FoveaBackground kind)
{
    static const int niceness[] = {[FOVEA_BACKGROUND_LOOK] = 5, [FOVEA_BACKGROUND_JOB] = 10};
    /* Nobody may raise it again without rights; that it cannot be lowered is no failure. */
    setpriority (PRIO_PROCESS, (id_t) gettid (), niceness[kind]);
    leave_one (kind);
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
    return NULL;
}

void
fovea_background_run (GTask *task, FoveaBackground kind, GTaskThreadFunc func)
{
    Work *work = g_new (Work, 1);
    *work = (Work){g_object_ref (task), kind, func};
    g_thread_unref (g_thread_new ("background", run, work));
}
