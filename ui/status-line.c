/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The spoken label is there for assistive technology only: fully transparent, one pixel wide. A
 * device's line lists everything it can do; the first two words are what tells devices apart, the
 * rest is in the tooltip. */
#include "ui/status-line.h"

#include <glib/gi18n.h>

#include "ui/still-label.h"
#include "ui/token-text.h"
#include "ui/whole.h"
#include "ui/tip.h"

#define SPEAK_MS 500

struct _FoveaStatusLine {
    GtkBox parent_instance;
    GtkLabel *text, *count, *device, *memory, *spoken;
    GtkWidget *hovered, *bar, *cancel, *chip, *memory_bar;
    char *waiting;
    guint speak_timeout;
};

G_DEFINE_FINAL_TYPE (FoveaStatusLine, fovea_status_line, GTK_TYPE_BOX)

static GtkLabel *
add_label (FoveaStatusLine *self, const char *css)
{
    GtkWidget *label = gtk_label_new ("");
    gtk_widget_add_css_class (label, css);
    gtk_box_append (GTK_BOX (self), label);
    return GTK_LABEL (label);
}

static GtkWidget *
add_bar (FoveaStatusLine *self, int width)
{
    GtkWidget *bar = gtk_progress_bar_new ();
    gtk_widget_set_size_request (bar, width, -1);
    gtk_widget_set_valign (bar, GTK_ALIGN_CENTER);
    gtk_widget_set_visible (bar, FALSE);
    gtk_box_append (GTK_BOX (self), bar);
    return bar;
}

static void
fovea_status_line_dispose (GObject *object)
{
    FoveaStatusLine *self = FOVEA_STATUS_LINE (object);
    g_clear_handle_id (&self->speak_timeout, g_source_remove);
    g_clear_pointer (&self->waiting, g_free);
    G_OBJECT_CLASS (fovea_status_line_parent_class)->dispose (object);
}

/* A job changes most of it. */
static void
fovea_status_line_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
    GtkSnapshot *drawn = gtk_snapshot_new ();
    GTK_WIDGET_CLASS (fovea_status_line_parent_class)->snapshot (widget, drawn);
    fovea_whole_draw (widget, snapshot, drawn, FOVEA_WHOLE_MOST);
}

static void
fovea_status_line_class_init (FoveaStatusLineClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_status_line_dispose;
    GTK_WIDGET_CLASS (klass)->snapshot = fovea_status_line_snapshot;
    gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "statusline");
}

static void
fovea_status_line_init (FoveaStatusLine *self)
{
    gtk_box_set_spacing (GTK_BOX (self), 12);
    self->text = add_label (self, "quiet");
    gtk_label_set_ellipsize (self->text, PANGO_ELLIPSIZE_END);
    self->bar = add_bar (self, 180);
    /* No line of words makes a window wider; the shortest are the last to give way. */
    self->count = add_label (self, "quiet");
    gtk_label_set_ellipsize (self->count, PANGO_ELLIPSIZE_END);
    self->cancel = gtk_button_new_from_icon_name ("window-close-symbolic");
    gtk_widget_add_css_class (self->cancel, "flat");
    fovea_tip_set (self->cancel, _ ("Cancel (Ctrl+.)"));
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->cancel), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Cancel the running job"), -1);
    gtk_actionable_set_action_name (GTK_ACTIONABLE (self->cancel), "win.cancel");
    gtk_widget_set_visible (self->cancel, FALSE);
    gtk_box_append (GTK_BOX (self), self->cancel);
    self->spoken = g_object_new (GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_STATUS,
                                 "width-request", 1, "max-width-chars", 1, "ellipsize",
                                 PANGO_ELLIPSIZE_END, "opacity", 0.0, NULL);
    gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->spoken));
    self->hovered = fovea_still_label_new (NULL, 1);
    gtk_box_append (GTK_BOX (self), self->hovered);
    self->chip = gtk_image_new_from_icon_name ("fovea-chip-symbolic");
    gtk_widget_add_css_class (self->chip, "quiet");
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->chip), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Device"), -1);
    gtk_widget_set_visible (self->chip, FALSE);
    gtk_box_append (GTK_BOX (self), self->chip);
    self->device = add_label (self, "quiet");
    gtk_label_set_ellipsize (self->device, PANGO_ELLIPSIZE_END);
    self->memory_bar = add_bar (self, 60);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->memory_bar),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Memory used"), -1);
    self->memory = add_label (self, "quiet");
    fovea_tip_set (GTK_WIDGET (self->memory), _ ("Memory of this program, of what there is"));
    gtk_widget_set_visible (GTK_WIDGET (self->memory), FALSE);
}

GtkWidget *
fovea_status_line_new (void)
{
    return g_object_new (FOVEA_TYPE_STATUS_LINE, NULL);
}

void
fovea_status_line_set_text (FoveaStatusLine *self, const char *text)
{
    gtk_label_set_text (self->text, text);
}

const char *
fovea_status_line_get_text (FoveaStatusLine *self)
{
    return gtk_label_get_text (self->text);
}

void
fovea_status_line_set_hovered (FoveaStatusLine *self, const char *text)
{
    fovea_still_label_set (self->hovered, text);
}

const char *
fovea_status_line_get_hovered (FoveaStatusLine *self)
{
    return fovea_still_label_get (self->hovered);
}

void
fovea_status_line_set_progress (FoveaStatusLine *self, double fraction, const char *count)
{
    gtk_widget_set_visible (self->bar, fraction >= 0);
    gtk_widget_set_visible (self->cancel, fraction >= 0);
    gtk_label_set_text (self->count, fraction >= 0 && count != NULL ? count : "");
    if (fraction >= 0)
        gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->bar), MIN (fraction, 1));
}

void
fovea_status_line_set_device (FoveaStatusLine *self, const char *device)
{
    g_autofree char *name = fovea_device_text (device);
    gtk_label_set_text (self->device, name);
    fovea_tip_set (GTK_WIDGET (self->device), device);
    gtk_widget_set_visible (self->chip, *name != '\0');
}

void
fovea_status_line_set_memory (FoveaStatusLine *self, guint64 used, guint64 limit)
{
    g_autofree char *text = limit > 0 ? g_strdup_printf (_ ("%.1f of %.1f GB"), (double) used / 1e9,
                                                         (double) limit / 1e9)
                                      : g_strdup ("");
    /* Told every other second: a bar lays itself out and a tooltip asks where the pointer is, both
     * in a frame of their own, whether there is news or not. */
    if (g_str_equal (text, gtk_label_get_text (self->memory)))
        return;
    gtk_label_set_text (self->memory, text);
    gtk_widget_set_visible (self->memory_bar, limit > 0);
    gtk_widget_set_visible (GTK_WIDGET (self->memory), limit > 0);
    if (limit > 0)
        gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->memory_bar),
                                       MIN ((double) used / (double) limit, 1));
}

const char *
fovea_status_line_get_memory (FoveaStatusLine *self)
{
    return gtk_label_get_text (self->memory);
}

/* Text and label both: some readers follow one, some the other. */
static void
speak_now (FoveaStatusLine *self)
{
    gtk_label_set_text (self->spoken, self->waiting);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->spoken), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    self->waiting, -1);
    g_clear_pointer (&self->waiting, g_free);
}

/* Keeps ticking while there is something to say, then stops by itself. */
static gboolean
speak_later (gpointer data)
{
    FoveaStatusLine *self = data;
    if (self->waiting != NULL) {
        speak_now (self);
        return G_SOURCE_CONTINUE;
    }
    self->speak_timeout = 0;
    return G_SOURCE_REMOVE;
}

void
fovea_status_line_speak (FoveaStatusLine *self, const char *sentence)
{
    g_free (self->waiting);
    self->waiting = g_strdup (sentence);
    if (self->speak_timeout != 0)
        return;
    speak_now (self);
    self->speak_timeout = g_timeout_add (SPEAK_MS, speak_later, self);
}
