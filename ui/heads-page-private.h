/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the files of the Heads view share: the list and what shows it (heads-page.c), the grid
 * (heads-page-grid.c), what it leaves for the plots (heads-page-panes.c), the line above it
 * (heads-page-notice.c), what colours heads (heads-page-color.c), what keys do (heads-page-keys.c). */
#include "ui/front.h"
#include "ui/head-cell.h"
#include "ui/head-filter.h"
#include "ui/head-paint.h"
#include "ui/heads-page.h"

#define FOVEA_FILTER_TIP                                                                           \
    "induction > 0.4 and layer < 8; role:sink or local > 0.7; not role:none; layer:4-5 (/)"

/* Row of the lists of orders and badges, behind the scores of the run. */
#define FOVEA_HEADS_CHANGE 9

struct _FoveaHeadsPage {
    GtkBox parent_instance;
    FoveaSelection *selection;
    FoveaTileCache *thumbnails, *others; /* of the open sequence, of the reference */
    GListStore *items;
    GtkFilter *filter;
    FoveaHeadFilter *condition;
    GtkSorter *sorter;
    GListModel *passed; /* heads that the filter leaves, by layer: what has no order of its own */
    GtkSingleSelection *rows;
    FoveaFront *front; /* of the rows: those that the grid has cells for */
    GtkEditable *entry;
    GtkDropDown *sort, *badge, *colors, *compare;
    GtkWidget *key; /* of the colours */
    FoveaHeadPaint paint;
    GtkWidget *around; /* the cells; has the keys until the selected head's is made */
    GtkWidget *grid, *labels, *grid_area, *plots, *table, *show[3];
    GtkWidget *menu, *plot_menu; /* context menus, popovers: of a head, and of one in a plot */
    GtkWidget *notice, *offer, *failure;
    GHashTable *failures; /* messages of maps that could not be read since the bar came */
    char *problem;        /* of the filter, NULL = none */
    GtkLabel *count;
    gboolean following;
    gboolean focus_due;    /* on the selected head, which has no cell yet */
    gpointer focus_before; /* what had it meanwhile, to compare only */
    GtkPaned *panes;
    guint sharing;              /* tick that shares out the height between grid and plots */
    int shared_at, shared_most; /* its last answer: position, and the highest it may be */
    gboolean divided;           /* by a hand, which is not to be corrected */
    GtkWidget *ruler;       /* as wide as the grid may be, which itself is as wide as it needs */
    guint fitting;          /* tick that follows a change of that width */
    int side;               /* of thumbnails */
    FoveaHeadCompare bound; /* what the cells show */
    GCancellable *changing; /* of the changes that are being read, or were; NULL = not asked for */
    float *changes;         /* of each head from the reference, NULL = not known */
    guint n_changes;
};

/* How many heads stand side by side, and of these and of the rows, how many are in sight: at least 1. */
typedef struct {
    guint columns, across, down;
} FoveaHeadsScreen;

/**
 * fovea_heads_page_get_screen:
 *
 * Of the grid, in cells.   Thread: main.
 */
FoveaHeadsScreen fovea_heads_page_get_screen (FoveaHeadsPage *self);

/**
 * fovea_heads_page_bind_keys:
 *
 * Every "heads." action, and "heads.choose-at".   Thread: main, in class_init.
 */
void fovea_heads_page_bind_keys (GtkWidgetClass *widget_class);

/**
 * fovea_heads_page_get_compare:
 *
 * Alone while there is nothing to compare with, whatever was chosen before.   Thread: main.
 */
FoveaHeadCompare fovea_heads_page_get_compare (FoveaHeadsPage *self);

/**
 * fovea_heads_page_get_shown:
 *
 * As fovea_heads_page_get_compare(), but side by side where texts of two lengths have no difference.
 *
 * Thread: main.
 */
FoveaHeadCompare fovea_heads_page_get_shown (FoveaHeadsPage *self);

/**
 * fovea_heads_page_show_chosen:
 *
 * Grid, plots or table, as the toggles say.   Thread: main.
 */
void fovea_heads_page_show_chosen (FoveaHeadsPage *self);

/**
 * fovea_heads_page_add_toggles:
 *
 * Which of grid, plots and table are shown.   Thread: main.
 */
void fovea_heads_page_add_toggles (FoveaHeadsPage *self, GtkWidget *bar);

/**
 * fovea_heads_page_get_column:
 *
 * Column of the score that is chosen in a list of them; NULL = none, its first row.   Thread: main.
 */
const char *fovea_heads_page_get_column (GtkDropDown *list);

/**
 * fovea_heads_page_renew_paint:
 *
 * After another score was chosen, or the heads have other ones.   Thread: main.
 */
void fovea_heads_page_renew_paint (FoveaHeadsPage *self);

/**
 * fovea_heads_page_add_key:
 *
 * Of the colours, which are chosen already.   Thread: main.
 */
void fovea_heads_page_add_key (FoveaHeadsPage *self, GtkWidget *bar);

/**
 * fovea_heads_page_get_badge:
 *
 * Column of the score under a thumbnail, NULL = the main role's.   Thread: main.
 */
const char *fovea_heads_page_get_badge (FoveaHeadsPage *self);

/**
 * fovea_heads_page_row_selected:
 *
 * The selected row becomes the selected head.   Thread: main.
 */
void fovea_heads_page_row_selected (FoveaHeadsPage *self);

/**
 * fovea_heads_page_follow:
 *
 * The selected head becomes the selected row, and comes into sight.   Thread: main.
 */
void fovea_heads_page_follow (FoveaHeadsPage *self);

/**
 * fovea_heads_page_keep_focus:
 *
 * What has the focus in the grid gives it to the selected head, as soon as that has a cell.   Thread: main.
 */
void fovea_heads_page_keep_focus (FoveaHeadsPage *self);

/**
 * fovea_heads_page_cells_came:
 *
 * The focus goes to the selected head if it was to be there.   Thread: main.
 */
void fovea_heads_page_cells_came (FoveaHeadsPage *self);

/**
 * fovea_heads_page_build_notice:
 *
 * With the offer, which stands below it.   Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_heads_page_build_notice (FoveaHeadsPage *self);

/**
 * fovea_heads_page_build_failure:
 *
 * The bar that says which maps cannot be read; needs the selection.   Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_heads_page_build_failure (FoveaHeadsPage *self);

/**
 * fovea_heads_page_offer_change:
 *
 * As order and badge where there is a text of as many tokens to compare with; forgets what was read.
 *
 * Thread: main.
 */
void fovea_heads_page_offer_change (FoveaHeadsPage *self);

/**
 * fovea_heads_page_read_change:
 *
 * If order or badge ask for it and it is not there; both follow when it comes.   Thread: main.
 */
void fovea_heads_page_read_change (FoveaHeadsPage *self);

/**
 * fovea_heads_page_wants_change:
 *
 * Whether order or badge are by it.   Thread: main.
 */
gboolean fovea_heads_page_wants_change (FoveaHeadsPage *self);

/**
 * fovea_heads_page_show_notice:
 *
 * After the filter or the way to compare changed.   Thread: main.
 */
void fovea_heads_page_show_notice (FoveaHeadsPage *self);

/**
 * fovea_heads_page_check_filter:
 *
 * Whether what was typed can be used; if not, the page says why.   Thread: main.
 */
gboolean fovea_heads_page_check_filter (FoveaHeadsPage *self, const FoveaHeadFilter *typed);

/**
 * fovea_heads_page_follow_reference:
 *
 * After there is another thing to compare with, or none.   Thread: main.
 */
void fovea_heads_page_follow_reference (FoveaHeadsPage *self);

/**
 * fovea_heads_page_build_grid:
 *
 * Needs the rows.   Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_heads_page_build_grid (FoveaHeadsPage *self);

/**
 * fovea_heads_page_build_panes:
 *
 * Needs grid and plots.   Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_heads_page_build_panes (FoveaHeadsPage *self);

/**
 * fovea_heads_page_share:
 *
 * After what the rows of the grid fill has changed: the plots get what is left over, soon.   Thread: main.
 */
void fovea_heads_page_share (FoveaHeadsPage *self);

/**
 * fovea_heads_page_share_anew:
 *
 * After grid or plots came or went, which moves the handle without a hand.   Thread: main.
 */
void fovea_heads_page_share_anew (FoveaHeadsPage *self);

/**
 * fovea_heads_page_show_cells:
 *
 * Every cell shows what stands at its place now, as it is to be shown now.   Thread: main.
 */
void fovea_heads_page_show_cells (FoveaHeadsPage *self);

/**
 * fovea_heads_page_renew_cells:
 *
 * After the heads have other scores.   Thread: main.
 */
void fovea_heads_page_renew_cells (FoveaHeadsPage *self);

/**
 * fovea_heads_page_hold_cells:
 *
 * Before a change of rows: more of them get their cells some a frame, from the next
 * fovea_heads_page_set_rows() on.   Thread: main.
 */
void fovea_heads_page_hold_cells (FoveaHeadsPage *self);

/**
 * fovea_heads_page_set_rows:
 * @by_layer: a row is a layer; else heads flow
 *
 * Thread: main.
 */
void fovea_heads_page_set_rows (FoveaHeadsPage *self, gboolean by_layer);

/**
 * fovea_heads_page_fit:
 *
 * Thumbnails get the size that the row of a layer has room for.   Thread: main.
 */
void fovea_heads_page_fit (FoveaHeadsPage *self);
