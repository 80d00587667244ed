/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* In what order the sequences of a run are listed; runs and stores stay where they are, but the newest
 * first has the newest run first. */
#include "ui/tree-item.h"

typedef enum {
    FOVEA_ORDER_CAPTURED,
    FOVEA_ORDER_TITLE, /* numbers by their value: part 2 before part 10 */
    FOVEA_ORDER_SHORTEST,
    FOVEA_ORDER_LONGEST,
    FOVEA_ORDER_NEWEST,
    FOVEA_N_ORDERS,
} FoveaSequenceOrder;

/**
 * fovea_sequence_order_get_id:
 *
 * As settings and actions have it, "title".   Thread: any.   Owner: static.
 */
const char *fovea_sequence_order_get_id (FoveaSequenceOrder order);

/**
 * fovea_sequence_order_from_id:
 *
 * The order of capture if there is none of that id.   Thread: any.
 */
FoveaSequenceOrder fovea_sequence_order_from_id (const char *id);

/**
 * fovea_sequence_order_get_title:
 *
 * For people: "longest first".   Thread: any.   Owner: static.
 */
const char *fovea_sequence_order_get_title (FoveaSequenceOrder order);

/**
 * fovea_sequence_order_compare:
 * @a, @b: children of the same row
 *
 * Never 0 of two different ones. What is being written comes last, or first of the newest.
 *
 * Thread: main.
 */
int fovea_sequence_order_compare (FoveaTreeItem *a, FoveaTreeItem *b, FoveaSequenceOrder order);

/**
 * fovea_sequence_order_list:
 *
 * Every sequence of a store that is there, as it is shown, in folded runs too.
 *
 * Thread: main.   Owner: caller; of #FoveaTreeItem.
 */
GPtrArray *fovea_sequence_order_list (FoveaTreeItem *store, FoveaSequenceOrder order);
