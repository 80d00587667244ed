/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Every canvas by keys and with a menu of its own: what the pointer does there has a key beside it. Exit status 77
 * without a display. */
#include <string.h>

#include "app/window/window-private.h"
#include "tests/press-shortcut.h"
#include "tests/support.h"
#include "tests/widget-tree.h"
#include "tests/window-bench.h"
#include "ui/arc-view.h"
#include "ui/column-profile.h"
#include "ui/heads-page.h"
#include "ui/map-rail.h"
#include "ui/position-entry.h"
#include "ui/token-strip.h"

static const FoveaPlace *
get_place (Bench *bench)
{
    return fovea_selection_get_place (bench->selection);
}

static void
assert_cell (Bench *bench, gint64 query, gint64 key)
{
    ck_assert_int_eq (get_place (bench)->query, query);
    ck_assert_int_eq (get_place (bench)->key, key);
}

static void
assert_head (Bench *bench, guint layer, guint head)
{
    ck_assert_uint_eq (get_place (bench)->layer, layer);
    ck_assert_uint_eq (get_place (bench)->head, head);
}

static void
press (Bench *bench, guint key, GdkModifierType modifiers)
{
    ck_assert_msg (press_key (GTK_WINDOW (bench->window), key, modifiers), "%s",
                   gdk_keyval_name (key));
}

/* The heads in front, the keys with a cell of their grid. */
static GtkWidget *
open_heads (Bench *bench)
{
    GtkWindow *window = GTK_WINDOW (bench->window);
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("heads"));
    RUN_UNTIL (gtk_window_get_focus (window) != NULL &&
               gtk_widget_get_ancestor (gtk_window_get_focus (window), GTK_TYPE_GRID_VIEW) !=
                   NULL &&
               gtk_widget_get_height (gtk_window_get_focus (window)) > 0);
    return gtk_window_get_focus (window);
}

/* A canvas of the window, mapped, with the keys. */
static GtkWidget *
go_to (Bench *bench, GType type)
{
    GtkWidget *canvas = find_labelled (GTK_WIDGET (bench->window), type, NULL);
    if (type == FOVEA_TYPE_ARC_VIEW && !gtk_widget_get_mapped (canvas))
        activate (bench, "arcs", NULL);
    RUN_UNTIL (gtk_widget_get_mapped (canvas) && gtk_widget_get_width (canvas) > 0);
    RUN_UNTIL (gtk_widget_grab_focus (canvas));
    return canvas;
}

/* As far as rows and columns are in sight, and no further than the edge; the toolkit's grid has keys of its own for
 * these. */
START_TEST (shift_and_arrows_go_a_screen_of_heads_further)
{
    Bench *bench = bench_new ();
    GtkWidget *cell = open_heads (bench);
    GtkWidget *grid = gtk_widget_get_ancestor (cell, GTK_TYPE_GRID_VIEW);
    GtkAdjustment *down = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (grid));
    int rows = (int) gtk_adjustment_get_page_size (down) / gtk_widget_get_height (cell);
    guint last = fovea_selection_get_info (bench->selection)->architecture->n_heads - 1;
    ck_assert_int_ge (rows, 2);
    fovea_selection_select_head (bench->selection, 0, 2);
    press (bench, GDK_KEY_Down, GDK_SHIFT_MASK);
    assert_head (bench, MIN (rows, 5), 2);
    press (bench, GDK_KEY_Right, GDK_SHIFT_MASK);
    assert_head (bench, MIN (rows, 5), last);
    press (bench, GDK_KEY_Up, GDK_SHIFT_MASK);
    assert_head (bench, 0, last);
    press (bench, GDK_KEY_Left, GDK_SHIFT_MASK);
    assert_head (bench, 0, 0);
    press (bench, GDK_KEY_Up, GDK_SHIFT_MASK);
    assert_head (bench, 0, 0);
    bench_free (bench);
}
END_TEST

/* So that the pointer can go and read elsewhere what it was on. */
START_TEST (space_holds_the_hovered_head)
{
    Bench *bench = bench_new ();
    open_heads (bench);
    fovea_selection_hover_head (bench->selection, 1, 3);
    press (bench, GDK_KEY_space, 0);
    ck_assert_str_eq (fovea_window_get_status (bench->window),
                      "The hovered head stays until Space is pressed again");
    fovea_selection_hover_head (bench->selection, 2, 4);
    const FoveaPlace *hover = fovea_selection_get_hovered_head (bench->selection);
    ck_assert (hover != NULL && hover->layer == 1 && hover->head == 3);
    press (bench, GDK_KEY_space, 0);
    ck_assert_ptr_null (fovea_selection_get_hovered_head (bench->selection));
    press (bench, GDK_KEY_space, 0);
    ck_assert (!fovea_selection_is_hover_pinned (bench->selection));
    bench_free (bench);
}
END_TEST

/* The popover that a widget has opened, NULL = none. */
static GtkWidget *
find_menu (GtkWidget *parent)
{
    EACH_WIDGET (widget, parent)
        if (GTK_IS_POPOVER_MENU (widget) && gtk_widget_get_mapped (widget))
            return widget;
    return NULL;
}

/* The entry of the popover that hangs at @canvas, NULL = none is open. */
static GtkWidget *
find_entry (Bench *bench)
{
    EACH_WIDGET (widget, GTK_WIDGET (bench->window))
        if (FOVEA_IS_POSITION_ENTRY (widget) && gtk_widget_get_mapped (widget))
            return gtk_popover_get_child (GTK_POPOVER (widget));
    return NULL;
}

static void
type_position (Bench *bench, const char *text)
{
    GtkWidget *entry = NULL;
    RUN_UNTIL ((entry = find_entry (bench)) != NULL);
    gtk_editable_set_text (GTK_EDITABLE (entry), text);
    g_signal_emit_by_name (entry, "activate");
}

/* Wherever there are tokens; a place that there is not stays to be corrected, and the keys come back. */
START_TEST (a_position_is_typed_where_the_keys_are)
{
    const GType types[] = {FOVEA_TYPE_TOKEN_STRIP, FOVEA_TYPE_ARC_VIEW};
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("map"));
    for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
        GtkWidget *canvas = go_to (bench, types[i]);
        press (bench, GDK_KEY_t, 0);
        type_position (bench, "12,5");
        RUN_UNTIL (find_entry (bench) == NULL);
        assert_cell (bench, 12, 5);
        RUN_UNTIL (gtk_window_get_focus (GTK_WINDOW (bench->window)) == canvas);
        press (bench, GDK_KEY_t, 0);
        type_position (bench, "9");
        assert_cell (bench, 9, 5);
        RUN_UNTIL (gtk_window_get_focus (GTK_WINDOW (bench->window)) == canvas);
        press (bench, GDK_KEY_t, 0);
        type_position (bench, "100000,2");
        ck_assert (gtk_widget_has_css_class (find_entry (bench), "error"));
        ck_assert (g_str_has_prefix (fovea_window_get_status (bench->window),
                                     "A position is a query, or query,key as 157,26"));
        type_position (bench, "7,x");
        assert_cell (bench, 9, 5);
        type_position (bench, "7 3");
        assert_cell (bench, 7, 3);
    }
    bench_free (bench);
}
END_TEST

/* From a token to what it looks at, from there on. */
START_TEST (the_key_becomes_the_query)
{
    const GType types[] = {FOVEA_TYPE_TOKEN_STRIP, FOVEA_TYPE_MAP_CANVAS, FOVEA_TYPE_ARC_VIEW};
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("map"));
    for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
        fovea_selection_select_cell (bench->selection, 12, 5);
        if (types[i] == FOVEA_TYPE_MAP_CANVAS)
            gtk_widget_child_focus (
                find_labelled (GTK_WIDGET (bench->window), FOVEA_TYPE_MAP_CANVAS, NULL),
                GTK_DIR_TAB_FORWARD);
        else
            go_to (bench, types[i]);
        press (bench, GDK_KEY_k, 0);
        assert_cell (bench, 5, 5);
        press (bench, GDK_KEY_k, 0);
        ck_assert_str_eq (fovea_window_get_status (bench->window), "The key is the query already");
    }
    bench_free (bench);
}
END_TEST

/* Where its place has been scrolled to is no place for a popover. */
START_TEST (what_is_out_of_sight_has_its_menu_at_the_edge)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    bench_resize (bench, 960, 600);
    activate (bench, "view", g_variant_new_string ("map"));
    GtkWidget *arcs = go_to (bench, FOVEA_TYPE_ARC_VIEW), *menu = NULL;
    GtkWidget *area = gtk_widget_get_ancestor (arcs, GTK_TYPE_SCROLLED_WINDOW);
    GtkAdjustment *down = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (area));
    gint64 last = fovea_selection_get_info (bench->selection)->n_tokens - 1;
    fovea_selection_select_cell (bench->selection, last, 0);
    gtk_adjustment_set_value (down, 0);
    press (bench, GDK_KEY_Menu, 0);
    RUN_UNTIL ((menu = find_menu (GTK_WIDGET (bench->window))) != NULL);
    GdkRectangle at;
    ck_assert (gtk_popover_get_pointing_to (GTK_POPOVER (menu), &at));
    ck_assert_int_le (at.y, (int) gtk_adjustment_get_page_size (down));
    ck_assert_int_gt (24 + 18 * (int) last, (int) gtk_adjustment_get_page_size (down));
    gtk_popover_popdown (GTK_POPOVER (menu));
    bench_free (bench);
}
END_TEST

START_TEST (arcs_have_the_keys_of_a_map)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("map"));
    go_to (bench, FOVEA_TYPE_ARC_VIEW);
    gint64 last = fovea_selection_get_info (bench->selection)->n_tokens - 1;
    fovea_selection_select_cell (bench->selection, 12, 0);
    const FoveaCellData *data = NULL;
    RUN_UNTIL ((data = fovea_cell_model_get_data (bench->window->cells)) != NULL &&
               data->place.query == 12);
    gint64 next = fovea_weights_find_strong (data->row, data->n_tokens, 0, 1);
    press (bench, GDK_KEY_n, 0);
    assert_cell (bench, 12, next);
    press (bench, GDK_KEY_End, GDK_CONTROL_MASK);
    assert_cell (bench, last, next);
    press (bench, GDK_KEY_Home, GDK_CONTROL_MASK);
    ck_assert_int_eq (get_place (bench)->query, 0);
    fovea_selection_hover_cell (bench->selection, 6, 2);
    press (bench, GDK_KEY_space, 0);
    ck_assert (fovea_selection_is_hover_pinned (bench->selection));
    press (bench, GDK_KEY_space, 0);
    ck_assert (!fovea_selection_is_hover_pinned (bench->selection));
    bench_free (bench);
}
END_TEST

static char *text_read;

static void
text_came (GObject *clipboard, GAsyncResult *result, gpointer unused)
{
    text_read = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result, NULL);
}

/* What "Copy as table" copies.   Owner: caller. */
static char *
copy_table (Bench *bench)
{
    activate (bench, "say", g_variant_new_string ("Ready"));
    activate (bench, "copy-table", NULL);
    RUN_UNTIL (strstr (fovea_window_get_status (bench->window), "copied as CSV") != NULL);
    text_read = NULL;
    gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (bench->window)), NULL,
                                   text_came, NULL);
    RUN_UNTIL (text_read != NULL);
    return g_steal_pointer (&text_read);
}

static guint
count_lines (const char *text)
{
    guint n = 0;
    for (; *text != '\0'; text++)
        n += *text == '\n';
    return n;
}

START_TEST (numbers_are_copied_as_a_table)
{
    Bench *bench = bench_new ();
    open_heads (bench);
    g_autofree char *heads = copy_table (bench);
    ck_assert (g_str_has_prefix (heads, "layer,head,"));
    ck_assert_str_eq (fovea_window_get_status (bench->window), "72 rows copied as CSV");
    activate (bench, "view", g_variant_new_string ("map"));
    fovea_selection_select_cell (bench->selection, 12, 5);
    const FoveaCellData *data = NULL;
    RUN_UNTIL ((data = fovea_cell_model_get_data (bench->window->cells)) != NULL &&
               data->place.query == 12 && data->place.key == 5);
    g_autofree char *row = copy_table (bench);
    g_auto (GStrv) lines = g_strsplit (row, "\n", -1);
    ck_assert_str_eq (lines[0], "key,token,weight");
    ck_assert_uint_eq (count_lines (row), 1 + 13); /* keys that the query may see */
    g_auto (GStrv) cells = g_strsplit (lines[6], ",", -1);
    ck_assert_str_eq (cells[0], "5");
    ck_assert_double_eq_tol (g_ascii_strtod (cells[2], NULL), (double) data->row[5], 1e-7);
    go_to (bench, FOVEA_TYPE_TOKEN_STRIP);
    g_autofree char *strip = copy_table (bench);
    ck_assert (g_str_has_prefix (strip, "position,token,value\n0,"));
    ck_assert_uint_eq (count_lines (strip),
                       1 + (guint) fovea_selection_get_info (bench->selection)->n_tokens);
    activate (bench, "view", g_variant_new_string ("sparsity"));
    activate (bench, "copy-table", NULL);
    ck_assert_str_eq (fovea_window_get_status (bench->window),
                      "No curve is shown that could be copied as a table");
    bench_free (bench);
}
END_TEST

/* Each is the map along one token: its keys, and what is strong along it. */
START_TEST (profiles_have_the_keys_of_their_map)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("map"));
    fovea_selection_select_cell (bench->selection, 12, 0);
    const FoveaCellData *data = NULL;
    RUN_UNTIL ((data = fovea_cell_model_get_data (bench->window->cells)) != NULL &&
               data->place.query == 12 && data->place.key == 0);
    gint64 right = fovea_weights_find_strong (data->row, data->n_tokens, 0, 1);
    gint64 down = fovea_weights_find_strong (data->column, data->n_tokens, 12, 1);
    ck_assert_int_gt (MIN (right, down), 0);
    GtkWidget *column = go_to (bench, FOVEA_TYPE_COLUMN_PROFILE);
    press (bench, GDK_KEY_n, 0);
    assert_cell (bench, down, 0);
    fovea_selection_select_cell (bench->selection, 12, 0);
    RUN_UNTIL ((data = fovea_cell_model_get_data (bench->window->cells)) != NULL &&
               data->place.query == 12);
    g_autofree char *looking = copy_table (bench);
    ck_assert (g_str_has_prefix (looking, "query,token,weight\n0,"));
    ck_assert_uint_eq (count_lines (looking),
                       1 + (guint) fovea_selection_get_info (bench->selection)->n_tokens);
    press (bench, GDK_KEY_t, 0);
    type_position (bench, "9,3");
    RUN_UNTIL (gtk_window_get_focus (GTK_WINDOW (bench->window)) == column);
    assert_cell (bench, 9, 3);
    go_to (bench, FOVEA_TYPE_ROW_PROFILE);
    fovea_selection_select_cell (bench->selection, 12, 0);
    RUN_UNTIL ((data = fovea_cell_model_get_data (bench->window->cells)) != NULL &&
               data->place.query == 12);
    press (bench, GDK_KEY_n, 0);
    assert_cell (bench, 12, right);
    press (bench, GDK_KEY_Down, 0);
    press (bench, GDK_KEY_Home, 0);
    assert_cell (bench, 13, 0);
    guint head = get_place (bench)->head;
    press (bench, GDK_KEY_bracketleft, 0);
    ck_assert_uint_eq (get_place (bench)->head, head - 1);
    bench_free (bench);
}
END_TEST

/* The first that is in sight. */
static GtkWidget *
find_canvas (Bench *bench, const char *css_name)
{
    EACH_WIDGET (widget, GTK_WIDGET (bench->window))
        if (g_strcmp0 (gtk_widget_get_css_name (widget), css_name) == 0 &&
            gtk_widget_get_mapped (widget) && gtk_widget_get_width (widget) > 0)
            return widget;
    return NULL;
}

static const struct {
    const char *view, *canvas; /* name in the style sheet; NULL = what the view gives the keys */
    const char *before;        /* an action that shows it */
    const char *row;           /* of the menu */
} menus[] = {
    {"heads", NULL, NULL, "Choose this head too, or not"},
    {"map", NULL, NULL, "Zoom to this cell"},
    {"map", "tokenstrip", NULL, "Its strongest latent"},
    {"map", "arcview", "arcs", "Map in place of arcs"},
    {"map", "rowprofile", NULL, "Next strong cell"},
    {"map", "columnprofile", NULL, "Next strong cell"},
    {"heads", "headplot", NULL, "Choose none"},
};

/* By its key, at what is selected; when it goes, the keys are where they were. */
START_TEST (the_menu_key_shows_what_can_be_done_here)
{
    Bench *bench = bench_new ();
    GtkWidget *root = GTK_WIDGET (bench->window), *focus = NULL, *menu = NULL;
    open_heads (bench);
    activate (bench, "view", g_variant_new_string (menus[_i].view));
    if (menus[_i].before != NULL)
        activate (bench, menus[_i].before, NULL);
    if (menus[_i].canvas != NULL) {
        RUN_UNTIL ((focus = find_canvas (bench, menus[_i].canvas)) != NULL);
        ck_assert (gtk_widget_grab_focus (focus));
    }
    focus = gtk_window_get_focus (GTK_WINDOW (root));
    press (bench, _i % 2 == 0 ? GDK_KEY_Menu : GDK_KEY_F10, _i % 2 == 0 ? 0 : GDK_SHIFT_MASK);
    RUN_UNTIL ((menu = find_menu (root)) != NULL);
    RUN_UNTIL (find_text (menu, menus[_i].row) != NULL);
    ck_assert_ptr_nonnull (find_text (menu, "Copy value"));
    ck_assert_ptr_nonnull (find_text (menu, "Copy as table"));
    gtk_popover_popdown (GTK_POPOVER (menu));
    RUN_UNTIL (find_menu (root) == NULL);
    RUN_UNTIL (gtk_window_get_focus (GTK_WINDOW (root)) == focus);
    bench_free (bench);
}
END_TEST

/* The row has neither the action nor its key then, which would do nothing. */
START_TEST (what_cannot_be_done_is_grey_and_says_why)
{
    Bench *bench = bench_new ();
    GtkWidget *root = GTK_WIDGET (bench->window), *plot = NULL, *menu = NULL;
    open_heads (bench);
    RUN_UNTIL ((plot = find_canvas (bench, "headplot")) != NULL);
    ck_assert (gtk_widget_grab_focus (plot));
    press (bench, GDK_KEY_Menu, 0);
    RUN_UNTIL ((menu = find_menu (root)) != NULL);
    RUN_UNTIL (find_text (menu, "Choose none (no head is chosen)") != NULL);
    GtkWidget *row = find_label (menu, "Choose none (no head is chosen)");
    ck_assert (!gtk_widget_is_sensitive (row));
    gtk_popover_popdown (GTK_POPOVER (menu));
    RUN_UNTIL (find_menu (root) == NULL && gtk_window_get_focus (GTK_WINDOW (root)) == plot);
    press (bench, GDK_KEY_x, 0);
    press (bench, GDK_KEY_Menu, 0);
    RUN_UNTIL ((menu = find_menu (root)) != NULL && find_label (menu, "Choose none") != NULL);
    ck_assert (gtk_widget_is_sensitive (find_label (menu, "Choose none")));
    gtk_popover_popdown (GTK_POPOVER (menu));
    bench_free (bench);
}
END_TEST

/* Headings of the toolkit take a drag only. */
START_TEST (a_column_is_made_wider_and_narrower)
{
    Bench *bench = bench_new ();
    open_heads (bench);
    activate (bench, "table", NULL);
    GtkWindow *window = GTK_WINDOW (bench->window);
    RUN_UNTIL (gtk_window_get_focus (window) != NULL &&
               gtk_widget_get_ancestor (gtk_window_get_focus (window), GTK_TYPE_COLUMN_VIEW) !=
                   NULL);
    GtkWidget *view = gtk_widget_get_ancestor (gtk_window_get_focus (window), GTK_TYPE_COLUMN_VIEW);
    GtkWidget *heading = gtk_widget_get_first_child (gtk_widget_get_first_child (view));
    RUN_UNTIL (gtk_widget_get_width (heading) > 0);
    int width = gtk_widget_get_width (heading);
    press (bench, GDK_KEY_plus, 0);
    RUN_UNTIL (gtk_widget_get_width (heading) > width);
    width = gtk_widget_get_width (heading);
    press (bench, GDK_KEY_minus, 0);
    RUN_UNTIL (gtk_widget_get_width (heading) < width);
    bench_free (bench);
}
END_TEST

START_TEST (dividers_have_the_keys_when_asked)
{
    Bench *bench = bench_new ();
    GtkWidget *cell = open_heads (bench);
    GtkWindow *window = GTK_WINDOW (bench->window);
    press (bench, GDK_KEY_F8, 0);
    ck_assert (GTK_IS_PANED (gtk_window_get_focus (window)));
    ck_assert_str_eq (fovea_window_get_status (bench->window),
                      "Arrows move the divider, Enter keeps it there");
    int before = gtk_paned_get_position (GTK_PANED (gtk_window_get_focus (window)));
    GtkWidget *panes = gtk_window_get_focus (window);
    gboolean level =
        gtk_orientable_get_orientation (GTK_ORIENTABLE (panes)) == GTK_ORIENTATION_HORIZONTAL;
    press (bench, level ? GDK_KEY_Left : GDK_KEY_Up, 0);
    ck_assert_int_lt (gtk_paned_get_position (GTK_PANED (panes)), before);
    press (bench, GDK_KEY_Return, 0);
    RUN_UNTIL (gtk_window_get_focus (window) == cell);
    bench_free (bench);
}
END_TEST

/* What the pointer finds in the inspector is found by Tab, arrows and Enter. */
START_TEST (a_row_of_the_inspector_leads_to_its_cell)
{
    Bench *bench = bench_new ();
    GtkWidget *row = NULL;
    open_scored (bench);
    bench_resize (bench, 1300, 800); /* a narrow window has no inspector */
    activate (bench, "view", g_variant_new_string ("map"));
    fovea_selection_select_cell (bench->selection, 12, 0);
    fovea_window_settle_view (bench->window);
    RUN_UNTIL ((row = find_canvas (bench, "factrow")) != NULL);
    ck_assert (gtk_widget_grab_focus (row)); /* the weight of the cell itself */
    press (bench, GDK_KEY_Return, 0);
    ck_assert_str_eq (fovea_window_get_status (bench->window), "This row is of no cell");
    fovea_selection_hover_cell (bench->selection, 6, 2);
    press (bench, GDK_KEY_space, 0);
    ck_assert (fovea_selection_is_hover_pinned (bench->selection));
    bench_free (bench);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, shift_and_arrows_go_a_screen_of_heads_further);
    tcase_add_test (tcase, space_holds_the_hovered_head);
    tcase_add_test (tcase, a_position_is_typed_where_the_keys_are);
    tcase_add_test (tcase, the_key_becomes_the_query);
    tcase_add_test (tcase, what_is_out_of_sight_has_its_menu_at_the_edge);
    tcase_add_test (tcase, arcs_have_the_keys_of_a_map);
    tcase_add_test (tcase, profiles_have_the_keys_of_their_map);
    tcase_add_loop_test (tcase, the_menu_key_shows_what_can_be_done_here, 0, G_N_ELEMENTS (menus));
    tcase_add_test (tcase, what_cannot_be_done_is_grey_and_says_why);
    tcase_add_test (tcase, a_column_is_made_wider_and_narrower);
    tcase_add_test (tcase, dividers_have_the_keys_when_asked);
    tcase_add_test (tcase, a_row_of_the_inspector_leads_to_its_cell);
    tcase_add_test (tcase, numbers_are_copied_as_a_table);
}

int
main (void)
{
    return window_bench_main ("canvas-keys", add_tests);
}
