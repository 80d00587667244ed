/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Tooltips are answered when they are asked for: setting one asks the display where the pointer is,
 * which a list that binds forty cells in a frame cannot afford. */
#include "ui/still-label.h"

#define WHOLE "fovea-whole" /* words of which a shorter version is shown */

/* As high as the words are at the width there is. That is found once for each text and width, and not by
 * whoever lays it out, who would ask for a dozen widths, a line break of all words each. */
struct _FoveaWholeLayout {
    GtkLayoutManager parent_instance;
    int height;    /* 0 = not known yet */
    guint renewal; /* source that asks for another height */
};

#define FOVEA_TYPE_WHOLE_LAYOUT (fovea_whole_layout_get_type ())
G_DECLARE_FINAL_TYPE (FoveaWholeLayout, fovea_whole_layout, FOVEA, WHOLE_LAYOUT, GtkLayoutManager)
G_DEFINE_FINAL_TYPE (FoveaWholeLayout, fovea_whole_layout, GTK_TYPE_LAYOUT_MANAGER)

/* As the label draws it: digits of one width (style.css) are wider in some fonts.   Owner: caller. */
static PangoLayout *
new_layout (GtkWidget *label, const char *text)
{
    PangoLayout *layout = gtk_widget_create_pango_layout (label, text);
    g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
    pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum"));
    pango_layout_set_attributes (layout, attributes);
    return layout;
}

/* Height of @text, wrapped into the lines of @width. */
static int
measure_words (GtkWidget *label, const char *text, int width)
{
    g_autoptr (PangoLayout) layout = new_layout (label, text);
    int height;
    pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_width (layout, width * PANGO_SCALE);
    pango_layout_get_pixel_size (layout, NULL, &height);
    return height;
}

static void
fovea_whole_layout_measure (GtkLayoutManager *manager,
                            GtkWidget *label,
                            GtkOrientation orientation,
                            int for_size,
                            int *minimum,
                            int *natural,
                            int *minimum_baseline,
                            int *natural_baseline)
{
    FoveaWholeLayout *self = FOVEA_WHOLE_LAYOUT (manager);
    if (orientation == GTK_ORIENTATION_VERTICAL && self->height > 0)
        *minimum = *natural = self->height;
    else
        GTK_WIDGET_GET_CLASS (label)->measure (label, orientation, -1, minimum, natural,
                                               minimum_baseline, natural_baseline);
}

static GtkSizeRequestMode
fovea_whole_layout_get_request_mode (GtkLayoutManager *manager, GtkWidget *label)
{
    return GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

static gboolean
renew (gpointer data)
{
    FoveaWholeLayout *self = data;
    self->renewal = 0;
    gtk_layout_manager_layout_changed (GTK_LAYOUT_MANAGER (self));
    return G_SOURCE_REMOVE;
}

/* Another width asks for another height in the next frame: this one is being laid out. */
static void
fovea_whole_layout_allocate (
    GtkLayoutManager *manager, GtkWidget *label, int width, int height, int baseline)
{
    FoveaWholeLayout *self = FOVEA_WHOLE_LAYOUT (manager);
    int needed = measure_words (label, fovea_still_label_get (label), width);
    GTK_WIDGET_GET_CLASS (label)->size_allocate (label, width, height, baseline);
    if (needed == self->height)
        return;
    self->height = needed;
    if (self->renewal == 0)
        self->renewal = g_idle_add_full (GTK_PRIORITY_RESIZE, renew, self, NULL);
}

static void
fovea_whole_layout_dispose (GObject *object)
{
    g_clear_handle_id (&FOVEA_WHOLE_LAYOUT (object)->renewal, g_source_remove);
    G_OBJECT_CLASS (fovea_whole_layout_parent_class)->dispose (object);
}

static void
fovea_whole_layout_class_init (FoveaWholeLayoutClass *klass)
{
    GtkLayoutManagerClass *manager = GTK_LAYOUT_MANAGER_CLASS (klass);
    G_OBJECT_CLASS (klass)->dispose = fovea_whole_layout_dispose;
    manager->get_request_mode = fovea_whole_layout_get_request_mode;
    manager->measure = fovea_whole_layout_measure;
    manager->allocate = fovea_whole_layout_allocate;
}

static void
fovea_whole_layout_init (FoveaWholeLayout *self)
{
}

/* Only what is shortened has more to tell: the words at the label's width need more height. */
static gboolean
query_tooltip (
    GtkWidget *label, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer unused)
{
    const char *text = fovea_still_label_get (label);
    const char *whole = g_object_get_data (G_OBJECT (label), WHOLE);
    if (whole != NULL) {
        gtk_tooltip_set_text (tooltip, whole);
        return !g_str_equal (whole, text);
    }
    int height = measure_words (label, text, gtk_widget_get_width (label));
    gtk_tooltip_set_text (tooltip, text);
    return *text != '\0' && height > gtk_widget_get_height (label) + 2;
}

GtkWidget *
fovea_still_label_new (const char *css_class, guint lines)
{
    GtkWidget *label = gtk_inscription_new (NULL);
    GtkInscription *words = GTK_INSCRIPTION (label);
    gtk_inscription_set_xalign (words, 0);
    gtk_inscription_set_yalign (words, lines > 1 ? 0 : 0.5f);
    gtk_inscription_set_min_lines (words, lines);
    gtk_inscription_set_nat_lines (words, lines);
    gtk_inscription_set_text_overflow (words, GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
    gtk_inscription_set_wrap_mode (words, PANGO_WRAP_WORD_CHAR);
    if (css_class != NULL)
        gtk_widget_add_css_class (label, css_class);
    gtk_widget_set_hexpand (label, TRUE);
    gtk_widget_set_has_tooltip (label, TRUE);
    g_signal_connect (label, "query-tooltip", G_CALLBACK (query_tooltip), NULL);
    return label;
}

GtkWidget *
fovea_still_label_new_whole (const char *css_class, guint chars)
{
    GtkWidget *label = fovea_still_label_new (css_class, 2);
    gtk_inscription_set_nat_chars (GTK_INSCRIPTION (label), chars);
    gtk_widget_set_layout_manager (label, g_object_new (FOVEA_TYPE_WHOLE_LAYOUT, NULL));
    return label;
}

/* Other words of as many lines leave everything where it is. */
static void
make_room (GtkWidget *label, const char *text)
{
    GtkLayoutManager *manager = gtk_widget_get_layout_manager (label);
    int width = gtk_widget_get_width (label);
    if (manager == NULL || width <= 0)
        return;
    FoveaWholeLayout *self = FOVEA_WHOLE_LAYOUT (manager);
    int height = measure_words (label, text, width);
    if (height != self->height)
        gtk_widget_queue_resize (label);
    self->height = height;
}

void
fovea_still_label_set (GtkWidget *label, const char *text)
{
    if (g_strcmp0 (fovea_still_label_get (label), text != NULL ? text : "") == 0)
        return;
    make_room (label, text != NULL ? text : "");
    gtk_inscription_set_text (GTK_INSCRIPTION (label), text);
    gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    text != NULL ? text : "", -1);
}

void
fovea_still_label_set_fitting (GtkWidget *label, const char *const *versions)
{
    int room = gtk_widget_get_width (label), width;
    g_object_set_data_full (G_OBJECT (label), WHOLE, g_strdup (versions[0]), g_free);
    for (; *versions != NULL; versions++) {
        g_autoptr (PangoLayout) layout = new_layout (label, *versions);
        pango_layout_get_pixel_size (layout, &width, NULL);
        if (width <= room)
            break;
    }
    fovea_still_label_set (label, *versions);
}

const char *
fovea_still_label_get (GtkWidget *label)
{
    const char *text = gtk_inscription_get_text (GTK_INSCRIPTION (label));
    return text != NULL ? text : "";
}
