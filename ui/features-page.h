/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The Features view: a dictionary's latents at the left, the page of one at the right; or, without
 * codes, what would give some. */
#include <gtk/gtk.h>

#include "ui/feature-model.h"
#include "ui/offer-bar.h"

#define FOVEA_TYPE_FEATURES_PAGE (fovea_features_page_get_type ())
G_DECLARE_FINAL_TYPE (FoveaFeaturesPage, fovea_features_page, FOVEA, FEATURES_PAGE, GtkBox)

/* What could be shown or encoded. Strings are copied. */
typedef struct {
    const char *hash;   /* of one whose codes are kept; NULL = not encoded yet */
    const char *folder; /* of one that can be encoded; NULL = not known */
    const char *label;  /* "abstopk on blocks.3.hook_resid_post" */
    const char *begun;  /* "20 of 45 sequences" that are encoded already; NULL = none is */
} FoveaDictionaryChoice;

/**
 * fovea_features_page_new:
 *
 * Signals: "choose" (hash: another dictionary), "encode" (folder), "add" (ask for a folder),
 * "retry" (read the dictionary that could not be read), "searched" (a search was applied).
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_features_page_new (FoveaFeatureModel *model);

/**
 * fovea_features_page_set_choices:
 *
 * Those with codes fill the list of dictionaries, the others are offered where there are none.
 *
 * Thread: main.
 */
void fovea_features_page_set_choices (FoveaFeaturesPage *self,
                                      const FoveaDictionaryChoice *choices,
                                      guint n);

/**
 * fovea_features_page_get_rest:
 *
 * What is offered of a dictionary that lacks sequences; hidden.   Thread: main.   Owner: the page.
 */
FoveaOfferBar *fovea_features_page_get_rest (FoveaFeaturesPage *self);

/**
 * fovea_features_page_set_recipe:
 * @commands: for a shell, a line each
 *
 * How to make a dictionary, told where there is none at hand.   Thread: main.
 */
void fovea_features_page_set_recipe (FoveaFeaturesPage *self, const char *commands);

/**
 * fovea_features_page_set_busy:
 * @words: (nullable): what is going on instead of a picture, "Reading codes"; NULL = nothing
 *
 * Thread: main.
 */
void fovea_features_page_set_busy (FoveaFeaturesPage *self, const char *words);

/**
 * fovea_features_page_show_failure:
 *
 * A dictionary cannot be read: one line at the top of the view, with "Try again"; what was shown stays.
 *
 * Thread: main.
 */
void fovea_features_page_show_failure (FoveaFeaturesPage *self, const char *message);

/**
 * fovea_features_page_focus:
 *
 * Of the list, or the button that gives codes.   Thread: main.
 */
void fovea_features_page_focus (FoveaFeaturesPage *self);

/**
 * fovea_features_page_focus_late:
 *
 * While codes are read there is nothing that could have the focus. Afterwards this gives it to what
 * has come, unless somebody is typing meanwhile.   Thread: main.
 */
void fovea_features_page_focus_late (FoveaFeaturesPage *self);

/**
 * fovea_features_page_activate:
 * @action: "latent.next" and its kind
 *
 * As by its key on the page of the latent, which gets the focus.   Thread: main.
 */
void fovea_features_page_activate (FoveaFeaturesPage *self, const char *action);

/**
 * fovea_features_page_toggle_table:
 *
 * The latent's page as rows, or drawn again.   Thread: main.
 */
void fovea_features_page_toggle_table (FoveaFeaturesPage *self);

/**
 * fovea_features_page_search:
 *
 * Puts the cursor into the view's own search.   Thread: main.
 */
void fovea_features_page_search (FoveaFeaturesPage *self);

/**
 * fovea_features_page_keep:
 *
 * @kept gets what is chosen here beside what the model has.   Thread: main.
 */
void fovea_features_page_keep (FoveaFeaturesPage *self, FoveaKept *kept);
