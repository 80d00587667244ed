/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A dialog's data hang on its window and go with it. An answer holds the window weakly, so that a
 * slow prediction neither keeps a closed dialog alive nor finds freed memory. */
#include "app/window/form.h"

#include <glib/gi18n.h>

#include "ui/ahead.h"
#include "ui/choice.h"
#include "ui/scaled.h"
#include "ui/tip.h"
#include "ui/typed-number.h"

#define NARROW   920 /* what a screen of 960 pixels has inside a window's edges */
#define DATA_KEY "fovea-form"
#define WAY_KEY  "fovea-form-way"

/* What is to be done before the dialog is in sight. */
typedef struct {
    guint source; /* of the next turn, 0 = it is in sight */
    const FoveaFormStep *steps;
    GtkWidget *part;  /* of its content, to be measured next */
    GtkEntry *select; /* of the dialog, once that is in sight; or NULL */
} Way;

struct _FoveaFormAnswer {
    GWeakRef dialog;
};

/* The toolkit's own way to close it, and no other. */
static void
build_plain_header (GtkWidget *dialog)
{
    GtkWidget *header = gtk_header_bar_new ();
    gtk_header_bar_set_decoration_layout (GTK_HEADER_BAR (header), ":close");
    gtk_window_set_titlebar (GTK_WINDOW (dialog), header);
}

static GtkWidget *
build_header (GtkWidget *dialog, const char *action)
{
    GtkWidget *header = gtk_header_bar_new (), *cancel = gtk_button_new_with_label (_ ("Cancel"));
    GtkWidget *button = gtk_button_new_with_label (action);
    gtk_header_bar_set_show_title_buttons (GTK_HEADER_BAR (header), FALSE);
    gtk_widget_add_css_class (button, "suggested-action");
    fovea_tip_set (button, "Ctrl+Enter");
    gtk_widget_set_sensitive (button, FALSE);
    g_signal_connect_swapped (cancel, "clicked", G_CALLBACK (gtk_window_close), dialog);
    gtk_header_bar_pack_start (GTK_HEADER_BAR (header), cancel);
    gtk_header_bar_pack_end (GTK_HEADER_BAR (header), button);
    gtk_window_set_titlebar (GTK_WINDOW (dialog), header);
    return button;
}

static void
next_turn (GtkWidget *dialog, GSourceFunc func)
{
    Way *way = g_object_get_data (G_OBJECT (dialog), WAY_KEY);
    way->source = g_idle_add_full (G_PRIORITY_DEFAULT, func, dialog, NULL);
}

static void
way_free (gpointer data)
{
    Way *way = data;
    g_clear_handle_id (&way->source, g_source_remove);
    g_free (way);
}

static void
stop (GtkWidget *dialog)
{
    g_object_set_data (G_OBJECT (dialog), WAY_KEY, NULL);
}

static GtkWidget *
get_content (GtkWidget *dialog)
{
    GtkWidget *content = gtk_window_get_child (GTK_WINDOW (dialog));
    return GTK_IS_SCROLLED_WINDOW (content)
               ? gtk_widget_get_first_child (
                     gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (content)))
               : content;
}

/* What is selected is told to the desktop, which the toolkit waits for. */
static gboolean
select_text (gpointer dialog)
{
    Way *way = g_object_get_data (dialog, WAY_KEY);
    way->source = 0;
    if (way->select != NULL && gtk_editable_get_position (GTK_EDITABLE (way->select)) == 0)
        gtk_editable_select_region (GTK_EDITABLE (way->select), 0, -1);
    return G_SOURCE_REMOVE;
}

/* The toolkit asks the display server where the pointer is, which waits for the new window. */
static gboolean
grab (gpointer dialog)
{
    gtk_window_set_modal (dialog, TRUE);
    next_turn (dialog, select_text);
    return G_SOURCE_REMOVE;
}

/* The window manager is told at once what kind of window comes. One that is closed between gtk_widget_realize()
 * and its showing is told of its size after its end (GTK 4.8), so both are one turn. */
static gboolean
show (gpointer dialog)
{
    gtk_widget_realize (dialog);
    gdk_toplevel_set_modal (GDK_TOPLEVEL (gtk_native_get_surface (dialog)), TRUE);
    gtk_window_present (dialog);
    next_turn (dialog, grab);
    return G_SOURCE_REMOVE;
}

/* Without a compositor a window has an edge, which is no room for its content. */
static int
get_edges (GtkWidget *dialog)
{
    GtkStyleContext *style = gtk_widget_get_style_context (dialog);
    GtkBorder border, padding;
    gtk_style_context_get_border (style, &border);
    gtk_style_context_get_padding (style, &padding);
    return border.left + border.right + padding.left + padding.right;
}

int
fovea_form_fit_columns (GtkWidget *columns, int room)
{
    GtkGrid *grid = GTK_GRID (columns);
    GtkWidget *right = gtk_grid_get_child_at (grid, 1, 0);
    int least;
    gtk_widget_measure (columns, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
    if (least <= room || right == NULL)
        return least;
    g_object_ref (right);
    gtk_grid_remove (grid, right);
    gtk_grid_set_row_homogeneous (grid, FALSE);
    gtk_grid_set_row_spacing (grid, gtk_grid_get_column_spacing (grid));
    gtk_grid_attach (grid, right, 0, 1, 1, 1);
    g_object_unref (right);
    gtk_widget_measure (columns, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
    return least;
}

/* Of the screen that the dialog's window is on. */
static int
get_screen_width (GtkWidget *dialog)
{
    GtkWindow *owner = gtk_window_get_transient_for (GTK_WINDOW (dialog));
    GdkSurface *surface = owner != NULL ? gtk_native_get_surface (GTK_NATIVE (owner)) : NULL;
    GdkMonitor *monitor =
        surface != NULL
            ? gdk_display_get_monitor_at_surface (gtk_widget_get_display (dialog), surface)
            : NULL;
    GdkRectangle geometry = {0, 0, G_MAXINT, 0};
    if (monitor != NULL)
        gdk_monitor_get_geometry (monitor, &geometry);
    return geometry.width;
}

/* Letters are wider in one desktop's font than in another's, and a dialog that scrolls grows with them only as
 * far as screens usually go: its content says how wide it is, and the toolkit how wide the screen. */
static void
fit_scrolled (GtkWidget *dialog, GtkScrolledWindow *scrolled, GtkWidget *content, int edges)
{
    int width, height, least = fovea_form_fit_columns (content, get_screen_width (dialog) - edges);
    gtk_scrolled_window_set_min_content_width (scrolled, MIN (least, NARROW));
    gtk_window_get_default_size (GTK_WINDOW (dialog), &width, &height);
    gtk_window_set_default_size (GTK_WINDOW (dialog), MAX (width, least + edges), height);
}

/* How high its lines are at that width is kept for the first frame. */
static gboolean
measure (gpointer dialog)
{
    GtkWidget *content = get_content (dialog), *child = gtk_window_get_child (dialog);
    int width, height, edges = get_edges (dialog);
    if (child != content)
        fit_scrolled (dialog, GTK_SCROLLED_WINDOW (child), content, edges);
    gtk_window_get_default_size (dialog, &width, &height);
    gtk_widget_measure (content, GTK_ORIENTATION_VERTICAL, width - edges, NULL, NULL, NULL, NULL);
    next_turn (dialog, show);
    return G_SOURCE_REMOVE;
}

/* The styles and words of a part, which are kept. */
static gboolean
measure_part (gpointer dialog)
{
    Way *way = g_object_get_data (dialog, WAY_KEY);
    gtk_widget_measure (way->part, GTK_ORIENTATION_HORIZONTAL, -1, NULL, NULL, NULL, NULL);
    way->part = gtk_widget_get_next_sibling (way->part);
    next_turn (dialog, way->part != NULL ? measure_part : measure);
    return G_SOURCE_REMOVE;
}

static gboolean
build (gpointer dialog)
{
    Way *way = g_object_get_data (dialog, WAY_KEY);
    FoveaFormStep step = *way->steps++;
    step (g_object_get_data (dialog, DATA_KEY));
    if (*way->steps != NULL) {
        next_turn (dialog, build);
        return G_SOURCE_REMOVE;
    }
    way->part = gtk_widget_get_first_child (get_content (dialog));
    next_turn (dialog, measure_part);
    return G_SOURCE_REMOVE;
}

void
fovea_form_present (GtkWidget *dialog, const FoveaFormStep *steps)
{
    Way *way = g_new0 (Way, 1);
    way->steps = steps;
    g_object_set_data_full (G_OBJECT (dialog), WAY_KEY, way, way_free);
    build (dialog);
}

void
fovea_form_focus (GtkWidget *dialog, GtkEntry *entry)
{
    Way *way = g_object_get_data (G_OBJECT (dialog), WAY_KEY);
    gtk_entry_grab_focus_without_selecting (entry);
    way->select = entry;
}

static void
quit_now (gpointer application)
{
    g_action_group_activate_action (G_ACTION_GROUP (application), "quit", NULL);
}

/* The program's own keys are its windows', and a dialog is none of them. Not at once: the key press is
 * still on its way through the dialog. */
static gboolean
quit (GtkWidget *dialog, GVariant *arguments, gpointer data)
{
    GtkWindow *owner = gtk_window_get_transient_for (GTK_WINDOW (dialog));
    GtkApplication *application = owner != NULL ? gtk_window_get_application (owner) : NULL;
    if (application != NULL)
        g_idle_add_once (quit_now, application);
    return application != NULL;
}

/* The window's own signal would give the key to a button or list that has the focus. */
static gboolean
start (GtkWidget *dialog, GVariant *arguments, gpointer data)
{
    GtkWidget *button = gtk_window_get_default_widget (GTK_WINDOW (dialog));
    return button != NULL && gtk_widget_is_sensitive (button) && gtk_widget_activate (button);
}

/* Ctrl+Enter before the widget with the focus, which may be a text that makes a new line of it. */
static void
add_keys (GtkWidget *dialog)
{
    GtkEventController *leave = gtk_shortcut_controller_new ();
    GtkEventController *begin = gtk_shortcut_controller_new ();
    gtk_shortcut_controller_add_shortcut (
        GTK_SHORTCUT_CONTROLLER (leave),
        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                          gtk_named_action_new ("window.close")));
    gtk_shortcut_controller_add_shortcut (
        GTK_SHORTCUT_CONTROLLER (leave),
        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_w, GDK_CONTROL_MASK),
                          gtk_named_action_new ("window.close")));
    gtk_shortcut_controller_add_shortcut (
        GTK_SHORTCUT_CONTROLLER (leave),
        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_q, GDK_CONTROL_MASK),
                          gtk_callback_action_new (quit, NULL, NULL)));
    gtk_event_controller_set_propagation_phase (begin, GTK_PHASE_CAPTURE);
    gtk_shortcut_controller_add_shortcut (
        GTK_SHORTCUT_CONTROLLER (begin),
        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Return, GDK_CONTROL_MASK),
                          gtk_callback_action_new (start, NULL, NULL)));
    gtk_shortcut_controller_add_shortcut (
        GTK_SHORTCUT_CONTROLLER (begin),
        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_KP_Enter, GDK_CONTROL_MASK),
                          gtk_callback_action_new (start, NULL, NULL)));
    gtk_widget_add_controller (dialog, leave);
    gtk_widget_add_controller (dialog, begin);
}

GtkWidget *
fovea_form_new (const FoveaFormFrame *frame, GtkWidget **button)
{
    GtkWidget *dialog = gtk_window_new ();
    g_object_set_data_full (G_OBJECT (dialog), DATA_KEY, frame->data, frame->free_data);
    gtk_window_set_title (GTK_WINDOW (dialog), frame->title);
    gtk_window_set_transient_for (GTK_WINDOW (dialog), frame->owner);
    gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog), TRUE);
    double scale = MIN (fovea_text_scale (dialog), 1.6); /* screens do not grow with the text */
    gtk_window_set_default_size (GTK_WINDOW (dialog), (int) (frame->width * scale),
                                 frame->height > 0 ? (int) (frame->height * scale) : -1);
    gtk_widget_add_css_class (dialog, "fovea");
    add_keys (dialog);
    g_signal_connect (dialog, "destroy", G_CALLBACK (stop), NULL);
    g_signal_connect (dialog, "notify::is-active", G_CALLBACK (fovea_ahead_style), NULL);
    if (frame->action == NULL) {
        build_plain_header (dialog);
        return dialog;
    }
    *button = build_header (dialog, frame->action);
    gtk_window_set_default_widget (GTK_WINDOW (dialog), *button);
    return dialog;
}

void
fovea_form_add_row (GtkWidget *grid, int row, const char *name, GtkWidget *child)
{
    GtkWidget *label = gtk_label_new (name);
    gtk_widget_add_css_class (label, "quiet");
    gtk_label_set_xalign (GTK_LABEL (label), 1);
    gtk_widget_set_valign (label, GTK_ALIGN_START);
    gtk_widget_set_margin_top (label, 6);
    gtk_grid_attach (GTK_GRID (grid), label, 0, row, 1, 1);
    gtk_grid_attach (GTK_GRID (grid), child, 1, row, 1, 1);
}

GtkWidget *
fovea_form_new_list (const char *const *choices, const char *name)
{
    return GTK_WIDGET (fovea_choice_new (choices, name));
}

GtkSpinButton *
fovea_form_new_number (const char *name,
                       double low,
                       double high,
                       double value,
                       FoveaFormChanged changed,
                       gpointer data)
{
    GtkWidget *spin = gtk_spin_button_new_with_range (low, high, 1);
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), value);
    gtk_text_set_activates_default (GTK_TEXT (gtk_editable_get_delegate (GTK_EDITABLE (spin))),
                                    TRUE);
    gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    if (changed != NULL)
        g_signal_connect_swapped (spin, "value-changed", G_CALLBACK (changed), data);
    fovea_typed_number_bind (GTK_SPIN_BUTTON (spin));
    return GTK_SPIN_BUTTON (spin);
}

GtkWidget *
fovea_form_new_entry (const char *name, FoveaFormChanged changed, gpointer data)
{
    GtkWidget *entry = gtk_entry_new ();
    gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
    gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                    -1);
    g_signal_connect_swapped (entry, "changed", G_CALLBACK (changed), data);
    return entry;
}

/* One that stays is left alone, or a screen reader would tell of it at every verdict. */
void
fovea_form_move_mark (GtkWidget **marked, GtkWidget *wrong)
{
    if (GTK_IS_EDITABLE (wrong) && *gtk_editable_get_text (GTK_EDITABLE (wrong)) == '\0')
        wrong = NULL;
    if (wrong == *marked)
        return;
    if (*marked != NULL) {
        gtk_widget_remove_css_class (*marked, "error");
        gtk_accessible_reset_state (GTK_ACCESSIBLE (*marked), GTK_ACCESSIBLE_STATE_INVALID);
    }
    if (wrong != NULL) {
        gtk_widget_add_css_class (wrong, "error");
        gtk_accessible_update_state (GTK_ACCESSIBLE (wrong), GTK_ACCESSIBLE_STATE_INVALID,
                                     GTK_ACCESSIBLE_INVALID_TRUE, -1);
    }
    *marked = wrong;
}

/* Setting the entry tells of the change by itself. */
static void
path_chosen (GtkNativeDialog *chooser, int response, GtkEditable *entry)
{
    g_autofree char *path = fovea_form_take_path (chooser, response);
    if (path != NULL)
        gtk_editable_set_text (entry, path);
}

static void
choose_path (GtkButton *button, GtkEditable *entry)
{
    GtkFileChooserAction action = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "action"));
    GtkFileChooserNative *chooser = gtk_file_chooser_native_new (
        _ ("Choose"), GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (button))), action, _ ("Choose"),
        _ ("Cancel"));
    gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
    g_signal_connect_object (chooser, "response", G_CALLBACK (path_chosen), entry, 0);
    gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

GtkWidget *
fovea_form_new_path (GtkEditable **entry,
                     const char *name,
                     GtkFileChooserAction action,
                     FoveaFormChanged changed,
                     gpointer data)
{
    GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
    GtkWidget *field = fovea_form_new_entry (name, changed, data);
    *entry = GTK_EDITABLE (field);
    gtk_widget_set_hexpand (field, TRUE);
    gtk_box_append (GTK_BOX (row), field);
    fovea_form_add_chooser (
        row, *entry,
        action == GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER ? _ ("Folder…") : _ ("Choose…"), action);
    return row;
}

void
fovea_form_add_chooser (GtkWidget *row,
                        GtkEditable *entry,
                        const char *label,
                        GtkFileChooserAction action)
{
    GtkWidget *button = gtk_button_new_with_label (label);
    g_object_set_data (G_OBJECT (button), "action", GINT_TO_POINTER (action));
    g_signal_connect_object (button, "clicked", G_CALLBACK (choose_path), entry, 0);
    gtk_box_append (GTK_BOX (row), button);
}

/* A box would ask each how wide it is at its height, which words that wrap find by trying. */
GtkWidget *
fovea_form_new_columns (GtkWidget *left, GtkWidget *right, int gap)
{
    GtkWidget *grid = gtk_grid_new ();
    gtk_grid_set_column_spacing (GTK_GRID (grid), gap);
    gtk_grid_set_row_homogeneous (GTK_GRID (grid), TRUE); /* both as high as the dialog */
    gtk_grid_attach (GTK_GRID (grid), left, 0, 0, 1, 1);
    gtk_grid_attach (GTK_GRID (grid), right, 1, 0, 1, 1);
    gtk_widget_add_css_class (grid, "newcapture");
    return grid;
}

GtkLabel *
fovea_form_add_text (GtkWidget *column, const char *css, int characters)
{
    GtkWidget *label = gtk_label_new ("");
    gtk_widget_add_css_class (label, css);
    gtk_label_set_xalign (GTK_LABEL (label), 0);
    gtk_label_set_wrap (GTK_LABEL (label), TRUE);
    gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
    /* Both, or its least width would be found by setting it letter by letter. */
    gtk_label_set_width_chars (GTK_LABEL (label), characters);
    gtk_label_set_max_width_chars (GTK_LABEL (label), characters);
    gtk_box_append (GTK_BOX (column), label);
    return GTK_LABEL (label);
}

FoveaFormAnswer *
fovea_form_answer_new (GtkWidget *dialog)
{
    FoveaFormAnswer *answer = g_new0 (FoveaFormAnswer, 1);
    g_weak_ref_init (&answer->dialog, dialog);
    return answer;
}

gpointer
fovea_form_answer_take (FoveaFormAnswer *answer)
{
    g_autoptr (GtkWidget) dialog = g_weak_ref_get (&answer->dialog);
    g_weak_ref_clear (&answer->dialog);
    g_free (answer);
    return dialog != NULL ? g_object_get_data (G_OBJECT (dialog), DATA_KEY) : NULL;
}

char *
fovea_form_take_path (GtkNativeDialog *chooser, int response)
{
    g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT
                                 ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser))
                                 : NULL;
    g_object_unref (chooser);
    return file != NULL ? g_file_get_path (file) : NULL;
}
