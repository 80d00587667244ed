/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The heap keeps what is below the thresholds. On X11 cairo takes segments of shared memory, eight frames
 * each, and gives one back as soon as nothing is in it, which is after most frames: a few pixels that
 * stay in the first keep it. The pages of two are touched before the first frame, or those after it would
 * fault on each; the other six cost nothing.
 *
 * GLib before 2.76 keeps freed slices by size and gives all of a size that are older than fifteen seconds back
 * in the turn that happens to free one more: six milliseconds of it when the finder opens. malloc does not. */
#include "app/window/frame-memory.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "ui/texture.h"

#define MAP_BYTES   (32 << 20) /* of what is mapped by itself and unmapped; the most there can be */
#define KEPT_BYTES  (64 << 20) /* free at the end of the heap: several frames of 1440 x 900 */
#define FIRST_BYTES (24 << 20) /* touched before the first frame, five of them */
#define PAGE_BYTES  4096

#ifdef FOVEA_WITH_X11
#include <cairo-xlib.h>
#include <gdk/x11/gdkx.h>

#define PIN      "fovea-frame-pin"
#define PIN_SIDE 16
#define PARTS    4 /* a frame, half of one, ... */

/* Pages of what is to be drawn into. */
static cairo_surface_t *
take_frame (cairo_surface_t *screen, int width, int height)
{
    cairo_surface_t *frame =
        cairo_surface_create_similar_image (screen, CAIRO_FORMAT_ARGB32, width, height);
    cairo_surface_flush (frame);
    memset (cairo_image_surface_get_data (frame), 0,
            (gsize) cairo_image_surface_get_stride (frame) *
                (gsize) cairo_image_surface_get_height (frame));
    return frame;
}

/* The segment is made for the whole frame, and the smaller ones go into it: cairo halves what it has until it
 * fits what is drawn, which is a frame or a part of one. */
static void
keep_segment (GtkWidget *window)
{
    GdkDisplay *display = gtk_widget_get_display (window);
    cairo_surface_t *frames[PARTS];
    int width, height;
    if (!GDK_IS_X11_DISPLAY (display) || g_object_get_data (G_OBJECT (display), PIN) != NULL)
        return;
    gtk_window_get_default_size (GTK_WINDOW (window), &width, &height);
    int scale = gtk_widget_get_scale_factor (window);
    GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (window));
    Display *server = gdk_x11_display_get_xdisplay (display);
    cairo_surface_t *screen =
        cairo_xlib_surface_create (server, gdk_x11_surface_get_xid (surface),
                                   DefaultVisual (server, DefaultScreen (server)), 1, 1);
    frames[0] = take_frame (screen, MAX (width, 1) * scale, MAX (height, 1) * scale);
    cairo_surface_t *pin = take_frame (screen, PIN_SIDE, PIN_SIDE);
    for (int part = 1; part < PARTS; part++)
        frames[part] = take_frame (screen, MAX (width, 1) * scale, MAX (height >> part, 1) * scale);
    for (int part = 0; part < PARTS; part++)
        cairo_surface_destroy (frames[part]);
    cairo_surface_destroy (screen);
    g_object_set_data_full (G_OBJECT (display), PIN, pin, (GDestroyNotify) cairo_surface_destroy);
}
#else
static void
keep_segment (GtkWidget *window)
{
}
#endif

/* Before GLib is set up, which asks once. */
static void
use_malloc (void)
{
    G_GNUC_BEGIN_IGNORE_DEPRECATIONS
    g_slice_set_config (G_SLICE_CONFIG_ALWAYS_MALLOC, TRUE);
    G_GNUC_END_IGNORE_DEPRECATIONS
}

__attribute__ ((section (".preinit_array"), used)) static void (*const first) (void) = use_malloc;

/* At the end of the heap, which stays there once they are free. */
static void
touch_first (void)
{
    volatile char *pages = malloc (FIRST_BYTES);
    for (gsize i = 0; pages != NULL && i < FIRST_BYTES; i += PAGE_BYTES)
        pages[i] = 0;
    free ((void *) pages);
}

void
fovea_frame_memory_keep (GtkWidget *window)
{
    if (!fovea_texture_is_plain (window))
        return;
    mallopt (M_MMAP_THRESHOLD, MAP_BYTES);
    mallopt (M_TRIM_THRESHOLD, KEPT_BYTES);
    touch_first ();
    keep_segment (window);
}
