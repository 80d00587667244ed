/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Facts are data, sections show them in rows, which draw bar and mark themselves. A row that was made
 * stays, hidden where there are fewer facts: while numbers are being read there are none, and to make
 * the rows of the inspector anew takes longer than to draw it. */
#include "ui/fact-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui/commands.h"
#include "ui/palette.h"

struct _FoveaFact {
    GObject parent_instance;
    char *role, *glyph, *number, *label, *value;
    char *key_number, *key_label; /* second half of a pair; label NULL = no pair */
    double share;                 /* negative: no bar */
    guint32 color;                /* of mark and bar, 0 = the role's */
    FoveaMark mark;
    gboolean stressed; /* its value is bold */
    gint64 query, key; /* of the cell that it leads to, -1 = none */
};

G_DEFINE_FINAL_TYPE (FoveaFact, fovea_fact, G_TYPE_OBJECT)

static void
fovea_fact_finalize (GObject *object)
{
    FoveaFact *self = FOVEA_FACT (object);
    g_free (self->role);
    g_free (self->glyph);
    g_free (self->number);
    g_free (self->label);
    g_free (self->value);
    g_free (self->key_number);
    g_free (self->key_label);
    G_OBJECT_CLASS (fovea_fact_parent_class)->finalize (object);
}

static void
fovea_fact_class_init (FoveaFactClass *klass)
{
    G_OBJECT_CLASS (klass)->finalize = fovea_fact_finalize;
}

static void
fovea_fact_init (FoveaFact *self)
{
    self->share = -1;
    self->query = self->key = -1;
}

FoveaFact *
fovea_fact_new (const char *label, const char *value)
{
    FoveaFact *self = g_object_new (FOVEA_TYPE_FACT, NULL);
    self->label = g_strdup (label);
    self->value = g_strdup (value);
    return self;
}

FoveaFact *
fovea_fact_stress (FoveaFact *self)
{
    self->stressed = TRUE;
    return self;
}

gboolean
fovea_fact_is_stressed (FoveaFact *self)
{
    return self->stressed;
}

FoveaFact *
fovea_fact_new_bar (const char *role,
                    const char *glyph,
                    const char *number,
                    const char *label,
                    double share,
                    const char *value)
{
    FoveaFact *self = fovea_fact_new (label, value);
    self->role = g_strdup (role);
    self->glyph = g_strdup (glyph);
    self->number = g_strdup (number);
    self->share = share < 0 ? -1 : MIN (share, 1);
    return self;
}

FoveaFact *
fovea_fact_new_marked (
    guint32 color, FoveaMark mark, const char *label, double share, const char *value)
{
    FoveaFact *self = fovea_fact_new_bar (NULL, NULL, NULL, label, share, value);
    self->color = color;
    self->mark = mark;
    return self;
}

FoveaFact *
fovea_fact_new_pair (const char *query_number,
                     const char *query,
                     const char *key_number,
                     const char *key,
                     const char *value)
{
    FoveaFact *self = fovea_fact_new (query, value);
    self->number = g_strdup (query_number);
    self->key_number = g_strdup (key_number);
    self->key_label = g_strdup (key);
    return self;
}

FoveaFact *
fovea_fact_lead_to (FoveaFact *self, gint64 query, gint64 key)
{
    self->query = query;
    self->key = key;
    return self;
}

/* The row. */

#define FOVEA_TYPE_FACT_ROW (fovea_fact_row_get_type ())
G_DECLARE_FINAL_TYPE (FoveaFactRow, fovea_fact_row, FOVEA, FACT_ROW, GtkWidget)

#define ROW_HEIGHT  21
#define CLASS_ROW   24  /* of a role or a method, with its mark */
#define ROW_WIDTH   180 /* at least; it grows with the inspector */
#define BAR         84
#define ROLE_BAR    54 /* the most: names have their room first */
#define METHOD_BAR  72
#define CODE_BAR    120 /* of both signs together */
#define LEAST_BAR   20
#define NUMBER      31 /* room of a position, which is seldom longer than "1,234" */
#define NUMBER_LEFT 17
#define POWER       78 /* of a value like "4.6 × 10⁻⁷" */

struct _FoveaFactRow {
    GtkWidget parent_instance;
    FoveaFact *fact;
    double number;       /* width of the widest position of the list, */
    double label, value; /* of its widest label and value, where these have marks */
};

G_DEFINE_FINAL_TYPE (FoveaFactRow, fovea_fact_row, GTK_TYPE_WIDGET)

/* Mark of a class that is no role. */
static void
draw_mark (const FoveaFact *fact, GtkSnapshot *snapshot, double x, double y)
{
    GdkRGBA color = fovea_palette_rgba (fact->color);
    cairo_t *cr = gtk_snapshot_append_cairo (
        snapshot, &GRAPHENE_RECT_INIT ((float) x - 6, (float) y - 6, 12, 12));
    gdk_cairo_set_source_rgba (cr, &color);
    fovea_mark_path (cr, fact->mark, x, y, 4);
    cairo_fill (cr);
    cairo_destroy (cr);
}

/* Glyph, position and token of one end of a pair, in @width; a heading has its word only. */
static void
draw_end (GtkWidget *widget,
          GtkSnapshot *snapshot,
          const FoveaPalette *palette,
          const char *glyph,
          const char *number,
          const char *text,
          double x,
          double y,
          double width)
{
    if (number == NULL) {
        fovea_label_draw (widget, snapshot, text, 11, FOVEA_LABEL_NORMAL, &palette->quiet, x, y, 0);
        return;
    }
    fovea_label_draw (widget, snapshot, glyph, 11, FOVEA_LABEL_NORMAL, &palette->text, x, y, 0);
    int used = fovea_label_draw (widget, snapshot, number, 12.5, FOVEA_LABEL_NORMAL,
                                 &palette->quiet, x + 15, y, 0);
    double token = 15 + MAX (used, 24) + 8;
    fovea_label_draw (widget, snapshot, text, 12.5, FOVEA_LABEL_NORMAL, &palette->text, x + token,
                      y, width - token - 6);
}

static void
draw_pair (GtkWidget *widget,
           GtkSnapshot *snapshot,
           const FoveaPalette *palette,
           const FoveaFact *fact,
           double width,
           double y)
{
    double half = (width - 40) / 2;
    gboolean heading = fact->number == NULL;
    draw_end (widget, snapshot, palette, "▶", fact->number, fact->label, 0, y, half);
    draw_end (widget, snapshot, palette, "▼", fact->key_number, fact->key_label, half, y, half);
    fovea_label_draw (widget, snapshot, fact->value, heading ? 11 : 12.5, FOVEA_LABEL_RIGHT,
                      heading ? &palette->quiet : &palette->text, width, y, 0);
}

/* A number with a sign; its bar begins in the middle, minus to the left (ui.md 3). */
static gboolean
is_code (const FoveaFact *fact)
{
    return fact->color != 0 &&
           (g_str_has_prefix (fact->value, "+") || g_str_has_prefix (fact->value, "−"));
}

static gboolean
has_mark (const FoveaFact *fact)
{
    return fact->role != NULL || fact->color != 0;
}

static int
get_height (const FoveaFact *fact)
{
    return fact != NULL && has_mark (fact) && !is_code (fact) ? CLASS_ROW : ROW_HEIGHT;
}

/* Three layouts in one row: label and value; glyph, position, token and bar; mark, role and bar. */
static double
get_start (const FoveaFactRow *row)
{
    const FoveaFact *fact = row->fact;
    return has_mark (fact) ? 19 : fact->glyph != NULL ? NUMBER_LEFT + row->number + 8 : 0;
}

/* Long positions take from the bar, whose token keeps its room. A share above zero is never invisible: at least
 * two pixels. */
static void
draw_bar (const FoveaFactRow *row,
          GtkSnapshot *snapshot,
          const FoveaPalette *palette,
          double x,
          double y,
          double width)
{
    const FoveaFact *fact = row->fact;
    GdkRGBA color = palette->accent_text;
    if (fact->role != NULL)
        color = fovea_palette_rgba (fovea_color_map_role (palette->theme, fact->role, NULL));
    if (fact->color != 0)
        color = fovea_palette_rgba (fact->color);
    if (is_code (fact)) {
        double length = round (MAX (fact->share * width / 2, 2)), middle = floor (x + width / 2);
        gboolean minus = g_str_has_prefix (fact->value, "−");
        fovea_fill_draw (snapshot, minus ? middle - length : middle + 1, y - 4, length, 8, 0,
                         &color);
        fovea_fill_draw (snapshot, middle, y - 7, 1, 14, 0, &palette->quiet);
        return;
    }
    double tall = has_mark (fact) ? 9 : 8;
    fovea_fill_draw (snapshot, x, y - tall / 2, width, tall, 2, &palette->button);
    if (fact->share > 0)
        fovea_fill_draw (snapshot, x, y - tall / 2, MAX (fact->share * width, 2), tall, 2, &color);
}

/* Where the bar begins and how wide it is. Beside a mark it has what the names leave, up to what ui.md
 * draws; a weight may be as long as "4.6 × 10⁻⁷". */
static double
get_bar (const FoveaFactRow *row, double width, double *length)
{
    const FoveaFact *fact = row->fact;
    double value = has_mark (fact) ? row->value + 12 : strstr (fact->value, "×") ? POWER : 58;
    double most = fact->role != NULL ? ROLE_BAR : is_code (fact) ? CODE_BAR : METHOD_BAR;
    *length = has_mark (fact)
                  ? CLAMP (width - get_start (row) - row->label - 8 - value, LEAST_BAR, most)
                  : BAR - (row->number - NUMBER) - (value > 58 ? value - 58 : 0);
    return width - value - *length;
}

/* What the label has, beside a value of that width. */
static double
get_room (const FoveaFactRow *row, double width, int value)
{
    double length;
    double end = row->fact->share < 0 ? width - value : get_bar (row, width, &length);
    return end - get_start (row) - 8;
}

static void
fovea_fact_row_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
    FoveaFactRow *row = FOVEA_FACT_ROW (widget);
    FoveaFact *fact = row->fact;
    if (fact == NULL)
        return;
    FoveaPalette palette;
    fovea_palette_load (widget, &palette);
    double width = gtk_widget_get_width (widget), y = gtk_widget_get_height (widget) / 2.0;
    if (fact->key_label != NULL) {
        draw_pair (widget, snapshot, &palette, fact, width, y);
        return;
    }
    if (fact->role != NULL) {
        fovea_mark_draw (snapshot, palette.theme, fact->role, 6, y, 4);
    } else if (fact->color != 0) {
        draw_mark (fact, snapshot, 6, y);
    } else if (fact->glyph != NULL) {
        fovea_label_draw (widget, snapshot, fact->glyph, 11, FOVEA_LABEL_NORMAL, &palette.text, 0,
                          y, 0);
        fovea_label_draw (widget, snapshot, fact->number, 12.5, FOVEA_LABEL_NORMAL, &palette.quiet,
                          NUMBER_LEFT, y, 0);
    }
    int value = fovea_label_draw (widget, snapshot, fact->value, 12.5,
                                  FOVEA_LABEL_RIGHT |
                                      (fact->stressed ? FOVEA_LABEL_BOLD : FOVEA_LABEL_NORMAL),
                                  &palette.text, width, y, 0);
    if (fact->share >= 0) {
        double length, x = get_bar (row, width, &length);
        draw_bar (row, snapshot, &palette, x, y, length);
    }
    fovea_label_draw (widget, snapshot, fact->label, 12.5, FOVEA_LABEL_NORMAL,
                      fact->share < 0 && fact->role == NULL ? &palette.quiet : &palette.text,
                      get_start (row), y, get_room (row, width, value));
}

static void
fovea_fact_row_measure (GtkWidget *widget,
                        GtkOrientation orientation,
                        int for_size,
                        int *minimum,
                        int *natural,
                        int *minimum_baseline,
                        int *natural_baseline)
{
    *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL
                              ? get_height (FOVEA_FACT_ROW (widget)->fact)
                              : ROW_WIDTH;
}

static void
fovea_fact_row_dispose (GObject *object)
{
    g_clear_object (&FOVEA_FACT_ROW (object)->fact);
    G_OBJECT_CLASS (fovea_fact_row_parent_class)->dispose (object);
}

static gboolean
leads (const FoveaFactRow *row)
{
    return row->fact != NULL && row->fact->query >= 0;
}

static void
pointer_entered (FoveaFactRow *row)
{
    if (leads (row))
        gtk_widget_activate_action (GTK_WIDGET (row), "inspector.hover-cell", "(xx)",
                                    row->fact->query, row->fact->key);
}

/* Whatever it leads to by now. */
static void
pointer_left (FoveaFactRow *row)
{
    gtk_widget_activate_action (GTK_WIDGET (row), "inspector.hover-cell", "(xx)", (gint64) -1,
                                (gint64) -1);
}

static void
follow (FoveaFactRow *row)
{
    if (leads (row))
        gtk_widget_activate_action (GTK_WIDGET (row), "inspector.select-cell", "(xx)",
                                    row->fact->query, row->fact->key);
}

/* Every "inspector." key; most rows are of no cell. */
static void
activate (GtkWidget *widget, const char *action, GVariant *parameter)
{
    if (g_str_equal (action, "inspector.pin"))
        gtk_widget_activate_action (widget, "win.pin", NULL);
    else if (leads (FOVEA_FACT_ROW (widget)))
        follow (FOVEA_FACT_ROW (widget));
    else
        gtk_widget_activate_action (widget, "win.say", "s", _ ("This row is of no cell"));
}

static void
fovea_fact_row_class_init (FoveaFactRowClass *klass)
{
    fovea_commands_bind (GTK_WIDGET_CLASS (klass), "inspector.", activate);
    G_OBJECT_CLASS (klass)->dispose = fovea_fact_row_dispose;
    GTK_WIDGET_CLASS (klass)->snapshot = fovea_fact_row_snapshot;
    GTK_WIDGET_CLASS (klass)->measure = fovea_fact_row_measure;
    gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "factrow");
    gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_LIST_ITEM);
}

static int
get_width (GtkWidget *widget, const char *text)
{
    return fovea_label_width (widget, 12.5, FOVEA_LABEL_NORMAL, text);
}

/* Only a label that is shortened has more to tell. */
static gboolean
query_tooltip (
    GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer unused)
{
    const FoveaFactRow *row = FOVEA_FACT_ROW (widget);
    const FoveaFact *fact = row->fact;
    if (fact == NULL || fact->key_label != NULL)
        return FALSE;
    gtk_tooltip_set_text (tooltip, fact->label);
    return get_width (widget, fact->label) >
           get_room (row, gtk_widget_get_width (widget), get_width (widget, fact->value));
}

static void
fovea_fact_row_init (FoveaFactRow *self)
{
    gtk_widget_set_focusable (GTK_WIDGET (self), TRUE); /* a tooltip can be asked for by key */
    gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
    g_signal_connect (self, "query-tooltip", G_CALLBACK (query_tooltip), NULL);
    GtkEventController *motion = gtk_event_controller_motion_new ();
    GtkGesture *click = gtk_gesture_click_new ();
    g_signal_connect_swapped (motion, "enter", G_CALLBACK (pointer_entered), self);
    g_signal_connect_swapped (motion, "leave", G_CALLBACK (pointer_left), self);
    g_signal_connect_swapped (click, "released", G_CALLBACK (follow), self);
    gtk_widget_add_controller (GTK_WIDGET (self), motion);
    gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

/* What the row shows is drawn, hence the accessible label says it in words. */
static void
show_fact (FoveaFactRow *row, FoveaFact *fact)
{
    if (get_height (row->fact) != get_height (fact))
        gtk_widget_queue_resize (GTK_WIDGET (row));
    g_set_object (&row->fact, fact);
    if (leads (row))
        gtk_widget_add_css_class (GTK_WIDGET (row), "leads");
    else
        gtk_widget_remove_css_class (GTK_WIDGET (row), "leads");
    g_autofree char *label =
        fact->key_label != NULL
            ? g_strdup_printf (_ ("query %s %s, key %s %s: %s"),
                               fact->number != NULL ? fact->number : "", fact->label,
                               fact->key_number != NULL ? fact->key_number : "", fact->key_label,
                               fact->value)
            : g_strdup_printf ("%s %s: %s", fact->number != NULL ? fact->number : "", fact->label,
                               fact->value);
    gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    g_strstrip (label), -1);
    gtk_widget_queue_draw (GTK_WIDGET (row));
}

/* The rows. */

struct _FoveaFactList {
    GtkWidget parent_instance;
    GtkWidget *rows[FOVEA_MAX_FACTS]; /* made when first needed; the first @n are shown */
    guint n;
};

G_DEFINE_FINAL_TYPE (FoveaFactList, fovea_fact_list, GTK_TYPE_WIDGET)

static void
fovea_fact_list_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
    FoveaFactList *self = FOVEA_FACT_LIST (widget);
    *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? 0 : ROW_WIDTH;
    for (guint i = 0; i < self->n; i++) {
        int size;
        gtk_widget_measure (self->rows[i], orientation, -1, &size, NULL, NULL, NULL);
        *minimum += orientation == GTK_ORIENTATION_VERTICAL ? size : 0;
    }
    *natural = *minimum;
}

static void
fovea_fact_list_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
    FoveaFactList *self = FOVEA_FACT_LIST (widget);
    int y = 0;
    for (guint i = 0; i < self->n; i++) {
        int tall = get_height (FOVEA_FACT_ROW (self->rows[i])->fact);
        gtk_widget_size_allocate (self->rows[i], &(GtkAllocation){0, y, width, tall}, -1);
        y += tall;
    }
}

/* As in a list view: Tab goes past the list once one of its rows has the focus, arrows go from row to row. */
static gboolean
fovea_fact_list_focus (GtkWidget *widget, GtkDirectionType direction)
{
    FoveaFactList *self = FOVEA_FACT_LIST (widget);
    GtkWidget *focus = gtk_widget_get_focus_child (widget);
    guint at = 0;
    if (self->n == 0)
        return FALSE;
    if (focus == NULL)
        return gtk_widget_grab_focus (self->rows[direction == GTK_DIR_UP ? self->n - 1 : 0]);
    while (at + 1 < self->n && self->rows[at] != focus)
        at++;
    if (direction == GTK_DIR_DOWN && at + 1 < self->n)
        return gtk_widget_grab_focus (self->rows[at + 1]);
    return direction == GTK_DIR_UP && at > 0 && gtk_widget_grab_focus (self->rows[at - 1]);
}

static void
fovea_fact_list_dispose (GObject *object)
{
    FoveaFactList *self = FOVEA_FACT_LIST (object);
    for (guint i = 0; i < FOVEA_MAX_FACTS; i++)
        g_clear_pointer (&self->rows[i], gtk_widget_unparent);
    self->n = 0;
    G_OBJECT_CLASS (fovea_fact_list_parent_class)->dispose (object);
}

static void
fovea_fact_list_class_init (FoveaFactListClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
    G_OBJECT_CLASS (klass)->dispose = fovea_fact_list_dispose;
    widget_class->measure = fovea_fact_list_measure;
    widget_class->size_allocate = fovea_fact_list_size_allocate;
    widget_class->focus = fovea_fact_list_focus;
    gtk_widget_class_set_css_name (widget_class, "factlist");
    gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
}

static void
fovea_fact_list_init (FoveaFactList *self)
{
}

/* Tokens begin in one column behind the longest position, of which only one is set. */
static double
get_number_width (FoveaFactList *self, GListModel *facts, guint n)
{
    g_autofree char *longest = NULL;
    for (guint i = 0; i < n; i++) {
        g_autoptr (FoveaFact) fact = g_list_model_get_item (facts, i);
        const char *number = fact->glyph != NULL ? fact->number : NULL;
        if (number == NULL || (longest != NULL && strlen (number) <= strlen (longest)))
            continue;
        g_free (longest);
        longest = g_strdup (number);
    }
    return longest != NULL && strlen (longest) > strlen ("123")
               ? MAX (NUMBER, get_width (GTK_WIDGET (self), longest))
               : NUMBER;
}

/* Bars beside marks begin in one column, and so do the numbers behind them. */
static void
get_mark_widths (FoveaFactList *self, GListModel *facts, guint n, double *label, double *value)
{
    *label = *value = 0;
    for (guint i = 0; i < n; i++) {
        g_autoptr (FoveaFact) fact = g_list_model_get_item (facts, i);
        if (!has_mark (fact))
            continue;
        *label = MAX (*label, get_width (GTK_WIDGET (self), fact->label));
        *value = MAX (*value, get_width (GTK_WIDGET (self), fact->value));
    }
}

void
fovea_fact_list_set (FoveaFactList *self, GListModel *facts, guint n)
{
    double number = get_number_width (self, facts, n), label, value;
    get_mark_widths (self, facts, n, &label, &value);
    for (guint i = 0; i < n; i++) {
        g_autoptr (FoveaFact) fact = g_list_model_get_item (facts, i);
        if (self->rows[i] == NULL) {
            self->rows[i] = g_object_new (FOVEA_TYPE_FACT_ROW, NULL);
            gtk_widget_set_parent (self->rows[i], GTK_WIDGET (self));
        }
        FOVEA_FACT_ROW (self->rows[i])->number = number;
        FOVEA_FACT_ROW (self->rows[i])->label = label;
        FOVEA_FACT_ROW (self->rows[i])->value = value;
        show_fact (FOVEA_FACT_ROW (self->rows[i]), fact);
    }
    for (guint i = 0; i < FOVEA_MAX_FACTS && self->rows[i] != NULL; i++)
        gtk_widget_set_visible (self->rows[i], i < n);
    if (self->n != n)
        gtk_widget_queue_resize (GTK_WIDGET (self));
    self->n = n;
}
