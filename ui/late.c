/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A tick comes before its frame is drawn, hence one more than there are frames to wait for. */
#include "ui/late.h"

#define LATE "fovea-late"

typedef struct {
    void (*renew) (gpointer widget);
    guint frames, left;
    guint tick;      /* 0 = there is nothing to wait for */
    gboolean hidden; /* until then */
} Late;

static gboolean
wait_on (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
    Late *late = data;
    if (late->left-- > 0)
        return G_SOURCE_CONTINUE;
    late->tick = 0;
    late->hidden = FALSE;
    late->renew (widget);
    return G_SOURCE_REMOVE;
}

static void
begin (GtkWidget *widget, Late *late)
{
    late->left = late->frames;
    if (late->tick == 0)
        late->tick = gtk_widget_add_tick_callback (widget, wait_on, late, NULL);
}

static void
mapped (GtkWidget *widget, Late *late)
{
    late->hidden = TRUE;
    begin (widget, late);
}

/* Out of sight there is no frame to wait for. */
static void
unmapped (GtkWidget *widget, Late *late)
{
    if (late->tick != 0)
        gtk_widget_remove_tick_callback (widget, late->tick);
    late->tick = 0;
    late->hidden = FALSE;
    late->renew (widget);
}

void
fovea_late_init (GtkWidget *widget, guint frames, void (*renew) (gpointer widget))
{
    Late *late = g_new0 (Late, 1);
    late->renew = renew;
    late->frames = frames;
    g_object_set_data_full (G_OBJECT (widget), LATE, late, g_free);
    g_signal_connect_after (widget, "map", G_CALLBACK (mapped), late);
    g_signal_connect (widget, "unmap", G_CALLBACK (unmapped), late);
}

void
fovea_late_draw (gpointer widget)
{
    gtk_widget_queue_draw (GTK_WIDGET (widget));
}

gboolean
fovea_late_is_due (GtkWidget *widget)
{
    const Late *late = g_object_get_data (G_OBJECT (widget), LATE);
    return !late->hidden;
}

gboolean
fovea_late_is_waiting (GtkWidget *widget)
{
    const Late *late = g_object_get_data (G_OBJECT (widget), LATE);
    return late->tick != 0;
}

void
fovea_late_put_off (GtkWidget *widget)
{
    Late *late = g_object_get_data (G_OBJECT (widget), LATE);
    if (gtk_widget_get_mapped (widget))
        begin (widget, late);
    else
        late->renew (widget);
}
