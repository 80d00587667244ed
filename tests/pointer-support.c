/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "tests/pointer-support.h"

#include "tests/run-until.h"

enum {
    SINGLE_MS = 1,     /* within which clicks are one double click, so that none is by chance */
    DOUBLE_MS = 60000, /* however busy the machine is */
};

static void
set_double_click_time (int ms)
{
    g_object_set (gtk_settings_get_default (), "gtk-double-click-time", ms, NULL);
}

gboolean
pointer_prepare (void)
{
    g_autofree char *xdotool = g_find_program_in_path ("xdotool");
    if (xdotool == NULL || !gtk_init_check ())
        return FALSE;
    set_double_click_time (SINGLE_MS);
    return TRUE;
}

char *
pointer_place (GtkWidget *widget, double x, double y)
{
    GtkNative *native = gtk_widget_get_native (widget);
    double root_x, root_y, dx, dy;
    ck_assert (
        gtk_widget_translate_coordinates (widget, GTK_WIDGET (native), x, y, &root_x, &root_y));
    gtk_native_get_surface_transform (native, &dx, &dy);
    return g_strdup_printf ("%d %d", (int) (root_x + dx), (int) (root_y + dy));
}

static void
ended (GObject *process, GAsyncResult *result, gpointer data)
{
    gboolean *done = data;
    ck_assert (g_subprocess_wait_check_finish (G_SUBPROCESS (process), result, NULL));
    *done = TRUE;
}

void
pointer_do (const char *gesture)
{
    gboolean done = FALSE;
    g_autofree char *line = g_strconcat ("xdotool ", gesture, NULL);
    g_auto (GStrv) words = g_strsplit (line, " ", -1);
    g_autoptr (GSubprocess) process =
        g_subprocess_newv ((const char *const *) words, G_SUBPROCESS_FLAGS_NONE, NULL);
    ck_assert_ptr_nonnull (process);
    g_subprocess_wait_check_async (process, NULL, ended, &done);
    RUN_UNTIL (done);
}

void
pointer_point (GtkWidget *widget, double x, double y)
{
    g_autofree char *place = pointer_place (widget, x, y);
    g_autofree char *gesture = g_strconcat ("mousemove ", place, NULL);
    pointer_do (gesture);
}

void
pointer_run_frame (GtkWidget *widget)
{
    GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);
    gint64 before = gdk_frame_clock_get_frame_counter (clock);
    gtk_widget_queue_draw (widget);
    RUN_UNTIL (gdk_frame_clock_get_frame_counter (clock) > before + 1 ||
               (gtk_widget_queue_draw (widget), FALSE));
}

void
pointer_drag (GtkWidget *widget, const double (*corners)[2], guint n, const char *modifier)
{
    for (guint i = 0; i < n; i++) {
        g_autofree char *at = pointer_place (widget, corners[i][0], corners[i][1]);
        g_autofree char *gesture = g_strdup_printf (
            "mousemove %s%s%s%s", at, i == 0 && modifier != NULL ? " keydown " : "",
            i == 0 && modifier != NULL ? modifier : "", i == 0 ? " mousedown 1" : "");
        pointer_do (gesture);
        pointer_run_frame (widget);
    }
    g_autofree char *end = modifier != NULL ? g_strdup_printf ("mouseup 1 keyup %s", modifier)
                                            : g_strdup ("mouseup 1");
    pointer_do (end);
}

void
pointer_click (GtkWidget *widget, double x, double y, const char *click)
{
    g_autofree char *at = pointer_place (widget, x, y);
    g_autofree char *gesture = g_strdup_printf ("mousemove %s", at);
    pointer_do (gesture);
    pointer_run_frame (widget);
    pointer_do (click);
}

/* GTK goes on counting from a click elsewhere until that one's time is over, which it is here. */
void
pointer_double_click (GtkWidget *widget, double x, double y)
{
    set_double_click_time (DOUBLE_MS);
    pointer_click (widget, x, y, "click --repeat 2 --delay 30 1");
    pointer_run_frame (widget);
    set_double_click_time (SINGLE_MS);
}
