/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What a new user sees: five named maps of the bundled model, a text to run it on, and other ways
 * in. */
#include <gtk/gtk.h>

#include "ui/trace-source.h"

#define FOVEA_TYPE_START_PAGE (fovea_start_page_get_type ())
G_DECLARE_FINAL_TYPE (FoveaStartPage, fovea_start_page, FOVEA, START_PAGE, GtkBox)

/**
 * fovea_start_page_new:
 *
 * Signals: "run", "text-changed" (150 ms after the last change).
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_start_page_new (void);

/**
 * fovea_start_page_set_text:
 *
 * As if it had been typed.   Thread: main.
 */
void fovea_start_page_set_text (FoveaStartPage *self, const char *text);

/**
 * fovea_start_page_get_text:
 *
 * Thread: main.   Owner: caller frees with g_free().
 */
char *fovea_start_page_get_text (FoveaStartPage *self);

/**
 * fovea_start_page_set_models:
 * @models: (array zero-terminated=1): folders, files or "demo", of which one is chosen; the one that was, stays
 *
 * "text-changed" tells of another choice, too.   Thread: main.
 */
void fovea_start_page_set_models (FoveaStartPage *self, const char *const *models);

/**
 * fovea_start_page_get_model:
 *
 * What the text is run on: "demo" until another is chosen.   Thread: main.   Owner: the page.
 */
const char *fovea_start_page_get_model (FoveaStartPage *self);

/**
 * fovea_start_page_set_examples:
 * @source: a trace of the bundled model
 *
 * Fills the five maps.   Thread: main.
 */
void fovea_start_page_set_examples (FoveaStartPage *self, FoveaTraceSource *source);

/**
 * fovea_start_page_set_model:
 * @model: "Demo, 6 layers × 12 heads"; its name is left out beside the list that has it
 * @device: what it runs on
 *
 * Thread: main.
 */
void fovea_start_page_set_model (FoveaStartPage *self, const char *model, const char *device);

/**
 * fovea_start_page_set_prediction:
 * @tokens: "109 of 4,096 tokens"
 * @line: what is kept, bytes and time; or why it cannot run
 * @can_run: whether Run is on
 *
 * Thread: main.
 */
void fovea_start_page_set_prediction (FoveaStartPage *self,
                                      const char *tokens,
                                      const char *line,
                                      gboolean can_run);

/**
 * fovea_start_page_focus:
 *
 * Thread: main.
 */
void fovea_start_page_focus (FoveaStartPage *self);
