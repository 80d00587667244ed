/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the files of the Heads view share: the list and what shows it (heads-page.c), and what keys do
 * with it (heads-page-keys.c). */
#include "ui/head-filter.h"
#include "ui/heads-page.h"

struct _FoveaHeadsPage {
    GtkBox parent_instance;
    FoveaSelection *selection;
    FoveaTileCache *thumbnails, *others; /* of the open sequence, of the reference */
    GListStore *items;
    GtkFilter *filter;
    FoveaHeadFilter *condition;
    GtkSorter *sorter;
    GtkSingleSelection *rows;
    GtkEditable *entry;
    GtkDropDown *sort, *badge, *compare;
    GtkWidget *grid, *labels, *grid_area, *plots, *table, *show[3];
    GtkLabel *count;
    gboolean following;
};

/**
 * fovea_heads_page_bind_keys:
 *
 * Every "heads." action, and "heads.choose-at".   Thread: main, in class_init.
 */
void fovea_heads_page_bind_keys (GtkWidgetClass *widget_class);
