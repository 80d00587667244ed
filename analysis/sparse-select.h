/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Choosing by score: the ranking that all methods share, and the three rules that cover a share of
 * the mass. Among equal scores the lowest index wins; NaN and -inf are never chosen, +inf always
 * comes first. Each rule reports how near its nearest decision was to falling otherwise.
 * Source: methods/prefill.md 1 and 3. */
#include <glib.h>

/* The narrowest decision: its distance from the cut, and the largest value that was compared. */
typedef struct {
    double gap;   /* infinity: nothing was ever close, or nothing was decided */
    double scale; /* a gap under about 1e-5 of it is a matter of rounding */
} FoveaMargin;

/**
 * fovea_margin_init:
 *
 * Thread: any.
 */
void fovea_margin_init (FoveaMargin *margin);

/**
 * fovea_margin_compare:
 *
 * Notes that @value was compared with @cut; pairs that are not finite leave it alone.
 *
 * Thread: one at a time.
 */
void fovea_margin_compare (FoveaMargin *margin, double value, double cut);

/**
 * fovea_select_rank:
 * @order: (out caller-allocates): (n) indices, best first
 *
 * Gives how many may be chosen at all.
 *
 * Thread: any.
 */
gsize fovea_select_rank (const double *scores, gsize n, gint64 *order);

/**
 * fovea_select_top:
 * @order: (out caller-allocates): (n); its first entries are the choice, best first
 * @margin: (nullable):
 *
 * The @k best; gives how many there are, at most @k.
 *
 * Thread: any.
 */
gsize
fovea_select_top (const double *scores, gsize n, gint64 k, gint64 *order, FoveaMargin *margin);

/**
 * fovea_select_cover_before:
 * @order: (array length=n): from fovea_select_rank()
 * @mass: mass that is covered already
 *
 * An entry is kept while the mass before it is under @target: the crossing one is in, and all are
 * kept if the target is never reached. Gives how many.
 *
 * Thread: any.
 */
gsize fovea_select_cover_before (const double *scores,
                                 const gint64 *order,
                                 gsize n,
                                 double mass,
                                 double target,
                                 FoveaMargin *margin);

/**
 * fovea_select_cover_reach:
 *
 * Entries up to the first with which the mass reaches @target; none if it never does.
 *
 * Thread: any.
 */
gsize fovea_select_cover_reach (
    const double *scores, const gint64 *order, gsize n, double target, FoveaMargin *margin);

/**
 * fovea_select_cover_within:
 *
 * Entries with which the mass stays within @target: the crossing one is out.
 *
 * Thread: any.
 */
gsize fovea_select_cover_within (
    const double *scores, const gint64 *order, gsize n, double target, FoveaMargin *margin);

/**
 * fovea_select_softmax:
 *
 * Turns @n scores into shares of 1, in place; -inf becomes 0, and all of them stay 0 if every score
 * is -inf.
 *
 * Thread: any.
 */
void fovea_select_softmax (double *scores, gsize n);

/**
 * fovea_select_sort:
 *
 * Puts chosen indices in ascending order.
 *
 * Thread: any.
 */
void fovea_select_sort (gint64 *chosen, gsize n);
