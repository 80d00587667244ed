/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The one selection of a window: which trace, and the place in it that people look at. Every view
 * binds to it and moves it; none keeps a copy. Selecting is a step for back and forward, hovering
 * is not. */
#include <glib-object.h>

#include "analysis/table.h"
#include "capture/trace.h"

typedef struct _FoveaTraceSource FoveaTraceSource; /* ui/trace-source.h */
typedef struct _FoveaHeadSet FoveaHeadSet;         /* ui/head-set.h */

/* A cell of one head's map. query or key -1: none. */
typedef struct {
    guint layer, head;
    gint64 query, key;
} FoveaPlace;

#define FOVEA_TYPE_SELECTION (fovea_selection_get_type ())
G_DECLARE_FINAL_TYPE (FoveaSelection, fovea_selection, FOVEA, SELECTION, GObject)

/**
 * fovea_selection_new:
 *
 * Properties: layer, head, query, key (int64, readable), can-go-back, can-go-forward. Signals:
 * "trace-changed", "heads-changed", "moved" (place), "hovered", "reference-changed", "tokens-changed".
 *
 * Thread: main.   Owner: caller.
 */
FoveaSelection *fovea_selection_new (void);

/**
 * fovea_selection_set_trace:
 * @source: (nullable): what is looked at from now on
 * @heads: (nullable): its head scores, as of fovea_heads_finish()
 * @place: where to look first; clamped to the trace
 *
 * A step of the history. Emits everything.
 *
 * Thread: main.
 */
void fovea_selection_set_trace (FoveaSelection *self,
                                FoveaTraceSource *source,
                                FoveaTable *heads,
                                const FoveaPlace *place);

/**
 * fovea_selection_get_source:
 *
 * Owner: the selection; NULL without a trace.   Thread: main.
 */
FoveaTraceSource *fovea_selection_get_source (FoveaSelection *self);

/**
 * fovea_selection_get_info:
 *
 * Owner: the trace; NULL without one.   Thread: main.
 */
const FoveaTraceInfo *fovea_selection_get_info (FoveaSelection *self);

/**
 * fovea_selection_set_heads:
 *
 * Head scores that came later than the trace.   Thread: main.
 */
void fovea_selection_set_heads (FoveaSelection *self, FoveaTable *heads);

/**
 * fovea_selection_set_waiting:
 * @words: (nullable): a sentence; NULL = nothing is under way
 *
 * Why heads have no scores yet. Emits "waiting-changed".   Thread: main.
 */
void fovea_selection_set_waiting (FoveaSelection *self, const char *words);

/**
 * fovea_selection_get_waiting:
 *
 * What is said in place of scores.   Owner: the selection, until it is set again.   Thread: main.
 */
const char *fovea_selection_get_waiting (FoveaSelection *self);

/**
 * fovea_selection_get_heads:
 *
 * Owner: the selection; NULL while there are none.   Thread: main.
 */
FoveaTable *fovea_selection_get_heads (FoveaSelection *self);

/**
 * fovea_selection_select:
 *
 * Moves to a place, clamped to the trace; nothing happens if it is there already.
 *
 * Thread: main.
 */
void fovea_selection_select (FoveaSelection *self, const FoveaPlace *place);

/**
 * fovea_selection_select_head:
 *
 * As fovea_selection_select() with query and key kept.   Thread: main.
 */
void fovea_selection_select_head (FoveaSelection *self, guint layer, guint head);

/**
 * fovea_selection_select_cell:
 *
 * As fovea_selection_select() with the head kept.   Thread: main.
 */
void fovea_selection_select_cell (FoveaSelection *self, gint64 query, gint64 key);

/**
 * fovea_selection_step_head:
 * @heads: by how many heads, rolling over into the next layer
 * @layers: by how many layers
 *
 * Thread: main.
 */
void fovea_selection_step_head (FoveaSelection *self, int heads, int layers);

/**
 * fovea_selection_get_place:
 *
 * Owner: the selection.   Thread: main.
 */
const FoveaPlace *fovea_selection_get_place (FoveaSelection *self);

/**
 * fovea_selection_hover_head:
 *
 * A head lies under the pointer, among others.   Thread: main.
 */
void fovea_selection_hover_head (FoveaSelection *self, guint layer, guint head);

/**
 * fovea_selection_hover_cell:
 * @query, @key: tokens; a pair that there is not, or that the model forbids, is nothing
 *
 * A cell of the selected head lies under the pointer, or the query or key of one.   Thread: main.
 */
void fovea_selection_hover_cell (FoveaSelection *self, gint64 query, gint64 key);

/**
 * fovea_selection_hover_query:
 *
 * The cell of a query and the selected key, or itself where it may not look at that.   Thread: main.
 */
void fovea_selection_hover_query (FoveaSelection *self, gint64 query);

/**
 * fovea_selection_hover_nothing:
 *
 * Thread: main.
 */
void fovea_selection_hover_nothing (FoveaSelection *self);

/**
 * fovea_selection_pin_hover:
 * @pinned: whether what is hovered stays, wherever the pointer goes; letting go hovers nothing
 *
 * Thread: main.
 */
void fovea_selection_pin_hover (FoveaSelection *self, gboolean pinned);

/**
 * fovea_selection_is_hover_pinned:
 *
 * Another text lets go.   Thread: main.
 */
gboolean fovea_selection_is_hover_pinned (FoveaSelection *self);

/**
 * fovea_selection_get_hovered_head:
 *
 * The selected query and key, of another head.   Owner: the selection; NULL = no head.   Thread: main.
 */
const FoveaPlace *fovea_selection_get_hovered_head (FoveaSelection *self);

/**
 * fovea_selection_get_hovered_cell:
 *
 * Owner: the selection; NULL = no cell.   Thread: main.
 */
const FoveaPlace *fovea_selection_get_hovered_cell (FoveaSelection *self);

/* A sequence that others are compared with. */
typedef struct {
    FoveaTraceSource *source;
    FoveaTable *heads; /* NULL = not scored */
    char *title;
} FoveaReference;

/**
 * fovea_selection_set_reference:
 *
 * The open sequence becomes the reference that those opened later are compared with; if it is that
 * already, or nothing is open, there is none any more.   Thread: main.
 */
void fovea_selection_set_reference (FoveaSelection *self);

/**
 * fovea_selection_compare_with:
 * @source: (nullable): the reference from now on; NULL = none
 * @heads: (nullable): its head scores
 *
 * Thread: main.
 */
void
fovea_selection_compare_with (FoveaSelection *self, FoveaTraceSource *source, FoveaTable *heads);

/**
 * fovea_selection_get_reference:
 *
 * NULL if there is none.   Owner: the selection.   Thread: main.
 */
const FoveaReference *fovea_selection_get_reference (FoveaSelection *self);

/**
 * fovea_selection_is_compared:
 *
 * Whether the open sequence is another one than the reference and has the same layers and heads.
 *
 * Thread: main.
 */
gboolean fovea_selection_is_compared (FoveaSelection *self);

/**
 * fovea_selection_can_differ:
 *
 * Whether, besides, both have as many tokens: cell by cell one is taken from the other.   Thread: main.
 */
gboolean fovea_selection_can_differ (FoveaSelection *self);

/**
 * fovea_selection_choose_token:
 *
 * Takes a token of the sequence into the chosen ones, or out of them. Signal: "tokens-changed".
 *
 * Thread: main.
 */
void fovea_selection_choose_token (FoveaSelection *self, gint64 token);

/**
 * fovea_selection_choose_no_token:
 *
 * Thread: main.
 */
void fovea_selection_choose_no_token (FoveaSelection *self);

/**
 * fovea_selection_has_token:
 *
 * Whether it is among the chosen ones.   Thread: main.
 */
gboolean fovea_selection_has_token (FoveaSelection *self, gint64 token);

/**
 * fovea_selection_list_tokens:
 *
 * The chosen ones, rising; empty after another sequence was opened.   Thread: main.
 * Owner: caller; of gint64.
 */
GArray *fovea_selection_list_tokens (FoveaSelection *self);

/**
 * fovea_selection_get_chosen:
 *
 * Several heads chosen together; empty after another trace was opened.   Thread: main.   Owner: the
 * selection.
 */
FoveaHeadSet *fovea_selection_get_chosen (FoveaSelection *self);

/**
 * fovea_selection_forget:
 * @origin: file of a store
 *
 * Its sequences are left out of the history and not compared with. Who looks at one of them is back at
 * what was shown before, or at nothing.
 *
 * Thread: main.
 */
void fovea_selection_forget (FoveaSelection *self, const char *origin);

/**
 * fovea_selection_go:
 * @steps: -1 back, +1 forward
 *
 * Thread: main.
 */
void fovea_selection_go (FoveaSelection *self, int steps);
