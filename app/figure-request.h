/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A figure as a question: kind, options, and which sequence of which store it is about. The command
 * line, the window's export dialog and the provenance inside a finished file are three spellings of
 * this struct, so the same request gives the same bytes wherever it was made. The store is named by
 * its file name and identity, never by its folder: a figure in a paper should not tell where its
 * maker keeps files. */
#include "storage/store.h"
#include "ui/figures/figure.h"

typedef enum {
    FOVEA_FIGURE_HEADS,
    FOVEA_FIGURE_MAP,
    FOVEA_FIGURE_TOKENS,
    FOVEA_FIGURE_PICTURE, /* of image models */
    FOVEA_FIGURE_ARCS,    /* a map of a short text as lines */
    FOVEA_FIGURE_QK,      /* a cell of a map by dimension */
    FOVEA_FIGURE_RECALL,  /* from here on: of the sparsity lab, see figure-sparse.h */
    FOVEA_FIGURE_SPARSITY,
    FOVEA_FIGURE_BUDGET,
    FOVEA_FIGURE_MASK,
    FOVEA_FIGURE_SINKS,
    FOVEA_N_FIGURE_KINDS,
} FoveaFigureKind;

/* Strings are owned by the struct. Options that a kind does not use keep their defaults. */
typedef struct {
    FoveaFigureKind kind;
    char *store_name; /* file name without folder */
    char *store_uuid;
    gint64 sequence; /* id in the store */
    char *model_name, *model_hash;
    FoveaMapOptions
        map; /* map: all; arcs: layer, head, part, query; mask: part; qk: layer, head, query, key; tokens: layer,
                head, query or key, scale, floor; picture: query, scale, floor */
    gint64 less;      /* map of a difference: sequence whose weights are taken away; -1 = none */
    char *less_store; /* path of its store; NULL = the same */
    char *value;      /* tokens: "query", "key", or a row statistic (see below) */
    char *score;      /* heads: column that colours the grid; NULL = maps */
    char *methods;    /* sparse kinds: ids joined by commas; NULL = the kind's own choice */
    double goal, density;             /* sparse kinds; 0 = the kind's own */
    gint64 object_layer, object_head; /* sparse kinds: -1 = all */
    char *heads;                      /* recall: "5.7,5.10", their mean; NULL = the object */
    gint64 first_tokens; /* kinds of curves, mask: of the beginnings of texts; 0 = of all tokens */
    gboolean every_head; /* map, tokens: a PDF with a page for each head of the layer */
    FoveaFigureStyle style; /* width_mm 0 = the kind's own */
    double dpi;             /* of a PNG */
} FoveaFigureRequest;

/**
 * fovea_figure_request_new:
 *
 * Defaults: layer 0, head 0, everything, log colour, no chosen cell, letters off, caption on, 300
 * dpi; tokens are coloured by the weights of the last query.
 *
 * Thread: any.   Owner: caller frees with fovea_figure_request_free(); autoptr.
 */
FoveaFigureRequest *fovea_figure_request_new (FoveaFigureKind kind);

/**
 * fovea_figure_request_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @request.
 */
void fovea_figure_request_free (FoveaFigureRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaFigureRequest, fovea_figure_request_free)

/**
 * fovea_figure_request_open_less:
 * @store: that the figure is drawn from
 *
 * The trace that map.less of a difference is to be.
 *
 * Errors: those of opening the store that it is in, and the trace.   Thread: any.   Owner: caller.
 */
FoveaTrace *fovea_figure_request_open_less (const FoveaFigureRequest *request,
                                            FoveaStore *store,
                                            GError **error);

/**
 * fovea_figure_request_append_range:
 *
 * Appends " --name A:B" to a command line unless the range is everything.   Thread: any.
 */
void fovea_figure_request_append_range (GString *text, const char *name, gint64 from, gint64 to);

/**
 * fovea_figure_kind_from_name:
 * @name: "heads", "map", "tokens", "picture", "arcs", "qk", "recall", "sparsity", "budget", "mask" or "sinks"
 *
 * Errors: FOVEA_ERROR_USAGE listing the kinds.
 * Thread: any.
 */
gboolean fovea_figure_kind_from_name (const char *name, FoveaFigureKind *kind, GError **error);

/**
 * fovea_figure_value_names:
 *
 * What @value may be, NULL-terminated: "query" (weights of one query), "key" (weights onto one
 * key), and "entropy", "max_weight", "mean_distance", "first_token", "window_16", "received".
 *
 * Thread: any.   Owner: static.
 */
const char *const *fovea_figure_value_names (void);

/**
 * fovea_figure_kind_get_name:
 *
 * Thread: any.   Owner: static.
 */
const char *fovea_figure_kind_get_name (FoveaFigureKind kind);

/**
 * fovea_figure_kind_is_sparse:
 *
 * Whether a kind belongs to the sparsity lab and is drawn by fovea_figure_request_draw_sparse().
 *
 * Thread: any.
 */
gboolean fovea_figure_kind_is_sparse (FoveaFigureKind kind);

/**
 * fovea_figure_kind_has_letters:
 *
 * Whether a kind has letters at its panels unless told otherwise.   Thread: any.
 */
gboolean fovea_figure_kind_has_letters (FoveaFigureKind kind);

/**
 * fovea_figure_kind_needs_curves:
 *
 * Whether a kind is drawn from the table "recall".
 *
 * Thread: any.
 */
gboolean fovea_figure_kind_needs_curves (FoveaFigureKind kind);

/**
 * fovea_figure_request_set_object:
 * @sequence: id in @store
 *
 * Says what the figure is about: fills store name and identity, sequence, and the model's name and
 * hash from @trace.
 *
 * Thread: the one that uses @store.
 */
void fovea_figure_request_set_object (FoveaFigureRequest *request,
                                      FoveaStore *store,
                                      gint64 sequence,
                                      FoveaTrace *trace);

/**
 * fovea_figure_request_draw:
 * @heads: (nullable): table "heads"; needed by kind heads only
 *
 * The figure, with its data read.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND without @heads where it is needed; those of figure.h.
 * Thread: any; blocks.   Owner: caller, fovea_figure_unref().
 */
FoveaFigure *fovea_figure_request_draw (const FoveaFigureRequest *request,
                                        FoveaTrace *trace,
                                        FoveaTable *heads,
                                        GCancellable *cancellable,
                                        GError **error);

/**
 * fovea_figure_request_draw_sparse:
 * @recall: (nullable): table "recall"; needed by kinds recall, sparsity and budget
 * @heads: (nullable): table "heads", for roles
 *
 * As fovea_figure_request_draw(), for the kinds of the sparsity lab.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND without @recall where it is needed; those of figure-sparse.h.
 * Thread: any; blocks.   Owner: caller, fovea_figure_unref().
 */
FoveaFigure *fovea_figure_request_draw_sparse (const FoveaFigureRequest *request,
                                               FoveaTrace *trace,
                                               FoveaTable *recall,
                                               FoveaTable *heads,
                                               GCancellable *cancellable,
                                               GError **error);

/**
 * fovea_figure_request_to_json:
 *
 * The provenance: one line of JSON, same request, same bytes; give it to fovea_figure_save().
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_figure_request_to_json (const FoveaFigureRequest *request);

/**
 * fovea_figure_request_from_json:
 *
 * Errors: FOVEA_ERROR_FORMAT naming the member; FOVEA_ERROR_UNSUPPORTED for a kind or value that
 * this version does not know.
 * Thread: any.   Owner: caller.
 */
FoveaFigureRequest *fovea_figure_request_from_json (const char *json, GError **error);

/**
 * fovea_figure_request_to_command:
 * @store_path: (nullable): as the user wrote it; NULL = store_name
 * @output: file to write
 *
 * The same request as a shell command, for people to copy.
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_figure_request_to_command (const FoveaFigureRequest *request,
                                       const char *store_path,
                                       const char *output);
