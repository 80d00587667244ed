/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A whole window with a folder of its own, for the suites that drive it on a display. */
#include <gtk/gtk.h>

#include "app/window/application.h"
#include "app/window/window.h"
#include "tests/check-marks.h"

#define WINDOW_BENCH_DEADLINE_S 120 /* says that it never comes; a machine may be slow and busy */

/* One for all tests: a process can register an application once. */
extern FoveaApplication *window_bench_application;

/* Some sentences with a repeated word. */
extern const char window_bench_text[];

typedef struct {
    FoveaWindow *window;
    FoveaSelection *selection;
    char *folder, *path; /* path: of the store that run_and_score() writes */
} Bench;

/* Runs the main loop until @condition holds; a failure names it. Nothing sleeps. */
#define RUN_UNTIL(condition)                                                                       \
    G_STMT_START                                                                                   \
    {                                                                                              \
        gint64 deadline = g_get_monotonic_time () + WINDOW_BENCH_DEADLINE_S * G_USEC_PER_SEC;      \
        while (!(condition) && g_get_monotonic_time () < deadline)                                 \
            window_bench_iterate ();                                                               \
        ck_assert_msg ((condition), "not reached in %d s: " #condition, WINDOW_BENCH_DEADLINE_S);  \
    }                                                                                              \
    G_STMT_END

/**
 * window_bench_main:
 *
 * Runs a suite of one case with its own application, whose state goes where nobody else looks.
 * Gives the exit status: 77 without a display.
 */
int window_bench_main (const char *name, void (*add_tests) (TCase *tcase));

/**
 * window_bench_iterate:
 *
 * One turn of the main loop, which lasts 20 ms at most when nothing happens.
 */
void window_bench_iterate (void);

/**
 * bench_new:
 *
 * A mapped window with nothing open.   Owner: caller, bench_free().
 */
Bench *bench_new (void);

/**
 * bench_free:
 *
 * Closes the window and removes the folder.
 */
void bench_free (Bench *bench);

/**
 * run_and_score:
 *
 * Runs the bundled model on window_bench_text and waits for the scores of its heads.
 */
void run_and_score (Bench *bench);

/**
 * open_scored:
 *
 * The store that run_and_score() writes, opened: the first of a process runs and scores, those after
 * it have a copy of its file. For what is about a store and not about how it comes to be.
 */
void open_scored (Bench *bench);

/**
 * bench_resize:
 *
 * Waits until the window has that size but for its edges. What gives way in a narrow window does so
 * step by step, hence it may take some.
 */
void bench_resize (Bench *bench, int width, int height);

/**
 * activate:
 *
 * An action of the window by name.
 */
void activate (Bench *bench, const char *action, GVariant *parameter);

/**
 * find_text:
 *
 * First mapped label below @parent whose text begins so, NULL = none.   Owner: the label.
 */
const char *find_text (GtkWidget *parent, const char *start);

/**
 * wait_for_text:
 *
 * The same once it is there, never NULL: words about a form go while it is looked at anew, which a
 * busy machine takes longer for.
 */
const char *wait_for_text (GtkWidget *parent, const char *start);

/**
 * find_label:
 *
 * The label below @parent that has these words, mapped or not; NULL = none.
 */
GtkWidget *find_label (GtkWidget *parent, const char *words);

/**
 * find_labelled:
 * @label: (nullable): of a button; NULL = the first of the type
 *
 * First descendant of a type.
 */
GtkWidget *find_labelled (GtkWidget *parent, GType type, const char *label);

/**
 * find_window:
 *
 * The open toplevel with a title, NULL = none.
 */
GtkWidget *find_window (const char *title);

/**
 * wait_for_window:
 *
 * The same once it is in sight: dialogs are built over some turns of the main loop.
 */
GtkWidget *wait_for_window (const char *title);

/**
 * find_and_go:
 * @expected: title of the first answer
 *
 * Types into a fresh command palette and takes its first answer.
 */
void find_and_go (Bench *bench, const char *typed, const char *expected);
