/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* How much of a sequence an exported file holds, as its metadata say: "fovea.extent", a JSON object
 * of n_tokens, rows, keys, head (-1 = all) and, where rows are cut, all ids of the sequence. */
#include "capture/exchange.h"

typedef struct _FoveaExtent {
    gint64 n_tokens;
    FoveaExportOptions part; /* ends are given */
    gint32 *ids;             /* (n_tokens), NULL where input_ids tells them or nothing does */
} FoveaExtent;

/**
 * fovea_extent_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @extent.
 */
void fovea_extent_free (FoveaExtent *extent);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaExtent, fovea_extent_free)

/**
 * fovea_extent_has_all_rows:
 *
 * Whether every token is there.   Thread: any.
 */
gboolean fovea_extent_has_all_rows (const FoveaExtent *extent);

/**
 * fovea_extent_new:
 *
 * Ranges outside the sequence, which cut nothing, become all of it.
 *
 * Thread: any.   Owner: caller.
 */
FoveaExtent *fovea_extent_new (const FoveaTraceInfo *info, const FoveaExportOptions *options);

/**
 * fovea_extent_print:
 *
 * Thread: any.   Owner: caller, g_free().
 */
char *fovea_extent_print (const FoveaExtent *extent);

/**
 * fovea_extent_read:
 * @text: of a file from anywhere
 *
 * Errors: FOVEA_ERROR_FORMAT naming the member.
 * Thread: any.   Owner: caller.
 */
FoveaExtent *fovea_extent_read (const char *text, GError **error);
