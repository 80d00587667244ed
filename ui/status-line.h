/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The line under everything: what was just computed or the running job with cancel at the left,
 * device and memory at the right. Also speaks selection changes to screen readers. */
#include <gtk/gtk.h>

#define FOVEA_TYPE_STATUS_LINE (fovea_status_line_get_type ())
G_DECLARE_FINAL_TYPE (FoveaStatusLine, fovea_status_line, FOVEA, STATUS_LINE, GtkBox)

/**
 * fovea_status_line_new:
 *
 * Its cancel button activates "win.cancel".   Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_status_line_new (void);

/**
 * fovea_status_line_set_text:
 *
 * Thread: main.
 */
void fovea_status_line_set_text (FoveaStatusLine *self, const char *text);

/**
 * fovea_status_line_get_text:
 *
 * Thread: main.   Owner: the line.
 */
const char *fovea_status_line_get_text (FoveaStatusLine *self);

/**
 * fovea_status_line_set_hovered:
 * @text: what lies under the pointer, "" = nothing; beside what was done last, for as long as it lies there
 *
 * Thread: main.
 */
void fovea_status_line_set_hovered (FoveaStatusLine *self, const char *text);

/**
 * fovea_status_line_get_hovered:
 *
 * Thread: main.   Owner: the line.
 */
const char *fovea_status_line_get_hovered (FoveaStatusLine *self);

/**
 * fovea_status_line_set_progress:
 * @fraction: 0 .. 1; negative hides bar and cancel
 * @count: (nullable): "56 of 64 · 0.2 s left"
 *
 * Thread: main.
 */
void fovea_status_line_set_progress (FoveaStatusLine *self, double fraction, const char *count);

/**
 * fovea_status_line_set_device:
 * @device: as the device describes itself; shown short, whole in the tooltip
 *
 * Thread: main.
 */
void fovea_status_line_set_device (FoveaStatusLine *self, const char *device);

/**
 * fovea_status_line_set_memory:
 * @used, @limit: bytes; limit 0 hides both bar and numbers
 *
 * Thread: main.
 */
void fovea_status_line_set_memory (FoveaStatusLine *self, guint64 used, guint64 limit);

/**
 * fovea_status_line_get_memory:
 *
 * "1.2 of 8.0 GB".   Thread: main.   Owner: the line.
 */
const char *fovea_status_line_get_memory (FoveaStatusLine *self);

/**
 * fovea_status_line_speak:
 *
 * Hands a sentence to assistive technology, at most twice a second, the last one always.
 *
 * Thread: main.
 */
void fovea_status_line_speak (FoveaStatusLine *self, const char *sentence);
