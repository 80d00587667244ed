/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Which latents of a dictionary point alike, and which the opposite way
 * (methods/features-and-sparsity.md 4 and 5.1): from the weights alone. A latent that another one
 * repeats was split or duplicated; two at opposite ends are one axis that codes without a sign needed
 * twice. */
#include "analysis/sae.h"
#include "analysis/table.h"
#include "kernels/device.h"

/* The closest row and the most opposite one; NaN and -1 for a blank latent, or if there is no other. */
typedef struct {
    gint32 near, far;
    float near_cosine, far_cosine;
} FoveaLatentKin;

typedef struct {
    gint32 first, second; /* first < second */
    float cosine;
} FoveaLatentAxis;

/**
 * fovea_sae_find_kin:
 * @device: of the CPU
 * @encoder: columns of W_enc instead of rows of W_dec
 *
 * Ties go to the lower latent.
 *
 * Shape:  (F).   Cost: 2 F^2 d flops.
 * Errors: FOVEA_ERROR_UNSUPPORTED for an encoder that there is not; the device's;
 * G_IO_ERROR_CANCELLED.   Thread: the device's; blocks.   Owner: caller, g_free().
 */
FoveaLatentKin *fovea_sae_find_kin (const FoveaSae *sae,
                                    FoveaDevice *device,
                                    gboolean encoder,
                                    GCancellable *cancellable,
                                    GError **error);

/**
 * fovea_sae_list_axes:
 * @limit: -0.7 is usual; pairs whose decoder rows have a cosine below it
 *
 * Errors: as fovea_sae_find_kin().   Cost: the same.   Thread: the device's; blocks.
 * Owner: caller, g_array_unref(); of #FoveaLatentAxis, most opposite first.
 */
GArray *fovea_sae_list_axes (const FoveaSae *sae,
                             FoveaDevice *device,
                             double limit,
                             GCancellable *cancellable,
                             GError **error);

/**
 * fovea_sae_tabulate_kin:
 *
 * The table "sae_kin", a row a latent: norm of its decoder row, nearest and most opposite latent with
 * their cosines by the decoder, and the nearest by the encoder where there is one.
 *
 * Errors: as fovea_sae_find_kin().   Thread: the device's; blocks.
 * Owner: caller, fovea_table_unref().
 */
FoveaTable *fovea_sae_tabulate_kin (const FoveaSae *sae,
                                    FoveaDevice *device,
                                    GCancellable *cancellable,
                                    GError **error);
