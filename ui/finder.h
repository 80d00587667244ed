/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The command palette (Ctrl+K): every action, head, sequence, token, latent and note by typing. */
#include <gtk/gtk.h>

#include "ui/feature-model.h"
#include "ui/finder-item.h"
#include "ui/notes.h"
#include "ui/selection.h"

#define FOVEA_TYPE_FINDER (fovea_finder_get_type ())
G_DECLARE_FINAL_TYPE (FoveaFinder, fovea_finder, FOVEA, FINDER, GtkWindow)

/**
 * fovea_finder_new:
 * @owner: over which it opens; its "win." actions that are off are left out
 * @stores: of #FoveaTreeItem
 * @features: latents come when their list does, if that is later
 * @notes: of the open sequence
 * @without: (nullable): how names of actions begin that there is nothing for: "curves."
 *
 * Signal: "chosen" with the #FoveaFinderItem, after which it has closed itself.
 *
 * Thread: main.   Owner: GTK, until it is destroyed.
 */
FoveaFinder *fovea_finder_new (GtkWindow *owner,
                               FoveaSelection *selection,
                               GListModel *stores,
                               FoveaFeatureModel *features,
                               FoveaNotes *notes,
                               const char *const *without);

/**
 * fovea_finder_set_text:
 *
 * As if it was typed.   Thread: main.
 */
void fovea_finder_set_text (FoveaFinder *self, const char *text);

/**
 * fovea_finder_get_results:
 *
 * What is listed, best first, of #FoveaFinderItem.   Thread: main.   Owner: the finder.
 */
GListModel *fovea_finder_get_results (FoveaFinder *self);
