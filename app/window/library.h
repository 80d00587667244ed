/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The stores that are open: their runs and sequences as a list model for the sidebar, and their
 * traces and head tables on demand. All reading happens in threads. */
#include <gio/gio.h>

#include "app/capture-job.h"
#include "app/heads-prediction.h"
#include "app/window/relay.h"
#include "storage/store.h"
#include "ui/selection.h"
#include "ui/trace-source.h"
#include "ui/tree-item.h"

#define FOVEA_TYPE_LIBRARY (fovea_library_get_type ())
G_DECLARE_FINAL_TYPE (FoveaLibrary, fovea_library, FOVEA, LIBRARY, GObject)

/**
 * fovea_library_new:
 *
 * Thread: main.   Owner: caller.
 */
FoveaLibrary *fovea_library_new (void);

/**
 * fovea_library_get_stores:
 *
 * Of #FoveaTreeItem.   Thread: main.   Owner: the library.
 */
GListModel *fovea_library_get_stores (FoveaLibrary *self);

/**
 * fovea_library_find_store:
 *
 * The row of a store, NULL if it is not open.   Thread: main.   Owner: caller.
 */
FoveaTreeItem *fovea_library_find_store (FoveaLibrary *self, const char *path);

/**
 * fovea_library_add_store:
 *
 * A row for a store that is about to be written.   Thread: main.   Owner: caller.
 */
FoveaTreeItem *fovea_library_add_store (FoveaLibrary *self, const char *path);

/**
 * fovea_library_remove_store:
 *
 * Thread: main.
 */
void fovea_library_remove_store (FoveaLibrary *self, FoveaTreeItem *store);

/**
 * fovea_library_open_async:
 * @path: a store; one that is open already is read again
 *
 * Thread: main.
 */
void fovea_library_open_async (FoveaLibrary *self,
                               const char *path,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer data);

/**
 * fovea_library_open_finish:
 *
 * The store's row.
 *
 * Errors: those of fovea_store_open().
 * Thread: main.   Owner: caller.
 */
FoveaTreeItem *fovea_library_open_finish (FoveaLibrary *self, GAsyncResult *result, GError **error);

/**
 * fovea_library_find:
 * @run: id of a run; 0 = the newest
 *
 * First sequence of a run of a store's row, NULL if it has none.
 *
 * Thread: main.   Owner: caller.
 */
FoveaTreeItem *fovea_library_find (FoveaTreeItem *store, gint64 run);

/* A run that did not end: its program was killed, or it is being written. */
typedef struct {
    gint64 run;
    gint64 n_kept;                /* sequences */
    gint64 n_planned;             /* that it is to have; 0 = not known */
    gboolean written;             /* somebody writes into the store */
    FoveaCaptureRequest *request; /* NULL = the store does not keep all of what was asked for */
} FoveaUnfinished;

/**
 * fovea_library_get_unfinished:
 *
 * The newest such run of a store's row, as it was when the store was read last; NULL = none.
 *
 * Thread: main.   Owner: the row.
 */
const FoveaUnfinished *fovea_library_get_unfinished (FoveaTreeItem *store);

/* A sequence ready to be looked at. */
typedef struct {
    FoveaTraceSource *source;
    FoveaTable *heads; /* NULL if the store has none for its run */
    char *path;
    gint64 sequence, run;
    GPtrArray *curves; /* of FoveaTable, as fovea_recall_list_kept() gives them; NULL = none */
    GPtrArray *notes;  /* of FoveaNote; NULL if they could not be read */
    FoveaPlace place;  /* worth a first look: strongest pair of the clearest induction head, else of
                         head 0.0 */
} FoveaOpened;

/**
 * fovea_opened_free:
 *
 * NULL is fine.   Thread: any.
 */
void fovea_opened_free (FoveaOpened *opened);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaOpened, fovea_opened_free)

/**
 * fovea_library_read_async:
 * @item: of a sequence
 *
 * Thread: main.
 */
void fovea_library_read_async (FoveaLibrary *self,
                               FoveaTreeItem *item,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer data);

/**
 * fovea_library_read_finish:
 *
 * Errors: those of fovea_store_open_trace().   Thread: main.   Owner: caller.
 */
FoveaOpened *fovea_library_read_finish (FoveaLibrary *self, GAsyncResult *result, GError **error);

/* How much of a store is scored. */
typedef struct {
    gint64 first_tokens; /* of a longer text; 0 = all */
    double patience;     /* s that it may take; INFINITY = whatever it does */
    FoveaJobTime said;   /* when it was offered; unknown if that was not asked for */
} FoveaScoreWay;

/**
 * fovea_library_score_async:
 * @opened: whose store has no head table
 * @relay: (nullable): told about progress
 *
 * Gives @opened anew with heads and place, or what they would take if that is long. Scores every head: the bundled model on shipped texts
 * and random repeats, any other store on what it holds. The table is kept in the store if it can be
 * written.
 *
 * Thread: main.
 */
void fovea_library_score_async (FoveaLibrary *self,
                                const FoveaOpened *opened,
                                FoveaScoreWay way,
                                FoveaRelay *relay,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data);

/**
 * fovea_library_score_get_measured:
 *
 * The share of the work that stays of scoring that failed or was cancelled, 0 .. 1: the same goes on there.
 *
 * Thread: main.
 */
double fovea_library_score_get_measured (GAsyncResult *result);

/**
 * fovea_library_open_to_measure:
 *
 * A store for a job that measures: for writing if that may be, so that what it has done is kept.
 *
 * Errors: those of fovea_store_open().   Thread: any.   Owner: caller.
 */
FoveaStore *fovea_library_open_to_measure (const char *path, GError **error);

/**
 * fovea_library_score_finish:
 * @offer: (out) (transfer full): set, and NULL given without an error, where it is too long to begin unasked
 *
 * Errors: those of heads-job.h and heads-prediction.h.   Thread: main.   Owner: caller.
 */
FoveaOpened *fovea_library_score_finish (FoveaLibrary *self,
                                         GAsyncResult *result,
                                         FoveaHeadsPrediction **offer,
                                         GError **error);
