/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Every row of the table of commands, from the palette and by its key, in every view: what it says
 * happens, or it is not offered there. Each row names what of the window it must change; what was drawn
 * before it has come to rest, so that nothing else can. Exit status 77 without a display. */
#include <stdio.h>
#include <string.h>

#include "app/data-files.h"
#include "app/window/window-private.h"
#include "tests/command-changes.h"
#include "tests/press-shortcut.h"
#include "tests/support.h"
#include "tests/widget-tree.h"
#include "tests/window-bench.h"
#include "tests/window-look.h"
#include "ui/arc-view.h"
#include "ui/commands.h"
#include "ui/finder.h"
#include "ui/head-set.h"
#include "ui/line-table.h"
#include "ui/mask-view.h"
#include "ui/token-strip.h"

#define PATIENCE_S 20 /* for something to change; it takes a frame or two */
#define TURNS      3
#define STILL      3 /* pictures alike in a row: at rest */

START_TEST (every_row_of_the_table_is_expected_to_do_something)
{
    guint n;
    const FoveaCommand *commands = fovea_commands_get (&n);
    for (guint i = 0; i < n; i++)
        ck_assert_msg ((find_expected (commands[i].action) != NULL) !=
                           g_strv_contains (left_out, commands[i].action),
                       "%s", commands[i].action);
    ck_assert_uint_eq (n, G_N_ELEMENTS (expected) + G_N_ELEMENTS (left_out));
}
END_TEST

/* What can be told apart of a window. */
typedef struct {
    FoveaPlace place;
    const char *view, *page;
    GtkWidget *focus;
    guint n_windows, look, n_chosen;
    char *status;
    GdkContentProvider *copied; /* held: what comes next must not be at its address */
    gint32 latent;
} Seen;

static void
seen_clear (Seen *seen)
{
    g_clear_pointer (&seen->status, g_free);
    g_clear_object (&seen->copied);
}

/* Dialogs, and what has popped up over the window. */
static guint
count_windows (Bench *bench)
{
    GListModel *toplevels = gtk_window_get_toplevels ();
    guint n = 0;
    for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++) {
        g_autoptr (GtkWidget) window = g_list_model_get_item (toplevels, i);
        n += gtk_widget_get_visible (window);
    }
    EACH_WIDGET (widget, GTK_WIDGET (bench->window))
        n += GTK_IS_POPOVER (widget) && gtk_widget_get_visible (widget);
    return n;
}

/* @look: of the window, 0 where it is not asked for. */
static void
see (Bench *bench, guint look, Seen *seen)
{
    FoveaWindow *window = bench->window;
    g_autoptr (GArray) heads = fovea_head_set_list (fovea_selection_get_chosen (bench->selection));
    g_autoptr (GArray) tokens = fovea_selection_list_tokens (bench->selection);
    seen_clear (seen);
    *seen = (Seen){
        .place = *fovea_selection_get_place (bench->selection),
        .view = gtk_stack_get_visible_child_name (window->views),
        .page = gtk_stack_get_visible_child_name (window->root),
        .focus = gtk_window_get_focus (GTK_WINDOW (window)),
        .n_windows = count_windows (bench),
        .look = look,
        .n_chosen = heads->len + 1000 * tokens->len,
        .status = g_strdup (fovea_window_get_status (window)),
        .copied = gdk_clipboard_get_content (gtk_widget_get_clipboard (GTK_WIDGET (window))),
        .latent = fovea_feature_model_get_latent (window->features),
    };
    if (seen->copied != NULL)
        g_object_ref (seen->copied);
}

static guint
compare (const Seen *a, const Seen *b)
{
    const FoveaPlace *p = &a->place, *q = &b->place;
    gboolean moved =
        p->layer != q->layer || p->head != q->head || p->query != q->query || p->key != q->key;
    return (moved ? PLACE : 0) |
           (g_str_equal (a->view, b->view) && g_str_equal (a->page, b->page) ? 0 : VIEW) |
           (a->focus == b->focus ? 0 : FOCUS) | (a->n_windows == b->n_windows ? 0 : WINDOWS) |
           (a->look == b->look ? 0 : LOOK) | (a->n_chosen == b->n_chosen ? 0 : CHOSEN) |
           (g_strcmp0 (a->status, b->status) == 0 ? 0 : STATUS) |
           (a->copied == b->copied ? 0 : COPIED) | (a->latent == b->latent ? 0 : LATENT);
}

static guint
look_at (Bench *bench)
{
    return window_look (GTK_WIDGET (bench->window->root));
}

/* All that was asked for has come, and the same is drawn time and again: what that is. */
static guint
rest (Bench *bench)
{
    guint still = 1, last = look_at (bench);
    gint64 end = g_get_monotonic_time () + WINDOW_BENCH_DEADLINE_S * G_USEC_PER_SEC;
    while (still < STILL) {
        guint look = look_at (bench);
        still = look == last && !fovea_window_is_busy (bench->window) ? still + 1 : 1;
        last = look;
        ck_assert_msg (g_get_monotonic_time () < end, "the window does not come to rest");
    }
    return last;
}

static void
do_action (Bench *bench, const char *detailed)
{
    g_autofree char *name = NULL;
    g_autoptr (GVariant) target = NULL;
    ck_assert (g_action_parse_detailed_name (detailed, &name, &target, NULL));
    GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (bench->window));
    gtk_widget_activate_action_variant (focus != NULL ? focus : GTK_WIDGET (bench->window), name,
                                        target);
}

/* Dialogs are shut and what popped up goes. */
static void
close_all (Bench *bench)
{
    g_autoptr (GPtrArray) open = g_ptr_array_new ();
    GListModel *toplevels = gtk_window_get_toplevels ();
    for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++) {
        g_autoptr (GtkWidget) window = g_list_model_get_item (toplevels, i);
        if (!FOVEA_IS_WINDOW (window) && gtk_widget_get_visible (window))
            g_ptr_array_add (open, window);
    }
    for (guint i = 0; i < open->len; i++)
        gtk_window_close (open->pdata[i]);
    EACH_WIDGET (widget, GTK_WIDGET (bench->window))
        if (GTK_IS_POPOVER (widget) && gtk_widget_get_visible (widget))
            gtk_popover_popdown (GTK_POPOVER (widget));
}

typedef struct {
    const char *name, *view;
    const FoveaPlace *place;
    void (*focus) (Bench *bench); /* NULL = what the view gives it to */
} Stand;

/* What belongs to the place is read beside the main loop. */
static gboolean
is_read (Bench *bench)
{
    const FoveaPlace *place = fovea_selection_get_place (bench->selection);
    const FoveaCellData *cell = fovea_cell_model_get_data (bench->window->cells);
    return fovea_selection_get_source (bench->selection) == NULL ||
           (cell != NULL && cell->place.query == place->query && cell->place.key == place->key &&
            cell->place.layer == place->layer && cell->place.head == place->head);
}

/* Some is done in the next turns of the main loop. */
static void
settle (Bench *bench)
{
    RUN_UNTIL (is_read (bench));
    for (guint i = 0; i < TURNS; i++)
        window_bench_iterate ();
}

/* One with codes, that is looked at first; -1 where there are none. */
static gint32 usual_latent = -1;

/* With a step behind it, and nothing chosen. */
static void
select_afresh (Bench *bench, const FoveaPlace *place)
{
    fovea_head_set_clear (fovea_selection_get_chosen (bench->selection));
    fovea_selection_choose_no_token (bench->selection);
    fovea_selection_select (bench->selection, &(FoveaPlace){0, 0, 0, 0});
    RUN_UNTIL (is_read (bench)); /* or its cell would come after that of the next place */
    fovea_selection_select (bench->selection, place);
    if (usual_latent >= 0 &&
        fovea_feature_model_get_latent (bench->window->features) != usual_latent) {
        fovea_feature_model_select (bench->window->features, usual_latent);
        RUN_UNTIL (fovea_feature_model_get_shown (bench->window->features) != NULL);
    }
}

/* A view, with room for a step into each direction. */
static void
stand (Bench *bench, const Stand *at)
{
    close_all (bench);
    RUN_UNTIL (!fovea_window_is_busy (bench->window) && count_windows (bench) == 1);
    if (at->place != NULL)
        select_afresh (bench, at->place);
    if (at->view == NULL) {
        activate (bench, "start", NULL);
        settle (bench);
        return;
    }
    fovea_window_show_view (bench->window, at->view);
    fovea_window_show_view (bench->window, at->view); /* the focus, now that all is there */
    if (at->focus != NULL)
        at->focus (bench);
    settle (bench);
}

/* Whether something of what the row expects has changed, or does so soon. */
static gboolean
has_changed (Bench *bench, const Expected *row, const Seen *before, const Stand *at)
{
    Seen after = {0};
    gint64 end = g_get_monotonic_time () + PATIENCE_S * G_USEC_PER_SEC;
    gboolean changed;
    do {
        see (bench, (row->changes & LOOK) != 0 ? rest (bench) : 0, &after);
        changed = (compare (before, &after) & row->changes) != 0;
        if (row->lands != NULL && g_str_equal (after.page, "work"))
            changed = changed || g_str_equal (row->lands, after.view);
        if (!changed)
            window_bench_iterate ();
    } while (!changed && g_get_monotonic_time () < end);
    seen_clear (&after);
    return changed;
}

/* What a window manager does when a window in front closes; there may be none here. */
static void
give_back (Bench *bench)
{
    if (count_windows (bench) == 1)
        gtk_window_present (GTK_WINDOW (bench->window));
}

/* A window that was left and is back may be drawn otherwise, even if nothing was done meanwhile. */
static void
come_back (Bench *bench)
{
    activate (bench, "palette", NULL);
    gtk_window_destroy (GTK_WINDOW (find_window ("Find")));
    give_back (bench);
}

/* By the palette, under its name and below others of that name: FALSE if it is not there. */
static gboolean
choose (Bench *bench, const char *action)
{
    activate (bench, "palette", NULL);
    GtkWidget *finder = find_window ("Find");
    ck_assert_ptr_nonnull (finder);
    fovea_finder_set_text (FOVEA_FINDER (finder), find_command (action)->title);
    GListModel *results = fovea_finder_get_results (FOVEA_FINDER (finder));
    for (guint i = 0; i < g_list_model_get_n_items (results); i++) {
        g_autoptr (FoveaFinderItem) item = g_list_model_get_item (results, i);
        const FoveaFinderTarget *target = fovea_finder_item_get_target (item);
        if (target->kind == FOVEA_FINDER_ACTION && g_str_equal (target->action, action)) {
            g_signal_emit_by_name (find_labelled (finder, GTK_TYPE_SEARCH_ENTRY, NULL), "activate");
            give_back (bench);
            return TRUE;
        }
        press_shortcut (finder, GDK_KEY_Down);
    }
    gtk_window_destroy (GTK_WINDOW (finder));
    return FALSE;
}

/* By the first of its keys: FALSE if nothing has it here. */
static gboolean
type (Bench *bench, const char *action)
{
    guint key;
    GdkModifierType modifiers;
    g_auto (GStrv) keys = g_strsplit (find_command (action)->keys, " ", -1);
    g_auto (GStrv) parts = g_strsplit_set (action, ".(", 3);
    if (g_str_equal (parts[0], "win") &&
        !g_action_group_get_action_enabled (G_ACTION_GROUP (bench->window), parts[1]))
        return FALSE;
    ck_assert (gtk_accelerator_parse (keys[0], &key, &modifiers));
    return press_key (GTK_WINDOW (bench->window), key, modifiers);
}

/* One command at one stand; what does nothing is written into @idle. FALSE if it is not offered. */
static gboolean
try (Bench *bench,
     const Stand *at,
     const Expected *row,
     gboolean (*way) (Bench *bench, const char *action),
     GString *idle)
{
    Seen before = {0};
    gboolean look = (row->changes & LOOK) != 0;
    stand (bench, at);
    if (row->before != NULL) {
        way (bench, row->before);
        settle (bench);
    }
    if (look && way == choose)
        come_back (bench);
    if (look)
        rest (bench);
    activate (bench, "say", g_variant_new_string (row->action)); /* so that anything else is news */
    see (bench, look ? look_at (bench) : 0, &before);
    gboolean offered = way (bench, row->action);
    if (offered && !has_changed (bench, row, &before, at))
        g_string_append_printf (idle, "\n%s: %s", at->name, row->action);
    activate (bench, "cancel", NULL); /* what was measured would be there for the next */
    for (guint i = 0; offered && i < row->again; i++)
        way (bench, row->action);
    if (row->before != NULL && g_str_has_prefix (row->before, "map.zoom"))
        do_action (bench, "map.fit");
    seen_clear (&before);
    return offered;
}

static void
focus_strip (Bench *bench)
{
    gtk_widget_grab_focus (
        find_labelled (GTK_WIDGET (bench->window), FOVEA_TYPE_TOKEN_STRIP, NULL));
}

static void
focus_arcs (Bench *bench)
{
    GtkWidget *view = find_labelled (GTK_WIDGET (bench->window), FOVEA_TYPE_ARC_VIEW, NULL);
    if (!gtk_widget_get_mapped (view)) /* their table may be */
        activate (bench, fovea_map_page_shows_arcs (bench->window->map) ? "table" : "arcs", NULL);
    RUN_UNTIL (gtk_widget_get_mapped (view));
    gtk_widget_grab_focus (view);
}

/* Of the map or of the arcs, whichever is in front; NULL = a picture is. */
static GtkWidget *
find_table (Bench *bench)
{
    EACH_WIDGET (widget, GTK_WIDGET (bench->window->map))
        if (FOVEA_IS_LINE_TABLE (widget) && gtk_widget_get_mapped (widget))
            return widget;
    return NULL;
}

static void
focus_table (Bench *bench)
{
    GtkWidget *table;
    if (find_table (bench) == NULL)
        activate (bench, "table", NULL);
    RUN_UNTIL ((table = find_table (bench)) != NULL);
    GtkWidget *view = find_labelled (table, GTK_TYPE_COLUMN_VIEW, NULL);
    GtkWidget *list = gtk_widget_get_last_child (view); /* rows come some a frame */
    RUN_UNTIL (gtk_widget_get_focus_child (list) != NULL ||
               gtk_widget_child_focus (list, GTK_DIR_TAB_FORWARD));
}

static void
focus_sidebar (Bench *bench)
{
    RUN_UNTIL (fovea_sidebar_focus (bench->window->sidebar));
}

/* Where there are no curves there is none, and no key of its own is tried. */
static void
focus_mask (Bench *bench)
{
    GtkWidget *view = find_labelled (GTK_WIDGET (bench->window), FOVEA_TYPE_MASK_VIEW, NULL);
    if (fovea_sparse_model_get_table (bench->window->sparse) != NULL)
        RUN_UNTIL (gtk_widget_get_mapped (view) && gtk_widget_grab_focus (view));
}

/* A row that is of a cell. */
static GtkWidget *
find_leading (Bench *bench)
{
    EACH_WIDGET (widget, GTK_WIDGET (bench->window->inspector))
        if (gtk_widget_has_css_class (widget, "leads") && gtk_widget_get_mapped (widget))
            return widget;
    return NULL;
}

static void
focus_inspector (Bench *bench)
{
    RUN_UNTIL (find_leading (bench) != NULL && gtk_widget_grab_focus (find_leading (bench)));
}

static const FoveaPlace middle = {2, 3, 60, 30};

static const Stand stands[] = {
    {"heads", "heads", &middle},
    {"map", "map", &middle},
    {"sparsity", "sparsity", &middle},
    {"features", "features", &middle},
    {"start page", NULL, &middle},
    {"strip", "heads", &middle, focus_strip},
    {"arcs", "map", &middle, focus_arcs},
    {"table", "map", &middle, focus_table},
    {"sidebar", "heads", &middle, focus_sidebar},
    {"mask", "sparsity", &middle, focus_mask},
    {"inspector", "map", &middle, focus_inspector},
};

/* What the focus of a stand has keys of its own for, NULL = none. */
static const char *
get_prefix (Bench *bench, const Stand *at)
{
    FoveaWindow *window = bench->window;
    if ((g_strcmp0 (at->view, "sparsity") == 0 &&
         fovea_sparse_model_get_table (window->sparse) == NULL) ||
        (g_strcmp0 (at->view, "features") == 0 &&
         fovea_feature_model_get_source (window->features) == NULL))
        return NULL; /* words about what is not there */
    static const char *const prefixes[] = {"heads.",   "map.",   "curves.",   "latent.",
                                           NULL,       "strip.", "arcs.",     "table.",
                                           "sidebar.", "mask.",  "inspector."};
    return at >= stands && at < stands + G_N_ELEMENTS (stands) ? prefixes[at - stands] : "picture.";
}

static void
run_start_of_book (Bench *bench)
{
    g_autofree char *book = fovea_data_find ("texts/moby_dick.txt", NULL), *text = NULL;
    ck_assert (g_file_get_contents (book, &text, NULL, NULL));
    g_autofree char *start = g_utf8_substring (text, 0, 300);
    fovea_window_run_text (bench->window, start, bench->path);
    RUN_UNTIL (fovea_selection_get_heads (bench->selection) != NULL &&
               !fovea_window_is_busy (bench->window));
}

/* A text without anything, or with curves of the middle's head and codes. */
static Bench *
open_bench (gboolean rich)
{
    Bench *bench = bench_new ();
    usual_latent = -1;
    g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, "gtk-cursor-blink",
                  FALSE, NULL);
    bench_resize (bench, 1240, 760); /* fewer pixels are sooner looked at */
    run_start_of_book (bench);
    if (!rich)
        return bench;
    g_autofree char *folder = fovea_data_find ("sae/abstopk", NULL);
    fovea_selection_select (bench->selection, &middle);
    activate (bench, "measure", NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    activate (bench, "encode", g_variant_new_string (folder));
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    activate (bench, "view", g_variant_new_string ("features"));
    RUN_UNTIL (fovea_feature_model_get_shown (bench->window->features) != NULL);
    usual_latent = fovea_feature_model_get_latent (bench->window->features);
    ck_assert_ptr_null (fovea_window_get_failure (bench->window));
    return bench;
}

/* What the palette has before anything is typed: actions first. */
static GHashTable *
list_offered (Bench *bench, const Stand *at)
{
    GHashTable *offered = g_hash_table_new (g_str_hash, g_str_equal);
    stand (bench, at);
    activate (bench, "palette", NULL);
    GtkWidget *finder = find_window ("Find");
    GListModel *results = fovea_finder_get_results (FOVEA_FINDER (finder));
    for (guint i = 0; i < g_list_model_get_n_items (results); i++) {
        g_autoptr (FoveaFinderItem) item = g_list_model_get_item (results, i);
        const FoveaFinderTarget *target = fovea_finder_item_get_target (item);
        if (target->kind == FOVEA_FINDER_ACTION)
            g_hash_table_add (offered, (gpointer) find_command (target->action)->action);
    }
    gtk_window_destroy (GTK_WINDOW (finder));
    return offered;
}

static void
try_palette (Bench *bench, const Stand *at, GString *idle)
{
    guint n = 0;
    g_autoptr (GHashTable) offered = list_offered (bench, at);
    for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
        if (g_hash_table_contains (offered, expected[i].action))
            n += try (bench, at, &expected[i], choose, idle) ? 1 : 0;
    printf ("%s: %u commands by the palette\n", at->name, n);
    ck_assert_uint_gt (n, at->view != NULL ? 40 : 4);
}

static void
try_keys (Bench *bench, const Stand *at, GString *idle)
{
    const char *prefix = get_prefix (bench, at);
    for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
        const char *action = expected[i].action;
        gboolean own = prefix != NULL && g_str_has_prefix (action, prefix);
        if (!own && !g_str_has_prefix (action, "win."))
            continue;
        if (!try (bench, at, &expected[i], type, idle) && own)
            g_string_append_printf (idle, "\n%s: %s has no key", at->name, action);
    }
}

static void
finish (Bench *bench, GString *idle)
{
    bench_free (bench); /* first, or the next test has its window, too */
    ck_assert_msg (idle->len == 0, "nothing happened:%s", idle->str);
}

START_TEST (the_palette_offers_what_it_can_do)
{
    Bench *bench = open_bench (_i == 0);
    g_autoptr (GString) idle = g_string_new (NULL);
    for (guint i = 0; i < 5; i++)
        try_palette (bench, &stands[i], idle);
    finish (bench, idle);
}
END_TEST

START_TEST (every_key_does_what_the_list_says)
{
    Bench *bench = open_bench (_i == 0);
    g_autoptr (GString) idle = g_string_new (NULL);
    for (guint i = 0; i < G_N_ELEMENTS (stands); i++)
        try_keys (bench, &stands[i], idle);
    finish (bench, idle);
}
END_TEST

/* The small image model, in a Picture view; a step each way from the patch in the middle. */
START_TEST (so_do_those_of_a_picture)
{
    static const FoveaPlace patch = {0, 1, 5, 2};
    static const Stand at = {"picture", "picture", &patch};
    Bench *bench = bench_new ();
    usual_latent = -1;
    FoveaCaptureRequest *request = fovea_capture_request_new ();
    g_autofree char *picture = support_data ("tests/golden/pictures/source.npy");
    g_autoptr (GString) idle = g_string_new (NULL);
    request->model = support_data ("tests/golden/families/vit");
    request->files = g_strdupv ((char *[]){picture, NULL});
    fovea_window_capture (bench->window, request, bench->path);
    RUN_UNTIL (fovea_selection_get_heads (bench->selection) != NULL &&
               !fovea_window_is_busy (bench->window));
    try_palette (bench, &at, idle);
    try_keys (bench, &at, idle);
    finish (bench, idle);
}
END_TEST

START_TEST (an_empty_start_page_offers_no_more_than_it_can_do)
{
    static const Stand at = {"nothing open", NULL, NULL};
    Bench *bench = bench_new ();
    g_autoptr (GString) idle = g_string_new (NULL);
    try_palette (bench, &at, idle);
    finish (bench, idle);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_set_timeout (tcase, 580);
    tcase_add_test (tcase, every_row_of_the_table_is_expected_to_do_something);
    tcase_add_loop_test (tcase, the_palette_offers_what_it_can_do, 0, 2);
    tcase_add_loop_test (tcase, every_key_does_what_the_list_says, 0, 2);
    tcase_add_test (tcase, so_do_those_of_a_picture);
    tcase_add_test (tcase, an_empty_start_page_offers_no_more_than_it_can_do);
}

int
main (void)
{
    return window_bench_main ("every-command", add_tests);
}
