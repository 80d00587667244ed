/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Between fact.c, the rows, and section.c, what stands round them. */
#include "ui/fact.h"

enum {
    FOVEA_MAX_FACTS = 8, /* rows of a section */
};

#define FOVEA_TYPE_FACT_LIST (fovea_fact_list_get_type ())
G_DECLARE_FINAL_TYPE (FoveaFactList, fovea_fact_list, FOVEA, FACT_LIST, GtkWidget)

/**
 * fovea_fact_list_set:
 * @facts: (element-type FoveaFact)
 * @n: how many of them, from the first, are shown; at most FOVEA_MAX_FACTS
 *
 * Thread: main.
 */
void fovea_fact_list_set (FoveaFactList *self, GListModel *facts, guint n);
