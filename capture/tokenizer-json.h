/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Members of the objects in tokenizer.json, checked for type, with an error that names the part. */
#include <json-glib/json-glib.h>

#include "kernels/error.h"

/**
 * fovea_tokenizer_json_object:
 *
 * An object member; NULL without error if it is absent or null.
 *
 * Errors: FOVEA_ERROR_FORMAT for another type.
 * Thread: any.   Owner: @object.
 */
JsonObject *fovea_tokenizer_json_object (JsonObject *object, const char *member, GError **error);

/**
 * fovea_tokenizer_json_array:
 *
 * As fovea_tokenizer_json_object() for an array.
 *
 * Thread: any.   Owner: @object.
 */
JsonArray *fovea_tokenizer_json_array (JsonObject *object, const char *member, GError **error);

/* One part of a "Sequence"; FALSE with an error ends the walk. */
typedef gboolean (*FoveaPartCallback) (gpointer data, JsonObject *part, GError **error);

/**
 * fovea_tokenizer_json_parts:
 * @callback: called for each element with @data
 *
 * The parts of a "Sequence" in order.
 *
 * Errors: FOVEA_ERROR_FORMAT if @member is no list of objects; those of @callback.
 * Thread: any.
 */
gboolean fovea_tokenizer_json_parts (JsonObject *object,
                                     const char *member,
                                     FoveaPartCallback callback,
                                     gpointer data,
                                     GError **error);

/**
 * fovea_tokenizer_json_string:
 *
 * A string member, or @fallback if it is absent, null or of another type.
 *
 * Thread: any.   Owner: @object.
 */
const char *
fovea_tokenizer_json_string (JsonObject *object, const char *member, const char *fallback);

/**
 * fovea_tokenizer_json_boolean:
 *
 * As fovea_tokenizer_json_string() for a boolean.
 *
 * Thread: any.
 */
gboolean fovea_tokenizer_json_boolean (JsonObject *object, const char *member, gboolean fallback);

/**
 * fovea_tokenizer_json_integer:
 *
 * As fovea_tokenizer_json_string() for a number.
 *
 * Thread: any.
 */
gint64 fovea_tokenizer_json_integer (JsonObject *object, const char *member, gint64 fallback);

/**
 * fovea_tokenizer_refuse:
 * @part: "normalizer", "decoder", ...
 * @type: what is not known
 *
 * Sets FOVEA_ERROR_UNSUPPORTED naming the part; always FALSE.
 *
 * Thread: any.
 */
gboolean fovea_tokenizer_refuse (const char *part, const char *type, GError **error);
