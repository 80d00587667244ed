/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Mapped weights count as far as they are resident, since they take room in the same memory. In a
 * container the control group's limit is the one that kills, not the machine's. */
#include "app/window/memory-use.h"

#include <string.h>

/* "Name:   1234 kB" anywhere in @text, in bytes; 0 if it is not there. */
static guint64
find_kib (const char *text, const char *name)
{
    const char *at = text != NULL ? strstr (text, name) : NULL;
    return at != NULL ? g_ascii_strtoull (at + strlen (name), NULL, 10) * 1024 : 0;
}

FoveaMemoryUse
fovea_memory_use_parse (const char *status, const char *machine, const char *group)
{
    FoveaMemoryUse use = {.used = find_kib (status, "VmRSS:"),
                          .limit = find_kib (machine, "MemTotal:")};
    guint64 most = group != NULL ? g_ascii_strtoull (group, NULL, 10) : 0;
    if (most > 0 && (use.limit == 0 || most < use.limit))
        use.limit = most;
    return use;
}

FoveaMemoryUse
fovea_memory_use_read (void)
{
    g_autofree char *status = NULL, *machine = NULL, *group = NULL;
    g_file_get_contents ("/proc/self/status", &status, NULL, NULL);
    g_file_get_contents ("/proc/meminfo", &machine, NULL, NULL);
    g_file_get_contents ("/sys/fs/cgroup/memory.max", &group, NULL, NULL);
    return fovea_memory_use_parse (status, machine, group);
}
