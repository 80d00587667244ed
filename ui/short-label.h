/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A line of text that leaves out "Name: " in front where there is no room for it, and is not cut
 * before that; or one that says less, or nothing, where there is no room, and is never cut. */
#include <gtk/gtk.h>

#define FOVEA_TYPE_SHORT_LABEL (fovea_short_label_get_type ())
G_DECLARE_FINAL_TYPE (FoveaShortLabel, fovea_short_label, FOVEA, SHORT_LABEL, GtkWidget)

/**
 * fovea_short_label_new:
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_short_label_new (void);

/**
 * fovea_short_label_set_text:
 * @text: as "Sort: layer"
 *
 * Thread: main.
 */
void fovea_short_label_set_text (FoveaShortLabel *self, const char *text);

/**
 * fovea_short_label_new_spare:
 *
 * Words that can be missed, at the right end of a line: they ask for their room and take what is left.
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_short_label_new_spare (void);

/**
 * fovea_short_label_set_forms:
 * @text: the whole, which is the tooltip too
 * @part: (nullable): what to say where that has no room; NULL = nothing
 *
 * Of one made with fovea_short_label_new_spare().   Thread: main.
 */
void fovea_short_label_set_forms (FoveaShortLabel *self, const char *text, const char *part);

/**
 * fovea_short_label_is_short:
 *
 * Whether the name in front was left out when it got its size.   Thread: main.
 */
gboolean fovea_short_label_is_short (FoveaShortLabel *self);
