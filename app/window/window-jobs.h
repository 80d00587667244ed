/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the window does that takes long, each a file of its own: captures (window-capture.c), scores
 * (window-scores.c, window-offers.c), curves (window-sparse.c, window-offers.c), codes (window-features.c),
 * figures (window-figure.c); one at a time (window-jobs.c). */
#include "app/capture-job.h"
#include "app/figure-request.h"
#include "app/recall-prediction.h"
#include "app/window/latent-export.h"
#include "app/window/library.h"
#include "app/window/window.h"
#include "ui/sparse-page.h"

/* Which curves are measured. */
typedef struct {
    FoveaMeasure heads;
    gint64 first_tokens; /* of each longer text; 0 = all */
    gboolean kept;       /* they are in the store: shown, and not measured */
    double patience;     /* s that it may take; INFINITY = whatever it does */
    FoveaJobTime said;   /* when it was offered; unknown if that was not asked for */
} FoveaCurvesWay;

/**
 * fovea_window_start_job:
 * @text: for the status line
 *
 * The cancellable of a new job, before which one that nobody asked for gives way; NULL, and said at the top, if
 * another runs already.
 *
 * Thread: main.   Owner: the window.
 */
GCancellable *fovea_window_start_job (FoveaWindow *self, const char *text);

/**
 * fovea_window_start_unasked:
 *
 * As fovea_window_start_job(), of what nobody asked for; silent if it cannot begin.   Thread: main.   Owner: the window.
 */
GCancellable *fovea_window_start_unasked (FoveaWindow *self, const char *text);

/**
 * fovea_window_stop_unasked:
 *
 * A job that somebody asked for goes on.   Thread: main.
 */
void fovea_window_stop_unasked (FoveaWindow *self);

/**
 * fovea_window_is_occupied:
 *
 * By a job that somebody asked for.   Thread: main.
 */
gboolean fovea_window_is_occupied (FoveaWindow *self);

/**
 * fovea_window_end_job:
 * @error: (nullable): shown unless it is a cancel
 * @text: (nullable): for the status line if all went well; NULL = what it said before
 *
 * The window may be closed.   Thread: main.
 */
void fovea_window_end_job (FoveaWindow *self, const GError *error, const char *text);

/**
 * fovea_window_say_measured:
 * @error: (nullable): of a job that measures and has ended
 * @share: of its work that is kept: 0 .. 1
 *
 * That the same goes on there, if it came to no end.   Thread: main.
 */
void fovea_window_say_measured (FoveaWindow *self, const GError *error, double share);

/**
 * fovea_window_score_heads:
 *
 * Of the open sequence, unless that was done, is under way or waits for a choice. While a job runs that
 * somebody asked for it waits for the end of that.
 *
 * Thread: main.
 */
void fovea_window_score_heads (FoveaWindow *self);

/**
 * fovea_window_score_later:
 *
 * What waited for the end of a job, in a turn of its own.   Thread: main.
 */
void fovea_window_score_later (FoveaWindow *self);

/**
 * fovea_window_score_heads_as:
 *
 * Of the open sequence's store, whether it has scores or not.   Thread: main.
 */
void fovea_window_score_heads_as (FoveaWindow *self, FoveaScoreWay way);

/**
 * fovea_window_offer_scores:
 * @p: (nullable): what they would take; NULL = what there is of the open sequence tells
 *
 * Above the heads: what of them takes how long, or that they are of the beginning of a text.
 *
 * Thread: main.
 */
void fovea_window_offer_scores (FoveaWindow *self, const FoveaHeadsPrediction *p);

/**
 * fovea_window_offers_scores:
 *
 * Whether choices of what is open stand above the heads.   Thread: main.
 */
gboolean fovea_window_offers_scores (FoveaWindow *self);

/**
 * fovea_window_offer_curves:
 *
 * @way: that was asked for
 *
 * Above the curves: which tokens and heads take how long.   Thread: main.
 */
void fovea_window_offer_curves (FoveaWindow *self,
                                const FoveaRecallPrediction *p,
                                const FoveaCurvesWay *way);

/**
 * fovea_window_show_curves:
 * @first_tokens: that they are of; 0 = of all
 *
 * Those of the open sequence, or others where these are not there; and above them of what they are, and what
 * others there are.
 *
 * Thread: main.
 */
void fovea_window_show_curves (FoveaWindow *self, gint64 first_tokens);

/**
 * fovea_window_add_curves:
 * @recall: of the open sequence's run, all that is known of as many first tokens
 *
 * As fovea_window_show_curves() of these.   Thread: main.
 */
void fovea_window_add_curves (FoveaWindow *self, FoveaTable *recall);

/**
 * fovea_window_measure_as:
 *
 * As fovea_window_measure(), the heads that @way names.   Thread: main.
 */
void fovea_window_measure_as (FoveaWindow *self, FoveaCurvesWay way);

/**
 * fovea_window_measure:
 *
 * Measures the curves of the chosen methods as a job.   Thread: main.
 */
void fovea_window_measure (FoveaWindow *self);

/**
 * fovea_window_connect_offers:
 *
 * Thread: main.
 */
void fovea_window_connect_offers (FoveaWindow *self);

/**
 * fovea_window_connect_captures:
 *
 * Start page and stores.   Thread: main.
 */
void fovea_window_connect_captures (FoveaWindow *self);

/**
 * fovea_window_connect_sparse:
 *
 * Thread: main.
 */
void fovea_window_connect_sparse (FoveaWindow *self);

/**
 * fovea_window_update_sparse:
 *
 * Whether curves can be measured now.   Thread: main.
 */
void fovea_window_update_sparse (FoveaWindow *self);

/**
 * fovea_window_capture:
 * @request: (transfer full):
 *
 * Captures into the store at @path and shows the first sequence.   Thread: main.
 */
void fovea_window_capture (FoveaWindow *self, FoveaCaptureRequest *request, const char *path);

/**
 * fovea_window_show_start:
 *
 * The page that a text is run from, with the models captured before to choose from.   Thread: main.
 */
void fovea_window_show_start (FoveaWindow *self);

/**
 * fovea_window_go_on:
 *
 * With the capture or the encoding that was cancelled or failed last, if it kept something.   Thread: main.
 */
void fovea_window_go_on (FoveaWindow *self);

/**
 * fovea_window_encode:
 * @folder: of a dictionary
 *
 * Encodes the open store's sequences as a job and shows the latents.   Thread: main.
 */
void fovea_window_encode (FoveaWindow *self, const char *folder);

/**
 * fovea_window_can_go_on_encoding:
 *
 * Whether an encoding of the open store was stopped that can go on.   Thread: main.
 */
gboolean fovea_window_can_go_on_encoding (FoveaWindow *self);

/**
 * fovea_window_go_on_encoding:
 *
 * Thread: main.
 */
void fovea_window_go_on_encoding (FoveaWindow *self);

/**
 * fovea_window_forget_encoding:
 *
 * That one was stopped.   Thread: main.
 */
void fovea_window_forget_encoding (FoveaWindow *self);

/**
 * fovea_window_export:
 * @request: (transfer full):
 *
 * Writes a figure as a job; the status line then names the same command.   Thread: main.
 */
void fovea_window_export (FoveaWindow *self, FoveaFigureRequest *request, const char *path);

/**
 * fovea_window_copy_figure:
 * @request: (transfer full):
 *
 * A figure to the clipboard, as PNG and SVG, also while a job runs. Of several the last counts.   Thread: main.
 */
void fovea_window_copy_figure (FoveaWindow *self, FoveaFigureRequest *request);

/**
 * fovea_window_connect_features:
 *
 * Thread: main.
 */
void fovea_window_connect_features (FoveaWindow *self);

/**
 * fovea_window_update_features:
 *
 * After another sequence was opened or another view shown: reads dictionaries when they are first
 * looked at.   Thread: main.
 */
void fovea_window_update_features (FoveaWindow *self);

/**
 * fovea_window_want_features:
 *
 * Reads the dictionaries of the open store unless that was done.   Thread: main.
 */
void fovea_window_want_features (FoveaWindow *self);

/**
 * fovea_window_add_dictionary:
 *
 * Asks for the folder of a dictionary and encodes with it.   Thread: main.
 */
void fovea_window_add_dictionary (FoveaWindow *self);

/**
 * fovea_window_get_latent:
 *
 * The one whose page is shown, or would be.   Thread: main.   Owner: the window.
 */
FoveaLatentExport fovea_window_get_latent (FoveaWindow *self);
