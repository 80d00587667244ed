/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "tests/yields.h"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

static int n_yields; /* atomic */

/* Instead of the C library's. */
int
sched_yield (void)
{
    __atomic_add_fetch (&n_yields, 1, __ATOMIC_SEQ_CST);
    return (int) syscall (SYS_sched_yield);
}

int
yields_take (void)
{
    return __atomic_exchange_n (&n_yields, 0, __ATOMIC_SEQ_CST);
}
