/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What the late device does when nothing can be put off any more: the CPU's own operations (of
 * sparse codes the reference's), with the lists that were copied when the operation was enqueued. */
#include "tests/late-run.h"

#include "tests/late-lists.h"

/* Operations that look at elements one by one; false for others. */
static gboolean
run_elements (FoveaDevice *inner, LateItem *item)
{
    const FoveaOps *ops = &fovea_ops_cpu;
    switch (item->kind) {
    case LATE_CONVERT:
        ops->convert (inner, item->from, item->dtype, item->n, item->to);
        break;
    case LATE_FIND_NAN:
        ops->find_nan (inner, item->from, item->n, item->width, item->to);
        break;
    case LATE_EMBED:
        ops->embed (inner, &item->table, item->owned, item->n, item->to);
        break;
    case LATE_ADD:
        ops->add (inner, item->from, item->from2, item->n, item->to);
        break;
    case LATE_SCALE:
        ops->scale (inner, item->from, item->factor, item->n, item->to);
        break;
    case LATE_SOFT_CAP:
        ops->soft_cap (inner, item->from, item->factor, item->n, item->to);
        break;
    case LATE_CLIP:
        ops->clip (inner, item->from, item->factor, item->n, item->to);
        break;
    case LATE_ADD_GATED:
        ops->add_gated (inner, item->from, item->from2, item->n, item->width, item->to);
        break;
    case LATE_ACTIVATE:
        ops->activate (inner, item->activation, item->from, item->from2, item->n, item->to);
        break;
    default:
        return FALSE;
    }
    return TRUE;
}

void
late_run_arithmetic (FoveaDevice *inner, LateItem *item)
{
    const FoveaOps *ops = &fovea_ops_cpu;
    if (run_elements (inner, item))
        return;
    switch (item->kind) {
    case LATE_ROUTE:
        ops->route (inner, &item->route);
        break;
    case LATE_EXPERTS:
        item->experts.weights = item->owned;
        ops->experts (inner, &item->experts);
        break;
    case LATE_NORM:
        ops->norm (inner, &item->norm);
        break;
    case LATE_LINEAR:
        ops->linear (inner, &item->linear);
        break;
    case LATE_ROTARY:
        ops->rotary (inner, &item->rotary);
        break;
    case LATE_ATTEND:
        ops->attend (inner, &item->attend);
        break;
    case LATE_RECTANGLE:
        ops->rectangle (inner, &item->rectangle);
        break;
    case LATE_TOP_ROWS:
        item->top_rows.counts = item->owned;
        ops->top_rows (inner, &item->top_rows);
        break;
    case LATE_MASK_ROWS:
        late_lists_use (&item->mask_rows, item->owned);
        ops->mask_rows (inner, &item->mask_rows);
        break;
    case LATE_CROSS_ENTROPY:
        ops->cross_entropy (inner, item->from, item->owned, item->n, item->width, item->to);
        break;
    case LATE_CODES_ABOVE:
        fovea_ops_ref.codes_above (inner, &item->above);
        break;
    default:
        g_assert_not_reached ();
    }
}
