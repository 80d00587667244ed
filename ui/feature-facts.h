/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the inspector says in the Features view: the latents on the selected token, the dictionary,
 * and the decoder rows closest to the latent's. */
#include "ui/fact.h"
#include "ui/feature-model.h"

/**
 * fovea_feature_facts_fill:
 * @sections: (array fixed-size=3): of the inspector
 * @sentence: (out): "32 of 1,536 latents on, largest first"; caller's, g_free()
 *
 * Gives the title, "Token 352 “followed”".   Thread: main.   Owner: caller frees with g_free().
 */
char *fovea_feature_facts_fill (FoveaFeatureModel *model,
                                FoveaSelection *selection,
                                FoveaTheme theme,
                                FoveaSection *const *sections,
                                char **sentence);
/**
 * fovea_feature_facts_describe_norms:
 * @norms: least and largest of the decoder's rows
 *
 * "unit length" or "length 0.53 to 1.92": whether codes of two latents can be compared as they are.
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_feature_facts_describe_norms (const double *norms);
