/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The right side of New capture: what the run takes of what there is, whether it fits, and the same
 * run as a command. */
#include <gtk/gtk.h>

#include "app/capture-remedy.h"

#define FOVEA_TYPE_PREDICTION_CARD (fovea_prediction_card_get_type ())
G_DECLARE_FINAL_TYPE (FoveaPredictionCard, fovea_prediction_card, FOVEA, PREDICTION_CARD, GtkBox)

/**
 * fovea_prediction_card_new:
 * Signal: "remedy" (#FoveaRemedy): one was chosen.
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_prediction_card_new (void);

/**
 * fovea_prediction_card_show:
 *
 * Thread: main.
 */
void fovea_prediction_card_show (FoveaPredictionCard *self, const FoveaPrediction *prediction);

/**
 * fovea_prediction_card_clear:
 *
 * No numbers, for a form of which nothing can be predicted: those of another would be taken for its
 * own.
 *
 * Thread: main.
 */
void fovea_prediction_card_clear (FoveaPredictionCard *self);

/**
 * fovea_prediction_card_set_verdict:
 * @fits: good or bad news
 *
 * Thread: main.
 */
void fovea_prediction_card_set_verdict (FoveaPredictionCard *self, gboolean fits, const char *text);

/**
 * fovea_prediction_card_set_remedies:
 * @remedies: (n): what would make it fit, as buttons under the verdict
 * Thread: main.
 */
void fovea_prediction_card_set_remedies (FoveaPredictionCard *self,
                                         const FoveaRemedy *remedies,
                                         guint n);

/**
 * fovea_prediction_card_set_command:
 * @command: "" for a form that is no command yet
 *
 * Thread: main.
 */
void fovea_prediction_card_set_command (FoveaPredictionCard *self, const char *command);
