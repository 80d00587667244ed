/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The table of sparse-attention methods: what each is called, where it comes from, how honest its
 * numbers are, its knobs, and the function that makes a mask of a head. A method is one file
 * analysis/sparse-NAME.c with a FoveaSparseMethod, and its line in sparse-method-list.h. */
#include "analysis/mask.h"
#include "analysis/sparse-head.h"
#include "analysis/sparse-select.h"

enum {
    FOVEA_SPARSE_MAX_KNOBS = 8,
    FOVEA_SPARSE_MAX_POINTS = 10,
};

typedef enum {
    FOVEA_SPARSE_STATIC,  /* from positions alone */
    FOVEA_SPARSE_DYNAMIC, /* from queries and keys */
    FOVEA_SPARSE_ORACLE,  /* from the exact weights */
    FOVEA_SPARSE_DECODE,  /* chosen at the end of a prompt; only later rows are sparse */
} FoveaSparseKind;

typedef enum {
    FOVEA_HONESTY_EXACT_RULE,  /* the published rule */
    FOVEA_HONESTY_SURROGATE,   /* stands in for something that needs weights or gradients */
    FOVEA_HONESTY_FITTED,      /* has parameters fitted on the capture at hand */
    FOVEA_HONESTY_MEASUREMENT, /* not a method: a bound computed from the answer */
} FoveaHonesty;

/* Budgets of 1/128 to all, as values of a sweep over shares. */
#define FOVEA_SPARSE_SHARES                                                                        \
    {                                                                                              \
        1 / 128., 1 / 64., 1 / 32., 1 / 16., 1 / 8., 1 / 4., 1 / 2., 1, -1                         \
    }

/* What the values of a sweep are. */
typedef enum {
    FOVEA_SWEEP_VALUES, /* of the knob itself */
    FOVEA_SWEEP_TOKENS, /* shares of T */
    FOVEA_SWEEP_BLOCKS, /* shares of ceil (T / knob "block") */
} FoveaSweep;

typedef struct {
    const char *name, *unit, *description;
    double value; /* as published */
    double small; /* for short sequences: FOVEA_SPARSE_SMALL_TOKENS */
    double low, high;
    gboolean whole; /* only whole numbers */
} FoveaSparseKnob;

/* What a method gives for one head. */
typedef struct {
    FoveaMask *executed; /* finished; what its kernel would compute */
    FoveaMask *selected; /* what it decided on; NULL = the same */
    gint64 tile;         /* side of the kernel's tiles, for the block density; 0 = it has none */
    double kernel_cells; /* cells that a kernel of tiles and columns computes; 0 = count tiles */
    gint64 first_row;    /* rows before it are not the method's business */
    FoveaMargin margin;
    double flops; /* of the selection */
} FoveaSparseSelection;

typedef gboolean (*FoveaSparseSelect) (FoveaSparseHead *head,
                                       const double *knobs,
                                       FoveaSparseSelection *out,
                                       GError **error);

/* Cells of the executed mask, without drawing it. */
typedef gboolean (*FoveaSparseCells) (FoveaSparseHead *head,
                                      const double *knobs,
                                      gint64 *cells,
                                      GError **error);

/* How many of its heaviest keys a row keeps; @sums[c] is the mass of the c heaviest of @n. */
typedef gint64 (*FoveaSparseCount) (const double *sums, gint64 n, const double *knobs);

typedef struct {
    const char *id, *name, *paper, *unit;
    const char *note; /* what it needs, or what stands in for what; NULL = nothing to say */
    FoveaSparseKind kind;
    FoveaHonesty honesty;
    FoveaSparseKnob knobs[FOVEA_SPARSE_MAX_KNOBS]; /* the first is swept; ended by a NULL name */
    double sweep[FOVEA_SPARSE_MAX_POINTS];         /* ascending, ended by a negative */
    FoveaSweep sweep_of;
    gboolean products;   /* needs queries and keys */
    gboolean gates;      /* needs trained gates */
    gboolean both_ways;  /* also for layers that look ahead */
    gboolean ahead_only; /* only for these */
    FoveaSparseSelect select;
    FoveaSparseCells cells; /* NULL: the mask is drawn and counted */
    FoveaSparseCount count; /* an oracle by rows has this instead of a mask */
} FoveaSparseMethod;

enum {
    FOVEA_SPARSE_SMALL_TOKENS = 16384, /* below it the defaults for short sequences hold */
};

/**
 * fovea_sparse_method_list:
 *
 * All methods, NULL-terminated.
 *
 * Thread: any.   Owner: static.
 */
const FoveaSparseMethod *const *fovea_sparse_method_list (void);

/**
 * fovea_sparse_method_find:
 *
 * Errors: FOVEA_ERROR_NOT_FOUND listing what there is.   Thread: any.   Owner: static.
 */
const FoveaSparseMethod *fovea_sparse_method_find (const char *id, GError **error);

/**
 * fovea_sparse_method_get_defaults:
 * @knobs: (out caller-allocates): (FOVEA_SPARSE_MAX_KNOBS)
 *
 * The published values, or those for short sequences.
 *
 * Thread: any.
 */
void
fovea_sparse_method_get_defaults (const FoveaSparseMethod *method, gint64 n_tokens, double *knobs);

/**
 * fovea_sparse_method_get_point:
 * @i: 0 .. FOVEA_SPARSE_MAX_POINTS-1
 * @value: (out): of the first knob
 *
 * Point @i of the curve; FALSE if there is none, or if it lies beyond the knob's range, or would
 * repeat the point before it at this length.
 *
 * Thread: any.
 */
gboolean fovea_sparse_method_get_point (const FoveaSparseMethod *method,
                                        gint64 n_tokens,
                                        gsize i,
                                        double *value);

/**
 * fovea_sparse_method_find_knob:
 *
 * Index of a knob, or -1.
 *
 * Thread: any.
 */
int fovea_sparse_method_find_knob (const FoveaSparseMethod *method, const char *name);

/**
 * fovea_sparse_knob_write:
 * @mean: what follows the mean of a knob that has whole numbers only, " (mean)": no mask has it
 *
 * The value in words, "24" or "23.6 (mean)", the same in window, figures and command.
 *
 * Thread: any.   Owner: caller, g_free().
 */
char *fovea_sparse_knob_write (const FoveaSparseKnob *knob, double value, const char *mean);

/**
 * fovea_sparse_method_select:
 * @knobs: (FOVEA_SPARSE_MAX_KNOBS)
 * @out: (out caller-allocates): cleared with fovea_sparse_selection_clear()
 *
 * A head's mask. An oracle by rows gets explicit keys, O(cells) of memory: measuring one needs no
 * mask (sparse-measures.h).
 *
 * Errors: FOVEA_ERROR_RANGE naming a knob out of its range; FOVEA_ERROR_UNSUPPORTED if the method
 * cannot apply to this layer, saying why; the backend's; G_IO_ERROR_CANCELLED.
 * Thread: the head's; blocks.
 */
gboolean fovea_sparse_method_select (const FoveaSparseMethod *method,
                                     FoveaSparseHead *head,
                                     const double *knobs,
                                     FoveaSparseSelection *out,
                                     GError **error);

/**
 * fovea_sparse_method_count_cells:
 * @cells: (out): of the mask that fovea_sparse_method_select() would give as executed
 *
 * For searches over a knob, which look at many masks for their density alone.
 *
 * Errors: as fovea_sparse_method_select().   Thread: the head's; blocks.
 */
gboolean fovea_sparse_method_count_cells (const FoveaSparseMethod *method,
                                          FoveaSparseHead *head,
                                          const double *knobs,
                                          gint64 *cells,
                                          GError **error);

/**
 * fovea_sparse_method_check:
 *
 * As fovea_sparse_method_select(), but only whether it could.
 *
 * Errors: FOVEA_ERROR_RANGE for a knob, with what is allowed; FOVEA_ERROR_UNSUPPORTED where the
 * layer, the length or what was kept does not suit, naming layer and head.
 * Thread: any.
 */
gboolean fovea_sparse_method_check (const FoveaSparseMethod *method,
                                    const FoveaSparseHead *head,
                                    const double *knobs,
                                    GError **error);

/**
 * fovea_sparse_selection_clear:
 *
 * Thread: any.
 */
void fovea_sparse_selection_clear (FoveaSparseSelection *selection);

/**
 * fovea_honesty_get_name:
 *
 * "exact-rule", "surrogate", "fitted" or "measurement".
 *
 * Thread: any.   Owner: static.
 */
const char *fovea_honesty_get_name (FoveaHonesty honesty);

/**
 * fovea_sparse_kind_get_name:
 *
 * "static", "dynamic", "oracle" or "decode".
 *
 * Thread: any.   Owner: static.
 */
const char *fovea_sparse_kind_get_name (FoveaSparseKind kind);
