/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One tile of the size of the picture, made off the main loop like those of the map; until it is
 * there the triangle alone shows, and the numbers follow when all rows were read. */
#include "ui/mask-view.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/cell-move.h"
#include "ui/commands.h"
#include "ui/context-menu.h"
#include "ui/drawn.h"
#include "ui/figures/mask-dots.h"
#include "ui/late.h"
#include "ui/mask-overlay.h"
#include "ui/pin.h"
#include "ui/pointing.h"
#include "ui/scaled.h"
#include "ui/sparse-numbers.h"
#include "ui/texture.h"
#include "ui/tile-cache.h"
#include "ui/trace-source.h"
#include "ui/whole.h"

#define LARGEST    2048 /* pixels of a texture */
#define ROW        23
#define KEY        146 /* width of words and numbers */
#define SPACE      12
#define LEAST_SPOT 4 /* side of the hovered cell, however small cells are */
/* of a square whose triangle has room for the key */
#define LEAST_WITH_KEY 250
#define FAILED_LINE    17  /* pixels from line to line */
#define FAILED_OPACITY 0.4 /* of the picture from before */
#define WAITING_MS     150 /* pictures that are there before say nothing */

struct _FoveaMaskView {
    GtkWidget parent_instance;
    FoveaSparseModel *model;
    FoveaSelection *selection;
    FoveaTileCache *tiles;
    GtkWidget *menu; /* context menu, a popover */
    guint
        waiting_timeout; /* until it is told that the picture takes long, 0 = it is, or it is there */
    gboolean waiting;
    GdkTexture *last; /* drawn last of this text, NULL = none ... */
    char *last_of;    /* ... and what it is a mask of */
};

G_DEFINE_FINAL_TYPE (FoveaMaskView, fovea_mask_view, GTK_TYPE_WIDGET)

static guint open_signal, failed_signal;

char *
fovea_mask_key_explain (FoveaTheme theme, int block)
{
    if (block <= 1)
        return g_strdup (theme == FOVEA_THEME_DARK
                             ? _ ("Black: neither kept nor missed. Grey: future.")
                             : _ ("White: neither kept nor missed. Grey: future."));
    if (block <= FOVEA_MASK_SAMPLES)
        return g_strdup_printf (_ ("A dot: %d × %d pairs; stronger: more matter"), block, block);
    return g_strdup_printf (_ ("A dot: %d × %d pairs, %d queries sampled; stronger: more matter"),
                            block, block, FOVEA_MASK_SAMPLES);
}

static const struct {
    const char *word, *brief; /* where there is little room */
    guint32 color;
} key_rows[] = {{N_ ("kept mass"), N_ ("kept"), FOVEA_MASK_KEPT},
                {N_ ("missed mass"), N_ ("missed"), FOVEA_MASK_MISSED},
                {N_ ("wasted work"), N_ ("wasted"), FOVEA_MASK_WASTED}};

/* Of a row without a number. The width of a word is rounded, and one that is a fraction wider is cut. */
static int
row_width (GtkWidget *widget, const char *word)
{
    return (int) ceil (20 * fovea_label_scale (widget)) +
           fovea_label_width (widget, 12, FOVEA_LABEL_NORMAL, word) + 1;
}

/* A colour, its word and @value at the right end, which may be "". */
static void
draw_key_row (GtkWidget *widget,
              GtkSnapshot *snapshot,
              const FoveaPalette *palette,
              guint row,
              gboolean brief,
              const char *value,
              double x,
              double middle,
              double width)
{
    double scale = fovea_label_scale (widget);
    float swatch = (float) (14 * scale);
    GdkRGBA color = fovea_palette_rgba (key_rows[row].color);
    fovea_fill_draw (snapshot, x, middle - swatch / 2, swatch, swatch, 2, &color);
    int taken = fovea_label_draw (widget, snapshot, value, 12, FOVEA_LABEL_BOLD | FOVEA_LABEL_RIGHT,
                                  &palette->text, x + width, middle, 0);
    const char *word = _ (brief ? key_rows[row].brief : key_rows[row].word);
    fovea_label_draw (widget, snapshot, word, 12, FOVEA_LABEL_NORMAL, &palette->text,
                      x + 20 * scale, middle,
                      MAX (1, width - 20 * scale - (taken > 0 ? taken + 6 : 0)));
}

void
fovea_mask_key_draw (GtkWidget *widget,
                     GtkSnapshot *snapshot,
                     const FoveaPalette *palette,
                     const FoveaSparseNumbers *numbers,
                     double x,
                     double y,
                     double width)
{
    const FoveaMaskReport *r = numbers != NULL ? &numbers->report : NULL;
    gboolean brief = FALSE;
    for (guint i = 0; r == NULL && i < G_N_ELEMENTS (key_rows); i++)
        brief |= row_width (widget, _ (key_rows[i].word)) > width;
    for (guint i = 0; i < G_N_ELEMENTS (key_rows); i++) {
        g_autofree char *value = r == NULL ? g_strdup ("")
                                 : i == 2  ? g_strdup_printf ("%.0f %%", 100 * r->wasted)
                                 : i == 0  ? g_strdup_printf ("%.2f", r->kept_mass)
                                           : g_strdup_printf ("%.2f", 1 - r->kept_mass);
        draw_key_row (widget, snapshot, palette, i, brief, value, x,
                      y + (i + 0.5) * ROW * fovea_label_scale (widget), width);
    }
}

char *
fovea_mask_view_describe (FoveaSparseModel *model, FoveaSelection *selection)
{
    const FoveaPlace *place = fovea_selection_get_place (selection);
    const FoveaSparseNumbers *numbers = fovea_sparse_model_get_numbers (model);
    g_autofree char *name = fovea_sparse_model_name_mask (model);
    if (name == NULL)
        return g_strdup (_ ("No mask: no point of a curve is selected."));
    if (numbers == NULL)
        return g_strdup_printf (fovea_sparse_model_has_failed (model)
                                    ? _ ("Mask of %s on head %u.%u, cannot be read.")
                                    : _ ("Mask of %s on head %u.%u, being read."),
                                name, place->layer, place->head);
    const FoveaMaskReport *r = &numbers->report;
    return g_strdup_printf (_ ("Mask of %s on head %u.%u: kept mass %.2f, missed mass %.2f, wasted "
                               "work %.0f percent."),
                            name, place->layer, place->head, r->kept_mass, 1 - r->kept_mass,
                            100 * r->wasted);
}

static gboolean
is_causal (FoveaMaskView *self)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    guint layer = fovea_selection_get_place (self->selection)->layer;
    return info != NULL && fovea_trace_info_get_rule (info, layer).causal;
}

typedef enum {
    KEY_IN_FUTURE,
    KEY_BESIDE,
    KEY_BELOW, /* in one line, without numbers, which the caption has */
} KeyPlace;

/* In the empty triangle, if there is one and it is large enough, or where room is left. */
static KeyPlace
place_key (FoveaMaskView *self)
{
    GtkWidget *widget = GTK_WIDGET (self);
    int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
    double scale = fovea_label_scale (widget);
    int least = 0;
    for (guint i = 0; i < G_N_ELEMENTS (key_rows); i++)
        least = MAX (least, row_width (widget, _ (key_rows[i].brief)));
    if (is_causal (self) && MIN (width, height) >= LEAST_WITH_KEY * scale)
        return KEY_IN_FUTURE;
    return width - height >= least + 2 * SPACE ? KEY_BESIDE : KEY_BELOW;
}

/* All the room there is: cells may then differ by a pixel, which the eye does not mind. */
static int
get_side (FoveaMaskView *self)
{
    GtkWidget *widget = GTK_WIDGET (self);
    int below = place_key (self) == KEY_BELOW ? (int) ceil (ROW * fovea_label_scale (widget)) : 0;
    int room = MIN (gtk_widget_get_width (widget), gtk_widget_get_height (widget) - below);
    return MIN (room * gtk_widget_get_scale_factor (widget), LARGEST);
}

static gboolean
takes_long (gpointer data)
{
    FoveaMaskView *self = data;
    self->waiting_timeout = 0;
    self->waiting = TRUE;
    gtk_widget_queue_draw (GTK_WIDGET (self));
    return G_SOURCE_REMOVE;
}

/* An empty square could be a mask that keeps nothing. */
static void
draw_waiting (FoveaMaskView *self,
              GtkSnapshot *snapshot,
              const FoveaPalette *palette,
              gboolean waiting,
              float side)
{
    if (!waiting) {
        g_clear_handle_id (&self->waiting_timeout, g_source_remove);
        self->waiting = FALSE;
    } else if (self->waiting)
        fovea_label_draw (GTK_WIDGET (self), snapshot, _ ("The mask is being computed…"), 12,
                          FOVEA_LABEL_NORMAL, &palette->quiet, 12, side - 20, side - 24);
    else if (self->waiting_timeout == 0)
        self->waiting_timeout = g_timeout_add (WAITING_MS, takes_long, self);
}

/* Paler than a mask that is there, and named: it is of another head or point than the selected one. */
static void
draw_failed (FoveaMaskView *self, GtkSnapshot *snapshot, const FoveaPalette *palette, float side)
{
    const char *const lines[] = {
        _ ("The mask cannot be made."),
        self->last != NULL ? _ ("From before the failure:") : NULL,
        self->last_of,
    };
    guint n = self->last != NULL ? G_N_ELEMENTS (lines) : 1;
    double step = FAILED_LINE * fovea_label_scale (GTK_WIDGET (self));
    GdkRGBA ground = palette->view;
    ground.alpha = 0.85f;
    if (self->last != NULL) {
        gtk_snapshot_push_opacity (snapshot, FAILED_OPACITY);
        fovea_texture_draw (GTK_WIDGET (self), snapshot, self->last,
                            &GRAPHENE_RECT_INIT (0, 0, side, side));
        gtk_snapshot_pop (snapshot);
    }
    if (self->last != NULL)
        fovea_fill_draw (snapshot, 6, side - 32 - (n - 1) * step, side - 12, n * step + 6, 3,
                         &ground);
    for (guint i = 0; i < n; i++)
        fovea_label_draw (GTK_WIDGET (self), snapshot, lines[i], 12, FOVEA_LABEL_NORMAL,
                          self->last != NULL ? &palette->text : &palette->quiet, 12,
                          side - 20 - (n - 1 - i) * step, side - 24);
}

static void
keep_drawn (FoveaMaskView *self, GdkTexture *texture)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    g_autofree char *name = NULL;
    if (!g_set_object (&self->last, texture))
        return;
    name = fovea_sparse_model_name_mask (self->model);
    g_free (self->last_of);
    self->last_of = g_strdup_printf (_ ("%s, head %u.%u"), name, place->layer, place->head);
}

static void
draw_picture (FoveaMaskView *self,
              GtkSnapshot *snapshot,
              const FoveaPalette *palette,
              int side,
              gint64 n_tokens)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    float shown = (float) side / (float) gtk_widget_get_scale_factor (GTK_WIDGET (self));
    const FoveaTileSpec spec = {
        .layer = place->layer,
        .head = place->head,
        .scale = (double) side / (double) n_tokens,
        .width = (guint) side,
        .height = (guint) side,
        .theme = palette->theme,
        .overlay = TRUE,
    };
    GdkTexture *texture = fovea_tile_cache_get (self->tiles, &spec, 0);
    gboolean failed = texture == NULL && fovea_sparse_model_has_failed (self->model);
    if (texture != NULL) {
        keep_drawn (self, texture);
        fovea_texture_draw (GTK_WIDGET (self), snapshot, texture,
                            &GRAPHENE_RECT_INIT (0, 0, shown, shown));
    }
    draw_waiting (self, snapshot, palette, texture == NULL && !failed, shown);
    if (failed)
        draw_failed (self, snapshot, palette, shown);
    fovea_box_draw (snapshot, 0, 0, shown, shown, 0, 1, &palette->rule);
}

/* Its row and its key's column, as on the map; a text longer than the mask has cells beyond it. */
static void
draw_cell (FoveaMaskView *self,
           GtkSnapshot *snapshot,
           const FoveaPalette *palette,
           double side,
           const FoveaPlace *at)
{
    gint64 n = fovea_sparse_model_count_tokens (self->model);
    if (MAX (at->query, at->key) >= n)
        return;
    GdkRGBA faint = palette->text;
    double cell = side / (double) n, x = (double) at->key * cell, y = (double) at->query * cell;
    double middle_x = floor (x + cell / 2), middle_y = floor (y + cell / 2);
    faint.alpha = 0.35f;
    fovea_fill_draw (snapshot, 0, middle_y, side, 1, 0, &faint);
    fovea_fill_draw (snapshot, middle_x, 0, 1, side, 0, &faint);
    double spot = MAX (cell, LEAST_SPOT);
    fovea_box_draw (snapshot, round (x + (cell - spot) / 2) - 1, round (y + (cell - spot) / 2) - 1,
                    spot + 2, spot + 2, 0, 1, &palette->text);
}

static void
draw_key (FoveaMaskView *self, GtkSnapshot *snapshot, const FoveaPalette *palette, double side)
{
    GtkWidget *widget = GTK_WIDGET (self);
    double scale = fovea_label_scale (widget), width = KEY * scale;
    KeyPlace place = place_key (self);
    double third = gtk_widget_get_width (widget) / (double) G_N_ELEMENTS (key_rows);
    double beside = gtk_widget_get_width (widget) - side - SPACE;
    const FoveaSparseNumbers *numbers = fovea_sparse_model_get_numbers (self->model);
    if (place == KEY_IN_FUTURE)
        fovea_mask_key_draw (widget, snapshot, palette, numbers, side - width - 10, 8, width);
    if (place == KEY_BESIDE)
        fovea_mask_key_draw (widget, snapshot, palette, beside >= width ? numbers : NULL,
                             side + SPACE, 8, MIN (beside, width));
    for (guint i = 0; place == KEY_BELOW && i < G_N_ELEMENTS (key_rows); i++)
        draw_key_row (widget, snapshot, palette, i, TRUE, "", i * third,
                      gtk_widget_get_height (widget) - ROW * scale / 2, third);
}

static void
fovea_mask_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
    FoveaMaskView *self = FOVEA_MASK_VIEW (widget);
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    FoveaPalette palette;
    fovea_palette_load (widget, &palette);
    if (info == NULL || gtk_widget_get_width (widget) < 60 || !fovea_late_is_due (widget))
        return;
    if (fovea_sparse_model_get_point (self->model, NULL, NULL) == NULL) {
        fovea_label_draw (widget, snapshot, _ ("Select a point of a curve to see its mask."), 12,
                          FOVEA_LABEL_NORMAL, &palette.quiet, 0, 12, gtk_widget_get_width (widget));
        return;
    }
    int side = get_side (self);
    double shown = (double) side / gtk_widget_get_scale_factor (widget);
    if (side <= 0)
        return;
    draw_picture (self, snapshot, &palette, side, fovea_sparse_model_count_tokens (self->model));
    const FoveaPlace *hover = fovea_selection_get_hovered_cell (self->selection);
    if (hover != NULL)
        draw_cell (self, snapshot, &palette, shown, hover);
    else if (gtk_widget_is_focus (widget)) /* where the keys have come to */
        draw_cell (self, snapshot, &palette, shown, fovea_selection_get_place (self->selection));
    GtkSnapshot *key = gtk_snapshot_new ();
    draw_key (self, key, &palette, shown);
    fovea_whole_draw (widget, snapshot, key, FOVEA_WHOLE_MOST);
}

static void
fovea_mask_view_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
    *minimum = 140;
    *natural = orientation == GTK_ORIENTATION_VERTICAL && for_size > 0 ? MAX (for_size, 140) : 320;
}

/* Square, so that what stands under it stands under the picture. */
static GtkSizeRequestMode
fovea_mask_view_get_request_mode (GtkWidget *widget)
{
    return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
refresh (FoveaMaskView *self)
{
    g_autofree char *label = fovea_mask_view_describe (self->model, self->selection);
    fovea_tile_cache_set_overlay (self->tiles, fovea_sparse_model_get_overlay (self->model));
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                    -1);
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
trace_changed (FoveaMaskView *self)
{
    fovea_tile_cache_set_source (self->tiles, fovea_selection_get_source (self->selection));
    g_clear_object (&self->last);
    refresh (self);
}

/* The cell is drawn for who is here alone. */
static void
moved (FoveaMaskView *self)
{
    if (gtk_widget_is_focus (GTK_WIDGET (self)))
        gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* FALSE beside the picture. */
static gboolean
find_cell (FoveaMaskView *self, double x, double y, gint64 *query, gint64 *key)
{
    double side = get_side (self) / (double) gtk_widget_get_scale_factor (GTK_WIDGET (self));
    double n = (double) fovea_sparse_model_count_tokens (self->model);
    *query = (gint64) (y / side * n);
    *key = (gint64) (x / side * n);
    return fovea_selection_get_info (self->selection) != NULL && x >= 0 && x < side && y >= 0 &&
           y < side;
}

/* A click goes to that pair, as on the map. */
static void
pressed (GtkGestureClick *gesture, int n_press, double x, double y, FoveaMaskView *self)
{
    gint64 query, key;
    gtk_widget_grab_focus (GTK_WIDGET (self));
    if (find_cell (self, x, y, &query, &key))
        fovea_selection_select_cell (self->selection, query, key);
    if (n_press == 2 && fovea_selection_get_info (self->selection) != NULL)
        g_signal_emit (self, open_signal, 0);
}

static void
pointer_moved (GtkEventControllerMotion *motion, double x, double y, FoveaMaskView *self)
{
    gint64 query, key;
    if (find_cell (self, x, y, &query, &key) &&
        fovea_sparse_model_get_point (self->model, NULL, NULL) != NULL)
        fovea_selection_hover_cell (self->selection, query, key);
    else
        fovea_selection_hover_nothing (self->selection);
}

static void
pointer_left (FoveaMaskView *self)
{
    fovea_selection_hover_nothing (self->selection);
}

static const FoveaMenuRow menu_rows[] = {
    {N_ ("This mask on the map"), "mask.open"},
    {N_ ("Measure the chosen sparse methods"), "win.measure", N_ ("a job is running")},
    {N_ ("Copy value"), "win.copy-value"},
    {N_ ("Copy as table"), "win.copy-table"},
    {N_ ("Copy picture"), "win.copy-picture"},
    {N_ ("Export this view…"), "win.export"},
};

/* At the selected cell, or at the corner of a mask that ends before it. */
static void
show_menu (FoveaMaskView *self)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    double side = get_side (self) / (double) gtk_widget_get_scale_factor (GTK_WIDGET (self));
    double cell = side / (double) MAX (fovea_sparse_model_count_tokens (self->model), 1);
    int x = (int) MIN ((double) (place->key + 1) * cell, side);
    int y = (int) MIN ((double) (place->query + 1) * cell, side);
    if (self->menu == NULL)
        self->menu =
            fovea_context_menu_new (GTK_WIDGET (self), menu_rows, G_N_ELEMENTS (menu_rows));
    fovea_context_menu_refuse (self->menu, "mask.open",
                               fovea_sparse_model_get_overlay (self->model) != NULL
                                   ? NULL
                                   : _ ("no point has a mask yet"));
    fovea_context_menu_show (self->menu, &(GdkRectangle){x, y, 1, 1});
}

/* The second button selects as the first one does. */
static void
menu_pressed (GtkGestureClick *gesture, int n_press, double x, double y, FoveaMaskView *self)
{
    pressed (gesture, 1, x, y, self);
    show_menu (self);
}

/* Every "mask." key; those of heads and layers are the page's. */
static void
activate (GtkWidget *widget, const char *action, GVariant *parameter)
{
    FoveaMaskView *self = FOVEA_MASK_VIEW (widget);
    const char *name = action + sizeof "mask." - 1;
    if (fovea_cell_move (self->selection, name))
        return;
    if (g_str_equal (name, "pin"))
        fovea_pin_toggle (widget, self->selection);
    else if (g_str_equal (name, "menu"))
        show_menu (self);
    else if (g_str_equal (name, "open"))
        g_signal_emit (self, open_signal, 0);
}

static void
tiles_failed (FoveaMaskView *self, const char *message)
{
    g_signal_emit (self, failed_signal, 0, message);
}

static void
fovea_mask_view_dispose (GObject *object)
{
    FoveaMaskView *self = FOVEA_MASK_VIEW (object);
    g_clear_handle_id (&self->waiting_timeout, g_source_remove);
    g_clear_pointer (&self->menu, gtk_widget_unparent);
    g_clear_object (&self->model);
    g_clear_object (&self->selection);
    g_clear_object (&self->tiles);
    g_clear_object (&self->last);
    g_clear_pointer (&self->last_of, g_free);
    G_OBJECT_CLASS (fovea_mask_view_parent_class)->dispose (object);
}

static void
fovea_mask_view_class_init (FoveaMaskViewClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
    G_OBJECT_CLASS (klass)->dispose = fovea_mask_view_dispose;
    fovea_drawn_init_class (widget_class, "maskview", fovea_mask_view_snapshot,
                            fovea_mask_view_measure);
    widget_class->get_request_mode = fovea_mask_view_get_request_mode;
    open_signal = g_signal_new ("open", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
    failed_signal = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
    fovea_commands_bind (widget_class, "mask.", activate);
}

static void
fovea_mask_view_init (FoveaMaskView *self)
{
    self->tiles = fovea_tile_cache_new (8);
    fovea_late_init (GTK_WIDGET (self), 1, fovea_late_draw);
    fovea_pointing_bind (GTK_WIDGET (self), &(FoveaPointing){.pressed = G_CALLBACK (pressed),
                                                             .motion = G_CALLBACK (pointer_moved),
                                                             .leave = G_CALLBACK (pointer_left),
                                                             .menu = G_CALLBACK (menu_pressed)});
    g_signal_connect_object (self->tiles, "ready", G_CALLBACK (gtk_widget_queue_draw), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->tiles, "failed", G_CALLBACK (tiles_failed), self,
                             G_CONNECT_SWAPPED);
}

GtkWidget *
fovea_mask_view_new (FoveaSparseModel *model, FoveaSelection *selection)
{
    FoveaMaskView *self = g_object_new (FOVEA_TYPE_MASK_VIEW, NULL);
    self->model = g_object_ref (model);
    self->selection = g_object_ref (selection);
    g_signal_connect_object (model, "mask-changed", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "trace-changed", G_CALLBACK (trace_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "hovered", G_CALLBACK (gtk_widget_queue_draw), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "moved", G_CALLBACK (moved), self, G_CONNECT_SWAPPED);
    trace_changed (self);
    return GTK_WIDGET (self);
}
