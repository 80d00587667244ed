/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Joins the Features view to the store: dictionaries whose codes it has are shown when a sequence
 * opens, others are encoded as `fovea sae encode` would. Nothing is read before the view is looked at
 * for the first time, so that opening a store stays as quick as it was. */

#include <glib/gi18n.h>
#include <string.h>

#include "app/window/features-task.h"
#include "app/window/form.h"
#include "app/window/preferences.h"
#include "app/window/window-private.h"
#include "ui/background.h"
#include "ui/token-text.h"

/* Of what the job was about, which may no longer be open when it ends. */
typedef struct {
    FoveaWindow *window;
    char *path;
    char *folder; /* of the dictionary to encode with; NULL = it is a look */
    char *hash;   /* of the dictionary to look at; NULL = the newest */
    guint number;
} Reading;

static FoveaFeaturesRequest *
make_request (FoveaWindow *self, const char *hash, const char *folder)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    FoveaFeaturesRequest *request = g_new0 (FoveaFeaturesRequest, 1);
    request->path = g_strdup (self->opened->path);
    request->run = self->opened->run;
    request->model_name = g_strdup (info->model_name);
    request->hash = g_strdup (hash);
    request->folder = g_strdup (folder);
    request->models = fovea_preferences_list_models ();
    return request;
}

static Reading *
reading_new (FoveaWindow *self, const char *folder, const char *hash)
{
    Reading *reading = g_new0 (Reading, 1);
    reading->window = g_object_ref (self);
    reading->path = g_strdup (self->opened->path);
    reading->folder = g_strdup (folder);
    reading->hash = g_strdup (hash);
    reading->number = ++self->features_asked;
    return reading;
}

/* In the middle of the model, where features are most of meaning and least of spelling. A text can be run again
 * from its ids, a picture cannot: its activations have to be in the store. */
static void
show_recipe (FoveaWindow *self)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    g_autofree char *path = g_shell_quote (self->opened->path);
    g_autofree char *hook = g_strdup_printf (
        "blocks.%d.hook_resid_post", info != NULL ? (int) info->architecture->n_layers / 2 : 0);
    g_autofree char *commands =
        info != NULL && info->architecture->image_size > 0
            ? g_strdup_printf ("fovea capture MODEL -f PICTURE -o STORE --points attention,%s\n"
                               "fovea sae train STORE --hook %s -o FOLDER\n"
                               "fovea sae encode FOLDER STORE",
                               hook, hook)
            : g_strdup_printf ("fovea sae train MODEL -f TEXT --hook %s -o FOLDER\n"
                               "fovea sae encode FOLDER %s --model MODEL",
                               hook, path);
    fovea_features_page_set_recipe (self->features_page, commands);
}

static void
show_offers (FoveaWindow *self, GPtrArray *offers)
{
    g_autofree FoveaDictionaryChoice *choices =
        g_new0 (FoveaDictionaryChoice, (gsize) offers->len + 1);
    for (guint i = 0; i < offers->len; i++) {
        const FoveaDictionaryOffer *offer = g_ptr_array_index (offers, i);
        choices[i] =
            (FoveaDictionaryChoice){offer->hash, offer->folder, offer->label, offer->begun};
    }
    show_recipe (self);
    fovea_features_page_set_choices (self->features_page, choices, offers->len);
}

/* "1,536 latents of abstopk". */
static char *
describe (FoveaFeatures *features)
{
    const FoveaDictionaryFacts *facts = fovea_feature_source_get_facts (features->source);
    return g_strdup_printf (_ ("Codes of %s on %s, kept in the store. Same as: %s"), facts->name,
                            facts->site, features->command);
}

/* That which is shown, where sequences came after it was encoded; NULL = it lacks none. */
static const FoveaDictionaryOffer *
find_rest (const FoveaFeatures *features)
{
    const char *hash =
        features->source != NULL ? fovea_feature_source_get_facts (features->source)->hash : NULL;
    for (guint i = 0; hash != NULL && i < features->offers->len; i++) {
        const FoveaDictionaryOffer *offer = g_ptr_array_index (features->offers, i);
        if (g_strcmp0 (offer->hash, hash) == 0 && offer->rest != NULL)
            return offer;
    }
    return NULL;
}

/* Who does not know the folder encodes by the command, which is told it. */
static void
offer_rest (FoveaWindow *self, const FoveaDictionaryOffer *offer)
{
    FoveaOfferBar *bar = fovea_features_page_get_rest (self->features_page);
    const char *const choices[] = {_ ("Encode the rest"), NULL};
    g_free (self->rest_folder);
    self->rest_folder = g_strdup (offer != NULL ? offer->folder : NULL);
    if (offer == NULL) {
        fovea_offer_bar_hide (bar);
        return;
    }
    g_autofree char *path = g_shell_quote (self->opened->path);
    g_autofree char *text =
        offer->folder != NULL
            ? g_strdup_printf (_ ("Codes of %s: the rest came later."), offer->rest)
            : g_strdup_printf (
                  _ ("Codes of %s: the rest came later. fovea sae encode FOLDER %s adds them."),
                  offer->rest, path);
    fovea_offer_bar_show (bar, text, offer->folder != NULL ? choices : choices + 1);
}

static void
show_features (FoveaWindow *self, FoveaFeatures *features)
{
    offer_rest (self, find_rest (features));
    fovea_features_page_set_busy (self->features_page, NULL);
    fovea_feature_model_set_sequence (self->features, self->opened->sequence);
    show_offers (self, features->offers);
    fovea_feature_model_set_source (self->features, features->source);
    fovea_features_page_focus_late (self->features_page);
}

static void read_features (FoveaWindow *self, const char *hash);

void
fovea_window_forget_encoding (FoveaWindow *self)
{
    g_clear_pointer (&self->stopped_folder, g_free);
    g_clear_pointer (&self->stopped_path, g_free);
}

static void
note_stopped (FoveaWindow *self, const char *folder, const char *path)
{
    fovea_window_forget_encoding (self);
    self->stopped_folder = g_strdup (folder);
    self->stopped_path = g_strdup (path);
    fovea_window_update_actions (self);
}

gboolean
fovea_window_can_go_on_encoding (FoveaWindow *self)
{
    return self->stopped_path != NULL && self->opened != NULL &&
           g_str_equal (self->stopped_path, self->opened->path);
}

void
fovea_window_go_on_encoding (FoveaWindow *self)
{
    g_autofree char *folder = g_strdup (self->stopped_folder);
    fovea_window_encode (self, folder);
}

/* One that another program was stopped in, or this one when it ran before. */
static void
find_stopped (FoveaWindow *self, GPtrArray *offers)
{
    for (guint i = 0; i < offers->len; i++) {
        const FoveaDictionaryOffer *offer = g_ptr_array_index (offers, i);
        if (offer->begun == NULL || self->unfinished != NULL ||
            fovea_window_can_go_on_encoding (self))
            continue;
        g_autofree char *text = g_strdup_printf (_ ("%s are encoded with %s; Ctrl+G goes on there"),
                                                 offer->begun, offer->label);
        note_stopped (self, offer->folder, self->opened->path);
        fovea_window_say (self, text);
    }
}

/* As one that was stopped, but its codes are shown. */
static void
note_rest (FoveaWindow *self, const FoveaDictionaryOffer *offer)
{
    if (offer == NULL || offer->folder == NULL || self->unfinished != NULL ||
        fovea_window_can_go_on_encoding (self))
        return;
    g_autofree char *text = g_strdup_printf (_ ("%s have codes of %s; Ctrl+G encodes the rest"),
                                             offer->rest, offer->label);
    note_stopped (self, offer->folder, self->opened->path);
    fovea_window_say (self, text);
}

/* What was encoded of one that did not end is no loss; nor is it whole. */
static void
tell_encoded (FoveaWindow *self, GAsyncResult *result, const GError *error, const Reading *reading)
{
    gint64 n_all, n = fovea_features_task_get_encoded (result, &n_all);
    if (n == 0)
        return;
    g_autofree char *some = fovea_number_text (n), *all = fovea_number_text (n_all);
    g_autofree char *text =
        g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
            ? g_strdup_printf (
                  ngettext ("Cancelled; %s sequence of %s stays encoded, Ctrl+G goes on there",
                            "Cancelled; %s sequences of %s stay encoded, Ctrl+G goes on there",
                            (gulong) n),
                  some, all)
            : g_strdup_printf (
                  ngettext ("Failed; %s sequence of %s stays encoded, Ctrl+G goes on there",
                            "Failed; %s sequences of %s stay encoded, Ctrl+G goes on there",
                            (gulong) n),
                  some, all);
    note_stopped (self, reading->folder, reading->path);
    fovea_window_say (self, text);
}

static void
reading_free (Reading *reading)
{
    g_object_unref (reading->window);
    g_free (reading->path);
    g_free (reading->folder);
    g_free (reading->hash);
    g_free (reading);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reading, reading_free)

static void
features_read (GObject *object, GAsyncResult *result, gpointer data)
{
    g_autoptr (Reading) reading = data;
    FoveaWindow *self = reading->window;
    gboolean encoded = reading->folder != NULL, late = reading->number != self->features_asked;
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaFeatures) features = fovea_features_task_finish (result, &error);
    if (g_cancellable_is_cancelled (self->cancellable))
        return; /* closed meanwhile */
    if (encoded) {
        g_autofree char *text = features != NULL ? describe (features) : NULL;
        fovea_window_end_job (self, error, text);
        if (features == NULL)
            tell_encoded (self, result, error, reading);
    }
    /* A look at the store from before an encoding would show it without its codes. */
    if (self->opened == NULL || !g_str_equal (self->opened->path, reading->path) ||
        (late && !encoded))
        return;
    if (features != NULL && !encoded)
        find_stopped (self, features->offers);
    if (features != NULL && !encoded)
        note_rest (self, find_rest (features));
    if (features != NULL) {
        show_features (self, features);
        return;
    }
    fovea_features_page_set_busy (self->features_page, NULL);
    if (encoded) { /* a job's failure is told by the window already */
        if (fovea_feature_model_get_source (self->features) == NULL)
            read_features (self, NULL); /* the look that came too late had the offers */
        else if (self->rest_folder != NULL)
            gtk_widget_set_visible (GTK_WIDGET (fovea_features_page_get_rest (self->features_page)),
                                    TRUE); /* as it was */
        return;
    }
    g_clear_pointer (&self->features_path, g_free); /* looked for again when the view comes back */
    g_free (self->features_unread);
    self->features_unread = g_strdup (reading->hash);
    fovea_features_page_show_failure (self->features_page, error->message);
}

/* Reads a dictionary of the open store; NULL: the newest. */
static void
read_features (FoveaWindow *self, const char *hash)
{
    fovea_features_page_set_busy (self->features_page, _ ("Reading codes…"));
    fovea_features_task_open_async (make_request (self, hash, NULL), self->cancellable,
                                    features_read, reading_new (self, NULL, hash));
}

void
fovea_window_update_features (FoveaWindow *self)
{
    gboolean shown = g_strcmp0 (gtk_stack_get_visible_child_name (self->views), "features") == 0;
    if (self->opened == NULL)
        return;
    if (self->opened->sequence != self->features_sequence ||
        g_strcmp0 (self->features_path, self->opened->path) != 0) {
        self->features_sequence = self->opened->sequence;
        fovea_feature_model_set_sequence (self->features, self->opened->sequence);
    }
    if (g_strcmp0 (self->features_path, self->opened->path) == 0)
        return;
    fovea_feature_model_set_source (self->features, NULL);
    offer_rest (self, NULL);
    g_clear_pointer (&self->features_path, g_free);
    if (shown)
        fovea_window_want_features (self);
}

static void
want_features (FoveaWindow *self, const char *hash)
{
    if (self->opened == NULL || g_strcmp0 (self->features_path, self->opened->path) == 0)
        return;
    g_free (self->features_path);
    self->features_path = g_strdup (self->opened->path);
    read_features (self, hash);
}

void
fovea_window_want_features (FoveaWindow *self)
{
    want_features (self, fovea_feature_model_get_wanted (self->features));
}

static void
read_again (FoveaWindow *self)
{
    want_features (self, self->features_unread);
}

static void
encode (FoveaWindow *self, const char *folder)
{
    if (self->opened == NULL)
        return;
    gboolean rest =
        fovea_window_can_go_on_encoding (self) && g_str_equal (folder, self->stopped_folder);
    if (fovea_window_start_job (self, rest ? _ ("Encoding the rest") : _ ("Encoding")) == NULL)
        return;
    fovea_window_forget_encoding (self);
    FoveaFeaturesRequest *request = make_request (self, NULL, folder);
    Reading *reading = reading_new (self, folder, NULL);
    fovea_offer_bar_hide (fovea_features_page_get_rest (self->features_page));
    fovea_features_page_set_busy (self->features_page,
                                  _ ("Encoding; the status line says how far."));
    fovea_features_task_encode_async (request, self->relay, self->job, features_read, reading);
}

void
fovea_window_encode (FoveaWindow *self, const char *folder)
{
    fovea_window_show_view (self, "features");
    encode (self, folder);
}

static void
rest_chosen (FoveaWindow *self)
{
    g_autofree char *folder = g_strdup (self->rest_folder);
    if (folder != NULL)
        encode (self, folder);
}

static void
folder_chosen (GtkNativeDialog *dialog, int response, FoveaWindow *self)
{
    g_autofree char *folder = fovea_form_take_path (dialog, response);
    if (folder == NULL)
        return;
    fovea_window_encode (self, folder);
}

void
fovea_window_add_dictionary (FoveaWindow *self)
{
    GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
        _ ("Folder of a sparse autoencoder"), GTK_WINDOW (self),
        GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("Encode"), _ ("Cancel"));
    gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
    g_signal_connect_object (dialog, "response", G_CALLBACK (folder_chosen), self, 0);
    gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

FoveaLatentExport
fovea_window_get_latent (FoveaWindow *self)
{
    gint32 latent = fovea_feature_model_get_latent (self->features);
    return (FoveaLatentExport){latent >= 0 ? fovea_feature_model_get_source (self->features) : NULL,
                               latent};
}

/* An example in another sequence: that is opened, at its token. */
static void
visit (FoveaWindow *self, gint64 sequence, gint64 position)
{
    GListModel *stores = fovea_library_get_stores (self->library);
    for (guint i = 0; self->opened != NULL && i < g_list_model_get_n_items (stores); i++) {
        g_autoptr (FoveaTreeItem) store = g_list_model_get_item (stores, i);
        if (!g_str_equal (fovea_tree_item_get_path (store), self->opened->path))
            continue;
        g_autoptr (FoveaTreeItem) item = fovea_tree_item_find_sequence (store, sequence);
        if (item == NULL)
            return;
        FoveaLeft *left = g_new0 (FoveaLeft, 1);
        left->sequence = sequence;
        left->place = *fovea_selection_get_place (self->selection);
        left->place.query = position;
        left->view = g_strdup ("features");
        g_clear_pointer (&self->left, fovea_left_free);
        self->left = left;
        fovea_window_read_item (self, item);
        return;
    }
}

/* From a token to what it lights: the strongest, and the one after that which is shown of them. */
static void
activate_latent_of_token (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    FoveaWindow *self = data;
    gint32 shown = fovea_feature_model_get_latent (self->features);
    g_autoptr (GArray) codes = fovea_feature_model_list_codes (
        self->features, fovea_selection_get_place (self->selection)->query);
    gtk_stack_set_visible_child_name (self->views, "features"); /* the strip keeps the focus */
    guint next = 0;
    for (guint i = 0; i < codes->len; i++)
        if (g_array_index (codes, FoveaTokenCode, i).latent == shown)
            next = (i + 1) % codes->len;
    if (codes->len > 0)
        fovea_feature_model_select (self->features,
                                    g_array_index (codes, FoveaTokenCode, next).latent);
    else if (fovea_feature_model_get_source (self->features) != NULL)
        fovea_window_say (self, _ ("No latent is on at this token"));
}

void
fovea_window_connect_features (FoveaWindow *self)
{
    static const GActionEntry entries[] = {
        {.name = "latent-of-token", .activate = activate_latent_of_token},
    };
    g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
    g_signal_connect_object (self->features, "latent-changed",
                             G_CALLBACK (fovea_window_update_actions), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (self->features_page, "choose", G_CALLBACK (read_features), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->features_page, "encode", G_CALLBACK (encode), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->features_page, "add", G_CALLBACK (fovea_window_add_dictionary),
                             self, G_CONNECT_SWAPPED);
    g_signal_connect_object (fovea_features_page_get_rest (self->features_page), "chosen",
                             G_CALLBACK (rest_chosen), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (self->features_page, "retry", G_CALLBACK (read_again), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->features, "visit", G_CALLBACK (visit), self, G_CONNECT_SWAPPED);
}
