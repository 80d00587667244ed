/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The checksum of chunks, private to storage/: CRC-32 as in zlib, so that any program can verify
 * it. */
#include <glib.h>

/**
 * fovea_checksum:
 *
 * The same number as zlib's crc32 (0, data, n_bytes).
 *
 * Thread: any.   Source: Gopal et al., Fast CRC Computation Using PCLMULQDQ, Intel 2009.
 */
guint32 fovea_checksum (const void *data, gsize n_bytes);
