/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A column of 600 pixels. The maps are real: app/window runs the bundled model on the sample text
 * in the background and hands over the trace, so the first frame does not wait for them. */
#include "ui/start-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/choice.h"
#include "ui/example-map.h"
#include "ui/scaled.h"
#include "ui/token-text.h"
#include "ui/trace-source.h"
#include "ui/tip.h"

#define COLUMN       600
#define LONGEST_NAME 22 /* letters of a model to choose */
#define DELAY_MS     150
/* Pixels that the column takes with the margins of ui.md; below, it comes closer. */
#define ROOMY 660

static const char sample_text[] =
    "Editor of a well-known daily paper; and thereupon the Doctor rang the bell. The Psychologist "
    "was the only person besides the Doctor and myself who had attended the previous dinner. The "
    "other men were Blank, the Editor aforementioned, a certain journalist, and another—a quiet, "
    "shy man with a beard—whom I didn’t know, and who, as far as my observation went, never "
    "opened his mouth all the evening.";

/* Heads of the bundled model that show what their names say. */
static const struct {
    const char *name;
    guint layer, head;
} examples[] = {
    {N_ ("spread out"), 0, 4}, {"sink", 2, 0},  {"previous token", 3, 11},
    {"induction", 5, 10},      {"local", 5, 2},
};

struct _FoveaStartPage {
    GtkBox parent_instance;
    FoveaTileCache *tiles;
    FoveaExampleMap *maps[G_N_ELEMENTS (examples)];
    GtkTextView *text;
    GtkLabel *tokens, *model, *device, *line;
    GtkDropDown *choice; /* of a model, where there is one */
    char **models;       /* its rows */
    GtkWidget *run, *column;
    GtkScrolledWindow *scrolled;
    guint timeout, fitting;
};

G_DEFINE_FINAL_TYPE (FoveaStartPage, fovea_start_page, GTK_TYPE_BOX)

enum {
    RUN,
    TEXT_CHANGED,
    N_SIGNALS,
};
static guint signals[N_SIGNALS];

static GtkWidget *
new_label (const char *text, const char *css)
{
    GtkWidget *label = gtk_label_new (text);
    gtk_widget_add_css_class (label, css);
    gtk_label_set_xalign (GTK_LABEL (label), 0);
    return label;
}

/* A long line asks for its whole width otherwise, and the column would follow it; its least width would
 * be found by setting it word by word, which took four milliseconds of the page's first frame. */
static GtkWidget *
new_lines (const char *text, const char *css)
{
    GtkWidget *label = new_label (text, css);
    gtk_label_set_wrap (GTK_LABEL (label), TRUE);
    gtk_label_set_width_chars (GTK_LABEL (label), 14);
    gtk_label_set_max_width_chars (GTK_LABEL (label), 14);
    return label;
}

/* Spread over the column's width, the last one flush right. */
static GtkWidget *
build_maps (FoveaStartPage *self)
{
    GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
    gtk_widget_add_css_class (row, "examples");
    for (guint i = 0; i < G_N_ELEMENTS (examples); i++) {
        GtkWidget *map = fovea_example_map_new (self->tiles, _ (examples[i].name),
                                                examples[i].layer, examples[i].head);
        GtkWidget *frame = fovea_scaled_new (map);
        gtk_widget_set_hexpand (frame, i + 1 < G_N_ELEMENTS (examples));
        gtk_box_append (GTK_BOX (row), frame);
        self->maps[i] = FOVEA_EXAMPLE_MAP (map);
    }
    return row;
}

/* Once typing pauses, not per key. */
static gboolean
tell_change (gpointer data)
{
    FoveaStartPage *self = data;
    self->timeout = 0;
    g_signal_emit (self, signals[TEXT_CHANGED], 0);
    return G_SOURCE_REMOVE;
}

static void
text_edited (FoveaStartPage *self)
{
    g_clear_handle_id (&self->timeout, g_source_remove);
    self->timeout = g_timeout_add (DELAY_MS, tell_change, self);
}

static GtkWidget *
build_text (FoveaStartPage *self)
{
    GtkWidget *frame = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
    GtkWidget *scrolled = gtk_scrolled_window_new ();
    gtk_widget_add_css_class (frame, "textframe");
    self->text = GTK_TEXT_VIEW (gtk_text_view_new ());
    gtk_text_view_set_wrap_mode (self->text, GTK_WRAP_WORD_CHAR);
    gtk_text_view_set_pixels_inside_wrap (self->text, 5);
    gtk_text_view_set_accepts_tab (self->text, FALSE);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Text to run the model on"), -1);
    GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
    gtk_text_buffer_set_text (buffer, sample_text, -1);
    g_signal_connect_object (buffer, "changed", G_CALLBACK (text_edited), self, G_CONNECT_SWAPPED);
    /* Before the text view, which would make a new line of it. */
    GtkEventController *keys = gtk_shortcut_controller_new ();
    gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
    gtk_shortcut_controller_add_shortcut (
        GTK_SHORTCUT_CONTROLLER (keys),
        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Return, GDK_CONTROL_MASK),
                          gtk_named_action_new ("start.run")));
    gtk_widget_add_controller (GTK_WIDGET (self->text), keys);
    gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->text));
    gtk_widget_add_css_class (scrolled, "text");
    gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                    GTK_POLICY_AUTOMATIC);
    self->tokens = GTK_LABEL (gtk_label_new (""));
    gtk_widget_add_css_class (GTK_WIDGET (self->tokens), "quiet");
    gtk_label_set_xalign (self->tokens, 1);
    gtk_label_set_wrap (self->tokens, TRUE);
    gtk_label_set_justify (self->tokens, GTK_JUSTIFY_RIGHT);
    gtk_box_append (GTK_BOX (frame), scrolled);
    gtk_box_append (GTK_BOX (frame), GTK_WIDGET (self->tokens));
    return frame;
}

static void
run_clicked (FoveaStartPage *self)
{
    g_signal_emit (self, signals[RUN], 0);
}

static GtkWidget *
build_run (FoveaStartPage *self)
{
    GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
    GtkWidget *face = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
    gtk_widget_set_halign (face, GTK_ALIGN_CENTER);
    gtk_box_append (GTK_BOX (face), gtk_image_new_from_icon_name ("media-playback-start-symbolic"));
    gtk_box_append (GTK_BOX (face), gtk_label_new (_ ("Run")));
    self->model = GTK_LABEL (new_label (_ ("Demo"), "fact"));
    self->choice = fovea_choice_new (NULL, _ ("Model to run"));
    gtk_widget_set_visible (GTK_WIDGET (self->choice), FALSE);
    g_signal_connect_object (self->choice, "notify::selected", G_CALLBACK (text_edited), self,
                             G_CONNECT_SWAPPED);
    self->device = GTK_LABEL (new_label ("", "quiet"));
    gtk_label_set_ellipsize (self->device, PANGO_ELLIPSIZE_END);
    gtk_label_set_ellipsize (self->model, PANGO_ELLIPSIZE_END);
    gtk_label_set_max_width_chars (self->model, 36);
    gtk_label_set_max_width_chars (self->device, 20);
    gtk_widget_set_hexpand (GTK_WIDGET (self->device), TRUE);
    self->run = gtk_button_new ();
    gtk_button_set_child (GTK_BUTTON (self->run), face);
    gtk_widget_add_css_class (self->run, "suggested-action");
    gtk_widget_set_size_request (self->run, 132, 36);
    fovea_tip_set (self->run, _ ("Run the model on this text (Ctrl+Enter)"));
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->run), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Run"), -1);
    gtk_widget_set_sensitive (self->run, FALSE);
    g_signal_connect_object (self->run, "clicked", G_CALLBACK (run_clicked), self,
                             G_CONNECT_SWAPPED);
    gtk_box_append (GTK_BOX (row), new_label (_ ("Model"), "quiet"));
    gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->choice));
    gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->model));
    GtkWidget *chip = gtk_image_new_from_icon_name ("fovea-chip-symbolic");
    gtk_accessible_update_property (GTK_ACCESSIBLE (chip), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Device"), -1);
    gtk_box_append (GTK_BOX (row), chip);
    gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->device));
    gtk_box_append (GTK_BOX (row), self->run);
    return row;
}

/* A card is one button; its label is the title alone. */
static GtkWidget *
new_way_in (const char *icon, const char *title, const char *note, const char *action)
{
    GtkWidget *button = gtk_button_new (), *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
    GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
    gtk_box_append (GTK_BOX (row), gtk_image_new_from_icon_name (icon));
    gtk_box_append (GTK_BOX (row), new_lines (title, "name"));
    gtk_box_append (GTK_BOX (column), row);
    gtk_box_append (GTK_BOX (column), new_lines (note, "quiet"));
    gtk_button_set_child (GTK_BUTTON (button), column);
    gtk_widget_add_css_class (button, "wayin");
    gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                    -1);
    return button;
}

static GtkWidget *
build_ways_in (void)
{
    GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
    gtk_box_set_homogeneous (GTK_BOX (row), TRUE);
    gtk_box_append (GTK_BOX (row), new_way_in ("folder-symbolic", _ ("Open a store"),
                                               _ (".fovea file from a capture"), "win.open"));
    gtk_box_append (GTK_BOX (row),
                    new_way_in ("fovea-layers-symbolic", _ ("Use another model"),
                                _ ("safetensors folder or GGUF"), "win.new-capture"));
    gtk_box_append (GTK_BOX (row), new_way_in ("text-x-generic-symbolic", _ ("Capture a file"),
                                               _ ("long inputs, any point"), "win.capture-files"));
    return row;
}

/* The style sheet has both sets of margins. */
static gboolean
fit_column (gpointer data)
{
    FoveaStartPage *self = data;
    self->fitting = 0;
    if (gtk_widget_get_height (GTK_WIDGET (self->scrolled)) < ROOMY)
        gtk_widget_add_css_class (self->column, "compact");
    else
        gtk_widget_remove_css_class (self->column, "compact");
    return G_SOURCE_REMOVE;
}

/* Told while the page is being laid out, when nothing may change size. */
static void
height_changed (FoveaStartPage *self)
{
    if (self->fitting == 0)
        self->fitting = g_idle_add_full (G_PRIORITY_HIGH_IDLE, fit_column, self, NULL);
}

static void
fovea_start_page_dispose (GObject *object)
{
    FoveaStartPage *self = FOVEA_START_PAGE (object);
    g_clear_handle_id (&self->timeout, g_source_remove);
    g_clear_handle_id (&self->fitting, g_source_remove);
    g_clear_object (&self->tiles);
    g_clear_pointer (&self->models, g_strfreev);
    G_OBJECT_CLASS (fovea_start_page_parent_class)->dispose (object);
}

/* Ctrl+Enter does nothing while Run is off. */
static void
run_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
    FoveaStartPage *self = FOVEA_START_PAGE (widget);
    if (gtk_widget_get_sensitive (self->run))
        run_clicked (self);
}

static void
fovea_start_page_class_init (FoveaStartPageClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
    G_OBJECT_CLASS (klass)->dispose = fovea_start_page_dispose;
    signals[RUN] = g_signal_new ("run", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
    signals[TEXT_CHANGED] = g_signal_new ("text-changed", G_TYPE_FROM_CLASS (klass),
                                          G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
    gtk_widget_class_install_action (widget_class, "start.run", NULL, run_action);
    gtk_widget_class_set_css_name (widget_class, "startpage");
}

static void
build_column (FoveaStartPage *self)
{
    const char *ready =
        _ ("A small trained model is ready. Give it a text; nothing leaves this computer.");
    GtkWidget *column = self->column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
    self->line = GTK_LABEL (new_lines ("", "quiet"));
    gtk_widget_add_css_class (column, "column");
    gtk_widget_set_size_request (column, (int) (COLUMN * MIN (fovea_text_scale (column), 1.5)), -1);
    gtk_widget_set_halign (column, GTK_ALIGN_CENTER);
    gtk_widget_set_valign (column, GTK_ALIGN_START);
    gtk_box_append (GTK_BOX (column), build_maps (self));
    gtk_box_append (GTK_BOX (column), new_lines (_ ("See where a transformer looks"), "welcome"));
    gtk_box_append (GTK_BOX (column), new_lines (ready, "lead"));
    gtk_box_append (GTK_BOX (column), build_text (self));
    gtk_box_append (GTK_BOX (column), build_run (self));
    gtk_box_append (GTK_BOX (column), GTK_WIDGET (self->line));
    gtk_box_append (GTK_BOX (column), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
    gtk_box_append (GTK_BOX (column), build_ways_in ());
    gtk_box_append (
        GTK_BOX (column),
        new_lines (_ ("Or drop a model folder, a store or a text file on this window."), "quiet"));
}

static void
fovea_start_page_init (FoveaStartPage *self)
{
    GtkWidget *scrolled = gtk_scrolled_window_new ();
    self->tiles = fovea_tile_cache_new (16);
    build_column (self);
    self->scrolled = GTK_SCROLLED_WINDOW (scrolled);
    gtk_scrolled_window_set_child (self->scrolled, self->column);
    gtk_widget_set_hexpand (scrolled, TRUE);
    gtk_widget_set_vexpand (scrolled, TRUE);
    g_signal_connect_object (gtk_scrolled_window_get_vadjustment (self->scrolled),
                             "notify::page-size", G_CALLBACK (height_changed), self,
                             G_CONNECT_SWAPPED);
    gtk_box_append (GTK_BOX (self), scrolled);
    text_edited (self);
}

GtkWidget *
fovea_start_page_new (void)
{
    return g_object_new (FOVEA_TYPE_START_PAGE, NULL);
}

char *
fovea_start_page_get_text (FoveaStartPage *self)
{
    GtkTextIter start, end;
    GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
    gtk_text_buffer_get_bounds (buffer, &start, &end);
    return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

void
fovea_start_page_set_text (FoveaStartPage *self, const char *text)
{
    gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text), text, -1);
}

const char *
fovea_start_page_get_model (FoveaStartPage *self)
{
    guint at = gtk_drop_down_get_selected (self->choice);
    return self->models != NULL && at < g_strv_length (self->models) ? self->models[at] : "demo";
}

/* No longer than the row has room for; names of checkpoints differ at their ends.   Owner: caller. */
static char *
name_model (const char *model)
{
    if (g_str_equal (model, "demo"))
        return g_strdup (C_ ("model", "Demo"));
    g_autofree char *name = g_path_get_basename (model);
    glong n = g_utf8_strlen (name, -1);
    if (n <= LONGEST_NAME)
        return g_steal_pointer (&name);
    g_autofree char *head = g_utf8_substring (name, 0, LONGEST_NAME / 2 - 1);
    return g_strconcat (head, "…", g_utf8_offset_to_pointer (name, n - LONGEST_NAME / 2), NULL);
}

/* A list of one is no choice. */
void
fovea_start_page_set_models (FoveaStartPage *self, const char *const *models)
{
    g_autofree char *before = g_strdup (fovea_start_page_get_model (self));
    g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
    guint chosen = 0;
    for (guint i = 0; models[i] != NULL; i++) {
        g_autofree char *name = name_model (models[i]);
        gtk_string_list_append (names, name);
        if (g_str_equal (models[i], before))
            chosen = i;
    }
    g_signal_handlers_block_by_func (self->choice, text_edited, self);
    g_strfreev (self->models);
    self->models = g_strdupv ((char **) models);
    gtk_drop_down_set_model (self->choice, G_LIST_MODEL (names));
    gtk_drop_down_set_selected (self->choice, chosen);
    g_signal_handlers_unblock_by_func (self->choice, text_edited, self);
    gtk_widget_set_visible (GTK_WIDGET (self->choice),
                            g_list_model_get_n_items (G_LIST_MODEL (names)) > 1);
    if (!g_str_equal (fovea_start_page_get_model (self), before))
        text_edited (self);
}

void
fovea_start_page_set_examples (FoveaStartPage *self, FoveaTraceSource *source)
{
    const FoveaTraceInfo *info = fovea_trace_get_info (fovea_trace_source_get_trace (source));
    fovea_tile_cache_set_source (self->tiles, source);
    for (guint i = 0; i < G_N_ELEMENTS (self->maps); i++)
        if (examples[i].layer < info->architecture->n_layers &&
            examples[i].head < info->architecture->n_heads)
            fovea_example_map_set_tokens (self->maps[i], info->n_tokens);
}

void
fovea_start_page_set_model (FoveaStartPage *self, const char *model, const char *device)
{
    const char *size = strstr (model, ", ");
    gboolean named = gtk_widget_get_visible (GTK_WIDGET (self->choice)) && size != NULL;
    gtk_label_set_text (self->model, named ? size + 2 : model);
    g_autofree char *name = fovea_device_text (device);
    gtk_label_set_text (self->device, name);
    fovea_tip_set (GTK_WIDGET (self->device), device);
}

void
fovea_start_page_set_prediction (FoveaStartPage *self,
                                 const char *tokens,
                                 const char *line,
                                 gboolean can_run)
{
    gtk_label_set_text (self->tokens, tokens);
    gtk_label_set_text (self->line, line);
    gtk_widget_set_sensitive (self->run, can_run);
}

void
fovea_start_page_focus (FoveaStartPage *self)
{
    GtkTextIter start, end;
    GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
    gtk_text_buffer_get_bounds (buffer, &start, &end);
    gtk_text_buffer_select_range (buffer, &start, &end);
    gtk_widget_grab_focus (GTK_WIDGET (self->text));
}
