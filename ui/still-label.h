/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Words that change while a hand moves. A GtkLabel asks for the size of its words, so every new word
 * lays out the whole window; a GtkInscription asks for lines and columns, and new words draw one line. */
#include <gtk/gtk.h>

/**
 * fovea_still_label_new:
 * @css_class: (nullable):
 * @lines: it has room for; more than one wraps
 *
 * A GtkInscription at the left of what room there is, the end shortened.
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_still_label_new (const char *css_class, guint lines);

/**
 * fovea_still_label_new_whole:
 * @css_class: (nullable):
 * @chars: of a line, where there is room
 *
 * The same, but as high as its words are at the width it gets: words of another number of lines lay out
 * the window.
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_still_label_new_whole (const char *css_class, guint chars);

/**
 * fovea_still_label_set:
 * @text: (nullable): NULL = none
 *
 * Sets the words; where they are shortened the tooltip has them whole.   Thread: main.
 */
void fovea_still_label_set (GtkWidget *label, const char *text);

/**
 * fovea_still_label_set_fitting:
 * @versions: (array zero-terminated=1): the whole first, then shorter ones
 *
 * The first that has room in the label as it is now, or nothing; the tooltip has the whole.
 *
 * Thread: main.
 */
void fovea_still_label_set_fitting (GtkWidget *label, const char *const *versions);

/**
 * fovea_still_label_get:
 *
 * The words, "" = none.   Thread: main.   Owner: the label.
 */
const char *fovea_still_label_get (GtkWidget *label);
