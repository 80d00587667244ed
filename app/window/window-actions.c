/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Every "win." action of ui/commands.c. */
#include "app/window/export-dialog.h"
#include "app/window/form.h"
#include "app/window/new-capture.h"
#include "app/window/preferences-dialog.h"
#include "app/window/preferences.h"
#include "app/window/window-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/arc-model.h"
#include "ui/commands.h"
#include "ui/pin.h"
#include "ui/sentences.h"
#include "ui/token-strip.h"
#include "ui/token-text.h"

static gboolean
map_is_shown (FoveaWindow *self)
{
    return g_strcmp0 (gtk_stack_get_visible_child_name (self->views), "map") == 0;
}

static gboolean
features_are_shown (FoveaWindow *self)
{
    return g_strcmp0 (gtk_stack_get_visible_child_name (self->views), "features") == 0;
}

static gboolean
sparsity_is_shown (FoveaWindow *self)
{
    return g_strcmp0 (gtk_stack_get_visible_child_name (self->views), "sparsity") == 0;
}

/* A disabled action greys its button, its menu item and its key at once. */
static void
set_enabled (FoveaWindow *self, const char *name, gboolean enabled)
{
    GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);
    if (action != NULL)
        g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

/* Ctrl+C belongs to text wherever text can be selected; application keys would come first. */
static gboolean
text_has_focus (FoveaWindow *self)
{
    GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
    return GTK_IS_EDITABLE (focus) || GTK_IS_TEXT_VIEW (focus) || GTK_IS_LABEL (focus);
}

/* Whether what the view shows could stand in a table. */
static gboolean
has_rows (FoveaWindow *self)
{
    if (features_are_shown (self))
        return fovea_feature_model_get_source (self->features) != NULL;
    return !sparsity_is_shown (self) || fovea_sparse_model_get_table (self->sparse) != NULL;
}

void
fovea_window_update_actions (FoveaWindow *self)
{
    gboolean back, forward;
    gboolean work = g_strcmp0 (gtk_stack_get_visible_child_name (self->root), "work") == 0;
    gboolean open = fovea_selection_get_source (self->selection) != NULL;
    gboolean occupied = fovea_window_is_occupied (self);
    g_object_get (self->selection, "can-go-back", &back, "can-go-forward", &forward, NULL);
    set_enabled (self, "back", work ? back : self->opened != NULL);
    set_enabled (self, "forward", work && forward);
    set_enabled (self, "view", self->opened != NULL);
    set_enabled (self, "next-pane", work);
    set_enabled (self, "next-sequence", work && self->opened != NULL);
    set_enabled (self, "previous-sequence", work && self->opened != NULL);
    set_enabled (self, "previous-pane", work);
    set_enabled (self, "divider", work);
    set_enabled (self, "start", work);
    gboolean picture =
        work && open && self->opened != NULL &&
        (!features_are_shown (self) || fovea_feature_model_get_latent (self->features) >= 0);
    set_enabled (self, "export", picture);
    set_enabled (self, "copy-picture",
                 picture && (!sparsity_is_shown (self) ||
                             fovea_sparse_model_get_table (self->sparse) != NULL));
    set_enabled (self, "copy-table", work && open);
    set_enabled (self, "copy-value", work && open && !text_has_focus (self));
    set_enabled (self, "table", work && open && has_rows (self));
    set_enabled (self, "arcs", work && fovea_selection_get_info (self->selection) != NULL);
    set_enabled (self, "compare", work && open);
    set_enabled (self, "close-store", work && self->opened != NULL);
    set_enabled (self, "note", work && self->opened != NULL);
    set_enabled (self, "measure", work && self->opened != NULL && !occupied);
    set_enabled (self, "add-dictionary", work && self->opened != NULL && !occupied);
    set_enabled (self, "encode", work && self->opened != NULL && !occupied);
    set_enabled (self, "search", work);
    set_enabled (self, "cancel", self->job != NULL || self->copying != NULL);
    set_enabled (self, "go-on",
                 !occupied && (self->unfinished != NULL || fovea_window_can_go_on_encoding (self)));
    set_enabled (self, "preferences", fovea_preferences_get () != NULL);
    set_enabled (self, "sidebar", work);
    set_enabled (self, "sort-sequences", work);
    set_enabled (self, "inspector", work);
    if (self->sparse_page != NULL)
        fovea_window_update_sparse (self);
}

static void
activate_view (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    FoveaWindow *self = data;
    const char *name = g_variant_get_string (parameter, NULL);
    fovea_window_show_view (self, name);
    if (g_strcmp0 (gtk_stack_get_visible_child_name (self->views), name) != 0)
        fovea_window_say (self, _ ("This sequence is no picture"));
}

/* From the start page to what is open behind it. */
static void
activate_back (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    FoveaWindow *self = data;
    if (g_strcmp0 (gtk_stack_get_visible_child_name (self->root), "work") != 0)
        fovea_window_show_view (self, gtk_stack_get_visible_child_name (self->views));
    else
        fovea_selection_go (self->selection, -1);
}

static void
activate_forward (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    fovea_selection_go (FOVEA_WINDOW (data)->selection, 1);
}

/* The shell knows whether a panel is in the layout or over it. */
static void
toggle (FoveaWindow *self, const char *property)
{
    gboolean shown;
    g_object_get (self->shell, property, &shown, NULL);
    g_object_set (self->shell, property, !shown, NULL);
    fovea_window_keep_panels (self);
}

static void
activate_sidebar (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    toggle (data, "show-sidebar");
}

static void
activate_inspector (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    toggle (data, "show-inspector");
}

/* What a pane is for, rather than the first of its controls: keys of a view typed into its filter would
 * be lost there. */
static gboolean
focus_pane (FoveaWindow *self, GtkWidget *pane)
{
    GtkWidget *views = GTK_WIDGET (self->views);
    if (pane == views) {
        fovea_window_show_view (self, gtk_stack_get_visible_child_name (self->views));
        GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
        return focus != NULL && gtk_widget_is_ancestor (focus, views);
    }
    if (pane == GTK_WIDGET (self->sidebar) && fovea_sidebar_focus (self->sidebar))
        return TRUE;
    return gtk_widget_get_focusable (pane) ? gtk_widget_grab_focus (pane)
                                           : gtk_widget_child_focus (pane, GTK_DIR_TAB_FORWARD);
}

/* Round in the order of reading; panes that are out of sight are passed over. */
static void
go_pane (FoveaWindow *self, int direction)
{
    GtkWidget *panes[] = {GTK_WIDGET (self->failure), GTK_WIDGET (self->sidebar), self->strip,
                          GTK_WIDGET (self->views), GTK_WIDGET (self->inspector)};
    int n = G_N_ELEMENTS (panes), at = 0;
    GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
    for (int i = 0; i < n; i++)
        if (focus != NULL && (focus == panes[i] || gtk_widget_is_ancestor (focus, panes[i])))
            at = i;
    for (int step = 1; step <= n; step++) {
        GtkWidget *pane = panes[((at + direction * step) % n + n) % n];
        if (gtk_widget_get_mapped (pane) && focus_pane (self, pane))
            return;
    }
}

static void
activate_next_pane (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    go_pane (data, 1);
}

static void
activate_previous_pane (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    go_pane (data, -1);
}

/* The toolkit's own, said wherever the keys are; Enter or Escape gives them back. */
static void
activate_divider (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    GtkWidget *focus = gtk_window_get_focus (data);
    GtkWidget *panes = focus != NULL ? gtk_widget_get_ancestor (focus, GTK_TYPE_PANED) : NULL;
    gboolean there = FALSE;
    if (panes != NULL)
        g_signal_emit_by_name (panes, "cycle-handle-focus", FALSE, &there);
    fovea_window_say (data, there ? _ ("Arrows move the divider, Enter keeps it there")
                                  : _ ("There is no divider to be moved here"));
}

static void
activate_fullscreen (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    if (gtk_window_is_fullscreen (data))
        gtk_window_unfullscreen (data);
    else
        gtk_window_fullscreen (data);
}

static void
activate_search (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    fovea_window_search (data);
}

static void
activate_palette (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    fovea_window_find (data);
}

static void
activate_menu (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    FoveaWindow *self = data;
    g_set_weak_pointer (&self->before_menu, gtk_window_get_focus (data));
    gtk_menu_button_popup (GTK_MENU_BUTTON (self->menu_button));
}

static void
activate_start (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    fovea_window_show_start (data);
}

static void
activate_cancel (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    FoveaWindow *self = data;
    GCancellable *running = self->job != NULL ? self->job : self->copying;
    if (running != NULL)
        g_cancellable_cancel (running);
}

static void
activate_go_on (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    fovea_window_go_on (data);
}

static void
activate_table (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    FoveaWindow *self = data;
    if (map_is_shown (self))
        fovea_map_page_toggle_table (self->map);
    else if (sparsity_is_shown (self))
        fovea_sparse_page_toggle_table (self->sparse_page);
    else if (features_are_shown (self))
        fovea_features_page_toggle_table (self->features_page);
    else if (fovea_window_shows_picture (self))
        fovea_picture_page_toggle_table (self->picture);
    else
        fovea_heads_page_toggle_table (self->heads);
}

static void
activate_arcs (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    FoveaWindow *self = data;
    if (fovea_arc_model_can_show (self->selection)) {
        fovea_window_show_view (self, "map");
        fovea_map_page_toggle_arcs (self->map);
        return;
    }
    g_autofree char *n = fovea_number_text (fovea_selection_get_info (self->selection)->n_tokens);
    g_autofree char *text = g_strdup_printf (
        _ ("Arcs are for texts of at most %d tokens; this one has %s."), FOVEA_ARCS_MAX_TOKENS, n);
    fovea_window_say (self, text);
}

/* The reference stays while other sequences come and go. */
static void
activate_compare (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    FoveaWindow *self = data;
    fovea_selection_set_reference (self->selection);
    const FoveaReference *reference = fovea_selection_get_reference (self->selection);
    g_autofree char *text =
        reference != NULL
            ? g_strdup_printf (
                  _ ("Sequences opened from now on are compared with %s (Ctrl+D there: "
                     "stop)"),
                  reference->title)
            : g_strdup (_ ("Nothing is compared any more"));
    fovea_window_say (self, text);
}

static void
activate_measure (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    fovea_window_measure (data);
}

static void
activate_add_dictionary (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    fovea_window_add_dictionary (data);
}

/* Without asking: for tests and scripts. */
static void
activate_encode (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    fovea_window_encode (data, g_variant_get_string (parameter, NULL));
}

static void
activate_note (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    fovea_window_write_note (data);
}

/* From widgets that do not know what is selected. */
static void
activate_pin (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    fovea_pin_toggle (data, FOVEA_WINDOW (data)->selection);
}

/* What a widget deep inside has to tell. */
static void
activate_say (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    fovea_window_say (data, g_variant_get_string (parameter, NULL));
}

/* F1 begins with what the view in front does by key. */
static void
activate_help (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    FoveaWindow *self = data;
    gboolean here = g_str_equal (g_action_get_name (G_ACTION (action)), "help");
    gboolean work = g_strcmp0 (gtk_stack_get_visible_child_name (self->root), "work") == 0;
    GtkWidget *window = fovea_commands_new_window (
        here && work ? gtk_stack_get_visible_child_name (self->views) : NULL);
    gtk_window_set_transient_for (GTK_WINDOW (window), data);
    gtk_window_present (GTK_WINDOW (window));
    g_object_unref (window);
}

static void
activate_preferences (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    fovea_preferences_dialog_present (data);
}

static void
activate_new_capture (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    fovea_new_capture_present (data);
}

static void
activate_capture_files (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    fovea_new_capture_present_files (data);
}

/* The chooser is ours until it answered. */
static void
open_chosen (GtkNativeDialog *dialog, int response, FoveaWindow *self)
{
    g_autofree char *path = fovea_form_take_path (dialog, response);
    if (path != NULL)
        fovea_window_open (self, path);
}

static void
activate_open (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
        _ ("Open a store"), data, GTK_FILE_CHOOSER_ACTION_OPEN, _ ("Open"), _ ("Cancel"));
    g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
    gtk_file_filter_set_name (filter, _ ("Fovea stores"));
    gtk_file_filter_add_suffix (filter, "fovea");
    gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
    gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
    g_signal_connect_object (dialog, "response", G_CALLBACK (open_chosen), data, 0);
    gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
activate_export (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    fovea_export_dialog_present (data);
}

/* Exports without asking: for tests and scripts. */
static void
activate_export_to (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    FoveaWindow *self = data;
    fovea_window_export (self, fovea_window_request_view (self),
                         g_variant_get_string (parameter, NULL));
}

static void
activate_copy_value (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    FoveaWindow *self = data;
    g_autofree char *text = fovea_window_describe_selected (self);
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
    g_autofree char *said =
        strchr (text, '\n') == NULL ? g_strdup_printf (_ ("Copied: %s"), text) : NULL;
    fovea_window_say (self, said != NULL ? said : _ ("Copied the values, a line each"));
}

static void
activate_copy_table (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    fovea_window_copy_table (data);
}

static void
activate_copy_picture (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    fovea_window_copy_figure (data, fovea_window_request_view (data));
}

void
fovea_window_add_actions (FoveaWindow *self)
{
    static const GActionEntry entries[] = {
        {.name = "view", .activate = activate_view, .parameter_type = "s"},
        {.name = "back", .activate = activate_back},
        {.name = "forward", .activate = activate_forward},
        {.name = "sidebar", .activate = activate_sidebar},
        {.name = "inspector", .activate = activate_inspector},
        {.name = "next-pane", .activate = activate_next_pane},
        {.name = "previous-pane", .activate = activate_previous_pane},
        {.name = "fullscreen", .activate = activate_fullscreen},
        {.name = "search", .activate = activate_search},
        {.name = "palette", .activate = activate_palette},
        {.name = "menu", .activate = activate_menu},
        {.name = "start", .activate = activate_start},
        {.name = "open", .activate = activate_open},
        {.name = "new-capture", .activate = activate_new_capture},
        {.name = "capture-files", .activate = activate_capture_files},
        {.name = "export", .activate = activate_export},
        {.name = "export-to", .activate = activate_export_to, .parameter_type = "s"},
        {.name = "copy-value", .activate = activate_copy_value},
        {.name = "copy-table", .activate = activate_copy_table},
        {.name = "copy-picture", .activate = activate_copy_picture},
        {.name = "divider", .activate = activate_divider},
        {.name = "table", .activate = activate_table},
        {.name = "arcs", .activate = activate_arcs},
        {.name = "compare", .activate = activate_compare},
        {.name = "measure", .activate = activate_measure},
        {.name = "add-dictionary", .activate = activate_add_dictionary},
        {.name = "encode", .activate = activate_encode, .parameter_type = "s"},
        {.name = "note", .activate = activate_note},
        {.name = "pin", .activate = activate_pin},
        {.name = "say", .activate = activate_say, .parameter_type = "s"},
        {.name = "cancel", .activate = activate_cancel},
        {.name = "go-on", .activate = activate_go_on},
        {.name = "preferences", .activate = activate_preferences},
        {.name = "show-help-overlay", .activate = activate_help},
        {.name = "help", .activate = activate_help},
    };
    g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
    fovea_window_connect_search (self);
}
