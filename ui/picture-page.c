/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Arrow keys move the query from patch to patch, with Shift the key, as clicks do; the class token is a button, since
 * it has no place in the picture. */
#include "ui/picture-page.h"

#include <glib/gi18n.h>

#include "ui/cell-model.h"
#include "ui/choice.h"
#include "ui/commands.h"
#include "ui/context-menu.h"
#include "ui/failure-bar.h"
#include "ui/key-follow.h"
#include "ui/patch-table.h"
#include "ui/pin.h"
#include "ui/tip.h"

struct _FoveaPicturePage {
    GtkBox parent_instance;
    FoveaSelection *selection;
    FoveaPictureModel *model;
    FoveaPictureView *view;
    FoveaFailureBar *failure;
    GtkDropDown *overlay;
    GtkWidget *grid, *show_table, *table, *heads;
    GtkWidget *menu; /* context menu, a popover */
    GtkStack *faces; /* picture or table */
    GtkLabel *words;
};

G_DEFINE_FINAL_TYPE (FoveaPicturePage, fovea_picture_page, GTK_TYPE_BOX)

FoveaPictureOverlay
fovea_picture_page_get_overlay (FoveaPicturePage *self)
{
    return (FoveaPictureOverlay) gtk_drop_down_get_selected (self->overlay);
}

static void
set_words (FoveaPicturePage *self)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    const FoveaPictureData *data = fovea_picture_model_get_data (self->model);
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    FoveaPictureOverlay overlay = fovea_picture_page_get_overlay (self);
    if (info == NULL || data == NULL || overlay == FOVEA_PICTURE_PLAIN ||
        place->layer >= data->n_layers || place->head >= data->n_heads) {
        gtk_label_set_text (self->words, "");
        return;
    }
    const float *weights = overlay == FOVEA_PICTURE_ROLLOUT
                               ? data->rollout
                               : fovea_picture_data_get_head (data, place->layer, place->head);
    g_autofree char *from = fovea_picture_name_position (info, data->query);
    g_autofree char *to = fovea_picture_name_position (info, place->key);
    g_autofree char *what = overlay == FOVEA_PICTURE_ROLLOUT
                                ? g_strdup (_ ("Rollout"))
                                : g_strdup_printf (_ ("Head %u.%u"), place->layer, place->head);
    g_autofree char *text = g_strdup_printf (
        _ ("%s from %s: %.4f on %s, %.4f on the class token. Colours from %.2g to 1, logarithmic."),
        what, from, (double) weights[CLAMP (place->key, 0, data->n_tokens - 1)], to,
        (double) weights[0], fovea_color_map_floor (data->n_tokens));
    gtk_label_set_text (self->words, text);
}

static void
overlay_changed (FoveaPicturePage *self)
{
    fovea_picture_view_set_overlay (self->view, fovea_picture_page_get_overlay (self),
                                    gtk_check_button_get_active (GTK_CHECK_BUTTON (self->grid)));
    set_words (self);
}

static void
choose_class (FoveaPicturePage *self)
{
    fovea_selection_select_cell (self->selection, 0,
                                 fovea_selection_get_place (self->selection)->key);
}

static void
show_face (FoveaPicturePage *self)
{
    gboolean table = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->show_table));
    gtk_stack_set_visible_child_name (self->faces, table ? "table" : "picture");
}

static GtkWidget *
build_table_button (FoveaPicturePage *self)
{
    self->show_table = gtk_toggle_button_new ();
    gtk_button_set_icon_name (GTK_BUTTON (self->show_table), "fovea-table-symbolic");
    fovea_tip_set (self->show_table, _ ("Show as table (Ctrl+Shift+T)"));
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->show_table),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Show as table"), -1);
    gtk_widget_set_hexpand (self->show_table, TRUE);
    gtk_widget_set_halign (self->show_table, GTK_ALIGN_END);
    g_signal_connect_swapped (self->show_table, "toggled", G_CALLBACK (show_face), self);
    return self->show_table;
}

static GtkWidget *
build_toolbar (FoveaPicturePage *self)
{
    GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
    GtkWidget *overlay = gtk_drop_down_new_from_strings (
        (const char *[]){_ ("Selected head"), _ ("Rollout"), _ ("Picture alone"), NULL});
    GtkWidget *from = gtk_button_new_with_label (_ ("Class token"));
    self->overlay = GTK_DROP_DOWN (overlay);
    fovea_choice_open_at_chosen (self->overlay);
    self->grid = gtk_check_button_new_with_label (_ ("Patches"));
    gtk_check_button_set_active (GTK_CHECK_BUTTON (self->grid), TRUE);
    fovea_tip_set (overlay, _ ("What is laid over the picture"));
    fovea_tip_set (from, _ ("Look from the class token, as the model's answer does"));
    fovea_tip_set (self->grid, _ ("Lines between patches"));
    gtk_accessible_update_property (GTK_ACCESSIBLE (overlay), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Overlay"), -1);
    gtk_widget_add_css_class (row, "toolbar");
    gtk_box_append (GTK_BOX (row), overlay);
    gtk_box_append (GTK_BOX (row), from);
    gtk_box_append (GTK_BOX (row), self->grid);
    gtk_box_append (GTK_BOX (row), build_table_button (self));
    g_signal_connect_swapped (overlay, "notify::selected", G_CALLBACK (overlay_changed), self);
    g_signal_connect_swapped (self->grid, "toggled", G_CALLBACK (overlay_changed), self);
    g_signal_connect_swapped (from, "clicked", G_CALLBACK (choose_class), self);
    return row;
}

static const FoveaMenuRow menu_rows[] = {
    {N_ ("Map of this head"), "picture.open"},
    {N_ ("Look from the class token"), "picture.class"},
    {N_ ("Make the key the query"), "picture.follow"},
    {N_ ("Next strong cell"), "picture.next-strong"},
    {N_ ("Note on this cell"), "picture.note"},
    {N_ ("Copy value"), "win.copy-value"},
    {N_ ("Copy as table"), "win.copy-table"},
    {N_ ("Copy picture"), "win.copy-picture"},
    {N_ ("Export this view…"), "win.export"},
    {N_ ("Show as table"), "win.table"},
};

/* At a place of one of its widgets. */
static void
show_menu (FoveaPicturePage *self, GtkWidget *on, double x, double y)
{
    gboolean there = fovea_selection_get_place (self->selection)->query == 0;
    gtk_widget_translate_coordinates (on, GTK_WIDGET (self), x, y, &x, &y);
    if (self->menu == NULL)
        self->menu =
            fovea_context_menu_new (GTK_WIDGET (self), menu_rows, G_N_ELEMENTS (menu_rows));
    fovea_context_menu_refuse (self->menu, "picture.class", there ? _ ("it does already") : NULL);
    fovea_context_menu_show (self->menu, &(GdkRectangle){(int) x, (int) y, 1, 1});
}

/* At the patch that is looked from. */
static void
show_menu_here (FoveaPicturePage *self)
{
    GdkRectangle at;
    if (fovea_picture_view_locate (self->view, fovea_selection_get_place (self->selection)->query,
                                   &at))
        show_menu (self, GTK_WIDGET (self->view), at.x + at.width, at.y + at.height);
}

static void
view_menu_pressed (
    GtkGestureClick *gesture, int n_press, double x, double y, FoveaPicturePage *self)
{
    fovea_picture_view_select_at (self->view, x, y, FALSE);
    show_menu (self, GTK_WIDGET (self->view), x, y);
}

static void
heads_menu_pressed (
    GtkGestureClick *gesture, int n_press, double x, double y, FoveaPicturePage *self)
{
    gtk_widget_grab_focus (GTK_WIDGET (self->view));
    fovea_picture_heads_select_at (FOVEA_PICTURE_HEADS (self->heads), x, y);
    show_menu (self, self->heads, x, y);
}

/* A patch on, within the picture. The class token has no place in it: from there the first patch is next,
 * whichever way one goes. */
static gint64
step (gint64 position, const char *way, gint64 across)
{
    gint64 patch = position - 1;
    gint64 by = g_str_equal (way, "left")    ? -1
                : g_str_equal (way, "right") ? 1
                : g_str_equal (way, "up")    ? -across
                                             : across;
    gint64 next = patch < 0 ? 0 : patch + by;
    return next >= 0 && next < across * across ? next + 1 : position;
}

/* Of the selected head, from patch to patch in the order of reading. */
static void
go_strong (FoveaPicturePage *self, int direction)
{
    const FoveaPictureData *data = fovea_picture_model_get_data (self->model);
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    if (data == NULL || data->query != place->query || place->layer >= data->n_layers ||
        place->head >= data->n_heads) {
        gtk_widget_activate_action (GTK_WIDGET (self), "win.say", "s",
                                    _ ("The weights from this patch are still being read"));
        return;
    }
    gint64 key =
        fovea_weights_find_strong (fovea_picture_data_get_head (data, place->layer, place->head),
                                   data->n_tokens, place->key, direction);
    if (key >= 0)
        fovea_selection_select_cell (self->selection, place->query, key);
    else
        gtk_widget_activate_action (GTK_WIDGET (self), "win.say", "s",
                                    direction > 0 ? _ ("No strong patch further on")
                                                  : _ ("No strong patch before this one"));
}

/* FALSE if @name moves neither query nor key. */
static gboolean
activate_move (FoveaPicturePage *self, const char *name)
{
    static const char *const ways[] = {"left", "right", "up", "down", NULL};
    const FoveaPictureData *data = fovea_picture_model_get_data (self->model);
    FoveaPlace at = *fovea_selection_get_place (self->selection);
    gboolean key = g_str_has_prefix (name, "key-");
    const char *way = key ? name + sizeof "key-" - 1 : name;
    if (!g_strv_contains (ways, way))
        return FALSE;
    gint64 *moved = key ? &at.key : &at.query;
    if (data != NULL)
        *moved = step (*moved, way, data->image->across);
    fovea_selection_select_cell (self->selection, at.query, at.key);
    return TRUE;
}

/* Every "picture." key. */
static void
activate (GtkWidget *widget, const char *action, GVariant *parameter)
{
    FoveaPicturePage *self = FOVEA_PICTURE_PAGE (widget);
    const char *name = action + sizeof "picture." - 1;
    int by = g_str_has_prefix (name, "next-") ? 1 : -1;
    if (activate_move (self, name))
        return;
    if (g_str_equal (name, "class"))
        choose_class (self);
    else if (g_str_has_suffix (name, "-head"))
        fovea_selection_step_head (self->selection, by, 0);
    else if (g_str_has_suffix (name, "-layer"))
        fovea_selection_step_head (self->selection, 0, by);
    else if (g_str_has_suffix (name, "-strong"))
        go_strong (self, by);
    else if (g_str_equal (name, "follow"))
        fovea_key_follow (widget, self->selection);
    else if (g_str_equal (name, "note"))
        gtk_widget_activate_action (widget, "win.note", NULL);
    else if (g_str_equal (name, "pin"))
        fovea_pin_toggle (widget, self->selection);
    else if (g_str_equal (name, "open"))
        gtk_widget_activate_action (widget, "win.view", "s", "map");
    else if (g_str_equal (name, "menu"))
        show_menu_here (self);
}

static GtkWidget *
build_view (FoveaPicturePage *self)
{
    GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *words = gtk_label_new ("");
    GtkWidget *view = fovea_picture_view_new (self->model, self->selection);
    self->view = FOVEA_PICTURE_VIEW (view);
    self->words = GTK_LABEL (words);
    gtk_label_set_wrap (self->words, TRUE);
    gtk_label_set_xalign (self->words, 0);
    gtk_widget_add_css_class (words, "quiet");
    gtk_widget_set_focusable (view, TRUE);
    fovea_context_menu_bind (view, G_CALLBACK (view_menu_pressed), self);
    gtk_box_append (GTK_BOX (column), view);
    gtk_box_append (GTK_BOX (column), words);
    return column;
}

static GtkWidget *
build_faces (FoveaPicturePage *self)
{
    GtkWidget *faces = gtk_stack_new ();
    self->faces = GTK_STACK (faces);
    self->table = fovea_patch_table_new (self->model, self->selection);
    gtk_stack_add_named (self->faces, build_view (self), "picture");
    gtk_stack_add_named (self->faces, self->table, "table");
    return faces;
}

static GtkWidget *
build_heads (FoveaPicturePage *self)
{
    GtkWidget *scrolled = gtk_scrolled_window_new ();
    self->heads = fovea_picture_heads_new (self->model, self->selection);
    fovea_context_menu_bind (self->heads, G_CALLBACK (heads_menu_pressed), self);
    gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->heads);
    gtk_scrolled_window_set_propagate_natural_width (GTK_SCROLLED_WINDOW (scrolled), TRUE);
    gtk_scrolled_window_set_max_content_width (GTK_SCROLLED_WINDOW (scrolled), 620);
    return scrolled;
}

static void
shown (FoveaPicturePage *self)
{
    fovea_picture_model_set_active (self->model, TRUE);
}

static void
hidden (FoveaPicturePage *self)
{
    fovea_picture_model_set_active (self->model, FALSE);
}

static void
fovea_picture_page_dispose (GObject *object)
{
    FoveaPicturePage *self = FOVEA_PICTURE_PAGE (object);
    g_clear_pointer (&self->menu, gtk_widget_unparent);
    g_clear_object (&self->model);
    g_clear_object (&self->selection);
    G_OBJECT_CLASS (fovea_picture_page_parent_class)->dispose (object);
}

static void
fovea_picture_page_class_init (FoveaPicturePageClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_picture_page_dispose;
    fovea_commands_bind (GTK_WIDGET_CLASS (klass), "picture.", activate);
    gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "picturepage");
}

static void
fovea_picture_page_init (FoveaPicturePage *self)
{
    gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
}

GtkWidget *
fovea_picture_page_new (FoveaSelection *selection)
{
    FoveaPicturePage *self = g_object_new (FOVEA_TYPE_PICTURE_PAGE, NULL);
    GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
    self->selection = g_object_ref (selection);
    self->model = fovea_picture_model_new (selection);
    self->failure = FOVEA_FAILURE_BAR (fovea_failure_bar_new (TRUE));
    gtk_box_append (GTK_BOX (self), build_toolbar (self));
    gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->failure));
    g_object_set (row, "margin-start", 12, "margin-end", 12, "margin-top", 12, "margin-bottom", 9,
                  NULL);
    gtk_box_append (GTK_BOX (row), build_faces (self));
    gtk_box_append (GTK_BOX (row), build_heads (self));
    gtk_widget_set_vexpand (row, TRUE);
    gtk_box_append (GTK_BOX (self), row);
    g_signal_connect (self, "map", G_CALLBACK (shown), NULL);
    g_signal_connect (self, "unmap", G_CALLBACK (hidden), NULL);
    g_signal_connect_object (self->model, "changed", G_CALLBACK (set_words), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->model, "failed", G_CALLBACK (fovea_failure_bar_show),
                             self->failure, G_CONNECT_SWAPPED);
    g_signal_connect_object (self->failure, "retry", G_CALLBACK (fovea_picture_model_retry),
                             self->model, G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "trace-changed", G_CALLBACK (fovea_failure_bar_close),
                             self->failure, G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "moved", G_CALLBACK (set_words), self, G_CONNECT_SWAPPED);
    return GTK_WIDGET (self);
}

void
fovea_picture_page_toggle_table (FoveaPicturePage *self)
{
    GtkToggleButton *button = GTK_TOGGLE_BUTTON (self->show_table);
    gtk_toggle_button_set_active (button, !gtk_toggle_button_get_active (button));
    fovea_picture_page_focus (self);
}

void
fovea_picture_page_focus (FoveaPicturePage *self)
{
    if (gtk_stack_get_visible_child (self->faces) != self->table)
        gtk_widget_grab_focus (GTK_WIDGET (self->view));
    else if (!fovea_line_table_focus (FOVEA_LINE_TABLE (self->table)))
        gtk_widget_child_focus (self->table, GTK_DIR_TAB_FORWARD);
}

void
fovea_picture_page_keep (FoveaPicturePage *self, FoveaKept *kept)
{
    fovea_kept_add (kept, "picture-overlay", self->overlay, "selected");
    fovea_kept_add (kept, "picture-patches", self->grid, "active");
    fovea_kept_add (kept, "picture-table", self->show_table, "active");
}
