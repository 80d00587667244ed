/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What is wrong in the form of a new capture is marked where it was chosen, to the eye and to the ear. Exit
 * status 77 without a display. */
#include "app/window/new-capture.h"
#include "tests/support.h"
#include "tests/widget-tree.h"
#include "tests/window-bench.h"

typedef struct {
    Bench *bench;
    GtkWidget *dialog, *capture;
} Form;

/* NULL = begins with the text of the start page. */
static Form
open_form (Bench *bench, const char *path)
{
    fovea_new_capture_present_with (bench->window,
                                    path != NULL ? (const char *const[]){path, NULL} : NULL);
    GtkWidget *dialog = wait_for_window ("New capture");
    return (Form){bench, dialog, find_labelled (dialog, GTK_TYPE_BUTTON, "Capture")};
}

static void
close_form (Form *form)
{
    gtk_window_destroy (GTK_WINDOW (form->dialog));
    bench_free (form->bench);
}

static void
turn_to (Form *form, const char *page)
{
    GtkWidget *switcher = widget_tree_find (form->dialog, GTK_TYPE_STACK_SWITCHER);
    gtk_stack_set_visible_child_name (gtk_stack_switcher_get_stack (GTK_STACK_SWITCHER (switcher)),
                                      page);
}

/* By what a screen reader calls it. */
static GtkWidget *
find_named (Form *form, const char *name)
{
    EACH_WIDGET (widget, form->dialog) {
        GtkAccessible *accessible = GTK_ACCESSIBLE (widget);
        if (!gtk_test_accessible_has_property (accessible, GTK_ACCESSIBLE_PROPERTY_LABEL))
            continue;
        g_autofree char *other =
            gtk_test_accessible_check_property (accessible, GTK_ACCESSIBLE_PROPERTY_LABEL, name);
        if (other == NULL)
            return widget;
    }
    ck_abort_msg ("nothing is called %s", name);
}

static gboolean
is_told (GtkWidget *widget)
{
    GtkAccessible *accessible = GTK_ACCESSIBLE (widget);
    if (!gtk_test_accessible_has_state (accessible, GTK_ACCESSIBLE_STATE_INVALID))
        return FALSE;
    g_autofree char *other = gtk_test_accessible_check_state (
        accessible, GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE);
    return other == NULL;
}

/* Whether nothing but @wrong is; NULL = nothing at all. */
static gboolean
only_marks (Form *form, GtkWidget *wrong)
{
    EACH_WIDGET (widget, form->dialog)
        if (gtk_widget_has_css_class (widget, "error") != (widget == wrong) ||
            is_told (widget) != (widget == wrong))
            return FALSE;
    return TRUE;
}

/* @text is not possible in the entry, @better is; an empty one is not wrong yet. */
static void
try_entry (Form *form, const char *name, const char *text, const char *better)
{
    GtkWidget *entry = find_named (form, name);
    for (guint i = 0; i < 2; i++) {
        gtk_editable_set_text (GTK_EDITABLE (entry), text);
        RUN_UNTIL (only_marks (form, entry));
        ck_assert (!gtk_widget_get_sensitive (form->capture));
        gtk_editable_set_text (GTK_EDITABLE (entry), i == 0 ? "" : better);
        RUN_UNTIL (only_marks (form, NULL));
    }
    RUN_UNTIL (gtk_widget_get_sensitive (form->capture));
    ck_assert (only_marks (form, NULL));
}

START_TEST (an_entry_that_cannot_be_is_marked_until_it_can)
{
    Form form = open_form (bench_new (), NULL);
    g_autofree char *store = g_build_filename (form.bench->folder, "a.fovea", NULL);
    RUN_UNTIL (gtk_widget_get_sensitive (form.capture));
    ck_assert (only_marks (&form, NULL));
    try_entry (&form, "Model folder, file or demo", "/no/such/model", "demo");
    try_entry (&form, "Most memory", "much", "64 GB");
    try_entry (&form, "Most memory", "1 kB", "64 GB"); /* a size, but too small */
    try_entry (&form, "Store to write", "/no/such/folder/a.fovea", store);
    try_entry (&form, "More points to keep", "blocks.0.attn.hook_resutl", "blocks.0.attn.hook_z");
    close_form (&form);
}
END_TEST

/* Longer than the context, and with no room beside the first token. */
START_TEST (a_window_that_the_model_cannot_read_is_marked)
{
    Form form = open_form (bench_new (), NULL);
    GtkWidget *window = find_named (&form, "Most tokens of a sequence");
    RUN_UNTIL (gtk_widget_get_sensitive (form.capture));
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (window), 5000);
    RUN_UNTIL (only_marks (&form, window));
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (window), 64);
    RUN_UNTIL (only_marks (&form, NULL));
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (window), 1);
    RUN_UNTIL (only_marks (&form, window));
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (window), 64);
    RUN_UNTIL (only_marks (&form, NULL) && gtk_widget_get_sensitive (form.capture));
    close_form (&form);
}
END_TEST

START_TEST (the_input_that_cannot_be_read_is_marked)
{
    Form form = open_form (bench_new (), NULL);
    g_autofree char *lines = g_build_filename (form.bench->folder, "a.jsonl", NULL);
    ck_assert (g_file_set_contents (lines, "{\"text\": \"The cat\"}\n", -1, NULL));
    RUN_UNTIL (gtk_widget_get_sensitive (form.capture));
    turn_to (&form, "ids");
    try_entry (&form, "Token ids", "0;519", "0,519");
    try_entry (&form, "Token ids", "99999999", "0,519"); /* none of this model's */
    turn_to (&form, "jsonl");
    try_entry (&form, "JSON lines file", "/no/such/a.jsonl", lines);
    turn_to (&form, "repeat");
    GtkWidget *period = find_named (&form, "Period, tokens");
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (period), 90000);
    RUN_UNTIL (only_marks (&form, period));
    turn_to (&form, "text"); /* which can be read */
    RUN_UNTIL (only_marks (&form, NULL) && gtk_widget_get_sensitive (form.capture));
    close_form (&form);
}
END_TEST

/* A window that was chosen and can be read is not what is wrong with a file of nothing. */
START_TEST (files_that_cannot_be_read_are_marked)
{
    Bench *bench = bench_new ();
    g_autofree char *file = g_build_filename (bench->folder, "some.txt", NULL);
    ck_assert (g_file_set_contents (file, window_bench_text, -1, NULL));
    Form form = open_form (bench, file);
    GtkSpinButton *window = GTK_SPIN_BUTTON (find_named (&form, "Most tokens of a sequence"));
    gtk_spin_button_set_value (window, 64);
    RUN_UNTIL (gtk_widget_get_sensitive (form.capture));
    ck_assert (g_file_set_contents (file, "", 0, NULL));
    gtk_spin_button_set_value (window, 65);
    RUN_UNTIL (find_text (form.dialog, "some.txt: empty text") != NULL);
    ck_assert (only_marks (&form, find_named (&form, "Files to run on")));
    g_signal_emit_by_name (find_named (&form, "Take out some.txt"), "clicked");
    RUN_UNTIL (find_text (form.dialog, "Add a file to run on.") != NULL);
    ck_assert (only_marks (&form, NULL));
    close_form (&form);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, an_entry_that_cannot_be_is_marked_until_it_can);
    tcase_add_test (tcase, a_window_that_the_model_cannot_read_is_marked);
    tcase_add_test (tcase, the_input_that_cannot_be_read_is_marked);
    tcase_add_test (tcase, files_that_cannot_be_read_are_marked);
}

int
main (void)
{
    g_setenv ("GTK_A11Y", "test", TRUE); /* what is told is kept, and told to nobody */
    return window_bench_main ("wrong-choice", add_tests);
}
