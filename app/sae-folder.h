/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The folder that a training run leaves: SAELens's layout, version 6. */
#include "analysis/sae.h"

/**
 * fovea_sae_folder_make:
 *
 * Makes the folder and those above it.
 *
 * Errors: file errors naming the folder.   Thread: any.
 */
gboolean fovea_sae_folder_make (const char *folder, GError **error);

/**
 * fovea_sae_folder_save:
 *
 * cfg.json and sae_weights.safetensors, in the type that @sae says.
 *
 * Errors: file errors.   Thread: any; blocks.
 */
gboolean fovea_sae_folder_save (FoveaSae *sae, const char *folder, GError **error);
