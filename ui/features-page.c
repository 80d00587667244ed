/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Choices hold what the toolbar's list and the offers of the empty face stand for; both are made anew
 * when the store's dictionaries change. */
#include "ui/features-page.h"

#include <glib/gi18n.h>

#include "ui/choice.h"
#include "ui/failure-bar.h"
#include "ui/latent-list-view.h"
#include "ui/latent-table.h"
#include "ui/latent-view.h"
#include "ui/scaled.h"
#include "ui/short-label.h"
#include "ui/token-text.h"
#include "ui/toolbar.h"
#include "ui/tip.h"

#define LIST_WIDTH 312
#define ROOM       640 /* of list and page, below which the list leaves out its words */

struct _FoveaFeaturesPage {
    GtkBox parent_instance;
    FoveaFeatureModel *model;
    FoveaLatentModel *latents;
    FoveaFailureBar *failure;
    FoveaOfferBar *rest;
    GtkDropDown *dictionary, *sort;
    GtkWidget *search, *list, *page, *offers, *add, *show_table;
    GtkStack *faces, *pages; /* pages: of the latent, drawn or as rows */
    FoveaShortLabel *summary;
    GtkLabel *busy, *none, *recipe;
    GPtrArray *hashes; /* of the dictionaries in the list, in its order */
    guint fitting;     /* tick callback, 0 = none */
    gboolean narrow;   /* the list has no words */
    gboolean following;
    gboolean wants_focus; /* nothing here could take it when it was given */
    gboolean unread;      /* a dictionary is what failed last */
    char *busy_words;
};

G_DEFINE_FINAL_TYPE (FoveaFeaturesPage, fovea_features_page, GTK_TYPE_BOX)

enum {
    CHOOSE,
    ENCODE,
    ADD,
    RETRY,
    SEARCHED,
    N_SIGNALS,
};
static guint signals[N_SIGNALS];

static void
show_face (FoveaFeaturesPage *self)
{
    FoveaFeatureSource *source = fovea_feature_model_get_source (self->model);
    const char *words = self->busy_words != NULL ? self->busy_words
                        : self->unread           ? _ ("Its dictionaries cannot be read.")
                                                 : "";
    gtk_label_set_text (self->busy, words);
    gtk_stack_set_visible_child_name (self->faces, source != NULL   ? "picture"
                                                   : *words != '\0' ? "busy"
                                                                    : "empty");
}

/* "abstopk, 1,536 latents, k = 32" and, while a filter is on, how many rows it leaves. */
static void
show_summary (FoveaFeaturesPage *self)
{
    FoveaFeatureSource *source = fovea_feature_model_get_source (self->model);
    if (source == NULL) {
        fovea_short_label_set_forms (self->summary, "", NULL);
        return;
    }
    const FoveaDictionaryFacts *facts = fovea_feature_source_get_facts (source);
    gint64 n = fovea_latent_list_get_n (fovea_feature_source_get_list (source));
    guint shown = g_list_model_get_n_items (G_LIST_MODEL (self->latents));
    g_autofree char *all = fovea_number_text (n);
    g_autofree char *some = fovea_number_text (shown);
    g_autofree char *k = facts->k > 0 ? g_strdup_printf (_ (", k = %g"), facts->k) : g_strdup ("");
    g_autofree char *text =
        shown < n ? g_strdup_printf (_ ("%s of %s latents"), some, all)
                  : g_strdup_printf (_ ("%s, %s latents%s"), facts->architecture, all, k);
    g_autofree char *part = g_strdup_printf (_ ("%s latents"), shown < n ? some : all);
    fovea_short_label_set_forms (self->summary, text, part);
}

static void
model_changed (FoveaFeaturesPage *self)
{
    FoveaFeatureSource *source = fovea_feature_model_get_source (self->model);
    const char *hash = source != NULL ? fovea_feature_source_get_facts (source)->hash : NULL;
    guint at;
    fovea_latent_model_set_list (self->latents,
                                 source != NULL ? fovea_feature_source_get_list (source) : NULL);
    self->following = TRUE;
    if (hash != NULL && g_ptr_array_find_with_equal_func (self->hashes, hash, g_str_equal, &at))
        gtk_drop_down_set_selected (self->dictionary, at);
    self->following = FALSE;
    gtk_widget_set_sensitive (self->search, source != NULL);
    gtk_widget_set_sensitive (GTK_WIDGET (self->sort), source != NULL);
    gtk_widget_set_sensitive (self->show_table, source != NULL);
    show_summary (self);
    show_face (self);
}

static void
dictionary_chosen (FoveaFeaturesPage *self)
{
    guint at = gtk_drop_down_get_selected (self->dictionary);
    if (!self->following && at < self->hashes->len)
        g_signal_emit (self, signals[CHOOSE], 0, g_ptr_array_index (self->hashes, at));
}

static void
sort_chosen (FoveaFeaturesPage *self)
{
    fovea_latent_model_set_sort (self->latents,
                                 (FoveaLatentSort) gtk_drop_down_get_selected (self->sort));
}

static void
search_changed (FoveaFeaturesPage *self)
{
    fovea_latent_model_set_filter (self->latents,
                                   gtk_editable_get_text (GTK_EDITABLE (self->search)));
    g_signal_emit (self, signals[SEARCHED], 0);
}

/* Enter takes the first row that is left, also of what was typed so fast that nothing is left out yet. */
static void
search_activated (FoveaFeaturesPage *self)
{
    search_changed (self);
    g_autoptr (FoveaLatentItem) first = g_list_model_get_item (G_LIST_MODEL (self->latents), 0);
    if (first == NULL)
        return;
    fovea_feature_model_select (self->model, fovea_latent_item_get_id (first));
    gtk_widget_grab_focus (self->page);
}

/* What it leaves in the list stays. */
static void
search_left (FoveaFeaturesPage *self)
{
    gtk_widget_grab_focus (self->page);
}

static void
offer_clicked (GtkButton *button, FoveaFeaturesPage *self)
{
    self->wants_focus = TRUE; /* for the latents that this brings */
    g_signal_emit (self, signals[ENCODE], 0, g_object_get_data (G_OBJECT (button), "folder"));
}

static void
add_clicked (FoveaFeaturesPage *self)
{
    g_signal_emit (self, signals[ADD], 0);
}

void
fovea_features_page_show_failure (FoveaFeaturesPage *self, const char *message)
{
    self->unread = TRUE;
    model_changed (self); /* the list goes back to the dictionary that is still shown */
    fovea_failure_bar_show (self->failure, message);
}

/* What the model shows can be read again by itself; without a dictionary it has nothing. */
static void
try_again (FoveaFeaturesPage *self)
{
    if (self->unread)
        g_signal_emit (self, signals[RETRY], 0);
    else
        fovea_feature_model_retry (self->model);
}

static void
model_failed (FoveaFeaturesPage *self, const char *message)
{
    self->unread = FALSE;
    fovea_failure_bar_show (self->failure, message);
}

static void
clear_offers (FoveaFeaturesPage *self)
{
    GtkWidget *child;
    while ((child = gtk_widget_get_first_child (self->offers)) != NULL)
        gtk_box_remove (GTK_BOX (self->offers), child);
}

static void
add_offer (FoveaFeaturesPage *self, const FoveaDictionaryChoice *choice)
{
    g_autofree char *label =
        choice->begun != NULL
            ? g_strdup_printf (_ ("Go on with %s: %s are encoded"), choice->label, choice->begun)
            : g_strdup_printf (_ ("Encode with %s"), choice->label);
    GtkWidget *button = gtk_button_new_with_label (label);
    if (gtk_widget_get_first_child (self->offers) == NULL) /* one is suggested: the first */
        gtk_widget_add_css_class (button, "suggested-action");
    fovea_tip_set (button, _ ("Codes of every sequence, kept in the store"));
    g_object_set_data_full (G_OBJECT (button), "folder", g_strdup (choice->folder), g_free);
    g_signal_connect_object (button, "clicked", G_CALLBACK (offer_clicked), self, 0);
    gtk_box_append (GTK_BOX (self->offers), button);
}

void
fovea_features_page_set_choices (FoveaFeaturesPage *self,
                                 const FoveaDictionaryChoice *choices,
                                 guint n)
{
    g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
    self->following = TRUE;
    g_ptr_array_set_size (self->hashes, 0);
    clear_offers (self);
    for (guint i = 0; i < n; i++) {
        if (choices[i].hash != NULL) {
            g_ptr_array_add (self->hashes, g_strdup (choices[i].hash));
            gtk_string_list_append (names, choices[i].label);
        } else {
            add_offer (self, &choices[i]);
        }
    }
    gtk_drop_down_set_model (self->dictionary, G_LIST_MODEL (names));
    gtk_widget_set_visible (GTK_WIDGET (self->dictionary), self->hashes->len > 0);
    gtk_widget_set_visible (gtk_widget_get_parent (GTK_WIDGET (self->recipe)), n == 0);
    self->following = FALSE;
    model_changed (self);
    /* They come after the view, whose focus went to the one button that was there. */
    GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
    GtkWidget *first = gtk_widget_get_first_child (self->offers);
    if (first != NULL && root != NULL && gtk_root_get_focus (root) == self->add)
        gtk_widget_grab_focus (first);
}

FoveaOfferBar *
fovea_features_page_get_rest (FoveaFeaturesPage *self)
{
    return self->rest;
}

void
fovea_features_page_set_recipe (FoveaFeaturesPage *self, const char *commands)
{
    gtk_label_set_text (self->recipe, commands);
}

void
fovea_features_page_set_busy (FoveaFeaturesPage *self, const char *words)
{
    GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
    GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
    gboolean held = gtk_widget_get_mapped (GTK_WIDGET (self)) &&
                    fovea_feature_model_get_source (self->model) == NULL &&
                    (focus == NULL || /* what had it is off: a job has begun */
                     gtk_widget_is_ancestor (focus, GTK_WIDGET (self->faces)));
    g_free (self->busy_words);
    self->busy_words = g_strdup (words);
    gtk_widget_set_sensitive (self->offers, words == NULL);
    gtk_widget_set_sensitive (self->add, words == NULL);
    if (words != NULL) {
        self->unread = FALSE; /* that was what was tried before */
        fovea_failure_bar_close (self->failure);
    }
    show_face (self);
    self->wants_focus |=
        held; /* what had it is out of sight now: the words have it until codes come */
    if (held && words != NULL)
        gtk_widget_grab_focus (gtk_widget_get_parent (GTK_WIDGET (self->busy)));
}

void
fovea_features_page_focus (FoveaFeaturesPage *self)
{
    gboolean codes = fovea_feature_model_get_source (self->model) != NULL;
    gboolean table = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->show_table));
    GtkWidget *shown = gtk_stack_get_visible_child (codes && table ? self->pages : self->faces);
    GtkWidget *offer = gtk_widget_get_first_child (self->offers);
    if (!codes && offer != NULL && gtk_widget_grab_focus (offer)) {
        self->wants_focus = FALSE;
        return;
    }
    self->wants_focus = codes && !table ? !gtk_widget_grab_focus (self->page)
                                        : !gtk_widget_child_focus (shown, GTK_DIR_TAB_FORWARD);
}

void
fovea_features_page_focus_late (FoveaFeaturesPage *self)
{
    GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
    if (self->wants_focus && root != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)) &&
        !GTK_IS_EDITABLE (gtk_root_get_focus (root)))
        fovea_features_page_focus (self);
}

void
fovea_features_page_activate (FoveaFeaturesPage *self, const char *action)
{
    gtk_widget_grab_focus (self->page);
    gtk_widget_activate_action (self->page, action, NULL);
}

void
fovea_features_page_toggle_table (FoveaFeaturesPage *self)
{
    GtkToggleButton *button = GTK_TOGGLE_BUTTON (self->show_table);
    gtk_toggle_button_set_active (button, !gtk_toggle_button_get_active (button));
}

void
fovea_features_page_search (FoveaFeaturesPage *self)
{
    gtk_widget_grab_focus (self->search);
}

/* Making. */

static void
set_label (gpointer widget, const char *label)
{
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                    -1);
    fovea_tip_set (widget, label);
}

static void
show_page (FoveaFeaturesPage *self)
{
    gboolean table = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->show_table));
    gtk_stack_set_visible_child_name (self->pages, table ? "table" : "page");
}

static GtkWidget *
build_toolbar (FoveaFeaturesPage *self)
{
    GtkWidget *bar = fovea_toolbar_new ();
    self->dictionary = fovea_choice_new (NULL, _ ("Dictionary"));
    self->search = gtk_search_entry_new ();
    self->sort = fovea_choice_new ((const char *[]){_ ("Sort: balance"), _ ("Sort: how often"),
                                                    _ ("Sort: strength"), _ ("Sort: id"), NULL},
                                   _ ("Order of latents"));
    self->summary = FOVEA_SHORT_LABEL (fovea_short_label_new_spare ());
    set_label (self->search, _ ("Latents by token, sign or id: + followed"));
    g_object_set (self->search, "placeholder-text", _ ("Token, sign or id: + followed"), NULL);
    gtk_editable_set_width_chars (GTK_EDITABLE (self->search), 12);
    gtk_editable_set_max_width_chars (GTK_EDITABLE (self->search), 24);
    gtk_box_append (GTK_BOX (bar), GTK_WIDGET (self->dictionary));
    gtk_box_append (GTK_BOX (bar), self->search);
    gtk_box_append (GTK_BOX (bar), GTK_WIDGET (self->sort));
    gtk_box_append (GTK_BOX (bar), GTK_WIDGET (self->summary));
    self->show_table = gtk_toggle_button_new ();
    gtk_button_set_icon_name (GTK_BUTTON (self->show_table), "fovea-table-symbolic");
    set_label (self->show_table, _ ("Show as table (Ctrl+Shift+T)"));
    g_signal_connect_object (self->show_table, "toggled", G_CALLBACK (show_page), self,
                             G_CONNECT_SWAPPED);
    gtk_box_append (GTK_BOX (bar), self->show_table);
    return bar;
}

static GtkLabel *
new_line (const char *text, const char *css_class)
{
    GtkWidget *label = gtk_label_new (text);
    gtk_widget_add_css_class (label, css_class);
    gtk_label_set_wrap (GTK_LABEL (label), TRUE);
    gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
    gtk_label_set_max_width_chars (GTK_LABEL (label), 60);
    return GTK_LABEL (label);
}

static GtkWidget *
new_centre (void)
{
    GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
    gtk_widget_set_valign (column, GTK_ALIGN_CENTER);
    gtk_widget_set_halign (column, GTK_ALIGN_CENTER);
    return column;
}

/* Where there is nothing to encode with: how to come by something. */
static GtkWidget *
build_recipe (FoveaFeaturesPage *self)
{
    GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
    self->recipe = GTK_LABEL (gtk_label_new (""));
    gtk_widget_add_css_class (GTK_WIDGET (self->recipe), "command");
    gtk_label_set_selectable (self->recipe, TRUE);
    gtk_label_set_wrap (self->recipe, TRUE);
    gtk_label_set_wrap_mode (self->recipe, PANGO_WRAP_WORD_CHAR);
    gtk_widget_set_margin_top (column, 12);
    gtk_box_append (GTK_BOX (column),
                    GTK_WIDGET (new_line (_ ("None at hand? A shell makes one of a model's "
                                             "activations:"),
                                          "quiet")));
    gtk_box_append (GTK_BOX (column), GTK_WIDGET (self->recipe));
    gtk_widget_set_visible (column, FALSE); /* until it is known that there are none */
    return column;
}

static GtkWidget *
build_empty (FoveaFeaturesPage *self)
{
    GtkWidget *column = new_centre ();
    self->none = new_line (_ ("No dictionary in this store."), "plottitle");
    self->offers = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
    self->add = gtk_button_new_with_label (_ ("Add dictionary…"));
    fovea_tip_set (self->add,
                   _ ("A folder of a sparse autoencoder for a point of this model (Ctrl+Shift+D)"));
    gtk_widget_set_halign (self->offers, GTK_ALIGN_CENTER);
    gtk_widget_set_halign (self->add, GTK_ALIGN_CENTER);
    g_signal_connect_object (self->add, "clicked", G_CALLBACK (add_clicked), self,
                             G_CONNECT_SWAPPED);
    gtk_box_append (GTK_BOX (column), GTK_WIDGET (self->none));
    gtk_box_append (
        GTK_BOX (column),
        GTK_WIDGET (new_line (_ ("A dictionary writes each activation as a few latents. "
                                 "Its codes are kept in the store, as fovea sae encode "
                                 "keeps them."),
                              "quiet")));
    gtk_box_append (GTK_BOX (column), self->offers);
    gtk_box_append (GTK_BOX (column), self->add);
    gtk_box_append (GTK_BOX (column), build_recipe (self));
    return column;
}

/* The words of a latent are on its page, which has no other place. */
static gboolean
fit_list (GtkWidget *paned, GdkFrameClock *clock, gpointer page)
{
    FoveaFeaturesPage *self = page;
    gboolean narrow = gtk_widget_get_width (paned) < ROOM * fovea_text_scale (paned);
    self->fitting = 0;
    if (narrow == self->narrow)
        return G_SOURCE_REMOVE;
    self->narrow = narrow;
    fovea_latent_list_view_show_words (FOVEA_LATENT_LIST_VIEW (self->list), !narrow);
    gtk_paned_set_position (GTK_PANED (paned), narrow ? 0 : LIST_WIDTH); /* 0: its least */
    return G_SOURCE_REMOVE;
}

/* Told while sizes are being given, when no size may change. */
static void
width_changed (GtkWidget *paned, GParamSpec *pspec, FoveaFeaturesPage *self)
{
    if (self->fitting == 0)
        self->fitting = gtk_widget_add_tick_callback (paned, fit_list, self, NULL);
}

static GtkWidget *
build_picture (FoveaFeaturesPage *self)
{
    GtkWidget *paned = gtk_paned_new (GTK_ORIENTATION_HORIZONTAL),
              *scrolled = gtk_scrolled_window_new ();
    self->list = fovea_latent_list_view_new (self->model, self->latents);
    fovea_feature_model_set_order (self->model, self->latents);
    self->page = fovea_latent_view_new (self->model);
    gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_AUTOMATIC,
                                    GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), fovea_scaled_new (self->page));
    /* The page is larger than its window; it brings its cursor into sight itself. */
    gtk_viewport_set_scroll_to_focus (
        GTK_VIEWPORT (gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (scrolled))), FALSE);
    self->pages = GTK_STACK (gtk_stack_new ());
    gtk_stack_add_named (self->pages, scrolled, "page");
    gtk_stack_add_named (self->pages, fovea_latent_table_new (self->model), "table");
    gtk_stack_set_hhomogeneous (self->pages, FALSE);
    gtk_widget_set_hexpand (GTK_WIDGET (self->pages), TRUE);
    gtk_widget_set_size_request (self->list, 240, -1);
    gtk_paned_set_start_child (GTK_PANED (paned), self->list);
    gtk_paned_set_end_child (GTK_PANED (paned), GTK_WIDGET (self->pages));
    gtk_paned_set_position (GTK_PANED (paned), LIST_WIDTH);
    gtk_paned_set_resize_start_child (GTK_PANED (paned), FALSE);
    gtk_paned_set_shrink_start_child (GTK_PANED (paned), FALSE);
    g_signal_connect (paned, "notify::max-position", G_CALLBACK (width_changed), self);
    return paned;
}

static void
build_faces (FoveaFeaturesPage *self)
{
    GtkWidget *busy = new_centre ();
    self->faces = GTK_STACK (gtk_stack_new ());
    self->busy = new_line ("", "quiet");
    gtk_widget_set_focusable (busy, TRUE); /* a label takes no focus */
    gtk_widget_add_css_class (busy, "waiting");
    gtk_box_append (GTK_BOX (busy), GTK_WIDGET (self->busy));
    gtk_stack_add_named (self->faces, build_empty (self), "empty");
    gtk_stack_add_named (self->faces, busy, "busy");
    gtk_stack_add_named (self->faces, build_picture (self), "picture");
    gtk_stack_set_hhomogeneous (self->faces, FALSE);
    gtk_widget_set_vexpand (GTK_WIDGET (self->faces), TRUE);
}

static void
fovea_features_page_dispose (GObject *object)
{
    FoveaFeaturesPage *self = FOVEA_FEATURES_PAGE (object);
    g_clear_object (&self->model);
    g_clear_object (&self->latents);
    g_clear_pointer (&self->hashes, g_ptr_array_unref);
    g_clear_pointer (&self->busy_words, g_free);
    G_OBJECT_CLASS (fovea_features_page_parent_class)->dispose (object);
}

static void
fovea_features_page_class_init (FoveaFeaturesPageClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_features_page_dispose;
    signals[CHOOSE] = g_signal_new ("choose", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
    signals[ENCODE] = g_signal_new ("encode", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
    signals[ADD] = g_signal_new ("add", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
    signals[RETRY] = g_signal_new ("retry", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
    signals[SEARCHED] = g_signal_new ("searched", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                      NULL, NULL, NULL, G_TYPE_NONE, 0);
    gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "featurespage");
}

static void
fovea_features_page_init (FoveaFeaturesPage *self)
{
    gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
    self->latents = fovea_latent_model_new ();
    self->hashes = g_ptr_array_new_with_free_func (g_free);
}

static void
connect_all (FoveaFeaturesPage *self)
{
    const struct {
        gpointer object;
        const char *signal;
        GCallback callback;
    } all[] = {
        {self->dictionary, "notify::selected", G_CALLBACK (dictionary_chosen)},
        {self->sort, "notify::selected", G_CALLBACK (sort_chosen)},
        {self->search, "search-changed", G_CALLBACK (search_changed)},
        {self->search, "activate", G_CALLBACK (search_activated)},
        {self->search, "stop-search", G_CALLBACK (search_left)},
        {self->latents, "items-changed", G_CALLBACK (show_summary)},
        {self->model, "changed", G_CALLBACK (model_changed)},
        {self->model, "failed", G_CALLBACK (model_failed)},
        {self->failure, "retry", G_CALLBACK (try_again)},
    };
    for (guint i = 0; i < G_N_ELEMENTS (all); i++)
        g_signal_connect_object (all[i].object, all[i].signal, all[i].callback, self,
                                 G_CONNECT_SWAPPED);
}

GtkWidget *
fovea_features_page_new (FoveaFeatureModel *model)
{
    FoveaFeaturesPage *self = g_object_new (FOVEA_TYPE_FEATURES_PAGE, NULL);
    self->model = g_object_ref (model);
    self->failure = FOVEA_FAILURE_BAR (fovea_failure_bar_new (TRUE));
    gtk_box_append (GTK_BOX (self), build_toolbar (self));
    gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->failure));
    self->rest = FOVEA_OFFER_BAR (fovea_offer_bar_new ());
    gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->rest));
    build_faces (self);
    gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->faces));
    connect_all (self);
    model_changed (self);
    return GTK_WIDGET (self);
}

static GVariant *
get_search (gpointer page)
{
    FoveaFeaturesPage *self = page;
    return g_variant_new_string (gtk_editable_get_text (GTK_EDITABLE (self->search)));
}

/* The entry itself would wait a moment, and show every latent meanwhile. */
static void
set_search (gpointer page, GVariant *search)
{
    FoveaFeaturesPage *self = page;
    g_signal_handlers_block_by_func (self->search, search_changed, self);
    gtk_editable_set_text (GTK_EDITABLE (self->search), g_variant_get_string (search, NULL));
    g_signal_handlers_unblock_by_func (self->search, search_changed, self);
    search_changed (self);
}

void
fovea_features_page_keep (FoveaFeaturesPage *self, FoveaKept *kept)
{
    fovea_kept_add (kept, "features-sort", self->sort, "selected");
    fovea_kept_add (kept, "features-table", self->show_table, "active");
    fovea_kept_add_value (kept, "features-search", self, "searched", get_search, set_search);
}
