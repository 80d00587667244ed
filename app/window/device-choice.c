/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Opening is the only question that a driver answers truly; indices without a hole, so the first
 * that fails ends the list. */
#include "app/window/device-choice.h"

#include <glib/gi18n.h>

#include "kernels/device.h"
#include "ui/background.h"
#include "ui/token-text.h"

#define MOST_GPUS 16

static void
choice_free (gpointer data)
{
    FoveaDeviceChoice *choice = data;
    g_free (choice->name);
    g_free (choice->label);
    g_free (choice);
}

static void
add (GPtrArray *choices, const char *name, char *label)
{
    FoveaDeviceChoice *choice = g_new0 (FoveaDeviceChoice, 1);
    choice->name = g_strdup (name);
    choice->label = label;
    g_ptr_array_add (choices, choice);
}

/* NULL if there is no such device. */
static char *
describe (const char *name)
{
    g_autoptr (FoveaDevice) device = fovea_device_open (name, 0, NULL);
    return device != NULL ? fovea_device_text (fovea_device_describe (device)) : NULL;
}

GPtrArray *
fovea_device_choices_find (void)
{
    GPtrArray *choices = g_ptr_array_new_with_free_func (choice_free);
    char *cpu = describe ("cpu");
    add (choices, "auto", g_strdup (_ ("Fastest device")));
    add (choices, "cpu", cpu != NULL ? cpu : g_strdup (_ ("CPU")));
    for (guint i = 0; i < MOST_GPUS; i++) {
        g_autofree char *name = g_strdup_printf ("cuda:%u", i);
        g_autofree char *gpu = describe (name);
        if (gpu == NULL)
            break;
        add (choices, name, g_strdup_printf (_ ("CUDA %u · %s"), i, gpu));
    }
    return choices;
}

static void
find_thread (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
    g_task_return_pointer (task, fovea_device_choices_find (), (GDestroyNotify) g_ptr_array_unref);
}

void
fovea_device_choices_find_async (GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer data)
{
    g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
    g_task_set_source_tag (task, fovea_device_choices_find_async);
    /* Opened where jobs are run, a device says how many threads they have. */
    fovea_background_run (task, FOVEA_BACKGROUND_JOB, find_thread);
}

GPtrArray *
fovea_device_choices_find_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer (G_TASK (result), error);
}
