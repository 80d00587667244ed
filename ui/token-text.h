/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* How tokens and numbers are spelled on screen (ui.md 2). */
#include "capture/trace.h"

/**
 * fovea_token_text:
 * @token: 0 .. T-1
 *
 * Short form, as fovea_text_token() has it. The position if the trace knows no texts.
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_token_text (const FoveaTraceInfo *info, gint64 token);

/**
 * fovea_token_words:
 *
 * The same; of bytes that are no characters by themselves also what they are part of, with the tokens beside
 * them: "\xE2 of 東".
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_token_words (const FoveaTraceInfo *info, gint64 token);

/**
 * fovea_token_quote:
 *
 * The same with quotes. Words from right to left keep what stands beside them in place.
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_token_quote (const FoveaTraceInfo *info, gint64 token);

/**
 * fovea_token_begins:
 *
 * Whether @words begin at the token, whose leading spaces do not count, and go on over those that
 * follow: "Dursley" may be three of them. Any case of ASCII letters.
 *
 * Thread: any.
 */
gboolean fovea_token_begins (const FoveaTraceInfo *info, gint64 token, const char *words);

/**
 * fovea_number_text:
 *
 * An integer with thin grouping by comma, "2,623".
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_number_text (gint64 number);

/**
 * fovea_duration_text:
 *
 * "163 ms", from ten seconds on "41 s".
 *
 * Units: ms.   Thread: any.   Owner: caller.
 */
char *fovea_duration_text (double ms);

/**
 * fovea_weight_text:
 * @digits: after the point
 *
 * A weight or score with a true minus; a dash for NaN.
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_weight_text (double value, int digits);

/**
 * fovea_power_text:
 *
 * A power of ten as people write it, "10⁻³"; other numbers plainly.
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_power_text (double value);

/**
 * fovea_bound_text:
 * @value: 0 .. 1
 * @digits: after the point
 *
 * "0.675", or "<0.001" where the digits would be zeros; "0.000" for zero alone.
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_bound_text (double value, int digits);

/**
 * fovea_small_text:
 *
 * "0.675", or "4.6 × 10⁻⁷" where the digits would be zeros; "0.000" for zero alone.
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_small_text (double value, int digits);

/**
 * fovea_share_text:
 * @value: 0 .. 1
 *
 * "0.093577"; "4.6 × 10⁻⁷" where six digits would be zeros; "0" for nothing but zero itself.
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_share_text (double value);

/**
 * fovea_round_text:
 * @value: not negative
 *
 * Two digits that count, as of the end of a range: "0.0078", "128", "10⁻⁶".
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_round_text (double value);

/**
 * fovea_device_text:
 * @device: a device's description, parts set off by commas
 *
 * Its first two parts, "CPU, 2 threads".
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_device_text (const char *device);
