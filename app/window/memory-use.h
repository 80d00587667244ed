/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Host memory of this process and what it may use at most, for the status line. */
#include <glib.h>

typedef struct {
    guint64 used;  /* bytes resident now; 0 = unknown */
    guint64 limit; /* bytes: the smaller of the machine's and the control group's; 0 = unknown */
} FoveaMemoryUse;

/**
 * fovea_memory_use_read:
 *
 * Two or three small files of the kernel, about 0.1 ms.   Thread: any.
 */
FoveaMemoryUse fovea_memory_use_read (void);

/**
 * fovea_memory_use_parse:
 * @status: text of /proc/self/status
 * @machine: (nullable): text of /proc/meminfo
 * @group: (nullable): text of memory.max of the control group, "max" = none
 *
 * Thread: any.
 */
FoveaMemoryUse fovea_memory_use_parse (const char *status, const char *machine, const char *group);
