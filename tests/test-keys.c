/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Nothing by mouse alone: actions and the table of keys agree, and strip, tables and plots do by key
 * what they do for the pointer. Exit status 77 without a display. */
#include <string.h>

#include "app/data-files.h"
#include "app/window/window-private.h"
#include "tests/press-shortcut.h"
#include "tests/support.h"
#include "tests/widget-tree.h"
#include "tests/window-bench.h"
#include "ui/commands.h"
#include "ui/data-table.h"
#include "ui/head-set.h"
#include "ui/heads-page.h"
#include "ui/latent-view.h"
#include "ui/line-table.h"
#include "ui/text-cell.h"
#include "ui/token-strip.h"

/* Called with a path, a folder, a view or some words by widgets that have one; their own keys open those. */
static const char *const with_target[] = {"view",   "open-path", "export-to",
                                          "encode", "say",       "sequence-order"};

static const char *const of_focus[] = {"note", "latent-of-token", "pin", NULL};

static gboolean
is_listed (const char *name)
{
    guint n;
    const FoveaCommand *commands = fovea_commands_get (&n);
    for (guint i = 0; i < n; i++)
        if (g_str_has_prefix (commands[i].action, "win.") &&
            g_str_equal (commands[i].action + 4, name))
            return TRUE;
    return FALSE;
}

START_TEST (every_action_of_the_window_has_a_key_in_the_list)
{
    Bench *bench = bench_new ();
    g_auto (GStrv) names = g_action_group_list_actions (G_ACTION_GROUP (bench->window));
    guint n_listed = 0;
    for (guint i = 0; names[i] != NULL; i++) {
        gboolean targeted = FALSE;
        for (guint t = 0; t < G_N_ELEMENTS (with_target); t++)
            targeted = targeted || g_str_equal (names[i], with_target[t]);
        /* Keys of what has the focus, which knows what they are about. */
        if (targeted || g_strv_contains (of_focus, names[i]))
            continue;
        ck_assert_msg (is_listed (names[i]), "win.%s has no key", names[i]);
        n_listed++;
    }
    ck_assert_uint_gt (n_listed, 20);
    bench_free (bench);
}
END_TEST

START_TEST (every_key_of_the_list_has_an_action)
{
    Bench *bench = bench_new ();
    guint n;
    const FoveaCommand *commands = fovea_commands_get (&n);
    for (guint i = 0; i < n; i++) {
        g_autofree char *name = NULL;
        g_autoptr (GVariant) target = NULL;
        ck_assert (g_action_parse_detailed_name (commands[i].action, &name, &target, NULL));
        if (g_str_has_prefix (name, "win."))
            ck_assert_msg (g_action_group_has_action (G_ACTION_GROUP (bench->window), name + 4),
                           "%s", name);
        else if (g_str_has_prefix (name, "app."))
            ck_assert_msg (
                g_action_group_has_action (G_ACTION_GROUP (window_bench_application), name + 4),
                "%s", name);
    }
    bench_free (bench);
}
END_TEST

/* The button goes with the first words, which go with the codes. */
START_TEST (the_keys_stay_with_what_is_encoded)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("features"));
    GtkWidget *page = GTK_WIDGET (bench->window->features_page);
    GtkWindow *window = GTK_WINDOW (bench->window);
    RUN_UNTIL (GTK_IS_BUTTON (gtk_window_get_focus (window)) && /* and not the one for others */
               find_text (gtk_window_get_focus (window), "Encode with") != NULL);
    gtk_widget_activate (gtk_window_get_focus (window));
    RUN_UNTIL (fovea_window_is_busy (bench->window));
    while (fovea_window_is_busy (bench->window)) {
        GtkWidget *focus = gtk_window_get_focus (window);
        ck_assert_msg (focus != NULL && gtk_widget_is_ancestor (focus, page), "%s",
                       focus != NULL ? G_OBJECT_TYPE_NAME (focus) : "nothing");
        window_bench_iterate ();
    }
    RUN_UNTIL (FOVEA_IS_LATENT_VIEW (gtk_window_get_focus (window)));
    bench_free (bench);
}
END_TEST

/* As it filters the heads, from the list of latents and from the page of one. */
START_TEST (a_slash_searches_the_latents)
{
    Bench *bench = bench_new ();
    g_autofree char *folder = fovea_data_find ("sae/abstopk", NULL);
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("features"));
    activate (bench, "encode", g_variant_new_string (folder));
    GtkWidget *page = GTK_WIDGET (bench->window->features_page);
    RUN_UNTIL (!fovea_window_is_busy (bench->window) &&
               fovea_feature_model_get_shown (bench->window->features) != NULL);
    GtkWidget *const from[] = {widget_tree_find (page, FOVEA_TYPE_LATENT_VIEW),
                               widget_tree_find (page, GTK_TYPE_COLUMN_VIEW)};
    for (guint i = 0; i < G_N_ELEMENTS (from); i++) {
        RUN_UNTIL (gtk_widget_get_mapped (from[i]) && gtk_widget_grab_focus (from[i]));
        ck_assert (press_key (GTK_WINDOW (bench->window), GDK_KEY_slash, GDK_SHIFT_MASK));
        GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (bench->window));
        ck_assert (focus != NULL && gtk_widget_is_ancestor (focus, page));
        ck_assert_ptr_nonnull (gtk_widget_get_ancestor (focus, GTK_TYPE_SEARCH_ENTRY));
    }
    bench_free (bench);
}
END_TEST

/* The toolkit has an F10 of its own, which only moves the focus to the header. */
START_TEST (the_menu_opens_at_its_key_wherever_the_focus_is)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("map"));
    GtkWidget *button = find_labelled (gtk_window_get_titlebar (GTK_WINDOW (bench->window)),
                                       GTK_TYPE_MENU_BUTTON, NULL);
    GtkPopover *menu = gtk_menu_button_get_popover (GTK_MENU_BUTTON (button));
    ck_assert (!gtk_widget_get_visible (GTK_WIDGET (menu)));
    ck_assert (press_shortcut (GTK_WIDGET (bench->window), GDK_KEY_F10));
    ck_assert (gtk_widget_get_visible (GTK_WIDGET (menu)));
    bench_free (bench);
}
END_TEST

/* The list of keys is made from the table; each title stands in it. */
static guint
count_titles (GtkWidget *parent, const char *title)
{
    guint n = 0;
    EACH_WIDGET (widget, parent) {
        g_autofree char *text = NULL;
        if (GTK_IS_SHORTCUTS_SHORTCUT (widget))
            g_object_get (widget, "title", &text, NULL);
        n += g_strcmp0 (text, title) == 0;
    }
    return n;
}

/* Rows of sections; the list that is searched has them a second time. */
static guint
count_rows (GtkWidget *parent, gboolean within)
{
    guint n = 0;
    for (GtkWidget *child = gtk_widget_get_first_child (parent); child != NULL;
         child = gtk_widget_get_next_sibling (child)) {
        if (GTK_IS_SHORTCUTS_SHORTCUT (child))
            n += within ? 1 : 0;
        else
            n += count_rows (child, within || GTK_IS_SHORTCUTS_SECTION (child));
    }
    return n;
}

START_TEST (the_list_of_keys_shows_every_one)
{
    guint n;
    const FoveaCommand *commands = fovea_commands_get (&n);
    GtkWidget *window = fovea_commands_new_window (NULL);
    gtk_window_present (GTK_WINDOW (window));
    for (guint i = 0; i < n; i++)
        ck_assert_msg (count_titles (window, commands[i].title) > 0, "%s", commands[i].title);
    ck_assert_uint_eq (count_rows (window, FALSE), n);
    gtk_window_destroy (GTK_WINDOW (window));
    g_object_unref (window);
}
END_TEST

/* As on a keyboard; the toolkit has names of its own for some. Each is there twice, for the search. */
START_TEST (keys_in_the_list_are_spelt_as_on_a_keyboard)
{
    static const char *const spelt[] = {"Page Up", "Page Down", "Home", "Alt", "F9"};
    guint n[G_N_ELEMENTS (spelt)] = {0};
    GtkWidget *window = fovea_commands_new_window (NULL);
    gtk_window_present (GTK_WINDOW (window));
    EACH_WIDGET (widget, window) {
        if (!GTK_IS_LABEL (widget) || !gtk_widget_has_css_class (widget, "keycap"))
            continue;
        const char *text = gtk_label_get_text (GTK_LABEL (widget));
        ck_assert_msg (strlen (text) == 1 || strchr (text, '_') == NULL, "%s", text);
        for (guint i = 0; i < G_N_ELEMENTS (spelt); i++)
            n[i] += g_str_equal (text, spelt[i]);
    }
    for (guint i = 0; i < G_N_ELEMENTS (spelt); i++)
        ck_assert_msg (n[i] >= 2, "%s %u times", spelt[i], n[i]);
    gtk_window_destroy (GTK_WINDOW (window));
    g_object_unref (window);
}
END_TEST

/* F6 goes there, too, and Escape closes it: the focus is where it was before. */
START_TEST (a_message_at_the_top_is_reached_and_left_by_key)
{
    Bench *bench = bench_new ();
    GtkWindow *window = GTK_WINDOW (bench->window);
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("heads"));
    RUN_UNTIL (gtk_window_get_focus (window) != NULL &&
               gtk_widget_get_ancestor (gtk_window_get_focus (window), GTK_TYPE_GRID_VIEW) != NULL);
    GtkWidget *head = gtk_window_get_focus (window), *bar = GTK_WIDGET (bench->window->failure);
    fovea_window_show_failure (bench->window, "No file: nothing.fovea.");
    GtkWidget *details = find_labelled (bar, GTK_TYPE_BUTTON, "Details");
    RUN_UNTIL (gtk_widget_get_mapped (details) && gtk_widget_get_height (details) > 0);
    for (guint i = 0; i < 5 && !gtk_widget_is_ancestor (gtk_window_get_focus (window), bar); i++)
        ck_assert (press_key (window, GDK_KEY_F6, 0));
    ck_assert (gtk_widget_is_ancestor (gtk_window_get_focus (window), bar));
    ck_assert (press_key (window, GDK_KEY_Escape, 0));
    ck_assert_ptr_null (fovea_window_get_failure (bench->window));
    ck_assert_ptr_eq (gtk_window_get_focus (window), head);
    bench_free (bench);
}
END_TEST

START_TEST (help_begins_with_the_keys_of_the_view)
{
    static const char *const views[] = {"heads", "map", "sparsity", "features"};
    Bench *bench = bench_new ();
    open_scored (bench);
    for (guint i = 0; i < G_N_ELEMENTS (views); i++) {
        g_autofree char *section = NULL;
        activate (bench, "view", g_variant_new_string (views[i]));
        activate (bench, "help", NULL);
        GListModel *windows = gtk_window_get_toplevels ();
        GtkWidget *help = NULL;
        for (guint w = 0; w < g_list_model_get_n_items (windows); w++) {
            g_autoptr (GtkWidget) window = g_list_model_get_item (windows, w);
            help = GTK_IS_SHORTCUTS_WINDOW (window) ? window : help;
        }
        ck_assert_ptr_nonnull (help);
        g_object_get (help, "section-name", &section, NULL);
        ck_assert_str_eq (section, views[i]);
        gtk_window_destroy (GTK_WINDOW (help));
    }
    bench_free (bench);
}
END_TEST

static void
press (GtkWidget *widget, const char *action)
{
    ck_assert_msg (gtk_widget_activate_action (widget, action, NULL), "%s", action);
}

static void
assert_place (Bench *bench, gint64 query, gint64 key)
{
    const FoveaPlace *place = fovea_selection_get_place (bench->selection);
    ck_assert_int_eq (place->query, query);
    ck_assert_int_eq (place->key, key);
}

START_TEST (the_strip_moves_query_and_key)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    GtkWidget *strip = find_labelled (GTK_WIDGET (bench->window), FOVEA_TYPE_TOKEN_STRIP, NULL);
    gint64 last = fovea_selection_get_info (bench->selection)->n_tokens - 1;
    fovea_selection_select_cell (bench->selection, 10, 4);
    press (strip, "strip.right");
    press (strip, "strip.down");
    assert_place (bench, 11, 5);
    press (strip, "strip.up");
    press (strip, "strip.left");
    assert_place (bench, 10, 4);
    press (strip, "strip.last");
    assert_place (bench, last, 4);
    press (strip, "strip.far-left");
    ck_assert_int_lt (fovea_selection_get_place (bench->selection)->query, last - 5);
    press (strip, "strip.first");
    ck_assert_int_eq (fovea_selection_get_place (bench->selection)->query, 0);
    bench_free (bench);
}
END_TEST

static void
assert_head (Bench *bench, guint layer, guint head)
{
    const FoveaPlace *place = fovea_selection_get_place (bench->selection);
    ck_assert_uint_eq (place->layer, layer);
    ck_assert_uint_eq (place->head, head);
}

/* Keys that belong to every canvas: the focus need not leave the strip or the heads for another head. */
START_TEST (brackets_and_braces_step_through_heads_in_strip_and_heads)
{
    static const struct {
        guint key;
        guint layer, head; /* after it */
    } steps[] = {
        {GDK_KEY_bracketright, 1, 3},
        {GDK_KEY_braceright, 2, 3},
        {GDK_KEY_bracketleft, 2, 2},
        {GDK_KEY_braceleft, 1, 2},
    };
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("heads"));
    GtkWidget *strip = find_labelled (GTK_WIDGET (bench->window), FOVEA_TYPE_TOKEN_STRIP, NULL);
    for (guint place = 0; place < 2; place++) {
        fovea_selection_select_head (bench->selection, 1, 2);
        if (place == 1)
            ck_assert (gtk_widget_grab_focus (strip));
        for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
            ck_assert (press_key (GTK_WINDOW (bench->window), steps[i].key, 0));
            assert_head (bench, steps[i].layer, steps[i].head);
        }
    }
    bench_free (bench);
}
END_TEST

START_TEST (strong_cells_of_the_row_are_found_from_the_strip)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    GtkWidget *strip = find_labelled (GTK_WIDGET (bench->window), FOVEA_TYPE_TOKEN_STRIP, NULL);
    fovea_selection_select_cell (bench->selection, 12, 0);
    const FoveaCellData *data = NULL;
    RUN_UNTIL ((data = fovea_cell_model_get_data (bench->window->cells)) != NULL &&
               data->place.query == 12);
    gint64 next = fovea_weights_find_strong (data->row, data->n_tokens, 0, 1);
    ck_assert_int_gt (next, 0);
    press (strip, "strip.next-strong");
    assert_place (bench, 12, next);
    RUN_UNTIL ((data = fovea_cell_model_get_data (bench->window->cells)) != NULL &&
               data->place.key == next);
    gint64 before = fovea_weights_find_strong (data->row, data->n_tokens, next, -1);
    press (strip, "strip.previous-strong");
    assert_place (bench, 12, before >= 0 ? before : next);
    bench_free (bench);
}
END_TEST

/* Text of the cells of a column, row by row, as they are laid out; only what is to be seen. */
static void
list_cells (GtkWidget *parent, guint column, GPtrArray *cells)
{
    for (GtkWidget *child = gtk_widget_get_first_child (parent); child != NULL;
         child = gtk_widget_get_next_sibling (child)) {
        guint at = 0;
        if (g_strcmp0 (gtk_widget_get_css_name (child), "row") != 0) {
            list_cells (child, column, cells);
            continue;
        }
        for (GtkWidget *cell = gtk_widget_get_first_child (child); cell != NULL;
             cell = gtk_widget_get_next_sibling (cell), at++)
            if (at == column && FOVEA_IS_TEXT_CELL (gtk_widget_get_first_child (cell)))
                g_ptr_array_add (cells, (gpointer) fovea_text_cell_get_text (
                                            FOVEA_TEXT_CELL (gtk_widget_get_first_child (cell))));
    }
}

/* +1 where the numbers fall, -1 where they rise, 0 for neither or too few. */
static int
get_order (GtkWidget *view, guint column)
{
    g_autoptr (GPtrArray) cells = g_ptr_array_new ();
    int falls = 0, rises = 0;
    list_cells (view, column, cells);
    for (guint i = 0; i + 1 < cells->len; i++) {
        double a = g_ascii_strtod (cells->pdata[i], NULL),
               b = g_ascii_strtod (cells->pdata[i + 1], NULL);
        falls += a > b;
        rises += a < b;
    }
    return falls > 0 && rises == 0 ? 1 : rises > 0 && falls == 0 ? -1 : 0;
}

START_TEST (a_table_is_sorted_by_any_column_and_turned_round)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("map"));
    fovea_selection_select_cell (bench->selection, 20, 4);
    activate (bench, "table", NULL);
    GtkWidget *table = find_labelled (GTK_WIDGET (bench->window), FOVEA_TYPE_LINE_TABLE, NULL);
    GtkWidget *view = find_labelled (table, GTK_TYPE_COLUMN_VIEW, NULL);
    GtkWidget *sorted = gtk_widget_get_parent (gtk_widget_get_parent (view)); /* of its scroller */
    RUN_UNTIL (get_order (view, 0) == -1); /* by key, as the row has them */
    press (sorted, "table.sort");
    RUN_UNTIL (get_order (view, 0) == 1);
    press (sorted, "table.reverse");
    RUN_UNTIL (get_order (view, 0) == -1);
    /* The second column is of tokens, which have no order; weights are next. */
    press (sorted, "table.sort");
    RUN_UNTIL (get_order (view, 2) == 1);
    bench_free (bench);
}
END_TEST

/* Columns that begin in sight. */
static guint
count_columns_in_sight (GtkWidget *view, int *first)
{
    GtkWidget *headings = gtk_widget_get_first_child (view);
    guint n = 0;
    int at = 0;
    *first = -1;
    for (GtkWidget *child = gtk_widget_get_first_child (headings); child != NULL;
         child = gtk_widget_get_next_sibling (child), at++) {
        graphene_rect_t bounds;
        ck_assert (gtk_widget_compute_bounds (child, view, &bounds));
        if (bounds.origin.x < 0 ||
            bounds.origin.x + bounds.size.width > (float) gtk_widget_get_width (view))
            continue;
        *first = *first < 0 ? at : *first;
        n++;
    }
    return n;
}

static gboolean
has_focus_on_selected_row (GtkWidget *view)
{
    GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (gtk_widget_get_root (view)));
    return focus != NULL && gtk_widget_is_ancestor (focus, view) &&
           (gtk_widget_get_state_flags (focus) & GTK_STATE_FLAG_SELECTED);
}

START_TEST (a_table_that_comes_to_the_front_has_the_focus_at_its_row)
{
    static const char *const views[] = {"heads", "map"};
    Bench *bench = bench_new ();
    open_scored (bench);
    fovea_selection_select (bench->selection, &(FoveaPlace){5, 9, 20, 4});
    for (guint i = 0; i < G_N_ELEMENTS (views); i++) {
        activate (bench, "view", g_variant_new_string (views[i]));
        activate (bench, "table", NULL);
        GtkWidget *page =
            i == 0 ? GTK_WIDGET (bench->window->heads) : GTK_WIDGET (bench->window->map);
        RUN_UNTIL (has_focus_on_selected_row (widget_tree_find (page, GTK_TYPE_COLUMN_VIEW)));
    }
    bench_free (bench);
}
END_TEST

START_TEST (every_column_of_a_wide_table_comes_by_key)
{
    Bench *bench = bench_new ();
    int first = -1;
    open_scored (bench);
    bench_resize (bench, 960, 700);
    activate (bench, "view", g_variant_new_string ("heads"));
    activate (bench, "table", NULL);
    GtkWidget *heads = find_labelled (GTK_WIDGET (bench->window), FOVEA_TYPE_HEADS_PAGE, NULL);
    GtkWidget *table = widget_tree_find (heads, FOVEA_TYPE_DATA_TABLE);
    GtkWidget *view = widget_tree_find (table, GTK_TYPE_COLUMN_VIEW);
    RUN_UNTIL (gtk_widget_get_mapped (table) && fovea_data_table_focus (FOVEA_DATA_TABLE (table)) &&
               count_columns_in_sight (view, &first) > 1);
    guint n = g_list_model_get_n_items (gtk_column_view_get_columns (GTK_COLUMN_VIEW (view)));
    ck_assert_int_eq (first, 0);
    ck_assert_uint_lt (count_columns_in_sight (view, &first), n);
    for (guint i = 0; i < n; i++)
        ck_assert (press_key (GTK_WINDOW (bench->window), GDK_KEY_Right, 0));
    RUN_UNTIL (count_columns_in_sight (view, &first) > 0 &&
               first + count_columns_in_sight (view, &first) == n);
    for (guint i = 0; i < n; i++)
        ck_assert (press_key (GTK_WINDOW (bench->window), GDK_KEY_Left, 0));
    RUN_UNTIL (count_columns_in_sight (view, &first) > 0 && first == 0);
    bench_free (bench);
}
END_TEST

START_TEST (what_a_band_round_points_chooses_can_be_chosen_one_by_one)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("heads"));
    GtkWidget *heads = gtk_window_get_focus (GTK_WINDOW (bench->window));
    FoveaHeadSet *chosen = fovea_selection_get_chosen (bench->selection);
    ck_assert_uint_eq (fovea_head_set_get_n (chosen), 0);
    press (heads, "heads.choose");
    press (heads, "heads.right");
    press (heads, "heads.choose");
    ck_assert_uint_eq (fovea_head_set_get_n (chosen), 2);
    press (heads, "heads.choose-none");
    ck_assert_uint_eq (fovea_head_set_get_n (chosen), 0);
    /* The frame of the focus goes along, also when something else selects. */
    for (guint layer = 1; layer < 4; layer++) {
        GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (bench->window));
        ck_assert (gtk_widget_get_state_flags (focus) & GTK_STATE_FLAG_SELECTED);
        fovea_selection_select_head (bench->selection, layer, 2 * layer);
        ck_assert_ptr_ne (gtk_window_get_focus (GTK_WINDOW (bench->window)), focus);
    }
    bench_free (bench);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, every_action_of_the_window_has_a_key_in_the_list);
    tcase_add_test (tcase, every_key_of_the_list_has_an_action);
    tcase_add_test (tcase, the_menu_opens_at_its_key_wherever_the_focus_is);
    tcase_add_test (tcase, the_keys_stay_with_what_is_encoded);
    tcase_add_test (tcase, a_slash_searches_the_latents);
    tcase_add_test (tcase, the_list_of_keys_shows_every_one);
    tcase_add_test (tcase, keys_in_the_list_are_spelt_as_on_a_keyboard);
    tcase_add_test (tcase, a_message_at_the_top_is_reached_and_left_by_key);
    tcase_add_test (tcase, help_begins_with_the_keys_of_the_view);
    tcase_add_test (tcase, the_strip_moves_query_and_key);
    tcase_add_test (tcase, brackets_and_braces_step_through_heads_in_strip_and_heads);
    tcase_add_test (tcase, strong_cells_of_the_row_are_found_from_the_strip);
    tcase_add_test (tcase, a_table_is_sorted_by_any_column_and_turned_round);
    tcase_add_test (tcase, a_table_that_comes_to_the_front_has_the_focus_at_its_row);
    tcase_add_test (tcase, every_column_of_a_wide_table_comes_by_key);
    tcase_add_test (tcase, what_a_band_round_points_chooses_can_be_chosen_one_by_one);
}

int
main (void)
{
    return window_bench_main ("keys", add_tests);
}
