/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* selection <- front <- view. A column view makes cells for its first 205 rows, in sight or not, which
 * took twenty milliseconds at once: rows come some a frame. Setting the selection from the model does
 * not set it back. */
#include "ui/latent-list-view.h"

#include <glib/gi18n.h>

#include "ui/fill.h"
#include "ui/front.h"
#include "ui/gather.h"
#include "ui/scaled.h"
#include "ui/sign-bar.h"
#include "ui/row-names.h"
#include "ui/tab-out.h"
#include "ui/text-cell.h"

#define ROWS_A_FRAME 5
#define FRAMES       2
#define MADE_ROWS    205 /* more have no cells until they are scrolled to */
#define MOST_ROWS    8   /* rectangles: rows before and after a step of the selection */

struct _FoveaLatentListView {
    GtkBox parent_instance;
    FoveaFeatureModel *model;
    FoveaLatentModel *latents;
    GtkColumnView *view;
    GtkWidget *nothing; /* said where no row is left */
    GtkSingleSelection *rows;
    FoveaFront *front; /* of the rows, what the view has so far */
    gboolean following;
    guint scroll;  /* tick callback that waits to bring the row into sight, 0 = none */
    guint waiting; /* frames until it does */
    guint binding; /* source that does, 0 = none */
};

G_DEFINE_FINAL_TYPE (FoveaLatentListView, fovea_latent_list_view, GTK_TYPE_BOX)

typedef enum {
    COLUMN_ID,
    COLUMN_BAR,
    COLUMN_MINUS,
    COLUMN_PLUS,
    N_COLUMNS,
} Column;

/* Ids have room for five figures, words for what the column leaves them. */
static void
setup_cell (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
    static const char *const classes[] = {"named", NULL, "minus", "plus"};
    guint column = GPOINTER_TO_UINT (data);
    gtk_list_item_set_child (
        item, column == COLUMN_BAR
                  ? fovea_scaled_new (fovea_sign_bar_new ())
                  : fovea_text_cell_new (classes[column], column == COLUMN_ID ? 5 : 3, FALSE));
}

static void
bind_cell (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer column)
{
    FoveaLatentListView *self = g_object_get_data (G_OBJECT (factory), "view");
    FoveaLatentItem *item = gtk_list_item_get_item (list_item);
    GtkWidget *child = gtk_list_item_get_child (list_item);
    const FoveaLatentEntry *entry = fovea_latent_item_get_entry (item);
    if (GPOINTER_TO_UINT (column) == COLUMN_BAR) {
        fovea_sign_bar_set (FOVEA_SIGN_BAR (fovea_scaled_get_child (FOVEA_SCALED (child))),
                            entry->n_negative, entry->n_positive,
                            fovea_latent_model_get_most (self->latents));
        return;
    }
    g_autofree char *text =
        GPOINTER_TO_UINT (column) == COLUMN_ID
            ? g_strdup_printf ("%d", fovea_latent_item_get_id (item))
            : fovea_latent_item_get_words (item, GPOINTER_TO_UINT (column) == COLUMN_PLUS ? 1 : -1);
    g_autofree char *label = fovea_latent_item_describe (item);
    fovea_text_cell_set_text (FOVEA_TEXT_CELL (child), text);
    gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    GPOINTER_TO_UINT (column) == COLUMN_ID ? label : text, -1);
}

static void
row_selected (FoveaLatentListView *self)
{
    if (self->following || self->rows == NULL)
        return;
    FoveaLatentItem *item = gtk_single_selection_get_selected_item (self->rows);
    if (item != NULL)
        fovea_feature_model_select (self->model, fovea_latent_item_get_id (item));
}

/* Rows are bound anew then, two hundred of them where the row is far, which takes a quarter of a frame: a
 * turn of its own. The action is the inner list's, the last child of a column view. */
static gboolean
bring_into_sight (gpointer view)
{
    FoveaLatentListView *self = view;
    guint row = gtk_single_selection_get_selected (self->rows);
    self->binding = 0;
    if (row != GTK_INVALID_LIST_POSITION)
        gtk_widget_activate_action (gtk_widget_get_last_child (GTK_WIDGET (self->view)),
                                    "list.scroll-to-item", "u", row);
    return G_SOURCE_REMOVE;
}

/* A list that has not been laid out since its rows changed would scroll by their old heights, and
 * layout comes after ticks: hence a frame is waited for, and one more that the page of a latent which was
 * selected elsewhere has for itself. */
static gboolean
scroll (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
    FoveaLatentListView *self = FOVEA_LATENT_LIST_VIEW (widget);
    if (self->waiting-- > 0)
        return G_SOURCE_CONTINUE;
    self->scroll = 0;
    self->binding = g_idle_add_full (GTK_PRIORITY_RESIZE, bring_into_sight, self, NULL);
    return G_SOURCE_REMOVE;
}

/* Only once every row is there: a tick that waits for them would draw frames while the list is out of
 * sight and gets none. */
static void
scroll_soon (FoveaLatentListView *self)
{
    self->waiting = FRAMES;
    g_clear_handle_id (&self->binding, g_source_remove);
    if (self->scroll == 0 && fovea_front_is_whole (self->front))
        self->scroll = gtk_widget_add_tick_callback (GTK_WIDGET (self), scroll, NULL, NULL);
}

static gboolean
add_some (gpointer view)
{
    FoveaLatentListView *self = view;
    guint n = g_list_model_get_n_items (G_LIST_MODEL (self->front));
    fovea_front_set_limit (self->front, n >= MADE_ROWS ? G_MAXUINT : n + ROWS_A_FRAME);
    if (!fovea_front_is_whole (self->front))
        return TRUE;
    scroll_soon (self);
    return FALSE;
}

/* Before the selection's model hears of its new rows, so that the view is not given all of them. */
static void
start_anew (FoveaLatentListView *self)
{
    if (self->front != NULL)
        fovea_front_set_limit (self->front, 0);
}

/* A latent that was selected elsewhere is brought into sight; one that is filtered out is not in any
 * row. Its page comes before further rows. */
static void
follow (FoveaLatentListView *self)
{
    fovea_fill_hold (GTK_WIDGET (self));
    guint row =
        fovea_latent_model_find (self->latents, fovea_feature_model_get_latent (self->model));
    if (row == gtk_single_selection_get_selected (self->rows))
        return;
    self->following = TRUE;
    gtk_single_selection_set_selected (self->rows,
                                       row != G_MAXUINT ? row : GTK_INVALID_LIST_POSITION);
    self->following = FALSE;
    if (row != G_MAXUINT)
        scroll_soon (self);
}

static void
go_on (FoveaLatentListView *self)
{
    gtk_widget_set_visible (self->nothing,
                            g_list_model_get_n_items (G_LIST_MODEL (self->latents)) == 0);
    fovea_fill_go (GTK_WIDGET (self));
    follow (self);
}

static void
fovea_latent_list_view_dispose (GObject *object)
{
    FoveaLatentListView *self = FOVEA_LATENT_LIST_VIEW (object);
    g_clear_handle_id (&self->binding, g_source_remove);
    g_clear_object (&self->front);
    g_clear_object (&self->rows);
    g_clear_object (&self->model);
    g_clear_object (&self->latents);
    G_OBJECT_CLASS (fovea_latent_list_view_parent_class)->dispose (object);
}

static void
fovea_latent_list_view_class_init (FoveaLatentListViewClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_latent_list_view_dispose;
    gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "latentlist");
    /* As in the page of a latent. */
    const guint keys[][2] = {
        {GDK_KEY_slash, 0}, {GDK_KEY_slash, GDK_SHIFT_MASK}, {GDK_KEY_KP_Divide, 0}};
    for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
        gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), keys[i][0],
                                             (GdkModifierType) keys[i][1], "win.search", NULL);
}

/* A list without a row could be one that is still being read. */
static GtkWidget *
new_overlay (FoveaLatentListView *self, GtkWidget *list)
{
    GtkWidget *overlay = gtk_overlay_new ();
    self->nothing = gtk_label_new (_ ("No latent has that token, sign or id."));
    gtk_label_set_wrap (GTK_LABEL (self->nothing), TRUE);
    gtk_widget_add_css_class (self->nothing, "quiet");
    g_object_set (self->nothing, "valign", GTK_ALIGN_START, "margin-top", 48, "margin-start", 12,
                  "margin-end", 12, "visible", FALSE, NULL);
    gtk_overlay_set_child (GTK_OVERLAY (overlay), list);
    gtk_overlay_add_overlay (GTK_OVERLAY (overlay), self->nothing);
    return overlay;
}

static void
fovea_latent_list_view_init (FoveaLatentListView *self)
{
    GtkWidget *scrolled = gtk_scrolled_window_new ();
    self->view = GTK_COLUMN_VIEW (gtk_column_view_new (NULL));
    fovea_tab_out_bind (GTK_WIDGET (self->view));
    fovea_row_names_bind (GTK_WIDGET (self->view));
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Latents"), -1);
    gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                    GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->view));
    gtk_widget_set_vexpand (scrolled, TRUE);
    gtk_widget_set_hexpand (scrolled, TRUE);
    gtk_box_append (GTK_BOX (self), new_overlay (self, fovea_gather_new (scrolled, MOST_ROWS)));
}

static void
add_column (FoveaLatentListView *self, Column column)
{
    static const char *const titles[] = {N_ ("id"), N_ ("− fires +"), N_ ("− when on"),
                                         N_ ("+ when on")};
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
    g_object_set_data (G_OBJECT (factory), "view", self); /* which owns the factory */
    g_signal_connect (factory, "setup", G_CALLBACK (setup_cell), GUINT_TO_POINTER (column));
    g_signal_connect (factory, "bind", G_CALLBACK (bind_cell), GUINT_TO_POINTER (column));
    g_autoptr (GtkColumnViewColumn) added =
        gtk_column_view_column_new (_ (titles[column]), factory);
    gtk_column_view_column_set_expand (added, column >= COLUMN_MINUS);
    gtk_column_view_append_column (self->view, added);
}

GtkWidget *
fovea_latent_list_view_new (FoveaFeatureModel *model, FoveaLatentModel *latents)
{
    FoveaLatentListView *self = g_object_new (FOVEA_TYPE_LATENT_LIST_VIEW, NULL);
    self->model = g_object_ref (model);
    self->latents = g_object_ref (latents);
    g_signal_connect_object (latents, "items-changed", G_CALLBACK (start_anew), self,
                             G_CONNECT_SWAPPED);
    self->rows = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (latents)));
    gtk_single_selection_set_autoselect (self->rows, FALSE);
    gtk_single_selection_set_can_unselect (self->rows, TRUE);
    for (Column column = COLUMN_ID; column < N_COLUMNS; column++)
        add_column (self, column);
    self->front = fovea_front_new (GTK_SELECTION_MODEL (self->rows));
    gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->front));
    fovea_fill_init (GTK_WIDGET (self), add_some);
    fovea_fill_go (GTK_WIDGET (self));
    g_signal_connect_object (self->rows, "notify::selected", G_CALLBACK (row_selected), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (model, "latent-changed", G_CALLBACK (follow), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (latents, "items-changed", G_CALLBACK (go_on), self,
                             G_CONNECT_SWAPPED | G_CONNECT_AFTER);
    return GTK_WIDGET (self);
}

void
fovea_latent_list_view_show_words (FoveaLatentListView *self, gboolean shown)
{
    GListModel *columns = gtk_column_view_get_columns (self->view);
    for (guint i = COLUMN_MINUS; i < N_COLUMNS; i++) {
        g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);
        if (gtk_column_view_column_get_visible (column) != shown)
            gtk_column_view_column_set_visible (column, shown);
    }
}
