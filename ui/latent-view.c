/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Everything that is still is kept as one node, some 500 words in it, and made anew between two frames for
 * another latent, width or theme; cursor and hover are drawn over it. */
#include "ui/latent-view.h"

#include <glib/gi18n.h>

#include "ui/commands.h"
#include "ui/context-box.h"
#include "ui/context-menu.h"
#include "ui/drawn.h"
#include "ui/latent-draw.h"
#include "ui/late.h"
#include "ui/pointing.h"
#include "ui/scaled.h"
#include "ui/still.h"
#include "ui/token-text.h"

#define SIDE   24
#define TITLE  27
#define HEIGHT 700
#define NARROW 320

struct _FoveaLatentView {
    GtkWidget parent_instance;
    FoveaFeatureModel *model;
    FoveaStill still;
    double bottom;
    FoveaLatentBins bins;
    guint held;    /* bin where a drag began, G_MAXUINT = none */
    guint reached; /* bin it has come to */
    GArray *boxes; /* of FoveaContextBox */
    guint cursor;  /* into boxes, G_MAXUINT = none */
    guint hover;
    GtkWidget *menu; /* context menu, a popover */
};

G_DEFINE_FINAL_TYPE (FoveaLatentView, fovea_latent_view, GTK_TYPE_WIDGET)

/* "fires + on 95, − on 165 of 12,264 tokens". */
static char *
describe_counts (const FoveaSaeLatent *latent, gboolean signs)
{
    g_autofree char *plus = fovea_number_text (latent->n_positive);
    g_autofree char *minus = fovea_number_text (latent->n_negative);
    g_autofree char *all = fovea_number_text (latent->n_rows);
    return signs ? g_strdup_printf (_ ("fires + on %s, − on %s of %s tokens"), plus, minus, all)
                 : g_strdup_printf (_ ("fires on %s of %s tokens"), plus, all);
}

static gboolean
has_signs (FoveaLatentView *self)
{
    const FoveaSaeLatent *latent = fovea_feature_model_get_shown (self->model);
    FoveaFeatureSource *source = fovea_feature_model_get_source (self->model);
    return (source != NULL && fovea_feature_source_get_facts (source)->has_signs) ||
           (latent != NULL && latent->n_negative > 0);
}

static void
draw_rule (const FoveaLatentCanvas *canvas, double y)
{
    fovea_fill_draw (canvas->snapshot, canvas->x, y, canvas->width, 1, 0, &canvas->palette->rule);
}

/* What is pointed at by a drag, else what is chosen; FALSE if nothing is. */
static gboolean
get_chosen (FoveaLatentView *self, FoveaCodeBins *chosen)
{
    const FoveaCodeBins *bins = fovea_feature_model_get_bins (self->model);
    if (self->held != G_MAXUINT) {
        *chosen = (FoveaCodeBins){self->bins.n_bins, MIN (self->held, self->reached),
                                  MAX (self->held, self->reached)};
        return TRUE;
    }
    if (bins != NULL)
        *chosen = *bins;
    return bins != NULL;
}

/* The strongest contexts, or those of the chosen bins once they are there. */
static double
draw_contexts (FoveaLatentView *self, const FoveaLatentCanvas *canvas, double y)
{
    const FoveaLatentInterval *interval = fovea_feature_model_get_interval (self->model);
    const FoveaCodeBins *bins = fovea_feature_model_get_bins (self->model);
    if (interval == NULL || bins == NULL)
        return fovea_latent_draw_contexts (canvas, y, self->boxes);
    g_autofree char *name = fovea_latent_bins_name (&self->bins, bins);
    g_autofree char *all = fovea_number_text (interval->n);
    g_autofree char *heading = g_strdup_printf (
        ngettext ("%u of %s token, %s", "%u of %s tokens, %s", (gulong) interval->n),
        interval->examples->len, all, name);
    return fovea_latent_draw_interval (canvas, y, interval, heading, self->boxes);
}

/* Draws all and notes where bins and contexts landed. */
static void
draw_page (FoveaLatentView *self, GtkSnapshot *snapshot, const FoveaPalette *palette)
{
    const FoveaSaeLatent *latent = fovea_feature_model_get_shown (self->model);
    FoveaFeatureSource *source = fovea_feature_model_get_source (self->model);
    const char *why_not =
        fovea_feature_source_get_facts (source)->has_weights
            ? _ ("its site does not write into the stream, or the model is not there")
            : _ ("needs the dictionary's folder: Add dictionary… (Ctrl+Shift+D)");
    const FoveaLatentCanvas canvas = {
        .widget = GTK_WIDGET (self),
        .snapshot = snapshot,
        .palette = palette,
        .latent = latent,
        .limit = fovea_feature_model_get_limit (self->model),
        .signs = has_signs (self),
        .x = SIDE,
        .width = gtk_widget_get_width (GTK_WIDGET (self)) - 2 * SIDE,
    };
    g_autofree char *title = g_strdup_printf (_ ("Latent %d"), latent->latent);
    g_autofree char *counts = describe_counts (latent, canvas.signs);
    g_array_set_size (self->boxes, 0);
    fovea_latent_draw_title (&canvas, TITLE, title, counts);
    double y = fovea_latent_draw_histogram (&canvas, TITLE + 24, &self->bins);
    draw_rule (&canvas, y + 12);
    y = fovea_latent_draw_effects (&canvas, y + 32, why_not);
    draw_rule (&canvas, y + 12);
    self->bottom = draw_contexts (self, &canvas, y + 32);
}

static gboolean
has_room (FoveaLatentView *self)
{
    return gtk_widget_get_width (GTK_WIDGET (self)) >= NARROW / 2 &&
           fovea_feature_model_get_source (self->model) != NULL;
}

static void
make_still (GtkWidget *widget)
{
    FoveaLatentView *self = FOVEA_LATENT_VIEW (widget);
    FoveaPalette palette;
    fovea_palette_load (widget, &palette);
    if (!has_room (self) || fovea_feature_model_get_shown (self->model) == NULL ||
        fovea_still_is_good (&self->still, widget, palette.theme))
        return;
    GtkSnapshot *snapshot = gtk_snapshot_new ();
    draw_page (self, snapshot, &palette);
    fovea_still_take (&self->still, widget, palette.theme, snapshot);
    if (self->cursor >= self->boxes->len)
        self->cursor = G_MAXUINT;
}

/* Thinly what is hovered, here or elsewhere: in all contexts that it stands in. */
static void
draw_rings (FoveaLatentView *self, GtkSnapshot *snapshot, const FoveaPalette *palette)
{
    const FoveaContextBox *cursor = fovea_context_box_get (self->boxes, self->cursor);
    gint64 sequence, position = fovea_feature_model_get_hovered (self->model, &sequence);
    for (guint i = 0; i < self->boxes->len; i++) {
        const FoveaContextBox *box = fovea_context_box_get (self->boxes, i);
        gboolean hovered = position >= 0 && box->example->sequence == sequence &&
                           fovea_context_box_get_position (box) == position;
        if (hovered || i == self->hover)
            fovea_context_box_draw (box, snapshot, &palette->quiet, 1);
    }
    if (cursor != NULL && gtk_widget_has_focus (GTK_WIDGET (self)))
        fovea_context_box_draw (cursor, snapshot, &palette->text, 2);
}

static void
fovea_latent_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
    FoveaLatentView *self = FOVEA_LATENT_VIEW (widget);
    FoveaPalette palette;
    fovea_palette_load (widget, &palette);
    if (!has_room (self) || !fovea_late_is_due (widget))
        return;
    if (fovea_feature_model_get_shown (self->model) == NULL) {
        /* The last page stays until the next is read; at first there is none. */
        if (self->still.node == NULL && fovea_feature_model_get_latent (self->model) < 0)
            fovea_label_draw (widget, snapshot, _ ("No latent of this dictionary fires here."), 13,
                              FOVEA_LABEL_NORMAL, &palette.quiet, SIDE, TITLE, 0);
        if (fovea_feature_model_has_failed (self->model)) {
            fovea_latent_draw_failed (widget, snapshot, &palette, &self->still,
                                      fovea_feature_model_get_latent (self->model), TITLE);
            return;
        }
    } else if (!fovea_still_is_good (&self->still, widget, palette.theme)) {
        fovea_still_soon (&self->still, widget, make_still);
    }
    fovea_still_draw (&self->still, widget, snapshot);
    if (!fovea_still_is_good (&self->still, widget, palette.theme) ||
        fovea_feature_model_get_shown (self->model) == NULL)
        return;
    FoveaCodeBins chosen;
    if (self->bins.counts != NULL && get_chosen (self, &chosen))
        fovea_latent_bins_draw (&self->bins, &chosen, snapshot, &palette);
    draw_rings (self, snapshot, &palette);
}

/* Contrast and fonts come through the style sheet. */
static void
fovea_latent_view_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
    FoveaLatentView *self = FOVEA_LATENT_VIEW (widget);
    GTK_WIDGET_CLASS (fovea_latent_view_parent_class)->css_changed (widget, change);
    if (fovea_feature_model_get_shown (self->model) != NULL)
        fovea_still_forget (&self->still);
}

static void
fovea_latent_view_measure (GtkWidget *widget,
                           GtkOrientation orientation,
                           int for_size,
                           int *minimum,
                           int *natural,
                           int *minimum_baseline,
                           int *natural_baseline)
{
    FoveaLatentView *self = FOVEA_LATENT_VIEW (widget);
    if (orientation == GTK_ORIENTATION_VERTICAL)
        *minimum = *natural = MAX (HEIGHT, (int) self->bottom + 18);
    else
        *minimum = *natural = NARROW;
}

gboolean
fovea_latent_view_locate (FoveaLatentView *self, guint row, gint64 position, double *x, double *y)
{
    const FoveaContextBox *box = fovea_context_box_get (
        self->boxes, fovea_context_box_find_token (self->boxes, row, position));
    if (box == NULL)
        return FALSE;
    *x = box->x + box->width / 2;
    *y = box->y + box->height / 2;
    return TRUE;
}

gboolean
fovea_latent_view_locate_bin (FoveaLatentView *self, guint bin, double *x, double *y)
{
    const FoveaLatentBins *bins = &self->bins;
    if (bins->counts == NULL || bin < bins->first || bin >= bins->n_bins)
        return FALSE;
    *x = bins->x + bins->width * (bin - bins->first + 0.5) / (bins->n_bins - bins->first);
    *y = bins->y + bins->height / 2;
    return TRUE;
}

char *
fovea_latent_view_get_sentence (FoveaLatentView *self)
{
    const FoveaSaeLatent *latent = fovea_feature_model_get_shown (self->model);
    const FoveaContextBox *box = fovea_context_box_get (self->boxes, self->cursor);
    if (fovea_feature_model_has_failed (self->model))
        return g_strdup_printf (_ ("Latent %d, cannot be read"),
                                fovea_feature_model_get_latent (self->model));
    if (latent == NULL)
        return g_strdup (_ ("Latent, being read"));
    g_autofree char *counts = describe_counts (latent, has_signs (self));
    g_autofree char *at =
        box != NULL ? fovea_context_box_describe (box) : g_strdup (_ ("no token"));
    FoveaCodeBins chosen;
    if (self->bins.counts == NULL || !get_chosen (self, &chosen))
        return g_strdup_printf (_ ("Latent %d %s. At %s."), latent->latent, counts, at);
    g_autofree char *bins = fovea_latent_bins_describe (&self->bins, &chosen);
    return g_strdup_printf (_ ("Latent %d %s. Of %s. At %s."), latent->latent, counts, bins, at);
}

static void
tell (FoveaLatentView *self)
{
    g_autofree char *sentence = fovea_latent_view_get_sentence (self);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, sentence,
                                    -1);
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
latent_changed (FoveaLatentView *self)
{
    self->hover = self->cursor = self->held = G_MAXUINT;
    g_array_set_size (self->boxes, 0); /* they point into the latent that was */
    fovea_latent_bins_clear (&self->bins);
    if (fovea_feature_model_get_latent (self->model) < 0)
        fovea_still_clear (&self->still);
    else if (fovea_feature_model_get_shown (self->model) != NULL)
        fovea_still_forget (&self->still);
    tell (self);
}

/* The page stays as it was until the examples are there. */
static void
bins_changed (FoveaLatentView *self)
{
    self->hover = self->cursor = G_MAXUINT;
    g_array_set_size (self->boxes, 0);
    if (fovea_feature_model_get_bins (self->model) == NULL ||
        fovea_feature_model_get_interval (self->model) != NULL)
        fovea_still_forget (&self->still);
    tell (self);
}

static void
reveal_cursor (FoveaLatentView *self)
{
    const FoveaContextBox *box = fovea_context_box_get (self->boxes, self->cursor);
    GtkWidget *scrolled = gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_SCROLLED_WINDOW);
    double scale = fovea_text_scale (GTK_WIDGET (self));
    if (box == NULL || scrolled == NULL)
        return;
    gtk_adjustment_clamp_page (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled)),
                               (box->y - box->height) * scale, (box->y + 2 * box->height) * scale);
}

static void
visit (FoveaLatentView *self, guint at)
{
    const FoveaContextBox *box = fovea_context_box_get (self->boxes, at);
    if (box == NULL)
        return;
    self->cursor = at;
    tell (self);
    fovea_feature_model_visit (self->model, box->example->sequence,
                               fovea_context_box_get_position (box));
}

static void
move_cursor (FoveaLatentView *self, int across, int down)
{
    self->cursor = fovea_context_box_step (self->boxes, self->cursor, across, down);
    reveal_cursor (self);
    tell (self);
}

static void
step_bins (FoveaLatentView *self, int by)
{
    FoveaCodeBins next;
    if (fovea_latent_bins_step (&self->bins, fovea_feature_model_get_bins (self->model), by, &next))
        fovea_feature_model_choose_bins (self->model, &next);
}

static void
widen_bins (FoveaLatentView *self, int by)
{
    FoveaCodeBins next;
    const FoveaCodeBins *chosen = fovea_feature_model_get_bins (self->model);
    if (chosen != NULL && fovea_latent_bins_widen (&self->bins, chosen, by, &next))
        fovea_feature_model_choose_bins (self->model, &next);
}

static const FoveaMenuRow menu_rows[] = {
    {N_ ("Select this token"), "latent.open"}, {N_ ("Previous latent"), "latent.previous"},
    {N_ ("Next latent"), "latent.next"},       {N_ ("Strongest contexts"), "latent.all"},
    {N_ ("Copy value"), "win.copy-value"},     {N_ ("Copy as table"), "win.copy-table"},
    {N_ ("Copy picture"), "win.copy-picture"}, {N_ ("Export this view…"), "win.export"},
};

/* At the token that keys have reached, else at the top. */
static void
show_menu (FoveaLatentView *self)
{
    const FoveaContextBox *box = fovea_context_box_get (self->boxes, self->cursor);
    GdkRectangle at = {12, 12, 1, 1};
    if (box != NULL)
        at = (GdkRectangle){(int) box->x, (int) box->y, (int) box->width, (int) box->height};
    if (self->menu == NULL)
        self->menu =
            fovea_context_menu_new (GTK_WIDGET (self), menu_rows, G_N_ELEMENTS (menu_rows));
    fovea_context_menu_show (self->menu, &at);
}

static void
menu_pressed (GtkGestureClick *gesture, int n_press, double x, double y, FoveaLatentView *self)
{
    guint at = fovea_context_box_find (self->boxes, x, y);
    gtk_widget_grab_focus (GTK_WIDGET (self));
    if (at != G_MAXUINT) {
        self->cursor = at;
        tell (self);
    }
    show_menu (self);
}

/* Every "latent." key. One that comes before the frame that draws a page means that page. */
static void
activate (GtkWidget *widget, const char *action, GVariant *parameter)
{
    FoveaLatentView *self = FOVEA_LATENT_VIEW (widget);
    const char *name = action + sizeof "latent." - 1;
    make_still (widget);
    if (g_str_equal (name, "left") || g_str_equal (name, "right"))
        move_cursor (self, g_str_equal (name, "left") ? -1 : 1, 0);
    else if (g_str_equal (name, "up") || g_str_equal (name, "down"))
        move_cursor (self, 0, g_str_equal (name, "up") ? -1 : 1);
    else if (g_str_equal (name, "previous") || g_str_equal (name, "next"))
        fovea_feature_model_step (self->model, g_str_equal (name, "previous") ? -1 : 1);
    else if (g_str_equal (name, "bin-left") || g_str_equal (name, "bin-right"))
        step_bins (self, g_str_equal (name, "bin-left") ? -1 : 1);
    else if (g_str_equal (name, "wider") || g_str_equal (name, "narrower"))
        widen_bins (self, g_str_equal (name, "wider") ? 1 : -1);
    else if (g_str_equal (name, "search"))
        gtk_widget_activate_action (widget, "win.search", NULL);
    else if (g_str_equal (name, "all"))
        fovea_feature_model_choose_bins (self->model, NULL);
    else if (g_str_equal (name, "pin"))
        gtk_widget_activate_action (widget, "win.pin", NULL);
    else if (g_str_equal (name, "menu"))
        show_menu (self);
    else if (g_str_equal (name, "open"))
        visit (self, self->cursor);
}

static void
pressed (GtkGestureClick *gesture, int n_press, double x, double y, FoveaLatentView *self)
{
    gtk_widget_grab_focus (GTK_WIDGET (self));
    visit (self, fovea_context_box_find (self->boxes, x, y));
}

/* A drag over the bins chooses a range of them, one that stays in a bin that bin. */
static void
drag_begin (GtkGestureDrag *drag, double x, double y, FoveaLatentView *self)
{
    if (!fovea_latent_bins_holds (&self->bins, x, y)) {
        gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_DENIED);
        return;
    }
    self->held = self->reached = fovea_latent_bins_find (&self->bins, x);
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
drag_update (GtkGestureDrag *drag, double dx, double dy, FoveaLatentView *self)
{
    double x, y;
    if (self->held == G_MAXUINT || !gtk_gesture_drag_get_start_point (drag, &x, &y))
        return;
    self->reached = fovea_latent_bins_find (&self->bins, x + dx);
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* What is chosen already lets go of it. */
static void
drag_end (GtkGestureDrag *drag, double dx, double dy, FoveaLatentView *self)
{
    FoveaCodeBins wanted;
    const FoveaCodeBins *bins = fovea_feature_model_get_bins (self->model);
    if (self->held == G_MAXUINT || !get_chosen (self, &wanted))
        return;
    gboolean again = bins != NULL && bins->first == wanted.first && bins->last == wanted.last;
    self->held = G_MAXUINT;
    fovea_feature_model_choose_bins (self->model, again ? NULL : &wanted);
}

/* The strip marks it, too, if it is in the open sequence. */
static void
hover (FoveaLatentView *self, guint at)
{
    const FoveaContextBox *box = fovea_context_box_get (self->boxes, at);
    self->hover = at;
    fovea_feature_model_hover (self->model, box != NULL ? box->example->sequence : -1,
                               box != NULL ? fovea_context_box_get_position (box) : -1);
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
pointer_moved (GtkEventControllerMotion *motion, double x, double y, FoveaLatentView *self)
{
    guint at = fovea_context_box_find (self->boxes, x, y);
    gboolean over = at != G_MAXUINT || fovea_latent_bins_holds (&self->bins, x, y);
    gtk_widget_set_cursor_from_name (GTK_WIDGET (self), over ? "pointer" : NULL);
    if (at != self->hover)
        hover (self, at);
}

static void
pointer_left (FoveaLatentView *self)
{
    hover (self, G_MAXUINT);
}

static gboolean
query_tooltip (
    GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer unused)
{
    FoveaLatentView *self = FOVEA_LATENT_VIEW (widget);
    const FoveaContextBox *box =
        keyboard ? NULL
                 : fovea_context_box_get (self->boxes, fovea_context_box_find (self->boxes, x, y));
    gboolean bin = box == NULL && !keyboard && fovea_latent_bins_holds (&self->bins, x, y);
    if (box == NULL && !bin)
        return FALSE;
    guint at = bin ? fovea_latent_bins_find (&self->bins, x) : 0;
    const FoveaCodeBins one = {self->bins.n_bins, at, at};
    g_autofree char *text =
        bin ? fovea_latent_bins_describe (&self->bins, &one) : fovea_context_box_describe (box);
    gtk_tooltip_set_text (tooltip, text);
    return TRUE;
}

static void
fovea_latent_view_dispose (GObject *object)
{
    FoveaLatentView *self = FOVEA_LATENT_VIEW (object);
    g_clear_pointer (&self->menu, gtk_widget_unparent);
    fovea_still_clear (&self->still);
    g_clear_pointer (&self->boxes, g_array_unref);
    fovea_latent_bins_clear (&self->bins);
    g_clear_object (&self->model);
    G_OBJECT_CLASS (fovea_latent_view_parent_class)->dispose (object);
}

static void
fovea_latent_view_class_init (FoveaLatentViewClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
    G_OBJECT_CLASS (klass)->dispose = fovea_latent_view_dispose;
    fovea_drawn_init_class (widget_class, "latentview", fovea_latent_view_snapshot,
                            fovea_latent_view_measure);
    widget_class->css_changed = fovea_latent_view_css_changed;
    fovea_commands_bind (widget_class, "latent.", activate);
}

static void
fovea_latent_view_init (FoveaLatentView *self)
{
    self->boxes = g_array_new (FALSE, FALSE, sizeof (FoveaContextBox));
    self->cursor = self->hover = self->held = G_MAXUINT;
    fovea_late_init (GTK_WIDGET (self), 1, fovea_late_draw);
    fovea_pointing_bind (GTK_WIDGET (self),
                         &(FoveaPointing){.pressed = G_CALLBACK (pressed),
                                          .drag_begin = G_CALLBACK (drag_begin),
                                          .drag_update = G_CALLBACK (drag_update),
                                          .drag_end = G_CALLBACK (drag_end),
                                          .motion = G_CALLBACK (pointer_moved),
                                          .leave = G_CALLBACK (pointer_left),
                                          .menu = G_CALLBACK (menu_pressed),
                                          .query_tooltip = G_CALLBACK (query_tooltip)});
}

GtkWidget *
fovea_latent_view_new (FoveaFeatureModel *model)
{
    FoveaLatentView *self = g_object_new (FOVEA_TYPE_LATENT_VIEW, NULL);
    self->model = g_object_ref (model);
    g_signal_connect_object (model, "latent-changed", G_CALLBACK (latent_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (model, "hovered", G_CALLBACK (gtk_widget_queue_draw), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (model, "bins-changed", G_CALLBACK (bins_changed), self,
                             G_CONNECT_SWAPPED);
    tell (self);
    return GTK_WIDGET (self);
}
