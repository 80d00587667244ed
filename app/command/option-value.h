/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* One option's value, from the text of the command line. Every form is checked to its last
 * character: "12x" is no number and "4:2" is no range. */
#include "app/command/options.h"

typedef struct {
    gboolean is_set;
    gboolean is_read;     /* the command has asked for it, or whether it is there */
    char *text;           /* TEXT, CHOICE */
    GPtrArray *texts;     /* TEXTS */
    gint64 first, second; /* INTEGER, SIZE: first; RANGE, HEAD, SHARD: both, -1 = not given */
    double number;
    GArray *ids; /* of gint32 */
} FoveaOptionValue;

/**
 * fovea_option_value_read:
 * @text: NULL for flags
 *
 * Errors: FOVEA_ERROR_USAGE "--tokens is '12x', expected a whole number from 1".
 * Thread: any.
 */
gboolean fovea_option_value_read (FoveaOptionValue *value,
                                  const FoveaOption *option,
                                  const char *text,
                                  GError **error);

/**
 * fovea_option_value_clear:
 *
 * Frees what the value holds.
 *
 * Thread: any.   Owner: frees what @value holds, not itself.
 */
void fovea_option_value_clear (FoveaOptionValue *value);
