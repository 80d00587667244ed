/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What a measurement by ablation asks of an autoencoder; private to analysis/saebench-*.c. */
#include "analysis/sae.h"

/**
 * fovea_bench_check_sae:
 *
 * Errors: FOVEA_ERROR_UNSUPPORTED for a transcoder, whose latents write to another site, and for one that
 * normalises rows, for then the mean of a text's rows decodes to no mean.   Thread: any.
 */
gboolean fovea_bench_check_sae (const FoveaSae *sae, GError **error);
