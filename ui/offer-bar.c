/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The sentence wraps and the buttons stand in a toolbar's lines, so that the bar is as narrow as its view. */
#include "ui/offer-bar.h"

#include "ui/toolbar.h"

struct _FoveaOfferBar {
    GtkBox parent_instance;
    GtkWidget *line, *buttons;
};

G_DEFINE_FINAL_TYPE (FoveaOfferBar, fovea_offer_bar, GTK_TYPE_BOX)

static guint chosen_signal;

static void
choose (GtkWidget *widget, const char *action, GVariant *parameter)
{
    fovea_offer_bar_hide (FOVEA_OFFER_BAR (widget));
    g_signal_emit (widget, chosen_signal, 0, g_variant_get_uint32 (parameter));
}

static void
fovea_offer_bar_class_init (FoveaOfferBarClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
    gtk_widget_class_install_action (widget_class, "offer.choose", "u", choose);
    chosen_signal = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
    gtk_widget_class_set_css_name (widget_class, "offerbar");
    gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
fovea_offer_bar_init (FoveaOfferBar *self)
{
    gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
    self->line = gtk_label_new (NULL);
    gtk_label_set_xalign (GTK_LABEL (self->line), 0);
    gtk_label_set_wrap (GTK_LABEL (self->line), TRUE);
    self->buttons = fovea_toolbar_new ();
    gtk_widget_remove_css_class (self->buttons, "toolbar");
    gtk_box_append (GTK_BOX (self), self->line);
    gtk_box_append (GTK_BOX (self), self->buttons);
    gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

GtkWidget *
fovea_offer_bar_new (void)
{
    return g_object_new (FOVEA_TYPE_OFFER_BAR, NULL);
}

/* What stands there already keeps its buttons, one of which may have the focus. */
static gboolean
is_shown (FoveaOfferBar *self, const char *text, const char *const *choices)
{
    GtkWidget *button = gtk_widget_get_first_child (self->buttons);
    for (; button != NULL && *choices != NULL; choices++) {
        if (!g_str_equal (gtk_button_get_label (GTK_BUTTON (button)), *choices))
            return FALSE;
        button = gtk_widget_get_next_sibling (button);
    }
    return button == NULL && *choices == NULL &&
           g_strcmp0 (fovea_offer_bar_get_text (self), text) == 0;
}

void
fovea_offer_bar_show (FoveaOfferBar *self, const char *text, const char *const *choices)
{
    if (is_shown (self, text, choices))
        return;
    for (GtkWidget *old; (old = gtk_widget_get_first_child (self->buttons)) != NULL;)
        gtk_box_remove (GTK_BOX (self->buttons), old);
    for (guint i = 0; choices[i] != NULL; i++) {
        GtkWidget *button = gtk_button_new_with_label (choices[i]);
        gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "offer.choose");
        gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "u", i);
        gtk_box_append (GTK_BOX (self->buttons), button);
    }
    gtk_label_set_text (GTK_LABEL (self->line), text);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
    gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

void
fovea_offer_bar_hide (FoveaOfferBar *self)
{
    gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

const char *
fovea_offer_bar_get_text (FoveaOfferBar *self)
{
    return gtk_widget_get_visible (GTK_WIDGET (self)) ? gtk_label_get_text (GTK_LABEL (self->line))
                                                      : NULL;
}
