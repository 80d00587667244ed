/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Feature absorption on the first-letter task (methods/features-and-sparsity.md 6.3): a letter's main
 * latents should fire on every word that begins with it; where they stay silent, another latent, such as
 * one of the word itself, may have taken the letter along. */
#include "analysis/sae-codes.h"

/* What one word's code says about a letter. */
typedef struct {
    double projection;     /* q: activation . unit probe */
    double main;           /* M: what the main latents contribute */
    double largest;        /* contribution of the largest other latent */
    double largest_cosine; /* of its decoder row with the probe */
    double three;          /* S: sum of the three largest others of cosine >= 0.1 */
    gboolean silent;       /* all main latents are below 1e-8 */
    gboolean full;         /* full absorption */
    double fraction;       /* absorption fraction */
} FoveaAbsorption;

/* A letter, over its test words that the probe knows. */
typedef struct {
    char letter;
    gint64 n_test, n_known; /* words that begin with it; of them known to the probe */
    double f1;              /* of the probe on activations */
    double sparse_f1;       /* of the probe on the main latents */
    gint32 main[10];        /* feature splits, the largest weight first */
    gint32 n_main;
    double full, fraction; /* means; NaN if no word counts */
    gboolean counts;       /* F1 above 0.6 and 20 test words */
} FoveaLetter;

typedef struct {
    gint64 n_words;
    gint64 d;
    const float *x;             /* (n_words, d) at the word's last token */
    const FoveaSaeCodes *codes; /* (n_words) */
    const char *letters;        /* (n_words) 'a' .. 'z' */
} FoveaWords;

/**
 * fovea_absorption_fraction:
 *
 * s / (s + M) with s = min (S, q - M); 0 if the main latents reach q or the others less than 0.4 of it,
 * 1 if the main ones give nothing.   Thread: any.
 */
double fovea_absorption_fraction (double q, double M, double S);

/**
 * fovea_absorption_measure:
 * @x: (d)
 * @probe: (d) direction of the letter
 * @is_main: (F) 1 = main latent
 *
 * One word.   Thread: any.   Cost: its codes times d.
 */
void fovea_absorption_measure (const FoveaSae *sae,
                               const FoveaSaeCodes *codes,
                               gint64 row,
                               const float *x,
                               const double *probe,
                               const guint8 *is_main,
                               FoveaAbsorption *out);

/**
 * fovea_absorption_run:
 * @letters: (out caller-allocates): (26)
 * @n_letters: (out): that occur in both
 *
 * Probes, main latents, and both measures of every letter.
 *
 * Errors: FOVEA_ERROR_RANGE without words of two letters; those of probes.
 * Thread: any; blocks.   Source: SAEBench, absorption.
 */
gboolean fovea_absorption_run (const FoveaSae *sae,
                               const FoveaWords *train,
                               const FoveaWords *test,
                               FoveaLetter *letters,
                               guint *n_letters,
                               GError **error);
