/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* How long a capture will take, before it runs: its floating point operations, over a rate that one
 * small product measures on the device. An estimate for people ("about 70 s"), not a promise. */
#include "capture/architecture.h"
#include "kernels/device.h"

/**
 * fovea_capture_speed_measure:
 * @weights: element type of the model's matrices
 *
 * Rate of a product of 512 rows with a 1,024 x 1,024 matrix, the better of two. Measured once per
 * kind of device, precision and type, then remembered; some milliseconds, and about 10 MB for as
 * long.
 *
 * Units: flop/s, 0 if the device has no room.   Thread: any; one per @device at a time.
 */
double
fovea_capture_speed_measure (FoveaDevice *device, FoveaPrecision precision, FoveaDtype weights);

/**
 * fovea_capture_speed_flops:
 * @n_tokens: T of one sequence
 * @weights: (out): two flop a weight and token; tables of embeddings are looked up
 * @attention: (out): scores and values over half of all pairs, twice over since a capture measures
 * them too
 *
 * What a causal pass over a sequence multiplies.   Units: flop.   Thread: any.
 */
void fovea_capture_speed_flops (const FoveaArchitecture *architecture,
                                gint64 n_tokens,
                                double *weights,
                                double *attention);
