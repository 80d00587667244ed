/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Out of sight there is no tick: it would keep the frame clock running for nothing. New rows begin at
 * once, so that a list is not seen empty between the old and the new; a list that comes into sight
 * waits three frames: the first two draw the view around it, the third what follows the view. What is
 * added is drawn in the next frame, which lays out a window anew and takes long enough without it: rows are
 * made between two frames, in a turn of their own. */
#include "ui/fill.h"

#define FILL   "fovea-fill"
#define FRAMES 3 /* of a view that comes into sight, before the first that has rows */
#define HELD   2

typedef struct {
    FoveaFillStep step;
    guint tick;   /* 0 = nothing to add, or out of sight */
    guint source; /* adds, after this frame; 0 = none */
    guint wait;   /* frames */
    gboolean more;
} Fill;

static void
stop (GtkWidget *widget)
{
    Fill *fill = g_object_get_data (G_OBJECT (widget), FILL);
    if (fill->tick != 0)
        gtk_widget_remove_tick_callback (widget, fill->tick);
    fill->tick = 0;
    g_clear_handle_id (&fill->source, g_source_remove);
}

static gboolean
add (gpointer widget)
{
    Fill *fill = g_object_get_data (G_OBJECT (widget), FILL);
    fill->source = 0;
    fill->more = fill->step (widget);
    if (!fill->more)
        stop (widget);
    return G_SOURCE_REMOVE;
}

static gboolean
tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
    Fill *fill = data;
    if (fill->wait > 0)
        fill->wait--;
    if (fill->wait == 0 && fill->source == 0)
        fill->source = g_idle_add_full (GTK_PRIORITY_RESIZE, add, widget, NULL);
    return G_SOURCE_CONTINUE;
}

static void
mapped (GtkWidget *widget)
{
    Fill *fill = g_object_get_data (G_OBJECT (widget), FILL);
    if (!fill->more || fill->tick != 0)
        return;
    fill->wait = FRAMES;
    fill->tick = gtk_widget_add_tick_callback (widget, tick, fill, NULL);
}

void
fovea_fill_init (GtkWidget *widget, FoveaFillStep step)
{
    Fill *fill = g_new0 (Fill, 1);
    fill->step = step;
    g_object_set_data_full (G_OBJECT (widget), FILL, fill, g_free);
    g_signal_connect_after (widget, "map", G_CALLBACK (mapped), NULL);
    g_signal_connect (widget, "unmap", G_CALLBACK (stop), NULL);
}

void
fovea_fill_go (GtkWidget *widget)
{
    Fill *fill = g_object_get_data (G_OBJECT (widget), FILL);
    fill->more = TRUE;
    if (fill->tick != 0 || !gtk_widget_get_mapped (widget))
        return;
    fill->more = fill->step (widget);
    if (fill->more)
        fill->tick = gtk_widget_add_tick_callback (widget, tick, fill, NULL);
}

void
fovea_fill_hold (GtkWidget *widget)
{
    Fill *fill = g_object_get_data (G_OBJECT (widget), FILL);
    if (fill->tick == 0)
        return;
    fill->wait = MAX (fill->wait, HELD);
    g_clear_handle_id (&fill->source, g_source_remove);
}
