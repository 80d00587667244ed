/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Parts of the window program that need no display. */
#include "app/window/memory-use.h"
#include "tests/support.h"

static const struct {
    const char *name, *status, *machine, *group;
    guint64 used, limit;
} memories[] = {
    {"machine only", "Name:\tx\nVmRSS:\t  2048 kB\n", "MemTotal:  4096 kB\nMemFree: 1 kB\n", NULL,
     2097152, 4194304},
    {"tighter group", "VmRSS: 2048 kB\n", "MemTotal: 4096 kB\n", "3000000\n", 2097152, 3000000},
    {"wider group", "VmRSS: 2048 kB\n", "MemTotal: 4096 kB\n", "9000000\n", 2097152, 4194304},
    {"no group limit", "VmRSS: 2048 kB\n", "MemTotal: 4096 kB\n", "max\n", 2097152, 4194304},
    {"nothing known", NULL, NULL, NULL, 0, 0},
    {"group alone", "VmSize: 1 kB\n", NULL, "77", 0, 77},
};

START_TEST (memory_is_limited_by_the_smaller_of_machine_and_group)
{
    FoveaMemoryUse use =
        fovea_memory_use_parse (memories[_i].status, memories[_i].machine, memories[_i].group);
    ck_assert_msg (use.used == memories[_i].used && use.limit == memories[_i].limit,
                   "%s: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT, memories[_i].name, use.used,
                   use.limit);
}
END_TEST

START_TEST (this_process_uses_some_memory_and_less_than_there_is)
{
    FoveaMemoryUse use = fovea_memory_use_read ();
    ck_assert_uint_gt (use.used, 100000);
    ck_assert_uint_gt (use.limit, use.used);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("window parts");
    TCase *memory = tcase_create ("memory");
    tcase_add_loop_test (memory, memory_is_limited_by_the_smaller_of_machine_and_group, 0,
                         G_N_ELEMENTS (memories));
    tcase_add_test (memory, this_process_uses_some_memory_and_less_than_there_is);
    suite_add_tcase (suite, memory);
    return support_run (suite);
}
