/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The whole window on a display with the bundled model: run, open, cancel, export, failure. Nothing
 * sleeps; exit status 77 without a display. */
#include <gtk/gtk.h>
#include <stdlib.h>
#include <string.h>

#include "app/window/application.h"
#include "app/window/new-capture.h"
#include "app/window/window.h"
#include "fovea-config.h"
#include "storage/note.h"
#include "tests/support.h"
#include "ui/finder.h"
#include "ui/head-set.h"
#include "ui/map-canvas.h"
#include "ui/start-page.h"

#define DEADLINE_S 60

static const char text[] = "The Psychologist was the only person besides the Doctor and myself who "
                           "had attended the previous dinner. The Psychologist was quiet.";

/* One for all tests: a process can register an application once. */
static FoveaApplication *application;

typedef struct {
    FoveaWindow *window;
    FoveaSelection *selection;
    char *folder, *path;
} Bench;

static gboolean
tick (gpointer data)
{
    return G_SOURCE_REMOVE;
}

#define RUN_UNTIL(condition)                                                                       \
    G_STMT_START                                                                                   \
    {                                                                                              \
        gint64 deadline = g_get_monotonic_time () + DEADLINE_S * G_USEC_PER_SEC;                   \
        while (!(condition) && g_get_monotonic_time () < deadline) {                               \
            g_timeout_add (20, tick, NULL);                                                        \
            g_main_context_iteration (NULL, TRUE);                                                 \
        }                                                                                          \
        ck_assert_msg ((condition), "not reached in %d s: " #condition, DEADLINE_S);               \
    }                                                                                              \
    G_STMT_END

static Bench *
bench_new (void)
{
    Bench *bench = g_new0 (Bench, 1);
    bench->folder = support_temp_dir ();
    bench->path = g_build_filename (bench->folder, "look.fovea", NULL);
    bench->window = fovea_window_new (GTK_APPLICATION (application));
    bench->selection = fovea_window_get_selection (bench->window);
    gtk_window_present (GTK_WINDOW (bench->window));
    RUN_UNTIL (gtk_widget_get_mapped (GTK_WIDGET (bench->window)));
    return bench;
}

static void
bench_free (Bench *bench)
{
    gtk_window_destroy (GTK_WINDOW (bench->window));
    while (g_main_context_pending (NULL))
        g_main_context_iteration (NULL, FALSE);
    support_remove_dir (bench->folder);
    g_free (bench->path);
    g_free (bench);
}

static void
run_and_score (Bench *bench)
{
    fovea_window_run_text (bench->window, text, bench->path);
    RUN_UNTIL (fovea_selection_get_heads (bench->selection) != NULL &&
               !fovea_window_is_busy (bench->window));
}

static void
activate (Bench *bench, const char *action, GVariant *parameter)
{
    g_action_group_activate_action (G_ACTION_GROUP (bench->window), action, parameter);
}

START_TEST (a_text_is_run_kept_scored_and_shown)
{
    Bench *bench = bench_new ();
    run_and_score (bench);
    const FoveaTraceInfo *info = fovea_selection_get_info (bench->selection);
    const FoveaPlace *place = fovea_selection_get_place (bench->selection);
    ck_assert_int_eq (info->architecture->n_layers, 6);
    ck_assert_uint_eq (fovea_table_get_n_rows (fovea_selection_get_heads (bench->selection)), 72);
    /* The first look is at an induction head, which this model has in its last layer. */
    ck_assert_uint_eq (place->layer, 5);
    ck_assert_int_lt (place->key, place->query);
    g_autoptr (FoveaStore) store = fovea_store_open (bench->path, FOVEA_STORE_READ, NULL);
    g_autoptr (GPtrArray) sequences = fovea_store_list_sequences (store, 0, NULL);
    ck_assert_uint_eq (sequences->len, 1);
    bench_free (bench);
}
END_TEST

START_TEST (a_store_that_was_scored_opens_with_its_heads)
{
    Bench *first = bench_new (), *second = bench_new ();
    run_and_score (first);
    fovea_window_open (second->window, first->path);
    RUN_UNTIL (fovea_selection_get_info (second->selection) != NULL);
    ck_assert_ptr_nonnull (fovea_selection_get_heads (second->selection));
    ck_assert (!fovea_window_is_busy (second->window));
    bench_free (second);
    bench_free (first);
}
END_TEST

START_TEST (a_store_opens_where_it_was_left)
{
    Bench *first = bench_new ();
    run_and_score (first);
    g_autofree char *kept = g_strdup (first->path);
    activate (first, "view", g_variant_new_string ("map"));
    fovea_selection_select (first->selection, &(FoveaPlace){2, 7, 11, 5});
    gtk_window_destroy (GTK_WINDOW (first->window));
    first->window = fovea_window_new (GTK_APPLICATION (application));
    first->selection = fovea_window_get_selection (first->window);
    gtk_window_present (GTK_WINDOW (first->window));
    fovea_window_open (first->window, kept);
    RUN_UNTIL (fovea_selection_get_info (first->selection) != NULL);
    const FoveaPlace *place = fovea_selection_get_place (first->selection);
    ck_assert_uint_eq (place->layer, 2);
    ck_assert_uint_eq (place->head, 7);
    ck_assert_int_eq (place->query, 11);
    ck_assert_int_eq (place->key, 5);
    bench_free (first);
}
END_TEST

/* First label below @parent whose text begins so, NULL = none. */
static const char *
find_text (GtkWidget *parent, const char *start)
{
    for (GtkWidget *child = gtk_widget_get_first_child (parent); child != NULL;
         child = gtk_widget_get_next_sibling (child)) {
        if (GTK_IS_LABEL (child) && gtk_widget_get_mapped (child) &&
            g_str_has_prefix (gtk_label_get_text (GTK_LABEL (child)), start))
            return gtk_label_get_text (GTK_LABEL (child));
        const char *found = find_text (child, start);
        if (found != NULL)
            return found;
    }
    return NULL;
}

/* First descendant of a type with that label, or with any if @label is NULL. */
static GtkWidget *
find_labelled (GtkWidget *parent, GType type, const char *label)
{
    for (GtkWidget *child = gtk_widget_get_first_child (parent); child != NULL;
         child = gtk_widget_get_next_sibling (child)) {
        if (G_TYPE_CHECK_INSTANCE_TYPE (child, type) &&
            (label == NULL || (GTK_IS_BUTTON (child) &&
                               g_strcmp0 (gtk_button_get_label (GTK_BUTTON (child)), label) == 0)))
            return child;
        GtkWidget *found = find_labelled (child, type, label);
        if (found != NULL)
            return found;
    }
    return NULL;
}

static guint
count_windows (void)
{
    guint n = 0;
    for (GList *at = gtk_application_get_windows (GTK_APPLICATION (application)); at != NULL;
         at = at->next)
        n += FOVEA_IS_WINDOW (at->data);
    return n;
}

START_TEST (a_file_that_is_handed_over_opens_in_the_window_that_is_there)
{
    Bench *bench = bench_new (), *other = bench_new ();
    run_and_score (other);
    g_autofree char *kept = g_strdup (other->path);
    gtk_window_destroy (GTK_WINDOW (other->window));
    guint n = count_windows ();
    gtk_window_present (GTK_WINDOW (bench->window));
    g_autoptr (GFile) file = g_file_new_for_path (kept);
    g_application_open (G_APPLICATION (application), &file, 1, "");
    RUN_UNTIL (fovea_selection_get_info (bench->selection) != NULL);
    ck_assert_uint_eq (count_windows (), n);
    /* The desktop's list of recent files knows it now. */
    g_autofree char *uri = g_file_get_uri (file);
    RUN_UNTIL (gtk_recent_manager_has_item (gtk_recent_manager_get_default (), uri));
    other->window = fovea_window_new (GTK_APPLICATION (application));
    bench_free (other);
    bench_free (bench);
}
END_TEST

/* Opens what is open no longer and gives the one window there is then. */
static FoveaWindow *
start_again (void)
{
    g_application_activate (G_APPLICATION (application));
    return FOVEA_WINDOW (gtk_application_get_active_window (GTK_APPLICATION (application)));
}

START_TEST (the_next_start_opens_the_store_that_was_left_unless_it_was_the_start_page)
{
    Bench *bench = bench_new ();
    run_and_score (bench);
    gtk_window_set_default_size (GTK_WINDOW (bench->window), 1210, 770);
    while (g_main_context_pending (NULL))
        g_main_context_iteration (NULL, FALSE);
    gtk_window_destroy (GTK_WINDOW (bench->window));
    ck_assert_uint_eq (count_windows (), 0);
    bench->window = start_again ();
    bench->selection = fovea_window_get_selection (bench->window);
    RUN_UNTIL (fovea_selection_get_info (bench->selection) != NULL);
    int width, height;
    gtk_window_get_default_size (GTK_WINDOW (bench->window), &width, &height);
    ck_assert_int_eq (width, 1210);
    ck_assert_int_eq (height, 770);
    activate (bench, "start", NULL);
    gtk_window_destroy (GTK_WINDOW (bench->window));
    bench->window = start_again ();
    bench->selection = fovea_window_get_selection (bench->window);
    GtkWidget *page = find_labelled (GTK_WIDGET (bench->window), FOVEA_TYPE_START_PAGE, NULL);
    RUN_UNTIL (gtk_widget_get_mapped (page));
    while (g_main_context_pending (NULL)) /* nor does anything open after a moment */
        g_main_context_iteration (NULL, FALSE);
    ck_assert (gtk_widget_get_mapped (page));
    ck_assert_ptr_null (fovea_selection_get_info (bench->selection));
    bench_free (bench);
}
END_TEST

START_TEST (a_note_is_in_the_store_when_the_window_has_closed)
{
    Bench *bench = bench_new ();
    run_and_score (bench);
    activate (bench, "view", g_variant_new_string ("map"));
    fovea_selection_select (bench->selection, &(FoveaPlace){2, 7, 11, 5});
    activate (bench, "note", NULL);
    GtkWidget *entry = gtk_window_get_focus (GTK_WINDOW (bench->window));
    ck_assert (GTK_IS_TEXT_VIEW (entry));
    gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (entry)), "reads on", -1);
    gtk_window_destroy (GTK_WINDOW (bench->window)); /* at once: the pause has not passed */
    g_autoptr (FoveaStore) store = fovea_store_open (bench->path, FOVEA_STORE_READ, NULL);
    g_autoptr (GPtrArray) notes = fovea_store_list_notes (store, 1, NULL);
    ck_assert_uint_eq (notes->len, 1);
    const FoveaNote *note = g_ptr_array_index (notes, 0);
    ck_assert_str_eq (note->text, "reads on");
    ck_assert (note->object.layer == 2 && note->object.head == 7 && note->object.query == 11 &&
               note->object.key == 5);
    bench->window = fovea_window_new (GTK_APPLICATION (application));
    bench_free (bench);
}
END_TEST

START_TEST (a_cancelled_run_leaves_nothing_in_the_store)
{
    Bench *bench = bench_new ();
    g_autofree char *path = support_data ("data/texts/moby_dick.txt");
    g_autofree char *whole = NULL;
    ck_assert (g_file_get_contents (path, &whole, NULL, NULL));
    whole[12000] = '\0';
    fovea_window_run_text (bench->window, whole, bench->path);
    ck_assert (fovea_window_is_busy (bench->window));
    activate (bench, "cancel", NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    ck_assert_str_eq (fovea_window_get_status (bench->window), "Cancelled");
    ck_assert_ptr_null (fovea_selection_get_source (bench->selection));
    g_autoptr (FoveaStore) store = fovea_store_open (bench->path, FOVEA_STORE_READ, NULL);
    g_autoptr (GPtrArray) kept = store != NULL ? fovea_store_list_sequences (store, 0, NULL) : NULL;
    ck_assert (kept == NULL || kept->len == 0);
    bench_free (bench);
}
END_TEST

START_TEST (what_is_no_store_is_refused_in_one_line)
{
    Bench *bench = bench_new ();
    g_autofree char *path = g_build_filename (bench->folder, "no.fovea", NULL);
    ck_assert (g_file_set_contents (path, "this is no store", -1, NULL));
    fovea_window_open (bench->window, path);
    const char *message;
    RUN_UNTIL ((message = fovea_window_get_failure (bench->window)) != NULL);
    ck_assert_ptr_nonnull (strstr (message, "no.fovea"));
    ck_assert_ptr_null (strchr (message, '\n'));
    ck_assert_ptr_null (fovea_selection_get_source (bench->selection));
    bench_free (bench);
}
END_TEST

START_TEST (an_export_has_the_bytes_of_the_command_it_names)
{
    Bench *bench = bench_new ();
    run_and_score (bench);
    static const char *const views[] = {"map", "heads", "map", "map"};
    static const char *const suffixes[] = {".svg", ".svg", ".csv", ".npz"};
    for (guint i = 0; i < G_N_ELEMENTS (views); i++) {
        g_autofree char *name = g_strconcat (views[i], suffixes[i], NULL);
        g_autofree char *path = g_build_filename (bench->folder, name, NULL);
        g_autofree char *program =
            g_build_filename (FOVEA_BUILD_DIR, "app", "command", "fovea", NULL);
        g_autofree char *window_bytes = NULL, *command_bytes = NULL, *line = NULL;
        gsize window_size, command_size;
        int status;
        activate (bench, "view", g_variant_new_string (views[i]));
        activate (bench, "export-to", g_variant_new_string (path));
        RUN_UNTIL (!fovea_window_is_busy (bench->window));
        const char *said = fovea_window_get_status (bench->window);
        const char *command = strstr (said, i < 2 ? "fovea figure" : "fovea export");
        ck_assert_msg (command != NULL, "%s: %s", said, fovea_window_get_failure (bench->window));
        ck_assert (g_file_get_contents (path, &window_bytes, &window_size, NULL));
        ck_assert_int_eq (remove (path), 0);
        line = g_strconcat (program, command + strlen ("fovea"), NULL);
        ck_assert (g_spawn_command_line_sync (line, NULL, NULL, &status, NULL));
        ck_assert_int_eq (status, 0);
        ck_assert (g_file_get_contents (path, &command_bytes, &command_size, NULL));
        ck_assert_uint_eq (window_size, command_size);
        ck_assert (memcmp (window_bytes, command_bytes, window_size) == 0);
    }
    bench_free (bench);
}
END_TEST

START_TEST (the_scores_of_all_heads_are_saved_as_the_table_that_is_shown)
{
    Bench *bench = bench_new ();
    run_and_score (bench);
    g_autofree char *path = g_build_filename (bench->folder, "heads.csv", NULL);
    g_autofree char *bytes = NULL;
    FoveaTable *heads = fovea_selection_get_heads (bench->selection);
    g_autofree char *expected = fovea_table_print (heads, FOVEA_FORMAT_CSV);
    activate (bench, "view", g_variant_new_string ("heads"));
    activate (bench, "export-to", g_variant_new_string (path));
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    ck_assert_str_eq (fovea_window_get_status (bench->window), "Saved.");
    ck_assert (g_file_get_contents (path, &bytes, NULL, NULL));
    ck_assert_str_eq (bytes, expected);
    bench_free (bench);
}
END_TEST

/* Runs the command that the status line names, after removing the file it makes. */
static char *
run_named_command (Bench *bench, const char *path, gsize *size)
{
    const char *said = fovea_window_get_status (bench->window);
    const char *command = strstr (said, "fovea figure");
    char *bytes = NULL;
    int status;
    ck_assert_msg (command != NULL, "%s", said);
    ck_assert_int_eq (remove (path), 0);
    g_autofree char *line = g_strconcat (FOVEA_BUILD_DIR "/app/command/", command, NULL);
    ck_assert (g_spawn_command_line_sync (line, NULL, NULL, &status, NULL));
    ck_assert_int_eq (status, 0);
    ck_assert (g_file_get_contents (path, &bytes, size, NULL));
    return bytes;
}

START_TEST (of_two_head_tables_window_and_command_take_the_one_of_the_run)
{
    Bench *bench = bench_new (), *second = bench_new ();
    run_and_score (bench);
    fovea_window_run_text (second->window, text, bench->path); /* another run, in the same store */
    RUN_UNTIL (fovea_selection_get_source (second->selection) != NULL &&
               !fovea_window_is_busy (second->window));
    g_autoptr (FoveaStore) store = fovea_store_open (bench->path, FOVEA_STORE_WRITE, NULL);
    g_autoptr (FoveaTable) other = fovea_store_get_table (store, 1, "heads", NULL);
    ck_assert_ptr_nonnull (other);
    int column = fovea_table_find_column (other, "induction");
    fovea_table_set_number (other, 0, (guint) column, 0.77);
    ck_assert (fovea_store_put_table (store, 2, other, NULL)); /* the newest, about run 2 */
    g_clear_pointer (&store, fovea_store_close);
    g_autofree char *path = g_build_filename (bench->folder, "heads.svg", NULL);
    g_autofree char *mine = NULL;
    gsize mine_size, its_size;
    activate (bench, "view", g_variant_new_string ("heads"));
    activate (bench, "export-to", g_variant_new_string (path));
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    ck_assert (g_file_get_contents (path, &mine, &mine_size, NULL));
    g_autofree char *its = run_named_command (bench, path, &its_size);
    ck_assert_uint_eq (mine_size, its_size);
    ck_assert (memcmp (mine, its, mine_size) == 0);
    bench_free (second);
    bench_free (bench);
}
END_TEST

/* The open window with a title, NULL = none. */
static GtkWidget *
find_window (const char *title)
{
    GListModel *windows = gtk_window_get_toplevels ();
    for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
        g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);
        if (g_strcmp0 (gtk_window_get_title (window), title) == 0)
            return GTK_WIDGET (window);
    }
    return NULL;
}

START_TEST (a_capture_starts_only_when_its_prediction_fits)
{
    Bench *bench = bench_new ();
    activate (bench, "new-capture", NULL);
    GtkWidget *dialog = find_window ("New capture");
    ck_assert_ptr_nonnull (dialog);
    GtkWidget *capture = find_labelled (dialog, GTK_TYPE_BUTTON, "Capture");
    GtkWidget *model =
        find_labelled (gtk_window_get_child (GTK_WINDOW (dialog)), GTK_TYPE_ENTRY, NULL);
    ck_assert (!gtk_widget_get_sensitive (capture));
    RUN_UNTIL (gtk_widget_get_sensitive (capture));
    gtk_editable_set_text (GTK_EDITABLE (model), "no such model");
    RUN_UNTIL (!gtk_widget_get_sensitive (capture));
    gtk_editable_set_text (GTK_EDITABLE (model), "demo");
    RUN_UNTIL (gtk_widget_get_sensitive (capture));
    gtk_window_destroy (GTK_WINDOW (dialog));
    bench_free (bench);
}
END_TEST

static GtkWidget *
open_new_capture (Bench *bench)
{
    activate (bench, "new-capture", NULL);
    GtkWidget *dialog = find_window ("New capture");
    ck_assert_ptr_nonnull (dialog);
    return dialog;
}

/* Turns the input to a tab and gives its page. */
static GtkWidget *
turn_to (GtkWidget *dialog, const char *page)
{
    GtkWidget *content = gtk_window_get_child (GTK_WINDOW (dialog));
    GtkWidget *switcher = find_labelled (content, GTK_TYPE_STACK_SWITCHER, NULL);
    GtkStack *pages = gtk_stack_switcher_get_stack (GTK_STACK_SWITCHER (switcher));
    gtk_stack_set_visible_child_name (pages, page);
    return gtk_stack_get_visible_child (pages);
}

START_TEST (a_new_capture_runs_on_ids_and_says_what_is_wrong_with_them)
{
    Bench *bench = bench_new ();
    GtkWidget *dialog = open_new_capture (bench);
    GtkWidget *capture = find_labelled (dialog, GTK_TYPE_BUTTON, "Capture");
    RUN_UNTIL (gtk_widget_get_sensitive (capture));
    GtkWidget *page = turn_to (dialog, "ids");
    RUN_UNTIL (!gtk_widget_get_sensitive (capture));
    GtkEditable *ids = GTK_EDITABLE (find_labelled (page, GTK_TYPE_ENTRY, NULL));
    gtk_editable_set_text (ids, "0,519,99999999");
    RUN_UNTIL (find_text (dialog, "ids: ") != NULL); /* not in the vocabulary */
    gtk_editable_set_text (ids, "0,519,671");
    RUN_UNTIL (gtk_widget_get_sensitive (capture));
    RUN_UNTIL (find_text (dialog, "1 sequence, 3 tokens") != NULL);
    ck_assert_ptr_nonnull (strstr (find_text (dialog, "fovea capture"), "--ids '0,519,671'"));
    gtk_window_destroy (GTK_WINDOW (dialog));
    bench_free (bench);
}
END_TEST

START_TEST (the_command_of_a_new_capture_predicts_the_same_store)
{
    Bench *bench = bench_new ();
    GtkWidget *dialog = open_new_capture (bench);
    GtkWidget *capture = find_labelled (dialog, GTK_TYPE_BUTTON, "Capture");
    RUN_UNTIL (gtk_widget_get_sensitive (capture));
    const char *shown = find_text (dialog, "fovea capture");
    g_autofree char *line = g_strdup_printf ("%s/app/command/%s --dry-run", FOVEA_BUILD_DIR, shown);
    g_autofree char *out = NULL;
    int status;
    const char *arguments[] = {"/bin/sh", "-c", line, NULL};
    ck_assert (
        g_spawn_sync (NULL, (char **) arguments, NULL, 0, NULL, NULL, &out, NULL, &status, NULL));
    ck_assert_int_eq (status, 0);
    ck_assert_ptr_nonnull (find_text (dialog, "of ")); /* bars say what there is in words */
    const char *bytes = strstr (out, "store        ");
    ck_assert_ptr_nonnull (bytes);
    g_autofree char *size = g_strndup (bytes + 13, strcspn (bytes + 13, "f") - 1);
    ck_assert_msg (find_text (dialog, size) != NULL, "%s is not shown", size);
    gtk_window_destroy (GTK_WINDOW (dialog));
    bench_free (bench);
}
END_TEST

/* Whether the one file's tokens are those of the whole run, which come a moment later. */
static gboolean
shows_tokens_of_file (GtkWidget *dialog)
{
    const char *where = find_text (dialog, "1 sequence, ");
    int n = where != NULL ? atoi (where + strlen ("1 sequence, ")) : 0;
    g_autofree char *tokens = g_strdup_printf ("%d tokens", n);
    return n > 10 && find_text (turn_to (dialog, "files"), tokens) != NULL;
}

START_TEST (files_are_listed_with_their_tokens)
{
    Bench *bench = bench_new ();
    g_autofree char *path = g_build_filename (bench->folder, "note.txt", NULL);
    ck_assert (g_file_set_contents (path, text, -1, NULL));
    fovea_new_capture_present_with (bench->window, path);
    GtkWidget *dialog = find_window ("New capture");
    GtkWidget *capture = find_labelled (dialog, GTK_TYPE_BUTTON, "Capture");
    RUN_UNTIL (find_text (dialog, "note.txt") != NULL);
    RUN_UNTIL (shows_tokens_of_file (dialog));
    ck_assert (gtk_widget_get_sensitive (capture));
    gtk_widget_activate (
        find_labelled (find_labelled (turn_to (dialog, "files"), GTK_TYPE_LIST_VIEW, NULL),
                       GTK_TYPE_BUTTON, NULL));
    RUN_UNTIL (!gtk_widget_get_sensitive (capture)); /* no file is left */
    gtk_window_destroy (GTK_WINDOW (dialog));
    bench_free (bench);
}
END_TEST

START_TEST (the_export_dialog_shows_what_it_will_save)
{
    Bench *bench = bench_new ();
    run_and_score (bench);
    activate (bench, "export", NULL);
    GtkWidget *dialog = find_window ("Export");
    ck_assert_ptr_nonnull (dialog);
    GtkWidget *picture = find_labelled (dialog, GTK_TYPE_PICTURE, NULL);
    GtkWidget *save = find_labelled (dialog, GTK_TYPE_BUTTON, "Save…");
    RUN_UNTIL (gtk_picture_get_paintable (GTK_PICTURE (picture)) != NULL);
    GdkPaintable *heads = gtk_picture_get_paintable (GTK_PICTURE (picture));
    ck_assert (gtk_widget_get_sensitive (save));
    GtkWidget *content =
        find_labelled (gtk_window_get_child (GTK_WINDOW (dialog)), GTK_TYPE_DROP_DOWN, NULL);
    gtk_drop_down_set_selected (GTK_DROP_DOWN (content), 0); /* this map */
    RUN_UNTIL (gtk_picture_get_paintable (GTK_PICTURE (picture)) != heads);
    gtk_window_destroy (GTK_WINDOW (dialog));
    bench_free (bench);
}
END_TEST

/* The export dialog's list whose choices begin so. */
static GtkDropDown *
find_list (GtkWidget *parent, const char *first)
{
    for (GtkWidget *child = gtk_widget_get_first_child (parent); child != NULL;
         child = gtk_widget_get_next_sibling (child)) {
        GtkDropDown *found = NULL;
        GListModel *model =
            GTK_IS_DROP_DOWN (child) ? gtk_drop_down_get_model (GTK_DROP_DOWN (child)) : NULL;
        if (GTK_IS_STRING_LIST (model) &&
            g_str_equal (gtk_string_list_get_string (GTK_STRING_LIST (model), 0), first))
            return GTK_DROP_DOWN (child);
        found = find_list (child, first);
        if (found != NULL)
            return found;
    }
    return NULL;
}

static GtkWidget *
open_export (Bench *bench)
{
    activate (bench, "export", NULL);
    GtkWidget *dialog = find_window ("Export");
    ck_assert_ptr_nonnull (dialog);
    GtkWidget *picture = find_labelled (dialog, GTK_TYPE_PICTURE, NULL);
    RUN_UNTIL (gtk_picture_get_paintable (GTK_PICTURE (picture)) != NULL);
    return dialog;
}

START_TEST (the_export_dialog_has_own_sizes_and_remembers_them)
{
    Bench *bench = bench_new ();
    run_and_score (bench);
    activate (bench, "view", g_variant_new_string ("map"));
    GtkWidget *dialog = open_export (bench);
    GtkDropDown *width = find_list (dialog, "89 mm, one column");
    GtkWidget *own = gtk_widget_get_next_sibling (GTK_WIDGET (width));
    GtkWidget *picture = find_labelled (dialog, GTK_TYPE_PICTURE, NULL);
    ck_assert (!gtk_widget_get_sensitive (own));
    gtk_drop_down_set_selected (width, 3); /* own */
    ck_assert (gtk_widget_get_sensitive (own));
    GdkPaintable *before = gtk_picture_get_paintable (GTK_PICTURE (picture));
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (own), 120);
    gtk_drop_down_set_selected (find_list (dialog, "automatic"), 1);
    RUN_UNTIL (gtk_picture_get_paintable (GTK_PICTURE (picture)) != before);
    gtk_window_destroy (GTK_WINDOW (dialog));

    dialog = open_export (bench);
    width = find_list (dialog, "89 mm, one column");
    ck_assert_uint_eq (gtk_drop_down_get_selected (width), 3);
    own = gtk_widget_get_next_sibling (GTK_WIDGET (width));
    ck_assert (gtk_spin_button_get_value (GTK_SPIN_BUTTON (own)) == 120);
    ck_assert_uint_eq (gtk_drop_down_get_selected (find_list (dialog, "automatic")), 1);
    /* A slide brings its height, a column takes what its content wants. */
    gtk_drop_down_set_selected (width, 2);
    GtkDropDown *height = find_list (dialog, "automatic");
    GtkWidget *own_height = gtk_widget_get_next_sibling (GTK_WIDGET (height));
    ck_assert (gtk_spin_button_get_value (GTK_SPIN_BUTTON (own_height)) == 143);
    gtk_drop_down_set_selected (width, 0);
    ck_assert_uint_eq (gtk_drop_down_get_selected (height), 0);
    /* Other kinds keep their own. */
    gtk_drop_down_set_selected (find_list (dialog, "This map"), 1);
    ck_assert_uint_eq (gtk_drop_down_get_selected (width), 1);
    gtk_window_destroy (GTK_WINDOW (dialog));
    bench_free (bench);
}
END_TEST

static void
written (GObject *object, GAsyncResult *result, gpointer data)
{
    gboolean *done = data;
    ck_assert (
        gdk_content_provider_write_mime_type_finish (GDK_CONTENT_PROVIDER (object), result, NULL));
    *done = TRUE;
}

START_TEST (a_copied_picture_is_the_exported_file_as_png_and_svg)
{
    Bench *bench = bench_new ();
    run_and_score (bench);
    activate (bench, "view", g_variant_new_string ("map"));
    activate (bench, "copy-picture", NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    GdkContentProvider *content =
        gdk_clipboard_get_content (gtk_widget_get_clipboard (GTK_WIDGET (bench->window)));
    ck_assert_ptr_nonnull (content);
    static const char *const kinds[][2] = {{"image/png", "a.png"}, {"image/svg+xml", "a.svg"}};
    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
        g_autofree char *path = g_build_filename (bench->folder, kinds[i][1], NULL);
        g_autofree char *bytes = NULL;
        gsize size;
        gboolean done = FALSE;
        activate (bench, "export-to", g_variant_new_string (path));
        RUN_UNTIL (!fovea_window_is_busy (bench->window));
        ck_assert (g_file_get_contents (path, &bytes, &size, NULL));
        g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
        gdk_content_provider_write_mime_type_async (content, kinds[i][0], stream,
                                                    G_PRIORITY_DEFAULT, NULL, written, &done);
        RUN_UNTIL (done);
        GMemoryOutputStream *memory = G_MEMORY_OUTPUT_STREAM (stream);
        ck_assert_uint_eq (g_memory_output_stream_get_data_size (memory), size);
        ck_assert (memcmp (g_memory_output_stream_get_data (memory), bytes, size) == 0);
    }
    bench_free (bench);
}
END_TEST

START_TEST (the_start_page_fits_the_smallest_window)
{
    Bench *bench = bench_new ();
    gtk_window_destroy (GTK_WINDOW (bench->window));
    bench->window = fovea_window_new (GTK_APPLICATION (application));
    gtk_window_set_default_size (GTK_WINDOW (bench->window), 960, 600);
    gtk_window_present (GTK_WINDOW (bench->window));
    GtkWidget *scrolled = find_labelled (gtk_window_get_child (GTK_WINDOW (bench->window)),
                                         GTK_TYPE_SCROLLED_WINDOW, NULL);
    GtkAdjustment *down = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled));
    RUN_UNTIL (find_text (GTK_WIDGET (bench->window), "Keeps every") != NULL);
    RUN_UNTIL (gtk_adjustment_get_page_size (down) > 300 &&
               gtk_adjustment_get_upper (down) <= gtk_adjustment_get_page_size (down));
    bench_free (bench);
}
END_TEST

/* Types into a fresh command palette and takes its first answer. */
static void
find_and_go (Bench *bench, const char *typed, const char *expected)
{
    activate (bench, "palette", NULL);
    GtkWidget *finder = find_window ("Find");
    ck_assert_ptr_nonnull (finder);
    fovea_finder_set_text (FOVEA_FINDER (finder), typed);
    GListModel *results = fovea_finder_get_results (FOVEA_FINDER (finder));
    g_autoptr (FoveaFinderItem) first = g_list_model_get_item (results, 0);
    ck_assert_msg (first != NULL, "%s: nothing found", typed);
    ck_assert_str_eq (fovea_finder_item_get_title (first), expected);
    g_signal_emit_by_name (find_labelled (finder, GTK_TYPE_SEARCH_ENTRY, NULL), "activate");
    ck_assert_ptr_null (find_window ("Find"));
}

START_TEST (the_palette_finds_actions_heads_sequences_and_tokens)
{
    Bench *bench = bench_new ();
    run_and_score (bench);
    find_and_go (bench, "3.11", "Head 3.11, previous token");
    const FoveaPlace *place = fovea_selection_get_place (bench->selection);
    ck_assert (place->layer == 3 && place->head == 11);
    find_and_go (bench, "dinner", "“dinner”");
    place = fovea_selection_get_place (bench->selection);
    const FoveaTraceInfo *info = fovea_selection_get_info (bench->selection);
    ck_assert_ptr_nonnull (strstr (info->token_texts[place->query], "dinner"));
    ck_assert_int_le (place->key, place->query);
    find_and_go (bench, "map", "Map");
    GtkWidget *shown = gtk_window_get_focus (GTK_WINDOW (bench->window));
    ck_assert_ptr_nonnull (gtk_widget_get_ancestor (shown, FOVEA_TYPE_MAP_CANVAS));
    /* An action of the heads view brings it to the front. */
    find_and_go (bench, "choose every", "Choose every head shown");
    ck_assert_uint_eq (fovea_head_set_get_n (fovea_selection_get_chosen (bench->selection)), 72);
    FoveaTraceSource *before = fovea_selection_get_source (bench->selection);
    find_and_go (bench, "the psychologist", "The Psychologist was th…");
    RUN_UNTIL (fovea_selection_get_source (bench->selection) != before);
    bench_free (bench);
}
END_TEST

START_TEST (the_palette_leaves_out_what_cannot_be_done_now)
{
    Bench *bench = bench_new ();
    activate (bench, "palette", NULL);
    GtkWidget *finder = find_window ("Find");
    fovea_finder_set_text (FOVEA_FINDER (finder), "export this view");
    GListModel *results = fovea_finder_get_results (FOVEA_FINDER (finder));
    ck_assert_uint_eq (g_list_model_get_n_items (results), 0); /* nothing is open */
    fovea_finder_set_text (FOVEA_FINDER (finder), "new capture");
    ck_assert_uint_eq (g_list_model_get_n_items (results), 1);
    gtk_window_destroy (GTK_WINDOW (finder));
    bench_free (bench);
}
END_TEST

START_TEST (back_and_forward_follow_the_selection)
{
    Bench *bench = bench_new ();
    run_and_score (bench);
    FoveaPlace before = *fovea_selection_get_place (bench->selection);
    fovea_selection_select_head (bench->selection, 1, 3);
    ck_assert (g_action_group_get_action_enabled (G_ACTION_GROUP (bench->window), "back"));
    activate (bench, "back", NULL);
    ck_assert_uint_eq (fovea_selection_get_place (bench->selection)->layer, before.layer);
    ck_assert (g_action_group_get_action_enabled (G_ACTION_GROUP (bench->window), "forward"));
    activate (bench, "forward", NULL);
    ck_assert_uint_eq (fovea_selection_get_place (bench->selection)->head, 3);
    bench_free (bench);
}
END_TEST

START_TEST (the_copy_key_is_left_to_text_that_has_the_focus)
{
    Bench *bench = bench_new ();
    GActionGroup *actions = G_ACTION_GROUP (bench->window);
    ck_assert (!g_action_group_get_action_enabled (actions, "copy-value"));
    run_and_score (bench);
    activate (bench, "view", g_variant_new_string ("map"));
    RUN_UNTIL (g_action_group_get_action_enabled (actions, "copy-value"));
    activate (bench, "search", NULL);
    ck_assert (!g_action_group_get_action_enabled (actions, "copy-value"));
    bench_free (bench);
}
END_TEST

int
main (void)
{
    /* What windows keep between runs goes where nobody else looks. */
    char *state = g_dir_make_tmp ("fovea-test-XXXXXX", NULL);
    g_setenv ("XDG_STATE_HOME", state, TRUE);
    g_setenv ("XDG_DATA_HOME", state, TRUE);
    if (!gtk_init_check ())
        return 77;
    application = fovea_application_new ();
    /* A window that is open on this desktop must not take the tests' place. */
    g_application_set_flags (G_APPLICATION (application),
                             G_APPLICATION_HANDLES_OPEN | G_APPLICATION_NON_UNIQUE);
    if (!g_application_register (G_APPLICATION (application), NULL, NULL))
        return EXIT_FAILURE;
    Suite *suite = suite_create ("window");
    TCase *tcase = tcase_create ("display");
    tcase_set_timeout (tcase, 120);
    tcase_add_test (tcase, a_text_is_run_kept_scored_and_shown);
    tcase_add_test (tcase, a_store_that_was_scored_opens_with_its_heads);
    tcase_add_test (tcase, a_store_opens_where_it_was_left);
    tcase_add_test (tcase, a_file_that_is_handed_over_opens_in_the_window_that_is_there);
    tcase_add_test (tcase,
                    the_next_start_opens_the_store_that_was_left_unless_it_was_the_start_page);
    tcase_add_test (tcase, a_note_is_in_the_store_when_the_window_has_closed);
    tcase_add_test (tcase, a_cancelled_run_leaves_nothing_in_the_store);
    tcase_add_test (tcase, what_is_no_store_is_refused_in_one_line);
    tcase_add_test (tcase, an_export_has_the_bytes_of_the_command_it_names);
    tcase_add_test (tcase, of_two_head_tables_window_and_command_take_the_one_of_the_run);
    tcase_add_test (tcase, the_scores_of_all_heads_are_saved_as_the_table_that_is_shown);
    tcase_add_test (tcase, a_capture_starts_only_when_its_prediction_fits);
    tcase_add_test (tcase, a_new_capture_runs_on_ids_and_says_what_is_wrong_with_them);
    tcase_add_test (tcase, the_command_of_a_new_capture_predicts_the_same_store);
    tcase_add_test (tcase, files_are_listed_with_their_tokens);
    tcase_add_test (tcase, the_export_dialog_shows_what_it_will_save);
    tcase_add_test (tcase, the_export_dialog_has_own_sizes_and_remembers_them);
    tcase_add_test (tcase, a_copied_picture_is_the_exported_file_as_png_and_svg);
    tcase_add_test (tcase, the_start_page_fits_the_smallest_window);
    tcase_add_test (tcase, the_palette_finds_actions_heads_sequences_and_tokens);
    tcase_add_test (tcase, the_palette_leaves_out_what_cannot_be_done_now);
    tcase_add_test (tcase, back_and_forward_follow_the_selection);
    tcase_add_test (tcase, the_copy_key_is_left_to_text_that_has_the_focus);
    suite_add_tcase (suite, tcase);
    int status = support_run (suite);
    g_object_unref (application);
    support_remove_dir (state);
    return status;
}
