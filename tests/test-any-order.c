/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Commands in any order, each begun before the one in front has come to its end: nobody waits for a frame. The
 * toolkit's warnings end the suite, and what is left is a window that comes to rest, whose parts are of one
 * sequence. SEED and STEPS are numbers of the environment; TRAIL=1 prints every step. Exit status 77 without a
 * display. */
#include <stdio.h>
#include <stdlib.h>

#include "app/data-files.h"
#include "app/window/preferences.h"
#include "app/window/window-private.h"
#include "tests/long-store.h"
#include "tests/support.h"
#include "tests/widget-tree.h"
#include "tests/window-bench.h"
#include "ui/commands.h"

enum {
    SEEDS = 3,
    STEPS = 250,
    TOKENS = 512,
    HEADS = 6,
    MOST_TURNS = 12, /* of the main loop, after a step */
    MOST_WINDOWS = 4,
};

/* What ends the program, or waits for a chooser of the desktop's; and a menu that pops up in the turn in which the
 * header is laid out anew, as only a program can ask for it: the toolkit then looks for the monitor of nothing. */
static const char *const left_out[] = {"win.menu",      "app.quit",           "window.close",
                                       "win.open",      "win.add-dictionary", "win.capture-files",
                                       "win.fullscreen"};

typedef struct {
    Bench *bench;
    GRand *numbers;
    char *paths[2];
    char *dictionary;
} Walk;

static gboolean
is_left_out (const char *action)
{
    for (guint i = 0; i < G_N_ELEMENTS (left_out); i++)
        if (g_str_equal (left_out[i], action))
            return TRUE;
    return FALSE;
}

static void
tell (const char *step)
{
    if (g_getenv ("TRAIL") != NULL)
        g_printerr ("%s\n", step);
}

/* As every key does that is none of theirs. */
static void
shut_popovers (Walk *walk)
{
    EACH_WIDGET (widget, GTK_WIDGET (walk->bench->window))
        if (GTK_IS_POPOVER (widget) && gtk_widget_get_visible (widget))
            gtk_popover_popdown (GTK_POPOVER (widget));
}

/* A command of the window, or one that what has the focus may know. */
static void
do_command (Walk *walk)
{
    guint n;
    const FoveaCommand *commands = fovea_commands_get (&n);
    const char *action = commands[g_rand_int_range (walk->numbers, 0, (gint32) n)].action;
    GtkWidget *window = GTK_WIDGET (walk->bench->window);
    GtkWidget *focus;
    g_autofree char *name = NULL;
    g_autoptr (GVariant) target = NULL;
    if (is_left_out (action))
        return;
    shut_popovers (walk);
    focus = gtk_window_get_focus (GTK_WINDOW (window));
    tell (action);
    ck_assert (g_action_parse_detailed_name (action, &name, &target, NULL));
    gtk_widget_activate_action_variant (focus != NULL ? focus : window, name, target);
}

static GPtrArray *
list_dialogs (void)
{
    GPtrArray *dialogs = g_ptr_array_new ();
    GListModel *toplevels = gtk_window_get_toplevels ();
    for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++) {
        g_autoptr (GtkWidget) window = g_list_model_get_item (toplevels, i);
        if (!FOVEA_IS_WINDOW (window))
            g_ptr_array_add (dialogs, window);
    }
    return dialogs;
}

static void
close_dialogs (Walk *walk)
{
    g_autoptr (GPtrArray) dialogs = list_dialogs ();
    tell ("close dialogs");
    for (guint i = 0; i < dialogs->len; i++)
        gtk_window_close (dialogs->pdata[i]);
    shut_popovers (walk);
}

static void
open_store (Walk *walk)
{
    const char *path = walk->paths[g_rand_int_range (walk->numbers, 0, 2)];
    tell (path);
    fovea_window_open (walk->bench->window, path);
}

static void
run_text (Walk *walk)
{
    tell ("run a text");
    fovea_window_run_text (walk->bench->window, window_bench_text, walk->paths[0]);
}

static void
encode (Walk *walk)
{
    tell ("encode");
    fovea_window_encode (walk->bench->window, walk->dictionary);
}

static void
choose_scores (Walk *walk)
{
    FoveaWindow *window = walk->bench->window;
    if (window->opened == NULL)
        return;
    tell ("score");
    fovea_window_score_heads_as (
        window, (FoveaScoreWay){g_rand_int_range (walk->numbers, 0, 2) * 64, G_MAXDOUBLE});
}

static void
select_somewhere (Walk *walk)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (walk->bench->selection);
    if (info == NULL)
        return;
    const FoveaArchitecture *a = info->architecture;
    gint64 query = g_rand_int_range (walk->numbers, 0, (gint32) info->n_tokens);
    const FoveaPlace place = {(guint) g_rand_int_range (walk->numbers, 0, (gint32) a->n_layers),
                              (guint) g_rand_int_range (walk->numbers, 0, (gint32) a->n_heads),
                              query, g_rand_int_range (walk->numbers, 0, (gint32) query + 1)};
    tell ("select");
    fovea_selection_select (walk->bench->selection, &place);
}

static void
rest (Walk *walk)
{
    tell ("rest");
    RUN_UNTIL (!fovea_window_is_busy (walk->bench->window));
}

/* Mostly commands. */
static void
take_step (Walk *walk)
{
    static void (*const others[]) (Walk * walk) = {
        close_dialogs, open_store,    open_store,       run_text,
        encode,        choose_scores, select_somewhere, rest,
    };
    gint32 at = g_rand_int_range (walk->numbers, 0, 3 * (gint32) G_N_ELEMENTS (others));
    if (at < (gint32) G_N_ELEMENTS (others))
        others[at](walk);
    else
        do_command (walk);
    g_autoptr (GPtrArray) dialogs = list_dialogs ();
    if (dialogs->len > MOST_WINDOWS)
        close_dialogs (walk);
    for (gint32 i = g_rand_int_range (walk->numbers, 0, MOST_TURNS); i > 0; i--)
        window_bench_iterate ();
}

/* What is shown is of what is open. */
static void
check_whole (FoveaWindow *window, FoveaSelection *selection)
{
    FoveaTraceSource *source = fovea_selection_get_source (selection);
    RUN_UNTIL (window->opening == 0 && !fovea_window_is_busy (window));
    source = fovea_selection_get_source (selection);
    if (window->opened == NULL) {
        ck_assert_ptr_null (source);
        return;
    }
    ck_assert_ptr_eq (source, window->opened->source);
    ck_assert_str_eq (fovea_trace_source_get_origin (source), window->opened->path);
    ck_assert_int_eq (fovea_trace_source_get_sequence (source), window->opened->sequence);
    ck_assert (fovea_selection_get_heads (selection) != NULL || !window->unscored);
}

static guint
read_number (const char *name, guint usual)
{
    const char *set = g_getenv (name);
    return set != NULL ? (guint) atoi (set) : usual;
}

START_TEST (any_order_leaves_a_window_that_is_whole)
{
    Bench *bench = bench_new ();
    Walk walk = {.bench = bench,
                 .numbers = g_rand_new_with_seed (read_number ("SEED", 1) + (guint32) _i),
                 .paths = {g_strdup (bench->path), g_strconcat (bench->path, "-long.fovea", NULL)},
                 .dictionary = fovea_data_find ("sae/abstopk", NULL)};
    g_object_set (gtk_settings_get_default (), "gtk-cursor-blink", FALSE, NULL);
    open_scored (bench);
    long_store_write (walk.paths[1], TOKENS, HEADS, 3);
    for (guint i = read_number ("STEPS", STEPS); i > 0; i--)
        take_step (&walk);
    close_dialogs (&walk);
    activate (bench, "cancel", NULL);
    check_whole (bench->window, bench->selection);
    g_rand_free (walk.numbers);
    for (guint i = 0; i < G_N_ELEMENTS (walk.paths); i++)
        g_free (walk.paths[i]);
    g_free (walk.dictionary);
    bench_free (bench);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_loop_test (tcase, any_order_leaves_a_window_that_is_whole, 0, SEEDS);
}

int
main (void)
{
    return window_bench_main ("any-order", add_tests);
}
