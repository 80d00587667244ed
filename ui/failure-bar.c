/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The line is cut with an ellipsis so that a long path never widens the window; the details have it
 * whole, with the time and what was open, ready to be pasted into a report. */
#include "ui/failure-bar.h"
#include "ui/tip.h"

#include <glib/gi18n.h>

struct _FoveaFailureBar {
    GtkBox parent_instance;
    GtkInfoBar *bar;
    GtkLabel *line, *details;
    GtkWidget *retry; /* NULL = nothing here can be tried again */
    GtkWidget *fold;
    char *message, *context;
    GDateTime *when;
    GtkWidget *before; /* had the focus when the message came; weak */
};

G_DEFINE_FINAL_TYPE (FoveaFailureBar, fovea_failure_bar, GTK_TYPE_BOX)

#define RESPONSE_DETAILS 1
#define TELLER           "fovea-failure-teller"
static guint retry_signal;

/* Made when it is shown: the time is that of the failure, not of the look at it. */
static void
fill_details (FoveaFailureBar *self)
{
    g_autofree char *when = g_date_time_format_iso8601 (self->when);
    g_autofree char *text =
        g_strdup_printf ("%s\n%s%s%s", self->message, when, self->context != NULL ? "\n" : "",
                         self->context != NULL ? self->context : "");
    gtk_label_set_text (self->details, text);
}

static gboolean
has_focus (FoveaFailureBar *self)
{
    return (gtk_widget_get_state_flags (GTK_WIDGET (self)) & GTK_STATE_FLAG_FOCUS_WITHIN) != 0;
}

static void
toggle_details (FoveaFailureBar *self)
{
    if (self->message == NULL)
        return;
    gtk_widget_set_visible (self->fold, !gtk_widget_get_visible (self->fold));
}

static void
answered (FoveaFailureBar *self, int response)
{
    if (response == RESPONSE_DETAILS) {
        toggle_details (self);
        return;
    }
    fovea_failure_bar_close (self);
    if (response == GTK_RESPONSE_ACCEPT)
        g_signal_emit (self, retry_signal, 0);
}

static void
activate (GtkWidget *widget, const char *action, GVariant *parameter)
{
    FoveaFailureBar *self = FOVEA_FAILURE_BAR (widget);
    if (g_str_equal (action, "failure.details"))
        toggle_details (self);
    else if (g_str_equal (action, "failure.close"))
        fovea_failure_bar_close (self);
    else
        gdk_clipboard_set_text (gtk_widget_get_clipboard (widget),
                                gtk_label_get_text (self->details));
}

static void
fovea_failure_bar_finalize (GObject *object)
{
    FoveaFailureBar *self = FOVEA_FAILURE_BAR (object);
    g_free (self->message);
    g_free (self->context);
    g_clear_pointer (&self->when, g_date_time_unref);
    g_clear_weak_pointer (&self->before);
    G_OBJECT_CLASS (fovea_failure_bar_parent_class)->finalize (object);
}

static void
fovea_failure_bar_class_init (FoveaFailureBarClass *klass)
{
    static const char *const actions[] = {"failure.details", "failure.copy", "failure.close"};
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
    G_OBJECT_CLASS (klass)->finalize = fovea_failure_bar_finalize;
    for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
        gtk_widget_class_install_action (widget_class, actions[i], NULL, activate);
    gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "failure.close", NULL);
    retry_signal = g_signal_new ("retry", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
    gtk_widget_class_set_css_name (widget_class, "failurebar");
}

/* Details and their copy button; the text can be selected as well. */
static GtkWidget *
build_fold (FoveaFailureBar *self)
{
    GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
    GtkWidget *copy = gtk_button_new_with_label (_ ("Copy"));
    self->details = GTK_LABEL (gtk_label_new (""));
    gtk_label_set_wrap (self->details, TRUE);
    gtk_label_set_wrap_mode (self->details, PANGO_WRAP_WORD_CHAR);
    gtk_label_set_selectable (self->details, TRUE);
    gtk_label_set_xalign (self->details, 0);
    gtk_widget_set_hexpand (GTK_WIDGET (self->details), TRUE);
    gtk_actionable_set_action_name (GTK_ACTIONABLE (copy), "failure.copy");
    gtk_widget_set_valign (copy, GTK_ALIGN_START);
    fovea_tip_set (copy, _ ("Copy the details"));
    gtk_widget_add_css_class (row, "details");
    gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->details));
    gtk_box_append (GTK_BOX (row), copy);
    gtk_widget_set_visible (row, FALSE);
    return row;
}

/* A picture alone, of the toolkit's. */
static void
name_close (FoveaFailureBar *self)
{
    GtkWidget *row =
        gtk_revealer_get_child (GTK_REVEALER (gtk_widget_get_first_child (GTK_WIDGET (self->bar))));
    GtkWidget *close = gtk_widget_get_last_child (row);
    fovea_tip_set (close, _ ("Close (Esc)"));
    gtk_accessible_update_property (GTK_ACCESSIBLE (close), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Close"), -1);
}

static void
fovea_failure_bar_init (FoveaFailureBar *self)
{
    gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
    self->bar = GTK_INFO_BAR (gtk_info_bar_new ());
    self->line = GTK_LABEL (gtk_label_new (""));
    gtk_label_set_ellipsize (self->line, PANGO_ELLIPSIZE_MIDDLE);
    gtk_label_set_xalign (self->line, 0);
    gtk_widget_set_hexpand (GTK_WIDGET (self->line), TRUE);
    gtk_info_bar_add_child (self->bar, GTK_WIDGET (self->line));
    gtk_info_bar_set_message_type (self->bar, GTK_MESSAGE_ERROR);
    gtk_info_bar_set_show_close_button (self->bar, TRUE);
    gtk_info_bar_set_revealed (self->bar, FALSE);
    name_close (self);
    self->fold = build_fold (self);
    gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->bar));
    gtk_box_append (GTK_BOX (self), self->fold);
    g_signal_connect_object (self->bar, "response", G_CALLBACK (answered), self, G_CONNECT_SWAPPED);
}

/* The toolkit's name of them has the words twice. */
static GtkWidget *
add_button (FoveaFailureBar *self, const char *words, int response)
{
    GtkWidget *button = gtk_info_bar_add_button (self->bar, words, response);
    gtk_accessible_reset_relation (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
    return button;
}

GtkWidget *
fovea_failure_bar_new (gboolean can_retry)
{
    FoveaFailureBar *self = g_object_new (FOVEA_TYPE_FAILURE_BAR, NULL);
    if (can_retry)
        self->retry = add_button (self, _ ("Try again"), GTK_RESPONSE_ACCEPT);
    add_button (self, _ ("Details"), RESPONSE_DETAILS);
    return GTK_WIDGET (self);
}

/* The details are those of the moment of the failure: what is open may be another thing when they are read. */
static void
ask_context (FoveaFailureBar *self)
{
    GtkWidget *root = GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self)));
    FoveaFailureTeller tell = root != NULL ? g_object_get_data (G_OBJECT (root), TELLER) : NULL;
    g_free (self->context);
    self->context = tell != NULL ? tell (root) : NULL;
}

static void
show (FoveaFailureBar *self, const char *message, gboolean can_retry)
{
    if (self->retry != NULL)
        gtk_widget_set_visible (self->retry, can_retry);
    g_free (self->message);
    self->message = g_strdup (message);
    g_clear_pointer (&self->when, g_date_time_unref);
    self->when = g_date_time_new_now_utc ();
    ask_context (self);
    fill_details (self);
    if (!has_focus (self)) {
        GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
        g_set_weak_pointer (&self->before, root != NULL ? gtk_root_get_focus (root) : NULL);
    }
    gtk_label_set_text (self->line, message);
    fovea_tip_set (GTK_WIDGET (self->line), message);
    gtk_widget_set_visible (self->fold, FALSE);
    gtk_info_bar_set_revealed (self->bar, TRUE);
}

void
fovea_failure_bar_show (FoveaFailureBar *self, const char *message)
{
    show (self, message, TRUE);
}

void
fovea_failure_bar_show_refusal (FoveaFailureBar *self, const char *message)
{
    show (self, message, FALSE);
}

void
fovea_failure_bar_set_teller (GtkWidget *root, FoveaFailureTeller tell)
{
    g_object_set_data (G_OBJECT (root), TELLER, tell);
}

void
fovea_failure_bar_close (FoveaFailureBar *self)
{
    gboolean inside = has_focus (self);
    g_clear_pointer (&self->message, g_free);
    gtk_widget_set_visible (self->fold, FALSE);
    gtk_info_bar_set_revealed (self->bar, FALSE);
    if (inside && self->before != NULL && gtk_widget_get_mapped (self->before))
        gtk_widget_grab_focus (self->before);
    else if (inside) /* where it is not is next */
        gtk_widget_child_focus (GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self))),
                                GTK_DIR_TAB_FORWARD);
    g_clear_weak_pointer (&self->before);
}

const char *
fovea_failure_bar_get_message (FoveaFailureBar *self)
{
    return self->message;
}

const char *
fovea_failure_bar_get_details (FoveaFailureBar *self)
{
    return gtk_widget_get_visible (self->fold) ? gtk_label_get_text (self->details) : NULL;
}
