/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Several heads chosen together, beside the one that is selected. */
#include <glib-object.h>

#define FOVEA_TYPE_HEAD_SET (fovea_head_set_get_type ())
G_DECLARE_FINAL_TYPE (FoveaHeadSet, fovea_head_set, FOVEA, HEAD_SET, GObject)

typedef struct {
    guint layer, head;
} FoveaHeadPlace;

/**
 * fovea_head_set_new:
 *
 * Signal: "changed".   Thread: main.   Owner: caller.
 */
FoveaHeadSet *fovea_head_set_new (void);

/**
 * fovea_head_set_add:
 *
 * Nothing happens if it is in already.   Thread: main.
 */
void fovea_head_set_add (FoveaHeadSet *self, guint layer, guint head);

/**
 * fovea_head_set_toggle:
 *
 * Thread: main.
 */
void fovea_head_set_toggle (FoveaHeadSet *self, guint layer, guint head);

/**
 * fovea_head_set_clear:
 *
 * Thread: main.
 */
void fovea_head_set_clear (FoveaHeadSet *self);

/**
 * fovea_head_set_replace:
 * @places: (array length=n): in any order
 *
 * Those instead of what was chosen, as one change.   Thread: main.
 */
void fovea_head_set_replace (FoveaHeadSet *self, const FoveaHeadPlace *places, guint n);

/**
 * fovea_head_set_contains:
 *
 * Thread: main.
 */
gboolean fovea_head_set_contains (FoveaHeadSet *self, guint layer, guint head);

/**
 * fovea_head_set_get_n:
 *
 * Thread: main.
 */
guint fovea_head_set_get_n (FoveaHeadSet *self);

/**
 * fovea_head_set_list:
 *
 * By layer and head; of #FoveaHeadPlace.   Thread: main.   Owner: caller.
 */
GArray *fovea_head_set_list (FoveaHeadSet *self);
