/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The longest turn of each step of a session that is gone through several times. A step's time is the
 * median of its times: other work on the machine lengthens some turn in every session, but hardly that
 * of the same step in most of them. */
#include "tests/turn-meter.h"

typedef struct {
    GPtrArray *steps; /* in the order of the session */
    guint session, at;
    gint64 began; /* of the first session, us */
    guint turns, long_work, long_own,
        long_clock; /* of all sessions; longer than a frame by each measure */
} TurnLog;

/**
 * turn_log_new:
 *
 * Owner: caller, turn_log_free().
 */
TurnLog *turn_log_new (void);

/**
 * turn_log_free:
 */
void turn_log_free (TurnLog *log);

/**
 * turn_log_begin:
 *
 * The next session, whose steps are the same.
 */
void turn_log_begin (TurnLog *log);

/**
 * turn_log_get_seconds:
 *
 * Since the first session began, 0 before it.
 */
double turn_log_get_seconds (TurnLog *log);

/**
 * turn_log_add:
 * @meter: (transfer full): of the next step
 *
 * Fails if the step at this place had another name before.
 */
void turn_log_add (TurnLog *log, TurnMeter *meter);

/**
 * turn_log_report:
 *
 * Prints a line for the steps of each name, the step with the longest turn, and how many turns of all were
 * longer than a frame.
 *
 * Returns: milliseconds of the processor in that one.
 */
double turn_log_report (TurnLog *log);
