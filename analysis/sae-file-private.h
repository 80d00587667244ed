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
 */
gboolean fovea_sae_config_is_old (JsonObject *config);

/**
 * fovea_sae_config_migrate:
 *
 * Brings an old cfg.json to the form of version 6.   Owner: caller, json_object_unref().
 */
JsonObject *fovea_sae_config_migrate (JsonObject *old);

/**
 * fovea_sae_config_build:
 * @config: (transfer full): of version 6
 * @name: what to call it in messages
 *
 * An autoencoder with these settings, its arrays still zero.   Owner: caller.
 */
FoveaSae *fovea_sae_config_build (JsonObject *config, const char *name, GError **error);

/**
 * fovea_sae_config_update:
 *
 * Writes the settings into the configuration; keys that are right already stay as they are.
 */
void fovea_sae_config_update (FoveaSae *sae);

/**
 * fovea_sae_fill:
 * @tensors: of a file, under any of the names that formats use
 * @name: of the file, for messages
 * @foreign: biases may be missing, and thresholds that the rule does not read are passed over
 *
 * Copies tensors into the arrays.
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
 */
FoveaSae *fovea_sae_import (const char *folder, GError **error);

/**
 * fovea_sae_read_json:
 *
 * @folder/@file as an object.   Owner: caller, json_object_unref().
 */
JsonObject *fovea_sae_read_json (const char *folder, const char *file, GError **error);

/**
 * fovea_sae_has_file:
 */
gboolean fovea_sae_has_file (const char *folder, const char *file);
