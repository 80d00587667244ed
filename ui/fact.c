/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Facts are data, sections show them through a list view; the row widget draws bar and mark itself.
 * A list view makes a row anew for an item it has not had, some 100 us each, so what it has are places:
 * a new set of facts goes into those there are. */
#include "ui/fact.h"

#include <glib/gi18n.h>

#include "ui/palette.h"
#include "ui/scaled.h"
#include "ui/still-label.h"

#define MAX_FACTS 8

struct _FoveaFact {
    GObject parent_instance;
    char *role, *glyph, *number, *label, *value;
    char *key_number, *key_label; /* second half of a pair; label NULL = no pair */
    double share;                 /* negative: no bar */
    guint32 color;                /* of mark and bar, 0 = the role's */
    FoveaMark mark;
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
    self->share = CLAMP (share, 0, 1);
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

/* The row. */

#define FOVEA_TYPE_FACT_ROW (fovea_fact_row_get_type ())
G_DECLARE_FINAL_TYPE (FoveaFactRow, fovea_fact_row, FOVEA, FACT_ROW, GtkWidget)

#define ROW_HEIGHT 21
#define BAR        84
#define ROLE_BAR   40 /* leaves "duplicate token" its room */

struct _FoveaFactRow {
    GtkWidget parent_instance;
    FoveaFact *fact;
};

G_DEFINE_FINAL_TYPE (FoveaFactRow, fovea_fact_row, GTK_TYPE_WIDGET)

/* A share above zero is never invisible: at least two pixels. */
static void
draw_bar (FoveaFact *fact, GtkSnapshot *snapshot, const FoveaPalette *palette, double x, double y)
{
    GdkRGBA color = palette->accent_text;
    if (fact->role != NULL)
        color = fovea_palette_rgba (fovea_color_map_role (palette->theme, fact->role, NULL));
    if (fact->color != 0)
        color = fovea_palette_rgba (fact->color);
    double width = fact->role != NULL || fact->color != 0 ? ROLE_BAR : BAR;
    fovea_fill_draw (snapshot, x, y - 4, width, 8, 2, &palette->button);
    if (fact->share > 0)
        fovea_fill_draw (snapshot, x, y - 4, MAX (fact->share * width, 2), 8, 2, &color);
}

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

/* Three layouts in one row: label and value; glyph, position, token and bar; mark, role and bar. */
static double
get_start (const FoveaFact *fact)
{
    return fact->role != NULL || fact->color != 0 ? 19 : fact->glyph != NULL ? 56 : 0;
}

/* Numbers with a sign are codes, the longest of which is like -123.45. */
static double
get_bar (const FoveaFact *fact, double width)
{
    gboolean sign = g_str_has_prefix (fact->value, "+") || g_str_has_prefix (fact->value, "−");
    return fact->role != NULL ? width - 98 - ROLE_BAR
           : fact->color != 0 ? width - (sign ? 60 : 48) - ROLE_BAR
                              : width - 58 - BAR;
}

/* What the label has, beside a value of that width. */
static double
get_room (const FoveaFact *fact, double width, int value)
{
    return (fact->share < 0 ? width - value : get_bar (fact, width)) - get_start (fact) - 8;
}

static void
fovea_fact_row_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
    FoveaFact *fact = FOVEA_FACT_ROW (widget)->fact;
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
                          17, y, 0);
    }
    int value = fovea_label_draw (widget, snapshot, fact->value, 12.5, FOVEA_LABEL_RIGHT,
                                  &palette.text, width, y, 0);
    if (fact->share >= 0)
        draw_bar (fact, snapshot, &palette, get_bar (fact, width), y);
    fovea_label_draw (widget, snapshot, fact->label, 12.5, FOVEA_LABEL_NORMAL,
                      fact->share < 0 ? &palette.quiet : &palette.text, get_start (fact), y,
                      get_room (fact, width, value));
}

/* A minimum only: the row grows with its text. */
static void
fovea_fact_row_measure (GtkWidget *widget,
                        GtkOrientation orientation,
                        int for_size,
                        int *minimum,
                        int *natural,
                        int *minimum_baseline,
                        int *natural_baseline)
{
    *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? ROW_HEIGHT : 180;
}

static void
fovea_fact_row_dispose (GObject *object)
{
    g_clear_object (&FOVEA_FACT_ROW (object)->fact);
    G_OBJECT_CLASS (fovea_fact_row_parent_class)->dispose (object);
}

static void
fovea_fact_row_class_init (FoveaFactRowClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_fact_row_dispose;
    GTK_WIDGET_CLASS (klass)->snapshot = fovea_fact_row_snapshot;
    GTK_WIDGET_CLASS (klass)->measure = fovea_fact_row_measure;
    gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_LABEL);
}

static int
get_width (GtkWidget *widget, const char *text)
{
    int width;
    g_autoptr (PangoLayout) layout = fovea_label_layout (widget, 12.5, FOVEA_LABEL_NORMAL, text);
    pango_layout_get_pixel_size (layout, &width, NULL);
    return width;
}

/* Only a label that is shortened has more to tell. */
static gboolean
query_tooltip (
    GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer unused)
{
    const FoveaFact *fact = FOVEA_FACT_ROW (widget)->fact;
    if (fact == NULL || fact->key_label != NULL)
        return FALSE;
    gtk_tooltip_set_text (tooltip, fact->label);
    return get_width (widget, fact->label) >
           get_room (fact, gtk_widget_get_width (widget), get_width (widget, fact->value));
}

static void
fovea_fact_row_init (FoveaFactRow *self)
{
    gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
    g_signal_connect (self, "query-tooltip", G_CALLBACK (query_tooltip), NULL);
}

/* What the row shows is drawn, hence the accessible label says it in words. */
static void
show_fact (FoveaFactRow *row, FoveaFact *fact)
{
    g_set_object (&row->fact, fact);
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

/* The place. */

#define FOVEA_TYPE_FACT_PLACE (fovea_fact_place_get_type ())
G_DECLARE_FINAL_TYPE (FoveaFactPlace, fovea_fact_place, FOVEA, FACT_PLACE, GObject)

struct _FoveaFactPlace {
    GObject parent_instance;
    FoveaFact *fact;
    FoveaFactRow *row; /* while it is bound */
};

G_DEFINE_FINAL_TYPE (FoveaFactPlace, fovea_fact_place, G_TYPE_OBJECT)

static void
fovea_fact_place_dispose (GObject *object)
{
    g_clear_object (&FOVEA_FACT_PLACE (object)->fact);
    G_OBJECT_CLASS (fovea_fact_place_parent_class)->dispose (object);
}

static void
fovea_fact_place_class_init (FoveaFactPlaceClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_fact_place_dispose;
}

static void
fovea_fact_place_init (FoveaFactPlace *self)
{
}

static void
fovea_fact_place_set (FoveaFactPlace *self, FoveaFact *fact)
{
    g_set_object (&self->fact, fact);
    if (self->row != NULL)
        show_fact (self->row, fact);
}

/* Rows are read, not chosen, so they take no activation. */
static void
setup_row (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
    gtk_list_item_set_child (item, fovea_scaled_new (g_object_new (FOVEA_TYPE_FACT_ROW, NULL)));
    gtk_list_item_set_activatable (item, FALSE);
}

static void
bind_row (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
    FoveaFactPlace *place = gtk_list_item_get_item (item);
    place->row =
        FOVEA_FACT_ROW (fovea_scaled_get_child (FOVEA_SCALED (gtk_list_item_get_child (item))));
    show_fact (place->row, place->fact);
}

static void
unbind_row (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
    FOVEA_FACT_PLACE (gtk_list_item_get_item (item))->row = NULL;
}

/* The section. */

struct _FoveaSection {
    GtkBox parent_instance;
    GtkWidget *title, *view;
    GtkLabel *note;
    GListStore *places;
};

G_DEFINE_FINAL_TYPE (FoveaSection, fovea_section, GTK_TYPE_BOX)

static void
fovea_section_dispose (GObject *object)
{
    g_clear_object (&FOVEA_SECTION (object)->places);
    G_OBJECT_CLASS (fovea_section_parent_class)->dispose (object);
}

static void
fovea_section_class_init (FoveaSectionClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_section_dispose;
    gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "factsection");
}

static void
fovea_section_init (FoveaSection *self)
{
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
    gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
    self->places = g_list_store_new (FOVEA_TYPE_FACT_PLACE);
    self->title = fovea_still_label_new ("section", 1);
    self->note = GTK_LABEL (gtk_label_new (""));
    gtk_widget_add_css_class (GTK_WIDGET (self->note), "note");
    gtk_label_set_xalign (self->note, 0);
    gtk_label_set_wrap (self->note, TRUE);
    g_signal_connect (factory, "setup", G_CALLBACK (setup_row), NULL);
    g_signal_connect (factory, "bind", G_CALLBACK (bind_row), NULL);
    g_signal_connect (factory, "unbind", G_CALLBACK (unbind_row), NULL);
    GtkSelectionModel *model =
        GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->places))));
    GtkWidget *view = self->view = gtk_list_view_new (model, factory);
    gtk_widget_set_focusable (view, FALSE);
    gtk_box_append (GTK_BOX (self), self->title);
    gtk_box_append (GTK_BOX (self), view);
    gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->note));
    gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

GtkWidget *
fovea_section_new (const char *title)
{
    FoveaSection *self = g_object_new (FOVEA_TYPE_SECTION, NULL);
    fovea_still_label_set (self->title, title);
    return GTK_WIDGET (self);
}

static void
set_places (FoveaSection *self, GListModel *facts, guint n)
{
    GListModel *places = G_LIST_MODEL (self->places);
    guint n_places = g_list_model_get_n_items (places);
    for (guint i = 0; i < n; i++) {
        g_autoptr (FoveaFact) fact = g_list_model_get_item (facts, i);
        g_autoptr (FoveaFactPlace) place = i < n_places
                                               ? g_list_model_get_item (places, i)
                                               : g_object_new (FOVEA_TYPE_FACT_PLACE, NULL);
        fovea_fact_place_set (place, fact);
        if (i >= n_places)
            g_list_store_append (self->places, place);
    }
    if (n < n_places)
        g_list_store_splice (self->places, n, n_places - n, NULL, 0);
}

void
fovea_section_set (FoveaSection *self, const char *title, GListStore *facts, const char *note)
{
    guint n = MIN (g_list_model_get_n_items (G_LIST_MODEL (facts)), MAX_FACTS);
    set_places (self, G_LIST_MODEL (facts), n);
    if (title != NULL)
        fovea_still_label_set (self->title, title);
    /* An empty list has no rows that would name it. */
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    fovea_still_label_get (self->title), -1);
    gtk_label_set_text (self->note, note != NULL ? note : "");
    gtk_widget_set_visible (GTK_WIDGET (self->note), note != NULL);
    gtk_widget_set_visible (GTK_WIDGET (self), n > 0 || note != NULL);
}
