/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What would make a capture fit that does not: choices of the form, each by itself, told as words of
 * a button. Only what surely fits by the prediction is offered. */
#include "app/capture-prediction.h"

#define FOVEA_MAX_REMEDIES 3

typedef enum {
    FOVEA_REMEDY_PART,   /* leave out one part */
    FOVEA_REMEDY_TOKENS, /* shorter windows */
    FOVEA_REMEDY_CPU,    /* the host has the room that the device lacks */
} FoveaRemedyKind;

typedef struct {
    FoveaRemedyKind kind;
    FoveaKeepPart part;
    gint64 tokens;
} FoveaRemedy;

/* What the form says now. */
typedef struct {
    gboolean kept[FOVEA_KEEP_N];
    gint64 window; /* tokens; 0 = this input has none */
} FoveaRemedyForm;

/**
 * fovea_prediction_list_remedies:
 * @remedies: (out): (FOVEA_MAX_REMEDIES)
 *
 * How many there are; 0 where all fits, or nothing single helps. Parts come first, the largest
 * before the others, since leaving one out loses least of the run.
 *
 * Thread: any.
 */
guint fovea_prediction_list_remedies (const FoveaPrediction *prediction,
                                      const FoveaRemedyForm *form,
                                      FoveaRemedy *remedies);

/**
 * fovea_remedy_describe:
 *
 * "Windows of 2,048 tokens", "Without dense maps", "Use the CPU".
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_remedy_describe (const FoveaRemedy *remedy);
