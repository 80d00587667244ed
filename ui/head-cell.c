/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The thumbnail is a tile of the whole map at exactly the cell's device pixels, so a pixel is the
 * mean weight over its causal pairs. */
#include "ui/head-cell.h"

#include <math.h>
#include <string.h>

#include "ui/context-menu.h"
#include "ui/drawn.h"
#include "ui/head-set.h"
#include "ui/palette.h"
#include "ui/scaled.h"
#include "ui/sentences.h"
#include "ui/texture.h"
#include "ui/trace-source.h"

#define PAD  FOVEA_HEAD_CELL_PAD
#define TEXT FOVEA_HEAD_CELL_LINE

#define MARK      3.6 /* half its height, in its room */
#define MARK_ROOM 14

/* What frames it has. */
typedef struct {
    gboolean selected, chosen, hovered;
} State;

struct _FoveaHeadCell {
    GtkWidget parent_instance;
    FoveaSelection *selection;
    FoveaTileCache *thumbnails, *others;
    FoveaHeadItem *item;
    FoveaHeadCompare compare;
    const FoveaHeadPaint *paint;
    char *badge;
    int side;
    State state;      /* as it was drawn last */
    gboolean waiting; /* for a thumbnail */
};

G_DEFINE_FINAL_TYPE (FoveaHeadCell, fovea_head_cell, GTK_TYPE_WIDGET)

/* Of either text where the map is their difference; NULL = nothing.   Owner: caller. */
static char *
describe_missing (FoveaHeadCell *self, guint layer, gboolean other)
{
    const FoveaReference *reference = fovea_selection_get_reference (self->selection);
    gboolean difference = self->compare == FOVEA_HEAD_DIFFERENCE;
    FoveaTraceSource *own = fovea_selection_get_source (self->selection);
    FoveaTraceSource *theirs = reference != NULL ? reference->source : NULL;
    char *missing = !other && own != NULL ? fovea_sentence_for_missing (own, layer) : NULL;
    if (missing == NULL && (other || difference) && theirs != NULL)
        missing = fovea_sentence_for_missing (theirs, layer);
    return missing;
}

/* Asked for in layer order, so the grid fills from the top. A difference is of maps of one size. */
static GdkTexture *
get_thumbnail (FoveaHeadCell *self, FoveaTheme theme, gboolean other)
{
    const FoveaReference *reference = fovea_selection_get_reference (self->selection);
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    const FoveaTraceInfo *theirs =
        reference != NULL ? fovea_trace_get_info (fovea_trace_source_get_trace (reference->source))
                          : NULL;
    int side = self->side * gtk_widget_get_scale_factor (GTK_WIDGET (self));
    gboolean difference = self->compare == FOVEA_HEAD_DIFFERENCE;
    if (info == NULL || (other && theirs == NULL) ||
        (difference && (theirs == NULL || theirs->n_tokens != info->n_tokens)))
        return NULL;
    guint layer, head;
    fovea_head_item_get_place (self->item, &layer, &head);
    g_autofree char *missing = describe_missing (self, layer, other);
    if (missing != NULL)
        return NULL; /* the tooltip says so: nothing has failed */
    gint64 n_tokens = other ? theirs->n_tokens : info->n_tokens;
    FoveaTileSpec spec = {
        .layer = layer,
        .head = head,
        .scale = (double) side / (double) n_tokens,
        .width = (guint) side,
        .height = (guint) side,
        .floor = difference ? fovea_color_map_difference_limit (n_tokens)
                            : fovea_color_map_floor (n_tokens),
        .color = difference ? FOVEA_COLOR_SCORE : FOVEA_COLOR_LOG,
        .difference = difference,
        .theme = theme,
    };
    return fovea_tile_cache_get (other ? self->others : self->thumbnails, &spec,
                                 (int) (spec.layer * 1000 + spec.head));
}

/* Height of the line of text. */
static int
text_height (FoveaHeadCell *self)
{
    return (int) ceil (TEXT * fovea_text_scale (GTK_WIDGET (self)));
}

/* Of the line of text and the frames. Large letters take more than the thumbnail where there is room. */
static int
outer_width (FoveaHeadCell *self)
{
    int least = self->side + 2 * PAD;
    return fovea_text_scale (GTK_WIDGET (self)) > 1
               ? MAX (least, gtk_widget_get_width (GTK_WIDGET (self)) - PAD)
               : least;
}

/* The reference's map stands below, so that a row of heads keeps its width. */
static int
maps_height (FoveaHeadCell *self)
{
    return self->compare == FOVEA_HEAD_BESIDE ? 2 * self->side + PAD : self->side;
}

/* No map is made for it. */
static void
draw_paint (FoveaHeadCell *self,
            GtkSnapshot *snapshot,
            const FoveaPalette *palette,
            gboolean other,
            float y)
{
    GdkRGBA color = fovea_palette_rgba (
        fovea_head_paint_get_color (self->paint, palette->theme, self->item, other));
    fovea_fill_draw (snapshot, PAD - 1, y - 1, self->side + 2, self->side + 2, 0, &palette->rule);
    fovea_fill_draw (snapshot, PAD, y, self->side, self->side, 0, &palette->view);
    fovea_fill_draw (snapshot, PAD, y, self->side, self->side, 0, &color);
}

static void
draw_thumbnail (FoveaHeadCell *self,
                GtkSnapshot *snapshot,
                const FoveaPalette *palette,
                gboolean other,
                float y)
{
    float side = (float) self->side;
    if (self->paint != NULL && self->paint->score != NULL) {
        draw_paint (self, snapshot, palette, other, y);
        return;
    }
    GdkTexture *texture = get_thumbnail (self, palette->theme, other);
    self->waiting |= texture == NULL;
    /* The edge is what a ground leaves in sight: a border is drawn in four parts, of each of a thousand. */
    fovea_fill_draw (snapshot, PAD - 1, y - 1, side + 2, side + 2, 0, &palette->rule);
    if (texture != NULL)
        fovea_texture_draw (GTK_WIDGET (self), snapshot, texture,
                            &GRAPHENE_RECT_INIT (PAD, y, side, side));
    else
        fovea_fill_draw (snapshot, PAD, y, side, side, 0, &palette->grid);
}

static int
text_width (FoveaHeadCell *self, const char *text)
{
    return fovea_label_width (GTK_WIDGET (self), 11, FOVEA_LABEL_RIGHT, text);
}

static char *
spell_score (FoveaHeadCell *self, double value, int digits)
{
    return self->compare == FOVEA_HEAD_DIFFERENCE && g_strcmp0 (self->badge, FOVEA_HEAD_CHANGE) != 0
               ? g_strdup_printf ("%s%.*f", value < 0 ? "−" : "+", digits, fabs (value))
               : g_strdup_printf ("%.*f", digits, value);
}

/* Where the longest name of this model's heads ends: the numbers beside short names have the form that
 * those beside long ones have. */
static int
longest_name_width (FoveaHeadCell *self)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    const FoveaArchitecture *a = info != NULL ? info->architecture : NULL;
    char name[32];
    g_snprintf (name, sizeof name, "%d.%d", a != NULL ? (int) a->n_layers - 1 : 0,
                a != NULL ? (int) a->n_heads - 1 : 0);
    for (char *at = name; *at != '\0'; at++)
        *at = *at == '.' ? '.' : '0';
    return fovea_label_width (GTK_WIDGET (self), 11, FOVEA_LABEL_BOLD, name);
}

/* Two digits, without the 0 before them beside long names; one where a wide font leaves no room for
 * them, none rather than over the name. */
static char *
format_score (FoveaHeadCell *self, double value, int room)
{
    for (int digits = fabs (value) >= 10 ? 0 : 2; digits >= 0; digits--) {
        g_autofree char *text = spell_score (self, value, digits);
        if (text_width (self, text) <= room && (digits > 0 || fabs (value) >= 10))
            return g_steal_pointer (&text);
        char *zero = strstr (text, "0.");
        if (zero == NULL || digits < 2 || g_ascii_isdigit (zero > text ? zero[-1] : ' '))
            continue;
        memmove (zero, zero + 1, strlen (zero));
        if (text_width (self, text) <= room)
            return g_steal_pointer (&text);
    }
    return g_strdup ("");
}

/* Where there is no room beside the name: in the corner of the future, which is empty. */
static void
draw_corner_mark (FoveaHeadCell *self,
                  GtkSnapshot *snapshot,
                  const FoveaPalette *palette,
                  FoveaMark mark)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    double r = MARK * MIN (fovea_text_scale (GTK_WIDGET (self)), 1.5);
    guint layer, head;
    fovea_head_item_get_place (self->item, &layer, &head);
    if (mark != FOVEA_MARK_RING && info != NULL && fovea_trace_info_get_rule (info, layer).causal)
        fovea_mark_draw (snapshot, palette->theme, fovea_head_item_get_role (self->item),
                         PAD + self->side - r - 3, PAD + r + 3, r);
}

static void
draw_badge (FoveaHeadCell *self, GtkSnapshot *snapshot, const FoveaPalette *palette, double y)
{
    const char *role = fovea_head_item_get_role (self->item);
    const char *score = self->badge != NULL ? self->badge : role;
    gboolean difference = self->compare == FOVEA_HEAD_DIFFERENCE;
    double value = difference ? fovea_head_item_get_difference (self->item, score)
                              : fovea_head_item_get_score (self->item, score);
    FoveaMark mark;
    GdkRGBA color = palette->quiet;
    fovea_color_map_role (palette->theme, role, &mark);
    /* Roles without a mark of their own are told in the tooltip and the inspector. */
    if (isnan (value) || (self->badge == NULL && mark == FOVEA_MARK_RING))
        return;
    double left = PAD + longest_name_width (self), right = outer_width (self) - PAD;
    int mark_room = mark != FOVEA_MARK_RING ? MARK_ROOM : 3;
    g_autofree char *whole = spell_score (self, value, fabs (value) >= 10 ? 0 : 2);
    if (text_width (self, whole) > right - left - mark_room)
        right += PAD - 1; /* a wide font has the margin too */
    if (self->side <= FOVEA_HEAD_CELL_LEAST || right - left < mark_room) {
        draw_corner_mark (self, snapshot, palette, mark);
        return;
    }
    g_autofree char *text = format_score (self, value, (int) (right - left) - mark_room);
    if (mark != FOVEA_MARK_RING)
        color = fovea_palette_rgba (fovea_color_map_role (palette->theme, role, NULL));
    int width = fovea_label_draw (GTK_WIDGET (self), snapshot, text, 11, FOVEA_LABEL_RIGHT, &color,
                                  right, y, 0);
    if (mark == FOVEA_MARK_RING)
        return;
    /* As large as the letters, if they leave so much. */
    double room = CLAMP (right - left - width, MARK_ROOM,
                         MARK_ROOM * MAX (fovea_text_scale (GTK_WIDGET (self)), 1));
    fovea_mark_draw (snapshot, palette->theme, role, right - width - room / 2, y,
                     MARK * room / MARK_ROOM);
}

static State
get_state (FoveaHeadCell *self)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    const FoveaPlace *hover = fovea_selection_get_hovered_head (self->selection);
    guint layer, head;
    fovea_head_item_get_place (self->item, &layer, &head);
    return (State){
        .selected = place->layer == layer && place->head == head,
        .chosen =
            fovea_head_set_contains (fovea_selection_get_chosen (self->selection), layer, head),
        .hovered = hover != NULL && hover->layer == layer && hover->head == head,
    };
}

void
fovea_head_cell_follow (FoveaHeadCell *self)
{
    if (self->item == NULL)
        return;
    State now = get_state (self), *drawn = &self->state;
    if (now.selected != drawn->selected || now.chosen != drawn->chosen ||
        now.hovered != drawn->hovered)
        gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
fovea_head_cell_take_thumbnail (FoveaHeadCell *self)
{
    if (self->waiting)
        gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
fovea_head_cell_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
    FoveaHeadCell *self = FOVEA_HEAD_CELL (widget);
    if (self->item == NULL)
        return;
    FoveaPalette palette;
    fovea_palette_load (widget, &palette);
    int height = maps_height (self) + PAD + text_height (self);
    self->waiting = FALSE;
    self->state = get_state (self);
    if (self->state.chosen)
        fovea_selected_draw (snapshot, 0, 0, outer_width (self), height, 4, &palette);
    draw_thumbnail (self, snapshot, &palette, FALSE, PAD);
    if (self->compare == FOVEA_HEAD_BESIDE)
        draw_thumbnail (self, snapshot, &palette, TRUE, (float) (2 * PAD + self->side));
    double y = PAD + maps_height (self) + text_height (self) / 2.0;
    fovea_label_draw (widget, snapshot, fovea_head_item_get_name (self->item), 11, FOVEA_LABEL_BOLD,
                      &palette.text, PAD, y, 0);
    draw_badge (self, snapshot, &palette, y);
    if (self->state.hovered && !self->state.selected)
        fovea_box_draw (snapshot, 0, 0, outer_width (self), height, 4, 1, &palette.quiet);
    if (self->state.selected)
        fovea_box_draw (snapshot, 0.5, 0.5, outer_width (self) - 1, height - 1, 4, 2,
                        &palette.accent);
}

static void
fovea_head_cell_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
    FoveaHeadCell *self = FOVEA_HEAD_CELL (widget);
    *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL
                              ? maps_height (self) + PAD + text_height (self)
                              : self->side + 2 * PAD;
    if (orientation == GTK_ORIENTATION_VERTICAL || fovea_text_scale (widget) <= 1)
        return;
    /* Large letters: names of neighbours do not touch, and badges stand beside them if there is room. */
    int name = longest_name_width (self);
    *minimum = *natural = MAX (*natural, name + 2 * PAD);
    if (self->side > FOVEA_HEAD_CELL_LEAST)
        *natural = MAX (*natural, name + MARK_ROOM + text_width (self, ".00") + 3 * PAD);
}

/* Plots dim every other head meanwhile. */
static void
hover (FoveaHeadCell *self, double x, double y)
{
    guint layer, head;
    if (self->item == NULL)
        return;
    fovea_head_item_get_place (self->item, &layer, &head);
    fovea_selection_hover_head (self->selection, layer, head);
}

/* Ctrl and Shift choose several; the page knows what is shown between two heads. A plain click
 * begins anew and is left to the grid; arrow keys keep what X has chosen. */
static void
pressed (GtkGestureClick *gesture, int n_press, double x, double y, FoveaHeadCell *self)
{
    GdkModifierType state =
        gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
    guint layer, head;
    if ((state & (GDK_CONTROL_MASK | GDK_SHIFT_MASK)) == 0)
        fovea_head_set_clear (fovea_selection_get_chosen (self->selection));
    if (self->item == NULL || (state & (GDK_CONTROL_MASK | GDK_SHIFT_MASK)) == 0)
        return;
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
    fovea_head_item_get_place (self->item, &layer, &head);
    gtk_widget_activate_action (GTK_WIDGET (self), "heads.choose-at", "(uub)", layer, head,
                                (state & GDK_SHIFT_MASK) != 0);
}

static void
menu_pressed (GtkGestureClick *gesture, int n_press, double x, double y, FoveaHeadCell *self)
{
    guint layer, head;
    if (self->item == NULL)
        return;
    fovea_head_item_get_place (self->item, &layer, &head);
    gtk_widget_activate_action (GTK_WIDGET (self), "heads.menu-at", "(uu)", layer, head);
}

/* The next cell may be entered first; hovering nothing twice is harmless. */
static void
leave (FoveaHeadCell *self)
{
    fovea_selection_hover_nothing (self->selection);
}

/* Answered when it is asked for: a tooltip set on a thousand cells would cost each of them. */
static gboolean
query_tooltip (
    GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer unused)
{
    FoveaHeadCell *self = FOVEA_HEAD_CELL (widget);
    guint layer, head;
    if (self->item == NULL)
        return FALSE;
    fovea_head_item_get_place (self->item, &layer, &head);
    g_autofree char *sentence = fovea_sentence_for_head (self->selection, layer, head);
    g_autofree char *missing = describe_missing (self, layer, FALSE);
    g_autofree char *text =
        missing != NULL ? g_strconcat (sentence, "\n", missing, NULL) : g_strdup (sentence);
    gtk_tooltip_set_text (tooltip, text);
    return TRUE;
}

static void
fovea_head_cell_dispose (GObject *object)
{
    FoveaHeadCell *self = FOVEA_HEAD_CELL (object);
    g_clear_object (&self->selection);
    g_clear_object (&self->thumbnails);
    g_clear_object (&self->others);
    g_clear_object (&self->item);
    g_clear_pointer (&self->badge, g_free);
    G_OBJECT_CLASS (fovea_head_cell_parent_class)->dispose (object);
}

static void
fovea_head_cell_class_init (FoveaHeadCellClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
    G_OBJECT_CLASS (klass)->dispose = fovea_head_cell_dispose;
    fovea_drawn_init_class (widget_class, "headcell", fovea_head_cell_snapshot,
                            fovea_head_cell_measure);
}

static void
fovea_head_cell_init (FoveaHeadCell *self)
{
    GtkEventController *motion = gtk_event_controller_motion_new ();
    GtkGesture *click = gtk_gesture_click_new ();
    self->side = FOVEA_HEAD_CELL_SIDE;
    gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
    g_signal_connect (click, "pressed", G_CALLBACK (pressed), self);
    gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
    g_signal_connect_swapped (motion, "enter", G_CALLBACK (hover), self);
    g_signal_connect_swapped (motion, "leave", G_CALLBACK (leave), self);
    gtk_widget_add_controller (GTK_WIDGET (self), motion);
    fovea_context_menu_bind (GTK_WIDGET (self), G_CALLBACK (menu_pressed), self);
    gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_START); /* as wide as its frame */
    gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
    g_signal_connect (self, "query-tooltip", G_CALLBACK (query_tooltip), NULL);
}

GtkWidget *
fovea_head_cell_new (FoveaSelection *selection, FoveaTileCache *thumbnails)
{
    FoveaHeadCell *self = g_object_new (FOVEA_TYPE_HEAD_CELL, NULL);
    self->selection = g_object_ref (selection);
    self->thumbnails = g_object_ref (thumbnails);
    return GTK_WIDGET (self);
}

void
fovea_head_cell_set_compare (FoveaHeadCell *self, FoveaHeadCompare compare, FoveaTileCache *others)
{
    g_set_object (&self->others, others);
    if (self->compare == compare)
        return;
    self->compare = compare;
    gtk_widget_queue_resize (GTK_WIDGET (self));
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
fovea_head_cell_set_paint (FoveaHeadCell *self, const FoveaHeadPaint *paint)
{
    gboolean painted = self->paint != NULL && self->paint->score != NULL;
    self->paint = paint;
    if (painted || paint->score != NULL || self->waiting)
        gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Drawing follows the item's scores, and so does what is read aloud. */
void
fovea_head_cell_renew (FoveaHeadCell *self)
{
    guint layer, head;
    if (self->item == NULL)
        return;
    fovea_head_item_get_place (self->item, &layer, &head);
    g_autofree char *label = fovea_sentence_for_head (self->selection, layer, head);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                    -1);
    /* The focus is on what the list puts round it, which GTK 4.8 has no name for. */
    GtkWidget *row = gtk_widget_get_parent (GTK_WIDGET (self));
    if (row != NULL)
        gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                        -1);
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
fovea_head_cell_set_item (FoveaHeadCell *self, FoveaHeadItem *item, const char *badge, int side)
{
    fovea_head_cell_set_side (self, side);
    if (self->item == item && g_strcmp0 (self->badge, badge) == 0)
        return;
    g_set_object (&self->item, item);
    g_free (self->badge);
    self->badge = g_strdup (badge);
    gtk_widget_queue_draw (GTK_WIDGET (self));
    fovea_head_cell_renew (self);
}

void
fovea_head_cell_set_side (FoveaHeadCell *self, int side)
{
    if (self->side != side)
        gtk_widget_queue_resize (GTK_WIDGET (self));
    self->side = side;
}
