/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The whole command is kept beside the label, which has room for both ends of a long one. Lines break
 * before an option and never within its dashes, where people would read two words. */
#include "app/window/command-text.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/window/form.h"
#include "ui/tip.h"

#define LINES 9
/* Letters and lines of a command, and of the two ends of a longer one. */
#define MOST_LETTERS  600
#define MOST_LINES    16
#define BEGIN_LETTERS 110
#define BEGIN_LINES   3
#define END_LETTERS   200
#define END_LINES     6

struct _FoveaCommandText {
    GtkBox parent_instance;
    GtkLabel *label;
    GtkWidget *copy;
    char *whole;
};

G_DEFINE_FINAL_TYPE (FoveaCommandText, fovea_command_text, GTK_TYPE_BOX)

static void
copy_command (FoveaCommandText *self)
{
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->whole);
}

static GtkWidget *
build_heading (FoveaCommandText *self)
{
    GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
    GtkWidget *same = gtk_label_new (_ ("Same as the command"));
    GtkWidget *copy = gtk_button_new_from_icon_name ("edit-copy-symbolic");
    gtk_widget_add_css_class (same, "quiet");
    gtk_widget_add_css_class (copy, "flat");
    gtk_widget_set_hexpand (same, TRUE);
    gtk_label_set_xalign (GTK_LABEL (same), 0);
    fovea_tip_set (copy, _ ("Copy the command"));
    gtk_accessible_update_property (GTK_ACCESSIBLE (copy), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Copy the command"), -1);
    g_signal_connect_object (copy, "clicked", G_CALLBACK (copy_command), self, G_CONNECT_SWAPPED);
    gtk_box_append (GTK_BOX (row), same);
    gtk_box_append (GTK_BOX (row), copy);
    self->copy = copy;
    return row;
}

static void
fovea_command_text_finalize (GObject *object)
{
    g_free (FOVEA_COMMAND_TEXT (object)->whole);
    G_OBJECT_CLASS (fovea_command_text_parent_class)->finalize (object);
}

static void
fovea_command_text_class_init (FoveaCommandTextClass *klass)
{
    G_OBJECT_CLASS (klass)->finalize = fovea_command_text_finalize;
}

static void
fovea_command_text_init (FoveaCommandText *self)
{
    gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
    gtk_box_set_spacing (GTK_BOX (self), 6);
}

GtkWidget *
fovea_command_text_new (int characters)
{
    FoveaCommandText *self = g_object_new (FOVEA_TYPE_COMMAND_TEXT, NULL);
    gtk_box_append (GTK_BOX (self), build_heading (self));
    self->label = fovea_form_add_text (GTK_WIDGET (self), "command", characters);
    gtk_label_set_selectable (self->label, TRUE);
    gtk_label_set_ellipsize (self->label, PANGO_ELLIPSIZE_END);
    gtk_label_set_lines (self->label, LINES);
    fovea_command_text_set (self, "");
    return GTK_WIDGET (self);
}

static const char *
walk_on (const char *at, int letters, int lines)
{
    while (letters-- > 0 && *at != '\0' && (*at != '\n' || lines-- > 0))
        at = g_utf8_next_char (at);
    return at;
}

static const char *
walk_back (const char *begin, const char *at, int letters, int lines)
{
    while (letters-- > 0 && at > begin && (at[-1] != '\n' || lines-- > 0))
        at = g_utf8_prev_char (at);
    return at;
}

/* Both ends of what holds a book or a hundred files, whose layout takes seconds.   Owner: caller. */
static char *
shorten (const char *command)
{
    const char *begin = walk_on (command, BEGIN_LETTERS, BEGIN_LINES);
    const char *end = walk_back (command, command + strlen (command), END_LETTERS, END_LINES);
    if (*walk_on (command, MOST_LETTERS, MOST_LINES) == '\0')
        return g_strdup (command);
    return g_strdup_printf ("%.*s … %s", (int) (begin - command), command, end);
}

/* Of each option's name; a dash is a place to break for the toolkit.   Owner: caller. */
static PangoAttrList *
hold_options (const char *shown)
{
    PangoAttrList *list = pango_attr_list_new ();
    for (const char *at = strstr (shown, " --"); at != NULL; at = strstr (at + 1, " --")) {
        PangoAttribute *whole = pango_attr_allow_breaks_new (FALSE);
        whole->start_index = (guint) (at + 1 - shown);
        whole->end_index = whole->start_index + (guint) strcspn (at + 1, " \n");
        pango_attr_list_insert (list, whole);
    }
    return list;
}

void
fovea_command_text_set (FoveaCommandText *self, const char *command)
{
    g_autofree char *shown = shorten (command);
    g_autoptr (PangoAttrList) whole = hold_options (shown);
    g_free (self->whole);
    self->whole = g_strdup (command);
    gtk_label_set_text (self->label, shown);
    gtk_label_set_attributes (self->label, whole);
    gtk_widget_set_visible (GTK_WIDGET (self->label), *command != '\0');
    gtk_widget_set_sensitive (self->copy, *command != '\0');
}
