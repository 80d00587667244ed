/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* selection <- front <- list: 200 rows of labels cost fifteen milliseconds, so they come some a frame.
 * Actions, heads, sequences and notes are listed once, when it opens. Tokens and latents are many, so they
 * are walked at each keystroke without making an object for one that is not shown: about 3 ms for
 * 131,072 tokens. A number alone is a position or a latent, "5.10" a head; latents are found as the
 * Features view finds them ("+ followed"), and by "latent 97". */
#include "ui/finder.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/commands.h"
#include "ui/data-table.h"
#include "ui/fill.h"
#include "ui/front.h"
#include "ui/head-item.h"
#include "ui/latent-model.h"
#include "ui/scaled.h"
#include "ui/token-text.h"

#define WIDTH       560
#define HEIGHT      420
#define MAX_RESULTS 200
#define MAX_TOKENS  40
#define MAX_LATENTS 20
#define ROWS_SHOWN  13 /* at first, and more in each frame */

struct _FoveaFinder {
    GtkWindow parent_instance;
    FoveaSelection *selection;
    FoveaFeatureModel *features;
    FoveaLatentModel *latents;
    GPtrArray *items; /* all but tokens and latents */
    GListStore *results;
    GtkSingleSelection *rows;
    FoveaFront *front; /* of the rows, what the list has so far */
    GtkWidget *entry, *list, *nothing;
};

G_DEFINE_FINAL_TYPE (FoveaFinder, fovea_finder, GTK_TYPE_WINDOW)

static guint chosen_signal;

static void
add_item (FoveaFinder *self, const FoveaFinderTarget *target, const char *title, const char *detail)
{
    g_ptr_array_add (self->items, fovea_finder_item_new (target, title, detail));
}

/* Whether it can be done now: what is off in the window is no answer. */
static gboolean
is_enabled (FoveaFinder *self, GtkWindow *owner, const char *const *without, const char *detailed)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    g_autofree char *name = NULL;
    g_autoptr (GVariant) target = NULL;
    if (!g_action_parse_detailed_name (detailed, &name, &target, NULL))
        return FALSE;
    for (guint i = 0; without != NULL && without[i] != NULL; i++)
        if (g_str_has_prefix (detailed, without[i]))
            return FALSE;
    if (g_str_has_prefix (name, "table."))
        return gtk_window_get_focus (owner) != NULL &&
               gtk_widget_get_ancestor (gtk_window_get_focus (owner), FOVEA_TYPE_DATA_TABLE) !=
                   NULL;
    if (g_str_has_prefix (name, "win."))
        return g_action_group_get_action_enabled (G_ACTION_GROUP (owner), name + 4);
    return g_str_has_prefix (name, "app.") || g_str_has_prefix (name, "window.") || info != NULL;
}

/* "Ctrl+E" as the keyboard has it; the first of several keys. */
static char *
name_key (const char *keys)
{
    guint key;
    GdkModifierType modifiers;
    g_auto (GStrv) words = g_strsplit (keys, " ", -1);
    if (words[0] == NULL || !gtk_accelerator_parse (words[0], &key, &modifiers))
        return g_strdup ("");
    return gtk_accelerator_get_label (key, modifiers);
}

static void
list_actions (FoveaFinder *self, GtkWindow *owner, const char *const *without)
{
    guint n;
    const FoveaCommand *commands = fovea_commands_get (&n);
    for (guint i = 0; i < n; i++) {
        /* What arcs and strip do, the map does under the same names. */
        if (g_str_equal (commands[i].action, "win.palette") ||
            g_str_has_prefix (commands[i].action, "arcs.") ||
            g_str_has_prefix (commands[i].action, "mask.") ||
            g_str_has_prefix (commands[i].action, "strip.") ||
            g_str_has_prefix (commands[i].action, "sidebar.") ||
            g_str_has_prefix (commands[i].action, "inspector.") ||
            !is_enabled (self, owner, without, commands[i].action))
            continue;
        g_autofree char *key = name_key (commands[i].keys);
        g_autofree char *detail = g_strdup_printf ("%s   %s", _ (commands[i].group), key);
        add_item (self,
                  &(FoveaFinderTarget){.kind = FOVEA_FINDER_ACTION, .action = commands[i].action},
                  _ (commands[i].title), detail);
    }
}

static void
list_heads (FoveaFinder *self)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    FoveaTable *heads = fovea_selection_get_heads (self->selection);
    for (gint64 l = 0; info != NULL && l < info->architecture->n_layers; l++) {
        for (gint64 h = 0; h < info->architecture->n_heads; h++) {
            g_autoptr (FoveaHeadItem) item = fovea_head_item_new ((guint) l, (guint) h, heads);
            const char *role = fovea_head_item_get_role (item);
            g_autofree char *title =
                g_strdup_printf (_ ("Head %s%s%s"), fovea_head_item_get_name (item),
                                 *role != '\0' ? ", " : "", role);
            add_item (self,
                      &(FoveaFinderTarget){
                          .kind = FOVEA_FINDER_HEAD, .layer = (guint) l, .head = (guint) h},
                      title, _ ("head"));
        }
    }
}

/* By their words, on one line, and by "note" and what they are on. */
static void
list_notes (FoveaFinder *self, FoveaNotes *notes)
{
    g_autoptr (GPtrArray) places = fovea_notes_list (notes);
    for (guint i = 0; i < places->len; i++) {
        const FoveaPlace *place = places->pdata[i];
        g_autofree char *query = fovea_number_text (place->query);
        g_autofree char *key = fovea_number_text (place->key);
        g_autofree char *words = g_strdup (fovea_notes_get (notes, place));
        g_autofree char *on =
            place->query < 0 ? g_strdup_printf (_ ("note on head %u.%u"), place->layer, place->head)
                             : g_strdup_printf (_ ("note on %s → %s, head %u.%u"), query, key,
                                                place->layer, place->head);
        add_item (self,
                  &(FoveaFinderTarget){.kind = FOVEA_FINDER_NOTE,
                                       .layer = place->layer,
                                       .head = place->head,
                                       .token = place->query,
                                       .key = place->key},
                  g_strdelimit (words, "\n", ' '), on);
    }
}

/* Sequences below their runs below their stores; the run is part of the name. */
static void
list_sequences (FoveaFinder *self, GListModel *level, const char *above)
{
    for (guint i = 0; i < g_list_model_get_n_items (level); i++) {
        g_autoptr (FoveaTreeItem) item = g_list_model_get_item (level, i);
        GListStore *children = fovea_tree_item_get_children (item);
        const char *title = fovea_tree_item_get_title (item);
        g_autofree char *path =
            *above != '\0' ? g_strdup_printf ("%s · %s", above, title) : g_strdup (title);
        if (children != NULL) {
            list_sequences (self, G_LIST_MODEL (children), path);
            continue;
        }
        g_autofree char *detail =
            g_strdup_printf ("%s   %s", above, fovea_tree_item_get_count (item));
        add_item (self, &(FoveaFinderTarget){.kind = FOVEA_FINDER_SEQUENCE, .sequence = item},
                  title, detail);
    }
}

/* @words: that begin there and go on beyond it, NULL = none. */
static void
append_token (FoveaFinder *self, GPtrArray *found, gint64 token, const char *words)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    g_autofree char *text = fovea_token_text (info, token);
    g_autofree char *number = fovea_number_text (token);
    g_autofree char *title = words != NULL ? g_strdup_printf (_ ("“%s” begins “%s”"), text, words)
                                           : g_strdup_printf ("“%s”", text);
    g_autofree char *detail = g_strdup_printf (_ ("token %s"), number);
    g_ptr_array_add (found, fovea_finder_item_new (
                                &(FoveaFinderTarget){.kind = FOVEA_FINDER_TOKEN, .token = token},
                                title, detail));
}

/* Any case of ASCII letters; other scripts as they are. */
static gboolean
holds (const char *text, const char *typed, gsize length)
{
    for (; *text != '\0'; text++)
        if (g_ascii_strncasecmp (text, typed, length) == 0)
            return TRUE;
    return FALSE;
}

/* A position, or the texts that hold what was typed, from the start of the sequence. */
static void
find_tokens (FoveaFinder *self, const char *typed, GPtrArray *found)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    gsize length = strlen (typed);
    guint64 position;
    if (info == NULL || length == 0)
        return;
    if (g_ascii_string_to_unsigned (typed, 10, 0, (guint64) info->n_tokens - 1, &position, NULL))
        append_token (self, found, (gint64) position, NULL);
    guint n = 0;
    for (gint64 t = 0; info->token_texts != NULL && t < info->n_tokens && n < MAX_TOKENS; t++) {
        gboolean within =
            info->token_texts[t] != NULL && holds (info->token_texts[t], typed, length);
        if (!within && !fovea_token_begins (info, t, typed))
            continue;
        append_token (self, found, t, within ? NULL : typed);
        n++;
    }
}

/* What follows "latent", or all; NULL if nothing is asked for. */
static const char *
ask_for_latent (const char *typed)
{
    static const char word[] = "latent";
    gsize length = sizeof word - 1;
    if (g_ascii_strncasecmp (typed, word, length) == 0)
        return typed + length + strspn (typed + length, " ");
    return *typed != '\0' ? typed : NULL;
}

/* Named by its id, with the tokens on which either sign is strongest. */
static void
append_latent (GPtrArray *found, FoveaLatentItem *latent)
{
    gint32 id = fovea_latent_item_get_id (latent);
    g_autofree char *title = g_strdup_printf (_ ("Latent %d"), id);
    g_autofree char *plus = fovea_latent_item_get_words (latent, 1);
    g_autofree char *minus = fovea_latent_item_get_words (latent, -1);
    g_autofree char *detail = g_strdup_printf ("+ %s   − %s", plus, minus);
    g_ptr_array_add (
        found, fovea_finder_item_new (
                   &(FoveaFinderTarget){.kind = FOVEA_FINDER_LATENT, .latent = id}, title, detail));
}

static void
find_latents (FoveaFinder *self, const char *typed, GPtrArray *found)
{
    FoveaFeatureSource *source = fovea_feature_model_get_source (self->features);
    const char *asked = ask_for_latent (typed);
    if (source == NULL || asked == NULL)
        return;
    fovea_latent_model_set_list (self->latents, fovea_feature_source_get_list (source));
    fovea_latent_model_set_filter (self->latents, asked);
    guint n = g_list_model_get_n_items (G_LIST_MODEL (self->latents));
    for (guint i = 0; i < MIN (n, MAX_LATENTS); i++) {
        g_autoptr (FoveaLatentItem) latent =
            g_list_model_get_item (G_LIST_MODEL (self->latents), i);
        append_latent (found, latent);
    }
}

typedef struct {
    FoveaFinderItem *item;
    int rate;
    guint position;
} Rated;

/* Equal ones stay in the order in which they are listed. */
static int
compare_rated (gconstpointer a, gconstpointer b)
{
    const Rated *p = a, *q = b;
    return p->rate != q->rate ? (p->rate < q->rate ? -1 : 1)
                              : (p->position > q->position) - (p->position < q->position);
}

/* Sequences are asked for by their run and store too, which stand in front of their names, notes by what
 * they are on. */
static int
rate (const char *typed, FoveaFinderItem *item)
{
    const char *title = fovea_finder_item_get_title (item);
    int by_title = fovea_finder_rate (typed, title);
    FoveaFinderKind kind = fovea_finder_item_get_target (item)->kind;
    if (by_title == 0 || (kind != FOVEA_FINDER_SEQUENCE && kind != FOVEA_FINDER_NOTE))
        return by_title;
    g_autofree char *whole = g_strdup_printf ("%s %s", fovea_finder_item_get_detail (item), title);
    int by_whole = fovea_finder_rate (typed, whole);
    return by_title < 0 || (by_whole >= 0 && by_whole < by_title) ? by_whole : by_title;
}

/* What typed words name, the best first.   Owner: caller; (element-type Rated), items are the finder's. */
static GArray *
rate_items (FoveaFinder *self, const char *typed)
{
    GArray *rated = g_array_new (FALSE, FALSE, sizeof (Rated));
    for (guint i = 0; i < self->items->len; i++) {
        FoveaFinderItem *item = self->items->pdata[i];
        Rated row = {item, rate (typed, item), i};
        if (row.rate >= 0)
            g_array_append_val (rated, row);
    }
    g_array_sort (rated, compare_rated);
    return rated;
}

/* Those that hold the words, or those that have their letters alone. */
static void
append_rated (const GArray *rated, gboolean by_letters, GPtrArray *found)
{
    for (guint i = 0; i < MIN (rated->len, MAX_RESULTS); i++) {
        const Rated *row = &g_array_index (rated, Rated, i);
        if ((row->rate >= FOVEA_FINDER_LETTERS) == by_letters)
            g_ptr_array_add (found, g_object_ref (row->item));
    }
}

/* The focus stays in the entry, hence what is chosen in the list is told with that. */
static void
tell_chosen (FoveaFinder *self)
{
    guint n = g_list_model_get_n_items (G_LIST_MODEL (self->results));
    FoveaFinderItem *item = gtk_single_selection_get_selected_item (self->rows);
    g_autofree char *text =
        item != NULL ? g_strdup_printf (_ ("%s, %u of %u"), fovea_finder_item_get_title (item),
                                        gtk_single_selection_get_selected (self->rows) + 1, n)
                     : g_strdup (_ ("Nothing is called that."));
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry),
                                    GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

/* What stands in the text comes before what its words mean to a dictionary, and both before what only happens
 * to have the letters: "dinner" is in "Divider between two panes: arrows move it". */
static void
typed (FoveaFinder *self)
{
    const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));
    g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_object_unref);
    g_autoptr (GArray) rated = rate_items (self, text);
    append_rated (rated, FALSE, found);
    find_tokens (self, text, found);
    find_latents (self, text, found);
    append_rated (rated, TRUE, found);
    gtk_widget_set_visible (self->nothing, found->len == 0);
    fovea_front_set_limit (self->front, ROWS_SHOWN);
    g_list_store_splice (self->results, 0, g_list_model_get_n_items (G_LIST_MODEL (self->results)),
                         found->pdata, found->len);
    fovea_fill_go (self->list);
    gtk_single_selection_set_selected (self->rows, 0);
    if (found->len > 0)
        gtk_widget_activate_action (self->list, "list.scroll-to-item", "u", 0);
    tell_chosen (self);
}

/* The item outlives the window, which is gone when the action runs: focus is back where it was. */
static void
choose (FoveaFinder *self)
{
    FoveaFinderItem *selected = gtk_single_selection_get_selected_item (self->rows);
    if (selected == NULL)
        return;
    g_autoptr (FoveaFinder) alive = g_object_ref (self);
    g_autoptr (FoveaFinderItem) item = g_object_ref (selected);
    gtk_window_destroy (GTK_WINDOW (self));
    g_signal_emit (alive, chosen_signal, 0, item);
}

/* The entry keeps the focus, so arrows move the row from there. */
static gboolean
step (GtkWidget *widget, GVariant *by, gpointer data)
{
    FoveaFinder *self = FOVEA_FINDER (widget);
    gint64 n = g_list_model_get_n_items (G_LIST_MODEL (self->results));
    gint64 at = gtk_single_selection_get_selected (self->rows);
    if (n == 0)
        return TRUE;
    at = CLAMP (at + g_variant_get_int32 (by), 0, n - 1);
    gtk_single_selection_set_selected (self->rows, (guint) at);
    gtk_widget_activate_action (self->list, "list.scroll-to-item", "u", (guint) at);
    tell_chosen (self);
    return TRUE;
}

/* Before the entry, which would move its cursor. */
static void
add_keys (FoveaFinder *self)
{
    static const struct {
        guint key;
        int by;
    } steps[] = {
        {GDK_KEY_Up, -1},
        {GDK_KEY_Down, 1},
        {GDK_KEY_Page_Up, -8},
        {GDK_KEY_Page_Down, 8},
    };
    GtkEventController *keys = gtk_shortcut_controller_new ();
    gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
    for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
        GtkShortcut *shortcut = gtk_shortcut_new_with_arguments (
            gtk_keyval_trigger_new (steps[i].key, 0), gtk_callback_action_new (step, NULL, NULL),
            "i", steps[i].by);
        gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys), shortcut);
    }
    gtk_shortcut_controller_add_shortcut (
        GTK_SHORTCUT_CONTROLLER (keys),
        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                          gtk_named_action_new ("window.close")));
    gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

/* The list could do it, but would select whatever comes to lie under a resting pointer, too. */
static void
clicked (GtkGestureClick *gesture, int n_press, double x, double y, GtkListItem *item)
{
    GtkWidget *row = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));
    FoveaFinder *self = FOVEA_FINDER (gtk_widget_get_root (row));
    gtk_single_selection_set_selected (self->rows, gtk_list_item_get_position (item));
    choose (self);
}

static void
setup_row (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
    GtkGesture *click = gtk_gesture_click_new ();
    GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
    GtkWidget *title = gtk_label_new (""), *detail = gtk_label_new ("");
    gtk_widget_set_hexpand (title, TRUE);
    gtk_label_set_xalign (GTK_LABEL (title), 0);
    gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
    gtk_label_set_ellipsize (GTK_LABEL (detail), PANGO_ELLIPSIZE_START);
    gtk_widget_add_css_class (detail, "quiet");
    gtk_box_append (GTK_BOX (row), title);
    gtk_box_append (GTK_BOX (row), detail);
    g_signal_connect (click, "released", G_CALLBACK (clicked), item);
    gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (click));
    gtk_list_item_set_child (item, row);
}

static void
bind_row (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
    FoveaFinderItem *found = gtk_list_item_get_item (item);
    GtkWidget *title = gtk_widget_get_first_child (gtk_list_item_get_child (item));
    gtk_label_set_text (GTK_LABEL (title), fovea_finder_item_get_title (found));
    gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (title)),
                        fovea_finder_item_get_detail (found));
}

static gboolean
add_rows (gpointer list)
{
    FoveaFinder *self = FOVEA_FINDER (gtk_widget_get_root (list));
    guint n = g_list_model_get_n_items (G_LIST_MODEL (self->front));
    fovea_front_set_limit (self->front, n + ROWS_SHOWN);
    return !fovea_front_is_whole (self->front);
}

static GtkWidget *
build_list (FoveaFinder *self)
{
    GtkWidget *scrolled = gtk_scrolled_window_new ();
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
    g_signal_connect (factory, "setup", G_CALLBACK (setup_row), NULL);
    g_signal_connect (factory, "bind", G_CALLBACK (bind_row), NULL);
    self->results = g_list_store_new (FOVEA_TYPE_FINDER_ITEM);
    self->rows = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->results)));
    self->front = fovea_front_new (GTK_SELECTION_MODEL (self->rows));
    self->list = gtk_list_view_new (g_object_ref (GTK_SELECTION_MODEL (self->front)), factory);
    fovea_fill_init (self->list, add_rows);
    gtk_widget_set_can_focus (self->list, FALSE);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("What was found"), -1);
    gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->list);
    gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                    GTK_POLICY_AUTOMATIC);
    gtk_widget_set_vexpand (scrolled, TRUE);
    return scrolled;
}

static void
fovea_finder_dispose (GObject *object)
{
    FoveaFinder *self = FOVEA_FINDER (object);
    g_clear_object (&self->selection);
    g_clear_object (&self->features);
    g_clear_object (&self->latents);
    g_clear_object (&self->front);
    g_clear_object (&self->rows);
    g_clear_object (&self->results);
    g_clear_pointer (&self->items, g_ptr_array_unref);
    G_OBJECT_CLASS (fovea_finder_parent_class)->dispose (object);
}

static void
fovea_finder_class_init (FoveaFinderClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_finder_dispose;
    chosen_signal = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, FOVEA_TYPE_FINDER_ITEM);
}

static void
fovea_finder_init (FoveaFinder *self)
{
    GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
    self->items = g_ptr_array_new_with_free_func (g_object_unref);
    self->entry = gtk_search_entry_new ();
    g_object_set (self->entry, "placeholder-text", _ ("Action, head, run, token, latent or note"),
                  NULL);
    gtk_search_entry_set_key_capture_widget (GTK_SEARCH_ENTRY (self->entry), GTK_WIDGET (self));
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Action, head, run, token, latent or note"), -1);
    g_signal_connect_object (self->entry, "changed", G_CALLBACK (typed), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (self->entry, "activate", G_CALLBACK (choose), self, G_CONNECT_SWAPPED);
    gtk_box_append (GTK_BOX (column), self->entry);
    self->nothing = gtk_label_new (_ ("Nothing is called that."));
    gtk_widget_add_css_class (self->nothing, "quiet");
    gtk_widget_set_margin_top (self->nothing, 12);
    gtk_widget_set_visible (self->nothing, FALSE);
    gtk_box_append (GTK_BOX (column), self->nothing);
    gtk_box_append (GTK_BOX (column), build_list (self));
    gtk_window_set_child (GTK_WINDOW (self), column);
    gtk_window_set_title (GTK_WINDOW (self), _ ("Find"));
    gtk_window_set_decorated (GTK_WINDOW (self), FALSE);
    gtk_window_set_modal (GTK_WINDOW (self), TRUE);
    gtk_window_set_destroy_with_parent (GTK_WINDOW (self), TRUE);
    double scale = MIN (fovea_text_scale (GTK_WIDGET (self)), 1.6); /* screens do not grow */
    gtk_window_set_default_size (GTK_WINDOW (self), (int) (WIDTH * scale), HEIGHT);
    gtk_widget_add_css_class (GTK_WIDGET (self), "fovea");
    gtk_widget_add_css_class (GTK_WIDGET (self), "finder");
    add_keys (self);
}

FoveaFinder *
fovea_finder_new (GtkWindow *owner,
                  FoveaSelection *selection,
                  GListModel *stores,
                  FoveaFeatureModel *features,
                  FoveaNotes *notes,
                  const char *const *without)
{
    FoveaFinder *self = g_object_new (FOVEA_TYPE_FINDER, "transient-for", owner, NULL);
    self->selection = g_object_ref (selection);
    self->features = g_object_ref (features);
    self->latents = fovea_latent_model_new ();
    g_signal_connect_object (features, "changed", G_CALLBACK (typed), self, G_CONNECT_SWAPPED);
    list_actions (self, owner, without);
    list_sequences (self, stores, "");
    list_heads (self);
    list_notes (self, notes);
    typed (self);
    gtk_widget_grab_focus (self->entry);
    return self;
}

void
fovea_finder_set_text (FoveaFinder *self, const char *text)
{
    gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
}

GListModel *
fovea_finder_get_results (FoveaFinder *self)
{
    return G_LIST_MODEL (self->results);
}
