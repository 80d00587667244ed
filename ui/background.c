/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Niceness is a property of each thread on Linux, and is inherited by those that it makes. */
#include "ui/background.h"

#include <sys/resource.h>
#include <unistd.h>

typedef struct {
    GTask *task;
    FoveaBackground kind;
    GTaskThreadFunc func;
} Work;

void
fovea_background_yield (FoveaBackground kind)
{
    static const int niceness[] = {[FOVEA_BACKGROUND_LOOK] = 5, [FOVEA_BACKGROUND_JOB] = 10};
    /* Nobody may raise it again without rights; that it cannot be lowered is no failure. */
    setpriority (PRIO_PROCESS, (id_t) gettid (), niceness[kind]);
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
