/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What stands round the views: failure bar, status line, sentences. Nothing here waits. Exit status
 * 77 without a display. */
#include <gtk/gtk.h>
#ifdef GDK_WINDOWING_X11
#include <gdk/x11/gdkx.h>
#endif
#include <string.h>

#include "tests/on-display.h"
#include "tests/shown-text.h"
#include "tests/support.h"
#include "tests/ui-support.h"
#include "tests/widget-tree.h"
#include "ui/attention-gate.h"
#include "ui/choice.h"
#include "ui/failure-bar.h"
#include "ui/note-box.h"
#include "ui/sentences.h"
#include "ui/short-label.h"
#include "ui/status-line.h"
#include "ui/tip.h"
#include "ui/token-text.h"
#include "ui/toolbar.h"

static const char failure[] = "map tile: head 5.10: chunk 7 of run 1 is damaged";

/* Counts what a signal tells. */
static void
count (guint *n)
{
    (*n)++;
}

/* The info bar of a failure bar; its responses are what its buttons do. */
static GtkInfoBar *
get_info_bar (FoveaFailureBar *bar)
{
    return GTK_INFO_BAR (gtk_widget_get_first_child (GTK_WIDGET (bar)));
}

static FoveaFailureBar *
new_bar (void)
{
    return g_object_ref_sink (FOVEA_FAILURE_BAR (fovea_failure_bar_new (TRUE)));
}

START_TEST (the_next_failure_replaces_the_first_and_folds_its_details)
{
    g_autoptr (FoveaFailureBar) bar = new_bar ();
    fovea_failure_bar_show (bar, failure);
    gtk_widget_activate_action (GTK_WIDGET (bar), "failure.details", NULL);
    fovea_failure_bar_show (bar, "store: locked");
    ck_assert_str_eq (fovea_failure_bar_get_message (bar), "store: locked");
    ck_assert_ptr_null (fovea_failure_bar_get_details (bar));
    gtk_widget_activate_action (GTK_WIDGET (bar), "failure.details", NULL);
    ck_assert_ptr_null (strstr (fovea_failure_bar_get_details (bar), failure));
}
END_TEST

START_TEST (trying_again_closes_the_bar_and_tells_once)
{
    g_autoptr (FoveaFailureBar) bar = new_bar ();
    guint n = 0;
    g_signal_connect_swapped (bar, "retry", G_CALLBACK (count), &n);
    fovea_failure_bar_show (bar, failure);
    gtk_info_bar_response (get_info_bar (bar), GTK_RESPONSE_ACCEPT);
    ck_assert_uint_eq (n, 1);
    ck_assert_ptr_null (fovea_failure_bar_get_message (bar));
    fovea_failure_bar_show (bar, failure);
    gtk_info_bar_response (get_info_bar (bar), GTK_RESPONSE_CLOSE);
    ck_assert_uint_eq (n, 1);
    ck_assert_ptr_null (fovea_failure_bar_get_message (bar));
}
END_TEST

START_TEST (details_of_no_failure_stay_folded)
{
    g_autoptr (FoveaFailureBar) bar = new_bar ();
    gtk_widget_activate_action (GTK_WIDGET (bar), "failure.details", NULL);
    ck_assert_ptr_null (fovea_failure_bar_get_details (bar));
}
END_TEST

START_TEST (memory_is_shown_as_used_of_what_there_is)
{
    g_autoptr (FoveaStatusLine) line =
        g_object_ref_sink (FOVEA_STATUS_LINE (fovea_status_line_new ()));
    fovea_status_line_set_memory (line, 1200000000, 8000000000);
    ck_assert_str_eq (fovea_status_line_get_memory (line), "1.2 of 8.0 GB");
    fovea_status_line_set_memory (line, 1900000000, 8000000000);
    ck_assert_str_eq (fovea_status_line_get_memory (line), "1.9 of 8.0 GB");
    fovea_status_line_set_memory (line, 1900000000, 0); /* a system that does not tell */
    ck_assert_str_eq (fovea_status_line_get_memory (line), "");
}
END_TEST

static void
count_layouts (GdkFrameClock *frames, guint *n)
{
    (*n)++;
}

/* Frames that lay something out, until one that was asked for here is through. */
static guint
layouts_after (FoveaStatusLine *line, guint64 used)
{
    guint n = 0;
    GdkFrameClock *frames = gtk_widget_get_frame_clock (GTK_WIDGET (line));
    gulong layouts = g_signal_connect (frames, "layout", G_CALLBACK (count_layouts), &n);
    fovea_status_line_set_memory (line, used, 8000000000);
    gint64 before = gdk_frame_clock_get_frame_counter (frames);
    gdk_frame_clock_request_phase (frames, GDK_FRAME_CLOCK_PHASE_UPDATE);
    RUN_UNTIL (gdk_frame_clock_get_frame_counter (frames) > before);
    g_signal_handler_disconnect (frames, layouts);
    return n;
}

START_TEST (memory_that_did_not_change_lays_nothing_out)
{
    FoveaStatusLine *line = FOVEA_STATUS_LINE (fovea_status_line_new ());
    GtkWidget *window = show_in_window (GTK_WIDGET (line), 600, 40);
    ck_assert_uint_gt (layouts_after (line, 1200000000), 0);
    RUN_UNTIL (layouts_after (line, 1200000000) ==
               0); /* the window's own first frames are through */
    ck_assert_uint_gt (layouts_after (line, 1900000000), 0);
    RUN_UNTIL (layouts_after (line, 1910000000) == 0); /* less than a digit */
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

typedef struct {
    FoveaSelection *selection;
    FoveaNotes *notes;
    FoveaTraceSource *source;
    FoveaNoteBox *box;
    guint n_edits;
    FoveaPlace place; /* of the last edit */
    char *text;
} NoteBench;

static void
note_edited (NoteBench *bench, const FoveaPlace *place, const char *text)
{
    bench->n_edits++;
    bench->place = *place;
    g_free (bench->text);
    bench->text = g_strdup (text);
}

static NoteBench *
note_bench_new (void)
{
    NoteBench *bench = g_new0 (NoteBench, 1);
    bench->selection = fovea_selection_new ();
    bench->notes = fovea_notes_new ();
    bench->source = ui_support_source (40);
    bench->box =
        g_object_ref_sink (FOVEA_NOTE_BOX (fovea_note_box_new (bench->selection, bench->notes)));
    fovea_selection_set_trace (bench->selection, bench->source, NULL, &(FoveaPlace){1, 0, 20, 7});
    g_signal_connect_swapped (bench->notes, "edited", G_CALLBACK (note_edited), bench);
    return bench;
}

static void
note_bench_free (NoteBench *bench)
{
    g_object_unref (bench->box);
    g_object_unref (bench->notes);
    g_object_unref (bench->selection);
    fovea_trace_source_unref (bench->source);
    g_free (bench->text);
    g_free (bench);
}

static GtkTextBuffer *
note_buffer (NoteBench *bench)
{
    return gtk_text_view_get_buffer (
        GTK_TEXT_VIEW (gtk_widget_get_last_child (GTK_WIDGET (bench->box))));
}

static void
assert_shown (NoteBench *bench, const char *expected)
{
    GtkTextIter start, end;
    gtk_text_buffer_get_bounds (note_buffer (bench), &start, &end);
    g_autofree char *shown = gtk_text_buffer_get_text (note_buffer (bench), &start, &end, FALSE);
    ck_assert_str_eq (shown, expected);
}

START_TEST (what_is_typed_belongs_to_the_place_that_was_left)
{
    NoteBench *bench = note_bench_new ();
    fovea_note_box_set_cell (bench->box, TRUE);
    gtk_text_buffer_set_text (note_buffer (bench), "copies the name\n", -1);
    ck_assert_uint_eq (bench->n_edits, 0);
    fovea_selection_select_cell (bench->selection, 21, 7);
    ck_assert_uint_eq (bench->n_edits, 1);
    ck_assert_str_eq (bench->text, "copies the name");
    ck_assert (bench->place.layer == 1 && bench->place.head == 0 && bench->place.query == 20 &&
               bench->place.key == 7);
    assert_shown (bench, "");
    fovea_selection_select_cell (bench->selection, 20, 7);
    assert_shown (bench, "copies the name");
    ck_assert_uint_eq (bench->n_edits, 1);
    note_bench_free (bench);
}
END_TEST

START_TEST (a_head_and_its_cells_have_notes_of_their_own)
{
    NoteBench *bench = note_bench_new ();
    fovea_notes_add (bench->notes, &(FoveaPlace){1, 0, -1, -1}, "of the head");
    fovea_notes_add (bench->notes, &(FoveaPlace){1, 0, 20, 7}, "of the cell");
    assert_shown (bench, "of the head");
    fovea_note_box_set_cell (bench->box, TRUE);
    assert_shown (bench, "of the cell");
    fovea_note_box_set_cell (bench->box, FALSE);
    fovea_selection_select_cell (bench->selection, 3, 3);
    assert_shown (bench, "of the head");
    ck_assert_uint_eq (bench->n_edits, 0); /* loading is no edit */
    note_bench_free (bench);
}
END_TEST

START_TEST (text_that_changes_nothing_is_no_edit_and_none_removes_the_note)
{
    NoteBench *bench = note_bench_new ();
    fovea_notes_add (bench->notes, &(FoveaPlace){1, 0, -1, -1}, "same");
    gtk_text_buffer_set_text (note_buffer (bench), "same \n", -1);
    fovea_note_box_commit (bench->box);
    ck_assert_uint_eq (bench->n_edits, 0);
    gtk_text_buffer_set_text (note_buffer (bench), "", -1);
    fovea_note_box_commit (bench->box);
    ck_assert_uint_eq (bench->n_edits, 1);
    ck_assert_str_eq (bench->text, "");
    ck_assert_uint_eq (fovea_notes_get_n (bench->notes), 0);
    note_bench_free (bench);
}
END_TEST

static const struct {
    const char *device, *shown;
} devices[] = {
    {"CPU, 2 threads, AVX-512, AMX bf16", "CPU, 2 threads"},
    {"CPU, 2 threads", "CPU, 2 threads"},
    {"CUDA 0", "CUDA 0"},
    {"", ""},
};

START_TEST (a_device_is_named_by_its_first_two_words)
{
    g_autofree char *text = fovea_device_text (devices[_i].device);
    ck_assert_str_eq (text, devices[_i].shown);
}
END_TEST

START_TEST (scores_say_what_they_were_measured_on)
{
    g_autoptr (FoveaTable) heads = ui_support_heads ();
    g_autofree char *before = fovea_sentence_for_scores (heads);
    ck_assert_str_eq (before, "4 heads · scores on this sequence only");
    fovea_table_set_note (heads, "n_text", "2");
    g_autofree char *two = fovea_sentence_for_scores (heads);
    g_autofree char *roles = fovea_sentence_for_roles (heads, TRUE);
    ck_assert_str_eq (two, "4 heads · scores on 2 sequences of this run");
    ck_assert_str_eq (roles, "± standard error over 2 pictures");
    fovea_table_set_note (heads, "n_repeat", "8");
    fovea_table_set_note (heads, "repeat_period", "100");
    fovea_table_set_note (heads, "seed", "0");
    g_autofree char *after = fovea_sentence_for_scores (heads);
    ck_assert_str_eq (after, "4 heads · scores from 8 random repeats of 100 tokens, seed 0");
}
END_TEST

/* From nothing to attention, to a run without, and back. */
START_TEST (a_view_of_attention_gives_way_where_none_was_kept)
{
    g_autoptr (FoveaSelection) selection = fovea_selection_new ();
    GtkWidget *view = gtk_label_new ("view");
    g_autoptr (GtkWidget) gate = g_object_ref_sink (fovea_attention_gate_new (view, selection));
    g_autoptr (FoveaTraceSource) kept = ui_support_source (12);
    g_autoptr (FoveaTraceSource) bare = ui_support_bare_source (12);
    const FoveaPlace start = {0, 0, 0, 0};
    ck_assert (fovea_attention_gate_is_open (gate));
    fovea_selection_set_trace (selection, bare, NULL, &start);
    ck_assert (!fovea_attention_gate_is_open (gate));
    g_autoptr (GString) words = g_string_new (NULL);
    shown_text_collect (gate, words);
    ck_assert_ptr_nonnull (
        strstr (words->str, "\nfovea capture MODEL -f TEXT -o STORE --points attention\n"));
    fovea_selection_set_trace (selection, kept, NULL, &start);
    ck_assert (fovea_attention_gate_is_open (gate));
    fovea_selection_set_trace (selection, bare, NULL, &start);
    ck_assert (!fovea_attention_gate_is_open (gate));
}
END_TEST

static const char *const choices[] = {"Sort: layer, head", "Sort: a score with a long name", NULL};

static int
measure_width (gpointer widget, gboolean natural)
{
    int minimum, wanted;
    gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &wanted, NULL, NULL);
    return natural ? wanted : minimum;
}

START_TEST (a_choice_gives_way_where_the_row_is_narrow)
{
    GtkWidget *window = gtk_window_new (), *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
    GtkWidget *plain = gtk_drop_down_new_from_strings (choices);
    GtkDropDown *list = fovea_choice_new (choices, "Sort");
    gtk_drop_down_set_selected (list, 1);
    gtk_drop_down_set_selected (GTK_DROP_DOWN (plain), 1);
    gtk_box_append (GTK_BOX (row), plain);
    gtk_box_append (GTK_BOX (row), GTK_WIDGET (list));
    gtk_window_set_child (GTK_WINDOW (window), row);
    gtk_window_present (GTK_WINDOW (window));
    while (g_main_context_pending (NULL))
        g_main_context_iteration (NULL, FALSE);
    ck_assert_int_lt (measure_width (list, FALSE) + 40, measure_width (plain, FALSE));
    ck_assert_int_le (abs (measure_width (list, TRUE) - measure_width (plain, TRUE)), 24);
    ck_assert_str_eq (gtk_widget_get_tooltip_text (GTK_WIDGET (list)), "Sort");
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

START_TEST (a_choice_gives_up_its_name_before_its_value)
{
    GtkWidget *window = gtk_window_new (), *label = fovea_short_label_new ();
    GtkWidget *value = gtk_label_new ("layer, head");
    FoveaShortLabel *words = FOVEA_SHORT_LABEL (label);
    fovea_short_label_set_text (words, "Sort: layer, head");
    gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
    gtk_window_set_child (GTK_WINDOW (window), label);
    int least = measure_width (label, FALSE), all = measure_width (label, TRUE);
    g_object_ref_sink (value);
    ck_assert_int_eq (least, measure_width (value, FALSE)); /* whole, and nothing else */
    ck_assert_int_gt (all, least);
    gtk_window_set_default_size (GTK_WINDOW (window), all - 1, 40);
    gtk_window_present (GTK_WINDOW (window));
    RUN_UNTIL (gtk_widget_get_width (label) == all - 1);
    ck_assert (fovea_short_label_is_short (words));
    gtk_window_set_default_size (GTK_WINDOW (window), all, 40);
    RUN_UNTIL (gtk_widget_get_width (label) == all);
    ck_assert (!fovea_short_label_is_short (words));
    g_object_unref (value);
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

/* The whole, then the part, then nothing: never a word that is cut. */
START_TEST (words_that_can_be_missed_say_less_or_nothing)
{
    GtkWidget *window = gtk_window_new (), *label = fovea_short_label_new_spare ();
    FoveaShortLabel *words = FOVEA_SHORT_LABEL (label);
    fovea_short_label_set_forms (words, "abstopk, 1,536 latents, k = 32", "1,536 latents");
    gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
    gtk_window_set_child (GTK_WINDOW (window), label);
    GtkWidget *whole = gtk_widget_get_first_child (label),
              *less = gtk_widget_get_last_child (label);
    int all = measure_width (label, TRUE), some = measure_width (less, TRUE);
    ck_assert_int_eq (measure_width (label, FALSE), 0);
    ck_assert_int_gt (some, 0);
    const int widths[] = {all, all - 1, some, some - 1};
    for (guint i = 0; i < G_N_ELEMENTS (widths); i++) {
        gtk_window_set_default_size (GTK_WINDOW (window), widths[i], 40);
        gtk_window_present (GTK_WINDOW (window));
        RUN_UNTIL (gtk_widget_get_width (label) == widths[i]);
        ck_assert_int_eq (gtk_widget_get_child_visible (whole), i == 0);
        ck_assert_int_eq (gtk_widget_get_child_visible (less), i == 1 || i == 2);
    }
    ck_assert_str_eq (gtk_widget_get_tooltip_text (label), "abstopk, 1,536 latents, k = 32");
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

/* A row that is too narrow by less than any name costs one name, that which takes most. */
START_TEST (in_a_narrow_toolbar_as_many_as_can_be_are_whole)
{
    GtkWidget *window = gtk_window_new (), *bar = fovea_toolbar_new (), *words[3];
    static const char *const texts[] = {"Sort: layer", "Badge: main role", "Compare: none"};
    for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
        words[i] = fovea_short_label_new ();
        fovea_short_label_set_text (FOVEA_SHORT_LABEL (words[i]), texts[i]);
        gtk_box_append (GTK_BOX (bar), words[i]);
    }
    gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
    gtk_window_set_child (GTK_WINDOW (window), bar);
    int all = measure_width (bar, TRUE), least = measure_width (bar, FALSE);
    ck_assert_int_lt (least, all);
    gtk_window_set_default_size (GTK_WINDOW (window), all - 3, 40);
    gtk_window_present (GTK_WINDOW (window));
    RUN_UNTIL (gtk_widget_get_width (bar) > 0);
    guint n_short = 0;
    for (guint i = 0; i < G_N_ELEMENTS (words); i++)
        n_short += fovea_short_label_is_short (FOVEA_SHORT_LABEL (words[i]));
    ck_assert_uint_eq (n_short, 1);
    ck_assert (fovea_short_label_is_short (FOVEA_SHORT_LABEL (words[2]))); /* lacks most */
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

static void
get_box (GtkWidget *widget, graphene_rect_t *box)
{
    ck_assert (gtk_widget_compute_bounds (widget, gtk_widget_get_parent (widget), box));
}

/* Behind the gap begins the second line, at its right end; with room for all there is one again. */
START_TEST (a_toolbar_too_narrow_for_all_has_two_lines)
{
    GtkWidget *window = gtk_window_new (), *bar = fovea_toolbar_new (), *parts[3];
    graphene_rect_t first, last;
    for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
        parts[i] = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
        gtk_widget_set_size_request (parts[i], i == 1 ? 0 : 200, 20);
        gtk_widget_set_hexpand (parts[i], i == 1);
        gtk_box_append (GTK_BOX (bar), parts[i]);
    }
    gtk_widget_set_valign (bar, GTK_ALIGN_START);
    gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
    gtk_window_set_child (GTK_WINDOW (window), bar);
    gtk_window_set_default_size (GTK_WINDOW (window), 300, 100);
    gtk_window_present (GTK_WINDOW (window));
    RUN_UNTIL (gtk_widget_get_width (window) == 300);
    get_box (parts[0], &first);
    get_box (parts[2], &last);
    ck_assert_float_ge (last.origin.y, first.origin.y + 20);
    ck_assert_float_eq (last.origin.x + last.size.width, (float) gtk_widget_get_width (bar));
    ck_assert_int_ge (gtk_widget_get_height (bar), 40);
    gtk_window_set_default_size (GTK_WINDOW (window), 500, 100);
    RUN_UNTIL (gtk_widget_get_width (window) == 500);
    get_box (parts[0], &first);
    get_box (parts[2], &last);
    ck_assert_float_eq (last.origin.y, first.origin.y);
    ck_assert_float_eq (last.origin.x + last.size.width, (float) gtk_widget_get_width (bar));
    ck_assert_int_lt (gtk_widget_get_height (bar), 40);
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

/* How many images below are to be seen: the marks of chosen rows. */
static guint
count_marks (GtkWidget *parent)
{
    guint n = 0;
    EACH_WIDGET (widget, parent)
        n += GTK_IS_IMAGE (widget) && gtk_widget_get_opacity (widget) > 0 &&
             GTK_IS_LABEL (gtk_widget_get_prev_sibling (widget));
    return n;
}

static GtkWidget *
find_popover (GtkDropDown *list)
{
    GtkWidget *child = gtk_widget_get_last_child (GTK_WIDGET (list));
    ck_assert (GTK_IS_POPOVER (child));
    return child;
}

START_TEST (the_open_list_marks_what_is_chosen_and_follows)
{
    GtkWidget *window = gtk_window_new ();
    GtkDropDown *list = fovea_choice_new (choices, "Sort");
    gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (list));
    gtk_window_present (GTK_WINDOW (window));
    gtk_widget_activate (GTK_WIDGET (list));
    while (g_main_context_pending (NULL))
        g_main_context_iteration (NULL, FALSE);
    ck_assert_uint_eq (count_marks (find_popover (list)), 1);
    gtk_drop_down_set_selected (list, 1);
    ck_assert_uint_eq (count_marks (find_popover (list)), 1);
    gtk_drop_down_set_selected (list, GTK_INVALID_LIST_POSITION);
    ck_assert_uint_eq (count_marks (find_popover (list)), 0);
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

/* The row that Enter would choose: "Sort: layer" where that has the focus, NULL = none of them. */
static const char *
get_focused_row (GtkDropDown *list)
{
    GtkWidget *popover = find_popover (list);
    GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (gtk_widget_get_root (popover)));
    GtkWidget *label = focus != NULL ? widget_tree_find (focus, GTK_TYPE_LABEL) : NULL;
    return label != NULL && gtk_widget_is_ancestor (focus, popover)
               ? gtk_label_get_text (GTK_LABEL (label))
               : NULL;
}

START_TEST (a_list_opens_at_what_is_chosen_wherever_it_was_left)
{
    GtkWidget *window = gtk_window_new ();
    GtkDropDown *list = fovea_choice_new (choices, "Sort");
    gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (list));
    gtk_drop_down_set_selected (list, 1);
    gtk_window_present (GTK_WINDOW (window));
    for (guint i = 0; i < 2; i++) {
        gtk_widget_activate (GTK_WIDGET (list));
        RUN_UNTIL (gtk_widget_get_mapped (find_popover (list)));
        ck_assert_str_eq (get_focused_row (list), choices[1]);
        gtk_widget_child_focus (find_popover (list), GTK_DIR_UP);
        ck_assert_str_eq (get_focused_row (list), choices[0]);
        gtk_popover_popdown (GTK_POPOVER (find_popover (list)));
        RUN_UNTIL (!gtk_widget_get_mapped (find_popover (list)));
    }
    ck_assert_uint_eq (gtk_drop_down_get_selected (list), 1);
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

static void
count_notice (guint *n)
{
    ++*n;
}

/* How many requests the server was sent, or 0 on another kind of display. */
static gulong
count_requests (void)
{
#ifdef GDK_WINDOWING_X11
    GdkDisplay *display = gdk_display_get_default ();
    if (GDK_IS_X11_DISPLAY (display))
        return NextRequest (gdk_x11_display_get_xdisplay (display));
#endif
    return 0;
}

/* GTK would ask where the pointer is. */
START_TEST (a_tooltip_of_what_is_in_no_window_asks_the_server_nothing)
{
    g_autoptr (GtkWidget) box = g_object_ref_sink (gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));
    GtkWidget *label = gtk_label_new ("word");
    guint n = 0;
    gtk_box_append (GTK_BOX (box), label);
    g_signal_connect_swapped (label, "notify::tooltip-text", G_CALLBACK (count_notice), &n);
    gulong before = count_requests ();
    for (guint i = 0; i < 2; i++)
        fovea_tip_set (label, "more words");
    ck_assert_uint_eq (count_requests (), before);
    ck_assert_uint_eq (n, 1); /* the second says nothing new */
    ck_assert_str_eq (gtk_widget_get_tooltip_text (label), "more words");
    ck_assert (gtk_widget_get_visible (label));
    gtk_widget_set_visible (label, FALSE);
    fovea_tip_set (label, NULL);
    ck_assert_ptr_null (gtk_widget_get_tooltip_text (label));
    ck_assert (!gtk_widget_get_visible (label)); /* as it was */
}
END_TEST

int
main (void)
{
    if (!gtk_init_check ())
        return 77;
    Suite *suite = suite_create ("panels");
    TCase *tcase = tcase_create ("display");
    tcase_add_test (tcase, the_next_failure_replaces_the_first_and_folds_its_details);
    tcase_add_test (tcase, trying_again_closes_the_bar_and_tells_once);
    tcase_add_test (tcase, details_of_no_failure_stay_folded);
    tcase_add_test (tcase, memory_is_shown_as_used_of_what_there_is);
    tcase_add_test (tcase, memory_that_did_not_change_lays_nothing_out);
    tcase_add_loop_test (tcase, a_device_is_named_by_its_first_two_words, 0,
                         G_N_ELEMENTS (devices));
    tcase_add_test (tcase, what_is_typed_belongs_to_the_place_that_was_left);
    tcase_add_test (tcase, a_head_and_its_cells_have_notes_of_their_own);
    tcase_add_test (tcase, text_that_changes_nothing_is_no_edit_and_none_removes_the_note);
    tcase_add_test (tcase, scores_say_what_they_were_measured_on);
    tcase_add_test (tcase, a_view_of_attention_gives_way_where_none_was_kept);
    tcase_add_test (tcase, a_choice_gives_way_where_the_row_is_narrow);
    tcase_add_test (tcase, a_choice_gives_up_its_name_before_its_value);
    tcase_add_test (tcase, words_that_can_be_missed_say_less_or_nothing);
    tcase_add_test (tcase, in_a_narrow_toolbar_as_many_as_can_be_are_whole);
    tcase_add_test (tcase, a_toolbar_too_narrow_for_all_has_two_lines);
    tcase_add_test (tcase, a_tooltip_of_what_is_in_no_window_asks_the_server_nothing);
    tcase_add_test (tcase, the_open_list_marks_what_is_chosen_and_follows);
    tcase_add_test (tcase, a_list_opens_at_what_is_chosen_wherever_it_was_left);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
