/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* selection <- sort <- filter <- one list of FoveaHeadItem, rebuilt when trace or scores change.
 * Grid, plots and table show that one list, so filter and order hold for all three. */
#include "ui/heads-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/choice.h"
#include "ui/data-table.h"
#include "ui/head-cell.h"
#include "ui/head-plots.h"
#include "ui/head-set.h"
#include "ui/head-table.h"
#include "ui/layer-labels.h"
#include "ui/sentences.h"
#include "ui/toolbar.h"
#include "ui/trace-source.h"
#include "ui/tip.h"
#include "ui/token-text.h"

G_DEFINE_FINAL_TYPE (FoveaHeadsPage, fovea_heads_page, GTK_TYPE_BOX)

enum {
    PROP_0,
    PROP_FILTER,
    PROP_SORT,
    PROP_BADGE,
    PROP_COMPARE,
    PROP_N_SHOWN,
};

/* What heads can be sorted by and badged with; NULL column: layer and head, or the main role. */
static const struct {
    const char *name, *column;
} scores[] = {
    {"layer, head", NULL},
    {"induction", "induction"},
    {"previous token", "previous token"},
    {"duplicate token", "duplicate token"},
    {"sink", "sink"},
    {"local", "local"},
    {N_ ("entropy"), "entropy_normalised"},
    {N_ ("distance"), "mean_distance"},
    {N_ ("largest weight"), "max_weight"},
    {N_ ("change"), FOVEA_HEAD_CHANGE}, /* of the text that it is compared with */
};

G_STATIC_ASSERT (G_N_ELEMENTS (scores) == FOVEA_HEADS_CHANGE + 1);

static guint open_map_signal;

FoveaHeadCompare
fovea_heads_page_get_compare (FoveaHeadsPage *self)
{
    return fovea_selection_is_compared (self->selection)
               ? (FoveaHeadCompare) gtk_drop_down_get_selected (self->compare)
               : FOVEA_HEAD_ALONE;
}

FoveaHeadCompare
fovea_heads_page_get_shown (FoveaHeadsPage *self)
{
    FoveaHeadCompare how = fovea_heads_page_get_compare (self);
    return how == FOVEA_HEAD_DIFFERENCE && !fovea_selection_can_differ (self->selection)
               ? FOVEA_HEAD_BESIDE
               : how;
}

const char *
fovea_heads_page_get_column (GtkDropDown *list)
{
    return scores[gtk_drop_down_get_selected (list)].column;
}

/* A colour is never alone. */
const char *
fovea_heads_page_get_badge (FoveaHeadsPage *self)
{
    const char *badge = fovea_heads_page_get_column (self->badge);
    return badge != NULL ? badge : self->paint.score;
}

/* Before the first keystroke there is no condition and every head is shown. */
static gboolean
matches (gpointer item, gpointer data)
{
    FoveaHeadsPage *self = data;
    return self->condition == NULL || fovea_head_filter_matches (self->condition, item);
}

/* What the order goes by: a score, or how large its difference is. */
static double
key_of (FoveaHeadsPage *self, FoveaHeadItem *item)
{
    const char *column = scores[gtk_drop_down_get_selected (self->sort)].column;
    double key = column == NULL ? 0
                 : fovea_heads_page_get_compare (self) == FOVEA_HEAD_DIFFERENCE
                     ? fabs (fovea_head_item_get_difference (item, column))
                     : fovea_head_item_get_score (item, column);
    return isnan (key) ? -INFINITY : key;
}

/* Once for all comparisons, which are a dozen a head. */
static void
set_keys (FoveaHeadsPage *self)
{
    for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->items)); i++) {
        g_autoptr (FoveaHeadItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);
        fovea_head_item_set_key (item, key_of (self, item));
    }
}

/* Larger keys first, unknown ones last, equal ones by layer and head. */
static int
compare (gconstpointer a, gconstpointer b, gpointer unused)
{
    FoveaHeadItem *p = FOVEA_HEAD_ITEM ((gpointer) a), *q = FOVEA_HEAD_ITEM ((gpointer) b);
    double x = fovea_head_item_get_key (p), y = fovea_head_item_get_key (q);
    guint layer_p, head_p, layer_q, head_q;
    if (x != y)
        return x > y ? -1 : 1;
    fovea_head_item_get_place (p, &layer_p, &head_p);
    fovea_head_item_get_place (q, &layer_q, &head_q);
    if (layer_p != layer_q)
        return layer_p < layer_q ? -1 : 1;
    return (head_p > head_q) - (head_p < head_q);
}

/* "5 of 72 heads" tells that a filter is on even when its entry is scrolled away. */
static void
show_count (FoveaHeadsPage *self)
{
    guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
    guint all = g_list_model_get_n_items (G_LIST_MODEL (self->items));
    guint chosen = fovea_head_set_get_n (fovea_selection_get_chosen (self->selection));
    g_autofree char *some = fovea_number_text (n);
    g_autofree char *of = fovea_number_text (all);
    g_autofree char *picked = fovea_number_text (chosen);
    g_autofree char *text =
        chosen > 0 ? g_strdup_printf (_ ("%s of %s chosen"), picked, some)
        : n == all ? g_strdup_printf (ngettext ("%s head", "%s heads", n), some)
                   : g_strdup_printf (ngettext ("%s of %s head", "%s of %s heads", all), some, of);
    gtk_label_set_text (self->count, text);
    g_object_notify (G_OBJECT (self), "n-shown");
    fovea_heads_page_show_notice (self);
}

/* One row a layer while the order is by layer and nothing is filtered out; flowing otherwise. */
static void
lay_out (FoveaHeadsPage *self)
{
    const char *text = gtk_editable_get_text (self->entry);
    gboolean by_layer = gtk_drop_down_get_selected (self->sort) == 0 && *text == '\0';
    fovea_heads_page_set_rows (self, by_layer);
}

/* Guarded, or following would itself select and become a step of the history. */
void
fovea_heads_page_follow (FoveaHeadsPage *self)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
    for (guint i = 0; i < n; i++) {
        guint layer, head;
        g_autoptr (FoveaHeadItem) item = g_list_model_get_item (G_LIST_MODEL (self->rows), i);
        fovea_head_item_get_place (item, &layer, &head);
        if (layer != place->layer || head != place->head)
            continue;
        self->following = TRUE;
        gtk_single_selection_set_selected (self->rows, i);
        self->following = FALSE;
        gtk_widget_activate_action (self->grid, "list.scroll-to-item", "u", i);
        fovea_heads_page_keep_focus (self);
    }
}

static void
filter_changed (FoveaHeadsPage *self)
{
    g_autoptr (FoveaHeadFilter) typed =
        fovea_head_filter_parse (gtk_editable_get_text (self->entry));
    if (!fovea_heads_page_check_filter (self, typed))
        return;
    g_clear_pointer (&self->condition, fovea_head_filter_free);
    self->condition = g_steal_pointer (&typed);
    fovea_heads_page_hold_cells (self);
    gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
    lay_out (self);
    show_count (self);
    fovea_heads_page_follow (self); /* a head that was filtered out comes back selected */
}

/* A head that it leaves has the keys next: the selected one, else the first. */
static void
filter_taken (FoveaHeadsPage *self)
{
    filter_changed (self);
    if (gtk_single_selection_get_selected (self->rows) == GTK_INVALID_LIST_POSITION)
        gtk_single_selection_set_selected (self->rows, 0);
    fovea_heads_page_focus (self);
}

/* Another order needs another layout: rows are layers in one of them only. */
static void
sort_changed (FoveaHeadsPage *self)
{
    set_keys (self);
    gtk_sorter_changed (self->sorter, GTK_SORTER_CHANGE_DIFFERENT);
    lay_out (self);
    fovea_heads_page_show_notice (self);
    fovea_heads_page_read_change (self);
}

static void
badge_changed (FoveaHeadsPage *self)
{
    fovea_heads_page_show_cells (self);
    fovea_heads_page_show_notice (self);
    fovea_heads_page_read_change (self);
}

/* Arrow keys and clicks of the grid both end here. */
void
fovea_heads_page_row_selected (FoveaHeadsPage *self)
{
    FoveaHeadItem *item = gtk_single_selection_get_selected_item (self->rows);
    guint layer, head;
    if (item == NULL || self->following)
        return;
    fovea_head_item_get_place (item, &layer, &head);
    fovea_selection_select_head (self->selection, layer, head);
}

/* One splice, so that filter, sorter and grid see one change and not 1,000. */
static void
bind_all (FoveaHeadsPage *self)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    FoveaTable *heads = fovea_selection_get_heads (self->selection);
    const FoveaReference *reference = fovea_selection_get_reference (self->selection);
    g_autoptr (GPtrArray) fresh = g_ptr_array_new_with_free_func (g_object_unref);
    for (gint64 l = 0; info != NULL && l < info->architecture->n_layers; l++) {
        for (gint64 h = 0; h < info->architecture->n_heads; h++) {
            FoveaHeadItem *item = fovea_head_item_new ((guint) l, (guint) h, heads);
            fovea_head_item_set_scores (item, heads, reference != NULL ? reference->heads : NULL);
            if (fresh->len < self->n_changes)
                fovea_head_item_set_change (item, self->changes[fresh->len]);
            fovea_head_item_set_key (item, key_of (self, item));
            g_ptr_array_add (fresh, item);
        }
    }
    self->bound = fovea_heads_page_get_shown (self);
    fovea_front_set_limit (self->front, 0);
    self->following = TRUE;
    g_list_store_splice (self->items, 0, g_list_model_get_n_items (G_LIST_MODEL (self->items)),
                         fresh->pdata, fresh->len);
    self->following = FALSE;
    fovea_heads_page_renew_paint (self);
    lay_out (self);
    show_count (self);
    fovea_heads_page_follow (self);
    fovea_heads_page_read_change (self);
}

/* Whether the items are the heads of the trace: as many, and the last is the last. */
static gboolean
has_all_heads (FoveaHeadsPage *self)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    guint n = g_list_model_get_n_items (G_LIST_MODEL (self->items)), layer, head;
    if (info == NULL || n == 0)
        return FALSE;
    g_autoptr (FoveaHeadItem) last = g_list_model_get_item (G_LIST_MODEL (self->items), n - 1);
    fovea_head_item_get_place (last, &layer, &head);
    return n == info->architecture->n_layers * info->architecture->n_heads &&
           layer + 1 == info->architecture->n_layers && head + 1 == info->architecture->n_heads;
}

/* Other scores of the same heads change what cells show, not the cells, unless a comparison begins or
 * ends: a new cell costs a quarter of a millisecond of style and layout. */
static void
fill (FoveaHeadsPage *self)
{
    FoveaTable *heads = fovea_selection_get_heads (self->selection);
    const FoveaReference *reference = fovea_selection_get_reference (self->selection);
    if (!has_all_heads (self) || self->bound != fovea_heads_page_get_shown (self)) {
        bind_all (self);
        return;
    }
    for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->items)); i++) {
        g_autoptr (FoveaHeadItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);
        fovea_head_item_set_scores (item, heads, reference != NULL ? reference->heads : NULL);
    }
    set_keys (self);
    fovea_heads_page_renew_paint (self);
    self->following = TRUE;
    fovea_heads_page_hold_cells (self);
    gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
    gtk_sorter_changed (self->sorter, GTK_SORTER_CHANGE_DIFFERENT);
    self->following = FALSE;
    fovea_heads_page_renew_cells (self);
    lay_out (self);
    show_count (self);
    fovea_heads_page_follow (self);
    fovea_heads_page_read_change (self);
}

static void
reference_changed (FoveaHeadsPage *self)
{
    fovea_heads_page_follow_reference (self);
    fill (self);
}

/* Comes before "heads-changed", which fills the list. */
static void
trace_changed (FoveaHeadsPage *self)
{
    fovea_tile_cache_set_source (self->thumbnails, fovea_selection_get_source (self->selection));
    fovea_heads_page_follow_reference (self);
}

/* Order, badges and thumbnails all follow. */
static void
compare_changed (FoveaHeadsPage *self)
{
    fovea_heads_page_show_notice (self);
    bind_all (self);
}

/* Sort and badge offer the same scores under different first words. */
static GtkDropDown *
add_scores (GtkWidget *bar, const char *prefix, const char *first)
{
    g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
    for (guint i = 0; i < FOVEA_HEADS_CHANGE; i++)
        gtk_string_list_take (
            names, g_strdup_printf ("%s: %s", prefix, i == 0 ? first : _ (scores[i].name)));
    GtkDropDown *list = fovea_choice_new (NULL, prefix);
    gtk_drop_down_set_model (list, G_LIST_MODEL (names));
    gtk_box_append (GTK_BOX (bar), GTK_WIDGET (list));
    return list;
}

/* In the order of FoveaHeadCompare. */
static GtkDropDown *
add_compare (FoveaHeadsPage *self, GtkWidget *bar)
{
    GtkDropDown *list =
        fovea_choice_new ((const char *[]){_ ("Compare: this alone"), _ ("Compare: side by side"),
                                           _ ("Compare: difference"), NULL},
                          _ ("Compare"));
    gtk_drop_down_set_selected (list, FOVEA_HEAD_BESIDE);
    gtk_widget_set_visible (GTK_WIDGET (list), FALSE);
    g_signal_connect_object (list, "notify::selected", G_CALLBACK (compare_changed), self,
                             G_CONNECT_SWAPPED);
    gtk_box_append (GTK_BOX (bar), GTK_WIDGET (list));
    return list;
}

static GtkWidget *
build_toolbar (FoveaHeadsPage *self)
{
    GtkWidget *bar = fovea_toolbar_new (), *entry = gtk_search_entry_new ();
    GtkWidget *gap = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
    g_object_set (entry, "placeholder-text", _ ("Filter: role:induction sink>0.3"), "tooltip-text",
                  FOVEA_FILTER_TIP, NULL);
    gtk_editable_set_width_chars (GTK_EDITABLE (entry), 12);
    gtk_editable_set_max_width_chars (GTK_EDITABLE (entry), 24);
    gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Filter heads"), -1);
    self->entry = GTK_EDITABLE (entry);
    gtk_box_append (GTK_BOX (bar), entry);
    self->sort = add_scores (bar, _ ("Sort"), _ ("layer, head"));
    self->badge = add_scores (bar, _ ("Badge"), _ ("main role"));
    self->colors = add_scores (bar, _ ("Colour"), _ ("map"));
    self->compare = add_compare (self, bar);
    gtk_widget_set_hexpand (gap, TRUE);
    gtk_box_append (GTK_BOX (bar), gap);
    fovea_heads_page_add_key (self, bar);
    fovea_heads_page_add_toggles (self, bar);
    self->count = GTK_LABEL (gtk_label_new (""));
    gtk_widget_add_css_class (GTK_WIDGET (self->count), "quiet");
    gtk_widget_set_margin_start (GTK_WIDGET (self->count), 12);
    gtk_box_append (GTK_BOX (bar), GTK_WIDGET (self->count));
    g_signal_connect_object (entry, "activate", G_CALLBACK (filter_taken), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (entry, "stop-search", G_CALLBACK (fovea_heads_page_focus), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (entry, "search-changed", G_CALLBACK (filter_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->sort, "notify::selected", G_CALLBACK (sort_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->badge, "notify::selected", G_CALLBACK (badge_changed), self,
                             G_CONNECT_SWAPPED);
    return bar;
}

/* The widgets are made later and only hold references to the end of this chain. */
static void
build_model (FoveaHeadsPage *self)
{
    self->items = g_list_store_new (FOVEA_TYPE_HEAD_ITEM);
    self->filter = GTK_FILTER (gtk_custom_filter_new (matches, self, NULL));
    self->sorter = GTK_SORTER (gtk_custom_sorter_new (compare, NULL, NULL));
    self->passed = G_LIST_MODEL (
        gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (self->items)), self->filter));
    GtkSortListModel *sorted = gtk_sort_list_model_new (g_object_ref (self->passed), self->sorter);
    self->rows = gtk_single_selection_new (G_LIST_MODEL (sorted));
    gtk_single_selection_set_autoselect (self->rows, FALSE);
    g_signal_connect_object (self->rows, "notify::selected",
                             G_CALLBACK (fovea_heads_page_row_selected), self, G_CONNECT_SWAPPED);
}

static void
fovea_heads_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    FoveaHeadsPage *self = FOVEA_HEADS_PAGE (object);
    if (id == PROP_FILTER)
        g_value_set_string (value, gtk_editable_get_text (self->entry));
    else if (id == PROP_SORT)
        g_value_set_uint (value, gtk_drop_down_get_selected (self->sort));
    else if (id == PROP_BADGE)
        g_value_set_uint (value, gtk_drop_down_get_selected (self->badge));
    else if (id == PROP_COMPARE)
        g_value_set_uint (value, fovea_heads_page_get_compare (self));
    else
        g_value_set_uint (value, g_list_model_get_n_items (G_LIST_MODEL (self->rows)));
}

static void
fovea_heads_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
    FoveaHeadsPage *self = FOVEA_HEADS_PAGE (object);
    if (id == PROP_FILTER) {
        /* Setting empties the entry first, which would show every head in between. */
        g_signal_handlers_block_by_func (self->entry, filter_changed, self);
        gtk_editable_set_text (self->entry, g_value_get_string (value));
        g_signal_handlers_unblock_by_func (self->entry, filter_changed, self);
        filter_changed (self); /* the entry itself waits a moment */
    } else if (id == PROP_SORT) {
        gtk_drop_down_set_selected (self->sort, g_value_get_uint (value));
    } else if (id == PROP_COMPARE) {
        gtk_drop_down_set_selected (self->compare, g_value_get_uint (value));
    } else {
        gtk_drop_down_set_selected (self->badge, g_value_get_uint (value));
    }
}

static void
fovea_heads_page_dispose (GObject *object)
{
    FoveaHeadsPage *self = FOVEA_HEADS_PAGE (object);
    g_clear_pointer (&self->menu, gtk_widget_unparent);
    g_clear_pointer (&self->plot_menu, gtk_widget_unparent);
    g_cancellable_cancel (self->changing);
    g_clear_object (&self->changing);
    g_clear_pointer (&self->changes, g_free);
    g_clear_object (&self->selection);
    g_clear_object (&self->thumbnails);
    g_clear_object (&self->others);
    g_clear_object (&self->items);
    g_clear_object (&self->front);
    g_clear_object (&self->rows);
    g_clear_object (&self->passed);
    g_clear_pointer (&self->condition, fovea_head_filter_free);
    g_clear_pointer (&self->problem, g_free);
    g_clear_pointer (&self->failures, g_hash_table_unref);
    G_OBJECT_CLASS (fovea_heads_page_parent_class)->dispose (object);
}

static void
fovea_heads_page_class_init (FoveaHeadsPageClass *klass)
{
    GObjectClass *object_class = G_OBJECT_CLASS (klass);
    const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
    const guint last = G_N_ELEMENTS (scores) - 1;
    object_class->dispose = fovea_heads_page_dispose;
    object_class->get_property = fovea_heads_page_get_property;
    object_class->set_property = fovea_heads_page_set_property;
    g_object_class_install_property (object_class, PROP_FILTER,
                                     g_param_spec_string ("filter", NULL, NULL, "", flags));
    g_object_class_install_property (object_class, PROP_SORT,
                                     g_param_spec_uint ("sort", NULL, NULL, 0, last, 0, flags));
    g_object_class_install_property (object_class, PROP_BADGE,
                                     g_param_spec_uint ("badge", NULL, NULL, 0, last, 0, flags));
    g_object_class_install_property (
        object_class, PROP_COMPARE,
        g_param_spec_uint ("compare", NULL, NULL, 0, FOVEA_HEAD_DIFFERENCE, 0, flags));
    g_object_class_install_property (object_class, PROP_N_SHOWN,
                                     g_param_spec_uint ("n-shown", NULL, NULL, 0, G_MAXUINT, 0,
                                                        G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
    open_map_signal = g_signal_new ("open-map", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 0);
    fovea_heads_page_bind_keys (GTK_WIDGET_CLASS (klass));
    gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "headspage");
}

static void
fovea_heads_page_init (FoveaHeadsPage *self)
{
    gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
    self->thumbnails = fovea_tile_cache_new (8192);
    self->others = fovea_tile_cache_new (8192);
}

GtkWidget *
fovea_heads_page_new (FoveaSelection *selection)
{
    FoveaHeadsPage *self = g_object_new (FOVEA_TYPE_HEADS_PAGE, NULL);
    self->selection = g_object_ref (selection);
    build_model (self);
    gtk_box_append (GTK_BOX (self), build_toolbar (self));
    gtk_box_append (GTK_BOX (self), fovea_heads_page_build_failure (self));
    gtk_box_append (GTK_BOX (self), fovea_heads_page_build_notice (self));
    gtk_box_append (GTK_BOX (self), self->offer);
    self->grid_area = fovea_heads_page_build_grid (self);
    self->plots = fovea_head_plots_new (selection, self->passed);
    self->table = fovea_head_table_new (selection);
    gtk_box_append (GTK_BOX (self), fovea_heads_page_build_panes (self));
    gtk_box_append (GTK_BOX (self), self->table);
    fovea_heads_page_show_chosen (self);
    g_signal_connect_object (selection, "trace-changed", G_CALLBACK (trace_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "heads-changed", G_CALLBACK (fill), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "moved", G_CALLBACK (fovea_heads_page_follow), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "reference-changed", G_CALLBACK (reference_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (fovea_selection_get_chosen (selection), "changed",
                             G_CALLBACK (show_count), self, G_CONNECT_SWAPPED);
    return GTK_WIDGET (self);
}

FoveaTileCache *
fovea_heads_page_get_thumbnails (FoveaHeadsPage *self)
{
    return self->thumbnails;
}

FoveaTileCache *
fovea_heads_page_get_others (FoveaHeadsPage *self)
{
    return self->others;
}

void
fovea_heads_page_focus_filter (FoveaHeadsPage *self)
{
    gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

gboolean
fovea_heads_page_try_filter (FoveaHeadsPage *self, const char *condition)
{
    g_autoptr (FoveaHeadFilter) typed = fovea_head_filter_parse (condition);
    gboolean found = FALSE;
    for (guint i = 0; !found && i < g_list_model_get_n_items (G_LIST_MODEL (self->items)); i++) {
        g_autoptr (FoveaHeadItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);
        found = fovea_head_filter_matches (typed, item);
    }
    if (found)
        g_object_set (self, "filter", condition, NULL);
    return found;
}

void
fovea_heads_page_toggle_table (FoveaHeadsPage *self)
{
    GtkToggleButton *button = GTK_TOGGLE_BUTTON (self->show[2]);
    gtk_toggle_button_set_active (button, !gtk_toggle_button_get_active (button));
    fovea_heads_page_focus (self); /* what had the focus is gone */
}
