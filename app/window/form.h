/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the dialogs of the window share: a modal frame, labelled fields, and answers that may come
 * after the dialog was closed. */
#include <gtk/gtk.h>

typedef struct {
    GtkWindow *owner;
    const char *title;
    int width, height; /* height -1 = that of its content */
    const char *
        action; /* of the suggested button; it is off until it is made sensitive. NULL = what is changed
                           counts at once, and the dialog has neither this nor Cancel */
    gpointer data; /* of the dialog */
    GDestroyNotify free_data;
} FoveaFormFrame;

/**
 * fovea_form_new:
 * @button: (out) (optional): the suggested one
 *
 * A modal dialog over its owner, with Cancel; Esc closes it, Enter in an entry and Ctrl+Enter anywhere press
 * the button.   Thread: main.   Owner: GTK, until it
 * is destroyed.
 */
GtkWidget *fovea_form_new (const FoveaFormFrame *frame, GtkWidget **button);

/* Builds a part of a dialog, whose data it is given. */
typedef void (*FoveaFormStep) (gpointer data);

/**
 * fovea_form_present:
 * @steps: of building it, ends in NULL; the first is taken now
 *
 * Builds the dialog and shows it. Each step is a turn of the main loop, and so are measuring each column,
 * asking for a window and showing it: together they take longer than a frame. Content in a scrolled window
 * widens the dialog to what that needs, as far as screens usually go.   Thread: main.
 */
void fovea_form_present (GtkWidget *dialog, const FoveaFormStep *steps);

/**
 * fovea_form_focus:
 * @entry: of the dialog, which is not in sight yet
 *
 * Where the keys go at first; its text is selected soon after the dialog is in sight, unless something was typed.
 *
 * Thread: main.
 */
void fovea_form_focus (GtkWidget *dialog, GtkEntry *entry);

/**
 * fovea_form_add_row:
 *
 * A quiet name at the right of the first column, level with the first line of @child.
 *
 * Thread: main.
 */
void fovea_form_add_row (GtkWidget *grid, int row, const char *name, GtkWidget *child);

/**
 * fovea_form_new_list:
 * @name: accessible name
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_form_new_list (const char *const *choices, const char *name);

/* Told of every change of an entry, list or number; NULL = nobody is. */
typedef void (*FoveaFormChanged) (gpointer data);

/**
 * fovea_form_new_number:
 * @name: accessible name
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkSpinButton *fovea_form_new_number (const char *name,
                                      double low,
                                      double high,
                                      double value,
                                      FoveaFormChanged changed,
                                      gpointer data);

/**
 * fovea_form_new_entry:
 * @name: accessible name
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_form_new_entry (const char *name, FoveaFormChanged changed, gpointer data);

/**
 * fovea_form_move_mark:
 * @marked: (inout) (nullable): what is marked
 * @wrong: (nullable): what holds a wrong choice; an empty entry is not wrong yet
 *
 * Frames a widget, and says to screen readers that it is wrong.   Thread: main.
 */
void fovea_form_move_mark (GtkWidget **marked, GtkWidget *wrong);

/**
 * fovea_form_new_path:
 * @entry: (out): in the row
 * @name: accessible name
 *
 * An entry with a button that chooses.   Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_form_new_path (GtkEditable **entry,
                                const char *name,
                                GtkFileChooserAction action,
                                FoveaFormChanged changed,
                                gpointer data);

/**
 * fovea_form_add_chooser:
 *
 * Another button at the end of @row that chooses into @entry.   Thread: main.
 */
void fovea_form_add_chooser (GtkWidget *row,
                             GtkEditable *entry,
                             const char *label,
                             GtkFileChooserAction action);

/**
 * fovea_form_new_columns:
 * @gap: between them, in pixels
 *
 * What a dialog holds: two columns as high as it is; in one that scrolls, one below the other where the
 * screen is too narrow for them side by side.   Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_form_new_columns (GtkWidget *left, GtkWidget *right, int gap);

/**
 * fovea_form_fit_columns:
 * @room: pixels
 *
 * Puts them one below the other if they are wider than that side by side. Gives how wide they are then.
 *
 * Thread: main.
 */
int fovea_form_fit_columns (GtkWidget *columns, int room);

/**
 * fovea_form_add_text:
 * @characters: widest line
 *
 * A wrapping label at the end of @column.   Thread: main.   Owner: the column.
 */
GtkLabel *fovea_form_add_text (GtkWidget *column, const char *css, int characters);

typedef struct _FoveaFormAnswer FoveaFormAnswer;

/**
 * fovea_form_answer_new:
 *
 * User data for an asynchronous call of @dialog.   Thread: main.   Owner: the call, which hands it
 * to fovea_form_answer_take().
 */
FoveaFormAnswer *fovea_form_answer_new (GtkWidget *dialog);

/**
 * fovea_form_answer_take:
 * @answer: (transfer full):
 *
 * The data of the dialog, NULL if it was closed meanwhile.   Thread: main.   Owner: the dialog.
 */
gpointer fovea_form_answer_take (FoveaFormAnswer *answer);

/**
 * fovea_form_take_path:
 * @chooser: (transfer full): has answered @response
 *
 * What was chosen, NULL if nothing was.   Thread: main.   Owner: caller frees with g_free().
 */
char *fovea_form_take_path (GtkNativeDialog *chooser, int response);
