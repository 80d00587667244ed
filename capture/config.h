/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A config.json under question. Getters keep the first complaint and then answer with fallbacks, so
 * a family's description reads as a list of fields; fovea_config_check() hands the complaint out.
 */
#include <json-glib/json-glib.h>

#include "kernels/error.h"

typedef struct _FoveaConfig FoveaConfig;

/* As fallback: the key must be there. */
#define FOVEA_CONFIG_REQUIRED G_MININT64

/**
 * fovea_config_new:
 * @text: @length bytes of JSON
 * @name: what to call it in messages
 *
 * Errors: FOVEA_ERROR_FORMAT with the byte offset.
 * Thread: any.   Owner: caller frees with fovea_config_free(); autoptr.
 */
FoveaConfig *fovea_config_new (const char *text, gsize length, const char *name, GError **error);

/**
 * fovea_config_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @config.
 */
void fovea_config_free (FoveaConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaConfig, fovea_config_free)

/**
 * fovea_config_check:
 *
 * Errors: the first complaint of the getters, which name key, value and range.
 * Thread: one at a time.
 */
gboolean fovea_config_check (FoveaConfig *config, GError **error);

/**
 * fovea_config_refuse:
 * @what: "rope_scaling type \"yarn\""
 *
 * Complains that something is not supported (FOVEA_ERROR_UNSUPPORTED).
 *
 * Thread: one at a time.
 */
void fovea_config_refuse (FoveaConfig *config, const char *format, ...) G_GNUC_PRINTF (2, 3);

/**
 * fovea_config_get_member:
 *
 * The raw value; NULL if the key is absent or null.
 *
 * Thread: one at a time.   Owner: @config.
 */
JsonNode *fovea_config_get_member (FoveaConfig *config, const char *key);

/**
 * fovea_config_is_null:
 *
 * Whether the key is there with the value null: some families take that for "none" and absence for
 * a default.
 *
 * Thread: one at a time.
 */
gboolean fovea_config_is_null (FoveaConfig *config, const char *key);

/**
 * fovea_config_get_integer:
 * @fallback: if absent or null; FOVEA_CONFIG_REQUIRED complains
 * @max: largest value taken; the smallest is 1
 *
 * Thread: one at a time.
 */
gint64 fovea_config_get_integer (FoveaConfig *config, const char *key, gint64 fallback, gint64 max);

/**
 * fovea_config_get_number:
 *
 * A finite number > 0, integer or not.
 *
 * Thread: one at a time.
 */
double fovea_config_get_number (FoveaConfig *config, const char *key, double fallback);

/**
 * fovea_config_get_boolean:
 *
 * Thread: one at a time.
 */
gboolean fovea_config_get_boolean (FoveaConfig *config, const char *key, gboolean fallback);

/**
 * fovea_config_get_text:
 *
 * Thread: one at a time.   Owner: @config, or @fallback.
 */
const char *fovea_config_get_text (FoveaConfig *config, const char *key, const char *fallback);

/**
 * fovea_config_get_ids:
 * @ids: (out caller-allocates): room for @max token ids
 *
 * One id or a list of ids; gives how many there are, 0 if absent or null.
 *
 * Thread: one at a time.
 */
guint fovea_config_get_ids (FoveaConfig *config, const char *key, gint32 *ids, guint max);
