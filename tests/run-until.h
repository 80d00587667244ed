/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Waits for what the main loop brings: until a condition holds, by a deadline and not by a sleep. The
 * loop is woken every 20 ms, since not every condition comes with an event. */
#include <glib.h>

#include "tests/check-marks.h"

enum {
    RUN_UNTIL_S = 120 /* says that it never comes; a machine may be slow and busy */
};

static inline gboolean
run_until_tick (gpointer data)
{
    return G_SOURCE_REMOVE;
}

/* A macro, so that a failure names the condition and the line of the test. */
#define RUN_UNTIL(condition)                                                                       \
    G_STMT_START                                                                                   \
    {                                                                                              \
        gint64 deadline = g_get_monotonic_time () + RUN_UNTIL_S * G_USEC_PER_SEC;                  \
        while (!(condition) && g_get_monotonic_time () < deadline) {                               \
            g_timeout_add (20, run_until_tick, NULL);                                              \
            g_main_context_iteration (NULL, TRUE);                                                 \
        }                                                                                          \
        ck_assert_msg ((condition), "not reached in %d s: " #condition, RUN_UNTIL_S);              \
    }                                                                                              \
    G_STMT_END
