/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Cell numbers come from the shared FoveaCellModel. A head's are read in a thread when the head or
 * the view changes; the answer for a head that is no longer selected is dropped. */
#include "ui/inspector.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>

#include "ui/background.h"
#include "ui/fact.h"
#include "ui/feature-facts.h"
#include "ui/figures/picture-image.h"
#include "ui/head-facts.h"
#include "ui/head-set.h"
#include "ui/late.h"
#include "ui/scaled.h"
#include "ui/pair-facts.h"
#include "ui/palette.h"
#include "ui/point-facts.h"
#include "ui/role-facts.h"
#include "ui/row-facts.h"
#include "ui/score-bars.h"
#include "ui/sentences.h"
#include "ui/still-label.h"
#include "ui/token-text.h"
#include "ui/trace-source.h"
#include "ui/whole.h"
#include "ui/tip.h"

#define MAX_ROWS 2048

struct _FoveaInspector {
    GtkBox parent_instance;
    FoveaSelection *selection;
    FoveaCellModel *cells;
    FoveaSparseModel *sparse;
    FoveaFeatureModel *features; /* NULL = the view is not there */
    FoveaInspect kind;
    GtkWidget *title, *sentence, *open_map;
    FoveaSection *sections[3];
    char *unread; /* why there are no numbers of the cell, NULL = they are there or being read */
    FoveaSection *row, *roles; /* of the cell's query and head, below what is of the cell */
    GtkWidget *content, *bars;
    FoveaNoteBox *note;
    GCancellable *cancellable;
    FoveaHeadFacts head_facts;
    gboolean have_head_facts;
};

G_DEFINE_FINAL_TYPE (FoveaInspector, fovea_inspector, GTK_TYPE_BOX)

/* Takes the value's string, which is always made for it. */
static void
add_fact (GListStore *facts, const char *label, char *value)
{
    g_autoptr (FoveaFact) fact = fovea_fact_new (label, value);
    g_list_store_append (facts, fact);
    g_free (value);
}

/* A number with its unit after a space, or the number alone. */
static char *
spell (double value, int digits, const char *unit)
{
    g_autofree char *number = fovea_weight_text (value, digits);
    return *unit != '\0' ? g_strdup_printf ("%s %s", number, unit) : g_steal_pointer (&number);
}

/* A difference shows its sign even where it is plus. */
static char *
spell_signed (double value)
{
    g_autofree char *number = fovea_weight_text (value, 2);
    return g_strconcat (value > 0 ? "+" : "", number, NULL);
}

/* Score differences are log ratios of weights, since the softmax cancels; no score is read. */
static void
fill_cell (FoveaInspector *self, const FoveaCellData *data)
{
    g_autoptr (GListStore) facts = g_list_store_new (FOVEA_TYPE_FACT);
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    const FoveaPlace *place = &data->place;
    double mass, received = 0;
    gint64 rank = fovea_cell_data_get_rank (data, place->key, &mass);
    g_autofree char *ranks = fovea_number_text (rank);
    g_autofree char *allowed = fovea_number_text (data->end_key - data->first_key);
    g_autofree char *distance = fovea_number_text (place->query - place->key);
    g_autofree char *first = fovea_token_quote (info, 0);
    g_autofree char *above = g_strdup_printf (_ ("Score above %s, nats"), first);
    g_autofree char *key = fovea_number_text (place->key);
    g_autofree char *mass_label = g_strdup_printf (_ ("Mass received by key %s"), key);
    for (gint64 q = 0; q < data->n_tokens; q++)
        received += data->column[q];
    double weight = data->row[place->key];
    g_autofree char *spelt = weight < 1e-4 ? fovea_share_text (weight) : spell (weight, 4, "");
    const char *verdict = fovea_cell_data_get_verdict (data);
    g_autofree char *name =
        verdict != NULL ? g_strdup_printf (_ ("Weight, %s"), verdict) : g_strdup (_ ("Weight"));
    g_autoptr (FoveaFact) matters = fovea_fact_stress (fovea_fact_new (name, spelt));
    g_list_store_append (facts, matters);
    if (isfinite (data->score))
        add_fact (facts, _ ("Score, nats"), spell_signed (data->score));
    add_fact (facts, _ ("Rank in row"), g_strdup_printf (_ ("%s of %s"), ranks, allowed));
    add_fact (facts, _ ("Mass down to this rank"), spell (mass, 3, ""));
    add_fact (facts, _ ("Distance"),
              g_strdup_printf (
                  ngettext ("%s token", "%s tokens", (gulong) ABS (place->query - place->key)),
                  distance));
    if (data->row[0] > 0 && data->row[place->key] > 0)
        add_fact (facts, above, spell_signed (log (data->row[place->key]) - log (data->row[0])));
    add_fact (facts, mass_label, spell (received, 2, ""));
    g_autofree char *change = fovea_sentence_for_change (data);
    g_autofree char *note =
        change != NULL
            ? g_strdup_printf (_ ("Weight against “%s”: %s"),
                               fovea_selection_get_reference (self->selection)->title, change)
            : NULL;
    fovea_section_set (self->sections[0], _ ("CELL"), facts, note);
}

/* What could not be read is not what was shown before: the first section says why in its place. */
static void
clear_sections (FoveaInspector *self, guint first, const char *title, const char *note)
{
    g_autoptr (GListStore) none = g_list_store_new (FOVEA_TYPE_FACT);
    for (guint i = first; i < G_N_ELEMENTS (self->sections); i++)
        fovea_section_set (self->sections[i], i == first ? title : NULL, none,
                           i == first ? note : NULL);
    fovea_section_set (self->row, NULL, none, NULL);
}

static const char *
name_statistics (FoveaInspector *self)
{
    return fovea_picture_image_has (fovea_selection_get_info (self->selection))
               ? _ ("ON THIS PICTURE")
               : _ ("ON THIS TEXT");
}

static void
show_cell (FoveaInspector *self)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    const FoveaCellData *data = fovea_cell_model_get_data (self->cells);
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    g_autofree char *query = fovea_number_text (place->query);
    g_autofree char *key = fovea_number_text (place->key);
    g_autofree char *query_text = fovea_token_quote (info, place->query);
    g_autofree char *key_text = fovea_token_quote (info, place->key);
    g_autofree char *title = g_strdup_printf (_ ("Cell %s → %s"), query, key);
    g_autofree char *sentence =
        strlen (query_text) + strlen (key_text) > 40 /* bytes: two parts of characters */
            ? g_strdup_printf ("%s → %s", query_text, key_text)
            : g_strdup_printf (_ ("head %u.%u looks from %s at %s"), place->layer, place->head,
                               query_text, key_text);
    fovea_still_label_set (self->title, title);
    fovea_still_label_set (self->sentence, sentence);
    fovea_role_facts_fill (self->roles, _ ("HEAD ROLES"), self->selection);
    if (data == NULL && self->unread != NULL)
        clear_sections (self, 0, _ ("CELL"), self->unread);
    else if (data == NULL && info->n_tokens > 4 * MAX_ROWS)
        clear_sections (self, 0, _ ("CELL"), _ ("The weights of this cell are being computed."));
    if (data == NULL)
        return;
    g_clear_pointer (&self->unread, g_free);
    fill_cell (self, data);
    fovea_pair_facts_fill_top (self->sections[1], info, data, TRUE);
    fovea_pair_facts_fill_top (self->sections[2], info, data, FALSE);
    fovea_row_facts_fill (self->row, &data->facts);
}

static void
cell_failed (FoveaInspector *self, const char *message)
{
    g_free (self->unread);
    self->unread = fovea_sentence_for_unread (self->selection, message);
    if (self->kind == FOVEA_INSPECT_CELL)
        show_cell (self);
}

/* Of this text, unlike the roles above, which are of many. */
static void
fill_statistics (FoveaInspector *self)
{
    g_autoptr (GListStore) facts = g_list_store_new (FOVEA_TYPE_FACT);
    const FoveaHeadFacts *f = &self->head_facts;
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    add_fact (facts, _ ("Entropy, share of maximum"), spell (f->entropy_share, 2, ""));
    add_fact (facts, _ ("Mean distance"), spell (f->mean_distance, 1, _ ("tokens")));
    add_fact (facts, _ ("Weight on token 0"), spell (f->first_weight, 2, ""));
    add_fact (facts, _ ("Largest weight"), spell (f->largest, 2, ""));
    g_autofree char *keys = fovea_number_text ((gint64) (f->median_keys + 0.5));
    g_autofree char *allowed = fovea_number_text ((gint64) (f->median_allowed + 0.5));
    add_fact (facts, _ ("Keys for 95 %, median"), g_strdup_printf (_ ("%s of %s"), keys, allowed));
    g_autofree char *rows = fovea_number_text (f->n_rows);
    g_autofree char *note =
        f->n_rows < info->n_tokens ? g_strdup_printf (_ ("sampled: %s rows"), rows) : NULL;
    fovea_section_set (self->sections[1], name_statistics (self), facts, note);
}

static void
fill_pairs (FoveaInspector *self)
{
    g_autoptr (GListStore) facts = fovea_pair_facts_new ();
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    for (guint i = 0; i < self->head_facts.n_pairs; i++) {
        const FoveaPair *pair = &self->head_facts.pairs[i];
        g_autofree char *weight = fovea_weight_text (pair->weight, 2);
        fovea_pair_facts_add (facts, info, pair->query, pair->key, weight);
    }
    fovea_section_set (self->sections[2], _ ("STRONGEST PAIRS"), facts, NULL);
}

/* Layer and head travel in one integer, since the source is the task's data. */
static void
read_head_thread (GTask *task, gpointer object, gpointer task_data, GCancellable *cancellable)
{
    FoveaTraceSource *source = task_data;
    guint at = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (task), "head"));
    FoveaHeadFacts *facts = g_new0 (FoveaHeadFacts, 1);
    GError *error = NULL;
    if (fovea_head_facts_read (source, at >> 16, at & 0xffff, MAX_ROWS, facts, cancellable,
                               &error)) {
        g_task_return_pointer (task, facts, g_free);
        return;
    }
    g_free (facts);
    g_task_return_error (task, error);
}

static void
read_head_done (GObject *object, GAsyncResult *result, gpointer data)
{
    FoveaInspector *self = FOVEA_INSPECTOR (object);
    g_autoptr (GError) error = NULL;
    g_autofree FoveaHeadFacts *facts = g_task_propagate_pointer (G_TASK (result), &error);
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->selection == NULL ||
        self->kind != FOVEA_INSPECT_HEAD ||
        fovea_selection_get_source (self->selection) != g_task_get_task_data (G_TASK (result)))
        return; /* or its sequence was closed */
    if (facts == NULL) {
        g_autofree char *why = fovea_sentence_for_unread (self->selection, error->message);
        clear_sections (self, 1, name_statistics (self), why);
        return;
    }
    self->head_facts = *facts;
    self->have_head_facts = TRUE;
    fill_statistics (self);
    fill_pairs (self);
}

/* "5.0, 5.6, 5.7": as many as a line holds, the label shortens the rest. */
static char *
list_heads (GArray *heads)
{
    GString *out = g_string_new (NULL);
    for (guint i = 0; i < heads->len; i++) {
        FoveaHeadPlace place = g_array_index (heads, FoveaHeadPlace, i);
        g_string_append_printf (out, "%s%u.%u", i > 0 ? ", " : "", place.layer, place.head);
    }
    return g_string_free (out, FALSE);
}

/* Means over the chosen heads; what is of one head only is left out. */
static void
show_several (FoveaInspector *self)
{
    g_autoptr (GArray) heads = fovea_head_set_list (fovea_selection_get_chosen (self->selection));
    g_autoptr (GListStore) none = g_list_store_new (FOVEA_TYPE_FACT);
    g_autofree char *count = fovea_number_text (heads->len);
    g_autofree char *title = g_strdup_printf (ngettext ("%s head", "%s heads", heads->len), count);
    g_autofree char *list = list_heads (heads);
    g_cancellable_cancel (self->cancellable); /* facts of one head would land among these */
    fovea_still_label_set (self->title, title);
    fovea_still_label_set (self->sentence, list);
    fovea_role_facts_fill_several (self->sections[0], _ ("ROLES"), self->selection, heads);
    fovea_section_set (self->sections[1], NULL, none, NULL);
    fovea_section_set (self->sections[2], NULL, none, NULL);
    self->have_head_facts = FALSE;
}

/* Facts of the head that was asked for last are kept until another is selected. */
static void
show_head (FoveaInspector *self)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    const FoveaArchitecture *model = fovea_selection_get_info (self->selection)->architecture;
    guint group = place->head / (guint) MAX (model->n_heads / MAX (model->n_kv_heads, 1), 1);
    g_autofree char *title = g_strdup_printf (_ ("Head %u.%u"), place->layer, place->head);
    g_autofree char *sentence =
        g_strdup_printf (_ ("layer %u, key/value head %u"), place->layer, group);
    fovea_still_label_set (self->title, title);
    fovea_still_label_set (self->sentence, sentence);
    fovea_role_facts_fill (self->sections[0], _ ("ROLES"), self->selection);
    if (self->have_head_facts && self->head_facts.layer == place->layer &&
        self->head_facts.head == place->head)
        return;
    self->have_head_facts = FALSE;
    g_cancellable_cancel (self->cancellable);
    g_clear_object (&self->cancellable);
    self->cancellable = g_cancellable_new ();
    g_autoptr (GTask) task = g_task_new (self, self->cancellable, read_head_done, NULL);
    g_task_set_source_tag (task, show_head);
    g_object_set_data (G_OBJECT (task), "head",
                       GUINT_TO_POINTER (place->layer << 16 | place->head));
    g_task_set_task_data (task,
                          fovea_trace_source_ref (fovea_selection_get_source (self->selection)),
                          (GDestroyNotify) fovea_trace_source_unref);
    fovea_background_run (task, FOVEA_BACKGROUND_LOOK, read_head_thread);
}

static void
show_point (FoveaInspector *self)
{
    g_autofree char *title = fovea_point_facts_fill (self->sparse, self->selection, self->sections);
    g_autofree char *object = fovea_sparse_model_describe (self->sparse);
    g_autofree char *knob = fovea_sparse_model_describe_knob (self->sparse);
    g_autofree char *sentence =
        knob != NULL ? g_strdup_printf ("%s, %s", knob, object) : g_strdup (object);
    g_cancellable_cancel (self->cancellable); /* facts of a head would land among these */
    fovea_still_label_set (self->title, title);
    fovea_still_label_set (self->sentence, sentence);
}

static void
show_token (FoveaInspector *self)
{
    FoveaPalette palette;
    g_autofree char *sentence = NULL;
    fovea_palette_load (GTK_WIDGET (self), &palette);
    g_autofree char *title = fovea_feature_facts_fill (self->features, self->selection,
                                                       palette.theme, self->sections, &sentence);
    g_cancellable_cancel (self->cancellable); /* facts of a head would land among these */
    fovea_still_label_set (self->title, title);
    fovea_still_label_set (self->sentence, sentence);
}

/* Called for every change; cheap where nothing new has to be read. */
static void
show (FoveaInspector *self)
{
    const FoveaCellData *data = fovea_cell_model_get_data (self->cells);
    gtk_widget_set_visible (self->open_map, self->kind == FOVEA_INSPECT_HEAD);
    gtk_widget_set_visible (self->bars, self->kind == FOVEA_INSPECT_CELL && data != NULL &&
                                            data->parts != NULL);
    if (self->kind != FOVEA_INSPECT_CELL) {
        gtk_widget_set_visible (GTK_WIDGET (self->row), FALSE);
        gtk_widget_set_visible (GTK_WIDGET (self->roles), FALSE);
    }
    if (fovea_selection_get_info (self->selection) == NULL)
        return;
    gboolean several = fovea_head_set_get_n (fovea_selection_get_chosen (self->selection)) > 1;
    gtk_widget_set_visible (GTK_WIDGET (self->note),
                            self->kind == FOVEA_INSPECT_CELL ||
                                (self->kind == FOVEA_INSPECT_HEAD && !several));
    if (self->kind == FOVEA_INSPECT_POINT)
        show_point (self);
    else if (self->kind == FOVEA_INSPECT_TOKEN && self->features != NULL)
        show_token (self);
    else if (self->kind == FOVEA_INSPECT_CELL)
        show_cell (self);
    else if (several)
        show_several (self);
    else
        show_head (self);
}

/* The curves concern only the view that shows them. */
static void
curves_changed (FoveaInspector *self)
{
    if (self->kind == FOVEA_INSPECT_POINT)
        show (self);
}

static void
features_changed (FoveaInspector *self)
{
    if (self->kind == FOVEA_INSPECT_TOKEN)
        show (self);
}

static void
trace_changed (FoveaInspector *self)
{
    self->have_head_facts = FALSE;
    g_clear_pointer (&self->unread, g_free);
    show (self);
}

static void
fovea_inspector_dispose (GObject *object)
{
    FoveaInspector *self = FOVEA_INSPECTOR (object);
    g_cancellable_cancel (self->cancellable);
    g_clear_object (&self->cancellable);
    g_clear_object (&self->selection);
    g_clear_object (&self->cells);
    g_clear_object (&self->sparse);
    g_clear_object (&self->features);
    g_clear_pointer (&self->unread, g_free);
    G_OBJECT_CLASS (fovea_inspector_parent_class)->dispose (object);
}

/* A window that begins its work draws more than a frame can; nearly every row changes with the selection. */
static void
fovea_inspector_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
    if (!fovea_late_is_due (widget))
        return;
    GtkSnapshot *drawn = gtk_snapshot_new ();
    GTK_WIDGET_CLASS (fovea_inspector_parent_class)->snapshot (widget, drawn);
    fovea_whole_draw (widget, snapshot, drawn, FOVEA_WHOLE_MOST);
}

/* What its rows lead to. */
static void
activate (GtkWidget *widget, const char *action, GVariant *parameter)
{
    FoveaInspector *self = FOVEA_INSPECTOR (widget);
    gint64 query, key;
    g_variant_get (parameter, "(xx)", &query, &key);
    if (g_str_equal (action, "inspector.select-cell"))
        fovea_selection_select_cell (self->selection, query, key);
    else
        fovea_selection_hover_cell (self->selection, query, key);
}

static void
fovea_inspector_class_init (FoveaInspectorClass *klass)
{
    static const char *const actions[] = {"inspector.hover-cell", "inspector.select-cell"};
    for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
        gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), actions[i], "(xx)", activate);
    G_OBJECT_CLASS (klass)->dispose = fovea_inspector_dispose;
    GTK_WIDGET_CLASS (klass)->snapshot = fovea_inspector_snapshot;
    gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "inspector");
}

static GtkWidget *
build_title (FoveaInspector *self)
{
    GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
    GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
    self->title = fovea_still_label_new ("subject", 1);
    self->sentence = fovea_still_label_new ("quiet", 1);
    gtk_widget_set_hexpand (words, TRUE);
    self->open_map = gtk_button_new_with_label (_ ("Open map"));
    gtk_widget_set_valign (self->open_map, GTK_ALIGN_START);
    gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (self->open_map), "win.view('map')");
    fovea_tip_set (self->open_map, _ ("Open the map of this head (Enter)"));
    gtk_box_append (GTK_BOX (words), self->title);
    gtk_box_append (GTK_BOX (words), self->sentence);
    gtk_box_append (GTK_BOX (row), words);
    gtk_box_append (GTK_BOX (row), self->open_map);
    return row;
}

static void
fovea_inspector_init (FoveaInspector *self)
{
    GtkWidget *content = self->content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
    GtkWidget *scrolled = gtk_scrolled_window_new ();
    gtk_widget_add_css_class (content, "content");
    gtk_box_append (GTK_BOX (content), build_title (self));
    for (guint i = 0; i < G_N_ELEMENTS (self->sections); i++) {
        self->sections[i] = FOVEA_SECTION (fovea_section_new (""));
        gtk_box_append (GTK_BOX (content), GTK_WIDGET (self->sections[i]));
    }
    self->row = FOVEA_SECTION (fovea_section_new (""));
    self->roles = FOVEA_SECTION (fovea_section_new (""));
    gtk_box_append (GTK_BOX (content), GTK_WIDGET (self->row));
    gtk_box_append (GTK_BOX (content), GTK_WIDGET (self->roles));
    g_object_set (scrolled, "hscrollbar-policy", GTK_POLICY_NEVER, "hexpand", TRUE, "vexpand", TRUE,
                  NULL);
    gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), content);
    gtk_accessible_update_property (GTK_ACCESSIBLE (scrolled), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Inspector"), -1);
    gtk_box_append (GTK_BOX (self), scrolled);
    fovea_late_init (GTK_WIDGET (self), 2, fovea_late_draw);
}

GtkWidget *
fovea_inspector_new (FoveaSelection *selection,
                     FoveaCellModel *cells,
                     FoveaSparseModel *sparse,
                     FoveaNotes *notes)
{
    FoveaInspector *self = g_object_new (FOVEA_TYPE_INSPECTOR, NULL);
    self->selection = g_object_ref (selection);
    self->cells = g_object_ref (cells);
    self->sparse = g_object_ref (sparse);
    self->note = FOVEA_NOTE_BOX (fovea_note_box_new (selection, notes));
    self->bars = fovea_scaled_new (fovea_score_bars_new (cells));
    gtk_box_insert_child_after (GTK_BOX (self->content), self->bars,
                                GTK_WIDGET (self->sections[0]));
    gtk_box_append (GTK_BOX (self->content), GTK_WIDGET (self->note));
    g_signal_connect_object (selection, "trace-changed", G_CALLBACK (trace_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "heads-changed", G_CALLBACK (show), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "waiting-changed", G_CALLBACK (show), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "moved", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (cells, "changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (cells, "failed", G_CALLBACK (cell_failed), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "tokens-changed", G_CALLBACK (show), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (fovea_selection_get_chosen (selection), "changed", G_CALLBACK (show),
                             self, G_CONNECT_SWAPPED);
    static const char *const signals[] = {"changed", "point-changed", "mask-changed"};
    for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
        g_signal_connect_object (sparse, signals[i], G_CALLBACK (curves_changed), self,
                                 G_CONNECT_SWAPPED);
    return GTK_WIDGET (self);
}

void
fovea_inspector_set_features (FoveaInspector *self, FoveaFeatureModel *features)
{
    static const char *const signals[] = {"changed", "latent-changed", "codes-changed"};
    g_set_object (&self->features, features);
    for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
        g_signal_connect_object (features, signals[i], G_CALLBACK (features_changed), self,
                                 G_CONNECT_SWAPPED);
}

void
fovea_inspector_set_kind (FoveaInspector *self, FoveaInspect kind)
{
    self->kind = kind;
    fovea_note_box_set_cell (self->note, kind == FOVEA_INSPECT_CELL);
    self->have_head_facts = FALSE;
    show (self);
}

FoveaNoteBox *
fovea_inspector_get_note (FoveaInspector *self)
{
    return self->note;
}

const char *
fovea_inspector_get_title (FoveaInspector *self)
{
    return fovea_still_label_get (self->title);
}
