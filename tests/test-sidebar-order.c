/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Sequences of the sidebar in every order: what stands where, what stays selected, folded and in its place,
 * and how long the main loop is away with thousands of them. Exit status 77 without a display. */
#include <gtk/gtk.h>

#include "tests/on-display.h"
#include "tests/press-shortcut.h"
#include "tests/turn-meter.h"
#include "tests/ui-support.h"
#include "tests/widget-bench.h"
#include "tests/widget-tree.h"
#include "ui/sidebar-row.h"
#include "ui/sidebar.h"
#include "ui/some-rows.h"

enum {
    MANY = 5000
};

typedef struct {
    const char *title;
    gint64 length;
} Text;

/* A book in windows, a short text, and repeats of random tokens, as they were captured. */
static const Text book[] = {{"moby_dick.txt, part 1", 256},  {"moby_dick.txt, part 2", 256},
                            {"moby_dick.txt, part 10", 100}, {"Alice", 40},
                            {"random repeat 2", 201},        {"random repeat 10", 201}};
static const Text more[] = {{"zebra", 7}, {"apple", 9}};

static void
add_run (FoveaTreeItem *store, gint64 id, gint64 first, const Text *texts, guint n)
{
    g_autofree char *title = g_strdup_printf ("Run %d", (int) id);
    g_autoptr (FoveaTreeItem) run = fovea_tree_item_new (FOVEA_TREE_RUN, "a.fovea", id, title, "");
    for (guint i = 0; i < n; i++) {
        g_autoptr (FoveaTreeItem) item =
            fovea_tree_item_new (FOVEA_TREE_SEQUENCE, "a.fovea", first + i, texts[i].title, "");
        fovea_tree_item_set_length (item, texts[i].length);
        g_list_store_append (fovea_tree_item_get_children (run), item);
    }
    g_list_store_append (fovea_tree_item_get_children (store), run);
}

/* @n_book: so many of them are there so far. */
static FoveaTreeItem *
new_store (guint n_book)
{
    FoveaTreeItem *store = fovea_tree_item_new (FOVEA_TREE_STORE, "a.fovea", 0, "a.fovea", "1 MB");
    add_run (store, 1, 1, book, n_book);
    add_run (store, 2, 100, more, G_N_ELEMENTS (more));
    return store;
}

typedef struct {
    WidgetBench *bench;
    GListStore *stores;
    FoveaTreeItem *store, *opened;
    FoveaSidebar *sidebar;
    GtkWidget *view;
    GtkSingleSelection *rows;
} Case;

static void
case_init (Case *c, FoveaTreeItem *store)
{
    c->bench = widget_bench_new (40);
    c->stores = g_list_store_new (FOVEA_TYPE_TREE_ITEM);
    c->store = store;
    c->opened = NULL;
    g_list_store_append (c->stores, store);
    GtkWidget *sidebar = fovea_sidebar_new (c->bench->selection, G_LIST_MODEL (c->stores));
    c->sidebar = FOVEA_SIDEBAR (sidebar);
    widget_bench_show (c->bench, sidebar, 246, 600);
    c->view = widget_tree_find (sidebar, GTK_TYPE_LIST_VIEW);
    c->rows = GTK_SINGLE_SELECTION (gtk_list_view_get_model (GTK_LIST_VIEW (c->view)));
    g_signal_connect_swapped (sidebar, "opened", G_CALLBACK (g_set_object), &c->opened);
}

static void
case_clear (Case *c)
{
    widget_bench_free (c->bench);
    g_clear_object (&c->opened);
    g_object_unref (c->stores);
    g_object_unref (c->store);
}

/* Owner: caller. */
static FoveaTreeItem *
get_item (Case *c, guint position)
{
    g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (c->rows), position);
    return row != NULL ? gtk_tree_list_row_get_item (row) : NULL;
}

/* Ids of the list's rows, stores and runs in brackets. */
static char *
list_rows (Case *c)
{
    GString *text = g_string_new (NULL);
    for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (c->rows)); i++) {
        g_autoptr (FoveaTreeItem) item = get_item (c, i);
        gboolean leaf = fovea_tree_item_get_kind (item) == FOVEA_TREE_SEQUENCE;
        g_string_append_printf (text, leaf ? " %d" : " (%d)", (int) fovea_tree_item_get_id (item));
    }
    return g_string_free (text, FALSE);
}

static void
assert_rows (Case *c, const char *expected)
{
    g_autofree char *rows = list_rows (c);
    ck_assert_str_eq (rows, expected);
}

static const char *const listed[FOVEA_N_ORDERS] = {
    [FOVEA_ORDER_CAPTURED] = " (0) (1) 1 2 3 4 5 6 (2) 100 101",
    [FOVEA_ORDER_TITLE] = " (0) (1) 4 1 2 3 5 6 (2) 101 100",
    [FOVEA_ORDER_SHORTEST] = " (0) (1) 4 3 5 6 1 2 (2) 100 101",
    [FOVEA_ORDER_LONGEST] = " (0) (1) 1 2 5 6 3 4 (2) 101 100",
    [FOVEA_ORDER_NEWEST] = " (0) (2) 101 100 (1) 6 5 4 3 2 1",
};

static void
assert_selected (Case *c, gint64 id)
{
    g_autoptr (FoveaTreeItem) item = get_item (c, gtk_single_selection_get_selected (c->rows));
    ck_assert_ptr_nonnull (item);
    ck_assert_int_eq (fovea_tree_item_get_id (item), id);
}

START_TEST (every_order_lists_each_sequence_once_and_keeps_what_is_open)
{
    Case c;
    case_init (&c, new_store (6));
    assert_rows (&c, listed[FOVEA_ORDER_CAPTURED]);
    gtk_single_selection_set_selected (c.rows, 4);
    ck_assert_int_eq (fovea_tree_item_get_id (c.opened), 3);
    g_clear_object (&c.opened);
    for (guint i = 0; i < FOVEA_N_ORDERS * FOVEA_N_ORDERS; i++) {
        FoveaSequenceOrder order = (FoveaSequenceOrder) (i % FOVEA_N_ORDERS);
        fovea_sidebar_set_order (c.sidebar, (FoveaSequenceOrder) (i / FOVEA_N_ORDERS));
        fovea_sidebar_set_order (c.sidebar, order);
        ck_assert_int_eq (fovea_sidebar_get_order (c.sidebar), order);
        assert_rows (&c, listed[order]);
        assert_selected (&c, 3);
        ck_assert_ptr_null (c.opened); /* nobody asked for anything */
        g_autoptr (GPtrArray) all = fovea_sequence_order_list (c.store, order);
        GString *steps = g_string_new (NULL);
        for (guint s = 0; s < all->len; s++)
            g_string_append_printf (steps, " %d", (int) fovea_tree_item_get_id (all->pdata[s]));
        g_auto (GStrv) parts = g_strsplit (listed[order], " ", -1);
        GString *leaves = g_string_new (NULL);
        for (guint p = 1; parts[p] != NULL; p++)
            if (parts[p][0] != '(')
                g_string_append_printf (leaves, " %s", parts[p]);
        ck_assert_str_eq (steps->str, leaves->str);
        g_string_free (steps, TRUE);
        g_string_free (leaves, TRUE);
    }
    case_clear (&c);
}
END_TEST

/* A folded run stays so, also where runs change their places. */
START_TEST (what_is_folded_stays_folded)
{
    Case c;
    case_init (&c, new_store (6));
    g_autoptr (GtkTreeListRow) run = g_list_model_get_item (G_LIST_MODEL (c.rows), 1);
    gtk_tree_list_row_set_expanded (run, FALSE);
    for (guint order = 0; order < 2 * FOVEA_N_ORDERS; order++) {
        fovea_sidebar_set_order (c.sidebar, (FoveaSequenceOrder) (order % FOVEA_N_ORDERS));
        switch (order % FOVEA_N_ORDERS) {
        case FOVEA_ORDER_NEWEST:
            assert_rows (&c, " (0) (2) 101 100 (1)");
            break;
        case FOVEA_ORDER_CAPTURED:
        case FOVEA_ORDER_SHORTEST:
            assert_rows (&c, " (0) (1) (2) 100 101");
            break;
        default:
            assert_rows (&c, " (0) (1) (2) 101 100");
        }
    }
    case_clear (&c);
}
END_TEST

/* What is being written waits at the end, of the newest at the beginning; then it takes its place. */
START_TEST (a_sequence_that_comes_takes_its_place)
{
    Case c;
    case_init (&c, new_store (3));
    g_autoptr (FoveaTreeItem) grown = new_store (6);
    g_autoptr (FoveaTreeItem) run = get_item (&c, 1);
    g_autoptr (FoveaTreeItem) written =
        fovea_tree_item_new (FOVEA_TREE_SEQUENCE, "a.fovea", 0, "Alice", "");
    fovea_tree_item_set_progress (written, 0.5);
    g_list_store_append (fovea_tree_item_get_children (run), written);
    fovea_sidebar_set_order (c.sidebar, FOVEA_ORDER_NEWEST);
    assert_rows (&c, " (0) (2) 101 100 (1) 0 3 2 1");
    fovea_sidebar_set_order (c.sidebar, FOVEA_ORDER_TITLE);
    assert_rows (&c, " (0) (1) 1 2 3 0 (2) 101 100");
    guint at;
    ck_assert (g_list_store_find (fovea_tree_item_get_children (run), written, &at));
    g_list_store_remove (fovea_tree_item_get_children (run), at);
    fovea_tree_item_renew (c.store, grown);
    assert_rows (&c, listed[FOVEA_ORDER_TITLE]);
    case_clear (&c);
}
END_TEST

/* Rows are what the list has, though the focus is on what is in them. */
static gboolean
has_focus (Case *c)
{
    GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (c->view));
    while (focus != NULL && gtk_widget_get_parent (focus) != c->view)
        focus = gtk_widget_get_parent (focus);
    return focus != NULL && (gtk_widget_get_state_flags (focus) & GTK_STATE_FLAG_SELECTED);
}

START_TEST (the_keys_stay_on_what_is_open_and_a_search_finds_in_order)
{
    Case c;
    case_init (&c, new_store (6));
    gtk_single_selection_set_selected (c.rows, 2);
    RUN_UNTIL (fovea_sidebar_focus (c.sidebar));
    ck_assert (has_focus (&c));
    fovea_sidebar_set_order (c.sidebar, FOVEA_ORDER_NEWEST);
    RUN_UNTIL (has_focus (&c));
    assert_selected (&c, 1);
    GtkWidget *search = widget_tree_find (GTK_WIDGET (c.sidebar), GTK_TYPE_SEARCH_ENTRY);
    gtk_editable_set_text (GTK_EDITABLE (search), "RANDOM");
    RUN_UNTIL (g_list_model_get_n_items (G_LIST_MODEL (c.rows)) == 4);
    assert_rows (&c, " (0) (1) 6 5");
    fovea_sidebar_set_order (c.sidebar, FOVEA_ORDER_TITLE);
    assert_rows (&c, " (0) (1) 5 6");
    gtk_editable_set_text (GTK_EDITABLE (search), "");
    RUN_UNTIL (g_list_model_get_n_items (G_LIST_MODEL (c.rows)) == 11);
    assert_rows (&c, listed[FOVEA_ORDER_TITLE]);
    assert_selected (&c, 1);
    case_clear (&c);
}
END_TEST

static FoveaTreeItem *
new_long_store (guint n)
{
    FoveaTreeItem *store = fovea_tree_item_new (FOVEA_TREE_STORE, "a.fovea", 0, "a.fovea", "1 GB");
    g_autofree Text *texts = g_new (Text, n);
    g_autoptr (GPtrArray) titles = g_ptr_array_new_with_free_func (g_free);
    for (guint i = 0; i < n; i++) {
        guint mixed = i * 7919 % MANY; /* prime to it */
        g_ptr_array_add (titles, g_strdup_printf ("text_%u.txt, part %u", mixed % 50, mixed));
        texts[i] = (Text){titles->pdata[i], 40 + mixed % 500};
    }
    add_run (store, 1, 1, texts, n);
    return store;
}

/* What a list view would have after the signals that it got. */
static void
mirror (GListModel *some, guint position, guint removed, guint added, GPtrArray *seen)
{
    ck_assert_uint_le (position + removed, seen->len);
    if (removed > 0)
        g_ptr_array_remove_range (seen, position, removed);
    for (guint i = 0; i < added; i++) {
        g_autoptr (GObject) item = g_list_model_get_item (some, position + i);
        g_ptr_array_insert (seen, (int) (position + i), item);
    }
}

static void
assert_stretch (FoveaSomeRows *some, GListStore *all, GPtrArray *seen)
{
    guint n = g_list_model_get_n_items (G_LIST_MODEL (some)), at = 0;
    ck_assert_uint_eq (n, seen->len);
    ck_assert (n == 0 || g_list_store_find (all, seen->pdata[0], &at));
    for (guint i = 0; i < n; i++) {
        g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (some), i);
        g_autoptr (GObject) there = g_list_model_get_item (G_LIST_MODEL (all), at + i);
        ck_assert_ptr_eq (item, seen->pdata[i]);
        ck_assert_ptr_eq (item, there);
        ck_assert_uint_eq (fovea_some_rows_find (some, at + i), i);
    }
}

/* The item that has the keys, and the list that it may be in. */
typedef struct {
    GListStore *all;
    GObject *item;
} Keys;

static guint
find_keys (gpointer data)
{
    Keys *keys = data;
    guint position = GTK_INVALID_LIST_POSITION;
    if (keys->item != NULL)
        g_list_store_find (keys->all, keys->item, &position);
    return position;
}

/* Whatever comes and goes, where and in what number: the signals tell it as it is, what has the keys stays
 * unless it is what goes, and all of it is shown in the end. */
START_TEST (rows_that_are_shown_are_a_stretch_of_all)
{
    g_autoptr (GRand) random = g_rand_new_with_seed ((guint32) _i);
    g_autoptr (GListStore) all = g_list_store_new (G_TYPE_OBJECT);
    g_autoptr (GPtrArray) seen = g_ptr_array_new ();
    g_autoptr (FoveaSomeRows) some = fovea_some_rows_new (g_object_ref (G_LIST_MODEL (all)));
    Keys keys = {all, NULL};
    gboolean held = FALSE;
    g_signal_connect (some, "items-changed", G_CALLBACK (mirror), seen);
    fovea_some_rows_set_stay (some, find_keys, &keys);
    for (guint step = 0; step < 300; step++) {
        guint n = g_list_model_get_n_items (G_LIST_MODEL (all));
        guint position = (guint) g_rand_int_range (random, 0, (gint32) n + 1);
        guint what = (guint) g_rand_int_range (random, 0, 8);
        guint many = g_rand_boolean (random) ? 4 : 400;
        guint removed = (guint) g_rand_int_range (random, 0, (gint32) many);
        removed = MIN (n - position, removed);
        g_autoptr (GPtrArray) fresh = g_ptr_array_new_with_free_func (g_object_unref);
        for (gint32 i = g_rand_int_range (random, 0, (gint32) many); i > 0; i--)
            g_ptr_array_add (fresh, g_object_new (G_TYPE_OBJECT, NULL));
        if (what == 0)
            fovea_some_rows_cut (some);
        else if (what == 1)
            fovea_some_rows_hold (some);
        else if (what == 2)
            ck_assert_int_eq (fovea_some_rows_go_to (some, position) < G_MAXUINT, position < n);
        else if (what < 5)
            fovea_some_rows_grow (some);
        else {
            if (seen->len > 0)
                keys.item =
                    g_object_ref (seen->pdata[g_rand_int_range (random, 0, (gint32) seen->len)]);
            g_list_store_splice (all, position, removed, fresh->pdata, fresh->len);
            ck_assert (held || find_keys (&keys) == GTK_INVALID_LIST_POSITION ||
                       g_ptr_array_find (seen, keys.item, NULL));
            g_clear_object (&keys.item);
        }
        held = what == 1 || (held && what != 2);
        assert_stretch (some, all, seen);
        if (what == 2)
            ck_assert_uint_eq (fovea_some_rows_find (some, position) < G_MAXUINT, position < n);
    }
    fovea_some_rows_go_to (some, GTK_INVALID_LIST_POSITION);
    for (guint turns = 0; fovea_some_rows_grow (some); turns++)
        ck_assert_uint_lt (turns, 100);
    assert_stretch (some, all, seen);
    ck_assert (fovea_some_rows_is_whole (some));
    ck_assert_uint_eq (seen->len, g_list_model_get_n_items (G_LIST_MODEL (all)));
}
END_TEST

/* Many rows that come above push what is open out of sight for some frames; nothing else is opened. */
START_TEST (what_is_open_is_marked_again_when_its_row_is_back)
{
    Case c;
    case_init (&c, new_store (6));
    g_autoptr (FoveaTreeItem) above = new_long_store (MANY);
    gtk_single_selection_set_selected (c.rows, 4);
    g_clear_object (&c.opened);
    g_list_store_insert (c.stores, 0, above);
    RUN_UNTIL (g_list_model_get_n_items (G_LIST_MODEL (c.rows)) == MANY + 2 + 11);
    ck_assert_uint_eq (gtk_single_selection_get_selected (c.rows), MANY + 2 + 4);
    assert_selected (&c, 3);
    ck_assert_ptr_null (c.opened);
    case_clear (&c);
}
END_TEST

static gboolean
count_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer n)
{
    (*(guint *) n)++;
    return G_SOURCE_CONTINUE;
}

/* Each is drawn when this returns. */
static void
turn_frames (Case *c, guint n)
{
    guint n_frames = 0;
    guint tick = gtk_widget_add_tick_callback (c->view, count_frame, &n_frames, NULL);
    RUN_UNTIL (n_frames > n);
    gtk_widget_remove_tick_callback (c->view, tick);
}

/* Of the row that has the keys, NULL = none has. */
static FoveaTreeItem *
get_item_with_keys (Case *c)
{
    GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (c->view));
    return focus != NULL && gtk_widget_is_ancestor (focus, c->view)
               ? fovea_sidebar_row_get_item (focus)
               : NULL;
}

/* Its top edge within what is in sight of the list. */
static double
get_place_of_keys (Case *c)
{
    graphene_rect_t place;
    GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (c->view));
    ck_assert (gtk_widget_compute_bounds (focus, c->view, &place));
    return place.origin.y;
}

static gboolean
focus_row (Case *c, FoveaTreeItem *item)
{
    EACH_WIDGET (widget, c->view)
        if (GTK_IS_TREE_EXPANDER (widget) && fovea_sidebar_row_get_item (widget) == item)
            return gtk_widget_grab_focus (gtk_widget_get_parent (widget));
    return FALSE;
}

enum {
    ABOVE = 40 /* sequences of the store above, before more of them come */
};

/* Whole, in what is in sight of the list. */
static gboolean
keys_are_in_sight (Case *c)
{
    graphene_rect_t place;
    GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (c->view));
    return gtk_widget_compute_bounds (focus, c->view, &place) && place.origin.y >= 0 &&
           place.origin.y + place.size.height <= (float) gtk_widget_get_height (c->view);
}

/* The third of the rows from the end has the keys, and what is open is another or the same. */
static FoveaTreeItem *
take_keys (Case *c, guint n_rows, gboolean opened)
{
    RUN_UNTIL (g_list_model_get_n_items (G_LIST_MODEL (c->rows)) == n_rows);
    g_autoptr (FoveaTreeItem) item = get_item (c, n_rows - 3);
    gtk_single_selection_set_selected (c->rows, opened ? n_rows - 3 : n_rows - 5);
    gtk_widget_activate_action (c->view, "list.scroll-to-item", "u", n_rows - 3);
    RUN_UNTIL (focus_row (c, item));
    turn_frames (c, 3);
    return g_steal_pointer (&item);
}

/* What comes above at once is more than is shown at once: as a store of its own, or among the rows of one
 * that is there, also among what a search has found. The row with the keys is the same in every frame,
 * whether it is a sequence or, without the search, a run, and stays where it is once there are rows for it. */
START_TEST (the_keys_stay_on_their_row_whatever_comes_above)
{
    Case c;
    gboolean within = (_i & 1) != 0, opened = (_i & 2) != 0, searched = (_i & 4) != 0;
    case_init (&c, new_store (6));
    g_autoptr (FoveaTreeItem) above = within ? new_long_store (ABOVE) : NULL;
    g_autoptr (FoveaTreeItem) grown = new_long_store (MANY);
    guint n_rows = searched ? 7 : 11;
    if (searched)
        gtk_editable_set_text (
            GTK_EDITABLE (widget_tree_find (GTK_WIDGET (c.sidebar), GTK_TYPE_SEARCH_ENTRY)), "T");
    if (within)
        g_list_store_insert (c.stores, 0, above);
    g_autoptr (FoveaTreeItem) item = take_keys (&c, n_rows + (within ? ABOVE + 2 : 0), opened);
    double place = get_place_of_keys (&c);
    if (within)
        fovea_tree_item_renew (above, grown);
    else
        g_list_store_insert (c.stores, 0, grown);
    gboolean placed = within; /* else it was near the top of few rows, and is at the end of many */
    for (guint frames = 0; frames < 3;) {
        frames += g_list_model_get_n_items (G_LIST_MODEL (c.rows)) == n_rows + MANY + 2;
        turn_frames (&c, 1);
        ck_assert_ptr_eq (get_item_with_keys (&c), item);
        ck_assert (keys_are_in_sight (&c));
        if (placed)
            ck_assert_double_eq_tol (get_place_of_keys (&c), place, 0.5);
        place = get_place_of_keys (&c);
        placed = TRUE;
    }
    case_clear (&c);
}
END_TEST

START_TEST (thousands_of_sequences_are_put_in_order_within_a_frame)
{
    Case c;
    FoveaTreeItem *store = new_long_store (MANY);
    TurnMeter *look = turn_meter_new ("5,000 sequences: first look");
    turn_meter_begin (look);
    case_init (&c, store);
    turn_meter_end (look);
    turn_meter_frames (look, c.view, 20);
    turn_meter_report (look, TURN_WORST_MS);
    RUN_UNTIL (g_list_model_get_n_items (G_LIST_MODEL (c.rows)) == MANY + 2);
    gtk_single_selection_set_selected (c.rows, 1234);
    gint64 id = fovea_tree_item_get_id (c.opened);
    TurnMeter *meter = turn_meter_new ("5,000 sequences in another order");
    turn_meter_frames (meter, c.view, 5);
    for (guint i = 1; i <= 3 * FOVEA_N_ORDERS; i++) {
        turn_meter_begin (meter);
        fovea_sidebar_set_order (c.sidebar, (FoveaSequenceOrder) (i % FOVEA_N_ORDERS));
        turn_meter_end (meter);
        turn_meter_frames (meter, c.view, 20); /* all rows are there again */
        assert_selected (&c, id);
    }
    turn_meter_report (meter, TURN_WORST_MS);
    case_clear (&c);
}
END_TEST

int
main (void)
{
    if (!gtk_init_check ())
        return 77;
    Suite *suite = suite_create ("sidebar order");
    TCase *tcase = tcase_create ("display");
    tcase_set_timeout (tcase, 60);
    tcase_add_test (tcase, every_order_lists_each_sequence_once_and_keeps_what_is_open);
    tcase_add_test (tcase, what_is_folded_stays_folded);
    tcase_add_test (tcase, a_sequence_that_comes_takes_its_place);
    tcase_add_test (tcase, the_keys_stay_on_what_is_open_and_a_search_finds_in_order);
    tcase_add_loop_test (tcase, rows_that_are_shown_are_a_stretch_of_all, 0, 20);
    tcase_add_test (tcase, what_is_open_is_marked_again_when_its_row_is_back);
    tcase_add_loop_test (tcase, the_keys_stay_on_their_row_whatever_comes_above, 0, 8);
    tcase_add_test (tcase, thousands_of_sequences_are_put_in_order_within_a_frame);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
