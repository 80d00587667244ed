/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the model of the open sequence is, to be read and copied. */
#include <gtk/gtk.h>

#include "ui/selection.h"

#define FOVEA_TYPE_MODEL_CARD (fovea_model_card_get_type ())
G_DECLARE_FINAL_TYPE (FoveaModelCard, fovea_model_card, FOVEA, MODEL_CARD, GtkBox)

/**
 * fovea_model_card_new:
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_model_card_new (FoveaSelection *selection);
