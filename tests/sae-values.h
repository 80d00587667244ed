/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Autoencoders of every kind whose codes are decided by their own product, and how codes of a device
 * with memory of its own are held against the CPU's. */
#include "analysis/sae-codes.h"

/**
 * sae_values_count:
 * @large: with shapes that the plain loops of a test take long for; they come last
 *
 * Lines of the table.
 */
int sae_values_count (gboolean large);

/**
 * sae_values_check:
 *
 * Encodes the line's rows on both devices. Supports are equal but for products that lie within rounding
 * of what decides, and equal without exception where numbers are whole; values agree to 1e-5.
 */
void sae_values_check (FoveaDevice *device, FoveaDevice *cpu, int line);

/**
 * sae_values_check_folder:
 * @name: of models/sae in the reference collection
 *
 * The same of a folder that SAELens wrote and its inputs; nothing if the device does not make its codes.
 */
void sae_values_check_folder (FoveaDevice *device, FoveaDevice *cpu, const char *name);
