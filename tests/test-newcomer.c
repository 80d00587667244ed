/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What somebody who sees the window for the first time stopped at, each once. Exit status 77 without a
 * display. */
#include <math.h>
#include <string.h>

#include "app/data-files.h"
#include "app/window/preferences.h"
#include "app/window/window-private.h"
#include "tests/press-shortcut.h"
#include "tests/shown-text.h"
#include "tests/support.h"
#include "tests/widget-tree.h"
#include "tests/window-bench.h"
#include "ui/head-cell.h"
#include "ui/score-bars.h"
#include "ui/sentences.h"
#include "ui/sparse-numbers.h"
#include "ui/token-text.h"

/* Labels in sight that say just this. */
static guint
count_labels (GtkWidget *parent, const char *wanted)
{
    guint n = 0;
    EACH_WIDGET (widget, parent) {
        const char *text = gtk_widget_get_mapped (widget) ? shown_text (widget) : NULL;
        n += text != NULL && g_str_equal (text, wanted);
    }
    return n;
}

START_TEST (a_job_is_named_once_and_scores_say_whose_texts_they_are_of)
{
    Bench *bench = bench_new ();
    guint most = 0;
    fovea_window_run_text (bench->window, window_bench_text, bench->path);
    while (fovea_selection_get_heads (bench->selection) == NULL) {
        window_bench_iterate ();
        most = MAX (most, count_labels (GTK_WIDGET (bench->window), "Scoring heads"));
    }
    ck_assert_uint_eq (most, 1);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    RUN_UNTIL (find_text (GTK_WIDGET (bench->window), "8 sample texts") != NULL);
    ck_assert_ptr_nonnull (find_text (GTK_WIDGET (bench->window),
                                      "± standard error over 8 repeats; local: over sample texts"));
    bench_free (bench);
}
END_TEST

/* A text in so many windows that a fiftieth of them takes a while. */
static void
capture_book (Bench *bench)
{
    FoveaCaptureRequest *request = fovea_capture_request_new ();
    GString *book = g_string_new (NULL);
    for (guint i = 0; i < 400; i++)
        g_string_append (book, window_bench_text);
    request->model = g_strdup ("demo");
    request->text = g_string_free (book, FALSE);
    request->tokens = request->stride = 16;
    fovea_window_capture (bench->window, request, bench->path);
}

/* Of a book only the bar was there for the first fiftieth, when no rate is known yet. */
START_TEST (a_capture_that_moves_says_of_how_much_it_is)
{
    Bench *bench = bench_new ();
    capture_book (bench);
    GtkWidget *bar = widget_tree_find (GTK_WIDGET (bench->window->status), GTK_TYPE_PROGRESS_BAR);
    GtkLabel *count = GTK_LABEL (gtk_widget_get_next_sibling (bar));
    for (guint moves = 0; moves < 20;) {
        window_bench_iterate ();
        ck_assert (fovea_window_is_busy (bench->window));
        if (gtk_progress_bar_get_fraction (GTK_PROGRESS_BAR (bar)) <= 0)
            continue;
        ck_assert_ptr_nonnull (strstr (gtk_label_get_text (count), " tokens"));
        moves++;
    }
    activate (bench, "cancel", NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    bench_free (bench);
}
END_TEST

static gboolean
is_opened (Bench *bench, gint64 sequence)
{
    return bench->window->opened != NULL && bench->window->opened->sequence == sequence &&
           !fovea_window_is_busy (bench->window);
}

/* What was opened while a book was captured is scored when that has ended, and the status line says so. */
static gboolean
is_settled (Bench *bench)
{
    return !fovea_window_is_busy (bench->window) && bench->window->opened != NULL &&
           fovea_selection_get_heads (bench->selection) != NULL;
}

/* The row of a sequence of the only run, once it is there. */
static gboolean
find_written (Bench *bench, guint position, FoveaTreeItem **item)
{
    g_autoptr (FoveaTreeItem) store =
        fovea_library_find_store (bench->window->library, bench->path);
    g_autoptr (FoveaTreeItem) run =
        store != NULL
            ? g_list_model_get_item (G_LIST_MODEL (fovea_tree_item_get_children (store)), 0)
            : NULL;
    GListStore *sequences = run != NULL ? fovea_tree_item_get_children (run) : NULL;
    g_clear_object (item);
    if (sequences != NULL)
        *item = g_list_model_get_item (G_LIST_MODEL (sequences), position);
    return *item != NULL && fovea_tree_item_get_progress (*item) < 0;
}

/* With the head that was chosen, and with the row in sight. */
START_TEST (a_book_is_gone_through_by_keys)
{
    Bench *bench = bench_new ();
    capture_book (bench);
    g_autoptr (FoveaTreeItem) far = NULL;
    RUN_UNTIL (find_written (bench, 59, &far));
    activate (bench, "cancel", NULL);
    RUN_UNTIL (is_settled (bench));
    gint64 first = bench->window->opened->sequence;
    fovea_selection_select_head (bench->selection, 2, 3);
    /* Said at once, and what is said of scores that are foretold meanwhile may follow in the same turn. */
    RUN_UNTIL ((activate (bench, "previous-sequence", NULL),
                find_text (GTK_WIDGET (bench->window), "This is the first sequence") != NULL));
    activate (bench, "next-sequence", NULL);
    RUN_UNTIL (is_opened (bench, first + 1));
    ck_assert_uint_eq (fovea_selection_get_place (bench->selection)->layer, 2);
    ck_assert_uint_eq (fovea_selection_get_place (bench->selection)->head, 3);
    activate (bench, "previous-sequence", NULL);
    RUN_UNTIL (is_opened (bench, first));
    GtkWidget *list = widget_tree_find (GTK_WIDGET (bench->window->sidebar), GTK_TYPE_LIST_VIEW);
    GtkAdjustment *down = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (list));
    ck_assert (gtk_adjustment_get_value (down) == 0);
    fovea_window_read_item (bench->window, far);
    RUN_UNTIL (is_opened (bench, 60));
    RUN_UNTIL (gtk_adjustment_get_value (down) > 0);
    ck_assert_uint_eq (fovea_selection_get_place (bench->selection)->head, 3);
    bench_free (bench);
}
END_TEST

/* By key everywhere and by another in the list; the keys that go through a store follow it. */
START_TEST (sequences_are_sorted_by_keys_and_gone_through_as_they_stand)
{
    static const char *const said[] = {"title", "shortest first", "longest first", "newest first",
                                       "order of capture"};
    Bench *bench = bench_new ();
    GSettings *settings = fovea_preferences_get ();
    g_autoptr (FoveaTreeItem) far = NULL;
    capture_book (bench);
    RUN_UNTIL (find_written (bench, 9, &far));
    activate (bench, "cancel", NULL);
    RUN_UNTIL (is_settled (bench));
    gint64 first = bench->window->opened->sequence;
    GtkWindow *window = GTK_WINDOW (bench->window);
    RUN_UNTIL (g_action_group_get_action_enabled (G_ACTION_GROUP (window), "sort-sequences"));
    for (guint i = 0; i < G_N_ELEMENTS (said) + 4; i++) {
        g_autofree char *words =
            g_strconcat ("Sequences by: ", said[i % G_N_ELEMENTS (said)], NULL);
        if (i % 2 == 0) {
            ck_assert (press_key (window, GDK_KEY_s, GDK_CONTROL_MASK | GDK_SHIFT_MASK));
        } else {
            RUN_UNTIL (fovea_sidebar_focus (bench->window->sidebar));
            ck_assert (press_key (window, GDK_KEY_s, 0));
        }
        ck_assert_str_eq (fovea_window_get_status (bench->window), words);
    }
    g_autofree char *kept = g_settings_get_string (settings, "sequence-order");
    ck_assert_str_eq (kept, "newest");
    ck_assert (press_key (window, GDK_KEY_Page_Down, GDK_CONTROL_MASK));
    ck_assert_ptr_nonnull (find_text (GTK_WIDGET (window), "This is the last sequence"));
    ck_assert (press_key (window, GDK_KEY_Page_Up, GDK_CONTROL_MASK));
    RUN_UNTIL (is_opened (bench, first + 1));
    ck_assert (press_key (window, GDK_KEY_Page_Up, GDK_CONTROL_MASK));
    RUN_UNTIL (is_opened (bench, first + 2));
    Bench *second = bench_new (); /* as the last window had it */
    ck_assert_int_eq (fovea_sidebar_get_order (second->window->sidebar), FOVEA_ORDER_NEWEST);
    bench_free (second);
    g_settings_reset (settings, "sequence-order");
    bench_free (bench);
}
END_TEST

/* The rows of the only run as another reading of its store gives them: the same, but other objects. */
static void
list_anew (Bench *bench)
{
    g_autoptr (FoveaTreeItem) store =
        fovea_library_find_store (bench->window->library, bench->path);
    g_autoptr (FoveaTreeItem) run =
        g_list_model_get_item (G_LIST_MODEL (fovea_tree_item_get_children (store)), 0);
    GListStore *rows = fovea_tree_item_get_children (run);
    for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (rows)); i++) {
        g_autoptr (FoveaTreeItem) old = g_list_model_get_item (G_LIST_MODEL (rows), i);
        g_autoptr (FoveaTreeItem) fresh =
            fovea_tree_item_new (FOVEA_TREE_SEQUENCE, bench->path, fovea_tree_item_get_id (old),
                                 fovea_tree_item_get_title (old), fovea_tree_item_get_count (old));
        g_list_store_splice (rows, i, 1, (gpointer *) &fresh, 1);
    }
}

/* Also where the row of what is open is another object, and where there is none it is said. */
START_TEST (a_list_that_is_read_again_takes_no_key)
{
    Bench *bench = bench_new ();
    capture_book (bench);
    g_autoptr (FoveaTreeItem) far = NULL;
    RUN_UNTIL (find_written (bench, 9, &far));
    activate (bench, "cancel", NULL);
    RUN_UNTIL (is_settled (bench));
    gint64 first = bench->window->opened->sequence;
    list_anew (bench);
    activate (bench, "next-sequence", NULL);
    list_anew (bench); /* while that one is on its way */
    activate (bench, "next-sequence", NULL);
    RUN_UNTIL (is_opened (bench, first + 2));
    g_autoptr (FoveaTreeItem) store =
        fovea_library_find_store (bench->window->library, bench->path);
    g_list_store_remove_all (fovea_tree_item_get_children (store));
    activate (bench, "next-sequence", NULL);
    ck_assert_str_eq (fovea_window_get_status (bench->window),
                      "What is open is no longer among the 0 sequences listed of look.fovea.");
    bench_free (bench);
}
END_TEST

/* Without repeats the note names the roles that are not listed above it, and only those. */
START_TEST (roles_that_a_text_cannot_tell_are_named)
{
    Bench *bench = bench_new ();
    FoveaCaptureRequest *request = fovea_capture_request_new ();
    const gint32 ids[] = {1, 5, 9, 2, 5, 9, 7, 3, 1, 5, 9, 4};
    request->model = support_data ("tests/golden/families/llama3");
    request->n_ids = G_N_ELEMENTS (ids);
    request->ids = g_memdup2 (ids, sizeof ids);
    fovea_window_capture (bench->window, request, bench->path);
    RUN_UNTIL (fovea_selection_get_heads (bench->selection) != NULL);
    FoveaTable *heads = fovea_selection_get_heads (bench->selection);
    ck_assert (isnan (fovea_heads_get_score (heads, 0, "induction")));
    ck_assert (isnan (fovea_heads_get_score (heads, 0, "duplicate token")));
    ck_assert (isfinite (fovea_heads_get_score (heads, 0, "previous token")));
    RUN_UNTIL (
        find_text (GTK_WIDGET (bench->window),
                   "Scores on this text. Induction and duplicate token need random repeats.") !=
        NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    activate (bench, "view", g_variant_new_string ("sparsity"));
    RUN_UNTIL (find_text (GTK_WIDGET (bench->window), "There are no curves yet.") != NULL);
    bench_free (bench);
}
END_TEST

static void
open_another_text (Bench *bench, const char *text, gint64 sequence)
{
    fovea_window_run_text (bench->window, text, bench->path);
    RUN_UNTIL (bench->window->opened != NULL && bench->window->opened->sequence == sequence &&
               !fovea_window_is_busy (bench->window));
}

static gboolean
selected_head_has_focus (Bench *bench)
{
    GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (bench->window));
    return focus != NULL && (gtk_widget_get_state_flags (focus) & GTK_STATE_FLAG_SELECTED) &&
           widget_tree_find (focus, FOVEA_TYPE_HEAD_CELL) != NULL;
}

/* A comparison makes other cells, which come after the view is in front. */
START_TEST (heads_of_a_new_text_have_the_focus_when_their_view_comes)
{
    Bench *bench = bench_new ();
    run_and_score (bench);
    RUN_UNTIL (selected_head_has_focus (bench));
    activate (bench, "compare", NULL);
    activate (bench, "view", g_variant_new_string ("map"));
    activate (bench, "start", NULL);
    open_another_text (bench, "Another text that is quite short.", 2);
    activate (bench, "view", g_variant_new_string ("heads"));
    RUN_UNTIL (selected_head_has_focus (bench));
    bench_free (bench);
}
END_TEST

typedef struct {
    Bench *bench;
    guint n;
} Watch;

/* Whatever has the focus outside of the view that comes would take the next keys. */
static void
count_strays (Watch *watch, GParamSpec *pspec, GtkWindow *window)
{
    GtkWidget *focus = gtk_window_get_focus (window);
    gboolean work =
        g_str_equal (gtk_stack_get_visible_child_name (watch->bench->window->root), "work");
    if (work && focus != NULL &&
        !gtk_widget_is_ancestor (focus, GTK_WIDGET (watch->bench->window->views)))
        watch->n++;
}

/* With the sidebar and without: it was in the box of the note for a moment. */
START_TEST (a_text_that_was_run_has_the_keys_in_its_view)
{
    Bench *bench = bench_new ();
    Watch watch = {.bench = bench};
    g_object_set (bench->window->shell, "show-sidebar", _i == 0, NULL);
    g_signal_connect_swapped (bench->window, "notify::focus-widget", G_CALLBACK (count_strays),
                              &watch);
    run_and_score (bench);
    RUN_UNTIL (selected_head_has_focus (bench));
    ck_assert_uint_eq (watch.n, 0);
    bench_free (bench);
}
END_TEST

/* From the strip, which goes on by its own keys: the codes are read meanwhile. */
START_TEST (a_tokens_latent_leaves_the_keys_with_the_strip)
{
    g_autofree char *folder = fovea_data_find ("sae/abstopk", NULL);
    Bench *first = bench_new ();
    run_and_score (first);
    activate (first, "encode", g_variant_new_string (folder));
    RUN_UNTIL (!fovea_window_is_busy (first->window));
    Bench *bench = bench_new ();
    fovea_window_open (bench->window, first->path);
    RUN_UNTIL (fovea_selection_get_heads (bench->selection) != NULL &&
               !fovea_window_is_busy (bench->window));
    activate (bench, "view", g_variant_new_string ("heads"));
    RUN_UNTIL (selected_head_has_focus (bench));
    GtkWidget *strip = bench->window->strip;
    ck_assert (gtk_widget_grab_focus (strip));
    ck_assert (press_shortcut (strip, GDK_KEY_Return));
    RUN_UNTIL (fovea_feature_model_get_latent (bench->window->features) >= 0);
    for (guint i = 0; i < 20; i++)
        window_bench_iterate ();
    ck_assert_ptr_eq (gtk_window_get_focus (GTK_WINDOW (bench->window)), strip);
    bench_free (bench);
    bench_free (first);
}
END_TEST

/* Marks in sight beside rows of the sidebar, and whether the first is of the row with that count. */
static guint
count_marks (Bench *bench, const char *count)
{
    guint n = 0;
    EACH_WIDGET (widget, GTK_WIDGET (bench->window->sidebar))
        if (GTK_IS_IMAGE (widget) && gtk_widget_get_mapped (widget) &&
            g_strcmp0 (gtk_image_get_icon_name (GTK_IMAGE (widget)), "view-dual-symbolic") == 0 &&
            g_strcmp0 (shown_text (gtk_widget_get_next_sibling (widget)), count) == 0)
            n++;
    return n;
}

START_TEST (the_text_that_others_are_compared_with_is_marked)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    g_autofree char *first =
        g_strdup_printf ("%d", (int) fovea_selection_get_info (bench->selection)->n_tokens);
    ck_assert_uint_eq (count_marks (bench, first), 0);
    activate (bench, "compare", NULL);
    RUN_UNTIL (count_marks (bench, first) == 1);
    gtk_widget_activate_action (GTK_WIDGET (bench->window->heads), "heads.compare", NULL);
    ck_assert_str_eq (fovea_window_get_status (bench->window),
                      "This is the one that others are compared with: open another");
    open_another_text (bench, "Another text that is quite short.", 2);
    g_autofree char *second =
        g_strdup_printf ("%d", (int) fovea_selection_get_info (bench->selection)->n_tokens);
    ck_assert_str_ne (first, second);
    RUN_UNTIL (count_marks (bench, first) == 1 && count_marks (bench, second) == 0);
    activate (bench, "compare", NULL); /* this one is the reference now */
    RUN_UNTIL (count_marks (bench, first) == 0 && count_marks (bench, second) == 1);
    activate (bench, "compare", NULL); /* and none is */
    RUN_UNTIL (count_marks (bench, first) == 0 && count_marks (bench, second) == 0);
    bench_free (bench);
}
END_TEST

static void
search_for (Bench *bench, const char *text)
{
    activate (bench, "search", NULL);
    gtk_editable_set_text (GTK_EDITABLE (bench->window->search), text);
    g_signal_emit_by_name (bench->window->search, "activate");
}

/* Words that stood there are typed over, and what there is not is told with what there is. */
START_TEST (the_search_of_the_header_goes_somewhere_or_says_why_not)
{
    static const char *const wrong[] = {"6.0", "5.12", "99999", "5.x", "xyzzy", "-1"};
    Bench *bench = bench_new ();
    int from, to;
    open_scored (bench);
    search_for (bench, "3.7");
    ck_assert_uint_eq (fovea_selection_get_place (bench->selection)->layer, 3);
    ck_assert_uint_eq (fovea_selection_get_place (bench->selection)->head, 7);
    search_for (bench, "4");
    ck_assert_int_eq (fovea_selection_get_place (bench->selection)->query, 4);
    search_for (bench, "psychologist"); /* several tokens of the text */
    ck_assert_msg (fovea_token_begins (fovea_selection_get_info (bench->selection),
                                       fovea_selection_get_place (bench->selection)->query,
                                       "Psychologist"),
                   "%s", fovea_window_get_status (bench->window));
    for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
        const FoveaPlace before = *fovea_selection_get_place (bench->selection);
        search_for (bench, wrong[i]);
        const char *said = fovea_window_get_status (bench->window);
        ck_assert_msg (strstr (said, wrong[i]) != NULL, "%s", said);
        ck_assert_msg (strstr (said, "heads are 0.0 to 5.11, tokens 0 to ") != NULL, "%s", said);
        ck_assert_mem_eq (&before, fovea_selection_get_place (bench->selection), sizeof before);
    }
    activate (bench, "search", NULL);
    ck_assert (
        gtk_editable_get_selection_bounds (GTK_EDITABLE (bench->window->search), &from, &to));
    ck_assert_int_eq (to - from, 2);
    bench_free (bench);
}
END_TEST

/* Not the first control of the view, which in Heads is the filter and takes what is typed. */
START_TEST (a_search_that_is_left_gives_the_keys_back_to_the_view)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("heads"));
    fovea_selection_select_head (bench->selection, 3, 7);
    activate (bench, "search", NULL);
    RUN_UNTIL (GTK_IS_TEXT (gtk_window_get_focus (GTK_WINDOW (bench->window))));
    g_signal_emit_by_name (bench->window->search, "stop-search");
    RUN_UNTIL (gtk_window_get_focus (GTK_WINDOW (bench->window)) != NULL &&
               gtk_widget_get_ancestor (gtk_window_get_focus (GTK_WINDOW (bench->window)),
                                        GTK_TYPE_GRID_VIEW) != NULL);
    ck_assert (press_key (GTK_WINDOW (bench->window), GDK_KEY_Right, 0));
    ck_assert_uint_eq (fovea_selection_get_place (bench->selection)->head, 8);
    bench_free (bench);
}
END_TEST

/* Of the view in front; everywhere but on the map it was the head. */
START_TEST (what_is_copied_is_what_the_view_selects)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, "measure", NULL);
    RUN_UNTIL (fovea_sparse_model_get_point (bench->window->sparse, NULL, NULL) != NULL &&
               !fovea_window_is_busy (bench->window));
    activate (bench, "view", g_variant_new_string ("sparsity"));
    activate (bench, "copy-value", NULL);
    const FoveaCurvePoint *point = fovea_sparse_model_get_point (bench->window->sparse, NULL, NULL);
    g_autofree char *name = fovea_sparse_model_get_name (bench->window->sparse);
    g_autofree char *end =
        g_strdup_printf (": density %.6g, mass recall %.6g", point->density, point->recall);
    g_autofree char *start = g_strconcat ("Copied: ", name, ", head ", NULL);
    const char *said = fovea_window_get_status (bench->window);
    ck_assert_msg (g_str_has_prefix (said, start), "%s", said);
    ck_assert_msg (g_str_has_suffix (said, end), "%s", said);
    activate (bench, "view", g_variant_new_string ("heads"));
    activate (bench, "copy-value", NULL);
    ck_assert (g_str_has_prefix (fovea_window_get_status (bench->window), "Copied: Head "));
    bench_free (bench);
}
END_TEST

/* What the widget's own gesture does when it is clicked. */
static void
press_button (GtkWidget *widget)
{
    g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
    for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
        g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
        if (GTK_IS_GESTURE_CLICK (controller))
            g_signal_emit_by_name (controller, "pressed", 1, 1.0, 1.0);
    }
}

/* Each product of query and key, where their bars have the focus: they sum to the score. */
START_TEST (the_score_by_dimension_is_copied_from_its_bars)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("map"));
    fovea_selection_select_cell (bench->selection, 9, 4);
    RUN_UNTIL (fovea_cell_model_get_data (bench->window->cells) != NULL &&
               fovea_cell_model_get_data (bench->window->cells)->place.query == 9);
    const FoveaCellData *cell = fovea_cell_model_get_data (bench->window->cells);
    GtkWidget *bars = find_labelled (GTK_WIDGET (bench->window), FOVEA_TYPE_SCORE_BARS, NULL);
    press_button (bars); /* as Tab would */
    ck_assert_ptr_eq (gtk_window_get_focus (GTK_WINDOW (bench->window)), bars);
    g_autofree char *text = fovea_window_describe_selected (bench->window);
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
    double sum = 0;
    ck_assert_int_eq (g_strv_length (lines), cell->parts->width);
    for (guint d = 0; lines[d] != NULL; d++) {
        char *end;
        ck_assert_uint_eq (g_ascii_strtoull (lines[d], &end, 10), d);
        sum += g_ascii_strtod (end, NULL);
    }
    ck_assert_double_eq_tol (sum, cell->score, 1e-4);
    activate (bench, "view", g_variant_new_string ("map"));
    RUN_UNTIL (!FOVEA_IS_SCORE_BARS (gtk_window_get_focus (GTK_WINDOW (bench->window))));
    g_autofree char *weight = fovea_window_describe_selected (bench->window);
    ck_assert_double_eq_tol (g_ascii_strtod (weight, NULL), cell->row[4], 1e-7);
    bench_free (bench);
}
END_TEST

static gboolean
is_told (Bench *bench, const FoveaMissedPair *pair, const char *verdict)
{
    const FoveaCellData *data = fovea_cell_model_get_data (bench->window->cells);
    return data != NULL && data->place.query == pair->query && data->place.key == pair->key &&
           g_strcmp0 (fovea_cell_data_get_verdict (data), verdict) == 0;
}

static FoveaFigureKind
get_figure_in_front (Bench *bench)
{
    g_autoptr (FoveaFigureRequest) request = fovea_window_request_view (bench->window);
    return request->kind;
}

/* The mask is the figure: what of it is in front. */
static void
assert_mask_in_front (Bench *bench)
{
    FoveaViewport *viewport = fovea_map_page_get_viewport (bench->window->map);
    gint64 q0, q1;
    fovea_viewport_zoom_to (viewport, 2 * fovea_viewport_get_scale (viewport), 5, 4);
    fovea_viewport_get_span (viewport, TRUE, &q0, &q1);
    g_autoptr (FoveaFigureRequest) part = fovea_window_request_view (bench->window);
    ck_assert_uint_eq (part->kind, FOVEA_FIGURE_MASK);
    ck_assert (part->map.q0 == q0 && part->map.q1 == q1 && part->map.token_axes);
    ck_assert (!fovea_viewport_is_fit (viewport) && part->map.k1 > part->map.k0);
}

/* The strongest pair that the mask misses; nothing of it once the mask is off, and so with what is
 * exported. */
START_TEST (a_cell_under_a_mask_says_what_becomes_of_it)
{
    Bench *bench = bench_new ();
    FoveaSparseModel *sparse;
    open_scored (bench);
    sparse = bench->window->sparse;
    activate (bench, "measure", NULL);
    RUN_UNTIL (fovea_sparse_model_get_point (sparse, NULL, NULL) != NULL &&
               !fovea_window_is_busy (bench->window));
    activate (bench, "view", g_variant_new_string ("map"));
    GtkWidget *canvas = GTK_WIDGET (fovea_map_page_get_canvas (bench->window->map));
    gtk_widget_activate_action (canvas, "map.overlay", NULL);
    RUN_UNTIL (fovea_sparse_model_get_numbers (sparse) != NULL);
    ck_assert_uint_gt (fovea_sparse_model_get_numbers (sparse)->report.n_missed, 0);
    const FoveaMissedPair pair = fovea_sparse_model_get_numbers (sparse)->report.missed[0];
    fovea_selection_select_cell (bench->selection, pair.query, pair.key);
    RUN_UNTIL (is_told (bench, &pair, "missed"));
    g_autofree char *sentence = fovea_sentence_for_cell (
        bench->selection, fovea_cell_model_get_data (bench->window->cells));
    ck_assert (g_str_has_suffix (sentence, ", missed by the mask."));
    assert_mask_in_front (bench);
    gtk_widget_activate_action (canvas, "map.overlay", NULL);
    RUN_UNTIL (is_told (bench, &pair, NULL));
    ck_assert_uint_eq (get_figure_in_front (bench), FOVEA_FIGURE_MAP);
    bench_free (bench);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, a_tokens_latent_leaves_the_keys_with_the_strip);
    tcase_add_loop_test (tcase, a_text_that_was_run_has_the_keys_in_its_view, 0, 2);
    tcase_add_test (tcase, the_text_that_others_are_compared_with_is_marked);
    tcase_add_test (tcase, a_search_that_is_left_gives_the_keys_back_to_the_view);
    tcase_add_test (tcase, the_search_of_the_header_goes_somewhere_or_says_why_not);
    tcase_add_test (tcase, what_is_copied_is_what_the_view_selects);
    tcase_add_test (tcase, the_score_by_dimension_is_copied_from_its_bars);
    tcase_add_test (tcase, a_cell_under_a_mask_says_what_becomes_of_it);
    tcase_add_test (tcase, a_job_is_named_once_and_scores_say_whose_texts_they_are_of);
    tcase_add_test (tcase, a_capture_that_moves_says_of_how_much_it_is);
    tcase_add_test (tcase, a_book_is_gone_through_by_keys);
    tcase_add_test (tcase, sequences_are_sorted_by_keys_and_gone_through_as_they_stand);
    tcase_add_test (tcase, a_list_that_is_read_again_takes_no_key);
    tcase_add_test (tcase, roles_that_a_text_cannot_tell_are_named);
    tcase_add_test (tcase, heads_of_a_new_text_have_the_focus_when_their_view_comes);
}

int
main (void)
{
    return window_bench_main ("newcomer", add_tests);
}
