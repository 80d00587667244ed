/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Only the work of a turn is measured, not the wait for it. */
#include "tests/turn-meter.h"

#include <stdio.h>
#include <time.h>

#include "tests/check-marks.h"

enum {
    FRAME_DEADLINE_S = 60,
    REST_DEADLINE_S = 90,
    LOOK_MS = 2500, /* the figures of the status line are looked at every other second */
    REST_TURNS =
        25,      /* of the main loop in a look; something that asks again and again takes more */
    REST_MS = 10 /* of the processor in a second */
};

gboolean
turn_meter_holds (void)
{
    return g_getenv ("FOVEA_QUIET") != NULL;
}

TurnMeter *
turn_meter_new (const char *name)
{
    TurnMeter *meter = g_new0 (TurnMeter, 1);
    meter->name = g_strdup (name);
    meter->clock = g_array_new (FALSE, FALSE, sizeof (double));
    meter->own = g_array_new (FALSE, FALSE, sizeof (double));
    meter->work = g_array_new (FALSE, FALSE, sizeof (double));
    return meter;
}

void
turn_meter_free (TurnMeter *meter)
{
    if (meter == NULL)
        return;
    g_free (meter->name);
    g_array_unref (meter->clock);
    g_array_unref (meter->own);
    g_array_unref (meter->work);
    g_free (meter);
}

static double
thread_ms (void)
{
    struct timespec now;
    clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
    return (double) now.tv_sec * 1e3 + (double) now.tv_nsec / 1e6;
}

/* What the thread waited for a processor, which others had: the second number of its schedstat. 0 where
 * the kernel keeps none. */
static double
waited_ms (void)
{
    g_autofree char *line = NULL;
    guint64 ran = 0, waited = 0;
    if (g_file_get_contents ("/proc/thread-self/schedstat", &line, NULL, NULL))
        sscanf (line, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, &ran, &waited);
    return (double) waited / 1e6;
}

static gboolean
tick (gpointer data)
{
    return G_SOURCE_REMOVE;
}

void
turn_meter_begin (TurnMeter *meter)
{
    meter->began_waited = waited_ms ();
    meter->began = g_get_monotonic_time ();
    meter->began_work = thread_ms ();
}

void
turn_meter_end (TurnMeter *meter)
{
    double work = thread_ms () - meter->began_work;
    double clock = (double) (g_get_monotonic_time () - meter->began) / 1e3;
    double own = clock - (waited_ms () - meter->began_waited);
    g_array_append_val (meter->clock, clock);
    g_array_append_val (meter->own, own);
    g_array_append_val (meter->work, work);
}

void
turn_meter_turn (TurnMeter *meter)
{
    g_timeout_add (20, tick, NULL);
    while (!g_main_context_pending (NULL))
        g_usleep (200); /* yields; the loop has nothing to do */
    turn_meter_begin (meter);
    g_main_context_iteration (NULL, FALSE);
    turn_meter_end (meter);
}

/* What is left to draw. */
static gboolean
framed (GtkWidget *widget, GdkFrameClock *clock, gpointer left)
{
    return --*(guint *) left > 0;
}

void
turn_meter_frames (TurnMeter *meter, GtkWidget *widget, guint n)
{
    guint left = n;
    gint64 end = g_get_monotonic_time () + FRAME_DEADLINE_S * G_USEC_PER_SEC;
    gtk_widget_add_tick_callback (widget, framed, &left, NULL);
    while (left > 0) {
        ck_assert_msg (g_get_monotonic_time () < end, "%s: no %u frames in %d s", meter->name, n,
                       FRAME_DEADLINE_S);
        turn_meter_turn (meter);
    }
}

int
turn_meter_compare (gconstpointer a, gconstpointer b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

static double
pick (GArray *sorted, double share)
{
    return g_array_index (sorted, double, (guint) (share * (sorted->len - 1)));
}

void
turn_meter_report (TurnMeter *meter, double worst_ms)
{
    g_array_sort (meter->clock, turn_meter_compare);
    g_array_sort (meter->work, turn_meter_compare);
    double worst = pick (meter->work, 1), usual = pick (meter->work, 0.98);
    printf (
        "%-28s %5u turns, 99 %% %6.1f ms and worst %6.1f ms by the clock, %5.1f and %5.1f ms of "
        "the processor%s\n",
        meter->name, meter->clock->len, pick (meter->clock, 0.99), pick (meter->clock, 1),
        pick (meter->work, 0.99), worst, worst > TURN_FRAME_MS ? "  > 16" : "");
    if (worst_ms > 0 && turn_meter_holds ()) {
        ck_assert_msg (worst < worst_ms, "%s: %g ms in one turn", meter->name, worst);
        ck_assert_msg (worst_ms > TURN_WORST_MS || usual < TURN_FRAME_MS,
                       "%s: more than one turn in fifty over %d ms", meter->name, TURN_FRAME_MS);
    }
    turn_meter_free (meter);
}

static gboolean
stop (gpointer waiting)
{
    *(gboolean *) waiting = FALSE;
    return G_SOURCE_REMOVE;
}

static double
process_ms (void)
{
    return (double) clock () * 1e3 / CLOCKS_PER_SEC;
}

/* What the frames of one look were for. */
typedef struct {
    guint animated, laid_out, turns;
    gint64 frames;
    double used_ms; /* in a second */
} Look;

static void
count (GdkFrameClock *clock, guint *n)
{
    (*n)++;
}

/* Some seconds of the main loop are what is looked at: frames drawn in them, turns taken, and the
 * processor's time. */
static Look
look_on (GtkWidget *widget)
{
    GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);
    gint64 before = gdk_frame_clock_get_frame_counter (clock);
    gboolean waiting = TRUE;
    Look look = {.used_ms = process_ms ()};
    gulong animated = g_signal_connect (clock, "update", G_CALLBACK (count), &look.animated);
    gulong laid_out = g_signal_connect (clock, "layout", G_CALLBACK (count), &look.laid_out);
    g_timeout_add (LOOK_MS, stop, &waiting);
    for (; waiting; look.turns++)
        g_main_context_iteration (NULL, TRUE);
    g_signal_handler_disconnect (clock, animated);
    g_signal_handler_disconnect (clock, laid_out);
    look.used_ms = (process_ms () - look.used_ms) * 1000.0 / LOOK_MS;
    look.frames = gdk_frame_clock_get_frame_counter (clock) - before;
    return look;
}

/* Other work on the machine can make frames and turns fewer, never more; of the processor's time it
 * says nothing. */
static gboolean
is_rest (const Look *look)
{
    return look->frames == 0 && look->turns <= REST_TURNS &&
           (look->used_ms < REST_MS || !turn_meter_holds ());
}

/* Scroll bars take a second or two to fade, workers bring what they have been asked for, and windows of
 * other suites that come and go on the same display take the focus and the pointer; then there is
 * nothing to do. What went before is told. */
void
turn_meter_rest (GtkWidget *widget, const char *name)
{
    g_autoptr (GString) before = g_string_new (NULL);
    gint64 end = g_get_monotonic_time () + REST_DEADLINE_S * G_USEC_PER_SEC;
    Look look;
    do {
        look = look_on (widget);
        g_string_append_printf (
            before, " %" G_GINT64_FORMAT " frames (%u animated, %u laid out), %u turns, %.1f ms;",
            look.frames, look.animated, look.laid_out, look.turns, look.used_ms);
    } while (!is_rest (&look) && g_get_monotonic_time () < end);
    printf ("%s at rest: %" G_GINT64_FORMAT
            " frames and %u turns in %d ms, %.1f ms of the processor "
            "in a second\n",
            name, look.frames, look.turns, LOOK_MS, look.used_ms);
    ck_assert_msg (is_rest (&look), "%s: looks of %d ms:%s", name, LOOK_MS, before->str);
}
