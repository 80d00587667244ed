/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Ways through the whole window: what is shown is what was asked for last, the status line is about what
 * is in front, and there is a way back from everywhere. Exit status 77 without a display. */
#include <string.h>
#include <unistd.h>

#include "app/data-files.h"
#include "app/window/preferences.h"
#include "app/window/window-private.h"
#include "tests/support.h"
#include "tests/widget-tree.h"
#include "tests/window-bench.h"
#include "ui/finder.h"
#include "ui/head-cell.h"

static void
count (guint *n)
{
    (*n)++;
}

static void
run_all (void)
{
    while (g_main_context_pending (NULL))
        g_main_context_iteration (NULL, FALSE);
}

/* A sequence of the one store that is open; lives as long as its list. */
static FoveaTreeItem *
find_sequence (Bench *bench, gint64 sequence)
{
    g_autoptr (FoveaTreeItem) store =
        g_list_model_get_item (fovea_library_get_stores (bench->window->library), 0);
    g_autoptr (FoveaTreeItem) item = fovea_tree_item_find_sequence (store, sequence);
    return item;
}

/* Two sequences in the store, of which the second is shown. */
static void
open_two_texts (Bench *bench)
{
    open_scored (bench);
    fovea_window_run_text (bench->window, "Another text that is quite short.", bench->path);
    RUN_UNTIL (bench->window->opened != NULL && bench->window->opened->sequence == 2 &&
               !fovea_window_is_busy (bench->window));
}

/* Freed slices would be given back all at once, in some frame. */
START_TEST (glib_takes_its_memory_from_malloc)
{
    G_GNUC_BEGIN_IGNORE_DEPRECATIONS
    if (glib_check_version (2, 76, 0) != NULL) /* later ones have no slices */
        ck_assert_int_eq (g_slice_get_config (G_SLICE_CONFIG_ALWAYS_MALLOC), TRUE);
    G_GNUC_END_IGNORE_DEPRECATIONS
}
END_TEST

START_TEST (of_two_sequences_asked_for_at_once_the_last_is_shown_and_no_other)
{
    Bench *bench = bench_new ();
    open_two_texts (bench);
    guint n = 0;
    g_signal_connect_swapped (bench->selection, "trace-changed", G_CALLBACK (count), &n);
    fovea_window_read_item (bench->window, find_sequence (bench, 2));
    fovea_window_read_item (bench->window, find_sequence (bench, 1));
    RUN_UNTIL (bench->window->opened->sequence == 1);
    run_all ();
    ck_assert_uint_eq (n, 1);
    ck_assert_int_eq (bench->window->opened->sequence, 1);
    bench_free (bench);
}
END_TEST

static GtkWidget *
find_cell (Bench *bench)
{
    return widget_tree_find (GTK_WIDGET (bench->window->heads), FOVEA_TYPE_HEAD_CELL);
}

START_TEST (the_key_to_compare_says_how_to_begin)
{
    Bench *bench = bench_new ();
    guint before, after;
    open_two_texts (bench);
    RUN_UNTIL (find_cell (bench) != NULL);
    gtk_widget_activate_action (find_cell (bench), "heads.compare", NULL);
    ck_assert_ptr_nonnull (strstr (fovea_window_get_status (bench->window), "Ctrl+D"));
    activate (bench, "compare", NULL);
    fovea_window_read_item (bench->window, find_sequence (bench, 1));
    RUN_UNTIL (bench->window->opened->sequence == 1);
    g_object_get (bench->window->heads, "compare", &before, NULL);
    ck_assert_uint_eq (before, FOVEA_HEAD_BESIDE); /* as it begins, whatever was pressed before */
    RUN_UNTIL (find_cell (bench) != NULL);
    gtk_widget_activate_action (find_cell (bench), "heads.compare", NULL);
    g_object_get (bench->window->heads, "compare", &after, NULL);
    ck_assert_uint_eq (after, FOVEA_HEAD_DIFFERENCE);
    bench_free (bench);
}
END_TEST

/* The cells are made, and only the other text tells them that there is something to compare with. */
START_TEST (a_comparison_shows_when_the_other_text_opens)
{
    Bench *bench = bench_new ();
    open_two_texts (bench);
    RUN_UNTIL (find_cell (bench) != NULL && gtk_widget_get_height (find_cell (bench)) > 0 &&
               !fovea_window_is_busy (bench->window));
    run_all ();
    int alone = gtk_widget_get_height (find_cell (bench));
    activate (bench, "compare", NULL);
    run_all ();
    ck_assert_int_eq (gtk_widget_get_height (find_cell (bench)), alone);
    fovea_window_read_item (bench->window, find_sequence (bench, 1));
    RUN_UNTIL (bench->window->opened->sequence == 1);
    RUN_UNTIL (find_cell (bench) != NULL && gtk_widget_get_height (find_cell (bench)) > alone);
    ck_assert_ptr_nonnull (find_text (GTK_WIDGET (bench->window->heads), "Above: this text, "));
    activate (bench, "compare", NULL); /* this one is the reference now */
    activate (bench, "compare", NULL); /* and none is */
    RUN_UNTIL (find_cell (bench) != NULL && gtk_widget_get_height (find_cell (bench)) == alone);
    bench_free (bench);
}
END_TEST

static gboolean
says (Bench *bench, const char *start)
{
    return g_str_has_prefix (fovea_window_get_status (bench->window), start);
}

START_TEST (the_status_line_is_about_what_is_in_front)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    RUN_UNTIL (says (bench, "72 heads"));
    g_autofree char *scores = g_strdup (fovea_window_get_status (bench->window));
    activate (bench, "view", g_variant_new_string ("map"));
    RUN_UNTIL (g_str_has_prefix (fovea_window_get_status (bench->window), "Exact cells"));
    activate (bench, "view", g_variant_new_string ("sparsity"));
    ck_assert_str_eq (fovea_window_get_status (bench->window), scores);
    activate (bench, "start", NULL);
    ck_assert_str_eq (fovea_window_get_status (bench->window), "Ready");
    activate (bench, "view", g_variant_new_string ("heads"));
    ck_assert_str_eq (fovea_window_get_status (bench->window), scores);
    /* What a job says stays beside its bar, whatever else happens. */
    ck_assert_ptr_nonnull (fovea_window_start_job (bench->window, "Working"));
    activate (bench, "copy-value", NULL);
    ck_assert_str_eq (fovea_window_get_status (bench->window), "Working");
    fovea_window_end_job (bench->window, NULL, "Done");
    ck_assert_str_eq (fovea_window_get_status (bench->window), "Done");
    bench_free (bench);
}
END_TEST

/* Some maps are always to come, each of another place, or it would be there already. */
static void
turn_with_maps_to_come (FoveaTileCache *maps, gint64 *asked)
{
    FoveaTileSpec spec = {.scale = 1, .width = 64, .height = 64, .floor = 1e-3};
    while (fovea_tile_cache_get_pending (maps) < 64) {
        spec.x = 64 * (*asked)++;
        fovea_tile_cache_get (maps, &spec, 0);
    }
    window_bench_iterate ();
}

START_TEST (the_status_line_says_how_many_maps_are_to_come)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    gint64 asked = 0;
    FoveaTileCache *maps = _i == 0 ? fovea_heads_page_get_thumbnails (bench->window->heads)
                                   : fovea_heads_page_get_others (bench->window->heads);
    fovea_tile_cache_set_source (maps, fovea_selection_get_source (bench->selection));
    RUN_UNTIL (says (bench, "72 heads"));
    while (!says (bench, "Drawing maps, "))
        turn_with_maps_to_come (maps, &asked);
    activate (bench, "view", g_variant_new_string ("sparsity"));
    for (gint64 most = asked + 256; asked < most;) {
        ck_assert (says (bench, "72 heads"));
        turn_with_maps_to_come (maps, &asked);
    }
    activate (bench, "view", g_variant_new_string ("heads"));
    while (!says (bench, "Drawing maps, "))
        turn_with_maps_to_come (maps, &asked);
    RUN_UNTIL (says (bench, "72 heads"));
    ck_assert_uint_eq (fovea_tile_cache_get_pending (maps), 0);
    bench_free (bench);
}
END_TEST

START_TEST (there_is_a_way_back_from_the_start_page)
{
    Bench *bench = bench_new ();
    GAction *back = g_action_map_lookup_action (G_ACTION_MAP (bench->window), "back");
    GtkStack *root = bench->window->root;
    activate (bench, "view", g_variant_new_string ("map")); /* nothing is open */
    ck_assert_str_eq (gtk_stack_get_visible_child_name (root), "start");
    ck_assert (!g_action_get_enabled (back));
    open_scored (bench);
    ck_assert_str_eq (gtk_stack_get_visible_child_name (root), "work");
    activate (bench, "start", NULL);
    ck_assert_str_eq (gtk_stack_get_visible_child_name (root), "start");
    ck_assert (g_action_get_enabled (back));
    activate (bench, "back", NULL);
    ck_assert_str_eq (gtk_stack_get_visible_child_name (root), "work");
    activate (bench, "start", NULL);
    activate (bench, "view", g_variant_new_string ("map"));
    ck_assert_str_eq (gtk_stack_get_visible_child_name (root), "work");
    bench_free (bench);
}
END_TEST

/* The drop-down of the start page, mapped or not. */
static GtkDropDown *
find_models (Bench *bench)
{
    return GTK_DROP_DOWN (widget_tree_find (GTK_WIDGET (bench->window->start), GTK_TYPE_DROP_DOWN));
}

/* The bundled one under another name, which a capture has been made with. */
START_TEST (a_text_is_run_on_a_model_of_before)
{
    Bench *bench = bench_new ();
    g_autofree char *demo = fovea_data_find ("demo", NULL);
    g_autofree char *other = g_build_filename (bench->folder, "other-model", NULL);
    g_autofree char *gone = g_build_filename (bench->folder, "no-model", NULL);
    ck_assert_int_eq (symlink (demo, other), 0);
    open_scored (bench);
    ck_assert (!gtk_widget_get_visible (GTK_WIDGET (find_models (bench)))); /* there is no choice */
    fovea_preferences_add_model (gone);
    fovea_preferences_add_model (other);
    activate (bench, "start", NULL);
    ck_assert (gtk_widget_get_visible (GTK_WIDGET (find_models (bench))));
    ck_assert_str_eq (fovea_start_page_get_model (bench->window->start), "demo");
    gtk_drop_down_set_selected (find_models (bench), 1);
    ck_assert_ptr_nonnull (wait_for_text (GTK_WIDGET (bench->window->start), gone)); /* not there */
    gtk_drop_down_set_selected (find_models (bench), 0);
    wait_for_text (GTK_WIDGET (bench->window->start), "Keeps every");
    activate (bench, "start", NULL); /* as it was left */
    ck_assert_str_eq (fovea_start_page_get_model (bench->window->start), other);
    fovea_window_run_text (bench->window, "Another text that is quite short.", bench->path);
    RUN_UNTIL (bench->window->opened->run == 2 && !fovea_window_is_busy (bench->window));
    g_autoptr (FoveaStore) store = fovea_store_open (bench->path, FOVEA_STORE_READ, NULL);
    g_autoptr (GPtrArray) runs = fovea_store_list_runs (store, NULL);
    ck_assert_ptr_nonnull (strstr (((FoveaRunInfo *) runs->pdata[1])->options, other));
    g_settings_reset (fovea_preferences_get (), "recent-models");
    bench_free (bench);
}
END_TEST

START_TEST (without_curves_the_key_of_masks_says_where_they_come_from)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("map"));
    GtkWidget *canvas = GTK_WIDGET (fovea_map_page_get_canvas (bench->window->map));
    gboolean overlay;
    RUN_UNTIL (gtk_widget_get_mapped (canvas));
    gtk_widget_activate_action (canvas, "map.overlay", NULL);
    ck_assert_ptr_nonnull (strstr (fovea_window_get_status (bench->window), "Sparsity"));
    g_object_get (canvas, "overlay", &overlay, NULL);
    ck_assert (!overlay);
    bench_free (bench);
}
END_TEST

/* Bounds of the cell in sight that ends rightmost, in the grid's coordinates; none while no cell has a place. */
static graphene_rect_t
find_end_of_layer (Bench *bench)
{
    graphene_rect_t last = GRAPHENE_RECT_INIT (0, 0, 0, 0), box;
    GtkWidget *grid = widget_tree_find (GTK_WIDGET (bench->window->heads), GTK_TYPE_GRID_VIEW);
    EACH_WIDGET (widget, grid)
        if (FOVEA_IS_HEAD_CELL (widget) && gtk_widget_get_mapped (widget) &&
            gtk_widget_compute_bounds (widget, grid, &box) &&
            box.origin.x + box.size.width > last.origin.x + last.size.width)
            last = box;
    return last;
}

static gboolean
twelve_fit (Bench *bench, int room)
{
    graphene_rect_t last = find_end_of_layer (bench);
    return last.origin.x >= 11 * last.size.width && last.origin.x + last.size.width <= (float) room;
}

START_TEST (twelve_heads_of_a_layer_are_in_sight_in_a_narrow_window)
{
    const int usual = FOVEA_HEAD_CELL_SIDE + 2 * FOVEA_HEAD_CELL_PAD;
    Bench *bench = bench_new ();
    open_scored (bench);
    RUN_UNTIL ((int) find_end_of_layer (bench).size.width == usual);
    bench_resize (bench, 1050, 700); /* the inspector is there, the sidebar is not */
    GtkWidget *grid = widget_tree_find (GTK_WIDGET (bench->window->heads), GTK_TYPE_GRID_VIEW);
    GtkWidget *room = gtk_widget_get_ancestor (grid, GTK_TYPE_SCROLLED_WINDOW);
    RUN_UNTIL (twelve_fit (bench, gtk_widget_get_width (room)));
    int narrow = (int) find_end_of_layer (bench).size.width;
    ck_assert_int_lt (narrow, usual);
    ck_assert_int_gt (narrow, FOVEA_HEAD_CELL_LEAST + 2 * FOVEA_HEAD_CELL_PAD);
    activate (bench, "inspector", NULL);
    RUN_UNTIL ((int) find_end_of_layer (bench).size.width == usual);
    bench_free (bench);
}
END_TEST

START_TEST (the_palette_finds_runs_and_says_when_it_finds_nothing)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    g_autofree char *title = g_strdup (fovea_selection_get_info (bench->selection)->title);
    find_and_go (bench, "run 1", title);
    activate (bench, "palette", NULL);
    GtkWidget *finder = find_window ("Find");
    RUN_UNTIL (gtk_widget_get_mapped (finder));
    ck_assert_ptr_null (find_text (finder, "Nothing is called that."));
    fovea_finder_set_text (FOVEA_FINDER (finder), "xyzzy");
    RUN_UNTIL (find_text (finder, "Nothing is called that.") != NULL);
    gtk_window_destroy (GTK_WINDOW (finder));
    bench_free (bench);
}
END_TEST

START_TEST (nothing_is_exported_from_a_view_without_a_latent)
{
    Bench *bench = bench_new ();
    GAction *export = g_action_map_lookup_action (G_ACTION_MAP (bench->window), "export");
    open_scored (bench);
    ck_assert (g_action_get_enabled (export));
    activate (bench, "view", g_variant_new_string ("features"));
    ck_assert (!g_action_get_enabled (export));
    activate (bench, "view", g_variant_new_string ("heads"));
    ck_assert (g_action_get_enabled (export));
    bench_free (bench);
}
END_TEST

static gboolean
has_focus (Bench *bench, GtkWidget *parent)
{
    GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (bench->window));
    return focus != NULL && (focus == parent || gtk_widget_is_ancestor (focus, parent));
}

/* The row that is open, once the list has laid it out. */
static GtkWidget *
find_selected (GtkWidget *list)
{
    for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL;
         row = gtk_widget_get_next_sibling (row))
        if (gtk_widget_get_state_flags (row) & GTK_STATE_FLAG_SELECTED)
            return row;
    return NULL;
}

/* As the first of the grid's own key controllers takes it. */
static gboolean
press_in (GtkWidget *widget, guint key)
{
    g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
    gboolean taken = FALSE;
    for (guint i = 0; i < g_list_model_get_n_items (controllers) && !taken; i++) {
        g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);
        if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
            g_signal_emit_by_name (controller, "key-pressed", key, 0, 0, &taken);
    }
    return taken;
}

START_TEST (tab_leaves_the_heads_by_one_press)
{
    Bench *bench = bench_new ();
    GtkWidget *heads = GTK_WIDGET (bench->window->heads);
    open_scored (bench);
    GtkWidget *grid = widget_tree_find (heads, GTK_TYPE_GRID_VIEW);
    RUN_UNTIL (has_focus (bench, grid));
    ck_assert (press_in (grid, GDK_KEY_Tab));
    ck_assert (!has_focus (bench, grid));
    ck_assert (has_focus (bench, heads)); /* in the plots */
    activate (bench, "view", g_variant_new_string ("heads"));
    ck_assert (has_focus (bench, grid));
    ck_assert (press_in (grid, GDK_KEY_ISO_Left_Tab));
    ck_assert (!has_focus (bench, grid));
    ck_assert (has_focus (bench, heads)); /* in the toolbar */
    ck_assert (!press_in (grid, GDK_KEY_Right));
    bench_free (bench);
}
END_TEST

/* A frame that scrolls shows no focus and has nothing that a key would do. */
START_TEST (no_tab_ends_on_something_without_keys)
{
    Bench *bench = bench_new ();
    GtkWidget *window = GTK_WIDGET (bench->window), *last = NULL;
    open_scored (bench);
    bench_resize (bench, 1480, 940);
    activate (bench, "view", g_variant_new_string ("sparsity"));
    activate (bench, "measure", NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    activate (bench, "view", g_variant_new_string ("sparsity"));
    ck_assert (has_focus (bench, GTK_WIDGET (bench->window->sparse_page)));
    for (guint i = 0; i < 60; i++) {
        ck_assert (gtk_widget_child_focus (window, GTK_DIR_TAB_FORWARD));
        GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (window));
        ck_assert_msg (!GTK_IS_SCROLLED_WINDOW (focus), "press %u", i + 1);
        ck_assert_msg (focus != last, "press %u stays on a %s", i + 1, G_OBJECT_TYPE_NAME (focus));
        last = focus;
    }
    bench_free (bench);
}
END_TEST

START_TEST (the_next_pane_has_the_focus_where_its_keys_are)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    bench_resize (bench, 1480, 940); /* all panes are in the layout */
    GtkWidget *grid = widget_tree_find (GTK_WIDGET (bench->window->heads), GTK_TYPE_GRID_VIEW);
    GtkWidget *list = widget_tree_find (GTK_WIDGET (bench->window->sidebar), GTK_TYPE_LIST_VIEW);
    GtkWidget *panes[] = {GTK_WIDGET (bench->window->inspector), list, bench->window->strip, grid};
    RUN_UNTIL (has_focus (bench, grid) && find_selected (list) != NULL);
    for (guint i = 0; i < G_N_ELEMENTS (panes); i++) {
        activate (bench, "next-pane", NULL);
        ck_assert_msg (has_focus (bench, panes[i]), "pane %u: the focus is on a %s", i,
                       G_OBJECT_TYPE_NAME (gtk_window_get_focus (GTK_WINDOW (bench->window))));
    }
    activate (bench, "previous-pane", NULL);
    ck_assert (has_focus (bench, bench->window->strip));
    bench_free (bench);
}
END_TEST

/* Whether the frame round it shows the whole of a widget. */
static gboolean
is_whole_in (GtkWidget *widget, GtkWidget *frame)
{
    graphene_rect_t bounds;
    return gtk_widget_get_mapped (widget) && gtk_widget_get_height (widget) > 0 &&
           gtk_widget_compute_bounds (widget, frame, &bounds) && bounds.origin.y >= 0 &&
           bounds.origin.y + bounds.size.height <= (float) gtk_widget_get_height (frame);
}

START_TEST (a_note_is_seen_while_it_is_written_and_the_map_afterwards)
{
    Bench *bench = bench_new ();
    GtkWidget *inspector = GTK_WIDGET (bench->window->inspector);
    GtkWidget *note = GTK_WIDGET (fovea_inspector_get_note (bench->window->inspector));
    gboolean shown;
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("map"));
    bench_resize (bench, 960, 600); /* the inspector is out of sight */
    g_object_get (bench->window->shell, "show-inspector", &shown, NULL);
    ck_assert (!shown);
    activate (bench, "note", NULL);
    RUN_UNTIL (has_focus (bench, note) && is_whole_in (note, inspector));
    GtkWidget *text = gtk_window_get_focus (GTK_WINDOW (bench->window));
    ck_assert (press_in (text, GDK_KEY_Escape));
    RUN_UNTIL (!gtk_widget_get_mapped (inspector));
    ck_assert (has_focus (bench, GTK_WIDGET (bench->window->map)));
    activate (bench, "inspector", NULL); /* it begins with what is selected */
    GtkWidget *title = find_labelled (inspector, GTK_TYPE_BUTTON, "Open map");
    RUN_UNTIL (is_whole_in (gtk_widget_get_parent (title), inspector));
    bench_free (bench);
}
END_TEST

START_TEST (who_leaves_the_menu_is_where_he_was)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("map"));
    GtkWidget *canvas = GTK_WIDGET (fovea_map_page_get_canvas (bench->window->map));
    RUN_UNTIL (gtk_widget_get_state_flags (canvas) & GTK_STATE_FLAG_FOCUS_WITHIN);
    GtkMenuButton *button = GTK_MENU_BUTTON (bench->window->menu_button);
    GtkWidget *menu = GTK_WIDGET (gtk_menu_button_get_popover (button));
    activate (bench, "menu", NULL);
    RUN_UNTIL (gtk_widget_get_mapped (menu));
    ck_assert (!(gtk_widget_get_state_flags (canvas) & GTK_STATE_FLAG_FOCUS_WITHIN));
    gtk_popover_popdown (GTK_POPOVER (menu));
    RUN_UNTIL (gtk_widget_get_state_flags (canvas) & GTK_STATE_FLAG_FOCUS_WITHIN);
    bench_free (bench);
}
END_TEST

/* The window's own target for a type. */
static GtkDropTarget *
find_drop_target (Bench *bench, GType type)
{
    g_autoptr (GListModel) controllers =
        gtk_widget_observe_controllers (GTK_WIDGET (bench->window));
    for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
        g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);
        if (GTK_IS_DROP_TARGET (controller) &&
            gdk_content_formats_contain_gtype (
                gtk_drop_target_get_formats (GTK_DROP_TARGET (controller)), type))
            return GTK_DROP_TARGET (controller); /* the window holds it */
    }
    return NULL;
}

/* A store in a box of text: files are offered by their names, too, which that would take as text. */
START_TEST (what_is_dropped_opens_wherever_it_falls)
{
    Bench *bench = bench_new ();
    g_auto (GValue) files = G_VALUE_INIT, text = G_VALUE_INIT;
    gboolean taken = FALSE;
    open_scored (bench);
    g_autoptr (GFile) file = g_file_new_for_path (bench->path);
    g_value_init (&files, GDK_TYPE_FILE_LIST);
    g_value_take_boxed (&files, gdk_file_list_new_from_array (&file, 1));
    g_value_init (&text, G_TYPE_STRING);
    g_value_set_static_string (&text, "Call me Ishmael.");
    GtkDropTarget *for_text = find_drop_target (bench, G_TYPE_STRING);
    g_signal_emit_by_name (for_text, "drop", &text, 0.0, 0.0, &taken);
    ck_assert (taken);
    ck_assert_str_eq (gtk_stack_get_visible_child_name (bench->window->root), "start");
    g_autofree char *typed = fovea_start_page_get_text (bench->window->start);
    ck_assert_str_eq (typed, "Call me Ishmael.");
    GtkDropTarget *for_files = find_drop_target (bench, GDK_TYPE_FILE_LIST);
    ck_assert_int_eq (gtk_event_controller_get_propagation_phase (GTK_EVENT_CONTROLLER (for_files)),
                      GTK_PHASE_CAPTURE);
    ck_assert (!gdk_content_formats_contain_gtype (gtk_drop_target_get_formats (for_files),
                                                   G_TYPE_STRING));
    g_signal_emit_by_name (for_files, "drop", &files, 0.0, 0.0, &taken);
    ck_assert (taken);
    RUN_UNTIL (g_str_equal (gtk_stack_get_visible_child_name (bench->window->root), "work"));
    bench_free (bench);
}
END_TEST

/* Where the next start would look, as the file says while the window is open. */
static gboolean
is_kept (Bench *bench, const FoveaPlace *place, const char *view)
{
    g_autofree char *file =
        g_build_filename (g_get_user_state_dir (), "fovea", "session.ini", NULL);
    g_autoptr (GKeyFile) keys = g_key_file_new ();
    if (!g_key_file_load_from_file (keys, file, G_KEY_FILE_NONE, NULL))
        return FALSE;
    g_autofree char *shown = g_key_file_get_string (keys, bench->path, "view", NULL);
    return g_key_file_get_int64 (keys, bench->path, "layer", NULL) == place->layer &&
           g_key_file_get_int64 (keys, bench->path, "head", NULL) == place->head &&
           g_key_file_get_int64 (keys, bench->path, "query", NULL) == place->query &&
           g_key_file_get_int64 (keys, bench->path, "key", NULL) == place->key &&
           g_strcmp0 (shown, view) == 0;
}

/* What is killed closes no window. */
START_TEST (the_place_is_kept_while_the_window_is_open)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    const FoveaPlace first = {2, 7, 11, 5}, second = {4, 1, 20, 3};
    activate (bench, "view", g_variant_new_string ("map"));
    fovea_selection_select (bench->selection, &first);
    RUN_UNTIL (is_kept (bench, &first, "map"));
    fovea_selection_select (bench->selection, &second);
    RUN_UNTIL (is_kept (bench, &second, "map"));
    ck_assert_uint_eq (bench->window->session_timeout, 0); /* nothing wakes who only looks */
    activate (bench, "view", g_variant_new_string ("sparsity"));
    RUN_UNTIL (is_kept (bench, &second, "sparsity"));
    bench_free (bench);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, glib_takes_its_memory_from_malloc);
    tcase_add_test (tcase, the_place_is_kept_while_the_window_is_open);
    tcase_add_test (tcase, of_two_sequences_asked_for_at_once_the_last_is_shown_and_no_other);
    tcase_add_test (tcase, the_key_to_compare_says_how_to_begin);
    tcase_add_test (tcase, a_comparison_shows_when_the_other_text_opens);
    tcase_add_test (tcase, the_status_line_is_about_what_is_in_front);
    tcase_add_loop_test (tcase, the_status_line_says_how_many_maps_are_to_come, 0, 2);
    tcase_add_test (tcase, there_is_a_way_back_from_the_start_page);
    tcase_add_test (tcase, a_text_is_run_on_a_model_of_before);
    tcase_add_test (tcase, without_curves_the_key_of_masks_says_where_they_come_from);
    tcase_add_test (tcase, twelve_heads_of_a_layer_are_in_sight_in_a_narrow_window);
    tcase_add_test (tcase, the_palette_finds_runs_and_says_when_it_finds_nothing);
    tcase_add_test (tcase, tab_leaves_the_heads_by_one_press);
    tcase_add_test (tcase, no_tab_ends_on_something_without_keys);
    tcase_add_test (tcase, the_next_pane_has_the_focus_where_its_keys_are);
    tcase_add_test (tcase, a_note_is_seen_while_it_is_written_and_the_map_afterwards);
    tcase_add_test (tcase, who_leaves_the_menu_is_where_he_was);
    tcase_add_test (tcase, what_is_dropped_opens_wherever_it_falls);
    tcase_add_test (tcase, nothing_is_exported_from_a_view_without_a_latent);
}

int
main (void)
{
    return window_bench_main ("window-ways", add_tests);
}
