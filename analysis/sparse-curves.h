/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Curves of recall against density: methods at the points of their sweeps, on every wanted head of
 * every sequence; per head, per layer and for the model, with intervals over sequences. */
#include "analysis/kept-layers.h"
#include "analysis/sparse-method.h"
#include "analysis/table.h"
#include "capture/progress.h"
#include "kernels/threads.h"

typedef struct _FoveaSparseCurves FoveaSparseCurves;
typedef struct _FoveaSparseScorer FoveaSparseScorer; /* sparse-scorer.h */

/* A knob that the user set, for every method or one. */
typedef struct {
    const char *method; /* NULL = all that have the knob */
    const char *knob;
    double value;
} FoveaSparseSetting;

typedef struct {
    const FoveaSparseMethod *const *methods; /* NULL-terminated */
    gboolean sweep;                          /* the whole curve; else the default point */
    const FoveaSparseSetting *settings;
    gsize n_settings;
    const gboolean *heads; /* (L, H) those wanted, NULL = all */
    gboolean hashes;       /* check value of each mask */
    gboolean histograms;   /* how many queries have which recall */
    guint64 seed;          /* of the bootstrap */
    gint64 first_tokens; /* of each longer text, which the traces were cut to: a column; 0 = all */
    const struct _FoveaSeerWeights *gates; /* trained gates, or NULL */
    FoveaSparseScorer *scorer; /* measures the masks; NULL = the threads that choose them do */
} FoveaSparseCurvesOptions;

/**
 * fovea_sparse_curves_get_knobs:
 * @step: of the sweep, -1 = the default point
 * @knobs: (out caller-allocates): (FOVEA_SPARSE_MAX_KNOBS) defaults, what the user set, and the
 * swept value
 *
 * FALSE if the curve has no such point at this length.
 *
 * Thread: any.
 */
gboolean fovea_sparse_curves_get_knobs (const FoveaSparseCurvesOptions *options,
                                        const FoveaSparseMethod *method,
                                        int step,
                                        gint64 n_tokens,
                                        double *knobs);

/**
 * fovea_sparse_curves_new:
 * @options: borrowed until the curves are freed
 *
 * Thread: one at a time.   Owner: caller frees with fovea_sparse_curves_free(); autoptr.
 */
FoveaSparseCurves *fovea_sparse_curves_new (const FoveaSparseCurvesOptions *options);

/**
 * fovea_sparse_curves_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @curves.
 */
void fovea_sparse_curves_free (FoveaSparseCurves *curves);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSparseCurves, fovea_sparse_curves_free)

/**
 * fovea_sparse_curves_set_kept:
 * @kept: (nullable): of the sequence that is added next; borrowed until then
 *
 * Layers that are found there are not measured; those that are measured are left there.
 *
 * Thread: one at a time; its functions are called from that which adds.
 */
void fovea_sparse_curves_set_kept (FoveaSparseCurves *curves, const FoveaKeptLayers *kept);

/**
 * fovea_sparse_curves_result_bytes:
 *
 * Of one head and point: bytes of another size are of another program.   Thread: any.
 */
gsize fovea_sparse_curves_result_bytes (void);

/**
 * fovea_sparse_curves_add:
 * @progress: (nullable) (scope call): counts heads of the sequence, from any thread
 *
 * Measures one sequence. Where a method cannot apply the table says why instead of a number. If it
 * fails or is cancelled a later sequence leaves no trace; of the first, heads that were finished
 * still count.
 *
 * Errors: FOVEA_ERROR_RANGE for a knob or a head that does not exist; FOVEA_ERROR_SHAPE if L or H
 * differ from the first trace; FOVEA_ERROR_NOT_FOUND without attention; G_IO_ERROR_CANCELLED.
 * Thread: the caller's own @threads; blocks.
 */
gboolean fovea_sparse_curves_add (FoveaSparseCurves *curves,
                                  FoveaTrace *trace,
                                  FoveaThreads *threads,
                                  FoveaProgress progress,
                                  gpointer progress_data,
                                  GCancellable *cancellable,
                                  GError **error);

/**
 * fovea_sparse_curves_get_n_sequences:
 *
 * How many are measured, a first one that was cut short included.
 *
 * Thread: one at a time.
 */
guint fovea_sparse_curves_get_n_sequences (const FoveaSparseCurves *curves);

/**
 * fovea_sparse_curves_get_head_bytes:
 *
 * The most that one head took: its vectors and its masks.
 *
 * Units: bytes.   Thread: one at a time.
 */
gsize fovea_sparse_curves_get_head_bytes (const FoveaSparseCurves *curves);

/**
 * fovea_sparse_curves_finish:
 *
 * The table "recall". A row a method, point and object: a head (layer, head), a layer (head -1), the
 * model (both -1); series "executed", and "selected" where a method's choice differs from what its
 * kernel computes. Numbers are means over sequences, then over heads, then over layers; recall_from
 * and recall_to bound 95 % of bootstrap means over sequences (NaN with one); n_sequences and n_heads
 * say over how many, so that a mean over chosen heads is not taken for the model's. A method that could not
 * be measured anywhere in an object has one row there, of NaN, with the reason in column "note". Where
 * asked for, "mask_hash" has check values, and "histogram" numbers of queries by twentieths of recall.
 *
 * Thread: one at a time.   Owner: caller, fovea_table_unref().
 */
FoveaTable *fovea_sparse_curves_finish (FoveaSparseCurves *curves);

/**
 * fovea_sparse_curves_summarise:
 * @recall: from fovea_sparse_curves_finish()
 *
 * The table "sparsity", a row a curve: density_for_0.8, density_for_0.9 and density_for_0.95, the
 * densities at which its recall reaches these, and area, the mean recall over densities 0.02 to 1 on
 * a logarithmic axis. Curves are straight between their points in (log density, recall), end at
 * (1, 1), and below their sparsest point fall to 0 in proportion to the density. A curve that
 * reaches a recall with its sparsest point gets that point's density, which is then an upper bound.
 *
 * Thread: any.   Owner: caller, fovea_table_unref().   Source: methods/prefill.md 2.
 */
FoveaTable *fovea_sparse_curves_summarise (FoveaTable *recall);

/**
 * fovea_sparse_curves_list_methods:
 *
 * The table of methods: id, name, kind, honesty, unit, swept knob with its range, other knobs, paper.
 *
 * Thread: any.   Owner: caller, fovea_table_unref().
 */
FoveaTable *fovea_sparse_curves_list_methods (void);
