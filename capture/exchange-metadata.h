/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What an exported file says beside its arrays: "model", "model_hash", "title", "token_texts" (JSON
 * list; "fovea.token_texts" where rows are cut), "fovea.architecture" (JSON object) and "fovea.extent"
 * (exchange-extent.h). Files of other programs have none of it. */
#include "capture/array-writer.h"
#include "capture/trace.h"

typedef struct _FoveaExtent FoveaExtent; /* exchange-extent.h */

/* Family of a description that was inferred from names and shapes. Norm, activation and the way
 * residuals are added are not known then, so nothing is computed from them. */
#define FOVEA_INFERRED_FAMILY "imported"

/**
 * fovea_exchange_note:
 *
 * Thread: any.
 */
void fovea_exchange_note (const FoveaTraceInfo *info,
                          const FoveaExtent *extent,
                          FoveaArrayWriter *writer);

/**
 * fovea_exchange_read_texts:
 * @text: a JSON list of strings
 *
 * Errors: FOVEA_ERROR_FORMAT unless it has exactly @n strings.
 * Thread: any.   Owner: caller, g_strfreev().
 */
char **fovea_exchange_read_texts (const char *text, gint64 n, GError **error);
