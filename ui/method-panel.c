/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A list whose rows are indices into the method table, and beside it the knobs of the row at hand.
 * Rows are made by the list view for what is in sight; nothing is kept here but the model's. */
#include "ui/method-panel.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/row-names.h"
#include "ui/tip.h"
#include "ui/token-text.h"
#include "ui/typed-number.h"

struct _FoveaMethodPanel {
    GtkBox parent_instance;
    FoveaSparseModel *model;
    GtkSingleSelection *rows;
    GtkListView *list;
    GtkLabel *title, *about, *swept, *full;
    GtkGrid *knobs;
    gboolean filling; /* spin buttons are being set, not turned */
};

G_DEFINE_FINAL_TYPE (FoveaMethodPanel, fovea_method_panel, GTK_TYPE_BOX)

static const FoveaSparseMethod *
get_method (guint index)
{
    return fovea_sparse_method_list ()[index];
}

/* A ninth method is refused in words, and its box stays empty. */
static void
toggled (GtkCheckButton *check, GtkListItem *item)
{
    FoveaMethodPanel *self = g_object_get_data (G_OBJECT (check), "panel");
    guint method = gtk_list_item_get_position (item);
    gboolean active = gtk_check_button_get_active (check);
    if (self->filling || method == GTK_INVALID_LIST_POSITION)
        return;
    gboolean taken = fovea_sparse_model_choose (self->model, method, active);
    gtk_widget_set_visible (GTK_WIDGET (self->full), !taken);
    if (!taken)
        gtk_check_button_set_active (check, FALSE);
}

static void
setup_row (GtkSignalListItemFactory *factory, GtkListItem *item, FoveaMethodPanel *self)
{
    GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
    GtkWidget *check = gtk_check_button_new (), *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
    GtkWidget *name = gtk_label_new (""), *label = gtk_label_new ("");
    gtk_label_set_xalign (GTK_LABEL (name), 0);
    gtk_label_set_xalign (GTK_LABEL (label), 0);
    gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
    gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
    gtk_widget_set_hexpand (words, TRUE);
    gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
    gtk_box_append (GTK_BOX (words), name);
    gtk_box_append (GTK_BOX (words), label);
    gtk_box_append (GTK_BOX (row), check);
    gtk_box_append (GTK_BOX (row), words);
    g_object_set_data (G_OBJECT (check), "panel", self);
    g_signal_connect (check, "toggled", G_CALLBACK (toggled), item);
    gtk_list_item_set_child (item, row);
}

/* "exact-rule · static · band", or why it has no curve of what is shown. */
static char *
describe (FoveaMethodPanel *self, guint index)
{
    const FoveaSparseMethod *method = get_method (index);
    const char *reason = fovea_sparse_model_get_reason (self->model, index);
    if (reason != NULL)
        return g_strdup_printf (_ ("cannot apply: %s"), reason);
    return g_strdup_printf ("%s · %s · %s", fovea_honesty_get_name (method->honesty),
                            fovea_sparse_kind_get_name (method->kind), method->unit);
}

static void
bind_row (GtkSignalListItemFactory *factory, GtkListItem *item, FoveaMethodPanel *self)
{
    guint index = gtk_list_item_get_position (item);
    GtkWidget *check = gtk_widget_get_first_child (gtk_list_item_get_child (item));
    GtkWidget *name = gtk_widget_get_first_child (gtk_widget_get_next_sibling (check));
    GtkWidget *label = gtk_widget_get_next_sibling (name);
    g_autofree char *words = describe (self, index);
    g_autofree char *spoken = g_strdup_printf ("%s, %s", get_method (index)->name, words);
    gboolean applies = fovea_sparse_model_get_reason (self->model, index) == NULL;
    self->filling = TRUE;
    gtk_check_button_set_active (GTK_CHECK_BUTTON (check),
                                 fovea_sparse_model_is_chosen (self->model, index));
    self->filling = FALSE;
    gtk_label_set_text (GTK_LABEL (name), get_method (index)->name);
    gtk_label_set_text (GTK_LABEL (label), words);
    fovea_tip_set (label, words);
    gtk_widget_remove_css_class (label, applies ? "failure" : "quiet");
    gtk_widget_add_css_class (label, applies ? "quiet" : "failure");
    gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken,
                                    -1);
}

static void
turned (GtkSpinButton *spin, FoveaMethodPanel *self)
{
    guint method = gtk_single_selection_get_selected (self->rows);
    guint knob = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (spin), "knob"));
    if (!self->filling && method != GTK_INVALID_LIST_POSITION)
        fovea_sparse_model_set_knob (self->model, method, knob, gtk_spin_button_get_value (spin));
}

/* Name, entry within the range, unit; what it does and the range in the tooltip. */
static void
add_knob (FoveaMethodPanel *self, guint method, guint index)
{
    const FoveaSparseKnob *knob = &get_method (method)->knobs[index];
    double span = knob->high - knob->low;
    double step = knob->whole ? 1 : span <= 2 ? 0.01 : 0.5;
    g_autofree char *tip =
        g_strdup_printf (_ ("%s; %g to %g"), knob->description, knob->low, knob->high);
    g_autofree char *spoken = g_strdup_printf ("%s, %s", knob->name, tip);
    GtkWidget *name = gtk_label_new (knob->name), *unit = gtk_label_new (knob->unit);
    GtkWidget *spin = gtk_spin_button_new_with_range (knob->low, knob->high, step);
    gtk_spin_button_set_digits (GTK_SPIN_BUTTON (spin), knob->whole ? 0 : 3);
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin),
                               fovea_sparse_model_get_knob (self->model, method, index));
    gtk_editable_set_width_chars (GTK_EDITABLE (spin), 7);
    fovea_tip_set (spin, tip);
    gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken,
                                    -1);
    g_object_set_data (G_OBJECT (spin), "knob", GUINT_TO_POINTER (index));
    g_signal_connect (spin, "value-changed", G_CALLBACK (turned), self);
    fovea_typed_number_bind (GTK_SPIN_BUTTON (spin));
    gtk_label_set_xalign (GTK_LABEL (name), 0);
    gtk_label_set_xalign (GTK_LABEL (unit), 0);
    gtk_widget_add_css_class (unit, "quiet");
    gtk_grid_attach (self->knobs, name, 0, (int) index, 1, 1);
    gtk_grid_attach (self->knobs, spin, 1, (int) index, 1, 1);
    gtk_grid_attach (self->knobs, unit, 2, (int) index, 1, 1);
}

/* What the curve runs over, in the words of the command. */
static char *
describe_sweep (const FoveaSparseMethod *method)
{
    const FoveaSparseKnob *knob = &method->knobs[0];
    const char *of = method->sweep_of == FOVEA_SWEEP_TOKENS   ? _ (" of the tokens")
                     : method->sweep_of == FOVEA_SWEEP_BLOCKS ? _ (" of the blocks")
                                                              : "";
    int last = 0;
    while (last + 1 < FOVEA_SPARSE_MAX_POINTS && method->sweep[last + 1] >= 0)
        last++;
    g_autofree char *low = fovea_round_text (method->sweep[0]);
    g_autofree char *high = fovea_round_text (method->sweep[last]);
    return g_strdup_printf (_ ("The curve runs over %s (%s), %s to %s%s."), knob->name,
                            knob->description, low, high, of);
}

/* At most seven knobs, made anew for the row at hand. */
static void
show_method (FoveaMethodPanel *self)
{
    guint index = gtk_single_selection_get_selected (self->rows);
    GtkWidget *child;
    if (index == GTK_INVALID_LIST_POSITION)
        return;
    const FoveaSparseMethod *method = get_method (index);
    g_autofree char *words = describe (self, index), *swept = describe_sweep (method);
    g_autofree char *about = g_strdup_printf ("%s\n%s", words, method->paper);
    gtk_label_set_text (self->title, method->name);
    gtk_label_set_text (self->about, about);
    gtk_label_set_text (self->swept, swept);
    while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->knobs))) != NULL)
        gtk_grid_remove (self->knobs, child);
    self->filling = TRUE;
    for (guint k = 1; k < FOVEA_SPARSE_MAX_KNOBS && method->knobs[k].name != NULL; k++)
        add_knob (self, index, k);
    self->filling = FALSE;
}

/* Enter or a double click on a row chooses it, as its box does. */
static void
row_activated (FoveaMethodPanel *self, guint index)
{
    gboolean chosen = fovea_sparse_model_is_chosen (self->model, index);
    gboolean taken = fovea_sparse_model_choose (self->model, index, !chosen);
    gtk_widget_set_visible (GTK_WIDGET (self->full), !taken);
}

/* Space ticks the row at hand, as it would its box, which has it to itself when it has the focus. */
static gboolean
space_pressed (GtkWidget *list, GVariant *unused, gpointer data)
{
    FoveaMethodPanel *self = data;
    guint at = gtk_single_selection_get_selected (self->rows);
    GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (list));
    if (GTK_IS_CHECK_BUTTON (focus) || at == GTK_INVALID_LIST_POSITION)
        return FALSE;
    row_activated (self, at);
    return TRUE;
}

static void
bind_space (FoveaMethodPanel *self)
{
    GtkEventController *keys = gtk_shortcut_controller_new ();
    gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
    gtk_shortcut_controller_add_shortcut (
        GTK_SHORTCUT_CONTROLLER (keys),
        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_space, 0),
                          gtk_callback_action_new (space_pressed, self, NULL)));
    gtk_widget_add_controller (GTK_WIDGET (self->list), keys);
}

/* Reasons and boxes may have changed: rows in sight are bound anew. */
static void
refresh (FoveaMethodPanel *self)
{
    GListModel *names = gtk_single_selection_get_model (self->rows);
    guint at = gtk_single_selection_get_selected (self->rows);
    if (self->filling || !gtk_widget_get_mapped (GTK_WIDGET (self)))
        return;
    g_list_model_items_changed (names, 0, g_list_model_get_n_items (names),
                                g_list_model_get_n_items (names));
    gtk_single_selection_set_selected (self->rows, at);
    show_method (self);
}

static void
fovea_method_panel_dispose (GObject *object)
{
    FoveaMethodPanel *self = FOVEA_METHOD_PANEL (object);
    g_clear_object (&self->model);
    g_clear_object (&self->rows);
    G_OBJECT_CLASS (fovea_method_panel_parent_class)->dispose (object);
}

static void
fovea_method_panel_class_init (FoveaMethodPanelClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_method_panel_dispose;
    gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "methodpanel");
}

static GtkWidget *
build_list (FoveaMethodPanel *self)
{
    GtkWidget *scrolled = gtk_scrolled_window_new ();
    GtkStringList *ids = gtk_string_list_new (NULL);
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
    for (guint i = 0; get_method (i) != NULL; i++)
        gtk_string_list_append (ids, get_method (i)->id);
    self->rows = gtk_single_selection_new (G_LIST_MODEL (ids));
    g_signal_connect (factory, "setup", G_CALLBACK (setup_row), self);
    g_signal_connect (factory, "bind", G_CALLBACK (bind_row), self);
    self->list = GTK_LIST_VIEW (
        gtk_list_view_new (GTK_SELECTION_MODEL (g_object_ref (self->rows)), factory));
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Methods"), -1);
    fovea_row_names_bind (GTK_WIDGET (self->list));
    g_signal_connect_object (self->list, "activate", G_CALLBACK (row_activated), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->rows, "notify::selected", G_CALLBACK (show_method), self,
                             G_CONNECT_SWAPPED);
    bind_space (self);
    gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->list));
    gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                    GTK_POLICY_AUTOMATIC);
    gtk_widget_set_size_request (scrolled, 340, 400);
    return scrolled;
}

static GtkLabel *
add_words (GtkWidget *box, const char *css_class)
{
    GtkWidget *label = gtk_label_new ("");
    gtk_widget_add_css_class (label, css_class);
    gtk_label_set_xalign (GTK_LABEL (label), 0);
    gtk_label_set_wrap (GTK_LABEL (label), TRUE);
    gtk_label_set_max_width_chars (GTK_LABEL (label), 38);
    gtk_box_append (GTK_BOX (box), label);
    return GTK_LABEL (label);
}

static void
fovea_method_panel_init (FoveaMethodPanel *self)
{
    GtkWidget *side = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);
    gtk_box_set_spacing (GTK_BOX (self), 18);
    gtk_box_append (GTK_BOX (self), build_list (self));
    gtk_widget_set_size_request (side, 290, -1);
    self->title = add_words (side, "name");
    self->about = add_words (side, "quiet");
    self->swept = add_words (side, "quiet");
    self->knobs = GTK_GRID (gtk_grid_new ());
    gtk_grid_set_row_spacing (self->knobs, 6);
    gtk_grid_set_column_spacing (self->knobs, 9);
    gtk_box_append (GTK_BOX (side), GTK_WIDGET (self->knobs));
    self->full = add_words (side, "failure");
    gtk_label_set_text (self->full,
                        _ ("Eight methods at most can be told apart; leave one out first."));
    gtk_widget_set_visible (GTK_WIDGET (self->full), FALSE);
    gtk_box_append (GTK_BOX (self), side);
}

GtkWidget *
fovea_method_panel_new (FoveaSparseModel *model)
{
    FoveaMethodPanel *self = g_object_new (FOVEA_TYPE_METHOD_PANEL, NULL);
    self->model = g_object_ref (model);
    g_signal_connect_object (model, "changed", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
    g_signal_connect (self, "map", G_CALLBACK (refresh), NULL);
    show_method (self);
    return GTK_WIDGET (self);
}
