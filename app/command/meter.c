/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The line is rewritten in place with a carriage return; nothing else is assumed of a terminal. */
#include "app/command/meter.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/job-time.h"
#include "capture/count-text.h"

#define BAR_CELLS         24
#define TERMINAL_PAUSE_US (G_USEC_PER_SEC / 10)
#define PLAIN_PAUSE_US    (5 * G_USEC_PER_SEC)

struct _FoveaMeter {
    const char *what, *unit;
    gint64 total;
    gint64 start_us, shown_us; /* monotonic */
    double said;               /* s; 0 = nothing was */
    gboolean is_quiet, on_terminal, has_line;
};

FoveaMeter *
fovea_meter_new (const char *what, const char *unit, gint64 total, gboolean is_quiet)
{
    FoveaMeter *meter = g_new0 (FoveaMeter, 1);
    meter->what = what;
    meter->unit = unit;
    meter->total = total;
    meter->is_quiet = is_quiet;
    meter->on_terminal = isatty (STDERR_FILENO);
    meter->start_us = meter->shown_us = g_get_monotonic_time ();
    return meter;
}

void
fovea_meter_free (FoveaMeter *meter)
{
    if (meter == NULL)
        return;
    if (meter->has_line)
        fputs ("\r\033[K", stderr);
    g_free (meter);
}

/* "12 s left", "3 min left"; "" before there is anything to tell from. */
static char *
format_left (double share, double elapsed, double said)
{
    double left = share > 0 && elapsed > 0 ? fovea_job_time_get_left (share, elapsed, said) : NAN;
    if (isnan (left))
        return g_strdup ("");
    if (left < 120)
        return g_strdup_printf ("  %.0f s left", left);
    return left < 7200 ? g_strdup_printf ("  %.0f min left", left / 60)
                       : g_strdup_printf ("  %.1f h left", left / 3600);
}

void
fovea_meter_expect (FoveaMeter *meter, gint64 since, double said)
{
    meter->start_us = since;
    meter->said = said;
}

char *
fovea_meter_format (
    const char *what, const char *unit, gint64 done, gint64 total, double elapsed, double said)
{
    double share = total > 0 ? (double) done / (double) total : 1;
    g_autofree char *have = fovea_count_text (done);
    g_autofree char *all = fovea_count_text (total);
    double rate = elapsed > 0 ? (double) done / elapsed : 0;
    g_autofree char *per_second = fovea_count_text ((gint64) (rate + 0.5));
    g_autofree char *left = format_left (share, elapsed, said);
    return g_strdup_printf ("%s %3.0f %%  %s of %s %s  %s/s%s", what, 100 * share, have, all, unit,
                            per_second, left);
}

/* "[####....] ", at the start of the line. */
static void
print_bar (gint64 done, gint64 total)
{
    int full = total > 0 ? (int) (BAR_CELLS * done / total) : BAR_CELLS;
    fputs ("\r\033[K[", stderr);
    for (int i = 0; i < BAR_CELLS; i++)
        fputc (i < full ? '#' : '.', stderr);
    fputs ("] ", stderr);
}

void
fovea_meter_update (FoveaMeter *meter, gint64 done, const char *detail)
{
    if (meter->is_quiet)
        return;
    gint64 now = g_get_monotonic_time ();
    if (now - meter->shown_us < (meter->on_terminal ? TERMINAL_PAUSE_US : PLAIN_PAUSE_US))
        return;
    meter->shown_us = now;
    double elapsed = (double) (now - meter->start_us) / G_USEC_PER_SEC;
    g_autofree char *line =
        fovea_meter_format (meter->what, meter->unit, done, meter->total, elapsed, meter->said);
    if (meter->on_terminal)
        print_bar (done, meter->total);
    else
        fputs ("fovea: ", stderr);
    fprintf (stderr, "%s%s%s", line, detail != NULL ? "  " : "", detail != NULL ? detail : "");
    if (!meter->on_terminal)
        fputc ('\n', stderr);
    meter->has_line = meter->on_terminal;
    fflush (stderr);
}
