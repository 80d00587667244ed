/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "tests/turn-log.h"

#include <stdio.h>

#include "tests/check-marks.h"

typedef struct {
    char *name;
    guint turns;       /* of all sessions */
    GArray *work;      /* of double: ms of the processor in the longest turn, by session */
    double clock, own; /* longest by the clock, and without waits for a processor */
    double ours;       /* the median of work, once reported */
} Step;

static void
step_free (gpointer data)
{
    Step *step = data;
    g_free (step->name);
    g_array_unref (step->work);
    g_free (step);
}

TurnLog *
turn_log_new (void)
{
    TurnLog *log = g_new0 (TurnLog, 1);
    log->steps = g_ptr_array_new_with_free_func (step_free);
    return log;
}

void
turn_log_free (TurnLog *log)
{
    g_ptr_array_unref (log->steps);
    g_free (log);
}

double
turn_log_get_seconds (TurnLog *log)
{
    return log->session == 0 ? 0 : (double) (g_get_monotonic_time () - log->began) / G_USEC_PER_SEC;
}

void
turn_log_begin (TurnLog *log)
{
    if (log->session == 0)
        log->began = g_get_monotonic_time ();
    log->session++;
    log->at = 0;
}

static double
get_longest (GArray *times)
{
    double longest = 0;
    for (guint i = 0; i < times->len; i++)
        longest = MAX (longest, g_array_index (times, double, i));
    return longest;
}

static guint
count_long (GArray *times)
{
    guint n = 0;
    for (guint i = 0; i < times->len; i++)
        n += g_array_index (times, double, i) > TURN_FRAME_MS;
    return n;
}

void
turn_log_add (TurnLog *log, TurnMeter *meter)
{
    double work = get_longest (meter->work);
    if (log->at == log->steps->len) {
        Step *fresh = g_new0 (Step, 1);
        fresh->name = g_strdup (meter->name);
        fresh->work = g_array_new (FALSE, FALSE, sizeof (double));
        g_ptr_array_add (log->steps, fresh);
    }
    Step *step = g_ptr_array_index (log->steps, log->at++);
    ck_assert_str_eq (step->name, meter->name);
    g_array_append_val (step->work, work);
    step->turns += meter->work->len;
    step->clock = MAX (step->clock, get_longest (meter->clock));
    step->own = MAX (step->own, get_longest (meter->own));
    log->turns += meter->work->len;
    log->long_work += count_long (meter->work);
    log->long_own += count_long (meter->own);
    log->long_clock += count_long (meter->clock);
    turn_meter_free (meter);
}

static double
get_median (GArray *times)
{
    g_autoptr (GArray) sorted = g_array_copy (times);
    g_array_sort (sorted, turn_meter_compare);
    return g_array_index (sorted, double, sorted->len / 2);
}

/* The steps of one name. */
static void
report_name (TurnLog *log, const char *name)
{
    guint n = 0, turns = 0;
    double worst = 0, single = 0, clock = 0, own = 0;
    for (guint i = 0; i < log->steps->len; i++) {
        Step *step = g_ptr_array_index (log->steps, i);
        if (!g_str_equal (step->name, name))
            continue;
        n++;
        turns += step->turns;
        worst = MAX (worst, step->ours);
        single = MAX (single, get_longest (step->work));
        clock = MAX (clock, step->clock);
        own = MAX (own, step->own);
    }
    printf ("%-28s %3u steps, %5u turns, longest %5.1f ms of the processor (%5.1f in one session, "
            "%6.1f by the clock, %5.1f without waits for a processor)%s\n",
            name, n, turns, worst, single, clock, own, worst > TURN_FRAME_MS ? "  > 16" : "");
}

double
turn_log_report (TurnLog *log)
{
    g_autoptr (GHashTable) told = g_hash_table_new (g_str_hash, g_str_equal);
    const Step *longest = NULL;
    for (guint i = 0; i < log->steps->len; i++) {
        Step *step = g_ptr_array_index (log->steps, i);
        ck_assert_uint_eq (step->work->len, log->session);
        step->ours = get_median (step->work);
        if (longest == NULL || step->ours > longest->ours)
            longest = step;
    }
    for (guint i = 0; i < log->steps->len; i++) {
        const Step *step = g_ptr_array_index (log->steps, i);
        if (g_hash_table_add (told, step->name))
            report_name (log, step->name);
    }
    ck_assert_ptr_nonnull (longest);
    printf ("longest turn, median of %u sessions: %.1f ms of the processor, %s (", log->session,
            longest->ours, longest->name);
    for (guint i = 0; i < longest->work->len; i++)
        printf ("%s%.1f", i > 0 ? " " : "", g_array_index (longest->work, double, i));
    printf (")\n");
    printf (
        "%u turns in %.0f s, over %d ms: %u of the processor, %u by the clock without waits for a "
        "processor, %u by the clock\n",
        log->turns, turn_log_get_seconds (log), TURN_FRAME_MS, log->long_work, log->long_own,
        log->long_clock);
    return longest->ours;
}
