/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Layout and what follows from the width of the window. Widgets are bound to the selection when
 * they are made; nothing here copies its state. */
#include "app/window/window-menu.h"
#include "app/window/window-private.h"

#include "app/window/frame-memory.h"
#include "app/window/writer.h"

#include <glib/gi18n.h>

#include "ui/ahead.h"
#include "ui/background.h"
#include "ui/attention-gate.h"
#include "ui/choice.h"
#include "ui/gather.h"
#include "ui/scaled.h"
#include "ui/sentences.h"
#include "ui/shell.h"
#include "ui/token-strip.h"
#include "ui/token-text.h"
#include "ui/warm.h"
#include "ui/tip.h"

G_DEFINE_FINAL_TYPE (FoveaWindow, fovea_window, GTK_TYPE_APPLICATION_WINDOW)

/* Once, when the window is closed and not when the last reference to it goes: callbacks of the jobs
 * that are cancelled here hold some, and the next start must not find the state of the one before. */
static void
shut (FoveaWindow *self)
{
    if (self->memory_timeout == 0)
        return;
    fovea_window_keep_session (self);
    fovea_window_keep_state (self);
    if (self->opened != NULL)
        fovea_note_box_commit (fovea_inspector_get_note (self->inspector));
    /* Kilobytes; losing what was just typed would be worse than the wait. */
    fovea_writer_flush ();
    g_clear_handle_id (&self->memory_timeout, g_source_remove);
    g_clear_handle_id (&self->session_timeout, g_source_remove);
    g_clear_handle_id (&self->opening, g_source_remove);
    g_clear_handle_id (&self->drawing_timeout, g_source_remove);
    g_clear_handle_id (&self->score_turn, g_source_remove);
    fovea_window_forget_writer (self);
    GCancellable *const all[] = {self->cancellable, self->job, self->prediction, self->reading,
                                 self->copying};
    for (guint i = 0; i < G_N_ELEMENTS (all); i++)
        if (all[i] != NULL)
            g_cancellable_cancel (all[i]);
    if (self->relay != NULL)
        fovea_relay_stop (self->relay);
    g_clear_pointer (&self->writing, fovea_writing_row_end);
    g_clear_pointer (&self->watch, fovea_store_watch_free);
}

static void
fovea_window_realize (GtkWidget *widget)
{
    GTK_WIDGET_CLASS (fovea_window_parent_class)->realize (widget);
    fovea_background_lead ();
    fovea_frame_memory_keep (widget);
    fovea_warm_fonts (widget);
}

static void
fovea_window_unrealize (GtkWidget *widget)
{
    shut (FOVEA_WINDOW (widget));
    GTK_WIDGET_CLASS (fovea_window_parent_class)->unrealize (widget);
}

static void
fovea_window_dispose (GObject *object)
{
    FoveaWindow *self = FOVEA_WINDOW (object);
    shut (self);
    g_clear_pointer (&self->relay, fovea_relay_unref);
    g_clear_object (&self->job);
    g_clear_object (&self->prediction);
    g_clear_object (&self->reading);
    g_clear_object (&self->copying);
    g_clear_object (&self->opened_item);
    fovea_window_forget_wanted (self);
    g_clear_weak_pointer (&self->before_menu);
    g_clear_pointer (&self->opened, fovea_opened_free);
    g_clear_pointer (&self->coming, fovea_opened_free);
    g_clear_pointer (&self->left, fovea_left_free);
    g_clear_pointer (&self->compared, fovea_opened_free);
    g_clear_object (&self->kept);
    g_clear_object (&self->kept_of_text);
    g_clear_pointer (&self->unfinished, fovea_capture_request_free);
    g_clear_pointer (&self->unfinished_path, g_free);
    g_clear_pointer (&self->unfinished_said, g_free);
    fovea_window_forget_encoding (self);
    g_clear_pointer (&self->scored_path, g_free);
    g_clear_pointer (&self->offered_path, g_free);
    G_OBJECT_CLASS (fovea_window_parent_class)->dispose (object);
}

static void
fovea_window_finalize (GObject *object)
{
    FoveaWindow *self = FOVEA_WINDOW (object);
    g_clear_object (&self->cancellable);
    g_clear_object (&self->library);
    g_clear_object (&self->notes);
    g_clear_pointer (&self->loose, fovea_loose_notes_free);
    g_clear_object (&self->main_menu);
    g_clear_object (&self->recent);
    g_clear_object (&self->sparse);
    g_clear_object (&self->features);
    g_clear_pointer (&self->features_path, g_free);
    g_clear_pointer (&self->features_unread, g_free);
    g_clear_pointer (&self->rest_folder, g_free);
    g_clear_pointer (&self->said, g_free);
    g_clear_pointer (&self->closed, g_free);
    g_clear_object (&self->cells);
    g_clear_object (&self->selection);
    G_OBJECT_CLASS (fovea_window_parent_class)->finalize (object);
}

static void
fovea_window_class_init (FoveaWindowClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_window_dispose;
    G_OBJECT_CLASS (klass)->finalize = fovea_window_finalize;
    GTK_WIDGET_CLASS (klass)->realize = fovea_window_realize;
    GTK_WIDGET_CLASS (klass)->unrealize = fovea_window_unrealize;
    fovea_window_class_init_width (GTK_WIDGET_CLASS (klass));
}

/* Tooltip and accessible label are one text, with the key. */
static GtkWidget *
new_button (const char *icon, const char *action, const char *tip)
{
    GtkWidget *button = gtk_button_new_from_icon_name (icon);
    gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (button), action);
    fovea_tip_set (button, tip);
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, tip,
                                    -1);
    return button;
}

static GtkWidget *
new_open_button (void)
{
    GtkWidget *button = new_button ("folder-symbolic", "win.open", _ ("Open a store (Ctrl+O)"));
    GtkWidget *face = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
    gtk_box_append (GTK_BOX (face), gtk_image_new_from_icon_name ("folder-symbolic"));
    gtk_box_append (GTK_BOX (face), gtk_label_new (_ ("Open")));
    gtk_button_set_child (GTK_BUTTON (button), face);
    gtk_widget_add_css_class (button, "open");
    return button;
}

/* In the order of the switcher. */
static const char *const views[] = {"heads", "map", "sparsity", "features", "picture"};

/* By hand only: a list that follows the view takes no focus. */
static void
view_listed (FoveaWindow *self)
{
    guint at = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->view_list));
    const char *view = views[at % G_N_ELEMENTS (views)];
    if (g_strcmp0 (gtk_stack_get_visible_child_name (self->views), view) != 0)
        fovea_window_show_view (self, view);
}

/* Name on the start page, switcher at work, a list where the switcher has no room. */
static GtkWidget *
build_titles (FoveaWindow *self)
{
    GtkWidget *name = gtk_label_new ("Fovea");
    gtk_widget_add_css_class (name, "name");
    self->titles = GTK_STACK (gtk_stack_new ());
    self->switcher = gtk_stack_switcher_new ();
    gtk_stack_switcher_set_stack (GTK_STACK_SWITCHER (self->switcher), self->views);
    gtk_widget_set_valign (self->switcher, GTK_ALIGN_CENTER);
    self->view_list = gtk_drop_down_new_from_strings (
        (const char *[]){_ ("Heads"), _ ("Map"), _ ("Sparsity"), _ ("Features"), NULL});
    gtk_widget_set_valign (self->view_list, GTK_ALIGN_CENTER);
    fovea_choice_open_at_chosen (GTK_DROP_DOWN (self->view_list));
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->view_list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("View"), -1);
    g_signal_connect_object (self->view_list, "notify::selected", G_CALLBACK (view_listed), self,
                             G_CONNECT_SWAPPED);
    gtk_stack_set_hhomogeneous (self->titles, FALSE);
    gtk_stack_add_named (self->titles, name, "name");
    gtk_stack_add_named (self->titles, self->switcher, "switcher");
    gtk_stack_add_named (self->titles, self->view_list, "list");
    return GTK_WIDGET (self->titles);
}

/* Below 1100 pixels the entry hides behind its button. */
static void
build_search (FoveaWindow *self)
{
    self->search = gtk_search_entry_new ();
    g_object_set (self->search, "placeholder-text", _ ("Find head, token…"), NULL);
    gtk_widget_set_size_request (self->search, 240, -1);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->search), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Find head or token"), -1);
    self->search_button = new_button ("edit-find-symbolic", "win.search", _ ("Search (Ctrl+F)"));
    gtk_widget_set_visible (self->search_button, FALSE);
}

/* Most of it changes when work begins or ends. */
static GtkWidget *
new_group (GtkWidget *const *widgets)
{
    GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
    for (; *widgets != NULL; widgets++)
        gtk_box_append (GTK_BOX (box), *widgets);
    return fovea_gather_new (box, 1);
}

static void
build_header (FoveaWindow *self)
{
    GtkWidget *header = gtk_header_bar_new ();
    GtkWidget *history = self->history = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 2);
    GtkHeaderBar *bar = GTK_HEADER_BAR (header);
    GtkWidget *side = new_button ("sidebar-show-symbolic", "win.sidebar", _ ("Sidebar (F9)"));
    gtk_widget_add_css_class (side, "flat");
    gtk_widget_add_css_class (history, "history");
    self->menu_button = fovea_window_build_menu (self);
    build_search (self);
    gtk_box_append (GTK_BOX (history),
                    new_button ("go-previous-symbolic", "win.back", _ ("Back (Alt+Left)")));
    gtk_box_append (GTK_BOX (history),
                    new_button ("go-next-symbolic", "win.forward", _ ("Forward (Alt+Right)")));
    self->export_button =
        new_button ("fovea-export-symbolic", "win.export", _ ("Export this view (Ctrl+E)"));
    GtkWidget *create =
        new_button ("list-add-symbolic", "win.new-capture", _ ("New capture (Ctrl+N)"));
    gtk_header_bar_pack_start (
        bar, new_group ((GtkWidget *[]){side, new_open_button (), create, history, NULL}));
    gtk_header_bar_set_title_widget (bar, fovea_gather_new (build_titles (self), 1));
    gtk_header_bar_pack_end (
        bar, new_group ((GtkWidget *[]){self->search_button, self->search, self->export_button,
                                        self->menu_button, NULL}));
    gtk_window_set_titlebar (GTK_WINDOW (self), header);
}

/* A view that needs attention to have been kept. */
static void
add_gated (FoveaWindow *self, GtkWidget *view, const char *name, const char *title)
{
    gtk_stack_add_titled (self->views, fovea_attention_gate_new (view, self->selection), name,
                          title);
}

static void
build_views (FoveaWindow *self)
{
    self->views = GTK_STACK (gtk_stack_new ());
    gtk_stack_set_hhomogeneous (self->views, FALSE);
    gtk_stack_set_vhomogeneous (self->views, FALSE);
    self->heads = FOVEA_HEADS_PAGE (fovea_heads_page_new (self->selection));
    self->map = FOVEA_MAP_PAGE (fovea_map_page_new (self->selection, self->cells));
    add_gated (self, GTK_WIDGET (self->heads), "heads", _ ("Heads"));
    fovea_map_page_set_sparse (self->map, self->sparse);
    self->sparse_page = FOVEA_SPARSE_PAGE (fovea_sparse_page_new (self->sparse, self->selection));
    add_gated (self, GTK_WIDGET (self->map), "map", _ ("Map"));
    add_gated (self, GTK_WIDGET (self->sparse_page), "sparsity", _ ("Sparsity"));
    self->features_page = FOVEA_FEATURES_PAGE (fovea_features_page_new (self->features));
    gtk_stack_add_titled (self->views, GTK_WIDGET (self->features_page), "features",
                          _ ("Features"));
    self->picture = FOVEA_PICTURE_PAGE (fovea_picture_page_new (self->selection));
    gtk_stack_add_titled (self->views, GTK_WIDGET (self->picture), "picture", _ ("Picture"));
    self->sidebar = FOVEA_SIDEBAR (
        fovea_sidebar_new (self->selection, fovea_library_get_stores (self->library)));
    self->strip = fovea_token_strip_new (self->selection, self->cells);
    self->inspector = FOVEA_INSPECTOR (
        fovea_inspector_new (self->selection, self->cells, self->sparse, self->notes));
    fovea_inspector_set_features (self->inspector, self->features);
    self->shell = fovea_shell_new (GTK_WIDGET (self->sidebar), fovea_scaled_new (self->strip),
                                   fovea_downwards_new (GTK_WIDGET (self->views)),
                                   GTK_WIDGET (self->inspector));
}

static void
build_content (FoveaWindow *self)
{
    GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
    self->root = GTK_STACK (gtk_stack_new ());
    self->start = FOVEA_START_PAGE (fovea_start_page_new ());
    self->status = FOVEA_STATUS_LINE (fovea_status_line_new ());
    self->failure = FOVEA_FAILURE_BAR (fovea_failure_bar_new (FALSE));
    /* Another page is no more than an allocation to a stack, see fovea_shell_set_property(). */
    g_signal_connect (self->root, "notify::visible-child", G_CALLBACK (gtk_widget_queue_resize),
                      NULL);
    gtk_stack_add_named (self->root, GTK_WIDGET (self->start), "start");
    gtk_stack_add_named (self->root, self->shell, "work");
    gtk_widget_set_vexpand (GTK_WIDGET (self->root), TRUE);
    gtk_box_append (GTK_BOX (column), GTK_WIDGET (self->failure));
    gtk_box_append (GTK_BOX (column), GTK_WIDGET (self->root));
    gtk_box_append (GTK_BOX (column), GTK_WIDGET (self->status));
    gtk_window_set_child (GTK_WINDOW (self), column);
}

static void
selection_moved (FoveaWindow *self)
{
    self->untouched = FALSE;
    fovea_window_update_actions (self);
}

/* The inspector shows what the view selects: cells on the map, heads in the grid. */
static void
follow_view (FoveaWindow *self)
{
    static const FoveaInspect kinds[] = {FOVEA_INSPECT_HEAD, FOVEA_INSPECT_CELL,
                                         FOVEA_INSPECT_POINT, FOVEA_INSPECT_TOKEN,
                                         FOVEA_INSPECT_CELL};
    const char *name = gtk_stack_get_visible_child_name (self->views);
    for (guint i = 0; i < G_N_ELEMENTS (views); i++)
        if (g_strcmp0 (name, views[i]) == 0)
            fovea_inspector_set_kind (self->inspector, kinds[i]);
    fovea_token_strip_set_paint (
        FOVEA_TOKEN_STRIP (self->strip),
        g_strcmp0 (name, "sparsity") == 0   ? fovea_sparse_model_get_paint (self->sparse)
        : g_strcmp0 (name, "features") == 0 ? fovea_feature_model_get_paint (self->features)
                                            : NULL);
}

/* A tick comes before its frame is drawn, hence the third. */
static gboolean
follow_view_later (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
    FoveaWindow *self = FOVEA_WINDOW (widget);
    if (self->view_ticks++ < 2)
        return G_SOURCE_CONTINUE;
    self->view_tick = self->view_ticks = 0;
    follow_view (self);
    return G_SOURCE_REMOVE;
}

void
fovea_window_settle_view (FoveaWindow *self)
{
    if (self->view_tick == 0)
        return;
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->view_tick);
    self->view_tick = self->view_ticks = 0;
    follow_view (self);
}

/* The first two frames of a view have enough to draw: inspector and strip follow in the third. */
static void
view_changed (FoveaWindow *self)
{
    const char *name = gtk_stack_get_visible_child_name (self->views);
    for (guint i = 0; i < G_N_ELEMENTS (views); i++)
        if (g_strcmp0 (name, views[i]) == 0)
            gtk_drop_down_set_selected (GTK_DROP_DOWN (self->view_list), i);
    fovea_selection_hover_nothing (self->selection); /* its pointer is over something else now */
    self->view_ticks = 0;
    if (!gtk_widget_get_mapped (GTK_WIDGET (self->views)))
        follow_view (self);
    else if (self->view_tick == 0)
        self->view_tick =
            gtk_widget_add_tick_callback (GTK_WIDGET (self), follow_view_later, NULL, NULL);
    fovea_window_update_features (self);
    fovea_window_update_actions (self);
    fovea_ahead_measure (GTK_WIDGET (self));
}

static void
open_map (FoveaWindow *self)
{
    fovea_window_show_view (self, "map");
}

static void
connect_views (FoveaWindow *self)
{
    g_signal_connect_object (self->views, "notify::visible-child", G_CALLBACK (view_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->root, "notify::visible-child",
                             G_CALLBACK (fovea_window_follow_width), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (self, "notify::focus-widget", G_CALLBACK (fovea_window_update_actions),
                             self, G_CONNECT_SWAPPED);
    g_signal_connect_object (self, "notify::default-width", G_CALLBACK (fovea_window_follow_width),
                             self, G_CONNECT_SWAPPED);
    g_signal_connect_object (self->heads, "open-map", G_CALLBACK (open_map), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->selection, "moved", G_CALLBACK (selection_moved), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->sparse, "changed", G_CALLBACK (fovea_window_update_actions),
                             self, G_CONNECT_SWAPPED);
}

/* The toolkit hides the focus three seconds after the last key; who looks at the picture meanwhile no
 * longer knows where the next one goes. The style sheet keeps it in sight until the pointer is used. */
static gboolean
key_pressed (GtkEventControllerKey *controller,
             guint key,
             guint code,
             GdkModifierType state,
             GtkWidget *window)
{
    gtk_widget_add_css_class (window, "keys");
    return FALSE;
}

static void
pointer_pressed (GtkGestureClick *gesture, int n_press, double x, double y, GtkWidget *window)
{
    gtk_widget_remove_css_class (window, "keys");
}

static void
watch_input (FoveaWindow *self)
{
    GtkEventController *keys = gtk_event_controller_key_new ();
    GtkGesture *click = gtk_gesture_click_new ();
    gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
    gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
    gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), 0);
    g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed), self);
    g_signal_connect (click, "pressed", G_CALLBACK (pointer_pressed), self);
    gtk_widget_add_controller (GTK_WIDGET (self), keys);
    gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

/* The toolkit's own F10 only moves the focus to the header; the menu has a button there. */
static void
bind_menu_key (FoveaWindow *self)
{
    GtkEventController *keys = gtk_shortcut_controller_new ();
    gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
    gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys),
                                          gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_F10, 0),
                                                            gtk_named_action_new ("win.menu")));
    gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

static void
fovea_window_init (FoveaWindow *self)
{
    self->selection = fovea_selection_new ();
    self->cells = fovea_cell_model_new (self->selection);
    self->sparse = fovea_sparse_model_new (self->selection);
    self->features = fovea_feature_model_new (self->selection);
    self->library = fovea_library_new ();
    self->notes = fovea_notes_new ();
    self->cancellable = g_cancellable_new ();
    gtk_widget_add_css_class (GTK_WIDGET (self), "fovea");
    gtk_window_set_title (GTK_WINDOW (self), "Fovea");
    gtk_window_set_default_size (GTK_WINDOW (self), 1440, 900);
    gtk_widget_set_size_request (GTK_WIDGET (self), 960, 600);
    fovea_window_restore_size (self);
    self->recent = g_menu_new ();
    build_views (self);
    build_content (self);
    fovea_window_restore_panels (self);
    build_header (self);
    fovea_window_add_actions (self);
    bind_menu_key (self);
    watch_input (self);
    connect_views (self);
    fovea_window_connect_status (self);
    fovea_window_connect_captures (self);
    fovea_window_connect_kept (self);
    fovea_window_connect_opening (self);
    fovea_window_connect_stores (self);
    fovea_window_connect_notes (self);
    fovea_window_connect_files (self);
    fovea_window_connect_sparse (self);
    fovea_window_connect_offers (self);
    fovea_window_connect_features (self);
    fovea_window_connect_picture (self);
    view_changed (self);
    fovea_window_follow_width (self);
    fovea_window_say (self, _ ("Ready"));
    fovea_start_page_focus (self->start);
}

FoveaWindow *
fovea_window_new (GtkApplication *application)
{
    return g_object_new (FOVEA_TYPE_WINDOW, "application", application, NULL);
}

FoveaSelection *
fovea_window_get_selection (FoveaWindow *self)
{
    return self->selection;
}

gboolean
fovea_window_is_busy (FoveaWindow *self)
{
    return self->job != NULL || self->score_turn != 0;
}

const char *
fovea_window_get_status (FoveaWindow *self)
{
    return fovea_status_line_get_text (self->status);
}

const char *
fovea_window_get_failure (FoveaWindow *self)
{
    return fovea_failure_bar_get_message (self->failure);
}

void
fovea_window_show_view (FoveaWindow *self, const char *name)
{
    if (g_str_equal (name, "picture") &&
        !fovea_picture_image_has (fovea_selection_get_info (self->selection)))
        return; /* the page is not there */
    if (self->opened != NULL)
        gtk_stack_set_visible_child_name (self->root, "work");
    gtk_stack_set_visible_child_name (self->views, name);
    GtkWidget *shown = gtk_stack_get_visible_child (self->views);
    if (!fovea_attention_gate_is_open (shown))
        gtk_widget_child_focus (shown, GTK_DIR_TAB_FORWARD);
    else if (g_str_equal (name, "map"))
        gtk_widget_child_focus (GTK_WIDGET (fovea_map_page_get_canvas (self->map)),
                                GTK_DIR_TAB_FORWARD);
    else if (g_str_equal (name, "heads"))
        fovea_heads_page_focus (self->heads);
    else if (g_str_equal (name, "sparsity"))
        fovea_sparse_page_focus (self->sparse_page);
    else if (g_str_equal (name, "features"))
        fovea_features_page_focus (self->features_page);
    else if (g_str_equal (name, "picture"))
        fovea_picture_page_focus (self->picture);
}
