/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Products with weights in the CPU table. */
#include "kernels/device.h"

/**
 * fovea_linear_cpu:
 *
 * The operation `linear`.   Thread: the one that uses the device.
 */
void fovea_linear_cpu (FoveaDevice *device, const FoveaLinearArgs *args);

/**
 * fovea_linear_is_packed:
 *
 * Whether rows of the weight must be unpacked before they can be multiplied: blocks, and rows in
 * another order than outputs.
 *
 * Thread: any.
 */
bool fovea_linear_is_packed (const FoveaWeight *weight);

/**
 * fovea_linear_unpack:
 * @out: (out caller-allocates): @n rows of n_in floats
 *
 * Outputs [@o0, @o0 + @n) of a packed weight as an f32 weight of @n outputs, in their order.
 *
 * Thread: any.   Owner: @out holds the data of the result.
 */
FoveaWeight fovea_linear_unpack (
    FoveaDevice *device, const FoveaWeight *weight, int64_t o0, int64_t n, float *out);

/**
 * fovea_linear_round:
 * @precision: bf16 or f16
 * @out: (out caller-allocates): @n floats; may be @in
 *
 * What the precision makes of the inputs of a product.   Thread: any.
 */
void fovea_linear_round (FoveaPrecision precision, const float *in, int64_t n, float *out);

/**
 * fovea_linear_has_blocks:
 *
 * Whether the weight is of blocks whose products have loops of their own.   Thread: any.
 */
bool fovea_linear_has_blocks (const FoveaWeight *weight);

/**
 * fovea_linear_is_few:
 *
 * Whether so few rows are multiplied by blocks that those are unpacked in registers.
 *
 * Thread: any.
 */
bool fovea_linear_is_few (FoveaDevice *device, const FoveaLinearArgs *args);

/**
 * fovea_linear_few:
 *
 * The operation `linear` of such rows.   Thread: the one that uses the device.
 */
void fovea_linear_few (FoveaDevice *device, const FoveaLinearArgs *args);

/** fovea_linear_few_shared: bytes of shared scratch that it reserves.   Thread: any. */
size_t fovea_linear_few_shared (int64_t n_in);

/**
 * fovea_linear_predict_cpu:
 *
 * Scratch that products of these sizes reserves: bytes a worker, and bytes that all share.
 *
 * Thread: any.
 */
void fovea_linear_predict_cpu (FoveaDevice *device,
                               const FoveaScratchShape *shape,
                               size_t *worker,
                               size_t *shared);

/**
 * fovea_linear_predict_amx:
 *
 * Scratch of fovea_linear_amx() in f32 with bf16 weights, or with blocks.   Thread: any.
 */
void fovea_linear_predict_amx (const FoveaScratchShape *shape, size_t *worker, size_t *shared);

/**
 * fovea_linear_is_turned:
 *
 * Whether AMX multiplies blocks by so few rows, turned before they are unpacked: up to 8 rows, f32,
 * Q4_0 and IQ4_NL.
 *
 * Thread: any.
 */
bool fovea_linear_is_turned (const FoveaLinearArgs *args);

/**
 * fovea_linear_turned_amx:
 *
 * FoveaOps.linear where fovea_linear_is_turned() says so.
 *
 * Thread: the device's caller.
 */
void fovea_linear_turned_amx (FoveaDevice *device, const FoveaLinearArgs *args);

/** fovea_linear_turned_shared: bytes of shared scratch that it reserves.   Thread: any. */
size_t fovea_linear_turned_shared (int64_t n_in);

/**
 * fovea_linear_is_swapped:
 *
 * Whether rows are few enough that AMX multiplies blocks by them with the operands swapped, in f32.
 *
 * Thread: any.
 */
bool fovea_linear_is_swapped (const FoveaLinearArgs *args);

/**
 * fovea_linear_swapped_amx:
 *
 * fovea_linear_amx() of such rows.   Thread: the one that uses the device.
 */
void fovea_linear_swapped_amx (FoveaDevice *device, const FoveaLinearArgs *args);

/** fovea_linear_swapped_shared: bytes of shared scratch that it reserves.   Thread: any. */
size_t fovea_linear_swapped_shared (int64_t n_in);

/**
 * fovea_linear_is_scaled:
 *
 * Whether AMX multiplies the weight as integers that share scales: f32 with blocks of 32 elements, or
 * parts of 32, whose integers have at most eight bits.
 *
 * Thread: any.
 */
bool fovea_linear_is_scaled (const FoveaLinearArgs *args);

/**
 * fovea_linear_scaled_amx:
 *
 * fovea_linear_amx() of such a weight.   Thread: the one that uses the device.
 */
void fovea_linear_scaled_amx (FoveaDevice *device, const FoveaLinearArgs *args);

/**
 * fovea_linear_scaled_shared:
 *
 * Bytes of shared scratch that it reserves for @rows of @n_in elements.   Thread: any.
 */
size_t fovea_linear_scaled_shared (int64_t rows, int64_t n_in);
