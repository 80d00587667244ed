/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the files of the window share: layout (window.c), actions (window-actions.c), stores
 * (window-stores.c), and what takes long (window-jobs.h). */
#include "app/capture-job.h"
#include "app/figure-request.h"
#include "app/window/library.h"
#include "app/window/loose-notes.h"
#include "app/window/session-file.h"
#include "app/window/store-watch.h"
#include "app/window/window-jobs.h"
#include "app/window/writing-row.h"
#include "ui/cell-model.h"
#include "ui/failure-bar.h"
#include "ui/features-page.h"
#include "ui/heads-page.h"
#include "ui/inspector.h"
#include "ui/kept.h"
#include "ui/map-page.h"
#include "ui/picture-page.h"
#include "ui/sidebar.h"
#include "ui/sparse-page.h"
#include "ui/start-page.h"
#include "ui/status-line.h"

struct _FoveaWindow {
    GtkApplicationWindow parent_instance;
    FoveaSelection *selection;
    FoveaCellModel *cells;
    FoveaSparseModel *sparse;
    FoveaFeatureModel *features;
    gint64 features_sequence;
    char *features_path; /* store whose dictionaries were read, or are being read */
    char *
        rest_folder; /* of the dictionary that is shown, where it lacks sequences; NULL = it lacks none */
    char *features_unread; /* dictionary that could not be read, NULL = the newest */
    guint features_asked;  /* number of the last reading of codes: older ones come too late */
    FoveaLibrary *library;
    FoveaNotes *notes;
    GMenu *main_menu,
        *recent; /* recent: stores opened lately, a row of the other while there are any */

    GtkStack *root, *views, *titles;
    int search_room, switcher_room; /* width below which they give way; 0 = not known yet */
    int header_width;               /* that the header needs as it is */
    int followed;                   /* width that it was made for */
    guint following;                /* tick */
    GtkWidget *shell, *strip, *search, *search_button, *switcher, *view_list, *menu_button,
        *history, *export_button;
    GtkWidget *before_menu; /* had the focus when the menu was opened by key; weak */
    FoveaSidebar *sidebar;
    FoveaStartPage *start;
    FoveaHeadsPage *heads;
    FoveaMapPage *map;
    FoveaSparsePage *sparse_page;
    FoveaFeaturesPage *features_page;
    FoveaPicturePage *picture;
    FoveaInspector *inspector;
    FoveaStatusLine *status;
    FoveaFailureBar *failure;
    gboolean open_failed; /* which the bar is about */

    GCancellable *cancellable; /* of everything, at closing */
    GCancellable *job;         /* the running job, NULL = none */
    gboolean unasked;          /* it gives way */
    gboolean scoring;          /* it scores heads ... */
    char *scored_path;         /* ... of this store's ... */
    gint64 scored_run;         /* ... run */
    gboolean unscored;         /* what is open is scored when the job has ended */
    guint score_turn;          /* in which that begins, 0 = none */
    GCancellable *prediction;
    GCancellable *reading;    /* of the sequence that was asked for last */
    GCancellable *copying;    /* of the picture that was asked for last, NULL = none under way */
    FoveaRelay *relay;        /* of the job */
    FoveaStoreWatch *watch;   /* of the stores in the sidebar */
    FoveaWritingRow *writing; /* of the capture that is running, NULL = none */
    FoveaCaptureRequest *unfinished; /* that kept something and did not end, NULL = none */
    char *unfinished_path;           /* its store */
    char *unfinished_said; /* of a run that did not end, in front of what the status line says */
    char *written_path;    /* store that another program writes into ... */
    guint written_timeout; /* ... which is looked after, 0 = there is none */
    char *stopped_folder;  /* dictionary of an encoding that can go on, NULL = none */
    char *stopped_path;    /* its store */
    FoveaOpened *coming;   /* has been read and is not yet shown, or NULL */
    guint opening;         /* its next turn, 0 = there is none */
    guint opening_step;
    FoveaOpened *opened;
    FoveaTreeItem *opened_item;
    guint memory_timeout;           /* 0 = the window is closed */
    guint session_timeout;          /* until the place is kept, 0 = it is, or nothing is open */
    guint drawing_timeout;          /* until the heads' maps take long, 0 = none waited for */
    gboolean drawing;               /* they took long and are not all there */
    guint view_tick, view_ticks;    /* what tells a new view to the panels, 0 = told; its frames */
    char *said;                     /* by the status line, but for what the map says of itself */
    gboolean looked;                /* the start page's maps are on their way */
    gboolean untouched;             /* nothing was selected by hand since the sequence was opened */
    FoveaLeft *left;                /* where the store was left, until its sequence has been read */
    FoveaOpened *compared;          /* what that is to be compared with, NULL = nothing new */
    FoveaKept *kept, *kept_of_text; /* choices in the views; that belong to the open text */
    GQueue wanted;                  /* stores that were asked for, the first is being read */
    FoveaTreeItem *listed;          /* of them, the last that could be; NULL = none yet */
    gint64 listed_run;              /* to look at there; 0 = where it was left, else the newest */
    gboolean listed_aside;          /* it would be shown for want of another */
    char *unread;                   /* of them, what is said of those that could not be read */
    char *closed;                   /* what to say of a store when another has taken its place */
    gboolean closed_by_list;        /* the focus goes back there */
    FoveaScoreWay offered_scores[4];  /* the choices above the heads */
    char *offered_path;               /* the store that they are of, ... */
    gint64 offered_run;               /* ... and its run */
    gint64 asked_tokens;              /* of the offer above the curves; 0 = all */
    FoveaCurvesWay offered_curves[6]; /* and above the curves */
    gboolean inspector_for_note;      /* it was not there before, and goes with the note */
    FoveaLooseNotes *loose;           /* that are in the window only */
    guint notes_on_way;               /* into their stores */
    guint notes_written;              /* by this window so far */
    FoveaLeaving leaving;             /* as soon as the notes are settled */
};

/**
 * fovea_window_add_actions:
 *
 * Thread: main.
 */
void fovea_window_add_actions (FoveaWindow *self);

/**
 * fovea_window_update_actions:
 *
 * Switches actions on and off by what is open and running.   Thread: main.
 */
void fovea_window_update_actions (FoveaWindow *self);

/**
 * fovea_window_connect_stores:
 *
 * The sidebar's wish to close one, and sequences that history leads back to.   Thread: main.
 */
void fovea_window_connect_stores (FoveaWindow *self);

/**
 * fovea_window_close_store:
 * @path: of a store in the sidebar
 *
 * Takes it off the list; its file stays. What was looked at before is shown, or another store, or the start
 * page.
 *
 * Thread: main.
 */
void fovea_window_close_store (FoveaWindow *self, const char *path);

/**
 * fovea_window_shows_run:
 * @path: (nullable): of its store
 *
 * Whether a sequence of it is open.   Thread: main.
 */
gboolean fovea_window_shows_run (FoveaWindow *self, const char *path, gint64 run);

/**
 * fovea_window_mark_missing:
 *
 * Marks the row of a store whose file is gone; TRUE if it is.   Thread: main.
 */
gboolean fovea_window_mark_missing (FoveaWindow *self, const char *path);

/**
 * fovea_window_tell_closed:
 *
 * Says that a store was closed, now that another stands in its place.   Thread: main.
 */
void fovea_window_tell_closed (FoveaWindow *self);

/**
 * fovea_window_keep_place:
 *
 * Who has chosen a head looks at it in the next text of the same model, too. FALSE: nothing was chosen, or
 * it is another model.   Thread: main.
 */
gboolean fovea_window_keep_place (FoveaWindow *self, FoveaOpened *opened);

/**
 * fovea_window_show_failure:
 *
 * One line at the top.   Thread: main.
 */
void fovea_window_show_failure (FoveaWindow *self, const char *message);

/**
 * fovea_window_show_open_failure:
 *
 * Of something that could not be opened: it stands until something else is asked for.   Thread: main.
 */
void fovea_window_show_open_failure (FoveaWindow *self, const char *message);

/**
 * fovea_window_forget_open_failure:
 *
 * Before something is opened.   Thread: main.
 */
void fovea_window_forget_open_failure (FoveaWindow *self);

/**
 * fovea_window_mark_drops:
 * @window: that takes what is dropped anywhere on it
 *
 * Frames it while something hangs over it.   Thread: main.
 */
void fovea_window_mark_drops (GtkDropTarget *target, GtkWidget *window);

/**
 * fovea_window_follow_width:
 *
 * Shows of search and switcher what has room.   Thread: main.
 */
void fovea_window_follow_width (FoveaWindow *self);

/**
 * fovea_window_class_init_width:
 *
 * Sizes of the window: as narrow as with the least header, which follows the width that it is given.
 *
 * Thread: main.
 */
void fovea_window_class_init_width (GtkWidgetClass *klass);

/**
 * fovea_window_say:
 *
 * In the status line, unless a job has it to itself.   Thread: main.
 */
void fovea_window_say (FoveaWindow *self, const char *text);

/**
 * fovea_window_connect_status:
 *
 * The status line follows tiles, cells, memory and what is in front.   Thread: main.
 */
void fovea_window_connect_status (FoveaWindow *self);

/**
 * fovea_window_get_wanted:
 *
 * Path of the store that is being read, NULL = none is.   Thread: main.   Owner: the window.
 */
const char *fovea_window_get_wanted (FoveaWindow *self);

/**
 * fovea_window_forget_wanted:
 *
 * Stores that were asked for and are not read yet.   Thread: main.
 */
void fovea_window_forget_wanted (FoveaWindow *self);

/**
 * fovea_window_connect_opening:
 *
 * The sidebar's rows, and what is kept of where one looks.   Thread: main.
 */
void fovea_window_connect_opening (FoveaWindow *self);

/**
 * fovea_window_tell_of:
 *
 * Title, sidebar and status line are of that sequence, whose views may come some turns later.
 *
 * Thread: main.
 */
void fovea_window_tell_of (FoveaWindow *self, const FoveaOpened *opened);

/**
 * fovea_window_finish_opening:
 *
 * Nobody finds half of a sequence that is being shown.   Thread: main.
 */
void fovea_window_finish_opening (FoveaWindow *self);

/**
 * fovea_window_open_run:
 * @run: of the store at @path; 0 = where it was left, else the newest
 *
 * Of several that are asked for at once, the last is shown.
 *
 * Thread: main.
 */
void fovea_window_open_run (FoveaWindow *self, const char *path, gint64 run);

/**
 * fovea_window_connect_picture:
 *
 * The Picture view comes and goes with the open sequence.   Thread: main.
 */
void fovea_window_connect_picture (FoveaWindow *self);

/**
 * fovea_window_shows_picture:
 *
 * Thread: main.
 */
gboolean fovea_window_shows_picture (FoveaWindow *self);

/**
 * fovea_window_connect_notes:
 *
 * Thread: main.
 */
void fovea_window_connect_notes (FoveaWindow *self);

/**
 * fovea_window_show_notes:
 * @notes: (nullable) (element-type FoveaNote): of the sequence that is shown next
 *
 * Thread: main.
 */
void fovea_window_show_notes (FoveaWindow *self, GPtrArray *notes);

/**
 * fovea_window_read_notes:
 * @path: of a store that somebody changed
 *
 * Shows the notes that it has now, if it is the open one.   Thread: main.
 */
void fovea_window_read_notes (FoveaWindow *self, const char *path);

/**
 * fovea_window_write_note:
 *
 * Puts the cursor into the note on what is selected.   Thread: main.
 */
void fovea_window_write_note (FoveaWindow *self);

/**
 * fovea_window_keep_session:
 *
 * Notes where the open store was left. Also happens by itself some seconds after a move, for a program
 * that is killed.
 *
 * Thread: main.
 */
void fovea_window_keep_session (FoveaWindow *self);

/**
 * fovea_window_connect_kept:
 *
 * What is chosen in the views is kept with the place.   Thread: main.
 */
void fovea_window_connect_kept (FoveaWindow *self);

/**
 * fovea_window_list_kept:
 *
 * Choices as they are, by name.   Thread: main.   Owner: caller, g_variant_unref().
 */
GVariant *fovea_window_list_kept (FoveaWindow *self);

/**
 * fovea_window_restore_kept:
 *
 * Before a text is shown, whose views then come as they are to be.   Thread: main.
 */
void fovea_window_restore_kept (FoveaWindow *self, GVariant *choices);

/**
 * fovea_window_restore_kept_of_text:
 *
 * When the text that they are of is there, in the same frame.   Thread: main.
 */
void fovea_window_restore_kept_of_text (FoveaWindow *self, GVariant *choices);

/**
 * fovea_window_describe_selected:
 *
 * What is selected in the view in front, as "Copy value" has it.   Thread: main.   Owner: caller,
 * g_free().
 */
char *fovea_window_describe_selected (FoveaWindow *self);

/**
 * fovea_window_copy_table:
 *
 * The numbers of what has the focus, else of the view in front, as CSV; of a map they are the selected row, or the column
 * whose profile has the focus. Where there are none it is said why.
 *
 * Thread: main.
 */
void fovea_window_copy_table (FoveaWindow *self);

/**
 * fovea_window_request_figure:
 *
 * The figure of what is selected; a map that is zoomed in gives its visible part.
 *
 * Thread: main.   Owner: caller.
 */
FoveaFigureRequest *fovea_window_request_figure (FoveaWindow *self, FoveaFigureKind kind);

/**
 * fovea_window_has_products:
 *
 * Whether the selected cell has a score that is known by dimension.   Thread: main.
 */
gboolean fovea_window_has_products (FoveaWindow *self);

/**
 * fovea_window_request_view:
 *
 * The figure of what is on screen, or of the inspector's bars where they have the focus.   Thread: main.   Owner: caller.
 */
FoveaFigureRequest *fovea_window_request_view (FoveaWindow *self);

/**
 * fovea_window_show_view:
 * @name: "heads", "map", "sparsity", "features" or "picture"
 *
 * Also from the start page, if a store is open behind it.   Thread: main.
 */
void fovea_window_show_view (FoveaWindow *self, const char *name);

/**
 * fovea_window_settle_view:
 *
 * Inspector and strip show what belongs to the view now, not in its next frame.   Thread: main.
 */
void fovea_window_settle_view (FoveaWindow *self);

/**
 * fovea_window_find_unfinished:
 * @store: row that was read just now
 *
 * A capture whose program was killed is gone on with as one that was cancelled here.   Thread: main.
 */
void fovea_window_find_unfinished (FoveaWindow *self, FoveaTreeItem *store);

/**
 * fovea_window_describe_unfinished:
 *
 * That the run of a sequence did not end, what is kept and how it goes on; NULL if it did, or is written
 * here.   Thread: main.   Owner: caller.
 */
char *fovea_window_describe_unfinished (FoveaWindow *self, const FoveaOpened *opened);

/**
 * fovea_window_say_unfinished:
 * @store: row that was read just now
 *
 * If the status line tells of an unfinished run of it: how far that is by now.   Thread: main.
 */
void fovea_window_say_unfinished (FoveaWindow *self, FoveaTreeItem *store);

/**
 * fovea_window_watch_writer:
 * @path: of a store that another program writes into
 *
 * Reads it again when that has ended, however it has.   Thread: main.
 */
void fovea_window_watch_writer (FoveaWindow *self, const char *path);

/**
 * fovea_window_forget_writer:
 *
 * That another program writes.   Thread: main.
 */
void fovea_window_forget_writer (FoveaWindow *self);

/**
 * fovea_window_is_taken:
 * @path: of a store
 *
 * Whether another program writes sequences or codes into it, which is then said at the top.   Thread: main.
 */
gboolean fovea_window_is_taken (FoveaWindow *self, const char *path);

/**
 * fovea_window_read_store_again:
 * @path: of a store in the sidebar
 *
 * Its runs and sequences.   Thread: main.
 */
void fovea_window_read_store_again (FoveaWindow *self, const char *path);

/**
 * fovea_window_read_item:
 * @item: of a sequence
 *
 * Opens it, as a click on its row does.   Thread: main.
 */
void fovea_window_read_item (FoveaWindow *self, FoveaTreeItem *item);

/**
 * fovea_window_find:
 *
 * Opens the command palette.   Thread: main.
 */
void fovea_window_find (FoveaWindow *self);

/**
 * fovea_window_search:
 *
 * Puts the cursor into the search of latents where some are in front, else into the header's.
 *
 * Thread: main.
 */
void fovea_window_search (FoveaWindow *self);

/**
 * fovea_window_connect_search:
 *
 * The header's entry goes to a head, a position or the next token of that text.   Thread: main.
 */
void fovea_window_connect_search (FoveaWindow *self);

/**
 * fovea_window_connect_files:
 *
 * Dropped files and the menu of recent stores.   Thread: main.
 */
void fovea_window_connect_files (FoveaWindow *self);

/**
 * fovea_window_restore_size:
 *
 * As the last window was left.   Thread: main.
 */
void fovea_window_restore_size (FoveaWindow *self);

/**
 * fovea_window_restore_panels:
 *
 * The same of sidebar and inspector, which are there.   Thread: main.
 */
void fovea_window_restore_panels (FoveaWindow *self);

/**
 * fovea_window_keep_panels:
 *
 * Thread: main.
 */
void fovea_window_keep_panels (FoveaWindow *self);

/**
 * fovea_window_keep_state:
 *
 * Size, and the stores to start with the next time.   Thread: main.
 */
void fovea_window_keep_state (FoveaWindow *self);
