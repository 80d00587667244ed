/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The toolbar's lists are bound to the model's properties; the page itself only decides which of its
 * three faces shows. Masks are made only while it is in sight. */
#include "ui/sparse-page.h"

#include <glib/gi18n.h>

#include "ui/choice.h"
#include "ui/commands.h"
#include "ui/curve-view.h"
#include "ui/head-failure.h"
#include "ui/layer-curves.h"
#include "ui/mask-view.h"
#include "ui/method-panel.h"
#include "ui/scaled.h"
#include "ui/short-label.h"
#include "ui/sparse-numbers.h"
#include "ui/sparse-tables.h"
#include "ui/still-label.h"
#include "ui/token-text.h"
#include "ui/toolbar.h"
#include "ui/tip.h"

#define OF_CHARS    18  /* of what a mask is of, as "window 64, head 5.10" */
#define NOTE_CHARS  36  /* of a line of the mask's caption, where there is room */
#define FINE_TOKENS 512 /* about what the mask's picture shows pair by pair */

struct _FoveaSparsePage {
    GtkBox parent_instance;
    FoveaSparseModel *model;
    FoveaSelection *selection;
    FoveaFailureBar *failure;
    FoveaOfferBar *offer;
    GtkDropDown *show, *across, *up, *measure;
    GtkWidget *methods, *run, *first_run, *show_table, *picture, *curves, *open;
    GtkWidget *waiting; /* has the focus where there are no curves and none can be asked for */
    GtkWidget *curve_title, *mask_title, *mask_of, *mask_note, *layers_title;
    GtkStack *faces;
    FoveaShortLabel *count;
    GtkLabel *why_empty;
    gboolean wants_focus; /* the first curves were asked for here */
};

G_DEFINE_FINAL_TYPE (FoveaSparsePage, fovea_sparse_page, GTK_TYPE_BOX)

enum {
    RUN,
    OPEN_MAP,
    N_SIGNALS,
};
static guint signals[N_SIGNALS];

static const char *const ups[] = {N_ ("Mass recall"), N_ ("Output error"),
                                  N_ ("Recall of the worst query")};

/* "Methods: 4"; the button says it, the popover holds them. Told of every change of the selection, it is
 * made anew only for another number. */
static void
show_methods (FoveaSparsePage *self)
{
    guint methods[FOVEA_MAX_CHOSEN], n = fovea_sparse_model_list_chosen (self->model, methods);
    g_autofree char *text = g_strdup_printf (_ ("Methods: %u"), n);
    if (g_strcmp0 (gtk_menu_button_get_label (GTK_MENU_BUTTON (self->methods)), text) != 0)
        gtk_menu_button_set_label (GTK_MENU_BUTTON (self->methods), text);
}

/* How many heads and sequences are behind a point. */
static void
show_count (FoveaSparsePage *self)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    g_autofree char *queries = fovea_number_text (fovea_sparse_model_count_tokens (self->model));
    g_autofree char *text = g_strdup_printf (_ ("mean over %s queries"), queries);
    fovea_short_label_set_forms (self->count, info != NULL ? text : "", NULL);
}

/* What has curves where this has none. */
static char *
describe_missing (FoveaSparsePage *self, const char *object)
{
    FoveaHeadPlace first;
    guint n = fovea_sparse_model_count_measured (self->model, &first);
    if (n == 0)
        return g_strdup_printf (_ ("No curve of %s by these methods was measured"), object);
    if (n == 1)
        return g_strdup_printf (_ ("No curve of %s by these methods; head %u.%u has some"), object,
                                first.layer, first.head);
    g_autofree char *heads = fovea_number_text (n);
    return g_strdup_printf (_ ("No curve of %s by these methods; %s heads have, from %u.%u"),
                            object, heads, first.layer, first.head);
}

/* Curves of this object may be missing where others are there: said in the title. */
static void
show_titles (FoveaSparsePage *self)
{
    guint methods[FOVEA_MAX_CHOSEN], n = fovea_sparse_model_list_chosen (self->model, methods);
    int up;
    gboolean any = FALSE;
    g_object_get (self->model, "up", &up, NULL);
    for (guint i = 0; i < n; i++)
        any |= fovea_sparse_model_get_curve (self->model, methods[i]) != NULL;
    g_autofree char *object = fovea_sparse_model_describe (self->model);
    g_autofree char *title = any ? g_strdup_printf (_ ("%s of %s"), _ (ups[up]), object)
                                 : describe_missing (self, object);
    g_autofree char *layers = fovea_layer_curves_describe (self->model, self->selection);
    fovea_still_label_set (self->curve_title, title);
    fovea_still_label_set (self->layers_title, layers);
    gtk_inscription_set_nat_chars (GTK_INSCRIPTION (self->layers_title),
                                   (guint) g_utf8_strlen (layers, -1));
}

/* Who pressed the button of the empty face is in front of the curves next. */
static void
show_face (FoveaSparsePage *self)
{
    gboolean table = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->show_table));
    gboolean empty = fovea_sparse_model_get_table (self->model) == NULL;
    GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
    GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
    gboolean waited = gtk_widget_get_mapped (self->first_run) && self->wants_focus &&
                      (focus == NULL || focus == self->first_run || /* not gone elsewhere since */
                       focus == self->waiting);
    gtk_widget_set_visible (self->run, !empty);
    gtk_widget_set_visible (GTK_WIDGET (self->count), !empty);
    gtk_widget_set_sensitive (self->show_table, !empty);
    gtk_stack_set_visible_child_name (self->faces, empty ? "empty" : table ? "table" : "picture");
    if (!empty && waited)
        fovea_sparse_page_focus (self);
    self->wants_focus &= empty;
}

static void
model_changed (FoveaSparsePage *self)
{
    show_methods (self);
    show_count (self);
    show_titles (self);
    show_face (self);
}

/* Name and numbers of the mask; sampled rows are said to be. */
static void
mask_changed (FoveaSparsePage *self)
{
    const FoveaSparseNumbers *numbers = fovea_sparse_model_get_numbers (self->model);
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    g_autofree char *knob = fovea_sparse_model_describe_mask_knob (self->model);
    g_autofree char *of =
        knob != NULL ? g_strdup_printf (_ ("%s, head %u.%u"), knob, place->layer, place->head)
                     : g_strdup ("");
    guint method;
    fovea_still_label_set (self->mask_title,
                           fovea_sparse_model_get_point (self->model, &method, NULL) != NULL
                               ? fovea_sparse_method_list ()[method]->name
                               : _ ("Mask"));
    fovea_still_label_set (self->mask_of, of);
    gtk_widget_set_sensitive (self->open, fovea_sparse_model_get_overlay (self->model) != NULL);
    g_autofree char *numbers_text =
        numbers == NULL
            ? g_strdup ("")
            : g_strdup_printf (_ ("Kept mass %.2f, missed %.2f; %.0f %% of the work is wasted%s. "),
                               numbers->report.kept_mass, 1 - numbers->report.kept_mass,
                               100 * numbers->report.wasted,
                               info != NULL && numbers->report.n_rows <
                                                   fovea_sparse_model_count_tokens (self->model)
                                   ? _ (" (sampled rows)")
                                   : "");
    g_autofree char *note = g_strconcat (
        numbers_text,
        _ ("Coloured where the key is among the fewest that hold 95 % of its query's mass, or was "
           "kept. Queries run down, keys right."),
        fovea_sparse_model_count_tokens (self->model) > FINE_TOKENS
            ? _ (" A dot stands for several pairs: the stronger, the more of them matter.")
            : "",
        NULL);
    fovea_still_label_set (self->mask_note, note);
}

void
fovea_sparse_page_show_failure (FoveaSparsePage *self, const char *message)
{
    fovea_failure_bar_show_refusal (self->failure, message);
}

static void
emit_run (FoveaSparsePage *self)
{
    self->wants_focus = gtk_widget_get_mapped (self->first_run);
    g_signal_emit (self, signals[RUN], 0);
}

static void
emit_open (FoveaSparsePage *self)
{
    g_signal_emit (self, signals[OPEN_MAP], 0);
}

static void
shown (FoveaSparsePage *self)
{
    fovea_sparse_model_use (self->model, TRUE);
}

static void
hidden (FoveaSparsePage *self)
{
    if (self->model != NULL) /* a window that closes lets go of the model first */
        fovea_sparse_model_use (self->model, FALSE);
}

/* Making. */

static GtkDropDown *
add_list (GtkWidget *bar, const char *const *choices, const char *label)
{
    GtkDropDown *list = fovea_choice_new (choices, label);
    gtk_box_append (GTK_BOX (bar), GTK_WIDGET (list));
    return list;
}

static void
add_methods (FoveaSparsePage *self, GtkWidget *bar)
{
    GtkWidget *popover = gtk_popover_new ();
    self->methods = gtk_menu_button_new ();
    gtk_popover_set_child (GTK_POPOVER (popover), fovea_method_panel_new (self->model));
    gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->methods), popover);
    fovea_tip_set (self->methods, _ ("Which methods, and their knobs"));
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->methods), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Methods"), -1);
    gtk_box_append (GTK_BOX (bar), self->methods);
    g_signal_connect_object (popover, "closed", G_CALLBACK (gtk_widget_grab_focus), self->methods,
                             G_CONNECT_SWAPPED);
}

static GtkWidget *
new_run_button (FoveaSparsePage *self, const char *label)
{
    GtkWidget *button = gtk_button_new_with_label (label);
    gtk_widget_add_css_class (button, "suggested-action");
    fovea_tip_set (button, _ ("Measure the chosen methods; the curves stay in the store (Ctrl+R)"));
    g_signal_connect_object (button, "clicked", G_CALLBACK (emit_run), self, G_CONNECT_SWAPPED);
    return button;
}

static GtkWidget *
build_toolbar (FoveaSparsePage *self)
{
    GtkWidget *bar = fovea_toolbar_new ();
    self->show = add_list (bar,
                           (const char *[]){_ ("Show: head"), _ ("Show: layer"), _ ("Show: model"),
                                            _ ("Show: chosen heads"), NULL},
                           _ ("Whose curves"));
    add_methods (self, bar);
    self->across = add_list (
        bar, (const char *[]){_ ("Density, log"), _ ("Density, linear"), _ ("Knob steps"), NULL},
        _ ("Across"));
    self->up = add_list (bar,
                         (const char *[]){_ ("Up: mass recall"), _ ("Up: output error"),
                                          _ ("Up: worst query"), NULL},
                         _ ("Up"));
    self->count = FOVEA_SHORT_LABEL (fovea_short_label_new_spare ());
    gtk_box_append (GTK_BOX (bar), GTK_WIDGET (self->count));
    self->show_table = gtk_toggle_button_new ();
    gtk_button_set_icon_name (GTK_BUTTON (self->show_table), "fovea-table-symbolic");
    fovea_tip_set (self->show_table, _ ("Show as table (Ctrl+Shift+T)"));
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->show_table),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Show as table"), -1);
    g_signal_connect_object (self->show_table, "toggled", G_CALLBACK (show_face), self,
                             G_CONNECT_SWAPPED);
    gtk_box_append (GTK_BOX (bar), self->show_table);
    self->measure = add_list (bar,
                              (const char *[]){_ ("All heads"), _ ("This layer"), _ ("This head"),
                                               _ ("Chosen heads"), NULL},
                              _ ("Which heads to measure"));
    self->run = new_run_button (self, _ ("Measure"));
    gtk_box_append (GTK_BOX (bar), self->run);
    return bar;
}

static GtkWidget *
build_curves (FoveaSparsePage *self)
{
    GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
    self->curve_title = fovea_still_label_new ("plottitle", 1);
    self->curves = fovea_curve_view_new (self->model, self->selection);
    g_signal_connect_object (self->curves, "open", G_CALLBACK (emit_open), self, G_CONNECT_SWAPPED);
    gtk_box_append (GTK_BOX (column), self->curve_title);
    GtkWidget *frame = fovea_scaled_new (self->curves);
    gtk_widget_set_vexpand (frame, TRUE);
    gtk_widget_set_hexpand (frame, TRUE);
    gtk_box_append (GTK_BOX (column), frame);
    return column;
}

/* The title has a line to itself: names of methods are long. */
static GtkWidget *
build_mask_head (FoveaSparsePage *self)
{
    GtkWidget *head = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
    GtkWidget *row = fovea_toolbar_new (); /* of two lines in a narrow column */
    gtk_widget_remove_css_class (row, "toolbar");
    self->mask_title = fovea_still_label_new ("plottitle", 1);
    self->mask_of = fovea_still_label_new ("quiet", 1);
    gtk_inscription_set_min_chars (GTK_INSCRIPTION (self->mask_of), OF_CHARS);
    self->open = gtk_button_new_with_label (_ ("Open on map"));
    gtk_widget_add_css_class (self->open, "small");
    fovea_tip_set (self->open, _ ("This mask over the map of the head (Enter)"));
    g_signal_connect_object (self->open, "clicked", G_CALLBACK (emit_open), self,
                             G_CONNECT_SWAPPED);
    gtk_box_append (GTK_BOX (row), self->mask_of);
    gtk_box_append (GTK_BOX (row), self->open);
    gtk_box_append (GTK_BOX (head), self->mask_title);
    gtk_box_append (GTK_BOX (head), row);
    return head;
}

static GtkWidget *
build_mask (FoveaSparsePage *self)
{
    GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
    GtkWidget *mask = fovea_mask_view_new (self->model, self->selection);
    self->mask_note = fovea_still_label_new_whole ("note", NOTE_CHARS);
    g_signal_connect_object (mask, "open", G_CALLBACK (emit_open), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (mask, "failed", G_CALLBACK (fovea_head_failure_show), self->failure,
                             G_CONNECT_SWAPPED);
    gtk_box_append (GTK_BOX (column), build_mask_head (self));
    gtk_box_append (GTK_BOX (column), mask);
    gtk_box_append (GTK_BOX (column), self->mask_note);
    gtk_widget_set_size_request (column, 240, -1);
    return column;
}

static GtkWidget *
build_layers (FoveaSparsePage *self)
{
    GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
    GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
    GtkWidget *scrolled = gtk_scrolled_window_new (), *hint = fovea_short_label_new_spare ();
    self->layers_title = fovea_still_label_new ("plottitle", 1);
    gtk_widget_set_hexpand (self->layers_title, FALSE);
    fovea_short_label_set_forms (FOVEA_SHORT_LABEL (hint), _ ("click a panel to show that layer"),
                                 _ ("click a panel"));
    gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_AUTOMATIC,
                                    GTK_POLICY_NEVER);
    /* What the mask leaves, up to the height they are drawn for. */
    gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
    gtk_widget_set_can_focus (scrolled, FALSE); /* the keys of layers are those of the curves */
    gtk_scrolled_window_set_child (
        GTK_SCROLLED_WINDOW (scrolled),
        fovea_scaled_new (fovea_layer_curves_new (self->model, self->selection)));
    gtk_widget_add_css_class (column, "layers");
    gtk_box_append (GTK_BOX (head), self->layers_title);
    gtk_box_append (GTK_BOX (head), hint);
    gtk_box_append (GTK_BOX (column), head);
    gtk_box_append (GTK_BOX (column), scrolled);
    return column;
}

static gboolean
stay (GtkWidget *widget, GVariant *arguments, gpointer unused)
{
    return TRUE;
}

/* Who waits for curves and tries their keys stays where they will be: the window's arrows lead out. */
static void
keep_arrows (GtkWidget *widget)
{
    static const guint keys[] = {GDK_KEY_Left, GDK_KEY_Right, GDK_KEY_Up, GDK_KEY_Down};
    GtkEventController *controller = gtk_shortcut_controller_new ();
    for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
        gtk_shortcut_controller_add_shortcut (
            GTK_SHORTCUT_CONTROLLER (controller),
            gtk_shortcut_new (gtk_keyval_trigger_new (keys[i], 0),
                              gtk_callback_action_new (stay, NULL, NULL)));
    gtk_widget_add_controller (widget, controller);
}

static GtkWidget *
build_empty (FoveaSparsePage *self)
{
    GtkWidget *title = gtk_label_new (_ ("No curves of this run yet."));
    GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
    self->why_empty = GTK_LABEL (gtk_label_new (""));
    gtk_label_set_wrap (self->why_empty, TRUE);
    gtk_label_set_justify (self->why_empty, GTK_JUSTIFY_CENTER);
    gtk_label_set_max_width_chars (self->why_empty, 60);
    gtk_widget_add_css_class (title, "plottitle");
    gtk_widget_add_css_class (GTK_WIDGET (self->why_empty), "quiet");
    /* The sentence alone: GTK leaves the mark of the focus on what the focus moves into from. */
    self->waiting = g_object_new (GTK_TYPE_BOX, "orientation", GTK_ORIENTATION_VERTICAL,
                                  "accessible-role", GTK_ACCESSIBLE_ROLE_GROUP, NULL);
    gtk_box_append (GTK_BOX (self->waiting), GTK_WIDGET (self->why_empty));
    gtk_widget_add_css_class (self->waiting, "waiting");
    keep_arrows (self->waiting);
    self->first_run = new_run_button (self, _ ("Measure the chosen methods"));
    gtk_widget_set_halign (self->first_run, GTK_ALIGN_CENTER);
    gtk_box_append (GTK_BOX (column), title);
    gtk_box_append (GTK_BOX (column), self->waiting);
    gtk_box_append (GTK_BOX (column), self->first_run);
    gtk_widget_set_valign (column, GTK_ALIGN_CENTER);
    gtk_widget_set_halign (column, GTK_ALIGN_CENTER);
    return column;
}

static void
build_faces (FoveaSparsePage *self)
{
    GtkWidget *top = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
    self->picture = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
    /* What is not shown needs no room. */
    self->faces = g_object_new (GTK_TYPE_STACK, "vhomogeneous", FALSE, "hhomogeneous", FALSE, NULL);
    gtk_widget_add_css_class (top, "top");
    gtk_box_append (GTK_BOX (top), build_curves (self));
    gtk_box_append (GTK_BOX (top), build_mask (self));
    gtk_widget_set_vexpand (top, TRUE);
    gtk_box_append (GTK_BOX (self->picture), top);
    gtk_box_append (GTK_BOX (self->picture), build_layers (self));
    gtk_stack_add_named (self->faces, build_empty (self), "empty");
    gtk_stack_add_named (self->faces, self->picture, "picture");
    gtk_stack_add_named (self->faces, fovea_sparse_tables_new (self->model, self->selection),
                         "table");
    gtk_widget_set_vexpand (GTK_WIDGET (self->faces), TRUE);
}

static void
fovea_sparse_page_dispose (GObject *object)
{
    g_clear_object (&FOVEA_SPARSE_PAGE (object)->model);
    g_clear_object (&FOVEA_SPARSE_PAGE (object)->selection);
    G_OBJECT_CLASS (fovea_sparse_page_parent_class)->dispose (object);
}

/* Also where there are no curves that would have the keys: of which head they are asked for. */
static void
step (GtkWidget *widget, const char *action, GVariant *parameter)
{
    FoveaSelection *selection = FOVEA_SPARSE_PAGE (widget)->selection;
    int by = g_str_has_prefix (action, "curves.next-") ? 1 : -1;
    if (g_str_has_suffix (action, "-head"))
        fovea_selection_step_head (selection, by, 0);
    else
        fovea_selection_step_head (selection, 0, by);
}

static void
fovea_sparse_page_class_init (FoveaSparsePageClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_sparse_page_dispose;
    signals[RUN] = g_signal_new ("run", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
    signals[OPEN_MAP] = g_signal_new ("open-map", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                      NULL, NULL, NULL, G_TYPE_NONE, 0);
    fovea_commands_bind (GTK_WIDGET_CLASS (klass), "curves.previous-", step);
    fovea_commands_bind (GTK_WIDGET_CLASS (klass), "curves.next-", step);
    gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "sparsepage");
}

static void
fovea_sparse_page_init (FoveaSparsePage *self)
{
    gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
}

static void
connect_all (FoveaSparsePage *self)
{
    const GBindingFlags both = G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE;
    g_object_bind_property (self->model, "scope", self->show, "selected", both);
    g_object_bind_property (self->model, "across", self->across, "selected", both);
    g_object_bind_property (self->model, "up", self->up, "selected", both);
    g_signal_connect_object (self->model, "changed", G_CALLBACK (model_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->model, "point-changed", G_CALLBACK (show_titles), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->model, "mask-changed", G_CALLBACK (mask_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->model, "failed", G_CALLBACK (fovea_head_failure_show),
                             self->failure, G_CONNECT_SWAPPED);
    g_signal_connect_object (self->failure, "retry", G_CALLBACK (fovea_sparse_model_retry),
                             self->model, G_CONNECT_SWAPPED);
    g_signal_connect_object (self->model, "point-changed", G_CALLBACK (fovea_failure_bar_close),
                             self->failure, G_CONNECT_SWAPPED);
    g_signal_connect (self, "map", G_CALLBACK (shown), NULL);
    g_signal_connect (self, "unmap", G_CALLBACK (hidden), NULL);
}

GtkWidget *
fovea_sparse_page_new (FoveaSparseModel *model, FoveaSelection *selection)
{
    FoveaSparsePage *self = g_object_new (FOVEA_TYPE_SPARSE_PAGE, NULL);
    self->model = g_object_ref (model);
    self->selection = g_object_ref (selection);
    self->failure = FOVEA_FAILURE_BAR (fovea_head_failure_new (selection));
    gtk_box_append (GTK_BOX (self), build_toolbar (self));
    self->offer = FOVEA_OFFER_BAR (fovea_offer_bar_new ());
    gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->failure));
    gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->offer));
    build_faces (self);
    gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->faces));
    connect_all (self);
    model_changed (self);
    mask_changed (self);
    fovea_sparse_page_set_running (self, FALSE, NULL);
    return GTK_WIDGET (self);
}

FoveaMeasure
fovea_sparse_page_get_measure (FoveaSparsePage *self)
{
    return (FoveaMeasure) gtk_drop_down_get_selected (self->measure);
}

void
fovea_sparse_page_set_measure (FoveaSparsePage *self, FoveaMeasure measure)
{
    gtk_drop_down_set_selected (self->measure, measure);
}

FoveaOfferBar *
fovea_sparse_page_get_offer (FoveaSparsePage *self)
{
    return self->offer;
}

/* What is off has no focus: it goes to the curves, or to the sentence in their place, and back. */
static void
set_can_run (FoveaSparsePage *self, gboolean can)
{
    GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
    GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
    gboolean lost = !can && focus != NULL && (focus == self->run || focus == self->first_run);
    gtk_widget_set_sensitive (self->run, can);
    gtk_widget_set_sensitive (self->first_run, can);
    if (can && focus == self->waiting)
        gtk_widget_grab_focus (self->first_run);
    gtk_widget_set_focusable (self->waiting, !can);
    if (lost)
        fovea_sparse_page_focus (self);
}

void
fovea_sparse_page_set_running (FoveaSparsePage *self, gboolean running, const char *why_not)
{
    set_can_run (self, !running && why_not == NULL);
    const char *text =
        running           ? _ ("A job is running; the status line says how far. Ctrl+. stops it.")
        : why_not != NULL ? why_not
                          : _ ("How sparse can attention be, by which method, and what is lost? "
                               "Choose methods above; their curves are kept in the store, as fovea "
                               "recall keeps them.");
    gtk_label_set_text (self->why_empty, text);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->waiting), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    text, -1);
}

void
fovea_sparse_page_focus_offer (FoveaSparsePage *self)
{
    GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
    GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
    if (gtk_widget_get_mapped (GTK_WIDGET (self->offer)) &&
        (focus == NULL || gtk_widget_is_ancestor (focus, GTK_WIDGET (self->faces))))
        gtk_widget_child_focus (GTK_WIDGET (self->offer), GTK_DIR_TAB_FORWARD);
}

void
fovea_sparse_page_toggle_table (FoveaSparsePage *self)
{
    GtkToggleButton *button = GTK_TOGGLE_BUTTON (self->show_table);
    gtk_toggle_button_set_active (button, !gtk_toggle_button_get_active (button));
    fovea_sparse_page_focus (self);
}

void
fovea_sparse_page_focus (FoveaSparsePage *self)
{
    GtkWidget *face = gtk_stack_get_visible_child (self->faces);
    if (face == self->picture)
        gtk_widget_grab_focus (self->curves); /* a second time it stays there */
    else if (gtk_widget_get_mapped (self->waiting) && gtk_widget_get_focusable (self->waiting))
        gtk_widget_grab_focus (self->waiting);
    else if (FOVEA_IS_SPARSE_TABLES (face))
        fovea_sparse_tables_focus (FOVEA_SPARSE_TABLES (face));
    else
        gtk_widget_child_focus (face, GTK_DIR_TAB_FORWARD);
}

void
fovea_sparse_page_keep (FoveaSparsePage *self, FoveaKept *kept)
{
    fovea_kept_add (kept, "sparsity-table", self->show_table, "active");
    fovea_sparse_tables_keep (
        FOVEA_SPARSE_TABLES (gtk_stack_get_child_by_name (self->faces, "table")), kept);
    fovea_kept_add (kept, "sparsity-measure", self->measure, "selected");
}
