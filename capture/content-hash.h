/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* SHA-256 of some gigabytes, on a thread of its own: it is begun when a model is opened for a
 * capture and done by the time its weights are on the device. */
#include <gio/gio.h>

typedef struct _FoveaContentHash FoveaContentHash;

/**
 * fovea_content_hash_start:
 * @parts: of #GBytes, in the order in which they are summed
 *
 * Units: about 0.6 s per GB where the processor has instructions for it, pages read included.
 *
 * Thread: any.   Owner: caller frees with fovea_content_hash_free(); holds @parts.
 */
FoveaContentHash *fovea_content_hash_start (GPtrArray *parts);

/**
 * fovea_content_hash_wait:
 *
 * The sum in lower-case hex. One waiter that gives up does not stop the sum: the next one finds it.
 *
 * Errors: G_IO_ERROR_CANCELLED.
 * Thread: any; blocks.   Owner: the hash.
 */
const char *
fovea_content_hash_wait (FoveaContentHash *hash, GCancellable *cancellable, GError **error);

/**
 * fovea_content_hash_free:
 *
 * Stops it if it is under way, within about 10 ms. NULL is fine.
 *
 * Thread: any, after the last wait.
 */
void fovea_content_hash_free (FoveaContentHash *hash);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaContentHash, fovea_content_hash_free)
