/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* How long the main loop is away in each of its turns: by the clock, which other work on the machine
 * lengthens; by the clock without the thread's waits for a processor that others had; and of the thread's
 * processor time, which does not count waits for the X server or for a lock. All are printed; they are
 * held to anything only where FOVEA_QUIET says that nothing else runs. */
#include <gtk/gtk.h>

/* Of the processor, in one turn. A frame is 16 ms, and one in fifty may take more; other work on the
 * same cores makes a processor half as slow again, by its own clock too. */
#define TURN_FRAME_MS 16
#define TURN_WORST_MS 32

typedef struct {
    char *name;
    GArray *clock, *own, *work; /* of double, ms; own: the clock's without waits for a processor */
    gint64 began;               /* of the turn that is measured, us */
    double began_waited, began_work; /* ms */
} TurnMeter;

/**
 * turn_meter_holds:
 *
 * Whether FOVEA_QUIET is set, hence times mean something.
 */
gboolean turn_meter_holds (void);

/**
 * turn_meter_new:
 *
 * Owner: caller, turn_meter_report() or turn_meter_free().
 */
TurnMeter *turn_meter_new (const char *name);

/**
 * turn_meter_free:
 *
 * NULL is fine.
 */
void turn_meter_free (TurnMeter *meter);

/**
 * turn_meter_begin:
 *
 * What is called from here to turn_meter_end() counts as a turn: an action that a test calls itself is
 * called from the main loop when a key brings it.
 */
void turn_meter_begin (TurnMeter *meter);

/**
 * turn_meter_end:
 */
void turn_meter_end (TurnMeter *meter);

/**
 * turn_meter_turn:
 *
 * One turn of the main loop, which begins when there is something to do or after 20 ms.
 */
void turn_meter_turn (TurnMeter *meter);

/**
 * turn_meter_frames:
 * @n: frames of the widget's window that are to be drawn, a minute at most
 */
void turn_meter_frames (TurnMeter *meter, GtkWidget *widget, guint n);

/**
 * turn_meter_report:
 * @worst_ms: of the processor; a turn that takes longer fails, and so do more than one in fifty that
 *     take longer than a frame unless @worst_ms is more than TURN_WORST_MS. 0 = printed only,
 *     as always without FOVEA_QUIET
 *
 * Prints one line and frees the meter.
 */
void turn_meter_report (TurnMeter *meter, double worst_ms);

/**
 * turn_meter_compare:
 *
 * Orders doubles, for g_array_sort().
 */
int turn_meter_compare (gconstpointer a, gconstpointer b);

/**
 * turn_meter_rest:
 *
 * Fails unless the widget's window comes to two and a half seconds in which it draws no frame and the
 * main loop hardly turns, and, with FOVEA_QUIET, the process uses less than 10 ms of the processor a
 * second; within a minute and a half.
 */
void turn_meter_rest (GtkWidget *widget, const char *name);
