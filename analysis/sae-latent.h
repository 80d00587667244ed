/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Everything that is shown around one latent: where it fires most on either side, how its codes are
 * spread, which next tokens it pushes, and which latents point the same way or the other
 * (methods/features-and-sparsity.md 8). Codes keep their sign throughout. */
#include "analysis/sae-correlation.h"
#include "analysis/table.h"
#include "analysis/token-sets.h"
#include "capture/model.h"
#include "capture/trace.h"

/* A firing with the tokens around it. */
typedef struct {
    gint64 sequence, position;
    float value;
    gint64 first;    /* position of the window's first token */
    guint n;         /* tokens of the window */
    char **texts;    /* (n) bytes, NULL-terminated list */
    float *codes;    /* (n) of this latent, 0 = silent */
    guint8 *special; /* (n) 1 = begin, end and the like */
    float *sources;  /* (n) what each token brings to the code through attention; NULL = unknown */
} FoveaLatentExample;

/* A next token; effects are logits a unit of code, centred over the vocabulary. */
typedef struct {
    gint32 id;
    float effect;
    char *text; /* bytes */
    gboolean special;
} FoveaLatentToken;

typedef struct {
    gint32 latent;
    float cosine; /* between decoder rows */
} FoveaLatentNeighbour;

/* Firings of like strength, and some of them at random. */
typedef struct {
    double from, to;     /* codes: from < code <= to, or from <= code < to on the negative side */
    gint64 n;            /* tokens */
    GArray *chosen;      /* of guint: firings, by their number in the list they were drawn from */
    GPtrArray *examples; /* of FoveaLatentExample, in the order of @chosen */
} FoveaLatentInterval;

/* Of the bins of fovea_sae_latent_count_codes(), some that stand together. */
typedef struct {
    guint n_bins, first, last; /* the last one included */
} FoveaCodeBins;

enum {
    FOVEA_LATENT_INTERVALS = 10, /* a side */
    FOVEA_LATENT_DRAWN = 5,      /* examples of an interval */
};

typedef struct {
    gint32 latent;
    double unit;                 /* what codes are multiplied by before they are shown; 0 = 1 */
    guint most_examples, window; /* a side; tokens before and after */
    gint64 n_rows, n_positive, n_negative;
    gint64 n_sequences;  /* in which it fires at least once */
    GArray *codes;       /* of float: every code that is not 0 */
    GPtrArray *positive; /* of FoveaLatentExample, largest first */
    GPtrArray *negative; /* most negative first */
    /* Of FoveaLatentInterval: the positive side from its largest code down, then the negative side from
     * its most negative one up; empty until fovea_sae_latent_draw(). */
    GPtrArray *intervals;
    GArray *up, *down; /* of FoveaLatentToken: pushed most by a positive and by a negative code */
    double effect_std, effect_skew, effect_kurtosis; /* of effects over the vocabulary; excess */
    FoveaTokenEnrichment sets[FOVEA_N_TOKEN_SETS];   /* of tokens by a positive code's effects */
    GArray *near;       /* of FoveaLatentNeighbour, largest cosine first */
    GArray *opposite;   /* most negative first: below -0.7 the two are ends of one axis */
    GArray *correlated; /* of FoveaCorrelated: that fire with it or against it; empty = not asked */
    FoveaTable
        *detection; /* "sae_detection": two kinds of text by it and by probes; NULL = not asked */
} FoveaSaeLatent;

/**
 * fovea_sae_latent_new:
 * @most_examples: a side
 * @window: tokens before and after
 *
 * Thread: any.   Owner: caller frees with fovea_sae_latent_free(); autoptr.
 */
FoveaSaeLatent *fovea_sae_latent_new (gint32 latent, guint most_examples, guint window);

/**
 * fovea_sae_latent_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @latent.
 */
void fovea_sae_latent_free (FoveaSaeLatent *latent);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSaeLatent, fovea_sae_latent_free)

/**
 * fovea_sae_latent_use_raw_units:
 *
 * Shows the codes of a folded autoencoder in the units of the file it was folded from, and effects by
 * such a unit; nothing if it is not folded. Before anything is counted.
 *
 * Thread: one at a time.
 */
void fovea_sae_latent_use_raw_units (FoveaSaeLatent *latent, const FoveaSae *sae);

/**
 * fovea_sae_latent_add:
 * @positions: (codes->n_rows) rising: tokens that the rows of @codes are
 *
 * Windows of one sequence do not overlap with a stronger one's token. Of equal codes the earlier
 * firing wins.
 *
 * Thread: one at a time.
 */
void fovea_sae_latent_add (FoveaSaeLatent *latent,
                           gint64 sequence,
                           const FoveaTraceInfo *info,
                           const gint64 *positions,
                           const FoveaSaeCodes *codes);

/**
 * fovea_sae_latent_count:
 *
 * Counts a firing that was found elsewhere; the number of rows is the caller's to set.
 *
 * Thread: one at a time.
 */
void fovea_sae_latent_count (FoveaSaeLatent *latent, float value);

/**
 * fovea_sae_latent_offer:
 * @dense: (T) codes of the latent along the sequence
 * @position: where it fires
 *
 * Puts a firing that is counted already among the examples, if it is strong enough.
 *
 * Thread: one at a time.
 */
void fovea_sae_latent_offer (FoveaSaeLatent *latent,
                             gint64 sequence,
                             const FoveaTraceInfo *info,
                             const float *dense,
                             gint64 position);

/**
 * fovea_sae_latent_set_detection:
 * @table: analysis/sae-detection.h's, with notes "positive" and "negative": what the kinds are called
 *
 * How well it tells two kinds of text apart, beside probes.   Thread: one at a time.   Owner: takes a
 * reference.
 */
void fovea_sae_latent_set_detection (FoveaSaeLatent *latent, FoveaTable *table);

/**
 * fovea_sae_latent_draw:
 * @firings: (element-type FoveaFiring): all of the latent, in the order of sequences
 *
 * Cuts each side into FOVEA_LATENT_INTERVALS intervals of equal width from its extreme to 0 and draws
 * FOVEA_LATENT_DRAWN firings of each at random, at most one a sequence; the latent's number is the
 * seed. Codes below 1e-6 count as silent. Examples are the caller's to cut, with
 * fovea_sae_latent_cut().
 *
 * Thread: one at a time.   Cost: one pass.
 */
void fovea_sae_latent_draw (FoveaSaeLatent *latent, GArray *firings);

/**
 * fovea_sae_latent_draw_bins:
 * @firings: (element-type FoveaFiring): all of the latent, in the order of sequences
 * @n: firings at most
 *
 * Some of the firings in these bins at random, the latent's number being the seed: of a text each as
 * long as there are texts, then others that stand in nobody's window; by magnitude, the largest first.
 * Examples are the caller's to cut.
 *
 * Thread: any.   Owner: caller, fovea_latent_interval_free().   Cost: a pass, and one for each taken.
 */
FoveaLatentInterval *fovea_sae_latent_draw_bins (const FoveaSaeLatent *latent,
                                                 GArray *firings,
                                                 const FoveaCodeBins *bins,
                                                 guint n);

/**
 * fovea_latent_interval_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @interval.
 */
void fovea_latent_interval_free (FoveaLatentInterval *interval);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaLatentInterval, fovea_latent_interval_free)

/**
 * fovea_sae_latent_cut:
 * @dense: (T) codes of the latent along the sequence
 *
 * The window around a token.   Thread: any.   Owner: caller puts it into an interval's examples.
 */
FoveaLatentExample *fovea_sae_latent_cut (const FoveaSaeLatent *latent,
                                          gint64 sequence,
                                          const FoveaTraceInfo *info,
                                          const float *dense,
                                          gint64 position);

/**
 * fovea_latent_example_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @example.
 */
void fovea_latent_example_free (FoveaLatentExample *example);

/**
 * fovea_sae_latent_consistency:
 *
 * Firings a sequence among those where it fires at all: large for what a whole text is about, near 1
 * for single events. NaN if it never fires or sequences were not counted.
 *
 * Thread: any.
 */
double fovea_sae_latent_consistency (const FoveaSaeLatent *latent);

/**
 * fovea_sae_latent_set_effects:
 * @n: tokens a side
 *
 * The decoder's row through the final norm's gain (and a layer's output matrix, for z) to the
 * vocabulary. Cost: 2 V C flops.
 *
 * Errors: FOVEA_ERROR_UNSUPPORTED for a site that does not write into the stream;
 * FOVEA_ERROR_NOT_FOUND for a model without these weights or a tokenizer.
 * Thread: one at a time; blocks.
 */
gboolean fovea_sae_latent_set_effects (
    FoveaSaeLatent *latent, const FoveaSae *sae, FoveaModel *model, guint n, GError **error);

/**
 * fovea_sae_latent_set_neighbours:
 * @n: a side
 *
 * Cost: 2 F d_out flops.   Thread: one at a time.
 */
void fovea_sae_latent_set_neighbours (FoveaSaeLatent *latent, const FoveaSae *sae, guint n);

/**
 * fovea_sae_latent_find_bin:
 * @limit: largest magnitude of the latent's codes
 *
 * The bin of a code, of those that fovea_sae_latent_count_codes() counts.   Thread: any.
 */
guint fovea_sae_latent_find_bin (double code, double limit, guint n_bins);

/**
 * fovea_sae_latent_count_codes:
 * @n_bins: over [-limit, limit]
 * @limit: (out): largest magnitude, 1 if it never fired
 *
 * A two-sided histogram.   Thread: any.   Owner: caller, g_free(); (n_bins).
 */
gint64 *fovea_sae_latent_count_codes (const FoveaSaeLatent *latent, guint n_bins, double *limit);

/**
 * fovea_sae_latent_print_json:
 *
 * One feature as Neuronpedia's files have it: pos_str, neg_str, freq_hist_data, neuron_alignment,
 * activations with tokens and values (the strongest with bins of -1, then those drawn from intervals
 * with theirs; dfaValues where sources are known); tokens that are not UTF-8 with U+FFFD.
 *
 * Thread: any.   Owner: caller, g_free().
 */
char *fovea_sae_latent_print_json (const FoveaSaeLatent *latent, const FoveaSae *sae);
