/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Roles of the selected head, or of the heads chosen, as rows of the inspector. */
#include "ui/fact.h"
#include "ui/selection.h"

/**
 * fovea_role_facts_fill:
 *
 * Roles without a score in the table of heads are left out, and the note says what is missing.   Thread: main.
 */
void fovea_role_facts_fill (FoveaSection *section, const char *title, FoveaSelection *selection);

/**
 * fovea_role_facts_fill_several:
 * @heads: (element-type FoveaHeadPlace):
 *
 * Means, from the least to the largest.   Thread: main.
 */
void fovea_role_facts_fill_several (FoveaSection *section,
                                    const char *title,
                                    FoveaSelection *selection,
                                    GArray *heads);
