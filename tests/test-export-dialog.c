/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The export dialog on a display. Nothing sleeps; exit status 77 without a display. */
#include <stdio.h>
#include <string.h>

#include "app/window/export.h"
#include "app/window/form.h"
#include "app/window/window-private.h"
#include "tests/press-shortcut.h"
#include "tests/support.h"
#include "tests/turn-meter.h"
#include "tests/widget-tree.h"
#include "tests/window-bench.h"
#include "ui/score-bars.h"

#define MOST_OF_DIALOG 0.3 /* of its widgets, in one turn */

static Bench *bench; /* of the test under way, with every head scored */

static void
set_up (void)
{
    bench = bench_new ();
    open_scored (bench);
    RUN_UNTIL (fovea_window_has_products (bench->window));
}

static void
tear_down (void)
{
    g_clear_pointer (&bench, bench_free);
}

START_TEST (the_export_dialog_shows_what_it_will_save)
{
    activate (bench, "export", NULL);
    GtkWidget *dialog = find_window ("Export");
    ck_assert_ptr_nonnull (dialog);
    /* With its last part, and in no turn of the main loop with the answer. */
    RUN_UNTIL (find_label (dialog, "Drawing the preview…") != NULL);
    GtkWidget *picture = find_labelled (dialog, GTK_TYPE_PICTURE, NULL);
    GtkWidget *save = find_labelled (dialog, GTK_TYPE_BUTTON, "Save…");
    ck_assert (!gtk_widget_get_sensitive (save));
    ck_assert_ptr_null (gtk_picture_get_paintable (GTK_PICTURE (picture)));
    RUN_UNTIL (gtk_picture_get_paintable (GTK_PICTURE (picture)) != NULL);
    ck_assert_ptr_null (find_label (dialog, "Drawing the preview…"));
    ck_assert_ptr_nonnull (find_text (dialog, "fovea figure heads"));
    g_autoptr (GdkPaintable) heads =
        g_object_ref (gtk_picture_get_paintable (GTK_PICTURE (picture)));
    ck_assert (gtk_widget_get_sensitive (save));
    GtkWidget *content =
        find_labelled (gtk_window_get_child (GTK_WINDOW (dialog)), GTK_TYPE_DROP_DOWN, NULL);
    /* No curves were measured and no picture was read, hence neither is offered; lines and
     * the score of the cell are. */
    ck_assert_uint_eq (g_list_model_get_n_items (gtk_drop_down_get_model (GTK_DROP_DOWN (content))),
                       7);
    gtk_drop_down_set_selected (GTK_DROP_DOWN (content), 0);       /* this map */
    ck_assert_ptr_null (find_text (dialog, "fovea figure heads")); /* it is of what was there */
    RUN_UNTIL (gtk_picture_get_paintable (GTK_PICTURE (picture)) != NULL &&
               gtk_picture_get_paintable (GTK_PICTURE (picture)) != heads);
    gtk_window_destroy (GTK_WINDOW (dialog));
}
END_TEST

static void
read_copied (GObject *clipboard, GAsyncResult *result, gpointer text)
{
    *(char **) text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result, NULL);
}

/* By a key, and whole; no line of what is shown ends within the dashes of an option. */
START_TEST (the_command_of_a_figure_can_be_copied)
{
    activate (bench, "export", NULL);
    GtkWidget *dialog = find_window ("Export");
    ck_assert_ptr_nonnull (dialog);
    RUN_UNTIL (find_text (dialog, "fovea figure heads") != NULL);
    GtkWidget *same = find_label (dialog, "Same as the command");
    GtkWidget *label = find_label (dialog, find_text (dialog, "fovea figure heads"));
    ck_assert_ptr_nonnull (same);
    GtkWidget *copy = gtk_widget_get_next_sibling (same);
    ck_assert (gtk_widget_get_mapped (copy) && gtk_widget_get_sensitive (copy));
    g_autofree char *copied = NULL;
    g_signal_emit_by_name (copy, "clicked");
    gdk_clipboard_read_text_async (gtk_widget_get_clipboard (dialog), NULL,
                                   (GAsyncReadyCallback) read_copied, &copied);
    RUN_UNTIL (copied != NULL);
    ck_assert_str_eq (copied, gtk_label_get_text (GTK_LABEL (label)));
    RUN_UNTIL (gtk_widget_get_height (label) > 0);
    PangoLayout *layout = gtk_label_get_layout (GTK_LABEL (label));
    ck_assert_int_gt (pango_layout_get_line_count (layout), 2);
    for (int i = 1; i < pango_layout_get_line_count (layout); i++) {
        const char *start = copied + pango_layout_get_line_readonly (layout, i)->start_index;
        while (start[-1] != ' ')
            start--;
        ck_assert_msg (!g_str_has_prefix (start, "--") ||
                           start ==
                               copied + pango_layout_get_line_readonly (layout, i)->start_index,
                       "%s", start);
    }
    gtk_window_destroy (GTK_WINDOW (dialog));
}
END_TEST

static void
note_click (gboolean *clicked)
{
    *clicked = TRUE;
}

/* Also from a list, which the toolkit would open instead. */
START_TEST (control_and_enter_start_from_anywhere_in_a_form)
{
    gboolean clicked = FALSE;
    GtkWidget *button;
    const FoveaFormFrame frame = {
        GTK_WINDOW (bench->window), "Form", 300, 200, "Start", NULL, NULL};
    GtkWidget *form = fovea_form_new (&frame, &button);
    GtkWidget *list = gtk_drop_down_new_from_strings ((const char *[]){"a", "b", NULL});
    gtk_window_set_child (GTK_WINDOW (form), list);
    g_signal_connect_swapped (button, "clicked", G_CALLBACK (note_click), &clicked);
    gtk_window_present (GTK_WINDOW (form));
    RUN_UNTIL (gtk_widget_get_mapped (list));
    gtk_widget_child_focus (list, GTK_DIR_TAB_FORWARD);
    ck_assert (gtk_widget_get_receives_default (gtk_window_get_focus (GTK_WINDOW (form))));
    ck_assert (!press_shortcut_with (form, GDK_KEY_Return, GDK_CONTROL_MASK)); /* it is off */
    gtk_widget_set_sensitive (button, TRUE);
    ck_assert (press_shortcut_with (form, GDK_KEY_Return, GDK_CONTROL_MASK));
    RUN_UNTIL (clicked);
    gtk_window_destroy (GTK_WINDOW (form));
}
END_TEST

/* The export dialog's list whose choices begin so. */
static GtkDropDown *
find_list (GtkWidget *parent, const char *first)
{
    EACH_WIDGET (widget, parent) {
        GListModel *model =
            GTK_IS_DROP_DOWN (widget) ? gtk_drop_down_get_model (GTK_DROP_DOWN (widget)) : NULL;
        if (GTK_IS_STRING_LIST (model) &&
            g_str_equal (gtk_string_list_get_string (GTK_STRING_LIST (model), 0), first))
            return GTK_DROP_DOWN (widget);
    }
    return NULL;
}

static GtkWidget *
open_export (void)
{
    activate (bench, "export", NULL);
    GtkWidget *dialog = wait_for_window ("Export");
    GtkWidget *picture = find_labelled (dialog, GTK_TYPE_PICTURE, NULL);
    RUN_UNTIL (gtk_picture_get_paintable (GTK_PICTURE (picture)) != NULL);
    return dialog;
}

static GtkWidget *
open_export_of_map (void)
{
    activate (bench, "view", g_variant_new_string ("map"));
    return open_export ();
}

/* A table of scores has no width and no letters, and no command makes it. */
START_TEST (the_export_dialog_knows_numbers_from_pictures)
{
    GtkWidget *dialog = open_export ();
    GtkDropDown *format = find_list (dialog, "PDF"),
                *width = find_list (dialog, "89 mm, one column");
    ck_assert (gtk_widget_get_sensitive (GTK_WIDGET (width)));
    gtk_drop_down_set_selected (format, 4); /* CSV */
    ck_assert (!gtk_widget_get_sensitive (GTK_WIDGET (width)));
    RUN_UNTIL (find_text (dialog, "The table of this picture's numbers") != NULL);
    ck_assert_ptr_null (find_text (dialog, "fovea "));
    gtk_drop_down_set_selected (format, 5); /* npz: every map */
    RUN_UNTIL (find_text (dialog, "fovea export") != NULL);
    gtk_drop_down_set_selected (format, 0);
    ck_assert (gtk_widget_get_sensitive (GTK_WIDGET (width)));
    gtk_window_destroy (GTK_WINDOW (dialog));
}
END_TEST

START_TEST (the_export_dialog_has_own_sizes_and_remembers_them)
{
    GtkWidget *dialog = open_export_of_map ();
    GtkDropDown *width = find_list (dialog, "89 mm, one column");
    GtkWidget *own = gtk_widget_get_next_sibling (GTK_WIDGET (width));
    GtkWidget *picture = find_labelled (dialog, GTK_TYPE_PICTURE, NULL);
    ck_assert (!gtk_widget_get_visible (own));
    gtk_drop_down_set_selected (width, 3); /* own */
    ck_assert (gtk_widget_get_visible (own));
    GdkPaintable *before = gtk_picture_get_paintable (GTK_PICTURE (picture));
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (own), 120);
    gtk_drop_down_set_selected (find_list (dialog, "automatic"), 1);
    RUN_UNTIL (gtk_picture_get_paintable (GTK_PICTURE (picture)) != before);
    gtk_window_destroy (GTK_WINDOW (dialog));

    dialog = open_export ();
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
}
END_TEST

/* Whether the command that is shown begins and goes on so. */
static gboolean
names (GtkWidget *dialog, const char *command, const char *option)
{
    const char *shown = find_text (dialog, command);
    return shown != NULL && strstr (shown, option) != NULL;
}

/* The map's own at first, for the file alone. Of tokens there are two, of a grid of maps one. */
START_TEST (the_export_dialog_has_the_scales_of_its_kind)
{
    static const char *const commands[] = {" --scale linear", " --scale score"};
    GtkWidget *dialog = open_export_of_map ();
    GtkDropDown *scale = find_list (dialog, "log"), *kind = find_list (dialog, "This map");
    ck_assert (names (dialog, "fovea figure map", "") &&
               !names (dialog, "fovea figure map", "--scale"));
    for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
        gtk_drop_down_set_selected (scale, i + 1);
        RUN_UNTIL (names (dialog, "fovea figure map", commands[i]));
    }
    gtk_drop_down_set_selected (kind, 2); /* tokens: scores are a map's alone */
    ck_assert_uint_eq (g_list_model_get_n_items (gtk_drop_down_get_model (scale)), 2);
    ck_assert_uint_eq (gtk_drop_down_get_selected (scale), 0);
    RUN_UNTIL (names (dialog, "fovea figure tokens", ""));
    ck_assert (!names (dialog, "fovea figure tokens", "--scale"));
    gtk_drop_down_set_selected (scale, 1);
    RUN_UNTIL (names (dialog, "fovea figure tokens", " --scale linear"));
    gtk_drop_down_set_selected (kind, 1);
    ck_assert (!gtk_widget_get_sensitive (GTK_WIDGET (scale)));
    RUN_UNTIL (find_text (dialog, "fovea figure heads") != NULL);
    gtk_window_destroy (GTK_WINDOW (dialog));
}
END_TEST

/* Of the preview's margin. */
static guint32
get_corner (GtkWidget *dialog)
{
    GtkWidget *picture = find_labelled (dialog, GTK_TYPE_PICTURE, NULL);
    g_autoptr (GdkPaintable) shown =
        gdk_paintable_get_current_image (gtk_picture_get_paintable (GTK_PICTURE (picture)));
    int width = gdk_paintable_get_intrinsic_width (shown);
    int height = gdk_paintable_get_intrinsic_height (shown);
    GtkSnapshot *snapshot = gtk_snapshot_new ();
    gdk_paintable_snapshot (shown, snapshot, width, height);
    GskRenderNode *node = gtk_snapshot_free_to_node (snapshot);
    g_autoptr (GdkTexture) texture = gsk_renderer_render_texture (
        gtk_native_get_renderer (GTK_NATIVE (dialog)), node, &GRAPHENE_RECT_INIT (3, 3, 1, 1));
    guint32 pixel;
    gdk_texture_download (texture, (guchar *) &pixel, sizeof pixel);
    gsk_render_node_unref (node);
    return pixel & 0xFFFFFF;
}

/* Light unless a dark one was chosen, for this kind alone; the preview and the command follow. */
START_TEST (the_export_dialog_has_a_dark_theme_and_remembers_it)
{
    GtkWidget *dialog = open_export_of_map ();
    GtkDropDown *theme = find_list (dialog, "light"), *format = find_list (dialog, "PDF");
    ck_assert_uint_eq (gtk_drop_down_get_selected (theme), 0);
    ck_assert (!names (dialog, "fovea figure map", "--theme"));
    ck_assert_uint_eq (get_corner (dialog), 0xFFFFFF);
    gtk_drop_down_set_selected (theme, 1);
    RUN_UNTIL (names (dialog, "fovea figure map", " --theme dark "));
    ck_assert_uint_eq (get_corner (dialog), 0x1E1E1E);
    gtk_drop_down_set_selected (format, 4); /* CSV: numbers have none */
    ck_assert (!gtk_widget_get_sensitive (GTK_WIDGET (theme)));
    gtk_drop_down_set_selected (format, 0);
    gtk_drop_down_set_selected (find_list (dialog, "This map"), 1); /* all heads: light as ever */
    ck_assert_uint_eq (gtk_drop_down_get_selected (theme), 0);
    gtk_window_destroy (GTK_WINDOW (dialog));
    dialog = open_export ();
    theme = find_list (dialog, "light");
    ck_assert_uint_eq (gtk_drop_down_get_selected (theme), 1);
    gtk_drop_down_set_selected (theme, 0);
    RUN_UNTIL (names (dialog, "fovea figure map", "") &&
               !names (dialog, "fovea figure map", "--theme"));
    gtk_window_destroy (GTK_WINDOW (dialog));
}
END_TEST

/* A page that holds nothing is refused where it was asked for; the picture of before is paler, and comes
 * back with a page that does. */
START_TEST (the_export_dialog_explains_a_page_that_is_too_small)
{
    GtkWidget *dialog = open_export_of_map ();
    GtkWidget *picture = find_labelled (dialog, GTK_TYPE_PICTURE, NULL);
    GtkWidget *save = find_labelled (dialog, GTK_TYPE_BUTTON, "Save…");
    GtkDropDown *height = find_list (dialog, "automatic");
    GtkWidget *own = gtk_widget_get_next_sibling (GTK_WIDGET (height));
    gtk_drop_down_set_selected (height, 1);
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (own), 20);
    RUN_UNTIL (find_text (dialog, "map figure: the words on this page leave") != NULL);
    ck_assert (!gtk_widget_get_sensitive (save));
    ck_assert_double_lt (gtk_widget_get_opacity (picture), 0.5);
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (own), 100);
    RUN_UNTIL (gtk_widget_get_sensitive (save));
    ck_assert_double_eq (gtk_widget_get_opacity (picture), 1);
    gtk_window_destroy (GTK_WINDOW (dialog));
}
END_TEST

/* Saving is a job, and of two the second would be lost. */
START_TEST (the_export_dialog_does_not_save_while_a_job_runs)
{
    static const char words[] = "A job is running: cancel it (Ctrl+.) or wait, then try again.";
    GtkWidget *dialog = open_export ();
    GtkWidget *save = find_labelled (dialog, GTK_TYPE_BUTTON, "Save…");
    ck_assert_ptr_nonnull (fovea_window_start_job (bench->window, "A job"));
    g_signal_emit_by_name (save, "clicked");
    ck_assert_ptr_null (find_window ("Save the figure"));
    ck_assert_ptr_nonnull (find_text (dialog, words));
    fovea_window_end_job (bench->window, NULL, "Done");
    ck_assert (gtk_widget_get_sensitive (save));
    gtk_drop_down_set_selected (find_list (dialog, "PDF"), 1);
    RUN_UNTIL (find_text (dialog, words) == NULL);
    gtk_window_destroy (GTK_WINDOW (dialog));
}
END_TEST

static void
note (GSimpleAction *action, GVariant *parameter, gpointer asked)
{
    *(gboolean *) asked = TRUE;
}

/* A dialog is no window of the program, whose keys it does not have by itself. */
START_TEST (the_keys_that_close_and_quit_work_in_a_dialog)
{
    GActionMap *map = G_ACTION_MAP (window_bench_application);
    g_autoptr (GAction) real = g_object_ref (g_action_map_lookup_action (map, "quit"));
    g_autoptr (GSimpleAction) noted = g_simple_action_new ("quit", NULL);
    gboolean asked = FALSE;
    g_signal_connect (noted, "activate", G_CALLBACK (note), &asked);
    g_action_map_add_action (map, G_ACTION (noted));
    GtkWidget *dialog = open_export ();
    ck_assert (press_shortcut_with (dialog, GDK_KEY_q, GDK_CONTROL_MASK));
    RUN_UNTIL (asked);
    ck_assert (press_shortcut_with (dialog, GDK_KEY_w, GDK_CONTROL_MASK));
    RUN_UNTIL (find_window ("Export") == NULL);
    g_action_map_add_action (map, real);
}
END_TEST

START_TEST (the_export_dialog_begins_with_lines_where_they_are_shown)
{
    activate (bench, "view", g_variant_new_string ("map"));
    activate (bench, "arcs", NULL);
    GtkWidget *dialog = open_export ();
    RUN_UNTIL (names (dialog, "fovea figure arcs", " --query "));
    gtk_window_destroy (GTK_WINDOW (dialog));
    activate (bench, "arcs", NULL);
    dialog = open_export ();
    RUN_UNTIL (find_text (dialog, "fovea figure map") != NULL);
    gtk_window_destroy (GTK_WINDOW (dialog));
}
END_TEST

START_TEST (the_export_dialog_begins_with_the_bars_that_have_the_focus)
{
    activate (bench, "view", g_variant_new_string ("map"));
    fovea_selection_select_cell (bench->selection, 9, 4);
    RUN_UNTIL (fovea_cell_model_get_data (bench->window->cells)->place.query == 9);
    GtkWidget *bars = find_labelled (GTK_WIDGET (bench->window), FOVEA_TYPE_SCORE_BARS, NULL);
    ck_assert (gtk_widget_grab_focus (bars));
    GtkWidget *dialog = open_export ();
    RUN_UNTIL (names (dialog, "fovea figure qk", " --query 9 --key 4 "));
    GtkDropDown *format = find_list (dialog, "PDF");
    gtk_drop_down_set_selected (format, 5); /* npz */
    RUN_UNTIL (names (dialog, "fovea figure qk", "-9-4.npz"));
    ck_assert_ptr_null (strstr (wait_for_text (dialog, "fovea figure qk"), "--width"));
    ck_assert_ptr_nonnull (find_labelled (dialog, GTK_TYPE_BUTTON, "Save…"));
    gtk_drop_down_set_selected (format, 0);
    gtk_window_destroy (GTK_WINDOW (dialog));
    activate (bench, "view", g_variant_new_string ("map"));
    RUN_UNTIL (!FOVEA_IS_SCORE_BARS (gtk_window_get_focus (GTK_WINDOW (bench->window))));
    dialog = open_export ();
    RUN_UNTIL (find_text (dialog, "fovea figure map") != NULL);
    gtk_window_destroy (GTK_WINDOW (dialog));
}
END_TEST

START_TEST (every_head_of_the_layer_becomes_a_page)
{
    GtkWidget *dialog = open_export_of_map ();
    GtkDropDown *format = find_list (dialog, "PDF");
    gtk_drop_down_set_selected (format, 1); /* SVG: the choice for one map */
    GtkDropDown *content = find_list (dialog, "This map");
    gtk_drop_down_set_selected (content, 3); /* maps of the layer */
    ck_assert_uint_eq (gtk_drop_down_get_selected (format), 0);
    ck_assert (!gtk_widget_get_sensitive (GTK_WIDGET (format)));
    RUN_UNTIL (find_text (dialog, "fovea figure map") != NULL &&
               strstr (wait_for_text (dialog, "fovea figure map"), "--every-head") != NULL);
    ck_assert_ptr_nonnull (strstr (wait_for_text (dialog, "fovea figure map"), "maps-layer-5.pdf"));
    gtk_drop_down_set_selected (content, 0);
    ck_assert_uint_eq (gtk_drop_down_get_selected (format), 1); /* which is remembered */
    ck_assert (gtk_widget_get_sensitive (GTK_WIDGET (format)));
    gtk_window_destroy (GTK_WINDOW (dialog));
}
END_TEST

static guint
count_widgets (GtkWidget *parent)
{
    guint n = 0;
    EACH_WIDGET (widget, parent)
        n++;
    return n;
}

/* Widgets are what its time goes to, on any machine: a turn has room for no more than a part of them. All are
 * there when it comes into sight, so that none is seen to come. */
START_TEST (no_turn_builds_much_of_the_export_dialog)
{
    guint n, before = 0, most = 0;
    TurnMeter *meter = turn_meter_new ("export dialog");
    turn_meter_begin (meter);
    activate (bench, "export", NULL);
    turn_meter_end (meter);
    GtkWidget *dialog = find_window ("Export");
    for (n = count_widgets (dialog); !gtk_widget_get_mapped (dialog); n = count_widgets (dialog)) {
        most = MAX (most, n - before);
        before = n;
        turn_meter_turn (meter);
    }
    printf ("%u widgets, at most %u of them in one turn\n", n, most);
    ck_assert_uint_eq (n, before);
    ck_assert_msg (most < n * MOST_OF_DIALOG, "%u of %u widgets in one turn", most, n);
    turn_meter_frames (meter, dialog, 3);
    turn_meter_report (meter, TURN_FRAME_MS);
    gtk_window_destroy (GTK_WINDOW (dialog));
}
END_TEST

static void
answered (GObject *object, GAsyncResult *result, gpointer answer)
{
    *(GAsyncResult **) answer = g_object_ref (result);
}

/* A capture that ends behind the dialog shows another text, whose dictionary is another. */
START_TEST (what_is_not_open_any_more_has_no_preview)
{
    const FoveaLatentExport none = {NULL, -1};
    const FoveaPreviewRoom room = {400, 300};
    g_autoptr (GAsyncResult) gone = NULL, closed = NULL;
    g_autoptr (GError) of_latent = NULL, of_text = NULL;
    fovea_export_preview_async (fovea_figure_request_new (FOVEA_EXPORT_LATENT),
                                bench->window->opened, NULL, &none, "a.pdf", &room, NULL, answered,
                                &gone);
    fovea_export_preview_async (fovea_figure_request_new (FOVEA_FIGURE_HEADS), NULL, NULL, &none,
                                "a.pdf", &room, NULL, answered, &closed);
    RUN_UNTIL (gone != NULL && closed != NULL);
    ck_assert_ptr_null (fovea_export_preview_finish (gone, &of_latent));
    ck_assert_ptr_null (fovea_export_preview_finish (closed, &of_text));
    ck_assert_str_eq (of_latent->message, "The latent that this is of is not shown any more.");
    ck_assert_str_eq (of_text->message, "The text that this is of is not open any more.");
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_checked_fixture (tcase, set_up, tear_down);
    tcase_add_test (tcase, no_turn_builds_much_of_the_export_dialog);
    tcase_add_test (tcase, the_export_dialog_shows_what_it_will_save);
    tcase_add_test (tcase, what_is_not_open_any_more_has_no_preview);
    tcase_add_test (tcase, the_command_of_a_figure_can_be_copied);
    tcase_add_test (tcase, control_and_enter_start_from_anywhere_in_a_form);
    tcase_add_test (tcase, the_export_dialog_knows_numbers_from_pictures);
    tcase_add_test (tcase, the_export_dialog_has_own_sizes_and_remembers_them);
    tcase_add_test (tcase, the_export_dialog_has_the_scales_of_its_kind);
    tcase_add_test (tcase, the_export_dialog_has_a_dark_theme_and_remembers_it);
    tcase_add_test (tcase, the_export_dialog_explains_a_page_that_is_too_small);
    tcase_add_test (tcase, the_export_dialog_does_not_save_while_a_job_runs);
    tcase_add_test (tcase, the_keys_that_close_and_quit_work_in_a_dialog);
    tcase_add_test (tcase, the_export_dialog_begins_with_lines_where_they_are_shown);
    tcase_add_test (tcase, the_export_dialog_begins_with_the_bars_that_have_the_focus);
    tcase_add_test (tcase, every_head_of_the_layer_becomes_a_page);
}

int
main (void)
{
    return window_bench_main ("export-dialog", add_tests);
}
