/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Lists that fill some rows a frame: the front of a selection, tables, the grid of heads; and cells of
 * text. Nothing sleeps. Exit status 77 without a display. */
#include <gtk/gtk.h>
#include <string.h>

#include "tests/on-display.h"
#include "tests/shown-text.h"
#include "tests/ui-support.h"
#include "ui/data-table.h"
#include "ui/fill.h"
#include "ui/front.h"
#include "ui/late.h"
#include "ui/head-item.h"
#include "ui/palette.h"

/* A list of names "0", "1", ... behind a selection. */
static GtkSingleSelection *
new_rows (guint n)
{
    GtkStringList *list = gtk_string_list_new (NULL);
    for (guint i = 0; i < n; i++)
        gtk_string_list_take (list, g_strdup_printf ("%u", i));
    GtkSingleSelection *rows = gtk_single_selection_new (G_LIST_MODEL (list));
    gtk_single_selection_set_autoselect (rows, FALSE);
    return rows;
}

/* What a view would hold that follows "items-changed" and nothing else. */
typedef struct {
    guint n, n_told;
} View;

static void
follow (View *view, guint at, guint removed, guint added)
{
    ck_assert_uint_le (at + removed, view->n);
    view->n += added - removed;
    view->n_told++;
}

START_TEST (a_front_has_the_first_items_and_grows)
{
    g_autoptr (GtkSingleSelection) rows = new_rows (10);
    g_autoptr (FoveaFront) front = fovea_front_new (GTK_SELECTION_MODEL (rows));
    View view = {0};
    g_signal_connect_swapped (front, "items-changed", G_CALLBACK (follow), &view);
    ck_assert_uint_eq (g_list_model_get_n_items (G_LIST_MODEL (front)), 0);
    ck_assert (!fovea_front_is_whole (front));
    static const guint limits[] = {4, 9, 20, G_MAXUINT, 3};
    static const guint sizes[] = {4, 9, 10, 10, 3};
    for (guint i = 0; i < G_N_ELEMENTS (limits); i++) {
        fovea_front_set_limit (front, limits[i]);
        ck_assert_uint_eq (g_list_model_get_n_items (G_LIST_MODEL (front)), sizes[i]);
        ck_assert_uint_eq (view.n, sizes[i]);
        ck_assert_int_eq (fovea_front_is_whole (front), sizes[i] == 10);
    }
    ck_assert_uint_eq (view.n_told, 4); /* from 10 to 10 there is nothing to tell */
    g_autoptr (GtkStringObject) last = g_list_model_get_item (G_LIST_MODEL (front), 2);
    ck_assert_str_eq (gtk_string_object_get_string (last), "2");
    ck_assert_ptr_null (g_list_model_get_item (G_LIST_MODEL (front), 3));
}
END_TEST

START_TEST (a_front_follows_what_changes_behind_it)
{
    g_autoptr (GtkSingleSelection) rows = new_rows (10);
    g_autoptr (FoveaFront) front = fovea_front_new (GTK_SELECTION_MODEL (rows));
    GtkStringList *list = GTK_STRING_LIST (gtk_single_selection_get_model (rows));
    View view = {0};
    g_signal_connect_swapped (front, "items-changed", G_CALLBACK (follow), &view);
    fovea_front_set_limit (front, 6);
    gtk_string_list_splice (list, 8, 2, NULL); /* out of its sight */
    ck_assert_uint_eq (view.n, 6);
    ck_assert_uint_eq (view.n_told, 1);
    gtk_string_list_splice (list, 0, 5, NULL); /* three are left */
    ck_assert_uint_eq (view.n, 3);
    ck_assert (fovea_front_is_whole (front));
    gtk_string_list_append (list, "new");
    ck_assert_uint_eq (view.n, 4);
    gtk_string_list_splice (list, 0, 4, NULL);
    ck_assert_uint_eq (view.n, 0);
}
END_TEST

START_TEST (what_is_selected_is_selected_in_front_and_behind)
{
    g_autoptr (GtkSingleSelection) rows = new_rows (10);
    g_autoptr (FoveaFront) front = fovea_front_new (GTK_SELECTION_MODEL (rows));
    GtkSelectionModel *model = GTK_SELECTION_MODEL (front);
    fovea_front_set_limit (front, 5);
    gtk_single_selection_set_selected (rows, 3);
    ck_assert (gtk_selection_model_is_selected (model, 3));
    ck_assert (gtk_selection_model_select_item (model, 1, TRUE));
    ck_assert_uint_eq (gtk_single_selection_get_selected (rows), 1);
    gtk_single_selection_set_selected (rows, 8); /* has no item in front */
    g_autoptr (GtkBitset) chosen = gtk_selection_model_get_selection_in_range (model, 0, 5);
    ck_assert (!gtk_bitset_contains (chosen, 1) && !gtk_bitset_contains (chosen, 3));
}
END_TEST

/* What each slot holds, "-" where it has nothing, as "a b c". */
static char *
read_slots (GPtrArray *slots)
{
    GString *words = g_string_new (NULL);
    for (guint i = 0; i < slots->len; i++) {
        GtkStringObject *item = fovea_slot_get_item (slots->pdata[i]);
        g_string_append_printf (words, "%s%s", i > 0 ? " " : "",
                                item != NULL ? gtk_string_object_get_string (item) : "-");
    }
    return g_string_free (words, FALSE);
}

static void
assert_slots (GPtrArray *slots, const char *expected)
{
    g_autofree char *words = read_slots (slots);
    ck_assert_str_eq (words, expected);
}

static void
count_moved (FoveaFront *front, guint *n)
{
    (*n)++;
}

START_TEST (slots_stay_while_what_they_hold_changes)
{
    g_autoptr (GtkSingleSelection) rows = new_rows (6);
    g_autoptr (FoveaFront) front = fovea_front_new_slots (GTK_SELECTION_MODEL (rows));
    g_autoptr (GPtrArray) slots = g_ptr_array_new_with_free_func (g_object_unref);
    GtkStringList *list = GTK_STRING_LIST (gtk_single_selection_get_model (rows));
    GtkSelectionModel *model = GTK_SELECTION_MODEL (front);
    View view = {0};
    guint n_moved = 0;
    g_signal_connect_swapped (front, "items-changed", G_CALLBACK (follow), &view);
    g_signal_connect (front, "moved", G_CALLBACK (count_moved), &n_moved);
    fovea_front_set_limit (front, 4);
    for (guint i = 0; i < 4; i++)
        g_ptr_array_add (slots, g_list_model_get_item (G_LIST_MODEL (front), i));
    assert_slots (slots, "0 1 2 3");
    ck_assert_ptr_null (g_list_model_get_item (G_LIST_MODEL (front), 4));
    g_autoptr (FoveaSlot) again = g_list_model_get_item (G_LIST_MODEL (front), 2);
    ck_assert_ptr_eq (again, slots->pdata[2]);
    /* Another order, and another item out of sight. */
    gtk_string_list_splice (list, 1, 2, (const char *const[]){"b", "c", NULL});
    assert_slots (slots, "0 b c 3");
    gtk_string_list_splice (list, 5, 1, (const char *const[]){"z", NULL});
    ck_assert_uint_eq (n_moved, 1);
    ck_assert_uint_eq (view.n_told, 1);
    /* Fewer items than places: the last have nothing, cannot be selected, and go with a limit. */
    gtk_string_list_splice (list, 0, 4, NULL);
    assert_slots (slots, "4 z - -");
    ck_assert (!fovea_front_is_whole (front));
    ck_assert (!gtk_selection_model_select_item (model, 3, TRUE));
    ck_assert (gtk_selection_model_select_item (model, 1, TRUE));
    ck_assert_uint_eq (gtk_single_selection_get_selected (rows), 1);
    fovea_front_set_limit (front, 3);
    ck_assert_uint_eq (view.n, 3);
    fovea_front_set_limit (front, 2);
    ck_assert (fovea_front_is_whole (front));
    ck_assert_uint_eq (n_moved, 2);
    /* More of them come as the limit allows. */
    gtk_string_list_append (list, "new");
    ck_assert_uint_eq (view.n, 2);
    fovea_front_set_limit (front, G_MAXUINT);
    ck_assert_uint_eq (view.n, 3);
    assert_slots (slots, "4 z - -"); /* those of before are of no place any more */
    g_autoptr (FoveaSlot) last = g_list_model_get_item (G_LIST_MODEL (front), 2);
    ck_assert_str_eq (gtk_string_object_get_string (fovea_slot_get_item (last)), "new");
}
END_TEST

/* The view asks again for what is selected where items moved. */
static void
note_range (GtkSelectionModel *model, guint at, guint n, guint *range)
{
    range[0] = at;
    range[1] = n;
}

START_TEST (slots_that_moved_are_asked_for_their_selection)
{
    g_autoptr (GtkSingleSelection) rows = new_rows (5);
    g_autoptr (FoveaFront) front = fovea_front_new_slots (GTK_SELECTION_MODEL (rows));
    GtkStringList *list = GTK_STRING_LIST (gtk_single_selection_get_model (rows));
    guint range[2] = {0};
    fovea_front_set_limit (front, G_MAXUINT);
    gtk_single_selection_set_selected (rows, 3);
    g_signal_connect (front, "selection-changed", G_CALLBACK (note_range), range);
    gtk_string_list_splice (list, 1, 1, (const char *const[]){"x", "y", NULL});
    ck_assert_uint_eq (range[0], 1);
    ck_assert_uint_eq (range[1], 4);
    ck_assert (gtk_selection_model_is_selected (GTK_SELECTION_MODEL (front), 4));
    ck_assert_uint_eq (g_list_model_get_n_items (G_LIST_MODEL (front)), 6);
}
END_TEST

static gboolean
count_frames (GtkWidget *widget, GdkFrameClock *clock, gpointer n)
{
    (*(guint *) n)++;
    return G_SOURCE_CONTINUE;
}

/* A frame is being made, from its ticks to what it draws. */
static gboolean in_frame;

static void
note_frame (GdkFrameClock *clock, gpointer begins)
{
    in_frame = begins != NULL;
}

static void
watch_frames (GtkWidget *window)
{
    GdkFrameClock *clock = gtk_widget_get_frame_clock (window);
    g_signal_connect (clock, "before-paint", G_CALLBACK (note_frame), &in_frame);
    g_signal_connect (clock, "after-paint", G_CALLBACK (note_frame), NULL);
}

/* How often a widget was asked for more rows; it has five times some. */
static guint n_steps;

static gboolean
step (gpointer widget)
{
    ck_assert (gtk_widget_get_mapped (widget));
    ck_assert (!in_frame);
    return ++n_steps % 5 != 0;
}

START_TEST (a_list_that_comes_into_sight_begins_after_its_third_frame)
{
    GtkWidget *child = gtk_label_new (""), *window = show_in_window (child, 100, 100);
    guint n_frames = 0;
    watch_frames (window);
    gtk_widget_set_visible (child, FALSE);
    n_steps = 0;
    fovea_fill_init (child, step);
    fovea_fill_go (child);
    gtk_widget_set_visible (child, TRUE);
    ck_assert_uint_eq (n_steps, 0);
    gtk_widget_add_tick_callback (child, count_frames, &n_frames, NULL);
    RUN_UNTIL (n_steps > 0 || n_frames > 3);
    ck_assert_uint_eq (n_frames, 3);
    RUN_UNTIL (n_steps == 5);
    ck_assert_uint_eq (n_frames, 7);
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

START_TEST (filling_goes_on_in_sight_only_and_ends)
{
    GtkWidget *window = gtk_window_new (), *child = gtk_label_new ("");
    n_steps = 0;
    fovea_fill_init (child, step);
    fovea_fill_go (child);
    ck_assert_uint_eq (n_steps, 0);
    gtk_window_set_child (GTK_WINDOW (window), child);
    gtk_window_present (GTK_WINDOW (window));
    RUN_UNTIL (n_steps == 2);
    gtk_widget_set_visible (child, FALSE);
    guint before = n_steps;
    fovea_fill_go (child);
    ck_assert_uint_eq (n_steps, before);
    gtk_widget_set_visible (child, TRUE);
    RUN_UNTIL (n_steps == 5);
    fovea_fill_go (child);
    ck_assert_uint_eq (n_steps, 6); /* the first rows come at once */
    RUN_UNTIL (n_steps == 10);
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

START_TEST (a_list_that_is_held_skips_two_frames)
{
    GtkWidget *child = gtk_label_new (""), *window = show_in_window (child, 100, 100);
    guint n_frames = 0;
    watch_frames (window);
    n_steps = 0;
    fovea_fill_init (child, step);
    fovea_fill_hold (child); /* nothing is under way */
    fovea_fill_go (child);
    ck_assert_uint_eq (n_steps, 1);
    fovea_fill_hold (child);
    gtk_widget_add_tick_callback (child, count_frames, &n_frames, NULL);
    RUN_UNTIL (n_steps == 2);
    ck_assert_uint_eq (n_frames, 2);
    RUN_UNTIL (n_steps == 5);
    ck_assert_uint_eq (n_frames, 5);
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

static guint n_renewed;

static void
renew (gpointer widget)
{
    n_renewed++;
}

START_TEST (a_part_that_is_late_is_drawn_a_frame_after_its_view)
{
    GtkWidget *child = gtk_label_new (""), *window = show_in_window (child, 100, 100);
    guint n_frames = 0;
    gtk_widget_set_visible (child, FALSE);
    n_renewed = 0;
    fovea_late_init (child, 1, renew);
    fovea_late_put_off (child); /* out of sight: at once */
    ck_assert_uint_eq (n_renewed, 1);
    gtk_widget_set_visible (child, TRUE);
    ck_assert (!fovea_late_is_due (child));
    gtk_widget_add_tick_callback (child, count_frames, &n_frames, NULL);
    RUN_UNTIL (n_renewed == 2 || n_frames > 2);
    ck_assert_uint_eq (n_frames, 2);
    ck_assert (fovea_late_is_due (child));
    n_frames = 0;
    fovea_late_put_off (child);
    ck_assert (fovea_late_is_due (child)); /* what it showed stays */
    ck_assert (fovea_late_is_waiting (child));
    fovea_late_put_off (child);
    RUN_UNTIL (n_frames == 4);
    ck_assert (!fovea_late_is_waiting (child));
    ck_assert_uint_eq (n_renewed, 3); /* once for both */
    gtk_widget_set_visible (child, FALSE);
    gtk_widget_set_visible (child, TRUE);
    gtk_widget_set_visible (child, FALSE);
    ck_assert (fovea_late_is_due (child)); /* no frame comes any more */
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

static char *
name_of (gpointer item, gconstpointer column)
{
    return g_strdup (gtk_string_object_get_string (item));
}

static gboolean
is_named (gpointer item, gconstpointer name)
{
    return g_str_equal (gtk_string_object_get_string (item), name);
}

static void
count_chosen (guint *n)
{
    (*n)++;
}

/* "name 0" and so on. */
static GPtrArray *
new_names (guint n)
{
    GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);
    for (guint i = 0; i < n; i++) {
        g_autofree char *name = g_strdup_printf ("name %u", i);
        g_ptr_array_add (items, gtk_string_object_new (name));
    }
    return items;
}

START_TEST (a_long_table_fills_and_selects_a_row_that_comes_late)
{
    GtkWidget *window, *child = fovea_data_table_new ("names");
    FoveaDataTable *table = FOVEA_DATA_TABLE (child);
    g_autoptr (GPtrArray) items = new_names (500);
    guint n_chosen = 0;
    fovea_data_table_add_column (table, "name", &(FoveaDataColumn){.text = name_of});
    g_signal_connect_swapped (table, "chosen", G_CALLBACK (count_chosen), &n_chosen);
    window = show_in_window (child, 300, 300);
    fovea_data_table_set_items (table, items);
    fovea_data_table_select (table, is_named, "name 490");
    g_autoptr (GString) text = g_string_new (NULL);
    RUN_UNTIL ((g_string_set_size (text, 0), shown_text_collect (child, text),
                strstr (text->str, "name 490\n") != NULL)); /* scrolled to */
    GtkSingleSelection *rows = GTK_SINGLE_SELECTION (fovea_data_table_get_rows (table));
    ck_assert_uint_eq (g_list_model_get_n_items (G_LIST_MODEL (rows)), 500);
    ck_assert_uint_eq (gtk_single_selection_get_selected (rows), 490);
    ck_assert_uint_eq (n_chosen, 0);
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

/* Whether a key would come to the table, itself or what is in it now. */
static gboolean
has_keys (GtkWidget *window, GtkWidget *table)
{
    GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (window));
    return focus != NULL && (focus == table || gtk_widget_is_ancestor (focus, table));
}

static gboolean
is_at_row (GtkWidget *window, GtkWidget *table)
{
    GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (window));
    return has_keys (window, table) &&
           (gtk_widget_get_state_flags (focus) & GTK_STATE_FLAG_SELECTED) != 0;
}

/* From one row of a map to the next: keys that come between the rows of before and their own are not lost, and
 * go on at the selected row. */
START_TEST (a_table_that_is_filled_anew_keeps_its_keys)
{
    GtkWidget *window, *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
    GtkWidget *button = gtk_button_new_with_label ("before it");
    GtkWidget *child = fovea_data_table_new ("names");
    FoveaDataTable *table = FOVEA_DATA_TABLE (child);
    g_autoptr (GPtrArray) items = new_names (500), none = new_names (0);
    fovea_data_table_add_column (table, "name", &(FoveaDataColumn){.text = name_of});
    gtk_box_append (GTK_BOX (box), button);
    gtk_box_append (GTK_BOX (box), child);
    window = show_in_window (box, 300, 300);
    fovea_data_table_set_items (table, items);
    fovea_data_table_select (table, is_named, "name 3");
    ck_assert (fovea_data_table_focus (table));
    RUN_UNTIL (is_at_row (window, child));
    fovea_data_table_set_items (table, none);
    ck_assert (has_keys (window, child));
    fovea_data_table_set_items (table, items);
    ck_assert (has_keys (window, child));
    fovea_data_table_select (table, is_named, "name 490");
    ck_assert (has_keys (window, child));
    RUN_UNTIL (is_at_row (window, child));
    ck_assert (!gtk_widget_get_focusable (child)); /* no stop of Tab any more */
    gtk_widget_grab_focus (button);
    fovea_data_table_set_items (table, items);
    fovea_data_table_select (table, is_named, "name 3");
    ck_assert (gtk_widget_is_focus (button)); /* who is elsewhere stays there */
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

START_TEST (a_text_cell_keeps_its_room_and_tells_its_text)
{
    g_autoptr (GtkWidget) child = g_object_ref_sink (fovea_text_cell_new ("plus", 7, TRUE));
    FoveaTextCell *cell = FOVEA_TEXT_CELL (child);
    int before, after;
    ck_assert_str_eq (fovea_text_cell_get_text (cell), "");
    gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &before, NULL, NULL);
    fovea_text_cell_set_text (cell, "a text that is longer than seven digits");
    gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &after, NULL, NULL);
    ck_assert_int_eq (before, after);
    ck_assert_int_gt (before, 20);
    ck_assert_str_eq (fovea_text_cell_get_text (cell), "a text that is longer than seven digits");
    ck_assert (gtk_widget_has_css_class (child, "plus"));
}
END_TEST

/* One layout for the same words and font, another for each other font, size or weight. */
START_TEST (words_are_laid_out_once)
{
    GtkWidget *window = gtk_window_new (), *child = gtk_label_new ("");
    gtk_window_set_child (GTK_WINDOW (window), child);
    g_autoptr (PangoLayout) first = fovea_label_layout (window, 12, FOVEA_LABEL_NORMAL, "0.25");
    g_autoptr (PangoLayout) again = fovea_label_layout (child, 12, FOVEA_LABEL_RIGHT, "0.25");
    g_autoptr (PangoLayout) bold = fovea_label_layout (window, 12, FOVEA_LABEL_BOLD, "0.25");
    g_autoptr (PangoLayout) large = fovea_label_layout (window, 14, FOVEA_LABEL_NORMAL, "0.25");
    g_autoptr (PangoLayout) other = fovea_label_layout (window, 12, FOVEA_LABEL_NORMAL, "0.26");
    ck_assert_ptr_eq (first, again);
    ck_assert_ptr_ne (first, bold);
    ck_assert_ptr_ne (first, large);
    ck_assert_ptr_ne (first, other);
    int small_width, large_width;
    pango_layout_get_pixel_size (first, &small_width, NULL);
    pango_layout_get_pixel_size (large, &large_width, NULL);
    ck_assert_int_gt (large_width, small_width);
    ck_assert_str_eq (pango_layout_get_text (first), "0.25");
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

static void
note_end (gpointer gone, GObject *layout)
{
    *(gboolean *) gone = TRUE;
}

/* What is drawn in every frame stays, whatever passes by; the rest goes one by one. */
START_TEST (the_words_not_drawn_for_longest_are_let_go)
{
    GtkWidget *window = gtk_window_new ();
    gboolean used_gone = FALSE, other_gone = FALSE;
    PangoLayout *used = fovea_label_layout (window, 12, FOVEA_LABEL_NORMAL, "used");
    PangoLayout *other = fovea_label_layout (window, 12, FOVEA_LABEL_NORMAL, "other");
    g_object_weak_ref (G_OBJECT (used), note_end, &used_gone);
    g_object_weak_ref (G_OBJECT (other), note_end, &other_gone);
    g_object_unref (used); /* the cache has its own */
    g_object_unref (other);
    for (guint i = 0; i < 10000; i++) { /* more than are kept */
        g_autofree char *text = g_strdup_printf ("%u", i);
        g_object_unref (fovea_label_layout (window, 12, FOVEA_LABEL_NORMAL, text));
        g_object_unref (fovea_label_layout (window, 12, FOVEA_LABEL_NORMAL, "used"));
        ck_assert (!used_gone);
        ck_assert (i > 2000 || !other_gone);
    }
    ck_assert (other_gone);
    g_object_weak_unref (G_OBJECT (used), note_end, &used_gone);
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

START_TEST (scores_of_a_head_change_in_place)
{
    g_autoptr (FoveaTable) heads = ui_support_heads ();
    g_autoptr (FoveaHeadItem) item = fovea_head_item_new (0, 0, NULL);
    ck_assert_str_eq (fovea_head_item_get_role (item), "");
    fovea_head_item_set_scores (item, heads, NULL);
    ck_assert_str_eq (fovea_head_item_get_role (item), "previous token");
    fovea_head_item_set_scores (item, heads, heads); /* its own table, held meanwhile */
    ck_assert_double_eq_tol (fovea_head_item_get_difference (item, "previous"), 0, 1e-12);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, a_front_has_the_first_items_and_grows);
    tcase_add_test (tcase, a_front_follows_what_changes_behind_it);
    tcase_add_test (tcase, slots_stay_while_what_they_hold_changes);
    tcase_add_test (tcase, slots_that_moved_are_asked_for_their_selection);
    tcase_add_test (tcase, what_is_selected_is_selected_in_front_and_behind);
    tcase_add_test (tcase, a_list_that_comes_into_sight_begins_after_its_third_frame);
    tcase_add_test (tcase, a_list_that_is_held_skips_two_frames);
    tcase_add_test (tcase, a_part_that_is_late_is_drawn_a_frame_after_its_view);
    tcase_add_test (tcase, filling_goes_on_in_sight_only_and_ends);
    tcase_add_test (tcase, a_long_table_fills_and_selects_a_row_that_comes_late);
    tcase_add_test (tcase, a_table_that_is_filled_anew_keeps_its_keys);
    tcase_add_test (tcase, a_text_cell_keeps_its_room_and_tells_its_text);
    tcase_add_test (tcase, words_are_laid_out_once);
    tcase_add_test (tcase, the_words_not_drawn_for_longest_are_let_go);
    tcase_add_test (tcase, scores_of_a_head_change_in_place);
}

int
main (void)
{
    return run_on_display ("filling", add_tests, 60);
}
