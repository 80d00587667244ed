/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The parts of a latent's page, drawn one under another on a widget: how strongly it fires, which
 * next tokens it pushes, its strongest contexts with the firing token in one column. What
 * figure-latent has for paper, in the colours of the theme. */
#include <gtk/gtk.h>

#include "ui/context-box.h"
#include "ui/latent-bins.h"
#include "ui/still.h"

/* What a part needs to know. Lengths in pixels at text scale 1. */
typedef struct {
    GtkWidget *widget;
    GtkSnapshot *snapshot;
    const FoveaPalette *palette;
    const FoveaSaeLatent *latent;
    double limit;   /* largest magnitude of its codes */
    gboolean signs; /* both sides are shown, even if one is empty */
    double x, width;
} FoveaLatentCanvas;

enum {
    FOVEA_BINS = 48,
    FOVEA_CONTEXTS = 6, /* a side */
    FOVEA_PUSHED = 6,
};

/**
 * fovea_latent_draw_title:
 * @y: middle of the line
 * @counts: in words; where they have no room, figures alone
 *
 * Thread: main.
 */
void fovea_latent_draw_title (const FoveaLatentCanvas *canvas,
                              double y,
                              const char *title,
                              const char *counts);

/**
 * fovea_latent_draw_histogram:
 * @bins: (inout): of the one drawn before; where they are now
 *
 * Two-sided, counts on a logarithmic axis.   Gives the lower end.   Thread: main.
 */
double
fovea_latent_draw_histogram (const FoveaLatentCanvas *canvas, double y, FoveaLatentBins *bins);

/**
 * fovea_latent_draw_effects:
 * @why_not: (nullable): said in their place
 *
 * Next tokens pushed up by either sign. Gives the lower end.   Thread: main.
 */
double fovea_latent_draw_effects (const FoveaLatentCanvas *canvas, double y, const char *why_not);

/**
 * fovea_latent_draw_contexts:
 * @boxes: (element-type FoveaContextBox): those drawn are added
 *
 * Strongest contexts, plus first. Gives the lower end.   Thread: main.
 */
double fovea_latent_draw_contexts (const FoveaLatentCanvas *canvas, double y, GArray *boxes);

/**
 * fovea_latent_draw_interval:
 * @interval: what was drawn from some bins
 * @heading: what they are
 * @boxes: (element-type FoveaContextBox): those drawn are added
 *
 * Its contexts in place of the strongest. Gives the lower end.   Thread: main.
 */
double fovea_latent_draw_interval (const FoveaLatentCanvas *canvas,
                                   double y,
                                   const FoveaLatentInterval *interval,
                                   const char *heading,
                                   GArray *boxes);

/**
 * fovea_latent_draw_failed:
 * @before: the page of another latent, if there was one
 * @latent: that cannot be read
 * @title: middle of the line of a page's title
 *
 * The page from before, paler than one that is there, and what it is not.   Thread: main.
 */
void fovea_latent_draw_failed (GtkWidget *widget,
                               GtkSnapshot *snapshot,
                               const FoveaPalette *palette,
                               const FoveaStill *before,
                               gint32 latent,
                               double title);
