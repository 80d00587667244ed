/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What a long job would take, and smaller ones that fit, as buttons: above the view that waits for it, before
 * it begins. Nothing happens until one is chosen, and the view can be used meanwhile. */
#include <gtk/gtk.h>

#define FOVEA_TYPE_OFFER_BAR (fovea_offer_bar_get_type ())
G_DECLARE_FINAL_TYPE (FoveaOfferBar, fovea_offer_bar, FOVEA, OFFER_BAR, GtkBox)

/**
 * fovea_offer_bar_new:
 *
 * Hidden. Signal: "chosen" (guint), after which it has hidden itself.   Thread: main.
 * Owner: caller (floating).
 */
GtkWidget *fovea_offer_bar_new (void);

/**
 * fovea_offer_bar_show:
 * @text: one sentence
 * @choices: NULL-terminated
 *
 * Replaces what is offered.   Thread: main.
 */
void fovea_offer_bar_show (FoveaOfferBar *self, const char *text, const char *const *choices);

/**
 * fovea_offer_bar_hide:
 *
 * Thread: main.
 */
void fovea_offer_bar_hide (FoveaOfferBar *self);

/**
 * fovea_offer_bar_get_text:
 *
 * NULL while nothing is offered.   Thread: main.   Owner: the bar.
 */
const char *fovea_offer_bar_get_text (FoveaOfferBar *self);
