/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The form of a new capture, field by field: which model, how much of a book, and its keys. Exit status 77
 * without a display. */
#include <string.h>

#include "app/window/new-capture.h"
#include "app/window/window-private.h"
#include "tests/press-shortcut.h"
#include "tests/shown-text.h"
#include "tests/support.h"
#include "tests/widget-tree.h"
#include "tests/window-bench.h"

typedef struct {
    Bench *bench;
    GtkWidget *dialog, *capture;
    GtkEditable *model;
} Form;

static Form
form_of (Bench *bench)
{
    GtkWidget *dialog = wait_for_window ("New capture");
    return (Form){bench, dialog, find_labelled (dialog, GTK_TYPE_BUTTON, "Capture"),
                  GTK_EDITABLE (find_labelled (gtk_window_get_child (GTK_WINDOW (dialog)),
                                               GTK_TYPE_ENTRY, NULL))};
}

static Form
open_form (const char *action)
{
    Bench *bench = bench_new ();
    activate (bench, action, NULL);
    return form_of (bench);
}

static void
close_form (Form *form)
{
    gtk_window_destroy (GTK_WINDOW (form->dialog));
    bench_free (form->bench);
}

static GtkStack *
get_pages (Form *form)
{
    GtkWidget *switcher = widget_tree_find (gtk_window_get_child (GTK_WINDOW (form->dialog)),
                                            GTK_TYPE_STACK_SWITCHER);
    return gtk_stack_switcher_get_stack (GTK_STACK_SWITCHER (switcher));
}

/* As the display would. */
static gboolean
press_on (GtkWidget *widget, guint key)
{
    g_autoptr (GListModel) all = gtk_widget_observe_controllers (widget);
    gboolean taken = FALSE;
    for (guint i = 0; !taken && i < g_list_model_get_n_items (all); i++) {
        g_autoptr (GObject) controller = g_list_model_get_item (all, i);
        if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
            g_signal_emit_by_name (controller, "key-pressed", key, 0, 0, &taken);
    }
    return taken;
}

/* Tab comes to the one that is chosen, arrows choose the next and end with the row. */
START_TEST (the_kind_of_input_is_chosen_by_arrows)
{
    static const char *const kinds[] = {"files", "jsonl", "ids", "repeat", "repeat"};
    Form form = open_form ("new-capture");
    GtkWidget *switcher =
        widget_tree_find (gtk_window_get_child (GTK_WINDOW (form.dialog)), GTK_TYPE_STACK_SWITCHER);
    GtkWidget *text = gtk_widget_get_first_child (switcher),
              *last = gtk_widget_get_last_child (switcher);
    ck_assert (gtk_widget_get_focusable (text) && !gtk_widget_get_focusable (last));
    gtk_widget_grab_focus (text);
    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
        ck_assert (press_on (switcher, GDK_KEY_Right));
        ck_assert_str_eq (gtk_stack_get_visible_child_name (get_pages (&form)), kinds[i]);
    }
    ck_assert_ptr_eq (gtk_window_get_focus (GTK_WINDOW (form.dialog)), last);
    ck_assert (!gtk_widget_get_focusable (text) && gtk_widget_get_focusable (last));
    ck_assert (press_on (switcher, GDK_KEY_Left));
    ck_assert_str_eq (gtk_stack_get_visible_child_name (get_pages (&form)), "ids");
    gtk_widget_set_direction (switcher, GTK_TEXT_DIR_RTL);
    ck_assert (press_on (switcher, GDK_KEY_Left));
    ck_assert_str_eq (gtk_stack_get_visible_child_name (get_pages (&form)), "repeat");
    close_form (&form);
}
END_TEST

START_TEST (a_book_says_how_much_of_it_is_captured)
{
    Bench *bench = bench_new ();
    g_autofree char *path = support_data ("data/texts/gettysburg_address.txt");
    fovea_new_capture_present_with (bench->window, (const char *const[]){path, NULL});
    Form form = form_of (bench);
    GtkWidget *page = gtk_stack_get_visible_child (get_pages (&form));
    GtkSpinButton *tokens = NULL;
    EACH_WIDGET (widget, form.dialog)
        if (GTK_IS_LABEL (widget) &&
            g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), "tokens, stride"))
            tokens = GTK_SPIN_BUTTON (gtk_widget_get_prev_sibling (widget));
    gtk_spin_button_set_value (tokens, 50);
    RUN_UNTIL (find_text (page, "50 of ") != NULL);
    ck_assert (g_str_has_suffix (find_text (page, "50 of "), " tokens"));
    /* Longer than the model reads: nothing is known of the file, and the longest is named. */
    gtk_spin_button_set_value (tokens, 5000);
    RUN_UNTIL (find_text (page, "50 of ") == NULL);
    RUN_UNTIL (find_text (form.dialog,
                          "Windows of 5,000 tokens are longer than the context of this "
                          "model, 4,096 tokens.") != NULL);
    gtk_spin_button_set_value (tokens, 4096);
    RUN_UNTIL (find_text (page, "3") != NULL); /* all of it: one number */
    ck_assert_ptr_null (strstr (wait_for_text (page, "3"), " of "));
    close_form (&form);
}
END_TEST

/* As a model fills the row of models; it would be no text. */
START_TEST (a_store_that_is_dropped_is_one_to_write_into)
{
    Bench *bench = bench_new ();
    g_autofree char *text = support_data ("data/texts/gettysburg_address.txt");
    fovea_new_capture_present_with (bench->window,
                                    (const char *const[]){text, "/there/all.fovea", NULL});
    Form form = form_of (bench);
    guint n_rows = 0;
    EACH_WIDGET (widget, form.dialog)
        n_rows += GTK_IS_ENTRY (widget) &&
                  g_str_equal (gtk_editable_get_text (GTK_EDITABLE (widget)), "/there/all.fovea");
    ck_assert_uint_eq (n_rows, 1);
    RUN_UNTIL (find_text (form.dialog, "gettysburg_address.txt") != NULL);
    ck_assert_ptr_null (find_text (form.dialog, "all.fovea"));
    close_form (&form);
}
END_TEST

static GObject *
find_drop_target (GtkWidget *widget)
{
    g_autoptr (GListModel) all = gtk_widget_observe_controllers (widget);
    for (guint i = 0; i < g_list_model_get_n_items (all); i++) {
        g_autoptr (GObject) controller = g_list_model_get_item (all, i);
        if (GTK_IS_DROP_TARGET (controller))
            return controller; /* the widget's */
    }
    return NULL;
}

/* A drag of another program is not to be had here, its end is. */
START_TEST (the_form_is_framed_no_more_once_nothing_hangs_over_it)
{
    Form form = open_form ("new-capture");
    GObject *target = find_drop_target (form.dialog);
    ck_assert_ptr_nonnull (target);
    gtk_widget_add_css_class (form.dialog, "dropping");
    g_object_notify (target, "current-drop");
    ck_assert (!gtk_widget_has_css_class (form.dialog, "dropping"));
    close_form (&form);
}
END_TEST

/* One press, not the window's number once more; another window keeps windows that follow one another so. */
START_TEST (a_book_is_taken_whole_by_one_button)
{
    Bench *bench = bench_new ();
    g_autofree char *path = support_data ("data/texts/gettysburg_address.txt");
    fovea_new_capture_present_with (bench->window, (const char *const[]){path, NULL});
    Form form = form_of (bench);
    GtkWidget *words = NULL;
    EACH_WIDGET (widget, form.dialog)
        if (GTK_IS_LABEL (widget) &&
            g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), "tokens, stride"))
            words = widget;
    GtkSpinButton *tokens = GTK_SPIN_BUTTON (gtk_widget_get_prev_sibling (words));
    GtkSpinButton *stride = GTK_SPIN_BUTTON (gtk_widget_get_next_sibling (words));
    GtkWidget *whole =
        find_labelled (form.dialog, GTK_TYPE_BUTTON, "Longer texts end there: take them whole");
    gtk_spin_button_set_value (tokens, 50);
    RUN_UNTIL (gtk_widget_get_mapped (whole));
    g_signal_emit_by_name (whole, "clicked");
    ck_assert_int_eq (gtk_spin_button_get_value_as_int (stride), 50);
    RUN_UNTIL (!gtk_widget_get_mapped (whole));
    ck_assert (gtk_widget_get_state_flags (GTK_WIDGET (stride)) & GTK_STATE_FLAG_FOCUS_WITHIN);
    gtk_spin_button_set_value (tokens, 60);
    ck_assert_int_eq (gtk_spin_button_get_value_as_int (stride), 60);
    gtk_spin_button_set_value (stride, 30); /* windows that overlap stay as they are */
    gtk_spin_button_set_value (tokens, 70);
    ck_assert_int_eq (gtk_spin_button_get_value_as_int (stride), 30);
    close_form (&form);
}
END_TEST

START_TEST (the_model_is_the_one_in_the_entry_and_says_how_much_it_reads)
{
    Form form = open_form ("new-capture");
    GtkDropDown *recent = GTK_DROP_DOWN (
        widget_tree_find (gtk_window_get_child (GTK_WINDOW (form.dialog)), GTK_TYPE_DROP_DOWN));
    RUN_UNTIL (find_text (form.dialog,
                          "llama · 6 layers × 12 heads, 4 key/value · context 4,096 · ") != NULL);
    gtk_editable_set_text (form.model, "/no/such/model");
    GtkStringList *models = GTK_STRING_LIST (gtk_drop_down_get_model (recent));
    guint n = g_list_model_get_n_items (G_LIST_MODEL (models));
    ck_assert_str_eq (gtk_string_list_get_string (models, 0), "Recent");
    ck_assert_str_eq (gtk_string_list_get_string (models, n - 1), "demo");
    /* Twice the same: what is in the entry counts, not what was chosen last. */
    for (guint i = 0; i < 2; i++) {
        gtk_editable_set_text (form.model, "/no/such/model");
        gtk_drop_down_set_selected (recent, n - 1);
        ck_assert_str_eq (gtk_editable_get_text (form.model), "demo");
        ck_assert_uint_eq (gtk_drop_down_get_selected (recent), 0);
    }
    ck_assert_ptr_nonnull (find_labelled (form.dialog, GTK_TYPE_BUTTON, "Folder…"));
    ck_assert_ptr_nonnull (find_labelled (form.dialog, GTK_TYPE_BUTTON, "File…"));
    close_form (&form);
}
END_TEST

/* Typing replaces the model that is offered, and nothing of what was typed before the text was selected. */
START_TEST (the_keys_go_to_the_model_whose_name_is_selected)
{
    Form form = open_form ("new-capture");
    GtkWidget *text = GTK_WIDGET (gtk_editable_get_delegate (form.model));
    int start, end;
    ck_assert_ptr_eq (gtk_window_get_focus (GTK_WINDOW (form.dialog)), text);
    RUN_UNTIL (gtk_editable_get_selection_bounds (form.model, &start, &end));
    ck_assert_int_eq (start, 0);
    ck_assert_int_eq (end, (int) strlen ("demo"));
    close_form (&form);

    form = open_form ("new-capture");
    gtk_editable_set_text (form.model, "d");
    gtk_editable_set_position (form.model, 1);
    RUN_UNTIL (gtk_window_get_modal (GTK_WINDOW (form.dialog)));
    for (guint turn = 0; turn < 10; turn++)
        g_main_context_iteration (NULL, FALSE);
    ck_assert (!gtk_editable_get_selection_bounds (form.model, &start, &end));
    close_form (&form);
}
END_TEST

/* Every entry presses the button with Enter, Ctrl+Enter does from anywhere. */
START_TEST (enter_starts_what_was_typed_once_that_is_predicted)
{
    Form form = open_form ("new-capture");
    guint n = 0;
    RUN_UNTIL (gtk_widget_get_sensitive (form.capture));
    ck_assert_ptr_eq (gtk_window_get_default_widget (GTK_WINDOW (form.dialog)), form.capture);
    EACH_WIDGET (widget, form.dialog)
        if (GTK_IS_ENTRY (widget) || GTK_IS_SPIN_BUTTON (widget)) {
            GtkEditable *text = gtk_editable_get_delegate (GTK_EDITABLE (widget));
            ck_assert (gtk_text_get_activates_default (GTK_TEXT (text)));
            n++;
        }
    ck_assert_uint_eq (n, 10);
    gtk_stack_set_visible_child_name (get_pages (&form), "ids");
    GtkEditable *ids = GTK_EDITABLE (
        find_labelled (gtk_stack_get_visible_child (get_pages (&form)), GTK_TYPE_ENTRY, NULL));
    RUN_UNTIL (find_text (form.dialog, "Type the ids of the tokens to run on.") != NULL);
    gtk_editable_set_text (ids, "0;519");
    RUN_UNTIL (find_text (form.dialog, "“0;519” is no list of ids") != NULL);
    gtk_editable_set_text (ids, "0,519");
    RUN_UNTIL (find_text (form.dialog, "1 sequence, 2 tokens") != NULL);
    gtk_editable_set_text (ids, "0,519,671"); /* and at once, before anything is known of it */
    ck_assert (press_shortcut_with (form.dialog, GDK_KEY_Return, GDK_CONTROL_MASK));
    ck_assert_ptr_nonnull (find_window ("New capture"));
    RUN_UNTIL (find_window ("New capture") == NULL);
    RUN_UNTIL (fovea_selection_get_info (form.bench->selection) != NULL);
    ck_assert_int_eq (fovea_selection_get_info (form.bench->selection)->n_tokens, 3);
    RUN_UNTIL (!fovea_window_is_busy (form.bench->window));
    bench_free (form.bench);
}
END_TEST

static void
note_click (gboolean *clicked)
{
    *clicked = TRUE;
}

START_TEST (what_cannot_run_is_not_started_by_enter)
{
    Form form = open_form ("new-capture");
    gboolean clicked = FALSE; /* which a key does a while after it was pressed */
    RUN_UNTIL (gtk_widget_get_sensitive (form.capture));
    gulong handler =
        g_signal_connect_swapped (form.capture, "clicked", G_CALLBACK (note_click), &clicked);
    gtk_editable_set_text (form.model, "/no/such/model");
    press_shortcut_with (form.dialog, GDK_KEY_Return, GDK_CONTROL_MASK);
    RUN_UNTIL (clicked && !gtk_widget_get_sensitive (form.capture));
    g_signal_handler_disconnect (form.capture, handler);
    ck_assert_ptr_nonnull (find_window ("New capture"));
    gtk_editable_set_text (form.model, "demo"); /* another model than the one that was asked for */
    RUN_UNTIL (gtk_widget_get_sensitive (form.capture));
    ck_assert_ptr_nonnull (find_window ("New capture"));
    close_form (&form);
}
END_TEST

START_TEST (a_models_file_is_the_model_and_a_text_is_a_text)
{
    static const char *const models[] = {"/x/stories.bin", "/x/model.safetensors", "/x/a.gguf",
                                         "/x/state.pt", "/x/old.pth"};
    for (guint i = 0; i < G_N_ELEMENTS (models); i++) {
        Bench *bench = bench_new ();
        fovea_new_capture_present_with (bench->window,
                                        (const char *const[]){"/x/book.txt", models[i], NULL});
        Form form = form_of (bench);
        ck_assert_str_eq (gtk_editable_get_text (form.model), models[i]);
        ck_assert_str_eq (gtk_stack_get_visible_child_name (get_pages (&form)), "files");
        close_form (&form);
    }
}
END_TEST

static GtkSpinButton *
get_window (Form *form)
{
    EACH_WIDGET (widget, form->dialog)
        if (GTK_IS_LABEL (widget) &&
            g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), "tokens, stride"))
            return GTK_SPIN_BUTTON (gtk_widget_get_prev_sibling (widget));
    return NULL;
}

/* The bundled model's description with a context of its own, beside its other files. */
static char *
make_short_model (const char *folder)
{
    g_autofree char *demo = support_data ("data/demo"), *text = NULL;
    g_autofree char *config = g_build_filename (folder, "config.json", NULL);
    static const char *const others[] = {"model.safetensors", "tokenizer.json"};
    g_autofree char *source = g_build_filename (demo, "config.json", NULL);
    ck_assert (g_file_get_contents (source, &text, NULL, NULL));
    g_auto (GStrv) parts = g_strsplit (text, "4096", -1);
    g_autofree char *shorter = g_strjoinv ("128", parts);
    ck_assert_uint_eq (g_strv_length (parts), 2);
    ck_assert (g_file_set_contents (config, shorter, -1, NULL));
    for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
        g_autofree char *from = g_build_filename (demo, others[i], NULL);
        g_autofree char *to = g_build_filename (folder, others[i], NULL);
        g_autoptr (GFile) link = g_file_new_for_path (to);
        ck_assert (g_file_make_symbolic_link (link, from, NULL, NULL));
    }
    return g_strdup (folder);
}

START_TEST (the_usual_window_gives_way_to_a_short_context)
{
    Form form = open_form ("new-capture");
    g_autofree char *model = make_short_model (form.bench->folder);
    GtkSpinButton *window = get_window (&form);
    RUN_UNTIL (gtk_widget_get_sensitive (form.capture));
    ck_assert_int_eq (gtk_spin_button_get_value_as_int (window), 512);
    gtk_editable_set_text (form.model, model);
    RUN_UNTIL (gtk_spin_button_get_value_as_int (window) == 128);
    RUN_UNTIL (gtk_widget_get_sensitive (form.capture));
    RUN_UNTIL (strstr (wait_for_text (form.dialog, "fovea capture"), "--tokens 128") != NULL);
    gtk_editable_set_text (form.model, "demo");
    RUN_UNTIL (gtk_spin_button_get_value_as_int (window) == 512);
    /* What was chosen is not changed, and too much is an error. */
    gtk_spin_button_set_value (window, 300);
    gtk_editable_set_text (form.model, model);
    RUN_UNTIL (find_text (form.dialog,
                          "Editor of a well-known…: windows of 300 tokens are longer") != NULL);
    ck_assert_int_eq (gtk_spin_button_get_value_as_int (window), 300);
    close_form (&form);
}
END_TEST

/* The entry that comes with its button. */
static GtkEditable *
reveal_names (Form *form)
{
    g_signal_emit_by_name (find_labelled (form->dialog, GTK_TYPE_BUTTON, "+ Add points by name…"),
                           "clicked");
    return GTK_EDITABLE (gtk_window_get_focus (GTK_WINDOW (form->dialog)));
}

START_TEST (points_by_name_say_how_many_they_are_and_what_they_take)
{
    Form form = open_form ("new-capture");
    RUN_UNTIL (gtk_widget_get_sensitive (form.capture));
    GtkEditable *names = reveal_names (&form);
    gtk_editable_set_text (names, "blocks.{0,3-5}.attn.hook_result");
    RUN_UNTIL (find_text (form.dialog, "4 points, ") != NULL);
    ck_assert_ptr_nonnull (strstr (wait_for_text (form.dialog, "4 points, "), "MB more"));
    gtk_editable_set_text (names, "blocks.0.attn.hook_q, blocks.*.attn.hook_q[2]");
    RUN_UNTIL (find_text (form.dialog, "6 points, ") != NULL);
    gtk_editable_set_text (names, "blocks.0.attn.hook_resutl");
    RUN_UNTIL (find_text (form.dialog, "no point matches blocks.0.attn.hook_resutl") != NULL);
    ck_assert_ptr_nonnull (strstr (wait_for_text (form.dialog, "no point matches"), "hook_result"));
    ck_assert (!gtk_widget_get_sensitive (form.capture));
    gtk_editable_set_text (names, " , ");
    RUN_UNTIL (gtk_widget_get_sensitive (form.capture));
    RUN_UNTIL (find_text (form.dialog, "no point matches") == NULL);
    close_form (&form);
}
END_TEST

/* Ctrl+Enter leaves the focus in the entry, so nothing else would take what was typed. */
/* Text and choices wait in the form for the job's end. */
START_TEST (a_form_stays_while_another_job_runs)
{
    Bench *bench = bench_new ();
    FoveaCaptureRequest *request = fovea_capture_request_new ();
    request->model = g_strdup ("demo");
    request->random_repeat = 1000;
    request->limit = 8;
    fovea_window_capture (bench->window, request, bench->path);
    activate (bench, "new-capture", NULL);
    Form form = form_of (bench);
    RUN_UNTIL (gtk_widget_get_sensitive (form.capture));
    ck_assert (fovea_window_is_busy (bench->window));
    g_signal_emit_by_name (form.capture, "clicked");
    RUN_UNTIL (find_text (form.dialog, "A job is running") != NULL);
    ck_assert_ptr_null (fovea_window_get_failure (bench->window));
    activate (bench, "cancel", NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    g_signal_emit_by_name (form.capture, "clicked");
    RUN_UNTIL (find_window ("New capture") == NULL);
    ck_assert (fovea_window_is_busy (bench->window));
    activate (bench, "cancel", NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    bench_free (bench);
}
END_TEST

START_TEST (no_text_says_what_to_do)
{
    Bench *bench = bench_new ();
    GtkWidget *start = GTK_WIDGET (bench->window->start);
    GtkWidget *run = find_label (start, "Run");
    fovea_start_page_set_text (bench->window->start, "");
    RUN_UNTIL (find_text (start, "Type or paste a text to run the model on.") != NULL);
    ck_assert (!gtk_widget_is_sensitive (run));
    activate (bench, "new-capture", NULL);
    Form form = form_of (bench);
    RUN_UNTIL (find_text (form.dialog, "Type or paste a text to run on.") != NULL);
    ck_assert (!gtk_widget_is_sensitive (form.capture));
    close_form (&form);
}
END_TEST

START_TEST (a_number_counts_as_soon_as_it_is_typed)
{
    Form form = open_form ("new-capture");
    GtkSpinButton *window = get_window (&form);
    GtkWidget *words = gtk_widget_get_next_sibling (GTK_WIDGET (window));
    GtkSpinButton *stride = GTK_SPIN_BUTTON (gtk_widget_get_next_sibling (words));
    RUN_UNTIL (gtk_widget_get_sensitive (form.capture));
    gtk_widget_grab_focus (GTK_WIDGET (stride));
    gtk_editable_set_text (GTK_EDITABLE (stride), "64");
    RUN_UNTIL (strstr (wait_for_text (form.dialog, "fovea capture"), "--stride 64") != NULL);
    ck_assert_int_eq (gtk_spin_button_get_value_as_int (stride), 64);
    /* What is no number yet changes nothing, nor does what is out of range. */
    gtk_editable_set_text (GTK_EDITABLE (stride), "");
    ck_assert_int_eq (gtk_spin_button_get_value_as_int (stride), 64);
    gtk_editable_set_text (GTK_EDITABLE (window), "99999999999");
    ck_assert_int_eq (gtk_spin_button_get_value_as_int (window), 512);
    close_form (&form);
}
END_TEST

START_TEST (capturing_a_file_begins_with_files)
{
    Form form = open_form ("capture-files");
    ck_assert_str_eq (gtk_stack_get_visible_child_name (get_pages (&form)), "files");
    RUN_UNTIL (find_text (form.dialog, "Add a file to run on.") != NULL);
    GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (form.dialog));
    ck_assert (GTK_IS_BUTTON (focus));
    ck_assert_ptr_nonnull (strstr (gtk_button_get_label (GTK_BUTTON (focus)), "add files"));
    close_form (&form);
    form = open_form ("new-capture");
    ck_assert_str_eq (gtk_stack_get_visible_child_name (get_pages (&form)), "text");
    close_form (&form);
}
END_TEST

static void
keep_text (GObject *clipboard, GAsyncResult *result, gpointer data)
{
    *(char **) data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result, NULL);
}

/* A line of it would be laid out nine times over, and the dialog grow by all of them. */
START_TEST (a_pasted_book_leaves_room_for_the_form)
{
    Form form = open_form ("new-capture");
    GtkTextView *view = GTK_TEXT_VIEW (widget_tree_find (form.dialog, GTK_TYPE_TEXT_VIEW));
    GtkWidget *same = find_label (form.dialog, "Same as the command"), *store, *content;
    const char *piped = "printf %s 'CHAPTER 0.";
    GString *book = g_string_new (NULL);
    g_autofree char *copied = NULL;
    RUN_UNTIL (gtk_widget_get_sensitive (form.capture));
    content = gtk_window_get_child (GTK_WINDOW (form.dialog));
    store = find_label (content, "Store");
    GtkWidget *whole =
        find_labelled (form.dialog, GTK_TYPE_BUTTON, "Longer texts end there: take them whole");
    for (guint i = 0; i < 5000; i++)
        g_string_append_printf (book, "CHAPTER %u. It was the best of times.\n\n", i);
    gtk_text_buffer_set_text (gtk_text_view_get_buffer (view), book->str, (int) book->len);
    RUN_UNTIL (find_text (form.dialog, piped) != NULL);
    const char *shown = find_text (form.dialog, piped);
    ck_assert_uint_lt (strlen (shown), 1000);
    ck_assert_ptr_nonnull (strstr (shown, "CHAPTER 4999."));
    ck_assert (g_str_has_suffix (shown, "--tokens 512"));
    RUN_UNTIL (gtk_widget_get_mapped (whole) && gtk_widget_get_height (whole) > 0);
    graphene_rect_t bounds;
    ck_assert (gtk_widget_compute_bounds (store, content, &bounds));
    ck_assert_float_le (bounds.origin.y + bounds.size.height, gtk_widget_get_height (content));
    g_signal_emit_by_name (gtk_widget_get_next_sibling (same), "clicked");
    gdk_clipboard_read_text_async (gtk_widget_get_clipboard (form.dialog), NULL, keep_text,
                                   &copied);
    RUN_UNTIL (copied != NULL);
    ck_assert_ptr_nonnull (strstr (copied, book->str)); /* whole */
    g_string_free (book, TRUE);
    close_form (&form);
}
END_TEST

/* Nothing of what is left out is seen once it ran. */
START_TEST (a_text_longer_than_the_context_says_so_before_it_runs)
{
    Bench *bench = bench_new ();
    GString *book = g_string_new (NULL);
    RUN_UNTIL (find_text (GTK_WIDGET (bench->window->start), "109 of 4,096 tokens") != NULL);
    for (guint i = 0; i < 1000; i++)
        g_string_append_printf (book, "It was the best of times, it was the worst of times. ");
    fovea_start_page_set_text (bench->window->start, book->str);
    const char *said =
        wait_for_text (GTK_WIDGET (bench->window->start), "Only the first 4,096 of ");
    ck_assert (g_str_has_suffix (said, " tokens; Ctrl+N takes all"));
    activate (bench, "new-capture", NULL);
    Form form = form_of (bench);
    GtkWidget *whole =
        find_labelled (form.dialog, GTK_TYPE_BUTTON, "Longer texts end there: take them whole");
    RUN_UNTIL (gtk_widget_get_mapped (whole)); /* the same text is in the form */
    g_string_free (book, TRUE);
    close_form (&form);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, the_keys_go_to_the_model_whose_name_is_selected);
    tcase_add_test (tcase, a_book_says_how_much_of_it_is_captured);
    tcase_add_test (tcase, a_store_that_is_dropped_is_one_to_write_into);
    tcase_add_test (tcase, the_form_is_framed_no_more_once_nothing_hangs_over_it);
    tcase_add_test (tcase, the_kind_of_input_is_chosen_by_arrows);
    tcase_add_test (tcase, a_book_is_taken_whole_by_one_button);
    tcase_add_test (tcase, the_model_is_the_one_in_the_entry_and_says_how_much_it_reads);
    tcase_add_test (tcase, enter_starts_what_was_typed_once_that_is_predicted);
    tcase_add_test (tcase, what_cannot_run_is_not_started_by_enter);
    tcase_add_test (tcase, a_models_file_is_the_model_and_a_text_is_a_text);
    tcase_add_test (tcase, the_usual_window_gives_way_to_a_short_context);
    tcase_add_test (tcase, points_by_name_say_how_many_they_are_and_what_they_take);
    tcase_add_test (tcase, a_form_stays_while_another_job_runs);
    tcase_add_test (tcase, no_text_says_what_to_do);
    tcase_add_test (tcase, a_number_counts_as_soon_as_it_is_typed);
    tcase_add_test (tcase, capturing_a_file_begins_with_files);
    tcase_add_test (tcase, a_pasted_book_leaves_room_for_the_form);
    tcase_add_test (tcase, a_text_longer_than_the_context_says_so_before_it_runs);
}

int
main (void)
{
    return window_bench_main ("new-capture", add_tests);
}
