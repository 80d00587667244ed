/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Private to analysis/: marks a loop that exists for several sets of instructions, of which the
 * processor picks. The folder is compiled without fusing products with sums, so all give the same. */

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define FOVEA_EVERY_SET __attribute__ ((target_clones ("avx512f", "avx2", "default")))
#else
#define FOVEA_EVERY_SET
#endif
