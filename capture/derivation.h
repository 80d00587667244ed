/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Private to capture/: what a derived point needs, for the plan, which leaves it out of a store
 * that holds its inputs. */
#include "capture/point-table.h"

typedef struct {
    guint n;
    FoveaPoint points[2];
    gboolean copy;    /* without arithmetic */
    gboolean kept[2]; /* this input must be kept itself; else it may be derived too */
} FoveaDerivationSet;

/**
 * fovea_derivation_inputs:
 * @nth: 0 for the first rule that makes @point, then 1, ...
 *
 * NULL if there is no such rule; else @set, filled.
 *
 * Thread: any.
 */
const FoveaDerivationSet *fovea_derivation_inputs (const FoveaArchitecture *architecture,
                                                   FoveaPoint point,
                                                   guint nth,
                                                   FoveaDerivationSet *set);
