/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Features in a whole window: encoding, looking, saving, with what the command does as the measure.
 * Exit status 77 without a display. */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "app/data-files.h"
#include "app/latent-list-job.h"
#include "app/window/run-model.h"
#include "app/window/window-private.h"
#include "fovea-config.h"
#include "tests/support.h"
#include "tests/window-bench.h"
#include "ui/features-page.h"
#include "ui/finder.h"
#include "ui/latent-view.h"
#include "ui/text-cell.h"

/* Names and hashes of the dictionaries with codes. */
static char *
list_dictionaries (const char *path)
{
    g_autoptr (FoveaStore) store = fovea_store_open (path, FOVEA_STORE_READ, NULL);
    ck_assert_ptr_nonnull (store);
    g_autoptr (GPtrArray) list = fovea_store_list_dictionaries (store, NULL);
    GString *text = g_string_new (NULL);
    for (guint i = 0; i < list->len; i++) {
        const FoveaDictionaryInfo *info = g_ptr_array_index (list, i);
        g_string_append_printf (text, "%s %s %s %d;", info->name, info->site, info->architecture,
                                (int) info->n_latents);
    }
    return g_string_free (text, FALSE);
}

/* All codes of the first dictionary's @sequence, as text. */
static char *
print_codes (const char *path, gint64 sequence)
{
    g_autoptr (FoveaStore) store = fovea_store_open (path, FOVEA_STORE_READ, NULL);
    g_autoptr (GPtrArray) list = fovea_store_list_dictionaries (store, NULL);
    g_autofree gint64 *positions = NULL;
    const FoveaDictionaryInfo *info = g_ptr_array_index (list, 0);
    g_autoptr (FoveaSaeCodes) codes =
        fovea_store_read_codes (store, info->id, sequence, &positions, NULL);
    GString *text = g_string_new (NULL);
    for (gint64 i = 0; i < codes->n_rows; i++)
        for (gint64 c = codes->offsets[i]; c < codes->offsets[i + 1]; c++)
            g_string_append_printf (text, "%d:%d:%a ", (int) positions[i], codes->latents[c],
                                    (double) codes->values[c]);
    return g_string_free (text, FALSE);
}

static void
run_program (const char *arguments)
{
    g_autofree char *line =
        g_strdup_printf ("%s %s", FOVEA_BUILD_DIR "/app/command/fovea", arguments);
    int status = -1;
    g_autoptr (GError) error = NULL;
    ck_assert_msg (g_spawn_command_line_sync (line, NULL, NULL, &status, &error), "%s", line);
    ck_assert_msg (status == 0, "status %d of %s", status, line);
}

static GtkWidget *
encode (Bench *bench)
{
    g_autofree char *folder = fovea_data_find ("sae/abstopk", NULL);
    ck_assert_ptr_nonnull (folder);
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("features"));
    RUN_UNTIL (find_text (GTK_WIDGET (bench->window), "No dictionary in this store.") != NULL);
    RUN_UNTIL (find_labelled (GTK_WIDGET (bench->window), GTK_TYPE_BUTTON,
                              "Encode with abstopk · blocks.3.hook_resid_post") != NULL);
    /* Looking for dictionaries took the focus away from nobody: it is on the first offer. */
    GtkWidget *focus = NULL;
    RUN_UNTIL ((focus = gtk_window_get_focus (GTK_WINDOW (bench->window))) != NULL &&
               GTK_IS_BUTTON (focus));
    ck_assert_str_eq (gtk_button_get_label (GTK_BUTTON (focus)),
                      "Encode with abstopk · blocks.3.hook_resid_post");
    activate (bench, "encode", g_variant_new_string (folder));
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    ck_assert_ptr_null (fovea_window_get_failure (bench->window));
    GtkWidget *view = find_labelled (GTK_WIDGET (bench->window), FOVEA_TYPE_LATENT_VIEW, NULL);
    RUN_UNTIL (gtk_widget_get_mapped (view));
    return view;
}

START_TEST (codes_made_in_the_window_are_those_of_the_command)
{
    Bench *bench = bench_new ();
    encode (bench);
    g_autofree char *list = list_dictionaries (bench->path);
    ck_assert_str_eq (list, "abstopk blocks.3.hook_resid_post abstopk 1536;");
    ck_assert_ptr_nonnull (strstr (fovea_window_get_status (bench->window), "fovea sae encode"));
    g_autofree char *ours = print_codes (bench->path, 1);
    run_program (strstr (fovea_window_get_status (bench->window), "sae encode"));
    g_autofree char *theirs = print_codes (bench->path, 1);
    ck_assert (strlen (ours) > 1000);
    ck_assert_str_eq (ours, theirs);
    bench_free (bench);
}
END_TEST

/* The palette comes first here: nobody has looked at the Features view of this window yet. */
/* The weight that the style sheet gives a text cell of the list whose words are these, 0 = there is none. */
static PangoWeight
find_weight (GtkWidget *parent, const char *words)
{
    GtkWidget *child = gtk_widget_get_first_child (parent);
    for (; child != NULL; child = gtk_widget_get_next_sibling (child)) {
        if (FOVEA_IS_TEXT_CELL (child) &&
            g_str_equal (fovea_text_cell_get_text (FOVEA_TEXT_CELL (child)), words))
            return pango_font_description_get_weight (
                pango_context_get_font_description (gtk_widget_get_pango_context (child)));
        PangoWeight found = find_weight (child, words);
        if (found != 0)
            return found;
    }
    return 0;
}

/* As the names of other selected rows are. */
START_TEST (the_id_of_the_selected_latent_is_bold)
{
    Bench *bench = bench_new ();
    GtkWidget *page = GTK_WIDGET (bench->window->features_page);
    encode (bench);
    RUN_UNTIL (find_weight (page, "1") != 0 && find_weight (page, "2") != 0);
    fovea_feature_model_select (bench->window->features, 1);
    RUN_UNTIL (find_weight (page, "1") == PANGO_WEIGHT_BOLD);
    ck_assert_int_eq (find_weight (page, "2"), PANGO_WEIGHT_NORMAL);
    bench_free (bench);
}
END_TEST

START_TEST (the_palette_finds_latents_and_what_can_be_done_with_them)
{
    Bench *bench = bench_new ();
    encode (bench);
    Bench *other = bench_new ();
    fovea_window_open (other->window, bench->path);
    RUN_UNTIL (fovea_selection_get_info (other->selection) != NULL);
    activate (other, "palette", NULL);
    FoveaFinder *finder = FOVEA_FINDER (find_window ("Find"));
    fovea_finder_set_text (finder, "latent 97");
    GListModel *results = fovea_finder_get_results (finder);
    RUN_UNTIL (g_list_model_get_n_items (results) > 0); /* the dictionary is being read */
    g_autoptr (FoveaFinderItem) item = g_list_model_get_item (results, 0);
    ck_assert_str_eq (fovea_finder_item_get_title (item), "Latent 97");
    ck_assert_ptr_nonnull (strstr (fovea_finder_item_get_detail (item), "+ "));
    gtk_window_destroy (GTK_WINDOW (finder));
    GtkWidget *view = find_labelled (GTK_WIDGET (other->window), FOVEA_TYPE_LATENT_VIEW, NULL);
    find_and_go (other, "latent 97", "Latent 97");
    g_autofree char *sentence = NULL;
    RUN_UNTIL ((g_free (sentence),
                sentence = fovea_latent_view_get_sentence (FOVEA_LATENT_VIEW (view)),
                g_str_has_prefix (sentence, "Latent 97 fires")));
    /* From another view too. */
    activate (other, "view", g_variant_new_string ("heads"));
    find_and_go (other, "next latent", "Next latent");
    RUN_UNTIL (
        (g_free (sentence), sentence = fovea_latent_view_get_sentence (FOVEA_LATENT_VIEW (view)),
         g_str_has_prefix (sentence, "Latent ") && !g_str_has_prefix (sentence, "Latent 97 ") &&
             strstr (sentence, "being read") == NULL));
    bench_free (other);
    bench_free (bench);
}
END_TEST

static void
written (GObject *content, GAsyncResult *result, gpointer done)
{
    *(gboolean *) done =
        gdk_content_provider_write_mime_type_finish (GDK_CONTENT_PROVIDER (content), result, NULL);
}

/* What would be pasted as a type. */
static char *
read_clipboard (Bench *bench, const char *type)
{
    GdkContentProvider *content =
        gdk_clipboard_get_content (gtk_widget_get_clipboard (GTK_WIDGET (bench->window)));
    g_autoptr (GOutputStream) bytes = g_memory_output_stream_new_resizable ();
    gboolean done = FALSE;
    ck_assert_ptr_nonnull (content);
    gdk_content_provider_write_mime_type_async (content, type, bytes, G_PRIORITY_DEFAULT, NULL,
                                                written, &done);
    RUN_UNTIL (done);
    ck_assert (g_output_stream_write (bytes, "", 1, NULL, NULL) == 1 &&
               g_output_stream_close (bytes, NULL, NULL));
    return g_memory_output_stream_steal_data (G_MEMORY_OUTPUT_STREAM (bytes));
}

/* Waits until a latent is read; gives its number. */
static int
find_shown_latent (GtkWidget *view)
{
    g_autofree char *sentence = NULL;
    RUN_UNTIL ((g_free (sentence),
                sentence = fovea_latent_view_get_sentence (FOVEA_LATENT_VIEW (view)),
                strstr (sentence, " fires + on ") != NULL));
    return atoi (sentence + strlen ("Latent "));
}

/* What the command writes of the latent into a file of that ending. */
static char *
read_page_of_command (Bench *bench, int latent, const char *ending, gsize *length)
{
    g_autofree char *name = g_strdup_printf ("again.%s", ending);
    g_autofree char *path = g_build_filename (bench->folder, name, NULL);
    g_autofree char *folder = fovea_data_find ("sae/abstopk", NULL);
    g_autofree char *arguments =
        g_strdup_printf ("sae dashboard '%s' '%s' --latent %d --model demo -o '%s' --quiet", folder,
                         bench->path, latent, path);
    char *bytes = NULL;
    run_program (arguments);
    ck_assert (g_file_get_contents (path, &bytes, length, NULL));
    ck_assert_uint_gt (*length, 1000);
    return bytes;
}

static const char *const endings[] = {"pdf", "svg", "png", "json"};

START_TEST (a_saved_page_has_the_bytes_of_the_command)
{
    Bench *bench = bench_new ();
    int latent = find_shown_latent (encode (bench));
    for (guint i = 0; i < G_N_ELEMENTS (endings); i++) {
        g_autofree char *name = g_strdup_printf ("latent.%s", endings[i]);
        g_autofree char *path = g_build_filename (bench->folder, name, NULL);
        g_autofree char *ours = NULL;
        gsize n_ours = 0, n_theirs = 0;
        activate (bench, "export-to", g_variant_new_string (path));
        RUN_UNTIL (!fovea_window_is_busy (bench->window));
        ck_assert_ptr_null (fovea_window_get_failure (bench->window));
        g_autofree char *theirs = read_page_of_command (bench, latent, endings[i], &n_theirs);
        ck_assert (g_file_get_contents (path, &ours, &n_ours, NULL));
        ck_assert_msg (n_ours == n_theirs && memcmp (ours, theirs, n_ours) == 0,
                       "window and command write another %s of %d", endings[i], latent);
    }
    /* The status line has that command, whole. */
    const char *said = strstr (fovea_window_get_status (bench->window), "sae dashboard ");
    ck_assert_ptr_nonnull (said);
    g_autofree char *path = g_build_filename (bench->folder, "latent.json", NULL);
    ck_assert_int_eq (g_unlink (path), 0);
    run_program (said);
    ck_assert (g_file_test (path, G_FILE_TEST_EXISTS));
    bench_free (bench);
}
END_TEST

START_TEST (a_copied_page_has_the_bytes_of_the_command)
{
    Bench *bench = bench_new ();
    int latent = find_shown_latent (encode (bench));
    gsize length;
    g_autofree char *theirs = read_page_of_command (bench, latent, "svg", &length);
    activate (bench, "copy-picture", NULL);
    RUN_UNTIL (strstr (fovea_window_get_status (bench->window), "Copied the picture") != NULL);
    ck_assert_ptr_null (fovea_window_get_failure (bench->window));
    g_autofree char *copied = read_clipboard (bench, "image/svg+xml");
    ck_assert_str_eq (copied, theirs);
    g_autofree char *png = read_clipboard (bench, "image/png");
    ck_assert_ptr_nonnull (strstr (png, "PNG"));
    bench_free (bench);
}
END_TEST

/* The one list of the dialog that has a row of that name. */
static GtkDropDown *
find_list (GtkWidget *parent, const char *row)
{
    GtkWidget *child = gtk_widget_get_first_child (parent);
    for (; child != NULL; child = gtk_widget_get_next_sibling (child)) {
        GListModel *model =
            GTK_IS_DROP_DOWN (child) ? gtk_drop_down_get_model (GTK_DROP_DOWN (child)) : NULL;
        for (guint i = 0; model != NULL && i < g_list_model_get_n_items (model); i++)
            if (g_str_equal (gtk_string_list_get_string (GTK_STRING_LIST (model), i), row))
                return GTK_DROP_DOWN (child);
        GtkDropDown *found = find_list (child, row);
        if (found != NULL)
            return found;
    }
    return NULL;
}

/* Its formats and theme, and nothing that the command has no option for. */
START_TEST (the_dialog_draws_the_page_as_the_command_does)
{
    static const struct {
        guint row, theme;
        const char *ending, *option;
    } choices[] = {
        {0, 1, ".pdf", " --theme dark"}, {3, 0, ".png", " --dpi 600"}, {4, 0, ".json", ""}};
    Bench *bench = bench_new ();
    find_shown_latent (encode (bench));
    activate (bench, "export", NULL);
    GtkWidget *dialog = wait_for_window ("Export");
    GtkDropDown *contents = find_list (dialog, "The latent’s page");
    ck_assert_ptr_nonnull (contents);
    ck_assert_str_eq (gtk_string_object_get_string (gtk_drop_down_get_selected_item (contents)),
                      "The latent’s page");
    GtkDropDown *formats = find_list (dialog, "JSON as Neuronpedia reads it");
    ck_assert_ptr_nonnull (formats);
    ck_assert_uint_eq (g_list_model_get_n_items (gtk_drop_down_get_model (formats)), 5);
    ck_assert (!gtk_widget_is_sensitive (GTK_WIDGET (find_list (dialog, "7 pt"))));
    RUN_UNTIL (find_text (dialog, "fovea sae dashboard ") != NULL); /* drawn */
    for (guint i = 0; i < G_N_ELEMENTS (choices); i++) {
        gtk_drop_down_set_selected (formats, choices[i].row);
        gtk_drop_down_set_selected (find_list (dialog, "dark"), choices[i].theme);
        const char *said;
        RUN_UNTIL ((said = find_text (dialog, "fovea sae dashboard ")) != NULL &&
                   strstr (said, choices[i].ending) != NULL &&
                   strstr (said, choices[i].option) != NULL);
    }
    gtk_window_destroy (GTK_WINDOW (dialog));
    bench_free (bench);
}
END_TEST

/* The file by the dialog's choices, and by the command that the status line then has. */
START_TEST (a_dark_page_has_the_bytes_of_its_command)
{
    Bench *bench = bench_new ();
    find_shown_latent (encode (bench));
    FoveaFigureRequest *request = fovea_window_request_view (bench->window);
    g_autofree char *path = g_build_filename (bench->folder, "latent.svg", NULL);
    g_autofree char *ours = NULL, *theirs = NULL;
    gsize n_ours = 0, n_theirs = 0;
    request->style.theme = FOVEA_THEME_DARK;
    request->style.width_mm = 160;
    fovea_window_export (bench->window, request, path);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    ck_assert (g_file_get_contents (path, &ours, &n_ours, NULL));
    const char *said = strstr (fovea_window_get_status (bench->window), "sae dashboard ");
    ck_assert_msg (said != NULL && g_str_has_suffix (said, " --width 160 --theme dark"), "%s",
                   fovea_window_get_status (bench->window));
    ck_assert_int_eq (g_unlink (path), 0);
    run_program (said);
    ck_assert (g_file_get_contents (path, &theirs, &n_theirs, NULL));
    ck_assert_msg (n_ours == n_theirs && memcmp (ours, theirs, n_ours) == 0,
                   "window and command write another dark page");
    bench_free (bench);
}
END_TEST

START_TEST (a_store_with_codes_shows_them_and_the_inspector_follows_the_token)
{
    Bench *bench = bench_new ();
    encode (bench);
    Bench *other = bench_new ();
    fovea_window_open (other->window, bench->path);
    RUN_UNTIL (fovea_selection_get_info (other->selection) != NULL);
    activate (other, "view", g_variant_new_string ("features"));
    RUN_UNTIL (find_text (GTK_WIDGET (other->window), "abstopk, 1,536 latents, k = 32") != NULL);
    fovea_selection_select_cell (other->selection, 7, 2);
    RUN_UNTIL (find_text (GTK_WIDGET (other->window), "Token 7 ") != NULL);
    RUN_UNTIL (find_text (GTK_WIDGET (other->window), "32 of 1,536 latents on") != NULL);
    /* Enter on the token walks through them, the strongest first. */
    FoveaFeatureModel *features = other->window->features;
    g_autoptr (GArray) codes = fovea_feature_model_list_codes (features, 7);
    fovea_feature_model_select (features, g_array_index (codes, FoveaTokenCode, 31).latent);
    for (guint i = 0; i < 3; i++) {
        gtk_widget_activate_action (other->window->strip, "strip.open", NULL);
        ck_assert_int_eq (fovea_feature_model_get_latent (features),
                          g_array_index (codes, FoveaTokenCode, i).latent);
    }
    bench_free (other);
    bench_free (bench);
}
END_TEST

START_TEST (encoding_that_is_cancelled_leaves_no_codes)
{
    Bench *bench = bench_new ();
    g_autofree char *folder = fovea_data_find ("sae/abstopk", NULL);
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("features"));
    activate (bench, "encode", g_variant_new_string (folder));
    ck_assert (fovea_window_is_busy (bench->window));
    activate (bench, "cancel", NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    ck_assert_ptr_null (fovea_window_get_failure (bench->window));
    ck_assert_str_eq (fovea_window_get_status (bench->window), "Cancelled");
    g_autofree char *list = list_dictionaries (bench->path);
    ck_assert_str_eq (list, "");
    bench_free (bench);
}
END_TEST

#define MANY 40

/* Of an encoding of the bench's store that is not finished, the sequences that have codes. */
static gint64
count_encoded (Bench *bench)
{
    g_autoptr (FoveaStore) store = fovea_store_open (bench->path, FOVEA_STORE_READ, NULL);
    g_autoptr (GPtrArray) list = fovea_store_list_unfinished_dictionaries (store, NULL);
    return list->len > 0 ? ((FoveaDictionaryInfo *) list->pdata[0])->n_sequences : 0;
}

static void
open_features (Bench *bench)
{
    fovea_window_open (bench->window, bench->path);
    RUN_UNTIL (fovea_selection_get_heads (bench->selection) != NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    activate (bench, "view", g_variant_new_string ("features"));
}

/* Cancelled in one window, found by another, and in the end what the command makes in one go. */
START_TEST (an_encoding_that_was_cancelled_goes_on)
{
    static const char said[] =
        "Cancelled; %d sequence%s of 40 stay%s encoded, Ctrl+G goes on there";
    Bench *bench = bench_new ();
    g_autofree char *folder = fovea_data_find ("sae/abstopk", NULL);
    g_autofree char *whole = g_build_filename (bench->folder, "whole.fovea", NULL);
    g_autofree char *make = g_strdup_printf (
        "capture demo -o '%s' --random-repeat 200 --limit %d --quiet", bench->path, MANY);
    g_autofree char *encode_whole =
        g_strdup_printf ("sae encode '%s' '%s' --model demo --quiet", folder, whole);
    run_program (make);
    open_features (bench);
    g_autoptr (GFile) from = g_file_new_for_path (bench->path);
    g_autoptr (GFile) to = g_file_new_for_path (whole);
    ck_assert (g_file_copy (from, to, G_FILE_COPY_NONE, NULL, NULL, NULL, NULL));
    run_program (encode_whole);
    activate (bench, "encode", g_variant_new_string (folder));
    RUN_UNTIL (count_encoded (bench) > 0);
    activate (bench, "cancel", NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    int n = (int) count_encoded (bench);
    ck_assert_msg (n > 0 && n < MANY, "%d", n);
    g_autofree char *told = g_strdup_printf (said, n, n == 1 ? "" : "s", n == 1 ? "s" : "");
    ck_assert_str_eq (fovea_window_get_status (bench->window), told);
    g_autofree char *offer = g_strdup_printf (
        "Go on with abstopk · blocks.3.hook_resid_post: %d of 40 sequences are encoded", n);
    RUN_UNTIL (find_labelled (GTK_WIDGET (bench->window), GTK_TYPE_BUTTON, offer) != NULL);
    Bench *other = bench_new ();
    g_free (other->path);
    other->path = g_strdup (bench->path);
    open_features (other);
    g_autofree char *found =
        g_strdup_printf ("%d of 40 sequences are encoded with abstopk · blocks.3.hook_resid_post; "
                         "Ctrl+G goes on there",
                         n);
    RUN_UNTIL (g_strcmp0 (fovea_window_get_status (other->window), found) == 0);
    activate (other, "go-on", NULL);
    RUN_UNTIL (!fovea_window_is_busy (other->window));
    ck_assert_ptr_null (fovea_window_get_failure (other->window));
    ck_assert_int_eq (count_encoded (other), 0);
    for (gint64 s = 1; s <= MANY; s++) {
        g_autofree char *ours = print_codes (bench->path, s);
        g_autofree char *theirs = print_codes (whole, s);
        ck_assert_str_eq (ours, theirs);
    }
    bench_free (other);
    bench_free (bench);
}
END_TEST

START_TEST (a_folder_that_is_no_dictionary_is_refused_in_one_line)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("features"));
    activate (bench, "encode", g_variant_new_string (bench->folder));
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    const char *failure = fovea_window_get_failure (bench->window);
    ck_assert_ptr_nonnull (failure);
    ck_assert_ptr_null (strchr (failure, '\n'));
    RUN_UNTIL (find_text (GTK_WIDGET (bench->window), "No dictionary in this store.") != NULL);
    bench_free (bench);
}
END_TEST

/* A folder with the bundled model under another name, by links. */
static char *
link_model (const char *parent, const char *name)
{
    g_autofree char *demo = fovea_data_find ("demo", NULL);
    char *folder = g_build_filename (parent, name, NULL);
    g_autoptr (GDir) files = g_dir_open (demo, 0, NULL);
    ck_assert_int_eq (g_mkdir (folder, 0700), 0);
    for (const char *file; (file = g_dir_read_name (files)) != NULL;) {
        g_autofree char *from = g_build_filename (demo, file, NULL);
        g_autofree char *real = g_canonicalize_filename (from, NULL);
        g_autofree char *to = g_build_filename (folder, file, NULL);
        ck_assert_int_eq (symlink (real, to), 0);
    }
    return folder;
}

/* Not the bundled one by its name: found where the run says it was, or among those captured before. */
START_TEST (a_latent_has_effects_with_any_model_that_is_still_there)
{
    Bench *bench = bench_new ();
    g_autofree char *folder = fovea_data_find ("sae/abstopk", NULL);
    g_autofree char *model = link_model (bench->folder, "mine");
    g_autofree char *moved = g_build_filename (bench->folder, "elsewhere", NULL);
    FoveaCaptureRequest *request = fovea_capture_request_new ();
    request->model = g_strdup (model);
    request->text = g_strdup (window_bench_text);
    request->limit = 1;
    fovea_window_capture (bench->window, request, bench->path);
    RUN_UNTIL (fovea_selection_get_heads (bench->selection) != NULL &&
               !fovea_window_is_busy (bench->window));
    activate (bench, "encode", g_variant_new_string (folder));
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    ck_assert_ptr_null (fovea_window_get_failure (bench->window));
    const char *status = fovea_window_get_status (bench->window);
    ck_assert_ptr_nonnull (strstr (status, " --model "));
    ck_assert_ptr_nonnull (strstr (status, model));
    FoveaFeatureSource *source = fovea_feature_model_get_source (bench->window->features);
    g_autoptr (FoveaSaeLatent) latent = fovea_feature_source_read_latent (source, 97, NULL, NULL);
    ck_assert_ptr_nonnull (latent);
    ck_assert_uint_gt (latent->up->len, 0);
    /* Moved away: where it was named there is none, and another name is another model. */
    g_autoptr (FoveaStore) store = fovea_store_open (bench->path, FOVEA_STORE_READ, NULL);
    ck_assert_int_eq (g_rename (model, moved), 0);
    const char *const others[] = {"demo", "no such folder", moved, NULL};
    g_autofree char *none = fovea_run_model_find (store, 1, others, NULL);
    ck_assert_ptr_null (none);
    g_autofree char *other_run = fovea_run_model_find (store, 77, others, NULL);
    ck_assert_ptr_null (other_run);
    g_autofree char *back = link_model (moved, "mine");
    const char *const known[] = {"demo", back, NULL};
    g_autofree char *found = fovea_run_model_find (store, 1, known, NULL);
    ck_assert_str_eq (found, back);
    bench_free (bench);
}
END_TEST

/* In the place of what the words of a recipe stand for; a run of two steps.   Owner: caller. */
static char *
fill_recipe (Bench *bench, const char *recipe, const char *model, const char *picture)
{
    g_autofree char *store = g_build_filename (bench->folder, "own.fovea", NULL);
    g_autofree char *folder = g_build_filename (bench->folder, "own", NULL);
    const char *pairs[][2] = {
        {"fovea ", ""}, /* the program is found otherwise */
        {"MODEL", model}, {"PICTURE", picture}, {"-o FOLDER", "-o FOLDER --steps 2"},
        {"STORE", store}, {"FOLDER", folder}};
    GString *filled = g_string_new (recipe);
    for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
        g_string_replace (filled, pairs[i][0], pairs[i][1], 0);
    return g_string_free (filled, FALSE);
}

/* Pictures cannot be run again from a store; what the view says then is run here. */
START_TEST (an_image_model_has_a_recipe_that_runs)
{
    Bench *bench = bench_new ();
    FoveaCaptureRequest *request = fovea_capture_request_new ();
    g_autofree char *model = support_data ("tests/golden/families/vit");
    g_autofree char *picture = support_data ("tests/golden/pictures/source.npy");
    request->model = g_strdup (model);
    request->files = g_strdupv ((char *[]){picture, NULL});
    fovea_window_capture (bench->window, request, bench->path);
    RUN_UNTIL (fovea_selection_get_heads (bench->selection) != NULL &&
               !fovea_window_is_busy (bench->window));
    activate (bench, "view", g_variant_new_string ("features"));
    RUN_UNTIL (find_text (GTK_WIDGET (bench->window), "fovea capture MODEL -f PICTURE") != NULL);
    g_autofree char *filled = fill_recipe (
        bench, find_text (GTK_WIDGET (bench->window), "fovea capture"), model, picture);
    g_auto (GStrv) lines = g_strsplit (filled, "\n", -1);
    ck_assert_uint_eq (g_strv_length (lines), 3);
    for (guint i = 0; lines[i] != NULL; i++)
        run_program (lines[i]);
    bench_free (bench);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, an_image_model_has_a_recipe_that_runs);
    tcase_add_test (tcase, codes_made_in_the_window_are_those_of_the_command);
    tcase_add_test (tcase, the_id_of_the_selected_latent_is_bold);
    tcase_add_test (tcase, the_palette_finds_latents_and_what_can_be_done_with_them);
    tcase_add_test (tcase, a_saved_page_has_the_bytes_of_the_command);
    tcase_add_test (tcase, a_copied_page_has_the_bytes_of_the_command);
    tcase_add_test (tcase, the_dialog_draws_the_page_as_the_command_does);
    tcase_add_test (tcase, a_dark_page_has_the_bytes_of_its_command);
    tcase_add_test (tcase, a_store_with_codes_shows_them_and_the_inspector_follows_the_token);
    tcase_add_test (tcase, encoding_that_is_cancelled_leaves_no_codes);
    tcase_add_test (tcase, an_encoding_that_was_cancelled_goes_on);
    tcase_add_test (tcase, a_latent_has_effects_with_any_model_that_is_still_there);
    tcase_add_test (tcase, a_folder_that_is_no_dictionary_is_refused_in_one_line);
}

int
main (void)
{
    return window_bench_main ("window-features", add_tests);
}
