/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Private to the binding of tensors: what the description says of each entry of a family's table. */
#include "capture/families.h"

/* Parts of a tensor along its output axis: @length rows from @from on, and again every @every. */
typedef struct {
    gint64 from, length, every, total;
} FoveaWeightSlice;

/**
 * fovea_weights_slice:
 * @rows: outputs of the weight
 *
 * Where they stand among those of the tensor.
 *
 * Thread: any.
 */
FoveaWeightSlice
fovea_weights_slice (const FoveaArchitecture *a, const FoveaTensorName *entry, gint64 rows);

/**
 * fovea_weights_applies:
 *
 * Whether the description has the tensors of an entry in a layer.
 *
 * Thread: any.
 */
gboolean
fovea_weights_applies (const FoveaArchitecture *a, const FoveaTensorName *entry, guint layer);
