/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What stands in the status line. A running job has it to itself; else it is what was done last, and
 * over map and heads what is still to come there. */
#include "app/window/window-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "app/window/memory-use.h"
#include "fovea-config.h"
#include "ui/sentences.h"
#include "ui/token-text.h"

#define MEMORY_S   2
#define DRAWING_MS 500 /* maps that are all there before say nothing */

/* After the numbers came, so that the sentence has them. */
static void
speak (FoveaWindow *self)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    gboolean map = g_strcmp0 (gtk_stack_get_visible_child_name (self->views), "map") == 0;
    g_autofree char *sentence =
        map ? fovea_sentence_for_cell (self->selection, fovea_cell_model_get_data (self->cells))
            : fovea_sentence_for_head (self->selection, place->layer, place->head);
    fovea_status_line_speak (self->status, sentence);
}

/* Whether what is on screen are cells or means, how many, and what they cost. */
static char *
describe_map (FoveaWindow *self)
{
    FoveaViewport *viewport = fovea_map_page_get_viewport (self->map);
    g_autofree char *time = fovea_duration_text (fovea_tile_cache_get_ms (
        fovea_map_canvas_get_tiles (fovea_map_page_get_canvas (self->map))));
    double scale = fovea_viewport_get_scale (viewport);
    gint64 q0, q1, k0, k1;
    fovea_viewport_get_span (viewport, TRUE, &q0, &q1);
    fovea_viewport_get_span (viewport, FALSE, &k0, &k1);
    g_autofree char *rows = fovea_number_text (q1 - q0), *columns = fovea_number_text (k1 - k0);
    if (scale >= 1)
        return g_strdup_printf (_ ("Exact cells · recomputed from queries and keys, %s × %s in %s"),
                                rows, columns, time);
    int block = (int) ceil (1 / scale - 1e-6);
    return g_strdup_printf (_ ("Blocks of %d × %d tokens, %s × %s tokens in %s"), block, block,
                            rows, columns, time);
}

static gboolean
is_at_start (FoveaWindow *self)
{
    return g_strcmp0 (gtk_stack_get_visible_child_name (self->root), "work") != 0;
}

void
fovea_window_say (FoveaWindow *self, const char *text)
{
    if (text != self->said) {
        g_free (self->said);
        self->said = g_strdup (text);
    }
    if (self->job == NULL)
        fovea_status_line_set_text (self->status, text != NULL ? text : _ ("Ready"));
}

/* What the map said of itself is not about the next view. On the start page nothing has happened
 * yet, whatever is open behind it. */
static void
say_again (FoveaWindow *self)
{
    if (self->job == NULL)
        fovea_status_line_set_text (
            self->status, is_at_start (self) || self->said == NULL ? _ ("Ready") : self->said);
}

/* Of the map, hence while it is looked at, and not kept as said: other views are not about tiles. */
static void
tiles_pending (FoveaWindow *self, GParamSpec *pspec, FoveaTileCache *tiles)
{
    guint pending = fovea_tile_cache_get_pending (tiles);
    gboolean map = g_strcmp0 (gtk_stack_get_visible_child_name (self->views), "map") == 0;
    if (self->job != NULL || !map || is_at_start (self))
        return;
    g_autofree char *text = pending > 0 ? g_strdup_printf (_ ("Refining tiles, %u to go"), pending)
                                        : describe_map (self);
    fovea_status_line_set_text (self->status, text);
}

/* For who hears the map rather than sees it: that the mask is not there, and that it is. */
static void
mask_waited_for (FoveaWindow *self, GParamSpec *pspec, GObject *canvas)
{
    gboolean waiting, overlay;
    g_autofree char *name = fovea_sparse_model_name_mask (self->sparse);
    g_object_get (canvas, "waiting", &waiting, "overlay", &overlay, NULL);
    if (name == NULL || !overlay)
        return;
    g_autofree char *text = g_strdup_printf (
        waiting ? _ ("The mask of %s is being computed") : _ ("The mask of %s is there"), name);
    fovea_status_line_speak (self->status, text);
}

static guint
count_maps (FoveaWindow *self)
{
    return fovea_tile_cache_get_pending (fovea_heads_page_get_thumbnails (self->heads)) +
           fovea_tile_cache_get_pending (fovea_heads_page_get_others (self->heads));
}

/* A grey thumbnail says neither that it comes nor how many are before it. */
static void
show_drawing (FoveaWindow *self)
{
    gboolean heads = g_strcmp0 (gtk_stack_get_visible_child_name (self->views), "heads") == 0;
    if (self->job != NULL || !heads || is_at_start (self))
        return;
    g_autofree char *text = g_strdup_printf (_ ("Drawing maps, %u to go"), count_maps (self));
    fovea_status_line_set_text (self->status, text);
}

static gboolean
drawing_takes_long (gpointer data)
{
    FoveaWindow *self = data;
    self->drawing_timeout = 0;
    self->drawing = TRUE;
    show_drawing (self);
    return G_SOURCE_REMOVE;
}

/* The maps of the heads, of this text and of what it is compared with. */
static void
maps_pending (FoveaWindow *self)
{
    if (count_maps (self) > 0) {
        if (self->drawing)
            show_drawing (self);
        else if (self->drawing_timeout == 0 && self->memory_timeout != 0)
            self->drawing_timeout = g_timeout_add (DRAWING_MS, drawing_takes_long, self);
        return;
    }
    g_clear_handle_id (&self->drawing_timeout, g_source_remove);
    if (self->drawing && g_strcmp0 (gtk_stack_get_visible_child_name (self->views), "heads") == 0)
        say_again (self);
    self->drawing = FALSE;
}

/* Looked at every two seconds while the window is there: captures and tiles both move it. */
static gboolean
show_memory (gpointer data)
{
    FoveaWindow *self = data;
    FoveaMemoryUse use = fovea_memory_use_read ();
    fovea_status_line_set_memory (self->status, use.used, use.limit);
    return G_SOURCE_CONTINUE;
}

/* The message may be read long after it came, when something else is open: all of it is said of then, and what
 * was on its way to be opened is as a rule what it is about.   Owner: caller. */
static char *
describe_then (GtkWidget *window)
{
    FoveaWindow *self = FOVEA_WINDOW (window);
    const char *open = self->opened != NULL ? self->opened->path : NULL;
    const char *coming = fovea_window_get_wanted (self);
    if (coming == NULL && self->opened_item != NULL)
        coming = fovea_tree_item_get_path (self->opened_item);
    g_autoptr (GString) text = g_string_new (NULL);
    g_string_printf (text, _ ("Fovea %s, open at that time: %s"), FOVEA_VERSION,
                     open != NULL ? open : _ ("no store"));
    if (coming != NULL && g_strcmp0 (coming, open) != 0) {
        g_string_append_c (text, '\n');
        g_string_append_printf (text, _ ("Being opened at that time: %s"), coming);
    }
    return g_string_free (g_steal_pointer (&text), FALSE);
}

void
fovea_window_show_failure (FoveaWindow *self, const char *message)
{
    fovea_failure_bar_show (self->failure, message);
    self->open_failed = FALSE;
}

void
fovea_window_show_open_failure (FoveaWindow *self, const char *message)
{
    fovea_window_show_failure (self, message);
    self->open_failed = TRUE;
}

void
fovea_window_forget_open_failure (FoveaWindow *self)
{
    if (self->open_failed)
        fovea_failure_bar_close (self->failure);
    self->open_failed = FALSE;
}

/* A point of a curve under the pointer.   Owner: caller; NULL = none is. */
static char *
describe_hovered_point (FoveaWindow *self)
{
    guint method, index;
    const FoveaCurvePoint *point = fovea_sparse_model_get_hovered (self->sparse, &method, &index);
    return point != NULL ? fovea_sparse_model_describe_point (self->sparse, method, point) : NULL;
}

/* Of a head what is known of it; a cell's numbers would have to be read, and stand on its card. */
static void
show_hovered (FoveaWindow *self)
{
    const FoveaPlace *head = fovea_selection_get_hovered_head (self->selection);
    const FoveaPlace *cell = fovea_selection_get_hovered_cell (self->selection);
    g_autofree char *text =
        head != NULL   ? fovea_sentence_for_head (self->selection, head->layer, head->head)
        : cell != NULL ? fovea_sentence_for_pair (self->selection, cell->query, cell->key)
                       : describe_hovered_point (self);
    fovea_status_line_set_hovered (self->status, text != NULL ? text : "");
}

void
fovea_window_connect_status (FoveaWindow *self)
{
    FoveaTileCache *tiles = fovea_map_canvas_get_tiles (fovea_map_page_get_canvas (self->map));
    fovea_failure_bar_set_teller (GTK_WIDGET (self), describe_then);
    g_signal_connect_object (self->cells, "changed", G_CALLBACK (speak), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (self->selection, "hovered", G_CALLBACK (show_hovered), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->sparse, "point-hovered", G_CALLBACK (show_hovered), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->sparse, "changed", G_CALLBACK (show_hovered), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (tiles, "notify::pending", G_CALLBACK (tiles_pending), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (fovea_map_page_get_canvas (self->map), "notify::waiting",
                             G_CALLBACK (mask_waited_for), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (fovea_heads_page_get_thumbnails (self->heads), "notify::pending",
                             G_CALLBACK (maps_pending), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (fovea_heads_page_get_others (self->heads), "notify::pending",
                             G_CALLBACK (maps_pending), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (self->views, "notify::visible-child", G_CALLBACK (say_again), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->root, "notify::visible-child", G_CALLBACK (say_again), self,
                             G_CONNECT_SWAPPED);
    self->memory_timeout = g_timeout_add_seconds (MEMORY_S, show_memory, self);
    show_memory (self);
}
