/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Strict JSON from hostile sources, by way of json-glib. What json-glib lets pass is refused first:
 * comments, keys given twice (the first would vanish) and nesting deep enough to exhaust the stack
 * of its recursive parser. */
#include <json-glib/json-glib.h>

#include "kernels/error.h"

enum {
    FOVEA_JSON_MAX_DEPTH = 64
};

/**
 * fovea_json_parse_object:
 * @text: @length bytes, not necessarily NUL-terminated
 * @name: what to call it in messages
 * @base: byte offset of @text in its file, added to offsets in messages
 *
 * A text whose outermost value is an object.
 *
 * Errors: FOVEA_ERROR_FORMAT with the byte offset.
 * Thread: any.   Owner: caller, json_object_unref(); autoptr.
 */
JsonObject *fovea_json_parse_object (
    const char *text, gsize length, const char *name, gsize base, GError **error);

/**
 * fovea_json_get_text:
 * @object: (nullable)
 *
 * A member that is a text; NULL if it is absent, null or of another type.
 *
 * Thread: any.   Owner: @object.
 */
const char *fovea_json_get_text (JsonObject *object, const char *key);

/**
 * fovea_json_get_object:
 * @object: (nullable)
 *
 * A member that is an object itself; NULL if it is absent or something else.
 *
 * Thread: any.   Owner: @object.
 */
JsonObject *fovea_json_get_object (JsonObject *object, const char *key);
