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
