/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Between reading settings, reading tensors, and knowing formats. */
#include "analysis/sae.h"
#include "capture/safetensors.h"

/**
 * fovea_sae_config_is_old:
 *
 * Whether a cfg.json is from before SAELens 6.
 *
 * Thread: any.
 */
gboolean fovea_sae_config_is_old (JsonObject *config);

/**
 * fovea_sae_config_migrate:
 *
 * Brings an old cfg.json to the form of version 6.
 *
 * Thread: any.   Owner: caller, json_object_unref().
 */
JsonObject *fovea_sae_config_migrate (JsonObject *old);

/**
 * fovea_sae_config_build:
 * @config: (transfer full): of version 6
 * @name: what to call it in messages
 *
 * An autoencoder with these settings, its arrays still zero.
 *
 * Errors: FOVEA_ERROR_FORMAT for a key that is missing or of another type, FOVEA_ERROR_RANGE for
 * sizes, FOVEA_ERROR_UNSUPPORTED for what is not known; all name key and value.
 * Thread: any.   Owner: caller.
 */
FoveaSae *fovea_sae_config_build (JsonObject *config, const char *name, GError **error);

/**
 * fovea_sae_config_update:
 *
 * Writes the settings into the configuration; keys that are right already stay as they are.
 *
 * Thread: one at a time.
 */
void fovea_sae_config_update (FoveaSae *sae);

/**
 * fovea_sae_fill:
 * @tensors: of a file, under any of the names that formats use
 * @name: of the file, for messages
 * @foreign: biases may be missing, and thresholds that the rule does not read are passed over
 *
 * Copies tensors into the arrays.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND for a tensor that is missing, FOVEA_ERROR_SHAPE,
 * FOVEA_ERROR_UNSUPPORTED for one that is there twice or has no place, FOVEA_ERROR_MEMORY.
 * Thread: one at a time.
 */
gboolean fovea_sae_fill (FoveaSae *sae,
                         const FoveaTensor *tensors,
                         guint n,
                         const char *name,
                         gboolean foreign,
                         GError **error);

/**
 * fovea_sae_import:
 *
 * Reads a folder of another project's format; NULL without an error if it is none of them.
 *
 * Errors: FOVEA_ERROR_FORMAT, FOVEA_ERROR_UNSUPPORTED, FOVEA_ERROR_NOT_FOUND; those of
 * fovea_sae_fill().
 * Thread: any; blocks.   Owner: caller, fovea_sae_free().
 */
FoveaSae *fovea_sae_import (const char *folder, GError **error);

/**
 * fovea_sae_read_json:
 *
 * @folder/@file as an object.
 *
 * Errors: %G_FILE_ERROR; FOVEA_ERROR_FORMAT with the byte offset.
 * Thread: any; blocks.   Owner: caller, json_object_unref().
 */
JsonObject *fovea_sae_read_json (const char *folder, const char *file, GError **error);

/**
 * fovea_sae_has_file:
 *
 * Whether @folder/@file is a plain file.
 *
 * Thread: any.
 */
gboolean fovea_sae_has_file (const char *folder, const char *file);
