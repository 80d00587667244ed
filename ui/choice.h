/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A drop-down of words that gives way: in a row that is too narrow it shows "layer" for "Sort: layer",
 * before a control of the row is pushed out of sight. The open list shows every text in full. */
#include <gtk/gtk.h>

/**
 * fovea_choice_new:
 * @choices: (nullable): words, NULL-terminated; NULL = none until a model of strings is set
 * @label: what is chosen, for people who do not see it and as a tooltip
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkDropDown *fovea_choice_new (const char *const *choices, const char *label);

/**
 * fovea_choice_open_at_chosen:
 *
 * Opened by key, @list has its focus on what is chosen; those of fovea_choice_new() do so already.
 *
 * Thread: main.
 */
void fovea_choice_open_at_chosen (GtkDropDown *list);

/**
 * fovea_choice_refuse:
 * @why: (nullable): what its tooltip says; NULL = every row can be chosen
 *
 * The one row of @list that is grey and cannot be chosen.
 *
 * Thread: main.
 */
void fovea_choice_refuse (GtkDropDown *list, guint row, const char *why);

/**
 * fovea_choice_keep_whole:
 *
 * @list does not give way: beside words that can have a second line these have it, and what is chosen is not cut.
 *
 * Thread: main.
 */
void fovea_choice_keep_whole (GtkDropDown *list);
