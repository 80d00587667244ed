/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What taking latents away does to probes (methods/features-and-sparsity.md 6.2). Spurious correlation
 * removal: a probe that learned the wrong attribute along with the right one gets better when the
 * latents of the wrong one are gone. Targeted perturbation: the probe of one class gets worse, the
 * others' do not. Latents are taken away in error-term mode, from the mean of a text: decoding is linear. */
#include "analysis/linear-probe.h"
#include "analysis/saebench-rows.h"

/* Texts with two attributes. */
typedef struct {
    const FoveaBenchRows *rows;
    const guint8 *wanted, *unwanted; /* (n) 1 or 0: a and b */
} FoveaScrSet;

typedef struct {
    gint64 n_latents; /* taken away */
    double base;      /* accuracy for a, balanced, of the probe trained where a and b go together */
    double clean;     /* of one trained on balanced data */
    double ablated;   /* of the first without the latents */
    double score;     /* of what there was to gain */
    gboolean removes_wanted; /* the attributes changed roles: that probe was the worse one */
} FoveaScr;

typedef struct {
    gint64 n_latents;
    double intended;   /* mean over classes of what the class's own probe loses */
    double unintended; /* mean of what the others lose */
    double score;      /* intended - unintended */
} FoveaTpp;

/**
 * fovea_scr_score:
 *
 * (ablated - base) / (clean - base); 0 if there was less than 0.001 to gain.   Thread: any.
 */
double fovea_scr_score (double base, double clean, double ablated);

/**
 * fovea_bench_effects:
 * @differences: (F) fovea_bench_differences()
 * @probe: over rows of the site that codes are decoded to
 * @has_sign: the product itself, not its magnitude
 *
 * What each latent does to a probe: its difference times probe . decoder row.
 *
 * Shape: (F).   Thread: any.   Owner: caller, g_free().
 */
double *fovea_bench_effects (const FoveaSae *sae,
                             const double *differences,
                             const FoveaProbe *probe,
                             gboolean has_sign);

/**
 * fovea_bench_ablate:
 * @latents: (n)
 *
 * Rows of activations without some latents, in error-term mode.
 *
 * Shape: (rows->n, d).   Errors: those of fovea_sae_patch().   Owner: caller, g_free().
 * Thread: any.
 */
float *fovea_bench_ablate (const FoveaSae *sae,
                           const FoveaBenchRows *rows,
                           const gint32 *latents,
                           gint64 n,
                           GError **error);

/**
 * fovea_scr_measure:
 * @train, @test: texts of all four kinds of a and b
 * @ns: (n_ns) numbers of latents; those above F are F
 * @results: (out caller-allocates): (n_ns)
 *
 * Both directions, and the one whose biased accuracy is lower.
 *
 * Errors: FOVEA_ERROR_RANGE if a kind is missing or the autoencoder is a transcoder; those of
 * linear-probe.h.   Thread: any; blocks.   Source: SAEBench, scr_and_tpp.
 */
gboolean fovea_scr_measure (const FoveaSae *sae,
                            const FoveaScrSet *train,
                            const FoveaScrSet *test,
                            const gint64 *ns,
                            guint n_ns,
                            FoveaScr *results,
                            GError **error);

/**
 * fovea_tpp_measure:
 * @classes: (train->n) 0 .. n_classes - 1
 *
 * Errors: as above; FOVEA_ERROR_RANGE for fewer than two classes.   Thread: any; blocks.
 */
gboolean fovea_tpp_measure (const FoveaSae *sae,
                            const FoveaBenchRows *train,
                            const gint32 *classes,
                            const FoveaBenchRows *test,
                            const gint32 *test_classes,
                            gint32 n_classes,
                            const gint64 *ns,
                            guint n_ns,
                            FoveaTpp *results,
                            GError **error);
