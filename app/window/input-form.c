/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Each tab keeps what was typed while another one is shown; only the visible one counts. Files are
 * a list model, so that adding, dropping and removing are one kind of change. */
#include "app/window/input-form.h"

#include <glib/gi18n.h>

#include "app/capture-input.h"
#include "app/command/option-value.h"
#include "ui/scaled.h"
#include "ui/row-names.h"
#include "ui/switch-keys.h"
#include "ui/tab-out.h"
#include "ui/token-text.h"
#include "ui/tip.h"

#define SOME_LINES 96 /* pixels of usual text */

struct _FoveaInputForm {
    GtkWidget *column, *add; /* add: what adds files */
    GtkWidget *view, *list;  /* of the text and of the files */
    GtkStack *pages;
    GtkTextBuffer *text;
    GtkStringList *files;
    GHashTable *tokens; /* path -> FoveaTextTokens* */
    GtkEditable *jsonl, *ids;
    GtkSpinButton *period, *repeats;
    FoveaFormChanged changed;
    gpointer data;
};

static void
tell (FoveaInputForm *self)
{
    self->changed (self->data);
}

static gboolean
page_is (FoveaInputForm *self, const char *name)
{
    return g_strcmp0 (gtk_stack_get_visible_child_name (self->pages), name) == 0;
}

/* Once each: a file twice would be captured twice. */
static void
add_file (FoveaInputForm *self, const char *path)
{
    guint n = g_list_model_get_n_items (G_LIST_MODEL (self->files));
    for (guint i = 0; i < n; i++)
        if (g_str_equal (gtk_string_list_get_string (self->files, i), path))
            return;
    gtk_string_list_append (self->files, path);
}

static void
add_list (FoveaInputForm *self, GListModel *files)
{
    for (guint i = 0; i < g_list_model_get_n_items (files); i++) {
        g_autoptr (GFile) file = g_list_model_get_item (files, i);
        g_autofree char *path = g_file_get_path (file);
        if (path != NULL)
            fovea_input_form_add_path (self, path);
    }
}

static void
files_chosen (GtkNativeDialog *chooser, int response, FoveaInputForm *self)
{
    if (response == GTK_RESPONSE_ACCEPT) {
        g_autoptr (GListModel) files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (chooser));
        add_list (self, files);
    }
    g_object_unref (chooser);
}

static void
choose_files (GtkButton *button, FoveaInputForm *self)
{
    GtkFileChooserNative *chooser = gtk_file_chooser_native_new (
        _ ("Add files"), GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (button))),
        GTK_FILE_CHOOSER_ACTION_OPEN, _ ("Add"), _ ("Cancel"));
    gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (chooser), TRUE);
    gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
    g_signal_connect (chooser, "response", G_CALLBACK (files_chosen), self);
    gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
remove_file (GtkButton *button, GtkListItem *item)
{
    FoveaInputForm *self = g_object_get_data (G_OBJECT (button), "form");
    gtk_string_list_remove (self->files, gtk_list_item_get_position (item));
}

/* Icon, name, tokens, and a button that takes the file out. */
static void
setup_file (GtkSignalListItemFactory *factory, GtkListItem *item, FoveaInputForm *self)
{
    GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8), *name = gtk_label_new ("");
    GtkWidget *tokens = gtk_label_new (""),
              *button = gtk_button_new_from_icon_name ("list-remove-symbolic");
    gtk_widget_set_hexpand (name, TRUE);
    gtk_label_set_xalign (GTK_LABEL (name), 0);
    gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_MIDDLE);
    gtk_widget_add_css_class (tokens, "quiet");
    gtk_widget_add_css_class (button, "flat");
    gtk_box_append (GTK_BOX (row), gtk_image_new_from_icon_name ("text-x-generic-symbolic"));
    gtk_box_append (GTK_BOX (row), name);
    gtk_box_append (GTK_BOX (row), tokens);
    gtk_box_append (GTK_BOX (row), button);
    g_object_set_data (G_OBJECT (button), "form", self);
    g_signal_connect (button, "clicked", G_CALLBACK (remove_file), item);
    gtk_list_item_set_child (item, row);
    gtk_list_item_set_activatable (item, FALSE);
}

/* Of a book of which a page is captured, both numbers.   Owner: caller. */
static char *
describe_tokens (const FoveaTextTokens *tokens)
{
    g_autofree char *some = fovea_number_text (tokens->captured);
    g_autofree char *all = fovea_number_text (tokens->whole);
    if (tokens->whole > tokens->captured)
        return g_strdup_printf (_ ("%s of %s tokens"), some, all);
    return g_strdup_printf (ngettext ("%s token", "%s tokens", (gulong) tokens->captured), some);
}

static void
bind_file (GtkSignalListItemFactory *factory, GtkListItem *item, FoveaInputForm *self)
{
    const char *path = gtk_string_object_get_string (gtk_list_item_get_item (item));
    GtkWidget *name =
        gtk_widget_get_next_sibling (gtk_widget_get_first_child (gtk_list_item_get_child (item)));
    GtkWidget *tokens = gtk_widget_get_next_sibling (name);
    const FoveaTextTokens *count = g_hash_table_lookup (self->tokens, path);
    g_autofree char *base = g_path_get_basename (path);
    g_autofree char *text =
        count != NULL && count->captured > 0 ? describe_tokens (count) : g_strdup ("");
    g_autofree char *tip = g_strdup_printf (_ ("Take out %s"), base);
    GtkWidget *button = gtk_widget_get_next_sibling (tokens);
    gtk_label_set_text (GTK_LABEL (name), base);
    fovea_tip_set (name, path);
    gtk_label_set_text (GTK_LABEL (tokens), text);
    fovea_tip_set (button, tip);
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, tip,
                                    -1);
}

/* An empty list would take the focus and show nothing of it. */
static void
files_changed (GListModel *files, guint at, guint removed, guint added, GtkWidget *list)
{
    gtk_widget_set_can_focus (list, g_list_model_get_n_items (files) > 0);
}

static GtkWidget *
build_files (FoveaInputForm *self)
{
    GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
    GtkWidget *scrolled = gtk_scrolled_window_new ();
    GtkWidget *add = self->add = gtk_button_new_with_label (_ ("+ add files or drop them here"));
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
    self->files = gtk_string_list_new (NULL);
    g_signal_connect (factory, "setup", G_CALLBACK (setup_file), self);
    g_signal_connect (factory, "bind", G_CALLBACK (bind_file), self);
    GtkWidget *list = self->list = gtk_list_view_new (
        GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->files)))),
        factory);
    gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Files to run on"), -1);
    fovea_row_names_bind (list);
    gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), list);
    gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                    GTK_POLICY_AUTOMATIC);
    gtk_widget_set_vexpand (scrolled, TRUE);
    gtk_widget_add_css_class (add, "flat");
    gtk_widget_add_css_class (column, "filelist");
    gtk_box_append (GTK_BOX (column), scrolled);
    gtk_box_append (GTK_BOX (column), add);
    g_signal_connect (add, "clicked", G_CALLBACK (choose_files), self);
    g_signal_connect_swapped (self->files, "items-changed", G_CALLBACK (tell), self);
    g_signal_connect_object (self->files, "items-changed", G_CALLBACK (files_changed), scrolled, 0);
    gtk_widget_set_can_focus (scrolled, FALSE);
    return column;
}

static GtkWidget *
build_text (FoveaInputForm *self, const char *text)
{
    GtkWidget *view = self->view = gtk_text_view_new (), *scrolled = gtk_scrolled_window_new ();
    gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (view), GTK_WRAP_WORD_CHAR);
    gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (view), FALSE);
    g_object_set (view, "left-margin", 9, "right-margin", 9, "top-margin", 6, "bottom-margin", 6,
                  NULL);
    gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Text"), -1);
    self->text = gtk_text_view_get_buffer (GTK_TEXT_VIEW (view));
    gtk_text_buffer_set_text (self->text, text, -1);
    g_signal_connect_swapped (self->text, "changed", G_CALLBACK (tell), self);
    gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), view);
    gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled),
                                                (int) (SOME_LINES * fovea_text_scale (view)));
    gtk_widget_add_css_class (scrolled, "filelist");
    return scrolled;
}

/* A note under an entry says what it takes. */
static GtkWidget *
build_entry (GtkWidget *entry, const char *note)
{
    GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
    gtk_box_append (GTK_BOX (column), entry);
    gtk_label_set_text (fovea_form_add_text (column, "quiet", 44), note);
    return column;
}

static GtkWidget *
build_ids (FoveaInputForm *self)
{
    GtkWidget *entry = fovea_form_new_entry (_ ("Token ids"), self->changed, self->data);
    self->ids = GTK_EDITABLE (entry);
    return build_entry (entry,
                        _ ("Whole numbers with commas between, as 0,519,671. Nothing is added, "
                           "not even a first token."));
}

static GtkWidget *
build_repeat (FoveaInputForm *self)
{
    GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
    self->period =
        fovea_form_new_number (_ ("Period, tokens"), 2, 100000, 100, self->changed, self->data);
    self->repeats = fovea_form_new_number (_ ("Sequences"), 1, 1000, 10, self->changed, self->data);
    gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->repeats));
    gtk_box_append (GTK_BOX (row), gtk_label_new (_ ("sequences of twice")));
    gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->period));
    gtk_box_append (GTK_BOX (row), gtk_label_new (_ ("random tokens")));
    gtk_widget_set_valign (row, GTK_ALIGN_START);
    return row;
}

FoveaInputForm *
fovea_input_form_new (const char *text, FoveaFormChanged changed, gpointer data)
{
    FoveaInputForm *self = g_new0 (FoveaInputForm, 1);
    GtkWidget *switcher = gtk_stack_switcher_new (), *jsonl;
    self->changed = changed;
    self->data = data;
    self->tokens = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    self->pages = GTK_STACK (gtk_stack_new ());
    jsonl = fovea_form_new_path (&self->jsonl, _ ("JSON lines file"), GTK_FILE_CHOOSER_ACTION_OPEN,
                                 changed, data);
    gtk_stack_add_titled (self->pages, build_text (self, text), "text", _ ("Text"));
    gtk_stack_add_titled (self->pages, build_files (self), "files", _ ("Files"));
    gtk_stack_add_titled (
        self->pages,
        build_entry (jsonl, _ ("One {\"text\": …} or {\"ids\": […]} a line, each with an optional "
                               "\"title\".")),
        "jsonl", _ ("JSONL"));
    gtk_stack_add_titled (self->pages, build_ids (self), "ids", _ ("Ids"));
    gtk_stack_add_titled (self->pages, build_repeat (self), "repeat", _ ("Repeat"));
    gtk_stack_switcher_set_stack (GTK_STACK_SWITCHER (switcher), self->pages);
    fovea_tab_out_bind (switcher);
    fovea_switch_keys_bind (switcher);
    g_signal_connect_swapped (self->pages, "notify::visible-child", G_CALLBACK (tell), self);
    self->column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
    gtk_box_append (GTK_BOX (self->column), switcher);
    gtk_box_append (GTK_BOX (self->column), GTK_WIDGET (self->pages));
    return self;
}

void
fovea_input_form_free (FoveaInputForm *self)
{
    if (self == NULL)
        return;
    g_clear_object (&self->files);
    g_clear_pointer (&self->tokens, g_hash_table_unref);
    g_free (self);
}

GtkWidget *
fovea_input_form_get_widget (FoveaInputForm *self)
{
    return self->column;
}

void
fovea_input_form_add_path (FoveaInputForm *self, const char *path)
{
    gboolean lines = g_str_has_suffix (path, ".jsonl");
    gtk_stack_set_visible_child_name (self->pages, lines ? "jsonl" : "files");
    if (lines)
        gtk_editable_set_text (self->jsonl, path);
    else
        add_file (self, path);
}

void
fovea_input_form_show_files (FoveaInputForm *self)
{
    gtk_stack_set_visible_child_name (self->pages, "files");
}

void
fovea_input_form_focus_files (FoveaInputForm *self)
{
    gtk_widget_grab_focus (self->add);
}

/* As the command reads them; what it says is about its option. */
static gboolean
fill_ids (FoveaInputForm *self, FoveaCaptureRequest *request, GError **error)
{
    static const FoveaOption option = {"ids", 0, FOVEA_OPTION_IDS, "LIST", "", 0, 0, NULL};
    FoveaOptionValue value = {0};
    if (!fovea_option_value_read (&value, &option, gtk_editable_get_text (self->ids), error)) {
        const char *text = gtk_editable_get_text (self->ids);
        fovea_option_value_clear (&value);
        g_clear_error (error);
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     *text == '\0' ? _ ("Type the ids of the tokens to run on.")
                                   : _ ("“%s” is no list of ids such as 0,519,671."),
                     text);
        return FALSE;
    }
    request->n_ids = value.ids->len;
    request->ids = g_memdup2 (value.ids->data, value.ids->len * sizeof (gint32));
    fovea_option_value_clear (&value);
    return TRUE;
}

static gboolean
fill_files (FoveaInputForm *self, FoveaCaptureRequest *request, GError **error)
{
    guint n = g_list_model_get_n_items (G_LIST_MODEL (self->files));
    g_autoptr (GStrvBuilder) paths = g_strv_builder_new ();
    for (guint i = 0; i < n; i++)
        g_strv_builder_add (paths, gtk_string_list_get_string (self->files, i));
    if (n == 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, _ ("Add a file to run on."));
        return FALSE;
    }
    request->files = g_strv_builder_end (paths);
    return TRUE;
}

gboolean
fovea_input_form_fill (FoveaInputForm *self, FoveaCaptureRequest *request, GError **error)
{
    if (page_is (self, "files"))
        return fill_files (self, request, error);
    if (page_is (self, "ids"))
        return fill_ids (self, request, error);
    if (page_is (self, "jsonl")) {
        request->jsonl = g_strdup (gtk_editable_get_text (self->jsonl));
        if (*request->jsonl != '\0')
            return TRUE;
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, _ ("Choose a file of JSON lines."));
        return FALSE;
    }
    if (page_is (self, "repeat")) {
        request->random_repeat = gtk_spin_button_get_value_as_int (self->period);
        request->limit = gtk_spin_button_get_value_as_int (self->repeats);
        return TRUE;
    }
    GtkTextIter start, end;
    gtk_text_buffer_get_bounds (self->text, &start, &end);
    request->text = gtk_text_buffer_get_text (self->text, &start, &end, FALSE);
    if (*request->text != '\0')
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, _ ("Type or paste a text to run on."));
    return FALSE;
}

GtkWidget *
fovea_input_form_get_source (FoveaInputForm *self)
{
    if (page_is (self, "files"))
        return g_list_model_get_n_items (G_LIST_MODEL (self->files)) > 0 ? self->list : NULL;
    if (page_is (self, "jsonl"))
        return GTK_WIDGET (self->jsonl);
    if (page_is (self, "ids"))
        return GTK_WIDGET (self->ids);
    if (page_is (self, "repeat"))
        return GTK_WIDGET (self->period);
    return gtk_text_buffer_get_char_count (self->text) > 0 ? self->view : NULL;
}

/* Whether files are there and all of them are pictures, by their names. */
static gboolean
has_pictures (FoveaInputForm *self)
{
    guint n = g_list_model_get_n_items (G_LIST_MODEL (self->files)), n_pictures = 0;
    for (guint i = 0; i < n; i++)
        n_pictures += fovea_capture_input_is_picture (gtk_string_list_get_string (self->files, i));
    return n > 0 && n_pictures == n;
}

gboolean
fovea_input_form_has_windows (FoveaInputForm *self)
{
    return !page_is (self, "ids") && !page_is (self, "repeat") &&
           !(page_is (self, "files") && has_pictures (self));
}

/* Rows are bound anew only if a number changed: binding takes the focus from a row's button. */
void
fovea_input_form_show_tokens (FoveaInputForm *self, const FoveaPrediction *prediction)
{
    guint n = g_list_model_get_n_items (G_LIST_MODEL (self->files));
    for (guint i = 0; page_is (self, "files") && i < n; i++) {
        const char *path = gtk_string_list_get_string (self->files, i);
        g_autofree char *base = g_path_get_basename (path);
        const FoveaTextTokens *count = g_hash_table_lookup (self->tokens, path);
        FoveaTextTokens now = {0, 0};
        if (prediction != NULL)
            now = fovea_prediction_count_tokens (prediction, base);
        if (count != NULL && count->captured == now.captured && count->whole == now.whole)
            continue;
        g_hash_table_insert (self->tokens, g_strdup (path), g_memdup2 (&now, sizeof now));
        g_signal_handlers_block_by_func (self->files, tell, self);
        g_list_model_items_changed (G_LIST_MODEL (self->files), i, 1, 1);
        g_signal_handlers_unblock_by_func (self->files, tell, self);
    }
}
