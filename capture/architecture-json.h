/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A model's description as JSON: what stores keep of it, and exported files in their metadata. */
#include "capture/architecture.h"
#include "kernels/error.h"

/**
 * fovea_architecture_to_json:
 *
 * Everything in it, numbers exact. Equal descriptions are equal text.
 *
 * Thread: any.   Owner: caller, g_free().
 */
char *fovea_architecture_to_json (const FoveaArchitecture *architecture);

/**
 * fovea_architecture_from_json:
 * @json: from anywhere
 * @what: what to call it in messages
 *
 * Errors: FOVEA_ERROR_FORMAT naming the member.
 * Thread: any.   Owner: caller, fovea_architecture_free().
 */
FoveaArchitecture *
fovea_architecture_from_json (const char *json, const char *what, GError **error);
